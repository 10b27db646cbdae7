//! What makes it hard for somebody to find work: asked once while they register, and whenever they ask
//! for it themselves. Whoever says nothing goes on with one touch.

use super::ask::{Ask, Request};
use super::screen::Screen;
use super::services::{ServiceAsk, toggle};
use super::state::State;
use gighall_core::hardship::Hardship;

/// What is being said. Personal, so it has no `Debug`.
#[derive(Clone, Default)]
pub struct Saying {
    /// What was chosen.
    pub chosen: Vec<Hardship>,
    /// That staff are told was agreed to, apart from all else.
    pub agreed: bool,
    /// On the last screen: something was told, and not taken back.
    pub told: bool,
}

impl Saying {
    /// What the hub is told: nothing without consent.
    pub fn agreed_to(&self) -> Vec<Hardship> {
        match self.agreed {
            true => self.chosen.clone(),
            false => Vec::new(),
        }
    }
}

impl State {
    /// Chooses a kind, or takes the choice back.
    pub(super) fn toggle_hardship(&mut self, code: &str) {
        let asked = Hardship::from_code(code).filter(|it| Hardship::ASKED.contains(it));
        if let Some(kind) = asked {
            toggle(&mut self.form.hardship.chosen, kind);
        }
    }

    /// What is chosen may be told to staff.
    pub(super) fn tell_hardship(&mut self) -> Vec<Request> {
        if self.form.hardship.chosen.is_empty() {
            return Vec::new();
        }
        match (self.way.here(), self.who.clone()) {
            (Screen::Hardship, _) => {
                self.form.hardship.agreed = true;
                self.go(Screen::Consent);
                Vec::new()
            }
            (Screen::HardshipAnew, Some(who)) => {
                let chosen = self.form.hardship.chosen.clone();
                said(ServiceAsk::SayHardship(who, chosen))
            }
            _ => Vec::new(),
        }
    }

    /// Whoever takes it back loses their place in the ledger: it is asked whether they mean that.
    pub(super) fn ask_hardship_back(&mut self) {
        if self.way.here() == Screen::HardshipAnew && self.who.is_some() {
            self.go(Screen::HardshipBack);
        }
    }

    /// Nothing of what was said before is to count any more.
    pub(super) fn take_hardship_back(&mut self) -> Vec<Request> {
        match (self.way.here(), self.who.clone()) {
            (Screen::HardshipBack, Some(who)) => said(ServiceAsk::SayHardship(who, Vec::new())),
            _ => Vec::new(),
        }
    }

    /// Nobody need say anything while they register.
    pub(super) fn leave_hardship_out(&mut self) {
        self.form.hardship = Saying::default();
        self.go(Screen::Consent);
    }

    /// The hub will hear of it: what was chosen is forgotten here.
    pub(super) fn hardship_told(&mut self, told: bool) {
        self.form.hardship = Saying {
            told,
            ..Saying::default()
        };
        self.go(Screen::HardshipTold);
    }
}

fn said(ask: ServiceAsk) -> Vec<Request> {
    vec![Request::awaited(Ask::Service(ask))]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::terminal::register::{Form, Purpose};
    use crate::terminal::screen::Way;

    fn at(screen: Screen) -> State {
        let mut way = Way::default();
        way.go(screen);
        State {
            way,
            form: Form::for_purpose(Purpose::Register),
            ..State::default()
        }
    }

    #[test]
    fn only_what_is_asked_is_chosen_and_only_what_is_agreed_to_is_told() {
        let mut state = at(Screen::Hardship);
        for code in ["disabled", "older", "no such kind", "resettled", "disabled"] {
            state.toggle_hardship(code);
        }
        assert_eq!(state.form.hardship.chosen, [Hardship::Resettled]);
        assert!(state.form.hardship.agreed_to().is_empty(), "not agreed to");
        state.tell_hardship();
        assert_eq!(state.way.here(), Screen::Consent);
        assert_eq!(state.form.hardship.agreed_to(), [Hardship::Resettled]);
    }

    #[test]
    fn nothing_is_told_where_nothing_is_chosen_or_it_is_left_out() {
        let mut state = at(Screen::Hardship);
        state.tell_hardship();
        assert_eq!(state.way.here(), Screen::Hardship);
        state.toggle_hardship("other");
        state.leave_hardship_out();
        assert_eq!(state.way.here(), Screen::Consent);
        assert!(state.form.hardship.chosen.is_empty());
        // Nobody is known: there is nothing to take back.
        assert!(at(Screen::HardshipBack).take_hardship_back().is_empty());
        let mut state = at(Screen::HardshipAnew);
        state.ask_hardship_back();
        assert_eq!(state.way.here(), Screen::HardshipAnew);
    }
}
