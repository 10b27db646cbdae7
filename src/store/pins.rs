//! PINs of workers without a telephone: chosen here, or told by the hub with the person's record. Only
//! hashes are kept, encrypted like the record.

use super::{Store, StoreError, outbox, workers};
use gighall_core::id::WorkerId;
use gighall_core::outbox::Event;
use gighall_core::pin::{PinBy, PinHash};
use gighall_core::vault::Vault;
use jiff::Timestamp;
use rusqlite::{OptionalExtension, Transaction};

const PIN: &str = "workers.pin";

impl Store {
    /// A worker chose a PIN, in place of the one before; the hub learns of it through the outbox.
    pub fn set_pin(
        &self,
        worker: WorkerId,
        pin: &PinHash,
        by: PinBy,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        self.write(|tx| {
            workers::must_be_known(tx, worker)?;
            // What was tried before is of the PIN before.
            tx.execute(
                "DELETE FROM tries
                 WHERE whose IN (SELECT lower(hex(lookup)) FROM workers WHERE id = ?1)",
                [worker.to_string()],
            )?;
            make(tx, &self.vault, worker, pin, by, now)
        })
    }

    /// The PIN of a worker, as far as it is known here.
    pub fn pin_of(&self, worker: WorkerId) -> Result<Option<PinHash>, StoreError> {
        self.read(|tx| {
            let stored: Option<Vec<u8>> = tx
                .prepare_cached("SELECT pin FROM workers WHERE id = ?1")?
                .query_row([worker.to_string()], |row| row.get(0))
                .optional()?
                .flatten();
            let plain = |stored: Vec<u8>| self.vault.decrypt(PIN, &stored).map(PinHash);
            let pin = stored.map(plain).transpose();
            pin.map_err(|error| StoreError::Damaged(error.to_string()))
        })
    }

    /// Keeps which PIN the hub knows of a worker, or that it knows none.
    pub fn keep_pin(&self, worker: WorkerId, pin: Option<&PinHash>) -> Result<(), StoreError> {
        self.write(|tx| put(tx, &self.vault, worker, pin))
    }
}

/// Keeps a PIN that was chosen here, and tells the hub.
pub fn make(
    tx: &Transaction<'_>,
    vault: &Vault,
    worker: WorkerId,
    pin: &PinHash,
    by: PinBy,
    now: Timestamp,
) -> Result<(), StoreError> {
    put(tx, vault, worker, Some(pin))?;
    let event = Event::PinMade {
        worker,
        pin: pin.clone(),
        by,
    };
    outbox::append(tx, vault, event, None, now)?;
    Ok(())
}

fn put(
    tx: &Transaction<'_>,
    vault: &Vault,
    worker: WorkerId,
    pin: Option<&PinHash>,
) -> Result<(), StoreError> {
    let pin = pin.map(|pin| vault.encrypt(PIN, &pin.0));
    tx.prepare_cached("UPDATE workers SET pin = ?2 WHERE id = ?1")?
        .execute((worker.to_string(), pin))?;
    Ok(())
}
