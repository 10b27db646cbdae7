//! Somebody at the terminal and what they come for, a touch after the other.

mod staff;
mod workers;

use crate::terminal_support::*;
use gighall_core::hall::{Notice, NoticeKind};
use gighall_core::id::NoticeId;
use gighall_core::testing::at;
use gighall_kiosk::ui::FindData;
use slint::{ComponentHandle, Model};
use std::cell::Cell;
use std::time::Duration;
use uuid::Uuid;

/// What somebody does, from the first screen on.
pub type Flow = fn(&Hand);

/// What people come for, and what staff do, and how they get it.
pub const FLOWS: [&[(&str, Flow)]; 2] = [workers::FLOWS, staff::FLOWS];

/// Somebody at the terminal, whose touches are counted.
pub struct Hand {
    pub hall: Hall,
    pub touches: Cell<usize>,
    pub answers: Cell<usize>,
}

impl Hand {
    pub fn touch(&self, label: &str) {
        self.touches.set(self.touches.get() + 1);
        self.hall.terminal.tap(label);
    }

    pub fn sees(&self, screen: &str) {
        assert_eq!(self.hall.terminal.screen(), screen);
    }

    // ---- one's own data

    pub fn enter(&self, text: &str) {
        for key in text.chars() {
            self.hall.terminal.tap(&key.to_string());
        }
    }

    pub fn choose(&self, label: &str) {
        self.hall.terminal.tap(label);
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

    /// Everything that somebody new says of themselves, up to the notice.
    pub fn new_person(&self) {
        self.number(&new_number());
        self.enter("zhang");
        self.choose("张");
        self.enter("san");
        self.choose("三");
        self.ends_with("下一步");
        self.enter("13912345678");
        self.ends_with("下一步");
        self.choose("建筑");
        self.ends_with("下一步（已选 1 种）");
        // An answer like the others: that one would rather not say is said with one touch.
        self.sees("hardship");
        self.ends_with("不说，下一步");
        self.sees("consent");
    }

    // ---- parts of flows

    /// From the job's page to the slip, somebody who is known.
    pub fn takes_it(&self) {
        self.touch("我要接这个活");
        self.number(&known_number());
        self.touch("是，我接这个活");
        self.sees("slip");
    }

    /// The first job in the list.
    pub fn opens_the_first(&self) {
        self.sees("results");
        let find = self.hall.terminal.window().global::<FindData>();
        let job = find.get_rows().row_data(0).expect("one fits");
        self.touch(&format!("{} {}", job.number, job.title));
    }

    /// Changes what the list is narrowed by, and takes the first job that fits.
    pub fn narrows_and_takes(&self, touches: &[&str]) {
        self.finds();
        touches.iter().for_each(|label| self.touch(label));
        self.opens_the_first();
        self.takes_it();
    }

    pub fn is_known(&self) {
        self.number(&known_number());
        self.touch("是我本人");
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
