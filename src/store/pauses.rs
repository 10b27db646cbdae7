//! Pauses after no-shows, as the hub tells of them, and which staff have lifted here.

use super::{Store, StoreError, from_millis, millis, outbox, workers};
use gighall_core::id::WorkerId;
use gighall_core::outbox::Event;
use gighall_core::pause::Pause;
use jiff::Timestamp;
use rusqlite::{OptionalExtension, Transaction};

impl Store {
    /// The pause that a worker is in at `now`.
    pub fn pause(&self, worker: WorkerId, now: Timestamp) -> Result<Option<Pause>, StoreError> {
        self.read(|tx| current(tx, worker, now))
    }

    /// Keeps what the hub said of a worker's pause.
    pub fn keep_pause(&self, worker: WorkerId, pause: Option<Pause>) -> Result<(), StoreError> {
        self.write(|tx| put(tx, worker, pause))
    }

    /// Staff lift a worker's pause: here at once, and at the hub through the outbox. Says whether there
    /// was one that is known here; the hub may know of another, so it is told in either case.
    pub fn lift_pause(&self, worker: WorkerId, now: Timestamp) -> Result<bool, StoreError> {
        self.write(|tx| {
            workers::must_be_known(tx, worker)?;
            let was = current(tx, worker, now)?;
            tx.execute(
                "INSERT INTO pauses (worker, lifted_at) VALUES (?1, ?2)
                 ON CONFLICT (worker) DO UPDATE SET lifted_at = excluded.lifted_at",
                (worker.to_string(), millis(now)),
            )?;
            outbox::append(tx, &self.vault, Event::PauseLifted { worker }, None, now)?;
            Ok(was.is_some())
        })
    }
}

/// The pause that a worker is in at `now`. One that was lifted here stays lifted, whatever the hub says
/// that has not heard of it yet.
pub fn current(
    tx: &Transaction<'_>,
    worker: WorkerId,
    now: Timestamp,
) -> Result<Option<Pause>, StoreError> {
    let kept = tx
        .prepare_cached(
            "SELECT since, until FROM pauses
             WHERE worker = ?1 AND since > coalesce(lifted_at, since - 1)",
        )?
        .query_row([worker.to_string()], |row| {
            Ok(Pause {
                since: from_millis(row.get(0)?),
                until: from_millis(row.get(1)?),
            })
        })
        .optional()?;
    Ok(kept.filter(|pause| pause.is_on(now)))
}

/// Keeps what the hub told.
pub fn put(tx: &Transaction<'_>, worker: WorkerId, pause: Option<Pause>) -> Result<(), StoreError> {
    tx.prepare_cached(
        "INSERT INTO pauses (worker, since, until) VALUES (?1, ?2, ?3)
         ON CONFLICT (worker) DO UPDATE SET since = excluded.since, until = excluded.until",
    )?
    .execute((
        worker.to_string(),
        pause.map(|pause| millis(pause.since)),
        pause.map(|pause| millis(pause.until)),
    ))?;
    Ok(())
}

/// A snapshot tells of every pause: none is left from before.
pub fn end_all(tx: &Transaction<'_>) -> Result<(), StoreError> {
    tx.execute("UPDATE pauses SET since = NULL, until = NULL", [])?;
    Ok(())
}

/// Nothing is left of a person who was erased.
pub fn forget(tx: &Transaction<'_>, worker: WorkerId) -> Result<(), StoreError> {
    tx.execute("DELETE FROM pauses WHERE worker = ?1", [worker.to_string()])?;
    Ok(())
}

/// Removes what ended before `old`, in milliseconds.
pub fn forget_old(tx: &Transaction<'_>, old: i64) -> Result<(), StoreError> {
    tx.execute(
        "DELETE FROM pauses WHERE coalesce(until, 0) < ?1 AND coalesce(lifted_at, 0) < ?1",
        [old],
    )?;
    Ok(())
}
