//! What a kiosk of the very first version kept, in the words of its first migration.

use gighall_core::id::ClaimId;
use gighall_core::outbox::{Head, Record};
use gighall_core::testing::{a_job, at};
use gighall_core::vault::Vault;
use rusqlite::Connection;
use serde_json::json;
use uuid::Uuid;

/// The claim in it.
pub fn claim_id() -> ClaimId {
    ClaimId(Uuid::from_u128(0x9001))
}

/// The record that waits in it.
pub fn first_record() -> Record {
    let body = json!({"v": 1, "at": "2026-11-23T05:00:00Z", "event": "claim_withdrawn",
        "claim": claim_id(), "job": a_job(1).id});
    Head::default().append(body.to_string())
}

/// A job, rights, a worker, a claim and its record, as the first version wrote them.
pub fn first_rows(database: &Connection, vault: &Vault) {
    let job = a_job(1);
    let body = serde_json::to_string(&job).expect("plain data");
    let (id, record) = (job.id.to_string(), first_record());
    let at = at("2026-11-23T05:00:00Z").as_millisecond();
    database
        .execute(
            "INSERT INTO jobs (id, body, number, state, work_kind, town, settlement, fen_a_day, urgent,
                 starts_at, valid_until, places, places_left)
             VALUES (?1, ?2, 101, 'published', 'construction', '草海镇', 'daily', 26000, 0, ?3, ?3, 4, 4)",
            (&id, &body, job.starts_at.as_millisecond()),
        )
        .expect("a job");
    database
        .execute(
            "INSERT INTO accounts (job, g, r, c) VALUES (?1, 4, 1, 1)",
            [&id],
        )
        .expect("rights");
    database
        .execute(
            "INSERT INTO workers (id, lookup, details, id_sealed, registered_at)
             VALUES ('00000000-0000-0000-0000-000000000008', ?1, ?2, ?3, ?4)",
            (
                [7_u8; 32].as_slice(),
                vault.encrypt("workers.details", "{}"),
                vault.encrypt("workers.id_sealed", "\"\""),
                at,
            ),
        )
        .expect("a worker");
    database
        .execute(
            "INSERT INTO claims (id, number, job, job_body, worker, channel, origin, state, made_at, holds)
             VALUES (?1, '01-0001', ?2, ?3, '00000000-0000-0000-0000-000000000008', 'terminal', 'right',
                 'confirmed', ?4, 1)",
            (claim_id().to_string(), &id, &body, at),
        )
        .expect("a claim");
    database
        .execute(
            "INSERT INTO outbox (epoch, seq, prev, hash, body, at) VALUES (1, 1, ?1, ?2, ?3, ?4)",
            (
                record.prev.to_string(),
                record.hash.to_string(),
                vault.encrypt("outbox.body", &record.body),
                at,
            ),
        )
        .expect("a record");
    database
        .execute_batch(
            "INSERT INTO meta VALUES ('device', '00000000-0000-0000-0000-00000000004d'),
                 ('epoch', '1'), ('hub_epoch', '1')",
        )
        .expect("an enrolment");
}
