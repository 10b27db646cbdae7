//! How the kiosk is, for Prometheus: counters that the parts raise, and what is read at each scrape.
//! Served on loopback only ([`serve`]), as OpenMetrics text.

mod server;

pub use server::{MetricsServer, Sources, serve};

use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::info::Info;
use prometheus_client::registry::Registry;
use std::fmt;
use std::sync::atomic::AtomicU64;

/// One wall.
type OfWall = [(&'static str, String); 1];
/// One kind of scene on one wall.
type OfScene = [(&'static str, String); 2];
/// A number that goes up and down.
type Level = Gauge<f64, AtomicU64>;

/// What the parts of the kiosk count. Cheap to clone: every clone counts in the same place.
#[derive(Clone, Debug, Default)]
pub struct Counters {
    scenes: Family<OfScene, Counter>,
    job_showings: Family<OfWall, Counter>,
    proof_lost: Counter,
}

impl Counters {
    /// A scene came on.
    pub fn scene(&self, wall: &str, scene: &str) {
        let of = [("wall", wall.to_owned()), ("scene", scene.to_owned())];
        self.scenes.get_or_create(&of).inc();
    }

    /// A job went off that had come on.
    pub fn job_showing(&self, wall: &str) {
        let of = [("wall", wall.to_owned())];
        self.job_showings.get_or_create(&of).inc();
    }

    /// So many showings were lost before the hub had them.
    pub fn proof_lost(&self, showings: u64) {
        self.proof_lost.inc_by(showings);
    }
}

/// How one wall is.
#[derive(Clone, Debug, PartialEq)]
pub struct WallReading {
    /// Its name.
    pub wall: String,
    /// Frames that were drawn.
    pub frames: u64,
    /// When the last one was, in seconds since 1970.
    pub drawn_at: Option<i64>,
}

/// How the kiosk is at one moment; `None` where that cannot be read.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Reading {
    /// The walls.
    pub walls: Vec<WallReading>,
    /// How often the watchdog started the program anew.
    pub restarts: u32,
    /// Whether the hub answered lately.
    pub online: Option<bool>,
    /// When the hub last answered, in seconds since 1970.
    pub last_contact: Option<i64>,
    /// Records that wait to be sent.
    pub outbox: Option<u64>,
    /// Clock of the device less clock of the hub, in milliseconds.
    pub clock_offset_ms: Option<i64>,
    /// Whether somebody at the terminal waits for staff, and how often somebody called so far.
    pub calls: Option<(bool, u64)>,
    /// Showings that are kept, and those of them that the hub does not have yet.
    pub proof: Option<(u64, u64)>,
}

/// Everything as OpenMetrics text.
///
/// # Errors
/// Never: a text takes everything that is written to it.
pub fn text(counters: &Counters, reading: &Reading) -> Result<String, fmt::Error> {
    let mut registry = Registry::with_prefix("gighall");
    let version = Info::new(vec![("version", env!("CARGO_PKG_VERSION"))]);
    registry.register("kiosk", "The program", version);
    count(&mut registry, counters, reading);
    walls(&mut registry, &reading.walls);
    let mut level = |name: &str, help: &str, value: Option<f64>| {
        if let Some(value) = value {
            let gauge = Level::default();
            gauge.set(value);
            registry.register(name, help, gauge);
        }
    };
    // Counts and seconds are far below 2^52.
    let number = |n: Option<u64>| n.map(|n| n as f64);
    let online = reading.online.map(|is| f64::from(u8::from(is)));
    level("hub_online", "1 if the hub answered lately", online);
    let last = reading.last_contact.map(|at| at as f64);
    let help = "When the hub last answered, by its clock";
    level("hub_last_contact_timestamp_seconds", help, last);
    let offset = reading.clock_offset_ms.map(|ms| ms as f64 / 1000.0);
    let help = "Clock of the device less clock of the hub";
    level("clock_offset_seconds", help, offset);
    let help = "Records of claims and registrations that wait to be sent";
    level("outbox_length", help, number(reading.outbox));
    let (stands, calls) = reading.calls.unzip();
    let stands = stands.map(|is| f64::from(u8::from(is)));
    let help = "1 while somebody at the terminal waits for staff";
    level("staff_call", help, stands);
    let help = "Calls for staff since the store was new";
    level("staff_calls", help, number(calls));
    let (rows, waiting) = reading.proof.unzip();
    level("proof_rows", "Showings that are kept", number(rows));
    let help = "Showings that the hub does not have yet";
    level("proof_waiting", help, number(waiting));
    let mut text = String::new();
    encode(&mut text, &registry)?;
    Ok(text)
}

fn count(registry: &mut Registry, counters: &Counters, reading: &Reading) {
    let scenes = counters.scenes.clone();
    registry.register("wall_scenes", "Scenes that came on", scenes);
    let jobs = counters.job_showings.clone();
    registry.register("wall_job_showings", "Jobs that were shown", jobs);
    let lost = counters.proof_lost.clone();
    let help = "Showings that went before the hub had them";
    registry.register("proof_lost", help, lost);
    let restarts = Counter::<u64>::default();
    restarts.inc_by(reading.restarts.into());
    let help = "Times that a wall had not drawn for long and the program was started anew";
    registry.register("watchdog_restarts", help, restarts);
}

fn walls(registry: &mut Registry, walls: &[WallReading]) {
    let frames = Family::<OfWall, Counter>::default();
    let drawn = Family::<OfWall, Level>::default();
    for wall in walls {
        let of = [("wall", wall.wall.clone())];
        frames.get_or_create(&of).inc_by(wall.frames);
        if let Some(at) = wall.drawn_at {
            drawn.get_or_create(&of).set(at as f64);
        }
    }
    registry.register("wall_frames", "Frames that were drawn", frames);
    let help = "When the last frame was drawn, by the machine's clock";
    registry.register("wall_last_drawn_timestamp_seconds", help, drawn);
}
