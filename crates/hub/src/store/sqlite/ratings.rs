//! How workers found the work that they were paid for.

use super::write::Write;
use super::{jobs, sql};
use crate::store::{EmployerRating, StoreError};
use gighall_core::id::{ClaimId, HallId, JobId, WorkerId};
use gighall_core::rating::Rating;
use jiff::Timestamp;
use rusqlite::{Connection, params};
use std::collections::BTreeMap;

/// Keeps what the worker of a claim said; what came first counts. The claim itself may come later.
pub fn take(
    write: &Write<'_>,
    claim: ClaimId,
    rating: Rating,
    at: Timestamp,
) -> Result<(), StoreError> {
    write
        .sql
        .prepare_cached(
            "INSERT INTO rating (claim, rating, at) VALUES (?1, ?2, ?3)
             ON CONFLICT (claim) DO NOTHING",
        )?
        .execute(params![claim.to_string(), rating.code(), sql::micros(at)])?;
    Ok(())
}

/// How the employers of a hall are rated, by name. Employers of one name are one.
pub fn of_hall(connection: &Connection, hall: &HallId) -> Result<Vec<EmployerRating>, StoreError> {
    let rows: Vec<(String, String)> = connection
        .prepare_cached(
            "SELECT claim.job, rating.rating FROM rating
             JOIN claim ON claim.id = rating.claim JOIN job ON job.id = claim.job
             WHERE job.hall = ?1",
        )?
        .query_map([hall.as_str()], |row| Ok((row.get(0)?, row.get(1)?)))?
        .collect::<Result<_, _>>()?;
    let mut by_name: BTreeMap<String, EmployerRating> = BTreeMap::new();
    for (job, rating) in rows {
        let Some(job) = jobs::one(connection, sql::id::<JobId>(&job)?)? else {
            continue;
        };
        let employer = job.employer.name;
        let points = sql::code(&rating, Rating::from_code)?.points();
        let entry = by_name
            .entry(employer.clone())
            .or_insert_with(|| EmployerRating {
                employer,
                ratings: 0,
                points: 0,
            });
        entry.ratings += 1;
        entry.points += points;
    }
    Ok(by_name.into_values().collect())
}

/// Forgets what a worker said.
pub fn forget(write: &Write<'_>, worker: WorkerId) -> Result<(), StoreError> {
    write.sql.execute(
        "DELETE FROM rating WHERE claim IN (SELECT id FROM claim WHERE worker = ?1)",
        [worker.to_string()],
    )?;
    Ok(())
}
