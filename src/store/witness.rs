//! Letters of the hub to itself (rule 12): what it did with places of this hall's jobs. They are kept for a
//! hub that is put back from an older copy, and cannot be read here.

use super::{Store, StoreError, from_millis, millis, signed};
use gighall_core::witness::{KEPT_MAX, Witnessed};
use jiff::Timestamp;
use rusqlite::Transaction;

impl Store {
    /// The letters that are kept, the oldest first.
    pub fn witnessed(&self) -> Result<Vec<Witnessed>, StoreError> {
        self.read(|tx| {
            let mut statement =
                tx.prepare_cached("SELECT until, closed FROM witnessed ORDER BY id")?;
            let rows = statement.query_map([], |row| {
                Ok(Witnessed {
                    until: from_millis(row.get(0)?),
                    closed: hex::encode(row.get::<_, Vec<u8>>(1)?),
                })
            })?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }
}

/// Keeps a letter, beside others about the same claim: which of them is the last one only the hub can tell. Of
/// very many, the oldest go.
pub fn keep(tx: &Transaction<'_>, witnessed: &Witnessed) -> Result<(), StoreError> {
    let Some(closed) = witnessed.bytes() else {
        tracing::warn!("the hub sent a letter that is none: it is dropped");
        return Ok(());
    };
    let is_new = tx
        .prepare_cached("INSERT OR IGNORE INTO witnessed (until, closed) VALUES (?1, ?2)")?
        .execute((millis(witnessed.until), closed))?;
    if is_new > 0 {
        let newest = tx.last_insert_rowid();
        tx.prepare_cached("DELETE FROM witnessed WHERE id <= ?1")?
            .execute([newest.saturating_sub(signed(KEPT_MAX))])?;
    }
    Ok(())
}

/// Forgets letters that nobody asks for any more.
pub fn forget_old(tx: &Transaction<'_>, now: Timestamp) -> Result<(), StoreError> {
    tx.execute("DELETE FROM witnessed WHERE until < ?1", [millis(now)])?;
    Ok(())
}
