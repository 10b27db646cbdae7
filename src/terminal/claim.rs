//! Taking a job: what is confirmed, and how it ended.

use super::desk::{ClaimOutcome, WhyProvisional};
use super::screen::Screen;
use gighall_core::claim::{ClaimReason, ClaimState};
use gighall_core::job::Job;
use gighall_core::rules::HeldClaim;
use gighall_core::wire::ClaimWithJob;
use jiff::Timestamp;
use jiff::civil::Date;

/// A claim that is being made, or was.
#[derive(Clone, Debug, Default)]
pub struct Claiming {
    /// The job.
    pub job: Option<Job>,
    /// How it ended.
    pub outcome: Option<ClaimOutcome>,
    /// The slip on paper.
    pub printing: Printing,
    /// When somebody was born whose age stands against it.
    pub born: Option<Date>,
    /// It was made before: its slip is seen once more, from one's own jobs.
    pub again: bool,
}

/// Where the slip on paper stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Printing {
    /// There is none to print, or no printer.
    #[default]
    Not,
    /// It is to be printed.
    Wanted,
    /// The printer has it.
    Going,
    /// It is printed.
    Done,
    /// It is not, or not all of it: the printer's state.
    Failed(&'static str),
}

impl Printing {
    /// Whether the printer is done with it, one way or the other.
    pub fn is_over(self) -> bool {
        matches!(self, Self::Done | Self::Failed(_))
    }

    /// The name that the window knows it by.
    pub fn code(self) -> &'static str {
        match self {
            Self::Not => "",
            Self::Wanted | Self::Going => "going",
            Self::Done => "done",
            Self::Failed(code) => code,
        }
    }
}

impl Claiming {
    /// Begins with a job.
    pub fn of(job: Job) -> Self {
        Self {
            job: Some(job),
            ..Self::default()
        }
    }

    /// A claim that was made before, to see its slip once more.
    pub fn again(held: &ClaimWithJob) -> Self {
        let claim = held.claim.clone();
        let outcome = match claim.state {
            ClaimState::Provisional => ClaimOutcome::Provisional(claim, WhyProvisional::Refused),
            _ => ClaimOutcome::Confirmed(claim),
        };
        Self {
            outcome: Some(outcome),
            again: true,
            ..Self::of(held.job.clone())
        }
    }

    /// Whether other jobs that the person has taken stand against it.
    pub fn is_for_others(&self) -> bool {
        use ClaimReason::{Duplicate, Overlap, TooMany};
        matches!(
            self.outcome,
            Some(ClaimOutcome::NotAllowed(Overlap | Duplicate | TooMany))
        )
    }

    /// Which of them does, of those in `held`, at `now`; none where it is their number that does.
    pub fn against<'a>(
        &self,
        held: &'a [ClaimWithJob],
        now: Timestamp,
    ) -> Option<&'a ClaimWithJob> {
        let job = self.job.as_ref().filter(|_| self.is_for_others())?;
        let is_against = |held: &&ClaimWithJob| {
            let other = HeldClaim::of(&held.job);
            let is_live = held.claim.state.is_coming() && now < held.job.busy_until();
            is_live && (other.job == job.id || other.overlaps(job))
        };
        held.iter().find(is_against)
    }

    /// The name that the window knows the outcome by; empty before there is one.
    pub fn code(&self) -> &'static str {
        match &self.outcome {
            None => "",
            Some(ClaimOutcome::Confirmed(claim)) if claim.state == ClaimState::Claimed => "claimed",
            Some(ClaimOutcome::Confirmed(_)) => "confirmed",
            Some(ClaimOutcome::Provisional(..)) => "provisional",
            Some(ClaimOutcome::Full { .. }) => "full",
            Some(ClaimOutcome::NotAllowed(_) | ClaimOutcome::Paused(_)) => "refused",
        }
    }

    /// The screen that says how it ended.
    pub fn screen(outcome: &ClaimOutcome) -> Screen {
        match outcome {
            ClaimOutcome::Confirmed(_) | ClaimOutcome::Provisional(..) => Screen::Slip,
            ClaimOutcome::Full { .. } => Screen::Full,
            ClaimOutcome::NotAllowed(_) | ClaimOutcome::Paused(_) => Screen::Refused,
        }
    }

    /// Jobs like the one that is full.
    pub fn like(&self) -> &[Job] {
        match &self.outcome {
            Some(ClaimOutcome::Full { like, .. }) => like,
            _ => &[],
        }
    }
}
