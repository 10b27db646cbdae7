//! From exec to the first full frame, with many jobs in the store.

use crate::Failure;
use crate::board::Board;
use crate::context::Context;
use crate::display::Display;
use crate::hall::{HallDir, Playlist};
use crate::programs::{Program, Told, start_chromium, start_kiosk};
use crate::report::Measured;
use crate::stats::median;
use crate::watch::{full_frame, millis};
use std::time::Duration;

const JOBS: u32 = 20_000;

const HOW: &str = "20,000 open jobs in the store, disks warm, Chromium with the profile of its last \
    run; the programs take turns, medians of their runs. From just before exec to the last change of a \
    row of pixels through every line of the board but the ticker (looked at every 4 ms in the screen's \
    memory), after which nothing changed for seconds.";

/// Times of one program, in milliseconds.
#[derive(Default)]
struct Starts {
    full: Vec<f64>,
    /// As the browser says.
    paint: Vec<f64>,
}

/// Runs the bench.
pub fn measure(context: &Context) -> Result<Vec<Measured>, Failure> {
    let hall = HallDir::make(&context.work.join("hall-start"), JOBS, Playlist::OnePage)?;
    let board = Board::of(&hall)?;
    let display = Display::start(&context.work)?;
    let mut starts: [Starts; 3] = Default::default();
    // The first turn warms disks and profiles, and does not count.
    for turn in 0..=context.runs() {
        for (program, starts) in Program::ALL.into_iter().zip(&mut starts) {
            let (full, paint) = start(context, &display, &board, &hall, program)?;
            eprintln!(
                "  {}: full frame after {:.0} ms{}",
                program.name(),
                millis(full),
                paint.map_or_else(String::new, |paint| format!(
                    ", paint after {:.0} ms",
                    millis(paint)
                ))
            );
            if turn > 0 {
                starts.full.push(millis(full));
                starts.paint.extend(paint.map(millis));
            }
        }
    }
    figures(&starts)
}

fn start(
    context: &Context,
    display: &Display,
    board: &Board,
    hall: &HallDir,
    program: Program,
) -> Result<(Duration, Option<Duration>), Failure> {
    clear_of_the_minute();
    let mut told = Told::listen()?;
    let mut running = match program {
        Program::Kiosk => start_kiosk(context, &display.name, hall)?,
        _ => {
            let page = context.work.join("board-told.html");
            board.write_page(&page, &told.address()?)?;
            told.starts();
            start_chromium(context, &display.name, &page, program == Program::Chromium)?
        }
    };
    let settled = Duration::from_secs(context.pick(4, 3));
    let rows = board.standing_rows();
    let full = full_frame(&display.screen, &rows, &mut running, settled)?;
    running.stop();
    Ok((full, told.paint()))
}

/// Waits where the clock on the board would change while it is looked at.
fn clear_of_the_minute() {
    let second = jiff::Timestamp::now().as_second().rem_euclid(60);
    if second >= 45 {
        std::thread::sleep(Duration::from_secs(61 - second.unsigned_abs()));
    }
}

fn figures(starts: &[Starts; 3]) -> Result<Vec<Measured>, Failure> {
    let [kiosk, with, without] = starts;
    if with.paint.is_empty() || without.paint.is_empty() {
        return Err("Chromium did not tell of its first contentful paint".into());
    }
    let paint = median(&with.paint).min(median(&without.paint));
    let full = median(&with.full).min(median(&without.full));
    let ours = median(&kiosk.full);
    Ok(vec![
        Measured::told(
            "start to full frame, of Chromium's first contentful paint",
            ours / paint,
            "of its",
            &format!(
                "Chromium's is what its PerformanceObserver says, the faster of its two ways. {HOW}"
            ),
        )
        .at_most(1.0 / 3.0),
        Measured::told("start to full frame, kiosk", ours, "ms", HOW),
        Measured::told("start to full frame, Chromium", full, "ms", HOW),
        Measured::told(
            "start to first contentful paint, Chromium",
            paint,
            "ms",
            HOW,
        ),
    ])
}
