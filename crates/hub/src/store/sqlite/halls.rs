//! Halls.

use super::sql;
use super::write::Write;
use crate::store::StoreError;
use gighall_core::hall::Hall;
use gighall_core::id::HallId;
use gighall_core::wire::{Change, Scope};
use rusqlite::{Connection, OptionalExtension, params};

/// Adds a hall or changes it.
pub fn put(write: &mut Write<'_>, hall: &Hall) -> Result<(), StoreError> {
    if one(&write.sql, &hall.id)?.as_ref() == Some(hall) {
        return Ok(());
    }
    write
        .sql
        .prepare_cached(
            "INSERT INTO hall (id, body) VALUES (?1, ?2)
             ON CONFLICT (id) DO UPDATE SET body = excluded.body",
        )?
        .execute(params![hall.id.as_str(), sql::json(hall)?])?;
    let hall = hall.clone();
    write.tell(Scope::Hall(hall.id.clone()), Change::Hall { hall });
    Ok(())
}

/// One hall.
pub fn one(connection: &Connection, id: &HallId) -> Result<Option<Hall>, StoreError> {
    connection
        .prepare_cached("SELECT body FROM hall WHERE id = ?1")?
        .query_row([id.as_str()], |row| row.get::<_, String>(0))
        .optional()?
        .map(|body| sql::from_json(&body))
        .transpose()
}

/// All halls, by id.
pub fn all(connection: &Connection) -> Result<Vec<Hall>, StoreError> {
    let bodies: Vec<String> = connection
        .prepare_cached("SELECT body FROM hall ORDER BY id")?
        .query_map([], |row| row.get(0))?
        .collect::<Result<_, _>>()?;
    bodies.iter().map(|body| sql::from_json(body)).collect()
}

/// Fails where the hall is not there.
pub fn must_exist(connection: &Connection, id: &HallId) -> Result<Hall, StoreError> {
    one(connection, id)?.ok_or_else(|| StoreError::UnknownHall(id.clone()))
}
