//! Draws every screen of the staff menu in every shape, for people to look at.

use crate::support::*;
use gighall_core::playlist::Scene;
use gighall_core::testing::at;
use gighall_kiosk::run::wall_settings;
use gighall_kiosk::snapshot::{Headless, draw_notice};
use gighall_kiosk::staff::{WallHandle, pin};
use gighall_kiosk::terminal::staff::{Picture, StaffEvent};
use gighall_kiosk::terminal::state::Event;
use gighall_kiosk::ui::{StaffData, Terminal, TerminalWindow, WallWindow};
use slint::ComponentHandle;
use std::path::{Path, PathBuf};
use tokio::sync::watch;

struct Shots {
    headless: Headless,
    terminal: TestTerminal,
    shape: String,
}

impl Shots {
    fn staff(&self, event: StaffEvent) {
        self.terminal.controller.on(Event::Staff(event));
    }

    fn go(&self, screen: &str) {
        self.staff(StaffEvent::Go(screen.to_owned()));
    }

    fn act(&self, what: &str) {
        self.staff(StaffEvent::Act(what.to_owned()));
    }

    fn back(&self) {
        self.terminal.controller.on(Event::Back);
    }

    fn keys(&self, text: &str) {
        for key in text.chars() {
            self.terminal.controller.on(Event::Key(key.to_string()));
        }
    }

    /// The first drawing tells the controller how much fits, the second shows it.
    fn list_shot(&self, name: &str) {
        self.headless.draw(self.terminal.window()).expect("drawn");
        self.shot(name);
    }

    fn shot(&self, name: &str) {
        let picture = self.headless.draw(self.terminal.window()).expect("drawn");
        let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("target/pictures");
        std::fs::create_dir_all(&folder).expect("a folder");
        let file = folder.join(format!("staff_{}_{name}.png", self.shape));
        picture.save(file).expect("saved");
    }
}

fn walk(width: u32, height: u32, tag: &str, large: bool, english: bool) {
    let headless = Headless::new().expect("a thread of its own");
    let dir = tempfile::tempdir().expect("a directory");
    let config = staff_config(dir.path(), "[staff]\nexport = \"/media/usb\"\n");
    pin::set(&config.data, "260811").expect("set");
    let wall = WallWindow::new().expect("a window");
    let mut settings = wall_settings(&config, &config.walls[0]);
    settings
        .scenes
        .push(Scene::from(gighall_core::playlist::What::Text {
            title: "找活不收费，凡要求先交押金、报名费、体检费的都是骗局".to_owned(),
            body: String::new(),
        }));
    let (_plays, playing) = watch::channel(settings.clone());
    let handle = WallHandle {
        name: "wall".to_owned(),
        window: wall.as_weak(),
        playing,
    };
    let window = TerminalWindow::new().expect("a window");
    headless.resize(&window, width, height);
    let terminal = TestTerminal::new(window);
    let (staff, store) = staff_of(&config, 0, vec![handle]);
    *terminal.desk.staff.lock().expect("held") = Some(staff);
    let shots = Shots {
        headless,
        terminal,
        shape: format!("{width}x{height}{tag}"),
    };
    if english {
        shots.terminal.controller.on(Event::Language);
    }
    if large {
        shots.terminal.controller.on(Event::LargeType);
    }
    shots.terminal.controller.on(Event::CallStaff(true));
    shots.shot("00_call");
    shots.staff(StaffEvent::Open);
    shots.keys("1122");
    shots.shot("01_door");
    shots.keys("33");
    for _ in 0..4 {
        shots.staff(StaffEvent::Next);
        shots.keys("112233");
    }
    shots.shot("02_waits");
    store.pin_was_right().expect("kept");
    shots.staff(StaffEvent::Open);
    shots.keys("260811");
    shots.staff(StaffEvent::Next);
    shots.keys("12");
    shots.shot("03_who");
    shots.staff(StaffEvent::Next);
    assert_eq!(
        shots.terminal.window().global::<Terminal>().get_screen(),
        "staff_menu"
    );
    shots.shot("04_menu");
    shots.act("lift_waits");
    shots.shot("04_menu_lifted");
    shots.go("staff_volume");
    shots.shot("04_volume");
    shots.back();
    notice(&shots, &settings);
    walls_and_state(&shots, &config.data);
}

fn notice(shots: &Shots, settings: &gighall_kiosk::wall::WallSettings) {
    shots.go("staff_notice");
    shots.shot("05_notice");
    shots.go("staff_words");
    shots.keys("zhong");
    shots.list_shot("06_words");
    shots.back();
    shots.staff(StaffEvent::ChooseText(0));
    shots.shot("07_span");
    shots.staff(StaffEvent::ChooseSpan("30".to_owned()));
    shots.shot("08_preview_without_wall");
    shots.act("put_up");
    // A picture of the wall, as the running program would have it.
    let store_notice = gighall_core::hall::Notice {
        id: gighall_core::id::NoticeId(uuid::Uuid::from_u128(1)),
        kind: gighall_core::hall::NoticeKind::Emergency,
        title: "消防演练".to_owned(),
        body: "请不要惊慌，听从工作人员指挥，从最近的安全出口有序离开。".to_owned(),
        issuer: None,
        effective_from: at(NOW),
        effective_to: None,
        ticker: false,
    };
    let drawn = draw_notice(
        &shots.headless,
        settings.clone(),
        "zh-CN",
        (1920, 1080),
        None,
        store_notice,
    );
    let picture = Picture::of(&drawn.expect("drawn"));
    shots.shot("09_menu_up");
    shots.go("staff_notice");
    shots.shot("10_notice_up");
    shots.staff(StaffEvent::ChooseText(1));
    shots.staff(StaffEvent::ChooseSpan("stays".to_owned()));
    let data = shots.terminal.window().global::<StaffData>();
    data.set_picture(picture.image());
    data.set_has_picture(true);
    shots.shot("11_preview");
    data.set_has_picture(false);
    shots.back();
    shots.back();
    shots.back();
}

fn walls_and_state(shots: &Shots, folder: &Path) {
    let data = shots.terminal.window().global::<StaffData>();
    shots.go("staff_walls");
    shots.act("off_until");
    shots.act("darker");
    data.set_has_picture(true);
    shots.shot("12_walls_off");
    shots.act("on");
    shots.staff(StaffEvent::ToggleScene(0));
    shots.shot("13_walls_on");
    data.set_has_picture(false);
    shots.go("staff_scenes");
    shots.list_shot("14_scenes");
    shots.back();
    shots.back();
    // As the running kiosk writes it down.
    let devices = serde_json::json!({
        "process": std::process::id(),
        "devices": {
            "printer": {"state": "paper_out"},
            "scanner": {"state": "working"},
            "id_card": {"state": "absent"},
            "speech": {"state": "no_voice"},
        },
    });
    std::fs::write(folder.join("devices.json"), devices.to_string()).expect("written");
    shots.go("staff_check_in");
    shots.shot("14_check_in");
    let slip = "http://192.168.8.20:8080/s/7d444840-9dc0-41d1-b245-5ffdce74fad2";
    let scanned = Event::Scanned(slip.to_owned());
    shots.terminal.controller.on(scanned);
    shots.shot("14_check_in_elsewhere");
    shots.back();
    shots.go("staff_state");
    shots.shot("15_state");
    shots.act("export");
    shots.shot("16_export");
    shots.go("staff_enrol");
    shots.keys("7kq2mx0b9d");
    shots.shot("17_enrol");
    shots.staff(StaffEvent::Next);
    shots.shot("18_sure");
    shots.back();
    shots.back();
    shots.go("leave");
    shots.shot("19_leave");
}

in_every_shape!(walk);
