//! A video on a real wall: it moves, without its sound, and a bad one is passed over.

use crate::support::{Display, Kiosk, eventually, free_address};
use std::process::Command;

#[test]
fn a_video_moves_and_an_empty_one_is_told() {
    let dir = tempfile::tempdir().expect("a directory");
    let card = "testsrc2=duration=2:size=320x240:rate=10";
    let recorded = Command::new("ffmpeg")
        .args(["-loglevel", "error", "-f", "lavfi", "-i", card, "-c:v"])
        .arg("mpeg4")
        .arg(dir.path().join("card.mp4"))
        .status();
    assert!(recorded.expect("ffmpeg").success());
    std::fs::write(dir.path().join("empty.mp4"), []).expect("written");
    let config = dir.path().join("kiosk.toml");
    let text = format!(
        r#"
data = "kiosk"
[hall]
id = "weining"
name = "威宁县零工市场"
[hub]
url = "embedded"
listen = "{}"
[wall]
enabled = true
width = 960
height = 540
x = 0
y = 0
[wall.ticker]
texts = []
[[wall.scene]]
kind = "video"
file = "empty.mp4"
[[wall.scene]]
kind = "video"
file = "card.mp4"
caption = "技能培训招生"
"#,
        free_address()
    );
    std::fs::write(&config, text).expect("written");
    let display = Display::start("960x540");
    let mut kiosk = Kiosk::run(&config, &display);
    // In the middle of the board, where the clock and the ticker are not.
    let middle = |name: &str| {
        let picture = display.picture(name);
        image::imageops::crop_imm(&picture, 330, 150, 300, 200).to_image()
    };
    let colourful = |picture: &image::GrayImage| {
        let shades: std::collections::HashSet<u8> = picture.pixels().map(|it| it.0[0]).collect();
        shades.len() > 20
    };
    let first = eventually("the video is on", || {
        Some(middle("video_first")).filter(|it| colourful(it))
    });
    let mut seen = vec![first];
    eventually("it moves, and goes on after its end", || {
        let now = middle("video_later");
        if colourful(&now) && !seen.contains(&now) {
            seen.push(now);
        }
        (seen.len() >= 5).then_some(())
    });
    let told = kiosk.status()["staff_notices"].to_string();
    assert!(told.contains("empty.mp4"), "{told}");
    assert_eq!(kiosk.stop(), Some(0));
}
