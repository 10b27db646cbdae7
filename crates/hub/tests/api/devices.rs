//! The devices' interface over real HTTP: a hub on loopback, and devices that enrol, read the
//! feed, hold rights and bring what they did.

use crate::api_support::{TestDevice, TestHub, claim_request, kind, listing, want};
use gighall_core::claim::{ClaimReason, ClaimState};
use gighall_core::hall::{Notice, NoticeKind};
use gighall_core::id::{Epoch, NoticeId};
use gighall_core::identity::IdNumber;
use gighall_core::outbox::Event;
use gighall_core::testing::{a_hall, an_id_number};
use gighall_core::wire::{
    Change, EnrolReply, FeedReply, FindWorkerReply, FindWorkerRequest, OutboxRequest, Problem,
    ProblemType, ReEnrolRequest, Scope, SnapshotReply, SnapshotRequest,
};
use gighall_hub::HubConfig;
use gighall_hub::store::StoreError;
use jiff::Timestamp;
use serde_json::json;
use std::io::Read;
use std::time::{Duration, Instant};
use uuid::Uuid;

fn hall_scope() -> Scope {
    Scope::Hall(a_hall())
}

async fn re_enrol(hub: &TestHub, token: &str) -> Result<EnrolReply, Problem> {
    let request = ReEnrolRequest {
        public_key: "cd".repeat(32),
        version: "0.1.0".to_owned(),
    };
    hub.post(token, "/re-enrol", &request).await
}

async fn snapshot(hub: &TestHub, device: &TestDevice, scope: Scope) -> SnapshotReply {
    hub.post(&device.reply.token, "/snapshot", &SnapshotRequest { scope })
        .await
        .expect("a snapshot")
}

#[tokio::test]
async fn a_code_buys_a_token_once() {
    let hub = TestHub::start().await;
    let refused = hub.enrol("00000-00000", a_hall()).await;
    assert_eq!(kind(refused), ProblemType::BadEnrolmentCode);
    let code = hub.code("一号");
    let other = "bijie".parse().expect("an id");
    assert_eq!(
        kind(hub.enrol(&code, other).await),
        ProblemType::UnknownHall
    );
    let reply = hub.enrol(&code, a_hall()).await.expect("enrolled");
    assert_eq!((reply.name.as_str(), reply.epoch), ("一号", Epoch(1)));
    assert_eq!(reply.hall.name, "威宁县零工市场");
    assert_eq!(reply.phone_url, hub.url, "where the device reached the hub");
    let again = hub.enrol(&code, a_hall()).await.expect("a lost answer");
    assert_eq!((again.token, again.epoch), (reply.token.clone(), Epoch(1)));
    let device = TestDevice { reply, log: vec![] };
    device.feed(&hub, hall_scope(), 0, 0).await.expect("in use");
    let spent = hub.enrol(&code, a_hall()).await;
    assert_eq!(kind(spent), ProblemType::BadEnrolmentCode);
}

#[tokio::test]
async fn strangers_and_nonsense_are_told_what_is_wrong() {
    let hub = TestHub::start().await;
    let device = hub.device("一号").await;
    let asks = json!({ "scope": hall_scope() });
    let post = |token: &str, route: &str, body| {
        let (hub, token, route) = (&hub, token.to_owned(), route.to_owned());
        async move { kind(hub.post::<FeedReply>(&token, &route, &body).await) }
    };
    assert_eq!(
        post("nobody", "/snapshot", asks.clone()).await,
        ProblemType::Unauthorized
    );
    let token = device.reply.token.as_str();
    let other = json!({ "scope": "hall/bijie" });
    assert_eq!(
        post(token, "/snapshot", other).await,
        ProblemType::UnknownHall
    );
    let somebody = json!({ "scope": format!("device/{}", Uuid::new_v4()) });
    assert_eq!(
        post(token, "/snapshot", somebody).await,
        ProblemType::NotFound
    );
    for nonsense in [json!(7), json!({}), json!({ "scope": "town/x" })] {
        assert_eq!(
            post(token, "/snapshot", nonsense).await,
            ProblemType::BadRequest
        );
    }
    assert_eq!(post(token, "/nowhere", asks).await, ProblemType::NotFound);
    let long = json!({ "scope": "x".repeat(5 << 20) });
    assert_eq!(post(token, "/snapshot", long).await, ProblemType::TooLarge);
    let got = hub.client.get(format!("{}/api/v1/feed", hub.url));
    let got = got.send().await.expect("answered");
    assert_eq!(got.status(), 400);
    assert_eq!(got.headers()["cache-control"], "no-store");
    let healthy = hub.client.get(format!("{}/healthz", hub.url));
    assert_eq!(healthy.send().await.expect("answered").status(), 200);
}

#[tokio::test]
async fn a_waiting_device_hears_of_a_claim_within_a_second() {
    let hub = TestHub::start().await;
    let device = hub.device("一号").await;
    let job = hub.job(1, 4);
    let head = snapshot(&hub, &device, hall_scope()).await.head;
    let began = Instant::now();
    let nothing = device.feed(&hub, hall_scope(), head, 1).await.expect("ok");
    assert!(nothing.scopes[0].changes.is_empty());
    assert!(began.elapsed() >= Duration::from_millis(900), "it waited");

    let claimed = async {
        tokio::time::sleep(Duration::from_millis(300)).await;
        let request = claim_request(job, hub.worker(1));
        device.claim(&hub, &request).await.expect("a place");
        Instant::now()
    };
    let (reply, at) = tokio::join!(device.feed(&hub, hall_scope(), head, 20), claimed);
    assert!(at.elapsed() < Duration::from_secs(1));
    let change = reply.expect("ok").scopes[0].changes[0].clone();
    assert_eq!(change.seq, head + 1);
    assert!(
        matches!(change.change, Change::Job { job: told } if told.id == job && told.places_left == 3)
    );
}

#[tokio::test]
async fn what_another_process_writes_is_heard_too() {
    let hub = TestHub::start().await;
    let device = hub.device("一号").await;
    let head = snapshot(&hub, &device, hall_scope()).await.head;
    let other = gighall_hub::open(&HubConfig::new(hub.dir.path())).expect("opens beside");
    let notice = Notice {
        id: NoticeId(Uuid::now_v7()),
        kind: NoticeKind::AntiFraud,
        title: "求职不收费".to_owned(),
        body: String::new(),
        issuer: None,
        effective_from: Timestamp::now(),
        effective_to: None,
        ticker: true,
    };
    let writes = async {
        tokio::time::sleep(Duration::from_millis(300)).await;
        other.store.put_notice(&a_hall(), &notice).expect("put");
        Instant::now()
    };
    let (reply, at) = tokio::join!(device.feed(&hub, hall_scope(), head, 20), writes);
    assert!(at.elapsed() < Duration::from_millis(1500));
    let told = &reply.expect("ok").scopes[0].changes[0].change;
    assert!(matches!(told, Change::Notice { notice: n } if *n == notice));
}

#[tokio::test]
async fn a_lost_cursor_starts_over_from_a_snapshot() {
    let hub = TestHub::start().await;
    let device = hub.device("一号").await;
    let job = hub.job(1, 4);
    let gone = device.feed(&hub, hall_scope(), 999, 0).await;
    assert_eq!(kind(gone), ProblemType::CursorGone);
    let all = snapshot(&hub, &device, hall_scope()).await;
    assert!(matches!(&all.changes[0], Change::Hall { hall } if hall.id == a_hall()));
    assert!(
        all.changes
            .iter()
            .any(|change| matches!(change, Change::Job { job: told } if told.id == job))
    );
    let next = device.feed(&hub, hall_scope(), all.head, 0).await;
    assert!(next.expect("ok").scopes[0].changes.is_empty());
}

#[tokio::test]
async fn a_snapshot_is_packed_for_whoever_takes_that_and_the_same_for_everybody() {
    let hub = TestHub::start().await;
    let device = hub.device("一号").await;
    let jobs: Vec<_> = (1..=40).map(|n| listing(n, 1)).collect();
    let now = Timestamp::now();
    hub.store().import(&a_hall(), &jobs, now).expect("imported");
    let client = reqwest::Client::builder().gzip(false).no_proxy().build();
    let client = client.expect("a client");
    let ask = async |takes: &str| {
        let request = client.post(format!("{}/api/v1/snapshot", hub.url));
        let request = request.bearer_auth(&device.reply.token);
        let scope = json!({ "scope": hall_scope() }).to_string();
        let request = request.header("accept-encoding", takes).body(scope);
        let answer = request.send().await.expect("answered");
        assert_eq!(answer.headers()["content-type"], "application/json");
        let packing = answer.headers().get("content-encoding").cloned();
        let text = answer.bytes().await.expect("a body").to_vec();
        (packing, text)
    };
    let (packing, plain) = ask("br").await;
    assert_eq!(packing, None);
    let (packing, packed) = ask("deflate, gzip").await;
    assert_eq!(packing.expect("said"), "gzip");
    assert!(packed.len() * 4 < plain.len(), "{} bytes", packed.len());
    let mut unpacked = vec![];
    flate2::read::GzDecoder::new(packed.as_slice())
        .read_to_end(&mut unpacked)
        .expect("packed");
    let read = |text: &[u8]| serde_json::from_slice::<SnapshotReply>(text).expect("a snapshot");
    let (plain, unpacked) = (read(&plain), read(&unpacked));
    assert_eq!(plain.changes.len(), 41, "the hall and its jobs");
    assert_eq!(plain.changes, unpacked.changes);
    assert_eq!((plain.head, plain.scope), (unpacked.head, hall_scope()));
}

#[tokio::test]
async fn an_outbox_arrives_exactly_once_whatever_the_network_does() {
    let hub = TestHub::start().await;
    let mut device = hub.device("一号").await;
    let job = hub.job(1, 9);
    assert_eq!(device.ask(&hub, want(job, 0, 3)).await, Ok(3));
    assert_eq!(
        device.ask(&hub, want(job, 0, 3)).await,
        Ok(3),
        "asked again"
    );
    let worker = device.registers(1);
    let claim = device.takes(job, worker, ClaimState::Confirmed);
    let head = device.upload(&hub, 0).await.expect("taken");
    assert_eq!(device.upload(&hub, 0).await.expect("again"), head);
    assert_eq!(hub.kept(claim.id).number, claim.number);
    assert_eq!(hub.places_left(job), 8);

    device.append_text(r#"{"v":9,"event":"of_a_newer_kiosk"}"#.to_owned());
    let worker = device.registers(2);
    device.takes(job, worker, ClaimState::Confirmed);
    let gap = device.upload(&hub, 3).await.expect_err("a gap");
    assert_eq!((gap.kind, gap.head), (ProblemType::LogGap, Some(head)));
    assert_eq!(device.upload(&hub, 2).await.expect("taken").seq, 5);
    assert_eq!(hub.places_left(job), 7);

    let mut restored = device.log.clone();
    restored.truncate(2);
    let mut clone = TestDevice {
        reply: device.reply.clone(),
        log: restored,
    };
    clone.takes(job, worker, ClaimState::Confirmed);
    let fork = clone.upload(&hub, 0).await;
    assert_eq!(kind(fork), ProblemType::LogFork);
    assert_eq!(device.ask(&hub, want(job, 3, 3)).await, Ok(3), "no more");
    let feed = device.feed(&hub, hall_scope(), 0, 0).await;
    assert!(feed.is_ok(), "a quarantined device still shows jobs");
}

#[tokio::test]
async fn a_direct_claim_sent_twice_is_one_claim() {
    let hub = TestHub::start().await;
    let device = hub.device("一号").await;
    let job = hub.job(1, 4);
    let request = claim_request(job, hub.worker(1));
    let first = device.claim(&hub, &request).await.expect("a place");
    assert_eq!(first.claim.state, ClaimState::Confirmed);
    assert!(first.claim.number.starts_with("00-"));
    let again = device.claim(&hub, &request).await.expect("the same");
    assert_eq!(first.claim, again.claim);
    assert_eq!(hub.places_left(job), 3);
    let other = claim_request(job, hub.worker(1));
    let refused = device.claim(&hub, &other).await.expect_err("a problem");
    assert_eq!(refused.kind, ProblemType::NotAllowed);
    assert_eq!(refused.reason, Some(ClaimReason::Duplicate));
}

#[tokio::test]
async fn two_race_for_the_last_place_and_one_gets_it() {
    let hub = TestHub::start().await;
    let (one, two) = (hub.device("一号").await, hub.device("二号").await);
    for n in 1..=10 {
        let job = hub.job(n, 1);
        let (mine, yours) = (
            claim_request(job, hub.worker(100 + n)),
            claim_request(job, hub.worker(200 + n)),
        );
        let (a, b) = tokio::join!(one.claim(&hub, &mine), two.claim(&hub, &yours));
        assert!(a.is_ok() != b.is_ok(), "{a:?} {b:?}");
        let lost = a.err().or(b.err()).expect("one lost");
        assert_eq!(lost.kind, ProblemType::CapacityExhausted);
        assert_eq!(hub.places_left(job), 0);
    }
}

#[tokio::test]
async fn an_old_epoch_is_fenced_but_what_it_did_is_taken() {
    let hub = TestHub::start().await;
    let mut old = hub.device("一号").await;
    let job = hub.job(1, 9);
    old.ask(&hub, want(job, 0, 2)).await.expect("granted");
    let worker = old.registers(1);
    let claim = old.takes(job, worker, ClaimState::Confirmed);
    // The first answer is lost on the way; the device asks again with the token it has.
    re_enrol(&hub, &old.reply.token).await.expect("a new epoch");
    let reply = re_enrol(&hub, &old.reply.token).await.expect("once more");
    assert_eq!(reply.epoch, Epoch(3));
    assert_eq!(reply.device, old.reply.device);
    let new = TestDevice { reply, log: vec![] };
    new.feed(&hub, hall_scope(), 0, 0).await.expect("in use");

    let fenced = [
        kind(old.ask(&hub, want(job, 2, 1)).await),
        kind(old.feed(&hub, hall_scope(), 0, 0).await),
        kind(old.claim(&hub, &claim_request(job, worker)).await),
        kind(re_enrol(&hub, &old.reply.token).await),
    ];
    assert_eq!(fenced, [ProblemType::EpochFenced; 4]);
    assert_eq!(old.upload(&hub, 0).await.expect("taken").seq, 2);
    assert_eq!(hub.kept(claim.id).state, ClaimState::Confirmed);
    assert_eq!(new.ask(&hub, want(job, 0, 1)).await, Ok(1), "from nothing");
    let foreign = OutboxRequest {
        epoch: Epoch(3),
        records: vec![],
    };
    let refused = hub
        .post::<serde_json::Value>(&old.reply.token, "/outbox", &foreign)
        .await;
    assert_eq!(kind(refused), ProblemType::EpochFenced);
}

#[tokio::test]
async fn provisional_claims_are_decided_and_the_device_is_told() {
    let hub = TestHub::start().await;
    let mut device = hub.device("一号").await;
    let job = hub.job(1, 1);
    let claims = [1, 2].map(|n| {
        let worker = device.registers(n);
        device.takes(job, worker, ClaimState::Provisional)
    });
    device.upload(&hub, 0).await.expect("taken");
    let told = device.feed(&hub, device.scope(), 0, 0).await.expect("ok");
    let decisions: Vec<_> = told.scopes[0]
        .changes
        .iter()
        .map(|change| match &change.change {
            Change::Claim { claim } => (claim.id, claim.state, claim.reason),
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(
        decisions,
        [
            (claims[0].id, ClaimState::Confirmed, None),
            (claims[1].id, ClaimState::Rejected, Some(ClaimReason::Full)),
        ]
    );
}

#[tokio::test]
async fn a_withdrawal_frees_one_place_and_wakes_the_device() {
    let hub = TestHub::start().await;
    let mut device = hub.device("一号").await;
    let job = hub.job(1, 4);
    device.ask(&hub, want(job, 0, 2)).await.expect("granted");
    let worker = device.registers(1);
    let claim = device.takes(job, worker, ClaimState::Confirmed);
    device.upload(&hub, 0).await.expect("taken");
    assert_eq!(hub.places_left(job), 3);
    let by_phone = async {
        tokio::time::sleep(Duration::from_millis(200)).await;
        hub.store()
            .withdraw(claim.id, Timestamp::now())
            .expect("withdrawn");
    };
    let (told, ()) = tokio::join!(device.feed(&hub, device.scope(), 0, 20), by_phone);
    let change = &told.expect("ok").scopes[0].changes[0].change;
    assert!(matches!(change, Change::Claim { claim } if claim.state == ClaimState::Withdrawn));
    device.append(Event::ClaimWithdrawn {
        claim: claim.id,
        job,
    });
    device.upload(&hub, 0).await.expect("taken");
    assert_eq!(hub.places_left(job), 4, "freed once");
}

#[tokio::test]
async fn a_full_hub_names_the_halls_that_could_give_places_back() {
    let hub = TestHub::start().await;
    let (one, two) = (hub.device("一号").await, hub.device("二号").await);
    let job = hub.job(1, 3);
    one.ask(&hub, want(job, 0, 2)).await.expect("granted");
    let claim = claim_request(job, hub.worker(1));
    two.claim(&hub, &claim).await.expect("the reserve");
    let request = claim_request(job, hub.worker(2));
    let full = two.claim(&hub, &request).await.expect_err("a problem");
    assert_eq!(full.kind, ProblemType::CapacityExhausted);
    assert_eq!(full.held_by, ["一号"]);
    let told = one.feed(&hub, one.scope(), 0, 0).await.expect("ok");
    assert_eq!(told.scopes[0].changes[0].change, Change::Recall { job });
}

#[tokio::test]
async fn a_terminal_finds_who_registered_elsewhere() {
    let hub = TestHub::start().await;
    let device = hub.device("一号").await;
    let job = hub.job(1, 4);
    let worker = hub.worker(1);
    let claim = claim_request(job, worker);
    device.claim(&hub, &claim).await.expect("a place");
    let find = async |n: u32| {
        let number: IdNumber = an_id_number("19750501", n).parse().expect("valid");
        let request = FindWorkerRequest {
            id_sealed: device.reply.sealing_key.seal(&number).expect("sealed"),
        };
        hub.post::<FindWorkerReply>(&device.reply.token, "/workers/find", &request)
            .await
            .expect("an answer")
    };
    let found = find(1).await;
    assert_eq!(found.worker.map(|known| known.worker), Some(worker));
    assert_eq!(found.claims[0].claim.id, claim.claim);
    assert_eq!(found.claims[0].job.id, job);
    assert_eq!(find(2).await.worker, None);
}

#[tokio::test]
async fn a_stopped_hub_lets_waiting_devices_go_and_keeps_everything_private() {
    let hub = TestHub::start().await;
    let mut device = hub.device("一号").await;
    let job = hub.job(1, 4);
    let worker = device.registers(7);
    device.takes(job, worker, ClaimState::Provisional);
    device.upload(&hub, 0).await.expect("taken");
    let head = snapshot(&hub, &device, hall_scope()).await.head;
    let (client, url) = (hub.client.clone(), format!("{}/api/v1/feed", hub.url));
    let ask = json!({ "cursors": [{ "scope": hall_scope(), "seq": head }], "wait_seconds": 25,
        "health": { "outbox_length": 0, "rights": 0, "clock_offset_ms": 0, "version": "" } });
    let token = device.reply.token.clone();
    let waiting =
        tokio::spawn(async move { client.post(url).bearer_auth(token).json(&ask).send().await });
    tokio::time::sleep(Duration::from_millis(500)).await;
    let began = Instant::now();
    let dir = hub.stop().await;
    assert!(began.elapsed() < Duration::from_secs(4), "{began:?}");
    assert_eq!(waiting.await.expect("ran").expect("answered").status(), 200);

    let number = an_id_number("19750501", 7);
    for file in std::fs::read_dir(dir.path()).expect("listed") {
        let bytes = std::fs::read(file.expect("entry").path()).expect("read");
        for secret in [&number, "李晓峰", "13987654321", &device.reply.token] {
            let found = bytes.windows(secret.len()).any(|w| w == secret.as_bytes());
            assert!(!found, "{secret} is readable");
        }
    }
}

#[tokio::test]
async fn a_job_whose_time_is_over_leaves_by_itself() {
    let hub = TestHub::start().await;
    let device = hub.device("一号").await;
    let mut soon = listing(1, 4);
    soon.job.valid_until = Timestamp::now() + jiff::SignedDuration::from_secs(1);
    hub.store()
        .import(&a_hall(), &[soon], Timestamp::now())
        .expect("in");
    let head = snapshot(&hub, &device, hall_scope()).await.head;
    let told = device.feed(&hub, hall_scope(), head, 10).await.expect("ok");
    let change = &told.scopes[0].changes[0].change;
    assert!(
        matches!(change, Change::Job { job } if job.state == gighall_core::job::JobState::Expired)
    );
}

#[tokio::test]
async fn a_device_is_asked_for_a_picture_and_sends_it() {
    const PNG: &[u8] = b"\x89PNG\r\n\x1a\nand so on";
    let hub = TestHub::start().await;
    let device = hub.device("一号").await;
    let feed = || device.feed(&hub, hall_scope(), 0, 0);
    assert_eq!(feed().await.expect("ok").picture, None);
    let ask = |name| hub.store().ask_picture(&a_hall(), name, Timestamp::now());
    let id = ask(None).expect("asked");
    assert_eq!(feed().await.expect("ok").picture, Some(id));
    assert_eq!(feed().await.expect("ok").picture, None, "it is at it");

    let send = |token: &str, id: uuid::Uuid, body: Vec<u8>| {
        let request = hub
            .client
            .post(format!("{}/api/v1/picture?id={id}&wall=wall", hub.url))
            .bearer_auth(token)
            .body(body);
        async move { request.send().await.expect("answered").status().as_u16() }
    };
    let token = device.reply.token.as_str();
    let other = hub.device("二号").await;
    assert_eq!(send(&other.reply.token, id, PNG.to_vec()).await, 404);
    assert_eq!(send("nobody", id, PNG.to_vec()).await, 401);
    assert_eq!(send(token, id, b"GIF89a".to_vec()).await, 400);
    let mut long = PNG.to_vec();
    long.resize(gighall_core::picture::PICTURE_BYTES_MAX + 1, 0);
    assert_eq!(send(token, id, long).await, 413);
    assert_eq!(send(token, uuid::Uuid::new_v4(), PNG.to_vec()).await, 404);
    assert_eq!(send(token, id, PNG.to_vec()).await, 200);
    assert_eq!(
        send(token, id, PNG.to_vec()).await,
        200,
        "again, as the answer was lost"
    );
    let pictures = hub.store().pictures(id).expect("read");
    assert_eq!(pictures.len(), 1);
    assert_eq!(
        (pictures[0].wall.as_str(), pictures[0].png.as_slice()),
        ("wall", PNG)
    );
    assert_eq!(feed().await.expect("ok").picture, None);

    // With two devices, one has to be named; only the last few requests are kept.
    assert!(matches!(ask(None), Err(StoreError::SeveralDevices)));
    assert!(matches!(ask(Some("三号")), Err(StoreError::NotFound(_))));
    for _ in 0..5 {
        ask(Some("一号")).expect("asked");
    }
    assert_eq!(hub.store().pictures(id).expect("read"), []);
    let day = Timestamp::now() + jiff::SignedDuration::from_hours(24);
    assert_eq!(hub.store().forget_pictures(day).expect("done"), 5);
}
