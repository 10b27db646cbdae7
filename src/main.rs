//! `gighall-kiosk`: reads the configuration and does what the command line says.

use clap::Parser;
use gighall_kiosk::anew::start_anew;
use gighall_kiosk::cli::{
    Cli, Command, ConfigArgs, DeviceCommand, ProofArgs, RunArgs, SnapshotArgs, StaffLogArgs,
    StaffPinArgs,
};
use gighall_kiosk::config::{self, Config, Problem};
use gighall_kiosk::run::Ended;
use gighall_kiosk::staff::export::{self, staff_log};
use gighall_kiosk::staff::pin;
use gighall_kiosk::store::Store;
use gighall_kiosk::{devices, draw, playlists, proof, run, status};
use jiff::Timestamp;
use std::fmt::Display;
use std::io::{ErrorKind, Write};
use std::process::ExitCode;

/// Why a command failed; what it says goes to stderr.
type Failure = Box<dyn std::error::Error>;

fn main() -> ExitCode {
    let cli = Cli::parse();
    gighall_host::init_logging();
    let done = match cli.command.unwrap_or(Command::Run(cli.run)) {
        Command::Run(args) => set_up_windows()
            .and_then(|()| load_to_look(&args.config))
            .and_then(|(config, amiss)| run(&config, &amiss, &args)),
        Command::Check(args) => check(&args),
        Command::Snapshot(args) => snapshot(&args),
        Command::Status(args) => print_status(&args),
        Command::Device(DeviceCommand::TestPrint(args)) => test_print(&args),
        Command::Proof(args) => export_proof(&args),
        Command::StaffPin(args) => set_staff_pin(&args),
        Command::StaffLog(args) => export_staff_log(&args),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("{failure}");
            ExitCode::FAILURE
        }
    }
}

/// Slint's own switch for the number of physical pixels to a logical one.
const SCALE_VARIABLE: &str = "SLINT_SCALE_FACTOR";
/// The same for the library that opens windows.
const WINDOW_SCALE_VARIABLE: &str = "WINIT_X11_SCALE_FACTOR";
/// Where the window system's libraries read which keys make up a letter together.
const COMPOSE_VARIABLE: &str = "XCOMPOSEFILE";
/// In how many parts glibc's allocator keeps memory, so that threads need not wait for each other.
const ARENA_VARIABLE: &str = "MALLOC_ARENA_MAX";
/// From how many bytes on glibc's allocator asks the system for each block, and gives it back at once.
const BLOCK_VARIABLE: &str = "MALLOC_MMAP_THRESHOLD_";

/// Pixels of ours are the panel's own: geometry, codes and millimetres count in them. A window
/// system guesses another factor from what the monitor says of its size, and sending cards of LED
/// walls say anything; windows would shrink with the guess when a monitor changes. And nobody at a kiosk
/// composes letters of several keys: reading the list of them takes a tenth of the start. Of the threads that ask
/// the stores, each that ever ran beside the others would keep a part of the memory for itself: in two hours that
/// made 10 MiB, for threads that wait for the disk. Pictures come and go by the megabyte: after the first one glibc
/// would keep the room of each for the next. A program cannot change its own environment safely, so it starts anew.
fn set_up_windows() -> Result<(), Failure> {
    if std::env::var_os(SCALE_VARIABLE).is_some() {
        return Ok(());
    }
    let ours = [
        (WINDOW_SCALE_VARIABLE, "1"),
        (COMPOSE_VARIABLE, "/dev/null"),
        (ARENA_VARIABLE, "2"),
        (BLOCK_VARIABLE, "131072"),
    ];
    let mut variables = vec![(SCALE_VARIABLE, "1")];
    variables.extend(
        ours.into_iter()
            .filter(|(name, _)| std::env::var_os(name).is_none()),
    );
    Err(start_anew(&variables).into())
}

/// Everything is closed when this is over; where staff want the program to begin anew, a new one takes
/// its place. A store that is found damaged is repaired by the next process: this one has it open.
fn run(config: &Config, amiss: &[Problem], args: &RunArgs) -> Result<(), Failure> {
    let repaired = std::env::var_os(run::REPAIR_VARIABLE).is_some();
    match run::run(config, amiss, &args.config.config, args.windowed) {
        Err(found) if found.is_damage() && !repaired => {
            tracing::error!(%found, "the store is damaged: starting anew to repair it");
            Err(start_anew(&[(run::REPAIR_VARIABLE, "1")]).into())
        }
        Ok(Ended::ToBeginAnew) => {
            tracing::info!("the program begins anew");
            Err(start_anew(&[(SCALE_VARIABLE, "1")]).into())
        }
        ended => Ok(ended.map(|_| ())?),
    }
}

fn load(args: &ConfigArgs) -> Result<Config, Failure> {
    let config = config::load(&args.config).map_err(|problems| lines(&problems))?;
    Ok(with_data(config, args))
}

/// For all that goes on with a playlist that is not right, and says so: what merely looks, and a kiosk that starts,
/// as a wall must not stay dark for a mistake in it.
fn load_to_look(args: &ConfigArgs) -> Result<(Config, Vec<Problem>), Failure> {
    let (config, problems) =
        config::load_to_look(&args.config).map_err(|problems| lines(&problems))?;
    tell_amiss(&problems);
    Ok((with_data(config, args), problems))
}

fn tell_amiss(problems: &[Problem]) {
    if !problems.is_empty() {
        eprintln!("{}", lines(problems));
        eprintln!(
            "the playlist is not right: a start has the built-in one in its place, a kiosk that runs the last good one"
        );
    }
}

fn lines(problems: &[Problem]) -> String {
    let lines: Vec<String> = problems.iter().map(ToString::to_string).collect();
    lines.join("\n")
}

fn with_data(mut config: Config, args: &ConfigArgs) -> Config {
    if let Some(data) = &args.data {
        config.data.clone_from(data);
    }
    config
}

/// Writes a line to stdout. A reader that has seen enough, as `head` has, is no failure.
fn say(line: impl Display) -> Result<(), Failure> {
    match writeln!(std::io::stdout(), "{line}") {
        Err(cause) if cause.kind() != ErrorKind::BrokenPipe => Err(cause.into()),
        _ => Ok(()),
    }
}

/// Problems are errors; what merely cannot be read from where people stand is told beside them.
fn check(args: &ConfigArgs) -> Result<(), Failure> {
    let (config, file) = (load(args)?, args.config.display());
    say(format!("{file}: good"))?;
    for (wall, finding) in run::legibility(&config)? {
        say(format!("{file}: wall \"{wall}\": hard to read: {finding}"))?;
    }
    if let Some(small) = run::panel_is_small(&config) {
        say(format!("{file}: terminal: {small}"))?;
    }
    let today = config.time_zone().to_datetime(Timestamp::now()).date();
    for never in playlists::never_on(&config, today) {
        say(format!("{file}: {never}"))?;
    }
    for picture in run::pictures(&config) {
        say(format!("{file}: will be skipped: {picture}"))?;
    }
    if let Err(error) = export::can_write(&config) {
        say(format!(
            "{file}: staff.export: nothing can be written there now: {error}"
        ))?;
    }
    Ok(())
}

fn snapshot(args: &SnapshotArgs) -> Result<(), Failure> {
    let picture = draw::draw(&load_to_look(&args.config)?.0, args)?;
    picture
        .save_with_format(&args.out, image::ImageFormat::Png)
        .map_err(|cause| format!("{}: {cause}", args.out.display()))?;
    Ok(())
}

fn export_proof(args: &ProofArgs) -> Result<(), Failure> {
    let (config, days) = (load(&args.config)?, (args.from, args.to));
    match &args.out {
        Some(path) => proof::export(&config, days, std::fs::File::create(path)?)?,
        None => proof::export(&config, days, std::io::stdout().lock())?,
    }
    Ok(())
}

fn test_print(args: &ConfigArgs) -> Result<(), Failure> {
    devices::test_print(&load(args)?)?;
    say("printed")
}

fn set_staff_pin(args: &StaffPinArgs) -> Result<(), Failure> {
    let (config, _) = load_to_look(&args.config)?;
    if args.remove {
        let was = pin::remove(&config.data)?;
        return say(match was {
            true => "the PIN is gone: nobody gets into the staff menu",
            false => "there was no PIN",
        });
    }
    let typed = match &args.from {
        Some(path) if path.as_os_str() == "-" => std::io::read_to_string(std::io::stdin())?,
        Some(path) => {
            std::fs::read_to_string(path).map_err(|cause| format!("{}: {cause}", path.display()))?
        }
        None => {
            let first = rpassword::prompt_password("New staff PIN (6 to 12 digits): ")?;
            let again = rpassword::prompt_password("Once more: ")?;
            if first != again {
                return Err("the two are not the same: nothing was changed".into());
            }
            first
        }
    };
    pin::set(&config.data, typed.trim())?;
    say("the staff PIN is set")
}

fn export_staff_log(args: &StaffLogArgs) -> Result<(), Failure> {
    let (config, _) = load_to_look(&args.config)?;
    let zone = config.time_zone();
    let Some(store) = Store::open_beside(&config.data, zone.clone())? else {
        return Err(format!("there is no store in {} yet", config.data.display()).into());
    };
    match &args.out {
        Some(path) => staff_log(&store, &zone, args.last, std::fs::File::create(path)?)?,
        None => staff_log(&store, &zone, args.last, std::io::stdout().lock())?,
    }
    Ok(())
}

fn print_status(args: &ConfigArgs) -> Result<(), Failure> {
    match config::load_to_look(&args.config) {
        Ok((config, amiss)) => {
            tell_amiss(&amiss);
            say(status::status(&with_data(config, args), &amiss)?)
        }
        // Who reads it by a program is told as well, and that this configuration starts nothing.
        Err(problems) => {
            let named = || config::data_of(&args.config);
            let data = args.data.clone().unwrap_or_else(named);
            say(status::without_configuration(&data, &problems))?;
            Err(lines(&problems).into())
        }
    }
}
