//! Claims that devices took, and what became of them there.

use super::super::claims::{self, Stored, Turn};
use super::super::slips::{self, Brought};
use super::super::write::Write;
use super::super::{devices, jobs, ledger, restored, sql, witness, workers, written_off};
use super::Flags;
use crate::store::StoreError;
use gighall_core::claim::{Claim, ClaimReason, ClaimState};
use gighall_core::id::{ClaimId, JobId, WorkerId};
use gighall_core::job::{Job, JobState};
use gighall_core::rights::{Holder, Receipt};
use gighall_core::rules;
use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, params};

/// Marks claims of a person whom the hub has erased: nobody's name stands behind them.
const ERASED: &str = "worker-erased";

/// Marks claims of which staff had entered a slip that said otherwise.
const SLIP_DIFFERS: &str = "slip-differs";

/// Rule 3: a claim that a right backs is taken, whatever has happened since; what must end is
/// cancelled with notice.
pub fn confirmed(
    write: &mut Write<'_>,
    holder: Holder,
    claim: &Claim,
    now: Timestamp,
) -> Result<Flags, StoreError> {
    let mut differs = None;
    match slips::brought(write, holder, claim, now)? {
        Brought::New => {}
        Brought::Same => {
            what_came_early(write, Some(holder), claim.id, now)?;
            return Ok(vec!["known-claim"]);
        }
        Brought::Differs => differs = Some(SLIP_DIFFERS),
    }
    if let Some(kept) = claims::one(&write.sql, claim.id)? {
        return confirmed_again(write, holder, &kept, &claim.number, now);
    }
    let Some(job) = jobs::one(&write.sql, claim.job)? else {
        return Ok(vec!["unknown-job"]);
    };
    let worker = workers::resolve_or_note(write, claim.worker)?;
    let judgement = claims::judge(write, &job, worker, claim.made_at)?;
    let must_end = must_end(&write.sql, &job, worker, claim.made_at)?;
    let (mut flags, is_oversold) = receive(write, holder, claim, now)?;
    flags.extend(differs);
    if workers::erased_at(&write.sql, worker)?.is_some() {
        flags.push(ERASED);
    }
    let stored = Stored {
        claim: Claim {
            worker,
            device: Some(holder.device),
            state: match claim.state {
                ClaimState::Claimed => ClaimState::Claimed,
                _ => ClaimState::Confirmed,
            },
            reason: None,
            ..claim.clone()
        },
        worker_there: claim.worker,
        right_epoch: Some(holder.epoch),
    };
    claims::insert(write, &stored, now)?;
    witness::tell(write, &stored)?;
    if let Err(reason) = judgement {
        flags.push(reason.code());
    }
    if let Some(reason) = must_end.or(is_oversold.then_some(ClaimReason::Full)) {
        claims::advance(write, &stored, Turn::cancelled(reason), None, now)?;
    }
    what_came_early(write, Some(holder), claim.id, now)?;
    Ok(flags)
}

/// Why a right-backed claim cannot stay: everything else that stands against it is for staff.
pub fn must_end(
    connection: &Connection,
    job: &Job,
    worker: WorkerId,
    made_at: Timestamp,
) -> Result<Option<ClaimReason>, StoreError> {
    if job.state == JobState::Cancelled {
        return Ok(Some(ClaimReason::JobWithdrawn));
    }
    let held = claims::held(connection, worker, made_at)?;
    let twice = held.iter().any(|other| other.job == job.id);
    Ok(twice.then_some(ClaimReason::Duplicate))
}

/// Accounts for a right-backed claim that is new at the hub. Says whether it has no place: it went to
/// somebody else, as staff had written it off, or no right ever stood behind the claim and the job is full
/// or another hall's.
fn receive(
    write: &mut Write<'_>,
    holder: Holder,
    claim: &Claim,
    now: Timestamp,
) -> Result<(Flags, bool), StoreError> {
    let (row, mut ledger) =
        ledger::load(&write.sql, claim.job, now)?.ok_or(StoreError::NotFound("job"))?;
    let mut flags = vec![];
    let mut is_oversold = false;
    if restored::is_unreported(&write.sql, holder)? {
        ledger.receive_in_doubt(holder);
    } else if ledger.receive_claim(holder) == Receipt::Overdrawn {
        if written_off::is_written_off(&write.sql, holder)? {
            flags.push("written-off");
            is_oversold = ledger.is_oversold();
        } else if slips::waits(&write.sql, holder, claim.job)? {
            flags.push("beyond-slips");
            is_oversold = ledger.is_oversold();
        } else {
            devices::quarantine(write, holder, "it confirmed more claims than it had rights")?;
            flags.push("overdrawn");
            is_oversold = ledger.is_oversold() || is_foreign(write, holder, claim.job)?;
        }
    }
    ledger::save(write, row, &ledger)?;
    Ok((flags, is_oversold))
}

/// Whether a job is another hall's than the device's: no honest device says anything of it.
fn is_foreign(write: &Write<'_>, holder: Holder, job: JobId) -> Result<bool, StoreError> {
    let hall = devices::hall(&write.sql, holder.device)?;
    let job = jobs::one(&write.sql, job)?;
    Ok(job.map(|job| job.hall) != hall)
}

/// The device spent a right on a claim that is here: it asked the hub directly and never got the
/// answer, or it took it provisionally before. The right holds the place from now on.
fn confirmed_again(
    write: &mut Write<'_>,
    holder: Holder,
    kept: &Stored,
    number: &str,
    now: Timestamp,
) -> Result<Flags, StoreError> {
    if kept.right_epoch.is_some() {
        return Ok(vec!["known-claim"]);
    }
    let (flags, has_no_place) = receive(write, holder, &kept.claim, now)?;
    let (row, mut ledger) =
        ledger::load(&write.sql, kept.claim.job, now)?.ok_or(StoreError::NotFound("job"))?;
    let mut after = kept.clone();
    after.claim.device = Some(holder.device);
    after.right_epoch = Some(holder.epoch);
    adopt_number(write, &mut after, holder, number)?;
    if kept.claim.state.holds_place() {
        ledger.cancel_direct();
    } else if kept.claim.state == ClaimState::Rejected && !has_no_place {
        after.claim.state = ClaimState::Confirmed;
        after.claim.reason = None;
    } else {
        ledger.cancel_backed(holder);
    }
    ledger::save(write, row, &ledger)?;
    claims::update(write, &after)?;
    claims::tell_device(write, &after);
    witness::tell(write, &after)?;
    Ok(flags)
}

/// The number that a terminal printed because the hub's answer was lost is the one on the worker's
/// paper: the hub takes it, unless it is another claim's. Says whether it changed.
fn adopt_number(
    write: &Write<'_>,
    kept: &mut Stored,
    holder: Holder,
    number: &str,
) -> Result<bool, StoreError> {
    let taken = write
        .sql
        .prepare_cached("SELECT 1 FROM claim WHERE number = ?1")?
        .exists([number])?;
    let is_its_own = kept.claim.device == Some(holder.device);
    if taken || !is_its_own {
        return Ok(false);
    }
    number.clone_into(&mut kept.claim.number);
    Ok(true)
}

/// Rule 13: decides on a claim that was taken without a right.
pub fn provisional(
    write: &mut Write<'_>,
    holder: Holder,
    claim: &Claim,
    now: Timestamp,
) -> Result<Flags, StoreError> {
    let mut flags = vec![];
    // A slip of one that was never confirmed holds no place, whatever staff took it for.
    if matches!(slips::brought(write, holder, claim, now)?, Brought::Differs) {
        flags.push(SLIP_DIFFERS);
    }
    if let Some(mut kept) = claims::one(&write.sql, claim.id)? {
        if adopt_number(write, &mut kept, holder, &claim.number)? {
            claims::update(write, &kept)?;
        }
        claims::tell_device(write, &kept);
        return Ok(vec!["known-claim"]);
    }
    let Some(job) = jobs::one(&write.sql, claim.job)? else {
        return Ok(vec!["unknown-job"]);
    };
    let worker = workers::resolve_or_note(write, claim.worker)?;
    let erased = workers::erased_at(&write.sql, worker)?.is_some();
    let foreign = is_foreign(write, holder, claim.job)?;
    let (state, reason) = if erased || foreign {
        (ClaimState::Rejected, None)
    } else {
        decided(write, &job, worker, now)?
    };
    let stored = Stored {
        claim: Claim {
            worker,
            device: Some(holder.device),
            state,
            reason,
            ..claim.clone()
        },
        worker_there: claim.worker,
        right_epoch: None,
    };
    claims::insert(write, &stored, now)?;
    claims::tell_device(write, &stored);
    witness::tell(write, &stored)?;
    what_came_early(write, Some(holder), claim.id, now)?;
    flags.extend(erased.then_some(ERASED));
    flags.extend(foreign.then_some("other-hall"));
    Ok(flags)
}

/// How a claim without a right stands once the hub has looked for a place. It waits on while the hub
/// waits for its devices.
pub fn decided(
    write: &mut Write<'_>,
    job: &Job,
    worker: WorkerId,
    now: Timestamp,
) -> Result<(ClaimState, Option<ClaimReason>), StoreError> {
    match claims::take_place(write, job, worker, now)? {
        Ok(()) => Ok((claims::taken_state(job), None)),
        Err(StoreError::NotAllowed(reason)) => Ok((ClaimState::Rejected, Some(reason))),
        Err(StoreError::HeldBack) => Ok((ClaimState::Provisional, None)),
        Err(StoreError::CapacityExhausted { .. }) => {
            Ok((ClaimState::Rejected, Some(ClaimReason::Full)))
        }
        Err(error) => Err(error),
    }
}

/// What a device said that ends a claim. Where it had ended otherwise before, the device has to know how.
fn ended_so(write: &mut Write<'_>, after: &Stored, so: ClaimState) -> Flags {
    if after.claim.state == so {
        return vec![];
    }
    claims::tell_device(write, after);
    vec!["ended-before"]
}

pub fn withdrawn(
    write: &mut Write<'_>,
    holder: Holder,
    id: ClaimId,
    now: Timestamp,
) -> Result<Flags, StoreError> {
    let Some(stored) = claims::one(&write.sql, id)? else {
        write.sql.execute(
            "INSERT INTO early_withdrawal (claim) VALUES (?1) ON CONFLICT DO NOTHING",
            [id.to_string()],
        )?;
        return Ok(vec!["unknown-claim"]);
    };
    let origin = Some(holder.device);
    let after = claims::advance(write, &stored, Turn::WITHDRAWN, origin, now)?;
    Ok(ended_so(write, &after, ClaimState::Withdrawn))
}

/// Staff saw the worker. Where nobody was expected with that slip, the record is flagged for staff and
/// the device that took the claim is told how it stands: the person stands at the gate all the same. One
/// that was made at `at`, too early for the job, is flagged: a terminal that does not know the slip could
/// not know that.
pub fn checked_in(
    write: &mut Write<'_>,
    holder: Holder,
    id: ClaimId,
    at: Timestamp,
    now: Timestamp,
) -> Result<Flags, StoreError> {
    let Some(stored) = claims::one(&write.sql, id)? else {
        write.sql.execute(
            "INSERT INTO early_check_in (claim) VALUES (?1) ON CONFLICT DO NOTHING",
            [id.to_string()],
        )?;
        return Ok(vec!["checked-in-unknown-claim"]);
    };
    let job = jobs::one(&write.sql, stored.claim.job)?;
    let is_early = job.is_some_and(|job| !rules::may_check_in(&job, at));
    let origin = Some(holder.device);
    let after = claims::advance(write, &stored, Turn::CHECKED_IN, origin, now)?;
    match after.claim.state {
        ClaimState::CheckedIn if is_early && stored.claim.state != ClaimState::CheckedIn => {
            Ok(vec!["checked-in-early"])
        }
        ClaimState::CheckedIn | ClaimState::Completed | ClaimState::Settled => Ok(vec![]),
        _ => {
            claims::tell_device(write, &after);
            Ok(vec!["checked-in-unexpected"])
        }
    }
}

/// The worker of a claim said at `at` that its pay had come.
pub fn settled(
    write: &mut Write<'_>,
    holder: Holder,
    id: ClaimId,
    at: Timestamp,
    now: Timestamp,
) -> Result<Flags, StoreError> {
    let Some(stored) = claims::one(&write.sql, id)? else {
        write.sql.execute(
            "INSERT INTO early_settlement (claim, at) VALUES (?1, ?2) ON CONFLICT DO NOTHING",
            params![id.to_string(), sql::micros(at)],
        )?;
        return Ok(vec!["unknown-claim"]);
    };
    let after = claims::settle(write, &stored, at, Some(holder.device), now)?;
    Ok(ended_so(write, &after, ClaimState::Settled))
}

/// What other devices said of a claim before it came, in the order in which it can have happened. A
/// withdrawal goes first: nobody can come to a place that was given up. The device that has just sent
/// the claim has not heard of the others' words, and is told.
pub fn what_came_early(
    write: &mut Write<'_>,
    holder: Option<Holder>,
    id: ClaimId,
    now: Timestamp,
) -> Result<(), StoreError> {
    let claim = id.to_string();
    let ended = "DELETE FROM early_withdrawal WHERE claim = ?1";
    if write.sql.execute(ended, [&claim])? > 0
        && let Some(stored) = claims::one(&write.sql, id)?
    {
        let origin = holder.map(|holder| holder.device);
        let after = claims::advance(write, &stored, Turn::WITHDRAWN, origin, now)?;
        ended_so(write, &after, ClaimState::Withdrawn);
    }
    let came = "DELETE FROM early_check_in WHERE claim = ?1";
    if write.sql.execute(came, [&claim])? > 0
        && let Some(stored) = claims::one(&write.sql, id)?
    {
        claims::advance(write, &stored, Turn::CHECKED_IN, None, now)?;
    }
    let paid: Option<i64> = write
        .sql
        .prepare_cached("DELETE FROM early_settlement WHERE claim = ?1 RETURNING at")?
        .query_row([&claim], |row| row.get(0))
        .optional()?;
    if let Some(at) = paid
        && let Some(stored) = claims::one(&write.sql, id)?
    {
        claims::settle(write, &stored, sql::time(at)?, None, now)?;
    }
    Ok(())
}
