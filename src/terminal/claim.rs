//! Taking a job: what is confirmed, and how it ended.

use super::ask::{Ask, Request};
use super::desk::{ClaimOutcome, WhyProvisional};
use super::register::{Form, Purpose};
use super::screen::{Screen, WHO};
use super::state::{Overview, State};
use gighall_core::claim::{ClaimReason, ClaimState};
use gighall_core::job::Job;
use gighall_core::rules::{self, HeldClaim};
use gighall_core::wire::{ClaimWithJob, KnownWorker};
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
            let is_live = held.claim.state.is_live() && now < held.job.busy_until();
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

impl State {
    pub(super) fn claim_job(&mut self, hall: &Overview) {
        let Some(job) = self.find.job.clone() else {
            return;
        };
        self.claiming = Claiming::of(job);
        if self.who.is_some() {
            self.ask_to_confirm(hall);
        } else {
            self.ask_who(Purpose::Claim);
        }
    }

    /// Asks whether they take the job, unless their age stands against it: nobody is asked for nothing.
    pub(super) fn ask_to_confirm(&mut self, hall: &Overview) {
        let born = self.who.as_ref().map(|who| who.birth_date);
        if !born.is_some_and(|born| self.age_bars(born, hall)) {
            self.go(Screen::Confirm);
        }
    }

    /// Whether somebody born then is too young or too old for the job that is being taken; says so then.
    pub(super) fn age_bars(&mut self, born: Date, hall: &Overview) -> bool {
        let job = self.claiming.job.as_ref();
        let fits = job.is_none_or(|job| rules::fits_age(job, born, &hall.time.zone));
        if !fits {
            self.claiming.born = Some(born);
            self.claiming.outcome = Some(ClaimOutcome::NotAllowed(ClaimReason::Age));
            self.go(Screen::Refused);
        }
        !fits
    }

    /// Somebody is known who wants a job: the one question, whether they take it, says who they are too.
    pub(super) fn confirms_as(&mut self, known: KnownWorker, hall: &Overview) {
        self.way.leave(WHO);
        // Who is not let through to the question has not said that it is them.
        if self.age_bars(known.birth_date, hall) {
            self.form = Form::for_purpose(Purpose::Claim);
            return;
        }
        self.who = Some(known.clone());
        self.form.known = Some(known);
        self.go(Screen::Confirm);
    }

    /// Whether the person was only just told apart, and has not said yes to it.
    pub fn may_be_another(&self) -> bool {
        self.way.here() == Screen::Confirm && self.form.known.is_some()
    }

    pub(super) fn is_nobody_yet(&mut self) {
        if self.may_be_another() {
            self.who = None;
            self.form = Form::for_purpose(Purpose::Claim);
        }
    }

    pub(super) fn confirm_claim(&mut self) -> Vec<Request> {
        if self.way.here() != Screen::Confirm || self.claiming.outcome.is_some() {
            return Vec::new();
        }
        // They have said that it is them: what was typed is forgotten.
        self.form = Form::for_purpose(self.form.purpose);
        match (&self.who, &self.claiming.job) {
            (Some(who), Some(job)) => {
                vec![Request::awaited(Ask::Claim(who.clone(), job.id))]
            }
            _ => Vec::new(),
        }
    }

    pub(super) fn claim_done(&mut self) {
        match self.way.here() {
            // The slip has been read: the next person finds nothing of it.
            Screen::Slip if self.claiming.again => self.back(),
            Screen::Slip => self.go_home(),
            // Another job than what was looked for: among all of them.
            _ => {
                self.find.clear();
                self.go(Screen::Kinds);
            }
        }
    }

    /// The slip of one of their own jobs, as it was when they took it.
    pub(super) fn open_claim(&mut self, index: usize) -> Vec<Request> {
        let held = self.mine.in_sight().get(index);
        let Some(held) = held.filter(|held| held.claim.state.has_slip()) else {
            return Vec::new();
        };
        let (claim, job) = (held.claim.id, held.job.id);
        self.claiming = Claiming::again(held);
        self.slip_code = None;
        self.way.look_at(Screen::Slip);
        vec![
            Request::quiet(Ask::Job(job)),
            Request::quiet(Ask::SlipCode(claim)),
        ]
    }
}
