//! What devices did: their logs arrive here, each record once, each with its effect.

mod claimed;
mod people;

pub use claimed::{confirmed, decided, must_end, what_came_early};

use super::secrets::Keys;
use super::write::Write;
use super::{devices, enrolments, pauses, ratings, sql, workers, writer};
use crate::store::StoreError;
use claimed::{checked_in, provisional, settled, withdrawn};
use gighall_core::id::Epoch;
use gighall_core::outbox::{Arrival, Body, Event, Head, Record, RecordHash, arrival};
use gighall_core::rights::Holder;
use jiff::Timestamp;
use people::{
    PinMade, applied, complained, hardship_told, not_erased, pass_made, pass_revoked, pin_made,
    register, wished,
};
use rusqlite::{Connection, OptionalExtension, params};

/// Marks records that this build cannot read: a newer one will (see [`read_again`]).
const UNREAD: &str = "unread";

/// Marks registrations that were made before their person was erased. Their bodies are not kept.
const FORGOTTEN: &str = "registered-before-erased";

/// Flags that a record's effect raised, for staff.
type Flags = Vec<&'static str>;

/// Takes the records that follow the log, in order. The inner result is the answer: also after a
/// fork, a gap or damage, what came before it is kept.
pub fn accept(
    write: &mut Write<'_>,
    holder: Holder,
    records: &[Record],
    now: Timestamp,
) -> Result<Result<Head, StoreError>, StoreError> {
    let mut head = log_head(&write.sql, holder)?.ok_or(StoreError::EpochFenced)?;
    for record in records {
        let kept = kept_hash(&write.sql, holder, record.seq)?;
        match arrival(head, kept, record) {
            Arrival::Again => {}
            Arrival::New => {
                let effect = apply(write, holder, &record.body, now)?;
                keep(write, holder, record, &effect, now)?;
                head = record.head();
            }
            Arrival::Gap => return Ok(Err(StoreError::LogGap(head))),
            Arrival::Damaged => return Ok(Err(StoreError::DamagedRecord(record.seq))),
            Arrival::Fork => {
                devices::quarantine(write, holder, "its log forked")?;
                return Ok(Err(StoreError::LogFork(head)));
            }
        }
    }
    Ok(Ok(head))
}

/// Where the hub's copy of a log ends; `None` for an enrolment that it does not know.
pub fn log_head(connection: &Connection, holder: Holder) -> Result<Option<Head>, StoreError> {
    let head = connection
        .prepare_cached("SELECT log_seq, log_hash FROM enrolment WHERE device = ?1 AND epoch = ?2")?
        .query_row(params![holder.device.to_string(), holder.epoch.0], |row| {
            Ok(Head {
                seq: sql::uint(row.get(0)?),
                hash: RecordHash(row.get(1)?),
            })
        })
        .optional()?;
    Ok(head)
}

/// The hash of a record that is here.
pub fn kept_hash(
    connection: &Connection,
    holder: Holder,
    seq: u64,
) -> Result<Option<RecordHash>, StoreError> {
    Ok(connection
        .prepare_cached(
            "SELECT hash FROM outbox_record WHERE device = ?1 AND epoch = ?2 AND seq = ?3",
        )?
        .query_row(
            params![holder.device.to_string(), holder.epoch.0, sql::int(seq)],
            |row| row.get(0),
        )
        .optional()?
        .map(RecordHash))
}

fn keep(
    write: &Write<'_>,
    holder: Holder,
    record: &Record,
    effect: &Effect,
    now: Timestamp,
) -> Result<(), StoreError> {
    let flag = effect.flag();
    let body = match effect.leaves_nothing {
        true => "",
        false => &record.body,
    };
    if let Some(flag) = &flag {
        tracing::warn!(device = %holder.device, epoch = holder.epoch.0, seq = record.seq, flag,
            "a record was taken with remarks");
    }
    write
        .sql
        .prepare_cached(
            "INSERT INTO outbox_record (device, epoch, seq, hash, body, received_at, flag)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        )?
        .execute(params![
            holder.device.to_string(),
            holder.epoch.0,
            sql::int(record.seq),
            record.hash.0,
            write.keys.vault.encrypt("outbox.body", body),
            sql::micros(now),
            flag
        ])?;
    write
        .sql
        .prepare_cached(
            "UPDATE enrolment SET log_seq = ?3, log_hash = ?4 WHERE device = ?1 AND epoch = ?2",
        )?
        .execute(params![
            holder.device.to_string(),
            holder.epoch.0,
            sql::int(record.seq),
            record.hash.0
        ])?;
    Ok(())
}

/// What came of a record.
struct Effect {
    flags: Flags,
    /// Nothing of what it said stays in the log; the hash does.
    leaves_nothing: bool,
}

impl Effect {
    fn flag(&self) -> Option<String> {
        (!self.flags.is_empty()).then(|| self.flags.join(","))
    }
}

/// Brings about what a record says.
fn apply(
    write: &mut Write<'_>,
    holder: Holder,
    body: &str,
    now: Timestamp,
) -> Result<Effect, StoreError> {
    let read = match body {
        // The device erased it after an earlier copy of this store had taken it.
        "" => Err(FORGOTTEN),
        text => serde_json::from_str::<Body>(text).map_err(|_| UNREAD),
    };
    // What somebody takes back is not to be found in the log either, nor is a PIN that is another by now.
    let is_kept_apart = matches!(&read, Ok(body) if matches!(
        body.event,
        Event::HardshipSaid { .. } | Event::PinMade { .. }
    ));
    let flags = match read {
        Ok(body) => apply_body(write, holder, body, now)?,
        Err(flag) => vec![flag],
    };
    let leaves_nothing = flags.contains(&FORGOTTEN) || (is_kept_apart && flags.is_empty());
    Ok(Effect {
        flags,
        leaves_nothing,
    })
}

fn apply_body(
    write: &mut Write<'_>,
    holder: Holder,
    body: Body,
    now: Timestamp,
) -> Result<Flags, StoreError> {
    match body.event {
        Event::WorkerRegistered { registration } => register(write, &registration),
        Event::ClaimConfirmed { claim } => confirmed(write, holder, &claim, now),
        Event::ClaimProvisional { claim } => provisional(write, holder, &claim, now),
        Event::ClaimWithdrawn { claim, .. } => withdrawn(write, holder, claim, now),
        Event::ClaimCheckedIn { claim } => checked_in(write, holder, claim, body.at, now),
        Event::TrainingAsked { enrolment } => {
            let is_new = enrolments::ask(write, Some(holder.device), &enrolment, now)?;
            Ok(if is_new {
                vec![]
            } else {
                vec!["known-enrolment"]
            })
        }
        Event::TrainingLeft { enrolment, .. } => {
            let known = enrolments::leave(write, enrolment, Some(holder.device))?;
            Ok(if known {
                vec![]
            } else {
                vec!["unknown-enrolment"]
            })
        }
        Event::TrainingWished { worker, kinds } => wished(write, holder, worker, &kinds, now),
        Event::WorkWished {
            worker,
            kinds,
            wishes,
            consent,
        } => match not_erased(write, worker)? {
            Some(worker) => {
                workers::wish(write, worker, &kinds, &wishes.sound(), consent)?;
                Ok(vec![])
            }
            None => Ok(vec![FORGOTTEN]),
        },
        Event::PauseLifted { worker } => {
            if let Some(worker) = not_erased(write, worker)? {
                pauses::lift(write, worker, body.at, now)?;
            }
            Ok(vec![])
        }
        Event::PassMade { worker, pass } => pass_made(write, holder, worker, pass, (body.at, now)),
        Event::PassRevoked { worker } => pass_revoked(write, holder, worker, body.at, now),
        Event::PinMade { worker, pin, by } => {
            let made = PinMade {
                worker,
                pin,
                by,
                at: body.at,
            };
            pin_made(write, holder, &made, now)
        }
        Event::Applied { application } => applied(write, holder, &application, now),
        Event::HardshipSaid { statement } => hardship_told(write, holder, &statement, now),
        Event::Complained { complaint } => complained(write, holder, &complaint, now),
        Event::ClaimRated { claim, rating } => {
            ratings::take(write, claim, rating, body.at)?;
            Ok(vec![])
        }
        Event::ClaimSettled { claim, .. } => settled(write, holder, claim, body.at, now),
    }
}

/// Records that an older build could not read and this one can: brings about what they say. Run
/// when the store is opened.
pub fn read_again(connection: &mut Connection, keys: &Keys) -> Result<(), StoreError> {
    let rows: Vec<(String, u32, i64, Vec<u8>, i64)> = connection
        .prepare(
            "SELECT device, epoch, seq, body, received_at FROM outbox_record WHERE flag = ?1
             ORDER BY received_at, seq",
        )?
        .query_map([UNREAD], |row| {
            Ok((
                row.get(0)?,
                row.get(1)?,
                row.get(2)?,
                row.get(3)?,
                row.get(4)?,
            ))
        })?
        .collect::<Result<_, _>>()?;
    if rows.is_empty() {
        return Ok(());
    }
    writer::alone(connection, keys, |write| {
        for (device, epoch, seq, body, received_at) in rows {
            let holder = Holder {
                device: sql::id(&device)?,
                epoch: Epoch(epoch),
            };
            let body = keys
                .vault
                .decrypt("outbox.body", &body)
                .map_err(|error| sql::corrupt("outbox.body", error))?;
            let effect = apply(write, holder, &body, sql::time(received_at)?)?;
            let blank = effect.leaves_nothing;
            let blank = blank.then(|| keys.vault.encrypt("outbox.body", ""));
            write.sql.execute(
                "UPDATE outbox_record SET flag = ?4, body = coalesce(?5, body)
             WHERE device = ?1 AND epoch = ?2 AND seq = ?3",
                params![device, epoch, seq, effect.flag(), blank],
            )?;
        }
        Ok(())
    })
}
