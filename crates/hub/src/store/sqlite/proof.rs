//! What walls showed, and when jobs were open.

use super::sql;
use super::write::Write;
use crate::store::{ProofRow, StoreError};
use gighall_core::id::HallId;
use gighall_core::proof::{JOB, NumberedShowing, OpenOnDay, Showing, ShownJob, Subject};
use gighall_core::rights::Holder;
use jiff::Timestamp;
use rusqlite::{Connection, Row, params};
use std::ops::Range;

/// Longest text of a showing that is kept, in characters.
const TEXT_MOST: usize = 500;

/// Takes showings of an enrolment; those that are there already stay as they are. Gives the last
/// number.
pub fn accept(
    write: &mut Write<'_>,
    holder: Holder,
    showings: &[NumberedShowing],
) -> Result<u64, StoreError> {
    let enrolment: i64 = write
        .sql
        .prepare_cached("SELECT prefix FROM enrolment WHERE device = ?1 AND epoch = ?2")?
        .query_row(params![holder.device.to_string(), holder.epoch.0], |row| {
            row.get(0)
        })
        .map_err(|error| match error {
            rusqlite::Error::QueryReturnedNoRows => StoreError::NotFound("enrolment"),
            error => error.into(),
        })?;
    for numbered in showings {
        let showing = &numbered.showing;
        write
            .sql
            .prepare_cached(
                "INSERT OR IGNORE INTO proof (enrolment, seq, what, page, at, ms, again, lost)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
            )?
            .execute(params![
                enrolment,
                sql::int(numbered.seq),
                what(write, showing)?,
                showing.page.unwrap_or(0),
                sql::micros(showing.at),
                sql::int(showing.ms),
                showing.again,
                sql::int(showing.lost),
            ])?;
    }
    Ok(showings.last().map_or(0, |numbered| numbered.seq))
}

/// The row of what was shown.
fn what(write: &Write<'_>, showing: &Showing) -> Result<i64, StoreError> {
    let subject = showing.subject.as_ref();
    let id = subject.and_then(|subject| subject.id);
    let id = id.map_or_else(String::new, |id| id.to_string());
    Ok(write
        .sql
        .prepare_cached(
            "INSERT INTO proof_what (wall, scene, kind, subject, number, title, seen_at)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
             ON CONFLICT (subject, title, scene, wall, kind, number)
             DO UPDATE SET seen_at = max(seen_at, excluded.seen_at)
             RETURNING id",
        )?
        .query_row(
            params![
                cut(&showing.wall),
                cut(&showing.scene),
                cut(subject.map_or("", |subject| &subject.kind)),
                id,
                subject.and_then(|subject| subject.number).unwrap_or(0),
                cut(subject.map_or("", |subject| &subject.title)),
                sql::micros(showing.at),
            ],
            |row| row.get(0),
        )?)
}

fn cut(text: &str) -> String {
    text.chars().take(TEXT_MOST).collect()
}

/// Hands over what the walls of a hall showed, in order, until `take` has had enough.
pub fn rows(
    connection: &Connection,
    hall: &HallId,
    between: &Range<Timestamp>,
    take: &mut dyn FnMut(ProofRow) -> bool,
) -> Result<(), StoreError> {
    let mut statement = connection.prepare_cached(
        "SELECT device.name, wall, scene, kind, subject, proof_what.number, title, page, at, ms,
                again, lost
         FROM proof JOIN proof_what ON proof_what.id = proof.what
         JOIN enrolment ON enrolment.prefix = proof.enrolment
         JOIN device ON device.id = enrolment.device
         WHERE device.hall = ?1 AND at >= ?2 AND at < ?3 ORDER BY at, enrolment, seq",
    )?;
    let mut rows = statement.query(in_time(hall, between))?;
    while let Some(row) = rows.next()? {
        if !take(one(row)?) {
            break;
        }
    }
    Ok(())
}

fn in_time<'a>(hall: &'a HallId, between: &Range<Timestamp>) -> (&'a str, i64, i64) {
    let (from, to) = (sql::micros(between.start), sql::micros(between.end));
    (hall.as_str(), from, to)
}

fn one(row: &Row<'_>) -> Result<ProofRow, StoreError> {
    let kind: String = row.get(3)?;
    let subject: String = row.get(4)?;
    let some = |n: u32| (n > 0).then_some(n);
    let subject = Subject {
        id: (!subject.is_empty())
            .then(|| sql::id(&subject))
            .transpose()?,
        number: some(row.get(5)?),
        title: row.get(6)?,
        kind,
    };
    Ok(ProofRow {
        device: row.get(0)?,
        showing: Showing {
            wall: row.get(1)?,
            scene: row.get(2)?,
            subject: Some(subject).filter(|subject| !subject.kind.is_empty()),
            page: some(row.get(7)?),
            at: sql::time(row.get(8)?)?,
            ms: sql::uint(row.get(9)?),
            again: row.get(10)?,
            lost: sql::uint(row.get(11)?),
        },
    })
}

/// The jobs of a hall that were open at some time of `between`, as far as `now` has come.
pub fn open(
    connection: &Connection,
    hall: &HallId,
    between: &Range<Timestamp>,
    now: Timestamp,
) -> Result<Vec<OpenOnDay>, StoreError> {
    let (hall, from, to) = in_time(hall, &(between.start..between.end.min(now)));
    connection
        .prepare_cached(
            "SELECT job.id, job.number, json_extract(job.body, '$.title'),
                    sum(min(coalesce(until, ?3), ?3) - max(since, ?2)) / 1000000
             FROM job_open JOIN job ON job.id = job_open.job
             WHERE job.hall = ?1 AND since < ?3 AND coalesce(until, ?3) > ?2
             GROUP BY job.id",
        )?
        .query_and_then(params![hall, from, to], |row| {
            Ok(OpenOnDay {
                job: sql::id(&row.get::<_, String>(0)?)?,
                number: row.get(1)?,
                title: row.get(2)?,
                open_seconds: sql::uint(row.get(3)?),
            })
        })?
        .collect()
}

/// The jobs that the walls of a hall showed in that time.
pub fn shown_jobs(
    connection: &Connection,
    hall: &HallId,
    between: &Range<Timestamp>,
) -> Result<Vec<ShownJob>, StoreError> {
    let (hall, from, to) = in_time(hall, between);
    connection
        .prepare_cached(
            // With max(), SQLite takes number and title from the row that has the maximum.
            "SELECT subject, proof_what.number, title, sum(again = 0), sum(ms), min(at), max(at)
             FROM proof JOIN proof_what ON proof_what.id = proof.what
             JOIN enrolment ON enrolment.prefix = proof.enrolment
             JOIN device ON device.id = enrolment.device
             WHERE device.hall = ?1 AND at >= ?2 AND at < ?3 AND kind = ?4 AND subject <> ''
             GROUP BY subject",
        )?
        .query_and_then(params![hall, from, to, JOB], |row| {
            Ok(ShownJob {
                job: sql::id(&row.get::<_, String>(0)?)?,
                number: row.get(1)?,
                title: row.get(2)?,
                times: sql::uint(row.get(3)?),
                ms: sql::uint(row.get(4)?),
                first: sql::time(row.get(5)?)?,
                last: sql::time(row.get(6)?)?,
            })
        })?
        .collect()
}

/// Whether there is anything from before that time.
pub fn any_before(connection: &Connection, time: Timestamp) -> Result<bool, StoreError> {
    Ok(connection
        .prepare_cached("SELECT EXISTS (SELECT 1 FROM proof WHERE at < ?1)")?
        .query_row([sql::micros(time)], |row| row.get(0))?)
}

/// Forgets what was shown before that time; says how many showings.
pub fn forget(write: &mut Write<'_>, time: Timestamp) -> Result<usize, StoreError> {
    let time = sql::micros(time);
    let gone = write
        .sql
        .execute("DELETE FROM proof WHERE at < ?1", [time])?;
    write
        .sql
        .execute("DELETE FROM proof_what WHERE seen_at < ?1", [time])?;
    write
        .sql
        .execute("DELETE FROM job_open WHERE until < ?1", [time])?;
    Ok(gone)
}
