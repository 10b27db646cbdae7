//! The slip and the receipt on paper: what stands on them, in the words that the screen says.

use super::claim::Printing;
use super::screen::Screen;
use super::state::State;
use crate::ui::{
    ClaimData, PassPaper, ReceiptPaper, RightsData, SlipPaper, Terminal, TerminalWindow,
};
use gighall_core::pass::Pass;
use gighall_devices::escpos::{Part, Ticket};
use gighall_devices::printer::Printed;
use slint::ComponentHandle;

/// The fields of a slip, as [`SlipPaper`] knows them, in their order.
const FIELDS: [&str; 7] = ["number", "what", "when", "where", "pay", "call", "you"];

/// The fields of a complaint's receipt, in their order.
const OF_RECEIPT: [&str; 3] = ["number", "kind", "when"];

/// What is on the screen, as a ticket.
pub(super) fn ticket(window: &TerminalWindow, state: &State) -> Ticket {
    match (state.way.here(), &state.pass.pass) {
        (Screen::Complained, _) => receipt(window),
        (Screen::Pass, Some(pass)) => of_pass(window, pass),
        _ => slip(window),
    }
}

/// The window does not hold what the pass says, so that nothing that looks at its words finds it.
fn of_pass(window: &TerminalWindow, pass: &Pass) -> Ticket {
    let words = window.global::<PassPaper>();
    Ticket(vec![
        Part::Text(window.global::<Terminal>().get_hall().into()),
        Part::Title(words.invoke_title().into()),
        Part::Text(words.invoke_name().into()),
        Part::Rule,
        Part::Code(pass.text()),
        Part::Text(words.invoke_use().into()),
        Part::Text(words.invoke_keep().into()),
        Part::Text(words.invoke_lost().into()),
    ])
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
        let pass = &mut self.pass.printing;
        for printing in [&mut self.claiming.printing, complaint, pass] {
            if *printing == Printing::Going {
                *printing = match printed {
                    Ok(()) => Printing::Done,
                    Err(error) => Printing::Failed(error.code()),
                };
            }
        }
    }

    /// Print what is on the screen once more.
    pub(super) fn print_again(&mut self) {
        if let Some(printing) = self.paper_in_sight()
            && printing.is_over()
        {
            *printing = Printing::Wanted;
        }
    }

    /// Where the paper stands that belongs to the screen in sight.
    fn paper_in_sight(&mut self) -> Option<&mut Printing> {
        match self.way.here() {
            Screen::Slip => Some(&mut self.claiming.printing),
            Screen::Pass => Some(&mut self.pass.printing),
            Screen::Complained => Some(&mut self.services.rights.complaining.printing),
            _ => None,
        }
    }
}
