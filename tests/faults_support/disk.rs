//! The bad disk, compiled: bad_disk.c says what can be bad about it.

#[path = "../preload/mod.rs"]
mod preload;

use std::path::PathBuf;

/// A library to be loaded before libc.
pub fn bad_disk() -> PathBuf {
    preload::library("tests/faults_support/bad_disk.c")
}
