//! Syllables and the characters they stand for.

use std::collections::{BTreeMap, HashSet};
use std::sync::OnceLock;

/// How many characters of each syllable are offered while it is not typed to its end.
const OF_EACH_UNFINISHED: usize = 4;

/// Something that may be chosen, and how many of the typed letters it takes up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// The characters.
    pub text: String,
    /// Letters that it stands for.
    pub letters: usize,
}

/// The table that ships with the program.
#[derive(Debug)]
pub struct Table {
    syllables: BTreeMap<&'static str, &'static str>,
    surnames: BTreeMap<&'static str, &'static str>,
    /// The letters of both syllables, and the two characters.
    double_surnames: Vec<(String, &'static str)>,
}

impl Table {
    /// The table, read once.
    pub fn shipped() -> &'static Self {
        static TABLE: OnceLock<Table> = OnceLock::new();
        TABLE.get_or_init(|| {
            Self::read(
                include_str!("../../assets/pinyin/syllables.tsv"),
                include_str!("../../assets/pinyin/surnames.tsv"),
            )
        })
    }

    fn read(syllables: &'static str, surnames: &'static str) -> Self {
        let (double, single): (Vec<_>, Vec<_>) =
            rows(surnames).partition(|(letters, _)| letters.contains(' '));
        Self {
            syllables: rows(syllables).collect(),
            surnames: single.into_iter().collect(),
            double_surnames: double
                .into_iter()
                .map(|(letters, text)| (letters.replace(' ', ""), text))
                .collect(),
        }
    }

    /// What `letters` may begin with, best first. Where `surname` is set, a name is about to be
    /// begun, and surnames come before everything else.
    pub fn candidates(&self, letters: &str, surname: bool) -> Vec<Candidate> {
        let skipped = letters.len() - letters.trim_start_matches('\'').len();
        let typed = &letters[skipped..];
        let run = &typed[..typed.find('\'').unwrap_or(typed.len())];
        let mut found = Found::new(skipped);
        if surname {
            self.add_surnames(run, &mut found);
        }
        // "xian" is 先 before it is 西 of 西安: the longest syllable wins, the shorter ones follow.
        let whole = (1..=run.len())
            .rev()
            .filter_map(|end| Some((end, *self.syllables.get(run.get(..end)?)?)));
        let mut whole = whole.peekable();
        let finished = whole.peek().is_some_and(|(end, _)| *end == run.len());
        if finished && let Some((end, chars)) = whole.next() {
            found.add_all(chars, end);
        }
        self.add_unfinished(run, &mut found);
        for (end, chars) in whole {
            found.add_all(chars, end);
        }
        found.candidates
    }

    fn add_surnames(&self, run: &str, found: &mut Found) {
        for (letters, text) in &self.double_surnames {
            if run.starts_with(letters.as_str()) {
                found.add((*text).to_owned(), letters.len());
            }
        }
        let longest = (1..=run.len()).rev().find(|end| {
            run.get(..*end)
                .is_some_and(|s| self.syllables.contains_key(s))
        });
        if let Some(end) = longest
            && let Some(chars) = self.surnames.get(&run[..end])
        {
            found.add_all(chars, end);
        }
        if longest != Some(run.len()) {
            for (_, chars) in starting_with(&self.surnames, run) {
                found.add_first(chars, run.len(), OF_EACH_UNFINISHED);
            }
        }
    }

    /// Syllables that have only been begun: `zh`, `zhon`.
    fn add_unfinished(&self, run: &str, found: &mut Found) {
        for (syllable, chars) in starting_with(&self.syllables, run) {
            if syllable.len() > run.len() {
                found.add_first(chars, run.len(), OF_EACH_UNFINISHED);
            }
        }
    }
}

fn rows(text: &'static str) -> impl Iterator<Item = (&'static str, &'static str)> {
    text.lines().filter_map(|line| line.split_once('\t'))
}

fn starting_with<'a>(
    map: &'a BTreeMap<&'static str, &'static str>,
    start: &'a str,
) -> impl Iterator<Item = (&'a str, &'a str)> {
    map.range(start..)
        .take_while(move |(syllable, _)| !start.is_empty() && syllable.starts_with(start))
        .map(|(syllable, chars)| (*syllable, *chars))
}

/// Candidates in order, none twice.
struct Found {
    skipped: usize,
    seen: HashSet<String>,
    candidates: Vec<Candidate>,
}

impl Found {
    fn new(skipped: usize) -> Self {
        Self {
            skipped,
            seen: HashSet::new(),
            candidates: Vec::new(),
        }
    }

    fn add(&mut self, text: String, letters: usize) {
        if self.seen.insert(text.clone()) {
            let letters = letters + self.skipped;
            self.candidates.push(Candidate { text, letters });
        }
    }

    fn add_all(&mut self, chars: &str, letters: usize) {
        self.add_first(chars, letters, usize::MAX);
    }

    fn add_first(&mut self, chars: &str, letters: usize, most: usize) {
        for c in chars.chars().take(most) {
            self.add(c.to_string(), letters);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(letters: &str, surname: bool) -> Vec<String> {
        let candidates = Table::shipped().candidates(letters, surname);
        candidates.into_iter().map(|c| c.text).collect()
    }

    #[test]
    fn a_name_begins_with_a_surname() {
        let first = &Table::shipped().candidates("zhangwei", true)[0];
        assert_eq!((first.text.as_str(), first.letters), ("张", 5));
        assert_eq!(texts("wei", true)[0], "魏");
        assert_eq!(texts("wei", false)[0], "为");
    }

    #[test]
    fn double_surnames_come_first() {
        let first = &Table::shipped().candidates("ouyangxiu", true)[0];
        assert_eq!((first.text.as_str(), first.letters), ("欧阳", 6));
        assert_eq!(texts("simaguang", true)[0], "司马");
    }

    #[test]
    fn v_is_the_u_with_dots() {
        assert_eq!(texts("lv", true)[0], "吕");
        assert!(texts("lv", false).contains(&"绿".to_owned()));
        assert!(texts("nv", false).contains(&"女".to_owned()));
    }

    #[test]
    fn rare_characters_of_names_are_reached() {
        assert!(texts("yan", true).contains(&"䶮".to_owned()));
        assert!(texts("hong", true).contains(&"𬭎".to_owned()));
        assert!(texts("jie", true).contains(&"㛃".to_owned()));
    }

    #[test]
    fn unfinished_syllables_are_completed() {
        assert!(texts("zh", true).contains(&"张".to_owned()));
        assert_eq!(texts("zhon", false)[0], "中");
        assert!(texts("l", false).contains(&"来".to_owned()));
    }

    #[test]
    fn the_longest_syllable_wins_and_shorter_ones_follow() {
        let candidates = Table::shipped().candidates("xian", false);
        assert_eq!(candidates[0].letters, 4);
        assert!(candidates.iter().any(|c| c.text == "西" && c.letters == 2));
        let parted = Table::shipped().candidates("xi'an", false);
        assert_eq!(parted[0].letters, 2);
        let rest = Table::shipped().candidates("'an", false);
        assert_eq!((rest[0].text.as_str(), rest[0].letters), ("安", 3));
    }

    #[test]
    fn letters_that_begin_no_syllable_give_nothing() {
        assert!(texts("", true).is_empty());
        assert!(texts("vvv", true).is_empty());
        assert!(texts("''", false).is_empty());
    }

    #[test]
    fn every_surname_is_found_under_its_syllable() {
        let table = Table::shipped();
        for (syllable, chars) in &table.surnames {
            let known = table.syllables.get(syllable).copied().unwrap_or_default();
            for c in chars.chars() {
                assert!(known.contains(c), "{c} {syllable}");
            }
        }
    }
}
