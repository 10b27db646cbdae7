//! The terminal by a keyboard alone, and a scanner that types as one does beside it.

use crate::support::*;
use gighall_kiosk::ui::{FindData, RegisterData, Terminal};
use slint::ComponentHandle;
use slint::platform::Key;
use std::time::Duration;

fn key_of(key: Key) -> String {
    char::from(key).to_string()
}

fn presses(terminal: &TestTerminal, key: Key) {
    terminal.key(&key_of(key));
    terminal.wait(Duration::from_millis(350));
}

/// Nobody touches the glass.
fn at_a_keyboard() -> TestTerminal {
    let terminal = terminal();
    terminal.wait(Duration::from_secs(1));
    terminal
}

fn number(terminal: &TestTerminal) -> String {
    let shown = terminal.window().global::<RegisterData>().get_number();
    shown.replace(' ', "")
}

/// Types one's number, and Enter is "next".
fn says_who(terminal: &TestTerminal) {
    assert_eq!(terminal.screen(), "number");
    terminal.types(&known_number());
    assert_eq!(number(terminal), known_number());
    terminal.enter();
}

/// Says who one is, and that it is them.
fn is_known(terminal: &TestTerminal) {
    says_who(terminal);
    assert_eq!(terminal.screen(), "known");
    terminal.enters("是我本人");
}

/// Everything that somebody new says of themselves.
fn is_new(terminal: &TestTerminal) {
    terminal.types(&new_number());
    terminal.enter();
    assert_eq!(terminal.screen(), "name");
    // Letters, and digits and the space bar that choose among the characters.
    terminal.types("zhang1san ");
    let name = terminal.window().global::<RegisterData>().get_name();
    assert_eq!(name, "张三");
    terminal.enter();
    assert_eq!(terminal.screen(), "phone");
    terminal.types("13912345679");
    presses(terminal, Key::Backspace);
    terminal.types("8");
    terminal.enter();
    assert_eq!(terminal.screen(), "work_kinds");
    terminal.tab_to("建筑");
    terminal.types(" ");
    terminal.enters("下一步（已选 1 种）");
    terminal.enters("不说，下一步");
    terminal.enters("没错，同意登记");
}

#[test]
fn work_is_found_and_taken_by_keys() {
    let terminal = at_a_keyboard();
    terminal.enters("找活");
    terminal.enters("全部工种");
    assert_eq!(terminal.screen(), "results");
    terminal.enters("100 砌砖小工");
    terminal.enters("我要接这个活");
    says_who(&terminal);
    terminal.enters("是，我接这个活");
    assert_eq!(terminal.screen(), "slip");
}

#[test]
fn one_registers_by_keys() {
    let terminal = at_a_keyboard();
    terminal.enters("登记");
    is_new(&terminal);
    assert_eq!(terminal.screen(), "registered");
}

#[test]
fn ones_jobs_are_seen_by_keys() {
    let terminal = at_a_keyboard();
    terminal.enters("我的活");
    is_known(&terminal);
    assert_eq!(terminal.screen(), "my_jobs");
}

#[test]
fn rights_are_read_by_keys_and_escape_goes_back() {
    let terminal = at_a_keyboard();
    terminal.enters("维权");
    assert_eq!(terminal.screen(), "rights");
    assert_eq!(terminal.has_keys(), None, "what had the keys is gone");
    presses(&terminal, Key::Escape);
    assert_eq!(terminal.screen(), "home");
    presses(&terminal, Key::Escape);
    assert_eq!(terminal.screen(), "home");
}

#[test]
fn what_lies_over_the_screen_has_the_keys() {
    let terminal = at_a_keyboard();
    terminal.tab_to("找活");
    terminal
        .controller
        .on(gighall_kiosk::terminal::state::Event::CallStaff(true));
    terminal.wait(Duration::from_millis(350));
    assert_eq!(
        terminal.has_keys().as_deref(),
        Some("找活"),
        "kept for later"
    );
    terminal.enter();
    assert_eq!(terminal.screen(), "home", "not behind the panel");
    let mut seen = Vec::new();
    for _ in 0..8 {
        terminal.types("\t");
        seen.extend(terminal.has_keys());
    }
    assert!(seen.iter().any(|it| it == "关闭"), "{seen:?}");
    assert!(!seen.iter().any(|it| it == "找活"), "{seen:?}");
    presses(&terminal, Key::Escape);
    let window = terminal.window().global::<Terminal>();
    assert!(!window.get_calling_staff());
}

#[test]
fn the_key_that_takes_the_warning_away_does_nothing_else() {
    let terminal = at_a_keyboard();
    for key in ["\n", " ", "\u{1b}"] {
        terminal.controller.wipe();
        terminal.enters("找活");
        terminal.tab_to("全部工种");
        terminal.wait(Duration::from_secs(61));
        let window = terminal.window().global::<Terminal>();
        assert!(window.get_idle_seconds() > 0);
        terminal.key(key);
        terminal.wait(Duration::from_millis(500));
        assert_eq!(window.get_idle_seconds(), -1);
        assert_eq!(terminal.screen(), "kinds");
        terminal.enter();
        assert_eq!(terminal.screen(), "results", "the next one does");
    }
}

#[test]
fn a_finger_takes_the_ring_away() {
    let terminal = at_a_keyboard();
    terminal.tab_to("找活");
    terminal.tap("登记");
    assert_eq!(terminal.has_keys(), None);
    terminal.enter();
    assert_eq!(terminal.screen(), "number");
}

#[test]
fn a_key_that_stays_down_presses_once() {
    let terminal = at_a_keyboard();
    terminal.tab_to("登记");
    terminal.key_down("\n");
    for _ in 0..40 {
        terminal.wait(Duration::from_millis(30));
        terminal.key_again("\n");
    }
    terminal.key_up("\n");
    assert_eq!(terminal.screen(), "number");
}

#[test]
fn keys_with_control_or_alt_do_nothing() {
    let terminal = at_a_keyboard();
    terminal.enters("登记");
    for held in [Key::Control, Key::Alt, Key::Meta] {
        terminal.key_down(&key_of(held));
        terminal.types("5\t");
        terminal.key(" ");
        terminal.key("\n");
        presses(&terminal, Key::Escape);
        presses(&terminal, Key::Backspace);
        terminal.key_up(&key_of(held));
        terminal.wait(Duration::from_secs(1));
    }
    assert_eq!(
        (terminal.screen().as_str(), number(&terminal)),
        ("number", String::new())
    );
    assert_eq!(terminal.has_keys(), None);
    terminal.types("5");
    assert_eq!(number(&terminal), "5", "and none of it stays");
}

#[test]
fn nothing_of_a_scan_is_left_in_a_field() {
    let terminal = at_a_keyboard();
    terminal.enters("登记");
    terminal.types("52");
    terminal.tab_to("3");
    terminal.wait(Duration::from_secs(1));
    terminal.scans("1042");
    assert_eq!(number(&terminal), "52");
    // It paused, and its first digits were taken for a person's until Enter came.
    terminal.wait(Duration::from_secs(1));
    for key in "10".chars() {
        terminal.key(&key.to_string());
    }
    terminal.wait(Duration::from_millis(150));
    assert_eq!(number(&terminal), "5210");
    terminal.scans("42900271");
    assert_eq!(number(&terminal), "52");
    assert_eq!(terminal.screen(), "number");
    // Some end with two line breaks.
    terminal.scans("1042\n");
    assert_eq!(
        (number(&terminal).as_str(), terminal.screen().as_str()),
        ("52", "number")
    );
    terminal.wait(Duration::from_secs(1));
    terminal.enter();
    assert_eq!(number(&terminal), "523", "and the key still has the keys");
}

#[test]
fn a_number_of_the_wall_is_typed() {
    let terminal = at_a_keyboard();
    terminal.enters("找活");
    terminal.enters("全部工种");
    terminal.enters("搜索 文字、编号");
    terminal.types("103 ");
    assert_eq!(terminal.window().global::<FindData>().get_words(), "103");
    assert_eq!(
        terminal.screen(),
        "words",
        "the space bar presses what has the keys alone"
    );
    terminal.enter();
    assert_eq!(terminal.screen(), "results");
    assert_eq!(terminal.window().global::<FindData>().get_total(), 1);
}

#[test]
fn arrows_go_over_the_digits_as_they_lie() {
    let terminal = at_a_keyboard();
    terminal.enters("登记");
    terminal.tab_to("5");
    for (key, to) in [
        (Key::UpArrow, "2"),
        (Key::LeftArrow, "1"),
        (Key::DownArrow, "4"),
        (Key::RightArrow, "5"),
        (Key::DownArrow, "8"),
        (Key::DownArrow, "0"),
    ] {
        presses(&terminal, key);
        assert_eq!(terminal.has_keys().as_deref(), Some(to));
    }
    terminal.enter();
    assert_eq!(number(&terminal), "0");
}
