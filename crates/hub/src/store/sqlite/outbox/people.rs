//! What people said of themselves on devices, and what staff did for them there.

use super::super::write::Write;
use super::super::{
    applications, audit, complaints, devices, enrolments, hardship_said, passes, workers,
};
use super::{FORGOTTEN, Flags};
use crate::store::{Act, Audited, NewWorker, StoreError};
use gighall_core::application::Application;
use gighall_core::complaint::Complaint;
use gighall_core::hardship::HardshipStatement;
use gighall_core::id::{HallId, WorkerId};
use gighall_core::job::WorkKind;
use gighall_core::pass::PassHash;
use gighall_core::pin::{PinBy, PinHash};
use gighall_core::rights::Holder;
use gighall_core::worker::{Registration, same_name};
use jiff::Timestamp;

/// The person behind an id that a device gave, if they were not erased meanwhile.
pub fn not_erased(write: &Write<'_>, worker: WorkerId) -> Result<Option<WorkerId>, StoreError> {
    let worker = workers::resolve_or_note(write, worker)?;
    let erased = workers::erased_at(&write.sql, worker)?.is_some();
    Ok((!erased).then_some(worker))
}

fn hall_of(write: &Write<'_>, holder: Holder) -> Result<HallId, StoreError> {
    devices::hall(&write.sql, holder.device)?.ok_or(StoreError::NotFound("device"))
}

/// What was done on a device stands in the audit log as if it had been done here.
fn note(
    write: &mut Write<'_>,
    holder: Holder,
    (at, act): (Timestamp, Act),
    worker: WorkerId,
    hall: HallId,
) -> Result<(), StoreError> {
    let line = Audited {
        at,
        actor: format!("device {}", holder.device),
        act,
        worker: Some(worker),
        about: None,
        hall: Some(hall),
    };
    audit::note(write, &line)
}

pub fn register(write: &mut Write<'_>, registration: &Registration) -> Result<Flags, StoreError> {
    if let Some(known) = workers::resolve(&write.sql, registration.worker)?
        && let Some(erased_at) = workers::erased_at(&write.sql, known)?
        && registration.consent.at <= erased_at
    {
        return Ok(vec![FORGOTTEN]);
    }
    let Ok(number) = write.keys.opening.open(&registration.id_sealed) else {
        workers::resolve_or_note(write, registration.worker)?;
        return Ok(vec!["unreadable-number"]);
    };
    let new = NewWorker {
        id: registration.worker,
        name: registration.name.clone(),
        number,
        phone: registration.phone.clone(),
        work_kinds: registration.work_kinds.clone(),
        consent: registration.consent,
        channel: registration.channel,
    };
    // The hub keeps the name that it has. Somebody may have registered the number under a wrong one:
    // staff look at the card.
    let differs = workers::with_number(&write.sql, write.keys, &new.number)?
        .is_some_and(|known| !same_name(&known.name, &new.name));
    match workers::register(write, &new) {
        Ok(_) if differs => Ok(vec!["name-differs"]),
        Ok(_) => Ok(vec![]),
        Err(StoreError::IdInUse(_)) => Ok(vec!["worker-id-in-use"]),
        Err(error) => Err(error),
    }
}

pub fn wished(
    write: &mut Write<'_>,
    holder: Holder,
    worker: WorkerId,
    kinds: &[WorkKind],
    now: Timestamp,
) -> Result<Flags, StoreError> {
    let Some(worker) = not_erased(write, worker)? else {
        return Ok(vec![FORGOTTEN]);
    };
    let hall = hall_of(write, holder)?;
    enrolments::wish(write, &hall, worker, kinds, now)?;
    Ok(vec![])
}

/// A worker got a pass on the device at the first of those times; the second one is now.
pub fn pass_made(
    write: &mut Write<'_>,
    holder: Holder,
    worker: WorkerId,
    pass: PassHash,
    (at, now): (Timestamp, Timestamp),
) -> Result<Flags, StoreError> {
    let Some(worker) = not_erased(write, worker)? else {
        return Ok(vec![FORGOTTEN]);
    };
    let hall = hall_of(write, holder)?;
    Ok(match passes::make(write, &hall, worker, pass, at, now)? {
        Ok(()) => vec![],
        Err(passes::InUse) => vec!["pass-in-use"],
    })
}

/// Staff revoked a pass on the device at `at`; the audit log says it as if they had done it here.
pub fn pass_revoked(
    write: &mut Write<'_>,
    holder: Holder,
    worker: WorkerId,
    at: Timestamp,
    now: Timestamp,
) -> Result<Flags, StoreError> {
    let Some(worker) = not_erased(write, worker)? else {
        return Ok(vec![FORGOTTEN]);
    };
    let hall = hall_of(write, holder)?;
    passes::revoked_there(write, &hall, worker, at, now)?;
    note(write, holder, (at.min(now), Act::PassRevoked), worker, hall)?;
    Ok(vec![])
}

/// A PIN that was chosen on a device.
pub struct PinMade {
    pub worker: WorkerId,
    pub pin: PinHash,
    pub by: PinBy,
    pub at: Timestamp,
}

/// A worker chose a PIN on the device. Whoever registers as somebody whom the hub knows has proven nothing
/// yet: the PIN that they chose is good on that device only, while the hub is out of reach.
pub fn pin_made(
    write: &mut Write<'_>,
    holder: Holder,
    made: &PinMade,
    now: Timestamp,
) -> Result<Flags, StoreError> {
    let Some(worker) = not_erased(write, made.worker)? else {
        return Ok(vec![FORGOTTEN]);
    };
    if made.by == PinBy::Registering && worker != made.worker {
        return Ok(vec![]);
    }
    // No clock of a device makes a PIN that outlives the next one.
    let at = made.at.min(now);
    workers::set_pin(write, worker, &made.pin, at)?;
    if made.by == PinBy::Staff {
        let hall = hall_of(write, holder)?;
        note(write, holder, (at, Act::PinSet), worker, hall)?;
    }
    Ok(vec![])
}

pub fn applied(
    write: &mut Write<'_>,
    holder: Holder,
    application: &Application,
    now: Timestamp,
) -> Result<Flags, StoreError> {
    let Some(worker) = not_erased(write, application.worker)? else {
        return Ok(vec![FORGOTTEN]);
    };
    let hall = hall_of(write, holder)?;
    let readable = applications::take(write, &hall, worker, application, now)?;
    Ok(if readable {
        vec![]
    } else {
        vec!["unreadable-answers"]
    })
}

/// Somebody said on the device what makes it hard for them to find work; the audit log says what ended by
/// it in the ledger.
pub fn hardship_told(
    write: &mut Write<'_>,
    holder: Holder,
    statement: &HardshipStatement,
    now: Timestamp,
) -> Result<Flags, StoreError> {
    let Some(worker) = not_erased(write, statement.worker)? else {
        return Ok(vec![FORGOTTEN]);
    };
    let hall = hall_of(write, holder)?;
    let taken = hardship_said::take(write, (&hall, holder.device), worker, statement, now)?;
    let Some(ended) = taken else {
        return Ok(vec!["unreadable-hardship"]);
    };
    if ended > 0 {
        note(
            write,
            holder,
            (statement.made_at.min(now), Act::HardshipEnded),
            worker,
            hall,
        )?;
    }
    Ok(vec![])
}

pub fn complained(
    write: &mut Write<'_>,
    holder: Holder,
    complaint: &Complaint,
    now: Timestamp,
) -> Result<Flags, StoreError> {
    let worker = match complaint.worker {
        Some(worker) => match not_erased(write, worker)? {
            Some(worker) => Some(worker),
            None => return Ok(vec![FORGOTTEN]),
        },
        None => None,
    };
    let hall = hall_of(write, holder)?;
    let readable = complaints::take(write, (&hall, holder.device), worker, complaint, now)?;
    // It is kept all the same: staff can look for the person by the number on the receipt.
    let nameless = complaint.kind.needs_person() && worker.is_none();
    let unreadable = (!readable).then_some("unreadable-complaint");
    let nameless = nameless.then_some("nameless-complaint");
    Ok(unreadable.into_iter().chain(nameless).collect())
}
