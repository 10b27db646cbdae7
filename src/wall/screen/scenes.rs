//! Brings a scene to the window.

use super::{PATIENCE, Screen};
use crate::ui::{CourseRow, JobCard, JobRow, NoticeCard, WallData, WallTheme, WallWindow};
use crate::wall::cards::{course_row, event_card, job_card, job_row, notice_card, text_card};
use crate::wall::content::code;
use crate::wall::frame;
use crate::wall::pictures::Wanted;
use crate::wall::video::Playing;
use gighall_core::id::{EventId, JobId};
use gighall_core::playlist::{Column, Now, Show, Thing, What};
use jiff::Timestamp;
use slint::{ComponentHandle, Image, Model, SharedString, VecModel};
use std::time::Duration;

impl Screen {
    /// Sets what is on, and names its scene; `None` while the scene before stays, because what is
    /// to be shown has not been read yet.
    pub(super) fn scene(
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
        // A code is drawn beside the window, unless that takes too long.
        let is_drawn = |link: &str| self.news.codes.contains_key(link);
        if waits && !self.link(on).is_none_or(is_drawn) {
            return None;
        }
        let is_there = match &on.show {
            Show::Page {
                page,
                pages,
                things,
            } => {
                let is_there = match scene.what {
                    What::Training { .. } => self.courses(window, on.since, things),
                    _ => self.page(window, on.since, things, now),
                };
                // The marks of a page that is still to be read do not stand under the one before.
                if is_there {
                    let data = window.global::<WallData>();
                    data.set_page(i32::try_from(*page).unwrap_or(i32::MAX));
                    data.set_pages(i32::try_from(*pages).unwrap_or(i32::MAX));
                }
                is_there
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
            Show::Whole => self.whole(window, &scene.what, now),
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

    /// A scene that shows all it has.
    fn whole(&mut self, window: &WallWindow, what: &What, now: Timestamp) -> bool {
        let data = window.global::<WallData>();
        match what {
            What::Overview {} => {
                let step = self.step(data.get_scene() != "overview");
                let kinds = self.index.figures.kinds().into_iter();
                self.unfinished |= !bring(&self.models.kinds, kinds, step);
            }
            What::Statistics {} => {
                let today = self.settings.zone.to_datetime(now).date();
                let counted = self.news.figures_of(today);
                frame::statistics(window, &self.index.figures, counted);
            }
            What::Text { title, body } => set_notice(&data, text_card(title, body)),
            What::Image { file, caption } | What::Video { file, caption } => {
                let wanted = (self.settings.file(file), frame::picture_room(window));
                let Some(drawn) = self.pictures.drawn.iter().find(|it| it.wanted == wanted) else {
                    return false;
                };
                frame::picture(window, drawn, caption);
                if matches!(what, What::Video { .. }) {
                    self.play_video(window, wanted);
                }
            }
            What::Rights { link } => {
                let room = frame::code_room(window);
                let code = link.as_deref().and_then(|link| self.code(link, room));
                frame::rights(window, code, link.as_deref().unwrap_or_default());
            }
            What::Services { places } => frame::services(window, places),
            What::Jobs { .. }
            | What::Spotlight { .. }
            | What::Notice { .. }
            | What::Fairs { .. }
            | What::Training { .. } => return false,
        }
        true
    }

    /// Lets the video move whose first frame is on.
    fn play_video(&mut self, window: &WallWindow, wanted: Wanted) {
        let moves = matches!(self.pictures.can.get(&wanted.0), Some(Ok(Some(_))));
        let plays = |(playing, _): &(Wanted, Playing)| *playing == wanted;
        if !self.moves || !moves || self.playing.as_ref().is_some_and(plays) {
            return;
        }
        let name = window.global::<WallData>().get_picture_name();
        let show = frame::moving(window, name);
        match Playing::start(&wanted.0, wanted.1, show) {
            Ok(playing) => self.playing = Some((wanted, playing)),
            Err(error) => tracing::error!(%error, "a video does not move"),
        }
    }

    /// Ends the video, and lets it begin with its first frame the next time.
    pub(super) fn stop_video(&mut self, data: &WallData<'_>) {
        if self.playing.take().is_some() {
            data.set_picture_name(SharedString::default());
        }
    }

    /// Brings the table to `things`. False while none of them was read.
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
        let model = self.models.rows.clone();
        self.lines(window, &model, rows, ("jobs", since, things.len()))
    }

    /// Brings the table of courses to `things`.
    fn courses(&mut self, window: &WallWindow, since: Duration, things: &[Thing]) -> bool {
        let known = things.iter().filter_map(|thing| match thing {
            Thing::Event(id) => self.news.event(*id),
            _ => None,
        });
        let rows: Vec<CourseRow> = known
            .map(|event| course_row(event, &self.settings.zone))
            .collect();
        let model = self.models.courses.clone();
        self.lines(window, &model, rows, ("training", since, things.len()))
    }

    /// Brings a table to `rows`, line by line and in place: one of that scene, whose page is on since then and
    /// had so many lines at first. False where there is none.
    fn lines<T: Clone + PartialEq + 'static>(
        &mut self,
        window: &WallWindow,
        model: &VecModel<T>,
        rows: Vec<T>,
        (scene, since, count): (&str, Duration, usize),
    ) -> bool {
        if rows.is_empty() {
            return false;
        }
        let data = window.global::<WallData>();
        let lines = i32::try_from(count).unwrap_or(1);
        let comes_on = data.get_scene() != scene;
        let is_whole = bring(model, rows.into_iter(), self.step(comes_on));
        self.unfinished |= !is_whole;
        // Fewer lines share the room once the last of them is there: the old ones do not move before.
        if self.page_since != Some(since) && (is_whole || comes_on || lines >= data.get_lines()) {
            self.page_since = Some(since);
            data.set_lines(lines);
        }
        true
    }

    /// How a list changes now: a scene that comes on begins with an empty one. The first page comes whole:
    /// nothing moves yet beside a wall that has just started.
    fn step(&self, comes_on: bool) -> Step {
        match self.moves && self.page_since.is_some() {
            true => Step {
                anew: comes_on,
                most: LINES_A_FRAME,
            },
            false => Step::WHOLE,
        }
    }

    fn fair(&mut self, window: &WallWindow, id: EventId, now: Timestamp) -> bool {
        let Some(event) = self.news.event(id).cloned() else {
            return false;
        };
        let room = frame::code_room(window);
        let link = event.link.as_deref();
        let code = link.and_then(|link| self.code(link, room));
        let card = event_card(&event, now, &self.settings.zone, code);
        let data = window.global::<WallData>();
        if data.get_event() != card {
            data.set_event(card);
        }
        true
    }

    /// Which columns of the table staff want, and whether courses are one or many.
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
        if let What::Training { courses } = what {
            window
                .global::<WallData>()
                .set_one_course(courses.is_some());
        }
    }

    fn spotlight(&mut self, window: &WallWindow, id: JobId, now: Timestamp) -> bool {
        let Some(detail) = self.news.jobs.get(&id).cloned() else {
            return false;
        };
        let data = window.global::<WallData>();
        let address = detail.address.unwrap_or_default();
        let code = self.code(&address, frame::code_room(window));
        let card: JobCard = job_card(&detail.job, now, &self.settings.zone, code, &address);
        if data.get_job() != card {
            data.set_job(card);
        }
        true
    }

    /// The code for `address`, made a picture of the window's once for as long as it is on.
    fn code(&mut self, address: &str, room: u32) -> Option<Image> {
        if address.is_empty() {
            return None;
        }
        match &self.code {
            Some((text, space, image)) if text == address && *space == room => image.clone(),
            _ => {
                // Of another room where the window has just another size.
                let drawn = self.news.codes.get(address).and_then(Option::as_ref);
                let drawn = drawn.filter(|drawn| drawn.fills(room)).cloned();
                let image = drawn
                    .or_else(|| code(address, room))
                    .map(|picture| picture.image());
                self.code = Some((address.to_owned(), room, image.clone()));
                image
            }
        }
    }
}

pub(super) fn set_notice(data: &WallData<'_>, card: NoticeCard) {
    if data.get_notice() != card {
        data.set_notice(card);
    }
}

/// Lines of a table that come on in one frame: each takes up to two milliseconds to lay out and draw, and the
/// renderer keeps three places that have changed apart, of which the ticker is one.
const LINES_A_FRAME: usize = 2;

/// How much of a list changes at once.
#[derive(Clone, Copy)]
struct Step {
    /// What is there goes first.
    anew: bool,
    /// Items that may change.
    most: usize,
}

impl Step {
    const WHOLE: Self = Self {
        anew: false,
        most: usize::MAX,
    };
}

/// Brings a model to `items`, one by one and in place, as far as `step` allows. Says whether it is there.
fn bring<T: Clone + PartialEq + 'static>(
    model: &VecModel<T>,
    items: impl Iterator<Item = T>,
    step: Step,
) -> bool {
    if step.anew {
        model.clear();
    }
    let (mut count, mut changed) = (0, 0);
    for (index, item) in items.enumerate() {
        let old = model.row_data(index);
        if old.as_ref() != Some(&item) {
            if changed == step.most {
                return false;
            }
            changed += 1;
            match old {
                Some(_) => model.set_row_data(index, item),
                None => model.push(item),
            }
        }
        count = index + 1;
    }
    while model.row_count() > count {
        model.remove(model.row_count() - 1);
    }
    true
}
