//! A wall on a real display whose output changes, whose window is put away, and whose server stops
//! answering: it comes back by itself.

use crate::support::output::Place;
use crate::support::{Display, Kiosk, eventually, free_address};
use std::path::{Path, PathBuf};
use std::time::Duration;

const TITLE: &str = "gighall wall";

struct House {
    dir: tempfile::TempDir,
    display: Display,
    kiosk: Kiosk,
    metrics: String,
}

fn write_config(dir: &Path, geometry: &str, metrics: &str) -> PathBuf {
    let path = dir.join("kiosk.toml");
    let text = format!(
        r#"
data = "kiosk"
[hall]
id = "weining"
name = "威宁县零工市场"
[hub]
url = "embedded"
listen = "{}"
[wall]
enabled = true
watchdog_seconds = 10
{geometry}
[[wall.scene]]
kind = "text"
title = "找活不收费"
seconds = 3
[metrics]
listen = "{metrics}"
"#,
        free_address()
    );
    std::fs::write(&path, text).expect("written");
    path
}

impl House {
    fn open(geometry: &str) -> Self {
        Self::open_on(Display::start("1920x1080"), geometry)
    }

    fn open_on(display: Display, geometry: &str) -> Self {
        let dir = tempfile::tempdir().expect("a directory");
        let metrics = free_address().to_string();
        let config = write_config(dir.path(), geometry, &metrics);
        let kiosk = Kiosk::run_logged(&config, &display, &dir.path().join("log"));
        let house = Self {
            dir,
            display,
            kiosk,
            metrics,
        };
        house.draws();
        house
    }

    fn log(&self) -> String {
        std::fs::read_to_string(self.dir.path().join("log")).expect("a log")
    }

    fn metric(&self, name: &str) -> Option<f64> {
        crate::support::metric(&self.metrics, name)
    }

    fn frames(&self) -> Option<f64> {
        self.metric("gighall_wall_frames_total")
    }

    /// Waits until some more frames were drawn than now.
    fn draws(&self) {
        let before = eventually("metrics", || self.frames());
        eventually("frames", || (self.frames()? >= before + 2.0).then_some(()));
    }

    /// Waits until the one window is there, and stays there, with something in every quarter of it.
    fn stands_at(&self, place: Place, name: &str) {
        eventually("the window in its place", || {
            let windows = self.display.windows(TITLE);
            (windows == [place]).then_some(())
        });
        std::thread::sleep(Duration::from_secs(3));
        assert_eq!(self.display.windows(TITLE), [place]);
        self.draws();
        self.display.is_drawn_all_over(place, name);
    }

    fn ends_well(mut self) {
        assert_eq!(self.metric("gighall_watchdog_restarts_total"), Some(0.0));
        assert_eq!(self.kiosk.stop(), Some(0), "{}", self.log());
    }
}

#[test]
fn a_wall_that_fills_its_monitor_follows_the_monitor() {
    let house = House::open("");
    house.stands_at((0, 0, 1920, 1080), "watched_full");
    house.display.resolution(1280, 720);
    house.stands_at((0, 0, 1280, 720), "watched_full_small");
    house.display.resolution(1920, 1080);
    house.stands_at((0, 0, 1920, 1080), "watched_full_again");
    house.ends_well();
}

#[test]
fn a_wall_with_a_place_of_its_own_keeps_it() {
    let house = House::open("x = 64\ny = 32\nwidth = 1600\nheight = 900");
    house.stands_at((64, 32, 1600, 900), "watched_own");
    house.display.resolution(1024, 768);
    house.stands_at((64, 32, 1600, 900), "watched_own_small");
    house.display.resolution(1920, 1080);
    house.stands_at((64, 32, 1600, 900), "watched_own_again");
    // Somebody puts it away.
    house
        .display
        .xdotool(&["search", "--name", TITLE, "windowminimize"]);
    house.stands_at((64, 32, 1600, 900), "watched_own_minimised");
    house
        .display
        .xdotool(&["search", "--name", TITLE, "windowsize", "300", "200"]);
    house
        .display
        .xdotool(&["search", "--name", TITLE, "windowmove", "500", "500"]);
    house.stands_at((64, 32, 1600, 900), "watched_own_moved");
    house.ends_well();
}

#[test]
fn a_wall_that_cannot_draw_is_started_anew_and_comes_back() {
    let mut house = House::open("width = 960\nheight = 540\nx = 0\ny = 0");
    house.stands_at((0, 0, 960, 540), "watched_before");
    house.display.freeze();
    eventually("it is started anew", || {
        house
            .log()
            .contains("the UI thread stands still")
            .then_some(())
    });
    house.display.thaw();
    eventually("it has been started anew", || {
        (house.metric("gighall_watchdog_restarts_total")? >= 1.0).then_some(())
    });
    house.stands_at((0, 0, 960, 540), "watched_after");
    assert_eq!(house.kiosk.stop(), Some(0), "{}", house.log());
}

#[test]
fn a_window_that_the_window_manager_forgot_is_shown_all_the_same() {
    let display = Display::unmanaged("1920x1080");
    display.manage_forgetfully();
    let house = House::open_on(display, "width = 960\nheight = 540\nx = 0\ny = 0");
    house.stands_at((0, 0, 960, 540), "watched_forgotten");
    assert!(house.log().contains("never shown"), "{}", house.log());
    house.ends_well();
}

/// Spoils the table of workers, which no wall reads: only a look at all tables finds it.
fn damage(store: &Path) {
    let connection = rusqlite::Connection::open(store).expect("opens");
    let root = "SELECT rootpage FROM sqlite_schema WHERE name = 'workers'";
    let known = connection.query_row(root, [], |row| row.get::<_, u32>(0));
    let page = known.expect("a table") as usize;
    let emptied = "PRAGMA wal_checkpoint(TRUNCATE)";
    connection
        .query_row(emptied, [], |_| Ok(()))
        .expect("emptied");
    drop(connection);
    let mut bytes = std::fs::read(store).expect("read");
    bytes[(page - 1) * 4096..page * 4096].fill(0xA5);
    std::fs::write(store, bytes).expect("written");
}

#[test]
fn a_store_that_is_found_damaged_behind_open_windows_is_repaired() {
    let mut house = House::open("width = 960\nheight = 540\nx = 0\ny = 0");
    assert_eq!(house.kiosk.stop(), Some(0), "{}", house.log());
    let data = house.dir.path().join("kiosk");
    damage(&data.join("kiosk.db"));
    let (config, log) = (house.dir.path().join("kiosk.toml"), "log-after");
    house.kiosk = Kiosk::run_logged(&config, &house.display, &house.dir.path().join(log));
    eventually("the damaged store is set aside", || {
        let names = std::fs::read_dir(&data).expect("a directory");
        let mut names = names.map(|it| it.expect("a file").file_name());
        names
            .any(|it| it.to_string_lossy().contains(".corrupt-"))
            .then_some(())
    });
    house.stands_at((0, 0, 960, 540), "watched_repaired");
    let said = std::fs::read_to_string(house.dir.path().join(log)).expect("a log");
    assert!(said.contains("starting anew to repair it"), "{said}");
    assert_eq!(house.kiosk.stop(), Some(0), "{said}");
}

/// A mistake in the playlist, and the machine was switched off and on: the built-in one is on the wall, and staff are
/// told.
#[test]
fn a_mistake_in_the_playlist_leaves_no_wall_dark_at_the_start() {
    let dir = tempfile::tempdir().expect("a directory");
    let metrics = free_address().to_string();
    let display = Display::start("1280x720");
    let config = write_config(dir.path(), "", &metrics);
    let text = std::fs::read_to_string(&config).expect("read");
    let wrong = text.replace("kind = \"text\"", "kind = \"txet\"");
    std::fs::write(&config, wrong).expect("written");
    let log = dir.path().join("log");
    let mut kiosk = Kiosk::run_logged(&config, &display, &log);
    let told = || -> Option<String> {
        let status = kiosk.status();
        let notices = status["staff_notices"].as_array()?;
        let notice = notices.iter().find(|it| it["code"] == "configuration")?;
        Some(notice["detail"].as_str()?.to_owned())
    };
    let frames = || crate::support::metric(&metrics, "gighall_wall_frames_total");
    eventually("it is drawn", || (frames()? > 3.0).then_some(()));
    let detail = eventually("staff are told", told);
    assert!(detail.contains("txet"), "{detail}");
    // Put right, it is taken over.
    std::fs::write(&config, text).expect("written");
    eventually("staff are told of nothing", || {
        told().is_none().then_some(())
    });
    assert_eq!(
        kiosk.stop(),
        Some(0),
        "{}",
        std::fs::read_to_string(log).expect("a log")
    );
}
