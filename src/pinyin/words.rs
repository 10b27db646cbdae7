//! Words of two characters and more: those of a large table, those of this trade, and those that a hall
//! gives by its listings.

use super::spelling::{DOUBT, Fit, Typed};
use super::{Candidate, Table};
use gighall_core::job::{Settlement, WorkKind};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::OnceLock;

/// Characters of a word of a hall: the name of an employer at most.
const LENGTH: std::ops::RangeInclusive<usize> = 2..=12;
/// Most words of a hall. Whoever looks for others types them.
const HALL_MOST: usize = 2_000;
/// Most words that are offered because they begin as typed, most that take up all letters, and most that
/// leave some.
const GOING_ON_MOST: usize = 6;
const WHOLE_MOST: usize = 80;
const SHORTER_MOST: usize = 40;

/// The words of one file, best first among those with the same first letter. Each line has the reading, a tab
/// and the word.
#[derive(Debug)]
struct Phrases([&'static str; 26]);

impl Phrases {
    /// The words that ship with the program. They stay in its file until their letter is typed.
    fn shipped() -> &'static Self {
        static PHRASES: OnceLock<Phrases> = OnceLock::new();
        PHRASES.get_or_init(|| Self::read(include_str!("../../assets/pinyin/phrases.tsv")))
    }

    fn read(text: &'static str) -> Self {
        let (mut rest, mut of_letters) = (text, [""; 26]);
        for (of_letter, letter) in of_letters.iter_mut().zip('a'..='z') {
            // Where the first line of a later letter begins.
            let other = rest.lines().scan(0, |at, line| {
                let begins = *at;
                *at += line.len() + 1;
                Some((begins, line))
            });
            let mut other = other.skip_while(|(_, line)| line.starts_with(letter));
            let end = other.next().map_or(rest.len(), |(begins, _)| begins);
            (*of_letter, rest) = rest.split_at(end);
        }
        Self(of_letters)
    }

    fn starting_with(&self, letter: u8) -> &'static str {
        let place = usize::from(letter.wrapping_sub(b'a'));
        self.0.get(place).copied().unwrap_or("")
    }
}

/// Words that are not in the large table, each character with every way to read it.
#[derive(Clone, Debug, Default)]
pub struct Words {
    lines: String,
}

impl Words {
    /// The words of this trade.
    fn of_the_trade() -> &'static Self {
        static WORDS: OnceLock<Words> = OnceLock::new();
        WORDS.get_or_init(|| {
            let kinds = WorkKind::ALL.iter().map(|kind| kind.zh());
            let settlements = Settlement::ALL.iter().map(|settlement| settlement.zh());
            let more = include_str!("../../assets/pinyin/trade_words.txt").lines();
            let more = more.filter(|line| !line.starts_with('#'));
            Self::of(
                kinds
                    .chain(settlements)
                    .chain(more.flat_map(str::split_whitespace)),
            )
        })
    }

    /// The words of texts, in their order, each once: runs of characters that can be typed.
    pub fn of<'a>(texts: impl Iterator<Item = &'a str>) -> Self {
        let table = Table::shipped();
        let (mut seen, mut words) = (BTreeSet::new(), Vec::new());
        let runs = texts.flat_map(|text| text.split(|c: char| c.is_ascii() || !c.is_alphabetic()));
        for run in runs.filter(|run| LENGTH.contains(&run.chars().count())) {
            if words.len() < HALL_MOST && seen.insert(run) {
                words.push(run);
            }
        }
        let mut readings: BTreeMap<char, String> = BTreeMap::new();
        for c in words.iter().flat_map(|word| word.chars()) {
            readings.entry(c).or_default();
        }
        table.add_readings(&mut readings);
        let mut lines = String::new();
        for word in words {
            let read: Vec<&str> = word.chars().map(|c| &*readings[&c]).collect();
            if read.iter().all(|reading| !reading.is_empty()) {
                lines.push_str(&read.join(" "));
                lines.push('\t');
                lines.push_str(word);
                lines.push('\n');
            }
        }
        Self { lines }
    }
}

/// Words that letters may stand for, those of a kind best first.
#[derive(Debug, Default)]
pub struct Said {
    /// Of this trade and this hall, also those that go on beyond the letters.
    pub ours: Vec<Candidate>,
    /// Take up all letters, in full.
    pub in_full: Vec<Candidate>,
    /// Take up all letters, by initials.
    pub by_initials: Vec<Candidate>,
    /// Take up all letters, by initials that would rather be one syllable.
    pub doubtful: Vec<Candidate>,
    /// Leave some letters for the next choice; the longest first.
    pub shorter: Vec<Candidate>,
}

impl Said {
    /// What may be said by those letters.
    pub fn of(typed: &Typed<'_>, first: u8, hall: &Words) -> Self {
        let ours = [&Words::of_the_trade().lines, &hall.lines];
        let ours = ours.into_iter().flat_map(|lines| lines.lines());
        let all = Phrases::shipped().starting_with(first).lines();
        let all = ours.map(|line| (0, line)).chain(all.map(|line| (1, line)));
        let fitting = all.filter_map(|(source, line)| {
            let (reading, word) = line.split_once('\t')?;
            Some((typed.fit(reading)?, source, word))
        });
        let mut fitting: Vec<(Fit, u8, &str)> = fitting.collect();
        // Stable: what is equal stays in the order of its source.
        fitting
            .sort_by_key(|(fit, source, _)| (std::cmp::Reverse(fit.letters), fit.missing, *source));
        let mut said = Self::default();
        let (mut going_on, mut whole) = (vec![], 0);
        for (fit, source, word) in fitting {
            let candidate = Candidate {
                text: word.to_owned(),
                letters: fit.letters,
            };
            if fit.goes_on {
                if source == 0 && typed.len() > 1 && going_on.len() < GOING_ON_MOST {
                    going_on.push(candidate);
                }
                continue;
            }
            if fit.letters < typed.len() {
                if said.shorter.len() < SHORTER_MOST {
                    said.shorter.push(candidate);
                }
                continue;
            }
            let doubtful = fit.missing >= DOUBT;
            if source == 0 && !doubtful {
                said.ours.push(candidate.clone());
            }
            whole += 1;
            if whole <= WHOLE_MOST {
                match fit.missing {
                    0 => said.in_full.push(candidate),
                    _ if doubtful => said.doubtful.push(candidate),
                    _ => said.by_initials.push(candidate),
                }
            }
        }
        said.ours.append(&mut going_on);
        said
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_small_and_each_letter_has_its_own_words() {
        let text = include_str!("../../assets/pinyin/phrases.tsv");
        assert!(text.len() <= 1 << 20);
        let phrases = Phrases::shipped();
        let all: usize = phrases.0.iter().map(|lines| lines.lines().count()).sum();
        assert_eq!(all, text.lines().count());
        for (lines, letter) in phrases.0.iter().zip('a'..='z') {
            assert!(lines.lines().all(|line| line.starts_with(letter)));
        }
        assert!(phrases.starting_with(b'\'').is_empty());
    }

    #[test]
    fn every_syllable_of_the_table_is_one_of_its_character() {
        let table = Table::shipped();
        for line in include_str!("../../assets/pinyin/phrases.tsv").lines() {
            let (reading, word) = line.split_once('\t').expect("a tab");
            assert_eq!(reading.split(' ').count(), word.chars().count(), "{line}");
            for (syllables, c) in reading.split(' ').zip(word.chars()) {
                let reads = |syllable| table.reads(c, syllable);
                assert!(syllables.split('/').all(reads), "{line}");
            }
        }
    }

    #[test]
    fn every_word_of_the_trade_can_be_typed() {
        let words = include_str!("../../assets/pinyin/trade_words.txt").lines();
        let words = words.filter(|line| !line.starts_with('#'));
        let known: BTreeSet<&str> = Words::of_the_trade()
            .lines
            .lines()
            .filter_map(|line| Some(line.split_once('\t')?.1))
            .collect();
        let all: Vec<&str> = words.flat_map(str::split_whitespace).collect();
        assert!(all.len() > 100);
        for word in all {
            assert!(known.contains(word), "{word}");
        }
    }

    #[test]
    fn a_hall_gives_what_can_be_typed_and_no_more() {
        let long = "一".repeat(13);
        let many: Vec<String> = ('一'..).take(3_000).map(|c| format!("工{c}")).collect();
        let texts = [
            "马铃薯采收工（加急补招）",
            "A座3号",
            "保",
            "重庆",
            "重庆",
            &long,
            "",
            "🙂人工",
        ];
        let words = Words::of(texts.into_iter());
        let found: Vec<&str> = words
            .lines
            .lines()
            .filter_map(|l| Some(l.split_once('\t')?.1))
            .collect();
        assert_eq!(found, ["马铃薯采收工", "加急补招", "重庆", "人工"]);
        let words = Words::of(many.iter().map(String::as_str));
        assert!(words.lines.lines().count() <= HALL_MOST);
    }
}
