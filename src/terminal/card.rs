//! An identity card that is laid on the reader: what it fills in, and what is asked next.

use super::ask::Request;
use super::screen::Screen;
use super::state::{Overview, State};
use gighall_devices::id_card::CardNews;

impl State {
    /// Whether a card is asked for now.
    pub fn wants_card(&self) -> bool {
        matches!(self.way.here(), Screen::Number | Screen::Unproved) && !self.busy
    }

    /// The reader tells of a card. One that nobody is asked for is passed over.
    pub(super) fn card(&mut self, news: CardNews, hall: &Overview) -> Vec<Request> {
        if !self.wants_card() {
            return Vec::new();
        }
        match news {
            CardNews::Read(card) => {
                self.form.take_down(&card.number, &card.name);
                self.form.card_unreadable = false;
                self.form.from_card = true;
                self.next_question(hall)
            }
            CardNews::Unreadable => {
                self.form.card_unreadable = true;
                Vec::new()
            }
        }
    }
}
