//! The terminal: its controller, its desk and its window in this process.

#[macro_use]
mod shapes;

mod around;
mod attract;
#[path = "../chance/mod.rs"]
mod chance;
mod devices;
mod emergency;
mod finding;
mod flows;
mod geometry;
mod hardship;
mod keys;
mod monkey;
mod my_jobs;
mod pass;
mod pictures;
mod pin;
mod privacy;
mod services;
mod staff;
mod staff_people;
mod staff_pictures;
mod suits;
mod support;
mod touches;
mod typing;
mod who;
