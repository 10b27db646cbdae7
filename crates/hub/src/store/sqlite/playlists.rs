//! Playlists for walls: kept as JSON, told to every hall that they are for.

use super::write::Write;
use super::{halls, sql};
use crate::store::StoreError;
use gighall_core::id::HallId;
use gighall_core::playlist::HubPlaylist;
use gighall_core::wire::{Change, Scope};
use rusqlite::{Connection, OptionalExtension, params};

/// Gives a playlist, or gives it anew.
pub fn put(write: &mut Write<'_>, playlist: &HubPlaylist) -> Result<(), StoreError> {
    for hall in &playlist.halls {
        halls::must_exist(&write.sql, hall)?;
    }
    let before = one(&write.sql, &playlist.name)?;
    write
        .sql
        .prepare_cached(
            "INSERT INTO playlist (name, body) VALUES (?1, ?2)
             ON CONFLICT (name) DO UPDATE SET body = excluded.body",
        )?
        .execute(params![playlist.name, sql::json(playlist)?])?;
    for hall in halls::all(&write.sql)? {
        let was = before.as_ref().is_some_and(|it| it.is_for_hall(&hall.id));
        if playlist.is_for_hall(&hall.id) {
            let playlist = Box::new(playlist.clone());
            write.tell(Scope::Hall(hall.id), Change::Playlist { playlist });
        } else if was {
            tell_gone(write, hall.id, &playlist.name);
        }
    }
    Ok(())
}

/// All of them, by name.
pub fn all(connection: &Connection) -> Result<Vec<HubPlaylist>, StoreError> {
    connection
        .prepare_cached("SELECT body FROM playlist ORDER BY name")?
        .query_and_then([], |row| sql::from_json(&row.get::<_, String>(0)?))?
        .collect()
}

/// Those for a hall.
pub fn of_hall(connection: &Connection, hall: &HallId) -> Result<Vec<HubPlaylist>, StoreError> {
    let mut mine = all(connection)?;
    mine.retain(|it| it.is_for_hall(hall));
    Ok(mine)
}

/// Takes one back.
pub fn remove(write: &mut Write<'_>, name: &str) -> Result<(), StoreError> {
    let gone = one(&write.sql, name)?.ok_or(StoreError::NotFound("playlist"))?;
    write
        .sql
        .execute("DELETE FROM playlist WHERE name = ?1", [name])?;
    for hall in halls::all(&write.sql)? {
        if gone.is_for_hall(&hall.id) {
            tell_gone(write, hall.id, name);
        }
    }
    Ok(())
}

fn tell_gone(write: &mut Write<'_>, hall: HallId, name: &str) {
    let name = name.to_owned();
    write.tell(Scope::Hall(hall), Change::PlaylistRemoved { name });
}

fn one(connection: &Connection, name: &str) -> Result<Option<HubPlaylist>, StoreError> {
    connection
        .prepare_cached("SELECT body FROM playlist WHERE name = ?1")?
        .query_row([name], |row| row.get::<_, String>(0))
        .optional()?
        .map(|body| sql::from_json(&body))
        .transpose()
}
