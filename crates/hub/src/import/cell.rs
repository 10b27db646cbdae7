//! One cell of a table, whatever file it came from.

use jiff::civil::{DateTime, Time};

/// What a cell holds.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) enum Cell {
    /// Nothing.
    #[default]
    Empty,
    /// Text, as it was in the file.
    Text(String),
    /// A number.
    Number(f64),
    /// A date, with a time of day where one was given.
    Date(DateTime),
    /// A time of day alone.
    Time(Time),
    /// A spreadsheet's error value such as `#N/A`.
    Error(String),
    /// A formula whose value is not in the file.
    Unreckoned,
}

impl Cell {
    /// Whether there is nothing to read.
    pub(crate) fn is_empty(&self) -> bool {
        match self {
            Self::Empty => true,
            Self::Text(text) => text.chars().all(|c| !is_kept(c) || c.is_whitespace()),
            _ => false,
        }
    }

    /// The cell as one line of plain text: trimmed, runs of white space as one space, without
    /// control characters and those that turn the direction of writing.
    pub(crate) fn text(&self) -> String {
        match self {
            Self::Empty | Self::Unreckoned => String::new(),
            Self::Text(text) | Self::Error(text) => one_line(text),
            Self::Number(number) => plain_number(*number),
            Self::Date(date) => date.strftime("%Y-%m-%d %H:%M").to_string(),
            Self::Time(time) => time.strftime("%H:%M").to_string(),
        }
    }
}

/// Sheets keep whole numbers as 123.0, telephone numbers too.
fn plain_number(number: f64) -> String {
    if number.fract() == 0.0 && number.abs() < 1e15 {
        format!("{number:.0}")
    } else {
        number.to_string()
    }
}

fn one_line(text: &str) -> String {
    let spaced: String = text
        .chars()
        .filter(|c| is_kept(*c))
        .map(|c| if c.is_whitespace() { ' ' } else { c })
        .collect();
    spaced
        .split(' ')
        .filter(|w| !w.is_empty())
        .collect::<Vec<_>>()
        .join(" ")
}

/// White space is kept (as a space); control, zero-width and bidirectional characters are not:
/// they change what a reader sees without being seen.
fn is_kept(c: char) -> bool {
    c.is_whitespace()
        || !(c.is_control()
            || matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
                | '\u{2060}'..='\u{2069}' | '\u{feff}'))
}

/// Full-width letters, digits and signs as plain ones. Chinese input methods mix the two.
pub(crate) fn half_width(text: &str) -> String {
    text.chars()
        .map(|c| match c {
            '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(c) - 0xfee0).unwrap_or(c),
            '\u{3000}' => ' ',
            c => c,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_read_as_one_line() {
        let cell = |text: &str| Cell::Text(text.to_owned()).text();
        assert_eq!(cell("  砌砖\r\n小工\t\u{202e}x\u{0} "), "砌砖 小工 x");
        assert_eq!(Cell::Number(13_812_345_678.0).text(), "13812345678");
        assert_eq!(Cell::Number(18.5).text(), "18.5");
        assert!(Cell::Text(" \u{3000}\u{feff}".to_owned()).is_empty());
        assert_eq!(half_width("１２～３（元／天）"), "12~3(元/天)");
    }
}
