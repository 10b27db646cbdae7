//! The letters that wait for a choice, and the page of candidates in sight.

use super::{Candidate, LETTERS_MAX, Table, Wanted, Words};
use std::sync::Arc;

/// What is typed and not chosen yet.
#[derive(Clone, Debug, Default)]
pub struct Buffer {
    letters: String,
    wanted: Wanted,
    hall: Arc<Words>,
    candidates: Vec<Candidate>,
    /// Where the page in sight begins, and where those before it did.
    first: usize,
    before: Vec<usize>,
}

/// A page of candidates.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PageOf {
    /// Those in sight.
    pub shown: Vec<Shown>,
    /// There are some before these.
    pub earlier: bool,
    /// There are more after these.
    pub later: bool,
}

/// A candidate in its place. Places and widths are counted in halves of the cell of one character.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shown {
    /// Its characters.
    pub text: String,
    /// Where it begins.
    pub at: usize,
    /// How wide it is.
    pub width: usize,
}

impl Buffer {
    /// The letters.
    pub fn letters(&self) -> &str {
        &self.letters
    }

    /// Adds a letter (`a` to `z`) or the apostrophe that parts syllables. Anything else, and
    /// anything beyond [`LETTERS_MAX`], is left out; `false` then. `hall` are words of the hall.
    pub fn push(&mut self, letter: char, wanted: Wanted, hall: &Arc<Words>) -> bool {
        let letter = letter.to_ascii_lowercase();
        if !(letter.is_ascii_lowercase() || letter == '\'') || self.letters.len() >= LETTERS_MAX {
            return false;
        }
        self.letters.push(letter);
        self.hall = Arc::clone(hall);
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
    pub fn choose(&mut self, index: usize, room: usize) -> Option<String> {
        let in_sight = index < self.page(room).shown.len();
        let chosen = self
            .candidates
            .get(self.first + index)
            .filter(|_| in_sight)?;
        let chosen = chosen.clone();
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

    /// The page in sight, in a bar with room for so many halves of a cell. One is always there.
    pub fn page(&self, room: usize) -> PageOf {
        let (mut shown, mut at) = (vec![], 0);
        for candidate in self.candidates.iter().skip(self.first) {
            let width = (candidate.text.chars().count() + 1).min(room);
            if at + width > room && at > 0 {
                break;
            }
            let text = candidate.text.clone();
            shown.push(Shown { text, at, width });
            at += width;
        }
        PageOf {
            earlier: self.first > 0,
            later: self.first + shown.len() < self.candidates.len(),
            shown,
        }
    }

    /// Turns to the next (`true`) or previous page, if there is one.
    pub fn turn(&mut self, forward: bool, room: usize) {
        let page = self.page(room);
        if !forward {
            self.first = self.before.pop().unwrap_or(0);
        } else if page.later {
            self.before.push(self.first);
            self.first += page.shown.len();
        }
    }

    /// Forgets everything.
    pub fn clear(&mut self) {
        *self = Self::default();
    }

    fn look_up(&mut self, wanted: Wanted) {
        self.wanted = wanted;
        self.first = 0;
        self.before.clear();
        self.candidates = Table::shipped().candidates(&self.letters, wanted, &self.hall);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Room for eight characters.
    const ROOM: usize = 16;

    fn typed_for(letters: &str, wanted: Wanted, hall: &[&str]) -> Buffer {
        let (mut buffer, hall) = (Buffer::default(), Arc::new(Words::of(hall.iter().copied())));
        for letter in letters.chars() {
            buffer.push(letter, wanted, &hall);
        }
        buffer
    }

    fn typed(letters: &str) -> Buffer {
        typed_for(letters, Wanted::Surname, &[])
    }

    fn texts(buffer: &Buffer) -> Vec<String> {
        let shown = buffer.page(ROOM).shown.into_iter();
        shown.map(|shown| shown.text).collect()
    }

    #[test]
    fn a_name_is_chosen_character_by_character() {
        let mut buffer = typed("zhangwei");
        assert_eq!(buffer.choose(0, ROOM).as_deref(), Some("张"));
        assert_eq!(buffer.letters(), "wei");
        // Now a given name: 伟 is on the first page.
        let index = texts(&buffer).iter().position(|t| t == "伟");
        let chosen = buffer.choose(index.expect("it is there"), ROOM);
        assert_eq!(chosen.as_deref(), Some("伟"));
        assert_eq!(buffer.letters(), "");
        assert_eq!(buffer.page(ROOM), PageOf::default());
    }

    #[test]
    fn pages_turn_as_far_as_there_are_any() {
        let mut buffer = typed("yi");
        assert!(!buffer.page(ROOM).earlier && buffer.page(ROOM).later);
        buffer.turn(false, ROOM);
        let first = buffer.page(ROOM);
        for _ in 0..1_000 {
            buffer.turn(true, ROOM);
        }
        let last = buffer.page(ROOM);
        assert!(last.earlier && !last.later && !last.shown.is_empty());
        assert_ne!(first, last);
        // Back over pages that were not all equally long.
        for _ in 0..1_000 {
            buffer.turn(false, ROOM);
        }
        assert_eq!(buffer.page(ROOM), first);
    }

    #[test]
    fn every_candidate_is_on_one_page_and_within_the_bar() {
        for room in [1, 2, 3, 7, 16, 33] {
            let mut buffer = typed_for("shishi", Wanted::Words, &[]);
            let (all, mut seen) = (buffer.candidates.clone(), vec![]);
            loop {
                let page = buffer.page(room);
                let ends = page.shown.iter().map(|shown| shown.at + shown.width);
                assert!(ends.max().is_some_and(|end| end <= room));
                seen.extend(page.shown.into_iter().map(|shown| shown.text));
                if !page.later {
                    break;
                }
                buffer.turn(true, room);
            }
            let all: Vec<String> = all.into_iter().map(|candidate| candidate.text).collect();
            assert_eq!(seen, all, "{room}");
        }
    }

    #[test]
    fn the_longest_word_comes_first_and_the_rest_is_kept() {
        let mut buffer = typed_for("sngzhaogong", Wanted::Words, &[]);
        assert_eq!(buffer.choose(0, ROOM).as_deref(), Some("水泥工"));
        assert_eq!(buffer.letters(), "zhaogong");
        assert_eq!(buffer.choose(0, ROOM).as_deref(), Some("招工"));
        assert_eq!(buffer.letters(), "");
        for letters in ["shuinigong", "sng", "shuing", "shuinig", "snigong"] {
            let buffer = typed_for(letters, Wanted::Words, &[]);
            assert_eq!(texts(&buffer)[0], "水泥工", "{letters}");
        }
        let buffer = typed_for("gzuo", Wanted::Words, &[]);
        assert_eq!(texts(&buffer)[0], "工作");
    }

    #[test]
    fn looking_for_work_the_words_of_the_hall_are_first() {
        let hall = ["威宁红土地马铃薯种业", "重庆", "草海镇"];
        let first = |letters, wanted| texts(&typed_for(letters, wanted, &hall)).remove(0);
        assert_eq!(first("caohai", Wanted::Search), "草海镇");
        assert_eq!(first("wnht", Wanted::Search), hall[0]);
        assert_eq!(first("chongqing", Wanted::Search), "重庆");
        assert_eq!(first("dian", Wanted::Search), "电工");
        assert_eq!(first("dian", Wanted::Words), "点");
        // Not a letter alone: everything begins with one.
        assert_ne!(first("c", Wanted::Search), "草海镇");
    }

    #[test]
    fn ten_thousand_letters_do_not_fit() {
        let (mut buffer, hall) = (typed(&"a".repeat(10_000)), Arc::default());
        assert_eq!(buffer.letters().len(), LETTERS_MAX);
        assert!(!buffer.push('a', Wanted::Words, &hall) && !buffer.push('1', Wanted::Words, &hall));
        assert!(buffer.pop());
        buffer.clear();
        assert!(!buffer.pop());
    }

    #[test]
    fn initials_are_kept_as_letters() {
        assert_eq!(typed("d'hg").take_letters(), "dhg");
    }
}
