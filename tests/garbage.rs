//! Whatever is in kiosk.toml, `check` ends with a configuration or with problems: arbitrary text, and
//! the sample with something changed. `corpus/kiosk/` is tried each time. And whatever the hub tells, a
//! kiosk goes on with what it has.

mod store_support;

use gighall_core::testing::{spoilt, with_odd_values};
use gighall_core::wire::Change;
use gighall_kiosk::config;
use gighall_kiosk::store::{Store, Taken};
use gighall_kiosk::terminal::desk::JobQuery;
use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;
use std::path::Path;
use store_support::*;

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

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    /// News whose values nobody expects, and snapshots that were spoilt on the way.
    #[test]
    fn whatever_the_hub_tells_the_kiosk_goes_on(
        told in prop::collection::vec(
            (prop::sample::select(changes()), prop::collection::vec((any::<usize>(), any::<usize>()), 0..3)),
            1..6),
        spoils in prop::collection::vec((any::<usize>(), 0..4u8, any::<u8>(), 1..60usize), 1..4),
    ) {
        let (dir, store, identity) = enrolled();
        let job = gighall_core::testing::a_job(900);
        snapshot(&store, 5, std::slice::from_ref(&job));
        grant(&store, job.id, 1, 2);
        let worker = register(&store, 1);
        let changes = told.iter().filter_map(|(text, odd)| {
            serde_json::from_str::<Change>(&with_odd_values(text, odd)).ok()
        });
        let told = feed(hall_scope(), 6, changes.collect());
        // It takes all of it, or nothing.
        let _ = store.apply_changes(&told, now());
        goes_on(&store);
        let text = std::fs::read("tests/fixtures/v0.1/wire/reply.snapshot.json").expect("there");
        let text = spoilt(&text, &spoils);
        let _ = store.apply_snapshot_text(&hall_scope(), &text, now());
        goes_on(&store);
        drop(store);
        let store = open(dir.path());
        goes_on(&store);
        if store.job(job.id).expect("read").is_some_and(|it| it == job) {
            let taken = store.confirm(&identity, &worker, job.id, claim_id(1), now());
            prop_assert!(matches!(taken, Ok(Taken::Done(_) | Taken::NotAllowed(_) | Taken::NoRight)), "{taken:?}");
        }
    }
}

/// What the first version's hub told, a line each.
fn changes() -> Vec<String> {
    let mut all = vec![];
    for file in std::fs::read_dir("tests/fixtures/v0.1/wire").expect("fixtures") {
        let path = file.expect("a file").path();
        let name = path.file_name().and_then(|name| name.to_str());
        if name.is_some_and(|name| name.starts_with("change.")) {
            all.push(std::fs::read_to_string(&path).expect("text"));
        }
    }
    all.sort();
    assert!(all.len() > 10, "they are here");
    all
}

/// Everything can be read and searched, now and in a year, and what has had its time can go.
fn goes_on(store: &Store) {
    for at in [
        now(),
        now() + SignedDuration::from_hours(24 * 400),
        Timestamp::UNIX_EPOCH,
    ] {
        store.open_jobs(at).expect("jobs");
        store.counts(at).expect("counts");
        store.find(&JobQuery::default(), at).expect("found");
        store.kinds(&JobQuery::default(), at).expect("kinds");
        store.towns(&JobQuery::default(), at).expect("towns");
        store.notices(at).expect("notices");
        store.events(at).expect("events");
        store.rights_to_ask(at).expect("rights");
    }
    store.claims_by_state().expect("claims");
    store.media().expect("files");
    store.staff_notices().expect("told");
    store.tidy(now()).expect("tidied");
}
