//! What a file may hold, as data: every key with what it takes.

use crate::scenes::TERMS;

/// A key and what it takes.
pub struct Key {
    /// Its name.
    pub name: &'static str,
    /// What it takes.
    pub kind: Kind,
    /// Whether it has to be there.
    pub required: bool,
}

/// What a key takes.
pub enum Kind {
    /// `true` or `false`
    Bool,
    /// A whole number within bounds, both included.
    Integer(i64, i64),
    /// A number within bounds, both included.
    Number(f64, f64),
    /// Any text that is not empty.
    Text,
    /// A list, each element of which takes that.
    Each(&'static Kind),
    /// One of these words.
    Word(&'static [&'static str]),
    /// A text that this function takes; else it says what would be right.
    Parsed(fn(&str) -> Result<(), String>),
    /// A whole number from 0, or a text.
    Monitor,
    /// A table.
    Table(&'static [Key]),
    /// Any number of tables, `[[like.this]]`.
    Tables(&'static [Key]),
    /// One table `[like]`, or any number of them, `[[like]]`.
    OneOrMany(&'static [Key]),
    /// Any number of tables, `[[like.this]]`, each of the variant that its `kind` names.
    Variants(&'static [Variant]),
}

/// What a table takes whose `kind` is that word; `kind` itself is not repeated.
pub struct Variant {
    /// The word.
    pub kind: &'static str,
    /// What else it takes.
    pub keys: &'static [Key],
}

/// A key that has to be there.
pub const fn needed(name: &'static str, kind: Kind) -> Key {
    Key {
        name,
        kind,
        required: true,
    }
}

/// A key that may be left out.
pub const fn key(name: &'static str, kind: Kind) -> Key {
    Key {
        name,
        kind,
        required: false,
    }
}

/// Every key with its path; `[]` stands for any element.
pub fn every_key(root: &[Key]) -> Vec<String> {
    fn walk(prefix: &str, keys: &[Key], found: &mut Vec<String>) {
        for key in keys {
            let path = format!("{prefix}{}", key.name);
            match key.kind {
                Kind::Table(inner) | Kind::Tables(inner) | Kind::OneOrMany(inner) => {
                    walk(&format!("{path}."), inner, found);
                }
                Kind::Variants(variants) => {
                    found.push(format!("{path}[].kind"));
                    let keys = variants.iter().map(|variant| variant.keys);
                    for keys in keys.chain([TERMS]) {
                        walk(&format!("{path}[]."), keys, found);
                    }
                }
                _ => found.push(path),
            }
        }
    }
    let mut found = vec![];
    walk("", root, &mut found);
    found.sort();
    found.dedup();
    found
}
