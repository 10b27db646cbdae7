//! A hub, halls and phones in one process, played step by step from a seed.

#![allow(dead_code)]

pub mod count;
mod kept;
pub mod network;
mod slow;
pub mod town;

use gighall_kiosk::sync::Turn;
use gighall_kiosk::terminal::desk::Desk;
use jiff::Timestamp;
use network::{Line, Paused};
use rusqlite::Connection;
use slow::Slow;
use std::sync::Arc;
use std::sync::mpsc::Receiver;
use std::time::Instant;
use tokio::runtime::Runtime;
use town::Town;

/// What a run came to.
#[derive(Debug, PartialEq, Eq)]
pub struct Ran {
    /// What happened, in order.
    pub told: Vec<String>,
    pub requests: u64,
    pub receipts: usize,
}

pub struct World {
    pub town: Town,
    steps: u64,
    pauses: Receiver<Paused>,
    slow: Vec<Slow>,
    runtime: Runtime,
}

impl World {
    pub fn new(seed: u64, devices: usize, whole_disks: bool) -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .expect("a runtime");
        let began = Instant::now();
        let lasted = Arc::new(move || began.elapsed());
        let (town, pauses) = Town::new(seed, devices, whole_disks, lasted);
        let mut world = Self {
            town,
            steps: 0,
            pauses,
            slow: vec![],
            runtime,
        };
        for n in 0..world.town.devices.len() {
            world.start(n);
            // Enrolled, with listings and rights.
            for turn in [Turn::Step, Turn::Step, Turn::Step, Turn::Step, Turn::Lend] {
                world.turn(n, turn);
            }
        }
        world.town.net.state().rough = true;
        world
    }

    /// Plays so many steps, heals everything, and counts again.
    pub fn play(mut self, steps: usize) -> Ran {
        self.town.net.state().rough = true;
        self.some(steps);
        self.heal();
        self.town.meet();
        self.town.check();
        self.town.check_logs();
        assert!(self.town.recount() > 0, "nobody wrote anything");
        let mut state = self.town.net.state();
        Ran {
            told: std::mem::take(&mut state.told),
            requests: state.requests,
            receipts: state.receipts.len(),
        }
    }

    /// The same, and on the way the hub's data are copied, lost, and put back from the copy (rule 12).
    /// Devices keep their disks: what becomes of both at once is the model's.
    pub fn play_restored(mut self, steps: usize) -> Ran {
        self.town.whole_devices = true;
        self.some(steps);
        let copy = self.town.dir.path().join("copy.db");
        self.town.net.switch(true);
        let hub = self.town.net.state().hub.clone().expect("up");
        hub.store.back_up(&copy, Timestamp::now()).expect("copied");
        drop(hub);
        {
            let mut state = self.town.net.state();
            state.lists_rest = true;
            state.since_copy = Some(vec![]);
        }
        self.some(steps);
        self.town.nobody_saw();
        // Nobody may have it open, and this one knows of no lock.
        self.town.counter = Connection::open_in_memory().expect("opens");
        self.town.net.put_back(&copy);
        self.town.counter =
            Connection::open(self.town.net.config.data.join("hub.db")).expect("opens");
        self.town.net.state().lists_rest = false;
        self.town
            .net
            .state()
            .tell("the hub was put back".to_owned());
        self.some(steps);
        self.heal();
        let hub = self.town.net.state().hub.clone().expect("up");
        for round in 0.. {
            let waiting = hub.store.restored().expect("read").waiting;
            if waiting.is_empty() {
                break;
            }
            assert!(
                round < 20,
                "it waits in vain: {waiting:?} {:?}",
                self.town.stuck()
            );
            for n in 0..self.town.devices.len() {
                self.turn(n, Turn::Step);
                self.turn(n, Turn::Lend);
            }
        }
        drop(hub);
        self.town.end_surplus();
        self.town.meet();
        self.town.check();
        self.play(steps)
    }

    fn some(&mut self, steps: usize) {
        for _ in 0..steps {
            let n = self.step();
            self.town.meet();
            self.town.check();
            self.town.check_receipts(n);
            self.steps += 1;
            if self.steps.is_multiple_of(8) {
                self.town.check_logs();
            }
        }
    }

    fn start(&mut self, n: usize) {
        let net = self.town.net.clone();
        let line = Arc::new(Line { net, device: n });
        self.town.start(n, self.runtime.handle(), line, false);
    }

    fn claim(&mut self, n: usize) {
        if let Some(wish) = self.town.somebody(n) {
            let outcome = self.town.program(n).desk.claim(&wish.worker, wish.job);
            self.town.answered(wish, outcome);
        }
    }

    /// Something happens at a device, or around it. Says at which.
    fn step(&mut self) -> usize {
        let (n, what) = {
            let mut state = self.town.net.state();
            let n = state.chance.below(self.town.devices.len());
            (n, state.chance.below(100))
        };
        if !self.slow.is_empty() {
            let which = {
                let mut state = self.town.net.state();
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
            70..76 => self.town.withdraw(n),
            76..84 => self.town.net.state().hub_side(),
            84..88 => self.runtime.block_on(self.town.net.deliver_late()),
            88..91 => {
                let mut state = self.town.net.state();
                let cut = !state.cut_off.remove(&n) && state.chance.percent(50);
                if cut {
                    state.cut_off.insert(n);
                }
                state.tell(format!("{n} is cut off: {cut}"));
            }
            91..93 => {
                let up = {
                    let mut state = self.town.net.state();
                    state.hub.is_none() || state.chance.percent(60)
                };
                self.town.net.switch(false);
                if up {
                    self.town.net.switch(true);
                }
                self.town.net.state().tell(format!("the hub is up: {up}"));
            }
            93..96 => self.town.jump(n),
            96..98 => self.restart(n),
            _ if self.town.whole_devices => {}
            _ => {
                self.end(n);
                self.town.copy_or_restore(n);
                self.start(n);
            }
        }
        let outbox = self
            .town
            .program(n)
            .store
            .outbox_state()
            .expect("read")
            .length;
        self.town
            .net
            .state()
            .tell(format!("{n} did {what}, {outbox} records wait"));
        n
    }

    /// The program starts again, or the whole machine, whose clock then says anything (rule 9).
    fn restart(&mut self, n: usize) {
        self.end(n);
        let machine = self.town.net.state().chance.percent(50);
        if machine {
            self.town.devices[n].boots += 1;
            self.town.jump(n);
        }
        self.start(n);
        let program = self.town.program(n);
        if machine && program.store.contact().expect("read").met.is_some() {
            assert!(program.sync.clock_untrusted(), "rule 9: {n} asks nobody");
        }
        let told = format!("{n} starts again, its machine too: {machine}");
        self.town.net.state().tell(told);
    }

    /// I7: the network is good again, and every device comes to rest by its own turns alone.
    fn heal(&mut self) {
        {
            let mut state = self.town.net.state();
            state.rough = false;
            state.cut_off.clear();
        }
        self.town.net.switch(true);
        while !self.slow.is_empty() {
            self.ready(0);
        }
        for round in 0.. {
            let mut waits = 0;
            for n in 0..self.town.devices.len() {
                for turn in [Turn::Step, Turn::Push, Turn::Lend] {
                    self.turn(n, turn);
                }
                let program = self.town.program(n);
                waits += program.store.outbox_state().expect("read").length;
                waits += u64::from(!program.sync.link().borrow().online);
            }
            if waits == 0 {
                break;
            }
            assert!(
                round < 20,
                "I7: {waits} records still wait: {:?}",
                self.town.stuck()
            );
        }
    }
}
