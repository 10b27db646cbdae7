//! Text that does not fit. Slint cuts it without a word: an element has the size of its place, not of its
//! words. So the renderer is asked how large the words are, with the fonts and at the size that they are
//! drawn in.

use super::{Fault, Panel, Place, ROUNDING_PX, Target};
use gighall_kiosk::ui::TerminalWindow;
use i_slint_core::item_rendering::{HasFont, PlainOrStyledText, RenderString, RenderText};
use i_slint_core::item_tree::{ItemRc, ParentItemTraversalMode};
use i_slint_core::items::{
    ComplexText, SimpleText, TextHorizontalAlignment, TextVerticalAlignment, TextWrap,
};
use i_slint_core::lengths::LogicalLength;
use i_slint_core::window::WindowInner;
use slint::ComponentHandle;
use std::pin::Pin;

/// Texts that may be cut, by their element's name, with the reason.
const MEANT_TO_BE_CUT: &[(&str, &str)] = &[
    ("TopBar::name", "what covers the screen says all of it"),
    ("Reading::words", "a page of it at a time, with a turner"),
    ("JobRowCard::title", "the job's own screen says all of it"),
    (
        "JobRowCard::note",
        "its number and town come first; the job's own screen says all",
    ),
    ("JobRowCard::reason", "the weightiest reason comes first"),
    (
        "ClaimRow::title-line",
        "the number and the time are what it is known by",
    ),
    ("ClaimRow::numbers", "the worker's own number comes first"),
    (
        "EnrolmentRow::title-line",
        "the time and place are what it is known by",
    ),
    (
        "EnrolmentRow::note-line",
        "the day comes first; the course's own screen says all",
    ),
    ("TwoLines::title-line", "a touch shows all of it"),
    ("TwoLines::note-line", "a touch shows all of it"),
    (
        "TextTile::body-line",
        "the preview shows all of it before it goes up",
    ),
];

/// A font's line is higher than its characters: so much of the size is empty above and below.
const EMPTY_ABOVE: f32 = 0.2;
const EMPTY_BELOW: f32 = 0.15;

/// A blank where a line breaks is counted as part of the line, and is not seen.
const BLANK: f32 = 0.35;

/// Words on the window.
struct Said {
    /// Of the element, for example `JobRowCard::title`.
    name: String,
    words: String,
    /// What the layout gave them.
    given: Place,
    /// How wide the blank may be that a wrapped line ends with, in pixels.
    blank: f32,
    /// What their characters cover, cut or not.
    ink: Place,
    /// What of the window is not clipped away there.
    seen: Place,
}

impl Said {
    /// What is left of the characters, should they be cut.
    fn left(&self) -> Place {
        self.ink.both(&self.given).both(&self.seen)
    }
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

/// What the element is called, or that which it is a nameless part of.
fn name(item: &ItemRc) -> String {
    let mut here = Some(item.clone());
    while let Some(item) = here {
        let names = item.element_type_names_and_ids(0).unwrap_or_default();
        if let Some((_, id)) = names.iter().find(|(_, id)| !id.is_empty()) {
            return id.to_string();
        }
        here = item.parent_item(ParentItemTraversalMode::StopAtPopups);
    }
    String::new()
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
    Some(Said {
        name: name(item),
        words: words.to_string(),
        given,
        blank: width.map_or(0.0, |_| font * BLANK),
        ink,
        seen,
    })
}

/// What is said, and where it is seen.
pub fn places(window: &TerminalWindow, panel: &Panel) -> Vec<(String, Place)> {
    let said = said(window, panel).into_iter();
    said.map(|it| (it.words.clone(), it.left()))
        .filter(|(_, place)| place.wide() > 1.0 && place.high() > 1.0)
        .collect()
}

/// What is wrong with what is said. Where something lies over the screen it is `covered`, and what lies on
/// what is no fault.
pub fn faults(
    window: &TerminalWindow,
    targets: &[Target],
    panel: &Panel,
    covered: bool,
) -> Vec<Fault> {
    let said = said(window, panel);
    assert!(!said.is_empty(), "nothing is said at all");
    let mut found = Vec::new();
    for (at, it) in said.iter().enumerate() {
        let meant = MEANT_TO_BE_CUT.iter().any(|(name, _)| *name == it.name);
        let mut says = |fault, what: String| {
            found.push((fault, format!("{} {:?} {what}", it.name, it.words)));
        };
        if meant {
            // Only that it lies on nothing else is asked of it.
        } else if it.ink.wide() > it.given.wide() + ROUNDING_PX + it.blank
            || it.ink.high() > it.given.high() + ROUNDING_PX
        {
            says("cut", format!("needs {}, has {}", it.ink, it.given));
        } else if !it.ink.both(&it.given).lies_in(&it.seen) {
            says("hidden", format!("{} in {}", it.ink, it.seen));
        }
        if covered {
            continue;
        }
        for other in &said[at + 1..] {
            if it.left().meets(&other.left()) {
                says(
                    "written over",
                    format!("by {:?}: {} {}", other.words, it.ink, other.ink),
                );
            }
        }
        for target in targets {
            if it.left().meets(&target.place) && !it.left().lies_in(&target.place) {
                says(
                    "across",
                    format!("{:?}: {} {}", target.label, it.ink, target.place),
                );
            }
        }
    }
    found
}
