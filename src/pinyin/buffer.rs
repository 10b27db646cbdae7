//! The letters that wait for a choice, and the page of candidates in sight.

use super::{Candidate, LETTERS_MAX, Table, Wanted};

/// What is typed and not chosen yet.
#[derive(Clone, Debug, Default)]
pub struct Buffer {
    letters: String,
    wanted: Wanted,
    candidates: Vec<Candidate>,
    page: usize,
}

/// A page of candidates.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PageOf {
    /// Texts in sight.
    pub texts: Vec<String>,
    /// There are some before these.
    pub earlier: bool,
    /// There are more after these.
    pub later: bool,
}

impl Buffer {
    /// The letters.
    pub fn letters(&self) -> &str {
        &self.letters
    }

    /// Adds a letter (`a` to `z`) or the apostrophe that parts syllables. Anything else, and
    /// anything beyond [`LETTERS_MAX`], is left out; `false` then.
    pub fn push(&mut self, letter: char, wanted: Wanted) -> bool {
        let letter = letter.to_ascii_lowercase();
        if !(letter.is_ascii_lowercase() || letter == '\'') || self.letters.len() >= LETTERS_MAX {
            return false;
        }
        self.letters.push(letter);
        self.look_up(wanted);
        true
    }

    /// Takes the last letter back; `false` if there was none.
    pub fn pop(&mut self) -> bool {
        let had = self.letters.pop().is_some();
        self.look_up(self.wanted);
        had
    }

    /// The `index`th candidate of the page in sight, and takes up its letters.
    pub fn choose(&mut self, index: usize, page_size: usize) -> Option<String> {
        let chosen = self.candidates.get(self.page * page_size + index)?.clone();
        self.letters.drain(..chosen.letters.min(self.letters.len()));
        self.look_up(match self.wanted {
            Wanted::Surname => Wanted::GivenName,
            same => same,
        });
        Some(chosen.text)
    }

    /// Takes the letters as they are, for words that are searched by initials.
    pub fn take_letters(&mut self) -> String {
        let letters = self.letters.replace('\'', "");
        self.clear();
        letters
    }

    /// The page in sight.
    pub fn page(&self, page_size: usize) -> PageOf {
        let start = self.page * page_size;
        let in_sight = self.candidates.iter().skip(start).take(page_size);
        PageOf {
            texts: in_sight.map(|c| c.text.clone()).collect(),
            earlier: self.page > 0,
            later: start + page_size < self.candidates.len(),
        }
    }

    /// Turns to the next (`true`) or previous page, if there is one.
    pub fn turn(&mut self, forward: bool, page_size: usize) {
        if !forward {
            self.page = self.page.saturating_sub(1);
        } else if self.page(page_size).later {
            self.page += 1;
        }
    }

    /// Forgets everything.
    pub fn clear(&mut self) {
        *self = Self::default();
    }

    fn look_up(&mut self, wanted: Wanted) {
        self.wanted = wanted;
        self.page = 0;
        self.candidates = Table::shipped().candidates(&self.letters, wanted);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: usize = 8;

    fn typed(letters: &str) -> Buffer {
        let mut buffer = Buffer::default();
        for letter in letters.chars() {
            buffer.push(letter, Wanted::Surname);
        }
        buffer
    }

    #[test]
    fn a_name_is_chosen_character_by_character() {
        let mut buffer = typed("zhangwei");
        assert_eq!(buffer.choose(0, PAGE).as_deref(), Some("张"));
        assert_eq!(buffer.letters(), "wei");
        // Now a given name: 伟 is on the first page.
        let index = buffer.page(PAGE).texts.iter().position(|t| t == "伟");
        let chosen = buffer.choose(index.expect("it is there"), PAGE);
        assert_eq!(chosen.as_deref(), Some("伟"));
        assert_eq!(buffer.letters(), "");
        assert_eq!(buffer.page(PAGE), PageOf::default());
    }

    #[test]
    fn pages_turn_as_far_as_there_are_any() {
        let mut buffer = typed("yi");
        assert!(!buffer.page(PAGE).earlier && buffer.page(PAGE).later);
        buffer.turn(false, PAGE);
        let first = buffer.page(PAGE);
        for _ in 0..1_000 {
            buffer.turn(true, PAGE);
        }
        let last = buffer.page(PAGE);
        assert!(last.earlier && !last.later && !last.texts.is_empty());
        assert_ne!(first, last);
    }

    #[test]
    fn ten_thousand_letters_do_not_fit() {
        let mut buffer = typed(&"a".repeat(10_000));
        assert_eq!(buffer.letters().len(), LETTERS_MAX);
        assert!(!buffer.push('a', Wanted::Words) && !buffer.push('1', Wanted::Words));
        assert!(buffer.pop());
        buffer.clear();
        assert!(!buffer.pop());
    }

    #[test]
    fn initials_are_kept_as_letters() {
        assert_eq!(typed("d'hg").take_letters(), "dhg");
    }
}
