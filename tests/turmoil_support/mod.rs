//! The town of the simulation on turmoil's network and in its time: the hub's real server, engines whose tasks
//! run by themselves, phones that open pages, and all that can happen between them.

mod line;

use crate::simulation_support::Ran;
use crate::simulation_support::count::count;
use crate::simulation_support::network::Net;
use crate::simulation_support::town::{NAME, Town, number_of};
use gighall_core::id::{ClaimId, JobId};
use gighall_core::token::{Presence, SigningKey};
use gighall_host::simulated::{self, Simulated};
use gighall_kiosk::terminal::desk::Desk;
use gighall_testkit::{Carrier, Phone};
use jiff::{SignedDuration, Timestamp};
use line::{Browser, HUB, HubDoor, Line};
use rusqlite::Connection;
use std::cell::{RefCell, RefMut};
use std::fs::{File, OpenOptions};
use std::os::unix::fs::FileExt;
use std::path::Path;
use std::rc::Rc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::runtime::Handle;
use tokio::sync::mpsc::{UnboundedSender, unbounded_channel};
use turmoil::{Builder, Sim};
use uuid::Uuid;

/// The simulated time moves by so much at a time, and messages arrive no finer than that.
const TICK: Duration = Duration::from_millis(10);
/// A good line.
const QUICK: Duration = Duration::from_millis(60);
/// So many connections may wait to be taken; turmoil ends where there are more.
const BACKLOG: usize = 4096;
/// I7: once everything is healed, all is sent after so long at most. A device that gave up for a while tries
/// again within a minute, over a connection that may be dead.
const AT_REST_WITHIN: Duration = Duration::from_secs(180);

/// The phones' place in the network.
const PHONES: &str = "phones";

/// Where a host says what runs its tasks.
type Told = Arc<Mutex<Option<Handle>>>;

/// Somebody with a phone who has scanned a terminal's code.
struct Claiming {
    phone: usize,
    at: usize,
    job: JobId,
    id: ClaimId,
    token: String,
}

/// The network, the time, and what becomes of both.
struct Weather {
    sim: Sim<'static>,
    net: Arc<Net>,
    devices: usize,
    /// Whether anything goes wrong while somebody waits for the hub.
    rough: bool,
    /// The machine's clock, and how long all this has lasted.
    clock: File,
    lasted: Arc<AtomicU64>,
    /// The hub's database, to count again after every change.
    counter: Connection,
    version: i64,
}

pub struct Storm {
    town: Town,
    weather: Rc<RefCell<Weather>>,
    told: Vec<Told>,
    /// So many milliseconds each device's disk keeps an answer waiting.
    slow: Vec<Arc<AtomicU64>>,
    phones: UnboundedSender<Claiming>,
    /// Phones that wait for the hub.
    waiting: Arc<AtomicUsize>,
    codes: i64,
    _simulated: Simulated,
}

fn name(n: usize) -> String {
    format!("kiosk{n}")
}

impl Weather {
    /// A little time passes, while which the hub is counted (I1, I3).
    fn tick(&mut self) {
        let ms = self.sim.elapsed().as_millis() as u64;
        self.lasted.store(ms, Ordering::SeqCst);
        let set = self.clock.write_all_at(&ms.to_ne_bytes(), 0);
        set.expect("the clock is set");
        self.sim.step().expect("no host ends by itself");
        let version = self
            .counter
            .query_row("PRAGMA data_version", [], |row| row.get(0))
            .expect("read");
        if version != self.version {
            self.version = version;
            for job in &self.net.state().jobs {
                count(&self.counter, *job);
            }
        }
    }

    /// The same while somebody waits for the hub.
    fn pass(&mut self) {
        self.tick();
        let breaks = self.rough && self.net.state().chance.below(200) == 0;
        if breaks {
            let n = self.net.state().chance.below(self.devices + 4);
            match n < self.devices {
                true => self.line(n),
                false => self.hub(),
            }
        }
    }

    /// Something happens to the line of a device, or of the phones.
    fn line(&mut self, n: usize) {
        let (what, much) = {
            let mut state = self.net.state();
            (state.chance.below(8), state.chance.below(100))
        };
        let from = if n < self.devices {
            name(n)
        } else {
            PHONES.to_owned()
        };
        let at = from.as_str();
        let told = match what {
            0 => {
                self.sim.partition(at, HUB);
                "is cut"
            }
            1 => {
                self.sim.partition_oneway(HUB, at);
                "carries no answers"
            }
            2 => {
                self.sim.hold(at, HUB);
                "holds everything"
            }
            3 => {
                let most = Duration::from_millis(40 * much as u64);
                self.sim
                    .set_link_max_message_latency(at, HUB, most.max(QUICK));
                "is slow"
            }
            4 => {
                self.sim.set_link_fail_rate(at, HUB, much as f64 / 1000.0);
                "breaks now and then"
            }
            _ => {
                self.mend(at);
                "is mended"
            }
        };
        self.net.state().tell(format!("the line of {at} {told}"));
    }

    fn mend(&mut self, at: &str) {
        self.sim.release(at, HUB);
        self.sim.set_link_fail_rate(at, HUB, 0.0);
        self.sim.set_link_max_message_latency(at, HUB, QUICK);
    }

    /// The hub's process dies, or comes back on the same disk.
    fn hub(&mut self) {
        let up = self.sim.is_host_running(HUB);
        if up {
            self.net.switch(false);
            self.sim.crash(HUB);
        }
        let comes_back = !up || self.net.state().chance.percent(60);
        if comes_back {
            self.sim.bounce(HUB);
        }
        self.net
            .state()
            .tell(format!("the hub is up: {comes_back}"));
    }
}

impl Storm {
    /// A town on a machine whose clock says what is in that file.
    pub fn new(seed: u64, devices: usize, whole_disks: bool, clock: &Path) -> Self {
        let clock = OpenOptions::new().write(true).open(clock);
        let clock = clock.expect("a clock");
        let lasted: Arc<AtomicU64> = Arc::default();
        let ms = lasted.clone();
        let since = Arc::new(move || Duration::from_millis(ms.load(Ordering::SeqCst)));
        let (town, _) = Town::new(seed, devices, whole_disks, since);
        let mut sim = Builder::new()
            .rng_seed(seed)
            .tick_duration(TICK)
            .simulation_duration(Duration::from_secs(24 * 3600))
            .max_message_latency(QUICK)
            .repair_rate(0.3)
            .tcp_capacity(BACKLOG)
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
        let weather = Weather {
            sim,
            net: town.net.clone(),
            devices,
            rough: false,
            clock,
            lasted,
            counter: Connection::open(town.net.config.data.join("hub.db")).expect("opens"),
            version: 0,
        };
        let weather = Rc::new(RefCell::new(weather));
        let passes = weather.clone();
        let mut storm = Self {
            town,
            weather,
            told,
            slow: (0..devices).map(|_| Arc::default()).collect(),
            phones,
            waiting,
            codes: 0,
            _simulated: simulated::begin(Rc::new(move || passes.borrow_mut().pass())),
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
        self.weather().rough = true;
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
        // An image of a whole disk is nobody, until staff enrol it anew.
        if !self.town.whole_disks {
            self.heal();
            self.town.meet();
            self.town.check();
            self.town.check_logs();
            self.town.recount();
        }
        let mut state = self.town.net.state();
        Ran {
            told: std::mem::take(&mut state.told),
            requests: state.requests,
            receipts: state.receipts.len(),
        }
    }

    fn weather(&self) -> RefMut<'_, Weather> {
        self.weather.borrow_mut()
    }

    /// Time passes.
    fn run(&mut self, time: Duration) {
        let mut weather = self.weather.borrow_mut();
        let end = weather.sim.elapsed() + time;
        while weather.sim.elapsed() < end {
            weather.tick();
        }
        drop(weather);
        self.town.meet();
        self.town.check();
    }

    fn is_up(&self, n: usize) -> bool {
        self.town.devices[n].program.is_some()
    }

    fn start(&mut self, n: usize) {
        let host = name(n);
        let mut weather = self.weather.borrow_mut();
        if !weather.sim.is_host_running(host.as_str()) {
            weather.sim.bounce(host.as_str());
        }
        drop(weather);
        let handle = self.told[n].lock().expect("fine").take();
        let handle = handle.expect("it was told as the host began");
        let line = Arc::new(Line {
            net: self.town.net.clone(),
            device: n,
            browser: Browser::new(),
            slow: self.slow[n].clone(),
        });
        self.town.start(n, &handle, line, true);
    }

    /// The process dies at once.
    fn kill(&mut self, n: usize) {
        self.town.devices[n].program = None;
        self.weather().sim.crash(name(n).as_str());
    }

    /// Something happens.
    fn step(&mut self) {
        let (n, what) = {
            let mut state = self.town.net.state();
            let n = state.chance.below(self.town.devices.len());
            (n, state.chance.below(100))
        };
        match what {
            _ if self.town.whole_disks && what >= 85 => self.restart_with_a_copy(n),
            0..40 if !self.is_up(n) => {}
            0..36 => self.claim(n),
            36..40 => self.town.withdraw(n),
            40..48 => self.office(),
            48..62 => self.scan(n),
            62..75 => self.weather().line(n),
            75..77 => self.weather().line(self.town.devices.len()),
            77..82 => self.weather().hub(),
            82..89 => self.restart(n),
            89..93 => self.town.jump(n),
            93..97 => self.disk(n),
            _ => self.restart_with_a_copy(n),
        }
        let elapsed = self.weather().sim.elapsed().as_millis();
        let told = format!("{elapsed}: {n} did {what}");
        self.town.net.state().tell(told);
    }

    /// Somebody wants a job at a terminal. While the desk asks the hub, time passes, and nothing else happens at a
    /// terminal.
    fn claim(&mut self, n: usize) {
        if let Some(wish) = self.town.somebody(n) {
            let answer = self.town.program(n).desk.claim(&wish.worker, wish.job);
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

    /// A device's program or machine dies, and comes back at once or later.
    fn restart(&mut self, n: usize) {
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
        self.slow[n].store(slow, Ordering::SeqCst);
        state.tell(format!("the disk of {n} takes {slow} ms"));
    }

    /// Rule 10.
    fn restart_with_a_copy(&mut self, n: usize) {
        if self.is_up(n) {
            self.kill(n);
        }
        self.town.copy_or_restore(n);
        self.start(n);
    }

    /// I7: everything is up and in reach again, and every device comes to rest by itself.
    fn heal(&mut self) {
        let mut weather = self.weather.borrow_mut();
        weather.rough = false;
        if !weather.sim.is_host_running(HUB) {
            weather.sim.bounce(HUB);
        }
        weather.mend(PHONES);
        for n in 0..self.town.devices.len() {
            weather.mend(&name(n));
        }
        let healed = weather.sim.elapsed();
        drop(weather);
        for n in 0..self.town.devices.len() {
            self.slow[n].store(0, Ordering::SeqCst);
            if !self.is_up(n) {
                self.start(n);
            }
        }
        let passed = |storm: &Self| storm.weather().sim.elapsed() - healed;
        while self.at_work() > 0 {
            assert!(
                passed(self) < AT_REST_WITHIN,
                "I7: {} still wait: {:?}",
                self.at_work(),
                self.town.stuck()
            );
            self.run(Duration::from_millis(200));
        }
        let passed = passed(self).as_millis();
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
        records + self.waiting.load(Ordering::SeqCst)
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
    sim.client(PHONES, async move {
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
