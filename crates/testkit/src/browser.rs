//! A phone's browser: Debian's Chromium, driven over WebDriver, with scripts switched off. Wants the
//! packages `chromium` and `chromium-driver`; without them the test fails.

use fantoccini::{Client, ClientBuilder, Locator};
use serde_json::json;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

const DRIVER: &str = "/usr/bin/chromedriver";
const CHROMIUM: &str = "/usr/bin/chromium";

/// A chromedriver on a port of its own; ends with the test, whatever its outcome.
pub struct Driver {
    process: Child,
    url: String,
    profiles: tempfile::TempDir,
    pictures: PathBuf,
}

impl Driver {
    /// Starts the driver. Photographs of pages are kept in the folder `pictures`.
    pub fn start(pictures: &Path) -> Self {
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
            pictures: pictures.to_owned(),
        }
    }

    /// A phone with an empty memory, scripts off, in Chinese.
    pub async fn phone(&self, name: &str) -> Browser {
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
        Browser {
            client,
            pictures: self.pictures.clone(),
        }
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// A phone's browser, 375 pixels wide.
pub struct Browser {
    client: Client,
    pictures: PathBuf,
}

impl Browser {
    /// Opens an address.
    pub async fn open(&self, url: &str) {
        self.client.goto(url).await.expect("opened");
    }

    /// The address of the page that it shows.
    pub async fn address(&self) -> String {
        self.client.current_url().await.expect("open").to_string()
    }

    /// The path of the page that it shows.
    pub async fn path(&self) -> String {
        self.client
            .current_url()
            .await
            .expect("open")
            .path()
            .to_owned()
    }

    /// All text that is in sight.
    pub async fn text(&self) -> String {
        let body = self
            .client
            .find(Locator::Css("body"))
            .await
            .expect("a body");
        body.text().await.expect("text")
    }

    /// The page has that text.
    pub async fn shows(&self, text: &str) {
        let shown = self.text().await;
        assert!(shown.contains(text), "no {text:?} in {shown}");
    }

    /// Presses what a selector names and stays on the page.
    pub async fn press(&self, css: &str) {
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
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("{way:?} leads nowhere");
    }

    /// Presses a button that leads to another page.
    pub async fn submit(&self, css: &str) {
        self.follow(Locator::Css(css)).await;
    }

    /// Follows the link with that text.
    pub async fn follow_link(&self, text: &str) {
        self.follow(Locator::LinkText(text)).await;
    }

    /// Writes into a field, in place of what is there.
    pub async fn write(&self, css: &str, text: &str) {
        let field = self.client.find(Locator::Css(css)).await.expect(css);
        field.clear().await.expect(css);
        field.send_keys(text).await.expect(css);
    }

    /// The whole page as a picture, kept under that name.
    pub async fn photograph(&self, name: &str) -> Vec<u8> {
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
        std::fs::create_dir_all(&self.pictures).expect("a folder");
        // An element's picture is the whole of it, also what lies below the screen.
        let picture = page.screenshot().await.expect("a picture");
        std::fs::write(self.pictures.join(format!("{name}.png")), &picture).expect("kept");
        picture
    }

    /// Ends the browser.
    pub async fn close(self) {
        self.client.close().await.expect("closed");
    }

    /// Every link, button and box can be hit by a thumb, and no text is small. The measuring is
    /// the driver's: it runs although the page itself may run nothing.
    pub async fn is_easy_to_use(&self, name: &str) {
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
