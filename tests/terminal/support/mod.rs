//! A terminal without a store behind it, and hands that touch what a person would touch.
#![allow(dead_code, unused_imports)]

mod desk;
mod glass;
mod hall;
mod services;
mod staff;

pub use desk::{FakeDesk, Fate, NOW, known_number, new_number, some_jobs};
pub use hall::{Hall, PIN, line};
pub use services::ServiceFate;
pub use staff::{staff_config, staff_of};

use gighall_core::playlist::Theme;
use gighall_kiosk::terminal::runner::{Inline, Runner, Work};
use gighall_kiosk::terminal::{TerminalController, TerminalOptions};
use gighall_kiosk::ui::{
    ClaimData, FindData, KeyboardData, MyJobsData, PassData, RegisterData, RightsData, ServiceData,
    StaffData, Terminal, TerminalWindow, Theme as UiTheme,
};
use gighall_kiosk::wall::pictures::Drawn;
use i_slint_backend_testing::{AccessibleRole, ElementHandle, ElementQuery};
use jiff::tz::TimeZone;
use slint::{ComponentHandle, Model, SharedPixelBuffer};
use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

/// Work that waits until the test lets it run: a slow disk, a slow hub.
#[derive(Clone, Default)]
pub struct Later {
    work: Rc<RefCell<Vec<Work>>>,
    pub slow: Rc<Cell<bool>>,
}

impl Later {
    /// Does what waits.
    pub fn do_it(&self) {
        let work: Vec<Work> = self.work.borrow_mut().drain(..).collect();
        for work in work {
            work();
        }
    }
}

impl Runner for Later {
    fn run(&self, work: Work) {
        if self.slow.get() {
            self.work.borrow_mut().push(work);
        } else {
            Inline.run(work);
        }
    }
}

/// A terminal with a clock and a runner that the test moves.
pub struct TestTerminal {
    pub desk: Arc<FakeDesk>,
    pub controller: Rc<TerminalController>,
    pub clock: Rc<Cell<Duration>>,
    pub later: Later,
}

impl TestTerminal {
    /// Puts one on a new window.
    pub fn new(window: TerminalWindow) -> Self {
        Self::attracting(window, None)
    }

    /// The same, which shows jobs after so long without a touch, for 8 s each.
    pub fn attracting(window: TerminalWindow, attract: Option<Duration>) -> Self {
        let desk = FakeDesk::new();
        let clock = Rc::new(Cell::new(Duration::from_secs(1_000)));
        let later = Later::default();
        let time = Rc::clone(&clock);
        let controller = TerminalController::with_clock(
            desk.clone(),
            window,
            TerminalOptions {
                zone: TimeZone::get("Asia/Shanghai").expect("bundled"),
                hall: "威宁县零工市场".to_owned(),
                idle: Duration::from_secs(60),
                staff_idle: Duration::from_secs(30),
                attract,
                attract_change: Duration::from_secs(8),
                opens: "08:00".to_owned(),
                px_per_mm: 3.64,
                language: "zh-CN".to_owned(),
                here: "26.857,104.282".parse().ok(),
                theme: Theme::Day,
                still: true,
                places: services::some_places(),
                calls_on_wall: true,
                platform: Some("https://platform.example/wages".to_owned()),
                map: Some(a_map()),
                calls_aloud: false,
                volume: 70,
                hub_here: false,
            },
            Box::new(later.clone()),
            Box::new(move || time.get()),
        );
        Self {
            desk,
            controller,
            clock,
            later,
        }
    }

    pub fn window(&self) -> &TerminalWindow {
        self.controller.window()
    }

    /// Lets time pass for the session and for the window.
    pub fn pass(&self, seconds: u64) {
        self.clock
            .set(self.clock.get() + Duration::from_secs(seconds));
        self.controller.tick();
    }

    fn labelled(&self, label: &str) -> Vec<ElementHandle> {
        ElementHandle::find_by_accessible_label(self.window(), label).collect()
    }

    /// Whether something with that label is on the screen.
    pub fn sees(&self, label: &str) -> bool {
        !self.labelled(label).is_empty()
    }

    /// Whether something on the screen says that among other things.
    pub fn says(&self, part: &str) -> bool {
        self.labels().iter().any(|label| label.contains(part))
    }

    /// Every label on the screen.
    pub fn labels(&self) -> Vec<String> {
        let all = ElementQuery::from_root(self.window())
            .match_descendants()
            .find_all();
        let labels = all.iter().filter_map(ElementHandle::accessible_label);
        labels
            .map(|label| label.to_string())
            .filter(|l| !l.is_empty())
            .collect()
    }

    /// Touches the button with that label, as a finger would; panics if there is none.
    pub fn touch(&self, label: &str) {
        touched(&self.button(label));
    }

    fn button(&self, label: &str) -> ElementHandle {
        let mut found = self.labelled(label).into_iter();
        found
            .find(|e| e.accessible_role() == Some(AccessibleRole::Button))
            .unwrap_or_else(|| panic!("no button {label:?} among {:#?}", self.labels()))
    }

    /// Touches a key after the other. Each is looked for once: that is what takes the time.
    pub fn keys(&self, text: &str) {
        let mut known: HashMap<char, ElementHandle> = HashMap::new();
        for key in text.chars() {
            let kept = known.remove(&key).filter(ElementHandle::is_valid);
            let button = kept.unwrap_or_else(|| self.button(&key.to_string()));
            touched(&button);
            known.insert(key, button);
        }
    }

    /// Which screen is in sight.
    pub fn screen(&self) -> String {
        let window = self.window();
        window.global::<Terminal>().get_screen().to_string()
    }
}

/// Touches come one after the other; the window settles in between.
fn touched(button: &ElementHandle) {
    button.invoke_accessible_default_action();
    settle();
}

pub fn terminal() -> TestTerminal {
    terminal_attracting(None)
}

/// A map of a hall with nothing in it.
fn a_map() -> Drawn {
    Drawn {
        wanted: Default::default(),
        stamp: None,
        pixels: SharedPixelBuffer::new(16, 9),
    }
}

/// A terminal on another panel: its pixels, and how many of them are a millimetre.
pub fn terminal_on(width: u32, height: u32, px_per_mm: f32) -> TestTerminal {
    i_slint_backend_testing::init_no_event_loop();
    let window = TerminalWindow::new().expect("a window");
    let size = slint::PhysicalSize::new(width, height);
    window.window().set_size(size);
    window.show().expect("shown");
    let terminal = TestTerminal::new(window);
    terminal.window().global::<UiTheme>().set_mm(px_per_mm);
    settle();
    terminal
}

/// A terminal that shows jobs after so long without a touch.
pub fn terminal_attracting(attract: Option<Duration>) -> TestTerminal {
    i_slint_backend_testing::init_no_event_loop();
    let window = TerminalWindow::new().expect("a window");
    window
        .window()
        .set_size(slint::PhysicalSize::new(1920, 1080));
    window.show().expect("shown");
    let terminal = TestTerminal::attracting(window, attract);
    settle();
    terminal
}

pub fn settle() {
    i_slint_backend_testing::mock_elapsed_time(Duration::from_millis(20));
}

/// From the first screen to the page of the first job.
pub fn find_a_job(terminal: &TestTerminal) {
    terminal.touch("找活");
    terminal.touch("全部工种");
    assert_eq!(terminal.screen(), "results");
    terminal.touch("100 砌砖小工");
    assert_eq!(terminal.screen(), "job");
}

pub fn claims(terminal: &TestTerminal, fate: Fate) {
    *terminal.desk.fate.lock().expect("held") = fate;
    find_a_job(terminal);
    terminal.touch("我要接这个活");
    terminal.keys(&known_number());
    terminal.touch("下一步");
    terminal.touch("是，我接这个活");
}

/// The screens after the number of somebody new, and that all of it is right.
pub fn register_somebody(terminal: &TestTerminal) {
    answer_questions(terminal);
    terminal.touch("没错，同意登记");
}

/// The same, up to the last screen.
pub fn answer_questions(terminal: &TestTerminal) {
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
}

/// Somebody who is known gets a pass. Gives it.
pub fn gets_a_pass(terminal: &TestTerminal) -> gighall_core::pass::Pass {
    terminal.touch("我的活");
    terminal.keys(&known_number());
    terminal.touch("下一步");
    terminal.touch("是我本人");
    terminal.touch("我的零工码");
    assert_eq!(terminal.screen(), "pass_ask");
    terminal.touch("给我新的零工码");
    assert_eq!(terminal.screen(), "pass");
    terminal.desk.passes.lock().expect("held")[0].0
}

/// Every property that a person could leave something in.
pub fn assert_nothing_personal(terminal: &TestTerminal) {
    let window = terminal.window();
    let form = window.global::<RegisterData>();
    for text in [
        form.get_number(),
        form.get_number_error(),
        form.get_sex(),
        form.get_masked_name(),
        form.get_masked_number(),
        form.get_masked_phone(),
        form.get_name(),
        form.get_phone(),
        form.get_proof(),
        form.get_pin_dots(),
        form.get_pin_error(),
    ] {
        assert_eq!(text, "");
    }
    assert!(!form.get_pin_again());
    assert_eq!(form.get_birth_year(), 0);
    assert_eq!(form.get_kinds_chosen(), 0);
    assert!(form.get_kinds().iter().all(|kind| !kind.chosen));
    assert_eq!(form.get_hardship_chosen(), 0);
    assert!(form.get_hardship().iter().all(|kind| !kind.chosen));
    assert!(!form.get_hardship_told());
    let claim = window.global::<ClaimData>();
    for text in [
        claim.get_masked_name(),
        claim.get_number(),
        claim.get_reason(),
        claim.get_outcome(),
        claim.get_slip().address,
        claim.get_job().item.title,
    ] {
        assert_eq!(text, "");
    }
    assert!(!claim.get_slip().shown);
    assert_eq!(claim.get_slip().picture.size().width, 0);
    assert_eq!(claim.get_printing(), "");
    let mine = window.global::<MyJobsData>();
    assert_eq!(mine.get_scanned().number, "");
    assert_eq!(mine.get_rows().row_count(), 0);
    assert_eq!(mine.get_masked_name(), "");
    assert_eq!(mine.get_chosen().number, "");
    let pass = window.global::<PassData>();
    assert!(!pass.get_code().shown);
    assert_eq!(pass.get_code().picture.size().width, 0);
    assert_eq!(pass.get_printing(), "");
    let keyboard = window.global::<KeyboardData>();
    assert_eq!(keyboard.get_letters(), "");
    assert_eq!(keyboard.get_candidates().row_count(), 0);
    let find = window.global::<FindData>();
    assert_eq!(find.get_words(), "");
    assert_eq!(find.get_job().item.title, "");
    assert_eq!(find.get_job_code().address, "");
    assert_eq!(find.get_rows().row_count(), 0);
    assert_eq!(find.get_typed_rows().row_count(), 0);
    assert_eq!(
        (find.get_kind(), find.get_town(), find.get_pay()),
        Default::default()
    );
    let services = window.global::<ServiceData>();
    assert_eq!(services.get_masked_name(), "");
    assert_eq!(services.get_enrolment().title, "");
    assert_eq!(services.get_number(), "");
    let lists = (
        services.get_enrolments().row_count(),
        services.get_answers().row_count(),
    );
    assert_eq!(lists, (0, 0));
    assert!(services.get_kinds().iter().all(|kind| !kind.chosen));
    assert_eq!(services.get_suited().row_count(), 0);
    assert_eq!(services.get_barred(), "");
    assert_eq!(services.get_options_chosen(), 0);
    let rights = window.global::<RightsData>();
    for text in [
        rights.get_kind(),
        rights.get_job(),
        rights.get_sum(),
        rights.get_words(),
        rights.get_complaint().number,
        rights.get_complaint().word,
        rights.get_receipt().address,
        rights.get_printing(),
    ] {
        assert_eq!(text, "");
    }
    assert!(!rights.get_named() && !rights.get_scanned());
    assert!(!rights.get_receipt().shown);
    assert_eq!(rights.get_complaints().row_count(), 0);
    let staff = window.global::<StaffData>();
    for text in [
        staff.get_dots(),
        staff.get_words(),
        staff.get_code(),
        staff.get_slip(),
        staff.get_checked_number(),
        staff.get_sure_name(),
        staff.get_found_number(),
        staff.get_found_title(),
    ] {
        assert_eq!(text, "");
    }
}
