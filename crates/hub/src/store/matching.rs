//! What the store keeps and gives for matching people with work.

use gighall_core::fit::Seeker;
use gighall_core::hardship::Hardship;
use gighall_core::id::{HallId, WorkerId};
use gighall_core::wire::KnownWorker;
use gighall_core::worker::{Channel, Consent};
use jiff::Timestamp;
use serde::Serialize;

/// A registered person who looks for work.
#[derive(Clone, Debug)]
pub struct Person {
    /// Who.
    pub worker: KnownWorker,
    /// What they can do, wish and hold, and whether they are in the ledger of hardship.
    pub seeker: Seeker,
}

/// A line of the ledger of those who find it hard to get work.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct KeptHardship {
    /// Whose.
    pub worker: WorkerId,
    /// What kind.
    pub kind: Hardship,
    /// Why staff wrote it down.
    pub why: String,
    /// When.
    pub set_at: Timestamp,
    /// Who.
    pub set_by: String,
    /// That it ended; `None` while it goes on.
    pub end: Option<HardshipEnd>,
}

/// That a hardship ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct HardshipEnd {
    /// When.
    pub at: Timestamp,
    /// Who wrote it down.
    pub by: String,
    /// Why.
    pub why: String,
}

/// What a person said at a terminal makes it hard for them to find work. It counts for nothing before staff
/// have verified it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SaidHardship {
    /// Who.
    pub worker: WorkerId,
    /// In which hall.
    pub hall: HallId,
    /// What kind; `None` where they took back what they had said.
    pub kind: Option<Hardship>,
    /// When they said it last.
    pub said_at: Timestamp,
    /// What they agreed to, apart from all else.
    pub consent: Option<Consent>,
    /// Through which door.
    pub channel: Channel,
    /// The number of the member of staff who helped.
    pub helped_by: Option<String>,
    /// What staff found; `None` before they have looked at it.
    pub decision: Option<HardshipDecision>,
}

/// What staff found of what a person said.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct HardshipDecision {
    /// Whether it holds.
    pub verified: bool,
    /// When.
    pub at: Timestamp,
    /// Who.
    pub by: String,
    /// What they saw, or why it does not hold.
    pub why: String,
}
