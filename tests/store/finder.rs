//! The listings that are kept in memory stay what the store's file says, whatever is done to it: a store
//! that is opened beside it reads everything anew each time, and finds the same.

use crate::chance::Chance;
use crate::store_support::*;
use gighall_core::id::HubEpoch;
use gighall_core::job::{Job, JobState, WorkKind};
use gighall_core::testing::a_job;
use gighall_core::wire::{Change, KnownWorker};
use gighall_kiosk::store::{Identity, Store, Taken};
use gighall_kiosk::terminal::desk::{JobQuery, Order};
use jiff::tz::TimeZone;

/// Listings at most, few enough that each is met again and again.
const JOBS: usize = 40;

const STEPS: usize = 120;

const TITLES: [&str; 4] = ["砌砖小工", "电焊工", "苹果采摘", "酒店保洁"];

struct World {
    chance: Chance,
    store: Store,
    identity: Identity,
    worker: Vec<KnownWorker>,
    /// The last sequence number of the feed.
    head: u64,
    /// Claims made so far, with who made them.
    claims: Vec<usize>,
}

impl World {
    fn job(&mut self, n: usize) -> Job {
        let mut job = a_job(u32::try_from(n).expect("few"));
        job.title = (*self.chance.of(&TITLES)).to_owned();
        job.work_kind = *self.chance.of(WorkKind::ALL);
        job.town = (*self.chance.of(&["草海镇", "小海镇"])).to_owned();
        job.urgent = self.chance.percent(20);
        job.places_left = u32::try_from(self.chance.below(4)).expect("few");
        if self.chance.percent(15) {
            job.state = JobState::Closed;
        }
        job
    }

    fn told(&mut self, change: Change) {
        let told = feed(hall_scope(), self.head + 1, vec![change]);
        self.store.apply_changes(&told, now()).expect("applied");
        self.head += 1;
    }

    /// Something is done to the store.
    fn step(&mut self) {
        let n = self.chance.below(JOBS);
        let job = a_job(u32::try_from(n).expect("few")).id;
        let who = self.chance.below(self.worker.len());
        match self.chance.below(8) {
            0..3 => {
                let job = self.job(n);
                self.told(changed(job));
            }
            3 => self.told(Change::JobRemoved { id: job }),
            4 | 5 => {
                let id = claim_id(u32::try_from(self.claims.len()).expect("few"));
                let worker = &self.worker[who];
                grant(
                    &self.store,
                    job,
                    1,
                    u32::try_from(self.claims.len() + 1).expect("few"),
                );
                // A job that is gone or closed is no place to claim.
                let taken = self.store.confirm(&self.identity, worker, job, id, now());
                if matches!(taken, Ok(Taken::Done(_))) {
                    self.claims.push(who);
                }
            }
            6 if !self.claims.is_empty() => {
                let claim = self.chance.below(self.claims.len());
                let id = claim_id(u32::try_from(claim).expect("few"));
                let worker = &self.worker[self.claims[claim]];
                // Once only; then it is withdrawn already.
                drop(self.store.withdraw(worker, id, now()));
            }
            _ => {
                let jobs: Vec<Job> = (0..JOBS / 2).map(|n| self.job(n)).collect();
                self.head += 10;
                snapshot(&self.store, self.head, &jobs);
            }
        }
    }
}

#[test]
fn what_is_kept_in_memory_is_what_the_file_says() {
    let (dir, store, identity) = enrolled();
    let zone = TimeZone::get("Asia/Shanghai").expect("a zone");
    let beside = Store::open_beside(dir.path(), zone)
        .expect("opens")
        .expect("is there");
    snapshot(&store, 1, &[]);
    let worker = (0..6).map(|n| register(&store, n)).collect();
    let mut world = World {
        chance: Chance::new(7),
        store,
        identity,
        worker,
        head: 1,
        claims: vec![],
    };
    let mut most = 0;
    for step in 0..STEPS {
        world.step();
        let store = &world.store;
        assert_eq!(
            store.kinds(&JobQuery::default(), now()).expect("read"),
            beside.kinds(&JobQuery::default(), now()).expect("read")
        );
        assert_eq!(
            store.towns(&JobQuery::default(), now()).expect("read"),
            beside.towns(&JobQuery::default(), now()).expect("read")
        );
        for (words, order) in [
            ("", Order::Urgent),
            ("dhg", Order::Pay),
            ("采摘", Order::Start),
        ] {
            let query = JobQuery {
                words: words.to_owned(),
                order,
                limit: 100,
                ..JobQuery::default()
            };
            let found = store.find(&query, now()).expect("found");
            most = most.max(found.jobs.len());
            assert_eq!(
                found,
                beside.find(&query, now()).expect("found"),
                "step {step}, {words:?}"
            );
            // The places left are those that the listing itself is read with.
            for job in &found.jobs {
                assert_eq!(store.job(job.id).expect("read").as_ref(), Some(job));
            }
        }
    }
    assert!(
        most > 10 && world.claims.len() > 5,
        "{most} {}",
        world.claims.len()
    );
}

/// Whoever lost its place in the feed counts claims again that the listings held already.
#[test]
fn places_left_are_right_when_the_feed_begins_anew() {
    let (_dir, store, identity) = enrolled();
    let job = a_job(1);
    snapshot(&store, 9, std::slice::from_ref(&job));
    grant(&store, job.id, 1, 1);
    let worker = register(&store, 1);
    let taken = store.confirm(&identity, &worker, job.id, claim_id(1), now());
    assert!(matches!(taken, Ok(Taken::Done(_))));
    let sent = store.waiting(100, &[]).expect("read").expect("some");
    let head = sent.records.last().expect("some").head();
    store.acknowledge(sent.epoch, head, 5).expect("kept");
    let left = || {
        let query = JobQuery {
            limit: 1,
            ..JobQuery::default()
        };
        let found = store.find(&query, now()).expect("found");
        let here = store.job(job.id).expect("read").expect("there");
        (found.jobs[0].places_left, here.places_left)
    };
    assert_eq!(left(), (job.places_left, job.places_left));
    store.adopt_hub(identity.epoch, HubEpoch(2)).expect("kept");
    assert_eq!(left(), (job.places_left - 1, job.places_left - 1));
}
