//! The store keeps its promises: rights are spent in the claim's own transaction, the feed never
//! takes claims away, damage and newer versions are met with care.

use crate::store_support::*;
use gighall_core::claim::{Claim, ClaimReason, ClaimState};
use gighall_core::event::Event;
use gighall_core::id::{ClaimId, Epoch, EventId, JobId};
use gighall_core::job::{ClaimMode, Job, JobState};
use gighall_core::outbox::{self, Body, Head};
use gighall_core::testing::{a_job, an_event, an_id_number};
use gighall_core::wire::{Change, ClaimWithJob, KnownWorker, Scope};
use gighall_kiosk::store::{
    Contact, HubHead, Identity, STORE_FILE, StaffCode, Store, StoreError, Taken,
};
use jiff::{SignedDuration, Timestamp};

/// A right of the device is spent on that claim.
fn confirm(
    store: &Store,
    identity: &Identity,
    worker: &KnownWorker,
    job: JobId,
    id: ClaimId,
) -> Claim {
    let taken = store.confirm(identity, worker, job, id, now());
    done(taken.expect("works"))
}

fn done(taken: Taken) -> Claim {
    match taken {
        Taken::Done(claim) => claim,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_right_is_spent_once_and_the_record_waits() {
    let (_dir, store, identity) = enrolled();
    let job = a_job(1);
    snapshot(&store, 1, std::slice::from_ref(&job));
    let workers = [register(&store, 1), register(&store, 3)];
    let confirm = |worker: usize, id| {
        store
            .confirm(&identity, &workers[worker], job.id, claim_id(id), now())
            .expect("the store works")
    };
    assert_eq!(confirm(0, 1), Taken::NoRight);
    grant(&store, job.id, 1, 1);
    let claim = done(confirm(0, 1));
    assert_eq!(
        (claim.state, claim.number.as_str()),
        (ClaimState::Confirmed, "01-0001")
    );
    assert_eq!(confirm(1, 2), Taken::NoRight);
    grant(&store, job.id, 1, 2);
    assert_eq!(
        confirm(0, 3),
        Taken::NotAllowed(ClaimReason::Duplicate),
        "one live claim a job"
    );
    done(confirm(1, 4));
    let waiting = store.waiting(100, &[]).expect("read").expect("some");
    assert_eq!(waiting.epoch, Epoch(1));
    let seqs: Vec<u64> = waiting.records.iter().map(|r| r.seq).collect();
    assert_eq!(seqs, [1, 2, 3, 4]);
    assert!(waiting.records.iter().all(|record| record.is_whole()));
}

#[test]
fn a_grant_of_another_epoch_gives_no_right() {
    let dir = tempfile::tempdir().expect("a directory");
    let store = open(dir.path());
    enrol(&store, 2);
    let job = a_job(1);
    snapshot(&store, 1, std::slice::from_ref(&job));
    grant(&store, job.id, 1, 5);
    assert_eq!(store.account(job.id).expect("read").rights(), 0);
}

#[test]
fn a_job_whose_work_is_done_is_not_open_whatever_its_deadline() {
    let (_dir, store, _) = enrolled();
    let mut job = a_job(1);
    let end = job.ends_at.expect("an end");
    job.valid_until = end + SignedDuration::from_hours(24 * 30);
    snapshot(&store, 1, std::slice::from_ref(&job));
    let open_at = |at| store.open_jobs(at).expect("read").len();
    assert_eq!(open_at(end - SignedDuration::from_secs(1)), 1);
    assert_eq!(open_at(end), 0);
}

#[test]
fn a_withdrawal_never_gives_the_right_back() {
    let (_dir, store, identity) = enrolled();
    let job = a_job(1);
    snapshot(&store, 1, std::slice::from_ref(&job));
    grant(&store, job.id, 1, 1);
    let worker = register(&store, 1);
    let claim = claim_id(1);
    confirm(&store, &identity, &worker, job.id, claim);
    let late = job.starts_at - SignedDuration::from_mins(30);
    assert!(matches!(
        store.withdraw(&worker, claim, late),
        Err(StoreError::TooLate)
    ));
    let withdrawn = store.withdraw(&worker, claim, now()).expect("in time");
    assert_eq!(withdrawn.state, ClaimState::Withdrawn);
    assert_eq!(store.account(job.id).expect("read").rights(), 0);
    let again = store.withdraw(&worker, claim, now()).expect("no effect");
    assert_eq!(again, withdrawn);
    assert_eq!(store.outbox_state().expect("read").length, 3);
    let stranger = register(&store, 3);
    assert!(matches!(
        store.withdraw(&stranger, claim, now()),
        Err(StoreError::NotFound(_))
    ));
}

#[test]
fn pay_is_said_to_have_come_once_after_the_work_by_its_own_worker() {
    let (_dir, store, identity) = enrolled();
    let job = a_job(1);
    snapshot(&store, 1, std::slice::from_ref(&job));
    grant(&store, job.id, 1, 1);
    let (worker, stranger) = (register(&store, 1), register(&store, 3));
    let claim = confirm(&store, &identity, &worker, job.id, claim_id(1));
    let length = || store.outbox_state().expect("read").length;
    let before = length();
    let early = store.say_paid(&worker, claim.id, now()).expect("no effect");
    assert_eq!(early, claim, "the work is not over");
    let end = job.busy_until();
    assert!(matches!(
        store.say_paid(&stranger, claim.id, end),
        Err(StoreError::NotFound(_))
    ));
    assert_eq!(length(), before);
    let paid = store.say_paid(&worker, claim.id, end).expect("works");
    assert_eq!(paid.state, ClaimState::Settled);
    assert_eq!(store.say_paid(&worker, claim.id, end).expect("again"), paid);
    assert_eq!(length(), before + 1);
    // What the hub said before it heard of that changes nothing; what comes after does.
    let tell = |seq, claim: Claim| {
        let told = feed(Scope::Device(device()), seq, vec![Change::Claim { claim }]);
        store.apply_changes(&told, now()).expect("applied");
        store.claim(paid.id).expect("read").expect("there").state
    };
    snapshot_of(&store, Scope::Device(device()), 4, vec![]);
    assert_eq!(tell(5, claim.clone()), ClaimState::Settled);
    let cancelled = Claim {
        state: ClaimState::EmployerCancelled,
        ..claim
    };
    assert_eq!(tell(6, cancelled), ClaimState::EmployerCancelled);
}

#[test]
fn a_claim_changes_its_row_at_once_and_never_flickers() {
    let (_dir, store, identity) = enrolled();
    let mut job = a_job(1);
    snapshot(&store, 5, std::slice::from_ref(&job));
    grant(&store, job.id, 1, 2);
    let worker = register(&store, 1);
    let mut changed_at = store.subscribe();
    changed_at.mark_unchanged();
    let left = || store.job(job.id).expect("read").expect("there").places_left;
    assert_eq!(left(), 4);
    confirm(&store, &identity, &worker, job.id, claim_id(1));
    assert!(changed_at.has_changed().expect("open"));
    assert_eq!(left(), 3);
    let waiting = store.waiting(100, &[]).expect("read").expect("some");
    let head = waiting.records.last().expect("some").head();
    store.acknowledge(Epoch(1), head, 7).expect("marked");
    assert_eq!(left(), 3, "the hub has it, the feed does not show it yet");
    // Something else changes first.
    let told = feed(hall_scope(), 6, vec![changed(job.clone())]);
    store.apply_changes(&told, now()).expect("applied");
    assert_eq!(left(), 3);
    job.places_left = 3;
    let told = feed(hall_scope(), 7, vec![changed(job.clone())]);
    store.apply_changes(&told, now()).expect("applied");
    assert_eq!(left(), 3, "counted once");
}

#[test]
fn the_last_place_taken_here_takes_the_job_off_the_wall() {
    let (_dir, store, identity) = enrolled();
    let mut job = a_job(1);
    job.places_left = 1;
    snapshot(&store, 5, &[job.clone(), a_job(2)]);
    grant(&store, job.id, 1, 1);
    let worker = register(&store, 1);
    confirm(&store, &identity, &worker, job.id, claim_id(1));
    let open_now = store.open_jobs(now()).expect("read");
    assert_eq!(open_now.len(), 1);
    assert_eq!(open_now[0].id, a_job(2).id);
    let mut seen = vec![];
    let each = store.each_open_job(now(), &mut |job| seen.push(job.id));
    each.expect("read");
    assert_eq!(seen, [a_job(2).id]);
    assert_eq!(store.counts(now()).expect("read").open, 1);
}

#[test]
fn every_open_job_is_handed_over_one_by_one_and_a_broken_one_is_told() {
    let (dir, store, _) = enrolled();
    let mut jobs: Vec<Job> = (1..=700).map(a_job).collect();
    jobs[3].state = JobState::Closed;
    jobs[4].places_left = 0;
    jobs[5].valid_until = now();
    snapshot(&store, 1, &jobs);
    let each = || {
        let mut seen = vec![];
        let all = store.each_open_job(now(), &mut |job| seen.push(job.id));
        seen.sort();
        (all, seen)
    };
    let mut open: Vec<JobId> = jobs.iter().map(|job| job.id).collect();
    open.drain(3..6);
    open.sort();
    let (all, seen) = each();
    all.expect("read");
    assert_eq!(seen, open);
    let raw = rusqlite::Connection::open(dir.path().join(STORE_FILE)).expect("opens");
    let broken = "UPDATE jobs SET body = '{}' WHERE id = ?1";
    raw.execute(broken, [jobs[9].id.to_string()])
        .expect("broken");
    let (all, seen) = each();
    assert!(all.is_err(), "{} were seen", seen.len());
}

#[test]
fn a_snapshot_replaces_jobs_and_spares_claims_and_outbox() {
    let (_dir, store, identity) = enrolled();
    snapshot(&store, 5, &[a_job(1), a_job(2)]);
    grant(&store, a_job(1).id, 1, 3);
    let worker = register(&store, 1);
    confirm(&store, &identity, &worker, a_job(1).id, claim_id(1));
    snapshot(&store, 2, &[a_job(2), a_job(3)]);
    assert!(store.job(a_job(1).id).expect("read").is_none());
    assert!(store.job(a_job(3).id).expect("read").is_some());
    assert_eq!(store.cursor(&hall_scope()).expect("read"), Some(2));
    assert_eq!(store.outbox_state().expect("read").length, 2);
    let mine = store.claims_of(&worker).expect("read");
    assert_eq!(mine[0].job.title, a_job(1).title, "the listing as it was");
    let account = store.account(a_job(1).id).expect("read");
    assert_eq!(account.rights(), 0, "rights of a job that is gone go back");
    let due = store.rights_to_ask(now()).expect("read");
    let report = due.iter().find(|due| due.ask.job == a_job(1).id);
    assert!(report.is_some_and(|due| due.unreported && due.ask.returned == 2));
}

#[test]
fn changes_are_applied_once_and_in_order() {
    let (_dir, store, _) = enrolled();
    snapshot(&store, 5, &[a_job(1)]);
    let mut job = a_job(1);
    job.title = "新".to_owned();
    let told = feed(hall_scope(), 6, vec![changed(job), Change::Unknown]);
    store.apply_changes(&told, now()).expect("applied");
    assert_eq!(store.cursor(&hall_scope()).expect("read"), Some(7));
    store.apply_changes(&told, now()).expect("skipped");
    assert_eq!(store.cursor(&hall_scope()).expect("read"), Some(7));
    let gap = feed(hall_scope(), 9, vec![changed(a_job(9))]);
    assert!(matches!(
        store.apply_changes(&gap, now()),
        Err(StoreError::FeedGap)
    ));
    assert!(store.job(a_job(9).id).expect("read").is_none());
}

#[test]
fn a_job_that_ends_gives_its_rights_back() {
    let (_dir, store, _) = enrolled();
    snapshot(&store, 1, &[a_job(1), a_job(2), a_job(3)]);
    for n in 1..=3 {
        grant(&store, a_job(n).id, 1, 2);
    }
    let mut cancelled = a_job(1);
    cancelled.state = JobState::Cancelled;
    let told = feed(hall_scope(), 2, vec![changed(cancelled)]);
    store.apply_changes(&told, now()).expect("applied");
    let device = Scope::Device(device());
    snapshot_of(&store, device.clone(), 0, vec![]);
    let recall = feed(device, 1, vec![Change::Recall { job: a_job(2).id }]);
    store.apply_changes(&recall, now()).expect("applied");
    let rights = |n| store.account(a_job(n).id).expect("read").rights();
    assert_eq!((rights(1), rights(2), rights(3)), (0, 0, 2));
    let wanted = |n, at| {
        let due = store.rights_to_ask(at).expect("read");
        due.iter()
            .find(|due| due.ask.job == a_job(n).id)
            .map(|due| due.ask.want)
    };
    assert_eq!(wanted(2, now()), Some(0), "just recalled: only reported");
    let later = now() + SignedDuration::from_mins(11);
    assert_eq!(wanted(2, later), Some(1));
    store.give_back_stale(a_job(3).valid_until).expect("works");
    assert_eq!(rights(3), 0);
}

/// Rule 14: a terminal at which more people come for a job wants more rights of it, for an hour.
#[test]
fn a_terminal_wants_as_many_rights_as_people_come() {
    let (_dir, store, identity) = enrolled();
    let mut job = a_job(1);
    (job.places, job.places_left) = (40, 40);
    snapshot(&store, 1, std::slice::from_ref(&job));
    grant(&store, job.id, 1, 16);
    let wanted = |at| {
        let due = store.rights_to_ask(at).expect("read");
        let ask = due.iter().find(|due| due.ask.job == job.id);
        ask.map_or(0, |due| due.ask.want)
    };
    assert_eq!(wanted(now()), 0, "it holds enough");
    for n in 0..14 {
        let worker = register(&store, 2 * n + 1);
        confirm(&store, &identity, &worker, job.id, claim_id(n));
    }
    assert_eq!(store.account(job.id).expect("read").rights(), 2);
    assert_eq!(wanted(now()), 12, "fourteen came");
    let later = now() + SignedDuration::from_mins(61);
    assert_eq!(wanted(later), 8, "and nobody since: ten, as everywhere");
}

#[test]
fn the_hub_decides_on_provisional_claims() {
    let (_dir, store, identity) = enrolled();
    snapshot(&store, 1, &[a_job(1)]);
    let worker = register(&store, 1);
    let taken = store
        .take_provisionally(&identity, &worker, a_job(1).id, claim_id(1), now())
        .expect("works");
    let claim = done(taken);
    assert_eq!(claim.state, ClaimState::Provisional);
    let left = store.job(a_job(1).id).expect("read").expect("there");
    assert_eq!(left.places_left, 4, "it holds no place");
    let scope = Scope::Device(device());
    snapshot_of(&store, scope.clone(), 0, vec![]);
    let mut decided = claim.clone();
    decided.state = ClaimState::Rejected;
    decided.reason = Some(ClaimReason::Full);
    let told = feed(scope, 1, vec![Change::Claim { claim: decided }]);
    store.apply_changes(&told, now()).expect("applied");
    let kept = store.claim(claim.id).expect("read").expect("there");
    assert_eq!(
        (kept.state, kept.reason),
        (ClaimState::Rejected, Some(ClaimReason::Full))
    );
}

#[test]
fn where_the_employer_chooses_a_claim_waits_for_it() {
    let (_dir, store, identity) = enrolled();
    let mut job = a_job(1);
    job.claim_mode = ClaimMode::EmployerConfirms;
    snapshot(&store, 1, std::slice::from_ref(&job));
    grant(&store, job.id, 1, 1);
    let worker = register(&store, 1);
    let claim = confirm(&store, &identity, &worker, job.id, claim_id(1));
    assert_eq!(claim.state, ClaimState::Claimed);
}

#[test]
fn persons_are_found_by_number_and_nothing_personal_lies_open() {
    let (dir, store, _) = enrolled();
    let worker = register(&store, 1);
    let again = register(&store, 1);
    assert_eq!(worker.worker, again.worker, "one person, one worker");
    let found = store.worker_by_number(&number(1)).expect("read");
    assert_eq!(found, Some(again));
    assert_eq!(store.worker_by_number(&number(2)).expect("read"), None);
    drop(store);
    let secret = [
        an_id_number("19750501", 1),
        "李晓峰".to_owned(),
        "13812345678".to_owned(),
    ];
    for file in std::fs::read_dir(dir.path()).expect("a directory") {
        let bytes = std::fs::read(file.expect("a file").path()).expect("read");
        for text in &secret {
            let there = bytes.windows(text.len()).any(|w| w == text.as_bytes());
            assert!(!there, "{text} lies open");
        }
    }
}

#[test]
fn what_happens_before_enrolment_becomes_the_beginning_of_its_log() {
    let dir = tempfile::tempdir().expect("a directory");
    let store = open(dir.path());
    snapshot(&store, 1, &[a_job(1)]);
    let worker = register(&store, 1);
    let reply = enrol_reply(3);
    let identity = Identity::new(&reply, "00".to_owned());
    let claim = store
        .take_provisionally(&identity, &worker, a_job(1).id, claim_id(1), now())
        .expect("works");
    assert!(done(claim).number.starts_with("03-T"));
    assert_eq!(store.waiting(10, &[]).expect("read"), None);
    enrol(&store, 4);
    let waiting = store.waiting(10, &[]).expect("read").expect("some");
    assert_eq!((waiting.epoch, waiting.records.len()), (Epoch(4), 2));
    register(&store, 3);
    let waiting = store.waiting(10, &[]).expect("read").expect("some");
    assert_eq!(waiting.records.len(), 3);
}

#[test]
fn a_hub_that_lost_records_gets_them_again() {
    let (_dir, store, _) = enrolled();
    for n in 1..=5 {
        register(&store, n);
    }
    let all = store.waiting(10, &[]).expect("read").expect("some").records;
    let foreign = Head {
        seq: 3,
        hash: Head::default().append("x".to_owned()).hash,
    };
    assert_eq!(
        store.acknowledge(Epoch(1), foreign, 0).expect("works"),
        HubHead::Foreign
    );
    store
        .acknowledge(Epoch(1), all[4].head(), 0)
        .expect("marked");
    assert_eq!(store.waiting(10, &[]).expect("read"), None);
    assert!(store.send_again(Epoch(1), 2).expect("works"));
    let again = store.waiting(10, &[]).expect("read").expect("some").records;
    assert_eq!(again, all[2..]);
    store.acknowledge(Epoch(1), all[4].head(), 0).expect("ok");
    assert_eq!(store.waiting(10, &[]).expect("read"), None);
    // It says that it has less, and nobody has written anything since.
    let judged = store.acknowledge(Epoch(1), all[2].head(), 0).expect("ok");
    assert_eq!(judged, HubHead::Known);
    let again = store.waiting(10, &[]).expect("read").expect("some").records;
    assert_eq!(again, all[3..]);
    let long_after = now() + SignedDuration::from_hours(24 * 100);
    store.acknowledge(Epoch(1), all[4].head(), 0).expect("ok");
    store.tidy(long_after).expect("works");
    assert!(!store.send_again(Epoch(1), 2).expect("works"));
    register(&store, 6);
    let next = store.waiting(10, &[]).expect("read").expect("some").records;
    assert_eq!(next[0].prev, all[4].hash, "the newest stayed");
}

/// The battery of the clock was empty. The hub has the records; should it be put back from a copy, it gets
/// them again.
#[test]
fn records_written_by_a_clock_that_was_years_back_are_kept_as_long() {
    let (dir, store, _) = enrolled();
    let contact = Contact {
        last: Some(now()),
        ..Contact::default()
    };
    store.note_contact(&contact).expect("kept");
    for n in 1..=4 {
        register_at(&store, n, now() - SignedDuration::from_hours(30_000));
    }
    let all = store.waiting(10, &[]).expect("read").expect("some").records;
    store.acknowledge(Epoch(1), all[3].head(), 0).expect("ok");
    drop(store);
    let store = open(dir.path());
    store.tidy(now()).expect("works");
    assert!(store.send_again(Epoch(1), 0).expect("works"));
    let again = store.waiting(10, &[]).expect("read").expect("some").records;
    assert_eq!(again.len(), 4);
}

#[test]
fn an_identity_survives_and_is_private() {
    use std::os::unix::fs::PermissionsExt;
    let dir = tempfile::tempdir().expect("a directory");
    let load = || Identity::load(dir.path());
    assert_eq!(load().expect("fine"), None);
    let identity = Identity::new(&enrol_reply(1), "ab".to_owned());
    identity.save(dir.path()).expect("saved");
    assert_eq!(load().expect("fine"), Some(identity.clone()));
    let file = dir.path().join("device.json");
    let mode = std::fs::metadata(&file)
        .expect("there")
        .permissions()
        .mode();
    assert_eq!(mode & 0o777, 0o600);
    assert!(!format!("{identity:?}").contains("token-1"));
    std::fs::write(&file, "{half").expect("written");
    assert!(matches!(load(), Err(StoreError::Damaged(_))));
}

#[test]
fn a_record_says_what_happened() {
    let (_dir, store, _) = enrolled();
    let worker = register(&store, 1);
    let record = store.waiting(1, &[]).expect("read").expect("some").records;
    let body: Body = serde_json::from_str(&record[0].body).expect("JSON");
    match body.event {
        outbox::Event::WorkerRegistered { registration } => {
            assert_eq!(registration.worker, worker.worker);
            assert!(!record[0].body.contains(&an_id_number("19750501", 1)));
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn what_was_told_before_is_no_change() {
    let (_dir, store, identity) = enrolled();
    let job = a_job(1);
    snapshot(&store, 1, std::slice::from_ref(&job));
    grant(&store, job.id, 1, 1);
    let worker = register(&store, 1);
    let claim = confirm(&store, &identity, &worker, job.id, claim_id(1));
    let mut told = vec![ClaimWithJob { claim, job }];
    let changes = store.subscribe();
    let before = *changes.borrow();
    store.keep_elsewhere(&worker, &told).expect("kept");
    for _ in 0..2 {
        store
            .tell_staff(StaffCode::EnrolAgain, "again", now())
            .expect("told");
    }
    assert_eq!(*changes.borrow(), before + 1, "only staff's notice is new");
    told[0].claim.state = ClaimState::EmployerCancelled;
    store.keep_elsewhere(&worker, &told).expect("kept");
    assert_eq!(*changes.borrow(), before + 2);
    let kept = store.claim(claim_id(1)).expect("read").expect("there");
    assert_eq!(kept.state, ClaimState::EmployerCancelled);
}

/// What of the hall's events is to be shown then.
fn events(store: &Store, at: Timestamp) -> Vec<EventId> {
    let events = store.events(at).expect("read");
    events.iter().map(|event| event.id).collect()
}

#[test]
fn events_are_there_until_they_end_by_the_devices_own_clock() {
    let (_dir, store, _) = enrolled();
    let hours = SignedDuration::from_hours;
    let put = |n, from: i64, long: i64| {
        let mut event = an_event(n);
        event.starts_at = now() + hours(from);
        event.ends_at = event.starts_at + hours(long);
        event
    };
    // In no order: to come, running, running for longer, over.
    let all = [put(1, 5, 2), put(2, -1, 2), put(3, -3, 9), put(4, -9, 2)];
    let changes = all.iter().cloned().map(|event| Change::Event {
        event: Box::new(event),
    });
    snapshot(&store, 1, &[]);
    let told = feed(hall_scope(), 2, changes.collect());
    store.apply_changes(&told, now()).expect("applied");
    let [coming, running, long, _] = all.clone().map(|event| event.id);
    assert_eq!(events(&store, now()), [long, running, coming]);
    // Whatever the hub says or does not.
    assert_eq!(events(&store, now() + hours(1)), [long, coming]);
    assert_eq!(events(&store, now() + hours(7)), []);
    store.tidy(now()).expect("works");
    assert_eq!(
        events(&store, now() - hours(9)).len(),
        3,
        "what is over went"
    );
}

#[test]
fn an_event_changes_and_goes_at_once() {
    let (_dir, store, _) = enrolled();
    let event = |change: fn(&mut Event)| {
        let mut event = an_event(1);
        change(&mut event);
        let event = Box::new(event);
        Change::Event { event }
    };
    snapshot_of(&store, hall_scope(), 1, vec![event(|_| {})]);
    let apply = |seq, change| {
        let told = feed(hall_scope(), seq, vec![change]);
        store.apply_changes(&told, now()).expect("applied");
        store.events(now()).expect("read")
    };
    assert_eq!(
        store.events(now()).expect("read")[0].places_left(),
        Some(30)
    );
    let filled = apply(2, event(|event| event.places_taken = 30));
    assert_eq!(filled[0].places_left(), Some(0));
    assert_eq!(apply(3, event(|event| event.withdrawn = true)), []);
    // A snapshot brings it back, or takes it away, for it is the whole of what there is.
    snapshot_of(&store, hall_scope(), 4, vec![event(|_| {})]);
    assert_eq!(events(&store, now()), [an_event(1).id]);
    snapshot(&store, 5, &[]);
    assert_eq!(events(&store, now()), []);
}
