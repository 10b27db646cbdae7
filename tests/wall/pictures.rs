//! Pictures of the wall in every scene and at every size, for people to look at
//! (`target/pictures/`), and what must hold for each of them.

use crate::wall_support::{Demo, SIZES, morning, settings};
use gighall_core::event::EventKind;
use gighall_core::hall::NoticeKind;
use gighall_core::playlist::{Light, Scene, ServicePlace, Theme, What};
use gighall_kiosk::snapshot::{Headless, WallShot, snapshot_wall};
use gighall_kiosk::wall::{Look, WallSettings};
use image::RgbImage;
use jiff::{SignedDuration, Timestamp};

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

/// Scenes that show all they have at once.
fn whole_scenes() -> Vec<Scene> {
    let place = |at: &str, what: &str| ServicePlace {
        at: at.to_owned(),
        what: what.to_owned(),
    };
    let all = [
        What::Overview {},
        What::Statistics {},
        What::Text {
            title: "找活、登记、报名，全部免费".to_owned(),
            body: "本厅不收任何费用。凡收押金、报名费、体检费的都是骗局，请当场告诉工作人员。"
                .to_owned(),
        },
        What::Training { courses: None },
        What::Training { courses: Some(1) },
        What::Rights {
            link: Some("https://www.12333.gov.cn".to_owned()),
        },
        What::Services {
            places: vec![
                place("1号窗口", "求职登记、失业登记"),
                place("2号窗口", "社保补贴、技能培训报名"),
                place("3号窗口", "欠薪投诉、劳动维权"),
                place("洽谈区", "和用工单位当面谈"),
                place("待工区", "休息、饮水、充电"),
            ],
        },
        What::Image {
            file: "assets/demo/hall-map.png".to_owned(),
            caption: "市场平面图".to_owned(),
        },
    ];
    all.map(Scene::from).into()
}

/// What a scene's picture is called.
fn name_of(scene: &Scene) -> &'static str {
    match scene.what {
        What::Training { courses: Some(_) } => "course",
        _ => scene.what.kind(),
    }
}

/// That scene and no other.
fn alone(scene: Scene) -> WallSettings {
    WallSettings {
        scenes: vec![scene],
        folder: env!("CARGO_MANIFEST_DIR").into(),
        ..settings()
    }
}

/// Each theme, with the table and with a spotlight; dimmed; in colours of the hall's own.
#[test]
fn every_theme() {
    let headless = Headless::new().unwrap();
    let demo = Demo::new(32);
    let colour = slint::Color::from_rgb_u8;
    let own = Look {
        colours: Some([
            colour(60, 8, 12),
            colour(255, 248, 230),
            colour(255, 214, 90),
        ]),
        logo: Some(concat!(env!("CARGO_MANIFEST_DIR"), "/assets/demo/hall-map.png").to_owned()),
        ..Look::default()
    };
    let dim = Look {
        lights: vec![Light {
            brightness: Some(40),
            ..Light::default()
        }],
        ..Look::default()
    };
    let themes = Theme::ALL.map(|theme| {
        let look = Look {
            theme,
            ..Look::default()
        };
        (theme.code(), look)
    });
    for (name, look) in themes.into_iter().chain([("own", own), ("dim", dim)]) {
        for (part, at) in moments().into_iter().take(2) {
            let settings = WallSettings {
                look: look.clone(),
                ..settings()
            };
            let picture = snapshot_wall(&headless, &demo, &shot_of(settings, 1366, 768, at));
            keep(&picture.unwrap(), &format!("theme-{name}-{part}"));
        }
    }
}

/// English words are wider than Chinese ones.
#[test]
fn in_english() {
    let headless = Headless::new().unwrap();
    let demo = Demo::new(32);
    let english = |settings, at| WallShot {
        language: "en".to_owned(),
        ..shot_of(settings, 1366, 768, at)
    };
    for (name, at) in moments() {
        let picture = snapshot_wall(&headless, &demo, &english(settings(), at)).unwrap();
        keep(&picture, &format!("en-{name}"));
    }
    for scene in whole_scenes() {
        let kind = name_of(&scene);
        let picture = snapshot_wall(&headless, &demo, &english(alone(scene), morning())).unwrap();
        keep(&picture, &format!("en-{kind}"));
    }
}

#[test]
fn every_scene_at_every_size() {
    let headless = Headless::new().unwrap();
    let demo = Demo::new(32);
    for (width, height) in SIZES {
        for scene in whole_scenes() {
            let kind = name_of(&scene);
            let shot = shot_of(alone(scene), width, height, morning());
            let picture = snapshot_wall(&headless, &demo, &shot).unwrap();
            keep(&picture, &format!("{width}x{height}-{kind}"));
            // What a strip has no room for at once comes later.
            if height < 400 {
                let at = morning() + SignedDuration::from_secs(7);
                let shot = WallShot { at, ..shot };
                let later = snapshot_wall(&headless, &demo, &shot).unwrap();
                keep(&later, &format!("{width}x{height}-{kind}-later"));
            }
        }
        for kind in [
            EventKind::JobFair,
            EventKind::LiveHiring,
            EventKind::OnTheSpot,
        ] {
            let mut demo = Demo::new(3);
            demo.events.retain(|event| event.kind == kind);
            let shot = shot_of(
                alone(What::Fairs { fairs: 1 }.into()),
                width,
                height,
                morning(),
            );
            let picture = snapshot_wall(&headless, &demo, &shot).unwrap();
            keep(&picture, &format!("{width}x{height}-{}", kind.code()));
        }
        let rest = Demo {
            notices: vec![],
            ..Demo::new(0)
        };
        let offline = Demo::offline(32);
        for (name, demo) in [("rest", &rest), ("offline", &offline)] {
            let shot = shot(width, height, morning());
            let picture = snapshot_wall(&headless, demo, &shot).unwrap();
            keep(&picture, &format!("{width}x{height}-{name}"));
        }
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
}
