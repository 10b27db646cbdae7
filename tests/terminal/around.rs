//! What is the same on every screen: language, progress, failures, the state of the link, calling staff.

use crate::support::*;
use gighall_kiosk::terminal::LinkView;
use gighall_kiosk::ui::RegisterData;
use slint::ComponentHandle;
use std::time::Duration;

#[test]
fn a_failing_store_is_said_and_what_was_typed_is_kept() {
    let terminal = terminal();
    *terminal.desk.fate.lock().expect("held") = Fate::Confirmed;
    find_a_job(&terminal);
    terminal.touch("我要接这个活");
    terminal.keys(&new_number());
    terminal.touch("下一步");
    *terminal.desk.store_fails.lock().expect("held") = true;
    register_somebody(&terminal);
    assert!(
        terminal
            .labels()
            .iter()
            .any(|label| label.contains("什么都没有改动"))
    );
    *terminal.desk.store_fails.lock().expect("held") = false;
    terminal.touch("知道了");
    assert_eq!(terminal.screen(), "consent");
    terminal.touch("没错，同意登记");
    assert_eq!(terminal.screen(), "confirm");
}

#[test]
fn a_wait_shows_progress_after_a_moment() {
    let terminal = terminal();
    terminal.touch("登记");
    terminal.keys(&known_number());
    terminal.later.slow.set(true);
    terminal.touch("下一步");
    assert!(!terminal.sees("请稍等……"));
    i_slint_backend_testing::mock_elapsed_time(Duration::from_millis(400));
    assert!(terminal.sees("请稍等……"));
    terminal.later.do_it();
    terminal.pass(1);
    settle();
    assert_eq!(terminal.screen(), "known");
    assert!(!terminal.sees("请稍等……"));
}

#[test]
fn the_language_changes_at_once_and_back() {
    let terminal = terminal();
    assert!(terminal.sees("找活"));
    terminal.touch("English");
    assert!(terminal.sees("Find work") && !terminal.sees("找活"));
    terminal.touch("中文");
    assert!(terminal.sees("找活"));
}

#[test]
fn being_offline_is_said_with_the_time() {
    let terminal = terminal();
    let from = "2026-11-23T00:15:00Z".parse().expect("a time");
    terminal.controller.set_link(LinkView {
        online: false,
        data_from: Some(from),
    });
    settle();
    assert!(terminal.sees("网络已断 · 岗位截至 今天 08:15"));
    *terminal.desk.hub_reached.lock().expect("held") = false;
    terminal.touch("登记");
    terminal.keys(&new_number());
    terminal.touch("下一步");
    assert!(
        terminal
            .labels()
            .iter()
            .any(|label| label.contains("联网后会自动认出您"))
    );
    terminal.controller.set_link(LinkView {
        online: true,
        data_from: Some(from),
    });
    settle();
    assert!(
        !terminal
            .labels()
            .iter()
            .any(|label| label.contains("网络已断 ·"))
    );
}

#[test]
fn what_only_staff_can_mend_is_on_the_screen() {
    let terminal = terminal();
    terminal.controller.set_trouble("unknown-hall");
    settle();
    assert!(terminal.sees("请工作人员处理：服务器没有这个市场"));
    for problem in gighall_kiosk::store::StaffCode::ALL {
        terminal.controller.set_trouble(problem.code());
        settle();
        assert!(!terminal.sees(problem.code()), "no words for {problem:?}");
    }
    terminal.controller.set_trouble("");
    settle();
    assert!(
        !terminal
            .labels()
            .iter()
            .any(|label| label.contains("请工作人员处理"))
    );
}

/// A kiosk that starts for the first time is enrolled a moment after its window opens.

#[test]
fn the_code_comes_as_soon_as_there_is_one() {
    let terminal = terminal();
    *terminal.desk.enrolled.lock().expect("held") = false;
    terminal.pass(60);
    settle();
    assert!(terminal.sees("二维码还没有生成"));
    *terminal.desk.enrolled.lock().expect("held") = true;
    terminal.pass(1);
    settle();
    assert!(!terminal.sees("二维码还没有生成"));
}

#[test]
fn staff_can_be_called_from_anywhere() {
    let terminal = terminal();
    terminal.touch("登记");
    terminal.touch("请人帮忙");
    assert!(terminal.sees("已呼叫工作人员"));
    terminal.touch("关闭");
    assert!(!terminal.sees("已呼叫工作人员"));
    assert_eq!(terminal.screen(), "number");
}

#[test]
fn fields_take_only_so_much() {
    let terminal = terminal();
    terminal.touch("登记");
    for _ in 0..200 {
        terminal.touch("1");
    }
    let form = terminal.window().global::<RegisterData>();
    assert_eq!(
        form.get_number()
            .chars()
            .filter(char::is_ascii_digit)
            .count(),
        18
    );
}
