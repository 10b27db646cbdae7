//! An emergency in a hall that no hub reaches: staff put the notice up at the terminal, and it is on the
//! wall, also after the machine lost its power.

mod support;

use gighall_kiosk::config;
use gighall_kiosk::store::{StaffLine, Store};
use image::GrayImage;
use std::path::{Path, PathBuf};
use support::finger::{Finger, SIZE};
use support::{Display, HALL, Kiosk, eventually, program, run};

const PIN: &str = "260811";

fn write_config(dir: &Path) -> PathBuf {
    let path = dir.join("kiosk.toml");
    let (width, height) = SIZE;
    let text = format!(
        r#"
data = "kiosk"
[hall]
id = "{HALL}"
name = "威宁县零工市场"
[hub]
url = "http://127.0.0.1:9"
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
[staff]
idle_seconds = 600
"#
    );
    std::fs::write(&path, text).expect("written");
    path
}

/// How much of a half of the display has one of these greys, in percent.
fn percent(picture: &GrayImage, left: u32, greys: std::ops::RangeInclusive<u8>) -> usize {
    let all = (left..left + SIZE.0).flat_map(|x| (0..SIZE.1).map(move |y| (x, y)));
    let found = all.filter(|(x, y)| greys.contains(&picture.get_pixel(*x, *y).0[0]));
    found.count() * 100 / (SIZE.0 as usize * SIZE.1 as usize)
}

/// The red of an emergency.
fn is_red(display: &Display, name: &str) -> bool {
    percent(&display.picture(name), 0, 38..=41) > 60
}

fn log(config: &Path) -> Vec<StaffLine> {
    let config = config::load(config).expect("good");
    let store = Store::open_beside(&config.data, config.time_zone());
    let store = store.expect("readable").expect("a store");
    store.staff_log(100).expect("readable")
}

#[test]
fn a_notice_put_up_at_the_terminal_is_on_the_wall_without_a_hub_and_after_a_crash() {
    let dir = tempfile::tempdir().expect("a directory");
    let config = write_config(dir.path());
    let kiosk = program("gighall-kiosk").display().to_string();
    let named = config.display().to_string();
    let pin = dir.path().join("pin");
    std::fs::write(&pin, format!("{PIN}\n")).expect("written");
    let from = pin.display().to_string();
    run(&kiosk, &["staff-pin", "--config", &named, "--from", &from]);

    let display = Display::start("3840x1080");
    let mut running = Kiosk::run(&config, &display);
    eventually("the terminal is in sight", || {
        (percent(&display.picture("staff_start"), SIZE.0, 230..=255) > 40).then_some(())
    });
    assert!(!is_red(&display, "staff_start"));
    let did = |what: &str| log(&config).iter().any(|line| line.what == what);
    let finger = Finger::of(&running, &display, i32::try_from(SIZE.0).expect("small"));
    finger.touch("请人帮忙");
    finger.touch("工作人员入口");
    finger.type_in(PIN);
    finger.touch_until("下一步", || did("entered"));
    assert_eq!(finger.screen(), "staff_who");
    finger.type_in("12");
    finger.touch_until("下一步", || did("said_number"));
    finger.touch("紧急通知");
    finger.touch("消防演练");
    finger.touch("30 分钟");
    finger.touch_until("马上发布", || did("notice_up"));
    eventually("the notice on the wall", || {
        is_red(&display, "staff_emergency").then_some(())
    });
    assert_eq!(running.status()["staff"]["emergency"], "消防演练");
    assert_eq!(running.status()["hub"]["online"], false);

    running.kill();
    eventually("a dark wall", || {
        (!is_red(&display, "staff_crash")).then_some(())
    });
    let mut running = Kiosk::run(&config, &display);
    eventually("the notice on the wall after the crash", || {
        is_red(&display, "staff_emergency_again").then_some(())
    });
    assert_eq!(running.stop(), Some(0));
    let sheet = run(&kiosk, &["staff-log", "--config", &named]);
    assert!(sheet.contains(",12,notice_up,ok,消防演练"), "{sheet}");
}
