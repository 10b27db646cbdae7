//! Reads lists for the tests of the import.

use gighall_core::id::HallId;
use gighall_core::testing::{a_hall, at};
use gighall_hub::import::{Import, ImportError, Rejection, read_file};
use gighall_hub::store::Listing;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use std::path::{Path, PathBuf};

/// Ten in the morning of a Tuesday in 威宁.
pub const NOW: &str = "2026-11-24T02:00:00Z";

pub fn asset(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../assets")
        .join(name)
}

pub fn read_at(path: &Path, map: Option<&Path>, now: Timestamp) -> Result<Import, ImportError> {
    let zone = TimeZone::get("Asia/Shanghai").expect("a zone");
    read_file(path, &hall(), map, &zone, now)
}

pub fn hall() -> HallId {
    a_hall()
}

/// Writes a file and reads it.
pub fn read_bytes(name: &str, bytes: &[u8], map: Option<&str>) -> Result<Import, ImportError> {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join(name);
    std::fs::write(&path, bytes).expect("written");
    let map = map.map(|text| {
        let path = folder.path().join("map.toml");
        std::fs::write(&path, text).expect("written");
        path
    });
    read_at(&path, map.as_deref(), at(NOW))
}

pub fn read_text(text: &str) -> Import {
    read_bytes("list.csv", text.as_bytes(), None).expect("a list")
}

pub fn one(text: &str) -> Listing {
    let import = read_text(text);
    assert_eq!(import.rejected, [], "{text}");
    import.listings.into_iter().next().expect("one listing")
}

pub fn refused(text: &str) -> Rejection {
    let import = read_text(text);
    assert_eq!(import.listings, [], "{text}");
    import.rejected.into_iter().next().expect("one refusal")
}

pub fn keys(import: &Import) -> Vec<String> {
    import
        .listings
        .iter()
        .map(|l| l.source_key.clone())
        .collect()
}
