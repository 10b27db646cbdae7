//! SECURITY.md: every row of its tables names what shows it, and every test that is named exists.

use std::collections::BTreeSet;
use std::path::Path;

/// Every test of a folder as `file::name`, or as `program::file::name` where the files of a folder are one
/// test program.
fn functions(folder: &Path, program: &str, found: &mut BTreeSet<String>) {
    let name_of = |path: &Path| Some(path.file_stem()?.to_str()?.to_owned());
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        let name = name_of(&path).expect("a name");
        if path.is_dir() {
            let own = format!("{name}::");
            let is_program = path.join("main.rs").exists();
            functions(&path, if is_program { &own } else { program }, found);
            continue;
        }
        if path.extension().is_none_or(|kind| kind != "rs") {
            continue;
        }
        let file = if name == "mod" {
            name_of(folder).expect("a name")
        } else {
            name
        };
        let text = std::fs::read_to_string(&path).expect("readable");
        let mut is_test = false;
        for line in text.lines().map(str::trim_start) {
            is_test |= line.starts_with("#[test]") || line.starts_with("#[tokio::test");
            let name = line.strip_prefix("async ").unwrap_or(line);
            if let Some((name, _)) = name.strip_prefix("fn ").and_then(|it| it.split_once('('))
                && std::mem::take(&mut is_test)
            {
                found.insert(format!("{program}{file}::{name}"));
            }
        }
    }
}

#[test]
fn every_threat_has_a_test_that_exists_or_says_that_it_is_open() {
    let mut known = BTreeSet::new();
    let mut folders = vec!["src".to_owned(), "tests".to_owned()];
    for part in ["core", "devices", "host", "hub"] {
        folders.push(format!("crates/{part}/src"));
    }
    folders.push("crates/hub/tests".to_owned());
    folders.push("crates/core/tests".to_owned());
    folders.push("crates/devices/tests".to_owned());
    for folder in &folders {
        functions(Path::new(folder), "", &mut known);
    }
    assert!(known.len() > 300, "they were found: {}", known.len());
    let text = std::fs::read_to_string("SECURITY.md").expect("SECURITY.md");
    let rows: Vec<Vec<&str>> = text
        .lines()
        .filter(|line| line.starts_with("| ") && !line.starts_with("| ---"))
        .map(|line| line.trim_matches('|').split('|').map(str::trim).collect())
        .filter(|cells: &Vec<&str>| cells[0] != "tries")
        .collect();
    assert!(rows.len() > 30, "{}", rows.len());
    for cells in rows {
        let [tries, stops, tests] = cells.as_slice() else {
            panic!("three columns: {cells:?}");
        };
        let named: Vec<&str> = tests.split('`').skip(1).step_by(2).collect();
        assert!(
            !named.is_empty() || stops.contains("**Open**"),
            "nothing shows what stops who {tries}"
        );
        for test in named {
            assert!(known.contains(test), "there is no test {test}");
        }
    }
}
