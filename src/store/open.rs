//! Opening the store: new, as it was, too new, or damaged.

use super::{Identity, STORE_FILE, StaffCode, Store, StoreError, meta, salvage};
use gighall_core::vault::Vault;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use rusqlite::{Connection, ErrorCode, OpenFlags};
use rusqlite_migration::{M, Migrations};
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::time::Duration;
use tokio::sync::watch;

/// The migrations in order; one that has landed is never edited.
const MIGRATIONS: &[&str] = &[
    include_str!("migrations/0001_first.sql"),
    include_str!("migrations/0002_left_behind.sql"),
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
        let file_error = |path: &Path| {
            let path = path.to_owned();
            move |cause| StoreError::File { path, cause }
        };
        std::fs::create_dir_all(dir).map_err(file_error(dir))?;
        let vault = Vault::new(&gighall_host::secret_key(dir)?);
        let path = dir.join(STORE_FILE);
        refuse_newer(&path)?;
        let (connection, damaged) = match writer(&path) {
            Ok(connection) => (connection, None),
            Err(error) if is_damage(&error) => {
                tracing::error!(%error, "the store is damaged; it is set aside");
                let aside = set_aside(&path, now).map_err(file_error(&path))?;
                (writer(&path)?, Some(aside))
            }
            Err(error) => return Err(error),
        };
        meta::check_key(&connection, &vault, true)?;
        let store = Self {
            path,
            writer: Mutex::new(connection),
            readers: Mutex::default(),
            changed: watch::channel(0).0,
            vault,
            zone,
        };
        if let Some(aside) = damaged {
            store.take_over(dir, &aside, now)?;
        }
        store.check_mark(dir)?;
        store.prune(now)?;
        store.forget_old_notices(now)?;
        Ok(store)
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
            writer: Mutex::new(connection),
            readers: Mutex::default(),
            changed: watch::channel(0).0,
            zone,
        }))
    }

    fn take_over(&self, dir: &Path, aside: &Path, now: Timestamp) -> Result<(), StoreError> {
        let saved = salvage::read(aside, &self.vault);
        let identity = Identity::load(dir)?;
        self.write(|tx| {
            if let Some(identity) = identity {
                // Unless the store says otherwise.
                meta::set(tx, meta::DEVICE, &identity.device.to_string())?;
            }
            let kept = salvage::insert(tx, &self.vault, &saved, now)?;
            let detail = format!(
                "{} was damaged and set aside; {kept} records of the outbox were saved, {} could \
                 not be used",
                aside.display(),
                saved.unusable
            );
            tracing::error!("{detail}");
            meta::tell_staff(tx, StaffCode::StoreDamaged, &detail, now)
        })
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

fn writer(path: &Path) -> Result<Connection, StoreError> {
    let mut connection = Connection::open(path)?;
    connection.busy_timeout(Duration::from_secs(5))?;
    let version = user_version(&connection)?;
    too_new(path, version)?;
    let found: String = connection.query_row("PRAGMA quick_check(1)", [], |row| row.get(0))?;
    if found != "ok" {
        return Err(StoreError::Damaged(found));
    }
    connection.pragma_update(None, "journal_mode", "WAL")?;
    // A claim is shown and printed only after its commit is on the disk (rule 2).
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.pragma_update(None, "foreign_keys", true)?;
    // What was deleted is personal data.
    connection.pragma_update(None, "secure_delete", true)?;
    let migrations: Vec<M<'_>> = MIGRATIONS.iter().map(|sql| M::up(sql)).collect();
    Migrations::new(migrations)
        .to_latest(&mut connection)
        .map_err(|error| StoreError::Damaged(error.to_string()))?;
    Ok(connection)
}

/// A connection that only reads.
pub fn reader(path: &Path) -> Result<Connection, StoreError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags)?;
    connection.busy_timeout(Duration::from_secs(5))?;
    Ok(connection)
}

fn is_damage(error: &StoreError) -> bool {
    match error {
        StoreError::Damaged(_) => true,
        StoreError::Database(rusqlite::Error::SqliteFailure(failure, _)) => matches!(
            failure.code,
            ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase
        ),
        _ => false,
    }
}

/// Renames the store and what belongs to it. Gives the new path.
fn set_aside(path: &Path, now: Timestamp) -> std::io::Result<PathBuf> {
    let with = |base: &Path, suffix: &str| {
        let mut name = base.as_os_str().to_owned();
        name.push(suffix);
        PathBuf::from(name)
    };
    let stamp = now.strftime("%Y%m%dT%H%M%SZ");
    let mut aside = with(path, &format!(".corrupt-{stamp}"));
    let mut again = 1;
    while aside.exists() {
        again += 1;
        aside = with(path, &format!(".corrupt-{stamp}-{again}"));
    }
    for suffix in ["-wal", "-shm"] {
        let beside = with(path, suffix);
        if beside.exists() {
            std::fs::rename(beside, with(&aside, suffix))?;
        }
    }
    std::fs::rename(path, &aside)?;
    Ok(aside)
}
