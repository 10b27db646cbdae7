//! The kiosk: the LED wall and the touch terminal of a gig hall, over one store, in sync with the
//! hub.

pub mod terminal;
pub mod ui;
