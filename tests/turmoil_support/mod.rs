//! The town of the simulation on turmoil's network and in its time: the hub's real server, engines whose tasks
//! run by themselves, phones that open pages, and all that can happen between them.

mod line;

use crate::simulation_support::Ran;
use crate::simulation_support::town::{NAME, Town, Wish, number_of};
use gighall_core::id::{ClaimId, JobId};
use gighall_core::token::{Presence, SigningKey};
use gighall_kiosk::terminal::desk::{ClaimOutcome, Desk, DeskError};
use gighall_testkit::{Carrier, Phone};
use jiff::{SignedDuration, Timestamp};
use line::{Browser, Device, HUB, HubDoor, Line};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};
use tokio::runtime::Handle;
use tokio::sync::mpsc::{UnboundedSender, unbounded_channel};
use turmoil::{Builder, Sim};
use uuid::Uuid;

/// The simulated time moves by so much at a time, and messages arrive no finer than that.
const TICK: Duration = Duration::from_millis(10);
/// A good line.
const QUICK: Duration = Duration::from_millis(60);
/// I7: once everything is healed, all is sent after so long at most. A device that gave up for a while tries
/// again within a minute, over a connection that may be dead.
const AT_REST_WITHIN: Duration = Duration::from_secs(180);
/// How long the machine may take, in real time, for what a desk does on a thread of its own.
const THREAD_PATIENCE: Duration = Duration::from_secs(1);

/// Where a host says what runs its tasks.
type Told = Arc<Mutex<Option<Handle>>>;

/// Somebody at a terminal whose desk has to ask the hub: it waits for that on a thread of its own.
struct Asking {
    wish: Wish,
    thread: JoinHandle<Result<ClaimOutcome, DeskError>>,
}

/// Somebody with a phone who has scanned a terminal's code.
struct Claiming {
    phone: usize,
    at: usize,
    job: JobId,
    id: ClaimId,
    token: String,
}

pub struct Storm {
    town: Town,
    sim: Sim<'static>,
    told: Vec<Told>,
    handles: Vec<Option<Handle>>,
    its: Vec<Arc<Device>>,
    asking: Vec<Asking>,
    phones: UnboundedSender<Claiming>,
    /// Phones that wait for the hub.
    waiting: Arc<AtomicUsize>,
    codes: i64,
    /// Of the hub's database when it was counted last.
    version: i64,
}

fn name(n: usize) -> String {
    format!("kiosk{n}")
}

impl Storm {
    pub fn new(seed: u64, devices: usize, whole_disks: bool) -> Self {
        gighall_host::simulated::begin(seed);
        let (town, _) = Town::new(seed, devices, whole_disks);
        let mut sim = Builder::new()
            .rng_seed(seed)
            .tick_duration(TICK)
            .simulation_duration(Duration::from_secs(24 * 3600))
            .max_message_latency(QUICK)
            .repair_rate(0.3)
            .enable_random_order()
            .build();
        let net = town.net.clone();
        net.switch(false);
        sim.host(HUB, move || {
            let net = net.clone();
            async move {
                net.switch(true);
                let door = HubDoor::open().await?;
                let hub = net.state().hub.clone().expect("up");
                gighall_hub::serve(door, hub, std::future::pending()).await?;
                Ok(())
            }
        });
        let told: Vec<Told> = (0..devices).map(|_| Told::default()).collect();
        for (n, told) in told.iter().enumerate() {
            let told = told.clone();
            sim.host(name(n), move || {
                *told.lock().expect("fine") = Some(Handle::current());
                std::future::pending()
            });
        }
        let waiting = Arc::new(AtomicUsize::new(0));
        let phones = phones(&mut sim, &town, &waiting);
        let mut storm = Self {
            town,
            sim,
            told,
            handles: vec![None; devices],
            its: (0..devices).map(|_| Arc::default()).collect(),
            asking: vec![],
            phones,
            waiting,
            codes: 0,
            version: 0,
        };
        for n in 0..devices {
            storm.start(n);
        }
        // Enrolled, with listings and rights.
        storm.run(Duration::from_secs(5));
        storm
    }

    /// Plays so many steps, heals everything, and counts again.
    pub fn play(mut self, steps: usize) -> Ran {
        for step in 0..steps {
            self.step();
            let wait = {
                let mut state = self.town.net.state();
                match state.chance.below(10) {
                    0..7 => state.chance.below(300),
                    7..9 => state.chance.below(3_000),
                    _ => state.chance.below(20_000),
                }
            };
            self.run(Duration::from_millis(wait as u64));
            for n in 0..self.town.devices.len() {
                self.town.check_receipts(n);
            }
            if step % 8 == 7 {
                self.town.check_logs();
            }
        }
        self.heal();
        self.town.meet();
        self.town.check();
        self.town.check_logs();
        self.town.recount();
        let mut state = self.town.net.state();
        Ran {
            told: std::mem::take(&mut state.told),
            requests: state.requests,
            receipts: state.receipts.len(),
        }
    }

    /// Time passes.
    fn run(&mut self, time: Duration) {
        let end = self.sim.elapsed() + time;
        while self.sim.elapsed() < end {
            self.tick();
        }
        self.town.meet();
        self.town.check();
    }

    fn tick(&mut self) {
        self.sim.step().expect("no host ends by itself");
        self.hear();
        let version = self
            .town
            .counter
            .query_row("PRAGMA data_version", [], |row| row.get(0))
            .expect("read");
        // I1 and I3 after every change at the hub.
        if version != self.version {
            self.version = version;
            self.town.meet();
            self.town.check();
        }
    }

    fn is_up(&self, n: usize) -> bool {
        self.town.devices[n].program.is_some()
    }

    fn is_asking(&self, n: usize) -> bool {
        self.asking.iter().any(|it| it.wish.device == n)
    }

    fn start(&mut self, n: usize) {
        let host = name(n);
        if !self.sim.is_host_running(host.as_str()) {
            self.sim.bounce(host.as_str());
        }
        let handle = self.told[n].lock().expect("fine").take();
        let handle = handle.expect("it was told as the host began");
        let line = Arc::new(Line {
            net: self.town.net.clone(),
            device: n,
            browser: Browser::new(),
            its: self.its[n].clone(),
        });
        self.town.start(n, &handle, line, true);
        self.handles[n] = Some(handle);
    }

    /// The process dies at once.
    fn kill(&mut self, n: usize) {
        self.town.devices[n].program = None;
        self.handles[n] = None;
        self.sim.crash(name(n).as_str());
    }

    /// Something happens.
    fn step(&mut self) {
        let (n, what) = {
            let mut state = self.town.net.state();
            let n = state.chance.below(self.town.devices.len());
            (n, state.chance.below(100))
        };
        match what {
            0..30 => self.claim(n),
            30..35 => self.town.withdraw(n),
            35..45 => self.office(),
            45..60 => self.scan(n),
            60..75 => self.line(n),
            75..80 => self.hub(),
            80..88 => self.restart(n),
            88..92 => self.town.jump(n),
            92..97 => self.disk(n),
            _ => self.restart_with_a_copy(n),
        }
        let elapsed = self.sim.elapsed().as_millis();
        let told = format!("{elapsed}: {n} did {what}");
        self.town.net.state().tell(told);
    }

    /// Somebody wants a job at a terminal.
    fn claim(&mut self, n: usize) {
        if !self.is_up(n) || self.is_asking(n) {
            return;
        }
        let Some(wish) = self.town.somebody(n) else {
            return;
        };
        let program = self.town.program(n);
        let (worker, job) = (wish.worker.clone(), wish.job);
        if wish.is_backed() || !program.sync.link().borrow().online {
            let answer = program.desk.claim(&worker, job);
            self.town.answered(wish, answer);
            return;
        }
        // It will ask the hub. Until it does, and from when it was answered, everything stands still.
        let desk = program.desk.clone();
        let tasks = self.handles[n].as_ref().expect("it runs").metrics();
        let before = tasks.num_alive_tasks();
        self.its[n].heard.store(false, Ordering::SeqCst);
        let thread = std::thread::spawn(move || desk.claim(&worker, job));
        while !thread.is_finished() && tasks.num_alive_tasks() == before {
            std::thread::yield_now();
        }
        self.asking.push(Asking { wish, thread });
        self.hear();
    }

    /// Desks that asked the hub say what came of it.
    fn hear(&mut self) {
        let mut at = 0;
        while at < self.asking.len() {
            let Asking { wish, thread } = &self.asking[at];
            if self.its[wish.device].heard.swap(false, Ordering::SeqCst) {
                let ended = Instant::now() + THREAD_PATIENCE / 50;
                while !thread.is_finished() && Instant::now() < ended {
                    std::thread::yield_now();
                }
            }
            if !thread.is_finished() {
                at += 1;
                continue;
            }
            let Asking { wish, thread } = self.asking.remove(at);
            let answer = thread.join().expect("no desk panics");
            self.town.answered(wish, answer);
        }
    }

    /// An employer or staff do something at the hub.
    fn office(&mut self) {
        let mut state = self.town.net.state();
        let (at, _) = state.any_job();
        let what = state.chance.below(10);
        if let Some(hub) = state.hub.clone() {
            state.office(&hub, at, what);
        }
    }

    /// Somebody scans a terminal's code and claims on the phone.
    fn scan(&mut self, n: usize) {
        let Some(identity) = self.town.devices[n]
            .program
            .as_ref()
            .and_then(|program| program.sync.identity())
        else {
            return;
        };
        let mut state = self.town.net.state();
        let people = state.phones.len();
        let phone = state.chance.below(people);
        let (at, _) = state.any_job();
        let at = at % (state.jobs.len() / state.halls.len())
            + self.town.devices[n].hall * (state.jobs.len() / state.halls.len());
        // Each code claims once: that of another second is another one.
        self.codes += 1;
        let issued = Timestamp::now() - SignedDuration::from_secs(self.codes % 100);
        let presence = Presence {
            hall: identity.hall.clone(),
            job: None,
            issued: issued.as_second(),
        };
        let key = SigningKey::from_secret_hex(&identity.signing_key).expect("a key");
        let token = key.issue(identity.device, &presence).expect("signed");
        let claiming = Claiming {
            phone,
            at,
            job: state.jobs[at],
            id: ClaimId(Uuid::new_v4()),
            token,
        };
        state.tell(format!("phone {phone} scans a code of {n} for job {at}"));
        self.waiting.fetch_add(1, Ordering::SeqCst);
        self.phones.send(claiming).expect("phones are on");
    }

    /// Something happens to the line of a device.
    fn line(&mut self, n: usize) {
        let (what, much) = {
            let mut state = self.town.net.state();
            (state.chance.below(8), state.chance.below(100))
        };
        let device = name(n);
        let device = device.as_str();
        let told = match what {
            0 => {
                self.sim.partition(device, HUB);
                "is cut"
            }
            1 => {
                self.sim.partition_oneway(HUB, device);
                "carries no answers"
            }
            2 => {
                self.sim.hold(device, HUB);
                "holds everything"
            }
            3 => {
                let most = Duration::from_millis(40 * much as u64);
                self.sim
                    .set_link_max_message_latency(device, HUB, most.max(QUICK));
                "is slow"
            }
            4 => {
                let rate = much as f64 / 1000.0;
                self.sim.set_link_fail_rate(device, HUB, rate);
                "breaks now and then"
            }
            _ => {
                self.mend(n);
                "is mended"
            }
        };
        self.town
            .net
            .state()
            .tell(format!("the line of {n} {told}"));
    }

    fn mend(&mut self, n: usize) {
        let device = name(n);
        let device = device.as_str();
        self.sim.release(device, HUB);
        self.sim.set_link_fail_rate(device, HUB, 0.0);
        self.sim.set_link_max_message_latency(device, HUB, QUICK);
    }

    /// The hub's process dies, or comes back on the same disk.
    fn hub(&mut self) {
        let up = self.sim.is_host_running(HUB);
        if up {
            self.town.net.switch(false);
            self.sim.crash(HUB);
        }
        let comes_back = !up || self.town.net.state().chance.percent(60);
        if comes_back {
            self.sim.bounce(HUB);
        }
        let told = format!("the hub comes back: {comes_back}");
        self.town.net.state().tell(told);
    }

    /// A device's program or machine dies, and comes back at once or later.
    fn restart(&mut self, n: usize) {
        if self.is_asking(n) {
            return;
        }
        let (machine, at_once) = {
            let mut state = self.town.net.state();
            (state.chance.percent(50), state.chance.percent(60))
        };
        let was_up = self.is_up(n);
        if was_up {
            self.kill(n);
        }
        if machine {
            self.town.devices[n].boots += 1;
            self.town.jump(n);
        }
        if at_once || !was_up {
            self.start(n);
        }
        let told = format!(
            "{n} ends, its machine too: {machine}; it is up: {}",
            self.is_up(n)
        );
        self.town.net.state().tell(told);
    }

    /// What a device keeps of an answer, it keeps so much later from now on.
    fn disk(&mut self, n: usize) {
        let mut state = self.town.net.state();
        let slow = [0, 0, 30, 800, 4_000][state.chance.below(5)];
        self.its[n].slow.store(slow, Ordering::SeqCst);
        state.tell(format!("the disk of {n} takes {slow} ms"));
    }

    /// Rule 10.
    fn restart_with_a_copy(&mut self, n: usize) {
        if self.is_asking(n) {
            return;
        }
        if self.is_up(n) {
            self.kill(n);
        }
        self.town.copy_or_restore(n);
        self.start(n);
    }

    /// I7: everything is up and in reach again, and every device comes to rest by itself.
    fn heal(&mut self) {
        if !self.sim.is_host_running(HUB) {
            self.sim.bounce(HUB);
        }
        for n in 0..self.town.devices.len() {
            self.mend(n);
            self.its[n].slow.store(0, Ordering::SeqCst);
            if !self.is_up(n) {
                self.start(n);
            }
        }
        let healed = self.sim.elapsed();
        while self.at_work() > 0 {
            let passed = self.sim.elapsed() - healed;
            assert!(
                passed < AT_REST_WITHIN,
                "I7: {} still wait: {:?}",
                self.at_work(),
                self.town.stuck()
            );
            self.run(Duration::from_millis(200));
        }
        let passed = (self.sim.elapsed() - healed).as_millis();
        let told = format!("everything is at rest after {passed} ms");
        self.town.net.state().tell(told);
    }

    /// Records, devices and people that still wait.
    fn at_work(&self) -> usize {
        let programs = self
            .town
            .devices
            .iter()
            .filter_map(|it| it.program.as_ref());
        let records: usize = programs
            .map(|it| {
                let waits = it.store.outbox_state().expect("read").length as usize;
                waits + usize::from(!it.sync.link().borrow().online)
            })
            .sum();
        records + self.asking.len() + self.waiting.load(Ordering::SeqCst)
    }
}

/// All the phones, in one place of the network.
fn phones(
    sim: &mut Sim<'static>,
    town: &Town,
    waiting: &Arc<AtomicUsize>,
) -> UnboundedSender<Claiming> {
    let (send, mut come) = unbounded_channel::<Claiming>();
    let (net, waiting) = (town.net.clone(), waiting.clone());
    sim.client("phones", async move {
        let carrier = Browser::new().of_a_phone();
        while let Some(claiming) = come.recv().await {
            let (net, waiting, carrier) = (net.clone(), waiting.clone(), carrier.clone());
            tokio::spawn(async move {
                let taken = on_a_phone(&claiming, carrier).await;
                let Claiming {
                    phone, at, job, id, ..
                } = claiming;
                let mut state = net.state();
                state.tell(format!("phone {phone} claims job {at}: {taken}"));
                if taken {
                    state.receipt(id, job, Some(phone), None);
                }
                waiting.fetch_sub(1, Ordering::SeqCst);
            });
        }
        Ok(())
    });
    send
}

/// From the code to the slip. Says whether there is one.
async fn on_a_phone(claiming: &Claiming, carrier: Carrier) -> bool {
    let Claiming {
        phone,
        job,
        id,
        token,
        ..
    } = claiming;
    let mut held = Phone::over(carrier, &format!("http://{HUB}"));
    held.get(&format!("/c/{token}")).await;
    let number = number_of(*phone as u32);
    let fields = [
        ("next", &*job.to_string()),
        ("id_number", &number),
        ("name", NAME),
        ("phone", ""),
        ("consent", "1"),
    ];
    held.post("/register", &fields).await;
    let (address, id) = (format!("/j/{job}/claim"), id.to_string());
    let page = held.post(&address, &[("claim", &id)]).await;
    page.location == Some(format!("/s/{id}"))
}
