//! A wall that runs: a thread that loads, a timer that shows.

use super::WallSettings;
use super::feed::WallFeed;
use super::load::Loader;
use super::screen::Screen;
use crate::ui::{WallData, WallWindow};
use slint::{ComponentHandle, Timer, TimerMode};
use std::cell::RefCell;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::mpsc::Receiver;
use std::time::{Duration, Instant};

/// How often the window follows the clock and the playlist.
const TICK: Duration = Duration::from_millis(500);

/// A running wall. It stops when this is dropped.
pub struct Wall {
    // Dropping them stops it.
    _timer: Timer,
    _loader: Rc<Loader>,
}

/// Runs the wall in `window`, from `feed`, until the handle is dropped, by the last of the settings
/// that come through `changes` meanwhile. Call it on the UI thread.
///
/// # Errors
/// If the system gives no thread.
pub fn start(
    window: &WallWindow,
    feed: Arc<dyn WallFeed>,
    settings: WallSettings,
    changes: Receiver<WallSettings>,
) -> std::io::Result<Wall> {
    let began = Instant::now();
    let mut screen = Screen::new(window, settings);
    // The first frame has the clock and the hall's name already.
    screen.show(window, Duration::ZERO, feed.now(), feed.link());
    let loader = Loader::start(feed.clone(), screen.wish(window), {
        let weak = window.as_weak();
        move || {
            // Fails only when the event loop has ended, and then nobody looks at the wall.
            let _ = weak.upgrade_in_event_loop(|window| {
                window.global::<WallData>().invoke_content_changed();
            });
        }
    })?;
    let (loader, screen) = (Rc::new(loader), Rc::new(RefCell::new(screen)));
    let show = {
        let (weak, loader, changes) = (window.as_weak(), loader.clone(), Rc::new(changes));
        move || {
            let Some(window) = weak.upgrade() else { return };
            let mut screen = screen.borrow_mut();
            if let Some(settings) = changes.try_iter().last() {
                screen.configure(settings);
            }
            screen.take(&window, loader.take());
            screen.show(&window, began.elapsed(), feed.now(), feed.link());
            loader.wish(screen.wish(&window));
        }
    };
    window.global::<WallData>().on_content_changed(show.clone());
    let timer = Timer::default();
    timer.start(TimerMode::Repeated, TICK, show);
    Ok(Wall {
        _timer: timer,
        _loader: loader,
    })
}
