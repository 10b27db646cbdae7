//! What a store says, read by today's program: the same from a store of any age.

use super::hall::{PEOPLE, person_number};
use gighall_core::outbox::Body;
use gighall_core::testing::a_hall;
use gighall_hub::HubState;
use gighall_kiosk::store::Store;
use jiff::Timestamp;
use serde_json::{Value, json};

/// What the kiosk knows, and what waits in it.
pub fn of_kiosk(store: &Store, now: Timestamp) -> Value {
    let (_, epoch, hub_epoch) = store.enrolment().expect("read").expect("enrolled");
    let mut jobs = store.open_jobs(now).expect("read");
    jobs.sort_by_key(|job| job.number);
    let jobs: Vec<Value> = jobs
        .iter()
        .map(|job| {
            let account = store.account(job.id).expect("read");
            json!({"job": job, "granted": account.granted, "returned": account.returned,
                   "rights": account.rights()})
        })
        .collect();
    let waiting = store.waiting(500, &[]).expect("read");
    let waits: Vec<Value> = waiting
        .iter()
        .flat_map(|waiting| &waiting.records)
        .map(|record| {
            assert!(record.is_whole());
            serde_json::from_str::<Body>(&record.body).expect("a record");
            serde_json::from_str(&record.body).expect("JSON")
        })
        .collect();
    let codes: Vec<String> = store
        .staff_notices()
        .expect("read")
        .into_iter()
        .map(|told| told.code)
        .collect();
    json!({
        "epoch": epoch, "hub_epoch": hub_epoch, "jobs": jobs, "waits": waits,
        "people": (0..PEOPLE).map(|n| of_person(store, n)).collect::<Vec<_>>(),
        "hall": store.hall().expect("read"),
        "notices": store.notices(now).expect("read"),
        "events": store.events(now).expect("read"),
        "playlists": store.playlists().expect("read"),
        "media": store.media().expect("read"),
        "showings_waiting": store.proof_state().expect("read").waiting,
        "own_notice": store.own_notice(now).expect("read"),
        "staff_told": codes,
    })
}

fn of_person(store: &Store, n: u32) -> Value {
    let known = store.worker_by_number(&person_number(n)).expect("read");
    let Some(worker) = known else {
        return Value::Null;
    };
    let claims = store.claims_of(&worker).expect("read");
    json!({
        "worker": worker, "claims": claims,
        "complaints": store.complaints_of(&worker).expect("read"),
        "enrolments": store.enrolments_of(&worker).expect("read"),
    })
}

/// What the hub knows.
pub fn of_hub(hub: &HubState) -> Value {
    let store = &hub.store;
    let hall = a_hall();
    let people: Vec<Value> = (0..PEOPLE)
        .map(|n| {
            let known = store.worker_by_number(&person_number(n)).expect("read");
            let Some(worker) = known else {
                return Value::Null;
            };
            let (claims, enrolments) = (
                store.claims_of(worker.worker).expect("read"),
                store.enrolments_of(worker.worker).expect("read"),
            );
            let complaints = store.complaints_of(worker.worker).expect("read");
            json!({"worker": worker, "claims": claims, "enrolments": enrolments,
                   "complaints": complaints})
        })
        .collect();
    let complaints: Vec<Value> = store
        .complaints(&hall, true)
        .expect("read")
        .into_iter()
        .map(|it| json!({"number": it.number, "kind": it.kind, "told": it.told}))
        .collect();
    let applications: Vec<Value> = store
        .applications(&hall, true)
        .expect("read")
        .into_iter()
        .map(|it| json!({"number": it.number, "answers": it.answers}))
        .collect();
    let devices: Vec<Value> = store
        .devices()
        .expect("read")
        .into_iter()
        .map(|it| {
            json!({"name": it.name, "epoch": it.epoch, "quarantined": it.quarantined,
                   "flagged": it.flagged, "revoked": it.revoked})
        })
        .collect();
    let mut showings = vec![];
    let ever = Timestamp::UNIX_EPOCH..Timestamp::MAX;
    store
        .proof(&hall, &ever, &mut |row| {
            showings.push(json!(row.showing));
            true
        })
        .expect("read");
    json!({
        "hub_epoch": store.hub_epoch().expect("read"),
        "halls": store.halls().expect("read"),
        "jobs": store.jobs(&hall).expect("read").into_iter().map(|it| it.job).collect::<Vec<_>>(),
        "people": people, "complaints": complaints, "applications": applications,
        "devices": devices, "showings": showings,
        "notices": store.notices(&hall).expect("read"),
        "events": store.events(&hall).expect("read"),
        "playlists": store.playlists().expect("read"),
        "media": store.media().expect("read"),
        "hardships_said": store.hardships_said(true).expect("read").iter()
            .map(|it| json!({"kind": it.kind, "helped_by": it.helped_by})).collect::<Vec<_>>(),
        "hardships": store.hardships(true).expect("read").iter()
            .map(|it| json!({"kind": it.kind, "why": it.why})).collect::<Vec<_>>(),
    })
}
