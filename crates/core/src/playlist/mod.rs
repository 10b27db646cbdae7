//! What the wall shows now: scenes in the order that the hall's staff set, each at its times, jobs
//! in turns that are fair to each of them.
//!
//! The player knows neither clock nor screen. Whoever drives it says how much time has passed, how
//! many rows a page holds and what there is to show; it says what is on, and until when.

mod assigned;
mod exposure;
mod filter;
mod light;
mod memory;
mod never;
mod orders;
mod parade;
mod player;
mod scene;
mod schedule;
mod share;
mod show;
#[cfg(test)]
mod tests;
mod turns;

pub use assigned::{HubPlaylist, NAME_MAX, TEXT_MAX, strongest_first};
pub use exposure::{reading_time, seconds_of_page};
pub use filter::JobFilter;
pub use light::{Light, Lit, Theme};
pub use memory::{Place, Places};
pub use never::never_on;
pub use orders::{BRIGHTNESS, Hidden, Orders, Power, next_opening};
pub use parade::{Parade, Paraded};
pub use player::Player;
pub use scene::{Column, Scene, ServicePlace, Terms, What};
pub use schedule::{Calendar, DayKind, Times, Weekday, When};
pub use show::{Content, Now, OpenJob, Show, Thing};

/// So many scenes a wall may have at most: what a job fits is kept as one bit for each, and one is
/// the player's own.
pub const SCENES_MOST: usize = 63;

/// The playlist of a hall that did not set one.
pub fn default_scenes() -> Vec<Scene> {
    vec![Scene::jobs(), Scene::spotlight(3), Scene::notice(1)]
}
