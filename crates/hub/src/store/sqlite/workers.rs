//! Registered persons. What identifies them is encrypted; they are found by a keyed hash.

use super::write::Write;
use super::{passes, sql, worker_file};
use crate::store::sqlite::secrets::Keys;
use crate::store::{NewWorker, StoreError};
use gighall_core::id::WorkerId;
use gighall_core::identity::IdNumber;
use gighall_core::job::WorkKind;
use gighall_core::pin::PinHash;
use gighall_core::wire::KnownWorker;
use gighall_core::wishes::Wishes;
use gighall_core::worker::{Channel, Consent};
use jiff::Timestamp;
use jiff::civil::Date;
use rusqlite::{Connection, OptionalExtension, params};

/// The column of the hash of a person's PIN, encrypted.
const PIN: &str = "worker.pin";

/// The column of what a person wishes of work: JSON of core's Wishes, encrypted.
const WISHES: &str = "worker.wishes";

/// The id under which the hub keeps a person, from that id or from one that a device gave.
pub fn resolve(connection: &Connection, id: WorkerId) -> Result<Option<WorkerId>, StoreError> {
    connection
        .prepare_cached(
            "SELECT id FROM worker WHERE id = ?1
             UNION ALL SELECT worker FROM worker_alias WHERE alias = ?1 LIMIT 1",
        )?
        .query_row([id.to_string()], |row| row.get::<_, String>(0))
        .optional()?
        .map(|id| sql::id(&id))
        .transpose()
}

/// As [`resolve`]; a person whose registration never came readable gets an empty row, so that a
/// claim that was confirmed can be kept.
pub fn resolve_or_note(write: &Write<'_>, id: WorkerId) -> Result<WorkerId, StoreError> {
    if let Some(known) = resolve(&write.sql, id)? {
        return Ok(known);
    }
    write
        .sql
        .execute("INSERT INTO worker (id) VALUES (?1)", [id.to_string()])?;
    Ok(id)
}

/// Whether no registration was ever read that gave a row its person.
pub fn is_unread(connection: &Connection, worker: WorkerId) -> Result<bool, StoreError> {
    let unread = connection
        .prepare_cached(
            "SELECT 1 FROM worker WHERE id = ?1 AND number IS NULL AND erased_at IS NULL",
        )?
        .exists([worker.to_string()])?;
    Ok(unread)
}

/// The identity number of the person with that id of the hub's.
pub fn number(
    connection: &Connection,
    keys: &Keys,
    worker: WorkerId,
) -> Result<Option<IdNumber>, StoreError> {
    let stored: Option<Vec<u8>> = connection
        .prepare_cached("SELECT number FROM worker WHERE id = ?1 AND number IS NOT NULL")?
        .query_row([worker.to_string()], |row| row.get(0))
        .optional()?;
    stored.map(|stored| read_number(keys, &stored)).transpose()
}

fn read_number(keys: &Keys, stored: &[u8]) -> Result<IdNumber, StoreError> {
    let text = keys.vault.decrypt("worker.number", stored);
    text.map_err(|error| sql::corrupt("worker.number", error))?
        .parse()
        .map_err(|error| sql::corrupt("worker.number", error))
}

/// When the person with that id of the hub's was erased.
pub fn erased_at(
    connection: &Connection,
    worker: WorkerId,
) -> Result<Option<Timestamp>, StoreError> {
    let at: Option<Option<i64>> = connection
        .prepare_cached("SELECT erased_at FROM worker WHERE id = ?1")?
        .query_row([worker.to_string()], |row| row.get(0))
        .optional()?;
    at.flatten().map(sql::time).transpose()
}

/// Every id that erased persons have had, or one of them had, here or on a device.
pub fn erased_ids(
    connection: &Connection,
    only: Option<WorkerId>,
) -> Result<Vec<WorkerId>, StoreError> {
    connection
        .prepare_cached(
            "SELECT id FROM worker WHERE erased_at IS NOT NULL AND id = coalesce(?1, id)
             UNION ALL SELECT alias FROM worker_alias JOIN worker ON worker.id = worker_alias.worker
             WHERE worker.erased_at IS NOT NULL AND worker.id = coalesce(?1, worker.id)",
        )?
        .query_and_then([only.map(|id| id.to_string())], |row| {
            sql::id(&row.get::<_, String>(0)?)
        })?
        .collect()
}

/// Keeps what a person wishes of work, and what they agreed to when they said it; kinds of work that are
/// not said stay as they are.
pub fn wish(
    write: &Write<'_>,
    worker: WorkerId,
    kinds: &[WorkKind],
    wishes: &Wishes,
    consent: Option<Consent>,
) -> Result<(), StoreError> {
    let kinds = (!kinds.is_empty()).then(|| sql::json(&kinds)).transpose()?;
    write.sql.execute(
        "UPDATE worker SET wishes = ?2, work_kinds = coalesce(?3, work_kinds),
             wishes_consent_version = ?4, wishes_consent_at = ?5
         WHERE id = ?1",
        params![
            worker.to_string(),
            write.keys.vault.encrypt(WISHES, &sql::json(wishes)?),
            kinds,
            consent.map(|it| it.version),
            consent.map(|it| sql::micros(it.at))
        ],
    )?;
    Ok(())
}

/// Keeps the PIN that a person chose at `at`. Of two the later one counts, whichever came first.
pub fn set_pin(
    write: &Write<'_>,
    worker: WorkerId,
    pin: &PinHash,
    at: Timestamp,
) -> Result<(), StoreError> {
    write.sql.execute(
        "UPDATE worker SET pin = ?2, pin_at = ?3 WHERE id = ?1 AND coalesce(pin_at, ?3) <= ?3",
        params![
            worker.to_string(),
            write.keys.vault.encrypt(PIN, &pin.0),
            sql::micros(at)
        ],
    )?;
    Ok(())
}

/// The PIN of the person with that id of the hub's.
pub fn pin(
    connection: &Connection,
    keys: &Keys,
    worker: WorkerId,
) -> Result<Option<PinHash>, StoreError> {
    let stored: Option<Vec<u8>> = connection
        .prepare_cached("SELECT pin FROM worker WHERE id = ?1")?
        .query_row([worker.to_string()], |row| row.get(0))
        .optional()?
        .flatten();
    let plain = |stored: Vec<u8>| keys.vault.decrypt(PIN, &stored).map(PinHash);
    let pin = stored.map(plain).transpose();
    pin.map_err(|error| sql::corrupt(PIN, error))
}

/// Since when a person has the PIN.
pub fn pin_since(
    connection: &Connection,
    worker: WorkerId,
) -> Result<Option<Timestamp>, StoreError> {
    let at: Option<i64> = connection
        .prepare_cached("SELECT pin_at FROM worker WHERE id = ?1")?
        .query_row([worker.to_string()], |row| row.get(0))?;
    at.map(sql::time).transpose()
}

/// What a person agreed to when they said what they wish of work.
pub fn wishes_consent(
    connection: &Connection,
    worker: WorkerId,
) -> Result<Option<Consent>, StoreError> {
    let (version, at) = connection
        .prepare_cached(
            "SELECT wishes_consent_version, wishes_consent_at FROM worker WHERE id = ?1",
        )?
        .query_row([worker.to_string()], |row| Ok((row.get(0)?, row.get(1)?)))?;
    worker_file::consent(version, at)
}

/// Every id that a person has had, here or on a device.
pub fn ids_of(connection: &Connection, worker: WorkerId) -> Result<Vec<WorkerId>, StoreError> {
    let aliases = connection
        .prepare_cached("SELECT alias FROM worker_alias WHERE worker = ?1")?
        .query_and_then([worker.to_string()], |row| {
            sql::id(&row.get::<_, String>(0)?)
        })?
        .collect::<Result<Vec<WorkerId>, StoreError>>()?;
    Ok(std::iter::once(worker).chain(aliases).collect())
}

/// Registers a person or finds the one with that identity number.
pub fn register(write: &mut Write<'_>, new: &NewWorker) -> Result<WorkerId, StoreError> {
    let hash = write.keys.vault.lookup_hash(&new.number);
    // An id that led to somebody who was erased leads to whoever registers with it now.
    write.sql.execute(
        "DELETE FROM worker_alias WHERE alias = ?1
             AND worker IN (SELECT id FROM worker WHERE erased_at IS NOT NULL)",
        [new.id.to_string()],
    )?;
    match by_hash(&write.sql, hash)? {
        Some(known) => {
            renew(write, known, new)?;
            if alias(write, new.id, known)? {
                // The device that gave the id learns which pass the person has.
                passes::tell_there(write, known)?;
            }
            Ok(known)
        }
        None => insert(write, new, hash),
    }
}

fn by_hash(connection: &Connection, hash: [u8; 32]) -> Result<Option<WorkerId>, StoreError> {
    connection
        .prepare_cached("SELECT id FROM worker WHERE number_hash = ?1")?
        .query_row([hash], |row| row.get::<_, String>(0))
        .optional()?
        .map(|id| sql::id(&id))
        .transpose()
}

/// Keeps the kinds of work and the consent of a person who registers again. The telephone is what proves
/// who somebody is: another number is taken from staff, who have seen the person, and from nobody else.
fn renew(write: &Write<'_>, known: WorkerId, new: &NewWorker) -> Result<(), StoreError> {
    let vault = &write.keys.vault;
    let phone = new.phone.as_ref().filter(|_| new.channel == Channel::Staff);
    let phone = phone.map(|p| vault.encrypt("worker.phone", p));
    let kinds = (!new.work_kinds.is_empty())
        .then(|| sql::json(&new.work_kinds))
        .transpose()?;
    write.sql.execute(
        "UPDATE worker SET phone = coalesce(?2, phone), work_kinds = coalesce(?3, work_kinds),
             consent_version = ?4, consent_at = ?5
         WHERE id = ?1 AND coalesce(consent_at, ?5) <= ?5",
        params![
            known.to_string(),
            phone,
            kinds,
            new.consent.version,
            sql::micros(new.consent.at)
        ],
    )?;
    Ok(())
}

/// Keeps the id that a device or phone gave to a person who has one here. Says whether it is new.
fn alias(write: &Write<'_>, alias: WorkerId, known: WorkerId) -> Result<bool, StoreError> {
    if alias == known {
        return Ok(false);
    }
    // Claims of the same person may have come before the registration could be read. Those of a
    // person who was erased are nobody's.
    let moved = write.sql.execute(
        "UPDATE claim SET worker = ?2 WHERE worker = ?1 AND EXISTS
             (SELECT 1 FROM worker WHERE id = ?1 AND number IS NULL AND erased_at IS NULL)",
        params![alias.to_string(), known.to_string()],
    )?;
    let moved = moved + move_services(write, alias, known)?;
    let moved = moved + passes::move_to(write, alias, known)?;
    if moved > 0 {
        write.sql.execute(
            "DELETE FROM worker WHERE id = ?1 AND number IS NULL",
            [alias.to_string()],
        )?;
    }
    match resolve(&write.sql, alias)? {
        None => {
            write.sql.execute(
                "INSERT INTO worker_alias (alias, worker) VALUES (?1, ?2)",
                params![alias.to_string(), known.to_string()],
            )?;
            Ok(true)
        }
        Some(same) if same == known => Ok(false),
        Some(_) => Err(StoreError::IdInUse("worker")),
    }
}

/// The same for wishes of work, courses, wishes to learn, applications, complaints and what makes it hard to
/// find work; says how many rows were that id's.
fn move_services(write: &Write<'_>, alias: WorkerId, known: WorkerId) -> Result<usize, StoreError> {
    let mut moved = write.sql.execute(
        "UPDATE worker SET wishes = unread.wishes,
             wishes_consent_version = unread.wishes_consent_version,
             wishes_consent_at = unread.wishes_consent_at
         FROM (SELECT wishes, wishes_consent_version, wishes_consent_at FROM worker WHERE id = ?1 AND number IS NULL AND erased_at IS NULL
                   AND wishes IS NOT NULL) AS unread
         WHERE worker.id = ?2",
        params![alias.to_string(), known.to_string()],
    )?;
    for table in [
        "enrolment_for",
        "training_wish",
        "application",
        "complaint",
        "hardship_said",
    ] {
        // Two ids may have wished for the same.
        moved += write.sql.execute(
            &format!(
                "UPDATE OR REPLACE {table} SET worker = ?2 WHERE worker = ?1 AND EXISTS
                     (SELECT 1 FROM worker WHERE id = ?1 AND number IS NULL
                          AND erased_at IS NULL)"
            ),
            params![alias.to_string(), known.to_string()],
        )?;
    }
    Ok(moved)
}

fn insert(write: &Write<'_>, new: &NewWorker, hash: [u8; 32]) -> Result<WorkerId, StoreError> {
    let vault = &write.keys.vault;
    // Fills the empty row of a person of whom only a claim was known, but no other.
    let changed = write.sql.execute(
        "INSERT INTO worker (id, number, number_hash, name, phone, work_kinds, consent_version,
                             consent_at, channel)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)
         ON CONFLICT (id) DO UPDATE SET number = excluded.number,
             number_hash = excluded.number_hash, name = excluded.name, phone = excluded.phone,
             work_kinds = excluded.work_kinds, consent_version = excluded.consent_version,
             consent_at = excluded.consent_at, channel = excluded.channel, erased_at = NULL
         WHERE worker.number IS NULL",
        params![
            new.id.to_string(),
            vault.encrypt("worker.number", new.number.reveal()),
            hash,
            vault.encrypt("worker.name", &new.name),
            new.phone.as_ref().map(|p| vault.encrypt("worker.phone", p)),
            sql::json(&new.work_kinds)?,
            new.consent.version,
            sql::micros(new.consent.at),
            new.channel.code()
        ],
    )?;
    let is_alias = write
        .sql
        .query_row(
            "SELECT 1 FROM worker_alias WHERE alias = ?1",
            [new.id.to_string()],
            |_| Ok(()),
        )
        .optional()?
        .is_some();
    if changed == 0 || is_alias {
        return Err(StoreError::IdInUse("worker"));
    }
    Ok(new.id)
}

/// Number, name and phone as stored, kinds of work, and wishes as stored.
type Encrypted = (Vec<u8>, Vec<u8>, Option<Vec<u8>>, String, Option<Vec<u8>>);

/// A person by any id; `None` also for those whose registration is unreadable.
pub fn known(
    connection: &Connection,
    keys: &Keys,
    id: WorkerId,
) -> Result<Option<KnownWorker>, StoreError> {
    let Some(worker) = resolve(connection, id)? else {
        return Ok(None);
    };
    let found: Option<Encrypted> = connection
        .prepare_cached(
            "SELECT number, name, phone, work_kinds, wishes FROM worker
             WHERE id = ?1 AND number IS NOT NULL",
        )?
        .query_row([worker.to_string()], |row| {
            Ok((
                row.get(0)?,
                row.get(1)?,
                row.get(2)?,
                row.get(3)?,
                row.get(4)?,
            ))
        })
        .optional()?;
    let Some((number, name, phone, work_kinds, wishes)) = found else {
        return Ok(None);
    };
    let plain = |column: &str, stored: &[u8]| {
        keys.vault
            .decrypt(column, stored)
            .map_err(|error| sql::corrupt(column, error))
    };
    let number = read_number(keys, &number)?;
    Ok(Some(KnownWorker {
        worker,
        name: plain("worker.name", &name)?,
        id_mask: number.mask(),
        birth_date: number.birth_date(),
        sex: number.sex(),
        phone: phone
            .map(|phone| plain("worker.phone", &phone))
            .transpose()?,
        work_kinds: sql::from_json(&work_kinds)?,
        wishes: wishes
            .map(|wishes| sql::from_json(&plain(WISHES, &wishes)?))
            .transpose()?,
    }))
}

/// A person by identity number.
pub fn with_number(
    connection: &Connection,
    keys: &Keys,
    number: &IdNumber,
) -> Result<Option<KnownWorker>, StoreError> {
    match by_hash(connection, keys.vault.lookup_hash(number))? {
        Some(id) => known(connection, keys, id),
        None => Ok(None),
    }
}

/// When a person was born, where that is known.
pub fn birth_date(
    connection: &Connection,
    keys: &Keys,
    id: WorkerId,
) -> Result<Option<Date>, StoreError> {
    Ok(number(connection, keys, id)?.map(|number| number.birth_date()))
}
