//! The LED wall: the playlist and the clock say what is on now, and the window's models follow.
//!
//! [`feed::WallFeed`] is what the wall asks of the house; a loader thread asks it, so that the UI
//! thread never waits. [`screen::Screen`] is the wall on the UI thread; [`start`] puts both
//! together. A snapshot drives a screen with a time of its own and no thread.

pub mod cards;
pub mod content;
pub mod feed;
mod figures;
mod frame;
pub mod legibility;
pub mod letters;
pub mod load;
pub mod pictures;
pub mod proof;
mod run;
pub mod screen;
pub mod strip;
pub mod video;

pub use run::{Wall, start};

use crate::media::Ready;
use gighall_core::media::named as from_hub;
use gighall_core::playlist::{Calendar, Light, Scene, Theme};
use jiff::tz::TimeZone;
use slint::Color;
use std::path::PathBuf;
use std::time::Duration;

/// What the configuration says about one wall.
#[derive(Clone, Debug, PartialEq)]
pub struct WallSettings {
    /// Its name among the walls of this kiosk.
    pub name: String,
    /// The playlist, as far as it is for this wall.
    pub scenes: Vec<Scene>,
    /// Within that time every open job is on this wall; `None` leaves it to the playlist.
    pub period: Option<Duration>,
    /// The hall's time zone.
    pub zone: TimeZone,
    /// The hall's holidays and make-up workdays.
    pub calendar: Calendar,
    /// The hall's name until the hub has told it.
    pub hall_name: String,
    /// Texts that run in the ticker besides the hub's notices.
    pub ticker_texts: Vec<String>,
    /// So many urgent jobs run in the ticker, after the notices and before the texts.
    pub ticker_jobs: usize,
    /// Height of the body text in pixels; 0 lets the theme choose it from the window's size.
    pub text_px: u32,
    /// How fast the ticker runs; kept between 0.5 and 4.
    pub characters_per_second: f32,
    /// The folder that pictures' files are relative to.
    pub folder: PathBuf,
    /// The files of the hub that are here, by the names that scenes have for them (`hub:…`).
    pub media: Ready,
    /// What it looks like.
    pub look: Look,
}

impl WallSettings {
    /// Where a file lies that a scene names: beside the configuration, or, where it is the hub's, in
    /// the cache. One that is not here is left as it was named: nothing lies there.
    pub fn file(&self, named: &str) -> PathBuf {
        match (self.media.get(named), from_hub(named)) {
            (Some(here), _) => here.clone(),
            (None, Some(_)) => PathBuf::from(named),
            (None, None) => self.folder.join(named),
        }
    }

    /// Where the hall's sign lies.
    pub fn logo(&self) -> Option<PathBuf> {
        self.look.logo.as_deref().map(|named| self.file(named))
    }

    /// Every file that it names.
    pub fn files(&self) -> impl Iterator<Item = &str> {
        let scenes = self.scenes.iter().filter_map(|scene| scene.what.file());
        scenes.chain(self.look.logo.as_deref())
    }
}

/// What a wall looks like.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Look {
    /// Its colours where no light says others.
    pub theme: Theme,
    /// When it is lit otherwise.
    pub lights: Vec<Light>,
    /// The hall's own colours of ground, text and pay, in the theme `day`.
    pub colours: Option<[Color; 3]>,
    /// The hall's sign, a picture's file as a scene would name it.
    pub logo: Option<String>,
    /// All is moved by up to so many pixels to each side, one every few minutes, so that nothing
    /// burns in.
    pub pixel_shift: u32,
}
