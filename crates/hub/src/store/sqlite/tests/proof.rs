//! What walls showed, and the report on it.

use super::*;
use gighall_core::proof::{NumberedShowing, Showing, Subject};
use gighall_core::testing::a_showing;
use std::ops::Range;

fn numbered(numbers: Range<u32>) -> Vec<NumberedShowing> {
    let showing = |n: u32| NumberedShowing {
        seq: u64::from(n) + 1,
        showing: a_showing(n),
    };
    numbers.map(showing).collect()
}

fn ever() -> Range<Timestamp> {
    Timestamp::UNIX_EPOCH..at("2100-01-01T00:00:00Z")
}

impl House {
    fn shown(&self, between: &Range<Timestamp>) -> Vec<Showing> {
        let mut all = vec![];
        let mut take = |row: crate::store::ProofRow| {
            all.push(row.showing);
            true
        };
        let read = self.store.proof(&a_hall(), between, &mut take);
        read.expect("read");
        all
    }
}

#[test]
fn showings_are_kept_once_and_come_back_as_they_were() {
    let house = house();
    let device = house.device("一号");
    let mut all = numbered(0..5);
    all[3].showing = Showing {
        subject: None,
        scene: "gap".to_owned(),
        page: Some(2),
        again: true,
        lost: 7,
        ..a_showing(3)
    };
    let keep = |of: &[NumberedShowing]| house.store.accept_proof(device.holder, of);
    assert_eq!(keep(&all[..3]).expect("kept"), 3);
    assert_eq!(keep(&all).expect("kept"), 5);
    assert_eq!(keep(&[]).expect("kept"), 0);
    let wanted: Vec<Showing> = all.iter().map(|it| it.showing.clone()).collect();
    assert_eq!(house.shown(&ever()), wanted);
    let part = a_showing(1).at..a_showing(3).at;
    assert_eq!(house.shown(&part), wanted[1..3]);
    // Another enrolment numbers its own.
    let other = house.device("二号");
    let kept = house.store.accept_proof(other.holder, &numbered(0..1));
    assert_eq!(kept.expect("kept"), 1);
    assert_eq!(house.shown(&ever()).len(), 6);
    let unknown = Holder {
        epoch: Epoch(9),
        ..device.holder
    };
    let refused = house.store.accept_proof(unknown, &numbered(0..1));
    assert!(matches!(refused, Err(StoreError::NotFound(_))));
}

#[test]
fn what_has_had_its_time_is_forgotten() {
    let house = house();
    let device = house.device("一号");
    let kept = house.store.accept_proof(device.holder, &numbered(0..9));
    kept.expect("kept");
    let forget = |n| house.store.forget_proof(a_showing(n).at).expect("done");
    assert_eq!((forget(0), forget(4), forget(4)), (0, 4, 0));
    assert_eq!(house.shown(&ever()).len(), 5);
    let texts = |house: &House| {
        let count = |view: &rusqlite::Connection| {
            Ok(view.query_row("SELECT count(*) FROM proof_what", [], |row| row.get(0))?)
        };
        house.store.read(count).expect("read")
    };
    let left: i64 = texts(&house);
    assert_eq!(left, 5, "texts go with the last that showed them");
}

/// The hub's own clock says when a job was open, so this is about now.
#[test]
fn every_job_that_was_open_is_in_the_report() {
    let house = house();
    let device = house.device("一号");
    let (shown, never, gone) = (house.job(1, 1), house.job(2, 1), house.job(3, 1));
    house.store.cancel_job(gone, now()).expect("cancelled");
    let just_now = Timestamp::now();
    let showing = |n: u32, job: JobId, again: bool| NumberedShowing {
        seq: u64::from(n) + 1,
        showing: Showing {
            at: just_now,
            again,
            subject: Some(Subject {
                kind: "job".to_owned(),
                id: Some(job.0),
                number: Some(100 + n),
                title: "小工".to_owned(),
            }),
            ..a_showing(n)
        },
    };
    let stranger = JobId(Uuid::from_u128(9));
    let all = [
        showing(1, shown, false),
        showing(2, shown, true),
        showing(3, stranger, false),
    ];
    let kept = house.store.accept_proof(device.holder, &all);
    kept.expect("kept");
    let hour = SignedDuration::from_hours(1);
    let day = just_now - hour..just_now + hour;
    let later = just_now + SignedDuration::from_mins(10);
    let report = house.store.exposure(&a_hall(), &day, later).expect("read");
    let number = |job| house.seen(job).number;
    let lines: Vec<_> = report.iter().map(|it| (it.number, it.times)).collect();
    assert_eq!(
        lines,
        [
            (number(never), 0),
            (number(gone), 0),
            (number(shown), 1),
            (103, 1)
        ]
    );
    assert!((599..=610).contains(&report[0].open_seconds), "{report:?}");
    assert_eq!(report[1].open_seconds, 0, "cancelled at once");
    assert_eq!(
        report[2].seconds, 20,
        "a part that goes on counts in time only"
    );
    assert_eq!(
        report[2].between.map(|it| it.0.as_second()),
        Some(just_now.as_second())
    );
    let before = just_now - 3 * hour..just_now - 2 * hour;
    let none = house.store.exposure(&a_hall(), &before, later);
    assert_eq!(none.expect("read"), []);
}
