//! Whatever file staff are given, importing it ends with listings or with reasons: arbitrary bytes
//! under every kind of name, and right files with something changed. `corpus/` is tried each time.

use crate::support::{asset, read_bytes};
use proptest::prelude::*;
use std::path::Path;
use std::sync::OnceLock;

const NAMES: &[&str] = &[
    "list.csv",
    "list.xlsx",
    "list.json",
    "list.jsonld",
    "list.txt",
];

fn try_as(name: &str, bytes: &[u8], map: Option<&str>) {
    if let Ok(import) = read_bytes(name, bytes, map) {
        // What it says of a row can be printed.
        for row in &import.rejected {
            let _ = format!("{} {} {}", row.line, row.column, row.reason);
        }
    }
}

fn workbook() -> &'static [u8] {
    static BYTES: OnceLock<Vec<u8>> = OnceLock::new();
    BYTES.get_or_init(|| {
        let mut book = rust_xlsxwriter::Workbook::new();
        let sheet = book.add_worksheet();
        let rows = [
            ["岗位", "用工单位", "人数", "工资", "地点", "开始时间"],
            [
                "砌砖小工",
                "草海建筑队",
                "4",
                "200-260元/天",
                "草海镇",
                "后天 8:00",
            ],
            [
                "苹果采摘",
                "黑石果园",
                "8",
                "130元/天",
                "黑石头镇",
                "2026-12-01 8:00",
            ],
        ];
        for (row, cells) in (0..).zip(rows) {
            for (column, cell) in (0..).zip(cells) {
                sheet.write(row, column, cell).expect("written");
            }
        }
        book.save_to_buffer().expect("a workbook")
    })
}

/// The beginning of the demo's list, which has a bit of everything.
fn list() -> &'static [u8] {
    static BYTES: OnceLock<Vec<u8>> = OnceLock::new();
    BYTES.get_or_init(|| {
        let all = std::fs::read(asset("demo/listings.csv")).expect("the demo's list");
        let lines: Vec<&[u8]> = all.split(|byte| *byte == b'\n').take(8).collect();
        lines.join(&b'\n')
    })
}

const JSON: &str = r#"{"@context":"https://schema.org","@type":"JobPosting","title":"砌砖小工",
"hiringOrganization":{"name":"草海建筑队"},"jobLocation":{"address":"草海镇"},
"baseSalary":{"value":{"minValue":200,"unitText":"DAY"}},"totalJobOpenings":4,
"jobStartDate":"2026-12-01"}"#;

const MAP: &str = "[columns]\n岗位 = \"title\"\n人数 = \"places\"\n";

fn spoil(sample: &[u8], changes: &[(prop::sample::Index, u8, u8, usize)]) -> Vec<u8> {
    let changes: Vec<_> = changes
        .iter()
        .map(|(at, how, byte, length)| (at.index(1 << 20), *how, *byte, *length))
        .collect();
    gighall_core::testing::spoilt(sample, &changes)
}

fn changes() -> impl Strategy<Value = Vec<(prop::sample::Index, u8, u8, usize)>> {
    let change = (
        any::<prop::sample::Index>(),
        0..4u8,
        any::<u8>(),
        1..60usize,
    );
    prop::collection::vec(change, 1..6)
}

#[test]
fn what_is_kept_in_the_corpus_breaks_nothing() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/corpus");
    let mut tried = 0;
    for file in std::fs::read_dir(folder).expect("a corpus") {
        let bytes = std::fs::read(file.expect("a file").path()).expect("readable");
        NAMES.iter().for_each(|name| try_as(name, &bytes, None));
        tried += 1;
    }
    assert!(tried > 3, "the corpus is here: {tried}");
    let good = read_bytes("list.xlsx", workbook(), None).expect("a workbook");
    assert_eq!(good.listings.len(), 2, "{:?}", good.rejected);
    assert!(
        !read_bytes("list.csv", list(), None)
            .expect("a list")
            .listings
            .is_empty()
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(150))]

    #[test]
    fn any_bytes_break_nothing(bytes in prop::collection::vec(any::<u8>(), 0..600)) {
        NAMES.iter().for_each(|name| try_as(name, &bytes, None));
    }

    #[test]
    fn a_list_that_was_spoilt_breaks_nothing(changes in changes()) {
        let bytes = spoil(list(), &changes);
        try_as("list.csv", &bytes, None);
        try_as("list.csv", &bytes, Some(MAP));
    }

    #[test]
    fn a_workbook_that_was_spoilt_breaks_nothing(changes in changes()) {
        try_as("list.xlsx", &spoil(workbook(), &changes), None);
    }

    #[test]
    fn a_posting_that_was_spoilt_breaks_nothing(changes in changes()) {
        try_as("list.json", &spoil(JSON.as_bytes(), &changes), None);
    }

    #[test]
    fn a_map_that_was_spoilt_breaks_nothing(changes in changes()) {
        let map = spoil(MAP.as_bytes(), &changes);
        try_as("list.csv", list(), Some(&String::from_utf8_lossy(&map)));
    }
}
