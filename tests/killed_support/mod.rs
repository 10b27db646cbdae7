//! A hub and a kiosk that may be killed, and the receipts that were shown, kept elsewhere.

use crate::chance::Chance;
use crate::count::{count, logs_with_holes};
use crate::disk::bad_disk;
use crate::paper::{on_paper, say};
use crate::support::program;
use crate::sync_support::{Kiosk, listing};
use gighall_core::hall::Hall;
use gighall_core::id::{ClaimId, JobId};
use gighall_core::testing::{a_hall, an_id_number};
use gighall_core::wire::KnownWorker;
use gighall_hub::HubConfig;
use gighall_kiosk::store::Taken;
use gighall_kiosk::terminal::desk::{ClaimOutcome, Desk, NewRegistration};
use jiff::Timestamp;
use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};
use tempfile::TempDir;
use uuid::Uuid;

/// Places of each job. No right is lent to a single place: it is taken at the hub.
const PLACES: [u32; 7] = [6, 30, 5000, 1, 1, 1, 1];

/// The variables by which the kiosk's process is told what to do.
const DIR: &str = "GIGHALL_APART_DIR";
const HUB: &str = "GIGHALL_APART_HUB";
const RUN: &str = "GIGHALL_APART_RUN";
const TOO_EARLY: &str = "GIGHALL_APART_TOO_EARLY";

/// What the hub logs.
const HUB_LOG: &str = "hub.log";

/// A process that ends with the test.
struct Process(Child);

impl Process {
    /// Starts it; what it logs goes to the end of that file.
    fn of(command: &mut Command, log: &Path) -> Self {
        let log = std::fs::OpenOptions::new()
            .append(true)
            .create(true)
            .open(log)
            .expect("a log");
        command.stdout(Stdio::null()).stderr(log);
        Self(command.spawn().expect("it starts"))
    }

    fn runs(&mut self) -> bool {
        self.0.try_wait().expect("a child of ours").is_none()
    }
}

impl Drop for Process {
    /// SIGKILL.
    fn drop(&mut self) {
        self.0.kill().ok();
        self.0.wait().ok();
    }
}

/// What the kiosk's process does until it is killed. Does nothing where nobody has said where.
pub fn live() {
    let Ok(dir) = std::env::var(DIR) else { return };
    let dir = PathBuf::from(dir);
    let told = |name: &str| std::env::var(name).expect("told");
    let hub: SocketAddr = told(HUB).parse().expect("an address");
    let run: u32 = told(RUN).parse().expect("a number");
    let too_early = std::env::var(TOO_EARLY).is_ok();
    let code = std::fs::read_to_string(dir.join("code")).ok();
    let kiosk = Kiosk::start(&dir.join("kiosk"), hub, code);
    let mut chance = Chance::new(u64::from(run));
    let mut made: Vec<(KnownWorker, ClaimId)> = vec![];
    // The test that started it ends it; should that one die, it ends by itself.
    for n in 0..2000 {
        std::thread::sleep(Duration::from_millis(chance.below(8) as u64));
        let jobs = kiosk.store.open_jobs(kiosk.sync.now()).expect("read");
        if jobs.is_empty() {
            continue;
        }
        if chance.percent(15) && !too_early {
            if let Some((worker, id)) = made.pop() {
                say(&dir, &format!("withdrawing {id}"));
                kiosk.desk.withdraw(&worker, id).expect("withdrawn");
                say(&dir, &format!("withdrawn {id}"));
            }
            continue;
        }
        let worker = register(&kiosk, run * 2000 + n);
        let job = chance.of(&jobs).id;
        if too_early {
            show_too_early(&dir, &kiosk, &worker, job);
            continue;
        }
        let outcome = kiosk.desk.claim(&worker, job).expect("works");
        if let ClaimOutcome::Confirmed(claim) = outcome {
            say(&dir, &format!("shown {}", claim.id));
            made.push((worker, claim.id));
        }
    }
}

/// What rule 2 forbids: the receipt is shown, and then kept.
fn show_too_early(dir: &Path, kiosk: &Kiosk, worker: &KnownWorker, job: JobId) {
    let Some(identity) = kiosk.sync.identity().filter(|_| kiosk.rights(job) > 0) else {
        return;
    };
    let id = ClaimId(Uuid::new_v4());
    say(dir, &format!("shown {id}"));
    std::thread::sleep(Duration::from_millis(20));
    let now = kiosk.sync.now();
    let taken = kiosk.store.confirm(&identity, worker, job, id, now);
    // A right that went back to the hub meanwhile is another mistake than the one that is looked for.
    let taken = taken.expect("works");
    assert!(
        matches!(taken, Taken::Done(_) | Taken::NoRight),
        "{taken:?}"
    );
    if taken == Taken::NoRight {
        say(dir, &format!("withdrawing {id}"));
    }
}

fn register(kiosk: &Kiosk, person: u32) -> KnownWorker {
    let days = person / 1000;
    let birth = format!(
        "{}{:02}{:02}",
        1950 + days / 336 % 50,
        1 + days / 28 % 12,
        1 + days % 28
    );
    let new = NewRegistration {
        pin: None,
        name: "李晓峰".to_owned(),
        number: an_id_number(&birth, person % 1000).parse().expect("valid"),
        phone: None,
        work_kinds: vec![],
    };
    kiosk.desk.register(&new, &[]).expect("registered")
}

/// A free address whose port the system gives to nobody who asks for any: while the hub is down, a client
/// that tries its port could otherwise be given the same one and reach itself.
fn an_address() -> SocketAddr {
    static ASKED: AtomicU32 = AtomicU32::new(0);
    let asked = ASKED.fetch_add(1, Ordering::SeqCst);
    let first = 15_000 + (std::process::id() % 100) * 100 + asked;
    let ports = (first..30_000).filter_map(|port| u16::try_from(port).ok());
    let mut addresses = ports.map(|port| SocketAddr::from(([127, 0, 0, 1], port)));
    let free = addresses.find(|address| TcpListener::bind(address).is_ok());
    free.expect("a port")
}

/// A hub and a kiosk on a disk of their own.
pub struct House {
    dir: TempDir,
    address: SocketAddr,
    hub: Option<Process>,
    kiosk: Option<Process>,
    /// A library that makes disks slow.
    shim: PathBuf,
    starts: usize,
    run: u32,
    too_early: bool,
    /// How often a kill while it enrolled, between the identity's file and the store, cost the kiosk an
    /// epoch under which nothing had happened yet.
    pub enrolled_anew: u32,
}

impl House {
    /// A hall with jobs and a kiosk that is to enrol. With `too_early` it shows receipts that it has not
    /// kept yet.
    pub fn new(too_early: bool) -> Self {
        let dir = tempfile::tempdir_in("/dev/shm")
            .or_else(|_| tempfile::tempdir())
            .expect("a directory");
        let hub = gighall_hub::open(&HubConfig::new(dir.path().join("hub"))).expect("a hub");
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
        let code = hub.store.add_device(&a_hall(), "一号", now);
        std::fs::write(dir.path().join("code"), code.expect("a code")).expect("written");
        std::fs::write(dir.path().join("paper"), "").expect("written");
        let mut house = Self {
            dir,
            address: an_address(),
            hub: None,
            kiosk: None,
            shim: bad_disk(),
            starts: 0,
            run: 0,
            too_early,
            enrolled_anew: 0,
        };
        house.start();
        house
    }

    /// Starts a program; every third time its disk is slow: while it waits for a sync, much may happen.
    fn process(&mut self, command: &mut Command, log: &str) -> Process {
        self.starts += 1;
        let slow = ["0", "0", "12"][self.starts % 3];
        if slow != "0" {
            command
                .env("LD_PRELOAD", &self.shim)
                .env("BAD_DISK_UNDER", self.dir.path())
                .env("BAD_DISK", format!("slow:{slow}"));
        }
        Process::of(command, &self.dir.path().join(log))
    }

    /// Starts whatever does not run.
    fn start(&mut self) {
        self.start_hub();
        self.start_kiosk();
    }

    fn start_hub(&mut self) {
        if self.hub.is_some() {
            return;
        }
        let mut command = Command::new(program("gighall-hub"));
        command
            .args(["serve", "--data"])
            .arg(self.dir.path().join("hub"));
        command.args(["--listen", &self.address.to_string()]);
        self.hub = Some(self.process(&mut command, HUB_LOG));
    }

    fn start_kiosk(&mut self) {
        if self.kiosk.is_some() {
            return;
        }
        self.run += 1;
        let mut command = Command::new(std::env::current_exe().expect("this program"));
        command
            .args([
                "--exact",
                "a_kiosk_in_a_process",
                "--ignored",
                "--nocapture",
            ])
            .env(DIR, self.dir.path())
            .env(HUB, self.address.to_string())
            .env(RUN, self.run.to_string())
            .envs(self.too_early.then_some((TOO_EARLY, "1")));
        self.kiosk = Some(self.process(&mut command, "kiosk.log"));
    }

    /// After a while one of the two is killed, or both, and comes back after another. Says how many were.
    pub fn kill_some(&mut self, chance: &mut Chance) -> usize {
        let mut wait = |most: usize| {
            std::thread::sleep(Duration::from_millis(chance.below(most) as u64));
        };
        wait(450);
        let which = chance.below(10);
        if which < 6 {
            self.kiosk = None;
        }
        if which >= 4 {
            self.hub = None;
        }
        std::thread::sleep(Duration::from_millis(chance.below(60) as u64));
        self.start();
        1 + usize::from((4..6).contains(&which))
    }

    /// The kiosk is killed a last time, and comes back without anybody at it; all that waits arrives. Then
    /// the hub is killed, and what it has is counted. Gives the number of receipts.
    pub fn check(&mut self) -> usize {
        self.start_hub();
        self.kiosk = None;
        let kiosk = Kiosk::start(&self.dir.path().join("kiosk"), self.address, self.code());
        let ended = Instant::now() + Duration::from_secs(60);
        while !(kiosk.online() && kiosk.outbox() == 0) {
            let runs = self.hub.as_mut().is_some_and(Process::runs);
            assert!(runs, "the hub ended by itself: {}", self.hub_log());
            let (link, waits) = (*kiosk.sync.link().borrow(), kiosk.outbox());
            assert!(
                Instant::now() < ended,
                "I7: {waits} records wait: {link:?} {:?} {}",
                kiosk.told(),
                self.hub_log()
            );
            std::thread::sleep(Duration::from_millis(20));
        }
        let told: Vec<String> = kiosk.told().into_iter().map(|it| it.code).collect();
        let bad = ["store-damaged", "log-fork", "log-gap"];
        assert!(
            !told.iter().any(|it| bad.contains(&it.as_str())),
            "{told:?}"
        );
        drop(kiosk);
        self.hub = None;
        let data = self.dir.path().join("hub");
        let hub = gighall_hub::open(&HubConfig::new(&data)).expect("opens");
        let devices = hub.store.devices().expect("read");
        assert!(!devices[0].quarantined && devices[0].quarantined_before.is_none());
        let (shown, withdrawing) = (
            on_paper(self.dir.path(), "shown"),
            on_paper(self.dir.path(), "withdrawing"),
        );
        for id in &shown {
            let kept = hub.store.claim(*id).expect("read");
            let holds = kept.map(|kept| kept.claim.state.holds_place());
            assert!(
                holds == Some(true) || withdrawing.contains(id),
                "I2: the receipt {id} is lost ({holds:?})"
            );
        }
        for id in on_paper(self.dir.path(), "withdrawn") {
            let kept = hub.store.claim(id).expect("read").expect("there");
            assert!(!kept.claim.state.holds_place(), "{id} was withdrawn");
        }
        let counted = rusqlite::Connection::open(data.join("hub.db")).expect("opens");
        for job in hub.store.jobs(&a_hall()).expect("read") {
            count(&counted, job.job.id);
        }
        assert_eq!(logs_with_holes(&counted), 0, "I5");
        self.enrolled_anew = devices[0].epoch.0 - 1;
        let in_use = "SELECT count(*) FROM enrolment AS mine
             WHERE epoch < (SELECT epoch FROM device WHERE id = mine.device)
               AND (used_at IS NOT NULL OR log_seq > 0
                    OR EXISTS (SELECT 1 FROM rights_account AS account
                        WHERE account.device = mine.device AND account.epoch = mine.epoch))";
        let given_up: u32 = counted
            .query_row(in_use, [], |row| row.get(0))
            .expect("counted");
        assert_eq!(
            given_up, 0,
            "a kill cost the kiosk an epoch that was in use"
        );
        drop(hub);
        self.start();
        shown.len()
    }

    /// The end of what the hub logged.
    fn hub_log(&self) -> String {
        let log = std::fs::read_to_string(self.dir.path().join(HUB_LOG)).unwrap_or_default();
        let lines: Vec<&str> = log.lines().collect();
        lines[lines.len().saturating_sub(20)..].join("\n")
    }

    fn code(&self) -> Option<String> {
        std::fs::read_to_string(self.dir.path().join("code")).ok()
    }
}
