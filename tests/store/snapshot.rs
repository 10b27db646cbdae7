//! Snapshots of the hub's, as the kiosk's store takes them.

use crate::store_support::*;
use gighall_core::id::{HallId, HubEpoch};
use gighall_core::job::Job;
use gighall_core::testing::a_job;
use gighall_core::wire::{Scope, SnapshotReply};
use gighall_kiosk::store::StoreError;

fn text(head: u64, jobs: &[Job]) -> Vec<u8> {
    let told = SnapshotReply {
        scope: hall_scope(),
        head,
        changes: jobs.iter().cloned().map(changed).collect(),
        now: now(),
        hub_epoch: HubEpoch(1),
    };
    serde_json::to_vec(&told).expect("text")
}

#[test]
fn a_snapshot_takes_the_place_of_what_was_there() {
    let (_dir, store, _) = enrolled();
    let jobs: Vec<Job> = (1..=4).map(a_job).collect();
    let apply = |text: &[u8]| store.apply_snapshot_text(&hall_scope(), text, now());
    apply(&text(5, &jobs[..3])).expect("applied");
    // The number that one had is another one's now.
    let mut last = jobs[3].clone();
    last.number = jobs[0].number;
    apply(&text(9, &[jobs[1].clone(), last.clone()])).expect("applied");
    let known = |job: &Job| store.job(job.id).expect("read");
    assert_eq!((known(&jobs[0]), known(&jobs[2])), (None, None));
    assert_eq!(known(&jobs[1]).as_ref(), Some(&jobs[1]));
    assert_eq!(known(&last), Some(last));
    assert_eq!(store.cursor(&hall_scope()).expect("read"), Some(9));
}

#[test]
fn a_snapshot_that_breaks_off_or_is_of_another_hall_changes_nothing() {
    let (_dir, store, _) = enrolled();
    let jobs: Vec<Job> = (1..=3).map(a_job).collect();
    let apply = |scope: &Scope, text: &[u8]| store.apply_snapshot_text(scope, text, now());
    apply(&hall_scope(), &text(5, &jobs[..2])).expect("applied");
    let next = text(9, &jobs[2..]);
    let other: HallId = "bijie".parse().expect("an id");
    for (scope, text) in [
        (hall_scope(), &next[..next.len() - 1]),
        (hall_scope(), b"<html>Log in</html>".as_slice()),
        (Scope::Hall(other), next.as_slice()),
    ] {
        let refused = apply(&scope, text);
        assert!(
            matches!(refused, Err(StoreError::Nonsense(_))),
            "{refused:?}"
        );
        let known = |job: &Job| store.job(job.id).expect("read").is_some();
        assert_eq!(
            jobs.iter().map(known).collect::<Vec<_>>(),
            [true, true, false]
        );
        assert_eq!(store.cursor(&hall_scope()).expect("read"), Some(5));
        assert_eq!(
            store.cursor(&scope).expect("read").is_some(),
            scope == hall_scope()
        );
    }
}
