//! Enrolments for courses, and what people would like to learn. The hub alone gives places away, in
//! the transaction that counts them, so that a course never has more people than places.

use super::write::Write;
use super::{posted, sql, workers};
use crate::store::{Demand, Enrolled, StoreError};
use gighall_core::event::Event;
use gighall_core::id::{DeviceId, EnrolmentId, EventId, HallId, WorkerId};
use gighall_core::job::WorkKind;
use gighall_core::training::{Enrolment, EnrolmentReason, EnrolmentState, may_enrol};
use gighall_core::wire::{Change, Scope};
use gighall_core::worker::Channel;
use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, Row, params};

/// An enrolment as it is kept.
struct Kept {
    enrolment: Enrolment,
    /// The worker's id as the device knows it.
    worker_there: WorkerId,
    device: Option<DeviceId>,
}

const COLUMNS: &str = "id, course, worker, worker_there, device, channel, state, reason, title, \
                       place, starts_at, made_at";

/// Decides on an enrolment that a device asked for, or a phone. The same one again has no further effect and
/// is told again. Says whether it is new.
pub fn ask(
    write: &mut Write<'_>,
    device: Option<DeviceId>,
    asked: &Enrolment,
    now: Timestamp,
) -> Result<bool, StoreError> {
    if let Some(kept) = one(&write.sql, asked.id)? {
        tell_device(write, &kept);
        return Ok(false);
    }
    let worker = workers::resolve_or_note(write, asked.worker)?;
    let erased = workers::erased_at(&write.sql, worker)?.is_some();
    let course = posted::find::<Event>(&write.sql, asked.course)?;
    let enrolled = is_enrolled(&write.sql, asked.course, worker)?;
    let event = course.as_ref().map(|(_, event)| event);
    let judged = match erased {
        true => Err(EnrolmentReason::Closed),
        false => may_enrol(event, enrolled, now),
    };
    let (title, place, starts_at) = match event {
        Some(known) => (known.title.clone(), known.place.clone(), known.starts_at),
        None => (asked.title.clone(), asked.place.clone(), asked.starts_at),
    };
    let kept = Kept {
        enrolment: Enrolment {
            worker,
            title,
            place,
            starts_at,
            state: match judged {
                Ok(()) => EnrolmentState::Confirmed,
                Err(_) => EnrolmentState::Rejected,
            },
            reason: judged.err(),
            ..asked.clone()
        },
        worker_there: asked.worker,
        device,
    };
    insert(write, &kept, now)?;
    if judged.is_ok()
        && let Some((hall, event)) = course
    {
        let taken = event.places_taken + 1;
        count(write, &hall, event, taken)?;
    }
    tell_device(write, &kept);
    Ok(true)
}

/// The worker does not come: the place is free again. Says whether there is such an enrolment.
pub fn leave(
    write: &mut Write<'_>,
    id: EnrolmentId,
    told_by: Option<DeviceId>,
) -> Result<bool, StoreError> {
    let Some(mut kept) = one(&write.sql, id)? else {
        return Ok(false);
    };
    if kept.enrolment.state == EnrolmentState::Confirmed {
        free_place(write, kept.enrolment.course)?;
        set_state(write, &mut kept, EnrolmentState::Withdrawn, None)?;
    }
    // Who withdrew knows it; every other device that took it has to hear of it, and of how it ended
    // where it had ended before.
    if kept.device != told_by || kept.enrolment.state != EnrolmentState::Withdrawn {
        tell_device(write, &kept);
    }
    Ok(true)
}

/// The course is taken back: nobody is enrolled for it any more.
pub fn course_withdrawn(write: &mut Write<'_>, course: EventId) -> Result<(), StoreError> {
    for mut kept in of_course(&write.sql, course)? {
        let gone = Some(EnrolmentReason::Gone);
        set_state(write, &mut kept, EnrolmentState::Cancelled, gone)?;
        tell_device(write, &kept);
    }
    Ok(())
}

/// How many places of a course are held by enrolments.
pub fn held(connection: &Connection, course: EventId) -> Result<u32, StoreError> {
    Ok(connection
        .prepare_cached(
            "SELECT count(*) FROM enrolment_for WHERE course = ?1 AND state = 'confirmed'",
        )?
        .query_row([course.to_string()], |row| row.get(0))?)
}

/// Who is enrolled for a course, in the order in which they asked.
pub fn list(
    connection: &Connection,
    keys: &super::secrets::Keys,
    course: EventId,
) -> Result<Vec<Enrolled>, StoreError> {
    let mut listed = vec![];
    for kept in of_course(connection, course)? {
        listed.push(Enrolled {
            worker: workers::known(connection, keys, kept.enrolment.worker)?,
            enrolment: kept.enrolment,
        });
    }
    Ok(listed)
}

/// A worker's enrolments, newest first.
pub fn of_worker(connection: &Connection, worker: WorkerId) -> Result<Vec<Enrolment>, StoreError> {
    let Some(worker) = workers::resolve(connection, worker)? else {
        return Ok(vec![]);
    };
    let all = query(
        connection,
        "worker = ?1 ORDER BY made_at DESC, id",
        &worker.to_string(),
    )?;
    Ok(all.into_iter().map(|kept| kept.enrolment).collect())
}

/// The enrolments that a device took, as it knows their workers.
pub fn taken_by(connection: &Connection, device: DeviceId) -> Result<Vec<Enrolment>, StoreError> {
    let all = query(
        connection,
        "device = ?1 ORDER BY made_at, id",
        &device.to_string(),
    )?;
    Ok(all.iter().map(Kept::for_device).collect())
}

/// Forgets a worker's enrolments and wishes; the places are free again.
pub fn forget(write: &mut Write<'_>, worker: WorkerId) -> Result<(), StoreError> {
    for enrolment in of_worker(&write.sql, worker)? {
        leave(write, enrolment.id, None)?;
    }
    let id = worker.to_string();
    for table in ["enrolment_for", "training_wish"] {
        write
            .sql
            .execute(&format!("DELETE FROM {table} WHERE worker = ?1"), [&id])?;
    }
    Ok(())
}

/// Keeps what a worker would like to learn, in place of what they said before in that hall.
pub fn wish(
    write: &Write<'_>,
    hall: &HallId,
    worker: WorkerId,
    kinds: &[WorkKind],
    now: Timestamp,
) -> Result<(), StoreError> {
    let id = worker.to_string();
    write.sql.execute(
        "DELETE FROM training_wish WHERE worker = ?1 AND hall = ?2",
        params![id, hall.as_str()],
    )?;
    for kind in kinds {
        write
            .sql
            .prepare_cached(
                "INSERT OR IGNORE INTO training_wish (worker, hall, kind, at)
                 VALUES (?1, ?2, ?3, ?4)",
            )?
            .execute(params![id, hall.as_str(), kind.code(), sql::micros(now)])?;
    }
    Ok(())
}

/// What a worker would like to learn, in any hall.
pub fn wishes_of(connection: &Connection, worker: WorkerId) -> Result<Vec<WorkKind>, StoreError> {
    connection
        .prepare_cached("SELECT DISTINCT kind FROM training_wish WHERE worker = ?1 ORDER BY kind")?
        .query_and_then([worker.to_string()], |row| {
            sql::code(&row.get::<_, String>(0)?, WorkKind::from_code)
        })?
        .collect()
}

/// How many people would like to learn what, most first.
pub fn demand(connection: &Connection, hall: &HallId) -> Result<Vec<Demand>, StoreError> {
    connection
        .prepare_cached(
            "SELECT kind, count(*), max(at) FROM training_wish WHERE hall = ?1
             GROUP BY kind ORDER BY count(*) DESC, kind",
        )?
        .query_and_then([hall.as_str()], |row| {
            Ok(Demand {
                kind: sql::code(&row.get::<_, String>(0)?, WorkKind::from_code)?,
                people: row.get(1)?,
                last: sql::time(row.get(2)?)?,
            })
        })?
        .collect()
}

impl Kept {
    /// As the device knows it that took it.
    fn for_device(&self) -> Enrolment {
        Enrolment {
            worker: self.worker_there,
            ..self.enrolment.clone()
        }
    }
}

fn tell_device(write: &mut Write<'_>, kept: &Kept) {
    if let Some(device) = kept.device {
        let enrolment = kept.for_device();
        write.tell(Scope::Device(device), Change::Enrolment { enrolment });
    }
}

fn is_enrolled(
    connection: &Connection,
    course: EventId,
    worker: WorkerId,
) -> Result<bool, StoreError> {
    Ok(connection
        .prepare_cached(
            "SELECT 1 FROM enrolment_for
             WHERE course = ?1 AND worker = ?2 AND state = 'confirmed'",
        )?
        .exists([course.to_string(), worker.to_string()])?)
}

/// Says anew how many places of a course are taken.
fn count(
    write: &mut Write<'_>,
    hall: &HallId,
    mut event: Event,
    taken: u32,
) -> Result<(), StoreError> {
    event.places_taken = taken;
    event.version += 1;
    posted::put(write, hall, &event)
}

fn free_place(write: &mut Write<'_>, course: EventId) -> Result<(), StoreError> {
    // A course that is over has no places any more.
    let Some((hall, event)) = posted::find::<Event>(&write.sql, course)? else {
        return Ok(());
    };
    let taken = event.places_taken.saturating_sub(1);
    count(write, &hall, event, taken)
}

fn set_state(
    write: &Write<'_>,
    kept: &mut Kept,
    state: EnrolmentState,
    reason: Option<EnrolmentReason>,
) -> Result<(), StoreError> {
    (kept.enrolment.state, kept.enrolment.reason) = (state, reason);
    write.sql.execute(
        "UPDATE enrolment_for SET state = ?2, reason = ?3 WHERE id = ?1",
        params![
            kept.enrolment.id.to_string(),
            state.code(),
            reason.map(EnrolmentReason::code)
        ],
    )?;
    Ok(())
}

fn insert(write: &Write<'_>, kept: &Kept, now: Timestamp) -> Result<(), StoreError> {
    let it = &kept.enrolment;
    write
        .sql
        .prepare_cached(
            "INSERT INTO enrolment_for (id, course, worker, worker_there, device, channel, state,
                 reason, title, place, starts_at, made_at, arrived_at)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)",
        )?
        .execute(params![
            it.id.to_string(),
            it.course.to_string(),
            it.worker.to_string(),
            kept.worker_there.to_string(),
            kept.device.map(|id| id.to_string()),
            it.channel.code(),
            it.state.code(),
            it.reason.map(EnrolmentReason::code),
            it.title,
            it.place,
            sql::micros(it.starts_at),
            sql::micros(it.made_at),
            sql::micros(now)
        ])?;
    Ok(())
}

fn one(connection: &Connection, id: EnrolmentId) -> Result<Option<Kept>, StoreError> {
    connection
        .prepare_cached(&format!(
            "SELECT {COLUMNS} FROM enrolment_for WHERE id = ?1"
        ))?
        .query_row([id.to_string()], |row| Ok(read(row)))
        .optional()?
        .transpose()
}

/// Those who are enrolled for a course, in the order in which they asked.
fn of_course(connection: &Connection, course: EventId) -> Result<Vec<Kept>, StoreError> {
    let which = "course = ?1 AND state = 'confirmed' ORDER BY made_at, id";
    query(connection, which, &course.to_string())
}

fn query(connection: &Connection, which: &str, id: &str) -> Result<Vec<Kept>, StoreError> {
    connection
        .prepare_cached(&format!(
            "SELECT {COLUMNS} FROM enrolment_for WHERE {which}"
        ))?
        .query_and_then([id], read)?
        .collect()
}

fn read(row: &Row<'_>) -> Result<Kept, StoreError> {
    let id = |at: usize| -> Result<String, StoreError> { Ok(row.get(at)?) };
    let device: Option<String> = row.get(4)?;
    let reason: Option<String> = row.get(7)?;
    Ok(Kept {
        enrolment: Enrolment {
            id: sql::id(&id(0)?)?,
            course: sql::id(&id(1)?)?,
            worker: sql::id(&id(2)?)?,
            title: row.get(8)?,
            place: row.get(9)?,
            starts_at: sql::time(row.get(10)?)?,
            channel: sql::code(&id(5)?, Channel::from_code)?,
            state: sql::code(&id(6)?, EnrolmentState::from_code)?,
            reason: reason
                .map(|code| sql::code(&code, EnrolmentReason::from_code))
                .transpose()?,
            made_at: sql::time(row.get(11)?)?,
        },
        worker_there: sql::id(&id(3)?)?,
        device: device.map(|id| sql::id(&id)).transpose()?,
    })
}
