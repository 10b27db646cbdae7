//! What a person leaves behind at the terminal: nothing.

use crate::support::*;
use gighall_kiosk::ui::{ClaimData, FindData, KeyboardData, PassData, Terminal, Theme};
use slint::ComponentHandle;

#[test]
fn a_minute_without_touch_leaves_nothing() {
    let terminal = terminal();
    terminal.controller.touched(true);
    terminal.controller.touched(false);
    terminal.touch("English");
    terminal.touch("Large type");
    terminal.touch("Register");
    terminal.keys(&new_number());
    terminal.touch("Next");
    terminal.keys("zhang");
    assert_eq!(
        terminal.window().global::<KeyboardData>().get_letters(),
        "zhang"
    );
    terminal.controller.touched(true);
    terminal.controller.touched(false);
    terminal.pass(59);
    assert!(!terminal.sees("Are you still there?"));
    terminal.pass(1);
    settle();
    assert!(terminal.sees("Are you still there?"));
    terminal.pass(5);
    settle();
    assert!(terminal.sees("Seconds left 10"));
    // Any touch goes on, and what was typed is still there. Until the finger is lifted the
    // warning stays, so that the touch reaches no button behind it.
    terminal.controller.touched(true);
    terminal.pass(20);
    settle();
    assert!(terminal.sees("Are you still there?"));
    terminal.controller.touched(false);
    settle();
    assert!(!terminal.sees("Are you still there?"));
    assert_eq!(
        terminal.window().global::<KeyboardData>().get_letters(),
        "zhang"
    );
    terminal.pass(60);
    terminal.pass(15);
    settle();
    assert_eq!(terminal.screen(), "home");
    assert_nothing_personal(&terminal);
    assert!(!terminal.window().global::<Theme>().get_large_type());
    assert!(terminal.sees("找活"), "the hall's language again");
}

#[test]
fn the_slip_is_wiped_and_its_code_with_it() {
    let terminal = terminal();
    claims(&terminal, Fate::Confirmed);
    assert!(terminal.window().global::<ClaimData>().get_slip().shown);
    terminal.controller.touched(false);
    terminal.pass(60);
    terminal.pass(15);
    assert_eq!(terminal.screen(), "home");
    assert_nothing_personal(&terminal);
}

#[test]
fn a_pass_is_on_the_screen_only_and_goes_with_it() {
    let terminal = terminal();
    let text = gets_a_pass(&terminal).text();
    let shown = || terminal.window().global::<PassData>().get_code().shown;
    assert!(shown());
    let told = terminal.labels();
    assert!(
        !told.iter().any(|label| label.contains(&text)),
        "no words hold it"
    );
    assert_eq!(
        terminal.window().global::<PassData>().get_code().address,
        ""
    );
    terminal.touch("返回");
    assert_eq!(terminal.screen(), "my_jobs");
    assert!(!shown(), "it is not come back to");
    terminal.touch("我的零工码");
    terminal.touch("给我新的零工码");
    assert!(shown());
    terminal.touch("完成");
    assert_eq!(terminal.screen(), "home");
    assert_nothing_personal(&terminal);
    gets_a_pass(&terminal);
    terminal.controller.touched(true);
    terminal.controller.touched(false);
    terminal.pass(60);
    terminal.pass(15);
    assert_eq!(terminal.screen(), "home");
    assert_nothing_personal(&terminal);
}

#[test]
fn it_never_wipes_under_a_finger() {
    let terminal = terminal();
    terminal.touch("登记");
    terminal.controller.touched(true);
    terminal.pass(1_000);
    terminal.pass(1_000);
    assert_eq!(terminal.screen(), "number");
    assert_eq!(
        terminal.window().global::<Terminal>().get_idle_seconds(),
        -1
    );
}

#[test]
fn an_answer_for_a_wiped_session_finds_nobody() {
    let terminal = terminal();
    terminal.controller.touched(true);
    terminal.controller.touched(false);
    terminal.touch("登记");
    terminal.keys(&known_number());
    terminal.later.slow.set(true);
    terminal.touch("下一步");
    terminal.pass(60);
    terminal.pass(15);
    terminal.later.do_it();
    terminal.pass(1);
    settle();
    assert_eq!(terminal.screen(), "home");
    assert_nothing_personal(&terminal);
    // And the next person can use it.
    terminal.later.slow.set(false);
    terminal.touch("登记");
    assert_eq!(terminal.screen(), "number");
}

#[test]
fn home_ends_what_somebody_was_doing() {
    let terminal = terminal();
    terminal.touch("登记");
    terminal.keys(&known_number());
    terminal.touch("下一步");
    terminal.touch("是我本人");
    assert_eq!(terminal.screen(), "registered");
    terminal.touch("首页");
    assert_nothing_personal(&terminal);
    terminal.touch("我的活");
    assert_eq!(
        terminal.screen(),
        "number",
        "the next person has to say who they are"
    );
}

#[test]
fn going_back_to_the_first_screen_ends_it_too() {
    let terminal = terminal();
    terminal.touch("我的活");
    terminal.keys(&known_number());
    terminal.touch("下一步");
    terminal.touch("是我本人");
    assert_eq!(terminal.screen(), "my_jobs");
    terminal.touch("返回");
    assert_eq!(terminal.screen(), "home");
    assert_nothing_personal(&terminal);
    terminal.touch("我的活");
    assert_eq!(terminal.screen(), "number");
}

#[test]
fn an_answer_for_somebody_who_went_home_finds_nobody() {
    let terminal = terminal();
    terminal.touch("我的活");
    terminal.keys(&known_number());
    terminal.touch("下一步");
    terminal.touch("是我本人");
    // The list is asked for once more, with nobody waiting, and the answer takes its time.
    terminal.later.slow.set(true);
    terminal.controller.store_changed();
    terminal.touch("首页");
    terminal.later.do_it();
    terminal.pass(1);
    settle();
    assert_nothing_personal(&terminal);
}

#[test]
fn the_code_for_phones_is_made_anew_every_minute() {
    let terminal = terminal();
    let address = || {
        terminal
            .window()
            .global::<Terminal>()
            .get_hall_code()
            .address
    };
    let first = address();
    assert!(first.starts_with("http://"));
    terminal.pass(30);
    assert_eq!(address(), first);
    terminal.pass(31);
    assert_ne!(address(), first);
    find_a_job(&terminal);
    let job_code = terminal.window().global::<FindData>().get_job_code();
    assert!(job_code.shown && job_code.address.contains("/j/"));
    assert_eq!(address(), "", "what is not in sight is not kept");
}

#[test]
fn the_next_person_begins_with_the_halls_colours() {
    let terminal = terminal();
    let theme = || {
        let theme = terminal.window().global::<Theme>();
        theme.get_theme().to_string()
    };
    assert_eq!(theme(), "day");
    terminal.touch("黑底白字");
    assert_eq!(theme(), "contrast");
    // Going home is still the same person.
    terminal.touch("找活");
    terminal.touch("首页");
    assert_eq!(theme(), "contrast");
    terminal.controller.wipe();
    settle();
    assert_eq!(theme(), "day");
    terminal.touch("黑底白字");
    terminal.touch("平常颜色");
    assert_eq!(theme(), "day");
}
