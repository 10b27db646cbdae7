//! Pauses after no-shows: what follows from the claims, and who is told.

use super::write::Write;
use super::{halls, sql, workers};
use crate::store::StoreError;
use gighall_core::id::{ClaimId, WorkerId};
use gighall_core::pause::Pause;
use gighall_core::wire::{Change, Scope};
use jiff::Timestamp;
use rusqlite::{Connection, params};

/// The pause of the person with that id of the hub's, over or not.
pub fn of_worker(connection: &Connection, worker: WorkerId) -> Result<Option<Pause>, StoreError> {
    let missed: Vec<Timestamp> = connection
        .prepare_cached(
            "SELECT missed_at FROM claim
             WHERE worker = ?1 AND missed_at IS NOT NULL AND state = 'no_show'",
        )?
        .query_and_then([worker.to_string()], |row| sql::time(row.get(0)?))?
        .collect::<Result<_, StoreError>>()?;
    let lifted: Option<i64> = connection
        .prepare_cached("SELECT max(pause_lifted_at) FROM worker WHERE id = ?1")?
        .query_row([worker.to_string()], |row| row.get(0))?;
    Ok(Pause::after(&missed, lifted.map(sql::time).transpose()?))
}

/// Every pause under each id that its person has had, over or not.
pub fn all(connection: &Connection) -> Result<Vec<Change>, StoreError> {
    let paused: Vec<WorkerId> = connection
        .prepare_cached(
            "SELECT DISTINCT worker FROM claim JOIN worker ON worker.id = claim.worker
             WHERE missed_at IS NOT NULL AND erased_at IS NULL",
        )?
        .query_and_then([], |row| sql::id(&row.get::<_, String>(0)?))?
        .collect::<Result<_, StoreError>>()?;
    let mut told = vec![];
    for worker in paused {
        let pause = of_worker(connection, worker)?;
        if pause.is_some() {
            let ids = workers::ids_of(connection, worker)?.into_iter();
            told.extend(ids.map(|worker| Change::Pause { worker, pause }));
        }
    }
    Ok(told)
}

/// Notes that the worker of a claim did not come, and tells every device: the worker may stand before
/// any of them.
pub fn missed(
    write: &mut Write<'_>,
    claim: ClaimId,
    worker: WorkerId,
    now: Timestamp,
) -> Result<(), StoreError> {
    write.sql.execute(
        "UPDATE claim SET missed_at = ?2 WHERE id = ?1",
        params![claim.to_string(), sql::micros(now)],
    )?;
    tell(write, worker)
}

/// Staff forgive what was missed up to `at`. Done again, it has no further effect.
pub fn lift(
    write: &mut Write<'_>,
    worker: WorkerId,
    at: Timestamp,
    now: Timestamp,
) -> Result<(), StoreError> {
    // No clock of a device forgives what is still to come.
    write.sql.execute(
        "UPDATE worker SET pause_lifted_at = max(coalesce(pause_lifted_at, ?2), ?2) WHERE id = ?1",
        params![worker.to_string(), sql::micros(at.min(now))],
    )?;
    tell(write, worker)
}

fn tell(write: &mut Write<'_>, worker: WorkerId) -> Result<(), StoreError> {
    let pause = of_worker(&write.sql, worker)?;
    let ids = workers::ids_of(&write.sql, worker)?;
    for hall in halls::all(&write.sql)? {
        for &worker in &ids {
            let scope = Scope::Hall(hall.id.clone());
            write.tell(scope, Change::Pause { worker, pause });
        }
    }
    Ok(())
}
