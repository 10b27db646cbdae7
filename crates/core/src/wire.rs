//! What travels between a device and the hub: JSON over HTTP, under `/api/v1`.
//!
//! | route | request | reply |
//! | --- | --- | --- |
//! | `POST /enrol` | [`EnrolRequest`] | [`EnrolReply`] |
//! | `POST /re-enrol` | [`ReEnrolRequest`] | [`EnrolReply`] |
//! | `POST /signing-key` | [`SigningKeyRequest`] | [`SigningKeyReply`] |
//! | `POST /feed` | [`FeedRequest`] | [`FeedReply`] |
//! | `GET /events` | nothing | server-sent events, each with [`Heads`] |
//! | `POST /snapshot` | [`SnapshotRequest`] | [`SnapshotReply`] |
//! | `POST /outbox` | [`OutboxRequest`] | [`OutboxReply`] |
//! | `POST /report` | [`ReportRequest`](crate::report::ReportRequest) | [`ReportReply`](crate::report::ReportReply) |
//! | `POST /rights` | [`RightsRequest`] | [`RightsReply`] |
//! | `POST /claims` | [`ClaimRequest`] | [`ClaimReply`] |
//! | `POST /workers/find` | [`FindWorkerRequest`] | [`FindWorkerReply`] |
//! | `POST /proof` | [`ProofRequest`](crate::proof::ProofRequest) | [`ProofReply`](crate::proof::ProofReply) |
//! | `POST /picture` | [a PNG](crate::picture) | [`PictureReply`](crate::picture::PictureReply) |
//! | `GET /media/HASH` | `Range` | a [file](crate::media) of the hub |
//!
//! Every route but `/enrol` wants `Authorization: Bearer TOKEN`. Errors are
//! `application/problem+json` (RFC 9457) with a [`Problem`]. Fields that a reader does not know
//! are ignored, so that both sides may be newer than the other; a change or a problem whose codes
//! a reader does not know is `Unknown` to it, and costs nothing but itself.

mod problem;

pub use problem::{Problem, ProblemType};

use crate::claim::Claim;
use crate::complaint::ComplaintNews;
use crate::event::Event;
use crate::hall::{Hall, HallFigures, Notice};
use crate::id::{ClaimId, DeviceId, Epoch, HallId, HubEpoch, JobId, NoticeId, WorkerId};
use crate::identity::Sex;
use crate::job::{Job, WorkKind};
use crate::media::MediaFile;
use crate::outbox::{Head, Record};
use crate::pass::HeldPass;
use crate::pause::Pause;
use crate::pin::PinHash;
use crate::playlist::HubPlaylist;
use crate::rights::Grant;
use crate::seal::{SealedText, SealingKey};
use crate::training::Enrolment;
use crate::wishes::Wishes;
use crate::witness::Witnessed;
use crate::worker::Channel;
use jiff::Timestamp;
use jiff::civil::Date;
use serde::de::IgnoredAny;
use serde::{Deserialize, Deserializer, Serialize};
use std::fmt;
use std::str::FromStr;

/// Most records in one [`OutboxRequest`] and most changes in one [`FeedReply`].
pub const BATCH_MAX: usize = 500;

/// Longest time that `/feed` waits for something new, in seconds.
pub const WAIT_MAX_SECONDS: u32 = 25;

/// Within so many seconds something comes over `/events`, if only a comment.
pub const KEEP_ALIVE_SECONDS: u32 = 15;

/// Where a device's feeds stand: that there is something new, and nothing of what it is. Sent over
/// `/events` at first and with each change; a device that misses one asks by itself in a while.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Heads {
    /// The last sequence number of the hall's feed.
    pub hall: u64,
    /// The last sequence number of the device's own.
    pub device: u64,
}

/// A stream of changes with its own dense sequence.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Scope {
    /// What every device in a hall has to know: jobs, notices, events, playlists, the hall itself,
    /// who is in a pause, who has a pass, who was erased.
    Hall(HallId),
    /// What concerns one device: decisions on claims and enrolments it took, rights that are asked back.
    Device(DeviceId),
}

/// A text that names no scope.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a scope is hall/ID or device/ID")]
pub struct NotAScope;

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Hall(id) => write!(f, "hall/{id}"),
            Self::Device(id) => write!(f, "device/{id}"),
        }
    }
}

impl FromStr for Scope {
    type Err = NotAScope;
    fn from_str(s: &str) -> Result<Self, Self::Err> {
        match s.split_once('/') {
            Some(("hall", id)) => id.parse().map(Self::Hall).map_err(|_| NotAScope),
            Some(("device", id)) => id.parse().map(Self::Device).map_err(|_| NotAScope),
            _ => Err(NotAScope),
        }
    }
}

impl TryFrom<String> for Scope {
    type Error = NotAScope;
    fn try_from(s: String) -> Result<Self, Self::Error> {
        s.parse()
    }
}

impl From<Scope> for String {
    fn from(scope: Scope) -> Self {
        scope.to_string()
    }
}

/// A device trades a one-time code for its token.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EnrolRequest {
    /// The code that `gighall-hub device add` printed.
    pub code: String,
    /// The hall that the device's configuration names; the hub refuses another one.
    pub hall: HallId,
    /// Public half of the device's signing key, in hexadecimal.
    pub public_key: String,
    /// Version of the program.
    pub version: String,
    /// What the device was enrolled as before, where it was. A hub that was restored from a copy made
    /// before that learns so who it is, and gives no epoch a second time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before: Option<EnrolledBefore>,
}

/// An enrolment that a device remembers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EnrolledBefore {
    /// Its id.
    pub device: DeviceId,
    /// Its newest epoch.
    pub epoch: Epoch,
}

/// A device whose store was lost or set aside asks for a new epoch (rule 10).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReEnrolRequest {
    /// Public half of the device's signing key, in hexadecimal.
    pub public_key: String,
    /// Version of the program.
    pub version: String,
}

/// The present enrolment of a device signs its codes with another key from now on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SigningKeyRequest {
    /// Public half of the key, in hexadecimal.
    pub public_key: String,
}

/// The hub takes codes that are signed with it, and those of the key before for a day more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SigningKeyReply {}

/// What a device is after enrolment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EnrolReply {
    /// Its id; kept when it enrols anew.
    pub device: DeviceId,
    /// Its name, as staff gave it.
    pub name: String,
    /// Its epoch, raised at each enrolment.
    pub epoch: Epoch,
    /// The hub's epoch.
    pub hub_epoch: HubEpoch,
    /// Its secret from now on. An older token of the device goes on to be taken for uploads of
    /// its own epoch only.
    pub token: String,
    /// Where identity numbers are sealed to.
    pub sealing_key: SealingKey,
    /// Before the dash in the numbers of claims that this enrolment confirms.
    pub claim_prefix: String,
    /// Where phones reach the hub, without a slash at the end.
    pub phone_url: String,
    /// The hall.
    pub hall: Hall,
    /// The hub's clock.
    pub now: Timestamp,
}

/// How far a device has read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cursor {
    /// Which stream.
    pub scope: Scope,
    /// Sequence number of the last change that it applied; 0 before the first.
    pub seq: u64,
}

/// Asks for changes after the cursors.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FeedRequest {
    /// One cursor a scope.
    pub cursors: Vec<Cursor>,
    /// If nothing is new, how long to wait for it, in seconds; at most [`WAIT_MAX_SECONDS`].
    pub wait_seconds: u32,
    /// How the device is.
    pub health: DeviceHealth,
}

/// How a device is, for staff at the hub.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeviceHealth {
    /// Records that wait to be sent.
    pub outbox_length: u64,
    /// When the oldest of them was written, by the device's idea of the hub's clock; `None` where
    /// none waits, or where a device does not tell.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub outbox_oldest: Option<Timestamp>,
    /// Unspent rights.
    pub rights: u32,
    /// Clock of the device less clock of the hub, in milliseconds.
    pub clock_offset_ms: i64,
    /// Version of the program.
    pub version: String,
    /// What staff are told at the device, a line each. Nothing personal is in it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notices: Vec<String>,
    /// What playlists may call the walls by that it shows and that follow the hub: their names and tags.
    /// Empty where a device does not tell.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub walls: Vec<String>,
}

/// Changes of each scope, in order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FeedReply {
    /// The hub's clock.
    pub now: Timestamp,
    /// The hub's epoch.
    pub hub_epoch: HubEpoch,
    /// Where phones reach the hub now, without a slash at the end; empty where a hub does not tell.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub phone_url: String,
    /// One for each cursor of the request.
    pub scopes: Vec<ScopeChanges>,
    /// The hub asks for a [picture](crate::picture) of each wall.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub picture: Option<uuid::Uuid>,
    /// What only the hub can count in the device's hall, today.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub figures: Option<HallFigures>,
}

/// The next changes of one scope.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ScopeChanges {
    /// Which stream.
    pub scope: Scope,
    /// The last sequence number that exists. More is to be asked for while the cursor is below.
    pub head: u64,
    /// At most [`BATCH_MAX`], the first one follows the cursor.
    pub changes: Vec<SequencedChange>,
}

/// A change and its place in the stream.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SequencedChange {
    /// Dense within the scope.
    pub seq: u64,
    /// What changed.
    #[serde(deserialize_with = "change")]
    pub change: Change,
}

/// What can change. What a device cannot read (a kind or a code that it does not know) is skipped.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum Change {
    /// A job as it is now, in whatever state.
    Job {
        /// The job.
        job: Box<Job>,
    },
    /// A job is gone for good.
    JobRemoved {
        /// Which.
        id: JobId,
    },
    /// A notice as it is now.
    Notice {
        /// The notice.
        notice: Notice,
    },
    /// A notice is gone.
    NoticeRemoved {
        /// Which.
        id: NoticeId,
    },
    /// The hall's own data.
    Hall {
        /// The hall.
        hall: Hall,
    },
    /// A claim that this device took stands differently now.
    Claim {
        /// The claim.
        claim: Claim,
    },
    /// The hub asks for unspent rights of a job (rule 6).
    Recall {
        /// Which job.
        job: JobId,
    },
    /// An event of the hall as it is now; one that was withdrawn is gone.
    Event {
        /// The event.
        event: Box<Event>,
    },
    /// A playlist for walls of the hall as it is now.
    Playlist {
        /// The playlist.
        playlist: Box<HubPlaylist>,
    },
    /// A playlist is for no wall of the hall any more.
    PlaylistRemoved {
        /// Which.
        name: String,
    },
    /// A file that the hub keeps for walls, under a name that may have meant another one.
    Media {
        /// The file.
        file: MediaFile,
    },
    /// The hub keeps a file no longer.
    MediaRemoved {
        /// Its name.
        name: String,
    },
    /// An enrolment for a course that this device took stands differently now.
    Enrolment {
        /// The enrolment.
        enrolment: Enrolment,
    },
    /// The pause that a person is in after no-shows; `None` where there is none any more.
    Pause {
        /// An id that the person has, at the hub or on a device.
        worker: WorkerId,
        /// The pause.
        pause: Option<Pause>,
    },
    /// A complaint that was handed in at this device stands differently now.
    Complaint {
        /// How it stands.
        news: ComplaintNews,
    },
    /// A person has been erased at the hub: what is known of the person goes everywhere.
    WorkerErased {
        /// An id that the person had, at the hub or on a device.
        worker: WorkerId,
    },
    /// The pass that a person has. In the hall where it was made with its hash; elsewhere, that the ones
    /// before are dead.
    Pass {
        /// An id that the person has, at the hub or on a device.
        worker: WorkerId,
        /// The pass, or that there is none.
        pass: HeldPass,
    },
    /// What the hub did with a place of one of the hall's jobs, to be handed back to a hub that has
    /// forgotten it (rule 12).
    Witnessed {
        /// The hub's letter to itself.
        witnessed: Witnessed,
    },
    /// Something of a newer hub.
    #[serde(other)]
    Unknown,
}

/// Something that may be of a newer program.
#[derive(Deserialize)]
#[serde(untagged)]
enum Maybe<T> {
    Readable(T),
    Unreadable(IgnoredAny),
}

impl<T> Maybe<T> {
    fn readable(self) -> Option<T> {
        match self {
            Self::Readable(value) => Some(value),
            Self::Unreadable(_) => None,
        }
    }
}

pub(crate) fn change<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Change, D::Error> {
    let read = Maybe::deserialize(deserializer)?;
    Ok(read.readable().unwrap_or(Change::Unknown))
}

fn changes<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Change>, D::Error> {
    let read: Vec<Maybe<Change>> = Vec::deserialize(deserializer)?;
    let change = |read: Maybe<Change>| read.readable().unwrap_or(Change::Unknown);
    Ok(read.into_iter().map(change).collect())
}

/// Asks for the whole present state of a scope, after a cursor was refused.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SnapshotRequest {
    /// Which stream.
    pub scope: Scope,
}

/// The whole present state of a scope: what is not in it is gone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SnapshotReply {
    /// Which stream.
    pub scope: Scope,
    /// The cursor to go on from.
    pub head: u64,
    /// Everything there is.
    #[serde(deserialize_with = "changes")]
    pub changes: Vec<Change>,
    /// The hub's clock.
    pub now: Timestamp,
    /// The hub's epoch.
    pub hub_epoch: HubEpoch,
}

/// Records of one enrolment, in order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OutboxRequest {
    /// Under which epoch they were written; the present one or an older one of this device.
    pub epoch: Epoch,
    /// At most [`BATCH_MAX`].
    pub records: Vec<Record>,
}

/// How far the hub has this device's log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OutboxReply {
    /// Head of the log at the hub: everything up to there is safe.
    pub head: Head,
    /// Head of the hall's feed after the records had their effect. A claim counts in
    /// [`Job::places_left`] for whoever has read that far.
    pub feed_head: u64,
}

/// Reports what was given back and asks for rights.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RightsRequest {
    /// The device's epoch; another one than the hub's is refused with `epoch-fenced`.
    pub epoch: Epoch,
    /// One entry a job.
    pub jobs: Vec<RightsAsk>,
}

/// One job in a [`RightsRequest`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RightsAsk {
    /// Which job.
    pub job: JobId,
    /// g: what the device was granted so far, as it knows.
    pub known: u32,
    /// r: what it gave back so far.
    pub returned: u32,
    /// How many more it would like.
    pub want: u32,
}

/// The cumulative grants.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RightsReply {
    /// One for each job that was asked for and is known.
    pub grants: Vec<JobGrant>,
}

/// One job in a [`RightsReply`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct JobGrant {
    /// Which job.
    pub job: JobId,
    /// What is granted in all.
    pub grant: Grant,
}

/// A claim made directly at the hub by a device without rights (rule 6). Sent again with the same
/// claim id it has no further effect and gets the same answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClaimRequest {
    /// Chosen by the device; also sent as `Idempotency-Key`.
    pub claim: ClaimId,
    /// Which job.
    pub job: JobId,
    /// Which worker. Must be known at the hub: registered there or by an uploaded record.
    pub worker: WorkerId,
    /// Through which door.
    pub channel: Channel,
}

/// The claim as the hub took it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClaimReply {
    /// The claim.
    pub claim: Claim,
    /// As in [`OutboxReply`].
    pub feed_head: u64,
    /// The same as the hall's feed will tell it, so that it is here before anybody is shown anything.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub witnessed: Option<Witnessed>,
}

/// Looks a person up who may have registered elsewhere.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FindWorkerRequest {
    /// The identity number, or the text of a [pass](crate::pass), sealed to the hub. A hub that does not
    /// know passes answers `bad-request` to one.
    pub id_sealed: SealedText,
}

/// What a terminal may know of a person who is standing in front of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FindWorkerReply {
    /// The person, if registered.
    pub worker: Option<KnownWorker>,
    /// The person's claims with their jobs, newest first.
    pub claims: Vec<ClaimWithJob>,
    /// The courses that the person is enrolled for or was, newest first; empty where a hub does not
    /// tell.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub enrolments: Vec<Enrolment>,
    /// The pause that the person is in after no-shows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pause: Option<Pause>,
    /// How the person's complaints stand, newest first; empty where a hub does not tell.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub complaints: Vec<ComplaintNews>,
    /// Where a pass was asked about: how the person is asked about without it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by_pass: Option<FoundByPass>,
    /// The PIN of somebody without a telephone; `None` where there is none, and where a hub does not tell.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pin: Option<PinHash>,
}

/// What a device needs of somebody who showed a pass that it did not know.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FoundByPass {
    /// The pass.
    pub pass: HeldPass,
    /// Every id that the person has had, here or on a device: the device may know one of them.
    pub ids: Vec<WorkerId>,
    /// The identity number, sealed to the hub itself.
    pub id_sealed: SealedText,
}

/// A registered person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KnownWorker {
    /// The id at the hub.
    pub worker: WorkerId,
    /// Full name.
    pub name: String,
    /// The identity number as others may read it.
    pub id_mask: String,
    /// From the identity number.
    pub birth_date: Date,
    /// From the identity number.
    pub sex: Sex,
    /// Mobile number, if there is one.
    pub phone: Option<String>,
    /// Kinds of work looked for.
    pub work_kinds: Vec<WorkKind>,
    /// What else is wished of work; `None` where the person was never asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub wishes: Option<Wishes>,
}

/// A claim and the job it is of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClaimWithJob {
    /// The claim.
    pub claim: Claim,
    /// The job, open or not.
    pub job: Job,
}

#[cfg(test)]
mod tests;
