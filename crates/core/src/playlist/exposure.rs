//! Sees to it that every open job is on the wall within a period.

use super::OpenJob;
use crate::id::JobId;
use std::collections::{HashMap, HashSet};
use std::time::Duration;

/// How long one thing is on where the scene does not say.
pub(super) const SECONDS_FOR_ONE: u64 = 12;
/// Seconds that reading one row of the table takes.
const SECONDS_A_ROW: u64 = 2;
/// No page is shown for less.
const SECONDS_AT_LEAST: u64 = 6;

/// How long a page of that many rows is on, in seconds.
pub fn seconds_of_page(rows: usize) -> u64 {
    (SECONDS_A_ROW * rows as u64).max(SECONDS_AT_LEAST)
}

/// Characters of a text that are read in a second, standing, from afar.
const READ_A_SECOND: u64 = 5;
/// The longest that a text is on without a word of staff's.
const READING_AT_MOST: Duration = Duration::from_secs(60);

/// How long reading a text of so many characters takes: up to a minute, and nothing is said of one that is
/// read in no time.
pub fn reading_time(characters: usize) -> Option<Duration> {
    let seconds = (characters as u64).div_ceil(READ_A_SECOND);
    let time = Duration::from_secs(seconds).min(READING_AT_MOST);
    (time > Duration::from_secs(SECONDS_FOR_ONE)).then_some(time)
}

/// When each job was on last. A job that was not on yet counts from when it was first seen.
#[derive(Clone, Debug)]
pub struct Exposure {
    period: Duration,
    last: HashMap<JobId, Duration>,
    /// The scene before was one that it asked for.
    asked: bool,
}

impl Exposure {
    /// Every job within that time.
    pub fn new(period: Duration) -> Self {
        Self {
            period,
            last: HashMap::new(),
            asked: false,
        }
    }

    /// These came on at `at`.
    pub fn note(&mut self, jobs: impl Iterator<Item = JobId>, at: Duration) {
        for job in jobs {
            self.last.insert(job, at);
        }
    }

    /// The page that has to be next so that no job waits longer than the period: those that have
    /// waited longest. `None` while there is time for another scene, which takes `slack` at most.
    ///
    /// Where the pages of all jobs and one other scene take longer than the period, nothing can hold
    /// it; then every other scene is such a page, and the rest of the playlist goes on.
    pub fn page(
        &mut self,
        jobs: &[OpenJob],
        rows: usize,
        at: Duration,
        slack: Duration,
    ) -> Option<Vec<JobId>> {
        let here: HashSet<JobId> = jobs.iter().map(|job| job.id).collect();
        self.last.retain(|job, _| here.contains(job));
        let mut waiting: Vec<(Duration, JobId)> = jobs
            .iter()
            .map(|job| (*self.last.entry(job.id).or_insert(at), job.id))
            .collect();
        waiting.sort_unstable();
        let page = Duration::from_secs(seconds_of_page(rows));
        let pages = u32::try_from(waiting.len().div_ceil(rows)).unwrap_or(u32::MAX);
        let impossible = slack + page.saturating_mul(pages) > self.period;
        let is_late = |(n, (last, _)): (u32, &(Duration, JobId))| {
            at + slack + page.saturating_mul(n) > *last + self.period
        };
        let must = (0..).zip(waiting.iter().step_by(rows)).any(is_late);
        self.asked = must && !(impossible && self.asked);
        self.asked.then(|| {
            let longest: HashSet<JobId> = waiting.iter().take(rows).map(|(_, id)| *id).collect();
            let in_order = jobs.iter().filter(|job| longest.contains(&job.id));
            in_order.map(|job| job.id).collect()
        })
    }
}
