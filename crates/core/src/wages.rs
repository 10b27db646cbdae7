//! When pay is due and from when it is late; who may say that it has come.

use crate::claim::{ClaimEvent, ClaimState};
use crate::job::{Job, Settlement};
use jiff::civil::{Date, Time};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan};

/// Whether the worker of such a claim may say at `now` that the pay has come: the work is over, and
/// nobody has said so yet.
pub fn may_settle(state: ClaimState, job: &Job, now: Timestamp) -> bool {
    state.after(ClaimEvent::Settle).is_some() && job.busy_until() <= now
}

/// Whether the pay of such a claim is late at `now`, as far as anybody has said.
pub fn is_overdue(state: ClaimState, job: &Job, now: Timestamp, zone: &TimeZone) -> bool {
    may_settle(state, job, now) && late_from(job, zone) <= now
}

/// From then on the pay of a job is late: the midnight, by the hall's clock, after the last day on
/// which it could be expected. Counted from the last day of the work:
///
/// | settlement | expected by |
/// | --- | --- |
/// | daily, per trip, on completion | that day |
/// | weekly | the Sunday of that week, and 3 days |
/// | half-monthly | the 15th or the last day of that month, and 5 days |
/// | monthly | the last day of that month, and 15 days |
///
/// The days of grace are for whoever works out the hours. Work that is done once is paid when it is
/// done (工资支付暂行规定, article 8), so it has none.
pub fn late_from(job: &Job, zone: &TimeZone) -> Timestamp {
    // Work that ends at midnight was done the day before.
    let end = job.busy_until();
    let end = end.saturating_sub(SignedDuration::from_secs(1));
    let worked = zone.to_datetime(end.unwrap_or(job.starts_at)).date();
    let (last, grace) = match job.settlement {
        Settlement::Daily | Settlement::PerTrip | Settlement::OnCompletion => (worked, 0),
        Settlement::Weekly => {
            let to_sunday = 6 - i32::from(worked.weekday().to_monday_zero_offset());
            (worked.saturating_add(to_sunday.days()), 3)
        }
        Settlement::HalfMonthly if worked.day() <= 15 => (
            worked.saturating_add((15 - i32::from(worked.day())).days()),
            5,
        ),
        Settlement::HalfMonthly => (worked.last_of_month(), 5),
        Settlement::Monthly => (worked.last_of_month(), 15),
    };
    midnight_after(last, grace, zone)
}

/// The end of the day that is so many days after that one.
fn midnight_after(day: Date, days: i32, zone: &TimeZone) -> Timestamp {
    let next = day.saturating_add((days + 1).days());
    zone.to_timestamp(next.to_datetime(Time::midnight()))
        .unwrap_or(Timestamp::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{a_job, at};

    fn china() -> TimeZone {
        TimeZone::fixed(jiff::tz::offset(8))
    }

    #[test]
    fn pay_is_late_after_the_day_it_was_promised_for() {
        use Settlement as S;
        let cases = [
            // Tuesday, 18:00 in China.
            ("2026-11-24T10:00:00Z", S::Daily, "2026-11-24T16:00:00Z"),
            ("2026-11-24T10:00:00Z", S::PerTrip, "2026-11-24T16:00:00Z"),
            (
                "2026-11-24T10:00:00Z",
                S::OnCompletion,
                "2026-11-24T16:00:00Z",
            ),
            ("2026-11-24T10:00:00Z", S::Weekly, "2026-12-02T16:00:00Z"),
            (
                "2026-11-24T10:00:00Z",
                S::HalfMonthly,
                "2026-12-05T16:00:00Z",
            ),
            ("2026-11-24T10:00:00Z", S::Monthly, "2026-12-15T16:00:00Z"),
            // A night's work, and work that ends at midnight.
            ("2026-11-24T22:00:00Z", S::Daily, "2026-11-25T16:00:00Z"),
            ("2026-11-24T16:00:00Z", S::Daily, "2026-11-24T16:00:00Z"),
            // The last day of a period is in it.
            ("2026-11-29T10:00:00Z", S::Weekly, "2026-12-02T16:00:00Z"),
            ("2026-11-30T10:00:00Z", S::Weekly, "2026-12-09T16:00:00Z"),
            (
                "2026-11-15T10:00:00Z",
                S::HalfMonthly,
                "2026-11-20T16:00:00Z",
            ),
            ("2026-02-28T10:00:00Z", S::Monthly, "2026-03-15T16:00:00Z"),
        ];
        for (end, settlement, late) in cases {
            let mut job = a_job(1);
            (job.ends_at, job.settlement) = (Some(at(end)), settlement);
            assert_eq!(late_from(&job, &china()), at(late), "{end} {settlement:?}");
        }
    }

    #[test]
    fn the_workers_word_is_asked_for_when_the_work_is_over() {
        use ClaimState as S;
        let job = a_job(1);
        let end = job.busy_until();
        let before = end - SignedDuration::from_secs(1);
        for state in ClaimState::ALL {
            let worked = matches!(state, S::Confirmed | S::CheckedIn | S::Completed);
            assert_eq!(may_settle(*state, &job, end), worked, "{state:?}");
            assert!(!may_settle(*state, &job, before), "{state:?}");
            let late = late_from(&job, &china());
            assert_eq!(
                is_overdue(*state, &job, late, &china()),
                worked,
                "{state:?}"
            );
            let just = late - SignedDuration::from_secs(1);
            assert!(!is_overdue(*state, &job, just, &china()), "{state:?}");
        }
    }
}
