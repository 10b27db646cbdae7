//! What full-text search is given: plain ASCII tokens, so that it finds Chinese substrings of any
//! length, rare characters included, and so that nothing a person types is search syntax.
//!
//! - `words`: each character a token. A substring is then a phrase.
//! - `initials`: at each syllable a token with the initials from there on, `dhg hg g` for 电焊工.
//! - `pinyin`: the same with whole syllables, `dianhangong hangong gong`.
//!   Letters that are typed match a prefix of such a token: any run that begins with a syllable.

use gighall_core::job::Job;
use pinyin::ToPinyin;

/// Longest run of initials and letters that can be searched for.
const INITIALS_MAX: usize = 12;
const LETTERS_MAX: usize = 40;

/// Most characters and words of a query that are looked at.
const QUERY_CHARACTERS_MAX: usize = 64;
const QUERY_WORDS_MAX: usize = 8;

/// The three columns of a job.
pub struct SearchText {
    pub words: String,
    pub initials: String,
    pub pinyin: String,
}

/// What of a job is searched.
pub fn fields(job: &Job) -> Vec<String> {
    let mut fields = vec![
        job.number.to_string(),
        job.title.clone(),
        job.work_kind.zh().to_owned(),
        job.settlement.zh().to_owned(),
        job.employer.name.clone(),
        job.town.clone(),
        job.address.clone(),
    ];
    fields.extend(job.gather_place.clone());
    fields.extend(job.requirements.clone());
    fields
}

/// What of a job is searched by pinyin: what people look for, not every address and condition.
pub fn spoken_fields(job: &Job) -> [&str; 4] {
    [
        &job.title,
        job.work_kind.zh(),
        &job.town,
        &job.employer.name,
    ]
}

impl SearchText {
    /// The columns of that job.
    pub fn of(job: &Job) -> Self {
        // No token of a query is `.`, so a phrase never runs from one field into the next.
        let words: Vec<String> = fields(job).iter().map(|field| phrase(field)).collect();
        let (mut initials, mut pinyin) = (String::new(), String::new());
        for field in spoken_fields(job) {
            add_spoken(field, &mut initials, &mut pinyin);
        }
        Self {
            words: words.join(" z0 "),
            initials,
            pinyin,
        }
    }
}

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

/// A token a character. Letters and digits stand for themselves, all others for their number;
/// `z0`, the mark between fields, stands for no character.
fn phrase(text: &str) -> String {
    let tokens: Vec<String> = normal(text)
        .map(|c| {
            if c.is_ascii() {
                c.to_string()
            } else {
                format!("u{:x}", u32::from(c))
            }
        })
        .collect();
    tokens.join(" ")
}

fn add_spoken(field: &str, initials: &mut String, pinyin: &mut String) {
    // A character without a reading ends a run.
    let mut run: Vec<String> = vec![];
    let mut runs = vec![];
    for c in field.chars() {
        match c.to_pinyin() {
            // Keyboards have no ü: people type v.
            Some(syllable) => run.push(syllable.plain().replace('ü', "v")),
            None => runs.push(std::mem::take(&mut run)),
        }
    }
    runs.push(run);
    for run in runs {
        for from in 0..run.len() {
            let firsts = run[from..].iter().filter_map(|s| s.chars().next());
            initials.extend(firsts.take(INITIALS_MAX));
            initials.push(' ');
            pinyin.extend(run[from..].concat().chars().take(LETTERS_MAX));
            pinyin.push(' ');
        }
    }
}

/// The FTS5 query for words as typed; `None` if nothing in them can be searched for. All words
/// have to be found.
pub fn query(typed: &str) -> Option<String> {
    let cut: String = typed.chars().take(QUERY_CHARACTERS_MAX).collect();
    let words: Vec<String> = cut
        .split_whitespace()
        .filter_map(word)
        .take(QUERY_WORDS_MAX)
        .collect();
    (!words.is_empty()).then(|| words.join(" AND "))
}

fn word(typed: &str) -> Option<String> {
    let characters: Vec<char> = normal(typed).collect();
    if characters.is_empty() {
        return None;
    }
    let literal = format!("words : \"{}\"", phrase(typed));
    if !characters.iter().all(char::is_ascii_alphabetic) {
        return Some(literal);
    }
    let letters: String = characters.iter().collect();
    let spoken = format!("initials : \"{letters}\" * OR pinyin : \"{letters}\" *");
    Some(format!("({literal} OR {spoken})"))
}

/// The job number that was typed, if it was one.
pub fn number(typed: &str) -> Option<u32> {
    let digits: String = normal(typed).take(12).collect();
    digits.parse().ok()
}
