//! Somebody at the terminal and what they come for, a touch after the other.

mod staff;
mod workers;

use crate::support::*;
use gighall_core::hall::{Notice, NoticeKind};
use gighall_core::id::NoticeId;
use gighall_core::job::Job;
use gighall_core::testing::at;
use gighall_kiosk::ui::FindData;
use slint::{ComponentHandle, LogicalPosition, Model};
use std::cell::Cell;
use std::time::Duration;
use uuid::Uuid;
use workers::Wish;

/// What somebody does, from the first screen on.
pub type Flow = Box<dyn Fn(&Hand) + Send + Sync>;

/// A part of it, with what it is called.
pub type Part = (&'static str, fn(&Hand));

/// What people come for, and what staff do, and how they get it. Every way to a job is gone by somebody who is
/// known, and by somebody who is not.
pub fn flows() -> Vec<(String, Flow)> {
    let mut all: Vec<(String, Flow)> = Vec::new();
    for (name, way) in workers::WAYS {
        let known = move |hand: &Hand| {
            way(hand);
            hand.says_who_they_are();
        };
        all.push((format!("{name}, known"), Box::new(known)));
        let new = move |hand: &Hand| {
            way(hand);
            hand.registers_and_takes_it();
        };
        all.push((format!("{name}, new"), Box::new(new)));
    }
    for wish in workers::wishes() {
        let known = move |hand: &Hand| {
            hand.looks_for(&wish);
            hand.says_who_they_are();
        };
        all.push((format!("{}, known", wish.name()), Box::new(known)));
        let new = move |hand: &Hand| {
            hand.looks_for(&wish);
            hand.registers_and_takes_it();
        };
        all.push((format!("{}, new", wish.name()), Box::new(new)));
    }
    for (name, flow) in workers::FLOWS.iter().chain(staff::FLOWS) {
        all.push(((*name).to_owned(), Box::new(flow)));
    }
    all
}

/// On what turns pages; there is none to touch on the last one.
const NEXT_PAGE: &str = "▼ 下一页";

fn place_of(buttons: &[(String, LogicalPosition)], label: &str) -> Option<LogicalPosition> {
    let mut found = buttons.iter().filter(|(found, _)| found == label);
    found.next().map(|(_, at)| *at)
}

/// Somebody at the terminal, whose touches are counted.
pub struct Hand {
    pub hall: Hall,
    pub touches: Cell<usize>,
    pub answers: Cell<usize>,
}

impl Hand {
    pub fn touch(&self, label: &str) {
        let at = self.turns_to(label);
        self.touches.set(self.touches.get() + 1);
        self.hall.terminal.tap_at(at);
    }

    /// Where it is; what is on another page is turned to.
    fn turns_to(&self, label: &str) -> LogicalPosition {
        loop {
            let buttons = self.hall.terminal.buttons();
            if let Some(at) = place_of(&buttons, label) {
                return at;
            }
            let Some(next) = place_of(&buttons, NEXT_PAGE) else {
                let all: Vec<&String> = buttons.iter().map(|(label, _)| label).collect();
                panic!(
                    "no {label:?} on {} among {all:#?}",
                    self.hall.terminal.screen()
                );
            };
            self.touches.set(self.touches.get() + 1);
            self.hall.terminal.tap_at(next);
        }
    }

    pub fn sees(&self, screen: &str) {
        assert_eq!(self.hall.terminal.screen(), screen);
    }

    // ---- one's own data

    /// Types it. Keys do not move, so they are looked for once; a touch beside one would leave the answer
    /// wanting, and with it every flow.
    pub fn enter(&self, text: &str) {
        let terminal = &self.hall.terminal;
        let mut keys = terminal.buttons();
        for key in text.chars().map(|key| key.to_string()) {
            // A small panel has digits and letters on the same keys.
            for other in ["数字", "字母"] {
                if place_of(&keys, &key).is_none()
                    && let Some(at) = place_of(&keys, other)
                {
                    terminal.tap_at(at);
                    keys = terminal.buttons();
                }
            }
            match place_of(&keys, &key) {
                Some(at) => terminal.tap_at(at),
                None => terminal.tap(&key),
            }
        }
    }

    pub fn choose(&self, label: &str) {
        self.hall.terminal.tap_at(self.turns_to(label));
    }

    /// The answer is whole.
    pub fn ends_with(&self, label: &str) {
        self.answers.set(self.answers.get() + 1);
        self.hall.terminal.tap(label);
    }

    pub fn number(&self, number: &str) {
        self.sees("number");
        self.enter(number);
        self.ends_with("下一步");
    }

    /// A PIN, typed twice.
    pub fn chooses_a_pin(&self) {
        for _ in 0..2 {
            self.sees("pin");
            self.enter("2608");
            self.ends_with("下一步");
        }
    }

    /// Everything that somebody new says of themselves, up to the notice.
    pub fn new_person(&self) {
        self.is_new();
        self.enter("13912345678");
        self.ends_with("下一步");
        self.says_the_rest();
    }

    /// The same, of somebody without a telephone.
    pub fn new_person_without_phone(&self) {
        self.is_new();
        self.ends_with("我没有手机");
        self.chooses_a_pin();
        self.says_the_rest();
    }

    fn is_new(&self) {
        self.number(&new_number());
        self.enter("zhang");
        self.choose("张");
        self.enter("san");
        self.choose("三");
        self.ends_with("下一步");
    }

    fn says_the_rest(&self) {
        self.choose("建筑");
        self.ends_with("下一步（已选 1 种）");
        // An answer like the others: that one would rather not say is said with one touch.
        self.sees("hardship");
        self.ends_with("不说，下一步");
        self.sees("consent");
    }

    // ---- parts of flows

    /// Whoever wants the job says who they are, and is asked whether they take it.
    pub fn says_who_they_are(&self) {
        self.number(&known_number());
        self.touch("是，我接这个活");
        self.sees("slip");
    }

    /// Somebody new wants it.
    pub fn registers_and_takes_it(&self) {
        self.new_person();
        self.touch("没错，同意登记");
        self.touch("是，我接这个活");
        self.sees("slip");
    }

    /// The first job in the list, without reading its page.
    pub fn takes_the_first(&self) {
        self.sees("results");
        let find = self.hall.terminal.window().global::<FindData>();
        let job = find.get_rows().row_data(0).expect("one fits");
        self.touch(&format!("接活 {} {}", job.number, job.title));
        self.sees("number");
    }

    /// Looks for it as somebody does who sees what the screen asks, and takes the first job in sight that is
    /// like that; what it says of it is read before they say who they are.
    pub fn looks_for(&self, wish: &Wish) {
        let terminal = &self.hall.terminal;
        let shows = |label: &str| place_of(&terminal.buttons(), label).is_some();
        self.touch("找活");
        if let Some(town) = wish.town {
            if !shows(town) {
                self.touch("更多乡镇");
            }
            self.touch(town);
        }
        // All jobs of a small town are in the list already.
        if terminal.screen() == "kinds" {
            self.touch(wish.kind.map_or("全部工种", |(name, _)| name));
        }
        self.sees("results");
        let fits = |job: &Job| wish.is_met_by(job);
        if self.in_sight(fits).is_none()
            && let Some(yuan) = wish.pay
        {
            self.touch("一天工钱 不限");
            self.touch(&format!("一天 {yuan} 元以上"));
        }
        while self.in_sight(fits).is_none() {
            self.touch(NEXT_PAGE);
        }
        let job = self.in_sight(fits).expect("in sight");
        self.touch(&format!("接活 {} {}", job.number, job.title));
        self.sees("number");
        self.reads(&job);
    }

    /// The first job of the page in sight that is like that.
    fn in_sight(&self, fits: impl Fn(&Job) -> bool) -> Option<Job> {
        let find = self.hall.terminal.window().global::<FindData>();
        let jobs = self.hall.terminal.desk.jobs.lock().expect("held");
        let rows = find.get_rows();
        let mut shown = rows.iter().filter_map(|row| {
            let mut all = jobs.iter();
            all.find(|job| job.number.to_string() == row.number.as_str())
        });
        shown.find(|job| fits(job)).cloned()
    }

    /// Everything that matters of the job stands on the screen.
    fn reads(&self, job: &Job) {
        let labels = self.hall.terminal.labels().join("\n");
        let employer = Some(&job.employer.name);
        let said = [Some(&job.title), employer, job.gather_place.as_ref()];
        let said = said.into_iter().chain([job.requirements.as_ref()]);
        for words in said.flatten() {
            assert!(labels.contains(words.as_str()), "{words} in {labels}");
        }
    }

    /// Changes what the list is narrowed by, and takes the first job that fits.
    pub fn narrows_and_takes(&self, touches: &[&str]) {
        self.finds();
        touches.iter().for_each(|label| self.touch(label));
        self.takes_the_first();
    }

    pub fn is_known(&self) {
        self.number(&known_number());
        self.touch("是我本人");
    }

    /// Staff found somebody.
    pub fn is_the_person(&self) {
        self.number(&known_number());
        self.touch("是的，是这个人");
    }

    pub fn finds(&self) {
        self.touch("找活");
        self.touch("全部工种");
        self.sees("results");
    }

    pub fn my_jobs(&self) {
        self.touch("我的活");
        self.is_known();
        self.sees("my_jobs");
    }

    /// As number 12, in the menu of staff.
    pub fn is_of_staff(&self) {
        self.touch("请人帮忙");
        self.touch("工作人员入口");
        self.enter(PIN);
        self.ends_with("下一步");
        self.enter("12");
        self.ends_with("下一步");
        self.sees("staff_menu");
    }
}

pub fn an_emergency() -> Notice {
    Notice {
        id: NoticeId(Uuid::from_u128(7)),
        kind: NoticeKind::Emergency,
        title: "请马上离开大厅".to_owned(),
        body: String::new(),
        issuer: None,
        effective_from: at(NOW),
        effective_to: None,
        ticker: false,
    }
}

/// The first screen takes touches.
pub fn settled(terminal: &TestTerminal) {
    terminal.wait(Duration::from_millis(350));
}
