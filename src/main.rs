//! `gighall-kiosk`: reads the configuration and does what the command line says.

use clap::Parser;
use gighall_kiosk::cli::{Cli, Command, ConfigArgs, SnapshotArgs};
use gighall_kiosk::config::{self, Config};
use gighall_kiosk::{draw, run, status};
use std::process::ExitCode;

/// Why a command failed; what it says goes to stderr.
type Failure = Box<dyn std::error::Error>;

fn main() -> ExitCode {
    let cli = Cli::parse();
    gighall_host::init_logging();
    let done = match cli.command.unwrap_or(Command::Run(cli.run)) {
        Command::Run(args) => {
            load(&args.config).and_then(|config| Ok(run::run(&config, args.windowed)?))
        }
        Command::Check(args) => load(&args).map(|_| println!("{}: good", args.config.display())),
        Command::Snapshot(args) => snapshot(&args),
        Command::Status(args) => print_status(&args),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("{failure}");
            ExitCode::FAILURE
        }
    }
}

fn load(args: &ConfigArgs) -> Result<Config, Failure> {
    let mut config = config::load(&args.config).map_err(|problems| {
        let lines: Vec<String> = problems.iter().map(ToString::to_string).collect();
        lines.join("\n")
    })?;
    if let Some(data) = &args.data {
        config.data.clone_from(data);
    }
    Ok(config)
}

fn snapshot(args: &SnapshotArgs) -> Result<(), Failure> {
    let picture = draw::draw(&load(&args.config)?, args)?;
    picture.save_with_format(&args.out, image::ImageFormat::Png)?;
    Ok(())
}

fn print_status(args: &ConfigArgs) -> Result<(), Failure> {
    println!("{}", status::status(&load(args)?)?);
    Ok(())
}
