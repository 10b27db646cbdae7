//! The list of figures: as a table, as JSON, and in docs/benchmarks.md.

use serde::Serialize;
use serde_json::Value;
use std::fmt::Write;
use std::path::Path;
use std::{fs, io};

/// One figure.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Measured {
    /// What it is a figure of.
    pub name: String,
    /// The figure.
    pub value: f64,
    /// What `value` and `bound` count.
    pub unit: &'static str,
    /// What has to hold, as `<= 0.125`; `None` where it is only told.
    pub bound: Option<String>,
    /// Whether it holds.
    pub holds: Option<bool>,
    /// How it was measured.
    pub how: String,
}

impl Measured {
    /// A figure that is only told.
    pub fn told(name: &str, value: f64, unit: &'static str, how: &str) -> Self {
        Self {
            name: name.to_owned(),
            value,
            unit,
            bound: None,
            holds: None,
            how: how.to_owned(),
        }
    }

    /// The figure has to be `most` or less.
    pub fn at_most(self, most: f64) -> Self {
        Self {
            bound: Some(format!("<= {}", short(most))),
            holds: Some(self.value <= most),
            ..self
        }
    }

    /// The figure has to be `least` or more.
    pub fn at_least(self, least: f64) -> Self {
        Self {
            bound: Some(format!(">= {}", short(least))),
            holds: Some(self.value >= least),
            ..self
        }
    }
}

/// A number with as many digits as anybody can use.
fn short(value: f64) -> String {
    match value.abs() {
        whole if whole >= 1000.0 || value == value.trunc() => format!("{value:.0}"),
        large if large >= 10.0 => format!("{value:.1}"),
        middling if middling >= 1.0 => format!("{value:.2}"),
        _ => format!("{value:.3}"),
    }
}

fn verdict(figure: &Measured) -> &'static str {
    match figure.holds {
        None => "",
        Some(true) => "holds",
        Some(false) => "DOES NOT HOLD",
    }
}

/// The table that is printed.
pub fn table(figures: &[Measured]) -> String {
    let widest = figures.iter().map(|figure| figure.name.chars().count());
    let widest = widest.max().unwrap_or(0);
    let mut table = String::new();
    for figure in figures {
        let bound = figure.bound.as_deref().unwrap_or("");
        let row = format!(
            "{:widest$}  {:>8} {:<9} {:<10} {}",
            figure.name,
            short(figure.value),
            figure.unit,
            bound,
            verdict(figure)
        );
        table.push_str(row.trim_end());
        table.push('\n');
    }
    table
}

/// The same for docs/benchmarks.md, with how each was measured.
pub fn markdown(figures: &[Measured]) -> String {
    let mut text =
        String::from("| figure | value | bound | | how |\n| --- | --- | --- | --- | --- |\n");
    for figure in figures {
        let cells = [
            figure.name.clone(),
            format!("{} {}", short(figure.value), figure.unit),
            figure.bound.clone().unwrap_or_default(),
            verdict(figure).to_owned(),
            figure.how.clone(),
        ];
        // Cannot fail: it is memory.
        let _ = writeln!(
            text,
            "| {} |",
            cells.map(|cell| cell.replace('|', "\\|")).join(" | ")
        );
    }
    text
}

/// Writes `results.json`; figures of other names that are there stay where `beside` them.
///
/// # Errors
/// As the disk gives them, or if what is there is no such list.
pub fn write_json(path: &Path, figures: &[Measured], beside: bool) -> io::Result<()> {
    let before = match beside && path.exists() {
        true => serde_json::from_str(&fs::read_to_string(path)?)?,
        false => vec![],
    };
    let json = serde_json::to_string_pretty(&joined(before, figures)?)?;
    fs::write(path, json + "\n")
}

/// Those before that are not measured anew, and the new ones.
fn joined(before: Vec<Value>, figures: &[Measured]) -> serde_json::Result<Vec<Value>> {
    let is_old = |value: &Value| {
        let mut new = figures.iter().map(|figure| figure.name.as_str());
        !new.any(|name| value["name"] == name)
    };
    let old = before.into_iter().filter(is_old).map(Ok);
    old.chain(figures.iter().map(serde_json::to_value))
        .collect()
}

const END: &str = "<!-- to here -->\n";

fn begin(bench: &str) -> String {
    format!("<!-- figures of {bench} -->\n")
}

/// Puts a bench's figures in the place of those that the document has of it.
///
/// # Errors
/// If it has no place for them, or as the disk gives them.
pub fn write_document(path: &Path, bench: &str, figures: &str) -> io::Result<()> {
    let text = fs::read_to_string(path)?;
    let nowhere = || io::Error::other(format!("{}: no place for {bench}", path.display()));
    let new = replaced(&text, bench, figures).ok_or_else(nowhere)?;
    fs::write(path, new)
}

fn replaced(text: &str, bench: &str, figures: &str) -> Option<String> {
    let begin = begin(bench);
    let (before, rest) = text.split_once(&begin)?;
    let (_, after) = rest.split_once(END)?;
    Some(format!("{before}{begin}\n{figures}\n{END}{after}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn figure(value: f64) -> Measured {
        Measured::told("memory", value, "MiB", "by looking")
    }

    #[test]
    fn a_bound_holds_up_to_itself() {
        assert_eq!(figure(2.0).at_most(2.0).holds, Some(true));
        assert_eq!(figure(2.1).at_most(2.0).holds, Some(false));
        assert_eq!(figure(2.0).at_least(2.0).holds, Some(true));
        assert_eq!(figure(1.9).at_least(2.0).holds, Some(false));
        assert_eq!(figure(1.0).holds, None);
    }

    #[test]
    fn the_list_has_the_six_fields() {
        let json = serde_json::to_value([figure(0.5).at_most(0.125)]);
        let expected = serde_json::json!([{
            "name": "memory", "value": 0.5, "unit": "MiB", "bound": "<= 0.125", "holds": false,
            "how": "by looking",
        }]);
        assert!(json.is_ok_and(|json| json == expected));
    }

    #[test]
    fn a_bench_alone_leaves_the_figures_of_the_others() {
        let names = |before: Vec<Value>, figures: &[Measured]| {
            let all = joined(before, figures).unwrap_or_default();
            let told = |it: &Value| format!("{} {}", it["name"], it["value"]);
            all.iter().map(told).collect::<Vec<_>>()
        };
        let other = Measured {
            name: "start".to_owned(),
            ..figure(1.0)
        };
        let before = joined(vec![], &[figure(2.0), other]).unwrap_or_default();
        assert_eq!(
            names(before, &[figure(3.0)]),
            ["\"start\" 1.0", "\"memory\" 3.0"]
        );
    }

    #[test]
    fn the_table_says_what_does_not_hold() {
        let table = table(&[figure(24.25).at_most(20.0), figure(3.0)]);
        assert_eq!(
            table,
            "memory      24.2 MiB       <= 20      DOES NOT HOLD\nmemory         3 MiB\n"
        );
    }

    #[test]
    fn only_the_figures_of_that_bench_are_replaced() {
        let section = |bench, figures| format!("above\n{}{figures}{END}", begin(bench));
        let text = section("start", "old\n") + &section("ticker", "old\n") + "below\n";
        let new = section("start", "old\n") + &section("ticker", "\nnew\n\n") + "below\n";
        assert_eq!(replaced(&text, "ticker", "new\n"), Some(new));
        assert_eq!(replaced(&text, "claims", "new\n"), None);
    }

    #[test]
    fn the_document_has_a_place_for_each_bench() {
        let document = include_str!("../../../docs/benchmarks.md");
        for (bench, _) in crate::benches::BENCHES {
            assert!(replaced(document, bench, "new\n").is_some(), "{bench}");
        }
    }
}
