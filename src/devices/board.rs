//! Writes down how the devices are, for `gighall-kiosk status`: another process, which must not open
//! their lines itself.

use crate::running;
use gighall_devices::state::{Gauge, State};
use serde_json::{Map, Value, json};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::thread::JoinHandle;
use std::time::Duration;

/// In the data directory.
const FILE: &str = "devices.json";

/// How often the devices are looked at; the file is written when one has changed.
const LOOK: Duration = Duration::from_secs(1);

/// The thread that writes. The file goes when this is dropped.
pub struct Board {
    stop: Option<Sender<()>>,
    thread: Option<JoinHandle<()>>,
    file: PathBuf,
}

impl Board {
    /// Starts to write.
    ///
    /// # Errors
    /// If the system gives no thread.
    pub fn start(data: &Path, gauges: Vec<(&'static str, Gauge)>) -> std::io::Result<Self> {
        let (stop, stopped) = channel::<()>();
        let file = data.join(FILE);
        let path = file.clone();
        let thread = std::thread::Builder::new()
            .name("devices".to_owned())
            .spawn(move || {
                let mut written = None;
                loop {
                    let now: Vec<State> = gauges.iter().map(|(_, gauge)| gauge.get()).collect();
                    if written.as_ref() != Some(&now) {
                        match write(&path, &gauges, &now) {
                            Ok(()) => written = Some(now),
                            Err(error) => {
                                tracing::warn!(%error, "the devices' states are not written down");
                            }
                        }
                    }
                    if stopped.recv_timeout(LOOK) != Err(RecvTimeoutError::Timeout) {
                        return;
                    }
                }
            })?;
        Ok(Self {
            stop: Some(stop),
            thread: Some(thread),
            file,
        })
    }
}

impl Drop for Board {
    fn drop(&mut self) {
        self.stop.take();
        if let Some(thread) = self.thread.take()
            && thread.join().is_err()
        {
            tracing::error!("the thread that writes the devices' states had panicked");
        }
        // A file that stays is not believed: its process is gone.
        let _ = std::fs::remove_file(&self.file);
    }
}

fn write(file: &Path, gauges: &[(&'static str, Gauge)], now: &[State]) -> std::io::Result<()> {
    let states: Map<String, Value> = gauges
        .iter()
        .zip(now)
        .map(|((name, _), state)| {
            let told = json!({"state": state.code(), "words": state.words()});
            ((*name).to_owned(), told)
        })
        .collect();
    running::tell(file, json!({"devices": states}))
}

/// How the devices of the kiosk that runs on that data directory are; `None` where none runs, or has
/// devices.
pub fn states_told(data: &Path) -> Option<Value> {
    running::told(&data.join(FILE)).map(|mut told| told["devices"].take())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn states_are_told_while_the_kiosk_runs() {
        let dir = tempfile::tempdir().expect("a directory");
        assert_eq!(states_told(dir.path()), None);
        let gauges = vec![("printer", Gauge::default())];
        let board = Board::start(dir.path(), gauges).expect("started");
        let told = (0..1000).find_map(|_| {
            std::thread::sleep(Duration::from_millis(10));
            states_told(dir.path())
        });
        let told = told.expect("told");
        assert_eq!(told["printer"]["state"], "absent");
        assert_eq!(told["printer"]["words"], "not connected");
        drop(board);
        assert_eq!(states_told(dir.path()), None);
        let stale = json!({"process": u32::MAX, "devices": {}}).to_string();
        std::fs::write(dir.path().join(FILE), stale).expect("written");
        assert_eq!(states_told(dir.path()), None);
    }
}
