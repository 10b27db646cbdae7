//! Halls with their devices, people and jobs, whatever carries their requests: what was told to whom, and
//! whether that holds.

use super::count::count;
use super::network::{Net, Paused};
use crate::sync_support::listing;
use gighall_core::hall::Hall;
use gighall_core::id::{ClaimId, HallId, JobId, WorkerId};
use gighall_core::job::JobState;
use gighall_core::rights::DeviceAccount;
use gighall_core::testing::{a_hall, an_id_number};
use gighall_core::wire::{KnownWorker, Scope};
use gighall_core::worker::{Channel, Consent};
use gighall_hub::HubConfig;
use gighall_hub::store::NewWorker;
use gighall_kiosk::desk::HallDesk;
use gighall_kiosk::store::{STORE_FILE, Store};
use gighall_kiosk::sync::{SinceBoot, Sync, SyncConfig, Transport};
use gighall_kiosk::terminal::desk::{ClaimOutcome, Desk, DeskError, NewRegistration};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use rusqlite::Connection;
use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::mpsc::Receiver;
use std::time::Duration;
use tempfile::TempDir;
use tokio::runtime::Handle;
use uuid::Uuid;

/// Jobs of each hall.
const JOBS: usize = 3;
const PHONES: u32 = 6;

/// A device while its program runs.
pub struct Program {
    pub store: Arc<Store>,
    pub sync: Arc<Sync>,
    pub desk: Arc<HallDesk>,
}

pub struct Device {
    /// Which of the halls it stands in.
    pub hall: usize,
    pub data: PathBuf,
    code: String,
    pub program: Option<Program>,
    /// How far its clock is off, in seconds.
    skew: Arc<AtomicI64>,
    /// How often its machine was switched on.
    pub boots: u32,
    /// Claims that were made at its desk, with whose they are.
    made: Vec<(KnownWorker, ClaimId)>,
    copied: bool,
    pub restored: bool,
}

/// What somebody wants at a device, and how that device stood then.
pub struct Wish {
    pub device: usize,
    at: usize,
    pub job: JobId,
    regular: Option<usize>,
    pub worker: KnownWorker,
    before: DeviceAccount,
    allowed: bool,
    untrusted: bool,
}

/// How long all this has lasted.
pub type Lasted = Arc<dyn Fn() -> Duration + Send + std::marker::Sync>;

pub struct Town {
    pub net: Arc<Net>,
    halls: Vec<HallId>,
    /// How long this has lasted: what a machine's time since it was switched on is told by.
    lasted: Lasted,
    /// Claims that were at the hub once.
    pub arrived: BTreeSet<ClaimId>,
    pub devices: Vec<Device>,
    /// Whether a restored disk brings back what lies beside the store too: rule 10 needs that to tell.
    pub whole_disks: bool,
    /// No device is put back from a copy.
    pub whole_devices: bool,
    /// The hub's database, to count again.
    pub counter: Connection,
    people: u32,
    pub dir: TempDir,
}

/// Disks that forget at a power cut are another test's; here they only have to be quick. Named after the
/// process too, so that no other with the same chance has it.
fn a_dir() -> TempDir {
    let name = format!("town-{}-", std::process::id());
    let mut named = tempfile::Builder::new();
    named.prefix(&name);
    named
        .tempdir_in("/dev/shm")
        .or_else(|_| named.tempdir())
        .expect("a directory")
}

impl Town {
    /// A hub that is up, and devices whose programs do not run yet.
    pub fn new(
        seed: u64,
        devices: usize,
        whole_disks: bool,
        lasted: Lasted,
    ) -> (Self, Receiver<Paused>) {
        let halls: Vec<HallId> = (0..1 + devices / 8).map(a_hall_of).collect();
        let crowd = 1 + (devices / halls.len()) as u32 / 6;
        let dir = a_dir();
        let config = HubConfig::new(dir.path().join("hub"));
        let hub = gighall_hub::open(&config).expect("a hub");
        let (net, pauses) = Net::new(config, hub, seed);
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
        let town = Self {
            net,
            halls,
            lasted,
            arrived: BTreeSet::new(),
            devices,
            whole_disks,
            whole_devices: false,
            counter,
            people: 0,
            dir,
        };
        (town, pauses)
    }

    /// Starts the program of a device, whose requests go over that line, and which takes its turns by itself or
    /// is driven.
    pub fn start(&mut self, n: usize, runtime: &Handle, line: Arc<dyn Transport>, by_itself: bool) {
        let zone = TimeZone::get("Asia/Shanghai").expect("a zone");
        let device = &mut self.devices[n];
        let skew = device.skew.clone();
        let own = move || Timestamp::now() + SignedDuration::from_secs(skew.load(Ordering::SeqCst));
        // Every third machine tells no time but the clock that anybody sets.
        let tells = n % 3 != 2;
        let (lasted, boot): (_, Arc<str>) = (self.lasted.clone(), device.boots.to_string().into());
        let steady = Arc::new(move || {
            let ms = i64::try_from(lasted().as_millis()).ok()?;
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
            walls: vec![],
        };
        let sync = Sync::driven(runtime, store.clone(), config, line, Arc::new(own), steady);
        let mut sync = sync.expect("an engine");
        if by_itself {
            sync = sync.run_on(runtime);
        }
        let sync = Arc::new(sync);
        device.program = Some(Program {
            desk: Arc::new(HallDesk::new(store.clone(), sync.clone())),
            store,
            sync,
        });
    }

    /// The program of a device that runs.
    pub fn program(&self, n: usize) -> &Program {
        self.devices[n].program.as_ref().expect("it runs")
    }

    /// The clock of a device says something else from now on.
    pub fn jump(&mut self, n: usize) {
        let mut state = self.net.state();
        let hours = [-30_000, -9, -1, 0, 1, 5][state.chance.below(6)];
        self.devices[n].skew.store(hours * 3600, Ordering::SeqCst);
        state.tell(format!("the clock of {n} is {hours} hours off"));
    }

    /// Somebody keeps a copy of a device's store, and puts it in its place later (rule 10). The device's program
    /// does not run.
    pub fn copy_or_restore(&mut self, n: usize) {
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
    }

    /// Somebody comes to a device and wants a job. `None` if the device is not enrolled yet.
    pub fn somebody(&mut self, n: usize) -> Option<Wish> {
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
        let worker = program.desk.register(&new, &[]).ok()?;
        let now = program.sync.now();
        let before = program.store.account(job).expect("read");
        let allowed = program
            .store
            .may_claim(&worker, job, now)
            .is_ok_and(|judged| judged.is_ok());
        Some(Wish {
            device: n,
            at,
            job,
            regular,
            untrusted: program.sync.clock_untrusted(),
            worker,
            before,
            allowed,
        })
    }

    /// What the desk says to that, as it was told and as it has to be.
    pub fn answered(&mut self, wish: Wish, answer: Result<ClaimOutcome, DeskError>) {
        let Wish {
            device: n, at, job, ..
        } = wish;
        let outcome = match answer {
            Ok(outcome) => outcome,
            Err(error) => {
                self.net
                    .state()
                    .tell(format!("nobody claims job {at} at {n}: {error}"));
                return;
            }
        };
        let before = wish.before;
        let after = self.program(n).store.account(job).expect("read");
        if wish.untrusted {
            assert_eq!(after.confirmed, before.confirmed, "rule 9");
        } else if wish.allowed && before.rights() > 0 {
            // I6: whatever the network does.
            assert!(
                matches!(outcome, ClaimOutcome::Confirmed(_)),
                "{before:?} {outcome:?}"
            );
        }
        let mut state = self.net.state();
        let kind = match outcome {
            ClaimOutcome::Confirmed(claim) => {
                state.receipt(claim.id, job, wish.regular, Some(n));
                self.devices[n].made.push((wish.worker, claim.id));
                "confirmed"
            }
            ClaimOutcome::Provisional(..) => "provisional",
            ClaimOutcome::Full { .. } => "full",
            ClaimOutcome::NotAllowed(_) | ClaimOutcome::Paused(_) => "not allowed",
        };
        state.tell(format!("somebody claims job {at} at {n}: {kind}"));
    }

    /// Somebody takes a claim back that was made there.
    pub fn withdraw(&mut self, n: usize) {
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
    pub fn check(&self) {
        let state = self.net.state();
        for (at, job) in state.jobs.iter().enumerate() {
            let places = count(&self.counter, *job);
            let told = state.receipts.values();
            let live = told.filter(|it| it.job == *job && it.live && !it.unseen);
            let live = live.count();
            assert!(
                live <= places as usize,
                "I1: {live} live claims of {places} places of job {at}"
            );
        }
        drop(state);
        for (n, device) in self.devices.iter().enumerate() {
            let Some(program) = &device.program else {
                continue;
            };
            for job in self.jobs_of(device.hall) {
                let it = program.store.account(job).expect("read");
                assert!(it.returned + it.confirmed <= it.granted, "I3: {n} {it:?}");
            }
        }
    }

    /// The hub is about to be put back from its copy: what it did since, and told no device of, is what no
    /// rule brings back.
    pub fn nobody_saw(&self) {
        let mut state = self.net.state();
        let since = state.since_copy.take().unwrap_or_default();
        for (id, hall, head) in since {
            let scope = Scope::Hall(self.halls[hall].clone());
            let heard = self.devices.iter().filter(|it| it.hall == hall).any(|it| {
                let program = it.program.as_ref().expect("it runs");
                program.store.cursor(&scope).expect("read") >= Some(head)
            });
            if heard {
                continue;
            }
            let receipt = state.receipts.get_mut(&id).expect("it was told");
            let which = match receipt.live {
                true => &mut receipt.unseen,
                false => &mut receipt.end_unseen,
            };
            *which = true;
            let made = receipt.live;
            state.tell(format!(
                "nobody saw a claim's beginning, not its end: {made}"
            ));
        }
    }

    /// Where claims stand again of which nobody knew that they had ended, so that there are more than places,
    /// the hub names them, and staff end the right ones.
    pub fn end_surplus(&self) {
        let hub = self.net.state().hub.clone().expect("up");
        let surplus = hub.store.restored().expect("read").surplus;
        for of in surplus {
            let mut state = self.net.state();
            let claims = of.claims.iter().map(|it| it.claim.id);
            let over: Vec<ClaimId> = claims
                .filter(|id| state.receipts.get(id).is_some_and(|it| it.end_unseen))
                .collect();
            assert!(
                over.len() >= (of.used - of.places) as usize,
                "{} of {} places: {over:?}",
                of.used,
                of.places
            );
            for id in &over {
                let claim = hub.store.withdraw(*id, Timestamp::now()).expect("ended");
                assert!(!claim.state.holds_place());
            }
            state.tell(format!("{} claims that had ended are ended", over.len()));
        }
        let left = hub.store.restored().expect("read").surplus;
        assert!(left.is_empty(), "{left:?}");
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

    /// How each device stands, where one does not come to rest.
    pub fn stuck(&self) -> Vec<String> {
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

    /// I2 and I5: everything is there, once, dense, as it was told. Gives the number of records that were
    /// compared.
    pub fn recount(&self) -> usize {
        let hub = self.net.state().hub.clone().expect("up");
        for (id, receipt) in &self.net.state().receipts {
            let kept = hub.store.claim(*id).expect("read");
            let Some(kept) = kept else {
                // One that was made at a hub that was put back, and was withdrawn: nobody holds it.
                let over = self.whole_devices && !receipt.live;
                assert!(
                    receipt.lost || receipt.unseen || over,
                    "I2: {id} is not at the hub: {receipt:?}"
                );
                continue;
            };
            let cancelled = kept.job.state == JobState::Cancelled;
            let is_known = !receipt.lost && !receipt.unseen && !receipt.end_unseen;
            assert!(
                !is_known || cancelled || kept.claim.state.holds_place() == receipt.live,
                "I2: {id} was told {receipt:?} and is {:?}",
                kept.claim.state
            );
        }
        self.check_hashes()
    }
}

/// What everybody is called: the hub would tell staff of a number with two names.
pub const NAME: &str = "王小明";

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

/// The identity number of somebody who has a phone.
pub fn number_of(phone: u32) -> String {
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
