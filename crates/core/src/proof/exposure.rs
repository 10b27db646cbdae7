//! Who was shown how often: the report that says whether every open job had its turn.

use crate::id::JobId;
use jiff::Timestamp;
use std::collections::BTreeMap;

/// A job that was open at some time of the day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenOnDay {
    /// Which.
    pub job: JobId,
    /// Its number.
    pub number: u32,
    /// Its title, as it is now.
    pub title: String,
    /// For how long of the day it was open, in seconds.
    pub open_seconds: u64,
}

/// A job that was shown that day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShownJob {
    /// Which.
    pub job: JobId,
    /// Its number when it was shown last.
    pub number: u32,
    /// Its title when it was shown last.
    pub title: String,
    /// How often it came on.
    pub times: u64,
    /// For how long in all, in milliseconds.
    pub ms: u64,
    /// When it first came on.
    pub first: Timestamp,
    /// When it last came on.
    pub last: Timestamp,
}

/// One line of the report.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exposure {
    /// The job's number.
    pub number: u32,
    /// The job's title.
    pub title: String,
    /// For how long of the day it was open, in seconds; 0 for a job that only a hall which was cut
    /// off took for open.
    pub open_seconds: u64,
    /// How often it came on.
    pub times: u64,
    /// For how long in all, in seconds.
    pub seconds: u64,
    /// When it first and last came on; `None` for a job that was never shown.
    pub between: Option<(Timestamp, Timestamp)>,
}

/// Every job that was open or shown that day: those never shown first, the longest open of them
/// before the others; then by how often they were shown.
pub fn exposure(open: Vec<OpenOnDay>, shown: Vec<ShownJob>) -> Vec<Exposure> {
    let mut shown: BTreeMap<JobId, ShownJob> =
        shown.into_iter().map(|shown| (shown.job, shown)).collect();
    let line = |number, title, open_seconds, shown: Option<&ShownJob>| Exposure {
        number,
        title,
        open_seconds,
        times: shown.map_or(0, |shown| shown.times),
        seconds: shown.map_or(0, |shown| shown.ms / 1000),
        between: shown.map(|shown| (shown.first, shown.last)),
    };
    let mut lines: Vec<Exposure> = open
        .into_iter()
        .map(|open| {
            let shown = shown.remove(&open.job);
            line(open.number, open.title, open.open_seconds, shown.as_ref())
        })
        .collect();
    let only_shown = std::mem::take(&mut shown);
    lines.extend(
        only_shown
            .values()
            .map(|shown| line(shown.number, shown.title.clone(), 0, Some(shown))),
    );
    lines.sort_by_key(|line| {
        let longest_first = u64::MAX - line.open_seconds;
        let order = if line.times == 0 { longest_first } else { 0 };
        (line.times, order, line.number)
    });
    lines
}
