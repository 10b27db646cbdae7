//! What staff put up in the hall: notices, events and playlists, as the hub told of them.

use super::{Store, StoreError, from_json, staff, to_json};
use gighall_core::event::Event;
use gighall_core::hall::{Notice, NoticeKind};
use gighall_core::id::EventId;
use gighall_core::media::MediaFile;
use gighall_core::playlist::HubPlaylist;
use jiff::Timestamp;
use rusqlite::{OptionalExtension, Transaction};
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::cmp::Reverse;
use std::collections::HashSet;
use std::fmt::Display;

/// A table with `id` and `body`.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub enum Table {
    /// Of [`Notice`].
    Notices,
    /// Of [`Event`].
    Events,
    /// Of [`HubPlaylist`]; the id is its name.
    Playlists,
    /// Of [`MediaFile`]; the id is its name.
    Media,
}

impl Table {
    /// All of them.
    const ALL: [Self; 4] = [Self::Notices, Self::Events, Self::Playlists, Self::Media];

    fn name(self) -> &'static str {
        match self {
            Self::Notices => "notices",
            Self::Events => "events",
            Self::Playlists => "playlists",
            Self::Media => "media",
        }
    }
}

impl Store {
    /// Notices that may be shown now, of the hub and of the staff's own, newest first.
    pub fn notices(&self, now: Timestamp) -> Result<Vec<Notice>, StoreError> {
        let mut notices = self.posted()?;
        notices.retain(|notice| notice.is_current(now));
        Ok(notices)
    }

    /// Emergency notices that are up or will be, newest first.
    pub fn emergencies(&self, now: Timestamp) -> Result<Vec<Notice>, StoreError> {
        let mut notices = self.posted()?;
        notices.retain(|notice| {
            let over = notice.effective_to.is_some_and(|end| end <= now);
            notice.kind == NoticeKind::Emergency && !over
        });
        Ok(notices)
    }

    fn posted(&self) -> Result<Vec<Notice>, StoreError> {
        let mut notices: Vec<Notice> = self.read(|tx| {
            let mut notices = all(tx, Table::Notices)?;
            notices.extend(staff::own_notices(tx)?);
            Ok(notices)
        })?;
        notices.sort_by_key(|notice| (Reverse(notice.effective_from), notice.id));
        Ok(notices)
    }

    /// Events that run or are to come, by their start. Those that are over are left out by `now`,
    /// whether the hub has been heard of or not.
    pub fn events(&self, now: Timestamp) -> Result<Vec<Event>, StoreError> {
        let mut events: Vec<Event> = self.read(|tx| all(tx, Table::Events))?;
        events.retain(|event| !event.is_over(now));
        events.sort_by_key(|event| (event.starts_at, event.ends_at, event.id));
        Ok(events)
    }

    /// The playlists that the hub gave to walls of this hall, whether they hold or not, by name.
    pub fn playlists(&self) -> Result<Vec<HubPlaylist>, StoreError> {
        let mut playlists: Vec<HubPlaylist> = self.read(|tx| all(tx, Table::Playlists))?;
        playlists.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(playlists)
    }

    /// The files that the hub keeps for walls, by name.
    pub fn media(&self) -> Result<Vec<MediaFile>, StoreError> {
        let mut files: Vec<MediaFile> = self.read(|tx| all(tx, Table::Media))?;
        files.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(files)
    }
}

/// One event, over or not.
pub fn event(tx: &Transaction<'_>, id: EventId) -> Result<Option<Event>, StoreError> {
    let body: Option<String> = tx
        .prepare_cached("SELECT body FROM events WHERE id = ?1")?
        .query_row([id.to_string()], |row| row.get(0))
        .optional()?;
    body.map(|body| from_json(&body)).transpose()
}

fn all<T: DeserializeOwned>(tx: &Transaction<'_>, table: Table) -> Result<Vec<T>, StoreError> {
    let mut statement = tx.prepare_cached(&format!("SELECT body FROM {}", table.name()))?;
    let rows = statement.query_map([], |row| row.get::<_, String>(0))?;
    rows.map(|body| from_json(&body?)).collect()
}

/// Keeps something as it is now.
pub fn put(
    tx: &Transaction<'_>,
    table: Table,
    id: impl Display,
    posted: &impl Serialize,
) -> Result<(), StoreError> {
    tx.prepare_cached(&format!(
        "INSERT INTO {} (id, body) VALUES (?1, ?2)
         ON CONFLICT (id) DO UPDATE SET body = excluded.body",
        table.name()
    ))?
    .execute((id.to_string(), to_json(posted)?))?;
    Ok(())
}

/// Removes something, at once.
pub fn remove(tx: &Transaction<'_>, table: Table, id: impl Display) -> Result<(), StoreError> {
    tx.prepare_cached(&format!("DELETE FROM {} WHERE id = ?1", table.name()))?
        .execute([id.to_string()])?;
    Ok(())
}

/// Removes whatever is not among those.
pub fn remove_others(
    tx: &Transaction<'_>,
    kept: &HashSet<(Table, String)>,
) -> Result<(), StoreError> {
    for table in Table::ALL {
        let sql = format!("SELECT id FROM {}", table.name());
        for id in super::feed::ids(tx, &sql)? {
            let row = (table, id);
            if !kept.contains(&row) {
                remove(tx, table, row.1)?;
            }
        }
    }
    Ok(())
}

/// Removes events that are over.
pub fn forget_events(tx: &Transaction<'_>, now: Timestamp) -> Result<(), StoreError> {
    for event in all::<Event>(tx, Table::Events)? {
        if event.is_over(now) {
            remove(tx, Table::Events, event.id)?;
        }
    }
    Ok(())
}
