//! `gighall-kiosk snapshot` draws what the store knew at a moment.

use gighall_core::testing::at;
use gighall_kiosk::cli::{ConfigArgs, SnapshotArgs, WindowName};
use gighall_kiosk::config::{self, Config};
use gighall_kiosk::draw::draw;
use gighall_kiosk::store::{Contact, Store};
use image::RgbImage;
use std::path::Path;

const LAST_CONTACT: &str = "2026-11-24T01:30:00Z";

fn hall(data: &Path) -> Config {
    let text = format!(
        "data = {:?}\n[hall]\nid = \"weining\"\nname = \"威宁县零工市场\"\n[hub]\n\
         url = \"https://hub.example\"\n[wall]\nenabled = true\n[terminal]\nenabled = true",
        data.display().to_string()
    );
    let config = config::parse("kiosk.toml", &text).expect("valid");
    let now = at(LAST_CONTACT);
    let store = Store::open(data, config.time_zone(), now).expect("a store");
    let contact = Contact {
        last: Some(now),
        ..Contact::default()
    };
    store.note_contact(&contact).expect("noted");
    config
}

fn picture(config: &Config, window: WindowName, moment: &str) -> RgbImage {
    let args = SnapshotArgs {
        wall: None,
        config: ConfigArgs {
            config: "kiosk.toml".into(),
            data: None,
        },
        window,
        out: "unused.png".into(),
        size: Some((640, 360)),
        at: Some(at(moment)),
    };
    let config = config.clone();
    // A window system lives as long as its thread.
    std::thread::spawn(move || draw(&config, &args).expect("a picture"))
        .join()
        .expect("drawn")
}

#[test]
fn a_moment_has_its_time_and_its_link_to_the_hub() {
    let dir = tempfile::tempdir().expect("a directory");
    let config = hall(dir.path());
    for window in [WindowName::Wall, WindowName::Terminal] {
        let shot = |moment| picture(&config, window, moment);
        let live = shot("2026-11-24T01:30:20Z");
        assert_eq!(live, shot("2026-11-24T01:30:20Z"), "the same moment");
        // The badge that says offline is yellow; nothing else on an empty first screen is.
        let yellow = |picture: &RgbImage| {
            let badge = image::Rgb([0xff, 0xd8, 0x4a]);
            picture.pixels().filter(|pixel| **pixel == badge).count()
        };
        let later = shot("2026-11-24T02:30:20Z");
        assert!(
            yellow(&later) > yellow(&live) + 500,
            "{window:?} says offline"
        );
        assert_ne!(
            later,
            shot("2026-11-24T03:30:20Z"),
            "{window:?} has the time"
        );
    }
}
