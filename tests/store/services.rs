//! Courses, applications and calls for staff in the kiosk's store.

use crate::store_support::*;
use gighall_core::application::{Answers, Education, LastWork, Want};
use gighall_core::call::Called;
use gighall_core::claim::ClaimState;
use gighall_core::complaint::{
    ComplaintKind, ComplaintNews, ComplaintState, NAMELESS_MOST, Since, Told,
};
use gighall_core::event::{Event as Course, EventKind};
use gighall_core::id::Epoch;
use gighall_core::outbox::{Body, Event};
use gighall_core::rating::Rating;
use gighall_core::seal::OpeningKey;
use gighall_core::testing::{a_job, an_event};
use gighall_core::training::{Enrolment, EnrolmentReason, EnrolmentState};
use gighall_core::wire::{Change, Scope};
use gighall_kiosk::store::{Identity, NewComplaint, Store, StoreError, Taken};
use jiff::SignedDuration;

fn course(store: &Store) -> Course {
    let mut course = an_event(1);
    course.kind = EventKind::Training;
    course.starts_at = now() + SignedDuration::from_hours(48);
    course.ends_at = now() + SignedDuration::from_hours(72);
    (course.places, course.places_taken) = (Some(2), 1);
    let event = Box::new(course.clone());
    snapshot_of(store, hall_scope(), 1, vec![Change::Event { event }]);
    course
}

/// What waits to be sent.
fn waiting(store: &Store) -> Vec<Event> {
    let waiting = store.waiting(100, &[]).expect("read").expect("some");
    let body = |text: &str| serde_json::from_str::<Body>(text).expect("a body").event;
    waiting.records.iter().map(|it| body(&it.body)).collect()
}

fn decided(store: &Store, seq: u64, enrolment: Enrolment) {
    let scope = Scope::Device(device());
    if seq == 1 {
        snapshot_of(store, scope.clone(), 0, vec![]);
    }
    let change = Change::Enrolment { enrolment };
    let told = feed(scope, seq, vec![change]);
    store.apply_changes(&told, now()).expect("applied");
}

#[test]
fn an_enrolment_waits_for_the_hub_and_keeps_what_it_decides() {
    let (_dir, store, _) = enrolled();
    let course = course(&store);
    let worker = register(&store, 1);
    let asked = store.ask_to_enrol(&worker, course.id, now()).expect("kept");
    let asked = asked.expect("nothing is against it");
    assert_eq!(asked.state, EnrolmentState::Asked);
    let sent = waiting(&store).pop().expect("some");
    assert!(matches!(sent, Event::TrainingAsked { enrolment } if *enrolment == asked));
    let again = store.ask_to_enrol(&worker, course.id, now()).expect("read");
    assert_eq!(again, Err(EnrolmentReason::Duplicate));

    let confirmed = Enrolment {
        state: EnrolmentState::Confirmed,
        ..asked.clone()
    };
    decided(&store, 1, confirmed.clone());
    let mine = || store.enrolments_of(&worker).expect("read");
    assert_eq!(mine(), std::slice::from_ref(&confirmed));
    let left = store.leave_course(&worker, asked.id, now()).expect("left");
    assert_eq!(left.state, EnrolmentState::Withdrawn);
    let sent = waiting(&store).pop().expect("some");
    assert!(matches!(sent, Event::TrainingLeft { enrolment, .. } if enrolment == asked.id));
    // Older news of the hub does not bring it back.
    decided(&store, 2, confirmed);
    assert_eq!(mine()[0].state, EnrolmentState::Withdrawn);
    let other = register(&store, 3);
    let foreign = store.leave_course(&other, asked.id, now());
    assert!(matches!(foreign, Err(StoreError::NotFound("enrolment"))));
}

#[test]
fn a_course_that_has_begun_is_neither_entered_nor_left() {
    let (_dir, store, _) = enrolled();
    let course = course(&store);
    let worker = register(&store, 1);
    let asked = store.ask_to_enrol(&worker, course.id, now()).expect("kept");
    let id = asked.expect("asked").id;
    let late = store.leave_course(&worker, id, course.starts_at);
    assert!(matches!(late, Err(StoreError::TooLate)));
    let other = register(&store, 3);
    let late = store.ask_to_enrol(&other, course.id, course.starts_at);
    assert_eq!(late.expect("read"), Err(EnrolmentReason::Closed));
}

#[test]
fn an_application_is_sealed_and_leaves_the_kiosk_once_the_hub_has_it() {
    let (_dir, store, identity) = enrolled();
    snapshot(&store, 1, &[]);
    let worker = register(&store, 1);
    let answers = Answers {
        last_work: LastWork::Never,
        why_left: None,
        education: Education::Junior,
        wants: vec![Want::Work],
    };
    let sealed = answers.seal(&identity.sealing_key).expect("a key");
    let number = store
        .apply_for(&identity, &worker, sealed, now())
        .expect("kept");
    assert_eq!(number, "01-S0001");
    let sent = waiting(&store).pop().expect("some");
    let Event::Applied { application } = sent else {
        panic!("an application was handed in");
    };
    let hub = OpeningKey::from_bytes([7; 32]);
    assert_eq!(Answers::open(&hub, &application.answers), Ok(answers));

    let records = store
        .waiting(100, &[])
        .expect("read")
        .expect("some")
        .records;
    let head = records.last().expect("some").head();
    store.acknowledge(Epoch(1), head, 1).expect("marked");
    assert!(store.send_again(Epoch(1), 0).expect("works"));
    let kept = store
        .waiting(100, &[])
        .expect("read")
        .expect("some")
        .records;
    let blank: Vec<bool> = kept.iter().map(|it| it.is_blank()).collect();
    assert_eq!(blank, [false, true], "the registration stays for its time");
}

#[test]
fn who_is_erased_is_enrolled_for_nothing_here() {
    let (_dir, store, _) = enrolled();
    let course = course(&store);
    let worker = register(&store, 1);
    let asked = store.ask_to_enrol(&worker, course.id, now()).expect("kept");
    asked.expect("asked");
    let erased = Change::WorkerErased {
        worker: worker.worker,
    };
    let told = feed(hall_scope(), 2, vec![erased]);
    store.apply_changes(&told, now()).expect("applied");
    assert_eq!(store.enrolments_of(&worker).expect("read"), []);
    let gone = store.ask_to_enrol(&worker, course.id, now());
    assert!(matches!(gone, Err(StoreError::NotFound("worker"))));
}

#[test]
fn a_call_for_staff_outlives_a_start_and_ends() {
    let (dir, store, _) = enrolled();
    assert_eq!(store.call_staff(now()).expect("kept"), Called::Stands);
    drop(store);
    let store = open(dir.path());
    let stands = || store.calls().expect("read").standing(now());
    assert_eq!(stands(), Some(now()));
    assert!(store.end_call(now()).expect("kept"));
    assert_eq!(stands(), None);
    assert!(!store.end_call(now()).expect("kept"));
}

fn a_complaint(identity: &Identity, kind: ComplaintKind) -> NewComplaint {
    let told = Told {
        since: Since::Week,
        sum_fen: None,
        words: "王老板收押金".to_owned(),
    };
    NewComplaint {
        kind,
        job: None,
        claim: None,
        told: told.seal(&identity.sealing_key).expect("a key"),
    }
}

/// What the hub says of a complaint later.
fn heard(store: &Store, seq: u64, news: ComplaintNews) {
    let told = feed(
        Scope::Device(device()),
        seq,
        vec![Change::Complaint { news }],
    );
    store.apply_changes(&told, now()).expect("applied");
}

#[test]
fn a_complaint_leaves_the_kiosk_and_what_staff_say_comes_back() {
    let (_dir, store, identity) = enrolled();
    snapshot(&store, 1, &[]);
    snapshot_of(&store, Scope::Device(device()), 0, vec![]);
    let worker = register(&store, 1);
    let wages = a_complaint(&identity, ComplaintKind::Unpaid);
    let nameless = store.complain(&identity, None, &wages, now());
    assert!(matches!(nameless, Err(StoreError::NotFound("worker"))));
    let mine = store
        .complain(&identity, Some(&worker), &wages, now())
        .expect("kept");
    let fee = NewComplaint {
        job: Some(a_job(1).id),
        ..a_complaint(&identity, ComplaintKind::Fee)
    };
    let other = store.complain(&identity, None, &fee, now()).expect("kept");
    assert_eq!(
        (mine.number.as_str(), other.number.as_str()),
        ("01-R0001", "01-R0002")
    );
    assert_eq!(
        store.complaints_of(&worker).expect("read"),
        std::slice::from_ref(&mine)
    );
    assert_eq!(
        store.complaint(other.id).expect("read"),
        Some(other.clone())
    );

    let closed = ComplaintNews {
        state: ComplaintState::Closed,
        word: Some("押金已退".to_owned()),
        ..other.clone()
    };
    // An older hub does not say what it is about: that is kept.
    let from_older_hub = ComplaintNews {
        job: None,
        ..closed.clone()
    };
    heard(&store, 1, from_older_hub);
    // Older news of the hub do not open it again.
    let older = ComplaintNews {
        state: ComplaintState::TakenUp,
        ..other
    };
    heard(&store, 2, older);
    assert_eq!(
        store.complaint(closed.id).expect("read"),
        Some(closed.clone())
    );

    let records = |store: &Store| {
        store
            .waiting(100, &[])
            .expect("read")
            .expect("some")
            .records
    };
    let head = records(&store).last().expect("some").head();
    store.acknowledge(Epoch(1), head, 1).expect("marked");
    assert!(store.send_again(Epoch(1), 0).expect("works"));
    let blank: Vec<bool> = records(&store).iter().map(|it| it.is_blank()).collect();
    assert_eq!(
        blank,
        [false, true, true],
        "the registration stays for its time"
    );

    let erased = Change::WorkerErased {
        worker: worker.worker,
    };
    store
        .apply_changes(&feed(hall_scope(), 2, vec![erased]), now())
        .expect("applied");
    assert_eq!(store.complaints_of(&worker).expect("read"), []);
    assert_eq!(store.complaint(mine.id).expect("read"), None);
    heard(&store, 3, mine.clone());
    assert_eq!(
        store.complaint(mine.id).expect("read"),
        None,
        "late news of nobody"
    );
    store
        .tidy(now() + SignedDuration::from_hours(24 * 366))
        .expect("tidied");
    assert_eq!(
        store.complaint(closed.id).expect("read"),
        None,
        "had its time"
    );
}

#[test]
fn a_terminal_takes_so_many_complaints_without_a_name_and_no_more() {
    let (dir, store, identity) = enrolled();
    snapshot(&store, 1, &[]);
    let worker = register(&store, 1);
    let fee = a_complaint(&identity, ComplaintKind::Fee);
    let is_taken = |store: &Store, at| match store.complain(&identity, None, &fee, at) {
        Ok(_) => true,
        Err(StoreError::TooManyNameless) => false,
        Err(other) => panic!("{other}"),
    };
    let [(hour, in_an_hour), (day, in_a_day)] = NAMELESS_MOST;
    let taken = |at| (0..100).filter(|_| is_taken(&store, at)).count();
    assert_eq!(taken(now()), in_an_hour as usize);
    let waiting = store.outbox_state().expect("read").length;
    assert!(!is_taken(
        &store,
        now() + hour - SignedDuration::from_secs(1)
    ));
    let after = store.outbox_state().expect("read").length;
    assert_eq!(after, waiting, "nothing of it goes anywhere");
    // Whoever says who they are is heard, and is not counted.
    for _ in 0..in_an_hour {
        let named = store.complain(&identity, Some(&worker), &fee, now());
        named.expect("kept");
    }
    let later = |hours: i32| now() + hour * hours;
    assert_eq!(taken(later(1)), in_an_hour as usize);
    assert_eq!(taken(later(2)), (in_a_day - 2 * in_an_hour) as usize);
    assert_eq!(taken(later(3)), 0, "enough for a day");
    drop(store);
    let store = open(dir.path());
    assert!(!is_taken(&store, later(3)), "a restart gives nobody more");
    assert!(is_taken(&store, now() + day));
}

#[test]
fn work_is_rated_once_and_only_when_it_is_paid() {
    let (_dir, store, identity) = enrolled();
    let job = a_job(1);
    snapshot(&store, 1, std::slice::from_ref(&job));
    grant(&store, job.id, 1, 1);
    let (worker, stranger) = (register(&store, 1), register(&store, 3));
    let taken = store.confirm(&identity, &worker, job.id, claim_id(1), now());
    let Taken::Done(claim) = taken.expect("works") else {
        panic!("a right was there");
    };
    let rate = |rating| store.rate(&worker, claim.id, rating, job.busy_until());
    let rated = || {
        waiting(&store)
            .into_iter()
            .filter(|it| matches!(it, Event::ClaimRated { .. }))
    };
    rate(Rating::Good).expect("no effect");
    assert_eq!(rated().count(), 0, "nothing is paid yet");
    let paid = store
        .say_paid(&worker, claim.id, job.busy_until())
        .expect("works");
    assert_eq!(paid.state, ClaimState::Settled);
    let foreign = store.may_rate(&stranger, claim.id);
    assert!(matches!(foreign, Err(StoreError::NotFound("claim"))));
    assert!(store.may_rate(&worker, claim.id).expect("read"));
    rate(Rating::Bad).expect("kept");
    rate(Rating::Good).expect("no effect");
    assert!(!store.may_rate(&worker, claim.id).expect("read"));
    let said: Vec<Event> = rated().collect();
    let bad = Event::ClaimRated {
        claim: claim.id,
        rating: Rating::Bad,
    };
    assert_eq!(said, [bad]);
}
