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

/// What a finger needs each way, keys of the keyboard on the screen among all others, on every panel.
const LEAST_MM: f32 = 20.0;

/// What lies between two of them at least: a finger that meets the edge of one does not meet the other.
const BETWEEN_MM: f32 = 1.0;

/// What is wrong with what can be touched, each for itself.
pub fn faults_of_each(targets: &[Target], panel: &Panel) -> Vec<Fault> {
    let mut found = Vec::new();
    let mm = panel.px_per_mm();
    let least = LEAST_MM * mm - ROUNDING_PX;
    let glass = panel.glass();
    for it in targets {
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
    }
    found
}

/// The same, and with how they lie to one another.
pub fn faults(targets: &[Target], panel: &Panel) -> Vec<Fault> {
    let mut found = faults_of_each(targets, panel);
    let between = BETWEEN_MM * panel.px_per_mm();
    for (at, it) in targets.iter().enumerate() {
        for other in &targets[at + 1..] {
            let fault = if it.place.meets(&other.place) {
                "overlap"
            } else if it.place.grown(between).meets(&other.place) {
                "close"
            } else {
                continue;
            };
            let (one, two) = (&it.label, &other.label);
            let what = format!("{one:?} and {two:?}: {} {}", it.place, other.place);
            found.push((fault, what));
        }
    }
    found
}
