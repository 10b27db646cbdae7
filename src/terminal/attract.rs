//! What the terminal shows while nobody is there: the open jobs, one after the other, large.

use super::ask::{Ask, Request};
use super::state::Overview;
use crate::brief::{line, place};
use crate::ui::{AttractData, TerminalWindow};
use gighall_core::job::Job;
use jiff::Timestamp;
use slint::ComponentHandle;
use std::time::Duration;

/// The jobs that pass by. Nothing of it is personal.
#[derive(Clone, Debug, Default)]
pub struct Attract {
    /// It is in sight.
    pub on: bool,
    /// The job in sight; `None` where none is open, or none is known yet.
    pub job: Option<Job>,
    /// When the next one was asked for last.
    asked: Duration,
    /// It has not come yet.
    awaited: bool,
    /// The job in sight is no longer known.
    gone: bool,
    /// The job that was touched: it is opened once the finger is lifted.
    wanted: Option<Job>,
}

impl Attract {
    /// Comes into sight.
    pub fn begin(&mut self, at: Duration) -> Request {
        *self = Self {
            on: true,
            ..Self::default()
        };
        self.ask(at)
    }

    /// Somebody touches the job in sight.
    pub fn touch_job(&mut self) {
        self.wanted = self.job.clone().filter(|_| self.on);
    }

    /// Somebody came; the job that they touched, if they did.
    pub fn end(&mut self) -> Option<Job> {
        std::mem::take(self).wanted
    }

    fn ask(&mut self, at: Duration) -> Request {
        (self.asked, self.awaited, self.gone) = (at, true, false);
        Request::quiet(Ask::NextOfParade)
    }

    /// What is to be asked at `at`, which is `now` in the hall: the next job, after `change` or as soon as
    /// this one is no longer open. Where none is open, nothing is asked before there is news.
    pub fn passes(&mut self, at: Duration, now: Timestamp, change: Duration) -> Option<Request> {
        let over = self.gone || self.job.as_ref().is_some_and(|job| !job.is_open(now));
        let late = at.saturating_sub(self.asked) >= change;
        let due = match self.awaited {
            // Its answer was lost, or the store failed.
            true => late,
            false => over || (late && self.job.is_some()),
        };
        (self.on && due).then(|| self.ask(at))
    }

    /// What is to be asked where the store has changed: how the job in sight is now.
    pub fn news(&mut self, at: Duration) -> Option<Request> {
        match &self.job {
            _ if !self.on => None,
            Some(job) => Some(Request::quiet(Ask::Job(job.id))),
            None => Some(self.ask(at)),
        }
    }

    /// The next one.
    pub(super) fn take(&mut self, job: Option<Job>) {
        if self.on {
            (self.job, self.awaited, self.gone) = (job, false, false);
        }
    }

    /// The job that was asked for is not known.
    pub(super) fn is_gone(&mut self) {
        self.gone = self.on;
    }
}

/// Shows it on the window.
pub(super) fn paint(window: &TerminalWindow, hall: &Overview) {
    let data = window.global::<AttractData>();
    let job = hall.attract.job.as_ref();
    data.set_job(job.map(|job| hall.time.job_item(job)).unwrap_or_default());
    data.set_place(job.map(|job| line(&place(job))).unwrap_or_default());
    data.set_has_job(job.is_some());
    data.set_known(!hall.attract.awaited || job.is_some());
    data.set_on(hall.attract.on);
}

#[cfg(test)]
mod tests {
    use super::*;
    use gighall_core::testing::{a_job, at};

    const CHANGE: Duration = Duration::from_secs(8);

    fn seconds(n: u64) -> Duration {
        Duration::from_secs(n)
    }

    fn is_next(request: Option<Request>) -> bool {
        request.is_some_and(|request| matches!(request.ask, Ask::NextOfParade))
    }

    #[test]
    fn a_job_stays_its_time_and_leaves_when_it_ends() {
        let (now, mut attract) = (at("2026-11-23T01:00:00Z"), Attract::default());
        assert!(attract.passes(seconds(99), now, CHANGE).is_none());
        assert!(is_next(Some(attract.begin(seconds(100)))));
        // Once: the answer is on its way.
        assert!(attract.passes(seconds(101), now, CHANGE).is_none());
        attract.take(Some(a_job(1)));
        assert!(attract.passes(seconds(107), now, CHANGE).is_none());
        assert!(is_next(attract.passes(seconds(108), now, CHANGE)));
        attract.take(Some(a_job(2)));
        let after_its_end = a_job(2).takes_claims_until();
        assert!(is_next(attract.passes(seconds(109), after_its_end, CHANGE)));
        assert!(
            attract
                .passes(seconds(110), after_its_end, CHANGE)
                .is_none()
        );
        attract.take(Some(a_job(3)));
        attract.is_gone();
        assert!(is_next(attract.passes(seconds(111), now, CHANGE)));
    }

    #[test]
    fn where_none_is_open_it_waits_for_news() {
        let (now, mut attract) = (at("2026-11-23T01:00:00Z"), Attract::default());
        assert!(attract.news(seconds(1)).is_none());
        attract.begin(seconds(1));
        attract.take(None);
        assert!(attract.passes(seconds(1_000), now, CHANGE).is_none());
        assert!(is_next(attract.news(seconds(1_000))));
        // An answer that was lost is asked for again.
        assert!(attract.passes(seconds(1_007), now, CHANGE).is_none());
        assert!(is_next(attract.passes(seconds(1_008), now, CHANGE)));
    }

    #[test]
    fn an_answer_that_comes_late_shows_nothing() {
        let mut attract = Attract::default();
        attract.begin(seconds(1));
        assert!(attract.end().is_none());
        attract.take(Some(a_job(1)));
        assert!(attract.job.is_none() && !attract.on);
    }

    #[test]
    fn the_job_that_is_touched_is_the_one_that_was_in_sight() {
        let mut attract = Attract::default();
        attract.touch_job();
        assert!(attract.end().is_none());
        attract.begin(seconds(1));
        attract.take(Some(a_job(1)));
        attract.touch_job();
        attract.take(Some(a_job(2)));
        assert_eq!(attract.end().map(|job| job.id), Some(a_job(1).id));
        assert!(attract.end().is_none(), "once");
    }
}
