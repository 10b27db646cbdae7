//! The program's own keyboard: which field a key writes into, and the letters that wait for a
//! choice of characters.

use super::ask::{Ask, Request};
use super::find::WORDS_MAX;
use super::screen::Screen;
use super::state::{Event, State};
use crate::pinyin::{Buffer, Wanted, Words};
use std::sync::Arc;

/// The keyboard's own state. Wiped with everything else.
#[derive(Clone, Debug)]
pub struct Keyboard {
    /// Letters and candidates.
    pub buffer: Buffer,
    /// How many halves of a character's cell there is room for.
    pub room: usize,
}

impl Default for Keyboard {
    fn default() -> Self {
        Self {
            buffer: Buffer::default(),
            room: 16,
        }
    }
}

/// What a field held at some time. Personal, so it has no `Debug`.
#[derive(Clone)]
pub(super) struct Typing {
    screen: Screen,
    text: String,
    keyboard: Keyboard,
}

impl State {
    /// A key of the keyboard in sight; `hall` are words of the hall.
    pub(super) fn key(&mut self, key: &str, hall: &Arc<Words>) {
        let Some(key) = key.chars().next() else {
            return;
        };
        match self.way.here() {
            Screen::Number => self.form.type_number(key),
            Screen::Proof => self.form.type_proof(key),
            Screen::Phone => self.form.type_phone(key),
            Screen::Pin => self.form.pin.push(key),
            Screen::Name if key == '·' && self.form.name.is_empty() => {}
            Screen::Name if key == '·' => self.form.type_name("·"),
            Screen::Name => {
                let wanted = match self.form.name.is_empty() {
                    true => Wanted::Surname,
                    false => Wanted::GivenName,
                };
                self.keyboard.buffer.push(key, wanted, hall);
            }
            Screen::Words if key.is_ascii_digit() => {
                let letters = self.keyboard.buffer.take_letters();
                self.type_words(&letters);
                self.type_words(&key.to_string());
            }
            Screen::ComplainWords if key.is_ascii_digit() => {
                let letters = self.keyboard.buffer.take_letters();
                let complaining = &mut self.services.rights.complaining;
                complaining.type_words(&letters);
                complaining.type_words(&key.to_string());
            }
            Screen::Words => {
                self.keyboard.buffer.push(key, Wanted::Search, hall);
            }
            Screen::ComplainWords => {
                self.keyboard.buffer.push(key, Wanted::Words, hall);
            }
            Screen::ComplainSum => self.services.rights.complaining.type_sum(key),
            _ => self.staff_key(key, hall),
        }
    }

    /// Takes back the last letter, or else the last character.
    pub(super) fn erase(&mut self) {
        if self.keyboard.buffer.pop() {
            return;
        }
        if let Some(field) = self.field() {
            field.pop();
        }
    }

    /// Empties the field in sight.
    pub(super) fn erase_all(&mut self) {
        self.keyboard.buffer.clear();
        if let Some(field) = self.field() {
            field.clear();
        }
    }

    /// What the keyboard in sight writes into.
    fn field(&mut self) -> Option<&mut String> {
        match self.way.here() {
            Screen::Number => Some(&mut self.form.number),
            Screen::Proof => Some(&mut self.form.proof),
            Screen::Phone => Some(&mut self.form.phone),
            Screen::Pin => Some(&mut self.form.pin.typed),
            Screen::Name => Some(&mut self.form.name),
            Screen::Words => Some(&mut self.find.draft),
            Screen::ComplainSum => Some(&mut self.services.rights.complaining.sum),
            Screen::ComplainWords => Some(&mut self.services.rights.complaining.words),
            _ => self.staff_field(),
        }
    }

    /// Asks for the words of the hall where somebody begins to write words.
    pub(super) fn ask_words(&self) -> Option<Request> {
        let here = self.way.here();
        let writes = matches!(
            here,
            Screen::Words | Screen::ComplainWords | Screen::StaffWords
        );
        writes.then(|| Request::quiet(Ask::Words))
    }

    /// Whether there is a field and nothing lies over it.
    pub(super) fn may_type(&mut self) -> bool {
        let covered = self.emergency_over || self.calling_staff || !self.failure.is_empty();
        let free = !self.busy && !covered;
        free && self.field().is_some()
    }

    /// What a key of a real keyboard does in the field in sight: what the one on the screen does, and
    /// while letters wait for characters, digits and the space bar choose among them.
    pub(super) fn typed(&mut self, key: char) -> Option<Event> {
        if !self.may_type() {
            return None;
        }
        let choosing = !self.keyboard.buffer.letters().is_empty();
        match (key, key.to_digit(10)) {
            (' ', _) if choosing => Some(Event::ChooseCandidate(0)),
            (_, Some(digit @ 1..)) if choosing => i32::try_from(digit)
                .ok()
                .map(|digit| Event::ChooseCandidate(digit - 1)),
            (key, _) if key.is_ascii_alphanumeric() || matches!(key, '\'' | '·') => {
                Some(Event::Key(key.to_string()))
            }
            _ => None,
        }
    }

    /// What has been typed on the screen in sight, to be taken back to.
    pub(super) fn typing(&mut self) -> Typing {
        Typing {
            screen: self.way.here(),
            text: self.field().cloned().unwrap_or_default(),
            keyboard: self.keyboard.clone(),
        }
    }

    /// As if nothing had been typed since, on that screen.
    pub(super) fn type_as(&mut self, typing: Typing) -> Vec<Request> {
        if self.way.here() != typing.screen {
            return Vec::new();
        }
        self.keyboard = typing.keyboard;
        if let Some(field) = self.field() {
            *field = typing.text;
        }
        self.look_while_typing()
    }

    /// What Escape does: it closes what lies over the screen, or else goes back.
    pub(super) fn escape(&self) -> Option<Event> {
        if self.busy {
            None
        } else if self.emergency_over {
            Some(Event::EmergencySeen)
        } else if self.calling_staff {
            Some(Event::CallStaff(false))
        } else if !self.failure.is_empty() {
            Some(Event::FailureSeen)
        } else {
            self.way.can_go_back().then_some(Event::Back)
        }
    }

    /// Chooses a candidate.
    pub(super) fn choose_candidate(&mut self, index: usize) {
        let room = self.keyboard.room;
        if let Some(text) = self.keyboard.buffer.choose(index, room) {
            match self.way.here() {
                Screen::Name => self.form.type_name(&text),
                Screen::Words => self.type_words(&text),
                Screen::ComplainWords => self.services.rights.complaining.type_words(&text),
                Screen::StaffWords => self.type_notice(&text),
                _ => {}
            }
        }
    }

    fn type_words(&mut self, text: &str) {
        let draft = &mut self.find.draft;
        if draft.chars().count() + text.chars().count() <= WORDS_MAX {
            draft.push_str(text);
        }
    }
}
