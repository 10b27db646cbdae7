//! The printer: what it says is on paper, whatever happens to process and disk.

use gighall_core::id::ClaimId;
use std::collections::BTreeSet;
use std::io::Write;
use std::path::Path;

/// Prints a line.
pub fn say(dir: &Path, what: &str) {
    let mut paper = std::fs::OpenOptions::new()
        .append(true)
        .create(true)
        .open(dir.join("paper"))
        .expect("paper");
    paper
        .write_all(format!("{what}\n").as_bytes())
        .expect("printed");
}

/// The claims of which that was printed.
pub fn on_paper(dir: &Path, word: &str) -> BTreeSet<ClaimId> {
    let paper = std::fs::read_to_string(dir.join("paper")).expect("paper");
    paper
        .lines()
        .filter_map(|line| line.strip_prefix(word)?.trim().parse().ok())
        .collect()
}
