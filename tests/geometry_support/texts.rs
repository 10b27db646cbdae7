//! Text that does not fit. Slint cuts it without a word: an element has the size of its place, not of its
//! words. So the renderer is asked how large the words are, with the fonts and at the size that they are
//! drawn in.

use super::{Fault, Panel, Place, ROUNDING_PX, Target};
use gighall_kiosk::ui::TerminalWindow;
use i_slint_core::item_rendering::{HasFont, PlainOrStyledText, RenderString, RenderText};
use i_slint_core::item_tree::ItemRc;
use i_slint_core::items::{
    ComplexText, SimpleText, TextHorizontalAlignment, TextVerticalAlignment, TextWrap,
};
use i_slint_core::lengths::LogicalLength;
use i_slint_core::window::WindowInner;
use slint::ComponentHandle;
use std::pin::Pin;

/// Texts that may be cut, by their element's name, with the reason.
pub const MEANT_TO_BE_CUT: &[(&str, &str)] = &[];

/// A font's line is higher than its characters: so much of the size is empty above and below.
const EMPTY_ABOVE: f32 = 0.2;
const EMPTY_BELOW: f32 = 0.15;

/// Words on the window.
struct Said {
    /// Of the element, for example `JobRowCard::title`.
    name: String,
    words: String,
    /// What the layout gave them.
    given: Place,
    /// What their characters cover, cut or not.
    ink: Place,
    /// What of the window is not clipped away there.
    seen: Place,
}

/// Everything that is said on the window, in the order in which it is drawn.
fn said(window: &TerminalWindow, panel: &Panel) -> Vec<Said> {
    let root = ItemRc::new_root(WindowInner::from_pub(window.window()).component());
    let mut found = Vec::new();
    look(&root, panel.glass(), &mut found);
    found
}

fn look(item: &ItemRc, seen: Place, found: &mut Vec<Said>) {
    let geometry = item.geometry();
    let corner = item.map_to_window(geometry.origin);
    let place = Place {
        left: corner.x,
        top: corner.y,
        right: corner.x + geometry.width(),
        bottom: corner.y + geometry.height(),
    };
    let mut inside = seen;
    if item.borrow().as_ref().clips_children() {
        inside = inside.both(&place);
        if inside.wide() <= 0.0 || inside.high() <= 0.0 {
            // Not shown at all.
            return;
        }
    }
    if let Some(text) = item.downcast::<SimpleText>() {
        found.extend(measured(text.as_pin_ref(), item, place, seen));
    } else if let Some(text) = item.downcast::<ComplexText>() {
        found.extend(measured(text.as_pin_ref(), item, place, seen));
    }
    let mut child = item.first_child();
    while let Some(here) = child {
        look(&here, inside, found);
        child = here.next_sibling();
    }
}

fn measured<T: RenderText + HasFont>(
    text: Pin<&T>,
    item: &ItemRc,
    given: Place,
    seen: Place,
) -> Option<Said> {
    let PlainOrStyledText::Plain(words) = text.text() else {
        panic!("styled text is not measured yet");
    };
    if words.trim().is_empty() {
        return None;
    }
    let adapter = item.window_adapter().expect("a window");
    let width = match text.wrap() {
        TextWrap::NoWrap => None,
        _ => Some(LogicalLength::new(given.wide())),
    };
    let size =
        adapter
            .renderer()
            .text_size(text as Pin<&dyn RenderString>, item, width, text.wrap());
    let font = text.font_request(item).pixel_size.expect("a size").get();
    let (across, down) = text.alignment();
    let left = match across {
        TextHorizontalAlignment::Center => given.left + (given.wide() - size.width) / 2.0,
        TextHorizontalAlignment::Right | TextHorizontalAlignment::End => given.right - size.width,
        _ => given.left,
    };
    let top = match down {
        TextVerticalAlignment::Center => given.top + (given.high() - size.height) / 2.0,
        TextVerticalAlignment::Bottom => given.bottom - size.height,
        _ => given.top,
    };
    let ink = Place {
        left,
        top: top + font * EMPTY_ABOVE,
        right: left + size.width,
        bottom: top + size.height - font * EMPTY_BELOW,
    };
    let names = item.element_type_names_and_ids(0).unwrap_or_default();
    let name = names.first().map(|(_, id)| id.to_string());
    Some(Said {
        name: name.unwrap_or_default(),
        words: words.to_string(),
        given,
        ink,
        seen,
    })
}

/// What is wrong with what is said.
pub fn faults(window: &TerminalWindow, targets: &[Target], panel: &Panel) -> Vec<Fault> {
    let said = said(window, panel);
    assert!(!said.is_empty(), "nothing is said at all");
    let mut found = Vec::new();
    for (at, it) in said.iter().enumerate() {
        if MEANT_TO_BE_CUT.iter().any(|(name, _)| *name == it.name) {
            continue;
        }
        let mut says = |fault, what: String| {
            found.push((fault, format!("{} {:?} {what}", it.name, it.words)));
        };
        if it.ink.wide() > it.given.wide() + ROUNDING_PX
            || it.ink.high() > it.given.high() + ROUNDING_PX
        {
            says("cut", format!("needs {}, has {}", it.ink, it.given));
        } else if !it.ink.lies_in(&it.seen) {
            says("hidden", format!("{} in {}", it.ink, it.seen));
        }
        for other in &said[at + 1..] {
            if it.ink.meets(&other.ink) {
                says(
                    "written over",
                    format!("by {:?}: {} {}", other.words, it.ink, other.ink),
                );
            }
        }
        for target in targets {
            if it.ink.meets(&target.place) && !it.ink.lies_in(&target.place) {
                says(
                    "across",
                    format!("{:?}: {} {}", target.label, it.ink, target.place),
                );
            }
        }
    }
    found
}
