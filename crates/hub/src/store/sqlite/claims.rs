//! Claims: how they are stored, made at the hub, and ended.

mod turn;

pub use turn::{Turn, advance, check_in, decide, mark_absent, settle, stand, undo_check_in};

use super::ledger;
use super::write::Write;
use super::{jobs, pauses, rights, sql, witness, workers};
use crate::store::{NewClaim, StoreError};
use gighall_core::claim::{Claim, ClaimReason, ClaimState};
use gighall_core::hall::{HallFigures, PAID_DAYS};
use gighall_core::id::{ClaimId, DeviceId, Epoch, HallId, JobId, WorkerId};
use gighall_core::job::{ClaimMode, Job};
use gighall_core::rights::Holder;
use gighall_core::rules::{HeldClaim, may_claim};
use gighall_core::wages;
use gighall_core::wire::{Change, ClaimReply, ClaimWithJob, Scope};
use gighall_core::witness::Witnessed;
use gighall_core::worker::Channel;
use jiff::civil::{Date, Time, date};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use rusqlite::{Connection, Params, Row, params};

/// Most claims of a worker, and of a device's snapshot, that are listed.
const LISTED: i64 = 1000;

/// A claim as the hub keeps it.
#[derive(Clone, Debug)]
pub struct Stored {
    /// The claim, with the worker's id at the hub.
    pub claim: Claim,
    /// The worker's id as the device that took the claim knows it.
    pub worker_there: WorkerId,
    /// The epoch of the right that backs it.
    pub right_epoch: Option<Epoch>,
}

impl Stored {
    /// Whose right backs it.
    pub fn holder(&self) -> Option<Holder> {
        let (device, epoch) = self.claim.device.zip(self.right_epoch)?;
        Some(Holder { device, epoch })
    }

    /// As the device that took it knows it.
    pub fn as_there(&self) -> Claim {
        Claim {
            worker: self.worker_there,
            ..self.claim.clone()
        }
    }
}

const COLUMNS: &str = "claim.id, claim.number, claim.job, claim.worker, claim.worker_there,
    claim.device, claim.right_epoch, claim.channel, claim.state, claim.reason, claim.made_at";

/// How many columns [`COLUMNS`] names.
const WIDTH: usize = 11;

fn from_row(row: &Row<'_>) -> Result<Stored, StoreError> {
    let device: Option<String> = row.get(5)?;
    let reason: Option<String> = row.get(9)?;
    let right_epoch: Option<u32> = row.get(6)?;
    Ok(Stored {
        claim: Claim {
            id: sql::id(&row.get::<_, String>(0)?)?,
            number: row.get(1)?,
            job: sql::id(&row.get::<_, String>(2)?)?,
            worker: sql::id(&row.get::<_, String>(3)?)?,
            device: device.map(|id| sql::id(&id)).transpose()?,
            channel: sql::code(&row.get::<_, String>(7)?, Channel::from_code)?,
            state: sql::code(&row.get::<_, String>(8)?, ClaimState::from_code)?,
            reason: reason
                .map(|code| sql::code(&code, ClaimReason::from_code))
                .transpose()?,
            made_at: sql::time(row.get(10)?)?,
        },
        worker_there: sql::id(&row.get::<_, String>(4)?)?,
        right_epoch: right_epoch.map(Epoch),
    })
}

/// One claim.
pub fn one(connection: &Connection, id: ClaimId) -> Result<Option<Stored>, StoreError> {
    connection
        .prepare_cached(&format!("SELECT {COLUMNS} FROM claim WHERE id = ?1"))?
        .query_and_then([id.to_string()], from_row)?
        .next()
        .transpose()
}

/// One claim with its job.
pub fn with_job(connection: &Connection, id: ClaimId) -> Result<Option<ClaimWithJob>, StoreError> {
    let Some(stored) = one(connection, id)? else {
        return Ok(None);
    };
    let job = jobs::one(connection, stored.claim.job)?.ok_or(StoreError::NotFound("job"))?;
    Ok(Some(ClaimWithJob {
        claim: stored.claim,
        job,
    }))
}

/// A worker's claims with their jobs, newest first.
pub fn of_worker(
    connection: &Connection,
    worker: WorkerId,
) -> Result<Vec<ClaimWithJob>, StoreError> {
    let Some(worker) = workers::resolve(connection, worker)? else {
        return Ok(Vec::new());
    };
    connection
        .prepare_cached(&format!(
            "SELECT {COLUMNS}, {} FROM claim JOIN job ON job.id = claim.job
             WHERE claim.worker = ?1 ORDER BY claim.made_at DESC, claim.id LIMIT {LISTED}",
            jobs::COLUMNS
        ))?
        .query_and_then([worker.to_string()], |row| {
            Ok(ClaimWithJob {
                claim: from_row(row)?.claim,
                job: jobs::from_row(row, WIDTH)?,
            })
        })?
        .collect()
}

/// The newest claims that a device took, as it knows them.
pub fn taken_by(connection: &Connection, device: DeviceId) -> Result<Vec<Claim>, StoreError> {
    connection
        .prepare_cached(&format!(
            "SELECT {COLUMNS} FROM claim WHERE device = ?1 ORDER BY made_at DESC LIMIT {LISTED}"
        ))?
        .query_and_then([device.to_string()], |row| Ok(from_row(row)?.as_there()))?
        .collect()
}

/// A hall's claims of jobs that gave places, or began, after `since`, each with the later of the two; the newest
/// `most` of them.
pub fn of_jobs_since(
    connection: &Connection,
    hall: &HallId,
    since: Timestamp,
    most: u64,
    each: &mut dyn FnMut(Stored, Timestamp) -> Result<(), StoreError>,
) -> Result<(), StoreError> {
    connection
        .prepare_cached(&format!(
            "SELECT {COLUMNS}, max(job.starts_at, job.valid_until) FROM job
             JOIN claim ON claim.job = job.id
             WHERE job.hall = ?1 AND max(job.starts_at, job.valid_until) > ?2
             ORDER BY claim.arrived_at DESC LIMIT ?3"
        ))?
        .query_and_then(
            params![hall.as_str(), sql::micros(since), sql::int(most)],
            |row| Ok((from_row(row)?, sql::time(row.get(WIDTH)?)?)),
        )?
        .try_for_each(|found: Result<_, StoreError>| {
            let (stored, last) = found?;
            each(stored, last)
        })
}

/// Claims of a job whose workers are still to come.
pub fn coming_of_job(connection: &Connection, job: JobId) -> Result<Vec<Stored>, StoreError> {
    connection
        .prepare_cached(&format!(
            "SELECT {COLUMNS} FROM claim
             WHERE job = ?1 AND state IN ('provisional', 'claimed', 'confirmed')"
        ))?
        .query_and_then([job.to_string()], from_row)?
        .collect()
}

/// The claims of a job whose workers are at the gathering place.
pub fn checked_in_of_job(connection: &Connection, job: JobId) -> Result<Vec<Stored>, StoreError> {
    connection
        .prepare_cached(&format!(
            "SELECT {COLUMNS} FROM claim WHERE job = ?1 AND state = 'checked_in'"
        ))?
        .query_and_then([job.to_string()], from_row)?
        .collect()
}

/// Whether anybody ever claimed a job.
pub fn any_of_job(connection: &Connection, job: JobId) -> Result<bool, StoreError> {
    Ok(connection
        .prepare_cached("SELECT 1 FROM claim WHERE job = ?1 LIMIT 1")?
        .exists([job.to_string()])?)
}

/// What is counted of a hall on the day of `now`.
pub fn figures(
    connection: &Connection,
    zone: &TimeZone,
    hall: &HallId,
    now: Timestamp,
) -> Result<HallFigures, StoreError> {
    let day = zone.to_datetime(now).date();
    let midnight = zone.to_timestamp(day.to_datetime(Time::midnight()));
    let since = midnight.map_err(|error| StoreError::Unusable(error.to_string()))?;
    let claimed = connection
        .prepare_cached(
            "SELECT count(*) FROM claim JOIN job ON job.id = claim.job
             WHERE job.hall = ?1 AND claim.made_at BETWEEN ?2 AND ?3 AND claim.state IN
                 ('claimed', 'confirmed', 'checked_in', 'completed', 'settled')",
        )?
        .query_row(
            params![hall.as_str(), sql::micros(since), sql::micros(now)],
            |row| row.get(0),
        )?;
    let recent = now - SignedDuration::from_hours(24 * PAID_DAYS);
    let paid_on_time = connection
        .prepare_cached(
            "SELECT count(*) FROM claim JOIN job ON job.id = claim.job
             WHERE job.hall = ?1 AND claim.paid_on_time = 1 AND claim.settled_at BETWEEN ?2 AND ?3",
        )?
        .query_row(
            params![hall.as_str(), sql::micros(recent), sql::micros(now)],
            |row| row.get(0),
        )?;
    Ok(HallFigures {
        day,
        claimed,
        paid_on_time: Some(paid_on_time),
    })
}

/// What a worker holds at `now`: a claim of work that is over is in nobody's way.
pub fn held(
    connection: &Connection,
    worker: WorkerId,
    now: Timestamp,
) -> Result<Vec<HeldClaim>, StoreError> {
    let jobs: Vec<Job> = connection
        .prepare_cached(&format!(
            "SELECT {} FROM claim JOIN job ON job.id = claim.job
             WHERE claim.worker = ?1 AND claim.state IN ('provisional', 'claimed', 'confirmed',
                 'checked_in', 'completed', 'settled')",
            jobs::COLUMNS
        ))?
        .query_and_then([worker.to_string()], |row| jobs::from_row(row, 0))?
        .collect::<Result<_, StoreError>>()?;
    Ok(jobs
        .iter()
        .filter(|job| now < job.busy_until())
        .map(HeldClaim::of)
        .collect())
}

/// What stands against a claim, places aside.
pub fn judge(
    write: &Write<'_>,
    job: &Job,
    worker: WorkerId,
    now: Timestamp,
) -> Result<Result<(), ClaimReason>, StoreError> {
    /// Stands in for a person whose registration is unreadable: the terminal has checked the age.
    const SOMEBODY: Date = date(1980, 1, 1);
    let birth = workers::birth_date(&write.sql, write.keys, worker)?.unwrap_or(SOMEBODY);
    let held = held(&write.sql, worker, now)?;
    let pause = pauses::of_worker(&write.sql, worker)?;
    Ok(may_claim(job, birth, &held, pause, now, &write.keys.zone))
}

/// The state of a claim that has just got a place.
pub fn taken_state(job: &Job) -> ClaimState {
    match job.claim_mode {
        ClaimMode::FirstCome => ClaimState::Confirmed,
        ClaimMode::EmployerConfirms => ClaimState::Claimed,
    }
}

/// Stores a new claim.
pub fn insert(write: &Write<'_>, stored: &Stored, now: Timestamp) -> Result<(), StoreError> {
    let claim = &stored.claim;
    write
        .sql
        .prepare_cached(
            "INSERT INTO claim (id, number, job, worker, worker_there, device, right_epoch,
                                channel, state, reason, made_at, arrived_at)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)",
        )?
        .execute(params![
            claim.id.to_string(),
            claim.number,
            claim.job.to_string(),
            claim.worker.to_string(),
            stored.worker_there.to_string(),
            claim.device.map(|id| id.to_string()),
            stored.right_epoch.map(|epoch| epoch.0),
            claim.channel.code(),
            claim.state.code(),
            claim.reason.map(ClaimReason::code),
            sql::micros(claim.made_at),
            sql::micros(now)
        ])?;
    Ok(())
}

/// Writes back what can change of a claim.
pub fn update(write: &Write<'_>, stored: &Stored) -> Result<(), StoreError> {
    let claim = &stored.claim;
    write
        .sql
        .prepare_cached(
            "UPDATE claim SET state = ?2, reason = ?3, device = ?4, right_epoch = ?5, number = ?6
             WHERE id = ?1",
        )?
        .execute(params![
            claim.id.to_string(),
            claim.state.code(),
            claim.reason.map(ClaimReason::code),
            claim.device.map(|id| id.to_string()),
            stored.right_epoch.map(|epoch| epoch.0),
            claim.number
        ])?;
    Ok(())
}

/// Tells the device that took a claim how it stands.
pub fn tell_device(write: &mut Write<'_>, stored: &Stored) {
    if let Some(device) = stored.claim.device {
        let claim = stored.as_there();
        write.tell(Scope::Device(device), Change::Claim { claim });
    }
}

/// A claim that was made at the hub.
#[derive(Clone, Debug)]
pub struct Taken {
    /// As whoever asked knows it.
    pub claim: Claim,
    /// The job's hall, whose feed tells of the place.
    pub hall: HallId,
    /// What that feed tells of the claim, for whoever asked.
    witnessed: Option<Witnessed>,
}

/// Rule 6 for a claim that somebody waits for: at the job's hall, where `hall` says whose jobs it may be of.
/// The inner result is the answer: a refusal, too, has something to commit (rights are asked back).
pub fn direct(
    write: &mut Write<'_>,
    new: &NewClaim,
    hall: Option<&HallId>,
    now: Timestamp,
) -> Result<Result<Taken, StoreError>, StoreError> {
    let job =
        jobs::one(&write.sql, new.job)?.filter(|job| hall.is_none_or(|hall| job.hall == *hall));
    let Some(job) = job else {
        return Ok(Err(StoreError::NotFound("job")));
    };
    let Some(worker) = workers::resolve(&write.sql, new.worker)? else {
        return Ok(Err(StoreError::NotFound("worker")));
    };
    let stored = match one(&write.sql, new.id)? {
        Some(kept) if kept.claim.job == new.job && kept.claim.worker == worker => kept,
        Some(_) => return Ok(Err(StoreError::IdInUse("claim"))),
        None if workers::erased_at(&write.sql, worker)?.is_some() => {
            return Ok(Err(StoreError::NotFound("worker")));
        }
        None => match take_place(write, &job, worker, now)? {
            Ok(()) => made(write, new, &job, worker, now)?,
            Err(refusal) => return Ok(Err(refusal)),
        },
    };
    let witnessed = witness::letter(write, &stored)?;
    Ok(Ok(Taken {
        claim: Claim {
            worker: new.worker,
            ..stored.claim
        },
        hall: job.hall,
        witnessed,
    }))
}

/// Stores a claim that has just got a place.
fn made(
    write: &mut Write<'_>,
    new: &NewClaim,
    job: &Job,
    worker: WorkerId,
    now: Timestamp,
) -> Result<Stored, StoreError> {
    let stored = Stored {
        claim: Claim {
            id: new.id,
            number: next_number(write)?,
            job: job.id,
            worker,
            device: new.device,
            channel: new.channel,
            state: taken_state(job),
            reason: None,
            // As it is stored, so that whoever asks again gets the same answer.
            made_at: sql::time(sql::micros(now))?,
        },
        worker_there: new.worker,
        right_epoch: None,
    };
    insert(write, &stored, now)?;
    witness::tell(write, &stored)?;
    Ok(stored)
}

impl Taken {
    /// The answer to whoever asked, once the hall's feed has been told.
    pub fn reply(self, feed_head: u64) -> ClaimReply {
        ClaimReply {
            claim: self.claim,
            feed_head,
            witnessed: self.witnessed,
        }
    }
}

/// Takes a free place of a job for a worker, if the rules and the places allow it. Otherwise asks
/// the devices that hold rights for them.
pub fn take_place(
    write: &mut Write<'_>,
    job: &Job,
    worker: WorkerId,
    now: Timestamp,
) -> Result<Result<(), StoreError>, StoreError> {
    if let Err(reason) = judge(write, job, worker, now)? {
        return Ok(Err(StoreError::NotAllowed(reason)));
    }
    let (row, mut ledger) =
        ledger::load(&write.sql, job.id, now)?.ok_or(StoreError::NotFound("job"))?;
    match ledger.claim_direct() {
        Ok(()) => {
            ledger::save(write, row, &ledger)?;
            Ok(Ok(()))
        }
        Err(_) if ledger.held => Ok(Err(StoreError::HeldBack)),
        Err(exhausted) => {
            let elsewhere = rights::recall(write, job.id, &exhausted.held_by, now)?;
            Ok(Err(StoreError::CapacityExhausted { elsewhere }))
        }
    }
}

fn next_number(write: &Write<'_>) -> Result<String, StoreError> {
    let number: i64 = write
        .sql
        .prepare_cached("UPDATE meta SET last_direct = last_direct + 1 RETURNING last_direct")?
        .query_row([], |row| row.get(0))?;
    Ok(format!("00-{number:04}"))
}

/// A hall's claims that wait for the employer's decision, oldest first.
pub fn waiting(connection: &Connection, hall: &HallId) -> Result<Vec<ClaimWithJob>, StoreError> {
    let condition = "claim.state = 'claimed' AND job.hall = ?1";
    listed(connection, condition, [hall.as_str()])
}

/// The claims that hold a place of a job, oldest first.
pub fn holding(connection: &Connection, job: JobId) -> Result<Vec<ClaimWithJob>, StoreError> {
    let condition = "claim.job = ?1 AND claim.state IN
        ('claimed', 'confirmed', 'checked_in', 'completed', 'settled')";
    listed(connection, condition, [job.to_string()])
}

/// Claims with that number, oldest first.
pub fn numbered(connection: &Connection, number: &str) -> Result<Vec<ClaimWithJob>, StoreError> {
    listed(connection, "claim.number = ?1", [number])
}

/// A hall's claims that hold a place for somebody who was erased, oldest first, as long as the work
/// is not over at `now`.
pub fn of_erased(
    connection: &Connection,
    hall: &HallId,
    now: Timestamp,
) -> Result<Vec<ClaimWithJob>, StoreError> {
    let condition = "claim.state IN ('claimed', 'confirmed', 'checked_in') AND job.hall = ?1
        AND claim.worker IN (SELECT id FROM worker WHERE erased_at IS NOT NULL)";
    let mut found = listed(connection, condition, [hall.as_str()])?;
    found.retain(|held| now < held.job.busy_until());
    Ok(found)
}

/// A hall's claims whose pay is late at `now` and whose workers have not said that it has come, oldest
/// first.
pub fn overdue(
    connection: &Connection,
    zone: &TimeZone,
    hall: &HallId,
    now: Timestamp,
) -> Result<Vec<ClaimWithJob>, StoreError> {
    let condition = "claim.state IN ('confirmed', 'checked_in', 'completed') AND job.hall = ?1";
    let mut found = listed(connection, condition, [hall.as_str()])?;
    found.retain(|held| wages::is_overdue(held.claim.state, &held.job, now, zone));
    Ok(found)
}

/// The claims that a condition on `claim` and `job` picks, oldest first.
fn listed(
    connection: &Connection,
    condition: &str,
    params: impl Params,
) -> Result<Vec<ClaimWithJob>, StoreError> {
    connection
        .prepare_cached(&format!(
            "SELECT {COLUMNS}, {} FROM claim JOIN job ON job.id = claim.job
             WHERE {condition} ORDER BY claim.made_at, claim.id",
            jobs::COLUMNS
        ))?
        .query_and_then(params, |row| {
            Ok(ClaimWithJob {
                claim: from_row(row)?.claim,
                job: jobs::from_row(row, WIDTH)?,
            })
        })?
        .collect()
}
