//! What is removed from the device once a day: records that the hub has had for long, listings and
//! events that have ended, people who have not come for long. Never what a live claim or the outbox
//! still needs.

use super::{
    Store, StoreError, complaints, jobs, meta, millis, outbox, pauses, posted, services, tries,
    witness,
};
use gighall_core::claim::ClaimState;
use gighall_core::id::WorkerId;
use jiff::{SignedDuration, Timestamp};
use rusqlite::{Transaction, named_params};

/// A listing stays that long after its last hour, for whoever just looks at it.
const ENDED_FOR: SignedDuration = SignedDuration::from_hours(24);

/// A person who was not seen for that long is forgotten here; the hub knows them still. A claim that
/// nobody decided on is no longer live that long after its job.
const UNSEEN_FOR: SignedDuration = SignedDuration::from_hours(24 * 30);

/// Somebody who comes again within that time need not be noted again.
const SEEN_EVERY: SignedDuration = SignedDuration::from_hours(24);

impl Store {
    /// Removes what has had its time. `now` is the hub's: a wrong clock must not empty the hall.
    pub fn tidy(&self, now: Timestamp) -> Result<(), StoreError> {
        self.write(|tx| {
            outbox::prune(tx, now)?;
            tries::forget_old(tx, now)?;
            pauses::forget_old(tx, before(now, UNSEEN_FOR))?;
            witness::forget_old(tx, now)?;
            meta::forget_old_notices(tx, now)
        })?;
        let (jobs, workers) = self.write(|tx| {
            // Listings last: whether a claim is live is told by them.
            let workers = forget_workers(tx, now)?;
            posted::forget_events(tx, now)?;
            complaints::forget_nameless(tx, now)?;
            Ok((forget_jobs(tx, now)?, workers))
        })?;
        if jobs + workers > 0 {
            tracing::info!(jobs, workers, "forgotten here, as they have had their time");
        }
        Ok(())
    }

    /// That person is here.
    pub fn note_seen(&self, worker: WorkerId, now: Timestamp) -> Result<(), StoreError> {
        self.write(|tx| {
            tx.execute(
                "UPDATE workers SET seen_at = ?2 WHERE id = ?1 AND seen_at < ?3",
                (worker.to_string(), millis(now), before(now, SEEN_EVERY)),
            )?;
            Ok(())
        })
    }
}

fn before(now: Timestamp, by: SignedDuration) -> i64 {
    millis(now.saturating_sub(by).unwrap_or(now))
}

/// The condition under which a row of `claims` is live, with `:month_ago`.
fn live() -> String {
    let coming: Vec<String> = ClaimState::ALL
        .iter()
        .filter(|state| state.is_coming())
        .map(|state| format!("'{}'", state.code()))
        .collect();
    format!(
        "claims.state IN ({}) AND :month_ago < coalesce(
             (SELECT valid_until FROM jobs WHERE jobs.id = claims.job), claims.made_at)",
        coming.join(", ")
    )
}

fn forget_jobs(tx: &Transaction<'_>, now: Timestamp) -> Result<usize, StoreError> {
    let sql = format!(
        "SELECT id FROM jobs WHERE valid_until < :ended
             AND NOT EXISTS (SELECT 1 FROM claims WHERE claims.job = jobs.id AND {})",
        live()
    );
    let mut statement = tx.prepare(&sql)?;
    let given = named_params! {
        ":ended": before(now, ENDED_FOR), ":month_ago": before(now, UNSEEN_FOR),
    };
    let ended: Vec<String> = statement
        .query_map(given, |row| row.get(0))?
        .collect::<Result<_, _>>()?;
    for id in &ended {
        jobs::remove(tx, id)?;
    }
    Ok(ended.len())
}

fn forget_workers(tx: &Transaction<'_>, now: Timestamp) -> Result<usize, StoreError> {
    // A record that waits was written when its worker was here, so whoever was here since the
    // oldest of them stays.
    let sql = format!(
        "SELECT id FROM workers
         WHERE seen_at < min(:month_ago,
                   coalesce((SELECT min(at) FROM outbox WHERE acked = 0), :month_ago))
             AND NOT EXISTS (SELECT 1 FROM claims WHERE claims.worker = workers.id AND {})
             AND NOT EXISTS (SELECT 1 FROM claims JOIN outbox ON outbox.claim = claims.id
                             WHERE claims.worker = workers.id AND outbox.acked = 0)",
        live()
    );
    let mut statement = tx.prepare(&sql)?;
    let unseen: Vec<String> = statement
        .query_map(
            named_params! {":month_ago": before(now, UNSEEN_FOR)},
            |row| row.get(0),
        )?
        .collect::<Result<_, _>>()?;
    for id in &unseen {
        tx.execute("DELETE FROM claims WHERE worker = ?1", [id])?;
        services::forget(tx, id)?;
        complaints::forget(tx, id)?;
        tx.execute("DELETE FROM workers WHERE id = ?1", [id])?;
    }
    tx.execute(
        "DELETE FROM rated WHERE claim NOT IN (SELECT id FROM claims)",
        [],
    )?;
    Ok(unseen.len())
}
