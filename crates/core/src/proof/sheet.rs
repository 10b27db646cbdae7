//! Showings as lines of a spreadsheet.

use super::Showing;
use jiff::tz::TimeZone;

/// Before a CSV file's first byte, so that Excel takes it for UTF-8.
pub const BOM: &str = "\u{feff}";

/// What the columns are.
pub const COLUMNS: [&str; 11] = [
    "device", "wall", "begins", "seconds", "scene", "page", "kind", "number", "title", "goes_on",
    "lost",
];

/// A showing of that device, by the clock of that time zone.
pub fn line(device: &str, showing: &Showing, zone: &TimeZone) -> [String; COLUMNS.len()] {
    let local = showing.at.to_zoned_datetime(zone.clone());
    let subject = showing.subject.as_ref();
    let number = |n: Option<u32>| n.map_or_else(String::new, |n| n.to_string());
    let flag = |is: bool| if is { "yes" } else { "" }.to_owned();
    [
        plain_cell(device),
        plain_cell(&showing.wall),
        local.strftime("%Y-%m-%d %H:%M:%S").to_string(),
        format!("{}.{:03}", showing.ms / 1000, showing.ms % 1000),
        plain_cell(&showing.scene),
        number(showing.page),
        plain_cell(subject.map_or("", |subject| &subject.kind)),
        number(subject.and_then(|subject| subject.number)),
        plain_cell(subject.map_or("", |subject| &subject.title)),
        flag(showing.again),
        number((showing.lost > 0).then(|| u32::try_from(showing.lost).unwrap_or(u32::MAX))),
    ]
}

/// A text that no spreadsheet takes for a formula: what begins like one gets an apostrophe before
/// it. Line breaks and other control characters become spaces.
pub fn plain_cell(text: &str) -> String {
    let flat: String = text
        .chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect();
    // The full-width forms are taken for their ASCII counterparts in East Asian settings.
    let is_formula = flat
        .trim_start()
        .starts_with(['=', '+', '-', '@', '＝', '＋', '－', '＠']);
    if is_formula { format!("'{flat}") } else { flat }
}
