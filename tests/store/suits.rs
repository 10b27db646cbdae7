//! Jobs that suit a worker, and what they wish, in the kiosk's store.

use crate::store_support::*;
use gighall_core::fit::Reason;
use gighall_core::id::Epoch;
use gighall_core::job::{Job, WorkKind};
use gighall_core::outbox::{Body, Event};
use gighall_core::pause::Pause;
use gighall_core::place::Place;
use gighall_core::testing::{a_job, at};
use gighall_core::wire::Change;
use gighall_core::wishes::{Hours, WISHES_NOTICE_VERSION, Wishes};
use gighall_core::worker::Consent;
use gighall_kiosk::store::{STORE_FILE, StoreError, Taken};
use gighall_kiosk::terminal::services::Barred;
use jiff::SignedDuration;

/// The `n`th job, on the `n`th day from 2026-11-24.
fn job(n: u32) -> Job {
    let mut job = a_job(n);
    job.starts_at = at("2026-11-24T00:00:00Z") + SignedDuration::from_hours(24 * i64::from(n));
    job.ends_at = Some(job.starts_at + SignedDuration::from_hours(9));
    job.valid_until = job.starts_at;
    job
}

fn wishes() -> Wishes {
    Wishes {
        fen_a_day: Some(20_000),
        town: Some("小海镇".to_owned()),
        hours: Some(Hours::Day),
        papers: None,
    }
}

#[test]
fn wishes_are_kept_and_told_to_the_hub() {
    let (dir, store, _) = enrolled();
    let worker = register(&store, 1);
    assert_eq!(worker.wishes, None);
    let kinds = [WorkKind::Welding];
    let said = store.say_wishes(worker.worker, &kinds, &wishes(), now());
    let said = said.expect("kept");
    assert_eq!(
        (said.work_kinds.as_slice(), &said.wishes),
        (&kinds[..], &Some(wishes()))
    );
    let known = store.worker_by_number(&number(1)).expect("read");
    assert_eq!(known, Some(said));

    let waiting = store.waiting(100, &[]).expect("read").expect("some");
    let last = &waiting.records.last().expect("some").body;
    let event = serde_json::from_str::<Body>(last).expect("a body").event;
    let expected = Event::WorkWished {
        worker: worker.worker,
        kinds: kinds.to_vec(),
        wishes: Box::new(wishes()),
        consent: Some(Consent {
            version: WISHES_NOTICE_VERSION,
            at: now(),
        }),
    };
    assert_eq!(event, expected);
    // Kinds that are not said stay, and registering again changes no wish.
    let none = Wishes::default();
    let said = store
        .say_wishes(worker.worker, &[], &none, now())
        .expect("kept");
    assert_eq!(
        (said.work_kinds.as_slice(), said.wishes),
        (&kinds[..], Some(none))
    );
    assert!(register(&store, 1).wishes.is_some());

    let head = store.waiting(100, &[]).expect("read").expect("some");
    let head = head.records.last().expect("some").head();
    store.acknowledge(Epoch(1), head, 1).expect("marked");
    drop(store);
    let bytes = std::fs::read(dir.path().join(STORE_FILE)).expect("read");
    let town = "小海镇".as_bytes();
    assert!(
        !bytes.windows(town.len()).any(|part| part == town),
        "encrypted"
    );
}

#[test]
fn what_is_proposed_fits_has_its_reasons_and_can_be_taken() {
    let (_dir, store, identity) = enrolled();
    let plain = job(1);
    let mut best = job(2);
    best.town = "小海镇".to_owned();
    best.position = Some(("26.86".to_owned(), "104.282".to_owned()));
    let mut other_kind = job(3);
    other_kind.work_kind = WorkKind::Care;
    let mut too_old = job(4);
    too_old.max_age = Some(40);
    let mut overlaps = job(5);
    (overlaps.starts_at, overlaps.ends_at) = (job(6).starts_at, job(6).ends_at);
    let held = job(6);
    let full = Job {
        places_left: 0,
        ..job(7)
    };
    let all = [
        &plain,
        &best,
        &other_kind,
        &too_old,
        &overlaps,
        &held,
        &full,
    ];
    snapshot(&store, 1, &all.map(Clone::clone));
    grant(&store, held.id, 1, 1);
    let worker = register(&store, 1);
    let kinds = [WorkKind::Construction];
    let worker = store.say_wishes(worker.worker, &kinds, &wishes(), now());
    let worker = worker.expect("kept");
    let taken = store.confirm(&identity, &worker, held.id, claim_id(1), now());
    assert!(matches!(taken, Ok(Taken::Done(_))));

    let here: Option<Place> = "26.857,104.282".parse().ok();
    let suited = store.suited(&worker, here, now()).expect("read");
    assert_eq!(suited.barred, None);
    let suited = suited.jobs;
    let found: Vec<_> = suited.iter().map(|it| it.job.id).collect();
    assert_eq!(found, [best.id, plain.id]);
    use Reason as R;
    let day = R::Hours(Hours::Day);
    assert_eq!(
        suited[0].fit.reasons,
        [R::Kind, R::Town, R::Near, R::Pay, day]
    );
    assert_eq!(suited[1].fit.reasons, [R::Kind, R::Pay, day]);
    for it in &suited {
        let may = store.may_claim(&worker, it.job.id, now()).expect("read");
        assert!(may.is_ok());
    }
    // Without knowing where the hall is, nothing is near.
    let nowhere = store.suited(&worker, None, now()).expect("read").jobs;
    assert!(!nowhere[0].fit.reasons.contains(&Reason::Near));
}

#[test]
fn whoever_is_in_a_pause_is_told_until_when() {
    let (_dir, store, _) = enrolled();
    snapshot(&store, 1, &[job(1)]);
    let worker = register(&store, 1);
    let until = now() + SignedDuration::from_hours(24);
    let pause = Pause {
        since: now(),
        until,
    };
    store.keep_pause(worker.worker, Some(pause)).expect("kept");
    let at = |at| store.suited(&worker, None, at).expect("read");
    assert!(at(now()).jobs.is_empty());
    assert_eq!(at(now()).barred, Some(Barred::Paused(until)));
    assert_eq!((at(until).jobs.len(), at(until).barred), (1, None));
}

#[test]
fn a_long_list_ends_where_nobody_reads_on() {
    let (_dir, store, _) = enrolled();
    let jobs: Vec<Job> = (1..=90).map(job).collect();
    snapshot(&store, 1, &jobs);
    let worker = register(&store, 1);
    let suited = store.suited(&worker, None, now()).expect("read").jobs;
    assert_eq!(suited.len(), 60);
    assert_eq!(suited[0].job.id, jobs[0].id, "the soonest of equals");
}

#[test]
fn whoever_was_erased_says_nothing_and_is_shown_nothing() {
    let (_dir, store, _) = enrolled();
    snapshot(&store, 1, &[job(1)]);
    let worker = register(&store, 1);
    let erased = Change::WorkerErased {
        worker: worker.worker,
    };
    let told = feed(hall_scope(), 2, vec![erased]);
    store.apply_changes(&told, now()).expect("applied");
    let suited = store.suited(&worker, None, now());
    assert!(matches!(suited, Err(StoreError::NotFound("worker"))));
    let said = store.say_wishes(worker.worker, &[], &wishes(), now());
    assert!(matches!(said, Err(StoreError::NotFound("worker"))));
}
