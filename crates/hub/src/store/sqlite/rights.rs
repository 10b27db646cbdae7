//! Rights: grants, returns and recalls.

use super::write::Write;
use super::{devices, ledger, restored, sql};
use crate::store::StoreError;
use gighall_core::id::{HubEpoch, JobId};
use gighall_core::rights::{Grant, Holder, JobLedger, Receipt, reserve};
use gighall_core::wire::{Change, JobGrant, RightsAsk, Scope};
use jiff::{SignedDuration, Timestamp};
use rusqlite::{Connection, params};

/// A device is not asked for the same rights again before that.
const RECALL_PAUSE: SignedDuration = SignedDuration::from_secs(10);

/// The hub's epoch.
pub fn hub_epoch(connection: &Connection) -> Result<HubEpoch, StoreError> {
    let epoch = connection
        .prepare_cached("SELECT hub_epoch FROM meta")?
        .query_row([], |row| row.get(0))?;
    Ok(HubEpoch(epoch))
}

/// Rules 1 and 4, for one device and many jobs.
pub fn exchange(
    write: &mut Write<'_>,
    holder: Holder,
    asks: &[RightsAsk],
    now: Timestamp,
) -> Result<Vec<JobGrant>, StoreError> {
    let hall = devices::hall(&write.sql, holder.device)?.ok_or(StoreError::NotFound("device"))?;
    if devices::epoch(&write.sql, holder.device)? != Some(holder.epoch) {
        return Err(StoreError::EpochFenced);
    }
    if restored::is_unreported(&write.sql, holder)? {
        // What it gave back means nothing before it has said what it was granted.
        return Ok(vec![]);
    }
    let mut trusted = !devices::is_quarantined(&write.sql, holder)?;
    let hub_epoch = hub_epoch(&write.sql)?;
    let mut grants = Vec::with_capacity(asks.len());
    for ask in asks {
        let Some((row, mut ledger)) = ledger::load(&write.sql, ask.job, now)? else {
            continue;
        };
        if row.hall != hall {
            continue;
        }
        let granted = ledger.holders.get(&holder).map_or(0, |it| it.granted);
        if ask.known > granted && trusted {
            let why = "was lent rights that are not known here";
            restored::suspect(write, holder, why, now)?;
            return Ok(vec![]);
        }
        let kept_back = reserve(ledger.places);
        let (granted, receipt) = ledger.exchange(holder, ask, trusted, kept_back);
        if receipt == Receipt::Overdrawn {
            trusted = false;
            devices::quarantine(write, holder, "it reports more rights returned than it had")?;
        }
        ledger::save(write, row, &ledger)?;
        grants.push(JobGrant {
            job: ask.job,
            grant: Grant {
                epoch: holder.epoch,
                hub_epoch,
                granted,
            },
        });
    }
    Ok(grants)
}

/// Who holds unspent rights, and how many.
pub fn unspent(ledger: &JobLedger) -> Vec<(Holder, u32)> {
    ledger
        .holders
        .iter()
        .map(|(holder, account)| (*holder, account.unspent()))
        .filter(|(_, unspent)| *unspent > 0)
        .collect()
}

/// Asks the present enrolments among the holders for their rights to a job, unless that happened
/// a moment ago; gives the names of their devices.
pub fn recall(
    write: &mut Write<'_>,
    job: JobId,
    held_by: &[(Holder, u32)],
    now: Timestamp,
) -> Result<Vec<String>, StoreError> {
    let pause_began = now.saturating_sub(RECALL_PAUSE).unwrap_or(Timestamp::MIN);
    let mut names = Vec::new();
    for (holder, _) in held_by {
        if devices::epoch(&write.sql, holder.device)? != Some(holder.epoch) {
            continue;
        }
        names.push(devices::name(&write.sql, holder.device)?);
        let due = write
            .sql
            .prepare_cached(
                "UPDATE rights_account SET recalled_at = ?4
                 WHERE job = ?1 AND device = ?2 AND epoch = ?3
                   AND (recalled_at IS NULL OR recalled_at <= ?5 OR recalled_at > ?4)",
            )?
            .execute(params![
                job.to_string(),
                holder.device.to_string(),
                holder.epoch.0,
                sql::micros(now),
                sql::micros(pause_began)
            ])?;
        if due > 0 {
            write.tell(Scope::Device(holder.device), Change::Recall { job });
        }
    }
    Ok(names)
}
