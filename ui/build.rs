//! Compiles the two windows of this folder with the translations in `lang/`.
//!
//! Slint has one language for all windows of a thread, and the wall keeps its own while somebody
//! at the terminal chooses another. So a "language" is a pair, `WALL+TERMINAL`: each window is
//! compiled with a table in which that pair stands for the wall's or for the terminal's part of it.

mod languages;

use std::error::Error;
use std::path::{Path, PathBuf};

fn main() -> Result<(), Box<dyn Error>> {
    let here = PathBuf::from(std::env::var("CARGO_MANIFEST_DIR")?);
    let out = PathBuf::from(std::env::var("OUT_DIR")?);
    let package = std::env::var("CARGO_PKG_NAME")?;
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rerun-if-changed=languages.rs");
    let lang = here.join("../lang");
    let spoken = languages::discover(&lang, &package)?;
    std::fs::write(out.join("languages.rs"), languages::tables(&spoken))?;
    compile(&here, "wall", &lang, &out)?;
    compile(&here, "terminal", &lang, &out)?;
    // A window of a test, with a language that nobody else speaks.
    let test = here.join("tests/added");
    compile(&test, "added", &test.join("lang"), &out)
}

/// Compiles `FOLDER/NAME.slint` to `OUT/NAME.rs`.
fn compile(folder: &Path, name: &str, lang: &Path, out: &Path) -> Result<(), Box<dyn Error>> {
    println!("cargo:rerun-if-changed={}", lang.display());
    let package = std::env::var("CARGO_PKG_NAME")?;
    let pairs = out.join("lang").join(name);
    // A language that is gone leaves nothing behind.
    if pairs.exists() {
        std::fs::remove_dir_all(&pairs)?;
    }
    let spoken = languages::discover(lang, &package)?;
    languages::pair_up(&spoken, &pairs, &package, name == "wall")?;
    let config = slint_build::CompilerConfiguration::new()
        .with_style("fluent".to_owned())
        .with_bundled_translations(&pairs)
        // Element names and ids stay in: tests find elements by them.
        .with_debug_info(true);
    let source = folder.join(format!("{name}.slint"));
    let compiled = out.join(format!("{name}.rs"));
    let read = slint_build::compile_with_output_path(source, compiled, config)?;
    // What this program has just written itself is always new, and would have it run each time.
    for read in read.iter().filter(|path| !path.starts_with(out)) {
        println!("cargo:rerun-if-changed={}", read.display());
    }
    Ok(())
}
