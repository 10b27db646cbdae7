//! A hub, halls and phones in one process, played step by step from a seed.

mod count;
mod kept;
mod network;
mod slow;

use crate::sync_support::listing;
use count::count;
use gighall_core::hall::Hall;
use gighall_core::id::{ClaimId, HallId, JobId, WorkerId};
use gighall_core::job::JobState;
use gighall_core::testing::{a_hall, an_id_number};
use gighall_core::wire::KnownWorker;
use gighall_core::worker::{Channel, Consent};
use gighall_hub::HubConfig;
use gighall_hub::store::NewWorker;
use gighall_kiosk::desk::HallDesk;
use gighall_kiosk::store::{STORE_FILE, Store};
use gighall_kiosk::sync::{SinceBoot, Sync, SyncConfig, Turn};
use gighall_kiosk::terminal::desk::{ClaimOutcome, Desk, NewRegistration};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use network::{Line, Net, Paused};
use rusqlite::Connection;
use slow::Slow;
use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::mpsc::Receiver;
use std::time::Instant;
use tempfile::TempDir;
use tokio::runtime::Runtime;
use uuid::Uuid;

/// Jobs of each hall.
const JOBS: usize = 3;
const PHONES: u32 = 6;

/// A device while its program runs.
struct Program {
    store: Arc<Store>,
    sync: Arc<Sync>,
    desk: HallDesk,
}

struct Device {
    /// Which of the halls it stands in.
    hall: usize,
    data: PathBuf,
    code: String,
    program: Option<Program>,
    /// How far its clock is off, in seconds.
    skew: Arc<AtomicI64>,
    /// How often its machine was switched on.
    boots: u32,
    /// Claims that were made at its desk, with whose they are.
    made: Vec<(KnownWorker, ClaimId)>,
    copied: bool,
    restored: bool,
}

/// What a run came to.
#[derive(Debug, PartialEq, Eq)]
pub struct Ran {
    /// What happened, in order.
    pub told: Vec<String>,
    pub requests: u64,
    pub receipts: usize,
}

pub struct World {
    net: Arc<Net>,
    halls: Vec<HallId>,
    /// When all this began: what a machine's time since it was switched on is told by.
    began: Instant,
    /// Claims that were at the hub once.
    arrived: BTreeSet<ClaimId>,
    steps: u64,
    devices: Vec<Device>,
    pauses: Receiver<Paused>,
    slow: Vec<Slow>,
    runtime: Runtime,
    /// Whether a restored disk brings back what lies beside the store too: rule 10 needs that to tell.
    whole_disks: bool,
    /// No device is put back from a copy.
    whole_devices: bool,
    /// The hub's database, to count again.
    counter: Connection,
    people: u32,
    dir: TempDir,
}

/// Disks that forget at a power cut are another test's; here they only have to be quick.
fn a_dir() -> TempDir {
    tempfile::tempdir_in("/dev/shm")
        .or_else(|_| tempfile::tempdir())
        .expect("a directory")
}

impl World {
    pub fn new(seed: u64, devices: usize, whole_disks: bool) -> Self {
        let halls: Vec<HallId> = (0..1 + devices / 8).map(a_hall_of).collect();
        let crowd = 1 + (devices / halls.len()) as u32 / 6;
        let dir = a_dir();
        let config = HubConfig::new(dir.path().join("hub"));
        let hub = gighall_hub::open(&config).expect("a hub");
        let (net, pauses) = Net::new(config, hub, seed);
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .expect("a runtime");
        let now = Timestamp::now();
        let hub = net.state().hub.clone().expect("up");
        net.state().most_places = 8 * crowd as usize;
        for hall in &halls {
            open_hall(&net, hall, crowd);
        }
        let people = PHONES * crowd * halls.len() as u32;
        net.state().halls = halls.clone();
        net.state().phones = (0..people)
            .map(|n| hub.store.register(&phone(n, now)).expect("registered"))
            .collect();
        let counter = Connection::open(net.config.data.join("hub.db")).expect("opens");
        let devices = (0..devices)
            .map(|n| Device {
                hall: n % halls.len(),
                data: dir.path().join(format!("kiosk{n}")),
                code: hub
                    .store
                    .add_device(&halls[n % halls.len()], &format!("{n}号"), now)
                    .expect("a code"),
                program: None,
                skew: Arc::default(),
                boots: 0,
                made: vec![],
                copied: false,
                restored: false,
            })
            .collect();
        drop(hub);
        let mut world = Self {
            net,
            halls,
            began: Instant::now(),
            arrived: BTreeSet::new(),
            steps: 0,
            devices,
            pauses,
            slow: vec![],
            runtime,
            whole_disks,
            whole_devices: false,
            counter,
            people: 0,
            dir,
        };
        for n in 0..world.devices.len() {
            world.start(n);
            // Enrolled, with listings and rights.
            for turn in [Turn::Step, Turn::Step, Turn::Step, Turn::Step, Turn::Lend] {
                world.turn(n, turn);
            }
        }
        world.net.state().rough = true;
        world
    }

    /// Plays so many steps, heals everything, and counts again.
    pub fn play(mut self, steps: usize) -> Ran {
        self.net.state().rough = true;
        self.some(steps);
        self.heal();
        self.meet();
        self.check();
        self.check_logs();
        self.recount();
        let mut state = self.net.state();
        Ran {
            told: std::mem::take(&mut state.told),
            requests: state.requests,
            receipts: state.receipts.len(),
        }
    }

    /// The same, and on the way the hub's data are copied, lost, and put back from the copy (rule 12).
    /// Devices keep their disks: what becomes of both at once is the model's.
    pub fn play_restored(mut self, steps: usize) -> Ran {
        self.whole_devices = true;
        self.some(steps);
        let copy = self.dir.path().join("copy.db");
        self.net.switch(true);
        let hub = self.net.state().hub.clone().expect("up");
        hub.store.back_up(&copy, Timestamp::now()).expect("copied");
        drop(hub);
        self.net.state().quiet = true;
        self.some(steps);
        // Nobody may have it open, and this one knows of no lock.
        self.counter = Connection::open_in_memory().expect("opens");
        self.net.put_back(&copy);
        self.counter = Connection::open(self.net.config.data.join("hub.db")).expect("opens");
        self.net.state().quiet = false;
        self.net.state().tell("the hub was put back".to_owned());
        self.some(steps);
        self.heal();
        let hub = self.net.state().hub.clone().expect("up");
        for round in 0.. {
            let waiting = hub.store.restored().expect("read").waiting;
            if waiting.is_empty() {
                break;
            }
            assert!(
                round < 20,
                "it waits in vain: {waiting:?} {:?}",
                self.stuck()
            );
            for n in 0..self.devices.len() {
                self.turn(n, Turn::Step);
                self.turn(n, Turn::Lend);
            }
        }
        drop(hub);
        self.meet();
        self.check();
        self.play(steps)
    }

    fn some(&mut self, steps: usize) {
        for _ in 0..steps {
            let n = self.step();
            self.meet();
            self.check();
            self.check_receipts(n);
            self.steps += 1;
            if self.steps.is_multiple_of(8) {
                self.check_logs();
            }
        }
    }

    fn start(&mut self, n: usize) {
        let zone = TimeZone::get("Asia/Shanghai").expect("a zone");
        let device = &mut self.devices[n];
        let skew = device.skew.clone();
        let own = move || Timestamp::now() + SignedDuration::from_secs(skew.load(Ordering::SeqCst));
        // Every third machine tells no time but the clock that anybody sets.
        let tells = n % 3 != 2;
        let (began, boot): (_, Arc<str>) = (self.began, device.boots.to_string().into());
        let steady = Arc::new(move || {
            let ms = i64::try_from(began.elapsed().as_millis()).ok()?;
            let boot = boot.clone();
            tells.then_some(SinceBoot { boot, ms })
        });
        let store = Arc::new(Store::open(&device.data, zone, own()).expect("a store"));
        let config = SyncConfig {
            url: "http://hub".to_owned(),
            hall: self.halls[device.hall].clone(),
            code: Some(device.code.clone()),
            data: device.data.clone(),
            lends: true,
            certificates: vec![],
        };
        let line = Arc::new(Line {
            net: self.net.clone(),
            device: n,
        });
        let sync = Sync::driven(
            self.runtime.handle(),
            store.clone(),
            config,
            line,
            Arc::new(own),
            steady,
        );
        let sync = Arc::new(sync.expect("an engine"));
        device.program = Some(Program {
            desk: HallDesk::new(store.clone(), sync.clone()),
            store,
            sync,
        });
    }

    fn program(&self, n: usize) -> &Program {
        self.devices[n].program.as_ref().expect("it runs")
    }

    /// Something happens at a device, or around it. Says at which.
    fn step(&mut self) -> usize {
        let (n, what) = {
            let mut state = self.net.state();
            let n = state.chance.below(self.devices.len());
            (n, state.chance.below(100))
        };
        if !self.slow.is_empty() {
            let which = {
                let mut state = self.net.state();
                let which = state.chance.below(self.slow.len());
                state.chance.percent(25).then_some(which)
            };
            if let Some(which) = which {
                self.ready(which);
            }
        }
        match what {
            0..25 => self.turn(n, Turn::Step),
            25..40 => self.turn(n, Turn::Push),
            40..50 => self.turn(n, Turn::Lend),
            50..70 => self.claim(n),
            70..76 => self.withdraw(n),
            76..84 => self.net.state().hub_side(),
            84..88 => self.runtime.block_on(self.net.deliver_late()),
            88..91 => {
                let mut state = self.net.state();
                let cut = !state.cut_off.remove(&n) && state.chance.percent(50);
                if cut {
                    state.cut_off.insert(n);
                }
                state.tell(format!("{n} is cut off: {cut}"));
            }
            91..93 => {
                let up = {
                    let mut state = self.net.state();
                    state.hub.is_none() || state.chance.percent(60)
                };
                self.net.switch(false);
                if up {
                    self.net.switch(true);
                }
                self.net.state().tell(format!("the hub is up: {up}"));
            }
            93..96 => self.jump(n),
            96..98 => self.restart(n),
            _ if self.whole_devices => {}
            _ => self.copy_or_restore(n),
        }
        let outbox = self.program(n).store.outbox_state().expect("read").length;
        self.net
            .state()
            .tell(format!("{n} did {what}, {outbox} records wait"));
        n
    }

    fn jump(&mut self, n: usize) {
        let mut state = self.net.state();
        let hours = [-30_000, -9, -1, 0, 1, 5][state.chance.below(6)];
        self.devices[n].skew.store(hours * 3600, Ordering::SeqCst);
        state.tell(format!("the clock of {n} is {hours} hours off"));
    }

    /// The program starts again, or the whole machine, whose clock then says anything (rule 9).
    fn restart(&mut self, n: usize) {
        self.end(n);
        let machine = self.net.state().chance.percent(50);
        if machine {
            self.devices[n].boots += 1;
            self.jump(n);
        }
        self.start(n);
        let program = self.program(n);
        if machine && program.store.contact().expect("read").met.is_some() {
            assert!(program.sync.clock_untrusted(), "rule 9: {n} asks nobody");
        }
        let told = format!("{n} starts again, its machine too: {machine}");
        self.net.state().tell(told);
    }

    /// Somebody keeps a copy of a device's store, and puts it in its place later (rule 10).
    fn copy_or_restore(&mut self, n: usize) {
        self.end(n);
        let device = &mut self.devices[n];
        let beside = match self.whole_disks {
            true => vec![STORE_FILE, "device.json"],
            false => vec![STORE_FILE],
        };
        let copies = self.dir.path().join(format!("copies{n}"));
        std::fs::create_dir_all(&copies).expect("a directory");
        if !device.copied {
            for file in beside {
                std::fs::copy(device.data.join(file), copies.join(file)).expect("copied");
            }
            device.copied = true;
        } else {
            for file in beside {
                std::fs::copy(copies.join(file), device.data.join(file)).expect("restored");
            }
            for side in ["-wal", "-shm"] {
                let _ = std::fs::remove_file(device.data.join(format!("{STORE_FILE}{side}")));
            }
            device.restored = true;
            let mut state = self.net.state();
            for (_, id) in device.made.drain(..) {
                if let Some(receipt) = state.receipts.get_mut(&id) {
                    receipt.lost = true;
                }
            }
            state.tell(format!("{n} is an older copy now"));
        }
        self.start(n);
    }

    fn claim(&mut self, n: usize) {
        let regular = self.regular();
        let number = match regular {
            Some(who) => number_of(who as u32),
            None => {
                self.people += 1;
                an_id_number("19750501", self.people % 1000)
            }
        };
        let new = NewRegistration {
            pin: None,
            name: NAME.to_owned(),
            number: number.parse().expect("valid"),
            phone: None,
            work_kinds: vec![],
        };
        let (at, job) = {
            let hall = self.devices[n].hall;
            let mut state = self.net.state();
            let at = hall * JOBS + state.chance.below(JOBS);
            (at, state.jobs[at])
        };
        let program = self.program(n);
        let Ok(worker) = program.desk.register(&new, &[]) else {
            return;
        };
        let now = program.sync.now();
        let before = program.store.account(job).expect("read");
        let allowed = program
            .store
            .may_claim(&worker, job, now)
            .is_ok_and(|judged| judged.is_ok());
        let untrusted = program.sync.clock_untrusted();
        let outcome = match program.desk.claim(&worker, job) {
            Ok(outcome) => outcome,
            Err(error) => {
                self.net
                    .state()
                    .tell(format!("nobody claims job {at} at {n}: {error}"));
                return;
            }
        };
        let after = program.store.account(job).expect("read");
        if untrusted {
            assert_eq!(after.confirmed, before.confirmed, "rule 9");
        } else if allowed && before.rights() > 0 {
            // I6: whatever the network does.
            assert!(
                matches!(outcome, ClaimOutcome::Confirmed(_)),
                "{before:?} {outcome:?}"
            );
        }
        let mut state = self.net.state();
        let kind = match outcome {
            ClaimOutcome::Confirmed(claim) => {
                state.receipt(claim.id, job, regular, Some(n));
                self.devices[n].made.push((worker, claim.id));
                "confirmed"
            }
            ClaimOutcome::Provisional(..) => "provisional",
            ClaimOutcome::Full { .. } => "full",
            ClaimOutcome::NotAllowed(_) | ClaimOutcome::Paused(_) => "not allowed",
        };
        state.tell(format!("somebody claims job {at} at {n}: {kind}"));
    }

    fn withdraw(&mut self, n: usize) {
        let mut state = self.net.state();
        let made = &self.devices[n].made;
        if made.is_empty() {
            return;
        }
        let which = state.chance.below(made.len());
        let (worker, id) = made[which].clone();
        drop(state);
        let done = self.program(n).desk.withdraw(&worker, id);
        if done.is_ok_and(|claim| !claim.state.holds_place()) {
            let mut state = self.net.state();
            state.tell(format!("claim {which} of {n} is withdrawn there"));
            state.ended(id);
        }
    }

    /// I1 and I3, at every moment.
    fn check(&self) {
        let state = self.net.state();
        for (at, job) in state.jobs.iter().enumerate() {
            let places = count(&self.counter, *job);
            let told = state.receipts.values();
            let live = told.filter(|it| it.job == *job && it.live).count();
            assert!(
                live <= places as usize,
                "I1: {live} live claims of {places} places of job {at}"
            );
        }
        drop(state);
        for (n, device) in self.devices.iter().enumerate() {
            for job in self.jobs_of(device.hall) {
                let it = self.program(n).store.account(job).expect("read");
                assert!(it.returned + it.confirmed <= it.granted, "I3: {n} {it:?}");
            }
        }
    }

    fn jobs_of(&self, hall: usize) -> Vec<JobId> {
        self.net.state().jobs[hall * JOBS..][..JOBS].to_vec()
    }

    /// Somebody who has a phone, and goes from hall to hall. Not where the hub is put back: which of two
    /// claims is the later one is for the hub to say, and it may have forgotten what it said.
    fn regular(&self) -> Option<usize> {
        let mut state = self.net.state();
        let regular = state.chance.percent(40) && !self.whole_devices;
        let people = state.phones.len();
        regular.then(|| state.chance.below(people))
    }

    /// I7: the network is good again, and every device comes to rest by its own turns alone.
    fn heal(&mut self) {
        {
            let mut state = self.net.state();
            state.rough = false;
            state.cut_off.clear();
        }
        self.net.switch(true);
        while !self.slow.is_empty() {
            self.ready(0);
        }
        for round in 0.. {
            let mut waits = 0;
            for n in 0..self.devices.len() {
                for turn in [Turn::Step, Turn::Push, Turn::Lend] {
                    self.turn(n, turn);
                }
                let program = self.program(n);
                waits += program.store.outbox_state().expect("read").length;
                waits += u64::from(!program.sync.link().borrow().online);
            }
            if waits == 0 {
                break;
            }
            assert!(
                round < 20,
                "I7: {waits} records still wait: {:?}",
                self.stuck()
            );
        }
    }

    /// How each device stands, where one does not come to rest.
    fn stuck(&self) -> Vec<String> {
        let programs = self.devices.iter().filter_map(|it| it.program.as_ref());
        programs
            .map(|it| {
                let link = *it.sync.link().borrow();
                let waits = it.store.outbox_state().expect("read").length;
                let stored = it.store.enrolment().expect("read");
                let told = it.store.staff_notices().expect("read");
                format!("{waits} wait, {:?}, {stored:?}, {told:?}", link.problem)
            })
            .collect()
    }

    /// I2 and I5: everything is there, once, dense, as it was told.
    fn recount(&self) {
        let hub = self.net.state().hub.clone().expect("up");
        for (id, receipt) in &self.net.state().receipts {
            let kept = hub.store.claim(*id).expect("read");
            let Some(kept) = kept else {
                // One that was made at a hub that was put back, and was withdrawn: nobody holds it.
                let over = self.whole_devices && !receipt.live;
                assert!(
                    receipt.lost || over,
                    "I2: {id} is not at the hub: {receipt:?}"
                );
                continue;
            };
            let cancelled = kept.job.state == JobState::Cancelled;
            assert!(
                receipt.lost || cancelled || kept.claim.state.holds_place() == receipt.live,
                "I2: {id} was told {receipt:?} and is {:?}",
                kept.claim.state
            );
        }
        self.check_hashes();
    }
}

/// What everybody is called: the hub would tell staff of a number with two names.
const NAME: &str = "王小明";

fn a_hall_of(n: usize) -> HallId {
    match n {
        0 => a_hall(),
        n => format!("hall{n}").parse().expect("an id"),
    }
}

/// A hall with its jobs. Those of different halls are at the same times.
fn open_hall(net: &Net, id: &HallId, crowd: u32) {
    let now = Timestamp::now();
    let hub = net.state().hub.clone().expect("up");
    let hall = Hall {
        id: id.clone(),
        name: "零工市场".to_owned(),
        county_code: None,
        hotline: None,
        address: None,
    };
    hub.store.put_hall(&hall).expect("a hall");
    let listings: Vec<_> = (0..JOBS as u32)
        .map(|n| listing(n, (3 + 3 * n) * crowd))
        .collect();
    hub.store.import(id, &listings, now).expect("imported");
    let mut jobs = hub.store.open_jobs(id, now).expect("read");
    jobs.sort_by_key(|job| job.starts_at);
    net.state().jobs.extend(jobs.iter().map(|job| job.id));
}

fn number_of(phone: u32) -> String {
    an_id_number("19800101", phone)
}

fn phone(n: u32, now: Timestamp) -> NewWorker {
    NewWorker {
        id: WorkerId(Uuid::from_u128(0xF000 + u128::from(n))),
        name: NAME.to_owned(),
        number: number_of(n).parse().expect("valid"),
        phone: None,
        work_kinds: vec![],
        consent: Consent {
            version: 1,
            at: now,
        },
        channel: Channel::Phone,
    }
}
