//! How long a person has been away: the state machine that wipes the terminal. Pure; the time is
//! a value, counted from any fixed moment.

use std::time::Duration;

/// How long the warning stays before everything is wiped.
pub const WARNING: Duration = Duration::from_secs(15);

/// Where the session stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Session {
    /// Nobody has touched anything since the last wipe.
    Waiting,
    /// Somebody is here; the last touch ended then.
    Used {
        /// When the last touch ended.
        since: Duration,
    },
    /// A finger is on the glass: nothing happens behind a person's hand.
    Held,
    /// A finger is on the warning. The warning stays until it is lifted, so that this touch
    /// reaches nothing that lies behind it.
    Resuming,
    /// Nobody has touched anything for long: the warning is in sight.
    Warned {
        /// When it came up.
        since: Duration,
    },
}

/// What the session hears.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Heard {
    /// A finger came down.
    Down,
    /// The last finger was lifted.
    Up,
    /// Time has passed.
    Tick,
}

/// What the screen has to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// Nothing.
    Nothing,
    /// Show the warning with so many seconds left.
    Warn(u64),
    /// Take the warning away.
    GoOn,
    /// Wipe everything.
    Wipe,
}

impl Session {
    /// The state after hearing something at `now`, and what to do. `idle` is how long nobody may
    /// touch anything before the warning.
    pub fn after(self, heard: Heard, now: Duration, idle: Duration) -> (Self, Order) {
        use Order as O;
        match (self, heard) {
            (Self::Warned { .. } | Self::Resuming, Heard::Down) => (Self::Resuming, O::Nothing),
            (Self::Resuming, Heard::Up) => (Self::Used { since: now }, O::GoOn),
            (_, Heard::Down) => (Self::Held, O::Nothing),
            (Self::Held, Heard::Up) => (Self::Used { since: now }, O::Nothing),
            // A lifted finger that was never seen to come down is a touch all the same.
            (Self::Warned { .. }, Heard::Up) => (Self::Used { since: now }, O::GoOn),
            (Self::Waiting | Self::Used { .. }, Heard::Up) => {
                (Self::Used { since: now }, O::Nothing)
            }
            (Self::Used { since }, Heard::Tick) if now.saturating_sub(since) >= idle => {
                (Self::Warned { since: now }, O::Warn(WARNING.as_secs()))
            }
            (Self::Warned { since }, Heard::Tick) => {
                let gone = now.saturating_sub(since);
                if gone >= WARNING {
                    (Self::Waiting, O::Wipe)
                } else {
                    (self, O::Warn((WARNING - gone).as_secs_f64().ceil() as u64))
                }
            }
            (Self::Waiting | Self::Used { .. } | Self::Held | Self::Resuming, Heard::Tick) => {
                (self, O::Nothing)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use Heard::{Down, Tick, Up};
    use Order::{GoOn, Nothing, Warn, Wipe};
    use Session::{Held, Resuming, Used, Waiting, Warned};

    const IDLE: Duration = Duration::from_secs(60);

    fn at(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    /// Walks every edge; the table is written out so that a changed edge needs a changed test.
    #[test]
    fn every_edge_is_as_designed() {
        let used = |s| Used { since: at(s) };
        let warned = |s| Warned { since: at(s) };
        let edges = [
            (Waiting, Down, 1_000, Held, Nothing),
            (Waiting, Up, 1_000, used(1_000), Nothing),
            (Waiting, Tick, 100_000, Waiting, Nothing),
            (used(100), Down, 130, Held, Nothing),
            (used(100), Up, 130, used(130), Nothing),
            (used(100), Tick, 159, used(100), Nothing),
            (used(100), Tick, 160, warned(160), Warn(15)),
            (used(100), Tick, 900, warned(900), Warn(15)),
            (Held, Down, 130, Held, Nothing),
            (Held, Up, 130, used(130), Nothing),
            (Held, Tick, 100_000, Held, Nothing),
            (warned(160), Down, 170, Resuming, Nothing),
            (Resuming, Down, 170, Resuming, Nothing),
            (Resuming, Tick, 100_000, Resuming, Nothing),
            (Resuming, Up, 171, used(171), GoOn),
            (warned(160), Up, 170, used(170), GoOn),
            (warned(160), Tick, 170, warned(160), Warn(5)),
            (warned(160), Tick, 175, Waiting, Wipe),
        ];
        for (from, heard, now, to, order) in edges {
            let result = from.after(heard, at(now), IDLE);
            assert_eq!(result, (to, order), "{from:?} {heard:?} {now}");
        }
    }

    #[test]
    fn a_clock_that_goes_backwards_wipes_nothing() {
        let used = Used { since: at(100) };
        assert_eq!(used.after(Tick, at(1), IDLE), (used, Nothing));
        let warned = Warned { since: at(100) };
        assert_eq!(warned.after(Tick, at(1), IDLE), (warned, Warn(15)));
    }

    #[test]
    fn it_never_wipes_without_a_warning_first() {
        let (next, order) = Used { since: at(0) }.after(Tick, at(100_000), IDLE);
        assert_eq!(order, Warn(15));
        assert!(matches!(next, Warned { .. }));
    }
}
