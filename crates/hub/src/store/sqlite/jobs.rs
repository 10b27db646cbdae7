//! Jobs: the listing as JSON, and beside it the columns that the hub decides.

use super::claims::{self, Turn};
use super::ledger::{self, JobRow};
use super::write::Write;
use super::{rights, sql};
use crate::store::{ListedJob, StoreError};
use gighall_core::claim::ClaimReason;
use gighall_core::id::{DeviceId, HallId, JobId};
use gighall_core::job::{Job, JobState};
use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, Params, Row, params};

/// The columns that [`from_row`] reads, of `job`.
pub const COLUMNS: &str = "job.body, job.number, job.state, job.target, job.version,
    max(0, job.target - job.direct_live - (
        SELECT coalesce(sum(claimed - cancelled), 0) FROM rights_account
        WHERE rights_account.job = job.id))";

/// A job from [`COLUMNS`], which begin at column `first`.
pub fn from_row(row: &Row<'_>, first: usize) -> Result<Job, StoreError> {
    let body: String = row.get(first)?;
    let mut job: Job = sql::from_json(&body)?;
    job.number = row.get(first + 1)?;
    job.state = sql::code(&row.get::<_, String>(first + 2)?, JobState::from_code)?;
    job.places = row.get(first + 3)?;
    job.version = sql::uint(row.get(first + 4)?);
    job.places_left = row.get(first + 5)?;
    Ok(job)
}

/// The jobs that a condition on `job` picks.
fn select(
    connection: &Connection,
    condition: &str,
    params: impl Params,
) -> Result<Vec<Job>, StoreError> {
    let statement = format!("SELECT {COLUMNS} FROM job WHERE {condition}");
    connection
        .prepare_cached(&statement)?
        .query_and_then(params, |row| from_row(row, 0))?
        .collect()
}

/// One job.
pub fn one(connection: &Connection, id: JobId) -> Result<Option<Job>, StoreError> {
    Ok(select(connection, "id = ?1", [id.to_string()])?.pop())
}

/// The job that has that number now, or had it last.
pub fn numbered(
    connection: &Connection,
    hall: &HallId,
    number: u32,
) -> Result<Option<Job>, StoreError> {
    let condition = "hall = ?1 AND number = ?2 ORDER BY
        state IN ('draft', 'pending_review', 'published', 'full', 'suspended') DESC, id DESC
        LIMIT 1";
    Ok(select(connection, condition, params![hall.as_str(), number])?.pop())
}

/// Jobs that can be claimed.
pub fn open(
    connection: &Connection,
    hall: &HallId,
    now: Timestamp,
) -> Result<Vec<Job>, StoreError> {
    let condition = "hall = ?1 AND state = 'published' AND valid_until > ?2
        ORDER BY urgent DESC, starts_at, number";
    let mut jobs = select(
        connection,
        condition,
        params![hall.as_str(), sql::micros(now)],
    )?;
    jobs.retain(|job| job.is_open(now));
    Ok(jobs)
}

/// Jobs that staff have to do with.
pub fn listed(connection: &Connection, hall: &HallId) -> Result<Vec<ListedJob>, StoreError> {
    connection
        .prepare_cached(&format!(
            "SELECT source_key, review, {COLUMNS} FROM job WHERE hall = ?1
             AND state IN ('draft', 'pending_review', 'published', 'full', 'suspended')
             ORDER BY number"
        ))?
        .query_and_then([hall.as_str()], |row| {
            Ok(ListedJob {
                source_key: row.get(0)?,
                review: row.get(1)?,
                job: from_row(row, 2)?,
            })
        })?
        .collect()
}

/// Publishes a job that was held. What it was held for is kept, so that the next import knows that
/// staff have seen it.
pub fn approve(write: &mut Write<'_>, id: JobId, now: Timestamp) -> Result<(), StoreError> {
    let mut job = one(&write.sql, id)?.ok_or(StoreError::NotFound("job"))?;
    if job.state != JobState::PendingReview {
        return Err(StoreError::NotHeld);
    }
    job.state = JobState::Published;
    job.published_at = now;
    write
        .sql
        .prepare_cached("UPDATE job SET state = ?2, body = ?3 WHERE id = ?1")?
        .execute(params![id.to_string(), job.state.code(), sql::json(&job)?])?;
    // A job whose places were taken before it was held is full.
    let (row, ledger) = ledger::load(&write.sql, id, now)?.ok_or(StoreError::NotFound("job"))?;
    ledger::save(write, row, &ledger)?;
    write.job_changed(id);
    Ok(())
}

/// Jobs that a hall's devices have to know: those on show, and those that workers still wait for.
/// There may be more of them than are to be in memory at once.
pub fn each_concerning(
    connection: &Connection,
    hall: &HallId,
    each: &mut dyn FnMut(Job) -> Result<(), StoreError>,
) -> Result<(), StoreError> {
    let condition = "hall = ?1 AND (state IN ('published', 'full', 'suspended') OR EXISTS (
        SELECT 1 FROM claim WHERE claim.job = job.id
        AND claim.state IN ('provisional', 'claimed', 'confirmed')))";
    connection
        .prepare_cached(&format!("SELECT {COLUMNS} FROM job WHERE {condition}"))?
        .query_and_then([hall.as_str()], |row| from_row(row, 0))?
        .try_for_each(|job| each(job?))
}

/// Jobs that take no more claims, or have more places than wanted, while the device's present
/// enrolment still holds rights to them.
pub fn recalled_from(connection: &Connection, device: DeviceId) -> Result<Vec<JobId>, StoreError> {
    let ids: Vec<String> = connection
        .prepare_cached(
            "SELECT job.id FROM job
             JOIN rights_account AS account ON account.job = job.id
             JOIN device ON device.id = account.device AND device.epoch = account.epoch
             WHERE account.device = ?1
               AND account.granted - account.returned - account.claimed > 0
               AND (job.state NOT IN ('published', 'full') OR job.target < job.places)",
        )?
        .query_map([device.to_string()], |row| row.get(0))?
        .collect::<Result<_, _>>()?;
    ids.iter().map(|id| sql::id(id)).collect()
}

/// Raises a job's version.
pub fn raise_version(connection: &Connection, id: JobId) -> Result<(), StoreError> {
    connection
        .prepare_cached("UPDATE job SET version = version + 1 WHERE id = ?1")?
        .execute([id.to_string()])?;
    Ok(())
}

/// Sets the state of a job that takes no claims from now on, and asks for the rights back.
pub fn close(
    write: &mut Write<'_>,
    row: &JobRow,
    state: JobState,
    now: Timestamp,
) -> Result<(), StoreError> {
    write
        .sql
        .prepare_cached("UPDATE job SET state = ?2 WHERE id = ?1")?
        .execute(params![row.id.to_string(), state.code()])?;
    write.job_changed(row.id);
    let (_, ledger) = ledger::load(&write.sql, row.id, now)?.ok_or(StoreError::NotFound("job"))?;
    rights::recall(write, row.id, &rights::unspent(&ledger), now)?;
    Ok(())
}

/// Ends the jobs whose time is over.
pub fn expire(write: &mut Write<'_>, now: Timestamp) -> Result<usize, StoreError> {
    let ids: Vec<String> = write
        .sql
        .prepare_cached(
            "SELECT id FROM job WHERE state IN ('published', 'full') AND valid_until <= ?1",
        )?
        .query_map([sql::micros(now)], |row| row.get(0))?
        .collect::<Result<_, _>>()?;
    for id in &ids {
        let (row, _) =
            ledger::load(&write.sql, sql::id(id)?, now)?.ok_or(StoreError::NotFound("job"))?;
        close(write, &row, JobState::Expired, now)?;
    }
    Ok(ids.len())
}

/// Whether any job's time is over; cheap, and no write.
pub fn any_to_expire(connection: &Connection, now: Timestamp) -> Result<bool, StoreError> {
    let found = connection
        .prepare_cached(
            "SELECT 1 FROM job WHERE state IN ('published', 'full') AND valid_until <= ?1 LIMIT 1",
        )?
        .query_row([sql::micros(now)], |_| Ok(()))
        .optional()?;
    Ok(found.is_some())
}

/// Rule 8: no more grants, rights are recalled, live claims end with notice. Who is checked in is free as
/// well until the work begins; who works keeps the claim, by which pay is asked for.
pub fn cancel(write: &mut Write<'_>, id: JobId, now: Timestamp) -> Result<(), StoreError> {
    let (row, _) = ledger::load(&write.sql, id, now)?.ok_or(StoreError::NotFound("job"))?;
    if row.state == JobState::Cancelled {
        return Ok(());
    }
    close(write, &row, JobState::Cancelled, now)?;
    let mut ending = claims::coming_of_job(&write.sql, id)?;
    if one(&write.sql, id)?.is_some_and(|job| now < job.starts_at) {
        ending.extend(claims::checked_in_of_job(&write.sql, id)?);
    }
    for claim in ending {
        claims::advance(
            write,
            &claim,
            Turn::cancelled(ClaimReason::JobWithdrawn),
            None,
            now,
        )?;
    }
    Ok(())
}
