//! What staff put up in a hall, notices and events: kept as JSON, told to the hall's devices, taken
//! down when its time is over.

use super::write::Write;
use super::{enrolments, halls, sql};
use crate::store::StoreError;
use gighall_core::event::Event;
use gighall_core::hall::Notice;
use gighall_core::id::{EventId, HallId, NoticeId};
use gighall_core::wire::{Change, Scope};
use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, params};
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::fmt::Display;

/// Something that is put up in a hall.
pub trait Posted: Clone + Serialize + DeserializeOwned {
    /// What it is told apart by.
    type Id: Copy + Display;
    /// The table with `id`, `hall` and `body`; also what errors call it.
    const TABLE: &'static str;
    /// Where in the JSON the end of its time is.
    const END: &'static str;

    /// Its id.
    fn id(&self) -> Self::Id;
    /// Whether its time is over at `now`.
    fn is_over(&self, now: Timestamp) -> bool;
    /// How devices are told of it.
    fn put_up(self) -> Change;
    /// How devices are told that it is gone.
    fn taken_down(self) -> Change;
}

impl Posted for Notice {
    type Id = NoticeId;
    const TABLE: &'static str = "notice";
    const END: &'static str = "$.effective_to";

    fn id(&self) -> NoticeId {
        self.id
    }

    fn is_over(&self, now: Timestamp) -> bool {
        self.effective_to.is_some_and(|end| end <= now)
    }

    fn put_up(self) -> Change {
        Change::Notice { notice: self }
    }

    fn taken_down(self) -> Change {
        Change::NoticeRemoved { id: self.id }
    }
}

impl Posted for Event {
    type Id = EventId;
    const TABLE: &'static str = "event";
    const END: &'static str = "$.ends_at";

    fn id(&self) -> EventId {
        self.id
    }

    fn is_over(&self, now: Timestamp) -> bool {
        self.is_over(now)
    }

    fn put_up(self) -> Change {
        let event = Box::new(self);
        Change::Event { event }
    }

    fn taken_down(self) -> Change {
        Self {
            version: self.version + 1,
            withdrawn: true,
            ..self
        }
        .put_up()
    }
}

/// Puts something up, or changes it.
pub fn put<T: Posted>(write: &mut Write<'_>, hall: &HallId, posted: &T) -> Result<(), StoreError> {
    halls::must_exist(&write.sql, hall)?;
    write
        .sql
        .prepare_cached(&format!(
            "INSERT INTO {} (id, hall, body) VALUES (?1, ?2, ?3)
             ON CONFLICT (id) DO UPDATE SET hall = excluded.hall, body = excluded.body",
            T::TABLE
        ))?
        .execute(params![
            posted.id().to_string(),
            hall.as_str(),
            sql::json(posted)?
        ])?;
    write.tell(Scope::Hall(hall.clone()), posted.clone().put_up());
    Ok(())
}

/// Everything of that sort in a hall, newest first.
pub fn all<T: Posted>(connection: &Connection, hall: &HallId) -> Result<Vec<T>, StoreError> {
    connection
        .prepare_cached(&format!(
            "SELECT body FROM {} WHERE hall = ?1 ORDER BY id DESC",
            T::TABLE
        ))?
        .query_and_then([hall.as_str()], |row| {
            sql::from_json(&row.get::<_, String>(0)?)
        })?
        .collect()
}

/// Takes something down.
pub fn remove<T: Posted>(write: &mut Write<'_>, id: T::Id) -> Result<(), StoreError> {
    let (hall, posted) = one::<T>(&write.sql, id)?;
    write
        .sql
        .prepare_cached(&format!("DELETE FROM {} WHERE id = ?1", T::TABLE))?
        .execute([id.to_string()])?;
    write.tell(Scope::Hall(hall), posted.taken_down());
    Ok(())
}

/// One of them, and its hall.
pub fn one<T: Posted>(connection: &Connection, id: T::Id) -> Result<(HallId, T), StoreError> {
    find::<T>(connection, id)?.ok_or(StoreError::NotFound(T::TABLE))
}

/// The same, where it may not be there.
pub fn find<T: Posted>(
    connection: &Connection,
    id: T::Id,
) -> Result<Option<(HallId, T)>, StoreError> {
    let found: Option<(String, String)> = connection
        .prepare_cached(&format!(
            "SELECT hall, body FROM {} WHERE id = ?1",
            T::TABLE
        ))?
        .query_row([id.to_string()], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    found
        .map(|(hall, body)| Ok((sql::id(&hall)?, sql::from_json(&body)?)))
        .transpose()
}

/// Those whose time is over.
pub fn over<T: Posted>(connection: &Connection, now: Timestamp) -> Result<Vec<T::Id>, StoreError> {
    let ending: Vec<T> = connection
        .prepare_cached(&format!(
            "SELECT body FROM {} WHERE json_extract(body, '{}') IS NOT NULL",
            T::TABLE,
            T::END
        ))?
        .query_and_then([], |row| sql::from_json(&row.get::<_, String>(0)?))?
        .collect::<Result<_, StoreError>>()?;
    let over = ending.iter().filter(|posted| posted.is_over(now));
    Ok(over.map(Posted::id).collect())
}

/// Takes down everything whose time is over; says how many.
pub fn expire(write: &mut Write<'_>, now: Timestamp) -> Result<usize, StoreError> {
    let notices = over::<Notice>(&write.sql, now)?;
    let events = over::<Event>(&write.sql, now)?;
    for id in &notices {
        remove::<Notice>(write, *id)?;
    }
    for id in &events {
        remove::<Event>(write, *id)?;
    }
    Ok(notices.len() + events.len())
}

/// Whether anything is to be taken down.
pub fn any_to_expire(connection: &Connection, now: Timestamp) -> Result<bool, StoreError> {
    let notices = over::<Notice>(connection, now)?;
    Ok(!notices.is_empty() || !over::<Event>(connection, now)?.is_empty())
}

/// Says anew what an event is. People may sign up while staff write: how many have is for the store to know.
pub fn change(write: &mut Write<'_>, event: &Event) -> Result<(), StoreError> {
    let (hall, before) = one::<Event>(&write.sql, event.id)?;
    let mut after = event.clone();
    (after.places_taken, after.version) = (before.places_taken, before.version);
    after.check()?;
    if after == before {
        return Ok(());
    }
    after.version += 1;
    put(write, &hall, &after)
}

/// Says anew how many may take part in an event and how many have signed up.
pub fn set_places(
    write: &mut Write<'_>,
    id: EventId,
    places: Option<u32>,
    taken: u32,
) -> Result<(), StoreError> {
    let (hall, mut event) = one::<Event>(&write.sql, id)?;
    let before = event.clone();
    event.places = places.or(event.places);
    event.places_taken = taken;
    event.check()?;
    if taken < enrolments::held(&write.sql, id)? {
        return Err(StoreError::MoreEnrolled);
    }
    if event == before {
        return Ok(());
    }
    event.version += 1;
    put(write, &hall, &event)
}
