//! Scanned codes that workers have claimed with: each worker once with each.

use super::sql;
use super::write::Write;
use crate::store::StoreError;
use gighall_core::id::{ClaimId, WorkerId};
use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, params};

/// The claim that this worker made with that code, if there is one.
pub fn used(
    connection: &Connection,
    code: &[u8; 32],
    worker: WorkerId,
) -> Result<Option<ClaimId>, StoreError> {
    connection
        .prepare_cached("SELECT claim FROM permit_use WHERE code = ?1 AND worker = ?2")?
        .query_row(params![code, worker.to_string()], |row| {
            row.get::<_, String>(0)
        })
        .optional()?
        .map(|id| sql::id(&id))
        .transpose()
}

/// This worker made that claim with that code.
pub fn spend(
    write: &mut Write<'_>,
    code: &[u8; 32],
    worker: WorkerId,
    claim: ClaimId,
    now: Timestamp,
) -> Result<(), StoreError> {
    write
        .sql
        .prepare_cached(
            "INSERT INTO permit_use (code, worker, claim, used_at) VALUES (?1, ?2, ?3, ?4)
             ON CONFLICT DO NOTHING",
        )?
        .execute(params![
            code,
            worker.to_string(),
            claim.to_string(),
            sql::micros(now)
        ])?;
    Ok(())
}

/// Forgets codes that nobody can have a permit of any more; says how many.
pub fn forget(write: &mut Write<'_>, before: Timestamp) -> Result<usize, StoreError> {
    let sql = &write.sql;
    Ok(sql.execute(
        "DELETE FROM permit_use WHERE used_at < ?1",
        [sql::micros(before)],
    )?)
}
