//! What there is to show, as it was loaded: plain values that cross threads.

use super::feed::{FeedError, WallFeed};
use gighall_core::hall::{Hall, Notice, NoticeKind};
use gighall_core::id::{JobId, NoticeId};
use gighall_core::job::Job;
use gighall_core::playlist::{JobFilter, OpenJob};
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use std::collections::HashMap;

/// Everything that the wall shows, at one moment.
#[derive(Clone, Debug, Default)]
pub struct Content {
    /// The hall, once the device has heard of it.
    pub hall: Option<Hall>,
    /// Open jobs in the order of the table.
    pub jobs: Vec<Job>,
    /// The address behind each job's code.
    pub addresses: HashMap<JobId, String>,
    /// Current notices.
    pub notices: Vec<Notice>,
}

impl Content {
    /// Asks the feed for everything, as it is at `at`.
    pub fn load(feed: &dyn WallFeed, at: Timestamp) -> Result<Self, FeedError> {
        let mut jobs = feed.open_jobs(at)?;
        // Urgent work first, then what starts first; the number keeps the order steady.
        jobs.sort_by_key(|job| (!job.urgent, job.starts_at, job.number));
        let addresses = jobs
            .iter()
            .filter_map(|job| Some((job.id, feed.job_address(job.id)?)))
            .collect();
        Ok(Self {
            hall: feed.hall()?,
            jobs,
            addresses,
            notices: feed.notices(at)?,
        })
    }

    /// Drops what is over at `at`: between two loads, time alone closes jobs and notices. Says
    /// whether a job was among it.
    pub fn drop_what_is_over(&mut self, at: Timestamp) -> bool {
        let before = self.jobs.len();
        self.jobs.retain(|job| job.is_open(at));
        self.notices.retain(|notice| notice.is_current(at));
        self.jobs.len() != before
    }

    /// The jobs of a scene as the player wants them, on the day that is `today`.
    pub fn open_jobs(&self, only: &JobFilter, today: Date, zone: &TimeZone) -> Vec<OpenJob> {
        let open = |job: &Job| OpenJob {
            id: job.id,
            urgent: job.urgent,
        };
        let fitting = self.jobs.iter().filter(|job| only.fits(job, today, zone));
        fitting.map(open).collect()
    }

    /// The notices as the player wants them: those that take their turns.
    pub fn notice_ids(&self) -> Vec<NoticeId> {
        let in_turn = self.notices.iter().filter(|notice| !is_emergency(notice));
        in_turn.map(|notice| notice.id).collect()
    }

    /// What is over everything else; of several the one that began last.
    pub fn emergency(&self) -> Option<&Notice> {
        let all = self.notices.iter().filter(|notice| is_emergency(notice));
        all.max_by_key(|notice| notice.effective_from)
    }

    /// One of the jobs.
    pub fn job(&self, id: JobId) -> Option<&Job> {
        self.jobs.iter().find(|job| job.id == id)
    }
}

fn is_emergency(notice: &Notice) -> bool {
    notice.kind == NoticeKind::Emergency
}
