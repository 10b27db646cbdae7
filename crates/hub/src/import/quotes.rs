//! Quotation marks that open a cell of a text table and that nothing ends. A reader takes all rows
//! behind one for part of the cell, so they are looked for first.

use std::borrow::Cow;

/// What is said of a row that has one.
pub(crate) const NEVER_ENDS: &str = "a quotation mark opens the cell and never ends: take it out, \
     or put one behind the cell's last character";

/// Least number of separators that tells a swallowed row from a line of a long cell.
const ROW_SEPARATORS: usize = 3;

/// A quotation mark that opens a cell and that nothing ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct OpenQuote {
    /// Its line in the file, from 1.
    pub(crate) line: usize,
    /// Its column, from 0.
    pub(crate) column: usize,
}

/// The text with blanks in the place of the rows that have an open quotation mark, and those marks.
/// Every other row stays in its line.
pub(crate) fn taken_out(text: &str, separator: u8) -> (Cow<'_, str>, Vec<OpenQuote>) {
    let bytes = text.as_bytes();
    let mut found = Vec::new();
    let mut clean = String::new();
    let (mut kept_to, mut at, mut widest) = (0, 0, 0);
    let mut lines = Lines::new(text);
    while at < bytes.len() {
        let begin = at;
        match row(bytes, begin, separator, widest) {
            Ok((end, separators)) => {
                at = end;
                widest = widest.max(separators);
            }
            Err((mark, column)) => {
                let line = lines.at(mark);
                found.push(OpenQuote { line, column });
                at = line_end(bytes, mark);
                // Rows that the one above spans keep their ends, so that lines are counted right.
                clean.push_str(text.get(kept_to..begin).unwrap_or_default());
                let lost = text.get(begin..at).unwrap_or_default();
                clean.extend(lost.chars().filter(|c| *c == '\n'));
                kept_to = at;
            }
        }
        at += 1;
    }
    if found.is_empty() {
        return (Cow::Borrowed(text), found);
    }
    clean.push_str(text.get(kept_to..).unwrap_or_default());
    (Cow::Owned(clean), found)
}

/// Where the row that begins there ends and how many separators it has, or where its open quotation
/// mark is and in which column.
fn row(
    bytes: &[u8],
    begin: usize,
    separator: u8,
    widest: usize,
) -> Result<(usize, usize), (usize, usize)> {
    let (mut at, mut column) = (begin, 0);
    loop {
        if bytes.get(at) == Some(&b'"') {
            at = cell_end(bytes, at + 1, separator, widest).ok_or((at, column))?;
        }
        let rest = bytes.get(at..).unwrap_or_default();
        let cell = rest
            .iter()
            .position(|byte| *byte == separator || is_line_end(*byte));
        at += cell.unwrap_or(rest.len());
        if bytes.get(at) != Some(&separator) {
            return Ok((at, column));
        }
        at += 1;
        column += 1;
    }
}

/// Where a cell goes on behind the mark that ends it, if one does.
fn cell_end(bytes: &[u8], from: usize, separator: u8, widest: usize) -> Option<usize> {
    let mut at = from;
    loop {
        at += bytes.get(at..)?.iter().position(|byte| *byte == b'"')?;
        let behind = bytes.get(at + 1);
        if behind == Some(&b'"') {
            at += 2;
            continue;
        }
        let inner = bytes.get(from..at)?;
        if !inner.iter().any(|byte| is_line_end(*byte)) {
            return Some(at + 1);
        }
        // The mark behind several lines may be another cell's.
        let ends = behind.is_none_or(|byte| *byte == separator || is_line_end(*byte));
        let has_row = widest >= ROW_SEPARATORS
            && inner
                .split(|byte| is_line_end(*byte))
                .skip(1)
                .any(|line| line.iter().filter(|byte| **byte == separator).count() == widest);
        return (ends && !has_row).then_some(at + 1);
    }
}

fn is_line_end(byte: u8) -> bool {
    matches!(byte, b'\r' | b'\n')
}

fn line_end(bytes: &[u8], from: usize) -> usize {
    let rest = bytes.get(from..).unwrap_or_default();
    let end = rest.iter().position(|byte| is_line_end(*byte));
    from + end.unwrap_or(rest.len())
}

/// Counts lines. Places only grow.
pub(crate) struct Lines<'a> {
    bytes: &'a [u8],
    at: usize,
    line: usize,
}

impl<'a> Lines<'a> {
    /// Begins at the first line.
    pub(crate) fn new(text: &'a str) -> Self {
        Self {
            bytes: text.as_bytes(),
            at: 0,
            line: 1,
        }
    }

    /// The line of the first character from a place on that ends no line. The reader's own count is
    /// of where it began to look for a record: before the blank lines that it passed over.
    pub(crate) fn at(&mut self, place: usize) -> usize {
        let blank = self.bytes.iter().skip(place);
        let blank = blank.take_while(|byte| is_line_end(**byte)).count();
        let begin = place.saturating_add(blank).min(self.bytes.len());
        let passed = self.bytes.get(self.at..begin).unwrap_or_default();
        self.line += passed.iter().filter(|byte| **byte == b'\n').count();
        self.at = self.at.max(begin);
        self.line
    }
}
