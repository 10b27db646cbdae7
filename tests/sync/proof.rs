//! What the walls showed on its way to the hub: whatever happens on the line, once and complete.

use crate::sync_support::*;
use gighall_core::id::HallId;
use gighall_core::proof::Showing;
use gighall_core::testing::{a_hall, a_showing};
use gighall_core::wire::{Problem, ProblemType};
use gighall_kiosk::metrics::Counters;
use gighall_kiosk::proof::ProofWriter;
use gighall_kiosk::wall::proof::Recorder;
use jiff::Timestamp;

fn at_the_hub(hub: &Hub) -> Vec<Showing> {
    let mut all = vec![];
    let hall: HallId = a_hall();
    let ever = Timestamp::UNIX_EPOCH..Timestamp::MAX;
    hub.state
        .store
        .proof(&hall, &ever, &mut |row| {
            assert_eq!(row.device, "一号");
            all.push(row.showing);
            true
        })
        .expect("read");
    all
}

fn showings(numbers: std::ops::Range<u32>) -> Vec<Showing> {
    numbers.map(a_showing).collect()
}

fn keep(kiosk: &Kiosk, numbers: std::ops::Range<u32>) {
    let now = kiosk.sync.now();
    kiosk
        .store
        .keep_proof(&showings(numbers), 100_000, now)
        .expect("kept");
}

fn waits(kiosk: &Kiosk) -> u64 {
    kiosk.store.proof_state().expect("read").waiting
}

#[test]
fn everything_arrives_once_though_cables_are_pulled_and_answers_lost() {
    let hub = Hub::start();
    let cable = Cable::to(hub.address);
    let kiosk = hub.kiosk("一号", cable.address);
    keep(&kiosk, 0..20);
    until("the first are there", || at_the_hub(&hub).len() == 20);
    cable.now(Line::LosesAnswersOf("/api/v1/proof"));
    keep(&kiosk, 20..700);
    until("the hub has more than it could say", || {
        at_the_hub(&hub).len() > 20
    });
    assert!(waits(&kiosk) > 0);
    cable.now(Line::Pulled);
    keep(&kiosk, 700..1300);
    cable.now(Line::Good);
    until("nothing waits", || waits(&kiosk) == 0);
    assert_eq!(at_the_hub(&hub), showings(0..1300));
}

#[test]
fn a_hub_that_does_not_know_the_route_costs_nothing_but_room() {
    let hub = Hub::start();
    let jobs = hub.publish(&[4]);
    let cable = Cable::to(hub.address);
    let problem = Problem::new(ProblemType::NotFound, "there is no such route");
    let body = serde_json::to_string(&problem).expect("JSON");
    let answer = format!(
        "HTTP/1.1 404 Not Found\r\ncontent-type: application/problem+json\r\n\
         content-length: {}\r\nconnection: close\r\n\r\n{body}",
        body.len()
    );
    cable.now(Line::AnswersTo("/api/v1/proof", answer.into_bytes()));
    let kiosk = hub.kiosk("一号", cable.address);
    keep(&kiosk, 0..5);
    until("the job is here", || kiosk.open_jobs() == jobs.len());
    until("in step", || kiosk.online());
    std::thread::sleep(std::time::Duration::from_secs(2));
    assert!(kiosk.online() && waits(&kiosk) == 5);
    assert_eq!(kiosk.sync.link().borrow().problem, None);
    assert_eq!(at_the_hub(&hub), []);
}

#[test]
fn what_is_on_when_the_kiosk_ends_is_written() {
    let hub = Hub::start();
    let kiosk = hub.kiosk("一号", hub.address);
    let now = kiosk.sync.now();
    let writer = ProofWriter::start(kiosk.store.clone(), 1000, Counters::default(), move || now)
        .expect("starts");
    let mut recorder = Recorder::new("wall", writer.sender(), Counters::default());
    let rest = gighall_core::proof::Seen {
        scene: "rest",
        page: None,
        turn: None,
        subjects: vec![],
    };
    recorder.shows(&rest, now);
    std::thread::sleep(std::time::Duration::from_millis(50));
    drop(recorder);
    drop(writer);
    until("it is at the hub", || at_the_hub(&hub).len() == 1);
    let shown = at_the_hub(&hub).remove(0);
    // The hub keeps microseconds.
    assert_eq!(shown.at.as_microsecond(), now.as_microsecond());
    assert_eq!(shown.scene, "rest");
    assert!((50..30_000).contains(&shown.ms));
}
