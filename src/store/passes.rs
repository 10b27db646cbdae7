//! Passes of workers: made here, told by the hub, or asked about. Only hashes are kept.

use super::{Store, StoreError, from_millis, millis, outbox, workers};
use gighall_core::id::WorkerId;
use gighall_core::outbox::Event;
use gighall_core::pass::{HeldPass, Pass, PassHash};
use gighall_core::wire::{FoundByPass, KnownWorker};
use jiff::{SignedDuration, Timestamp};
use rusqlite::{OptionalExtension, Transaction};

/// So much later than a pass nothing else was made.
const STEP: SignedDuration = SignedDuration::from_millis(1);

impl Store {
    /// A worker gets this pass: here at once, and everywhere else through the outbox. The one before is
    /// dead.
    pub fn make_pass(
        &self,
        worker: WorkerId,
        pass: &Pass,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let hash = pass.hash();
        self.write(|tx| {
            workers::must_be_known(tx, worker)?;
            let new = HeldPass {
                hash: Some(hash),
                since: now,
            };
            keep(tx, worker, &new, true)?;
            let event = Event::PassMade { worker, pass: hash };
            outbox::append(tx, &self.vault, event, None, now)?;
            Ok(())
        })
    }

    /// Since when a worker has the pass that is good, as far as it is known here.
    pub fn pass_since(&self, worker: WorkerId) -> Result<Option<Timestamp>, StoreError> {
        self.read(|tx| {
            let good = kept(tx, worker)?.filter(|(held, _)| held.hash.is_some());
            Ok(good.map(|(held, _)| held.since))
        })
    }

    /// Staff revoke whatever pass a worker has: here at once, and everywhere else through the outbox, as
    /// the hub may know of one that was made elsewhere. Says whether one was known here.
    pub fn revoke_pass(&self, worker: WorkerId, now: Timestamp) -> Result<bool, StoreError> {
        self.write(|tx| {
            workers::must_be_known(tx, worker)?;
            let old = kept(tx, worker)?.map(|(held, _)| held);
            let after = old.and_then(|old| old.since.checked_add(STEP).ok());
            let none = HeldPass {
                hash: None,
                since: after.map_or(now, |after| after.max(now)),
            };
            keep(tx, worker, &none, true)?;
            let hash = old.and_then(|old| old.hash);
            if let Some(hash) = hash {
                // The person may be here under another id too.
                tx.execute(
                    "UPDATE passes SET hash = NULL, since = ?2, waits = 1 WHERE hash = ?1",
                    (hash.0, millis(none.since)),
                )?;
            }
            let event = Event::PassRevoked { worker };
            outbox::append(tx, &self.vault, event, None, none.since)?;
            Ok(hash.is_some())
        })
    }

    /// Whose pass it is, if the person and the pass are known here.
    pub fn worker_by_pass(&self, pass: &Pass) -> Result<Option<KnownWorker>, StoreError> {
        self.read(|tx| self.worker_with_pass(tx, &pass.hash()))
    }

    /// Keeps a person who showed a pass that the hub knew, so that it is good here without the hub. Gives
    /// the person as they are known here, or nobody where the pass is not good: a newer one may have been
    /// made here of which the hub has not heard.
    pub fn keep_found_by_pass(
        &self,
        worker: &KnownWorker,
        found: &FoundByPass,
        now: Timestamp,
    ) -> Result<Option<KnownWorker>, StoreError> {
        let Some(hash) = found.pass.hash else {
            return Ok(None);
        };
        self.write(|tx| {
            let mut here = false;
            for id in &found.ids {
                if workers::is_known(tx, *id)? {
                    put(tx, *id, &found.pass)?;
                    here = true;
                }
            }
            if !here {
                self.put_without_number(tx, worker, &found.id_sealed, now)?;
                put(tx, worker.worker, &found.pass)?;
            }
            self.worker_with_pass(tx, &hash)
        })
    }
}

fn kept(tx: &Transaction<'_>, worker: WorkerId) -> Result<Option<(HeldPass, bool)>, StoreError> {
    let kept = tx
        .prepare_cached("SELECT hash, since, waits FROM passes WHERE worker = ?1")?
        .query_row([worker.to_string()], |row| {
            let hash: Option<[u8; 32]> = row.get(0)?;
            let held = HeldPass {
                hash: hash.map(PassHash),
                since: from_millis(row.get(1)?),
            };
            Ok((held, row.get(2)?))
        })
        .optional()?;
    Ok(kept)
}

/// Keeps what the hub told. Of two passes the later one counts, but the hub's clock is right about one
/// that was made here.
pub fn put(tx: &Transaction<'_>, worker: WorkerId, told: &HeldPass) -> Result<(), StoreError> {
    let counts = match kept(tx, worker)? {
        None => true,
        Some((kept, waits)) => (waits && kept.hash == told.hash) || told.replaces(&kept),
    };
    if counts {
        keep(tx, worker, told, false)?;
    }
    Ok(())
}

fn keep(
    tx: &Transaction<'_>,
    worker: WorkerId,
    held: &HeldPass,
    waits: bool,
) -> Result<(), StoreError> {
    tx.prepare_cached(
        "INSERT INTO passes (worker, hash, since, waits) VALUES (?1, ?2, ?3, ?4)
         ON CONFLICT (worker) DO UPDATE SET
             hash = excluded.hash, since = excluded.since, waits = excluded.waits",
    )?
    .execute((
        worker.to_string(),
        held.hash.map(|hash| hash.0),
        millis(held.since),
        waits,
    ))?;
    Ok(())
}

/// A snapshot tells of every pass of the hall: of those that the hub told of before, none is left.
pub fn end_all(tx: &Transaction<'_>) -> Result<(), StoreError> {
    tx.execute("DELETE FROM passes WHERE waits = 0", [])?;
    Ok(())
}

/// Nothing is left of a person who was erased.
pub fn forget(tx: &Transaction<'_>, worker: WorkerId) -> Result<(), StoreError> {
    tx.execute("DELETE FROM passes WHERE worker = ?1", [worker.to_string()])?;
    Ok(())
}
