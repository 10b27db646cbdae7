//! Lists that come in, and come in again.

use super::*;
use crate::store::{ImportCounts, Store};

fn counts(imported: usize, updated: usize, unchanged: usize) -> ImportCounts {
    ImportCounts {
        imported,
        updated,
        unchanged,
    }
}

#[test]
fn the_same_list_again_changes_nothing() {
    let house = house();
    let list: Vec<Listing> = (1..=3).map(|n| listing(n, 4)).collect();
    let import = |list: &[Listing]| house.store.import(&a_hall(), list, now()).expect("in");
    assert_eq!(import(&list), counts(3, 0, 0));
    let head = house
        .store
        .snapshot(&Scope::Hall(a_hall()))
        .expect("read")
        .0;
    assert_eq!(import(&list), counts(0, 0, 3));
    assert_eq!(
        house
            .store
            .snapshot(&Scope::Hall(a_hall()))
            .expect("read")
            .0,
        head
    );
    let jobs = house.store.open_jobs(&a_hall(), now()).expect("read");
    let numbers: Vec<u32> = jobs.iter().map(|job| job.number).collect();
    assert_eq!(numbers, vec![101, 102, 103]);
    assert!(jobs.iter().all(|j| j.employer.id == jobs[0].employer.id));
    let mut list = list;
    list[1].job.title = "木工".to_owned();
    assert_eq!(import(&list), counts(0, 1, 2));
    let changed = house.seen(jobs[1].id);
    assert_eq!((changed.title.as_str(), changed.number), ("木工", 102));
}

#[test]
fn fewer_places_wait_for_rights() {
    let house = house();
    let job = house.job(1, 6);
    let device = house.device("一号");
    assert_eq!(device.ask(&house, job, 0, 0, 3), 3);
    house
        .store
        .import(&a_hall(), &[listing(1, 1)], now())
        .expect("in");
    assert_eq!(
        (house.seen(job).places, house.seen(job).places_left),
        (1, 1)
    );
    let told = house.changes(Scope::Device(device.holder.device));
    assert_eq!(told, vec![Change::Recall { job }]);
    assert!(house.claim(job, house.worker(1)).is_err());
    assert_eq!(device.ask(&house, job, 3, 3, 0), 3);
    house.claim(job, house.worker(1)).expect("the place");
    assert!(house.claim(job, house.worker(2)).is_err());
    house
        .store
        .import(&a_hall(), &[listing(1, 2)], now())
        .expect("in");
    house.claim(job, house.worker(2)).expect("one more");
}

#[test]
fn listings_in_review_are_not_shown() {
    let house = house();
    let mut held = listing(1, 4);
    held.review = Some("押金".to_owned());
    let import = |l: &Listing| {
        house
            .store
            .import(&a_hall(), std::slice::from_ref(l), now())
    };
    assert_eq!(import(&held).expect("in"), counts(1, 0, 0));
    assert_eq!(
        house.store.open_jobs(&a_hall(), now()).expect("read"),
        vec![]
    );
    assert_eq!(import(&held).expect("in"), counts(0, 0, 1));
    let head = house
        .store
        .snapshot(&Scope::Hall(a_hall()))
        .expect("read")
        .1;
    assert!(
        !head
            .iter()
            .any(|change| matches!(change, Change::Job { .. }))
    );
    held.review = None;
    assert_eq!(import(&held).expect("in"), counts(0, 1, 0));
    assert_eq!(
        house.store.open_jobs(&a_hall(), now()).expect("read").len(),
        1
    );
}

#[test]
fn a_number_is_given_again_only_when_its_turn_comes() {
    let house = house();
    let first = house.job(1, 4);
    house.store.cancel_job(first, now()).expect("cancelled");
    let second = house.job(2, 4);
    assert_eq!(house.seen(second).number, 102);
    let list: Vec<Listing> = (3..=900).map(|n| listing(n, 1)).collect();
    house.store.import(&a_hall(), &list, now()).expect("in");
    let numbered = |n| house.store.job_numbered(&a_hall(), n).expect("read");
    assert!(numbered(101).is_some_and(|job| job.id != first), "its turn");
    assert!(numbered(1000).is_none());
    house
        .store
        .import(&a_hall(), &[listing(901, 1)], now())
        .expect("in");
    assert!(numbered(1000).is_some(), "all short ones are in use");
    let more: Vec<Listing> = (902..=1_100).map(|n| listing(n, 1)).collect();
    house.store.import(&a_hall(), &more, now()).expect("in");
    assert!(numbered(1_199).is_some() && numbered(1_200).is_none());
    let gone = numbered(500).expect("there").id;
    house.store.cancel_job(gone, now()).expect("cancelled");
    house
        .store
        .import(&a_hall(), &[listing(1_101, 1)], now())
        .expect("in");
    assert!(
        numbered(500).is_some_and(|job| job.id != gone),
        "short again"
    );
}

#[test]
fn staff_decisions_outlast_an_import() {
    let house = house();
    let job = house.job(1, 4);
    house.store.cancel_job(job, now()).expect("cancelled");
    let mut again = listing(1, 4);
    let import = |l: &Listing| {
        house
            .store
            .import(&a_hall(), std::slice::from_ref(l), now())
    };
    assert_eq!(import(&again).expect("in"), counts(0, 0, 1));
    again.job.title = "木工".to_owned();
    assert_eq!(import(&again).expect("in"), counts(0, 1, 0));
    assert_eq!(house.seen(job).state, JobState::Cancelled);
}

#[test]
fn an_unknown_hall_takes_no_list() {
    let house = house();
    let nowhere: HallId = "bijie".parse().expect("an id");
    assert!(matches!(
        house.store.import(&nowhere, &[listing(1, 1)], now()),
        Err(StoreError::UnknownHall(_))
    ));
}

/// The start of a listing without a day is the day after the import. Whoever claimed was told the
/// day of then.
#[test]
fn a_claimed_job_keeps_its_day_when_the_list_names_none() {
    let house = house();
    let (free, claimed) = (house.job(1, 4), house.job(2, 4));
    let claim = house.claim(claimed, house.worker(1)).expect("a place");
    house.store.withdraw(claim.id, now()).expect("withdrawn");
    let tomorrow = [1, 2].map(|n| {
        let mut again = listing(n, 4);
        again.start_moves = true;
        again.job.starts_at += SignedDuration::from_hours(24);
        again.job.gather_at = Some(again.job.starts_at - SignedDuration::from_mins(30));
        again.job.valid_until += SignedDuration::from_hours(24);
        again
    });
    let import = |list: &[Listing]| house.store.import(&a_hall(), list, now()).expect("in");
    assert_eq!(import(&tomorrow), counts(0, 2, 0));
    assert_eq!(house.seen(free).starts_at, tomorrow[0].job.starts_at);
    let kept = house.seen(claimed);
    assert_eq!(kept.starts_at, listing(2, 4).job.starts_at);
    assert_eq!(kept.gather_at, None);
    assert_eq!(kept.valid_until, tomorrow[1].job.valid_until);
    assert_eq!(import(&tomorrow), counts(0, 0, 2));
}

#[test]
fn source_keys_of_before_get_their_employer() {
    let dir = tempfile::tempdir().expect("a directory");
    let raw = Connection::open(dir.path().join(DATABASE_FILE)).expect("opens");
    for step in &MIGRATIONS[..2] {
        raw.execute_batch(step).expect("a migration");
    }
    raw.pragma_update(None, "user_version", 2).expect("set");
    let hash = "0a".repeat(32);
    raw.execute("INSERT INTO hall (id, body) VALUES ('weining', '{}')", [])
        .expect("a hall");
    for (n, key, uscc) in [
        (1, "A1", None),
        (2, "A2@2026-11-25", Some("9144030071526726XG")),
        (3, hash.as_str(), None),
    ] {
        raw.execute(
            "INSERT INTO job (id, hall, source_key, number, state, uscc, places, target,
                 direct_live, starts_at, valid_until, urgent, version, body)
             VALUES (?1, 'weining', ?2, ?1, 'expired', ?3, 1, 1, 0, 0, 0, 0, 1,
                 '{\"employer\":{\"name\":\"甲\"}}')",
            rusqlite::params![n, key, uscc],
        )
        .expect("a job");
    }
    drop(raw);
    let store = reopen(&dir).expect("brought up to date");
    let keys: Vec<String> = store
        .read(|view| {
            Ok(view
                .prepare("SELECT source_key FROM job ORDER BY number")?
                .query_map([], |row| row.get(0))?
                .collect::<Result<_, _>>()?)
        })
        .expect("read");
    let expected = ["甲#A1", "9144030071526726XG#A2@2026-11-25", &hash];
    assert_eq!(keys, expected);
}

#[test]
fn what_staff_approved_stays_approved_until_its_words_change() {
    let house = house();
    let mut held = listing(1, 4);
    held.review = Some("押金".to_owned());
    let import = |l: &Listing| {
        let list = std::slice::from_ref(l);
        house.store.import(&a_hall(), list, now()).expect("in")
    };
    let first = || house.store.jobs(&a_hall()).expect("read").remove(0);
    import(&held);
    let listed = first();
    assert_eq!(listed.job.state, JobState::PendingReview);
    assert_eq!(
        (listed.review.as_deref(), listed.source_key.as_str()),
        (Some("押金"), "job-1")
    );
    let id = listed.job.id;
    house.store.approve_job(id, now()).expect("approved");
    let again = house.store.approve_job(id, now());
    assert!(matches!(again, Err(StoreError::NotHeld)));
    assert_eq!(house.seen(id).state, JobState::Published);
    let told = house.changes(Scope::Hall(a_hall()));
    assert!(matches!(told.last(), Some(Change::Job { job }) if job.id == id));

    assert_eq!(import(&held), counts(0, 0, 1));
    held.job.places = 5;
    assert_eq!(import(&held), counts(0, 1, 0));
    assert_eq!(house.seen(id).state, JobState::Published);
    held.job.requirements = Some("押金改为2000元".to_owned());
    assert_eq!(import(&held), counts(0, 1, 0));
    assert_eq!(house.seen(id).state, JobState::PendingReview);
}

/// Version 5 kept the reasons in another language; as the next import compares them, what staff had
/// approved would be held again.
#[test]
fn reasons_of_an_older_store_are_worded_as_they_are_now() {
    let dir = tempfile::tempdir().expect("a directory");
    let path = dir.path().join(DATABASE_FILE);
    let raw = Connection::open(&path).expect("opens");
    raw.execute_batch(&MIGRATIONS[..5].concat()).expect("sql");
    raw.execute_batch(
        "PRAGMA user_version = 5;
         INSERT INTO hall (id, body) VALUES ('weining', '{}');
         INSERT INTO job (id, hall, source_key, number, state, review, places, target, direct_live,
                          starts_at, valid_until, urgent, version, body)
         VALUES ('1', 'weining', '1', 101, 'published',
                 '文字中出现收费或扣证内容：押金、报名费；薪资 9000 元超出常见范围（50-2000 元）',
                 2, 2, 0, 0, 0, 0, 0, '{}')",
    )
    .expect("sql");
    drop(raw);
    let store = reopen(&dir).expect("opens");
    let review: String = store
        .read(|view| Ok(view.query_row("SELECT review FROM job", [], |row| row.get(0))?))
        .expect("read");
    assert_eq!(
        review,
        "asks for money or papers: 押金, 报名费; pay of 9000 yuan is out of the usual (50-2000)"
    );
}
