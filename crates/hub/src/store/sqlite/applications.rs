//! Applications to be registered as unemployed. What was answered is sealed on its way and encrypted
//! here; staff finish each with a note.

use super::secrets::Keys;
use super::write::Write;
use super::{sql, workers};
use crate::store::{KeptApplication, StoreError};
use gighall_core::application::{Answers, Application};
use gighall_core::id::{ApplicationId, HallId, WorkerId};
use jiff::Timestamp;
use rusqlite::{Connection, Row, params};

const ANSWERS: &str = "application.answers";
const NOTE: &str = "application.note";

const COLUMNS: &str = "id, number, hall, worker, answers, consent_version, consent_at, made_at, \
                       arrived_at, finished_at, finished_by, note";

/// Takes an application that a device of that hall sent. Says whether its answers can be read; the
/// same one again has no further effect.
pub fn take(
    write: &Write<'_>,
    hall: &HallId,
    worker: WorkerId,
    sent: &Application,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let answers = Answers::open(&write.keys.opening, &sent.answers).ok();
    let kept = match &answers {
        Some(answers) => Some(write.keys.vault.encrypt(ANSWERS, &sql::json(answers)?)),
        None => None,
    };
    write
        .sql
        .prepare_cached(
            "INSERT INTO application (id, number, hall, worker, answers, consent_version,
                 consent_at, channel, made_at, arrived_at)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10) ON CONFLICT (id) DO NOTHING",
        )?
        .execute(params![
            sent.id.to_string(),
            sent.number,
            hall.as_str(),
            worker.to_string(),
            kept,
            sent.consent.version,
            sql::micros(sent.consent.at),
            sent.channel.code(),
            sql::micros(sent.made_at),
            sql::micros(now)
        ])?;
    Ok(answers.is_some())
}

/// A hall's applications, oldest first: those that staff have not finished, or all.
pub fn of_hall(
    connection: &Connection,
    keys: &Keys,
    hall: &HallId,
    finished_too: bool,
) -> Result<Vec<KeptApplication>, StoreError> {
    let which = match finished_too {
        true => "hall = ?1 ORDER BY made_at, id",
        false => "hall = ?1 AND finished_at IS NULL ORDER BY made_at, id",
    };
    query(connection, keys, which, hall.as_str())
}

/// Those with that number: one, but for numbers that a terminal made up.
pub fn numbered(
    connection: &Connection,
    keys: &Keys,
    number: &str,
) -> Result<Vec<KeptApplication>, StoreError> {
    query(connection, keys, "number = ?1 ORDER BY made_at, id", number)
}

/// A worker's, newest first.
pub fn of_worker(
    connection: &Connection,
    keys: &Keys,
    worker: WorkerId,
) -> Result<Vec<KeptApplication>, StoreError> {
    let which = "worker = ?1 ORDER BY made_at DESC, id";
    query(connection, keys, which, &worker.to_string())
}

/// Staff finished it. [`StoreError::Finished`] where they did so before.
pub fn finish(
    write: &Write<'_>,
    id: ApplicationId,
    by: &str,
    note: Option<&str>,
    now: Timestamp,
) -> Result<(), StoreError> {
    let note = note.map(|note| write.keys.vault.encrypt(NOTE, note));
    let changed = write.sql.execute(
        "UPDATE application SET finished_at = ?2, finished_by = ?3, note = ?4
         WHERE id = ?1 AND finished_at IS NULL",
        params![id.to_string(), sql::micros(now), by, note],
    )?;
    if changed > 0 {
        return Ok(());
    }
    let there = write
        .sql
        .prepare("SELECT 1 FROM application WHERE id = ?1")?
        .exists([id.to_string()])?;
    Err(match there {
        true => StoreError::Finished,
        false => StoreError::NotFound("application"),
    })
}

/// Forgets a worker's applications.
pub fn forget(write: &Write<'_>, worker: WorkerId) -> Result<(), StoreError> {
    write.sql.execute(
        "DELETE FROM application WHERE worker = ?1",
        [worker.to_string()],
    )?;
    Ok(())
}

fn query(
    connection: &Connection,
    keys: &Keys,
    which: &str,
    value: &str,
) -> Result<Vec<KeptApplication>, StoreError> {
    connection
        .prepare_cached(&format!("SELECT {COLUMNS} FROM application WHERE {which}"))?
        .query_and_then([value], |row| read(connection, keys, row))?
        .collect()
}

fn read(
    connection: &Connection,
    keys: &Keys,
    row: &Row<'_>,
) -> Result<KeptApplication, StoreError> {
    let plain = |column: &str, stored: Option<Vec<u8>>| {
        let opened = stored.map(|stored| keys.vault.decrypt(column, &stored));
        opened
            .transpose()
            .map_err(|error| sql::corrupt(column, error))
    };
    let text = |at: usize| -> Result<String, StoreError> { Ok(row.get(at)?) };
    let worker: WorkerId = sql::id(&text(3)?)?;
    let answers = plain(ANSWERS, row.get(4)?)?;
    let finished_at: Option<i64> = row.get(9)?;
    Ok(KeptApplication {
        id: sql::id(&text(0)?)?,
        number: text(1)?,
        hall: sql::id(&text(2)?)?,
        worker: workers::known(connection, keys, worker)?,
        answers: answers.map(|text| sql::from_json(&text)).transpose()?,
        consent_version: row.get(5)?,
        consent_at: sql::time(row.get(6)?)?,
        made_at: sql::time(row.get(7)?)?,
        arrived_at: sql::time(row.get(8)?)?,
        finished_at: finished_at.map(sql::time).transpose()?,
        finished_by: row.get(10)?,
        note: plain(NOTE, row.get(11)?)?,
    })
}
