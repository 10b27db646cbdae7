//! The scenes of a wall's playlist.

use crate::key::{Key, Kind, Variant, key, needed};
use gighall_core::event::{LINK_MAX, is_link};
use gighall_core::job::{Settlement, WorkKind};
use gighall_core::playlist::Times;

/// A list of days.
pub const DATES: Kind = Kind::Each(&Kind::Parsed(date));

/// What every scene may be told, as core's `playlist::Terms` has it. No page is to be read in less
/// than 3 seconds.
pub const TERMS: &[Key] = &[
    key("seconds", Kind::Integer(3, 3600)),
    WHEN,
    key("walls", Kind::Each(&Kind::Text)),
    key("priority", Kind::Integer(0, 9)),
    key("share", Kind::Integer(1, 90)),
    key("private", Kind::Bool),
];

/// Which jobs, as core's `playlist::JobFilter`.
const ONLY: Key = key("only", Kind::Table(FILTER));

const FILTER: &[Key] = &[
    key("work_kinds", Kind::Each(&Kind::Parsed(work_kind))),
    key("towns", Kind::Each(&Kind::Text)),
    key("settlements", Kind::Each(&Kind::Parsed(settlement))),
    key("employers", Kind::Each(&Kind::Text)),
    key("min_yuan_a_day", Kind::Integer(1, 100_000)),
    key("urgent", Kind::Bool),
    key("new_today", Kind::Bool),
];

/// At which times, as core's `playlist::When`.
pub const WHEN: Key = key("when", Kind::Table(SCHEDULE));

const SCHEDULE: &[Key] = &[
    key("from", Kind::Parsed(date)),
    key("until", Kind::Parsed(date)),
    key("weekdays", Kind::Each(&Kind::Word(WEEKDAYS))),
    key("days", Kind::Word(&["workdays", "holidays"])),
    key("times", Kind::Each(&Kind::Parsed(times))),
];

const WEEKDAYS: &[&str] = &["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

const PICTURE: &[Key] = &[needed("file", Kind::Text), key("caption", Kind::Text)];

/// The kinds of scenes, as core's `playlist::What`.
pub const SCENES: &[Variant] = &[
    Variant {
        kind: "jobs",
        keys: &[
            key("rows", Kind::Integer(1, 40)),
            key("pages", Kind::Integer(1, 1000)),
            key("columns", Kind::Each(&COLUMNS)),
            ONLY,
        ],
    },
    Variant {
        kind: "spotlight",
        keys: &[key("jobs", Kind::Integer(1, 100)), ONLY],
    },
    Variant {
        kind: "overview",
        keys: &[],
    },
    Variant {
        kind: "notice",
        keys: &[key("notices", Kind::Integer(1, 100))],
    },
    Variant {
        kind: "fairs",
        keys: &[key("fairs", Kind::Integer(1, 100))],
    },
    Variant {
        kind: "training",
        keys: &[key("courses", Kind::Integer(1, 100))],
    },
    Variant {
        kind: "text",
        keys: &[needed("title", Kind::Text), key("body", Kind::Text)],
    },
    Variant {
        kind: "image",
        keys: PICTURE,
    },
    Variant {
        kind: "video",
        keys: PICTURE,
    },
    Variant {
        kind: "rights",
        keys: &[key("link", Kind::Parsed(link))],
    },
    Variant {
        kind: "statistics",
        keys: &[],
    },
    Variant {
        kind: "services",
        keys: &[needed("places", Kind::Tables(SERVICE_PLACE))],
    },
];

/// As core's `playlist::Column`.
const COLUMNS: Kind = Kind::Word(&["work_kind", "settlement", "places", "town", "time"]);

const SERVICE_PLACE: &[Key] = &[needed("at", Kind::Text), needed("what", Kind::Text)];

fn date(text: &str) -> Result<(), String> {
    text.parse::<jiff::civil::Date>()
        .map(|_| ())
        .map_err(|_| "not a day like \"2026-10-01\"".to_owned())
}

fn times(text: &str) -> Result<(), String> {
    text.parse::<Times>()
        .map(|_| ())
        .map_err(|wrong| wrong.to_string())
}

fn work_kind(text: &str) -> Result<(), String> {
    coded(text, WorkKind::ALL.iter().map(|kind| kind.code()))
}

fn settlement(text: &str) -> Result<(), String> {
    coded(text, Settlement::ALL.iter().map(|kind| kind.code()))
}

fn coded(text: &str, codes: impl Iterator<Item = &'static str>) -> Result<(), String> {
    let codes: Vec<&str> = codes.collect();
    if codes.contains(&text) {
        Ok(())
    } else {
        Err(format!("not known; one of {}", codes.join(", ")))
    }
}

fn link(text: &str) -> Result<(), String> {
    match is_link(text) {
        true => Ok(()),
        false => Err(format!(
            "not an address like \"https://hall.example/complain\" of at most {LINK_MAX} bytes"
        )),
    }
}
