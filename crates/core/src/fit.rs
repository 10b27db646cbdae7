//! How well a job fits a worker, with the reasons: one rule for the terminal's "jobs that suit you",
//! for one worker at the hall's desk (one to one) and for one job (one to many).
//!
//! Whether somebody may take a job is not judged anew here: [`rules::may_claim`] says it, and what it
//! refuses is never proposed.

use crate::claim::ClaimReason;
use crate::id::{JobId, WorkerId};
use crate::job::{Job, WorkKind};
use crate::pause::Pause;
use crate::place::Place;
use crate::rules::{self, HeldClaim};
use crate::wishes::{Hours, Paper, Wishes};
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use std::cmp::Reverse;

/// What is near the hall: so many kilometres as the crow flies.
pub const NEAR_KM: u32 = 10;

/// When and where somebody looks for work.
#[derive(Clone, Debug)]
pub struct Setting {
    /// Now.
    pub now: Timestamp,
    /// The hall's zone.
    pub zone: TimeZone,
    /// Where the hall is, if that is known.
    pub hall: Option<Place>,
}

/// Somebody who looks for work.
#[derive(Clone, Debug)]
pub struct Seeker {
    /// When they were born.
    pub birth: Date,
    /// Kinds of work that they can do; empty means any.
    pub kinds: Vec<WorkKind>,
    /// What else they wish.
    pub wishes: Wishes,
    /// What they hold already.
    pub held: Vec<HeldClaim>,
    /// The pause after no-shows, over or not.
    pub pause: Option<Pause>,
    /// They are in the ledger of those who find it hard to get work. Only the hub knows.
    pub hardship: bool,
}

/// Why a job fits, in the order in which it is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Reason {
    /// It is reserved for those who find it hard to get work, and this worker is one of them.
    Reserved,
    /// It is of a kind that the worker can do.
    Kind,
    /// The worker has every certificate that it asks for.
    Papers,
    /// It is in the town that the worker wants.
    Town,
    /// It is within [`NEAR_KM`] of the hall.
    Near,
    /// It pays what the worker wants.
    Pay,
    /// It is at the times that the worker wants.
    Hours(Hours),
    /// Nothing more than that age, time and other work allow it.
    Allowed,
}

impl Reason {
    /// The Chinese words, as staff read them in tables. Screens have words of their own.
    pub fn zh(self) -> &'static str {
        match self {
            Self::Reserved => "困难人员优先",
            Self::Kind => "会做",
            Self::Papers => "有证",
            Self::Town => "想去的乡镇",
            Self::Near => "离市场近",
            Self::Pay => "工钱够",
            Self::Hours(hours) => hours.zh(),
            Self::Allowed => "年龄时间合适",
        }
    }

    /// How much it counts. No reason is worth less than nothing, so one more never lowers a job.
    fn points(self) -> u32 {
        match self {
            Self::Kind => 32,
            Self::Papers => 16,
            Self::Town => 12,
            Self::Near | Self::Pay | Self::Hours(_) => 8,
            // Who comes first in reserved jobs is no matter of points.
            Self::Reserved | Self::Allowed => 0,
        }
    }
}

/// What should be looked at before the job is taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Caution {
    /// It is reserved: those who find it hard to get work come first.
    OthersFirst,
    /// It asks for a certificate, and whether the worker has it was not said.
    Asks(Paper),
}

impl Caution {
    /// The Chinese words, as staff read them in tables.
    pub fn zh(self) -> String {
        match self {
            Self::OthersFirst => "先让困难人员".to_owned(),
            Self::Asks(paper) => format!("要问有无{}", paper.zh()),
        }
    }
}

/// Who comes first for a job.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Turn {
    ReservedForThem,
    Open,
    ReservedForOthers,
}

/// How well a job fits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fit {
    turn: Turn,
    /// Why it fits; at least one reason.
    pub reasons: Vec<Reason>,
    /// What should be looked at before.
    pub cautions: Vec<Caution>,
}

impl Fit {
    fn points(&self) -> u32 {
        self.reasons.iter().map(|reason| reason.points()).sum()
    }

    /// Smaller is better.
    fn rank(&self) -> (Turn, Reverse<u32>) {
        (self.turn, Reverse(self.points()))
    }
}

/// Why a job is not proposed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unfit {
    /// The worker may not take it.
    #[error("the worker may not take it: {}", .0.code())]
    NotAllowed(ClaimReason),
    /// It is of a kind that the worker does not look for.
    #[error("the worker looks for other kinds of work")]
    OtherKind,
    /// It asks for a certificate that the worker has not.
    #[error("it asks for a certificate that the worker has not: {}", .0.code())]
    NoPaper(Paper),
}

/// How well a job fits somebody.
///
/// # Errors
/// [`Unfit`] where it is not to be proposed.
pub fn fit(job: &Job, seeker: &Seeker, setting: &Setting) -> Result<Fit, Unfit> {
    let (held, pause) = (&seeker.held, seeker.pause);
    rules::may_claim(job, seeker.birth, held, pause, setting.now, &setting.zone)
        .map_err(Unfit::NotAllowed)?;
    if !job.is_open(setting.now) {
        return Err(Unfit::NotAllowed(ClaimReason::Full));
    }
    let mut reasons = Vec::new();
    let mut cautions = Vec::new();
    let turn = match (job.reserved, seeker.hardship) {
        (false, _) => Turn::Open,
        (true, true) => {
            reasons.push(Reason::Reserved);
            Turn::ReservedForThem
        }
        (true, false) => {
            cautions.push(Caution::OthersFirst);
            Turn::ReservedForOthers
        }
    };
    if seeker.kinds.contains(&job.work_kind) {
        reasons.push(Reason::Kind);
    } else if !seeker.kinds.is_empty() {
        return Err(Unfit::OtherKind);
    }
    judge_papers(job, &seeker.wishes, &mut reasons, &mut cautions)?;
    judge_wishes(job, &seeker.wishes, setting, &mut reasons);
    if reasons.is_empty() {
        reasons.push(Reason::Allowed);
    }
    Ok(Fit {
        turn,
        reasons,
        cautions,
    })
}

fn judge_papers(
    job: &Job,
    wishes: &Wishes,
    reasons: &mut Vec<Reason>,
    cautions: &mut Vec<Caution>,
) -> Result<(), Unfit> {
    let mut asked = Paper::ALL.iter().filter(|paper| paper.is_asked_by(job));
    let Some(held) = &wishes.papers else {
        cautions.extend(asked.map(|paper| Caution::Asks(*paper)));
        return Ok(());
    };
    let mut all_held = false;
    asked.try_for_each(|paper| {
        all_held = true;
        match held.contains(paper) {
            true => Ok(()),
            false => Err(Unfit::NoPaper(*paper)),
        }
    })?;
    if all_held {
        reasons.push(Reason::Papers);
    }
    Ok(())
}

fn judge_wishes(job: &Job, wishes: &Wishes, setting: &Setting, reasons: &mut Vec<Reason>) {
    if wishes.town.as_ref() == Some(&job.town) {
        reasons.push(Reason::Town);
    }
    let place = job.position.as_ref().and_then(Place::of);
    let near = f64::from(NEAR_KM) * 1000.0;
    let way = setting.hall.zip(place);
    if way.is_some_and(|(hall, place)| hall.metres_to(place) <= near) {
        reasons.push(Reason::Near);
    }
    let pays = |least| job.pay.least_fen_a_day().is_some_and(|fen| fen >= least);
    if wishes.fen_a_day.is_some_and(pays) {
        reasons.push(Reason::Pay);
    }
    if let Some(hours) = wishes.hours
        && hours.fits(job, &setting.zone)
    {
        reasons.push(Reason::Hours(hours));
    }
}

/// A job that suits somebody.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Suited {
    /// The job.
    pub job: Job,
    /// How well.
    pub fit: Fit,
}

/// One to one: what is to be proposed to a worker, best first. Jobs that fit equally well go by what
/// is urgent, then by pay a day, then by their start, then by number and id; so the order is the same
/// in whatever order they come.
pub fn jobs_for(
    jobs: impl IntoIterator<Item = Job>,
    seeker: &Seeker,
    setting: &Setting,
) -> Vec<Suited> {
    let fits = |job: Job| {
        let fit = fit(&job, seeker, setting).ok()?;
        Some(Suited { job, fit })
    };
    let mut suited: Vec<Suited> = jobs.into_iter().filter_map(fits).collect();
    suited.sort_by_cached_key(|it| (it.fit.rank(), job_rank(&it.job)));
    suited
}

type JobRank = (bool, Reverse<Option<u64>>, Timestamp, u32, JobId);

fn job_rank(job: &Job) -> JobRank {
    let pay = Reverse(job.pay.fen_a_day());
    (!job.urgent, pay, job.starts_at, job.number, job.id)
}

/// A worker to whom a job is to be proposed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// Who.
    pub worker: WorkerId,
    /// How well the job fits them.
    pub fit: Fit,
}

/// One to many: to whom a job is to be proposed, best first. Where it fits several equally well, those
/// go first who hold less work already, then by id.
pub fn workers_for(
    job: &Job,
    seekers: impl IntoIterator<Item = (WorkerId, Seeker)>,
    setting: &Setting,
) -> Vec<Candidate> {
    let fits = |(worker, seeker): (WorkerId, Seeker)| {
        let fit = fit(job, &seeker, setting).ok()?;
        Some((seeker.held.len(), Candidate { worker, fit }))
    };
    let mut candidates: Vec<_> = seekers.into_iter().filter_map(fits).collect();
    candidates.sort_by_cached_key(|(held, it)| (it.fit.rank(), *held, it.worker));
    candidates.into_iter().map(|(_, it)| it).collect()
}

#[cfg(test)]
mod tests;
