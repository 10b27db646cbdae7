//! Staff who are not in the hall: a picture of what the wall really shows, and what it has shown.

use crate::support::{Display, HALL, Hub, Kiosk, eventually, hub_command, kiosk_config, program};
use image::GenericImageView;
use jiff::Timestamp;
use std::net::TcpListener;

const SIZE: (u32, u32) = (960, 540);

fn wall() -> String {
    let (width, height) = SIZE;
    format!(
        r#"
[wall]
enabled = true
x = 0
y = 0
width = {width}
height = {height}
[[wall.scene]]
kind = "text"
title = "找活不收费"
body = "本市场所有服务免费。"
seconds = 3
[[wall.scene]]
kind = "text"
title = "=危险"
seconds = 3
private = true
[wall.ticker]
texts = ["找活、登记、报名全部免费"]
"#
    )
}

/// How different two pictures are, on average, from 0 to 255.
fn difference(one: &image::GrayImage, other: &image::GrayImage) -> f64 {
    let pairs = one.pixels().zip(other.pixels());
    let sum: u64 = pairs.map(|(a, b)| u64::from(a.0[0].abs_diff(b.0[0]))).sum();
    sum as f64 / f64::from(SIZE.0 * SIZE.1)
}

#[test]
fn staff_see_what_the_wall_shows_and_what_it_has_shown() {
    let dir = tempfile::tempdir().expect("a directory");
    let data = dir.path().join("hub");
    hub_command(
        &data,
        &["hall", "set", "--hall", HALL, "--name", "威宁县零工市场"],
    );
    let free = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = free.local_addr().expect("bound");
    drop(free);
    let hub = Hub::serve(&data, Some(address), &format!("http://{address}"));
    let code = hub.command(&["device", "add", "--hall", HALL, "--name", "一号"]);
    let config = kiosk_config(dir.path(), hub.address, Some(&code), &wall());
    let display = Display::start("1280x720");
    let mut kiosk = Kiosk::run(&config, &display);
    eventually("the kiosk is in sync", || {
        (kiosk.status()["hub"]["online"] == true).then_some(())
    });

    let out = dir.path().join("wall.png");
    let out_text = out.display().to_string();
    let screen = || {
        let picture = display.picture("seen_afar");
        picture.view(0, 0, SIZE.0, SIZE.1).to_image()
    };
    // The scene may change between the two pictures: they are alike in one of a few attempts.
    eventually("a picture that is like the screen", || {
        let printed = hub.command(&["picture", "--hall", HALL, "--out", &out_text]);
        assert!(printed.starts_with("wall\t"), "{printed}");
        let now = screen();
        let sent = image::open(&out).expect("a PNG").to_luma8();
        assert_eq!(sent.dimensions(), SIZE);
        (difference(&sent, &now) < 2.0).then_some(())
    });
    // What staff call private is covered, and only in the picture.
    eventually("a picture whose scene is covered", || {
        hub.command(&["picture", "--hall", HALL, "--out", &out_text]);
        let (sent, now) = (image::open(&out).expect("a PNG").to_luma8(), screen());
        let scene = |picture: &image::GrayImage| picture.view(0, 80, SIZE.0, 340).to_image();
        let (sent, now) = (scene(&sent), scene(&now));
        let is_plain = |picture: &image::GrayImage| {
            let ground = picture.get_pixel(5, 5);
            picture.pixels().filter(|it| *it == ground).count() > 950 * 330
        };
        // No scene of this hall has the ground of what covers it.
        let is_covered = sent.get_pixel(5, 5) != now.get_pixel(5, 5);
        (is_covered && is_plain(&sent)).then_some(())
    });
    // Taking it has left nothing undrawn on the screen.
    std::thread::sleep(std::time::Duration::from_secs(1));
    let sent = image::open(&out).expect("a PNG").to_luma8();
    let header = |picture: &image::GrayImage| picture.view(0, 0, SIZE.0 / 2, 50).to_image();
    assert_eq!(header(&screen()).as_raw(), header(&sent).as_raw());

    let today = Timestamp::now()
        .to_zoned_datetime(jiff::tz::TimeZone::get("Asia/Shanghai").expect("a zone"))
        .date();
    let (from, to) = (
        today.yesterday().expect("a day").to_string(),
        today.tomorrow().expect("a day").to_string(),
    );
    let days = ["--from", from.as_str(), "--to", to.as_str()];
    let sheet = eventually("proof at the hub", || {
        let sheet = hub.command(&[&["proof", "export", "--hall", HALL][..], &days].concat());
        (sheet.lines().count() > 4).then_some(sheet)
    });
    let is_shown = |text: &str, title: &str| {
        text.lines().any(|line| {
            line.starts_with("一号,wall,") && line.ends_with(&format!(",text,,{title},,"))
        })
    };
    assert!(
        is_shown(&sheet, "找活不收费") && is_shown(&sheet, "'=危险"),
        "{sheet}"
    );
    assert_eq!(kiosk.stop(), Some(0));
    // The kiosk itself still has it, with what was on when it was ended.
    let program = program("gighall-kiosk").display().to_string();
    let config = config.display().to_string();
    let own = crate::support::run(
        &program,
        &[&["proof", "--config", &config][..], &days].concat(),
    );
    assert!(own.lines().count() > sheet.lines().count(), "{own}");
    for line in sheet.lines() {
        assert!(own.contains(line), "{line}\n{own}");
    }
}
