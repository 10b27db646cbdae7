//! The pause after no-shows: it grows with each of them, costs no money, and staff can lift it.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

/// How many days one takes no new work after the first no-show, after the second, and so on; the last
/// number holds for all that follow.
pub const DAYS: [u8; 5] = [1, 3, 7, 14, 30];

/// A no-show makes the pause after another one longer for so long.
pub const REMEMBERED: SignedDuration = SignedDuration::from_hours(24 * 180);

/// A time in which somebody takes no new work. What they hold already stays theirs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pause {
    /// When the last no-show was noted.
    pub since: Timestamp,
    /// Work may be taken again from then on.
    pub until: Timestamp,
}

impl Pause {
    /// The pause that follows from no-shows, by when each was noted, in any order. Those up to `lifted`
    /// are forgiven. `None` where none is left; what it gives may be over.
    pub fn after(missed: &[Timestamp], lifted: Option<Timestamp>) -> Option<Self> {
        let counts = |at: &Timestamp| lifted.is_none_or(|lifted| lifted < *at);
        let mut missed: Vec<Timestamp> = missed.iter().copied().filter(counts).collect();
        missed.sort_unstable();
        let ends = missed.iter().enumerate().map(|(place, &at)| {
            let recent = |before: &&Timestamp| at.duration_since(**before) <= REMEMBERED;
            let earlier = missed[..place].iter().filter(recent).count();
            let days = DAYS[earlier.min(DAYS.len() - 1)];
            let length = SignedDuration::from_hours(24 * i64::from(days));
            at.saturating_add(length).unwrap_or(at)
        });
        Some(Self {
            until: ends.max()?,
            since: *missed.last()?,
        })
    }

    /// Whether it still goes on at `now`.
    pub fn is_on(&self, now: Timestamp) -> bool {
        now < self.until
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::at;
    use proptest::prelude::*;

    fn day(day: i64) -> Timestamp {
        at("2026-11-01T00:00:00Z") + SignedDuration::from_hours(24 * day)
    }

    fn until(missed: &[i64], lifted: Option<i64>) -> Option<Timestamp> {
        let missed: Vec<Timestamp> = missed.iter().map(|it| day(*it)).collect();
        Pause::after(&missed, lifted.map(day)).map(|pause| pause.until)
    }

    #[test]
    fn each_no_show_makes_it_longer_until_a_month() {
        assert_eq!(until(&[], None), None);
        assert_eq!(until(&[0], None), Some(day(1)));
        assert_eq!(until(&[10, 0], None), Some(day(13)));
        assert_eq!(until(&[0, 10, 20], None), Some(day(27)));
        assert_eq!(until(&[0, 10, 20, 40], None), Some(day(54)));
        assert_eq!(until(&[0, 10, 20, 40, 60], None), Some(day(90)));
        assert_eq!(until(&[0, 10, 20, 40, 60, 91], None), Some(day(121)));
    }

    #[test]
    fn old_ones_and_forgiven_ones_do_not_count() {
        assert_eq!(until(&[0, 180], None), Some(day(183)));
        assert_eq!(until(&[0, 181], None), Some(day(182)));
        assert_eq!(until(&[0, 10], Some(10)), None);
        assert_eq!(until(&[0, 10], Some(9)), Some(day(11)));
        let pause = Pause::after(&[day(0)], None).expect("a pause");
        assert!(pause.is_on(day(0)) && !pause.is_on(day(1)));
    }

    proptest! {
        /// One more no-show never makes a pause shorter, in whatever order they were told; a lift never
        /// makes it longer; and no pause is longer than the longest after the last no-show.
        #[test]
        fn it_only_grows_and_has_an_end(
            mut missed in proptest::collection::vec(0i64..1000, 1..12),
            one_more in 0i64..1000,
            lifted in 0i64..1000,
        ) {
            let whole = until(&missed, None).expect("a pause");
            let last = *missed.iter().max().expect("some");
            let days = |length: u8| day(last + i64::from(length));
            prop_assert!(whole >= days(DAYS[0]) && whole <= days(DAYS[DAYS.len() - 1]));
            let after_lift = until(&missed, Some(lifted));
            prop_assert!(after_lift.is_none_or(|it| it <= whole));
            prop_assert_eq!(after_lift.is_none(), lifted >= last);
            missed.reverse();
            prop_assert_eq!(until(&missed, None), Some(whole));
            missed.push(one_more);
            prop_assert!(until(&missed, None).expect("a pause") >= whole);
        }
    }
}
