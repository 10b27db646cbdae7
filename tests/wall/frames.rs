//! What one frame of the wall draws: little enough for a machine without a graphics card, and whole in the
//! end.

use crate::wall_support::{Demo, morning, settings};
use gighall_core::playlist::{Scene, ServicePlace, What};
use gighall_kiosk::ui::{self, JobRow, WallData, WallTheme, WallWindow};
use gighall_kiosk::wall::screen::Screen;
use gighall_kiosk::wall::{WallSettings, feed::WallFeed};
use jiff::SignedDuration;
use slint::platform::software_renderer::{MinimalSoftwareWindow, RepaintBufferType};
use slint::platform::{Platform, PlatformError, WindowAdapter};
use slint::{ComponentHandle, Model, PhysicalSize, Rgb8Pixel};
use std::rc::Rc;
use std::time::Duration;

const SIZE: (u32, u32) = (1920, 1080);

/// A window that is drawn over what it drew before.
struct OneWindow(Rc<MinimalSoftwareWindow>);

impl Platform for OneWindow {
    fn create_window_adapter(&self) -> Result<Rc<dyn WindowAdapter>, PlatformError> {
        Ok(self.0.clone())
    }
}

/// Left, top, right and bottom of something that was drawn.
type Part = [u32; 4];

struct Wall {
    adapter: Rc<MinimalSoftwareWindow>,
    window: WallWindow,
    screen: Screen,
    demo: Demo,
    pixels: Vec<Rgb8Pixel>,
}

impl Wall {
    fn new(settings: WallSettings) -> Self {
        let adapter = MinimalSoftwareWindow::new(RepaintBufferType::ReusedBuffer);
        slint::platform::set_platform(Box::new(OneWindow(adapter.clone()))).unwrap();
        let window = WallWindow::new().unwrap();
        ui::speak(ui::Surface::Wall, "zh-CN").unwrap();
        window.window().set_size(PhysicalSize::new(SIZE.0, SIZE.1));
        window.show().unwrap();
        slint::platform::update_timers_and_animations();
        let mut screen = Screen::new(&window, settings);
        screen.animate();
        let demo = Demo::new(60);
        screen.load(&window, &demo, morning()).unwrap();
        Self {
            adapter,
            window,
            screen,
            demo,
            pixels: vec![Rgb8Pixel::default(); (SIZE.0 * SIZE.1) as usize],
        }
    }

    /// Shows, reads what is wanted for that, and shows a first part of it.
    fn begin(&mut self, elapsed: Duration) {
        self.show(elapsed, 0);
        self.screen
            .load(&self.window, &self.demo, morning())
            .unwrap();
        self.show(elapsed, 0);
    }

    fn show(&mut self, elapsed: Duration, minutes: i64) {
        let now = morning() + SignedDuration::from_mins(minutes);
        let link = self.demo.link();
        self.screen.show(&self.window, elapsed, now, link);
    }

    /// Draws what changed, and says where.
    fn draw(&mut self) -> Vec<Part> {
        slint::platform::update_timers_and_animations();
        let mut parts = vec![];
        self.adapter.request_redraw();
        self.adapter.draw_if_needed(|renderer| {
            let region = renderer.render(&mut self.pixels, SIZE.0 as usize);
            parts = region
                .iter()
                .map(|(at, size)| {
                    let (x, y) = (at.x.unsigned_abs(), at.y.unsigned_abs());
                    [x, y, x + size.width, y + size.height]
                })
                .collect();
        });
        parts
    }

    /// The picture as it is when all of it is drawn anew.
    fn whole(&self) -> Vec<Rgb8Pixel> {
        let mut pixels = vec![Rgb8Pixel::default(); self.pixels.len()];
        self.adapter.request_redraw();
        self.adapter.draw_if_needed(|renderer| {
            renderer.set_repaint_buffer_type(RepaintBufferType::NewBuffer);
            renderer.render(&mut pixels, SIZE.0 as usize);
        });
        pixels
    }

    fn keep(&self, name: &str) {
        let dir = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("target/pictures");
        std::fs::create_dir_all(&dir).unwrap();
        let bytes = self.pixels.iter().flat_map(|p| [p.r, p.g, p.b]).collect();
        let picture = image::RgbImage::from_raw(SIZE.0, SIZE.1, bytes).unwrap();
        picture.save(dir.join(format!("{name}.png"))).unwrap();
    }

    fn rows(&self) -> Vec<JobRow> {
        self.window.global::<WallData>().get_rows().iter().collect()
    }

    /// Goes on until all lines are there.
    fn finish(&mut self, elapsed: Duration) {
        let mut frames = 0;
        while self.screen.is_unfinished() {
            self.show(elapsed, 0);
            frames += 1;
            assert!(frames < 100, "it does not end");
        }
    }
}

fn table() -> WallSettings {
    WallSettings {
        scenes: vec![Scene::jobs()],
        ..settings()
    }
}

/// How many lines differ between one frame and the next.
fn differ(before: &[JobRow], after: &[JobRow]) -> usize {
    let most = before.len().max(after.len());
    let differs = |index: &usize| before.get(*index) != after.get(*index);
    (0..most).filter(differs).count()
}

#[test]
fn the_lines_of_a_page_come_some_in_each_frame_and_leave_nothing_of_the_page_before() {
    let mut wall = Wall::new(table());
    wall.begin(Duration::ZERO);
    assert!(!wall.screen.is_unfinished(), "the first page comes whole");
    let page = wall.rows();
    assert!(page.len() > 6, "{}", page.len());
    wall.draw();

    let turned = wall
        .screen
        .play(&wall.window, Duration::ZERO, morning())
        .until;
    wall.begin(turned);
    let (mut before, mut frames) = (page.clone(), 1);
    while {
        let now = wall.rows();
        assert!((1..=2).contains(&differ(&before, &now)));
        before = now;
        wall.draw();
        if frames == 2 {
            wall.keep("frames_page_turn");
        }
        wall.screen.is_unfinished()
    } {
        frames += 1;
        wall.show(turned, 0);
    }
    assert!(frames > 2);
    let now = wall.rows();
    assert!(
        now.iter().all(|row| !page.contains(row)),
        "an old line stays"
    );
    assert!(
        wall.pixels == wall.whole(),
        "what was drawn line by line is the whole"
    );
}

#[test]
fn a_table_that_comes_on_again_begins_with_its_first_lines() {
    let scenes = vec![Scene::jobs(), Scene::spotlight(1).lasting(10)];
    let mut wall = Wall::new(WallSettings {
        scenes,
        ..settings()
    });
    let (mut moment, mut before, mut entered) = (Duration::ZERO, String::new(), 0);
    for _ in 0..20 {
        wall.begin(moment);
        let scene = wall.window.global::<WallData>().get_scene().to_string();
        if scene == "jobs" && before == "spotlight" {
            entered += 1;
            // Those that were known already, and what the loader brought.
            assert!(wall.rows().len() <= 6);
            wall.draw();
            wall.keep("frames_table_begins");
        }
        wall.finish(moment);
        assert!(wall.rows().len() > 6);
        wall.draw();
        before = scene;
        moment = wall.screen.play(&wall.window, moment, morning()).until;
    }
    assert!(entered > 0);
    assert!(wall.pixels == wall.whole());
}

#[test]
fn a_minute_draws_header_and_footer_and_nothing_of_the_scene() {
    let mut wall = Wall::new(table());
    wall.begin(Duration::ZERO);
    wall.draw();
    wall.show(Duration::ZERO, 1);
    let parts = wall.draw();
    // A whole number of pixels.
    let header = wall.window.global::<WallTheme>().get_header() as u32;
    assert!(parts.contains(&[0, 0, SIZE.0, header]), "{parts:?}");
    for part in &parts {
        let [_, y, _, low] = *part;
        assert!(
            low <= header || y > SIZE.1 * 3 / 4,
            "{part:?} is of the scene"
        );
    }
    assert!(wall.pixels == wall.whole());
}

/// Every kind of scene, several of each.
fn every_kind() -> WallSettings {
    let place = |n: u32| ServicePlace {
        at: format!("{n}号窗口"),
        what: "求职登记、失业登记".to_owned(),
    };
    let all = [
        What::Text {
            title: "找活不收费".to_owned(),
            body: "凡收押金、报名费、体检费的都是骗局，遇到请打 12333".to_owned(),
        },
        What::Overview {},
        What::Statistics {},
        What::Fairs { fairs: 2 },
        What::Training { courses: None },
        What::Rights {
            link: Some("https://www.12333.gov.cn".to_owned()),
        },
        What::Services {
            places: (1..7).map(place).collect(),
        },
        What::Image {
            file: "assets/demo/hall-map.png".to_owned(),
            caption: "市场平面图".to_owned(),
        },
        What::Notice { notices: 2 },
    ];
    let mut scenes = vec![Scene::jobs(), Scene::spotlight(2).lasting(10)];
    scenes.extend(all.map(|what| Scene::from(what).lasting(10)));
    WallSettings {
        scenes,
        folder: env!("CARGO_MANIFEST_DIR").into(),
        ..settings()
    }
}

/// Goes through all scenes, and prints how much of the window each frame draws: another scene draws all of its
/// room at once, and so does a page with fewer lines, as these move. Every other frame draws little: lines, and
/// the page's marks with the ticker below them, but nothing between.
#[test]
fn a_frame_draws_two_lines_of_a_table_and_nothing_between_them_and_the_ticker() {
    let mut wall = Wall::new(every_kind());
    let (mut moment, mut before, mut pages) = (Duration::ZERO, (String::new(), 0), 0);
    let mut kinds = std::collections::BTreeSet::new();
    for _ in 0..30 {
        wall.begin(moment);
        for frame in 0..100 {
            if frame > 0 {
                wall.show(moment, 0);
            }
            let parts = wall.draw();
            // How far the ticker has come depends on how fast this machine is: its strip does not count.
            let theme = wall.window.global::<WallTheme>();
            let footer = (theme.get_bar() + theme.get_service()).round() as u32;
            let above = SIZE.1 - footer;
            let area = |[x, y, r, b]: &Part| (r - x) * b.min(&above).saturating_sub(*y);
            let area: u32 = parts.iter().map(area).sum();
            let percent = f64::from(area) * 100.0 / f64::from(SIZE.0 * SIZE.1);
            let data = wall.window.global::<WallData>();
            let now = (data.get_scene().to_string(), data.get_lines());
            println!("{:>10} -> {:10} {frame}: {percent:5.1} %", before.0, now.0);
            let is_other = now.0 != before.0 || !["jobs", "overview"].contains(&now.0.as_str());
            if frame > 0 || !is_other {
                let moves = now.1 != before.1;
                assert!(percent <= 20.0 || moves, "{before:?} {now:?} {frame}");
                pages += u32::from(frame == 0 && !moves);
            }
            kinds.insert(now.0.clone());
            before = now;
            if !wall.screen.is_unfinished() {
                break;
            }
        }
        moment = wall.screen.play(&wall.window, moment, morning()).until;
    }
    assert!(pages >= 3 && kinds.len() >= 11, "{pages} {kinds:?}");
    assert!(wall.pixels == wall.whole());
}

#[test]
fn a_fair_waits_until_its_code_is_drawn_beside_the_window() {
    waits_for_its_code(What::Fairs { fairs: 1 }, "fairs");
}

#[test]
fn where_to_complain_waits_until_its_code_is_drawn_beside_the_window() {
    let link = Some("https://www.12333.gov.cn".to_owned());
    waits_for_its_code(What::Rights { link }, "rights");
}

fn waits_for_its_code(what: What, name: &str) {
    let settings = WallSettings {
        scenes: vec![Scene::from(what)],
        ..settings()
    };
    let mut wall = Wall::new(settings);
    let scene = |wall: &Wall| wall.window.global::<WallData>().get_scene().to_string();
    wall.show(Duration::ZERO, 0);
    assert_ne!(scene(&wall), name);
    // The window draws it by itself where that takes too long.
    wall.show(Duration::from_secs(1), 0);
    assert_ne!(scene(&wall), name);
    wall.show(Duration::from_secs(3), 0);
    assert_eq!(scene(&wall), name);
    let has_code = |wall: &Wall| {
        let data = wall.window.global::<WallData>();
        data.get_has_rights_code() || data.get_event().has_code
    };
    assert!(has_code(&wall));

    let mut wall = Wall {
        screen: Screen::new(&wall.window, wall.screen.settings().clone()),
        ..wall
    };
    wall.screen
        .load(&wall.window, &wall.demo, morning())
        .unwrap();
    wall.begin(Duration::ZERO);
    assert_eq!(scene(&wall), name);
    assert!(has_code(&wall));
}
