//! A store that was put back from a copy, and devices that are lost for good.

use super::*;
use crate::store::{Act, AuditQuery, StaffMember, WriteOff};
use gighall_core::id::HubEpoch;
use gighall_core::report::{LogReport, ReportReply, ReportRequest, RightsReport};

/// The store as it was, in the place of the one that is.
pub(super) fn put_back(house: House, copy: &std::path::Path) -> House {
    let House { store, dir } = house;
    drop(store);
    super::put_back(dir.path(), copy, &SECRET, "staff", now()).expect("put back");
    let store = reopen(&dir).expect("opens");
    House { store, dir }
}

/// A copy of the store as it is now.
pub(super) fn copied(house: &House, name: &str) -> std::path::PathBuf {
    let copy = house.dir.path().join(name);
    house.store.back_up(&copy, now()).expect("copied");
    copy
}

impl Device {
    /// What it says of itself: rights to one job, and one log.
    pub(super) fn report(&self, hub_epoch: HubEpoch, job: JobId, granted: u32) -> ReportRequest {
        ReportRequest {
            epoch: self.holder.epoch,
            hub_epoch,
            public_key: "00".repeat(32),
            rights: vec![RightsReport {
                job,
                granted,
                returned: 0,
            }],
            logs: vec![LogReport {
                epoch: self.holder.epoch,
                head: self.log.last().map(Record::head).unwrap_or_default(),
                acknowledged: self.log.len() as u64,
                whole: true,
            }],
            claims: Some(vec![]),
            witnessed: vec![],
            last: true,
        }
    }

    fn reports(&self, house: &House, job: JobId, granted: u32) -> ReportReply {
        let epoch = house.store.hub_epoch().expect("read");
        let said = self.report(epoch, job, granted);
        house.store.report(self.holder, &said, now()).expect("ok")
    }
}

fn waited_for(house: &House) -> Vec<String> {
    let restored = house.store.restored().expect("read");
    restored.waiting.into_iter().map(|it| it.device).collect()
}

/// A kiosk that was stolen while it was trusted says what it likes: neither are the hub's epochs used up,
/// nor does any number free places that others were lent.
#[test]
fn a_device_that_makes_numbers_up_frees_no_place_and_uses_no_epochs_up() {
    let house = house();
    let job = house.job(1, 6);
    let (honest, thief) = (house.device("一号"), house.device("二号"));
    assert_eq!(honest.ask(&house, job, 0, 0, 3), 3);
    for _ in 0..3 {
        let said = thief.report(HubEpoch(u32::MAX), job, 0);
        house.store.report(thief.holder, &said, now()).expect("ok");
        thief.reports(&house, job, 0);
        honest.reports(&house, job, 3);
    }
    let epoch = house.store.hub_epoch().expect("read");
    assert!((4..10_000).contains(&epoch.0), "{epoch:?}");
    // It makes the hub wait once more, and says a number then that turns the sum over.
    let said = thief.report(HubEpoch(epoch.0 + 1), job, 0);
    house.store.report(thief.holder, &said, now()).expect("ok");
    thief.reports(&house, job, u32::MAX - 2);
    honest.reports(&house, job, 3);
    assert!(waited_for(&house).is_empty());
    for n in 0..6 {
        assert!(house.claim(job, house.worker(n)).is_err(), "three are lent");
    }
    assert_eq!(honest.ask(&house, job, 3, 0, 3), 3, "nor lent again");
}

#[test]
fn a_restored_store_gives_no_place_before_everybody_has_reported() {
    let house = house();
    let job = house.job(1, 3);
    let (mut first, second) = (house.device("一号"), house.device("二号"));
    let copy = copied(&house, "copy.db");
    first.ask(&house, job, 0, 0, 2);
    let claim = first.confirms(job, house.worker(1));
    first.upload(&house).expect("taken");

    let house = put_back(house, &copy);
    assert_eq!(house.store.hub_epoch().expect("read"), HubEpoch(2));
    assert_eq!(waited_for(&house), ["一号", "二号"]);
    let phone = house.worker(7);
    let refused = house.claim(job, phone);
    assert!(matches!(refused, Err(StoreError::HeldBack)), "{refused:?}");
    let ask = RightsAsk {
        job,
        known: 0,
        returned: 0,
        want: 1,
    };
    let granted = house
        .store
        .rights(second.holder, &[ask], now())
        .expect("ok");
    assert_eq!(granted, vec![], "it has not reported");
    assert!(!second.reports(&house, job, 0).logs.is_empty());
    let granted = house
        .store
        .rights(second.holder, &[ask], now())
        .expect("ok");
    assert_eq!(granted[0].grant.granted, 0, "others have not");

    // The log comes before the report: it is no reason to suspect anybody.
    let reply = first.reports(&house, job, 2);
    assert!(!reply.complete && reply.logs[0].head.seq == 0);
    assert_eq!(waited_for(&house), ["一号"]);
    first.upload(&house).expect("taken");
    assert!(first.reports(&house, job, 2).complete);
    let again = first.reports(&house, job, 2);
    assert!(again.complete, "said twice");
    let kept = house.store.claim(claim.id).expect("read").expect("here");
    assert_eq!(kept.claim.state, ClaimState::Confirmed);
    assert!(
        house
            .store
            .devices()
            .expect("read")
            .iter()
            .all(|it| !it.quarantined)
    );

    // One is confirmed and one is lent: one is left.
    house.claim(job, phone).expect("free");
    let full = house.claim(job, house.worker(8));
    assert!(matches!(full, Err(StoreError::CapacityExhausted { .. })));
    assert_eq!(first.ask(&house, job, 2, 0, 5), 2);
    let restored = house.store.restored().expect("read");
    assert!(restored.waiting.is_empty() && restored.held.is_empty());
    assert!(restored.raised_at.is_some());
}

#[test]
fn claims_without_a_right_wait_until_everybody_has_reported() {
    let house = house();
    let job = house.job(1, 1);
    let (mut first, second) = (house.device("一号"), house.device("二号"));
    let house = {
        let copy = copied(&house, "copy.db");
        put_back(house, &copy)
    };
    let claims: Vec<Claim> = (1..=2)
        .map(|n| {
            let claim = first.claim_of(job, house.worker(n), ClaimState::Provisional);
            first.append(Event::ClaimProvisional {
                claim: Box::new(claim.clone()),
            });
            claim
        })
        .collect();
    first.upload(&house).expect("taken");
    let state = |house: &House, claim: &Claim| {
        let kept = house.store.claim(claim.id).expect("read").expect("here");
        kept.claim.state
    };
    assert!(first.reports(&house, job, 0).complete);
    for claim in &claims {
        assert_eq!(state(&house, claim), ClaimState::Provisional);
    }
    assert!(second.reports(&house, job, 0).complete);
    let states = [state(&house, &claims[0]), state(&house, &claims[1])];
    let one_each =
        states.contains(&ClaimState::Confirmed) && states.contains(&ClaimState::Rejected);
    assert!(one_each, "{states:?}");
}

/// A terminal without a right asked the hub, and told a worker that the place is theirs.
#[test]
fn claims_that_a_terminal_made_at_the_hub_come_back_and_those_of_others_do_not() {
    let house = house();
    let (job, small) = (house.job(1, 3), house.job(2, 1));
    let first = house.device("一号");
    let workers: Vec<WorkerId> = (1..=3).map(|n| house.worker(n)).collect();
    let copy = copied(&house, "copy.db");
    let take = |house: &House, job: JobId, worker: WorkerId| {
        let new = NewClaim {
            id: ClaimId(Uuid::new_v4()),
            job,
            worker,
            channel: Channel::Terminal,
            device: Some(first.holder.device),
        };
        house.store.claim_direct(&new, now()).expect("free").claim
    };
    let mine = take(&house, job, workers[0]);
    let house = put_back(house, &copy);
    let gone = Claim {
        id: ClaimId(Uuid::new_v4()),
        state: ClaimState::Withdrawn,
        ..mine.clone()
    };
    let twice = Claim {
        id: ClaimId(Uuid::new_v4()),
        ..mine.clone()
    };
    let small_ones = [1, 2].map(|n: usize| Claim {
        id: ClaimId(Uuid::new_v4()),
        job: small,
        worker: workers[n],
        ..mine.clone()
    });
    let mut said = first.report(HubEpoch(2), job, 0);
    said.claims = None;
    let reply = house.store.report(first.holder, &said, now()).expect("ok");
    assert!(reply.asks_claims && !reply.complete);
    let mut claims = vec![mine.clone(), gone.clone(), twice.clone()];
    claims.extend(small_ones.clone());
    said.claims = Some(claims);
    for _ in 0..2 {
        let reply = house.store.report(first.holder, &said, now()).expect("ok");
        assert!(reply.complete);
    }
    let state = |id| {
        let kept = house.store.claim(id).expect("read");
        kept.map(|kept| (kept.claim.state, kept.claim.reason))
    };
    assert_eq!(state(mine.id), Some((mine.state, None)));
    assert_eq!(state(gone.id), None);
    let ended = |reason| Some((ClaimState::EmployerCancelled, Some(reason)));
    assert_eq!(state(twice.id), ended(ClaimReason::Duplicate));
    assert_eq!(state(small_ones[0].id), Some((mine.state, None)));
    assert_eq!(
        state(small_ones[1].id),
        ended(ClaimReason::Full),
        "there is one place"
    );
    assert_eq!(house.seen(job).places_left, 2);
    let next = house.claim(job, house.worker(9)).expect("free");
    assert_eq!(next.number, "00-10001", "no number is given twice");
}

/// Nobody ran `restore`.
#[test]
fn an_older_file_is_found_out_however_it_came_there() {
    let lent = |house: &House| {
        let job = house.job(1, 4);
        let device = house.device("一号");
        (job, device)
    };
    // The copy that `backup` made, under the name of the store.
    let first = house();
    lent(&first);
    let copy = copied(&first, "copy.db");
    let House { store, dir } = first;
    drop(store);
    let path = dir.path().join(DATABASE_FILE);
    std::fs::copy(&copy, &path).expect("copied");
    let store = reopen(&dir).expect("opens");
    assert_eq!(store.hub_epoch().expect("read"), HubEpoch(2));
    assert_eq!(store.restored().expect("read").waiting.len(), 1);
    drop(store);
    let again = reopen(&dir).expect("opens");
    assert_eq!(again.hub_epoch().expect("read"), HubEpoch(2), "once");
    drop(again);

    // A file that somebody copied in another way; the mark beside it is a newer one.
    let second = house();
    lent(&second);
    let raw = second.dir.path().join("raw.db");
    second.store.renew_mark().expect("renewed");
    let beside = Connection::open(second.dir.path().join(DATABASE_FILE)).expect("opens");
    let text = raw.to_str().expect("UTF-8");
    beside.execute("VACUUM INTO ?1", [text]).expect("copied");
    drop(beside);
    second.store.renew_mark().expect("renewed");
    second.store.renew_mark().expect("renewed");
    let House { store, dir } = second;
    drop(store);
    let same = reopen(&dir).expect("opens");
    assert_eq!(
        same.hub_epoch().expect("read"),
        HubEpoch(1),
        "nothing happened"
    );
    drop(same);
    std::fs::copy(&raw, dir.path().join(DATABASE_FILE)).expect("copied");
    let store = reopen(&dir).expect("opens");
    assert_eq!(store.hub_epoch().expect("read"), HubEpoch(2));
}

/// The whole disk was put back, so that nothing beside the store tells: the devices do.
#[test]
fn a_device_that_knows_more_shows_that_the_store_is_older() {
    let reasons: [fn(&House, &Device, JobId); 4] = [
        |house, device, job| assert!(!device.reports(house, job, 2).complete),
        |house, device, job| {
            let mut said = device.report(HubEpoch(1), job, 0);
            said.logs[0].acknowledged = 3;
            house.store.report(device.holder, &said, now()).expect("ok");
        },
        |house, device, _| {
            let scope = Scope::Hall(a_hall());
            let cursors = [Cursor { scope, seq: 5000 }];
            house
                .store
                .read_further(device.holder, &cursors, now())
                .expect("ok");
        },
        |house, device, job| {
            let ask = RightsAsk {
                job,
                known: 2,
                returned: 0,
                want: 1,
            };
            let granted = house
                .store
                .rights(device.holder, &[ask], now())
                .expect("ok");
            assert_eq!(granted, vec![]);
        },
    ];
    for shows in reasons {
        let house = house();
        let job = house.job(1, 4);
        let device = house.device("一号");
        shows(&house, &device, job);
        assert_eq!(house.store.hub_epoch().expect("read"), HubEpoch(2));
        assert!(matches!(
            house.claim(job, house.worker(1)),
            Err(StoreError::HeldBack)
        ));
        let why = house.store.restored().expect("read").raised_why;
        assert!(
            why.as_deref().is_some_and(|why| why.starts_with("一号 ")),
            "{why:?}"
        );
        // It says so once, and reports then.
        shows_nothing_more(&house, &device, job);
    }
    // One that knows a later epoch of the hub.
    let house = house();
    let job = house.job(1, 4);
    let device = house.device("一号");
    let said = device.report(HubEpoch(5), job, 0);
    let reply = house.store.report(device.holder, &said, now()).expect("ok");
    assert_eq!(reply.hub_epoch, HubEpoch(6));
}

fn shows_nothing_more(house: &House, device: &Device, job: JobId) {
    for _ in 0..2 {
        assert!(device.reports(house, job, 2).complete);
        assert_eq!(house.store.hub_epoch().expect("read"), HubEpoch(2));
    }
    house.claim(job, house.worker(1)).expect("free");
}

#[test]
fn a_device_that_was_enrolled_after_the_copy_is_known_again() {
    let house = house();
    let job = house.job(1, 5);
    let copy = copied(&house, "copy.db");
    let mut late = house.device("三号");
    late.ask(&house, job, 0, 0, 2);
    let claim = late.confirms(job, house.worker(1));
    late.upload(&house).expect("taken");

    let house = put_back(house, &copy);
    assert!(
        house
            .store
            .authenticate(&late.token)
            .expect("read")
            .is_none()
    );
    let code = house
        .store
        .add_device(&a_hall(), "三号", now())
        .expect("code");
    let mut request = enrol_request(&code);
    request.before = Some(gighall_core::wire::EnrolledBefore {
        device: late.holder.device,
        epoch: late.holder.epoch,
    });
    let reply = house.store.enrol(&request, now()).expect("enrolled");
    assert_eq!(reply.device, late.holder.device);
    assert_eq!(reply.epoch, Epoch(2), "no epoch is given twice");
    assert_ne!(reply.claim_prefix, late.prefix, "no prefix either");
    // Its rights are gone with the epoch; its log is that of the epoch before.
    let now_it_is = Holder {
        device: reply.device,
        epoch: reply.epoch,
    };
    let hub_epoch = house.store.hub_epoch().expect("read");
    assert_eq!(hub_epoch, HubEpoch(2), "it knows that it is a copy");
    let mut said = late.report(hub_epoch, job, 0);
    (said.epoch, said.rights) = (reply.epoch, vec![]);
    assert!(matches!(
        house.claim(job, house.worker(2)),
        Err(StoreError::HeldBack)
    ));
    let told = house.store.report(now_it_is, &said, now()).expect("ok");
    assert!(!told.complete);
    late.upload(&house).expect("taken");
    assert!(
        house
            .store
            .report(now_it_is, &said, now())
            .expect("ok")
            .complete
    );
    let kept = house.store.claim(claim.id).expect("read").expect("here");
    assert_eq!(kept.claim.state, ClaimState::Confirmed);
    assert!(!house.store.devices().expect("read")[0].quarantined);
    assert_eq!(house.seen(job).places_left, 4);
}

fn staff(account: &str) -> StaffMember {
    StaffMember {
        account: account.to_owned(),
        actor: format!("staff {account}"),
    }
}

#[test]
fn a_device_is_written_off_by_two_and_by_nobody_alone() {
    let house = house();
    let job = house.job(1, 5);
    let mut device = house.device("一号");
    device.ask(&house, job, 0, 0, 3);
    device.confirms(job, house.worker(1));
    device.upload(&house).expect("taken");
    let hall = a_hall();
    let says = |who: &str, at: Timestamp| house.store.write_off(&hall, "一号", &staff(who), at);
    let takes = |n: u32| house.claim(job, house.worker(n));
    takes(2).expect("two are free");
    takes(6).expect("two are free");
    assert!(takes(3).is_err(), "two are in doubt");

    let asked = says("login=1000", now()).expect("said");
    assert!(
        matches!(&asked, WriteOff::Asked(doubt) if doubt[0].places == 2),
        "{asked:?}"
    );
    let alone = says("login=1000", now());
    assert!(matches!(alone, Err(StoreError::SamePerson)), "{alone:?}");
    assert!(takes(3).is_err(), "one person's word changes nothing");
    // A day later nobody knows any more what was seen.
    let next_day = now() + SignedDuration::from_hours(25);
    let asked = says("login=1001", next_day).expect("said");
    assert!(matches!(asked, WriteOff::Asked(_)));
    let done = says("login=1002", next_day).expect("said");
    assert!(
        matches!(&done, WriteOff::Done(free) if free[0].places == 2),
        "{done:?}"
    );

    takes(3).expect("free again");
    takes(4).expect("free again");
    assert!(takes(5).is_err());
    assert!(
        house
            .store
            .authenticate(&device.token)
            .expect("read")
            .is_none()
    );
    assert!(house.store.devices().expect("read")[0].written_off);
    let query = AuditQuery {
        between: Timestamp::MIN..Timestamp::MAX,
        worker: None,
    };
    let lines = house.store.audited(&query).expect("read");
    let last = lines.last().expect("some");
    assert_eq!(
        (last.act, last.actor.as_str()),
        (Act::WrittenOff, "staff login=1002")
    );
    assert_eq!(
        last.about.as_deref(),
        Some("一号, first said by staff login=1001")
    );
    let asked = lines.iter().filter(|line| line.act == Act::WriteOffAsked);
    assert_eq!(asked.count(), 2);

    // It was in a cupboard after all, with a claim that nobody knew of.
    let late = device.confirms(job, house.worker(9));
    device
        .upload(&house)
        .expect("taken, as every claim that was shown");
    let kept = house
        .store
        .claim(late.id)
        .expect("read")
        .expect("here")
        .claim;
    assert_eq!(
        kept.state,
        ClaimState::EmployerCancelled,
        "its place is somebody else's"
    );
    assert_eq!(kept.reason, Some(ClaimReason::Full));
    let status = &house.store.devices().expect("read")[0];
    assert!(!status.quarantined && status.flagged.contains_key("written-off"));
    assert_eq!(house.seen(job).places_left, 0);
}

#[test]
fn a_claim_of_a_device_that_was_written_off_stays_where_there_is_room() {
    let house = house();
    let job = house.job(1, 4);
    let mut device = house.device("一号");
    device.ask(&house, job, 0, 0, 2);
    for who in ["uid=1", "uid=2"] {
        house
            .store
            .write_off(&a_hall(), "一号", &staff(who), now())
            .expect("said");
    }
    let claim = device.confirms(job, house.worker(1));
    device.upload(&house).expect("taken");
    let kept = house.store.claim(claim.id).expect("read").expect("here");
    assert_eq!(kept.claim.state, ClaimState::Confirmed);
    assert_eq!(house.seen(job).places_left, 3);
}

#[test]
fn a_restored_store_does_not_wait_for_whom_two_have_written_off() {
    let house = house();
    let job = house.job(1, 2);
    house.device("一号");
    let said = |house: &House, who| house.store.write_off(&a_hall(), "一号", &staff(who), now());
    said(&house, "uid=3").expect("said");
    let copy = copied(&house, "copy.db");
    // What was said of the store before counts for nothing now.
    let house = put_back(house, &copy);
    let phone = house.worker(1);
    for who in ["uid=1", "uid=2"] {
        assert!(
            matches!(house.claim(job, phone), Err(StoreError::HeldBack)),
            "{who}"
        );
        house
            .store
            .write_off(&a_hall(), "一号", &staff(who), now())
            .expect("said");
    }
    house.claim(job, phone).expect("given again");
    assert!(waited_for(&house).is_empty());
}

#[test]
fn a_copy_is_whole_or_is_none_and_nothing_is_put_back_that_is_not_this_hubs() {
    let house = house();
    let job = house.job(1, 2);
    let copy = copied(&house, "copy.db");
    let twice = house.store.back_up(&copy, now());
    assert!(matches!(twice, Err(StoreError::Unusable(_))), "left alone");
    let mode = std::os::unix::fs::MetadataExt::mode(&std::fs::metadata(&copy).expect("there"));
    assert_eq!(mode & 0o777, 0o600);
    let dir = house.dir.path();
    let back = |copy: &std::path::Path, secret| super::put_back(dir, copy, secret, "staff", now());
    assert!(matches!(back(&copy, &SECRET), Err(StoreError::InUse)));
    drop(house.store);
    let path = dir.join(DATABASE_FILE);
    let before = std::fs::read(&path).expect("read");
    assert!(back(&copy, &[6; 32]).is_err(), "another hub's");
    let whole = std::fs::read(&copy).expect("read");
    let half = dir.join("half.db");
    std::fs::write(&half, &whole[..whole.len() / 2]).expect("written");
    assert!(matches!(back(&half, &SECRET), Err(StoreError::Corrupt(_))));
    std::fs::write(&half, "no database at all, but long enough".repeat(200)).expect("written");
    assert!(matches!(back(&half, &SECRET), Err(StoreError::Corrupt(_))));
    std::fs::write(&half, "").expect("written");
    assert!(matches!(back(&half, &SECRET), Err(StoreError::Corrupt(_))));
    assert!(back(&dir.join("nowhere.db"), &SECRET).is_err());
    assert_eq!(
        std::fs::read(&path).expect("read"),
        before,
        "nothing was changed"
    );

    let done = back(&copy, &SECRET).expect("put back");
    assert_eq!(done.copied_at, Some(now()));
    let aside = done.before.expect("there was one");
    assert_eq!(std::fs::read(aside).expect("kept"), before);
    // The power went after the old store was set aside.
    std::fs::rename(&path, dir.join(format!("{DATABASE_FILE}.restored"))).expect("renamed");
    std::fs::write(dir.join(format!("{DATABASE_FILE}-wal")), "of the old one").expect("written");
    assert!(super::is_there(dir));
    let store = SqliteStore::open(dir, &SECRET, crate::state::china()).expect("opens");
    assert_eq!(store.hub_epoch().expect("read"), HubEpoch(2));
    assert!(store.job(job).expect("read").is_some());
}
