//! What `check` says of walls that cannot be read from where people stand.

use crate::wall_support::{only, settings};
use gighall_core::playlist::{Scene, What};
use gighall_kiosk::snapshot::Headless;
use gighall_kiosk::wall::WallSettings;
use gighall_kiosk::wall::legibility::{Finding, Panel, lint};

fn panel(pitch_mm: f64, distance_m: f64, size: (u32, u32)) -> Panel {
    Panel {
        pitch_mm,
        distance_m,
        size,
        phone_url: "https://hub.example".to_owned(),
    }
}

#[test]
fn what_cannot_be_read_from_where_people_stand_is_said() {
    let headless = Headless::new().unwrap();
    let mut settings = settings();
    // 40 px of 2.5 mm are 100 mm: read from 8.2 m.
    let near = lint(&headless, &settings, &panel(2.5, 3.0, (1920, 1080))).unwrap();
    assert_eq!(near, []);
    let far = lint(&headless, &settings, &panel(2.5, 10.0, (1920, 1080))).unwrap();
    let Finding::SmallText {
        scenes,
        pixels,
        readable_m,
        needed,
        most,
    } = &far[0]
    else {
        panic!("{far:?}");
    };
    assert_eq!((scenes.len(), *pixels, *needed), (3, 40, 49));
    assert_eq!(*most, None);
    assert!((readable_m - 8.2).abs() < 0.05, "{readable_m}");
    // What is said to be right is right.
    settings.text_px = *needed;
    let mended = lint(&headless, &settings, &panel(2.5, 10.0, (1920, 1080))).unwrap();
    assert!(
        !mended
            .iter()
            .any(|it| matches!(it, Finding::SmallText { .. })),
        "{mended:?}"
    );
    // A board of three modules: what could be read from that far leaves no room for a line.
    settings.text_px = 0;
    let tiny = panel(4.0, 20.0, (320, 96));
    let told = lint(&headless, &settings, &tiny).unwrap();
    let Finding::SmallText {
        needed,
        most: Some((most, most_m)),
        ..
    } = &told[0]
    else {
        panic!("{told:?}");
    };
    assert!(*needed == 61 && (14..=22).contains(most), "{told:?}");
    let said = told[0].to_string();
    assert!(
        said.contains("too small for that distance") && !said.contains("text_px"),
        "{said}"
    );
    // What it has room for is read from as far as it says, and has a line.
    settings.text_px = *most;
    let nearer = panel(4.0, (most_m * 10.0).floor() / 10.0, (320, 96));
    let told = lint(&headless, &settings, &nearer).unwrap();
    assert!(
        !told
            .iter()
            .any(|it| matches!(it, Finding::SmallText { .. })),
        "{told:?}"
    );
    // A small board: no code that a phone could read from 5 m.
    settings.text_px = 0;
    let small = lint(&headless, &settings, &panel(4.0, 5.0, (320, 160))).unwrap();
    let code = small.iter().find_map(|it| match it {
        Finding::SmallCode {
            scene, scannable_m, ..
        } => Some((*scene, *scannable_m)),
        _ => None,
    });
    let (scene, scannable_m) = code.unwrap();
    assert_eq!(scene, 1);
    assert!(scannable_m < 5.0);
    // Each code by what it says: a link of the hall's own is finer than a job's.
    let mut coded = only(Scene::from(What::Rights {
        link: Some(format!("https://rights.example/{}", "a".repeat(250))),
    }));
    coded.scenes.extend([
        What::Fairs { fairs: 1 }.into(),
        What::Training { courses: None }.into(),
        What::Training { courses: Some(1) }.into(),
        Scene::spotlight(1),
        What::Rights { link: None }.into(),
    ]);
    let small_codes = |pitch_mm, distance_m, size| {
        let found = lint(&headless, &coded, &panel(pitch_mm, distance_m, size)).unwrap();
        let scenes = found.iter().filter_map(|it| match it {
            Finding::SmallCode { scene, .. } => Some(*scene),
            _ => None,
        });
        scenes.collect::<Vec<_>>()
    };
    assert_eq!(small_codes(4.0, 5.0, (320, 160)), [0, 1, 3, 4]);
    // While the line runs a job's code is scanned from 4.95 m, the long link's from 3.85 m.
    assert_eq!(small_codes(5.0, 4.9, (768, 256)), [0]);
    assert_eq!(small_codes(5.0, 5.0, (768, 256)), [0, 1, 3, 4]);
    let long = WallSettings {
        scenes: ["短", &"长".repeat(601)]
            .map(|body| {
                let (title, body) = ("通知".to_owned(), body.to_owned());
                What::Text { title, body }.into()
            })
            .into(),
        ..settings.clone()
    };
    let found = lint(&headless, &long, &panel(2.5, 3.0, (1920, 1080))).unwrap();
    let said: Vec<String> = found.iter().map(ToString::to_string).collect();
    assert_eq!(
        said,
        ["wall.scene[1]: the text \"通知\" has 601 characters; walls show the first 600"]
    );
    settings.characters_per_second = 4.0;
    let fast = lint(&headless, &settings, &panel(2.5, 3.0, (1920, 1080))).unwrap();
    assert_eq!(
        fast,
        [],
        "whole pixels a frame make it 3 characters a second"
    );
    let fast = lint(&headless, &settings, &panel(2.5, 3.0, (3840, 2160))).unwrap();
    assert!(matches!(fast[..], [Finding::FastTicker { .. }]), "{fast:?}");
}

#[test]
fn what_comes_in_too_many_parts_and_what_is_smaller_than_the_text_is_said() {
    let headless = Headless::new().unwrap();
    let text = |length, seconds| {
        let (title, body) = ("通知".to_owned(), "找活".repeat(length));
        let mut scene = Scene::from(What::Text { title, body });
        scene.terms.seconds = seconds;
        scene
    };
    let settings = WallSettings {
        scenes: vec![
            text(5, None),
            text(60, Some(6)),
            text(60, None),
            Scene::jobs(),
        ],
        ..settings()
    };
    let hurried = |size| -> Vec<(usize, u32, u32)> {
        let found = lint(&headless, &settings, &panel(3.0, 1.0, size)).unwrap();
        let hurried = found.into_iter().filter_map(|it| match it {
            Finding::Hurried {
                scene,
                parts,
                seconds,
                ..
            } => Some((scene, parts, seconds)),
            _ => None,
        });
        hurried.collect()
    };
    assert_eq!(hurried((1920, 1080)), []);
    let strip = hurried((288, 144));
    assert!(
        matches!(strip[..], [(1, parts, 6)] if parts > 3),
        "120 characters, in 6 s and in as many as reading takes: {strip:?}"
    );
    // 40 px of 2.5 mm are read from 8.2 m, three quarters of that from 6.1 m.
    let far = lint(&headless, &settings, &panel(2.5, 7.0, (1920, 1080))).unwrap();
    let [
        Finding::SmallDetails {
            pixels: 30,
            readable_m,
            needed,
        },
    ] = far[..]
    else {
        panic!("{far:?}");
    };
    assert!((readable_m - 6.15).abs() < 0.01);
    // What is said to be right is right.
    let mended = WallSettings {
        text_px: needed,
        ..settings.clone()
    };
    let mended = lint(&headless, &mended, &panel(2.5, 7.0, (1920, 1080))).unwrap();
    assert_eq!(mended, []);
}
