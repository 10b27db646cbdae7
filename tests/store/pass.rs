//! The worker's pass in the kiosk's store.

use crate::store_support::*;
use gighall_core::outbox::{Body, Event};
use gighall_core::pass::{HeldPass, Pass, PassHash};
use gighall_core::seal::OpeningKey;
use gighall_core::wire::{Change, FoundByPass, KnownWorker};
use gighall_kiosk::store::Store;
use jiff::{SignedDuration, Timestamp};

fn later(millis: i64) -> Timestamp {
    now() + SignedDuration::from_millis(millis)
}

fn told(worker: &KnownWorker, hash: Option<PassHash>, since: Timestamp) -> Change {
    Change::Pass {
        worker: worker.worker,
        pass: HeldPass { hash, since },
    }
}

/// The hub tells of one more change.
fn tell(store: &Store, change: Change) {
    let head = store.cursor(&hall_scope()).expect("read").expect("begun");
    let told = feed(hall_scope(), head + 1, vec![change]);
    store.apply_changes(&told, now()).expect("applied");
}

fn holder(store: &Store, pass: &Pass) -> Option<KnownWorker> {
    store.worker_by_pass(pass).expect("read")
}

#[test]
fn a_pass_is_good_at_once_and_a_new_one_kills_it() {
    let (dir, store, _) = enrolled();
    let worker = register(&store, 1);
    let [first, second] = [(); 2].map(|()| Pass::generate());
    assert_eq!(holder(&store, &first), None);
    store.make_pass(worker.worker, &first, now()).expect("made");
    assert_eq!(holder(&store, &first), Some(worker.clone()));
    store
        .make_pass(worker.worker, &second, later(1))
        .expect("made");
    assert_eq!(holder(&store, &first), None);
    assert_eq!(holder(&store, &second), Some(worker.clone()));
    let waiting = store.waiting(100, &[]).expect("read").expect("some");
    let made: Vec<PassHash> = waiting
        .records
        .iter()
        .filter_map(|record| {
            let body: Body = serde_json::from_str(&record.body).expect("readable");
            match body.event {
                Event::PassMade { pass, worker: who } if who == worker.worker => Some(pass),
                _ => None,
            }
        })
        .collect();
    assert_eq!(made, [first.hash(), second.hash()]);
    drop(store);
    // Only a hash lies on the disk, in whatever alphabet.
    for file in std::fs::read_dir(dir.path()).expect("listed") {
        let path = file.expect("a file").path();
        let bytes = std::fs::read(&path).expect("read");
        let text = String::from_utf8_lossy(&bytes).to_uppercase();
        let secret = second.text();
        assert!(!text.contains(secret.trim_start_matches("GHPASS1-")));
        let raw = hex::decode(&secret[8..]).expect("hexadecimal");
        assert!(!bytes.windows(raw.len()).any(|it| it == raw), "{path:?}");
    }
    let store = open(dir.path());
    assert_eq!(
        holder(&store, &second),
        Some(worker),
        "also after a restart"
    );
}

#[test]
fn what_the_hub_tells_of_passes_counts_in_its_order() {
    let (_dir, store, _) = enrolled();
    snapshot(&store, 1, &[]);
    let worker = register(&store, 1);
    let [here, elsewhere, newest] = [(); 3].map(|()| Pass::generate());
    store
        .make_pass(worker.worker, &here, later(10))
        .expect("made");
    // An older one, of which the hub has heard first, and the word that it is dead.
    tell(&store, told(&worker, Some(elsewhere.hash()), now()));
    tell(&store, told(&worker, None, now()));
    assert!(holder(&store, &here).is_some() && holder(&store, &elsewhere).is_none());
    // A snapshot that does not have what waits here leaves it.
    snapshot(&store, 4, &[]);
    assert!(holder(&store, &here).is_some());
    // The hub's clock is behind: what it says of this one is its time, and a later one replaces it.
    tell(&store, told(&worker, Some(here.hash()), later(5)));
    tell(&store, told(&worker, Some(newest.hash()), later(6)));
    assert!(holder(&store, &here).is_none() && holder(&store, &newest).is_some());
    tell(&store, told(&worker, None, later(7)));
    assert!(holder(&store, &newest).is_none(), "revoked");
    // What a snapshot leaves out is gone.
    tell(&store, told(&worker, Some(newest.hash()), later(8)));
    assert!(holder(&store, &newest).is_some());
    snapshot(&store, 9, &[]);
    assert!(holder(&store, &newest).is_none());
}

#[test]
fn a_person_whom_only_a_pass_brought_becomes_whole_with_the_number() {
    let (_dir, store, _) = enrolled();
    let (other_dir, other, _) = enrolled();
    let elsewhere = register(&other, 1);
    let pass = Pass::generate();
    let key = OpeningKey::from_bytes([7; 32]).sealing_key();
    let sealed = key.seal(&number(1)).expect("a key");
    let found = FoundByPass {
        pass: HeldPass {
            hash: Some(pass.hash()),
            since: now(),
        },
        ids: vec![elsewhere.worker],
        id_sealed: sealed.clone(),
    };
    drop((other, other_dir));
    let kept = store.keep_found_by_pass(&elsewhere, &found, now());
    assert_eq!(kept.expect("kept"), Some(elsewhere.clone()));
    assert_eq!(
        holder(&store, &pass),
        Some(elsewhere.clone()),
        "without the hub"
    );
    assert!(store.worker_by_number(&number(1)).expect("read").is_none());
    let asked_with = store.sealed_number(elsewhere.worker).expect("read");
    assert_eq!(asked_with, Some(sealed.clone()));
    store
        .keep_worker(&elsewhere, &number(1), &sealed, now())
        .expect("kept");
    let by_number = store.worker_by_number(&number(1)).expect("read");
    assert_eq!(by_number, Some(elsewhere.clone()));
    assert_eq!(store.worker_count().expect("read"), 1);
    // Erased, nothing of it is left.
    tell_erased(&store, &elsewhere);
    assert_eq!(holder(&store, &pass), None);
    assert!(store.make_pass(elsewhere.worker, &pass, now()).is_err());
}

fn tell_erased(store: &Store, worker: &KnownWorker) {
    let worker = worker.worker;
    snapshot_of(
        store,
        hall_scope(),
        1,
        vec![Change::WorkerErased { worker }],
    );
}

#[test]
fn whoever_is_known_here_under_an_id_of_their_own_stays_the_same_person() {
    let (_dir, store, _) = enrolled();
    let here = register(&store, 1);
    let hub = KnownWorker {
        worker: gighall_core::id::WorkerId(uuid::Uuid::from_u128(77)),
        ..here.clone()
    };
    let pass = Pass::generate();
    let key = OpeningKey::from_bytes([7; 32]).sealing_key();
    let found = FoundByPass {
        pass: HeldPass {
            hash: Some(pass.hash()),
            since: now(),
        },
        ids: vec![hub.worker, here.worker],
        id_sealed: key.seal(&number(1)).expect("a key"),
    };
    let kept = store.keep_found_by_pass(&hub, &found, now()).expect("kept");
    assert_eq!(kept, Some(here.clone()));
    assert_eq!(store.worker_count().expect("read"), 1);
    // Another was made here since, of which the hub has not heard.
    let newer = Pass::generate();
    store
        .make_pass(here.worker, &newer, later(1))
        .expect("made");
    let kept = store
        .keep_found_by_pass(&hub, &found, now())
        .expect("asked");
    assert_eq!(kept, None);
    assert_eq!(holder(&store, &newer), Some(here));
}

#[test]
fn wrong_passes_are_slowed_at_the_terminal_and_a_restart_forgives_none() {
    let (dir, store, _) = enrolled();
    let wrong = |store: &Store| store.pass_was_wrong(now()).expect("kept").as_secs();
    for _ in 0..10 {
        assert_eq!(wrong(&store), 0);
    }
    assert_eq!([wrong(&store), wrong(&store)], [15, 30]);
    drop(store);
    let store = open(dir.path());
    let waits = |at| store.pass_waits(at).expect("read").as_secs();
    assert_eq!(
        [waits(now()), waits(later(29_000)), waits(later(30_000))],
        [30, 1, 0]
    );
    // Whoever types a number waits as well: it is the same terminal.
    assert_eq!(
        store
            .number_waits(&number(1), now())
            .expect("read")
            .as_secs(),
        30
    );
}

#[test]
fn staff_revoke_a_pass_and_nothing_older_brings_it_back() {
    let (_dir, store, _) = enrolled();
    snapshot(&store, 1, &[]);
    let worker = register(&store, 1);
    let revokes = |at| store.revoke_pass(worker.worker, at).expect("revoked");
    assert!(!revokes(now()), "none is known here");
    let pass = Pass::generate();
    store
        .make_pass(worker.worker, &pass, later(5))
        .expect("made");
    let since = || store.pass_since(worker.worker).expect("read");
    assert_eq!(since(), Some(later(5)));
    // Even by a clock that stands still, or went back.
    assert!(revokes(later(1)));
    assert_eq!((holder(&store, &pass), since()), (None, None));
    // The hub's older word does not bring it back; a newer pass is good.
    tell(&store, told(&worker, Some(pass.hash()), later(5)));
    assert_eq!(holder(&store, &pass), None);
    let waiting = store.waiting(100, &[]).expect("read").expect("some");
    let revoked = waiting.records.iter().filter_map(|record| {
        let body: Body = serde_json::from_str(&record.body).expect("readable");
        matches!(body.event, Event::PassRevoked { .. }).then_some(body.at)
    });
    assert_eq!(revoked.collect::<Vec<_>>(), [now(), later(6)]);
    let next = Pass::generate();
    tell(&store, told(&worker, Some(next.hash()), later(7)));
    assert_eq!(holder(&store, &next), Some(worker));
}
