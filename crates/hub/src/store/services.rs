//! What the store keeps of the hall's other services.

use gighall_core::application::Answers;
use gighall_core::complaint::{ComplaintKind, ComplaintState, Told};
use gighall_core::id::{ApplicationId, ClaimId, ComplaintId, HallId, JobId};
use gighall_core::job::WorkKind;
use gighall_core::training::Enrolment;
use gighall_core::wire::KnownWorker;
use jiff::Timestamp;
use serde::Serialize;

/// Somebody who is enrolled for a course.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Enrolled {
    /// Who; `None` where the registration cannot be read.
    pub worker: Option<KnownWorker>,
    /// The enrolment.
    pub enrolment: Enrolment,
}

/// How many people would like to learn something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Demand {
    /// What.
    pub kind: WorkKind,
    /// How many people, each counted once.
    pub people: u32,
    /// When the last of them said so.
    pub last: Timestamp,
}

/// An application to be registered as unemployed, as it is kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct KeptApplication {
    /// Its id.
    pub id: ApplicationId,
    /// Its number, as the receipt shows it.
    pub number: String,
    /// Where it was handed in.
    pub hall: HallId,
    /// Who applied; `None` where the registration cannot be read.
    pub worker: Option<KnownWorker>,
    /// What was answered; `None` where what came cannot be read.
    pub answers: Option<Answers>,
    /// The version of the notice that the person agreed to.
    pub consent_version: u32,
    /// When they agreed.
    pub consent_at: Timestamp,
    /// When it was handed in.
    pub made_at: Timestamp,
    /// When the hub had it.
    pub arrived_at: Timestamp,
    /// When staff finished it.
    pub finished_at: Option<Timestamp>,
    /// Who.
    pub finished_by: Option<String>,
    /// What they wrote to it.
    pub note: Option<String>,
}

/// A complaint, as it is kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct KeptComplaint {
    /// Its id.
    pub id: ComplaintId,
    /// Its number, as the receipt shows it.
    pub number: String,
    /// Where it was handed in.
    pub hall: HallId,
    /// Whether somebody gave a name.
    pub named: bool,
    /// Who complains; `None` where nobody gave a name, or the registration cannot be read.
    pub worker: Option<KnownWorker>,
    /// What about.
    pub kind: ComplaintKind,
    /// About which job.
    pub job: Option<JobId>,
    /// About the pay of which claim.
    pub claim: Option<ClaimId>,
    /// What was said; `None` where what came cannot be read.
    pub told: Option<Told>,
    /// The version of the notice that the person agreed to.
    pub consent_version: u32,
    /// When they agreed.
    pub consent_at: Timestamp,
    /// When it was handed in.
    pub made_at: Timestamp,
    /// When the hub had it.
    pub arrived_at: Timestamp,
    /// Where it stands.
    pub state: ComplaintState,
    /// What staff say to the person.
    pub word: Option<String>,
    /// When staff last moved it.
    pub changed_at: Option<Timestamp>,
    /// Who.
    pub changed_by: Option<String>,
}

/// How workers found the work for an employer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EmployerRating {
    /// Its name.
    pub employer: String,
    /// How many claims were rated.
    pub ratings: u32,
    /// The sum of [`gighall_core::rating::Rating::points`].
    pub points: u32,
}
