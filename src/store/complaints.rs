//! Complaints. What was said is in the outbox only, until the hub has it; how each stands is kept, for
//! whoever asks here.

use super::erase::KNOWN;
use super::{Identity, Store, StoreError, from_json, meta, millis, outbox, to_json, workers};
use gighall_core::complaint::{
    COMPLAINT_NOTICE_VERSION, Complaint, ComplaintKind, ComplaintNews, ComplaintState,
    NAMELESS_MOST,
};
use gighall_core::id::{ClaimId, ComplaintId, JobId};
use gighall_core::outbox::Event;
use gighall_core::seal::SealedText;
use gighall_core::vault::Vault;
use gighall_core::wire::KnownWorker;
use gighall_core::worker::{Channel, Consent};
use jiff::{SignedDuration, Timestamp};
use rusqlite::{OptionalExtension, Transaction};
use uuid::Uuid;

/// Complaints numbered so far.
const NUMBERED: &str = "complaints_numbered";
const BODY: &str = "complaints.body";

/// What nobody gave a name to stays that long after it was handed in: nobody comes and goes with it.
const KEPT_NAMELESS: SignedDuration = SignedDuration::from_hours(24 * 365);

/// A complaint that is handed in.
#[derive(Clone)]
pub struct NewComplaint {
    /// What about.
    pub kind: ComplaintKind,
    /// About which job.
    pub job: Option<JobId>,
    /// About the pay of which claim.
    pub claim: Option<ClaimId>,
    /// What was said, sealed to the hub.
    pub told: SealedText,
}

impl Store {
    /// Takes a complaint, of somebody who gave a name or of nobody.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] for a person who is not known here, or for nobody where
    /// [`ComplaintKind::needs_person`]; [`StoreError::TooManyNameless`] for nobody after
    /// [`NAMELESS_MOST`] of them.
    pub fn complain(
        &self,
        identity: &Identity,
        worker: Option<&KnownWorker>,
        new: &NewComplaint,
        now: Timestamp,
    ) -> Result<ComplaintNews, StoreError> {
        let worker = worker.map(|known| known.worker);
        if worker.is_none() && new.kind.needs_person() {
            return Err(StoreError::NotFound("worker"));
        }
        self.write(|tx| {
            match worker {
                Some(worker) => workers::must_be_known(tx, worker)?,
                None => may_be_nameless(tx, now)?,
            }
            let id = ComplaintId(Uuid::new_v4());
            let number = meta::next_number(tx, identity, NUMBERED, "R", id.0)?;
            let news = ComplaintNews {
                id,
                number: number.clone(),
                worker,
                kind: new.kind,
                job: new.job,
                claim: new.claim,
                state: ComplaintState::Received,
                word: None,
                made_at: now,
            };
            put(tx, &self.vault, &news)?;
            let complaint = Complaint {
                id,
                number,
                worker,
                kind: new.kind,
                job: new.job,
                claim: new.claim,
                told: new.told.clone(),
                consent: Consent {
                    version: COMPLAINT_NOTICE_VERSION,
                    at: now,
                },
                made_at: now,
                channel: Channel::Terminal,
            };
            let event = Event::Complained {
                complaint: Box::new(complaint),
            };
            outbox::append(tx, &self.vault, event, None, now)?;
            Ok(news)
        })
    }

    /// How a worker's complaints stand, newest first.
    pub fn complaints_of(&self, worker: &KnownWorker) -> Result<Vec<ComplaintNews>, StoreError> {
        self.read(|tx| {
            let mut statement = tx.prepare_cached(
                "SELECT body FROM complaints WHERE worker = ?1 ORDER BY made_at DESC, id",
            )?;
            let rows =
                statement.query_map([worker.worker.to_string()], |row| row.get::<_, Vec<u8>>(0))?;
            rows.map(|body| read(&self.vault, &body?)).collect()
        })
    }

    /// How the complaint of a receipt stands, if it is known here.
    pub fn complaint(&self, id: ComplaintId) -> Result<Option<ComplaintNews>, StoreError> {
        self.read(|tx| find(tx, &self.vault, id))
    }

    /// Keeps how complaints of a worker stand, as the hub told.
    pub fn keep_complaints(
        &self,
        worker: &KnownWorker,
        told: &[ComplaintNews],
    ) -> Result<(), StoreError> {
        self.write(|tx| {
            for told in told {
                let news = ComplaintNews {
                    worker: Some(worker.worker),
                    ..told.clone()
                };
                put_if_new(tx, &self.vault, &news)?;
            }
            Ok(())
        })
    }
}

/// Counted are those that are kept here, so that no restart gives anybody more. Those of a clock that
/// went back do not count.
fn may_be_nameless(tx: &Transaction<'_>, now: Timestamp) -> Result<(), StoreError> {
    for (within, most) in NAMELESS_MOST {
        let since = now.saturating_sub(within).unwrap_or(now);
        let taken: u32 = tx
            .prepare_cached(
                "SELECT count(*) FROM complaints
                 WHERE worker IS NULL AND made_at > ?1 AND made_at <= ?2",
            )?
            .query_row((millis(since), millis(now)), |row| row.get(0))?;
        if taken >= most {
            return Err(StoreError::TooManyNameless);
        }
    }
    Ok(())
}

/// Takes the hub's word on a complaint of this device's feed, known or of a store that was lost.
pub fn hear(tx: &Transaction<'_>, vault: &Vault, told: &ComplaintNews) -> Result<(), StoreError> {
    let known = match told.worker {
        Some(worker) => tx
            .prepare_cached(&format!("SELECT 1 FROM workers WHERE id = ?1 AND {KNOWN}"))?
            .exists([worker.to_string()])?,
        None => true,
    };
    if known {
        put_if_new(tx, vault, told)
    } else {
        Ok(())
    }
}

/// Forgets the complaints of a person who is forgotten.
pub fn forget(tx: &Transaction<'_>, worker: &str) -> Result<(), StoreError> {
    tx.prepare_cached("DELETE FROM complaints WHERE worker = ?1")?
        .execute([worker])?;
    Ok(())
}

/// Forgets those without a name that have had their time.
pub fn forget_nameless(tx: &Transaction<'_>, now: Timestamp) -> Result<(), StoreError> {
    let until = now.saturating_sub(KEPT_NAMELESS).unwrap_or(now);
    tx.execute(
        "DELETE FROM complaints WHERE worker IS NULL AND made_at < ?1",
        [millis(until)],
    )?;
    Ok(())
}

fn find(
    tx: &Transaction<'_>,
    vault: &Vault,
    id: ComplaintId,
) -> Result<Option<ComplaintNews>, StoreError> {
    let body: Option<Vec<u8>> = tx
        .prepare_cached("SELECT body FROM complaints WHERE id = ?1")?
        .query_row([id.to_string()], |row| row.get(0))
        .optional()?;
    body.map(|body| read(vault, &body)).transpose()
}

fn read(vault: &Vault, body: &[u8]) -> Result<ComplaintNews, StoreError> {
    let text = vault
        .decrypt(BODY, body)
        .map_err(|error| StoreError::Damaged(format!("{BODY}: {error}")))?;
    from_json(&text)
}

/// No news is no write: whoever reads again at each change would ask the hub for ever. The hub's older
/// news do not undo its newer ones.
fn put_if_new(tx: &Transaction<'_>, vault: &Vault, told: &ComplaintNews) -> Result<(), StoreError> {
    let Some(kept) = find(tx, vault, told.id)? else {
        return put(tx, vault, told);
    };
    // A hub that is older than this program does not say what it is about.
    let told = ComplaintNews {
        job: told.job.or(kept.job),
        claim: told.claim.or(kept.claim),
        ..told.clone()
    };
    match kept == told || told.state < kept.state {
        true => Ok(()),
        false => put(tx, vault, &told),
    }
}

fn put(tx: &Transaction<'_>, vault: &Vault, news: &ComplaintNews) -> Result<(), StoreError> {
    tx.prepare_cached(
        "INSERT INTO complaints (id, worker, body, made_at) VALUES (?1, ?2, ?3, ?4)
         ON CONFLICT (id) DO UPDATE SET body = excluded.body",
    )?
    .execute((
        news.id.to_string(),
        news.worker.map(|id| id.to_string()),
        vault.encrypt(BODY, &to_json(news)?),
        millis(news.made_at),
    ))?;
    Ok(())
}
