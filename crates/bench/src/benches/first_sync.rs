//! Whether the windows stand still while a new kiosk fetches 100,000 jobs for the first time. The ticker
//! tells: it is drawn by the one event loop that wall and terminal have.

use crate::Failure;
use crate::board::Board;
use crate::context::Context;
use crate::display::Display;
use crate::hall::{HallDir, ORDINARY, Playlist};
use crate::programs::start_kiosk;
use crate::report::Measured;
use crate::stats::percentile;
use crate::watch::{INTERVAL, frames, full_frame, millis};
use gighall_kiosk::store::Store;
use jiff::Timestamp;
use std::sync::mpsc;
use std::time::{Duration, Instant};

const MANY: u32 = 100_000;

/// From one look into the store to the next.
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// Longest that the sync may take.
const SYNCS_WITHIN: Duration = Duration::from_secs(240);

/// Runs the bench.
pub fn measure(context: &Context) -> Result<Vec<Measured>, Failure> {
    let jobs = context.pick(MANY, MANY / 10);
    // Where things are on the wall follows from its size, not from what it shows.
    let few = HallDir::make(&context.work.join("hall-rows"), ORDINARY, Playlist::OnePage)?;
    let rows = Board::of(&few)?;
    let dir = context.work.join("hall-first-sync");
    let (hall, hub) = HallDir::with_hub(&dir, jobs, Playlist::OnePage)?;
    let hall = hall.with_terminal()?;
    drop(hub);
    let display = Display::start(&context.work)?;
    let mut running = start_kiosk(context, &display.name, &hall)?;
    full_frame(
        &display.screen,
        &rows.standing_rows()[..1],
        &mut running,
        Duration::from_millis(100),
    )?;
    let (config, began) = (hall.config.clone(), running.began);
    let (tell, told) = mpsc::channel();
    std::thread::spawn(move || {
        let open = || {
            let store = Store::open_beside(&config.data, config.time_zone()).ok()??;
            Some(store.counts(Timestamp::now()).ok()?.total)
        };
        while began.elapsed() < SYNCS_WITHIN {
            if open() == Some(jobs) {
                // Nobody listens any more if the bench failed meanwhile.
                tell.send(began.elapsed()).ok();
                return;
            }
            std::thread::sleep(LOOK_EVERY);
        }
    });
    let (mut certain, mut said, mut synced) = (vec![], vec![], None);
    let looking = Instant::now();
    while synced.is_none() && looking.elapsed() < SYNCS_WITHIN {
        let seen = frames(&display.screen, rows.ticker_row(), Duration::from_secs(5))?;
        said.push(seen.told());
        certain.extend(seen.certain());
        synced = told.try_recv().ok();
    }
    running.stop();
    let synced = synced.ok_or("the jobs did not come in time")?;
    if certain.is_empty() {
        return Err("the ticker does not move".into());
    }
    for line in said {
        eprintln!("  {line}");
    }
    Ok(figures(&certain, synced))
}

fn figures(certain: &[f64], synced: Duration) -> Vec<Measured> {
    let limit = 2.0 * millis(INTERVAL);
    let late = certain.iter().filter(|ms| **ms > limit).count();
    let how = format!(
        "A new kiosk with wall (1920x1080), terminal (1920x480, over the middle of the wall) and its own hub with 100,000 jobs, from \
         its first picture until all of them are in its store, {:.0} s after the start: a row through \
         the ticker, looked at every millisecond in the screen's memory; {} frames, p50 {:.1}, p99 {:.1}, \
         longest {:.1} ms that a frame stood for certain.",
        synced.as_secs_f64(),
        certain.len(),
        percentile(certain, 0.5),
        percentile(certain, 0.99),
        percentile(certain, 1.0)
    );
    vec![
        Measured::told(
            "late frames while 100,000 jobs are fetched for the first time",
            late as f64,
            "frames",
            &format!("Longer than two intervals of 60 Hz. {how}"),
        )
        .at_most(0.0),
        Measured::told(
            "longest frame meanwhile",
            percentile(certain, 1.0),
            "ms",
            &how,
        ),
        Measured::told(
            "first sync of 100,000 jobs",
            synced.as_secs_f64(),
            "s",
            &how,
        ),
    ]
}
