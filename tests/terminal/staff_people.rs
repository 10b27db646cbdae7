//! What staff do for the people in front of the terminal: help to register, check in, lift waits and pauses,
//! revoke passes; by the labels that are on the buttons, over a real store.

use crate::support::*;
use gighall_core::claim::ClaimState;
use gighall_core::hardship::Hardship;
use gighall_core::pass::Pass;
use gighall_core::pause::Pause;
use gighall_core::testing::at;
use gighall_kiosk::store::Deed;
use gighall_kiosk::terminal::state::Event;
use gighall_kiosk::ui::StaffData;
use jiff::SignedDuration;
use slint::ComponentHandle;

#[test]
fn whoever_is_helped_has_the_time_of_whoever_is_alone() {
    let hall = Hall::new("");
    hall.enter();
    hall.terminal.touch("代办登记");
    hall.terminal.keys(&new_number());
    hall.terminal.controller.touched(false);
    // The menu's own time and that of the warning.
    hall.terminal.pass(30);
    hall.terminal.pass(15);
    assert_eq!(hall.terminal.screen(), "number");
    hall.terminal.pass(15);
    hall.terminal.pass(15);
    assert_eq!(hall.terminal.screen(), "home");
    assert_nothing_personal(&hall.terminal);
}

#[test]
fn staff_help_somebody_to_register_and_nothing_of_it_stays() {
    let hall = Hall::new("");
    hall.enter();
    hall.terminal.touch("代办登记");
    hall.terminal.keys(&new_number());
    hall.terminal.touch("下一步");
    hall.terminal.keys("zhangwei");
    hall.terminal.touch("张");
    while !hall.terminal.sees("伟") {
        hall.terminal.touch("后一页");
    }
    hall.terminal.touch("伟");
    hall.terminal.touch("下一步");
    hall.terminal.touch("我没有手机");
    hall.terminal.touch("不设密码，以后用身份证、零工码或找人");
    hall.terminal.touch("建筑");
    hall.terminal.touch("下一步（已选 1 种）");
    assert_eq!(hall.terminal.screen(), "hardship");
    hall.terminal.touch("土地被征用");
    hall.terminal.touch("同意告诉工作人员（已选 1 项）");
    hall.terminal.touch("没错，同意登记");
    assert_eq!(hall.terminal.screen(), "registered");
    hall.terminal.touch("回到工作人员菜单");
    assert_eq!(hall.terminal.screen(), "staff_menu");
    assert_nothing_personal(&hall.terminal);
    let last = hall
        .store
        .staff_log(1)
        .expect("read")
        .pop()
        .expect("a line");
    assert_eq!(
        (last.staff.as_str(), last.what.as_str()),
        ("12", "helped_to_register")
    );
    let said = hall.terminal.desk.services.hardship.lock().expect("held");
    let helped = (vec![Hardship::LandLost], Some("12".to_owned()));
    assert_eq!(*said, [helped], "and who helped");
    let registered = hall.terminal.desk.registered.lock().expect("held");
    assert_eq!(registered.len(), 1);
    assert!(!last.detail.contains(&registered[0].name));
}

#[test]
fn staff_check_slips_in_by_scanner_or_by_number_without_the_hub() {
    let hall = Hall::new("");
    hall.enter();
    hall.terminal.touch("到岗登记");
    assert_eq!(hall.terminal.screen(), "staff_check_in");
    let scan = |text: &str| hall.terminal.controller.on(Event::Scanned(text.to_owned()));
    scan("6901234567892");
    assert!(hall.says("这不是凭条上的码"));
    scan("http://192.168.8.20:8080/s/7d444840-9dc0-41d1-b245-5ffdce74fad2");
    assert!(hall.says("由服务器登记"));
    assert_eq!(hall.store.outbox_state().expect("read").length, 1);
    hall.terminal.keys("070042");
    hall.terminal.touch("下一步");
    assert!(hall.says("本机没有这个号的凭条"));
    assert_eq!(hall.terminal.screen(), "staff_check_in");
    let log = hall.log();
    assert!(log.contains(&line("12", Deed::CheckIn, "elsewhere")));
    assert!(log.contains(&line("12", Deed::CheckIn, "unknown_number")));
    hall.terminal.touch("首页");
    assert_eq!(
        hall.terminal.window().global::<StaffData>().get_checked(),
        ""
    );
}

/// A digit is easily mistyped, and a check-in is not taken back at the terminal.
#[test]
fn staff_see_whose_slip_it_is_before_a_typed_number_counts() {
    let hall = Hall::new("");
    let known = hall.known_there();
    let (claim, job) = hall.holds(&known);
    hall.enter();
    hall.terminal.touch("到岗登记");
    let digits: String = claim.number.chars().filter(char::is_ascii_digit).collect();
    let state = || {
        let claim = hall.store.claim(claim.id).expect("read");
        claim.expect("there").state
    };
    for no in [true, false] {
        hall.terminal.keys(&digits);
        hall.terminal.touch("下一步");
        assert_eq!(hall.terminal.screen(), "staff_sure");
        for seen in [claim.number.as_str(), "李*峰", &job.title, "星期"] {
            assert!(hall.says(seen), "{seen}");
        }
        assert!(!hall.says(&known.name));
        assert_eq!(state(), ClaimState::Confirmed, "nothing has happened yet");
        match no {
            true => hall.terminal.touch("不，返回"),
            false => hall.terminal.touch("是，到岗了"),
        }
        assert_eq!(hall.terminal.screen(), "staff_check_in");
    }
    assert_eq!(state(), ClaimState::CheckedIn);
    assert!(hall.says("已到岗，记下了。"));
    let log = hall.log();
    assert!(log.contains(&line("12", Deed::CheckIn, "ok")));
    hall.terminal.touch("首页");
    assert_nothing_personal(&hall.terminal);
}

#[test]
fn staff_lift_the_waits_of_those_who_say_who_they_are() {
    let hall = Hall::new("");
    let number = known_number().parse().expect("valid");
    for _ in 0..5 {
        hall.store.number_was_wrong(&number, at(NOW)).expect("kept");
    }
    let waits = || hall.store.number_waits(&number, at(NOW)).expect("read");
    assert!(!waits().is_zero());
    hall.enter();
    hall.terminal.touch("解除等待");
    assert!(hall.says("等待已全部解除"));
    assert!(waits().is_zero());
    assert_eq!(hall.log().last(), Some(&line("12", Deed::LiftWaits, "ok")));
}

#[test]
fn staff_revoke_the_pass_that_somebody_lost() {
    let hall = Hall::new("");
    let known = hall.known_there();
    let pass = Pass::generate();
    let made = hall.store.make_pass(known.worker, &pass, at(NOW));
    made.expect("made");
    let is_good = || hall.store.worker_by_pass(&pass).expect("read").is_some();
    hall.enter();
    let ask = || {
        hall.terminal.touch("作废零工码");
        hall.terminal.keys(&known_number());
        hall.terminal.touch("下一步");
        hall.terminal.touch("是的，是这个人");
        assert_eq!(hall.terminal.screen(), "staff_sure");
    };
    ask();
    assert!(hall.says("这张码是"), "{:?}", hall.terminal.labels());
    hall.terminal.touch("不，返回");
    assert_eq!(hall.terminal.screen(), "staff_menu");
    assert!(is_good(), "asked once more, and not done");
    ask();
    hall.terminal.touch("是，作废");
    assert_eq!(hall.terminal.screen(), "staff_menu");
    assert!(hall.says("零工码已作废"), "{:?}", hall.terminal.labels());
    assert!(!is_good());
    let log = hall.store.staff_log(1).expect("read").pop();
    let log = log.expect("a line");
    assert_eq!(
        (log.what.as_str(), log.outcome.as_str(), log.detail),
        ("revoke_pass", "ok", known.worker.to_string())
    );
    assert_nothing_personal(&hall.terminal);
    ask();
    assert!(hall.says("这里没有查到"), "{:?}", hall.terminal.labels());
    hall.terminal.touch("是，作废");
    assert!(hall.says("已告诉服务器"), "{:?}", hall.terminal.labels());
}

#[test]
fn staff_lift_the_pause_of_whoever_stands_there() {
    let hall = Hall::new("");
    let known = hall.known_there();
    let until = at(NOW) + SignedDuration::from_hours(24);
    let pause = Some(Pause {
        since: at(NOW) - SignedDuration::from_secs(1),
        until,
    });
    hall.store.keep_pause(known.worker, pause).expect("kept");
    let is_on = || {
        hall.store
            .pause(known.worker, at(NOW))
            .expect("read")
            .is_some()
    };
    assert!(is_on());
    hall.enter();
    hall.terminal.touch("解除暂停");
    assert_eq!(hall.terminal.screen(), "number");
    hall.terminal.keys(&new_number());
    hall.terminal.touch("下一步");
    assert_eq!(hall.terminal.screen(), "staff_menu");
    assert!(hall.says("没有人用这个号码登记过"));
    assert!(is_on());
    hall.terminal.touch("解除暂停");
    hall.terminal.keys(&known_number());
    hall.terminal.touch("下一步");
    assert_eq!(
        hall.terminal.screen(),
        "known",
        "staff need no telephone number"
    );
    hall.terminal.touch("是的，是这个人");
    assert_eq!(hall.terminal.screen(), "staff_menu");
    assert!(hall.says("暂停已解除"), "{:?}", hall.terminal.labels());
    assert!(!is_on());
    let log = hall
        .store
        .staff_log(1)
        .expect("read")
        .pop()
        .expect("a line");
    assert_eq!(
        (log.what.as_str(), log.outcome.as_str()),
        ("lift_pause", "ok")
    );
    assert_eq!(log.detail, known.worker.to_string());
    assert_nothing_personal(&hall.terminal);
}
