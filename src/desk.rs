//! The house behind the windows: the terminal's desk and the wall's feed, over store and sync
//! engine.

mod proof;
mod services;
mod wall;

use crate::staff::HallStaff;
use crate::store::{Door, HardshipSaid, Identity, Said, Store, StoreError, Taken};
use crate::sync::{Asked, Sync};
use crate::terminal::desk::{
    ClaimOutcome, Closed, Desk, DeskError, Identified, JobPage, JobQuery, NewRegistration,
    WhyProvisional,
};
use crate::terminal::staff::{StaffAnswer, StaffAsk};
use gighall_core::claim::{Claim, ClaimReason};
use gighall_core::hall::Notice;
use gighall_core::hardship::Hardship;
use gighall_core::id::{ClaimId, JobId};
use gighall_core::identity::IdNumber;
use gighall_core::job::{Job, WorkKind};
use gighall_core::pass::Pass;
use gighall_core::pin::{Pin, PinBy};
use gighall_core::place::Place;
use gighall_core::playlist::Parade;
use gighall_core::seal::SealError;
use gighall_core::token::{Presence, SigningKey};
use gighall_core::wire::{
    ClaimRequest, ClaimWithJob, FindWorkerReply, KnownWorker, Problem, ProblemType,
};
use gighall_core::worker::Channel;
use jiff::{SignedDuration, Timestamp};
use proof::{Proof, hashed};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use uuid::Uuid;

/// How many jobs like a full one are shown.
const LIKE_MAX: usize = 6;

/// Store and sync engine of one hall's device.
pub struct HallDesk {
    store: Arc<Store>,
    sync: Arc<Sync>,
    /// What staff have to mend for each wall.
    troubles: Mutex<BTreeMap<String, String>>,
    /// What staff may do, at a desk of theirs.
    staff: Option<HallStaff>,
    /// Where the hall is.
    here: Option<Place>,
    /// Whose turn it is on a terminal that nobody uses.
    parade: Mutex<Parade>,
}

impl From<StoreError> for DeskError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::NotFound("worker") => Self::PersonGone,
            StoreError::NotFound(_) => Self::NotFound,
            StoreError::TooLate => Self::TooLate,
            StoreError::TooManyNameless => Self::TooManyNameless,
            error => {
                tracing::error!(%error, "the store failed");
                Self::Store(error.to_string())
            }
        }
    }
}

impl HallDesk {
    /// The desk over that store and that engine.
    pub fn new(store: Arc<Store>, sync: Arc<Sync>) -> Self {
        Self {
            store,
            sync,
            troubles: Mutex::default(),
            staff: None,
            here: None,
            parade: Mutex::default(),
        }
    }

    /// The same, in a hall at that place.
    pub fn at(self, here: Option<Place>) -> Self {
        Self { here, ..self }
    }

    /// The same, where staff may do that.
    pub fn with_staff(self, staff: HallStaff) -> Self {
        Self {
            staff: Some(staff),
            ..self
        }
    }

    fn identity(&self) -> Result<Arc<Identity>, DeskError> {
        self.sync.identity().ok_or(DeskError::NotEnrolled)
    }

    fn full(&self, job: JobId, held_by: &[String]) -> Result<ClaimOutcome, DeskError> {
        let like = match self.store.job(job)? {
            Some(job) => self.store.like(&job, LIKE_MAX, self.sync.now())?,
            None => vec![],
        };
        Ok(ClaimOutcome::Full {
            held_by: held_by.to_vec(),
            like,
        })
    }

    fn provisional(
        &self,
        identity: &Identity,
        worker: &KnownWorker,
        job: JobId,
        id: ClaimId,
        why: WhyProvisional,
    ) -> Result<ClaimOutcome, DeskError> {
        let now = self.sync.now();
        let taken = self
            .store
            .take_provisionally(identity, worker, job, id, now)?;
        Ok(match taken {
            // The hub has told of it meanwhile.
            Taken::Done(claim) if claim.state.holds_place() => ClaimOutcome::Confirmed(claim),
            Taken::Done(claim) => ClaimOutcome::Provisional(claim, why),
            Taken::NotAllowed(reason) => ClaimOutcome::NotAllowed(reason),
            // A provisional claim needs no right.
            Taken::NoRight => ClaimOutcome::NotAllowed(ClaimReason::Full),
        })
    }

    /// No right is held here, or none may be spent: at the hub, or provisionally.
    fn claim_without_right(
        &self,
        identity: &Identity,
        worker: &KnownWorker,
        job: JobId,
        id: ClaimId,
    ) -> Result<ClaimOutcome, DeskError> {
        let request = ClaimRequest {
            claim: id,
            job,
            worker: worker.worker,
            channel: Channel::Terminal,
        };
        match self.sync.claim_at_hub(request) {
            Asked::Answer(reply) => {
                let claim = self.store.keep_direct(&reply, worker)?;
                Ok(ClaimOutcome::Confirmed(claim))
            }
            Asked::Refused(problem) => self.refused(identity, worker, job, id, &problem),
            // Recorded under the same id: if the hub took it after all, it is the same claim.
            Asked::Uncertain => {
                self.provisional(identity, worker, job, id, WhyProvisional::NoAnswer)
            }
            Asked::Offline => match self.store.job(job)? {
                Some(known) if known.places_left == 0 => self.full(job, &[]),
                _ => self.provisional(identity, worker, job, id, WhyProvisional::Offline),
            },
        }
    }

    fn refused(
        &self,
        identity: &Identity,
        worker: &KnownWorker,
        job: JobId,
        id: ClaimId,
        problem: &Problem,
    ) -> Result<ClaimOutcome, DeskError> {
        match (problem.kind, problem.reason) {
            (ProblemType::CapacityExhausted, _) | (_, Some(ClaimReason::Full)) => {
                self.full(job, &problem.held_by)
            }
            (ProblemType::NotAllowed, reason) => Ok(ClaimOutcome::NotAllowed(
                reason.unwrap_or(ClaimReason::Closed),
            )),
            (kind, _) => {
                tracing::warn!(kind = kind.code(), "the hub did not take a claim");
                self.provisional(identity, worker, job, id, WhyProvisional::Refused)
            }
        }
    }

    /// Takes a place: with a right of this device, else at the hub, else provisionally.
    fn take(&self, worker: &KnownWorker, job: JobId) -> Result<ClaimOutcome, DeskError> {
        let identity = self.identity()?;
        let id = ClaimId(Uuid::new_v4());
        if self.sync.clock_untrusted() {
            // Rule 9: the job's deadline cannot be told, so the hub is asked.
            return self.claim_without_right(&identity, worker, job, id);
        }
        let now = self.sync.now();
        match self.store.confirm(&identity, worker, job, id, now)? {
            Taken::Done(claim) => Ok(ClaimOutcome::Confirmed(claim)),
            Taken::NotAllowed(reason) => Ok(ClaimOutcome::NotAllowed(reason)),
            Taken::NoRight => self.claim_without_right(&identity, worker, job, id),
        }
    }

    /// Asks the hub what it knows of a worker, and keeps what they hold; the person as the hub knows
    /// them, if it could be asked.
    fn ask_of(&self, worker: &KnownWorker) -> Result<Option<KnownWorker>, DeskError> {
        if let Some(sealed) = self.store.sealed_number(worker.worker)?
            && let Asked::Answer(reply) = self.sync.find_worker(sealed)
        {
            self.keep_news(worker, &reply)?;
            return Ok(reply.worker);
        }
        Ok(None)
    }

    /// Registers a person, with what they said makes it hard for them to find work, if anything.
    fn register_through(
        &self,
        door: &Door,
        worker: &NewRegistration,
        hardship: &[Hardship],
    ) -> Result<KnownWorker, DeskError> {
        let identity = self.identity()?;
        let sealed = seal(&identity, &worker.number)?;
        let said = Said {
            hardship: match hardship {
                [] => None,
                _ => Some(self.hardship_said(hardship)?),
            },
            pin: worker.pin.as_ref().map(hashed).transpose()?,
        };
        let now = self.sync.now();
        Ok(self
            .store
            .register_through(door, worker, sealed, said, now)?)
    }

    /// What somebody said, sealed to the hub.
    fn hardship_said(&self, hardship: &[Hardship]) -> Result<HardshipSaid, DeskError> {
        let identity = self.identity()?;
        let sealed = Hardship::seal(hardship, &identity.sealing_key).map_err(damaged_key)?;
        Ok(match hardship {
            [] => HardshipSaid::TakenBack(sealed),
            _ => HardshipSaid::Agreed(sealed),
        })
    }

    /// Whose pass it is: as it is known here, else as the hub knows it.
    fn holder(&self, pass: &Pass) -> Result<Identified, DeskError> {
        if let Some(worker) = self.store.worker_by_pass(pass)? {
            return Ok(Identified::Known(worker));
        }
        let key = &self.identity()?.sealing_key;
        let sealed = key.seal_text(&pass.text()).map_err(damaged_key)?;
        let reply = match self.sync.find_worker(sealed) {
            Asked::Answer(reply) => reply,
            // A hub that does not know passes.
            Asked::Refused(problem) if problem.kind == ProblemType::BadRequest => {
                return Ok(Identified::Unknown);
            }
            _ => return Ok(Identified::UnknownOffline),
        };
        let (Some(found), Some(by_pass)) = (&reply.worker, &reply.by_pass) else {
            return Ok(Identified::Unknown);
        };
        let now = self.sync.now();
        let Some(worker) = self.store.keep_found_by_pass(found, by_pass, now)? else {
            return Ok(Identified::Unknown);
        };
        self.keep_news(&worker, &reply)?;
        Ok(Identified::Known(worker))
    }

    /// Keeps what the hub knows of a worker besides who they are.
    fn keep_news(&self, worker: &KnownWorker, reply: &FindWorkerReply) -> Result<(), DeskError> {
        self.store.keep_elsewhere(worker, &reply.claims)?;
        self.store.keep_enrolments(worker, &reply.enrolments)?;
        self.store.keep_complaints(worker, &reply.complaints)?;
        self.store.keep_pause(worker.worker, reply.pause)?;
        Ok(())
    }

    /// What proves that a number that was typed is this person's; `None` where nothing does.
    fn proof_of(&self, worker: &KnownWorker) -> Result<Option<Proof>, DeskError> {
        if let Some(pin) = self.store.pin_of(worker.worker)? {
            return Ok(Some(Proof::Pin(pin)));
        }
        Ok(worker.phone.clone().map(Proof::Phone))
    }

    /// The same, as the hub knows it where it can be asked: a PIN may have been set anew elsewhere, and one
    /// that was chosen here while the hub was away is no good if the person was known there before.
    fn proof_as_known_now(&self, worker: &KnownWorker) -> Result<Option<Proof>, DeskError> {
        // What was chosen here and waits to be sent is newer than what the hub knows.
        let all_sent = self.store.outbox_state()?.length == 0;
        if worker.phone.is_some() || !all_sent {
            return self.proof_of(worker);
        }
        let Some(sealed) = self.store.sealed_number(worker.worker)? else {
            return self.proof_of(worker);
        };
        let Asked::Answer(reply) = self.sync.find_worker(sealed) else {
            return self.proof_of(worker);
        };
        self.keep_news(worker, &reply)?;
        let Some(there) = &reply.worker else {
            return self.proof_of(worker);
        };
        self.store.keep_pin(worker.worker, reply.pin.as_ref())?;
        match &there.phone {
            Some(phone) => self.proof_of(&self.store.keep_phone(worker, phone)?),
            None => self.proof_of(worker),
        }
    }

    fn note_seen(&self, worker: &KnownWorker) {
        let seen = self.store.note_seen(worker.worker, self.sync.now());
        if let Err(error) = seen {
            // No reason to turn anybody away.
            tracing::error!(%error, "a visit could not be noted");
        }
    }

    fn address(&self, path: &str) -> Option<String> {
        Some(format!("{}{path}", self.sync.identity()?.phone_url))
    }

    /// The job whose number was typed, where it takes nobody: whoever read it on the wall an hour ago is told
    /// so, and not that there is none.
    fn closed(
        &self,
        query: &JobQuery,
        page: &JobPage,
        now: Timestamp,
    ) -> Result<Option<Closed>, DeskError> {
        let Some(number) = query.number().filter(|_| query.offset == 0) else {
            return Ok(None);
        };
        if page.jobs.first().is_some_and(|job| job.number == number) {
            return Ok(None);
        }
        let Some(job) = self.store.closed(number, now)? else {
            return Ok(None);
        };
        Ok(Some(Closed {
            number,
            full: job.places_left == 0 && job.takes_claims(now),
            like: self.store.like(&job, LIKE_MAX, now)?,
        }))
    }

    /// The same, measured from the hall.
    fn measured(&self, query: &JobQuery) -> JobQuery {
        JobQuery {
            here: self.here,
            ..query.clone()
        }
    }
}

impl Desk for HallDesk {
    fn kinds(&self, query: &JobQuery) -> Result<Vec<(WorkKind, usize)>, DeskError> {
        Ok(self.store.kinds(&self.measured(query), self.sync.now())?)
    }

    fn towns(&self, query: &JobQuery) -> Result<Vec<(String, usize)>, DeskError> {
        Ok(self.store.towns(&self.measured(query), self.sync.now())?)
    }

    fn words(&self) -> Result<Vec<String>, DeskError> {
        Ok(self.store.words(self.sync.now())?)
    }

    fn emergencies(&self) -> Result<Vec<Notice>, DeskError> {
        Ok(self.store.emergencies(self.sync.now())?)
    }

    fn find(&self, query: &JobQuery) -> Result<JobPage, DeskError> {
        let now = self.sync.now();
        let mut page = self.store.find(&self.measured(query), now)?;
        page.closed = self.closed(query, &page, now)?;
        Ok(page)
    }

    fn next_of_parade(&self) -> Result<Option<Job>, DeskError> {
        let mut parade = self.parade.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(self.store.next_of(&mut parade, self.sync.now())?)
    }

    fn job(&self, id: JobId) -> Result<Option<Job>, DeskError> {
        Ok(self.store.job(id)?)
    }

    fn identify(&self, number: &IdNumber) -> Result<Identified, DeskError> {
        if let Some(worker) = self.store.worker_by_number(number)? {
            self.note_seen(&worker);
            return Ok(Identified::Known(worker));
        }
        let identity = self.identity()?;
        let sealed = seal(&identity, number)?;
        match self.sync.find_worker(sealed.clone()) {
            Asked::Answer(reply) => match reply.worker.clone() {
                Some(worker) => {
                    let now = self.sync.now();
                    self.store.keep_worker(&worker, number, &sealed, now)?;
                    self.store.keep_pin(worker.worker, reply.pin.as_ref())?;
                    self.keep_news(&worker, &reply)?;
                    Ok(Identified::Known(worker))
                }
                None => Ok(Identified::Unknown),
            },
            _ => Ok(Identified::UnknownOffline),
        }
    }

    fn identify_typed(
        &self,
        number: &IdNumber,
        proof: Option<&str>,
    ) -> Result<Identified, DeskError> {
        let wait = self.store.number_waits(number, self.sync.now())?;
        if !wait.is_zero() {
            return Ok(Identified::Waits(wait));
        }
        let identified = self.identify(number)?;
        let Identified::Known(worker) = &identified else {
            self.store.number_was_nobodys(self.sync.now())?;
            return Ok(identified);
        };
        let asked = match proof {
            None => self.proof_as_known_now(worker)?,
            Some(_) => self.proof_of(worker)?,
        };
        let Some(asked) = asked else {
            return Ok(Identified::Unproved);
        };
        let by = asked.by();
        let Some(proof) = proof else {
            return Ok(Identified::AsksProof { by, wrong: false });
        };
        if asked.is(proof)? {
            self.store.number_was_right(number)?;
            return Ok(identified);
        }
        let wait = self.store.number_was_wrong(number, self.sync.now())?;
        Ok(match wait.is_zero() {
            true => Identified::AsksProof { by, wrong: true },
            false => Identified::Waits(wait),
        })
    }

    fn identify_pass(&self, pass: Option<&Pass>) -> Result<Identified, DeskError> {
        let wait = self.store.pass_waits(self.sync.now())?;
        if !wait.is_zero() {
            return Ok(Identified::Waits(wait));
        }
        let identified = match pass {
            Some(pass) => self.holder(pass)?,
            None => Identified::Unknown,
        };
        match &identified {
            Identified::Known(worker) => {
                self.note_seen(worker);
                return Ok(identified);
            }
            // Nobody said that it is wrong, and a guess learns nothing from that (docs/decisions.md).
            Identified::UnknownOffline => return Ok(identified),
            _ => {}
        }
        let wait = self.store.pass_was_wrong(self.sync.now())?;
        Ok(match wait.is_zero() {
            true => identified,
            false => Identified::Waits(wait),
        })
    }

    fn set_pin(&self, worker: &KnownWorker, pin: &Pin) -> Result<(), DeskError> {
        let (pin, now) = (hashed(pin)?, self.sync.now());
        Ok(self
            .store
            .set_pin(worker.worker, &pin, PinBy::Proven, now)?)
    }

    fn make_pass(&self, worker: &KnownWorker) -> Result<Pass, DeskError> {
        let pass = Pass::generate();
        self.store
            .make_pass(worker.worker, &pass, self.sync.now())?;
        Ok(pass)
    }

    fn not_me(&self, number: &IdNumber) -> Result<SignedDuration, DeskError> {
        Ok(self.store.number_was_wrong(number, self.sync.now())?)
    }

    fn register(
        &self,
        worker: &NewRegistration,
        hardship: &[Hardship],
    ) -> Result<KnownWorker, DeskError> {
        let known = self.register_through(&Channel::Terminal.into(), worker, hardship)?;
        // The person is registered, whatever becomes of the count.
        if let Err(error) = self.store.number_was_new(&worker.number) {
            tracing::error!(%error, "a typed number still counts as a wrong try");
        }
        Ok(known)
    }

    fn register_helped(
        &self,
        worker: &NewRegistration,
        hardship: &[Hardship],
        staff: &str,
    ) -> Result<KnownWorker, DeskError> {
        let hall = self.staff.as_ref().ok_or(DeskError::NotFound)?;
        let door = Door {
            channel: Channel::Staff,
            helped_by: Some(staff.to_owned()),
        };
        let known = self.register_through(&door, worker, hardship)?;
        // The person is registered, whatever becomes of the log.
        if let Err(error) = hall.helped(staff, known.worker) {
            tracing::error!(%error, "help with a registration could not be written down");
        }
        Ok(known)
    }

    fn staff(&self, ask: StaffAsk) -> Result<StaffAnswer, DeskError> {
        self.staff.as_ref().ok_or(DeskError::NotFound)?.answer(ask)
    }

    fn claim(&self, worker: &KnownWorker, job: JobId) -> Result<ClaimOutcome, DeskError> {
        let outcome = self.take(worker, job)?;
        if outcome != ClaimOutcome::NotAllowed(ClaimReason::Paused) {
            return Ok(outcome);
        }
        let now = self.sync.now();
        if self.store.pause(worker.worker, now)?.is_none() {
            // The hub refused for what this device has not heard of yet.
            self.ask_of(worker)?;
        }
        let pause = self.store.pause(worker.worker, now)?;
        Ok(pause.map_or(outcome, |pause| ClaimOutcome::Paused(pause.until)))
    }

    fn my_jobs(&self, worker: &KnownWorker) -> Result<Vec<ClaimWithJob>, DeskError> {
        self.ask_of(worker)?;
        self.my_jobs_here(worker)
    }

    fn my_jobs_here(&self, worker: &KnownWorker) -> Result<Vec<ClaimWithJob>, DeskError> {
        Ok(self.store.claims_of(worker)?)
    }

    fn withdraw(&self, worker: &KnownWorker, claim: ClaimId) -> Result<Claim, DeskError> {
        Ok(self.store.withdraw(worker, claim, self.sync.now())?)
    }

    fn settle(&self, worker: &KnownWorker, claim: ClaimId) -> Result<Claim, DeskError> {
        Ok(self.store.say_paid(worker, claim, self.sync.now())?)
    }

    fn slip(&self, claim: ClaimId) -> Result<Option<ClaimWithJob>, DeskError> {
        Ok(self.store.slip(claim)?)
    }

    fn phone_code(&self, job: Option<JobId>) -> Option<String> {
        let identity = self.sync.identity()?;
        let presence = Presence {
            hall: identity.hall.clone(),
            job,
            issued: self.sync.now().as_second(),
        };
        let token = SigningKey::from_secret_hex(&identity.signing_key)
            .and_then(|key| key.issue(identity.device, &presence))
            .inspect_err(|error| tracing::error!(%error, "no code for phones"))
            .ok()?;
        self.address(&format!("/c/{token}"))
    }

    fn slip_code(&self, claim: ClaimId) -> Option<String> {
        self.address(&format!("/s/{claim}"))
    }

    fn now(&self) -> Timestamp {
        self.sync.now()
    }
}

fn seal(
    identity: &Identity,
    number: &IdNumber,
) -> Result<gighall_core::seal::SealedText, DeskError> {
    identity.sealing_key.seal(number).map_err(damaged_key)
}

/// Nothing can be sealed to the hub: it has to give its key anew.
fn damaged_key(error: SealError) -> DeskError {
    tracing::error!(%error, "the hub's sealing key is damaged");
    DeskError::NotEnrolled
}
