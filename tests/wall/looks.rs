//! What the wall looks like: every theme can be read from afar, it is dark when it is to be dark, and
//! pictures that cannot be shown are skipped.

use crate::wall_support::{Demo, morning, settings};
use gighall_core::hall::NoticeKind;
use gighall_core::pay::{Pay, PayUnit};
use gighall_core::playlist::{Light, Scene, Theme, What};
use gighall_kiosk::config::Colour;
use gighall_kiosk::snapshot::Headless;
use gighall_kiosk::ui::{self, WallData, WallTheme, WallWindow};
use gighall_kiosk::wall::feed::Link;
use gighall_kiosk::wall::screen::Screen;
use gighall_kiosk::wall::{Look, WallSettings};
use gighall_testkit::codes_in;
use image::RgbImage;
use slint::{ComponentHandle, Model};
use std::time::Duration;

const ONLINE: Link = Link {
    online: true,
    data_as_of: None,
    clock_untrusted: false,
};

fn window(headless: &Headless, size: (u32, u32)) -> WallWindow {
    let window = WallWindow::new().unwrap();
    ui::speak(ui::Surface::Wall, "zh-CN").unwrap();
    headless.resize(&window, size.0, size.1);
    window
}

/// The wall with these settings, a second after it has all it wants.
fn shown(window: &WallWindow, demo: &Demo, settings: WallSettings) -> Screen {
    let mut screen = Screen::new(window, settings);
    for second in 0..4 {
        screen.load(window, demo, morning()).unwrap();
        screen.show(window, Duration::from_secs(second), morning(), ONLINE);
    }
    screen
}

fn only(what: What) -> WallSettings {
    WallSettings {
        scenes: vec![what.into()],
        ..settings()
    }
}

fn colour(colour: slint::Color) -> Colour {
    Colour {
        red: colour.red(),
        green: colour.green(),
        blue: colour.blue(),
    }
}

#[test]
fn every_text_of_every_theme_is_read_from_afar() {
    let headless = Headless::new().unwrap();
    let window = window(&headless, (1920, 1080));
    let theme = window.global::<WallTheme>();
    for name in Theme::ALL {
        theme.set_theme(name.code().into());
        let grounds = [
            theme.get_ground(),
            theme.get_ground_deep(),
            theme.get_ground_alternate(),
        ];
        let texts = [
            theme.get_text(),
            theme.get_muted(),
            theme.get_pay(),
            theme.get_calm(),
        ];
        let on_grounds = grounds
            .iter()
            .flat_map(|ground| texts.iter().map(move |text| (*text, *ground)));
        let others = [
            (theme.get_urgent_text(), theme.get_urgent()),
            (theme.get_warn_text(), theme.get_warn_ground()),
            (theme.get_ink(), theme.get_paper()),
        ];
        for (text, ground) in on_grounds.chain(others) {
            let contrast = colour(text).contrast(colour(ground));
            assert!(
                contrast >= 7.0,
                "{name:?}: {text:?} on {ground:?}: {contrast:.1}"
            );
        }
    }
}

#[test]
fn light_follows_the_clock_and_an_emergency_is_always_lit() {
    let headless = Headless::new().unwrap();
    let window = window(&headless, (640, 360));
    let light = |text: &str| serde_json::from_str::<Vec<Light>>(text).unwrap();
    let lit_by = |lights| WallSettings {
        look: Look {
            lights,
            ..Look::default()
        },
        ..settings()
    };
    let brightest = |picture: &RgbImage| picture.pixels().map(|pixel| pixel.0[0]).max();
    let draw = |demo: &Demo, lights: &str| {
        shown(&window, demo, lit_by(light(lights)));
        headless.draw(&window).unwrap()
    };
    let demo = Demo::new(9);
    assert_eq!(brightest(&draw(&demo, "[]")), Some(255));
    let dim = draw(
        &demo,
        r#"[{"brightness":40,"when":{"times":["09:00-10:00"]}}]"#,
    );
    assert!(
        (100..=104).contains(&brightest(&dim).unwrap()),
        "{:?}",
        brightest(&dim)
    );
    // A code is dimmed as well, and phones still read it.
    shown(
        &window,
        &demo,
        WallSettings {
            scenes: vec![Scene::spotlight(1)],
            ..lit_by(light(
                r#"[{"brightness":20,"when":{"times":["09:00-10:00"]}}]"#,
            ))
        },
    );
    let dim = headless.draw(&window).unwrap();
    assert!(brightest(&dim) <= Some(80), "{:?}", brightest(&dim));
    assert_eq!(codes_in(&image::imageops::grayscale(&dim)).len(), 1);
    let blank = r#"[{"blank":true,"when":{"times":["09:00-10:00"]}}]"#;
    let dark = draw(&demo, blank);
    assert!(dark.pixels().all(|pixel| pixel.0 == [0, 0, 0]));
    // By a clock that may be wrong nothing goes dark.
    let mut screen = shown(&window, &demo, lit_by(light(blank)));
    let unknown = Link {
        clock_untrusted: true,
        ..ONLINE
    };
    screen.show(&window, Duration::from_secs(5), morning(), unknown);
    assert_eq!(brightest(&headless.draw(&window).unwrap()), Some(255));
    let mut alarm = Demo::new(9);
    alarm.notices[0].kind = NoticeKind::Emergency;
    assert_eq!(brightest(&draw(&alarm, blank)), Some(255));
    let other = draw(
        &demo,
        r#"[{"blank":true,"when":{"times":["10:00-11:00"]}}]"#,
    );
    assert_eq!(brightest(&other), Some(255));
}

#[test]
fn all_of_the_board_is_in_the_window_wherever_it_is_shifted_to() {
    let headless = Headless::new().unwrap();
    let window = window(&headless, (1366, 768));
    let settings = WallSettings {
        look: Look {
            pixel_shift: 8,
            ..Look::default()
        },
        ..settings()
    };
    let mut screen = shown(&window, &Demo::new(9), settings);
    // The theme hears of the board's size when it is laid out.
    headless.draw(&window).unwrap();
    let theme = window.global::<WallTheme>();
    assert_eq!((theme.get_width(), theme.get_height()), (1358.0, 760.0));
    let mut corners = std::collections::BTreeSet::new();
    for minutes in 0..100 {
        let at = morning() + jiff::SignedDuration::from_mins(minutes);
        screen.show(&window, Duration::from_secs(4), at, ONLINE);
        let corner = (theme.get_shift_x(), theme.get_shift_y());
        assert!((0.0..=8.0).contains(&corner.0) && (0.0..=8.0).contains(&corner.1));
        corners.insert((corner.0 as i32, corner.1 as i32));
    }
    assert!(corners.len() > 30, "{corners:?}");
}

#[test]
fn a_picture_is_shown_and_one_that_cannot_be_shown_is_skipped() {
    let dir = tempfile::tempdir().unwrap();
    let yellow = image::Rgb([250, 200, 10]);
    RgbImage::from_pixel(300, 100, yellow)
        .save(dir.path().join("good.png"))
        .unwrap();
    std::fs::write(dir.path().join("bad.png"), b"no picture").unwrap();
    let image = |file: &str| What::Image {
        file: file.to_owned(),
        caption: String::new(),
    };
    let headless = Headless::new().unwrap();
    let window = window(&headless, (640, 360));
    let folder = |settings| WallSettings {
        folder: dir.path().to_owned(),
        ..settings
    };
    let scene = || window.global::<WallData>().get_scene();
    let demo = Demo::new(9);
    shown(&window, &demo, folder(only(image("good.png"))));
    assert_eq!(scene(), "image");
    let picture = headless.draw(&window).unwrap();
    let inside = picture.pixels().filter(|pixel| **pixel == yellow).count();
    assert!(inside > 640 * 360 / 4, "{inside}");
    for bad in ["bad.png", "none.png"] {
        shown(&window, &demo, folder(only(image(bad))));
        assert_eq!(scene(), "rest", "{bad} alone");
        let mut both = folder(only(image(bad)));
        both.scenes.push(Scene::jobs());
        shown(&window, &demo, both);
        assert_eq!(scene(), "jobs", "{bad} beside a table");
    }
}

/// A file of the hub is skipped until it is here; the playlist does not begin anew for it.
#[test]
fn a_picture_of_the_hub_comes_on_as_soon_as_it_is_here() {
    let dir = tempfile::tempdir().unwrap();
    // As the cache keeps it: without an ending.
    let here = dir.path().join("0a".repeat(32));
    RgbImage::new(300, 100)
        .save_with_format(&here, image::ImageFormat::Png)
        .unwrap();
    let mut picture = Scene::from(What::Image {
        file: "hub:map.png".to_owned(),
        caption: String::new(),
    });
    picture.terms.priority = 1;
    let mut settings = only_jobs("{}");
    settings.scenes.push(picture);
    settings.look.logo = Some("hub:map.png".to_owned());
    let headless = Headless::new().unwrap();
    let window = window(&headless, (1920, 1080));
    let scene = || window.global::<WallData>().get_scene();
    let has_sign = || window.global::<WallData>().get_logo().size().width > 0;
    let demo = Demo::new(9);
    let mut screen = shown(&window, &demo, settings.clone());
    assert_eq!((scene().as_str(), has_sign()), ("jobs", false));
    settings.media.insert("hub:map.png".to_owned(), here);
    screen.configure(&window, settings);
    for _ in 0..2 {
        screen.load(&window, &demo, morning()).unwrap();
        screen.show(&window, Duration::from_secs(5), morning(), ONLINE);
    }
    assert_eq!((scene().as_str(), has_sign()), ("image", true));
}

#[test]
fn what_was_claimed_today_is_shown_and_what_was_yesterday_is_not() {
    let headless = Headless::new().unwrap();
    let window = window(&headless, (1920, 1080));
    let figure = |code: &str| {
        let figures = window.global::<WallData>().get_figures();
        figures
            .iter()
            .find(|it| it.code == code)
            .map(|it| it.number)
    };
    let claimed = || figure("claimed");
    let mut demo = Demo::new(9);
    shown(&window, &demo, only(What::Statistics {}));
    assert_eq!((claimed(), figure("paid")), (Some(37), Some(112)));
    let figures = demo.figures.as_mut().unwrap();
    figures.day = figures.day.yesterday().unwrap();
    shown(&window, &demo, only(What::Statistics {}));
    assert_eq!(claimed(), None);
    demo.figures = None;
    shown(&window, &demo, only(What::Statistics {}));
    assert_eq!(claimed(), None);
}

#[test]
fn staff_choose_the_columns() {
    use i_slint_backend_testing::ElementHandle;
    let headless = Headless::new().unwrap();
    let window = window(&headless, (1920, 1080));
    let table = |columns: &str| {
        let text = format!(r#"{{"kind":"jobs","columns":{columns}}}"#);
        WallSettings {
            scenes: vec![serde_json::from_str(&text).unwrap()],
            ..settings()
        }
    };
    let texts = || {
        headless.draw(&window).unwrap();
        ElementHandle::find_by_element_type_name(&window, "JobHeadings")
            .next()
            .unwrap()
            .query_descendants()
            .match_inherits("Text")
            .find_all()
            .len()
    };
    shown(&window, &Demo::new(9), table("[]"));
    assert_eq!(texts(), 8);
    shown(&window, &Demo::new(9), table(r#"["town"]"#));
    assert_eq!(texts(), 4, "number, title, pay and the town");
}

/// Of two jobs that differ in the unit alone the lines look different: it is there, to its last character.
#[test]
fn the_unit_is_seen_behind_every_sum() {
    for size in [
        (1920, 1080),
        (1366, 768),
        (3840, 1080),
        (1080, 1920),
        (1920, 384),
    ] {
        std::thread::spawn(move || {
            let headless = Headless::new().unwrap();
            let window = window(&headless, size);
            let picture = |min_fen, max_fen, unit| {
                let demo = Demo::new(1);
                {
                    let job = &mut demo.jobs.lock().unwrap()[0];
                    // Urgent ones run in the ticker too.
                    job.urgent = false;
                    job.pay = Pay::Range {
                        min_fen,
                        max_fen,
                        unit,
                    };
                }
                shown(&window, &demo, only_jobs("{}"));
                headless.draw(&window).unwrap()
            };
            for (min, max) in [
                (12, 12),
                (350_000, 450_000),
                (1_500_000, 2_500_000),
                (1_666_667, 3_333_333),
            ] {
                let [month, day] =
                    [PayUnit::Month, PayUnit::Day].map(|unit| picture(min, max, unit));
                let differ = month
                    .pixels()
                    .zip(day.pixels())
                    .filter(|(a, b)| a != b)
                    .count();
                assert!(differ > 20, "{min} to {max} at {size:?}: {differ} pixels");
            }
        })
        .join()
        .unwrap();
    }
}

/// A change of the playlist is not shown before it is known which jobs fit it.
#[test]
fn a_new_playlist_never_shows_jobs_that_do_not_fit_it() {
    let headless = Headless::new().unwrap();
    let window = window(&headless, (1920, 1080));
    let demo = Demo::new(30);
    let mut screen = shown(&window, &demo, only_jobs("{}"));
    assert_eq!(window.global::<WallData>().get_scene(), "jobs");
    screen.configure(&window, only_jobs(r#"{"urgent":true}"#));
    let urgent = || {
        use slint::Model;
        let rows = window.global::<WallData>().get_rows();
        let rows: Vec<bool> = rows.iter().map(|row| row.urgent).collect();
        rows
    };
    let before = urgent();
    assert!(before.contains(&false));
    screen.show(&window, Duration::from_secs(5), morning(), ONLINE);
    assert_eq!(urgent(), before, "the old one goes on");
    for _ in 0..2 {
        screen.load(&window, &demo, morning()).unwrap();
        screen.show(&window, Duration::from_secs(6), morning(), ONLINE);
    }
    assert!(urgent().iter().all(|urgent| *urgent), "{:?}", urgent());
}

fn only_jobs(filter: &str) -> WallSettings {
    let text = format!(r#"{{"kind":"jobs","only":{filter}}}"#);
    WallSettings {
        scenes: vec![serde_json::from_str(&text).unwrap()],
        ..settings()
    }
}

fn page_of(window: &WallWindow) -> (String, i32) {
    let data = window.global::<WallData>();
    (data.get_scene().to_string(), data.get_page())
}

#[test]
fn what_is_covered_by_the_dark_is_not_on_and_comes_again() {
    let headless = Headless::new().unwrap();
    let window = window(&headless, (1920, 1080));
    let demo = Demo::new(30);
    let lights = r#"[{"blank":true,"when":{"times":["09:31-09:50"]}}]"#;
    let settings = WallSettings {
        look: Look {
            lights: serde_json::from_str(lights).unwrap(),
            ..Look::default()
        },
        ..only_jobs("{}")
    };
    let mut screen = shown(&window, &demo, settings);
    let mut at = |seconds: u64| {
        let now = morning() + jiff::SignedDuration::from_secs(i64::try_from(seconds).unwrap());
        for _ in 0..2 {
            screen.load(&window, &demo, now).unwrap();
            // Not at the moment at which one page follows another.
            let elapsed = Duration::from_secs(seconds - 5);
            screen.show(&window, elapsed, now, ONLINE);
        }
        page_of(&window)
    };
    let before = at(59);
    assert_eq!(before.0, "jobs");
    assert_eq!(at(60).0, "blank");
    assert_eq!(at(600).0, "blank");
    assert_eq!(at(1200), before, "the page that was on when it became dark");
}

#[test]
fn a_page_that_is_still_to_be_read_leaves_the_one_before_whole() {
    let headless = Headless::new().unwrap();
    let window = window(&headless, (1920, 1080));
    let mut screen = shown(&window, &Demo::new(30), only_jobs("{}"));
    let rows = || {
        use slint::Model;
        let rows = window.global::<WallData>().get_rows();
        rows.iter().collect::<Vec<_>>()
    };
    let (page, before) = (page_of(&window), rows());
    // Page 2 is on from second 16; nobody reads it.
    screen.show(&window, Duration::from_secs(17), morning(), ONLINE);
    assert_eq!((page_of(&window), rows()), (page, before));
    screen.show(&window, Duration::from_secs(19), morning(), ONLINE);
    assert_eq!(page_of(&window).0, "rest", "but not for ever");
}

#[test]
fn other_colours_do_not_begin_the_playlist_anew() {
    let headless = Headless::new().unwrap();
    let window = window(&headless, (1920, 1080));
    let demo = Demo::new(30);
    let mut screen = shown(&window, &demo, only_jobs("{}"));
    let show = |screen: &mut Screen, seconds| {
        for _ in 0..2 {
            screen.load(&window, &demo, morning()).unwrap();
            screen.show(&window, Duration::from_secs(seconds), morning(), ONLINE);
        }
        page_of(&window)
    };
    assert_eq!(show(&mut screen, 25), ("jobs".to_owned(), 2));
    let dark = WallSettings {
        look: Look {
            theme: Theme::Night,
            ..Look::default()
        },
        ..only_jobs("{}")
    };
    screen.configure(&window, dark);
    assert_eq!(show(&mut screen, 26), ("jobs".to_owned(), 2));
    assert_eq!(window.global::<WallTheme>().get_theme(), "night");
}

#[test]
fn urgent_jobs_run_in_the_ticker_until_they_are_gone() {
    let mut demo = Demo::new(14);
    demo.notices[0].ticker = true;
    demo.notices.truncate(1);
    let headless = Headless::new().unwrap();
    let window = window(&headless, (1920, 1080));
    let ticker = || window.global::<WallData>().get_ticker().to_string();
    let with = |ticker_jobs| WallSettings {
        ticker_jobs,
        ..only_jobs("{}")
    };
    shown(&window, &demo, with(0));
    assert!(!ticker().contains("急招"), "{}", ticker());
    let mut screen = shown(&window, &demo, with(2));
    let urgent = |number: u32| format!("急招 {number} ");
    let said = ticker();
    let places: Vec<Option<usize>> = [
        "先交钱的活",
        &urgent(1008),
        &urgent(1002),
        "本厅全部服务免费",
    ]
    .map(|text| said.find(text))
    .into();
    assert!(
        places.iter().all(Option::is_some) && places.is_sorted(),
        "{said}"
    );
    assert!(said.contains("砌砖小工 200-260元/天 草海镇"), "{said}");
    assert!(!said.contains(&urgent(1014)), "two and no more: {said}");
    // What is full leaves with the next look, and the next one takes its place.
    demo.change(|jobs| jobs.retain(|job| job.number != 1002));
    screen.load(&window, &demo, morning()).unwrap();
    screen.show(&window, Duration::from_secs(5), morning(), ONLINE);
    let said = ticker();
    assert!(
        !said.contains(&urgent(1002)) && said.contains(&urgent(1014)),
        "{said}"
    );
    // And what is over leaves by the kiosk's own clock.
    let late = morning() + jiff::SignedDuration::from_hours(24 * 30);
    screen.show(&window, Duration::from_secs(6), late, ONLINE);
    assert!(!ticker().contains("急招"), "{}", ticker());
}

/// Characters of any script, from right to left too, and faces that are several: the wall draws what it can
/// of them and goes on.
#[test]
fn texts_of_other_scripts_are_drawn() {
    let strange = "مرحبا بكم في السوق שלום 👨‍👩‍👧‍👦😀🇨🇳 \u{202e}abc\u{202c} e\u{301}\u{301}\u{301} 𠮷";
    for size in [(1920, 1080), (1080, 1920), (1536, 192), (288, 144)] {
        std::thread::spawn(move || {
            let headless = Headless::new().unwrap();
            let window = window(&headless, size);
            let picture = |title: &str, body: &str| {
                let text = What::Text {
                    title: title.to_owned(),
                    body: body.to_owned(),
                };
                let ticked = WallSettings {
                    ticker_texts: vec![body.to_owned()],
                    ..only(text)
                };
                shown(&window, &Demo::new(3), ticked);
                assert_eq!(window.global::<WallData>().get_scene(), "text");
                headless.draw(&window).unwrap()
            };
            let plain = picture("x", "");
            let drawn = picture(strange, &strange.repeat(400));
            let differ = plain.pixels().zip(drawn.pixels()).filter(|(a, b)| a != b);
            assert!(differ.count() > 300, "at {size:?}");
        })
        .join()
        .unwrap();
    }
}
