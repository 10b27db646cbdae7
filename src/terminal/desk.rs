//! What the terminal asks of the house behind it. The screens know this trait only; the store and
//! the sync engine stand behind it, and tests put a desk of their own in their place.
//!
//! Every method may wait for disk or, where it says so, for the hub, so none is called on the UI
//! thread.

use super::services::ServiceDesk;
use super::staff::{StaffAnswer, StaffAsk};
use gighall_core::claim::{Claim, ClaimReason};
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

/// The house behind the terminal.
pub trait Desk: ServiceDesk + Send + Sync + 'static {
    /// Open jobs that fit of each kind of work that has any, most first, whatever kind is looked for.
    fn kinds(&self, query: &JobQuery) -> Result<Vec<(WorkKind, usize)>, DeskError>;
    /// Open jobs that fit of each town that has any, most first, whatever town is looked for.
    fn towns(&self, query: &JobQuery) -> Result<Vec<(String, usize)>, DeskError>;
    /// Words of the open jobs: towns, employers and titles, commonest first.
    fn words(&self) -> Result<Vec<String>, DeskError>;
    /// Emergency notices that are up or will be.
    fn emergencies(&self) -> Result<Vec<Notice>, DeskError>;
    /// Open jobs that fit.
    fn find(&self, query: &JobQuery) -> Result<JobPage, DeskError>;
    /// The open job whose turn it is while nobody uses the terminal; `None` where none is open.
    fn next_of_parade(&self) -> Result<Option<Job>, DeskError>;
    /// One job as it is now, open or not.
    fn job(&self, id: JobId) -> Result<Option<Job>, DeskError>;
    /// Who has this identity number. Asks the hub (a few seconds at most) if the person is not
    /// known here.
    fn identify(&self, number: &IdNumber) -> Result<Identified, DeskError>;
    /// The same for somebody who typed the number and shows no card: they have to know their PIN or, where
    /// they have none, the last digits of their mobile number (`proof`), and wrong tries make longer and
    /// longer waits. Asks the hub for what it knows of whoever has no mobile number.
    fn identify_typed(
        &self,
        number: &IdNumber,
        proof: Option<&str>,
    ) -> Result<Identified, DeskError>;
    /// The same for somebody who shows a pass; `None` is one that cannot be read. Asks the hub if the pass is
    /// not known here. Wrong ones make longer and longer waits.
    fn identify_pass(&self, pass: Option<&Pass>) -> Result<Identified, DeskError>;
    /// Gives a worker who has said who they are the PIN that they chose; works without the hub.
    fn set_pin(&self, worker: &KnownWorker, pin: &Pin) -> Result<(), DeskError>;
    /// Makes a pass for a worker; the one before is dead. Works without the hub.
    fn make_pass(&self, worker: &KnownWorker) -> Result<Pass, DeskError>;
    /// Whoever typed this number is not the person who has it. Gives the wait that follows.
    fn not_me(&self, number: &IdNumber) -> Result<SignedDuration, DeskError>;
    /// Registers a person, and tells the hub what they said makes it hard for them to find work, if
    /// they said anything; works without the hub.
    fn register(
        &self,
        worker: &NewRegistration,
        hardship: &[Hardship],
    ) -> Result<KnownWorker, DeskError>;
    /// The same, with the help of the member of staff who has that number.
    fn register_helped(
        &self,
        worker: &NewRegistration,
        hardship: &[Hardship],
        staff: &str,
    ) -> Result<KnownWorker, DeskError>;
    /// What staff want of the house. Checking a PIN takes a moment, drawing a wall as well.
    fn staff(&self, ask: StaffAsk) -> Result<StaffAnswer, DeskError>;
    /// Claims a place: with a right of this device, else at the hub, else provisionally.
    fn claim(&self, worker: &KnownWorker, job: JobId) -> Result<ClaimOutcome, DeskError>;
    /// The worker's claims, newest first: those made here and, while the hub can be reached,
    /// those made elsewhere.
    fn my_jobs(&self, worker: &KnownWorker) -> Result<Vec<ClaimWithJob>, DeskError>;
    /// The same as this device knows them; the hub is not asked.
    fn my_jobs_here(&self, worker: &KnownWorker) -> Result<Vec<ClaimWithJob>, DeskError>;
    /// Withdraws a claim; works without the hub.
    fn withdraw(&self, worker: &KnownWorker, claim: ClaimId) -> Result<Claim, DeskError>;
    /// The worker says that the pay of a claim has come; works without the hub. A claim of which that
    /// cannot be said, or not yet, stays as it is.
    fn settle(&self, worker: &KnownWorker, claim: ClaimId) -> Result<Claim, DeskError>;
    /// A claim with its job, if it is known here: for its slip.
    fn slip(&self, claim: ClaimId) -> Result<Option<ClaimWithJob>, DeskError>;
    /// The address that a phone opens from the terminal's screen, with a fresh signed token: to
    /// one job, or to the hall's list. `None` before the device is enrolled.
    fn phone_code(&self, job: Option<JobId>) -> Option<String>;
    /// The address of a claim's slip, for the QR code on it.
    fn slip_code(&self, claim: ClaimId) -> Option<String>;
    /// The hub's time as well as this device knows it.
    fn now(&self) -> Timestamp;
}

pub use gighall_core::fit::NEAR_KM;

/// What comes first in a list of jobs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Order {
    /// Urgent ones, then by pay a day.
    #[default]
    Urgent,
    /// The highest pay a day.
    Pay,
    /// The earliest start.
    Start,
    /// The shortest way from the hall; jobs of which it is not known come last.
    Distance,
}

impl Order {
    /// The name that the window knows it by.
    pub fn code(self) -> &'static str {
        match self {
            Self::Urgent => "urgent",
            Self::Pay => "pay",
            Self::Start => "start",
            Self::Distance => "distance",
        }
    }
}

/// What to look for. Everything that is set has to fit.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct JobQuery {
    /// Kind of work.
    pub work_kind: Option<WorkKind>,
    /// Town, as [`Desk::towns`] names it.
    pub town: Option<String>,
    /// At least so many fen a day ([`gighall_core::pay::Pay::least_fen_a_day`]).
    pub min_fen_a_day: Option<u64>,
    /// Paid on the day.
    pub daily_settled: bool,
    /// Begins today, by the hall's clock.
    pub starts_today: bool,
    /// No further than [`NEAR_KM`] from `here`. Jobs of which it is not known are left out.
    pub near: bool,
    /// From where distances are measured; the desk fills it in. Without it `near` fits no job.
    pub here: Option<Place>,
    /// What comes first, after the job whose number was typed.
    pub order: Order,
    /// Words as typed: Chinese substrings, pinyin initials (`dhg`) or a job's number.
    pub words: String,
    /// How many fitting jobs to skip.
    pub offset: usize,
    /// Most jobs to give.
    pub limit: usize,
}

impl JobQuery {
    /// The job's number that was typed, where nothing else was.
    pub fn number(&self) -> Option<u32> {
        let words = self.words.trim();
        let digits = !words.is_empty() && words.bytes().all(|byte| byte.is_ascii_digit());
        words.parse().ok().filter(|_| digits)
    }
}

/// A page of jobs, in the order that was asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct JobPage {
    /// How many fit in all.
    pub total: usize,
    /// Those asked for.
    pub jobs: Vec<Job>,
    /// The job whose number was typed takes nobody.
    pub closed: Option<Closed>,
}

/// A job that was asked for by its number and takes nobody.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Closed {
    /// Its number.
    pub number: u32,
    /// All its places are taken; else its time is over, or it is no longer offered.
    pub full: bool,
    /// Jobs like it that are open, best first.
    pub like: Vec<Job>,
}

/// What is known of a person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Identified {
    /// Registered, here or at the hub.
    Known(KnownWorker),
    /// Not registered anywhere.
    Unknown,
    /// Not known here, and the hub cannot be asked. Registering is safe: the hub recognises a
    /// person who is registered already.
    UnknownOffline,
    /// Registered: what do they know that others do not?
    AsksProof {
        /// What is asked for.
        by: ProvenBy,
        /// Those that were said are not.
        wrong: bool,
    },
    /// Registered, but without anything that a number which was typed could be proven by.
    Unproved,
    /// Too many wrong tries of this number, or at this terminal: nobody may try for so long.
    Waits(SignedDuration),
}

/// What proves that an identity number that was typed is one's own.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ProvenBy {
    /// The last digits of the mobile number.
    #[default]
    Phone,
    /// The PIN.
    Pin,
}

impl ProvenBy {
    /// The name that the window knows it by.
    pub fn code(self) -> &'static str {
        match self {
            Self::Phone => "phone",
            Self::Pin => "pin",
        }
    }
}

/// A registration as the terminal took it, checked by [`gighall_core::worker`].
#[derive(Clone, Debug)]
pub struct NewRegistration {
    /// Full name.
    pub name: String,
    /// The identity number.
    pub number: IdNumber,
    /// Mobile number, if there is one.
    pub phone: Option<String>,
    /// Kinds of work looked for.
    pub work_kinds: Vec<WorkKind>,
    /// The PIN that somebody without a mobile number chose.
    pub pin: Option<Pin>,
}

/// Why the hub did not decide on a claim at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WhyProvisional {
    /// It is out of reach.
    Offline,
    /// It was asked and did not answer: it may have taken the claim already.
    NoAnswer,
    /// It was asked and did not take the claim as it stands; the log has the cause.
    Refused,
}

impl WhyProvisional {
    /// The name that the window knows it by.
    pub fn code(self) -> &'static str {
        match self {
            Self::Offline => "offline",
            Self::NoAnswer => "no_answer",
            Self::Refused => "refused",
        }
    }
}

/// How a claim ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ClaimOutcome {
    /// A place is held ([`gighall_core::claim::ClaimState::Confirmed`], or `Claimed` where the
    /// employer chooses).
    Confirmed(Claim),
    /// Taken without the hub and without a right: holds no place yet (rule 13).
    Provisional(Claim, WhyProvisional),
    /// No place is left here.
    Full {
        /// Names of other devices that may have a place: the worker may try again in a minute.
        held_by: Vec<String>,
        /// Jobs like it that are open.
        like: Vec<Job>,
    },
    /// A rule stands against it.
    NotAllowed(ClaimReason),
    /// The worker is in the pause after no-shows until then.
    Paused(Timestamp),
}

/// Why the desk cannot answer. The screen says what was kept and what to do; the log has the
/// cause.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DeskError {
    /// No such job, or no such claim of this worker.
    #[error("not found")]
    NotFound,
    /// The person was erased while they stood here.
    #[error("this person is no longer known")]
    PersonGone,
    /// The device has not been enrolled yet.
    #[error("the device is not enrolled")]
    NotEnrolled,
    /// It is too late to withdraw: less than the free cut-off before the start.
    #[error("too late to withdraw")]
    TooLate,
    /// This terminal takes no complaint without a name now.
    #[error("too many complaints without a name")]
    TooManyNameless,
    /// The store failed; nothing was changed.
    #[error("the store failed: {0}")]
    Store(String),
}
