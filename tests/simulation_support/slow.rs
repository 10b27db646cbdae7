//! Slow disks: a turn of an engine whose answer has come, and which keeps it only when the disk is ready.

use super::World;
use super::network::{IN_A_TURN, Paused};
use gighall_kiosk::sync::Turn;
use std::sync::mpsc::Sender;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

/// A turn that waits for its device's disk, while everything else goes on.
pub struct Slow {
    pub device: usize,
    pub turn: Turn,
    task: JoinHandle<()>,
    ready: oneshot::Sender<()>,
}

/// Says that a turn is over, however it ends.
struct Over(Sender<Paused>);

impl Drop for Over {
    fn drop(&mut self) {
        // Nobody listens any more when the world ends.
        self.0.send(None).ok();
    }
}

impl World {
    /// Takes a turn up to its end, or until it waits for the disk. Each task of an engine takes one at a
    /// time.
    pub fn turn(&mut self, n: usize, turn: Turn) {
        if self.slow.iter().any(|it| it.device == n && it.turn == turn) {
            return;
        }
        let sync = self.town.program(n).sync.clone();
        let over = Over(self.town.net.paused.clone());
        let task = self.runtime.spawn(async move {
            let _over = over;
            IN_A_TURN.scope((), sync.turn(turn)).await;
        });
        self.go_on(n, turn, task);
    }

    fn go_on(&mut self, device: usize, turn: Turn, task: JoinHandle<()>) {
        match self.pauses.recv().expect("the network has the other end") {
            None => self.runtime.block_on(task).expect("no engine panics"),
            Some(ready) => {
                let told = format!("the disk of {device} is slow: {turn:?} waits");
                self.town.net.state().tell(told);
                self.slow.push(Slow {
                    device,
                    turn,
                    task,
                    ready,
                });
            }
        }
    }

    /// A disk is ready: what waited for it is kept, after all that happened meanwhile.
    pub fn ready(&mut self, which: usize) {
        let slow = self.slow.remove(which);
        let told = format!("the disk of {} is ready", slow.device);
        self.town.net.state().tell(told);
        slow.ready.send(()).expect("it waits");
        self.go_on(slow.device, slow.turn, slow.task);
    }

    /// The device's program ends, with whatever it waits for.
    pub fn end(&mut self, n: usize) {
        let (its, others) = std::mem::take(&mut self.slow)
            .into_iter()
            .partition(|it| it.device == n);
        self.slow = others;
        let its: Vec<Slow> = its;
        for slow in its {
            slow.task.abort();
            assert!(self.pauses.recv().expect("open").is_none());
            // It was cancelled.
            self.runtime.block_on(slow.task).ok();
        }
        self.town.devices[n].program = None;
    }
}
