//! The terminal while nobody is there: when it begins to show jobs, and when it ends.

use super::TerminalController;
use crate::terminal::event::Event;
use crate::terminal::session::Session;

impl TerminalController {
    /// Begins to show jobs where nobody is there, and ends it where somebody came.
    pub(super) fn rest(&self) {
        let Some(after) = self.options.attract else {
            return;
        };
        let now = (self.clock)();
        let Ok((shown, may)) = self
            .inside
            .try_borrow()
            .map(|inside| (inside.hall.attract.on, inside.state.is_at_rest()))
        else {
            return;
        };
        let session = self.session.get();
        let rests = may
            && match session {
                Session::Waiting => shown || now.saturating_sub(self.waits_since.get()) >= after,
                Session::Used { since } => now.saturating_sub(since) >= after,
                // It stays until the finger is lifted, so that this touch reaches nothing behind it.
                Session::Held => shown,
                Session::Resuming | Session::Warned { .. } => false,
            };
        match (shown, rests) {
            (false, true) => {
                // Whoever left may have chosen another language, or large type.
                if session != Session::Waiting {
                    self.session.set(Session::Waiting);
                    self.wipe();
                }
                self.begin_attract();
            }
            (true, false) => self.end_attract(),
            _ => {}
        }
    }

    /// Shows jobs, where the terminal does so at all.
    pub(super) fn begin_attract(&self) {
        if self.options.attract.is_none() {
            return;
        }
        let request = self.inside.try_borrow_mut().ok().map(|mut inside| {
            // It would be too old when somebody comes.
            inside.hall.hall_code = None;
            inside.hall.attract.begin((self.clock)())
        });
        self.ask_all(request.into_iter().collect());
        self.paint();
    }

    fn end_attract(&self) {
        let job = self.inside.try_borrow_mut().ok();
        let job = job.and_then(|mut inside| inside.hall.attract.end());
        if let Some(job) = job {
            self.on(Event::OpenShown(Box::new(job)));
        }
        self.refresh_code();
        self.paint();
    }

    /// Asks for the next job when its time has come; whether it did. Answers are taken by the caller.
    pub(super) fn parade(&self) -> bool {
        let (at, now) = ((self.clock)(), self.now());
        let request = self.inside.try_borrow_mut().ok().and_then(|mut inside| {
            let change = self.options.attract_change;
            inside.hall.attract.passes(at, now, change)
        });
        let asks = request.is_some();
        if let Some(request) = request {
            self.ask(request);
        }
        asks
    }
}
