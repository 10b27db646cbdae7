//! The windows of `ui/`, as Slint compiles them, and the languages that they speak.

pub use terminal::*;
pub use wall::*;

use std::cell::RefCell;

/// What Slint writes of the wall; its habits are not ours to mend.
#[allow(missing_docs, clippy::all, clippy::todo, clippy::unwrap_used)]
mod wall {
    include!(concat!(env!("OUT_DIR"), "/wall.rs"));
}

/// The same of the terminal.
#[allow(missing_docs, clippy::all, clippy::todo, clippy::unwrap_used)]
mod terminal {
    include!(concat!(env!("OUT_DIR"), "/terminal.rs"));
}

/// The language that screens speak where nothing else is configured.
pub const DEFAULT_LANGUAGE: &str = "zh-CN";

include!(concat!(env!("OUT_DIR"), "/languages.rs"));

/// What a language calls itself; its code where there is no such language.
pub fn own_name(code: &str) -> &str {
    let place = LANGUAGES.iter().position(|language| *language == code);
    place
        .and_then(|place| OWN_NAMES.get(place))
        .unwrap_or(&code)
}

/// The language that comes `steps` after `code`, or after the usual one where there is no such language:
/// who goes on and on meets each of them once before the first again.
pub fn language_after(code: &str, steps: usize) -> &'static str {
    let known = LANGUAGES.iter().find(|language| **language == code);
    let first = known.copied().unwrap_or(DEFAULT_LANGUAGE);
    let mut others = LANGUAGES.iter().filter(|language| **language != first);
    match steps % LANGUAGES.len() {
        0 => first,
        more => others.nth(more - 1).copied().unwrap_or(first),
    }
}

/// One of the two windows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Surface {
    /// The LED board.
    Wall,
    /// The touch terminal.
    Terminal,
}

thread_local! {
    /// What wall and terminal speak now.
    static SPOKEN: RefCell<[String; 2]> =
        RefCell::new([DEFAULT_LANGUAGE.to_owned(), DEFAULT_LANGUAGE.to_owned()]);
}

/// Makes a window of this thread speak `language`, at once; the other one goes on as it does.
/// Works only after the first window has been made.
///
/// # Errors
/// If there is no such language.
pub fn speak(surface: Surface, language: &str) -> Result<(), slint::SelectBundledTranslationError> {
    SPOKEN.with_borrow_mut(|spoken| {
        let mut wanted = spoken.clone();
        wanted[surface as usize] = language.to_owned();
        slint::select_bundled_translation(&wanted.join("+"))?;
        *spoken = wanted;
        Ok(())
    })
}
