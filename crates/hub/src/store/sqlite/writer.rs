//! The one connection that writes. A disk syncs some hundred times a second, however much is in a
//! commit: so whoever comes while others write shares their commit, and everybody is answered when it is
//! on the disk.

use super::lock;
use super::secrets::Keys;
use super::write::Write;
use crate::store::StoreError;
use rusqlite::{Connection, ffi};
use std::borrow::BorrowMut;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread;

/// Most that share a commit, so that the first of them does not wait for ever.
const SHARE_MOST: usize = 256;

/// Runs one piece of work in a transaction of its own: all of it happens, or nothing.
pub fn alone<T>(
    connection: &mut Connection,
    keys: &Keys,
    work: impl FnOnce(&mut Write<'_>) -> Result<T, StoreError>,
) -> Result<T, StoreError> {
    let writer = Writer::new(connection);
    writer.write(keys, work).map(|(done, _)| done)
}

/// The connection, and the commit that is under way.
pub struct Writer<C> {
    /// How many are about to take the lock.
    coming: AtomicUsize,
    held: Mutex<Held<C>>,
}

struct Held<C> {
    connection: C,
    open: Option<Open>,
}

/// A transaction that others may join.
struct Open {
    commit: Arc<Commit>,
    joined: usize,
    /// It is not to be committed.
    spoilt: bool,
}

/// How a commit went, for all that share it.
#[derive(Default)]
struct Commit {
    outcome: Mutex<Option<Outcome>>,
    known: Condvar,
}

type Outcome = Result<(), Arc<rusqlite::Error>>;

/// What came of one piece of work, and whether it told a feed something; or its panic.
type Ran<T> = thread::Result<Result<(T, bool), StoreError>>;

impl<C: BorrowMut<Connection>> Writer<C> {
    /// The writer over a connection that nobody else writes with.
    pub fn new(connection: C) -> Self {
        Self {
            coming: AtomicUsize::new(0),
            held: Mutex::new(Held {
                connection,
                open: None,
            }),
        }
    }

    /// Runs one piece of work: all of it happens, or nothing, whatever becomes of others in the same
    /// commit. It is on the disk when this returns, also where `work` only refused something: what it
    /// saw may be of others in the same commit. Says as well whether a feed was told something.
    pub fn write<T>(
        &self,
        keys: &Keys,
        work: impl FnOnce(&mut Write<'_>) -> Result<T, StoreError>,
    ) -> Result<(T, bool), StoreError> {
        let (done, outcome) = self.shared(|held| held.run(keys, work))?;
        match done {
            Ok(done) => settled(done, &outcome),
            Err(panic) => resume_unwind(panic),
        }
    }

    /// Runs each piece of work as if it had come alone, one after the other, in one commit. One that fails or
    /// panics takes back its own doing only; then all of them run a second time, so `works` must not mind
    /// that. Says as well whether a feed was told something.
    pub fn write_each<T, W>(&self, keys: &Keys, works: &[W]) -> (Vec<Result<T, StoreError>>, bool)
    where
        W: Fn(&mut Write<'_>) -> Result<T, StoreError>,
    {
        let (done, outcome) = match self.shared(|held| held.run_each(keys, works)) {
            Ok(shared) => shared,
            Err(error) => {
                let failed = works.iter().map(|_| Err(again(&error).into()));
                return (failed.collect(), false);
            }
        };
        let mut told = false;
        let done = done.into_iter().map(|done| match done {
            Ok(done) => settled(done, &outcome).map(|(done, tells)| {
                told |= tells;
                done
            }),
            // The panic's hook has logged it.
            Err(_) => Err(StoreError::Unusable("it ended by itself".to_owned())),
        });
        (done.collect(), told)
    }

    /// Does something in a commit that others may share, and waits for the commit.
    fn shared<R>(&self, doing: impl FnOnce(&mut Held<C>) -> R) -> rusqlite::Result<(R, Outcome)> {
        self.coming.fetch_add(1, Ordering::SeqCst);
        let mut held = lock(&self.held);
        self.coming.fetch_sub(1, Ordering::SeqCst);
        let commit = held.joined()?;
        let done = doing(&mut held);
        held.leave(&self.coming);
        drop(held);
        Ok((done, commit.wait()))
    }
}

/// What came of one piece of work, once it is known how the commit went.
fn settled<T>(done: Result<T, StoreError>, outcome: &Outcome) -> Result<T, StoreError> {
    match (done, outcome) {
        (Err(own @ StoreError::Database(_)), _) => Err(own),
        (_, Err(failed)) => Err(again(failed).into()),
        (done, Ok(())) => done,
    }
}

impl<C: BorrowMut<Connection>> Held<C> {
    /// The transaction that is open, or a new one, once no other process writes.
    fn joined(&mut self) -> rusqlite::Result<Arc<Commit>> {
        if self.open.is_none() {
            self.connection
                .borrow_mut()
                .execute_batch("BEGIN IMMEDIATE")?;
        }
        let open = self.open.get_or_insert_with(|| Open {
            commit: Arc::default(),
            joined: 0,
            spoilt: false,
        });
        open.joined += 1;
        Ok(open.commit.clone())
    }

    /// One piece of work; a panic takes back what it did.
    fn run<T>(
        &mut self,
        keys: &Keys,
        work: impl FnOnce(&mut Write<'_>) -> Result<T, StoreError>,
    ) -> Ran<T> {
        catch_unwind(AssertUnwindSafe(|| {
            let mut write = Write::begin(self.connection.borrow_mut(), keys)?;
            let done = work(&mut write)?;
            Ok((done, write.keep()?))
        }))
    }

    /// Many pieces of work. To take back one alone, SQLite has to copy every page before it changes; so all
    /// of them begin the transaction together where that is possible, and are parted if one fails.
    fn run_each<T, W>(&mut self, keys: &Keys, works: &[W]) -> Vec<Ran<T>>
    where
        W: Fn(&mut Write<'_>) -> Result<T, StoreError>,
    {
        let is_first = self.open.as_ref().is_some_and(|open| open.joined == 1);
        if is_first {
            if let Ok(Ok((done, told))) = self.run_first(keys, works) {
                return done.into_iter().map(|done| Ok(Ok((done, told)))).collect();
            }
            self.begin_again();
        }
        let each = |work| match self.is_gone() {
            true => Ok(Err(taken_back().into())),
            false => self.run(keys, work),
        };
        works.iter().map(each).collect()
    }

    /// All of them together, at the beginning of a transaction.
    fn run_first<T, W>(&mut self, keys: &Keys, works: &[W]) -> Ran<Vec<T>>
    where
        W: Fn(&mut Write<'_>) -> Result<T, StoreError>,
    {
        catch_unwind(AssertUnwindSafe(|| {
            let mut write = Write::begin_first(self.connection.borrow(), keys);
            let mut done = vec![];
            for work in works {
                done.push(work(&mut write)?);
                // What comes now would stand by itself.
                if write.sql.is_autocommit() {
                    return Err(taken_back().into());
                }
            }
            Ok((done, write.keep()?))
        }))
    }

    /// Takes everything back and begins anew. Where that fails, nothing of this transaction is kept.
    fn begin_again(&mut self) {
        let connection: &Connection = self.connection.borrow();
        let back = match connection.is_autocommit() {
            true => Ok(()),
            false => connection.execute_batch("ROLLBACK"),
        };
        let begun = back.and_then(|()| connection.execute_batch("BEGIN IMMEDIATE"));
        if let Some(open) = &mut self.open {
            open.spoilt |= begun.is_err();
        }
    }

    /// Whether everything is taken back, as SQLite itself does after some failures, such as a full disk.
    fn is_gone(&self) -> bool {
        let spoilt = self.open.as_ref().is_some_and(|open| open.spoilt);
        spoilt || self.connection.borrow().is_autocommit()
    }

    /// Commits, unless somebody comes who will. Whoever counts as coming has not got the lock yet, and so
    /// finds the transaction open.
    fn leave(&mut self, coming: &AtomicUsize) {
        let gone = self.is_gone();
        let full = self
            .open
            .as_ref()
            .is_none_or(|open| open.joined >= SHARE_MOST);
        if !gone && !full && coming.load(Ordering::SeqCst) > 0 {
            return;
        }
        let connection = self.connection.borrow_mut();
        let outcome = match gone {
            true => Err(taken_back()),
            false => connection.execute_batch("COMMIT"),
        };
        if outcome.is_err() && !connection.is_autocommit() {
            // Should that fail too, the next one finds the transaction open, and fails.
            let _ = connection.execute_batch("ROLLBACK");
        }
        if let Some(open) = self.open.take() {
            open.commit.tell(outcome.map_err(Arc::new));
        }
    }
}

impl Commit {
    fn tell(&self, outcome: Outcome) {
        *lock(&self.outcome) = Some(outcome);
        self.known.notify_all();
    }

    fn wait(&self) -> Outcome {
        let mut outcome = lock(&self.outcome);
        loop {
            if let Some(outcome) = &*outcome {
                return outcome.clone();
            }
            outcome = self
                .known
                .wait(outcome)
                .unwrap_or_else(PoisonError::into_inner);
        }
    }
}

fn taken_back() -> rusqlite::Error {
    rusqlite::Error::SqliteFailure(
        ffi::Error::new(ffi::SQLITE_ABORT_ROLLBACK),
        Some("all that shared the commit was taken back".to_owned()),
    )
}

/// The same failure for another one of those that shared a commit.
fn again(error: &rusqlite::Error) -> rusqlite::Error {
    let code = error.sqlite_error().copied();
    let code = code.unwrap_or_else(|| ffi::Error::new(ffi::SQLITE_ABORT));
    rusqlite::Error::SqliteFailure(code, Some(error.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::tz::TimeZone;
    use std::sync::Barrier;
    use std::sync::atomic::AtomicBool;

    const PEOPLE: u32 = 20;

    fn keys() -> Keys {
        Keys::new(&[7; 32], TimeZone::UTC)
    }

    /// A table of numbers, none of them twice, and how often it was committed to.
    fn table() -> (Connection, Arc<AtomicUsize>) {
        let connection = Connection::open_in_memory().expect("opens");
        let tables = "CREATE TABLE number (n INTEGER PRIMARY KEY); CREATE TABLE meta (last)";
        connection.execute_batch(tables).expect("made");
        let commits = Arc::new(AtomicUsize::new(0));
        let counted = commits.clone();
        let count = move || {
            counted.fetch_add(1, Ordering::SeqCst);
            false
        };
        connection.commit_hook(Some(count)).expect("hooked");
        (connection, commits)
    }

    fn put(write: &mut Write<'_>, n: u32) -> Result<u32, StoreError> {
        write.sql.execute("INSERT INTO number VALUES (?1)", [n])?;
        Ok(n)
    }

    fn numbers<C: BorrowMut<Connection>>(writer: &Writer<C>) -> Vec<u32> {
        let held = lock(&writer.held);
        let connection: &Connection = held.connection.borrow();
        let mut rows = connection
            .prepare("SELECT n FROM number ORDER BY n")
            .expect("prepared");
        let found = rows.query_map([], |row| row.get(0)).expect("read");
        found.collect::<Result<_, _>>().expect("read")
    }

    /// Many at once, of whom each does that with its number while all others wait for the lock, and is
    /// `answered` then.
    fn all_at_once<T: Send>(
        writer: &Writer<Connection>,
        work: impl Fn(&mut Write<'_>, u32) -> Result<T, StoreError> + Sync,
        answered: impl Fn() + Sync,
    ) -> Vec<thread::Result<Result<T, StoreError>>> {
        let (first, begun) = (AtomicBool::new(true), Barrier::new(PEOPLE as usize));
        let one = |n| {
            begun.wait();
            let done = writer.write(&keys(), |write| {
                if first.swap(false, Ordering::SeqCst) {
                    while writer.coming.load(Ordering::SeqCst) < PEOPLE as usize - 1 {
                        thread::yield_now();
                    }
                }
                work(write, n)
            });
            answered();
            done.map(|(done, _)| done)
        };
        thread::scope(|scope| {
            let (one, mut threads) = (&one, vec![]);
            for n in 0..PEOPLE {
                threads.push(scope.spawn(move || one(n)));
            }
            threads
                .into_iter()
                .map(thread::ScopedJoinHandle::join)
                .collect()
        })
    }

    #[test]
    fn those_who_wait_share_one_commit_and_keep_each_its_own() {
        let (connection, commits) = table();
        let writer = Writer::new(connection);
        let done = all_at_once(&writer, put, || {
            let committed = commits.load(Ordering::SeqCst);
            assert_eq!(committed, 1, "nobody is answered before");
        });
        let mut done: Vec<u32> = done
            .into_iter()
            .map(|done| done.expect("no panic").expect("written"))
            .collect();
        done.sort_unstable();
        let everybody: Vec<u32> = (0..PEOPLE).collect();
        assert_eq!(done, everybody);
        assert_eq!(numbers(&writer), everybody);
        assert_eq!(commits.load(Ordering::SeqCst), 1);
        writer
            .write(&keys(), |write| put(write, 99))
            .expect("alone");
        assert_eq!(commits.load(Ordering::SeqCst), 2);
    }

    #[test]
    fn what_one_could_not_do_is_taken_back_and_nothing_of_the_others() {
        let writer = Writer::new(table().0);
        let done = all_at_once(
            &writer,
            |write, n| {
                put(write, n)?;
                match n % 4 {
                    0 => Err(StoreError::NotHeld),
                    1 => put(write, n).map(drop),
                    2 => panic!("a defect"),
                    _ => Ok(()),
                }
            },
            || {},
        );
        for (n, done) in (0..PEOPLE).zip(done) {
            match (n % 4, done) {
                (0, Ok(Err(StoreError::NotHeld)))
                | (1, Ok(Err(StoreError::Database(_))))
                | (2, Err(_))
                | (3, Ok(Ok(()))) => {}
                (_, other) => panic!("{n}: {other:?}"),
            }
        }
        let left: Vec<u32> = (0..PEOPLE).filter(|n| n % 4 == 3).collect();
        assert_eq!(numbers(&writer), left);
    }

    #[test]
    fn a_commit_that_fails_is_a_failure_for_all_that_share_it() {
        let (connection, _) = table();
        // As where the disk is full: SQLite turns the commit into a rollback.
        connection.commit_hook(Some(|| true)).expect("hooked");
        let writer = Writer::new(connection);
        for done in all_at_once(&writer, put, || {}) {
            assert!(matches!(done, Ok(Err(StoreError::Database(_)))), "{done:?}");
        }
        assert_eq!(numbers(&writer), Vec::<u32>::new());
        lock(&writer.held)
            .connection
            .commit_hook(None::<fn() -> bool>)
            .expect("unhooked");
        writer.write(&keys(), |write| put(write, 1)).expect("again");
        assert_eq!(numbers(&writer), [1]);
    }

    #[test]
    fn a_transaction_that_sqlite_took_back_is_a_failure_for_all_that_share_it() {
        let writer = Writer::new(table().0);
        let done = all_at_once(
            &writer,
            |write, n| {
                put(write, n)?;
                if n == 7 {
                    write.sql.execute_batch("ROLLBACK")?;
                    return Err(StoreError::NotHeld);
                }
                Ok(())
            },
            || {},
        );
        let kept = numbers(&writer);
        for (n, done) in (0..PEOPLE).zip(done) {
            let done = done.expect("no panic");
            assert_eq!(done.is_ok(), kept.contains(&n), "{n}: {done:?}");
        }
        assert!(!kept.contains(&7));
    }

    /// What each of those numbers comes to, together, and how often it was tried.
    fn all_together(
        writer: &Writer<Connection>,
        numbers: &[u32],
        work: impl Fn(&mut Write<'_>, u32) -> Result<u32, StoreError>,
    ) -> (Vec<Result<u32, StoreError>>, usize) {
        let tried = AtomicUsize::new(0);
        let (work, tries) = (&work, &tried);
        let one = |n: &u32| {
            let n = *n;
            move |write: &mut Write<'_>| {
                tries.fetch_add(1, Ordering::SeqCst);
                put(write, n)?;
                work(write, n)
            }
        };
        let works: Vec<_> = numbers.iter().map(one).collect();
        let (done, told) = writer.write_each(&keys(), &works);
        assert!(!told);
        (done, tried.load(Ordering::SeqCst))
    }

    #[test]
    fn many_that_come_together_share_one_commit() {
        let (connection, commits) = table();
        let writer = Writer::new(connection);
        let (done, tried) = all_together(&writer, &[1, 2, 3], |_, n| Ok(n));
        assert!(matches!(done[..], [Ok(1), Ok(2), Ok(3)]), "{done:?}");
        assert_eq!(numbers(&writer), [1, 2, 3]);
        assert_eq!((commits.load(Ordering::SeqCst), tried), (1, 3));
    }

    #[test]
    fn of_many_that_come_together_each_fails_for_itself() {
        let (connection, commits) = table();
        let writer = Writer::new(connection);
        let (done, _) = all_together(&writer, &[1, 7, 1, 13, 2], |_, n| {
            assert_ne!(n, 13, "thirteen");
            match n {
                7 => Err(StoreError::NotHeld),
                n => Ok(n),
            }
        });
        assert!(matches!(
            done[..],
            [
                Ok(1),
                Err(StoreError::NotHeld),
                Err(StoreError::Database(_)),
                Err(StoreError::Unusable(_)),
                Ok(2),
            ]
        ));
        assert_eq!(numbers(&writer), [1, 2]);
        assert_eq!(commits.load(Ordering::SeqCst), 1);
    }

    #[test]
    fn what_sqlite_takes_back_fails_for_all_that_came_together() {
        let writer = Writer::new(table().0);
        let (done, _) = all_together(&writer, &[1, 2, 3], |write, n| {
            if n == 2 {
                write.sql.execute_batch("ROLLBACK")?;
            }
            Ok(n)
        });
        assert!(done.iter().all(Result::is_err), "{done:?}");
        assert_eq!(numbers(&writer), Vec::<u32>::new());
    }
}
