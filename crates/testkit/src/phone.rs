//! A worker's phone, played by HTTP: it keeps cookies, follows links, fills in forms, and runs no
//! scripts. Every page that it gets must be small and free of scripts.

use gighall_core::id::JobId;
use gighall_core::testing::an_id_number;
use reqwest::header::{COOKIE, HeaderMap, LOCATION, SET_COOKIE};
use std::collections::BTreeMap;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

/// Longest chain of redirects that is followed.
const REDIRECTS_MAX: usize = 8;

/// An answer, once there is one.
pub type Answered = Pin<Box<dyn Future<Output = reqwest::Response> + Send>>;

/// What carries a phone's requests.
pub type Carrier = Arc<dyn Fn(reqwest::Request) -> Answered + Send + Sync>;

/// A phone with its cookies.
pub struct Phone {
    client: reqwest::Client,
    carrier: Carrier,
    /// The hub's address, without a slash at the end.
    base: String,
    /// What it remembers.
    pub cookies: BTreeMap<String, String>,
}

/// A page as the phone got it.
#[derive(Debug)]
pub struct Page {
    /// Where it was asked for.
    pub address: String,
    /// HTTP status.
    pub status: u16,
    /// Where a redirect leads to.
    pub location: Option<String>,
    /// All headers.
    pub headers: HeaderMap,
    /// Its source.
    pub body: String,
}

impl Phone {
    /// A phone that knows nothing yet. `hub` is the hub's address, for links that name no host.
    pub fn new(hub: &str) -> Self {
        // The client asks for a crypto provider even where only plain HTTP is spoken; a second
        // one is refused, and that is no matter.
        rustls::crypto::ring::default_provider()
            .install_default()
            .ok();
        let client = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .build()
            .expect("an HTTP client");
        let sender = client.clone();
        let carrier: Carrier = Arc::new(move |request| {
            let sent = sender.execute(request);
            Box::pin(async { sent.await.expect("an answer") })
        });
        Self {
            client,
            carrier,
            base: hub.trim_end_matches('/').to_owned(),
            cookies: BTreeMap::new(),
        }
    }

    /// The same over another network than this machine's.
    pub fn over(carrier: Carrier, hub: &str) -> Self {
        Self {
            carrier,
            ..Self::new(hub)
        }
    }

    /// Opens an address and follows where it leads.
    pub async fn open(&mut self, address: &str) -> Page {
        let page = self.get(address).await;
        self.follow(page).await
    }

    /// Sends the form of a page whose action ends with `action`, with its hidden fields and those
    /// given, and follows where it leads.
    pub async fn submit(&mut self, page: &Page, action: &str, fields: &[(&str, &str)]) -> Page {
        let form = form(&page.body, action)
            .unwrap_or_else(|| panic!("no form for {action} in {}", page.main()));
        let target = attribute(form, "action").expect("an action");
        let hidden: Vec<(String, String)> = form
            .split("<input")
            .skip(1)
            .filter(|input| attribute(input, "type").as_deref() == Some("hidden"))
            .filter_map(|input| Some((attribute(input, "name")?, attribute(input, "value")?)))
            .collect();
        let all: Vec<(&str, &str)> = hidden
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .chain(fields.iter().copied())
            .collect();
        let page = self.post(&target, &all).await;
        self.follow(page).await
    }

    async fn follow(&mut self, mut page: Page) -> Page {
        for _ in 0..REDIRECTS_MAX {
            let Some(next) = page.location.take() else {
                return page;
            };
            page = self.get(&next).await;
        }
        panic!("redirected for ever: {}", page.address);
    }

    /// Asks for one page and follows nothing.
    pub async fn get(&mut self, address: &str) -> Page {
        let request = self.client.get(self.absolute(address));
        self.send(request).await
    }

    /// Sends a form, `fields` as they would be typed, and follows nothing.
    pub async fn post(&mut self, address: &str, fields: &[(&str, &str)]) -> Page {
        let body: Vec<String> = fields
            .iter()
            .map(|(name, value)| format!("{name}={}", percent(value)))
            .collect();
        let request = self
            .client
            .post(self.absolute(address))
            .header("content-type", "application/x-www-form-urlencoded")
            .body(body.join("&"));
        self.send(request).await
    }

    /// Registers with a valid number made of the order.
    pub async fn register(&mut self, order: u32, name: &str, next: Option<JobId>) -> Page {
        self.register_with(order, name, "", next).await
    }

    /// The same with a mobile number.
    pub async fn register_with(
        &mut self,
        order: u32,
        name: &str,
        mobile: &str,
        next: Option<JobId>,
    ) -> Page {
        let number = an_id_number("19750501", order);
        let next = next.map(|job| job.to_string()).unwrap_or_default();
        self.post(
            "/register",
            &[
                ("next", &next),
                ("id_number", &number),
                ("name", name),
                ("phone", mobile),
                ("kind", "construction"),
                ("kind", "loading"),
                ("consent", "1"),
            ],
        )
        .await
    }

    /// Sends any request with the phone's cookies.
    pub async fn send(&mut self, request: reqwest::RequestBuilder) -> Page {
        let cookies: Vec<String> = self
            .cookies
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        let request = request
            .header(COOKIE, cookies.join("; "))
            .build()
            .expect("a request");
        let address = request.url().to_string();
        let response = (self.carrier)(request).await;
        let status = response.status().as_u16();
        let headers = response.headers().clone();
        self.remember(&headers);
        let location = headers
            .get(LOCATION)
            .map(|value| value.to_str().expect("ascii").to_owned());
        let body = response.text().await.expect("a body");
        assert!(body.len() < 50_000, "{} bytes", body.len());
        assert!(!body.contains("<script"), "no script");
        Page {
            address,
            status,
            location,
            headers,
            body,
        }
    }

    fn remember(&mut self, headers: &HeaderMap) {
        for line in headers.get_all(SET_COOKIE) {
            let line = line.to_str().expect("ascii");
            assert!(
                line.contains("HttpOnly") && line.contains("SameSite=Lax"),
                "{line}"
            );
            let (name, rest) = line.split_once('=').expect("a cookie");
            let value = rest.split(';').next().unwrap_or_default();
            if line.contains("Max-Age=0;") {
                self.cookies.remove(name);
            } else {
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
        }
    }

    /// An address of the hub, whole.
    pub fn absolute(&self, address: &str) -> String {
        if address.starts_with("http") {
            address.to_owned()
        } else {
            format!("{}{address}", self.base)
        }
    }

    /// The client, for requests that no phone would make.
    pub fn client(&self) -> &reqwest::Client {
        &self.client
    }
}

impl Page {
    /// Whether the page has a form whose action ends so.
    pub fn has_form(&self, action: &str) -> bool {
        form(&self.body, action).is_some()
    }

    /// The addresses of the page's links that contain `part`.
    pub fn links(&self, part: &str) -> Vec<String> {
        self.body
            .split("<a ")
            .skip(1)
            .filter_map(|link| attribute(link, "href"))
            .filter(|to| to.contains(part))
            .collect()
    }

    /// The value of a hidden field.
    pub fn hidden(&self, name: &str) -> String {
        let before = format!("name=\"{name}\" value=\"");
        let from = self.body.find(&before).expect("a hidden field") + before.len();
        self.body[from..]
            .split('"')
            .next()
            .unwrap_or_default()
            .to_owned()
    }

    /// The page has that text.
    #[track_caller]
    pub fn shows(&self, text: &str) -> &Self {
        assert!(self.body.contains(text), "no {text:?} in {}", self.main());
        self
    }

    /// The page has not that text.
    #[track_caller]
    pub fn hides(&self, text: &str) -> &Self {
        assert!(!self.body.contains(text), "{text:?} in {}", self.main());
        self
    }

    /// The page is a redirect to that address.
    #[track_caller]
    pub fn leads_to(&self, address: &str) {
        assert_eq!(
            (self.status, self.location.as_deref()),
            (303, Some(address)),
            "{}",
            self.main()
        );
    }

    /// The page without its stylesheet, for messages.
    fn main(&self) -> &str {
        self.body.split("</style>").last().unwrap_or_default()
    }
}

/// Every byte of a text as a form may carry it.
pub fn percent(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
}

fn form<'a>(html: &'a str, action: &str) -> Option<&'a str> {
    html.split("<form")
        .skip(1)
        .map(|form| form.split("</form>").next().unwrap_or(form))
        .find(|form| attribute(form, "action").is_some_and(|to| to.ends_with(action)))
}

fn attribute(tag: &str, name: &str) -> Option<String> {
    let tag = tag.split('>').next()?;
    let (_, rest) = tag.split_once(&format!("{name}=\""))?;
    Some(rest.split('"').next()?.replace("&amp;", "&"))
}
