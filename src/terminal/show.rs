//! Jobs and times as the screens want them: codes and numbers, no words.

use crate::brief::{clock_text, cut, line, near, pay_unit};
use crate::ui::{ClaimItem, JobDetail, JobItem, Moment};
use gighall_core::claim::ClaimState;
use gighall_core::event::end_of_day;
use gighall_core::job::Job;
use gighall_core::place::Place;
use gighall_core::rules;
use gighall_core::wages;
use gighall_core::wire::ClaimWithJob;
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

/// What an employer asks for is read standing up: a screen shows no more of it.
const REQUIREMENTS_MOST: usize = 140;

/// The hall's time.
#[derive(Clone, Debug)]
pub struct HallTime {
    /// The hall's zone.
    pub zone: TimeZone,
    /// Now.
    pub now: Timestamp,
    /// Where the hall is, if that is known.
    pub here: Option<Place>,
}

impl HallTime {
    /// A moment as people say it: today, tomorrow, or the date; and the hour.
    pub fn moment(&self, at: Timestamp) -> Moment {
        let day = self.zone.to_datetime(at).date();
        self.moment_of(day, clock_text(at, &self.zone))
    }

    /// A moment at which something ends.
    pub fn end(&self, at: Timestamp) -> Moment {
        let (day, time) = end_of_day(self.zone.to_datetime(at));
        self.moment_of(day, time)
    }

    fn moment_of(&self, day: Date, time: String) -> Moment {
        let today = self.zone.to_datetime(self.now).date();
        Moment {
            near: near(day, today).into(),
            month: day.month().into(),
            day: day.day().into(),
            weekday: day.weekday().to_monday_one_offset().into(),
            time: time.into(),
        }
    }

    /// The time of day.
    pub fn clock(&self) -> String {
        clock_text(self.now, &self.zone)
    }

    /// A job as a row.
    pub fn job_item(&self, job: &Job) -> JobItem {
        JobItem {
            number: job.number.to_string().into(),
            work_kind: job.work_kind.code().into(),
            title: line(&job.title),
            urgent: job.urgent,
            pay: job.pay.yuan_text().unwrap_or_default().into(),
            pay_unit: pay_unit(job).into(),
            settlement: job.settlement.code().into(),
            places: i32::try_from(job.places).unwrap_or(i32::MAX),
            places_left: i32::try_from(job.places_left).unwrap_or(i32::MAX),
            starts: self.moment(job.starts_at),
            town: line(&job.town),
            distance: self.kilometres(job).unwrap_or_default().into(),
        }
    }

    /// How far the work is from the hall, in kilometres: with one decimal below ten.
    fn kilometres(&self, job: &Job) -> Option<String> {
        let place = job.position.as_ref().and_then(Place::of)?;
        let km = self.here?.metres_to(place) / 1000.0;
        Some(match km < 9.95 {
            true => format!("{km:.1}"),
            false => format!("{km:.0}"),
        })
    }

    /// All that is said of a job.
    pub fn job_detail(&self, job: &Job) -> JobDetail {
        let text = |text: &Option<String>| line(text.as_deref().unwrap_or_default());
        JobDetail {
            item: self.job_item(job),
            open: job.is_open(self.now),
            ends: job.ends_at.map(|at| self.end(at)).unwrap_or_default(),
            meet: self.moment(job.be_there_at()),
            meet_place: line(job.be_there_place()),
            address: line(&job.address),
            shift: text(&job.shift),
            employer: line(&job.employer.name),
            employer_kind: job.employer.kind.code().into(),
            verified: job.employer.verified,
            meals: job.meals,
            lodging: job.lodging,
            transport: job.transport,
            insurance: job.insurance.code().into(),
            min_age: match job.hazardous || job.min_age.is_some() {
                true => rules::youngest(job).into(),
                false => 0,
            },
            max_age: job.max_age.unwrap_or(0).into(),
            requirements: cut(
                job.requirements.as_deref().unwrap_or_default().trim(),
                REQUIREMENTS_MOST,
            ),
            hazardous: job.hazardous,
            contact: text(&job.contact_phone),
            employer_chooses: job.claim_mode == gighall_core::job::ClaimMode::EmployerConfirms,
        }
    }

    /// A claim in "my jobs".
    pub fn claim_item(&self, held: &ClaimWithJob) -> ClaimItem {
        let (claim, job) = (&held.claim, &held.job);
        let reason = claim.reason.map_or("", |reason| reason.code());
        ClaimItem {
            job: self.job_item(job),
            number: claim.number.as_str().into(),
            state: self.claim_state(held).into(),
            reason: reason.into(),
            meet: self.moment(job.be_there_at()),
            meet_place: line(job.be_there_place()),
            has_slip: claim.state.has_slip(),
            may_withdraw: claim.state.is_coming()
                && (!claim.state.holds_place() || rules::may_withdraw(job, self.now)),
            may_settle: wages::may_settle(claim.state, job, self.now),
            ..ClaimItem::default()
        }
    }

    /// Where a claim stands, in the code of the words that the worker reads: work that is over is
    /// done, whether anybody wrote it down or not.
    fn claim_state(&self, held: &ClaimWithJob) -> &'static str {
        let (state, job) = (held.claim.state, &held.job);
        if wages::is_overdue(state, job, self.now, &self.zone) {
            "overdue"
        } else if wages::may_settle(state, job, self.now) {
            ClaimState::Completed.code()
        } else {
            state.code()
        }
    }

    /// How old somebody born then is on the first day of the work, in whole years.
    pub fn age_then(&self, birth: Date, job: &Job) -> i32 {
        rules::age_at_work(job, birth, &self.zone).into()
    }

    /// Whether people of that age get the notice on insurance and agreement.
    pub fn wants_age_notice(&self, birth: jiff::civil::Date, job: &Job) -> bool {
        let first_day = self.zone.to_datetime(job.starts_at).date();
        rules::wants_retirement_notice(birth, first_day)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use gighall_core::testing::{a_job, at};

    fn hall() -> HallTime {
        HallTime {
            zone: TimeZone::get("Asia/Shanghai").expect("bundled"),
            now: at("2026-11-23T15:59:00Z"),
            here: "26.857,104.282".parse().ok(),
        }
    }

    #[test]
    fn days_are_the_halls_days() {
        let hall = hall();
        assert_eq!(hall.clock(), "23:59");
        let moment = hall.moment(at("2026-11-24T00:00:00Z"));
        assert_eq!(
            (moment.near.as_str(), moment.time.as_str()),
            ("tomorrow", "08:00")
        );
        assert_eq!(hall.moment(at("2026-11-23T15:59:59Z")).near, "today");
        assert_eq!(hall.moment(at("2026-11-25T03:00:00Z")).near, "after");
        assert_eq!(hall.moment(at("2026-12-24T03:00:00Z")).near, "");
        assert_eq!(hall.moment(at("2026-11-22T03:00:00Z")).near, "");
    }

    #[test]
    fn the_way_is_told_where_both_ends_are_known() {
        let mut job = a_job(1);
        assert_eq!(hall().job_item(&job).distance, "");
        job.position = Some(("26.875".to_owned(), "104.282".to_owned()));
        assert_eq!(hall().job_item(&job).distance, "2.0");
        job.position = Some(("26.647".to_owned(), "106.630".to_owned()));
        assert_eq!(hall().job_item(&job).distance, "234");
        let nowhere = HallTime {
            here: None,
            ..hall()
        };
        assert_eq!(nowhere.job_item(&job).distance, "");
    }

    #[test]
    fn a_job_is_said_in_codes_and_numbers() {
        let detail = hall().job_detail(&a_job(1));
        assert_eq!(detail.item.pay, "200-260");
        assert_eq!(detail.item.pay_unit, "day");
        assert_eq!(detail.item.starts.time, "08:00");
        assert_eq!(detail.meet_place, "草海镇建设东路工地");
        assert!(detail.open && detail.verified);
    }
}
