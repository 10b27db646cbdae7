//! A hub with a hall, a terminal and jobs, for the tests of the pages.
use gighall_core::hall::Hall;
use gighall_core::id::{DeviceId, HallId, JobId};
use gighall_core::job::Job;
use gighall_core::testing::{a_hall, a_job};
use gighall_core::token::{Presence, SigningKey};
use gighall_core::wire::{EnrolReply, EnrolRequest};
use gighall_hub::store::Listing;
use gighall_hub::{HubConfig, HubState};
use gighall_testkit::{Page, Phone};
use jiff::{SignedDuration, Timestamp};

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
        Self::start_with(|_| {}).await
    }

    /// The same with another state.
    pub async fn start_with(change: impl FnOnce(&mut HubState)) -> Self {
        let dir = tempfile::tempdir().expect("a directory");
        let mut state = gighall_hub::open(&HubConfig::new(dir.path())).expect("a hub");
        state
            .store
            .put_hall(&a_hall_of(&a_hall(), "威宁县零工市场"))
            .expect("a hall");
        let (device, key) = enrol(&state, &a_hall());
        change(&mut state);
        let router = gighall_hub::router(state.clone());
        let router = router.into_make_service_with_connect_info::<std::net::SocketAddr>();
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

    /// Takes listings in, or their changes.
    pub fn import(&self, jobs: &[Job]) {
        let listings: Vec<Listing> = jobs
            .iter()
            .map(|job| Listing {
                source_key: job.id.to_string(),
                employer_uscc: None,
                review: None,
                start_moves: false,
                job: job.clone(),
            })
            .collect();
        let hall = jobs[0].hall.clone();
        let now = self.state.now();
        self.state
            .store
            .import(&hall, &listings, now)
            .expect("imported");
    }

    /// Publishes jobs and gives them as the store has them.
    pub fn publish(&self, jobs: &[Job]) -> Vec<Job> {
        self.import(jobs);
        let (hall, now) = (jobs[0].hall.clone(), self.state.now());
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
        before: None,
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

/// A phone that has scanned the code and registered, ready to claim.
pub async fn ready(hub: &Hub, job: &Job, order: u32) -> Phone {
    ready_with(hub, job, order, "").await
}

/// The same of somebody with a mobile number.
pub async fn ready_with(hub: &Hub, job: &Job, order: u32, mobile: &str) -> Phone {
    let mut phone = Phone::new(&hub.url);
    let code = hub.code(Some(job.id), hub.state.now());
    phone.get(&code).await.leads_to(&format!("/j/{}", job.id));
    phone
        .register_with(order, "李晓峰", mobile, Some(job.id))
        .await
        .leads_to(&format!("/j/{}", job.id));
    phone
}

/// Takes the job by the button of its page.
pub async fn claim(phone: &mut Phone, job: &Job) -> Page {
    let page = phone.get(&format!("/j/{}", job.id)).await;
    let id = page.hidden("claim");
    phone
        .post(&format!("/j/{}/claim", job.id), &[("claim", &id)])
        .await
}
