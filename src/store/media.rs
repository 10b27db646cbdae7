//! When files of the hub were last used, so that the least recently used goes first.

use super::{Store, StoreError, from_millis, millis};
use jiff::{SignedDuration, Timestamp};
use std::collections::BTreeMap;

/// Somebody who uses a file all the time need not be noted all the time.
const NOTED_EVERY: SignedDuration = SignedDuration::from_hours(1);

impl Store {
    /// Playlists that are on name these files at `now`; of files that are not `here` nothing is kept.
    /// Gives when each was last used, by its hash.
    pub fn note_media_used(
        &self,
        on: &[&str],
        here: &BTreeMap<String, u64>,
        now: Timestamp,
    ) -> Result<BTreeMap<String, Timestamp>, StoreError> {
        let mut used = self.media_used()?;
        let before = used.clone();
        used.retain(|hash, _| here.contains_key(hash));
        for hash in on.iter().filter(|hash| here.contains_key(**hash)) {
            let at = used.entry((*hash).to_owned()).or_insert(now);
            if now.duration_since(*at).abs() > NOTED_EVERY {
                *at = now;
            }
        }
        if used != before {
            let rows = used.clone();
            self.write_unseen(|tx| {
                tx.execute("DELETE FROM media_used", [])?;
                let mut put =
                    tx.prepare_cached("INSERT INTO media_used (sha256, at) VALUES (?1, ?2)")?;
                for (hash, at) in rows {
                    put.execute((hash, millis(at)))?;
                }
                Ok(())
            })?;
        }
        Ok(used)
    }

    fn media_used(&self) -> Result<BTreeMap<String, Timestamp>, StoreError> {
        self.read(|tx| {
            let mut all = tx.prepare_cached("SELECT sha256, at FROM media_used")?;
            let rows = all.query_map([], |row| Ok((row.get(0)?, from_millis(row.get(1)?))))?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }
}
