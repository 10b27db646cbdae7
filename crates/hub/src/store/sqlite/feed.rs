//! The feed: what changed, per scope, in a dense sequence.

use super::posted::{self, Posted};
use super::secrets::Keys;
use super::{
    claims, complaints, devices, enrolments, halls, jobs, media, passes, pauses, playlists, sql,
    witness, workers,
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

/// Changes of one answer are no longer than that together, but for a single one: a device reads no answer
/// of any length.
const BATCH_BYTES: usize = 4 << 20;

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
    let mut statement = connection.prepare_cached(
        "SELECT seq, body FROM feed WHERE scope = ?1 AND seq > ?2 ORDER BY seq LIMIT ?3",
    )?;
    let mut found = statement.query(params![
        cursor.scope.to_string(),
        sql::int(cursor.seq),
        sql::int(limit as u64)
    ])?;
    let (mut rows, mut bytes): (Vec<(u64, String)>, usize) = (vec![], 0);
    while let Some(row) = found.next()? {
        let body: String = row.get(1)?;
        bytes += body.len();
        if bytes > BATCH_BYTES && !rows.is_empty() {
            break;
        }
        rows.push((sql::uint(row.get(0)?), body));
    }
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

/// The present state of a scope, one after the other; gives the head that it belongs to.
pub fn snapshot(
    connection: &Connection,
    keys: &Keys,
    scope: &Scope,
    each: Each<'_>,
) -> Result<u64, StoreError> {
    match scope {
        Scope::Hall(hall) => hall_snapshot(connection, keys, hall, each)?,
        Scope::Device(device) => device_snapshot(connection, keys, *device, each)?,
    }
    head(connection, scope)
}

/// What takes the changes of a snapshot.
type Each<'a> = &'a mut dyn FnMut(Change) -> Result<(), StoreError>;

fn hall_snapshot(
    connection: &Connection,
    keys: &Keys,
    id: &HallId,
    each: Each<'_>,
) -> Result<(), StoreError> {
    let hall = halls::one(connection, id)?.ok_or_else(|| StoreError::UnknownHall(id.clone()))?;
    each(Change::Hall { hall })?;
    let notices: Vec<Notice> = posted::all(connection, id)?;
    notices
        .into_iter()
        .map(Posted::put_up)
        .try_for_each(&mut *each)?;
    let events: Vec<Event> = posted::all(connection, id)?;
    events
        .into_iter()
        .map(Posted::put_up)
        .try_for_each(&mut *each)?;
    for playlist in playlists::of_hall(connection, id)? {
        let playlist = Box::new(playlist);
        each(Change::Playlist { playlist })?;
    }
    for file in media::all(connection)? {
        each(Change::Media { file })?;
    }
    jobs::each_concerning(connection, id, &mut |job| {
        let job = Box::new(job);
        each(Change::Job { job })
    })?;
    witness::of_hall(connection, keys, id, each)?;
    for worker in workers::erased_ids(connection, None)? {
        each(Change::WorkerErased { worker })?;
    }
    let paused = pauses::all(connection)?.into_iter();
    paused
        .chain(passes::of_hall(connection, id)?)
        .try_for_each(each)
}

fn device_snapshot(
    connection: &Connection,
    keys: &Keys,
    id: DeviceId,
    each: Each<'_>,
) -> Result<(), StoreError> {
    if devices::hall(connection, id)?.is_none() {
        return Err(StoreError::NotFound("device"));
    }
    for claim in claims::taken_by(connection, id)? {
        each(Change::Claim { claim })?;
    }
    for enrolment in enrolments::taken_by(connection, id)? {
        each(Change::Enrolment { enrolment })?;
    }
    for news in complaints::taken_by(connection, keys, id)? {
        each(Change::Complaint { news })?;
    }
    let recalled = jobs::recalled_from(connection, id)?.into_iter();
    recalled
        .map(|job| Change::Recall { job })
        .try_for_each(each)
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
