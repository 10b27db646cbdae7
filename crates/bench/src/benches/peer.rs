//! The wall beside Chromium with the same board: memory, processor time, frames.

use crate::Failure;
use crate::board::Board;
use crate::context::Context;
use crate::display::Display;
use crate::hall::{HallDir, ORDINARY, Playlist};
use crate::process::{Running, cpu_seconds};
use crate::programs::{Program, start_chromium, start_kiosk};
use crate::report::Measured;
use crate::stats::median;
use crate::watch::{frames, full_frame};
use std::time::Duration;

const HOW: &str = "One page of 300 jobs and the ticker at 1920x1080 on one Xvfb with openbox, no hub \
    in reach; the programs take turns, medians of their runs. Of Chromium's two ways (as it comes, and \
    with --disable-gpu) the one that is better in this figure counts.";

/// One run of one program.
struct Run {
    pss_mib: f64,
    /// Of one core.
    cpu_percent: f64,
    /// The same of the X server meanwhile.
    server_percent: f64,
    frames_per_second: f64,
}

/// Runs the bench.
pub fn measure(context: &Context) -> Result<Vec<Measured>, Failure> {
    let hall = HallDir::make(&context.work.join("hall-peer"), ORDINARY, Playlist::OnePage)?;
    let board = Board::of(&hall)?;
    let display = Display::start(&context.work)?;
    let page = context.work.join("board.html");
    let mut runs: [Vec<Run>; 3] = Default::default();
    for _ in 0..context.runs() {
        for (program, runs) in Program::ALL.into_iter().zip(&mut runs) {
            let mut running = match program {
                Program::Kiosk => start_kiosk(context, &display.name, &hall)?,
                _ => {
                    board.write_page(&page, "")?;
                    start_chromium(context, &display.name, &page, program == Program::Chromium)?
                }
            };
            let run = look(context, &display, &board, &mut running)?;
            eprintln!(
                "  {}: {:.0} MiB, {:.1} % of a core (X server {:.1} %), {:.1} frames/s",
                program.name(),
                run.pss_mib,
                run.cpu_percent,
                run.server_percent,
                run.frames_per_second
            );
            runs.push(run);
            running.stop();
        }
    }
    Ok(figures(&runs))
}

/// Waits until the board is there and the program has settled, and looks at it for a while.
fn look(
    context: &Context,
    display: &Display,
    board: &Board,
    running: &mut Running,
) -> Result<Run, Failure> {
    let settled = Duration::from_secs(context.pick(5, 3));
    let rows = board.standing_rows();
    full_frame(&display.screen, &rows, running, settled)?;
    let (cpu, server) = (running.cpu_seconds(), cpu_seconds(display.server()));
    let seen = frames(&display.screen, board.ticker_row(), context.window())?;
    let seconds = seen.watched.as_secs_f64();
    Ok(Run {
        cpu_percent: (running.cpu_seconds() - cpu) / seconds * 100.0,
        server_percent: (cpu_seconds(display.server()) - server) / seconds * 100.0,
        frames_per_second: seen.per_second(),
        // After the frames were counted: walking its memory holds a program up.
        pss_mib: running.pss_mib(),
    })
}

fn figures(runs: &[Vec<Run>; 3]) -> Vec<Measured> {
    let medians = |of: fn(&Run) -> f64| {
        runs.each_ref()
            .map(|runs| median(&runs.iter().map(of).collect::<Vec<_>>()))
    };
    let told = |what: &str, values: [f64; 3], unit| {
        let figures = Program::ALL.into_iter().zip(values);
        figures
            .map(|(program, value)| {
                Measured::told(&format!("{what}, {}", program.name()), value, unit, HOW)
            })
            .collect::<Vec<_>>()
    };
    let memory = medians(|run| run.pss_mib);
    let cpu = medians(|run| run.cpu_percent);
    let server = medians(|run| run.server_percent);
    let rate = medians(|run| run.frames_per_second);
    let share = |[ours, with, without]: [f64; 3]| ours / with.min(without);
    let how = |what: &str| format!("{what} {HOW}");
    let [ours, with, without] = rate;
    let mut figures = vec![
        Measured::told(
            "memory beside Chromium",
            share(memory),
            "of its",
            &how("Proportional set size of the whole process tree."),
        )
        .at_most(1.0 / 8.0),
        Measured::told(
            "processor time beside Chromium",
            share(cpu),
            "of its",
            &how("User and system time of the whole process tree, without the X server's."),
        )
        .at_most(0.5),
        Measured::told(
            "frames a second, kiosk",
            ours,
            "/s",
            &how(
                "Different pictures of one row through the ticker, seen in the screen's memory every \
                 millisecond; the bound is Chromium's.",
            ),
        )
        .at_least(with.max(without)),
    ];
    figures.extend(told("memory", memory, "MiB"));
    figures.extend(told("processor time", cpu, "% of a core"));
    figures.extend(told(
        "processor time of the X server under",
        server,
        "% of a core",
    ));
    figures.extend(told("frames a second", rate, "/s").into_iter().skip(1));
    figures
}
