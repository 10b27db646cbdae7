//! A hall that is played once for each version, so that it leaves something of everything behind.

use super::device::{Device, Tape};
use super::{Age, Exchange, keep, meaning, samples};
use crate::sync_support::{Hub, confirmed, listing};
use gighall_core::application::{Answers, Education, LastWork, Want};
use gighall_core::complaint::{ComplaintKind, ComplaintState, Since, Told};
use gighall_core::hall::{Hall, Notice, NoticeKind};
use gighall_core::hardship::Hardship;
use gighall_core::id::{ClaimId, JobId, NoticeId, WorkerId};
use gighall_core::identity::IdNumber;
use gighall_core::job::{Job, WorkKind};
use gighall_core::media::MediaFile;
use gighall_core::outbox::Head;
use gighall_core::playlist::HubPlaylist;
use gighall_core::proof::Showing;
use gighall_core::testing::{a_hall, a_showing, an_event, an_id_number, at};
use gighall_core::wire::KnownWorker;
use gighall_core::wishes::{Hours, Paper, Wishes};
use gighall_core::worker::{Channel, Consent};
use gighall_hub::store::{Listing, NewClaim, NewWorker};
use gighall_kiosk::sync::Turn;
use gighall_kiosk::terminal::desk::{ClaimOutcome, Desk, NewRegistration};
use gighall_kiosk::terminal::services::{Saying, ServiceDesk};
use jiff::{SignedDuration, Timestamp};
use serde_json::json;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use tokio::runtime::Runtime;
use uuid::Uuid;

/// So many people are in it: those that a terminal registered come first.
pub const PEOPLE: u32 = 8;
/// The one who came by phone.
const PHONE: u32 = 7;
const NAMES: [&str; PEOPLE as usize] = [
    "李晓峰",
    "王桂英",
    "阿依古丽",
    "张伟",
    "赵永强",
    "马秀兰",
    "陈建国",
    "孙丽",
];

/// What the file for walls says: no picture, but no program looks into it.
const FILE: &[u8] = b"a picture of the fixtures";

/// The identity number of the `n`th of them.
pub fn person_number(n: u32) -> IdNumber {
    an_id_number("20050501", n).parse().expect("valid")
}

/// Jobs are so far away that no test of today finds them over: until the year 2060.
fn far(n: u32, places: u32) -> Listing {
    let mut listing = listing(n, places);
    let job = &mut listing.job;
    job.starts_at = at("2060-03-01T00:00:00Z") + SignedDuration::from_hours(48 * i64::from(n));
    job.ends_at = Some(job.starts_at + SignedDuration::from_hours(8));
    job.valid_until = job.starts_at;
    job.position = Some(("26.857000".to_owned(), "104.282000".to_owned()));
    listing
}

impl Device {
    fn register(&self, n: u32) -> KnownWorker {
        let new = NewRegistration {
            pin: None,
            name: NAMES[n as usize].to_owned(),
            number: person_number(n),
            phone: n.is_multiple_of(2).then(|| format!("1381234567{n}")),
            work_kinds: vec![WorkKind::Construction],
        };
        self.desk.register(&new, &[]).expect("registered")
    }

    fn claims(&self, n: u32, job: &Job) -> (KnownWorker, ClaimId) {
        let worker = self.register(n);
        let outcome = self.desk.claim(&worker, job.id).expect("works");
        (worker, confirmed(outcome).id)
    }
}

/// The secret key of every fixture: it guards nothing.
fn put_key(data: &Path) {
    std::fs::create_dir_all(data).expect("a directory");
    let path = data.join("secret.key");
    std::fs::write(&path, "5a".repeat(32)).expect("written");
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).expect("private");
}

/// Plays the hall and keeps what it leaves.
pub fn make(age: &Age) {
    let folder = &age.folder;
    assert!(!folder.exists(), "{} is never made again", folder.display());
    for sample in samples::all() {
        age.write(&format!("wire/{}.json", sample.name), &sample.written);
    }
    let codes: serde_json::Map<_, _> = samples::codes()
        .into_iter()
        .map(|(name, codes)| (name.to_owned(), json!(codes)))
        .collect();
    age.write("codes.json", &codes);
    let mut hub = Hub::start();
    hub.stopped(|data| {
        std::fs::remove_dir_all(data).expect("removed");
        put_key(data);
    });
    let jobs = open_the_hall(&hub);
    let tape = Tape::to(hub.address);
    let data = hub.data("kiosk");
    put_key(&data);
    let device = Device::open(&data, tape.clone(), Some(hub.code("一号")));
    use Turn::{Lend, Push, Step};
    device.turns(&[Step, Step, Step, Step, Lend, Step]);
    a_morning(&hub, &device, &jobs);
    device.turns(&[Push, Step, Step, Lend, Step]);
    tape.switch(false);
    device.turns(&[Step]);
    cut_off(&device, &jobs);
    let code = hub.code("二号");
    let now = Timestamp::now();
    let store = &hub.state.store;
    let picture = store
        .ask_picture(&a_hall(), Some("一号"), now)
        .expect("asked");
    let made = Timestamp::now();
    age.write(
        "made.json",
        &json!({"at": made, "program": env!("CARGO_PKG_VERSION")}),
    );
    age.write("kiosk.json", &meaning::of_kiosk(&device.store, made));
    drop(device);
    keep(&data, &folder.join("kiosk"));
    hub.stopped(|data| keep(data, &folder.join("hub")));
    std::fs::write(
        folder.join("hub/today.sql"),
        "UPDATE device SET code_made_at = {now} WHERE code_made_at IS NOT NULL;\n\
         UPDATE picture_request SET asked_at = {now};\n",
    )
    .expect("written");
    age.write("hub.json", &meaning::of_hub(&hub.state));
    // It comes back, and what it says and hears then is kept.
    tape.taken();
    tape.switch(true);
    let device = Device::open(&data, tape.clone(), None);
    device.turns(&[Step, Step, Push, Lend, Step, Lend, Step]);
    keep_exchanges(age, "engine", tape.taken());
    age.write("kiosk-after.json", &meaning::of_kiosk(&device.store, made));
    let asked = by_hand(&hub, &device, &jobs, &code, picture);
    keep_exchanges(age, "hand", asked);
}

fn keep_exchanges(age: &Age, by: &str, exchanges: Vec<Exchange>) {
    for (n, exchange) in exchanges.iter().enumerate() {
        let route = exchange
            .route()
            .trim_start_matches("/api/v1/")
            .replace('/', "-");
        let route: String = route.chars().take(20).collect();
        age.write(
            &format!("exchanges/{by}-{:02}-{route}.json", n + 1),
            exchange,
        );
    }
}

/// What staff put in before anybody comes.
fn open_the_hall(hub: &Hub) -> Vec<Job> {
    let store = &hub.state.store;
    let now = Timestamp::now();
    let hall = Hall {
        id: a_hall(),
        name: "威宁县零工市场".to_owned(),
        county_code: Some("520526".to_owned()),
        hotline: Some("0857-12333".to_owned()),
        address: Some("草海镇建设东路".to_owned()),
    };
    store.put_hall(&hall).expect("a hall");
    let listings = [far(0, 8), far(1, 6), far(2, 1), far(3, 1), far(4, 2)];
    store.import(&a_hall(), &listings, now).expect("imported");
    let notice = Notice {
        id: NoticeId(Uuid::from_u128(0x51)),
        kind: NoticeKind::WageGuide,
        title: "小工日工资参考".to_owned(),
        body: "180至260元".to_owned(),
        issuer: Some("县人社局".to_owned()),
        effective_from: now,
        effective_to: None,
        ticker: true,
    };
    store.put_notice(&a_hall(), &notice).expect("a notice");
    let mut course = an_event(1);
    course.starts_at = at("2060-02-01T01:00:00Z");
    course.ends_at = at("2060-02-01T04:00:00Z");
    store.put_event(&a_hall(), &course).expect("a course");
    let playlist = HubPlaylist {
        name: "冬季".to_owned(),
        halls: vec![],
        walls: vec![],
        from: None,
        until: None,
        given_at: now,
        text: "[[scene]]\nkind = \"table\"\nseconds = 20\n".to_owned(),
    };
    store.put_playlist(&playlist).expect("a playlist");
    let hash = "ab".repeat(32);
    let file = MediaFile {
        name: "安全.png".to_owned(),
        sha256: hash.clone(),
        bytes: FILE.len() as u64,
        kind: "image/png".to_owned(),
    };
    std::fs::create_dir_all(store.media_folder()).expect("a folder");
    std::fs::write(store.media_folder().join(hash), FILE).expect("written");
    store.put_media(&file).expect("a file");
    let mut jobs = store.open_jobs(&a_hall(), now).expect("read");
    jobs.sort_by_key(|job| job.starts_at);
    jobs
}

fn saying(kind: ComplaintKind, words: &str) -> Saying {
    Saying {
        kind,
        job: None,
        claim: None,
        told: Told {
            since: Since::Week,
            sum_fen: kind.has_sum().then_some(20_000),
            words: words.to_owned(),
        },
    }
}

/// Everything that a hall does while the hub is there.
fn a_morning(hub: &Hub, device: &Device, jobs: &[Job]) {
    let store = &hub.state.store;
    let desk = &device.desk;
    let (first, _) = device.claims(0, &jobs[0]);
    let (second, taken_back) = device.claims(1, &jobs[0]);
    desk.withdraw(&second, taken_back).expect("withdrawn");
    // No right is lent to a single place: it is taken at the hub.
    device.claims(2, &jobs[2]);
    let wishes = Wishes {
        fen_a_day: Some(20_000),
        town: Some("草海镇".to_owned()),
        hours: Some(Hours::Day),
        papers: Some(vec![Paper::Welder]),
    };
    desk.say_wishes(&first, &[WorkKind::Construction], &wishes)
        .expect("kept");
    let course = store.events(&a_hall()).expect("read").remove(0);
    let enrolment = desk.enrol(&first, course.id).expect("works");
    enrolment.expect("there is room");
    desk.wish(&second, &[WorkKind::Construction]).expect("kept");
    let answers = Answers {
        last_work: LastWork::Never,
        why_left: None,
        education: Education::Primary,
        wants: vec![Want::Work, Want::Training],
    };
    desk.apply(&second, &answers).expect("kept");
    desk.say_hardship(&second, &[Hardship::Disabled, Hardship::Resettled])
        .expect("kept");
    let unpaid = saying(ComplaintKind::Unpaid, "工头没给钱");
    let told = desk.complain(Some(&first), &unpaid).expect("kept");
    desk.complain(None, &saying(ComplaintKind::Unsafe, "脚手架不牢"))
        .expect("kept");
    let showings: Vec<Showing> = (0..3).map(a_showing).collect();
    let now = Timestamp::now();
    device.turns(&[Turn::Push, Turn::Step]);
    let word = Some("已联系用工单位");
    store
        .move_complaint(told.id, ComplaintState::TakenUp, "staff", word, now)
        .expect("taken up");
    let known = store.worker_by_number(&person_number(1)).expect("read");
    let known = known.expect("registered").worker;
    store
        .set_hardship(known, Hardship::Older, "52岁", "staff", now)
        .expect("noted");
    phone(hub, &jobs[1]);
    device.store.keep_proof(&showings, 100, now).expect("kept");
}

fn phone(hub: &Hub, job: &Job) {
    let store = &hub.state.store;
    let now = Timestamp::now();
    let worker = NewWorker {
        id: WorkerId(Uuid::from_u128(0x71)),
        name: NAMES[PHONE as usize].to_owned(),
        number: person_number(PHONE),
        phone: Some("13912345678".to_owned()),
        work_kinds: vec![],
        consent: Consent {
            version: 1,
            at: now,
        },
        channel: Channel::Phone,
    };
    let worker = store.register(&worker).expect("registered");
    let claim = NewClaim {
        id: ClaimId(Uuid::from_u128(0x72)),
        job: job.id,
        worker,
        channel: Channel::Phone,
        device: None,
    };
    store.claim_direct(&claim, now).expect("a place");
}

/// What a hall does while it is cut off, and what waits then.
fn cut_off(device: &Device, jobs: &[Job]) {
    let desk = &device.desk;
    device.claims(3, &jobs[0]);
    let (fourth, taken_back) = device.claims(4, &jobs[1]);
    desk.withdraw(&fourth, taken_back).expect("withdrawn");
    let fifth = device.register(5);
    let outcome = desk.claim(&fifth, jobs[3].id).expect("works");
    assert!(
        matches!(outcome, ClaimOutcome::Provisional(..)),
        "{outcome:?}"
    );
    let outcome = desk.claim(&fifth, jobs[2].id).expect("works");
    assert!(matches!(outcome, ClaimOutcome::Full { .. }), "{outcome:?}");
    desk.complain(Some(&fifth), &saying(ComplaintKind::Fee, "要押金"))
        .expect("kept");
    let notice = Notice {
        id: NoticeId(Uuid::from_u128(0x52)),
        kind: NoticeKind::Emergency,
        title: "停水通知".to_owned(),
        body: "今天下午停水".to_owned(),
        issuer: None,
        effective_from: Timestamp::now(),
        effective_to: None,
        ticker: false,
    };
    device.store.put_up(&notice).expect("kept");
}

/// Requests that the engine makes beside its turns, and those to which the hub says no.
fn by_hand(hub: &Hub, device: &Device, jobs: &[Job], code: &str, picture: Uuid) -> Vec<Exchange> {
    let identity = device.sync.identity().expect("enrolled");
    let token = Some(identity.token.as_str());
    let runtime = Runtime::new().expect("a runtime");
    let mut asked = vec![];
    let mut ask = |mut exchange: Exchange| {
        let (status, reply) = runtime.block_on(exchange.ask(hub.address));
        (exchange.status, exchange.reply) = (status, reply.clone());
        asked.push(exchange);
        reply
    };
    let post = |route: &str, token: Option<&str>, body: &serde_json::Value| {
        Exchange::of(
            "POST",
            &format!("/api/v1{route}"),
            token,
            body.to_string().as_bytes(),
        )
    };
    let get = |route: &str| Exchange::of("GET", &format!("/api/v1{route}"), token, b"");
    let epoch = identity.epoch;
    let worker = WorkerId(Uuid::from_u128(0x71));
    let claim = |n: u128, job: JobId| json!({"claim": ClaimId(Uuid::from_u128(n)), "job": job, "worker": worker, "channel": "terminal"});
    let mut keyed = post("/claims", token, &claim(0x73, jobs[4].id));
    keyed.key = Some(Uuid::from_u128(0x73).to_string());
    ask(keyed);
    let sealed = identity.sealing_key.seal(&person_number(0)).expect("a key");
    ask(post("/workers/find", token, &json!({"id_sealed": sealed})));
    let sealed = identity.sealing_key.seal(&person_number(6)).expect("a key");
    ask(post("/workers/find", token, &json!({"id_sealed": sealed})));
    let showing =
        json!({"seq": 1, "wall": "wall", "scene": "rest", "at": a_showing(1).at, "ms": 5000});
    ask(post(
        "/proof",
        token,
        &json!({"epoch": epoch, "showings": [showing]}),
    ));
    let png = b"\x89PNG\r\n\x1a\n\xff";
    let route = format!("/api/v1/picture?id={picture}&wall=wall");
    ask(Exchange::of("POST", &route, token, png));
    for scope in [
        format!("hall/{}", a_hall()),
        format!("device/{}", identity.device),
    ] {
        ask(post("/snapshot", token, &json!({"scope": scope})));
    }
    ask(get("/events"));
    ask(get(&format!("/media/{}", "ab".repeat(32))));
    ask(post(
        "/signing-key",
        token,
        &json!({"public_key": "cd".repeat(32)}),
    ));
    // The other device, which makes mistakes.
    let enrol = |code: &str| json!({"code": code, "hall": a_hall(), "public_key": "ef".repeat(32), "version": "0.1.0"});
    ask(post("/enrol", None, &enrol("AAAA-AAAA")));
    let old = ask(post("/enrol", None, &enrol(code)));
    let old = old["token"].as_str();
    let again = json!({"public_key": "ef".repeat(32), "version": "0.1.0"});
    let anew = ask(post("/re-enrol", old, &again));
    let anew = anew["token"].as_str();
    let wants = |epoch: u32, job: JobId| json!({"epoch": epoch, "jobs": [{"job": job, "known": 0, "returned": 0, "want": 1}]});
    ask(post("/rights", old, &wants(1, jobs[0].id)));
    ask(post("/rights", anew, &wants(2, jobs[0].id)));
    ask(post("/claims", anew, &claim(0x74, jobs[2].id)));
    ask(post("/claims", anew, &claim(0x75, samples::no_job())));
    ask(post("/feed", None, &json!({})));
    ask(post("/feed", anew, &json!({"cursors": "none"})));
    ask(post("/nowhere", anew, &json!({})));
    let body = json!({"v": 1, "at": a_showing(1).at, "event": "claim_checked_in",
        "claim": ClaimId(Uuid::from_u128(0x72))});
    let first = Head::default().append(body.to_string());
    let fork = Head::default().append(body.to_string() + " ");
    let gap = Head {
        seq: 7,
        ..first.head()
    }
    .append(body.to_string());
    for record in [first, gap, fork] {
        ask(post(
            "/outbox",
            anew,
            &json!({"epoch": 2, "records": [record]}),
        ));
    }
    asked
}
