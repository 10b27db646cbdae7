//! What a finger can touch on a window.

use super::{Fault, Panel, Place, ROUNDING_PX};
use gighall_kiosk::ui::TerminalWindow;
use i_slint_backend_testing::{AccessibleRole, ElementHandle, ElementQuery};

/// What a finger can touch, and where it is.
#[derive(PartialEq)]
pub struct Target {
    pub label: String,
    pub enabled: bool,
    pub place: Place,
}

/// Everything that can be touched, each once.
pub fn targets(window: &TerminalWindow) -> Vec<Target> {
    let interactive = |element: &ElementHandle| {
        matches!(
            element.accessible_role(),
            Some(AccessibleRole::Button | AccessibleRole::Checkbox | AccessibleRole::Switch)
        )
    };
    // Slint finds an element once for each component that its own is made from; all have one place.
    let mut found: Vec<Target> = Vec::new();
    let all = ElementQuery::from_root(window)
        .match_descendants()
        .match_predicate(interactive)
        .find_all();
    for element in all {
        let (place, size) = (element.absolute_position(), element.size());
        let target = Target {
            label: element.accessible_label().unwrap_or_default().to_string(),
            enabled: element.accessible_enabled() != Some(false),
            place: Place {
                left: place.x,
                top: place.y,
                right: place.x + size.width,
                bottom: place.y + size.height,
            },
        };
        if !found.contains(&target) {
            found.push(target);
        }
    }
    found
}

/// What is wrong with what can be touched.
pub fn faults(targets: &[Target], panel: &Panel) -> Vec<Fault> {
    let mut found = Vec::new();
    let mm = panel.px_per_mm();
    let least = panel.target_mm * mm - ROUNDING_PX;
    let glass = panel.glass();
    for (at, it) in targets.iter().enumerate() {
        let mut says = |fault, what: String| found.push((fault, format!("{:?} {what}", it.label)));
        let (wide, high) = (it.place.wide(), it.place.high());
        if it.label.trim().is_empty() {
            says("unnamed", it.place.to_string());
        }
        if !it.place.lies_in(&glass) {
            says("outside", it.place.to_string());
        }
        if wide < least || high < least {
            says("small", format!("{:.1} x {:.1} mm", wide / mm, high / mm));
        }
        for other in &targets[at + 1..] {
            if it.place.meets(&other.place) {
                says(
                    "overlap",
                    format!("and {:?}: {} {}", other.label, it.place, other.place),
                );
            }
        }
    }
    found
}
