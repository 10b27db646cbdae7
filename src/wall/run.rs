//! A wall that runs: a thread that loads, a timer that shows.

use super::WallSettings;
use super::feed::WallFeed;
use super::letters::Letters;
use super::load::Loader;
use super::proof::Recorder;
use super::screen::Screen;
use crate::ui::{WallData, WallWindow};
use crate::windows::is_shown;
use slint::{ComponentHandle, Timer, TimerMode};
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::sync::Arc;
use std::sync::mpsc::Receiver;
use std::time::{Duration, Instant};
use tokio::sync::watch;

/// How often the window follows the clock and the playlist.
const TICK: Duration = Duration::from_millis(500);

/// From one frame to the next, where lines of a table are still to come.
const FRAME: Duration = Duration::from_millis(16);

/// A running wall. It stops when this is dropped.
pub struct Wall {
    // Dropping it stops it.
    _timer: Timer,
    parts: Rc<RefCell<Parts>>,
    playing: watch::Receiver<WallSettings>,
}

/// Slint may keep the window, and what its callbacks hold, for longer than the wall.
struct Parts {
    screen: Screen,
    recorder: Recorder,
    loader: Option<Loader>,
}

/// Runs the wall in `window`, from `feed`, until the handle is dropped, by the last of the settings
/// that come through `changes` meanwhile. `recorder` is told what is on. Call it on the UI thread.
///
/// # Errors
/// If the system gives no thread.
pub fn start(
    window: &WallWindow,
    feed: Arc<dyn WallFeed>,
    settings: WallSettings,
    changes: Receiver<WallSettings>,
    recorder: Recorder,
) -> std::io::Result<Wall> {
    let began = Instant::now();
    let name = settings.name.clone();
    let (plays, playing) = watch::channel(settings.clone());
    let mut screen = Screen::new(window, settings);
    screen.animate();
    // The first frame has the clock and the hall's name already.
    screen.show(window, Duration::ZERO, feed.now(), feed.link());
    let letters = Letters::of_windows();
    let loader = Loader::start(&name, feed.clone(), screen.wish(window), letters, {
        let weak = window.as_weak();
        move || {
            // Fails only when the event loop has ended, and then nobody looks at the wall.
            let _ = weak.upgrade_in_event_loop(|window| {
                window.global::<WallData>().invoke_content_changed();
            });
        }
    })?;
    let parts = Rc::new(RefCell::new(Parts {
        screen,
        recorder,
        loader: Some(loader),
    }));
    let show = {
        let (weak, parts) = (window.as_weak(), parts.clone());
        let (changes, plays) = (Rc::new(changes), Rc::new(plays));
        // Whether the next frame is waited for already.
        let waits = Rc::new(Cell::new(false));
        move || {
            let Some(window) = weak.upgrade() else { return };
            let mut parts = parts.borrow_mut();
            let Parts {
                screen,
                recorder,
                loader: Some(loader),
            } = &mut *parts
            else {
                return;
            };
            if let Some(settings) = changes.try_iter().last() {
                screen.configure(&window, settings);
            }
            screen.take(&window, loader.take());
            let now = feed.now();
            let seen = screen.show(&window, began.elapsed(), now, feed.link());
            // On a wall whose output is gone nobody sees anything.
            match is_shown(window.window()) {
                true => recorder.shows(seen, now),
                false => recorder.pauses(),
            }
            plays.send_if_modified(|known| {
                let is_other = known != screen.settings();
                if is_other {
                    known.clone_from(screen.settings());
                }
                is_other
            });
            loader.wish(screen.wish(&window));
            if screen.is_unfinished() && !waits.replace(true) {
                let (weak, waits) = (window.as_weak(), waits.clone());
                Timer::single_shot(FRAME, move || {
                    waits.set(false);
                    if let Some(window) = weak.upgrade() {
                        window.global::<WallData>().invoke_content_changed();
                    }
                });
            }
        }
    };
    window.global::<WallData>().on_content_changed(show.clone());
    let timer = Timer::default();
    timer.start(TimerMode::Repeated, TICK, show);
    Ok(Wall {
        _timer: timer,
        parts,
        playing,
    })
}

impl Wall {
    /// What the wall goes by, its playlist too, wherever that is from.
    pub fn playing(&self) -> watch::Receiver<WallSettings> {
        self.playing.clone()
    }
}

impl Drop for Wall {
    fn drop(&mut self) {
        let mut parts = self.parts.borrow_mut();
        parts.recorder.end();
        parts.loader = None;
    }
}
