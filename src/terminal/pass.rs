//! The worker's pass: getting one, and showing it to say who one is.

use super::ask::{Ask, Request};
use super::claim::Printing;
use super::desk::Identified;
use super::register::{Form, Purpose};
use super::screen::Screen;
use super::state::{Overview, State};
use gighall_core::pass::Pass;

/// The pass on the screen: there only while the screen is, as whoever has it is taken for the person.
#[derive(Clone, Default)]
pub struct ShownPass {
    /// The pass.
    pub pass: Option<Pass>,
    /// The same on paper.
    pub printing: Printing,
}

impl State {
    /// The person wants a pass: what it is, and what becomes of the one before, is said first.
    pub(super) fn go_pass(&mut self) {
        if self.who.is_some() && !self.staff.inside {
            self.go(Screen::PassAsk);
        }
    }

    /// The person has read that, and gets one.
    pub(super) fn make_pass(&self) -> Vec<Request> {
        match &self.who {
            Some(who) if self.way.here() == Screen::PassAsk => {
                vec![Request::awaited(Ask::MakePass(who.clone()))]
            }
            _ => Vec::new(),
        }
    }

    /// It is made: it is shown, and printed where there is a printer.
    pub(super) fn pass_made(&mut self, pass: Pass, prints: bool) {
        self.pass = ShownPass {
            pass: Some(pass),
            printing: match prints {
                true => Printing::Wanted,
                false => Printing::Not,
            },
        };
        self.way.replace(Screen::Pass);
    }

    /// Nothing of a pass is left once its screen is.
    pub(super) fn forget_shown_pass(&mut self) {
        if self.way.here() != Screen::Pass {
            self.pass = ShownPass::default();
        }
    }

    /// Whether somebody is asked who they are, and a pass answers it.
    pub(super) fn wants_pass(&self) -> bool {
        matches!(
            self.way.here(),
            Screen::Number | Screen::Proof | Screen::Unproved
        )
    }

    /// A pass was shown; `None` where it cannot be read. Where nobody has been asked yet who they are, they
    /// want the job in sight, or to see their own.
    pub(super) fn show_pass(&mut self, pass: Option<Pass>, hall: &Overview) -> Vec<Request> {
        if !self.wants_pass() {
            if self.who.is_some() {
                self.failure = "scan_later";
                return Vec::new();
            }
            match self.way.here() {
                Screen::Job => self.claim_job(hall),
                _ => self.ask_who(Purpose::MyJobs),
            }
        }
        if self.form.waits_until.is_some() {
            return Vec::new();
        }
        vec![Request::awaited(Ask::IdentifyPass(pass))]
    }

    /// Whose pass it is.
    pub(super) fn pass_identified(&mut self, identified: Identified, hall: &Overview) {
        match identified {
            Identified::Known(known) => {
                // The pass says it: what was typed of a number does not count any more.
                self.form = Form::for_purpose(self.form.purpose);
                if self.form.purpose == Purpose::Claim {
                    return self.confirms_as(known, hall);
                }
                self.form.known = Some(known);
                self.go(Screen::Known);
            }
            Identified::Waits(wait) => {
                self.form.wait(wait, hall.time.now);
                // Where it says how long.
                if self.way.here() == Screen::Unproved {
                    self.go(Screen::Number);
                }
            }
            Identified::UnknownOffline => self.failure = "pass_offline",
            Identified::Unknown | Identified::Unproved | Identified::AsksProof { .. } => {
                self.failure = "pass_unknown"
            }
        }
    }
}
