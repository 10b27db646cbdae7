//! What has changed in the store since the listings in memory were read: SQLite tells of every row that
//! is written, and what was committed counts.

use super::super::lock;
use rusqlite::Connection;
use rusqlite::hooks::Action;
use std::sync::{Arc, Mutex};

/// With more changed listings than this, reading all of them anew is as good.
const MANY: usize = 5_000;

/// What may have changed.
#[derive(Default)]
pub struct News {
    /// Rows of the table `jobs`.
    pub jobs: Vec<i64>,
    /// Rows of the table `claims`.
    pub claims: Vec<i64>,
    /// What the places left are counted from: some claim, or how far the feed was read.
    pub counts: bool,
    /// More than is worth a list.
    pub all: bool,
}

impl News {
    fn add(&mut self, action: Action, table: &str, row: i64) {
        match (table, action) {
            ("jobs", _) => self.jobs.push(row),
            ("claims", _) => {
                self.counts = true;
                self.claims.push(row);
            }
            // A feed that begins anew: claims count again that their listings held already.
            ("cursors", Action::SQLITE_DELETE) => self.all = true,
            ("cursors", _) => self.counts = true,
            _ => {}
        }
        self.keep_short();
    }

    fn append(&mut self, more: Self) {
        self.jobs.extend(more.jobs);
        self.claims.extend(more.claims);
        self.counts |= more.counts;
        self.all |= more.all;
        self.keep_short();
    }

    fn keep_short(&mut self) {
        if self.all || self.jobs.len() + self.claims.len() > MANY {
            *self = Self {
                all: true,
                ..Self::default()
            };
        }
    }
}

/// What a connection writes: what is under way, and what was committed.
#[derive(Clone, Default)]
pub struct Told {
    written: Arc<Mutex<News>>,
    committed: Arc<Mutex<News>>,
}

/// Has the one connection that writes tell what it writes.
pub fn told_by(writer: &Connection) -> Result<Told, rusqlite::Error> {
    let told = Told::default();
    let written = Arc::clone(&told.written);
    writer.update_hook(Some(
        move |action: Action, _: &str, table: &str, row: i64| {
            lock(&written).add(action, table, row);
        },
    ))?;
    Ok(told)
}

impl Told {
    /// The transaction under way is on the disk. What was rolled back before is read again as well,
    /// which does no harm.
    pub fn commit(&self) {
        let written = std::mem::take(&mut *lock(&self.written));
        lock(&self.committed).append(written);
    }

    /// What was committed since the last time. To be called before the transaction that reads it.
    pub fn take(&self) -> News {
        std::mem::take(&mut *lock(&self.committed))
    }
}
