//! Rule 11: slips of a device whose disk is gone.

use super::*;
use crate::store::{Act, AuditQuery, EnteredSlip, PaperSlip, SlipFault, StaffMember};
use gighall_core::claim::Claim;
use std::cell::Cell;

/// A job of 5, and a device that was lent 3, confirmed a claim for the first worker and broke.
struct Broken {
    house: House,
    job: JobId,
    number: u32,
    device: Device,
    slip: Claim,
    /// The last person who claimed by phone.
    phone: Cell<u32>,
}

fn broken() -> Broken {
    let house = house();
    let job = house.job(1, 5);
    let mut device = house.device("一号");
    device.ask(&house, job, 0, 0, 3);
    let slip = device.confirms(job, house.worker(1));
    Broken {
        number: house.seen(job).number,
        house,
        job,
        device,
        slip,
        phone: Cell::new(100),
    }
}

impl Broken {
    fn revoked(self) -> Self {
        let hall = a_hall();
        let done = self.house.store.revoke_device(&hall, "一号", now());
        done.expect("revoked");
        self
    }

    fn paper(&self, number: &str, person: u32) -> PaperSlip {
        PaperSlip {
            number: number.to_owned(),
            job: self.number,
            person: new_worker(person).number,
            claim: None,
        }
    }

    fn enter(&self, slip: &PaperSlip) -> Result<EnteredSlip, StoreError> {
        self.house.store.enter_slip(slip, "staff 1", now())
    }

    fn refused(&self, slip: &PaperSlip) -> SlipFault {
        match self.enter(slip) {
            Err(StoreError::Slip(fault)) => fault,
            other => panic!("{other:?}"),
        }
    }

    /// The disk turned up: staff gave the device a code, and it sends what it did.
    fn turns_up(&self) {
        self.device.upload(&self.house).expect("taken");
    }

    fn kept(&self, id: ClaimId) -> Claim {
        let kept = self.house.store.claim(id).expect("read");
        kept.expect("here").claim
    }

    /// How many more people get a place by phone.
    fn free(&self) -> u32 {
        let mut found = 0;
        loop {
            self.phone.set(self.phone.get() + 1);
            let person = self.house.worker(self.phone.get());
            if self.house.claim(self.job, person).is_err() {
                break;
            }
            found += 1;
        }
        found
    }

    fn live(&self) -> u32 {
        5 - self.house.seen(self.job).places_left
    }

    fn remarks(&self) -> Vec<String> {
        let devices = self.house.store.devices().expect("read");
        assert!(!devices[0].quarantined, "an honest device is not suspected");
        devices[0].flagged.keys().cloned().collect()
    }
}

#[test]
fn a_slip_of_a_lost_device_is_entered_once_and_its_disk_may_still_turn_up() {
    let it = broken().revoked();
    let slip = it.paper(&it.slip.number, 1);
    let entered = it.enter(&slip).expect("taken");
    assert!(entered.is_new && entered.remarks.is_empty());
    assert_eq!(entered.claim.claim.state, ClaimState::Confirmed);
    assert_eq!(it.live(), 1);
    let again = it.enter(&slip).expect("taken again");
    assert!(!again.is_new);
    assert_eq!(again.claim.claim, entered.claim.claim);
    // As somebody else may write it.
    let count = it.slip.number.split('-').nth(1).expect("two parts");
    let short = format!("{}-{}", it.device.prefix, count.trim_start_matches('0'));
    assert!(!it.enter(&it.paper(&short, 1)).expect("the same").is_new);
    assert_eq!(it.live(), 1);
    let query = AuditQuery {
        between: Timestamp::MIN..Timestamp::MAX,
        worker: Some(entered.claim.claim.worker),
    };
    let lines = it.house.store.audited(&query).expect("read");
    assert_eq!(lines.len(), 1, "{lines:?}");
    assert_eq!(
        (lines[0].act, lines[0].actor.as_str()),
        (Act::SlipEntered, "staff 1")
    );
    let about = format!("{} of 一号, job {}", it.slip.number, it.number);
    assert_eq!(lines[0].about.as_deref(), Some(about.as_str()));
    // Two of what it was lent are still in doubt.
    assert_eq!(it.free(), 2);

    it.turns_up();
    let kept = it.kept(it.slip.id);
    assert_eq!(
        (kept.state, kept.channel),
        (ClaimState::Confirmed, Channel::Terminal)
    );
    assert!(
        it.house
            .store
            .claim(entered.claim.claim.id)
            .expect("read")
            .is_none()
    );
    assert_eq!(it.live(), 3, "one place, whatever it goes by");
    assert_eq!(it.remarks(), ["known-claim"]);
    it.house
        .store
        .withdraw(it.slip.id, now())
        .expect("withdrawn");
    assert_eq!(it.free(), 1);
}

#[test]
fn a_slip_with_a_code_is_the_claim_itself() {
    let it = broken().revoked();
    let slip = PaperSlip {
        claim: Some(it.slip.id),
        ..it.paper(&it.slip.number, 1)
    };
    it.enter(&slip).expect("taken");
    assert_eq!(it.kept(it.slip.id).channel, Channel::Staff);
    it.turns_up();
    assert_eq!(it.kept(it.slip.id).channel, Channel::Terminal);
    assert_eq!((it.live(), it.free()), (1, 2));
    let other = PaperSlip {
        claim: Some(it.slip.id),
        ..it.paper(&format!("{}-0009", it.device.prefix), 1)
    };
    assert_eq!(it.refused(&other), SlipFault::AnotherCode);
}

#[test]
fn a_device_that_was_enrolled_anew_has_lost_its_older_self() {
    let it = broken();
    let slip = it.paper(&it.slip.number, 1);
    assert_eq!(it.refused(&slip), SlipFault::InService("一号".to_owned()));
    it.house.device("一号");
    assert!(it.enter(&slip).expect("taken").is_new);
}

#[test]
fn what_cannot_be_is_said_and_changes_nothing() {
    let it = broken();
    it.turns_up();
    let mut it = it.revoked();
    let unsent = it.device.confirms(it.job, it.house.worker(2));
    let (one, other) = (it.slip.number.clone(), unsent.number.clone());
    let known = it.enter(&it.paper(&one, 1)).expect("here");
    assert!(!known.is_new, "the device had sent it");
    for bad in [
        "",
        "7",
        "ab-12",
        "07-",
        "-7",
        "07-S0001",
        "07-0042x",
        "7-99999999999",
    ] {
        let fault = it.refused(&it.paper(bad, 1));
        assert_eq!(fault, SlipFault::NoNumber(bad.to_owned()));
    }
    assert_eq!(
        it.refused(&it.paper("01-T12345", 1)),
        SlipFault::NotConfirmed
    );
    for nobody in ["00-0001", "77-0001"] {
        let fault = it.refused(&it.paper(nobody, 1));
        assert_eq!(fault, SlipFault::NoDevice(nobody[..2].to_owned()));
    }
    assert_eq!(it.refused(&it.paper(&other, 77)), SlipFault::NoPerson);
    let fault = it.refused(&it.paper(&one, 2));
    assert!(matches!(fault, SlipFault::AnotherClaim { .. }), "{fault}");
    let zero = it.refused(&it.paper(&format!("{}-0000", it.device.prefix), 2));
    assert!(matches!(zero, SlipFault::NotInLog { .. }), "{zero}");
    let elsewhere = PaperSlip {
        job: it.number + 70,
        ..it.paper(&other, 2)
    };
    let fault = it.refused(&elsewhere);
    assert!(matches!(fault, SlipFault::NoJob { .. }), "{fault}");
    let said = fault.to_string();
    assert!(
        said.contains("in doubt are job") && said.contains("(2 places)"),
        "{said}"
    );
    let second = it.house.job(2, 4);
    let never_lent = PaperSlip {
        job: it.house.seen(second).number,
        ..it.paper(&other, 2)
    };
    let fault = it.refused(&never_lent);
    assert!(matches!(fault, SlipFault::NothingInDoubt { .. }), "{fault}");
    assert_eq!(it.live(), 1);
    // Two rights are in doubt, and a third slip is one too many.
    it.enter(&it.paper(&other, 2)).expect("taken");
    it.house.worker(3);
    it.house.worker(4);
    let number = |n: u32| format!("{}-{n:04}", it.device.prefix);
    it.enter(&it.paper(&number(8), 3)).expect("taken");
    let fault = it.refused(&it.paper(&number(9), 4));
    assert!(matches!(fault, SlipFault::NothingInDoubt { .. }), "{fault}");
    assert_eq!((it.live(), it.free()), (3, 2));
}

/// Staff mistook the person, and somebody else, who never had a slip, has the last right.
#[test]
fn what_the_disk_says_stands_against_what_staff_read() {
    let it = broken().revoked();
    it.house.worker(2);
    let entered = it.enter(&it.paper(&it.slip.number, 2)).expect("taken");
    assert_eq!(it.free(), 2);
    it.turns_up();
    assert_eq!(it.kept(it.slip.id).state, ClaimState::Confirmed);
    let mine = it
        .house
        .store
        .claims_of(entered.claim.claim.worker)
        .expect("read");
    assert_eq!(mine.len(), 1);
    let gone = &mine[0].claim;
    assert_eq!(
        (gone.state, gone.reason),
        (ClaimState::EmployerCancelled, Some(ClaimReason::Duplicate))
    );
    assert_eq!((it.live(), it.free()), (3, 0));
    assert_eq!(it.remarks(), ["slip-differs"]);
}

/// Who came with a slip works, whatever the disk says then.
#[test]
fn work_that_began_by_a_slip_is_ended_by_no_disk() {
    // The disk says the same.
    let it = broken().revoked();
    let entered = it.enter(&it.paper(&it.slip.number, 1)).expect("taken");
    let came = entered.claim.claim.id;
    it.house.store.check_in(came, now()).expect("came");
    it.turns_up();
    assert_eq!(it.kept(it.slip.id).state, ClaimState::CheckedIn);
    assert_eq!((it.live(), it.free()), (1, 2));
    assert_eq!(it.remarks(), ["known-claim"]);

    // It says otherwise, and there was a right for both.
    let it = broken().revoked();
    let other = it.house.worker(2);
    let entered = it.enter(&it.paper(&it.slip.number, 2)).expect("taken");
    let came = entered.claim.claim.id;
    it.house.store.check_in(came, now()).expect("came");
    for _ in 0..2 {
        it.turns_up();
        let works = it.house.store.claims_of(other).expect("read");
        assert_eq!(works.len(), 1);
        assert_eq!(works[0].claim.state, ClaimState::CheckedIn);
        assert_eq!(it.kept(it.slip.id).state, ClaimState::Confirmed);
        assert_eq!(it.live(), 2);
        assert_eq!(it.remarks(), ["slip-differs"]);
    }
    assert_eq!(it.free(), 2);
}

/// Somebody works by a slip of a claim that was another's, and everything else is spent and given.
#[test]
fn work_that_began_by_a_false_slip_oversells_nothing() {
    let mut it = broken();
    for n in [2, 3] {
        it.device.confirms(it.job, it.house.worker(n));
    }
    let it = it.revoked();
    let false_one = it.house.worker(9);
    let entered = it.enter(&it.paper(&it.slip.number, 9)).expect("taken");
    let came = entered.claim.claim.id;
    it.house.store.check_in(came, now()).expect("came");
    assert_eq!(it.free(), 2);
    it.turns_up();
    assert_eq!((it.live(), it.free()), (5, 0));
    let states = |worker| -> Vec<ClaimState> {
        let held = it.house.store.claims_of(worker).expect("read");
        held.iter().map(|held| held.claim.state).collect()
    };
    assert_eq!(states(false_one), [ClaimState::CheckedIn]);
    let all = [1, 2, 3].map(|n| states(it.house.worker(n))).concat();
    let ended = all.iter().filter(|state| !state.holds_place()).count();
    assert_eq!((all.len(), ended), (3, 1), "{all:?}");
    assert_eq!(it.remarks(), ["beyond-slips", "slip-differs"]);
}

#[test]
fn a_slip_that_said_it_was_not_confirmed_gives_its_right_back_to_doubt() {
    let mut it = broken();
    let person = it.house.worker(2);
    let unsure = it.device.claim_of(it.job, person, ClaimState::Provisional);
    it.device.append(Event::ClaimProvisional {
        claim: Box::new(unsure.clone()),
    });
    let it = it.revoked();
    it.enter(&it.paper(&unsure.number, 2))
        .expect("nobody can tell");
    assert_eq!(
        it.free(),
        2,
        "two rights are in doubt, one is taken for spent"
    );
    it.turns_up();
    let kept = it.kept(unsure.id);
    assert_eq!(
        (kept.state, kept.reason),
        (ClaimState::Rejected, Some(ClaimReason::Full))
    );
    assert_eq!(it.kept(it.slip.id).state, ClaimState::Confirmed);
    assert_eq!((it.live(), it.free()), (3, 0));
}

/// More slips than the device had claims: whoever comes last by the disk has none, and is told so.
#[test]
fn a_slip_that_nobody_had_never_oversells() {
    let mut it = broken();
    for n in [2, 3] {
        it.device.confirms(it.job, it.house.worker(n));
    }
    let it = it.revoked();
    it.house.worker(9);
    let false_one = format!("{}-0099", it.device.prefix);
    it.enter(&it.paper(&false_one, 9)).expect("nobody can tell");
    assert_eq!(it.free(), 2);
    it.turns_up();
    assert_eq!((it.live(), it.free()), (5, 0));
    assert_eq!(it.remarks(), ["beyond-slips"]);
    let all: Vec<ClaimState> = (1..=3)
        .map(|n| it.house.worker(n))
        .flat_map(|worker| it.house.store.claims_of(worker).expect("read"))
        .map(|held| held.claim.state)
        .collect();
    let ended = all.iter().filter(|state| !state.holds_place()).count();
    assert_eq!(ended, 1, "{all:?}");
}

/// Two members of staff had said that no slip is outside, and one is: as with a disk that turns up.
#[test]
fn a_slip_of_a_device_that_was_written_off_stands_where_there_is_room() {
    for full in [false, true] {
        let it = broken();
        for who in ["uid=1", "uid=2"] {
            let staff = StaffMember {
                account: who.to_owned(),
                actor: who.to_owned(),
            };
            let said = it.house.store.write_off(&a_hall(), "一号", &staff, now());
            said.expect("said");
        }
        assert_eq!(if full { it.free() } else { 5 }, 5);
        let entered = it.enter(&it.paper(&it.slip.number, 1)).expect("taken");
        assert_eq!(entered.remarks, ["written-off"]);
        let claim = &entered.claim.claim;
        let expected = match full {
            true => (ClaimState::EmployerCancelled, Some(ClaimReason::Full)),
            false => (ClaimState::Confirmed, None),
        };
        assert_eq!((claim.state, claim.reason), expected);
        assert_eq!(it.live() + it.free(), 5);
        it.turns_up();
        assert_eq!(it.live(), 5);
        assert_eq!(it.kept(it.slip.id).state, expected.0);
    }
}

/// The person claimed by telephone meanwhile, as nobody knew of the slip.
#[test]
fn whoever_holds_a_place_already_gets_no_second_one() {
    let it = broken().revoked();
    it.house.claim(it.job, it.house.worker(1)).expect("free");
    let entered = it.enter(&it.paper(&it.slip.number, 1)).expect("taken");
    assert_eq!(entered.claim.claim.reason, Some(ClaimReason::Duplicate));
    assert_eq!((it.live(), it.free()), (1, 2));
}
