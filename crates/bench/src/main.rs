//! `gighall-bench`: measures whole processes of the release build. `make bench` runs it.

mod benches;
mod board;
mod context;
mod display;
mod hall;
mod machine;
mod process;
mod programs;
mod report;
mod stats;
mod watch;
mod xwd;

use benches::{BENCHES, endure, hours, outage};
use clap::{Parser, Subcommand};
use context::Context;
use report::Measured;
use std::fs;
use std::path::PathBuf;
use std::process::ExitCode;

/// Why a bench gives no figures.
pub type Failure = Box<dyn std::error::Error>;

/// Measures the wall, beside Chromium and alone. Wants Xvfb, openbox and chromium.
#[derive(Debug, Parser)]
#[command(
    name = "gighall-bench",
    after_help = "Exit codes: 0 every bound holds; 1 one does not, or could not be measured; \
                  2 wrong usage."
)]
struct Cli {
    /// Short runs, for trying the benches out.
    #[arg(long)]
    quick: bool,
    /// Only these benches; all of them where none is named.
    #[arg(long, value_name = "BENCH", value_delimiter = ',')]
    only: Vec<String>,
    /// Where results.json goes, and everything that is needed on the way.
    #[arg(long, default_value = "target/bench")]
    out: PathBuf,
    /// Put the figures of full runs into this document too, each bench's in its own place.
    #[arg(long, value_name = "FILE")]
    document: Option<PathBuf>,
    #[command(subcommand)]
    part: Option<Part>,
}

/// What is no bench of the list.
#[derive(Debug, Subcommand)]
enum Part {
    /// Runs the wall with its hub for hours, in real time, while jobs change ten times a second.
    Endure(endure::Endure),
    /// Plays a day of the wall with a clock that is stepped, and tells its own memory.
    #[command(hide = true)]
    Hours(hours::Day),
    /// Is so many devices of `outage`, and tells how they are.
    #[command(hide = true)]
    Devices(outage::Devices),
}

fn main() -> ExitCode {
    let cli = Cli::parse();
    let done = match &cli.part {
        Some(Part::Hours(day)) => hours::play(day).map(|()| true),
        Some(Part::Devices(devices)) => outage::live(devices).map(|()| true),
        Some(Part::Endure(run)) => endured(&cli, run),
        None => run(&cli),
    };
    match done {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(failure) => {
            eprintln!("{failure}");
            ExitCode::FAILURE
        }
    }
}

/// Runs the long run; says whether every bound holds.
fn endured(cli: &Cli, run: &endure::Endure) -> Result<bool, Failure> {
    let load = machine::load();
    let context = cli.context()?;
    let figures = endure::measure(&context, run)?;
    print!("{}", report::table(&figures));
    println!("{}\n{}", machine::told(&load), report::markdown(&figures));
    report::write_json(&context.work.join("endured.json"), &figures, false)?;
    Ok(all_hold(&figures))
}

fn all_hold(figures: &[Measured]) -> bool {
    figures.iter().all(|figure| figure.holds != Some(false))
}

impl Cli {
    fn context(&self) -> Result<Context, Failure> {
        fs::create_dir_all(&self.out)?;
        Ok(Context {
            programs: std::env::current_exe()?.with_file_name(""),
            work: self.out.canonicalize()?,
            quick: self.quick,
        })
    }
}

/// Runs the benches; says whether every bound holds.
fn run(cli: &Cli) -> Result<bool, Failure> {
    let load = machine::load();
    let wanted = |name: &str| cli.only.is_empty() || cli.only.iter().any(|only| only == name);
    if let Some(unknown) = cli
        .only
        .iter()
        .find(|only| !BENCHES.iter().any(|(name, _)| name == only))
    {
        let names: Vec<&str> = BENCHES.iter().map(|(name, _)| *name).collect();
        return Err(format!("no bench {unknown:?}; there are {}", names.join(", ")).into());
    }
    let context = cli.context()?;
    eprintln!("load: {load}");
    let (mut figures, mut complete) = (vec![], true);
    for (name, bench) in BENCHES.iter().filter(|(name, _)| wanted(name)) {
        eprintln!("{name} ...");
        match bench(&context) {
            Ok(measured) => {
                if let Some(document) = cli.document.as_ref().filter(|_| !cli.quick) {
                    let text = format!("{}\n{}", machine::told(&load), report::markdown(&measured));
                    report::write_document(document, name, &text)?;
                }
                figures.extend(measured);
            }
            Err(failure) => {
                eprintln!("{name} could not be measured: {failure}");
                complete = false;
            }
        }
    }
    if cli.quick {
        for figure in &mut figures {
            figure.how.push_str(" QUICK: too short to be a figure.");
        }
    }
    print!("{}", report::table(&figures));
    let beside = !cli.only.is_empty();
    report::write_json(&context.work.join("results.json"), &figures, beside)?;
    Ok(complete && all_hold(&figures))
}
