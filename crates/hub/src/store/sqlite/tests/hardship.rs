//! What people say makes it hard for them to find work.

use super::*;
use crate::store::{Act, AuditQuery, SaidHardship};
use gighall_core::hardship::{Hardship, HardshipStatement};
use gighall_core::seal::OpeningKey;
use std::collections::BTreeSet;

const AGREED_TO: u32 = 1;

impl Device {
    /// Somebody said that, so many minutes after the hall opened; nothing takes it back.
    fn says(&mut self, house: &House, worker: WorkerId, said: &[Hardship], minute: i64) {
        let key = house.store.keys.opening.sealing_key();
        let made_at = now() + SignedDuration::from_mins(minute);
        self.append(Event::HardshipSaid {
            statement: Box::new(HardshipStatement {
                worker,
                said: Hardship::seal(said, &key).expect("a key"),
                consent: (!said.is_empty()).then_some(Consent {
                    version: AGREED_TO,
                    at: made_at,
                }),
                made_at,
                channel: Channel::Staff,
                helped_by: Some("12".to_owned()),
            }),
        });
    }

    /// The hub hears of it an hour after the hall opened.
    fn tells(&self, house: &House) {
        house
            .store
            .accept_outbox(self.holder, &self.log, an_hour_later())
            .expect("taken");
    }
}

fn an_hour_later() -> Timestamp {
    now() + SignedDuration::from_hours(1)
}

fn waits(house: &House) -> Vec<SaidHardship> {
    house.store.hardships_said(false).expect("read")
}

fn kinds(said: &[SaidHardship]) -> BTreeSet<Option<Hardship>> {
    said.iter().map(|it| it.kind).collect()
}

fn hard(house: &House, worker: WorkerId) -> bool {
    let person = house.store.person(worker, an_hour_later()).expect("read");
    person.expect("known").seeker.hardship
}

fn verify(house: &House, worker: WorkerId, kind: Hardship) -> Result<(), StoreError> {
    house
        .store
        .verify_hardship(worker, kind, "看过证明", "staff 王芳", an_hour_later())
}

#[test]
fn what_is_said_counts_once_staff_have_verified_it() {
    let house = house();
    let worker = house.worker(1);
    let mut device = house.device("一号");
    device.says(
        &house,
        worker,
        &[Hardship::Disabled, Hardship::LowIncome],
        1,
    );
    device.tells(&house);
    let said = waits(&house);
    assert_eq!(
        kinds(&said),
        [Hardship::Disabled, Hardship::LowIncome].map(Some).into()
    );
    let agreed = said[0].consent.expect("recorded");
    assert_eq!(
        (agreed.version, agreed.at),
        (AGREED_TO, now() + SignedDuration::from_mins(1))
    );
    assert_eq!(
        (said[0].channel, said[0].helped_by.as_deref()),
        (Channel::Staff, Some("12"))
    );
    assert!(!hard(&house, worker), "it is only said");
    let ledger = || house.store.hardships(false).expect("read");
    assert!(ledger().is_empty());

    let never = verify(&house, worker, Hardship::Resettled);
    assert!(matches!(never, Err(StoreError::NotSaid)));
    verify(&house, worker, Hardship::Disabled).expect("it was said");
    assert!(hard(&house, worker));
    assert_eq!((ledger().len(), ledger()[0].why.as_str()), (1, "看过证明"));
    let again = verify(&house, worker, Hardship::Disabled);
    assert!(matches!(again, Err(StoreError::NotSaid)));

    let dismiss = |kind| {
        house
            .store
            .dismiss_hardship(worker, kind, "不在名册", "staff 王芳", an_hour_later())
            .expect("written")
    };
    assert_eq!(dismiss(None), 1);
    assert_eq!(dismiss(None), 0, "nothing waits");
    assert!(waits(&house).is_empty() && ledger().len() == 1);
    let all = house.store.hardships_said(true).expect("read");
    let found = all.iter().map(|it| it.decision.as_ref().expect("made"));
    let found: Vec<_> = found.map(|it| (it.verified, it.why.as_str())).collect();
    assert!(found.contains(&(true, "看过证明")) && found.contains(&(false, "不在名册")));
}

#[test]
fn the_last_word_counts_whichever_device_brings_it_first() {
    let house = house();
    let worker = house.worker(1);
    let [mut cut_off, mut online] = ["一号", "二号"].map(|name| house.device(name));
    cut_off.says(&house, worker, &[Hardship::Disabled], 1);
    online.says(&house, worker, &[], 2);
    online.tells(&house);
    cut_off.tells(&house);
    assert!(waits(&house).is_empty(), "it was taken back after it");

    // What is said anew takes the place of all before.
    online.says(&house, worker, &[Hardship::LandLost, Hardship::Other], 3);
    online.says(&house, worker, &[Hardship::Other, Hardship::NoEarner], 4);
    online.tells(&house);
    let left = [Hardship::Other, Hardship::NoEarner].map(Some);
    assert_eq!(kinds(&waits(&house)), left.into());

    // A clock that runs ahead does not stand against what is said later.
    cut_off.says(&house, worker, &[Hardship::Resettled], 100_000);
    cut_off.tells(&house);
    online.says(&house, worker, &[Hardship::LowIncome], 61);
    let later = an_hour_later() + SignedDuration::from_hours(1);
    house
        .store
        .accept_outbox(online.holder, &online.log, later)
        .expect("taken");
    assert_eq!(kinds(&waits(&house)), [Some(Hardship::LowIncome)].into());
}

#[test]
fn taking_back_ends_what_rests_on_it_and_nothing_else() {
    let house = house();
    let worker = house.worker(1);
    let mut device = house.device("一号");
    device.says(&house, worker, &[Hardship::Disabled, Hardship::Other], 1);
    device.tells(&house);
    let by_staff = [Hardship::Older, Hardship::Other];
    for kind in by_staff {
        house
            .store
            .set_hardship(worker, kind, "52岁", "staff", an_hour_later())
            .expect("noted");
    }
    verify(&house, worker, Hardship::Disabled).expect("it was said");
    verify(&house, worker, Hardship::Other).expect("it was said, and is in the ledger");
    let going = || -> BTreeSet<Hardship> {
        let ledger = house.store.hardships(false).expect("read");
        ledger.into_iter().map(|it| it.kind).collect()
    };
    let all = [Hardship::Older, Hardship::Other, Hardship::Disabled];
    assert_eq!(going(), all.into());

    // Said again it stands, and staff need not look again.
    device.says(&house, worker, &[Hardship::Disabled], 2);
    device.tells(&house);
    assert_eq!(going(), all.into());
    assert!(waits(&house).is_empty());

    device.says(&house, worker, &[], 3);
    device.tells(&house);
    assert_eq!(going(), by_staff.into(), "what staff wrote down is theirs");
    let ledger = house.store.hardships(true).expect("read");
    let ended = ledger.iter().find_map(|it| it.end.as_ref());
    let ended = ended.expect("one ended");
    assert_eq!(ended.why, "taken back by the person");
    assert!(ended.by.starts_with("device "));
    let query = AuditQuery {
        between: now()..Timestamp::MAX,
        worker: Some(worker),
    };
    let lines = house.store.audited(&query).expect("read");
    let acts: Vec<Act> = lines.iter().map(|it| it.act).collect();
    assert_eq!(acts, [Act::HardshipEnded]);
}

#[test]
fn nothing_of_it_lies_in_the_log_or_in_the_clear_and_it_goes_with_the_person() {
    let house = house();
    let worker = house.worker(1);
    let mut device = house.device("一号");
    device.says(&house, worker, &[Hardship::LowIncome], 1);
    device.tells(&house);
    verify(&house, worker, Hardship::LowIncome).expect("it was said");
    let bodies: Vec<Vec<u8>> = house
        .store
        .read(|view| {
            Ok(view
                .prepare("SELECT body FROM outbox_record")?
                .query_map([], |row| row.get(0))?
                .collect::<Result<_, _>>()?)
        })
        .expect("read");
    let vault = &house.store.keys.vault;
    for body in bodies {
        assert_eq!(vault.decrypt("outbox.body", &body).as_deref(), Ok(""));
    }
    for file in std::fs::read_dir(house.dir.path()).expect("listed") {
        let bytes = std::fs::read(file.expect("entry").path()).expect("read");
        for secret in ["low_income", "看过证明"] {
            let found = bytes.windows(secret.len()).any(|w| w == secret.as_bytes());
            assert!(!found, "{secret} is readable");
        }
    }
    let number = an_id_number("19750501", 1).parse().expect("valid");
    let file = house.store.worker_file(&number).expect("read");
    assert_eq!(file.expect("known").hardships_said.len(), 1);
    house.store.delete_worker(worker, now()).expect("deleted");
    assert!(house.store.hardships_said(true).expect("read").is_empty());
    // What arrives of them afterwards finds nobody.
    device.says(&house, worker, &[Hardship::Other], 2);
    device.tells(&house);
    assert!(house.store.hardships_said(true).expect("read").is_empty());
}

#[test]
fn without_consent_or_unreadable_nothing_is_kept_and_a_late_registration_finds_it() {
    let house = house();
    let worker = house.worker(1);
    let mut device = house.device("一号");
    let statement = |key: &OpeningKey, worker, minute: i64| HardshipStatement {
        worker,
        said: Hardship::seal(&[Hardship::Other], &key.sealing_key()).expect("a key"),
        consent: None,
        made_at: now() + SignedDuration::from_mins(minute),
        channel: Channel::Terminal,
        helped_by: None,
    };
    let foreign = OpeningKey::from_bytes([9; 32]);
    for key in [&house.store.keys.opening, &foreign] {
        device.append(Event::HardshipSaid {
            statement: Box::new(statement(key, worker, 1)),
        });
    }
    device.tells(&house);
    assert!(waits(&house).is_empty());
    let flagged = house.store.devices().expect("read").remove(0).flagged;
    assert_eq!(flagged.get("unreadable-hardship"), Some(&1));

    // Of an id that the hub cannot read yet, it goes over to the person.
    let there = WorkerId(Uuid::now_v7());
    device.says(&house, there, &[Hardship::Resettled], 2);
    device.append(Event::WorkerRegistered {
        registration: Box::new(registration(&house, 1, there)),
    });
    device.tells(&house);
    let said = waits(&house);
    assert_eq!(
        (said.len(), said[0].worker, said[0].kind),
        (1, worker, Some(Hardship::Resettled))
    );
}
