//! Stores that are damaged, or of a newer version.

use crate::store_support::*;
use gighall_core::id::Epoch;
use gighall_core::testing::a_job;
use gighall_kiosk::store::{Contact, Identity, STORE_FILE, Store, StoreError};
use jiff::tz::TimeZone;
use std::path::{Path, PathBuf};

fn files(dir: &Path) -> Vec<String> {
    let mut names: Vec<String> = std::fs::read_dir(dir)
        .expect("a directory")
        .map(|f| {
            f.expect("a file")
                .file_name()
                .to_string_lossy()
                .into_owned()
        })
        .collect();
    names.sort();
    names
}

fn set_aside(dir: &Path) -> PathBuf {
    let name = files(dir)
        .into_iter()
        .find(|name| {
            name.contains(".corrupt-") && !name.ends_with("-wal") && !name.ends_with("-shm")
        })
        .expect("a store was set aside");
    dir.join(name)
}

/// Writes the write-ahead log into the file, so that damage to the file is damage to the data.
fn settle(path: &Path) {
    let connection = rusqlite::Connection::open(path).expect("opens");
    connection
        .query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))
        .expect("settled");
}

#[test]
fn a_newer_store_is_left_alone() {
    let dir = tempfile::tempdir().expect("a directory");
    drop(open(dir.path()));
    let path = dir.path().join(STORE_FILE);
    let connection = rusqlite::Connection::open(&path).expect("opens");
    connection
        .pragma_update(None, "user_version", 99)
        .expect("set");
    drop(connection);
    settle(&path);
    let before = std::fs::read(&path).expect("read");
    for opened in [
        Store::open(dir.path(), TimeZone::UTC, now()).map(|_| ()),
        Store::open_beside(dir.path(), TimeZone::UTC).map(|_| ()),
    ] {
        let error = opened.expect_err("too new");
        assert!(
            matches!(error, StoreError::TooNew { found: 99, .. }),
            "{error}"
        );
        assert!(error.to_string().contains("newer version"), "{error}");
    }
    assert_eq!(std::fs::read(&path).expect("read"), before);
}

#[test]
fn what_is_no_store_is_set_aside() {
    let dir = tempfile::tempdir().expect("a directory");
    let path = dir.path().join(STORE_FILE);
    std::fs::write(
        &path,
        "this is no database, but long enough to look at".repeat(50),
    )
    .expect("written");
    let store = open(dir.path());
    assert!(set_aside(dir.path()).exists());
    let notices = store.staff_notices().expect("read");
    assert_eq!(notices[0].code, "store-damaged");
    assert_eq!(
        store.enrolment().expect("read"),
        None,
        "rule 10: enrolled anew"
    );
    register(&store, 1);
    drop(store);
    assert_eq!(open(dir.path()).worker_count().expect("read"), 1);
}

/// Damages page after page; whatever is hit, the store opens, and every record that is kept is
/// whole and follows the one before.
#[test]
fn damage_anywhere_is_survived_and_the_outbox_saved() {
    let dir = tempfile::tempdir().expect("a directory");
    let store = open(dir.path());
    let identity = enrol(&store, 1);
    let jobs: Vec<_> = (1..60).map(a_job).collect();
    snapshot(&store, 60, &jobs);
    for n in 1..=20 {
        let worker = register(&store, n);
        grant(&store, a_job(n).id, 1, 1);
        store
            .confirm(&identity, &worker, a_job(n).id, claim_id(n), now())
            .expect("works");
    }
    let contact = Contact {
        last: Some(now()),
        ..Contact::default()
    };
    store.note_contact(&contact).expect("kept");
    let sent = store
        .waiting(500, &[])
        .expect("read")
        .expect("some")
        .records;
    drop(store);
    let path = dir.path().join(STORE_FILE);
    settle(&path);
    let whole = std::fs::read(&path).expect("read");
    let key = std::fs::read(dir.path().join("secret.key")).expect("read");
    let pages = whole.len() / 4096;
    let (mut damaged, mut saved, mut shown, mut dated) = (0, 0, 0, 0);
    for page in 0..pages {
        let dir = tempfile::tempdir().expect("a directory");
        gighall_host::write_private(&dir.path().join("secret.key"), &key).expect("written");
        let mut bytes = whole.clone();
        bytes[page * 4096..page * 4096 + 4096].fill(0xA5);
        std::fs::write(dir.path().join(STORE_FILE), bytes).expect("written");
        let store = open(dir.path());
        let waiting = store.waiting(500, &[]).expect("read");
        if store.staff_notices().expect("read").is_empty() {
            continue;
        }
        damaged += 1;
        assert!(set_aside(dir.path()).exists());
        dated += usize::from(store.contact().expect("read").last == Some(now()));
        shown += usize::from(store.counts(now()).expect("read").total > 30);
        let Some(waiting) = waiting else { continue };
        assert_eq!(waiting.epoch, Epoch(1), "under the epoch it had");
        saved += usize::from(waiting.records.len() == sent.len());
        let first = usize::try_from(waiting.records[0].seq).expect("small") - 1;
        assert_eq!(waiting.records, sent[first..first + waiting.records.len()]);
    }
    assert!(damaged > pages / 2, "{damaged} of {pages} pages matter");
    assert!(
        saved * 2 > damaged,
        "{saved} of {damaged} times all records were saved"
    );
    assert!(
        dated * 2 > damaged,
        "{dated} of {damaged} times the last contact was saved"
    );
    assert!(
        shown * 2 > damaged,
        "{shown} of {damaged} times most jobs were saved"
    );
}

#[test]
fn another_key_is_refused_and_is_not_damage() {
    let dir = tempfile::tempdir().expect("a directory");
    let store = open(dir.path());
    enrol(&store, 1);
    register(&store, 1);
    drop(store);
    gighall_host::write_private(&dir.path().join("secret.key"), "11".repeat(32).as_bytes())
        .expect("written");
    let before = std::fs::read(dir.path().join(STORE_FILE)).expect("read");
    for opened in [
        Store::open(dir.path(), TimeZone::UTC, now()).map(|_| ()),
        Store::open_beside(dir.path(), TimeZone::UTC).map(|_| ()),
    ] {
        let error = opened.expect_err("another key");
        assert!(matches!(error, StoreError::WrongKey), "{error}");
    }
    let after = std::fs::read(dir.path().join(STORE_FILE)).expect("read");
    assert_eq!(before, after, "left as it is");
    assert!(
        !files(dir.path())
            .iter()
            .any(|name| name.contains("corrupt"))
    );
}

#[test]
fn status_reads_beside_the_writer() {
    let dir = tempfile::tempdir().expect("a directory");
    assert!(
        Store::open_beside(dir.path(), TimeZone::UTC)
            .expect("fine")
            .is_none()
    );
    let store = open(dir.path());
    enrol(&store, 1);
    snapshot(&store, 1, &[a_job(1)]);
    let beside = Store::open_beside(dir.path(), TimeZone::UTC)
        .expect("opens")
        .expect("there");
    assert_eq!(beside.counts(now()).expect("read").open, 1);
    register(&store, 1);
    assert_eq!(beside.worker_count().expect("read"), 1);
    assert!(beside.tidy(now()).is_err(), "it only reads");
}

/// A store with a record that waits, whose page of listings is bad.
fn damaged(dir: &Path) {
    let store = open(dir);
    enrol(&store, 1);
    register(&store, 1);
    drop(store);
    let path = dir.join(STORE_FILE);
    let connection = rusqlite::Connection::open(&path).expect("opens");
    let sql = "SELECT rootpage FROM sqlite_schema WHERE name = 'jobs'";
    let root: u32 = connection
        .query_row(sql, [], |row| row.get(0))
        .expect("there");
    drop(connection);
    settle(&path);
    let mut bytes = std::fs::read(&path).expect("read");
    let root = root as usize;
    bytes[(root - 1) * 4096..root * 4096].fill(0xA5);
    std::fs::write(&path, bytes).expect("written");
}

#[test]
fn nothing_is_written_to_a_damaged_store_that_was_opened_at_once() {
    let dir = tempfile::tempdir().expect("a directory");
    damaged(dir.path());
    let store = Store::open_uninspected(dir.path(), TimeZone::UTC, now()).expect("opens at once");
    assert_eq!(store.outbox_state().expect("reads").length, 1);
    // Whether somebody looked for damage before or not.
    for _ in 0..2 {
        let error = store.tidy(now()).expect_err("it does not write");
        assert!(error.is_damage(), "{error}");
    }
    assert!(store.inspect().expect_err("damaged").is_damage());
    drop(store);
    assert_eq!(open(dir.path()).outbox_state().expect("reads").length, 1);
    assert!(set_aside(dir.path()).exists());
}

#[test]
fn a_repair_that_is_cut_short_is_done_at_the_next_start() {
    let dir = tempfile::tempdir().expect("a directory");
    damaged(dir.path());
    let path = dir.path().join(STORE_FILE);
    let fresh = dir.path().join(format!("{STORE_FILE}.new"));
    let waits = || open(dir.path()).outbox_state().expect("read").length;
    // The new store cannot be built: nothing is set aside.
    std::fs::create_dir(&fresh).expect("made");
    assert!(Store::open(dir.path(), TimeZone::UTC, now()).is_err());
    assert!(path.exists());
    std::fs::remove_dir(&fresh).expect("removed");
    // The power went while it was built.
    std::fs::write(&fresh, "half").expect("written");
    assert_eq!(waits(), 1, "the outbox was saved");
    // The power went between the two names.
    std::fs::rename(&path, &fresh).expect("renamed");
    std::fs::write(dir.path().join(format!("{STORE_FILE}-wal")), "old").expect("written");
    assert_eq!(waits(), 1, "the new store counts");
    assert!(!fresh.exists());
}

#[test]
fn a_lock_while_migrating_is_not_damage() {
    let dir = tempfile::tempdir().expect("a directory");
    let other = rusqlite::Connection::open(dir.path().join(STORE_FILE)).expect("opens");
    let first = include_str!("../../src/store/migrations/0001_first.sql");
    other
        .execute_batch(&format!(
            "PRAGMA journal_mode = WAL; {first} PRAGMA user_version = 1; BEGIN IMMEDIATE"
        ))
        .expect("locked");
    let error = Store::open(dir.path(), TimeZone::UTC, now()).map(|_| ());
    let error = error.expect_err("it is locked");
    assert!(matches!(error, StoreError::Database(_)), "{error}");
    other.execute_batch("ROLLBACK").expect("open again");
    register(&open(dir.path()), 1);
    assert!(
        !files(dir.path())
            .iter()
            .any(|name| name.contains("corrupt"))
    );
}

/// A device that is enrolled, with its identity beside the store, and that holds a right.
fn with_a_right(dir: &Path) -> Store {
    let store = open(dir);
    let identity = enrol(&store, 1);
    identity.save(dir).expect("saved");
    snapshot(&store, 1, &[a_job(1)]);
    grant(&store, a_job(1).id, 1, 1);
    store
}

#[test]
fn a_store_whose_mark_is_not_the_one_beside_it_has_no_rights() {
    let dir = tempfile::tempdir().expect("a directory");
    drop(with_a_right(dir.path()));
    for _ in 0..2 {
        let again = open(dir.path());
        assert_eq!(again.rights_held().expect("read"), 1, "a plain restart");
        assert!(again.enrolment().expect("read").is_some());
    }
    // The store is not the one that goes with the file.
    let mut identity = Identity::load(dir.path()).expect("read").expect("there");
    identity.mark = "the next one".to_owned();
    identity.save(dir.path()).expect("saved");
    for _ in 0..2 {
        let again = open(dir.path());
        assert_eq!(again.rights_held().expect("read"), 0);
        assert_eq!(again.enrolment().expect("read"), None, "enrolled anew");
    }
    enrol(&open(dir.path()), 2).save(dir.path()).expect("saved");
    let again = open(dir.path());
    assert!(
        again.enrolment().expect("read").is_some(),
        "once more is enough"
    );
}

/// A start renews the mark in the store and then in the file beside it, and may be cut short in between.
#[test]
fn a_start_that_was_cut_short_costs_no_rights_and_saves_no_older_copy() {
    let dir = tempfile::tempdir().expect("a directory");
    let file = dir.path().join("device.json");
    let db = dir.path().join(STORE_FILE);
    drop(with_a_right(dir.path()));
    // The last start in good order, and the store as it was under it.
    let older = std::fs::read(&db).expect("read");
    for _ in 0..3 {
        let before = std::fs::read(&file).expect("read");
        let cut_short = open(dir.path());
        assert_eq!(cut_short.rights_held().expect("read"), 1);
        drop(cut_short);
        std::fs::write(&file, before).expect("as it was");
    }
    drop(open(dir.path()));
    let again = open(dir.path());
    assert_eq!(again.rights_held().expect("read"), 1, "it costs nothing");
    assert!(again.enrolment().expect("read").is_some());
    drop(again);
    std::fs::write(&db, older).expect("put back");
    let restored = open(dir.path());
    assert_eq!(restored.rights_held().expect("read"), 0);
    assert_eq!(restored.enrolment().expect("read"), None);
}

#[test]
fn an_epoch_that_is_left_keeps_no_rights() {
    let dir = tempfile::tempdir().expect("a directory");
    let store = with_a_right(dir.path());
    store.leave_epoch(Epoch(7)).expect("works");
    assert_eq!(store.rights_held().expect("read"), 1, "of another epoch");
    store.leave_epoch(Epoch(1)).expect("works");
    assert_eq!(store.rights_held().expect("read"), 0);
    drop(store);
    let again = open(dir.path());
    assert_eq!(again.rights_held().expect("read"), 0);
    assert_eq!(again.enrolment().expect("read"), None);
}
