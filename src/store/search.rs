//! What is searched of a text, and what a person's words look for. Nothing that a person types is search
//! syntax.
//!
//! - As characters: letters and digits of any script, one word a run of them within one text.
//! - `spoken`: at each syllable the initials from there on, `dhg hg g` for 电焊工, and the syllables
//!   themselves, `dianhangong hangong gong`. Letters that are typed fit the beginning of such a token:
//!   any run that begins with a syllable.

use pinyin::ToPinyin;

/// Longest run of initials and letters that can be searched for.
const INITIALS_MAX: usize = 12;
const LETTERS_MAX: usize = 40;

/// Most characters and words of a query that are looked at.
const QUERY_CHARACTERS_MAX: usize = 64;
const QUERY_WORDS_MAX: usize = 8;

/// Characters that count: letters and digits of any script, small, full width made half.
pub fn normal(text: &str) -> impl Iterator<Item = char> {
    text.chars()
        .map(|c| match c {
            // Full-width forms.
            '！'..='～' => char::from_u32(u32::from(c) - 0xFEE0).unwrap_or(c),
            c => c,
        })
        .filter(|c| c.is_alphanumeric())
        .flat_map(char::to_lowercase)
}

/// The pinyin of a text, each token behind a space.
pub fn spoken(text: &str) -> String {
    // A character without a reading ends a run.
    let mut run: Vec<String> = vec![];
    let mut runs = vec![];
    for c in text.chars() {
        match c.to_pinyin() {
            // Keyboards have no ü: people type v.
            Some(syllable) => run.push(syllable.plain().replace('ü', "v")),
            None => runs.push(std::mem::take(&mut run)),
        }
    }
    runs.push(run);
    let mut spoken = String::new();
    for run in runs {
        for from in 0..run.len() {
            let firsts = run[from..].iter().filter_map(|s| s.chars().next());
            spoken.push(' ');
            spoken.extend(firsts.take(INITIALS_MAX));
            spoken.push(' ');
            spoken.extend(run[from..].concat().chars().take(LETTERS_MAX));
        }
    }
    spoken
}

/// A word as it was typed.
pub struct Word {
    /// Its characters, to be found in those of a text.
    pub plain: String,
    /// Where it may be pinyin: what is to be found in [`spoken`].
    pub spoken: Option<String>,
}

/// The words that were typed; all of them have to fit. None where nothing can be searched for.
pub fn words(typed: &str) -> Vec<Word> {
    let cut: String = typed.chars().take(QUERY_CHARACTERS_MAX).collect();
    let words = cut.split_whitespace().filter_map(word);
    words.take(QUERY_WORDS_MAX).collect()
}

fn word(typed: &str) -> Option<Word> {
    let plain: String = normal(typed).collect();
    let is_pinyin = plain.chars().all(|c| c.is_ascii_alphabetic());
    (!plain.is_empty()).then(|| Word {
        spoken: is_pinyin.then(|| format!(" {plain}")),
        plain,
    })
}

/// The job number that was typed, if it was one.
pub fn number(typed: &str) -> Option<u32> {
    let digits: String = normal(typed).take(12).collect();
    digits.parse().ok()
}
