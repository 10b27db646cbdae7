//! What staff see and say where data or a device were lost.

use gighall_core::id::{ClaimId, Epoch, HallId, HubEpoch};
use gighall_core::identity::IdNumber;
use gighall_core::wire::ClaimWithJob;
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
    /// Jobs of which more is held and lent than there are places, by which staff have to find the claims
    /// that have ended.
    pub surplus: Vec<Surplus>,
}

/// A job of which more is held and lent than there are places, since a store was put back from a copy:
/// claims stand in it again of which no device knew that they had ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Surplus {
    /// Its hall.
    pub hall: HallId,
    /// Its number.
    pub number: u32,
    /// Its title.
    pub title: String,
    /// N.
    pub places: u32,
    /// What claims hold and devices were lent.
    pub used: u32,
    /// The claims that hold a place, oldest first.
    pub claims: Vec<ClaimWithJob>,
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

/// A slip of a device whose disk is gone, as staff read it from the paper in somebody's hand.
#[derive(Clone, Debug)]
pub struct PaperSlip {
    /// The claim's number.
    pub number: String,
    /// The job's number.
    pub job: u32,
    /// Whose it is.
    pub person: IdNumber,
    /// The claim's id, where the slip has a code.
    pub claim: Option<ClaimId>,
}

/// A slip that was entered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EnteredSlip {
    /// The claim as it stands now.
    pub claim: ClaimWithJob,
    /// Whether it was not here before.
    pub is_new: bool,
    /// What staff should look at.
    pub remarks: Vec<&'static str>,
}

/// Why a slip is not taken.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SlipFault {
    /// Not a number of a claim.
    #[error("{0:?} is no claim's number: those look like 07-0042")]
    NoNumber(String),
    /// The number of a claim that the hub decides on.
    #[error(
        "a number with a T is of a claim that was not confirmed (待确认): it holds no place; claim anew"
    )]
    NotConfirmed,
    /// Nobody gives such numbers.
    #[error("no device gives numbers that begin with {0}")]
    NoDevice(String),
    /// It will send its claims itself.
    #[error(
        "{0} is in service and sends its claims itself: where it is lost, say `device revoke` first"
    )]
    InService(String),
    /// The hub does not know the person.
    #[error(
        "the hub does not know that person: register them first, by telephone or at a terminal"
    )]
    NoPerson,
    /// The claim is here, and is another's.
    #[error("claim {number} is here, and is not that person's claim of job {job}")]
    AnotherClaim {
        /// The claim's number.
        number: String,
        /// The job that was said.
        job: u32,
    },
    /// The slip's code is that of another claim.
    #[error("the code is that of another claim than the number")]
    AnotherCode,
    /// Its log goes further, without that claim.
    #[error("what {device} sent goes beyond number {number}, and that claim is not in it")]
    NotInLog {
        /// The device.
        device: String,
        /// The claim's number.
        number: String,
    },
    /// The hall has no such job.
    #[error("the hall of {device} has no job {job}{}", in_doubt_text(.in_doubt))]
    NoJob {
        /// The device.
        device: String,
        /// The job that was said.
        job: u32,
        /// What is in doubt of the device.
        in_doubt: Vec<InDoubt>,
    },
    /// The device holds nothing that could be behind the slip.
    #[error(
        "{device} holds no place of job {job} that is in doubt: that one it cannot have confirmed{}",
        in_doubt_text(.in_doubt)
    )]
    NothingInDoubt {
        /// The device.
        device: String,
        /// The job that was said.
        job: u32,
        /// What is in doubt of the device.
        in_doubt: Vec<InDoubt>,
    },
}

fn in_doubt_text(in_doubt: &[InDoubt]) -> String {
    let one = |it: &InDoubt| format!("job {} {} ({} places)", it.number, it.title, it.places);
    match in_doubt {
        [] => String::new(),
        _ => {
            let all: Vec<String> = in_doubt.iter().map(one).collect();
            format!("; in doubt are {}", all.join(", "))
        }
    }
}
