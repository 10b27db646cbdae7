//! What a person does at the terminal, from the first touch to the slip, by the labels that are on
//! the buttons.

mod terminal_support;

use gighall_core::claim::{ClaimReason, ClaimState};
use gighall_core::job::WorkKind;
use gighall_kiosk::terminal::LinkView;
use gighall_kiosk::terminal::desk::DeskError;
use gighall_kiosk::ui::{
    ClaimData, FindData, KeyboardData, MyJobsData, RegisterData, Terminal, TerminalWindow, Theme,
};
use slint::{ComponentHandle, Model};
use std::time::Duration;
use terminal_support::{Fate, TestTerminal, known_number, new_number};

fn terminal() -> TestTerminal {
    i_slint_backend_testing::init_no_event_loop();
    let window = TerminalWindow::new().expect("a window");
    window
        .window()
        .set_size(slint::PhysicalSize::new(1920, 1080));
    window.show().expect("shown");
    let terminal = TestTerminal::new(window);
    settle();
    terminal
}

fn settle() {
    i_slint_backend_testing::mock_elapsed_time(Duration::from_millis(20));
}

/// From the first screen to the page of the first job.
fn find_a_job(terminal: &TestTerminal) {
    terminal.touch("找活");
    terminal.touch("全部工种");
    assert_eq!(terminal.screen(), "results");
    terminal.touch("100 砌砖小工");
    assert_eq!(terminal.screen(), "job");
}

/// The screens after the number of somebody new, up to the last question.
fn register_somebody(terminal: &TestTerminal) {
    assert_eq!(terminal.screen(), "name");
    terminal.keys("zhangwei");
    terminal.touch("张");
    while !terminal.sees("伟") {
        terminal.touch("后一页");
    }
    terminal.touch("伟");
    terminal.touch("下一步");
    assert_eq!(terminal.screen(), "phone");
    terminal.keys("13912345678");
    terminal.touch("下一步");
    assert_eq!(terminal.screen(), "work_kinds");
    terminal.touch("建筑");
    terminal.touch("焊工");
    terminal.touch("下一步（已选 2 种）");
    assert_eq!(terminal.screen(), "consent");
    terminal.touch("下一步");
    assert_eq!(terminal.screen(), "consent", "not without consent");
    terminal.touch("我看过了，同意");
    terminal.touch("下一步");
    assert_eq!(terminal.screen(), "review");
    assert!(
        terminal.sees("身份证号 5224**********123X")
            || terminal.sees("身份证号 5224**********1235")
            || terminal
                .labels()
                .iter()
                .any(|l| l.starts_with("身份证号 5224**********"))
    );
    terminal.touch("没错，登记");
}

#[test]
fn from_the_first_touch_to_the_slip() {
    let terminal = terminal();
    find_a_job(&terminal);
    terminal.touch("我要接这个活");
    assert_eq!(terminal.screen(), "number");
    terminal.keys(&new_number());
    assert!(terminal.sees("1975 年 1 月 1 日出生，男"));
    terminal.touch("下一步");
    register_somebody(&terminal);
    assert_eq!(terminal.screen(), "confirm");
    assert!(terminal.sees("本人 张*"));
    assert!(terminal.sees("地点 草海镇零工驿站门口"));
    terminal.touch("是，我接这个活");
    assert_eq!(terminal.screen(), "slip");
    assert!(terminal.sees("✓ 已录用"));
    assert!(terminal.sees("07-0143"));
    assert!(
        terminal
            .labels()
            .iter()
            .any(|l| l.starts_with("http://192.168.8.20:8080/s/"))
    );
    let registered = terminal.desk.registered.lock().expect("held");
    assert_eq!(registered[0].name, "张伟");
    assert_eq!(registered[0].phone.as_deref(), Some("13912345678"));
    assert_eq!(
        registered[0].work_kinds,
        [WorkKind::Construction, WorkKind::Welding]
    );
    drop(registered);
    terminal.touch("办好了");
    assert_eq!(terminal.screen(), "home");
    assert_nothing_personal(&terminal);
}

#[test]
fn a_wrong_digit_is_said_at_once() {
    let terminal = terminal();
    terminal.touch("登记");
    let number = new_number();
    let last = if number.ends_with('1') { "2" } else { "1" };
    terminal.keys(&format!("{}{last}", &number[..17]));
    assert!(terminal.sees("有一位数字不对，请对照身份证逐位检查。"));
    terminal.touch("下一步");
    assert_eq!(terminal.screen(), "number");
    terminal.touch("删除");
    assert!(!terminal.sees("有一位数字不对，请对照身份证逐位检查。"));
    terminal.keys(&number[17..]);
    terminal.touch("下一步");
    assert_eq!(terminal.screen(), "name");
}

#[test]
fn a_person_who_is_known_says_so_and_goes_on() {
    let terminal = terminal();
    find_a_job(&terminal);
    terminal.touch("我要接这个活");
    terminal.keys(&known_number());
    terminal.touch("下一步");
    assert_eq!(terminal.screen(), "known");
    assert!(terminal.sees("李*峰"));
    assert!(
        !terminal
            .labels()
            .iter()
            .any(|label| label.contains("李小峰"))
    );
    terminal.touch("是我本人");
    assert_eq!(terminal.screen(), "confirm");
    // 58 years old: told about insurance, not turned away.
    assert!(
        terminal
            .labels()
            .iter()
            .any(|label| label.contains("50 岁"))
    );
    terminal.touch("返回");
    assert_eq!(terminal.screen(), "job");
}

fn claims(terminal: &TestTerminal, fate: Fate) {
    *terminal.desk.fate.lock().expect("held") = fate;
    find_a_job(terminal);
    terminal.touch("我要接这个活");
    terminal.keys(&known_number());
    terminal.touch("下一步");
    terminal.touch("是我本人");
    terminal.touch("是，我接这个活");
}

#[test]
fn without_hub_and_right_the_claim_is_said_to_be_provisional() {
    let terminal = terminal();
    claims(&terminal, Fate::Provisional);
    assert!(terminal.sees("待确认：还没有录用"));
    assert!(!terminal.sees("✓ 已录用"));
    assert!(
        terminal
            .labels()
            .iter()
            .any(|label| label.contains("名额还没有给您留住"))
    );
}

#[test]
fn when_the_employer_chooses_the_slip_says_so() {
    let terminal = terminal();
    claims(&terminal, Fate::Claimed);
    assert!(terminal.sees("✓ 报名成功"));
}

#[test]
fn a_full_job_leads_to_jobs_like_it() {
    let terminal = terminal();
    claims(&terminal, Fate::Full { elsewhere: false });
    assert_eq!(terminal.screen(), "full");
    assert!(terminal.sees("对不起，最后一个名额刚刚被领走"));
    terminal.touch("103 房屋保洁");
    assert_eq!(terminal.screen(), "job");
    // The person is still known.
    terminal.touch("我要接这个活");
    assert_eq!(terminal.screen(), "confirm");
}

#[test]
fn a_rule_that_stands_against_it_is_said_in_words() {
    for (reason, words) in [
        (
            ClaimReason::Overlap,
            "您在这个时间已经有别的活。请先取消那个，或换一个活。",
        ),
        (ClaimReason::Age, "您的年龄不符合法律规定或用工方的要求。"),
        (
            ClaimReason::TooMany,
            "您手上的活已经达到上限，请先干完或取消一个。",
        ),
    ] {
        std::thread::spawn(move || {
            let terminal = terminal();
            claims(&terminal, Fate::Refused(reason));
            assert_eq!(terminal.screen(), "refused");
            assert!(terminal.sees(words), "{:#?}", terminal.labels());
        })
        .join()
        .expect("said");
    }
}

#[test]
fn a_job_is_withdrawn_from() {
    let terminal = terminal();
    terminal.desk.had_claimed(0, ClaimState::Confirmed);
    terminal.desk.had_claimed(1, ClaimState::Settled);
    terminal.touch("我的活");
    terminal.keys(&known_number());
    terminal.touch("下一步");
    terminal.touch("是我本人");
    assert_eq!(terminal.screen(), "my_jobs");
    assert!(
        !terminal.sees("取消 07-0043"),
        "what is paid is not withdrawn from"
    );
    terminal.touch("取消 07-0042");
    assert_eq!(terminal.screen(), "withdraw");
    terminal.touch("确定取消");
    assert_eq!(terminal.screen(), "my_jobs");
    assert!(terminal.sees("已经取消，名额让给别人了。"));
    assert!(!terminal.sees("取消 07-0042"));
}

#[test]
fn too_late_to_withdraw_is_explained() {
    let terminal = terminal();
    terminal.desk.had_claimed(0, ClaimState::Confirmed);
    *terminal.desk.withdraw_fails.lock().expect("held") = Some(DeskError::TooLate);
    terminal.touch("我的活");
    terminal.keys(&known_number());
    terminal.touch("下一步");
    terminal.touch("是我本人");
    terminal.touch("取消 07-0042");
    terminal.touch("确定取消");
    assert!(
        terminal
            .labels()
            .iter()
            .any(|label| label.contains("这个活还是您的"))
    );
    terminal.touch("知道了");
    assert_eq!(terminal.screen(), "my_jobs");
    assert!(terminal.sees("取消 07-0042"));
}

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
    assert_eq!(terminal.screen(), "review");
    terminal.touch("没错，登记");
    assert_eq!(terminal.screen(), "confirm");
}

#[test]
fn a_double_tap_claims_once() {
    let terminal = terminal();
    find_a_job(&terminal);
    terminal.touch("我要接这个活");
    terminal.keys(&known_number());
    terminal.touch("下一步");
    terminal.touch("是我本人");
    terminal.later.slow.set(true);
    terminal.touch("是，我接这个活");
    terminal.touch("是，我接这个活");
    terminal.touch("是，我接这个活");
    terminal.later.do_it();
    terminal.pass(1);
    terminal.later.do_it();
    terminal.pass(1);
    assert_eq!(terminal.screen(), "slip");
    assert_eq!(*terminal.desk.claims_asked.lock().expect("held"), 1);
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

/// Every property that a person could leave something in.
fn assert_nothing_personal(terminal: &TestTerminal) {
    let window = terminal.window();
    let form = window.global::<RegisterData>();
    for text in [
        form.get_number(),
        form.get_number_error(),
        form.get_sex(),
        form.get_masked_name(),
        form.get_masked_number(),
        form.get_masked_phone(),
        form.get_name(),
        form.get_phone(),
    ] {
        assert_eq!(text, "");
    }
    assert_eq!(form.get_birth_year(), 0);
    assert_eq!(form.get_kinds_chosen(), 0);
    assert!(!form.get_agreed());
    assert!(form.get_kinds().iter().all(|kind| !kind.chosen));
    let claim = window.global::<ClaimData>();
    for text in [
        claim.get_masked_name(),
        claim.get_number(),
        claim.get_reason(),
        claim.get_outcome(),
        claim.get_slip().address,
        claim.get_job().item.title,
    ] {
        assert_eq!(text, "");
    }
    assert!(!claim.get_slip().shown);
    assert_eq!(claim.get_slip().picture.size().width, 0);
    let mine = window.global::<MyJobsData>();
    assert_eq!(mine.get_rows().row_count(), 0);
    assert_eq!(mine.get_masked_name(), "");
    assert_eq!(mine.get_chosen().number, "");
    let keyboard = window.global::<KeyboardData>();
    assert_eq!(keyboard.get_letters(), "");
    assert_eq!(keyboard.get_candidates().row_count(), 0);
    let find = window.global::<FindData>();
    assert_eq!(find.get_words(), "");
    assert_eq!(find.get_job().item.title, "");
    assert_eq!(find.get_job_code().address, "");
    assert_eq!(find.get_rows().row_count(), 0);
    assert_eq!(
        (find.get_kind(), find.get_town(), find.get_pay()),
        Default::default()
    );
}

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
    // Any touch goes on, and what was typed is still there.
    terminal.controller.touched(true);
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
fn the_language_changes_at_once_and_back() {
    let terminal = terminal();
    assert!(terminal.sees("找活"));
    terminal.touch("English");
    assert!(terminal.sees("Find work") && !terminal.sees("找活"));
    terminal.touch("中文");
    assert!(terminal.sees("找活"));
}

#[test]
fn work_is_found_by_kind_town_pay_and_words() {
    let terminal = terminal();
    terminal.touch("找活");
    terminal.touch("农活采摘");
    let find = || terminal.window().global::<FindData>();
    assert_eq!(find().get_total(), 5);
    terminal.touch("乡镇 全部乡镇");
    terminal.touch("中水镇");
    assert_eq!(find().get_total(), 2);
    terminal.touch("一天工钱 不限");
    terminal.touch("一天 300 元以上");
    assert_eq!(find().get_total(), 2);
    terminal.touch("工种 农活采摘");
    terminal.touch("全部工种");
    terminal.touch("乡镇 中水镇");
    terminal.touch("全部乡镇");
    terminal.touch("一天工钱 300 元起");
    terminal.touch("多少都行");
    assert_eq!(find().get_total(), 40);
    terminal.touch("结算 不限");
    assert!(find().get_daily());
    terminal.touch("搜索 文字、编号");
    terminal.keys("102");
    terminal.touch("搜索");
    assert_eq!(find().get_total(), 1);
    terminal.touch("102 装卸土豆");
    assert_eq!(terminal.screen(), "job");
}

#[test]
fn nothing_found_says_so_and_leads_on() {
    let terminal = terminal();
    terminal.touch("找活");
    terminal.touch("全部工种");
    terminal.touch("搜索 文字、编号");
    terminal.keys("999");
    terminal.touch("搜索");
    assert!(terminal.sees("没有完全合适的岗位。"));
    terminal.touch("看全部岗位");
    assert_eq!(terminal.window().global::<FindData>().get_total(), 40);
}

#[test]
fn the_list_is_paged() {
    let terminal = terminal();
    terminal.touch("找活");
    terminal.touch("全部工种");
    let find = || terminal.window().global::<FindData>();
    let rows = find().get_rows().row_count();
    assert!((4..=9).contains(&rows), "{rows}");
    let first = find().get_rows().row_data(0).expect("a row").number;
    terminal.touch("▼ 下一页");
    assert_eq!(find().get_page(), 2);
    assert_ne!(find().get_rows().row_data(0).expect("a row").number, first);
    terminal.touch("▲ 上一页");
    assert_eq!(find().get_rows().row_data(0).expect("a row").number, first);
}

#[test]
fn a_full_job_changes_while_it_is_read() {
    let terminal = terminal();
    find_a_job(&terminal);
    terminal.desk.jobs.lock().expect("held")[0].places_left = 0;
    terminal.controller.store_changed();
    settle();
    assert!(terminal.sees("已经不招了"));
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
fn staff_can_be_called_from_anywhere() {
    let terminal = terminal();
    terminal.touch("登记");
    terminal.touch("请人帮忙");
    assert!(terminal.sees("请找工作人员"));
    terminal.touch("关闭");
    assert!(!terminal.sees("请找工作人员"));
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
