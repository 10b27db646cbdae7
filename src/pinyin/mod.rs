//! The pinyin keyboard's rules: which characters the letters that were typed may stand for.
//!
//! Pure: letters in, candidates out. The table is in `assets/pinyin`, with a note on where it is
//! from.

mod buffer;
mod table;

pub use buffer::{Buffer, PageOf};
pub use table::{Candidate, Table, Wanted};

/// Most letters that wait for a choice at a time. Long enough for the longest name in one go.
pub const LETTERS_MAX: usize = 30;
