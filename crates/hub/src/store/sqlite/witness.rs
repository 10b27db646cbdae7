//! Rule 12: what the hub does with the places of a hall's jobs is told to the hall's devices, in letters
//! that only the hub can write and read, and a hub that was put back from an older copy takes back from
//! them what it has forgotten. A letter says how a claim stood; of several about one claim an end counts
//! more than anything before it, so they may come twice, late and in any order.

use super::claims::{self, Stored, Turn};
use super::secrets::Keys;
use super::write::Write;
use super::{devices, jobs, ledger, outbox, sql, workers};
use crate::store::StoreError;
use gighall_core::claim::{Claim, ClaimReason, ClaimState};
use gighall_core::id::{DeviceId, Epoch, HallId, JobId, WorkerId};
use gighall_core::job::{Job, JobState};
use gighall_core::rights::{Holder, JobLedger};
use gighall_core::wire::Change;
use gighall_core::witness::{KEPT_MAX, Witnessed};
use gighall_core::worker::Channel;
use jiff::{SignedDuration, Timestamp};
use rusqlite::{Connection, OptionalExtension};
use serde::{Deserialize, Serialize};

/// Bound into each letter, so that nothing else that the hub encrypted is taken for one.
const PURPOSE: &str = "feed.witnessed";

/// A letter is kept that long after the last moment at which a place of its job is given, or the work has
/// begun: until then somebody may ask what became of a claim.
const KEPT_FOR: SignedDuration = SignedDuration::from_hours(24 * 30);

/// What a letter says. Later versions may say more.
#[derive(Serialize, Deserialize)]
struct Letter {
    claim: Claim,
    worker_there: WorkerId,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    right_epoch: Option<Epoch>,
}

/// What there is to be told of a claim. One that is not decided holds no place, and slips that staff entered
/// are entered again: they stand for a claim that has another id on its device's disk.
fn is_told(stored: &Stored) -> bool {
    let is_slip = stored.claim.channel == Channel::Staff && stored.right_epoch.is_some();
    stored.claim.state != ClaimState::Provisional && !is_slip
}

/// Closes a letter.
fn close(keys: &Keys, stored: &Stored, until: Timestamp) -> Result<Witnessed, StoreError> {
    let letter = Letter {
        claim: stored.claim.clone(),
        worker_there: stored.worker_there,
        right_epoch: stored.right_epoch,
    };
    // Who asks again gets the same answer, and who has it need not keep it twice.
    let closed = keys.vault.encrypt_alike(PURPOSE, &sql::json(&letter)?);
    Ok(Witnessed {
        until,
        closed: hex::encode(closed),
    })
}

/// Opens a letter; `None` where this hub did not write it.
fn open(keys: &Keys, witnessed: &Witnessed) -> Option<Stored> {
    let text = keys.vault.decrypt(PURPOSE, &witnessed.bytes()?).ok()?;
    let letter: Letter = serde_json::from_str(&text).ok()?;
    Some(Stored {
        claim: letter.claim,
        worker_there: letter.worker_there,
        right_epoch: letter.right_epoch,
    })
}

/// The hall of a job, and how long letters about its claims are kept.
fn of_job(connection: &Connection, job: JobId) -> Result<Option<(HallId, Timestamp)>, StoreError> {
    let found: Option<(String, i64)> = connection
        .prepare_cached("SELECT hall, max(starts_at, valid_until) FROM job WHERE id = ?1")?
        .query_row([job.to_string()], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    let Some((hall, last)) = found else {
        return Ok(None);
    };
    Ok(Some((sql::id(&hall)?, kept_until(sql::time(last)?))))
}

fn kept_until(last: Timestamp) -> Timestamp {
    last.saturating_add(KEPT_FOR).unwrap_or(Timestamp::MAX)
}

/// The letter about a claim as it stands; `None` where there is nothing to be told.
pub fn letter(write: &Write<'_>, stored: &Stored) -> Result<Option<Witnessed>, StoreError> {
    if !is_told(stored) {
        return Ok(None);
    }
    let Some((_, until)) = of_job(&write.sql, stored.claim.job)? else {
        return Ok(None);
    };
    close(write.keys, stored, until).map(Some)
}

/// Tells the devices of its job's hall how a claim stands.
pub fn tell(write: &mut Write<'_>, stored: &Stored) -> Result<(), StoreError> {
    if !is_told(stored) {
        return Ok(());
    }
    if let Some((hall, until)) = of_job(&write.sql, stored.claim.job)? {
        let witnessed = close(write.keys, stored, until)?;
        write.give_letter(hall, witnessed);
    }
    Ok(())
}

/// Letters about the newest claims of a hall, for a device that begins with a snapshot.
pub fn of_hall(
    connection: &Connection,
    keys: &Keys,
    hall: &HallId,
    each: &mut dyn FnMut(Change) -> Result<(), StoreError>,
) -> Result<(), StoreError> {
    let since = Timestamp::now().saturating_sub(KEPT_FOR);
    let since = since.unwrap_or(Timestamp::MIN);
    claims::of_jobs_since(connection, hall, since, KEPT_MAX, &mut |stored, last| {
        if !is_told(&stored) {
            return Ok(());
        }
        let witnessed = close(keys, &stored, kept_until(last))?;
        each(Change::Witnessed { witnessed })
    })
}

/// Takes back what a device of a hall was told. What this hub did not write, or is of another hall, is left
/// alone.
pub fn take(
    write: &mut Write<'_>,
    holder: Holder,
    hall: &HallId,
    letters: &[Witnessed],
    now: Timestamp,
) -> Result<(), StoreError> {
    let mut unread = 0;
    for witnessed in letters {
        let Some(said) = open(write.keys, witnessed) else {
            unread += 1;
            continue;
        };
        let job = jobs::one(&write.sql, said.claim.job)?.filter(|job| job.hall == *hall);
        let Some(job) = job else { continue };
        match claims::one(&write.sql, said.claim.id)? {
            Some(kept) => agree(write, &kept, &said, now)?,
            None => remember(write, &job, said, now)?,
        }
    }
    if unread > 0 {
        tracing::warn!(device = %holder.device, letters = unread,
            "a device hands back what this hub never wrote: it is left alone");
    }
    Ok(())
}

/// A claim that is here stood otherwise at the hub: it goes on from there.
fn agree(
    write: &mut Write<'_>,
    kept: &Stored,
    said: &Stored,
    now: Timestamp,
) -> Result<(), StoreError> {
    let (was, is) = (kept.claim.state, said.claim.state);
    if !was.is_live() {
        // What has ended stays so, whatever stood in an earlier letter.
        return Ok(());
    }
    if !is.is_live() {
        // The employer chose others for a claim of which a right turned out to be behind it: that one
        // stood again (`outbox::confirmed`).
        let stood_again =
            is == ClaimState::Rejected && said.right_epoch.is_none() && kept.right_epoch.is_some();
        if !stood_again {
            claims::stand(write, kept, is, said.claim.reason, None, now)?;
        }
        return Ok(());
    }
    let mut after = kept.clone();
    (after.claim.state, after.claim.reason) = (is, said.claim.reason);
    match was {
        ClaimState::Provisional => {
            after.right_epoch = hold_place(write, &after, said.right_epoch, now)?;
            after.claim.number.clone_from(&said.claim.number);
        }
        ClaimState::Claimed if is == ClaimState::Confirmed => {}
        _ => return Ok(()),
    }
    claims::update(write, &after)?;
    claims::tell_device(write, &after);
    // Who was not there has it from now on as well.
    tell(write, &after)
}

/// A claim that is not here.
fn remember(
    write: &mut Write<'_>,
    job: &Job,
    said: Stored,
    now: Timestamp,
) -> Result<(), StoreError> {
    // The person may have another id at this hub than at the one that wrote: who registered after the copy
    // is known by the device's id only.
    let worker = match workers::resolve(&write.sql, said.claim.worker)? {
        Some(worker) => worker,
        None => workers::resolve_or_note(write, said.worker_there)?,
    };
    let device = said.claim.device;
    let device = match device {
        Some(device) if devices::hall(&write.sql, device)?.is_some() => Some(device),
        // It was enrolled after the copy.
        _ => None,
    };
    let mut kept = Stored {
        claim: Claim {
            worker,
            device,
            ..said.claim
        },
        worker_there: said.worker_there,
        right_epoch: None,
    };
    if kept.claim.state.holds_place() && is_newest(write, &kept, now)? {
        kept.right_epoch = hold_place(write, &kept, said.right_epoch, now)?;
    } else {
        if kept.claim.state.holds_place() {
            kept.claim.state = ClaimState::EmployerCancelled;
            kept.claim.reason = Some(ClaimReason::Duplicate);
        }
        end_before_it_comes(write, &mut kept, said.right_epoch, now)?;
    }
    claims::insert(write, &kept, now)?;
    claims::tell_device(write, &kept);
    // Who was not there has it from now on as well.
    tell(write, &kept)?;
    outbox::what_came_early(write, None, kept.claim.id, now)?;
    if job.state == JobState::Cancelled
        && let Some(kept) = claims::one(&write.sql, kept.claim.id)?
        // Who is at the gathering place stays there.
        && kept.claim.state.is_coming()
    {
        let turn = Turn::cancelled(ClaimReason::JobWithdrawn);
        claims::advance(write, &kept, turn, None, now)?;
    }
    Ok(())
}

/// A claim that ended, and that a right may be behind: its record comes again with its device's log, and must
/// find that it has ended.
fn end_before_it_comes(
    write: &mut Write<'_>,
    ended: &mut Stored,
    right_epoch: Option<Epoch>,
    now: Timestamp,
) -> Result<(), StoreError> {
    if let Some(holder) = known_holder(write, ended.claim.device, right_epoch)? {
        change_ledger(write, ended.claim.job, now, |ledger| {
            ledger.receive_in_doubt(holder);
            ledger.cancel_backed(holder);
        })?;
        ended.right_epoch = right_epoch;
    }
    Ok(())
}

/// The hub gives a person one place of a job at a time. Where it gave several one after the other, those before
/// had ended, even if nobody says so: they end here. Says whether this one is the last.
fn is_newest(write: &mut Write<'_>, said: &Stored, now: Timestamp) -> Result<bool, StoreError> {
    let mut is_newest = true;
    for other in claims::coming_of_job(&write.sql, said.claim.job)? {
        if other.claim.worker != said.claim.worker {
            continue;
        }
        if other.claim.made_at > said.claim.made_at {
            is_newest = false;
        } else {
            let turn = Turn::cancelled(ClaimReason::Duplicate);
            claims::advance(write, &other, turn, None, now)?;
        }
    }
    Ok(is_newest)
}

/// A place is held again by a claim that held it before, by the right that was behind it where its enrolment
/// is known here. Gives that right.
fn hold_place(
    write: &mut Write<'_>,
    stored: &Stored,
    right_epoch: Option<Epoch>,
    now: Timestamp,
) -> Result<Option<Epoch>, StoreError> {
    let holder = known_holder(write, stored.claim.device, right_epoch)?;
    change_ledger(write, stored.claim.job, now, |ledger| match holder {
        Some(holder) => ledger.receive_in_doubt(holder),
        None => ledger.stand_again(),
    })?;
    Ok(holder.map(|holder| holder.epoch))
}

fn known_holder(
    write: &Write<'_>,
    device: Option<DeviceId>,
    right_epoch: Option<Epoch>,
) -> Result<Option<Holder>, StoreError> {
    let Some((device, epoch)) = device.zip(right_epoch) else {
        return Ok(None);
    };
    let holder = Holder { device, epoch };
    Ok(outbox::log_head(&write.sql, holder)?.map(|_| holder))
}

fn change_ledger(
    write: &mut Write<'_>,
    job: JobId,
    now: Timestamp,
    change: impl FnOnce(&mut JobLedger),
) -> Result<(), StoreError> {
    let (row, mut ledger) =
        ledger::load(&write.sql, job, now)?.ok_or(StoreError::NotFound("job"))?;
    change(&mut ledger);
    ledger::save(write, row, &ledger)
}
