//! What the hub keeps, behind a small trait, so that PostgreSQL can join SQLite later.
//!
//! Every method is one transaction and blocks; handlers call it off the async threads. The rules
//! of capacity are [`gighall_core::rights::JobLedger`]'s: an implementation loads a ledger, asks
//! it, and writes it back in the transaction that stores the claim.

mod audit;
mod lost;
mod matching;
mod services;
pub mod sqlite;

pub use audit::{Act, AuditQuery, Audited};
pub use lost::{
    EnteredSlip, InDoubt, PaperSlip, Restored, SlipFault, StaffMember, Surplus, Unreported,
    WriteOff,
};
pub use matching::{HardshipDecision, HardshipEnd, KeptHardship, Person, SaidHardship};
pub use services::{Demand, EmployerRating, Enrolled, KeptApplication, KeptComplaint};

use gighall_core::claim::{Claim, ClaimReason, ClaimState};
use gighall_core::complaint::{ComplaintNews, ComplaintState};
use gighall_core::event::{Event, EventError};
use gighall_core::hall::{Hall, HallFigures, Notice};
use gighall_core::hardship::Hardship;
use gighall_core::id::{
    ApplicationId, ClaimId, ComplaintId, DeviceId, EnrolmentId, Epoch, EventId, HallId, HubEpoch,
    JobId, NoticeId, WorkerId,
};
use gighall_core::identity::IdNumber;
use gighall_core::job::{Job, WorkKind};
use gighall_core::media::MediaFile;
use gighall_core::outbox::{Head, Record};
use gighall_core::pause::Pause;
use gighall_core::pin::PinHash;
use gighall_core::playlist::HubPlaylist;
use gighall_core::proof::{Exposure, NumberedShowing, Showing};
use gighall_core::report::{ReportReply, ReportRequest};
use gighall_core::rights::Holder;
use gighall_core::seal::SealedText;
use gighall_core::training::Enrolment;
use gighall_core::wire::{
    Change, ClaimReply, ClaimWithJob, Cursor, DeviceHealth, EnrolReply, EnrolRequest, FoundByPass,
    JobGrant, KnownWorker, OutboxReply, ReEnrolRequest, RightsAsk, Scope, ScopeChanges,
};
use gighall_core::worker::{Channel, Consent};
use jiff::{SignedDuration, Timestamp};
use std::collections::BTreeMap;
use std::ops::Range;
use std::path::Path;
use tokio::sync::watch;
use uuid::Uuid;

/// How long a phone is remembered after its last visit, by the store and by its cookie.
pub const SESSION_LIFETIME: SignedDuration = SignedDuration::from_hours(30 * 24);

/// The hub's store.
pub trait Store: Send + Sync + 'static {
    /// Adds a hall or changes its data; devices learn of it through the feed.
    fn put_hall(&self, hall: &Hall) -> Result<(), StoreError>;
    /// One hall.
    fn hall(&self, id: &HallId) -> Result<Option<Hall>, StoreError>;
    /// All halls, by id.
    fn halls(&self) -> Result<Vec<Hall>, StoreError>;
    /// What the hub counts of a hall on the day of `now`.
    fn figures(&self, hall: &HallId, now: Timestamp) -> Result<HallFigures, StoreError>;
    /// Adds a notice or changes it.
    fn put_notice(&self, hall: &HallId, notice: &Notice) -> Result<(), StoreError>;
    /// A hall's notices, newest first.
    fn notices(&self, hall: &HallId) -> Result<Vec<Notice>, StoreError>;
    /// One notice, and its hall.
    fn notice(&self, id: NoticeId) -> Result<Option<(HallId, Notice)>, StoreError>;
    /// Takes a notice away; devices learn of it through the feed.
    fn remove_notice(&self, id: NoticeId) -> Result<(), StoreError>;
    /// Puts an event up or changes it. [`StoreError::Event`] where it cannot be.
    fn put_event(&self, hall: &HallId, event: &Event) -> Result<(), StoreError>;
    /// Says anew what the event with that id is: it stays in its hall, and who has signed up stays.
    fn change_event(&self, event: &Event) -> Result<(), StoreError>;
    /// A hall's events, newest first.
    fn events(&self, hall: &HallId) -> Result<Vec<Event>, StoreError>;
    /// Says anew how many have signed up for an event, and how many may where `places` is given.
    /// [`StoreError::MoreEnrolled`] where more are enrolled than that.
    fn set_event_places(
        &self,
        id: EventId,
        places: Option<u32>,
        taken: u32,
    ) -> Result<(), StoreError>;
    /// Takes an event away; devices learn of it through the feed, and who was enrolled is not any more.
    fn withdraw_event(&self, id: EventId) -> Result<(), StoreError>;
    /// One event, and its hall.
    fn event(&self, id: EventId) -> Result<Option<(HallId, Event)>, StoreError>;
    /// Who is enrolled for a course, in the order in which they asked.
    fn enrolled(&self, course: EventId) -> Result<Vec<Enrolled>, StoreError>;
    /// A worker asks for a place in a course, on a phone: decided as for a terminal. The same one again has
    /// no further effect.
    fn enrol_on_phone(&self, asked: &Enrolment, now: Timestamp) -> Result<(), StoreError>;
    /// An enrolment is taken back, and its place is free.
    fn leave_course(&self, id: EnrolmentId) -> Result<(), StoreError>;
    /// A worker's enrolments for courses, newest first.
    fn enrolments_of(&self, worker: WorkerId) -> Result<Vec<Enrolment>, StoreError>;
    /// How many people of a hall would like to learn what, most first.
    fn training_demand(&self, hall: &HallId) -> Result<Vec<Demand>, StoreError>;
    /// A hall's applications, oldest first: those that staff have not finished, or all.
    fn applications(
        &self,
        hall: &HallId,
        finished_too: bool,
    ) -> Result<Vec<KeptApplication>, StoreError>;
    /// Applications with that number: one, but for numbers that a terminal made up.
    fn applications_numbered(&self, number: &str) -> Result<Vec<KeptApplication>, StoreError>;
    /// Staff finished an application. [`StoreError::Finished`] where they did so before.
    fn finish_application(
        &self,
        id: ApplicationId,
        by: &str,
        note: Option<&str>,
        now: Timestamp,
    ) -> Result<(), StoreError>;
    /// A hall's complaints, oldest first: those that are not closed, or all.
    fn complaints(&self, hall: &HallId, closed_too: bool)
    -> Result<Vec<KeptComplaint>, StoreError>;
    /// Complaints with that number: one, but for numbers that a terminal made up.
    fn complaints_numbered(&self, number: &str) -> Result<Vec<KeptComplaint>, StoreError>;
    /// How a worker's complaints stand, newest first.
    fn complaints_of(&self, worker: WorkerId) -> Result<Vec<ComplaintNews>, StoreError>;
    /// Staff take a complaint up, or close it; the terminal is told, with what they say to the person.
    /// [`StoreError::Finished`] where it stands there already, or further on.
    fn move_complaint(
        &self,
        id: ComplaintId,
        to: ComplaintState,
        by: &str,
        word: Option<&str>,
        now: Timestamp,
    ) -> Result<(), StoreError>;
    /// How workers found the work for the employers of a hall, by name.
    fn ratings(&self, hall: &HallId) -> Result<Vec<EmployerRating>, StoreError>;
    /// Takes away the notices and events whose time is over at `now`; says how many.
    fn expire_posted(&self, now: Timestamp) -> Result<usize, StoreError>;

    /// Gives a playlist, or gives it anew: to its halls, or to all. The devices of halls that it is
    /// no longer for learn that it is gone.
    fn put_playlist(&self, playlist: &HubPlaylist) -> Result<(), StoreError>;
    /// All playlists, by name.
    fn playlists(&self) -> Result<Vec<HubPlaylist>, StoreError>;
    /// Takes a playlist back; devices learn of it through the feed.
    fn remove_playlist(&self, name: &str) -> Result<(), StoreError>;

    /// The folder of the files for walls, each under its hash; see [`crate::media`].
    fn media_folder(&self) -> &Path;
    /// Keeps a file for walls under its name; devices learn of it through the feed.
    fn put_media(&self, file: &MediaFile) -> Result<(), StoreError>;
    /// All files for walls, by name.
    fn media(&self) -> Result<Vec<MediaFile>, StoreError>;
    /// A file with that content, under whatever name.
    fn media_with_hash(&self, sha256: &str) -> Result<Option<MediaFile>, StoreError>;
    /// Keeps a file no longer; devices learn of it through the feed.
    fn remove_media(&self, name: &str) -> Result<(), StoreError>;

    /// Makes a one-time enrolment code for a device, new or known by its name. Valid for a day.
    fn add_device(&self, hall: &HallId, name: &str, now: Timestamp) -> Result<String, StoreError>;
    /// Trades a code for a token; raises the device's epoch.
    fn enrol(&self, request: &EnrolRequest, now: Timestamp) -> Result<EnrolReply, StoreError>;
    /// Gives a known device a new epoch and token (rule 10).
    fn re_enrol(
        &self,
        device: DeviceId,
        request: &ReEnrolRequest,
        now: Timestamp,
    ) -> Result<EnrolReply, StoreError>;
    /// Takes a device's doors away: no token of it is taken any more, and nothing that it signs. Its
    /// rights stay as they are (rule 11); a new code lets it in again.
    fn revoke_device(&self, hall: &HallId, name: &str, now: Timestamp) -> Result<(), StoreError>;
    /// Whose token that is.
    fn authenticate(&self, token: &str) -> Result<Option<Caller>, StoreError>;
    /// The same of many tokens, in their order.
    fn authenticate_each(&self, tokens: &[String]) -> Vec<Result<Option<Caller>, StoreError>>;
    /// Where presence tokens of a device are verified: its hall and its public keys, the present one
    /// first, then those that it had until lately.
    fn signer(
        &self,
        device: DeviceId,
        now: Timestamp,
    ) -> Result<Option<(HallId, Vec<String>)>, StoreError>;
    /// A device signs with that key from now on; the one before is taken for a day more.
    fn rotate_key(
        &self,
        device: DeviceId,
        public_key: &str,
        now: Timestamp,
    ) -> Result<(), StoreError>;
    /// Every device, by hall and name.
    fn devices(&self) -> Result<Vec<DeviceStatus>, StoreError>;
    /// Keeps what a device says of itself.
    fn note_health(
        &self,
        device: DeviceId,
        health: &DeviceHealth,
        now: Timestamp,
    ) -> Result<(), StoreError>;

    /// Changes whenever something was appended to any feed.
    fn feed_events(&self) -> watch::Receiver<u64>;
    /// Looks whether another process has appended to a feed, and tells [`Store::feed_events`].
    fn look_elsewhere(&self) -> Result<(), StoreError>;
    /// Rule 12: a device says what it holds and did. A store that turns out to be an older copy raises its
    /// epoch.
    fn report(
        &self,
        holder: Holder,
        request: &ReportRequest,
        now: Timestamp,
    ) -> Result<ReportReply, StoreError>;
    /// A device's cursors were refused: if they lie beyond their feeds, the store is an older copy, and
    /// raises its epoch.
    fn read_further(
        &self,
        holder: Holder,
        cursors: &[Cursor],
        now: Timestamp,
    ) -> Result<(), StoreError>;
    /// Whether the store was put back from a copy, and whom it waits for.
    fn restored(&self) -> Result<Restored, StoreError>;
    /// Rule 11: a member of staff says that a device is lost for good. [`StoreError::SamePerson`] where
    /// the same one has said so before.
    fn write_off(
        &self,
        hall: &HallId,
        name: &str,
        by: &StaffMember,
        now: Timestamp,
    ) -> Result<WriteOff, StoreError>;
    /// Rule 11: staff (`by`) enter a slip of a device whose disk is gone. The same one again has no further
    /// effect. [`StoreError::Slip`] where it is not taken.
    fn enter_slip(
        &self,
        slip: &PaperSlip,
        by: &str,
        now: Timestamp,
    ) -> Result<EnteredSlip, StoreError>;
    /// Copies the store as it is at this moment into a new file.
    fn back_up(&self, to: &Path, now: Timestamp) -> Result<(), StoreError>;
    /// Renews the mark by which a store that was put back from a copy is noticed.
    fn renew_mark(&self) -> Result<(), StoreError>;
    /// The hub's epoch (rule 12).
    fn hub_epoch(&self) -> Result<HubEpoch, StoreError>;
    /// The last sequence number of a scope; 0 before the first.
    fn feed_head(&self, scope: &Scope) -> Result<u64, StoreError>;
    /// Changes after a cursor, at most `limit`. [`StoreError::CursorGone`] if the cursor lies
    /// beyond the head or before what is kept.
    fn changes(&self, cursor: &Cursor, limit: usize) -> Result<ScopeChanges, StoreError>;
    /// The present state of a scope, one after the other; gives the head that it belongs to.
    fn snapshot_each(
        &self,
        scope: &Scope,
        each: &mut dyn FnMut(Change) -> Result<(), StoreError>,
    ) -> Result<u64, StoreError>;
    /// The same at once.
    fn snapshot(&self, scope: &Scope) -> Result<(u64, Vec<Change>), StoreError> {
        let mut all = vec![];
        let head = self.snapshot_each(scope, &mut |change| {
            all.push(change);
            Ok(())
        })?;
        Ok((head, all))
    }

    /// Takes records of a device's outbox (rules 3 and 5): all that follow the log, in order, each
    /// with its effect, in one transaction.
    fn accept_outbox(
        &self,
        holder: Holder,
        records: &[Record],
        now: Timestamp,
    ) -> Result<OutboxReply, StoreError>;
    /// Takes reported returns and grants rights (rules 1 and 4).
    fn rights(
        &self,
        holder: Holder,
        asks: &[RightsAsk],
        now: Timestamp,
    ) -> Result<Vec<JobGrant>, StoreError>;

    /// Claims a place at the hub (rule 6). The same claim id again gives the same answer.
    fn claim_direct(&self, claim: &NewClaim, now: Timestamp) -> Result<ClaimReply, StoreError>;
    /// Does so for each of many that devices ask for, as if it had come alone, in one commit. A job of
    /// another hall than the device's is [`StoreError::NotFound`].
    fn claim_each(&self, claims: &[DeviceClaim]) -> Vec<Result<ClaimReply, StoreError>>;
    /// The same with a scanned code, which each worker may claim with once; `None` where this one
    /// did so before. The same claim id again gives the same answer.
    fn claim_with_code(
        &self,
        claim: &NewClaim,
        code: &[u8; 32],
        now: Timestamp,
    ) -> Result<Option<ClaimReply>, StoreError>;
    /// Whether that worker has claimed with that code.
    fn code_used(&self, code: &[u8; 32], worker: WorkerId) -> Result<bool, StoreError>;
    /// Forgets codes that were used before that time; says how many.
    fn forget_codes(&self, before: Timestamp) -> Result<usize, StoreError>;
    /// The worker withdraws (rule 5). A claim that has ended already stays as it is.
    fn withdraw(&self, claim: ClaimId, now: Timestamp) -> Result<Claim, StoreError>;
    /// The worker says that the pay has come. A claim of which that cannot be said stays as it is:
    /// whether the work is over is for the caller to see ([`gighall_core::wages::may_settle`]).
    fn settle(&self, claim: ClaimId, now: Timestamp) -> Result<Claim, StoreError>;
    /// One claim with its job.
    fn claim(&self, id: ClaimId) -> Result<Option<ClaimWithJob>, StoreError>;
    /// A worker's claims, newest first.
    fn claims_of(&self, worker: WorkerId) -> Result<Vec<ClaimWithJob>, StoreError>;

    /// A hall's claims that wait for the employer's decision, oldest first.
    fn waiting_claims(&self, hall: &HallId) -> Result<Vec<ClaimWithJob>, StoreError>;
    /// Claims with that number, oldest first: one, but for numbers that a terminal made up.
    fn claims_numbered(&self, number: &str) -> Result<Vec<ClaimWithJob>, StoreError>;
    /// A hall's claims that hold a place for somebody who was erased, oldest first, as long as the
    /// work is not over at `now`: staff find out who comes.
    fn claims_of_erased(
        &self,
        hall: &HallId,
        now: Timestamp,
    ) -> Result<Vec<ClaimWithJob>, StoreError>;
    /// A hall's claims whose pay is late at `now` and whose workers have not said that it has come
    /// ([`gighall_core::wages::is_overdue`]), oldest first.
    fn overdue_claims(
        &self,
        hall: &HallId,
        now: Timestamp,
    ) -> Result<Vec<ClaimWithJob>, StoreError>;
    /// The employer chose the worker, or others. [`StoreError::NotWaiting`] where the claim does
    /// not wait for that.
    fn decide_claim(&self, id: ClaimId, chosen: bool, now: Timestamp) -> Result<(), StoreError>;
    /// The worker is at the gathering place. Said again, it has no effect;
    /// [`StoreError::NotExpected`] where nobody is expected with that claim.
    fn check_in(&self, id: ClaimId, now: Timestamp) -> Result<(), StoreError>;
    /// The check-in was a mistake: the worker is expected again. Said again, it has no effect;
    /// [`StoreError::NotExpected`] as above.
    fn undo_check_in(&self, id: ClaimId, now: Timestamp) -> Result<(), StoreError>;
    /// The worker did not come: the place is free again, and a pause follows. [`StoreError::NotExpected`] as above,
    /// [`StoreError::NotLateYet`] before [`gighall_core::rules::may_be_absent`].
    fn mark_absent(&self, id: ClaimId, now: Timestamp) -> Result<(), StoreError>;

    /// Registers a person, or finds the one that has this identity number already and keeps the
    /// new phone and kinds of work. Gives the id either way.
    fn register(&self, worker: &NewWorker) -> Result<WorkerId, StoreError>;
    /// A person by id or by an id that a device gave before the hub knew the person.
    fn worker(&self, id: WorkerId) -> Result<Option<KnownWorker>, StoreError>;
    /// A person by identity number.
    fn worker_by_number(&self, number: &IdNumber) -> Result<Option<KnownWorker>, StoreError>;
    /// A person by the identity number, or by the pass, that a device sealed to the hub.
    fn worker_by_sealed(&self, sealed: &SealedText) -> Result<Option<FoundWorker>, StoreError>;
    /// Revokes the pass that a person has, and tells every device. [`StoreError::NotFound`] where there is
    /// none.
    fn revoke_pass(&self, worker: WorkerId, now: Timestamp) -> Result<(), StoreError>;
    /// Everything that is kept of a person, for the person.
    fn worker_file(&self, number: &IdNumber) -> Result<Option<WorkerFile>, StoreError>;
    /// The pause that a person, by an id here or of a device, is in at `now` after no-shows.
    fn pause(&self, worker: WorkerId, now: Timestamp) -> Result<Option<Pause>, StoreError>;
    /// Forgives a person's no-shows so far, and tells every device.
    fn lift_pause(&self, worker: WorkerId, now: Timestamp) -> Result<(), StoreError>;
    /// Corrects a person's name.
    fn rename_worker(&self, worker: WorkerId, name: &str) -> Result<(), StoreError>;

    /// Another mobile number of a person, or none; a sound one ([`gighall_core::worker::check_phone`]).
    fn set_phone(&self, worker: WorkerId, phone: Option<&str>) -> Result<(), StoreError>;
    /// Forgets a person, here and through the feed on every device: the claims stay, without
    /// anything that tells whose they were. [`StoreError::StillClaimed`] while work is to come.
    fn delete_worker(&self, worker: WorkerId, now: Timestamp) -> Result<(), StoreError>;
    /// A person as one who looks for work at `now`; `None` where nobody has that id.
    fn person(&self, worker: WorkerId, now: Timestamp) -> Result<Option<Person>, StoreError>;
    /// Everybody who is registered, as those who look for work at `now`.
    fn people(&self, now: Timestamp) -> Result<Vec<Person>, StoreError>;
    /// Writes a person into the ledger of those who find it hard to get work.
    /// [`StoreError::InLedger`] where they are in it already for that.
    fn set_hardship(
        &self,
        worker: WorkerId,
        kind: Hardship,
        why: &str,
        by: &str,
        now: Timestamp,
    ) -> Result<(), StoreError>;
    /// Ends what a person is in that ledger for: of one kind, or all. Says how many ended.
    fn end_hardship(
        &self,
        worker: WorkerId,
        kind: Option<Hardship>,
        why: &str,
        by: &str,
        now: Timestamp,
    ) -> Result<usize, StoreError>;
    /// That ledger, oldest first: what goes on, or all.
    fn hardships(&self, ended_too: bool) -> Result<Vec<KeptHardship>, StoreError>;
    /// What people said at terminals makes it hard for them to find work, oldest first: what waits for
    /// staff, or all.
    fn hardships_said(&self, decided_too: bool) -> Result<Vec<SaidHardship>, StoreError>;
    /// Staff verified what a person said: it goes into the ledger, unless they are in it for that.
    /// [`StoreError::NotSaid`] where nothing of that kind waits.
    fn verify_hardship(
        &self,
        worker: WorkerId,
        kind: Hardship,
        why: &str,
        by: &str,
        now: Timestamp,
    ) -> Result<(), StoreError>;
    /// Staff found that what a person said does not hold: of one kind, or of all that wait. Says of how
    /// many.
    fn dismiss_hardship(
        &self,
        worker: WorkerId,
        kind: Option<Hardship>,
        why: &str,
        by: &str,
        now: Timestamp,
    ) -> Result<usize, StoreError>;
    /// Remembers a phone: gives a random secret for its cookie.
    fn open_session(&self, worker: WorkerId, now: Timestamp) -> Result<String, StoreError>;
    /// Whose cookie that is; good for [`SESSION_LIFETIME`] from then on.
    fn session(&self, secret: &str, now: Timestamp) -> Result<Option<WorkerId>, StoreError>;
    /// Forgets a phone.
    fn close_session(&self, secret: &str) -> Result<(), StoreError>;

    /// Writes down who saw or changed what of a person.
    fn audit(&self, line: &Audited) -> Result<(), StoreError>;
    /// What was written down, oldest first.
    fn audited(&self, query: &AuditQuery) -> Result<Vec<Audited>, StoreError>;
    /// Forgets what was written down before that time; says how many lines.
    fn forget_audit(&self, before: Timestamp) -> Result<usize, StoreError>;

    /// One job.
    fn job(&self, id: JobId) -> Result<Option<Job>, StoreError>;
    /// Jobs of a hall that can be claimed at `now`, urgent ones first, then by start.
    fn open_jobs(&self, hall: &HallId, now: Timestamp) -> Result<Vec<Job>, StoreError>;
    /// Publishes listings: new ones come in, changed ones change (places by rule 7), equal ones
    /// stay. Listings are the same when their `source_key` is.
    fn import(
        &self,
        hall: &HallId,
        listings: &[Listing],
        now: Timestamp,
    ) -> Result<ImportCounts, StoreError>;
    /// The job that has that number in a hall now.
    fn job_numbered(&self, hall: &HallId, number: u32) -> Result<Option<Job>, StoreError>;
    /// Jobs of a hall that staff have to do with, by number: open, full, suspended, and those held
    /// for review.
    fn jobs(&self, hall: &HallId) -> Result<Vec<ListedJob>, StoreError>;
    /// Publishes a job that was held for review. [`StoreError::NotHeld`] where it is not.
    fn approve_job(&self, id: JobId, now: Timestamp) -> Result<(), StoreError>;
    /// Ends the jobs that no longer take claims at `now`; says how many.
    fn expire_jobs(&self, now: Timestamp) -> Result<usize, StoreError>;
    /// Withdraws a job (rule 8): recalls rights, cancels its live claims with notice.
    fn cancel_job(&self, id: JobId, now: Timestamp) -> Result<(), StoreError>;

    /// Takes what the walls of a device showed; showings that are there already stay as they are.
    /// Gives the number of the last one, 0 for none.
    fn accept_proof(&self, holder: Holder, showings: &[NumberedShowing])
    -> Result<u64, StoreError>;
    /// Hands over what came on at the walls of a hall in that time, in order, until `take` says
    /// that it has had enough.
    fn proof(
        &self,
        hall: &HallId,
        between: &Range<Timestamp>,
        take: &mut dyn FnMut(ProofRow) -> bool,
    ) -> Result<(), StoreError>;
    /// How often each job of a hall was shown that was open in that time, up to `now`; those that
    /// were never shown first.
    fn exposure(
        &self,
        hall: &HallId,
        between: &Range<Timestamp>,
        now: Timestamp,
    ) -> Result<Vec<Exposure>, StoreError>;
    /// Forgets what was shown before that time; says how many showings.
    fn forget_proof(&self, before: Timestamp) -> Result<usize, StoreError>;

    /// Asks a hall's device for pictures of its walls: the device with that name, or the only one
    /// ([`StoreError::SeveralDevices`]). Gives the request's id.
    fn ask_picture(
        &self,
        hall: &HallId,
        device: Option<&str>,
        now: Timestamp,
    ) -> Result<Uuid, StoreError>;
    /// The request that a device is to be told of now; it counts as told then.
    fn picture_due(&self, device: DeviceId, now: Timestamp) -> Result<Option<Uuid>, StoreError>;
    /// Keeps a picture that a device was asked for. [`StoreError::NotFound`] where it was not, or
    /// minutes ago.
    fn put_picture(
        &self,
        device: DeviceId,
        request: Uuid,
        picture: &Picture,
    ) -> Result<(), StoreError>;
    /// The pictures that came for a request, one for each wall.
    fn pictures(&self, request: Uuid) -> Result<Vec<Picture>, StoreError>;
    /// Forgets requests from before that time, and their pictures; says how many.
    fn forget_pictures(&self, before: Timestamp) -> Result<usize, StoreError>;
}

/// What a wall really showed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Picture {
    /// Name of the wall.
    pub wall: String,
    /// When it came to the hub.
    pub taken_at: Timestamp,
    /// The PNG.
    pub png: Vec<u8>,
}

/// What was shown, and by whom.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProofRow {
    /// The device's name.
    pub device: String,
    /// What was shown.
    pub showing: Showing,
}

/// A listing as imported: a job whose `id`, `number`, `places_left`, `state`, `published_at` and
/// `version` the store decides.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listing {
    /// What makes it the same listing when it is imported again, for example the source's own job
    /// number, or a hash of employer, title, place and start.
    pub source_key: String,
    /// Unified social credit code of the employer, where it is given.
    pub employer_uscc: Option<String>,
    /// Why it is held for review instead of being published (asks for a fee, pay out of line);
    /// `None` publishes it.
    pub review: Option<String>,
    /// The start follows the day of the import: no day was named (长期), or the work goes on
    /// already. A job that anybody ever claimed keeps the day it had.
    pub start_moves: bool,
    /// The listing itself.
    pub job: Job,
}

/// A job as staff see it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListedJob {
    /// The job.
    pub job: Job,
    /// As in [`Listing::source_key`].
    pub source_key: String,
    /// Why it was held for review, also after staff have approved it.
    pub review: Option<String>,
}

/// What an import did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ImportCounts {
    /// New listings.
    pub imported: usize,
    /// Listings that changed.
    pub updated: usize,
    /// Listings that were there as they are.
    pub unchanged: usize,
}

/// A person who registers on a phone or through an outbox record.
#[derive(Clone, Debug)]
pub struct NewWorker {
    /// The id to use if the person is new; an alias if not.
    pub id: WorkerId,
    /// Full name.
    pub name: String,
    /// The identity number.
    pub number: IdNumber,
    /// Mobile number, if there is one.
    pub phone: Option<String>,
    /// Kinds of work looked for.
    pub work_kinds: Vec<WorkKind>,
    /// The consent that was given.
    pub consent: Consent,
    /// Through which door.
    pub channel: Channel,
}

/// Everything that is kept of a person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WorkerFile {
    /// The person.
    pub worker: KnownWorker,
    /// What the person agreed to last.
    pub consent: Option<Consent>,
    /// Through which door the person came.
    pub channel: Option<Channel>,
    /// The pause after no-shows, over or not.
    pub pause: Option<Pause>,
    /// Since when the person has the pass that is good now.
    pub pass_since: Option<Timestamp>,
    /// Since when the person has the PIN that is good now.
    pub pin_since: Option<Timestamp>,
    /// The person's claims with their jobs, newest first.
    pub claims: Vec<ClaimWithJob>,
    /// The courses that the person is enrolled for or was, newest first.
    pub enrolments: Vec<Enrolment>,
    /// What the person would like to learn.
    pub wishes: Vec<WorkKind>,
    /// What the person applied for, newest first.
    pub applications: Vec<KeptApplication>,
    /// What the person agreed to when they said what they wish of work.
    pub wishes_consent: Option<Consent>,
    /// What the person said makes it hard for them to find work, oldest first.
    pub hardships_said: Vec<SaidHardship>,
    /// What the person is or was in the ledger of hardship for, oldest first.
    pub hardships: Vec<KeptHardship>,
    /// What the person complained of, newest first.
    pub complaints: Vec<KeptComplaint>,
}

/// A person about whom a device asked.
pub struct FoundWorker {
    /// The person.
    pub worker: KnownWorker,
    /// What the device needs besides where it asked about a pass.
    pub by_pass: Option<FoundByPass>,
    /// The person's PIN, where they have one and a number was asked about.
    pub pin: Option<PinHash>,
}

/// A claim to be made at the hub.
#[derive(Clone, Copy, Debug)]
pub struct NewClaim {
    /// Chosen by the caller; the key under which a repeated request is recognised.
    pub id: ClaimId,
    /// Which job.
    pub job: JobId,
    /// Who claims.
    pub worker: WorkerId,
    /// Through which door.
    pub channel: Channel,
    /// The device, where a terminal asks for a worker.
    pub device: Option<DeviceId>,
}

/// A claim that a device asks for.
#[derive(Clone, Debug)]
pub struct DeviceClaim {
    /// The claim.
    pub claim: NewClaim,
    /// The device's hall.
    pub hall: HallId,
    /// When the request came.
    pub at: Timestamp,
}

/// A device that showed a token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Caller {
    /// Which device.
    pub device: DeviceId,
    /// Its hall.
    pub hall: HallId,
    /// The epoch that the token belongs to.
    pub epoch: Epoch,
    /// Whether that is the device's present epoch. Older ones may only upload.
    pub current: bool,
    /// Quarantined after a fork: may read the feed, gets no rights.
    pub quarantined: bool,
    /// Whether it may enrol anew with this token: it is the present one, or the reply that held
    /// the present one seems to be lost, since nobody has used it yet.
    pub may_re_enrol: bool,
}

/// A device as staff see it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeviceStatus {
    /// Which device.
    pub device: DeviceId,
    /// Its hall.
    pub hall: HallId,
    /// Its name.
    pub name: String,
    /// How often it was enrolled; 0 before the first time.
    pub epoch: Epoch,
    /// Whether its present enrolment is quarantined.
    pub quarantined: bool,
    /// Whether staff took its doors away.
    pub revoked: bool,
    /// Whether the hub waits for it to say what it holds (rule 12).
    pub unreported: bool,
    /// Whether two members of staff wrote it off.
    pub written_off: bool,
    /// The newest of its older enrolments that is quarantined: what it said is still to be looked at.
    pub quarantined_before: Option<Epoch>,
    /// How many records of its logs were taken with which remarks for staff, joined by commas.
    pub flagged: BTreeMap<String, u64>,
    /// When it last asked for the feed.
    pub seen_at: Option<Timestamp>,
    /// What it said of itself then.
    pub health: DeviceHealth,
}

/// What the store can answer instead of doing what was asked.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// No such hall, or not this device's.
    #[error("there is no hall {0}")]
    UnknownHall(HallId),
    /// No such thing.
    #[error("there is no such {0}")]
    NotFound(&'static str),
    /// An id that the caller chose belongs to something else.
    #[error("the id of this {0} belongs to another")]
    IdInUse(&'static str),
    /// What was sealed was not sealed to this hub, or is no identity number.
    #[error("the sealed identity number cannot be opened")]
    Unreadable,
    /// The person still holds a claim of work that is not over.
    #[error(
        "the person holds a claim of work that is not over: it has to be withdrawn first, at the terminal, on the page of its slip or with `claim withdraw`"
    )]
    StillClaimed,
    /// More people are enrolled for the course than that.
    #[error("more people are enrolled at terminals than that: `event enrolments` lists them")]
    MoreEnrolled,
    /// Staff did that already, or more.
    #[error("that is done already")]
    Finished,
    /// The person is in the ledger for that already.
    #[error("the person is in the ledger for that already: nothing was changed")]
    InLedger,
    /// The person said nothing of the kind, took it back, or staff have looked at it already.
    #[error("nothing of that kind that the person said waits: nothing was changed")]
    NotSaid,
    /// The job is not held for review.
    #[error("the job is not held for review")]
    NotHeld,
    /// The claim does not wait for the employer's decision.
    #[error("the claim does not wait for the employer's decision")]
    NotWaiting,
    /// Nobody is expected at the gathering place with this claim.
    #[error("nobody is expected with this claim: it is {}", .0.code())]
    NotExpected(ClaimState),
    /// The worker may still come.
    #[error("the worker may still come: an absence is noted an hour after the time to be there")]
    NotLateYet,
    /// The hall has several devices, and none was named.
    #[error("the hall has several devices: name one of them")]
    SeveralDevices,
    /// The enrolment code is unknown, used or too old.
    #[error("the enrolment code is unknown, used or too old")]
    BadEnrolmentCode,
    /// An old epoch asks for what only the present one gets.
    #[error("the device has been enrolled anew; this epoch gets no rights")]
    EpochFenced,
    /// The device's log differs from what is kept.
    #[error("the device's log forked after record {}", .0.seq)]
    LogFork(Head),
    /// Records are missing before the first that was sent.
    #[error("records are missing after {}", .0.seq)]
    LogGap(Head),
    /// A record's hash does not fit its content.
    #[error("record {0} was damaged on the way")]
    DamagedRecord(u64),
    /// The cursor is not of this feed, or too old.
    #[error("the cursor is not of this feed")]
    CursorGone,
    /// No place is free. `elsewhere` counts unspent rights that devices hold: their names.
    #[error("no place is free")]
    CapacityExhausted {
        /// Names of devices that hold unspent rights; they were asked to give them back.
        elsewhere: Vec<String>,
    },
    /// The hub was restored from a copy, and waits for its devices before it gives a place.
    #[error("the hub was restored and gives no place before its devices have reported")]
    HeldBack,
    /// Only another member of staff's word counts now.
    #[error(
        "you have said so already: a second member of staff has to, with an account of their own"
    )]
    SamePerson,
    /// A slip that is not taken.
    #[error(transparent)]
    Slip(#[from] SlipFault),
    /// Other processes use the store.
    #[error(
        "the hub is in use: end `gighall-hub serve`, or the kiosk that it is embedded in, and every other command first"
    )]
    InUse,
    /// The event cannot be put up so.
    #[error(transparent)]
    Event(#[from] EventError),
    /// A rule stands against the claim.
    #[error("not allowed: {}", .0.code())]
    NotAllowed(ClaimReason),
    /// The store was written by a newer version of the program.
    #[error("the store was written by a newer version of the program")]
    TooNew,
    /// The database failed.
    #[error("the database failed: {0}")]
    Database(#[from] rusqlite::Error),
    /// The store cannot be opened or used for a reason outside of it.
    #[error("the store cannot be used: {0}")]
    Unusable(String),
    /// Stored data that cannot be read back.
    #[error("stored data cannot be read: {0}")]
    Corrupt(String),
}
