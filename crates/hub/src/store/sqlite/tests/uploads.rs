//! What devices upload.

use super::*;
use crate::store::Store;
use gighall_core::rules;
use gighall_core::seal::OpeningKey;
use std::collections::BTreeMap;

fn kept(house: &House, claim: &Claim) -> Claim {
    house
        .store
        .claim(claim.id)
        .expect("read")
        .expect("kept")
        .claim
}

fn flags(house: &House) -> Vec<(i64, String)> {
    let raw = Connection::open(house.dir.path().join(DATABASE_FILE)).expect("opens");
    let mut rows = raw
        .prepare("SELECT seq, flag FROM outbox_record WHERE flag IS NOT NULL ORDER BY seq")
        .expect("sql");
    rows.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))
        .expect("rows")
        .collect::<Result<_, _>>()
        .expect("read")
}

#[test]
fn a_log_arrives_exactly_once() {
    let house = house();
    let job = house.job(1, 6);
    let mut device = house.device("一号");
    device.ask(&house, job, 0, 0, 3);
    let claim = device.confirms(job, house.worker(1));
    device.confirms(job, house.worker(2));
    let head = device.upload(&house).expect("taken");
    assert_eq!(device.upload(&house).expect("again"), head);
    assert_eq!(head.seq, 2);
    assert_eq!(house.seen(job).places_left, 4);
    assert_eq!(kept(&house, &claim), claim);

    let third = device.append_text("{\"v\":7,\"event\":\"sang_a_song\"}".to_owned());
    let fourth = device.confirms(job, house.worker(3));
    let gap = house
        .store
        .accept_outbox(device.holder, &device.log[3..], now());
    assert!(matches!(gap, Err(StoreError::LogGap(at)) if at == head));
    let mut bent = third;
    bent.body.push(' ');
    let damaged = house.store.accept_outbox(device.holder, &[bent], now());
    assert!(matches!(damaged, Err(StoreError::DamagedRecord(3))));
    assert_eq!(device.upload(&house).expect("taken").seq, 4);
    assert_eq!(kept(&house, &fourth).state, ClaimState::Confirmed);
    assert_eq!(flags(&house), vec![(3, "unread".to_owned())]);
}

#[test]
fn a_fork_puts_the_device_in_quarantine() {
    let house = house();
    let job = house.job(1, 9);
    let mut device = house.device("一号");
    device.ask(&house, job, 0, 0, 2);
    device.confirms(job, house.worker(1));
    device.upload(&house).expect("taken");
    device.log.clear();
    device.confirms(job, house.worker(2));
    assert!(matches!(device.upload(&house), Err(StoreError::LogFork(at)) if at.seq == 1));
    let caller = house.store.authenticate(&device.token).expect("read");
    assert!(caller.expect("known").quarantined);
    assert_eq!(device.ask(&house, job, 2, 0, 2), 2, "no more rights");
    assert!(house.store.devices().expect("read")[0].quarantined);
}

#[test]
fn a_log_of_an_older_epoch_is_still_taken() {
    let house = house();
    let job = house.job(1, 9);
    let mut device = house.device("一号");
    device.ask(&house, job, 0, 0, 2);
    let claim = device.confirms(job, house.worker(1));
    let again = ReEnrolRequest {
        public_key: "11".repeat(32),
        version: "0.1.0".to_owned(),
    };
    house
        .store
        .re_enrol(device.holder.device, &again, now())
        .expect("enrolled");
    device.upload(&house).expect("taken");
    assert_eq!(kept(&house, &claim).state, ClaimState::Confirmed);
}

#[test]
fn provisional_claims_are_decided() {
    let house = house();
    let job = house.job(1, 1);
    let mut device = house.device("一号");
    let claims: Vec<Claim> = (1..=2)
        .map(|n| {
            let claim = device.claim_of(job, house.worker(n), ClaimState::Provisional);
            device.append(Event::ClaimProvisional {
                claim: Box::new(claim.clone()),
            });
            claim
        })
        .collect();
    device.upload(&house).expect("taken");
    let told = house.changes(Scope::Device(device.holder.device));
    let states: Vec<_> = told
        .iter()
        .map(|change| match change {
            Change::Claim { claim } => (claim.id, claim.state, claim.reason),
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(
        states,
        vec![
            (claims[0].id, ClaimState::Confirmed, None),
            (claims[1].id, ClaimState::Rejected, Some(ClaimReason::Full)),
        ]
    );
    assert_eq!(kept(&house, &claims[0]).number, claims[0].number);
}

#[test]
fn one_person_registered_twice_holds_one_place() {
    let house = house();
    let job = house.job(1, 9);
    let known = house.worker(7);
    let mut device = house.device("一号");
    device.ask(&house, job, 0, 0, 2);
    house.claim(job, known).expect("a place");
    let there = WorkerId(Uuid::now_v7());
    device.append(Event::WorkerRegistered {
        registration: Box::new(registration(&house, 7, there)),
    });
    let claim = device.confirms(job, there);
    device.upload(&house).expect("taken");
    let after = kept(&house, &claim);
    assert_eq!(after.state, ClaimState::EmployerCancelled);
    assert_eq!(after.reason, Some(ClaimReason::Duplicate));
    assert_eq!(after.worker, known);
    assert_eq!(house.seen(job).places_left, 8);
    let told = house.changes(Scope::Device(device.holder.device)).pop();
    assert!(
        matches!(told, Some(Change::Claim { claim }) if claim.worker == there),
        "the device is told with the id that it knows"
    );
    assert_eq!(house.store.claims_of(there).expect("read").len(), 2);
}

#[test]
fn withdrawals_free_a_place_once_and_reach_the_other_device() {
    let house = house();
    let job = house.job(1, 9);
    let (mut one, mut two) = (house.device("一号"), house.device("二号"));
    one.ask(&house, job, 0, 0, 2);
    let claim = one.confirms(job, house.worker(1));
    one.upload(&house).expect("taken");
    for device in [&mut two, &mut one] {
        device.append(Event::ClaimWithdrawn {
            claim: claim.id,
            job,
        });
        device.upload(&house).expect("taken");
        assert_eq!(house.seen(job).places_left, 9);
    }
    let told = house.changes(Scope::Device(one.holder.device));
    assert!(matches!(&told[..], [Change::Claim { claim }] if claim.state == ClaimState::Withdrawn));
}

#[test]
fn a_withdrawal_that_overtakes_its_claim_waits_for_it() {
    let house = house();
    let job = house.job(1, 9);
    let (mut one, mut two) = (house.device("一号"), house.device("二号"));
    one.ask(&house, job, 0, 0, 2);
    let claim = one.confirms(job, house.worker(1));
    two.append(Event::ClaimWithdrawn {
        claim: claim.id,
        job,
    });
    two.upload(&house).expect("taken");
    one.upload(&house).expect("taken");
    assert_eq!(kept(&house, &claim).state, ClaimState::Withdrawn);
    assert_eq!(house.seen(job).places_left, 9);
}

#[test]
fn the_word_that_pay_came_counts_once_and_ends_no_other_end() {
    let house = house();
    let job = house.job(1, 9);
    let mut device = house.device("一号");
    device.ask(&house, job, 0, 0, 2);
    let paid = device.confirms(job, house.worker(1));
    let gone = device.confirms(job, house.worker(2));
    device.append(Event::ClaimWithdrawn {
        claim: gone.id,
        job,
    });
    for claim in [paid.id, paid.id, gone.id] {
        device.append(Event::ClaimSettled { claim, job });
    }
    device.upload(&house).expect("taken");
    assert_eq!(kept(&house, &paid).state, ClaimState::Settled);
    assert_eq!(kept(&house, &gone).state, ClaimState::Withdrawn);
    assert_eq!(flags(&house), vec![(6, "ended-before".to_owned())]);
    // A place stays taken by whoever worked there, and is counted once.
    assert_eq!(house.seen(job).places_left, 8);
    let told = house.changes(Scope::Device(device.holder.device));
    assert!(
        matches!(&told[..], [Change::Claim { claim }] if claim.state == ClaimState::Withdrawn),
        "{told:?}"
    );
}

#[test]
fn the_word_that_pay_came_waits_for_its_claim_and_reaches_the_other_device() {
    let house = house();
    let job = house.job(1, 9);
    let (mut one, mut two) = (house.device("一号"), house.device("二号"));
    one.ask(&house, job, 0, 0, 2);
    let claim = one.confirms(job, house.worker(1));
    two.append(Event::ClaimSettled {
        claim: claim.id,
        job,
    });
    two.upload(&house).expect("taken");
    one.upload(&house).expect("taken");
    assert_eq!(kept(&house, &claim).state, ClaimState::Settled);
    let told = house.changes(Scope::Device(one.holder.device));
    assert!(matches!(&told[..], [Change::Claim { claim }] if claim.state == ClaimState::Settled));
}

#[test]
fn more_claims_than_rights_are_kept_and_told() {
    let house = house();
    let job = house.job(1, 4);
    let mut device = house.device("一号");
    assert_eq!(device.ask(&house, job, 0, 0, 1), 1);
    for n in 1..=2 {
        device.confirms(job, house.worker(n));
    }
    device.upload(&house).expect("taken");
    assert_eq!(flags(&house), vec![(2, "overdrawn".to_owned())]);
    assert_eq!(house.seen(job).places_left, 2);
    for n in 3..=4 {
        house.claim(job, house.worker(n)).expect("a place");
    }
    assert!(house.claim(job, house.worker(5)).is_err(), "never oversold");
}

/// A device that makes up claims, or whose disk was copied, takes no place that somebody else has.
#[test]
fn claims_beyond_the_rights_of_a_full_job_have_no_place() {
    let house = house();
    let job = house.job(1, 3);
    let mut device = house.device("一号");
    assert_eq!(device.ask(&house, job, 0, 0, 1), 1);
    for n in 1..=2 {
        house.claim(job, house.worker(n)).expect("a place");
    }
    let claims = [3, 4, 5].map(|n| device.confirms(job, house.worker(n)));
    device.upload(&house).expect("taken");
    let of = |n: usize| kept(&house, &claims[n]);
    assert_eq!(
        of(0).state,
        ClaimState::Confirmed,
        "a right stood behind it"
    );
    for n in [1, 2] {
        assert_eq!(of(n).state, ClaimState::EmployerCancelled);
        assert_eq!(of(n).reason, Some(ClaimReason::Full));
    }
    let overdrawn = [2, 3].map(|seq| (seq, "overdrawn".to_owned()));
    assert_eq!(flags(&house), overdrawn);
    // Who withdraws leaves one place, not three.
    house
        .store
        .withdraw(claims[0].id, now())
        .expect("withdrawn");
    house.claim(job, house.worker(6)).expect("a place");
    assert!(house.claim(job, house.worker(7)).is_err());
}

#[test]
fn a_device_has_no_say_in_another_hall() {
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
    house
        .store
        .import(&other, &[listing(1, 5)], now())
        .expect("in");
    let job = house.store.open_jobs(&other, now()).expect("read")[0].id;
    let mut device = house.device("一号");
    let confirmed = device.confirms(job, house.worker(1));
    let provisional = device.claim_of(job, house.worker(2), ClaimState::Provisional);
    device.append(Event::ClaimProvisional {
        claim: Box::new(provisional.clone()),
    });
    device.upload(&house).expect("taken");
    assert_eq!(
        kept(&house, &confirmed).state,
        ClaimState::EmployerCancelled
    );
    assert_eq!(kept(&house, &provisional).state, ClaimState::Rejected);
    assert_eq!(house.seen(job).places_left, 5);
}

#[test]
fn a_direct_claim_whose_answer_was_lost_is_not_counted_twice() {
    let house = house();
    let job = house.job(1, 6);
    let mut device = house.device("一号");
    device.ask(&house, job, 0, 0, 2);
    let worker = house.worker(1);
    let claim = device.confirms(job, worker);
    let new = NewClaim {
        id: claim.id,
        job,
        worker,
        channel: Channel::Terminal,
        device: Some(device.holder.device),
    };
    house.store.claim_direct(&new, now()).expect("a place");
    device.upload(&house).expect("taken");
    assert_eq!(house.seen(job).places_left, 5);
    house.store.withdraw(claim.id, now()).expect("withdrawn");
    assert_eq!(house.seen(job).places_left, 6);
}

#[test]
fn a_claim_is_kept_though_its_registration_is_unreadable() {
    let house = house();
    let job = house.job(1, 9);
    let mut device = house.device("一号");
    device.ask(&house, job, 0, 0, 2);
    let there = WorkerId(Uuid::now_v7());
    let mut registration = registration(&house, 7, there);
    registration.id_sealed = OpeningKey::from_bytes([1; 32])
        .sealing_key()
        .seal(&new_worker(7).number)
        .expect("sealed");
    device.append(Event::WorkerRegistered {
        registration: Box::new(registration),
    });
    let claim = device.confirms(job, there);
    device.upload(&house).expect("taken");
    assert_eq!(kept(&house, &claim).state, ClaimState::Confirmed);
    assert_eq!(house.store.worker(there).expect("read"), None);
    let known = house.worker(7);
    device.append(Event::WorkerRegistered {
        registration: Box::new(super::registration(&house, 7, there)),
    });
    device.upload(&house).expect("taken");
    assert_eq!(kept(&house, &claim).worker, known);
}

#[test]
fn a_newer_program_reads_what_an_older_one_could_not() {
    let House { store, dir } = house();
    let house = House { store, dir };
    let job = house.job(1, 9);
    let mut device = house.device("一号");
    device.ask(&house, job, 0, 0, 2);
    let claim = device.confirms(job, house.worker(1));
    device.upload(&house).expect("taken");
    // As if the build that took the record had not known what it says.
    let raw = Connection::open(house.dir.path().join(DATABASE_FILE)).expect("opens");
    raw.execute_batch(
        "DELETE FROM claim; UPDATE rights_account SET claimed = 0;
         UPDATE outbox_record SET flag = 'unread';",
    )
    .expect("sql");
    drop(raw);
    let House { store, dir } = house;
    drop(store);
    let house = House {
        store: reopen(&dir).expect("opens"),
        dir,
    };
    assert_eq!(kept(&house, &claim), claim);
    assert_eq!(house.seen(job).places_left, 8);
    assert_eq!(flags(&house), vec![]);
}

#[test]
fn staff_see_an_older_enrolment_in_quarantine_and_flagged_records() {
    let house = house();
    let job = house.job(1, 4);
    let mut device = house.device("一号");
    device.ask(&house, job, 0, 0, 1);
    for n in 1..=2 {
        device.confirms(job, house.worker(n));
    }
    device.upload(&house).expect("taken");
    let listed = || house.store.devices().expect("read").remove(0);
    let seen = listed();
    assert_eq!((seen.quarantined, seen.quarantined_before), (true, None));
    assert_eq!(seen.flagged, BTreeMap::from([("overdrawn".to_owned(), 1)]));
    let again = ReEnrolRequest {
        public_key: "11".repeat(32),
        version: "0.1.0".to_owned(),
    };
    let anew = house.store.re_enrol(device.holder.device, &again, now());
    anew.expect("enrolled anew");
    let seen = listed();
    assert_eq!(
        (seen.quarantined, seen.quarantined_before),
        (false, Some(Epoch(1)))
    );
    assert_eq!(seen.flagged, BTreeMap::from([("overdrawn".to_owned(), 1)]));
}

/// The terminal never heard the number that the hub gave and printed its own.
#[test]
fn the_number_on_the_workers_paper_is_the_claims() {
    for state in [ClaimState::Confirmed, ClaimState::Provisional] {
        let house = house();
        let job = house.job(1, 6);
        let mut device = house.device("一号");
        device.ask(&house, job, 0, 0, 2);
        let worker = house.worker(1);
        let printed = device.claim_of(job, worker, state);
        let new = NewClaim {
            id: printed.id,
            job,
            worker,
            channel: Channel::Terminal,
            device: Some(device.holder.device),
        };
        let given = house.store.claim_direct(&new, now()).expect("a place");
        assert_eq!(given.claim.number, "00-0001");
        let claim = Box::new(printed.clone());
        device.append(match state {
            ClaimState::Provisional => Event::ClaimProvisional { claim },
            _ => Event::ClaimConfirmed { claim },
        });
        device.upload(&house).expect("taken");
        assert_eq!(kept(&house, &printed).number, printed.number);
        assert_eq!(kept(&house, &printed).state, ClaimState::Confirmed);
        let told = house.changes(Scope::Device(device.holder.device));
        assert!(matches!(told.last(),
            Some(Change::Claim { claim }) if claim.number == printed.number));
    }
}

#[test]
fn check_ins_arrive_late_twice_for_strangers_and_for_the_withdrawn() {
    let house = house();
    let job = house.job(1, 6);
    let (mut one, mut two) = (house.device("一号"), house.device("二号"));
    one.ask(&house, job, 0, 0, 2);
    let (seen, gone) = (
        one.confirms(job, house.worker(1)),
        one.confirms(job, house.worker(2)),
    );
    one.upload(&house).expect("taken");
    house.store.withdraw(gone.id, now()).expect("withdrawn");
    let left = house.seen(job).places_left;
    let stranger = ClaimId(Uuid::new_v4());
    // Another terminal scans the slips, and one of them twice.
    let on_the_day = rules::checked_in_from(&house.seen(job));
    for claim in [seen.id, seen.id, gone.id, stranger] {
        two.append_at(Event::ClaimCheckedIn { claim }, on_the_day);
    }
    two.upload(&house).expect("taken");
    two.upload(&house).expect("again");
    assert_eq!(kept(&house, &seen).state, ClaimState::CheckedIn);
    assert_eq!(kept(&house, &gone).state, ClaimState::Withdrawn);
    assert_eq!(
        house.seen(job).places_left,
        left,
        "no place was taken or freed"
    );
    let flagged = [
        (3, "checked-in-unexpected".to_owned()),
        (4, "checked-in-unknown-claim".to_owned()),
    ];
    assert_eq!(flags(&house), flagged);
    let told: Vec<ClaimState> = house
        .changes(Scope::Device(one.holder.device))
        .into_iter()
        .filter_map(|change| match change {
            Change::Claim { claim } if claim.id == seen.id => Some(claim.state),
            _ => None,
        })
        .collect();
    assert_eq!(
        told,
        [ClaimState::CheckedIn],
        "the terminal that took it knows"
    );
}

/// A terminal that does not know the slip does not know the job's hours either.
#[test]
fn a_check_in_that_came_too_early_for_its_job_is_flagged() {
    let house = house();
    let job = house.job(1, 6);
    let (mut one, mut two) = (house.device("一号"), house.device("二号"));
    one.ask(&house, job, 0, 0, 2);
    let claims = [1, 2].map(|n| one.confirms(job, house.worker(n)));
    one.upload(&house).expect("taken");
    let from = rules::checked_in_from(&house.seen(job));
    for (claim, at) in claims
        .iter()
        .zip([from - SignedDuration::from_secs(1), from])
    {
        two.append_at(Event::ClaimCheckedIn { claim: claim.id }, at);
    }
    two.upload(&house).expect("taken");
    let states = claims.map(|claim| kept(&house, &claim).state);
    assert_eq!(states, [ClaimState::CheckedIn; 2], "they stood there");
    assert_eq!(flags(&house), [(1, "checked-in-early".to_owned())]);
}

#[test]
fn a_check_in_that_overtakes_its_claim_waits_for_it() {
    let house = house();
    let job = house.job(1, 6);
    let (mut one, mut two) = (house.device("一号"), house.device("二号"));
    one.ask(&house, job, 0, 0, 2);
    let (comes, gave_up) = (
        one.confirms(job, house.worker(1)),
        one.confirms(job, house.worker(2)),
    );
    for claim in [&comes, &gave_up] {
        two.append(Event::ClaimCheckedIn { claim: claim.id });
    }
    let (claim, job_of_it) = (gave_up.id, gave_up.job);
    two.append(Event::ClaimWithdrawn {
        claim,
        job: job_of_it,
    });
    two.upload(&house).expect("taken before the claims");
    one.upload(&house).expect("the claims");
    one.upload(&house).expect("again");
    assert_eq!(kept(&house, &comes).state, ClaimState::CheckedIn);
    assert_eq!(kept(&house, &gave_up).state, ClaimState::Withdrawn);
    let told = house.changes(Scope::Device(one.holder.device));
    let last = told.iter().rev().find_map(|change| match change {
        Change::Claim { claim } if claim.id == comes.id => Some(claim.state),
        _ => None,
    });
    assert_eq!(last, Some(ClaimState::CheckedIn));
}
