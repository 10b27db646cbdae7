//! The hub's store in one SQLite file: one writer, readers beside it (WAL), every commit on disk
//! before it is answered (`synchronous=FULL`). Other processes may write at the same time: staff
//! import a list while the server runs.

mod applications;
mod audit;
mod backup;
mod claims;
mod complaints;
mod devices;
mod enrolments;
mod feed;
mod halls;
mod hardship;
mod hardship_said;
mod import;
mod jobs;
mod ledger;
mod mark;
mod media;
mod outbox;
mod passes;
mod pauses;
mod permits;
mod pictures;
mod playlists;
mod posted;
mod proof;
mod ratings;
mod restored;
mod rights;
mod secrets;
mod seekers;
mod sessions;
mod signing_keys;
mod slips;
mod sql;
mod store;
mod witness;
mod worker_file;
mod workers;
mod write;
mod writer;
mod written_off;

pub use backup::PutBack;

use super::StoreError;
use claims::Taken;
use gighall_core::wire::{ClaimReply, Scope};
use gighall_host::SQLITE_CACHE;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use rusqlite::{Connection, OpenFlags};
use rusqlite_migration::{M, Migrations};
use secrets::Keys;
use std::fs::{File, OpenOptions};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::watch;
use write::Write;
use writer::Writer;

/// Name of the database in the data directory.
pub const DATABASE_FILE: &str = "hub.db";

/// Name of the folder with the files for walls in the data directory.
const MEDIA_FOLDER: &str = "media";

/// How long a writer waits for another process's transaction.
const BUSY_TIMEOUT: Duration = Duration::from_secs(10);

/// Pages in memory of the connection that writes, in KiB as SQLite takes them: with fewer, a commit that
/// many share writes some of its pages twice.
const WRITER_CACHE: i32 = -4096;

/// How often, and after which pause, the store is brought up to date again where another process
/// is at it too.
const MIGRATION_TRIES: u32 = 20;
const MIGRATION_PAUSE: Duration = Duration::from_millis(50);

/// Readers that are kept open for the next question: a new one has to read the whole schema first, which
/// takes longer than most questions.
const READERS_KEPT: usize = 16;

const MIGRATIONS: &[&str] = &[
    include_str!("../../../migrations/0001_first.sql"),
    include_str!("../../../migrations/0002_key_check.sql"),
    include_str!("../../../migrations/0003_source_keys.sql"),
    include_str!("../../../migrations/0004_enrolment_code.sql"),
    include_str!("../../../migrations/0005_erased.sql"),
    include_str!("../../../migrations/0006_events.sql"),
    include_str!("../../../migrations/0007_proof.sql"),
    include_str!("../../../migrations/0008_picture.sql"),
    include_str!("../../../migrations/0009_walls.sql"),
    include_str!("../../../migrations/0013_doors.sql"),
    include_str!("../../../migrations/0014_signing_keys.sql"),
    include_str!("../../../migrations/0015_check_in.sql"),
    include_str!("../../../migrations/0017_settled.sql"),
    include_str!("../../../migrations/0019_services.sql"),
    include_str!("../../../migrations/0016_pauses.sql"),
    include_str!("../../../migrations/0018_complaints.sql"),
    include_str!("../../../migrations/0020_wishes.sql"),
    include_str!("../../../migrations/0021_hardship.sql"),
    include_str!("../../../migrations/0022_restored.sql"),
    include_str!("../../../migrations/0023_written_off.sql"),
    include_str!("../../../migrations/0024_paid_on_time.sql"),
    include_str!("../../../migrations/0025_feed_rows.sql"),
    include_str!("../../../migrations/0026_passes.sql"),
    include_str!("../../../migrations/0027_hardship_said.sql"),
    include_str!("../../../migrations/0028_pins.sql"),
    include_str!("../../../migrations/0029_surplus.sql"),
];

/// The store.
pub struct SqliteStore {
    path: PathBuf,
    dir: PathBuf,
    media: PathBuf,
    keys: Keys,
    writer: Writer<Connection>,
    readers: Mutex<Vec<Connection>>,
    events: watch::Sender<u64>,
    watched: Mutex<Watched>,
    _in_use: File,
}

/// What [`SqliteStore::look_elsewhere`] saw last.
struct Watched {
    connection: Connection,
    data_version: i64,
    heads: i64,
}

impl SqliteStore {
    /// Opens the database of a data directory, or makes it. One that is an older copy of what was there
    /// before raises its epoch (rule 12).
    ///
    /// # Errors
    /// [`StoreError::TooNew`], [`StoreError::Corrupt`] or [`StoreError::Database`]; the file is
    /// left as it is.
    pub fn open(dir: &Path, secret: &[u8; 32], zone: TimeZone) -> Result<Self, StoreError> {
        let path = dir.join(DATABASE_FILE);
        let media = dir.join(MEDIA_FOLDER);
        let in_use = backup::share(dir)?;
        backup::finish(dir)?;
        let beside = mark::beside(dir)?;
        make_private(&path)?;
        let mut writer = connect(&path)?;
        check(&writer)?;
        migrate(&mut writer)?;
        let keys = Keys::new(secret, zone);
        keys.check_against(&writer)?;
        if mark::why_copied(&writer, beside.as_deref())?.is_some() {
            writer::alone(&mut writer, &keys, |write| {
                mark::check(write, beside.as_deref(), Timestamp::now())
            })?;
        }
        writer.pragma_update(None, "cache_size", WRITER_CACHE)?;
        // What SQLite notes so that it can take back one of many that share a commit would else be written
        // to a file, and that in a folder of everybody's.
        writer.pragma_update(None, "temp_store", "MEMORY")?;
        outbox::read_again(&mut writer, &keys)?;
        let connection = connect(&path)?;
        let watched = Watched {
            data_version: feed::data_version(&connection)?,
            heads: feed::sum_of_heads(&connection)?,
            connection,
        };
        Ok(Self {
            path,
            dir: dir.to_owned(),
            media,
            keys,
            writer: Writer::new(writer),
            readers: Mutex::new(Vec::new()),
            events: watch::Sender::new(0),
            watched: Mutex::new(watched),
            _in_use: in_use,
        })
    }

    /// Runs one piece of writing: all of it happens, or nothing. It is on the disk when this returns.
    fn write<T>(
        &self,
        work: impl FnOnce(&mut Write<'_>) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let (done, told) = self.writer.write(&self.keys, work)?;
        if told {
            self.events.send_modify(|count| *count += 1);
        }
        Ok(done)
    }

    /// Runs each piece of writing as if it had come alone, in one commit ([`Writer::write_each`]).
    fn write_each<T, W>(&self, works: &[W]) -> Vec<Result<T, StoreError>>
    where
        W: Fn(&mut Write<'_>) -> Result<T, StoreError>,
    {
        let (done, told) = self.writer.write_each(&self.keys, works);
        if told {
            self.events.send_modify(|count| *count += 1);
        }
        done
    }

    /// The answer to whoever claimed at the hub.
    fn claim_reply(&self, taken: Taken) -> Result<ClaimReply, StoreError> {
        let scope = Scope::Hall(taken.hall.clone());
        Ok(taken.reply(self.read(|view| feed::head(view, &scope))?))
    }

    /// Runs questions over one unchanging view of the data.
    fn read<T>(
        &self,
        work: impl FnOnce(&Connection) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let kept = lock(&self.readers).pop();
        let mut reader = match kept {
            Some(reader) => reader,
            None => {
                let reader = connect(&self.path)?;
                reader.pragma_update(None, "query_only", true)?;
                reader
            }
        };
        let view = reader.transaction()?;
        let done = work(&view)?;
        view.finish()?;
        let mut readers = lock(&self.readers);
        if readers.len() < READERS_KEPT {
            readers.push(reader);
        }
        Ok(done)
    }
}

/// Puts a copy that [`Store::back_up`](super::Store::back_up) made in the place of the database of a data
/// directory, or of one that has none yet. It gives no place before its devices have reported (rule 12).
///
/// # Errors
/// [`StoreError::InUse`] while any process has it open; [`StoreError::Corrupt`],
/// [`StoreError::TooNew`] or [`StoreError::Unusable`] for a copy that is none of this hub's. Nothing is
/// changed then.
pub fn put_back(
    dir: &Path,
    copy: &Path,
    secret: &[u8; 32],
    actor: &str,
    now: Timestamp,
) -> Result<PutBack, StoreError> {
    backup::put_back(dir, copy, secret, actor, now)
}

/// Whether there is a database in that data directory, or one that only waits for its name.
pub fn is_there(dir: &Path) -> bool {
    dir.join(DATABASE_FILE).exists() || backup::waits(dir)
}

/// A panic inside a transaction has rolled it back, so what the lock guards is whole.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Only the hub's own user may read the database; SQLite gives its side files the same mode.
fn make_private(path: &Path) -> Result<(), StoreError> {
    OpenOptions::new()
        .append(true)
        .create(true)
        .mode(0o600)
        .open(path)
        .map(drop)
        .map_err(|cause| StoreError::Unusable(format!("{}: {cause}", path.display())))
}

fn connect(path: &Path) -> Result<Connection, StoreError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags)?;
    connection.busy_timeout(BUSY_TIMEOUT)?;
    connection
        .pragma_update(None, "synchronous", "FULL")
        .and_then(|()| connection.pragma_update(None, "foreign_keys", true))
        .and_then(|()| connection.pragma_update(None, "cache_size", SQLITE_CACHE))
        // Who was erased is not to be read in what is left between the rows.
        .and_then(|()| connection.pragma_update(None, "secure_delete", true))
        .map_err(damage)?;
    connection.set_prepared_statement_cache_capacity(128);
    Ok(connection)
}

/// Tells a damaged file from other failures of the database.
fn damage(error: rusqlite::Error) -> StoreError {
    match error.sqlite_error_code() {
        Some(rusqlite::ErrorCode::NotADatabase | rusqlite::ErrorCode::DatabaseCorrupt) => {
            StoreError::Corrupt(format!("the database file is damaged: {error}"))
        }
        _ => error.into(),
    }
}

/// Looks before anything is written: a damaged file is for people to rescue.
fn check(connection: &Connection) -> Result<(), StoreError> {
    let verdict: Result<String, _> =
        connection.query_row("PRAGMA quick_check(1)", [], |row| row.get(0));
    match verdict {
        Ok(verdict) if verdict == "ok" => Ok(()),
        Ok(verdict) => Err(StoreError::Corrupt(format!(
            "the database file is damaged: {verdict}"
        ))),
        Err(error) => Err(damage(error)),
    }
}

fn migrate(connection: &mut Connection) -> Result<(), StoreError> {
    if version_of(connection)? > MIGRATIONS.len() as i64 {
        return Err(StoreError::TooNew);
    }
    for _ in 0..MIGRATION_TRIES {
        // Another process, started at the same moment, may be faster; it needs a moment. SQLite
        // does not wait by itself where two change the journal or step on each other's migration.
        if bring_up_to_date(connection).is_ok() {
            return Ok(());
        }
        std::thread::sleep(MIGRATION_PAUSE);
    }
    bring_up_to_date(connection)
}

fn bring_up_to_date(connection: &mut Connection) -> Result<(), StoreError> {
    connection.pragma_update(None, "journal_mode", "WAL")?;
    let steps = MIGRATIONS.iter().map(|step| M::up(step)).collect();
    match Migrations::new(steps).to_latest(connection) {
        Ok(()) => Ok(()),
        Err(rusqlite_migration::Error::RusqliteError { err, .. }) => Err(err.into()),
        Err(other) => Err(StoreError::Unusable(format!(
            "cannot bring the store up to date: {other}"
        ))),
    }
}

fn version_of(connection: &Connection) -> Result<i64, StoreError> {
    Ok(connection.pragma_query_value(None, "user_version", |row| row.get(0))?)
}

#[cfg(test)]
mod tests;
