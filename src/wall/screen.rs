//! The wall on the UI thread: one window, one player, and what was loaded last.

use super::WallSettings;
use super::cards::{course_row, event_card, job_card, job_row, notice_card, text_card};
use super::content::{Index, News, Pictures, Wish};
use super::feed::{FeedError, Link, WallFeed};
use super::frame;
use super::load::Loaded;
use super::proof;
use crate::qr;
use crate::ui::{
    CourseRow, JobCard, JobRow, KindSummary, NoticeCard, WallData, WallTheme, WallWindow,
};
use gighall_core::id::{EventId, JobId};
use gighall_core::playlist::{
    Column, Content as Playable, Lit, Now, Player, Scene, Show, Thing, What,
};
use gighall_core::proof::Seen;
use jiff::Timestamp;
use slint::{ComponentHandle, Image, Model, ModelRc, VecModel};
use std::path::PathBuf;
use std::rc::Rc;
use std::time::Duration;

/// A scene whose jobs or picture are not there yet waits behind the one before it for so long.
const PATIENCE: Duration = Duration::from_secs(2);

/// One wall.
pub struct Screen {
    settings: WallSettings,
    /// Counts the settings.
    by: u64,
    /// Settings that wait until it is known which jobs fit their scenes.
    coming: Option<(WallSettings, Player)>,
    index: Index,
    news: News,
    pictures: Pictures,
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
            news: News::default(),
            pictures: Pictures::default(),
            covered: Duration::ZERO,
            covered_since: None,
            may_be_on: vec![],
            changed: true,
            on: None,
            models: Models::new(window),
            seen: Seen::default(),
            page_since: None,
            code: None,
        }
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
            if let Some((settings, player)) = self.coming.take_if(|_| fits) {
                frame::configure(window, &settings);
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
        let logo = self.settings.look.logo.clone();
        Wish {
            by: self.by,
            filters: filters.collect(),
            zone: self.settings.zone.clone(),
            jobs: things.filter_map(|thing| thing.job()).collect(),
            pictures: pictures.chain(logo.clone()).collect(),
            drawn: drawn
                .map(|file| (file, frame::picture_room(window)))
                .into_iter()
                .chain(logo.map(|file| (file, frame::logo_room(window))))
                .collect(),
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
        let loaded = Loaded::all(feed, at, &self.wish(window))?;
        self.take(window, loaded);
        Ok(())
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
        // What everybody has to know is lit whatever the hour.
        let lit = match emergency {
            Some(_) => Lit {
                brightness: 100,
                blank: false,
                ..lit
            },
            None => lit,
        };
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
        let data = window.global::<WallData>();
        // What a scene shows is set before the scene, so that no frame has another's content.
        let scene = match emergency {
            Some(card) => {
                set_notice(&data, card);
                Some("emergency")
            }
            None if lit.blank => Some("blank"),
            None => self.scene(window, &on, elapsed, now),
        };
        if let Some(scene) = scene {
            if data.get_scene() != scene {
                data.set_scene(scene.into());
            }
            let what = self.scene_of(&on).map(|scene| &scene.what);
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

    /// Sets what is on, and names its scene; `None` while the scene before stays, because what is
    /// to be shown has not been read yet.
    fn scene(
        &mut self,
        window: &WallWindow,
        on: &Now,
        elapsed: Duration,
        now: Timestamp,
    ) -> Option<&'static str> {
        let waits = elapsed < on.since + PATIENCE;
        let Some(scene) = self.scene_of(on).cloned() else {
            return Some("rest");
        };
        let is_there = match &on.show {
            Show::Page {
                page,
                pages,
                things,
            } => {
                let data = window.global::<WallData>();
                data.set_page(i32::try_from(*page).unwrap_or(i32::MAX));
                data.set_pages(i32::try_from(*pages).unwrap_or(i32::MAX));
                match scene.what {
                    What::Training {} => self.courses(things),
                    _ => self.page(window, on.since, things, now),
                }
            }
            Show::One(Thing::Job(id)) => self.spotlight(window, *id, now),
            Show::One(Thing::Notice(id)) => {
                let notice = self.news.notices.iter().find(|notice| notice.id == *id);
                let card = notice.map(notice_card);
                let is_there = card.is_some();
                set_notice(&window.global::<WallData>(), card.unwrap_or_default());
                is_there
            }
            Show::One(Thing::Event(id)) => self.fair(window, *id, now),
            Show::Whole => self.whole(window, &scene.what),
            Show::Rest => false,
        };
        match is_there {
            true => {
                self.columns(window, &scene.what);
                Some(scene.what.kind())
            }
            false if waits && on.show != Show::Rest => None,
            false => Some("rest"),
        }
    }

    fn scene_of(&self, now: &Now) -> Option<&Scene> {
        match now.show {
            Show::Rest => None,
            _ => self.player.scenes().get(now.scene),
        }
    }

    /// A scene that shows all it has.
    fn whole(&mut self, window: &WallWindow, what: &What) -> bool {
        let data = window.global::<WallData>();
        match what {
            What::Overview {} => {
                bring(&self.models.kinds, self.index.figures.kinds().into_iter());
            }
            What::Statistics {} => frame::statistics(window, &self.index.figures),
            What::Text { title, body } => set_notice(&data, text_card(title, body)),
            What::Image { file, caption } => {
                let file = self.settings.folder.join(file);
                let wanted = (file, frame::picture_room(window));
                let Some(drawn) = self.pictures.drawn.iter().find(|it| it.wanted == wanted) else {
                    return false;
                };
                frame::picture(window, drawn, caption);
            }
            What::Rights { link } => {
                let room = window.get_code_room().max(0.0) as u32;
                let code = link.as_deref().and_then(|link| self.code(link, room));
                frame::rights(window, code, link.as_deref().unwrap_or_default());
            }
            What::Services { places } => frame::services(window, places),
            What::Jobs { .. }
            | What::Spotlight { .. }
            | What::Notice { .. }
            | What::Fairs { .. }
            | What::Training {} => return false,
        }
        true
    }

    /// Moves the player to `elapsed`, when the hall's clock says `now`.
    pub fn play(&mut self, window: &WallWindow, elapsed: Duration, now: Timestamp) -> Now {
        let jobs_over = self.index.drop_what_is_over(now);
        self.changed |= self.news.drop_what_is_over(now);
        let local = self.settings.zone.to_datetime(now);
        let calendar = &self.settings.calendar;
        let scenes = self.player.scenes().iter();
        let may_be_on: Vec<bool> = scenes
            .map(|scene| {
                let can = self.picture(scene).is_none_or(|file| {
                    let can = self.pictures.can.get(&file);
                    can.is_some_and(Result::is_ok)
                });
                can && scene.terms.when.holds(local, calendar)
            })
            .collect();
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

    /// The file of a scene's picture.
    fn picture(&self, scene: &Scene) -> Option<PathBuf> {
        match &scene.what {
            What::Image { file, .. } => Some(self.settings.folder.join(file)),
            _ => None,
        }
    }

    /// Brings the table to `things`, row by row and in place. False while none of them was read.
    fn page(
        &mut self,
        window: &WallWindow,
        since: Duration,
        things: &[Thing],
        now: Timestamp,
    ) -> bool {
        let known = things.iter().filter_map(|thing| thing.job());
        let rows: Vec<JobRow> = known
            .filter_map(|id| self.news.jobs.get(&id))
            .map(|detail| job_row(&detail.job, now, &self.settings.zone))
            .collect();
        if rows.is_empty() {
            return false;
        }
        bring(&self.models.rows, rows.into_iter());
        let data = window.global::<WallData>();
        if self.page_since != Some(since) {
            self.page_since = Some(since);
            data.set_lines(i32::try_from(things.len()).unwrap_or(1));
        }
        true
    }

    /// Brings the table of courses to `things`.
    fn courses(&self, things: &[Thing]) -> bool {
        let known = things.iter().filter_map(|thing| match thing {
            Thing::Event(id) => self.news.event(*id),
            _ => None,
        });
        let rows: Vec<CourseRow> = known
            .map(|event| course_row(event, &self.settings.zone))
            .collect();
        let is_there = !rows.is_empty();
        bring(&self.models.courses, rows.into_iter());
        is_there
    }

    fn fair(&mut self, window: &WallWindow, id: EventId, now: Timestamp) -> bool {
        let Some(event) = self.news.event(id).cloned() else {
            return false;
        };
        // Room is a whole number of pixels that the window has.
        let room = window.get_code_room().max(0.0) as u32;
        let code = event.link.as_deref().and_then(|link| self.code(link, room));
        let card = event_card(&event, now, &self.settings.zone, code);
        let data = window.global::<WallData>();
        if data.get_event() != card {
            data.set_event(card);
        }
        true
    }

    /// Which columns of the table staff want.
    fn columns(&self, window: &WallWindow, what: &What) {
        if let What::Jobs { columns, .. } = what {
            let all = columns.is_empty();
            let has = |column| all || columns.contains(&column);
            let theme = window.global::<WallTheme>();
            theme.set_with_kind(has(Column::WorkKind));
            theme.set_with_settlement(has(Column::Settlement));
            theme.set_with_places(has(Column::Places));
            theme.set_with_town(has(Column::Town));
            theme.set_with_time(has(Column::Time));
        }
    }

    fn spotlight(&mut self, window: &WallWindow, id: JobId, now: Timestamp) -> bool {
        let Some(detail) = self.news.jobs.get(&id).cloned() else {
            return false;
        };
        let data = window.global::<WallData>();
        let address = detail.address.unwrap_or_default();
        // Room is a whole number of pixels that the window has.
        let room = window.get_code_room().max(0.0) as u32;
        let code = self.code(&address, room);
        let card: JobCard = job_card(&detail.job, now, &self.settings.zone, code, &address);
        if data.get_job() != card {
            data.set_job(card);
        }
        true
    }

    /// The code for `address`, drawn once for as long as it is on.
    fn code(&mut self, address: &str, room: u32) -> Option<Image> {
        if address.is_empty() {
            return None;
        }
        match &self.code {
            Some((text, space, image)) if text == address && *space == room => image.clone(),
            _ => {
                let image = match qr::draw(address, room) {
                    Ok(picture) => Some(picture.image()),
                    Err(error) => {
                        tracing::warn!(%error, "something is shown without its code");
                        None
                    }
                };
                self.code = Some((address.to_owned(), room, image.clone()));
                image
            }
        }
    }
}

fn set_notice(data: &WallData<'_>, card: NoticeCard) {
    if data.get_notice() != card {
        data.set_notice(card);
    }
}

/// Brings a model to `items`, one by one and in place.
pub(super) fn bring<T: Clone + PartialEq + 'static>(
    model: &VecModel<T>,
    items: impl Iterator<Item = T>,
) {
    let mut count = 0;
    for (index, item) in items.enumerate() {
        match model.row_data(index) {
            Some(old) if old == item => {}
            Some(_) => model.set_row_data(index, item),
            None => model.push(item),
        }
        count = index + 1;
    }
    while model.row_count() > count {
        model.remove(model.row_count() - 1);
    }
}
