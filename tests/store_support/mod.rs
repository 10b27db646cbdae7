//! A store with an identity, workers and jobs, for tests of the store.

#![allow(dead_code)]

use gighall_core::hall::Hall;
use gighall_core::id::{ClaimId, DeviceId, Epoch, HallId, HubEpoch, JobId};
use gighall_core::identity::IdNumber;
use gighall_core::job::Job;
use gighall_core::rights::Grant;
use gighall_core::seal::OpeningKey;
use gighall_core::testing::{a_hall, an_id_number, at};
use gighall_core::wire::{
    Change, EnrolReply, JobGrant, KnownWorker, RightsAsk, RightsReply, Scope, ScopeChanges,
    SequencedChange, SnapshotReply,
};
use gighall_kiosk::store::{Identity, Store};
use gighall_kiosk::terminal::desk::NewRegistration;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use std::path::Path;
use tempfile::TempDir;
use uuid::Uuid;

pub const HUB_EPOCH: HubEpoch = HubEpoch(1);

/// A moment at which test jobs are open.
pub fn now() -> Timestamp {
    at("2026-11-23T06:00:00Z")
}

pub fn device() -> DeviceId {
    DeviceId(Uuid::from_u128(77))
}

pub fn open(dir: &Path) -> Store {
    Store::open(dir, TimeZone::get("Asia/Shanghai").expect("a zone"), now()).expect("opens")
}

pub fn enrol_reply(epoch: u32) -> EnrolReply {
    EnrolReply {
        device: device(),
        name: "一号".to_owned(),
        epoch: Epoch(epoch),
        hub_epoch: HUB_EPOCH,
        token: format!("token-{epoch}"),
        sealing_key: OpeningKey::from_bytes([7; 32]).sealing_key(),
        claim_prefix: format!("0{epoch}"),
        phone_url: "https://hub.example".to_owned(),
        hall: hall("威宁县零工市场"),
        now: now(),
    }
}

pub fn hall(name: &str) -> Hall {
    Hall {
        id: a_hall(),
        name: name.to_owned(),
        county_code: None,
        hotline: None,
        address: None,
    }
}

pub fn enrol(store: &Store, epoch: u32) -> Identity {
    let reply = enrol_reply(epoch);
    let identity = Identity::new(&reply, "00".to_owned());
    store.enrolled(&identity, &reply).expect("enrolled");
    identity
}

pub fn hall_scope() -> Scope {
    let id: HallId = a_hall();
    Scope::Hall(id)
}

/// A store in a directory of its own, enrolled.
pub fn enrolled() -> (TempDir, Store, Identity) {
    let dir = tempfile::tempdir().expect("a directory");
    let store = open(dir.path());
    let identity = enrol(&store, 1);
    (dir, store, identity)
}

pub fn snapshot(store: &Store, head: u64, jobs: &[Job]) {
    let changes = jobs.iter().map(|job| changed(job.clone())).collect();
    snapshot_of(store, hall_scope(), head, changes);
}

pub fn snapshot_of(store: &Store, scope: Scope, head: u64, changes: Vec<Change>) {
    let told = SnapshotReply {
        scope,
        head,
        changes,
        now: now(),
        hub_epoch: HUB_EPOCH,
    };
    store.apply_snapshot(&told, now()).expect("applied");
}

pub fn changed(job: Job) -> Change {
    Change::Job { job: Box::new(job) }
}

pub fn feed(scope: Scope, from: u64, changes: Vec<Change>) -> ScopeChanges {
    let changes: Vec<SequencedChange> = (from..)
        .zip(changes)
        .map(|(seq, change)| SequencedChange { seq, change })
        .collect();
    ScopeChanges {
        scope,
        head: changes.last().map_or(0, |last| last.seq),
        changes,
    }
}

pub fn grant(store: &Store, job: JobId, epoch: u32, granted: u32) {
    let account = store.account(job).expect("read");
    let ask = RightsAsk {
        job,
        known: account.granted,
        returned: account.returned,
        want: granted,
    };
    let grant = Grant {
        epoch: Epoch(epoch),
        hub_epoch: HUB_EPOCH,
        granted,
    };
    let reply = RightsReply {
        grants: vec![JobGrant { job, grant }],
    };
    store
        .apply_grants(&[ask], &reply, Epoch(epoch), HUB_EPOCH)
        .expect("applied");
}

/// The identity number of the `n`th test worker.
pub fn number(n: u32) -> IdNumber {
    an_id_number("19750501", n).parse().expect("valid")
}

pub fn register(store: &Store, n: u32) -> KnownWorker {
    register_at(store, n, now())
}

/// The same by another clock.
pub fn register_at(store: &Store, n: u32, at: Timestamp) -> KnownWorker {
    let new = NewRegistration {
        pin: None,
        name: "李晓峰".to_owned(),
        number: number(n),
        phone: Some("13812345678".to_owned()),
        work_kinds: vec![],
    };
    let key = OpeningKey::from_bytes([7; 32]).sealing_key();
    let sealed = key.seal(&new.number).expect("a key");
    store.register(&new, sealed, at).expect("registered")
}

pub fn claim_id(n: u32) -> ClaimId {
    ClaimId(Uuid::from_u128(0x9000 + u128::from(n)))
}
