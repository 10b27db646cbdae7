//! Where the desk is asked: on a thread of its own, or at once in tests and snapshots.

use std::sync::mpsc;

/// Work that may wait for disk or the hub.
pub type Work = Box<dyn FnOnce() + Send>;

/// Runs work away from the UI thread.
pub trait Runner {
    /// Runs it, in the order in which it is handed over.
    fn run(&self, work: Work);
}

/// Runs work at once, on the thread that hands it over: for tests and snapshots.
#[derive(Clone, Copy, Debug, Default)]
pub struct Inline;

impl Runner for Inline {
    fn run(&self, work: Work) {
        work();
    }
}

/// One thread that does the work in order. It ends when this is dropped and the work is done.
#[derive(Debug)]
pub struct Worker {
    work: mpsc::Sender<Work>,
}

impl Worker {
    /// Starts the thread.
    ///
    /// # Errors
    /// If the system gives no thread.
    pub fn start() -> std::io::Result<Self> {
        let (work, todo) = mpsc::channel::<Work>();
        std::thread::Builder::new()
            .name("terminal-desk".to_owned())
            .spawn(move || {
                for work in todo {
                    work();
                }
            })?;
        Ok(Self { work })
    }
}

impl Runner for Worker {
    fn run(&self, work: Work) {
        if self.work.send(work).is_err() {
            tracing::error!("the terminal's worker thread has ended");
        }
    }
}
