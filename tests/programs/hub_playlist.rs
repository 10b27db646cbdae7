//! The hub gives a wall its playlist: by the command line, over the feed, into the store, onto the
//! wall; while it plays, after a restart, and without the hub.

use crate::support::{
    Display, HALL, Hub, Kiosk, eventually, free_address, hub_command, kiosk_config, program,
};
use serde_json::Value;
use std::net::SocketAddr;
use std::path::Path;

fn wall(metrics: SocketAddr) -> String {
    format!(
        r#"
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
[metrics]
listen = "{metrics}"
"#
    )
}

/// Waits until that many scenes of a kind came on since the kiosk was started.
fn came_on(metrics: SocketAddr, kind: &str, times: u32) {
    let line = format!("gighall_wall_scenes_total{{wall=\"wall\",scene=\"{kind}\"}} {times}");
    eventually(&line, || {
        let text = crate::support::get(&metrics.to_string(), "/metrics")?;
        text.lines().any(|it| it == line).then_some(())
    });
}

/// The titles that the wall showed, as the kiosk wrote them down.
fn shown(config: &Path) -> String {
    let program = program("gighall-kiosk").display().to_string();
    let config = config.display().to_string();
    let days = ["--from", "2020-01-01", "--to", "2099-12-31"];
    crate::support::run(
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
    let (address, metrics) = (free_address(), free_address());
    let hub = Hub::serve(&data, Some(address), &format!("http://{address}"));
    let code = hub.command(&["device", "add", "--hall", HALL, "--name", "一号"]);
    let config = kiosk_config(dir.path(), hub.address, Some(&code), &wall(metrics));
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
    came_on(metrics, "text", 1);
    // The hub knows what its playlists may call the wall by.
    let of_hub = gighall_hub::open_existing(&gighall_hub::HubConfig::new(&data)).expect("there");
    let devices = of_hub.store.devices().expect("read");
    assert_eq!(devices[0].health.walls, ["wall", "outside"]);
    drop(of_hub);

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
    // In the middle of the hour of the wall's own.
    came_on(metrics, "text", 2);
    assert_eq!(kiosk.stop(), Some(0));
    assert_eq!(shown(&config).matches("春风行动").count(), 1);

    // A new start without the hub.
    drop(hub);
    let mut kiosk = Kiosk::run(&config, &display);
    plays(&kiosk, "春风".into());
    came_on(metrics, "text", 1);
    assert_eq!(kiosk.stop(), Some(0));
    let all = shown(&config);
    assert_eq!(all.matches("春风行动").count(), 2, "{all}");
    assert_eq!(all.matches("本机的节目").count(), 1, "{all}");

    // With a picture that is not there yet: it is skipped, and staff are told, at the hub too.
    let hub = Hub::serve(&data, Some(address), &format!("http://{address}"));
    let scene = format!("{text} = \"有图\"");
    let picture = "kind = \"image\"\nfile = \"hub:map.png\"\nseconds = 3600\npriority = 1";
    let with_picture = list(dir.path(), "picture.toml", &[&scene, picture]);
    let mut kiosk = Kiosk::run(&config, &display);
    hub.command(&[
        "playlist",
        "set",
        &with_picture,
        "--name",
        "图",
        "--hall",
        HALL,
        "--wall",
        "wall",
    ]);
    plays(&kiosk, "图".into());
    eventually("staff at the hub know what is missing", || {
        let devices = hub.command(&["device", "list"]);
        let says = "tells staff: media: hub:map.png: the hub has told of no such file";
        devices.contains(says).then_some(())
    });
    // The one that was on when the program started, and the one of the new list without a picture.
    came_on(metrics, "text", 2);
    let map = dir.path().join("map.png");
    image::RgbImage::new(64, 64).save(&map).expect("written");
    hub.command(&["media", "add", &map.display().to_string()]);
    came_on(metrics, "image", 1);
    assert_eq!(kiosk.status()["media"]["map.png"], "here");
    assert_eq!(kiosk.status()["staff_notices"], serde_json::json!([]));
    hub.command(&["playlist", "remove", "--name", "图"]);
    plays(&kiosk, "春风".into());
    came_on(metrics, "text", 3);
    assert_eq!(kiosk.stop(), Some(0));
    assert_eq!(shown(&config).matches(",image,").count(), 1);
    drop(hub);

    // Taken back, given again, and then the wall itself does not want any.
    let hub = Hub::serve(&data, Some(address), &format!("http://{address}"));
    let mut kiosk = Kiosk::run(&config, &display);
    came_on(metrics, "text", 1);
    hub.command(&["playlist", "remove", "--name", "春风"]);
    plays(&kiosk, Value::Null);
    came_on(metrics, "text", 2);
    hub.command(&["playlist", "set", "--name", "春风", &spring]);
    plays(&kiosk, "春风".into());
    came_on(metrics, "text", 3);
    let own = std::fs::read_to_string(&config).expect("there");
    let own = own.replace(
        "tags =",
        "hub_playlists = false\nlogo = \"hub:map.png\"\ntags =",
    );
    std::fs::write(&config, own).expect("written");
    plays(&kiosk, Value::Null);
    came_on(metrics, "text", 4);
    eventually("the hall's sign is here", || {
        (kiosk.status()["media"]["map.png"] == "here").then_some(())
    });
    assert_eq!(kiosk.stop(), Some(0));
}
