//! Syllables and the characters they stand for.

use super::spelling::Typed;
use super::words::{Said, Words};
use std::collections::{BTreeMap, HashSet};
use std::sync::OnceLock;

/// How many characters of each syllable are offered while it is not typed to its end.
const OF_EACH_UNFINISHED: usize = 4;
/// How many characters come before words where the letters are one syllable in full: `xian` is 先 and 西安.
const BEFORE_WORDS: usize = 4;

/// Something that may be chosen, and how many of the typed letters it takes up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// The characters.
    pub text: String,
    /// Letters that it stands for.
    pub letters: usize,
}

/// What the characters are for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Wanted {
    /// Free text.
    #[default]
    Words,
    /// What to look for: words of this trade and of the hall come before everything else.
    Search,
    /// The beginning of a name: surnames come before everything else.
    Surname,
    /// The rest of a name: characters of given names come before everything else.
    GivenName,
}

/// The table that ships with the program.
#[derive(Debug)]
pub struct Table {
    syllables: BTreeMap<&'static str, &'static str>,
    surnames: BTreeMap<&'static str, &'static str>,
    /// The commonest surnames, most common first.
    commonest: &'static str,
    given_names: BTreeMap<&'static str, &'static str>,
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
                include_str!("../../assets/pinyin/surnames_common.txt").trim_ascii(),
                include_str!("../../assets/pinyin/given_names.tsv"),
            )
        })
    }

    fn read(
        syllables: &'static str,
        surnames: &'static str,
        commonest: &'static str,
        given_names: &'static str,
    ) -> Self {
        let (double, single): (Vec<_>, Vec<_>) =
            rows(surnames).partition(|(letters, _)| letters.contains(' '));
        // No other syllable is meant by lue and nue, so people type u for ü there.
        let with_u = rows(syllables).filter_map(|(syllable, chars)| match syllable {
            "lve" => Some(("lue", chars)),
            "nve" => Some(("nue", chars)),
            _ => None,
        });
        Self {
            syllables: rows(syllables).chain(with_u).collect(),
            surnames: single.into_iter().collect(),
            commonest,
            given_names: rows(given_names).collect(),
            double_surnames: double
                .into_iter()
                .map(|(letters, text)| (letters.replace(' ', ""), text))
                .collect(),
        }
    }

    /// What `letters` may begin with, best first; `hall` are words of the hall.
    pub fn candidates(&self, letters: &str, wanted: Wanted, hall: &Words) -> Vec<Candidate> {
        let skipped = letters.len() - letters.trim_start_matches('\'').len();
        let typed = &letters[skipped..];
        let run = &typed[..typed.find('\'').unwrap_or(typed.len())];
        let mut found = Found::new(skipped);
        let mut said = Said::default();
        match wanted {
            Wanted::Words | Wanted::Search => said = self.words(typed, hall),
            Wanted::Surname => self.add_surnames(run, &mut found),
            Wanted::GivenName => self.add_of_names(&self.given_names, "", run, &mut found),
        }
        let (ours_first, ours_later) = match wanted {
            Wanted::Search => (said.ours, vec![]),
            _ => (vec![], said.ours),
        };
        found.add_words(ours_first);
        // "xian" is 先 before it is 西 of 西安: the longest syllable wins, the shorter ones follow.
        let whole = (1..=run.len())
            .rev()
            .filter_map(|end| Some((end, *self.syllables.get(run.get(..end)?)?)));
        let mut whole = whole.peekable();
        let longest = whole.peek().map(|(end, _)| *end);
        let finished = whole.next_if(|(end, _)| *end == typed.len());
        if let Some((end, chars)) = finished {
            found.add_first(chars, end, BEFORE_WORDS);
        }
        found.add_words(said.in_full);
        if let Some((end, chars)) = finished {
            found.add_all(chars, end);
        }
        found.add_words(said.by_initials);
        let begun = match longest {
            None => self.begun(run),
            // A syllable that a mark ends is not begun only.
            Some(end) if end == run.len() && end < typed.len() => "",
            Some(_) => run,
        };
        let all_begun = begun.len() == typed.len();
        if all_begun {
            self.add_unfinished(begun, &mut found);
        }
        found.add_words(ours_later);
        found.add_words(said.doubtful);
        found.add_words(said.shorter);
        if !all_begun {
            self.add_unfinished(begun, &mut found);
        }
        for (end, chars) in whole {
            found.add_all(chars, end);
        }
        found.candidates
    }

    fn words(&self, typed: &str, hall: &Words) -> Said {
        match typed.bytes().next() {
            Some(first) => Said::of(&Typed::new(typed, |start| self.begins(start)), first, hall),
            None => Said::default(),
        }
    }

    /// Whether a syllable begins so.
    pub(super) fn begins(&self, start: &str) -> bool {
        starting_with(&self.syllables, start).next().is_some()
    }

    /// As much of the first letters as begins a syllable: `z` of `zw`.
    fn begun<'a>(&self, run: &'a str) -> &'a str {
        let mut starts = (1..=run.len()).rev().filter_map(|end| run.get(..end));
        starts.find(|start| self.begins(start)).unwrap_or(run)
    }

    /// Adds how each character may be read, with a stroke between two ways.
    pub(super) fn add_readings(&self, of: &mut BTreeMap<char, String>) {
        for (syllable, chars) in &self.syllables {
            for c in chars.chars() {
                if let Some(readings) = of.get_mut(&c) {
                    if !readings.is_empty() {
                        readings.push('/');
                    }
                    readings.push_str(syllable);
                }
            }
        }
    }

    #[cfg(test)]
    pub(super) fn reads(&self, c: char, syllable: &str) -> bool {
        let chars = self.syllables.get(syllable);
        chars.is_some_and(|chars| chars.contains(c))
    }

    fn add_surnames(&self, run: &str, found: &mut Found) {
        for (letters, text) in &self.double_surnames {
            if run.starts_with(letters.as_str()) {
                found.add((*text).to_owned(), letters.len());
            }
        }
        self.add_of_names(&self.surnames, self.commonest, run, found);
    }

    /// Characters of names that the longest syllable stands for, or those that the letters begin: the
    /// commonest of them first, then some of each syllable.
    fn add_of_names(
        &self,
        names: &BTreeMap<&'static str, &'static str>,
        commonest: &str,
        run: &str,
        found: &mut Found,
    ) {
        let longest = (1..=run.len()).rev().find(|end| {
            run.get(..*end)
                .is_some_and(|s| self.syllables.contains_key(s))
        });
        if let Some(end) = longest
            && let Some(chars) = names.get(&run[..end])
        {
            found.add_all(chars, end);
        }
        let begun = match longest {
            Some(_) => run,
            None => self.begun(run),
        };
        if longest != Some(run.len()) {
            let is_begun = |c: char| starting_with(names, begun).any(|(_, all)| all.contains(c));
            for c in commonest.chars().filter(|c| is_begun(*c)) {
                found.add(c.to_string(), begun.len());
            }
            for (_, chars) in starting_with(names, begun) {
                found.add_first(chars, begun.len(), OF_EACH_UNFINISHED);
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

    fn add_words(&mut self, words: Vec<Candidate>) {
        for Candidate { text, letters } in words {
            self.add(text, letters);
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
    use super::Wanted::{GivenName, Surname, Words};
    use super::*;

    fn offered(letters: &str, wanted: Wanted) -> Vec<Candidate> {
        Table::shipped().candidates(letters, wanted, &super::Words::default())
    }

    fn texts(letters: &str, wanted: Wanted) -> Vec<String> {
        let candidates = offered(letters, wanted);
        candidates.into_iter().map(|c| c.text).collect()
    }

    #[test]
    fn a_name_begins_with_a_surname() {
        let first = &offered("zhangwei", Surname)[0];
        assert_eq!((first.text.as_str(), first.letters), ("张", 5));
        assert_eq!(texts("wei", Surname)[0], "魏");
        assert_eq!(texts("wei", Words)[0], "为");
    }

    #[test]
    fn common_given_names_are_on_the_first_page() {
        for (letters, name) in [
            ("wei", "伟"),
            ("fang", "芳"),
            ("xiu", "秀"),
            ("ying", "英"),
            ("jun", "军"),
            ("gui", "贵"),
            ("yan", "燕"),
        ] {
            let first = texts(letters, GivenName);
            assert!(
                first[..8].contains(&name.to_owned()),
                "{letters}: {first:?}"
            );
        }
        assert!(texts("we", GivenName)[..8].contains(&"伟".to_owned()));
        let two = offered("weiguo", GivenName);
        assert!(two[..8].iter().any(|c| c.text == "伟" && c.letters == 3));
        // The rest of the syllable follows.
        assert!(texts("yan", GivenName).contains(&"䶮".to_owned()));
    }

    #[test]
    fn double_surnames_come_first() {
        let first = &offered("ouyangxiu", Surname)[0];
        assert_eq!((first.text.as_str(), first.letters), ("欧阳", 6));
        assert_eq!(texts("simaguang", Surname)[0], "司马");
    }

    #[test]
    fn v_is_the_u_with_dots() {
        assert_eq!(texts("lv", Surname)[0], "吕");
        assert!(texts("lv", Words).contains(&"绿".to_owned()));
        assert!(texts("nv", Words).contains(&"女".to_owned()));
    }

    #[test]
    fn rare_characters_of_names_are_reached() {
        assert!(texts("yan", Surname).contains(&"䶮".to_owned()));
        assert!(texts("hong", Surname).contains(&"𬭎".to_owned()));
        assert!(texts("jie", Surname).contains(&"㛃".to_owned()));
    }

    #[test]
    fn unfinished_syllables_are_completed() {
        assert!(texts("zh", Surname).contains(&"张".to_owned()));
        assert_eq!(texts("zhon", Words)[0], "中");
        assert!(texts("l", Words).contains(&"来".to_owned()));
        // The initials of a whole name: the surname's comes first, the others wait.
        let first = &offered("zw", Surname)[..8];
        assert!(first.iter().any(|c| c.text == "张" && c.letters == 1));
        let first = &offered("zhw", Surname)[..8];
        assert!(first.iter().any(|c| c.text == "张" && c.letters == 2));
    }

    #[test]
    fn the_commonest_surnames_come_first_by_their_initials() {
        for (letters, first) in [
            ("w", "王吴魏"),
            ("l", "李刘林"),
            ("zh", "张赵周"),
            ("z", "张赵周"),
            ("h", "黄胡何"),
            ("y", "杨"),
            ("m", "马"),
        ] {
            let found = texts(letters, Surname);
            assert!(found.concat().starts_with(first), "{letters}: {found:?}");
        }
        let table = Table::shipped();
        let known: String = table.surnames.values().copied().collect();
        for c in table.commonest.chars() {
            assert!(known.contains(c), "{c}");
        }
    }

    #[test]
    fn names_are_made_of_characters_and_free_text_of_words() {
        for wanted in [Surname, GivenName] {
            let found = offered("xinjiang", wanted);
            assert!(found.iter().all(|c| c.text.chars().count() == 1));
        }
        assert_eq!(texts("xinjiang", Words)[0], "新疆");
    }

    #[test]
    fn lue_is_typed_with_u() {
        assert!(texts("lue", Words).contains(&"略".to_owned()));
        assert_eq!(texts("zhanlue", Words)[0], "战略");
    }

    #[test]
    fn the_longest_syllable_wins_and_shorter_ones_follow() {
        let candidates = offered("xian", Words);
        assert_eq!(candidates[0].letters, 4);
        assert!(candidates.iter().any(|c| c.text == "西" && c.letters == 2));
        let parted = offered("xi'an", Words);
        assert_eq!((parted[0].text.as_str(), parted[0].letters), ("西安", 5));
        assert!(parted.iter().any(|c| c.text == "西" && c.letters == 2));
        let rest = offered("'an", Words);
        assert_eq!((rest[0].text.as_str(), rest[0].letters), ("安", 3));
    }

    #[test]
    fn letters_that_begin_no_syllable_give_nothing() {
        assert!(texts("", Surname).is_empty());
        assert!(texts("vvv", Surname).is_empty());
        assert!(texts("''", Words).is_empty());
    }

    #[test]
    fn every_character_of_names_is_found_under_its_syllable() {
        let table = Table::shipped();
        for (syllable, chars) in table.surnames.iter().chain(&table.given_names) {
            let known = table.syllables.get(syllable).copied().unwrap_or_default();
            for c in chars.chars() {
                assert!(known.contains(c), "{c} {syllable}");
            }
        }
    }
}
