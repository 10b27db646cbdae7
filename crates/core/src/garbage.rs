//! Whatever arrives over the wire or in a code, nothing panics: arbitrary bytes, and right ones with
//! something changed. What once broke is kept in `corpus/`, and tried each time.

use crate::hall::HallFigures;
use crate::id::{DeviceId, Epoch, HallId, HubEpoch};
use crate::identity::IdNumber;
use crate::outbox::{Body, Head, Record};
use crate::pay_text;
use crate::picture::PictureReply;
use crate::proof::{NumberedShowing, ProofReply, ProofRequest};
use crate::report::{ReportReply, ReportRequest};
use crate::seal::SealedText;
use crate::snapshot::read_snapshot;
use crate::testing::{self, a_hall, a_job};
use crate::token::{Presence, SigningKey, issuer, verify};
use crate::wire::{
    Change, ClaimReply, ClaimRequest, Cursor, DeviceHealth, EnrolReply, EnrolRequest, FeedReply,
    FeedRequest, FindWorkerReply, FindWorkerRequest, Heads, OutboxReply, OutboxRequest, Problem,
    ReEnrolRequest, RightsReply, RightsRequest, Scope, ScopeChanges, SequencedChange,
    SigningKeyRequest, SnapshotReply, SnapshotRequest,
};
use crate::worker::{check_name, check_phone};
use jiff::Timestamp;
use proptest::prelude::*;
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::fmt::Debug;
use std::path::Path;
use uuid::Uuid;

fn now() -> Timestamp {
    "2026-11-23T08:00:00Z".parse().expect("a time")
}

/// Reads it as that type; what can be read can be written and read again, the same.
fn read<T: DeserializeOwned + Serialize + PartialEq + Debug>(bytes: &[u8]) {
    if let Ok(value) = serde_json::from_slice::<T>(bytes) {
        let text = serde_json::to_string(&value).expect("writable");
        let again: T = serde_json::from_str(&text).expect("what was written can be read");
        assert_eq!(again, value);
    }
}

/// As every type that travels.
fn as_message(bytes: &[u8]) {
    read::<EnrolRequest>(bytes);
    read::<ReEnrolRequest>(bytes);
    read::<EnrolReply>(bytes);
    read::<SigningKeyRequest>(bytes);
    read::<FeedRequest>(bytes);
    read::<FeedReply>(bytes);
    read::<Heads>(bytes);
    read::<SnapshotRequest>(bytes);
    read::<SnapshotReply>(bytes);
    let at_once = serde_json::from_slice::<SnapshotReply>(bytes).is_ok();
    let in_parts = read_snapshot(bytes, |_| Ok::<(), ()>(())).is_ok();
    assert_eq!(in_parts, at_once);
    read::<OutboxRequest>(bytes);
    read::<OutboxReply>(bytes);
    read::<RightsRequest>(bytes);
    read::<RightsReply>(bytes);
    read::<ClaimRequest>(bytes);
    read::<ClaimReply>(bytes);
    read::<FindWorkerRequest>(bytes);
    read::<FindWorkerReply>(bytes);
    read::<ProofRequest>(bytes);
    read::<ProofReply>(bytes);
    read::<PictureReply>(bytes);
    read::<ReportRequest>(bytes);
    read::<ReportReply>(bytes);
    read::<Change>(bytes);
    read::<NumberedShowing>(bytes);
    read::<Problem>(bytes);
    read::<SealedText>(bytes);
    read::<Body>(bytes);
    if let Ok(record) = serde_json::from_slice::<Record>(bytes) {
        read::<Body>(record.body.as_bytes());
        let _ = record.head();
    }
}

/// As everything that a person or a camera can put in.
fn as_text(text: &str) {
    let _ = text.parse::<IdNumber>().map(|number| number.mask());
    let _ = text.parse::<Scope>().map(|scope| scope.to_string());
    let _ = text.parse::<HallId>();
    let _ = (check_name(text), check_phone(text));
    let _ = pay_text::parse(text, None);
    let _ = issuer(text);
    let _ = verify(text, &"ab".repeat(32), now());
    let _ = verify(text, text, now());
    let _ = SigningKey::from_secret_hex(text);
}

/// Right messages, to be spoilt.
fn samples() -> Vec<String> {
    let job = a_job(1);
    let scope = Scope::Hall(a_hall());
    let device = DeviceId(Uuid::from_u128(7));
    let changes = vec![
        SequencedChange {
            seq: 1,
            change: Change::Job { job: Box::new(job) },
        },
        SequencedChange {
            seq: 2,
            change: Change::Unknown,
        },
    ];
    let feed = FeedReply {
        now: now(),
        hub_epoch: HubEpoch(1),
        phone_url: "https://hub.example".to_owned(),
        scopes: vec![ScopeChanges {
            scope: scope.clone(),
            head: 2,
            changes,
        }],
        picture: None,
        figures: Some(HallFigures {
            day: jiff::civil::date(2026, 11, 24),
            claimed: 37,
            paid_on_time: Some(112),
        }),
    };
    let request = FeedRequest {
        cursors: vec![
            Cursor { scope, seq: 3 },
            Cursor {
                scope: Scope::Device(device),
                seq: 0,
            },
        ],
        wait_seconds: 10,
        health: DeviceHealth::default(),
    };
    let record = Head::default().append(r#"{"v":1,"at":"2026-11-23T08:00:00Z"}"#.to_owned());
    let outbox = OutboxRequest {
        epoch: Epoch(1),
        records: vec![record.clone()],
    };
    let json = [
        serde_json::to_string(&feed),
        serde_json::to_string(&request),
        serde_json::to_string(&outbox),
        serde_json::to_string(&record),
    ];
    let key = SigningKey::generate().expect("a key");
    let presence = Presence {
        hall: a_hall(),
        job: None,
        issued: now().as_second(),
    };
    let token = key.issue(device, &presence).expect("signed");
    json.into_iter()
        .map(|text| text.expect("JSON"))
        .chain(fixtures())
        .chain([token, "522427197505010116".to_owned()])
        .chain(["200-260元/天，包吃；加班15元/小时".to_owned()])
        .collect()
}

/// Some bytes of something right replaced, cut out, doubled or put in.
fn spoilt() -> impl Strategy<Value = Vec<u8>> {
    let samples = samples();
    let change = (
        any::<prop::sample::Index>(),
        0..4u8,
        any::<u8>(),
        1..40usize,
    );
    (
        prop::sample::select(samples),
        prop::collection::vec(change, 1..6),
    )
        .prop_map(|(sample, changes)| {
            let changes: Vec<_> = changes
                .into_iter()
                .map(|(at, how, byte, length)| (at.index(1 << 20), how, byte, length))
                .collect();
            testing::spoilt(sample.as_bytes(), &changes)
        })
}

/// Everything that has ever travelled, as the first version wrote it.
fn fixtures() -> Vec<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/fixtures");
    let mut all = vec![];
    for version in std::fs::read_dir(folder).expect("fixtures") {
        let wire = version.expect("a version").path().join("wire");
        for file in std::fs::read_dir(wire).expect("a folder") {
            all.push(std::fs::read_to_string(file.expect("a file").path()).expect("text"));
        }
    }
    all
}

fn all(bytes: &[u8]) {
    as_message(bytes);
    as_text(&String::from_utf8_lossy(bytes));
}

#[test]
fn what_is_kept_in_the_corpus_breaks_nothing() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus");
    let mut tried = 0;
    for file in std::fs::read_dir(folder).expect("a corpus") {
        all(&std::fs::read(file.expect("a file").path()).expect("readable"));
        tried += 1;
    }
    assert!(tried > 3, "the corpus is here: {tried}");
    assert!(fixtures().len() > 50, "what travelled is here");
    samples().iter().for_each(|sample| all(sample.as_bytes()));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(600))]

    #[test]
    fn any_bytes_break_nothing(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        all(&bytes);
    }

    #[test]
    fn any_text_breaks_nothing(text in any::<String>()) {
        all(text.as_bytes());
    }

    #[test]
    fn right_messages_that_were_spoilt_break_nothing(bytes in spoilt()) {
        all(&bytes);
    }

    /// What is still JSON comes further than what is not.
    #[test]
    fn right_messages_with_odd_values_break_nothing(
        sample in prop::sample::select(samples()),
        changes in prop::collection::vec((any::<usize>(), any::<usize>()), 1..4),
    ) {
        all(testing::with_odd_values(&sample, &changes).as_bytes());
    }

    #[test]
    fn a_token_that_was_changed_is_refused(at in any::<prop::sample::Index>(), byte in any::<u8>()) {
        let key = SigningKey::generate().expect("a key");
        let presence = Presence { hall: a_hall(), job: None, issued: now().as_second() };
        let token = key.issue(DeviceId(Uuid::from_u128(7)), &presence).expect("signed");
        let mut bytes = token.clone().into_bytes();
        let at = at.index(bytes.len());
        bytes[at] = byte;
        let changed = String::from_utf8_lossy(&bytes).into_owned();
        prop_assume!(changed != token);
        prop_assert!(verify(&changed, &key.public_hex(), now()).is_err());
    }
}
