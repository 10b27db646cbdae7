//! Libraries that are loaded before libc (`LD_PRELOAD`) into programs under test.

use std::path::{Path, PathBuf};
use std::process::Command;

/// Compiles that source of C, named from this package's folder.
pub fn library(source: &str) -> PathBuf {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join(source);
    let name = source.file_stem().expect("a file").to_string_lossy();
    let made = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!(
        "{name}_{}_{:?}.so",
        std::process::id(),
        std::thread::current().id()
    ));
    let done = Command::new("cc")
        .args([
            "-Wall", "-Wextra", "-Werror", "-shared", "-fPIC", "-O2", "-o",
        ])
        .arg(&made)
        .arg(source)
        .args(["-ldl", "-lpthread"])
        .status()
        .expect("a C compiler");
    assert!(done.success());
    made
}
