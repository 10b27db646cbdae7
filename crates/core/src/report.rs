//! Rule 12: what a device says to a hub that may have been restored from an older copy
//! (`POST /report`). Everything in it only grows, so it may come twice, late and in any order.
//!
//! A device reports at each start and whenever it reaches the hub again. It takes on the hub's epoch
//! first, so that no grant from before the restoration that is still under way can reach it after it
//! has said how many it holds.

use crate::claim::Claim;
use crate::id::{Epoch, HubEpoch, JobId};
use crate::outbox::Head;
use crate::witness::Witnessed;
use serde::{Deserialize, Serialize};

/// What a device holds and did.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReportRequest {
    /// The device's epoch.
    pub epoch: Epoch,
    /// The hub's epoch as the device knows it: it takes grants of no other.
    pub hub_epoch: HubEpoch,
    /// Public half of the key that it signs codes with, in hexadecimal.
    pub public_key: String,
    /// Rights under its present epoch, at most [`BATCH_MAX`](crate::wire::BATCH_MAX) of them.
    pub rights: Vec<RightsReport>,
    /// Its logs, one for each enrolment that it remembers; at most as many.
    pub logs: Vec<LogReport>,
    /// Live claims that it made at the hub without a right of its own, at most as many; only where the hub
    /// asked for them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub claims: Option<Vec<Claim>>,
    /// What the hub said of claims of the device's hall, at most as much; only where the hub asked for
    /// claims. The rest comes in the requests before the [last](ReportRequest::last).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub witnessed: Vec<Witnessed>,
    /// Whether this is all: the rights of many jobs, and what was witnessed, come in several requests.
    pub last: bool,
}

/// The rights to places of one job.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RightsReport {
    /// Which job.
    pub job: JobId,
    /// g: what the device was granted in all.
    pub granted: u32,
    /// r: what it gave back in all.
    pub returned: u32,
}

/// The log of one enrolment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogReport {
    /// Which enrolment.
    pub epoch: Epoch,
    /// Its last record.
    pub head: Head,
    /// The last record of it that the hub has ever acknowledged; 0 for none.
    pub acknowledged: u64,
    /// Nothing is missing: this is the store that held its rights, and it holds none that are not in
    /// [`ReportRequest::rights`]. `false` for a store that was lost, or put back from a copy.
    pub whole: bool,
}

/// The hub's copy of a log.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogHead {
    /// Which enrolment.
    pub epoch: Epoch,
    /// Its last record at the hub.
    pub head: Head,
}

/// How the hub stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReportReply {
    /// The hub's epoch. Where it is another than the device's, the device takes it on and reports
    /// again.
    pub hub_epoch: HubEpoch,
    /// The hub's copies of the logs that were named: what follows is to be sent again.
    pub logs: Vec<LogHead>,
    /// The hub was restored, and may have forgotten [claims](ReportRequest::claims) too: it asks for them.
    #[serde(default)]
    pub asks_claims: bool,
    /// The hub knows all that this device holds.
    pub complete: bool,
}
