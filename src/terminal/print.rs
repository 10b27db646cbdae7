//! The slip and the receipt on paper: what stands on them, in the words that the screen says.

use super::claim::{Claiming, Printing};
use super::screen::Screen;
use super::state::State;
use crate::ui::{ClaimData, ReceiptPaper, RightsData, SlipPaper, Terminal, TerminalWindow};
use gighall_devices::escpos::{Part, Ticket};
use gighall_devices::printer::Printed;
use slint::ComponentHandle;

/// The fields of a slip, as [`SlipPaper`] knows them, in their order.
const FIELDS: [&str; 7] = ["number", "what", "when", "where", "pay", "call", "you"];

/// The fields of a complaint's receipt, in their order.
const OF_RECEIPT: [&str; 3] = ["number", "kind", "when"];

/// What is on the screen, as a ticket.
pub(super) fn ticket(window: &TerminalWindow, screen: Screen) -> Ticket {
    match screen {
        Screen::Complained => receipt(window),
        _ => slip(window),
    }
}

fn receipt(window: &TerminalWindow) -> Ticket {
    let words = window.global::<ReceiptPaper>();
    let hall = window.global::<Terminal>().get_hall();
    let mut parts = vec![
        Part::Text(hall.into()),
        Part::Title(words.invoke_title().into()),
        Part::Rule,
    ];
    parts.extend(OF_RECEIPT.map(|field| {
        let label = words.invoke_label(field.into()).into();
        Part::Field(label, words.invoke_value(field.into()).into())
    }));
    parts.push(Part::Rule);
    let code: String = window.global::<RightsData>().get_receipt().address.into();
    if !code.is_empty() {
        parts.push(Part::Text(words.invoke_code_hint().into()));
        parts.push(Part::Code(code));
    }
    parts.push(Part::Text(words.invoke_hotline().into()));
    Ticket(parts)
}

fn slip(window: &TerminalWindow) -> Ticket {
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
    /// Whether the slip or receipt on the screen is to be printed now. From then on it is being printed.
    pub(super) fn takes_to_print(&mut self) -> bool {
        let Some(printing) = self.paper_in_sight() else {
            return false;
        };
        let wanted = *printing == Printing::Wanted;
        if wanted {
            *printing = Printing::Going;
        }
        wanted
    }

    /// What became of it.
    pub(super) fn printed(&mut self, printed: Printed) {
        let complaint = &mut self.services.rights.complaining.printing;
        for printing in [&mut self.claiming.printing, complaint] {
            if *printing == Printing::Going {
                *printing = match printed {
                    Ok(()) => Printing::Done,
                    Err(error) => Printing::Failed(error.code()),
                };
            }
        }
    }

    /// Where the paper stands that belongs to the screen in sight.
    fn paper_in_sight(&mut self) -> Option<&mut Printing> {
        match self.way.here() {
            Screen::Slip => Some(&mut self.claiming.printing),
            Screen::Complained => Some(&mut self.services.rights.complaining.printing),
            _ => None,
        }
    }
}

impl Claiming {
    /// Print it once more.
    pub(super) fn print_again(&mut self) {
        if self.printing.is_over() {
            self.printing = Printing::Wanted;
        }
    }
}
