//! What the wall shows now: scenes in the order that the hall's staff set, jobs in turns that are
//! fair to each of them.
//!
//! The player knows neither clock nor screen. Whoever drives it says how much time has passed, how
//! many rows a page holds and what there is to show; it says what is on, and until when.

use crate::id::{JobId, NoticeId};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

/// Seconds that reading one row of the table takes.
const SECONDS_A_ROW: u64 = 2;
/// No page is shown for less.
const SECONDS_AT_LEAST: u64 = 6;
/// How long one job or one notice is shown where the scene does not say.
const SECONDS_FOR_ONE: u32 = 12;
/// A player that was not asked for longer than this (the machine slept) goes on from where it is
/// instead of catching up.
const NO_CATCHING_UP: Duration = Duration::from_secs(60);

/// One scene of the playlist, as `kiosk.toml` names it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Scene {
    /// The table of every open job, page by page.
    Jobs {
        /// Seconds for each page; by default two for each row of it, and six at least.
        seconds: Option<u32>,
        /// At most so many rows a page, where the window has room for more.
        rows: Option<u32>,
    },
    /// One job, large, with its code. Every open job has its turn, urgent ones two.
    Spotlight {
        /// Seconds for each job.
        #[serde(default = "seconds_for_one")]
        seconds: u32,
        /// How many jobs, one after the other, before the next scene.
        #[serde(default = "one")]
        jobs: u32,
    },
    /// One notice. Every current notice has its turn.
    Notice {
        /// Seconds for each notice.
        #[serde(default = "seconds_for_one")]
        seconds: u32,
        /// How many notices, one after the other, before the next scene.
        #[serde(default = "one")]
        notices: u32,
    },
    /// A text of the hall's own.
    Text {
        /// One line.
        title: String,
        /// Plain text.
        #[serde(default)]
        body: String,
        /// How long.
        #[serde(default = "seconds_for_one")]
        seconds: u32,
    },
}

fn seconds_for_one() -> u32 {
    SECONDS_FOR_ONE
}

fn one() -> u32 {
    1
}

/// The playlist of a hall that did not set one.
pub fn default_scenes() -> Vec<Scene> {
    vec![
        Scene::Jobs {
            seconds: None,
            rows: None,
        },
        Scene::Spotlight {
            seconds: SECONDS_FOR_ONE,
            jobs: 3,
        },
        Scene::Notice {
            seconds: SECONDS_FOR_ONE,
            notices: 1,
        },
    ]
}

/// A job that can be shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OpenJob {
    /// Its id.
    pub id: JobId,
    /// Has two turns in the spotlight where others have one.
    pub urgent: bool,
}

/// What there is to show, in the order in which lists show it.
#[derive(Clone, Copy, Debug)]
pub struct Content<'a> {
    /// Every open job, each once.
    pub jobs: &'a [OpenJob],
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

/// Plays a playlist.
#[derive(Clone, Debug)]
pub struct Player {
    scenes: Vec<Scene>,
    /// The scene that is on, by its index.
    scene: usize,
    /// How many things of it were on already.
    turn: u32,
    /// Jobs of this pass through the table that were on a page before this one.
    passed: BTreeSet<JobId>,
    spotlights: Turns<JobId>,
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
            passed: BTreeSet::new(),
            spotlights: Turns::default(),
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
        let first_jobs = self.no_jobs && !content.jobs.is_empty();
        self.no_jobs = content.jobs.is_empty();
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
        match show {
            Show::Jobs { page, pages, jobs } => {
                jobs.retain(|id| content.jobs.iter().any(|job| job.id == *id));
                jobs.truncate(self.rows(content));
                let waiting = self.waiting(jobs, content);
                *pages = *page + waiting.div_ceil(self.rows(content));
                !jobs.is_empty()
            }
            Show::Spotlight(id) => content.jobs.iter().any(|job| job.id == *id),
            Show::Notice(id) => content.notices.contains(id),
            Show::Text(_) => true,
            Show::Rest => false,
        }
    }

    /// How many open jobs of this pass are still to come after the page with `jobs`.
    fn waiting(&self, jobs: &[JobId], content: &Content<'_>) -> usize {
        content
            .jobs
            .iter()
            .filter(|job| !self.passed.contains(&job.id) && !jobs.contains(&job.id))
            .count()
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
        let (page, more) = match show {
            Show::Jobs { page, jobs, .. } => {
                self.passed.extend(jobs);
                (page, true)
            }
            Show::Spotlight(_) | Show::Notice(_) => {
                self.turn += 1;
                (0, self.turn < self.turns_wanted(content))
            }
            Show::Text(_) | Show::Rest => (0, false),
        };
        let same = more.then(|| self.try_scene(page, since, content)).flatten();
        match same {
            Some(now) => now,
            None => self.find(self.scene + 1, since, content),
        }
    }

    fn turns_wanted(&self, content: &Content<'_>) -> u32 {
        let (wanted, there) = match self.scenes.get(self.scene) {
            Some(Scene::Spotlight { jobs, .. }) => (*jobs, content.jobs.len()),
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
            self.passed.clear();
            if let Some(now) = self.try_scene(0, since, content) {
                return now;
            }
        }
        Now {
            show: Show::Rest,
            since,
            until: since + Duration::from_secs(1),
        }
    }

    /// The next thing of the scene that is on, after its page `page`; `None` where it has none.
    fn try_scene(&mut self, page: usize, since: Duration, content: &Content<'_>) -> Option<Now> {
        let rows = self.rows(content);
        let (show, seconds) = match self.scenes.get(self.scene)? {
            Scene::Jobs { seconds, .. } => {
                let to_come = self.waiting(&[], content);
                if to_come == 0 {
                    return None;
                }
                // Pages of like length rather than full ones and a rest.
                let length = to_come.div_ceil(to_come.div_ceil(rows));
                let jobs: Vec<JobId> = content
                    .jobs
                    .iter()
                    .map(|job| job.id)
                    .filter(|id| !self.passed.contains(id))
                    .take(length)
                    .collect();
                let by_rows = (SECONDS_A_ROW * jobs.len() as u64).max(SECONDS_AT_LEAST);
                let pages = page + 1 + self.waiting(&jobs, content).div_ceil(rows);
                let page = page + 1;
                let show = Show::Jobs { page, pages, jobs };
                (show, seconds.map_or(by_rows, u64::from))
            }
            Scene::Spotlight { seconds, .. } => {
                let jobs = content.jobs.iter().map(|job| (job.id, job.urgent));
                let id = self.spotlights.take(jobs)?;
                (Show::Spotlight(id), u64::from(*seconds))
            }
            Scene::Notice { seconds, .. } => {
                let notices = content.notices.iter().map(|id| (*id, false));
                let id = self.notices.take(notices)?;
                (Show::Notice(id), u64::from(*seconds))
            }
            Scene::Text { seconds, .. } => (Show::Text(self.scene), u64::from(*seconds)),
        };
        // A scene of no time would hold the player for ever at one moment.
        let until = since + Duration::from_secs(seconds.max(1));
        Some(Now { show, since, until })
    }
}

/// Whose turn it is, by stride: a turn costs two, or one where the thing is urgent, and whoever
/// has paid least is next. What is new begins level with the others, so that it comes soon but
/// does not take every turn.
#[derive(Clone, Debug)]
struct Turns<Id> {
    paid: BTreeMap<Id, u64>,
    last: Option<Id>,
}

impl<Id> Default for Turns<Id> {
    fn default() -> Self {
        Self {
            paid: BTreeMap::new(),
            last: None,
        }
    }
}

impl<Id: Copy + Ord> Turns<Id> {
    /// The next of `things`, of which each says whether it is urgent.
    fn take(&mut self, things: impl Iterator<Item = (Id, bool)>) -> Option<Id> {
        let things: Vec<(Id, bool)> = things.collect();
        self.paid
            .retain(|id, _| things.iter().any(|(thing, _)| thing == id));
        let level = self.paid.values().min().copied().unwrap_or(0);
        for (id, _) in &things {
            self.paid.entry(*id).or_insert(level);
        }
        // Never the same twice in a row while there is another.
        let (id, urgent) = things
            .iter()
            .filter(|(id, _)| things.len() == 1 || Some(*id) != self.last)
            .min_by_key(|(id, _)| self.paid.get(id).copied().unwrap_or(level))
            .copied()?;
        *self.paid.entry(id).or_insert(level) += if urgent { 1 } else { 2 };
        self.last = Some(id);
        Some(id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use uuid::Uuid;

    fn job(n: u32) -> OpenJob {
        OpenJob {
            id: JobId(Uuid::from_u128(u128::from(n) + 1)),
            urgent: n.is_multiple_of(5),
        }
    }

    fn jobs(n: u32) -> Vec<OpenJob> {
        (0..n).map(job).collect()
    }

    fn notice(n: u32) -> NoticeId {
        NoticeId(Uuid::from_u128(u128::from(n) + 1))
    }

    fn content<'a>(jobs: &'a [OpenJob], notices: &'a [NoticeId], rows: usize) -> Content<'a> {
        Content {
            jobs,
            notices,
            rows,
        }
    }

    fn table() -> Scene {
        Scene::Jobs {
            seconds: None,
            rows: None,
        }
    }

    fn seconds(n: u64) -> Duration {
        Duration::from_secs(n)
    }

    #[test]
    fn scenes_follow_each_other_for_their_time() {
        let jobs = jobs(12);
        let notices = [notice(1)];
        let content = content(&jobs, &notices, 9);
        let mut player = Player::new(vec![
            table(),
            Scene::Spotlight {
                seconds: 10,
                jobs: 2,
            },
            Scene::Notice {
                seconds: 8,
                notices: 5,
            },
        ]);
        let mut seen = Vec::new();
        let mut time = Duration::ZERO;
        for _ in 0..6 {
            let now = player.at(time, &content).clone();
            seen.push((now.since.as_secs(), now.until.as_secs()));
            time = now.until;
        }
        // Two pages of six rows for 12 s each; then two jobs, one notice, and from the beginning.
        assert_eq!(seen[..2], [(0, 12), (12, 24)]);
        assert_eq!(seen[2..], [(24, 34), (34, 44), (44, 52), (52, 64)]);
    }

    #[test]
    fn nothing_to_show_rests_and_wakes_at_once() {
        let mut player = Player::new(default_scenes());
        assert_eq!(
            player.at(seconds(0), &content(&[], &[], 9)).show,
            Show::Rest
        );
        assert_eq!(
            player.at(seconds(7), &content(&[], &[], 9)).show,
            Show::Rest
        );
        let some = jobs(1);
        let now = player.at(seconds(8), &content(&some, &[], 9));
        assert!(matches!(now.show, Show::Jobs { .. }));
        assert_eq!(now.since, seconds(8));
        let mut empty = Player::new(Vec::new());
        assert_eq!(
            empty.at(seconds(0), &content(&some, &[], 9)).show,
            Show::Rest
        );
    }

    #[test]
    fn the_first_jobs_do_not_wait_for_what_stood_in_for_them() {
        let open = jobs(2);
        let text = Scene::Text {
            title: "t".to_owned(),
            body: String::new(),
            seconds: 60,
        };
        let mut player = Player::new(vec![table(), text]);
        let none = content(&[], &[], 3);
        assert_eq!(player.at(seconds(0), &none).show, Show::Text(1));
        let now = player.at(seconds(2), &content(&open, &[], 3));
        assert!(matches!(now.show, Show::Jobs { page: 1, .. }));
        // Later ones do not begin anew.
        let now = player.at(seconds(9), &content(&open, &[], 3)).show.clone();
        assert_eq!(now, Show::Text(1));
        let more = jobs(3);
        let now = player.at(seconds(10), &content(&more, &[], 3));
        assert_eq!(now.show, Show::Text(1));
    }

    #[test]
    fn a_job_that_leaves_makes_its_page_shorter_and_skips_nobody() {
        let mut open = jobs(6);
        let mut player = Player::new(vec![table()]);
        player.at(seconds(0), &content(&open, &[], 3));
        let gone = open.remove(1);
        let now = player.at(seconds(1), &content(&open, &[], 3)).clone();
        assert_eq!(
            now.show,
            Show::Jobs {
                page: 1,
                pages: 2,
                jobs: vec![job(0).id, job(2).id]
            }
        );
        assert_ne!(gone.id, job(0).id);
        let now = player.at(seconds(6), &content(&open, &[], 3)).clone();
        assert_eq!(
            now.show,
            Show::Jobs {
                page: 2,
                pages: 2,
                jobs: vec![job(3).id, job(4).id, job(5).id]
            }
        );
    }

    #[test]
    fn a_spotlight_whose_job_is_taken_gives_way_to_another() {
        let open = jobs(3);
        let mut player = Player::new(vec![Scene::Spotlight {
            seconds: 10,
            jobs: 1,
        }]);
        assert_eq!(
            player.at(seconds(0), &content(&open, &[], 3)).show,
            Show::Spotlight(job(0).id)
        );
        let now = player.at(seconds(4), &content(&open[1..], &[], 3));
        assert_eq!(now.show, Show::Spotlight(job(1).id));
        assert_eq!((now.since, now.until), (seconds(4), seconds(14)));
    }

    #[test]
    fn a_long_sleep_is_not_caught_up_with() {
        let open = jobs(2);
        let mut player = Player::new(vec![table()]);
        player.at(seconds(0), &content(&open, &[], 3));
        let now = player.at(seconds(1_000_000), &content(&open, &[], 3));
        assert_eq!(now.since, seconds(1_000_000));
    }

    #[test]
    fn scenes_are_read_strictly() {
        let read = |text: &str| serde_json::from_str::<Scene>(text);
        assert_eq!(read(r#"{"kind":"jobs"}"#).ok(), Some(table()));
        assert_eq!(
            read(r#"{"kind":"spotlight","seconds":9}"#).ok(),
            Some(Scene::Spotlight {
                seconds: 9,
                jobs: 1
            })
        );
        assert!(read(r#"{"kind":"spotlight","second":9}"#).is_err());
        assert!(read(r#"{"kind":"film"}"#).is_err());
        assert!(read(r#"{"kind":"text"}"#).is_err());
    }

    #[test]
    fn urgent_jobs_have_two_turns_where_others_have_one() {
        let open = jobs(10);
        let mut turns = Turns::default();
        let mut had: BTreeMap<JobId, u32> = BTreeMap::new();
        let mut last = None;
        for _ in 0..120 {
            let id = turns.take(open.iter().map(|job| (job.id, job.urgent)));
            assert_ne!(id, last);
            last = id;
            *had.entry(id.expect("one of ten")).or_default() += 1;
        }
        for job in &open {
            let turns = had[&job.id];
            let fair = if job.urgent { 18..=22 } else { 9..=11 };
            assert!(fair.contains(&turns), "{job:?} had {turns}");
        }
    }

    fn a_scene() -> impl Strategy<Value = Scene> {
        prop_oneof![
            (
                proptest::option::of(1u32..20),
                proptest::option::of(0u32..12)
            )
                .prop_map(|(seconds, rows)| Scene::Jobs { seconds, rows }),
            (0u32..20, 0u32..4).prop_map(|(seconds, jobs)| Scene::Spotlight { seconds, jobs }),
            (0u32..20, 0u32..4).prop_map(|(seconds, notices)| Scene::Notice { seconds, notices }),
        ]
    }

    proptest! {
        /// Whatever comes and goes: what is on is open, its time holds the moment asked for, and
        /// the wall rests only when it has nothing.
        #[test]
        fn only_what_is_open_is_on(
            scenes in proptest::collection::vec(a_scene(), 0..5),
            steps in proptest::collection::vec(
                (0u64..90, proptest::collection::btree_set(0u32..30, 0..20), 0u32..3, 0usize..12),
                1..60,
            ),
        ) {
            let mut player = Player::new(scenes.clone());
            let mut time = Duration::ZERO;
            for (wait, open, notices, rows) in steps {
                time += seconds(wait);
                let open: Vec<OpenJob> = open.into_iter().map(job).collect();
                let notices: Vec<NoticeId> = (0..notices).map(notice).collect();
                let is_open = |id: &JobId| open.iter().any(|job| job.id == *id);
                let now = player.at(time, &content(&open, &notices, rows)).clone();
                prop_assert!(now.since <= time && time < now.until, "{now:?} at {time:?}");
                match now.show {
                    Show::Jobs { page, pages, jobs } => {
                        prop_assert!(!jobs.is_empty() && jobs.len() <= rows.max(1));
                        prop_assert!(jobs.iter().all(is_open));
                        prop_assert!((1..=pages).contains(&page));
                    }
                    Show::Spotlight(id) => prop_assert!(is_open(&id)),
                    Show::Notice(id) => prop_assert!(notices.contains(&id)),
                    Show::Text(_) => prop_assert!(false, "no such scene"),
                    Show::Rest => {
                        let nothing = scenes.iter().all(|scene| match scene {
                            Scene::Jobs { .. } | Scene::Spotlight { .. } => open.is_empty(),
                            Scene::Notice { .. } => notices.is_empty(),
                            Scene::Text { .. } => false,
                        });
                        prop_assert!(nothing, "rests with something to show");
                    }
                }
            }
        }

        /// Every job that stays open is on a page exactly once in each pass, whatever else comes
        /// and goes meanwhile.
        #[test]
        fn every_job_has_its_row_in_every_pass(
            stay in proptest::collection::btree_set(0u32..40, 1..20),
            come_and_go in proptest::collection::vec(
                proptest::collection::btree_set(100u32..120, 0..8), 1..200),
            rows in 1usize..10,
        ) {
            let mut player = Player::new(vec![table()]);
            let mut time = Duration::ZERO;
            let mut had: BTreeMap<JobId, u32> = BTreeMap::new();
            let mut passes = 0;
            for others in come_and_go.iter().cycle() {
                let open: Vec<OpenJob> = stay.iter().chain(others).copied().map(job).collect();
                let now = player.at(time, &content(&open, &[], rows)).clone();
                let Show::Jobs { page, jobs, .. } = now.show else {
                    return Err(TestCaseError::fail("a table, always"));
                };
                if page == 1 {
                    if passes > 0 {
                        prop_assert!(
                            stay.iter().all(|n| had.get(&job(*n).id) == Some(&1)),
                            "{had:?}"
                        );
                    }
                    had.clear();
                    passes += 1;
                }
                for id in jobs {
                    *had.entry(id).or_default() += 1;
                }
                if passes > 3 {
                    break;
                }
                time = now.until;
            }
        }

        /// In the spotlight, each of `n` jobs has its turn within two turns for each of them.
        #[test]
        fn every_job_has_its_spotlight(n in 1u32..30) {
            let open = jobs(n);
            let mut turns = Turns::default();
            let mut order = Vec::new();
            for _ in 0..n * 8 {
                order.extend(turns.take(open.iter().map(|job| (job.id, job.urgent))));
            }
            for window in order.windows(n as usize * 2 + 2) {
                for job in &open {
                    prop_assert!(window.contains(&job.id));
                }
            }
        }
    }
}
