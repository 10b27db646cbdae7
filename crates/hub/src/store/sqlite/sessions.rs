//! Phones that are remembered.

use super::secrets::{hashed, new_secret};
use super::write::Write;
use super::{sql, workers};
use crate::store::{SESSION_LIFETIME, StoreError};
use gighall_core::id::WorkerId;
use jiff::{SignedDuration, Timestamp};
use rusqlite::{Connection, params};

/// A session is renewed by the first visit of a day, not by each: reading stays reading.
const RENEWED_AFTER: SignedDuration = SignedDuration::from_hours(24);

/// Sessions opened, or last renewed, before then are over.
fn oldest(now: Timestamp) -> i64 {
    sql::micros(
        now.saturating_sub(SESSION_LIFETIME)
            .unwrap_or(Timestamp::MIN),
    )
}

/// Remembers a phone; forgets those whose time is over.
pub fn open(write: &mut Write<'_>, worker: WorkerId, now: Timestamp) -> Result<String, StoreError> {
    let worker = workers::resolve(&write.sql, worker)?.ok_or(StoreError::NotFound("worker"))?;
    let secret = new_secret()?;
    write
        .sql
        .execute("DELETE FROM session WHERE opened_at < ?1", [oldest(now)])?;
    write.sql.execute(
        "INSERT INTO session (secret_hash, worker, opened_at) VALUES (?1, ?2, ?3)",
        params![hashed(&secret), worker.to_string(), sql::micros(now)],
    )?;
    Ok(secret)
}

/// Whose secret that is, and whether the session is to be renewed.
pub fn whose(
    connection: &Connection,
    secret: &str,
    now: Timestamp,
) -> Result<Option<(WorkerId, bool)>, StoreError> {
    let due = now.saturating_sub(RENEWED_AFTER).unwrap_or(Timestamp::MIN);
    connection
        .prepare_cached(
            "SELECT worker, opened_at <= ?3 FROM session
             WHERE secret_hash = ?1 AND opened_at >= ?2",
        )?
        .query_and_then(
            params![hashed(secret), oldest(now), sql::micros(due)],
            |row| Ok((sql::id(&row.get::<_, String>(0)?)?, row.get(1)?)),
        )?
        .next()
        .transpose()
}

/// Remembers a phone from now on.
pub fn renew(write: &mut Write<'_>, secret: &str, now: Timestamp) -> Result<(), StoreError> {
    write.sql.execute(
        "UPDATE session SET opened_at = max(opened_at, ?2) WHERE secret_hash = ?1",
        params![hashed(secret), sql::micros(now)],
    )?;
    Ok(())
}

/// Forgets a phone.
pub fn close(write: &mut Write<'_>, secret: &str) -> Result<(), StoreError> {
    write.sql.execute(
        "DELETE FROM session WHERE secret_hash = ?1",
        [hashed(secret)],
    )?;
    Ok(())
}
