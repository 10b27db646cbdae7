//! What the TOML files that staff write may hold, as data, and every mistake in them with its key, its
//! line and what would be right. The kiosk's configuration and the hub's playlists are checked by the
//! same words.

mod check;
mod key;
pub mod playlist;
mod scenes;
#[cfg(test)]
mod tests;

pub use check::{Value, Walk, check, get, line_of, whole};
pub use key::{Key, Kind, Variant, every_key, key, needed};
pub use scenes::{DATES, SCENES, TERMS, WHEN};

use std::fmt;

/// Something in a file that is not right.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The file as it was named.
    pub file: String,
    /// The key with its path, for example `wall.scene[0].seconds`; empty for the file as a whole.
    pub key: String,
    /// Line in the file, from 1; 0 where the file could not be read at all.
    pub line: usize,
    /// What is wrong and what would be right.
    pub message: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.file)?;
        if self.line > 0 {
            write!(f, ":{}", self.line)?;
        }
        if !self.key.is_empty() {
            write!(f, ": {}", self.key)?;
        }
        write!(f, ": {}", self.message)
    }
}
