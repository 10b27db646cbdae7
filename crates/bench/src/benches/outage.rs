//! 2,000 devices and a hub that comes back to them: how long until all are in sync, and how many requests
//! a second that is, beside the steady ones. The devices are engines as they ship, each with a store of its
//! own, in some processes; what they have not is windows, and a machine each.

use crate::Failure;
use crate::context::Context;
use crate::hall::{listing, the_hall};
use crate::process::Running;
use crate::programs::start_hub_at;
use crate::report::Measured;
use clap::Args;
use gighall_core::hall::Hall;
use gighall_core::id::HallId;
use gighall_core::testing::{a_job, an_id_number};
use gighall_hub::{HubConfig, HubState};
use gighall_kiosk::desk::HallDesk;
use gighall_kiosk::store::Store;
use gighall_kiosk::sync::{
    Ask, Call, CallError, Carried, Http, Opened, Sync, SyncConfig, Transport,
};
use gighall_kiosk::terminal::desk::{ClaimOutcome, Desk, NewRegistration};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use rusqlite::Connection;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};
use tokio::runtime::{Handle, Runtime};

/// Devices of each hall.
const OF_A_HALL: u32 = 2;
/// Devices of one process: a store has up to a dozen files open.
const OF_A_PROCESS: u32 = 500;
/// Places of each job, enough for rights on every device.
const PLACES: u32 = 40;
/// From one device's first start to the next one's, so that they do not keep step.
const APART: Duration = Duration::from_millis(40);
/// How often a process tells how its devices are.
const TELLS_EVERY: Duration = Duration::from_millis(250);
/// Longest that anything may take before it counts as failed.
const PATIENCE: Duration = Duration::from_secs(300);

/// Requests that reached the hub, by the second of the Unix clock in which they were sent.
type Asked = BTreeMap<i64, u32>;

/// Runs the bench.
pub fn measure(context: &Context) -> Result<Vec<Measured>, Failure> {
    let devices = context.pick(2000, 200);
    let outage = Duration::from_secs(context.pick(240, 60));
    let dir = context.work.join("outage");
    if dir.exists() {
        std::fs::remove_dir_all(&dir)?;
    }
    let data = dir.join("hub");
    let hub = gighall_hub::open(&HubConfig::new(&data))?;
    for n in 0..devices {
        if n % OF_A_HALL == 0 {
            hub.store.put_hall(&a_hall_of(n)?)?;
            publish(&hub, n, 1)?;
        }
        let device = dir.join(format!("device-{n}"));
        std::fs::create_dir_all(&device)?;
        let name = format!("{n}号");
        let code = hub
            .store
            .add_device(&hall_of(n)?, &name, Timestamp::now())?;
        std::fs::write(device.join("code"), code)?;
    }
    drop(hub);
    let (mut running, url) = start_hub_at(context, &data, "127.0.0.1:0")?;
    let crews = (0..devices.div_ceil(OF_A_PROCESS))
        .map(|n| Crew::start(context, &dir, &url, n, devices))
        .collect::<Result<Vec<_>, _>>()?;
    let all = |is: fn(&Told) -> u32| crews.iter().map(|crew| crew.told(is)).sum::<u32>() == devices;
    until("every device is in sync", || all(|told| told.in_sync))?;
    eprintln!("  {devices} devices in sync");
    std::thread::sleep(Duration::from_secs(20));
    let steady_from = Timestamp::now().as_second() + 1;
    std::thread::sleep(Duration::from_secs(context.pick(62, 22)));
    let steady_to = Timestamp::now().as_second();

    running.kill();
    let killed = Instant::now();
    until("every device has a claim", || all(|told| told.claimed))?;
    let hub = gighall_hub::open(&HubConfig::new(&data))?;
    for n in (0..devices).step_by(OF_A_HALL as usize) {
        publish(&hub, n, 2)?;
    }
    drop(hub);
    std::thread::sleep(outage.saturating_sub(killed.elapsed()));
    eprintln!("  the hub comes back");
    let (back, back_at) = (Instant::now(), Timestamp::now().as_second());
    let address = url.trim_start_matches("http://");
    let (mut running, _) = start_hub_at(context, &data, address)?;
    until("every device is in sync again", || {
        all(|told| told.in_sync_again)
    })?;
    let took = back.elapsed();
    // The last ones' answers, and what they ask for then.
    std::thread::sleep(Duration::from_secs(30));
    let mut asked = Asked::new();
    for (second, count) in crews.iter().flat_map(|crew| crew.asked()) {
        *asked.entry(second).or_default() += count;
    }
    drop(crews);
    running.stop();
    let claims: u32 = Connection::open(data.join("hub.db"))?.query_row(
        "SELECT count(*) FROM claim WHERE state = 'confirmed'",
        [],
        |row| row.get(0),
    )?;
    if claims != devices {
        return Err(format!("{claims} claims are at the hub instead of {devices}").into());
    }
    let steady: u32 = asked.range(steady_from..steady_to).map(|(_, n)| n).sum();
    let steady = f64::from(steady) / (steady_to - steady_from) as f64;
    let after: Vec<String> = asked.range(back_at..).map(|(_, n)| n.to_string()).collect();
    eprintln!("  requests a second from then on: {}", after.join(" "));
    let peak = asked.range(back_at..).map(|(_, n)| *n).max().unwrap_or(0);
    Ok(figures(devices, outage, took, steady, f64::from(peak)))
}

fn hall_of(device: u32) -> Result<HallId, Failure> {
    Ok(format!("hall-{}", device / OF_A_HALL).parse()?)
}

fn a_hall_of(device: u32) -> Result<Hall, Failure> {
    Ok(Hall {
        id: hall_of(device)?,
        ..the_hall()
    })
}

/// The jobs of that device's hall: the first so many.
fn publish(hub: &HubState, device: u32, count: u32) -> Result<(), Failure> {
    let now = Timestamp::now();
    let hall = hall_of(device)?;
    let listings: Vec<_> = (0..count)
        .map(|n| {
            let mut job = a_job(n);
            job.hall = hall.clone();
            job.starts_at = now + SignedDuration::from_hours(48 + 24 * i64::from(n));
            job.ends_at = Some(job.starts_at + SignedDuration::from_hours(8));
            job.valid_until = job.starts_at;
            (job.places, job.places_left) = (PLACES, PLACES);
            listing(n, job)
        })
        .collect();
    hub.store.import(&hall, &listings, now)?;
    Ok(())
}

fn until(what: &str, mut is: impl FnMut() -> bool) -> Result<(), Failure> {
    let began = Instant::now();
    while !is() {
        if began.elapsed() > PATIENCE {
            return Err(format!("waited in vain: {what}").into());
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    Ok(())
}

/// What a process tells of its devices, a line each time.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
struct Told {
    in_sync: u32,
    claimed: u32,
    /// With the claim of the outage at the hub, and what was published meanwhile.
    in_sync_again: u32,
    /// Since it told last.
    asked: Asked,
}

/// A process of devices.
struct Crew {
    _process: Running,
    told: Arc<Mutex<Told>>,
}

impl Crew {
    fn start(
        context: &Context,
        dir: &Path,
        url: &str,
        n: u32,
        devices: u32,
    ) -> Result<Self, Failure> {
        let first = n * OF_A_PROCESS;
        let count = OF_A_PROCESS.min(devices - first);
        let mut command = Command::new(std::env::current_exe()?);
        command.arg("devices").arg("--dir").arg(dir);
        command.args(["--url", url, "--first", &first.to_string()]);
        command.args(["--count", &count.to_string()]);
        command.stdout(Stdio::piped());
        let mut process = Running::start(&mut command, &context.log(&format!("devices-{n}")))?;
        let lines = BufReader::new(process.stdout().ok_or("nothing is told")?).lines();
        let told = Arc::new(Mutex::new(Told::default()));
        let kept = told.clone();
        std::thread::spawn(move || {
            for line in lines.map_while(Result::ok) {
                let Ok(mut new) = serde_json::from_str::<Told>(&line) else {
                    continue;
                };
                let mut told = kept.lock().unwrap_or_else(PoisonError::into_inner);
                for (second, count) in std::mem::take(&mut told.asked) {
                    *new.asked.entry(second).or_default() += count;
                }
                *told = new;
            }
        });
        Ok(Self {
            _process: process,
            told,
        })
    }

    fn told(&self, is: fn(&Told) -> u32) -> u32 {
        is(&self.told.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn asked(&self) -> Asked {
        let told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
        told.asked.clone()
    }
}

/// Which devices a process is.
#[derive(Debug, Args)]
pub struct Devices {
    #[arg(long)]
    dir: PathBuf,
    #[arg(long)]
    url: String,
    #[arg(long)]
    first: u32,
    #[arg(long)]
    count: u32,
}

/// Is those devices, until it is ended.
pub fn live(which: &Devices) -> Result<(), Failure> {
    let runtime = Runtime::new()?;
    let asked: Arc<Mutex<Asked>> = Arc::default();
    let mut devices = vec![];
    for n in which.first..which.first + which.count {
        devices.push(Device::start(which, n, runtime.handle(), &asked)?);
        std::thread::sleep(APART);
    }
    loop {
        // Where all of them have lost the hub, somebody takes a job at each.
        if devices.iter().all(Device::has_lost_the_hub) {
            devices.iter_mut().try_for_each(Device::claim)?;
        }
        let mut told = Told {
            asked: std::mem::take(&mut *asked.lock().unwrap_or_else(PoisonError::into_inner)),
            ..Told::default()
        };
        for device in &mut devices {
            device.look()?;
            told.claimed += u32::from(device.claimed);
            told.in_sync += u32::from(device.in_sync);
            told.in_sync_again += u32::from(device.in_sync && device.claimed);
        }
        println!("{}", serde_json::to_string(&told)?);
        std::thread::sleep(TELLS_EVERY);
    }
}

struct Device {
    n: u32,
    store: Arc<Store>,
    sync: Arc<Sync>,
    desk: HallDesk,
    in_sync: bool,
    claimed: bool,
}

impl Device {
    fn start(
        which: &Devices,
        n: u32,
        runtime: &Handle,
        asked: &Arc<Mutex<Asked>>,
    ) -> Result<Self, Failure> {
        let data = which.dir.join(format!("device-{n}"));
        let zone = TimeZone::get("Asia/Shanghai")?;
        let store = Arc::new(Store::open(&data, zone, Timestamp::now())?);
        let network = Counted {
            http: Http::new(&which.url, &[])?,
            asked: asked.clone(),
        };
        let config = SyncConfig {
            url: which.url.clone(),
            hall: hall_of(n)?,
            code: Some(std::fs::read_to_string(data.join("code"))?),
            data,
            lends: true,
            certificates: vec![],
            walls: vec![],
        };
        let sync = Sync::start_over(runtime, store.clone(), config, Arc::new(network))?;
        let sync = Arc::new(sync);
        Ok(Self {
            n,
            desk: HallDesk::new(store.clone(), sync.clone()),
            store,
            sync,
            in_sync: false,
            claimed: false,
        })
    }

    fn has_lost_the_hub(&self) -> bool {
        self.in_sync && !self.claimed && !self.sync.link().borrow().online
    }

    /// Looks whether it has now all that the hub has, and the hub all that it has.
    fn look(&mut self) -> Result<(), Failure> {
        if !self.in_sync && self.sync.link().borrow().online && self.sync.hears_push() {
            let now = self.sync.now();
            let jobs = self.store.open_jobs(now)?;
            let wanted = if self.claimed { 2 } else { 1 };
            self.in_sync = jobs.len() == wanted
                && self.store.outbox_state()?.length == 0
                && jobs.iter().try_fold(true, |all, job| {
                    let account = self.store.account(job.id)?;
                    Ok::<_, Failure>(all && account.rights() > 0)
                })?;
        }
        Ok(())
    }

    /// A worker who was never here takes the job, with a right of this device.
    fn claim(&mut self) -> Result<(), Failure> {
        let birth = format!("19{}0501", 60 + self.n / 900);
        let new = NewRegistration {
            pin: None,
            name: "李晓峰".to_owned(),
            number: an_id_number(&birth, self.n % 900).parse()?,
            phone: None,
            work_kinds: vec![],
        };
        let worker = self.desk.register(&new, &[])?;
        let jobs = self.store.open_jobs(self.sync.now())?;
        let job = jobs.first().ok_or("there is no job")?;
        match self.desk.claim(&worker, job.id)? {
            ClaimOutcome::Confirmed(_) => {}
            other => return Err(format!("a claim with a right is {other:?}").into()),
        }
        (self.claimed, self.in_sync) = (true, false);
        Ok(())
    }
}

/// HTTP, and what reached the hub is counted.
struct Counted {
    http: Http,
    asked: Arc<Mutex<Asked>>,
}

impl Counted {
    async fn count<T>(
        &self,
        asks: impl Future<Output = Result<T, CallError>>,
    ) -> Result<T, CallError> {
        let second = Timestamp::now().as_second();
        let answer = asks.await;
        if !matches!(answer, Err(CallError::Unreachable(_))) {
            let mut asked = self.asked.lock().unwrap_or_else(PoisonError::into_inner);
            *asked.entry(second).or_default() += 1;
        }
        answer
    }
}

impl Transport for Counted {
    fn carry(&self, call: Call) -> Pin<Box<dyn Future<Output = Carried> + Send + '_>> {
        Box::pin(self.count(self.http.carry(call)))
    }

    fn open(&self, ask: Ask) -> Pin<Box<dyn Future<Output = Opened> + Send + '_>> {
        Box::pin(self.count(self.http.open(ask)))
    }
}

fn figures(
    devices: u32,
    outage: Duration,
    took: Duration,
    steady: f64,
    peak: f64,
) -> Vec<Measured> {
    let how = format!(
        "The hub program on loopback and {devices} engines of devices as they ship, over HTTP, {OF_A_HALL} to a \
         hall, each with a store of its own and without windows, {OF_A_PROCESS} to a process. The hub is killed; \
         at each device somebody takes a job; a job more is published in each hall; after {} s the hub is started \
         again. In sync is a device whose claim the hub has, that has the new job and rights to it, and hears the \
         hub's push. Counted are requests that reached the hub, in whole seconds: {steady:.0} a second while \
         nothing happened, {peak:.0} in the worst second.",
        outage.as_secs()
    );
    vec![
        Measured::told(
            "seconds from the hub's start until every device is in sync",
            took.as_secs_f64(),
            "s",
            &how,
        )
        .at_most(60.0),
        Measured::told(
            "requests in the worst second after an outage, of the steady ones",
            peak / steady,
            "",
            &how,
        )
        .at_most(3.0),
        Measured::told(
            "requests a second of the devices while nothing happens",
            steady,
            "1/s",
            &how,
        ),
    ]
}
