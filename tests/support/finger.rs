//! A worker's finger on the real terminal's glass.
//!
//! Nobody but the window knows where a button is, so the finger reads it off a shadow: the same
//! terminal, over a copy of the same store, at the same size, drawn nowhere. Each touch goes to the
//! shadow and, at the same place, to the real window under X.

use super::{Display, Kiosk, eventually};
use gighall_kiosk::anew::Anew;
use gighall_kiosk::config;
use gighall_kiosk::desk::HallDesk;
use gighall_kiosk::run::{sync_config, terminal_options, wall_settings};
use gighall_kiosk::staff::{HallStaff, WallHandle};
use gighall_kiosk::store::{STORE_FILE, Store};
use gighall_kiosk::sync::Sync;
use gighall_kiosk::terminal::runner::Inline;
use gighall_kiosk::terminal::{LinkView, TerminalController};
use gighall_kiosk::ui::{Terminal, TerminalWindow, WallWindow};
use gighall_kiosk::wall::WallSettings;
use i_slint_backend_testing::{AccessibleRole, ElementHandle};
use slint::ComponentHandle;
use std::path::Path;
use std::rc::Rc;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::watch;

/// The terminal's window in the whole-program tests, in pixels.
pub const SIZE: (u32, u32) = (1920, 1080);

/// Two touches of one finger are at least so far apart, so that the window keeps up.
const BETWEEN_TOUCHES: Duration = Duration::from_millis(120);

/// A new screen takes no touch for a moment.
const SCREEN_SETTLES: Duration = Duration::from_millis(450);

/// A PIN is checked, and a wall drawn, within that time; then a touch is tried again.
const BUSY_AT_MOST: Duration = Duration::from_secs(5);

/// A finger over the terminal of a kiosk, for one person's visit.
pub struct Finger<'a> {
    display: &'a Display,
    /// Left edge of the terminal's window on the display.
    left: i32,
    shadow: Rc<TerminalController>,
    _walls: Vec<(WallWindow, watch::Sender<WallSettings>)>,
    _copy: tempfile::TempDir,
}

impl<'a> Finger<'a> {
    /// Somebody steps up to the terminal, whose window begins at `left`.
    pub fn of(kiosk: &Kiosk, display: &'a Display, left: i32) -> Self {
        let copy = tempfile::tempdir().expect("a directory");
        let mut config = config::load(&kiosk.config).expect("a good configuration");
        copy_store(&config.data, copy.path());
        config.data = copy.path().to_owned();

        let zone = config.time_zone();
        let now = jiff::Timestamp::now();
        let store = Arc::new(Store::open(copy.path(), zone, now).expect("a good copy"));
        let sync =
            Sync::idle(store.clone(), sync_config(&config, None), None).expect("an idle engine");
        let window = TerminalWindow::new().expect("a window");
        window
            .window()
            .set_size(slint::PhysicalSize::new(SIZE.0, SIZE.1));
        window.show().expect("shown");
        let sync = Arc::new(sync);
        let options = terminal_options(&config, SIZE);
        let walls: Vec<_> = config
            .shown_walls()
            .map(|wall| {
                let window = WallWindow::new().expect("a window");
                let (plays, playing) = watch::channel(wall_settings(&config, wall));
                let (name, weak) = (wall.name.clone(), window.as_weak());
                let handle = WallHandle {
                    name,
                    window: weak,
                    playing,
                };
                (handle, (window, plays))
            })
            .collect();
        let (walls, kept): (Vec<_>, Vec<_>) = walls.into_iter().unzip();
        let staff = HallStaff::new(
            config,
            store.clone(),
            sync.clone(),
            walls,
            Anew::with(Path::new("kiosk.toml")),
        );
        let desk = HallDesk::new(store, sync).with_staff(staff);
        let shadow = TerminalController::with_clock(
            Arc::new(desk),
            window,
            options,
            Box::new(Inline),
            Box::new(|| Duration::ZERO),
        );
        shadow.set_link(LinkView {
            online: false,
            data_from: Some(now),
        });
        shadow.tick();
        i_slint_backend_testing::mock_elapsed_time(Duration::from_millis(50));
        Self {
            display,
            left,
            shadow,
            _walls: kept,
            _copy: copy,
        }
    }

    /// Touches the button with that label.
    pub fn touch(&self, label: &str) {
        self.touch_where(label, |found| found == label);
    }

    /// Touches the button with that label, again and again while the real window is still busy with
    /// what was before, until `done`.
    pub fn touch_until(&self, label: &str, done: impl Fn() -> bool) {
        let (x, y) = self.middle(&self.button(label, |found| found == label));
        let end = Instant::now() + super::PATIENCE;
        while !done() {
            assert!(Instant::now() < end, "{label:?} did nothing");
            self.display.tap(x, y);
            let answered = Instant::now() + BUSY_AT_MOST;
            while !done() && Instant::now() < answered {
                std::thread::sleep(BETWEEN_TOUCHES);
            }
        }
        self.follow(&self.button(label, |found| found == label));
    }

    /// The shadow does what the real window was just touched for; gives that one the time it needs.
    fn follow(&self, button: &ElementHandle) {
        let was = self.screen();
        button.invoke_accessible_default_action();
        i_slint_backend_testing::mock_elapsed_time(Duration::from_millis(50));
        std::thread::sleep(match self.screen() == was {
            true => BETWEEN_TOUCHES,
            false => SCREEN_SETTLES,
        });
    }

    /// Touches the button whose label fits.
    pub fn touch_where(&self, what: &str, fits: impl Fn(&str) -> bool) {
        let button = self.button(what, fits);
        let (x, y) = self.middle(&button);
        self.display.tap(x, y);
        self.follow(&button);
    }

    fn button(&self, what: &str, fits: impl Fn(&str) -> bool) -> ElementHandle {
        self.buttons()
            .into_iter()
            .find(|(label, _)| fits(label))
            .unwrap_or_else(|| {
                let labels: Vec<String> = self.buttons().into_iter().map(|(l, _)| l).collect();
                panic!(
                    "no button {what:?} on {:?} among {labels:#?}",
                    self.screen()
                )
            })
            .1
    }

    /// The middle of a button, on the display.
    fn middle(&self, button: &ElementHandle) -> (i32, i32) {
        let (at, size) = (button.absolute_position(), button.size());
        // Within the window, so a few thousand pixels at the most.
        let middle = |at: f32, size: f32| (at + size / 2.0) as i32;
        let (x, y) = (middle(at.x, size.width), middle(at.y, size.height));
        (self.left + x, y)
    }

    /// Touches a key after the other.
    pub fn type_in(&self, text: &str) {
        for key in text.chars() {
            self.touch(&key.to_string());
        }
    }

    /// Which screen the shadow shows.
    pub fn screen(&self) -> String {
        self.shadow
            .window()
            .global::<Terminal>()
            .get_screen()
            .to_string()
    }

    fn buttons(&self) -> Vec<(String, ElementHandle)> {
        i_slint_backend_testing::ElementQuery::from_root(self.shadow.window())
            .match_descendants()
            .find_all()
            .into_iter()
            .filter(|element| element.accessible_role() == Some(AccessibleRole::Button))
            .filter_map(|element| Some((element.accessible_label()?.to_string(), element)))
            .collect()
    }
}

/// Copies a store that may be in use, with the device's identity and key.
fn copy_store(from: &std::path::Path, to: &std::path::Path) {
    let source = rusqlite::Connection::open(from.join(STORE_FILE)).expect("the kiosk's store");
    let target = to.join(STORE_FILE).display().to_string();
    eventually("a copy of the store", || {
        source.execute("VACUUM INTO ?1", [&target]).ok()
    });
    let (identity, pin) = ("device.json", gighall_kiosk::staff::pin::PIN_FILE);
    for file in [identity, gighall_host::SECRET_KEY_FILE, pin] {
        // A kiosk that was never enrolled has no identity, and not every hall a PIN.
        if from.join(file).exists() {
            std::fs::copy(from.join(file), to.join(file)).expect("copied");
        }
    }
}
