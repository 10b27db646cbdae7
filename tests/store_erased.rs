//! A person whom the hub has erased is forgotten by the kiosk at once.

mod store_support;

use gighall_core::claim::ClaimState;
use gighall_core::id::Epoch;
use gighall_core::outbox::Record;
use gighall_core::testing::a_job;
use gighall_core::wire::{Change, KnownWorker};
use gighall_kiosk::store::{STORE_FILE, Store, StoreError, Taken};
use store_support::*;

fn erased(worker: &KnownWorker) -> Change {
    Change::WorkerErased {
        worker: worker.worker,
    }
}

fn tell(store: &Store, seq: u64, changes: Vec<Change>) {
    store
        .apply_changes(&feed(hall_scope(), seq, changes), now())
        .expect("applied");
}

/// Everything that waits is at the hub.
fn send_all(store: &Store) -> Vec<Record> {
    let waiting = store.waiting(100, &[]).expect("read").expect("some");
    let head = waiting.records.last().expect("some").head();
    store.acknowledge(Epoch(1), head, 1).expect("marked");
    waiting.records
}

fn is_known(store: &Store, n: u32) -> bool {
    store.worker_by_number(&number(n)).expect("read").is_some()
}

#[test]
fn who_is_erased_is_unknown_at_once_and_an_open_session_claims_nothing() {
    let (_dir, store, identity) = enrolled();
    let jobs = [a_job(1), a_job(2)];
    snapshot(&store, 1, &jobs);
    for job in &jobs {
        grant(&store, job.id, 1, 2);
    }
    let (worker, other) = (register(&store, 1), register(&store, 3));
    let confirm =
        |worker, job: usize, n| store.confirm(&identity, worker, jobs[job].id, claim_id(n), now());
    assert!(matches!(confirm(&worker, 0, 1), Ok(Taken::Done(_))));
    let left = || {
        let job = store.job(jobs[0].id).expect("read").expect("there");
        job.places_left
    };
    let places = left();

    tell(&store, 2, vec![erased(&worker)]);
    assert!(!is_known(&store, 1) && is_known(&store, 3));
    assert_eq!(store.worker_count().expect("read"), 1);
    assert_eq!(store.sealed_number(worker.worker).expect("read"), None);
    let gone = |taken| matches!(taken, Err(StoreError::NotFound("worker")));
    assert!(gone(confirm(&worker, 1, 2)));
    let provisional = store.take_provisionally(&identity, &worker, jobs[1].id, claim_id(3), now());
    assert!(gone(provisional));
    assert!(store.may_claim(&worker, jobs[1].id, now()).is_err());
    // What the ledger needs stays.
    assert_eq!(
        store.claims_by_state().expect("read"),
        [(ClaimState::Confirmed, 1)]
    );
    assert_eq!(left(), places);
    assert_eq!(store.account(jobs[1].id).expect("read").rights(), 2);
    assert!(matches!(confirm(&other, 1, 4), Ok(Taken::Done(_))));
    // The person may come back, as somebody new.
    assert_ne!(register(&store, 1).worker, worker.worker);
    tell(&store, 3, vec![erased(&worker)]);
    assert!(is_known(&store, 1), "told again it has no effect");
}

#[test]
fn a_registration_in_the_log_goes_once_the_hub_has_it() {
    let (_dir, store, _) = enrolled();
    snapshot(&store, 1, &[]);
    let (sent, waits) = (register(&store, 1), register(&store, 3));
    let first = store.waiting(1, &[]).expect("read").expect("some");
    store
        .acknowledge(Epoch(1), first.records[0].head(), 1)
        .expect("marked");
    tell(&store, 2, vec![erased(&sent), erased(&waits)]);
    let records = send_all(&store);
    assert!(records[0].body.contains("李晓峰"), "the hub still needs it");
    register(&store, 5);
    send_all(&store);
    // A hub that was restored from an older copy gets the log again.
    assert!(store.send_again(Epoch(1), 0).expect("works"));
    let again = send_all(&store);
    let blank: Vec<bool> = again.iter().map(Record::is_blank).collect();
    assert_eq!(blank, [true, true, false]);
    assert!(again.iter().all(Record::is_whole));
    assert_eq!(again[2].prev, again[1].hash, "still a chain");
}

#[test]
fn a_snapshot_tells_of_it_too_also_where_an_older_version_did_not_listen() {
    let (dir, store, identity) = enrolled();
    let job = a_job(1);
    snapshot(&store, 5, std::slice::from_ref(&job));
    grant(&store, job.id, 1, 1);
    let (worker, other) = (register(&store, 1), register(&store, 3));
    let taken = store.confirm(&identity, &other, job.id, claim_id(1), now());
    assert!(matches!(taken, Ok(Taken::Done(_))));
    send_all(&store);
    let left = |store: &Store| {
        let job = store.job(job.id).expect("read").expect("there");
        job.places_left
    };
    let places = left(&store);
    drop(store);
    // As version 3 of the schema left it, having skipped what it did not know.
    let raw = rusqlite::Connection::open(dir.path().join(STORE_FILE)).expect("opens");
    raw.pragma_update(None, "user_version", 3).expect("set");
    drop(raw);
    let store = open(dir.path());
    assert_eq!(store.cursor(&hall_scope()).expect("read"), None);
    assert_eq!(
        left(&store),
        places,
        "a claim is not counted twice meanwhile"
    );
    for _ in 0..2 {
        let told = vec![changed(job.clone()), erased(&worker)];
        snapshot_of(&store, hall_scope(), 6, told);
        assert!(!is_known(&store, 1) && is_known(&store, 3));
    }
}
