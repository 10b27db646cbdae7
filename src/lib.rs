//! The kiosk: the LED wall and the touch terminal of a gig hall, over one store, in sync with the
//! hub.

pub mod address;
pub mod anew;
pub mod brief;
pub mod cli;
pub mod config;
pub mod desk;
pub mod devices;
pub mod draw;
pub mod embedded;
pub mod media;
pub mod metrics;
pub mod picture;
pub mod pinyin;
pub mod playlists;
pub mod proof;
pub mod qr;
pub mod run;
pub mod running;
pub mod snapshot;
pub mod staff;
pub mod status;
pub mod store;
pub mod sync;
pub mod terminal;
pub mod wall;
pub mod watchdog;
pub mod windows;

pub use gighall_ui as ui;
