//! The hub's places counted again, from its claims.

use gighall_core::id::JobId;
use rusqlite::Connection;

/// Counts a job's claims again; gives N, the places that may be held now. Where the hub was put back and knows
/// of more, as ends of claims reached no device, N is what it was.
///
/// # Panics
/// If they are more than there are places (I1), or not as the counters say (I3).
pub fn count(hub: &Connection, job: JobId) -> u32 {
    let (places, live, used, held) = recount(hub, job);
    // A hub that was put back and still waits may count a claim whose end it has forgotten, and its
    // place as lent to another.
    if !held {
        assert!(live <= places, "I1: {live} claims of {places} places");
        assert!(used <= places, "I3: free");
    }
    let sql = "SELECT coalesce(max(surplus_over, target), places) FROM job WHERE id = ?1";
    hub.query_row(sql, [job.to_string()], |row| row.get(0))
        .expect("counted")
}

/// The places that may be held now, the live claims, the places that are held or lent, and whether the
/// hub waits for devices.
///
/// # Panics
/// If the claims are not as the counters say (I3).
pub fn recount(hub: &Connection, job: JobId) -> (u32, u32, u32, bool) {
    let (places, target, direct, lent, backed, held): (u32, u32, u32, u32, u32, bool) = hub
        .prepare_cached(
            "SELECT places, target, direct_live,
                 (SELECT coalesce(sum(max(0, max(granted - returned, claimed) - cancelled)), 0)
                  FROM rights_account WHERE rights_account.job = job.id),
                 (SELECT coalesce(sum(claimed - cancelled), 0)
                  FROM rights_account WHERE rights_account.job = job.id),
                 held
             FROM job WHERE id = ?1",
        )
        .expect("a question")
        .query_row([job.to_string()], |row| {
            Ok((
                row.get(0)?,
                row.get(1)?,
                row.get(2)?,
                row.get(3)?,
                row.get(4)?,
                row.get(5)?,
            ))
        })
        .expect("counted");
    let (directly, by_right): (u32, u32) = hub
        .prepare_cached(
            "SELECT count(*) FILTER (WHERE right_epoch IS NULL), count(right_epoch)
             FROM claim WHERE job = ?1 AND state IN ('claimed', 'confirmed', 'checked_in',
                 'completed', 'settled')",
        )
        .expect("a question")
        .query_row([job.to_string()], |row| Ok((row.get(0)?, row.get(1)?)))
        .expect("counted");
    let live = directly + by_right;
    assert_eq!((directly, by_right), (direct, backed), "I3: a recount");
    assert!(target <= places, "I3: free");
    (places, live, direct.saturating_add(lent), held)
}

/// Logs at the hub that are not dense (I5).
pub fn logs_with_holes(hub: &Connection) -> u32 {
    let sql = "SELECT count(*) FROM (SELECT 1 FROM outbox_record GROUP BY device, epoch
               HAVING count(*) <> max(seq))";
    hub.query_row(sql, [], |row| row.get(0)).expect("counted")
}
