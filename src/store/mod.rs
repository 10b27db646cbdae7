//! What one kiosk keeps: listings, workers, claims, rights and the outbox, in one SQLite file.
//!
//! One connection writes; readers go beside it (WAL). Every public method is one transaction and
//! may wait for the disk, so none is called on the UI thread. Whoever shows data subscribes with
//! [`Store::subscribe`] and reads again when something changed.

mod claims;
mod complaints;
mod enrolment;
mod erase;
mod feed;
mod finder;
mod hardship;
mod jobs;
mod media;
mod meta;
mod open;
mod outbox;
mod passes;
mod pauses;
mod pins;
mod posted;
mod proof;
mod ratings;
mod repair;
mod rights;
mod salvage;
mod search;
mod services;
mod staff;
mod suited;
mod tidy;
mod tries;
mod witness;
mod workers;

pub use claims::{CheckedIn, Taken};
pub use complaints::NewComplaint;
pub use enrolment::Identity;
pub use hardship::{Door, HardshipSaid};
pub use jobs::Counts;
pub use meta::{Contact, Met, StaffCode, StaffNotice};
pub use outbox::{HubHead, OutboxState, Waiting};
pub use proof::{ProofState, ProofWaiting};
pub use rights::Due;
pub use staff::{Deed, StaffLine};
pub use workers::Said;

use gighall_core::vault::Vault;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use rusqlite::{Connection, ErrorCode, Transaction, TransactionBehavior};
use std::path::PathBuf;
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};
use tokio::sync::watch;

/// Name of the store's file in the data directory.
pub const STORE_FILE: &str = "kiosk.db";

/// Why the store cannot do what was asked. Nothing was changed then.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The file was written by a newer version of the program; it is left as it is.
    #[error(
        "{path} was written by a newer version of the program (its schema is {found}, this \
         program knows up to {known}): install that version again, or move the file away"
    )]
    TooNew {
        /// The file.
        path: PathBuf,
        /// Its schema.
        found: i64,
        /// The newest schema of this program.
        known: i64,
    },
    /// The database failed: disk full, file unreadable, damaged.
    #[error("the database failed: {0}")]
    Database(#[from] rusqlite::Error),
    /// The file system failed.
    #[error("{path}: {cause}")]
    File {
        /// Which file.
        path: PathBuf,
        /// Why.
        cause: std::io::Error,
    },
    /// There is no secret key.
    #[error(transparent)]
    Key(#[from] gighall_host::KeyError),
    /// The data was encrypted with another key; it is left as it is.
    #[error(
        "the secret key is not the one that the store was written with: bring back the key file \
         (or GIGHALL_SECRET_KEY) that belongs to it, or move the store away"
    )]
    WrongKey,
    /// Something stored cannot be read back.
    #[error("stored data cannot be read: {0}")]
    Damaged(String),
    /// The store could not be put in order when it was opened; nothing is written to it.
    #[error("the store could not be put in order at the start: {0}")]
    NotInOrder(String),
    /// What the hub sent is not what was asked for.
    #[error("what the hub sent makes no sense: {0}")]
    Nonsense(String),
    /// What the hub sent does not follow what is here: start over from a snapshot.
    #[error("the feed has a gap or is of another scope")]
    FeedGap,
    /// No such job, worker or claim.
    #[error("there is no such {0}")]
    NotFound(&'static str),
    /// The claim is past the point where this may happen to it.
    #[error("the claim can no longer be withdrawn")]
    TooLate,
    /// This terminal has taken as many complaints without a name as it takes for now.
    #[error("too many complaints without a name were taken here")]
    TooManyNameless,
}

impl StoreError {
    /// Whether the file is damaged, and not the disk full, locked or away.
    pub fn is_damage(&self) -> bool {
        match self {
            Self::Damaged(_) => true,
            Self::Database(rusqlite::Error::SqliteFailure(failure, _)) => matches!(
                failure.code,
                ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase
            ),
            _ => false,
        }
    }
}

/// The store of one kiosk.
pub struct Store {
    path: PathBuf,
    // Dropped before the writer: the last one that closes empties the write-ahead log into the
    // file, and a reader may not.
    readers: Mutex<Vec<Connection>>,
    writer: Mutex<Connection>,
    changed: watch::Sender<u64>,
    proof_kept: watch::Sender<u64>,
    /// The listings in memory, once somebody has looked for some.
    finder: Mutex<Option<finder::Finder>>,
    /// What was written since; `None` where another process writes.
    told: Option<finder::Told>,
    vault: Vault,
    zone: TimeZone,
    /// When this was opened, as the program knows.
    opened: Timestamp,
    /// How [`Store::inspect`] ended: well, or what was said of it and whether it is damage.
    inspected: OnceLock<Result<(), (bool, String)>>,
}

/// A mutex is poisoned by a panic in another thread; the transaction was rolled back then, so the
/// connection behind it is as good as before.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Readers that are kept open between uses.
const READERS_KEPT: usize = 4;

impl Store {
    /// Counts up whenever something was written.
    pub fn subscribe(&self) -> watch::Receiver<u64> {
        self.changed.subscribe()
    }

    /// Runs `work` in one reading transaction, beside the writer.
    fn read<T>(
        &self,
        work: impl FnOnce(&Transaction<'_>) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let kept = lock(&self.readers).pop();
        let mut connection = match kept {
            Some(connection) => connection,
            None => open::reader(&self.path)?,
        };
        let transaction = connection.transaction()?;
        let result = work(&transaction);
        drop(transaction);
        let mut readers = lock(&self.readers);
        if readers.len() < READERS_KEPT {
            readers.push(connection);
        }
        result
    }

    /// Runs `work` in one writing transaction and commits it, or nothing of it. The commit is on
    /// the disk when this returns.
    fn write<T>(
        &self,
        work: impl FnOnce(&Transaction<'_>) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        self.inspect()?;
        self.write_ahead(work)
    }

    /// The same for what has to be written before the store is inspected.
    fn write_ahead<T>(
        &self,
        work: impl FnOnce(&Transaction<'_>) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let (result, wrote) = self.transact(work)?;
        if wrote {
            self.changed
                .send_modify(|count| *count = count.wrapping_add(1));
        }
        Ok(result)
    }

    /// The same for what no screen shows: nobody is told. Says whether anything was written.
    fn write_unseen<T>(
        &self,
        work: impl FnOnce(&Transaction<'_>) -> Result<T, StoreError>,
    ) -> Result<(T, bool), StoreError> {
        self.inspect()?;
        self.transact(work)
    }

    fn transact<T>(
        &self,
        work: impl FnOnce(&Transaction<'_>) -> Result<T, StoreError>,
    ) -> Result<(T, bool), StoreError> {
        let mut connection = lock(&self.writer);
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let before = transaction.total_changes();
        let result = work(&transaction)?;
        let wrote = transaction.total_changes() != before;
        transaction.commit()?;
        if let Some(told) = &self.told {
            told.commit();
        }
        Ok((result, wrote))
    }
}

/// SQLite counts with signs. Sequence numbers never come near the limit.
fn signed(n: u64) -> i64 {
    i64::try_from(n).unwrap_or(i64::MAX)
}

fn millis(time: Timestamp) -> i64 {
    // The parts of the calendar's last second cannot be read again.
    let last = Timestamp::MAX.as_second() * 1000;
    time.as_millisecond().min(last)
}

fn from_millis(millis: i64) -> Timestamp {
    Timestamp::from_millisecond(millis).unwrap_or(Timestamp::UNIX_EPOCH)
}

/// Reads JSON that this program wrote.
fn from_json<T: serde::de::DeserializeOwned>(text: &str) -> Result<T, StoreError> {
    serde_json::from_str(text).map_err(|error| StoreError::Damaged(error.to_string()))
}

fn to_json<T: serde::Serialize>(value: &T) -> Result<String, StoreError> {
    serde_json::to_string(value).map_err(|error| StoreError::Damaged(error.to_string()))
}
