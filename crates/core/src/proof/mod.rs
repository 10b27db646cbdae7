//! Proof of play: what a wall showed, when, and for how long.
//!
//! A [`Showing`] begins when something comes on and ends when it goes off; a page of the table is
//! one showing for each job on it. The [`Tracker`] makes showings of what a wall says is on, the
//! [`exposure`] report counts them for each job. Nobody's personal data is in them: a wall shows
//! none.

mod exposure;
mod sheet;
#[cfg(test)]
mod tests;
mod tracker;

pub use exposure::{Exposure, OpenOnDay, ShownJob, exposure};
pub use sheet::{BOM, COLUMNS, line, plain_cell};
pub use tracker::{PART_MOST, Seen, Tracker};

use crate::id::Epoch;
use crate::wire::BATCH_MAX;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// The scene of a [`Showing`] that stands for others that were lost.
pub const GAP: &str = "gap";
/// The [`Subject::kind`] of a job.
pub const JOB: &str = "job";
/// The [`Subject::kind`] of a notice.
pub const NOTICE: &str = "notice";
/// The [`Subject::kind`] of an event.
pub const EVENT: &str = "event";
/// The [`Subject::kind`] of a text of the hall's own.
pub const TEXT: &str = "text";

/// Most showings in one [`ProofRequest`].
pub const PROOF_BATCH_MAX: usize = BATCH_MAX;

/// One thing that was on a wall, from its coming on to its going off.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Showing {
    /// Which wall of the device.
    pub wall: String,
    /// Kind of the scene, as `kiosk.toml` has it; or `rest`, `emergency`, or [`GAP`].
    pub scene: String,
    /// What it was about; `None` for a scene that is about nothing in particular.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subject: Option<Subject>,
    /// Which page of a table, from 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub page: Option<u32>,
    /// When it came on, by the hub's clock.
    pub at: Timestamp,
    /// For how long, in milliseconds.
    pub ms: u64,
    /// It went on from a showing before: nothing came on anew.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub again: bool,
    /// How many showings this one stands for that could not be kept; 0 unless it is a [`GAP`].
    #[serde(default, skip_serializing_if = "is_zero")]
    pub lost: u64,
}

fn is_zero(n: &u64) -> bool {
    *n == 0
}

/// What a showing was about, as it was called at that time.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Subject {
    /// [`JOB`], [`NOTICE`], [`TEXT`], or something of a newer program.
    pub kind: String,
    /// The job's or the notice's id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<Uuid>,
    /// The job's number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub number: Option<u32>,
    /// The title that was shown.
    pub title: String,
}

/// A showing and its place in the device's log of them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NumberedShowing {
    /// Grows with every showing; numbers may be left out.
    pub seq: u64,
    /// The showing.
    #[serde(flatten)]
    pub showing: Showing,
}

/// `POST /proof`: showings of one enrolment, in order. Sent again they have no further effect.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProofRequest {
    /// Under which epoch they were written; the present one or an older one of this device.
    pub epoch: Epoch,
    /// At most [`PROOF_BATCH_MAX`].
    pub showings: Vec<NumberedShowing>,
}

/// What the hub has of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProofReply {
    /// Everything that was sent up to that number is kept; 0 where nothing was sent.
    pub through: u64,
}

/// One showing that stands for all of these, which could not be kept. `None` for none.
pub fn gap<'a>(lost: impl IntoIterator<Item = &'a Showing>) -> Option<Showing> {
    let mut gap: Option<Showing> = None;
    for showing in lost {
        let gap = gap.get_or_insert_with(|| Showing {
            wall: showing.wall.clone(),
            scene: GAP.to_owned(),
            subject: None,
            page: None,
            at: showing.at,
            ms: 0,
            again: false,
            lost: 0,
        });
        let end = showing.at.as_millisecond() + i64::try_from(showing.ms).unwrap_or(i64::MAX / 2);
        let so_far = u64::try_from(end - gap.at.as_millisecond()).unwrap_or(0);
        gap.ms = gap.ms.max(so_far);
        gap.lost += showing.lost.max(1);
    }
    gap
}

/// Makes the oldest of `queue` one gap, so that at most `most` are left; at least one is.
pub fn fold(queue: &mut Vec<Showing>, most: usize) {
    let most = most.max(1);
    if queue.len() <= most {
        return;
    }
    let folded = queue.len() - most + 1;
    let gap = gap(&queue[..folded]);
    queue.splice(..folded, gap);
}
