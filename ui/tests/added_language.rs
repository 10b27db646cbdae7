//! A language is added by adding one file: with a small third one, of which half is translated.

#[path = "../languages.rs"]
mod languages;

#[allow(missing_docs, clippy::all, clippy::todo, clippy::unwrap_used)]
mod added {
    include!(concat!(env!("OUT_DIR"), "/added.rs"));
}

use added::AddedWindow;
use std::path::{Path, PathBuf};

fn lang() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/added/lang")
}

#[test]
fn what_is_not_translated_is_said_in_english_text_by_text() {
    i_slint_backend_testing::init_no_event_loop();
    let window = AddedWindow::new().expect("a window");
    let says = |pair: &str| {
        slint::select_bundled_translation(pair).expect("a language");
        [window.get_find(), window.get_free(), window.get_count()].map(String::from)
    };
    assert_eq!(says("zh-CN+zh-CN"), ["找活", "免费", "2 个岗位"]);
    assert_eq!(says("zh-CN+en"), ["Find work", "Free of charge", "2 jobs"]);
    // One text of it is not written yet, and one is not in its file at all.
    assert_eq!(says("zh-CN+xx"), ["Xhol bav", "Free of charge", "2 jobs"]);
}

#[test]
fn every_file_is_a_language_with_its_own_name_the_halls_own_first() {
    let found = languages::discover(&lang(), "gighall-ui").expect("read");
    let named: Vec<_> = found.iter().map(|it| (&*it.code, &*it.name)).collect();
    assert_eq!(
        named,
        [("zh-CN", "中文"), ("en", "English"), ("xx", "Xhol")]
    );
    let tables = languages::tables(&found);
    assert!(
        tables.contains(r#"LANGUAGES: &[&str] = &["zh-CN", "en", "xx"]"#),
        "{tables}"
    );
    assert!(
        tables.contains(r#"OWN_NAMES: &[&str] = &["中文", "English", "Xhol"]"#),
        "{tables}"
    );
}

#[test]
fn a_language_without_its_own_name_is_refused_with_the_file_and_what_it_lacks() {
    let dir = tempfile::tempdir().expect("a directory");
    let folder = dir.path().join("yy/LC_MESSAGES");
    std::fs::create_dir_all(&folder).expect("made");
    let refused = || {
        let error = languages::discover(dir.path(), "gighall-ui").expect_err("refused");
        error.to_string()
    };
    assert!(refused().contains("gighall-ui.po"), "{}", refused());
    let header = "msgid \"\"\nmsgstr \"\"\n\"Language: yy\\n\"\n";
    std::fs::write(folder.join("gighall-ui.po"), header).expect("written");
    assert!(refused().contains("X-Own-Name"), "{}", refused());
}

#[test]
fn the_product_speaks_the_languages_of_its_folder() {
    let lang = Path::new(env!("CARGO_MANIFEST_DIR")).join("../lang");
    let found = languages::discover(&lang, "gighall-ui").expect("read");
    let codes: Vec<&str> = found.iter().map(|it| &*it.code).collect();
    assert_eq!(gighall_ui::LANGUAGES, codes);
    for it in &found {
        assert_eq!(gighall_ui::own_name(&it.code), it.name);
    }
}

#[test]
fn the_language_button_goes_through_all_of_them_and_comes_back() {
    for first in gighall_ui::LANGUAGES {
        let after = |steps| gighall_ui::language_after(first, steps);
        let count = gighall_ui::LANGUAGES.len();
        let mut met: Vec<&str> = (0..count).map(after).collect();
        assert_eq!([met[0], after(count)], [*first, *first]);
        met.sort_unstable();
        met.dedup();
        assert_eq!(met.len(), count);
    }
    let usual = gighall_ui::DEFAULT_LANGUAGE;
    assert_eq!(gighall_ui::language_after("nobody's", 0), usual);
}

#[test]
fn the_wall_keeps_its_part_of_a_pair_and_no_empty_text_is_handed_on() {
    let dir = tempfile::tempdir().expect("a directory");
    let found = languages::discover(&lang(), "gighall-ui").expect("read");
    for (of_wall, says) in [(true, "Xhol bav"), (false, "找活")] {
        languages::pair_up(&found, dir.path(), "gighall-ui", of_wall).expect("written");
        let file = dir.path().join("xx+zh-CN/LC_MESSAGES/gighall-ui.po");
        let po = std::fs::read_to_string(file).expect("there");
        assert!(po.contains(says), "{po}");
        // The header's own is the only one.
        assert_eq!(po.matches("msgstr \"\"").count(), 1, "{po}");
    }
}
