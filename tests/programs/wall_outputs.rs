//! Two windows on two outputs of one machine: cables that are pulled, other resolutions, monitors that are
//! switched off. Each window is on its output or put away, covers nobody, and goes on.

use crate::support::output::Place;
use crate::support::{Display, Kiosk, eventually, free_address, metric};
use image::GrayImage;
use std::time::Duration;

const LEFT: &str = "gighall left";
const RIGHT: &str = "gighall right";
const TERMINAL: &str = "gighall terminal";
/// What the left output has.
const AT_LEFT: Place = (0, 0, 1280, 720);
/// What the right one has.
const AT_RIGHT: Place = (1280, 0, 1024, 576);

/// What the first wall plays, and with it any other.
const SCENES: &str = r#"
[[wall.scene]]
kind = "text"
title = "找活不收费"
body = "凡收押金、报名费、体检费的都是骗局"
seconds = 3
[[wall.scene]]
kind = "text"
title = "欠薪请拨打 12333"
body = "咨询和投诉都不收费"
seconds = 3
"#;

/// What both have at first.
const BOTH: [&str; 2] = ["1280x720", "1024x576"];

struct House {
    dir: tempfile::TempDir,
    display: Display,
    kiosk: Kiosk,
    metrics: String,
}

impl House {
    /// Opens what `windows` says of walls and terminal in kiosk.toml, with `SCENES` where they go.
    fn open(windows: &str) -> Self {
        let dir = tempfile::tempdir().expect("a directory");
        let display = Display::with_outputs(dir.path(), BOTH);
        let metrics = free_address().to_string();
        let text = format!(
            r#"
data = "kiosk"
[hall]
id = "weining"
name = "威宁县零工市场"
[hub]
url = "embedded"
listen = "{}"
[metrics]
listen = "{metrics}"
{}
"#,
            free_address(),
            windows.replace("SCENES", SCENES)
        );
        let config = dir.path().join("kiosk.toml");
        std::fs::write(&config, text).expect("written");
        let kiosk = Kiosk::run_logged(&config, &display, &dir.path().join("log"));
        Self {
            dir,
            display,
            kiosk,
            metrics,
        }
    }

    fn two_walls() -> Self {
        Self::open(
            r#"
[[wall]]
enabled = true
name = "left"
monitor = "DUMMY0"
watchdog_seconds = 10
SCENES
[[wall]]
enabled = true
name = "right"
monitor = "DUMMY1"
watchdog_seconds = 10
"#,
        )
    }

    fn log(&self) -> String {
        std::fs::read_to_string(self.dir.path().join("log")).expect("a log")
    }

    /// Waits until the log says that of a window, once more than in `before`.
    fn says(&self, window: &str, words: &str, before: &str) {
        let count = |log: &str| {
            let window = format!("{window:?}");
            let of_it = |line: &&str| line.contains(&window) && line.contains(words);
            log.lines().filter(of_it).count()
        };
        let known = count(before);
        eventually(&format!("{words} ({window})"), || {
            (count(&self.log()) > known).then_some(())
        });
    }

    fn stands(&self, title: &str, place: Place) {
        eventually(&format!("{title} at {place:?}"), || {
            (self.display.windows(title) == [place]).then_some(())
        });
    }

    /// Waits until the window is there, and sees that it stays there, is seen to its corners, has something in
    /// every quarter, and that what it shows changes.
    fn plays(&self, title: &str, place: Place, name: &str) {
        self.stands(title, place);
        // Longer than it takes the kiosk to look again.
        std::thread::sleep(Duration::from_secs(3));
        assert_eq!(self.display.windows(title), [place], "{}", self.log());
        let (x, y, width, height) = place;
        let (right, low) = (x + width as i32 - 1, y + height as i32 - 1);
        for (x, y) in [(x, y), (right, y), (x, low), (right, low)] {
            assert_eq!(self.display.title_at(x, y), title, "at {x},{y}: {name}");
        }
        let before = part(&self.display.is_drawn_all_over(place, name), place);
        eventually(&format!("{title} changes"), || {
            (part(&self.display.picture(name), place) != before).then_some(())
        });
    }

    /// Nothing was started anew for all that.
    fn ends_well(mut self) {
        let restarts = metric(&self.metrics, "gighall_watchdog_restarts_total");
        assert_eq!(restarts, Some(0.0), "{}", self.log());
        assert_eq!(self.kiosk.stop(), Some(0), "{}", self.log());
    }
}

/// What a window shows between header and footer, whose clock and ticker move by themselves.
fn part(picture: &GrayImage, (x, y, width, height): Place) -> GrayImage {
    let (x, y) = (x.unsigned_abs(), y.unsigned_abs());
    let quarter = height / 4;
    image::imageops::crop_imm(picture, x, y + quarter, width, 2 * quarter).to_image()
}

/// Where outputs are that stand side by side in those modes.
fn places(modes: [&str; 2]) -> [Place; 2] {
    let size = |mode: &str| {
        let (width, height) = mode.split_once('x').expect("a mode");
        [width, height].map(|pixels| pixels.parse::<u32>().expect("pixels"))
    };
    let [[left, left_height], [right, right_height]] = modes.map(size);
    let middle = i32::try_from(left).expect("few");
    [(0, 0, left, left_height), (middle, 0, right, right_height)]
}

#[test]
fn a_cable_that_is_pulled_takes_its_wall_and_no_other_and_gives_it_back() {
    let house = House::two_walls();
    house.plays(LEFT, AT_LEFT, "outputs_left");
    house.plays(RIGHT, AT_RIGHT, "outputs_right");

    let before = house.log();
    house.display.xrandr("--output DUMMY1 --off");
    house.says("right", "is not connected", &before);
    eventually("the right wall is put away", || {
        house.display.windows(RIGHT).is_empty().then_some(())
    });
    house.plays(LEFT, AT_LEFT, "outputs_right_pulled");
    let told = |words: &str| {
        let status = house.kiosk.status();
        let notices = status["staff_notices"].as_array().expect("a list").clone();
        let output = notices.iter().find(|notice| notice["code"] == "output");
        output.map_or(words.is_empty(), |it| {
            let detail = it["detail"].as_str().expect("a text");
            !words.is_empty() && detail.contains(words)
        })
    };
    assert!(told("right: the monitor DUMMY1 is not connected"));
    let frames = || metric(&house.metrics, r#"gighall_wall_frames_total{wall="right"}"#);
    let known = eventually("metrics", frames);
    eventually("it is still drawn", || (frames()? > known).then_some(()));
    // What nobody can see is not shown.
    let scenes = |wall: &str| {
        let of_it = format!(r#"gighall_wall_scenes_total{{wall="{wall}",scene="text"}}"#);
        metric(&house.metrics, &of_it)
    };
    let (gone, there) = (scenes("right"), scenes("left"));
    eventually("the other wall goes on", || {
        (scenes("left")? > there? + 1.0).then_some(())
    });
    assert!(gone.is_some());
    assert_eq!(scenes("right"), gone);

    let before = house.log();
    house.display.side_by_side(BOTH);
    house.says("right", "is connected again", &before);
    house.plays(RIGHT, AT_RIGHT, "outputs_right_back");
    assert!(told(""));
    assert!(!house.log().contains("never shown"), "{}", house.log());
    house.plays(LEFT, AT_LEFT, "outputs_left_unmoved");

    let before = house.log();
    house.display.xrandr("--output DUMMY0 --off");
    house.says("left", "is not connected", &before);
    eventually("the left wall is put away", || {
        house.display.windows(LEFT).is_empty().then_some(())
    });
    // The desktop begins with what is left of it.
    house.plays(RIGHT, (0, 0, 1024, 576), "outputs_left_pulled");
    let before = house.log();
    house.display.side_by_side(BOTH);
    house.says("left", "is connected again", &before);
    house.plays(LEFT, AT_LEFT, "outputs_left_back");
    house.plays(RIGHT, AT_RIGHT, "outputs_right_unmoved");
    house.ends_well();
}

#[test]
fn walls_fill_their_outputs_at_whatever_resolution_and_wherever_these_stand() {
    let house = House::two_walls();
    house.plays(LEFT, AT_LEFT, "outputs_first");
    // The left one has fewer pixels, and the right one moves up to it; the right one has more; both change.
    let changes = [
        ["800x600", "1024x576"],
        ["800x600", "1280x720"],
        ["1024x768", "800x600"],
        BOTH,
    ];
    for modes in changes {
        let before = house.log();
        house.display.side_by_side(modes);
        house.says("right", "the monitor has changed", &before);
        let ([left, right], name) = (places(modes), modes.join("_"));
        house.plays(LEFT, left, &format!("outputs_{name}_left"));
        house.plays(RIGHT, right, &format!("outputs_{name}_right"));
    }
    // They change sides.
    house.display.xrandr("--output DUMMY0 --right-of DUMMY1");
    house.plays(LEFT, (1024, 0, 1280, 720), "outputs_sides_left");
    house.plays(RIGHT, (0, 0, 1024, 576), "outputs_sides_right");
    house.ends_well();
}

#[test]
fn monitors_that_are_all_switched_off_come_back_as_they_were() {
    let house = House::open(
        r#"
[[wall]]
enabled = true
name = "left"
monitor = "DUMMY0"
watchdog_seconds = 10
SCENES
[[wall]]
enabled = true
name = "right"
monitor = "DUMMY1"
x = 64
y = 32
width = 640
height = 320
watchdog_seconds = 10
"#,
    );
    let at_right = (1280 + 64, 32, 640, 320);
    house.plays(LEFT, AT_LEFT, "outputs_on_left");
    house.plays(RIGHT, at_right, "outputs_on_right");
    for round in 0..2 {
        house
            .display
            .xrandr("--output DUMMY0 --off --output DUMMY1 --off");
        // For longer than a wall may go without a frame.
        std::thread::sleep(Duration::from_secs(12));
        house.display.side_by_side(BOTH);
        house.plays(LEFT, AT_LEFT, &format!("outputs_on_again_{round}_left"));
        house.plays(RIGHT, at_right, &format!("outputs_on_again_{round}_right"));
    }
    house.ends_well();
}

#[test]
fn a_terminal_is_not_covered_by_a_wall_that_lost_its_output_and_follows_its_own() {
    let house = House::open(
        r#"
[terminal]
enabled = true
monitor = "DUMMY0"
mm_per_pixel = 0.25
attract_seconds = 0
[[wall]]
enabled = true
name = "right"
monitor = "DUMMY1"
watchdog_seconds = 10
SCENES
"#,
    );
    let covers = |place: Place, name: &str| {
        house.stands(TERMINAL, place);
        std::thread::sleep(Duration::from_secs(3));
        house.stands(TERMINAL, place);
        let (x, y) = (place.0 + place.2 as i32 / 2, place.1 + place.3 as i32 / 2);
        assert_eq!(house.display.title_at(x, y), TERMINAL, "{name}");
        house.display.is_drawn_all_over(place, name);
    };
    covers(AT_LEFT, "outputs_terminal");
    house.plays(RIGHT, AT_RIGHT, "outputs_beside_terminal");
    house.display.xrandr("--output DUMMY1 --off");
    eventually("the wall is put away", || {
        house.display.windows(RIGHT).is_empty().then_some(())
    });
    covers(AT_LEFT, "outputs_terminal_alone");
    house.display.side_by_side(["1024x768", "1024x576"]);
    covers((0, 0, 1024, 768), "outputs_terminal_smaller");
    house.plays(RIGHT, (1024, 0, 1024, 576), "outputs_wall_back");
    // The terminal's own goes, and the wall's is not taken for it.
    house.display.xrandr("--output DUMMY0 --off");
    eventually("the terminal is put away", || {
        house.display.windows(TERMINAL).is_empty().then_some(())
    });
    house.plays(RIGHT, (0, 0, 1024, 576), "outputs_wall_alone");
    house.display.side_by_side(BOTH);
    covers(AT_LEFT, "outputs_terminal_back");
    house.plays(RIGHT, AT_RIGHT, "outputs_wall_again");
    house.ends_well();
}
