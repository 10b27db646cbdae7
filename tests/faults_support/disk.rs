//! The bad disk, compiled: bad_disk.c says what can be bad about it.

use std::path::{Path, PathBuf};
use std::process::Command;

/// A library to be loaded before libc.
pub fn bad_disk() -> PathBuf {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/faults_support/bad_disk.c");
    let made = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!(
        "bad_disk_{}_{:?}.so",
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
