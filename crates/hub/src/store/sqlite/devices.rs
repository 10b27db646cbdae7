//! Devices and their enrolments.

use super::secrets::{hashed, new_code, new_secret, plain_code};
use super::write::Write;
use super::{halls, restored, rights, signing_keys, sql};
use crate::store::{Caller, DeviceStatus, StoreError};
use gighall_core::id::{DeviceId, Epoch, HallId};
use gighall_core::rights::Holder;
use gighall_core::wire::{DeviceHealth, EnrolReply, EnrolRequest, EnrolledBefore, ReEnrolRequest};
use jiff::{SignedDuration, Timestamp};
use rusqlite::{Connection, OptionalExtension, Row, params};
use uuid::Uuid;

/// How long an enrolment code can be used.
const CODE_LIFETIME: SignedDuration = SignedDuration::from_hours(24);

/// So many epochs of one device at most were given after a copy was made.
const EPOCHS_LOST: u32 = 100;

/// Makes a one-time code for a device, new or known by its name.
pub fn add(
    write: &mut Write<'_>,
    hall: &HallId,
    name: &str,
    now: Timestamp,
) -> Result<String, StoreError> {
    halls::must_exist(&write.sql, hall)?;
    let code = new_code()?;
    write.sql.execute(
        "INSERT INTO device (id, hall, name, code_hash, code_made_at) VALUES (?1, ?2, ?3, ?4, ?5)
         ON CONFLICT (hall, name) DO UPDATE SET code_hash = excluded.code_hash,
             code_made_at = excluded.code_made_at",
        params![
            Uuid::now_v7().to_string(),
            hall.as_str(),
            name,
            hashed(&plain_code(&code)),
            sql::micros(now)
        ],
    )?;
    Ok(code)
}

/// Trades a code for a token. Asked again with the same code and key, because the answer was lost,
/// it gives the same answer, as long as nothing was done with it.
pub fn enrol(
    write: &mut Write<'_>,
    request: &EnrolRequest,
    now: Timestamp,
) -> Result<EnrolReply, StoreError> {
    let oldest = now.saturating_sub(CODE_LIFETIME).unwrap_or(Timestamp::MIN);
    let oldest = sql::micros(oldest);
    let code_hash = hashed(&plain_code(&request.code));
    let found: Option<(String, String)> = write
        .sql
        .query_row(
            "SELECT id, hall FROM device WHERE code_hash = ?1 AND code_made_at > ?2",
            params![code_hash, oldest],
            |row| Ok((row.get(0)?, row.get(1)?)),
        )
        .optional()?;
    let Some((device, hall)) = found else {
        let again = unused_enrolment(&write.sql, &code_hash, &request.public_key, oldest)?;
        let (device, epoch, prefix) = again.ok_or(StoreError::BadEnrolmentCode)?;
        if hall(&write.sql, device)?.as_ref() != Some(&request.hall) {
            return Err(StoreError::UnknownHall(request.hall.clone()));
        }
        let token = write
            .keys
            .token_for(&code_hash, &request.public_key, epoch.0);
        return reply(write, device, epoch, prefix, token, now);
    };
    if hall != request.hall.as_str() {
        return Err(StoreError::UnknownHall(request.hall.clone()));
    }
    let device = known_again(write, sql::id(&device)?, request.before, now)?;
    let from = Made {
        public_key: &request.public_key,
        version: &request.version,
        code_hash: Some(code_hash),
    };
    new_epoch(write, device, &from, now)
}

/// A device that was first enrolled after the copy that this store was put back from keeps the id under
/// which it wrote its logs, and no epoch that it had is given again.
fn known_again(
    write: &mut Write<'_>,
    device: DeviceId,
    before: Option<EnrolledBefore>,
    now: Timestamp,
) -> Result<DeviceId, StoreError> {
    let Some(before) = before else {
        return Ok(device);
    };
    let is_new = epoch(&write.sql, device)? == Some(Epoch(0));
    let mut device = device;
    if is_new && hall(&write.sql, before.device)?.is_none() {
        write.sql.execute(
            "UPDATE device SET id = ?2 WHERE id = ?1",
            [device.to_string(), before.device.to_string()],
        )?;
        device = before.device;
    }
    let known = epoch(&write.sql, device)?.unwrap_or_default().0;
    // No honest device is ahead by more.
    let had = before.epoch.0.min(known.saturating_add(EPOCHS_LOST));
    if device == before.device && had > known {
        // `new_epoch` counts on from here.
        write.sql.execute(
            "UPDATE device SET epoch = ?2 WHERE id = ?1",
            params![device.to_string(), had],
        )?;
        restored::wait_for(write, device, (known + 1..=had).map(Epoch), now)?;
    }
    Ok(device)
}

/// An enrolment that this store was put back from a copy of before it was made: a place for its log,
/// and no door.
pub fn remember_enrolment(
    write: &mut Write<'_>,
    holder: Holder,
    now: Timestamp,
) -> Result<(), StoreError> {
    let (device, epoch) = (holder.device.to_string(), holder.epoch.0);
    write.sql.execute(
        "INSERT INTO enrolment (device, epoch, token_hash, public_key, version, enrolled_at,
                                log_hash, revoked_at)
         VALUES (?1, ?2, ?3, '', '', ?4, zeroblob(32), ?4)",
        params![device, epoch, hashed(&new_secret()?), sql::micros(now)],
    )?;
    // What it confirmed shows what it was lent.
    write.sql.execute(
        "INSERT INTO unreported (device, epoch) VALUES (?1, ?2)",
        params![device, epoch],
    )?;
    Ok(())
}

/// The enrolment that was made with that code and key, if it is the device's newest and nothing
/// says that the device ever learnt of it: a device that lost its store needs a new epoch.
fn unused_enrolment(
    connection: &Connection,
    code_hash: &[u8; 32],
    public_key: &str,
    oldest: i64,
) -> Result<Option<(DeviceId, Epoch, i64)>, StoreError> {
    connection
        .prepare_cached(
            "SELECT mine.device, mine.epoch, mine.prefix FROM enrolment AS mine
             JOIN device ON device.id = mine.device AND device.epoch = mine.epoch
             WHERE mine.code_hash = ?1 AND mine.public_key = ?2 AND mine.enrolled_at > ?3
               AND mine.used_at IS NULL AND mine.log_seq = 0 AND mine.revoked_at IS NULL
               AND NOT EXISTS (SELECT 1 FROM rights_account AS account
                   WHERE account.device = mine.device AND account.epoch = mine.epoch)",
        )?
        .query_and_then(params![code_hash, public_key, oldest], |row| {
            let device = sql::id(&row.get::<_, String>(0)?)?;
            Ok((device, Epoch(row.get(1)?), row.get(2)?))
        })?
        .next()
        .transpose()
}

/// No token of that device is taken any more, whichever enrolment it is of, and no code.
pub fn revoke(
    write: &mut Write<'_>,
    hall: &HallId,
    name: &str,
    now: Timestamp,
) -> Result<(), StoreError> {
    let device = named(&write.sql, hall, name)?.ok_or(StoreError::NotFound("device"))?;
    let device = device.to_string();
    write.sql.execute(
        "UPDATE device SET code_hash = NULL, code_made_at = NULL WHERE id = ?1",
        [&device],
    )?;
    write.sql.execute(
        "UPDATE enrolment SET revoked_at = ?2 WHERE device = ?1 AND revoked_at IS NULL",
        params![device, sql::micros(now)],
    )?;
    signing_keys::revoke(write, &device)
}

/// Gives a known device a new epoch.
pub fn re_enrol(
    write: &mut Write<'_>,
    device: DeviceId,
    request: &ReEnrolRequest,
    now: Timestamp,
) -> Result<EnrolReply, StoreError> {
    let from = Made {
        public_key: &request.public_key,
        version: &request.version,
        code_hash: None,
    };
    new_epoch(write, device, &from, now)
}

/// What an enrolment is made from.
struct Made<'a> {
    public_key: &'a str,
    version: &'a str,
    code_hash: Option<[u8; 32]>,
}

fn new_epoch(
    write: &mut Write<'_>,
    device: DeviceId,
    from: &Made<'_>,
    now: Timestamp,
) -> Result<EnrolReply, StoreError> {
    signing_keys::retire(write, device, from.public_key, now)?;
    write.sql.execute(
        "UPDATE device SET epoch = epoch + 1, code_hash = NULL, code_made_at = NULL WHERE id = ?1",
        [device.to_string()],
    )?;
    let epoch = epoch(&write.sql, device)?.ok_or(StoreError::NotFound("device"))?;
    let token = match &from.code_hash {
        Some(code_hash) => write.keys.token_for(code_hash, from.public_key, epoch.0),
        None => new_secret()?,
    };
    write.sql.execute(
        "INSERT INTO enrolment (device, epoch, token_hash, public_key, version, enrolled_at,
                                log_hash, code_hash)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, zeroblob(32), ?7)",
        params![
            device.to_string(),
            epoch.0,
            hashed(&token),
            from.public_key,
            from.version,
            sql::micros(now),
            from.code_hash
        ],
    )?;
    let prefix = write.sql.last_insert_rowid();
    reply(write, device, epoch, prefix, token, now)
}

fn reply(
    write: &Write<'_>,
    device: DeviceId,
    epoch: Epoch,
    prefix: i64,
    token: String,
    now: Timestamp,
) -> Result<EnrolReply, StoreError> {
    let hall = hall(&write.sql, device)?.ok_or(StoreError::NotFound("device"))?;
    Ok(EnrolReply {
        device,
        name: name(&write.sql, device)?,
        epoch,
        hub_epoch: rights::hub_epoch(&write.sql)?,
        token,
        sealing_key: write.keys.opening.sealing_key(),
        claim_prefix: format!("{prefix:02}"),
        phone_url: String::new(),
        hall: halls::must_exist(&write.sql, &hall)?,
        now,
    })
}

/// Whose token that is.
pub fn authenticate(connection: &Connection, token: &str) -> Result<Option<Caller>, StoreError> {
    connection
        .prepare_cached(
            "SELECT device.id, device.hall, mine.epoch, device.epoch, mine.quarantined,
                    newest.used_at IS NULL
             FROM enrolment AS mine
             JOIN device ON device.id = mine.device
             JOIN enrolment AS newest
                 ON newest.device = device.id AND newest.epoch = device.epoch
             WHERE mine.token_hash = ?1 AND mine.revoked_at IS NULL",
        )?
        .query_and_then([hashed(token)], |row| {
            let (epoch, newest): (u32, u32) = (row.get(2)?, row.get(3)?);
            let newest_is_unused: bool = row.get(5)?;
            Ok(Caller {
                device: sql::id(&row.get::<_, String>(0)?)?,
                hall: sql::id(&row.get::<_, String>(1)?)?,
                epoch: Epoch(epoch),
                current: epoch == newest,
                quarantined: row.get(4)?,
                may_re_enrol: epoch == newest || newest_is_unused,
            })
        })?
        .next()
        .transpose()
}

/// Keeps what a device says of itself; its present token is in use from now on.
pub fn note_health(
    write: &mut Write<'_>,
    device: DeviceId,
    health: &DeviceHealth,
    now: Timestamp,
) -> Result<(), StoreError> {
    write
        .sql
        .prepare_cached("UPDATE device SET seen_at = ?2, health = ?3 WHERE id = ?1")?
        .execute(params![
            device.to_string(),
            sql::micros(now),
            sql::json(health)?
        ])?;
    write
        .sql
        .prepare_cached(
            "UPDATE enrolment SET used_at = ?2 WHERE device = ?1 AND used_at IS NULL
             AND epoch = (SELECT epoch FROM device WHERE id = ?1)",
        )?
        .execute(params![device.to_string(), sql::micros(now)])?;
    Ok(())
}

/// The hall of a device.
pub fn hall(connection: &Connection, device: DeviceId) -> Result<Option<HallId>, StoreError> {
    connection
        .prepare_cached("SELECT hall FROM device WHERE id = ?1")?
        .query_row([device.to_string()], |row| row.get::<_, String>(0))
        .optional()?
        .map(|hall| sql::id(&hall))
        .transpose()
}

/// The name of a device.
pub fn name(connection: &Connection, device: DeviceId) -> Result<String, StoreError> {
    Ok(connection
        .prepare_cached("SELECT name FROM device WHERE id = ?1")?
        .query_row([device.to_string()], |row| row.get(0))?)
}

/// The device that staff of a hall call so.
pub fn named(
    connection: &Connection,
    hall: &HallId,
    name: &str,
) -> Result<Option<DeviceId>, StoreError> {
    connection
        .prepare_cached("SELECT id FROM device WHERE hall = ?1 AND name = ?2")?
        .query_row([hall.as_str(), name], |row| row.get::<_, String>(0))
        .optional()?
        .map(|id| sql::id(&id))
        .transpose()
}

/// The newest epoch of a device.
pub fn epoch(connection: &Connection, device: DeviceId) -> Result<Option<Epoch>, StoreError> {
    Ok(connection
        .prepare_cached("SELECT epoch FROM device WHERE id = ?1")?
        .query_row([device.to_string()], |row| row.get(0))
        .optional()?
        .map(Epoch))
}

/// Whether an enrolment is quarantined.
pub fn is_quarantined(connection: &Connection, holder: Holder) -> Result<bool, StoreError> {
    Ok(connection
        .prepare_cached("SELECT quarantined FROM enrolment WHERE device = ?1 AND epoch = ?2")?
        .query_row(params![holder.device.to_string(), holder.epoch.0], |row| {
            row.get(0)
        })
        .optional()?
        .unwrap_or(true))
}

/// No more rights for that enrolment: what it says does not fit together.
pub fn quarantine(write: &mut Write<'_>, holder: Holder, why: &str) -> Result<(), StoreError> {
    let changed = write
        .sql
        .prepare_cached(
            "UPDATE enrolment SET quarantined = 1
             WHERE device = ?1 AND epoch = ?2 AND quarantined = 0",
        )?
        .execute(params![holder.device.to_string(), holder.epoch.0])?;
    if changed > 0 {
        let name = name(&write.sql, holder.device)?;
        tracing::error!(device = %holder.device, name, epoch = holder.epoch.0,
            "device quarantined, staff should look at it: {why}");
    }
    Ok(())
}

/// Every device.
pub fn all(connection: &Connection) -> Result<Vec<DeviceStatus>, StoreError> {
    connection
        .prepare_cached(
            "SELECT device.id, device.hall, device.name, device.epoch, device.seen_at,
                    device.health, coalesce(enrolment.quarantined, 0),
                    (SELECT max(older.epoch) FROM enrolment AS older
                     WHERE older.device = device.id AND older.quarantined = 1
                       AND older.epoch < device.epoch),
                    (SELECT json_group_object(flag, records) FROM
                        (SELECT flag, count(*) AS records FROM outbox_record AS record
                         WHERE record.device = device.id AND flag IS NOT NULL GROUP BY flag)),
                    enrolment.revoked_at IS NOT NULL,
                    EXISTS (SELECT 1 FROM unreported WHERE unreported.device = device.id),
                    enrolment.written_off_at IS NOT NULL
             FROM device LEFT JOIN enrolment
                 ON enrolment.device = device.id AND enrolment.epoch = device.epoch
             ORDER BY device.hall, device.name",
        )?
        .query_and_then([], status)?
        .collect()
}

fn status(row: &Row<'_>) -> Result<DeviceStatus, StoreError> {
    let seen_at: Option<i64> = row.get(4)?;
    let health: Option<String> = row.get(5)?;
    Ok(DeviceStatus {
        device: sql::id(&row.get::<_, String>(0)?)?,
        hall: sql::id(&row.get::<_, String>(1)?)?,
        name: row.get(2)?,
        epoch: Epoch(row.get(3)?),
        quarantined: row.get(6)?,
        revoked: row.get(9)?,
        unreported: row.get(10)?,
        written_off: row.get(11)?,
        quarantined_before: row.get::<_, Option<u32>>(7)?.map(Epoch),
        flagged: sql::from_json(&row.get::<_, String>(8)?)?,
        seen_at: seen_at.map(sql::time).transpose()?,
        health: health
            .map(|body| sql::from_json(&body))
            .transpose()?
            .unwrap_or_default(),
    })
}
