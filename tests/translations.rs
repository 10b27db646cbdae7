//! Every sentence on a screen is there in Chinese, and every translation has the same gaps to fill.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Context and source sentence.
type Key = (String, String);

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn slint_files(dir: &Path, into: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(dir).expect("a directory") {
        let path = entry.expect("an entry").path();
        if path.ends_with("ui/tests") {
            // A window of a test, with languages of its own.
        } else if path.is_dir() {
            slint_files(&path, into);
        } else if path.extension().is_some_and(|e| e == "slint") {
            into.push(path);
        }
    }
}

/// The string literal at the beginning of `text`, and what follows it.
fn literal(text: &str) -> Option<(String, &str)> {
    let text = text.trim_start().strip_prefix('"')?;
    let mut value = String::new();
    let mut chars = text.char_indices();
    while let Some((at, c)) = chars.next() {
        match c {
            '"' => return Some((value, &text[at + 1..])),
            '\\' => match chars.next()?.1 {
                'n' => value.push('\n'),
                other => value.push(other),
            },
            c => value.push(c),
        }
    }
    None
}

/// Every sentence that the screens say, with its context: the one given before `=>`, else the
/// component that says it.
fn said_on_screens() -> Vec<Key> {
    let mut files = vec![];
    slint_files(&root().join("ui"), &mut files);
    let mut said = vec![];
    for file in files {
        let text = std::fs::read_to_string(&file).expect("a file");
        let mut component = String::new();
        for (at, _) in text.match_indices(['@', '\n']) {
            let here = &text[at + 1..];
            let head = here.trim_start().trim_start_matches("export ");
            for word in ["component ", "global "] {
                if let Some(name) = head.strip_prefix(word) {
                    component = name
                        .split(|c: char| !c.is_alphanumeric() && c != '-' && c != '_')
                        .next()
                        .unwrap_or_default()
                        .to_owned();
                }
            }
            if let Some(inner) = here.strip_prefix("tr(") {
                let (first, rest) = literal(inner).unwrap_or_else(|| panic!("{}", file.display()));
                match rest.trim_start().strip_prefix("=>") {
                    Some(rest) => said.push((first, literal(rest).expect("a sentence").0)),
                    None => said.push((component.clone(), first)),
                }
            }
        }
    }
    said
}

/// What a .po file translates; untranslated and fuzzy entries are left out.
fn translated(language: &str) -> BTreeMap<Key, String> {
    let path = root().join(format!("lang/{language}/LC_MESSAGES/gighall-ui.po"));
    let text = std::fs::read_to_string(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    let mut all = BTreeMap::new();
    for entry in text.split("\n\n") {
        if entry.contains("#, fuzzy") {
            continue;
        }
        let mut fields: BTreeMap<&str, String> = BTreeMap::new();
        let mut field = "";
        for line in entry.lines() {
            let value = match line.split_once(' ') {
                Some((name, value)) if name.starts_with("msg") => {
                    field = name;
                    value
                }
                _ if line.starts_with('"') => line,
                _ => continue,
            };
            if let Some((value, _)) = literal(value) {
                fields.entry(field).or_default().push_str(&value);
            }
        }
        let mut take = |name| fields.remove(name).unwrap_or_default();
        let key = (take("msgctxt"), take("msgid"));
        let value = Some(take("msgstr")).filter(|text| !text.is_empty());
        if let Some(value) = value.or_else(|| Some(take("msgstr[0]")).filter(|t| !t.is_empty())) {
            all.insert(key, value);
        }
    }
    all
}

fn gaps(sentence: &str) -> Vec<String> {
    let mut gaps: Vec<String> = sentence
        .split('{')
        .skip(1)
        .filter_map(|rest| Some(rest.split_once('}')?.0.to_owned()))
        .collect();
    gaps.sort();
    gaps
}

#[test]
fn every_sentence_is_there_in_chinese_and_in_its_english_source() {
    let said = said_on_screens();
    assert!(said.len() > 50, "only {} sentences were found", said.len());
    for language in gighall_kiosk::ui::LANGUAGES {
        let translated = translated(language);
        let missing: Vec<&Key> = said
            .iter()
            .filter(|key| !translated.contains_key(key))
            .collect();
        // What another language lacks is said in English on its screens.
        if ["zh-CN", "en"].contains(language) {
            assert!(missing.is_empty(), "{language} lacks {missing:#?}");
        } else {
            println!(
                "{language} lacks {} of {}: {missing:#?}",
                missing.len(),
                said.len()
            );
        }
    }
}

#[test]
fn every_translation_has_the_same_gaps_to_fill() {
    for language in gighall_kiosk::ui::LANGUAGES {
        for (key, words) in translated(language) {
            assert_eq!(gaps(&key.1), gaps(&words), "{language}: {key:?}");
        }
    }
}

#[test]
fn nothing_is_translated_that_no_screen_says() {
    let said = said_on_screens();
    for language in gighall_kiosk::ui::LANGUAGES {
        let dead: Vec<Key> = translated(language)
            .into_keys()
            .filter(|key| !key.1.is_empty() && !said.contains(key))
            .collect();
        assert!(dead.is_empty(), "{language} still has {dead:#?}");
    }
}

#[test]
fn the_wall_keeps_its_language_whatever_somebody_chooses_at_the_terminal() {
    use gighall_kiosk::ui::{Surface, TerminalWindow, WallWindow, speak};
    i_slint_backend_testing::init_no_event_loop();
    let wall = WallWindow::new().expect("a window");
    let terminal = TerminalWindow::new().expect("a window");
    let says = |window: &dyn Fn(&str) -> bool| [window("免费"), window("Free")];
    let on_wall = |part: &str| has_label(&wall, part);
    let at_terminal = |part: &str| has_label(&terminal, part);
    for (of_wall, of_terminal) in [("zh-CN", "en"), ("en", "zh-CN"), ("en", "en")] {
        speak(Surface::Wall, of_wall).expect("a language");
        speak(Surface::Terminal, of_terminal).expect("a language");
        assert_eq!(says(&on_wall), [of_wall == "zh-CN", of_wall == "en"]);
        let chinese = of_terminal == "zh-CN";
        assert_eq!(says(&at_terminal), [chinese, !chinese]);
    }
    assert!(speak(Surface::Wall, "xx").is_err());
}

fn has_label(window: &impl slint::ComponentHandle, part: &str) -> bool {
    i_slint_backend_testing::ElementQuery::from_root(window)
        .match_descendants()
        .find_all()
        .iter()
        .filter_map(|element| element.accessible_label())
        .any(|label| label.contains(part))
}
