//! A hub with a hall, a terminal and jobs, for the tests of the pages; and a phone.
#![allow(dead_code, clippy::expect_used, clippy::unwrap_used, missing_docs)]

use gighall_core::hall::Hall;
use gighall_core::id::{DeviceId, HallId, JobId};
use gighall_core::job::Job;
use gighall_core::testing::{a_hall, a_job};
use gighall_core::token::{Presence, SigningKey};
use gighall_core::wire::{EnrolReply, EnrolRequest};
use gighall_hub::store::Listing;
use gighall_hub::{HubConfig, HubState};
use jiff::{SignedDuration, Timestamp};
use reqwest::header::{COOKIE, LOCATION, SET_COOKIE};
use std::collections::BTreeMap;
use std::sync::Once;

/// A running hub with the hall `weining` and one terminal in it.
pub struct Hub {
    pub url: String,
    pub state: HubState,
    pub device: EnrolReply,
    key: SigningKey,
    _dir: tempfile::TempDir,
}

impl Hub {
    pub async fn start() -> Self {
        let dir = tempfile::tempdir().expect("a directory");
        let state = gighall_hub::open(&HubConfig::new(dir.path())).expect("a hub");
        state
            .store
            .put_hall(&a_hall_of(&a_hall(), "威宁县零工市场"))
            .expect("a hall");
        let (device, key) = enrol(&state, &a_hall());
        let router = gighall_hub::router(state.clone());
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0")
            .await
            .expect("a port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self {
            url,
            state,
            device,
            key,
            _dir: dir,
        }
    }

    /// Publishes jobs and gives them as the store has them.
    pub fn publish(&self, jobs: &[Job]) -> Vec<Job> {
        let listings: Vec<Listing> = jobs
            .iter()
            .map(|job| Listing {
                source_key: job.id.to_string(),
                employer_uscc: None,
                review: None,
                job: job.clone(),
            })
            .collect();
        let hall = jobs[0].hall.clone();
        let now = self.state.now();
        self.state
            .store
            .import(&hall, &listings, now)
            .expect("imported");
        let open = self.state.store.open_jobs(&hall, now).expect("jobs");
        jobs.iter()
            .map(|job| {
                open.iter()
                    .find(|open| open.title == job.title)
                    .expect("published")
                    .clone()
            })
            .collect()
    }

    /// The address in the terminal's code, as made at `issued`.
    pub fn code(&self, job: Option<JobId>, issued: Timestamp) -> String {
        let token = self.token(&a_hall(), job, issued, self.device.device, &self.key);
        format!("{}/c/{token}", self.url)
    }

    pub fn token(
        &self,
        hall: &HallId,
        job: Option<JobId>,
        issued: Timestamp,
        device: DeviceId,
        key: &SigningKey,
    ) -> String {
        let presence = Presence {
            hall: hall.clone(),
            job,
            issued: issued.as_second(),
        };
        key.issue(device, &presence).expect("signed")
    }

    pub fn key(&self) -> &SigningKey {
        &self.key
    }
}

pub fn a_hall_of(id: &HallId, name: &str) -> Hall {
    Hall {
        id: id.clone(),
        name: name.to_owned(),
        county_code: Some("520526".to_owned()),
        hotline: Some("0857-6222333".to_owned()),
        address: Some("威宁县五里岗街道人民路 18 号".to_owned()),
    }
}

/// Enrols a terminal.
pub fn enrol(state: &HubState, hall: &HallId) -> (EnrolReply, SigningKey) {
    let key = SigningKey::generate().expect("a key");
    let now = state.now();
    let code = state
        .store
        .add_device(hall, "一号终端", now)
        .expect("a code");
    let request = EnrolRequest {
        code,
        hall: hall.clone(),
        public_key: key.public_hex(),
        version: "test".to_owned(),
    };
    (state.store.enrol(&request, now).expect("enrolled"), key)
}

/// An open job that starts in `days` days, eight in the morning or so.
pub fn coming(n: u32, days: i64, title: &str) -> Job {
    let mut job = a_job(n);
    job.title = title.to_owned();
    let start = Timestamp::now() + SignedDuration::from_hours(24 * days);
    let start = Timestamp::from_second(start.as_second() / 3600 * 3600).expect("a time");
    job.starts_at = start;
    job.ends_at = Some(start + SignedDuration::from_hours(10));
    job.valid_until = start;
    job
}

/// A phone: it keeps cookies and follows nothing by itself.
pub struct Phone {
    client: reqwest::Client,
    base: String,
    pub cookies: BTreeMap<String, String>,
}

/// A page as the phone got it.
#[derive(Debug)]
pub struct Page {
    pub status: u16,
    pub location: Option<String>,
    pub headers: reqwest::header::HeaderMap,
    pub body: String,
}

static PROVIDER: Once = Once::new();

impl Phone {
    pub fn new(hub: &Hub) -> Self {
        PROVIDER.call_once(|| {
            let _ = rustls::crypto::ring::default_provider().install_default();
        });
        let client = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .build()
            .expect("a client");
        Self {
            client,
            base: hub.url.clone(),
            cookies: BTreeMap::new(),
        }
    }

    pub async fn get(&mut self, address: &str) -> Page {
        let request = self.client.get(self.absolute(address));
        self.send(request).await
    }

    /// Sends a form; `fields` as they would be typed.
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
        let number = gighall_core::testing::an_id_number("19750501", order);
        let next = next.map(|job| job.to_string()).unwrap_or_default();
        self.post(
            "/register",
            &[
                ("next", &next),
                ("id_number", &number),
                ("name", name),
                ("phone", ""),
                ("kind", "construction"),
                ("kind", "loading"),
                ("consent", "1"),
            ],
        )
        .await
    }

    pub async fn send(&mut self, request: reqwest::RequestBuilder) -> Page {
        let cookies: Vec<String> = self
            .cookies
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        let response = request
            .header(COOKIE, cookies.join("; "))
            .send()
            .await
            .expect("an answer");
        for line in response.headers().get_all(SET_COOKIE) {
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
        let status = response.status().as_u16();
        let headers = response.headers().clone();
        let location = headers
            .get(LOCATION)
            .map(|value| value.to_str().expect("ascii").to_owned());
        let body = response.text().await.expect("a body");
        assert!(body.len() < 50_000, "{} bytes", body.len());
        assert!(!body.contains("<script"), "no script");
        Page {
            status,
            location,
            headers,
            body,
        }
    }

    pub fn absolute(&self, address: &str) -> String {
        if address.starts_with("http") {
            address.to_owned()
        } else {
            format!("{}{address}", self.base)
        }
    }

    pub fn client(&self) -> &reqwest::Client {
        &self.client
    }
}

impl Page {
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

    #[track_caller]
    pub fn shows(&self, text: &str) -> &Self {
        assert!(self.body.contains(text), "no {text:?} in {}", self.main());
        self
    }

    #[track_caller]
    pub fn hides(&self, text: &str) -> &Self {
        assert!(!self.body.contains(text), "{text:?} in {}", self.main());
        self
    }

    /// The page without its stylesheet, for messages.
    fn main(&self) -> &str {
        self.body.split("</style>").last().unwrap_or_default()
    }

    #[track_caller]
    pub fn leads_to(&self, address: &str) {
        assert_eq!(
            (self.status, self.location.as_deref()),
            (303, Some(address)),
            "{}",
            self.main()
        );
    }
}

pub fn percent(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
}
