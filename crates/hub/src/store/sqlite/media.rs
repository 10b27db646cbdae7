//! The list of pictures and videos for walls. What is in them lies in files beside the database.

use super::write::Write;
use super::{halls, sql};
use crate::store::StoreError;
use gighall_core::media::MediaFile;
use gighall_core::wire::{Change, Scope};
use rusqlite::{Connection, OptionalExtension, params};

/// Keeps a file under its name; every hall is told.
pub fn put(write: &mut Write<'_>, file: &MediaFile) -> Result<(), StoreError> {
    write.sql.execute(
        "INSERT INTO media (name, sha256, body) VALUES (?1, ?2, ?3)
         ON CONFLICT (name) DO UPDATE SET sha256 = excluded.sha256, body = excluded.body",
        params![file.name, file.sha256, sql::json(file)?],
    )?;
    for hall in halls::all(&write.sql)? {
        let file = file.clone();
        write.tell(Scope::Hall(hall.id), Change::Media { file });
    }
    Ok(())
}

/// All of them, by name.
pub fn all(connection: &Connection) -> Result<Vec<MediaFile>, StoreError> {
    connection
        .prepare_cached("SELECT body FROM media ORDER BY name")?
        .query_and_then([], |row| sql::from_json(&row.get::<_, String>(0)?))?
        .collect()
}

/// One with that content, under whatever name.
pub fn with_hash(connection: &Connection, sha256: &str) -> Result<Option<MediaFile>, StoreError> {
    connection
        .prepare_cached("SELECT body FROM media WHERE sha256 = ?1 LIMIT 1")?
        .query_row([sha256], |row| row.get::<_, String>(0))
        .optional()?
        .map(|body| sql::from_json(&body))
        .transpose()
}

/// Keeps a file no longer; every hall is told.
pub fn remove(write: &mut Write<'_>, name: &str) -> Result<(), StoreError> {
    let gone = write
        .sql
        .execute("DELETE FROM media WHERE name = ?1", [name])?;
    if gone == 0 {
        return Err(StoreError::NotFound("file for walls"));
    }
    for hall in halls::all(&write.sql)? {
        let name = name.to_owned();
        write.tell(Scope::Hall(hall.id), Change::MediaRemoved { name });
    }
    Ok(())
}
