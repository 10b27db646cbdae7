//! The hub gives a wall its playlist: by the command line, over the feed, into the store, onto the
//! wall; while it plays, after a restart, and without the hub.

mod support;

use serde_json::Value;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use support::{Display, HALL, Hub, Kiosk, eventually, hub_command, program};

fn write_config(dir: &Path, hub: &Hub, code: &str) -> PathBuf {
    let path = dir.join("kiosk.toml");
    let text = format!(
        r#"
data = "kiosk"
[hall]
id = "{HALL}"
name = "威宁县零工市场"
[hub]
url = "http://{}"
enrolment_code = "{code}"
[wall]
enabled = true
tags = ["outside"]
x = 0
y = 0
width = 640
height = 360
# On until something else is told.
[[wall.scene]]
kind = "text"
title = "本机的节目"
seconds = 3600
"#,
        hub.address
    );
    std::fs::write(&path, text).expect("written");
    path
}

/// The titles that the wall showed, as the kiosk wrote them down.
fn shown(config: &Path) -> String {
    let program = program("gighall-kiosk").display().to_string();
    let config = config.display().to_string();
    let days = ["--from", "2020-01-01", "--to", "2099-12-31"];
    support::run(
        &program,
        &[&["proof", "--config", &config][..], &days].concat(),
    )
}

fn list(dir: &Path, name: &str, scenes: &[&str]) -> String {
    let path = dir.join(name);
    let scene = |scene: &&str| format!("[[wall.scene]]\n{scene}\n");
    let text: String = scenes.iter().map(scene).collect();
    std::fs::write(&path, text).expect("written");
    path.display().to_string()
}

#[test]
fn a_wall_plays_what_the_hub_gives_it_at_once_after_a_restart_and_without_the_hub() {
    let dir = tempfile::tempdir().expect("a directory");
    let data = dir.path().join("hub");
    hub_command(&data, &["hall", "set", "--hall", HALL, "--name", "市场"]);
    let free = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = free.local_addr().expect("bound");
    drop(free);
    let hub = Hub::serve(&data, Some(address), &format!("http://{address}"));
    let code = hub.command(&["device", "add", "--hall", HALL, "--name", "一号"]);
    let config = write_config(dir.path(), &hub, code.trim());
    let display = Display::start("1280x720");
    let mut kiosk = Kiosk::run(&config, &display);
    let plays = |kiosk: &Kiosk, name: Value| {
        eventually("the wall's playlist", || {
            (kiosk.status()["playlists"]["wall"] == name).then_some(())
        });
    };
    eventually("the kiosk is in sync", || {
        (kiosk.status()["hub"]["online"] == true).then_some(())
    });
    plays(&kiosk, Value::Null);

    let text = "kind = \"text\"\nseconds = 3600\ntitle";
    let spring = list(
        dir.path(),
        "spring.toml",
        &[&format!("{text} = \"春风行动\"")],
    );
    hub.command(&[
        "playlist", "set", "--name", "春风", &spring, "--wall", "outside",
    ]);
    plays(&kiosk, "春风".into());
    // It leaves in the middle of its hour, so it is written down.
    eventually("the wall's own scene is off", || {
        shown(&config).contains("本机的节目").then_some(())
    });
    assert_eq!(kiosk.stop(), Some(0));
    assert_eq!(shown(&config).matches("春风行动").count(), 1);

    // A new start without the hub.
    drop(hub);
    let mut kiosk = Kiosk::run(&config, &display);
    plays(&kiosk, "春风".into());
    std::thread::sleep(std::time::Duration::from_secs(2));
    assert_eq!(kiosk.stop(), Some(0));
    let all = shown(&config);
    assert_eq!(all.matches("春风行动").count(), 2, "{all}");
    assert_eq!(all.matches("本机的节目").count(), 1, "{all}");

    // Taken back while the kiosk was off; then the wall itself does not want any.
    let hub = Hub::serve(&data, Some(address), &format!("http://{address}"));
    let mut kiosk = Kiosk::run(&config, &display);
    hub.command(&["playlist", "remove", "--name", "春风"]);
    plays(&kiosk, Value::Null);
    hub.command(&["playlist", "set", "--name", "春风", &spring]);
    plays(&kiosk, "春风".into());
    let own = std::fs::read_to_string(&config).expect("there");
    let own = own.replace("tags =", "hub_playlists = false\ntags =");
    std::fs::write(&config, own).expect("written");
    plays(&kiosk, Value::Null);
    eventually("the wall's own scene is back", || {
        (shown(&config).matches("春风行动").count() >= 3).then_some(())
    });
    assert_eq!(kiosk.stop(), Some(0));
}
