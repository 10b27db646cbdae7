//! One module a bench. A new one is a function here that gives its figures, and a line in the list.

mod claims;
mod confirm;
mod emergency;
pub mod endure;
mod first_sync;
pub mod hours;
mod import;
mod many_jobs;
pub mod outage;
mod peer;
mod start;
mod terminal;
mod ticker;

use crate::Failure;
use crate::context::Context;
use crate::report::Measured;

/// Measures something.
pub type Bench = fn(&Context) -> Result<Vec<Measured>, Failure>;

/// Every bench, by its name for `--only`.
pub const BENCHES: &[(&str, Bench)] = &[
    ("peer", peer::measure),
    ("start", start::measure),
    ("many-jobs", many_jobs::measure),
    ("ticker", ticker::measure),
    ("emergency", emergency::measure),
    ("hours", hours::measure),
    ("terminal", terminal::measure),
    ("first-sync", first_sync::measure),
    ("import", import::measure),
    ("confirm", confirm::measure),
    ("claims", claims::measure),
    ("outage", outage::measure),
];
