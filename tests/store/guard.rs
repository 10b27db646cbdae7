//! Wrong tries at saying who one is, and pauses after no-shows, in the kiosk's store.

use crate::store_support::*;
use gighall_core::claim::ClaimReason;
use gighall_core::pause::Pause;
use gighall_core::testing::a_job;
use gighall_core::wire::Change;
use gighall_kiosk::store::{STORE_FILE, Store, Taken};
use jiff::SignedDuration;
use std::path::{Path, PathBuf};

fn waits(store: &Store, n: u32, later: i64) -> i64 {
    let now = now() + SignedDuration::from_secs(later);
    let wait = store.number_waits(&number(n), now).expect("read");
    wait.as_secs()
}

fn wrong(store: &Store, n: u32) -> i64 {
    let wait = store.number_was_wrong(&number(n), now()).expect("kept");
    wait.as_secs()
}

#[test]
fn wrong_tries_of_a_number_make_longer_and_longer_waits_also_after_a_restart() {
    let (dir, store, _) = enrolled();
    assert_eq!([(); 5].map(|()| wrong(&store, 1)), [0, 0, 0, 30, 60]);
    assert_eq!(waits(&store, 2, 0), 0, "another number waits for nothing");
    drop(store);
    let store = open(dir.path());
    assert_eq!(waits(&store, 1, 10), 50);
    assert_eq!(waits(&store, 1, 60), 0);
    store.number_was_right(&number(1)).expect("kept");
    assert_eq!(waits(&store, 1, 0), 0);
    assert_eq!([(); 4].map(|()| wrong(&store, 1)), [0, 0, 0, 30]);
}

#[test]
fn whoever_tries_number_after_number_waits_at_the_terminal_whatever_is_right_in_between() {
    let (dir, store, _) = enrolled();
    for n in 0..10 {
        assert_eq!(wrong(&store, n), 0);
        store.number_was_right(&number(999)).expect("kept");
    }
    assert_eq!(wrong(&store, 10), 15);
    assert_eq!(
        waits(&store, 999, 0),
        15,
        "everybody waits at this terminal"
    );
    drop(store);
    let store = open(dir.path());
    assert_eq!(waits(&store, 999, 5), 10);
    // The PIN's tries are no business of staff who lift the others.
    for _ in 0..4 {
        store.begin_pin(now()).expect("kept");
    }
    assert!(!store.begin_pin(now()).expect("read"));
    store.lift_waits().expect("lifted");
    assert_eq!(waits(&store, 999, 0), 0);
    assert!(!store.begin_pin(now()).expect("read"));
}

#[test]
fn whoever_registers_has_tried_nothing_wrong() {
    let (_dir, store, _) = enrolled();
    for n in 0..50 {
        store.number_was_nobodys(now()).expect("kept");
        store.number_was_new(&number(n)).expect("kept");
    }
    assert_eq!(waits(&store, 999, 0), 0);
    for _ in 0..11 {
        store.number_was_nobodys(now()).expect("kept");
    }
    assert_eq!(waits(&store, 999, 0), 15);
}

#[test]
fn of_a_number_only_its_keyed_hash_is_kept_and_not_for_ever() {
    let (dir, store, _) = enrolled();
    let worker = register(&store, 1);
    let kept = |store: &Store| {
        let db = rusqlite::Connection::open(dir.path().join("kiosk.db")).expect("opens");
        let mut rows = db.prepare("SELECT whose FROM tries").expect("a table");
        let rows = rows.query_map([], |row| row.get(0)).expect("read");
        let whose: Vec<String> = rows.collect::<Result<_, _>>().expect("texts");
        store.pin_tries().expect("still there");
        whose
    };
    wrong(&store, 1);
    wrong(&store, 2);
    let whose = kept(&store);
    assert_eq!(whose.len(), 3);
    for n in [1, 2] {
        assert!(!whose.iter().any(|it| it.contains(number(n).reveal())));
    }
    // Whoever is erased at the hub leaves none behind.
    let erased = Change::WorkerErased {
        worker: worker.worker,
    };
    snapshot_of(&store, hall_scope(), 1, vec![]);
    let told = feed(hall_scope(), 2, vec![erased]);
    store.apply_changes(&told, now()).expect("applied");
    assert_eq!(kept(&store).len(), 2);
    let month = now() + SignedDuration::from_hours(24 * 31);
    store.tidy(month).expect("tidied");
    assert!(kept(&store).is_empty());
}

#[test]
fn wrong_pins_of_an_older_version_still_count() {
    let dir = tempfile::tempdir().expect("a directory");
    let db = rusqlite::Connection::open(dir.path().join(STORE_FILE)).expect("opens");
    let migrations = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/store/migrations");
    let all = std::fs::read_dir(migrations).expect("there");
    let mut files: Vec<PathBuf> = all.map(|file| file.expect("read").path()).collect();
    files.sort();
    // In the order in which they landed: these were all, before tries had a table.
    let before = |file: &&PathBuf| {
        let name = file.file_name().and_then(|name| name.to_str());
        name.is_some_and(|name| name < "0010" || ("0012".."0014").contains(&name))
    };
    let mut version = 0;
    for file in files.iter().filter(before) {
        let sql = std::fs::read_to_string(file).expect("read");
        db.execute_batch(&sql).expect("as it was");
        version += 1;
    }
    let at = now().as_millisecond();
    db.execute_batch(&format!(
        "INSERT INTO meta VALUES ('pin_failures', '5'), ('pin_failed_at', '{at}');
         PRAGMA user_version = {version};"
    ))
    .expect("as it was");
    drop(db);
    let store = open(dir.path());
    let tries = store.pin_tries().expect("read");
    assert_eq!((tries.failures, tries.last), (5, Some(now())));
    assert!(!store.begin_pin(now()).expect("read"));
}

#[test]
fn a_pause_refuses_until_it_is_over_or_lifted_here_and_the_hub_is_told() {
    let (_dir, store, identity) = enrolled();
    let jobs = [a_job(1)];
    snapshot(&store, 1, &jobs);
    grant(&store, jobs[0].id, 1, 1);
    let worker = register(&store, 1);
    let until = now() + SignedDuration::from_hours(1);
    let pause = Some(Pause {
        since: now(),
        until,
    });
    let told = |seq, pause| {
        let change = Change::Pause {
            worker: worker.worker,
            pause,
        };
        let told = feed(hall_scope(), seq, vec![change]);
        store.apply_changes(&told, now()).expect("applied");
    };
    let head = store
        .cursor(&hall_scope())
        .expect("read")
        .expect("read before");
    told(head + 1, pause);
    let claims = |at| {
        store
            .confirm(&identity, &worker, jobs[0].id, claim_id(1), at)
            .expect("asked")
    };
    assert_eq!(claims(now()), Taken::NotAllowed(ClaimReason::Paused));
    let id = claim_id(2);
    let provisional = store.take_provisionally(&identity, &worker, jobs[0].id, id, now());
    let refused = Taken::NotAllowed(ClaimReason::Paused);
    assert_eq!(provisional.expect("asked"), refused);
    assert_eq!(
        store.pause(worker.worker, until).expect("read"),
        None,
        "it is over then"
    );
    assert!(store.lift_pause(worker.worker, now()).expect("lifted"));
    assert!(!store.lift_pause(worker.worker, now()).expect("lifted"));
    let waiting = store.waiting(100, &[]).expect("read").expect("some");
    let lifted = waiting
        .records
        .iter()
        .filter(|it| it.body.contains("pause_lifted"));
    assert_eq!(lifted.count(), 2);
    // The hub has not heard of it yet and says the same once more.
    told(head + 2, pause);
    assert!(matches!(claims(now()), Taken::Done(_)));
    // Another no-show after that is another pause, and a snapshot without it ends it.
    let later = now() + SignedDuration::from_secs(1);
    told(
        head + 3,
        Some(Pause {
            since: later,
            until,
        }),
    );
    assert!(store.pause(worker.worker, later).expect("read").is_some());
    snapshot_of(&store, hall_scope(), head + 4, vec![]);
    assert_eq!(store.pause(worker.worker, later).expect("read"), None);
}
