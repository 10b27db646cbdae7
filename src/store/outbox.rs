//! The device's own log (core's `outbox`): appended in the transaction of what it records, sent in
//! order, kept for a while after the hub has it, in case the hub is restored from an older copy.

use super::{StaffCode, Store, StoreError, enrolment, erase, from_millis, meta, millis, signed};
use gighall_core::id::{ClaimId, Epoch};
use gighall_core::outbox::{Body, Event, Head, RECORD_VERSION, Record};
use gighall_core::report::LogReport;
use gighall_core::vault::Vault;
use jiff::{SignedDuration, Timestamp};
use rusqlite::{OptionalExtension, Row, Transaction};
use std::collections::BTreeMap;

/// How long records are kept that the hub has.
const KEPT_FOR: SignedDuration = SignedDuration::from_hours(24 * 90);

/// Records of one enrolment that wait to be sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Waiting {
    /// Which enrolment.
    pub epoch: Epoch,
    /// In order, dense.
    pub records: Vec<Record>,
}

/// How full the outbox is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct OutboxState {
    /// Records that wait.
    pub length: u64,
    /// When the oldest of them was written.
    pub oldest: Option<Timestamp>,
}

/// How the hub's head of a log stands to the log that is here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HubHead {
    /// It is in the log: what is up to there is at the hub.
    Known,
    /// The hub has records that this log does not have: the store is an older copy.
    Beyond,
    /// Another record stands at its place: the log forked.
    Foreign,
}

/// Judges the hub's head by the hash that is kept at its place and the oldest record that is kept.
fn judge(head: Head, kept: Option<&str>, oldest: Option<u64>) -> HubHead {
    match kept {
        _ if head.seq == 0 => HubHead::Known,
        Some(hash) if hash == head.hash.to_string() => HubHead::Known,
        Some(_) => HubHead::Foreign,
        // Forgotten long ago, after the hub had it.
        None if oldest.is_some_and(|oldest| head.seq < oldest) => HubHead::Known,
        None => HubHead::Beyond,
    }
}

/// How the hub's head stands to that log.
fn judged(tx: &Transaction<'_>, epoch: Epoch, head: Head) -> Result<HubHead, StoreError> {
    let kept: Option<String> = tx
        .prepare_cached("SELECT hash FROM outbox WHERE epoch = ?1 AND seq = ?2")?
        .query_row((epoch.0, signed(head.seq)), |row| row.get(0))
        .optional()?;
    let oldest: Option<i64> = tx
        .prepare_cached("SELECT min(seq) FROM outbox WHERE epoch = ?1")?
        .query_row([epoch.0], |row| row.get(0))?;
    Ok(judge(head, kept.as_deref(), oldest.map(i64::unsigned_abs)))
}

/// What the hub had beyond `head` and has no longer is to be sent again, and the places of those claims
/// are not counted in its listings.
fn mark_lost(tx: &Transaction<'_>, epoch: Epoch, head: Head) -> Result<(), StoreError> {
    let (epoch, seq) = (epoch.0, signed(head.seq));
    tx.execute(
        "UPDATE claims SET reflected_at = NULL WHERE origin = 'right' AND id IN
             (SELECT claim FROM outbox WHERE epoch = ?1 AND seq > ?2 AND acked = 1)",
        (epoch, seq),
    )?;
    let lost = tx.execute(
        "UPDATE outbox SET acked = 0 WHERE epoch = ?1 AND seq > ?2 AND acked = 1",
        (epoch, seq),
    )?;
    if lost > 0 {
        tracing::warn!(
            epoch,
            lost,
            "the hub lost records that it had: they are sent again"
        );
    }
    Ok(())
}

const BODY: &str = "outbox.body";

impl Store {
    /// The next records to send: of the oldest enrolment that has any and is not to be left
    /// `out`, at most `most`. Records of an enrolment that is still to come wait for it.
    pub fn waiting(&self, most: usize, out: &[Epoch]) -> Result<Option<Waiting>, StoreError> {
        self.read(|tx| {
            let mut epochs = tx.prepare_cached(
                "SELECT DISTINCT epoch FROM outbox WHERE acked = 0 AND epoch > 0 ORDER BY epoch",
            )?;
            let epochs: Vec<u32> = epochs
                .query_map([], |row| row.get(0))?
                .collect::<Result<_, _>>()?;
            let Some(epoch) = epochs
                .into_iter()
                .find(|epoch| !out.contains(&Epoch(*epoch)))
            else {
                return Ok(None);
            };
            let mut statement = tx.prepare_cached(
                "SELECT seq, prev, hash, body FROM outbox
                 WHERE epoch = ?1 AND acked = 0 ORDER BY seq LIMIT ?2",
            )?;
            let mut rows = statement.query((epoch, signed(most as u64)))?;
            let mut records = vec![];
            while let Some(row) = rows.next()? {
                records.push(read_record(row, &self.vault)?);
            }
            let epoch = Epoch(epoch);
            Ok(Some(Waiting { epoch, records }))
        })
    }

    /// How full the outbox is.
    pub fn outbox_state(&self) -> Result<OutboxState, StoreError> {
        self.read(|tx| {
            Ok(tx
                .prepare_cached("SELECT count(*), min(at) FROM outbox WHERE acked = 0")?
                .query_row([], |row| {
                    Ok(OutboxState {
                        length: row.get::<_, u32>(0)?.into(),
                        oldest: row.get::<_, Option<i64>>(1)?.map(from_millis),
                    })
                })?)
        })
    }

    /// The hub has everything of that enrolment up to `head`, and whoever has read its hall's feed
    /// up to `feed_head` sees the effect. Nothing is marked if `head` is not of this log.
    /// What it had beyond `head` and has no longer is to be sent again: it was restored from an older
    /// copy.
    pub fn acknowledge(
        &self,
        epoch: Epoch,
        head: Head,
        feed_head: u64,
    ) -> Result<HubHead, StoreError> {
        self.write(|tx| {
            let judged = judged(tx, epoch, head)?;
            if judged != HubHead::Known {
                return Ok(judged);
            }
            tx.execute(
                "UPDATE claims SET reflected_at = ?3
                 WHERE reflected_at IS NULL AND origin = 'right' AND id IN
                     (SELECT claim FROM outbox WHERE epoch = ?1 AND seq <= ?2)",
                (epoch.0, signed(head.seq), signed(feed_head)),
            )?;
            // Kept for so long from here on, however wrong the clock was that it was written by.
            let last_contact = meta::number(tx, meta::LAST_CONTACT)?;
            let mut mark = tx.prepare_cached(
                "UPDATE outbox SET acked = 1, at = max(at, coalesce(?3, at))
                 WHERE epoch = ?1 AND seq <= ?2 AND acked = 0
                 RETURNING rowid, body",
            )?;
            let arrived = mark
                .query_map((epoch.0, signed(head.seq), last_contact), |row| {
                    Ok((row.get(0)?, row.get(1)?))
                })?
                .collect::<Result<Vec<_>, _>>()?;
            if !arrived.is_empty() {
                erase::forget_sent(tx, &self.vault, arrived)?;
                settle_log(tx)?;
            }
            mark_lost(tx, epoch, head)?;
            Ok(judged)
        })
    }

    /// The hub's copy of that log ends at `head`: what it had beyond that and has no longer is to be sent
    /// again. Nothing is marked if `head` is not of this log.
    pub fn compare_log(&self, epoch: Epoch, head: Head) -> Result<HubHead, StoreError> {
        self.write(|tx| {
            let judged = judged(tx, epoch, head)?;
            if judged == HubHead::Known {
                mark_lost(tx, epoch, head)?;
            }
            Ok(judged)
        })
    }

    /// Where every log stands that is here, for the hub to compare: its last record, the last one that
    /// the hub acknowledged, and whether nothing of it is missing.
    pub fn logs(&self) -> Result<Vec<LogReport>, StoreError> {
        self.read(|tx| {
            let present = meta::number(tx, meta::EPOCH)?.and_then(|it| u32::try_from(it).ok());
            let mut whole = enrolment::ended(tx)?;
            whole.extend(present.map(Epoch));
            let mut logs: BTreeMap<Epoch, LogReport> = tx
                .prepare_cached(
                    "SELECT epoch, max(seq), hash,
                            (SELECT coalesce(max(seq), 0) FROM outbox AS sent
                             WHERE sent.epoch = outbox.epoch AND acked = 1)
                     FROM outbox WHERE epoch > 0 GROUP BY epoch",
                )?
                .query_and_then([], |row| {
                    let epoch = Epoch(row.get(0)?);
                    let log = LogReport {
                        epoch,
                        head: Head {
                            seq: row.get::<_, i64>(1)?.unsigned_abs(),
                            hash: row.get::<_, String>(2)?.parse().map_err(damaged)?,
                        },
                        acknowledged: row.get::<_, i64>(3)?.unsigned_abs(),
                        whole: whole.contains(&epoch),
                    };
                    Ok((epoch, log))
                })?
                .collect::<Result<_, StoreError>>()?;
            for epoch in whole {
                logs.entry(epoch).or_insert(LogReport {
                    epoch,
                    head: Head::default(),
                    acknowledged: 0,
                    whole: true,
                });
            }
            Ok(logs.into_values().collect())
        })
    }

    /// The hub has less of that enrolment than was acknowledged: what follows `seq` is to be sent
    /// again. Says whether the records that the hub misses are here.
    pub fn send_again(&self, epoch: Epoch, seq: u64) -> Result<bool, StoreError> {
        self.write(|tx| {
            let next: Option<i64> = tx.query_row(
                "SELECT min(seq) FROM outbox WHERE epoch = ?1 AND seq > ?2",
                (epoch.0, signed(seq)),
                |row| row.get(0),
            )?;
            if next != Some(signed(seq) + 1) {
                return Ok(false);
            }
            tx.execute(
                "UPDATE outbox SET acked = 0 WHERE epoch = ?1 AND seq > ?2",
                (epoch.0, signed(seq)),
            )?;
            Ok(true)
        })
    }

    /// Whether a record about that claim waits to be sent.
    pub fn claim_waits(&self, claim: ClaimId) -> Result<bool, StoreError> {
        self.read(|tx| {
            Ok(tx.query_row(
                "SELECT EXISTS (SELECT 1 FROM outbox WHERE claim = ?1 AND acked = 0)",
                [claim.to_string()],
                |row| row.get(0),
            )?)
        })
    }
}

/// Forgets records that the hub has had for long, by the hub's clock. The newest of each enrolment stays: the next one is
/// chained to it.
pub fn prune(tx: &Transaction<'_>, now: Timestamp) -> Result<(), StoreError> {
    tx.execute(
        "DELETE FROM outbox WHERE acked = 1 AND at < ?1 AND seq <
             (SELECT max(seq) FROM outbox AS newest WHERE newest.epoch = outbox.epoch)",
        [millis(now.saturating_sub(KEPT_FOR).unwrap_or(now))],
    )?;
    Ok(())
}

/// Staff need not be told of the log any more once nothing of it waits.
fn settle_log(tx: &Transaction<'_>) -> Result<(), StoreError> {
    tx.execute(
        "DELETE FROM staff_notices WHERE code IN (?1, ?2)
             AND NOT EXISTS (SELECT 1 FROM outbox WHERE acked = 0 AND epoch > 0)
             AND NOT EXISTS (SELECT 1 FROM outbox_left)",
        (StaffCode::LogFork.code(), StaffCode::LogGap.code()),
    )?;
    Ok(())
}

/// The outbox is one device's. What another one left in it unsent is put aside and staff are told;
/// what the coming one had left comes back. Records that wait for an enrolment belong to it.
pub fn change_device(
    tx: &Transaction<'_>,
    before: &str,
    coming: &str,
    now: Timestamp,
) -> Result<(), StoreError> {
    if before == coming {
        return Ok(());
    }
    let left = tx.execute(
        "INSERT OR IGNORE INTO outbox_left (device, epoch, seq, prev, hash, body, at, claim)
         SELECT ?1, epoch, seq, prev, hash, body, at, claim FROM outbox
         WHERE epoch > 0 AND acked = 0",
        [before],
    )?;
    tx.execute("DELETE FROM outbox WHERE epoch > 0", [])?;
    tx.execute(
        "INSERT INTO outbox (epoch, seq, prev, hash, body, at, claim)
         SELECT epoch, seq, prev, hash, body, at, claim FROM outbox_left WHERE device = ?1",
        [coming],
    )?;
    tx.execute("DELETE FROM outbox_left WHERE device = ?1", [coming])?;
    if left > 0 {
        let detail = format!(
            "{left} records that were written as the device {before} never reached its hub; they \
             are kept and are sent if this kiosk is enrolled there again"
        );
        tracing::error!("{detail}");
        meta::tell_staff(tx, StaffCode::LogGap, &detail, now)?;
    }
    Ok(())
}

/// Whether the hub has not heard of something that was written down of a claim.
pub fn waits(tx: &Transaction<'_>, claim: ClaimId) -> Result<bool, StoreError> {
    Ok(tx
        .prepare_cached("SELECT 1 FROM outbox WHERE claim = ?1 AND acked = 0")?
        .exists([claim.to_string()])?)
}

/// Appends a record to the log of the present enrolment, or of the one to come.
pub fn append(
    tx: &Transaction<'_>,
    vault: &Vault,
    event: Event,
    claim: Option<ClaimId>,
    now: Timestamp,
) -> Result<(), StoreError> {
    let epoch = meta::number(tx, meta::EPOCH)?.unwrap_or(0);
    let last: Option<(i64, String)> = tx
        .prepare_cached("SELECT seq, hash FROM outbox WHERE epoch = ?1 ORDER BY seq DESC LIMIT 1")?
        .query_row([epoch], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    let head = match last {
        Some((seq, hash)) => Head {
            seq: seq.unsigned_abs(),
            hash: hash.parse().map_err(damaged)?,
        },
        None => Head::default(),
    };
    let body = Body {
        v: RECORD_VERSION,
        at: now,
        event,
    };
    let record = head.append(body.to_text());
    insert(tx, vault, epoch, &record, claim, now)
}

/// Writes a record as it is.
pub fn insert(
    tx: &Transaction<'_>,
    vault: &Vault,
    epoch: i64,
    record: &Record,
    claim: Option<ClaimId>,
    at: Timestamp,
) -> Result<(), StoreError> {
    tx.prepare_cached(
        "INSERT INTO outbox (epoch, seq, prev, hash, body, at, claim)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
    )?
    .execute((
        epoch,
        signed(record.seq),
        record.prev.to_string(),
        record.hash.to_string(),
        write_body(&record.body, vault),
        millis(at),
        claim.map(|id| id.to_string()),
    ))?;
    Ok(())
}

/// Reads `seq, prev, hash, body` from the first four columns.
pub fn read_record(row: &Row<'_>, vault: &Vault) -> Result<Record, StoreError> {
    let body: Vec<u8> = row.get(3)?;
    Ok(Record {
        seq: row.get::<_, i64>(0)?.unsigned_abs(),
        prev: row.get::<_, String>(1)?.parse().map_err(damaged)?,
        hash: row.get::<_, String>(2)?.parse().map_err(damaged)?,
        body: read_body(&body, vault)?,
    })
}

/// The text of a body as it is stored.
pub fn read_body(stored: &[u8], vault: &Vault) -> Result<String, StoreError> {
    vault.decrypt(BODY, stored).map_err(damaged)
}

/// A body as it is stored.
pub fn write_body(text: &str, vault: &Vault) -> Vec<u8> {
    vault.encrypt(BODY, text)
}

fn damaged(error: impl std::error::Error) -> StoreError {
    StoreError::Damaged(error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_head_of_the_hub_is_judged() {
        let head = Head::default().append("a".to_owned()).head();
        let (ours, other) = (head.hash.to_string(), "00".repeat(32));
        assert_eq!(judge(Head::default(), None, None), HubHead::Known);
        assert_eq!(judge(head, Some(&ours), Some(1)), HubHead::Known);
        assert_eq!(judge(head, None, Some(5)), HubHead::Known);
        assert_eq!(judge(head, Some(&other), Some(1)), HubHead::Foreign);
        assert_eq!(judge(head, None, None), HubHead::Beyond);
        assert_eq!(
            judge(Head { seq: 9, ..head }, None, Some(1)),
            HubHead::Beyond
        );
    }
}
