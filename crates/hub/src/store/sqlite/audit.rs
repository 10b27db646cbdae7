//! Who saw or changed what of a person.

use super::write::Write;
use super::{sql, workers};
use crate::store::{Act, AuditQuery, Audited, StoreError};
use gighall_core::id::{HallId, WorkerId};
use rusqlite::{Connection, Row, params};

/// Writes a line. The worker goes by the id at the hub, whichever id was used.
pub fn note(write: &mut Write<'_>, line: &Audited) -> Result<(), StoreError> {
    let worker = match line.worker {
        Some(worker) => Some(workers::resolve(&write.sql, worker)?.unwrap_or(worker)),
        None => None,
    };
    write
        .sql
        .prepare_cached(
            "INSERT INTO audit (at, actor, act, worker, hall, about)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        )?
        .execute(params![
            sql::micros(line.at),
            line.actor,
            line.act.code(),
            worker.map(|worker| worker.to_string()),
            line.hall.as_ref().map(HallId::as_str),
            line.about,
        ])?;
    Ok(())
}

/// The lines that are asked for, oldest first.
pub fn lines(connection: &Connection, query: &AuditQuery) -> Result<Vec<Audited>, StoreError> {
    let worker = match query.worker {
        Some(worker) => Some(workers::resolve(connection, worker)?.unwrap_or(worker)),
        None => None,
    };
    connection
        .prepare_cached(
            "SELECT at, actor, act, worker, hall, about FROM audit
             WHERE at >= ?1 AND at < ?2 AND (?3 IS NULL OR worker = ?3) ORDER BY id",
        )?
        .query_and_then(
            params![
                sql::micros(query.between.start),
                sql::micros(query.between.end),
                worker.map(|worker| worker.to_string())
            ],
            line,
        )?
        .collect()
}

fn line(row: &Row<'_>) -> Result<Audited, StoreError> {
    let worker: Option<String> = row.get(3)?;
    let hall: Option<String> = row.get(4)?;
    Ok(Audited {
        at: sql::time(row.get(0)?)?,
        actor: row.get(1)?,
        act: sql::code(&row.get::<_, String>(2)?, Act::from_code)?,
        worker: worker.map(|id| sql::id::<WorkerId>(&id)).transpose()?,
        hall: hall.map(|id| sql::id(&id)).transpose()?,
        about: row.get(5)?,
    })
}

/// Forgets lines from before that time; says how many.
pub fn forget(write: &mut Write<'_>, before: jiff::Timestamp) -> Result<usize, StoreError> {
    Ok(write
        .sql
        .execute("DELETE FROM audit WHERE at < ?1", [sql::micros(before)])?)
}
