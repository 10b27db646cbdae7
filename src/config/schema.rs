//! What `kiosk.toml` may hold, as data: every key with what it takes. Scenes are `gighall_schema`'s:
//! the hub's playlists have the same.

use gighall_schema::{DATES, Key, Kind, SCENES, WHEN, key, needed};

/// The file.
pub const ROOT: &[Key] = &[
    key("data", Kind::Text),
    needed("hall", Kind::Table(HALL)),
    needed("hub", Kind::Table(HUB)),
    key("wall", Kind::OneOrMany(WALL)),
    key("terminal", Kind::Table(TERMINAL)),
    key("staff", Kind::Table(STAFF)),
    key("proof", Kind::Table(PROOF)),
    key("media", Kind::Table(MEDIA)),
    key("metrics", Kind::Table(METRICS)),
];

const HALL: &[Key] = &[
    needed("id", Kind::Parsed(hall_id)),
    needed("name", Kind::Text),
    key("zone", Kind::Parsed(zone)),
    key("position", Kind::Parsed(position)),
    key("holidays", DATES),
    key("workdays", DATES),
];

const HUB: &[Key] = &[
    needed("url", Kind::Parsed(hub_url)),
    key("enrolment_code", Kind::Text),
    key("certificate_sha256", Kind::Each(&Kind::Parsed(fingerprint))),
    key("allow_unencrypted", Kind::Bool),
    key("listen", Kind::Parsed(listen)),
    key("public_url", Kind::Parsed(http_url)),
];

const LANGUAGES: Kind = Kind::Word(crate::ui::LANGUAGES);

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
    key("hub_playlists", Kind::Bool),
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

const TICKER: &[Key] = &[
    key("characters_per_second", Kind::Number(0.5, 4.0)),
    key("texts", Kind::Each(&Kind::Text)),
    key("urgent_jobs", Kind::Integer(0, 20)),
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
    key("attract_seconds", Kind::Integer(0, 600)),
    key("attract_change_seconds", Kind::Integer(4, 60)),
    key("theme", Kind::Word(&["day", "contrast"])),
    key("language", LANGUAGES),
    key("wage_platform", Kind::Parsed(link)),
    key("map", Kind::Text),
    key("printer", Kind::Table(PRINTER)),
    key("scanner", Kind::Table(SCANNER)),
    key("id_card", Kind::Table(ID_CARD)),
    key("speech", Kind::Table(SPEECH)),
];

const PRINTER: &[Key] = &[
    key("enabled", Kind::Bool),
    key("address", Kind::Parsed(device)),
    key("baud", BAUD),
    key("width_mm", Kind::Integer(58, 80)),
    key("codes", Kind::Word(&["native", "picture"])),
];

const SCANNER: &[Key] = &[
    key("enabled", Kind::Bool),
    key("address", Kind::Parsed(device)),
    key("baud", BAUD),
];

const ID_CARD: &[Key] = &[
    key("enabled", Kind::Bool),
    key("address", Kind::Parsed(device)),
    key("baud", BAUD),
];

const SPEECH: &[Key] = &[
    key("enabled", Kind::Bool),
    key("socket", Kind::Text),
    key("start_server", Kind::Bool),
    key("clips", Kind::Text),
    key("calls", Kind::Bool),
];

/// Bits a second of a serial port.
const BAUD: Kind = Kind::Integer(1_200, 921_600);

const STAFF: &[Key] = &[
    key("idle_seconds", Kind::Integer(15, 600)),
    key("opens", Kind::Parsed(time_of_day)),
    key("begins_anew", Kind::Parsed(time_of_day_or_never)),
    key("export", Kind::Text),
    key("notice", Kind::Tables(NOTICE_TEXT)),
];

const NOTICE_TEXT: &[Key] = &[needed("title", Kind::Text), key("body", Kind::Text)];

const PROOF: &[Key] = &[key("rows_kept", Kind::Integer(1000, 5_000_000))];

const MEDIA: &[Key] = &[
    key("cache_mb", Kind::Integer(10, 100_000)),
    key("largest_mb", Kind::Integer(1, 1024)),
];

const METRICS: &[Key] = &[key("listen", Kind::Parsed(listen_on_loopback))];

fn device(text: &str) -> Result<(), String> {
    text.parse::<gighall_devices::line::Address>()
        .map(|_| ())
        .map_err(|wrong| wrong.to_string())
}

fn time_of_day(text: &str) -> Result<(), String> {
    text.parse::<jiff::civil::Time>()
        .map(|_| ())
        .map_err(|_| "a time of day is written 08:00".to_owned())
}

fn time_of_day_or_never(text: &str) -> Result<(), String> {
    if text == super::staff::NEVER {
        return Ok(());
    }
    time_of_day(text).map_err(|error| format!("{error}, or \"never\""))
}

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

fn position(text: &str) -> Result<(), String> {
    text.parse::<gighall_core::place::Place>()
        .map(|_| ())
        .map_err(|wrong| wrong.to_string())
}

fn colour(text: &str) -> Result<(), String> {
    super::Colour::try_from(text.to_owned())
        .map(|_| ())
        .map_err(|wrong| wrong.to_string())
}

fn hub_url(text: &str) -> Result<(), String> {
    if text == "embedded" {
        return Ok(());
    }
    http_url(text).map_err(|wrong| format!("{wrong}, or \"embedded\""))
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

fn link(text: &str) -> Result<(), String> {
    gighall_core::event::is_link(text)
        .then_some(())
        .ok_or_else(|| {
            "not an address like \"https://platform.example\" of at most 300 bytes".to_owned()
        })
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
