//! Registered persons as those who look for work: what they can do, wish and hold.

use super::secrets::Keys;
use super::{claims, hardship, pauses, sql, workers};
use crate::store::{Person, StoreError};
use gighall_core::fit::Seeker;
use gighall_core::id::WorkerId;
use gighall_core::wire::KnownWorker;
use jiff::Timestamp;
use rusqlite::Connection;

/// One of them; `None` where nobody has that id, or nothing is known but the id.
pub fn one(
    connection: &Connection,
    keys: &Keys,
    worker: WorkerId,
    now: Timestamp,
) -> Result<Option<Person>, StoreError> {
    let Some(worker) = workers::known(connection, keys, worker)? else {
        return Ok(None);
    };
    let hard = hardship::in_ledger(connection)?.contains(&worker.worker);
    person(connection, worker, hard, now).map(Some)
}

/// All of them.
pub fn all(
    connection: &Connection,
    keys: &Keys,
    now: Timestamp,
) -> Result<Vec<Person>, StoreError> {
    let ids: Vec<WorkerId> = connection
        .prepare_cached("SELECT id FROM worker WHERE number IS NOT NULL ORDER BY id")?
        .query_and_then([], |row| sql::id(&row.get::<_, String>(0)?))?
        .collect::<Result<_, StoreError>>()?;
    let ledger = hardship::in_ledger(connection)?;
    let mut people = Vec::with_capacity(ids.len());
    for id in ids {
        if let Some(worker) = workers::known(connection, keys, id)? {
            people.push(person(connection, worker, ledger.contains(&id), now)?);
        }
    }
    Ok(people)
}

fn person(
    connection: &Connection,
    worker: KnownWorker,
    hardship: bool,
    now: Timestamp,
) -> Result<Person, StoreError> {
    let seeker = Seeker {
        birth: worker.birth_date,
        kinds: worker.work_kinds.clone(),
        wishes: worker.wishes.clone().unwrap_or_default(),
        held: claims::held(connection, worker.worker, now)?,
        pause: pauses::of_worker(connection, worker.worker)?,
        hardship,
    };
    Ok(Person { worker, seeker })
}
