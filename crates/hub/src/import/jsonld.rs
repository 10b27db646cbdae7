//! Postings as schema.org writes them (`JobPosting`).

use super::ImportError;
use super::cell::Cell;
use super::columns::Field;
use super::json::{Entry, scalar};
use super::map::ColumnMap;
use super::table::{Row, Table};
use serde_json::{Map, Value};

/// A posting and its line.
pub(crate) type Posting<'a> = (usize, &'a Map<String, Value>);

/// The headings of the table that postings become; each is a name that is known.
const HEADINGS: &[&str] = &[
    "identifier",
    "title",
    "occupationalCategory",
    "hiringOrganization",
    "taxID",
    "totalJobOpenings",
    "baseSalary",
    "settlement",
    "jobStartDate",
    "workHours",
    "addressLocality",
    "jobLocation",
    "latitude",
    "longitude",
    "jobBenefits",
    "qualifications",
    "description",
    "telephone",
    "validThrough",
];

/// Whether an object is a posting.
pub(crate) fn is_posting(object: &Map<String, Value>) -> bool {
    let named = |value: &Value| {
        value
            .as_str()
            .is_some_and(|name| name == "JobPosting" || name.ends_with("schema.org/JobPosting"))
    };
    match object.get("@type") {
        Some(Value::Array(types)) => types.iter().any(named),
        Some(value) => named(value),
        None => false,
    }
}

/// The postings among the entries, those in lists and graphs included.
pub(crate) fn postings(entries: &[Entry]) -> Vec<Posting<'_>> {
    let mut found = Vec::new();
    for entry in entries {
        collect(entry.line, &entry.value, 3, &mut found);
    }
    found
}

fn collect<'a>(line: usize, value: &'a Value, depth: u8, found: &mut Vec<Posting<'a>>) {
    match value {
        Value::Array(values) if depth > 0 => {
            for value in values {
                collect(line, value, depth - 1, found);
            }
        }
        Value::Object(object) if is_posting(object) => found.push((line, object)),
        Value::Object(object) if depth > 0 => {
            for key in ["@graph", "itemListElement", "item", "mainEntity"] {
                if let Some(inner) = object.get(key) {
                    collect(line, inner, depth - 1, found);
                }
            }
        }
        _ => {}
    }
}

/// Postings as a table. Where schema.org lets a property out, its meaning stands in: one opening,
/// pay to be agreed.
pub(crate) fn table(postings: &[Posting<'_>], map: &ColumnMap) -> Result<Table, ImportError> {
    let rows = postings
        .iter()
        .map(|(line, posting)| Row {
            line: *line,
            cells: HEADINGS
                .iter()
                .map(|heading| property(posting, heading))
                .collect(),
        })
        .collect();
    let headings = HEADINGS
        .iter()
        .map(|heading| (*heading).to_owned())
        .collect();
    let mut table = Table::with_headings(headings, rows, map)?;
    table.defaults = vec![
        (Field::Places, Cell::Number(1.0)),
        (Field::Pay, Cell::Text("面议".to_owned())),
    ];
    Ok(table)
}

fn property(posting: &Map<String, Value>, name: &str) -> Cell {
    let organization = posting.get("hiringOrganization").map(one);
    match name {
        "identifier" => posting
            .get("identifier")
            .map(one)
            .map_or(Cell::Empty, |id| {
                id.get("value").map_or_else(|| scalar(id), scalar)
            }),
        "hiringOrganization" => organization.map_or(Cell::Empty, name_of),
        "taxID" | "telephone" => posting
            .get(name)
            .or_else(|| organization.and_then(|o| o.get(name)))
            .map_or(Cell::Empty, scalar),
        "addressLocality" => address_of(posting, &["addressLocality"]),
        "jobLocation" => {
            let parts = ["addressRegion", "addressLocality", "streetAddress"];
            address_of(posting, &parts)
        }
        "latitude" | "longitude" => posting
            .get("jobLocation")
            .and_then(|place| one(place).get("geo"))
            .and_then(|geo| geo.get(name))
            .map_or(Cell::Empty, scalar),
        "baseSalary" => posting
            .get("baseSalary")
            .map(one)
            .map_or(Cell::Empty, salary),
        "settlement" => match posting.get("employmentType") {
            Some(kind) if has_word(kind, "PER_DIEM") => Cell::Text("日结".to_owned()),
            _ => Cell::Empty,
        },
        "qualifications" | "description" | "jobBenefits" | "workHours" => posting
            .get(name)
            .map_or(Cell::Empty, |value| without_tags(&scalar(value))),
        _ => posting.get(name).map_or(Cell::Empty, scalar),
    }
}

/// Many properties may be one thing or a list of them: the first counts.
fn one(value: &Value) -> &Value {
    value
        .as_array()
        .and_then(|values| values.first())
        .unwrap_or(value)
}

fn has_word(value: &Value, word: &str) -> bool {
    match value {
        Value::String(text) => text.eq_ignore_ascii_case(word),
        Value::Array(values) => values.iter().any(|value| has_word(value, word)),
        _ => false,
    }
}

fn name_of(value: &Value) -> Cell {
    value
        .get("name")
        .or_else(|| value.get("legalName"))
        .map_or_else(|| scalar(value), scalar)
}

fn address_of(posting: &Map<String, Value>, parts: &[&str]) -> Cell {
    let Some(place) = posting.get("jobLocation").map(one) else {
        return Cell::Empty;
    };
    let address = place.get("address").map(one).unwrap_or(place);
    if address.is_string() {
        return scalar(address);
    }
    let mut whole = String::new();
    for part in parts {
        let text = address
            .get(*part)
            .map(|value| scalar(value).text())
            .unwrap_or_default();
        // Street addresses often begin with the town again.
        if !text.is_empty() && text.starts_with(&whole) {
            whole = text;
        } else if !whole.ends_with(&text) {
            whole.push_str(&text);
        }
    }
    Cell::Text(whole)
}

/// A salary as the text that people write: `200-260元/天`.
fn salary(value: &Value) -> Cell {
    let currency = value
        .get("currency")
        .and_then(Value::as_str)
        .unwrap_or("CNY");
    let quantity = value.get("value").map(one).unwrap_or(value);
    let unit = quantity
        .get("unitText")
        .or_else(|| value.get("unitText"))
        .and_then(Value::as_str)
        .unwrap_or_default();
    let sum = |name: &str| {
        let found = quantity.get(name).or_else(|| value.get(name));
        found
            .filter(|found| !found.is_object())
            .map(|found| scalar(found).text())
    };
    let alone = (!quantity.is_object()).then(|| scalar(quantity).text());
    let sums = match (sum("minValue"), sum("maxValue"), sum("value").or(alone)) {
        (Some(min), Some(max), _) => format!("{min}-{max}"),
        (min, max, one) => one.or(min).or(max).unwrap_or_default(),
    };
    let unit = match unit.to_ascii_uppercase().as_str() {
        "HOUR" => "/小时",
        "DAY" => "/天",
        "WEEK" => "/周",
        "MONTH" => "/月",
        "YEAR" => "/年",
        _ => "",
    };
    let is_yuan = ["CNY", "RMB", "元", "¥"].contains(&currency.to_ascii_uppercase().as_str());
    match (sums.is_empty(), is_yuan) {
        (true, _) => Cell::Empty,
        (false, true) => Cell::Text(format!("{sums}元{unit}")),
        (false, false) => Cell::Text(format!("{currency} {sums}{unit}")),
    }
}

/// Descriptions are written in HTML: what is left is its text.
fn without_tags(cell: &Cell) -> Cell {
    let Cell::Text(html) = cell else {
        return cell.clone();
    };
    let mut text = String::with_capacity(html.len());
    let mut in_tag = false;
    let mut chars = html.chars().peekable();
    while let Some(c) = chars.next() {
        let opens = |next: Option<&char>| {
            next.is_some_and(|n| n.is_ascii_alphabetic() || matches!(n, '/' | '!'))
        };
        match c {
            '<' if opens(chars.peek()) => in_tag = true,
            '>' if in_tag => {
                in_tag = false;
                text.push(' ');
            }
            _ if in_tag => {}
            c => text.push(c),
        }
    }
    for (entity, plain) in [
        ("&nbsp;", " "),
        ("&lt;", "<"),
        ("&gt;", ">"),
        ("&quot;", "\""),
        ("&#39;", "'"),
        ("&amp;", "&"),
    ] {
        text = text.replace(entity, plain);
    }
    Cell::Text(text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn salaries_become_the_text_that_people_write() {
        for (value, text) in [
            (
                json!({"currency":"CNY","value":{"minValue":200,"maxValue":260,"unitText":"DAY"}}),
                "200-260元/天",
            ),
            (
                json!({"currency":"CNY","value":{"value":18.5,"unitText":"HOUR"}}),
                "18.5元/小时",
            ),
            (
                json!({"currency":"CNY","minValue":5000,"maxValue":7000,"unitText":"MONTH"}),
                "5000-7000元/月",
            ),
            (
                json!({"currency":"USD","value":{"value":20,"unitText":"HOUR"}}),
                "USD 20/小时",
            ),
            (json!(5000), "5000元"),
            (json!({"currency":"CNY"}), ""),
        ] {
            assert_eq!(salary(&value).text(), text, "{value}");
        }
    }

    #[test]
    fn tags_go_and_comparisons_stay() {
        let html = Cell::Text("<p>18 &lt; 年龄 < 60</p><ul><li>能吃苦</li></ul>".to_owned());
        assert_eq!(without_tags(&html).text(), "18 < 年龄 < 60 能吃苦");
    }
}
