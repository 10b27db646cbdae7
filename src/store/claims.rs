//! Claims: confirmed with a right, taken at the hub, taken provisionally, withdrawn.

use super::{Identity, Store, StoreError, from_json, from_millis, jobs, meta, millis, outbox};
use super::{pauses, rights, to_json, witness, workers};
use gighall_core::claim::{Claim, ClaimEvent, ClaimReason, ClaimState};
use gighall_core::id::{ClaimId, JobId};
use gighall_core::job::{ClaimMode, Job};
use gighall_core::outbox::Event;
use gighall_core::rules::{self, HeldClaim};
use gighall_core::wages;
use gighall_core::wire::{ClaimReply, ClaimWithJob, KnownWorker};
use gighall_core::worker::Channel;
use jiff::Timestamp;
use rusqlite::{OptionalExtension, Row, Transaction, named_params};

/// What came of taking a claim.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Taken {
    /// The claim is on the disk and in the outbox.
    Done(Claim),
    /// This device holds no right to a place of that job; nothing was changed.
    NoRight,
    /// A rule stands against it; nothing was changed.
    NotAllowed(ClaimReason),
}

/// What came of a check-in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CheckedIn {
    /// It is noted here and in the outbox.
    Now(Box<ClaimWithJob>),
    /// It was noted before; nothing was changed.
    Before(Box<ClaimWithJob>),
    /// The work is days away; nothing was changed.
    TooEarly(Box<ClaimWithJob>),
    /// Nobody is expected with it as it stands; nothing was changed.
    Unexpected(Box<ClaimWithJob>),
    /// The claim is not known here: the check-in is in the outbox, and the hub notes it.
    Elsewhere,
}

/// Where a claim comes from, as stored.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Origin {
    Right,
    Direct,
    Provisional,
    Elsewhere,
}

impl Origin {
    fn code(self) -> &'static str {
        match self {
            Self::Right => "right",
            Self::Direct => "direct",
            Self::Provisional => "provisional",
            Self::Elsewhere => "elsewhere",
        }
    }
}

impl Store {
    /// Rule 2: confirms a claim with a right of this device, in one transaction.
    pub fn confirm(
        &self,
        identity: &Identity,
        worker: &KnownWorker,
        job: JobId,
        id: ClaimId,
        now: Timestamp,
    ) -> Result<Taken, StoreError> {
        self.write(|tx| {
            let job = match self.judged(tx, worker, job, now)? {
                Ok(job) => job,
                Err(reason) => return Ok(Taken::NotAllowed(reason)),
            };
            let mut account = rights::account(tx, job.id)?;
            if account.confirm().is_err() {
                return Ok(Taken::NoRight);
            }
            rights::save(tx, job.id, &account)?;
            let state = match job.claim_mode {
                ClaimMode::FirstCome => ClaimState::Confirmed,
                ClaimMode::EmployerConfirms => ClaimState::Claimed,
            };
            let claim = new_claim(tx, identity, worker, &job, id, state, now)?;
            insert(tx, &claim, &job, Origin::Right, None)?;
            let event = Event::ClaimConfirmed {
                claim: Box::new(claim.clone()),
            };
            outbox::append(tx, &self.vault, event, Some(id), now)?;
            Ok(Taken::Done(claim))
        })
    }

    /// Rule 13: takes a claim that the hub decides on later. If the hub has told of the claim
    /// meanwhile, it stays as the hub told it.
    pub fn take_provisionally(
        &self,
        identity: &Identity,
        worker: &KnownWorker,
        job: JobId,
        id: ClaimId,
        now: Timestamp,
    ) -> Result<Taken, StoreError> {
        self.write(|tx| {
            if let Some((claim, _)) = claim(tx, id)? {
                return Ok(Taken::Done(claim));
            }
            let job = match self.judged(tx, worker, job, now)? {
                Ok(job) => job,
                Err(reason) => return Ok(Taken::NotAllowed(reason)),
            };
            let state = ClaimState::Provisional;
            let claim = new_claim(tx, identity, worker, &job, id, state, now)?;
            insert(tx, &claim, &job, Origin::Provisional, None)?;
            let event = Event::ClaimProvisional {
                claim: Box::new(claim.clone()),
            };
            outbox::append(tx, &self.vault, event, Some(id), now)?;
            Ok(Taken::Done(claim))
        })
    }

    /// Whether a rule stands against that claim, before the hub is asked for a place.
    pub fn may_claim(
        &self,
        worker: &KnownWorker,
        job: JobId,
        now: Timestamp,
    ) -> Result<Result<Job, ClaimReason>, StoreError> {
        self.read(|tx| self.judged(tx, worker, job, now))
    }

    fn judged(
        &self,
        tx: &Transaction<'_>,
        worker: &KnownWorker,
        job: JobId,
        now: Timestamp,
    ) -> Result<Result<Job, ClaimReason>, StoreError> {
        workers::must_be_known(tx, worker.worker)?;
        let job = jobs::job(tx, job)?.ok_or(StoreError::NotFound("job"))?;
        let held = held(tx, worker, now)?;
        let pause = pauses::current(tx, worker.worker, now)?;
        let judged = rules::may_claim(&job, worker.birth_date, &held, pause, now, &self.zone);
        Ok(judged.map(|()| job))
    }

    /// Keeps a claim that the hub took for this device; it is in the feed from its head on.
    pub fn keep_direct(
        &self,
        reply: &ClaimReply,
        worker: &KnownWorker,
    ) -> Result<Claim, StoreError> {
        self.write(|tx| {
            let job = jobs::job(tx, reply.claim.job)?.ok_or(StoreError::NotFound("job"))?;
            let claim = Claim {
                worker: worker.worker,
                ..reply.claim.clone()
            };
            insert(tx, &claim, &job, Origin::Direct, Some(reply.feed_head))?;
            if let Some(witnessed) = &reply.witnessed {
                witness::keep(tx, witnessed)?;
            }
            Ok(claim)
        })
    }

    /// Keeps claims of a worker that the hub told of, so that they can be shown, counted against
    /// the rules and withdrawn here.
    pub fn keep_elsewhere(
        &self,
        worker: &KnownWorker,
        told: &[ClaimWithJob],
    ) -> Result<(), StoreError> {
        self.write(|tx| {
            for ClaimWithJob { claim, job } in told {
                if !decide(tx, claim)? {
                    let claim = Claim {
                        worker: worker.worker,
                        ..claim.clone()
                    };
                    insert(tx, &claim, job, Origin::Elsewhere, Some(0))?;
                }
            }
            Ok(())
        })
    }

    /// Rule 5: withdraws a claim of that worker, wherever it was made. The right that it spent
    /// does not come back here. A claim that has ended stays as it is.
    ///
    /// # Errors
    /// [`StoreError::TooLate`] past the free cut-off.
    pub fn withdraw(
        &self,
        worker: &KnownWorker,
        id: ClaimId,
        now: Timestamp,
    ) -> Result<Claim, StoreError> {
        self.write(|tx| {
            let (mut found, job) = claim_of(tx, worker, id)?;
            let Some(state) = found.state.after(ClaimEvent::Withdraw) else {
                return Ok(found);
            };
            if found.state.holds_place() && !rules::may_withdraw(&job, now) {
                return Err(StoreError::TooLate);
            }
            found.state = state;
            found.reason = Some(ClaimReason::ByWorker);
            update(tx, &found)?;
            let event = Event::ClaimWithdrawn {
                claim: id,
                job: found.job,
            };
            outbox::append(tx, &self.vault, event, Some(id), now)?;
            Ok(found)
        })
    }

    /// That worker says that the pay of a claim has come, wherever it was made. A claim of which
    /// that cannot be said, or not yet, stays as it is.
    pub fn say_paid(
        &self,
        worker: &KnownWorker,
        id: ClaimId,
        now: Timestamp,
    ) -> Result<Claim, StoreError> {
        self.write(|tx| {
            let (mut found, job) = claim_of(tx, worker, id)?;
            if !wages::may_settle(found.state, &job, now) {
                return Ok(found);
            }
            found.state = ClaimState::Settled;
            update(tx, &found)?;
            let event = Event::ClaimSettled {
                claim: id,
                job: found.job,
            };
            outbox::append(tx, &self.vault, event, Some(id), now)?;
            Ok(found)
        })
    }

    /// Staff saw the worker of that slip at the gathering place.
    pub fn check_in(&self, id: ClaimId, now: Timestamp) -> Result<CheckedIn, StoreError> {
        self.write(|tx| {
            let event = Event::ClaimCheckedIn { claim: id };
            let Some((mut found, job)) = claim(tx, id)? else {
                outbox::append(tx, &self.vault, event, Some(id), now)?;
                return Ok(CheckedIn::Elsewhere);
            };
            let next = found.state.after(ClaimEvent::CheckIn);
            let early = !rules::may_check_in(&job, now);
            let answer: fn(Box<ClaimWithJob>) -> CheckedIn = match next {
                None if found.state == ClaimState::CheckedIn => CheckedIn::Before,
                None => CheckedIn::Unexpected,
                Some(_) if early => CheckedIn::TooEarly,
                Some(state) => {
                    found.state = state;
                    update(tx, &found)?;
                    outbox::append(tx, &self.vault, event, Some(id), now)?;
                    CheckedIn::Now
                }
            };
            Ok(answer(Box::new(ClaimWithJob { claim: found, job })))
        })
    }

    /// The one claim that has these digits in its number; `None` where there is none here, or several.
    pub fn claim_with_digits(&self, digits: &str) -> Result<Option<ClaimId>, StoreError> {
        self.read(|tx| {
            let mut statement = tx.prepare_cached(
                "SELECT id FROM claims WHERE replace(replace(number, '-', ''), 'T', '') = ?1 LIMIT 2",
            )?;
            let found: Vec<String> = statement
                .query_map([digits], |row| row.get(0))?
                .collect::<Result<_, _>>()?;
            match found.as_slice() {
                [one] => Ok(one.parse().ok()),
                _ => Ok(None),
            }
        })
    }

    /// A worker's claims with their jobs, newest first.
    pub fn claims_of(&self, worker: &KnownWorker) -> Result<Vec<ClaimWithJob>, StoreError> {
        self.read(|tx| claims_of(tx, worker))
    }

    /// One claim.
    pub fn claim(&self, id: ClaimId) -> Result<Option<Claim>, StoreError> {
        self.read(|tx| Ok(claim(tx, id)?.map(|(claim, _)| claim)))
    }

    /// The newest claims that hold a place and were made at the hub without a right of this device, at most
    /// `most`: a hub that was restored may have forgotten them.
    pub fn direct_claims(&self, most: usize) -> Result<Vec<Claim>, StoreError> {
        self.read(|tx| {
            let sql = format!(
                "SELECT {COLUMNS} FROM claims LEFT JOIN jobs_now ON jobs_now.id = claims.job
                 WHERE claims.origin = ?1 AND claims.holds = 1
                 ORDER BY claims.made_at DESC, claims.id LIMIT ?2"
            );
            let mut statement = tx.prepare_cached(&sql)?;
            let limit = super::signed(most as u64);
            let mut rows = statement.query((Origin::Direct.code(), limit))?;
            let mut found = vec![];
            while let Some(row) = rows.next()? {
                found.push(read(row)?.0);
            }
            Ok(found)
        })
    }

    /// One claim with its job.
    pub fn slip(&self, id: ClaimId) -> Result<Option<ClaimWithJob>, StoreError> {
        self.read(|tx| Ok(claim(tx, id)?.map(|(claim, job)| ClaimWithJob { claim, job })))
    }

    /// How many claims stand in each state.
    pub fn claims_by_state(&self) -> Result<Vec<(ClaimState, u32)>, StoreError> {
        self.read(|tx| {
            let mut statement =
                tx.prepare_cached("SELECT state, count(*) FROM claims GROUP BY state")?;
            let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
            let mut counted = vec![];
            for row in rows {
                let (code, count): (String, u32) = row?;
                counted.extend(ClaimState::from_code(&code).map(|state| (state, count)));
            }
            counted.sort();
            Ok(counted)
        })
    }
}

fn new_claim(
    tx: &Transaction<'_>,
    identity: &Identity,
    worker: &KnownWorker,
    job: &Job,
    id: ClaimId,
    state: ClaimState,
    now: Timestamp,
) -> Result<Claim, StoreError> {
    Ok(Claim {
        id,
        number: meta::next_number(tx, identity, meta::CLAIMS_NUMBERED, "", id.0)?,
        job: job.id,
        worker: worker.worker,
        device: Some(identity.device),
        channel: Channel::Terminal,
        state,
        reason: None,
        made_at: now,
    })
}

/// Inserts a claim, or takes over its state if it is here already.
fn insert(
    tx: &Transaction<'_>,
    claim: &Claim,
    job: &Job,
    origin: Origin,
    reflected_at: Option<u64>,
) -> Result<(), StoreError> {
    tx.prepare_cached(
        "INSERT INTO claims (id, number, job, job_body, worker, device, channel, origin, state,
                             reason, made_at, holds, reflected_at)
         VALUES (:id, :number, :job, :job_body, :worker, :device, :channel, :origin, :state,
                 :reason, :made_at, :holds, :reflected_at)
         ON CONFLICT (id) DO UPDATE SET
             number = excluded.number, state = excluded.state, reason = excluded.reason,
             holds = excluded.holds, origin = excluded.origin,
             reflected_at = excluded.reflected_at",
    )?
    .execute(named_params! {
        ":id": claim.id.to_string(), ":number": claim.number, ":job": claim.job.to_string(),
        ":job_body": to_json(job)?, ":worker": claim.worker.to_string(),
        ":device": claim.device.map(|id| id.to_string()), ":channel": claim.channel.code(),
        ":origin": origin.code(), ":state": claim.state.code(),
        ":reason": claim.reason.map(ClaimReason::code), ":made_at": millis(claim.made_at),
        ":holds": claim.state.holds_place(), ":reflected_at": reflected_at.map(super::signed),
    })?;
    Ok(())
}

fn update(tx: &Transaction<'_>, claim: &Claim) -> Result<(), StoreError> {
    tx.prepare_cached(
        "UPDATE claims SET number = ?2, state = ?3, reason = ?4, holds = ?5 WHERE id = ?1",
    )?
    .execute((
        claim.id.to_string(),
        &claim.number,
        claim.state.code(),
        claim.reason.map(ClaimReason::code),
        claim.state.holds_place(),
    ))?;
    Ok(())
}

/// Takes the hub's word on a claim that is here; says whether it is here. What was said here and the hub
/// has not heard of yet (withdrawn, checked in, paid) stands against older news. A check-in that the hub has
/// heard of, staff there may have undone.
pub fn decide(tx: &Transaction<'_>, told: &Claim) -> Result<bool, StoreError> {
    let Some((kept, _)) = claim(tx, told.id)? else {
        return Ok(false);
    };
    let is_older = match kept.state {
        ClaimState::Withdrawn => told.state.is_coming(),
        ClaimState::CheckedIn => told.state.is_coming() && outbox::waits(tx, told.id)?,
        ClaimState::Settled => told.state.after(ClaimEvent::Settle).is_some(),
        _ => false,
    };
    // No news is no write: whoever reads again at each change would ask the hub for ever.
    let news = (&kept.number, kept.state, kept.reason) != (&told.number, told.state, told.reason);
    if news && !is_older {
        update(tx, told)?;
    }
    Ok(true)
}

/// Takes the hub's word on a claim of this device's feed, known or of a store that was lost.
pub fn decide_or_keep(tx: &Transaction<'_>, told: &Claim) -> Result<(), StoreError> {
    if decide(tx, told)? {
        return Ok(());
    }
    let worker_known: bool = tx
        .prepare_cached("SELECT EXISTS (SELECT 1 FROM workers WHERE id = ?1)")?
        .query_row([told.worker.to_string()], |row| row.get(0))?;
    if worker_known && let Some(job) = jobs::job(tx, told.job)? {
        insert(tx, told, &job, Origin::Elsewhere, Some(0))?;
    }
    Ok(())
}

const COLUMNS: &str = "claims.id, claims.number, claims.job, claims.worker, claims.device,
    claims.channel, claims.state, claims.reason, claims.made_at,
    coalesce(jobs_now.body, claims.job_body), jobs_now.left_now";

fn claim(tx: &Transaction<'_>, id: ClaimId) -> Result<Option<(Claim, Job)>, StoreError> {
    let sql = format!(
        "SELECT {COLUMNS} FROM claims LEFT JOIN jobs_now ON jobs_now.id = claims.job
         WHERE claims.id = ?1"
    );
    tx.prepare_cached(&sql)?
        .query_row([id.to_string()], |row| Ok(read(row)))
        .optional()?
        .transpose()
}

/// A claim of that worker.
pub fn claim_of(
    tx: &Transaction<'_>,
    worker: &KnownWorker,
    id: ClaimId,
) -> Result<(Claim, Job), StoreError> {
    claim(tx, id)?
        .filter(|(claim, _)| claim.worker == worker.worker)
        .ok_or(StoreError::NotFound("claim"))
}

/// What a worker holds of work that is not over, as far as it is known here.
pub fn held(
    tx: &Transaction<'_>,
    worker: &KnownWorker,
    now: Timestamp,
) -> Result<Vec<HeldClaim>, StoreError> {
    let claims = claims_of(tx, worker)?;
    let live = claims
        .iter()
        .filter(|held| held.claim.state.is_live() && now < held.job.busy_until());
    Ok(live.map(|held| HeldClaim::of(&held.job)).collect())
}

fn claims_of(tx: &Transaction<'_>, worker: &KnownWorker) -> Result<Vec<ClaimWithJob>, StoreError> {
    let sql = format!(
        "SELECT {COLUMNS} FROM claims LEFT JOIN jobs_now ON jobs_now.id = claims.job
         WHERE claims.worker = ?1 ORDER BY claims.made_at DESC, claims.id"
    );
    let mut statement = tx.prepare_cached(&sql)?;
    let mut rows = statement.query([worker.worker.to_string()])?;
    let mut found = vec![];
    while let Some(row) = rows.next()? {
        let (claim, job) = read(row)?;
        found.push(ClaimWithJob { claim, job });
    }
    Ok(found)
}

fn read(row: &Row<'_>) -> Result<(Claim, Job), StoreError> {
    fn id<T: std::str::FromStr>(text: String) -> Result<T, StoreError> {
        text.parse()
            .map_err(|_| StoreError::Damaged("an id in claims".to_owned()))
    }
    fn coded<T>(value: Option<T>) -> Result<T, StoreError> {
        value.ok_or_else(|| StoreError::Damaged("a code in claims".to_owned()))
    }
    let device: Option<String> = row.get(4)?;
    let reason: Option<String> = row.get(7)?;
    let claim = Claim {
        id: id(row.get(0)?)?,
        number: row.get(1)?,
        job: id(row.get(2)?)?,
        worker: id(row.get(3)?)?,
        device: device.map(id).transpose()?,
        channel: coded(Channel::from_code(&row.get::<_, String>(5)?))?,
        state: coded(ClaimState::from_code(&row.get::<_, String>(6)?))?,
        reason: reason.and_then(|code| ClaimReason::from_code(&code)),
        made_at: from_millis(row.get(8)?),
    };
    let mut job: Job = from_json(&row.get::<_, String>(9)?)?;
    job.places_left = row.get::<_, Option<u32>>(10)?.unwrap_or(0);
    Ok((claim, job))
}
