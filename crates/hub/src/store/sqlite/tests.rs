//! Tests of the store through its trait, on real files.

use super::*;
use crate::store::{Listing, NewClaim, NewWorker, Store};
use gighall_core::claim::{Claim, ClaimReason, ClaimState};
use gighall_core::hall::{Hall, Notice, NoticeKind};
use gighall_core::id::{ClaimId, DeviceId, Epoch, HallId, JobId, NoticeId, WorkerId};
use gighall_core::job::{Job, JobState};
use gighall_core::outbox::{Body, Event, Head, RECORD_VERSION, Record};
use gighall_core::rights::Holder;
use gighall_core::testing::{a_hall, a_job, an_id_number, at};
use gighall_core::wire::{
    Change, Cursor, DeviceHealth, EnrolReply, EnrolRequest, ReEnrolRequest, RightsAsk, Scope,
};
use gighall_core::worker::{Channel, Consent, Registration};
use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

mod claims;
mod damage;
mod hardship;
mod history;
mod imports;
mod passes;
mod posted;
mod proof;
mod restored;
mod services;
mod slips;
mod uploads;
mod versions;
mod witness;
mod workers;

pub(super) const SECRET: [u8; 32] = [5; 32];

pub(super) fn now() -> Timestamp {
    at("2026-11-23T01:00:00Z")
}

/// A store in a directory of its own, with one hall.
pub(super) struct House {
    pub store: SqliteStore,
    pub dir: tempfile::TempDir,
}

pub(super) fn house() -> House {
    let dir = tempfile::tempdir().expect("a directory");
    let store = reopen(&dir).expect("opens");
    let hall = Hall {
        id: a_hall(),
        name: "威宁县零工市场".to_owned(),
        county_code: None,
        hotline: None,
        address: None,
    };
    store.put_hall(&hall).expect("put");
    House { store, dir }
}

pub(super) fn reopen(dir: &tempfile::TempDir) -> Result<SqliteStore, StoreError> {
    SqliteStore::open(dir.path(), &SECRET, crate::state::china())
}

pub(super) fn listing(n: u32, places: u32) -> Listing {
    let mut job = a_job(n);
    // One a day, so that nothing overlaps.
    let shift = SignedDuration::from_hours(24 * i64::from(n));
    job.starts_at += shift;
    job.ends_at = job.ends_at.map(|end| end + shift);
    job.valid_until += shift;
    job.places = places;
    Listing {
        source_key: format!("job-{n}"),
        employer_uscc: None,
        review: None,
        start_moves: false,
        job,
    }
}

impl House {
    pub fn job(&self, n: u32, places: u32) -> JobId {
        self.store
            .import(&a_hall(), &[listing(n, places)], now())
            .expect("imported");
        self.store
            .open_jobs(&a_hall(), now())
            .expect("read")
            .iter()
            .find(|job| job.starts_at == listing(n, places).job.starts_at)
            .expect("there")
            .id
    }

    pub fn seen(&self, id: JobId) -> Job {
        self.store.job(id).expect("read").expect("there")
    }

    pub fn worker(&self, n: u32) -> WorkerId {
        self.store.register(&new_worker(n)).expect("registered")
    }

    pub fn claim(&self, job: JobId, worker: WorkerId) -> Result<Claim, StoreError> {
        let new = NewClaim {
            id: ClaimId(Uuid::new_v4()),
            job,
            worker,
            channel: Channel::Phone,
            device: None,
        };
        self.store.claim_direct(&new, now()).map(|r| r.claim)
    }

    pub fn device(&self, name: &str) -> Device {
        let code = self.store.add_device(&a_hall(), name, now()).expect("code");
        let reply = self
            .store
            .enrol(&enrol_request(&code), now())
            .expect("enrolled");
        Device {
            holder: Holder {
                device: reply.device,
                epoch: reply.epoch,
            },
            token: reply.token,
            prefix: reply.claim_prefix,
            log: vec![],
        }
    }

    pub fn changes(&self, scope: Scope) -> Vec<Change> {
        let cursor = Cursor { scope, seq: 0 };
        let changes = self.store.changes(&cursor, 500).expect("read").changes;
        for (i, change) in changes.iter().enumerate() {
            assert_eq!(change.seq, i as u64 + 1, "dense");
        }
        changes.into_iter().map(|c| c.change).collect()
    }
}

pub(super) fn enrol_request(code: &str) -> EnrolRequest {
    EnrolRequest {
        code: code.to_owned(),
        hall: a_hall(),
        public_key: "00".repeat(32),
        version: "0.1.0".to_owned(),
        before: None,
    }
}

pub(super) fn new_worker(n: u32) -> NewWorker {
    NewWorker {
        id: WorkerId(Uuid::now_v7()),
        name: "李晓峰".to_owned(),
        number: an_id_number("19750501", n).parse().expect("valid"),
        phone: Some("13987654321".to_owned()),
        work_kinds: vec![],
        consent: Consent {
            version: 1,
            at: now(),
        },
        channel: Channel::Phone,
    }
}

/// A device played by a test.
pub(super) struct Device {
    pub holder: Holder,
    pub token: String,
    pub prefix: String,
    pub log: Vec<Record>,
}

impl Device {
    pub fn append(&mut self, event: Event) -> Record {
        self.append_at(event, now())
    }

    pub fn append_at(&mut self, event: Event, at: Timestamp) -> Record {
        let body = Body {
            v: RECORD_VERSION,
            at,
            event,
        };
        self.append_text(body.to_text())
    }

    pub fn append_text(&mut self, body: String) -> Record {
        let head = self.log.last().map(Record::head).unwrap_or_default();
        let record = head.append(body);
        self.log.push(record.clone());
        record
    }

    pub fn claim_of(&self, job: JobId, worker: WorkerId, state: ClaimState) -> Claim {
        Claim {
            id: ClaimId(Uuid::new_v4()),
            number: format!("{}-{:04}", self.prefix, self.log.len() + 1),
            job,
            worker,
            device: Some(self.holder.device),
            channel: Channel::Terminal,
            state,
            reason: None,
            made_at: now(),
        }
    }

    pub fn confirms(&mut self, job: JobId, worker: WorkerId) -> Claim {
        let claim = self.claim_of(job, worker, ClaimState::Confirmed);
        self.append(Event::ClaimConfirmed {
            claim: Box::new(claim.clone()),
        });
        claim
    }

    pub fn upload(&self, house: &House) -> Result<Head, StoreError> {
        house
            .store
            .accept_outbox(self.holder, &self.log, now())
            .map(|reply| reply.head)
    }

    pub fn ask(&self, house: &House, job: JobId, known: u32, returned: u32, want: u32) -> u32 {
        let ask = RightsAsk {
            job,
            known,
            returned,
            want,
        };
        let grants = house.store.rights(self.holder, &[ask], now()).expect("ok");
        grants[0].grant.granted
    }
}

#[test]
fn a_newer_store_and_a_damaged_one_are_left_alone() {
    let house = house();
    let path = house.dir.path().join(DATABASE_FILE);
    let House { store, dir } = house;
    drop(store);
    let raw = Connection::open(&path).expect("opens");
    raw.pragma_update(None, "user_version", 99).expect("set");
    drop(raw);
    assert!(matches!(reopen(&dir), Err(StoreError::TooNew)));

    let nonsense = "这不是数据库".repeat(400);
    for side in ["-wal", "-shm"] {
        let _ = std::fs::remove_file(format!("{}{side}", path.display()));
    }
    std::fs::write(&path, &nonsense).expect("written");
    assert!(matches!(reopen(&dir), Err(StoreError::Corrupt(_))));
    assert_eq!(std::fs::read(&path).expect("read"), nonsense.as_bytes());
}

#[test]
fn another_key_is_told_at_once() {
    let House { store, dir } = house();
    drop(store);
    let other = SqliteStore::open(dir.path(), &[6; 32], crate::state::china());
    assert!(matches!(other, Err(StoreError::Unusable(_))));
    assert!(reopen(&dir).is_ok());
}

#[test]
fn nothing_personal_lies_in_the_clear() {
    let house = house();
    let mut device = house.device("一号");
    let number = an_id_number("19750501", 7);
    let code = house
        .store
        .add_device(&a_hall(), "二号", now())
        .expect("code");
    let reply = house.store.enrol(&enrol_request(&code), now()).expect("ok");
    device.append(Event::WorkerRegistered {
        registration: Box::new(registration(&house, 7, WorkerId(Uuid::now_v7()))),
    });
    device.upload(&house).expect("taken");
    let worker = house.worker(7);
    let session = house.store.open_session(worker, now()).expect("opened");
    for file in std::fs::read_dir(house.dir.path()).expect("listed") {
        let bytes = std::fs::read(file.expect("entry").path()).expect("read");
        for secret in [
            &number,
            "李晓峰",
            "13987654321",
            &session,
            &reply.token,
            &code,
        ] {
            let found = bytes.windows(secret.len()).any(|w| w == secret.as_bytes());
            assert!(!found, "{secret} is readable");
        }
    }
}

pub(super) fn registration(house: &House, n: u32, id: WorkerId) -> Registration {
    let new = new_worker(n);
    Registration {
        worker: id,
        name: new.name,
        id_sealed: house
            .store
            .keys
            .opening
            .sealing_key()
            .seal(&new.number)
            .expect("sealed"),
        id_mask: new.number.mask(),
        birth_date: new.number.birth_date(),
        sex: new.number.sex(),
        phone: new.phone,
        work_kinds: vec![],
        consent: new.consent,
        channel: Channel::Terminal,
    }
}

#[test]
fn a_session_ends_with_the_phone_or_thirty_days_after_its_last_use() {
    let house = house();
    let worker = house.worker(1);
    let secret = house.store.open_session(worker, now()).expect("opened");
    let whose = |s: &str, at| house.store.session(s, at).expect("read");
    assert_eq!(whose(&secret, now()), Some(worker));
    assert_eq!(whose("nonsense", now()), None);
    let day = |n: i64| now() + SignedDuration::from_hours(24 * n);
    assert_eq!(whose(&secret, day(31)), None);
    for used in [20, 40, 60] {
        assert_eq!(whose(&secret, day(used)), Some(worker), "day {used}");
    }
    assert_eq!(whose(&secret, day(91)), None);
    house.store.close_session(&secret).expect("closed");
    assert_eq!(whose(&secret, day(60)), None);
}

#[test]
fn enrolment_raises_the_epoch_and_fences_the_old_one() {
    let house = house();
    let store = &house.store;
    let code = store.add_device(&a_hall(), "一号", now()).expect("code");
    let mut wrong = enrol_request(&code);
    wrong.hall = "bijie".parse().expect("an id");
    assert!(matches!(
        store.enrol(&wrong, now()),
        Err(StoreError::UnknownHall(_))
    ));
    let typed = code.to_lowercase().replace('-', " ");
    let first = store
        .enrol(&enrol_request(&typed), now())
        .expect("enrolled");
    let spent = enrol_request(&code);
    assert_eq!(store.enrol(&spent, now()).expect("the same"), first);
    let mut thief = enrol_request(&code);
    thief.public_key = "22".repeat(32);
    assert!(matches!(
        store.enrol(&thief, now()),
        Err(StoreError::BadEnrolmentCode)
    ));
    let again = ReEnrolRequest {
        public_key: "11".repeat(32),
        version: "0.1.0".to_owned(),
    };
    let second = store
        .re_enrol(first.device, &again, now())
        .expect("enrolled anew");
    assert_eq!((first.epoch, second.epoch), (Epoch(1), Epoch(2)));
    assert_ne!(first.claim_prefix, second.claim_prefix);
    let who = |token: &str| store.authenticate(token).expect("read").expect("known");
    assert!(!who(&first.token).current && who(&first.token).may_re_enrol);
    store
        .note_health(first.device, &DeviceHealth::default(), now())
        .expect("noted");
    assert!(!who(&first.token).may_re_enrol);
    assert!(who(&second.token).current);
    assert_eq!(store.authenticate("nonsense").expect("read"), None);
    let old = Holder {
        device: first.device,
        epoch: first.epoch,
    };
    assert!(matches!(
        store.rights(old, &[], now()),
        Err(StoreError::EpochFenced)
    ));
    let late = now() + SignedDuration::from_hours(25);
    let stale = store.add_device(&a_hall(), "二号", now()).expect("code");
    assert!(store.enrol(&enrol_request(&stale), late).is_err());
}

/// The answer is lost on the way and the device asks again. Once it has used what it got, whoever
/// comes with the code is a device that lost its store: it needs a new epoch, and so a new code.
#[test]
fn a_lost_enrolment_is_given_again_until_it_is_used() {
    let house = house();
    let store = &house.store;
    let code = |name| store.add_device(&a_hall(), name, now()).expect("code");
    let uses: [fn(&House, &EnrolReply); 2] = [
        |house, reply| {
            let health = DeviceHealth::default();
            let noted = house.store.note_health(reply.device, &health, now());
            noted.expect("noted");
        },
        |house, reply| {
            let again = ReEnrolRequest {
                public_key: "00".repeat(32),
                version: "0.1.0".to_owned(),
            };
            let anew = house.store.re_enrol(reply.device, &again, now());
            anew.expect("enrolled anew");
        },
    ];
    for (name, used) in ["一号", "二号"].into_iter().zip(uses) {
        let request = enrol_request(&code(name));
        let first = store.enrol(&request, now()).expect("enrolled");
        let later = now() + SignedDuration::from_mins(5);
        let again = store.enrol(&request, later).expect("once more");
        assert_eq!((&again.token, again.epoch), (&first.token, first.epoch));
        assert_eq!(again.claim_prefix, first.claim_prefix);
        assert!(store.authenticate(&first.token).expect("read").is_some());
        let next_day = now() + SignedDuration::from_hours(25);
        assert!(store.enrol(&request, next_day).is_err());
        used(&house, &first);
        assert!(matches!(
            store.enrol(&request, later),
            Err(StoreError::BadEnrolmentCode)
        ));
    }
}

#[test]
fn a_cursor_beyond_the_head_is_refused() {
    let house = house();
    house.job(1, 2);
    let scope = Scope::Hall(a_hall());
    let head = house.store.snapshot(&scope).expect("read").0;
    let at = |seq| Cursor {
        scope: scope.clone(),
        seq,
    };
    assert!(
        house
            .store
            .changes(&at(head), 10)
            .expect("ok")
            .changes
            .is_empty()
    );
    for seq in [head + 1, u64::MAX] {
        assert!(matches!(
            house.store.changes(&at(seq), 10),
            Err(StoreError::CursorGone)
        ));
    }
    let unknown: HallId = "bijie".parse().expect("an id");
    assert!(matches!(
        house.store.snapshot(&Scope::Hall(unknown)),
        Err(StoreError::UnknownHall(_))
    ));
    let nobody = DeviceId(Uuid::now_v7());
    assert!(house.store.snapshot(&Scope::Device(nobody)).is_err());
}

#[test]
fn a_notice_goes_when_it_is_removed_or_over() {
    let house = house();
    let until = now() + SignedDuration::from_hours(1);
    let ids = [
        None,
        Some(until),
        Some(until + SignedDuration::from_hours(9)),
    ]
    .map(|end| {
        let notice = Notice {
            id: NoticeId(Uuid::now_v7()),
            kind: NoticeKind::Policy,
            title: "稳就业".to_owned(),
            body: String::new(),
            issuer: None,
            effective_from: now(),
            effective_to: end,
            ticker: false,
        };
        house.store.put_notice(&a_hall(), &notice).expect("put");
        notice.id
    });
    assert_eq!(house.store.expire_posted(now()).expect("looked"), 0);
    assert_eq!(house.store.expire_posted(until).expect("ended"), 1);
    house.store.remove_notice(ids[0]).expect("removed");
    assert!(house.store.remove_notice(ids[0]).is_err());
    let left = house.store.notices(&a_hall()).expect("read");
    assert_eq!(left.iter().map(|n| n.id).collect::<Vec<_>>(), [ids[2]]);
    let told = house.changes(Scope::Hall(a_hall()));
    let removed = [ids[1], ids[0]].map(|id| Change::NoticeRemoved { id });
    assert!(told.ends_with(&removed), "{told:?}");
}

#[test]
fn two_processes_may_make_the_store_at_the_same_moment() {
    for _ in 0..5 {
        let dir = tempfile::tempdir().expect("a directory");
        std::thread::scope(|scope| {
            let opened = [(); 3].map(|()| scope.spawn(|| reopen(&dir).map(drop)));
            for thread in opened {
                thread.join().expect("ran").expect("opens");
            }
        });
    }
}
