//! The slip on paper: what stands on it, in the words that the screen says.

use super::claim::{Claiming, Printing};
use super::screen::Screen;
use super::state::State;
use crate::ui::{ClaimData, SlipPaper, Terminal, TerminalWindow};
use gighall_devices::escpos::{Part, Ticket};
use gighall_devices::printer::Printed;
use slint::ComponentHandle;

/// The fields of a slip, as [`SlipPaper`] knows them, in their order.
const FIELDS: [&str; 7] = ["number", "what", "when", "where", "pay", "call", "you"];

/// The slip that is on the screen, as a ticket.
pub(super) fn ticket(window: &TerminalWindow) -> Ticket {
    let words = window.global::<SlipPaper>();
    let hall = window.global::<Terminal>().get_hall();
    let mut parts = vec![
        Part::Text(hall.into()),
        Part::Title(words.invoke_title().into()),
    ];
    let note: String = words.invoke_note().into();
    if !note.is_empty() {
        parts.push(Part::Text(note));
    }
    parts.push(Part::Rule);
    for field in FIELDS {
        let value: String = words.invoke_value(field.into()).into();
        if !value.is_empty() {
            parts.push(Part::Field(words.invoke_label(field.into()).into(), value));
        }
    }
    parts.push(Part::Rule);
    let code: String = window.global::<ClaimData>().get_slip().address.into();
    if !code.is_empty() {
        parts.push(Part::Text(words.invoke_code_hint().into()));
        parts.push(Part::Code(code));
    }
    parts.push(Part::Text(words.invoke_free().into()));
    Ticket(parts)
}

impl State {
    /// Whether the slip on the screen is to be printed now. From then on it is being printed.
    pub(super) fn takes_to_print(&mut self) -> bool {
        let wanted = self.way.here() == Screen::Slip && self.claiming.printing == Printing::Wanted;
        if wanted {
            self.claiming.printing = Printing::Going;
        }
        wanted
    }

    /// What became of the slip.
    pub(super) fn printed(&mut self, printed: Printed) {
        if self.claiming.printing == Printing::Going {
            self.claiming.printing = match printed {
                Ok(()) => Printing::Done,
                Err(error) => Printing::Failed(error.code()),
            };
        }
    }
}

impl Claiming {
    /// Print it once more.
    pub(super) fn print_again(&mut self) {
        if matches!(self.printing, Printing::Done | Printing::Failed(_)) {
            self.printing = Printing::Wanted;
        }
    }
}
