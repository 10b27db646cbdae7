//! What runs beside the windows: the proof of play, metrics, and the watchdog.

use super::RunError;
use super::windows::WALL;
use crate::config::Config;
use crate::metrics::{self, Counters, MetricsServer, Sources};
use crate::proof::ProofWriter;
use crate::store::Store;
use crate::sync::Sync;
use crate::wall::proof::Recorder;
use crate::watchdog::{Limits, Pulse, Watchdog};
use std::sync::Arc;
use std::time::Duration;
use tokio::runtime::Runtime;

/// All of it ends when this is dropped; that waits for the walls' last showings to be written, so
/// the windows go first.
pub struct Beside {
    counters: Counters,
    pulse: Arc<Pulse>,
    proof: ProofWriter,
    watchdog: Option<Watchdog>,
    _metrics: Option<MetricsServer>,
}

impl Beside {
    /// Starts it, before there is a window: opening one may hang as well.
    pub fn start(
        runtime: &Runtime,
        config: &Config,
        windowed: bool,
        store: &Arc<Store>,
        sync: &Arc<Sync>,
    ) -> Result<Self, RunError> {
        let counters = Counters::default();
        let pulse = Arc::new(Pulse::new(WALL));
        let clock = sync.clone();
        let proof = ProofWriter::start(
            store.clone(),
            config.proof.rows_kept,
            counters.clone(),
            move || clock.now(),
        )?;
        let walls = Vec::from_iter(config.wall.enabled.then(|| pulse.clone()));
        let sources = Sources {
            counters: counters.clone(),
            walls: walls.clone(),
            sync: Arc::downgrade(sync),
            store: Arc::downgrade(store),
        };
        // Windows that are only tried out may stand still under a debugger.
        let watchdog = match walls.is_empty() || windowed {
            true => None,
            false => Some(Watchdog::start(walls, limits(config))?),
        };
        Ok(Self {
            _metrics: serve(runtime, config, sources),
            counters,
            pulse,
            proof,
            watchdog,
        })
    }

    /// What the one wall tells of itself.
    pub fn of_wall(&self) -> (Recorder, Arc<Pulse>) {
        let recorder = Recorder::new(WALL, self.proof.sender(), self.counters.clone());
        (recorder, self.pulse())
    }

    /// Where a terminal beside the wall says that it is touched.
    pub fn pulse(&self) -> Arc<Pulse> {
        self.pulse.clone()
    }

    /// The windows are about to go.
    pub fn stop_watching(&mut self) {
        self.watchdog = None;
    }
}

fn limits(config: &Config) -> Limits {
    let seconds = |n: u32| Duration::from_secs(n.into());
    Limits {
        patience: seconds(config.wall.watchdog_seconds),
        // After that the terminal has asked, and has forgotten whoever was there.
        quiet: 2 * seconds(config.terminal.idle_seconds),
    }
}

/// A wall is not dark for want of a port.
fn serve(runtime: &Runtime, config: &Config, sources: Sources) -> Option<MetricsServer> {
    let listen = config.metrics.listen?;
    metrics::serve(runtime.handle(), listen, sources)
        .inspect(|server| tracing::info!(address = %server.address, "metrics are served"))
        .inspect_err(|error| tracing::error!(%listen, %error, "metrics cannot be served"))
        .ok()
}
