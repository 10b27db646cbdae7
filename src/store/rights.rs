//! The device's side of rights: core's `DeviceAccount` for each job, under the present epoch.

use super::{Store, StoreError, from_millis, meta, millis};
use gighall_core::id::{Epoch, HubEpoch, JobId};
use gighall_core::report::RightsReport;
use gighall_core::rights::{self, DeviceAccount};
use gighall_core::wire::{RightsAsk, RightsReply};
use jiff::{SignedDuration, Timestamp};
use rusqlite::{OptionalExtension, Row, Transaction, named_params};

/// After the hub asked for rights of a job back, none are asked for that long: somebody else wants
/// them.
const RECALL_PAUSE: SignedDuration = SignedDuration::from_mins(10);

/// What was confirmed here in that time says how many come for a job (rule 14).
const LATELY: SignedDuration = SignedDuration::from_hours(1);

/// What is to be told or asked about the rights of one job.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Due {
    /// The entry to send.
    pub ask: RightsAsk,
    /// Rights were given back and the hub does not know yet: it has to be sent.
    pub unreported: bool,
}

impl Store {
    /// What to report and what to ask for now: rights that were given back and not reported yet,
    /// and open jobs of which too few rights are held.
    pub fn rights_to_ask(&self, now: Timestamp) -> Result<Vec<Due>, StoreError> {
        self.read(|tx| {
            let mut statement = tx.prepare_cached(
                "SELECT jobs_now.id, places, coalesce(g, 0), coalesce(r, 0), coalesce(c, 0),
                        coalesce(r > reported, 0), recalled_at, left_now > 0,
                        coalesce(lately, 0)
                 FROM jobs_now LEFT JOIN accounts ON accounts.job = jobs_now.id
                     LEFT JOIN (SELECT job, count(*) AS lately FROM claims
                                WHERE origin = 'right' AND made_at > :lately GROUP BY job) AS came
                         ON came.job = jobs_now.id
                 WHERE state = 'published' AND valid_until > :now
                 UNION ALL
                 SELECT job, 0, g, r, c, 1, recalled_at, 0, 0
                 FROM accounts WHERE r > reported AND job NOT IN
                     (SELECT id FROM jobs WHERE state = 'published' AND valid_until > :now)",
            )?;
            let lately = millis(now.saturating_sub(LATELY).unwrap_or(now));
            let given = named_params! {":now": millis(now), ":lately": lately};
            let mut rows = statement.query(given)?;
            let mut asks = vec![];
            while let Some(row) = rows.next()? {
                asks.extend(ask(row, now)?);
            }
            Ok(asks)
        })
    }

    /// Takes grants (rule 1), and notes that the hub knows what was given back.
    pub fn apply_grants(
        &self,
        asked: &[RightsAsk],
        reply: &RightsReply,
        epoch: Epoch,
        hub_epoch: HubEpoch,
    ) -> Result<(), StoreError> {
        self.write(|tx| {
            // The store may have been enrolled anew while the request was under way, or the hub was
            // restored.
            if meta::number(tx, meta::EPOCH)? != Some(i64::from(epoch.0))
                || meta::number(tx, meta::HUB_EPOCH)? != Some(i64::from(hub_epoch.0))
            {
                return Ok(());
            }
            for granted in &reply.grants {
                let Some(ask) = asked.iter().find(|ask| ask.job == granted.job) else {
                    continue;
                };
                let mut account = account(tx, granted.job)?;
                if account.apply(granted.grant, epoch, hub_epoch) {
                    save(tx, granted.job, &account)?;
                    tx.prepare_cached(
                        "UPDATE accounts SET reported = max(reported, min(r, ?2)) WHERE job = ?1",
                    )?
                    .execute((granted.job.to_string(), ask.returned))?;
                }
            }
            Ok(())
        })
    }

    /// Gives back the rights of jobs that take no claims any more.
    pub fn give_back_stale(&self, now: Timestamp) -> Result<(), StoreError> {
        self.write(|tx| {
            tx.execute(
                "UPDATE accounts SET r = g - c WHERE g > r + c AND job NOT IN
                     (SELECT id FROM jobs
                      WHERE state IN ('published', 'full') AND valid_until > ?1)",
                [millis(now)],
            )?;
            Ok(())
        })
    }

    /// Gives back every unspent right.
    pub fn give_back_all(&self) -> Result<(), StoreError> {
        self.write(|tx| {
            tx.execute("UPDATE accounts SET r = g - c WHERE g > r + c", [])?;
            Ok(())
        })
    }

    /// What was ever granted and given back under the present epoch, for a hub that may have forgotten.
    pub fn rights_to_report(&self) -> Result<Vec<RightsReport>, StoreError> {
        self.read(|tx| {
            let mut statement = tx.prepare_cached("SELECT job, g, r FROM accounts WHERE g > 0")?;
            let rows = statement.query_and_then([], |row| {
                let job = row.get::<_, String>(0)?;
                Ok(RightsReport {
                    job: job
                        .parse()
                        .map_err(|_| StoreError::Damaged("an id in accounts".to_owned()))?,
                    granted: row.get(1)?,
                    returned: row.get(2)?,
                })
            })?;
            rows.collect()
        })
    }

    /// The account of a job.
    pub fn account(&self, job: JobId) -> Result<DeviceAccount, StoreError> {
        self.read(|tx| account(tx, job))
    }

    /// Unspent rights of all jobs.
    pub fn rights_held(&self) -> Result<u32, StoreError> {
        self.read(|tx| {
            let sql = "SELECT coalesce(sum(g - r - c), 0) FROM accounts";
            Ok(tx.query_row(sql, [], |row| row.get(0))?)
        })
    }
}

fn ask(row: &Row<'_>, now: Timestamp) -> Result<Option<Due>, StoreError> {
    let job = row
        .get::<_, String>(0)?
        .parse()
        .map_err(|_| StoreError::Damaged("an id in jobs".to_owned()))?;
    let places: u32 = row.get(1)?;
    let account = DeviceAccount {
        granted: row.get(2)?,
        returned: row.get(3)?,
        confirmed: row.get(4)?,
    };
    let unreported: bool = row.get(5)?;
    let recalled: Option<i64> = row.get(6)?;
    let open: bool = row.get(7)?;
    let lately: u32 = row.get(8)?;
    let pausing =
        recalled.is_some_and(|at| now.duration_since(from_millis(at)).abs() < RECALL_PAUSE);
    let want = if open && !pausing {
        rights::to_ask(places, lately, account.rights())
    } else {
        0
    };
    let ask = RightsAsk {
        job,
        known: account.granted,
        returned: account.returned,
        want,
    };
    Ok((want > 0 || unreported).then_some(Due { ask, unreported }))
}

/// The account of a job; an empty one if none is kept.
pub fn account(tx: &Transaction<'_>, job: JobId) -> Result<DeviceAccount, StoreError> {
    Ok(tx
        .prepare_cached("SELECT g, r, c FROM accounts WHERE job = ?1")?
        .query_row([job.to_string()], |row| {
            Ok(DeviceAccount {
                granted: row.get(0)?,
                returned: row.get(1)?,
                confirmed: row.get(2)?,
            })
        })
        .optional()?
        .unwrap_or_default())
}

/// Writes the account of a job. The table refuses counters that fall or go below zero.
pub fn save(tx: &Transaction<'_>, job: JobId, account: &DeviceAccount) -> Result<(), StoreError> {
    tx.prepare_cached(
        "INSERT INTO accounts (job, g, r, c) VALUES (?1, ?2, ?3, ?4)
         ON CONFLICT (job) DO UPDATE SET g = excluded.g, r = excluded.r, c = excluded.c",
    )?
    .execute((
        job.to_string(),
        account.granted,
        account.returned,
        account.confirmed,
    ))?;
    Ok(())
}

/// Rule 4: gives back all unspent rights of a job; the report follows later.
pub fn give_back(tx: &Transaction<'_>, job: &str) -> Result<(), StoreError> {
    tx.prepare_cached("UPDATE accounts SET r = g - c WHERE job = ?1 AND g > r + c")?
        .execute([job])?;
    Ok(())
}

/// The hub asks for the rights of a job back (rule 6).
pub fn recall(tx: &Transaction<'_>, job: JobId, now: Timestamp) -> Result<(), StoreError> {
    give_back(tx, &job.to_string())?;
    tx.prepare_cached("UPDATE accounts SET recalled_at = ?2 WHERE job = ?1")?
        .execute((job.to_string(), millis(now)))?;
    Ok(())
}
