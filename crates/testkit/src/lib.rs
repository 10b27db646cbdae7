//! What the tests of hub and kiosk share. Everything in here panics where a test would fail.
#![allow(clippy::expect_used, clippy::missing_panics_doc)]

mod browser;
mod phone;
mod qr;

pub use browser::{Browser, Driver};
pub use phone::{Answered, Carrier, Page, Phone, percent};
pub use qr::codes_in;
