//! The terminal on the UI thread: keeps the session, shows it, asks the desk elsewhere.

mod beside;
mod keys;
mod rest;

use beside::Beside;
pub(super) use keys::Stroke;
use keys::Typed;

use super::ask::{Reply, Request};
use super::desk::Desk;
use super::paint::Painter;
use super::runner::Runner;
use super::screen::Screen;
use super::session::{Heard, Order, Session};
use super::show::HallTime;
use super::staff::StaffEvent;
use super::state::{Event, Overview, State};
use super::wiring;
use crate::ui::{self, AttractData, ServiceData, Terminal, TerminalWindow, Theme};
use crate::wall::pictures::Drawn;
use gighall_core::place::Place;
use gighall_core::playlist::{ServicePlace, Theme as Colours};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use slint::{ComponentHandle, Timer, TimerMode};
use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::rc::{Rc, Weak};
use std::sync::{Arc, mpsc};
use std::time::{Duration, Instant};

/// How often a code for phones is made anew. Its token lives for some minutes.
const CODE_LIFE: Duration = Duration::from_secs(60);

/// How often one is asked for while there is none.
const CODE_RETRY: Duration = Duration::from_secs(1);

/// How often the session looks at the clock.
const TICK: Duration = Duration::from_millis(250);

/// What the configuration says about the terminal.
#[derive(Clone, Debug)]
pub struct TerminalOptions {
    /// The hall's zone.
    pub zone: TimeZone,
    /// The hall's name.
    pub hall: String,
    /// How long nobody may touch anything before the warning.
    pub idle: Duration,
    /// The same in the staff menu.
    pub staff_idle: Duration,
    /// After so long without a touch on the first screen it shows jobs; `None`: never.
    pub attract: Option<Duration>,
    /// How long each of them stays.
    pub attract_change: Duration,
    /// When the hall opens, as people read it.
    pub opens: String,
    /// Pixels of one millimetre on this panel.
    pub px_per_mm: f32,
    /// The language of a fresh session, one of [`ui::LANGUAGES`].
    pub language: String,
    /// Where the hall is, if that is known.
    pub here: Option<Place>,
    /// The colours that everybody begins with.
    pub theme: Colours,
    /// No motion.
    pub still: bool,
    /// Where in the hall to find what.
    pub places: Vec<ServicePlace>,
    /// A wall of this kiosk says that somebody calls staff.
    pub calls_on_wall: bool,
    /// The address of the national platform for unpaid wages, where the hall gives it.
    pub platform: Option<String>,
    /// A map of the hall.
    pub map: Option<Drawn>,
    /// A call for staff is said aloud, where something can speak.
    pub calls_aloud: bool,
    /// How loud everybody is read to at first, in percent.
    pub volume: u8,
    /// The hub is in this machine itself.
    pub hub_here: bool,
}

/// Whether the hub is in reach, and from when the data is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LinkView {
    /// The hub answers.
    pub online: bool,
    /// When the data was fetched last; `None` before the first time.
    pub data_from: Option<Timestamp>,
}

/// The terminal. Lives on the UI thread, as long as its window.
pub struct TerminalController {
    window: TerminalWindow,
    desk: Arc<dyn Desk>,
    runner: Box<dyn Runner>,
    options: TerminalOptions,
    clock: Box<dyn Fn() -> Duration>,
    started: Timer,
    waiting: RefCell<VecDeque<Event>>,
    session: Cell<Session>,
    /// From when on nobody has been there.
    waits_since: Cell<Duration>,
    warning: Cell<Option<u64>>,
    generation: Cell<u64>,
    code_made: Cell<Option<Duration>>,
    hub_time: Cell<Option<(Timestamp, Duration)>>,
    link: Cell<LinkView>,
    inside: RefCell<Inside>,
    replies: mpsc::Receiver<Reply>,
    reply_to: mpsc::Sender<Reply>,
    beside: RefCell<Beside>,
    typed: RefCell<Typed>,
    this: Weak<Self>,
}

struct Inside {
    state: State,
    hall: Overview,
    painter: Painter,
}

impl TerminalController {
    /// Puts a terminal on a window.
    pub fn new(
        desk: Arc<dyn Desk>,
        window: TerminalWindow,
        options: TerminalOptions,
        runner: Box<dyn Runner>,
    ) -> Rc<Self> {
        let start = Instant::now();
        let this = Self::with_clock(
            desk,
            window,
            options,
            runner,
            Box::new(move || start.elapsed()),
        );
        let weak = Rc::downgrade(&this);
        this.started.start(TimerMode::Repeated, TICK, move || {
            if let Some(this) = weak.upgrade() {
                this.tick();
            }
        });
        this
    }

    /// The same with a clock of one's own and nobody to call [`Self::tick`]: for tests and
    /// snapshots.
    pub fn with_clock(
        desk: Arc<dyn Desk>,
        window: TerminalWindow,
        options: TerminalOptions,
        runner: Box<dyn Runner>,
        clock: Box<dyn Fn() -> Duration>,
    ) -> Rc<Self> {
        let (reply_to, replies) = mpsc::channel();
        let time = HallTime {
            zone: options.zone.clone(),
            now: Timestamp::now(),
            here: options.here,
        };
        let painter = Painter::new(&window);
        let mut hall = Overview::new(time);
        hall.places.clone_from(&options.places);
        hall.calls_on_wall = options.calls_on_wall;
        hall.volume = options.volume;
        hall.theme = options.theme;
        hall.platform.clone_from(&options.platform);
        let this = Rc::new_cyclic(|this| Self {
            window,
            desk,
            runner,
            options,
            waits_since: Cell::new(clock()),
            clock,
            started: Timer::default(),
            waiting: RefCell::default(),
            session: Cell::new(Session::Waiting),
            warning: Cell::new(None),
            generation: Cell::new(0),
            code_made: Cell::new(None),
            hub_time: Cell::new(None),
            link: Cell::new(LinkView {
                online: true,
                data_from: None,
            }),
            inside: RefCell::new(Inside {
                state: State::default(),
                hall,
                painter,
            }),
            replies,
            reply_to,
            beside: RefCell::default(),
            typed: RefCell::default(),
            this: Weak::clone(this),
        });
        let theme = this.window.global::<Theme>();
        theme.set_mm(this.options.px_per_mm);
        theme.set_still(this.options.still);
        let terminal = this.window.global::<Terminal>();
        terminal.set_hall(this.options.hall.as_str().into());
        terminal.set_hub_here(this.options.hub_here);
        this.window
            .global::<AttractData>()
            .set_opens(this.options.opens.as_str().into());
        if let Some(map) = &this.options.map {
            let services = this.window.global::<ServiceData>();
            services.set_map(slint::Image::from_rgb8(map.pixels.clone()));
            services.set_has_map(true);
        }
        wiring::connect(&this.window, &Rc::downgrade(&this));
        {
            let weak = Rc::downgrade(&this);
            this.window.global::<Terminal>().on_answered(move || {
                if let Some(this) = weak.upgrade() {
                    this.take_replies();
                }
            });
        }
        this.speak();
        this.store_changed();
        this.refresh_code();
        this.paint();
        this
    }

    /// The window.
    pub fn window(&self) -> &TerminalWindow {
        &self.window
    }

    /// The hall's name, once the hub has told it.
    pub fn set_hall(&self, name: &str) {
        self.window.global::<Terminal>().set_hall(name.into());
    }

    /// Whether the hub is in reach.
    pub fn set_link(&self, link: LinkView) {
        self.link.set(link);
        self.paint();
    }

    /// The code of what only staff can mend ([`crate::sync::LinkProblem`] or
    /// [`crate::store::StaffCode`]); empty where there is nothing.
    pub fn set_trouble(&self, code: &str) {
        self.window.global::<Terminal>().set_trouble(code.into());
    }

    /// A finger came down, or the last one was lifted, anywhere on the window.
    pub fn touched(&self, down: bool) {
        self.typed.borrow_mut().spent = false;
        if down {
            self.nobody_has_keys();
        }
        self.hear(if down { Heard::Down } else { Heard::Up });
    }

    /// Something in the store has changed.
    pub fn store_changed(&self) {
        let requests = self.inside.try_borrow_mut().map(|mut inside| {
            let mut requests = inside.state.refresh();
            requests.extend(inside.hall.attract.news((self.clock)()));
            requests
        });
        self.ask_all(requests.unwrap_or_default());
    }

    /// Time has passed.
    pub fn tick(&self) {
        self.hear(Heard::Tick);
        self.parade();
        self.take_replies();
        self.take_news();
        let age = self
            .code_made
            .get()
            .map(|made| (self.clock)().saturating_sub(made));
        // A device that is not enrolled yet has no code to show, but will have one soon.
        let shown = self
            .inside
            .try_borrow()
            .is_ok_and(|inside| inside.hall.hall_code.is_some());
        let life = if shown { CODE_LIFE } else { CODE_RETRY };
        if age.is_none_or(|age| age >= life) {
            self.refresh_code();
        }
        self.paint();
    }

    /// Does what a person wants.
    pub fn on(&self, event: Event) {
        // The window may speak (about its size) while it is being painted: that waits its turn.
        self.waiting.borrow_mut().push_back(event);
        loop {
            let Ok(mut inside) = self.inside.try_borrow_mut() else {
                return;
            };
            let Some(event) = self.waiting.borrow_mut().pop_front() else {
                break;
            };
            let Inside { state, hall, .. } = &mut *inside;
            hall.time.now = self.now();
            let was = (state.way.here(), state.language_steps);
            let to_staff = matches!(event, Event::Staff(StaffEvent::Open));
            let requests = state.on(event, hall);
            let is = (state.way.here(), state.language_steps);
            drop(inside);
            let left = was.0 != Screen::Home && is.0 == Screen::Home;
            // Nothing that the person before asked for comes into a visit of staff.
            if left || to_staff {
                self.outdate_answers();
            }
            if was.1 != is.1 {
                self.speak();
            }
            self.ask_all(requests);
            if was.0 != is.0 {
                self.refresh_code();
            }
        }
        self.paint();
    }

    fn hear(&self, heard: Heard) {
        // Whoever is helped to register leaves as much behind as whoever is alone.
        let in_menu = self
            .inside
            .try_borrow()
            .is_ok_and(|inside| inside.state.staff.inside && !inside.state.staff.helping);
        let idle = match in_menu {
            true => self.options.staff_idle,
            false => self.options.idle,
        };
        let session = self.session.get();
        let (session, order) = session.after(heard, (self.clock)(), idle);
        self.session.set(session);
        self.rest();
        match order {
            Order::Nothing => return,
            Order::Warn(seconds) => self.warning.set(Some(seconds)),
            Order::GoOn => {
                self.warning.set(None);
                self.typed.borrow_mut().spent = true;
            }
            Order::Wipe => {
                self.wipe();
                return self.begin_attract();
            }
        }
        self.paint();
    }

    /// Whoever asked has left: answers that are still on their way find nobody. What is known of
    /// the hall is asked for anew.
    fn outdate_answers(&self) {
        self.generation.set(self.generation.get() + 1);
        self.store_changed();
    }

    /// Whether nobody is here.
    pub fn is_free(&self) -> bool {
        self.session.get() == Session::Waiting
    }

    /// Forgets the session: what was typed, who it was, what the screen showed and how.
    pub fn wipe(&self) {
        self.warning.set(None);
        self.waiting.borrow_mut().clear();
        let mut left = None;
        self.forget_keys();
        if let Ok(mut inside) = self.inside.try_borrow_mut() {
            left = State::staff_left(&inside.state.staff);
            inside.state = State::default();
            inside.hall.hall_code = None;
        }
        self.ask_all(left.into_iter().collect());
        self.speak();
        self.outdate_answers();
        self.refresh_code();
        self.paint();
    }

    fn now(&self) -> Timestamp {
        match self.hub_time.get() {
            Some((told, at)) => {
                let gone = SignedDuration::try_from((self.clock)().saturating_sub(at));
                told.saturating_add(gone.unwrap_or_default())
                    .unwrap_or(told)
            }
            None => Timestamp::now(),
        }
    }

    /// The language that everybody begins in, by what staff chose or what is configured, or the one that
    /// many touches of the language button later.
    fn language(&self, hall: &Overview, steps: usize) -> &'static str {
        let first = hall.begins.as_deref().unwrap_or(&self.options.language);
        ui::language_after(first, steps)
    }

    fn speak(&self) {
        let (language, next) = {
            let inside = self.inside.borrow();
            let steps = inside.state.language_steps;
            let of = |steps| self.language(&inside.hall, steps);
            (of(steps), of(steps.wrapping_add(1)))
        };
        if let Err(error) = ui::speak(ui::Surface::Terminal, language) {
            tracing::warn!(%error, language, "the window does not speak this language");
        }
        let shown = self.window.global::<Terminal>();
        shown.set_next_language(ui::own_name(next).into());
        shown.set_chinese(language.starts_with("zh"));
    }

    fn refresh_code(&self) {
        let request = self
            .inside
            .try_borrow()
            .ok()
            .filter(|inside| !inside.hall.attract.on)
            .and_then(|inside| inside.state.refresh_code());
        if let Some(request) = request {
            self.code_made.set(Some((self.clock)()));
            self.ask_all(vec![request]);
        }
    }

    fn ask_all(&self, requests: Vec<Request>) {
        for request in requests {
            self.ask(request);
        }
        self.take_replies();
    }

    fn ask(&self, Request { ask, quiet }: Request) {
        let desk = Arc::clone(&self.desk);
        let reply_to = self.reply_to.clone();
        let generation = self.generation.get();
        let window = self.window.as_weak();
        self.runner.run(Box::new(move || {
            let answer = ask.put(desk.as_ref());
            let reply = Reply {
                generation,
                quiet,
                now: desk.now(),
                answer,
            };
            // Nobody listens any more once the program ends.
            if reply_to.send(reply).is_ok() {
                window
                    .upgrade_in_event_loop(|window| window.global::<Terminal>().invoke_answered())
                    .ok();
            }
        }));
    }

    fn take_replies(&self) {
        let mut taken = false;
        while let Ok(reply) = self.replies.try_recv() {
            taken = true;
            self.hub_time.set(Some((reply.now, (self.clock)())));
            if reply.generation != self.generation.get() {
                continue;
            }
            let requests = {
                let mut inside = self.inside.borrow_mut();
                let Inside { state, hall, .. } = &mut *inside;
                hall.time.now = reply.now;
                state.take(reply.answer, reply.quiet, hall)
            };
            for request in requests {
                self.ask(request);
            }
        }
        if taken {
            // A job that has ended is not seen a moment longer.
            if self.parade() {
                self.take_replies();
            }
            self.paint();
        }
    }

    fn paint(&self) {
        let Ok(mut inside) = self.inside.try_borrow_mut() else {
            return;
        };
        let Inside {
            state,
            hall,
            painter,
        } = &mut *inside;
        hall.time.now = self.now();
        state.time_passes(hall.time.now);
        state.emergency_over = state.emergency_lies_over(hall);
        self.look_at_devices(state, hall);
        painter.paint(
            &self.window,
            state,
            hall,
            self.link.get(),
            self.warning.get(),
        );
        self.serve_devices(state, hall);
        let here = state.way.here();
        drop(inside);
        self.keys_on(here);
        // What the window said about its size while it was painted.
        let next = self.waiting.borrow_mut().pop_front();
        if let Some(event) = next {
            self.on(event);
        }
    }
}
