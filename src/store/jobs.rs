//! Listings: reading them for the wall and the terminal.

use super::{Store, StoreError, from_json, millis, search, signed, to_json};
use crate::terminal::desk::{JobPage, JobQuery, NEAR_KM, Order};
use gighall_core::hall::Hall;
use gighall_core::id::JobId;
use gighall_core::job::{Job, Settlement, WorkKind};
use gighall_core::place::{self, Place};
use gighall_core::rules;
use jiff::Timestamp;
use rusqlite::types::ToSql;
use rusqlite::{OptionalExtension, Row, Transaction, named_params};
use std::sync::mpsc::{SyncSender, sync_channel};

/// How many listings there are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Open ones.
    pub open: u32,
    /// All that are kept.
    pub total: u32,
    /// Places left in the open ones.
    pub places_left: u32,
}

/// Listings that one thread hands to another at once.
const ROWS_AT_ONCE: usize = 128;

/// What makes a listing open, for `jobs_now`.
const OPEN: &str = "state = 'published' AND valid_until > :now AND left_now > 0";

/// The square of the way from `:lat`, `:lon` in millionths of a degree of latitude, on a flat map;
/// within a county that differs from the sphere by less than a thousandth.
const WAY_SQUARED: &str = "((latitude - :lat) * (latitude - :lat)
    + (longitude - :lon) * :narrow * (longitude - :lon) * :narrow)";

/// What comes first, after the listing whose number was typed.
fn order_by(order: Order) -> String {
    let first = match order {
        Order::Urgent => "urgent DESC, coalesce(fen_a_day, -1) DESC".to_owned(),
        Order::Pay => "coalesce(fen_a_day, -1) DESC".to_owned(),
        Order::Start => "starts_at".to_owned(),
        Order::Distance => format!("{WAY_SQUARED} IS NULL, {WAY_SQUARED}"),
    };
    format!("ORDER BY number IS :number DESC, {first}, starts_at, number")
}

impl Store {
    /// Open listings, urgent ones first, then by start. `places_left` is what is left here and
    /// now.
    pub fn open_jobs(&self, now: Timestamp) -> Result<Vec<Job>, StoreError> {
        self.read(|tx| open_jobs(tx, now))
    }

    /// Calls `each` with every open listing, one after the other: there may be more than fit into
    /// memory with comfort. In no order. One thread reads what this one makes sense of, so that the wall
    /// comes on sooner.
    pub fn each_open_job(
        &self,
        now: Timestamp,
        each: &mut dyn FnMut(&Job),
    ) -> Result<(), StoreError> {
        let (sender, rows) = sync_channel(2);
        std::thread::scope(|scope| {
            let reading = scope.spawn(move || self.send_open_rows(now, &sender));
            for row in rows.into_iter().flatten() {
                each(&with_left(row)?);
            }
            reading
                .join()
                .unwrap_or_else(|panic| std::panic::resume_unwind(panic))
        })
    }

    /// What is written of every open listing, many at once. Ends early where nobody takes them.
    fn send_open_rows(
        &self,
        now: Timestamp,
        sender: &SyncSender<Vec<(String, u32)>>,
    ) -> Result<(), StoreError> {
        self.read(|tx| {
            let sql = format!("SELECT body, left_now FROM jobs_now WHERE {OPEN}");
            let mut statement = tx.prepare_cached(&sql)?;
            let mut rows =
                statement.query_map(named_params! {":now": millis(now)}, body_and_left)?;
            loop {
                let some: Vec<_> = rows.by_ref().take(ROWS_AT_ONCE).collect::<Result<_, _>>()?;
                if some.is_empty() || sender.send(some).is_err() {
                    return Ok(());
                }
            }
        })
    }

    /// One listing as it is now, open or not.
    pub fn job(&self, id: JobId) -> Result<Option<Job>, StoreError> {
        self.read(|tx| job(tx, id))
    }

    /// How many listings there are.
    pub fn counts(&self, now: Timestamp) -> Result<Counts, StoreError> {
        self.read(|tx| {
            let sql = format!(
                "SELECT count(*), coalesce(sum(left_now), 0), (SELECT count(*) FROM jobs)
                 FROM jobs_now WHERE {OPEN}"
            );
            Ok(
                tx.query_row(&sql, named_params! {":now": millis(now)}, |row| {
                    Ok(Counts {
                        open: row.get(0)?,
                        places_left: row.get(1)?,
                        total: row.get(2)?,
                    })
                })?,
            )
        })
    }

    /// Open listings of each kind of work that has any, most first.
    pub fn kinds(&self, now: Timestamp) -> Result<Vec<(WorkKind, usize)>, StoreError> {
        let counted = self.grouped("work_kind", now)?;
        Ok(counted
            .into_iter()
            .filter_map(|(code, count)| Some((WorkKind::from_code(&code)?, count)))
            .collect())
    }

    /// Open listings of each town that has any, most first.
    pub fn towns(&self, now: Timestamp) -> Result<Vec<(String, usize)>, StoreError> {
        self.grouped("town", now)
    }

    fn grouped(
        &self,
        column: &'static str,
        now: Timestamp,
    ) -> Result<Vec<(String, usize)>, StoreError> {
        self.read(|tx| {
            let sql = format!(
                "SELECT {column}, count(*) AS jobs FROM jobs_now WHERE {OPEN}
                 GROUP BY {column} ORDER BY jobs DESC, {column}"
            );
            let mut statement = tx.prepare_cached(&sql)?;
            let rows = statement.query_map(named_params! {":now": millis(now)}, |row| {
                Ok((row.get(0)?, count(row, 1)?))
            })?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }

    /// When the hall's day begins and ends, in milliseconds.
    fn today(&self, now: Timestamp) -> Result<(i64, i64), jiff::Error> {
        let begins = now.to_zoned_datetime(self.zone.clone()).start_of_day()?;
        let ends = begins.tomorrow()?.start_of_day()?;
        Ok((millis(begins.timestamp()), millis(ends.timestamp())))
    }

    /// Open listings that fit, in the order asked for; the one whose number was typed comes first.
    pub fn find(&self, query: &JobQuery, now: Timestamp) -> Result<JobPage, StoreError> {
        let words = search::query(&query.words);
        if words.is_none() && !query.words.trim().is_empty() {
            // Only signs were typed; they are in no listing's words.
            return Ok(JobPage::default());
        }
        let kind = query.work_kind.map(WorkKind::code);
        let settlement = query.daily_settled.then_some(Settlement::Daily.code());
        let number = search::number(&query.words);
        // Where the calendar ends there is no today.
        let today = query
            .starts_today
            .then(|| self.today(now).unwrap_or_default());
        let (today, tomorrow) = today.unzip();
        let now = millis(now);
        let lat = query.here.map(Place::latitude);
        let lon = query.here.map(Place::longitude);
        let narrow = query.here.map(Place::narrowing);
        let near = query
            .near
            .then(|| place::parts_of(f64::from(NEAR_KM) * 1000.0).powi(2));
        let least = query.min_fen_a_day.map(signed);
        let (limit, offset) = (signed(query.limit as u64), signed(query.offset as u64));
        let given: &[(&str, &dyn ToSql)] = named_params! {
            ":now": now, ":kind": kind, ":town": query.town, ":least": least,
            ":settlement": settlement, ":words": words,
            ":today": today, ":tomorrow": tomorrow,
            ":lat": lat, ":lon": lon, ":narrow": narrow, ":near": near,
        };
        let fits = format!(
            "FROM jobs_now WHERE {OPEN}
             AND (:kind IS NULL OR work_kind = :kind)
             AND (:town IS NULL OR town = :town)
             AND (:least IS NULL OR fen_a_day >= :least)
             AND (:settlement IS NULL OR settlement = :settlement)
             AND (:today IS NULL OR (starts_at >= :today AND starts_at < :tomorrow))
             AND (:near IS NULL OR {WAY_SQUARED} <= :near)
             AND (:words IS NULL OR row IN (SELECT rowid FROM jobs_fts WHERE jobs_fts MATCH :words))"
        );
        self.read(|tx| {
            let sql = format!("SELECT count(*) {fits}");
            let total = tx
                .prepare_cached(&sql)?
                .query_row(given, |row| count(row, 0))?;
            let page: [(&str, &dyn ToSql); 3] = [
                (":number", &number),
                (":limit", &limit),
                (":offset", &offset),
            ];
            let sql = format!(
                "SELECT body, left_now {fits} {} LIMIT :limit OFFSET :offset",
                order_by(query.order)
            );
            let all: Vec<(&str, &dyn ToSql)> = given.iter().chain(&page).copied().collect();
            let jobs = read_jobs(tx, &sql, &all)?;
            Ok(JobPage { total, jobs })
        })
    }

    /// Open listings that could stand in for that one, best first.
    pub fn like(&self, job: &Job, most: usize, now: Timestamp) -> Result<Vec<Job>, StoreError> {
        let mut ranked: Vec<_> = self
            .open_jobs(now)?
            .into_iter()
            .filter_map(|other| Some((rules::likeness(job, &other)?, other)))
            .collect();
        ranked.sort_by_key(|(likeness, _)| *likeness);
        Ok(ranked.into_iter().take(most).map(|(_, job)| job).collect())
    }

    /// The hall, once the hub has told of it.
    pub fn hall(&self) -> Result<Option<Hall>, StoreError> {
        self.read(|tx| {
            super::meta::get(tx, super::meta::HALL)?
                .map(|text| from_json(&text))
                .transpose()
        })
    }
}

fn open_jobs(tx: &Transaction<'_>, now: Timestamp) -> Result<Vec<Job>, StoreError> {
    let sql = format!("SELECT body, left_now FROM jobs_now WHERE {OPEN}");
    let mut jobs = read_jobs(tx, &sql, named_params! {":now": millis(now)})?;
    // SQLite would sort whole listings, and through a file where there are many.
    jobs.sort_by_key(|job| (!job.urgent, job.starts_at, job.number));
    Ok(jobs)
}

fn read_jobs(
    tx: &Transaction<'_>,
    sql: &str,
    given: &[(&str, &dyn ToSql)],
) -> Result<Vec<Job>, StoreError> {
    let mut statement = tx.prepare_cached(sql)?;
    let rows = statement.query_map(given, body_and_left)?;
    rows.map(|row| row.map_err(StoreError::from).and_then(with_left))
        .collect()
}

fn body_and_left(row: &Row<'_>) -> rusqlite::Result<(String, u32)> {
    Ok((row.get(0)?, row.get(1)?))
}

fn count(row: &Row<'_>, column: usize) -> rusqlite::Result<usize> {
    Ok(row.get::<_, u32>(column)? as usize)
}

fn with_left((body, left): (String, u32)) -> Result<Job, StoreError> {
    let mut job: Job = from_json(&body)?;
    job.places_left = left;
    Ok(job)
}

/// One listing with the places left here and now.
pub fn job(tx: &Transaction<'_>, id: JobId) -> Result<Option<Job>, StoreError> {
    tx.prepare_cached("SELECT body, left_now FROM jobs_now WHERE id = ?1")?
        .query_row([id.to_string()], body_and_left)
        .optional()?
        .map(with_left)
        .transpose()
}

/// Writes a listing and what it is found by.
pub fn put(tx: &Transaction<'_>, job: &Job) -> Result<(), StoreError> {
    // Pay beyond what SQLite counts is nonsense that no filter should trip over.
    let fen_a_day = job.pay.fen_a_day().and_then(|fen| i64::try_from(fen).ok());
    let place = job.position.as_ref().and_then(Place::of);
    let row: i64 = tx
        .prepare_cached(
            "INSERT INTO jobs (id, body, number, state, work_kind, town, settlement, fen_a_day,
                               urgent, starts_at, valid_until, places, places_left,
                               latitude, longitude)
             VALUES (:id, :body, :number, :state, :work_kind, :town, :settlement, :fen_a_day,
                     :urgent, :starts_at, :valid_until, :places, :places_left,
                     :latitude, :longitude)
             ON CONFLICT (id) DO UPDATE SET
                 body = excluded.body, number = excluded.number, state = excluded.state,
                 work_kind = excluded.work_kind, town = excluded.town,
                 settlement = excluded.settlement, fen_a_day = excluded.fen_a_day,
                 urgent = excluded.urgent, starts_at = excluded.starts_at,
                 valid_until = excluded.valid_until, places = excluded.places,
                 places_left = excluded.places_left,
                 latitude = excluded.latitude, longitude = excluded.longitude
             RETURNING row",
        )?
        .query_row(
            named_params! {
                ":id": job.id.to_string(), ":body": to_json(job)?, ":number": job.number,
                ":state": job.state.code(), ":work_kind": job.work_kind.code(),
                ":town": job.town, ":settlement": job.settlement.code(),
                ":fen_a_day": fen_a_day, ":urgent": job.urgent,
                ":starts_at": millis(job.starts_at),
                ":valid_until": millis(job.takes_claims_until()),
                ":places": job.places, ":places_left": job.places_left,
                ":latitude": place.map(Place::latitude),
                ":longitude": place.map(Place::longitude),
            },
            |row| row.get(0),
        )?;
    let text = search::SearchText::of(job);
    tx.prepare_cached("DELETE FROM jobs_fts WHERE rowid = ?1")?
        .execute([row])?;
    tx.prepare_cached(
        "INSERT INTO jobs_fts (rowid, words, initials, pinyin) VALUES (?1, ?2, ?3, ?4)",
    )?
    .execute((row, text.words, text.initials, text.pinyin))?;
    Ok(())
}

/// Removes a listing and what it is found by.
pub fn remove(tx: &Transaction<'_>, id: &str) -> Result<(), StoreError> {
    let row: Option<i64> = tx
        .prepare_cached("DELETE FROM jobs WHERE id = ?1 RETURNING row")?
        .query_row([id], |row| row.get(0))
        .optional()?;
    if let Some(row) = row {
        tx.prepare_cached("DELETE FROM jobs_fts WHERE rowid = ?1")?
            .execute([row])?;
    }
    Ok(())
}
