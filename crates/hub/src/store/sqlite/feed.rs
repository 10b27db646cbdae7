//! The feed: what changed, per scope, in a dense sequence.

use super::posted::{self, Posted};
use super::secrets::Keys;
use super::{
    claims, complaints, devices, enrolments, halls, jobs, media, passes, pauses, playlists, sql,
    workers,
};
use crate::store::StoreError;
use gighall_core::event::Event;
use gighall_core::hall::Notice;
use gighall_core::id::{DeviceId, HallId};
use gighall_core::wire::{Change, Cursor, Scope, ScopeChanges, SequencedChange};
use rusqlite::{Connection, OptionalExtension, params};
use std::collections::BTreeMap;

/// Changes of a scope that are kept. A device that slept through more starts over from a
/// snapshot, which is shorter by then anyway.
const KEPT: u64 = 20_000;

/// The last sequence number of a scope.
pub fn head(connection: &Connection, scope: &Scope) -> Result<u64, StoreError> {
    let head = connection
        .prepare_cached("SELECT head FROM feed_head WHERE scope = ?1")?
        .query_row([scope.to_string()], |row| row.get(0))
        .optional()?;
    Ok(head.map_or(0, sql::uint))
}

/// Appends changes; the head row of each scope is raised after its last change.
pub fn append(connection: &Connection, outgoing: &[(Scope, Change)]) -> Result<(), StoreError> {
    let mut by_scope: BTreeMap<&Scope, Vec<&Change>> = BTreeMap::new();
    for (scope, change) in outgoing {
        by_scope.entry(scope).or_default().push(change);
    }
    for (scope, changes) in by_scope {
        let mut seq = head(connection, scope)?;
        let name = scope.to_string();
        for change in changes {
            seq += 1;
            connection
                .prepare_cached("INSERT INTO feed (scope, seq, body) VALUES (?1, ?2, ?3)")?
                .execute(params![name, sql::int(seq), sql::json(change)?])?;
        }
        connection
            .prepare_cached("DELETE FROM feed WHERE scope = ?1 AND seq <= ?2")?
            .execute(params![name, sql::int(seq.saturating_sub(KEPT))])?;
        connection
            .prepare_cached(
                "INSERT INTO feed_head (scope, head) VALUES (?1, ?2)
                 ON CONFLICT (scope) DO UPDATE SET head = excluded.head",
            )?
            .execute(params![name, sql::int(seq)])?;
    }
    Ok(())
}

/// Changes after a cursor.
pub fn changes(
    connection: &Connection,
    keys: &Keys,
    cursor: &Cursor,
    limit: usize,
) -> Result<ScopeChanges, StoreError> {
    let head = head(connection, &cursor.scope)?;
    if cursor.seq > head {
        return Err(StoreError::CursorGone);
    }
    let rows: Vec<(u64, String)> = connection
        .prepare_cached(
            "SELECT seq, body FROM feed WHERE scope = ?1 AND seq > ?2 ORDER BY seq LIMIT ?3",
        )?
        .query_map(
            params![
                cursor.scope.to_string(),
                sql::int(cursor.seq),
                sql::int(limit as u64)
            ],
            |row| Ok((sql::uint(row.get(0)?), row.get(1)?)),
        )?
        .collect::<Result<_, _>>()?;
    let kept = rows.first().map_or(head, |(seq, _)| seq - 1);
    if kept > cursor.seq {
        return Err(StoreError::CursorGone);
    }
    let changes = rows
        .into_iter()
        .map(|(seq, body)| {
            let mut change = sql::from_json(&body)?;
            if let Change::Complaint { news } = &mut change {
                // The log does not hold it: it is encrypted where it lies.
                news.word = complaints::word(connection, keys, news.id)?;
            }
            Ok(SequencedChange { seq, change })
        })
        .collect::<Result<_, StoreError>>()?;
    Ok(ScopeChanges {
        scope: cursor.scope.clone(),
        head,
        changes,
    })
}

/// The present state of a scope.
pub fn snapshot(
    connection: &Connection,
    keys: &Keys,
    scope: &Scope,
) -> Result<(u64, Vec<Change>), StoreError> {
    let changes = match scope {
        Scope::Hall(hall) => hall_snapshot(connection, hall)?,
        Scope::Device(device) => device_snapshot(connection, keys, *device)?,
    };
    Ok((head(connection, scope)?, changes))
}

fn hall_snapshot(connection: &Connection, id: &HallId) -> Result<Vec<Change>, StoreError> {
    let hall = halls::one(connection, id)?.ok_or_else(|| StoreError::UnknownHall(id.clone()))?;
    let notices: Vec<Notice> = posted::all(connection, id)?;
    let events: Vec<Event> = posted::all(connection, id)?;
    let playlists = playlists::of_hall(connection, id)?
        .into_iter()
        .map(Box::new);
    let media = media::all(connection)?;
    let jobs = jobs::concerning(connection, id)?;
    let erased = workers::erased_ids(connection, None)?;
    let paused = pauses::all(connection)?;
    let passes = passes::of_hall(connection, id)?;
    Ok(std::iter::once(Change::Hall { hall })
        .chain(notices.into_iter().map(Posted::put_up))
        .chain(events.into_iter().map(Posted::put_up))
        .chain(playlists.map(|playlist| Change::Playlist { playlist }))
        .chain(media.into_iter().map(|file| Change::Media { file }))
        .chain(
            jobs.into_iter()
                .map(|job| Change::Job { job: Box::new(job) }),
        )
        .chain(
            erased
                .into_iter()
                .map(|worker| Change::WorkerErased { worker }),
        )
        .chain(paused)
        .chain(passes)
        .collect())
}

fn device_snapshot(
    connection: &Connection,
    keys: &Keys,
    id: DeviceId,
) -> Result<Vec<Change>, StoreError> {
    if devices::hall(connection, id)?.is_none() {
        return Err(StoreError::NotFound("device"));
    }
    let claims = claims::taken_by(connection, id)?;
    let enrolments = enrolments::taken_by(connection, id)?;
    let complaints = complaints::taken_by(connection, keys, id)?;
    let recalls = jobs::recalled_from(connection, id)?;
    Ok(claims
        .into_iter()
        .map(|claim| Change::Claim { claim })
        .chain(
            enrolments
                .into_iter()
                .map(|enrolment| Change::Enrolment { enrolment }),
        )
        .chain(
            complaints
                .into_iter()
                .map(|news| Change::Complaint { news }),
        )
        .chain(recalls.into_iter().map(|job| Change::Recall { job }))
        .collect())
}

/// SQLite's counter of commits by other connections.
pub fn data_version(connection: &Connection) -> Result<i64, StoreError> {
    Ok(connection.pragma_query_value(None, "data_version", |row| row.get(0))?)
}

/// Grows with every change of any scope.
pub fn sum_of_heads(connection: &Connection) -> Result<i64, StoreError> {
    Ok(connection
        .prepare_cached("SELECT coalesce(sum(head), 0) FROM feed_head")?
        .query_row([], |row| row.get(0))?)
}
