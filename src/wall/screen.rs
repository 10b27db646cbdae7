//! The wall on the UI thread: one window, one player, and what was loaded last.

use super::WallSettings;
use super::cards::{job_card, job_row, notice_card, text_card, ticker_line};
use super::content::Content;
use super::feed::Link;
use super::overview;
use super::proof;
use crate::brief::clock_text;
use crate::qr;
use crate::ui::{JobCard, JobRow, KindSummary, NoticeCard, WallData, WallTheme, WallWindow};
use gighall_core::id::JobId;
use gighall_core::playlist::{Content as Playable, Now, OpenJob, Player, Scene, Show, Slot};
use gighall_core::proof::Seen;
use jiff::Timestamp;
use jiff::civil::Date;
use slint::{ComponentHandle, Image, Model, ModelRc, VecModel};
use std::rc::Rc;
use std::time::Duration;

/// Pixels that the ticker's line may be wide: the renderer counts them in 16 bits.
const TICKER_PIXELS: f32 = 24_000.0;
/// A notice's text follows its title in the ticker if it has no more characters.
const TICKER_BODY_MOST: usize = 80;

/// One wall.
pub struct Screen {
    settings: WallSettings,
    content: Content,
    player: Player,
    /// The jobs of each scene, and the day on which they were chosen; `None` when they have to be
    /// chosen anew.
    chosen: Option<(Date, Vec<Vec<OpenJob>>)>,
    rows: Rc<VecModel<JobRow>>,
    kinds: Rc<VecModel<KindSummary>>,
    /// When the page that is on came on.
    page_since: Option<Duration>,
    /// The code that was drawn last: what it says, the room that it had, and its picture.
    code: Option<(String, u32, Option<Image>)>,
}

impl Screen {
    /// A wall with nothing to show yet, on `window`.
    pub fn new(window: &WallWindow, settings: WallSettings) -> Self {
        let rows = Rc::new(VecModel::default());
        window
            .global::<WallData>()
            .set_rows(ModelRc::from(rows.clone()));
        let kinds = Rc::new(VecModel::default());
        window
            .global::<WallData>()
            .set_kinds(ModelRc::from(kinds.clone()));
        let mut screen = Self {
            player: Player::new(vec![]),
            settings: settings.clone(),
            content: Content::default(),
            chosen: None,
            rows,
            kinds,
            page_since: None,
            code: None,
        };
        screen.configure(window, settings);
        screen
    }

    /// Plays by other settings from now on, from the beginning.
    pub fn configure(&mut self, window: &WallWindow, settings: WallSettings) {
        let speed = settings.characters_per_second.clamp(0.5, 4.0);
        let theme = window.global::<WallTheme>();
        theme.set_ticker_speed(speed);
        // At most some hundred pixels.
        theme.set_body_wanted(settings.text_px as f32);
        self.player = Player::new(settings.scenes.clone());
        self.settings = settings;
        self.chosen = None;
        self.page_since = None;
    }

    /// Takes what was loaded anew. [`Screen::show`] brings it to the window.
    pub fn take(&mut self, content: Content) {
        self.content = content;
        self.chosen = None;
    }

    /// What has been loaded.
    pub fn content(&self) -> &Content {
        &self.content
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
    ) -> Seen {
        if self.content.drop_what_is_over(now) {
            self.chosen = None;
        }
        self.frame(window, now, link);
        let on = self.play(window, elapsed, now);
        let seen = proof::seen(&self.content, self.player.scenes(), &on);
        let data = window.global::<WallData>();
        // What a scene shows is set before the scene, so that no frame has another's content.
        let scene = match self.content.emergency() {
            Some(notice) => {
                set_notice(&data, notice_card(notice));
                "emergency"
            }
            None => self.scene(window, on, now),
        };
        if data.get_scene() != scene {
            data.set_scene(scene.into());
        }
        seen
    }

    /// Sets what is on, and names its scene.
    fn scene(&mut self, window: &WallWindow, on: Now, now: Timestamp) -> &'static str {
        let data = window.global::<WallData>();
        match on.show {
            Show::Jobs { page, pages, jobs } => {
                self.page(&jobs, now);
                if self.page_since != Some(on.since) {
                    self.page_since = Some(on.since);
                    data.set_lines(i32::try_from(jobs.len()).unwrap_or(1));
                }
                data.set_page(i32::try_from(page).unwrap_or(i32::MAX));
                data.set_pages(i32::try_from(pages).unwrap_or(i32::MAX));
                "jobs"
            }
            Show::Spotlight(id) => self.spotlight(window, id, now),
            Show::Notice(id) => {
                let notice = self.content.notices.iter().find(|notice| notice.id == id);
                set_notice(&data, notice.map(notice_card).unwrap_or_default());
                "notice"
            }
            Show::Overview => {
                bring(&self.kinds, overview::kinds(&self.content.jobs).into_iter());
                "overview"
            }
            Show::Text(index) => {
                if let Some(Scene::Text { title, body, .. }) = self.player.scenes().get(index) {
                    set_notice(&data, text_card(title, body));
                }
                "text"
            }
            Show::Rest => "rest",
        }
    }

    /// Moves the player to `elapsed`, when the hall's clock says `now`.
    pub fn play(&mut self, window: &WallWindow, elapsed: Duration, now: Timestamp) -> Now {
        let local = self.settings.zone.to_datetime(now);
        let jobs = match self.chosen.take() {
            Some((day, jobs)) if day == local.date() => jobs,
            _ => self.choose(local.date()),
        };
        let calendar = &self.settings.calendar;
        let scenes = self.settings.scenes.iter();
        let slots: Vec<Slot<'_>> = scenes
            .zip(&jobs)
            .map(|(scene, jobs)| Slot {
                on: scene.when().holds(local, calendar),
                jobs,
            })
            .collect();
        let playable = Playable {
            slots: &slots,
            notices: &self.content.notice_ids(),
            rows: usize::try_from(window.get_rows_that_fit()).unwrap_or(1),
        };
        let on = self.player.at(elapsed, &playable).clone();
        self.chosen = Some((local.date(), jobs));
        on
    }

    /// The jobs of each scene, on the day that is `today`.
    fn choose(&self, today: Date) -> Vec<Vec<OpenJob>> {
        let zone = &self.settings.zone;
        let of = |scene: &Scene| match scene.only() {
            Some(only) => self.content.open_jobs(only, today, zone),
            None => vec![],
        };
        self.settings.scenes.iter().map(of).collect()
    }

    /// Header and footer.
    fn frame(&self, window: &WallWindow, now: Timestamp, link: Link) {
        let data = window.global::<WallData>();
        let before = said(&data);
        let zone = &self.settings.zone;
        let local = now.to_zoned_datetime(zone.clone());
        data.set_time(clock_text(now, zone).into());
        data.set_month(local.month().into());
        data.set_day(local.day().into());
        data.set_weekday(local.weekday().to_monday_one_offset().into());

        let hall = self.content.hall.as_ref();
        data.set_hall(
            hall.map_or(&self.settings.hall_name, |hall| &hall.name)
                .into(),
        );
        let hotline = hall.and_then(|hall| hall.hotline.as_deref());
        data.set_hotline(hotline.unwrap_or_default().into());

        data.set_offline(!link.online);
        data.set_clock_untrusted(link.clock_untrusted);
        let as_of = link
            .data_as_of
            .map(|time| time.to_zoned_datetime(zone.clone()));
        let (month, day) = match &as_of {
            Some(time) if time.date() != local.date() => (time.month(), time.day()),
            _ => (0, 0),
        };
        data.set_data_month(month.into());
        data.set_data_day(day.into());
        let as_of = link.data_as_of.map(|time| clock_text(time, zone));
        data.set_data_as_of(as_of.unwrap_or_default().into());

        let places: u32 = self.content.jobs.iter().map(|job| job.places_left).sum();
        data.set_open_jobs(i32::try_from(self.content.jobs.len()).unwrap_or(i32::MAX));
        data.set_open_places(i32::try_from(places).unwrap_or(i32::MAX));
        data.set_ticker(self.ticker(window));
        if said(&data) != before {
            data.set_anew(!data.get_anew());
        }
    }

    fn ticker(&self, window: &WallWindow) -> slint::SharedString {
        let size = window.global::<WallTheme>().get_body().max(1.0);
        let notices = self.content.notices.iter().filter(|notice| notice.ticker);
        let texts: Vec<String> = notices
            .map(|notice| {
                if notice.body.chars().count() <= TICKER_BODY_MOST {
                    format!("{}　{}", notice.title, notice.body)
                } else {
                    notice.title.clone()
                }
            })
            .chain(self.settings.ticker_texts.iter().cloned())
            .collect();
        // A quotient of two small positive numbers.
        let most = (TICKER_PIXELS / size) as usize;
        ticker_line(texts.iter().map(String::as_str), most)
    }

    /// Brings the table to `jobs`, row by row and in place.
    fn page(&self, jobs: &[JobId], now: Timestamp) {
        let rows = jobs
            .iter()
            .filter_map(|id| self.content.job(*id))
            .map(|job| job_row(job, now, &self.settings.zone));
        bring(&self.rows, rows);
    }

    fn spotlight(&mut self, window: &WallWindow, id: JobId, now: Timestamp) -> &'static str {
        let data = window.global::<WallData>();
        let address = self.content.addresses.get(&id).cloned().unwrap_or_default();
        // Room is a whole number of pixels that the window has.
        let room = window.get_code_room().max(0.0) as u32;
        let code = self.code(&address, room);
        let card = self.content.job(id).map_or_else(JobCard::default, |job| {
            job_card(job, now, &self.settings.zone, code, &address)
        });
        if data.get_job() != card {
            data.set_job(card);
        }
        "spotlight"
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
                        tracing::warn!(%error, "a job is shown without its code");
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
fn bring<T: Clone + PartialEq + 'static>(model: &VecModel<T>, items: impl Iterator<Item = T>) {
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

/// What header and footer say.
fn said(data: &WallData<'_>) -> (slint::SharedString, i32, i32, bool, slint::SharedString) {
    (
        data.get_time(),
        data.get_open_jobs(),
        data.get_open_places(),
        data.get_offline(),
        data.get_hotline(),
    )
}
