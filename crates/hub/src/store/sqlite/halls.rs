//! Halls and their notices.

use super::sql;
use super::write::Write;
use crate::store::StoreError;
use gighall_core::hall::{Hall, Notice};
use gighall_core::id::{HallId, NoticeId};
use gighall_core::wire::{Change, Scope};
use jiff::Timestamp;
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

/// Adds a notice or changes it.
pub fn put_notice(write: &mut Write<'_>, hall: &HallId, notice: &Notice) -> Result<(), StoreError> {
    must_exist(&write.sql, hall)?;
    write
        .sql
        .prepare_cached(
            "INSERT INTO notice (id, hall, body) VALUES (?1, ?2, ?3)
             ON CONFLICT (id) DO UPDATE SET hall = excluded.hall, body = excluded.body",
        )?
        .execute(params![
            notice.id.to_string(),
            hall.as_str(),
            sql::json(notice)?
        ])?;
    let notice = notice.clone();
    write.tell(Scope::Hall(hall.clone()), Change::Notice { notice });
    Ok(())
}

/// All notices of a hall, newest first.
pub fn notices(connection: &Connection, hall: &HallId) -> Result<Vec<Notice>, StoreError> {
    let bodies: Vec<String> = connection
        .prepare_cached("SELECT body FROM notice WHERE hall = ?1 ORDER BY id DESC")?
        .query_map([hall.as_str()], |row| row.get(0))?
        .collect::<Result<_, _>>()?;
    bodies.iter().map(|body| sql::from_json(body)).collect()
}

/// Takes a notice away.
pub fn remove_notice(write: &mut Write<'_>, id: NoticeId) -> Result<(), StoreError> {
    let hall: Option<String> = write
        .sql
        .query_row(
            "DELETE FROM notice WHERE id = ?1 RETURNING hall",
            [id.to_string()],
            |row| row.get(0),
        )
        .optional()?;
    let hall = sql::id(&hall.ok_or(StoreError::NotFound("notice"))?)?;
    write.tell(Scope::Hall(hall), Change::NoticeRemoved { id });
    Ok(())
}

/// Notices whose time is over.
pub fn expired_notices(
    connection: &Connection,
    now: Timestamp,
) -> Result<Vec<NoticeId>, StoreError> {
    let notices: Vec<Notice> = connection
        .prepare_cached(
            "SELECT body FROM notice WHERE json_extract(body, '$.effective_to') IS NOT NULL",
        )?
        .query_and_then([], |row| sql::from_json(&row.get::<_, String>(0)?))?
        .collect::<Result<_, StoreError>>()?;
    Ok(notices
        .iter()
        .filter(|notice| notice.effective_to.is_some_and(|end| end <= now))
        .map(|notice| notice.id)
        .collect())
}
