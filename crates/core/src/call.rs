//! Calling staff to a terminal: how long a call stands, and how often one may be made. Pure; the
//! time is a value.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

/// A call that nobody answers ends after so long.
pub const STANDS: SignedDuration = SignedDuration::from_mins(5);

/// So many calls are taken ...
pub const MOST: usize = 3;

/// ... within so long; then people are sent to the desk, so that nobody plays with the wall.
pub const WITHIN: SignedDuration = SignedDuration::from_mins(15);

/// The calls of one terminal.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Calls {
    /// Since when one stands.
    pub since: Option<Timestamp>,
    /// When the last ones were made, oldest first; at most [`MOST`].
    pub recent: Vec<Timestamp>,
    /// How many were made since the store was new.
    pub total: u64,
}

/// What came of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Called {
    /// It stands now, or stood already.
    Stands,
    /// There were too many: the person is to go to the desk.
    TooMany,
}

impl Calls {
    /// Since when a call stands at `now`. A clock that was set ends it rather than letting it stand
    /// for ever.
    pub fn standing(&self, now: Timestamp) -> Option<Timestamp> {
        self.since
            .filter(|since| now.duration_since(*since).abs() < STANDS)
    }

    /// Somebody calls at `now`.
    pub fn call(&mut self, now: Timestamp) -> Called {
        if self.standing(now).is_some() {
            return Called::Stands;
        }
        self.recent
            .retain(|made| now.duration_since(*made).abs() < WITHIN);
        if self.recent.len() >= MOST {
            return Called::TooMany;
        }
        self.recent.push(now);
        self.total += 1;
        self.since = Some(now);
        Called::Stands
    }

    /// Somebody came, or nobody is needed. Says whether a call stood.
    pub fn end(&mut self, now: Timestamp) -> bool {
        let stood = self.standing(now).is_some();
        self.since = None;
        stood
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::at;

    fn minutes(n: i64) -> Timestamp {
        at("2026-11-23T01:00:00Z") + SignedDuration::from_mins(n)
    }

    #[test]
    fn a_call_stands_until_somebody_comes_or_its_time_is_over() {
        let mut calls = Calls::default();
        assert_eq!(calls.standing(minutes(0)), None);
        assert_eq!(calls.call(minutes(0)), Called::Stands);
        assert_eq!(calls.standing(minutes(4)), Some(minutes(0)));
        assert_eq!(calls.standing(minutes(5)), None);
        assert_eq!(calls.standing(minutes(-60)), None, "the clock was set");
        assert!(calls.end(minutes(4)));
        assert_eq!(calls.standing(minutes(4)), None);
        assert!(!calls.end(minutes(4)));
    }

    #[test]
    fn whoever_plays_with_it_is_sent_to_the_desk() {
        let mut calls = Calls::default();
        for n in 0..3 {
            assert_eq!(calls.call(minutes(n)), Called::Stands);
            assert_eq!(calls.call(minutes(n)), Called::Stands, "it stands already");
            calls.end(minutes(n));
        }
        assert_eq!(calls.call(minutes(3)), Called::TooMany);
        assert_eq!(calls.standing(minutes(3)), None);
        assert_eq!(
            calls.call(minutes(15)),
            Called::Stands,
            "the first is long ago"
        );
        assert_eq!(calls.total, 4);
    }
}
