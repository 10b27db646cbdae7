//! What 100,000 jobs in the store cost a wall that shows pages of them and one of them large, in turn, and on
//! which each has to be within a day.

use crate::Failure;
use crate::board::Board;
use crate::context::Context;
use crate::display::Display;
use crate::hall::{HallDir, ORDINARY, Playlist};
use crate::programs::start_kiosk;
use crate::report::Measured;
use crate::stats::{median, percentile, spread};
use crate::watch::{Frames, INTERVAL, LOOK, frames, full_frame, millis};
use std::time::Duration;

const MANY: u32 = 100_000;

const HOW: &str = "The kiosk with 100,000 open jobs in its store, less the same with 300; in turn, \
    medians of the runs; looked at for a minute, in which a page of the table and a job take turns \
    of 7 s each, every job has to be on within a day, and all are read anew three times.";

/// Runs with one number of jobs.
#[derive(Default)]
struct Runs {
    pss_mib: Vec<f64>,
    most_rss_mib: Vec<f64>,
    cpu_percent: Vec<f64>,
    /// Percentiles of the time from frame to frame, in milliseconds.
    middle: Vec<f64>,
    slow: Vec<f64>,
    longest: Vec<f64>,
}

/// Runs the bench.
pub fn measure(context: &Context) -> Result<Vec<Measured>, Failure> {
    let display = Display::start(&context.work)?;
    let mut halls = vec![];
    for (name, jobs) in [("hall-few", ORDINARY), ("hall-many", MANY)] {
        let hall = HallDir::make(&context.work.join(name), jobs, Playlist::Turns(7))?;
        halls.push((Board::of(&hall)?, hall, Runs::default()));
    }
    for _ in 0..context.pick(3, 1) {
        for (board, hall, runs) in &mut halls {
            let mut running = start_kiosk(context, &display.name, hall)?;
            let rows = board.standing_rows();
            let settled = Duration::from_secs(5);
            full_frame(&display.screen, &rows, &mut running, settled)?;
            let cpu = running.cpu_seconds();
            let window = Duration::from_secs(context.pick(60, 25));
            let seen = frames(&display.screen, board.ticker_row(), window)?;
            let cpu = (running.cpu_seconds() - cpu) / seen.watched.as_secs_f64();
            runs.cpu_percent.push(cpu * 100.0);
            runs.pss_mib.push(running.pss_mib());
            runs.most_rss_mib.push(running.most_rss_mib());
            runs.add(&seen)?;
            eprintln!("  {:.1} MiB; {}", running.pss_mib(), seen.told());
            running.stop();
        }
    }
    let [(.., few), (.., many)] = <[_; 2]>::try_from(halls).map_err(|_| "two halls")?;
    Ok(figures(&few, &many))
}

impl Runs {
    fn add(&mut self, seen: &Frames) -> Result<(), Failure> {
        let (intervals, certain) = (seen.intervals(), seen.certain());
        if intervals.is_empty() || certain.is_empty() {
            return Err("the ticker does not move".into());
        }
        self.middle.push(percentile(&intervals, 0.5));
        self.slow.push(percentile(&intervals, 0.999));
        self.longest.push(percentile(&certain, 1.0));
        Ok(())
    }
}

fn figures(few: &Runs, many: &Runs) -> Vec<Measured> {
    let more = |of: fn(&Runs) -> &Vec<f64>| median(of(many)) - median(of(few));
    // What differs between two runs of the same, or within one look, cannot be measured.
    let noise = |of: fn(&Runs) -> &Vec<f64>| spread(of(few)).max(millis(LOOK));
    let frame = |what: &str| {
        format!(
            "{what} {HOW} What cannot be measured is what differs among the runs with 300 jobs, and 1 ms."
        )
    };
    vec![
        Measured::told(
            "memory of 100,000 jobs",
            more(|runs| &runs.pss_mib),
            "MiB",
            &format!("Proportional set size. {HOW}"),
        )
        .at_most(20.0),
        Measured::told(
            "frame time of 100,000 jobs, middle",
            more(|runs| &runs.middle),
            "ms",
            &frame("Median time from frame to frame."),
        )
        .at_most(noise(|runs| &runs.middle)),
        Measured::told(
            "frame time of 100,000 jobs, slowest in 1000",
            more(|runs| &runs.slow),
            "ms",
            &frame("Time from frame to frame that 999 of 1000 do not exceed."),
        )
        .at_most(noise(|runs| &runs.slow)),
        Measured::told(
            "frame time of 100,000 jobs, longest",
            more(|runs| &runs.longest),
            "ms",
            &format!(
                "The longest that a frame stood for certain, in each run. {HOW} What cannot be measured is what \
                 differs among the runs with 300 jobs, and an interval of 60 Hz: a frame that misses one comes \
                 with the next."
            ),
        )
        .at_most(noise(|runs| &runs.longest).max(millis(INTERVAL))),
        Measured::told(
            "longest frame with 100,000 jobs",
            median(&many.longest),
            "ms",
            HOW,
        ),
        Measured::told(
            "longest frame with 300 jobs",
            median(&few.longest),
            "ms",
            HOW,
        ),
        Measured::told(
            "processor time of 100,000 jobs",
            more(|runs| &runs.cpu_percent),
            "% of a core",
            HOW,
        ),
        Measured::told(
            "most memory ever of 100,000 jobs",
            more(|runs| &runs.most_rss_mib),
            "MiB",
            &format!("Largest resident set since the start (VmHWM). {HOW}"),
        ),
    ]
}
