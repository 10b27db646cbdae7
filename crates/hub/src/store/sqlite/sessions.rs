//! Phones that are remembered.

use super::secrets::{hashed, new_secret};
use super::write::Write;
use super::{sql, workers};
use crate::store::StoreError;
use gighall_core::id::WorkerId;
use jiff::{SignedDuration, Timestamp};
use rusqlite::{Connection, OptionalExtension, params};

/// How long a phone is remembered.
const LIFETIME: SignedDuration = SignedDuration::from_hours(30 * 24);

/// Sessions opened before then are over.
fn oldest(now: Timestamp) -> i64 {
    sql::micros(now.saturating_sub(LIFETIME).unwrap_or(Timestamp::MIN))
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

/// Whose secret that is.
pub fn whose(
    connection: &Connection,
    secret: &str,
    now: Timestamp,
) -> Result<Option<WorkerId>, StoreError> {
    connection
        .prepare_cached("SELECT worker FROM session WHERE secret_hash = ?1 AND opened_at >= ?2")?
        .query_row(params![hashed(secret), oldest(now)], |row| {
            row.get::<_, String>(0)
        })
        .optional()?
        .map(|id| sql::id(&id))
        .transpose()
}

/// Forgets a phone.
pub fn close(write: &mut Write<'_>, secret: &str) -> Result<(), StoreError> {
    write.sql.execute(
        "DELETE FROM session WHERE secret_hash = ?1",
        [hashed(secret)],
    )?;
    Ok(())
}
