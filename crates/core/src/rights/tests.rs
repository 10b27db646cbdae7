use super::*;

fn holder(n: u128) -> Holder {
    Holder {
        device: DeviceId(uuid::Uuid::from_u128(n)),
        epoch: Epoch(1),
    }
}

#[test]
fn a_grant_repeated_lends_nothing_more() {
    let mut ledger = JobLedger::new(10);
    assert_eq!(ledger.grant(holder(1), 0, 3, 0), 3);
    assert_eq!(ledger.grant(holder(1), 0, 3, 0), 3);
    assert_eq!(ledger.free(), 7);
    assert_eq!(ledger.grant(holder(1), 3, 9, 2), 8);
    assert_eq!(ledger.free(), 2);
}

#[test]
fn a_full_job_says_who_could_give_back() {
    let mut ledger = JobLedger::new(2);
    ledger.grant(holder(1), 0, 1, 0);
    assert_eq!(ledger.claim_direct(), Ok(()));
    let exhausted = ledger.claim_direct().expect_err("no place is free");
    assert_eq!(exhausted.held_by, vec![(holder(1), 1)]);
    assert_eq!(ledger.report_returned(holder(1), 1), Receipt::Backed);
    assert_eq!(ledger.claim_direct(), Ok(()));
    assert_eq!(ledger.claim_direct(), Err(Exhausted { held_by: vec![] }));
}

#[test]
fn fewer_places_wait_for_rights_to_come_back() {
    let mut ledger = JobLedger::new(5);
    ledger.grant(holder(1), 0, 3, 0);
    ledger.set_places(1);
    assert_eq!((ledger.places, ledger.target), (3, 1));
    ledger.receive_claim(holder(1));
    ledger.report_returned(holder(1), 2);
    assert_eq!(ledger.places, 1);
    assert_eq!(ledger.places_left(), 0);
    ledger.set_places(4);
    assert_eq!(ledger.places_left(), 3);
}

#[test]
fn a_grant_of_another_epoch_is_ignored() {
    let mut account = DeviceAccount::default();
    let grant = Grant {
        epoch: Epoch(1),
        hub_epoch: HubEpoch(1),
        granted: 4,
    };
    assert!(!account.apply(grant, Epoch(2), HubEpoch(1)));
    assert!(!account.apply(grant, Epoch(1), HubEpoch(2)));
    assert_eq!(account.rights(), 0);
    assert!(account.apply(grant, Epoch(1), HubEpoch(1)));
    assert_eq!(account.rights(), 4);
}

#[test]
fn overdrawn_accounts_are_told() {
    let mut ledger = JobLedger::new(5);
    ledger.grant(holder(1), 0, 1, 0);
    assert_eq!(ledger.receive_claim(holder(1)), Receipt::Backed);
    assert_eq!(ledger.receive_claim(holder(1)), Receipt::Overdrawn);
    assert_eq!(ledger.report_returned(holder(1), 1), Receipt::Overdrawn);
}

/// One place, one right, and a device restored from a copy that spent it twice.
#[test]
fn an_overdrawn_claim_that_ends_opens_no_place_that_another_holds() {
    let mut ledger = JobLedger::new(1);
    ledger.grant(holder(1), 0, 1, 0);
    ledger.receive_claim(holder(1));
    ledger.receive_claim(holder(1));
    ledger.cancel_backed(holder(1));
    assert_eq!((ledger.live(), ledger.free()), (1, 0));
    assert!(ledger.claim_direct().is_err());
    ledger.cancel_backed(holder(1));
    assert_eq!((ledger.live(), ledger.free()), (0, 1));
    // Where there is room, the claim without a right takes a free place.
    let mut ledger = JobLedger::new(3);
    ledger.grant(holder(1), 0, 1, 0);
    ledger.receive_claim(holder(1));
    ledger.receive_claim(holder(1));
    assert_eq!(ledger.free(), 1);
}

#[test]
fn a_restored_hub_gives_nothing_before_everybody_has_reported() {
    let mut ledger = JobLedger::new(3);
    ledger.hold();
    assert!(ledger.claim_direct().is_err());
    assert_eq!(ledger.grant(holder(2), 0, 3, 0), 0);
    ledger.set_places(1);
    assert_eq!(ledger.places, 3, "who knows who holds them");
    ledger.set_places(3);
    // One claim came before the report, which may also come twice or late.
    ledger.receive_in_doubt(holder(1));
    ledger.report(holder(1), 3, 1);
    ledger.report(holder(1), 2, 0);
    ledger.release();
    assert_eq!((ledger.live(), ledger.free()), (1, 1));
    assert_eq!(ledger.receive_claim(holder(1)), Receipt::Backed);
    assert_eq!(ledger.receive_claim(holder(1)), Receipt::Overdrawn);
}

#[test]
fn a_device_that_was_written_off_holds_what_it_confirmed() {
    let mut ledger = JobLedger::new(3);
    ledger.grant(holder(1), 0, 3, 0);
    ledger.receive_claim(holder(1));
    assert_eq!(ledger.write_off(holder(1)), 2);
    assert_eq!(ledger.write_off(holder(1)), 0);
    assert_eq!((ledger.live(), ledger.free()), (1, 2));
    ledger.claim_direct().expect("free again");
    ledger.claim_direct().expect("free again");
    // It was not lost after all.
    assert_eq!(ledger.receive_claim(holder(1)), Receipt::Overdrawn);
    assert!(ledger.is_oversold());
    ledger.cancel_backed(holder(1));
    assert!(!ledger.is_oversold());
}

#[test]
fn a_slip_that_was_none_puts_its_right_back_in_doubt() {
    let mut ledger = JobLedger::new(3);
    ledger.grant(holder(1), 0, 2, 0);
    assert_eq!(ledger.receive_claim(holder(1)), Receipt::Backed);
    assert_eq!((ledger.live(), ledger.free()), (1, 1));
    ledger.slip_taken_back(holder(1));
    assert_eq!((ledger.live(), ledger.free()), (0, 1), "nothing is free");
    for _ in 0..2 {
        assert_eq!(ledger.receive_claim(holder(1)), Receipt::Backed);
    }
    // Of one that was written off, the place is free.
    let mut ledger = JobLedger::new(2);
    ledger.grant(holder(1), 0, 1, 0);
    ledger.write_off(holder(1));
    assert_eq!(ledger.receive_claim(holder(1)), Receipt::Overdrawn);
    assert_eq!(ledger.free(), 1);
    ledger.slip_taken_back(holder(1));
    assert_eq!(ledger.free(), 2);
}

#[test]
fn a_single_place_stays_at_the_hub() {
    assert_eq!(to_ask(1, 9, 0), 0);
    let mut ledger = JobLedger::new(1);
    assert_eq!(ledger.grant(holder(1), 0, 5, reserve(1)), 0);
}

#[test]
fn asking_has_hysteresis() {
    assert_eq!(to_ask(40, 0, 0), 10);
    assert_eq!(to_ask(40, 0, 5), 5);
    assert_eq!(to_ask(40, 0, 6), 0);
    assert_eq!(to_ask(2, 0, 0), 1);
    assert_eq!(to_ask(2, 0, 1), 0);
}

/// Claims stand again of which some had ended: none is given before as many have ended.
#[test]
fn more_than_there_are_places_give_none_until_enough_have_ended() {
    let mut ledger = JobLedger::new(3);
    ledger.claim_direct().expect("free");
    ledger.grant(holder(1), 0, 1, 0);
    ledger.hold();
    ledger.stand_again();
    ledger.stand_again();
    ledger.report(holder(1), 2, 0);
    ledger.release();
    assert_eq!((ledger.direct_live, ledger.surplus_over), (3, Some(3)));
    assert!(ledger.is_oversold() && ledger.claim_direct().is_err());
    assert_eq!(ledger.grant(holder(1), 2, 9, 0), 2);
    ledger.cancel_direct();
    assert_eq!((ledger.places, ledger.surplus_over), (4, Some(3)));
    assert_eq!(ledger.free(), 0);
    ledger.report_returned(holder(1), 1);
    assert_eq!((ledger.places, ledger.surplus_over), (3, None));
    assert!(ledger.free() == 0 && !ledger.is_oversold());
    ledger.cancel_direct();
    assert_eq!((ledger.places, ledger.free()), (3, 1));
}

/// Ends that are heard of later, while some are waited for, leave nothing behind; nor do more places.
#[test]
fn what_is_too_many_for_a_while_leaves_nothing_behind() {
    let mut ledger = JobLedger::new(2);
    ledger.claim_direct().expect("free");
    ledger.claim_direct().expect("free");
    ledger.hold();
    ledger.stand_again();
    ledger.cancel_direct();
    ledger.release();
    assert_eq!((ledger.places, ledger.surplus_over), (2, None));
    ledger.hold();
    ledger.stand_again();
    ledger.release();
    assert_eq!((ledger.places, ledger.surplus_over), (3, Some(2)));
    ledger.set_places(5);
    assert_eq!((ledger.places, ledger.surplus_over), (5, None));
    assert_eq!(ledger.free(), 2);
    // Fewer wait as ever (rule 7).
    ledger.set_places(1);
    assert_eq!((ledger.places, ledger.surplus_over), (3, None));
}

#[test]
fn no_number_that_a_device_makes_up_frees_a_place() {
    let mut ledger = JobLedger::new(5);
    assert_eq!(ledger.grant(holder(1), 0, 3, 0), 3);
    ledger.hold();
    // With the three of the other one, that is 2^32.
    ledger.report(holder(2), u32::MAX - 2, 0);
    ledger.release();
    assert_eq!(ledger.free(), 0);
    assert!(ledger.is_oversold() && ledger.claim_direct().is_err());
    let mut ledger = JobLedger::new(5);
    ledger.report(holder(2), u32::MAX, u32::MAX);
    assert_eq!(ledger.receive_claim(holder(2)), Receipt::Overdrawn);
    ledger.receive_in_doubt(holder(2));
    assert_eq!(ledger.live(), 2);
}

#[test]
fn where_people_come_rights_go() {
    assert_eq!([0, 9, 10].map(|lately| wanted(40, lately)), [10, 10, 10]);
    assert_eq!([11, 20, 99].map(|lately| wanted(40, lately)), [11, 20, 20]);
    assert_eq!([0, 3].map(|lately| wanted(3, lately)), [1, 1]);
    assert_eq!(to_ask(40, 16, 8), 8, "the mark goes with it");
    assert_eq!(to_ask(40, 16, 9), 0);
}
