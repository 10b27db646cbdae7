//! What a person may ask of the hall: to see everything that is kept, to have it corrected, to be
//! forgotten.

use super::secrets::Keys;
use super::write::Write;
use super::{
    applications, claims, complaints, enrolments, halls, hardship, hardship_said, passes, pauses,
    ratings, sql, workers,
};
use crate::store::{StoreError, WorkerFile};
use gighall_core::id::WorkerId;
use gighall_core::identity::IdNumber;
use gighall_core::outbox::Body;
use gighall_core::wire::{Change, Scope};
use gighall_core::worker::{Channel, Consent};
use jiff::Timestamp;
use rusqlite::{Connection, params};

/// Everything that is kept of the person with that number.
pub fn of(
    connection: &Connection,
    keys: &Keys,
    number: &IdNumber,
) -> Result<Option<WorkerFile>, StoreError> {
    let Some(worker) = workers::with_number(connection, keys, number)? else {
        return Ok(None);
    };
    let (version, at, channel): (Option<u32>, Option<i64>, Option<String>) = connection.query_row(
        "SELECT consent_version, consent_at, channel FROM worker WHERE id = ?1",
        [worker.worker.to_string()],
        |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)),
    )?;
    let consent = consent(version, at)?;
    Ok(Some(WorkerFile {
        consent,
        channel: channel
            .map(|code| sql::code(&code, Channel::from_code))
            .transpose()?,
        pause: pauses::of_worker(connection, worker.worker)?,
        pass_since: passes::since(connection, worker.worker)?,
        pin_since: workers::pin_since(connection, worker.worker)?,
        claims: claims::of_worker(connection, worker.worker)?,
        enrolments: enrolments::of_worker(connection, worker.worker)?,
        wishes: enrolments::wishes_of(connection, worker.worker)?,
        applications: applications::of_worker(connection, keys, worker.worker)?,
        wishes_consent: workers::wishes_consent(connection, worker.worker)?,
        hardships_said: hardship_said::of_worker(connection, keys, worker.worker)?,
        hardships: hardship::of_worker(connection, keys, worker.worker)?,
        complaints: complaints::of_worker(connection, keys, worker.worker)?,
        worker,
    }))
}

/// A consent as two columns have it.
pub fn consent(version: Option<u32>, at: Option<i64>) -> Result<Option<Consent>, StoreError> {
    let kept = version.zip(at);
    let kept = kept.map(|(version, at)| sql::time(at).map(|at| Consent { version, at }));
    kept.transpose()
}

/// Corrects a name.
pub fn rename(write: &mut Write<'_>, worker: WorkerId, name: &str) -> Result<(), StoreError> {
    correct(write, worker, "name", Some(name))
}

/// Another mobile number, or none.
pub fn set_phone(
    write: &mut Write<'_>,
    worker: WorkerId,
    phone: Option<&str>,
) -> Result<(), StoreError> {
    correct(write, worker, "phone", phone)
}

/// Writes an encrypted column of somebody who is not erased.
fn correct(
    write: &mut Write<'_>,
    worker: WorkerId,
    column: &str,
    text: Option<&str>,
) -> Result<(), StoreError> {
    let vault = &write.keys.vault;
    let text = text.map(|text| vault.encrypt(&format!("worker.{column}"), text));
    let changed = write.sql.execute(
        &format!("UPDATE worker SET {column} = ?2 WHERE id = ?1 AND number IS NOT NULL"),
        params![worker.to_string(), text],
    )?;
    match changed {
        0 => Err(StoreError::NotFound("worker")),
        _ => Ok(()),
    }
}

/// Forgets a person, here and on every device. The row stays for the claims, as that of a person of
/// whom nothing is known. Done once, it has no further effect.
pub fn delete(write: &mut Write<'_>, worker: WorkerId, now: Timestamp) -> Result<(), StoreError> {
    let worker = workers::resolve(&write.sql, worker)?.ok_or(StoreError::NotFound("worker"))?;
    if workers::erased_at(&write.sql, worker)?.is_some() {
        return Ok(());
    }
    if !claims::held(&write.sql, worker, now)?.is_empty() {
        return Err(StoreError::StillClaimed);
    }
    forget_records(write, worker)?;
    enrolments::forget(write, worker)?;
    applications::forget(write, worker)?;
    // What was said leads to the ledger.
    hardship_said::forget(write, worker)?;
    hardship::forget(write, worker)?;
    complaints::forget(write, worker)?;
    ratings::forget(write, worker)?;
    passes::forget(write, worker)?;
    let id = worker.to_string();
    write
        .sql
        .execute("DELETE FROM session WHERE worker = ?1", [&id])?;
    write.sql.execute(
        "UPDATE worker SET number = NULL, number_hash = NULL, name = NULL, phone = NULL,
             pin = NULL, pin_at = NULL, work_kinds = '[]', wishes = NULL, wishes_consent_version = NULL, wishes_consent_at = NULL,
             consent_version = NULL, consent_at = NULL, channel = NULL, erased_at = ?2
         WHERE id = ?1",
        params![id, sql::micros(now)],
    )?;
    tell_devices(write, worker)
}

/// Any device may know the person: it asks the hub about whoever stands in front of it.
fn tell_devices(write: &mut Write<'_>, worker: WorkerId) -> Result<(), StoreError> {
    let ids = workers::erased_ids(&write.sql, Some(worker))?;
    for hall in halls::all(&write.sql)? {
        for &worker in &ids {
            let scope = Scope::Hall(hall.id.clone());
            write.tell(scope, Change::WorkerErased { worker });
        }
    }
    Ok(())
}

/// What devices uploaded of the person lies in the log as it came. The hashes stay, so that the log can
/// still be compared.
fn forget_records(write: &mut Write<'_>, worker: WorkerId) -> Result<(), StoreError> {
    let records: Vec<(String, u32, i64, Vec<u8>)> = write
        .sql
        .prepare("SELECT device, epoch, seq, body FROM outbox_record")?
        .query_map([], |row| {
            Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?))
        })?
        .collect::<Result<_, _>>()?;
    let vault = &write.keys.vault;
    for (device, epoch, seq, body) in records {
        let text = vault
            .decrypt("outbox.body", &body)
            .map_err(|error| sql::corrupt("outbox.body", error))?;
        let Ok(body) = serde_json::from_str::<Body>(&text) else {
            continue;
        };
        if let Some(person) = body.event.person()
            && workers::resolve(&write.sql, person)? == Some(worker)
        {
            write.sql.execute(
                "UPDATE outbox_record SET body = ?4 WHERE device = ?1 AND epoch = ?2 AND seq = ?3",
                params![device, epoch, seq, vault.encrypt("outbox.body", "")],
            )?;
        }
    }
    Ok(())
}
