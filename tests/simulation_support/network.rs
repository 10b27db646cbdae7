//! The hub behind a network that loses, doubles, delays and spoils, all by one seed. Requests go
//! through the hub's own router; nothing here knows what they say.

#![allow(dead_code)]

use axum::body::{Body, to_bytes};
use axum::http::Request;
use gighall_core::id::{ClaimId, HallId, JobId, WorkerId};
use gighall_core::wire::Scope;
use gighall_core::worker::Channel;
use gighall_hub::store::{NewClaim, StoreError};
use gighall_hub::{HubConfig, HubError, HubState};
use gighall_kiosk::sync::{Ask, Call, CallError, Carried, Opened, Reply, Transport};
use jiff::Timestamp;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::pin::Pin;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, MutexGuard};
use tokio::sync::oneshot;
use tower::ServiceExt;
use uuid::Uuid;

#[path = "../chance/mod.rs"]
mod chance;

pub use chance::Chance;

impl Chance {
    pub fn claim_id(&mut self) -> ClaimId {
        ClaimId(Uuid::from_u64_pair(self.next(), self.next()))
    }
}

tokio::task_local! {
    /// Set in a turn of an engine. What a person waits for is no turn: nobody would learn here that
    /// it waits, and its desk gives up by itself.
    pub static IN_A_TURN: ();
}

/// A claim that somebody was told is confirmed.
#[derive(Clone, Debug)]
pub struct Receipt {
    pub job: JobId,
    /// Which of those who have a phone it is for.
    pub who: Option<usize>,
    /// At which device it was shown.
    pub from: Option<usize>,
    /// Whether it still stands.
    pub live: bool,
    /// The disk that had it was replaced by an older copy.
    pub lost: bool,
    /// It was made at a hub that was then put back from a copy, and no device had heard of it.
    pub unseen: bool,
    /// The same of its end: the claim may stand again.
    pub end_unseen: bool,
}

pub struct State {
    pub chance: Chance,
    /// `None` while it is down.
    pub hub: Option<HubState>,
    /// Whether anything goes wrong on the way.
    pub rough: bool,
    /// Nobody imports lists or withdraws jobs: those are to be imported again where the hub is put back.
    pub lists_rest: bool,
    /// Since the hub was copied: where in its hall's feed the hub told of a claim that it made, or ended.
    pub since_copy: Option<Vec<(ClaimId, usize, u64)>>,
    pub cut_off: BTreeSet<usize>,
    /// Copies of requests that arrive once more, much later.
    late: Vec<Call>,
    pub receipts: BTreeMap<ClaimId, Receipt>,
    /// The same in the order in which they came: ids are random.
    came: Vec<ClaimId>,
    pub halls: Vec<HallId>,
    /// Those of one hall after those of the other, as many of each.
    pub jobs: Vec<JobId>,
    /// Most places that an employer asks for.
    pub most_places: usize,
    pub withdrawn_jobs: BTreeSet<JobId>,
    pub phones: Vec<WorkerId>,
    /// What happened, without anything that differs from run to run.
    pub told: Vec<String>,
    pub requests: u64,
}

/// What a turn came to for now: its end, or an answer that has come and is kept when the disk is ready,
/// which whoever holds this says.
pub type Paused = Option<oneshot::Sender<()>>;

pub struct Net {
    pub config: HubConfig,
    state: Mutex<State>,
    pub paused: Sender<Paused>,
}

/// Where an answer may wait for the disk. What a person waits for does not, nor the outbox: nobody sends
/// anything else while that is under way.
const WAITS_FOR_THE_DISK: [&str; 6] = [
    "/enrol",
    "/re-enrol",
    "/snapshot",
    "/feed",
    "/rights",
    "/report",
];

impl Net {
    pub fn new(config: HubConfig, hub: HubState, seed: u64) -> (Arc<Self>, Receiver<Paused>) {
        let state = State {
            chance: Chance::new(seed),
            hub: Some(hub),
            rough: false,
            lists_rest: false,
            since_copy: None,
            cut_off: BTreeSet::new(),
            late: vec![],
            receipts: BTreeMap::new(),
            came: vec![],
            halls: vec![],
            jobs: vec![],
            most_places: 8,
            withdrawn_jobs: BTreeSet::new(),
            phones: vec![],
            told: vec![],
            requests: 0,
        };
        let (paused, pauses) = channel();
        let net = Self {
            config,
            state: Mutex::new(state),
            paused,
        };
        (Arc::new(net), pauses)
    }

    pub fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().expect("fine")
    }

    /// The hub's process dies, or comes back on the same disk.
    pub fn switch(&self, on: bool) {
        let mut state = self.state();
        state.hub = None;
        if on {
            state.hub = Some(gighall_hub::open(&self.config).expect("opens again"));
        }
    }

    /// Somebody puts a copy in the place of the hub's data while it is down.
    pub fn put_back(&self, copy: &Path) {
        self.state().hub = None;
        // A hub that ends finishes what it is writing, and only then leaves its data.
        let mut tries = 0;
        loop {
            match gighall_hub::put_back(&self.config, copy, "staff") {
                Err(HubError::Store(StoreError::InUse)) if tries < 500 => tries += 1,
                done => break done.map(drop).expect("put back"),
            }
            std::thread::sleep(std::time::Duration::from_millis(10));
        }
        self.switch(true);
    }

    /// A copy of some old request arrives.
    pub async fn deliver_late(&self) {
        let (hub, call) = {
            let mut state = self.state();
            let n = state.late.len();
            if n == 0 {
                return;
            }
            let at = state.chance.below(n);
            (state.hub.clone(), state.late.swap_remove(at))
        };
        if let Some(hub) = hub {
            let _ = ask(hub, call).await;
        }
    }

    async fn carry(&self, device: usize, call: Call) -> Carried {
        let unreachable = || CallError::Unreachable("the line is cut".to_owned());
        let unanswered = || CallError::Unanswered("lost on the way".to_owned());
        let (hub, twice, fate) = {
            let mut state = self.state();
            state.requests += 1;
            if state.cut_off.contains(&device) {
                return Err(unreachable());
            }
            let Some(hub) = state.hub.clone() else {
                return Err(unreachable());
            };
            if !state.rough {
                (hub, false, 100)
            } else {
                if state.chance.percent(8) {
                    state.late.push(call.clone());
                }
                let twice = state.chance.percent(10);
                (hub, twice, state.chance.below(100))
            }
        };
        if fate < 8 {
            return Err(unanswered());
        }
        if twice {
            let _ = ask(hub.clone(), call.clone()).await;
        }
        // What others do while this is under way.
        if (80..100).contains(&fate) {
            self.state().hub_side();
        }
        let slow = WAITS_FOR_THE_DISK
            .iter()
            .any(|route| call.url.ends_with(route));
        let mut reply = ask(hub, call).await?;
        match fate {
            8..18 => Err(unanswered()),
            18..20 => {
                reply.body.truncate(reply.body.len() / 2);
                Ok(reply)
            }
            20..22 => Err(CallError::Failed(502)),
            _ => {
                let waits = {
                    let mut state = self.state();
                    state.rough && slow && state.chance.percent(20)
                };
                if waits && IN_A_TURN.try_with(|()| ()).is_ok() {
                    let (ready, is_ready) = oneshot::channel();
                    self.paused.send(Some(ready)).expect("the world listens");
                    is_ready.await.map_err(|_| unanswered())?;
                }
                Ok(reply)
            }
        }
    }
}

async fn ask(hub: HubState, call: Call) -> Carried {
    let mut request = Request::post(call.url).header("Content-Type", call.content_type);
    if let Some(token) = call.token {
        request = request.header("Authorization", format!("Bearer {token}"));
    }
    if let Some(key) = call.key {
        request = request.header("Idempotency-Key", key);
    }
    let request = request.body(Body::from(call.body)).expect("a request");
    let response = gighall_hub::router(hub)
        .oneshot(request)
        .await
        .expect("a router always answers");
    let status = response.status().as_u16();
    let body = to_bytes(response.into_body(), call.most)
        .await
        .map_err(|error| CallError::Unanswered(error.to_string()))?;
    Ok(Reply {
        status,
        body: body.to_vec(),
        retry_after: None,
    })
}

impl State {
    pub fn tell(&mut self, what: String) {
        // At once, where one seed is looked at: it may not come to its end.
        if std::env::var_os("GIGHALL_SEED").is_some() {
            eprintln!("{}: {what}", self.told.len());
        }
        self.told.push(what);
    }

    pub fn any_job(&mut self) -> (usize, JobId) {
        let at = self.chance.below(self.jobs.len());
        (at, self.jobs[at])
    }

    pub fn receipt(&mut self, id: ClaimId, job: JobId, who: Option<usize>, from: Option<usize>) {
        // A job that was withdrawn takes the claim and ends it with notice (rule 8).
        let live = !self.withdrawn_jobs.contains(&job);
        let receipt = Receipt {
            job,
            who,
            from,
            live,
            lost: false,
            unseen: false,
            end_unseen: false,
        };
        self.came.push(id);
        self.receipts.insert(id, receipt);
    }

    pub fn ended(&mut self, id: ClaimId) {
        if let Some(receipt) = self.receipts.get_mut(&id) {
            receipt.live = false;
        }
    }

    /// The hub has just told the hall of a job what became of a claim.
    fn note_told(&mut self, hub: &HubState, id: ClaimId, job: JobId) {
        let Some(since) = &mut self.since_copy else {
            return;
        };
        let at = self.jobs.iter().position(|it| *it == job).expect("a job");
        let hall = at / (self.jobs.len() / self.halls.len());
        let scope = Scope::Hall(self.halls[hall].clone());
        let head = hub.store.feed_head(&scope).expect("read");
        since.push((id, hall, head));
    }

    /// A phone, an employer or staff do something at the hub.
    pub fn hub_side(&mut self) {
        let Some(hub) = self.hub.clone() else {
            return;
        };
        let (at, job) = self.any_job();
        match self.chance.below(20) {
            0..10 => {
                let n = self.phones.len();
                let phone = self.chance.below(n);
                let id = self.chance.claim_id();
                let claim = NewClaim {
                    id,
                    job,
                    worker: self.phones[phone],
                    channel: Channel::Phone,
                    device: None,
                };
                let taken = hub.store.claim_direct(&claim, Timestamp::now()).is_ok();
                self.tell(format!("phone {phone} claims job {at}: {taken}"));
                if taken {
                    self.receipt(id, job, Some(phone), None);
                    self.note_told(&hub, id, job);
                }
            }
            what => self.office(&hub, at, what - 10),
        }
    }

    /// An employer or staff do something at the hub: one of ten things.
    pub fn office(&mut self, hub: &HubState, at: usize, what: usize) {
        let (job, now) = (self.jobs[at], Timestamp::now());
        match what {
            0..5 => {
                if self.came.is_empty() {
                    return;
                }
                let which = self.chance.below(self.came.len());
                let id = self.came[which];
                if let Ok(claim) = hub.store.withdraw(id, now) {
                    assert!(!claim.state.holds_place());
                    self.tell(format!("claim {which} is withdrawn at the hub"));
                    if self.receipts.get(&id).is_some_and(|it| it.live) {
                        self.note_told(hub, id, claim.job);
                    }
                    self.ended(id);
                }
            }
            _ if self.lists_rest => {}
            5..9 => {
                let places = self.chance.below(self.most_places) as u32 + 1;
                let each = self.jobs.len() / self.halls.len();
                let listing = crate::sync_support::listing((at % each) as u32, places);
                hub.store
                    .import(&self.halls[at / each], &[listing], now)
                    .expect("imported");
                self.tell(format!("job {at} has {places} places now"));
            }
            _ => {
                // The last job of each hall stays, so that there is something to claim.
                let each = self.jobs.len() / self.halls.len();
                if at % each + 1 == each || !self.chance.percent(20) {
                    return;
                }
                hub.store.cancel_job(job, now).expect("withdrawn");
                self.tell(format!("job {at} is withdrawn"));
                self.withdrawn_jobs.insert(job);
                for receipt in self.receipts.values_mut().filter(|it| it.job == job) {
                    receipt.live = false;
                }
            }
        }
    }
}

/// The line of one device.
pub struct Line {
    pub net: Arc<Net>,
    pub device: usize,
}

impl Transport for Line {
    fn carry(&self, call: Call) -> Pin<Box<dyn Future<Output = Carried> + Send + '_>> {
        Box::pin(self.net.carry(self.device, call))
    }

    /// Pictures and events are not simulated; what is lost of them costs only time.
    fn open(&self, _: Ask) -> Pin<Box<dyn Future<Output = Opened> + Send + '_>> {
        let lost = CallError::Unreachable("this line carries no streams".to_owned());
        Box::pin(std::future::ready(Err(lost)))
    }
}
