//! What the store keeps of the hall's other services.

use gighall_core::application::Answers;
use gighall_core::id::{ApplicationId, HallId};
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
