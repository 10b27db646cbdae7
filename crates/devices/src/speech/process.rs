//! The server's process: a child that stays in the foreground, so that its end is heard of and one that
//! hangs can be ended.

use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

const PROGRAM: &str = "speech-dispatcher";

/// In the foreground. Left alone, it ends after a minute and not after its usual five seconds: whoever started it
/// may not have called it by then.
const ARGUMENTS: [&str; 3] = ["-s", "-t", "60"];

/// A server that has been up so long and does not answer hangs. Loading its voices takes a few seconds.
const GRACE: Duration = Duration::from_secs(10);

/// How long after a start the next one may follow: longer each time, until the server answers.
const FIRST_PAUSE: Duration = Duration::from_secs(4);
const LONGEST_PAUSE: Duration = Duration::from_secs(120);

/// A server that this program keeps running.
#[derive(Debug)]
pub struct Process {
    program: PathBuf,
    child: Option<Child>,
    started: Option<Instant>,
    pause: Duration,
    /// It was started, and ended or hung without an answer.
    failed: bool,
}

impl Process {
    /// Of that program; nothing is started yet.
    pub fn new(program: Option<PathBuf>) -> Self {
        Self {
            program: program.unwrap_or_else(|| PathBuf::from(PROGRAM)),
            child: None,
            started: None,
            pause: FIRST_PAUSE,
            failed: false,
        }
    }

    /// The server answers, whoever started it.
    pub fn answers(&mut self) {
        (self.failed, self.pause) = (false, FIRST_PAUSE);
        self.reap();
    }

    /// The server does not answer: one that hangs is ended, and it is started where that is due. Whether
    /// starting it has not helped so far.
    pub fn is_silent(&mut self) -> bool {
        self.reap();
        let up = self.started.map(|at| at.elapsed());
        if self.child.is_some() && up.is_some_and(|up| up >= GRACE) {
            tracing::warn!("the speech server does not answer and is ended");
            self.end();
            self.failed = true;
        }
        if self.child.is_none() && up.is_none_or(|up| up >= self.pause) {
            self.start();
        }
        self.failed
    }

    fn start(&mut self) {
        if self.started.is_some() {
            self.pause = (self.pause * 2).min(LONGEST_PAUSE);
        }
        self.started = Some(Instant::now());
        let child = Command::new(&self.program)
            .args(ARGUMENTS)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn();
        match child {
            Ok(child) => self.child = Some(child),
            // A hall may have none: that is said once, though it is tried again.
            Err(error) if self.pause == FIRST_PAUSE => {
                tracing::info!(%error, "there is no speech server to start");
            }
            Err(error) => tracing::debug!(%error, "there is no speech server to start"),
        }
    }

    /// Takes note of its end, so that nothing of it stays in the system's list.
    fn reap(&mut self) {
        let Some(child) = &mut self.child else {
            return;
        };
        match child.try_wait() {
            Ok(None) => {}
            Ok(Some(status)) => {
                tracing::info!(%status, "the speech server ended");
                self.child = None;
                self.failed = true;
            }
            Err(error) => tracing::warn!(%error, "the speech server cannot be asked after"),
        }
    }

    fn end(&mut self) {
        if let Some(mut child) = self.child.take() {
            // It may have ended by itself.
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.end();
    }
}
