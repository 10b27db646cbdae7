//! Who came is noted on the kiosk, with the hub or without it.

use crate::store_support::*;
use gighall_core::claim::{Claim, ClaimReason, ClaimState};
use gighall_core::id::ClaimId;
use gighall_core::outbox::{Body, Event};
use gighall_core::testing::{a_job, at};
use gighall_core::wire::Change;
use gighall_kiosk::store::{CheckedIn, Store, Taken};
use jiff::Timestamp;
use uuid::Uuid;

/// Half an hour before the work of test jobs.
fn morning() -> Timestamp {
    at("2026-11-23T23:30:00Z")
}

/// The claims whose check-ins wait to be sent.
fn sent(store: &Store) -> Vec<ClaimId> {
    let waiting = store.waiting(100, &[]).expect("read").expect("some");
    let bodies = waiting.records.iter();
    bodies
        .filter_map(|record| match serde_json::from_str::<Body>(&record.body) {
            Ok(Body {
                event: Event::ClaimCheckedIn { claim },
                ..
            }) => Some(claim),
            _ => None,
        })
        .collect()
}

fn confirmed(store: &Store, identity: &gighall_kiosk::store::Identity, n: u32) -> Claim {
    let worker = register(store, n);
    let taken = store.confirm(identity, &worker, a_job(1).id, claim_id(n), now());
    match taken.expect("taken") {
        Taken::Done(claim) => claim,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_slip_is_checked_in_once_and_older_news_do_not_undo_it() {
    let (_dir, store, identity) = enrolled();
    snapshot(&store, 1, &[a_job(1)]);
    grant(&store, a_job(1).id, 1, 3);
    let claim = confirmed(&store, &identity, 1);
    let early = store.check_in(claim.id, now() - jiff::SignedDuration::from_hours(24));
    assert!(matches!(early, Ok(CheckedIn::TooEarly(_))));
    assert_eq!(sent(&store), []);
    let digits = claim.number.replace('-', "");
    assert_eq!(
        store.claim_with_digits(&digits).expect("read"),
        Some(claim.id)
    );
    assert_eq!(store.claim_with_digits("1").expect("read"), None);
    let first = store.check_in(claim.id, morning()).expect("noted");
    assert!(matches!(first, CheckedIn::Now(held) if held.claim.state == ClaimState::CheckedIn));
    let again = store.check_in(claim.id, morning()).expect("noted before");
    assert!(matches!(again, CheckedIn::Before(_)));
    assert_eq!(sent(&store), [claim.id]);
    // The hub tells of the claim before it has heard of the check-in, and then that it was withdrawn.
    let state = |told: ClaimState, seq| {
        let news = Change::Claim {
            claim: Claim {
                state: told,
                ..claim.clone()
            },
        };
        let told = feed(gighall_core::wire::Scope::Device(device()), seq, vec![news]);
        store.apply_changes(&told, morning()).expect("applied");
        store.claim(claim.id).expect("read").expect("kept").state
    };
    snapshot_of(
        &store,
        gighall_core::wire::Scope::Device(device()),
        0,
        vec![],
    );
    assert_eq!(state(ClaimState::Confirmed, 1), ClaimState::CheckedIn);
    assert_eq!(state(ClaimState::Withdrawn, 2), ClaimState::Withdrawn);
    let gone = store.check_in(claim.id, morning()).expect("answered");
    assert!(matches!(gone, CheckedIn::Unexpected(_)));
    assert_eq!(sent(&store), [claim.id]);
}

/// Whoever is at work takes no other work at its time, and not the same place twice.
#[test]
fn who_was_checked_in_takes_nothing_at_the_same_time() {
    let (_dir, store, identity) = enrolled();
    snapshot(&store, 1, &[a_job(1), a_job(2)]);
    for n in [1, 2] {
        grant(&store, a_job(n).id, 1, 3);
    }
    let claim = confirmed(&store, &identity, 1);
    store.check_in(claim.id, morning()).expect("noted");
    let worker = register(&store, 1);
    for (n, why) in [(1, ClaimReason::Duplicate), (2, ClaimReason::Overlap)] {
        let taken = store.confirm(&identity, &worker, a_job(n).id, claim_id(10 + n), morning());
        assert_eq!(taken.expect("answered"), Taken::NotAllowed(why));
    }
}

/// What the hub says of a claim after it has heard of the check-in is no older news.
#[test]
fn a_check_in_that_the_hub_undoes_is_undone_here_and_can_be_said_again() {
    let (_dir, store, identity) = enrolled();
    snapshot(&store, 1, &[a_job(1)]);
    grant(&store, a_job(1).id, 1, 3);
    let claim = confirmed(&store, &identity, 1);
    store.check_in(claim.id, morning()).expect("noted");
    let waiting = store.waiting(100, &[]).expect("read").expect("some");
    let head = waiting.records.last().expect("the check-in").head();
    store.acknowledge(waiting.epoch, head, 1).expect("marked");
    let scope = || gighall_core::wire::Scope::Device(device());
    snapshot_of(&store, scope(), 0, vec![]);
    let news = Change::Claim {
        claim: claim.clone(),
    };
    store
        .apply_changes(&feed(scope(), 1, vec![news]), morning())
        .expect("applied");
    let state = || store.claim(claim.id).expect("read").expect("kept").state;
    assert_eq!(state(), ClaimState::Confirmed);
    let again = store.check_in(claim.id, morning()).expect("noted");
    assert!(matches!(again, CheckedIn::Now(_)));
    assert_eq!(
        (state(), sent(&store)),
        (ClaimState::CheckedIn, vec![claim.id])
    );
}

#[test]
fn a_slip_from_elsewhere_is_kept_for_the_hub() {
    let (_dir, store, _identity) = enrolled();
    let stranger = ClaimId(Uuid::new_v4());
    let noted = store.check_in(stranger, morning()).expect("kept");
    assert_eq!(noted, CheckedIn::Elsewhere);
    assert_eq!(sent(&store), [stranger]);
}
