//! Stores of every version there was are opened, and go on.

use super::*;

/// A listing, a device with rights, a worker, a claim and its record, as the first version wrote them.
fn first_rows(raw: &Connection, keys: &Keys, device: &Device, claim: &Claim) {
    let job = a_job(1);
    let record = &device.log[0];
    let (at, starts) = (sql::micros(now()), sql::micros(job.starts_at));
    let (id, body) = (job.id.to_string(), sql::json(&job).expect("plain data"));
    let (of, hash) = (device.holder.device.to_string(), record.hash.0);
    let worker = claim.worker.to_string();
    raw.execute("INSERT INTO hall (id, body) VALUES ('weining', '{}')", [])
        .expect("a hall");
    raw.execute(
        "INSERT INTO job (id, hall, source_key, number, state, places, target, direct_live, starts_at,
             valid_until, urgent, version, body)
         VALUES (?1, 'weining', 'A1', 101, 'published', 4, 4, 0, ?2, ?2, 0, 1, ?3)",
        (&id, starts, &body),
    )
    .expect("a job");
    raw.execute(
        "INSERT INTO device (id, hall, name, epoch) VALUES (?1, 'weining', '一号', 1)",
        [&of],
    )
    .expect("a device");
    raw.execute(
        "INSERT INTO enrolment (device, epoch, token_hash, public_key, version, enrolled_at, log_seq,
             log_hash)
         VALUES (?1, 1, ?2, ?3, '0.1.0', ?4, 1, ?5)",
        (&of, secrets::hashed(&device.token), "00".repeat(32), at, hash),
    )
    .expect("an enrolment");
    raw.execute(
        "INSERT INTO rights_account (job, device, epoch, granted, returned, claimed, cancelled)
         VALUES (?1, ?2, 1, 2, 0, 1, 0)",
        (&id, &of),
    )
    .expect("rights");
    raw.execute(
        "INSERT INTO outbox_record (device, epoch, seq, hash, body, received_at)
         VALUES (?1, 1, 1, ?2, ?3, ?4)",
        (
            &of,
            hash,
            keys.vault.encrypt("outbox.body", &record.body),
            at,
        ),
    )
    .expect("a record");
    raw.execute("INSERT INTO worker (id) VALUES (?1)", [&worker])
        .expect("a worker");
    raw.execute(
        "INSERT INTO claim (id, number, job, worker, worker_there, device, right_epoch, channel, state,
             made_at, arrived_at)
         VALUES (?1, ?2, ?3, ?4, ?4, ?5, 1, 'terminal', 'confirmed', ?6, ?6)",
        (claim.id.to_string(), &claim.number, &id, &worker, &of, at),
    )
    .expect("a claim");
}

#[test]
fn a_store_of_every_version_keeps_what_the_first_one_held_and_goes_on() {
    for version in 1..=MIGRATIONS.len() {
        let dir = tempfile::tempdir().expect("a directory");
        let raw = Connection::open(dir.path().join(DATABASE_FILE)).expect("opens");
        let mut device = Device {
            holder: Holder {
                device: DeviceId(Uuid::from_u128(77)),
                epoch: Epoch(1),
            },
            token: "a token".to_owned(),
            prefix: "01".to_owned(),
            log: vec![],
        };
        let job = a_job(1).id;
        let first = device.confirms(job, WorkerId(Uuid::from_u128(8)));
        for (n, step) in MIGRATIONS[..version].iter().enumerate() {
            raw.execute_batch(step).expect("a migration");
            if n == 0 {
                let keys = Keys::new(&SECRET, crate::state::china());
                first_rows(&raw, &keys, &device, &first);
            }
        }
        raw.pragma_update(None, "user_version", version as i64)
            .expect("set");
        drop(raw);
        let store = reopen(&dir).unwrap_or_else(|error| panic!("version {version}: {error}"));
        let house = House { store, dir };
        assert_eq!(house.store.hub_epoch().expect("read").0, 1);
        let caller = house.store.authenticate(&device.token).expect("read");
        assert!(caller.is_some(), "version {version}");
        let kept = |id| {
            let claim = house.store.claim(id).expect("read").expect("kept").claim;
            (claim.number, claim.state)
        };
        let confirmed = |claim: &Claim| (claim.number.clone(), ClaimState::Confirmed);
        assert_eq!(kept(first.id), confirmed(&first), "version {version}");
        assert_eq!(house.seen(job).places_left, 3);
        // What is sent again changes nothing, what follows counts, and what was granted is known.
        let second = device.confirms(job, house.worker(1));
        assert_eq!(device.upload(&house).expect("taken").seq, 2);
        assert_eq!(kept(second.id), confirmed(&second));
        assert_eq!(house.seen(job).places_left, 2);
        assert_eq!(device.ask(&house, job, 2, 0, 0), 2, "version {version}");
    }
}
