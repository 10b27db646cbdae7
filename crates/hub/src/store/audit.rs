//! The log of who saw or changed what of a person: for the person who asks, and for whoever looks
//! after those who may look.

use gighall_core::id::{HallId, WorkerId};
use jiff::Timestamp;
use std::ops::Range;

/// What was done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Act {
    /// Staff looked at what is kept of a person.
    Shown,
    /// Staff took everything that is kept of a person out as a file.
    Exported,
    /// Staff corrected a name.
    Renamed,
    /// Staff changed the mobile number.
    PhoneChanged,
    /// Staff erased a person.
    Erased,
    /// Staff listed claims with the masked names of those who made them.
    ClaimsListed,
    /// Staff passed an employer's choice on.
    ClaimDecided,
    /// Staff said that a worker came.
    CheckedIn,
    /// Staff took back that a worker came.
    CheckInUndone,
    /// Staff withdrew a claim for its worker.
    ClaimWithdrawn,
    /// Staff said that a worker did not come.
    MarkedAbsent,
    /// Staff lifted the pause after no-shows.
    PauseLifted,
    /// Staff revoked a pass.
    PassRevoked,
    /// Staff set a PIN anew, for a person who stood before them.
    PinSet,
    /// Staff listed who is enrolled for a course.
    EnrolmentsListed,
    /// Staff listed applications with the masked names of those who made them.
    ApplicationsListed,
    /// Staff looked at an application.
    ApplicationShown,
    /// Staff finished an application.
    ApplicationFinished,
    /// Staff were shown jobs for a person, or a person for a job.
    Matched,
    /// Staff wrote a person into the ledger of hardship.
    HardshipSet,
    /// Staff ended what a person was in the ledger of hardship for.
    HardshipEnded,
    /// Staff listed the ledger of hardship with the masked names in it.
    HardshipListed,
    /// Staff listed what people said makes it hard for them to find work, with masked names.
    HardshipSaidListed,
    /// Staff verified what a person said of that: it is in the ledger.
    HardshipVerified,
    /// Staff found that what a person said of that does not hold.
    HardshipDismissed,
    /// Staff listed complaints with the masked names of those who made them.
    ComplaintsListed,
    /// Staff looked at a complaint.
    ComplaintShown,
    /// Staff took a complaint up, or closed it.
    ComplaintMoved,
    /// A terminal was told who has the identity number that was typed there.
    Found,
    /// A phone was let in by number and name.
    SignedIn,
    /// Staff read this log.
    AuditRead,
    /// A member of staff said that a device is lost for good.
    WriteOffAsked,
    /// A second member of staff said so too: it was written off.
    WrittenOff,
    /// Staff entered a slip of a device that is lost.
    SlipEntered,
    /// Staff put a copy of the store back.
    Restored,
}

impl Act {
    /// Every act with its code, which is kept for good.
    const CODES: &[(Self, &'static str)] = &[
        (Self::Shown, "shown"),
        (Self::Exported, "exported"),
        (Self::Renamed, "renamed"),
        (Self::PhoneChanged, "phone-changed"),
        (Self::Erased, "erased"),
        (Self::ClaimsListed, "claims-listed"),
        (Self::ClaimDecided, "claim-decided"),
        (Self::CheckedIn, "checked-in"),
        (Self::CheckInUndone, "check-in-undone"),
        (Self::ClaimWithdrawn, "claim-withdrawn"),
        (Self::MarkedAbsent, "marked-absent"),
        (Self::PauseLifted, "pause-lifted"),
        (Self::PassRevoked, "pass-revoked"),
        (Self::PinSet, "pin-set"),
        (Self::EnrolmentsListed, "enrolments-listed"),
        (Self::ApplicationsListed, "applications-listed"),
        (Self::ApplicationShown, "application-shown"),
        (Self::ApplicationFinished, "application-finished"),
        (Self::Matched, "matched"),
        (Self::HardshipSet, "hardship-set"),
        (Self::HardshipEnded, "hardship-ended"),
        (Self::HardshipListed, "hardship-listed"),
        (Self::HardshipSaidListed, "hardship-said-listed"),
        (Self::HardshipVerified, "hardship-verified"),
        (Self::HardshipDismissed, "hardship-dismissed"),
        (Self::ComplaintsListed, "complaints-listed"),
        (Self::ComplaintShown, "complaint-shown"),
        (Self::ComplaintMoved, "complaint-moved"),
        (Self::Found, "found"),
        (Self::SignedIn, "signed-in"),
        (Self::AuditRead, "audit-read"),
        (Self::WriteOffAsked, "write-off-asked"),
        (Self::WrittenOff, "written-off"),
        (Self::SlipEntered, "slip-entered"),
        (Self::Restored, "restored"),
    ];

    /// The code that the store and exports use.
    pub fn code(self) -> &'static str {
        let found = Self::CODES.iter().find(|(act, _)| *act == self);
        found.map_or("", |(_, code)| code)
    }

    /// The act with that code.
    pub fn from_code(code: &str) -> Option<Self> {
        let found = Self::CODES.iter().find(|(_, known)| *known == code);
        found.map(|(act, _)| *act)
    }
}

/// A line of the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Audited {
    /// When.
    pub at: Timestamp,
    /// Who: `staff …` with the account of the machine, `device …` with its id, or `phone`.
    pub actor: String,
    /// What was done.
    pub act: Act,
    /// Whose data it was, where it was one person's.
    pub worker: Option<WorkerId>,
    /// Of which hall, where it was a hall's.
    pub hall: Option<HallId>,
    /// What it was about, where it was no person.
    pub about: Option<String>,
}

/// Which lines are asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditQuery {
    /// From then, up to then.
    pub between: Range<Timestamp>,
    /// Only those about that person.
    pub worker: Option<WorkerId>,
}
