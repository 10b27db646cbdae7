//! What can be saved out of a damaged store: records of the outbox that the hub does not have, and
//! listings, notices and events, so that a hall that is cut off goes on showing them.

use super::{StoreError, feed, from_json, from_millis, meta, outbox};
use gighall_core::id::ClaimId;
use gighall_core::outbox::Record;
use gighall_core::proof::Showing;
use gighall_core::vault::Vault;
use gighall_core::wire::Change;
use jiff::Timestamp;
use rusqlite::{Connection, OpenFlags, Transaction};
use std::collections::BTreeMap;
use std::path::Path;

/// What was read.
#[derive(Default)]
pub struct Saved {
    records: BTreeMap<(i64, u64), Found>,
    /// Records that were seen but that no whole chain leads to.
    pub unusable: usize,
    /// Listings, notices, events and the hall, as far as they could be read.
    shown: BTreeMap<String, Change>,
    /// Small things by name.
    meta: BTreeMap<String, String>,
    /// What former devices left unsent, by device, epoch and sequence number.
    left: BTreeMap<(String, i64, i64), Left>,
    /// What the walls showed, by number.
    proof: BTreeMap<i64, Proof>,
}

/// The other columns of `proof`, as they are.
type Proof = (String, i64, i64, i64, bool, String);

/// The other columns of `outbox_left`, as they are.
type Left = (String, String, Vec<u8>, i64, Option<String>);

/// What of the small things is saved: whose the outbox is, and when the hub was last heard of.
const META: [&str; 3] = [meta::DEVICE, meta::LAST_CONTACT, meta::CLOCK_OFFSET];

struct Found {
    record: Record,
    claim: Option<ClaimId>,
    at: Timestamp,
}

/// Reads a damaged store as far as it can be read, from both ends, since reading stops at the first
/// damaged page.
pub fn read(path: &Path, vault: &Vault) -> Saved {
    let mut saved = Saved::default();
    // Read-write, so that what is only in the write-ahead log counts; the file is set aside.
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let Ok(connection) = Connection::open_with_flags(path, flags) else {
        return saved;
    };
    for direction in ["ASC", "DESC"] {
        if let Err(error) = read_rows(&connection, direction, vault, &mut saved) {
            tracing::warn!(%error, direction, "the outbox of the damaged store is cut short");
        }
        if let Err(error) = read_meta(&connection, direction, &mut saved.meta) {
            tracing::warn!(%error, direction, "what the damaged store knew is missing");
        }
        if let Err(error) = read_left(&connection, direction, &mut saved.left) {
            tracing::warn!(%error, direction, "what former devices left is cut short");
        }
        if let Err(error) = read_proof(&connection, direction, &mut saved.proof) {
            tracing::warn!(%error, direction, "the proof of play is cut short");
        }
        for query in SHOWN {
            if let Err(error) = read_shown(&connection, query, direction, &mut saved.shown) {
                tracing::warn!(%error, direction, "listings of the damaged store are missing");
            }
        }
    }
    let seen = saved.records.len();
    saved.records = whole_chains(saved.records);
    saved.unusable += seen - saved.records.len();
    saved
}

/// Each gives the JSON of a [`Change`]. The feed's cursor is not saved, so the hub's snapshot
/// replaces all of it.
const SHOWN: [&str; 4] = [
    "SELECT json_object('kind', 'job', 'job', json(body)) FROM jobs",
    "SELECT json_object('kind', 'notice', 'notice', json(body)) FROM notices",
    "SELECT json_object('kind', 'event', 'event', json(body)) FROM events",
    "SELECT json_object('kind', 'hall', 'hall', json(value)) FROM meta WHERE key = 'hall'",
];

fn read_shown(
    connection: &Connection,
    query: &str,
    direction: &str,
    shown: &mut BTreeMap<String, Change>,
) -> Result<(), StoreError> {
    let mut statement = connection.prepare(&format!("{query} ORDER BY rowid {direction}"))?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let text: String = row.get(0)?;
        if let Ok(change) = from_json(&text) {
            shown.insert(text, change);
        }
    }
    Ok(())
}

fn read_meta(
    connection: &Connection,
    direction: &str,
    meta: &mut BTreeMap<String, String>,
) -> Result<(), StoreError> {
    let sql = format!("SELECT key, value FROM meta ORDER BY rowid {direction}");
    let mut statement = connection.prepare(&sql)?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let key: String = row.get(0)?;
        if META.contains(&key.as_str()) {
            meta.insert(key, row.get(1)?);
        }
    }
    Ok(())
}

fn read_left(
    connection: &Connection,
    direction: &str,
    left: &mut BTreeMap<(String, i64, i64), Left>,
) -> Result<(), StoreError> {
    let sql = format!(
        "SELECT device, epoch, seq, prev, hash, body, at, claim FROM outbox_left
         ORDER BY rowid {direction}"
    );
    let mut statement = connection.prepare(&sql)?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let key = (row.get(0)?, row.get(1)?, row.get(2)?);
        let rest = (
            row.get(3)?,
            row.get(4)?,
            row.get(5)?,
            row.get(6)?,
            row.get(7)?,
        );
        left.insert(key, rest);
    }
    Ok(())
}

fn read_proof(
    connection: &Connection,
    direction: &str,
    proof: &mut BTreeMap<i64, Proof>,
) -> Result<(), StoreError> {
    let sql = format!(
        "SELECT seq, device, epoch, at, lost, sent, body FROM proof ORDER BY seq {direction}"
    );
    let mut statement = connection.prepare(&sql)?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let body: String = row.get(6)?;
        if from_json::<Showing>(&body).is_ok() {
            let (device, epoch, at) = (row.get(1)?, row.get(2)?, row.get(3)?);
            let rest = (device, epoch, at, row.get(4)?, row.get(5)?, body);
            proof.insert(row.get(0)?, rest);
        }
    }
    Ok(())
}

fn read_rows(
    connection: &Connection,
    direction: &str,
    vault: &Vault,
    saved: &mut Saved,
) -> Result<(), StoreError> {
    // The `+` keeps SQLite off the index: the table itself is the more likely to be readable.
    let sql = format!(
        "SELECT seq, prev, hash, body, epoch, claim, at FROM outbox
         WHERE +acked = 0 ORDER BY rowid {direction}"
    );
    let mut statement = connection.prepare(&sql)?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let Ok(record) = outbox::read_record(row, vault) else {
            saved.unusable += usize::from(direction == "ASC");
            continue;
        };
        let claim: Option<String> = row.get(5)?;
        let found = Found {
            claim: claim.and_then(|text| text.parse().ok()),
            at: from_millis(row.get(6)?),
            record,
        };
        saved.records.insert((row.get(4)?, found.record.seq), found);
    }
    Ok(())
}

/// Of each epoch the records from the first one on, as long as each follows the one before.
fn whole_chains(records: BTreeMap<(i64, u64), Found>) -> BTreeMap<(i64, u64), Found> {
    let mut whole: BTreeMap<(i64, u64), Found> = BTreeMap::new();
    let mut broken = None;
    for ((epoch, seq), found) in records {
        let follows = match whole.range((epoch, 0)..(epoch, seq)).next_back() {
            Some(((_, before), last)) => {
                *before + 1 == seq && last.record.hash == found.record.prev
            }
            None => epoch > 0 || seq == 1,
        };
        if broken != Some(epoch) && follows && found.record.is_whole() {
            whole.insert((epoch, seq), found);
        } else {
            broken = Some(epoch);
        }
    }
    whole
}

/// Writes what was saved under the epochs it had, so that it is still uploaded. Says how many
/// records.
pub fn insert(
    tx: &Transaction<'_>,
    vault: &Vault,
    saved: &Saved,
    now: Timestamp,
) -> Result<usize, StoreError> {
    for change in saved.shown.values() {
        feed::apply(tx, vault, change, now)?;
    }
    for (key, value) in &saved.meta {
        meta::set(tx, key, value)?;
    }
    for ((device, epoch, seq), (prev, hash, body, at, claim)) in &saved.left {
        tx.prepare_cached(
            "INSERT INTO outbox_left (device, epoch, seq, prev, hash, body, at, claim)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
        )?
        .execute((device, epoch, seq, prev, hash, body, at, claim))?;
    }
    for (seq, (device, epoch, at, lost, sent, body)) in &saved.proof {
        tx.prepare_cached(
            "INSERT INTO proof (seq, device, epoch, at, lost, sent, body)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        )?
        .execute((seq, device, epoch, at, lost, sent, body))?;
    }
    for ((epoch, _), found) in &saved.records {
        outbox::insert(tx, vault, *epoch, &found.record, found.claim, found.at)?;
    }
    Ok(saved.records.len())
}
