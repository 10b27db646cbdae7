//! Writes down what the walls show, in batches.

use crate::metrics::Counters;
use crate::store::{Store, StoreError};
use gighall_core::proof::{Showing, fold};
use jiff::Timestamp;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// A batch is written that long after its first showing at the latest, so that a power cut takes no
/// more; each costs the disk one wait.
const WRITE_EVERY: Duration = Duration::from_secs(30);
/// A batch that has so many is written at once.
const BATCH: usize = 200;
/// The UI thread may be so many showings ahead of a slow disk.
const AHEAD: usize = 1_000;
/// While the disk takes nothing, so many are kept in memory; the oldest become a gap.
const HELD_MOST: usize = 20_000;
/// What goes wrong is told in the log no more often than that.
const TELL_EVERY: Duration = Duration::from_secs(3600);

/// The one writer of a kiosk. Dropping it waits until everything is written that was handed over; the
/// walls go first.
pub struct ProofWriter {
    /// `None` ends the writer, also where a wall still holds a sender.
    sender: SyncSender<Option<Showing>>,
    thread: Option<JoinHandle<()>>,
}

impl ProofWriter {
    /// Starts it. `now` is the hub's clock.
    ///
    /// # Errors
    /// If the system gives no thread.
    pub fn start(
        store: Arc<Store>,
        rows_most: u64,
        counters: Counters,
        now: impl Fn() -> Timestamp + Send + 'static,
    ) -> std::io::Result<Self> {
        let (sender, showings) = sync_channel(AHEAD);
        let keep = move |batch: &[Showing]| {
            let lost = store.keep_proof(batch, rows_most, now())?;
            counters.proof_lost(lost);
            Ok(lost)
        };
        let thread = std::thread::Builder::new()
            .name("proof".to_owned())
            .spawn(move || Batch::new(keep).write_until_closed(&showings))?;
        Ok(Self {
            sender,
            thread: Some(thread),
        })
    }

    /// Where the walls' recorders send to.
    pub fn sender(&self) -> Option<SyncSender<Option<Showing>>> {
        Some(self.sender.clone())
    }
}

impl Drop for ProofWriter {
    fn drop(&mut self) {
        // Fails only where the thread has ended already.
        let _ = self.sender.send(None);
        if let Some(thread) = self.thread.take()
            && thread.join().is_err()
        {
            tracing::error!("the writer of the proof of play had panicked");
        }
    }
}

/// What is to be written next.
struct Batch<K> {
    keep: K,
    showings: Vec<Showing>,
    due: Option<Instant>,
    told: Option<Instant>,
}

impl<K: Fn(&[Showing]) -> Result<u64, StoreError>> Batch<K> {
    fn new(keep: K) -> Self {
        Self {
            keep,
            showings: vec![],
            due: None,
            told: None,
        }
    }

    fn write_until_closed(mut self, coming: &Receiver<Option<Showing>>) {
        loop {
            let wait = self.due.map_or(WRITE_EVERY, |due| {
                due.saturating_duration_since(Instant::now())
            });
            match coming.recv_timeout(wait) {
                Ok(Some(showing)) => {
                    self.showings.push(showing);
                    fold(&mut self.showings, HELD_MOST);
                    let next = Instant::now() + WRITE_EVERY;
                    let due = *self.due.get_or_insert(next);
                    // A batch that failed is longer than that, and waits for its time.
                    if self.showings.len() == BATCH || due <= Instant::now() {
                        self.write();
                    }
                }
                Err(RecvTimeoutError::Timeout) => self.write(),
                Ok(None) | Err(RecvTimeoutError::Disconnected) => return self.write(),
            }
        }
    }

    /// What cannot be written is tried again with the next.
    fn write(&mut self) {
        self.due = None;
        if self.showings.is_empty() {
            return;
        }
        match (self.keep)(&self.showings) {
            Ok(lost) => {
                self.showings.clear();
                if lost > 0 && self.tells() {
                    tracing::warn!(
                        lost,
                        "showings go before the hub has them: their room is full"
                    );
                }
            }
            Err(error) => {
                self.due = Some(Instant::now() + WRITE_EVERY);
                if self.tells() {
                    tracing::error!(%error, "what the walls show cannot be written");
                }
            }
        }
    }

    fn tells(&mut self) -> bool {
        let tells = self.told.is_none_or(|at| at.elapsed() > TELL_EVERY);
        if tells {
            self.told = Some(Instant::now());
        }
        tells
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use gighall_core::testing::at;
    use std::cell::{Cell, RefCell};

    fn showing(n: u64) -> Showing {
        Showing {
            wall: "wall".to_owned(),
            scene: "rest".to_owned(),
            subject: None,
            page: None,
            at: at("2026-11-24T00:00:00Z") + Duration::from_secs(n),
            ms: 1000,
            again: false,
            lost: 0,
        }
    }

    #[test]
    fn batches_are_written_when_full_and_at_the_end_and_what_failed_comes_with_the_next() {
        let (sender, coming) = sync_channel(AHEAD);
        let batch = u64::try_from(BATCH).expect("small");
        for n in 0..batch + 3 {
            sender.send(Some(showing(n))).expect("room");
        }
        drop(sender);
        let fails = Cell::new(true);
        let written = RefCell::new(vec![]);
        let keep = |showings: &[Showing]| {
            if fails.replace(false) {
                return Err(StoreError::Damaged("a full disk".to_owned()));
            }
            written.borrow_mut().push(showings.to_vec());
            Ok(0)
        };
        Batch::new(keep).write_until_closed(&coming);
        let written = written.into_inner();
        assert_eq!(written.len(), 1, "the first attempt failed");
        assert_eq!(written[0], Vec::from_iter((0..batch + 3).map(showing)));
    }
}
