//! What staff see and say where data or a device were lost.

use gighall_core::id::{Epoch, HallId, HubEpoch};
use jiff::Timestamp;
use std::collections::BTreeMap;

/// How the hub stands after it was put back from a copy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Restored {
    /// The hub's epoch: 1 where it never was.
    pub hub_epoch: HubEpoch,
    /// When that was raised last.
    pub raised_at: Option<Timestamp>,
    /// Why.
    pub raised_why: Option<String>,
    /// Whom the hub waits for; nobody where all have reported.
    pub waiting: Vec<Unreported>,
    /// How many open jobs give no place in which hall.
    pub held: BTreeMap<HallId, u64>,
}

/// An enrolment that has not reported.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unreported {
    /// Its hall.
    pub hall: HallId,
    /// Its device's name.
    pub device: String,
    /// Which enrolment.
    pub epoch: Epoch,
    /// When the device last asked for the feed.
    pub seen_at: Option<Timestamp>,
}

/// A member of staff at the hub's machine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StaffMember {
    /// The account: two people have two.
    pub account: String,
    /// As the audit names them.
    pub actor: String,
}

/// What came of a word that a device is lost for good.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum WriteOff {
    /// It waits for a second one. So much is in doubt.
    Asked(Vec<InDoubt>),
    /// It is done: these places are free.
    Done(Vec<InDoubt>),
}

/// Places of a job that a lost device may have given to somebody.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InDoubt {
    /// The job's number.
    pub number: u32,
    /// Its title.
    pub title: String,
    /// How many places.
    pub places: u32,
    /// Until when it takes claims.
    pub valid_until: Timestamp,
}
