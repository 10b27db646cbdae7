//! Rule 11: the receipts of a device whose disk is gone are brought back. Staff enter a slip, and the place
//! that was in doubt is that person's; where the disk turns up after all, the claim is here once.
//!
//! A claim that was entered is one through staff that a right backs: no device makes such a claim.

use super::claims::{self, Stored, Turn};
use super::write::Write;
use super::{audit, jobs, ledger, outbox, restored, sql, workers, written_off as off};
use crate::store::{Act, Audited, EnteredSlip, PaperSlip, SlipFault, StoreError};
use gighall_core::claim::{Claim, ClaimReason, ClaimState};
use gighall_core::id::{ClaimId, DeviceId, Epoch, HallId, JobId, WorkerId};
use gighall_core::rights::Holder;
use gighall_core::worker::Channel;
use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, Row, params};
use uuid::Uuid;

/// The two parts of a claim's number: whose it is, and which of theirs.
struct Number {
    prefix: i64,
    count: u32,
}

impl Number {
    fn read(text: &str) -> Result<Self, SlipFault> {
        let text = text.trim();
        let none = || SlipFault::NoNumber(text.to_owned());
        let digits =
            |part: &str| (1..=9).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit());
        let (prefix, count) = text.split_once('-').ok_or_else(none)?;
        if count.strip_prefix(['T', 't']).is_some_and(digits) {
            return Err(SlipFault::NotConfirmed);
        }
        if !digits(prefix) || !digits(count) {
            return Err(none());
        }
        Ok(Self {
            prefix: prefix.parse().map_err(|_| none())?,
            count: count.parse().map_err(|_| none())?,
        })
    }

    /// As devices write it.
    fn text(&self) -> String {
        format!("{:02}-{:04}", self.prefix, self.count)
    }
}

/// A device that gave a number, as far as slips need it.
struct Giver {
    holder: Holder,
    hall: HallId,
    name: String,
    in_service: bool,
}

/// Enters a slip; see [`crate::store::Store::enter_slip`].
pub fn enter(
    write: &mut Write<'_>,
    slip: &PaperSlip,
    by: &str,
    now: Timestamp,
) -> Result<EnteredSlip, StoreError> {
    let number = Number::read(&slip.number)?;
    let giver = giver(&write.sql, number.prefix)?
        .ok_or_else(|| SlipFault::NoDevice(format!("{:02}", number.prefix)))?;
    let person = workers::with_number(&write.sql, write.keys, &slip.person)?;
    let worker = person.ok_or(SlipFault::NoPerson)?.worker;
    let (number, count) = (number.text(), number.count);
    if let Some(kept) = here(&write.sql, giver.holder.device, &number, slip.claim)? {
        return again(write, &kept, slip, worker, number);
    }
    if giver.in_service {
        return Err(SlipFault::InService(giver.name).into());
    }
    if count <= last_sent(&write.sql, &number)? {
        let device = giver.name;
        return Err(SlipFault::NotInLog { device, number }.into());
    }
    let job = behind(write, &giver, slip.job)?;
    let claim = Claim {
        id: slip.claim.unwrap_or_else(|| ClaimId(Uuid::new_v4())),
        number,
        job,
        worker,
        device: Some(giver.holder.device),
        channel: Channel::Staff,
        state: match jobs::one(&write.sql, job)? {
            Some(job) => claims::taken_state(&job),
            None => return Err(StoreError::NotFound("job")),
        },
        reason: None,
        made_at: now,
    };
    let remarks = outbox::confirmed(write, giver.holder, &claim, now)?;
    let line = Audited {
        at: now,
        actor: by.to_owned(),
        act: Act::SlipEntered,
        worker: Some(worker),
        hall: Some(giver.hall),
        about: Some(format!(
            "{} of {}, job {}",
            claim.number, giver.name, slip.job
        )),
    };
    audit::note(write, &line)?;
    tracing::warn!(
        number = claim.number,
        device = giver.name,
        "a slip of a lost device was entered"
    );
    Ok(EnteredSlip {
        claim: claims::with_job(&write.sql, claim.id)?.ok_or(StoreError::NotFound("claim"))?,
        is_new: true,
        remarks,
    })
}

/// The enrolment that gives numbers with that prefix. One that its device has no more, or whose doors were
/// taken away, is not in service: what it did comes by its disk alone, or on paper.
fn giver(connection: &Connection, prefix: i64) -> Result<Option<Giver>, StoreError> {
    let read = |row: &Row<'_>| -> Result<Giver, StoreError> {
        Ok(Giver {
            holder: Holder {
                device: sql::id(&row.get::<_, String>(0)?)?,
                epoch: Epoch(row.get(1)?),
            },
            hall: sql::id(&row.get::<_, String>(2)?)?,
            name: row.get(3)?,
            in_service: row.get(4)?,
        })
    };
    connection
        .prepare_cached(
            "SELECT device.id, enrolment.epoch, device.hall, device.name,
                    enrolment.epoch = device.epoch AND enrolment.revoked_at IS NULL
             FROM enrolment JOIN device ON device.id = enrolment.device WHERE enrolment.prefix = ?1",
        )?
        .query_and_then([prefix], read)?
        .next()
        .transpose()
}

/// The claim that a slip is of, where it is here.
fn here(
    connection: &Connection,
    device: DeviceId,
    number: &str,
    id: Option<ClaimId>,
) -> Result<Option<Stored>, StoreError> {
    if let Some(id) = id
        && let Some(kept) = claims::one(connection, id)?
    {
        return Ok(Some(kept));
    }
    let found: Option<String> = connection
        .prepare_cached("SELECT id FROM claim WHERE number = ?1 AND device = ?2")?
        .query_row([number, &device.to_string()], |row| row.get(0))
        .optional()?;
    found.map_or(Ok(None), |id| claims::one(connection, sql::id(&id)?))
}

/// The slip was entered before, or the device had sent its claim.
fn again(
    write: &Write<'_>,
    kept: &Stored,
    slip: &PaperSlip,
    worker: WorkerId,
    number: String,
) -> Result<EnteredSlip, StoreError> {
    let claim =
        claims::with_job(&write.sql, kept.claim.id)?.ok_or(StoreError::NotFound("claim"))?;
    if kept.claim.number != number || slip.claim.is_some_and(|id| id != kept.claim.id) {
        return Err(SlipFault::AnotherCode.into());
    }
    if kept.claim.worker != worker || claim.job.number != slip.job {
        let job = slip.job;
        return Err(SlipFault::AnotherClaim { number, job }.into());
    }
    Ok(EnteredSlip {
        claim,
        is_new: false,
        remarks: vec![],
    })
}

/// The last number among those with that prefix that came from the device itself: it counts, and sends in
/// that order.
fn last_sent(connection: &Connection, number: &str) -> Result<u32, StoreError> {
    let prefix = number.split('-').next().unwrap_or_default();
    Ok(connection
        .prepare_cached(
            "SELECT coalesce(max(CAST(substr(number, length(?1) + 2) AS INTEGER)), 0) FROM claim
             WHERE number GLOB ?1 || '-[0-9]*' AND channel <> 'staff'",
        )?
        .query_row([prefix], |row| row.get(0))?)
}

/// The job with that number of which the device may have confirmed a claim that the hub does not know.
fn behind(write: &Write<'_>, giver: &Giver, number: u32) -> Result<JobId, StoreError> {
    let Giver {
        holder, hall, name, ..
    } = giver;
    // Numbers of jobs that are over are given again: the one of which it holds something comes first.
    let found: Option<(String, bool, bool)> = write
        .sql
        .prepare_cached(
            "SELECT job.id, account.job IS NOT NULL AS lent,
                    coalesce(account.granted > account.returned + account.claimed, 0) AS doubtful
             FROM job LEFT JOIN rights_account AS account
                 ON account.job = job.id AND account.device = ?3 AND account.epoch = ?4
             WHERE job.hall = ?1 AND job.number = ?2
             ORDER BY doubtful DESC, lent DESC, job.id DESC LIMIT 1",
        )?
        .query_row(
            params![
                hall.as_str(),
                number,
                holder.device.to_string(),
                holder.epoch.0
            ],
            |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)),
        )
        .optional()?;
    let (device, job) = (name.clone(), number);
    let in_doubt = off::in_doubt(&write.sql, holder.device)?;
    let Some((id, lent, doubtful)) = found else {
        return Err(SlipFault::NoJob {
            device,
            job,
            in_doubt,
        }
        .into());
    };
    // A hub that was restored has forgotten what it lent; what was written off is as with a disk that turns
    // up: the claim ends with notice where its place is somebody else's.
    let forgotten = restored::is_unreported(&write.sql, *holder)?;
    let late = lent && off::is_written_off(&write.sql, *holder)?;
    if !(doubtful || forgotten || late) {
        return Err(SlipFault::NothingInDoubt {
            device,
            job,
            in_doubt,
        }
        .into());
    }
    sql::id(&id)
}

/// What came of a claim that the disk of its device brings, where a slip of it may have been entered.
pub enum Brought {
    /// No slip of it was entered.
    New,
    /// It is the one on the slip.
    Same,
    /// One was entered under its number, or code, that says otherwise: that one is taken back.
    Differs,
}

/// The disk turned up after all, with this claim.
pub fn brought(
    write: &mut Write<'_>,
    holder: Holder,
    claim: &Claim,
    now: Timestamp,
) -> Result<Brought, StoreError> {
    let Some(entered) = here(&write.sql, holder.device, &claim.number, Some(claim.id))?
        .filter(|kept| is_entered(kept) && kept.holder() == Some(holder))
    else {
        return Ok(Brought::New);
    };
    let worker = workers::resolve_or_note(write, claim.worker)?;
    let is_same = claim.state != ClaimState::Provisional
        && (entered.claim.job, entered.claim.worker) == (claim.job, worker);
    if !is_same {
        take_back(write, &entered, now)?;
        return Ok(Brought::Differs);
    }
    rename(write, entered.claim.id, claim.id)?;
    write.sql.execute(
        "UPDATE claim SET number = ?2, worker_there = ?3, channel = ?4, made_at = ?5 WHERE id = ?1",
        params![
            claim.id.to_string(),
            claim.number,
            claim.worker.to_string(),
            claim.channel.code(),
            sql::micros(claim.made_at)
        ],
    )?;
    if let Some(kept) = claims::one(&write.sql, claim.id)? {
        claims::tell_device(write, &kept);
    }
    Ok(Brought::Same)
}

/// Whether a slip of that job was entered for a holder and its claim has not come from the disk: then not
/// the device is suspected where more claims come than it had rights.
pub fn waits(connection: &Connection, holder: Holder, job: JobId) -> Result<bool, StoreError> {
    Ok(connection
        .prepare_cached(
            "SELECT 1 FROM claim
             WHERE job = ?1 AND device = ?2 AND right_epoch = ?3 AND channel = 'staff'",
        )?
        .exists(params![
            job.to_string(),
            holder.device.to_string(),
            holder.epoch.0
        ])?)
}

fn is_entered(kept: &Stored) -> bool {
    kept.claim.channel == Channel::Staff && kept.right_epoch.is_some()
}

/// What was entered is not what the device confirmed: it ends with notice, and its right is in doubt again.
/// One at which somebody works, or has ended, stays as it is.
fn take_back(write: &mut Write<'_>, entered: &Stored, now: Timestamp) -> Result<(), StoreError> {
    let mut ended = entered.clone();
    ended.claim.id = ClaimId(Uuid::new_v4());
    // The id may be that of the claim which comes now.
    rename(write, entered.claim.id, ended.claim.id)?;
    if !entered.claim.state.is_coming() {
        return Ok(());
    }
    let Some(holder) = entered.holder() else {
        return Ok(());
    };
    let (row, mut ledger) =
        ledger::load(&write.sql, entered.claim.job, now)?.ok_or(StoreError::NotFound("job"))?;
    ledger.slip_taken_back(holder);
    ledger::save(write, row, &ledger)?;
    let turn = Turn::cancelled(ClaimReason::Duplicate);
    if let Some(state) = ended.claim.state.after(turn.event) {
        (ended.claim.state, ended.claim.reason) = (state, turn.reason);
    }
    // No right is behind it any more.
    ended.right_epoch = None;
    claims::update(write, &ended)
}

/// A claim goes by another id from now on, and so does what was said of it.
fn rename(write: &Write<'_>, from: ClaimId, to: ClaimId) -> Result<(), StoreError> {
    if from == to {
        return Ok(());
    }
    for sql in [
        "UPDATE claim SET id = ?2 WHERE id = ?1",
        "UPDATE OR IGNORE rating SET claim = ?2 WHERE claim = ?1",
        "UPDATE complaint SET claim = ?2 WHERE claim = ?1",
    ] {
        write.sql.execute(sql, [from.to_string(), to.to_string()])?;
    }
    Ok(())
}
