//! What a finger and a keyboard do to the window itself: touches at a place, not of a button, so that
//! whatever lies over it takes them. In the order in which the window system tells them.

use super::TestTerminal;
use gighall_kiosk::ui::Keys;
use i_slint_backend_testing::{AccessibleRole, ElementHandle, ElementQuery};
use slint::platform::{PointerEventButton, WindowEvent};
use slint::{ComponentHandle, LogicalPosition, LogicalSize};
use std::time::Duration;

/// A new screen takes no touch for `Theme.settle`, 300 ms; a person's next touch comes later.
const NEXT_TOUCH: Duration = Duration::from_millis(350);

/// Between two keys of somebody who types.
const BETWEEN_KEYS: Duration = Duration::from_millis(120);

/// The same of a scanner.
const OF_A_SCANNER: Duration = Duration::from_millis(5);

/// The session looks at the clock so often.
const TICK: Duration = Duration::from_millis(250);

impl TestTerminal {
    /// Lets time pass for the session and for the window, in steps as short as the program's own.
    pub fn wait(&self, time: Duration) {
        let mut left = time;
        while !left.is_zero() {
            let step = left.min(TICK);
            let (was, is) = (self.clock.get(), self.clock.get() + step);
            self.clock.set(is);
            i_slint_backend_testing::mock_elapsed_time(step);
            if was.as_millis() / TICK.as_millis() != is.as_millis() / TICK.as_millis() {
                self.controller.tick();
            }
            left -= step;
        }
    }

    /// A finger comes down.
    pub fn press(&self, at: LogicalPosition) {
        self.controller.touched(true);
        self.event(WindowEvent::PointerPressed {
            position: at,
            button: PointerEventButton::Left,
        });
    }

    /// It moves.
    pub fn drag(&self, to: LogicalPosition) {
        self.controller.touched(true);
        self.event(WindowEvent::PointerMoved { position: to });
    }

    /// It is lifted.
    pub fn lift(&self, at: LogicalPosition) {
        self.controller.touched(false);
        self.event(WindowEvent::PointerReleased {
            position: at,
            button: PointerEventButton::Left,
        });
        self.event(WindowEvent::PointerExited);
    }

    /// A key of a keyboard goes down and up.
    pub fn key(&self, text: &str) {
        self.key_down(text);
        self.key_up(text);
    }

    pub fn key_down(&self, text: &str) {
        self.controller.touched(false);
        self.event(WindowEvent::KeyPressed { text: text.into() });
    }

    pub fn key_up(&self, text: &str) {
        self.controller.touched(false);
        self.event(WindowEvent::KeyReleased { text: text.into() });
    }

    /// A key stays down: the window system tells it again.
    pub fn key_again(&self, text: &str) {
        self.controller.touched(false);
        self.event(WindowEvent::KeyPressRepeated { text: text.into() });
    }

    /// Types as a person does.
    pub fn types(&self, text: &str) {
        for key in text.chars() {
            self.key(&key.to_string());
            self.pause();
        }
    }

    /// A person's pause between two keys, with the frames in it.
    fn pause(&self) {
        for _ in 0..4 {
            self.wait(BETWEEN_KEYS / 4);
        }
    }

    /// What a scanner types, Enter with it.
    pub fn scans(&self, code: &str) {
        for key in code.chars().chain(['\n']) {
            self.wait(OF_A_SCANNER);
            self.key(&key.to_string());
        }
        self.wait(NEXT_TOUCH);
    }

    /// What the control that has the keys is called.
    pub fn has_keys(&self) -> Option<String> {
        let keys = self.window().global::<Keys>();
        let mut buttons = self.buttons_at().into_iter();
        // Slint rounds a place in one way for a control and in another for a test.
        let button = buttons.find(|(_, place, _)| {
            let off = (place.x - keys.get_x()).hypot(place.y - keys.get_y());
            keys.get_shown() && off < 1.0
        });
        button.map(|(label, ..)| label)
    }

    /// Goes to that button by Tab; panics if Tab does not come by.
    pub fn tab_to(&self, label: &str) {
        let mut seen = Vec::new();
        for _ in 0..200 {
            self.key("\t");
            self.pause();
            let at = self.has_keys();
            if at.as_deref() == Some(label) {
                return;
            }
            seen.extend(at);
        }
        panic!("no {label:?} on {} among {seen:#?}", self.screen());
    }

    /// The same, and presses it.
    pub fn enters(&self, label: &str) {
        self.tab_to(label);
        self.enter();
    }

    /// Enter, as a person presses it.
    pub fn enter(&self) {
        self.wait(NEXT_TOUCH);
        self.key("\n");
        self.pause();
        self.wait(NEXT_TOUCH);
    }

    fn event(&self, event: WindowEvent) {
        let taken = self.window().window().dispatch_event_with_result(event);
        taken.expect("the window takes it");
    }

    /// Touches the button with that label in its middle, and takes a person's time for it; panics if
    /// there is none.
    pub fn tap(&self, label: &str) {
        let (_, at) = self
            .buttons()
            .into_iter()
            .find(|(found, _)| found == label)
            .unwrap_or_else(|| {
                let all: Vec<String> = self.buttons().into_iter().map(|(l, _)| l).collect();
                panic!("no button {label:?} on {} among {all:#?}", self.screen())
            });
        self.tap_at(at);
    }

    /// Touches that place, and takes a person's time for it.
    pub fn tap_at(&self, at: LogicalPosition) {
        self.press(at);
        self.lift(at);
        self.wait(NEXT_TOUCH);
    }

    /// Every button that can be touched, by its label and its middle.
    pub fn buttons(&self) -> Vec<(String, LogicalPosition)> {
        let all = self.buttons_at().into_iter();
        all.map(|(label, place, size)| {
            let middle =
                LogicalPosition::new(place.x + size.width / 2.0, place.y + size.height / 2.0);
            (label, middle)
        })
        .collect()
    }

    fn buttons_at(&self) -> Vec<(String, LogicalPosition, LogicalSize)> {
        let able = |element: &ElementHandle| {
            element.accessible_role() == Some(AccessibleRole::Button)
                && element.accessible_enabled() != Some(false)
        };
        let all = ElementQuery::from_root(self.window())
            .match_descendants()
            .match_predicate(able)
            .find_all();
        let labelled = all.iter().filter_map(|element| {
            let label = element.accessible_label()?.to_string();
            Some((label, element.absolute_position(), element.size()))
        });
        labelled.collect()
    }
}
