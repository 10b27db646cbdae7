//! Wrong tries, so that a restart forgives nobody. Of an identity number only its keyed hash is kept.

use super::{Store, StoreError, from_millis, millis};
use gighall_core::identity::IdNumber;
use gighall_core::tries::{IDENTITY, Patience, STAFF_PIN, TERMINAL, Tries};
use jiff::{SignedDuration, Timestamp};
use rusqlite::{OptionalExtension, Transaction};

const PIN: &str = "pin";
const AT_TERMINAL: &str = "terminal";

/// Wrong tries of a number are forgotten so long after the last one, when nothing of them counts any
/// more.
const KEPT: SignedDuration = SignedDuration::from_hours(24 * 30);

impl Store {
    /// Wrong PINs in a row.
    pub fn pin_tries(&self) -> Result<Tries, StoreError> {
        self.read(|tx| tries(tx, PIN))
    }

    /// Somebody tries a PIN: it counts as wrong until it is known to be right, so that pulling the plug
    /// gives nobody another try. Says whether it may be tried.
    pub fn begin_pin(&self, now: Timestamp) -> Result<bool, StoreError> {
        self.write(|tx| {
            if !STAFF_PIN.wait(tries(tx, PIN)?, now).is_zero() {
                return Ok(false);
            }
            count(tx, PIN, &STAFF_PIN, now)?;
            Ok(true)
        })
    }

    /// The PIN was right.
    pub fn pin_was_right(&self) -> Result<(), StoreError> {
        self.write(|tx| forget(tx, PIN))
    }

    /// How long nobody may say at this terminal that they have that number.
    pub fn number_waits(
        &self,
        number: &IdNumber,
        now: Timestamp,
    ) -> Result<SignedDuration, StoreError> {
        let of_number = self.number_key(number);
        self.read(|tx| waits(tx, &of_number, now))
    }

    /// Somebody said something wrong about that number: it counts for the number and for the terminal.
    /// Gives the wait that follows.
    pub fn number_was_wrong(
        &self,
        number: &IdNumber,
        now: Timestamp,
    ) -> Result<SignedDuration, StoreError> {
        let of_number = self.number_key(number);
        self.write(|tx| {
            count(tx, &of_number, &IDENTITY, now)?;
            count(tx, AT_TERMINAL, &TERMINAL, now)?;
            waits(tx, &of_number, now)
        })
    }

    /// A number was typed that nobody has: it counts for the terminal. Whoever tries number after number
    /// to see who is registered is slowed; whoever is new is not, as registering takes it back.
    pub fn number_was_nobodys(&self, now: Timestamp) -> Result<(), StoreError> {
        self.write(|tx| count(tx, AT_TERMINAL, &TERMINAL, now))
    }

    /// How long nobody may show a pass at this terminal.
    pub fn pass_waits(&self, now: Timestamp) -> Result<SignedDuration, StoreError> {
        self.read(|tx| Ok(TERMINAL.wait(tries(tx, AT_TERMINAL)?, now)))
    }

    /// A pass was shown that nobody has, as the hub said, or that cannot be read: it counts for the terminal.
    /// Gives the wait that follows.
    pub fn pass_was_wrong(&self, now: Timestamp) -> Result<SignedDuration, StoreError> {
        self.write(|tx| {
            count(tx, AT_TERMINAL, &TERMINAL, now)?;
            Ok(TERMINAL.wait(tries(tx, AT_TERMINAL)?, now))
        })
    }

    /// What was said about that number was right. What others tried at this terminal still counts, or
    /// one right number would make good for any number of wrong ones.
    pub fn number_was_right(&self, number: &IdNumber) -> Result<(), StoreError> {
        let of_number = self.number_key(number);
        self.write(|tx| forget(tx, &of_number))
    }

    /// The person with that number has registered: one wrong try at this terminal was none.
    pub fn number_was_new(&self, number: &IdNumber) -> Result<(), StoreError> {
        let of_number = self.number_key(number);
        self.write(|tx| {
            forget(tx, &of_number)?;
            tx.execute(
                "UPDATE tries SET failures = failures - 1 WHERE whose = ?1 AND failures > 0",
                [AT_TERMINAL],
            )?;
            Ok(())
        })
    }

    /// Staff lift every wait of those who say who they are. The PIN's stays.
    pub fn lift_waits(&self) -> Result<(), StoreError> {
        self.write(|tx| {
            tx.execute("DELETE FROM tries WHERE whose <> ?1", [PIN])?;
            Ok(())
        })
    }

    fn number_key(&self, number: &IdNumber) -> String {
        hex::encode(self.vault.lookup_hash(number))
    }
}

/// Forgets tries that count no longer.
pub fn forget_old(tx: &Transaction<'_>, now: Timestamp) -> Result<(), StoreError> {
    let old = now.saturating_sub(KEPT).unwrap_or(now);
    tx.execute(
        "DELETE FROM tries WHERE whose <> ?1 AND last < ?2",
        (PIN, millis(old)),
    )?;
    Ok(())
}

fn waits(
    tx: &Transaction<'_>,
    of_number: &str,
    now: Timestamp,
) -> Result<SignedDuration, StoreError> {
    let here = TERMINAL.wait(tries(tx, AT_TERMINAL)?, now);
    Ok(IDENTITY.wait(tries(tx, of_number)?, now).max(here))
}

fn tries(tx: &Transaction<'_>, whose: &str) -> Result<Tries, StoreError> {
    let kept = tx
        .prepare_cached("SELECT failures, last FROM tries WHERE whose = ?1")?
        .query_row([whose], |row| {
            Ok(Tries {
                failures: row.get(0)?,
                last: Some(from_millis(row.get(1)?)),
            })
        })
        .optional()?;
    Ok(kept.unwrap_or_default())
}

fn count(
    tx: &Transaction<'_>,
    whose: &str,
    patience: &Patience,
    now: Timestamp,
) -> Result<(), StoreError> {
    let after = patience.after_a_wrong_one(tries(tx, whose)?, now);
    tx.prepare_cached(
        "INSERT INTO tries (whose, failures, last) VALUES (?1, ?2, ?3)
         ON CONFLICT (whose) DO UPDATE SET failures = excluded.failures, last = excluded.last",
    )?
    .execute((whose, after.failures, millis(now)))?;
    Ok(())
}

fn forget(tx: &Transaction<'_>, whose: &str) -> Result<(), StoreError> {
    tx.execute("DELETE FROM tries WHERE whose = ?1", [whose])?;
    Ok(())
}
