//! Rule 11: a device that is lost for good. What it may have confirmed and not sent stays in doubt
//! until two members of staff have said that nothing more of it can come.

use super::write::Write;
use super::{audit, devices, ledger, restored, sql};
use crate::store::{Act, Audited, InDoubt, StaffMember, StoreError, WriteOff};
use gighall_core::id::{DeviceId, Epoch, HallId, JobId};
use gighall_core::rights::Holder;
use jiff::{SignedDuration, Timestamp};
use rusqlite::{Connection, OptionalExtension, params};

/// How long the first one's word waits for the second one's.
const WORD_HOLDS: SignedDuration = SignedDuration::from_hours(24);

/// What a device holds and never spent, as far as the hub knows.
pub fn in_doubt(connection: &Connection, device: DeviceId) -> Result<Vec<InDoubt>, StoreError> {
    connection
        .prepare_cached(
            "SELECT job.number, json_extract(job.body, '$.title'),
                    sum(max(0, account.granted - account.returned - account.claimed)) AS places,
                    job.valid_until
             FROM rights_account AS account JOIN job ON job.id = account.job
             WHERE account.device = ?1 GROUP BY job.id HAVING places > 0 ORDER BY job.number",
        )?
        .query_and_then([device.to_string()], |row| {
            Ok(InDoubt {
                number: row.get(0)?,
                title: row.get(1)?,
                places: row.get(2)?,
                valid_until: sql::time(row.get(3)?)?,
            })
        })?
        .collect()
}

/// A member of staff says that a device is lost for good and that no receipt of it is outside. The
/// word of a second one makes it so.
pub fn write_off(
    write: &mut Write<'_>,
    hall: &HallId,
    name: &str,
    by: &StaffMember,
    now: Timestamp,
) -> Result<WriteOff, StoreError> {
    let device = devices::named(&write.sql, hall, name)?.ok_or(StoreError::NotFound("device"))?;
    let doubtful = in_doubt(&write.sql, device)?;
    let Some((account, actor)) = first_word(&write.sql, device, now)? else {
        write.sql.execute(
            "INSERT INTO write_off (device, account, actor, asked_at) VALUES (?1, ?2, ?3, ?4)
             ON CONFLICT (device) DO UPDATE SET account = excluded.account,
                 actor = excluded.actor, asked_at = excluded.asked_at",
            params![device.to_string(), by.account, by.actor, sql::micros(now)],
        )?;
        note(write, Act::WriteOffAsked, by, hall, name.to_owned(), now)?;
        return Ok(WriteOff::Asked(doubtful));
    };
    if account == by.account {
        return Err(StoreError::SamePerson);
    }
    take_back(write, device, now)?;
    devices::revoke(write, hall, name, now)?;
    let device = device.to_string();
    for done in [
        "DELETE FROM write_off WHERE device = ?1",
        "DELETE FROM unreported WHERE device = ?1",
    ] {
        write.sql.execute(done, [&device])?;
    }
    let about = format!("{name}, first said by {actor}");
    note(write, Act::WrittenOff, by, hall, about, now)?;
    restored::release(write, hall, now)?;
    tracing::warn!(hall = %hall, name, "written off: the places that it never spent are free");
    Ok(WriteOff::Done(doubtful))
}

/// Whose word waits for a second one, if it is not too old.
fn first_word(
    connection: &Connection,
    device: DeviceId,
    now: Timestamp,
) -> Result<Option<(String, String)>, StoreError> {
    let oldest = now.saturating_sub(WORD_HOLDS).unwrap_or(Timestamp::MIN);
    Ok(connection
        .query_row(
            "SELECT account, actor FROM write_off WHERE device = ?1 AND asked_at > ?2",
            params![device.to_string(), sql::micros(oldest)],
            |row| Ok((row.get(0)?, row.get(1)?)),
        )
        .optional()?)
}

/// The rights of every enrolment of that device come back, but for those that it spent.
fn take_back(write: &mut Write<'_>, device: DeviceId, now: Timestamp) -> Result<(), StoreError> {
    let accounts: Vec<(String, u32)> = write
        .sql
        .prepare_cached("SELECT job, epoch FROM rights_account WHERE device = ?1")?
        .query_map([device.to_string()], |row| Ok((row.get(0)?, row.get(1)?)))?
        .collect::<Result<_, _>>()?;
    for (job, epoch) in accounts {
        let job: JobId = sql::id(&job)?;
        let epoch = Epoch(epoch);
        let (row, mut ledger) =
            ledger::load(&write.sql, job, now)?.ok_or(StoreError::NotFound("job"))?;
        if ledger.write_off(Holder { device, epoch }) > 0 {
            ledger::save(write, row, &ledger)?;
        }
    }
    write.sql.execute(
        "UPDATE enrolment SET written_off_at = ?2 WHERE device = ?1 AND written_off_at IS NULL",
        params![device.to_string(), sql::micros(now)],
    )?;
    Ok(())
}

/// Whether that enrolment was written off: what comes of it all the same is for staff to look at, and is
/// no reason to suspect the device.
pub fn is_written_off(connection: &Connection, holder: Holder) -> Result<bool, StoreError> {
    Ok(connection
        .prepare_cached(
            "SELECT 1 FROM enrolment
             WHERE device = ?1 AND epoch = ?2 AND written_off_at IS NOT NULL",
        )?
        .exists(params![holder.device.to_string(), holder.epoch.0])?)
}

fn note(
    write: &mut Write<'_>,
    act: Act,
    by: &StaffMember,
    hall: &HallId,
    about: String,
    now: Timestamp,
) -> Result<(), StoreError> {
    let line = Audited {
        at: now,
        actor: by.actor.clone(),
        act,
        worker: None,
        hall: Some(hall.clone()),
        about: Some(about),
    };
    audit::note(write, &line)
}
