//! Claims made at the hub.

use super::*;
use crate::store::{DeviceClaim, Store};

#[test]
fn the_last_place_goes_once_and_comes_back_once() {
    let house = house();
    let job = house.job(1, 2);
    let claims: Vec<Claim> = (0..2)
        .map(|n| house.claim(job, house.worker(n)).expect("a place"))
        .collect();
    assert_eq!(claims[0].number, "00-0001");
    assert_eq!(claims[1].state, ClaimState::Confirmed);
    assert_eq!(house.seen(job).state, JobState::Full);
    let full = house.claim(job, house.worker(2));
    assert!(
        matches!(full, Err(StoreError::CapacityExhausted { elsewhere }) if elsewhere.is_empty())
    );
    for _ in 0..2 {
        let ended = house.store.withdraw(claims[0].id, now()).expect("ended");
        assert_eq!(ended.state, ClaimState::Withdrawn);
        assert_eq!(ended.reason, Some(ClaimReason::ByWorker));
        assert_eq!(house.seen(job).places_left, 1);
    }
    assert_eq!(house.seen(job).state, JobState::Published);
    house.claim(job, house.worker(2)).expect("the freed place");
}

#[test]
fn pay_that_is_late_is_listed_until_its_worker_says_that_it_came() {
    let house = house();
    let job = house.job(1, 4);
    let claims: Vec<Claim> = (0..3)
        .map(|n| house.claim(job, house.worker(n)).expect("a place"))
        .collect();
    house.store.withdraw(claims[2].id, now()).expect("ended");
    let late = |at| -> Vec<ClaimId> {
        let found = house.store.overdue_claims(&a_hall(), at).expect("read");
        found.iter().map(|held| held.claim.id).collect()
    };
    let end = house.seen(job).busy_until();
    assert!(late(end).is_empty(), "it is due that day");
    let after = end + SignedDuration::from_hours(48);
    let mut both = vec![claims[0].id, claims[1].id];
    both.sort();
    assert_eq!(late(after), both);
    for _ in 0..2 {
        let paid = house.store.settle(claims[0].id, after).expect("said");
        assert_eq!(paid.state, ClaimState::Settled);
        assert_eq!(late(after), [claims[1].id]);
    }
    let gone = house.store.settle(claims[2].id, after).expect("no effect");
    assert_eq!(gone.state, ClaimState::Withdrawn);
    assert_eq!(house.seen(job).places_left, 2);
}

#[test]
fn pay_counts_as_on_time_if_its_worker_says_so_before_it_is_late_and_for_thirty_days() {
    let house = house();
    let job = house.job(1, 3);
    let claims: Vec<Claim> = (0..3)
        .map(|n| house.claim(job, house.worker(n)).expect("a place"))
        .collect();
    let end = house.seen(job).busy_until();
    let counted = |at| {
        let figures = house.store.figures(&a_hall(), at).expect("read");
        figures.paid_on_time.expect("counted")
    };
    assert_eq!(counted(end), 0);
    house.store.settle(claims[0].id, end).expect("said");
    let late = end + SignedDuration::from_hours(48);
    house.store.settle(claims[1].id, late).expect("said");
    assert_eq!(counted(late), 1, "the second came late, the third never");
    let month = end + SignedDuration::from_hours(24 * 30);
    assert_eq!(counted(month), 1);
    assert_eq!(counted(month + SignedDuration::from_secs(1)), 0);
    let elsewhere = "elsewhere".parse().expect("a hall");
    let elsewhere = house.store.figures(&elsewhere, late).expect("read");
    assert_eq!(elsewhere.paid_on_time, Some(0));
}

#[test]
fn the_same_request_again_gets_the_same_answer() {
    let house = house();
    let job = house.job(1, 2);
    let new = NewClaim {
        id: ClaimId(Uuid::new_v4()),
        job,
        worker: house.worker(1),
        channel: Channel::Phone,
        device: None,
    };
    let first = house.store.claim_direct(&new, now()).expect("a place");
    let later = now() + SignedDuration::from_secs(9);
    let again = house.store.claim_direct(&new, later).expect("the same");
    assert_eq!(first, again);
    assert_eq!(house.seen(job).places_left, 1);
    let other = NewClaim {
        worker: house.worker(2),
        ..new
    };
    assert!(house.store.claim_direct(&other, now()).is_err());
}

#[test]
fn claims_that_come_together_are_answered_each_and_told_once() {
    let house = house();
    let (job, device) = (house.job(1, 2), house.device("一号").holder.device);
    let asks = |worker| DeviceClaim {
        claim: NewClaim {
            id: ClaimId(Uuid::new_v4()),
            job,
            worker,
            channel: Channel::Terminal,
            device: Some(device),
        },
        hall: a_hall(),
        at: now(),
    };
    let first = asks(house.worker(1));
    let elsewhere = DeviceClaim {
        hall: "elsewhere".parse().expect("an id"),
        ..asks(house.worker(2))
    };
    let all = [
        first.clone(),
        elsewhere,
        asks(WorkerId(Uuid::new_v4())),
        asks(first.claim.worker),
        asks(house.worker(3)),
        asks(house.worker(4)),
        first,
    ];
    let told = |house: &House| {
        let changes = house.changes(Scope::Hall(a_hall()));
        let jobs = changes.iter().filter(|it| matches!(it, Change::Job { .. }));
        (jobs.count(), changes.len())
    };
    let (jobs, all_told) = told(&house);
    let done = house.store.claim_each(&all);
    let [
        Ok(one),
        Err(StoreError::NotFound("job")),
        Err(StoreError::NotFound("worker")),
        Err(StoreError::NotAllowed(ClaimReason::Duplicate)),
        Ok(other),
        Err(StoreError::CapacityExhausted { .. }),
        Ok(again),
    ] = &done[..]
    else {
        panic!("{done:?}");
    };
    assert_eq!(one, again);
    assert_ne!(one.claim.number, other.claim.number);
    assert_eq!(
        told(&house),
        (jobs + 1, all_told + 3),
        "the job is told once, as it is then, and a letter of each claim"
    );
    let head = house.store.feed_head(&Scope::Hall(a_hall())).expect("read");
    assert_eq!((one.feed_head, other.feed_head), (head, head));
    let seen = house.seen(job);
    assert_eq!((seen.places_left, seen.state), (0, JobState::Full));
}

#[test]
fn the_rules_stand_against_claims() {
    let house = house();
    let (job, worker) = (house.job(1, 4), house.worker(1));
    house.claim(job, worker).expect("a place");
    let refused = |result| match result {
        Err(StoreError::NotAllowed(reason)) => reason,
        other => panic!("{other:?}"),
    };
    assert_eq!(refused(house.claim(job, worker)), ClaimReason::Duplicate);
    let mut same_time = listing(1, 4);
    same_time.source_key = "other".to_owned();
    same_time.job.starts_at += SignedDuration::from_hours(1);
    house
        .store
        .import(&a_hall(), &[same_time.clone()], now())
        .expect("in");
    let other = house.store.open_jobs(&a_hall(), now()).expect("read")[1].id;
    assert_eq!(refused(house.claim(other, worker)), ClaimReason::Overlap);
    let mut young = new_worker(3);
    young.number = an_id_number("20110101", 3).parse().expect("valid");
    let young = house.store.register(&young).expect("registered");
    assert_eq!(refused(house.claim(job, young)), ClaimReason::Age);
    house.store.cancel_job(other, now()).expect("cancelled");
    assert_eq!(
        refused(house.claim(other, house.worker(5))),
        ClaimReason::JobWithdrawn
    );
    assert!(matches!(
        house.claim(job, WorkerId(Uuid::now_v7())),
        Err(StoreError::NotFound("worker"))
    ));
}

#[test]
fn what_a_worker_holds_in_one_hall_counts_in_another() {
    let house = house();
    let other: HallId = "bijie".parse().expect("an id");
    let hall = Hall {
        id: other.clone(),
        name: "毕节市零工市场".to_owned(),
        county_code: None,
        hotline: None,
        address: None,
    };
    house.store.put_hall(&hall).expect("put");
    let there = [listing(1, 4), listing(9, 4)];
    house.store.import(&other, &there, now()).expect("imported");
    let mut there = house.store.open_jobs(&other, now()).expect("read");
    there.sort_by_key(|job| job.starts_at);
    let refused = |result| match result {
        Err(StoreError::NotAllowed(reason)) => reason,
        other => panic!("{other:?}"),
    };
    let worker = house.worker(1);
    house.claim(house.job(1, 4), worker).expect("a place");
    let overlapping = house.claim(there[0].id, worker);
    assert_eq!(refused(overlapping), ClaimReason::Overlap);
    for n in 2..=5 {
        house.claim(house.job(n, 4), worker).expect("a place");
    }
    let sixth = house.claim(there[1].id, worker);
    assert_eq!(refused(sixth), ClaimReason::TooMany);
    house.claim(there[1].id, house.worker(2)).expect("a place");
}

#[test]
fn work_that_is_over_is_in_nobodys_way() {
    let house = house();
    let worker = house.worker(1);
    for n in 1..=5 {
        house.claim(house.job(n, 4), worker).expect("a place");
    }
    let sixth = house.job(6, 4);
    assert!(matches!(
        house.claim(sixth, worker),
        Err(StoreError::NotAllowed(ClaimReason::TooMany))
    ));
    let new = NewClaim {
        id: ClaimId(Uuid::new_v4()),
        job: sixth,
        worker,
        channel: Channel::Phone,
        device: None,
    };
    let after_one = now() + SignedDuration::from_hours(58);
    house.store.claim_direct(&new, after_one).expect("a place");
}

#[test]
fn rights_are_asked_back_when_the_hub_runs_out() {
    let house = house();
    let job = house.job(1, 3);
    let device = house.device("一号");
    assert_eq!(device.ask(&house, job, 0, 0, 9), 2, "a third stays here");
    assert_eq!(device.ask(&house, job, 0, 0, 9), 2, "the request again");
    house.claim(job, house.worker(1)).expect("the reserve");
    for _ in 0..2 {
        match house.claim(job, house.worker(2)) {
            Err(StoreError::CapacityExhausted { elsewhere }) => {
                assert_eq!(elsewhere, vec!["一号".to_owned()]);
            }
            other => panic!("{other:?}"),
        }
    }
    let told = house.changes(Scope::Device(device.holder.device));
    assert_eq!(told, vec![Change::Recall { job }], "asked once a while");
    assert_eq!(device.ask(&house, job, 2, 1, 0), 2);
    house
        .claim(job, house.worker(2))
        .expect("the returned place");
    assert_eq!(house.seen(job).places_left, 1, "one right is still out");
    assert!(house.claim(job, house.worker(3)).is_err());
}

#[test]
fn a_withdrawn_job_ends_its_claims_with_notice() {
    let house = house();
    let job = house.job(1, 4);
    let mut device = house.device("一号");
    assert_eq!(device.ask(&house, job, 0, 0, 2), 2);
    let (first, second) = (house.worker(1), house.worker(2));
    let early = device.confirms(job, first);
    device.upload(&house).expect("taken");
    house.store.cancel_job(job, now()).expect("cancelled");
    let late = device.confirms(job, second);
    device.upload(&house).expect("a right backs it");
    let told = house.changes(Scope::Device(device.holder.device));
    assert!(told.contains(&Change::Recall { job }));
    for claim in [early, late] {
        let kept = house.store.claim(claim.id).expect("read").expect("kept");
        assert_eq!(kept.claim.state, ClaimState::EmployerCancelled);
        assert_eq!(kept.claim.reason, Some(ClaimReason::JobWithdrawn));
        assert!(told.contains(&Change::Claim { claim: kept.claim }));
    }
    assert_eq!(house.seen(job).state, JobState::Cancelled);
    assert_eq!(device.ask(&house, job, 2, 0, 2), 2, "no more grants");
}

#[test]
fn the_device_that_took_a_claim_hears_that_its_check_in_is_undone_and_that_its_job_is_withdrawn() {
    let house = house();
    let job = house.job(1, 4);
    let mut device = house.device("一号");
    assert_eq!(device.ask(&house, job, 0, 0, 1), 1);
    let claim = device.confirms(job, house.worker(1));
    device.upload(&house).expect("taken");
    let told = || {
        let news = house.changes(Scope::Device(device.holder.device));
        let states = news.into_iter().filter_map(|change| match change {
            Change::Claim { claim } => Some(claim.state),
            _ => None,
        });
        states.collect::<Vec<_>>()
    };
    house.store.check_in(claim.id, now()).expect("came");
    house.store.undo_check_in(claim.id, now()).expect("undone");
    house.store.undo_check_in(claim.id, now()).expect("again");
    let undone = [ClaimState::CheckedIn, ClaimState::Confirmed];
    assert_eq!(told(), undone);
    house.store.check_in(claim.id, now()).expect("came");
    assert_eq!(house.seen(job).places_left, 3);
    house.store.cancel_job(job, now()).expect("withdrawn");
    let ended = [ClaimState::CheckedIn, ClaimState::EmployerCancelled];
    assert_eq!(told(), [undone, ended].concat());
    let refused = house.store.undo_check_in(claim.id, now());
    assert!(matches!(
        refused,
        Err(StoreError::NotExpected(ClaimState::EmployerCancelled))
    ));
}

#[test]
fn jobs_end_when_their_time_is_over() {
    let house = house();
    let job = house.job(1, 4);
    let until = house.seen(job).valid_until;
    assert_eq!(house.store.expire_jobs(now()).expect("looked"), 0);
    assert_eq!(house.store.expire_jobs(until).expect("ended"), 1);
    assert_eq!(house.store.expire_jobs(until).expect("looked"), 0);
    assert_eq!(house.seen(job).state, JobState::Expired);
    let last = house.changes(Scope::Hall(a_hall())).pop();
    assert!(matches!(last, Some(Change::Job { job }) if job.state == JobState::Expired));
}

#[test]
fn a_person_is_known_by_the_identity_number() {
    let house = house();
    let first = house.worker(1);
    let mut again = new_worker(1);
    again.phone = Some("13900000000".to_owned());
    assert_eq!(house.store.register(&again).expect("known"), first);
    let known = house.store.worker(again.id).expect("read").expect("alias");
    assert_eq!(known.worker, first);
    // Whoever knows the number is not whoever gets the calls and proves by them who they are.
    assert_eq!(known.phone, new_worker(1).phone);
    again.channel = Channel::Staff;
    assert_eq!(house.store.register(&again).expect("known"), first);
    let known = house.store.worker(again.id).expect("read").expect("alias");
    assert_eq!(known.phone.as_deref(), Some("13900000000"));
    assert_eq!(known.name, "李晓峰");
    let found = house.store.worker_by_number(&again.number).expect("read");
    assert_eq!(found, Some(known));
    let mut thief = new_worker(2);
    thief.id = first;
    assert!(matches!(
        house.store.register(&thief),
        Err(StoreError::IdInUse("worker"))
    ));
}

#[test]
fn the_employer_chooses_among_those_who_apply() {
    let house = house();
    let mut chosen = listing(1, 2);
    chosen.job.claim_mode = gighall_core::job::ClaimMode::EmployerConfirms;
    house.store.import(&a_hall(), &[chosen], now()).expect("in");
    let job = house.store.open_jobs(&a_hall(), now()).expect("read")[0].id;
    let device = house.device("一号");
    let claims = [1, 2].map(|n| {
        let new = NewClaim {
            id: ClaimId(Uuid::new_v4()),
            job,
            worker: house.worker(n),
            channel: Channel::Terminal,
            device: Some(device.holder.device),
        };
        house
            .store
            .claim_direct(&new, now())
            .expect("applied")
            .claim
    });
    assert_eq!(claims[0].state, ClaimState::Claimed);
    let waiting = || house.store.waiting_claims(&a_hall()).expect("read");
    assert_eq!(waiting().len(), 2);
    let numbered = house.store.claims_numbered(&claims[1].number);
    let numbered: Vec<ClaimId> = numbered
        .expect("read")
        .iter()
        .map(|held| held.claim.id)
        .collect();
    assert_eq!(numbered, [claims[1].id]);
    let decide = |claim: &Claim, chosen| house.store.decide_claim(claim.id, chosen, now());
    decide(&claims[0], true).expect("chosen");
    decide(&claims[1], false).expect("not chosen");
    assert_eq!(waiting(), []);
    assert_eq!(house.seen(job).places_left, 1);
    for claim in &claims {
        let again = decide(claim, false);
        assert!(matches!(again, Err(StoreError::NotWaiting)));
    }
    let told: Vec<_> = house
        .changes(Scope::Device(device.holder.device))
        .into_iter()
        .filter_map(|change| match change {
            Change::Claim { claim } => Some((claim.id, claim.state, claim.reason)),
            _ => None,
        })
        .collect();
    assert_eq!(
        told,
        [
            (claims[0].id, ClaimState::Confirmed, None),
            (claims[1].id, ClaimState::Rejected, None),
        ]
    );
}

#[test]
fn who_came_is_noted_once_and_the_place_of_who_did_not_is_free_once() {
    let house = house();
    let job = house.job(1, 2);
    let [came, absent] = [1, 2].map(|n| house.claim(job, house.worker(n)).expect("a place"));
    let state = |claim: &Claim| {
        let kept = house.store.claim(claim.id).expect("read").expect("kept");
        kept.claim.state
    };
    let early = house.store.mark_absent(absent.id, now());
    assert!(matches!(early, Err(StoreError::NotLateYet)));
    assert_eq!(state(&absent), ClaimState::Confirmed);
    let late = house.seen(job).be_there_at() + SignedDuration::from_hours(1);
    for _ in 0..2 {
        house.store.check_in(came.id, late).expect("came");
        assert_eq!(state(&came), ClaimState::CheckedIn);
        assert_eq!(house.seen(job).places_left, 0);
    }
    house.store.mark_absent(absent.id, late).expect("absent");
    assert_eq!(state(&absent), ClaimState::NoShow);
    assert_eq!(house.seen(job).places_left, 1);
    for (claim, was) in [
        (&came, ClaimState::CheckedIn),
        (&absent, ClaimState::NoShow),
    ] {
        let again = house.store.mark_absent(claim.id, late);
        match again {
            Err(StoreError::NotExpected(state)) => assert_eq!(state, was),
            Ok(()) => assert_eq!(was, ClaimState::NoShow),
            other => panic!("{other:?}"),
        }
        assert_eq!(house.seen(job).places_left, 1);
    }
    let too_late = house.store.check_in(absent.id, late);
    assert!(matches!(
        too_late,
        Err(StoreError::NotExpected(ClaimState::NoShow))
    ));
}

/// Marks the worker of a claim absent, an hour after the work began.
fn misses(house: &House, claim: &Claim) -> Timestamp {
    let late = house.seen(claim.job).be_there_at() + SignedDuration::from_hours(1);
    house.store.mark_absent(claim.id, late).expect("absent");
    late
}

fn claims_at(
    house: &House,
    job: JobId,
    worker: WorkerId,
    now: Timestamp,
) -> Result<Claim, StoreError> {
    let new = NewClaim {
        id: ClaimId(Uuid::new_v4()),
        job,
        worker,
        channel: Channel::Phone,
        device: None,
    };
    house.store.claim_direct(&new, now).map(|it| it.claim)
}

#[test]
fn whoever_did_not_come_takes_no_new_work_until_the_pause_is_over_or_lifted() {
    let house = house();
    let worker = house.worker(1);
    let claims = [1, 2, 3].map(|n| house.claim(house.job(n, 2), worker).expect("a place"));
    let [later, last] = [9, 8].map(|n| house.job(n, 4));
    let late = misses(&house, &claims[0]);
    let pause = house.store.pause(worker, late).expect("read");
    let pause = pause.expect("a pause");
    assert_eq!(pause.since, late);
    assert_eq!(pause.until, late + SignedDuration::from_hours(24));
    assert!(matches!(
        claims_at(&house, later, worker, late),
        Err(StoreError::NotAllowed(ClaimReason::Paused))
    ));
    let told = |changes: Vec<Change>| {
        changes.contains(&Change::Pause {
            worker,
            pause: Some(pause),
        })
    };
    let scope = Scope::Hall(a_hall());
    assert!(told(house.changes(scope.clone())));
    assert!(told(house.store.snapshot(&scope).expect("read").1));
    // Others, and the worker after a day, may.
    assert!(claims_at(&house, later, house.worker(3), late).is_ok());
    let over = house.store.pause(worker, pause.until).expect("read");
    assert_eq!(over, None);
    let held = claims_at(&house, later, worker, pause.until).expect("a place");
    // The next pause is longer, and what is held stays.
    let late = misses(&house, &claims[1]);
    let pause = house
        .store
        .pause(worker, late)
        .expect("read")
        .expect("a pause");
    assert_eq!(pause.until, late + SignedDuration::from_hours(3 * 24));
    let kept = house.store.claim(held.id).expect("read").expect("kept");
    assert_eq!(kept.claim.state, ClaimState::Confirmed);
    // Staff forgive it: everybody is told, and it does not come back.
    house.store.lift_pause(worker, late).expect("lifted");
    house.store.lift_pause(worker, late).expect("lifted");
    assert_eq!(house.store.pause(worker, late).expect("read"), None);
    let changes = house.changes(scope.clone());
    assert_eq!(
        changes.last(),
        Some(&Change::Pause {
            worker,
            pause: None
        })
    );
    let (_, snapshot) = house.store.snapshot(&scope).expect("read");
    assert!(!snapshot.iter().any(|it| matches!(it, Change::Pause { .. })));
    assert!(claims_at(&house, last, worker, late).is_ok());
    let again = misses(&house, &claims[2]);
    let first = house
        .store
        .pause(worker, again)
        .expect("read")
        .expect("a pause");
    assert_eq!(first.until, again + SignedDuration::from_hours(24));
}

#[test]
fn a_pause_refuses_what_no_right_backs_and_is_lifted_by_a_terminal() {
    let house = house();
    let (mut device, worker) = (house.device("一号"), house.worker(1));
    let [backed, other] = [7, 8].map(|n| house.job(n, 2));
    assert_eq!(device.ask(&house, backed, 0, 0, 1), 1);
    // The no-show was noted in the morning; the records were written before the device heard of it.
    let missed = house.job(1, 2);
    let claim = house.claim(missed, worker).expect("a place");
    let late = house.seen(missed).be_there_at() + SignedDuration::from_hours(1);
    house.store.mark_absent(claim.id, late).expect("absent");
    let confirmed = device.confirms(backed, worker);
    let waits = device.claim_of(other, worker, ClaimState::Provisional);
    device.append(Event::ClaimProvisional {
        claim: Box::new(waits.clone()),
    });
    device.upload(&house).expect("taken");
    let state = |claim: &Claim| {
        let kept = house.store.claim(claim.id).expect("read").expect("kept");
        (kept.claim.state, kept.claim.reason)
    };
    assert_eq!(state(&confirmed), (ClaimState::Confirmed, None));
    let refused = (ClaimState::Rejected, Some(ClaimReason::Paused));
    assert_eq!(state(&waits), refused);
    // The device's clock is before the no-show: that one is not forgiven by it.
    device.append(Event::PauseLifted { worker });
    device.upload(&house).expect("taken");
    assert!(house.store.pause(worker, late).expect("read").is_some());
    let body = Body {
        v: RECORD_VERSION,
        at: late,
        event: Event::PauseLifted { worker },
    };
    device.append_text(body.to_text());
    let accepted = house.store.accept_outbox(device.holder, &device.log, late);
    accepted.expect("taken");
    assert_eq!(house.store.pause(worker, late).expect("read"), None);
}
