//! `kiosk.toml`: what one kiosk installation is told. The file is checked against [`schema`] first,
//! which finds every problem and says what would be right, and is then read by serde.
//!
//! The sample at the project's root has every key with an explanation; a test keeps it complete.

mod devices;
mod restart;
mod schema;
mod staff;
mod together;
mod wall;
mod watch;

pub use devices::{Codes, IdCardConfig, PrinterConfig, ScannerConfig, SpeechConfig};
pub use gighall_schema::Problem;
pub use restart::waiting;
pub use staff::StaffConfig;
pub use wall::{Colour, Colours, NotColour, TickerConfig, WallConfig};
pub use watch::Watch;

use crate::address::Fingerprint;
use crate::ui;
use gighall_core::id::HallId;
use gighall_core::place::Place;
use gighall_core::playlist::{Calendar, Scene, ServicePlace, Theme, What};
use gighall_schema::{check, get, line_of};
use jiff::civil::Date;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer};
use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use toml::de::DeTable;

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
    /// The folder of the file itself: pictures lie beside it.
    #[serde(skip)]
    pub folder: PathBuf,
    /// What the file says, key by key, to tell what a change of it changes.
    #[serde(skip)]
    pub written: toml::Table,
    /// The hall.
    pub hall: HallConfig,
    /// The hub.
    pub hub: HubConfig,
    /// The LED walls: `[wall]`, or `[[wall]]` for each of several.
    #[serde(default, rename = "wall", deserialize_with = "wall::one_or_many")]
    pub walls: Vec<WallConfig>,
    /// The touch terminal.
    #[serde(default)]
    pub terminal: TerminalConfig,
    /// The staff menu of the terminal.
    #[serde(default)]
    pub staff: StaffConfig,
    /// Proof of play.
    #[serde(default)]
    pub proof: ProofConfig,
    /// Pictures and videos of the hub.
    #[serde(default)]
    pub media: MediaConfig,
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
    /// Where the hall is: the terminal tells how far jobs are from it.
    #[serde(default)]
    pub position: Option<Place>,
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
    /// The certificates of a hub that no authority vouches for, or of which no other is to be taken.
    #[serde(default)]
    pub certificate_sha256: Vec<Fingerprint>,
    /// Whether tokens and names may travel in the clear to a hub on another machine.
    #[serde(default)]
    pub allow_unencrypted: bool,
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

/// The language of a window: one that there is a file of (`lang/`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Language(&'static str);

impl Default for Language {
    fn default() -> Self {
        Self(ui::DEFAULT_LANGUAGE)
    }
}

impl<'de> Deserialize<'de> for Language {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let code = String::deserialize(from)?;
        let known = ui::LANGUAGES.iter().find(|known| **known == code);
        let unknown = || D::Error::custom(format!("no file of lang/ is of the language {code:?}"));
        known.copied().map(Self).ok_or_else(unknown)
    }
}

impl Language {
    /// The code that bundled translations are selected by.
    pub fn code(self) -> &'static str {
        self.0
    }

    /// Whether it is Chinese, however written.
    pub fn is_chinese(self) -> bool {
        self.0.starts_with("zh")
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

/// `[terminal]`
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct TerminalConfig {
    /// Whether this kiosk has a terminal. Only then does it ask for rights to places.
    pub enabled: bool,
    /// On which monitor; the first that no other window names if not given.
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
    /// After so many seconds without a touch on its first screen the terminal shows jobs; 0: never.
    pub attract_seconds: u32,
    /// Each of them stays for so many seconds.
    pub attract_change_seconds: u32,
    /// The colours that everybody begins with: `Day` or `Contrast`.
    pub theme: Theme,
    /// Language at first and after everybody who left.
    pub language: Language,
    /// The address of the national platform for unpaid wages; its code is shown where there is one.
    pub wage_platform: Option<String>,
    /// A map of the hall, a picture's file.
    pub map: Option<PathBuf>,
    /// The ticket printer.
    pub printer: PrinterConfig,
    /// The scanner.
    pub scanner: ScannerConfig,
    /// The reader of identity cards.
    pub id_card: IdCardConfig,
    /// Reading aloud.
    pub speech: SpeechConfig,
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
            attract_seconds: 30,
            attract_change_seconds: 8,
            theme: Theme::default(),
            language: Language::default(),
            wage_platform: None,
            map: None,
            printer: PrinterConfig::default(),
            scanner: ScannerConfig::default(),
            id_card: IdCardConfig::default(),
            speech: SpeechConfig::default(),
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

/// `[media]`
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct MediaConfig {
    /// At most so many MiB of the hub's files are kept on this device.
    pub cache_mb: u32,
    /// A file that is larger, in MiB, is not fetched.
    pub largest_mb: u32,
}

impl Default for MediaConfig {
    fn default() -> Self {
        Self {
            cache_mb: 2000,
            largest_mb: 300,
        }
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

/// Whether it keeps the wall from playing its list and nothing else from being done.
fn is_of_playlist(problem: &Problem) -> bool {
    // `wall.scene`, or `wall[1].scene` where there are several.
    let mut parts = problem.key.split('.');
    parts
        .next()
        .is_some_and(|window| window.starts_with("wall"))
        && parts.next().is_some_and(|key| key.starts_with("scene"))
}

impl Config {
    /// The walls that this kiosk shows.
    pub fn shown_walls(&self) -> impl Iterator<Item = &WallConfig> {
        self.walls.iter().filter(|wall| wall.enabled)
    }

    /// Where in the hall to find what: as the first scene of the walls says that has it, whether that
    /// wall is shown here or not.
    pub fn places(&self) -> &[ServicePlace] {
        let scenes = self.walls.iter().flat_map(|wall| &wall.scene);
        let mut places = scenes.filter_map(|scene| match &scene.what {
            What::Services { places } => Some(places.as_slice()),
            _ => None,
        });
        places.next().unwrap_or_default()
    }

    /// The language of the walls: one for all of them, as `check` sees to.
    pub fn walls_language(&self) -> Language {
        self.walls
            .first()
            .map(|wall| wall.language)
            .unwrap_or_default()
    }

    /// The playlist of a wall: its own scenes; where it has none, those of the first wall; where
    /// there are none either, the ordinary ones. Of all of them those that are for this wall.
    pub fn scenes_of(&self, wall: &WallConfig) -> Vec<Scene> {
        let scenes = match self.given_to(wall) {
            [] => gighall_core::playlist::default_scenes(),
            given => given.to_vec(),
        };
        scenes
            .into_iter()
            .filter(|it| it.is_for(&wall.names()))
            .collect()
    }

    /// Whether a wall has scenes of the configuration, and not the ordinary ones.
    pub fn has_scenes_for(&self, wall: &WallConfig) -> bool {
        !self.given_to(wall).is_empty()
    }

    fn given_to<'a>(&'a self, wall: &'a WallConfig) -> &'a [Scene] {
        match (wall.scene.as_slice(), self.walls.first()) {
            ([], Some(first)) => &first.scene,
            (own, _) => own,
        }
    }

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
    let text = read(path)?;
    Ok(placed(parse(&path.display().to_string(), &text)?, path))
}

/// Reads the configuration for somebody who only looks: a playlist that is not right is told beside
/// it, and the built-in one stands in its place.
///
/// # Errors
/// Every [`Problem`] of the file, if any is of something else.
pub fn load_to_look(path: &Path) -> Result<(Config, Vec<Problem>), Vec<Problem>> {
    let text = read(path)?;
    let problems = match parse(&path.display().to_string(), &text) {
        Ok(config) => return Ok((placed(config, path), vec![])),
        Err(problems) => problems,
    };
    match without_playlist(&text) {
        Some(config) if problems.iter().all(is_of_playlist) => Ok((placed(config, path), problems)),
        _ => Err(problems),
    }
}

fn without_playlist(text: &str) -> Option<Config> {
    let mut root: toml::Table = text.parse().ok()?;
    match root.get_mut("wall")? {
        toml::Value::Array(walls) => {
            for wall in walls.iter_mut().filter_map(toml::Value::as_table_mut) {
                wall.remove("scene");
            }
        }
        wall => {
            wall.as_table_mut()?.remove("scene")?;
        }
    }
    let mut config: Config = root.clone().try_into().ok()?;
    config.written = root;
    Some(config)
}

/// The data directory that a file names which cannot be read to its end.
pub fn data_of(path: &Path) -> PathBuf {
    let text = read(path).unwrap_or_default();
    let (root, _) = DeTable::parse_recoverable(&text);
    let named = get(root.get_ref(), &["data"]).and_then(|it| it.get_ref().as_str());
    let data = named.map_or_else(default_data, PathBuf::from);
    path.parent()
        .map_or(data.clone(), |beside| beside.join(&data))
}

fn read(path: &Path) -> Result<String, Vec<Problem>> {
    let problem = |message: String| {
        vec![Problem {
            file: path.display().to_string(),
            key: String::new(),
            line: 0,
            message,
        }]
    };
    let bytes = std::fs::read(path).map_err(|cause| problem(format!("cannot be read: {cause}")))?;
    // As some editors in China save it otherwise (GB18030).
    String::from_utf8(bytes).map_err(|_| problem("is not UTF-8 text; save it as UTF-8".to_owned()))
}

/// The configuration of a file that lies there, with what the environment says.
fn placed(mut config: Config, path: &Path) -> Config {
    if let Some(beside) = path.parent() {
        // An absolute path stays what it is.
        config.data = beside.join(&config.data);
        config.folder = beside.to_owned();
    }
    if let Ok(code) = std::env::var(ENROLMENT_CODE_VARIABLE)
        && !code.trim().is_empty()
    {
        config.hub.enrolment_code = Some(code.trim().to_owned());
    }
    config
}

/// Reads the text of a configuration; `file` is only named in problems.
///
/// # Errors
/// Every [`Problem`], in the order of lines.
pub fn parse(file: &str, text: &str) -> Result<Config, Vec<Problem>> {
    let problems = check(file, text, schema::ROOT, together::together);
    if !problems.is_empty() {
        return Err(problems);
    }
    let wrong = |error: toml::de::Error| {
        vec![Problem {
            file: file.to_owned(),
            key: String::new(),
            line: error.span().map_or(1, |span| line_of(text, span.start)),
            message: error.message().to_owned(),
        }]
    };
    let mut config: Config = toml::from_str(text).map_err(wrong)?;
    config.written = text.parse().map_err(wrong)?;
    Ok(config)
}

/// Every key of the configuration with its path, for the test that keeps the sample complete.
pub fn every_key() -> Vec<String> {
    gighall_schema::every_key(schema::ROOT)
}
