//! Walks a file against what it may hold and collects every problem.

use crate::Problem;
use crate::key::{Key, Kind, Variant};
use crate::scenes::TERMS;
use std::ops::Range;
use toml::Spanned;
use toml::de::{DeInteger, DeTable, DeValue};

/// Every problem of the text, in the order of its lines: what `root` does not take, and what
/// `together` reports of keys that are each right but not together. `file` is only named.
pub fn check(
    file: &str,
    text: &str,
    root: &[Key],
    together: impl FnOnce(&mut Walk<'_>, &DeTable<'_>),
) -> Vec<Problem> {
    let mut walk = Walk {
        file,
        text,
        problems: vec![],
    };
    let (table, errors) = DeTable::parse_recoverable(text);
    for error in &errors {
        let span = error.span().unwrap_or(0..0);
        walk.report("", &span, format!("this is not TOML: {}", error.message()));
    }
    // What could be read around a syntax error would only give misleading problems.
    if errors.is_empty() {
        walk.table("", table.get_ref(), &table.span(), &[root]);
        together(&mut walk, table.get_ref());
    }
    let mut problems = walk.problems;
    problems.sort_by_key(|problem| problem.line);
    problems
}

/// The line of a byte, from 1.
pub fn line_of(text: &str, byte: usize) -> usize {
    1 + text.bytes().take(byte).filter(|b| *b == b'\n').count()
}

/// A walk through a file: problems are reported to it.
pub struct Walk<'a> {
    file: &'a str,
    text: &'a str,
    problems: Vec<Problem>,
}

/// A value, and where it stands.
pub type Value<'i> = Spanned<DeValue<'i>>;

impl Walk<'_> {
    /// How many problems were reported.
    pub fn problems(&self) -> usize {
        self.problems.len()
    }

    /// Something is wrong with what stands there: what, and what would be right.
    pub fn report(&mut self, key: &str, span: &Range<usize>, message: impl Into<String>) {
        self.problems.push(Problem {
            file: self.file.to_owned(),
            key: key.to_owned(),
            line: line_of(self.text, span.start),
            message: message.into(),
        });
    }

    fn table(&mut self, path: &str, table: &DeTable<'_>, span: &Range<usize>, keys: &[&[Key]]) {
        let keys: Vec<&Key> = keys.iter().copied().flatten().collect();
        let at = |name: &str| match path {
            "" => name.to_owned(),
            path => format!("{path}.{name}"),
        };
        for (name, value) in table {
            if path.ends_with(']') && name.get_ref() == "kind" {
                continue;
            }
            match keys.iter().find(|key| key.name == name.get_ref().as_ref()) {
                Some(key) => self.value(&at(key.name), value, &key.kind),
                None => {
                    let message = unknown(name.get_ref(), &keys);
                    self.report(&at(name.get_ref()), &name.span(), message);
                }
            }
        }
        for key in keys.iter().filter(|key| key.required) {
            if table.get(key.name).is_none() {
                let what = expected(&key.kind);
                self.report(&at(key.name), span, format!("is missing; give {what}"));
            }
        }
    }

    fn value(&mut self, path: &str, value: &Value<'_>, kind: &Kind) {
        let span = value.span();
        match (kind, value.get_ref()) {
            (Kind::Table(keys) | Kind::OneOrMany(keys), DeValue::Table(table)) => {
                self.table(path, table, &span, &[keys]);
            }
            (Kind::Tables(keys) | Kind::OneOrMany(keys), DeValue::Array(array)) => {
                for (n, element) in array.iter().enumerate() {
                    self.value(&format!("{path}[{n}]"), element, &Kind::Table(keys));
                }
            }
            (Kind::Variants(variants), DeValue::Array(array)) => {
                for (n, element) in array.iter().enumerate() {
                    self.variant(&format!("{path}[{n}]"), element, variants);
                }
            }
            (Kind::Each(kind), DeValue::Array(array)) => {
                for (n, element) in array.iter().enumerate() {
                    self.value(&format!("{path}[{n}]"), element, kind);
                }
            }
            (Kind::Bool, DeValue::Boolean(_)) => {}
            (Kind::Integer(least, most), DeValue::Integer(number)) => {
                if !whole(number).is_some_and(|n| (*least..=*most).contains(&n)) {
                    let message = format!("{number} is impossible; between {least} and {most}");
                    self.report(path, &span, message);
                }
            }
            (Kind::Number(least, most), DeValue::Integer(_) | DeValue::Float(_)) => {
                if !number(value.get_ref()).is_some_and(|n| (*least..=*most).contains(&n)) {
                    let given = self.text.get(span.clone()).unwrap_or_default();
                    let message = format!("{given} is impossible; between {least} and {most}");
                    self.report(path, &span, message);
                }
            }
            (Kind::Monitor, DeValue::Integer(number)) => {
                if !whole(number).is_some_and(|n| (0..=63).contains(&n)) {
                    let message = format!("{number} is impossible; monitors are counted from 0");
                    self.report(path, &span, message);
                }
            }
            (
                Kind::Text | Kind::Word(_) | Kind::Parsed(_) | Kind::Monitor,
                DeValue::String(text),
            ) => self.text(path, text, &span, kind),
            (kind, other) => {
                let message = format!("is {}; give {}", named(other), expected(kind));
                self.report(path, &span, message);
            }
        }
    }

    fn variant(&mut self, path: &str, value: &Value<'_>, variants: &[Variant]) {
        let DeValue::Table(table) = value.get_ref() else {
            let message = format!("is {}; give a table of keys", named(value.get_ref()));
            return self.report(path, &value.span(), message);
        };
        let kinds: Vec<&str> = variants.iter().map(|variant| variant.kind).collect();
        let at = format!("{path}.kind");
        let Some(kind) = table.get("kind") else {
            let message = format!("is missing; give {}", one_of(&kinds));
            return self.report(&at, &value.span(), message);
        };
        let DeValue::String(text) = kind.get_ref() else {
            let message = format!("is {}; give {}", named(kind.get_ref()), one_of(&kinds));
            return self.report(&at, &kind.span(), message);
        };
        match variants.iter().find(|variant| variant.kind == text) {
            Some(variant) => self.table(path, table, &value.span(), &[variant.keys, TERMS]),
            None => self.not_one_of(&at, text, &kind.span(), &kinds),
        }
    }

    /// A text that is none of the words that would be right.
    pub fn not_one_of(&mut self, path: &str, text: &str, span: &Range<usize>, words: &[&str]) {
        let shown: String = text.chars().take(60).collect();
        let near = nearest(text, words.iter().copied())
            .map(|word| format!(" (did you mean \"{word}\"?)"))
            .unwrap_or_default();
        let message = format!("\"{shown}\" is not known; give {}{near}", one_of(words));
        self.report(path, span, message);
    }

    fn text(&mut self, path: &str, text: &str, span: &Range<usize>, kind: &Kind) {
        let shown: String = text.chars().take(60).collect();
        match kind {
            Kind::Word(words) if !words.contains(&text) => {
                self.not_one_of(path, text, span, words);
            }
            Kind::Parsed(take) => {
                if let Err(wrong) = take(text) {
                    self.report(path, span, format!("\"{shown}\": {wrong}"));
                }
            }
            Kind::Text | Kind::Monitor if text.trim().is_empty() => {
                self.report(path, span, format!("is empty; give {}", expected(kind)));
            }
            _ => {}
        }
    }
}

/// What lies at that path of keys.
pub fn get<'a, 'i>(table: &'a DeTable<'i>, path: &[&str]) -> Option<&'a Value<'i>> {
    let (first, rest) = path.split_first()?;
    let value = table.get(*first)?;
    if rest.is_empty() {
        Some(value)
    } else {
        get(value.get_ref().as_table()?, rest)
    }
}

/// A whole number, where it fits 64 bits.
pub fn whole(number: &DeInteger<'_>) -> Option<i64> {
    i64::from_str_radix(number.as_str(), number.radix()).ok()
}

fn number(value: &DeValue<'_>) -> Option<f64> {
    match value {
        #[allow(clippy::cast_precision_loss)]
        DeValue::Integer(number) => whole(number).map(|n| n as f64),
        DeValue::Float(number) => number.as_str().parse().ok(),
        _ => None,
    }
}

fn named(value: &DeValue<'_>) -> &'static str {
    match value {
        DeValue::String(_) => "a text",
        DeValue::Integer(_) => "a whole number",
        DeValue::Float(_) => "a number",
        DeValue::Boolean(_) => "true or false",
        DeValue::Datetime(_) => "a time",
        DeValue::Array(_) => "a list",
        DeValue::Table(_) => "a table",
    }
}

fn expected(kind: &Kind) -> String {
    match kind {
        Kind::Bool => "true or false, without quotation marks".to_owned(),
        Kind::Integer(least, most) => format!("a whole number between {least} and {most}"),
        Kind::Number(least, most) => format!("a number between {least} and {most}"),
        Kind::Text | Kind::Parsed(_) => "a text in quotation marks".to_owned(),
        Kind::Each(Kind::Text) => "a list of texts, [\"like\", \"this\"]".to_owned(),
        Kind::Each(_) => "a list, [\"like\", \"this\"]".to_owned(),
        Kind::Word(words) => one_of(words),
        Kind::Monitor => "a monitor's name in quotation marks, or its number from 0".to_owned(),
        Kind::Table(_) | Kind::OneOrMany(_) => "a table of keys".to_owned(),
        Kind::Tables(_) | Kind::Variants(_) => "tables, each begun with a line in [[ ]]".to_owned(),
    }
}

fn one_of(words: &[&str]) -> String {
    let quoted: Vec<String> = words.iter().map(|word| format!("\"{word}\"")).collect();
    quoted.join(" or ")
}

fn unknown(name: &str, keys: &[&Key]) -> String {
    match nearest(name, keys.iter().map(|key| key.name)) {
        Some(near) => format!("is not a key; did you mean \"{near}\"?"),
        None => {
            let known: Vec<&str> = keys.iter().map(|key| key.name).collect();
            format!("is not a key; known here: {}", known.join(", "))
        }
    }
}

/// The word that is fewest edits away, if it is near enough to have been meant.
fn nearest<'w>(given: &str, words: impl Iterator<Item = &'w str>) -> Option<&'w str> {
    let given = given.to_lowercase();
    words
        .map(|word| (edits(&given, &word.to_lowercase()), word))
        .filter(|(edits, word)| *edits <= 1 + word.chars().count() / 3)
        .min_by_key(|(edits, _)| *edits)
        .map(|(_, word)| word)
}

/// Levenshtein's distance.
fn edits(one: &str, other: &str) -> usize {
    let other: Vec<char> = other.chars().collect();
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (i, a) in one.chars().take(200).enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, b) in other.iter().enumerate() {
            let replaced = diagonal + usize::from(a != *b);
            diagonal = row[j + 1];
            row[j + 1] = replaced.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[other.len()]
}
