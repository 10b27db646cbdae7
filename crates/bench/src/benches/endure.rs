//! Hours of the whole program in real time: the wall in its window with the hub that it runs itself,
//! while jobs change ten times a second. What is counted is what must not happen in hours: memory
//! and handles that grow, frames that stop, a change that does not reach the wall's store, an end.

use crate::Failure;
use crate::board::Board;
use crate::context::Context;
use crate::display::Display;
use crate::hall::{HallDir, ORDINARY, Playlist, SCENES_TOLD, job, listing};
use crate::process::Running;
use crate::programs::start_kiosk;
use crate::report::Measured;
use crate::stats::{median, percentile};
use crate::watch::{frames, full_frame, millis};
use clap::Args;
use gighall_core::id::JobId;
use gighall_core::job::Job;
use gighall_core::testing::a_hall;
use gighall_hub::HubState;
use gighall_kiosk::store::Store;
use jiff::Timestamp;
use std::collections::HashMap;
use std::path::Path;
use std::time::{Duration, Instant};
use uuid::Uuid;

/// From one change to the next.
const CHANGE_EVERY: Duration = Duration::from_millis(100);
/// Each so many changes one job is withdrawn, and another one comes.
const WITHDRAW_EVERY: u32 = 10;
/// From one look at memory, handles and frames to the next.
const LOOK_EVERY: Duration = Duration::from_secs(60);
/// How long the ticker is watched at each look.
const WATCHED: Duration = Duration::from_secs(5);
/// Looks before memory counts: by then every scene has been on the wall, and more than once.
const WARM_UP: usize = 10;
/// Longest that a change may take to the wall's store, far above what anybody would wait for.
const ARRIVES_WITHIN: Duration = Duration::from_secs(60);

/// How long.
#[derive(Args, Debug)]
pub struct Endure {
    /// Minutes of changes.
    #[arg(long, default_value_t = 120, value_parser = clap::value_parser!(u64).range(12..))]
    minutes: u64,
}

/// What was seen, a value a look.
#[derive(Default)]
struct Looks {
    pss_mib: Vec<f64>,
    own_mib: Vec<f64>,
    handles: Vec<f64>,
    frames_per_second: Vec<f64>,
    arrived_ms: Vec<f64>,
}

/// Runs it.
///
/// # Errors
/// If the kiosk ends, if its wall or its store stand still, and as disk and stores give them.
pub fn measure(context: &Context, run: &Endure) -> Result<Vec<Measured>, Failure> {
    // Where things are on the wall follows from its size, not from what it shows.
    let rows = Board::of(&HallDir::make(
        &context.work.join("hall-rows"),
        ORDINARY,
        Playlist::OnePage,
    )?)?;
    let dir = context.work.join("hall-endure");
    let (hall, hub) = HallDir::with_hub(&dir, ORDINARY, Playlist::All(8))?;
    let display = Display::start(&context.work)?;
    let mut running = start_kiosk(context, &display.name, &hall)?;
    full_frame(
        &display.screen,
        &rows.standing_rows()[..1],
        &mut running,
        Duration::from_millis(100),
    )?;
    let cpu = running.cpu_seconds();
    let mut changes = Changes::new(hub);
    let mut looks = Looks::default();
    let began = Instant::now();
    for minute in 1..=u32::try_from(run.minutes)? {
        changes.make_until(began + LOOK_EVERY * minute - WATCHED, &mut running)?;
        looks.arrived_ms.push(changes.arrive(&hall)?);
        let seen = frames(&display.screen, rows.ticker_row(), WATCHED)?;
        looks.frames_per_second.push(seen.per_second());
        looks.pss_mib.push(running.pss_mib());
        looks.own_mib.push(running.own_mib());
        looks.handles.push(running.handles() as f64);
        eprintln!(
            "  minute {minute}: {} changes; {:.1} MiB, {:.1} of its own, {} handles; {}",
            changes.made,
            running.pss_mib(),
            running.own_mib(),
            running.handles(),
            seen.told()
        );
    }
    let cpu = (running.cpu_seconds() - cpu) / began.elapsed().as_secs_f64() * 100.0;
    let same = changes.are_all_there(&hall)?;
    running.stop();
    let troubles = troubles(&context.log("kiosk"))?;
    Ok(figures(run, &looks, cpu, same, troubles, changes.made))
}

/// Staff who never rest: the hub's store, and what is in it.
struct Changes {
    hub: HubState,
    made: u32,
    /// The next new listing.
    next: u32,
    /// Open listings.
    open: Vec<u32>,
}

impl Changes {
    fn new(hub: HubState) -> Self {
        Self {
            hub,
            made: 0,
            next: ORDINARY,
            open: (0..ORDINARY).collect(),
        }
    }

    /// Changes jobs until then, one each [`CHANGE_EVERY`].
    fn make_until(&mut self, end: Instant, running: &mut Running) -> Result<(), Failure> {
        let mut next = Instant::now();
        while next < end {
            if running.has_ended() {
                return Err("the kiosk ended by itself".into());
            }
            self.make_one()?;
            next += CHANGE_EVERY;
            std::thread::sleep(next.saturating_duration_since(Instant::now()));
        }
        Ok(())
    }

    fn make_one(&mut self) -> Result<(), Failure> {
        let now = Timestamp::now();
        self.made += 1;
        let at = self.made as usize * 7 % self.open.len();
        if self.made.is_multiple_of(WITHDRAW_EVERY) {
            let gone = self.open.swap_remove(at);
            let id = self.id(gone)?;
            self.hub.store.cancel_job(id, now)?;
            self.open.push(self.next);
            self.next += 1;
            return self.publish(self.next - 1, now);
        }
        self.publish(self.open[at], now)
    }

    /// Imports one listing with other places and another text than last time.
    fn publish(&self, n: u32, now: Timestamp) -> Result<(), Failure> {
        let mut new = job(n, now);
        new.places += self.made % 5;
        new.places_left = new.places;
        new.shift = Some(format!("第{}次改", self.made));
        let listings = [listing(n, new)];
        self.hub.store.import(&a_hall(), &listings, now)?;
        Ok(())
    }

    fn id(&self, n: u32) -> Result<JobId, Failure> {
        let key = format!("bench-{n}");
        let jobs = self.hub.store.jobs(&a_hall())?;
        let found = jobs.into_iter().find(|listed| listed.source_key == key);
        Ok(found.ok_or("a listing that was imported")?.job.id)
    }

    /// Makes one change more, and says how long it took to the kiosk's store, in milliseconds.
    fn arrive(&mut self, hall: &HallDir) -> Result<f64, Failure> {
        let n = self.open[0];
        self.made += 1;
        self.publish(n, Timestamp::now())?;
        let (began, id) = (Instant::now(), self.id(n)?);
        let wanted = format!("第{}次改", self.made);
        while began.elapsed() < ARRIVES_WITHIN {
            let jobs = at_the_kiosk(hall)?;
            if jobs.get(&id.0).is_some_and(|shift| *shift == wanted) {
                return Ok(millis(began.elapsed()));
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        Err("a change did not reach the kiosk's store within a minute".into())
    }

    /// Whether the kiosk comes to have just the jobs that the hub has, as the hub has them.
    fn are_all_there(&self, hall: &HallDir) -> Result<bool, Failure> {
        let at_the_hub = shifts(self.hub.store.open_jobs(&a_hall(), Timestamp::now())?);
        let end = Instant::now() + ARRIVES_WITHIN;
        while Instant::now() < end {
            if at_the_kiosk(hall)? == at_the_hub {
                return Ok(true);
            }
            std::thread::sleep(CHANGE_EVERY);
        }
        Ok(false)
    }
}

/// Open jobs of the kiosk's store, each with the text that changes.
fn at_the_kiosk(hall: &HallDir) -> Result<HashMap<Uuid, String>, Failure> {
    let config = &hall.config;
    let store = Store::open_beside(&config.data, config.time_zone())?.ok_or("the kiosk's store")?;
    Ok(shifts(store.open_jobs(Timestamp::now())?))
}

/// The text that changes, by the job.
fn shifts(jobs: Vec<Job>) -> HashMap<Uuid, String> {
    let shift = |job: Job| (job.id.0, job.shift.unwrap_or_default());
    jobs.into_iter().map(shift).collect()
}

/// Lines of the log with which the program says that something went wrong. What the window system's
/// crates think of a screen without a monitor is no trouble.
fn troubles(log: &Path) -> Result<usize, Failure> {
    let text = std::fs::read_to_string(log)?;
    let is_bad = |line: &&str| {
        [" WARN gighall", " ERROR ", "panicked"]
            .iter()
            .any(|word| line.contains(word))
    };
    Ok(text.lines().filter(is_bad).count())
}

fn figures(
    run: &Endure,
    looks: &Looks,
    cpu: f64,
    same: bool,
    troubles: usize,
    made: u32,
) -> Vec<Measured> {
    let how = format!(
        "{} minutes of the wall in its window with the hub that the kiosk runs itself, 300 jobs, \
         {SCENES_TOLD}, 8 s each; {made} changes, ten a second but while it is looked at, each tenth a \
         withdrawal and a new job. Looked at every minute.",
        run.minutes
    );
    let told = |name: &str, value: f64, unit, more: &str| {
        Measured::told(name, value, unit, format!("{more} {how}").trim())
    };
    let half = WARM_UP + (looks.pss_mib.len() - WARM_UP) / 2;
    let grown = |of: &[f64]| median(&of[half..]) - median(&of[WARM_UP..half]);
    vec![
        told(
            "memory gained in hours of changes",
            grown(&looks.own_mib),
            "MiB",
            "Of its own: what no file lies behind. Median of the second half less that of the first, \
             without the first ten minutes.",
        )
        .at_most(2.0),
        told(
            "memory in hours of changes",
            median(&looks.pss_mib),
            "MiB",
            "",
        ),
        told(
            "file handles gained in hours of changes",
            grown(&looks.handles),
            "handles",
            "As the memory.",
        )
        .at_most(0.0),
        told(
            "fewest frames a second in hours of changes",
            percentile(&looks.frames_per_second, 0.0),
            "frames/s",
            "Of the ticker, in five seconds of each minute; at least half of what it is in the middle.",
        )
        .at_least(median(&looks.frames_per_second) / 2.0),
        told(
            "frames a second in hours of changes",
            median(&looks.frames_per_second),
            "frames/s",
            "",
        ),
        told(
            "from the hub's store to the kiosk's, longest",
            percentile(&looks.arrived_ms, 1.0),
            "ms",
            "",
        ),
        told(
            "from the hub's store to the kiosk's",
            median(&looks.arrived_ms),
            "ms",
            "",
        ),
        told("processor time in hours of changes", cpu, "% of a core", ""),
        told(
            "jobs at the end as the hub has them",
            f64::from(u8::from(same)),
            "yes",
            "",
        )
        .at_least(1.0),
        told(
            "warnings and errors in hours of changes",
            troubles as f64,
            "lines",
            "",
        )
        .at_most(0.0),
    ]
}
