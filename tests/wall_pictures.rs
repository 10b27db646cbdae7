//! Pictures of the wall in every scene and at every size, for people to look at
//! (`target/pictures/`), and what must hold for each of them.

#![allow(clippy::unwrap_used)]

mod wall_support;

use gighall_core::hall::NoticeKind;
use gighall_core::playlist::What;
use gighall_kiosk::snapshot::{Headless, WallShot, snapshot_wall};
use gighall_kiosk::wall::WallSettings;
use image::RgbImage;
use jiff::{SignedDuration, Timestamp};
use wall_support::{Demo, morning, settings};

fn shot(width: u32, height: u32, at: Timestamp) -> WallShot {
    shot_of(settings(), width, height, at)
}

fn shot_of(settings: WallSettings, width: u32, height: u32, at: Timestamp) -> WallShot {
    WallShot {
        settings,
        language: "zh-CN".to_owned(),
        width,
        height,
        at,
    }
}

fn keep(picture: &RgbImage, name: &str) {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/target/pictures");
    std::fs::create_dir_all(folder).unwrap();
    picture.save(format!("{folder}/wall-{name}.png")).unwrap();
}

/// Moments whose scenes differ.
fn moments() -> Vec<(&'static str, Timestamp)> {
    let scene = |seconds| morning() + SignedDuration::from_secs(seconds);
    vec![
        ("a", scene(-32)),
        ("b", scene(20)),
        ("c", scene(40)),
        ("d", scene(60)),
        ("e", scene(168)),
    ]
}

#[test]
fn every_scene_at_every_size() {
    let headless = Headless::new().unwrap();
    let demo = Demo::new(32);
    for (width, height) in [
        (1920, 1080),
        (1366, 768),
        (1080, 1920),
        (3840, 1080),
        (1920, 384),
        (1536, 192),
        (768, 256),
        (320, 160),
        (288, 144),
    ] {
        let overview = WallSettings {
            scenes: vec![What::Overview {}.into()],
            ..settings()
        };
        let overview = shot_of(overview, width, height, morning());
        let picture = snapshot_wall(&headless, &demo, &overview).unwrap();
        keep(&picture, &format!("{width}x{height}-overview"));
        let mut alarm = Demo::new(3);
        alarm.notices[0].kind = NoticeKind::Emergency;
        alarm.notices[0].title = "请立即从东门离开大厅".to_owned();
        alarm.notices[0].body = "不要乘电梯，不要回头拿东西，听工作人员指挥。".to_owned();
        let picture = snapshot_wall(&headless, &alarm, &shot(width, height, morning())).unwrap();
        keep(&picture, &format!("{width}x{height}-emergency"));
        for (name, at) in moments() {
            let picture = snapshot_wall(&headless, &demo, &shot(width, height, at)).unwrap();
            assert_eq!(picture.dimensions(), (width, height));
            keep(&picture, &format!("{width}x{height}-{name}"));
        }
    }
    let offline =
        snapshot_wall(&headless, &Demo::offline(5), &shot(1920, 1080, morning())).unwrap();
    keep(&offline, "offline");
    let rest = Demo {
        notices: vec![],
        ..Demo::new(0)
    };
    let rest = snapshot_wall(&headless, &rest, &shot(1920, 1080, morning())).unwrap();
    keep(&rest, "rest");
}
