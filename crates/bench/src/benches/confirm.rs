//! How long the terminal's desk takes to confirm a claim with a right, beside one bare commit of SQLite
//! on the same disk with the same settings.

use crate::Failure;
use crate::context::Context;
use crate::hall::{HallDir, ORDINARY, sealing_key};
use crate::report::Measured;
use crate::stats::{median, percentile};
use crate::watch::millis;
use gighall_core::testing::{a_job, an_id_number};
use gighall_core::wire::KnownWorker;
use gighall_kiosk::desk::HallDesk;
use gighall_kiosk::run::sync_config;
use gighall_kiosk::store::Store;
use gighall_kiosk::sync::Sync;
use gighall_kiosk::terminal::desk::{ClaimOutcome, Desk, NewRegistration};
use jiff::Timestamp;
use rusqlite::Connection;
use std::sync::Arc;
use std::time::Instant;

/// Bytes of the one row that the bare commit writes: about what an encrypted record of a claim is.
const ROW: u32 = 600;

/// Rows that are there before.
const FILLED: u32 = 20_000;

/// Runs the bench.
pub fn measure(context: &Context) -> Result<Vec<Measured>, Failure> {
    let claims = context.pick(ORDINARY, 20);
    let hall = HallDir::make_varied(&context.work.join("hall-confirm"), ORDINARY, claims)?;
    let config = &hall.config;
    let now = Timestamp::now();
    let store = Arc::new(Store::open(&config.data, config.time_zone(), now)?);
    let sync = Sync::idle(store.clone(), sync_config(config, None), None)?;
    let desk = HallDesk::new(store.clone(), Arc::new(sync));
    let bare = Connection::open(config.data.join("bare.db"))?;
    bare.pragma_update(None, "journal_mode", "WAL")?;
    bare.pragma_update(None, "synchronous", "FULL")?;
    bare.execute_batch("CREATE TABLE record (seq INTEGER PRIMARY KEY, body BLOB NOT NULL)")?;
    // The store has been filled. Its log is a long file that is written from its beginning again, which
    // the disk syncs faster than one that grows.
    let filled = "WITH RECURSIVE n(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < ?1)
        INSERT INTO record (body) SELECT randomblob(?2) FROM n";
    bare.execute(filled, (FILLED, ROW))?;
    let (mut confirmed, mut committed) = (vec![], vec![]);
    for n in 0..claims {
        let worker = registered(&store, n)?;
        let began = Instant::now();
        let outcome = desk.claim(&worker, a_job(n).id)?;
        confirmed.push(millis(began.elapsed()));
        if !matches!(outcome, ClaimOutcome::Confirmed(_)) {
            return Err(format!("a claim with a right is {outcome:?}").into());
        }
        let began = Instant::now();
        bare.prepare_cached("INSERT INTO record (body) VALUES (?1)")?
            .execute([vec![7_u8; ROW as usize]])?;
        committed.push(millis(began.elapsed()));
    }
    Ok(figures(&confirmed, &committed))
}

/// Each claim is somebody else's.
fn registered(store: &Store, n: u32) -> Result<KnownWorker, Failure> {
    let new = NewRegistration {
        pin: None,
        name: "李小峰".to_owned(),
        number: an_id_number("19700501", n).parse()?,
        phone: None,
        work_kinds: vec![],
    };
    let sealed = sealing_key().seal(&new.number)?;
    Ok(store.register(&new, sealed, Timestamp::now())?)
}

fn figures(confirmed: &[f64], committed: &[f64]) -> Vec<Measured> {
    let how = format!(
        "{} claims with a right, each somebody else's and of another job, in turn with a commit of one row \
         of {ROW} bytes in a database beside the store (WAL, synchronous=FULL, as the store's). Medians: \
         {:.2} and {:.2} ms; p99 {:.2} and {:.2}.",
        confirmed.len(),
        median(confirmed),
        median(committed),
        percentile(confirmed, 0.99),
        percentile(committed, 0.99)
    );
    vec![
        Measured::told(
            "confirm with a right, of a bare SQLite commit",
            median(confirmed) / median(committed),
            "",
            &how,
        )
        .at_most(2.0),
    ]
}
