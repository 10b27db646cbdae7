//! A keyboard at the terminal: which keys are a scanner's, what a person types, and the control that
//! has the keys.

use super::TerminalController;
use crate::terminal::focus::{self, Move, Place};
use crate::terminal::keyboard::Typing;
use crate::terminal::screen::Screen;
use crate::terminal::state::{Event, State};
use crate::ui::Keys;
use gighall_devices::wedge::{End, Wedge};
use slint::platform::Key;
use slint::{ComponentHandle, Timer, TimerMode};
use std::rc::Weak;
use std::time::Duration;

/// A key that went down.
pub(in crate::terminal) struct Stroke<'a> {
    /// What it types, or Slint's character for a key that types nothing.
    pub text: &'a str,
    /// With Shift.
    pub shift: bool,
    /// With Control, Alt or the like: no such key does anything.
    pub held: bool,
    /// It goes down again because it is held down.
    pub again: bool,
    /// The screen takes touches already.
    pub settled: bool,
}

/// What is done once the controls have said where they are.
#[derive(Clone, Copy)]
enum Step {
    Move(Move),
    /// The control that has the keys is pressed.
    Press,
    /// The same; in a field with none, what Enter goes on with.
    Enter,
}

/// What is known of the keyboard. Wiped with the session.
#[derive(Default)]
pub(super) struct Typed {
    wedge: Wedge,
    /// What the field held before the keys that may yet be a scan.
    before: Option<Typing>,
    /// Keys of this run were held with others: they go into no field.
    held: bool,
    steps: Vec<Step>,
    /// Where the controls are, and whether Enter presses each from a field.
    controls: Vec<(Place, bool)>,
    /// The control that has the keys.
    at: Option<Place>,
    screen: Screen,
    /// This touch took the warning away, and does nothing else.
    pub(super) spent: bool,
    asking: Timer,
    ripening: Timer,
}

/// What a key does that types nothing.
enum Act {
    Move(Move),
    Erase,
    Escape,
    Nothing,
}

impl Act {
    /// `None` for keys that type something.
    fn of(key: char, shift: bool) -> Option<Self> {
        let by = |by| Some(Self::Move(by));
        match key {
            key if key == char::from(Key::Backtab) => by(Move::Previous),
            '\t' if shift => by(Move::Previous),
            '\t' => by(Move::Next),
            key if key == char::from(Key::LeftArrow) => by(Move::Left),
            key if key == char::from(Key::RightArrow) => by(Move::Right),
            key if key == char::from(Key::UpArrow) => by(Move::Up),
            key if key == char::from(Key::DownArrow) => by(Move::Down),
            key if key == char::from(Key::Backspace) => Some(Self::Erase),
            key if key == char::from(Key::Escape) => Some(Self::Escape),
            '\r' | '\n' => None,
            // Slint has a private character for each other key.
            '\u{e000}'..='\u{f8ff}' => Some(Self::Nothing),
            key => key.is_control().then_some(Self::Nothing),
        }
    }
}

impl TerminalController {
    /// A key of a keyboard, or of a scanner that types as one does.
    pub(in crate::terminal) fn typed(&self, stroke: &Stroke) {
        for key in stroke.text.chars() {
            match Act::of(key, stroke.shift) {
                Some(act) => self.act(act, stroke),
                None => self.types(key, stroke),
            }
        }
    }

    fn act(&self, act: Act, stroke: &Stroke) {
        self.ripen();
        let busy_or_spent = {
            let typed = self.typed.borrow();
            typed.wedge.holds() || typed.spent
        };
        if busy_or_spent || stroke.held {
            return;
        }
        match act {
            Act::Move(by) => self.step(Step::Move(by)),
            Act::Erase => self.of_person(|state| state.may_type().then_some(Event::Erase)),
            Act::Escape if !stroke.again && stroke.settled => {
                self.of_person(|state| state.escape());
            }
            Act::Escape | Act::Nothing => {}
        }
    }

    fn types(&self, key: char, stroke: &Stroke) {
        self.ripen();
        let now = (self.clock)();
        let ended = {
            let mut typed = self.typed.borrow_mut();
            let enter = matches!(key, '\r' | '\n');
            if typed.wedge.begins(now) && !enter {
                typed.before = None;
                typed.held = false;
            }
            typed.held |= stroke.held;
            // Nobody's key: it is held down, or it took the warning away.
            let unwanted =
                enter && stroke.again || typed.spent && key == ' ' && typed.wedge.begins(now);
            if unwanted {
                return;
            }
            typed.wedge.key(key, now)
        };
        let Some(ended) = ended else {
            self.ripen_later();
            return;
        };
        let before = self.typed.borrow_mut().before.take();
        match ended {
            End::Enter => {
                let spent = self.typed.borrow().spent;
                if stroke.settled && !stroke.held && !spent {
                    self.step(Step::Enter);
                }
            }
            End::Noise => self.take_back(before),
            End::Code(code) => {
                self.take_back(before);
                self.scanned_by_keys(code);
            }
        }
    }

    /// Types what is known to be a person's by now.
    fn ripen(&self) {
        let ripe = {
            let mut typed = self.typed.borrow_mut();
            let ripe = typed.wedge.ripe((self.clock)());
            if typed.held { String::new() } else { ripe }
        };
        if ripe.is_empty() {
            return;
        }
        if self.typed.borrow().before.is_none() {
            let typing = self.inside.borrow_mut().state.typing();
            self.typed.borrow_mut().before = Some(typing);
        }
        for key in ripe.chars() {
            let event = self.inside.borrow_mut().state.typed(key);
            match event {
                Some(event) => self.on(event),
                None if key == ' ' => self.step(Step::Press),
                None => {}
            }
        }
    }

    fn ripen_later(&self) {
        let typed = self.typed.borrow();
        let Some(at) = typed.wedge.ripe_at() else {
            return;
        };
        let this = Weak::clone(&self.this);
        let wait = at.saturating_sub((self.clock)());
        typed.ripening.start(TimerMode::SingleShot, wait, move || {
            if let Some(this) = this.upgrade() {
                this.ripen();
                this.ripen_later();
            }
        });
    }

    /// What was typed turned out to be a scan's.
    fn take_back(&self, before: Option<Typing>) {
        let requests = before.map(|before| self.inside.borrow_mut().state.type_as(before));
        self.ask_all(requests.unwrap_or_default());
        self.paint();
    }

    fn of_person(&self, wants: impl FnOnce(&mut State) -> Option<Event>) {
        let event = wants(&mut self.inside.borrow_mut().state);
        if let Some(event) = event {
            self.on(event);
        }
    }

    /// Asks the controls where they are; what is to be done waits for that.
    fn step(&self, step: Step) {
        let mut typed = self.typed.borrow_mut();
        typed.steps.push(step);
        if typed.asking.running() {
            return;
        }
        typed.controls.clear();
        let keys = self.window.global::<Keys>();
        keys.set_asked(keys.get_asked().wrapping_add(1));
        self.take_steps_later(&typed.asking, 2);
    }

    /// The controls answer once Slint has gone `turns` times through its timers.
    fn take_steps_later(&self, asking: &Timer, turns: u8) {
        let this = Weak::clone(&self.this);
        asking.start(TimerMode::SingleShot, Duration::ZERO, move || {
            let Some(this) = this.upgrade() else { return };
            match turns {
                0 | 1 => this.take_steps(),
                _ => this.take_steps_later(&this.typed.borrow().asking, turns - 1),
            }
        });
    }

    /// A control that can be reached says where it is, and whether Enter presses it from a field.
    pub(in crate::terminal) fn control_is_at(&self, place: Place, main: bool) {
        let mut typed = self.typed.borrow_mut();
        typed.controls.push((place, main));
    }

    fn take_steps(&self) {
        let in_field = self.inside.borrow_mut().state.may_type();
        let mut pressed = false;
        {
            let mut typed = self.typed.borrow_mut();
            let places: Vec<Place> = typed.controls.iter().map(|(place, _)| *place).collect();
            if places.is_empty() {
                // While something is on its way nothing is in reach, and nothing changes hands.
                typed.steps.clear();
                return;
            }
            let main = typed.controls.iter().find(|(_, main)| *main);
            let main = main.map(|(place, _)| *place).filter(|_| in_field);
            for step in std::mem::take(&mut typed.steps) {
                match step {
                    Step::Move(by) => typed.at = focus::moved(typed.at, &places, by),
                    Step::Press => pressed = true,
                    Step::Enter => {
                        typed.at = typed.at.or(main);
                        pressed = true;
                    }
                }
            }
        }
        self.show_who_has_keys();
        if pressed {
            let keys = self.window.global::<Keys>();
            keys.set_presses(keys.get_presses().wrapping_add(1));
        }
    }

    fn show_who_has_keys(&self) {
        let at = self.typed.borrow().at;
        let keys = self.window.global::<Keys>();
        keys.set_shown(at.is_some());
        if let Some(at) = at {
            keys.set_x(at.x);
            keys.set_y(at.y);
        }
    }

    /// No control has the keys.
    pub(super) fn nobody_has_keys(&self) {
        if self.typed.borrow_mut().at.take().is_some() {
            self.show_who_has_keys();
        }
    }

    /// A new screen begins with no control that has the keys.
    pub(super) fn keys_on(&self, screen: Screen) {
        let was = std::mem::replace(&mut self.typed.borrow_mut().screen, screen);
        if was != screen {
            self.nobody_has_keys();
        }
    }

    /// Half a code may be half an identity number.
    pub(super) fn forget_keys(&self) {
        let mut typed = self.typed.borrow_mut();
        (typed.wedge, typed.before) = (Wedge::default(), None);
        typed.steps.clear();
        drop(typed);
        self.nobody_has_keys();
    }
}
