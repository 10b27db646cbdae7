//! "Jobs that suit you", by the labels that are on the buttons.

use crate::support::*;
use gighall_core::claim::ClaimState;
use gighall_core::job::WorkKind;
use gighall_core::rules::may_claim;
use gighall_core::testing::at;
use gighall_core::wishes::{Hours, Paper, Wishes};
use gighall_kiosk::ui::{ServiceData, SuitItem, Terminal};
use jiff::tz::TimeZone;
use slint::{ComponentHandle, Model};

/// Says who one is, on the screen that asks for the number.
fn it_is_me(terminal: &TestTerminal) {
    terminal.keys(&known_number());
    terminal.touch("下一步");
    terminal.touch("是我本人");
}

fn known_as(terminal: &TestTerminal, kinds: &[WorkKind], wishes: Option<Wishes>) {
    let mut people = terminal.desk.people.lock().expect("held");
    let known = people.get_mut(&known_number()).expect("known");
    (known.work_kinds, known.wishes) = (kinds.to_vec(), wishes);
}

fn rows(terminal: &TestTerminal) -> Vec<SuitItem> {
    let data = terminal.window().global::<ServiceData>();
    data.get_suited().iter().collect()
}

/// Every row of every page.
fn all_rows(terminal: &TestTerminal) -> Vec<SuitItem> {
    let data = terminal.window().global::<ServiceData>();
    let mut all = rows(terminal);
    for _ in 1..data.get_pages() {
        data.invoke_turn(1);
        all.extend(rows(terminal));
    }
    all
}

#[test]
fn whoever_never_said_it_is_asked_what_they_wish_and_then_sees_what_suits() {
    let terminal = terminal();
    terminal.touch("适合我的");
    assert_eq!(terminal.screen(), "number");
    it_is_me(&terminal);
    assert_eq!(terminal.screen(), "suit_kinds");
    terminal.touch("建筑");
    terminal.touch("焊工");
    terminal.touch("下一步（已选 2 种）");
    assert_eq!(terminal.screen(), "suit_pay");
    terminal.touch("一天 150 元以上");
    assert_eq!(terminal.screen(), "suit_town");
    terminal.touch("草海镇");
    assert_eq!(terminal.screen(), "suit_hours");
    terminal.touch("白天");
    assert_eq!(terminal.screen(), "suit_papers");
    terminal.touch("焊工证");
    terminal.touch("下一步");
    assert_eq!(terminal.screen(), "suits");

    let people = terminal.desk.people.lock().expect("held");
    let known = people[&known_number()].clone();
    drop(people);
    assert_eq!(
        known.work_kinds,
        [WorkKind::Construction, WorkKind::Welding]
    );
    let wishes = Wishes {
        fen_a_day: Some(15_000),
        town: Some("草海镇".to_owned()),
        hours: Some(Hours::Day),
        papers: Some(vec![Paper::Welder]),
    };
    assert_eq!(known.wishes, Some(wishes));

    let all = rows(&terminal);
    assert!(!all.is_empty());
    for row in &all {
        let kind = row.job.work_kind.as_str();
        assert!(
            row.kind && ["construction", "welding"].contains(&kind),
            "{kind}"
        );
    }
    // A welder with the paper goes before a builder.
    assert_eq!(all[0].job.title, "焊工（持证）");
    assert!(all[0].papers && !all[1].papers);
    assert!(
        terminal.sees("您会做 · 您有证 · 工钱够您想要的 · 白天的活"),
        "{:#?}",
        terminal.labels()
    );
}

#[test]
fn whoever_said_it_at_another_terminal_is_not_asked_again() {
    let terminal = terminal();
    let wishes = Wishes {
        town: Some("草海镇".to_owned()),
        ..Wishes::default()
    };
    *terminal.desk.services.wishes_at_hub.lock().expect("held") = Some(wishes);
    terminal.touch("适合我的");
    it_is_me(&terminal);
    assert_eq!(terminal.screen(), "suits");
    assert!(rows(&terminal)[0].town);
}

#[test]
fn whoever_said_it_is_not_asked_again_and_may_change_it() {
    let terminal = terminal();
    let wishes = Wishes {
        fen_a_day: Some(30_000),
        ..Wishes::default()
    };
    known_as(&terminal, &[WorkKind::Cleaning], Some(wishes));
    terminal.touch("适合我的");
    it_is_me(&terminal);
    assert_eq!(terminal.screen(), "suits");
    terminal.touch("返回");
    assert_eq!(
        terminal.screen(),
        "home",
        "back does not lead through who one is"
    );

    terminal.touch("适合我的");
    it_is_me(&terminal);
    terminal.touch("改我的要求");
    assert_eq!(terminal.screen(), "suit_kinds");
    terminal.touch("下一步（已选 1 种）");
    terminal.touch("多少都行");
    terminal.touch("全部乡镇");
    terminal.touch("什么时候都行");
    terminal.touch("我都没有");
    assert_eq!(terminal.screen(), "suits");
    let people = terminal.desk.people.lock().expect("held");
    let none = Wishes {
        papers: Some(vec![]),
        ..Wishes::default()
    };
    assert_eq!(people[&known_number()].wishes, Some(none));
    drop(people);
    terminal.touch("返回");
    assert_eq!(terminal.screen(), "home");
}

#[test]
fn nothing_is_proposed_that_the_person_may_not_take() {
    let terminal = terminal();
    known_as(&terminal, &[], Some(Wishes::default()));
    // Two days are taken, by one job each.
    terminal.desk.had_claimed(0, ClaimState::Confirmed);
    terminal.desk.had_claimed(1, ClaimState::Provisional);
    terminal.touch("适合我的");
    it_is_me(&terminal);
    let all = all_rows(&terminal);
    assert!(!all.is_empty());
    let people = terminal.desk.people.lock().expect("held");
    let birth = people[&known_number()].birth_date;
    drop(people);
    let jobs = terminal.desk.jobs.lock().expect("held").clone();
    let held = [0, 1].map(|n: usize| gighall_core::rules::HeldClaim::of(&jobs[n]));
    let zone = TimeZone::get("Asia/Shanghai").expect("bundled");
    let allowed = jobs.iter().filter(|job| {
        may_claim(job, birth, &held, None, at(NOW), &zone).is_ok() && job.is_open(at(NOW))
    });
    let mut allowed: Vec<String> = allowed.map(|job| job.number.to_string()).collect();
    let mut seen: Vec<String> = all.iter().map(|row| row.job.number.to_string()).collect();
    allowed.sort();
    seen.sort();
    assert_eq!(seen, allowed);
    assert!(seen.len() < jobs.len(), "two days of five are taken");
}

#[test]
fn a_job_is_opened_from_the_list_and_taken_without_saying_again_who_one_is() {
    let terminal = terminal();
    known_as(
        &terminal,
        &[WorkKind::Construction],
        Some(Wishes::default()),
    );
    terminal.touch("适合我的");
    it_is_me(&terminal);
    let first = rows(&terminal)[0].job.clone();
    terminal.touch(&format!("{} {}", first.number, first.title));
    assert_eq!(terminal.screen(), "job");
    terminal.touch("我要接这个活");
    assert_eq!(terminal.screen(), "confirm");
    terminal.touch("是，我接这个活");
    assert_eq!(terminal.screen(), "slip");
}

#[test]
fn a_job_that_is_taken_meanwhile_leaves_the_list() {
    let terminal = terminal();
    known_as(
        &terminal,
        &[WorkKind::Construction],
        Some(Wishes::default()),
    );
    terminal.touch("适合我的");
    it_is_me(&terminal);
    let first = rows(&terminal)[0].job.number.clone();
    for job in terminal.desk.jobs.lock().expect("held").iter_mut() {
        if first == job.number.to_string() {
            job.places_left = 0;
        }
    }
    terminal.controller.store_changed();
    settle();
    assert!(rows(&terminal).iter().all(|row| row.job.number != first));
}

#[test]
fn whoever_holds_as_much_as_one_may_is_told_that() {
    let terminal = terminal();
    known_as(&terminal, &[], Some(Wishes::default()));
    for n in 0..5 {
        terminal.desk.had_claimed(n, ClaimState::Confirmed);
    }
    terminal.touch("适合我的");
    it_is_me(&terminal);
    assert!(rows(&terminal).is_empty());
    assert!(terminal.sees("现在没有合适的活。"));
    assert!(terminal.sees("您手上的活已经达到上限，请先干完或取消一个。"));
}

#[test]
fn nothing_of_it_stays_when_the_person_leaves() {
    let terminal = terminal();
    let wishes = Wishes {
        town: Some("草海镇".to_owned()),
        papers: Some(vec![Paper::Cook]),
        ..Wishes::default()
    };
    known_as(&terminal, &[WorkKind::Construction], Some(wishes));
    terminal.touch("适合我的");
    it_is_me(&terminal);
    terminal.touch("改我的要求");
    terminal.controller.wipe();
    let window = terminal.window();
    let data = window.global::<ServiceData>();
    assert_eq!(data.get_suited().row_count(), 0);
    assert_eq!(data.get_kinds_chosen(), 0);
    assert_eq!(data.get_options().row_count(), 0);
    assert_eq!(data.get_masked_name(), "");
    assert_eq!(data.get_barred(), "");
    assert_eq!(window.global::<Terminal>().get_screen(), "home");
}

#[test]
fn reserved_jobs_say_who_comes_first_and_stand_last() {
    let terminal = terminal();
    known_as(
        &terminal,
        &[WorkKind::Construction],
        Some(Wishes::default()),
    );
    let mut jobs = terminal.desk.jobs.lock().expect("held");
    let builders = jobs
        .iter_mut()
        .filter(|job| job.work_kind == WorkKind::Construction);
    let mut numbers = vec![];
    for job in builders.take(2) {
        job.reserved = true;
        numbers.push(job.number.to_string());
    }
    drop(jobs);
    terminal.touch("适合我的");
    it_is_me(&terminal);
    let all = all_rows(&terminal);
    let reserved = all.iter().map(|row| row.others_first);
    assert!(reserved.is_sorted(), "those of others last");
    let last = all.iter().filter(|row| row.others_first);
    assert!(
        last.clone()
            .all(|row| numbers.contains(&row.job.number.to_string()))
    );
    assert_eq!(last.count(), 2);
    assert!(terminal.sees("就业困难人员优先"));
}
