//! The touch terminal: what is on its window, and what people do there.
//!
//! [`state::State`] is everything a session knows; [`TerminalController`] keeps it on the UI
//! thread, shows it through [`paint`], and asks the [`desk::Desk`] on another thread. Each flow
//! has a file: [`find`], [`register`], [`claim`], [`my_jobs`], [`keyboard`]; which control a keyboard's keys go to,
//! [`focus`] says; what everybody has to know now is in `emergency`; and so has what each device does: [`scan`], `card`, `pass`, `print`, [`voice`].
//! [`services`] has the hall's other services,
//! [`staff`] the menu of its staff.

pub mod answers;
pub mod ask;
pub mod attract;
mod card;
pub mod claim;
mod controller;
pub mod desk;
mod emergency;
mod event;
pub mod find;
mod finding;
pub mod focus;
pub mod hardship;
pub mod keyboard;
pub mod my_jobs;
pub mod paint;
mod pass;
mod pin;
mod print;
pub mod register;
pub mod runner;
pub mod scan;
pub mod screen;
pub mod services;
pub mod session;
pub mod show;
pub mod staff;
pub mod state;
pub mod voice;
mod wiring;

pub use controller::{LinkView, TerminalController, TerminalOptions};
