//! What runs beside the windows: the proof of play, metrics, and the watchdog.

use super::RunError;
use crate::config::Config;
use crate::metrics::{self, Counters, MetricsServer, Sources};
use crate::proof::ProofWriter;
use crate::store::Store;
use crate::sync::Sync;
use crate::wall::proof::Recorder;
use crate::watchdog::{Pulse, Watchdog};
use std::sync::Arc;
use std::time::Duration;
use tokio::runtime::Runtime;

/// All of it ends when this is dropped; that waits for the walls' last showings to be written, so
/// the windows go first.
pub struct Beside {
    counters: Counters,
    /// One for each wall.
    pulses: Vec<Arc<Pulse>>,
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
        let pulses: Vec<Arc<Pulse>> = config
            .shown_walls()
            .map(|wall| {
                let patience = Duration::from_secs(wall.watchdog_seconds.into());
                Arc::new(Pulse::new(&wall.name, patience))
            })
            .collect();
        let clock = sync.clone();
        let proof = ProofWriter::start(
            store.clone(),
            config.proof.rows_kept,
            counters.clone(),
            move || clock.now(),
        )?;
        let sources = Sources {
            counters: counters.clone(),
            walls: pulses.clone(),
            sync: Arc::downgrade(sync),
            store: Arc::downgrade(store),
        };
        // Windows that are only tried out may stand still under a debugger.
        let watchdog = match pulses.is_empty() || windowed {
            true => None,
            false => Some(Watchdog::start(pulses.clone(), quiet(config))?),
        };
        Ok(Self {
            _metrics: serve(runtime, config, sources),
            counters,
            pulses,
            proof,
            watchdog,
        })
    }

    /// What the wall of that name tells of itself; `None` where it is not shown.
    pub fn of_wall(&self, name: &str) -> Option<(Recorder, Arc<Pulse>)> {
        let pulse = self.pulses.iter().find(|pulse| pulse.wall == name)?;
        let recorder = Recorder::new(name, self.proof.sender(), self.counters.clone());
        Some((recorder, pulse.clone()))
    }

    /// Where a terminal beside the walls says that it is touched.
    pub fn pulses(&self) -> Vec<Arc<Pulse>> {
        self.pulses.clone()
    }

    /// The windows are about to go.
    pub fn stop_watching(&mut self) {
        self.watchdog = None;
    }
}

/// After that the terminal has asked, and has forgotten whoever was there.
fn quiet(config: &Config) -> Duration {
    let longest = config.terminal.idle_seconds.max(config.staff.idle_seconds);
    2 * Duration::from_secs(longest.into())
}

/// A wall is not dark for want of a port.
fn serve(runtime: &Runtime, config: &Config, sources: Sources) -> Option<MetricsServer> {
    let listen = config.metrics.listen?;
    metrics::serve(runtime.handle(), listen, sources)
        .inspect(|server| tracing::info!(address = %server.address, "metrics are served"))
        .inspect_err(|error| tracing::error!(%listen, %error, "metrics cannot be served"))
        .ok()
}
