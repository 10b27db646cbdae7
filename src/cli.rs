//! The command line of `gighall-kiosk`.

use clap::{Args, Parser, Subcommand, ValueEnum};
use jiff::Timestamp;
use jiff::civil::Date;
use std::path::PathBuf;

/// The wall and the terminal of a gig-labour hall.
#[derive(Debug, Parser)]
#[command(
    name = "gighall-kiosk",
    version,
    about,
    after_help = "Exit codes: 0 done; 1 failed, or `check` found problems; 2 wrong usage.\n\
                  Logs go to stderr, as RUST_LOG says (default: info)."
)]
pub struct Cli {
    /// What to do; `run` where nothing is said.
    #[command(subcommand)]
    pub command: Option<Command>,
    /// For `run` where no command is given.
    #[command(flatten)]
    pub run: RunArgs,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Open the windows that the configuration names and keep in sync with the hub.
    Run(RunArgs),
    /// Check a configuration: exit 0, or every problem with its key, line and what would be right.
    Check(ConfigArgs),
    /// Draw a window into a PNG from what the store holds, without a display server.
    Snapshot(SnapshotArgs),
    /// Print one JSON object about the store: jobs, workers, claims, outbox, feed, hub, clock, what staff
    /// are told, which playlists and files of the hub the walls have, what they play, what is wrong with the
    /// configuration and which of its keys wait for a restart. Exit 1 where nothing can start with it.
    Status(ConfigArgs),
    /// Try a device that stands beside the terminal.
    #[command(subcommand)]
    Device(DeviceCommand),
    /// Write what the walls showed as CSV, as far as this device still has it: for a hall without a
    /// hub in reach. `gighall-hub proof export` has all halls.
    Proof(ProofArgs),
    /// Set the PIN of the terminal's staff menu: asked for twice, or read from a file or from stdin. A
    /// kiosk that is running goes by it at once.
    StaffPin(StaffPinArgs),
    /// Write what staff did at the terminal as CSV, the newest last.
    StaffLog(StaffLogArgs),
}

/// What is tried.
#[derive(Debug, Subcommand)]
pub enum DeviceCommand {
    /// Print one ticket with Chinese text and a code, and say what the printer says.
    TestPrint(ConfigArgs),
}

/// Which configuration.
#[derive(Args, Clone, Debug)]
pub struct ConfigArgs {
    /// The configuration file.
    #[arg(long, default_value = "kiosk.toml")]
    pub config: PathBuf,
    /// Use this data directory instead of the configuration's.
    #[arg(long)]
    pub data: Option<PathBuf>,
}

/// Arguments of `run`.
#[derive(Args, Clone, Debug)]
pub struct RunArgs {
    /// Which configuration.
    #[command(flatten)]
    pub config: ConfigArgs,
    /// Open ordinary windows that can be moved and closed, for trying the program out.
    #[arg(long)]
    pub windowed: bool,
}

/// Arguments of `proof`.
#[derive(Args, Clone, Debug)]
pub struct ProofArgs {
    /// Which configuration.
    #[command(flatten)]
    pub config: ConfigArgs,
    /// The first day, in the hall's time zone.
    #[arg(long, value_name = "YYYY-MM-DD")]
    pub from: Date,
    /// The last day.
    #[arg(long, value_name = "YYYY-MM-DD")]
    pub to: Date,
    /// Where the CSV goes; stdout where it is not given.
    #[arg(long)]
    pub out: Option<PathBuf>,
}

/// Arguments of `staff-pin`.
#[derive(Args, Clone, Debug)]
pub struct StaffPinArgs {
    /// Which configuration.
    #[command(flatten)]
    pub config: ConfigArgs,
    /// Read the PIN from that file, `-` for stdin, and ask for nothing.
    #[arg(long, value_name = "FILE", conflicts_with = "remove")]
    pub from: Option<PathBuf>,
    /// Take the PIN away: nobody gets into the menu then.
    #[arg(long)]
    pub remove: bool,
}

/// Arguments of `staff-log`.
#[derive(Args, Clone, Debug)]
pub struct StaffLogArgs {
    /// Which configuration.
    #[command(flatten)]
    pub config: ConfigArgs,
    /// At most so many lines, the newest.
    #[arg(long, value_name = "LINES", default_value_t = 1_000_000)]
    pub last: usize,
    /// Where the CSV goes; stdout where it is not given.
    #[arg(long)]
    pub out: Option<PathBuf>,
}

/// Arguments of `snapshot`.
#[derive(Args, Clone, Debug)]
pub struct SnapshotArgs {
    /// Which configuration.
    #[command(flatten)]
    pub config: ConfigArgs,
    /// Which window.
    #[arg(long)]
    pub window: WindowName,
    /// Which wall, by its name in the configuration; the first one where it is not given.
    #[arg(long, value_name = "NAME")]
    pub wall: Option<String>,
    /// Where the PNG goes.
    #[arg(long)]
    pub out: PathBuf,
    /// Width and height in pixels; as the configuration says where it is not given.
    #[arg(long, value_name = "WxH", value_parser = parse_size)]
    pub size: Option<(u32, u32)>,
    /// What is shown at that time (RFC 3339); now where it is not given.
    #[arg(long, value_name = "RFC3339")]
    pub at: Option<Timestamp>,
}

/// The windows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum WindowName {
    /// The LED board.
    Wall,
    /// The touch terminal.
    Terminal,
}

/// Smallest and largest width and height that a window is drawn at, in pixels.
const SIDES: std::ops::RangeInclusive<u32> = 64..=8192;

fn parse_size(text: &str) -> Result<(u32, u32), String> {
    text.split_once('x')
        .and_then(|(width, height)| Some((width.parse().ok()?, height.parse().ok()?)))
        .filter(|(width, height)| SIDES.contains(width) && SIDES.contains(height))
        .ok_or_else(|| {
            format!(
                "a size is written 1920x1080, each side {} to {} pixels",
                SIDES.start(),
                SIDES.end()
            )
        })
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_consistent() {
        Cli::command().debug_assert();
    }

    #[test]
    fn run_is_the_default() {
        let cli = Cli::parse_from(["gighall-kiosk"]);
        assert!(cli.command.is_none());
        assert_eq!(cli.run.config.config, PathBuf::from("kiosk.toml"));
    }

    #[test]
    fn sizes_are_checked() {
        assert_eq!(parse_size("1920x1080"), Ok((1920, 1080)));
        for bad in ["", "1920", "0x5", "axb", "1920x99999"] {
            assert!(parse_size(bad).is_err(), "{bad}");
        }
    }
}
