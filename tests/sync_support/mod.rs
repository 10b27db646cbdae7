//! A real hub in this process, a line to it that can be pulled or spoilt, and kiosks.

#![allow(dead_code)]

use gighall_core::claim::Claim;
use gighall_core::hall::Hall;
use gighall_core::id::{ClaimId, HallId, JobId};
use gighall_core::job::Job;
use gighall_core::testing::{a_hall, a_job, an_id_number};
use gighall_core::wire::KnownWorker;
use gighall_hub::store::Listing;
use gighall_hub::{HubConfig, HubState};
use gighall_kiosk::desk::HallDesk;
use gighall_kiosk::store::{StaffNotice, Store};
use gighall_kiosk::sync::{Sync, SyncConfig, Transport};
use gighall_kiosk::terminal::desk::{ClaimOutcome, Desk, NewRegistration, WhyProvisional};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use std::io::{Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use tempfile::TempDir;
use tokio::runtime::Runtime;

/// Longest that a test waits for what should come within seconds.
const PATIENCE: Duration = Duration::from_secs(60);

/// Waits until `is` says so.
pub fn until(what: &str, mut is: impl FnMut() -> bool) {
    let ended = Instant::now() + PATIENCE;
    while !is() {
        assert!(Instant::now() < ended, "waited in vain: {what}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// A hub on loopback, in a directory of its own with room for kiosks.
pub struct Hub {
    pub state: HubState,
    pub address: SocketAddr,
    runtime: Option<Runtime>,
    dir: TempDir,
}

impl Hub {
    pub fn start() -> Self {
        let dir = tempfile::tempdir().expect("a directory");
        let runtime = Runtime::new().expect("a runtime");
        let config = HubConfig::new(dir.path().join("hub"));
        let state = gighall_hub::open(&config).expect("a hub");
        let hall = Hall {
            id: a_hall(),
            name: "威宁县零工市场".to_owned(),
            county_code: None,
            hotline: None,
            address: None,
        };
        state.store.put_hall(&hall).expect("a hall");
        let address = serve_at(&runtime, "127.0.0.1:0", &state).expect("a port");
        Self {
            state,
            address,
            runtime: Some(runtime),
            dir,
        }
    }

    /// Copies the hub's data as they are now.
    pub fn copy(&self) -> PathBuf {
        let copy = self.dir.path().join("copy.db");
        let now = Timestamp::now();
        self.state.store.back_up(&copy, now).expect("copied");
        copy
    }

    /// Stops the hub, has something done with its data directory, and serves it at the same address.
    pub fn stopped(&mut self, change: impl FnOnce(&Path)) {
        let data = self.dir.path().join("hub");
        let address = self.address.to_string();
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_timeout(Duration::from_secs(5));
        }
        // The one that is dropped with the assignment has the old data open.
        let other = tempfile::tempdir().expect("a directory");
        self.state = gighall_hub::open(&HubConfig::new(other.path())).expect("a hub");
        change(&data);
        self.state = gighall_hub::open(&HubConfig::new(data)).expect("a hub");
        let runtime = Runtime::new().expect("a runtime");
        until("the address is free", || {
            serve_at(&runtime, &address, &self.state).is_ok()
        });
        self.runtime = Some(runtime);
    }

    /// Puts a copy back, as `gighall-hub restore` does.
    pub fn put_back(&mut self, copy: &Path) {
        self.stopped(|data| {
            let config = HubConfig::new(data);
            until("nobody uses it", || {
                gighall_hub::put_back(&config, copy, "staff").is_ok()
            });
        });
    }

    /// The data directory of the kiosk that staff call so.
    pub fn data(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    /// A kiosk that enrols under that name, over that line.
    pub fn kiosk(&self, name: &str, line: SocketAddr) -> Kiosk {
        Kiosk::start(&self.data(name), line, Some(self.code(name)))
    }

    /// A claim as the hub has it.
    pub fn claim(&self, id: ClaimId) -> Claim {
        let kept = self.state.store.claim(id).expect("read");
        kept.expect("there").claim
    }

    /// A job as the hub has it.
    pub fn job(&self, id: JobId) -> Job {
        self.state.store.job(id).expect("read").expect("there")
    }

    pub fn code(&self, name: &str) -> String {
        self.state
            .store
            .add_device(&a_hall(), name, Timestamp::now())
            .expect("a code")
    }

    /// Publishes jobs `0..` with so many places each; they start tomorrow, none overlapping.
    /// Gives them as the hub has them.
    pub fn publish(&self, places: &[u32]) -> Vec<Job> {
        let listings: Vec<Listing> = (0u32..)
            .zip(places)
            .map(|(n, places)| listing(n, *places))
            .collect();
        let now = Timestamp::now();
        self.state
            .store
            .import(&a_hall(), &listings, now)
            .expect("imported");
        let mut jobs = self.state.store.open_jobs(&a_hall(), now).expect("read");
        jobs.sort_by_key(|job| job.starts_at);
        jobs
    }
}

impl Drop for Hub {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

fn serve_at(runtime: &Runtime, address: &str, state: &HubState) -> std::io::Result<SocketAddr> {
    let listener = runtime.block_on(tokio::net::TcpListener::bind(address))?;
    let bound = listener.local_addr()?;
    runtime.spawn(gighall_hub::serve(
        listener,
        state.clone(),
        std::future::pending(),
    ));
    Ok(bound)
}

pub fn listing(n: u32, places: u32) -> Listing {
    let mut job = a_job(n);
    let hours = 24 + 12 * i64::from(n);
    job.title = format!("砌砖小工{n}");
    (job.places, job.places_left) = (places, places);
    job.starts_at = Timestamp::now() + SignedDuration::from_hours(hours);
    job.ends_at = Some(job.starts_at + SignedDuration::from_hours(8));
    job.valid_until = job.starts_at;
    Listing {
        source_key: format!("test-{n}"),
        employer_uscc: None,
        review: None,
        start_moves: false,
        job,
    }
}

/// What the line does to a connection.
#[derive(Clone, Debug)]
pub enum Line {
    /// Passes everything.
    Good,
    /// Takes no connection.
    Pulled,
    /// Answers every request itself with those bytes, then closes.
    Answers(Vec<u8>),
    /// Answers requests whose text has that with those bytes, then closes; passes the rest.
    AnswersTo(&'static str, Vec<u8>),
    /// Passes everything, and holds what comes while the hub is away until it is back.
    Patient,
    /// Passes requests of so many bytes. What is longer does not get through before the kiosk gives it up.
    Narrow(usize),
    /// Takes the request and never answers.
    Stalls,
    /// Cuts answers to requests whose text has that after so many bytes; passes the rest.
    Cuts(&'static str, usize),
    /// Passes requests to the hub whose text has that, and loses the answers; passes the rest.
    LosesAnswersOf(&'static str),
}

/// A line between a kiosk and the hub.
pub struct Cable {
    pub address: SocketAddr,
    line: Arc<Mutex<Line>>,
    open: Arc<Mutex<Vec<TcpStream>>>,
}

impl Cable {
    pub fn to(hub: SocketAddr) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = listener.local_addr().expect("bound");
        let line = Arc::new(Mutex::new(Line::Good));
        let open: Arc<Mutex<Vec<TcpStream>>> = Arc::default();
        let (is, opened) = (line.clone(), open.clone());
        std::thread::spawn(move || {
            for near in listener.incoming().flatten() {
                opened.lock().expect("fine").extend(near.try_clone().ok());
                let line = is.lock().expect("fine").clone();
                let opened = opened.clone();
                std::thread::spawn(move || serve(near, hub, line, &opened));
            }
        });
        Self {
            address,
            line,
            open,
        }
    }

    /// What happens from now on; connections that are open are cut.
    pub fn now(&self, line: Line) {
        *self.line.lock().expect("fine") = line;
        for stream in self.open.lock().expect("fine").drain(..) {
            stream.shutdown(Shutdown::Both).ok();
        }
    }
}

fn serve(mut near: TcpStream, hub: SocketAddr, line: Line, open: &Mutex<Vec<TcpStream>>) {
    let mut first = vec![0; 64 * 1024];
    let mut answered = None;
    let patient = matches!(line, Line::Patient);
    let most = match line {
        Line::Narrow(bytes) => bytes,
        _ => usize::MAX,
    };
    let lost = match line {
        // Dropping it closes nothing, as `open` has it too.
        Line::Pulled => {
            near.shutdown(Shutdown::Both).ok();
            return;
        }
        Line::Answers(bytes) => {
            if !near.read(&mut first).is_ok_and(|n| n > 0) {
                return;
            }
            near.write_all(&bytes).ok();
            // Or the kiosk would ask again over a connection on which nobody answers.
            near.shutdown(Shutdown::Both).ok();
            return;
        }
        Line::Stalls => {
            while near.read(&mut first).is_ok_and(|n| n > 0) {}
            return;
        }
        Line::LosesAnswersOf(text) => Some((text, 0)),
        Line::Cuts(text, after) => Some((text, after)),
        Line::AnswersTo(text, bytes) => {
            answered = Some((text, bytes));
            None
        }
        Line::Good | Line::Patient | Line::Narrow(_) => None,
    };
    let tries = if patient { 500 } else { 1 };
    let mut connected = (0..tries).filter_map(|n| {
        std::thread::sleep(Duration::from_millis(20 * u64::from(n > 0)));
        TcpStream::connect(hub).ok()
    });
    let Some(mut far) = connected.next() else {
        return;
    };
    open.lock().expect("fine").extend(far.try_clone().ok());
    let (Ok(back), Ok(to)) = (far.try_clone(), near.try_clone()) else {
        return;
    };
    let left = Arc::new(AtomicUsize::new(usize::MAX));
    let passes = left.clone();
    // Of a request whose answer has not begun.
    let sent = Arc::new(AtomicUsize::new(0));
    let answers = sent.clone();
    std::thread::spawn(move || forward(back, to, &passes, &answers));
    while let Ok(n) = near.read(&mut first) {
        let text = String::from_utf8_lossy(&first[..n]);
        if let Some((asked, answer)) = &answered
            && text.contains(asked)
        {
            near.write_all(answer).ok();
            near.shutdown(Shutdown::Both).ok();
            break;
        }
        if let Some((_, after)) = lost.filter(|(lost, _)| text.contains(lost)) {
            left.store(after, Ordering::SeqCst);
        }
        if sent.fetch_add(n, Ordering::SeqCst) + n > most {
            while near.read(&mut first).is_ok_and(|n| n > 0) {}
            break;
        }
        if n == 0 || far.write_all(&first[..n]).is_err() {
            break;
        }
    }
    far.shutdown(Shutdown::Both).ok();
}

/// Passes bytes on as long as any are `left` to be passed; with them nothing of a request is unanswered.
fn forward(mut from: TcpStream, mut into: TcpStream, left: &AtomicUsize, unanswered: &AtomicUsize) {
    let mut buffer = [0; 16 * 1024];
    while let Ok(n) = from.read(&mut buffer) {
        unanswered.store(0, Ordering::SeqCst);
        let may = left.load(Ordering::SeqCst);
        let passed = n.min(may);
        if n == 0 || into.write_all(&buffer[..passed]).is_err() || passed < n {
            break;
        }
        if may != usize::MAX {
            left.fetch_sub(passed, Ordering::SeqCst);
        }
    }
    into.shutdown(Shutdown::Both).ok();
}

/// A kiosk without windows.
pub struct Kiosk {
    pub store: Arc<Store>,
    pub sync: Arc<Sync>,
    pub desk: HallDesk,
    _runtime: Runtime,
}

impl Kiosk {
    pub fn start(data: &Path, hub: SocketAddr, code: Option<String>) -> Self {
        Self::of_hall(data, hub, code, a_hall())
    }

    /// A kiosk without a terminal, as far as the engine knows.
    pub fn wall_only(data: &Path, hub: SocketAddr) -> Self {
        Self::of(data, hub, None, a_hall(), false)
    }

    pub fn of_hall(data: &Path, hub: SocketAddr, code: Option<String>, hall: HallId) -> Self {
        Self::of(data, hub, code, hall, true)
    }

    /// One whose requests go over that.
    pub fn over(
        data: &Path,
        hub: SocketAddr,
        code: Option<String>,
        network: Arc<dyn Transport>,
    ) -> Self {
        Self::made(data, hub, code, a_hall(), true, Some(network))
    }

    fn of(data: &Path, hub: SocketAddr, code: Option<String>, hall: HallId, lends: bool) -> Self {
        Self::made(data, hub, code, hall, lends, None)
    }

    fn made(
        data: &Path,
        hub: SocketAddr,
        code: Option<String>,
        hall: HallId,
        lends: bool,
        network: Option<Arc<dyn Transport>>,
    ) -> Self {
        let zone = TimeZone::get("Asia/Shanghai").expect("a zone");
        let store = Arc::new(Store::open(data, zone, Timestamp::now()).expect("a store"));
        let runtime = Runtime::new().expect("a runtime");
        let config = SyncConfig {
            url: format!("http://{hub}"),
            hall,
            code,
            data: data.to_owned(),
            lends,
            certificates: vec![],
            walls: vec![],
        };
        let (handle, kept) = (runtime.handle(), store.clone());
        let sync = match network {
            Some(network) => Sync::start_over(handle, kept, config, network),
            None => Sync::start(handle, kept, config),
        };
        let sync = Arc::new(sync.expect("starts"));
        Self {
            desk: HallDesk::new(store.clone(), sync.clone()),
            store,
            sync,
            _runtime: runtime,
        }
    }

    pub fn online(&self) -> bool {
        self.sync.link().borrow().online
    }

    pub fn open_jobs(&self) -> usize {
        self.store.open_jobs(self.sync.now()).expect("read").len()
    }

    pub fn rights(&self, job: JobId) -> u32 {
        self.store.account(job).expect("read").rights()
    }

    /// A claim as the kiosk has it.
    pub fn claim(&self, id: ClaimId) -> Claim {
        self.store.claim(id).expect("read").expect("there")
    }

    /// A job as the kiosk has it.
    pub fn job(&self, id: JobId) -> Job {
        self.store.job(id).expect("read").expect("there")
    }

    /// What staff are told of.
    pub fn told(&self) -> Vec<StaffNotice> {
        self.store.staff_notices().expect("read")
    }

    pub fn outbox(&self) -> u64 {
        self.store.outbox_state().expect("read").length
    }

    pub fn register(&self, n: u32) -> KnownWorker {
        let new = NewRegistration {
            pin: None,
            name: "李晓峰".to_owned(),
            number: an_id_number("19750501", n).parse().expect("valid"),
            phone: None,
            work_kinds: vec![],
        };
        self.desk.register(&new, &[]).expect("registered")
    }
}

/// A claim that holds a place.
pub fn confirmed(outcome: ClaimOutcome) -> Claim {
    match outcome {
        ClaimOutcome::Confirmed(claim) => claim,
        other => panic!("{other:?}"),
    }
}

/// A claim that was taken without the hub.
pub fn provisional(outcome: ClaimOutcome) -> Claim {
    match outcome {
        ClaimOutcome::Provisional(claim, WhyProvisional::Offline) => claim,
        other => panic!("{other:?}"),
    }
}
