//! I8: an older device against a newer hub and the reverse, an older store opened by a newer program: from the
//! first tagged version on nothing is lost, and everything means what it meant.
//!
//! What each version left is kept under `tests/fixtures` (CONTRIBUTING.md says how a version adds its
//! folder): `GIGHALL_FIXTURES=v0.2 cargo test --workspace --test ages made -- --ignored`.

mod ages_support;
mod sync_support;

#[path = "simulation_support/count.rs"]
mod count;

use ages_support::device::Device;
use ages_support::first::{claim_id, first_record, first_rows};
use ages_support::hall::make;
use ages_support::old_hub::OldHub;
use ages_support::{Age, Exchange, meaning, samples, still_says};
use gighall_core::claim::ClaimState;
use gighall_core::job::Job;
use gighall_core::outbox::Head;
use gighall_core::testing::{a_hall, a_job, at};
use gighall_core::vault::Vault;
use gighall_core::wire::{Change, FeedReply, SnapshotReply};
use gighall_hub::HubConfig;
use gighall_kiosk::store::{STORE_FILE, Store};
use gighall_kiosk::sync::Turn;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use rusqlite::Connection;
use serde_json::{Map, Value, json};
use std::collections::{BTreeSet, HashMap};
use std::path::Path;
use sync_support::{Hub, Kiosk, until};
use tokio::runtime::Runtime;

#[test]
#[ignore = "makes the fixtures of a new version, which GIGHALL_FIXTURES names"]
fn fixtures_are_made() {
    let version = std::env::var("GIGHALL_FIXTURES").expect("GIGHALL_FIXTURES names the version");
    make(&Age::named(&version));
}

fn in_age(age: &Age, name: &str) -> String {
    format!("{}/{name}", age.folder.display())
}

/// What every age wrote is read, and each of its fields is understood as it was.
#[test]
fn what_travelled_is_read_as_it_was() {
    let today: HashMap<String, samples::Sample> = samples::all()
        .into_iter()
        .map(|sample| (sample.name.clone(), sample))
        .collect();
    let mut kept = BTreeSet::new();
    for age in Age::all() {
        for name in age.names("wire") {
            let then = age.read(&format!("wire/{name}.json"));
            let of = in_age(&age, &name);
            let sample = today.get(&name);
            let sample = sample.unwrap_or_else(|| panic!("{of}: nobody knows that kind any more"));
            let read = (sample.read)(&then).unwrap_or_else(|error| panic!("{of}: {error}"));
            still_says(&then, &read).unwrap_or_else(|differs| panic!("{of}: {differs}"));
            has_the_fields_of(&then, &sample.written)
                .unwrap_or_else(|gone| panic!("{of}: {gone} is not written any more"));
            kept.insert(name);
        }
        let codes = age.read("codes.json");
        let today: HashMap<_, _> = samples::codes().into_iter().collect();
        for (list, then) in codes.as_object().expect("lists") {
            let now = &today[list.as_str()];
            for code in then.as_array().expect("a list") {
                let known = now.iter().any(|it| *it == code);
                assert!(
                    known,
                    "{}: {list} has no {code} any more",
                    in_age(&age, "codes.json")
                );
            }
        }
    }
    for name in today.keys() {
        assert!(
            kept.contains(name),
            "{name} travels and has no fixture: make those of the coming version (CONTRIBUTING.md)"
        );
    }
}

/// Every kind of change and of record is among them, and every route is asked.
#[test]
fn no_kind_is_without_a_fixture() {
    let names: Vec<String> = samples::all().into_iter().map(|it| it.name).collect();
    for kind in samples::CHANGES {
        assert!(names.contains(&format!("change.{kind}")), "{kind}");
    }
    for kind in samples::EVENTS {
        assert!(names.contains(&format!("record.{kind}")), "{kind}");
    }
    let asked: Vec<Exchange> = Age::all().iter().flat_map(Age::exchanges).collect();
    for route in gighall_hub::routes() {
        let Some((path, _)) = route.path.split_once('{').or(Some((&route.path, ""))) else {
            continue;
        };
        if !path.starts_with("/api/v1/") {
            continue;
        }
        let is_it = |it: &&Exchange| {
            it.method == route.asked.method() && it.status == 200 && it.path.starts_with(path)
        };
        assert!(
            asked.iter().any(|it| is_it(&it)),
            "{} is never asked",
            route.path
        );
    }
}

/// Whether every field that was written then is written now.
fn has_the_fields_of(then: &Value, now: &Value) -> Result<(), String> {
    match (then, now) {
        (Value::Object(then), Value::Object(now)) => {
            for (key, then) in then {
                let now = now.get(key).ok_or_else(|| key.clone())?;
                has_the_fields_of(then, now)?;
            }
            Ok(())
        }
        (Value::Array(then), Value::Array(now)) => match (then.first(), now.first()) {
            (Some(then), Some(now)) => has_the_fields_of(then, now),
            _ => Ok(()),
        },
        _ => Ok(()),
    }
}

/// Each object in it, changed by itself.
fn each_object(value: &Value, change: &dyn Fn(&mut Map<String, Value>)) -> Vec<Value> {
    let mut changed = vec![];
    if let Value::Object(fields) = value {
        let mut fields = fields.clone();
        change(&mut fields);
        changed.push(Value::Object(fields));
    }
    let parts: Vec<(String, &Value)> = match value {
        Value::Object(fields) => fields.iter().map(|(key, it)| (key.clone(), it)).collect(),
        Value::Array(items) => items
            .iter()
            .enumerate()
            .map(|(n, it)| (n.to_string(), it))
            .collect(),
        _ => vec![],
    };
    for (key, part) in parts {
        for other in each_object(part, change) {
            let mut whole = value.clone();
            *whole.pointer_mut(&format!("/{key}")).expect("there") = other;
            changed.push(whole);
        }
    }
    changed
}

#[test]
fn a_field_of_a_newer_program_changes_nothing() {
    for sample in samples::all() {
        let plain = (sample.read)(&sample.written).expect("its own");
        let newer = each_object(&sample.written, &|fields| {
            fields.insert("of_a_newer_program".to_owned(), json!({"deep": [1, "x"]}));
        });
        assert!(!newer.is_empty(), "{}", sample.name);
        for text in newer {
            let read = (sample.read)(&text);
            let read = read.unwrap_or_else(|error| panic!("{}: {error} in {text}", sample.name));
            assert_eq!(read, plain, "{}", sample.name);
        }
    }
}

/// Each text in it, as a code that nobody knows.
fn each_code(value: &Value) -> Vec<Value> {
    match value {
        Value::String(_) => vec![json!("of_a_newer_program")],
        Value::Object(fields) => {
            let one = |(key, part): (&String, &Value)| {
                let key = key.clone();
                each_code(part)
                    .into_iter()
                    .map(move |other| {
                        let mut whole = fields.clone();
                        whole.insert(key.clone(), other);
                        Value::Object(whole)
                    })
                    .collect::<Vec<_>>()
            };
            fields.iter().flat_map(one).collect()
        }
        _ => vec![],
    }
}

/// A change that cannot be read is skipped, and costs neither what comes before nor what follows.
#[test]
fn a_code_of_a_newer_hub_costs_no_more_than_its_change() {
    let all = samples::all();
    let written = |name: &str| {
        &all.iter()
            .find(|it| it.name == name)
            .expect("there")
            .written
    };
    let last = written("change.Recall");
    let readable: Change = serde_json::from_value(last.clone()).expect("a change");
    let mut skipped = 0;
    for kind in samples::CHANGES {
        for change in each_code(written(&format!("change.{kind}"))) {
            let mut feed = written("reply.feed").clone();
            feed["scopes"][0]["changes"] =
                json!([{"seq": 3, "change": change}, {"seq": 4, "change": last}]);
            let read: FeedReply = serde_json::from_value(feed).expect("a feed");
            let changes = &read.scopes[0].changes;
            assert_eq!((changes[1].seq, &changes[1].change), (4, &readable));
            skipped += usize::from(changes[0].change == Change::Unknown);
            let mut snapshot = written("reply.snapshot").clone();
            snapshot["changes"] = json!([change, last]);
            let read: SnapshotReply = serde_json::from_value(snapshot).expect("a snapshot");
            assert_eq!(read.changes[1], readable);
        }
    }
    assert!(skipped > samples::CHANGES.len(), "{skipped}");
}

fn zone() -> TimeZone {
    TimeZone::get("Asia/Shanghai").expect("a zone")
}

fn made(age: &Age) -> Timestamp {
    let made = age.read("made.json");
    at(made["at"].as_str().expect("a time"))
}

/// A hub on loopback over what that age left of one.
fn hub_of(age: &Age) -> Hub {
    let mut hub = Hub::start();
    hub.stopped(|data| {
        std::fs::remove_dir_all(data).expect("removed");
        age.revive("hub", data);
    });
    hub
}

#[test]
fn stores_of_every_age_open_and_say_what_they_said() {
    for age in Age::all() {
        let dir = tempfile::tempdir().expect("a directory");
        let (kiosk, hub) = (dir.path().join("kiosk"), dir.path().join("hub"));
        age.revive("kiosk", &kiosk);
        age.revive("hub", &hub);
        let store = Store::open(&kiosk, zone(), made(&age)).expect("the kiosk's opens");
        let says = meaning::of_kiosk(&store, made(&age));
        still_says(&age.read("kiosk.json"), &says).expect("the kiosk's store");
        let hub = gighall_hub::open(&HubConfig::new(hub)).expect("the hub's opens");
        let says = meaning::of_hub(&hub);
        still_says(&age.read("hub.json"), &says).expect("the hub's store");
    }
}

/// A device of an older version asks today's hub, byte for byte as it did then.
#[test]
fn an_older_device_is_answered_as_it_was() {
    for age in Age::all() {
        let hub = hub_of(&age);
        let runtime = Runtime::new().expect("a runtime");
        // The hub thinks of new tokens; the rest of a request is what it was.
        let mut tokens: HashMap<String, String> = HashMap::new();
        for (n, mut exchange) in age.exchanges().into_iter().enumerate() {
            let of = in_age(&age, &format!("exchange {n}, {}", exchange.path));
            exchange.token = exchange.token.map(|then| {
                tokens.remove_entry(&then).map_or(then, |(then, now)| {
                    tokens.insert(then, now.clone());
                    now
                })
            });
            let (status, mut reply) = runtime.block_on(exchange.ask(hub.address));
            assert_eq!(status, exchange.status, "{of}: {reply}");
            if exchange.route().ends_with("/snapshot") {
                // A state has no order.
                for state in [&mut exchange.reply, &mut reply] {
                    let all = state["changes"].as_array_mut().expect("changes");
                    for change in all.iter_mut() {
                        // What is closed says something else each time.
                        if let Some(closed) = change.pointer_mut("/witnessed/closed") {
                            *closed = Value::Null;
                        }
                    }
                    all.sort_by_cached_key(Value::to_string);
                }
            }
            still_says(&exchange.reply, &reply).unwrap_or_else(|differs| panic!("{of}: {differs}"));
            let token = |reply: &Value| reply["token"].as_str().map(str::to_owned);
            if let (Some(then), Some(now)) = (token(&exchange.reply), token(&reply)) {
                tokens.insert(then, now);
            }
        }
    }
}

/// A kiosk of today, with the store of an older one, hears an older hub.
#[test]
fn an_older_hub_is_understood_as_it_was() {
    use Turn::{Lend, Push, Step};
    for age in Age::all() {
        let dir = tempfile::tempdir().expect("a directory");
        age.revive("kiosk", dir.path());
        let hub = OldHub::of(&age);
        let kiosk = Device::open(dir.path(), hub.clone(), None);
        kiosk.turns(&[Step, Step, Push, Lend, Step, Lend, Step]);
        let asked = hub.unasked.lock().expect("fine").clone();
        assert!(asked.is_empty(), "{}: {asked:?}", in_age(&age, "exchanges"));
        let says = meaning::of_kiosk(&kiosk.store, made(&age));
        still_says(&age.read("kiosk-after.json"), &says).expect("the same as then");
        assert_eq!(kiosk.store.outbox_state().expect("read").length, 0);
    }
}

/// Both stores are brought up to date, and the two find together: what waited arrives once.
#[test]
fn a_hall_that_is_brought_up_to_date_loses_nothing() {
    for age in Age::all() {
        let hub = hub_of(&age);
        let data = hub.data("kiosk");
        age.revive("kiosk", &data);
        let store = Store::open(&data, zone(), Timestamp::now()).expect("opens");
        let confirmed: Vec<_> = claims_in(&age, "kiosk.json", |state| state.holds_place());
        let provisional = claims_in(&age, "kiosk.json", |it| it == ClaimState::Provisional);
        assert!(confirmed.len() > 2 && !provisional.is_empty());
        drop(store);
        let kiosk = Kiosk::start(&data, hub.address, None);
        until("everything has arrived", || {
            kiosk.online() && kiosk.outbox() == 0
        });
        for id in confirmed {
            assert!(hub.claim(id).state.holds_place(), "{id}");
        }
        for id in provisional {
            until("it is decided", || {
                kiosk.claim(id).state != ClaimState::Provisional
            });
            assert_eq!(hub.claim(id).state, kiosk.claim(id).state);
        }
        let devices = hub.state.store.devices().expect("read");
        assert!(
            devices
                .iter()
                .all(|it| !it.quarantined && it.flagged.is_empty())
        );
        let identity = kiosk.sync.identity().expect("enrolled");
        let then = age.read("kiosk.json");
        assert_eq!(
            json!(identity.epoch),
            then["epoch"],
            "it keeps its enrolment"
        );
        let counted = Connection::open(hub.data("hub").join("hub.db")).expect("opens");
        for job in hub.state.store.jobs(&a_hall()).expect("read") {
            count::count(&counted, job.job.id);
        }
        assert_eq!(count::logs_with_holes(&counted), 0);
    }
}

/// The claims in a fixture that are in such a state.
fn claims_in(
    age: &Age,
    name: &str,
    is: impl Fn(ClaimState) -> bool,
) -> Vec<gighall_core::id::ClaimId> {
    let read = age.read(name);
    let people = read["people"].as_array().expect("people");
    let claims = people
        .iter()
        .filter_map(|it| it["claims"].as_array())
        .flatten();
    claims
        .map(|it| serde_json::from_value(it["claim"].clone()).expect("a claim"))
        .filter(|it: &gighall_core::claim::Claim| is(it.state))
        .map(|it| it.id)
        .collect()
}

/// A newer kiosk says something that this hub cannot read: it is kept for a newer program, and what
/// follows it counts.
#[test]
fn a_record_of_a_newer_kiosk_is_kept_and_what_follows_counts() {
    let age = Age::all().pop().expect("one at least");
    let hub = hub_of(&age);
    let runtime = Runtime::new().expect("a runtime");
    let code = hub.code("三号");
    let post = |route: &str, token: Option<&str>, body: Value| {
        let path = format!("/api/v1{route}");
        let exchange = Exchange::of("POST", &path, token, body.to_string().as_bytes());
        runtime.block_on(exchange.ask(hub.address))
    };
    let enrol = json!({"code": code, "hall": a_hall(), "public_key": "ef".repeat(32),
        "version": "9.0.0", "of_a_newer_program": true});
    let (status, reply) = post("/enrol", None, enrol);
    assert_eq!(status, 200, "{reply}");
    let token = reply["token"].as_str().expect("a token");
    let mut head = Head::default();
    let mut records = vec![];
    for name in age
        .names("wire")
        .iter()
        .filter(|it| it.starts_with("record."))
    {
        let mut body = age.read(&format!("wire/{name}.json"));
        body["v"] = json!(9);
        body["event"] = json!("of_a_newer_program");
        let record = head.append(body.to_string());
        head = record.head();
        records.push(record);
    }
    let registration = age.read("wire/record.WorkerRegistered.json");
    let record = head.append(registration.to_string());
    records.push(record.clone());
    let sent = json!({"epoch": 1, "records": records, "of_a_newer_program": 1});
    let (status, reply) = post("/outbox", Some(token), sent);
    assert_eq!(status, 200, "{reply}");
    assert_eq!(reply["head"]["seq"], json!(record.seq));
    let devices = hub.state.store.devices().expect("read");
    let mine = devices.iter().find(|it| it.name == "三号").expect("there");
    assert!(!mine.quarantined);
    let unread = mine.flagged.get("unread").copied();
    assert_eq!(unread, Some(record.seq - 1), "{:?}", mine.flagged);
}

/// The names of the migrations, in the order in which they landed, as the program itself lists them.
fn migrations() -> Vec<&'static str> {
    let source = include_str!("../src/store/open.rs");
    let named = source.split("include_str!(\"").skip(1);
    named.filter_map(|rest| rest.split('"').next()).collect()
}

/// What the very first store could hold: written by it, and brought through every version since. A kiosk
/// may come from any of them.
#[test]
fn a_store_of_every_version_keeps_what_the_first_one_held() {
    let steps = migrations();
    assert!(steps.len() > 13);
    for version in 1..=steps.len() {
        let dir = tempfile::tempdir().expect("a directory");
        let key = dir.path().join("secret.key");
        Age::all()[0].revive("kiosk", dir.path());
        std::fs::remove_file(dir.path().join(STORE_FILE)).expect("removed");
        std::fs::remove_file(dir.path().join("device.json")).expect("removed");
        let key = std::fs::read_to_string(key).expect("a key");
        let mut secret = [0; 32];
        hex::decode_to_slice(key.trim(), &mut secret).expect("a key");
        let database = Connection::open(dir.path().join(STORE_FILE)).expect("opens");
        for (n, step) in steps[..version].iter().enumerate() {
            let path = Path::new(env!("CARGO_MANIFEST_DIR"))
                .join("src/store")
                .join(step);
            let sql = std::fs::read_to_string(path).expect("a migration");
            database.execute_batch(&sql).expect("as it was");
            if n == 0 {
                first_rows(&database, &Vault::new(&secret));
            }
        }
        database
            .pragma_update(None, "user_version", i64::try_from(version).expect("few"))
            .expect("set");
        drop(database);
        let now = at("2026-11-23T06:00:00Z");
        let store = Store::open(dir.path(), zone(), now)
            .unwrap_or_else(|error| panic!("version {version}: {error}"));
        // The hub does not know yet of the claim that waits.
        let job = Job {
            places_left: 3,
            ..a_job(1)
        };
        assert_eq!(store.job(job.id).expect("read").as_ref(), Some(&job));
        assert_eq!(store.account(job.id).expect("read").rights(), 2);
        let claim = store.claim(claim_id()).expect("read").expect("kept");
        assert_eq!(claim.state, ClaimState::Confirmed);
        let waiting = store.waiting(10, &[]).expect("read").expect("waits");
        assert_eq!(waiting.records, [first_record()], "version {version}");
        assert_eq!(store.worker_count().expect("read"), 1);
    }
}
