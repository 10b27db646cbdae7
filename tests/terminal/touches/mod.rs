//! How often a person has to touch the glass to get what they came for: at most seven times, besides
//! entering their own data, on every panel. Every touch is one at a place, as a finger's; turning to the page on
//! which something is, is a touch like every other.
//!
//! Entering data is what is typed or chosen about oneself, with the touch that ends an answer ("下一步"
//! after a number, as Enter on a keyboard), also where the answer is that one leaves the question out; those are
//! counted beside the others, and told.

mod hand;

use crate::support::*;
use hand::{Flow, Hand, flows, settled};
use std::cell::Cell;
use std::sync::Arc;

const MOST: usize = 7;

/// Panels as halls buy them: their pixels, and how many of them are a millimetre.
const PANELS: [(u32, u32, f32); 4] = [
    (1920, 1080, 4.03),
    (1080, 1920, 4.03),
    (1366, 768, 3.33),
    (1024, 600, 4.62),
];

/// Walks a flow on a terminal of its own; gives the touches, and the ends of answers.
fn walk(flow: &Flow, (width, height, px_per_mm): (u32, u32, f32)) -> (usize, usize) {
    let stick = tempfile::tempdir().expect("a directory");
    let more = format!("[staff]\nexport = {:?}\n", stick.path());
    let hand = Hand {
        hall: Hall::with(terminal_on(width, height, px_per_mm), &more),
        touches: Cell::default(),
        answers: Cell::default(),
    };
    settled(&hand.hall.terminal);
    flow(&hand);
    (hand.touches.get(), hand.answers.get())
}

fn hold(panel: (u32, u32, f32)) {
    let mut over = Vec::new();
    for (name, flow) in flows() {
        let flow = Arc::new(flow);
        let walks = Arc::clone(&flow);
        let walked = std::thread::spawn(move || walk(&walks, panel)).join();
        let Ok((touches, answers)) = walked else {
            over.push(format!("{name}: leads nowhere"));
            continue;
        };
        println!("{touches} touches, {answers} answers ended: {name}");
        if touches > MOST {
            over.push(format!("{name}: {touches}"));
        }
    }
    assert!(over.is_empty(), "more than {MOST} touches: {over:#?}");
}

#[test]
fn no_flow_needs_more_than_seven_touches_in_landscape() {
    hold(PANELS[0]);
}

#[test]
fn no_flow_needs_more_than_seven_touches_in_portrait() {
    hold(PANELS[1]);
}

#[test]
fn no_flow_needs_more_than_seven_touches_in_small_landscape() {
    hold(PANELS[2]);
}

#[test]
fn no_flow_needs_more_than_seven_touches_on_the_smallest_panel() {
    hold(PANELS[3]);
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
