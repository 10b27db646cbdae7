//! How long a new device takes to fetch 100,000 jobs from the hub program, beside the `sqlite3` shell that
//! reads the same rows into the same tables.

use crate::Failure;
use crate::context::Context;
use crate::hall::{HallDir, Playlist};
use crate::programs::start_hub;
use crate::report::Measured;
use crate::stats::median;
use gighall_core::testing::a_hall;
use gighall_core::wire::Scope;
use gighall_kiosk::store::Store;
use gighall_kiosk::sync::{Sync, SyncConfig};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::runtime::Runtime;

const MANY: u32 = 100_000;

/// From one look into the store to the next.
const LOOK_EVERY: Duration = Duration::from_millis(20);

/// Longest that the sync may take.
const SYNCS_WITHIN: Duration = Duration::from_secs(240);

/// Runs the bench.
pub fn measure(context: &Context) -> Result<Vec<Measured>, Failure> {
    let jobs = context.pick(MANY, MANY / 10);
    let dir = context.work.join("hall-import");
    let (hall, hub) = HallDir::with_hub(&dir, jobs, Playlist::OnePage)?;
    let hub_data = hall.config.data.join("hub");
    let runs = context.pick(3, 1);
    let codes = (0..runs)
        .map(|n| {
            hub.store
                .add_device(&a_hall(), &format!("{n}号"), Timestamp::now())
        })
        .collect::<Result<Vec<_>, _>>()?;
    drop(hub);
    let (mut running, url) = start_hub(context, &hub_data)?;
    let (mut synced, mut imported) = (vec![], vec![]);
    for (n, code) in codes.into_iter().enumerate() {
        let data = dir.join(format!("device-{n}"));
        std::fs::create_dir_all(&data)?;
        let took = fetch(&data, &url, code, jobs, hall.config.time_zone())?;
        synced.push(took.as_secs_f64());
        imported.push(read_by_the_shell(&data, jobs)?.as_secs_f64());
        eprintln!("  {:.1} s, the shell {:.1} s", synced[n], imported[n]);
    }
    running.stop();
    Ok(figures(jobs, &synced, &imported))
}

/// From the start of the engine of a device that is nobody yet until everything is in its store.
fn fetch(
    data: &Path,
    url: &str,
    code: String,
    jobs: u32,
    zone: TimeZone,
) -> Result<Duration, Failure> {
    let store = Arc::new(Store::open(data, zone, Timestamp::now())?);
    let runtime = Runtime::new()?;
    let config = SyncConfig {
        url: url.to_owned(),
        hall: a_hall(),
        code: Some(code),
        data: data.to_owned(),
        lends: false,
        certificates: vec![],
        walls: vec![],
    };
    let began = Instant::now();
    let sync = Sync::start(runtime.handle(), store.clone(), config)?;
    while store.cursor(&Scope::Hall(a_hall()))?.is_none() {
        if began.elapsed() > SYNCS_WITHIN {
            return Err("the jobs did not come in time".into());
        }
        std::thread::sleep(LOOK_EVERY);
    }
    let took = began.elapsed();
    drop(sync);
    runtime.shutdown_timeout(Duration::from_secs(10));
    let total = store.counts(Timestamp::now())?.total;
    match total == jobs {
        true => Ok(took),
        false => Err(format!("{total} jobs came instead of {jobs}").into()),
    }
}

/// The shell writes out what the store holds, which does not count, and reads it into an empty copy of its
/// tables in one transaction, with the store's own settings.
fn read_by_the_shell(data: &Path, jobs: u32) -> Result<Duration, Failure> {
    let (store, copy) = (data.join("kiosk.db"), data.join("copy.db"));
    let (tables, rows) = (data.join("tables.sql"), data.join("rows.sql"));
    std::fs::write(&tables, shell(&store, ".schema --nosys")?)?;
    std::fs::write(&rows, shell(&store, ".dump --data-only")?)?;
    shell(
        &copy,
        &format!("PRAGMA journal_mode = WAL; \n.read '{}'", tables.display()),
    )?;
    let began = Instant::now();
    shell(
        &copy,
        &format!(
            "PRAGMA synchronous = FULL;\nBEGIN;\n.read '{}'\nCOMMIT;",
            rows.display()
        ),
    )?;
    let took = began.elapsed();
    let count = shell(&copy, "SELECT count(*) FROM jobs;")?;
    match count.trim() == jobs.to_string() {
        true => Ok(took),
        false => Err(format!("the shell read {} jobs", count.trim()).into()),
    }
}

fn shell(database: &Path, commands: &str) -> Result<String, Failure> {
    let mut sqlite = Command::new("sqlite3");
    sqlite.arg("-bail").arg(database);
    for command in commands.lines() {
        sqlite.arg(command);
    }
    let done = sqlite
        .stdin(Stdio::null())
        .stderr(Stdio::inherit())
        .output()?;
    match done.status.success() {
        true => Ok(String::from_utf8(done.stdout)?),
        false => Err(format!("sqlite3 {}: {}", database.display(), done.status).into()),
    }
}

fn figures(jobs: u32, synced: &[f64], imported: &[f64]) -> Vec<Measured> {
    let how = format!(
        "A device's engine without windows, from its start with an enrolment code until {jobs} jobs of the hub \
         program on loopback are in its store; beside Debian's sqlite3 shell, which reads the rows that are then \
         in the store, as its .dump wrote them, into an empty copy of the same tables with the same indexes in \
         one transaction (WAL, synchronous=FULL). {} runs in turn, medians: {:.1} and {:.1} s.",
        synced.len(),
        median(synced),
        median(imported)
    );
    vec![
        Measured::told(
            "speed of a first sync, of the sqlite3 shell's",
            median(imported) / median(synced),
            "",
            &how,
        )
        .at_least(0.5),
    ]
}
