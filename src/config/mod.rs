//! `kiosk.toml`: what one kiosk installation is told. The file is checked against [`schema`] first,
//! which finds every problem and says what would be right, and is then read by serde.
//!
//! The sample at the project's root has every key with an explanation; a test keeps it complete.

mod check;
mod schema;
mod watch;

pub use watch::Watch;

use gighall_core::id::HallId;
use gighall_core::playlist::{Calendar, Scene};
use jiff::civil::Date;
use serde::Deserialize;
use std::collections::BTreeSet;
use std::fmt;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

/// The environment variable with the one-time enrolment code, where it is not in the file.
pub const ENROLMENT_CODE_VARIABLE: &str = "GIGHALL_ENROLMENT_CODE";

/// The whole configuration.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Where the store, the device's identity and the secret key lie. Absolute, or relative to the
    /// current directory, once loaded.
    #[serde(default = "default_data")]
    pub data: PathBuf,
    /// The hall.
    pub hall: HallConfig,
    /// The hub.
    pub hub: HubConfig,
    /// The LED wall.
    #[serde(default)]
    pub wall: WallConfig,
    /// The touch terminal.
    #[serde(default)]
    pub terminal: TerminalConfig,
    /// Proof of play.
    #[serde(default)]
    pub proof: ProofConfig,
    /// For Prometheus.
    #[serde(default)]
    pub metrics: MetricsConfig,
}

/// `[hall]`
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HallConfig {
    /// The hall's id at the hub.
    pub id: HallId,
    /// The name shown until the hub has told it.
    pub name: String,
    /// IANA time zone in which times are shown and ages are counted.
    #[serde(default = "default_zone")]
    pub zone: String,
    /// Days on which people rest though they are in the week.
    #[serde(default)]
    pub holidays: BTreeSet<Date>,
    /// Make-up workdays: days at the weekend on which people work.
    #[serde(default)]
    pub workdays: BTreeSet<Date>,
}

impl HallConfig {
    /// Which days differ from an ordinary week.
    pub fn calendar(&self) -> Calendar {
        Calendar {
            holidays: self.holidays.clone(),
            workdays: self.workdays.clone(),
        }
    }
}

/// `[hub]`
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HubConfig {
    /// Where the hub is.
    pub url: HubUrl,
    /// The one-time code of `gighall-hub device add`.
    #[serde(default)]
    pub enrolment_code: Option<String>,
    /// Where an embedded hub listens.
    #[serde(default = "default_listen")]
    pub listen: SocketAddr,
    /// The address at which phones reach an embedded hub.
    #[serde(default)]
    pub public_url: Option<String>,
}

/// Where the hub is.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(from = "String")]
pub enum HubUrl {
    /// Inside this process: a hall with no server of its own.
    Embedded,
    /// At that address, without a slash at the end.
    At(String),
}

impl From<String> for HubUrl {
    fn from(text: String) -> Self {
        match text.as_str() {
            "embedded" => Self::Embedded,
            url => Self::At(url.trim_end_matches('/').to_owned()),
        }
    }
}

/// The language of a window.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
pub enum Language {
    /// 简体中文
    #[default]
    #[serde(rename = "zh-CN")]
    Chinese,
    /// English
    #[serde(rename = "en")]
    English,
}

impl Language {
    /// The code that bundled translations are selected by.
    pub fn code(self) -> &'static str {
        match self {
            Self::Chinese => "zh-CN",
            Self::English => "en",
        }
    }
}

/// A monitor, as the system names it or counted from 0.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(untagged)]
pub enum Monitor {
    /// Counted from 0.
    Index(usize),
    /// For example `HDMI-1`.
    Name(String),
}

/// `[wall]`
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct WallConfig {
    /// Whether this kiosk shows the wall.
    pub enabled: bool,
    /// On which monitor; the first one if not given.
    pub monitor: Option<Monitor>,
    /// Left edge in physical pixels of the desktop.
    pub x: Option<i32>,
    /// Upper edge in physical pixels of the desktop.
    pub y: Option<i32>,
    /// Width in physical pixels; the whole monitor if not given.
    pub width: Option<u32>,
    /// Height in physical pixels.
    pub height: Option<u32>,
    /// From one LED to the next, in millimetres.
    pub pitch_mm: Option<f64>,
    /// How far away those stand who should read it, in metres.
    pub distance_m: Option<f64>,
    /// Height of the body text in pixels.
    pub text_px: Option<u32>,
    /// Language of the fixed texts.
    pub language: Language,
    /// What is shown, in order, over and over.
    pub scene: Vec<Scene>,
    /// The running line.
    pub ticker: TickerConfig,
    /// After so many seconds without a frame the program is started anew.
    pub watchdog_seconds: u32,
}

impl Default for WallConfig {
    fn default() -> Self {
        Self {
            enabled: false,
            monitor: None,
            x: None,
            y: None,
            width: None,
            height: None,
            pitch_mm: None,
            distance_m: None,
            text_px: None,
            language: Language::default(),
            scene: gighall_core::playlist::default_scenes(),
            ticker: TickerConfig::default(),
            watchdog_seconds: 30,
        }
    }
}

/// `[wall.ticker]`
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct TickerConfig {
    /// How fast it runs.
    pub characters_per_second: f64,
    /// Texts that run besides the hub's notices.
    pub texts: Vec<String>,
}

impl Default for TickerConfig {
    fn default() -> Self {
        Self {
            characters_per_second: 2.5,
            texts: vec![],
        }
    }
}

/// `[terminal]`
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct TerminalConfig {
    /// Whether this kiosk has a terminal. Only then does it ask for rights to places.
    pub enabled: bool,
    /// On which monitor; the first one if not given.
    pub monitor: Option<Monitor>,
    /// Left edge in physical pixels of the desktop.
    pub x: Option<i32>,
    /// Upper edge in physical pixels of the desktop.
    pub y: Option<i32>,
    /// Width in physical pixels; the whole monitor if not given.
    pub width: Option<u32>,
    /// Height in physical pixels.
    pub height: Option<u32>,
    /// Size of one pixel, by which millimetres become pixels.
    pub mm_per_pixel: Option<f64>,
    /// Diagonal of the panel, as another way to say the same.
    pub diagonal_mm: Option<f64>,
    /// After so many seconds without a touch the terminal asks, and then forgets the person.
    pub idle_seconds: u32,
    /// Language at first and after everybody who left.
    pub language: Language,
}

impl Default for TerminalConfig {
    fn default() -> Self {
        Self {
            enabled: false,
            monitor: None,
            x: None,
            y: None,
            width: None,
            height: None,
            mm_per_pixel: None,
            diagonal_mm: None,
            idle_seconds: 60,
            language: Language::default(),
        }
    }
}

/// `[proof]`
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ProofConfig {
    /// At most so many showings are kept on this device.
    pub rows_kept: u64,
}

impl Default for ProofConfig {
    fn default() -> Self {
        Self { rows_kept: 200_000 }
    }
}

/// `[metrics]`
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct MetricsConfig {
    /// Where metrics are served, on loopback; nowhere if not given.
    pub listen: Option<SocketAddr>,
}

/// A 21.5-inch Full HD panel, the most common one in kiosks.
const COMMON_MM_PER_PIXEL: f64 = 0.248;

impl TerminalConfig {
    /// Millimetres to a pixel of a window of that size in pixels.
    pub fn mm_per_pixel(&self, width: u32, height: u32) -> f64 {
        let pixels = f64::from(width).hypot(f64::from(height)).max(1.0);
        match (self.mm_per_pixel, self.diagonal_mm) {
            (Some(mm), _) => mm,
            (None, Some(diagonal)) => diagonal / pixels,
            (None, None) => COMMON_MM_PER_PIXEL,
        }
    }
}

fn default_data() -> PathBuf {
    PathBuf::from("data")
}

fn default_zone() -> String {
    "Asia/Shanghai".to_owned()
}

fn default_listen() -> SocketAddr {
    SocketAddr::from(([0, 0, 0, 0], 8080))
}

/// Something in the file that is not right.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The file as it was named.
    pub file: String,
    /// The key with its path, for example `wall.scene[0].seconds`; empty for the file as a whole.
    pub key: String,
    /// Line in the file, from 1; 0 where the file could not be read at all.
    pub line: usize,
    /// What is wrong and what would be right.
    pub message: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.file)?;
        if self.line > 0 {
            write!(f, ":{}", self.line)?;
        }
        if !self.key.is_empty() {
            write!(f, ": {}", self.key)?;
        }
        write!(f, ": {}", self.message)
    }
}

impl Config {
    /// The hall's time zone.
    pub fn time_zone(&self) -> jiff::tz::TimeZone {
        // `check` has refused unknown names.
        jiff::tz::TimeZone::get(&self.hall.zone).unwrap_or(jiff::tz::TimeZone::UTC)
    }
}

/// Reads the configuration. The enrolment code in the environment goes before the one in the file.
///
/// # Errors
/// Every [`Problem`] of the file, in the order of its lines.
pub fn load(path: &Path) -> Result<Config, Vec<Problem>> {
    let file = path.display().to_string();
    let text = std::fs::read_to_string(path).map_err(|cause| {
        vec![Problem {
            file: file.clone(),
            key: String::new(),
            line: 0,
            message: format!("cannot be read: {cause}"),
        }]
    })?;
    let mut config = parse(&file, &text)?;
    if config.data.is_relative()
        && let Some(beside) = path.parent()
    {
        config.data = beside.join(&config.data);
    }
    if let Ok(code) = std::env::var(ENROLMENT_CODE_VARIABLE)
        && !code.trim().is_empty()
    {
        config.hub.enrolment_code = Some(code.trim().to_owned());
    }
    Ok(config)
}

/// Reads the text of a configuration; `file` is only named in problems.
///
/// # Errors
/// Every [`Problem`], in the order of lines.
pub fn parse(file: &str, text: &str) -> Result<Config, Vec<Problem>> {
    let problems = check::check(file, text);
    if !problems.is_empty() {
        return Err(problems);
    }
    toml::from_str(text).map_err(|error| {
        vec![Problem {
            file: file.to_owned(),
            key: String::new(),
            line: error
                .span()
                .map_or(1, |span| check::line_of(text, span.start)),
            message: error.message().to_owned(),
        }]
    })
}

/// Every key of the configuration with its path, for the test that keeps the sample complete.
pub fn every_key() -> Vec<String> {
    schema::every_key()
}
