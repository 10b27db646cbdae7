use super::*;
use crate::testing::a_job;

#[test]
fn scopes_read_back() {
    for text in [
        "hall/weining",
        "device/00000000-0000-0000-0000-000000000001",
    ] {
        assert_eq!(
            text.parse::<Scope>().map(|s| s.to_string()),
            Ok(text.to_owned())
        );
    }
    for text in ["", "hall", "hall/", "device/x", "town/x"] {
        assert_eq!(text.parse::<Scope>(), Err(NotAScope));
    }
}

#[test]
fn changes_of_a_newer_hub_are_skipped_not_refused() {
    let change: Change = serde_json::from_str(r#"{"kind":"weather","degrees":3}"#).expect("taken");
    assert_eq!(change, Change::Unknown);
    let job = Change::Job {
        job: Box::new(a_job(1)),
    };
    let text = serde_json::to_string(&job).expect("plain data");
    assert_eq!(serde_json::from_str::<Change>(&text).ok(), Some(job));
    let newer = text.replace("{\"kind\":", "{\"new_field\":1,\"kind\":");
    assert!(serde_json::from_str::<Change>(&newer).is_ok());
}

#[test]
fn an_erasure_names_an_id_and_nothing_else() {
    let worker = WorkerId(uuid::Uuid::from_u128(7));
    let erased = Change::WorkerErased { worker };
    let text = r#"{"kind":"worker_erased","worker":"00000000-0000-0000-0000-000000000007"}"#;
    assert_eq!(serde_json::to_string(&erased).ok().as_deref(), Some(text));
    assert_eq!(serde_json::from_str::<Change>(text).ok(), Some(erased));
}

/// One new kind of work must not cut a hall off from everything else.
#[test]
fn a_code_of_a_newer_hub_costs_only_its_own_change() {
    let jobs = [1, 2, 3].map(|n| Change::Job {
        job: Box::new(a_job(n)),
    });
    let now: Timestamp = "2026-11-23T08:00:00Z".parse().expect("a time");
    let scope: Scope = "hall/weining".parse().expect("a scope");
    let sequenced = (1..).zip(jobs.clone());
    let feed = FeedReply {
        now,
        hub_epoch: HubEpoch(1),
        phone_url: String::new(),
        scopes: vec![ScopeChanges {
            scope: scope.clone(),
            head: 3,
            changes: sequenced
                .map(|(seq, change)| SequencedChange { seq, change })
                .collect(),
        }],
        picture: None,
        figures: None,
    };
    let snapshot = SnapshotReply {
        scope,
        head: 3,
        changes: jobs.to_vec(),
        now,
        hub_epoch: HubEpoch(1),
    };
    let newer = |reply: serde_json::Value, at: &str| {
        let mut reply = reply;
        *reply.pointer_mut(at).expect("there") = "drone_flying".into();
        reply
    };
    let told = serde_json::to_value(&feed).expect("plain data");
    let told = newer(told, "/scopes/0/changes/1/change/job/work_kind");
    let mut expected = feed;
    expected.scopes[0].changes[1].change = Change::Unknown;
    assert_eq!(serde_json::from_value(told).ok(), Some(expected));
    let told = serde_json::to_value(&snapshot).expect("plain data");
    let told = newer(told, "/changes/1/job/insurance");
    let mut expected = snapshot;
    expected.changes[1] = Change::Unknown;
    let text = told.to_string();
    assert_eq!(serde_json::from_str(&text).ok(), Some(expected));
}

#[test]
fn a_problem_of_a_newer_hub_is_a_problem() {
    let text = r#"{"type":"teapot","title":"","status":418,"detail":"short and stout",
                   "reason":"too_hot"}"#;
    let problem: Problem = serde_json::from_str(text).expect("taken");
    assert_eq!((problem.kind, problem.reason), (ProblemType::Unknown, None));
    assert_eq!(problem.status, 418);
}

#[test]
fn a_playlist_of_a_newer_hub_keeps_what_this_device_knows_of_it() {
    let text = r#"{"kind":"playlist","playlist":{"name":"spring","given_at":"2026-11-24T00:00:00Z",
        "text":"[[scene]]\nkind = \"hologram\"\n","devices":["one"]}}"#;
    let Ok(Change::Playlist { playlist }) = serde_json::from_str(text) else {
        panic!("it is read");
    };
    assert_eq!(
        (playlist.name.as_str(), playlist.halls.len()),
        ("spring", 0)
    );
    let change = Change::Playlist { playlist };
    let again = serde_json::to_string(&change).expect("plain data");
    assert_eq!(serde_json::from_str::<Change>(&again).ok(), Some(change));
}
