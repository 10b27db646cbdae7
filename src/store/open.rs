//! Opening the store: new, as it was, too new, or damaged.

use super::{STORE_FILE, Store, StoreError, finder, meta, repair};
use gighall_core::vault::Vault;
use gighall_host::SQLITE_CACHE;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use rusqlite::{Connection, OpenFlags};
use rusqlite_migration::{M, Migrations};
use std::fs::Permissions;
use std::io::Read;
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::Path;
use std::sync::{Mutex, OnceLock};
use std::time::Duration;
use tokio::sync::watch;

/// The migrations in order; one that has landed is never edited.
const MIGRATIONS: &[&str] = &[
    include_str!("migrations/0001_first.sql"),
    include_str!("migrations/0002_left_behind.sql"),
    include_str!("migrations/0003_seen.sql"),
    include_str!("migrations/0004_start_over.sql"),
    include_str!("migrations/0005_events.sql"),
    include_str!("migrations/0006_proof.sql"),
    include_str!("migrations/0007_proof_sent.sql"),
    include_str!("migrations/0008_from_the_hub.sql"),
    include_str!("migrations/0009_staff.sql"),
    include_str!("migrations/0012_services.sql"),
    include_str!("migrations/0013_places.sql"),
    include_str!("migrations/0010_guard.sql"),
    include_str!("migrations/0011_complaints.sql"),
    include_str!("migrations/0015_no_index.sql"),
    include_str!("migrations/0016_passes.sql"),
    include_str!("migrations/0017_pins.sql"),
    include_str!("migrations/0018_witnessed.sql"),
    include_str!("migrations/0019_jobs_by_number.sql"),
];

fn newest() -> i64 {
    i64::try_from(MIGRATIONS.len()).unwrap_or(i64::MAX)
}

impl Store {
    /// Opens the store in a data directory, which is made if it is not there. A damaged store is
    /// set aside and started afresh, with what can be read of its outbox; staff are told.
    ///
    /// # Errors
    /// [`StoreError::TooNew`], with the file untouched; or as disk and key file give them.
    pub fn open(dir: &Path, zone: TimeZone, now: Timestamp) -> Result<Self, StoreError> {
        let open = || {
            let store = Self::open_uninspected(dir, zone.clone(), now)?;
            store.inspect().map(|()| store)
        };
        match open() {
            Err(error) if error.is_damage() => {
                tracing::error!(%error, "the store is damaged; it is set aside");
                let vault = Vault::new(&gighall_host::secret_key(dir)?);
                repair::replace(dir, &dir.join(STORE_FILE), &vault, now)?;
                open()
            }
            opened => opened,
        }
    }

    /// Opens the store, and leaves it to [`Store::inspect`] to look for damage: with many listings
    /// that takes longer than all the rest of a start, and what only reads need not wait for it.
    ///
    /// # Errors
    /// As [`Store::open`], and where damage is seen already.
    pub fn open_uninspected(
        dir: &Path,
        zone: TimeZone,
        now: Timestamp,
    ) -> Result<Self, StoreError> {
        std::fs::create_dir_all(dir).map_err(|cause| StoreError::File {
            path: dir.to_owned(),
            cause,
        })?;
        let vault = Vault::new(&gighall_host::secret_key(dir)?);
        let path = dir.join(STORE_FILE);
        repair::resume(&path, now)?;
        refuse_newer(&path)?;
        let connection = writer(&path)?;
        meta::check_key(&connection, &vault, true)?;
        let store = Self {
            path,
            finder: Mutex::default(),
            told: Some(finder::told_by(&connection)?),
            writer: Mutex::new(connection),
            readers: Mutex::default(),
            changed: watch::channel(0).0,
            proof_kept: watch::channel(0).0,
            vault,
            zone,
            opened: now,
            inspected: OnceLock::new(),
        };
        store.check_mark(dir)?;
        Ok(store)
    }

    /// Looks for damage and forgets what staff were told long ago, once. Whatever writes waits until that is
    /// done, and does it itself where nobody has: no claim is confirmed in a damaged store.
    ///
    /// # Errors
    /// [`StoreError::Damaged`]: [`Store::open`] repairs it, when nothing has it open any more. Or as
    /// disk and database give them; then nothing is written to this store until it is opened again.
    pub fn inspect(&self) -> Result<(), StoreError> {
        let mut error = None;
        let inspected = self.inspected.get_or_init(|| {
            let put_in_order = || {
                check(&reader(&self.path)?)?;
                self.write_ahead(|tx| meta::forget_old_notices(tx, self.opened))
            };
            put_in_order().map_err(|cause| {
                let kept = (cause.is_damage(), cause.to_string());
                error = Some(cause);
                kept
            })
        });
        match (error, inspected) {
            (None, Ok(())) => Ok(()),
            (Some(error), _) => Err(error),
            (None, Err((true, said))) => Err(StoreError::Damaged(said.clone())),
            (None, Err((false, said))) => Err(StoreError::NotInOrder(said.clone())),
        }
    }

    /// Opens the store for reading only, beside a kiosk that may be running on it. `None` if
    /// there is none yet.
    ///
    /// # Errors
    /// As [`Store::open`], and if the store is damaged.
    pub fn open_beside(dir: &Path, zone: TimeZone) -> Result<Option<Self>, StoreError> {
        let path = dir.join(STORE_FILE);
        if !path.exists() {
            return Ok(None);
        }
        refuse_newer(&path)?;
        let connection = reader(&path)?;
        let version = user_version(&connection)?;
        if version == 0 {
            // A kiosk that is starting for the first time is making it just now.
            return Ok(None);
        }
        if version != newest() {
            return Err(StoreError::Damaged(format!(
                "its schema is {version}; `run` brings it to {}",
                newest()
            )));
        }
        let vault = Vault::new(&gighall_host::secret_key(dir)?);
        meta::check_key(&connection, &vault, false)?;
        Ok(Some(Self {
            vault,
            path,
            finder: Mutex::default(),
            told: None,
            writer: Mutex::new(connection),
            readers: Mutex::default(),
            changed: watch::channel(0).0,
            proof_kept: watch::channel(0).0,
            zone,
            opened: Timestamp::now(),
            // It cannot write.
            inspected: OnceLock::from(Ok(())),
        }))
    }
}

/// Looks at the header of the file before SQLite does, so that a newer file is not even opened.
fn refuse_newer(path: &Path) -> Result<(), StoreError> {
    let mut header = [0; 64];
    let read = std::fs::File::open(path).and_then(|mut file| file.read_exact(&mut header));
    if read.is_err() || !header.starts_with(b"SQLite format 3\0") {
        return Ok(());
    }
    let found = i32::from_be_bytes([header[60], header[61], header[62], header[63]]);
    too_new(path, i64::from(found))
}

fn too_new(path: &Path, found: i64) -> Result<(), StoreError> {
    if found > newest() {
        return Err(StoreError::TooNew {
            path: path.to_owned(),
            found,
            known: newest(),
        });
    }
    Ok(())
}

fn user_version(connection: &Connection) -> Result<i64, StoreError> {
    Ok(connection.query_row("PRAGMA user_version", [], |row| row.get(0))?)
}

/// Nobody else reads the store: SQLite gives its log and its index the rights of the store's file.
fn make_private(path: &Path) -> Result<(), StoreError> {
    std::fs::OpenOptions::new()
        .append(true)
        .create(true)
        .mode(0o600)
        .open(path)
        .and_then(|file| file.set_permissions(Permissions::from_mode(0o600)))
        .map_err(|cause| StoreError::File {
            path: path.to_owned(),
            cause,
        })
}

/// The connection that writes, to a store of the newest schema.
pub fn writer(path: &Path) -> Result<Connection, StoreError> {
    make_private(path)?;
    let mut connection = Connection::open(path)?;
    connection.busy_timeout(Duration::from_secs(5))?;
    let version = user_version(&connection)?;
    too_new(path, version)?;
    if version != newest() {
        // Nothing is migrated that may be damaged.
        check(&connection)?;
    }
    connection.pragma_update(None, "cache_size", SQLITE_CACHE)?;
    connection.pragma_update(None, "journal_mode", "WAL")?;
    // A claim is shown and printed only after its commit is on the disk (rule 2).
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.pragma_update(None, "foreign_keys", true)?;
    // What was deleted is personal data.
    connection.pragma_update(None, "secure_delete", true)?;
    let migrations: Vec<M<'_>> = MIGRATIONS.iter().map(|sql| M::up(sql)).collect();
    Migrations::new(migrations)
        .to_latest(&mut connection)
        .map_err(|error| match error {
            // A full disk or a lock is no damage.
            rusqlite_migration::Error::RusqliteError { err, .. } => StoreError::Database(err),
            error => StoreError::Damaged(error.to_string()),
        })?;
    Ok(connection)
}

/// Looks for damage in every table and index. What it leaves out is whether the search index has the
/// words that its listings have: with many listings that takes longer than all the rest of a start.
fn check(connection: &Connection) -> Result<(), StoreError> {
    let mut tables = connection.prepare(
        "SELECT name FROM sqlite_schema WHERE type = 'table' AND sql NOT LIKE 'CREATE VIRTUAL %'",
    )?;
    let names = tables.query_map([], |row| row.get::<_, String>(0))?;
    for name in names {
        let sql = "SELECT quick_check FROM pragma_quick_check(?1) LIMIT 1";
        let found: String = connection.query_row(sql, [name?], |row| row.get(0))?;
        if found != "ok" {
            return Err(StoreError::Damaged(found));
        }
    }
    Ok(())
}

/// A connection that only reads.
pub fn reader(path: &Path) -> Result<Connection, StoreError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags)?;
    connection.busy_timeout(Duration::from_secs(5))?;
    connection.pragma_update(None, "cache_size", SQLITE_CACHE)?;
    Ok(connection)
}
