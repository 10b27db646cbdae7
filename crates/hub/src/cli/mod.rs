//! The command line.

mod application;
mod audit;
mod complaint;
mod copies;
mod error;
mod event;
mod hardship;
mod matching;
mod media;
mod notice;
mod picture;
mod playlist;
mod proof;
mod rating;
mod serve;
mod shared;
mod staff;
mod training;
mod worker;

pub use error::CliError;

use clap::{Args, Parser, Subcommand};
use gighall_core::id::HallId;
use jiff::civil::Date;
use std::net::IpAddr;
use std::path::PathBuf;

/// The central server of gig halls: jobs, capacity and the ledger of all claims, and the pages
/// that phones open.
#[derive(Debug, Parser)]
#[command(version, after_help = EXIT_CODES)]
pub struct Cli {
    #[command(subcommand)]
    command: Command,
}

const EXIT_CODES: &str = "\
Exit codes: 0 done; 1 failed, the log on stderr says why; 2 wrong usage.
Environment: RUST_LOG sets what is logged (default: info); GIGHALL_SECRET_KEY holds the secret key
(64 hexadecimal digits) where it is not to lie in DIR/secret.key.
All commands but `restore` work while `serve` runs on the same data directory.";

#[derive(Debug, Subcommand)]
enum Command {
    /// Serves devices and phones until it is interrupted.
    Serve(Serve),
    /// Says whether the hub's data were put back from a copy, and when and why it thinks so; which halls
    /// give no place meanwhile, and which devices they wait for. Names the jobs of which more is held than
    /// there are places, with their claims: some have ended after the copy, and no device knew. Ask, import
    /// the lists again, and end the right ones with `claim withdraw`.
    Status {
        #[command(flatten)]
        data: Data,
    },
    /// Copies the hub's data into a new file, also while `serve` runs.
    Backup(Backup),
    /// Puts a copy of the hub's data back. Nothing may use the data directory meanwhile. What is there is
    /// kept beside it. No place is given in a hall before its devices have reported: see `status`.
    Restore(Restore),
    /// Publishes a hall's listings from an XLSX, CSV or JSON-LD file.
    Import(Import),
    /// Devices: kiosks and walls.
    #[command(subcommand)]
    Device(Device),
    /// Halls.
    #[command(subcommand)]
    Hall(HallCommand),
    /// Notices that walls show.
    #[command(subcommand)]
    Notice(notice::NoticeCommand),
    /// Job fairs, broadcasts, recruiting on the spot, courses.
    #[command(subcommand)]
    Event(event::EventCommand),
    /// What people would like to learn.
    #[command(subcommand)]
    Training(training::TrainingCommand),
    /// Applications to be registered as unemployed, which staff finish.
    #[command(subcommand)]
    Application(application::ApplicationCommand),
    /// Complaints, which staff take up and close.
    #[command(subcommand)]
    Complaint(complaint::ComplaintCommand),
    /// How workers found the work.
    #[command(subcommand)]
    Rating(rating::RatingCommand),
    /// Playlists: what walls show, where it is not their own kiosk.toml that says so.
    #[command(subcommand)]
    Playlist(playlist::PlaylistCommand),
    /// Pictures and videos for walls: a scene names one as `file = "hub:NAME"`.
    #[command(subcommand)]
    Media(media::MediaCommand),
    /// Jobs.
    #[command(subcommand)]
    Job(JobCommand),
    /// Claims: whom an employer chose, who came and who did not, whose pay is late.
    #[command(subcommand)]
    Claim(ClaimCommand),
    /// Who and what fit each other: jobs for one person, people for one job. What is shown is written
    /// down.
    #[command(subcommand)]
    Match(matching::MatchCommand),
    /// The ledger of those who find it hard to get work (就业困难台账): they come first for jobs that are
    /// reserved. It is kept here only, encrypted.
    #[command(subcommand)]
    Hardship(hardship::HardshipCommand),
    /// What walls showed.
    #[command(subcommand)]
    Proof(ProofCommand),
    /// Fetches a picture of what a wall shows at this moment, and prints the wall's name and the
    /// time. The device learns of the request when it next asks for news, within ten seconds.
    Picture(PictureArgs),
    /// Who saw or changed what of a person.
    #[command(subcommand)]
    Audit(AuditCommand),
    /// Registered persons, who may see, correct and delete what is kept of them. The ID number is
    /// read from the first line of stdin, so that it stays out of lists of processes and histories.
    #[command(subcommand)]
    Worker(WorkerCommand),
}

#[derive(Debug, Args)]
struct Data {
    /// The data directory. `serve`, `hall set`, `import` and `device add` make it if it is not there.
    #[arg(long = "data", value_name = "DIR")]
    dir: PathBuf,
}

#[derive(Debug, Args)]
struct Serve {
    #[command(flatten)]
    data: Data,
    /// Where to listen. Port 0 takes a free one; the first line on stdout says which.
    #[arg(long, value_name = "ADDR:PORT", default_value = "127.0.0.1:8600")]
    listen: String,
    /// Other machines may reach this server without encryption: whoever is on the way then reads tokens,
    /// names and telephone numbers. Only for a network that nobody else is on, as between this server and its
    /// proxy. Without it only addresses of this machine are listened on.
    #[arg(long)]
    allow_unencrypted: bool,
    /// Where phones reach this server, for example https://hall.example.cn. By default the
    /// address under which devices reach it.
    #[arg(long, value_name = "URL")]
    public_url: Option<String>,
    /// The address of a proxy in front of this server, whose X-Forwarded-For and X-Forwarded-Proto are
    /// believed; may be given several times. Without it nobody's are, and all who come through a proxy
    /// on another machine count as one.
    #[arg(long, value_name = "ADDR")]
    trust_proxy: Vec<IpAddr>,
    /// For how many days it is kept what walls showed, 1 to 3650.
    #[arg(long, value_name = "N", default_value_t = gighall_hub::PROOF_DAYS,
          value_parser = clap::value_parser!(u32).range(1..=3650))]
    proof_days: u32,
}

#[derive(Debug, Args)]
struct Backup {
    #[command(flatten)]
    data: Data,
    /// The new file.
    file: PathBuf,
}

#[derive(Debug, Args)]
struct Restore {
    #[command(flatten)]
    data: Data,
    /// The copy. It stays as it is.
    file: PathBuf,
}

/// Prints, in the order of the file, each rejected row as `line L, column C: reason` and each row
/// that waits for staff as `line L: held for review: reason`, and last
/// `imported N, updated N, unchanged N, rejected N`. Exit code 0 if the file could be read.
#[derive(Debug, Args)]
struct Import {
    #[command(flatten)]
    data: Data,
    /// The hall; made if it is the first one.
    #[arg(long, value_name = "ID")]
    hall: HallId,
    /// The file: .xlsx, .csv (UTF-8 or GB18030), or schema.org JobPosting JSON-LD.
    file: PathBuf,
    /// A TOML file that says which column is what, for columns that are not known by name.
    #[arg(long, value_name = "MAP.toml")]
    map: Option<PathBuf>,
}

#[derive(Debug, Subcommand)]
enum Device {
    /// Prints a one-time enrolment code, valid for a day, for a device new or known by its name.
    Add {
        #[command(flatten)]
        data: Data,
        /// The hall that the device stands in; made if it is the first one.
        #[arg(long, value_name = "ID")]
        hall: HallId,
        /// What staff call it, for example 大厅一号机.
        #[arg(long)]
        name: String,
    },
    /// Takes a device's doors away, as after a theft: nothing that it holds or signs is taken any
    /// more. What it confirmed and did not send stays in doubt, and so do its rights. A new code of
    /// `device add` lets it in again.
    Revoke {
        #[command(flatten)]
        data: Data,
        /// The hall that it stands in.
        #[arg(long, value_name = "ID")]
        hall: HallId,
        /// What staff call it.
        #[arg(long)]
        name: String,
    },
    /// Says that a device is lost for good: its disk is gone, and no slip of it that the hub does not know
    /// is in anybody's hand. Once a second member of staff has said so within a day, from an account of
    /// their own, the places that it held and never spent are free, and nothing that it signs is taken
    /// any more. Prints those places: number of the job, title, places, until when it takes claims.
    WriteOff {
        #[command(flatten)]
        data: Data,
        /// The hall that it stood in.
        #[arg(long, value_name = "ID")]
        hall: HallId,
        /// What staff call it.
        #[arg(long)]
        name: String,
    },
    /// Lists devices: hall, name, enrolments, when last seen, records that wait and since when,
    /// rights held, its clock less the hub's in milliseconds, version, records that were taken with
    /// remarks and which, state, what it tells staff.
    List {
        #[command(flatten)]
        data: Data,
    },
}

#[derive(Debug, Subcommand)]
enum HallCommand {
    /// Adds a hall or changes it; what is not given stays as it is.
    Set {
        #[command(flatten)]
        data: Data,
        /// The hall's id: a-z, 0-9 and '-'.
        #[arg(long, value_name = "ID")]
        hall: HallId,
        /// Its name as people read it.
        #[arg(long)]
        name: Option<String>,
        /// Its own complaints line.
        #[arg(long)]
        hotline: Option<String>,
        /// Where workers find it.
        #[arg(long)]
        address: Option<String>,
        /// GB/T 2260 code of its county, 6 digits.
        #[arg(long, value_name = "CODE", value_parser = county_code)]
        county_code: Option<String>,
    },
    /// Lists halls: id, name, complaints line.
    List {
        #[command(flatten)]
        data: Data,
    },
}

#[derive(Debug, Subcommand)]
enum JobCommand {
    /// Lists the jobs that are open, full, suspended or held for review: number, state, title,
    /// employer, places left, start, and why it was held.
    List {
        #[command(flatten)]
        data: Data,
        /// The hall.
        #[arg(long, value_name = "ID")]
        hall: HallId,
        /// Only those held for review.
        #[arg(long)]
        held: bool,
    },
    /// Publishes a job that was held for review.
    Approve {
        #[command(flatten)]
        data: Data,
        /// The hall.
        #[arg(long, value_name = "ID")]
        hall: HallId,
        /// The job's number, as `job list` shows it.
        #[arg(long, value_name = "N")]
        number: u32,
    },
    /// Withdraws a job: its claims are cancelled with notice to the workers.
    Cancel {
        #[command(flatten)]
        data: Data,
        /// The hall.
        #[arg(long, value_name = "ID")]
        hall: HallId,
        /// The job's number, as the wall shows it.
        #[arg(long, value_name = "N")]
        number: u32,
    },
}

#[derive(Debug, Subcommand)]
enum ClaimCommand {
    /// Lists the claims that wait for the employer's decision, and last those that a device
    /// confirmed for somebody who had been deleted: number, job, title, worker.
    List {
        #[command(flatten)]
        data: Data,
        /// The hall.
        #[arg(long, value_name = "ID")]
        hall: HallId,
    },
    /// Lists the claims whose pay is late by their settlement and whose workers have not said that it
    /// has come: number, job, title, worker, employer, late since. Not every worker says so who was
    /// paid: ask before you believe it.
    Overdue {
        #[command(flatten)]
        data: Data,
        /// The hall.
        #[arg(long, value_name = "ID")]
        hall: HallId,
    },
    /// The employer chose this worker.
    Confirm(Decide),
    /// The employer chose others: the place is free again.
    Reject(Decide),
    /// The worker gives the work up, and has told the hall: the place is free again. Taken until an hour
    /// before the time to be there, as on the worker's own telephone; of the claims that `status` names, at
    /// any time. It is written down.
    Withdraw(Decide),
    /// The worker is at the gathering place. Taken from twelve hours before the time to be there; said
    /// again, it has no effect.
    CheckIn(CheckIn),
    /// The worker did not come: the place is free again. Taken from an hour after the time to be
    /// there.
    NoShow(Decide),
    /// Enters a slip of a device whose disk is gone, for the person whose ID number is the first line of
    /// stdin: one of the places that the device left in doubt is theirs. Look at the slip, which says
    /// 已录用 or 已报名: one that says 待确认 holds no place. Taken once the device is not in service any more
    /// (`device revoke`, or enrolled anew). Entered again, or where the disk turns up after all, it is the
    /// same claim. It is written down. Prints number, job, title, name, state and what to look at.
    EnterSlip(EnterSlip),
}

#[derive(Debug, Args)]
struct EnterSlip {
    #[command(flatten)]
    data: Data,
    /// The claim's number, as the slip shows it, for example 07-0042.
    #[arg(long, value_name = "NUMBER")]
    number: String,
    /// The job's number. What is in doubt of the device is said where this one cannot be.
    #[arg(long, value_name = "N")]
    job: u32,
    /// What the slip's code reads, so that the code is good for checking in: https://.../s/... or its end.
    #[arg(long, value_name = "TEXT")]
    code: Option<String>,
}

#[derive(Debug, Args)]
struct Decide {
    #[command(flatten)]
    data: Data,
    /// The claim's number, as the slip shows it, for example 07-0042.
    #[arg(long, value_name = "NUMBER")]
    number: String,
}

#[derive(Debug, Args)]
struct CheckIn {
    #[command(flatten)]
    claim: Decide,
    /// The check-in was a mistake: the claim is confirmed again, and its worker expected.
    #[arg(long)]
    undo: bool,
}

#[derive(Debug, Args)]
struct PictureArgs {
    #[command(flatten)]
    data: Data,
    /// The hall.
    #[arg(long, value_name = "ID")]
    hall: HallId,
    /// The device's name, where the hall has several.
    #[arg(long, value_name = "NAME")]
    device: Option<String>,
    /// The wall's name, where the device has several.
    #[arg(long, value_name = "NAME")]
    wall: Option<String>,
    /// Where the PNG goes.
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    /// How many seconds to wait for it, 1 to 300.
    #[arg(long, value_name = "N", default_value_t = 30,
          value_parser = clap::value_parser!(u32).range(1..=300))]
    wait: u32,
}

#[derive(Debug, Subcommand)]
enum ProofCommand {
    /// Writes what a hall's walls showed as CSV that Excel opens, one line for each time that
    /// something came on; a page of the table is a line for each job on it.
    Export {
        #[command(flatten)]
        data: Data,
        /// The hall.
        #[arg(long, value_name = "ID")]
        hall: HallId,
        /// The first day.
        #[arg(long, value_name = "YYYY-MM-DD")]
        from: Date,
        /// The last day.
        #[arg(long, value_name = "YYYY-MM-DD")]
        to: Date,
        /// Where the CSV goes; stdout where it is not given.
        #[arg(long, value_name = "FILE")]
        out: Option<PathBuf>,
    },
    /// Lists how often each job was shown that was open on a day, those that were never shown
    /// first: number, title, minutes that it was open, times shown, seconds in all, first and last
    /// time. The last line counts them.
    Exposure {
        #[command(flatten)]
        data: Data,
        /// The hall.
        #[arg(long, value_name = "ID")]
        hall: HallId,
        /// The day.
        #[arg(long, value_name = "YYYY-MM-DD")]
        day: Date,
    },
}

#[derive(Debug, Subcommand)]
enum WorkerCommand {
    /// Shows what is kept of a person.
    Show {
        #[command(flatten)]
        data: Data,
    },
    /// Corrects a name: the second line of stdin.
    Rename {
        #[command(flatten)]
        data: Data,
    },
    /// Changes the mobile number by which a person is known on phones and at terminals: the second line of
    /// stdin, which may be empty. Look at their card first.
    Phone {
        #[command(flatten)]
        data: Data,
    },
    /// Lifts the pause that a person is in after no-shows: what was missed so far is forgiven, here and
    /// on every device.
    LiftPause {
        #[command(flatten)]
        data: Data,
    },
    /// Revokes the pass that a person has, here and on every device: it was lost, or somebody else has it.
    RevokePass {
        #[command(flatten)]
        data: Data,
    },
    /// Prints everything that is kept of a person as JSON.
    Export {
        #[command(flatten)]
        data: Data,
    },
    /// Forgets a person, here and on every device. The claims stay, without name and numbers;
    /// refused while the person holds one of work that is not over.
    Delete {
        #[command(flatten)]
        data: Data,
    },
}

#[derive(Debug, Subcommand)]
enum AuditCommand {
    /// Lists who saw or changed what: time, who, what, the person's id, the hall.
    List(AuditArgs),
    /// Writes the same as CSV that Excel opens, with times to the second.
    Export {
        #[command(flatten)]
        which: AuditArgs,
        /// Where the CSV goes; stdout where it is not given.
        #[arg(long, value_name = "FILE")]
        out: Option<PathBuf>,
    },
}

#[derive(Debug, Args)]
struct AuditArgs {
    #[command(flatten)]
    data: Data,
    /// The first day; the beginning of the log where it is not given.
    #[arg(long, value_name = "YYYY-MM-DD")]
    from: Option<Date>,
    /// The last day; today where it is not given.
    #[arg(long, value_name = "YYYY-MM-DD")]
    to: Option<Date>,
    /// Only what is about one person, whose ID number is the first line of stdin.
    #[arg(long)]
    person: bool,
}

fn county_code(text: &str) -> Result<String, String> {
    if text.len() == 6 && text.bytes().all(|b| b.is_ascii_digit()) {
        Ok(text.to_owned())
    } else {
        Err("a county's code has 6 digits".to_owned())
    }
}

/// Runs the command.
pub fn run(cli: &Cli) -> Result<(), CliError> {
    match &cli.command {
        Command::Serve(serve) => serve::run(serve),
        Command::Status { data } => copies::status(data),
        Command::Backup(args) => copies::backup(args),
        Command::Restore(args) => copies::restore(args),
        Command::Import(import) => staff::import(import),
        Command::Device(device) => staff::device(device),
        Command::Hall(hall) => staff::hall(hall),
        Command::Notice(notice) => notice::run(notice),
        Command::Event(event) => event::run(event),
        Command::Training(command) => training::run(command),
        Command::Application(command) => application::run(command),
        Command::Complaint(command) => complaint::run(command),
        Command::Rating(command) => rating::run(command),
        Command::Playlist(command) => playlist::run(command),
        Command::Media(command) => media::run(command),
        Command::Job(job) => staff::job(job),
        Command::Claim(claim) => staff::claim(claim),
        Command::Match(command) => matching::run(command),
        Command::Hardship(command) => hardship::run(command),
        Command::Proof(command) => proof::run(command),
        Command::Picture(args) => picture::run(args),
        Command::Audit(command) => audit::run(command),
        Command::Worker(command) => worker::run(command),
    }
}
