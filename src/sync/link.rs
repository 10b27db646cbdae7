//! What the windows may know of the connection, and the hub's time.

use super::plan::LinkProblem;
use jiff::{SignedDuration, Timestamp};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

/// How the device stands with the hub.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LinkState {
    /// The hub answered lately and nothing failed since.
    pub online: bool,
    /// When the hub last answered, by its clock.
    pub last_contact: Option<Timestamp>,
    /// From when the listings are, by the hub's clock.
    pub data_from: Option<Timestamp>,
    /// What is wrong.
    pub problem: Option<LinkProblem>,
    /// The clock went back behind the last contact, and the hub was not reached since: times on the
    /// screen may be wrong, and rights are not spent (rule 9).
    pub clock_untrusted: bool,
}

/// The device's own clock.
pub type OwnClock = Arc<dyn Fn() -> Timestamp + Send + Sync>;

/// The hub's clock as this device knows it: its own, less an offset measured at each contact.
pub struct HubClock {
    own: OwnClock,
    /// Clock of the device less clock of the hub.
    offset_ms: AtomicI64,
    /// Half of the last quick round trip.
    half_trip_ms: AtomicI64,
}

/// An answer that took longer was waiting at the hub, not on the way.
const QUICK: Duration = Duration::from_secs(1);

impl HubClock {
    /// A clock with an offset that was measured before.
    pub fn new(own: OwnClock, offset_ms: i64) -> Self {
        Self {
            own,
            offset_ms: AtomicI64::new(offset_ms),
            half_trip_ms: AtomicI64::new(0),
        }
    }

    /// The clock of this machine, with an offset that was measured before.
    pub fn of_machine(offset_ms: i64) -> Self {
        Self::new(Arc::new(Timestamp::now), offset_ms)
    }

    /// A clock that stands still at that time of the hub's, as long as nothing is measured.
    pub fn stopped(at: Timestamp) -> Self {
        Self::new(Arc::new(move || at), 0)
    }

    /// The hub's time.
    pub fn now(&self) -> Timestamp {
        let offset = SignedDuration::from_millis(self.offset_ms());
        let here = self.own();
        here.saturating_sub(offset).unwrap_or(here)
    }

    /// The device's own time.
    pub fn own(&self) -> Timestamp {
        (self.own)()
    }

    /// Clock of the device less clock of the hub, in milliseconds.
    pub fn offset_ms(&self) -> i64 {
        self.offset_ms.load(Ordering::Relaxed)
    }

    /// The hub's clock said `hub` in an answer that came just now and took so long.
    pub fn measure(&self, hub: Timestamp, took: Duration) {
        self.measured(self.own(), hub, took);
    }

    fn measured(&self, here: Timestamp, hub: Timestamp, took: Duration) {
        if took < QUICK {
            let half = i64::try_from(took.as_millis() / 2).unwrap_or(0);
            self.half_trip_ms.store(half, Ordering::Relaxed);
        }
        let half = self.half_trip_ms.load(Ordering::Relaxed);
        let offset = here.as_millisecond() - half - hub.as_millisecond();
        self.offset_ms.store(offset, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_offset_leaves_out_half_of_the_way() {
        let clock = HubClock::of_machine(0);
        let hub: Timestamp = "2026-11-23T08:00:00Z".parse().expect("a time");
        let here = hub + SignedDuration::from_millis(5_100);
        clock.measured(here, hub, Duration::from_millis(200));
        assert_eq!(clock.offset_ms(), 5_000);
        // A long poll says when it ended; the way was as long as before.
        clock.measured(here, hub, Duration::from_secs(10));
        assert_eq!(clock.offset_ms(), 5_000);
    }
}
