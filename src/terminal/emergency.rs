//! What everybody in the hall has to know now: over the screen until it is read, in the bar above it until
//! it ends or is taken down. What a person was doing stays as it was.

use super::state::{Overview, State};
use crate::ui::{EmergencyData, TerminalWindow};
use gighall_core::hall::Notice;
use slint::ComponentHandle;

impl Overview {
    /// The emergency notice that is up; of several the one that began last, as on the wall.
    pub fn emergency(&self) -> Option<&Notice> {
        let now = self.time.now;
        let up = self.emergencies.iter().filter(|it| it.is_current(now));
        up.max_by_key(|notice| notice.effective_from)
    }
}

impl State {
    /// The notice that is up, where somebody is to be told. Staff know it, they put it up.
    fn emergency_to_tell<'a>(&self, hall: &'a Overview) -> Option<&'a Notice> {
        let somebody = !hall.attract.on && !self.staff.inside;
        hall.emergency().filter(|_| somebody)
    }

    /// Whether the notice lies over the screen: until it was read.
    pub(super) fn emergency_lies_over(&self, hall: &Overview) -> bool {
        let up = self.emergency_to_tell(hall);
        up.is_some_and(|up| self.emergency_read != Some(up.id))
    }

    /// Whether it was read and closed, and can be seen again.
    fn emergency_is_closed(&self, hall: &Overview) -> bool {
        let up = self.emergency_to_tell(hall);
        up.is_some_and(|up| self.emergency_read == Some(up.id))
    }

    /// The notice was read.
    pub(super) fn reads_emergency(&mut self, hall: &Overview) {
        self.emergency_read = hall.emergency().map(|notice| notice.id);
    }

    /// Somebody wants to read it once more.
    pub(super) fn reads_emergency_again(&mut self) {
        self.emergency_read = None;
    }
}

/// Shows it on the window.
pub(super) fn paint(window: &TerminalWindow, state: &State, hall: &Overview) {
    let data = window.global::<EmergencyData>();
    let up = hall.emergency();
    let of = |text: fn(&Notice) -> &str| up.map(text).unwrap_or_default().into();
    data.set_title(of(|notice| &notice.title));
    data.set_body(of(|notice| &notice.body));
    data.set_over(state.emergency_over);
    data.set_closed(state.emergency_is_closed(hall));
    data.set_up(up.is_some());
}
