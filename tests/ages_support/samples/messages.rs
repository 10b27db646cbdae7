//! One of every request and every reply.

use super::{
    Sample, changes, claim, device, enrolment, hall, health, id, job, known, news, now, pass,
    pause, record, sample, sealed, witnessed, worker,
};
use gighall_core::claim::ClaimReason;
use gighall_core::hall::HallFigures;
use gighall_core::id::{Epoch, HubEpoch};
use gighall_core::picture::PictureReply;
use gighall_core::pin::PinHash;
use gighall_core::proof::{NumberedShowing, ProofReply, ProofRequest, Showing};
use gighall_core::report::{LogHead, LogReport, ReportReply, ReportRequest, RightsReport};
use gighall_core::rights::Grant;
use gighall_core::seal::OpeningKey;
use gighall_core::testing::{a_hall, a_showing, an_id_number};
use gighall_core::wire::*;
use gighall_core::worker::Channel;

/// What a device asks.
pub fn requests() -> Vec<Sample> {
    let (epoch, hub_epoch) = (Epoch(1), HubEpoch(1));
    let (public_key, version) = ("ab".repeat(32), "0.1.0".to_owned());
    let job = job().id;
    let before = EnrolledBefore {
        device: device(),
        epoch,
    };
    let log = LogReport {
        epoch,
        head: record().head(),
        acknowledged: 1,
        whole: true,
    };
    let rights = RightsReport {
        job,
        granted: 4,
        returned: 1,
    };
    vec![
        sample(
            "request.enrol",
            &EnrolRequest {
                code: "ABCD-EFGH".to_owned(),
                hall: a_hall(),
                public_key: public_key.clone(),
                version: version.clone(),
                before: Some(before),
            },
        ),
        sample(
            "request.re-enrol",
            &ReEnrolRequest {
                public_key: public_key.clone(),
                version,
            },
        ),
        sample(
            "request.signing-key",
            &SigningKeyRequest {
                public_key: public_key.clone(),
            },
        ),
        sample(
            "request.feed",
            &FeedRequest {
                cursors: vec![Cursor {
                    scope: Scope::Device(device()),
                    seq: 3,
                }],
                wait_seconds: 20,
                health: health(),
            },
        ),
        sample(
            "request.snapshot",
            &SnapshotRequest {
                scope: Scope::Hall(a_hall()),
            },
        ),
        sample(
            "request.outbox",
            &OutboxRequest {
                epoch,
                records: vec![record()],
            },
        ),
        sample(
            "request.report",
            &ReportRequest {
                epoch,
                hub_epoch,
                public_key,
                rights: vec![rights],
                logs: vec![log],
                claims: Some(vec![claim()]),
                witnessed: vec![witnessed()],
                last: true,
            },
        ),
        sample(
            "request.rights",
            &RightsRequest {
                epoch,
                jobs: vec![RightsAsk {
                    job,
                    known: 4,
                    returned: 1,
                    want: 2,
                }],
            },
        ),
        sample(
            "request.claims",
            &ClaimRequest {
                claim: claim().id,
                job,
                worker: worker(),
                channel: Channel::Terminal,
            },
        ),
        sample(
            "request.workers-find",
            &FindWorkerRequest {
                id_sealed: sealed(&an_id_number("20050501", 1)),
            },
        ),
        sample(
            "request.proof",
            &ProofRequest {
                epoch,
                showings: vec![NumberedShowing {
                    seq: 1,
                    showing: Showing {
                        page: Some(1),
                        again: true,
                        lost: 2,
                        ..a_showing(1)
                    },
                }],
            },
        ),
    ]
}

/// What the hub answers.
pub fn replies() -> Vec<Sample> {
    let (epoch, hub_epoch) = (Epoch(1), HubEpoch(1));
    let head = record().head();
    let scope = Scope::Hall(a_hall());
    let change = || changes().remove(0);
    let figures = HallFigures {
        day: jiff::civil::date(2026, 11, 25),
        claimed: 37,
        paid_on_time: Some(12),
    };
    let grant = Grant {
        epoch,
        hub_epoch,
        granted: 4,
    };
    let mut problem = Problem::new(ProblemType::CapacityExhausted, "no place is free");
    problem.reason = Some(ClaimReason::Full);
    problem.head = Some(head);
    problem.held_by = vec!["二号".to_owned()];
    vec![
        sample(
            "reply.enrol",
            &EnrolReply {
                device: device(),
                name: "一号".to_owned(),
                epoch,
                hub_epoch,
                token: "token".to_owned(),
                sealing_key: OpeningKey::from_bytes([7; 32]).sealing_key(),
                claim_prefix: "01".to_owned(),
                phone_url: "https://hub.example".to_owned(),
                hall: hall(),
                now: now(),
            },
        ),
        sample("reply.signing-key", &SigningKeyReply {}),
        sample(
            "reply.feed",
            &FeedReply {
                now: now(),
                hub_epoch,
                phone_url: "https://hub.example".to_owned(),
                scopes: vec![ScopeChanges {
                    scope: scope.clone(),
                    head: 4,
                    changes: vec![SequencedChange {
                        seq: 4,
                        change: change(),
                    }],
                }],
                picture: Some(id(14)),
                figures: Some(figures),
            },
        ),
        sample("reply.events", &Heads { hall: 4, device: 2 }),
        sample(
            "reply.snapshot",
            &SnapshotReply {
                scope,
                head: 4,
                changes: vec![change()],
                now: now(),
                hub_epoch,
            },
        ),
        sample("reply.outbox", &OutboxReply { head, feed_head: 4 }),
        sample(
            "reply.report",
            &ReportReply {
                hub_epoch,
                logs: vec![LogHead { epoch, head }],
                asks_claims: true,
                complete: true,
            },
        ),
        sample(
            "reply.rights",
            &RightsReply {
                grants: vec![JobGrant {
                    job: job().id,
                    grant,
                }],
            },
        ),
        sample(
            "reply.claims",
            &ClaimReply {
                claim: claim(),
                feed_head: 4,
                witnessed: Some(witnessed()),
            },
        ),
        sample(
            "reply.workers-find",
            &FindWorkerReply {
                worker: Some(known()),
                claims: vec![ClaimWithJob {
                    claim: claim(),
                    job: job(),
                }],
                enrolments: vec![enrolment()],
                pause: Some(pause()),
                complaints: vec![news()],
                by_pass: Some(FoundByPass {
                    pass: pass(),
                    ids: vec![worker()],
                    id_sealed: sealed(&an_id_number("20050501", 1)),
                }),
                pin: Some(PinHash(
                    "$argon2id$v=19$m=19456,t=2,p=1$c2FsdA$aGFzaA".to_owned(),
                )),
            },
        ),
        sample("reply.proof", &ProofReply { through: 1 }),
        sample("reply.picture", &PictureReply {}),
        sample("reply.problem", &problem),
    ]
}
