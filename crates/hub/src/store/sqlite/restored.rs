//! Rule 12: a hub whose data are an older copy raises its epoch, and gives no place of a hall before
//! every device of that hall has said what it holds and sent what it did.

use super::claims::{Stored, Turn};
use super::write::Write;
use super::{
    claims, devices, feed, jobs, ledger, outbox, rights, signing_keys, sql, witness, workers,
};
use crate::store::{Restored, StoreError, Surplus, Unreported};
use gighall_core::claim::{Claim, ClaimReason, ClaimState};
use gighall_core::id::{DeviceId, Epoch, HallId, HubEpoch, JobId};
use gighall_core::report::{LogHead, LogReport, ReportReply, ReportRequest};
use gighall_core::rights::Holder;
use gighall_core::wire::Cursor;
use jiff::Timestamp;
use rusqlite::{Connection, params};
use std::collections::BTreeMap;

/// Numbers of claims made at the hub go on at the next multiple of that: those that were given after
/// the copy are on people's slips.
const CLAIM_NUMBERS: i64 = 10_000;

/// So many enrolments at most were made after the copy: their prefixes are on people's slips.
const PREFIXES: i64 = 100;

/// The hub's epoch was raised so often at most after a copy was made. A device may say anything: it is
/// not to use the numbers up.
const HUB_EPOCHS_LOST: u32 = 1000;

/// The hub's data are an older copy: nothing is promised until everybody has reported. The new epoch
/// lies above every one that is known, here or by whoever says so (`above`).
pub fn raise(
    write: &mut Write<'_>,
    above: HubEpoch,
    why: &str,
    now: Timestamp,
) -> Result<HubEpoch, StoreError> {
    let own = rights::hub_epoch(&write.sql)?.0;
    let above = above.0.min(own.saturating_add(HUB_EPOCHS_LOST));
    let next = own.max(above).checked_add(1);
    let next = next.ok_or_else(|| StoreError::Unusable("there is no later epoch".to_owned()))?;
    let epoch = HubEpoch(next);
    write.sql.execute(
        "UPDATE meta SET hub_epoch = ?1, raised_at = ?2, raised_why = ?3, copied_at = NULL,
             last_direct = (last_direct / ?4 + 1) * ?4",
        params![epoch.0, sql::micros(now), why, CLAIM_NUMBERS],
    )?;
    let prefixes = "UPDATE sqlite_sequence SET seq = seq + ?1 WHERE name = 'enrolment'";
    if write.sql.execute(prefixes, [PREFIXES])? == 0 {
        let first = "INSERT INTO sqlite_sequence (name, seq) VALUES ('enrolment', ?1)";
        write.sql.execute(first, [PREFIXES])?;
    }
    // Who looked for slips that the hub does not know, looked at what it knew then.
    write.sql.execute("DELETE FROM write_off", [])?;
    write.sql.execute(
        "INSERT INTO unreported (device, epoch)
         SELECT device.id, device.epoch FROM device
         JOIN enrolment ON enrolment.device = device.id AND enrolment.epoch = device.epoch
         WHERE enrolment.written_off_at IS NULL
         ON CONFLICT DO NOTHING",
        [],
    )?;
    write.sql.execute(
        "UPDATE job SET held = 1 WHERE hall IN (SELECT device.hall FROM unreported
             JOIN device ON device.id = unreported.device)",
        [],
    )?;
    let waiting: i64 = write
        .sql
        .query_row("SELECT count(*) FROM unreported", [], |row| row.get(0))?;
    tracing::error!(
        epoch = epoch.0,
        waiting,
        "the hub's data are an older copy ({why}): no place is given in a hall before its devices \
         have reported; `gighall-hub status` names them"
    );
    Ok(epoch)
}

/// A device turns up that was enrolled after the copy: nothing was known of it, so its hall waits for it
/// as well. A store that did not know that it is a copy knows it now.
pub fn wait_for(
    write: &mut Write<'_>,
    device: DeviceId,
    forgotten: impl Iterator<Item = Epoch>,
    now: Timestamp,
) -> Result<(), StoreError> {
    for epoch in forgotten {
        devices::remember_enrolment(write, Holder { device, epoch }, now)?;
    }
    let raised: Option<i64> = write
        .sql
        .query_row("SELECT raised_at FROM meta", [], |row| row.get(0))?;
    if raised.is_none() {
        let name = devices::name(&write.sql, device)?;
        let why = format!("{name} has an enrolment that is not known here");
        return raise(write, HubEpoch::default(), &why, now).map(drop);
    }
    write.sql.execute(
        "UPDATE job SET held = 1 WHERE hall = (SELECT hall FROM device WHERE id = ?1)",
        [device.to_string()],
    )?;
    Ok(())
}

/// Whether that enrolment is still to say what it holds.
pub fn is_unreported(connection: &Connection, holder: Holder) -> Result<bool, StoreError> {
    Ok(connection
        .prepare_cached("SELECT 1 FROM unreported WHERE device = ?1 AND epoch = ?2")?
        .exists(params![holder.device.to_string(), holder.epoch.0])?)
}

fn is_device_unreported(connection: &Connection, device: DeviceId) -> Result<bool, StoreError> {
    Ok(connection
        .prepare_cached("SELECT 1 FROM unreported WHERE device = ?1 LIMIT 1")?
        .exists([device.to_string()])?)
}

/// Whether a hall still waits for a device.
pub fn is_hall_held(connection: &Connection, hall: &HallId) -> Result<bool, StoreError> {
    Ok(connection
        .prepare_cached(
            "SELECT 1 FROM unreported JOIN device ON device.id = unreported.device
             WHERE device.hall = ?1 LIMIT 1",
        )?
        .exists([hall.as_str()])?)
}

/// A device has read further in a feed than it goes here: the store is an older copy. Nothing is
/// concluded from one that is still to report, or that is not trusted.
pub fn read_further(
    write: &mut Write<'_>,
    holder: Holder,
    cursors: &[Cursor],
    now: Timestamp,
) -> Result<(), StoreError> {
    let mut further = false;
    for cursor in cursors {
        further |= cursor.seq > feed::head(&write.sql, &cursor.scope)?;
    }
    if further {
        suspect(
            write,
            holder,
            "has read further in the feed than it goes here",
            now,
        )?;
    }
    Ok(())
}

/// A device that is trusted and has reported shows that the store is an older copy.
pub fn suspect(
    write: &mut Write<'_>,
    holder: Holder,
    why: &str,
    now: Timestamp,
) -> Result<(), StoreError> {
    if is_unreported(&write.sql, holder)? || devices::is_quarantined(&write.sql, holder)? {
        return Ok(());
    }
    let name = devices::name(&write.sql, holder.device)?;
    raise(write, HubEpoch::default(), &format!("{name} {why}"), now).map(drop)
}

/// Takes a report. A device that knows more of itself than this store ever said shows that the store
/// is an older copy.
pub fn report(
    write: &mut Write<'_>,
    holder: Holder,
    request: &ReportRequest,
    now: Timestamp,
) -> Result<ReportReply, StoreError> {
    if devices::epoch(&write.sql, holder.device)? != Some(holder.epoch) {
        return Err(StoreError::EpochFenced);
    }
    let hall = devices::hall(&write.sql, holder.device)?.ok_or(StoreError::NotFound("device"))?;
    let own = rights::hub_epoch(&write.sql)?;
    if !devices::is_quarantined(&write.sql, holder)?
        && let Some(why) = evidence(write, holder, &hall, request, now)?
    {
        let name = devices::name(&write.sql, holder.device)?;
        let why = format!("{name} {why}");
        let hub_epoch = raise(write, request.hub_epoch, &why, now)?;
        return Ok(incomplete(hub_epoch));
    }
    if request.hub_epoch != own {
        return Ok(incomplete(own));
    }
    if is_unreported(&write.sql, holder)? {
        // It may have got another key after the copy.
        signing_keys::rotate(write, holder.device, &request.public_key, now)?;
        take_rights(write, holder, &hall, request, now)?;
    }
    let asks_claims = is_device_unreported(&write.sql, holder.device)?;
    if asks_claims && !devices::is_quarantined(&write.sql, holder)? {
        witness::take(write, holder, &hall, &request.witnessed, now)?;
    }
    let logs = heads(&write.sql, holder.device, &request.logs)?;
    let has_all = request.last && has_all(&write.sql, holder, &request.logs, &logs)?;
    let complete = has_all && (request.claims.is_some() || !asks_claims);
    if complete {
        // Who made them is in the logs.
        if asks_claims {
            take_claims(write, holder, &hall, request, now)?;
        }
        tick_off(write, holder, &request.logs)?;
        release(write, &hall, now)?;
    }
    Ok(ReportReply {
        hub_epoch: own,
        logs,
        asks_claims,
        complete,
    })
}

fn incomplete(hub_epoch: HubEpoch) -> ReportReply {
    ReportReply {
        hub_epoch,
        logs: vec![],
        asks_claims: false,
        complete: false,
    }
}

/// What of a report this store cannot have forgotten, were it the one that the device spoke with last.
fn evidence(
    write: &Write<'_>,
    holder: Holder,
    hall: &HallId,
    request: &ReportRequest,
    now: Timestamp,
) -> Result<Option<&'static str>, StoreError> {
    let own = rights::hub_epoch(&write.sql)?;
    if request.hub_epoch > own {
        return Ok(Some("knows a later epoch of the hub"));
    }
    if request.hub_epoch < own || is_unreported(&write.sql, holder)? {
        return Ok(None);
    }
    for said in &request.rights {
        // Of a job that is not here nothing can be noted, so it would be found again and again.
        let Some((row, ledger)) = ledger::load(&write.sql, said.job, now)? else {
            continue;
        };
        let account = ledger.holders.get(&holder).copied().unwrap_or_default();
        if row.hall == *hall && said.granted > account.granted {
            return Ok(Some("was lent rights that are not known here"));
        }
    }
    for log in &request.logs {
        let of = Holder {
            epoch: log.epoch,
            ..holder
        };
        let head = outbox::log_head(&write.sql, of)?.unwrap_or_default();
        if log.acknowledged > head.seq && !is_unreported(&write.sql, of)? {
            return Ok(Some("was told that records had come which are not here"));
        }
    }
    Ok(None)
}

fn take_rights(
    write: &mut Write<'_>,
    holder: Holder,
    hall: &HallId,
    request: &ReportRequest,
    now: Timestamp,
) -> Result<(), StoreError> {
    for said in &request.rights {
        let Some((row, mut ledger)) = ledger::load(&write.sql, said.job, now)? else {
            continue;
        };
        if row.hall == *hall {
            ledger.report(holder, said.granted, said.returned);
            ledger::save(write, row, &ledger)?;
        }
    }
    Ok(())
}

/// Claims that the device made at the hub: a worker was told of each that it is confirmed.
fn take_claims(
    write: &mut Write<'_>,
    holder: Holder,
    hall: &HallId,
    request: &ReportRequest,
    now: Timestamp,
) -> Result<(), StoreError> {
    for said in request.claims.iter().flatten() {
        let is_here = claims::one(&write.sql, said.id)?.is_some();
        let Some(job) = jobs::one(&write.sql, said.job)?.filter(|job| job.hall == *hall) else {
            continue;
        };
        if is_here || !said.state.holds_place() {
            continue;
        }
        let worker = workers::resolve_or_note(write, said.worker)?;
        let must_end = outbox::must_end(&write.sql, &job, worker, said.made_at)?;
        let (row, mut ledger) =
            ledger::load(&write.sql, job.id, now)?.ok_or(StoreError::NotFound("job"))?;
        let has_place = ledger.direct_again();
        ledger::save(write, row, &ledger)?;
        let mut kept = Stored {
            claim: Claim {
                worker,
                device: Some(holder.device),
                reason: None,
                ..said.clone()
            },
            worker_there: said.worker,
            right_epoch: None,
        };
        if !has_place {
            kept.claim.state = ClaimState::EmployerCancelled;
            kept.claim.reason = Some(ClaimReason::Full);
        }
        claims::insert(write, &kept, now)?;
        witness::tell(write, &kept)?;
        match must_end {
            // Who is at the gathering place stays there.
            Some(reason) if has_place && kept.claim.state.is_coming() => {
                claims::advance(write, &kept, Turn::cancelled(reason), None, now)?;
            }
            _ if !has_place => claims::tell_device(write, &kept),
            _ => {}
        }
    }
    Ok(())
}

/// Where the hub's copies of those logs stand.
fn heads(
    connection: &Connection,
    device: DeviceId,
    logs: &[LogReport],
) -> Result<Vec<LogHead>, StoreError> {
    let mut heads = Vec::with_capacity(logs.len());
    for LogReport { epoch, .. } in logs {
        let epoch = *epoch;
        let head = outbox::log_head(connection, Holder { device, epoch })?;
        heads.extend(head.map(|head| LogHead { epoch, head }));
    }
    Ok(heads)
}

/// Whether the hub's copies end where the device's logs do. One that goes on here is of a device that is
/// an older copy itself: it does not know what it holds. Where it has begun another epoch since, it holds
/// nothing of the one before, and has the beginning of that log only.
fn has_all(
    connection: &Connection,
    holder: Holder,
    logs: &[LogReport],
    heads: &[LogHead],
) -> Result<bool, StoreError> {
    for log in logs {
        let head = heads.iter().find(|kept| kept.epoch == log.epoch);
        let is_whole = head.is_some_and(|kept| kept.head == log.head);
        if is_whole {
            continue;
        }
        let of = Holder {
            epoch: log.epoch,
            ..holder
        };
        let ended = log.epoch < holder.epoch;
        if !ended || outbox::kept_hash(connection, of, log.head.seq)? != Some(log.head.hash) {
            return Ok(false);
        }
    }
    Ok(true)
}

fn tick_off(write: &Write<'_>, holder: Holder, logs: &[LogReport]) -> Result<(), StoreError> {
    let whole = logs.iter().filter(|log| log.whole).map(|log| log.epoch);
    for epoch in whole.chain([holder.epoch]) {
        write.sql.execute(
            "DELETE FROM unreported WHERE device = ?1 AND epoch = ?2",
            params![holder.device.to_string(), epoch.0],
        )?;
    }
    Ok(())
}

/// Gives the places of a hall's jobs free, if it waits for nobody any more. Whoever took a provisional
/// claim meanwhile is first.
pub fn release(write: &mut Write<'_>, hall: &HallId, now: Timestamp) -> Result<(), StoreError> {
    if is_hall_held(&write.sql, hall)? {
        return Ok(());
    }
    let held: Vec<String> = write
        .sql
        .prepare_cached("SELECT id FROM job WHERE hall = ?1 AND held = 1")?
        .query_map([hall.as_str()], |row| row.get(0))?
        .collect::<Result<_, _>>()?;
    for id in &held {
        let id: JobId = sql::id(id)?;
        let (row, mut ledger) =
            ledger::load(&write.sql, id, now)?.ok_or(StoreError::NotFound("job"))?;
        ledger.release();
        if ledger.surplus_over.is_some() {
            tracing::error!(hall = %hall, job = %id,
                "claims stand again of which no device knew that they had ended: there are more than \
                 places; `gighall-hub status` lists them");
        }
        ledger::save(write, row, &ledger)?;
        write.job_changed(id);
        decide_waiting(write, id, now)?;
    }
    if !held.is_empty() {
        tracing::warn!(hall = %hall, jobs = held.len(),
            "every device has reported: places are given again");
    }
    Ok(())
}

fn decide_waiting(write: &mut Write<'_>, id: JobId, now: Timestamp) -> Result<(), StoreError> {
    let job = jobs::one(&write.sql, id)?.ok_or(StoreError::NotFound("job"))?;
    let mut waiting = claims::coming_of_job(&write.sql, id)?;
    waiting.retain(|kept| kept.claim.state == ClaimState::Provisional);
    waiting.sort_by_key(|kept| (kept.claim.made_at, kept.claim.id));
    for mut kept in waiting {
        // It does not stand in its own way.
        kept.claim.state = ClaimState::Rejected;
        claims::update(write, &kept)?;
        let (state, reason) = outbox::decided(write, &job, kept.claim.worker, now)?;
        (kept.claim.state, kept.claim.reason) = (state, reason);
        claims::update(write, &kept)?;
        claims::tell_device(write, &kept);
        witness::tell(write, &kept)?;
    }
    Ok(())
}

/// Jobs in which claims stand that have ended, as far as can be told by the number of places.
fn surplus(connection: &Connection) -> Result<Vec<Surplus>, StoreError> {
    let found: Vec<(String, u32, u32)> = connection
        .prepare_cached(
            "SELECT id, max(surplus_over, target), places FROM job
             WHERE surplus_over IS NOT NULL AND held = 0 AND state IN ('published', 'full')
             ORDER BY hall, number",
        )?
        .query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?
        .collect::<Result<_, _>>()?;
    let mut all = Vec::with_capacity(found.len());
    for (id, places, used) in found {
        let job = jobs::one(connection, sql::id(&id)?)?.ok_or(StoreError::NotFound("job"))?;
        all.push(Surplus {
            places,
            used,
            claims: claims::holding(connection, job.id)?,
            hall: job.hall,
            number: job.number,
            title: job.title,
        });
    }
    Ok(all)
}

/// How the hub stands, for staff.
pub fn status(connection: &Connection) -> Result<Restored, StoreError> {
    let (raised_at, raised_why): (Option<i64>, Option<String>) =
        connection.query_row("SELECT raised_at, raised_why FROM meta", [], |row| {
            Ok((row.get(0)?, row.get(1)?))
        })?;
    let waiting = connection
        .prepare_cached(
            "SELECT device.hall, device.name, unreported.epoch, device.seen_at
             FROM unreported JOIN device ON device.id = unreported.device
             ORDER BY device.hall, device.name, unreported.epoch",
        )?
        .query_and_then([], |row| {
            let seen_at: Option<i64> = row.get(3)?;
            Ok(Unreported {
                hall: sql::id(&row.get::<_, String>(0)?)?,
                device: row.get(1)?,
                epoch: Epoch(row.get(2)?),
                seen_at: seen_at.map(sql::time).transpose()?,
            })
        })?
        .collect::<Result<_, StoreError>>()?;
    let held: BTreeMap<HallId, u64> = connection
        .prepare_cached(
            "SELECT hall, count(*) FROM job WHERE held = 1 AND state IN ('published', 'full')
             GROUP BY hall",
        )?
        .query_and_then([], |row| {
            Ok((sql::id(&row.get::<_, String>(0)?)?, sql::uint(row.get(1)?)))
        })?
        .collect::<Result<_, StoreError>>()?;
    Ok(Restored {
        surplus: surplus(connection)?,
        hub_epoch: rights::hub_epoch(connection)?,
        raised_at: raised_at.map(sql::time).transpose()?,
        raised_why,
        waiting,
        held,
    })
}
