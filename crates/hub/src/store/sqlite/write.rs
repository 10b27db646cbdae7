//! One piece of writing, with the feed entries that it gives rise to.

use super::secrets::Keys;
use super::{feed, jobs};
use crate::store::StoreError;
use gighall_core::id::{HallId, JobId};
use gighall_core::wire::{Change, Scope};
use gighall_core::witness::Witnessed;
use rusqlite::{Connection, Savepoint};
use std::collections::BTreeSet;
use std::ops::Deref;

/// One piece of writing, which happens as a whole or not at all, inside a transaction that others may
/// share. Everybody who may read a scope is told of its changes by [`Write::keep`], and by nothing else.
pub struct Write<'a> {
    /// For statements.
    pub sql: Sql<'a>,
    /// For personal data and the rules of the day.
    pub keys: &'a Keys,
    changed_jobs: BTreeSet<JobId>,
    outgoing: Vec<(Scope, Change)>,
    /// What halls are told last: it is of no use before somebody asks for it.
    letters: Vec<(Scope, Change)>,
    /// A feed has been told something already.
    told: bool,
}

/// A transaction that is open, or a part of one that can be taken back by itself.
pub enum Sql<'a> {
    /// For that, SQLite copies every page before it changes.
    Part(Savepoint<'a>),
    /// Nothing is copied.
    Whole(&'a Connection),
}

impl Deref for Sql<'_> {
    type Target = Connection;

    fn deref(&self) -> &Connection {
        match self {
            Self::Part(part) => part,
            Self::Whole(connection) => connection,
        }
    }
}

impl<'a> Write<'a> {
    /// Begins, inside a transaction that is open and may hold what others wrote.
    pub fn begin(connection: &'a mut Connection, keys: &'a Keys) -> Result<Self, StoreError> {
        Ok(Self::over(Sql::Part(connection.savepoint()?), keys))
    }

    /// Begins as the first in a transaction: whoever does not [`keep`](Self::keep) it has to roll that back.
    pub fn begin_first(connection: &'a Connection, keys: &'a Keys) -> Self {
        Self::over(Sql::Whole(connection), keys)
    }

    fn over(sql: Sql<'a>, keys: &'a Keys) -> Self {
        Self {
            sql,
            keys,
            changed_jobs: BTreeSet::new(),
            outgoing: Vec::new(),
            letters: Vec::new(),
            told: false,
        }
    }

    /// Notes that a job changed. However often it does before the feeds are told, they tell it once,
    /// as it is at the end.
    pub fn job_changed(&mut self, job: JobId) {
        self.changed_jobs.insert(job);
    }

    /// Tells a scope something.
    pub fn tell(&mut self, scope: Scope, change: Change) {
        self.outgoing.push((scope, change));
    }

    /// Gives a hall's devices a letter to keep.
    pub fn give_letter(&mut self, hall: HallId, witnessed: Witnessed) {
        let change = Change::Witnessed { witnessed };
        self.letters.push((Scope::Hall(hall), change));
    }

    /// Appends to the feeds what changed, and raises their heads last.
    fn tell_now(&mut self) -> Result<(), StoreError> {
        for id in std::mem::take(&mut self.changed_jobs) {
            jobs::raise_version(&self.sql, id)?;
            let job = jobs::one(&self.sql, id)?.ok_or(StoreError::NotFound("job"))?;
            let scope = Scope::Hall(job.hall.clone());
            self.outgoing
                .push((scope, Change::Job { job: Box::new(job) }));
        }
        self.outgoing.append(&mut self.letters);
        self.told |= !self.outgoing.is_empty();
        feed::append(&self.sql, &std::mem::take(&mut self.outgoing))
    }

    /// Tells the feeds, and keeps everything for the commit. Says whether anything was told.
    pub fn keep(mut self) -> Result<bool, StoreError> {
        self.tell_now()?;
        if let Sql::Part(part) = self.sql {
            part.commit()?;
        }
        Ok(self.told)
    }
}
