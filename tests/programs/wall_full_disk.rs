//! A disk that fills while the wall runs: the wall goes on, the log says it in words, and what comes meanwhile is
//! kept once there is room.

use crate::support::{
    Display, HALL, Hub, Kiosk, eventually, free_address, hub_command, kiosk_config,
};
use std::path::Path;
use std::time::Duration;

const WALL: &str = r#"
[wall]
enabled = true
x = 0
y = 0
width = 960
height = 540
[[wall.scene]]
kind = "text"
title = "找活不收费"
seconds = 3
[[wall.scene]]
kind = "text"
title = "欠薪请拨打 12333"
body = "本市场所有服务免费。"
seconds = 3
"#;

#[test]
fn the_wall_goes_on_while_the_disk_is_full_and_keeps_what_came_meanwhile() {
    let dir = tempfile::tempdir().expect("a directory");
    let data = dir.path().join("hub");
    hub_command(
        &data,
        &["hall", "set", "--hall", HALL, "--name", "威宁县零工市场"],
    );
    let address = free_address();
    let hub = Hub::serve(&data, Some(address), &format!("http://{address}"));
    let code = hub.command(&["device", "add", "--hall", HALL, "--name", "一号"]);
    let config = kiosk_config(dir.path(), hub.address, Some(&code), WALL);
    let text = |path: &Path| path.display().to_string();
    let (log, full) = (dir.path().join("log"), dir.path().join("full"));
    let (shim, under) = (
        text(&crate::disk::bad_disk()),
        text(&dir.path().join("kiosk")),
    );
    let full_while = format!("full-while:{}", text(&full));
    let display = Display::start("1280x720");
    let mut kiosk = Kiosk::run_with(
        &config,
        &display,
        &log,
        &[
            ("LD_PRELOAD", &shim),
            ("BAD_DISK_UNDER", &under),
            ("BAD_DISK", &full_while),
        ],
    );
    eventually("the kiosk is in sync", || {
        (kiosk.status()["hub"]["online"] == true).then_some(())
    });
    assert_eq!(kiosk.status()["jobs"]["total"], 0);

    std::fs::write(&full, "").expect("written");
    let listings = concat!(env!("CARGO_MANIFEST_DIR"), "/assets/demo/listings.csv");
    hub.command(&["import", "--hall", HALL, listings]);
    eventually("the log says in words that the disk is full", || {
        let said = std::fs::read_to_string(&log).expect("read");
        said.contains("disk is full").then_some(())
    });
    // Scenes of three seconds follow each other as before.
    for _ in 0..3 {
        let before = display.picture("full_disk");
        eventually("another scene", || {
            (display.picture("full_disk") != before).then_some(())
        });
        std::thread::sleep(Duration::from_secs(1));
    }
    assert_eq!(kiosk.status()["jobs"]["total"], 0);

    std::fs::remove_file(&full).expect("removed");
    eventually("what came meanwhile is kept", || {
        (kiosk.status()["jobs"]["total"] != 0).then_some(())
    });
    assert_eq!(kiosk.stop(), Some(0));
}
