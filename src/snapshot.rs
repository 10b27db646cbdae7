//! Pictures of our windows without a display server: Slint's own renderer drawing into memory.

use crate::ui::{self, WallWindow};
use crate::wall::WallSettings;
use crate::wall::feed::{FeedError, Link, WallFeed};
use crate::wall::screen::Screen;
use gighall_core::event::Event;
use gighall_core::hall::{Hall, HallFigures, Notice};
use gighall_core::id::JobId;
use gighall_core::job::Job;
use image::RgbImage;
use jiff::Timestamp;
use slint::platform::software_renderer::{MinimalSoftwareWindow, RepaintBufferType};
use slint::platform::{Platform, PlatformError, WindowAdapter};
use slint::{ComponentHandle, PhysicalSize, Rgb8Pixel};
use std::cell::{Cell, RefCell};
use std::rc::{Rc, Weak};
use std::time::Duration;

/// Why there is no picture.
#[derive(Debug, thiserror::Error)]
pub enum SnapshotError {
    /// This thread has a window system already; a snapshot needs a thread of its own.
    #[error("windows are open on this thread already")]
    PlatformTaken,
    /// The window could not be made.
    #[error("the window could not be made: {0}")]
    Window(#[from] PlatformError),
    /// There is no translation into that language.
    #[error("no such language: {0}")]
    Language(String),
    /// Nothing can be drawn in no pixels.
    #[error("a picture needs at least one pixel")]
    NoPixels,
    /// The window does not belong to this platform, or drew nothing.
    #[error("the window did not draw")]
    DidNotDraw,
    /// What to show could not be read.
    #[error(transparent)]
    Feed(#[from] FeedError),
}

/// A window system without a display, for the thread that makes it. Windows made on that thread
/// afterwards are drawn with [`Headless::draw`].
pub struct Headless {
    made: Rc<RefCell<Vec<Weak<MinimalSoftwareWindow>>>>,
    clock: Rc<Cell<Duration>>,
}

/// Slint's side of [`Headless`]. It keeps no window: a window keeps its window system, and neither would ever be
/// given back, nor the fonts that they have.
struct Memory {
    made: Rc<RefCell<Vec<Weak<MinimalSoftwareWindow>>>>,
    clock: Rc<Cell<Duration>>,
}

impl Platform for Memory {
    fn create_window_adapter(&self) -> Result<Rc<dyn WindowAdapter>, PlatformError> {
        let window = MinimalSoftwareWindow::new(RepaintBufferType::NewBuffer);
        let mut made = self.made.borrow_mut();
        made.retain(|window| window.strong_count() > 0);
        made.push(Rc::downgrade(&window));
        Ok(window)
    }

    fn duration_since_start(&self) -> Duration {
        self.clock.get()
    }
}

impl Headless {
    /// Makes it. Once for each thread.
    pub fn new() -> Result<Self, SnapshotError> {
        let made = Rc::default();
        let clock = Rc::default();
        let platform = Memory {
            made: Rc::clone(&made),
            clock: Rc::clone(&clock),
        };
        slint::platform::set_platform(Box::new(platform))
            .map_err(|_| SnapshotError::PlatformTaken)?;
        Ok(Self { made, clock })
    }

    /// Sets the time that animations and timers see; it never goes backwards.
    pub fn set_clock(&self, since_start: Duration) {
        self.clock.set(self.clock.get().max(since_start));
        slint::platform::update_timers_and_animations();
    }

    /// Gives a window that many pixels.
    pub fn resize(&self, window: &impl ComponentHandle, width: u32, height: u32) {
        window.window().set_size(PhysicalSize::new(width, height));
        slint::platform::update_timers_and_animations();
    }

    /// Draws a window as it is now.
    pub fn draw(&self, window: &impl ComponentHandle) -> Result<RgbImage, SnapshotError> {
        window.show()?;
        slint::platform::update_timers_and_animations();
        let made = self.made.borrow();
        let adapter = made
            .iter()
            .filter_map(Weak::upgrade)
            .find(|adapter| std::ptr::eq(adapter.window(), window.window()))
            .ok_or(SnapshotError::DidNotDraw)?;
        let size = adapter.size();
        if size.width == 0 || size.height == 0 {
            return Err(SnapshotError::NoPixels);
        }
        let pixels = size.width as usize * size.height as usize;
        let mut buffer = vec![Rgb8Pixel::new(0, 0, 0); pixels];
        adapter.request_redraw();
        let drawn = adapter.draw_if_needed(|renderer| {
            renderer.render(&mut buffer, size.width as usize);
        });
        let bytes = buffer.iter().flat_map(|pixel| [pixel.r, pixel.g, pixel.b]);
        let picture = RgbImage::from_raw(size.width, size.height, bytes.collect());
        picture.filter(|_| drawn).ok_or(SnapshotError::DidNotDraw)
    }
}

impl Drop for Headless {
    /// A window that is shown keeps what is in it, and that keeps the window.
    fn drop(&mut self) {
        for window in self.made.take().iter().filter_map(Weak::upgrade) {
            if let Err(error) = window.window().hide() {
                tracing::error!(%error, "a window could not be closed");
            }
        }
    }
}

/// What a snapshot of the wall is of.
#[derive(Clone, Debug)]
pub struct WallShot {
    /// What the configuration says about the wall.
    pub settings: WallSettings,
    /// Language of the fixed texts, for example `zh-CN`.
    pub language: String,
    /// In pixels.
    pub width: u32,
    /// In pixels.
    pub height: u32,
    /// The moment to show.
    pub at: Timestamp,
}

/// Draws what the wall shows at a moment, taken that it plays its list since midnight: the same
/// store and the same moment always give the same picture, and other moments the other scenes.
pub fn snapshot_wall(
    headless: &Headless,
    feed: &dyn WallFeed,
    shot: &WallShot,
) -> Result<RgbImage, SnapshotError> {
    let window = WallWindow::new()?;
    ui::speak(ui::Surface::Wall, &shot.language)
        .map_err(|_| SnapshotError::Language(shot.language.clone()))?;
    headless.resize(&window, shot.width, shot.height);
    let mut screen = Screen::new(&window, shot.settings.clone());
    screen.load(&window, feed, shot.at)?;

    let elapsed = since_midnight(shot);
    // The ticker is somewhere on its way.
    headless.set_clock(elapsed);
    let mut moment = Duration::ZERO;
    // The first call fills header and footer, whose height decides how many rows fit.
    screen.show(&window, moment, shot.at, feed.link());
    while moment < elapsed {
        let then = shot.at.saturating_sub(elapsed - moment).unwrap_or(shot.at);
        moment = screen.play(&window, moment, then).until.min(elapsed);
    }
    screen.play(&window, elapsed, shot.at);
    screen.load(&window, feed, shot.at)?;
    screen.show(&window, elapsed, shot.at, feed.link());
    let picture = headless.draw(&window);
    window.hide()?;
    picture
}

/// A hall of which nothing is known but one notice.
struct OneNotice {
    hall: Option<Hall>,
    notice: Notice,
}

impl WallFeed for OneNotice {
    fn each_open_job(&self, _: Timestamp, _: &mut dyn FnMut(&Job)) -> Result<(), FeedError> {
        Ok(())
    }

    fn open_jobs(&self, _: &[JobId], _: Timestamp) -> Result<Vec<Job>, FeedError> {
        Ok(vec![])
    }

    fn notices(&self, _: Timestamp) -> Result<Vec<Notice>, FeedError> {
        Ok(vec![self.notice.clone()])
    }

    fn events(&self, _: Timestamp) -> Result<Vec<Event>, FeedError> {
        Ok(vec![])
    }

    fn hall_figures(&self) -> Result<Option<HallFigures>, FeedError> {
        Ok(None)
    }
    fn hall(&self) -> Result<Option<Hall>, FeedError> {
        Ok(self.hall.clone())
    }

    fn link(&self) -> Link {
        Link {
            online: true,
            data_as_of: None,
            clock_untrusted: false,
        }
    }

    fn now(&self) -> Timestamp {
        self.notice.effective_from
    }

    fn job_address(&self, _: JobId) -> Option<String> {
        None
    }

    fn tell_staff(&self, _: &str, _: &str) -> bool {
        true
    }

    fn revision(&self) -> u64 {
        0
    }
}

/// Draws a wall of that size in pixels as it would show an emergency notice.
///
/// # Errors
/// [`SnapshotError`]
pub fn draw_notice(
    headless: &Headless,
    settings: WallSettings,
    language: &str,
    (width, height): (u32, u32),
    hall: Option<Hall>,
    notice: Notice,
) -> Result<RgbImage, SnapshotError> {
    let window = WallWindow::new()?;
    ui::speak(ui::Surface::Wall, language)
        .map_err(|_| SnapshotError::Language(language.to_owned()))?;
    headless.resize(&window, width, height);
    let feed = OneNotice { hall, notice };
    let now = feed.now();
    let mut screen = Screen::new(&window, settings);
    screen.load(&window, &feed, now)?;
    screen.show(&window, Duration::ZERO, now, feed.link());
    let picture = headless.draw(&window);
    window.hide()?;
    picture
}

fn since_midnight(shot: &WallShot) -> Duration {
    let local = shot.at.to_zoned_datetime(shot.settings.zone.clone());
    let start = local.start_of_day().unwrap_or_else(|_| local.clone());
    local.duration_since(&start).try_into().unwrap_or_default()
}
