//! Pictures of walls: asked for by staff, told to the device, sent by it, kept for a while.

use super::sql;
use super::write::Write;
use crate::store::{Picture, StoreError};
use gighall_core::id::{DeviceId, HallId};
use jiff::{SignedDuration, Timestamp};
use rusqlite::{Connection, OptionalExtension, params};
use uuid::Uuid;

/// A request that was not answered for so long is over: nobody waits for it any more.
const ASKED_FOR: SignedDuration = SignedDuration::from_mins(5);
/// A device that was told and has sent nothing is told again after that.
const TOLD_AGAIN_AFTER: SignedDuration = SignedDuration::from_secs(15);
/// Requests of a device that are kept, with their pictures.
const KEPT: u32 = 5;

fn before(now: Timestamp, by: SignedDuration) -> i64 {
    sql::micros(now.saturating_sub(by).unwrap_or(now))
}

/// Asks for a picture of the walls of a hall's device: of the one with that name, or the only one.
pub fn ask(
    write: &mut Write<'_>,
    hall: &HallId,
    name: Option<&str>,
    now: Timestamp,
) -> Result<Uuid, StoreError> {
    let devices: Vec<String> = write
        .sql
        .prepare_cached(
            "SELECT id FROM device WHERE hall = ?1 AND epoch > 0 AND (?2 IS NULL OR name = ?2)",
        )?
        .query_map(params![hall.as_str(), name], |row| row.get(0))?
        .collect::<Result<_, _>>()?;
    let device = match devices.as_slice() {
        [] => return Err(StoreError::NotFound("device")),
        [device] => device,
        _ => return Err(StoreError::SeveralDevices),
    };
    let id = Uuid::new_v4();
    write.sql.execute(
        "INSERT INTO picture_request (id, device, asked_at) VALUES (?1, ?2, ?3)",
        params![id.to_string(), device, sql::micros(now)],
    )?;
    write.sql.execute(
        "DELETE FROM picture_request WHERE device = ?1 AND id NOT IN
             (SELECT id FROM picture_request WHERE device = ?1
              ORDER BY asked_at DESC, rowid DESC LIMIT ?2)",
        params![device, KEPT],
    )?;
    Ok(id)
}

/// What that device is to be asked for now.
pub fn due(
    connection: &Connection,
    device: DeviceId,
    now: Timestamp,
) -> Result<Option<Uuid>, StoreError> {
    connection
        .prepare_cached(
            "SELECT id FROM picture_request
             WHERE device = ?1 AND asked_at > ?2 AND coalesce(told_at, 0) < ?3
               AND NOT EXISTS (SELECT 1 FROM picture WHERE request = picture_request.id)
             ORDER BY asked_at DESC LIMIT 1",
        )?
        .query_row(
            params![
                device.to_string(),
                before(now, ASKED_FOR),
                before(now, TOLD_AGAIN_AFTER)
            ],
            |row| row.get::<_, String>(0),
        )
        .optional()?
        .map(|id| sql::id(&id))
        .transpose()
}

/// The device is told of it.
pub fn told(write: &mut Write<'_>, id: Uuid, now: Timestamp) -> Result<(), StoreError> {
    write.sql.execute(
        "UPDATE picture_request SET told_at = ?2 WHERE id = ?1",
        params![id.to_string(), sql::micros(now)],
    )?;
    Ok(())
}

/// Keeps a picture that a device was asked for; a second one of the same wall changes nothing.
pub fn put(
    write: &mut Write<'_>,
    device: DeviceId,
    id: Uuid,
    picture: &Picture,
) -> Result<(), StoreError> {
    let is_asked_for: bool = write.sql.query_row(
        "SELECT EXISTS (SELECT 1 FROM picture_request
                        WHERE id = ?1 AND device = ?2 AND asked_at > ?3)",
        params![
            id.to_string(),
            device.to_string(),
            before(picture.taken_at, ASKED_FOR)
        ],
        |row| row.get(0),
    )?;
    if !is_asked_for {
        return Err(StoreError::NotFound("request for a picture"));
    }
    write.sql.execute(
        "INSERT OR IGNORE INTO picture (request, wall, taken_at, png) VALUES (?1, ?2, ?3, ?4)",
        params![
            id.to_string(),
            picture.wall,
            sql::micros(picture.taken_at),
            picture.png
        ],
    )?;
    Ok(())
}

/// The pictures that came, one for each wall.
pub fn of_request(connection: &Connection, id: Uuid) -> Result<Vec<Picture>, StoreError> {
    connection
        .prepare_cached("SELECT wall, taken_at, png FROM picture WHERE request = ?1 ORDER BY wall")?
        .query_and_then([id.to_string()], |row| {
            Ok(Picture {
                wall: row.get(0)?,
                taken_at: sql::time(row.get(1)?)?,
                png: row.get(2)?,
            })
        })?
        .collect()
}

/// Forgets what was asked for before that time; says how many requests.
pub fn forget(write: &mut Write<'_>, time: Timestamp) -> Result<usize, StoreError> {
    Ok(write.sql.execute(
        "DELETE FROM picture_request WHERE asked_at < ?1",
        [sql::micros(time)],
    )?)
}
