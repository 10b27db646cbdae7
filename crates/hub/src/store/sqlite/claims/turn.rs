//! How a claim moves on, and what becomes of its place.

use super::super::ledger;
use super::super::write::Write;
use super::super::{jobs, pauses, sql, witness};
use super::{Stored, one, tell_device, update};
use crate::store::StoreError;
use gighall_core::claim::{ClaimEvent, ClaimReason, ClaimState};
use gighall_core::id::{ClaimId, DeviceId};
use gighall_core::rules::may_be_absent;
use gighall_core::wages;
use jiff::Timestamp;
use rusqlite::params;

/// What happens to a claim, with the reason that the worker is told.
#[derive(Clone, Copy, Debug)]
pub struct Turn {
    /// The event.
    pub event: ClaimEvent,
    /// The reason, where it is one that screens have words for.
    pub reason: Option<ClaimReason>,
}

impl Turn {
    /// The worker is there.
    pub const CHECKED_IN: Self = Self {
        event: ClaimEvent::CheckIn,
        reason: None,
    };

    /// The worker was not there after all.
    pub const CHECK_IN_UNDONE: Self = Self {
        event: ClaimEvent::UndoCheckIn,
        reason: None,
    };

    /// The worker withdraws.
    pub const WITHDRAWN: Self = Self {
        event: ClaimEvent::Withdraw,
        reason: Some(ClaimReason::ByWorker),
    };

    /// The worker says that the pay has come.
    pub const SETTLED: Self = Self {
        event: ClaimEvent::Settle,
        reason: None,
    };

    /// The hall or the employer ends a claim.
    pub fn cancelled(reason: ClaimReason) -> Self {
        Self {
            event: ClaimEvent::EmployerCancel,
            reason: Some(reason),
        }
    }
}

/// Moves a claim on, if its state allows that. Rule 5: the place of one that ends becomes free
/// once. `origin` is the device that says so and need not be told. Gives the claim as it stands
/// after.
pub fn advance(
    write: &mut Write<'_>,
    stored: &Stored,
    turn: Turn,
    origin: Option<DeviceId>,
    now: Timestamp,
) -> Result<Stored, StoreError> {
    let Some(next) = stored.claim.state.after(turn.event) else {
        return Ok(stored.clone());
    };
    stand(write, stored, next, turn.reason, origin, now)
}

/// A claim stands so from now on, as [`advance`] moves it and as a hub that was restored hears that it did.
pub fn stand(
    write: &mut Write<'_>,
    stored: &Stored,
    next: ClaimState,
    reason: Option<ClaimReason>,
    origin: Option<DeviceId>,
    now: Timestamp,
) -> Result<Stored, StoreError> {
    let mut after = stored.clone();
    after.claim.state = next;
    after.claim.reason = reason;
    update(write, &after)?;
    if stored.claim.state.holds_place() && !next.holds_place() {
        let (row, mut ledger) =
            ledger::load(&write.sql, stored.claim.job, now)?.ok_or(StoreError::NotFound("job"))?;
        match stored.holder() {
            Some(holder) => ledger.cancel_backed(holder),
            None => ledger.cancel_direct(),
        }
        ledger::save(write, row, &ledger)?;
    }
    if origin.is_none() || origin != stored.claim.device {
        tell_device(write, &after);
    }
    // What else becomes of a claim moves no place.
    if !next.holds_place() || next == ClaimState::Confirmed {
        witness::tell(write, &after)?;
    }
    Ok(after)
}

/// The worker said at `at` that the pay had come; otherwise as [`advance`]. Said again, it has no
/// further effect.
pub fn settle(
    write: &mut Write<'_>,
    stored: &Stored,
    at: Timestamp,
    origin: Option<DeviceId>,
    now: Timestamp,
) -> Result<Stored, StoreError> {
    let after = advance(write, stored, Turn::SETTLED, origin, now)?;
    if after.claim.state != stored.claim.state {
        // No clock of a device makes it come later than the word of it came here.
        let at = at.min(now);
        let job = jobs::one(&write.sql, stored.claim.job)?.ok_or(StoreError::NotFound("job"))?;
        let on_time = at < wages::late_from(&job, &write.keys.zone);
        write.sql.execute(
            "UPDATE claim SET settled_at = ?2, paid_on_time = ?3 WHERE id = ?1",
            params![stored.claim.id.to_string(), sql::micros(at), on_time],
        )?;
    }
    Ok(after)
}

/// The employer's decision on a claim that waits for it.
pub fn decide(
    write: &mut Write<'_>,
    id: ClaimId,
    chosen: bool,
    now: Timestamp,
) -> Result<(), StoreError> {
    let stored = one(&write.sql, id)?.ok_or(StoreError::NotFound("claim"))?;
    if stored.claim.state != ClaimState::Claimed {
        return Err(StoreError::NotWaiting);
    }
    let event = match chosen {
        true => ClaimEvent::Confirm,
        false => ClaimEvent::Reject,
    };
    let turn = Turn {
        event,
        reason: None,
    };
    advance(write, &stored, turn, None, now).map(drop)
}

/// The worker is at the gathering place.
pub fn check_in(write: &mut Write<'_>, id: ClaimId, now: Timestamp) -> Result<(), StoreError> {
    let stored = one(&write.sql, id)?.ok_or(StoreError::NotFound("claim"))?;
    let after = advance(write, &stored, Turn::CHECKED_IN, None, now)?;
    match after.claim.state {
        ClaimState::CheckedIn => Ok(()),
        state => Err(StoreError::NotExpected(state)),
    }
}

/// The check-in was a mistake: the worker is expected again.
pub fn undo_check_in(write: &mut Write<'_>, id: ClaimId, now: Timestamp) -> Result<(), StoreError> {
    let stored = one(&write.sql, id)?.ok_or(StoreError::NotFound("claim"))?;
    let after = advance(write, &stored, Turn::CHECK_IN_UNDONE, None, now)?;
    match after.claim.state {
        ClaimState::Confirmed => Ok(()),
        state => Err(StoreError::NotExpected(state)),
    }
}

/// The worker did not come.
pub fn mark_absent(write: &mut Write<'_>, id: ClaimId, now: Timestamp) -> Result<(), StoreError> {
    let stored = one(&write.sql, id)?.ok_or(StoreError::NotFound("claim"))?;
    let job = jobs::one(&write.sql, stored.claim.job)?.ok_or(StoreError::NotFound("job"))?;
    if stored.claim.state.is_coming() && !may_be_absent(&job, now) {
        return Err(StoreError::NotLateYet);
    }
    let turn = Turn {
        event: ClaimEvent::MissStart,
        reason: None,
    };
    match advance(write, &stored, turn, None, now)?.claim.state {
        ClaimState::NoShow if stored.claim.state == ClaimState::NoShow => Ok(()),
        ClaimState::NoShow => pauses::missed(write, id, stored.claim.worker, now),
        state => Err(StoreError::NotExpected(state)),
    }
}
