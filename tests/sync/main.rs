//! The kiosk's engine and a hub in one process, over real HTTP.

mod complaint;
mod enrolment;
mod faults;
mod from_the_hub;
mod hall;
mod hardship;
mod pass;
mod pin;
mod proof;
mod push;
mod restored;
mod suits;
#[path = "../sync_support/mod.rs"]
mod sync_support;
mod tls;
