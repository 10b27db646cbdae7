//! The mapping file: says which column holds what where the names are not known, and what stands
//! in for columns that a list does not have.
//!
//! ```toml
//! source = "51job"            # optional: keeps this source's job numbers apart from others'
//! ignore = ["备用"]            # columns to leave alone though their name is known
//!
//! [columns]                   # field = "heading", or several headings: the first that is filled
//! title = "jobName"
//! town = ["district", "city"]
//!
//! [defaults]                  # for cells that are empty and columns that are not there
//! places = 1
//! settlement = "monthly"      # the code, or the word: 月结
//!
//! [dates]
//! start_time = "08:00"        # when work begins where no time of day is given
//! valid_days = 30             # how long a job without a start stays open
//! ```

use super::ImportError;
use super::cell::Cell;
use super::columns::{Field, normal_heading};
use jiff::civil::{Time, time};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::path::Path;

/// How long a listing without a start stays open.
const VALID_DAYS: u16 = 30;
/// The longest that a mapping file may ask for.
const VALID_DAYS_MAX: u16 = 366;
/// A mapping file is a page of text.
const MAP_BYTES_MAX: u64 = 1 << 20;

/// A mapping file as read.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct MapFile {
    source: Option<String>,
    ignore: Vec<String>,
    columns: BTreeMap<Field, Headings>,
    defaults: BTreeMap<Field, Value>,
    dates: Dates,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Dates {
    start_time: Option<String>,
    valid_days: Option<u16>,
}

#[derive(Debug, Deserialize)]
#[serde(untagged, expecting = "a heading, or a list of headings")]
enum Headings {
    One(String),
    Many(Vec<String>),
}

#[derive(Debug, Deserialize)]
#[serde(untagged, expecting = "a text, a number, or true or false")]
enum Value {
    Text(String),
    Number(f64),
    Bool(bool),
}

/// A mapping, checked. The default one maps nothing.
#[derive(Clone, Debug)]
pub(crate) struct ColumnMap {
    /// Put before the source's own job numbers.
    pub(crate) source: Option<String>,
    /// When work begins where no time of day is given.
    pub(crate) start_time: Time,
    /// How many days a listing without a start stays open.
    pub(crate) valid_days: u16,
    ignore: Vec<String>,
    columns: BTreeMap<Field, Vec<String>>,
    defaults: BTreeMap<Field, Cell>,
}

impl Default for ColumnMap {
    fn default() -> Self {
        Self {
            source: None,
            start_time: time(8, 0, 0, 0),
            valid_days: VALID_DAYS,
            ignore: Vec::new(),
            columns: BTreeMap::new(),
            defaults: BTreeMap::new(),
        }
    }
}

impl ColumnMap {
    /// Reads a mapping file.
    ///
    /// # Errors
    /// It cannot be read, or a key or value is not one that a mapping has; the message names it
    /// with its line.
    pub(crate) fn read(path: &Path) -> Result<Self, ImportError> {
        let unreadable =
            |error: std::io::Error| ImportError::Map(path.to_owned(), error.to_string());
        let size = std::fs::metadata(path).map_err(unreadable)?.len();
        if size > MAP_BYTES_MAX {
            return Err(ImportError::Map(
                path.to_owned(),
                "it is longer than 1 MB".to_owned(),
            ));
        }
        let text = std::fs::read_to_string(path).map_err(unreadable)?;
        Self::parse(&text).map_err(|reason| ImportError::Map(path.to_owned(), reason))
    }

    /// Reads the text of a mapping file.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let file: MapFile = toml::from_str(text).map_err(|error| error.to_string())?;
        let mut map = Self {
            source: file.source,
            ignore: file
                .ignore
                .iter()
                .map(|name| normal_heading(name))
                .collect(),
            ..Self::default()
        };
        for (field, headings) in file.columns {
            let headings = match headings {
                Headings::One(heading) => vec![heading],
                Headings::Many(headings) => headings,
            };
            map.columns.insert(field, headings);
        }
        for (field, value) in file.defaults {
            let cell = match value {
                Value::Text(text) => Cell::Text(text),
                Value::Number(number) => Cell::Number(number),
                Value::Bool(yes) => Cell::Text(if yes { "是" } else { "否" }.to_owned()),
            };
            map.defaults.insert(field, cell);
        }
        if let Some(text) = file.dates.start_time {
            map.start_time = text.parse().map_err(|_| {
                format!("dates.start_time: {text:?} is not a time of day such as \"08:00\"")
            })?;
        }
        if let Some(days) = file.dates.valid_days {
            if !(1..=VALID_DAYS_MAX).contains(&days) {
                return Err(format!(
                    "dates.valid_days: {days} is not within 1 to {VALID_DAYS_MAX}"
                ));
            }
            map.valid_days = days;
        }
        Ok(map)
    }

    /// The field to which the mapping gives a heading (in normal form).
    pub(crate) fn field_of(&self, normal: &str) -> Option<Field> {
        self.columns
            .iter()
            .find(|(_, names)| names.iter().any(|name| normal_heading(name) == normal))
            .map(|(field, _)| *field)
    }

    /// Fields with the headings that hold them.
    pub(crate) fn columns(&self) -> impl Iterator<Item = (Field, &[String])> {
        self.columns
            .iter()
            .map(|(field, names)| (*field, names.as_slice()))
    }

    /// Whether the mapping says where a field is.
    pub(crate) fn has_column(&self, field: Field) -> bool {
        self.columns.contains_key(&field)
    }

    /// Whether a column is to be left alone.
    pub(crate) fn ignores(&self, normal: &str) -> bool {
        self.ignore.iter().any(|name| name == normal)
    }

    /// What stands in for an empty cell.
    pub(crate) fn default_for(&self, field: Field) -> Option<&Cell> {
        self.defaults.get(&field)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_mapping_does_not_have_is_named() {
        for (text, named) in [
            ("colums = 1", "colums"),
            ("[columns]\ntitel = 'x'", "titel"),
            ("[defaults]\nplace = 1", "place"),
            ("[defaults]\nplaces = [1]", "places"),
            ("[dates]\nstart = '8'", "start"),
            ("[dates]\nstart_time = 'early'", "start_time"),
            ("[dates]\nvalid_days = 0", "valid_days"),
        ] {
            let reason = ColumnMap::parse(text).expect_err(text);
            assert!(reason.contains(named), "{text}: {reason}");
        }
    }

    #[test]
    fn headings_are_matched_however_they_are_set() {
        let map = ColumnMap::parse(
            "ignore=['备 用']\n[columns]\ntitle = 'Job Name'\n[defaults]\nurgent = true",
        )
        .expect("a mapping");
        assert_eq!(map.field_of("jobname"), Some(Field::Title));
        assert!(map.ignores("备用") && map.has_column(Field::Title));
        assert_eq!(
            map.default_for(Field::Urgent),
            Some(&Cell::Text("是".to_owned()))
        );
    }
}
