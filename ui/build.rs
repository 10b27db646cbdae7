//! Compiles the two windows of this folder with their translations in `lang/`.
//!
//! Slint has one language for all windows of a thread, and the wall keeps its own while somebody
//! at the terminal chooses another. So a "language" is a pair, `WALL+TERMINAL`: each window is
//! compiled with a table in which that pair stands for the wall's or for the terminal's part of it.

use std::error::Error;
use std::path::{Path, PathBuf};

const WINDOWS: [&str; 2] = ["wall", "terminal"];

fn main() -> Result<(), Box<dyn Error>> {
    let here = PathBuf::from(std::env::var("CARGO_MANIFEST_DIR")?);
    let out = PathBuf::from(std::env::var("OUT_DIR")?);
    let lang = here.join("../lang");
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rerun-if-changed={}", lang.display());
    for window in WINDOWS {
        let pairs = out.join("lang").join(window);
        pair_up(&lang, &pairs, window)?;
        let config = slint_build::CompilerConfiguration::new()
            .with_style("fluent".to_owned())
            .with_bundled_translations(&pairs)
            // Element names and ids stay in: tests find elements by them.
            .with_debug_info(true);
        let source = here.join(format!("{window}.slint"));
        let compiled = out.join(format!("{window}.rs"));
        let read = slint_build::compile_with_output_path(source, compiled, config)?;
        // What this program has just written itself is always new, and would have it run each time.
        for read in read.iter().filter(|path| !path.starts_with(&out)) {
            println!("cargo:rerun-if-changed={}", read.display());
        }
    }
    Ok(())
}

/// Gives each pair of languages a folder with the translation that `window` speaks under it.
fn pair_up(lang: &Path, pairs: &Path, window: &str) -> Result<(), Box<dyn Error>> {
    let package = std::env::var("CARGO_PKG_NAME")?;
    let mut languages = Vec::new();
    for entry in std::fs::read_dir(lang)? {
        languages.push(entry?.file_name().into_string().map_err(|_| "a name")?);
    }
    for wall in &languages {
        for terminal in &languages {
            let spoken = if window == "wall" { wall } else { terminal };
            let file = Path::new("LC_MESSAGES").join(format!("{package}.po"));
            let to = pairs.join(format!("{wall}+{terminal}")).join(&file);
            std::fs::create_dir_all(to.parent().unwrap_or(pairs))?;
            std::fs::copy(lang.join(spoken).join(&file), to)?;
        }
    }
    Ok(())
}
