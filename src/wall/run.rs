//! A wall that runs: a thread that loads, a timer that shows.

use super::WallSettings;
use super::content::Content;
use super::feed::WallFeed;
use super::proof::Recorder;
use super::screen::Screen;
use crate::ui::{WallData, WallWindow};
use slint::{ComponentHandle, Timer, TimerMode};
use std::cell::RefCell;
use std::rc::Rc;
use std::sync::mpsc::Receiver;
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// How often the window follows the clock and the playlist.
const TICK: Duration = Duration::from_millis(500);
/// How often the loader looks whether something is new.
const LOOK: Duration = Duration::from_millis(250);
/// How often it loads though nothing says that something is new: a notice may begin.
const LOAD_ANYWAY: Duration = Duration::from_secs(20);

/// What the loader leaves for the UI thread.
type Mailbox = Arc<Mutex<Option<Content>>>;
/// Tells the loader to end.
type Stop = Arc<(Mutex<bool>, Condvar)>;

/// A running wall. It stops when this is dropped.
pub struct Wall {
    // Dropping it stops it.
    _timer: Timer,
    /// Slint may keep the window, and what its callbacks hold, for longer than the wall.
    shown: Rc<RefCell<(Screen, Recorder)>>,
    stop: Stop,
    loader: Option<std::thread::JoinHandle<()>>,
}

/// Runs the wall in `window`, from `feed`, until the handle is dropped, by the last of the settings
/// that come through `changes` meanwhile. `recorder` is told what is on. Call it on the UI thread.
pub fn start(
    window: &WallWindow,
    feed: Arc<dyn WallFeed>,
    settings: WallSettings,
    changes: Receiver<WallSettings>,
    recorder: Recorder,
) -> std::io::Result<Wall> {
    let began = Instant::now();
    let mailbox: Mailbox = Arc::default();
    let screen = Rc::new(RefCell::new((Screen::new(window, settings), recorder)));
    let shown = screen.clone();
    let show = {
        let (weak, feed, mailbox) = (window.as_weak(), feed.clone(), mailbox.clone());
        let changes = Rc::new(changes);
        move || {
            let Some(window) = weak.upgrade() else { return };
            let (screen, recorder) = &mut *screen.borrow_mut();
            if let Some(settings) = changes.try_iter().last() {
                screen.configure(&window, settings);
            }
            if let Some(content) = lock(&mailbox).take() {
                screen.take(content);
            }
            let now = feed.now();
            let seen = screen.show(&window, began.elapsed(), now, feed.link());
            recorder.shows(&seen, now);
        }
    };
    // The first frame has the clock and the hall's name already.
    show();
    window.global::<WallData>().on_content_changed(show.clone());
    let timer = Timer::default();
    timer.start(TimerMode::Repeated, TICK, show);

    let stop: Stop = Arc::default();
    let loader = std::thread::Builder::new().name("wall".to_owned()).spawn({
        let (weak, stop) = (window.as_weak(), stop.clone());
        move || {
            load_until_stopped(&*feed, &stop, |content| {
                *lock(&mailbox) = Some(content);
                // Fails only when the event loop has ended, and then nobody looks at the wall.
                let _ = weak.upgrade_in_event_loop(|window| {
                    window.global::<WallData>().invoke_content_changed();
                });
            })
        }
    })?;
    Ok(Wall {
        _timer: timer,
        shown,
        stop,
        loader: Some(loader),
    })
}

impl Drop for Wall {
    fn drop(&mut self) {
        self.shown.borrow_mut().1.end();
        *lock(&self.stop.0) = true;
        self.stop.1.notify_all();
        if let Some(loader) = self.loader.take()
            && loader.join().is_err()
        {
            tracing::error!("the wall's loader had panicked");
        }
    }
}

/// Loads at once, whenever the feed's revision grew, and now and then; hands over what it loaded.
fn load_until_stopped(feed: &dyn WallFeed, stop: &Stop, hand_over: impl Fn(Content)) {
    let mut loaded: Option<(u64, Instant)> = None;
    loop {
        let revision = feed.revision();
        let is_new =
            loaded.is_none_or(|(known, when)| known != revision || when.elapsed() >= LOAD_ANYWAY);
        if is_new {
            match Content::load(feed, feed.now()) {
                Ok(content) => hand_over(content),
                // The wall goes on with what it has; the next look tries again.
                Err(error) => tracing::error!(%error, "the wall could not load"),
            }
            loaded = Some((revision, Instant::now()));
        }
        let (stopped, signal) = (&stop.0, &stop.1);
        let guard = lock(stopped);
        let (guard, _) = signal
            .wait_timeout_while(guard, LOOK, |stopped| !*stopped)
            .unwrap_or_else(PoisonError::into_inner);
        if *guard {
            return;
        }
    }
}

/// A mutex whose holder panicked still holds a whole value here: each is set in one step.
fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::wall::feed::{FeedError, Link};
    use gighall_core::hall::{Hall, Notice};
    use gighall_core::id::JobId;
    use gighall_core::job::Job;
    use gighall_core::testing::{a_job, at};
    use jiff::Timestamp;
    use std::sync::atomic::{AtomicU64, Ordering};
    use std::sync::mpsc;

    /// A feed with one job whose places follow from the revision; revision 2 cannot be read.
    struct Counting(AtomicU64);

    impl WallFeed for Counting {
        fn open_jobs(&self, _: Timestamp) -> Result<Vec<Job>, FeedError> {
            match self.revision() {
                2 => Err(FeedError::Store("a fault".to_owned())),
                revision => Ok(vec![Job {
                    places_left: u32::try_from(revision).unwrap(),
                    ..a_job(1)
                }]),
            }
        }
        fn notices(&self, _: Timestamp) -> Result<Vec<Notice>, FeedError> {
            Ok(vec![])
        }
        fn hall(&self) -> Result<Option<Hall>, FeedError> {
            Ok(None)
        }
        fn link(&self) -> Link {
            Link {
                online: true,
                data_as_of: None,
                clock_untrusted: false,
            }
        }
        fn now(&self) -> Timestamp {
            at("2026-11-23T01:00:00Z")
        }
        fn job_address(&self, _: JobId) -> Option<String> {
            None
        }
        fn revision(&self) -> u64 {
            self.0.load(Ordering::SeqCst)
        }
    }

    #[test]
    fn the_loader_hands_over_every_change_and_lives_through_a_fault() {
        let feed = Arc::new(Counting(AtomicU64::new(1)));
        let stop: Stop = Arc::default();
        let (sender, loaded) = mpsc::channel();
        let loader = std::thread::spawn({
            let (feed, stop) = (feed.clone(), stop.clone());
            move || {
                load_until_stopped(&*feed, &stop, |content| {
                    let _ = sender.send(content.jobs[0].places_left);
                });
            }
        });
        let next = || loaded.recv_timeout(Duration::from_secs(60)).unwrap();
        assert_eq!(next(), 1);
        feed.0.store(2, Ordering::SeqCst);
        std::thread::sleep(2 * LOOK);
        feed.0.store(3, Ordering::SeqCst);
        assert_eq!(next(), 3);
        *lock(&stop.0) = true;
        stop.1.notify_all();
        loader.join().unwrap();
        assert!(loaded.try_recv().is_err(), "nothing is loaded without need");
    }
}
