//! Plays a playlist.

use super::Scene;
use super::turns::Turns;
use crate::id::{JobId, NoticeId};
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

/// Seconds that reading one row of the table takes.
const SECONDS_A_ROW: u64 = 2;
/// No page is shown for less.
const SECONDS_AT_LEAST: u64 = 6;
/// A player that was not asked for longer than this (the machine slept) goes on from where it is
/// instead of catching up.
const NO_CATCHING_UP: Duration = Duration::from_secs(60);

/// A job that can be shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OpenJob {
    /// Its id.
    pub id: JobId,
    /// Has two turns in the spotlight where others have one.
    pub urgent: bool,
}

/// What there is for one scene.
#[derive(Clone, Copy, Debug)]
pub struct Slot<'a> {
    /// Its schedule lets it be on now.
    pub on: bool,
    /// Every open job that fits it, each once, in the order in which lists show them. None for a
    /// scene that shows no jobs.
    pub jobs: &'a [OpenJob],
}

/// What there is to show.
#[derive(Clone, Copy, Debug)]
pub struct Content<'a> {
    /// One for each scene.
    pub slots: &'a [Slot<'a>],
    /// Every current notice, each once.
    pub notices: &'a [NoticeId],
    /// How many rows of the table the window has room for.
    pub rows: usize,
}

/// What is on the wall.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Show {
    /// A page of the table.
    Jobs {
        /// Which page of this pass, beginning with 1.
        page: usize,
        /// How many pages this pass has, as far as is known now.
        pages: usize,
        /// The jobs on it; never none.
        jobs: Vec<JobId>,
    },
    /// One job.
    Spotlight(JobId),
    /// One notice.
    Notice(NoticeId),
    /// Every kind of work, with what there is of it.
    Overview,
    /// The text of that scene of the playlist.
    Text(usize),
    /// Nothing can be shown: the hall's name, and what it does for people.
    Rest,
}

/// What is on, and for how long.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Now {
    /// What is on.
    pub show: Show,
    /// Since when.
    pub since: Duration,
    /// Until when, if nothing changes before.
    pub until: Duration,
}

/// A pass through a table.
#[derive(Clone, Debug, Default)]
struct Pass {
    /// Jobs that were on a page.
    passed: BTreeSet<JobId>,
    /// How many pages there were.
    pages: usize,
}

/// Plays a playlist.
#[derive(Clone, Debug)]
pub struct Player {
    scenes: Vec<Scene>,
    /// The scene that is on, by its index.
    scene: usize,
    /// How many things of it were on already.
    turn: u32,
    /// For each table, how far the pass through it has come: one that shows a few pages at a time
    /// goes on where it stopped.
    passes: BTreeMap<usize, Pass>,
    /// For each scene of its own: another filter has other jobs.
    spotlights: BTreeMap<usize, Turns<JobId>>,
    notices: Turns<NoticeId>,
    /// No job was open when the player was last asked.
    no_jobs: bool,
    now: Option<Now>,
}

impl Player {
    /// A player at the beginning of `scenes`.
    pub fn new(scenes: Vec<Scene>) -> Self {
        Self {
            scenes,
            scene: 0,
            turn: 0,
            passes: BTreeMap::new(),
            spotlights: BTreeMap::new(),
            notices: Turns::default(),
            no_jobs: true,
            now: None,
        }
    }

    /// The playlist.
    pub fn scenes(&self) -> &[Scene] {
        &self.scenes
    }

    /// What is on at `elapsed` (since the player began; never backwards), given what there is.
    pub fn at(&mut self, elapsed: Duration, content: &Content<'_>) -> &Now {
        // The first jobs that come are what people wait for: they do not wait for the end of what
        // stood in for them.
        let no_jobs = content.slots.iter().all(|slot| slot.jobs.is_empty());
        let first_jobs = self.no_jobs && !no_jobs;
        self.no_jobs = no_jobs;
        let now = match self.now.take().filter(|_| !first_jobs) {
            None => self.begin(elapsed, content),
            Some(now) => self.go_on(now, elapsed, content),
        };
        self.now.insert(now)
    }

    fn begin(&mut self, elapsed: Duration, content: &Content<'_>) -> Now {
        self.find(0, elapsed, content)
    }

    fn go_on(&mut self, mut now: Now, elapsed: Duration, content: &Content<'_>) -> Now {
        if now.show == Show::Rest {
            return self.begin(elapsed, content);
        }
        if elapsed > now.until + NO_CATCHING_UP {
            now.until = elapsed;
        }
        loop {
            if elapsed < now.until && self.still_holds(&mut now.show, content) {
                return now;
            }
            // What left before its time makes room at once; otherwise times follow each other
            // without a gap, however late the player was asked.
            let since = now.until.min(elapsed);
            now = self.next(now.show, since, content);
            if now.show == Show::Rest {
                return self.begin(elapsed, content);
            }
        }
    }

    /// Takes out of `show` what is gone; false where nothing is left of it.
    fn still_holds(&self, show: &mut Show, content: &Content<'_>) -> bool {
        let Some(slot) = self.slot(content) else {
            return false;
        };
        match show {
            Show::Jobs { page, pages, jobs } => {
                jobs.retain(|id| slot.jobs.iter().any(|job| job.id == *id));
                jobs.truncate(self.rows(content));
                let waiting = self.waiting(jobs, content);
                *pages = *page + waiting.div_ceil(self.rows(content));
                !jobs.is_empty()
            }
            Show::Spotlight(id) => slot.jobs.iter().any(|job| job.id == *id),
            Show::Notice(id) => content.notices.contains(id),
            Show::Overview => !slot.jobs.is_empty(),
            Show::Text(_) => true,
            Show::Rest => false,
        }
    }

    /// What there is for the scene that is on; `None` outside its times.
    fn slot<'a>(&self, content: &Content<'a>) -> Option<Slot<'a>> {
        content
            .slots
            .get(self.scene)
            .copied()
            .filter(|slot| slot.on)
    }

    /// How many open jobs of this pass are still to come after the page with `jobs`.
    fn waiting(&self, jobs: &[JobId], content: &Content<'_>) -> usize {
        let open = self.slot(content).map_or(&[][..], |slot| slot.jobs);
        open.iter()
            .filter(|job| !self.has_passed(job.id) && !jobs.contains(&job.id))
            .count()
    }

    fn has_passed(&self, id: JobId) -> bool {
        self.passes
            .get(&self.scene)
            .is_some_and(|pass| pass.passed.contains(&id))
    }

    /// Rows of a page: never none, so that a window too small for one row still shows jobs.
    fn rows(&self, content: &Content<'_>) -> usize {
        let wanted = match self.scenes.get(self.scene) {
            Some(Scene::Jobs { rows: Some(n), .. }) => usize::try_from(*n).unwrap_or(usize::MAX),
            _ => usize::MAX,
        };
        content.rows.min(wanted).max(1)
    }

    /// What follows `show`.
    fn next(&mut self, show: Show, since: Duration, content: &Content<'_>) -> Now {
        self.turn += 1;
        let more = match show {
            Show::Jobs { page, jobs, .. } => {
                let pass = self.passes.entry(self.scene).or_default();
                pass.passed.extend(jobs);
                pass.pages = page;
                self.turn < self.turns_wanted(content)
            }
            Show::Spotlight(_) | Show::Notice(_) => self.turn < self.turns_wanted(content),
            Show::Overview | Show::Text(_) | Show::Rest => false,
        };
        let same = more.then(|| self.try_scene(since, content)).flatten();
        match same {
            Some(now) => now,
            None => self.find(self.scene + 1, since, content),
        }
    }

    fn turns_wanted(&self, content: &Content<'_>) -> u32 {
        let (wanted, there) = match self.scenes.get(self.scene) {
            // It ends by itself where nothing is to come.
            Some(Scene::Jobs { pages, .. }) => (pages.unwrap_or(u32::MAX), usize::MAX),
            Some(Scene::Spotlight { jobs, .. }) => {
                let there = self.slot(content).map_or(0, |slot| slot.jobs.len());
                (*jobs, there)
            }
            Some(Scene::Notice { notices, .. }) => (*notices, content.notices.len()),
            _ => (1, 1),
        };
        wanted.min(u32::try_from(there).unwrap_or(u32::MAX))
    }

    /// The first scene from `start` on, around the playlist once, that has something to show.
    fn find(&mut self, start: usize, since: Duration, content: &Content<'_>) -> Now {
        for step in 0..self.scenes.len() {
            self.scene = (start + step) % self.scenes.len();
            self.turn = 0;
            if self.waiting(&[], content) == 0 {
                self.passes.remove(&self.scene);
            }
            if let Some(now) = self.try_scene(since, content) {
                return now;
            }
        }
        Now {
            show: Show::Rest,
            since,
            until: since + Duration::from_secs(1),
        }
    }

    /// The next thing of the scene that is on; `None` where it has none.
    fn try_scene(&mut self, since: Duration, content: &Content<'_>) -> Option<Now> {
        let slot = self.slot(content)?;
        let rows = self.rows(content);
        let (show, seconds) = match self.scenes.get(self.scene)? {
            Scene::Jobs { seconds, .. } => {
                let to_come = self.waiting(&[], content);
                if to_come == 0 {
                    return None;
                }
                // Pages of like length rather than full ones and a rest.
                let length = to_come.div_ceil(to_come.div_ceil(rows));
                let jobs: Vec<JobId> = slot
                    .jobs
                    .iter()
                    .map(|job| job.id)
                    .filter(|id| !self.has_passed(*id))
                    .take(length)
                    .collect();
                let by_rows = (SECONDS_A_ROW * jobs.len() as u64).max(SECONDS_AT_LEAST);
                let page = 1 + self.passes.get(&self.scene).map_or(0, |pass| pass.pages);
                let pages = page + self.waiting(&jobs, content).div_ceil(rows);
                let show = Show::Jobs { page, pages, jobs };
                (show, seconds.map_or(by_rows, u64::from))
            }
            Scene::Spotlight { seconds, .. } => {
                let jobs = slot.jobs.iter().map(|job| (job.id, job.urgent));
                let id = self.spotlights.entry(self.scene).or_default().take(jobs)?;
                (Show::Spotlight(id), u64::from(*seconds))
            }
            Scene::Notice { seconds, .. } => {
                let notices = content.notices.iter().map(|id| (*id, false));
                let id = self.notices.take(notices)?;
                (Show::Notice(id), u64::from(*seconds))
            }
            Scene::Overview { .. } if slot.jobs.is_empty() => return None,
            Scene::Overview { seconds, .. } => (Show::Overview, u64::from(*seconds)),
            Scene::Text { seconds, .. } => (Show::Text(self.scene), u64::from(*seconds)),
        };
        // A scene of no time would hold the player for ever at one moment.
        let until = since + Duration::from_secs(seconds.max(1));
        Some(Now { show, since, until })
    }
}
