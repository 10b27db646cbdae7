//! What staff say about a wall at the terminal: over its schedule, under an emergency, kept by the store
//! whatever the hub says.

use crate::wall_support::{Demo, morning, settings};
use gighall_core::hall::{Notice, NoticeKind};
use gighall_core::id::NoticeId;
use gighall_core::outbox::{Body, Event};
use gighall_core::playlist::{Light, Orders, Power, Scene, What};
use gighall_core::seal::OpeningKey;
use gighall_core::wire::Change;
use gighall_core::worker::Channel;
use gighall_kiosk::snapshot::{Headless, draw_notice};
use gighall_kiosk::store::{Deed, Said};
use gighall_kiosk::terminal::desk::NewRegistration;
use gighall_kiosk::ui::{WallData, WallTheme, WallWindow};
use gighall_kiosk::wall::WallSettings;
use gighall_kiosk::wall::feed::WallFeed;
use gighall_kiosk::wall::screen::Screen;
use jiff::SignedDuration;
use slint::ComponentHandle;
use std::time::Duration;
use uuid::Uuid;

fn text(title: &str) -> Scene {
    let (title, body) = (title.to_owned(), String::new());
    What::Text { title, body }.into()
}

/// A wall in memory and what is on it.
struct Wall {
    _headless: Headless,
    window: WallWindow,
    screen: Screen,
    shown: u64,
}

impl Wall {
    fn new(settings: WallSettings) -> Self {
        let headless = Headless::new().unwrap();
        let window = WallWindow::new().unwrap();
        headless.resize(&window, 1920, 1080);
        Self {
            screen: Screen::new(&window, settings),
            _headless: headless,
            window,
            shown: 0,
        }
    }

    /// Loads anew, and goes on for a second.
    fn shows(&mut self, demo: &Demo) -> String {
        self.screen.load(&self.window, demo, morning()).unwrap();
        self.shown += 1;
        let elapsed = Duration::from_secs(self.shown);
        self.screen
            .show(&self.window, elapsed, morning(), demo.link());
        self.window.global::<WallData>().get_scene().to_string()
    }

    fn light(&self) -> f32 {
        self.window.global::<WallTheme>().get_light()
    }
}

fn emergency(n: u128) -> Notice {
    Notice {
        id: NoticeId(Uuid::from_u128(n)),
        kind: NoticeKind::Emergency,
        title: "消防演练".to_owned(),
        body: "请听从工作人员指挥".to_owned(),
        issuer: None,
        effective_from: morning(),
        effective_to: None,
        ticker: false,
    }
}

#[test]
fn staff_go_over_the_schedule_and_an_emergency_over_staff() {
    let mut settings = settings();
    settings.scenes = vec![text("找活不收费")];
    settings.look.lights = vec![Light {
        brightness: Some(60),
        ..Light::default()
    }];
    let mut wall = Wall::new(settings);
    let mut demo = Demo::new(3);
    assert_eq!(wall.shows(&demo), "text");
    assert!((wall.light() - 0.6).abs() < 0.001);
    demo.orders.brightness = Some(30);
    assert_eq!(wall.shows(&demo), "text");
    assert!((wall.light() - 0.3).abs() < 0.001);
    demo.orders.power = Some(Power::Off);
    assert_eq!(wall.shows(&demo), "blank");
    demo.notices.push(emergency(9));
    assert_eq!(wall.shows(&demo), "emergency");
    assert!(
        (wall.light() - 1.0).abs() < 0.001,
        "lit whatever staff said"
    );
    demo.notices.pop();
    demo.orders.power = Some(Power::OffUntil(morning()));
    assert_eq!(wall.shows(&demo), "text", "the hall has opened");
}

#[test]
fn a_schedule_that_is_dark_is_lit_by_hand() {
    let mut settings = settings();
    settings.scenes = vec![text("找活不收费")];
    settings.look.lights = vec![Light {
        blank: true,
        ..Light::default()
    }];
    let mut wall = Wall::new(settings);
    let mut demo = Demo::new(3);
    assert_eq!(wall.shows(&demo), "blank");
    demo.orders.power = Some(Power::OnUntil(morning() + SignedDuration::from_secs(60)));
    assert_eq!(wall.shows(&demo), "text");
}

#[test]
fn a_hidden_scene_is_passed_over_today_on_whatever_playlist() {
    let mut playlist = settings();
    playlist.scenes = vec![text("找活不收费"), text("市场须知")];
    let today = playlist.zone.to_datetime(morning()).date();
    let mut wall = Wall::new(playlist.clone());
    let mut demo = Demo::new(0);
    demo.orders.toggle(&text("找活不收费"), today);
    wall.shows(&demo);
    let title = |wall: &Wall| wall.window.global::<WallData>().get_notice().title;
    assert_eq!(title(&wall), "市场须知");
    // Another playlist comes, with the same scene elsewhere and for longer.
    playlist.scenes = vec![text("新的一条"), text("找活不收费").lasting(40)];
    wall.screen.configure(&wall.window, playlist);
    for _ in 0..30 {
        wall.shows(&demo);
        assert_ne!(title(&wall), "找活不收费");
    }
    assert_eq!(title(&wall), "新的一条");
    // On another day it is there again.
    demo.orders.hidden[0].day = today.yesterday().unwrap();
    let seen = (0..60).any(|_| {
        wall.shows(&demo);
        title(&wall) == "找活不收费"
    });
    assert!(seen);
}

#[test]
fn the_hub_neither_takes_down_nor_covers_what_staff_put_up() {
    let (dir, store, _) = crate::store_support::enrolled();
    let now = crate::store_support::now();
    let own = Notice {
        effective_from: now,
        effective_to: Some(now + SignedDuration::from_mins(30)),
        ..emergency(1)
    };
    store.put_up(&own).unwrap();
    store
        .order("wall", |orders| orders.power = Some(Power::Off))
        .unwrap();
    store
        .staff_did("12", Deed::NoticeUp, "ok", "消防演练", now)
        .unwrap();
    let scope = crate::store_support::hall_scope();
    let removed = Change::NoticeRemoved { id: own.id };
    crate::store_support::snapshot_of(&store, scope.clone(), 4, vec![]);
    let told = crate::store_support::feed(scope, 5, vec![removed]);
    store.apply_changes(&told, now).unwrap();
    store.tidy(now).unwrap();
    drop(store);
    let store = crate::store_support::open(dir.path());
    assert_eq!(store.notices(now).unwrap(), std::slice::from_ref(&own));
    assert_eq!(store.own_notice(now).unwrap(), Some(own.clone()));
    let orders = store.orders("wall").unwrap();
    assert_eq!(orders.power, Some(Power::Off));
    assert_eq!(store.orders("another").unwrap(), Orders::default());
    assert_eq!(store.staff_log(9).unwrap()[0].detail, "消防演练");
    let end = own.effective_to.unwrap();
    assert!(store.notices(end).unwrap().is_empty(), "it ends by itself");
    assert_eq!(store.take_down().unwrap(), Some(own));
    assert!(store.notices(now).unwrap().is_empty());
}

#[test]
fn a_preview_is_the_wall_with_the_notice() {
    let headless = Headless::new().unwrap();
    let hall = Demo::new(0).hall().unwrap();
    let drawn = draw_notice(
        &headless,
        settings(),
        "zh-CN",
        (960, 540),
        hall,
        emergency(1),
    )
    .unwrap();
    assert_eq!(drawn.dimensions(), (960, 540));
    let red = drawn.pixels().filter(|pixel| pixel.0 == [0xb0, 0x00, 0x20]);
    assert!(red.count() > 960 * 540 * 7 / 10);
}

#[test]
fn a_registration_with_help_says_so_to_the_hub() {
    let (_dir, store, _) = crate::store_support::enrolled();
    let new = NewRegistration {
        pin: None,
        name: "李晓峰".to_owned(),
        number: crate::store_support::number(1),
        phone: None,
        work_kinds: vec![],
    };
    let key = OpeningKey::from_bytes([7; 32]).sealing_key();
    let sealed = key.seal(&new.number).unwrap();
    let now = crate::store_support::now();
    store
        .register_through(&Channel::Staff.into(), &new, sealed, Said::default(), now)
        .unwrap();
    let waiting = store.waiting(10, &[]).unwrap().unwrap();
    let body: Body = serde_json::from_str(&waiting.records[0].body).unwrap();
    let Event::WorkerRegistered { registration } = body.event else {
        panic!("another event");
    };
    assert_eq!(registration.channel, Channel::Staff);
}
