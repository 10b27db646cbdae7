//! What holds at every size that a hall's wall may have.

use crate::wall_support::window::{ONLINE, Wall};
use crate::wall_support::{Demo, SIZES, job, morning, only};
use gighall_core::playlist::{Scene, ServicePlace, What};
use gighall_kiosk::snapshot::Headless;
use gighall_kiosk::ui::{self, WallData, WallTheme, WallWindow};
use gighall_kiosk::wall::WallSettings;
use gighall_kiosk::wall::feed::{Link, WallFeed};
use gighall_kiosk::wall::screen::Screen;
use gighall_testkit::codes_in;
use i_slint_backend_testing::ElementHandle;
use image::RgbImage;
use slint::ComponentHandle;
use std::collections::BTreeSet;
use std::time::Duration;

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
fn the_hall_and_the_time_are_there_at_every_size_also_offline() {
    let offline = Link {
        online: false,
        data_as_of: Some(gighall_core::testing::at("2026-11-22T10:20:00Z")),
        clock_untrusted: false,
    };
    for size in SIZES {
        std::thread::spawn(move || {
            let mut wall = Wall::new(only(Scene::jobs()), size);
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
            &Scene::jobs(),
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
    let frames = ElementHandle::find_by_element_id(&window, "PartedText::frame");
    for text in ElementHandle::find_by_element_type_name(&window, "Text").chain(frames) {
        if text.id().is_some_and(|id| id == "Ticker::line") {
            assert!(
                text.size().width < 32_767.0,
                "the renderer counts in 16 bits"
            );
            continue;
        }
        // What comes in parts lies in a frame that is looked at below.
        if text.id().is_some_and(|id| id == "PartedText::all") {
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

/// Of each text in parts, which rows of its pixels are on, from its first one, and how many there are.
fn rows_on(window: &WallWindow) -> Vec<(i32, i32, i32)> {
    let all = ElementHandle::find_by_element_id(window, "PartedText::all");
    let frames = ElementHandle::find_by_element_id(window, "PartedText::frame");
    let rows = all.zip(frames).map(|(all, frame)| {
        // Small whole numbers.
        let above = (frame.absolute_position().y - all.absolute_position().y).round() as i32;
        let shown = frame.size().height.round() as i32;
        (above, shown, all.size().height.round() as i32)
    });
    rows.collect()
}

#[test]
fn every_line_of_a_text_is_on_while_its_scene_is() {
    let body =
        "凡要求先交押金、报名费、体检费、服装费、培训费，或者扣押身份证的，都是骗局。".repeat(3);
    let scenes = [
        What::Text {
            title: "先交钱的活，不要干，遇到请当场告诉工作人员".to_owned(),
            body: format!("😀 {body}"),
        },
        What::Rights {
            link: Some("https://www.12333.gov.cn".to_owned()),
        },
        What::Fairs { fairs: 1 },
    ];
    for size in SIZES {
        for what in scenes.clone() {
            std::thread::spawn(move || {
                let mut wall = Wall::new(only(what.clone().into()), size);
                let mut seen: Vec<(BTreeSet<i32>, i32)> = vec![];
                for second in 0..70 {
                    if second < 4 {
                        wall.load(&Demo::new(9));
                    }
                    wall.show(second);
                    // A scene is made when it is drawn.
                    if second < 4 {
                        wall.headless.draw(&wall.window).unwrap();
                    }
                    let on = rows_on(&wall.window);
                    seen.resize(on.len().max(seen.len()), Default::default());
                    for ((seen, all), (first, shown, rows)) in seen.iter_mut().zip(on) {
                        seen.extend(first..first + shown);
                        *all = rows;
                    }
                }
                let is_rights = matches!(what, What::Rights { .. });
                let strip = wall.window.global::<WallTheme>().get_strip();
                assert!(
                    !seen.is_empty() || (is_rights && !strip),
                    "{what:?} at {size:?}"
                );
                for (seen, all) in seen {
                    let missing: Vec<i32> = (0..all).filter(|row| !seen.contains(row)).collect();
                    // Rounded, for each part.
                    assert!(
                        missing.len() < 8,
                        "{what:?} at {size:?}: {missing:?} of {all}"
                    );
                    assert!(all > 0);
                }
            })
            .join()
            .unwrap();
        }
    }
}

#[test]
fn everything_that_a_scene_has_is_on_while_it_is() {
    let place = |n| ServicePlace {
        at: format!("{n}号窗口"),
        what: "社保补贴、技能培训报名".to_owned(),
    };
    let services: Vec<ServicePlace> = (1..=9).map(place).collect();
    let windows: Vec<String> = services.iter().map(|it| it.at.clone()).collect();
    let codes = |codes: &[&str]| codes.iter().map(|it| (*it).to_owned()).collect();
    let scenes: [(What, &str, Vec<String>); 4] = [
        (What::Services { places: services }, "Card", windows),
        (
            What::Overview {},
            "KindCell",
            codes(&[
                "loading",
                "construction",
                "farming",
                "cleaning",
                "factory",
                "driving",
                "welding",
                "catering",
                "care",
                "delivery",
                "housekeeping",
            ]),
        ),
        (
            What::Statistics {},
            "Figure",
            codes(&[
                "个岗位在招",
                "个名额空缺",
                "人已录用",
                "人今日报名",
                "人近30天按时领薪",
            ]),
        ),
        (What::Statistics {}, "Line", codes(&["搬运装卸", "日结"])),
    ];
    for size in SIZES {
        for (what, element, expected) in scenes.clone() {
            std::thread::spawn(move || {
                let mut wall = Wall::new(only(what.clone().into()), size);
                let mut seen = BTreeSet::new();
                for second in 0..60 {
                    if second < 3 {
                        wall.load(&Demo::new(33));
                    }
                    wall.show(second);
                    // A scene is made when it is drawn.
                    if second < 4 {
                        wall.headless.draw(&wall.window).unwrap();
                    }
                    let on = ElementHandle::find_by_element_type_name(&wall.window, element);
                    seen.extend(on.filter_map(|it| Some(it.accessible_label()?.to_string())));
                }
                let missing: Vec<&String> =
                    expected.iter().filter(|it| !seen.contains(*it)).collect();
                assert!(
                    missing.is_empty(),
                    "{missing:?} of {what:?} at {size:?}: {seen:?}"
                );
            })
            .join()
            .unwrap();
        }
    }
}
