//! What a person does at the terminal, from the first touch to the slip, by the labels that are on
//! the buttons.

mod terminal_support;

use gighall_core::claim::{ClaimReason, ClaimState};
use gighall_core::job::WorkKind;
use gighall_core::testing::at;
use gighall_kiosk::terminal::LinkView;
use gighall_kiosk::terminal::desk::{DeskError, Identified, ProvenBy};
use gighall_kiosk::ui::{FindData, MyJobsData, RegisterData};
use jiff::SignedDuration;
use slint::{ComponentHandle, Model};
use std::time::Duration;
use terminal_support::*;

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
    assert_eq!(terminal.screen(), "hardship");
    terminal.touch("不说，下一步");
    assert_eq!(terminal.screen(), "consent");
    assert!(terminal.sees("身份证号 5224**********1232"));
    terminal.touch("没错，同意登记");
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
    assert!(
        terminal
            .labels()
            .iter()
            .any(|it| it.starts_with("本人 张* · "))
    );
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
fn a_person_who_is_known_is_asked_once_whether_they_take_it() {
    let terminal = terminal();
    find_a_job(&terminal);
    terminal.touch("我要接这个活");
    terminal.keys(&known_number());
    terminal.touch("下一步");
    assert_eq!(terminal.screen(), "confirm");
    let says = |words: &str| terminal.labels().iter().any(|it| it.contains(words));
    assert!(says("李*峰") && !says("李小峰"));
    // 58 years old: told about insurance, not turned away.
    assert!(
        terminal
            .labels()
            .iter()
            .any(|label| label.contains("50 岁"))
    );
    terminal.touch("返回");
    assert_eq!(terminal.screen(), "job");
    // They have not said that it is them.
    terminal.touch("我要接这个活");
    assert_eq!(terminal.screen(), "number");
    assert_eq!(terminal.window().global::<RegisterData>().get_number(), "");
}

#[test]
fn a_job_is_not_taken_for_somebody_else() {
    let terminal = terminal();
    *terminal.desk.not_me_waits.lock().expect("held") = SignedDuration::from_secs(30);
    find_a_job(&terminal);
    terminal.touch("我要接这个活");
    terminal.keys(&known_number());
    terminal.touch("下一步");
    terminal.touch("不是我");
    assert_eq!(terminal.screen(), "number");
    let form = terminal.window().global::<RegisterData>();
    assert_eq!(form.get_number(), "");
    assert_eq!(form.get_wait_seconds(), 30, "it was a wrong try");
    terminal.touch("返回");
    assert_eq!(terminal.screen(), "job");
    terminal.touch("首页");
    terminal.touch("我的活");
    assert_eq!(terminal.screen(), "number", "nobody is known");
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
            .any(|label| label.starts_with("网络已断") && label.contains("您还没有占到名额"))
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
fn a_full_job_says_which_terminal_may_have_a_place() {
    let terminal = terminal();
    claims(&terminal, Fate::Full { elsewhere: true });
    let says = |label: &String| label.contains("二号可能还有名额");
    assert!(
        terminal.labels().iter().any(says),
        "{:?}",
        terminal.labels()
    );
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
    assert!(terminal.sees("已经取消，不用去了。"));
    assert!(!terminal.sees("取消 07-0042"));
}

#[test]
fn a_worker_says_that_the_pay_has_come_or_is_told_what_to_do() {
    let terminal = terminal();
    terminal.desk.had_worked(0, 3);
    terminal.desk.had_worked(1, 0);
    terminal.desk.had_claimed(2, ClaimState::Confirmed);
    terminal.touch("我的活");
    terminal.keys(&known_number());
    terminal.touch("下一步");
    terminal.touch("是我本人");
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
    assert_eq!(terminal.screen(), "rate");
    assert!(terminal.sees("已经记下：工钱拿到了。"));
    terminal.touch("不想说");
    assert_eq!(terminal.screen(), "my_jobs");
    let ratings = terminal.desk.services.ratings.lock().expect("held");
    assert!(ratings.is_empty(), "nobody has to say it");
    drop(ratings);
    assert_eq!(states()[1], row("07-0042", "settled"));
    assert!(!terminal.sees("结没结 07-0042"));
}

#[test]
fn ones_own_jobs_stay_fresh_without_asking_the_hub_again() {
    let terminal = terminal();
    terminal.desk.had_claimed(0, ClaimState::Provisional);
    terminal.touch("我的活");
    terminal.keys(&known_number());
    terminal.touch("下一步");
    terminal.touch("是我本人");
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
    terminal.touch("我的活");
    terminal.keys(&known_number());
    terminal.touch("下一步");
    terminal.touch("是我本人");
    assert_eq!(terminal.screen(), "my_jobs");
    assert_eq!(asked(), 2);
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
    assert_eq!(terminal.screen(), "consent");
    terminal.touch("没错，同意登记");
    assert_eq!(terminal.screen(), "confirm");
}

#[test]
fn a_double_tap_claims_once() {
    let terminal = terminal();
    find_a_job(&terminal);
    terminal.touch("我要接这个活");
    terminal.keys(&known_number());
    terminal.touch("下一步");
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
fn jobs_are_narrowed_by_day_and_way_and_put_in_order() {
    let terminal = terminal();
    let find = || terminal.window().global::<FindData>();
    terminal.touch("找活");
    terminal.touch("全部工种");
    assert_eq!(find().get_total(), 40);
    let first_pay = || find().get_rows().row_data(0).expect("a row").pay;
    assert_eq!(first_pay(), "150-190");
    terminal.touch("排序 工资最高");
    assert_eq!(first_pay(), "300-340");
    terminal.touch("排序 最早开工");
    assert_eq!(find().get_order(), "start");
    terminal.touch("排序 ✓ 最早开工");
    assert_eq!(find().get_order(), "urgent");
    terminal.touch("路程 不限");
    assert_eq!(find().get_order(), "distance");
    assert_eq!(find().get_total(), 40, "the nearest first, and all of them");
    terminal.touch("路程 ✓ 离得最近");
    assert!(find().get_near());
    assert_eq!(find().get_total(), 14);
    assert_eq!(
        find().get_rows().row_data(0).expect("a row").distance,
        "0.0"
    );
    terminal.touch("开工 哪天都行");
    assert!(find().get_today());
    assert_eq!(find().get_total(), 0);
    // The next person begins anew.
    terminal.touch("首页");
    assert!(!find().get_near() && !find().get_today());
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

#[test]
fn whoever_types_a_number_that_is_known_has_to_know_its_telephone() {
    let terminal = terminal();
    let doubts = |doubts| *terminal.desk.doubts.lock().expect("held") = doubts;
    doubts(Some(Identified::AsksProof {
        by: ProvenBy::Phone,
        wrong: false,
    }));
    terminal.touch("我的活");
    terminal.keys(&known_number());
    terminal.touch("下一步");
    assert_eq!(terminal.screen(), "proof");
    terminal.keys("123");
    terminal.touch("下一步");
    assert_eq!(
        terminal.screen(),
        "proof",
        "not before all digits are there"
    );
    terminal.keys("499");
    terminal.touch("下一步");
    assert_eq!(terminal.screen(), "proof");
    assert!(terminal.sees("这几位不对。请再试一次，或者找工作人员。"));
    terminal.keys("5678");
    terminal.touch("下一步");
    assert_eq!(terminal.screen(), "known");
    terminal.touch("是我本人");
    assert_eq!(terminal.screen(), "my_jobs");
    terminal.touch("首页");
    assert_nothing_personal(&terminal);
}

#[test]
fn after_wrong_tries_it_says_how_long_to_wait_and_to_ask_the_staff() {
    let terminal = terminal();
    let says = |words: &str| terminal.labels().iter().any(|label| label.contains(words));
    let wait = Identified::Waits(SignedDuration::from_secs(95));
    *terminal.desk.doubts.lock().expect("held") = Some(wait);
    terminal.touch("我的活");
    terminal.keys(&known_number());
    terminal.touch("下一步");
    assert_eq!(terminal.screen(), "number");
    assert!(
        says("请等 2 分钟再试，或者找工作人员"),
        "{:?}",
        terminal.labels()
    );
    *terminal.desk.doubts.lock().expect("held") = None;
    terminal.pass(80);
    assert!(says("请等 15 秒再试"), "{:?}", terminal.labels());
    terminal.touch("下一步");
    assert_eq!(terminal.screen(), "number", "nobody asks before");
    terminal.pass(15);
    assert!(!says("再试"), "{:?}", terminal.labels());
    terminal.touch("下一步");
    assert_eq!(terminal.screen(), "known");
    // A number that was somebody else's is a wrong try as well.
    *terminal.desk.not_me_waits.lock().expect("held") = SignedDuration::from_secs(30);
    terminal.touch("不是，重新输入号码");
    assert_eq!(terminal.screen(), "number");
    assert!(says("请等 30 秒再试"), "{:?}", terminal.labels());
}

#[test]
fn whoever_is_in_a_pause_reads_until_when() {
    let terminal = terminal();
    let until = at(NOW) + SignedDuration::from_hours(72);
    claims(&terminal, Fate::Paused(until));
    assert_eq!(terminal.screen(), "refused");
    let labels = terminal.labels();
    let said = labels.iter().find(|label| label.contains("没有到岗"));
    let said = said.expect("a reason");
    assert!(
        said.contains("26") && said.contains("以后可以再报名"),
        "{said}"
    );
}
