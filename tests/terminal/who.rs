//! Saying who one is: the number, and what proves that it is one's own.

use crate::support::*;
use gighall_kiosk::terminal::desk::{Identified, ProvenBy};
use jiff::SignedDuration;

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
    assert!(terminal.sees("这几位不对，请再试一次。连着错几次要等一会儿，记不清就找工作人员。"));
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
