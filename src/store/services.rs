//! The hall's other services: enrolments for courses, wishes, applications, calls for staff. The hub
//! decides on enrolments; applications are kept in the outbox only, until the hub has them.

use super::erase::KNOWN;
use super::{Identity, Store, StoreError, from_json, meta, millis, outbox, to_json, workers};
use gighall_core::application::{APPLICATION_NOTICE_VERSION, Application};
use gighall_core::call::{Called, Calls};
use gighall_core::event::Event as Course;
use gighall_core::id::{ApplicationId, EnrolmentId, EventId, WorkerId};
use gighall_core::job::WorkKind;
use gighall_core::outbox::Event;
use gighall_core::seal::SealedText;
use gighall_core::training::{Enrolment, EnrolmentReason, EnrolmentState, may_enrol};
use gighall_core::wire::KnownWorker;
use gighall_core::worker::{Channel, Consent};
use jiff::Timestamp;
use rusqlite::{OptionalExtension, Transaction};
use uuid::Uuid;

/// JSON of core's Calls.
const CALLS: &str = "staff_calls";
/// Applications numbered so far.
const NUMBERED: &str = "applications_numbered";

impl Store {
    /// Asks for a place in a course. Only what is plain here stands against it; the hub decides.
    pub fn ask_to_enrol(
        &self,
        worker: &KnownWorker,
        course: EventId,
        now: Timestamp,
    ) -> Result<Result<Enrolment, EnrolmentReason>, StoreError> {
        self.write(|tx| {
            workers::must_be_known(tx, worker.worker)?;
            let known = super::posted::event(tx, course)?;
            let mine = enrolments_of(tx, worker.worker)?;
            let live = |it: &Enrolment| it.course == course && it.state.is_coming();
            let enrolled = mine.iter().any(live);
            if let Err(reason) = may_enrol(known.as_ref(), enrolled, now) {
                return Ok(Err(reason));
            }
            let Some(known) = known else {
                return Ok(Err(EnrolmentReason::Gone));
            };
            let enrolment = asked(&known, worker.worker, now);
            put(tx, &enrolment)?;
            let event = Event::TrainingAsked {
                enrolment: Box::new(enrolment.clone()),
            };
            outbox::append(tx, &self.vault, event, None, now)?;
            Ok(Ok(enrolment))
        })
    }

    /// One enrolment for a course.
    pub fn course_enrolment(&self, id: EnrolmentId) -> Result<Option<Enrolment>, StoreError> {
        self.read(|tx| enrolment(tx, id))
    }

    /// A worker's enrolments, newest first.
    pub fn enrolments_of(&self, worker: &KnownWorker) -> Result<Vec<Enrolment>, StoreError> {
        self.read(|tx| enrolments_of(tx, worker.worker))
    }

    /// Keeps enrolments of a worker that the hub told of.
    pub fn keep_enrolments(
        &self,
        worker: &KnownWorker,
        told: &[Enrolment],
    ) -> Result<(), StoreError> {
        self.write(|tx| {
            for told in told {
                if !decide(tx, told)? {
                    let enrolment = Enrolment {
                        worker: worker.worker,
                        ..told.clone()
                    };
                    put(tx, &enrolment)?;
                }
            }
            Ok(())
        })
    }

    /// Withdraws from a course, wherever it was asked for. One that has ended stays as it is.
    ///
    /// # Errors
    /// [`StoreError::TooLate`] once the course has begun.
    pub fn leave_course(
        &self,
        worker: &KnownWorker,
        id: EnrolmentId,
        now: Timestamp,
    ) -> Result<Enrolment, StoreError> {
        self.write(|tx| {
            let mut found = enrolment(tx, id)?
                .filter(|it| it.worker == worker.worker)
                .ok_or(StoreError::NotFound("enrolment"))?;
            if !found.state.is_coming() {
                return Ok(found);
            }
            if found.starts_at <= now {
                return Err(StoreError::TooLate);
            }
            found.state = EnrolmentState::Withdrawn;
            put(tx, &found)?;
            let event = Event::TrainingLeft {
                enrolment: id,
                worker: worker.worker,
            };
            outbox::append(tx, &self.vault, event, None, now)?;
            Ok(found)
        })
    }

    /// Tells the hub what a worker would like to learn.
    pub fn wish(
        &self,
        worker: &KnownWorker,
        kinds: &[WorkKind],
        now: Timestamp,
    ) -> Result<(), StoreError> {
        self.write(|tx| {
            workers::must_be_known(tx, worker.worker)?;
            let event = Event::TrainingWished {
                worker: worker.worker,
                kinds: kinds.to_vec(),
            };
            outbox::append(tx, &self.vault, event, None, now)
        })
    }

    /// Takes an application, whose answers are sealed to the hub; gives its number.
    pub fn apply_for(
        &self,
        identity: &Identity,
        worker: &KnownWorker,
        answers: SealedText,
        now: Timestamp,
    ) -> Result<String, StoreError> {
        self.write(|tx| {
            workers::must_be_known(tx, worker.worker)?;
            let id = ApplicationId(Uuid::new_v4());
            let number = meta::next_number(tx, identity, NUMBERED, "S", id.0)?;
            let application = Application {
                id,
                number: number.clone(),
                worker: worker.worker,
                answers,
                consent: Consent {
                    version: APPLICATION_NOTICE_VERSION,
                    at: now,
                },
                made_at: now,
                channel: Channel::Terminal,
            };
            let event = Event::Applied {
                application: Box::new(application),
            };
            outbox::append(tx, &self.vault, event, None, now)?;
            Ok(number)
        })
    }

    /// Somebody calls staff.
    pub fn call_staff(&self, now: Timestamp) -> Result<Called, StoreError> {
        self.change_calls(|calls| calls.call(now))
    }

    /// Somebody came, or nobody is needed. Says whether a call stood.
    pub fn end_call(&self, now: Timestamp) -> Result<bool, StoreError> {
        self.change_calls(|calls| calls.end(now))
    }

    /// The calls of this terminal.
    pub fn calls(&self) -> Result<Calls, StoreError> {
        self.read(calls)
    }

    fn change_calls<T>(&self, change: impl FnOnce(&mut Calls) -> T) -> Result<T, StoreError> {
        self.write(|tx| {
            let mut kept = calls(tx)?;
            let done = change(&mut kept);
            meta::set(tx, CALLS, &to_json(&kept)?)?;
            Ok(done)
        })
    }
}

fn calls(tx: &Transaction<'_>) -> Result<Calls, StoreError> {
    meta::get(tx, CALLS)?.map_or_else(|| Ok(Calls::default()), |kept| from_json(&kept))
}

fn asked(course: &Course, worker: WorkerId, now: Timestamp) -> Enrolment {
    Enrolment {
        id: EnrolmentId(Uuid::new_v4()),
        course: course.id,
        worker,
        title: course.title.clone(),
        place: course.place.clone(),
        starts_at: course.starts_at,
        channel: Channel::Terminal,
        state: EnrolmentState::Asked,
        reason: None,
        made_at: now,
    }
}

fn enrolment(tx: &Transaction<'_>, id: EnrolmentId) -> Result<Option<Enrolment>, StoreError> {
    let body: Option<String> = tx
        .prepare_cached("SELECT body FROM enrolments WHERE id = ?1")?
        .query_row([id.to_string()], |row| row.get(0))
        .optional()?;
    body.map(|body| from_json(&body)).transpose()
}

fn enrolments_of(tx: &Transaction<'_>, worker: WorkerId) -> Result<Vec<Enrolment>, StoreError> {
    let mut statement = tx.prepare_cached(
        "SELECT body FROM enrolments WHERE worker = ?1 ORDER BY made_at DESC, id",
    )?;
    let rows = statement.query_map([worker.to_string()], |row| row.get::<_, String>(0))?;
    rows.map(|body| from_json(&body?)).collect()
}

fn put(tx: &Transaction<'_>, it: &Enrolment) -> Result<(), StoreError> {
    tx.prepare_cached(
        "INSERT INTO enrolments (id, worker, body, made_at) VALUES (?1, ?2, ?3, ?4)
         ON CONFLICT (id) DO UPDATE SET body = excluded.body",
    )?
    .execute((
        it.id.to_string(),
        it.worker.to_string(),
        to_json(it)?,
        millis(it.made_at),
    ))?;
    Ok(())
}

/// Takes the hub's word on an enrolment that is here; says whether it is here. A withdrawal that the
/// hub has not heard of yet stands against older news.
fn decide(tx: &Transaction<'_>, told: &Enrolment) -> Result<bool, StoreError> {
    let Some(kept) = enrolment(tx, told.id)? else {
        return Ok(false);
    };
    let withdrawn_here = kept.state == EnrolmentState::Withdrawn && told.state.is_coming();
    let now = Enrolment {
        worker: kept.worker,
        ..told.clone()
    };
    // No news is no write: whoever reads again at each change would ask the hub for ever.
    if now != kept && !withdrawn_here {
        put(tx, &now)?;
    }
    Ok(true)
}

/// Takes the hub's word on an enrolment of this device's feed, known or of a store that was lost.
pub fn decide_or_keep(tx: &Transaction<'_>, told: &Enrolment) -> Result<(), StoreError> {
    if decide(tx, told)? {
        return Ok(());
    }
    let worker_known = tx
        .prepare_cached(&format!("SELECT 1 FROM workers WHERE id = ?1 AND {KNOWN}"))?
        .exists([told.worker.to_string()])?;
    if worker_known { put(tx, told) } else { Ok(()) }
}

/// Forgets the enrolments of a person who is forgotten.
pub fn forget(tx: &Transaction<'_>, worker: &str) -> Result<(), StoreError> {
    tx.prepare_cached("DELETE FROM enrolments WHERE worker = ?1")?
        .execute([worker])?;
    Ok(())
}
