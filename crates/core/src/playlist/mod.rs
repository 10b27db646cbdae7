//! What the wall shows now: scenes in the order that the hall's staff set, each at its times, jobs
//! in turns that are fair to each of them.
//!
//! The player knows neither clock nor screen. Whoever drives it says how much time has passed, how
//! many rows a page holds and what there is to show; it says what is on, and until when.

mod filter;
mod player;
mod schedule;
#[cfg(test)]
mod tests;
mod turns;

pub use filter::JobFilter;
pub use player::{Content, Now, OpenJob, Player, Show, Slot};
pub use schedule::{Calendar, DayKind, Times, Weekday, When};

use serde::{Deserialize, Serialize};

/// How long one job, one notice or one text is shown where the scene does not say.
const SECONDS_FOR_ONE: u32 = 12;

/// One scene of the playlist, as `kiosk.toml` names it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Scene {
    /// The table of open jobs, page by page.
    Jobs {
        /// Seconds for each page; by default two for each row of it, and six at least.
        seconds: Option<u32>,
        /// At most so many rows a page, where the window has room for more.
        rows: Option<u32>,
        /// At most so many pages before the next scene; the next time it goes on where it stopped.
        pages: Option<u32>,
        /// Which jobs.
        #[serde(default)]
        only: JobFilter,
        /// At which times.
        #[serde(default)]
        when: When,
    },
    /// One job, large, with its code. Every job that fits has its turn, urgent ones two.
    Spotlight {
        /// Seconds for each job.
        #[serde(default = "seconds_for_one")]
        seconds: u32,
        /// How many jobs, one after the other, before the next scene.
        #[serde(default = "one")]
        jobs: u32,
        /// Which jobs.
        #[serde(default)]
        only: JobFilter,
        /// At which times.
        #[serde(default)]
        when: When,
    },
    /// How many jobs and places each kind of work has, and what they pay.
    Overview {
        /// How long.
        #[serde(default = "seconds_for_one")]
        seconds: u32,
        /// At which times.
        #[serde(default)]
        when: When,
    },
    /// One notice. Every current notice has its turn.
    Notice {
        /// Seconds for each notice.
        #[serde(default = "seconds_for_one")]
        seconds: u32,
        /// How many notices, one after the other, before the next scene.
        #[serde(default = "one")]
        notices: u32,
        /// At which times.
        #[serde(default)]
        when: When,
    },
    /// A text of the hall's own.
    Text {
        /// One line.
        title: String,
        /// Plain text.
        #[serde(default)]
        body: String,
        /// How long.
        #[serde(default = "seconds_for_one")]
        seconds: u32,
        /// At which times.
        #[serde(default)]
        when: When,
    },
}

fn seconds_for_one() -> u32 {
    SECONDS_FOR_ONE
}

fn one() -> u32 {
    1
}

impl Scene {
    /// The table of every open job, always.
    pub fn jobs() -> Self {
        Self::Jobs {
            seconds: None,
            rows: None,
            pages: None,
            only: JobFilter::default(),
            when: When::default(),
        }
    }

    /// So many jobs, one after the other, each for so many seconds, always.
    pub fn spotlight(seconds: u32, jobs: u32) -> Self {
        Self::Spotlight {
            seconds,
            jobs,
            only: JobFilter::default(),
            when: When::default(),
        }
    }

    /// So many notices, one after the other, each for so many seconds, always.
    pub fn notice(seconds: u32, notices: u32) -> Self {
        Self::Notice {
            seconds,
            notices,
            when: When::default(),
        }
    }

    /// Its `kind`, as `kiosk.toml` has it.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Jobs { .. } => "jobs",
            Self::Spotlight { .. } => "spotlight",
            Self::Overview { .. } => "overview",
            Self::Notice { .. } => "notice",
            Self::Text { .. } => "text",
        }
    }

    /// At which times it may be on.
    pub fn when(&self) -> &When {
        match self {
            Self::Jobs { when, .. }
            | Self::Spotlight { when, .. }
            | Self::Overview { when, .. }
            | Self::Notice { when, .. }
            | Self::Text { when, .. } => when,
        }
    }

    /// Which jobs it shows; `None` where it shows none.
    pub fn only(&self) -> Option<&JobFilter> {
        match self {
            Self::Jobs { only, .. } | Self::Spotlight { only, .. } => Some(only),
            Self::Overview { .. } => Some(&filter::EVERY_JOB),
            Self::Notice { .. } | Self::Text { .. } => None,
        }
    }
}

/// The playlist of a hall that did not set one.
pub fn default_scenes() -> Vec<Scene> {
    vec![
        Scene::jobs(),
        Scene::spotlight(SECONDS_FOR_ONE, 3),
        Scene::notice(SECONDS_FOR_ONE, 1),
    ]
}
