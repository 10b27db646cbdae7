//! The hall's other services, by the labels that are on the buttons.

mod terminal_support;

use gighall_core::application::{LastWork, Want};
use gighall_core::training::{EnrolmentReason, EnrolmentState};
use gighall_kiosk::ui::{ServiceData, Terminal};
use slint::{ComponentHandle, Model};
use terminal_support::*;

/// Says who one is, on the screen that asks for the number.
fn it_is_me(terminal: &TestTerminal) {
    terminal.keys(&known_number());
    terminal.touch("下一步");
    terminal.touch("是我本人");
}

fn fate(terminal: &TestTerminal, fate: ServiceFate) {
    *terminal.desk.services.fate.lock().expect("held") = fate;
}

#[test]
fn a_policy_is_read_and_taken_away() {
    let terminal = terminal();
    terminal.touch("政策");
    assert_eq!(terminal.screen(), "policies");
    terminal.touch("先交押金的都是骗子");
    assert_eq!(terminal.screen(), "policy");
    assert!(terminal.sees("不要交报名费、体检费、服装费，身份证不要交给别人。"));
    let window = terminal.window();
    let code = window.global::<ServiceData>().get_policy_code();
    assert!(
        code.shown && code.address.contains("/n/"),
        "{}",
        code.address
    );
    terminal.touch("返回");
    assert_eq!(terminal.screen(), "policies");

    *terminal.desk.services.has_address.lock().expect("held") = false;
    terminal.touch("先交押金的都是骗子");
    assert!(!window.global::<ServiceData>().get_policy_code().shown);
    assert!(terminal.sees("二维码还没有生成"));
    terminal.controller.wipe();
    assert_eq!(window.global::<ServiceData>().get_policy_text(), "");
}

#[test]
fn somebody_enrols_once_known_and_withdraws() {
    let terminal = terminal();
    terminal.touch("培训");
    terminal.touch("电工上岗证培训");
    terminal.touch("报名参加");
    assert_eq!(terminal.screen(), "number");
    it_is_me(&terminal);
    assert_eq!(terminal.screen(), "enrolled");
    assert!(terminal.sees("报名成功"));
    terminal.touch("我的培训");
    assert_eq!(terminal.screen(), "my_courses");
    terminal.touch("取消 电工上岗证培训");
    assert_eq!(terminal.screen(), "course_leave");
    terminal.touch("确定取消");
    assert_eq!(terminal.screen(), "my_courses");
    let kept = terminal.desk.services.enrolments.lock().expect("held");
    assert_eq!(kept[0].state, EnrolmentState::Withdrawn);
}

#[test]
fn without_the_hub_it_says_plainly_that_nothing_is_confirmed_and_changes_when_it_is() {
    let terminal = terminal();
    fate(&terminal, ServiceFate::Asked);
    terminal.touch("培训");
    terminal.touch("电工上岗证培训");
    terminal.touch("报名参加");
    it_is_me(&terminal);
    assert!(terminal.sees("待确认：还没有报上"));
    {
        let mut kept = terminal.desk.services.enrolments.lock().expect("held");
        kept[0].state = EnrolmentState::Confirmed;
    }
    terminal.controller.store_changed();
    settle();
    assert!(terminal.sees("报名成功"));
}

#[test]
fn a_full_course_takes_nobody_and_a_refusal_says_why() {
    let terminal = terminal();
    terminal.touch("培训");
    terminal.touch("中式烹饪初级班");
    assert!(terminal.sees("已停止报名"));
    terminal.touch("返回");
    fate(&terminal, ServiceFate::Refused(EnrolmentReason::Full));
    terminal.touch("电工上岗证培训");
    terminal.touch("报名参加");
    it_is_me(&terminal);
    assert!(terminal.sees("没有报上"));
    assert!(terminal.sees("这个培训班名额已满。"));
}

#[test]
fn a_wish_is_told_once_and_forgotten_with_the_session() {
    let terminal = terminal();
    terminal.touch("培训");
    terminal.touch("我想学别的");
    it_is_me(&terminal);
    assert_eq!(terminal.screen(), "wishes");
    terminal.touch("焊工");
    terminal.touch("告诉市场");
    assert_eq!(terminal.screen(), "courses");
    let wishes = terminal.desk.services.wishes.lock().expect("held");
    assert_eq!(wishes.len(), 1);
    drop(wishes);
    terminal.controller.wipe();
    let data = terminal.window().global::<ServiceData>();
    assert_eq!(data.get_kinds_chosen(), 0);
    assert_eq!(data.get_masked_name(), "");
    assert_eq!(data.get_enrolments().row_count(), 0);
}

#[test]
fn an_application_asks_little_and_gives_a_number() {
    let terminal = terminal();
    terminal.touch("其他服务");
    assert_eq!(terminal.screen(), "places");
    assert!(terminal.sees("待工区 休息、饮水、充电"));
    terminal.touch("失业登记");
    it_is_me(&terminal);
    assert_eq!(terminal.screen(), "apply_consent");
    terminal.touch("我看过了，同意");
    terminal.touch("还没有工作过");
    assert_eq!(terminal.screen(), "apply_school", "why is not asked");
    terminal.touch("返回");
    terminal.touch("一到六个月前");
    terminal.touch("被单位辞退");
    terminal.touch("初中");
    terminal.touch("找活");
    terminal.touch("失业金和补贴");
    terminal.touch("下一步");
    assert_eq!(terminal.screen(), "apply_review");
    terminal.touch("没错，提交");
    assert_eq!(terminal.screen(), "applied");
    assert!(terminal.sees("您的申请号 07-S0001"));
    {
        let applied = terminal.desk.services.applied.lock().expect("held");
        assert_eq!(applied[0].last_work, LastWork::HalfYear);
        assert_eq!(applied[0].wants, [Want::Work, Want::Benefit]);
    }
    let window = terminal.window();
    assert!(!window.global::<Terminal>().get_can_go_back());
    terminal.controller.wipe();
    let data = window.global::<ServiceData>();
    assert_eq!(data.get_number(), "");
    assert_eq!(data.get_answers().row_count(), 0);
}

#[test]
fn staff_are_called_and_somebody_comes() {
    let terminal = terminal();
    terminal.touch("请人帮忙");
    assert!(terminal.sees("已呼叫工作人员"));
    let stands = || {
        let calls = terminal.desk.services.calls.lock().expect("held");
        calls.standing(gighall_core::testing::at(NOW)).is_some()
    };
    assert!(stands());
    terminal.touch("关闭");
    assert!(stands(), "closing the panel does not end the call");
    terminal.touch("请人帮忙");
    terminal.touch("工作人员来了");
    assert!(!stands());
    for _ in 0..2 {
        terminal.touch("请人帮忙");
        terminal.touch("工作人员来了");
    }
    terminal.touch("请人帮忙");
    assert!(terminal.sees("请找工作人员"), "too often: go to the desk");
}
