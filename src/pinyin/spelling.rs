//! Which letters may stand for which reading: whole syllables, only their initials, and both mixed.

use super::LETTERS_MAX;

/// Weight of an initial whose letters go on as a syllable: `s` and `h` of `sh` may be two words, and seldom are.
pub const DOUBT: u8 = 16;

/// Letters as they were typed, ready to be compared with many readings.
pub struct Typed<'a> {
    letters: &'a [u8],
    /// Whether the one letter, or the two letters, from there go on as a syllable.
    go_on: [[bool; 2]; LETTERS_MAX],
}

/// How letters stand for a reading.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fit {
    /// So many letters do.
    pub letters: usize,
    /// How far they are from all syllables in full.
    pub missing: u8,
    /// The reading goes on where the letters end.
    pub goes_on: bool,
}

/// Where the syllables so far may end, and how much is missing from them then.
#[derive(Clone, Copy)]
struct Ends {
    /// A bit for each place.
    places: u32,
    missing: [u8; LETTERS_MAX + 1],
}

// A bit of `places` for each.
const _: () = assert!(LETTERS_MAX < 32);

impl Ends {
    const NONE: Self = Self {
        places: 0,
        missing: [0; LETTERS_MAX + 1],
    };

    fn add(&mut self, end: usize, missing: u8) {
        let bit = 1 << end;
        if self.places & bit == 0 || missing < self.missing[end] {
            self.places |= bit;
            self.missing[end] = missing;
        }
    }

    fn get(&self, end: usize) -> Option<u8> {
        (self.places & (1 << end) != 0).then(|| self.missing[end])
    }

    /// Places and what is missing there, the first place first.
    fn each(&self) -> impl DoubleEndedIterator<Item = (usize, u8)> {
        (0..=LETTERS_MAX).filter_map(|end| Some((end, self.get(end)?)))
    }
}

impl<'a> Typed<'a> {
    /// Those letters; `begins` says what begins a syllable. What is longer than a keyboard takes is cut.
    pub fn new(letters: &'a str, begins: impl Fn(&str) -> bool) -> Self {
        let letters = letters.get(..letters.len().min(LETTERS_MAX)).unwrap_or("");
        let mut go_on = [[false; 2]; LETTERS_MAX];
        for (at, go_on) in go_on.iter_mut().enumerate() {
            for (more, go_on) in go_on.iter_mut().enumerate() {
                *go_on = letters.get(at..at + more + 2).is_some_and(&begins);
            }
        }
        Self {
            letters: letters.as_bytes(),
            go_on,
        }
    }

    /// How many letters there are.
    pub fn len(&self) -> usize {
        self.letters.len()
    }

    /// How the letters, or as many of the first ones as possible, stand for a reading: syllables with a space
    /// between them, and a stroke between those that one character may be read as.
    pub fn fit(&self, reading: &str) -> Option<Fit> {
        let mut ends = Ends::NONE;
        ends.add(0, 0);
        for (nth, syllables) in reading.split(' ').enumerate() {
            let mut next = Ends::NONE;
            for (place, missing) in ends.each() {
                for syllable in syllables.split('/') {
                    self.add_syllable(syllable.as_bytes(), place, missing, &mut next);
                }
            }
            if next.places == 0 {
                let begun = ends.get(self.len()).filter(|_| nth > 0);
                return begun.filter(|missing| *missing < DOUBT).map(|missing| Fit {
                    letters: self.len(),
                    missing,
                    goes_on: true,
                });
            }
            ends = next;
        }
        let whole = ends.get(self.len()).map(|missing| (self.len(), missing));
        let sure = || {
            ends.each()
                .rev()
                .find(|(end, it)| *it < DOUBT && self.may_part(*end))
        };
        let (letters, missing) = whole.or_else(sure)?;
        Some(Fit {
            letters,
            missing,
            goes_on: false,
        })
    }

    /// Adds where a syllable may end that begins after `place`.
    fn add_syllable(&self, syllable: &[u8], place: usize, missing: u8, next: &mut Ends) {
        let from = self.after_marks(place);
        let rest = &self.letters[from..];
        let mut add = |long: usize, more: u8| {
            let end = self.after_marks(from + long);
            // Marks belong to what follows, where anything does.
            let end = if end == self.len() { end } else { from + long };
            next.add(end, missing.saturating_add(more));
        };
        if rest.is_empty() {
            return;
        }
        if rest.starts_with(syllable) {
            add(syllable.len(), 0);
        }
        for long in 1..=initial(syllable) {
            if long < syllable.len() && rest.starts_with(&syllable[..long]) {
                let doubtful = self.go_on[from][long - 1];
                add(long, 1 + if doubtful { DOUBT } else { 0 });
            }
        }
        // The last one may be typed in part.
        let in_part = rest.len() < syllable.len() && syllable.starts_with(rest);
        if in_part && rest.len() > initial(syllable) {
            add(rest.len(), 1);
        }
    }

    fn after_marks(&self, place: usize) -> usize {
        let rest = self.letters.get(place..).unwrap_or_default();
        place + rest.iter().take_while(|letter| **letter == b'\'').count()
    }

    /// Whether what follows may be a word of its own: no syllable begins with these vowels.
    fn may_part(&self, place: usize) -> bool {
        let next = self.letters.get(self.after_marks(place));
        next.is_some_and(|letter| !matches!(letter, b'i' | b'u' | b'v'))
    }
}

/// How many letters are the initial at most: `zh`, or `z` alone, as people type it.
fn initial(syllable: &[u8]) -> usize {
    match syllable {
        [b'z' | b'c' | b's', b'h', ..] => 2,
        _ => 1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pinyin::Table;

    fn fit(letters: &str, reading: &str) -> Option<(usize, bool, bool)> {
        let typed = Typed::new(letters, |start| Table::shipped().begins(start));
        let fit = typed.fit(reading)?;
        Some((fit.letters, fit.missing == 0, fit.goes_on))
    }

    #[test]
    fn in_full_by_initials_and_mixed() {
        for (letters, in_full) in [
            ("shuinigong", true),
            ("shui'ni'gong", true),
            ("sng", false),
            ("shng", false),
            ("shuing", false),
            ("sngong", false),
            ("snig", false),
            ("shuinigo", false),
            ("s'n'g'", false),
        ] {
            let all = Some((letters.len(), in_full, false));
            assert_eq!(fit(letters, "shui ni gong"), all, "{letters}");
        }
        for letters in ["shuigong", "snk", "ng", "'", ""] {
            assert_eq!(fit(letters, "shui ni gong"), None, "{letters}");
        }
    }

    #[test]
    fn what_is_left_stays_for_the_next_word() {
        assert_eq!(
            fit("shuinigongzhao", "shui ni gong"),
            Some((10, true, false))
        );
        assert_eq!(fit("sngzp", "shui ni gong"), Some((3, false, false)));
        assert_eq!(fit("xi'anlai", "xi an"), Some((5, true, false)));
        // An initial is not cut out of a syllable, nor a syllable before a vowel that begins none.
        assert_eq!(fit("woyao", "wo ye"), None);
        assert_eq!(fit("wogui", "wo gu"), None);
        assert_eq!(fit("xianx", "xi a"), Some((3, true, false)));
    }

    #[test]
    fn initials_that_make_a_syllable_are_doubtful_and_allowed() {
        let typed = Typed::new("zh", |start| Table::shipped().begins(start));
        let doubtful = typed.fit("zhu hai").expect("fits").missing;
        let typed = Typed::new("zhh", |start| Table::shipped().begins(start));
        assert!(doubtful > typed.fit("zhu hai").expect("fits").missing);
    }

    #[test]
    fn a_word_may_go_on_and_a_character_be_read_in_two_ways() {
        assert_eq!(fit("wn", "wei ning xian"), Some((2, false, true)));
        assert_eq!(fit("weining", "wei ning xian"), Some((7, true, true)));
        assert_eq!(fit("zhong", "zhong/chong qing"), Some((5, true, true)));
        assert_eq!(fit("chongqing", "zhong/chong qing"), Some((9, true, false)));
        assert_eq!(fit("zhq", "zhong/chong qing"), Some((3, false, false)));
    }
}
