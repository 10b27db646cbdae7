//! How often a person has to touch the glass to get what they came for: at most seven times, besides
//! entering their own data. Every touch is one at a place, as a finger's.
//!
//! Entering data is what is typed or chosen about oneself, with the touch that ends an answer ("下一步"
//! after a number, as Enter on a keyboard), also where the answer is that one leaves the question out; those are
//! counted beside the others, and told.

mod terminal_support;
mod touches_support;

use std::cell::Cell;
use terminal_support::*;
use touches_support::{FLOWS, Flow, Hand, settled};

const MOST: usize = 7;

/// Walks a flow on a terminal of its own; gives the touches, and the ends of answers.
fn walk(flow: Flow) -> (usize, usize) {
    let stick = tempfile::tempdir().expect("a directory");
    let hand = Hand {
        hall: Hall::new(&format!("[staff]\nexport = {:?}\n", stick.path())),
        touches: Cell::default(),
        answers: Cell::default(),
    };
    settled(&hand.hall.terminal);
    flow(&hand);
    (hand.touches.get(), hand.answers.get())
}

#[test]
fn no_flow_needs_more_than_seven_touches() {
    let mut over = Vec::new();
    for (name, flow) in FLOWS.concat() {
        let walked = std::thread::spawn(move || walk(flow)).join();
        let (touches, answers) = walked.unwrap_or_else(|_| panic!("{name} leads nowhere"));
        println!("{touches} touches, {answers} answers ended: {name}");
        if touches > MOST {
            over.push(name);
        }
    }
    assert!(over.is_empty(), "more than {MOST} touches: {over:?}");
}

#[test]
fn the_second_tap_of_a_double_tap_does_nothing_on_the_new_screen() {
    let terminal = terminal();
    settled(&terminal);
    let middle = |label: &str| {
        let buttons = terminal.buttons();
        let found = buttons.into_iter().find(|(found, _)| found == label);
        found.map(|(_, at)| at).expect("a button")
    };
    let at = middle("找活");
    terminal.press(at);
    terminal.lift(at);
    settle();
    assert_eq!(terminal.screen(), "kinds");
    // What lies there now is not what the finger meant.
    let kind = middle("全部工种");
    terminal.press(kind);
    terminal.lift(kind);
    settle();
    assert_eq!(terminal.screen(), "kinds");
    terminal.tap("全部工种");
    assert_eq!(
        terminal.screen(),
        "kinds",
        "that touch came too soon as well"
    );
    terminal.tap("全部工种");
    assert_eq!(terminal.screen(), "results");
}
