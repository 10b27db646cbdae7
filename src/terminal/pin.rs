//! Choosing a PIN: four digits, typed twice, by somebody who has no telephone to be known by.

use super::ask::{Ask, Request};
use super::register::{Form, Purpose};
use super::screen::Screen;
use super::staff::StaffWant;
use super::state::{Overview, State};
use gighall_core::pin::Pin;
use gighall_core::wire::KnownWorker;
use gighall_core::worker::PROOF_LENGTH;
use jiff::civil::Date;

/// A PIN that is being chosen. It has no `Debug`.
#[derive(Clone, Default)]
pub struct Choosing {
    /// As typed.
    pub typed: String,
    /// What was typed first, while it is typed once more.
    pub first: Option<Pin>,
    /// Code of the sentence that says what is wrong; empty while nothing is.
    pub error: &'static str,
    /// Typed twice.
    pub chosen: Option<Pin>,
}

impl Choosing {
    /// Types a digit.
    pub fn push(&mut self, key: char) {
        if key.is_ascii_digit() && !self.is_ready() {
            self.typed.push(key);
            self.error = "";
        }
    }

    /// Whether as many digits are there as a PIN has.
    pub fn is_ready(&self) -> bool {
        self.typed.len() == PROOF_LENGTH
    }

    /// One dot for each digit: who stands behind the person reads none.
    pub fn dots(&self) -> String {
        "●".repeat(self.typed.len())
    }

    /// What was typed, by somebody who was born then and whose number has that mask. The same digits twice
    /// are their PIN.
    fn end(&mut self, birth: Date, id_mask: &str) {
        let typed = std::mem::take(&mut self.typed);
        self.chosen = None;
        match (Pin::chosen(&typed, birth, id_mask), self.first.take()) {
            (Err(why), _) => self.error = why.code(),
            (Ok(pin), None) => self.first = Some(pin),
            (Ok(pin), Some(first)) if pin == first => self.chosen = Some(pin),
            (Ok(_), Some(_)) => self.error = "differs",
        }
    }
}

impl State {
    /// Somebody without a telephone who is registering, or is known already, is asked for a PIN.
    pub(super) fn ask_pin(&mut self) {
        self.form.pin = Choosing::default();
        match self.form.correcting {
            Some(_) => self.way.look_at(Screen::Pin),
            None => self.go(Screen::Pin),
        }
    }

    /// Who has said who they are wants a PIN, or another one.
    pub(super) fn go_pin(&mut self) {
        if self.who.is_some() && self.may_have_pin() && !self.staff.inside {
            self.form = Form::for_purpose(Purpose::SetPin);
            self.ask_pin();
        }
    }

    /// Whether the person who is known is known by a PIN: whoever has a telephone is known by that.
    pub fn may_have_pin(&self) -> bool {
        self.who.as_ref().is_some_and(|who| who.phone.is_none())
    }

    /// Staff found the person who forgot their PIN, or never had one.
    pub(super) fn ask_pin_with_staff(&mut self, who: KnownWorker) {
        if self.staff.inside {
            self.back_to_menu("");
            self.staff.helping = true;
            self.staff.person = Some(who);
            self.form = Form::for_purpose(Purpose::SetPin);
            self.ask_pin();
        }
    }

    /// The four digits are there.
    pub(super) fn pin_typed(&mut self, hall: &Overview) -> Vec<Request> {
        if !self.form.pin.is_ready() {
            return Vec::new();
        }
        let number = self.form.checked_number(hall.today());
        let person = self.staff.person.as_ref().or(self.who.as_ref());
        let (birth, mask) = match (number, person) {
            (Ok(number), _) => (number.birth_date(), number.mask()),
            (_, Some(person)) => (person.birth_date, person.id_mask.clone()),
            _ => return Vec::new(),
        };
        self.form.pin.end(birth, &mask);
        let Some(pin) = self.form.pin.chosen.clone() else {
            return Vec::new();
        };
        if self.form.purpose != Purpose::SetPin {
            self.go_on_to(Screen::WorkKinds);
            return Vec::new();
        }
        match (&self.staff.person, &self.who) {
            (Some(person), _) if self.staff.inside => {
                vec![self.staff.asks(StaffWant::SetPin(person.worker, pin))]
            }
            (None, Some(who)) => vec![Request::awaited(Ask::SetPin(who.clone(), pin))],
            _ => Vec::new(),
        }
    }

    /// It is set: the person is told so where their jobs are.
    pub(super) fn pin_set(&mut self) -> Vec<Request> {
        self.form = Form::default();
        let Some(who) = self.who.clone() else {
            return Vec::new();
        };
        self.way.leave(&[Screen::Pin, Screen::PassAsk]);
        self.go(Screen::MyJobs);
        self.mine.message = "pin_set";
        vec![Request::awaited(Ask::MyJobs(who))]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    fn typed(choosing: &mut Choosing, digits: &str) {
        digits.chars().for_each(|key| choosing.push(key));
        choosing.end(date(1975, 2, 13), "5224**********3068");
    }

    #[test]
    fn a_pin_is_typed_twice_alike() {
        let mut choosing = Choosing::default();
        typed(&mut choosing, "1234");
        assert_eq!(
            (choosing.error, choosing.first.is_some()),
            ("too_plain", false)
        );
        typed(&mut choosing, "0213");
        assert_eq!(choosing.error, "of_person");
        typed(&mut choosing, "2608x9");
        assert!(choosing.error.is_empty() && choosing.first.is_some());
        typed(&mut choosing, "2609");
        assert_eq!(
            (choosing.error, choosing.first.is_some()),
            ("differs", false)
        );
        typed(&mut choosing, "2608");
        typed(&mut choosing, "2608");
        let chosen = choosing.chosen.expect("alike");
        assert_eq!((chosen.reveal(), choosing.typed.as_str()), ("2608", ""));
    }
}
