//! A wall under Wayland, by Weston without a screen: the window fills its output, with nothing cut off and nothing
//! left over, as frames that programs draw themselves once did.

use crate::support::{Process, eventually, free_address, kiosk_config, program, run};
use image::GrayImage;
use std::path::Path;
use std::process::{Command, Stdio};

const SIZE: (u32, u32) = (1280, 720);
const SOCKET: &str = "gighall-test";

/// What can be seen on a compositor's only output.
fn screen(sockets: &Path) -> Option<GrayImage> {
    let into = tempfile::tempdir().expect("a directory");
    let taken = Command::new("weston-screenshooter")
        .env("XDG_RUNTIME_DIR", sockets)
        .env("WAYLAND_DISPLAY", SOCKET)
        .current_dir(into.path())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .expect("weston-screenshooter");
    let file = std::fs::read_dir(into.path()).expect("read").next()?;
    let kept = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/pictures");
    std::fs::create_dir_all(&kept).expect("a directory");
    let kept = kept.join("wall_wayland.png");
    std::fs::copy(file.expect("read").path(), &kept).expect("kept");
    let picture = taken.success().then(|| image::open(kept).expect("a PNG"))?;
    Some(picture.to_luma8())
}

/// How much two pictures differ in a part, on average.
fn difference(
    one: &GrayImage,
    other: &GrayImage,
    (x, y, width, height): (u32, u32, u32, u32),
) -> f64 {
    let part = |of: &GrayImage| image::imageops::crop_imm(of, x, y, width, height).to_image();
    let (one, other) = (part(one), part(other));
    let pairs = one.as_raw().iter().zip(other.as_raw());
    let sum: u32 = pairs.map(|(a, b)| u32::from(a.abs_diff(*b))).sum();
    f64::from(sum) / f64::from(width * height)
}

#[test]
fn a_wall_fills_its_output_under_wayland() {
    let dir = tempfile::tempdir().expect("a directory");
    let config = kiosk_config(
        dir.path(),
        free_address(),
        None,
        r#"
[wall]
enabled = true
[[wall.scene]]
kind = "text"
title = "找活不收费"
body = "凡收押金、报名费、体检费的都是骗局"
"#,
    );
    let text = config.to_str().expect("a path");
    let sockets = dir.path().join("sockets");
    run("mkdir", &["-m", "700", sockets.to_str().expect("a path")]);
    let _compositor = Process::spawn(
        Command::new("weston")
            .args([
                "--backend=headless-backend.so",
                "--use-pixman",
                "--idle-time=0",
                "--debug",
            ])
            .args([
                format!("--width={}", SIZE.0),
                format!("--height={}", SIZE.1),
                format!("--socket={SOCKET}"),
            ])
            .env("XDG_RUNTIME_DIR", &sockets)
            .env_remove("DISPLAY")
            .env_remove("WAYLAND_DISPLAY")
            .stdout(Stdio::null())
            .stderr(Stdio::null()),
    );
    eventually("the compositor", || screen(&sockets));
    let mut kiosk = Process::spawn(
        Command::new(program("gighall-kiosk"))
            .args(["run", "--config", text])
            .env("XDG_RUNTIME_DIR", &sockets)
            .env("WAYLAND_DISPLAY", SOCKET)
            .env_remove("DISPLAY")
            .stderr(Stdio::null()),
    );
    let drawn = dir.path().join("drawn.png");
    eventually("the store", || {
        dir.path().join("kiosk/kiosk.db").exists().then_some(())
    });
    run(
        program("gighall-kiosk").to_str().expect("a path"),
        &[
            "snapshot",
            "--window",
            "wall",
            "--config",
            text,
            "--size",
            &format!("{}x{}", SIZE.0, SIZE.1),
            "--out",
            drawn.to_str().expect("a path"),
        ],
    );
    let drawn = image::open(drawn).expect("a PNG").to_luma8();
    // The hall's name, and the lowest line: neither moves, or changes with the time.
    let (wide, header, line) = (SIZE.0 / 3, SIZE.1 / 9, SIZE.1 / 20);
    let still = [(0, 0, wide, header), (0, SIZE.1 - line, wide, line)];
    eventually("the wall fills the output", || {
        let seen = screen(&sockets)?;
        assert_eq!(seen.dimensions(), SIZE);
        let same = still
            .iter()
            .all(|part| difference(&seen, &drawn, *part) < 2.0);
        same.then_some(())
    });
    assert_eq!(kiosk.stop(), Some(0));
}
