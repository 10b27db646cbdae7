//! What the other services ask of the house behind the terminal.

use super::Saying;
use crate::terminal::desk::DeskError;
use gighall_core::application::Answers;
use gighall_core::call::Called;
use gighall_core::complaint::ComplaintNews;
use gighall_core::event::Event;
use gighall_core::fit::{Seeker, Suited};
use gighall_core::hall::Notice;
use gighall_core::hardship::Hardship;
use gighall_core::id::{ClaimId, ComplaintId, EnrolmentId, EventId, NoticeId};
use gighall_core::job::WorkKind;
use gighall_core::rating::Rating;
use gighall_core::rules::MAX_LIVE_CLAIMS;
use gighall_core::training::{Enrolment, EnrolmentReason};
use gighall_core::wire::KnownWorker;
use gighall_core::wishes::Wishes;
use jiff::Timestamp;

/// What is proposed to a worker.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Suggestions {
    /// Open jobs that suit them, best first, as [`gighall_core::fit`] has it.
    pub jobs: Vec<Suited>,
    /// Why there can be none.
    pub barred: Option<Barred>,
}

/// Why somebody can take no work at all now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Barred {
    /// They hold as many jobs as one may.
    HoldsMost,
    /// They did not come to work that they had taken, and can take none until then.
    Paused(Timestamp),
}

impl Barred {
    /// What bars somebody whose pause, if any, is still on.
    pub fn of(seeker: &Seeker) -> Option<Self> {
        match seeker.pause {
            Some(pause) => Some(Self::Paused(pause.until)),
            None => (seeker.held.len() >= MAX_LIVE_CLAIMS).then_some(Self::HoldsMost),
        }
    }
}

/// The house, as far as the other services know it. As with [`super::super::desk::Desk`], every
/// method may wait for disk or, where it says so, for the hub.
pub trait ServiceDesk {
    /// Policies, wage guides, warnings and announcements, newest first.
    fn policies(&self) -> Result<Vec<Notice>, DeskError>;
    /// The address at which a phone reads that notice; `None` where phones cannot reach the hub.
    fn policy_code(&self, notice: NoticeId) -> Option<String>;
    /// The address at which a phone that was in the hall a moment ago enrols for that course; `None` where
    /// phones cannot reach the hub.
    fn course_code(&self, course: EventId) -> Option<String>;
    /// Courses that run or are to come, the next first.
    fn courses(&self) -> Result<Vec<Event>, DeskError>;
    /// Asks for a place in a course; works without the hub, which alone decides. While the hub can
    /// be reached its decision is waited for, a few seconds at most.
    fn enrol(
        &self,
        worker: &KnownWorker,
        course: EventId,
    ) -> Result<Result<Enrolment, EnrolmentReason>, DeskError>;
    /// The worker's enrolments, newest first: those made here and, while the hub can be reached,
    /// those made elsewhere.
    fn my_courses(&self, worker: &KnownWorker) -> Result<Vec<Enrolment>, DeskError>;
    /// The same as this device knows them; the hub is not asked.
    fn my_courses_here(&self, worker: &KnownWorker) -> Result<Vec<Enrolment>, DeskError>;
    /// Withdraws from a course; works without the hub.
    fn leave_course(&self, worker: &KnownWorker, id: EnrolmentId) -> Result<Enrolment, DeskError>;
    /// Keeps what a worker would like to learn, in place of what they said before.
    fn wish(&self, worker: &KnownWorker, kinds: &[WorkKind]) -> Result<(), DeskError>;
    /// Takes an application to be registered as unemployed; gives its number. Works without the hub.
    fn apply(&self, worker: &KnownWorker, answers: &Answers) -> Result<String, DeskError>;
    /// Tells the hub what the worker says makes it hard for them to find work, in place of what they said
    /// before; nothing takes it back. Works without the hub.
    fn say_hardship(&self, worker: &KnownWorker, said: &[Hardship]) -> Result<(), DeskError>;
    /// What suits the worker. The hub is asked what else the worker holds, a few seconds at most; works without it.
    fn suited(&self, worker: &KnownWorker) -> Result<Suggestions, DeskError>;
    /// The same by what this device knows; the hub is not asked.
    fn suited_here(&self, worker: &KnownWorker) -> Result<Suggestions, DeskError>;
    /// The worker with what they said that they wish, here or at another terminal: the hub is asked, a
    /// few seconds at most; works without it.
    fn with_wishes(&self, worker: &KnownWorker) -> Result<KnownWorker, DeskError>;
    /// Keeps what a worker wishes of work, in place of what they said before; works without the hub.
    fn say_wishes(
        &self,
        worker: &KnownWorker,
        kinds: &[WorkKind],
        wishes: &Wishes,
    ) -> Result<KnownWorker, DeskError>;
    /// Takes a complaint, under a name or without one; works without the hub.
    fn complain(
        &self,
        worker: Option<&KnownWorker>,
        saying: &Saying,
    ) -> Result<ComplaintNews, DeskError>;
    /// How the worker's complaints stand, newest first: those made here and, while the hub can be
    /// reached, those made elsewhere.
    fn my_complaints(&self, worker: &KnownWorker) -> Result<Vec<ComplaintNews>, DeskError>;
    /// The same as this device knows them; the hub is not asked.
    fn my_complaints_here(&self, worker: &KnownWorker) -> Result<Vec<ComplaintNews>, DeskError>;
    /// How a complaint stands that was made here, or of somebody who was here.
    fn complaint(&self, id: ComplaintId) -> Result<Option<ComplaintNews>, DeskError>;
    /// Whether the worker may still say how the work of a claim was.
    fn may_rate(&self, worker: &KnownWorker, claim: ClaimId) -> Result<bool, DeskError>;
    /// The worker says how the work was: what was said first counts. Works without the hub.
    fn rate(&self, worker: &KnownWorker, claim: ClaimId, rating: Rating) -> Result<(), DeskError>;
    /// Calls staff to this terminal; works without the hub.
    fn call_staff(&self) -> Result<Called, DeskError>;
    /// Nobody is needed any more.
    fn call_over(&self) -> Result<(), DeskError>;
    /// Whether a call stands.
    fn call_stands(&self) -> Result<bool, DeskError>;
}
