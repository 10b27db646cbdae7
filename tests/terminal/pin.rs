//! Somebody without a telephone chooses a PIN at the terminal, and is known by it; by the labels that are on
//! the buttons.

use crate::support::*;
use gighall_core::wire::KnownWorker;
use gighall_devices::id_card::CardNews;
use gighall_devices::sdt::Card;
use gighall_kiosk::store::Deed;
use gighall_kiosk::terminal::desk::{Identified, ProvenBy};
use gighall_kiosk::terminal::state::Event;
use gighall_kiosk::ui::RegisterData;
use slint::ComponentHandle;

const NO_PIN: &str = "不设密码，以后用身份证、零工码或找人";

fn doubts(terminal: &TestTerminal, doubts: Identified) {
    *terminal.desk.doubts.lock().expect("held") = Some(doubts);
}

fn types(terminal: &TestTerminal, digits: &str) {
    terminal.keys(digits);
    terminal.touch("下一步");
}

/// As far as the question for a PIN.
fn is_new_and_has_no_phone(terminal: &TestTerminal) {
    types(terminal, &new_number());
    terminal.keys("zhang");
    terminal.touch("张");
    terminal.keys("san");
    terminal.touch("三");
    terminal.touch("下一步");
    terminal.touch("我没有手机");
    assert_eq!(terminal.screen(), "pin");
}

/// From the kinds of work to the end.
fn registers(terminal: &TestTerminal) {
    assert_eq!(terminal.screen(), "work_kinds");
    terminal.touch("建筑");
    terminal.touch("下一步（已选 1 种）");
    terminal.touch("不说，下一步");
    terminal.touch("没错，同意登记");
    assert_eq!(terminal.screen(), "registered");
}

/// Nobody who is known has a telephone.
fn without_phones(terminal: &TestTerminal) -> KnownWorker {
    let mut people = terminal.desk.people.lock().expect("held");
    let person = people.get_mut(&known_number()).expect("known");
    person.phone = None;
    person.clone()
}

#[test]
fn somebody_new_without_a_phone_chooses_a_pin_typed_twice() {
    let terminal = terminal();
    terminal.touch("登记");
    is_new_and_has_no_phone(&terminal);
    assert!(terminal.sees("请选一个 4 位数字的密码"));
    types(&terminal, "1234");
    assert!(terminal.sees("这个密码太好猜，请换别的数字。"));
    let year = &new_number()[6..10];
    types(&terminal, year);
    assert!(terminal.sees("这几位别人知道，请换别的数字。"));
    types(&terminal, "2608");
    assert!(terminal.sees("请再输一遍这 4 位数字") && !terminal.sees(NO_PIN));
    types(&terminal, "2680");
    assert!(terminal.sees("两遍不一样，请重新选。"));
    types(&terminal, "2608");
    terminal.keys("2608");
    let dots = terminal.window().global::<RegisterData>().get_pin_dots();
    assert_eq!(dots, "●●●●", "who stands behind reads no digit");
    assert!(!terminal.sees("2608"));
    terminal.touch("下一步");
    registers(&terminal);
    let registered = terminal.desk.registered.lock().expect("held");
    let pin = registered[0].pin.as_ref().expect("a PIN");
    assert_eq!(pin.reveal(), "2608");
    drop(registered);
    terminal.touch("首页");
    assert_nothing_personal(&terminal);
}

#[test]
fn nobody_has_to_have_a_pin_and_whoever_has_a_phone_is_asked_for_none() {
    let terminal = terminal();
    terminal.touch("登记");
    is_new_and_has_no_phone(&terminal);
    terminal.touch(NO_PIN);
    registers(&terminal);
    terminal.touch("首页");
    // Chosen first, and then a telephone after all.
    terminal.desk.people.lock().expect("held").clear();
    terminal.touch("登记");
    is_new_and_has_no_phone(&terminal);
    types(&terminal, "2608");
    types(&terminal, "2608");
    for _ in 0..2 {
        terminal.touch("返回");
    }
    assert_eq!(terminal.screen(), "phone");
    types(&terminal, "13912345678");
    registers(&terminal);
    let registered = terminal.desk.registered.lock().expect("held");
    let pins: Vec<bool> = registered.iter().map(|it| it.pin.is_some()).collect();
    assert_eq!(pins, [false, false]);
}

#[test]
fn what_was_typed_of_a_pin_is_gone_with_the_person() {
    let terminal = terminal();
    terminal.touch("登记");
    is_new_and_has_no_phone(&terminal);
    types(&terminal, "2608");
    terminal.keys("26");
    terminal.touch("首页");
    assert_nothing_personal(&terminal);
    terminal.touch("登记");
    is_new_and_has_no_phone(&terminal);
    assert!(
        terminal.sees("请选一个 4 位数字的密码"),
        "from the beginning"
    );
}

#[test]
fn the_pin_says_who_typed_the_number() {
    let terminal = terminal();
    doubts(
        &terminal,
        Identified::AsksProof {
            by: ProvenBy::Pin,
            wrong: false,
        },
    );
    terminal.touch("我的活");
    types(&terminal, &known_number());
    assert_eq!(terminal.screen(), "proof");
    assert!(terminal.sees("您的密码？"));
    types(&terminal, "1499");
    assert!(terminal.sees("这几位不对，请再试一次。连着错几次要等一会儿，记不清就找工作人员。"));
    terminal.keys("5678");
    assert!(!terminal.sees("5678"), "who stands behind reads no digit");
    terminal.touch("下一步");
    assert_eq!(terminal.screen(), "known");
    terminal.touch("首页");
    assert_nothing_personal(&terminal);
}

#[test]
fn a_number_that_nothing_proves_leads_to_card_pass_or_staff() {
    let terminal = terminal();
    let person = without_phones(&terminal);
    terminal.touch("我的活");
    doubts(&terminal, Identified::Unproved);
    types(&terminal, &known_number());
    assert_eq!(terminal.screen(), "unproved");
    assert!(terminal.sees("光输号码还不行"));
    terminal.touch("叫工作人员");
    assert!(terminal.sees("已呼叫工作人员"));
    terminal.touch("工作人员来了");
    // The card is laid on now.
    assert_eq!(terminal.screen(), "unproved");
    terminal
        .controller
        .on(Event::Card(CardNews::Read(Box::new(Card {
            number: known_number(),
            name: person.name.clone(),
            birth: String::new(),
            address: String::new(),
        }))));
    assert_eq!(terminal.screen(), "known");
    terminal.touch("是我本人");
    // Once known, they choose a PIN of their own.
    terminal.touch("我的零工码");
    terminal.touch("设密码");
    assert_eq!(terminal.screen(), "pin");
    assert!(!terminal.sees(NO_PIN));
    types(&terminal, "2608");
    types(&terminal, "2608");
    assert_eq!(terminal.screen(), "my_jobs");
    assert!(terminal.sees("密码设好了。以后输身份证号和密码就行。"));
    let pins = terminal.desk.pins.lock().expect("held").clone();
    assert_eq!(pins, [(person.worker, "2608".to_owned())]);
    terminal.touch("首页");
    assert_nothing_personal(&terminal);
}

#[test]
fn whoever_has_a_phone_is_offered_no_pin() {
    let terminal = terminal();
    terminal.touch("我的活");
    types(&terminal, &known_number());
    terminal.touch("是我本人");
    terminal.touch("我的零工码");
    assert!(!terminal.sees("设密码"));
    terminal.controller.on(Event::GoPin);
    assert_eq!(terminal.screen(), "pass_ask");
}

#[test]
fn staff_set_the_pin_of_somebody_who_forgot_it_and_the_log_says_so() {
    let hall = Hall::new("");
    without_phones(&hall.terminal);
    let person = hall.known_there();
    let number = known_number().parse().expect("valid");
    for _ in 0..5 {
        let now = gighall_core::testing::at(NOW);
        hall.store.number_was_wrong(&number, now).expect("kept");
    }
    hall.enter();
    hall.terminal.touch("设密码");
    types(&hall.terminal, &known_number());
    hall.terminal.touch("是的，是这个人");
    assert_eq!(hall.terminal.screen(), "pin");
    types(&hall.terminal, "2608");
    types(&hall.terminal, "2608");
    assert_eq!(hall.terminal.screen(), "staff_menu");
    assert!(hall.says("密码设好了"));
    assert_eq!(hall.log().last(), Some(&line("12", Deed::SetPin, "ok")));
    let kept = hall.store.pin_of(person.worker).expect("read");
    let kept = kept.expect("one");
    assert!(gighall_kiosk::staff::pin::is_of(&kept.0, "2608").expect("checked"));
    assert!(!gighall_kiosk::staff::pin::is_of(&kept.0, "2609").expect("checked"));
    let logged = format!("{:?}", hall.store.staff_log(100).expect("read"));
    assert!(!logged.contains("2608") && !logged.contains("argon2"));
    hall.terminal.touch("首页");
    assert_nothing_personal(&hall.terminal);
}
