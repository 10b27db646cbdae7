//! What the staff menu knows, and what each touch does to it. No window, no thread.

use super::{
    CheckInView, Door, Fact, FoundSlip, NoticeText, Picture, StaffAnswer, StaffAsk, StaffView,
    StaffWant, WallChange, WallView,
};
use crate::pinyin::{Wanted, Words};
use crate::terminal::ask::{Ask, Request};
use crate::terminal::find::{pages, turned};
use crate::terminal::register::Purpose;
use crate::terminal::scan::Code;
use crate::terminal::screen::Screen;
use crate::terminal::state::{Overview, State};
use crate::terminal::voice;
use crate::ui;
use gighall_core::wire::KnownWorker;
use jiff::Timestamp;
use std::sync::Arc;

/// Digits of a PIN.
const PIN: std::ops::RangeInclusive<usize> = crate::staff::pin::DIGITS;
/// Most digits of a staff number.
const NUMBER_MAX: usize = 6;
/// Most characters of a notice that is typed.
const TITLE_MAX: usize = 40;
/// Most digits of a slip's number.
const SLIP_MAX: usize = 12;
/// Characters of an enrolment code, its dash included.
const CODE_LENGTH: usize = 11;

/// What staff do, as the window tells it.
#[derive(Clone, Debug)]
#[allow(missing_docs)]
pub enum StaffEvent {
    /// Whoever is here says that they are staff.
    Open,
    Next,
    Go(String),
    ChooseText(i32),
    ChooseSpan(String),
    Act(String),
    ChooseWall(i32),
    ToggleScene(i32),
    TurnScenes(i32),
    ScenesThatFit(i32),
}

/// A visit of staff. Personal (a PIN may be in it), so it has no `Debug`.
#[derive(Clone, Default)]
pub struct StaffSession {
    /// The PIN was right.
    pub inside: bool,
    /// The PIN as typed.
    pub pin: String,
    /// What is said of the door.
    pub door: Option<Door>,
    /// Until when no PIN may be tried.
    pub waits_until: Option<Timestamp>,
    /// The staff number.
    pub number: String,
    /// What was done last, and what it was done to.
    pub done: (&'static str, String),
    /// What the menu shows.
    pub view: StaffView,
    /// A notice as typed.
    pub words: String,
    /// The notice to put up.
    pub chosen: NoticeText,
    /// For so many minutes, or until it is taken down.
    pub minutes: Option<u32>,
    /// As the notice or the wall looks.
    pub picture: Option<Picture>,
    /// Which wall.
    pub wall: usize,
    /// How it is.
    pub lit: WallView,
    /// Which page of its scenes, from 0.
    pub page: usize,
    /// How many scenes there is room for.
    pub fits: usize,
    /// How the device is.
    pub facts: Vec<Fact>,
    /// The enrolment code as typed.
    pub code: String,
    /// The number of a slip as typed.
    pub slip: String,
    /// The slip that it is the number of, until staff said that it is that one.
    pub found: Option<FoundSlip>,
    /// What came of the last check-in.
    pub checked: CheckInView,
    /// What is asked once more.
    pub sure: &'static str,
    /// Somebody is being helped to register.
    pub helping: bool,
    /// Whose pass may be revoked.
    pub person: Option<KnownWorker>,
    /// Since when they have it, as far as it is known here.
    pub pass_since: Option<Timestamp>,
}

impl StaffSession {
    /// Whether what is typed may be a PIN.
    pub fn pin_is_ready(&self) -> bool {
        PIN.contains(&self.pin.len())
    }

    /// Whether what is typed may be a code.
    pub fn code_is_ready(&self) -> bool {
        self.code.len() == CODE_LENGTH
    }

    /// How many pages the scenes take.
    pub fn pages(&self) -> usize {
        pages(self.lit.scenes.len(), self.fits.max(1))
    }

    pub(in crate::terminal) fn asks(&self, want: StaffWant) -> Request {
        Request::awaited(Ask::Staff(StaffAsk {
            by: self.number.clone(),
            want,
        }))
    }

    fn type_code(&mut self, key: char) {
        if key.is_ascii_alphanumeric() && self.code.len() < CODE_LENGTH {
            self.code.push(key.to_ascii_uppercase());
            if self.code.len() == CODE_LENGTH / 2 {
                self.code.push('-');
            }
        }
    }
}

impl State {
    /// Does what staff want.
    pub(in crate::terminal) fn on_staff(&mut self, event: StaffEvent) -> Vec<Request> {
        match event {
            StaffEvent::Open => return self.open_staff_door(),
            StaffEvent::Next => return self.staff_next(),
            StaffEvent::ScenesThatFit(fits) => {
                let fits = usize::try_from(fits).unwrap_or(1).max(1);
                if self.staff.fits != fits {
                    (self.staff.fits, self.staff.page) = (fits, 0);
                }
                return vec![];
            }
            _ => {}
        }
        // Nothing that a screen may have sent late does anything once the menu is left.
        if !self.staff.inside {
            return vec![];
        }
        match event {
            StaffEvent::Go(screen) => self.staff_go(&screen),
            StaffEvent::ChooseText(place) => {
                let text = usize::try_from(place).ok();
                let text = text.and_then(|place| self.staff.view.texts.get(place));
                if let Some(text) = text.cloned() {
                    self.staff.chosen = text;
                    self.go(Screen::StaffSpan);
                }
                vec![]
            }
            StaffEvent::ChooseSpan(span) => self.choose_span(&span),
            StaffEvent::Act(what) => self.staff_act(&what),
            StaffEvent::ChooseWall(wall) => {
                self.staff.wall = usize::try_from(wall).unwrap_or(0);
                self.staff.page = 0;
                vec![self.look_at_wall()]
            }
            StaffEvent::ToggleScene(row) => {
                let row = usize::try_from(row).unwrap_or(usize::MAX);
                let place = (self.staff.page * self.staff.fits).saturating_add(row);
                let scene = self
                    .staff
                    .lit
                    .scenes
                    .get(place)
                    .map(|scene| scene.mark.clone());
                let change = scene.map(|mark| self.change_wall(WallChange::Toggle(mark)));
                change.into_iter().collect()
            }
            StaffEvent::TurnScenes(by) => {
                let all = self.staff.pages();
                self.staff.page = turned(self.staff.page + 1, by, all) - 1;
                vec![]
            }
            _ => vec![],
        }
    }

    /// Whoever stood here before has left.
    fn open_staff_door(&mut self) -> Vec<Request> {
        self.go_home();
        self.go(Screen::StaffDoor);
        vec![self.staff.asks(StaffWant::Door)]
    }

    fn staff_next(&mut self) -> Vec<Request> {
        match self.way.here() {
            Screen::StaffDoor if self.staff.pin_is_ready() => {
                let pin = std::mem::take(&mut self.staff.pin);
                vec![self.staff.asks(StaffWant::Enter(pin))]
            }
            Screen::StaffWho if self.staff.inside && !self.staff.number.is_empty() => {
                self.way.replace(Screen::StaffMenu);
                vec![self.staff.asks(StaffWant::Said)]
            }
            Screen::StaffWords if self.staff.inside => {
                let letters = self.keyboard.buffer.take_letters();
                self.type_notice(&letters);
                let title = self.staff.words.trim().to_owned();
                if title.is_empty() {
                    return vec![];
                }
                self.staff.chosen = NoticeText {
                    title,
                    body: String::new(),
                };
                self.go(Screen::StaffSpan);
                vec![]
            }
            Screen::StaffCheckIn if self.staff.inside && !self.staff.slip.is_empty() => {
                let digits = std::mem::take(&mut self.staff.slip);
                vec![self.staff.asks(StaffWant::FindSlip(digits))]
            }
            Screen::StaffEnrol if self.staff.inside && self.staff.code_is_ready() => {
                self.ask_once_more("enrol");
                vec![]
            }
            _ => vec![],
        }
    }

    fn ask_once_more(&mut self, sure: &'static str) {
        self.staff.sure = sure;
        self.go(Screen::StaffSure);
    }

    fn staff_go(&mut self, screen: &str) -> Vec<Request> {
        self.staff.done = Default::default();
        match screen {
            "staff_notice" => {
                self.go(Screen::StaffNotice);
                vec![self.staff.asks(StaffWant::View)]
            }
            "staff_words" => {
                self.staff.words.clear();
                self.go(Screen::StaffWords);
                vec![]
            }
            "staff_walls" => {
                self.go(Screen::StaffWalls);
                self.staff.lit = WallView::default();
                match self.staff.view.walls.is_empty() {
                    true => vec![],
                    false => vec![self.look_at_wall()],
                }
            }
            "staff_scenes" => {
                self.staff.page = 0;
                self.go(Screen::StaffScenes);
                vec![]
            }
            "staff_check_in" => {
                self.staff.slip.clear();
                self.staff.checked = CheckInView::default();
                self.go(Screen::StaffCheckIn);
                vec![]
            }
            "staff_state" => {
                self.go(Screen::StaffState);
                vec![self.staff.asks(StaffWant::State)]
            }
            "staff_volume" => {
                self.go(Screen::StaffVolume);
                vec![]
            }
            "staff_enrol" => {
                self.staff.code.clear();
                self.go(Screen::StaffEnrol);
                vec![]
            }
            "restart" => {
                self.ask_once_more("restart");
                vec![]
            }
            "leave" => {
                self.ask_once_more("leave");
                vec![]
            }
            _ => vec![],
        }
    }

    fn choose_span(&mut self, span: &str) -> Vec<Request> {
        self.staff.minutes = span.parse().ok();
        self.staff.picture = None;
        self.go(Screen::StaffPreview);
        let text = self.staff.chosen.clone();
        vec![self.staff.asks(StaffWant::Preview(self.staff.wall, text))]
    }

    fn staff_act(&mut self, what: &str) -> Vec<Request> {
        self.staff.done = Default::default();
        let here = self.way.here();
        let want = match what {
            "put_up" if here == Screen::StaffPreview => {
                StaffWant::PutUp(self.staff.chosen.clone(), self.staff.minutes)
            }
            "take_down" => StaffWant::TakeDown,
            "look" => return vec![self.look_at_wall()],
            "on" => return vec![self.change_wall(WallChange::On)],
            "off" => return vec![self.change_wall(WallChange::Off)],
            "off_until" => return vec![self.change_wall(WallChange::OffUntilOpening)],
            "brighter" => return vec![self.change_wall(WallChange::Brighter)],
            "darker" => return vec![self.change_wall(WallChange::Darker)],
            "as_scheduled" => return vec![self.change_wall(WallChange::AsScheduled)],
            "state" => StaffWant::State,
            "sync_now" => StaffWant::SyncNow,
            "lift_waits" => StaffWant::LiftWaits,
            "louder" | "quieter" if here == Screen::StaffVolume => {
                // Staff hear it at once.
                self.voice.on = true;
                StaffWant::Volume(voice::turned(self.staff.view.volume, what == "louder"))
            }
            "export" => StaffWant::Export,
            "language" => {
                let now = self.staff.view.language.as_str();
                StaffWant::Language(ui::language_after(now, 1).to_owned())
            }
            "help" => {
                self.staff.helping = true;
                self.ask_who(Purpose::Register);
                return vec![];
            }
            "lift_pause" => {
                self.staff.helping = true;
                self.ask_who(Purpose::LiftPause);
                return vec![];
            }
            "revoke_pass" if here == Screen::StaffSure => match &self.staff.person {
                Some(person) => StaffWant::RevokePass(person.worker),
                None => return vec![],
            },
            "revoke_pass" => {
                self.staff.helping = true;
                self.ask_who(Purpose::RevokePass);
                return vec![];
            }
            "set_pin" => {
                self.staff.helping = true;
                self.ask_who(Purpose::SetPin);
                return vec![];
            }
            "check_in" if here == Screen::StaffSure => match self.staff.found.take() {
                Some(found) => StaffWant::CheckIn(found.id),
                None => return vec![],
            },
            "enrol" if here == Screen::StaffSure => StaffWant::Enrol(self.staff.code.clone()),
            "restart" if here == Screen::StaffSure => StaffWant::Restart,
            "leave" if here == Screen::StaffSure => StaffWant::LeaveProgram,
            _ => return vec![],
        };
        vec![self.staff.asks(want)]
    }

    /// A code was scanned on the screen for check-ins.
    pub(in crate::terminal) fn scanned_by_staff(&mut self, code: Code) -> Vec<Request> {
        match code {
            Code::Slip(id) => vec![self.staff.asks(StaffWant::CheckIn(id))],
            _ => {
                self.staff.checked = CheckInView {
                    code: "foreign",
                    ..CheckInView::default()
                };
                vec![]
            }
        }
    }

    fn look_at_wall(&self) -> Request {
        self.staff.asks(StaffWant::LookAt(self.staff.wall))
    }

    fn change_wall(&self, change: WallChange) -> Request {
        self.staff.asks(StaffWant::Change(self.staff.wall, change))
    }

    /// Takes what came of it.
    pub(in crate::terminal) fn take_staff(&mut self, answer: StaffAnswer, hall: &mut Overview) {
        let now = hall.time.now;
        match answer {
            StaffAnswer::Door(door) => {
                self.staff.pin.clear();
                self.staff.door = Some(door);
                self.staff.waits_until = match door {
                    Door::Waits(wait) => now.saturating_add(wait).ok(),
                    _ => None,
                };
            }
            StaffAnswer::Entered => {
                self.staff.inside = true;
                self.staff.door = None;
                self.way.replace(Screen::StaffWho);
            }
            StaffAnswer::View(view) => {
                hall.volume = view.volume;
                self.staff.view = view;
            }
            StaffAnswer::Done(done, detail, view) => {
                hall.begins = Some(view.language.clone());
                self.staff.view = view;
                self.forget_the_helped();
                self.go(Screen::StaffMenu);
                self.staff.done = (done, detail);
            }
            StaffAnswer::Picture(picture) => self.staff.picture = picture,
            StaffAnswer::Wall(wall) => self.staff.lit = wall,
            StaffAnswer::SlipFound(found) => {
                self.staff.checked = CheckInView::default();
                self.staff.found = Some(found);
                self.ask_once_more("check_in");
            }
            StaffAnswer::CheckedIn(checked) => {
                if self.way.here() == Screen::StaffSure {
                    self.go(Screen::StaffCheckIn);
                }
                self.staff.checked = checked;
            }
            StaffAnswer::PassOf(since) => self.staff.pass_since = since,
            StaffAnswer::Facts(facts) => self.staff.facts = facts,
            StaffAnswer::Noted => {}
        }
    }

    /// The wait after wrong PINs is over.
    pub(in crate::terminal) fn staff_time_passes(&mut self, now: Timestamp) {
        if self.staff.waits_until.is_some_and(|until| until <= now) {
            self.staff.waits_until = None;
            self.staff.door = None;
        }
    }

    /// Somebody was helped, or left: what they said is forgotten, and the menu is in sight again.
    pub(in crate::terminal) fn forget_the_helped(&mut self) {
        self.who = None;
        self.form = Default::default();
        self.staff.helping = false;
        (self.staff.person, self.staff.pass_since) = (None, None);
    }

    /// The same, once they are registered.
    pub(in crate::terminal) fn helped_to_register(&mut self) {
        self.back_to_menu("registered");
    }

    /// The same; `done` is the code of what came of it.
    pub(in crate::terminal) fn back_to_menu(&mut self, done: &'static str) {
        self.forget_the_helped();
        self.way = Default::default();
        self.go(Screen::StaffMenu);
        self.staff.done = (done, String::new());
    }

    /// The person whose pause is to be lifted has been found.
    pub(in crate::terminal) fn lift_pause(&mut self, who: &KnownWorker) -> Vec<Request> {
        if !self.staff.inside {
            return vec![];
        }
        self.back_to_menu("");
        vec![self.staff.asks(StaffWant::LiftPause(who.worker))]
    }

    /// The person whose pass may be revoked has been found: staff see how it stands first.
    pub(in crate::terminal) fn ask_about_pass(&mut self, who: KnownWorker) -> Vec<Request> {
        if !self.staff.inside {
            return vec![];
        }
        self.back_to_menu("");
        let asks = self.staff.asks(StaffWant::PassOf(who.worker));
        self.staff.person = Some(who);
        self.ask_once_more("revoke_pass");
        vec![asks]
    }

    /// What has to be written down when the menu is not in sight any more: of the session that was.
    pub(in crate::terminal) fn staff_left(was: &StaffSession) -> Option<Request> {
        let ask = StaffAsk {
            by: was.number.clone(),
            want: StaffWant::Left,
        };
        was.inside.then(|| Request::quiet(Ask::Staff(ask)))
    }

    /// A key on a screen of the menu.
    pub(in crate::terminal) fn staff_key(&mut self, key: char, hall: &Arc<Words>) {
        match self.way.here() {
            Screen::StaffDoor => {
                let has_room = self.staff.pin.len() < *PIN.end();
                if key.is_ascii_digit() && has_room {
                    self.staff.pin.push(key);
                    if self.staff.door == Some(Door::Wrong) {
                        self.staff.door = None;
                    }
                }
            }
            Screen::StaffWho if key.is_ascii_digit() && self.staff.number.len() < NUMBER_MAX => {
                self.staff.number.push(key);
            }
            Screen::StaffCheckIn if key.is_ascii_digit() && self.staff.slip.len() < SLIP_MAX => {
                self.staff.slip.push(key);
            }
            Screen::StaffEnrol => self.staff.type_code(key),
            Screen::StaffWords if key.is_ascii_digit() => {
                let letters = self.keyboard.buffer.take_letters();
                self.type_notice(&letters);
                self.type_notice(&key.to_string());
            }
            Screen::StaffWords => {
                self.keyboard.buffer.push(key, Wanted::Words, hall);
            }
            _ => {}
        }
    }

    /// The field of the menu that is written into.
    pub(in crate::terminal) fn staff_field(&mut self) -> Option<&mut String> {
        match self.way.here() {
            Screen::StaffDoor => Some(&mut self.staff.pin),
            Screen::StaffWho => Some(&mut self.staff.number),
            Screen::StaffWords => Some(&mut self.staff.words),
            Screen::StaffCheckIn => Some(&mut self.staff.slip),
            Screen::StaffEnrol => Some(&mut self.staff.code),
            _ => None,
        }
    }

    /// Adds to the notice, as far as it may grow.
    pub(in crate::terminal) fn type_notice(&mut self, text: &str) {
        let words = &mut self.staff.words;
        if words.chars().count() + text.chars().count() <= TITLE_MAX {
            words.push_str(text);
        }
    }
}
