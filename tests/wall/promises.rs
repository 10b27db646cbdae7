//! What the wall promises, on windows that are really drawn.

use crate::wall_support::window::{ONLINE, Wall};
use crate::wall_support::{Demo, job, morning, settings};
use gighall_core::hall::NoticeKind;
use gighall_core::playlist::{Scene, ServicePlace, What};
use gighall_kiosk::snapshot::{Headless, WallShot, snapshot_wall};
use gighall_kiosk::ui::{self, WallData, WallTheme, WallWindow};
use gighall_kiosk::wall::WallSettings;
use gighall_kiosk::wall::feed::{Link, WallFeed};
use gighall_kiosk::wall::screen::Screen;
use gighall_testkit::codes_in;
use i_slint_backend_testing::ElementHandle;
use image::RgbImage;
use slint::{ComponentHandle, Model};
use std::time::Duration;

/// Sizes that a hall may have: Full HD, a small panel, portrait, strips, a coarse module.
const SIZES: [(u32, u32); 9] = [
    (1920, 1080),
    (1366, 768),
    (1080, 1920),
    (3840, 1080),
    (1920, 384),
    (1536, 192),
    (768, 256),
    (320, 160),
    (288, 144),
];

fn only(scene: Scene) -> WallSettings {
    WallSettings {
        scenes: vec![scene],
        ..settings()
    }
}

fn table() -> WallSettings {
    only(Scene::jobs())
}

fn spotlight() -> WallSettings {
    only(Scene::spotlight(1).lasting(10))
}

/// What a phone reads in a picture.
fn scan(picture: &RgbImage) -> Option<String> {
    codes_in(&image::imageops::grayscale(picture))
        .into_iter()
        .next()
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
fn a_phone_reads_the_job_s_address_off_the_spotlight() {
    for size in SIZES {
        // A window system lives as long as its thread.
        std::thread::spawn(move || {
            let demo = Demo::new(9);
            let mut wall = Wall::new(spotlight(), size);
            wall.load(&demo);
            wall.show(0);
            let shown = wall.window.global::<WallData>().get_job();
            let picture = wall.headless.draw(&wall.window).unwrap();
            let number: u32 = shown.row.number.parse().unwrap();
            let expected = demo.job_address(job(number - 1001).id);
            assert_eq!(scan(&picture), expected, "at {size:?}");
            // Nobody claims a place by a picture that has left the hall.
            wall.window.global::<WallData>().set_masked(true);
            let covered = wall.headless.draw(&wall.window).unwrap();
            assert_eq!(scan(&covered), None, "at {size:?}");
            assert_ne!(covered, picture);
            wall.window.global::<WallData>().set_masked(false);
            assert_eq!(wall.headless.draw(&wall.window).unwrap(), picture);
        })
        .join()
        .unwrap();
    }
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
fn a_phone_reads_where_to_enrol_off_a_course() {
    for size in SIZES {
        std::thread::spawn(move || {
            let demo = Demo::new(9);
            let large = What::Training { courses: Some(1) };
            let mut wall = Wall::new(only(Scene::from(large).lasting(10)), size);
            for seconds in 0..3 {
                wall.load(&demo);
                wall.show(seconds);
            }
            let event = wall.window.global::<WallData>().get_event();
            assert_eq!((event.course.bounded, event.course.left), (true, 10));
            let course = &demo.events[3];
            let picture = wall.headless.draw(&wall.window).unwrap();
            assert_eq!(
                scan(&picture),
                demo.course_address(course.id),
                "at {size:?}"
            );
        })
        .join()
        .unwrap();
    }
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
fn the_hall_and_the_time_are_there_at_every_size_also_offline() {
    let offline = Link {
        online: false,
        data_as_of: Some(gighall_core::testing::at("2026-11-22T10:20:00Z")),
        clock_untrusted: false,
    };
    for size in SIZES {
        std::thread::spawn(move || {
            let mut wall = Wall::new(table(), size);
            wall.load(&Demo::new(5));
            wall.show(0);
            let zero = Duration::from_secs(1);
            wall.screen.show(&wall.window, zero, morning(), offline);
            wall.headless.draw(&wall.window).unwrap();
            let room = |label: &str| {
                let found = ElementHandle::find_by_accessible_label(&wall.window, label);
                let place = found.map(|it| (it.absolute_position().x, it.size().width));
                place.collect::<Vec<_>>()
            };
            let theme = wall.window.global::<WallTheme>();
            let data = wall.window.global::<WallData>();
            let (hall, time) = (data.get_hall(), data.get_time());
            let names = room(&hall);
            // All of it: a Hanzi is as wide as it is high.
            let least = 0.95 * theme.get_name() * hall.chars().count() as f32;
            assert!(
                names.iter().any(|it| it.1 >= least),
                "{hall} at {size:?}: {names:?}"
            );
            let clocks = room(&time);
            let all = |it: &(f32, f32)| it.1 > 0.0 && it.0 + it.1 <= size.0 as f32;
            assert!(clocks.iter().any(all), "{time} at {size:?}: {clocks:?}");
        })
        .join()
        .unwrap();
    }
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

/// The longest that people write, in every field.
fn worst() -> Demo {
    let mut demo = Demo::new(40);
    for event in &mut demo.events {
        event.title = "全县重点企业用工专场".repeat(20);
        event.place = "草海镇文化广场".repeat(28);
        event.host = "威宁彝族回族苗族自治县就业服务中心".repeat(11);
        event.text = Some("现场谈、当天上岗。".repeat(200));
        event.places = event.places.map(|_| u32::MAX);
    }
    for notice in &mut demo.notices {
        notice.title = "关于春节放假安排和农民工工资支付的通知".repeat(20);
        notice.body = "各用工单位须在节前付清工资。".repeat(3_572);
    }
    demo.change(|jobs| {
        for job in jobs {
            job.title = "钢筋工混凝土工木工架子工".repeat(900);
            job.town = "新发布依族乡第一居民委员会".repeat(9);
            job.address = "草海镇建设东路安置房工地\n".repeat(99);
            job.employer.name = "贵州省毕节市威宁彝族回族苗族自治县劳务派遣有限责任公司".repeat(3);
            job.requirements = Some("身体健康".repeat(500));
            job.gather_place = job.requirements.clone();
            job.shift = Some("早上八点到晚上六点中午休息两小时".repeat(8));
            job.pay = gighall_core::pay::Pay::Range {
                min_fen: 10_000_055,
                max_fen: 20_000_055,
                unit: gighall_core::pay::PayUnit::Month,
            };
            job.number = 4_294_967_295;
            job.places_left = 99_999;
            (job.urgent, job.meals, job.lodging, job.transport) = (true, true, true, true);
        }
    });
    demo
}

#[test]
fn nothing_overflows_at_any_size() {
    let long = "招聘会".repeat(3000);
    let text = Scene::from(What::Text {
        title: long.clone(),
        body: long.clone(),
    });
    let services = Scene::from(What::Services {
        places: (0..30)
            .map(|n| ServicePlace {
                at: format!("{n}号窗口"),
                what: if n % 2 == 0 {
                    "失业登记".to_owned()
                } else {
                    long.clone()
                },
            })
            .collect(),
    });
    let rights = Scene::from(What::Rights {
        link: Some("https://www.12333.gov.cn/portal/qwzx".to_owned()),
    });
    let overview = Scene::from(What::Overview {});
    let statistics = Scene::from(What::Statistics {});
    let fairs = Scene::from(What::Fairs { fairs: 1 });
    let training = Scene::from(What::Training { courses: None });
    let course = Scene::from(What::Training { courses: Some(1) });
    let notice = Scene::notice(1);
    for size in SIZES {
        for scene in [
            &table().scenes[0],
            &spotlight().scenes[0],
            &text,
            &notice,
            &overview,
            &statistics,
            &rights,
            &fairs,
            &training,
            &course,
            &services,
        ] {
            let mut settings = only(scene.clone());
            settings.ticker_texts = vec![long.clone()];
            std::thread::spawn(move || {
                for demo in [Demo::new(32), worst(), Demo::new(0)] {
                    check_fits(&demo, &settings, size);
                }
            })
            .join()
            .unwrap();
        }
    }
}

thread_local! {
    static HEADLESS: std::rc::Rc<Headless> = std::rc::Rc::new(Headless::new().unwrap());
}

/// Every text is inside the window; those of the scene are between header and footer.
fn check_fits(demo: &Demo, settings: &WallSettings, size: (u32, u32)) {
    let headless = HEADLESS.with(std::rc::Rc::clone);
    let window = WallWindow::new().unwrap();
    ui::speak(ui::Surface::Wall, "zh-CN").unwrap();
    headless.resize(&window, size.0, size.1);
    let mut screen = Screen::new(&window, settings.clone());
    screen.load(&window, demo, morning()).unwrap();
    screen.show(&window, Duration::ZERO, morning(), ONLINE);
    // The rows that fit are known once header and footer are filled, and what is on once it is known.
    screen.play(&window, Duration::from_secs(600), morning());
    screen.load(&window, demo, morning()).unwrap();
    screen.show(&window, Duration::from_secs(600), morning(), ONLINE);
    headless.draw(&window).unwrap();

    let part = |id: &str| {
        ElementHandle::find_by_element_id(&window, id)
            .next()
            .unwrap()
    };
    let top = part("WallWindow::header").size().height;
    let bottom = part("WallWindow::footer").absolute_position().y;
    let scene = window.global::<WallData>().get_scene();
    for text in ElementHandle::find_by_element_type_name(&window, "Text") {
        if text.id().is_some_and(|id| id == "Ticker::line") {
            assert!(
                text.size().width < 32_767.0,
                "the renderer counts in 16 bits"
            );
            continue;
        }
        let (from, extent) = (text.absolute_position(), text.size());
        let what = format!(
            "{:?} {from:?} {extent:?} in {scene} at {size:?}",
            text.accessible_label()
        );
        assert!(
            from.x >= -0.5 && from.x + extent.width <= size.0 as f32 + 0.5,
            "{what}"
        );
        assert!(
            from.y >= -0.5 && from.y + extent.height <= size.1 as f32 + 0.5,
            "{what}"
        );
        let middle = from.y + extent.height / 2.0;
        // An emergency covers header and ticker as well.
        if scene != "emergency" && middle > top && middle < bottom {
            assert!(
                from.y >= top - 1.0 && from.y + extent.height <= bottom + 1.0,
                "{what}"
            );
        }
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
fn what_cannot_be_read_from_where_people_stand_is_said() {
    use gighall_kiosk::wall::legibility::{Finding, Panel, lint};
    let headless = HEADLESS.with(std::rc::Rc::clone);
    let panel = |pitch_mm, distance_m, size| Panel {
        pitch_mm,
        distance_m,
        size,
        phone_url: "https://hub.example".to_owned(),
    };
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
