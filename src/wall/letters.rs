//! Which characters no font of this machine has. Windows draw an empty box for each, and nobody beside the
//! wall knows why.

use icu_properties::props::{DefaultIgnorableCodePoint, Script};
use icu_properties::{CodePointMapData, CodePointSetData, PropertyNamesShort};
use slint::fontique_011::{fontique, shared_collection};
use std::collections::{BTreeSet, HashMap};

/// Families that windows ask before those for a script.
const FIRST: [fontique::GenericFamily; 2] = [
    fontique::GenericFamily::SansSerif,
    fontique::GenericFamily::SystemUi,
];

/// The characters that the fonts of windows have. Each is looked for once: fonts do not change while the program
/// runs.
pub struct Letters {
    fonts: fontique::Collection,
    drawn: HashMap<char, bool>,
}

impl Letters {
    /// By the fonts that the program's windows draw with. On the thread of the windows, once there is one.
    pub fn of_windows() -> Self {
        Self {
            fonts: shared_collection(),
            drawn: HashMap::new(),
        }
    }

    /// By all fonts of the system.
    #[cfg(test)]
    pub fn of_system() -> Self {
        Self {
            fonts: fontique::Collection::default(),
            drawn: HashMap::new(),
        }
    }

    /// Those characters of a text that no font has.
    pub fn missing(&mut self, text: &str) -> BTreeSet<char> {
        // Fonts are opened for what is new only, and closed again.
        let mut opened = fontique::SourceCache::default();
        let Self { fonts, drawn } = self;
        let mut is_drawn = |it: char| {
            *drawn
                .entry(it)
                .or_insert_with(|| has(fonts, &mut opened, it))
        };
        text.chars().filter(|it| !is_drawn(*it)).collect()
    }
}

/// Whether windows find a font for it. Nothing is drawn of characters that only say how others are.
fn has(
    fonts: &mut fontique::Collection,
    opened: &mut fontique::SourceCache,
    character: char,
) -> bool {
    let unseen = CodePointSetData::new::<DefaultIgnorableCodePoint>();
    if character.is_whitespace() || character.is_control() || unseen.contains(character) {
        return true;
    }
    let script = CodePointMapData::<Script>::new().get(character);
    let script = PropertyNamesShort::<Script>::new().get(script);
    let script = script.and_then(|name| fontique::Script::parse(name).ok());
    let mut query = fonts.query(opened);
    query.set_families(FIRST);
    if let Some(script) = script {
        query.set_fallbacks(fontique::FallbackKey::new(script, None));
    }
    let mut found = false;
    query.matches_with(|font| {
        let glyph = font.charmap().and_then(|map| map.map(character));
        found = glyph.is_some_and(|glyph| glyph != 0);
        match found {
            true => fontique::QueryStatus::Stop,
            false => fontique::QueryStatus::Continue,
        }
    });
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_no_font_draws_is_missing() {
        let mut letters = Letters::of_system();
        let drawn = "草海镇 砌砖小工 240元/天 ABC，。！？；【】〔〕①㎡→√α\u{200b}\u{fe0f}\n";
        assert_eq!(letters.missing(drawn), BTreeSet::new());
        let missing = letters.missing("招\u{10_FFFD}工\u{10_FFFC}");
        assert_eq!(missing, BTreeSet::from(['\u{10_FFFC}', '\u{10_FFFD}']));
    }
}
