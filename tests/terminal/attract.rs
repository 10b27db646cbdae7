//! The terminal while nobody is there: it shows the open jobs, and whoever comes begins afresh.

use crate::support::*;
use gighall_core::job::Job;
use gighall_kiosk::devices::{Devices, News};
use gighall_kiosk::ui::{AttractData, FindData, Terminal, Theme};
use i_slint_backend_testing::ElementHandle;
use slint::{ComponentHandle, LogicalPosition};
use std::sync::mpsc::channel;
use std::time::Duration;

const AFTER: u64 = 30;
const CHANGE: u64 = 8;

fn attracting() -> TestTerminal {
    terminal_attracting(Some(Duration::from_secs(AFTER)))
}

fn data(terminal: &TestTerminal) -> AttractData<'_> {
    terminal.window().global::<AttractData>()
}

/// The job in sight.
fn number(terminal: &TestTerminal) -> String {
    assert!(data(terminal).get_on() && data(terminal).get_has_job());
    data(terminal).get_job().number.to_string()
}

fn change_jobs(terminal: &TestTerminal, change: impl FnOnce(&mut Vec<Job>)) {
    change(&mut terminal.desk.jobs.lock().expect("held"));
    terminal.controller.store_changed();
    settle();
}

/// The middle of a button of the first screen.
fn middle(terminal: &TestTerminal, label: &str) -> LogicalPosition {
    let found: Vec<_> = ElementHandle::find_by_accessible_label(terminal.window(), label).collect();
    let (at, size) = (found[0].absolute_position(), found[0].size());
    LogicalPosition::new(at.x + size.width / 2.0, at.y + size.height / 2.0)
}

#[test]
fn jobs_pass_by_and_the_urgent_come_first() {
    let terminal = attracting();
    terminal.pass(AFTER - 1);
    assert!(!data(&terminal).get_on());
    terminal.pass(1);
    settle();
    let urgent: Vec<String> = some_urgent(&terminal);
    let mut seen = vec![number(&terminal)];
    assert!(terminal.sees("点一下屏幕开始"));
    assert!(!terminal.sees("找活"), "the first screen is not behind it");
    terminal.pass(CHANGE - 1);
    assert_eq!(number(&terminal), seen[0]);
    terminal.pass(1);
    for _ in 1..urgent.len() {
        seen.push(number(&terminal));
        terminal.pass(CHANGE);
    }
    assert_eq!(seen, urgent);
    let job = data(&terminal).get_job();
    assert!(job.places_left > 0 && !job.title.is_empty());
    assert!(!data(&terminal).get_place().is_empty());
    let surroundings = terminal.window().global::<Terminal>();
    assert!(!surroundings.get_speaks(), "nothing is read aloud");
    assert_eq!(
        surroundings.get_hall_code().address,
        "",
        "no code grows old"
    );
}

/// Numbers of the urgent jobs, by start.
fn some_urgent(terminal: &TestTerminal) -> Vec<String> {
    let jobs = terminal.desk.jobs.lock().expect("held");
    let mut urgent: Vec<&Job> = jobs.iter().filter(|job| job.urgent).collect();
    urgent.sort_by_key(|job| (job.starts_at, job.number));
    urgent.iter().map(|job| job.number.to_string()).collect()
}

#[test]
fn a_touch_begins_and_reaches_nothing_behind() {
    let terminal = attracting();
    let find = middle(&terminal, "找活");
    terminal.pass(AFTER);
    settle();
    assert!(data(&terminal).get_on());
    terminal.press(find);
    // However long the finger stays.
    terminal.wait(Duration::from_secs(100));
    assert!(data(&terminal).get_on());
    terminal.lift(find);
    settle();
    assert!(!data(&terminal).get_on());
    assert_eq!(terminal.screen(), "home");
    // A second tap at once was meant for what was there before.
    terminal.press(find);
    terminal.lift(find);
    settle();
    assert_eq!(terminal.screen(), "home");
    terminal.wait(Duration::from_millis(400));
    assert_ne!(
        terminal
            .window()
            .global::<Terminal>()
            .get_hall_code()
            .address,
        "",
        "the code for phones is back"
    );
    terminal.press(find);
    terminal.lift(find);
    settle();
    assert_eq!(terminal.screen(), "kinds");
}

#[test]
fn the_job_in_sight_is_a_touch_away() {
    let terminal = attracting();
    terminal.pass(AFTER);
    settle();
    let shown = number(&terminal);
    let button = format!("看看这个活 {shown}");
    let (_, at) = terminal
        .buttons()
        .into_iter()
        .find(|(label, _)| *label == button)
        .expect("it is there");
    terminal.press(at);
    assert!(data(&terminal).get_on(), "the finger is down");
    terminal.lift(at);
    settle();
    assert!(!data(&terminal).get_on());
    assert_eq!(terminal.screen(), "job");
    let read = terminal.window().global::<FindData>().get_job();
    assert_eq!(read.item.number, shown);
    terminal.wait(Duration::from_millis(400));
    terminal.touch("返回");
    assert_eq!(terminal.screen(), "home");
}

#[test]
fn the_wipe_leads_to_it_and_it_holds_nothing_of_anybody() {
    let terminal = attracting();
    terminal.controller.touched(true);
    terminal.controller.touched(false);
    terminal.touch("English");
    terminal.touch("Large type");
    terminal.touch("Register");
    terminal.keys(&new_number());
    terminal.pass(59);
    assert!(
        !data(&terminal).get_on(),
        "not while somebody is asked something"
    );
    terminal.pass(1);
    assert!(!data(&terminal).get_on(), "the warning is in sight");
    terminal.pass(15);
    settle();
    assert!(data(&terminal).get_on());
    assert_nothing_personal(&terminal);
    assert!(!terminal.window().global::<Theme>().get_large_type());
    assert!(terminal.sees("点一下屏幕开始"), "the hall's language again");
}

#[test]
fn whoever_leaves_the_first_screen_in_another_language_leaves_it_to_nobody() {
    let terminal = attracting();
    terminal.controller.touched(true);
    terminal.controller.touched(false);
    terminal.touch("English");
    terminal.pass(AFTER - 1);
    assert!(!data(&terminal).get_on());
    terminal.pass(1);
    settle();
    assert!(data(&terminal).get_on());
    assert!(terminal.sees("点一下屏幕开始"));
}

#[test]
fn staff_who_were_called_stay_called() {
    let terminal = attracting();
    terminal.touch("请人帮忙");
    // The panel says that they come.
    terminal.pass(AFTER);
    assert!(!data(&terminal).get_on());
}

#[test]
fn what_ends_or_fills_leaves_at_once_and_with_none_the_hall_is_shown() {
    let terminal = attracting();
    terminal.pass(AFTER);
    let first = number(&terminal);
    let is_first = |job: &Job| job.number.to_string() == first;
    change_jobs(&terminal, |jobs| {
        let job = jobs.iter_mut().find(|job| is_first(job)).expect("there");
        job.places_left += 7;
    });
    assert_eq!(number(&terminal), first);
    let left = data(&terminal).get_job().places_left;
    assert!(left > 7, "what has changed is seen: {left}");
    change_jobs(&terminal, |jobs| {
        let job = jobs.iter_mut().find(|job| is_first(job)).expect("there");
        job.places_left = 0;
    });
    let second = number(&terminal);
    assert_ne!(second, first);
    change_jobs(&terminal, |jobs| {
        jobs.retain(|job| job.number.to_string() != second);
    });
    assert!(![first, second].contains(&number(&terminal)));
    let mut kept = vec![];
    change_jobs(&terminal, |jobs| kept = std::mem::take(jobs));
    assert!(data(&terminal).get_on() && !data(&terminal).get_has_job());
    assert!(terminal.sees("现在没有正在招人的活"));
    assert!(
        terminal.sees("大厅 08:00 开门。"),
        "{:#?}",
        terminal.labels()
    );
    let asked = *terminal.desk.paraded.lock().expect("held");
    terminal.pass(1_000);
    terminal.pass(1_000);
    assert_eq!(
        *terminal.desk.paraded.lock().expect("held"),
        asked,
        "no news, no work"
    );
    change_jobs(&terminal, |jobs| jobs.extend(kept.pop()));
    assert!(data(&terminal).get_has_job());
}

#[test]
fn a_code_that_is_scanned_works_as_on_the_first_screen() {
    let terminal = attracting();
    let (told, news) = channel();
    terminal.controller.attach(Devices::default(), news);
    terminal.pass(AFTER);
    assert!(data(&terminal).get_on());
    told.send(News::Scanned("100".to_owned())).expect("heard");
    terminal.pass(0);
    settle();
    assert!(!data(&terminal).get_on());
    assert_eq!(terminal.screen(), "results");
}

#[test]
fn a_store_that_fails_is_asked_again_and_never_black() {
    let terminal = attracting();
    *terminal.desk.store_fails.lock().expect("held") = true;
    terminal.pass(AFTER);
    settle();
    assert!(data(&terminal).get_on() && terminal.sees("点一下屏幕开始"));
    *terminal.desk.store_fails.lock().expect("held") = false;
    terminal.pass(CHANGE);
    settle();
    assert!(data(&terminal).get_has_job());
}

#[test]
fn a_hall_that_wants_none_keeps_its_first_screen() {
    let terminal = terminal();
    terminal.controller.touched(true);
    terminal.controller.touched(false);
    terminal.pass(60);
    terminal.pass(15);
    terminal.pass(1_000);
    assert!(!data(&terminal).get_on());
    assert!(terminal.sees("找活"));
}
