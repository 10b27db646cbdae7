//! JSON: arrays of flat objects, read as a table, and the way to the postings of schema.org.

use super::cell::Cell;
use super::jsonld;
use super::map::ColumnMap;
use super::table::{Row, Table};
use super::{ImportError, ROWS_MAX};
use serde_json::{Map, Value};
use std::collections::BTreeSet;

/// An entry of the file with the line on which it begins.
pub(crate) struct Entry {
    /// Counted from 1.
    pub(crate) line: usize,
    /// The entry.
    pub(crate) value: Value,
}

/// The table in a JSON text.
pub(crate) fn table(text: &str, map: &ColumnMap) -> Result<Table, ImportError> {
    let entries = entries(text, 1)?;
    let postings = jsonld::postings(&entries);
    if postings.is_empty() {
        flat(entries, map)
    } else {
        jsonld::table(&postings, map)
    }
}

/// The postings in the scripts of a web page.
pub(crate) fn table_in_page(html: &str, map: &ColumnMap) -> Result<Table, ImportError> {
    let lower = html.to_ascii_lowercase();
    let mut all = Vec::new();
    let mut at = 0;
    while let Some(begin) = lower
        .get(at..)
        .and_then(|rest| rest.find("<script"))
        .map(|n| n + at)
    {
        let Some(open_end) = lower[begin..].find('>').map(|n| n + begin + 1) else {
            break;
        };
        let end = lower[open_end..]
            .find("</script")
            .map_or(lower.len(), |n| n + open_end);
        if lower[begin..open_end].contains("application/ld+json") {
            let line = 1 + html[..open_end].matches('\n').count();
            all.extend(entries(&html[open_end..end], line)?);
        }
        at = end;
    }
    let postings = jsonld::postings(&all);
    if postings.is_empty() {
        Err(ImportError::NoPostings)
    } else {
        jsonld::table(&postings, map)
    }
}

/// The entries of a text: the elements of its array, of its `@graph`, or of the one list in it;
/// else the object itself.
fn entries(text: &str, first_line: usize) -> Result<Vec<Entry>, ImportError> {
    let broken = |error: serde_json::Error| ImportError::BrokenText(error.to_string());
    let whole: Value = serde_json::from_str(text.trim_start_matches('\u{feff}')).map_err(broken)?;
    let entries = match whole {
        Value::Array(_) => elements(text, first_line),
        Value::Object(mut object) => match list_in(&object) {
            Some(key) => {
                let at = text.find(&format!("\"{key}\"")).unwrap_or(0);
                let line = first_line + text[..at].matches('\n').count();
                elements(&text[at..], line).or_else(|| match object.remove(&key) {
                    Some(Value::Array(values)) => Some(on_line(values, line)),
                    _ => None,
                })
            }
            None => Some(on_line(vec![Value::Object(object)], first_line)),
        },
        _ => None,
    };
    let entries = entries
        .filter(|list| !list.is_empty())
        .ok_or(ImportError::Empty)?;
    if entries.len() > ROWS_MAX {
        return Err(ImportError::TooLarge);
    }
    Ok(entries)
}

fn on_line(values: Vec<Value>, line: usize) -> Vec<Entry> {
    values
        .into_iter()
        .map(|value| Entry { line, value })
        .collect()
}

/// The key of an object's list of entries: `@graph`, or its only array of objects. A posting
/// itself is not looked into.
fn list_in(object: &Map<String, Value>) -> Option<String> {
    let is_list = |value: &Value| matches!(value, Value::Array(items) if items.first().is_some_and(Value::is_object));
    if jsonld::is_posting(object) {
        return None;
    }
    if object.get("@graph").is_some_and(Value::is_array) {
        return Some("@graph".to_owned());
    }
    let mut lists = object.iter().filter(|(_, value)| is_list(value));
    match (lists.next(), lists.next()) {
        (Some((key, _)), None) => Some(key.clone()),
        _ => None,
    }
}

/// The elements of the first array in a text, each with its line: read one after the other,
/// because a parsed value no longer knows where it stood.
fn elements(text: &str, first_line: usize) -> Option<Vec<Entry>> {
    let mut at = text.find('[')? + 1;
    let mut line = first_line + text.get(..at)?.matches('\n').count();
    let mut entries = Vec::new();
    loop {
        let rest = text.get(at..)?;
        let gap = rest.len()
            - rest
                .trim_start_matches(|c: char| c.is_whitespace() || c == ',')
                .len();
        line += rest.get(..gap)?.matches('\n').count();
        at += gap;
        let rest = text.get(at..)?;
        if rest.starts_with(']') {
            return Some(entries);
        }
        let mut stream = serde_json::Deserializer::from_str(rest).into_iter::<Value>();
        let value = stream.next()?.ok()?;
        let length = stream.byte_offset();
        entries.push(Entry { line, value });
        line += rest.get(..length)?.matches('\n').count();
        at += length;
    }
}

/// Flat objects as a table: the headings are the keys.
fn flat(entries: Vec<Entry>, map: &ColumnMap) -> Result<Table, ImportError> {
    let objects: Vec<(usize, Map<String, Value>)> = entries
        .into_iter()
        .filter_map(|entry| match entry.value {
            Value::Object(object) => Some((entry.line, object)),
            _ => None,
        })
        .collect();
    let keys: BTreeSet<String> = objects
        .iter()
        .flat_map(|(_, object)| object.keys().cloned())
        .collect();
    if keys.is_empty() {
        return Err(ImportError::Empty);
    }
    let headings: Vec<String> = keys.into_iter().collect();
    let rows = objects
        .iter()
        .map(|(line, object)| Row {
            line: *line,
            cells: headings
                .iter()
                .map(|key| object.get(key).map_or(Cell::Empty, scalar))
                .collect(),
        })
        .collect();
    let table = Table::with_headings(headings, rows, map)?;
    if table.columns.contains_key(&super::columns::Field::Title) {
        Ok(table)
    } else {
        let keys: Vec<&str> = table.headings.iter().map(String::as_str).take(12).collect();
        Err(ImportError::NoHeading(keys.join(", ")))
    }
}

/// Below 2^53 every whole number is a floating-point number.
const EXACT_BELOW: f64 = 9_007_199_254_740_992.0;

/// A value as a cell: lists of words are joined, objects are not looked into.
pub(crate) fn scalar(value: &Value) -> Cell {
    match value {
        Value::Null | Value::Object(_) => Cell::Empty,
        Value::Bool(yes) => Cell::Text(if *yes { "是" } else { "否" }.to_owned()),
        Value::Number(number) => match number.as_f64() {
            // Numbers of jobs may be longer than a floating-point number keeps.
            Some(float) if number.is_f64() || float.abs() < EXACT_BELOW => Cell::Number(float),
            _ => Cell::Text(number.to_string()),
        },
        Value::String(text) => Cell::Text(text.clone()),
        Value::Array(values) => {
            let words: Vec<String> = values
                .iter()
                .map(|value| scalar(value).text())
                .filter(|word| !word.is_empty())
                .collect();
            Cell::Text(words.join("、"))
        }
    }
}
