//! Text tables: comma, semicolon or tab between the cells.

use super::cell::Cell;
use super::map::ColumnMap;
use super::quotes::{self, Lines};
use super::table::{Row, TITLE_ROWS, Table};
use super::{ImportError, ROWS_MAX};
use std::borrow::Cow;

/// Text of a file in whatever encoding it was saved: by its byte order mark, as UTF-8 if it is
/// valid UTF-8, else as GB18030, which Chinese spreadsheet programs save by default.
pub(crate) fn decode(bytes: &[u8]) -> Result<Cow<'_, str>, ImportError> {
    if let Some((encoding, mark)) = encoding_rs::Encoding::for_bom(bytes) {
        let (text, bad) = encoding.decode_without_bom_handling(bytes.get(mark..).unwrap_or(&[]));
        return if bad {
            Err(ImportError::Encoding)
        } else {
            Ok(text)
        };
    }
    if let Ok(text) = std::str::from_utf8(bytes) {
        return Ok(Cow::Borrowed(text));
    }
    let (text, bad) = encoding_rs::GB18030.decode_without_bom_handling(bytes);
    if bad || text.contains('\0') {
        Err(ImportError::Encoding)
    } else {
        Ok(text)
    }
}

/// The table in a text: read with the separator under which most columns are known.
pub(crate) fn table(text: &str, map: &ColumnMap) -> Result<Table, ImportError> {
    if text.contains('\0') {
        return Err(ImportError::Encoding);
    }
    let mut best: Option<Table> = None;
    let mut first_error = None;
    for separator in [b',', b'\t', b';'] {
        match read(text, separator, map) {
            Ok(table) => {
                let better = best
                    .as_ref()
                    .is_none_or(|best| table.known_columns() > best.known_columns());
                if better {
                    best = Some(table);
                }
            }
            Err(error) => {
                // A mapping that names a missing column says more than a heading not found, and so
                // does a broken heading.
                let keep = !matches!(
                    error,
                    ImportError::MapColumn(..) | ImportError::BrokenText(_)
                );
                if first_error.is_none() || !keep {
                    first_error = Some(error);
                }
            }
        }
    }
    best.ok_or_else(|| first_error.unwrap_or(ImportError::Empty))
}

fn read(text: &str, separator: u8, map: &ColumnMap) -> Result<Table, ImportError> {
    let (text, open) = quotes::taken_out(text, separator);
    let table = Table::find(rows(&text, separator)?, map);
    match (table, open.first()) {
        (Ok(table), _) => Ok(Table {
            open_quotes: open,
            ..table
        }),
        // The heading itself may have been taken out.
        (Err(ImportError::NoHeading(_) | ImportError::Empty), Some(first))
            if first.line <= TITLE_ROWS + 1 =>
        {
            let said = format!("line {}: {}", first.line, quotes::NEVER_ENDS);
            Err(ImportError::BrokenText(said))
        }
        (Err(error), _) => Err(error),
    }
}

fn rows(text: &str, separator: u8) -> Result<Vec<Row>, ImportError> {
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(separator)
        .from_reader(text.as_bytes());
    let mut rows = Vec::new();
    let mut lines = Lines::new(text);
    for record in reader.records() {
        let record = record.map_err(|error| ImportError::BrokenText(error.to_string()))?;
        if rows.len() > ROWS_MAX {
            return Err(ImportError::TooLarge);
        }
        let byte = record.position().map_or(0, csv::Position::byte);
        rows.push(Row {
            line: lines.at(usize::try_from(byte).unwrap_or(usize::MAX)),
            cells: record
                .iter()
                .map(|text| Cell::Text(text.to_owned()))
                .collect(),
        });
    }
    Ok(rows)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn encodings_are_told_apart() {
        let text = "岗位,人数\n砌砖,3\n";
        let (gb, ..) = encoding_rs::GB18030.encode(text);
        let with_mark = [b"\xef\xbb\xbf", text.as_bytes()].concat();
        let wide: Vec<u8> = std::iter::once(0xfeff)
            .chain(text.encode_utf16())
            .flat_map(u16::to_le_bytes)
            .collect();
        for bytes in [text.as_bytes(), &gb, &with_mark, &wide] {
            assert_eq!(decode(bytes).expect("text"), text);
        }
        assert!(matches!(
            decode(b"\xff\x00\xd0"),
            Err(ImportError::Encoding)
        ));
    }

    #[test]
    fn separators_are_told_apart() {
        for separator in [",", ";", "\t"] {
            let text = ["岗位,人数,备注", "\"砌砖,小工\",3,无"]
                .join("\n")
                .replace(",", separator);
            let table = table(&text, &ColumnMap::default()).expect("a table");
            assert_eq!(table.headings, ["岗位", "人数", "备注"], "{separator:?}");
            assert_eq!(table.rows[0].line, 2);
            assert_eq!(table.rows[0].cell(1).text(), "3");
        }
    }
}
