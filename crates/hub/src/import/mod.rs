//! Lists of jobs as halls keep them, brought in as they are: workbooks (.xlsx), text tables
//! (UTF-8, GB18030), schema.org postings and flat JSON.
//!
//! Every kind of file becomes a [`table::Table`]: rows whose columns are known, by name or by a
//! mapping file. [`row`] makes a listing of a row or says what is wrong with it. A bad row never
//! keeps the good ones out. `docs/import.md` tells staff the same.

mod benefits;
mod cell;
mod columns;
mod dates;
mod delimited;
mod json;
mod jsonld;
mod map;
mod quotes;
mod review;
mod row;
mod schedule;
mod settlement;
mod table;
mod terms;
mod values;
mod wage;
mod xlsx;

pub use columns::Field;

use crate::store::Listing;
use gighall_core::id::HallId;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use map::ColumnMap;
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use table::Table;

/// The longest file that is read.
pub const FILE_BYTES_MAX: u64 = 50 << 20;
/// The most rows that are read.
pub const ROWS_MAX: usize = 200_000;

/// The longest text of any column, in characters.
const TEXT_MAX: usize = 2_000;

/// What a file brought.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Import {
    /// The good rows, in the order of the file.
    pub listings: Vec<Listing>,
    /// The bad ones.
    pub rejected: Vec<Rejection>,
    /// Lines of the good ones that come in held for review.
    pub held: Vec<Held>,
    /// Sheets of which nothing comes in, and why, a line each.
    pub notes: Vec<String>,
}

/// A row that comes in but waits for staff.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Held {
    /// Which table of the file it is in, from 0: a workbook has one a sheet.
    pub table: usize,
    /// Its line in the file or the sheet, from 1.
    pub line: usize,
    /// Its listing's key.
    pub source_key: String,
    /// Why.
    pub reason: String,
}

/// A row that did not come in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rejection {
    /// Which table of the file it is in, from 0: a workbook has one a sheet.
    pub table: usize,
    /// Its line in the file or the sheet, from 1.
    pub line: usize,
    /// The heading of the column at fault, as it is in the file; the field's key where no column
    /// of the file holds it.
    pub column: String,
    /// What is wrong and what would be right.
    pub reason: String,
}

/// Why a file cannot be read at all.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// It cannot be opened.
    #[error("{0} cannot be read: {1}")]
    Io(PathBuf, std::io::Error),
    /// Longer, or with more rows, than any list of jobs.
    #[error("the file is too large: at most 50 MB and {ROWS_MAX} rows are read")]
    TooLarge,
    /// There is nothing in it.
    #[error("the file is empty: there are no rows in it")]
    Empty,
    /// The workbook wants a password.
    #[error("the workbook is protected by a password: save it without one")]
    Password,
    /// The format of before 2007.
    #[error("this is not an .xlsx workbook but an older format: save it as .xlsx")]
    OldWorkbook,
    /// The workbook is damaged or no workbook.
    #[error("the workbook is damaged or is none: {0}")]
    BrokenWorkbook(String),
    /// JSON or a text table that cannot be parsed.
    #[error("the file cannot be parsed: {0}")]
    BrokenText(String),
    /// Neither of the encodings.
    #[error("the text is neither UTF-8 nor GB18030: save it as UTF-8")]
    Encoding,
    /// A web page without postings.
    #[error("there is no JobPosting in the page")]
    NoPostings,
    /// No line looks like a heading.
    #[error(
        "no heading with a column for the job's title (岗位名称, title, …) was found; \
         the columns seen are: {0}. Name them in a mapping file"
    )]
    NoHeading(String),
    /// Columns without which no row can come in.
    #[error(
        "there is no column for {0}. Name it in a mapping file under [columns], or give a value under [defaults]"
    )]
    MissingColumns(String),
    /// The mapping file is not one.
    #[error("the mapping file {0} is not right: {1}")]
    Map(PathBuf, String),
    /// The mapping names a column that the file does not have.
    #[error("the mapping says that {0} is in the column {1:?}, but the file has no such column")]
    MapColumn(&'static str, String),
}

/// Reads a file of listings for a hall. `zone` is the hall's, for the times in it; `now` the time
/// of the import, from which words like 明天 count.
///
/// # Errors
/// The file as a whole cannot be read. A row that cannot is listed in [`Import::rejected`].
pub fn read_file(
    path: &Path,
    hall: &HallId,
    map: Option<&Path>,
    zone: &TimeZone,
    now: Timestamp,
) -> Result<Import, ImportError> {
    let map = map.map(ColumnMap::read).transpose()?.unwrap_or_default();
    let io = |error| ImportError::Io(path.to_owned(), error);
    if std::fs::metadata(path).map_err(io)?.len() > FILE_BYTES_MAX {
        return Err(ImportError::TooLarge);
    }
    let bytes = std::fs::read(path).map_err(io)?;
    let mut import = Import::default();
    let tables = tables(path, &bytes, &map, &mut import.notes)?;
    let context = row::Context {
        hall,
        map: &map,
        zone,
        now,
        today: zone.to_datetime(now).date(),
    };
    let mut seen = HashMap::new();
    for numbered in tables.iter().enumerate() {
        check_columns(numbered.1, &map)?;
        import.notes.extend(numbered.1.without_rows());
        take_rows(numbered, &context, &mut seen, &mut import);
    }
    Ok(import)
}

/// What a file is, is seen from its first bytes; names lie.
fn tables(
    path: &Path,
    bytes: &[u8],
    map: &ColumnMap,
    notes: &mut Vec<String>,
) -> Result<Vec<Table>, ImportError> {
    if bytes.iter().all(u8::is_ascii_whitespace) {
        return Err(ImportError::Empty);
    }
    if bytes.starts_with(b"PK") {
        return xlsx::tables(bytes, map, notes);
    }
    // Workbooks with a password and those of before 2007 share a container.
    if bytes.starts_with(&[0xd0, 0xcf, 0x11, 0xe0]) {
        return match xlsx::tables(bytes, map, notes) {
            Err(ImportError::Password) => Err(ImportError::Password),
            _ => Err(ImportError::OldWorkbook),
        };
    }
    let extension = path
        .extension()
        .and_then(|e| e.to_str())
        .unwrap_or_default();
    if extension.eq_ignore_ascii_case("xlsx") {
        return Err(ImportError::BrokenWorkbook(
            "it does not begin like one".to_owned(),
        ));
    }
    let text = delimited::decode(bytes)?;
    let table = match text.trim_start().chars().next() {
        Some('<') => json::table_in_page(&text, map),
        Some('{' | '[') => json::table(&text, map),
        _ => delimited::table(&text, map),
    }?;
    Ok(vec![table])
}

/// Without these no row can be a listing, so one sentence says it instead of every row.
fn check_columns(table: &Table, map: &ColumnMap) -> Result<(), ImportError> {
    let has = |field: Field| {
        table.columns.contains_key(&field)
            || map.default_for(field).is_some()
            || table.defaults.iter().any(|(known, _)| *known == field)
    };
    let pay = has(Field::Pay) || has(Field::PayMin) || has(Field::PayMax);
    let missing: Vec<&str> = [
        (has(Field::Employer), "employer (单位名称)"),
        (has(Field::Places), "places (招聘人数)"),
        (pay, "pay (薪资)"),
    ]
    .iter()
    .filter(|(present, _)| !present)
    .map(|(_, name)| *name)
    .collect();
    if missing.is_empty() {
        Ok(())
    } else {
        Err(ImportError::MissingColumns(missing.join(", ")))
    }
}

fn take_rows(
    (number, table): (usize, &Table),
    context: &row::Context<'_>,
    seen: &mut HashMap<String, usize>,
    import: &mut Import,
) {
    for open in &table.open_quotes {
        import.rejected.push(Rejection {
            table: number,
            line: open.line,
            column: table.heading(open.column),
            reason: quotes::NEVER_ENDS.to_owned(),
        });
    }
    for row in &table.rows {
        let line = row.line;
        match row::listing(table, row, context) {
            Ok(listing) => match seen.get(&listing.source_key) {
                Some(first) => import.rejected.push(Rejection {
                    table: number,
                    line,
                    column: row::key_column(table),
                    reason: format!("same as line {first}: a listing may be in the file once"),
                }),
                None => {
                    seen.insert(listing.source_key.clone(), line);
                    import
                        .held
                        .extend(listing.review.clone().map(|reason| Held {
                            table: number,
                            line,
                            source_key: listing.source_key.clone(),
                            reason,
                        }));
                    import.listings.push(listing);
                }
            },
            Err(fault) => import.rejected.push(Rejection {
                table: number,
                line,
                column: fault.column,
                reason: fault.reason,
            }),
        }
    }
}
