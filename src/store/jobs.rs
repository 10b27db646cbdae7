//! Listings: reading them for the wall and the terminal.

use super::finder::{Finder, Told, When};
use super::{Store, StoreError, from_json, lock, millis, to_json};
use crate::terminal::desk::{JobPage, JobQuery};
use gighall_core::hall::Hall;
use gighall_core::id::JobId;
use gighall_core::job::{Job, WorkKind};
use gighall_core::place::Place;
use gighall_core::playlist::Parade;
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
            // Nearly all listings are open: going through the file in its own order is faster than by an index, which
            // the signs keep away. What is left would be counted twice if it were asked for here too.
            let mut statement = tx.prepare_cached(
                "SELECT body, left_now FROM jobs_now
                 WHERE +state = 'published' AND +valid_until > :now",
            )?;
            let rows = statement.query_map(named_params! {":now": millis(now)}, body_and_left)?;
            let mut rows = rows.filter(|row| !matches!(row, Ok((_, 0))));
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

    /// The listing that a terminal which waits shows next, by its turns. All open listings are looked at where
    /// they lie in memory; of the file only what has changed is read, and the one that is next.
    pub fn next_of(&self, parade: &mut Parade, now: Timestamp) -> Result<Option<Job>, StoreError> {
        // Where the calendar ends there is no today.
        let today = self.today(now).unwrap_or_default();
        self.look(
            |tx, finder| match parade.next(finder.paraded(millis(now), today)) {
                Some(next) => job(tx, next),
                None => Ok(None),
            },
        )
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

    /// Open listings that fit of each kind of work that has any, most first, whatever kind is looked for.
    pub fn kinds(
        &self,
        query: &JobQuery,
        now: Timestamp,
    ) -> Result<Vec<(WorkKind, usize)>, StoreError> {
        let when = self.when(query, now);
        self.look(|_, finder| Ok(finder.kinds(query, when)))
    }

    /// Open listings that fit of each town that has any, most first, whatever town is looked for.
    pub fn towns(
        &self,
        query: &JobQuery,
        now: Timestamp,
    ) -> Result<Vec<(String, usize)>, StoreError> {
        let when = self.when(query, now);
        self.look(|_, finder| Ok(finder.towns(query, when)))
    }

    /// Towns, employers and titles of open listings, each once: towns first, of each the commonest first.
    pub fn words(&self, now: Timestamp) -> Result<Vec<String>, StoreError> {
        self.look(|_, finder| Ok(finder.words(millis(now))))
    }

    /// Looks among the listings in memory, which are as the transaction has them.
    fn look<T>(
        &self,
        work: impl FnOnce(&Transaction<'_>, &Finder) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let mut kept = lock(&self.finder);
        // Where another process writes, nobody tells what has changed.
        let news = self.told.as_ref().map(Told::take);
        self.read(|tx| {
            let finder = match (kept.take(), news) {
                (Some(mut finder), Some(news)) if !news.all && !finder.is_worn() => {
                    finder.follow(tx, &news)?;
                    finder
                }
                _ => Finder::read(tx)?,
            };
            let result = work(tx, &finder);
            *kept = Some(finder);
            result
        })
    }

    /// When the hall's day begins and ends, in milliseconds.
    fn today(&self, now: Timestamp) -> Result<(i64, i64), jiff::Error> {
        let begins = now.to_zoned_datetime(self.zone.clone()).start_of_day()?;
        let ends = begins.tomorrow()?.start_of_day()?;
        Ok((millis(begins.timestamp()), millis(ends.timestamp())))
    }

    fn when(&self, query: &JobQuery, now: Timestamp) -> When {
        When {
            now: millis(now),
            // Where the calendar ends there is no today.
            today: query
                .starts_today
                .then(|| self.today(now).unwrap_or_default()),
        }
    }

    /// Open listings that fit, in the order asked for; the one whose number was typed comes first.
    pub fn find(&self, query: &JobQuery, now: Timestamp) -> Result<JobPage, StoreError> {
        let when = self.when(query, now);
        self.look(|tx, finder| {
            let found = finder.find(query, when);
            let mut body = tx.prepare_cached("SELECT body FROM jobs WHERE row = ?1")?;
            let mut jobs = vec![];
            for (row, left) in found.page {
                let body: String = body.query_row([row], |row| row.get(0))?;
                jobs.push(with_left((body, left))?);
            }
            Ok(JobPage {
                total: found.total,
                jobs,
                closed: None,
            })
        })
    }

    /// The listing with that number that takes nobody, of several the one that took somebody last.
    pub fn closed(&self, number: u32, now: Timestamp) -> Result<Option<Job>, StoreError> {
        let sql = "SELECT body, left_now FROM jobs_now WHERE number = :number
            ORDER BY valid_until DESC, id LIMIT 1";
        let found = self.read(|tx| read_jobs(tx, sql, named_params! {":number": number}))?;
        Ok(found.into_iter().next().filter(|job| !job.is_open(now)))
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

/// Writes a listing.
pub fn put(tx: &Transaction<'_>, job: &Job) -> Result<(), StoreError> {
    // Pay beyond what SQLite counts is nonsense that no filter should trip over.
    let fen_a_day = job.pay.fen_a_day().and_then(|fen| i64::try_from(fen).ok());
    let place = job.position.as_ref().and_then(Place::of);
    tx.prepare_cached(
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
                 latitude = excluded.latitude, longitude = excluded.longitude",
    )?
    .execute(named_params! {
        ":id": job.id.to_string(), ":body": to_json(job)?, ":number": job.number,
        ":state": job.state.code(), ":work_kind": job.work_kind.code(),
        ":town": job.town, ":settlement": job.settlement.code(),
        ":fen_a_day": fen_a_day, ":urgent": job.urgent,
        ":starts_at": millis(job.starts_at),
        ":valid_until": millis(job.takes_claims_until()),
        ":places": job.places, ":places_left": job.places_left,
        ":latitude": place.map(Place::latitude),
        ":longitude": place.map(Place::longitude),
    })?;
    Ok(())
}

/// Removes a listing.
pub fn remove(tx: &Transaction<'_>, id: &str) -> Result<(), StoreError> {
    tx.prepare_cached("DELETE FROM jobs WHERE id = ?1")?
        .execute([id])?;
    Ok(())
}
