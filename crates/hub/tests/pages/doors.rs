//! Every route with every role: who is let through, and who is not. The routes are read from the table
//! that builds the router, so that one that was added without a thought fails here.

use crate::support::{Hub, a_hall_of, coming, enrol, ready, ready_with};
use Role::*;
use gighall_core::event::Event;
use gighall_core::hall::{Notice, NoticeKind};
use gighall_core::id::{ClaimId, DeviceId, EnrolmentId, EventId, HallId, NoticeId, WorkerId};
use gighall_core::job::Job;
use gighall_core::proof::ProofRequest;
use gighall_core::report::ReportRequest;
use gighall_core::testing::{a_hall, an_event, an_id_number};
use gighall_core::training::{Enrolment, EnrolmentState};
use gighall_core::wire::{
    ClaimRequest, Cursor, DeviceHealth, EnrolReply, EnrolRequest, FeedRequest, FindWorkerRequest,
    OutboxRequest, ReEnrolRequest, RightsAsk, RightsRequest, Scope, SigningKeyRequest,
    SnapshotRequest,
};
use gighall_core::worker::Channel;
use gighall_hub::media;
use gighall_hub::routes::{Asked, Door, Route};
use gighall_hub::store::NewClaim;
use gighall_testkit::Phone;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use uuid::Uuid;

/// What the worker of the matrix left at the hall.
const MOBILE: &str = "13987654321";

/// Who asks. Staff have no role here: they work at the hub's own machine, and no route is theirs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Role {
    /// A phone that has shown nothing.
    Nobody,
    /// A device's present token.
    Device,
    /// The present token of another hall's device.
    DeviceElsewhere,
    /// The token of an enrolment that a newer one, in use, has replaced.
    OldEpoch,
    /// The token of a device that staff revoked.
    Revoked,
    /// A phone that knows the worker whose claim it is, and showed no code today.
    Worker,
    /// The same for another worker.
    OtherWorker,
    /// A phone that showed a fresh code and is nobody's yet.
    CodeOnly,
    /// A worker's phone that showed a fresh code.
    WorkerInHall,
}

const ROLES: &[Role] = &[
    Nobody,
    Device,
    DeviceElsewhere,
    OldEpoch,
    Revoked,
    Worker,
    OtherWorker,
    CodeOnly,
    WorkerInHall,
];

/// The law: who passes which door.
fn may_pass(door: Door, role: Role) -> bool {
    match door {
        Door::Anybody | Door::Id => true,
        // What is sent here is a code that was used, or is too old.
        Door::Code | Door::FreshCode => false,
        Door::AnyEpoch => matches!(role, Device | DeviceElsewhere | OldEpoch),
        Door::ReEnrol | Door::PresentAnywhere => matches!(role, Device | DeviceElsewhere),
        Door::Present => role == Device,
        Door::Worker => matches!(role, Worker | WorkerInHall),
        Door::WorkerInHall => role == WorkerInHall,
    }
}

/// A hall with everything that a request can be about, and one who asks.
struct World {
    hub: Hub,
    role: Role,
    jobs: Vec<Job>,
    claim: ClaimId,
    worker: WorkerId,
    notice: NoticeId,
    /// The worker is enrolled for the first of them.
    courses: [EventId; 2],
    picture: Uuid,
    media: String,
    used_code: String,
    /// Who asks, as a device ...
    device: EnrolReply,
    token: Option<String>,
    /// ... or as a phone.
    phone: Phone,
}

fn number(order: u32) -> gighall_core::identity::IdNumber {
    an_id_number("19750501", order).parse().expect("valid")
}

fn a_policy(now: Timestamp) -> Notice {
    Notice {
        id: NoticeId(Uuid::new_v4()),
        kind: NoticeKind::Policy,
        title: "社保补贴".to_owned(),
        body: "灵活就业人员可以申请。".to_owned(),
        issuer: None,
        effective_from: now,
        effective_to: None,
        ticker: false,
    }
}

fn a_course(n: u32, now: Timestamp) -> Event {
    let starts_at = now + SignedDuration::from_hours(48);
    Event {
        starts_at,
        ends_at: starts_at + SignedDuration::from_hours(4),
        ..an_event(n)
    }
}

fn in_use(hub: &Hub, device: DeviceId) {
    let now = Timestamp::now();
    hub.state
        .store
        .note_health(device, &DeviceHealth::default(), now)
        .expect("noted");
}

impl World {
    async fn of(role: Role) -> Self {
        let hub = Hub::start().await;
        let now = Timestamp::now();
        let store = hub.state.store.clone();
        let jobs = hub.publish(&[coming(1, 2, "砌砖小工"), coming(2, 4, "搬砖小工")]);
        let bijie: HallId = "bijie".parse().expect("an id");
        store.put_hall(&a_hall_of(&bijie, "毕节")).expect("a hall");
        let (elsewhere, _) = enrol(&hub.state, &bijie);
        in_use(&hub, elsewhere.device);
        let dir = tempfile::tempdir().expect("a directory");
        let png = dir.path().join("map.png");
        std::fs::write(&png, b"\x89PNG\r\n\x1a\n").expect("written");
        let media = media::take(store.media_folder(), &png, "map.png").expect("taken");
        store.put_media(&media).expect("put");
        let notice = a_policy(now);
        store.put_notice(&a_hall(), &notice).expect("put");
        let picture = store.ask_picture(&a_hall(), None, now).expect("asked");

        // The worker whose claim everything is about.
        let mut owner = ready_with(&hub, &jobs[0], 11, MOBILE).await;
        let worker = store.worker_by_number(&number(11)).expect("read");
        let worker = worker.expect("registered").worker;
        let new = NewClaim {
            id: ClaimId(Uuid::new_v4()),
            job: jobs[0].id,
            worker,
            channel: Channel::Phone,
            device: None,
        };
        store.claim_direct(&new, now).expect("claimed");
        let courses = [1, 2].map(|n| a_course(n, now));
        for course in &courses {
            store.put_event(&a_hall(), course).expect("put");
        }
        let enrolment = Enrolment {
            id: EnrolmentId(Uuid::new_v4()),
            course: courses[0].id,
            worker,
            title: courses[0].title.clone(),
            place: courses[0].place.clone(),
            starts_at: courses[0].starts_at,
            channel: Channel::Phone,
            state: EnrolmentState::Asked,
            reason: None,
            made_at: now,
        };
        store.enrol_on_phone(&enrolment, now).expect("enrolled");
        let used_code = store.add_device(&a_hall(), "二号", now).expect("a code");
        let request = EnrolRequest {
            code: used_code.clone(),
            hall: a_hall(),
            public_key: "ab".repeat(32),
            version: String::new(),
            before: None,
        };
        let second = store.enrol(&request, now).expect("enrolled");
        in_use(&hub, second.device);
        let first = hub.device.clone();
        in_use(&hub, first.device);
        let (device, token) = match role {
            Device => (first.clone(), Some(first.token)),
            DeviceElsewhere => (elsewhere.clone(), Some(elsewhere.token)),
            OldEpoch => {
                let anew = ReEnrolRequest {
                    public_key: "cd".repeat(32),
                    version: String::new(),
                };
                store.re_enrol(first.device, &anew, now).expect("anew");
                in_use(&hub, first.device);
                (first.clone(), Some(first.token))
            }
            Revoked => {
                let name = first.name.as_str();
                store.revoke_device(&a_hall(), name, now).expect("revoked");
                (first.clone(), Some(first.token))
            }
            _ => (first, None),
        };
        let phone = match role {
            WorkerInHall => {
                owner.get(&hub.code(Some(jobs[1].id), now)).await;
                owner
            }
            Worker => {
                owner.cookies.remove("permit");
                owner
            }
            OtherWorker => {
                let mut other = ready(&hub, &jobs[0], 13).await;
                other.cookies.remove("permit");
                other
            }
            CodeOnly => {
                let mut phone = Phone::new(&hub.url);
                phone.get(&hub.code(Some(jobs[1].id), now)).await;
                phone
            }
            _ => Phone::new(&hub.url),
        };
        Self {
            hub,
            role,
            jobs,
            claim: new.id,
            worker,
            notice: notice.id,
            courses: courses.map(|course| course.id),
            picture,
            media: media.sha256,
            used_code,
            device,
            token,
            phone,
        }
    }

    /// The address with everything filled in.
    fn address(&self, path: &str) -> String {
        // The owner holds a place in the first course; it is the second that is asked for.
        let course = self.courses[usize::from(!path.ends_with("/leave"))];
        let stale = Timestamp::now() - SignedDuration::from_mins(10);
        let code = self.hub.code(None, stale);
        let code = code.rsplit('/').next().expect("a token").to_owned();
        path.replace("{hall}", a_hall().as_str())
            // The owner's claim is of the first job; it is the second that is claimed.
            .replace("{job}", &self.jobs[1].id.to_string())
            .replace("{claim}", &self.claim.to_string())
            .replace("{notice}", &self.notice.to_string())
            .replace("{course}", &course.to_string())
            .replace("{hash}", &self.media)
            .replace("{token}", &code)
    }

    /// The body of a request that is right in everything but, maybe, who sends it.
    fn body(&self, path: &str) -> Option<Value> {
        let epoch = self.device.epoch;
        let hall = Scope::Hall(a_hall());
        let body = match path {
            "/enrol" => json!(EnrolRequest {
                code: self.used_code.clone(),
                hall: a_hall(),
                public_key: "ef".repeat(32),
                version: String::new(),
                before: None,
            }),
            "/re-enrol" => json!(ReEnrolRequest {
                public_key: "ef".repeat(32),
                version: String::new(),
            }),
            "/signing-key" => json!(SigningKeyRequest {
                public_key: "ef".repeat(32),
            }),
            "/feed" => json!(FeedRequest {
                cursors: vec![Cursor {
                    scope: hall,
                    seq: 0
                }],
                wait_seconds: 0,
                health: DeviceHealth::default(),
            }),
            "/snapshot" => json!(SnapshotRequest { scope: hall }),
            "/outbox" => json!(OutboxRequest {
                epoch,
                records: vec![]
            }),
            "/proof" => json!(ProofRequest {
                epoch,
                showings: vec![]
            }),
            "/report" => json!(ReportRequest {
                epoch,
                hub_epoch: self.device.hub_epoch,
                public_key: "ef".repeat(32),
                rights: vec![],
                logs: vec![],
                claims: None,
                witnessed: vec![],
                last: true,
            }),
            "/rights" => json!(RightsRequest {
                epoch,
                jobs: vec![RightsAsk {
                    job: self.jobs[1].id,
                    known: 0,
                    returned: 0,
                    want: 1,
                }],
            }),
            "/claims" => json!(ClaimRequest {
                claim: ClaimId(Uuid::new_v4()),
                job: self.jobs[1].id,
                worker: self.worker,
                channel: Channel::Terminal,
            }),
            "/workers/find" => json!(FindWorkerRequest {
                id_sealed: self.device.sealing_key.seal(&number(11)).expect("sealed"),
            }),
            _ => return None,
        };
        Some(body)
    }

    /// The form of a page.
    fn form(&self, path: &str) -> Option<Vec<(&'static str, String)>> {
        Some(match path {
            "/j/{job}/claim" => vec![("claim", Uuid::new_v4().to_string())],
            "/t/{course}/enrol" => vec![("enrolment", Uuid::new_v4().to_string())],
            "/s/{claim}/withdraw" | "/s/{claim}/paid" | "/t/{course}/leave" | "/logout" => vec![],
            // Known already: whoever knows number, name and mobile number may come in from anywhere.
            "/register" => vec![
                ("id_number", an_id_number("19750501", 11)),
                ("name", "李晓峰".to_owned()),
                ("phone", MOBILE.to_owned()),
                ("consent", "1".to_owned()),
            ],
            _ => return None,
        })
    }

    /// Asks, and says whether that was let through.
    async fn passes(&mut self, route: &Route) -> bool {
        let address = self.address(&route.path);
        let Some(path) = route.path.strip_prefix("/api/v1") else {
            return self.passes_page(route, &address).await;
        };
        let mut request = match route.asked {
            Asked::Get => self.phone.client().get(self.phone.absolute(&address)),
            Asked::Post => self.phone.client().post(self.phone.absolute(&address)),
        };
        if path == "/picture" {
            let png = b"\x89PNG\r\n\x1a\n".to_vec();
            let query = format!("{address}?id={}&wall=wall", self.picture);
            request = self.phone.client().post(self.phone.absolute(&query));
            request = request.body(png);
        } else if let Some(body) = self.body(path) {
            request = request.header("content-type", "application/json");
            request = request.body(body.to_string());
        } else {
            assert_eq!(route.asked, Asked::Get, "{path}: no request in this test");
        }
        if let Some(token) = &self.token {
            request = request.bearer_auth(token);
        }
        let response = request.send().await.expect("answered");
        let status = response.status().as_u16();
        if ["/events", "/media/{hash}"].contains(&path) {
            return status == 200;
        }
        let said: Value = serde_json::from_str(&response.text().await.expect("a body"))
            .unwrap_or_else(|_| panic!("{path}: {status} is no JSON"));
        match status {
            // Rights of jobs of other halls are passed over without a word.
            200 => said["grants"] != json!([]),
            401 | 403 | 404 | 409 => {
                let kind = said["type"].as_str().expect("a problem");
                let refused = ["unauthorized", "bad-enrolment-code", "epoch-fenced"];
                let hidden = ["unknown-hall", "not-found"];
                assert!(
                    refused.contains(&kind) || hidden.contains(&kind),
                    "{path}: {said}"
                );
                false
            }
            _ => panic!("{path} {:?}: {status} {said}", self.role),
        }
    }

    async fn passes_page(&mut self, route: &Route, address: &str) -> bool {
        let before = self.phone.cookies.clone();
        let page = match (route.asked, self.form(&route.path)) {
            (Asked::Get, _) => self.phone.get(address).await,
            (Asked::Post, Some(form)) => {
                let form: Vec<(&str, &str)> = form
                    .iter()
                    .map(|(name, value)| (*name, value.as_str()))
                    .collect();
                self.phone.post(address, &form).await
            }
            (Asked::Post, None) => panic!("{}: no request in this test", route.path),
        };
        // One page is not to change who asks for the next.
        self.phone.cookies = before;
        assert!(page.status < 500, "{address}: {}", page.status);
        assert!(!page.body.contains(&an_id_number("19750501", 11)));
        let to = page.location.unwrap_or_default();
        match (route.asked, route.path.as_str()) {
            (Asked::Get, "/me") => page.body.contains("李*峰") && page.body.contains("砌砖小工"),
            (Asked::Post, "/j/{job}/claim") => to.starts_with("/s/"),
            (Asked::Post, "/s/{claim}/withdraw") => page.status == 303,
            (Asked::Post, "/t/{course}/enrol") => to == "/me",
            (Asked::Get, "/c/{token}") => page.status == 303,
            _ => page.status < 400,
        }
    }
}

/// What changes who they are is asked for last.
fn order(route: &Route) -> u8 {
    match route.path.as_str() {
        "/api/v1/re-enrol" | "/s/{claim}/withdraw" => 1,
        "/logout" => 2,
        _ => 0,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_route_lets_through_whom_it_is_for_and_nobody_else() {
    let mut routes = gighall_hub::routes();
    assert!(routes.len() > 20, "all of them: {}", routes.len());
    routes.sort_by_key(order);
    let mut wrong = vec![];
    for role in ROLES {
        let mut world = World::of(*role).await;
        for route in &routes {
            let passed = world.passes(route).await;
            if passed != may_pass(route.door, *role) {
                wrong.push(format!(
                    "{} {}: {role:?} {}",
                    route.asked.method(),
                    route.path,
                    if passed { "gets in" } else { "is kept out" }
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[tokio::test]
async fn what_is_in_no_table_is_nowhere() {
    let hub = Hub::start().await;
    let mut phone = Phone::new(&hub.url);
    for path in [
        "/admin",
        "/api",
        "/api/v1",
        "/api/v1/workers",
        "/metrics",
        "/.git/config",
    ] {
        assert_eq!(phone.get(path).await.status, 404, "{path}");
    }
    let request = phone
        .client()
        .delete(phone.absolute("/api/v1/claims"))
        .bearer_auth(&hub.device.token);
    assert_eq!(phone.send(request).await.status, 400);
}

#[tokio::test]
async fn a_revoked_device_is_out_until_it_has_a_new_code_and_its_old_tokens_stay_out() {
    let hub = Hub::start().await;
    let store = &hub.state.store;
    let now = Timestamp::now();
    let mut phone = Phone::new(&hub.url);
    let waiting = store
        .add_device(&a_hall(), "一号终端", now)
        .expect("a code");
    store
        .revoke_device(&a_hall(), "一号终端", now)
        .expect("revoked");
    assert_eq!(store.authenticate(&hub.device.token).expect("read"), None);
    let page = phone.get(&hub.code(None, now)).await;
    assert_eq!(page.status, 400, "nor does it let phones in");
    let request = |code| EnrolRequest {
        code,
        hall: a_hall(),
        public_key: hub.key().public_hex(),
        version: String::new(),
        before: None,
    };
    assert!(
        store.enrol(&request(waiting), now).is_err(),
        "a code that was under way has gone as well"
    );
    let code = store
        .add_device(&a_hall(), "一号终端", now)
        .expect("a code");
    let anew = store.enrol(&request(code), now).expect("enrolled");
    assert_eq!(anew.device, hub.device.device);
    assert!(anew.epoch > hub.device.epoch);
    let caller = store.authenticate(&anew.token).expect("read");
    assert!(caller.is_some_and(|caller| caller.current));
    assert_eq!(store.authenticate(&hub.device.token).expect("read"), None);
    let devices = store.devices().expect("read");
    assert!(!devices[0].revoked);
}
