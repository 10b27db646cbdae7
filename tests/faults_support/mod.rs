//! A hall whose hub and kiosk live in a process that may be killed, on a disk that may be bad; and
//! the receipts that it showed, kept elsewhere.

mod disk;
mod paper;

use crate::count::{count, logs_with_holes};
use crate::network::{Chance, Line, Net};
use crate::sync_support::listing;
use disk::bad_disk;
use gighall_core::hall::Hall;
use gighall_core::id::{ClaimId, JobId, WorkerId};
use gighall_core::testing::{a_hall, an_id_number};
use gighall_core::worker::{Channel, Consent};
use gighall_hub::store::{NewClaim, NewWorker};
use gighall_hub::{HubConfig, HubState};
use gighall_kiosk::desk::HallDesk;
use gighall_kiosk::store::Store;
use gighall_kiosk::sync::{Sync, SyncConfig, Turn};
use gighall_kiosk::terminal::desk::{ClaimOutcome, Desk, NewRegistration};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use paper::{on_paper, say};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Stdio};
use std::sync::Arc;
use std::time::Duration;
use tempfile::TempDir;
use tokio::runtime::Runtime;
use uuid::Uuid;

/// Places of each job: one is soon full, one never.
const PLACES: [u32; 3] = [6, 30, 2000];

/// The process takes fewer steps than that. With somebody else at each of them, in each of its lives: whoever claims at
/// the terminal and then by telephone, before the hub has heard of it, is shown two receipts, of which one stays.
const STEPS_MOST: u32 = 1000;

/// The variables by which the process is told what to do.
const DIR: &str = "GIGHALL_HALL_DIR";
const RUN: &str = "GIGHALL_HALL_RUN";
const STEPS: &str = "GIGHALL_HALL_STEPS";

/// Hub and kiosk, opened.
struct Opened {
    hub: HubState,
    net: Arc<Net>,
    sync: Arc<Sync>,
    store: Arc<Store>,
    desk: HallDesk,
    jobs: Vec<JobId>,
    runtime: Runtime,
}

impl Opened {
    fn of(dir: &Path, seed: u64) -> Result<Self, String> {
        let stores = dir.join("stores");
        let config = HubConfig::new(stores.join("hub"));
        let hub = gighall_hub::open(&config).map_err(|error| format!("hub: {error}"))?;
        let (net, _) = Net::new(config, hub.clone(), seed);
        let data = stores.join("kiosk");
        let zone = TimeZone::get("Asia/Shanghai").expect("a zone");
        let store = Store::open(&data, zone, Timestamp::now())
            .map_err(|error| format!("kiosk: {error}"))?;
        let store = Arc::new(store);
        let config = SyncConfig {
            url: "http://hub".to_owned(),
            hall: a_hall(),
            code: std::fs::read_to_string(dir.join("code")).ok(),
            data,
            lends: true,
            certificates: vec![],
            walls: vec![],
        };
        let runtime = Runtime::new().expect("a runtime");
        let line = Arc::new(Line {
            net: net.clone(),
            device: 0,
        });
        let own = Arc::new(Timestamp::now);
        let sync = Sync::driven(
            runtime.handle(),
            store.clone(),
            config,
            line,
            own,
            Arc::new(|| None),
        )
        .map_err(|error| format!("kiosk: {error}"))?;
        let sync = Arc::new(sync);
        let mut jobs = hub
            .store
            .open_jobs(&a_hall(), Timestamp::now())
            .map_err(|error| format!("hub: {error}"))?;
        jobs.sort_by_key(|job| job.starts_at);
        let jobs = jobs.iter().map(|job| job.id).collect();
        Ok(Self {
            desk: HallDesk::new(store.clone(), sync.clone()),
            hub,
            net,
            sync,
            store,
            jobs,
            runtime,
        })
    }

    fn turn(&self, turn: Turn) {
        self.runtime.block_on(self.sync.turn(turn));
    }
}

/// What the process does that may be killed. Does nothing where nobody has said where.
pub fn live() {
    let Ok(dir) = std::env::var(DIR) else { return };
    let dir = PathBuf::from(dir);
    let number = |name| std::env::var(name).ok().and_then(|text| text.parse().ok());
    let (run, steps) = (number(RUN).unwrap_or(0), number(STEPS).unwrap_or(10));
    let hall = match Opened::of(&dir, u64::from(run)) {
        Ok(hall) => hall,
        Err(error) => return say(&dir, &format!("refused {error}")),
    };
    for turn in [Turn::Step, Turn::Step, Turn::Push, Turn::Lend] {
        hall.turn(turn);
    }
    assert!(steps < STEPS_MOST, "nobody comes in two runs");
    let mut chance = Chance::new(u64::from(run));
    let mut made = vec![];
    for n in 0..steps {
        let person = run * STEPS_MOST + n;
        let at = chance.below(4).min(2);
        let Some(job) = hall.jobs.get(at).or(hall.jobs.last()).copied() else {
            return;
        };
        let done = match chance.below(100) {
            0..50 => claim(&hall, person, job).map(|(worker, id)| {
                made.extend(id.map(|id| (worker, id)));
                id
            }),
            50..65 => phone(&hall, person, job, chance.claim_id()),
            65..75 => match made.pop() {
                Some((worker, id)) => {
                    say(&dir, &format!("withdrawing {id}"));
                    hall.desk
                        .withdraw(&worker, id)
                        .map_err(|error| error.to_string())
                        .map(|claim| {
                            if !claim.state.holds_place() {
                                say(&dir, &format!("withdrawn {id}"));
                            }
                            None
                        })
                }
                None => Ok(None),
            },
            75..85 => {
                hall.turn(Turn::Push);
                Ok(None)
            }
            85..95 => {
                hall.turn(Turn::Lend);
                Ok(None)
            }
            _ => {
                hall.turn(Turn::Step);
                Ok(None)
            }
        };
        match done {
            Ok(Some(id)) => say(&dir, &format!("shown {id}")),
            Ok(None) => {}
            Err(error) => say(&dir, &format!("refused {error}")),
        }
    }
}

fn person_number(person: u32) -> gighall_core::identity::IdNumber {
    let (year, month) = (1940 + person / 1000 % 60, 1 + person / 60_000 % 12);
    let birth = format!("{year}{month:02}01");
    an_id_number(&birth, person % 1000).parse().expect("valid")
}

type Made = (gighall_core::wire::KnownWorker, Option<ClaimId>);

fn claim(hall: &Opened, person: u32, job: JobId) -> Result<Made, String> {
    let new = NewRegistration {
        pin: None,
        name: "李晓峰".to_owned(),
        number: person_number(person),
        phone: None,
        work_kinds: vec![],
    };
    let worker = hall.desk.register(&new, &[]).map_err(|it| it.to_string())?;
    let outcome = hall.desk.claim(&worker, job).map_err(|it| it.to_string())?;
    let id = match outcome {
        ClaimOutcome::Confirmed(claim) => Some(claim.id),
        _ => None,
    };
    Ok((worker, id))
}

fn phone(hall: &Opened, person: u32, job: JobId, id: ClaimId) -> Result<Option<ClaimId>, String> {
    let now = Timestamp::now();
    let new = NewWorker {
        id: WorkerId(Uuid::from_u128(u128::from(person))),
        name: "王小明".to_owned(),
        number: person_number(person),
        phone: None,
        work_kinds: vec![],
        consent: Consent {
            version: 1,
            at: now,
        },
        channel: Channel::Phone,
    };
    let store = &hall.hub.store;
    let worker = store.register(&new).map_err(|it| it.to_string())?;
    let claim = NewClaim {
        id,
        job,
        worker,
        channel: Channel::Phone,
        device: None,
    };
    match store.claim_direct(&claim, now) {
        Ok(_) => Ok(Some(id)),
        Err(
            gighall_hub::store::StoreError::CapacityExhausted { .. }
            | gighall_hub::store::StoreError::NotAllowed(_),
        ) => Ok(None),
        Err(error) => Err(error.to_string()),
    }
}

/// A hall on a disk of its own, as the tests see it.
pub struct House {
    dir: TempDir,
    shim: PathBuf,
    run: u32,
    /// The disk says that it has synced what it has not.
    pub lies: bool,
}

/// How the life of a process ends.
pub enum End<'a> {
    /// By what the disk does to it, or by itself: `BAD_DISK`.
    Disk(&'a str),
    /// By SIGKILL, after that time.
    Killed(Duration),
}

impl House {
    /// A hall with jobs and a kiosk that holds rights.
    pub fn new() -> Self {
        let dir = tempfile::tempdir_in("/dev/shm")
            .or_else(|_| tempfile::tempdir())
            .expect("a directory");
        let config = HubConfig::new(dir.path().join("stores/hub"));
        let hub = gighall_hub::open(&config).expect("a hub");
        let hall = Hall {
            id: a_hall(),
            name: "威宁县零工市场".to_owned(),
            county_code: None,
            hotline: None,
            address: None,
        };
        let now = Timestamp::now();
        hub.store.put_hall(&hall).expect("a hall");
        let jobs: Vec<_> = (0..).zip(PLACES).map(|(n, it)| listing(n, it)).collect();
        hub.store.import(&a_hall(), &jobs, now).expect("imported");
        let code = hub
            .store
            .add_device(&a_hall(), "一号", now)
            .expect("a code");
        std::fs::write(dir.path().join("code"), code).expect("written");
        std::fs::write(dir.path().join("paper"), "").expect("written");
        drop(hub);
        let opened = Opened::of(dir.path(), 0).expect("opens");
        for turn in [Turn::Step, Turn::Step, Turn::Step, Turn::Step, Turn::Lend] {
            opened.turn(turn);
        }
        assert!(opened.store.rights_held().expect("read") > 0);
        drop(opened);
        Self {
            dir,
            shim: bad_disk(),
            run: 0,
            lies: false,
        }
    }

    /// The hall lives for so many steps, in a process of its own.
    pub fn live(&mut self, steps: u32, end: &End<'_>) -> ExitStatus {
        self.run += 1;
        let mut process = Command::new(std::env::current_exe().expect("this program"));
        process
            .args(["--exact", "a_hall_in_a_process", "--ignored", "--nocapture"])
            .env(DIR, self.dir.path())
            .env(RUN, self.run.to_string())
            .env(STEPS, steps.to_string())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        match end {
            End::Disk(how) => {
                process
                    .env("LD_PRELOAD", &self.shim)
                    .env("BAD_DISK_UNDER", self.dir.path().join("stores/"))
                    .env("BAD_DISK", how)
                    .envs(self.lies.then_some(("BAD_DISK_LIES", "1")));
                process.status().expect("it ran")
            }
            End::Killed(after) => {
                let mut child = process.spawn().expect("it runs");
                std::thread::sleep(*after);
                child.kill().expect("killed");
                child.wait().expect("ended")
            }
        }
    }

    /// Somebody claims while another program holds the kiosk's store, and again after that. Says
    /// whether each got a receipt, or what the terminal was told.
    pub fn claims_while_locked(&self) -> [Result<bool, String>; 2] {
        let hall = Opened::of(self.dir.path(), 0).expect("opens");
        let job = hall.jobs[hall.jobs.len() - 1];
        let path = self.dir.path().join("stores/kiosk/kiosk.db");
        let other = rusqlite::Connection::open(path).expect("opens");
        other.execute_batch("BEGIN IMMEDIATE").expect("locked");
        let locked = claim(&hall, 90_001, job).map(|(_, id)| id.is_some());
        other.execute_batch("ROLLBACK").expect("free");
        let free = claim(&hall, 90_002, job).map(|(_, id)| id.is_some());
        [locked, free]
    }

    /// How often something was refused, with a word why.
    pub fn refusals(&self) -> usize {
        let paper = std::fs::read_to_string(self.dir.path().join("paper")).expect("paper");
        paper.lines().filter(|it| it.starts_with("refused")).count()
    }

    /// Opens everything on a good disk: nothing is damaged, all arrives, every receipt is there, and
    /// no job has more claims than places. Gives the number of receipts.
    pub fn check(&self) -> usize {
        let hall = Opened::of(self.dir.path(), 0).expect("opens after all");
        for round in 0.. {
            for turn in [Turn::Step, Turn::Push, Turn::Lend] {
                hall.turn(turn);
            }
            let waits = hall.store.outbox_state().expect("read").length;
            if waits == 0 && hall.sync.link().borrow().online {
                break;
            }
            assert!(round < 20, "I7: {waits} records still wait");
        }
        let told = hall.store.staff_notices().expect("read");
        let bad = ["store-damaged", "log-fork", "log-gap"];
        assert!(
            !told.iter().any(|it| bad.contains(&it.code.as_str())),
            "{told:?}"
        );
        let devices = hall.hub.store.devices().expect("read");
        assert!(!devices[0].quarantined && devices[0].quarantined_before.is_none());
        let (shown, withdrawing) = (
            on_paper(self.dir.path(), "shown"),
            on_paper(self.dir.path(), "withdrawing"),
        );
        for id in &shown {
            let kept = hall.hub.store.claim(*id).expect("read");
            let kept = kept.unwrap_or_else(|| panic!("I2: the receipt {id} is lost"));
            assert!(
                kept.claim.state.holds_place() || withdrawing.contains(id),
                "{id} was shown and is {:?}, {:?}",
                kept.claim.state,
                kept.claim.reason
            );
        }
        for id in on_paper(self.dir.path(), "withdrawn") {
            let kept = hall.hub.store.claim(id).expect("read").expect("there");
            assert!(!kept.claim.state.holds_place(), "{id} was withdrawn");
        }
        let hub = rusqlite::Connection::open(hall.net.config.data.join("hub.db")).expect("opens");
        for job in &hall.jobs {
            count(&hub, *job);
        }
        assert_eq!(logs_with_holes(&hub), 0, "I5");
        shown.len()
    }
}
