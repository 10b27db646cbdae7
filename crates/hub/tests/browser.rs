//! The phone pages in a real browser with scripts switched off: from the terminal's code to the
//! slip, whose QR code is read off the screen and followed. Every page is photographed into
//! `pages/` in the target directory's `tmp`. Wants Debian's `chromium` and `chromium-driver`;
//! without them the test fails.
#![allow(clippy::expect_used, missing_docs)]

mod pages_support;

use fantoccini::{Client, ClientBuilder, Locator};
use gighall_core::testing::an_id_number;
use pages_support::{Hub, coming};
use serde_json::json;
use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

const DRIVER: &str = "/usr/bin/chromedriver";
const CHROMIUM: &str = "/usr/bin/chromium";

/// A chromedriver on a port of its own; ends with the test, whatever its outcome.
struct Driver {
    process: Child,
    url: String,
    profiles: tempfile::TempDir,
}

impl Driver {
    fn start() -> Self {
        let mut process = Command::new(DRIVER)
            .arg("--port=0")
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap_or_else(|error| panic!("{DRIVER}: {error}: install chromium-driver"));
        let lines = BufReader::new(process.stdout.take().expect("piped")).lines();
        let port = lines
            .map_while(Result::ok)
            .find_map(|line| {
                let rest = line.split("started successfully on port ").nth(1)?;
                rest.trim_end_matches('.').parse::<u16>().ok()
            })
            .expect("chromedriver says its port");
        Self {
            process,
            url: format!("http://127.0.0.1:{port}"),
            profiles: tempfile::tempdir().expect("a directory"),
        }
    }

    /// A phone with an empty memory, scripts off, in Chinese.
    async fn phone(&self, name: &str) -> Browser {
        let profile = self.profiles.path().join(name);
        let arguments = [
            "--headless=new",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-quic",
            "--disable-dev-shm-usage",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--hide-scrollbars",
            "--lang=zh-CN",
        ];
        let mut arguments: Vec<String> = arguments.iter().map(|&a| a.to_owned()).collect();
        arguments.push(format!("--user-data-dir={}", profile.display()));
        let capabilities = json!({
            "goog:chromeOptions": {
                "binary": CHROMIUM,
                "args": arguments,
                "prefs": {
                    "profile.managed_default_content_settings.javascript": 2,
                    "intl.accept_languages": "zh-CN,zh",
                },
                // Without touch: for a tap, the driver waits on a timer of the page's scripts,
                // which are off. Taller than a phone, so that pictures show the whole page.
                "mobileEmulation": {
                    "deviceMetrics": {
                        "width": 375, "height": 2600, "pixelRatio": 1.0, "touch": false,
                    },
                },
            },
        });
        let capabilities = capabilities.as_object().expect("an object").clone();
        let connector = hyper_util::client::legacy::connect::HttpConnector::new();
        let client = ClientBuilder::new(connector)
            .capabilities(capabilities)
            .connect(&self.url)
            .await
            .expect("a browser");
        Browser { client }
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

struct Browser {
    client: Client,
}

impl Browser {
    async fn open(&self, url: &str) {
        self.client.goto(url).await.expect("opened");
    }

    async fn path(&self) -> String {
        self.client
            .current_url()
            .await
            .expect("open")
            .path()
            .to_owned()
    }

    async fn text(&self) -> String {
        let body = self
            .client
            .find(Locator::Css("body"))
            .await
            .expect("a body");
        body.text().await.expect("text")
    }

    async fn shows(&self, text: &str) {
        let shown = self.text().await;
        assert!(shown.contains(text), "no {text:?} in {shown}");
    }

    async fn press(&self, css: &str) {
        let target = self.client.find(Locator::Css(css)).await.expect(css);
        target.click().await.expect(css);
    }

    /// Presses what leads to another page, and waits until that page is there: the driver may
    /// answer while the old one is still in sight.
    async fn follow(&self, way: Locator<'_>) {
        let old = self
            .client
            .find(Locator::Css("html"))
            .await
            .expect("a page");
        let target = self.client.find(way).await.expect("a way on");
        target.click().await.expect("pressed");
        for _ in 0..400 {
            if old.tag_name().await.is_err() {
                return;
            }
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        }
        panic!("{way:?} leads nowhere");
    }

    async fn submit(&self, css: &str) {
        self.follow(Locator::Css(css)).await;
    }

    async fn follow_link(&self, text: &str) {
        self.follow(Locator::LinkText(text)).await;
    }

    async fn write(&self, css: &str, text: &str) {
        let field = self.client.find(Locator::Css(css)).await.expect(css);
        field.clear().await.expect(css);
        field.send_keys(text).await.expect(css);
    }

    /// The whole page as a picture, kept under that name.
    async fn photograph(&self, name: &str) -> Vec<u8> {
        let page = self
            .client
            .find(Locator::Css("html"))
            .await
            .expect("a page");
        let (_, _, width, _) = page.rectangle().await.expect("a size");
        assert!(
            width <= 375.5,
            "{name} is {width} wide: it would scroll sideways"
        );
        let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("pages");
        std::fs::create_dir_all(&folder).expect("a folder");
        // An element's picture is the whole of it, also what lies below the screen.
        let picture = page.screenshot().await.expect("a picture");
        std::fs::write(folder.join(format!("{name}.png")), &picture).expect("kept");
        picture
    }

    /// Every link, button and box can be hit by a thumb, and no text is small. The measuring is
    /// the driver's: it runs although the page itself may run nothing.
    async fn is_easy_to_use(&self, name: &str) {
        let found = self
            .client
            .execute(MEASURE, Vec::new())
            .await
            .expect("measured");
        assert_eq!(found, json!([]), "{name}");
    }
}

/// Lists what is too small.
const MEASURE: &str = r#"
    const found = [];
    for (const e of document.querySelectorAll("a, button, input[type=text], input[type=tel], label.tick, summary")) {
        const box = e.getBoundingClientRect();
        if (box.height > 0 && (box.height < 47.9 || box.width < 40))
            found.push(`${e.tagName} ${e.innerText} ${box.width}x${box.height}`);
    }
    for (const e of document.querySelectorAll("body *:not([type=hidden])"))
        if (parseFloat(getComputedStyle(e).fontSize) < 18)
            found.push(`${e.tagName} ${e.innerText} has small text`);
    return found;
"#;

/// What the QR code in a picture says.
fn read_code(picture: &[u8]) -> String {
    let picture = image::load_from_memory(picture).expect("a PNG").to_luma8();
    let (width, height) = picture.dimensions();
    let mut prepared =
        rqrr::PreparedImage::prepare_from_greyscale(width as usize, height as usize, |x, y| {
            picture.get_pixel(x as u32, y as u32).0[0]
        });
    let grids = prepared.detect_grids();
    assert_eq!(grids.len(), 1, "one code on the slip");
    grids[0].decode().expect("readable").1
}

#[tokio::test]
async fn a_phone_without_scripts_claims_and_shows_its_slip() {
    let hub = Hub::start().await;
    let mut first = coming(1, 2, "砌砖小工");
    first.urgent = true;
    first.requirements = Some("会砌墙抹灰，自带手套。有登高证的优先。".to_owned());
    first.gather_place = Some("威宁县零工市场门口（五里岗街道人民路 18 号）".to_owned());
    first.gather_at = Some(first.starts_at - jiff::SignedDuration::from_mins(45));
    first.hazardous = true;
    let mut jobs = vec![first];
    for n in 2..30 {
        let kind = gighall_core::job::WorkKind::ALL[n as usize % 16];
        let mut job = coming(n, i64::from(n), &format!("{}零工（第 {n} 批）", kind.zh()));
        job.work_kind = kind;
        job.town = ["草海镇", "黑石头镇", "牛棚镇", "龙街镇"][n as usize % 4].to_owned();
        jobs.push(job);
    }
    let job = hub.publish(&jobs).remove(0);
    let here = format!("/j/{}", job.id);
    let driver = Driver::start();
    let phone = driver.phone("first").await;

    phone.open(&hub.url).await;
    phone.shows("正在招工：29 个岗位").await;
    phone.is_easy_to_use("list").await;
    phone.photograph("01-list").await;
    phone.press("summary").await;
    phone.photograph("02-list-kinds").await;

    // The wall's code.
    phone.open(&format!("{}{here}", hub.url)).await;
    phone.shows("要报名，请到市场里来").await;
    phone.is_easy_to_use("job").await;
    phone.photograph("03-job-from-the-wall").await;

    // The terminal's general code leads back to the job.
    phone.open(&hub.code(None, hub.state.now())).await;
    assert_eq!(phone.path().await, here);
    phone.photograph("04-job-with-permit").await;
    phone.follow_link("我要报名（先登记）").await;
    assert_eq!(phone.path().await, "/register");
    phone.photograph("05-register").await;
    phone.is_easy_to_use("register").await;

    // A wrong check digit: told beside the field, all that was typed stays.
    let number = an_id_number("19750501", 11);
    let last = if number.ends_with('1') { "2" } else { "1" };
    phone
        .write("#id_number", &format!("{}{last}", &number[..17]))
        .await;
    phone.write("#name", "㛃䶮峰").await;
    phone.press("input[value=construction]").await;
    phone.press("input[name=consent]").await;
    phone.submit("button[type=submit]").await;
    phone.shows("身份证号的最后一位对不上").await;
    phone.photograph("06-register-wrong").await;
    phone.write("#id_number", &number).await;
    phone.submit("button[type=submit]").await;
    assert_eq!(phone.path().await, here);
    phone.photograph("07-job-ready").await;

    phone.submit("form button").await;
    assert!(phone.path().await.starts_with("/s/"));
    phone.shows("报上了").await;
    phone.shows("㛃*峰").await;
    phone.is_easy_to_use("slip").await;
    let slip = phone.photograph("08-slip").await;

    // The code on the slip opens the slip, on another phone too, which cannot withdraw.
    let address = read_code(&slip);
    let own = phone.client.current_url().await.expect("open").to_string();
    assert_eq!(address, own);
    let foreman = driver.phone("second").await;
    foreman.open(&address).await;
    foreman.shows("报上了").await;
    assert!(!foreman.text().await.contains("取消报名"));
    foreman.photograph("09-slip-of-another").await;

    phone.follow_link("我的活").await;
    phone.shows("砌砖小工").await;
    phone.is_easy_to_use("me").await;
    phone.photograph("10-me").await;
    phone.open(&address).await;
    phone.press("summary").await;
    phone.photograph("11-slip-withdraw").await;
    phone.submit("button.danger").await;
    phone.shows("已取消").await;
    phone.photograph("12-slip-withdrawn").await;

    the_other_pages(&hub, &phone).await;
    phone.client.close().await.expect("closed");
    foreman.client.close().await.expect("closed");
}

/// Pages of things that went wrong, and English.
async fn the_other_pages(hub: &Hub, phone: &Browser) {
    let old = hub.state.now() - jiff::SignedDuration::from_mins(5);
    phone.open(&hub.code(None, old)).await;
    phone.shows("这个码过期了").await;
    phone.is_easy_to_use("old code").await;
    phone.photograph("13-old-code").await;
    phone.open(&format!("{}/nowhere", hub.url)).await;
    phone.photograph("14-not-found").await;
    let job = hub
        .state
        .store
        .open_jobs(&gighall_core::testing::a_hall(), hub.state.now());
    let job = job.expect("jobs").remove(0);
    phone
        .open(&format!("{}/j/{}?lang=en", hub.url, job.id))
        .await;
    phone.shows("a day").await;
    phone.photograph("15-job-in-english").await;
    phone.open(&format!("{}/register", hub.url)).await;
    phone.photograph("16-register-in-english").await;
}

#[tokio::test]
async fn two_browsers_race_for_the_last_place() {
    let hub = Hub::start().await;
    let mut last = coming(1, 2, "砌砖小工");
    last.places = 1;
    last.places_left = 1;
    let jobs = hub.publish(&[last, coming(2, 3, "搬砖小工"), coming(3, 4, "工地杂工")]);
    let job = &jobs[0];
    let driver = Driver::start();
    let mut phones = Vec::new();
    for (order, name) in [(11, "李晓峰"), (13, "王小红")] {
        let phone = driver.phone(name).await;
        phone.open(&hub.code(Some(job.id), hub.state.now())).await;
        phone.follow_link("我要报名（先登记）").await;
        phone
            .write("#id_number", &an_id_number("19750501", order))
            .await;
        phone.write("#name", name).await;
        phone.press("input[name=consent]").await;
        phone.submit("button[type=submit]").await;
        phone.shows("还要 1 人").await;
        phones.push(phone);
    }
    tokio::join!(
        phones[0].submit("form button"),
        phones[1].submit("form button")
    );
    let mut won = 0;
    for phone in &phones {
        if phone.path().await.starts_with("/s/") {
            phone.shows("报上了").await;
            won += 1;
        } else {
            phone.shows("名额刚刚被别人报走了").await;
            phone.shows("搬砖小工").await;
            phone.is_easy_to_use("lost").await;
            phone.photograph("17-lost-the-race").await;
        }
    }
    assert_eq!(won, 1, "exactly one got the place");
    for phone in phones {
        phone.client.close().await.expect("closed");
    }
}
