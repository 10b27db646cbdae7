//! An emergency in a hall that no hub reaches: staff put the notice up at the terminal, and it is on the
//! wall, also after the machine lost its power.

use crate::support::finger::{Finger, SIZE};
use crate::support::{Display, Kiosk, eventually, kiosk_config, program, run};
use gighall_kiosk::config;
use gighall_kiosk::store::Store;
use image::GrayImage;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

const PIN: &str = "260811";

/// Where no hub answers.
const NOBODY: ([u8; 4], u16) = ([127, 0, 0, 1], 9);

fn windows() -> String {
    let (width, height) = SIZE;
    format!(
        r#"
[wall]
enabled = true
x = 0
y = 0
width = {width}
height = {height}
[terminal]
enabled = true
x = {width}
y = 0
width = {width}
height = {height}
diagonal_mm = 546
idle_seconds = 600
attract_seconds = 0
[staff]
idle_seconds = 600
"#
    )
}

/// How much of a half of the display has one of these greys, in percent.
fn percent(picture: &GrayImage, left: u32, greys: std::ops::RangeInclusive<u8>) -> usize {
    let all = (left..left + SIZE.0).flat_map(|x| (0..SIZE.1).map(move |y| (x, y)));
    let found = all.filter(|(x, y)| greys.contains(&picture.get_pixel(*x, *y).0[0]));
    found.count() * 100 / (SIZE.0 as usize * SIZE.1 as usize)
}

/// A hall with a PIN, and no hub in reach.
struct Hall {
    dir: tempfile::TempDir,
    config: PathBuf,
    display: Display,
    /// Pictures of its display are called by it: tests run beside each other.
    name: &'static str,
}

impl Hall {
    fn new(name: &'static str) -> Self {
        let dir = tempfile::tempdir().expect("a directory");
        let config = kiosk_config(dir.path(), SocketAddr::from(NOBODY), None, &windows());
        let pin = dir.path().join("pin");
        std::fs::write(&pin, format!("{PIN}\n")).expect("written");
        let hall = Self {
            dir,
            config,
            display: Display::start("3840x1080"),
            name,
        };
        hall.command("staff-pin", &["--from", &pin.display().to_string()]);
        hall
    }

    fn command(&self, command: &str, more: &[&str]) -> String {
        let kiosk = program("gighall-kiosk").display().to_string();
        let config = self.config.display().to_string();
        run(&kiosk, &[&[command, "--config", &config], more].concat())
    }

    fn starts(&self, log: &str) -> Kiosk {
        let log = self.dir.path().join(log);
        let kiosk = Kiosk::run_logged(&self.config, &self.display, &log);
        self.terminal_is_in_sight();
        kiosk
    }

    fn picture(&self, name: &str) -> GrayImage {
        self.display.picture(&format!("staff_{}_{name}", self.name))
    }

    fn terminal_is_in_sight(&self) {
        eventually("the terminal is in sight", || {
            let picture = self.picture("start");
            (percent(&picture, SIZE.0, 230..=255) > 40).then_some(())
        });
    }

    /// The red of an emergency.
    fn wall_is_red(&self, name: &str) -> bool {
        percent(&self.picture(name), 0, 38..=41) > 60
    }

    fn wall_is_black(&self, name: &str) -> bool {
        percent(&self.picture(name), 0, 0..=2) > 98
    }

    /// How often staff did that.
    fn did(&self, what: &str) -> usize {
        let config = config::load(&self.config).expect("good");
        let store = Store::open_beside(&config.data, config.time_zone());
        let store = store.expect("readable").expect("a store");
        let log = store.staff_log(100).expect("readable");
        log.iter().filter(|line| line.what == what).count()
    }

    /// Number 12 comes into the menu.
    fn enter(&self, kiosk: &Kiosk) -> Finger<'_> {
        let left = i32::try_from(SIZE.0).expect("small");
        let finger = Finger::of(kiosk, &self.display, left);
        let (entered, said) = (self.did("entered"), self.did("said_number"));
        finger.touch("请人帮忙");
        finger.touch("工作人员入口");
        finger.type_in(PIN);
        finger.touch_until("下一步", || self.did("entered") > entered);
        assert_eq!(finger.screen(), "staff_who");
        finger.type_in("12");
        finger.touch_until("下一步", || self.did("said_number") > said);
        finger
    }
}

#[test]
fn a_notice_put_up_at_the_terminal_is_on_the_wall_without_a_hub_and_after_a_crash() {
    i_slint_backend_testing::init_no_event_loop();
    let hall = Hall::new("emergency");
    let mut kiosk = hall.starts("first.log");
    assert!(!hall.wall_is_red("start"));
    let finger = hall.enter(&kiosk);
    finger.touch("紧急通知");
    finger.touch("消防演练");
    finger.touch("30 分钟");
    // Less than a tenth of the terminal is the button's red; the rest is the wall as it would be.
    eventually("a preview of the wall on the terminal", || {
        let picture = hall.picture("preview");
        (percent(&picture, SIZE.0, 38..=41) > 20).then_some(())
    });
    assert!(!hall.wall_is_red("preview"), "not yet");
    finger.touch_until("马上发布", || hall.did("notice_up") > 0);
    eventually("the notice on the wall", || {
        hall.wall_is_red("emergency").then_some(())
    });
    let status = kiosk.status();
    assert_eq!(status["staff"]["emergency"], "消防演练");
    assert_eq!(status["hub"]["online"], false);

    kiosk.kill();
    eventually("a dark wall", || (!hall.wall_is_red("crash")).then_some(()));
    let mut kiosk = hall.starts("second.log");
    eventually("the notice on the wall after the crash", || {
        hall.wall_is_red("emergency_again").then_some(())
    });
    assert_eq!(kiosk.stop(), Some(0));
    let sheet = hall.command("staff-log", &[]);
    assert!(sheet.contains(",12,notice_up,ok,消防演练"), "{sheet}");
}

#[test]
fn staff_switch_the_wall_off_restart_the_program_and_leave_it() {
    i_slint_backend_testing::init_no_event_loop();
    let hall = Hall::new("wall");
    let mut kiosk = hall.starts("staff.log");
    let finger = hall.enter(&kiosk);
    finger.touch("大屏");
    finger.touch_until("关闭，直到再打开", || hall.did("wall_switched") > 0);
    eventually("a black wall", || {
        hall.wall_is_black("wall_off").then_some(())
    });
    // Its picture is on the way yet, and nothing is taken meanwhile.
    std::thread::sleep(Duration::from_secs(3));
    hall.picture("walls");
    finger.touch("返回");
    finger.touch("重启程序");
    finger.touch_until("是，重启", || hall.did("restart") > 0);
    eventually("the program begins anew", || {
        let log = std::fs::read_to_string(hall.dir.path().join("staff.log")).ok()?;
        log.contains("the program begins anew").then_some(())
    });
    hall.terminal_is_in_sight();
    assert!(hall.wall_is_black("wall_still_off"), "kept");
    let finger = hall.enter(&kiosk);
    finger.touch("退出程序");
    finger.touch_until("是，退出", || hall.did("leave_program") > 0);
    assert_eq!(kiosk.end(), Some(0));
}

/// A keyboard at the real terminal, and nobody who touches it. The wall's window is there as well.
struct Keyboard<'a>(&'a Hall);

impl Keyboard<'_> {
    /// A key, and the time that a new screen takes.
    fn press(&self, key: &str) {
        self.0.display.xdotool(&["key", key]);
        std::thread::sleep(Duration::from_millis(600));
    }

    fn types(&self, text: &str) {
        self.0.display.xdotool(&["type", "--delay", "150", text]);
        std::thread::sleep(Duration::from_millis(600));
    }

    /// Goes on by Enter, again while the window is still busy with what was before.
    fn enter_until(&self, what: &str, done: impl Fn() -> bool) {
        eventually(what, || {
            self.press("Return");
            done().then_some(())
        });
    }

    /// To the last control before the first.
    fn last(&self) {
        self.press("shift+Tab");
        self.press("Return");
    }

    fn first(&self) {
        self.press("Tab");
        self.press("Return");
    }
}

#[test]
fn a_notice_is_put_up_by_keys_alone() {
    let hall = Hall::new("keys");
    let mut kiosk = hall.starts("keys.log");
    let keys = Keyboard(&hall);
    // Whichever window came last, the keys are the terminal's in the end.
    std::thread::sleep(Duration::from_secs(5));
    keys.last();
    hall.picture("called");
    keys.last();
    keys.types(PIN);
    hall.picture("pin");
    keys.enter_until("the menu's door opens", || hall.did("entered") > 0);
    keys.types("12");
    keys.enter_until("who it is", || hall.did("said_number") > 0);
    keys.first();
    keys.first();
    keys.first();
    eventually("the preview is drawn, and keys are taken again", || {
        let picture = hall.picture("keys_preview");
        (percent(&picture, SIZE.0, 38..=41) > 20).then_some(())
    });
    keys.press("Tab");
    hall.picture("put_up");
    keys.enter_until("the notice is put up", || hall.did("notice_up") > 0);
    eventually("the notice on the wall", || {
        hall.wall_is_red("up").then_some(())
    });
    assert_eq!(kiosk.stop(), Some(0));
}
