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
