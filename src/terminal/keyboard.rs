//! The program's own keyboard: which field a key writes into, and the letters that wait for a
//! choice of characters.

use super::find::WORDS_MAX;
use super::screen::Screen;
use super::state::State;
use crate::pinyin::{Buffer, Wanted};

/// The keyboard's own state. Wiped with everything else.
#[derive(Clone, Debug)]
pub struct Keyboard {
    /// Letters and candidates.
    pub buffer: Buffer,
    /// How many candidates there is room for.
    pub fits: usize,
}

impl Default for Keyboard {
    fn default() -> Self {
        Self {
            buffer: Buffer::default(),
            fits: 8,
        }
    }
}

impl State {
    /// A key of the keyboard in sight.
    pub(super) fn key(&mut self, key: &str) {
        let Some(key) = key.chars().next() else {
            return;
        };
        match self.way.here() {
            Screen::Number => self.form.type_number(key),
            Screen::Proof => self.form.type_proof(key),
            Screen::Phone => self.form.type_phone(key),
            Screen::Name if key == '·' && self.form.name.is_empty() => {}
            Screen::Name if key == '·' => self.form.type_name("·"),
            Screen::Name => {
                let wanted = match self.form.name.is_empty() {
                    true => Wanted::Surname,
                    false => Wanted::GivenName,
                };
                self.keyboard.buffer.push(key, wanted);
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
            Screen::Words | Screen::ComplainWords => {
                self.keyboard.buffer.push(key, Wanted::Words);
            }
            Screen::ComplainSum => self.services.rights.complaining.type_sum(key),
            _ => self.staff_key(key),
        }
    }

    /// Takes back the last letter, or else the last character.
    pub(super) fn erase(&mut self) {
        if self.keyboard.buffer.pop() {
            return;
        }
        match self.way.here() {
            Screen::Number => self.form.number.pop(),
            Screen::Proof => self.form.proof.pop(),
            Screen::Phone => self.form.phone.pop(),
            Screen::Name => self.form.name.pop(),
            Screen::Words => self.find.draft.pop(),
            Screen::ComplainSum => self.services.rights.complaining.sum.pop(),
            Screen::ComplainWords => self.services.rights.complaining.words.pop(),
            _ => self.staff_field().and_then(String::pop),
        };
    }

    /// Empties the field in sight.
    pub(super) fn erase_all(&mut self) {
        self.keyboard.buffer.clear();
        match self.way.here() {
            Screen::Number => self.form.number.clear(),
            Screen::Proof => self.form.proof.clear(),
            Screen::Phone => self.form.phone.clear(),
            Screen::Name => self.form.name.clear(),
            Screen::Words => self.find.draft.clear(),
            Screen::ComplainSum => self.services.rights.complaining.sum.clear(),
            Screen::ComplainWords => self.services.rights.complaining.words.clear(),
            _ => {
                if let Some(field) = self.staff_field() {
                    field.clear();
                }
            }
        }
    }

    /// Chooses a candidate.
    pub(super) fn choose_candidate(&mut self, index: usize) {
        let fits = self.keyboard.fits;
        if let Some(text) = self.keyboard.buffer.choose(index, fits) {
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
