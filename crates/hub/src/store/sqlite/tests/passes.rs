//! Passes of workers.

use super::*;
use crate::store::{Act, AuditQuery, Store};
use gighall_core::pass::{Pass, PassHash};
use gighall_core::wire::Scope;

fn made(worker: WorkerId, pass: &Pass) -> Event {
    let pass = pass.hash();
    Event::PassMade { worker, pass }
}

/// Whom a device is told that shows that pass.
fn found(house: &House, pass: &Pass) -> Option<WorkerId> {
    let sealed = house.store.keys.opening.sealing_key();
    let sealed = sealed.seal_text(&pass.text()).expect("a key");
    let found = house.store.worker_by_sealed(&sealed).expect("read")?;
    let by_pass = found.by_pass.expect("asked with a pass");
    assert_eq!(by_pass.pass.hash, Some(pass.hash()));
    assert!(by_pass.ids.contains(&found.worker.worker));
    let number = house.store.keys.opening.open(&by_pass.id_sealed);
    assert_eq!(number, Ok(new_worker(1).number));
    Some(found.worker.worker)
}

/// What the hall was told of passes, oldest first.
fn told(changes: Vec<Change>) -> Vec<(WorkerId, Option<PassHash>)> {
    let of_pass = |change| match change {
        Change::Pass { worker, pass } => Some((worker, pass.hash)),
        _ => None,
    };
    changes.into_iter().filter_map(of_pass).collect()
}

fn flags(house: &House) -> Vec<Option<String>> {
    house
        .store
        .read(|view| {
            Ok(view
                .prepare("SELECT flag FROM outbox_record ORDER BY seq")?
                .query_map([], |row| row.get(0))?
                .collect::<Result<_, _>>()?)
        })
        .expect("read")
}

#[test]
fn the_later_pass_of_a_person_counts_until_it_is_revoked() {
    let house = house();
    let scope = Scope::Hall(a_hall());
    let mut device = house.device("一号");
    let (hubs, there) = (house.worker(1), WorkerId(Uuid::now_v7()));
    let [first, second, older] = [(); 3].map(|()| Pass::generate());
    device.append(Event::WorkerRegistered {
        registration: Box::new(registration(&house, 1, there)),
    });
    device.append(made(there, &first));
    device.upload(&house).expect("taken");
    assert_eq!(found(&house, &first), Some(hubs));
    let both = |hash| [(hubs, hash), (there, hash)];
    assert_eq!(told(house.changes(scope.clone())), both(Some(first.hash())));
    // The second one of them by a clock that was behind, or on another device before.
    for (pass, minutes) in [(&second, 2), (&older, 1)] {
        let body = Body {
            v: RECORD_VERSION,
            at: now() + SignedDuration::from_mins(minutes),
            event: made(there, pass),
        };
        device.append_text(body.to_text());
    }
    let later = now() + SignedDuration::from_mins(5);
    let accepted = house.store.accept_outbox(device.holder, &device.log, later);
    accepted.expect("taken");
    assert_eq!(found(&house, &first), None);
    assert_eq!(found(&house, &second), Some(hubs));
    assert_eq!(found(&house, &older), None);
    // Whoever sent the older one is told which counts.
    let last: Vec<_> = told(house.changes(scope.clone()));
    assert_eq!(last[last.len() - 2..], both(Some(second.hash())));
    let (_, snapshot) = house.store.snapshot(&scope).expect("read");
    let mut all = told(snapshot);
    all.sort_by_key(|(id, _)| *id != hubs);
    assert_eq!(all, both(Some(second.hash())));
    let number = new_worker(1).number;
    let since = || {
        house
            .store
            .worker_file(&number)
            .expect("read")
            .expect("there")
            .pass_since
    };
    assert!(since().is_some());

    house.store.revoke_pass(there, later).expect("revoked");
    assert_eq!(found(&house, &second), None);
    assert_eq!(since(), None);
    let last = told(house.changes(scope.clone()));
    assert_eq!(last[last.len() - 2..], both(None));
    let again = house.store.revoke_pass(there, later);
    assert!(matches!(again, Err(StoreError::NotFound("pass"))));
    assert_eq!(told(house.store.snapshot(&scope).expect("read").1), []);
}

#[test]
fn a_pass_that_came_before_its_person_could_be_read_goes_to_the_person() {
    let house = house();
    let mut device = house.device("一号");
    let there = WorkerId(Uuid::now_v7());
    let pass = Pass::generate();
    device.append(made(there, &pass));
    device.upload(&house).expect("taken");
    assert_eq!(found(&house, &pass), None, "nobody's yet");
    let hubs = house.worker(1);
    device.append(Event::WorkerRegistered {
        registration: Box::new(registration(&house, 1, there)),
    });
    device.upload(&house).expect("taken");
    assert_eq!(found(&house, &pass), Some(hubs));
}

#[test]
fn nobody_gets_a_pass_of_somebody_else_or_of_an_erased_person() {
    let house = house();
    let mut device = house.device("一号");
    let (worker, other) = (house.worker(1), house.worker(3));
    let pass = Pass::generate();
    device.append(made(worker, &pass));
    device.append(made(other, &pass));
    device.upload(&house).expect("taken");
    assert_eq!(flags(&house), [None, Some("pass-in-use".to_owned())]);
    assert_eq!(found(&house, &pass), Some(worker));
    house.store.delete_worker(worker, now()).expect("erased");
    assert_eq!(found(&house, &pass), None);
    device.append(made(worker, &Pass::generate()));
    device.upload(&house).expect("taken");
    let flags = flags(&house);
    assert!(flags[2].as_deref().is_some_and(|it| it.contains("erased")));
    let (_, snapshot) = house.store.snapshot(&Scope::Hall(a_hall())).expect("read");
    assert_eq!(told(snapshot), []);
}

#[test]
fn a_pass_that_staff_revoke_at_a_terminal_is_dead_and_so_is_an_older_one_that_comes_later() {
    let house = house();
    let mut device = house.device("一号");
    let mut other = house.device("二号");
    let worker = house.worker(1);
    let [first, older, newer] = [(); 3].map(|()| Pass::generate());
    let minutes = |minutes| now() + SignedDuration::from_mins(minutes);
    let happens = |device: &mut Device, at, event| {
        let v = RECORD_VERSION;
        let body = Body { v, at, event };
        device.append_text(body.to_text());
    };
    let uploads = |device: &Device| {
        let log = &device.log;
        let taken = house.store.accept_outbox(device.holder, log, minutes(60));
        taken.expect("taken");
    };
    happens(&mut device, minutes(1), made(worker, &first));
    happens(&mut other, minutes(2), made(worker, &older));
    happens(&mut device, minutes(3), Event::PassRevoked { worker });
    uploads(&device);
    assert_eq!(found(&house, &first), None);
    // Made where nobody had heard of it, before staff revoked whatever there was.
    uploads(&other);
    assert_eq!(found(&house, &older), None);
    let lines = house.store.audited(&AuditQuery {
        between: Timestamp::UNIX_EPOCH..Timestamp::MAX,
        worker: Some(worker),
    });
    let lines = lines.expect("read");
    let [line] = lines.as_slice() else {
        panic!("{lines:?}");
    };
    assert_eq!(
        (line.act, line.hall.as_ref()),
        (Act::PassRevoked, Some(&a_hall()))
    );
    happens(&mut device, minutes(4), made(worker, &newer));
    uploads(&device);
    assert_eq!(found(&house, &newer), Some(worker), "a new one is good");
}

#[test]
fn a_sealed_text_that_is_neither_number_nor_pass_is_refused() {
    let house = house();
    let key = house.store.keys.opening.sealing_key();
    for text in ["", "GHPASS1-", "GHPASS1-00", "110105194912310021"] {
        let sealed = key.seal_text(text).expect("a key");
        let found = house.store.worker_by_sealed(&sealed);
        assert!(matches!(found, Err(StoreError::Unreadable)), "{text}");
    }
}
