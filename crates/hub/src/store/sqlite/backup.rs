//! Copies of the store: made while the hub serves, and put back while it does not.

use super::secrets::Keys;
use super::{
    DATABASE_FILE, audit, check, connect, damage, make_private, migrate, restored, rights, sql,
    version_of, writer,
};
use crate::store::{Act, Audited, StoreError};
use gighall_core::id::HubEpoch;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use rusqlite::{Connection, OpenFlags};
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

/// Name of the file that whoever has the store open holds a lock of.
const LOCK_FILE: &str = "hub.lock";

/// A copy that is whole and only waits for its name, beside the store.
const RESTORED: &str = "restored";

/// What [`put_back`] did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PutBack {
    /// The hub's new epoch.
    pub hub_epoch: HubEpoch,
    /// When the copy was made; `None` for one that `backup` did not make.
    pub copied_at: Option<Timestamp>,
    /// Where the store lies now that was there before.
    pub before: Option<PathBuf>,
}

/// Held by every process that has the store open, so that none has it replaced under its feet.
pub fn share(dir: &Path) -> Result<File, StoreError> {
    let file = lock_file(dir)?;
    match file.try_lock_shared() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(StoreError::Unusable(
            "a copy is being put in its place: try again in a moment".to_owned(),
        )),
        Err(TryLockError::Error(cause)) => Err(unusable(dir, &cause)),
    }
}

fn alone(dir: &Path) -> Result<File, StoreError> {
    let file = lock_file(dir)?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(StoreError::InUse),
        Err(TryLockError::Error(cause)) => Err(unusable(dir, &cause)),
    }
}

fn lock_file(dir: &Path) -> Result<File, StoreError> {
    let path = dir.join(LOCK_FILE);
    let opened = OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(false)
        .mode(0o600)
        .open(&path);
    opened.map_err(|cause| unusable(&path, &cause))
}

fn unusable(path: &Path, cause: &io::Error) -> StoreError {
    StoreError::Unusable(format!("{}: {cause}", path.display()))
}

/// Writes what is in the store at this moment into a new file, whole or not at all. Every page is read
/// on the way: a damaged store gives no copy.
pub fn copy(reader: &Connection, to: &Path, now: Timestamp) -> Result<(), StoreError> {
    if to.exists() {
        return Err(StoreError::Unusable(format!(
            "{}: there is a file already, and it is left alone",
            to.display()
        )));
    }
    // Damaged indexes would not be in the copy, and nobody would learn of them.
    check(reader)?;
    let beside = beside(to, "part");
    remove(&beside)?;
    let text = beside
        .to_str()
        .ok_or_else(|| StoreError::Unusable("the path is not UTF-8".to_owned()))?;
    // SQLite writes into an empty file as into a new one, and this one is private.
    make_private(&beside)?;
    reader.execute("VACUUM INTO ?1", [text]).map_err(damage)?;
    let made = connect(&beside)?;
    check(&made)?;
    made.execute("UPDATE meta SET copied_at = ?1", [sql::micros(now)])?;
    made.close().map_err(|(_, error)| damage(error))?;
    let finished = File::open(&beside)
        .and_then(|file| file.sync_all())
        // A link is made only where nothing is: what somebody else wrote meanwhile stays.
        .and_then(|()| fs::hard_link(&beside, to))
        .and_then(|()| fs::remove_file(&beside))
        .and_then(|()| sync_directory(to));
    finished.map_err(|cause| unusable(to, &cause))
}

/// Puts a copy in the place of the store, which is kept beside it. Nothing is changed before the copy
/// was found to be whole, and this hub's.
pub fn put_back(
    dir: &Path,
    copy: &Path,
    secret: &[u8; 32],
    actor: &str,
    now: Timestamp,
) -> Result<PutBack, StoreError> {
    let _alone = alone(dir)?;
    let path = dir.join(DATABASE_FILE);
    let part = beside(&path, "part");
    remove(&part)?;
    fs::copy(copy, &part).map_err(|cause| unusable(copy, &cause))?;
    make_private(&part)?;
    private(&part).map_err(|cause| unusable(&part, &cause))?;
    let prepared = prepare(&part, known_epoch(&path), secret, actor, now);
    let (hub_epoch, copied_at) = prepared.inspect_err(|_| {
        // What is left of it is of no use; the error says what is wrong.
        let _ = remove(&part);
    })?;
    let done = File::open(&part)
        .and_then(|file| file.sync_all())
        .and_then(|()| fs::rename(&part, beside(&path, RESTORED)))
        .and_then(|()| sync_directory(&path))
        .and_then(|()| set_aside(&path, now));
    let before = done.map_err(|cause| unusable(&path, &cause))?;
    finish(dir)?;
    Ok(PutBack {
        hub_epoch,
        copied_at,
        before,
    })
}

/// Gives a copy that is whole its name, where the power went before. Nothing otherwise.
pub fn finish(dir: &Path) -> Result<(), StoreError> {
    let path = dir.join(DATABASE_FILE);
    let restored = beside(&path, RESTORED);
    if path.exists() || !restored.exists() {
        return Ok(());
    }
    // Of the store before, and copied beside it.
    remove_side_files(&path)?;
    match fs::rename(&restored, &path).and_then(|()| sync_directory(&path)) {
        // Another process did the same at the same moment.
        Err(_) if path.exists() => Ok(()),
        done => done.map_err(|cause| unusable(&path, &cause)),
    }
}

/// Whether a copy waits for its name.
pub fn waits(dir: &Path) -> bool {
    beside(&dir.join(DATABASE_FILE), RESTORED).exists()
}

/// Looks through the copy, brings it up to date and raises its epoch.
fn prepare(
    part: &Path,
    above: HubEpoch,
    secret: &[u8; 32],
    actor: &str,
    now: Timestamp,
) -> Result<(HubEpoch, Option<Timestamp>), StoreError> {
    let mut connection = connect(part)?;
    check(&connection)?;
    if version_of(&connection)? == 0 {
        return Err(StoreError::Corrupt(
            "there is no hub in the copy".to_owned(),
        ));
    }
    migrate(&mut connection)?;
    let keys = Keys::new(secret, TimeZone::UTC);
    keys.check_against(&connection)?;
    let copied_at: Option<i64> =
        connection.query_row("SELECT copied_at FROM meta", [], |row| row.get(0))?;
    let copied_at = copied_at.map(sql::time).transpose()?;
    let of = copied_at.map_or_else(|| "an unknown time".to_owned(), |at| at.to_string());
    let audited = Audited {
        at: now,
        actor: actor.to_owned(),
        act: Act::Restored,
        worker: None,
        hall: None,
        about: Some(format!("a copy of {of}")),
    };
    let epoch = writer::alone(&mut connection, &keys, |write| {
        let epoch = restored::raise(write, above, "a copy was put back", now)?;
        write
            .sql
            .execute("UPDATE meta SET mark = NULL, mark_before = NULL", [])?;
        audit::note(write, &audited)?;
        Ok(epoch)
    })?;
    // All of it is in the one file then.
    connection.pragma_update(None, "journal_mode", "DELETE")?;
    connection.close().map_err(|(_, error)| damage(error))?;
    Ok((epoch, copied_at))
}

/// The epoch of the store that is there, as far as it can be read.
fn known_epoch(path: &Path) -> HubEpoch {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    Connection::open_with_flags(path, flags)
        .ok()
        .and_then(|connection| rights::hub_epoch(&connection).ok())
        .unwrap_or_default()
}

/// Moves the store that is there aside; gives its new name.
fn set_aside(path: &Path, now: Timestamp) -> io::Result<Option<PathBuf>> {
    if !path.exists() {
        return Ok(None);
    }
    let aside = beside(path, &format!("before-{}", now.strftime("%Y%m%dT%H%M%S")));
    for side in ["-wal", "-shm"] {
        let from = with_end(path, side);
        if from.exists() {
            fs::copy(&from, with_end(&aside, side))?;
        }
    }
    fs::rename(path, &aside)?;
    sync_directory(path)?;
    Ok(Some(aside))
}

fn remove_side_files(path: &Path) -> Result<(), StoreError> {
    remove(&with_end(path, "-wal"))?;
    remove(&with_end(path, "-shm"))
}

fn remove(path: &Path) -> Result<(), StoreError> {
    match fs::remove_file(path) {
        Err(cause) if cause.kind() != io::ErrorKind::NotFound => Err(unusable(path, &cause)),
        _ => Ok(()),
    }
}

fn private(path: &Path) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    fs::set_permissions(path, fs::Permissions::from_mode(0o600))
}

/// The same path with `.END`.
fn beside(path: &Path, end: &str) -> PathBuf {
    with_end(path, &format!(".{end}"))
}

fn with_end(path: &Path, end: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(end);
    PathBuf::from(name)
}

fn sync_directory(path: &Path) -> io::Result<()> {
    match path.parent().filter(|dir| !dir.as_os_str().is_empty()) {
        Some(dir) => File::open(dir)?.sync_all(),
        None => File::open(".")?.sync_all(),
    }
}
