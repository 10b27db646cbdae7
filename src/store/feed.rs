//! The hub's feed: changes and snapshots, each applied in the transaction that moves the cursor.

use super::posted::{self, Table};
use super::{
    Store, StoreError, claims, complaints, erase, jobs, meta, passes, pauses, rights, services,
    signed, to_json, witness,
};
use gighall_core::id::JobId;
use gighall_core::job::JobState;
use gighall_core::media::is_hash;
use gighall_core::snapshot::{NotRead, read_snapshot};
use gighall_core::vault::Vault;
use gighall_core::wire::{Change, Cursor, Scope, ScopeChanges, SnapshotReply};
use jiff::Timestamp;
use rusqlite::{OptionalExtension, Transaction};
use std::collections::HashSet;

impl Store {
    /// How far a scope was read; `None` if it has to begin with a snapshot.
    pub fn cursor(&self, scope: &Scope) -> Result<Option<u64>, StoreError> {
        self.read(|tx| cursor(tx, scope))
    }

    /// All cursors.
    pub fn cursors(&self) -> Result<Vec<Cursor>, StoreError> {
        self.read(|tx| {
            let mut statement =
                tx.prepare_cached("SELECT scope, seq FROM cursors ORDER BY scope")?;
            let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
            let mut cursors = vec![];
            for row in rows {
                let (scope, seq): (String, i64) = row?;
                cursors.extend(scope.parse().ok().map(|scope| Cursor {
                    scope,
                    seq: seq.unsigned_abs(),
                }));
            }
            Ok(cursors)
        })
    }

    /// Applies the next changes of a scope. Changes that were applied before are skipped.
    ///
    /// # Errors
    /// [`StoreError::FeedGap`] if changes are missing before the first one.
    pub fn apply_changes(&self, told: &ScopeChanges, now: Timestamp) -> Result<(), StoreError> {
        if told.changes.is_empty() {
            return Ok(());
        }
        self.write(|tx| {
            let mut at = cursor(tx, &told.scope)?.ok_or(StoreError::FeedGap)?;
            for next in &told.changes {
                if next.seq <= at {
                    continue;
                }
                if next.seq != at + 1 {
                    return Err(StoreError::FeedGap);
                }
                apply(tx, &self.vault, &next.change, now)?;
                at = next.seq;
            }
            let changes = told.changes.iter().map(|next| &next.change);
            erase::forget(tx, &self.vault, &erase::erased(changes))?;
            set_cursor(tx, &told.scope, at)
        })
    }

    /// Puts a snapshot in the place of what a scope had. What is not in it is gone; claims,
    /// workers and the outbox are not the feed's and stay.
    pub fn apply_snapshot(&self, told: &SnapshotReply, now: Timestamp) -> Result<(), StoreError> {
        self.put_snapshot(&told.scope, now, |apply| {
            told.changes.iter().try_for_each(apply)?;
            Ok(told.head)
        })
    }

    /// The same from its text, one change at a time: there may be a hundred thousand.
    ///
    /// # Errors
    /// [`StoreError::Nonsense`] if it is not a snapshot of that scope; nothing is changed then.
    pub fn apply_snapshot_text(
        &self,
        scope: &Scope,
        text: &[u8],
        now: Timestamp,
    ) -> Result<(), StoreError> {
        self.put_snapshot(scope, now, |apply| {
            let rest = read_snapshot(text, |change| apply(&change)).map_err(|why| match why {
                NotRead::Nonsense(error) => StoreError::Nonsense(error.to_string()),
                NotRead::Stopped(error) => error,
            })?;
            match rest.scope == *scope {
                true => Ok(rest.head),
                false => Err(StoreError::Nonsense(
                    "a snapshot of another scope".to_owned(),
                )),
            }
        })
    }

    /// `each` hands the changes of a snapshot over, and gives its head.
    fn put_snapshot(
        &self,
        scope: &Scope,
        now: Timestamp,
        each: impl FnOnce(&mut dyn FnMut(&Change) -> Result<(), StoreError>) -> Result<u64, StoreError>,
    ) -> Result<(), StoreError> {
        let is_hall = matches!(scope, Scope::Hall(_));
        self.write(|tx| {
            if is_hall {
                pauses::end_all(tx)?;
                passes::end_all(tx)?;
            }
            let (mut listed, mut erased) = (Listed::default(), HashSet::new());
            let head = each(&mut |change| {
                listed.note(change);
                erased.extend(erase::erased(std::iter::once(change)));
                apply(tx, &self.vault, change, now)
            })?;
            if is_hall {
                remove_others(tx, &listed)?;
                // It counts every claim that was acknowledged before it was asked for, even if
                // the hub's numbers began anew.
                tx.execute(
                    "UPDATE claims SET reflected_at = min(reflected_at, ?1)
                     WHERE reflected_at IS NOT NULL",
                    [signed(head)],
                )?;
                tx.execute(
                    "DELETE FROM cursors WHERE scope LIKE 'hall/%' AND scope <> ?1",
                    [scope.to_string()],
                )?;
            }
            erase::forget(tx, &self.vault, &erased)?;
            set_cursor(tx, scope, head)
        })
    }

    /// The scope has to begin with a snapshot again.
    pub fn forget_cursor(&self, scope: &Scope) -> Result<(), StoreError> {
        self.write(|tx| {
            tx.execute("DELETE FROM cursors WHERE scope = ?1", [scope.to_string()])?;
            Ok(())
        })
    }
}

fn cursor(tx: &Transaction<'_>, scope: &Scope) -> Result<Option<u64>, StoreError> {
    let seq: Option<i64> = tx
        .prepare_cached("SELECT seq FROM cursors WHERE scope = ?1")?
        .query_row([scope.to_string()], |row| row.get(0))
        .optional()?;
    Ok(seq.map(i64::unsigned_abs))
}

fn set_cursor(tx: &Transaction<'_>, scope: &Scope, seq: u64) -> Result<(), StoreError> {
    tx.prepare_cached(
        "INSERT INTO cursors (scope, seq) VALUES (?1, ?2)
         ON CONFLICT (scope) DO UPDATE SET seq = excluded.seq",
    )?
    .execute((scope.to_string(), signed(seq)))?;
    Ok(())
}

/// Applies one change.
pub fn apply(
    tx: &Transaction<'_>,
    vault: &Vault,
    change: &Change,
    now: Timestamp,
) -> Result<(), StoreError> {
    match change {
        Change::Job { job } => {
            jobs::put(tx, job)?;
            if !matches!(job.state, JobState::Published | JobState::Full) {
                rights::give_back(tx, &job.id.to_string())?;
            }
            Ok(())
        }
        Change::JobRemoved { id } => {
            jobs::remove(tx, &id.to_string())?;
            rights::give_back(tx, &id.to_string())
        }
        Change::Notice { notice } => posted::put(tx, Table::Notices, notice.id, notice),
        Change::NoticeRemoved { id } => posted::remove(tx, Table::Notices, id),
        Change::Event { event } if event.withdrawn => posted::remove(tx, Table::Events, event.id),
        Change::Event { event } => posted::put(tx, Table::Events, event.id, event),
        Change::Playlist { playlist } => {
            posted::put(tx, Table::Playlists, &playlist.name, playlist)
        }
        // Paths and addresses are made of it.
        Change::Media { file } if !is_hash(&file.sha256) => {
            let (name, sha256) = (&file.name, &file.sha256);
            tracing::warn!(
                name,
                sha256,
                "the hub told of a file whose SHA-256 is none: it is dropped"
            );
            posted::remove(tx, Table::Media, name)
        }
        Change::Media { file } => posted::put(tx, Table::Media, &file.name, file),
        Change::MediaRemoved { name } => posted::remove(tx, Table::Media, name),
        Change::PlaylistRemoved { name } => posted::remove(tx, Table::Playlists, name),
        Change::Hall { hall } => meta::set(tx, meta::HALL, &to_json(hall)?),
        Change::Claim { claim } => claims::decide_or_keep(tx, claim),
        Change::Enrolment { enrolment } => services::decide_or_keep(tx, enrolment),
        Change::Pause { worker, pause } => pauses::put(tx, *worker, *pause),
        Change::Pass { worker, pass } => passes::put(tx, *worker, pass),
        Change::Complaint { news } => complaints::hear(tx, vault, news),
        Change::Recall { job } => rights::recall(tx, *job, now),
        // All of them at once, by the caller: see `erase`.
        Change::WorkerErased { .. } => Ok(()),
        Change::Witnessed { witnessed } => witness::keep(tx, witnessed),
        Change::Unknown => {
            tracing::warn!("a change of a newer hub cannot be read and is skipped");
            Ok(())
        }
    }
}

/// What a snapshot of a hall has.
#[derive(Default)]
struct Listed {
    jobs: HashSet<JobId>,
    up: HashSet<(Table, String)>,
}

impl Listed {
    fn note(&mut self, change: &Change) {
        match change {
            Change::Job { job } => self.jobs.insert(job.id),
            Change::Notice { notice } => self.up.insert((Table::Notices, notice.id.to_string())),
            Change::Event { event } => self.up.insert((Table::Events, event.id.to_string())),
            Change::Playlist { playlist } => {
                self.up.insert((Table::Playlists, playlist.name.clone()))
            }
            Change::Media { file } => self.up.insert((Table::Media, file.name.clone())),
            _ => false,
        };
    }
}

/// Removes listings and what was put up that a snapshot of the hall does not have.
fn remove_others(tx: &Transaction<'_>, listed: &Listed) -> Result<(), StoreError> {
    for id in ids(tx, "SELECT id FROM jobs")? {
        let is_listed = id
            .parse::<JobId>()
            .is_ok_and(|id| listed.jobs.contains(&id));
        if !is_listed {
            jobs::remove(tx, &id)?;
            rights::give_back(tx, &id)?;
        }
    }
    posted::remove_others(tx, &listed.up)
}

/// The ids that a query gives.
pub fn ids(tx: &Transaction<'_>, sql: &str) -> Result<Vec<String>, StoreError> {
    let mut statement = tx.prepare(sql)?;
    let rows = statement.query_map([], |row| row.get(0))?;
    Ok(rows.collect::<Result<_, _>>()?)
}
