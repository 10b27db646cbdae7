//! The threads that load what a wall shows, so that the window never waits for the disk: one for what
//! is on and for emergencies, one for the index of all jobs, one for pictures. None waits for another.

use super::content::{Index, News, Pictures, Wish};
use super::feed::{FeedError, WallFeed};
use super::letters::Letters;
use super::pictures::{Gallery, PictureError};
use super::strip::{Line, Strip};
use crate::brief::line;
use crate::media::Ready;
use gighall_core::playlist::Places;
use jiff::Timestamp;
use jiff::civil::Date;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// How often the loader looks whether something is new.
const LOOK: Duration = Duration::from_millis(250);
/// How often it loads though nothing says that something is new: a notice may begin, a picture may
/// have been mended.
const LOAD_ANYWAY: Duration = Duration::from_secs(20);
/// How soon it tries again what has failed.
const TRY_AGAIN: Duration = Duration::from_secs(1);
/// Making the index of all jobs takes at most one part in so many of the time.
const IDLE_PARTS: u32 = 4;
/// Nobody else opens fonts until then: the window's first frame needs them, and would come later. So long the
/// ticker's letters do.
const FONTS_AFTER: Duration = Duration::from_secs(2);
/// Staff are told of so many characters of a text that no font has.
const BOXES_MOST: usize = 10;
/// So long a wall rests before staff are told.
const RESTS_LONG: Duration = Duration::from_secs(60);

/// What was loaded last, until the window takes it.
#[derive(Debug, Default)]
pub struct Loaded {
    /// Every job, if that was made anew.
    pub index: Option<Index>,
    /// What is on, if that was read anew.
    pub news: Option<News>,
    /// Pictures, if they were looked at anew.
    pub pictures: Option<Pictures>,
    /// The ticker's line, if it was drawn anew.
    pub strip: Option<Strip>,
}

impl Loaded {
    /// Everything that a still picture of the wall needs, here and now.
    ///
    /// # Errors
    /// [`FeedError`]
    pub fn all(
        feed: &dyn WallFeed,
        at: Timestamp,
        wish: &Wish,
        places: &mut Places,
    ) -> Result<Self, FeedError> {
        Ok(Self {
            index: Some(Index::load(feed, at, wish, places)?),
            news: Some(News::load(feed, at, wish)?),
            pictures: Some(Pictures::load(&mut Gallery::default(), wish)),
            strip: None,
        })
    }

    /// Takes over what `newer` has.
    fn take_over(&mut self, newer: Self) {
        self.index = newer.index.or(self.index.take());
        self.news = newer.news.or(self.news.take());
        self.pictures = newer.pictures.or(self.pictures.take());
        self.strip = newer.strip.or(self.strip.take());
    }

    fn is_empty(&self) -> bool {
        self.index.is_none()
            && self.news.is_none()
            && self.pictures.is_none()
            && self.strip.is_none()
    }
}

/// What window and loader say to each other.
#[derive(Default)]
struct Desk {
    wish: Wish,
    /// Grows with every wish.
    wishes: u64,
    loaded: Loaded,
    stop: bool,
}

type Shared = Arc<(Mutex<Desk>, Condvar)>;

/// A loader that works on threads of its own until this is dropped.
pub struct Loader {
    desk: Shared,
    threads: Vec<JoinHandle<()>>,
}

impl Loader {
    /// Loads from `feed` for the wall of that name, and calls `told` on a thread of its own whenever
    /// there is something to take.
    ///
    /// # Errors
    /// If the system gives no thread.
    pub fn start(
        wall: &str,
        feed: Arc<dyn WallFeed>,
        wish: Wish,
        letters: Letters,
        told: impl Fn() + Clone + Send + 'static,
    ) -> std::io::Result<Self> {
        let desk: Shared = Arc::default();
        lock(&desk.0).wish = wish;
        let mut loader = Self {
            desk,
            threads: vec![],
        };
        let mut news = NewsWork::new(wall, feed.clone(), letters);
        loader.run("wall news", told.clone(), move |wish, is_new| {
            news.look(wish, is_new)
        })?;
        let mut index = IndexWork::new(feed.clone());
        loader.run("wall index", told.clone(), move |wish, _| index.look(wish))?;
        let mut pictures = PictureWork::new(wall, feed);
        loader.run("wall pictures", told, move |wish, is_new| {
            pictures.look(wish, is_new)
        })?;
        Ok(loader)
    }

    fn run(
        &mut self,
        name: &str,
        told: impl Fn() + Send + 'static,
        mut look: impl FnMut(&Wish, bool) -> Loaded + Send + 'static,
    ) -> std::io::Result<()> {
        let desk = self.desk.clone();
        let thread = std::thread::Builder::new().name(name.to_owned());
        let thread = thread.spawn(move || {
            let mut met = None;
            while let Some((wish, wishes)) = next_wish(&desk, met) {
                let is_new = met != Some(wishes);
                met = Some(wishes);
                // A listing or a picture that nobody foresaw must not leave the wall without a loader.
                let loaded = catch_unwind(AssertUnwindSafe(|| look(&wish, is_new)));
                let loaded = loaded.unwrap_or_else(|_| {
                    tracing::error!("the wall's loader had panicked: it goes on");
                    Loaded::default()
                });
                if !loaded.is_empty() {
                    lock(&desk.0).loaded.take_over(loaded);
                    told();
                }
            }
        })?;
        self.threads.push(thread);
        Ok(())
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
            desk.wishes += 1;
            self.desk.1.notify_all();
        }
    }
}

impl Drop for Loader {
    fn drop(&mut self) {
        lock(&self.desk.0).stop = true;
        self.desk.1.notify_all();
        for thread in self.threads.drain(..) {
            if thread.join().is_err() {
                tracing::error!("the wall's loader had panicked");
            }
        }
    }
}

/// The wish as it is after the next look, or as soon as it is another than `met`; `None` at the end.
fn next_wish(desk: &Shared, met: Option<u64>) -> Option<(Wish, u64)> {
    let waits = |desk: &mut Desk| !desk.stop && met == Some(desk.wishes);
    let (guard, _) = desk
        .1
        .wait_timeout_while(lock(&desk.0), LOOK, waits)
        .unwrap_or_else(PoisonError::into_inner);
    (!guard.stop).then(|| (guard.wish.clone(), guard.wishes))
}

/// What is on, the hall and its notices: read with every change. What cannot be read is tried again
/// soon; until then the wall goes on with what it has.
struct NewsWork {
    feed: Arc<dyn WallFeed>,
    /// The revision that was read last, and when.
    last: Option<(u64, Instant)>,
    failed: Option<Instant>,
    began: Instant,
    letters: Letters,
    texts: Told,
    rest: Told,
    period: Told,
    /// Since when the wall rests.
    rests_since: Option<Instant>,
}

impl NewsWork {
    fn new(wall: &str, feed: Arc<dyn WallFeed>, letters: Letters) -> Self {
        Self {
            began: Instant::now(),
            letters,
            texts: Told::new(format!("{wall}: texts"), feed.clone()),
            rest: Told::new(format!("{wall}: rest"), feed.clone()),
            period: Told::new(format!("{wall}: period"), feed.clone()),
            feed,
            last: None,
            failed: None,
            rests_since: None,
        }
    }

    fn look(&mut self, wish: &Wish, is_new_wish: bool) -> Loaded {
        self.tell_of_rest(wish);
        self.tell_of_period(wish);
        let revision = self.feed.revision();
        let is_due = self
            .last
            .is_none_or(|(known, when)| known != revision || when.elapsed() >= LOAD_ANYWAY);
        let rests = self.failed.is_some_and(|when| when.elapsed() < TRY_AGAIN);
        if !is_new_wish && (!is_due || rests) {
            return Loaded::default();
        }
        let news = News::load(&*self.feed, self.feed.now(), wish);
        let news = news.map_err(|error| failed(&error)).ok();
        self.failed = news.is_none().then(Instant::now);
        self.last = news.is_some().then(|| (revision, Instant::now()));
        if let Some(news) = &news {
            let too_long = wish.too_long.iter().cloned().chain(news.too_long());
            let lines = too_long.chain(self.boxes(wish, news)).collect();
            self.texts.tell(lines);
        }
        Loaded {
            news,
            ..Loaded::default()
        }
    }

    /// Which texts have characters that are drawn as empty boxes.
    fn boxes(&mut self, wish: &Wish, news: &News) -> Vec<String> {
        if self.began.elapsed() < FONTS_AFTER {
            return vec![];
        }
        let own = std::iter::once((
            "the playlist or the ticker",
            "",
            vec![wish.own_text.as_str()],
        ));
        let texts = own.chain(news.texts());
        let lines = texts.filter_map(|(what, title, rest)| {
            let missing = self.letters.missing(&(title.to_owned() + &rest.concat()));
            let first = missing.iter().take(BOXES_MOST);
            let first: Vec<String> = first
                .map(|it| format!("{it} (U+{:04X})", u32::from(*it)))
                .collect();
            (!first.is_empty()).then(|| {
                format!(
                    "{what} \"{}\" has characters that no font of this machine has, empty boxes on the wall: {}",
                    line(title),
                    first.join(", ")
                )
            })
        });
        lines.collect()
    }

    /// A period that cannot be held is staff's to mend.
    fn tell_of_period(&mut self, wish: &Wish) {
        let line = wish.period_needed.map(|needed| {
            let minutes = needed.as_secs().div_ceil(60);
            format!(
                "the wall \"{}\" cannot show every job within every_job_within_minutes: showing them all \
                 takes {minutes} minutes; half of its time goes to the table meanwhile",
                wish.wall
            )
        });
        self.period.tell(line.into_iter().collect());
    }

    /// A wall that rests for long has a playlist that staff did not mean so.
    fn tell_of_rest(&mut self, wish: &Wish) {
        let since = match wish.rests {
            true => Some(*self.rests_since.get_or_insert_with(Instant::now)),
            false => self.rests_since.take().and(None),
        };
        let is_long = since.is_some_and(|since| since.elapsed() >= RESTS_LONG);
        let line = || {
            format!(
                "the wall \"{}\" rests: no scene of its playlist may be on now and has something to show",
                wish.wall
            )
        };
        self.rest.tell(is_long.then(line).into_iter().collect());
    }
}

/// What staff know of one part of a wall: told when it changes, and again until it is kept.
struct Told {
    part: String,
    feed: Arc<dyn WallFeed>,
    /// The lines that were told last. At first what an earlier run told still stands.
    last: Option<String>,
}

impl Told {
    fn new(part: String, feed: Arc<dyn WallFeed>) -> Self {
        Self {
            part,
            feed,
            last: None,
        }
    }

    /// Says what is wrong now, a line each; nothing where all is well.
    fn tell(&mut self, lines: Vec<String>) {
        let trouble = lines.join("\n");
        if self.last.as_ref() == Some(&trouble) {
            return;
        }
        if !trouble.is_empty() {
            tracing::warn!("{}:\n{trouble}", self.part);
        }
        if self.feed.tell_staff(&self.part, &trouble) {
            self.last = Some(trouble);
        }
    }
}

/// The index of all jobs: made with every change, but no more often than making it allows.
struct IndexWork {
    feed: Arc<dyn WallFeed>,
    /// The last one: of which revision, by which wish, on which day, when it was done and how long it
    /// took.
    last: Option<(u64, u64, Date, Instant, Duration)>,
    failed: Option<Instant>,
    places: Places,
}

impl IndexWork {
    fn new(feed: Arc<dyn WallFeed>) -> Self {
        Self {
            places: Places::default(),
            feed,
            last: None,
            failed: None,
        }
    }

    fn look(&mut self, wish: &Wish) -> Loaded {
        let (revision, now) = (self.feed.revision(), self.feed.now());
        let today = wish.zone.to_datetime(now).date();
        // Time alone closes jobs, which the window sees to; only what is new of today changes with
        // the day.
        let is_due = self.last.is_none_or(|(known, by, day, when, took)| {
            by != wish.by
                || day != today
                || (known != revision && when.elapsed() >= took * (IDLE_PARTS - 1))
        });
        let rests = self.failed.is_some_and(|when| when.elapsed() < TRY_AGAIN);
        if !is_due || rests {
            return Loaded::default();
        }
        let began = Instant::now();
        let index = Index::load(&*self.feed, now, wish, &mut self.places);
        let index = index.map_err(|error| failed(&error)).ok();
        self.failed = index.is_none().then(Instant::now);
        if index.is_some() {
            self.last = Some((revision, wish.by, today, Instant::now(), began.elapsed()));
        }
        Loaded {
            index,
            ..Loaded::default()
        }
    }
}

/// Pictures and the ticker's line: looked at with every wish, and now and then.
struct PictureWork {
    began: Instant,
    gallery: Gallery,
    last: Option<Instant>,
    /// The line that was drawn last, or could not be.
    line: Option<Line>,
    told: Told,
}

impl PictureWork {
    fn new(wall: &str, feed: Arc<dyn WallFeed>) -> Self {
        Self {
            began: Instant::now(),
            told: Told::new(format!("{wall}: pictures"), feed),
            gallery: Gallery::default(),
            last: None,
            line: None,
        }
    }

    fn look(&mut self, wish: &Wish, is_new_wish: bool) -> Loaded {
        let is_due = self.last.is_none_or(|when| when.elapsed() >= LOAD_ANYWAY);
        let pictures = (is_new_wish || is_due).then(|| {
            let pictures = Pictures::load(&mut self.gallery, wish);
            self.last = Some(Instant::now());
            self.tell_staff(&pictures, &wish.media);
            pictures
        });
        Loaded {
            pictures,
            strip: self.strip(wish),
            ..Loaded::default()
        }
    }

    /// The ticker's line, if it is another than last time. Where it cannot be drawn, the window goes on
    /// drawing its letters.
    fn strip(&mut self, wish: &Wish) -> Option<Strip> {
        if wish.line == self.line || self.began.elapsed() < FONTS_AFTER {
            return None;
        }
        self.line.clone_from(&wish.line);
        let drawn = wish.line.as_ref()?.draw();
        drawn
            .map_err(|error| tracing::error!(%error, "the ticker's line could not be drawn"))
            .ok()?
    }

    /// Tells staff of pictures that cannot be shown.
    fn tell_staff(&mut self, pictures: &Pictures, media: &Ready) {
        let wrong = pictures.can.values().filter_map(|can| can.as_ref().err());
        let wrong = wrong.filter(|wrong| !matches!(wrong, PictureError::NotHere(_)));
        let named = wrong.map(|wrong| {
            // In the cache a file has its hash for a name, which tells nobody anything.
            media.iter().fold(wrong.to_string(), |line, (name, path)| {
                line.replace(&path.display().to_string(), name)
            })
        });
        self.told.tell(named.collect());
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
mod tests;
