//! What somebody does about their own jobs: withdrawing, and saying whether the pay has come.

use crate::support::*;
use gighall_core::claim::ClaimState;
use gighall_kiosk::terminal::desk::DeskError;
use gighall_kiosk::ui::{ClaimData, MyJobsData};
use slint::{ComponentHandle, Model};

fn sees_their_jobs(terminal: &TestTerminal) {
    terminal.touch("我的活");
    terminal.keys(&known_number());
    terminal.touch("下一步");
    terminal.touch("是我本人");
}

#[test]
fn a_job_is_withdrawn_from() {
    let terminal = terminal();
    terminal.desk.had_claimed(0, ClaimState::Confirmed);
    terminal.desk.had_claimed(1, ClaimState::Settled);
    sees_their_jobs(&terminal);
    assert_eq!(terminal.screen(), "my_jobs");
    assert!(
        !terminal.sees("取消 07-0043"),
        "what is paid is not withdrawn from"
    );
    terminal.touch("取消 07-0042");
    assert_eq!(terminal.screen(), "withdraw");
    terminal.touch("确定取消");
    assert_eq!(terminal.screen(), "my_jobs");
    assert!(terminal.sees("已经取消，不用去了。"));
    assert!(!terminal.sees("取消 07-0042"));
}

#[test]
fn a_worker_says_that_the_pay_has_come_or_is_told_what_to_do() {
    let terminal = terminal();
    terminal.desk.had_worked(0, 3);
    terminal.desk.had_worked(1, 0);
    terminal.desk.had_claimed(2, ClaimState::Confirmed);
    sees_their_jobs(&terminal);
    let states = || -> Vec<(String, String)> {
        let mine = terminal.window().global::<MyJobsData>();
        let rows = mine.get_rows();
        rows.iter()
            .map(|row| (row.number.into(), row.state.into()))
            .collect()
    };
    let row = |number: &str, state: &str| (number.to_owned(), state.to_owned());
    let work_to_come = row("07-0044", "confirmed");
    assert_eq!(
        states(),
        [
            work_to_come.clone(),
            row("07-0042", "overdue"),
            row("07-0043", "completed")
        ]
    );
    assert!(!terminal.sees("结没结 07-0044"), "this work is to come");
    terminal.touch("结没结 07-0043");
    assert_eq!(terminal.screen(), "paid");
    terminal.touch("工钱没拿到");
    assert_eq!(terminal.screen(), "unpaid");
    assert!(terminal.labels().iter().any(|it| it.contains("12333")));
    terminal.touch("回到我的活");
    assert_eq!(states()[2], row("07-0043", "completed"));
    terminal.touch("结没结 07-0042");
    terminal.touch("工钱拿到了");
    assert_eq!(terminal.screen(), "all_paid", "asked once");
    terminal.touch("还没有");
    assert_eq!(terminal.screen(), "paid");
    assert_eq!(states()[1], row("07-0042", "overdue"));
    terminal.touch("工钱拿到了");
    terminal.touch("是，全部拿到了");
    assert_eq!(terminal.screen(), "rate");
    assert!(terminal.sees("已经记下：工钱拿到了。"));
    terminal.touch("不想说");
    assert_eq!(terminal.screen(), "my_jobs");
    let ratings = || terminal.desk.services.ratings.lock().expect("held").len();
    assert_eq!(ratings(), 0, "nobody has to say it");
    assert_eq!(states()[1], row("07-0042", "settled"));
    assert!(!terminal.sees("结没结 07-0042"));
    // Whoever thinks better of it says it later.
    terminal.touch("首页");
    sees_their_jobs(&terminal);
    terminal.touch("评一评 07-0042");
    assert_eq!(terminal.screen(), "rate");
    terminal.touch("满意");
    assert_eq!((terminal.screen().as_str(), ratings()), ("my_jobs", 1));
    assert!(!terminal.sees("评一评 07-0042"), "once");
}

#[test]
fn what_is_coming_soonest_stands_first_and_then_what_is_past() {
    let terminal = terminal();
    terminal.desk.had_worked(5, 2);
    for n in [3, 0, 4, 1] {
        terminal.desk.had_claimed(n, ClaimState::Confirmed);
    }
    sees_their_jobs(&terminal);
    let mine = terminal.window().global::<MyJobsData>();
    let first: Vec<String> = mine.get_rows().iter().map(|it| it.number.into()).collect();
    let expected = ["07-0042", "07-0043", "07-0045", "07-0046", "07-0047"];
    assert!(first.len() >= 4, "{first:?}");
    assert_eq!(first, expected[..first.len()]);
}

#[test]
fn a_complaint_about_a_job_is_seen_beside_it() {
    let terminal = terminal();
    terminal.desk.had_worked(0, 5);
    terminal.desk.had_worked(1, 5);
    sees_their_jobs(&terminal);
    terminal.touch("结没结 07-0042");
    terminal.touch("工钱没拿到");
    terminal.touch("我要投诉");
    terminal.touch("我看过了，同意");
    terminal.touch("最近一周");
    terminal.touch("不知道");
    terminal.touch("不选，下一步");
    terminal.touch("没错，交上去");
    assert_eq!(terminal.screen(), "complained");
    terminal.touch("完成");
    sees_their_jobs(&terminal);
    let beside = |number: &str| -> (String, String) {
        let mine = terminal.window().global::<MyJobsData>();
        let row = mine.get_rows().iter().find(|row| row.number == number);
        let row = row.expect("in sight");
        (row.complaint.into(), row.complaint_state.into())
    };
    let received = ("07-R0001".to_owned(), "received".to_owned());
    assert_eq!(beside("07-0042"), received);
    assert_eq!(
        beside("07-0043"),
        Default::default(),
        "not at the other one"
    );
    assert!(terminal.says("投诉 07-R0001 收到了"));
}

#[test]
fn ones_own_jobs_stay_fresh_without_asking_the_hub_again() {
    let terminal = terminal();
    terminal.desk.had_claimed(0, ClaimState::Provisional);
    sees_their_jobs(&terminal);
    assert_eq!(terminal.screen(), "my_jobs");
    let asked = || *terminal.desk.jobs_asked_at_hub.lock().expect("held");
    assert_eq!(asked(), 1);
    assert!(!terminal.sees("取消 07-0043"));
    // Somebody else's jobs come and go, and so does the link.
    terminal.desk.had_claimed(1, ClaimState::Confirmed);
    for _ in 0..5 {
        terminal.controller.store_changed();
        terminal.later.do_it();
        terminal.pass(1);
    }
    assert!(terminal.sees("取消 07-0043"), "what changed here is shown");
    assert_eq!(asked(), 1);
    // Whoever comes again has the hub asked again.
    terminal.touch("返回");
    sees_their_jobs(&terminal);
    assert_eq!(terminal.screen(), "my_jobs");
    assert_eq!(asked(), 2);
}

#[test]
fn too_late_to_withdraw_is_explained() {
    let terminal = terminal();
    terminal.desk.had_claimed(0, ClaimState::Confirmed);
    *terminal.desk.withdraw_fails.lock().expect("held") = Some(DeskError::TooLate);
    sees_their_jobs(&terminal);
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
fn the_slip_of_a_job_to_come_is_seen_once_more() {
    let terminal = terminal();
    terminal.desk.had_claimed(0, ClaimState::Confirmed);
    terminal.desk.had_claimed(1, ClaimState::Settled);
    sees_their_jobs(&terminal);
    let slip = "凭条 07-0042 砌砖小工";
    let buttons = terminal.buttons();
    let mut slips = buttons
        .iter()
        .filter(|(label, _)| label.starts_with("凭条 "));
    assert!(
        slips.all(|(label, _)| label == slip),
        "of what is paid there is none"
    );
    terminal.touch(slip);
    assert_eq!(terminal.screen(), "slip");
    assert!(terminal.sees("07-0042"));
    let claim = terminal.window().global::<ClaimData>();
    assert!(claim.get_slip().shown && claim.get_again());
    terminal.touch("回到我的活");
    assert_eq!(terminal.screen(), "my_jobs");
    terminal.touch(slip);
    terminal.touch("返回");
    assert_eq!(terminal.screen(), "my_jobs");
    terminal.touch("首页");
    assert_nothing_personal(&terminal);
}
