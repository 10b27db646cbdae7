//! The kiosk: the LED wall and the touch terminal of a gig hall, over one store, in sync with the
//! hub.

pub mod config;
pub mod store;
pub mod terminal;
pub mod ui;
