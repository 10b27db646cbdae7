//! How long somebody has to wait after wrong tries: of a PIN, or of saying who they are.

use jiff::{SignedDuration, Timestamp};

/// Wrong tries of one thing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tries {
    /// So many.
    pub failures: u32,
    /// When the last of them was.
    pub last: Option<Timestamp>,
}

/// How many wrong tries are taken, and what the next ones cost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Patience {
    /// So many cost nothing.
    pub free: u32,
    /// The wait after the next; each one more doubles it.
    pub first_wait: SignedDuration,
    /// It grows up to that.
    pub longest_wait: SignedDuration,
    /// After so long without a wrong try one of them is forgotten, after twice as long two; `None`
    /// where only the right answer makes good for them.
    pub eases: Option<SignedDuration>,
}

/// The PIN of the staff.
pub const STAFF_PIN: Patience = Patience {
    free: 3,
    first_wait: SignedDuration::from_secs(30),
    longest_wait: SignedDuration::from_hours(1),
    eases: None,
};

/// Proving that an identity number is one's own.
pub const IDENTITY: Patience = Patience {
    free: 3,
    first_wait: SignedDuration::from_secs(30),
    longest_wait: SignedDuration::from_hours(1),
    eases: Some(SignedDuration::from_hours(6)),
};

/// The same at one terminal, whatever the number: a hall full of people errs now and then, and is not
/// to be locked out by one who errs on purpose.
pub const TERMINAL: Patience = Patience {
    free: 10,
    first_wait: SignedDuration::from_secs(15),
    longest_wait: SignedDuration::from_mins(5),
    eases: Some(SignedDuration::from_mins(5)),
};

impl Patience {
    /// How long nobody may try, after those tries. A clock that went back makes it no longer than it
    /// was.
    pub fn wait(&self, tries: Tries, now: Timestamp) -> SignedDuration {
        let Some(last) = tries.last.filter(|_| tries.failures > self.free) else {
            return SignedDuration::ZERO;
        };
        let doubled = (tries.failures - self.free - 1).min(16);
        let whole = self.first_wait.saturating_mul(1 << doubled);
        let gone = now.duration_since(last).max(SignedDuration::ZERO);
        let left = whole.min(self.longest_wait).saturating_sub(gone);
        left.max(SignedDuration::ZERO)
    }

    /// The tries after one more that was wrong at `now`.
    pub fn after_a_wrong_one(&self, tries: Tries, now: Timestamp) -> Tries {
        Tries {
            failures: self.remembered(tries, now).saturating_add(1),
            last: Some(now),
        }
    }

    /// How many of the tries still count at `now`.
    pub fn remembered(&self, tries: Tries, now: Timestamp) -> u32 {
        let gone = tries.last.map(|last| now.duration_since(last).as_secs());
        let (Some(gone), Some(eases)) = (gone, self.eases) else {
            return tries.failures;
        };
        let forgotten = gone.max(0) / eases.as_secs().max(1);
        let forgotten = u32::try_from(forgotten).unwrap_or(u32::MAX);
        tries.failures.saturating_sub(forgotten)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::at;
    use proptest::prelude::*;

    const LAST: &str = "2026-11-24T08:00:00Z";

    fn tries(failures: u32) -> Tries {
        Tries {
            failures,
            last: Some(at(LAST)),
        }
    }

    fn seconds(seconds: i64) -> Timestamp {
        at(LAST) + SignedDuration::from_secs(seconds)
    }

    #[test]
    fn the_wait_grows_and_a_clock_that_goes_back_makes_it_no_longer() {
        let waits = |failures, gone| STAFF_PIN.wait(tries(failures), seconds(gone)).as_secs();
        assert_eq!([0, 1, 3].map(|failures| waits(failures, 0)), [0, 0, 0]);
        assert_eq!([4, 5, 6, 60].map(|it| waits(it, 0)), [30, 60, 120, 3600]);
        assert_eq!([10, 29, 30, 99].map(|gone| waits(4, gone)), [20, 1, 0, 0]);
        assert_eq!(waits(4, -100_000), 30);
        let none = Tries::default();
        assert_eq!(STAFF_PIN.wait(none, at(LAST)), SignedDuration::ZERO);
    }

    #[test]
    fn a_busy_terminal_is_not_locked_by_a_typing_error_now_and_then() {
        let mut tries = Tries::default();
        let mut now = at(LAST);
        for _ in 0..200 {
            tries = TERMINAL.after_a_wrong_one(tries, now);
            assert!(TERMINAL.wait(tries, now).is_zero(), "{tries:?}");
            now += SignedDuration::from_mins(5);
        }
        // One after the other they cost more and more, and never more than some minutes.
        let mut waited = vec![];
        for _ in 0..20 {
            tries = TERMINAL.after_a_wrong_one(tries, now);
            let wait = TERMINAL.wait(tries, now);
            waited.push(wait.as_secs());
            now += wait;
        }
        assert_eq!(waited[8..17], [0, 0, 15, 30, 60, 120, 240, 300, 300]);
        assert!(waited.iter().all(|wait| *wait <= 300), "{waited:?}");
    }

    #[test]
    fn a_pin_forgets_nothing() {
        let years = seconds(100_000_000);
        assert_eq!(STAFF_PIN.remembered(tries(5), years), 5);
        assert_eq!(IDENTITY.remembered(tries(5), seconds(6 * 3600)), 4);
        assert_eq!(IDENTITY.remembered(tries(5), years), 0);
        assert_eq!(IDENTITY.remembered(tries(5), seconds(-100)), 5);
    }

    proptest! {
        /// More wrong tries never make the wait shorter, time never makes it longer, and it never
        /// passes the longest.
        #[test]
        fn waits_are_orderly(failures in any::<u32>(), gone in -100_000i64..100_000, more in 0i64..100_000) {
            for patience in [STAFF_PIN, IDENTITY, TERMINAL] {
                let wait = patience.wait(tries(failures), seconds(gone));
                prop_assert!(wait >= SignedDuration::ZERO && wait <= patience.longest_wait);
                prop_assert!(patience.wait(tries(failures.saturating_add(1)), seconds(gone)) >= wait);
                prop_assert!(patience.wait(tries(failures), seconds(gone + more)) <= wait);
                let after = patience.after_a_wrong_one(tries(failures), seconds(gone));
                prop_assert!(after.failures <= failures.saturating_add(1) && after.failures > 0);
            }
        }
    }
}
