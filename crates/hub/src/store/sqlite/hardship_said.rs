//! What people said at terminals makes it hard for them to find work: sealed on its way, encrypted
//! here, and not in the ledger before staff have verified it. Nothing of it goes into a feed.

use super::secrets::Keys;
use super::write::Write;
use super::{hardship, sql, worker_file};
use crate::store::{HardshipDecision, SaidHardship, StoreError};
use gighall_core::hardship::{Hardship, HardshipStatement};
use gighall_core::id::{DeviceId, HallId, WorkerId};
use gighall_core::worker::{Channel, Consent};
use jiff::Timestamp;
use rusqlite::{Connection, Row, params};

const KIND: &str = "hardship_said.kind";
const WHY: &str = "hardship_said.why";

const COLUMNS: &str = "id, worker, hall, kind, said_at, consent_version, consent_at, channel, helped_by, \
                       verified, decided_at, decided_by, why, ledger";

/// Why what rests on it ends in the ledger.
const TAKEN_BACK: &str = "taken back by the person";

/// A line as it is stored.
struct Kept {
    id: i64,
    ledger: Option<i64>,
    said: SaidHardship,
}

/// Takes what somebody said on that device of that hall, in place of what they said before. Says how many
/// lines of the ledger end by it; `None` where it cannot be read. What is older than what is known here
/// has no effect, and so has the same again.
pub fn take(
    write: &Write<'_>,
    (hall, device): (&HallId, DeviceId),
    worker: WorkerId,
    sent: &HardshipStatement,
    now: Timestamp,
) -> Result<Option<usize>, StoreError> {
    let Ok(said) = Hardship::open(&write.keys.opening, &sent.said) else {
        return Ok(None);
    };
    // Without consent nothing is kept, whatever a device sends.
    let agreed = sent.consent.map_or_else(Vec::new, |_| said);
    // A clock that is ahead must not stand against what is said later.
    let said_at = sent.made_at.min(now);
    let before = kept(&write.sql, write.keys, OF_WORKER, &worker.to_string())?;
    if before.iter().any(|it| said_at <= it.said.said_at) {
        return Ok(Some(0));
    }
    let mut ended = 0;
    let mut new = agreed.clone();
    for it in &before {
        let stays = it.said.kind.is_some_and(|kind| agreed.contains(&kind));
        match (&it.said.decision, it.ledger) {
            (Some(_), Some(ledger)) if stays && goes_on(&write.sql, ledger)? => {
                // Staff need not look at it again; what was agreed to last is what counts.
                new.retain(|kind| Some(*kind) != it.said.kind);
                renew(write, it.id, said_at, sent.consent)?;
            }
            (Some(_), Some(ledger)) if !stays => {
                let by = format!("device {device}");
                ended += hardship::end_line(write, ledger, TAKEN_BACK, &by, now)?;
            }
            (Some(_), _) => {}
            (None, _) => {
                write
                    .sql
                    .execute("DELETE FROM hardship_said WHERE id = ?1", [it.id])?;
            }
        }
    }
    for kind in new {
        insert(write, hall, worker, sent, Some(kind), (said_at, now))?;
    }
    if agreed.is_empty() {
        // That it was taken back has to be known when something older arrives.
        insert(write, hall, worker, sent, None, (said_at, now))?;
    }
    Ok(Some(ended))
}

fn goes_on(connection: &Connection, ledger: i64) -> Result<bool, StoreError> {
    Ok(connection
        .prepare_cached("SELECT 1 FROM hardship WHERE id = ?1 AND ended_at IS NULL")?
        .exists([ledger])?)
}

fn renew(
    write: &Write<'_>,
    id: i64,
    said_at: Timestamp,
    consent: Option<Consent>,
) -> Result<(), StoreError> {
    write.sql.execute(
        "UPDATE hardship_said SET said_at = ?2, consent_version = coalesce(?3, consent_version),
             consent_at = coalesce(?4, consent_at) WHERE id = ?1",
        params![
            id,
            sql::micros(said_at),
            consent.map(|it| it.version),
            consent.map(|it| sql::micros(it.at))
        ],
    )?;
    Ok(())
}

fn insert(
    write: &Write<'_>,
    hall: &HallId,
    worker: WorkerId,
    sent: &HardshipStatement,
    kind: Option<Hardship>,
    (said_at, now): (Timestamp, Timestamp),
) -> Result<(), StoreError> {
    let consent = sent.consent.filter(|_| kind.is_some());
    write.sql.execute(
        "INSERT INTO hardship_said (worker, hall, kind, said_at, consent_version, consent_at, channel,
             helped_by, arrived_at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
        params![
            worker.to_string(),
            hall.as_str(),
            kind.map(|kind| write.keys.vault.encrypt(KIND, kind.code())),
            sql::micros(said_at),
            consent.map(|it| it.version),
            consent.map(|it| sql::micros(it.at)),
            sent.channel.code(),
            sent.helped_by,
            sql::micros(now)
        ],
    )?;
    Ok(())
}

/// Staff verified it: it goes into the ledger, unless the person is in it for that already.
/// [`StoreError::NotSaid`] where nothing of that kind waits.
pub fn verify(
    write: &Write<'_>,
    worker: WorkerId,
    kind: Hardship,
    why: &str,
    by: &str,
    now: Timestamp,
) -> Result<(), StoreError> {
    let waiting = waiting(write, worker, Some(kind))?;
    let [it] = waiting.as_slice() else {
        return Err(StoreError::NotSaid);
    };
    let ledger = match hardship::set(write, worker, kind, why, by, now) {
        Ok(()) => Some(write.sql.last_insert_rowid()),
        // What staff wrote down themselves does not rest on this.
        Err(StoreError::InLedger) => None,
        Err(error) => return Err(error),
    };
    decide(write, it.id, (true, ledger), why, by, now)
}

/// Staff found that it does not hold: of one kind, or of all that wait. Says of how many.
pub fn dismiss(
    write: &Write<'_>,
    worker: WorkerId,
    kind: Option<Hardship>,
    why: &str,
    by: &str,
    now: Timestamp,
) -> Result<usize, StoreError> {
    let waiting = waiting(write, worker, kind)?;
    for it in &waiting {
        decide(write, it.id, (false, None), why, by, now)?;
    }
    Ok(waiting.len())
}

fn waiting(
    write: &Write<'_>,
    worker: WorkerId,
    kind: Option<Hardship>,
) -> Result<Vec<Kept>, StoreError> {
    let mut found = kept(&write.sql, write.keys, OF_WORKER, &worker.to_string())?;
    found.retain(|it| it.said.decision.is_none() && it.said.kind.is_some());
    found.retain(|it| kind.is_none() || it.said.kind == kind);
    Ok(found)
}

fn decide(
    write: &Write<'_>,
    id: i64,
    (verified, ledger): (bool, Option<i64>),
    why: &str,
    by: &str,
    now: Timestamp,
) -> Result<(), StoreError> {
    write.sql.execute(
        "UPDATE hardship_said SET verified = ?2, ledger = ?3, why = ?4, decided_by = ?5,
             decided_at = ?6 WHERE id = ?1",
        params![
            id,
            verified,
            ledger,
            write.keys.vault.encrypt(WHY, why),
            by,
            sql::micros(now)
        ],
    )?;
    Ok(())
}

/// A worker's, oldest first.
pub fn of_worker(
    connection: &Connection,
    keys: &Keys,
    worker: WorkerId,
) -> Result<Vec<SaidHardship>, StoreError> {
    let found = kept(connection, keys, OF_WORKER, &worker.to_string())?;
    Ok(found.into_iter().map(|it| it.said).collect())
}

/// What waits for staff, or all of it; oldest first.
pub fn all(
    connection: &Connection,
    keys: &Keys,
    decided_too: bool,
) -> Result<Vec<SaidHardship>, StoreError> {
    // The parameter is there for `kept`, which has one.
    let which = match decided_too {
        true => "worker <> ?1 ORDER BY said_at, id",
        false => "worker <> ?1 AND verified IS NULL AND kind IS NOT NULL ORDER BY said_at, id",
    };
    let found = kept(connection, keys, which, "")?;
    Ok(found.into_iter().map(|it| it.said).collect())
}

/// Forgets a worker's.
pub fn forget(write: &Write<'_>, worker: WorkerId) -> Result<(), StoreError> {
    write.sql.execute(
        "DELETE FROM hardship_said WHERE worker = ?1",
        [worker.to_string()],
    )?;
    Ok(())
}

const OF_WORKER: &str = "worker = ?1 ORDER BY said_at, id";

fn kept(
    connection: &Connection,
    keys: &Keys,
    which: &str,
    value: &str,
) -> Result<Vec<Kept>, StoreError> {
    connection
        .prepare_cached(&format!(
            "SELECT {COLUMNS} FROM hardship_said WHERE {which}"
        ))?
        .query_and_then([value], |row| read(keys, row))?
        .collect()
}

fn read(keys: &Keys, row: &Row<'_>) -> Result<Kept, StoreError> {
    let plain = |column: &str, stored: Vec<u8>| {
        keys.vault
            .decrypt(column, &stored)
            .map_err(|error| sql::corrupt(column, error))
    };
    let kind: Option<Vec<u8>> = row.get(3)?;
    let decided: Option<(bool, i64, String, Vec<u8>)> = match row.get::<_, Option<bool>>(9)? {
        Some(verified) => Some((verified, row.get(10)?, row.get(11)?, row.get(12)?)),
        None => None,
    };
    let decision = match decided {
        Some((verified, at, by, why)) => Some(HardshipDecision {
            verified,
            at: sql::time(at)?,
            by,
            why: plain(WHY, why)?,
        }),
        None => None,
    };
    let kind = match kind {
        Some(kind) => Some(sql::code(&plain(KIND, kind)?, Hardship::from_code)?),
        None => None,
    };
    Ok(Kept {
        id: row.get(0)?,
        ledger: row.get(13)?,
        said: SaidHardship {
            worker: sql::id(&row.get::<_, String>(1)?)?,
            hall: sql::id(&row.get::<_, String>(2)?)?,
            kind,
            said_at: sql::time(row.get(4)?)?,
            consent: worker_file::consent(row.get(5)?, row.get(6)?)?,
            channel: sql::code(&row.get::<_, String>(7)?, Channel::from_code)?,
            helped_by: row.get(8)?,
            decision,
        },
    })
}
