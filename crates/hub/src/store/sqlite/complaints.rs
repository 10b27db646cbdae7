//! Complaints. What was said is sealed on its way and encrypted here, and so is what staff answer; the
//! device that took a complaint is told how it stands.

use super::secrets::Keys;
use super::write::Write;
use super::{sql, workers};
use crate::store::{KeptComplaint, StoreError};
use gighall_core::complaint::{Complaint, ComplaintKind, ComplaintNews, ComplaintState, Told};
use gighall_core::id::{ComplaintId, DeviceId, HallId, WorkerId};
use gighall_core::wire::{Change, Scope};
use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, Row, params};

const TOLD: &str = "complaint.told";
const WORD: &str = "complaint.word";

const COLUMNS: &str = "id, number, hall, worker, kind, job, claim, told, consent_version, consent_at, \
                       made_at, arrived_at, state, word, changed_at, changed_by";

const NEWS: &str = "id, number, worker_there, kind, state, word, made_at, device, job, claim";

/// Takes a complaint that a device of that hall sent. Says whether what was said can be read; the same
/// one again has no further effect.
pub fn take(
    write: &Write<'_>,
    (hall, device): (&HallId, DeviceId),
    worker: Option<WorkerId>,
    sent: &Complaint,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let told = Told::open(&write.keys.opening, &sent.told).ok();
    let kept = match &told {
        Some(told) => Some(write.keys.vault.encrypt(TOLD, &sql::json(told)?)),
        None => None,
    };
    write
        .sql
        .prepare_cached(
            "INSERT INTO complaint (id, number, hall, device, worker, worker_there, kind, job, claim,
                 told, consent_version, consent_at, channel, made_at, arrived_at, state)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16)
             ON CONFLICT (id) DO NOTHING",
        )?
        .execute(params![
            sent.id.to_string(),
            sent.number,
            hall.as_str(),
            device.to_string(),
            worker.map(|id| id.to_string()),
            sent.worker.map(|id| id.to_string()),
            sent.kind.code(),
            sent.job.map(|id| id.to_string()),
            sent.claim.map(|id| id.to_string()),
            kept,
            sent.consent.version,
            sql::micros(sent.consent.at),
            sent.channel.code(),
            sql::micros(sent.made_at),
            sql::micros(now),
            ComplaintState::Received.code()
        ])?;
    Ok(told.is_some())
}

/// Staff take it up or close it, and may say something to it. [`StoreError::Finished`] where it stands
/// there already, or further on.
pub fn advance(
    write: &mut Write<'_>,
    id: ComplaintId,
    to: ComplaintState,
    by: &str,
    word: Option<&str>,
    now: Timestamp,
) -> Result<(), StoreError> {
    let (mut news, device) = write
        .sql
        .prepare_cached(&format!("SELECT {NEWS} FROM complaint WHERE id = ?1"))?
        .query_row([id.to_string()], |row| Ok(read_news(write.keys, row)))
        .optional()?
        .ok_or(StoreError::NotFound("complaint"))??;
    if !news.state.may_become(to) {
        return Err(StoreError::Finished);
    }
    let stored = word.map(|word| write.keys.vault.encrypt(WORD, word));
    write.sql.execute(
        "UPDATE complaint SET state = ?2, word = coalesce(?3, word), changed_at = ?4,
             changed_by = ?5
         WHERE id = ?1",
        params![id.to_string(), to.code(), stored, sql::micros(now), by],
    )?;
    news.state = to;
    // Not in the log of changes: it is put in as the change goes out.
    news.word = None;
    write.tell(Scope::Device(device), Change::Complaint { news });
    Ok(())
}

/// What staff said to a complaint.
pub fn word(
    connection: &Connection,
    keys: &Keys,
    id: ComplaintId,
) -> Result<Option<String>, StoreError> {
    let stored: Option<Option<Vec<u8>>> = connection
        .prepare_cached("SELECT word FROM complaint WHERE id = ?1")?
        .query_row([id.to_string()], |row| row.get(0))
        .optional()?;
    plain(keys, WORD, stored.flatten())
}

/// How the complaints that a device took stand, with their people as it knows them.
pub fn taken_by(
    connection: &Connection,
    keys: &Keys,
    device: DeviceId,
) -> Result<Vec<ComplaintNews>, StoreError> {
    let which = "device = ?1 ORDER BY made_at, id";
    news(connection, keys, which, &device.to_string())
}

/// How a worker's complaints stand, newest first, under the id that the hub knows them by.
pub fn news_of(
    connection: &Connection,
    keys: &Keys,
    worker: WorkerId,
) -> Result<Vec<ComplaintNews>, StoreError> {
    let Some(worker) = workers::resolve(connection, worker)? else {
        return Ok(vec![]);
    };
    let which = "worker = ?1 ORDER BY made_at DESC, id";
    let mut all = news(connection, keys, which, &worker.to_string())?;
    for news in &mut all {
        news.worker = Some(worker);
    }
    Ok(all)
}

/// A hall's complaints, oldest first: those that are not closed, or all.
pub fn of_hall(
    connection: &Connection,
    keys: &Keys,
    hall: &HallId,
    closed_too: bool,
) -> Result<Vec<KeptComplaint>, StoreError> {
    let which = match closed_too {
        true => "hall = ?1 ORDER BY made_at, id",
        false => "hall = ?1 AND state <> 'closed' ORDER BY made_at, id",
    };
    query(connection, keys, which, hall.as_str())
}

/// Those with that number: one, but for numbers that a terminal made up.
pub fn numbered(
    connection: &Connection,
    keys: &Keys,
    number: &str,
) -> Result<Vec<KeptComplaint>, StoreError> {
    query(connection, keys, "number = ?1 ORDER BY made_at, id", number)
}

/// A worker's, newest first.
pub fn of_worker(
    connection: &Connection,
    keys: &Keys,
    worker: WorkerId,
) -> Result<Vec<KeptComplaint>, StoreError> {
    let which = "worker = ?1 ORDER BY made_at DESC, id";
    query(connection, keys, which, &worker.to_string())
}

/// Forgets a worker's complaints.
pub fn forget(write: &Write<'_>, worker: WorkerId) -> Result<(), StoreError> {
    write.sql.execute(
        "DELETE FROM complaint WHERE worker = ?1",
        [worker.to_string()],
    )?;
    Ok(())
}

fn news(
    connection: &Connection,
    keys: &Keys,
    which: &str,
    value: &str,
) -> Result<Vec<ComplaintNews>, StoreError> {
    connection
        .prepare_cached(&format!("SELECT {NEWS} FROM complaint WHERE {which}"))?
        .query_and_then([value], |row| Ok(read_news(keys, row)?.0))?
        .collect()
}

fn read_news(keys: &Keys, row: &Row<'_>) -> Result<(ComplaintNews, DeviceId), StoreError> {
    let text = |at: usize| -> Result<String, StoreError> { Ok(row.get(at)?) };
    let there: Option<String> = row.get(2)?;
    let (job, claim): (Option<String>, Option<String>) = (row.get(8)?, row.get(9)?);
    let news = ComplaintNews {
        id: sql::id(&text(0)?)?,
        number: text(1)?,
        worker: there.map(|id| sql::id(&id)).transpose()?,
        kind: sql::code(&text(3)?, ComplaintKind::from_code)?,
        job: job.map(|id| sql::id(&id)).transpose()?,
        claim: claim.map(|id| sql::id(&id)).transpose()?,
        state: sql::code(&text(4)?, ComplaintState::from_code)?,
        word: plain(keys, WORD, row.get(5)?)?,
        made_at: sql::time(row.get(6)?)?,
    };
    Ok((news, sql::id(&text(7)?)?))
}

fn query(
    connection: &Connection,
    keys: &Keys,
    which: &str,
    value: &str,
) -> Result<Vec<KeptComplaint>, StoreError> {
    connection
        .prepare_cached(&format!("SELECT {COLUMNS} FROM complaint WHERE {which}"))?
        .query_and_then([value], |row| read(connection, keys, row))?
        .collect()
}

fn read(connection: &Connection, keys: &Keys, row: &Row<'_>) -> Result<KeptComplaint, StoreError> {
    let text = |at: usize| -> Result<String, StoreError> { Ok(row.get(at)?) };
    let maybe = |at: usize| -> Result<Option<String>, StoreError> { Ok(row.get(at)?) };
    let worker = maybe(3)?.map(|id| sql::id(&id)).transpose()?;
    let told = plain(keys, TOLD, row.get(7)?)?;
    let changed_at: Option<i64> = row.get(14)?;
    Ok(KeptComplaint {
        id: sql::id(&text(0)?)?,
        number: text(1)?,
        hall: sql::id(&text(2)?)?,
        named: worker.is_some(),
        worker: match worker {
            Some(worker) => workers::known(connection, keys, worker)?,
            None => None,
        },
        kind: sql::code(&text(4)?, ComplaintKind::from_code)?,
        job: maybe(5)?.map(|id| sql::id(&id)).transpose()?,
        claim: maybe(6)?.map(|id| sql::id(&id)).transpose()?,
        told: told.map(|text| sql::from_json(&text)).transpose()?,
        consent_version: row.get(8)?,
        consent_at: sql::time(row.get(9)?)?,
        made_at: sql::time(row.get(10)?)?,
        arrived_at: sql::time(row.get(11)?)?,
        state: sql::code(&text(12)?, ComplaintState::from_code)?,
        word: plain(keys, WORD, row.get(13)?)?,
        changed_at: changed_at.map(sql::time).transpose()?,
        changed_by: maybe(15)?,
    })
}

fn plain(keys: &Keys, column: &str, stored: Option<Vec<u8>>) -> Result<Option<String>, StoreError> {
    let opened = stored.map(|stored| keys.vault.decrypt(column, &stored));
    opened
        .transpose()
        .map_err(|error| sql::corrupt(column, error))
}
