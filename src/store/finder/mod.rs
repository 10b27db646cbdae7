//! The open listings in memory, as far as they are looked for: which of 100,000 fit, how many, and which
//! come first is known within a frame of the screen. The store's file stays what is true: listings are
//! read from it once, and each again when it has changed.

mod follow;
mod words;

pub use follow::{News, Told, told_by};

use super::{StoreError, search, signed};
use crate::terminal::desk::{JobQuery, NEAR_KM, Order};
use gighall_core::id::JobId;
use gighall_core::job::{Settlement, WorkKind};
use gighall_core::pay::Pay;
use gighall_core::place::{self, Place};
use gighall_core::playlist::Paraded;
use jiff::Timestamp;
use rusqlite::{Row, Transaction};
use serde::Deserialize;
use std::borrow::Cow;
use std::cmp::Ordering;
use std::collections::{HashMap, HashSet};
use words::{TextId, Texts, Word};

/// A published listing.
struct Listing {
    /// In the table `jobs`.
    row: i64,
    id: JobId,
    number: u32,
    work_kind: WorkKind,
    settlement: Settlement,
    title: TextId,
    town: TextId,
    employer: TextId,
    /// Everything else of it that is searched, ready to be compared.
    rest: Box<str>,
    fen_a_day: Option<i64>,
    /// The lower end of its pay, where the one above is the upper end.
    least_a_day: Option<i64>,
    urgent: bool,
    /// Milliseconds since 1970, as the next one.
    starts_at: i64,
    valid_until: i64,
    left: u32,
    /// Millionths of a degree.
    place: Option<(i32, i32)>,
}

/// What of a listing's body is searched.
#[derive(Deserialize)]
struct Searched<'a> {
    #[serde(borrow)]
    title: Cow<'a, str>,
    #[serde(borrow)]
    employer: Named<'a>,
    #[serde(borrow)]
    address: Cow<'a, str>,
    #[serde(borrow)]
    gather_place: Option<Cow<'a, str>>,
    #[serde(borrow)]
    requirements: Option<Cow<'a, str>>,
    pay: Pay,
}

#[derive(Deserialize)]
struct Named<'a> {
    #[serde(borrow)]
    name: Cow<'a, str>,
}

/// When somebody looks, in milliseconds since 1970.
#[derive(Clone, Copy, Debug)]
pub struct When {
    /// Now.
    pub now: i64,
    /// When today began and ends; only where it matters.
    pub today: Option<(i64, i64)>,
}

/// A page of what fits.
pub struct Found {
    /// How many fit in all.
    pub total: usize,
    /// Rows of those on the page, with the places left, in the order that was asked for.
    pub page: Vec<(i64, u32)>,
}

/// The listings.
#[derive(Default)]
pub struct Finder {
    listings: Vec<Listing>,
    /// Where each row is among them.
    places: HashMap<i64, usize>,
    texts: Texts,
    /// Rows whose places left are others than the hub's, by claims that were taken here.
    adjusted: HashSet<i64>,
}

const READ: &str =
    "SELECT row, id, body, number, work_kind, settlement, town, fen_a_day, urgent, starts_at,
    valid_until, left_now, latitude, longitude, left_now <> places_left AS adjusted,
    state = 'published' AS published FROM jobs_now";

impl Finder {
    /// Reads all listings.
    pub fn read(tx: &Transaction<'_>) -> Result<Self, StoreError> {
        let mut finder = Self::default();
        let mut statement = tx.prepare_cached(&format!("{READ} WHERE state = 'published'"))?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            finder.put(row)?;
        }
        Ok(finder)
    }

    /// Reads those listings again that may have changed.
    pub fn follow(&mut self, tx: &Transaction<'_>, news: &News) -> Result<(), StoreError> {
        let mut rows: HashSet<i64> = news.jobs.iter().copied().collect();
        if news.counts {
            rows.extend(&self.adjusted);
        }
        let mut of_claim = tx.prepare_cached(
            "SELECT jobs.row FROM claims JOIN jobs ON jobs.id = claims.job WHERE claims.rowid = ?1",
        )?;
        for claim in &news.claims {
            let mut found = of_claim.query([claim])?;
            while let Some(row) = found.next()? {
                rows.insert(row.get(0)?);
            }
        }
        let mut again = tx.prepare_cached(&format!("{READ} WHERE row = ?1"))?;
        for row in rows {
            self.remove(row);
            let mut found = again.query([row])?;
            if let Some(row) = found.next()?
                && row.get::<_, bool>("published")?
            {
                self.put(row)?;
            }
        }
        Ok(())
    }

    /// Most of the texts that it keeps are of listings that are gone: reading everything anew is better.
    pub fn is_worn(&self) -> bool {
        self.texts.len() > 3 * self.listings.len() + 1000
    }

    fn put(&mut self, row: &Row<'_>) -> Result<(), StoreError> {
        let at: i64 = row.get("row")?;
        let (kind, settlement): (String, String) = (row.get("work_kind")?, row.get("settlement")?);
        let known = WorkKind::from_code(&kind).zip(Settlement::from_code(&settlement));
        let Some((work_kind, settlement)) = known else {
            return Err(StoreError::Damaged(format!("{kind} {settlement}")));
        };
        let body = row
            .get_ref("body")?
            .as_str()
            .map_err(rusqlite::Error::from)?;
        let searched: Searched<'_> =
            serde_json::from_str(body).map_err(|error| StoreError::Damaged(error.to_string()))?;
        let id: String = row.get("id")?;
        let id: JobId = id.parse().map_err(|_| StoreError::Damaged(id))?;
        let number: u32 = row.get("number")?;
        let own = number.to_string();
        let rest = [Some(&*own), Some(&*searched.address)].into_iter().chain([
            searched.gather_place.as_deref(),
            searched.requirements.as_deref(),
        ]);
        let place: (Option<i32>, Option<i32>) = (row.get("latitude")?, row.get("longitude")?);
        let listing = Listing {
            row: at,
            id,
            number,
            work_kind,
            settlement,
            title: self.texts.id(&searched.title),
            town: self.texts.id(&row.get::<_, String>("town")?),
            employer: self.texts.id(&searched.employer.name),
            rest: words::joined(rest.flatten()).into(),
            fen_a_day: row.get("fen_a_day")?,
            least_a_day: searched.pay.least_fen_a_day().map(signed),
            urgent: row.get("urgent")?,
            starts_at: row.get("starts_at")?,
            valid_until: row.get("valid_until")?,
            left: row.get("left_now")?,
            place: place.0.zip(place.1),
        };
        if row.get("adjusted")? {
            self.adjusted.insert(at);
        }
        self.places.insert(at, self.listings.len());
        self.listings.push(listing);
        Ok(())
    }

    fn remove(&mut self, row: i64) {
        self.adjusted.remove(&row);
        if let Some(place) = self.places.remove(&row) {
            self.listings.swap_remove(place);
            if let Some(moved) = self.listings.get(place) {
                self.places.insert(moved.row, place);
            }
        }
    }

    fn open(&self, now: i64) -> impl Iterator<Item = &Listing> {
        self.listings.iter().filter(move |it| it.is_open(now))
    }

    /// Open listings in the little that their turns on a terminal that waits are found by; `today` is when it
    /// begins and ends.
    pub fn paraded(&self, now: i64, today: (i64, i64)) -> impl Iterator<Item = Paraded> {
        self.open(now).filter_map(move |it| {
            Some(Paraded {
                id: it.id,
                urgent: it.urgent,
                starts_today: (today.0..today.1).contains(&it.starts_at),
                // Times are written by `put`.
                starts_at: Timestamp::from_millisecond(it.starts_at).ok()?,
                number: it.number,
            })
        })
    }

    /// How many open listings that fit each kind of work has that has any, most first, whatever kind is looked
    /// for.
    pub fn kinds(&self, query: &JobQuery, when: When) -> Vec<(WorkKind, usize)> {
        let any = JobQuery {
            work_kind: None,
            ..query.clone()
        };
        let mut counts: HashMap<WorkKind, usize> = HashMap::new();
        for listing in self.fitting(&any, when) {
            *counts.entry(listing.work_kind).or_default() += 1;
        }
        let mut counts: Vec<_> = counts.into_iter().collect();
        counts.sort_by_key(|(kind, count)| (std::cmp::Reverse(*count), kind.code()));
        counts
    }

    /// The same of towns.
    pub fn towns(&self, query: &JobQuery, when: When) -> Vec<(String, usize)> {
        let any = JobQuery {
            town: None,
            ..query.clone()
        };
        let fitting = self.fitting(&any, when).into_iter();
        let towns = self.counted(fitting.map(|listing| listing.town));
        towns
            .into_iter()
            .map(|(town, count)| (town.to_owned(), count))
            .collect()
    }

    /// Towns, then employers, then titles of open listings; of each the commonest first.
    pub fn words(&self, now: i64) -> Vec<String> {
        let texts: [fn(&Listing) -> TextId; 3] = [|it| it.town, |it| it.employer, |it| it.title];
        let texts = texts
            .into_iter()
            .flat_map(|text| self.counted(self.open(now).map(text)));
        texts.map(|(text, _)| text.to_owned()).collect()
    }

    /// Each of the texts and how often it is among them, most first.
    fn counted(&self, texts: impl Iterator<Item = TextId>) -> Vec<(&str, usize)> {
        let mut counts: HashMap<TextId, usize> = HashMap::new();
        for text in texts {
            *counts.entry(text).or_default() += 1;
        }
        let named = |(text, count)| (self.texts.name(text), count);
        let mut counts: Vec<(&str, usize)> = counts.into_iter().map(named).collect();
        counts.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(b.0)));
        counts
    }

    /// Open listings that fit, in no order.
    fn fitting(&self, query: &JobQuery, when: When) -> Vec<&Listing> {
        let words = search::words(&query.words);
        if words.is_empty() && !query.words.trim().is_empty() {
            // Only signs were typed; they are in no listing's words.
            return vec![];
        }
        let words: Vec<Word<'_>> = words
            .iter()
            .map(|word| Word::new(word, &self.texts))
            .collect();
        let town = query.town.as_deref().map(|town| self.texts.find(town));
        let least = query.min_fen_a_day.map(signed);
        let near = query
            .near
            .then(|| place::parts_of(f64::from(NEAR_KM) * 1000.0).powi(2));
        let fits = |it: &&Listing| {
            query.work_kind.is_none_or(|kind| kind == it.work_kind)
                && town.is_none_or(|town| town == Some(it.town))
                && least.is_none_or(|least| it.least_a_day >= Some(least))
                && (!query.daily_settled || it.settlement == Settlement::Daily)
                && when
                    .today
                    .is_none_or(|(begins, ends)| (begins..ends).contains(&it.starts_at))
                && near.is_none_or(|near| it.way_squared(query.here).is_some_and(|way| way <= near))
                && words.iter().all(|word| it.has(word))
        };
        self.open(when.now).filter(fits).collect()
    }

    /// The page that is looked for of those that fit.
    pub fn find(&self, query: &JobQuery, when: When) -> Found {
        let mut fitting = self.fitting(query, when);
        let total = fitting.len();
        let order = in_order(query);
        let end = query.offset.saturating_add(query.limit).min(total);
        if end < total && end > 0 {
            fitting.select_nth_unstable_by(end - 1, &order);
            fitting.truncate(end);
        }
        fitting.sort_unstable_by(&order);
        let page = fitting.iter().take(end).skip(query.offset);
        Found {
            total,
            page: page.map(|it| (it.row, it.left)).collect(),
        }
    }
}

impl Listing {
    fn is_open(&self, now: i64) -> bool {
        self.valid_until > now && self.left > 0
    }

    fn has(&self, word: &Word<'_>) -> bool {
        word.fits_spoken(self.title)
            || word.fits_spoken(self.town)
            || word.fits_spoken(self.employer)
            || word.fits_kind(self.work_kind)
            || word.fits_settlement(self.settlement)
            || word.fits_rest(&self.rest)
    }

    /// The square of the way from there in millionths of a degree of latitude, on a flat map; within a
    /// county that differs from the sphere by less than a thousandth.
    fn way_squared(&self, from: Option<Place>) -> Option<f64> {
        let ((latitude, longitude), from) = self.place.zip(from)?;
        let north = f64::from(latitude) - f64::from(from.latitude());
        let east = (f64::from(longitude) - f64::from(from.longitude())) * from.narrowing();
        Some(north * north + east * east)
    }
}

/// What comes first: the listing whose number was typed, then by what was asked for, by start, by number.
fn in_order(query: &JobQuery) -> impl Fn(&&Listing, &&Listing) -> Ordering {
    let (order, here) = (query.order, query.here);
    let typed = search::number(&query.words);
    move |a, b| {
        let is_typed = |it: &Listing| Some(it.number) == typed;
        let pay = || b.fen_a_day.cmp(&a.fen_a_day);
        let asked = match order {
            Order::Urgent => b.urgent.cmp(&a.urgent).then_with(pay),
            Order::Pay => pay(),
            Order::Start => Ordering::Equal,
            Order::Distance => {
                let (a, b) = (a.way_squared(here), b.way_squared(here));
                let way = a.zip(b).map_or(Ordering::Equal, |(a, b)| a.total_cmp(&b));
                a.is_none().cmp(&b.is_none()).then(way)
            }
        };
        is_typed(b)
            .cmp(&is_typed(a))
            .then(asked)
            .then_with(|| (a.starts_at, a.number).cmp(&(b.starts_at, b.number)))
    }
}
