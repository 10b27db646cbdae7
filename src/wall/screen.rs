//! The wall on the UI thread: one window, one player, and what was loaded last.

mod scenes;

use super::WallSettings;
use super::cards::{notice_card, scene_texts, scene_too_long};
use super::content::{Index, News, Pictures, Wish};
use super::feed::{FeedError, Link, WallFeed};
use super::frame;
use super::load::Loaded;
use super::pictures::Wanted;
use super::proof;
use super::strip::{self, Line};
use super::video::Playing;
use crate::ui::{CourseRow, JobRow, KindSummary, WallData, WallWindow};
use gighall_core::playlist::{
    Content as Playable, Lit, Now, Places, Player, Scene, Show, Thing, What, reading_time,
};
use gighall_core::proof::Seen;
use jiff::Timestamp;
use scenes::set_notice;
use slint::{ComponentHandle, Image, ModelRc, VecModel};
use std::path::PathBuf;
use std::rc::Rc;
use std::time::Duration;

/// A scene whose jobs or picture are not there yet waits behind the one before it for so long.
pub(super) const PATIENCE: Duration = Duration::from_secs(2);

/// Characters of what walls say about unpaid wages, in Chinese.
const RIGHTS_CHARACTERS: usize = 100;
/// Characters of a kind of work with its numbers, or of a bar.
const WORDS_OF_ONE: usize = 6;

/// One wall.
pub struct Screen {
    settings: WallSettings,
    /// Counts the settings.
    by: u64,
    /// Settings that wait until it is known which jobs fit their scenes.
    coming: Option<(WallSettings, Player)>,
    index: Index,
    /// Of the jobs, where no loader beside the screen gives them theirs.
    places: Places,
    news: News,
    pictures: Pictures,
    /// The ticker's line as it was drawn last.
    strip: Option<strip::Ready>,
    player: Player,
    /// Whether each scene may be on, when the player was last asked.
    may_be_on: Vec<bool>,
    /// What there is to show is something else than when the player was last asked.
    changed: bool,
    /// For how long the playlist was covered by an emergency or the dark, and since when it is. It does
    /// not go on meanwhile: what nobody could see was not on.
    covered: Duration,
    covered_since: Option<Duration>,
    /// What the player said last.
    on: Option<Now>,
    models: Models,
    /// What is in the window.
    seen: Seen,
    /// When the page that is on came on.
    page_since: Option<Duration>,
    /// Whether there is an event loop that draws frame after frame. Without it videos stand, and tables come
    /// whole.
    moves: bool,
    /// Lines of a table are still to come.
    unfinished: bool,
    /// The video that moves.
    playing: Option<(Wanted, Playing)>,
    /// The code that was drawn last: what it says, the room that it had, and its picture.
    code: Option<(String, u32, Option<Image>)>,
}

/// What the window's lists show.
struct Models {
    rows: Rc<VecModel<JobRow>>,
    kinds: Rc<VecModel<KindSummary>>,
    courses: Rc<VecModel<CourseRow>>,
}

impl Models {
    fn new(window: &WallWindow) -> Self {
        let (rows, kinds, courses) = (Rc::default(), Rc::default(), Rc::default());
        let data = window.global::<WallData>();
        data.set_rows(ModelRc::from(Rc::clone(&rows)));
        data.set_kinds(ModelRc::from(Rc::clone(&kinds)));
        data.set_courses(ModelRc::from(Rc::clone(&courses)));
        Self {
            rows,
            kinds,
            courses,
        }
    }
}

impl Screen {
    /// A wall with nothing to show yet, on `window`.
    pub fn new(window: &WallWindow, settings: WallSettings) -> Self {
        frame::configure(window, &settings);
        Self {
            player: Player::new(settings.scenes.clone(), settings.period),
            settings,
            by: 1,
            coming: None,
            index: Index::default(),
            places: Places::default(),
            news: News::default(),
            pictures: Pictures::default(),
            strip: None,
            covered: Duration::ZERO,
            covered_since: None,
            may_be_on: vec![],
            changed: true,
            on: None,
            models: Models::new(window),
            seen: Seen::default(),
            page_since: None,
            moves: false,
            unfinished: false,
            playing: None,
            code: None,
        }
    }

    /// From now on there is an event loop that draws frame after frame: videos move, and the lines of a
    /// table come some at a time, since drawing all of them takes longer than a frame may.
    pub fn animate(&mut self) {
        self.moves = true;
    }

    /// Whether [`Screen::show`] is to be called again for the next frame: lines of a table are still to
    /// come.
    pub fn is_unfinished(&self) -> bool {
        self.unfinished
    }

    /// Takes other settings over. Another playlist begins as soon as it is known which jobs fit it; the
    /// same one goes on, so that no job loses its turn.
    pub fn configure(&mut self, window: &WallWindow, settings: WallSettings) {
        let now = &self.settings;
        let same_list = settings.scenes == now.scenes
            && settings.period == now.period
            && settings.zone == now.zone;
        if same_list && self.coming.is_none() {
            frame::configure(window, &settings);
            self.settings = settings;
            self.changed = true;
            return;
        }
        let player = Player::new(settings.scenes.clone(), settings.period);
        self.coming = Some((settings, player));
        self.by += 1;
    }

    /// Takes what was loaded anew. [`Screen::show`] brings it to the window.
    pub fn take(&mut self, window: &WallWindow, loaded: Loaded) {
        if let Some(index) = loaded.index {
            let fits = index.by == self.by;
            if let Some((settings, mut player)) = self.coming.take_if(|_| fits) {
                frame::configure(window, &settings);
                player.follow_on(&mut self.player);
                (self.settings, self.player, self.on) = (settings, player, None);
                self.page_since = None;
            }
            if fits {
                self.index = index;
                self.changed = true;
            }
        }
        if let Some(news) = loaded.news {
            self.news = news;
            self.index.drop_what_is_gone(&self.news);
            self.changed = true;
        }
        if let Some(pictures) = loaded.pictures {
            self.pictures = pictures;
            self.changed = true;
        }
        self.strip = loaded.strip.map(Into::into).or(self.strip.take());
    }

    /// What is to be loaded so that [`Screen::show`] can show what is on.
    pub fn wish(&self, window: &WallWindow) -> Wish {
        let coming = self.coming.as_ref().map(|(_, player)| player);
        let scenes = coming.unwrap_or(&self.player).scenes().iter();
        let filters = scenes.map(|scene| scene.what.only().cloned());
        let things = self.on.iter().flat_map(|now| now.show.things());
        let pictures = self
            .settings
            .scenes
            .iter()
            .filter_map(|it| self.picture(it));
        let on = self.on.as_ref().and_then(|now| self.scene_of(now));
        let drawn = on.and_then(|scene| self.picture(scene));
        let logo = self.settings.logo();
        let link = self.on.as_ref().and_then(|now| self.link(now));
        Wish {
            wall: self.settings.name.clone(),
            by: self.by,
            filters: filters.collect(),
            zone: self.settings.zone.clone(),
            jobs: things.filter_map(|thing| thing.job()).collect(),
            code_room: match &self.on {
                Some(on) if link.is_some() || matches!(on.show, Show::One(Thing::Job(_))) => {
                    frame::code_room(window)
                }
                _ => 0,
            },
            link: link.map(str::to_owned),
            pictures: pictures.chain(logo.clone()).collect(),
            drawn: drawn
                .map(|file| (file, frame::picture_room(window)))
                .into_iter()
                .chain(logo.map(|file| (file, frame::logo_room(window))))
                .collect(),
            media: self.settings.media.clone(),
            line: Line::of(window),
            too_long: self
                .settings
                .scenes
                .iter()
                .filter_map(|it| scene_too_long(&it.what))
                .collect(),
            own_text: self
                .settings
                .scenes
                .iter()
                .flat_map(|it| scene_texts(&it.what))
                .chain(self.settings.ticker_texts.iter().map(String::as_str))
                .collect(),
            period_needed: self.player.period_needed(),
            rests: self.covered_since.is_none()
                && self.on.as_ref().is_some_and(|on| on.show == Show::Rest),
        }
    }

    /// Loads what is wanted here and now, for a screen that has no loader beside it.
    ///
    /// # Errors
    /// [`FeedError`]
    pub fn load(
        &mut self,
        window: &WallWindow,
        feed: &dyn WallFeed,
        at: Timestamp,
    ) -> Result<(), FeedError> {
        let wish = self.wish(window);
        let loaded = Loaded::all(feed, at, &wish, &mut self.places)?;
        self.take(window, loaded);
        Ok(())
    }

    /// What it goes by now.
    pub fn settings(&self) -> &WallSettings {
        &self.settings
    }

    /// Every open job, as it was loaded.
    pub fn index(&self) -> &Index {
        &self.index
    }

    /// Everything else, as it was loaded.
    pub fn news(&self) -> &News {
        &self.news
    }

    /// Brings the window to what is on after `elapsed` of playing, when the hall's clock says
    /// `now`, and says what that is. Properties that do not change are not touched, so nothing is
    /// drawn for them.
    pub fn show(
        &mut self,
        window: &WallWindow,
        elapsed: Duration,
        now: Timestamp,
        link: Link,
    ) -> &Seen {
        let local = self.settings.zone.to_datetime(now);
        let look = &self.settings.look;
        let lit = Lit::at(&look.lights, look.theme, local, &self.settings.calendar);
        self.changed |= self.news.drop_what_is_over(now);
        let emergency = self.news.emergency().map(notice_card);
        // By a clock that may be wrong nothing goes dark, or it would be dark all day.
        let lit = match link.clock_untrusted {
            true => Lit {
                brightness: 100,
                blank: false,
                ..lit
            },
            false => lit,
        };
        // Staff go over the schedule, and what everybody has to know over both.
        let lit = self.news.orders.lit(lit, now);
        let lit = match emergency {
            Some(_) => Lit {
                brightness: 100,
                blank: false,
                ..lit
            },
            None => lit,
        };
        let shown_for = elapsed;
        let elapsed = self.uncovered(elapsed, emergency.is_some() || lit.blank);
        let on = self.play(window, elapsed, now);
        frame::light(window, &self.settings, lit, local);
        let logo = &self.pictures.drawn;
        frame::fill(
            window,
            &self.settings,
            &self.index,
            &self.news,
            logo,
            now,
            link,
        );
        strip::set(window, self.strip.as_ref());
        let data = window.global::<WallData>();
        // What a scene shows is set before the scene, so that no frame has another's content.
        self.unfinished = false;
        let (scene, gone, lasts) = match emergency {
            Some(card) => {
                set_notice(&data, card);
                (Some("emergency"), shown_for, Duration::ZERO)
            }
            None if lit.blank => (Some("blank"), elapsed, Duration::ZERO),
            None => (
                self.scene(window, &on, elapsed, now),
                elapsed.saturating_sub(on.since),
                on.until.saturating_sub(on.since),
            ),
        };
        if let Some(scene) = scene {
            // What comes in parts goes on with each second.
            let seconds = |time: Duration| i32::try_from(time.as_secs()).unwrap_or(i32::MAX);
            data.set_gone(seconds(gone));
            data.set_lasts(seconds(lasts));
            if scene != "video" {
                self.stop_video(&data);
            }
            if data.get_scene() != scene {
                data.set_scene(scene.into());
            }
            let playing = self.scene_of(&on);
            data.set_private(playing.is_some_and(|scene| scene.terms.private));
            let what = playing.map(|scene| &scene.what);
            self.seen = proof::seen(&self.news, scene, what, &on);
        }
        &self.seen
    }

    /// How long the playlist has played, without the time in which it was covered.
    fn uncovered(&mut self, elapsed: Duration, is_covered: bool) -> Duration {
        match (is_covered, self.covered_since) {
            (true, None) => self.covered_since = Some(elapsed),
            (false, Some(since)) => {
                self.covered += elapsed.saturating_sub(since);
                self.covered_since = None;
            }
            _ => {}
        }
        let until = self.covered_since.unwrap_or(elapsed);
        until.saturating_sub(self.covered)
    }

    fn scene_of(&self, now: &Now) -> Option<&Scene> {
        match now.show {
            Show::Rest => None,
            _ => self.player.scenes().get(now.scene),
        }
    }

    /// Moves the player to `elapsed`, when the hall's clock says `now`.
    pub fn play(&mut self, window: &WallWindow, elapsed: Duration, now: Timestamp) -> Now {
        let jobs_over = self.index.drop_what_is_over(now);
        self.changed |= self.news.drop_what_is_over(now);
        let local = self.settings.zone.to_datetime(now);
        let calendar = &self.settings.calendar;
        let scenes = self.player.scenes().iter();
        let (may_be_on, lengths): (Vec<bool>, _) = scenes
            .map(|scene| {
                let file = self.picture(scene);
                let known = file.map(|file| self.pictures.can.get(&file)?.as_ref().ok());
                let can = known.is_none_or(|can| can.is_some());
                let length = known.flatten().copied().flatten();
                let length = length.or_else(|| self.reading_time(scene));
                let hidden = self.news.orders.hides(scene, local.date());
                let holds = scene.terms.when.holds(local, calendar);
                (can && holds && !hidden, length)
            })
            .unzip();
        self.player.know_lengths(lengths);
        let changed = std::mem::take(&mut self.changed) || jobs_over || may_be_on != self.may_be_on;
        let playable = Playable {
            on: &may_be_on,
            jobs: &self.index.jobs,
            notices: &self.news.notice_ids(),
            fairs: &self.news.event_ids(false),
            courses: &self.news.event_ids(true),
            rows: usize::try_from(window.get_rows_that_fit()).unwrap_or(1),
        };
        let on = self.player.at(elapsed, &playable, changed).clone();
        self.may_be_on = may_be_on;
        self.on = Some(on.clone());
        on
    }

    /// Where the code leads that is on, but for a job's.
    fn link(&self, now: &Now) -> Option<&str> {
        match now.show {
            Show::One(Thing::Event(id)) => self.news.event(id)?.link.as_deref(),
            Show::Whole => match &self.scene_of(now)?.what {
                What::Rights { link } => link.as_deref(),
                _ => None,
            },
            _ => None,
        }
    }

    /// How long the texts of a scene take to be read; of several notices or events the longest.
    fn reading_time(&self, scene: &Scene) -> Option<Duration> {
        let long = |texts: &[&str]| texts.iter().map(|it| it.chars().count()).sum::<usize>();
        let characters = match &scene.what {
            What::Text { title, body } => long(&[title, body]),
            What::Notice { .. } => {
                let all = self.news.notices_in_turn();
                all.map(|it| long(&[&it.title, &it.body])).max()?
            }
            What::Fairs { .. } | What::Training { courses: Some(_) } => {
                let courses = matches!(scene.what, What::Training { .. });
                let all = self.news.events_of(courses);
                all.map(|it| {
                    let text = it.text.as_deref().unwrap_or_default();
                    long(&[&it.title, &it.place, &it.host, text])
                })
                .max()?
            }
            What::Services { places } => places.iter().map(|it| long(&[&it.at, &it.what])).sum(),
            What::Rights { .. } => RIGHTS_CHARACTERS,
            What::Overview {} => self.index.figures.counted().0 * WORDS_OF_ONE,
            What::Statistics {} => {
                let (kinds, settlements) = self.index.figures.counted();
                (kinds + settlements) * WORDS_OF_ONE
            }
            _ => return None,
        };
        reading_time(characters)
    }

    /// The file of a scene's picture.
    fn picture(&self, scene: &Scene) -> Option<PathBuf> {
        scene.what.file().map(|file| self.settings.file(file))
    }
}
