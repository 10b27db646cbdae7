//! What a finger and a keyboard do to the window itself: touches at a place, not of a button, so that
//! whatever lies over it takes them. In the order in which the window system tells them.

use super::TestTerminal;
use i_slint_backend_testing::{AccessibleRole, ElementHandle, ElementQuery};
use slint::platform::{PointerEventButton, WindowEvent};
use slint::{ComponentHandle, LogicalPosition};
use std::time::Duration;

/// A new screen takes no touch for `Theme.settle`, 300 ms; a person's next touch comes later.
const NEXT_TOUCH: Duration = Duration::from_millis(350);

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
        self.press(at);
        self.lift(at);
        self.wait(NEXT_TOUCH);
    }

    /// Every button that can be touched, by its label and its middle.
    pub fn buttons(&self) -> Vec<(String, LogicalPosition)> {
        let able = |element: &ElementHandle| {
            element.accessible_role() == Some(AccessibleRole::Button)
                && element.accessible_enabled() != Some(false)
        };
        let all = ElementQuery::from_root(self.window())
            .match_descendants()
            .match_predicate(able)
            .find_all();
        let labelled = all.iter().filter_map(|element| {
            let (place, size) = (element.absolute_position(), element.size());
            let middle =
                LogicalPosition::new(place.x + size.width / 2.0, place.y + size.height / 2.0);
            Some((element.accessible_label()?.to_string(), middle))
        });
        labelled.collect()
    }
}
