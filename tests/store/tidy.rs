//! What a kiosk forgets in time, and what it never does.

use crate::store_support::*;
use gighall_core::id::Epoch;
use gighall_core::job::Job;
use gighall_core::testing::a_job;
use gighall_core::wire::{Change, KnownWorker};
use gighall_core::witness::Witnessed;
use gighall_kiosk::store::{Store, Taken};
use jiff::{SignedDuration, Timestamp};

fn after(days: i64) -> Timestamp {
    now() + SignedDuration::from_hours(24 * days)
}

fn job(n: u32, ends: Timestamp) -> Job {
    let mut job = a_job(n);
    (job.starts_at, job.valid_until, job.ends_at) = (ends, ends, None);
    job
}

fn claims(store: &Store, worker: &KnownWorker, job: &Job, n: u32) {
    grant(store, job.id, 1, 1);
    let identity = gighall_kiosk::store::Identity::new(&enrol_reply(1), "00".to_owned());
    let taken = store
        .confirm(&identity, worker, job.id, claim_id(n), now())
        .expect("works");
    assert!(matches!(taken, Taken::Done(_)), "{taken:?}");
}

fn send_all(store: &Store) {
    let waiting = store.waiting(100, &[]).expect("read").expect("some");
    let head = waiting.records.last().expect("some").head();
    store.acknowledge(Epoch(1), head, 1).expect("marked");
}

#[test]
fn ended_jobs_go_unless_a_claim_of_them_is_live() {
    let (_dir, store, _) = enrolled();
    let (claimed, ended, open) = (job(1, after(1)), job(2, after(2)), job(3, after(40)));
    snapshot(&store, 1, &[claimed.clone(), ended.clone(), open.clone()]);
    let worker = register(&store, 1);
    claims(&store, &worker, &claimed, 1);
    send_all(&store);
    let kept = |now| {
        store.tidy(now).expect("works");
        [&claimed, &ended, &open].map(|job| store.job(job.id).expect("read").is_some())
    };
    assert_eq!(kept(after(2)), [true, true, true], "a day's grace");
    assert_eq!(kept(after(4)), [true, false, true]);
    assert_eq!(store.counts(after(4)).expect("read").total, 2);
    assert_eq!(kept(after(32)), [false, false, true]);
    let account = store.account(claimed.id).expect("read");
    assert_eq!(account.confirmed, 1, "what was spent stays spent");
}

#[test]
fn who_has_not_come_for_long_is_forgotten() {
    let (_dir, store, _) = enrolled();
    let (soon, late) = (job(1, after(1)), job(2, after(20)));
    snapshot(&store, 1, &[soon.clone(), late.clone()]);
    let workers = [1, 3, 5, 7].map(|n| register(&store, n));
    claims(&store, &workers[0], &soon, 1);
    claims(&store, &workers[1], &late, 2);
    let known = |n| store.worker_by_number(&number(n)).expect("read").is_some();
    store.tidy(after(35)).expect("works");
    assert!(known(1) && known(7), "their records wait to be sent");
    send_all(&store);
    store
        .note_seen(workers[2].worker, after(10))
        .expect("noted");
    store.tidy(after(29)).expect("works");
    assert!(known(7));
    store.tidy(after(35)).expect("works");
    assert!(!known(1), "the job is long over");
    assert!(known(3), "the claim is of less than a month ago");
    assert!(known(5), "seen since");
    assert!(!known(7));
    assert_eq!(store.claim(claim_id(1)).expect("read"), None);
    assert!(store.claim(claim_id(2)).expect("read").is_some());
}

#[test]
fn rights_are_asked_for_open_jobs_and_reported_for_all() {
    let (_dir, store, _) = enrolled();
    let (ended, gone, open) = (job(1, after(1)), job(2, after(1)), job(3, after(40)));
    let untouched = job(4, after(1));
    snapshot(
        &store,
        1,
        &[ended.clone(), gone.clone(), open.clone(), untouched],
    );
    grant(&store, ended.id, 1, 1);
    grant(&store, gone.id, 1, 1);
    store.give_back_stale(after(3)).expect("works");
    snapshot(&store, 2, &[ended.clone(), open.clone()]);
    let due = store.rights_to_ask(after(3)).expect("read");
    let of = |job: &Job| {
        let due = due.iter().find(|due| due.ask.job == job.id);
        due.map(|due| (due.ask.returned, due.ask.want > 0, due.unreported))
    };
    assert_eq!(of(&ended), Some((1, false, true)));
    assert_eq!(of(&gone), Some((1, false, true)));
    assert_eq!(of(&open), Some((0, true, false)));
    assert_eq!(due.len(), 3);
}

/// The hub's letters to itself, in the order in which they came, each once, until nobody asks for them any more. A
/// snapshot of a hub that has forgotten them takes none away.
#[test]
fn what_the_hub_may_ask_for_again_is_kept_as_long_as_it_may() {
    let (_dir, store, _) = enrolled();
    snapshot(&store, 1, &[]);
    let letter = |closed: &str, days| Witnessed {
        until: after(days),
        closed: closed.to_owned(),
    };
    let told = [
        letter("01", 5),
        letter("02", 9),
        letter("none", 9),
        letter("03", 9),
        letter("01", 5),
        letter("04", 5),
    ];
    let changes = told.map(|witnessed| Change::Witnessed { witnessed });
    let news = feed(hall_scope(), 2, changes.to_vec());
    store.apply_changes(&news, now()).expect("applied");
    let kept = || {
        let letters = store.witnessed().expect("read").into_iter();
        letters.map(|it| it.closed).collect::<Vec<_>>()
    };
    assert_eq!(kept(), ["01", "02", "03", "04"]);
    snapshot(&store, 1, &[]);
    store.tidy(after(4)).expect("tidied");
    assert_eq!(kept().len(), 4);
    store.tidy(after(6)).expect("tidied");
    assert_eq!(kept(), ["02", "03"]);
}
