//! An hour of hands that touch the terminal at random, fast, in simulated time: nothing crashes, nothing
//! leads out, and whoever has left leaves nothing behind for the next one.
//!
//! `GIGHALL_MONKEYS=100` plays so many hours, `GIGHALL_SEED=17` that one only.

use crate::chance::Chance;
use crate::support::*;
use gighall_core::claim::ClaimReason;
use gighall_core::id::WorkerId;
use gighall_core::identity::{IdNumber, mask_name, mask_phone};
use gighall_core::testing::an_id_number;
use gighall_core::wire::KnownWorker;
use gighall_kiosk::staff::pin;
use gighall_kiosk::terminal::LinkView;
use gighall_kiosk::terminal::services::ServiceEvent;
use gighall_kiosk::terminal::staff::{StaffEvent, StaffWant};
use gighall_kiosk::terminal::state::Event;
use gighall_kiosk::ui::{Spoken, StaffData, Terminal, TerminalWindow, Theme};
use i_slint_backend_testing::{ElementHandle, ElementQuery};
use slint::platform::Key;
use slint::{ComponentHandle, LogicalPosition, SharedString};
use std::time::Duration;
use uuid::Uuid;

const HOUR: Duration = Duration::from_secs(3600);

/// Panels, in pixels and pixels a millimetre.
const PANELS: [(u32, u32, f32); 4] = [
    (1920, 1080, 4.03),
    (1080, 1920, 4.03),
    (1366, 768, 3.33),
    (1024, 600, 4.62),
];

const FATES: [Fate; 6] = [
    Fate::Confirmed,
    Fate::Claimed,
    Fate::Provisional,
    Fate::Full { elsewhere: true },
    Fate::Full { elsewhere: false },
    Fate::Refused(ClaimReason::Overlap),
];

const NAMES: [&str; 8] = [
    "欧阳建国",
    "慕容翠花",
    "司徒大勇",
    "诸葛满仓",
    "上官桂芳",
    "皇甫铁柱",
    "尉迟来福",
    "端木秀英",
];

const KEYS: [Key; 14] = [
    Key::Escape,
    Key::Tab,
    Key::Return,
    Key::Backspace,
    Key::Delete,
    Key::F1,
    Key::F4,
    Key::F11,
    Key::UpArrow,
    Key::DownArrow,
    Key::Home,
    Key::PageDown,
    Key::Menu,
    Key::SysReq,
];

const HELD: [Key; 5] = [Key::Alt, Key::Control, Key::Shift, Key::Meta, Key::AltGr];

/// Somebody who comes to the terminal.
#[derive(Clone)]
struct Person {
    known: KnownWorker,
    number: String,
}

impl Person {
    fn nth(n: usize) -> Self {
        let born = format!("{:04}{:02}{:02}", 1965 + n % 30, 1 + n % 12, 1 + n % 28);
        let number = an_id_number(&born, u32::try_from(100 + n % 800).expect("three digits"));
        let parsed: IdNumber = number.parse().expect("valid");
        let phone = format!("137{:08}", 10_203_040 + n);
        let name = NAMES[n % NAMES.len()];
        Self {
            known: KnownWorker {
                wishes: None,
                worker: WorkerId(Uuid::from_u128(0x5_0000 + n as u128)),
                name: name.to_owned(),
                id_mask: parsed.mask(),
                birth_date: parsed.birth_date(),
                sex: parsed.sex(),
                phone: Some(phone),
                work_kinds: Vec::new(),
            },
            number,
        }
    }

    /// What of them nobody else may see.
    fn traces(&self) -> Vec<String> {
        let phone = self.known.phone.clone().unwrap_or_default();
        let number = &self.number;
        vec![
            self.known.name.clone(),
            mask_name(&self.known.name),
            number.clone(),
            format!("{} {} {}", &number[..6], &number[6..14], &number[14..]),
            self.known.id_mask.clone(),
            mask_phone(&phone),
            format!("{} {} {}", &phone[..3], &phone[3..7], &phone[7..]),
            phone,
        ]
    }
}

/// The hands.
struct Monkey {
    terminal: TestTerminal,
    chance: Chance,
    size: (u32, u32),
    /// Simulated time with hands on the glass.
    gone: Duration,
    people: Vec<Person>,
    /// Whoever came last is still there.
    is_there: bool,
    /// How many claims there were when the last one left.
    claims_of_others: usize,
    touches: usize,
    wiped: usize,
    /// How often it was looked whether anybody else's data is in sight.
    looked: usize,
}

impl Monkey {
    fn new(seed: u64, dir: &std::path::Path) -> Self {
        let mut chance = Chance::new(seed);
        i_slint_backend_testing::init_no_event_loop();
        let (width, height, px_per_mm) = PANELS[chance.below(PANELS.len())];
        let window = TerminalWindow::new().expect("a window");
        let size = slint::PhysicalSize::new(width, height);
        window.window().set_size(size);
        window.show().expect("shown");
        let terminal = TestTerminal::new(window);
        terminal.window().global::<Theme>().set_mm(px_per_mm);
        let config = staff_config(dir, "");
        pin::set(&config.data, "260811").expect("set");
        let (staff, _store) = staff_of(&config, 0, Vec::new());
        *terminal.desk.staff.lock().expect("held") = Some(staff);
        Self {
            terminal,
            chance,
            size: (width, height),
            gone: Duration::ZERO,
            people: Vec::new(),
            is_there: false,
            claims_of_others: 0,
            touches: 0,
            wiped: 0,
            looked: 0,
        }
    }

    fn wait(&mut self, time: Duration) {
        self.terminal.wait(time);
        self.gone += time;
    }

    fn moment(&mut self, from: u64, to: u64) -> Duration {
        let span = usize::try_from(to - from).expect("short");
        Duration::from_millis(from + self.chance.below(span) as u64)
    }

    fn on(&self, event: Event) {
        self.terminal.controller.on(event);
    }

    fn keys(&self, text: &str) {
        for key in text.chars() {
            self.on(Event::Key(key.to_string()));
        }
    }

    /// Somebody comes, who has claims and enrolments already, and has begun something.
    fn comes(&mut self) {
        let person = Person::nth(self.people.len());
        let desk = &self.terminal.desk;
        let known = (person.number.clone(), person.known.clone());
        let is_known = self.chance.percent(75);
        if is_known {
            desk.had_claimed_as(known.1.worker, self.people.len());
            desk.people.lock().expect("held").insert(known.0, known.1);
        }
        *desk.fate.lock().expect("held") = *self.chance.of(&FATES);
        self.people.push(person.clone());
        self.is_there = true;
        let begins = self.chance.below(9);
        let says = |purpose: Event| {
            self.on(purpose);
            self.keys(&person.number);
            self.on(Event::NextQuestion);
            self.on(Event::ItIsMe);
        };
        let go = |to: &str| Event::Service(ServiceEvent::Go(to.to_owned()));
        match begins {
            0 => {}
            1 => says(Event::GoRegister),
            2 => says(Event::GoMyJobs),
            3 | 4 => {
                self.on(Event::GoFind);
                self.on(Event::ChooseKind(String::new()));
                self.on(Event::OpenJob(0));
                says(Event::ClaimJob);
                self.on(Event::ConfirmClaim);
            }
            5 => {
                self.on(go("courses"));
                self.on(Event::Service(ServiceEvent::Open(0)));
                says(Event::Service(ServiceEvent::Enrol));
            }
            6 => says(go("apply")),
            7 => says(go("wishes")),
            _ => {
                self.on(Event::Staff(StaffEvent::Open));
                self.keys("2608");
            }
        }
        if self.terminal.screen() == "name" {
            self.keys("zhang");
            self.on(Event::ChooseCandidate(0));
            self.keys("san");
            self.on(Event::ChooseCandidate(0));
            self.on(Event::NextQuestion);
            self.keys(person.known.phone.as_deref().unwrap_or_default());
        }
    }

    fn anywhere(&mut self) -> LogicalPosition {
        let (width, height) = (self.size.0 as usize, self.size.1 as usize);
        LogicalPosition::new(
            self.chance.below(width) as f32,
            self.chance.below(height) as f32,
        )
    }

    /// A place to touch: mostly that of a button, as hands go for what they see.
    fn place(&mut self) -> LogicalPosition {
        if self.chance.percent(70) {
            return self.anywhere();
        }
        let buttons = self.terminal.buttons();
        match buttons.is_empty() {
            true => self.anywhere(),
            false => self.chance.of(&buttons).1,
        }
    }

    fn touches(&mut self) {
        self.touches += 1;
        match self.chance.below(100) {
            // A tap, a double tap, a fist.
            0..60 => {
                let at = self.place();
                for _ in 0..*self.chance.of(&[1, 1, 1, 2, 5]) {
                    self.terminal.press(at);
                    self.terminal.lift(at);
                }
            }
            60..68 => self.swipes(),
            68..70 => {
                let at = self.place();
                self.terminal.press(at);
                let held = self.moment(800, 20_000);
                self.wait(held);
                self.terminal.lift(at);
            }
            // Two fingers: the second comes down before the first is lifted, somewhere else.
            70..76 => {
                let (first, second) = (self.place(), self.place());
                self.terminal.press(first);
                self.terminal.press(second);
                self.terminal.lift(first);
                self.terminal.lift(second);
            }
            76..90 => self.types(),
            90..92 => {
                let text =
                    *self
                        .chance
                        .of(&["", "x", "http://192.168.8.20:8080/j/nobody", "\u{0}"]);
                let code = text.repeat(1 + self.chance.below(40));
                self.on(Event::Scanned(code));
            }
            _ => self.happens(),
        }
    }

    /// Over the glass, often from or to its edge.
    fn swipes(&mut self) {
        let (mut from, mut to) = (self.anywhere(), self.anywhere());
        match self.chance.below(6) {
            0 => from.x = 0.0,
            1 => from.x = self.size.0 as f32 - 1.0,
            2 => from.y = 0.0,
            3 => from.y = self.size.1 as f32 - 1.0,
            4 => to = LogicalPosition::new(-20.0, -20.0),
            _ => {}
        }
        self.terminal.press(from);
        for step in 1..=5 {
            let part = step as f32 / 5.0;
            let x = from.x + (to.x - from.x) * part;
            let y = from.y + (to.y - from.y) * part;
            self.terminal.drag(LogicalPosition::new(x, y));
            self.wait(Duration::from_millis(16));
        }
        self.terminal.lift(to);
    }

    /// On a keyboard that somebody has plugged in: keys alone and with others held.
    fn types(&mut self) {
        let held: Vec<SharedString> = HELD
            .iter()
            .filter(|_| self.chance.percent(25))
            .map(|key| SharedString::from(*key))
            .collect();
        for key in &held {
            self.terminal.key_down(key);
        }
        let key: SharedString = match self.chance.percent(70) {
            true => (*self.chance.of(&KEYS)).into(),
            false => self
                .chance
                .of(&["c", "q", "w", "x", "5", "。"])
                .to_string()
                .into(),
        };
        self.terminal.key(&key);
        for key in held.iter().rev() {
            self.terminal.key_up(key);
        }
    }

    /// What happens beside the hands: the store fails, the hub goes, answers come late.
    fn happens(&mut self) {
        let desk = &self.terminal.desk;
        match self.chance.below(6) {
            0 => *desk.store_fails.lock().expect("held") = self.chance.percent(30),
            1 => *desk.hub_reached.lock().expect("held") = self.chance.percent(70),
            2 => self.terminal.later.slow.set(self.chance.percent(30)),
            3 => self.terminal.controller.store_changed(),
            4 => self.terminal.controller.set_link(LinkView {
                online: self.chance.percent(70),
                data_from: None,
            }),
            _ => {}
        }
        if self.chance.percent(60) {
            self.terminal.later.do_it();
        }
    }

    /// After whatever was done: the terminal is the terminal.
    fn is_inside(&self) {
        let window = self.terminal.window();
        assert!(window.window().is_visible(), "the window is gone");
        let screen = self.terminal.screen();
        let is_of_staff = screen.starts_with("staff_") && screen != "staff_door";
        assert!(!is_of_staff, "behind the PIN without one: {screen}");
        let wants = self.terminal.desk.staff_wants.lock().expect("held");
        let only_knocks = wants.iter().all(|want| {
            matches!(
                want,
                StaffWant::Door | StaffWant::Enter(_) | StaffWant::Left
            )
        });
        assert!(only_knocks, "something was asked of staff");
    }

    /// Nothing of anybody who was here is anywhere.
    fn nobody_is_left(&mut self) {
        self.wiped += 1;
        settle();
        assert_nothing_personal(&self.terminal);
        let staff = self.terminal.window().global::<StaffData>();
        assert_eq!(staff.get_number(), "");
        // Of the last ones: whoever came before them was looked for then.
        self.is_there = false;
        self.claims_of_others = self.terminal.desk.claims.lock().expect("held").len();
        self.nobody_else_is_seen();
        assert!(!self.said().iter().any(|text| text.contains("/s/")));
    }

    /// Of whoever has left, nothing is on the screen of whoever is there now, and nothing would be said.
    fn nobody_else_is_seen(&mut self) {
        self.looked += 1;
        let gone = self.people.len() - usize::from(self.is_there);
        // Of the last ones: whoever came before them was looked for then.
        let last = self.people[..gone].iter().rev().take(3);
        let mut traces: Vec<String> = last.flat_map(Person::traces).collect();
        let claims = self.terminal.desk.claims.lock().expect("held");
        let theirs = claims.len() - self.claims_of_others.min(claims.len());
        let theirs = claims.iter().skip(theirs).take(5);
        traces.extend(theirs.map(|held| held.claim.number.clone()));
        drop(claims);
        for text in self.said() {
            let left = traces.iter().find(|trace| text.contains(trace.as_str()));
            let screen = self.terminal.screen();
            assert_eq!(left, None, "is left on {screen} in {text:?}");
        }
    }

    /// Everything that is on the screen, and what is read aloud of it.
    fn said(&self) -> Vec<String> {
        let window = self.terminal.window();
        let all = ElementQuery::from_root(window)
            .match_descendants()
            .find_all();
        let texts = all.iter().flat_map(|element: &ElementHandle| {
            [
                element.accessible_label(),
                element.accessible_value(),
                element.accessible_description(),
                element.accessible_placeholder_text(),
            ]
        });
        let read = window.global::<Spoken>().invoke_words();
        let texts = texts.flatten().chain([read]);
        texts.map(|text| text.to_string()).collect()
    }

    /// Hands on the glass until somebody leaves.
    fn plays(&mut self) {
        for _ in 0..20 + self.chance.below(120) {
            let was = self.terminal.screen();
            self.touches();
            let pause = self.moment(50, 700);
            self.wait(pause);
            self.is_inside();
            if was != "home" && self.terminal.screen() == "home" {
                self.nobody_is_left();
            } else if was != self.terminal.screen() || self.chance.percent(10) {
                self.nobody_else_is_seen();
            }
        }
    }

    /// The person leaves: by the button, or just so.
    fn leaves(&mut self) {
        self.terminal.later.slow.set(false);
        // What somebody waits for may come when they have left.
        let late = self.chance.percent(40);
        if !late {
            self.terminal.later.do_it();
            self.terminal.controller.tick();
        }
        if !late && self.chance.percent(30) {
            // Somebody else is there at once.
            self.on(Event::Home);
        } else {
            self.terminal.controller.touched(false);
            // A minute, and the warning's fifteen seconds; no hand is on the glass, and the clock is
            // looked at now and then only.
            for _ in 0..16 {
                self.terminal.pass(5);
            }
            settle();
            let terminal = self.terminal.window().global::<Terminal>();
            assert_eq!(terminal.get_idle_seconds(), -1);
            assert!(!terminal.get_calling_staff() && terminal.get_failure().is_empty());
        }
        assert_eq!(self.terminal.screen(), "home");
        self.nobody_is_left();
        if late {
            self.terminal.later.do_it();
            self.terminal.controller.tick();
            assert_eq!(self.terminal.screen(), "home", "an answer came late");
            self.nobody_is_left();
        }
    }
}

fn play(seed: u64) {
    println!(
        "monkey: seed {seed} (again: GIGHALL_SEED={seed} cargo test --workspace --test terminal monkey::)"
    );
    let dir = tempfile::tempdir().expect("a directory");
    let mut monkey = Monkey::new(seed, dir.path());
    while monkey.gone < HOUR {
        monkey.comes();
        monkey.plays();
        monkey.leaves();
    }
    println!(
        "monkey: seed {seed}: {} people, {} touches and keys, {} times nobody was left, {} looks",
        monkey.people.len(),
        monkey.touches,
        monkey.wiped,
        monkey.looked
    );
    assert!(monkey.people.len() > 5 && monkey.touches > 500 && monkey.looked > 500);
}

#[test]
fn an_hour_of_random_hands_leads_nowhere() {
    let number = |name: &str| std::env::var(name).ok()?.parse::<u64>().ok();
    let seeds = match number("GIGHALL_SEED") {
        Some(seed) => seed..seed + 1,
        None => 0..number("GIGHALL_MONKEYS").unwrap_or(1),
    };
    for seed in seeds {
        // A window system for each.
        let played = std::thread::spawn(move || play(seed)).join();
        assert!(played.is_ok(), "seed {seed} failed");
    }
}
