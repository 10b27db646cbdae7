//! Rule 12: what the devices of a hall were told brings back what a store that was put back has forgotten.

use super::restored::{copied, put_back};
use super::*;
use crate::store::Surplus;
use gighall_core::id::HubEpoch;
use gighall_core::report::ReportRequest;
use gighall_core::witness::Witnessed;
use std::collections::BTreeSet;
use std::path::Path;

/// The letters of a hall's feed, as a device keeps them that read all of it.
fn heard(house: &House) -> Vec<Witnessed> {
    let mut kept: Vec<Witnessed> = vec![];
    for change in house.changes(Scope::Hall(a_hall())) {
        if let Change::Witnessed { witnessed } = change
            && !kept.contains(&witnessed)
        {
            kept.push(witnessed);
        }
    }
    kept
}

/// A device says what it was lent of a job, and hands letters back.
fn hands_back(house: &House, device: &Device, letters: &[Witnessed], lent: (JobId, u32)) -> bool {
    let hub_epoch = house.store.hub_epoch().expect("read");
    let said = ReportRequest {
        witnessed: letters.to_vec(),
        ..device.report(hub_epoch, lent.0, lent.1)
    };
    let reply = house.store.report(device.holder, &said, now()).expect("ok");
    assert_eq!(reply.hub_epoch, hub_epoch);
    reply.complete
}

/// Whether a letter says that a claim was withdrawn, as only the one can tell who wrote it.
fn is_end(letter: &Witnessed) -> bool {
    let own = super::super::secrets::Keys::new(&SECRET, crate::state::china());
    let bytes = letter.bytes().expect("a letter");
    let text = own.vault.decrypt("feed.witnessed", &bytes).expect("ours");
    text.contains("\"withdrawn\"")
}

fn state(house: &House, claim: &Claim) -> Option<(ClaimState, Option<ClaimReason>)> {
    let kept = house.store.claim(claim.id).expect("read");
    kept.map(|kept| (kept.claim.state, kept.claim.reason))
}

fn surplus(house: &House) -> Vec<Surplus> {
    house.store.restored().expect("read").surplus
}

const STANDS: Option<(ClaimState, Option<ClaimReason>)> = Some((ClaimState::Confirmed, None));
const GIVEN_UP: Option<(ClaimState, Option<ClaimReason>)> =
    Some((ClaimState::Withdrawn, Some(ClaimReason::ByWorker)));

/// The store again as it was, as often as one likes.
fn again(house: House, copy: &Path) -> House {
    let house = put_back(house, copy);
    assert!(house.store.hub_epoch().expect("read") > HubEpoch(1));
    house
}

/// A claim by phone ends after the copy and its place goes to two others, of whom the second one registered
/// after it, too. No phone is given a place that is somebody's.
#[test]
fn what_phones_did_after_the_copy_comes_back_from_any_device() {
    let house = house();
    let job = house.job(1, 2);
    let (first, second) = (house.device("一号"), house.device("二号"));
    let gone = house.claim(job, house.worker(1)).expect("free");
    let copy = copied(&house, "copy.db");
    house.store.withdraw(gone.id, now()).expect("withdrawn");
    let made = [2, 3].map(|n| house.claim(job, house.worker(n)).expect("free"));
    let letters = heard(&house);

    let house = again(house, &copy);
    assert_eq!(state(&house, &gone), STANDS, "the copy knows no better");
    assert!(hands_back(&house, &first, &letters, (job, 0)));
    assert!(!house.store.restored().expect("read").waiting.is_empty());
    assert!(hands_back(&house, &second, &letters, (job, 0)));
    assert!(hands_back(&house, &first, &letters, (job, 0)), "said twice");
    assert_eq!(state(&house, &gone), GIVEN_UP);
    for claim in &made {
        let kept = house.store.claim(claim.id).expect("read").expect("here");
        assert_eq!(kept.claim, *claim);
    }
    assert_eq!(surplus(&house), []);
    assert_eq!(house.seen(job).places_left, 0);
    assert!(house.claim(job, house.worker(9)).is_err(), "both are taken");
    // It is as it was: the place of who gives up is free once.
    house.store.withdraw(made[0].id, now()).expect("withdrawn");
    house.claim(job, house.worker(9)).expect("free");
    assert!(house.claim(job, house.worker(8)).is_err());
}

/// All that can become of a claim, heard by somebody who heard all of it and by somebody who did not, in every
/// order, with the log of the device before, between and after.
#[test]
fn an_end_counts_more_than_a_beginning_in_whatever_order_they_come() {
    let mut house = house();
    let (job, waits) = (house.job(1, 5), house.job(2, 1));
    let (mut maker, witness) = (house.device("一号"), house.device("二号"));
    assert_eq!(maker.ask(&house, job, 0, 0, 3), 3);
    let before = house.claim(job, house.worker(1)).expect("free");
    let copy = copied(&house, "copy.db");
    let backed = maker.confirms(job, house.worker(2));
    let stays = maker.confirms(job, house.worker(5));
    let asked = maker.claim_of(waits, house.worker(6), ClaimState::Provisional);
    maker.append(Event::ClaimProvisional {
        claim: Box::new(asked.clone()),
    });
    maker.upload(&house).expect("taken");
    let after = house.claim(job, house.worker(3)).expect("free");
    let old = heard(&house);
    for ended in [&before, &backed, &after] {
        house.store.withdraw(ended.id, now()).expect("withdrawn");
    }
    let last = house.claim(job, house.worker(4)).expect("free");
    let mut new = heard(&house);
    new.retain(|it| !old.contains(it));
    let (mut backwards, mut stale) = (new.clone(), old.clone());
    backwards.reverse();
    stale.reverse();
    let said = [&old, &new, &backwards, &stale];
    for (round, order) in [[0, 1], [1, 0], [2, 3], [3, 2], [0, 2], [2, 0]]
        .into_iter()
        .enumerate()
    {
        for log_comes in 0..3 {
            house = again(house, &copy);
            for (step, which) in order.into_iter().enumerate() {
                if log_comes == step {
                    maker.upload(&house).expect("taken");
                }
                let device = [&maker, &witness][(step + round) % 2];
                let lent = if device.holder == maker.holder { 3 } else { 0 };
                hands_back(&house, device, said[which], (job, lent));
            }
            maker.upload(&house).expect("taken");
            assert!(hands_back(&house, &maker, &old, (job, 3)));
            let of = format!("{order:?}, the log after {log_comes}");
            assert_eq!(state(&house, &before), GIVEN_UP, "{of}");
            assert_eq!(state(&house, &backed), GIVEN_UP, "{of}");
            assert_eq!(state(&house, &after), GIVEN_UP, "{of}");
            for claim in [&stays, &asked, &last] {
                assert_eq!(state(&house, claim), STANDS, "{of}");
            }
            assert_eq!(surplus(&house), [], "{of}");
            // One is confirmed, one claimed by phone, one lent: two are left.
            assert_eq!(house.seen(job).places_left, 3, "{of}");
            for n in 10..12 {
                house.claim(job, house.worker(n)).expect("free");
            }
            let full = house.claim(job, house.worker(12));
            assert!(full.is_err(), "{of}");
            assert!(house.claim(waits, house.worker(12)).is_err(), "{of}");
            let devices = house.store.devices().expect("read");
            assert!(devices.iter().all(|it| !it.quarantined), "{of}");
        }
    }
}

/// The device that confirmed it burnt together with the hub.
#[test]
fn a_claim_of_a_device_that_is_lost_comes_back_from_another_one() {
    let house = house();
    let job = house.job(1, 4);
    let (mut lost, witness) = (house.device("一号"), house.device("二号"));
    let copy = copied(&house, "copy.db");
    assert_eq!(lost.ask(&house, job, 0, 0, 2), 2);
    let claim = lost.confirms(job, house.worker(1));
    lost.upload(&house).expect("taken");
    let mut late = house.device("三号");
    assert_eq!(late.ask(&house, job, 0, 0, 2), 0, "the rest is for phones");
    let phone = house.claim(job, house.worker(2)).expect("free");
    late.log.clear();
    let letters = heard(&house);
    let house = again(house, &copy);
    assert!(hands_back(&house, &witness, &letters, (job, 0)));
    for who in ["uid=1", "uid=2"] {
        let staff = crate::store::StaffMember {
            account: who.to_owned(),
            actor: who.to_owned(),
        };
        let done = house.store.write_off(&a_hall(), "一号", &staff, now());
        done.expect("said");
    }
    assert_eq!(state(&house, &claim), STANDS);
    assert_eq!(state(&house, &phone), STANDS);
    assert_eq!(house.seen(job).places_left, 2);
    for n in 3..5 {
        house.claim(job, house.worker(n)).expect("free");
    }
    assert!(house.claim(job, house.worker(5)).is_err());
}

/// A letter counts that this hub wrote, of the device's own hall, from a device that is trusted.
#[test]
fn nobody_makes_a_letter_up_or_brings_one_of_another_hall() {
    let house = house();
    let job = house.job(1, 2);
    let thief = house.device("一号");
    let stands = house.claim(job, house.worker(1)).expect("free");
    let copy = copied(&house, "copy.db");
    house.store.withdraw(stands.id, now()).expect("withdrawn");
    let made = house.claim(job, house.worker(2)).expect("free");
    let letters = heard(&house);

    // Another hall's device was told of it by the thief.
    let other: HallId = "shuicheng".parse().expect("an id");
    let house = again(house, &copy);
    let hall = Hall {
        id: other.clone(),
        name: "水城零工市场".to_owned(),
        county_code: None,
        hotline: None,
        address: None,
    };
    house.store.put_hall(&hall).expect("put");
    let code = house.store.add_device(&other, "甲", now()).expect("code");
    let request = EnrolRequest {
        hall: other.clone(),
        ..enrol_request(&code)
    };
    let reply = house.store.enrol(&request, now()).expect("enrolled");
    let foreign = Device {
        holder: Holder {
            device: reply.device,
            epoch: reply.epoch,
        },
        token: reply.token,
        prefix: reply.claim_prefix,
        log: vec![],
    };
    // So that it is asked, too.
    house
        .store
        .write(|write| {
            let holder = foreign.holder;
            let sql = "INSERT INTO unreported (device, epoch) VALUES (?1, ?2)";
            let of = (holder.device.to_string(), holder.epoch.0);
            write.sql.execute(sql, of)?;
            Ok(())
        })
        .expect("kept");
    assert!(hands_back(&house, &foreign, &letters, (job, 0)));
    assert_eq!(state(&house, &stands), STANDS);
    assert_eq!(state(&house, &made), None);

    // Letters that were changed, or that another hub wrote, or that are none.
    let mut bent = letters.clone();
    for letter in &mut bent {
        let end = letter.closed.pop().expect("long");
        letter.closed.push(if end == '0' { '1' } else { '0' });
    }
    let others = super::super::secrets::Keys::new(&[6; 32], crate::state::china());
    bent.push(Witnessed {
        closed: hex::encode(others.vault.encrypt("feed.witnessed", "{}")),
        ..letters[0].clone()
    });
    // What the hub encrypted for itself, for another end.
    let own = super::super::secrets::Keys::new(&SECRET, crate::state::china());
    bent.push(Witnessed {
        closed: hex::encode(own.vault.encrypt("outbox.body", "{}")),
        ..letters[0].clone()
    });
    for closed in ["", "00", "zz", &"ab".repeat(5000)] {
        bent.push(Witnessed {
            closed: closed.to_owned(),
            ..letters[0].clone()
        });
    }
    assert!(hands_back(&house, &thief, &bent, (job, 0)));
    assert_eq!(state(&house, &stands), STANDS);
    assert_eq!(state(&house, &made), None);

    // A device that is not trusted is no witness.
    let house = again(house, &copy);
    house
        .store
        .write(|write| super::super::devices::quarantine(write, thief.holder, "for the test"))
        .expect("kept");
    hands_back(&house, &thief, &letters, (job, 0));
    assert_eq!(state(&house, &stands), STANDS);
    assert_eq!(state(&house, &made), None);
}

/// What is told says nothing to a device, nor to who steals it.
#[test]
fn a_letter_says_nothing_to_who_keeps_it() {
    let house = house();
    let job = house.job(1, 2);
    let worker = house.worker(1);
    let claim = house.claim(job, worker).expect("free");
    let letters = heard(&house);
    assert_eq!(letters.len(), 1);
    let bytes = hex::decode(&letters[0].closed).expect("hexadecimal");
    let text = serde_json::to_string(&letters).expect("text");
    for secret in [
        claim.id.to_string(),
        worker.to_string(),
        job.to_string(),
        claim.number.clone(),
    ] {
        assert!(!text.contains(&secret), "{secret}");
        let found = bytes.windows(secret.len()).any(|w| w == secret.as_bytes());
        assert!(!found, "{secret}");
    }
    house.store.withdraw(claim.id, now()).expect("withdrawn");
    let later = heard(&house);
    assert_eq!(later.len(), 2);
    let differs = later[1].closed[..48] != letters[0].closed[..48];
    assert!(differs, "nor that it is about the same claim");
    // Said again, it is the same letter: nothing piles up.
    let scope = Scope::Hall(a_hall());
    let read = house.store.snapshot_each(&scope, &mut |change| {
        if let Change::Witnessed { witnessed } = change {
            assert!(later.contains(&witnessed));
        }
        Ok(())
    });
    read.expect("read");
}

/// A device that begins with a snapshot, as one that slept long does, is as good a witness.
#[test]
fn a_snapshot_says_what_was_told() {
    let house = house();
    let started = Timestamp::now();
    let mut listing = listing(1, 2);
    listing.job.starts_at = started + SignedDuration::from_hours(30);
    listing.job.valid_until = listing.job.starts_at;
    listing.job.ends_at = None;
    let imported = house.store.import(&a_hall(), &[listing], started);
    imported.expect("imported");
    let job = house.store.open_jobs(&a_hall(), started).expect("read")[0].id;
    let device = house.device("一号");
    let gone = house.claim(job, house.worker(1)).expect("free");
    let copy = copied(&house, "copy.db");
    house.store.withdraw(gone.id, now()).expect("withdrawn");
    let made = house.claim(job, house.worker(2)).expect("free");
    let mut letters = vec![];
    let scope = Scope::Hall(a_hall());
    let read = house.store.snapshot_each(&scope, &mut |change| {
        if let Change::Witnessed { witnessed } = change {
            letters.push(witnessed);
        }
        Ok(())
    });
    read.expect("read");
    let house = again(house, &copy);
    assert!(hands_back(&house, &device, &letters, (job, 0)));
    assert_eq!(state(&house, &gone), GIVEN_UP);
    assert_eq!(state(&house, &made), STANDS);
}

/// A phone gives up, and the place is lent to a device that has not read of it before the hub is lost. There is
/// one more than places then; no place is given, staff are told, and end the right one.
#[test]
fn where_nobody_heard_of_an_end_staff_are_told_which_claims_are_in_doubt() {
    let house = house();
    let job = house.job(1, 3);
    let device = house.device("一号");
    let claims = [1, 2, 3].map(|n| house.claim(job, house.worker(n)).expect("free"));
    let letters = heard(&house);
    let copy = copied(&house, "copy.db");
    for claim in &claims[..2] {
        house.store.withdraw(claim.id, now()).expect("withdrawn");
    }
    assert_eq!(device.ask(&house, job, 0, 0, 2), 1);

    let house = again(house, &copy);
    assert!(surplus(&house).is_empty(), "not before all have reported");
    assert!(hands_back(&house, &device, &letters, (job, 1)));
    let told = surplus(&house);
    assert_eq!(told.len(), 1);
    assert_eq!((told[0].places, told[0].used), (3, 4));
    let listed: BTreeSet<ClaimId> = told[0].claims.iter().map(|it| it.claim.id).collect();
    assert_eq!(listed, claims.iter().map(|it| it.id).collect());
    for n in 4..7 {
        assert!(house.claim(job, house.worker(n)).is_err());
    }
    assert_eq!(device.ask(&house, job, 1, 0, 3), 1, "nor is one lent");
    house.store.withdraw(claims[0].id, now()).expect("ended");
    assert_eq!(surplus(&house), []);
    assert!(house.claim(job, house.worker(4)).is_err(), "it is full");
    house.store.withdraw(claims[1].id, now()).expect("ended");
    house.claim(job, house.worker(4)).expect("free");
    assert!(house.claim(job, house.worker(5)).is_err());
}

/// The employer wanted more places after the copy: once the list is imported again, nothing is in doubt.
#[test]
fn more_places_than_the_copy_has_are_no_surplus_once_the_list_is_imported_again() {
    let house = house();
    let job = house.job(1, 1);
    let device = house.device("一号");
    let copy = copied(&house, "copy.db");
    assert_eq!(house.job(1, 3), job);
    let claims = [1, 2, 3].map(|n| house.claim(job, house.worker(n)).expect("free"));
    let letters = heard(&house);
    let house = again(house, &copy);
    assert!(hands_back(&house, &device, &letters, (job, 0)));
    assert_eq!(surplus(&house)[0].used, 3);
    assert!(claims.iter().all(|claim| state(&house, claim) == STANDS));
    let imported = house.store.import(&a_hall(), &[listing(1, 3)], now());
    imported.expect("imported");
    assert_eq!(surplus(&house), []);
    assert!(house.claim(job, house.worker(9)).is_err());
    house
        .store
        .withdraw(claims[0].id, now())
        .expect("withdrawn");
    house.claim(job, house.worker(9)).expect("free");
}

/// Who gave a place up and took another one of the same job has one: also where nobody tells of the first one's
/// end.
#[test]
fn of_two_claims_that_the_hub_gave_one_person_the_later_one_stands() {
    let house = house();
    let job = house.job(1, 3);
    let device = house.device("一号");
    let worker = house.worker(1);
    let first = house.claim(job, worker).expect("free");
    let old = heard(&house);
    let copy = copied(&house, "copy.db");
    house.store.withdraw(first.id, now()).expect("withdrawn");
    let later = NewClaim {
        id: ClaimId(Uuid::new_v4()),
        job,
        worker,
        channel: Channel::Phone,
        device: None,
    };
    let at = now() + SignedDuration::from_mins(5);
    let later = house.store.claim_direct(&later, at).expect("free").claim;
    let both = heard(&house);
    let house = again(house, &copy);
    let only: Vec<Witnessed> = both
        .into_iter()
        .filter(|it| !old.contains(it) && !is_end(it))
        .collect();
    assert!(hands_back(&house, &device, &only, (job, 0)));
    let twice = Some((ClaimState::EmployerCancelled, Some(ClaimReason::Duplicate)));
    assert_eq!(state(&house, &first), twice);
    assert_eq!(state(&house, &later), STANDS);
    assert_eq!(house.seen(job).places_left, 2);
}
