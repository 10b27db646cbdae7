//! Where everything is on the terminal's window, and what is wrong with it.

mod targets;
pub mod texts;
mod visit;
mod ways;

pub use targets::{Target, targets};
pub use visit::Visit;
pub use ways::{Stop, stops};

use gighall_kiosk::ui::{EmergencyData, Moment, ServiceData, Terminal, TerminalWindow};
use i_slint_backend_testing::ElementHandle;
use slint::ComponentHandle;
use std::fmt;

/// Positions are rounded to whole pixels here and there.
const ROUNDING_PX: f32 = 1.0;

/// The kind of fault, and what has it.
pub type Fault = (&'static str, String);

/// A panel as halls buy them.
pub struct Panel {
    pub width: u32,
    pub height: u32,
    pub diagonal_mm: f32,
}

impl Panel {
    pub fn px_per_mm(&self) -> f32 {
        (self.width as f32).hypot(self.height as f32) / self.diagonal_mm
    }

    /// The name of a screen's picture there.
    pub fn picture(&self, screen: &str, english: bool, large: bool) -> String {
        let english = if english { "_en" } else { "" };
        let large = if large { "_large" } else { "" };
        let at = stops().iter().position(|it| it.name == screen);
        let (width, height) = (self.width, self.height);
        let at = at.unwrap_or_default() + 1;
        format!("geometry_{width}x{height}{english}{large}_{at:02}_{screen}.png")
    }

    fn glass(&self) -> Place {
        Place {
            left: 0.0,
            top: 0.0,
            right: self.width as f32,
            bottom: self.height as f32,
        }
    }
}

/// A rectangle of the window, in pixels.
#[derive(Clone, Copy, PartialEq)]
pub struct Place {
    pub left: f32,
    pub top: f32,
    pub right: f32,
    pub bottom: f32,
}

impl Place {
    fn wide(&self) -> f32 {
        self.right - self.left
    }

    fn high(&self) -> f32 {
        self.bottom - self.top
    }

    /// What both have.
    fn both(&self, other: &Self) -> Self {
        Self {
            left: self.left.max(other.left),
            top: self.top.max(other.top),
            right: self.right.min(other.right),
            bottom: self.bottom.min(other.bottom),
        }
    }

    /// Whether they have more in common than an edge.
    fn meets(&self, other: &Self) -> bool {
        let both = self.both(other);
        both.wide() > ROUNDING_PX && both.high() > ROUNDING_PX
    }

    /// The same and so much around it.
    fn grown(&self, by: f32) -> Self {
        Self {
            left: self.left - by,
            top: self.top - by,
            right: self.right + by,
            bottom: self.bottom + by,
        }
    }

    fn lies_in(&self, other: &Self) -> bool {
        self.left >= other.left - ROUNDING_PX
            && self.top >= other.top - ROUNDING_PX
            && self.right <= other.right + ROUNDING_PX
            && self.bottom <= other.bottom + ROUNDING_PX
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            left,
            top,
            right,
            bottom,
        } = self;
        write!(f, "{left:.0}..{right:.0} x {top:.0}..{bottom:.0}")
    }
}

/// Puts each thing over the screen that can come over it, and says what is wrong with its texts.
pub fn faults_of_covers(window: &TerminalWindow, panel: &Panel) -> Vec<(&'static str, Fault)> {
    let terminal = window.global::<Terminal>();
    let mut found = Vec::new();
    let mut look = |cover: &'static str| {
        slint::platform::update_timers_and_animations();
        let mut faults = texts::faults(window, &[], panel, true);
        faults.extend(targets::faults_of_each(&targets(window), panel));
        found.extend(faults.into_iter().map(|fault| (cover, fault)));
    };
    terminal.set_idle_seconds(20);
    look("idle");
    terminal.set_idle_seconds(-1);
    // The longest of them.
    terminal.set_failure("too_late".into());
    look("failure");
    terminal.set_failure("".into());
    terminal.set_calling_staff(true);
    look("calling");
    let service = window.global::<ServiceData>();
    service.set_call("called".into());
    service.set_call_on_wall(true);
    look("called");
    service.set_call("".into());
    terminal.set_calling_staff(false);
    let emergency = window.global::<EmergencyData>();
    emergency.set_title("请马上离开大厅，到门口广场集合，听工作人员指挥".into());
    emergency.set_body("不要坐电梯。不要回去拿东西。".into());
    emergency.set_up(true);
    emergency.set_over(true);
    look("emergency");
    emergency.set_over(false);
    // The bar opens it again, with reading aloud there as well.
    emergency.set_closed(true);
    terminal.set_speaks(true);
    slint::platform::update_timers_and_animations();
    let bars = faults(window, panel).into_iter();
    found.extend(bars.map(|fault| ("closed", fault)));
    terminal.set_speaks(false);
    emergency.set_closed(false);
    emergency.set_up(false);
    found
}

/// What staff have to mend and being offline stand side by side in the bar, with the hall's name: after a
/// start of the machine without the hub, the clock is not checked.
pub fn faults_of_bar(window: &TerminalWindow, panel: &Panel, trouble: &str) -> Vec<Fault> {
    let terminal = window.global::<Terminal>();
    terminal.set_trouble(trouble.into());
    terminal.set_offline(true);
    terminal.set_has_data(true);
    terminal.set_data_from(Moment {
        month: 11,
        day: 21,
        weekday: 6,
        time: "09:30".into(),
        near: "".into(),
    });
    slint::platform::update_timers_and_animations();
    let mut found = faults(window, panel);
    for name in ElementHandle::find_by_element_id(window, "TopBar::name") {
        let (wide, high) = (name.size().width, name.size().height);
        if wide < 2.0 * high {
            found.push(("no room for the hall's name", format!("{wide} x {high}")));
        }
    }
    found
}

/// Everything that is wrong with a window on such a panel.
pub fn faults(window: &TerminalWindow, panel: &Panel) -> Vec<Fault> {
    let targets = targets(window);
    let mut found = targets::faults(&targets, panel);
    found.extend(texts::faults(window, &targets, panel, false));
    found
}
