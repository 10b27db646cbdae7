//! Workbooks (.xlsx).

use super::cell::Cell;
use super::columns::Field;
use super::map::ColumnMap;
use super::table::{Row, Table};
use super::{ImportError, ROWS_MAX};
use calamine::{
    DataRef, Dimensions, ExcelDateTime, Reader, SheetType, SheetVisible, Xlsx, XlsxError,
};
use jiff::civil::{DateTime, Time};
use std::collections::BTreeMap;
use std::io::Cursor;

/// Columns beyond are not looked at.
const COLUMNS_MAX: u32 = 500;
/// More cells, or more text, than any list of jobs has: a damaged or hostile file.
const CELLS_MAX: usize = 5_000_000;
const TEXT_BYTES_MAX: usize = 200 << 20;
/// What a workbook may claim to unpack to.
const UNPACKED_MAX: u64 = 500 << 20;

type Book<'a> = Xlsx<Cursor<&'a [u8]>>;

/// The tables of a workbook: each visible sheet that has a heading. Of the others it notes why not.
pub(crate) fn tables(
    bytes: &[u8],
    map: &ColumnMap,
    notes: &mut Vec<String>,
) -> Result<Vec<Table>, ImportError> {
    if unpacked_size(bytes).is_some_and(|size| size > UNPACKED_MAX) {
        return Err(ImportError::TooLarge);
    }
    let mut book: Book<'_> = Xlsx::new(Cursor::new(bytes)).map_err(refusal)?;
    let names: Vec<String> = book
        .sheets_metadata()
        .iter()
        .filter(|sheet| sheet.typ == SheetType::WorkSheet && sheet.visible == SheetVisible::Visible)
        .map(|sheet| sheet.name.clone())
        .collect();
    let mut tables = Vec::new();
    let mut first_error = None;
    for name in &names {
        match Table::find(rows(&mut book, name)?, map) {
            Ok(mut table) => {
                fill_merged(&mut table, &merged(&mut book, name)?);
                table.sheet = Some(name.clone());
                tables.push(table);
            }
            // A sheet with notes or nothing beside the list is common.
            Err(error @ (ImportError::Empty | ImportError::NoHeading(_))) => {
                notes.push(match error {
                    ImportError::Empty => format!("the sheet \"{name}\" is empty"),
                    _ => format!("the sheet \"{name}\" is passed over: no line of it is a heading"),
                });
                let better = matches!(first_error, None | Some(ImportError::Empty));
                if better {
                    first_error = Some(error);
                }
            }
            Err(error) => return Err(error),
        }
    }
    match (tables.as_mut_slice(), first_error) {
        ([], error) => Err(error.unwrap_or(ImportError::Empty)),
        ([only], _) => {
            only.sheet = None;
            Ok(tables)
        }
        _ => Ok(tables),
    }
}

fn refusal(error: XlsxError) -> ImportError {
    match error {
        XlsxError::Password => ImportError::Password,
        other => ImportError::BrokenWorkbook(other.to_string()),
    }
}

/// Reads a sheet cell by cell: its declared size is not to be trusted, one cell in the last
/// corner would claim gigabytes.
fn rows(book: &mut Book<'_>, sheet: &str) -> Result<Vec<Row>, ImportError> {
    let mut reader = book.worksheet_cells_reader(sheet).map_err(refusal)?;
    let mut rows: BTreeMap<u32, Row> = BTreeMap::new();
    let (mut cells, mut text_bytes) = (0_usize, 0_usize);
    while let Some(cell) = reader.next_cell_with_formula_metadata().map_err(refusal)? {
        let (line, column) = cell.pos;
        let value = match (&cell.value, &cell.formula) {
            // A program wrote it that does not reckon.
            (DataRef::Empty, Some(_)) => Cell::Unreckoned,
            (value, _) => cell_of(value),
        };
        if value.is_empty() || column >= COLUMNS_MAX {
            continue;
        }
        let row = rows.entry(line).or_insert_with(|| Row {
            line: line as usize + 1,
            cells: Vec::new(),
        });
        let at = column as usize;
        if row.cells.len() <= at {
            cells += at + 1 - row.cells.len();
            row.cells.resize(at + 1, Cell::Empty);
        }
        if let Cell::Text(text) = &value {
            text_bytes += text.len();
        }
        row.cells[at] = value;
        if rows.len() > ROWS_MAX || cells > CELLS_MAX || text_bytes > TEXT_BYTES_MAX {
            return Err(ImportError::TooLarge);
        }
    }
    Ok(rows.into_values().collect())
}

fn cell_of(value: &DataRef<'_>) -> Cell {
    match value {
        DataRef::Empty => Cell::Empty,
        DataRef::Int(number) => Cell::Number(*number as f64),
        DataRef::Float(number) => Cell::Number(*number),
        DataRef::String(text) => Cell::Text(text.clone()),
        DataRef::SharedString(text) => Cell::Text((*text).to_owned()),
        DataRef::Bool(yes) => Cell::Text(if *yes { "是" } else { "否" }.to_owned()),
        DataRef::DateTime(date) => date_cell(date),
        DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => Cell::Text(text.clone()),
        DataRef::Error(error) => Cell::Error(error.to_string()),
    }
}

fn date_cell(date: &ExcelDateTime) -> Cell {
    let (year, month, day, hour, minute, second, _) = date.to_ymd_hms_milli();
    let small = |n: u8| i8::try_from(n).unwrap_or(i8::MAX);
    let time = Time::new(small(hour), small(minute), small(second), 0);
    if (0.0..1.0).contains(&date.as_f64()) {
        return time.map_or(Cell::Number(date.as_f64()), Cell::Time);
    }
    let year = i16::try_from(year).unwrap_or(i16::MAX);
    DateTime::new(
        year,
        small(month),
        small(day),
        small(hour),
        small(minute),
        small(second),
        0,
    )
    .map_or(Cell::Number(date.as_f64()), Cell::Date)
}

fn merged(book: &mut Book<'_>, sheet: &str) -> Result<Vec<Dimensions>, ImportError> {
    book.merge_cells_by_sheet_name(sheet).map_err(refusal)
}

/// One employer, town or address merged over several lines stands for each of them. The number
/// of places does not: ten people wanted for three trades are not ten for each.
fn fill_merged(table: &mut Table, regions: &[Dimensions]) {
    let heading = table.heading_line;
    let line = |row: u32| row as usize + 1;
    // A heading of two lines: the second one is no job.
    let heading_end = regions
        .iter()
        .filter(|region| line(region.start.0) == heading)
        .map(|region| line(region.end.0))
        .max()
        .unwrap_or(heading);
    table.rows.retain(|row| row.line > heading_end);
    let places = table
        .columns
        .get(&Field::Places)
        .cloned()
        .unwrap_or_default();
    for region in regions {
        let column = region.start.1 as usize;
        let (first, last) = (line(region.start.0), line(region.end.0));
        if first <= heading_end || first == last || places.contains(&column) {
            continue;
        }
        let from = table.rows.partition_point(|row| row.line < first);
        let to = table.rows.partition_point(|row| row.line <= last);
        let Some((top, below)) = table
            .rows
            .get_mut(from..to)
            .and_then(<[Row]>::split_first_mut)
        else {
            continue;
        };
        if top.line != first || top.cell(column).is_empty() {
            continue;
        }
        for row in below {
            if row.cells.len() <= column {
                row.cells.resize(column + 1, Cell::Empty);
            }
            row.cells[column] = top.cell(column).clone();
        }
    }
}

/// What the archive's directory says it unpacks to; `None` where there is no directory to read.
fn unpacked_size(bytes: &[u8]) -> Option<u64> {
    const END: &[u8] = b"PK\x05\x06";
    const ENTRY: &[u8] = b"PK\x01\x02";
    let number = |at: usize, length: usize| {
        let field = bytes.get(at..at.checked_add(length)?)?;
        Some(
            field
                .iter()
                .rev()
                .fold(0_u64, |n, byte| n << 8 | u64::from(*byte)),
        )
    };
    let tail = bytes.len().saturating_sub(66_000);
    let end = tail
        + bytes
            .get(tail..)?
            .windows(4)
            .rposition(|window| window == END)?;
    let mut at = usize::try_from(number(end + 16, 4)?).ok()?;
    let mut size = 0_u64;
    while bytes.get(at..at.checked_add(4)?) == Some(ENTRY) {
        size = size.saturating_add(number(at + 24, 4)?);
        let variable = number(at + 28, 2)? + number(at + 30, 2)? + number(at + 32, 2)?;
        at = at.checked_add(46 + usize::try_from(variable).ok()?)?;
    }
    Some(size)
}
