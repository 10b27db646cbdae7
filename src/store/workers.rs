//! Workers who registered here or whom the hub knows. Everything personal is encrypted; people
//! are looked up by a keyed hash of their identity number, which itself is not kept: only sealed
//! to the hub.

use super::erase::KNOWN;
use super::hardship::{self, Door, HardshipSaid};
use super::{Store, StoreError, from_json, millis, outbox, pins, to_json};
use crate::terminal::desk::NewRegistration;
use gighall_core::id::WorkerId;
use gighall_core::identity::IdNumber;
use gighall_core::job::WorkKind;
use gighall_core::outbox::Event;
use gighall_core::pass::PassHash;
use gighall_core::pin::{PinBy, PinHash};
use gighall_core::seal::SealedText;
use gighall_core::wire::KnownWorker;
use gighall_core::wishes::{WISHES_NOTICE_VERSION, Wishes};
use gighall_core::worker::{CONSENT_VERSION, Channel, Consent, Registration};
use jiff::Timestamp;
use rusqlite::{OptionalExtension, Transaction};
use uuid::Uuid;

const DETAILS: &str = "workers.details";
const ID_SEALED: &str = "workers.id_sealed";

/// What somebody says while they register, besides who they are.
#[derive(Default)]
pub struct Said {
    /// What makes it hard for them to find work, sealed to the hub.
    pub hardship: Option<HardshipSaid>,
    /// The PIN that they chose.
    pub pin: Option<PinHash>,
}

impl Store {
    /// Registers a person, or brings the registration of one who is known here up to date; the
    /// hub learns of it through the outbox. `sealed` is the identity number sealed to the hub.
    pub fn register(
        &self,
        new: &NewRegistration,
        sealed: SealedText,
        now: Timestamp,
    ) -> Result<KnownWorker, StoreError> {
        let said = Said::default();
        self.register_through(&Channel::Terminal.into(), new, sealed, said, now)
    }

    /// The same, through that door: by themselves, or with the help of staff; and with what they said
    /// besides.
    pub fn register_through(
        &self,
        door: &Door,
        new: &NewRegistration,
        sealed: SealedText,
        said: Said,
        now: Timestamp,
    ) -> Result<KnownWorker, StoreError> {
        let lookup = self.vault.lookup_hash(&new.number);
        self.write(|tx| {
            let known = self.worker_in(tx, &lookup)?;
            let worker = KnownWorker {
                worker: known
                    .as_ref()
                    .map_or_else(|| WorkerId(Uuid::now_v7()), |known| known.worker),
                name: new.name.clone(),
                id_mask: new.number.mask(),
                birth_date: new.number.birth_date(),
                sex: new.number.sex(),
                phone: new.phone.clone(),
                work_kinds: new.work_kinds.clone(),
                wishes: known.and_then(|known| known.wishes),
            };
            self.put_worker(tx, &worker, &lookup, &sealed, now)?;
            let registration = Registration {
                worker: worker.worker,
                name: worker.name.clone(),
                id_sealed: sealed,
                id_mask: worker.id_mask.clone(),
                birth_date: worker.birth_date,
                sex: worker.sex,
                phone: worker.phone.clone(),
                work_kinds: worker.work_kinds.clone(),
                consent: Consent {
                    version: CONSENT_VERSION,
                    at: now,
                },
                channel: door.channel,
            };
            let event = Event::WorkerRegistered {
                registration: Box::new(registration),
            };
            outbox::append(tx, &self.vault, event, None, now)?;
            if let Some(pin) = &said.pin {
                let by = match door.channel {
                    Channel::Staff => PinBy::Staff,
                    _ => PinBy::Registering,
                };
                pins::make(tx, &self.vault, worker.worker, pin, by, now)?;
            }
            if let Some(said) = said.hardship {
                hardship::tell(tx, &self.vault, worker.worker, said, door, now)?;
            }
            Ok(worker)
        })
    }

    /// Keeps a person whom the hub knows, so that the terminal can serve them without it.
    pub fn keep_worker(
        &self,
        worker: &KnownWorker,
        number: &IdNumber,
        sealed: &SealedText,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let lookup = self.vault.lookup_hash(number);
        self.write(|tx| self.put_worker(tx, worker, &lookup, sealed, now))
    }

    /// Keeps the mobile number of a person who registered here without one, as the hub has it.
    pub fn keep_phone(&self, worker: &KnownWorker, phone: &str) -> Result<KnownWorker, StoreError> {
        let known = KnownWorker {
            phone: Some(phone.to_owned()),
            ..worker.clone()
        };
        self.write(|tx| {
            must_be_known(tx, worker.worker)?;
            self.put_details(tx, &known)
        })?;
        Ok(known)
    }

    /// The person with that identity number, if known here.
    pub fn worker_by_number(&self, number: &IdNumber) -> Result<Option<KnownWorker>, StoreError> {
        let lookup = self.vault.lookup_hash(number);
        self.read(|tx| self.worker_in(tx, &lookup))
    }

    /// The person who has that id, if they are known here.
    pub fn worker(&self, id: WorkerId) -> Result<Option<KnownWorker>, StoreError> {
        self.read(|tx| {
            let stored: Option<Vec<u8>> = tx
                .prepare_cached(&format!(
                    "SELECT details FROM workers WHERE id = ?1 AND {KNOWN}"
                ))?
                .query_row([id.to_string()], |row| row.get(0))
                .optional()?;
            stored
                .map(|stored| self.decrypted(DETAILS, &stored))
                .transpose()
        })
    }

    /// A person's identity number, sealed to the hub, to ask the hub about the person.
    pub fn sealed_number(&self, worker: WorkerId) -> Result<Option<SealedText>, StoreError> {
        self.read(|tx| {
            let stored: Option<Vec<u8>> = tx
                .prepare_cached(&format!(
                    "SELECT id_sealed FROM workers WHERE id = ?1 AND {KNOWN}"
                ))?
                .query_row([worker.to_string()], |row| row.get(0))
                .optional()?;
            stored
                .map(|stored| self.decrypted(ID_SEALED, &stored))
                .transpose()
        })
    }

    /// Keeps what a worker wishes of work, and tells the hub. Kinds of work that are not said stay as
    /// they are.
    pub fn say_wishes(
        &self,
        worker: WorkerId,
        kinds: &[WorkKind],
        wishes: &Wishes,
        now: Timestamp,
    ) -> Result<KnownWorker, StoreError> {
        let wishes = wishes.clone().sound();
        self.write(|tx| {
            let known = self.put_wishes(tx, worker, kinds, &wishes)?;
            let event = Event::WorkWished {
                worker,
                kinds: kinds.to_vec(),
                wishes: Box::new(wishes),
                // The screens say what it is for, and are left by what is said on them.
                consent: Some(Consent {
                    version: WISHES_NOTICE_VERSION,
                    at: now,
                }),
            };
            outbox::append(tx, &self.vault, event, None, now)?;
            Ok(known)
        })
    }

    /// Keeps what the hub knows that a worker wishes.
    pub fn keep_wishes(
        &self,
        worker: WorkerId,
        kinds: &[WorkKind],
        wishes: &Wishes,
    ) -> Result<KnownWorker, StoreError> {
        self.write(|tx| self.put_wishes(tx, worker, kinds, wishes))
    }

    fn put_wishes(
        &self,
        tx: &Transaction<'_>,
        worker: WorkerId,
        kinds: &[WorkKind],
        wishes: &Wishes,
    ) -> Result<KnownWorker, StoreError> {
        let stored: Option<Vec<u8>> = tx
            .prepare_cached(&format!(
                "SELECT details FROM workers WHERE id = ?1 AND {KNOWN}"
            ))?
            .query_row([worker.to_string()], |row| row.get(0))
            .optional()?;
        let stored = stored.ok_or(StoreError::NotFound("worker"))?;
        let mut known: KnownWorker = self.decrypted(DETAILS, &stored)?;
        if !kinds.is_empty() {
            known.work_kinds = kinds.to_vec();
        }
        known.wishes = Some(wishes.clone());
        self.put_details(tx, &known)?;
        Ok(known)
    }

    fn put_details(&self, tx: &Transaction<'_>, known: &KnownWorker) -> Result<(), StoreError> {
        tx.prepare_cached("UPDATE workers SET details = ?2 WHERE id = ?1")?
            .execute((
                known.worker.to_string(),
                self.vault.encrypt(DETAILS, &to_json(known)?),
            ))?;
        Ok(())
    }

    /// How many workers are known here.
    pub fn worker_count(&self) -> Result<u32, StoreError> {
        let sql = format!("SELECT count(*) FROM workers WHERE {KNOWN}");
        self.read(|tx| Ok(tx.query_row(&sql, [], |row| row.get(0))?))
    }

    fn worker_in(
        &self,
        tx: &Transaction<'_>,
        lookup: &[u8; 32],
    ) -> Result<Option<KnownWorker>, StoreError> {
        let stored: Option<Vec<u8>> = tx
            .prepare_cached("SELECT details FROM workers WHERE lookup = ?1")?
            .query_row([lookup.as_slice()], |row| row.get(0))
            .optional()?;
        stored
            .map(|stored| self.decrypted(DETAILS, &stored))
            .transpose()
    }

    fn put_worker(
        &self,
        tx: &Transaction<'_>,
        worker: &KnownWorker,
        lookup: &[u8; 32],
        sealed: &SealedText,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        tx.prepare_cached(
            "INSERT INTO workers (id, lookup, details, id_sealed, registered_at, seen_at)
             VALUES (?1, ?2, ?3, ?4, ?5, ?5)
             ON CONFLICT (lookup) DO UPDATE SET
                 details = excluded.details, id_sealed = excluded.id_sealed,
                 seen_at = excluded.seen_at
             -- Erased, and registered again elsewhere under the same id; or known by a pass so far.
             ON CONFLICT (id) DO UPDATE SET
                 lookup = excluded.lookup, details = excluded.details,
                 id_sealed = excluded.id_sealed, seen_at = excluded.seen_at, by_pass = 0
                 WHERE length(workers.details) = 0 OR workers.by_pass = 1",
        )?
        .execute((
            worker.worker.to_string(),
            lookup.as_slice(),
            self.vault.encrypt(DETAILS, &to_json(worker)?),
            self.vault.encrypt(ID_SEALED, &to_json(sealed)?),
            millis(now),
        ))?;
        Ok(())
    }

    /// Keeps a person whose number was never here. Nobody is found by the look-up that stands in its place.
    pub(super) fn put_without_number(
        &self,
        tx: &Transaction<'_>,
        worker: &KnownWorker,
        sealed: &SealedText,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        tx.prepare_cached(
            "INSERT INTO workers (id, lookup, details, id_sealed, registered_at, seen_at, by_pass)
             VALUES (?1, randomblob(32), ?2, ?3, ?4, ?4, 1)
             -- Erased, and registered again elsewhere under the same id.
             ON CONFLICT (id) DO UPDATE SET
                 details = excluded.details, id_sealed = excluded.id_sealed,
                 seen_at = excluded.seen_at, by_pass = 1
                 WHERE length(workers.details) = 0",
        )?
        .execute((
            worker.worker.to_string(),
            self.vault.encrypt(DETAILS, &to_json(worker)?),
            self.vault.encrypt(ID_SEALED, &to_json(sealed)?),
            millis(now),
        ))?;
        Ok(())
    }

    /// The person whose pass has that hash, if both are known here.
    pub(super) fn worker_with_pass(
        &self,
        tx: &Transaction<'_>,
        hash: &PassHash,
    ) -> Result<Option<KnownWorker>, StoreError> {
        // Whoever is known under two ids is taken for the one whom the number leads to.
        let stored: Option<Vec<u8>> = tx
            .prepare_cached(&format!(
                "SELECT details FROM passes JOIN workers ON workers.id = passes.worker
                 WHERE passes.hash = ?1 AND {KNOWN} ORDER BY by_pass, id LIMIT 1"
            ))?
            .query_row([hash.0], |row| row.get(0))
            .optional()?;
        stored
            .map(|stored| self.decrypted(DETAILS, &stored))
            .transpose()
    }

    fn decrypted<T: serde::de::DeserializeOwned>(
        &self,
        column: &str,
        stored: &[u8],
    ) -> Result<T, StoreError> {
        let text = self
            .vault
            .decrypt(column, stored)
            .map_err(|error| StoreError::Damaged(error.to_string()))?;
        from_json(&text)
    }
}

/// Fails where a person is not known here, or not any more: a session of somebody who was erased
/// may still be open.
pub fn must_be_known(tx: &Transaction<'_>, worker: WorkerId) -> Result<(), StoreError> {
    is_known(tx, worker)?
        .then_some(())
        .ok_or(StoreError::NotFound("worker"))
}

/// Whether a person is known here under that id.
pub fn is_known(tx: &Transaction<'_>, worker: WorkerId) -> Result<bool, StoreError> {
    let known = tx
        .prepare_cached(&format!("SELECT 1 FROM workers WHERE id = ?1 AND {KNOWN}"))?
        .exists([worker.to_string()])?;
    Ok(known)
}
