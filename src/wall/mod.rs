//! The LED wall: the playlist and the clock say what is on now, and the window's models follow.
//!
//! [`feed::WallFeed`] is what the wall asks of the house; a loader thread asks it, so that the UI
//! thread never waits. [`screen::Screen`] is the wall on the UI thread; [`start`] puts both
//! together. A snapshot drives a screen with a time of its own and no thread.

pub mod cards;
pub mod content;
pub mod feed;
pub mod legibility;
mod overview;
pub mod proof;
mod run;
pub mod screen;

pub use run::{Wall, start};

use gighall_core::playlist::{Calendar, Scene};
use jiff::tz::TimeZone;

/// What the configuration says about the wall.
#[derive(Clone, Debug, PartialEq)]
pub struct WallSettings {
    /// The playlist.
    pub scenes: Vec<Scene>,
    /// The hall's time zone.
    pub zone: TimeZone,
    /// The hall's holidays and make-up workdays.
    pub calendar: Calendar,
    /// The hall's name until the hub has told it.
    pub hall_name: String,
    /// Texts that run in the ticker besides the hub's notices.
    pub ticker_texts: Vec<String>,
    /// Height of the body text in pixels; 0 lets the theme choose it from the window's size.
    pub text_px: u32,
    /// How fast the ticker runs; kept between 0.5 and 4.
    pub characters_per_second: f32,
}
