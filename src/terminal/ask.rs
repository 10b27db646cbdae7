//! What the terminal asks of the desk, as values: asked on another thread, answered on the UI
//! thread.

use super::desk::{
    ClaimOutcome, Desk, DeskError, Identified, JobPage, JobQuery, NewRegistration, Order,
};
use super::find::Around;
use super::my_jobs::Beside;
use super::services::{ServiceAnswer, ServiceAsk};
use super::staff::{StaffAnswer, StaffAsk};
use crate::pinyin::Words;
use gighall_core::claim::Claim;
use gighall_core::hall::Notice;
use gighall_core::hardship::Hardship;
use gighall_core::id::{ClaimId, JobId};
use gighall_core::identity::IdNumber;
use gighall_core::job::{Job, WorkKind};
use gighall_core::pass::Pass;
use gighall_core::pin::Pin;
use gighall_core::place::Place;
use gighall_core::wire::{ClaimWithJob, KnownWorker};
use jiff::{SignedDuration, Timestamp};
use std::sync::Arc;

/// A question. It may hold personal data, so it has no `Debug`.
#[derive(Clone)]
pub enum Ask {
    /// How many jobs there are, by kind and town.
    Overview,
    /// How many jobs fit, by kind and town, whatever kind and town are chosen.
    Around(JobQuery),
    /// Emergency notices.
    Emergencies,
    /// Jobs that fit.
    Find(JobQuery),
    /// The next job to show while nobody is there.
    NextOfParade,
    /// Words of the hall's listings.
    Words,
    /// One job as it is now.
    Job(JobId),
    /// Who has this number.
    Identify(IdNumber),
    /// The same, of somebody who typed it, with the last digits of their mobile number.
    IdentifyTyped(IdNumber, Option<String>),
    /// Who has this pass; `None` where it cannot be read.
    IdentifyPass(Option<Pass>),
    /// Make a pass for a worker.
    MakePass(KnownWorker),
    /// Give a worker the PIN that they chose.
    SetPin(KnownWorker, Pin),
    /// Whoever typed that number is somebody else.
    NotMe(IdNumber),
    /// Register, with what the person said makes it hard for them to find work.
    Register(NewRegistration, Vec<Hardship>),
    /// The same, with the help of the member of staff who has that number.
    RegisterHelped(NewRegistration, Vec<Hardship>, String),
    /// Claim a place.
    Claim(KnownWorker, JobId),
    /// Claims of a worker, also those that only the hub knows.
    MyJobs(KnownWorker),
    /// Claims of a worker that are known here.
    MyJobsHere(KnownWorker),
    /// Withdraw.
    Withdraw(KnownWorker, ClaimId),
    /// Say that the pay of a claim has come.
    Settle(KnownWorker, ClaimId),
    /// The address for phones.
    PhoneCode(Option<JobId>),
    /// The address of a slip.
    SlipCode(ClaimId),
    /// A job whose code was scanned.
    ScannedJob(JobId),
    /// A claim whose slip was scanned.
    ScannedSlip(ClaimId),
    /// Of the hall's other services.
    Service(ServiceAsk),
    /// What staff want.
    Staff(StaffAsk),
}

/// What came back.
pub enum Answer {
    /// Open jobs by kind and by town, and whether it is known how far any of them is.
    Overview(Vec<(WorkKind, usize)>, Vec<(String, usize)>, bool),
    /// Open jobs by kind and by town, beside what else is chosen.
    Around(Around),
    /// Emergency notices that are up or will be.
    Emergencies(Vec<Notice>),
    /// Jobs that fit that query.
    Found(JobQuery, JobPage),
    /// The next job to show while nobody is there, if any is open.
    NextOfParade(Option<Box<Job>>),
    /// Words of the hall's listings.
    Words(Arc<Words>),
    /// That job, or nothing.
    Job(Option<Box<Job>>),
    /// Who has the number.
    Identified(Identified),
    /// Who has the pass.
    PassIdentified(Identified),
    /// The pass that was made.
    PassMade(Pass),
    /// The PIN is set.
    PinSet,
    /// The number was somebody else's; so long nobody may try again.
    NotMe(SignedDuration),
    /// The person who is registered now.
    Registered(KnownWorker),
    /// How the claim ended.
    Claimed(ClaimOutcome),
    /// The claims, and what is known beside them.
    MyJobs(Vec<ClaimWithJob>, Beside),
    /// The claim after withdrawing.
    Withdrawn(Claim),
    /// The claim after its worker said that it is paid.
    Settled(Claim),
    /// The address for phones, of that job or of the hall.
    PhoneCode(Option<JobId>, Option<String>),
    /// The address of the slip.
    SlipCode(Option<String>),
    /// The job whose code was scanned, if this hall has it.
    ScannedJob(Option<Box<Job>>),
    /// The claim whose slip was scanned, if it is known here.
    ScannedSlip(Option<Box<ClaimWithJob>>),
    /// Of the hall's other services.
    Service(ServiceAnswer),
    /// What came of what staff want.
    Staff(StaffAnswer),
}

impl Ask {
    /// Asks. Waits for disk or the hub: never on the UI thread.
    pub fn put(self, desk: &dyn Desk) -> Result<Answer, DeskError> {
        Ok(match self {
            Self::Overview => {
                let any = JobQuery::default();
                // Those of which it is not known come last.
                let nearest = JobQuery {
                    order: Order::Distance,
                    limit: 1,
                    ..JobQuery::default()
                };
                let place = |job: &Job| job.position.as_ref().and_then(Place::of);
                let known = desk.find(&nearest)?.jobs.first().and_then(place).is_some();
                Answer::Overview(desk.kinds(&any)?, desk.towns(&any)?, known)
            }
            Self::Around(query) => {
                let (kinds, towns) = (desk.kinds(&query)?, desk.towns(&query)?);
                Answer::Around(Around {
                    query,
                    kinds,
                    towns,
                })
            }
            Self::Emergencies => Answer::Emergencies(desk.emergencies()?),
            Self::Find(query) => {
                let page = desk.find(&query)?;
                Answer::Found(query, page)
            }
            Self::NextOfParade => Answer::NextOfParade(desk.next_of_parade()?.map(Box::new)),
            Self::Words => {
                let words = desk.words()?;
                Answer::Words(Arc::new(Words::of(words.iter().map(String::as_str))))
            }
            Self::Job(id) => Answer::Job(desk.job(id)?.map(Box::new)),
            Self::Identify(number) => Answer::Identified(desk.identify(&number)?),
            Self::IdentifyTyped(number, proof) => {
                Answer::Identified(desk.identify_typed(&number, proof.as_deref())?)
            }
            Self::IdentifyPass(pass) => Answer::PassIdentified(desk.identify_pass(pass.as_ref())?),
            Self::MakePass(worker) => Answer::PassMade(desk.make_pass(&worker)?),
            Self::SetPin(worker, pin) => {
                desk.set_pin(&worker, &pin)?;
                Answer::PinSet
            }
            Self::NotMe(number) => Answer::NotMe(desk.not_me(&number)?),
            Self::Register(worker, hardship) => {
                Answer::Registered(desk.register(&worker, &hardship)?)
            }
            Self::RegisterHelped(worker, hardship, staff) => {
                Answer::Registered(desk.register_helped(&worker, &hardship, &staff)?)
            }
            Self::Claim(worker, job) => Answer::Claimed(desk.claim(&worker, job)?),
            Self::MyJobs(worker) => {
                let claims = desk.my_jobs(&worker)?;
                let beside = Beside::of(&claims, &worker, desk)?;
                Answer::MyJobs(claims, beside)
            }
            Self::MyJobsHere(worker) => {
                let claims = desk.my_jobs_here(&worker)?;
                let beside = Beside::of(&claims, &worker, desk)?;
                Answer::MyJobs(claims, beside)
            }
            Self::Withdraw(worker, claim) => Answer::Withdrawn(desk.withdraw(&worker, claim)?),
            Self::Settle(worker, claim) => Answer::Settled(desk.settle(&worker, claim)?),
            Self::PhoneCode(job) => Answer::PhoneCode(job, desk.phone_code(job)),
            Self::SlipCode(claim) => Answer::SlipCode(desk.slip_code(claim)),
            Self::ScannedJob(id) => Answer::ScannedJob(desk.job(id)?.map(Box::new)),
            Self::ScannedSlip(id) => Answer::ScannedSlip(desk.slip(id)?.map(Box::new)),
            Self::Service(ask) => Answer::Service(ask.put(desk)?),
            Self::Staff(ask) => Answer::Staff(desk.staff(ask)?),
        })
    }
}

/// A question and whether anybody waits for it.
#[derive(Clone)]
pub struct Request {
    /// The question.
    pub ask: Ask,
    /// Nobody waits: no progress is shown, and a failure goes to the log only.
    pub quiet: bool,
}

impl Request {
    /// Somebody waits for the answer; nothing else is taken until it is there.
    pub fn awaited(ask: Ask) -> Self {
        Self { ask, quiet: false }
    }

    /// The screen goes on without the answer.
    pub fn quiet(ask: Ask) -> Self {
        Self { ask, quiet: true }
    }
}

/// An answer on its way to the UI thread.
pub struct Reply {
    /// The session that asked. A session that was wiped meanwhile gets no answer.
    pub generation: u64,
    /// Nobody waits for it.
    pub quiet: bool,
    /// The hub's time when it was given.
    pub now: Timestamp,
    /// The answer.
    pub answer: Result<Answer, DeskError>,
}
