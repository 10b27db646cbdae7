//! The ledger of those who find it hard to get work. Kinds and reasons are encrypted; nothing of it
//! goes into a feed.

use super::secrets::Keys;
use super::sql;
use super::write::Write;
use crate::store::{HardshipEnd, KeptHardship, StoreError};
use gighall_core::hardship::Hardship;
use gighall_core::id::WorkerId;
use jiff::Timestamp;
use rusqlite::{Connection, Row, params};
use std::collections::HashSet;

const KIND: &str = "hardship.kind";
const WHY: &str = "hardship.why";
const END_WHY: &str = "hardship.end_why";

const COLUMNS: &str = "worker, kind, why, set_at, set_by, ended_at, ended_by, end_why, id";

/// Writes one down. [`StoreError::InLedger`] where one of that kind goes on already.
pub fn set(
    write: &Write<'_>,
    worker: WorkerId,
    kind: Hardship,
    why: &str,
    by: &str,
    now: Timestamp,
) -> Result<(), StoreError> {
    let open = of_worker(&write.sql, write.keys, worker)?;
    if open.iter().any(|it| it.kind == kind && it.end.is_none()) {
        return Err(StoreError::InLedger);
    }
    let vault = &write.keys.vault;
    write.sql.execute(
        "INSERT INTO hardship (worker, kind, why, set_at, set_by) VALUES (?1, ?2, ?3, ?4, ?5)",
        params![
            worker.to_string(),
            vault.encrypt(KIND, kind.code()),
            vault.encrypt(WHY, why),
            sql::micros(now),
            by
        ],
    )?;
    Ok(())
}

/// Ends those of a worker that go on: of one kind, or all. Says how many.
pub fn end(
    write: &Write<'_>,
    worker: WorkerId,
    kind: Option<Hardship>,
    why: &str,
    by: &str,
    now: Timestamp,
) -> Result<usize, StoreError> {
    let which = "worker = ?1 AND ended_at IS NULL ORDER BY id";
    let open = query(&write.sql, write.keys, which, &worker.to_string())?;
    let ending = open
        .iter()
        .filter(|(_, it)| kind.is_none_or(|kind| kind == it.kind));
    let mut ended = 0;
    for (id, _) in ending {
        ended += end_line(write, *id, why, by, now)?;
    }
    Ok(ended)
}

/// Ends one of them, if it goes on. Says how many that are.
pub fn end_line(
    write: &Write<'_>,
    id: i64,
    why: &str,
    by: &str,
    now: Timestamp,
) -> Result<usize, StoreError> {
    Ok(write.sql.execute(
        "UPDATE hardship SET ended_at = ?2, ended_by = ?3, end_why = ?4
         WHERE id = ?1 AND ended_at IS NULL",
        params![
            id,
            sql::micros(now),
            by,
            write.keys.vault.encrypt(END_WHY, why)
        ],
    )?)
}

/// A worker's, oldest first.
pub fn of_worker(
    connection: &Connection,
    keys: &Keys,
    worker: WorkerId,
) -> Result<Vec<KeptHardship>, StoreError> {
    let found = query(
        connection,
        keys,
        "worker = ?1 ORDER BY id",
        &worker.to_string(),
    )?;
    Ok(found.into_iter().map(|(_, it)| it).collect())
}

/// All that go on, or all; oldest first.
pub fn all(
    connection: &Connection,
    keys: &Keys,
    ended_too: bool,
) -> Result<Vec<KeptHardship>, StoreError> {
    // The parameter is there for `query`, which has one.
    let which = match ended_too {
        true => "worker <> ?1 ORDER BY id",
        false => "worker <> ?1 AND ended_at IS NULL ORDER BY id",
    };
    let found = query(connection, keys, which, "")?;
    Ok(found.into_iter().map(|(_, it)| it).collect())
}

/// Whose goes on.
pub fn in_ledger(connection: &Connection) -> Result<HashSet<WorkerId>, StoreError> {
    connection
        .prepare_cached("SELECT DISTINCT worker FROM hardship WHERE ended_at IS NULL")?
        .query_and_then([], |row| sql::id(&row.get::<_, String>(0)?))?
        .collect()
}

/// Forgets a worker's.
pub fn forget(write: &Write<'_>, worker: WorkerId) -> Result<(), StoreError> {
    write.sql.execute(
        "DELETE FROM hardship WHERE worker = ?1",
        [worker.to_string()],
    )?;
    Ok(())
}

fn query(
    connection: &Connection,
    keys: &Keys,
    which: &str,
    value: &str,
) -> Result<Vec<(i64, KeptHardship)>, StoreError> {
    connection
        .prepare_cached(&format!("SELECT {COLUMNS} FROM hardship WHERE {which}"))?
        .query_and_then([value], |row| Ok((row.get(8)?, read(keys, row)?)))?
        .collect()
}

fn read(keys: &Keys, row: &Row<'_>) -> Result<KeptHardship, StoreError> {
    let plain = |column: &str, stored: Vec<u8>| {
        keys.vault
            .decrypt(column, &stored)
            .map_err(|error| sql::corrupt(column, error))
    };
    let ended: Option<(i64, String, Vec<u8>)> = match row.get::<_, Option<i64>>(5)? {
        Some(at) => Some((at, row.get(6)?, row.get(7)?)),
        None => None,
    };
    let end = match ended {
        Some((at, by, why)) => Some(HardshipEnd {
            at: sql::time(at)?,
            by,
            why: plain(END_WHY, why)?,
        }),
        None => None,
    };
    Ok(KeptHardship {
        worker: sql::id(&row.get::<_, String>(0)?)?,
        kind: sql::code(&plain(KIND, row.get(1)?)?, Hardship::from_code)?,
        why: plain(WHY, row.get(2)?)?,
        set_at: sql::time(row.get(3)?)?,
        set_by: row.get(4)?,
        end,
    })
}
