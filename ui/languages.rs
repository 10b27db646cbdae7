//! The languages of a folder: each file `CODE/LC_MESSAGES/PACKAGE.po` is one. What a language calls
//! itself stands in its own file, so that a language is added by adding that file.
//!
//! `build.rs` and the tests share this module.

use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};

/// What the halls that this program is made for speak: first of all buttons and lists.
const FIRST: [&str; 2] = ["zh-CN", "en"];

/// A language that there is a file of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Spoken {
    /// For example `zh-CN`.
    pub code: String,
    /// What it calls itself, for example 中文.
    pub name: String,
    /// Its translations.
    pub file: PathBuf,
}

/// The value of a header line of a .po file, for example of `X-Own-Name`.
fn header(po: &str, key: &str) -> Option<String> {
    let start = format!("\"{key}: ");
    let line = po.lines().find(|line| line.starts_with(&start))?;
    let value = line[start.len()..].trim_end_matches('"');
    let value = value.strip_suffix("\\n").unwrap_or(value).trim();
    (!value.is_empty()).then(|| value.to_owned())
}

/// The languages of a folder: the known ones first, the others by their codes.
///
/// # Errors
/// If a folder has no file, or its file does not say what the language calls itself.
pub fn discover(lang: &Path, package: &str) -> Result<Vec<Spoken>, Box<dyn Error>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(lang)? {
        let folder = entry?.path();
        let code = folder.file_name().and_then(|name| name.to_str());
        let code = code.ok_or("the name of a language is no text")?.to_owned();
        let file = folder.join("LC_MESSAGES").join(format!("{package}.po"));
        let po = fs::read_to_string(&file).map_err(|e| format!("{}: {e}", file.display()))?;
        let name = header(&po, "X-Own-Name").ok_or_else(|| {
            let file = file.display();
            format!("{file}: the header needs a line \"X-Own-Name: ...\\n\", what it calls itself")
        })?;
        found.push(Spoken { code, name, file });
    }
    let place = |code: &str| FIRST.iter().position(|first| *first == code);
    found.sort_by_key(|it| {
        let place = place(&it.code).unwrap_or(FIRST.len());
        (place, it.code.clone())
    });
    Ok(found)
}

/// Two tables in Rust: the codes, and what each calls itself.
pub fn tables(spoken: &[Spoken]) -> String {
    let list = |of: fn(&Spoken) -> &str| {
        let quoted: Vec<String> = spoken.iter().map(|it| format!("{:?}", of(it))).collect();
        quoted.join(", ")
    };
    format!(
        "/// The codes of the languages that the screens are translated into (folders of `lang/`).\n\
         pub const LANGUAGES: &[&str] = &[{}];\n\
         /// What each of them calls itself.\n\
         const OWN_NAMES: &[&str] = &[{}];\n",
        list(|it| &it.code),
        list(|it| &it.name)
    )
}

/// What of a .po file is translated. Slint says English for a text that is not there, and nothing at all
/// for one that is there and empty; so what is empty or marked as doubtful is left out.
fn translated(po: &str) -> String {
    let po = po.replace("\r\n", "\n");
    let entries: Vec<&str> = po
        .split("\n\n")
        .enumerate()
        .filter(|(at, entry)| *at == 0 || is_translated(entry))
        .map(|(_, entry)| entry)
        .collect();
    entries.join("\n\n")
}

fn is_translated(entry: &str) -> bool {
    let doubtful = |line: &str| line.starts_with("#,") && line.contains("fuzzy");
    if entry.lines().any(doubtful) {
        return false;
    }
    // The words of each `msgstr`, over as many lines as they take.
    let mut words: Vec<String> = Vec::new();
    let mut of_translation = false;
    for line in entry.lines().map(str::trim) {
        if let Some((key, value)) = line
            .split_once(' ')
            .filter(|(key, _)| key.starts_with("msg"))
        {
            of_translation = key.starts_with("msgstr");
            if of_translation {
                words.push(value.trim_matches('"').to_owned());
            }
        } else if let Some(last) = words.last_mut().filter(|_| of_translation) {
            last.push_str(line.trim_matches('"'));
        }
    }
    !words.is_empty() && words.iter().all(|words| !words.is_empty())
}

/// Gives each pair of languages, `WALL+TERMINAL`, a folder with the translation of its part that counts:
/// the wall's if `of_wall`, else the terminal's.
///
/// # Errors
/// If a file cannot be copied.
pub fn pair_up(
    spoken: &[Spoken],
    pairs: &Path,
    package: &str,
    of_wall: bool,
) -> Result<(), Box<dyn Error>> {
    for wall in spoken {
        for terminal in spoken {
            let counts = if of_wall { wall } else { terminal };
            let folder = pairs.join(format!("{}+{}", wall.code, terminal.code));
            let folder = folder.join("LC_MESSAGES");
            fs::create_dir_all(&folder)?;
            let po = fs::read_to_string(&counts.file)?;
            fs::write(folder.join(format!("{package}.po")), translated(&po))?;
        }
    }
    Ok(())
}
