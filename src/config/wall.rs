//! `[wall]`: what one wall is told.

use super::{Language, Monitor};
use gighall_core::playlist::{Light, Scene, Theme};
use serde::de::value::{MapAccessDeserializer, SeqAccessDeserializer};
use serde::de::{MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};
use std::fmt;

/// `[wall]`
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct WallConfig {
    /// Whether this kiosk shows the wall.
    pub enabled: bool,
    /// Its name among the walls of this kiosk.
    pub name: String,
    /// What else scenes may call it by.
    pub tags: Vec<String>,
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
    /// From one LED to the next, in millimetres.
    pub pitch_mm: Option<f64>,
    /// How far away those stand who should read it, in metres.
    pub distance_m: Option<f64>,
    /// Height of the body text in pixels.
    pub text_px: Option<u32>,
    /// Language of the fixed texts.
    pub language: Language,
    /// Colours that go together.
    pub theme: Theme,
    /// The hall's own colours, in the theme `day`.
    pub colours: Option<Colours>,
    /// The hall's sign: a picture's file, relative to the configuration, or the hub's (`hub:NAME`).
    pub logo: Option<String>,
    /// All is moved by up to so many pixels, one every few minutes.
    pub pixel_shift: u32,
    /// When it is lit otherwise.
    pub light: Vec<Light>,
    /// After so many seconds without a frame the program is started anew.
    pub watchdog_seconds: u32,
    /// Within so many minutes every open job is on the wall.
    pub every_job_within_minutes: Option<u32>,
    /// Whether playlists of the hub go before the scenes.
    pub hub_playlists: bool,
    /// What is shown, in order, over and over. A wall without any has those of the first wall.
    pub scene: Vec<Scene>,
    /// The running line.
    pub ticker: TickerConfig,
}

impl WallConfig {
    /// What scenes and playlists may call it by: its name and its tags.
    pub fn names(&self) -> Vec<String> {
        let names = std::iter::once(&self.name).chain(&self.tags);
        names.cloned().collect()
    }
}

impl Default for WallConfig {
    fn default() -> Self {
        Self {
            enabled: false,
            name: "wall".to_owned(),
            tags: vec![],
            monitor: None,
            x: None,
            y: None,
            width: None,
            height: None,
            pitch_mm: None,
            distance_m: None,
            text_px: None,
            language: Language::default(),
            theme: Theme::default(),
            colours: None,
            logo: None,
            pixel_shift: 0,
            light: vec![],
            watchdog_seconds: 30,
            every_job_within_minutes: None,
            hub_playlists: true,
            scene: vec![],
            ticker: TickerConfig::default(),
        }
    }
}

/// `[wall.colours]`
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Colours {
    /// Behind everything.
    pub ground: Colour,
    /// Of what is read.
    pub text: Colour,
    /// Of pay, numbers to call and titles.
    pub pay: Colour,
}

/// A colour, written `#062260`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct Colour {
    /// 0 to 255
    pub red: u8,
    /// 0 to 255
    pub green: u8,
    /// 0 to 255
    pub blue: u8,
}

/// A text that is no colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a colour like \"#062260\"")]
pub struct NotColour;

impl TryFrom<String> for Colour {
    type Error = NotColour;

    fn try_from(text: String) -> Result<Self, NotColour> {
        let digits = text.strip_prefix('#').ok_or(NotColour)?;
        let mut bytes = [0; 3];
        hex::decode_to_slice(digits, &mut bytes).map_err(|_| NotColour)?;
        let [red, green, blue] = bytes;
        Ok(Self { red, green, blue })
    }
}

impl Colour {
    /// How many times lighter the lighter of the two is (WCAG 2.1), 1 to 21.
    pub fn contrast(self, other: Self) -> f64 {
        let (one, other) = (self.luminance(), other.luminance());
        (one.max(other) + 0.05) / (one.min(other) + 0.05)
    }

    fn luminance(self) -> f64 {
        let linear = |channel: u8| {
            let part = f64::from(channel) / 255.0;
            match part <= 0.040_45 {
                true => part / 12.92,
                false => ((part + 0.055) / 1.055).powf(2.4),
            }
        };
        0.2126 * linear(self.red) + 0.7152 * linear(self.green) + 0.0722 * linear(self.blue)
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
    /// So many urgent jobs run too.
    pub urgent_jobs: u32,
}

impl Default for TickerConfig {
    fn default() -> Self {
        Self {
            characters_per_second: 2.5,
            texts: vec![],
            urgent_jobs: 5,
        }
    }
}

/// `[wall]` is one wall, `[[wall]]` one of several.
pub fn one_or_many<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<WallConfig>, D::Error> {
    struct OneOrMany;

    impl<'de> Visitor<'de> for OneOrMany {
        type Value = Vec<WallConfig>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("[wall] or [[wall]]")
        }

        fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
            WallConfig::deserialize(MapAccessDeserializer::new(map)).map(|wall| vec![wall])
        }

        fn visit_seq<A: SeqAccess<'de>>(self, seq: A) -> Result<Self::Value, A::Error> {
            Vec::deserialize(SeqAccessDeserializer::new(seq))
        }
    }
    from.deserialize_any(OneOrMany)
}
