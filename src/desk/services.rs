//! The hall's other services, over store and sync engine.

use super::{HallDesk, damaged_key};
use crate::store::NewComplaint;
use crate::terminal::desk::{Desk, DeskError};
use crate::terminal::services::{Saying, ServiceDesk, Suggestions};
use gighall_core::application::Answers;
use gighall_core::call::Called;
use gighall_core::complaint::ComplaintNews;
use gighall_core::event::{Event, EventKind};
use gighall_core::hall::{Notice, NoticeKind};
use gighall_core::hardship::Hardship;
use gighall_core::id::{ClaimId, ComplaintId, EnrolmentId, EventId, NoticeId};
use gighall_core::job::WorkKind;
use gighall_core::rating::Rating;
use gighall_core::training::{Enrolment, EnrolmentReason, EnrolmentState};
use gighall_core::wire::KnownWorker;
use gighall_core::wishes::Wishes;
use std::time::{Duration, Instant};

/// How long the hub's decision on an enrolment is waited for, while the hub can be reached. It comes
/// over the feed, mostly within a second.
const DECISION_WAIT: Duration = Duration::from_secs(4);
/// How often it is looked for meanwhile.
const LOOK: Duration = Duration::from_millis(50);

impl ServiceDesk for HallDesk {
    fn policies(&self) -> Result<Vec<Notice>, DeskError> {
        let mut notices = self.store.notices(self.sync.now())?;
        // What is over everything on the wall need not be read here too.
        notices.retain(|notice| notice.kind != NoticeKind::Emergency);
        Ok(notices)
    }

    fn policy_code(&self, notice: NoticeId) -> Option<String> {
        let identity = self.sync.identity()?;
        let hub = identity.phone_url.as_str();
        (!hub.is_empty()).then(|| format!("{hub}/n/{notice}"))
    }

    fn course_code(&self, course: EventId) -> Option<String> {
        let code = self.phone_code(None)?;
        Some(format!("{code}?course={course}"))
    }

    fn courses(&self) -> Result<Vec<Event>, DeskError> {
        let mut events = self.store.events(self.sync.now())?;
        events.retain(|event| event.kind == EventKind::Training);
        Ok(events)
    }

    fn enrol(
        &self,
        worker: &KnownWorker,
        course: EventId,
    ) -> Result<Result<Enrolment, EnrolmentReason>, DeskError> {
        let asked = self.store.ask_to_enrol(worker, course, self.sync.now())?;
        let mut enrolment = match asked {
            Ok(enrolment) => enrolment,
            Err(reason) => return Ok(Err(reason)),
        };
        let end = Instant::now() + DECISION_WAIT;
        while enrolment.state == EnrolmentState::Asked
            && self.sync.link().borrow().online
            && Instant::now() < end
        {
            std::thread::sleep(LOOK);
            if let Some(now) = self.store.course_enrolment(enrolment.id)? {
                enrolment = now;
            }
        }
        Ok(Ok(enrolment))
    }

    fn my_courses(&self, worker: &KnownWorker) -> Result<Vec<Enrolment>, DeskError> {
        self.ask_of(worker)?;
        self.my_courses_here(worker)
    }

    fn my_courses_here(&self, worker: &KnownWorker) -> Result<Vec<Enrolment>, DeskError> {
        Ok(self.store.enrolments_of(worker)?)
    }

    fn leave_course(&self, worker: &KnownWorker, id: EnrolmentId) -> Result<Enrolment, DeskError> {
        Ok(self.store.leave_course(worker, id, self.sync.now())?)
    }

    fn wish(&self, worker: &KnownWorker, kinds: &[WorkKind]) -> Result<(), DeskError> {
        Ok(self.store.wish(worker, kinds, self.sync.now())?)
    }

    fn suited(&self, worker: &KnownWorker) -> Result<Suggestions, DeskError> {
        self.ask_of(worker)?;
        self.suited_here(worker)
    }

    fn suited_here(&self, worker: &KnownWorker) -> Result<Suggestions, DeskError> {
        Ok(self.store.suited(worker, self.here, self.sync.now())?)
    }

    fn with_wishes(&self, worker: &KnownWorker) -> Result<KnownWorker, DeskError> {
        let told = self.ask_of(worker)?;
        Ok(
            match told.and_then(|told| told.wishes.map(|it| (told.work_kinds, it))) {
                Some((kinds, wishes)) => self.store.keep_wishes(worker.worker, &kinds, &wishes)?,
                None => worker.clone(),
            },
        )
    }

    fn say_wishes(
        &self,
        worker: &KnownWorker,
        kinds: &[WorkKind],
        wishes: &Wishes,
    ) -> Result<KnownWorker, DeskError> {
        let now = self.sync.now();
        Ok(self.store.say_wishes(worker.worker, kinds, wishes, now)?)
    }

    fn say_hardship(&self, worker: &KnownWorker, said: &[Hardship]) -> Result<(), DeskError> {
        let said = self.hardship_said(said)?;
        let now = self.sync.now();
        Ok(self.store.say_hardship(worker.worker, said, now)?)
    }

    fn apply(&self, worker: &KnownWorker, answers: &Answers) -> Result<String, DeskError> {
        let identity = self.identity()?;
        let sealed = answers.seal(&identity.sealing_key).map_err(damaged_key)?;
        let now = self.sync.now();
        Ok(self.store.apply_for(&identity, worker, sealed, now)?)
    }

    fn complain(
        &self,
        worker: Option<&KnownWorker>,
        saying: &Saying,
    ) -> Result<ComplaintNews, DeskError> {
        let identity = self.identity()?;
        let told = saying.told.seal(&identity.sealing_key);
        let new = NewComplaint {
            kind: saying.kind,
            job: saying.job,
            claim: saying.claim,
            told: told.map_err(damaged_key)?,
        };
        let now = self.sync.now();
        Ok(self.store.complain(&identity, worker, &new, now)?)
    }

    fn my_complaints(&self, worker: &KnownWorker) -> Result<Vec<ComplaintNews>, DeskError> {
        self.ask_of(worker)?;
        self.my_complaints_here(worker)
    }

    fn my_complaints_here(&self, worker: &KnownWorker) -> Result<Vec<ComplaintNews>, DeskError> {
        Ok(self.store.complaints_of(worker)?)
    }

    fn complaint(&self, id: ComplaintId) -> Result<Option<ComplaintNews>, DeskError> {
        Ok(self.store.complaint(id)?)
    }

    fn may_rate(&self, worker: &KnownWorker, claim: ClaimId) -> Result<bool, DeskError> {
        Ok(self.store.may_rate(worker, claim)?)
    }

    fn rate(&self, worker: &KnownWorker, claim: ClaimId, rating: Rating) -> Result<(), DeskError> {
        Ok(self.store.rate(worker, claim, rating, self.sync.now())?)
    }

    fn call_staff(&self) -> Result<Called, DeskError> {
        Ok(self.store.call_staff(self.sync.now())?)
    }

    fn call_over(&self) -> Result<(), DeskError> {
        self.store.end_call(self.sync.now())?;
        Ok(())
    }

    fn call_stands(&self) -> Result<bool, DeskError> {
        let calls = self.store.calls()?;
        Ok(calls.standing(self.sync.now()).is_some())
    }
}
