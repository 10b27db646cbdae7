//! How workers found the work that they were paid for: told to the hub once a claim, and not kept here.

use super::{Store, StoreError, claims, outbox};
use gighall_core::claim::ClaimState;
use gighall_core::id::ClaimId;
use gighall_core::outbox::Event;
use gighall_core::rating::Rating;
use gighall_core::wire::KnownWorker;
use jiff::Timestamp;
use rusqlite::Transaction;

impl Store {
    /// Whether the worker may still say how that work was: it is paid, and they have not.
    pub fn may_rate(&self, worker: &KnownWorker, claim: ClaimId) -> Result<bool, StoreError> {
        self.read(|tx| may_rate(tx, worker, claim))
    }

    /// The worker says how the work was. Said again, or of work that is not paid, it changes nothing.
    pub fn rate(
        &self,
        worker: &KnownWorker,
        claim: ClaimId,
        rating: Rating,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        self.write(|tx| {
            if !may_rate(tx, worker, claim)? {
                return Ok(());
            }
            tx.prepare_cached("INSERT INTO rated (claim) VALUES (?1)")?
                .execute([claim.to_string()])?;
            let event = Event::ClaimRated { claim, rating };
            outbox::append(tx, &self.vault, event, Some(claim), now)
        })
    }
}

fn may_rate(
    tx: &Transaction<'_>,
    worker: &KnownWorker,
    claim: ClaimId,
) -> Result<bool, StoreError> {
    let (found, _) = claims::claim_of(tx, worker, claim)?;
    let rated = tx
        .prepare_cached("SELECT 1 FROM rated WHERE claim = ?1")?
        .exists([claim.to_string()])?;
    Ok(found.state == ClaimState::Settled && !rated)
}
