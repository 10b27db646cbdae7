//! The windows of `ui/`, as Slint compiles them, and the language that they speak.

pub use generated::*;

/// What Slint writes; its habits are not ours to mend.
#[allow(missing_docs, clippy::all, clippy::todo, clippy::unwrap_used)]
mod generated {
    slint::include_modules!();
}

/// The language that screens speak where nothing else is configured.
pub const DEFAULT_LANGUAGE: &str = "zh-CN";

/// Languages that the screens are translated into (folders of `lang/`).
pub const LANGUAGES: &[&str] = &["zh-CN", "en"];

/// Makes every window of this thread speak `language`, at once. Works only after the first window
/// has been made.
pub fn speak(language: &str) -> Result<(), slint::SelectBundledTranslationError> {
    slint::select_bundled_translation(language)
}
