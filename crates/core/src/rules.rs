//! Who may claim what. Pure rules, the same at the terminal, on the phone pages and at the hub.

use crate::claim::ClaimReason;
use crate::id::JobId;
use crate::identity::age_on;
use crate::job::Job;
use crate::pause::Pause;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

/// Nobody under this age works (Labour Law, article 15), in whole years.
pub const WORKING_AGE: u8 = 16;

/// Nobody under this age does hazardous work (Labour Law, article 64), in whole years.
pub const HAZARDOUS_WORK_AGE: u8 = 18;

/// Above this age the screens add a notice about insurance and agreement; it never refuses
/// anybody. The youngest retirement age that the table in force since 2025 still knows.
pub const RETIREMENT_NOTICE_AGE: u8 = 50;

/// How many live claims one worker may hold at a time.
pub const MAX_LIVE_CLAIMS: usize = 5;

/// A worker may withdraw freely until this many minutes before being due at the gathering place.
pub const FREE_WITHDRAWAL_MINUTES: i64 = 60;

/// Slips are checked in from so many hours before the time to be at the gathering place.
pub const CHECK_IN_HOURS: i64 = 12;

/// Nobody counts as absent before being so many minutes late at the gathering place.
pub const NO_SHOW_AFTER_MINUTES: i64 = 60;

/// Another claim that the worker holds, as far as the one who asks knows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HeldClaim {
    /// Of which job.
    pub job: JobId,
    /// When that work begins.
    pub starts_at: Timestamp,
    /// When that work ends.
    pub ends_at: Timestamp,
}

impl HeldClaim {
    /// The claim of that job.
    pub fn of(job: &Job) -> Self {
        Self {
            job: job.id,
            starts_at: job.starts_at,
            ends_at: job.busy_until(),
        }
    }

    /// Whether somebody who does that work cannot do this one.
    pub fn overlaps(&self, job: &Job) -> bool {
        self.starts_at < job.busy_until() && job.starts_at < self.ends_at
    }
}

/// Checks everything but the places: is the job open to claims at `now`, may this worker take
/// it, does it go together with what the worker holds already, is the worker in a `pause` after
/// no-shows. `zone` is the hall's, for the day on which the work starts.
///
/// # Errors
/// The first [`ClaimReason`] that stands against it.
pub fn may_claim(
    job: &Job,
    birth: Date,
    held: &[HeldClaim],
    pause: Option<Pause>,
    now: Timestamp,
    zone: &TimeZone,
) -> Result<(), ClaimReason> {
    use crate::job::JobState;
    match job.state {
        JobState::Published | JobState::Full => {}
        JobState::Cancelled => return Err(ClaimReason::JobWithdrawn),
        _ => return Err(ClaimReason::Closed),
    }
    if !job.takes_claims(now) {
        return Err(ClaimReason::Closed);
    }
    if !fits_age(job, birth, zone) {
        return Err(ClaimReason::Age);
    }
    if held.iter().any(|other| other.job == job.id) {
        return Err(ClaimReason::Duplicate);
    }
    if pause.is_some_and(|pause| pause.is_on(now)) {
        return Err(ClaimReason::Paused);
    }
    if held.iter().any(|other| other.overlaps(job)) {
        return Err(ClaimReason::Overlap);
    }
    if held.len() >= MAX_LIVE_CLAIMS {
        return Err(ClaimReason::TooMany);
    }
    Ok(())
}

/// The youngest who may take this job, in whole years: by law, or by what the employer asks for.
pub fn youngest(job: &Job) -> u8 {
    let by_law = if job.hazardous {
        HAZARDOUS_WORK_AGE
    } else {
        WORKING_AGE
    };
    by_law.max(job.min_age.unwrap_or(0))
}

/// How old somebody is on the day on which the work starts, by the clock of `zone`; in whole years.
pub fn age_at_work(job: &Job, birth: Date, zone: &TimeZone) -> u8 {
    age_on(birth, zone.to_datetime(job.starts_at).date())
}

/// Whether somebody born then has the age for this job, on the day on which the work starts.
pub fn fits_age(job: &Job, birth: Date, zone: &TimeZone) -> bool {
    let age = age_at_work(job, birth, zone);
    age >= youngest(job) && job.max_age.is_none_or(|most| age <= most)
}

/// Up to when a claim of this job may be withdrawn.
pub fn withdrawn_until(job: &Job) -> Timestamp {
    before(
        job.be_there_at(),
        SignedDuration::from_mins(FREE_WITHDRAWAL_MINUTES),
    )
}

/// Whether a claim of this job may still be withdrawn at `now`.
pub fn may_withdraw(job: &Job, now: Timestamp) -> bool {
    now < withdrawn_until(job)
}

/// From when on a worker may be checked in for this job.
pub fn checked_in_from(job: &Job) -> Timestamp {
    before(
        job.be_there_at(),
        SignedDuration::from_hours(CHECK_IN_HOURS),
    )
}

/// Whether a worker may be checked in for this job at `now`: not days before it.
pub fn may_check_in(job: &Job, now: Timestamp) -> bool {
    now >= checked_in_from(job)
}

fn before(moment: Timestamp, by: SignedDuration) -> Timestamp {
    moment.saturating_sub(by).unwrap_or(Timestamp::MIN)
}

/// Whether staff may say at `now` that somebody did not come to this job.
pub fn may_be_absent(job: &Job, now: Timestamp) -> bool {
    now.as_second() >= job.be_there_at().as_second() + NO_SHOW_AFTER_MINUTES * 60
}

/// Whether the screens should add the notice for people near or above retirement age.
pub fn wants_retirement_notice(birth: Date, on: Date) -> bool {
    age_on(birth, on) >= RETIREMENT_NOTICE_AGE
}

/// How well `other` stands in for `job` when its places are gone: smaller is better, `None` where
/// it does not at all. Same kind of work first, then the same town, then the nearest start.
pub fn likeness(job: &Job, other: &Job) -> Option<(bool, bool, u64)> {
    let same_kind = other.work_kind == job.work_kind;
    let same_town = other.town == job.town;
    if other.id == job.id || !(same_kind || same_town) {
        return None;
    }
    let apart = other
        .starts_at
        .as_second()
        .abs_diff(job.starts_at.as_second());
    Some((!same_kind, !same_town, apart))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::job::JobState;
    use crate::testing::{a_job, at};
    use jiff::civil::date;

    const ADULT: Date = date(1975, 5, 1);

    fn judged(job: &Job, birth: Date, held: &[HeldClaim]) -> Result<(), ClaimReason> {
        may_claim(
            job,
            birth,
            held,
            None,
            at("2026-11-23T00:00:00Z"),
            &TimeZone::UTC,
        )
    }

    #[test]
    fn an_adult_may_claim_an_open_job() {
        assert_eq!(judged(&a_job(1), ADULT, &[]), Ok(()));
    }

    #[test]
    fn age_counts_on_the_day_the_work_starts() {
        let mut job = a_job(1);
        job.starts_at = at("2026-11-24T01:00:00Z");
        assert_eq!(judged(&job, date(2010, 11, 24), &[]), Ok(()));
        assert_eq!(judged(&job, date(2010, 11, 25), &[]), Err(ClaimReason::Age));
        job.hazardous = true;
        assert_eq!(judged(&job, date(2010, 11, 24), &[]), Err(ClaimReason::Age));
        assert_eq!(judged(&job, date(2008, 11, 24), &[]), Ok(()));
        job.max_age = Some(50);
        assert_eq!(judged(&job, date(1970, 1, 1), &[]), Err(ClaimReason::Age));
    }

    #[test]
    fn closed_jobs_take_nobody() {
        let mut job = a_job(1);
        job.valid_until = at("2026-11-22T00:00:00Z");
        assert_eq!(judged(&job, ADULT, &[]), Err(ClaimReason::Closed));
        // A deadline that was set after the end of the work opens nothing.
        let mut job = a_job(1);
        job.ends_at = Some(at("2026-11-22T10:00:00Z"));
        assert_eq!(judged(&job, ADULT, &[]), Err(ClaimReason::Closed));
        assert!(!job.is_open(at("2026-11-23T00:00:00Z")));
        // Work without an end goes on.
        job.ends_at = None;
        job.starts_at = at("2026-11-20T00:00:00Z");
        assert_eq!(judged(&job, ADULT, &[]), Ok(()));
        let mut job = a_job(1);
        job.state = JobState::Cancelled;
        assert_eq!(judged(&job, ADULT, &[]), Err(ClaimReason::JobWithdrawn));
    }

    #[test]
    fn one_live_claim_a_job_and_no_overlap() {
        let job = a_job(1);
        assert_eq!(
            judged(&job, ADULT, &[HeldClaim::of(&job)]),
            Err(ClaimReason::Duplicate)
        );
        let mut other = a_job(2);
        assert_eq!(
            judged(&job, ADULT, &[HeldClaim::of(&other)]),
            Err(ClaimReason::Overlap)
        );
        other.starts_at = job.busy_until();
        other.ends_at = None;
        assert_eq!(judged(&job, ADULT, &[HeldClaim::of(&other)]), Ok(()));
    }

    #[test]
    fn whoever_is_in_a_pause_takes_nothing_until_it_is_over() {
        let (job, now) = (a_job(1), at("2026-11-23T00:00:00Z"));
        let pause = |until| {
            let until = at(until);
            Some(Pause { since: now, until })
        };
        let judged =
            |pause, held: &[HeldClaim]| may_claim(&job, ADULT, held, pause, now, &TimeZone::UTC);
        let on = pause("2026-11-23T00:00:01Z");
        assert_eq!(judged(on, &[]), Err(ClaimReason::Paused));
        assert_eq!(judged(pause("2026-11-23T00:00:00Z"), &[]), Ok(()));
        // What is held already is said first.
        let held = [HeldClaim::of(&job)];
        assert_eq!(judged(on, &held), Err(ClaimReason::Duplicate));
    }

    #[test]
    fn nobody_is_absent_who_is_a_little_late() {
        let mut job = a_job(1);
        job.gather_at = Some(at("2026-11-23T23:30:00Z"));
        assert!(!may_be_absent(&job, at("2026-11-24T00:29:59Z")));
        assert!(may_be_absent(&job, at("2026-11-24T00:30:00Z")));
        job.gather_at = None;
        assert!(!may_be_absent(&job, at("2026-11-24T00:59:59Z")));
    }

    #[test]
    fn live_claims_are_capped() {
        let job = a_job(1);
        let held: Vec<HeldClaim> = (0..MAX_LIVE_CLAIMS)
            .map(|n| HeldClaim {
                job: a_job(100 + n as u32).id,
                starts_at: at("2027-01-01T00:00:00Z"),
                ends_at: at("2027-01-01T01:00:00Z"),
            })
            .collect();
        assert_eq!(judged(&job, ADULT, &held), Err(ClaimReason::TooMany));
    }
}
