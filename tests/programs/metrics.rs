//! What Prometheus reads, over real HTTP.

use gighall_core::proof::{JOB, Seen, Subject};
use gighall_core::testing::{a_hall, a_showing};
use gighall_kiosk::metrics::{Counters, Sources, serve};
use gighall_kiosk::store::Store;
use gighall_kiosk::sync::{Sync, SyncConfig};
use gighall_kiosk::wall::proof::Recorder;
use gighall_kiosk::watchdog::Pulse;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::Arc;
use std::time::Duration;
use tokio::runtime::Runtime;

fn get(address: SocketAddr, path: &str) -> String {
    let mut stream = TcpStream::connect(address).expect("listens");
    write!(
        stream,
        "GET {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n"
    )
    .expect("asked");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("answered");
    answer
}

#[test]
fn prometheus_reads_how_the_kiosk_is() {
    let dir = tempfile::tempdir().expect("a directory");
    let runtime = Runtime::new().expect("a runtime");
    let now = Timestamp::now();
    let store = Arc::new(Store::open(dir.path(), TimeZone::UTC, now).expect("opens"));
    let config = SyncConfig {
        url: "http://127.0.0.1:9".to_owned(),
        hall: a_hall(),
        code: None,
        data: dir.path().to_owned(),
        lends: false,
        certificates: vec![],
        walls: vec![],
    };
    let sync = Arc::new(Sync::idle(store.clone(), config, None).expect("idle"));
    let counters = Counters::default();
    let pulse = Arc::new(Pulse::new("wall", Duration::from_secs(30)));
    let sources = Sources {
        counters: counters.clone(),
        walls: vec![pulse.clone()],
        sync: Arc::downgrade(&sync),
        store: Arc::downgrade(&store),
    };
    let any = "127.0.0.1:0".parse().expect("an address");
    let server = serve(runtime.handle(), any, sources).expect("serves");

    let mut recorder = Recorder::new("wall", None, counters.clone());
    let subject = |n| Subject {
        kind: JOB.to_owned(),
        id: None,
        number: Some(n),
        title: "小工".to_owned(),
    };
    let page = |n: u32| Seen {
        scene: "jobs",
        page: Some(n),
        turn: None,
        subjects: vec![subject(2 * n), subject(2 * n + 1)],
    };
    for n in 1..=3 {
        recorder.shows(&page(n), now);
        std::thread::sleep(std::time::Duration::from_millis(5));
    }
    counters.proof_lost(3);
    pulse.draws();
    pulse.tick();
    let showings: Vec<_> = (0..4).map(a_showing).collect();
    store.keep_proof(&showings, 1000, now).expect("kept");

    let answer = get(server.address, "/metrics");
    let (head, text) = answer.split_once("\r\n\r\n").expect("a head");
    assert!(head.starts_with("HTTP/1.1 200"), "{head}");
    assert!(head.contains("application/openmetrics-text"), "{head}");
    for line in [
        "gighall_kiosk_info{version=",
        "gighall_wall_scenes_total{wall=\"wall\",scene=\"jobs\"} 3",
        // Two of the three pages have gone off.
        "gighall_wall_job_showings_total{wall=\"wall\"} 4",
        "gighall_wall_frames_total{wall=\"wall\"} 1",
        "gighall_wall_last_drawn_timestamp_seconds{wall=\"wall\"} ",
        "gighall_watchdog_restarts_total 0",
        "gighall_hub_online 0",
        "gighall_outbox_length 0",
        "gighall_proof_rows 4",
        "gighall_proof_waiting 4",
        "gighall_proof_lost_total 3",
        "# EOF",
    ] {
        assert!(
            text.lines().any(|it| it.starts_with(line)),
            "{line}\n{text}"
        );
    }
    assert!(!text.contains("last_contact"), "there was none: {text}");
    // Its two clocks are read one after the other.
    let offset = text
        .lines()
        .find_map(|it| it.strip_prefix("gighall_clock_offset_seconds "));
    let offset: f64 = offset.and_then(|it| it.parse().ok()).expect("a number");
    assert!(offset.abs() < 1.0, "nobody has set a clock: {offset}");
    assert!(get(server.address, "/").starts_with("HTTP/1.1 404"));

    // The rest can still be read where a part has ended.
    drop((sync, store));
    let answer = get(server.address, "/metrics");
    assert!(answer.contains("gighall_wall_frames_total") && !answer.contains("hub_online"));
}
