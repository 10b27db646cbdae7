//! What a person may ask for.

use super::*;
use crate::store::Store;

#[test]
fn a_wrong_name_is_flagged_and_corrected() {
    let house = house();
    let worker = house.worker(1);
    let mut device = house.device("一号");
    let mut other = registration(&house, 1, WorkerId(Uuid::now_v7()));
    other.name = "王五".to_owned();
    for registration in [registration(&house, 1, WorkerId(Uuid::now_v7())), other] {
        device.append(Event::WorkerRegistered {
            registration: Box::new(registration),
        });
    }
    device.upload(&house).expect("taken");
    let flags: Vec<Option<String>> = house
        .store
        .read(|view| {
            Ok(view
                .prepare("SELECT flag FROM outbox_record ORDER BY seq")?
                .query_map([], |row| row.get(0))?
                .collect::<Result<_, _>>()?)
        })
        .expect("read");
    assert_eq!(flags, [None, Some("name-differs".to_owned())]);
    let known = |id| house.store.worker(id).expect("read").expect("there");
    assert_eq!(
        known(worker).name,
        "李晓峰",
        "the name is staff's to change"
    );
    house.store.rename_worker(worker, "王五").expect("renamed");
    assert_eq!(known(worker).name, "王五");
    let nobody = WorkerId(Uuid::now_v7());
    assert!(house.store.rename_worker(nobody, "王五").is_err());
    for phone in [Some("13900000001"), None] {
        house.store.set_phone(worker, phone).expect("changed");
        assert_eq!(known(worker).phone.as_deref(), phone);
    }
    assert!(house.store.set_phone(nobody, None).is_err());
}

#[test]
fn a_person_is_forgotten_but_the_claims_stay() {
    let house = house();
    let job = house.job(1, 2);
    let mut device = house.device("一号");
    let there = WorkerId(Uuid::now_v7());
    device.append(Event::WorkerRegistered {
        registration: Box::new(registration(&house, 1, there)),
    });
    device.upload(&house).expect("taken");
    let number = new_worker(1).number;
    let claim = house.claim(job, there).expect("a place");
    let session = house.store.open_session(there, now()).expect("opened");
    let file = || house.store.worker_file(&number).expect("read");
    assert_eq!(file().expect("there").claims.len(), 1);

    let refused = house.store.delete_worker(there, now());
    assert!(matches!(refused, Err(StoreError::StillClaimed)));
    let over = house.seen(job).busy_until();
    house.store.delete_worker(there, over).expect("deleted");
    assert_eq!(file(), None);
    assert_eq!(house.store.worker(there).expect("read"), None);
    assert_eq!(house.store.session(&session, now()).expect("read"), None);
    let kept = house.store.claim(claim.id).expect("read").expect("there");
    assert_eq!(kept.claim.state, ClaimState::Confirmed);
    let body: Vec<u8> = house
        .store
        .read(|view| Ok(view.query_row("SELECT body FROM outbox_record", [], |row| row.get(0))?))
        .expect("read");
    let body = house.store.keys.vault.decrypt("outbox.body", &body);
    assert_eq!(body.as_deref(), Ok(""));
    // The device's log goes on, and the person may come back.
    device.confirms(job, there);
    device.upload(&house).expect("taken");
    house.worker(1);
    assert!(file().is_some_and(|file| file.claims.is_empty()));
}

/// Encrypted though it is: the key lies beside it.
#[test]
fn nothing_of_a_forgotten_person_is_left_in_the_file() {
    let house = house();
    let workers: Vec<_> = (0..9).map(|n| house.worker(2 * n + 1)).collect();
    let path = house.dir.path().join(DATABASE_FILE);
    let raw = Connection::open(&path).expect("opens");
    let sql = "SELECT number, number_hash, name, phone FROM worker WHERE id = ?1";
    let stored: [Vec<u8>; 4] = raw
        .query_row(sql, [workers[4].to_string()], |row| {
            Ok([row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?])
        })
        .expect("stored");
    let in_file = |part: &Vec<u8>| {
        raw.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))
            .expect("settled");
        let bytes = std::fs::read(&path).expect("read");
        bytes.windows(part.len()).any(|it| it == part)
    };
    assert!(stored.iter().all(in_file));
    house.store.delete_worker(workers[4], now()).expect("gone");
    assert!(!stored.iter().any(in_file));
}

/// A person whom the hub knows under one id and a device under another, erased, and the device.
fn erased(house: &House) -> (WorkerId, WorkerId, Device) {
    let here = house.worker(1);
    let there = WorkerId(Uuid::now_v7());
    let mut device = house.device("一号");
    device.append(Event::WorkerRegistered {
        registration: Box::new(registration(house, 1, there)),
    });
    device.upload(house).expect("taken");
    house.store.delete_worker(there, now()).expect("deleted");
    (here, there, device)
}

#[test]
fn every_hall_hears_of_an_erasure_once_and_in_each_snapshot() {
    let house = house();
    let other: HallId = "bijie".parse().expect("an id");
    let hall = Hall {
        id: other.clone(),
        ..house.store.hall(&a_hall()).expect("read").expect("there")
    };
    house.store.put_hall(&hall).expect("put");
    let (here, there, _) = erased(&house);
    house.store.delete_worker(here, now()).expect("no effect");
    let told = [here, there].map(|worker| Change::WorkerErased { worker });
    let of_erased = |changes: Vec<Change>| -> Vec<Change> {
        let erased = |change: &Change| matches!(change, Change::WorkerErased { .. });
        changes.into_iter().filter(erased).collect()
    };
    for hall in [a_hall(), other] {
        let scope = Scope::Hall(hall);
        assert_eq!(of_erased(house.changes(scope.clone())), told);
        let (_, snapshot) = house.store.snapshot(&scope).expect("read");
        assert_eq!(of_erased(snapshot), told);
    }
}

#[test]
fn a_claim_of_somebody_erased_is_kept_where_a_right_backs_it_and_staff_see_it() {
    let house = house();
    let jobs = [1, 2].map(|n| house.job(n, 2));
    let (here, there, mut device) = erased(&house);
    device.ask(&house, jobs[0], 0, 0, 1);
    let confirmed = device.confirms(jobs[0], there);
    let provisional = device.claim_of(jobs[1], there, ClaimState::Provisional);
    device.append(Event::ClaimProvisional {
        claim: Box::new(provisional.clone()),
    });
    device.upload(&house).expect("taken");
    let state = |id| {
        let kept = house.store.claim(id).expect("read").expect("kept");
        kept.claim.state
    };
    assert_eq!(state(confirmed.id), ClaimState::Confirmed);
    assert_eq!(house.seen(jobs[0]).places_left, 1);
    assert_eq!(state(provisional.id), ClaimState::Rejected);
    assert_eq!(house.seen(jobs[1]).places_left, 2);
    let listed = house.store.devices().expect("read").remove(0);
    assert_eq!(listed.flagged.get("worker-erased"), Some(&2));
    let seen = |at| {
        let claims = house.store.claims_of_erased(&a_hall(), at);
        let ids = claims.expect("read").into_iter().map(|held| held.claim.id);
        ids.collect::<Vec<_>>()
    };
    assert_eq!(seen(now()), [confirmed.id]);
    assert_eq!(seen(house.seen(jobs[0]).busy_until()), []);
    for id in [here, there] {
        let refused = house.claim(jobs[1], id);
        assert!(matches!(refused, Err(StoreError::NotFound("worker"))));
    }
}

/// A device that was cut off sends what it wrote before the person was erased.
#[test]
fn a_registration_from_before_brings_nobody_back_and_a_later_one_does() {
    let house = house();
    let (_, there, mut device) = erased(&house);
    let bodies = || -> Vec<String> {
        let stored: Vec<Vec<u8>> = house
            .store
            .read(|view| {
                Ok(view
                    .prepare("SELECT body FROM outbox_record ORDER BY seq")?
                    .query_map([], |row| row.get(0))?
                    .collect::<Result<_, _>>()?)
            })
            .expect("read");
        let vault = &house.store.keys.vault;
        let plain = |body: &Vec<u8>| vault.decrypt("outbox.body", body).expect("whole");
        stored.iter().map(plain).collect()
    };
    let mut registers = |consent_at| {
        let mut again = registration(&house, 1, there);
        again.consent.at = consent_at;
        device.append(Event::WorkerRegistered {
            registration: Box::new(again),
        });
        device.upload(&house).expect("taken");
        house.store.worker(there).expect("read").is_some()
    };
    assert!(!registers(now()));
    assert_eq!(bodies(), ["", ""]);
    assert!(registers(now() + SignedDuration::from_secs(1)));
    assert_eq!(bodies().iter().filter(|body| body.is_empty()).count(), 2);
    let (_, snapshot) = house.store.snapshot(&Scope::Hall(a_hall())).expect("read");
    assert!(!snapshot.contains(&Change::WorkerErased { worker: there }));
}

/// A hub that was restored from an older copy gets the log again, with blanks where people were
/// erased.
#[test]
fn a_log_with_a_blank_is_taken() {
    let house = house();
    let job = house.job(1, 2);
    let mut device = house.device("一号");
    device.append(Event::WorkerRegistered {
        registration: Box::new(registration(&house, 1, WorkerId(Uuid::now_v7()))),
    });
    device.ask(&house, job, 0, 0, 1);
    let claim = device.confirms(job, house.worker(3));
    device.log[0].body.clear();
    let head = device.upload(&house).expect("taken");
    assert_eq!(head.seq, 2);
    assert_eq!(device.upload(&house).expect("again"), head);
    assert!(house.store.claim(claim.id).expect("read").is_some());
}
