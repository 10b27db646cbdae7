//! Whatever is in kiosk.toml, `check` ends with a configuration or with problems: arbitrary text, and
//! the sample with something changed. `corpus/kiosk/` is tried each time.

use gighall_kiosk::config;
use proptest::prelude::*;
use std::path::Path;

fn try_it(text: &str) {
    if let Err(problems) = config::parse("kiosk.toml", text) {
        assert!(!problems.is_empty());
        for problem in problems {
            assert!(problem.line >= 1);
            let _ = problem.to_string();
        }
    }
}

fn sample() -> String {
    std::fs::read_to_string("kiosk.toml").expect("the sample")
}

/// With every commented example taken in.
fn with_examples() -> String {
    let text = sample();
    let lines = text.lines().map(|line| match line.strip_prefix("# ") {
        Some(rest) if rest.contains(" = ") || rest.starts_with('[') => rest,
        _ => line,
    });
    lines.collect::<Vec<_>>().join("\n")
}

#[test]
fn what_is_kept_in_the_corpus_breaks_nothing() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/corpus/kiosk");
    let mut tried = 0;
    for file in std::fs::read_dir(folder).expect("a corpus") {
        let bytes = std::fs::read(file.expect("a file").path()).expect("readable");
        try_it(&String::from_utf8_lossy(&bytes));
        tried += 1;
    }
    assert!(tried > 2, "the corpus is here: {tried}");
    try_it(&with_examples());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn any_text_breaks_nothing(text in any::<String>()) {
        try_it(&text);
    }

    #[test]
    fn a_sample_that_was_spoilt_breaks_nothing(
        examples in any::<bool>(),
        changes in prop::collection::vec(
            (any::<prop::sample::Index>(), 0..4u8, any::<char>(), 1..80usize), 1..6),
    ) {
        let text = if examples { with_examples() } else { sample() };
        let mut text: Vec<char> = text.chars().collect();
        for (at, how, with, length) in changes {
            let at = at.index(text.len().max(1)).min(text.len());
            let end = (at + length).min(text.len());
            match how {
                0 if at < text.len() => text[at] = with,
                1 => drop(text.drain(at..end)),
                2 => {
                    let part = text[at..end].to_vec();
                    text.splice(at..at, part);
                }
                _ => text.insert(at, with),
            }
        }
        try_it(&text.into_iter().collect::<String>());
    }
}
