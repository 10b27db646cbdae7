//! A hub in this process on a port of its own, and devices that speak HTTP to it.

// Each test uses what it needs of it.
#![allow(dead_code)]

use gighall_core::claim::{Claim, ClaimState};
use gighall_core::hall::Hall;
use gighall_core::id::{ClaimId, HallId, JobId, WorkerId};
use gighall_core::outbox::{Body, Event, Head, RECORD_VERSION, Record};
use gighall_core::testing::{a_hall, a_job, an_id_number};
use gighall_core::wire::{
    ClaimReply, ClaimRequest, Cursor, DeviceHealth, EnrolReply, EnrolRequest, FeedReply,
    FeedRequest, OutboxReply, OutboxRequest, Problem, ProblemType, RightsAsk, RightsReply,
    RightsRequest, Scope,
};
use gighall_core::worker::{Channel, Consent, Registration};
use gighall_hub::store::{Listing, NewWorker, Store};
use gighall_hub::{HubConfig, HubState};
use jiff::{SignedDuration, Timestamp};
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::sync::Arc;
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use uuid::Uuid;

pub struct TestHub {
    pub url: String,
    pub state: HubState,
    pub dir: tempfile::TempDir,
    pub client: reqwest::Client,
    stop: Option<oneshot::Sender<()>>,
    task: JoinHandle<()>,
}

impl TestHub {
    pub async fn start() -> Self {
        // Fails where another test has done so already.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let dir = tempfile::tempdir().expect("a directory");
        let state = gighall_hub::open(&HubConfig::new(dir.path())).expect("opens");
        let hall = Hall {
            id: a_hall(),
            name: "威宁县零工市场".to_owned(),
            county_code: None,
            hotline: None,
            address: None,
        };
        state.store.put_hall(&hall).expect("put");
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("bound");
        let url = format!("http://{}", listener.local_addr().expect("bound"));
        let (stop, stopped) = oneshot::channel();
        let served = state.clone();
        let task = tokio::spawn(async move {
            let shutdown = async {
                let _ = stopped.await;
            };
            gighall_hub::serve(listener, served, shutdown)
                .await
                .expect("served");
        });
        Self {
            url,
            state,
            dir,
            client: reqwest::Client::new(),
            stop: Some(stop),
            task,
        }
    }

    pub fn store(&self) -> &Arc<dyn Store> {
        &self.state.store
    }

    pub async fn stop(mut self) -> tempfile::TempDir {
        if let Some(stop) = self.stop.take() {
            stop.send(()).expect("it runs");
        }
        self.task.await.expect("ended");
        self.dir
    }

    /// A published job that starts in `n` days, so that jobs of different `n` do not overlap.
    pub fn job(&self, n: u32, places: u32) -> JobId {
        self.store()
            .import(&a_hall(), &[listing(n, places)], Timestamp::now())
            .expect("imported");
        self.store()
            .open_jobs(&a_hall(), Timestamp::now())
            .expect("read")
            .iter()
            .find(|job| job.title == format!("小工{n}"))
            .expect("there")
            .id
    }

    pub fn worker(&self, n: u32) -> WorkerId {
        let worker = NewWorker {
            id: WorkerId(Uuid::now_v7()),
            name: "李晓峰".to_owned(),
            number: an_id_number("19750501", n).parse().expect("valid"),
            phone: Some("13987654321".to_owned()),
            work_kinds: vec![],
            consent: consent(),
            channel: Channel::Phone,
        };
        self.store().register(&worker).expect("registered")
    }

    pub fn places_left(&self, job: JobId) -> u32 {
        self.store()
            .job(job)
            .expect("read")
            .expect("there")
            .places_left
    }

    pub fn kept(&self, claim: ClaimId) -> Claim {
        self.store()
            .claim(claim)
            .expect("read")
            .expect("kept")
            .claim
    }

    /// POSTs and reads the answer, or the problem.
    pub async fn post<T: DeserializeOwned>(
        &self,
        token: &str,
        route: &str,
        body: &impl Serialize,
    ) -> Result<T, Problem> {
        let response = self
            .client
            .post(format!("{}/api/v1{route}", self.url))
            .bearer_auth(token)
            .json(body)
            .send()
            .await
            .expect("answered");
        let status = response.status();
        let kind = response.headers()["content-type"].to_str().expect("text");
        if status.is_success() {
            assert_eq!(kind, "application/json");
            Ok(response.json().await.expect("as described"))
        } else {
            assert_eq!(kind, "application/problem+json");
            let problem: Problem = response.json().await.expect("a problem");
            assert_eq!(problem.status, status.as_u16());
            Err(problem)
        }
    }

    pub fn code(&self, name: &str) -> String {
        self.store()
            .add_device(&a_hall(), name, Timestamp::now())
            .expect("a code")
    }

    pub async fn enrol(&self, code: &str, hall: HallId) -> Result<EnrolReply, Problem> {
        let request = EnrolRequest {
            code: code.to_owned(),
            hall,
            public_key: "ab".repeat(32),
            version: "0.1.0".to_owned(),
            before: None,
        };
        self.post("", "/enrol", &request).await
    }

    pub async fn device(&self, name: &str) -> TestDevice {
        let reply = self
            .enrol(&self.code(name), a_hall())
            .await
            .expect("enrolled");
        TestDevice { reply, log: vec![] }
    }
}

pub fn listing(n: u32, places: u32) -> Listing {
    let mut job = a_job(n);
    job.title = format!("小工{n}");
    job.starts_at = day() + SignedDuration::from_hours(24 * i64::from(n) + 1);
    job.ends_at = Some(job.starts_at + SignedDuration::from_hours(8));
    job.valid_until = job.starts_at;
    job.places = places;
    Listing {
        source_key: format!("job-{n}"),
        employer_uscc: None,
        review: None,
        start_moves: false,
        job,
    }
}

/// The same moment whenever it is asked for, so that a list imported twice is the same list.
fn day() -> Timestamp {
    let second = Timestamp::now().as_second();
    Timestamp::from_second(second - second % 86_400).expect("a time")
}

pub fn consent() -> Consent {
    Consent {
        version: 1,
        at: Timestamp::now(),
    }
}

/// A device that keeps its log, as a kiosk does.
pub struct TestDevice {
    pub reply: EnrolReply,
    pub log: Vec<Record>,
}

impl TestDevice {
    pub fn append(&mut self, event: Event) {
        let body = Body {
            v: RECORD_VERSION,
            at: Timestamp::now(),
            event,
        };
        self.append_text(body.to_text());
    }

    pub fn append_text(&mut self, body: String) {
        let head = self.log.last().map(Record::head).unwrap_or_default();
        self.log.push(head.append(body));
    }

    pub fn registers(&mut self, n: u32) -> WorkerId {
        let number: gighall_core::identity::IdNumber =
            an_id_number("19750501", n).parse().expect("valid");
        let worker = WorkerId(Uuid::now_v7());
        self.append(Event::WorkerRegistered {
            registration: Box::new(Registration {
                worker,
                name: "李晓峰".to_owned(),
                id_sealed: self.reply.sealing_key.seal(&number).expect("sealed"),
                id_mask: number.mask(),
                birth_date: number.birth_date(),
                sex: number.sex(),
                phone: Some("13987654321".to_owned()),
                work_kinds: vec![],
                consent: consent(),
                channel: Channel::Terminal,
            }),
        });
        worker
    }

    pub fn takes(&mut self, job: JobId, worker: WorkerId, state: ClaimState) -> Claim {
        let claim = Claim {
            id: ClaimId(Uuid::new_v4()),
            number: format!("{}-{:04}", self.reply.claim_prefix, self.log.len() + 1),
            job,
            worker,
            device: Some(self.reply.device),
            channel: Channel::Terminal,
            state,
            reason: None,
            made_at: Timestamp::now(),
        };
        let boxed = Box::new(claim.clone());
        self.append(match state {
            ClaimState::Provisional => Event::ClaimProvisional { claim: boxed },
            _ => Event::ClaimConfirmed { claim: boxed },
        });
        claim
    }

    pub fn scope(&self) -> Scope {
        Scope::Device(self.reply.device)
    }

    pub async fn upload(&self, hub: &TestHub, from: usize) -> Result<Head, Problem> {
        let request = OutboxRequest {
            epoch: self.reply.epoch,
            records: self.log[from..].to_vec(),
        };
        hub.post::<OutboxReply>(&self.reply.token, "/outbox", &request)
            .await
            .map(|reply| reply.head)
    }

    pub async fn ask(&self, hub: &TestHub, ask: RightsAsk) -> Result<u32, Problem> {
        let request = RightsRequest {
            epoch: self.reply.epoch,
            jobs: vec![ask],
        };
        hub.post::<RightsReply>(&self.reply.token, "/rights", &request)
            .await
            .map(|reply| reply.grants[0].grant.granted)
    }

    pub async fn claim(
        &self,
        hub: &TestHub,
        request: &ClaimRequest,
    ) -> Result<ClaimReply, Problem> {
        hub.post(&self.reply.token, "/claims", request).await
    }

    pub async fn feed(
        &self,
        hub: &TestHub,
        scope: Scope,
        seq: u64,
        wait_seconds: u32,
    ) -> Result<FeedReply, Problem> {
        let request = FeedRequest {
            cursors: vec![Cursor { scope, seq }],
            wait_seconds,
            health: DeviceHealth::default(),
        };
        hub.post(&self.reply.token, "/feed", &request).await
    }
}

pub fn want(job: JobId, known: u32, want: u32) -> RightsAsk {
    RightsAsk {
        job,
        known,
        returned: 0,
        want,
    }
}

pub fn claim_request(job: JobId, worker: WorkerId) -> ClaimRequest {
    ClaimRequest {
        claim: ClaimId(Uuid::new_v4()),
        job,
        worker,
        channel: Channel::Terminal,
    }
}

pub fn kind<T: std::fmt::Debug>(result: Result<T, Problem>) -> ProblemType {
    result.expect_err("a problem").kind
}
