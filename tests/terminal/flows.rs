//! How somebody takes a job, from the first touch to the slip, by the labels that are on the buttons.

use crate::support::*;
use gighall_core::claim::{ClaimReason, ClaimState};
use gighall_core::job::WorkKind;
use gighall_core::testing::{an_id_number, at};
use gighall_kiosk::terminal::state::Event;
use gighall_kiosk::ui::RegisterData;
use jiff::SignedDuration;
use slint::ComponentHandle;

/// Somebody new has answered everything.
fn at_the_last_screen_of_registering() -> TestTerminal {
    let terminal = terminal();
    terminal.touch("登记");
    terminal.keys(&new_number());
    terminal.touch("下一步");
    answer_questions(&terminal);
    terminal
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

/// Nobody older than that is wanted for the job that [`find_a_job`] opens.
fn wants_nobody_over(terminal: &TestTerminal, years: u8) {
    terminal.desk.jobs.lock().expect("held")[0].max_age = Some(years);
}

#[test]
fn whoever_is_too_old_is_told_before_anything_else_is_asked() {
    let terminal = terminal();
    wants_nobody_over(&terminal, 50);
    find_a_job(&terminal);
    terminal.touch("我要接这个活");
    // Somebody new, of 51: neither registered nor asked whether they take it.
    terminal.keys(&an_id_number("19750101", 321));
    terminal.touch("下一步");
    assert_eq!(terminal.screen(), "refused");
    let says = |words: &str| terminal.labels().iter().any(|it| it.contains(words));
    assert!(
        says("16 到 50 岁") && says("您 51 岁"),
        "{:#?}",
        terminal.labels()
    );
    // A digit may have been wrong: it is there still.
    terminal.touch("返回");
    assert_eq!(terminal.screen(), "number");
    terminal.touch("下一步");
    assert_eq!(terminal.screen(), "refused");
    terminal.touch("找别的活");
    assert_eq!(terminal.screen(), "kinds");
    assert_eq!(*terminal.desk.claims_asked.lock().expect("held"), 0);
    assert!(terminal.desk.registered.lock().expect("held").is_empty());
}

/// What was looked for is not looked for on, unseen.
#[test]
fn another_job_than_a_refused_one_is_looked_for_among_all() {
    let terminal = terminal();
    wants_nobody_over(&terminal, 50);
    terminal.touch("找活");
    terminal.touch("按编号找");
    terminal.keys("100");
    terminal.touch("搜索");
    let labels = terminal.labels();
    let job = labels.iter().find(|it| it.starts_with("100 "));
    terminal.touch(job.expect("in the list"));
    terminal.touch("我要接这个活");
    terminal.keys(&an_id_number("19750101", 321));
    terminal.touch("下一步");
    assert_eq!(terminal.screen(), "refused");
    terminal.touch("找别的活");
    let find = terminal.window().global::<gighall_kiosk::ui::FindData>();
    assert_eq!(
        (terminal.screen().as_str(), find.get_words().as_str()),
        ("kinds", "")
    );
    terminal.touch("全部工种");
    assert_eq!(find.get_total(), 40);
}

#[test]
fn whoever_showed_who_they_are_is_told_as_well_and_is_nobody_to_the_next() {
    let terminal = terminal();
    let pass = gets_a_pass(&terminal);
    terminal.touch("首页");
    wants_nobody_over(&terminal, 50);
    find_a_job(&terminal);
    terminal.controller.on(Event::Scanned(pass.text()));
    settle();
    assert_eq!(terminal.screen(), "refused");
    terminal.touch("首页");
    assert_nothing_personal(&terminal);
}

#[test]
fn the_job_that_stands_against_it_is_named_and_can_be_withdrawn_from() {
    let terminal = terminal();
    terminal.desk.had_claimed(0, ClaimState::Confirmed);
    claims(&terminal, Fate::Refused(ClaimReason::Overlap));
    assert_eq!(terminal.screen(), "refused");
    let says = |words: &str| terminal.labels().iter().any(|it| it.contains(words));
    assert!(says("您已经接了：砌砖小工"), "{:#?}", terminal.labels());
    terminal.touch("看我的活");
    assert_eq!(terminal.screen(), "my_jobs");
    terminal.touch("取消 07-0042");
    terminal.touch("确定取消");
    assert_eq!(terminal.screen(), "my_jobs");
}

#[test]
fn a_single_answer_is_corrected_from_the_last_screen_and_back_to_it() {
    let terminal = at_the_last_screen_of_registering();
    terminal.touch("改姓名");
    assert_eq!(terminal.screen(), "name");
    terminal.touch("下一步");
    assert_eq!(terminal.screen(), "consent", "nothing else is asked again");
    terminal.touch("改手机号");
    terminal.touch("删除");
    terminal.keys("9");
    terminal.touch("下一步");
    assert_eq!(terminal.screen(), "consent");
    terminal.touch("没错，同意登记");
    let registered = terminal.desk.registered.lock().expect("held");
    assert_eq!(registered[0].phone.as_deref(), Some("13912345679"));
    assert_eq!(registered[0].name, "张伟");
}

#[test]
fn whoever_goes_back_while_correcting_is_at_the_last_screen_again_and_nothing_has_changed() {
    let terminal = at_the_last_screen_of_registering();
    for correct in ["改姓名", "改手机号"] {
        terminal.touch(correct);
        terminal.touch("删除");
        terminal.touch("返回");
        assert_eq!(terminal.screen(), "consent", "{correct}");
    }
    // Without a telephone after all, and then with the one from before.
    terminal.touch("改手机号");
    terminal.touch("我没有手机");
    assert_eq!(terminal.screen(), "pin");
    terminal.touch("返回");
    terminal.touch("返回");
    assert_eq!(terminal.screen(), "consent");
    terminal.touch("没错，同意登记");
    let registered = terminal.desk.registered.lock().expect("held");
    assert_eq!(registered[0].phone.as_deref(), Some("13912345678"));
    assert_eq!(registered[0].name, "张伟");
}

#[test]
fn whoever_has_no_telephone_after_all_chooses_a_pin_and_is_at_the_last_screen_again() {
    let terminal = at_the_last_screen_of_registering();
    terminal.touch("改手机号");
    terminal.touch("我没有手机");
    for _ in 0..2 {
        terminal.keys("2608");
        terminal.touch("下一步");
    }
    assert_eq!(terminal.screen(), "consent", "nothing else is asked again");
    terminal.touch("没错，同意登记");
    let registered = terminal.desk.registered.lock().expect("held");
    assert_eq!(registered[0].phone, None);
    assert!(registered[0].pin.is_some());
}

#[test]
fn whoever_goes_on_back_from_the_last_screen_is_asked_all_of_it_again() {
    let terminal = at_the_last_screen_of_registering();
    terminal.touch("改姓名");
    terminal.touch("下一步");
    for expected in ["hardship", "work_kinds", "phone", "name", "number"] {
        terminal.touch("返回");
        assert_eq!(terminal.screen(), expected);
    }
    terminal.touch("下一步");
    assert_eq!(terminal.screen(), "name");
    terminal.touch("下一步");
    assert_eq!(terminal.screen(), "phone", "it may be somebody else");
}
