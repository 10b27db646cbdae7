//! A person whom the hub has erased is forgotten by the kiosk at once.

use crate::store_support::*;
use gighall_core::claim::ClaimState;
use gighall_core::id::Epoch;
use gighall_core::outbox::Record;
use gighall_core::testing::a_job;
use gighall_core::wire::{Change, KnownWorker};
use gighall_kiosk::store::{STORE_FILE, Store, StoreError, Taken};

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
fn who_has_registered_again_elsewhere_is_known_again_under_the_same_id() {
    let (_dir, store, identity) = enrolled();
    let job = a_job(1);
    snapshot(&store, 1, std::slice::from_ref(&job));
    grant(&store, job.id, 1, 1);
    let worker = register(&store, 1);
    let sealed = store.sealed_number(worker.worker).expect("read");
    tell(&store, 2, vec![erased(&worker)]);
    let kept = store.keep_worker(&worker, &number(1), &sealed.expect("kept"), now());
    kept.expect("the hub knows the person again");
    assert!(is_known(&store, 1));
    let taken = store.confirm(&identity, &worker, job.id, claim_id(1), now());
    assert!(matches!(taken, Ok(Taken::Done(_))));
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
fn a_snapshot_tells_of_it_too() {
    let (_dir, store, _) = enrolled();
    snapshot(&store, 5, &[]);
    let worker = register(&store, 1);
    register(&store, 3);
    for _ in 0..2 {
        snapshot_of(&store, hall_scope(), 6, vec![erased(&worker)]);
        assert!(!is_known(&store, 1) && is_known(&store, 3));
    }
}

/// An older version skipped erasures, and events. Its feed begins with a snapshot again, and its
/// claims are not counted twice until then.
#[test]
fn a_store_of_an_older_version_starts_over() {
    const OLDER: [&str; 3] = [
        include_str!("../../src/store/migrations/0001_first.sql"),
        include_str!("../../src/store/migrations/0002_left_behind.sql"),
        include_str!("../../src/store/migrations/0003_seen.sql"),
    ];
    let dir = tempfile::tempdir().expect("a directory");
    let path = dir.path().join(STORE_FILE);
    let raw = rusqlite::Connection::open(&path).expect("opens");
    raw.execute_batch(&OLDER.concat()).expect("sql");
    raw.execute_batch(
        "PRAGMA user_version = 3;
         INSERT INTO cursors (scope, seq) VALUES ('hall/weining', 5), ('device/7', 9);
         INSERT INTO workers (id, lookup, details, id_sealed, registered_at)
         VALUES ('w', randomblob(32), x'00', x'00', 0);
         INSERT INTO claims (id, number, job, job_body, worker, channel, origin, state, made_at,
                             holds, reflected_at)
         VALUES ('a', '01-0001', 'j', '{}', 'w', 'terminal', 'right', 'confirmed', 0, 1, 5),
                ('b', '01-0002', 'j', '{}', 'w', 'terminal', 'right', 'confirmed', 0, 1, 6),
                ('c', '01-0003', 'j', '{}', 'w', 'terminal', 'right', 'confirmed', 0, 1, NULL);",
    )
    .expect("sql");
    drop(raw);
    drop(open(dir.path()));
    let raw = rusqlite::Connection::open(&path).expect("opens");
    let read = |sql: &str| -> String { raw.query_row(sql, [], |row| row.get(0)).expect("sql") };
    assert_eq!(read("SELECT group_concat(scope) FROM cursors"), "device/7");
    let counted = "SELECT group_concat(coalesce(reflected_at, '-')) FROM claims ORDER BY id";
    assert_eq!(
        read(counted),
        "0,6,-",
        "what the feed counted stays counted"
    );
}
