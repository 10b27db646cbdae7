//! What devices did: their logs arrive here, each record once, each with its effect.

use super::claims::{self, Stored, Turn};
use super::secrets::Keys;
use super::slips::Brought;
use super::write::Write;
use super::{
    applications, audit, complaints, devices, enrolments, hardship_said, jobs, ledger, passes,
    pauses, ratings, restored, slips, sql, workers, writer, written_off,
};
use crate::store::{Act, Audited, NewWorker, StoreError};
use gighall_core::application::Application;
use gighall_core::claim::{Claim, ClaimReason, ClaimState};
use gighall_core::complaint::Complaint;
use gighall_core::hardship::HardshipStatement;
use gighall_core::id::{ClaimId, Epoch, HallId, WorkerId};
use gighall_core::job::{Job, JobState, WorkKind};
use gighall_core::outbox::{Arrival, Body, Event, Head, Record, RecordHash, arrival};
use gighall_core::pass::PassHash;
use gighall_core::pin::{PinBy, PinHash};
use gighall_core::rights::{Holder, Receipt};
use gighall_core::worker::{Registration, same_name};
use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, params};

/// Marks records that this build cannot read: a newer one will (see [`read_again`]).
const UNREAD: &str = "unread";

/// Marks claims of a person whom the hub has erased: nobody's name stands behind them.
const ERASED: &str = "worker-erased";

/// Marks registrations that were made before their person was erased. Their bodies are not kept.
const FORGOTTEN: &str = "registered-before-erased";

/// Marks claims of which staff had entered a slip that said otherwise.
const SLIP_DIFFERS: &str = "slip-differs";

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
        Event::ClaimCheckedIn { claim } => checked_in(write, holder, claim, now),
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

/// The person behind an id that a device gave, if they were not erased meanwhile.
fn not_erased(write: &Write<'_>, worker: WorkerId) -> Result<Option<WorkerId>, StoreError> {
    let worker = workers::resolve_or_note(write, worker)?;
    let erased = workers::erased_at(&write.sql, worker)?.is_some();
    Ok((!erased).then_some(worker))
}

fn hall_of(write: &Write<'_>, holder: Holder) -> Result<HallId, StoreError> {
    devices::hall(&write.sql, holder.device)?.ok_or(StoreError::NotFound("device"))
}

fn wished(
    write: &mut Write<'_>,
    holder: Holder,
    worker: WorkerId,
    kinds: &[WorkKind],
    now: Timestamp,
) -> Result<Flags, StoreError> {
    let Some(worker) = not_erased(write, worker)? else {
        return Ok(vec![FORGOTTEN]);
    };
    let hall = hall_of(write, holder)?;
    enrolments::wish(write, &hall, worker, kinds, now)?;
    Ok(vec![])
}

/// A worker got a pass on the device at the first of those times; the second one is now.
fn pass_made(
    write: &mut Write<'_>,
    holder: Holder,
    worker: WorkerId,
    pass: PassHash,
    (at, now): (Timestamp, Timestamp),
) -> Result<Flags, StoreError> {
    let Some(worker) = not_erased(write, worker)? else {
        return Ok(vec![FORGOTTEN]);
    };
    let hall = hall_of(write, holder)?;
    Ok(match passes::make(write, &hall, worker, pass, at, now)? {
        Ok(()) => vec![],
        Err(passes::InUse) => vec!["pass-in-use"],
    })
}

/// Staff revoked a pass on the device at `at`; the audit log says it as if they had done it here.
fn pass_revoked(
    write: &mut Write<'_>,
    holder: Holder,
    worker: WorkerId,
    at: Timestamp,
    now: Timestamp,
) -> Result<Flags, StoreError> {
    let Some(worker) = not_erased(write, worker)? else {
        return Ok(vec![FORGOTTEN]);
    };
    let hall = hall_of(write, holder)?;
    passes::revoked_there(write, &hall, worker, at, now)?;
    let line = Audited {
        at: at.min(now),
        actor: format!("device {}", holder.device),
        act: Act::PassRevoked,
        worker: Some(worker),
        about: None,
        hall: Some(hall),
    };
    audit::note(write, &line)?;
    Ok(vec![])
}

/// A PIN that was chosen on a device.
struct PinMade {
    worker: WorkerId,
    pin: PinHash,
    by: PinBy,
    at: Timestamp,
}

/// A worker chose a PIN on the device. Whoever registers as somebody whom the hub knows has proven nothing
/// yet: the PIN that they chose is good on that device only, while the hub is out of reach.
fn pin_made(
    write: &mut Write<'_>,
    holder: Holder,
    made: &PinMade,
    now: Timestamp,
) -> Result<Flags, StoreError> {
    let Some(worker) = not_erased(write, made.worker)? else {
        return Ok(vec![FORGOTTEN]);
    };
    if made.by == PinBy::Registering && worker != made.worker {
        return Ok(vec![]);
    }
    // No clock of a device makes a PIN that outlives the next one.
    let at = made.at.min(now);
    workers::set_pin(write, worker, &made.pin, at)?;
    if made.by == PinBy::Staff {
        let line = Audited {
            at,
            actor: format!("device {}", holder.device),
            act: Act::PinSet,
            worker: Some(worker),
            about: None,
            hall: Some(hall_of(write, holder)?),
        };
        audit::note(write, &line)?;
    }
    Ok(vec![])
}

fn applied(
    write: &mut Write<'_>,
    holder: Holder,
    application: &Application,
    now: Timestamp,
) -> Result<Flags, StoreError> {
    let Some(worker) = not_erased(write, application.worker)? else {
        return Ok(vec![FORGOTTEN]);
    };
    let hall = hall_of(write, holder)?;
    let readable = applications::take(write, &hall, worker, application, now)?;
    Ok(if readable {
        vec![]
    } else {
        vec!["unreadable-answers"]
    })
}

/// Somebody said on the device what makes it hard for them to find work; the audit log says what ended by
/// it in the ledger.
fn hardship_told(
    write: &mut Write<'_>,
    holder: Holder,
    statement: &HardshipStatement,
    now: Timestamp,
) -> Result<Flags, StoreError> {
    let Some(worker) = not_erased(write, statement.worker)? else {
        return Ok(vec![FORGOTTEN]);
    };
    let hall = hall_of(write, holder)?;
    let taken = hardship_said::take(write, (&hall, holder.device), worker, statement, now)?;
    let Some(ended) = taken else {
        return Ok(vec!["unreadable-hardship"]);
    };
    if ended > 0 {
        let line = Audited {
            at: statement.made_at.min(now),
            actor: format!("device {}", holder.device),
            act: Act::HardshipEnded,
            worker: Some(worker),
            about: None,
            hall: Some(hall),
        };
        audit::note(write, &line)?;
    }
    Ok(vec![])
}

fn complained(
    write: &mut Write<'_>,
    holder: Holder,
    complaint: &Complaint,
    now: Timestamp,
) -> Result<Flags, StoreError> {
    let worker = match complaint.worker {
        Some(worker) => match not_erased(write, worker)? {
            Some(worker) => Some(worker),
            None => return Ok(vec![FORGOTTEN]),
        },
        None => None,
    };
    let hall = hall_of(write, holder)?;
    let readable = complaints::take(write, (&hall, holder.device), worker, complaint, now)?;
    // It is kept all the same: staff can look for the person by the number on the receipt.
    let nameless = complaint.kind.needs_person() && worker.is_none();
    let unreadable = (!readable).then_some("unreadable-complaint");
    let nameless = nameless.then_some("nameless-complaint");
    Ok(unreadable.into_iter().chain(nameless).collect())
}

fn register(write: &mut Write<'_>, registration: &Registration) -> Result<Flags, StoreError> {
    if let Some(known) = workers::resolve(&write.sql, registration.worker)?
        && let Some(erased_at) = workers::erased_at(&write.sql, known)?
        && registration.consent.at <= erased_at
    {
        return Ok(vec![FORGOTTEN]);
    }
    let Ok(number) = write.keys.opening.open(&registration.id_sealed) else {
        workers::resolve_or_note(write, registration.worker)?;
        return Ok(vec!["unreadable-number"]);
    };
    let new = NewWorker {
        id: registration.worker,
        name: registration.name.clone(),
        number,
        phone: registration.phone.clone(),
        work_kinds: registration.work_kinds.clone(),
        consent: registration.consent,
        channel: registration.channel,
    };
    // The hub keeps the name that it has. Somebody may have registered the number under a wrong one:
    // staff look at the card.
    let differs = workers::with_number(&write.sql, write.keys, &new.number)?
        .is_some_and(|known| !same_name(&known.name, &new.name));
    match workers::register(write, &new) {
        Ok(_) if differs => Ok(vec!["name-differs"]),
        Ok(_) => Ok(vec![]),
        Err(StoreError::IdInUse(_)) => Ok(vec!["worker-id-in-use"]),
        Err(error) => Err(error),
    }
}

/// Rule 3: a claim that a right backs is taken, whatever has happened since; what must end is
/// cancelled with notice.
pub fn confirmed(
    write: &mut Write<'_>,
    holder: Holder,
    claim: &Claim,
    now: Timestamp,
) -> Result<Flags, StoreError> {
    let mut differs = None;
    match slips::brought(write, holder, claim, now)? {
        Brought::New => {}
        Brought::Same => {
            what_came_early(write, holder, claim.id, now)?;
            return Ok(vec!["known-claim"]);
        }
        Brought::Differs => differs = Some(SLIP_DIFFERS),
    }
    if let Some(kept) = claims::one(&write.sql, claim.id)? {
        return confirmed_again(write, holder, &kept, &claim.number, now);
    }
    let Some(job) = jobs::one(&write.sql, claim.job)? else {
        return Ok(vec!["unknown-job"]);
    };
    let worker = workers::resolve_or_note(write, claim.worker)?;
    let judgement = claims::judge(write, &job, worker, claim.made_at)?;
    let must_end = must_end(&write.sql, &job, worker, claim.made_at)?;
    let (mut flags, is_oversold) = receive(write, holder, claim, now)?;
    flags.extend(differs);
    if workers::erased_at(&write.sql, worker)?.is_some() {
        flags.push(ERASED);
    }
    let stored = Stored {
        claim: Claim {
            worker,
            device: Some(holder.device),
            state: match claim.state {
                ClaimState::Claimed => ClaimState::Claimed,
                _ => ClaimState::Confirmed,
            },
            reason: None,
            ..claim.clone()
        },
        worker_there: claim.worker,
        right_epoch: Some(holder.epoch),
    };
    claims::insert(write, &stored, now)?;
    if let Err(reason) = judgement {
        flags.push(reason.code());
    }
    if let Some(reason) = must_end.or(is_oversold.then_some(ClaimReason::Full)) {
        claims::advance(write, &stored, Turn::cancelled(reason), None, now)?;
    }
    what_came_early(write, holder, claim.id, now)?;
    Ok(flags)
}

/// Why a right-backed claim cannot stay: everything else that stands against it is for staff.
pub fn must_end(
    connection: &Connection,
    job: &Job,
    worker: WorkerId,
    made_at: Timestamp,
) -> Result<Option<ClaimReason>, StoreError> {
    if job.state == JobState::Cancelled {
        return Ok(Some(ClaimReason::JobWithdrawn));
    }
    let held = claims::held(connection, worker, made_at)?;
    let twice = held.iter().any(|other| other.job == job.id);
    Ok(twice.then_some(ClaimReason::Duplicate))
}

/// Accounts for a right-backed claim that is new at the hub. Says whether its place was given to
/// somebody else, as staff had written it off.
fn receive(
    write: &mut Write<'_>,
    holder: Holder,
    claim: &Claim,
    now: Timestamp,
) -> Result<(Flags, bool), StoreError> {
    let (row, mut ledger) =
        ledger::load(&write.sql, claim.job, now)?.ok_or(StoreError::NotFound("job"))?;
    let mut flags = vec![];
    let mut is_oversold = false;
    if restored::is_unreported(&write.sql, holder)? {
        ledger.receive_in_doubt(holder);
    } else if ledger.receive_claim(holder) == Receipt::Overdrawn {
        if written_off::is_written_off(&write.sql, holder)? {
            flags.push("written-off");
            is_oversold = ledger.is_oversold();
        } else if slips::waits(&write.sql, holder, claim.job)? {
            flags.push("beyond-slips");
            is_oversold = ledger.is_oversold();
        } else {
            devices::quarantine(write, holder, "it confirmed more claims than it had rights")?;
            flags.push("overdrawn");
        }
    }
    ledger::save(write, row, &ledger)?;
    Ok((flags, is_oversold))
}

/// The device spent a right on a claim that is here: it asked the hub directly and never got the
/// answer, or it took it provisionally before. The right holds the place from now on.
fn confirmed_again(
    write: &mut Write<'_>,
    holder: Holder,
    kept: &Stored,
    number: &str,
    now: Timestamp,
) -> Result<Flags, StoreError> {
    if kept.right_epoch.is_some() {
        return Ok(vec!["known-claim"]);
    }
    let (flags, _) = receive(write, holder, &kept.claim, now)?;
    let (row, mut ledger) =
        ledger::load(&write.sql, kept.claim.job, now)?.ok_or(StoreError::NotFound("job"))?;
    let mut after = kept.clone();
    after.claim.device = Some(holder.device);
    after.right_epoch = Some(holder.epoch);
    adopt_number(write, &mut after, holder, number)?;
    if kept.claim.state.holds_place() {
        ledger.cancel_direct();
    } else if kept.claim.state == ClaimState::Rejected {
        after.claim.state = ClaimState::Confirmed;
        after.claim.reason = None;
    } else {
        ledger.cancel_backed(holder);
    }
    ledger::save(write, row, &ledger)?;
    claims::update(write, &after)?;
    claims::tell_device(write, &after);
    Ok(flags)
}

/// The number that a terminal printed because the hub's answer was lost is the one on the worker's
/// paper: the hub takes it, unless it is another claim's. Says whether it changed.
fn adopt_number(
    write: &Write<'_>,
    kept: &mut Stored,
    holder: Holder,
    number: &str,
) -> Result<bool, StoreError> {
    let taken = write
        .sql
        .prepare_cached("SELECT 1 FROM claim WHERE number = ?1")?
        .exists([number])?;
    let is_its_own = kept.claim.device == Some(holder.device);
    if taken || !is_its_own {
        return Ok(false);
    }
    number.clone_into(&mut kept.claim.number);
    Ok(true)
}

/// Rule 13: decides on a claim that was taken without a right.
fn provisional(
    write: &mut Write<'_>,
    holder: Holder,
    claim: &Claim,
    now: Timestamp,
) -> Result<Flags, StoreError> {
    let mut flags = vec![];
    // A slip of one that was never confirmed holds no place, whatever staff took it for.
    if matches!(slips::brought(write, holder, claim, now)?, Brought::Differs) {
        flags.push(SLIP_DIFFERS);
    }
    if let Some(mut kept) = claims::one(&write.sql, claim.id)? {
        if adopt_number(write, &mut kept, holder, &claim.number)? {
            claims::update(write, &kept)?;
        }
        claims::tell_device(write, &kept);
        return Ok(vec!["known-claim"]);
    }
    let Some(job) = jobs::one(&write.sql, claim.job)? else {
        return Ok(vec!["unknown-job"]);
    };
    let worker = workers::resolve_or_note(write, claim.worker)?;
    let erased = workers::erased_at(&write.sql, worker)?.is_some();
    let (state, reason) = if erased {
        (ClaimState::Rejected, None)
    } else {
        decided(write, &job, worker, now)?
    };
    let stored = Stored {
        claim: Claim {
            worker,
            device: Some(holder.device),
            state,
            reason,
            ..claim.clone()
        },
        worker_there: claim.worker,
        right_epoch: None,
    };
    claims::insert(write, &stored, now)?;
    claims::tell_device(write, &stored);
    what_came_early(write, holder, claim.id, now)?;
    flags.extend(erased.then_some(ERASED));
    Ok(flags)
}

/// How a claim without a right stands once the hub has looked for a place. It waits on while the hub
/// waits for its devices.
pub fn decided(
    write: &mut Write<'_>,
    job: &Job,
    worker: WorkerId,
    now: Timestamp,
) -> Result<(ClaimState, Option<ClaimReason>), StoreError> {
    match claims::take_place(write, job, worker, now)? {
        Ok(()) => Ok((claims::taken_state(job), None)),
        Err(StoreError::NotAllowed(reason)) => Ok((ClaimState::Rejected, Some(reason))),
        Err(StoreError::HeldBack) => Ok((ClaimState::Provisional, None)),
        Err(StoreError::CapacityExhausted { .. }) => {
            Ok((ClaimState::Rejected, Some(ClaimReason::Full)))
        }
        Err(error) => Err(error),
    }
}

fn withdrawn(
    write: &mut Write<'_>,
    holder: Holder,
    id: ClaimId,
    now: Timestamp,
) -> Result<Flags, StoreError> {
    let Some(stored) = claims::one(&write.sql, id)? else {
        write.sql.execute(
            "INSERT INTO early_withdrawal (claim) VALUES (?1) ON CONFLICT DO NOTHING",
            [id.to_string()],
        )?;
        return Ok(vec!["unknown-claim"]);
    };
    let origin = Some(holder.device);
    let after = claims::advance(write, &stored, Turn::WITHDRAWN, origin, now)?;
    if after.claim.state == ClaimState::Withdrawn {
        Ok(vec![])
    } else {
        // It ended otherwise before; the device has to know how.
        claims::tell_device(write, &after);
        Ok(vec!["ended-before"])
    }
}

/// Staff saw the worker. Where nobody was expected with that slip, the record is flagged for staff and
/// the device that took the claim is told how it stands: the person stands at the gate all the same.
fn checked_in(
    write: &mut Write<'_>,
    holder: Holder,
    id: ClaimId,
    now: Timestamp,
) -> Result<Flags, StoreError> {
    let Some(stored) = claims::one(&write.sql, id)? else {
        write.sql.execute(
            "INSERT INTO early_check_in (claim) VALUES (?1) ON CONFLICT DO NOTHING",
            [id.to_string()],
        )?;
        return Ok(vec!["checked-in-unknown-claim"]);
    };
    let origin = Some(holder.device);
    let after = claims::advance(write, &stored, Turn::CHECKED_IN, origin, now)?;
    match after.claim.state {
        ClaimState::CheckedIn | ClaimState::Completed | ClaimState::Settled => Ok(vec![]),
        _ => {
            claims::tell_device(write, &after);
            Ok(vec!["checked-in-unexpected"])
        }
    }
}

/// The worker of a claim said at `at` that its pay had come.
fn settled(
    write: &mut Write<'_>,
    holder: Holder,
    id: ClaimId,
    at: Timestamp,
    now: Timestamp,
) -> Result<Flags, StoreError> {
    let Some(stored) = claims::one(&write.sql, id)? else {
        write.sql.execute(
            "INSERT INTO early_settlement (claim, at) VALUES (?1, ?2) ON CONFLICT DO NOTHING",
            params![id.to_string(), sql::micros(at)],
        )?;
        return Ok(vec!["unknown-claim"]);
    };
    let after = claims::settle(write, &stored, at, Some(holder.device), now)?;
    if after.claim.state == ClaimState::Settled {
        Ok(vec![])
    } else {
        // It ended otherwise before; the device has to know how.
        claims::tell_device(write, &after);
        Ok(vec!["ended-before"])
    }
}

/// What other devices said of a claim before it came, in the order in which it can have happened. A
/// withdrawal goes first: nobody can come to a place that was given up. The device that has just sent
/// the claim has not heard of the others' words, and is told.
fn what_came_early(
    write: &mut Write<'_>,
    holder: Holder,
    id: ClaimId,
    now: Timestamp,
) -> Result<(), StoreError> {
    let claim = id.to_string();
    let ended = "DELETE FROM early_withdrawal WHERE claim = ?1";
    if write.sql.execute(ended, [&claim])? > 0 {
        withdrawn(write, holder, id, now)?;
    }
    let came = "DELETE FROM early_check_in WHERE claim = ?1";
    if write.sql.execute(came, [&claim])? > 0
        && let Some(stored) = claims::one(&write.sql, id)?
    {
        claims::advance(write, &stored, Turn::CHECKED_IN, None, now)?;
    }
    let paid: Option<i64> = write
        .sql
        .prepare_cached("DELETE FROM early_settlement WHERE claim = ?1 RETURNING at")?
        .query_row([&claim], |row| row.get(0))
        .optional()?;
    if let Some(at) = paid
        && let Some(stored) = claims::one(&write.sql, id)?
    {
        claims::settle(write, &stored, sql::time(at)?, None, now)?;
    }
    Ok(())
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
