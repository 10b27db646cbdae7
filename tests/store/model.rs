//! The store against core's model of rights, through random histories with the program ending in
//! between: counters as in the model, c never falls, the outbox dense, chained and complete, places
//! never counted twice.

use crate::store_support::*;
use gighall_core::claim::ClaimState;
use gighall_core::id::{ClaimId, Epoch, JobId};
use gighall_core::outbox::Head;
use gighall_core::rights::DeviceAccount;
use gighall_core::testing::a_job;
use gighall_core::wire::{Change, KnownWorker, Scope};
use gighall_kiosk::store::{Identity, Store, Taken};
use jiff::SignedDuration;
use proptest::prelude::*;
use proptest::sample::Index;
use std::collections::BTreeMap;
use std::path::Path;

const JOBS: u32 = 3;
const WORKERS: u32 = 4;
const PLACES: u32 = 20;

#[derive(Clone, Debug)]
enum Step {
    Grant { job: u32, more: u32 },
    StaleGrant { job: u32 },
    Confirm { worker: usize, job: u32 },
    Provisional { worker: usize, job: u32 },
    Withdraw { which: Index },
    Upload { most: usize },
    Feed,
    Recall { job: u32 },
    Snapshot,
    Reopen,
}

fn a_step() -> impl Strategy<Value = Step> {
    let worker = 0..WORKERS as usize;
    prop_oneof![
        3 => (0..JOBS, 1..4u32).prop_map(|(job, more)| Step::Grant { job, more }),
        1 => (0..JOBS).prop_map(|job| Step::StaleGrant { job }),
        8 => (worker.clone(), 0..JOBS).prop_map(|(worker, job)| Step::Confirm { worker, job }),
        2 => (worker, 0..JOBS).prop_map(|(worker, job)| Step::Provisional { worker, job }),
        4 => any::<Index>().prop_map(|which| Step::Withdraw { which }),
        3 => (1..5usize).prop_map(|most| Step::Upload { most }),
        3 => Just(Step::Feed),
        1 => (0..JOBS).prop_map(|job| Step::Recall { job }),
        1 => Just(Step::Snapshot),
        2 => Just(Step::Reopen),
    ]
}

/// What the hub knows and what the store must say.
struct World<'d> {
    dir: &'d Path,
    store: Option<Store>,
    identity: Identity,
    workers: Vec<KnownWorker>,
    accounts: BTreeMap<JobId, DeviceAccount>,
    /// Claims with their job: id, job, holds a place, was confirmed with a right.
    claims: BTreeMap<ClaimId, (JobId, ClaimState, usize)>,
    /// Live claims that the hub has, as its next feed says.
    at_hub: BTreeMap<JobId, u32>,
    /// Events that were written: the claim and whether it takes (1), frees (-1) or neither.
    written: Vec<(JobId, i32)>,
    uploaded: usize,
    hall_seq: u64,
    device_seq: u64,
    next: u32,
}

impl<'d> World<'d> {
    fn new(dir: &'d Path) -> Self {
        let store = open(dir);
        let identity = enrol(&store, 1);
        let jobs: Vec<_> = (0..JOBS).map(job).collect();
        snapshot(&store, 1, &jobs);
        let none = gighall_core::wire::SnapshotReply {
            scope: Scope::Device(device()),
            head: 0,
            changes: vec![],
            now: now(),
            hub_epoch: HUB_EPOCH,
        };
        store.apply_snapshot(&none, now()).expect("applied");
        let workers: Vec<_> = (0..WORKERS).map(|n| register(&store, n * 2 + 1)).collect();
        let written = workers.iter().map(|_| (job(0).id, 0)).collect();
        Self {
            dir,
            store: Some(store),
            identity,
            workers,
            accounts: BTreeMap::new(),
            claims: BTreeMap::new(),
            at_hub: BTreeMap::new(),
            written,
            uploaded: 0,
            hall_seq: 1,
            device_seq: 0,
            next: 0,
        }
    }

    fn store(&self) -> &Store {
        self.store.as_ref().expect("open")
    }

    fn holds(&self, worker: usize, job: JobId) -> bool {
        self.claims
            .values()
            .any(|(of, state, by)| *of == job && *by == worker && state.is_live())
    }

    fn new_claim(&mut self) -> ClaimId {
        self.next += 1;
        claim_id(self.next)
    }

    fn step(&mut self, step: &Step) {
        match step {
            Step::Grant { job: n, more } => {
                let id = job(*n).id;
                let account = self.accounts.entry(id).or_default();
                account.granted += more;
                let granted = account.granted;
                grant(self.store(), id, 1, granted);
                // Doubled, and late: no effect.
                grant(self.store(), id, 1, granted);
                grant(self.store(), id, 1, granted.saturating_sub(1));
            }
            Step::StaleGrant { job: n } => grant(self.store(), job(*n).id, 2, 99),
            Step::Confirm { worker, job: n } => self.confirm(*worker, job(*n).id),
            Step::Provisional { worker, job: n } => self.provisional(*worker, job(*n).id),
            Step::Withdraw { which } => self.withdraw(which),
            Step::Upload { most } => self.upload(*most),
            Step::Feed => {
                let changes = self.hub_jobs().into_iter().map(changed).collect();
                let told = feed(hall_scope(), self.hall_seq + 1, changes);
                self.hall_seq += u64::from(JOBS);
                self.store().apply_changes(&told, now()).expect("applied");
            }
            Step::Recall { job: n } => {
                let id = job(*n).id;
                self.device_seq += 1;
                let scope = Scope::Device(device());
                let told = feed(scope, self.device_seq, vec![Change::Recall { job: id }]);
                self.store().apply_changes(&told, now()).expect("applied");
                self.accounts.entry(id).or_default().give_back(u32::MAX);
            }
            Step::Snapshot => {
                self.hall_seq += 10;
                snapshot(self.store(), self.hall_seq, &self.hub_jobs());
            }
            Step::Reopen => {
                self.store = None;
                self.store = Some(open(self.dir));
            }
        }
    }

    fn confirm(&mut self, worker: usize, job: JobId) {
        let id = self.new_claim();
        let taken = self
            .store()
            .confirm(&self.identity, &self.workers[worker], job, id, now())
            .expect("works");
        if self.holds(worker, job) {
            assert!(matches!(taken, Taken::NotAllowed(_)), "{taken:?}");
        } else if self.accounts.entry(job).or_default().confirm().is_ok() {
            assert!(matches!(taken, Taken::Done(_)), "{taken:?}");
            self.claims.insert(id, (job, ClaimState::Confirmed, worker));
            self.written.push((job, 1));
        } else {
            assert_eq!(taken, Taken::NoRight);
        }
    }

    fn provisional(&mut self, worker: usize, job: JobId) {
        let id = self.new_claim();
        let taken = self
            .store()
            .take_provisionally(&self.identity, &self.workers[worker], job, id, now())
            .expect("works");
        if let Taken::Done(claim) = taken {
            assert!(!self.holds(worker, job));
            assert_eq!(claim.state, ClaimState::Provisional);
            self.claims
                .insert(id, (job, ClaimState::Provisional, worker));
            self.written.push((job, 0));
        }
    }

    fn withdraw(&mut self, which: &Index) {
        let live: Vec<ClaimId> = self
            .claims
            .iter()
            .filter(|(_, (_, state, _))| state.is_coming())
            .map(|(id, _)| *id)
            .collect();
        if live.is_empty() {
            return;
        }
        let id = live[which.index(live.len())];
        let (job, state, worker) = self.claims[&id];
        let done = self
            .store()
            .withdraw(&self.workers[worker], id, now())
            .expect("in time");
        assert_eq!(done.state, ClaimState::Withdrawn);
        let freed = if state.holds_place() { -1 } else { 0 };
        self.claims.insert(id, (job, ClaimState::Withdrawn, worker));
        self.written.push((job, freed));
    }

    /// The hub takes the next records; the feed says so from its next number on.
    fn upload(&mut self, most: usize) {
        let Some(waiting) = self.store().waiting(most, &[]).expect("read") else {
            return;
        };
        for _ in &waiting.records {
            let (job, places) = self.written[self.uploaded];
            let live = self.at_hub.entry(job).or_default();
            *live = live
                .checked_add_signed(places)
                .expect("never below nothing");
            self.uploaded += 1;
        }
        let head = waiting.records.last().expect("some").head();
        let feed_head = self.hall_seq + 1;
        self.store()
            .acknowledge(Epoch(1), head, feed_head)
            .expect("marked");
    }

    fn hub_jobs(&self) -> Vec<gighall_core::job::Job> {
        (0..JOBS)
            .map(|n| {
                let mut job = job(n);
                let live = self.at_hub.get(&job.id).copied().unwrap_or(0);
                job.places_left = PLACES - live;
                job
            })
            .collect()
    }

    fn check(&self) {
        for n in 0..JOBS {
            let id = job(n).id;
            let expected = self.accounts.get(&id).copied().unwrap_or_default();
            let account = self.store().account(id).expect("read");
            assert_eq!(account, expected);
            assert!(account.granted >= account.returned + account.confirmed);
            let left = self
                .store()
                .job(id)
                .expect("read")
                .expect("there")
                .places_left;
            let live = self
                .claims
                .values()
                .filter(|(of, state, _)| *of == id && state.holds_place())
                .count();
            // What was withdrawn may still count until the hub has heard of it; never the reverse.
            assert!(
                left as usize <= PLACES as usize - live,
                "a place is shown twice"
            );
        }
        let length = self.store().outbox_state().expect("read").length;
        assert_eq!(length as usize, self.written.len() - self.uploaded);
    }

    /// Everything that was written is in the log, once, in order.
    fn check_log(&self) {
        self.store().send_again(Epoch(1), 0).expect("works");
        let all = self
            .store()
            .waiting(10_000, &[])
            .expect("read")
            .expect("some");
        assert_eq!(all.records.len(), self.written.len());
        let mut head = Head::default();
        for record in &all.records {
            assert!(record.is_whole());
            assert_eq!((record.seq, record.prev), (head.seq + 1, head.hash));
            head = record.head();
        }
        for (id, (_, state, _)) in &self.claims {
            let kept = self.store().claim(*id).expect("read").expect("kept");
            assert_eq!(kept.state, *state);
        }
    }
}

fn job(n: u32) -> gighall_core::job::Job {
    let mut job = a_job(n);
    job.starts_at += SignedDuration::from_hours(24 * i64::from(n));
    job.ends_at = None;
    job.valid_until = job.starts_at;
    (job.places, job.places_left) = (PLACES, PLACES);
    job
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn the_store_keeps_to_the_model(steps in proptest::collection::vec(a_step(), 1..60)) {
        let dir = tempfile::tempdir().expect("a directory");
        let mut world = World::new(dir.path());
        for step in &steps {
            world.step(step);
            world.check();
        }
        world.step(&Step::Reopen);
        world.check_log();
    }
}
