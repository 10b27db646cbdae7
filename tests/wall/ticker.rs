//! The wall's ticker.

use crate::wall_support::window::Wall;
use crate::wall_support::{Demo, settings};
use gighall_core::hall::Notice;
use gighall_core::playlist::Theme;
use gighall_kiosk::ui::{WallData, WallTheme};
use gighall_kiosk::wall::letters::Letters;
use gighall_kiosk::wall::load::{Loaded, Loader};
use gighall_kiosk::wall::{Look, WallSettings};
use i_slint_backend_testing::ElementHandle;
use image::RgbImage;
use slint::{ComponentHandle, Model, ModelRc};
use std::sync::Arc;
use std::time::{Duration, Instant};

#[test]
fn the_ticker_is_never_too_fast_to_read_and_moves_by_whole_steps() {
    let wall = Wall::new(settings(), (1920, 1080));
    let theme = wall.window.global::<WallTheme>();
    for wanted in [0.5, 1.0, 2.5, 2.75, 3.0, 4.0] {
        theme.set_ticker_speed(wanted);
        for size in 12..160 {
            let size = size as f32;
            let speed = theme.invoke_ticker_pixels_per_second(size);
            let characters = speed / size;
            assert!(characters <= 4.001, "{characters} a second at {size} px");
            // A whole number of pixels a frame, or of frames a pixel, at 60 frames a second.
            let step = if speed >= 60.0 {
                speed / 60.0
            } else {
                60.0 / speed
            };
            assert!(
                (step - step.round()).abs() < 1e-3,
                "{speed} px/s at {size} px"
            );
            let off = (characters - wanted).abs() * size;
            assert!(
                off < if speed >= 60.0 { 60.0 } else { 30.1 },
                "{characters} for {wanted} at {size} px"
            );
        }
    }
}

/// What the loader draws of the ticker's line, as it is in the window.
fn drawn_beside(wall: &Wall) -> Loaded {
    let wish = wall.screen.wish(&wall.window);
    let loader = Loader::start(
        "wall",
        Arc::new(Demo::new(0)),
        wish,
        Letters::of_windows(),
        || {},
    )
    .unwrap();
    let end = Instant::now() + Duration::from_secs(60);
    loop {
        if let Some(strip) = loader.take().strip {
            return Loaded {
                strip: Some(strip),
                ..Loaded::default()
            };
        }
        assert!(Instant::now() < end, "waited in vain");
        std::thread::sleep(Duration::from_millis(5));
    }
}

#[test]
fn the_tickers_line_becomes_pictures_and_looks_as_its_letters_did() {
    let text = "找活不交钱 \u{1f477} No fees, 12333";
    let mut wall = Wall::new(
        WallSettings {
            ticker_texts: vec![text.to_owned(); 20],
            ..settings()
        },
        (1920, 1080),
    );
    let drawn = |wall: &Wall| wall.window.global::<WallData>().get_ticker_drawn();
    let is_picture = |wall: &Wall| drawn(wall).row_count() > 0;
    wall.load(&Demo::new(12));
    wall.show(0);
    assert!(!is_picture(&wall));
    let beside = drawn_beside(&wall);
    wall.screen.take(&wall.window, beside);
    wall.show(0);
    let width: u32 = drawn(&wall).iter().map(|piece| piece.size().width).sum();
    assert!(width > 6000, "longer than one picture may be: {width}");
    // Its beginning, its middle, its end, and its beginning again.
    for seconds in [9, 40, 60, 75, 90] {
        wall.headless.set_clock(Duration::from_secs(seconds));
        wall.show(0);
        assert!(is_picture(&wall));
        let pictures = wall.headless.draw(&wall.window).unwrap();
        let data = wall.window.global::<WallData>();
        data.set_ticker_drawn(ModelRc::default());
        let letters = wall.headless.draw(&wall.window).unwrap();
        let differ = letters
            .enumerate_pixels()
            .filter(|(x, y, pixel)| pictures.get_pixel(*x, *y) != *pixel);
        assert_eq!(differ.count(), 0, "after {seconds} s");
        assert!(letters_in_the_ticker(&letters), "after {seconds} s");
    }
    wall.show(0);
    let line = wall.window.global::<WallData>().get_ticker();
    let said = ElementHandle::find_by_accessible_label(&wall.window, &line).count();
    assert_eq!(said, 1, "who cannot see it is told it once");

    // Another line, or the same in other colours, is not the one of the pictures.
    let dark = WallSettings {
        look: Look {
            theme: Theme::Night,
            ..Look::default()
        },
        ..wall.screen.settings().clone()
    };
    for other in [
        dark,
        WallSettings {
            ticker_texts: vec!["别的".to_owned()],
            ..wall.screen.settings().clone()
        },
    ] {
        let before = wall.screen.settings().clone();
        wall.screen.configure(&wall.window, other);
        wall.show(0);
        assert!(!is_picture(&wall));
        wall.screen.configure(&wall.window, before);
        wall.show(0);
        assert!(is_picture(&wall));
    }
}

/// Whether something bright is in the ticker, above the line with the hotline.
fn letters_in_the_ticker(board: &RgbImage) -> bool {
    let rows = board.rows().skip(955).take(60);
    rows.flatten().filter(|pixel| pixel.0[0] > 200).count() > 500
}

#[test]
fn a_line_that_changes_goes_on_where_it_was() {
    let texts = |more: &str| WallSettings {
        ticker_texts: vec!["找活不交钱".repeat(30), more.to_owned()],
        ..settings()
    };
    let mut wall = Wall::new(texts("一"), (1920, 1080));
    wall.load(&Demo::new(0));
    let before = {
        wall.show(0);
        wall.headless.set_clock(Duration::from_secs(300));
        wall.headless.draw(&wall.window).unwrap()
    };
    assert!(letters_in_the_ticker(&before));
    wall.screen
        .configure(&wall.window, texts("比刚才长得多的另一条"));
    wall.show(0);
    let after = wall.headless.draw(&wall.window).unwrap();
    let moved = before
        .enumerate_pixels()
        .filter(|(x, y, pixel)| after.get_pixel(*x, *y) != *pixel);
    assert_eq!(moved.count(), 0);
}

#[test]
fn what_had_no_room_comes_with_the_next_lap() {
    let mut demo = Demo::new(14);
    let notice = demo.notices[0].clone();
    demo.notices = (0..40)
        .map(|n| Notice {
            id: gighall_core::id::NoticeId(uuid::Uuid::from_u128(n + 1)),
            title: format!("第{n}号通知"),
            body: "字".repeat(70),
            ticker: true,
            ..notice.clone()
        })
        .collect();
    let mut wall = Wall::new(
        WallSettings {
            ticker_jobs: 2,
            ticker_texts: vec!["找活不交钱".to_owned()],
            ..settings()
        },
        (320, 160),
    );
    wall.load(&demo);
    let said = |wall: &Wall| wall.window.global::<WallData>().get_ticker().to_string();
    wall.show(0);
    let first = said(&wall);
    for wanted in ["第0号", "急招", "找活不交钱"] {
        assert!(first.contains(wanted), "{wanted} has its place: {first}");
    }
    assert!(!first.contains("第39号"), "not all have room: {first}");
    let (mut turns, mut last) = (0, first);
    for second in 1..3000 {
        wall.headless.set_clock(Duration::from_secs(second));
        wall.show(0);
        let line = said(&wall);
        if line != last {
            turns += 1;
            assert!(line.contains(&format!("第{turns}号")), "{turns}: {line}");
            last = line;
        }
    }
    assert!((3..40).contains(&turns), "a lap each: {turns}");
}

#[test]
fn where_nothing_runs_nothing_is_drawn_frame_after_frame() {
    let with = |texts: &[&str]| WallSettings {
        ticker_jobs: 0,
        ticker_texts: texts.iter().map(|&text| text.to_owned()).collect(),
        ..settings()
    };
    let mut wall = Wall::new(with(&[]), (1920, 1080));
    let mut demo = Demo::new(0);
    demo.notices.clear();
    wall.load(&demo);
    wall.show(0);
    for _ in 0..2 {
        wall.headless.draw(&wall.window).unwrap();
    }
    assert!(!wall.window.window().has_active_animations());
    wall.screen.configure(&wall.window, with(&["找活不交钱"]));
    wall.show(1);
    wall.headless.draw(&wall.window).unwrap();
    assert!(wall.window.window().has_active_animations());
}
