//! Whatever a device with a good token sends, the hub answers it with what was asked for or with what is
//! wrong, never with a failure of its own, and counts no place twice. The samples are what the first
//! version sent (`tests/fixtures`), with values that nobody expects, and with bytes that were spoilt.
#[allow(dead_code)]
use crate::api_support::{TestDevice, TestHub, want};
use gighall_core::claim::ClaimState;
use gighall_core::id::{JobId, WorkerId};
use gighall_core::testing::{a_hall, spoilt, with_odd_values};
use gighall_core::wire::{Problem, RightsReply, RightsRequest, Scope};
use proptest::prelude::*;
use proptest::test_runner::TestRunner;
use std::cell::Cell;
use std::path::Path;
use std::time::Duration;
use tokio::runtime::Runtime;

/// Ids that the fixtures have.
const JOB: &str = "00000000-0000-0000-0000-000000001001";
const WORKER: &str = "00000000-0000-0000-0000-000000000008";
const DEVICE: &str = "00000000-0000-0000-0000-000000000007";

/// The fixtures whose names begin so, with the rest of the name.
fn fixtures(begin: &str) -> Vec<(String, String)> {
    let wire = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/fixtures/v0.1/wire");
    let mut all = vec![];
    for file in std::fs::read_dir(wire).expect("fixtures") {
        let path = file.expect("a file").path();
        let name = path.file_stem().and_then(|name| name.to_str());
        let rest = name
            .and_then(|name| name.strip_prefix(begin))
            .map(str::to_owned);
        let text = std::fs::read_to_string(&path).expect("text");
        all.extend(rest.map(|rest| (rest, text)));
    }
    all.sort();
    all
}

struct Hall {
    runtime: Runtime,
    hub: TestHub,
    job: JobId,
    worker: WorkerId,
    devices: Cell<u32>,
}

impl Hall {
    fn open() -> Self {
        let runtime = Runtime::new().expect("a runtime");
        let hub = runtime.block_on(TestHub::start());
        let (job, worker) = (hub.job(1, 9), hub.worker(1));
        Self {
            runtime,
            hub,
            job,
            worker,
            devices: Cell::new(0),
        }
    }

    /// A new device, that holds rights unless the hub waits for somebody.
    fn device(&self) -> TestDevice {
        self.devices.set(self.devices.get() + 1);
        let (hub, name) = (&self.hub, format!("{}号", self.devices.get()));
        let device = self.runtime.block_on(hub.device(&name));
        let request = RightsRequest {
            epoch: device.reply.epoch,
            jobs: vec![want(self.job, 0, 2)],
        };
        let asked = hub.post::<RightsReply>(&device.reply.token, "/rights", &request);
        let asked: Result<_, Problem> = self.runtime.block_on(asked);
        asked.expect("answered");
        device
    }

    /// The text with ids that mean something here.
    fn at_home(&self, text: &str, device: &TestDevice) -> String {
        text.replace(JOB, &self.job.to_string())
            .replace(WORKER, &self.worker.to_string())
            .replace(DEVICE, &device.reply.device.to_string())
            .replace("\"wait_seconds\": 20", "\"wait_seconds\": 0")
    }

    /// Sends it; gives the status, or nothing where the hub holds the answer back, as it was asked to.
    fn send(&self, route: &str, body: String, device: &TestDevice) -> Option<u16> {
        let request = self
            .hub
            .client
            .post(format!("{}/api/v1{route}", self.hub.url))
            .timeout(Duration::from_secs(1))
            .header("content-type", "application/json")
            .bearer_auth(&device.reply.token)
            .body(body);
        match self.runtime.block_on(async { request.send().await }) {
            Ok(response) => Some(response.status().as_u16()),
            Err(error) => {
                assert!(error.is_timeout() && route == "/feed", "{route}: {error}");
                None
            }
        }
    }

    /// The hub is in order, pages and feeds can be read, and no place is counted twice.
    fn check(&self, device: &TestDevice) {
        let data = self.hub.dir.path().join("hub.db");
        let connection = rusqlite::Connection::open(data).expect("opens");
        // A device that confirms without a right is a thing for staff (rule 3); its claims are counted.
        crate::count::recount(&connection, self.job);
        assert_eq!(crate::count::logs_with_holes(&connection), 0, "a hole");
        let store = self.hub.store();
        store.devices().expect("listed");
        let now = jiff::Timestamp::now();
        store.open_jobs(&a_hall(), now).expect("listed");
        for scope in [device.scope(), Scope::Hall(a_hall())] {
            store.snapshot(&scope).expect("a snapshot");
        }
        for page in ["/h/weining".to_owned(), format!("/j/{}", self.job)] {
            let request = self.hub.client.get(format!("{}{page}", self.hub.url));
            let status = self
                .runtime
                .block_on(async { request.send().await })
                .expect("answered")
                .status();
            assert!(status.as_u16() < 500, "{page}: {status}");
        }
    }
}

/// So many cases, and `GIGHALL_FUZZ` times as many where somebody has said so.
fn runner(cases: u32) -> TestRunner {
    let told = std::env::var("GIGHALL_FUZZ").ok();
    let times = told.and_then(|text| text.parse().ok()).unwrap_or(1);
    TestRunner::new(ProptestConfig {
        cases: cases * times,
        failure_persistence: None,
        ..ProptestConfig::default()
    })
}

type Odd = Vec<(usize, usize)>;

fn odd() -> impl Strategy<Value = Odd> {
    prop::collection::vec((any::<usize>(), any::<usize>()), 1..3)
}

#[test]
fn whatever_a_device_asks_is_answered() {
    let hall = Hall::open();
    let requests = fixtures("request.");
    assert!(requests.len() > 9, "they are here");
    let change = (any::<usize>(), 0..4u8, any::<u8>(), 1..40usize);
    let changes = prop::collection::vec(change, 0..3);
    let strategy = (prop::sample::select(requests), odd(), changes);
    let asked = runner(150).run(&strategy, |((name, text), odd, changes)| {
        let device = hall.device();
        let text = with_odd_values(&hall.at_home(&text, &device), &odd);
        let body = spoilt(text.as_bytes(), &changes);
        let body = String::from_utf8_lossy(&body).into_owned();
        let route = format!("/{}", name.replace("workers-", "workers/"));
        if let Some(status) = hall.send(&route, body.clone(), &device) {
            // 503: by then it waits for devices (rule 12).
            prop_assert!(status < 500 || status == 503, "{route}: {status} {body}");
        }
        hall.check(&device);
        Ok(())
    });
    asked.expect("always answered");
}

/// The log of a device that makes things up is whole, so that the hub has to take what is in it.
#[test]
fn whatever_stands_in_a_log_that_is_whole_the_hub_takes_it_and_goes_on() {
    let hall = Hall::open();
    let records = fixtures("record.");
    assert!(records.len() > 15, "they are here");
    let strategy = prop::collection::vec((prop::sample::select(records), odd()), 1..4);
    let taken = runner(100).run(&strategy, |bodies| {
        let mut device = hall.device();
        for ((_, text), odd) in &bodies {
            let body = with_odd_values(&hall.at_home(text, &device), odd);
            device.append_text(body);
        }
        let sent = hall.runtime.block_on(device.upload(&hall.hub, 0));
        prop_assert!(sent.is_ok(), "{sent:?} {bodies:?}");
        hall.check(&device);
        // What comes after it counts.
        let worker = hall.hub.worker(999 - hall.devices.get() % 900);
        let from = device.log.len();
        let claim = device.takes(hall.job, worker, ClaimState::Provisional);
        let sent = hall.runtime.block_on(device.upload(&hall.hub, from));
        prop_assert!(sent.is_ok(), "{sent:?}");
        hall.hub.kept(claim.id);
        hall.check(&device);
        Ok(())
    });
    taken.expect("always taken");
}
