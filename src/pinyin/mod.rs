//! The pinyin keyboard's rules: which characters the letters that were typed may stand for.
//!
//! Pure: letters in, candidates out. Nothing of what somebody typed is learnt. The tables are in
//! `assets/pinyin`, with a note on where they are from.

mod buffer;
mod spelling;
mod table;
mod words;

pub use buffer::{Buffer, PageOf, Shown};
pub use table::{Candidate, Table, Wanted};
pub use words::Words;

/// Most letters that wait for a choice at a time. Long enough for the longest name in one go.
pub const LETTERS_MAX: usize = 30;

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Whether letters may be typed for that text, found in the slowest way: each character takes up some
    /// beginning of one of its syllables, or nothing once the letters have ended.
    fn may_stand_for(letters: &str, text: &str) -> bool {
        let letters = letters.trim_start_matches('\'');
        let Some(c) = text.chars().next() else {
            return letters.is_empty();
        };
        let rest = &text[c.len_utf8()..];
        let taken = (1..=letters.len().min(6)).filter(|end| {
            let start = &letters[..*end];
            SYLLABLES.iter().any(|(syllable, chars)| {
                (syllable.starts_with(start) || syllable.replace('v', "u").starts_with(start))
                    && chars.contains(c)
            })
        });
        letters.is_empty()
            || taken
                .into_iter()
                .any(|end| may_stand_for(&letters[end..], rest))
    }

    static SYLLABLES: std::sync::LazyLock<Vec<(&str, &str)>> = std::sync::LazyLock::new(|| {
        let lines = include_str!("../../assets/pinyin/syllables.tsv").lines();
        lines.filter_map(|line| line.split_once('\t')).collect()
    });

    fn hall() -> Words {
        let words = ["重庆建工", "草海镇", "威宁红土地马铃薯种业", "长沙银行保安"];
        Words::of(words.into_iter())
    }

    fn any_wanted() -> impl Strategy<Value = Wanted> {
        prop::sample::select(vec![
            Wanted::Words,
            Wanted::Search,
            Wanted::Surname,
            Wanted::GivenName,
        ])
    }

    /// As people type: beginnings of syllables, with a mark now and then.
    fn as_typed() -> impl Strategy<Value = String> {
        let syllables: Vec<&str> = SYLLABLES.iter().map(|(syllable, _)| *syllable).collect();
        let part =
            (prop::sample::select(syllables), 1_usize..7, 0..10).prop_map(|(it, long, mark)| {
                let mark = if mark == 0 { "'" } else { "" };
                format!("{}{mark}", &it[..long.min(it.len())])
            });
        prop::collection::vec(part, 0..5).prop_map(|parts| parts.concat())
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(32))]

        #[test]
        fn what_is_offered_is_read_as_it_was_typed(
            letters in as_typed(), wanted in any_wanted(),
        ) {
            let letters: String = letters.chars().take(LETTERS_MAX).collect();
            let found = Table::shipped().candidates(&letters, wanted, &hall());
            prop_assert_eq!(&found, &Table::shipped().candidates(&letters, wanted, &hall()));
            let mut seen = std::collections::HashSet::new();
            for candidate in &found {
                prop_assert!(candidate.letters > 0 && candidate.letters <= letters.len());
                let taken = &letters[..candidate.letters];
                prop_assert!(may_stand_for(taken, &candidate.text), "{} {:?}", letters, candidate);
                prop_assert!(seen.insert(&candidate.text), "{} twice", candidate.text);
            }
        }

        #[test]
        fn whatever_is_typed_something_is_taken_up_and_nothing_panics(
            keys in "[a-z' A-Z0-9。]{0,40}", wanted in any_wanted(),
            choices in prop::collection::vec((0_usize..9, any::<bool>(), 0_usize..40), 0..20),
        ) {
            let (mut buffer, hall) = (Buffer::default(), std::sync::Arc::new(hall()));
            for key in keys.chars() {
                buffer.push(key, wanted, &hall);
            }
            prop_assert!(buffer.letters().len() <= LETTERS_MAX);
            for (index, forward, room) in choices {
                buffer.turn(forward, room);
                let before = buffer.letters().len();
                if let Some(text) = buffer.choose(index, room) {
                    prop_assert!(!text.is_empty() && buffer.letters().len() < before);
                }
                prop_assert_eq!(buffer.page(room).shown.is_empty(), buffer.page(8).shown.is_empty());
            }
        }

        #[test]
        fn a_word_in_full_is_always_offered(line in 0_usize..40_000) {
            let table = include_str!("../../assets/pinyin/phrases.tsv");
            let (reading, word) = table.lines().nth(line).and_then(|l| l.split_once('\t')).expect("there");
            let syllables = reading.split(' ').map(|it| it.split('/').next().unwrap_or(it));
            let marked = syllables.collect::<Vec<_>>().join("'");
            for letters in [marked.replace('\'', ""), marked] {
                let found = Table::shipped().candidates(&letters, Wanted::Words, &Words::default());
                let found = found.iter().find(|candidate| candidate.text == word);
                prop_assert_eq!(found.map(|it| it.letters), Some(letters.len()), "{} {}", letters, word);
            }
        }
    }
}
