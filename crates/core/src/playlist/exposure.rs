//! Sees to it that every open job is on the wall within a period.

use super::OpenJob;
use super::memory::{Item, Memory};
use std::time::Duration;

/// No period is longer, in seconds: a day.
const LONGEST_PERIOD: usize = 24 * 3600;

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

/// When each job was on last, in seconds. A job that was not on yet counts from when it was first seen.
#[derive(Clone, Debug)]
pub(super) struct Exposure {
    period: Duration,
    last: Memory<u32>,
    /// The scene before was one that it asked for.
    asked: bool,
    /// What the pages of all jobs and one other scene take, where that is longer than the period.
    needed: Option<Duration>,
}

/// Whole seconds: a player runs for less than a hundred years.
fn whole(time: Duration) -> u32 {
    u32::try_from(time.as_secs()).unwrap_or(u32::MAX)
}

impl Exposure {
    /// Every job within that time.
    pub fn new(period: Duration) -> Self {
        Self {
            period: period.min(Duration::from_secs(LONGEST_PERIOD as u64)),
            last: Memory::default(),
            asked: false,
            needed: None,
        }
    }

    /// Goes on where `before` stopped.
    pub fn follow_on(&mut self, before: &mut Self) {
        self.last = std::mem::take(&mut before.last);
    }

    /// The shortest period that can be held, where this one cannot.
    pub fn needed(&self) -> Option<Duration> {
        self.needed
    }

    /// These came on at `at`.
    pub fn note<'a>(&mut self, items: impl Iterator<Item = &'a Item>, at: Duration) {
        for item in items.filter(|item| item.thing.job().is_some()) {
            self.last.set(item, whole(at));
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
    ) -> Option<Vec<Item>> {
        // How many jobs have waited for so many seconds. Beyond the period all are as late as can be.
        let most = usize::try_from(self.period.as_secs()).unwrap_or(LONGEST_PERIOD);
        let mut waited = vec![0_usize; most + 2];
        let longest = waited.len() - 1;
        let age = |last: u32| {
            let seconds = usize::try_from(whole(at).saturating_sub(last));
            seconds.unwrap_or(usize::MAX).min(longest)
        };
        for job in jobs {
            let item = Item::from(job);
            let last = self.last.get(&item).unwrap_or_else(|| {
                self.last.set(&item, whole(at));
                whole(at)
            });
            if let Some(count) = waited.get_mut(age(last)) {
                *count += 1;
            }
        }
        let page = Duration::from_secs(seconds_of_page(rows));
        let pages = |pages: usize| page.saturating_mul(u32::try_from(pages).unwrap_or(u32::MAX));
        let needed = slack + pages(jobs.len().div_ceil(rows));
        self.needed = Some(needed).filter(|needed| *needed > self.period);
        // Those that have waited longest come first: of those that have waited as long, the last ones to
        // have a page are looked at.
        let part = Duration::from_nanos(at.subsec_nanos().into());
        let mut before = 0;
        let mut someone = waited.iter().enumerate().rev();
        let must = someone.any(|(age, count)| {
            if *count == 0 {
                return false;
            }
            let first = before;
            before += count;
            let last = (before - 1) / rows;
            let waits = Duration::from_secs(age as u64) + part + slack + pages(last);
            last * rows >= first && waits > self.period
        });
        self.asked = must && !(self.needed.is_some() && self.asked);
        self.asked.then(|| {
            // All that have waited longer than that, and so many of those that have waited as long.
            let (mut left, mut least) = (rows, 0);
            for (age, count) in waited.iter().enumerate().rev() {
                least = age;
                if *count >= left {
                    break;
                }
                left -= count;
            }
            let mut page = Vec::with_capacity(rows.min(jobs.len()));
            for job in jobs {
                let item = Item::from(job);
                let age = self.last.get(&item).map_or(0, age);
                if age > least {
                    page.push(item);
                } else if age == least && left > 0 {
                    left -= 1;
                    page.push(item);
                }
            }
            page
        })
    }
}
