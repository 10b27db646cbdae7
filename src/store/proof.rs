//! What the walls showed: written in batches, sent in order, kept up to a number of rows. What does
//! not fit goes out oldest first: what the hub has before what it has not, and that is counted.

use super::{Identity, Store, StoreError, from_json, meta, millis, signed, to_json};
use gighall_core::id::{DeviceId, Epoch};
use gighall_core::proof::{NumberedShowing, Showing, gap};
use jiff::Timestamp;
use rusqlite::{OptionalExtension, Transaction};
use tokio::sync::watch;

/// Showings of one enrolment that wait to be sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProofWaiting {
    /// Which enrolment.
    pub epoch: Epoch,
    /// In order.
    pub showings: Vec<NumberedShowing>,
}

/// How much is kept.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ProofState {
    /// Rows.
    pub rows: u64,
    /// Rows that the hub does not have yet.
    pub waiting: u64,
    /// Showings that could not be kept, as far as their gaps are.
    pub lost: u64,
}

impl Store {
    /// Keeps showings, and at most `rows_most` rows in all (at least one). Says how many showings
    /// had to go before the hub had them: a gap stands in their place.
    pub fn keep_proof(
        &self,
        showings: &[Showing],
        rows_most: u64,
        now: Timestamp,
    ) -> Result<u64, StoreError> {
        let (lost, _) = self.write_unseen(|tx| {
            let device = meta::get(tx, meta::DEVICE)?.unwrap_or_default();
            let epoch = meta::number(tx, meta::EPOCH)?.unwrap_or(0);
            let last: i64 = tx.query_row("SELECT coalesce(max(seq), 0) FROM proof", [], |row| {
                row.get(0)
            })?;
            let mut seq = last.max(millis(now) - 1);
            for showing in showings {
                seq += 1;
                insert(tx, seq, &device, epoch, showing)?;
            }
            make_room(tx, rows_most.max(1))
        })?;
        self.proof_kept
            .send_modify(|count| *count = count.wrapping_add(1));
        Ok(lost)
    }

    /// Counts up whenever showings were kept.
    pub fn subscribe_proof(&self) -> watch::Receiver<u64> {
        self.proof_kept.subscribe()
    }

    /// The next showings to send, of the oldest enrolment of that device that has any, at most
    /// `most`. Those of an enrolment that is still to come wait for it.
    pub fn proof_waiting(
        &self,
        device: DeviceId,
        most: usize,
    ) -> Result<Option<ProofWaiting>, StoreError> {
        self.read(|tx| {
            let device = device.to_string();
            let epoch: Option<u32> = tx
                .prepare_cached(
                    "SELECT epoch FROM proof WHERE sent = 0 AND device = ?1 AND epoch > 0
                     ORDER BY seq LIMIT 1",
                )?
                .query_row([&device], |row| row.get(0))
                .optional()?;
            let Some(epoch) = epoch else {
                return Ok(None);
            };
            let mut statement = tx.prepare_cached(
                "SELECT seq, body FROM proof WHERE sent = 0 AND device = ?1 AND epoch = ?2
                 ORDER BY seq LIMIT ?3",
            )?;
            let rows = statement.query_and_then((&device, epoch, signed(most as u64)), |row| {
                Ok(NumberedShowing {
                    seq: row.get::<_, i64>(0)?.unsigned_abs(),
                    showing: from_json(&row.get::<_, String>(1)?)?,
                })
            })?;
            Ok(Some(ProofWaiting {
                epoch: Epoch(epoch),
                showings: rows.collect::<Result<_, StoreError>>()?,
            }))
        })
    }

    /// The hub has what that enrolment wrote up to `through`.
    pub fn proof_sent(
        &self,
        device: DeviceId,
        epoch: Epoch,
        through: u64,
    ) -> Result<(), StoreError> {
        self.write_unseen(|tx| {
            tx.prepare_cached(
                "UPDATE proof SET sent = 1
                 WHERE device = ?1 AND epoch = ?2 AND seq <= ?3 AND sent = 0",
            )?
            .execute((device.to_string(), epoch.0, signed(through)))?;
            Ok(())
        })?;
        Ok(())
    }

    /// How much is kept.
    pub fn proof_state(&self) -> Result<ProofState, StoreError> {
        self.read(|tx| {
            Ok(tx
                .prepare_cached(
                    "SELECT (SELECT count(*) FROM proof),
                            (SELECT count(*) FROM proof WHERE sent = 0),
                            (SELECT coalesce(sum(lost), 0) FROM proof WHERE lost > 0)",
                )?
                .query_row([], |row| {
                    let count =
                        |at| Ok::<_, rusqlite::Error>(row.get::<_, i64>(at)?.unsigned_abs());
                    Ok(ProofState {
                        rows: count(0)?,
                        waiting: count(1)?,
                        lost: count(2)?,
                    })
                })?)
        })
    }

    /// Hands over everything that came on from `from` and before `to`, in order.
    pub fn proof_between<E: From<StoreError>>(
        &self,
        from: Timestamp,
        to: Timestamp,
        mut take: impl FnMut(&Showing) -> Result<(), E>,
    ) -> Result<(), E> {
        self.read(|tx| {
            let mut statement =
                tx.prepare("SELECT body FROM proof WHERE at >= ?1 AND at < ?2 ORDER BY at, seq")?;
            let mut rows = statement.query((millis(from), millis(to)))?;
            while let Some(row) = rows.next()? {
                if let Err(error) = take(&from_json(&row.get::<_, String>(0)?)?) {
                    return Ok(Err(error));
                }
            }
            Ok(Ok(()))
        })?
    }
}

/// Showings that waited for an enrolment become its own, and so do those of enrolments that a hub
/// restored from an older copy has forgotten: it would refuse them for ever. After a new enrolment at
/// such a hub everything is offered again: what the hub has it leaves alone.
pub fn adopt(tx: &Transaction<'_>, identity: &Identity) -> Result<(), StoreError> {
    let device = identity.device.to_string();
    tx.execute(
        "UPDATE proof SET device = ?1, epoch = ?2
         WHERE (epoch = 0 AND device IN ('', ?1)) OR (epoch > ?2 AND device = ?1)",
        (&device, identity.epoch.0),
    )?;
    let before = meta::number(tx, meta::HUB_EPOCH)?;
    if before.is_some_and(|before| before != i64::from(identity.hub_epoch.0)) {
        tx.execute("UPDATE proof SET sent = 0 WHERE device = ?1", [&device])?;
    }
    Ok(())
}

fn insert(
    tx: &Transaction<'_>,
    seq: i64,
    device: &str,
    epoch: i64,
    showing: &Showing,
) -> Result<(), StoreError> {
    tx.prepare_cached(
        "INSERT INTO proof (seq, device, epoch, at, lost, body) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
    )?
    .execute((
        seq,
        device,
        epoch,
        millis(showing.at),
        signed(showing.lost),
        to_json(showing)?,
    ))?;
    Ok(())
}

/// Says how many showings were lost by it.
fn make_room(tx: &Transaction<'_>, rows_most: u64) -> Result<u64, StoreError> {
    let rows: i64 = tx.query_row("SELECT count(*) FROM proof", [], |row| row.get(0))?;
    let over = usize::try_from(rows - signed(rows_most)).unwrap_or(0);
    if over == 0 {
        return Ok(0);
    }
    let gone = tx.execute(
        "DELETE FROM proof WHERE seq IN
             (SELECT seq FROM proof WHERE sent = 1 ORDER BY seq LIMIT ?1)",
        [signed(over as u64)],
    )?;
    match over - gone {
        0 => Ok(0),
        over => lose(tx, over),
    }
}

/// Puts one gap in the place of so many unsent rows and one more, the oldest. It takes the last
/// one's number: a hub that got that one, though its answer was lost, has all before it as well.
fn lose(tx: &Transaction<'_>, over: usize) -> Result<u64, StoreError> {
    let mut statement = tx.prepare_cached(
        "DELETE FROM proof WHERE seq IN (SELECT seq FROM proof ORDER BY seq LIMIT ?1)
         RETURNING seq, device, epoch, body",
    )?;
    let mut rows: Vec<(i64, String, i64, Showing)> = statement
        .query_and_then([signed(over as u64 + 1)], |row| {
            let showing = from_json(&row.get::<_, String>(3)?)?;
            Ok((row.get(0)?, row.get(1)?, row.get(2)?, showing))
        })?
        .collect::<Result<_, StoreError>>()?;
    rows.sort_by_key(|(seq, ..)| *seq);
    let lost = rows
        .iter()
        .filter(|(.., showing)| showing.lost == 0)
        .count();
    if let (Some(gap), Some((seq, device, epoch, _))) =
        (gap(rows.iter().map(|(.., showing)| showing)), rows.last())
    {
        insert(tx, *seq, device, *epoch, &gap)?;
    }
    Ok(lost as u64)
}
