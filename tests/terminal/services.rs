//! The hall's other services, by the labels that are on the buttons.

use crate::support::*;
use gighall_core::application::{LastWork, Want};
use gighall_core::claim::ClaimState;
use gighall_core::complaint::{ComplaintKind, ComplaintState, Since, receipt_code};
use gighall_core::rating::Rating;
use gighall_core::training::{EnrolmentReason, EnrolmentState};
use gighall_kiosk::terminal::services::ServiceEvent;
use gighall_kiosk::terminal::state::Event;
use gighall_kiosk::ui::{RightsData, ServiceData, Spoken, Terminal};
use slint::{ComponentHandle, Model};

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
fn what_is_in_a_list_is_read_aloud_too() {
    let terminal = terminal();
    terminal
        .desk
        .had_claimed(0, gighall_core::claim::ClaimState::Confirmed);
    let hears = |words: &[&str]| {
        let spoken = terminal.window().global::<Spoken>().invoke_words();
        let missing = words.iter().find(|words| !spoken.contains(**words));
        assert_eq!(missing, None, "{spoken}");
    };
    terminal.touch("找活");
    terminal.touch("全部工种");
    hears(&["编号 100, 砌砖小工, 150-190 元/天, 草海镇", "编号 101"]);
    terminal.touch("首页");
    terminal.touch("政策");
    hears(&["先交押金的都是骗子"]);
    terminal.touch("首页");
    terminal.touch("培训");
    hears(&["电工上岗证培训"]);
    terminal.touch("首页");
    terminal.touch("其他服务");
    hears(&["3号窗口: 欠薪投诉、劳动维权", "待工区"]);
    terminal.touch("市场平面图");
    assert!(terminal.sees("市场平面图"));
    hears(&["3号窗口: 欠薪投诉、劳动维权"]);
    terminal.touch("首页");
    terminal.touch("我的活");
    it_is_me(&terminal);
    hears(&["李*峰", "砌砖小工"]);
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
fn a_phone_enrols_with_a_fresh_code_while_there_are_places() {
    let terminal = terminal();
    let window = terminal.window();
    let code = || window.global::<ServiceData>().get_course_code();
    terminal.touch("培训");
    terminal.touch("电工上岗证培训");
    let course = terminal.desk.services.courses.lock().expect("held")[0].id;
    let first = code().address;
    assert!(code().shown && first.ends_with(&format!("course={course}")));
    assert!(terminal.sees(&first));
    // It is renewed like the codes of jobs.
    terminal.pass(61);
    settle();
    let second = code().address;
    assert!(code().shown && second != first && second.contains(&course.to_string()));
    // Another course has another, and one that takes nobody has none.
    terminal.touch("返回");
    assert!(!code().shown);
    terminal.touch("中式烹饪初级班");
    assert!(!code().address.contains(&course.to_string()));
    assert!(!terminal.sees(&code().address));
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
fn whoever_enrols_twice_is_told_calmly_that_they_are_enrolled() {
    let terminal = terminal();
    terminal.touch("培训");
    fate(&terminal, ServiceFate::Refused(EnrolmentReason::Duplicate));
    terminal.touch("电工上岗证培训");
    terminal.touch("报名参加");
    it_is_me(&terminal);
    assert_eq!(terminal.screen(), "enrolled");
    assert!(terminal.sees("您已经报过这个培训班了。"));
    assert!(!terminal.sees("没有报上"));
    assert!(terminal.says("不用再报"));
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
    terminal.touch("没错，交上去");
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

/// To the end of the questions of a complaint, from its notice, without a word.
fn agrees(terminal: &TestTerminal) {
    assert_eq!(terminal.screen(), "complain_notice");
    terminal.touch("我看过了，同意");
}

#[test]
fn somebody_complains_without_a_name_and_sees_by_the_receipt_how_it_goes() {
    let terminal = terminal();
    terminal.touch("维权");
    assert!(terminal.sees("12333"));
    terminal.touch("我要投诉");
    agrees(&terminal);
    terminal.touch("干活不安全");
    terminal.touch("最近一周");
    assert_eq!(terminal.screen(), "complain_words", "no sum is asked");
    terminal.keys("wang");
    terminal.touch("下一步");
    terminal.touch("不留：谁也不知道是我");
    assert_eq!(terminal.screen(), "complain_review");
    assert!(terminal.sees("本人 不说姓名"));
    terminal.touch("没错，交上去");
    assert_eq!(terminal.screen(), "complained");
    assert!(terminal.sees("您的投诉号码 07-R0001"));
    let window = terminal.window();
    let receipt = window.global::<RightsData>().get_receipt();
    let code = {
        let mut kept = terminal.desk.services.complaints.lock().expect("held");
        let (news, saying) = &mut kept[0];
        assert_eq!(news.worker, None);
        assert_eq!(
            (saying.kind, saying.told.since),
            (ComplaintKind::Unsafe, Since::Week)
        );
        assert_eq!(
            (saying.told.words.as_str(), saying.told.sum_fen),
            ("wang", None)
        );
        news.state = ComplaintState::Closed;
        news.word = Some("工地已经整改".to_owned());
        receipt_code(&news.number, news.id)
    };
    assert_eq!(receipt.address, code);
    assert!(!window.global::<Terminal>().get_can_go_back());
    terminal.controller.wipe();
    let rights = window.global::<RightsData>();
    assert_eq!(
        (rights.get_words(), rights.get_kind()),
        ("".into(), "".into())
    );
    assert!(!rights.get_receipt().shown && rights.get_complaint().number.is_empty());

    terminal.controller.on(Event::Scanned(code));
    settle();
    assert_eq!(terminal.screen(), "my_complaints");
    assert!(terminal.sees("07-R0001 办完了 工地已经整改"));
    terminal.touch("完成");
    assert_eq!(
        window.global::<RightsData>().get_complaints().row_count(),
        0
    );
}

#[test]
fn with_enough_complaints_without_a_name_a_name_is_asked_for_and_nothing_said_is_lost() {
    let terminal = terminal();
    *terminal.desk.services.nameless_enough.lock().expect("held") = true;
    terminal.touch("维权");
    terminal.touch("我要投诉");
    agrees(&terminal);
    terminal.touch("干活不安全");
    terminal.touch("最近一周");
    terminal.keys("wang");
    terminal.touch("下一步");
    terminal.touch("不留：谁也不知道是我");
    terminal.touch("没错，交上去");
    let failure = terminal.window().global::<Terminal>().get_failure();
    assert_eq!(failure, "too_many_nameless");
    terminal.controller.on(Event::FailureSeen);
    assert_eq!(terminal.screen(), "complain_who");
    terminal
        .controller
        .on(Event::Service(ServiceEvent::Choose("named".to_owned())));
    settle();
    it_is_me(&terminal);
    assert_eq!(terminal.screen(), "complain_review");
    terminal.touch("没错，交上去");
    assert_eq!(terminal.screen(), "complained");
    let kept = terminal.desk.services.complaints.lock().expect("held");
    let (news, saying) = &kept[0];
    assert!(news.worker.is_some());
    assert_eq!(saying.told.words, "wang");
}

#[test]
fn wages_that_were_not_paid_lead_into_a_complaint_under_ones_name() {
    let terminal = terminal();
    terminal.desk.had_worked(0, 5);
    terminal.touch("我的活");
    it_is_me(&terminal);
    terminal.touch("结没结 07-0042");
    terminal.touch("工钱没拿到");
    terminal.touch("我要投诉");
    agrees(&terminal);
    assert_eq!(
        terminal.screen(),
        "complain_since",
        "what went wrong is known"
    );
    terminal.touch("最近一个月");
    assert_eq!(terminal.screen(), "complain_sum");
    terminal.keys("1800");
    terminal.touch("下一步");
    terminal.touch("不选，下一步");
    assert_eq!(terminal.screen(), "complain_review", "who it is is known");
    assert!(terminal.sees("多少钱 1800 元"));
    terminal.touch("没错，交上去");
    let held = terminal.desk.claims.lock().expect("held")[0].clone();
    {
        let kept = terminal.desk.services.complaints.lock().expect("held");
        let (news, saying) = &kept[0];
        assert_eq!(news.worker, Some(held.claim.worker));
        assert_eq!(saying.kind, ComplaintKind::Unpaid);
        assert_eq!(
            (saying.job, saying.claim),
            (Some(held.job.id), Some(held.claim.id))
        );
        assert_eq!(saying.told.sum_fen, Some(180_000));
    }
    terminal.touch("完成");
    terminal.touch("维权");
    terminal.touch("我的投诉");
    it_is_me(&terminal);
    assert!(terminal.sees("07-R0001 收到了 "));
}

#[test]
fn unpaid_wages_ask_who_it_is_before_they_are_handed_in() {
    let terminal = terminal();
    terminal.touch("维权");
    terminal.touch("我要投诉");
    agrees(&terminal);
    terminal.touch("工钱没给");
    terminal.touch("三个月以前");
    terminal.touch("不知道");
    terminal.keys("wang");
    terminal.touch("下一步");
    assert_eq!(terminal.screen(), "number");
    it_is_me(&terminal);
    assert_eq!(terminal.screen(), "complain_review");
    terminal.touch("返回");
    assert_eq!(
        terminal.screen(),
        "complain_words",
        "who one is is asked once"
    );
    terminal.touch("下一步");
    terminal.touch("没错，交上去");
    let kept = terminal.desk.services.complaints.lock().expect("held");
    assert!(kept[0].0.worker.is_some());
    assert_eq!(kept[0].1.told.sum_fen, None);
}

#[test]
fn a_job_is_reported_with_its_number() {
    let terminal = terminal();
    terminal.touch("找活");
    terminal.controller.on(Event::ChooseKind(String::new()));
    settle();
    terminal.controller.on(Event::OpenJob(0));
    settle();
    let job = terminal
        .window()
        .global::<gighall_kiosk::ui::FindData>()
        .get_job();
    terminal.touch("举报这个岗位");
    agrees(&terminal);
    terminal.touch("收钱、收押金或扣身份证");
    terminal.touch("今天");
    terminal.touch("不知道");
    terminal.touch("不选，下一步");
    terminal.touch("不留：谁也不知道是我");
    terminal.touch("没错，交上去");
    let kept = terminal.desk.services.complaints.lock().expect("held");
    let listed = terminal.desk.jobs.lock().expect("held").clone();
    let reported = listed.iter().find(|it| Some(it.id) == kept[0].1.job);
    let number = reported.expect("a job").number;
    assert_eq!(job.item.number, number.to_string());
    assert_eq!(kept[0].0.worker, None);
}

#[test]
fn the_work_is_rated_once_after_it_is_paid() {
    let terminal = terminal();
    terminal.desk.had_worked(0, 5);
    terminal.desk.had_claimed(1, ClaimState::Confirmed);
    terminal.touch("我的活");
    it_is_me(&terminal);
    terminal.touch("结没结 07-0042");
    terminal.touch("工钱拿到了");
    terminal.touch("是，全部拿到了");
    assert_eq!(terminal.screen(), "rate");
    terminal.touch("不满意");
    assert_eq!(terminal.screen(), "my_jobs");
    assert!(terminal.sees("谢谢，已经记下。"));
    let claim = terminal.desk.claims.lock().expect("held")[0].claim.id;
    let ratings = terminal.desk.services.ratings.lock().expect("held");
    assert_eq!(*ratings, [(claim, Rating::Bad)]);
}

#[test]
fn whoever_does_not_type_complains_under_their_name_so_that_staff_can_ask() {
    let terminal = terminal();
    terminal.touch("维权");
    terminal.touch("我要投诉");
    agrees(&terminal);
    terminal.touch("干活不安全");
    terminal.touch("最近一周");
    terminal.touch("不选，下一步");
    assert_eq!(terminal.screen(), "number", "not without a name");
    it_is_me(&terminal);
    assert_eq!(terminal.screen(), "complain_review");
    terminal.touch("没错，交上去");
    assert_eq!(terminal.screen(), "complained");
    let kept = terminal.desk.services.complaints.lock().expect("held");
    assert!(kept[0].0.worker.is_some() && kept[0].1.told.words.is_empty());
}
