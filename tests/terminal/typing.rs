//! What the terminal's own keyboard offers, field by field, and that nothing of it stays.

use crate::support::*;
use gighall_kiosk::ui::{FindData, KeyboardData, RegisterData};
use slint::{ComponentHandle, Model};

fn offered(terminal: &TestTerminal) -> Vec<String> {
    let candidates = terminal.window().global::<KeyboardData>().get_candidates();
    candidates.iter().map(|it| it.text.to_string()).collect()
}

fn letters(terminal: &TestTerminal) -> String {
    let keyboard = terminal.window().global::<KeyboardData>();
    keyboard.get_letters().to_string()
}

#[test]
fn whoever_looks_for_work_is_offered_the_words_of_this_hall_first() {
    let terminal = terminal();
    terminal.desk.jobs.lock().expect("held")[0].employer.name = "草海乌撒路桥".to_owned();
    find_a_job(&terminal);
    terminal.touch("返回");
    terminal.touch("搜索 文字、编号");
    assert_eq!(terminal.screen(), "words");
    terminal.keys("caohwu");
    assert_eq!(offered(&terminal)[0], "草海乌撒路桥");
    terminal.touch("草海乌撒路桥");
    assert_eq!(letters(&terminal), "");
    let find = || terminal.window().global::<FindData>();
    assert_eq!(find().get_words(), "草海乌撒路桥");
    // Initials, and the longest word first; what it leaves waits for the next choice.
    terminal.keys("sngong");
    assert_eq!(offered(&terminal)[0], "水泥工");
    terminal.keys("caohai");
    terminal.touch("水泥工");
    assert_eq!(letters(&terminal), "caohai");
    terminal.touch("草海镇");
    assert_eq!(find().get_words(), "草海乌撒路桥水泥工草海镇");
    terminal.touch("首页");
    assert_nothing_personal(&terminal);
}

#[test]
fn free_text_is_written_word_by_word_and_learnt_by_nobody() {
    let terminal = terminal();
    let complains = || {
        terminal.touch("维权");
        terminal.touch("我要投诉");
        terminal.touch("我看过了，同意");
        terminal.touch("干活不安全");
        terminal.touch("最近一周");
        assert_eq!(terminal.screen(), "complain_words");
        terminal.keys("laobanqianxin");
        offered(&terminal)
    };
    let first = complains();
    assert_eq!(first[0], "老板");
    // Others than the best are chosen, many times.
    for _ in 0..5 {
        terminal.touch(&offered(&terminal)[1]);
        terminal.keys("laobanqianxin");
    }
    terminal.touch("首页");
    assert_nothing_personal(&terminal);
    assert_eq!(complains(), first);
}

#[test]
fn a_name_is_made_of_surnames_and_characters_of_names() {
    let terminal = terminal();
    terminal.touch("登记");
    terminal.keys(&new_number());
    terminal.touch("下一步");
    assert_eq!(terminal.screen(), "name");
    terminal.keys("zw");
    let first = offered(&terminal);
    assert!(first.contains(&"张".to_owned()), "{first:?}");
    assert!(first.iter().all(|text| text.chars().count() == 1));
    terminal.touch("张");
    assert_eq!(letters(&terminal), "w");
    assert!(offered(&terminal).contains(&"伟".to_owned()));
    terminal.touch("伟");
    let name = terminal.window().global::<RegisterData>().get_name();
    assert_eq!(name, "张伟");
}
