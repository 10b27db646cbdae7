//! Plays a playlist.

use super::exposure::{Exposure, SECONDS_FOR_ONE, seconds_of_page};
use super::memory::{Item, Memory};
use super::scene::{Scene, What};
use super::share::Shares;
use super::show::{Content, Now, Show, Thing};
use super::turns::Turns;
use crate::id::EventId;
use std::collections::BTreeMap;
use std::time::Duration;

/// The longest that anything is on without a word of staff's.
const LONGEST: Duration = Duration::from_secs(3600);
/// A player that was not asked for longer than this (the machine slept) goes on from where it is
/// instead of catching up.
const NO_CATCHING_UP: Duration = Duration::from_secs(60);

/// What a scene has to show.
type Items<'a> = Box<dyn Iterator<Item = Item> + 'a>;

fn events(events: &[EventId]) -> Items<'_> {
    Box::new(events.iter().map(|id| Item::of(Thing::Event(*id))))
}

/// What scene number `n` has to show.
fn items_of<'a>(n: usize, what: &What, content: &Content<'a>) -> Items<'a> {
    match what {
        What::Jobs { .. } | What::Spotlight { .. } => {
            let bit = 1_u64.checked_shl(u32::try_from(n).unwrap_or(u32::MAX));
            let bit = bit.unwrap_or(0);
            let fitting = content.jobs.iter().filter(move |job| job.fits & bit != 0);
            Box::new(fitting.map(Item::from))
        }
        What::Notice { .. } => {
            let notices = content.notices.iter();
            Box::new(notices.map(|id| Item::of(Thing::Notice(*id))))
        }
        What::Fairs { .. } => events(content.fairs),
        What::Training { .. } => events(content.courses),
        _ => Box::new(std::iter::empty()),
    }
}

/// A pass through a table.
#[derive(Clone, Debug, Default)]
struct Pass {
    /// What was on a page.
    passed: Memory<()>,
    /// How many pages there were.
    pages: usize,
}

/// Plays a playlist.
#[derive(Clone, Debug)]
pub struct Player {
    /// The playlist, and behind it a table of every job where a period is set.
    scenes: Vec<Scene>,
    exposure: Option<Exposure>,
    /// How long what each scene plays takes by itself.
    lengths: Vec<Option<Duration>>,
    shares: Shares,
    /// The last scene of the order that was on.
    place: usize,
    /// How many things of the scene that is on were on already.
    turn: u32,
    /// For each table, how far the pass through it has come: one that shows a few pages at a time
    /// goes on where it stopped. Scenes of the same things have one together, by the first of them.
    passes: BTreeMap<usize, Pass>,
    /// The same for scenes of one thing after the other.
    turns: BTreeMap<usize, Turns>,
    /// No job was open when the player was last asked.
    no_jobs: bool,
    now: Option<Now>,
    /// What of it is on.
    on: Vec<Item>,
}

impl Player {
    /// A player at the beginning of `scenes`. With a `period`, every open job is on within it, by a
    /// page of the table between the scenes where their order would not get that far.
    pub fn new(mut scenes: Vec<Scene>, period: Option<Duration>) -> Self {
        let exposure = period.map(Exposure::new);
        if exposure.is_some() {
            scenes.push(Scene::jobs());
        }
        Self {
            scenes,
            exposure,
            lengths: vec![],
            shares: Shares::default(),
            place: usize::MAX,
            turn: 0,
            passes: BTreeMap::new(),
            turns: BTreeMap::new(),
            no_jobs: true,
            now: None,
            on: vec![],
        }
    }

    /// The playlist, and behind it the table that a period may ask for.
    pub fn scenes(&self) -> &[Scene] {
        &self.scenes
    }

    /// Follows another player on the same wall: what was on there has been on for the period, too.
    pub fn follow_on(&mut self, before: &mut Self) {
        if let (Some(own), Some(before)) = (&mut self.exposure, &mut before.exposure) {
            own.follow_on(before);
        }
    }

    /// The shortest period that can be held with what there is, where the one that was set is shorter.
    pub fn period_needed(&self) -> Option<Duration> {
        self.exposure.as_ref()?.needed()
    }

    /// From now on, a scene without `seconds` is on for as long as what it plays takes, where that is
    /// known: one for each of [`Player::scenes`].
    pub fn know_lengths(&mut self, lengths: Vec<Option<Duration>>) {
        self.lengths = lengths;
    }

    /// What is on at `elapsed` (since the player began; never backwards), given what there is.
    /// `changed` says whether that is something else than the last time.
    pub fn at(&mut self, elapsed: Duration, content: &Content<'_>, changed: bool) -> &Now {
        // The first jobs that come are what people wait for: they do not wait for the end of what
        // stood in for them.
        let first_jobs = self.no_jobs && !content.jobs.is_empty();
        self.no_jobs = content.jobs.is_empty();
        let now = match self.now.take().filter(|_| !first_jobs) {
            None => self.begin(elapsed, content),
            Some(now) if !changed && elapsed < now.until => now,
            Some(now) => self.go_on(now, elapsed, content),
        };
        self.now.insert(now)
    }

    fn begin(&mut self, elapsed: Duration, content: &Content<'_>) -> Now {
        self.place = usize::MAX;
        match self.page_of_period(elapsed, content) {
            Some(now) => now,
            None => self.follow(elapsed, content),
        }
    }

    fn go_on(&mut self, mut now: Now, elapsed: Duration, content: &Content<'_>) -> Now {
        if now.show == Show::Rest {
            return self.begin(elapsed, content);
        }
        if elapsed > now.until + NO_CATCHING_UP {
            // What is on had its own time, not that of the pause.
            now.since = elapsed.saturating_sub(now.until.saturating_sub(now.since));
            now.until = elapsed;
        }
        loop {
            if elapsed < now.until && self.still_holds(&mut now, content) {
                return now;
            }
            // What left before its time makes room at once; otherwise times follow each other
            // without a gap, however late the player was asked.
            let since = now.until.min(elapsed);
            now = self.next(now, since, content);
            if now.show == Show::Rest {
                return self.begin(elapsed, content);
            }
        }
    }

    /// Takes out of what is on what is gone; false where nothing is left of it, or where something
    /// of a higher priority can be on.
    fn still_holds(&mut self, now: &mut Now, content: &Content<'_>) -> bool {
        let priority = |scene: usize| self.scenes.get(scene).map(|scene| scene.terms.priority);
        if !self.may_be_on(now.scene, content) || self.top_priority(content) > priority(now.scene) {
            return false;
        }
        match &mut now.show {
            Show::Page {
                page,
                pages,
                things,
            } => {
                let rows = self.rows(now.scene, content);
                let before: Memory<()> = self.on.drain(..).collect();
                let here = self.items(now.scene, content);
                self.on = here.filter(|item| before.has(item)).take(rows).collect();
                *things = self.on.iter().map(|item| item.thing).collect();
                if !self.is_own_table(now.scene) {
                    // What is on has not passed yet.
                    let to_come = self.to_come(now.scene, content).count();
                    *pages = *page + to_come.saturating_sub(self.on.len()).div_ceil(rows);
                }
                !things.is_empty()
            }
            Show::One(one) => {
                let one = *one;
                self.items(now.scene, content).any(|item| item.thing == one)
            }
            Show::Whole => self.has_something(now.scene, content),
            Show::Rest => false,
        }
    }

    fn may_be_on(&self, scene: usize, content: &Content<'_>) -> bool {
        content.on.get(scene) == Some(&true)
    }

    /// The table that the period asks for, and no order.
    fn is_own_table(&self, scene: usize) -> bool {
        self.exposure.is_some() && scene + 1 == self.scenes.len()
    }

    /// The scenes of the playlist that can be on now, with their places in it.
    fn playable<'a>(
        &'a self,
        content: &'a Content<'_>,
    ) -> impl Iterator<Item = (usize, &'a Scene)> {
        let all = self.scenes.iter().enumerate();
        all.filter(|(scene, _)| {
            !self.is_own_table(*scene)
                && self.may_be_on(*scene, content)
                && self.has_something(*scene, content)
        })
    }

    fn top_priority(&self, content: &Content<'_>) -> Option<u8> {
        self.playable(content)
            .map(|(_, scene)| scene.terms.priority)
            .max()
    }

    fn has_something(&self, scene: usize, content: &Content<'_>) -> bool {
        match self.scenes.get(scene).map(|scene| &scene.what) {
            Some(What::Overview {} | What::Statistics {}) => !content.jobs.is_empty(),
            Some(
                What::Jobs { .. }
                | What::Spotlight { .. }
                | What::Notice { .. }
                | What::Fairs { .. }
                | What::Training { .. },
            ) => self.items(scene, content).next().is_some(),
            Some(_) => true,
            None => false,
        }
    }

    /// What a scene has to show.
    fn items<'a>(&self, scene: usize, content: &Content<'a>) -> Items<'a> {
        match self.scenes.get(scene) {
            Some(it) => items_of(scene, &it.what, content),
            None => Box::new(std::iter::empty()),
        }
    }

    /// The first scene that shows the same things: they share their turns.
    fn like(&self, scene: usize) -> usize {
        let Some(what) = self.scenes.get(scene).map(|scene| &scene.what) else {
            return scene;
        };
        let same = |other: &Scene| other.what.shares_turns_with(what);
        self.scenes.iter().position(same).unwrap_or(scene)
    }

    /// What is still to come in this pass.
    fn to_come<'a>(
        &'a self,
        scene: usize,
        content: &Content<'a>,
    ) -> impl Iterator<Item = Item> + 'a {
        let pass = self.passes.get(&self.like(scene));
        let all = self.items(scene, content);
        all.filter(move |item| pass.is_none_or(|pass| !pass.passed.has(item)))
    }

    /// Rows of a page: never none, so that a window too small for one row still shows jobs.
    fn rows(&self, scene: usize, content: &Content<'_>) -> usize {
        let wanted = match self.scenes.get(scene).map(|scene| &scene.what) {
            Some(What::Jobs { rows: Some(n), .. }) => usize::try_from(*n).unwrap_or(usize::MAX),
            _ => usize::MAX,
        };
        content.rows.min(wanted).max(1)
    }

    /// What follows `before`, which was on until `since`.
    fn next(&mut self, before: Now, since: Duration, content: &Content<'_>) -> Now {
        // What waits for a higher priority could not be on, and earns nothing.
        let top = self.top_priority(content);
        let with_share: Vec<(usize, u8)> = self
            .playable(content)
            .filter(|(_, it)| Some(it.terms.priority) == top)
            .filter_map(|(scene, it)| Some((scene, it.terms.share?)))
            .collect();
        let time = since.saturating_sub(before.since);
        self.shares.was_on(before.scene, time, &with_share);

        self.turn += 1;
        if let Show::Page { page, .. } = before.show
            && !self.is_own_table(before.scene)
        {
            let like = self.like(before.scene);
            let pass = self.passes.entry(like).or_default();
            for item in self.on.drain(..) {
                pass.passed.set(&item, ());
            }
            pass.pages = page;
        }
        if let Some(now) = self.page_of_period(since, content) {
            return now;
        }
        let more = self.may_be_on(before.scene, content)
            && self
                .scenes
                .get(before.scene)
                .map(|scene| scene.terms.priority)
                == self.top_priority(content)
            && self.turn < self.turns_wanted(before.scene, content);
        let same = more
            .then(|| self.try_scene(before.scene, since, content))
            .flatten();
        match same {
            Some(now) => now,
            None => self.follow(since, content),
        }
    }

    fn turns_wanted(&self, scene: usize, content: &Content<'_>) -> u32 {
        let wanted = match self.scenes.get(scene).map(|scene| &scene.what) {
            _ if self.is_own_table(scene) => 1,
            // It ends by itself where nothing is to come.
            Some(What::Jobs { pages, .. }) => return pages.unwrap_or(u32::MAX),
            Some(What::Spotlight { jobs, .. }) => *jobs,
            Some(What::Notice { notices }) => *notices,
            Some(What::Fairs { fairs }) => *fairs,
            Some(What::Training { courses: None }) => return u32::MAX,
            Some(What::Training { courses: Some(n) }) => *n,
            _ => 1,
        };
        let most = usize::try_from(wanted).unwrap_or(usize::MAX);
        let there = self.items(scene, content).take(most).count();
        u32::try_from(there).unwrap_or(wanted)
    }

    /// The next scene: one whose share is due, or the next one in the order that has something to
    /// show.
    fn follow(&mut self, since: Duration, content: &Content<'_>) -> Now {
        let playable: Vec<(usize, Option<u8>, u8)> = self
            .playable(content)
            .map(|(scene, it)| (scene, it.terms.share, it.terms.priority))
            .collect();
        let top = playable.iter().map(|(_, _, priority)| *priority).max();
        let top = playable.iter().filter(|(_, _, it)| Some(*it) == top);
        let (shared, ordered): (Vec<_>, Vec<_>) = top.partition(|(_, share, _)| share.is_some());
        let due = shared.iter().filter(|(scene, share, _)| {
            let time = self.seconds(*scene, SECONDS_FOR_ONE);
            ordered.is_empty() || self.shares.is_due(*scene, share.unwrap_or(0), time)
        });
        let due = due.max_by_key(|(scene, _, _)| self.shares.owed(*scene));
        let next = due.map(|(scene, _, _)| *scene).or_else(|| {
            let after = |scene: &usize| self.place == usize::MAX || *scene > self.place;
            let mut places = ordered.iter().map(|(scene, _, _)| *scene);
            let first = places.clone().next();
            let next = places.find(after).or(first)?;
            self.place = next;
            Some(next)
        });
        next.and_then(|scene| self.start(scene, since, content))
            .unwrap_or(Now {
                scene: 0,
                show: Show::Rest,
                since,
                until: since + Duration::from_secs(1),
            })
    }

    fn start(&mut self, scene: usize, since: Duration, content: &Content<'_>) -> Option<Now> {
        self.turn = 0;
        if self.to_come(scene, content).next().is_none() {
            let like = self.like(scene);
            self.passes.remove(&like);
        }
        self.try_scene(scene, since, content)
    }

    /// The page that no order leaves time for; nothing of a priority waits for it.
    fn page_of_period(&mut self, since: Duration, content: &Content<'_>) -> Option<Now> {
        if content.jobs.is_empty() || self.top_priority(content) > Some(0) {
            return None;
        }
        let scene = self.scenes.len().checked_sub(1)?;
        let rows = self.rows(scene, content);
        let others = self.playable(content);
        let longest = others.map(|(other, _)| self.seconds(other, seconds_of_page(rows)));
        let slack = longest.max().unwrap_or_default();
        let jobs = self
            .exposure
            .as_mut()?
            .page(content.jobs, rows, since, slack)?;
        let time = Duration::from_secs(seconds_of_page(jobs.len()));
        let show = Show::Page {
            page: 1,
            pages: 1,
            things: jobs.iter().map(|item| item.thing).collect(),
        };
        Some(self.comes_on(scene, show, jobs, since, time))
    }

    fn seconds(&self, scene: usize, otherwise: u64) -> Duration {
        let given = self.scenes.get(scene).and_then(|it| it.terms.seconds);
        let given = given.map(|seconds| Duration::from_secs(seconds.into()));
        let takes = || self.lengths.get(scene).copied().flatten();
        let time = given
            .or_else(takes)
            .unwrap_or(Duration::from_secs(otherwise));
        // A scene of no time would hold the player for ever at one moment.
        time.clamp(Duration::from_secs(1), LONGEST)
    }

    /// `show` comes on, with these things.
    fn comes_on(
        &mut self,
        scene: usize,
        show: Show,
        items: Vec<Item>,
        since: Duration,
        time: Duration,
    ) -> Now {
        if let Some(exposure) = &mut self.exposure {
            exposure.note(items.iter(), since);
        }
        self.on = items;
        Now {
            scene,
            show,
            since,
            until: since + time,
        }
    }

    /// The next thing of that scene; `None` where it has none.
    fn try_scene(&mut self, scene: usize, since: Duration, content: &Content<'_>) -> Option<Now> {
        if !self.may_be_on(scene, content) || !self.has_something(scene, content) {
            return None;
        }
        let what = &self.scenes.get(scene)?.what;
        let (show, items, seconds) = match what {
            What::Jobs { .. } | What::Training { courses: None } => {
                let (items, to_come) = self.next_page(scene, content)?;
                let like = self.like(scene);
                let page = 1 + self.passes.get(&like).map_or(0, |pass| pass.pages);
                let show = Show::Page {
                    page,
                    pages: page + to_come.div_ceil(self.rows(scene, content)),
                    things: items.iter().map(|item| item.thing).collect(),
                };
                let seconds = seconds_of_page(items.len());
                (show, items, seconds)
            }
            What::Spotlight { .. }
            | What::Notice { .. }
            | What::Fairs { .. }
            | What::Training { courses: Some(_) } => {
                let like = self.like(scene);
                let turns = self.turns.entry(like).or_default();
                let one = turns.take(|| items_of(scene, what, content))?;
                (Show::One(one.thing), vec![one], SECONDS_FOR_ONE)
            }
            _ => (Show::Whole, vec![], SECONDS_FOR_ONE),
        };
        let time = self.seconds(scene, seconds);
        Some(self.comes_on(scene, show, items, since, time))
    }

    /// What comes next in this pass, and how much after it; `None` at its end. Pages of like length rather
    /// than full ones and a rest.
    fn next_page(&self, scene: usize, content: &Content<'_>) -> Option<(Vec<Item>, usize)> {
        let to_come = self.to_come(scene, content).count();
        if to_come == 0 {
            return None;
        }
        let length = to_come.div_ceil(to_come.div_ceil(self.rows(scene, content)));
        let page: Vec<Item> = self.to_come(scene, content).take(length).collect();
        let after = to_come.saturating_sub(page.len());
        Some((page, after))
    }
}
