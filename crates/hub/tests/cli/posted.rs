//! `gighall-hub notice` and `event` where something is changed or taken back, as staff call them: real
//! processes.

use gighall_core::wire::{Change, Cursor, Scope};
use gighall_hub::HubConfig;
use std::path::Path;
use std::process::{Command, Output};

fn hub(data: &Path, args: &[&str]) -> Output {
    let (words, rest) = args.split_at(2);
    Command::new(env!("CARGO_BIN_EXE_gighall-hub"))
        .args(words)
        .arg("--data")
        .arg(data)
        .args(rest)
        .output()
        .expect("ran")
}

/// The last line that a command prints.
fn good(data: &Path, args: &[&str]) -> String {
    let output = hub(data, args);
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{args:?}: {said}");
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    said.lines().next_back().unwrap_or_default().to_owned()
}

fn bad(data: &Path, args: &[&str]) -> String {
    let output = hub(data, args);
    assert!(!output.status.success(), "{args:?}");
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// A hub with the halls `weining` and `shuicheng`.
fn halls() -> tempfile::TempDir {
    let dir = tempfile::tempdir().expect("a directory");
    for hall in ["weining", "shuicheng"] {
        good(dir.path(), &["hall", "set", "--hall", hall]);
    }
    dir
}

/// What the devices of `weining` were told last.
fn told(data: &Path) -> Change {
    let hub = gighall_hub::open_existing(&HubConfig::new(data)).expect("there");
    let scope = Scope::Hall("weining".parse().expect("a hall"));
    let changes = hub.store.changes(&Cursor { scope, seq: 0 }, 100);
    let last = changes.expect("read").changes.pop();
    last.expect("something").change
}

const WEINING: [&str; 2] = ["--hall", "weining"];
const SHUICHENG: [&str; 2] = ["--hall", "shuicheng"];

fn with<'a>(command: &[&'a str], more: &[&'a str]) -> Vec<&'a str> {
    [command, more].concat()
}

#[test]
fn of_a_notice_what_is_given_changes_and_the_rest_stays() {
    let dir = halls();
    let data = dir.path();
    let add = ["notice", "add", "--kind", "policy", "--title", "稳就业"];
    let more = [
        "--body",
        "正文",
        "--issuer",
        "县人社局",
        "--ticker",
        "--until",
        "2099-12-31",
    ];
    let id = good(data, &[&add[..], &WEINING, &more].concat());
    let change = ["notice", "change", "--id", id.as_str()];
    good(data, &with(&change, &["--title", "稳岗位"]));
    let Change::Notice { notice } = told(data) else {
        panic!("{:?}", told(data));
    };
    assert_eq!(
        (notice.title.as_str(), notice.body.as_str()),
        ("稳岗位", "正文")
    );
    assert_eq!(notice.issuer.as_deref(), Some("县人社局"));
    assert!(notice.ticker && notice.effective_to.is_some());
    let rest = [
        "--no-ticker",
        "--until",
        "open",
        "--issuer",
        "",
        "--kind",
        "emergency",
    ];
    good(data, &[&with(&change, &rest), &WEINING[..]].concat());
    let Change::Notice { notice: after } = told(data) else {
        panic!("{:?}", told(data));
    };
    assert_eq!(
        (after.id, after.effective_from),
        (notice.id, notice.effective_from)
    );
    assert!(!after.ticker && after.effective_to.is_none() && after.issuer.is_none());
    assert_eq!(after.kind.code(), "emergency");

    for (more, said) in [
        (&["--title", " "][..], "title has 1 to 200"),
        (&["--until", "2020-01-01"], "still to come"),
        (&[], "what is to change"),
        (&["--ticker", "--no-ticker"], "cannot be used with"),
        (
            &[&["--title", "a"], &SHUICHENG[..]].concat(),
            "of the hall weining",
        ),
    ] {
        let refused = bad(data, &with(&change, more));
        assert!(refused.contains(said), "{more:?}: {refused}");
    }
    assert!(matches!(told(data), Change::Notice { notice } if notice == after));
}

#[test]
fn what_is_taken_back_may_be_named_with_its_hall_and_not_with_another() {
    let dir = halls();
    let data = dir.path();
    let add = ["notice", "add", "--kind", "policy", "--title", "稳就业"];
    let notice = good(data, &[&add[..], &WEINING].concat());
    let remove = ["notice", "remove", "--id", notice.as_str()];
    let refused = bad(data, &[&remove[..], &SHUICHENG].concat());
    assert!(refused.contains("of the hall weining"), "{refused}");
    good(data, &[&remove[..], &WEINING].concat());
    let event = course(data, &[]);
    let withdraw = ["event", "withdraw", "--id", event.as_str()];
    let refused = bad(data, &[&withdraw[..], &SHUICHENG].concat());
    assert!(refused.contains("of the hall weining"), "{refused}");
    for command in [
        &["event", "set-places", "--taken", "0"][..],
        &["event", "enrolments"],
    ] {
        let id = ["--id", event.as_str()];
        good(data, &[command, &id, &WEINING].concat());
    }
    good(data, &[&withdraw[..], &WEINING].concat());
}

/// A moment so many days from today.
fn on_day(n: i32) -> String {
    let today = jiff::tz::TimeZone::UTC.to_datetime(jiff::Timestamp::now());
    format!("{}T09:00", today.date() + jiff::Span::new().days(n))
}

fn course(data: &Path, more: &[&str]) -> String {
    let about = ["event", "add", "--kind", "training", "--title", "家政培训"];
    let (starts, ends) = (on_day(7), on_day(9));
    let when = ["--starts", &starts, "--ends", &ends];
    let where_by = ["--place", "市场二楼", "--host", "县就业局"];
    good(
        data,
        &[&about[..], &WEINING, &when, &where_by, more].concat(),
    )
}

#[test]
fn of_an_event_what_is_given_changes_and_who_has_signed_up_stays() {
    let dir = halls();
    let data = dir.path();
    let id = course(data, &["--places", "30", "--text", "带身份证"]);
    good(data, &["event", "set-places", "--id", &id, "--taken", "12"]);
    let change = ["event", "change", "--id", id.as_str()];
    good(
        data,
        &with(&change, &["--place", "市场三楼", "--places", "40"]),
    );
    let event = |change: Change| match change {
        Change::Event { event } => *event,
        other => panic!("{other:?}"),
    };
    let after = event(told(data));
    assert_eq!(
        (
            after.place.as_str(),
            after.title.as_str(),
            after.host.as_str()
        ),
        ("市场三楼", "家政培训", "县就业局")
    );
    assert_eq!((after.places, after.places_taken), (Some(40), 12));
    assert_eq!(after.version, 3, "devices take it for newer");
    good(
        data,
        &[
            &with(&change, &["--text", "", "--ends", &on_day(10)]),
            &WEINING[..],
        ]
        .concat(),
    );
    let after = event(told(data));
    assert_eq!((after.text.as_deref(), after.version), (None, 4));

    for (more, said) in [
        (&["--places", "11"][..], "more places are taken"),
        (&["--ends", &on_day(6)], "the end is not after the start"),
        (
            &["--starts", &on_day(400), "--ends", &on_day(401)],
            "366 days from now",
        ),
        (
            &["--starts", &on_day(-9), "--ends", &on_day(-8)],
            "over already",
        ),
        (&["--link", "ftp://a"], "http://"),
        (&[], "what is to change"),
        (&["--places", "0"], "'--places <N>'"),
    ] {
        let refused = bad(data, &with(&change, more));
        assert!(refused.contains(said), "{more:?}: {refused}");
    }
    assert_eq!(event(told(data)), after);
}

#[test]
fn nobody_is_asked_to_something_without_a_place() {
    let dir = halls();
    let data = dir.path();
    let (starts, ends) = (on_day(7), on_day(9));
    let add = [
        "event", "add", "--kind", "training", "--title", "培训", "--place", "二楼", "--host", "局",
        "--starts", &starts, "--ends", &ends, "--places", "0",
    ];
    let refused = bad(data, &[&add[..], &WEINING].concat());
    assert!(refused.contains("'--places <N>'"), "{refused}");
    let id = course(data, &[]);
    let set = [
        "event",
        "set-places",
        "--taken",
        "0",
        "--places",
        "0",
        "--id",
        &id,
    ];
    assert!(bad(data, &set).contains("'--places <N>'"));
}
