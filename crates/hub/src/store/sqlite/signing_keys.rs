//! The keys with which devices sign the codes on their screens.

use super::sql;
use super::write::Write;
use crate::store::StoreError;
use gighall_core::id::{DeviceId, HallId};
use jiff::{SignedDuration, Timestamp};
use rusqlite::{Connection, OptionalExtension, params};

/// How long a key goes on to be taken after a new one came: the device may hear of it late.
const OVERLAP: SignedDuration = SignedDuration::from_hours(24);

/// The hall of a device that is in use, and the public keys that its codes may be signed with, the
/// present one first.
pub fn of(
    connection: &Connection,
    device: DeviceId,
    now: Timestamp,
) -> Result<Option<(HallId, Vec<String>)>, StoreError> {
    let present: Option<(String, String)> = connection
        .prepare_cached(
            "SELECT device.hall, enrolment.public_key FROM device
             JOIN enrolment ON enrolment.device = device.id AND enrolment.epoch = device.epoch
             WHERE device.id = ?1 AND enrolment.revoked_at IS NULL",
        )?
        .query_row([device.to_string()], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    let Some((hall, key)) = present else {
        return Ok(None);
    };
    let mut former = connection
        .prepare_cached("SELECT public_key FROM former_key WHERE device = ?1 AND until > ?2")?;
    let former = former.query_map(params![device.to_string(), sql::micros(now)], |row| {
        row.get::<_, String>(0)
    })?;
    let mut keys = vec![key];
    for key in former {
        keys.push(key?);
    }
    Ok(Some((sql::id(&hall)?, keys)))
}

/// The present enrolment of a device signs with that key from now on. Told again, it stays as it is.
pub fn rotate(
    write: &mut Write<'_>,
    device: DeviceId,
    public_key: &str,
    now: Timestamp,
) -> Result<(), StoreError> {
    retire(write, device, public_key, now)?;
    write.sql.execute(
        "UPDATE enrolment SET public_key = ?2 WHERE device = ?1
         AND epoch = (SELECT epoch FROM device WHERE id = ?1)",
        params![device.to_string(), public_key],
    )?;
    Ok(())
}

/// Another key is about to follow the present one, which goes on to be taken for a while.
pub fn retire(
    write: &mut Write<'_>,
    device: DeviceId,
    follower: &str,
    now: Timestamp,
) -> Result<(), StoreError> {
    let until = now.saturating_add(OVERLAP).unwrap_or(Timestamp::MAX);
    write.sql.execute(
        "DELETE FROM former_key WHERE device = ?1 AND until <= ?2",
        params![device.to_string(), sql::micros(now)],
    )?;
    write.sql.execute(
        "INSERT INTO former_key (device, public_key, until)
         SELECT enrolment.device, enrolment.public_key, ?3 FROM enrolment
         JOIN device ON device.id = enrolment.device AND device.epoch = enrolment.epoch
         WHERE device.id = ?1 AND enrolment.public_key <> ?2 AND enrolment.revoked_at IS NULL
         ON CONFLICT DO UPDATE SET until = excluded.until",
        params![device.to_string(), follower, sql::micros(until)],
    )?;
    Ok(())
}

/// Nothing that the device ever signed is taken any more.
pub fn revoke(write: &mut Write<'_>, device: &str) -> Result<(), StoreError> {
    write
        .sql
        .execute("DELETE FROM former_key WHERE device = ?1", [device])?;
    Ok(())
}
