//! Taking a job: what is confirmed, and how it ended.

use super::desk::ClaimOutcome;
use super::screen::Screen;
use gighall_core::claim::ClaimState;
use gighall_core::job::Job;

/// A claim that is being made, or was.
#[derive(Clone, Debug, Default)]
pub struct Claiming {
    /// The job.
    pub job: Option<Job>,
    /// How it ended.
    pub outcome: Option<ClaimOutcome>,
    /// The slip on paper.
    pub printing: Printing,
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
            outcome: None,
            printing: Printing::Not,
        }
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
