//! What the store keeps and gives for matching people with work.

use gighall_core::fit::Seeker;
use gighall_core::hardship::Hardship;
use gighall_core::id::WorkerId;
use gighall_core::wire::KnownWorker;
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
