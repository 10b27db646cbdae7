//! Passes of workers: one a person, known by its hash in the hall where it was made. Elsewhere devices
//! ask; that one is dead they hear everywhere.

use super::secrets::Keys;
use super::write::Write;
use super::{halls, sql, workers};
use crate::store::{FoundWorker, StoreError};
use gighall_core::hall::Hall;
use gighall_core::id::{HallId, WorkerId};
use gighall_core::pass::{HeldPass, Pass, PassHash};
use gighall_core::wire::{Change, FoundByPass, Scope};
use jiff::{SignedDuration, Timestamp};
use rusqlite::{Connection, OptionalExtension, Row, params};

/// A pass that a device told of is another person's: the record is flagged and has no effect.
pub struct InUse;

/// The pass of the person with that id of the hub's, and the hall where it was made.
fn kept(
    connection: &Connection,
    worker: WorkerId,
) -> Result<Option<(HeldPass, String)>, StoreError> {
    connection
        .prepare_cached("SELECT hash, since, hall FROM worker_pass WHERE worker = ?1")?
        .query_and_then([worker.to_string()], |row| Ok((held(row)?, row.get(2)?)))?
        .next()
        .transpose()
}

fn held(row: &Row<'_>) -> Result<HeldPass, StoreError> {
    let hash: Option<[u8; 32]> = row.get(0)?;
    Ok(HeldPass {
        hash: hash.map(PassHash),
        since: sql::time(row.get(1)?)?,
    })
}

/// Since when the person has the pass that is good now.
pub fn since(connection: &Connection, worker: WorkerId) -> Result<Option<Timestamp>, StoreError> {
    let kept = kept(connection, worker)?.filter(|(held, _)| held.hash.is_some());
    Ok(kept.map(|(held, _)| held.since))
}

/// Whoever has that pass.
pub fn holder(
    connection: &Connection,
    keys: &Keys,
    pass: &Pass,
) -> Result<Option<FoundWorker>, StoreError> {
    let Some(id) = owner(connection, &pass.hash())? else {
        return Ok(None);
    };
    let (Some(worker), Some((pass, _)), Some(number)) = (
        workers::known(connection, keys, id)?,
        kept(connection, id)?,
        workers::number(connection, keys, id)?,
    ) else {
        return Ok(None);
    };
    let id_sealed = keys
        .opening
        .sealing_key()
        .seal(&number)
        .map_err(|error| sql::corrupt("sealing key", error))?;
    Ok(Some(FoundWorker {
        worker,
        pin: None,
        by_pass: Some(FoundByPass {
            pass,
            ids: workers::ids_of(connection, id)?,
            id_sealed,
        }),
    }))
}

fn owner(connection: &Connection, hash: &PassHash) -> Result<Option<WorkerId>, StoreError> {
    connection
        .prepare_cached("SELECT worker FROM worker_pass WHERE hash = ?1")?
        .query_row([hash.0], |row| row.get::<_, String>(0))
        .optional()?
        .map(|id| sql::id(&id))
        .transpose()
}

/// A pass was made in that hall at `at`. Of two the later one counts, whichever came first; the devices
/// are told in either case.
pub fn make(
    write: &mut Write<'_>,
    hall: &HallId,
    worker: WorkerId,
    hash: PassHash,
    at: Timestamp,
    now: Timestamp,
) -> Result<Result<(), InUse>, StoreError> {
    if owner(&write.sql, &hash)?.is_some_and(|other| other != worker) {
        return Ok(Err(InUse));
    }
    // No clock of a device makes a pass that outlives the next one.
    let new = HeldPass {
        hash: Some(hash),
        since: at.min(now),
    };
    let old = kept(&write.sql, worker)?;
    let is_first = old.is_none();
    if old.is_none_or(|(old, _)| new.replaces(&old)) {
        put(write, worker, &new, hall.as_str())?;
    }
    if is_first {
        tell_there(write, worker)?;
    } else {
        tell_all(write, worker)?;
    }
    Ok(Ok(()))
}

/// Staff of that hall revoked at a terminal what pass the person had at `at`. One that was made before and
/// comes later is dead when it comes; one that was made later stays.
pub fn revoked_there(
    write: &mut Write<'_>,
    hall: &HallId,
    worker: WorkerId,
    at: Timestamp,
    now: Timestamp,
) -> Result<(), StoreError> {
    // No clock of a device kills a pass that is still to be made.
    let none = HeldPass {
        hash: None,
        since: at.min(now),
    };
    match kept(&write.sql, worker)? {
        Some((old, made_in)) if none.replaces(&old) => put(write, worker, &none, &made_in)?,
        Some(_) => {}
        None => put(write, worker, &none, hall.as_str())?,
    }
    tell_all(write, worker)
}

/// Staff revoke the pass that a person has: no terminal takes it any more, once it has heard of it.
pub fn revoke(write: &mut Write<'_>, worker: WorkerId, now: Timestamp) -> Result<(), StoreError> {
    let Some((old, hall)) = kept(&write.sql, worker)?.filter(|(old, _)| old.hash.is_some()) else {
        return Err(StoreError::NotFound("pass"));
    };
    let after = old.since.saturating_add(SignedDuration::from_millis(1));
    let none = HeldPass {
        hash: None,
        since: now.max(after.unwrap_or(now)),
    };
    put(write, worker, &none, &hall)?;
    tell_all(write, worker)
}

fn put(write: &Write<'_>, worker: WorkerId, held: &HeldPass, hall: &str) -> Result<(), StoreError> {
    write.sql.execute(
        "INSERT INTO worker_pass (worker, hash, since, hall) VALUES (?1, ?2, ?3, ?4)
         ON CONFLICT (worker) DO UPDATE SET
             hash = excluded.hash, since = excluded.since, hall = excluded.hall",
        params![
            worker.to_string(),
            held.hash.map(|hash| hash.0),
            sql::micros(held.since),
            hall
        ],
    )?;
    Ok(())
}

/// Tells the hall where the pass of a person was made of it, under each id of the person.
pub fn tell_there(write: &mut Write<'_>, worker: WorkerId) -> Result<(), StoreError> {
    tell(write, worker, false)
}

/// The same, and every other hall that what it knows of the person's passes is dead.
fn tell_all(write: &mut Write<'_>, worker: WorkerId) -> Result<(), StoreError> {
    tell(write, worker, true)
}

fn tell(write: &mut Write<'_>, worker: WorkerId, elsewhere: bool) -> Result<(), StoreError> {
    let Some((held, made_in)) = kept(&write.sql, worker)? else {
        return Ok(());
    };
    let ids = workers::ids_of(&write.sql, worker)?;
    let concerned = |hall: &Hall| elsewhere || hall.id.as_str() == made_in;
    for hall in halls::all(&write.sql)?.into_iter().filter(concerned) {
        let hash = held.hash.filter(|_| hall.id.as_str() == made_in);
        let pass = HeldPass { hash, ..held };
        for &worker in &ids {
            let scope = Scope::Hall(hall.id.clone());
            write.tell(scope, Change::Pass { worker, pass });
        }
    }
    Ok(())
}

/// Every pass that was made in a hall and is good, under each id that its person has.
pub fn of_hall(connection: &Connection, hall: &HallId) -> Result<Vec<Change>, StoreError> {
    connection
        .prepare_cached(
            "SELECT hash, since, id FROM worker_pass JOIN
                 (SELECT id, id AS whose FROM worker
                  UNION ALL SELECT alias, worker FROM worker_alias) ON whose = worker
             WHERE hall = ?1 AND hash IS NOT NULL",
        )?
        .query_and_then([hall.as_str()], |row| {
            Ok(Change::Pass {
                worker: sql::id(&row.get::<_, String>(2)?)?,
                pass: held(row)?,
            })
        })?
        .collect()
}

/// A person of whom only that id was known turns out to be `known`: their pass is the later of the two.
/// Says how many passes were that id's.
pub fn move_to(write: &Write<'_>, alias: WorkerId, known: WorkerId) -> Result<usize, StoreError> {
    let Some((theirs, hall)) = kept(&write.sql, alias)? else {
        return Ok(0);
    };
    if !workers::is_unread(&write.sql, alias)? {
        return Ok(0);
    }
    forget(write, alias)?;
    let ours = kept(&write.sql, known)?;
    if ours.is_none_or(|(ours, _)| theirs.replaces(&ours)) {
        put(write, known, &theirs, &hall)?;
    }
    Ok(1)
}

/// Nothing is left of the pass of a person who was erased.
pub fn forget(write: &Write<'_>, worker: WorkerId) -> Result<(), StoreError> {
    let of_worker = "DELETE FROM worker_pass WHERE worker = ?1";
    write.sql.execute(of_worker, [worker.to_string()])?;
    Ok(())
}
