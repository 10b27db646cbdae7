//! What the walls showed, as the store keeps it: in order, up to a number of rows, and nothing goes
//! without being counted.

use crate::store_support::{device, enrol, enrol_reply, now, open};
use gighall_core::id::{DeviceId, Epoch, HubEpoch};
use gighall_core::proof::{GAP, NumberedShowing, Showing};
use gighall_core::testing::{a_showing, at};
use gighall_kiosk::store::{Identity, ProofState, STORE_FILE, Store, StoreError};
use std::io::{Seek, SeekFrom, Write};
use uuid::Uuid;

const PLENTY: u64 = 100_000;

fn keep(store: &Store, numbers: std::ops::Range<u32>, rows_most: u64) -> u64 {
    let showings: Vec<Showing> = numbers.map(a_showing).collect();
    store.keep_proof(&showings, rows_most, now()).expect("kept")
}

fn waiting(store: &Store) -> Vec<NumberedShowing> {
    let waiting = store.proof_waiting(device(), 1000).expect("read");
    waiting.map_or_else(Vec::new, |waiting| waiting.showings)
}

fn kept(store: &Store) -> Vec<Showing> {
    let mut all = vec![];
    let (from, to) = (at("2026-01-01T00:00:00Z"), at("2027-01-01T00:00:00Z"));
    store
        .proof_between(from, to, |showing| {
            all.push(showing.clone());
            Ok::<_, StoreError>(())
        })
        .expect("read");
    all
}

#[test]
fn what_was_shown_before_the_first_enrolment_waits_for_it_and_is_sent_in_order() {
    let dir = tempfile::tempdir().expect("a directory");
    let store = open(dir.path());
    keep(&store, 0..3, PLENTY);
    assert_eq!(waiting(&store), []);
    enrol(&store, 1);
    keep(&store, 3..5, PLENTY);
    let first = store.proof_waiting(device(), 4).expect("read").expect("4");
    assert_eq!((first.epoch, first.showings.len()), (Epoch(1), 4));
    assert!(first.showings.is_sorted_by(|a, b| a.seq < b.seq));
    let shown: Vec<&Showing> = first.showings.iter().map(|it| &it.showing).collect();
    assert_eq!(
        shown,
        Vec::from_iter(&(0..4).map(a_showing).collect::<Vec<_>>())
    );
    store
        .proof_sent(device(), Epoch(1), first.showings[3].seq)
        .expect("noted");
    assert_eq!(waiting(&store).len(), 1);
    // What a later enrolment writes is sent under its own epoch, after the rest.
    enrol(&store, 2);
    keep(&store, 5..6, PLENTY);
    assert_eq!(waiting(&store).len(), 1);
    let last = waiting(&store)[0].seq;
    store.proof_sent(device(), Epoch(1), last).expect("noted");
    let next = store.proof_waiting(device(), 10).expect("read").expect("1");
    assert_eq!((next.epoch, next.showings.len()), (Epoch(2), 1));
    // Another device's are not this one's.
    let other = DeviceId(Uuid::from_u128(5));
    assert_eq!(store.proof_waiting(other, 10).expect("read"), None);
    assert_eq!(
        kept(&store).len(),
        6,
        "sent ones stay for as long as there is room"
    );
}

#[test]
fn what_the_hub_has_goes_first_and_what_it_has_not_leaves_a_counted_gap() {
    let dir = tempfile::tempdir().expect("a directory");
    let store = open(dir.path());
    enrol(&store, 1);
    assert_eq!(keep(&store, 0..6, 10), 0);
    let sent = waiting(&store)[2].seq;
    store.proof_sent(device(), Epoch(1), sent).expect("noted");
    assert_eq!(keep(&store, 6..12, 10), 0, "two that were sent made room");
    assert_eq!(kept(&store)[0], a_showing(2));

    // One more goes that was sent, then those that were not.
    let (mut lost, mut held) = (0, 12);
    for n in 12..40 {
        lost += keep(&store, n..n + 1, 10);
        held += 1;
        let state = store.proof_state().expect("read");
        assert!(state.rows <= 10);
        assert_eq!(state.lost, lost);
        assert_eq!(held, state.waiting - u64::from(lost > 0) + lost + 3);
    }
    let rows = waiting(&store);
    assert_eq!(rows.len(), 10);
    let gap = &rows[0].showing;
    assert_eq!((gap.scene.as_str(), gap.lost), (GAP, lost));
    assert_eq!(gap.at, a_showing(3).at, "it says from when");
    let end = gap.at.as_millisecond() + i64::try_from(gap.ms).expect("small");
    assert_eq!(end, a_showing(31).at.as_millisecond(), "and until when");
    assert_eq!(rows[1].showing, a_showing(31));
    assert!(rows.is_sorted_by(|a, b| a.seq < b.seq));
}

#[test]
fn an_older_copy_of_the_store_uses_no_number_again() {
    let dir = tempfile::tempdir().expect("a directory");
    let store = open(dir.path());
    enrol(&store, 1);
    keep(&store, 0..2, PLENTY);
    let before = waiting(&store)[1].seq;
    let later = now() + jiff::SignedDuration::from_hours(1);
    store
        .keep_proof(&[a_showing(2)], PLENTY, later)
        .expect("kept");
    // Whatever was written meanwhile by the copy that was lost, an hour has more milliseconds.
    assert!(waiting(&store)[2].seq > before + 3_000_000);
    // A clock that went back does not go back in numbers.
    keep(&store, 3..4, PLENTY);
    let all = waiting(&store);
    assert_eq!(all[3].seq, all[2].seq + 1);
}

#[test]
fn a_hub_that_was_restored_is_offered_everything_again() {
    let dir = tempfile::tempdir().expect("a directory");
    let store = open(dir.path());
    enrol(&store, 1);
    keep(&store, 0..3, PLENTY);
    let last = waiting(&store)[2].seq;
    store.proof_sent(device(), Epoch(1), last).expect("noted");
    enrol(&store, 2);
    assert_eq!(waiting(&store), [], "the same hub has it");
    let reply = gighall_core::wire::EnrolReply {
        hub_epoch: HubEpoch(2),
        ..enrol_reply(3)
    };
    let identity = Identity::new(&reply, "00".to_owned());
    store.enrolled(&identity, &reply).expect("enrolled");
    assert_eq!(waiting(&store).len(), 3);
}

/// The hub was restored from a copy in which this device has not been enrolled so often.
#[test]
fn showings_of_an_enrolment_that_the_hub_has_forgotten_go_under_the_present_one() {
    let dir = tempfile::tempdir().expect("a directory");
    let store = open(dir.path());
    enrol(&store, 4);
    keep(&store, 0..3, PLENTY);
    let reply = gighall_core::wire::EnrolReply {
        hub_epoch: HubEpoch(2),
        ..enrol_reply(3)
    };
    let identity = Identity::new(&reply, "00".to_owned());
    store.enrolled(&identity, &reply).expect("enrolled");
    let all = store.proof_waiting(device(), 1000).expect("read");
    let all = all.expect("they wait");
    assert_eq!((all.epoch, all.showings.len()), (Epoch(3), 3));
}

#[test]
fn a_damaged_store_keeps_what_can_be_read() {
    let dir = tempfile::tempdir().expect("a directory");
    let store = open(dir.path());
    enrol(&store, 1);
    keep(&store, 0..2000, PLENTY);
    drop(store);
    let path = dir.path().join(STORE_FILE);
    let mut file = std::fs::OpenOptions::new()
        .write(true)
        .open(&path)
        .expect("there");
    let middle = file.metadata().expect("there").len() / 2;
    file.seek(SeekFrom::Start(middle - middle % 4096))
        .expect("in it");
    file.write_all(&[0x55; 3 * 4096]).expect("spoilt");
    drop(file);
    let store = open(dir.path());
    let state = store.proof_state().expect("read");
    assert!(state.rows > 1000 && state.rows < 2000, "{state:?}");
    assert_ne!(state, ProofState::default());
}
