//! The ledger of a job's places: columns of `job`, and a row of `rights_account` a holder. The
//! rules are the core's; here they are only loaded and written back.

use super::sql;
use super::write::Write;
use crate::store::StoreError;
use gighall_core::id::{Epoch, HallId, JobId};
use gighall_core::job::JobState;
use gighall_core::rights::{Holder, HolderAccount, JobLedger};
use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, params};
use std::collections::BTreeMap;

/// What of a job goes with its ledger.
#[derive(Clone, Debug)]
pub struct JobRow {
    /// Which job.
    pub id: JobId,
    /// Its hall.
    pub hall: HallId,
    /// Its state as stored.
    pub state: JobState,
    /// The ledger as it is stored.
    stored: JobLedger,
}

/// Loads a job's ledger.
pub fn load(
    connection: &Connection,
    id: JobId,
    now: Timestamp,
) -> Result<Option<(JobRow, JobLedger)>, StoreError> {
    let found = connection
        .prepare_cached(
            "SELECT hall, state, places, target, direct_live, valid_until, held, surplus_over FROM job
             WHERE id = ?1",
        )?
        .query_row([id.to_string()], |row| {
            Ok((
                row.get::<_, String>(0)?,
                row.get::<_, String>(1)?,
                (row.get(2)?, row.get(3)?, row.get(4)?),
                row.get::<_, i64>(5)?,
                (row.get(6)?, row.get(7)?),
            ))
        })
        .optional()?;
    let Some((hall, state, counters, valid_until, restored)) = found else {
        return Ok(None);
    };
    let ((places, target, direct_live), (held, surplus_over)) = (counters, restored);
    let state = sql::code(&state, JobState::from_code)?;
    let takes_claims = matches!(state, JobState::Published | JobState::Full);
    let ledger = JobLedger {
        places,
        target,
        direct_live,
        open: takes_claims && sql::micros(now) < valid_until,
        held,
        surplus_over,
        holders: holders(connection, id)?,
    };
    let row = JobRow {
        id,
        hall: sql::id(&hall)?,
        state,
        stored: ledger.clone(),
    };
    Ok(Some((row, ledger)))
}

fn holders(
    connection: &Connection,
    id: JobId,
) -> Result<BTreeMap<Holder, HolderAccount>, StoreError> {
    connection
        .prepare_cached(
            "SELECT device, epoch, granted, returned, claimed, cancelled
             FROM rights_account WHERE job = ?1",
        )?
        .query_and_then([id.to_string()], |row| {
            let holder = Holder {
                device: sql::id(&row.get::<_, String>(0)?)?,
                epoch: Epoch(row.get(1)?),
            };
            let account = HolderAccount {
                granted: row.get(2)?,
                returned: row.get(3)?,
                claimed: row.get(4)?,
                cancelled: row.get(5)?,
            };
            Ok((holder, account))
        })?
        .collect()
}

/// Writes back what changed of a ledger. A job on show becomes full or open again with its last place;
/// whatever changes on the screens goes into the feed.
pub fn save(write: &mut Write<'_>, row: JobRow, ledger: &JobLedger) -> Result<(), StoreError> {
    let state = match row.state {
        JobState::Published | JobState::Full if ledger.places_left() == 0 => JobState::Full,
        JobState::Published | JobState::Full => JobState::Published,
        other => other,
    };
    let beside_places = |it: &JobLedger| (it.places, it.target, it.held, it.surplus_over);
    if state == row.state && beside_places(ledger) == beside_places(&row.stored) {
        // As most claims do. What it leaves alone is in indexes, which SQLite would write anew.
        write
            .sql
            .prepare_cached("UPDATE job SET direct_live = ?2 WHERE id = ?1")?
            .execute(params![row.id.to_string(), ledger.direct_live])?;
    } else {
        write
            .sql
            .prepare_cached(
                "UPDATE job SET places = ?2, target = ?3, direct_live = ?4, state = ?5, held = ?6,
                     surplus_over = ?7
                 WHERE id = ?1",
            )?
            .execute(params![
                row.id.to_string(),
                ledger.places,
                ledger.target,
                ledger.direct_live,
                state.code(),
                ledger.held,
                ledger.surplus_over
            ])?;
    }
    for (holder, account) in &ledger.holders {
        if row.stored.holders.get(holder) != Some(account) {
            save_account(write, row.id, *holder, account)?;
        }
    }
    let shown = |it: &JobLedger| (it.target, it.places_left());
    if state != row.state || shown(ledger) != shown(&row.stored) {
        write.job_changed(row.id);
    }
    Ok(())
}

fn save_account(
    write: &Write<'_>,
    job: JobId,
    holder: Holder,
    account: &HolderAccount,
) -> Result<(), StoreError> {
    if *account == HolderAccount::default() {
        return Ok(());
    }
    write
        .sql
        .prepare_cached(
            "INSERT INTO rights_account (job, device, epoch, granted, returned, claimed, cancelled)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
             ON CONFLICT (job, device, epoch) DO UPDATE SET granted = excluded.granted,
                 returned = excluded.returned, claimed = excluded.claimed,
                 cancelled = excluded.cancelled",
        )?
        .execute(params![
            job.to_string(),
            holder.device.to_string(),
            holder.epoch.0,
            account.granted,
            account.returned,
            account.claimed,
            account.cancelled
        ])?;
    Ok(())
}
