//! What makes it hard to find work, asked at the terminal, by the labels that are on the buttons.

use crate::support::*;
use gighall_core::hardship::Hardship;
use gighall_kiosk::ui::{RegisterData, Spoken, Terminal};
use slint::{ComponentHandle, Model};

type Said = Vec<(Vec<Hardship>, Option<String>)>;

fn said(terminal: &TestTerminal) -> Said {
    let all = &terminal.desk.services.hardship;
    all.lock().expect("held").clone()
}

/// Somebody new, as far as the question.
fn is_asked(terminal: &TestTerminal) {
    terminal.touch("登记");
    terminal.keys(&new_number());
    terminal.touch("下一步");
    terminal.keys("zhang");
    terminal.touch("张");
    terminal.touch("下一步");
    terminal.touch("我没有手机");
    terminal.touch("不设密码，以后用身份证、零工码或找人");
    terminal.touch("不选，下一步");
    assert_eq!(terminal.screen(), "hardship");
}

fn registers(terminal: &TestTerminal) {
    assert_eq!(terminal.screen(), "consent");
    terminal.touch("没错，同意登记");
    assert_eq!(terminal.screen(), "registered");
}

/// Somebody known, at the question that they came for.
fn comes_to_say_it(terminal: &TestTerminal) {
    terminal.touch("其他服务");
    terminal.touch("就业困难帮扶");
    terminal.keys(&known_number());
    terminal.touch("下一步");
    terminal.touch("是我本人");
    assert_eq!(terminal.screen(), "hardship_anew");
}

fn chosen(terminal: &TestTerminal) -> i32 {
    let data = terminal.window().global::<RegisterData>();
    let rows = data.get_hardship().iter().filter(|it| it.chosen).count();
    assert_eq!(
        i32::try_from(rows).expect("few"),
        data.get_hardship_chosen()
    );
    data.get_hardship_chosen()
}

#[test]
fn one_touch_leaves_it_out_and_nothing_is_told() {
    let terminal = terminal();
    is_asked(&terminal);
    // What is chosen by then is left out with the rest.
    terminal.touch("易地搬迁");
    terminal.touch("不说，下一步");
    assert_eq!(chosen(&terminal), 0);
    registers(&terminal);
    assert!(said(&terminal).is_empty());
    assert_eq!(terminal.desk.registered.lock().expect("held").len(), 1);
}

#[test]
fn what_is_chosen_is_told_once_it_is_agreed_to_on_its_own() {
    let terminal = terminal();
    is_asked(&terminal);
    for kind in ["享受低保", "身体有残疾", "享受低保", "家里没人有工作"] {
        terminal.touch(kind);
    }
    assert_eq!(chosen(&terminal), 2);
    // Age is not asked.
    assert!(!terminal.labels().iter().any(|label| label.contains("大龄")));
    terminal.touch("同意告诉工作人员（已选 2 项）");
    assert!(
        terminal.sees("只给工作人员看 2 项"),
        "{:#?}",
        terminal.labels()
    );
    assert!(!terminal.labels().iter().any(|label| label.contains("残疾")));
    terminal.touch("没错，同意登记");
    assert_eq!(terminal.screen(), "registered");
    let told = vec![Hardship::Disabled, Hardship::NoEarner];
    assert_eq!(said(&terminal), [(told, None)]);
    assert_eq!(chosen(&terminal), 0, "it is forgotten with the form");
}

#[test]
fn whoever_goes_back_to_it_has_not_agreed_to_it() {
    let terminal = terminal();
    is_asked(&terminal);
    terminal.touch("其他难处");
    terminal.touch("同意告诉工作人员（已选 1 项）");
    terminal.touch("返回");
    assert_eq!(
        (terminal.screen().as_str(), chosen(&terminal)),
        ("hardship", 1)
    );
    terminal.touch("不说，下一步");
    registers(&terminal);
    assert!(said(&terminal).is_empty());
}

#[test]
fn why_it_is_asked_stands_there_and_is_read_aloud_and_what_was_chosen_is_not() {
    let terminal = terminal();
    is_asked(&terminal);
    terminal.touch("享受低保");
    let spoken = terminal.window().global::<Spoken>().invoke_words();
    let seen = terminal.labels().join("\n");
    for part in [
        "优先留给就业困难的人",
        "只有市场工作人员能看到",
        "说不说都由您",
        "随时可以",
    ] {
        assert!(spoken.contains(part), "{spoken}");
        assert!(seen.contains(part), "{seen}");
    }
    assert!(seen.contains("第 1 版"), "{seen}");
    assert!(!spoken.contains("低保"));
}

#[test]
fn whoever_is_registered_says_it_anew_or_takes_it_back() {
    let terminal = terminal();
    comes_to_say_it(&terminal);
    terminal.touch("一年以上没工作");
    terminal.touch("同意告诉工作人员（已选 1 项）");
    assert_eq!(terminal.screen(), "hardship_told");
    assert!(terminal.sees("已经告诉工作人员"));
    assert_eq!(chosen(&terminal), 0);
    terminal.touch("完成");
    assert_nothing_personal(&terminal);

    comes_to_say_it(&terminal);
    assert_eq!(chosen(&terminal), 0, "what was said before is not shown");
    terminal.touch("收回以前说的");
    // One touch takes nothing back.
    assert_eq!(terminal.screen(), "hardship_back");
    assert_eq!(said(&terminal).len(), 1);
    terminal.touch("不，返回");
    assert_eq!(terminal.screen(), "hardship_anew");
    terminal.touch("收回以前说的");
    let spoken = terminal.window().global::<Spoken>().invoke_words();
    assert!(spoken.contains("不再优先留给您"), "{spoken}");
    terminal.touch("是，收回");
    assert_eq!(terminal.screen(), "hardship_told");
    assert!(terminal.sees("已经收回"));
    terminal.touch("完成");
    let all = [(vec![Hardship::LongWithout], None), (vec![], None)];
    assert_eq!(said(&terminal), all);
}

#[test]
fn whoever_comes_to_say_it_and_is_new_is_asked_once() {
    let terminal = terminal();
    terminal.touch("其他服务");
    terminal.touch("就业困难帮扶");
    terminal.keys(&new_number());
    terminal.touch("下一步");
    terminal.keys("zhang");
    terminal.touch("张");
    terminal.touch("下一步");
    terminal.touch("我没有手机");
    terminal.touch("不设密码，以后用身份证、零工码或找人");
    terminal.touch("不选，下一步");
    assert_eq!(terminal.screen(), "consent");
    terminal.touch("没错，同意登记");
    assert_eq!(terminal.screen(), "hardship_anew");
    terminal.touch("身体有残疾");
    terminal.touch("同意告诉工作人员（已选 1 项）");
    assert_eq!(terminal.screen(), "hardship_told");
    assert_eq!(said(&terminal), [(vec![Hardship::Disabled], None)]);
}

#[test]
fn a_store_that_fails_keeps_the_choice_on_the_screen() {
    let terminal = terminal();
    is_asked(&terminal);
    terminal.touch("身体有残疾");
    terminal.touch("同意告诉工作人员（已选 1 项）");
    *terminal.desk.store_fails.lock().expect("held") = true;
    terminal.touch("没错，同意登记");
    let window = terminal.window();
    let failure = window.global::<Terminal>().get_failure();
    assert_eq!(failure, "store");
    assert!(said(&terminal).is_empty());
    *terminal.desk.store_fails.lock().expect("held") = false;
    terminal.touch("知道了");
    terminal.touch("没错，同意登记");
    assert_eq!(said(&terminal).len(), 1);
}

#[test]
fn it_goes_with_whoever_leaves() {
    let terminal = terminal();
    is_asked(&terminal);
    terminal.touch("身体有残疾");
    terminal.controller.wipe();
    assert_eq!(terminal.screen(), "home");
    assert_eq!(chosen(&terminal), 0);
    assert_nothing_personal(&terminal);
    is_asked(&terminal);
    assert_eq!(chosen(&terminal), 0);
}
