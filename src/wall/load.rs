//! The thread that loads what a wall shows, so that the window never waits for the disk.

use super::content::{Index, News, Wish};
use super::feed::{FeedError, WallFeed};
use super::pictures::Gallery;
use jiff::Timestamp;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// How often the loader looks whether something is new.
const LOOK: Duration = Duration::from_millis(250);
/// How often it loads though nothing says that something is new: a notice may begin.
const LOAD_ANYWAY: Duration = Duration::from_secs(20);
/// Making the index of all jobs takes at most one part in so many of the time.
const IDLE_PARTS: u32 = 4;

/// What was loaded last, until the window takes it.
#[derive(Debug, Default)]
pub struct Loaded {
    /// Every job, if that was made anew.
    pub index: Option<Index>,
    /// Everything else.
    pub news: Option<News>,
}

impl Loaded {
    /// Everything, here and now.
    ///
    /// # Errors
    /// [`FeedError`]
    pub fn all(feed: &dyn WallFeed, at: Timestamp, wish: &Wish) -> Result<Self, FeedError> {
        Ok(Self {
            index: Some(Index::load(feed, at, wish)?),
            news: Some(News::load(feed, &mut Gallery::default(), at, wish)?),
        })
    }
}

/// What window and loader say to each other.
#[derive(Default)]
struct Desk {
    wish: Wish,
    /// The wish is not the one that was loaded last.
    new_wish: bool,
    loaded: Loaded,
    stop: bool,
}

/// A loader that works on a thread of its own until this is dropped.
pub struct Loader {
    desk: Arc<(Mutex<Desk>, Condvar)>,
    thread: Option<std::thread::JoinHandle<()>>,
}

impl Loader {
    /// Loads from `feed`, and calls `told` on its own thread whenever there is something to take.
    ///
    /// # Errors
    /// If the system gives no thread.
    pub fn start(
        feed: Arc<dyn WallFeed>,
        wish: Wish,
        told: impl Fn() + Send + 'static,
    ) -> std::io::Result<Self> {
        let desk: Arc<(Mutex<Desk>, Condvar)> = Arc::default();
        lock(&desk.0).wish = wish;
        let thread = std::thread::Builder::new().name("wall".to_owned()).spawn({
            let desk = desk.clone();
            move || Work::new(&*feed).until_stopped(&desk, told)
        })?;
        Ok(Self {
            desk,
            thread: Some(thread),
        })
    }

    /// What was loaded since the last time.
    pub fn take(&self) -> Loaded {
        std::mem::take(&mut lock(&self.desk.0).loaded)
    }

    /// Says what is to be loaded from now on; a new wish is met at once.
    pub fn wish(&self, wish: Wish) {
        let mut desk = lock(&self.desk.0);
        if desk.wish != wish {
            desk.wish = wish;
            desk.new_wish = true;
            self.desk.1.notify_all();
        }
    }
}

impl Drop for Loader {
    fn drop(&mut self) {
        lock(&self.desk.0).stop = true;
        self.desk.1.notify_all();
        if let Some(thread) = self.thread.take()
            && thread.join().is_err()
        {
            tracing::error!("the wall's loader had panicked");
        }
    }
}

/// What the loader remembers from one look to the next.
struct Work<'a> {
    feed: &'a dyn WallFeed,
    gallery: Gallery,
    /// The last index: of which revision, by which wish, when it was done and how long it took.
    index: Option<(u64, u64, Instant, Duration)>,
    /// The same of the news.
    news: Option<(u64, Instant)>,
    /// What staff were told last.
    told: Option<String>,
}

impl<'a> Work<'a> {
    fn new(feed: &'a dyn WallFeed) -> Self {
        Self {
            feed,
            gallery: Gallery::default(),
            index: None,
            news: None,
            told: None,
        }
    }

    fn until_stopped(&mut self, desk: &(Mutex<Desk>, Condvar), told: impl Fn()) {
        loop {
            let (wish, is_new) = {
                let mut desk = lock(&desk.0);
                if desk.stop {
                    return;
                }
                (desk.wish.clone(), std::mem::take(&mut desk.new_wish))
            };
            let loaded = self.look(&wish, is_new);
            let mut guard = lock(&desk.0);
            let is_news = loaded.index.is_some() || loaded.news.is_some();
            if loaded.index.is_some() {
                guard.loaded.index = loaded.index;
            }
            if loaded.news.is_some() {
                guard.loaded.news = loaded.news;
            }
            if is_news {
                drop(guard);
                told();
                guard = lock(&desk.0);
            }
            let waits = |desk: &mut Desk| !desk.stop && !desk.new_wish;
            drop(
                desk.1
                    .wait_timeout_while(guard, LOOK, waits)
                    .unwrap_or_else(PoisonError::into_inner),
            );
        }
    }

    /// Loads what is new. What is on comes with every change; the index of all jobs no more often
    /// than making it allows. What cannot be loaded is tried again at the next change: the wall goes
    /// on with what it has.
    fn look(&mut self, wish: &Wish, is_new_wish: bool) -> Loaded {
        let revision = self.feed.revision();
        let mut loaded = Loaded::default();
        let is_due = self.index.is_none_or(|(known, by, when, took)| {
            by != wish.by
                || when.elapsed() >= LOAD_ANYWAY
                || (known != revision && when.elapsed() >= took * (IDLE_PARTS - 1))
        });
        let news_is_due = self
            .news
            .is_none_or(|(known, when)| known != revision || when.elapsed() >= LOAD_ANYWAY);
        if news_is_due || is_new_wish {
            let news = News::load(self.feed, &mut self.gallery, self.feed.now(), wish);
            loaded.news = news.map_err(|error| failed(&error)).ok();
            self.news = Some((revision, Instant::now()));
            self.tell_staff(loaded.news.as_ref());
        }
        if is_due {
            let began = Instant::now();
            let index = Index::load(self.feed, self.feed.now(), wish);
            loaded.index = index.map_err(|error| failed(&error)).ok();
            self.index = Some((revision, wish.by, Instant::now(), began.elapsed()));
        }
        loaded
    }

    /// Tells staff of pictures that cannot be shown, once, and again when all is well.
    fn tell_staff(&mut self, news: Option<&News>) {
        let Some(news) = news else { return };
        let wrong = news.pictures.values().filter_map(|can| can.as_ref().err());
        let lines: Vec<String> = wrong.map(ToString::to_string).collect();
        let trouble = lines.join("\n");
        if self.told.as_ref() != Some(&trouble) {
            if !trouble.is_empty() {
                tracing::warn!("pictures of the playlist are skipped:\n{trouble}");
            }
            self.feed.tell_staff(&trouble);
            self.told = Some(trouble);
        }
    }
}

fn failed(error: &FeedError) {
    tracing::error!(%error, "the wall could not load");
}

/// A mutex whose holder panicked still holds a whole value here: each is set in one step.
fn lock(mutex: &Mutex<Desk>) -> MutexGuard<'_, Desk> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::wall::feed::{FeedError, Link};
    use gighall_core::event::Event;
    use gighall_core::hall::{Hall, Notice};
    use gighall_core::id::JobId;
    use gighall_core::job::Job;
    use gighall_core::testing::{a_job, at};
    use std::path::PathBuf;
    use std::sync::atomic::{AtomicU64, Ordering};
    use std::sync::mpsc;

    /// A feed with one job whose places follow from the revision; revision 2 cannot be read.
    struct Counting {
        revision: AtomicU64,
        told: Mutex<Vec<String>>,
    }

    impl Counting {
        fn job(&self) -> Result<Job, FeedError> {
            match self.revision() {
                2 => Err(FeedError::Store("a fault".to_owned())),
                revision => Ok(Job {
                    places_left: u32::try_from(revision).unwrap(),
                    ..a_job(1)
                }),
            }
        }
    }

    impl WallFeed for Counting {
        fn each_open_job(&self, _: Timestamp, each: &mut dyn FnMut(&Job)) -> Result<(), FeedError> {
            each(&self.job()?);
            Ok(())
        }
        fn open_jobs(&self, ids: &[JobId], _: Timestamp) -> Result<Vec<Job>, FeedError> {
            let job = self.job()?;
            Ok(ids.contains(&job.id).then_some(job).into_iter().collect())
        }
        fn notices(&self, _: Timestamp) -> Result<Vec<Notice>, FeedError> {
            Ok(vec![])
        }
        fn events(&self, _: Timestamp) -> Result<Vec<Event>, FeedError> {
            Ok(vec![])
        }
        fn hall(&self) -> Result<Option<Hall>, FeedError> {
            Ok(None)
        }
        fn link(&self) -> Link {
            Link {
                online: true,
                data_as_of: None,
                clock_untrusted: false,
            }
        }
        fn now(&self) -> Timestamp {
            at("2026-11-23T01:00:00Z")
        }
        fn job_address(&self, _: JobId) -> Option<String> {
            None
        }
        fn tell_staff(&self, trouble: &str) {
            self.told.lock().unwrap().push(trouble.to_owned());
        }
        fn revision(&self) -> u64 {
            self.revision.load(Ordering::SeqCst)
        }
    }

    #[test]
    fn the_loader_hands_over_every_change_and_lives_through_a_fault() {
        let feed = Arc::new(Counting {
            revision: AtomicU64::new(1),
            told: Mutex::default(),
        });
        let (sender, told) = mpsc::channel();
        let loader = Loader::start(feed.clone(), Wish::default(), move || {
            let _ = sender.send(());
        })
        .unwrap();
        let next = || {
            told.recv_timeout(Duration::from_secs(60)).unwrap();
            loader.take()
        };
        let first = next();
        assert_eq!(first.index.unwrap().figures.places_left, 1);
        assert!(first.news.unwrap().jobs.is_empty());
        feed.revision.store(2, Ordering::SeqCst);
        std::thread::sleep(2 * LOOK);
        feed.revision.store(3, Ordering::SeqCst);
        assert_eq!(next().index.unwrap().figures.places_left, 3);
        // A wish is met though nothing changed, and staff hear of what cannot be shown once.
        let wish = Wish {
            jobs: vec![a_job(1).id],
            pictures: vec![PathBuf::from("/nowhere.png")],
            ..Wish::default()
        };
        for _ in 0..2 {
            loader.wish(wish.clone());
        }
        let met = next();
        assert!(met.index.is_none(), "all jobs are not read again");
        assert_eq!(met.news.unwrap().jobs.len(), 1);
        drop(loader);
        assert!(told.try_recv().is_err(), "nothing is loaded without need");
        let told = feed.told.lock().unwrap();
        assert_eq!(told.len(), 2, "{told:?}");
        assert!(
            told[0].is_empty() && told[1].contains("/nowhere.png"),
            "{told:?}"
        );
    }
}
