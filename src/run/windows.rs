//! Opens the windows where the configuration wants them, and tells them what changes.

use super::follow::{Follower, speak};
use super::{ORDINARY_SIZE, RunError, terminal_options};
use crate::config::{Config, Monitor, TerminalConfig, WallConfig};
use crate::desk::HallDesk;
use crate::devices::{Board, Devices};
use crate::picture::{self, Answering};
use crate::staff::{HallStaff, WallHandle};
use crate::store::{StaffCode, Store};
use crate::sync::Sync;
use crate::terminal::runner::Worker;
use crate::terminal::{LinkView, TerminalController};
use crate::ui::{TerminalWindow, WallWindow};
use crate::wall::proof::Recorder;
use crate::wall::{self, Wall};
use crate::watchdog::{DRAWN_AT_LEAST_EVERY, Pulse};
use crate::windows::{Place, Placement, Sign, keep_keys, keep_placed, request_frame, watch};
use jiff::Timestamp;
use slint::{ComponentHandle, Timer};
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;
use tokio::runtime::Runtime;

/// A window that is tried out leaves room for the desktop around it.
const WINDOWED_SIZE: (u32, u32) = (1280, 720);

/// How often the UI thread says that it goes on.
const BEAT: Duration = Duration::from_secs(1);

/// How often the terminal is told of changes; many in a row are told as one.
const TELL_EVERY: Duration = Duration::from_millis(200);

/// A window with what keeps it going; all of it ends when this is dropped.
pub struct Shown<T> {
    part: T,
    _placed: Timer,
}

/// A wall: its window, what plays in it, its sign of life, and who answers for a picture of it.
pub type ShownWall = Shown<(WallWindow, Wall, Timer, Option<Answering>)>;

/// A terminal: its session, what tells and places it, and how its devices are.
pub type ShownTerminal = Shown<(Rc<TerminalController>, [Timer; 2], Board)>;

/// Where the windows belong that a configuration shows: the walls, then the terminal. Staff are told of
/// monitors that are missing.
pub fn places(config: &Config, windowed: bool, store: &Arc<Store>) -> std::io::Result<Vec<Place>> {
    let of_wall = |wall: &WallConfig| (wall.name.clone(), Geometry::of_wall(wall));
    let walls = config.shown_walls().map(of_wall);
    let terminal = &config.terminal;
    let of_terminal = || ("terminal".to_owned(), Geometry::of_terminal(terminal));
    let all = walls.chain(terminal.enabled.then(of_terminal));
    let (troubles, heard) = std::sync::mpsc::channel::<String>();
    let store = store.clone();
    // The window does not wait for the disk. The thread ends with the windows.
    let thread = std::thread::Builder::new().name("outputs".to_owned());
    thread.spawn(move || {
        // What was told before the start is over.
        for trouble in std::iter::once(String::new()).chain(heard) {
            let told = match trouble.as_str() {
                "" => store.settle(StaffCode::Output),
                trouble => store.tell_staff(StaffCode::Output, trouble, Timestamp::now()),
            };
            if let Err(error) = told {
                tracing::error!(%error, "staff could not be told of the monitors");
            }
        }
    })?;
    let told = move |trouble| {
        // Nobody hears it only where the thread has failed.
        let _ = troubles.send(trouble);
    };
    let placed = |(name, geometry): (String, Geometry)| (name, geometry.placement(windowed));
    Ok(Place::of_all(all.map(placed), told))
}

/// Opens a wall, the window at `place`.
pub fn show_wall(
    config: &Config,
    wall: &WallConfig,
    place: Place,
    (desk, sync, follower): (&Arc<HallDesk>, &Arc<Sync>, &Follower),
    (recorder, pulse): (Recorder, Arc<Pulse>),
) -> Result<ShownWall, RunError> {
    let window = WallWindow::new()?;
    window.set_name(wall.name.clone().into());
    speak(config.walls_language().code());
    let drawn = pulse.clone();
    let placed = open(&window, place, move |sign| match sign {
        Sign::Draw => drawn.draws(),
        Sign::Touch { .. } => drawn.tick(),
    })?;
    let beat = beat(&window, pulse);
    let (sender, changes) = std::sync::mpsc::channel();
    let settings = follower.begin(wall, sender);
    let name = wall.name.clone();
    let wall = wall::start(&window, desk.clone(), settings, changes, recorder)?;
    let answering = picture::answer(sync, window.as_weak(), name);
    Ok(Shown {
        part: (window, wall, beat, answering),
        _placed: placed,
    })
}

impl ShownTerminal {
    /// Says whether nobody is at the terminal, also when it is gone.
    pub fn is_free(&self) -> impl Fn() -> bool + 'static {
        let controller = Rc::downgrade(&self.part.0);
        move || controller.upgrade().is_none_or(|it| it.is_free())
    }
}

impl ShownWall {
    /// The wall, for staff who see and change it at the terminal.
    pub fn handle(&self) -> WallHandle {
        let (window, wall, ..) = &self.part;
        let playing = wall.playing();
        let name = playing.borrow().name.clone();
        WallHandle {
            name,
            window: window.as_weak(),
            playing,
        }
    }
}

/// Tells the watchdog that the UI thread goes on, and has a wall drawn now and then though nothing on
/// it changes.
fn beat(window: &WallWindow, pulse: Arc<Pulse>) -> Timer {
    let weak = window.as_weak();
    let timer = Timer::default();
    timer.start(slint::TimerMode::Repeated, BEAT, move || {
        pulse.tick();
        let Some(window) = weak.upgrade() else { return };
        if pulse.ages().draw >= DRAWN_AT_LEAST_EVERY && !request_frame(window.window()) {
            pulse.draws();
        }
    });
    timer
}

/// Opens the terminal, the window at `place`, at which staff may do what `staff` does.
pub fn show_terminal(
    config: &Config,
    place: Place,
    (store, sync): (&Arc<Store>, &Arc<Sync>),
    runtime: &Runtime,
    pulses: Vec<Arc<Pulse>>,
    staff: HallStaff,
) -> Result<ShownTerminal, RunError> {
    let window = TerminalWindow::new()?;
    let placement = place.placement();
    let windowed = placement.is_tried_out();
    let size = placement.size().unwrap_or(ORDINARY_SIZE);
    let desk = HallDesk::new(store.clone(), sync.clone()).with_staff(staff);
    let desk = Arc::new(desk.at(config.hall.position));
    let mut options = terminal_options(config, size);
    if let Some(language) = store.terminal_language()? {
        options.language = language;
    }
    if let Some(volume) = store.terminal_volume()? {
        options.volume = volume;
    }
    let controller = TerminalController::new(desk, window, options, Box::new(Worker::start()?));
    let touched = Rc::downgrade(&controller);
    let placed = open(controller.window(), place, move |sign| {
        if let Sign::Touch { down } = sign
            && let Some(controller) = touched.upgrade()
        {
            pulses.iter().for_each(|pulse| pulse.touched());
            controller.touched(down);
        }
    })?;
    // Whoever tries the program out has other windows to type in.
    let keys = match windowed {
        true => Timer::default(),
        false => keep_keys(controller.window()),
    };
    let told = tell_terminal(&controller, store, sync, runtime);
    let (devices, news) = Devices::start(config)?;
    controller.attach(devices, news);
    let board = Board::start(&config.data, controller.gauges())?;
    Ok(Shown {
        part: (controller, [told, keys], board),
        _placed: placed,
    })
}

/// What the terminal is told.
struct News {
    link: LinkView,
    /// The hall's name, once it is known.
    hall: Option<String>,
    /// The code of what only staff can mend.
    trouble: String,
}

/// Tells the terminal whenever the store or the link has changed.
fn tell_terminal(
    controller: &Rc<TerminalController>,
    store: &Arc<Store>,
    sync: &Arc<Sync>,
    runtime: &Runtime,
) -> Timer {
    let (mut changes, mut link) = (store.subscribe(), sync.link());
    let (news, heard) = std::sync::mpsc::channel();
    let store = store.clone();
    runtime.spawn(async move {
        loop {
            let state = *link.borrow_and_update();
            changes.borrow_and_update();
            let reader = store.clone();
            let read = tokio::task::spawn_blocking(move || (reader.hall(), reader.staff_notices()));
            let Ok((hall, notices)) = read.await else {
                return;
            };
            let clock = state.clock_untrusted.then(|| "clock".to_owned());
            let trouble = state
                .problem
                .filter(|problem| problem.needs_staff())
                .map(|problem| problem.code().to_owned())
                .or(clock)
                .or_else(|| Some(notices.ok()?.pop()?.code));
            let news_now = News {
                link: LinkView {
                    online: state.online,
                    data_from: state.data_from,
                },
                hall: hall.ok().flatten().map(|hall| hall.name),
                trouble: trouble.unwrap_or_default(),
            };
            if news.send(news_now).is_err() {
                return;
            }
            tokio::time::sleep(TELL_EVERY).await;
            let go_on = tokio::select! {
                changed = changes.changed() => changed.is_ok(),
                changed = link.changed() => changed.is_ok(),
            };
            if !go_on {
                return;
            }
        }
    });
    let weak = Rc::downgrade(controller);
    let timer = Timer::default();
    timer.start(slint::TimerMode::Repeated, TELL_EVERY, move || {
        let (Some(controller), Some(news)) = (weak.upgrade(), heard.try_iter().last()) else {
            return;
        };
        controller.set_link(news.link);
        controller.set_trouble(&news.trouble);
        if let Some(hall) = news.hall {
            controller.set_hall(&hall);
        }
        controller.store_changed();
    });
    timer
}

/// Where a window belongs, as configured.
struct Geometry {
    monitor: Option<String>,
    position: Option<(i32, i32)>,
    size: Option<(u32, u32)>,
}

impl Geometry {
    fn of_wall(wall: &WallConfig) -> Self {
        Self::of(
            wall.monitor.as_ref(),
            wall.x.zip(wall.y),
            wall.width.zip(wall.height),
        )
    }

    fn of_terminal(terminal: &TerminalConfig) -> Self {
        Self::of(
            terminal.monitor.as_ref(),
            terminal.x.zip(terminal.y),
            terminal.width.zip(terminal.height),
        )
    }

    fn of(
        monitor: Option<&Monitor>,
        position: Option<(i32, i32)>,
        size: Option<(u32, u32)>,
    ) -> Self {
        let monitor = monitor.map(|monitor| match monitor {
            Monitor::Index(index) => index.to_string(),
            Monitor::Name(name) => name.clone(),
        });
        Self {
            monitor,
            position,
            size,
        }
    }

    fn placement(&self, windowed: bool) -> Placement {
        match self.size {
            _ if windowed => Placement::Windowed {
                width: WINDOWED_SIZE.0,
                height: WINDOWED_SIZE.1,
            },
            Some((width, height)) => {
                let (x, y) = self.position.unwrap_or((0, 0));
                Placement::Viewport {
                    monitor: self.monitor.clone(),
                    x,
                    y,
                    width,
                    height,
                }
            }
            None => Placement::Fullscreen {
                monitor: self.monitor.clone(),
            },
        }
    }
}

fn open<C: ComponentHandle + 'static>(
    window: &C,
    place: Place,
    seen: impl Fn(Sign) + 'static,
) -> Result<Timer, slint::PlatformError> {
    let placement = place.placement();
    let windowed = placement.is_tried_out();
    if let Some((width, height)) = placement.size() {
        window
            .window()
            .set_size(slint::PhysicalSize::new(width, height));
    }
    window.show()?;
    watch(window.window(), windowed, seen);
    if windowed {
        window.window().on_close_requested(|| {
            let _ = slint::quit_event_loop();
            slint::CloseRequestResponse::HideWindow
        });
    }
    Ok(keep_placed(window, place))
}
