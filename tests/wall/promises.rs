//! What the wall promises, on windows that are really drawn.

use crate::wall_support::window::{ONLINE, Wall};
use crate::wall_support::{Demo, morning, only, settings};
use gighall_core::hall::NoticeKind;
use gighall_core::playlist::{Scene, What};
use gighall_kiosk::snapshot::{Headless, WallShot, snapshot_wall};
use gighall_kiosk::ui::WallData;
use gighall_kiosk::wall::WallSettings;
use gighall_kiosk::wall::feed::Link;
use gighall_kiosk::wall::screen::Screen;
use i_slint_backend_testing::ElementHandle;
use slint::{ComponentHandle, Model};
use std::time::Duration;

fn table() -> WallSettings {
    only(Scene::jobs())
}

#[test]
fn what_the_wall_says_it_shows_is_what_it_shows() {
    let demo = Demo::new(30);
    let mut wall = Wall::new(table(), (1920, 1080));
    let at = |wall: &mut Wall, seconds| wall.show(seconds);
    let seen = at(&mut wall, 0);
    assert_eq!((seen.scene, seen.subjects.len()), ("rest", 0));
    assert_eq!(seen, at(&mut wall, 5), "rest has no turns");
    wall.load(&demo);
    let mut pages = vec![];
    for seconds in [10, 40, 70] {
        let seen = at(&mut wall, seconds);
        let numbers = seen.subjects.iter().filter_map(|it| it.number);
        let numbers: Vec<String> = numbers.map(|number| number.to_string()).collect();
        assert_eq!(numbers, wall.numbers());
        assert!(seen.subjects.iter().all(|it| !it.title.is_empty()));
        pages.push((seen.page, seen.turn));
    }
    pages.dedup();
    assert_eq!(pages.len(), 3, "each page is a turn of its own");
}

#[test]
fn what_staff_call_private_is_covered_in_pictures_that_leave_the_hall() {
    let what = What::Text {
        title: "值班电话".to_owned(),
        body: "13800000000".to_owned(),
    };
    let scene = |private| {
        let mut scene = Scene::from(what.clone());
        scene.terms.private = private;
        scene
    };
    for (private, is_covered) in [(false, false), (true, true)] {
        let scene = scene(private);
        std::thread::spawn(move || {
            let mut wall = Wall::new(only(scene), (1920, 1080));
            wall.load(&Demo::new(0));
            wall.show(0);
            let shown = wall.headless.draw(&wall.window).unwrap();
            wall.window.global::<WallData>().set_masked(true);
            let sent = wall.headless.draw(&wall.window).unwrap();
            assert_eq!(sent != shown, is_covered);
            // Between header and footer there is one word.
            let ground = *sent.get_pixel(5, 300);
            let scene = sent.rows().skip(150).take(300).flatten();
            assert_eq!(scene.into_iter().all(|pixel| *pixel == ground), is_covered);
        })
        .join()
        .unwrap();
    }
}

#[test]
fn what_staff_are_to_be_told_is_wished_for() {
    let what = What::Text {
        title: "通知".to_owned(),
        body: "长".repeat(601),
    };
    let mut wall = Wall::new(only(what.into()), (1920, 1080));
    wall.load(&Demo::new(0));
    wall.show(0);
    let wish = wall.screen.wish(&wall.window);
    assert!(!wish.rests);
    assert_eq!(wish.too_long.len(), 1);
    assert!(wish.too_long[0].contains("601"), "{:?}", wish.too_long);
    // A table of jobs where there is none.
    wall.screen.configure(&wall.window, table());
    wall.load(&Demo::new(0));
    wall.show(1);
    let wish = wall.screen.wish(&wall.window);
    assert!(wish.rests && wish.too_long.is_empty());
}

#[test]
fn a_claim_changes_its_row_and_no_other() {
    let demo = Demo::new(5);
    let mut wall = Wall::new(table(), (1920, 1080));
    wall.load(&demo);
    wall.show(0);
    let rows = wall.window.global::<WallData>().get_rows();
    let before: Vec<_> = rows.iter().collect();
    let taken = before[2].number.clone();
    demo.change(|jobs| {
        let job = jobs.iter_mut().find(|job| job.number.to_string() == *taken);
        job.unwrap().places_left = 17;
    });
    wall.load(&demo);
    wall.show(1);
    let after: Vec<_> = rows.iter().collect();
    assert_eq!(
        wall.window.global::<WallData>().get_rows(),
        rows,
        "the same model"
    );
    for (index, (old, new)) in before.iter().zip(&after).enumerate() {
        assert_eq!(old == new, index != 2);
    }
    assert_eq!(after[2].places_left, 17);
}

#[test]
fn a_full_job_leaves_and_a_job_that_is_over_leaves_by_itself() {
    let demo = Demo::new(5);
    let mut wall = Wall::new(table(), (1920, 1080));
    wall.load(&demo);
    wall.show(0);
    let before = wall.numbers();
    assert_eq!(before.len(), 5);
    demo.change(|jobs| {
        for job in jobs.iter_mut() {
            if job.number.to_string() == before[0] {
                job.places_left = 0;
            }
        }
    });
    wall.load(&demo);
    wall.show(1);
    assert_eq!(wall.numbers(), before[1..]);

    // Nothing is loaded any more, but the claims of one job end.
    let until = wall.screen.index().jobs.iter().map(|job| job.until).min();
    wall.show_at(2, until.unwrap());
    assert!(wall.numbers().len() < 4);
}

#[test]
fn a_long_text_is_on_for_as_long_as_reading_it_takes() {
    let text = |title: &str, length: usize| What::Text {
        title: title.to_owned(),
        body: "找".repeat(length),
    };
    let scenes = vec![text("长", 199).into(), text("短", 19).into()];
    let mut wall = Wall::new(
        WallSettings {
            scenes,
            ..settings()
        },
        (1920, 1080),
    );
    wall.load(&Demo::new(2));
    let title = |wall: &mut Wall, second| {
        wall.show(second);
        wall.window
            .global::<WallData>()
            .get_notice()
            .title
            .to_string()
    };
    let on: Vec<String> = (0..100).map(|second| title(&mut wall, second)).collect();
    let of = |name: &str| on.iter().filter(|it| *it == name).count();
    // Two hundred characters in forty seconds, twenty in the shortest time.
    assert_eq!(&on[0..2], ["长", "长"]);
    assert!((38..=41).contains(&on.iter().position(|it| it == "短").unwrap()));
    assert!(of("短") >= 12 && of("短") <= 26, "{}", of("短"));
}

#[test]
fn the_wall_says_that_it_is_offline_and_from_when_the_data_is() {
    let mut wall = Wall::new(table(), (1920, 1080));
    wall.load(&Demo::new(5));
    let says = |wall: &Wall, text: &str| {
        ElementHandle::find_by_accessible_label(&wall.window, text).count() == 1
    };
    wall.show(0);
    assert!(says(&wall, "12333"));
    assert!(says(&wall, "0857-6220123"));
    assert!(says(&wall, "免费服务 · 任何人不得收费"));
    assert!(!says(&wall, "离线 · 数据截至 08:42"));
    let link = Link {
        clock_untrusted: true,
        ..ONLINE
    };
    wall.screen
        .show(&wall.window, Duration::from_secs(1), morning(), link);
    assert!(says(&wall, "时间可能不准"));
    for (since, text) in [
        (Some("2026-11-24T00:42:00Z"), "离线 · 数据截至 08:42"),
        (
            Some("2026-11-23T10:20:00Z"),
            "离线 · 数据截至 11月23日 18:20",
        ),
        (None, "离线 · 尚无数据"),
    ] {
        let link = Link {
            online: false,
            data_as_of: since.map(gighall_core::testing::at),
            clock_untrusted: false,
        };
        wall.screen
            .show(&wall.window, Duration::from_secs(1), morning(), link);
        assert!(says(&wall, text), "{text}");
    }
}

#[test]
fn rare_characters_are_glyphs_of_their_own() {
    let mut wall = Wall::new(table(), (400, 400));
    let mut draw = |name: &str| {
        wall.screen = Screen::new(
            &wall.window,
            WallSettings {
                hall_name: name.to_owned(),
                ticker_texts: vec![],
                ..settings()
            },
        );
        wall.show(0);
        wall.headless.draw(&wall.window).unwrap()
    };
    // What the font has no glyph for, twice: as many of the same boxes.
    let boxes = draw("\u{10fffd}\u{10fffd}\u{10fffd}");
    let mut seen = vec![boxes];
    for name in ["㛃㛃㛃", "䶮䶮䶮", "𬭎𬭎𬭎", "朱朱朱"] {
        let picture = draw(name);
        assert!(
            !seen.contains(&picture),
            "{name} looks like another character"
        );
        seen.push(picture);
    }
}

#[test]
fn the_same_moment_gives_the_same_picture() {
    let headless = Headless::new().unwrap();
    let shot = WallShot {
        settings: settings(),
        language: "en".to_owned(),
        width: 640,
        height: 360,
        at: morning(),
    };
    let first = snapshot_wall(&headless, &Demo::new(12), &shot).unwrap();
    let second = snapshot_wall(&headless, &Demo::new(12), &shot).unwrap();
    assert!(first == second);
    let unknown = WallShot {
        language: "xx".to_owned(),
        ..shot
    };
    assert!(snapshot_wall(&headless, &Demo::new(1), &unknown).is_err());
}

#[test]
fn an_emergency_covers_everything_at_once_and_until_it_ends() {
    let mut demo = Demo::new(5);
    let mut wall = Wall::new(table(), (1920, 1080));
    wall.load(&demo);
    wall.show(0);
    let scene = |wall: &Wall| wall.window.global::<WallData>().get_scene();
    assert_eq!(scene(&wall), "jobs");
    let mut notice = demo.notices[0].clone();
    notice.kind = NoticeKind::Emergency;
    notice.title = "请立即从东门离开大厅".to_owned();
    notice.effective_to = Some(morning() + jiff::SignedDuration::from_mins(10));
    demo.notices.push(notice.clone());
    wall.load(&demo);
    wall.show(1);
    assert_eq!(scene(&wall), "emergency");
    let says = |wall: &Wall, text: &str| {
        ElementHandle::find_by_accessible_label(&wall.window, text).count() == 1
    };
    assert!(says(&wall, &notice.title));
    assert!(says(&wall, "12333"), "the complaints line stays");
    let picture = wall.headless.draw(&wall.window).unwrap();
    let red = picture
        .pixels()
        .filter(|pixel| pixel.0 == [0xb0, 0x00, 0x20])
        .count();
    assert!(red > 1920 * 1080 * 7 / 10, "it covers the wall: {red}");
    // It ends by itself, though nothing is loaded any more.
    let end = notice.effective_to.unwrap();
    wall.show_at(2, end);
    assert_eq!(scene(&wall), "jobs");
}
