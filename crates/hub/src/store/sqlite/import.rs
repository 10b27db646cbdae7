//! Listings as they are imported: new ones get a number, changed ones change, equal ones stay.

use super::ledger::{self, JobRow};
use super::write::Write;
use super::{claims, halls, jobs, rights, sql};
use crate::store::{ImportCounts, Listing, StoreError};
use gighall_core::id::{EmployerId, HallId, JobId};
use gighall_core::job::{Job, JobState};
use gighall_core::rights::JobLedger;
use jiff::Timestamp;
use rusqlite::{OptionalExtension, params};
use uuid::Uuid;

/// Numbers that three digits hold are given in turn; more only where all of them are in use.
const FIRST_NUMBER: u32 = 101;
const LAST_SHORT_NUMBER: u32 = 999;

/// The jobs that have their numbers to themselves, as [`is_live`]; the words of the index on them.
const HAS_NUMBER: &str = "state IN ('draft', 'pending_review', 'published', 'full', 'suspended')";

/// A listing that was imported before.
struct Kept {
    job: Job,
    review: Option<String>,
    uscc: Option<String>,
}

/// Takes listings in.
pub fn listings(
    write: &mut Write<'_>,
    hall: &HallId,
    listings: &[Listing],
    now: Timestamp,
) -> Result<ImportCounts, StoreError> {
    halls::must_exist(&write.sql, hall)?;
    let mut counts = ImportCounts::default();
    for listing in listings {
        let mut listing = listing.clone();
        listing.job.hall = hall.clone();
        listing.job.employer.id = employer(write, hall, &listing)?;
        let kept = kept(write, hall, &listing.source_key)?;
        if let Some(kept) = &kept
            && listing.start_moves
            && claims::any_of_job(&write.sql, kept.job.id)?
        {
            // Somebody was told when to be there. The end is a day that the list names, if any.
            listing.job.starts_at = kept.job.starts_at;
            listing.job.gather_at = kept.job.gather_at;
        }
        match kept {
            None => {
                add(write, &listing, now)?;
                counts.imported += 1;
            }
            Some(kept) if is_equal(&kept, &listing, now) => counts.unchanged += 1,
            Some(kept) => {
                change(write, &kept, &listing, now)?;
                counts.updated += 1;
            }
        }
    }
    Ok(counts)
}

fn kept(write: &Write<'_>, hall: &HallId, key: &str) -> Result<Option<Kept>, StoreError> {
    write
        .sql
        .prepare_cached(&format!(
            "SELECT review, uscc, {} FROM job WHERE hall = ?1 AND source_key = ?2",
            jobs::COLUMNS
        ))?
        .query_and_then(params![hall.as_str(), key], |row| {
            Ok(Kept {
                review: row.get(0)?,
                uscc: row.get(1)?,
                job: jobs::from_row(row, 2)?,
            })
        })?
        .next()
        .transpose()
}

/// Whether a listing says what is known already, what the hub decides aside. An expired job whose
/// listing still stands is not listed anew by that.
fn is_equal(kept: &Kept, listing: &Listing, now: Timestamp) -> bool {
    let comparable = decided_as(&listing.job, &kept.job);
    let settled =
        kept.job.state == state_of(listing, Some(kept), now) || kept.job.state == JobState::Full;
    comparable == kept.job
        && kept.review == listing.review
        && kept.uscc == listing.employer_uscc
        && settled
}

/// The listing with what the hub decides taken from another.
fn decided_as(listed: &Job, kept: &Job) -> Job {
    Job {
        id: kept.id,
        number: kept.number,
        places_left: kept.places_left,
        state: kept.state,
        published_at: kept.published_at,
        version: kept.version,
        ..listed.clone()
    }
}

/// The state that a listing brings about. Staff's own decisions outlast an import.
fn state_of(listing: &Listing, before: Option<&Kept>, now: Timestamp) -> JobState {
    match before.map(|kept| kept.job.state) {
        Some(decided @ (JobState::Cancelled | JobState::Closed | JobState::Suspended)) => decided,
        _ if listing.job.valid_until <= now => JobState::Expired,
        _ if listing.review.is_some() && !before.is_some_and(|kept| approved(kept, listing)) => {
            JobState::PendingReview
        }
        _ => JobState::Published,
    }
}

/// Whether staff have seen this listing, in these words, and published it.
fn approved(kept: &Kept, listing: &Listing) -> bool {
    let on_show = matches!(kept.job.state, JobState::Published | JobState::Full);
    let job = &listing.job;
    on_show
        && kept.review == listing.review
        && kept.job.title == job.title
        && kept.job.pay == job.pay
        && kept.job.requirements == job.requirements
}

/// The employer's id in the hall: by its credit code, else by its name.
fn employer(write: &Write<'_>, hall: &HallId, listing: &Listing) -> Result<EmployerId, StoreError> {
    let employer = &listing.job.employer;
    let known: Option<(String, Option<String>)> = write
        .sql
        .prepare_cached(
            "SELECT id, uscc FROM employer WHERE hall = ?1 AND (uscc = ?2 OR name = ?3)
             ORDER BY uscc IS ?2 DESC LIMIT 1",
        )?
        .query_row(
            params![hall.as_str(), listing.employer_uscc, employer.name],
            |row| Ok((row.get(0)?, row.get(1)?)),
        )
        .optional()?;
    if let Some((id, uscc)) = known {
        if uscc.is_none() && listing.employer_uscc.is_some() {
            write.sql.execute(
                "UPDATE employer SET uscc = ?2 WHERE id = ?1",
                params![id, listing.employer_uscc],
            )?;
        }
        return sql::id(&id);
    }
    let id = EmployerId(Uuid::now_v7());
    write.sql.execute(
        "INSERT INTO employer (id, hall, name, uscc) VALUES (?1, ?2, ?3, ?4)",
        params![
            id.to_string(),
            hall.as_str(),
            employer.name,
            listing.employer_uscc
        ],
    )?;
    Ok(id)
}

fn add(write: &mut Write<'_>, listing: &Listing, now: Timestamp) -> Result<(), StoreError> {
    let job = Job {
        id: JobId(Uuid::now_v7()),
        number: next_number(write, &listing.job.hall)?,
        places_left: listing.job.places,
        state: state_of(listing, None, now),
        published_at: now,
        version: 0,
        ..listing.job.clone()
    };
    write
        .sql
        .prepare_cached(
            "INSERT INTO job (id, hall, source_key, number, state, review, uscc, places, target,
                              direct_live, starts_at, valid_until, urgent, version, body)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?8, 0, ?9, ?10, ?11, 0, ?12)",
        )?
        .execute(params![
            job.id.to_string(),
            job.hall.as_str(),
            listing.source_key,
            job.number,
            job.state.code(),
            listing.review,
            listing.employer_uscc,
            job.places,
            sql::micros(job.starts_at),
            sql::micros(job.valid_until),
            job.urgent,
            sql::json(&job)?
        ])?;
    if job.state == JobState::Published {
        write.job_changed(job.id);
    }
    Ok(())
}

fn change(
    write: &mut Write<'_>,
    kept: &Kept,
    listing: &Listing,
    now: Timestamp,
) -> Result<(), StoreError> {
    let id = kept.job.id;
    let state = state_of(listing, Some(kept), now);
    let mut job = decided_as(&listing.job, &kept.job);
    if is_live(state) && !is_live(kept.job.state) {
        job.number = number_again(write, &kept.job)?;
    }
    write
        .sql
        .prepare_cached(
            "UPDATE job SET number = ?2, state = ?3, review = ?4, uscc = ?5, starts_at = ?6,
                 valid_until = ?7, urgent = ?8, body = ?9 WHERE id = ?1",
        )?
        .execute(params![
            id.to_string(),
            job.number,
            state.code(),
            listing.review,
            listing.employer_uscc,
            sql::micros(job.starts_at),
            sql::micros(job.valid_until),
            job.urgent,
            sql::json(&job)?
        ])?;
    let (row, mut ledger) =
        ledger::load(&write.sql, id, now)?.ok_or(StoreError::NotFound("job"))?;
    set_places(write, row, &mut ledger, listing.job.places, now)?;
    write.job_changed(id);
    Ok(())
}

/// Rule 7. What cannot shrink yet waits, and the rights that hold it up are asked back; so are
/// those to a job that no longer takes claims.
fn set_places(
    write: &mut Write<'_>,
    row: JobRow,
    ledger: &mut JobLedger,
    wanted: u32,
    now: Timestamp,
) -> Result<(), StoreError> {
    let id = row.id;
    ledger.set_places(wanted);
    ledger::save(write, row, ledger)?;
    if ledger.target < ledger.places || !ledger.open {
        rights::recall(write, id, &rights::unspent(ledger), now)?;
    }
    Ok(())
}

/// Whether a job in that state has its number to itself.
fn is_live(state: JobState) -> bool {
    matches!(
        state,
        JobState::Draft
            | JobState::PendingReview
            | JobState::Published
            | JobState::Full
            | JobState::Suspended
    )
}

/// The old number of a job that is listed again, or a new one if another job has it by now.
fn number_again(write: &Write<'_>, job: &Job) -> Result<u32, StoreError> {
    if is_taken(write, &job.hall, job.number)? {
        next_number(write, &job.hall)
    } else {
        Ok(job.number)
    }
}

/// The next short number that is free, in turn; where all are in use, one above every other.
fn next_number(write: &Write<'_>, hall: &HallId) -> Result<u32, StoreError> {
    let number: u32 = write
        .sql
        .prepare_cached(&format!(
            "WITH turn (begin, n) AS (
                SELECT 0, last_number + 1 FROM hall WHERE id = ?1
                UNION ALL SELECT 1, {FIRST_NUMBER}
                UNION ALL SELECT begin, number + 1 FROM job
                    JOIN (SELECT 0 AS begin, last_number + 1 AS first FROM hall WHERE id = ?1
                          UNION ALL SELECT 1, {FIRST_NUMBER}) ON number >= first
                    WHERE hall = ?1 AND number < {LAST_SHORT_NUMBER} AND {HAS_NUMBER})
             SELECT coalesce(
                (SELECT n FROM turn WHERE n <= {LAST_SHORT_NUMBER} AND NOT EXISTS (
                    SELECT 1 FROM job WHERE hall = ?1 AND number = n AND {HAS_NUMBER})
                 ORDER BY begin, n LIMIT 1),
                (SELECT max({LAST_SHORT_NUMBER}, max(number)) + 1 FROM job
                 WHERE hall = ?1 AND {HAS_NUMBER}))"
        ))?
        .query_row([hall.as_str()], |row| row.get(0))?;
    if number <= LAST_SHORT_NUMBER {
        write.sql.execute(
            "UPDATE hall SET last_number = ?2 WHERE id = ?1",
            params![hall.as_str(), number],
        )?;
    }
    Ok(number)
}

fn is_taken(write: &Write<'_>, hall: &HallId, number: u32) -> Result<bool, StoreError> {
    Ok(write
        .sql
        .prepare_cached(&format!(
            "SELECT 1 FROM job WHERE hall = ?1 AND number = ?2 AND {HAS_NUMBER}"
        ))?
        .exists(params![hall.as_str(), number])?)
}
