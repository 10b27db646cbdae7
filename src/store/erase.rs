//! A person whom the hub has erased is forgotten here at once. What the ledger needs stays: claims
//! with their numbers and states, under an id that leads to nobody, and the hashes of the log.

use super::{StoreError, complaints, outbox, passes, pauses, services};
use gighall_core::id::WorkerId;
use gighall_core::outbox::{Body, Event};
use gighall_core::vault::Vault;
use gighall_core::wire::Change;
use rusqlite::Transaction;
use std::collections::HashSet;

/// The condition on `workers` under which a person is known, and not just an id that was left.
pub const KNOWN: &str = "length(details) > 0";

/// Whom some changes erase.
pub fn erased<'a>(changes: impl Iterator<Item = &'a Change>) -> HashSet<WorkerId> {
    changes
        .filter_map(|change| match change {
            Change::WorkerErased { worker } => Some(*worker),
            _ => None,
        })
        .collect()
}

/// Forgets these people: their rows, and what they said in the log that the hub has. What waits to be
/// sent goes when it is sent. Done again, it has no effect.
pub fn forget(
    tx: &Transaction<'_>,
    vault: &Vault,
    workers: &HashSet<WorkerId>,
) -> Result<(), StoreError> {
    if workers.is_empty() {
        return Ok(());
    }
    for worker in workers {
        tx.prepare_cached(
            "DELETE FROM tries
             WHERE whose IN (SELECT lower(hex(lookup)) FROM workers WHERE id = ?1)",
        )?
        .execute([worker.to_string()])?;
        // The row is tidied away like any other, a month after the person was last here.
        tx.prepare_cached(&format!(
            "UPDATE workers SET lookup = randomblob(32), details = zeroblob(0),
                 id_sealed = zeroblob(0), pin = NULL
             WHERE id = ?1 AND {KNOWN}"
        ))?
        .execute([worker.to_string()])?;
        pauses::forget(tx, *worker)?;
        passes::forget(tx, *worker)?;
        services::forget(tx, &worker.to_string())?;
        complaints::forget(tx, &worker.to_string())?;
    }
    let mut statement = tx.prepare("SELECT rowid, body FROM outbox WHERE acked = 1")?;
    let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
    let sent: Vec<(i64, Vec<u8>)> = rows.collect::<Result<_, _>>()?;
    blank(tx, vault, sent, |event| {
        Ok(event.person().is_some_and(|it| workers.contains(&it)))
    })
}

/// Records that have just arrived at the hub, by their rows in the log: those of people who were erased
/// meanwhile go, and so do applications and complaints, which are nobody's business here any more.
pub fn forget_sent(
    tx: &Transaction<'_>,
    vault: &Vault,
    sent: Vec<(i64, Vec<u8>)>,
) -> Result<(), StoreError> {
    let any = format!("SELECT EXISTS (SELECT 1 FROM workers WHERE NOT {KNOWN})");
    let any: bool = tx.query_row(&any, [], |row| row.get(0))?;
    let mut left = tx.prepare(&format!(
        "SELECT 1 FROM workers WHERE id = ?1 AND NOT {KNOWN}"
    ))?;
    blank(tx, vault, sent, |event| match event.person() {
        _ if event.is_for_the_hub_only() => Ok(true),
        Some(worker) if any => Ok(left.exists([worker.to_string()])?),
        _ => Ok(false),
    })
}

fn blank(
    tx: &Transaction<'_>,
    vault: &Vault,
    records: Vec<(i64, Vec<u8>)>,
    mut goes: impl FnMut(&Event) -> Result<bool, StoreError>,
) -> Result<(), StoreError> {
    for (row, body) in records {
        // A record that cannot be read must not hold up the feed.
        let text = outbox::read_body(&body, vault).unwrap_or_default();
        let Ok(body) = serde_json::from_str::<Body>(&text) else {
            continue;
        };
        if goes(&body.event)? {
            tx.prepare_cached("UPDATE outbox SET body = ?2 WHERE rowid = ?1")?
                .execute((row, outbox::write_body("", vault)))?;
        }
    }
    Ok(())
}
