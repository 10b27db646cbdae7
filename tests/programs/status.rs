//! `gighall-kiosk status` where kiosk.toml is not right, or was changed while the kiosk runs; and what
//! `check` says of it.

use crate::support::{Display, Kiosk, eventually, free_address, kiosk_config, program};
use serde_json::{Value, json};
use std::path::Path;
use std::process::{Command, Output};

const WALL: &str = "[wall]\nenabled = true\nx = 0\ny = 0\nwidth = 640\nheight = 360\n\
                    [[wall.scene]]\nkind = \"text\"\ntitle = \"本机的节目\"\n";

fn runs(command: &str, config: &Path) -> Output {
    Command::new(program("gighall-kiosk"))
        .args([command, "--config"])
        .arg(config)
        .output()
        .expect("ran")
}

/// What `status` prints, whatever its exit code.
fn status(config: &Path) -> Value {
    serde_json::from_slice(&runs("status", config).stdout).expect("one JSON object")
}

#[test]
fn a_file_that_is_no_toml_is_told_in_json_with_what_the_wall_plays() {
    let dir = tempfile::tempdir().expect("a directory");
    let config = kiosk_config(dir.path(), free_address(), None, WALL);
    let good = std::fs::read_to_string(&config).expect("there");
    let broken = format!("{good}seconds = = 5\n");
    let of = |of: &str| json!({"wall": {"of": of, "playlist": null}});
    let plays = |what: Value| {
        eventually("what the wall plays", || {
            (status(&config)["playing"] == what).then_some(())
        });
    };

    std::fs::write(&config, &broken).expect("written");
    let output = runs("status", &config);
    assert_eq!(output.status.code(), Some(1), "nothing starts with it");
    let told = status(&config);
    assert_eq!(told["playing"], Value::Null);
    let problem = told["configuration"]["problems"][0].as_str();
    let problem = problem.expect("a problem");
    assert!(
        problem.contains("kiosk.toml:17: this is not TOML"),
        "{problem}"
    );

    // It is broken while the wall plays.
    std::fs::write(&config, &good).expect("written");
    assert_eq!(status(&config)["configuration"]["problems"], json!([]));
    let (display, log) = (Display::start("1280x720"), dir.path().join("log"));
    let mut kiosk = Kiosk::run_logged(&config, &display, &log);
    plays(of("kiosk.toml"));
    std::fs::write(&config, &broken).expect("written");
    eventually("the kiosk has seen it", || {
        let said = std::fs::read_to_string(&log).ok()?;
        said.contains("is not taken over").then_some(())
    });
    let told = status(&config);
    assert_eq!(told["playing"], of("kiosk.toml"));
    assert!(told["configuration"]["problems"][0].is_string(), "{told}");
    assert_eq!(kiosk.stop(), Some(0));
    assert_eq!(status(&config)["playing"], Value::Null);

    // It starts with a mistake in its playlist.
    std::fs::write(&config, good.replace("\"text\"", "\"txet\"")).expect("written");
    let mut kiosk = Kiosk::run(&config, &display);
    plays(of("built-in"));
    let problems = status(&config)["configuration"]["problems"].clone();
    assert!(
        problems[0].as_str().is_some_and(|it| it.contains("txet")),
        "{problems}"
    );
    std::fs::write(&config, &good).expect("written");
    plays(of("kiosk.toml"));
    assert_eq!(kiosk.stop(), Some(0));
}

#[test]
fn keys_that_wait_for_a_restart_are_named() {
    let dir = tempfile::tempdir().expect("a directory");
    let config = kiosk_config(dir.path(), free_address(), None, WALL);
    let good = std::fs::read_to_string(&config).expect("there");
    let (display, log) = (Display::start("1280x720"), dir.path().join("log"));
    let mut kiosk = Kiosk::run_logged(&config, &display, &log);
    let waits = |keys: Value| {
        eventually("what waits for a restart", || {
            (status(&config)["configuration"]["waits_for_restart"] == keys).then_some(())
        });
    };
    waits(json!([]));
    let other = good
        .replace("width = 640", "width = 600")
        .replace("本机", "另外");
    std::fs::write(&config, format!("{other}[staff]\nidle_seconds = 30\n")).expect("written");
    waits(json!(["wall.width", "staff.idle_seconds"]));
    let said = std::fs::read_to_string(&log).expect("there");
    assert!(
        said.contains("wait for a restart: wall.width, staff.idle_seconds"),
        "{said}"
    );
    std::fs::write(&config, &good).expect("written");
    waits(json!([]));
    assert_eq!(kiosk.stop(), Some(0));
}

#[test]
fn check_says_where_logs_cannot_be_exported_to() {
    let dir = tempfile::tempdir().expect("a directory");
    let more = format!("{WALL}[staff]\nexport = \"stick\"\n");
    let config = kiosk_config(dir.path(), free_address(), None, &more);
    let said = || {
        let output = runs("check", &config);
        assert!(output.status.success(), "{output:?}");
        String::from_utf8_lossy(&output.stdout).into_owned()
    };
    let gone = said();
    assert!(
        gone.contains("staff.export: nothing can be written there now: ") && gone.contains("stick"),
        "{gone}"
    );
    let stick = dir.path().join("stick");
    std::fs::write(&stick, "a file").expect("written");
    assert!(said().contains("staff.export"));
    std::fs::remove_file(&stick).expect("gone");
    std::fs::create_dir(&stick).expect("made");
    assert!(!said().contains("staff.export"));
    assert_eq!(std::fs::read_dir(&stick).expect("there").count(), 0);
}

#[test]
fn a_file_in_another_encoding_is_to_be_saved_as_utf_8() {
    let dir = tempfile::tempdir().expect("a directory");
    let config = kiosk_config(dir.path(), free_address(), None, WALL);
    // 威宁 in GB18030.
    let text = std::fs::read(&config).expect("there");
    std::fs::write(&config, [&text[..], b"# \xcd\xfe\xc4\xfe\n"].concat()).expect("written");
    for command in ["check", "status"] {
        let said = String::from_utf8_lossy(&runs(command, &config).stderr).into_owned();
        assert!(
            said.contains("kiosk.toml: is not UTF-8 text; save it as UTF-8"),
            "{said}"
        );
    }
}
