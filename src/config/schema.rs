//! What `kiosk.toml` may hold, as data: every key with what it takes.

use gighall_core::event::{LINK_MAX, is_link};
use gighall_core::job::{Settlement, WorkKind};
use gighall_core::playlist::Times;

/// A key and what it takes.
pub struct Key {
    pub name: &'static str,
    pub kind: Kind,
    pub required: bool,
}

/// What a key takes.
pub enum Kind {
    /// `true` or `false`
    Bool,
    /// A whole number within bounds, both included.
    Integer(i64, i64),
    /// A number within bounds, both included.
    Number(f64, f64),
    /// Any text that is not empty.
    Text,
    /// A list, each element of which takes that.
    Each(&'static Kind),
    /// One of these words.
    Word(&'static [&'static str]),
    /// A text that this function takes; else it says what would be right.
    Parsed(fn(&str) -> Result<(), String>),
    /// A whole number from 0, or a text.
    Monitor,
    /// A table.
    Table(&'static [Key]),
    /// Any number of tables, `[[like.this]]`.
    Tables(&'static [Key]),
    /// One table `[like]`, or any number of them, `[[like]]`.
    OneOrMany(&'static [Key]),
    /// Any number of tables, `[[like.this]]`, each of the variant that its `kind` names.
    Variants(&'static [Variant]),
}

/// What a table takes whose `kind` is that word; `kind` itself is not repeated.
pub struct Variant {
    pub kind: &'static str,
    pub keys: &'static [Key],
}

const fn needed(name: &'static str, kind: Kind) -> Key {
    Key {
        name,
        kind,
        required: true,
    }
}

const fn key(name: &'static str, kind: Kind) -> Key {
    Key {
        name,
        kind,
        required: false,
    }
}

/// The file.
pub const ROOT: &[Key] = &[
    key("data", Kind::Text),
    needed("hall", Kind::Table(HALL)),
    needed("hub", Kind::Table(HUB)),
    key("wall", Kind::OneOrMany(WALL)),
    key("terminal", Kind::Table(TERMINAL)),
    key("proof", Kind::Table(PROOF)),
    key("metrics", Kind::Table(METRICS)),
];

const HALL: &[Key] = &[
    needed("id", Kind::Parsed(hall_id)),
    needed("name", Kind::Text),
    key("zone", Kind::Parsed(zone)),
    key("holidays", DATES),
    key("workdays", DATES),
];

const DATES: Kind = Kind::Each(&Kind::Parsed(date));

const HUB: &[Key] = &[
    needed("url", Kind::Parsed(hub_url)),
    key("enrolment_code", Kind::Text),
    key("certificate_sha256", Kind::Each(&Kind::Parsed(fingerprint))),
    key("allow_unencrypted", Kind::Bool),
    key("listen", Kind::Parsed(listen)),
    key("public_url", Kind::Parsed(http_url)),
];

const LANGUAGES: Kind = Kind::Word(&["zh-CN", "en"]);

/// The virtual desktop of a sending card can begin left of or above the origin.
const COORDINATE: Kind = Kind::Integer(-32_768, 32_767);

const WALL: &[Key] = &[
    key("enabled", Kind::Bool),
    key("name", Kind::Text),
    key("tags", Kind::Each(&Kind::Text)),
    key("monitor", Kind::Monitor),
    key("x", COORDINATE),
    key("y", COORDINATE),
    key("width", Kind::Integer(64, 16_384)),
    key("height", Kind::Integer(32, 16_384)),
    key("language", LANGUAGES),
    key("pitch_mm", Kind::Number(0.5, 40.0)),
    key("distance_m", Kind::Number(0.5, 100.0)),
    key("text_px", Kind::Integer(8, 400)),
    key("theme", THEMES),
    key("colours", Kind::Table(COLOURS)),
    key("logo", Kind::Text),
    key("pixel_shift", Kind::Integer(0, 16)),
    key("light", Kind::Tables(LIGHT)),
    key("every_job_within_minutes", Kind::Integer(1, 1440)),
    key("scene", Kind::Variants(SCENES)),
    key("ticker", Kind::Table(TICKER)),
    key("watchdog_seconds", Kind::Integer(10, 600)),
];

/// As core's `playlist::Theme`.
const THEMES: Kind = Kind::Word(&["day", "night", "coarse", "contrast"]);

const COLOURS: &[Key] = &[
    needed("ground", Kind::Parsed(colour)),
    needed("text", Kind::Parsed(colour)),
    needed("pay", Kind::Parsed(colour)),
];

/// As core's `playlist::Light`.
const LIGHT: &[Key] = &[
    key("theme", THEMES),
    key("brightness", Kind::Integer(10, 100)),
    key("blank", Kind::Bool),
    WHEN,
];

/// What every scene may be told, as core's `playlist::Terms` has it. No page is to be read in less
/// than 3 seconds.
pub const TERMS: &[Key] = &[
    key("seconds", Kind::Integer(3, 3600)),
    WHEN,
    key("walls", Kind::Each(&Kind::Text)),
    key("priority", Kind::Integer(0, 9)),
    key("share", Kind::Integer(1, 90)),
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
const WHEN: Key = key("when", Kind::Table(SCHEDULE));

const SCHEDULE: &[Key] = &[
    key("from", Kind::Parsed(date)),
    key("until", Kind::Parsed(date)),
    key("weekdays", Kind::Each(&Kind::Word(WEEKDAYS))),
    key("days", Kind::Word(&["workdays", "holidays"])),
    key("times", Kind::Each(&Kind::Parsed(times))),
];

const WEEKDAYS: &[&str] = &["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

const SCENES: &[Variant] = &[
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
        keys: &[],
    },
    Variant {
        kind: "text",
        keys: &[needed("title", Kind::Text), key("body", Kind::Text)],
    },
    Variant {
        kind: "image",
        keys: &[needed("file", Kind::Text), key("caption", Kind::Text)],
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

const TICKER: &[Key] = &[
    key("characters_per_second", Kind::Number(0.5, 4.0)),
    key("texts", Kind::Each(&Kind::Text)),
];

const TERMINAL: &[Key] = &[
    key("enabled", Kind::Bool),
    key("monitor", Kind::Monitor),
    key("x", COORDINATE),
    key("y", COORDINATE),
    key("width", Kind::Integer(480, 16_384)),
    key("height", Kind::Integer(480, 16_384)),
    key("mm_per_pixel", Kind::Number(0.05, 2.0)),
    key("diagonal_mm", Kind::Number(150.0, 3000.0)),
    key("idle_seconds", Kind::Integer(15, 600)),
    key("language", LANGUAGES),
];

const PROOF: &[Key] = &[key("rows_kept", Kind::Integer(1000, 5_000_000))];

const METRICS: &[Key] = &[key("listen", Kind::Parsed(listen_on_loopback))];

fn hall_id(text: &str) -> Result<(), String> {
    text.parse::<gighall_core::id::HallId>()
        .map(|_| ())
        .map_err(|error| error.to_string())
}

fn fingerprint(text: &str) -> Result<(), String> {
    text.parse::<crate::address::Fingerprint>()
        .map(|_| ())
        .map_err(|wrong| wrong.to_string())
}

fn zone(text: &str) -> Result<(), String> {
    jiff::tz::TimeZone::get(text)
        .map(|_| ())
        .map_err(|_| "no such time zone; for example \"Asia/Shanghai\"".to_owned())
}

fn colour(text: &str) -> Result<(), String> {
    super::Colour::try_from(text.to_owned())
        .map(|_| ())
        .map_err(|wrong| wrong.to_string())
}

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

fn hub_url(text: &str) -> Result<(), String> {
    if text == "embedded" {
        return Ok(());
    }
    http_url(text).map_err(|wrong| format!("{wrong}, or \"embedded\""))
}

fn link(text: &str) -> Result<(), String> {
    match is_link(text) {
        true => Ok(()),
        false => Err(format!(
            "not an address like \"https://hall.example/complain\" of at most {LINK_MAX} bytes"
        )),
    }
}

fn http_url(text: &str) -> Result<(), String> {
    let fits = reqwest::Url::parse(text).is_ok_and(|url| {
        matches!(url.scheme(), "http" | "https")
            && url.host_str().is_some()
            && url.query().is_none()
            && url.fragment().is_none()
    });
    if fits {
        Ok(())
    } else {
        Err("not an address like \"https://hub.example\"".to_owned())
    }
}

fn listen(text: &str) -> Result<(), String> {
    text.parse::<std::net::SocketAddr>()
        .map(|_| ())
        .map_err(|_| "not an address and port like \"0.0.0.0:8080\"".to_owned())
}

/// Nobody but this machine is to read how the kiosk is: nothing asks who reads.
fn listen_on_loopback(text: &str) -> Result<(), String> {
    match text.parse::<std::net::SocketAddr>() {
        Ok(address) if address.ip().is_loopback() => Ok(()),
        Ok(_) => {
            Err("others could read it; give a loopback address like \"127.0.0.1:9464\"".to_owned())
        }
        Err(_) => Err("not an address and port like \"127.0.0.1:9464\"".to_owned()),
    }
}

/// Every key with its path; `[]` stands for any element.
pub fn every_key() -> Vec<String> {
    fn walk(prefix: &str, keys: &[Key], found: &mut Vec<String>) {
        for key in keys {
            let path = format!("{prefix}{}", key.name);
            match key.kind {
                Kind::Table(inner) | Kind::Tables(inner) | Kind::OneOrMany(inner) => {
                    walk(&format!("{path}."), inner, found);
                }
                Kind::Variants(variants) => {
                    found.push(format!("{path}[].kind"));
                    let keys = variants.iter().map(|variant| variant.keys);
                    for keys in keys.chain([TERMS]) {
                        walk(&format!("{path}[]."), keys, found);
                    }
                }
                _ => found.push(path),
            }
        }
    }
    let mut found = vec![];
    walk("", ROOT, &mut found);
    found.sort();
    found.dedup();
    found
}
