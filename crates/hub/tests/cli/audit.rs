//! Who saw or changed what of a person is written down, whichever door it was; and what staff see of
//! devices, and take away from them. Real processes.
use gighall_core::claim::ClaimState;
use gighall_core::id::WorkerId;
use gighall_core::job::ClaimMode;
use gighall_core::outbox::{Body, Event, Head, RECORD_VERSION};
use gighall_core::pass::Pass;
use gighall_core::rights::Holder;
use gighall_core::seal::SealedText;
use gighall_core::testing::{a_hall, an_id_number};
use gighall_core::wire::{DeviceHealth, EnrolReply, EnrolRequest};
use gighall_core::worker::{Channel, Consent};
use gighall_hub::store::{Act, AuditQuery, NewWorker};
use gighall_hub::{HubConfig, HubState};
use jiff::{SignedDuration, Timestamp};
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};
use uuid::Uuid;

/// Runs a command with `lines` on its stdin; gives what it printed.
fn said(data: &Path, args: &[&str], lines: &str) -> String {
    let mut child = Command::new(env!("CARGO_BIN_EXE_gighall-hub"))
        .args(&args[..2])
        .arg("--data")
        .arg(data)
        .args(&args[2..])
        .env("USER", "zhang; rm -rf\n/")
        .env_remove("SUDO_USER")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("started");
    let mut stdin = child.stdin.take().expect("piped");
    // Who needs no line may have ended already.
    let _ = stdin.write_all(lines.as_bytes());
    drop(stdin);
    let output = child.wait_with_output().expect("ended");
    assert!(output.status.success(), "{args:?}");
    String::from_utf8(output.stdout).expect("text")
}

fn hub(dir: &Path) -> HubState {
    let state = gighall_hub::open(&HubConfig::new(dir)).expect("a hub");
    let hall = gighall_core::hall::Hall {
        id: a_hall(),
        name: "威宁".to_owned(),
        county_code: None,
        hotline: None,
        address: None,
    };
    state.store.put_hall(&hall).expect("a hall");
    state
}

fn enrolled(state: &HubState, name: &str) -> EnrolReply {
    let now = Timestamp::now();
    let code = state
        .store
        .add_device(&a_hall(), name, now)
        .expect("a code");
    let request = EnrolRequest {
        code,
        hall: a_hall(),
        public_key: "ab".repeat(32),
        version: "0.1.0".to_owned(),
        before: None,
    };
    state.store.enrol(&request, now).expect("enrolled")
}

fn registered(state: &HubState, order: u32) -> WorkerId {
    let new = NewWorker {
        id: WorkerId(Uuid::new_v4()),
        name: "李晓锋".to_owned(),
        number: an_id_number("19750501", order).parse().expect("valid"),
        phone: Some("13987654321".to_owned()),
        work_kinds: vec![],
        consent: Consent {
            version: 1,
            at: Timestamp::now(),
        },
        channel: Channel::Phone,
    };
    state.store.register(&new).expect("registered")
}

/// A device asks who has that number.
async fn found(state: HubState, token: &str, id_sealed: SealedText) {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0");
    let listener = listener.await.expect("a port");
    let address = listener.local_addr().expect("bound");
    let stopped = std::future::pending();
    let server = tokio::spawn(gighall_hub::serve(listener, state, stopped));
    let _ = rustls::crypto::ring::default_provider().install_default();
    let response = reqwest::Client::new()
        .post(format!("http://{address}/api/v1/workers/find"))
        .bearer_auth(token)
        .json(&gighall_core::wire::FindWorkerRequest { id_sealed })
        .send()
        .await
        .expect("answered");
    assert_eq!(response.status(), 200);
    server.abort();
}

#[tokio::test]
async fn who_looked_at_a_person_is_written_down() {
    let dir = tempfile::tempdir().expect("a directory");
    let state = hub(dir.path());
    let device = enrolled(&state, "一号");
    let (one, other) = (registered(&state, 1), registered(&state, 3));
    for order in [1, 3] {
        let number = an_id_number("19750501", order).parse().expect("valid");
        let sealed = device.sealing_key.seal(&number).expect("sealed");
        found(state.clone(), &device.token, sealed).await;
    }
    let number = format!("{}\n", an_id_number("19750501", 1));
    for (act, second) in [
        ("show", ""),
        ("export", ""),
        ("rename", "李晓峰"),
        ("phone", "13987654321"),
        ("delete", ""),
    ] {
        let lines = format!("{number}{second}\n");
        said(dir.path(), &["worker", act], &lines);
    }
    said(dir.path(), &["claim", "list", "--hall", "weining"], "");
    let listed = said(dir.path(), &["audit", "list"], "");
    let acts: Vec<&str> = listed
        .lines()
        .map(|line| line.split('\t').nth(2).expect("an act"))
        .collect();
    let all = [
        "found",
        "found",
        "shown",
        "exported",
        "renamed",
        "phone-changed",
        "erased",
        "claims-listed",
    ];
    assert_eq!(acts, all, "{listed}");
    assert!(listed.contains(&format!("device {}\tfound\t{one}\tweining", device.device)));
    let staff = listed.lines().nth(2).expect("staff");
    assert!(
        staff.contains("\tstaff login=") && staff.contains(" uid="),
        "{staff}"
    );
    assert!(
        staff.contains("name=zhangrm-rf\tshown"),
        "one line and one column: {staff}"
    );
    for personal in ["李晓", "13987654321", number.trim()] {
        assert!(!listed.contains(personal), "{listed}");
    }

    // What is about one person; the one who was erased is found by the id that is left.
    let second = format!("{}\n", an_id_number("19750501", 3));
    let about = said(dir.path(), &["audit", "list", "--person"], &second);
    assert_eq!(about.lines().count(), 1, "{about}");
    assert!(about.contains(&other.to_string()));

    // Reading it is written down, and so is the export, which Excel opens.
    let sheet = dir.path().join("audit.csv");
    let out = sheet.display().to_string();
    said(dir.path(), &["audit", "export", "--out", &out], "");
    let sheet = std::fs::read_to_string(sheet).expect("written");
    let lines: Vec<&str> = sheet.lines().collect();
    assert_eq!(lines[0], "\u{feff}time,who,what,person,hall,about");
    assert_eq!(lines.len(), 1 + all.len() + 2, "{sheet}");
    let after = 1 + all.len();
    assert!(lines[after].contains("audit-read") && lines[after + 1].contains(&other.to_string()));
    let long_ago = ["audit", "list", "--to", "2026-01-01"];
    assert_eq!(said(dir.path(), &long_ago, ""), "");

    // It is kept for its time and no longer.
    let everything = AuditQuery {
        between: Timestamp::MIN..Timestamp::MAX,
        worker: None,
    };
    let kept = state.store.audited(&everything).expect("read");
    assert_eq!(kept[0].act, Act::Found);
    let soon = Timestamp::now() + SignedDuration::from_secs(1);
    assert_eq!(state.store.forget_audit(soon).expect("done"), kept.len());
    assert_eq!(state.store.audited(&everything).expect("read"), []);
}

#[test]
fn staff_see_how_devices_are_and_take_their_doors_away() {
    let dir = tempfile::tempdir().expect("a directory");
    let state = hub(dir.path());
    let device = enrolled(&state, "一号");
    let list = || said(dir.path(), &["device", "list"], "");
    assert!(
        list().contains("\tseen never\toutbox 0\trights 0\t"),
        "{}",
        list()
    );
    let oldest = "2026-11-24T02:05:00Z".parse().expect("a time");
    let health = DeviceHealth {
        outbox_length: 12,
        outbox_oldest: Some(oldest),
        rights: 3,
        clock_offset_ms: -250,
        version: "0.1.0".to_owned(),
        notices: vec![],
        walls: vec![],
    };
    let now = Timestamp::now();
    state
        .store
        .note_health(device.device, &health, now)
        .expect("noted");
    let told = list();
    assert!(
        told.contains(
            "\toutbox 12 since 2026-11-24 10:05\trights 3\tclock -250 ms\tversion 0.1.0\t"
        ),
        "{told}"
    );
    assert!(told.trim_end().ends_with("\tin use"), "{told}");
    // A device of before, which does not tell since when.
    let old = r#"{"outbox_length":1,"rights":0,"clock_offset_ms":0,"version":"0"}"#;
    let old: DeviceHealth = serde_json::from_str(old).expect("readable");
    assert_eq!(old.outbox_oldest, None);
    said(
        dir.path(),
        &["device", "revoke", "--hall", "weining", "--name", "一号"],
        "",
    );
    assert!(list().trim_end().ends_with("\trevoked"), "{}", list());
    assert_eq!(state.store.authenticate(&device.token).expect("read"), None);
}

/// The person gets a pass at a terminal, and staff revoke it.
fn revokes_a_pass(state: &HubState, data: &Path, worker: WorkerId, number: &str) {
    let device = enrolled(state, "一号");
    let holder = Holder {
        device: device.device,
        epoch: device.epoch,
    };
    let pass = Pass::generate();
    let body = Body {
        v: RECORD_VERSION,
        at: Timestamp::now(),
        event: Event::PassMade {
            worker,
            pass: pass.hash(),
        },
    };
    let records = [Head::default().append(body.to_text())];
    let accepted = state
        .store
        .accept_outbox(holder, &records, Timestamp::now());
    accepted.expect("taken");
    let sealed = device.sealing_key.seal_text(&pass.text()).expect("a key");
    let found = || state.store.worker_by_sealed(&sealed).expect("read");
    assert_eq!(found().map(|it| it.worker.worker), Some(worker));
    let shown = said(data, &["worker", "show"], number);
    assert!(shown.contains("pass\tsince"), "{shown}");
    said(data, &["worker", "revoke-pass"], number);
    assert!(found().is_none());
}

/// Staff decide for the employer who chooses, and give nobody a place that is somebody else's.
#[test]
fn the_last_place_is_nobodys_to_give_and_each_decision_is_written_down() {
    let dir = tempfile::tempdir().expect("a directory");
    let state = hub(dir.path());
    let now = Timestamp::now();
    let modes = [ClaimMode::EmployerConfirms, ClaimMode::FirstCome];
    let listings = [1, 2].map(|n: u32| {
        let mut job = gighall_core::testing::a_job(n);
        job.claim_mode = modes[n as usize - 1];
        (job.places, job.places_left) = (1, 1);
        job.starts_at = now + SignedDuration::from_hours(24 * i64::from(n));
        job.ends_at = Some(job.starts_at + SignedDuration::from_hours(6));
        job.valid_until = job.starts_at;
        gighall_hub::store::Listing {
            source_key: n.to_string(),
            employer_uscc: None,
            review: None,
            start_moves: false,
            job,
        }
    });
    state
        .store
        .import(&a_hall(), &listings, now)
        .expect("imported");
    let mut jobs = state.store.open_jobs(&a_hall(), now).expect("read");
    jobs.sort_by_key(|job| job.starts_at);
    let [first, friend] = [1, 3].map(|order| registered(&state, order));
    let claims = |worker, job: usize| {
        let new = gighall_hub::store::NewClaim {
            id: gighall_core::id::ClaimId(Uuid::new_v4()),
            job: jobs[job].id,
            worker,
            channel: Channel::Phone,
            device: None,
        };
        let reply = state.store.claim_direct(&new, now);
        reply.map(|reply| reply.claim)
    };
    let mine = claims(first, 0).expect("the last place");
    assert_eq!(mine.state, ClaimState::Claimed);
    assert!(claims(friend, 0).is_err(), "it is taken");
    let other = claims(first, 1).expect("the last place");
    assert_eq!(other.state, ClaimState::Confirmed);
    assert!(claims(friend, 1).is_err());
    let decide = |what: &str, number: &str| {
        Command::new(env!("CARGO_BIN_EXE_gighall-hub"))
            .args(["claim", what, "--number", number, "--data"])
            .arg(dir.path())
            .output()
            .expect("ran")
            .status
            .success()
    };
    assert!(!decide("reject", &other.number), "nobody chooses there");
    assert!(decide("confirm", &mine.number));
    assert!(!decide("reject", &mine.number), "it was decided on");
    for (claim, wanted) in [(&mine, "confirmed"), (&other, "confirmed")] {
        let kept = state.store.claim(claim.id).expect("read").expect("kept");
        assert_eq!(kept.claim.state.code(), wanted);
    }
    assert!(claims(friend, 0).is_err() && claims(friend, 1).is_err());
    let listed = said(dir.path(), &["audit", "list"], "");
    let lines: Vec<&str> = listed.lines().collect();
    assert_eq!(lines.len(), 1, "{listed}");
    let told = format!("\tclaim-decided\t{first}\t");
    assert!(
        lines[0].contains(&told) && lines[0].contains("\tstaff login="),
        "{listed}"
    );
}

#[test]
fn staff_say_who_came_and_who_did_not_and_it_is_written_down() {
    let dir = tempfile::tempdir().expect("a directory");
    let state = hub(dir.path());
    let now = Timestamp::now();
    let mut today = gighall_core::testing::a_job(1);
    today.starts_at = now - SignedDuration::from_hours(2);
    today.ends_at = Some(now + SignedDuration::from_hours(6));
    today.valid_until = now + SignedDuration::from_hours(6);
    let listing = gighall_hub::store::Listing {
        source_key: "today".to_owned(),
        employer_uscc: None,
        review: None,
        start_moves: false,
        job: today,
    };
    state
        .store
        .import(&a_hall(), &[listing], now)
        .expect("imported");
    let job = state.store.open_jobs(&a_hall(), now).expect("read")[0].id;
    let workers = [1, 3].map(|order| registered(&state, order));
    let claims = workers.map(|worker| {
        let new = gighall_hub::store::NewClaim {
            id: gighall_core::id::ClaimId(Uuid::new_v4()),
            job,
            worker,
            channel: Channel::Phone,
            device: None,
        };
        let reply = state.store.claim_direct(&new, now);
        reply.expect("a place").claim
    });
    let say = |what: &str, number: &str| said(dir.path(), &["claim", what, "--number", number], "");
    say("check-in", &claims[0].number);
    say("check-in", &claims[0].number);
    say("no-show", &claims[1].number);
    let states = claims.clone().map(|claim| {
        let kept = state.store.claim(claim.id).expect("read").expect("kept");
        kept.claim.state.code()
    });
    assert_eq!(states, ["checked_in", "no_show"]);
    let places = |id| state.store.job(id).expect("read").expect("there");
    assert_eq!(places(job).places_left, places(job).places - 1);
    let refused = Command::new(env!("CARGO_BIN_EXE_gighall-hub"))
        .args(["claim", "check-in", "--number", &claims[1].number, "--data"])
        .arg(dir.path())
        .output()
        .expect("ran");
    let why = String::from_utf8_lossy(&refused.stderr);
    assert!(!refused.status.success());
    assert!(
        why.contains("nobody is expected") && why.contains("no_show"),
        "{why}"
    );
    // Who did not come is in a pause, which staff can lift.
    let paused = |order: usize| state.store.pause(workers[order], now).expect("read");
    assert!(paused(0).is_none() && paused(1).is_some());
    let number = format!("{}\n", an_id_number("19750501", 3));
    let shown = said(dir.path(), &["worker", "show"], &number);
    assert!(shown.contains("pause after no-shows"), "{shown}");
    said(dir.path(), &["worker", "lift-pause"], &number);
    assert!(paused(1).is_none());
    revokes_a_pass(&state, dir.path(), workers[1], &number);
    let query = AuditQuery {
        between: now..Timestamp::MAX,
        worker: None,
    };
    let lines: Vec<_> = state
        .store
        .audited(&query)
        .expect("read")
        .into_iter()
        .map(|line| (line.act, line.worker))
        .collect();
    assert_eq!(
        lines,
        [
            (Act::CheckedIn, Some(workers[0])),
            (Act::CheckedIn, Some(workers[0])),
            (Act::MarkedAbsent, Some(workers[1])),
            (Act::Shown, Some(workers[1])),
            (Act::PauseLifted, Some(workers[1])),
            (Act::Shown, Some(workers[1])),
            (Act::PassRevoked, Some(workers[1])),
        ]
    );
}
