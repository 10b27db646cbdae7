//! What there is to show, and what is shown.

use super::Place;
use crate::id::{EventId, JobId, NoticeId};
use jiff::Timestamp;
use std::time::Duration;

/// A job that can be shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OpenJob {
    /// Its id.
    pub id: JobId,
    /// When it stops being open by itself.
    pub until: Timestamp,
    /// Which scenes it fits: bit `n` for scene `n` of [`super::Player::scenes`].
    pub fits: u64,
    /// Has two turns in the spotlight where others have one.
    pub urgent: bool,
    /// Where the player finds what it remembers of it.
    pub place: Place,
}

/// What there is to show.
#[derive(Clone, Copy, Debug)]
pub struct Content<'a> {
    /// For each scene of [`super::Player::scenes`], whether it may be on now: its schedule lets it, and
    /// what it needs is there.
    pub on: &'a [bool],
    /// Every open job, each once, in the order in which lists show them.
    pub jobs: &'a [OpenJob],
    /// Every current notice, each once.
    pub notices: &'a [NoticeId],
    /// Every fair, broadcast and recruiting on the spot that runs or is to come, each once, the next
    /// first.
    pub fairs: &'a [EventId],
    /// The same of courses.
    pub courses: &'a [EventId],
    /// How many rows of the table the window has room for.
    pub rows: usize,
}

/// One of the things that scenes show.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Thing {
    /// An open job.
    Job(JobId),
    /// A current notice.
    Notice(NoticeId),
    /// An event that runs or is to come.
    Event(EventId),
}

impl Thing {
    /// The job, if it is one.
    pub fn job(self) -> Option<JobId> {
        match self {
            Self::Job(id) => Some(id),
            Self::Notice(_) | Self::Event(_) => None,
        }
    }
}

/// What is on the wall of a scene.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Show {
    /// A page of a table.
    Page {
        /// Which page of this pass, beginning with 1.
        page: usize,
        /// How many pages this pass has, as far as is known now.
        pages: usize,
        /// What is on it; never nothing.
        things: Vec<Thing>,
    },
    /// One thing.
    One(Thing),
    /// All that the scene has.
    Whole,
    /// Nothing can be shown: the hall's name, and what it does for people.
    Rest,
}

impl Show {
    /// What is shown, in order.
    pub fn things(&self) -> &[Thing] {
        match self {
            Self::Page { things, .. } => things,
            Self::One(thing) => std::slice::from_ref(thing),
            Self::Whole | Self::Rest => &[],
        }
    }
}

/// What is on, and for how long.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Now {
    /// Which scene of [`super::Player::scenes`]; without meaning for [`Show::Rest`].
    pub scene: usize,
    /// What of it.
    pub show: Show,
    /// Since when.
    pub since: Duration,
    /// Until when, if nothing changes before.
    pub until: Duration,
}
