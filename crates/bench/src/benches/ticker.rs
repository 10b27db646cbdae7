//! Whether the ticker keeps its time, through all scenes of the wall.

use crate::Failure;
use crate::board::Board;
use crate::context::Context;
use crate::display::Display;
use crate::hall::{HallDir, ORDINARY, Playlist, SCENES_TOLD};
use crate::programs::start_kiosk;
use crate::report::Measured;
use crate::stats::percentile;
use crate::watch::{INTERVAL, frames, full_frame, millis};
use std::time::Duration;

/// Runs the bench.
pub fn measure(context: &Context) -> Result<Vec<Measured>, Failure> {
    let hall = HallDir::make(
        &context.work.join("hall-ticker"),
        ORDINARY,
        Playlist::All(8),
    )?;
    let board = Board::of(&hall)?;
    let display = Display::start(&context.work)?;
    let mut running = start_kiosk(context, &display.name, &hall)?;
    let rows = board.standing_rows();
    let settled = Duration::from_secs(3);
    full_frame(&display.screen, &rows, &mut running, settled)?;

    // Once through the playlist, so that what a scene keeps from its first time on is there.
    std::thread::sleep(Duration::from_secs(context.pick(100, 1)));
    let (pss, handles) = (running.pss_mib(), running.handles());
    let watched = Duration::from_secs(context.pick(600, 60));
    let seen = frames(&display.screen, board.ticker_row(), watched)?;
    let (more_pss, more_handles) = (running.pss_mib() - pss, running.handles().abs_diff(handles));
    running.stop();

    let certain = seen.certain();
    if certain.is_empty() {
        return Err("the ticker does not move".into());
    }
    let late = certain.iter().filter(|ms| **ms > 2.0 * millis(INTERVAL));
    let minutes = watched.as_secs() / 60;
    let how = format!(
        "{minutes} minutes of the wall with 300 jobs and {SCENES_TOLD}, 8 s each: a row through \
         the ticker, looked at every millisecond in the screen's memory. From frame to frame: {}.",
        seen.told()
    );
    let late_how = format!(
        "Frames that stood for certain (from the first to the last look that saw them) longer than two \
         intervals of 60 Hz. {how}"
    );
    let whole = "The kiosk's own process, before and after those minutes.";
    Ok(vec![
        Measured::told(
            "late frames of the ticker",
            late.count() as f64,
            "frames",
            &late_how,
        )
        .at_most(0.0),
        Measured::told(
            "longest frame of the ticker",
            percentile(&certain, 1.0),
            "ms",
            &how,
        ),
        Measured::told("frames of the ticker", seen.per_second(), "/s", &how),
        Measured::told(
            "memory that the wall gained meanwhile",
            more_pss,
            "MiB",
            whole,
        ),
        Measured::told(
            "file handles that differ meanwhile",
            more_handles as f64,
            "handles",
            whole,
        ),
    ])
}
