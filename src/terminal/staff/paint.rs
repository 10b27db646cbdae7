//! Shows the staff menu on the window.

use super::{Door, Picture, StaffSession};
use crate::terminal::paint::{count, update};
use crate::terminal::screen::Screen;
use crate::terminal::show::HallTime;
use crate::terminal::state::State;
use crate::ui::{self, StaffData, StaffFact, StaffScene, StaffText, TerminalWindow};
use gighall_core::identity::mask_name;
use gighall_core::playlist::Power;
use slint::{ComponentHandle, ModelRc, SharedString, VecModel};
use std::rc::Rc;

/// The models of the menu, and the picture that is in the window.
pub struct StaffPainter {
    texts: Rc<VecModel<StaffText>>,
    walls: Rc<VecModel<SharedString>>,
    scenes: Rc<VecModel<StaffScene>>,
    facts: Rc<VecModel<StaffFact>>,
    picture: Option<Picture>,
}

impl StaffPainter {
    /// Gives the window its models.
    pub fn new(window: &TerminalWindow) -> Self {
        let this = Self {
            texts: Rc::default(),
            walls: Rc::default(),
            scenes: Rc::default(),
            facts: Rc::default(),
            picture: None,
        };
        let data = window.global::<StaffData>();
        data.set_texts(ModelRc::from(Rc::clone(&this.texts)));
        data.set_walls(ModelRc::from(Rc::clone(&this.walls)));
        data.set_scenes(ModelRc::from(Rc::clone(&this.scenes)));
        data.set_facts(ModelRc::from(Rc::clone(&this.facts)));
        this
    }

    /// Shows it.
    pub fn paint(&mut self, window: &TerminalWindow, state: &State, time: &HallTime) {
        let (staff, data) = (&state.staff, window.global::<StaffData>());
        door(&data, staff, time);
        let view = &staff.view;
        data.set_number(staff.number.as_str().into());
        data.set_done(staff.done.0.into());
        data.set_done_detail(staff.done.1.as_str().into());
        let up = view.up.as_ref().filter(|up| up.is_current(time.now));
        data.set_up(up.map_or("", |up| up.title.as_str()).into());
        let until = up.and_then(|up| up.effective_to);
        data.set_up_until(until.map(|at| time.moment(at)).unwrap_or_default());
        data.set_up_covered(view.covered);
        data.set_up_elsewhere(view.elsewhere.as_deref().unwrap_or_default().into());
        let texts = view.texts.iter().map(text);
        update(&self.texts, texts.collect());
        data.set_words(staff.words.as_str().into());
        data.set_chosen(text(&staff.chosen));
        let span = staff.minutes.map(|minutes| minutes.to_string());
        data.set_span(span.unwrap_or_else(|| "stays".to_owned()).into());
        data.set_export_to(view.export_to.as_str().into());
        data.set_begins(ui::own_name(&view.language).into());
        data.set_begins_next(ui::own_name(ui::language_after(&view.language, 1)).into());
        data.set_volume(view.volume.into());
        data.set_code(staff.code.as_str().into());
        data.set_code_ready(staff.code_is_ready());
        data.set_slip(staff.slip.as_str().into());
        data.set_checked(staff.checked.code.into());
        data.set_checked_number(staff.checked.number.as_str().into());
        data.set_checked_title(staff.checked.title.as_str().into());
        data.set_sure(staff.sure.into());
        let found = staff.found.as_ref();
        data.set_found_number(found.map_or("", |it| &it.number).into());
        data.set_found_title(found.map_or("", |it| &it.title).into());
        data.set_found_meet(found.map(|it| time.moment(it.meet)).unwrap_or_default());
        let person = staff.person.as_ref().map(|it| mask_name(&it.name));
        let person = person.or_else(|| found.map(|it| it.name.clone()));
        data.set_sure_name(person.unwrap_or_default().into());
        let since = staff.pass_since.map(|at| time.moment(at));
        data.set_pass_since(since.unwrap_or_default());
        self.walls(&data, staff, time);
        self.facts(staff, time);
        let picture = match state.way.here() {
            Screen::StaffPreview => staff.picture.as_ref(),
            Screen::StaffWalls => staff.lit.picture.as_ref(),
            _ => None,
        };
        self.picture(&data, picture);
    }

    fn walls(&self, data: &StaffData<'_>, staff: &StaffSession, time: &HallTime) {
        let (view, lit) = (&staff.view, &staff.lit);
        let names = view.walls.iter().map(|name| name.as_str().into());
        update(&self.walls, names.collect());
        data.set_wall(count(staff.wall));
        let (code, again) = match lit.power {
            Some(Power::Off) => ("off", None),
            Some(Power::OffUntil(end)) => ("until", Some(end)),
            None if lit.dark_by_schedule => ("schedule", None),
            None | Some(Power::OnUntil(_)) => ("on", None),
        };
        data.set_lit(code.into());
        data.set_lit_again(again.map(|at| time.moment(at)).unwrap_or_default());
        data.set_brightness(lit.brightness.unwrap_or(0).into());
        let hidden = lit.scenes.iter().filter(|scene| !scene.shown).count();
        data.set_hidden_scenes(count(hidden));
        let fits = staff.fits.max(1);
        let scenes = lit.scenes.iter().map(|scene| StaffScene {
            kind: scene.kind.into(),
            name: scene.name.as_str().into(),
            shown: scene.shown,
        });
        let in_sight = scenes.skip(staff.page * fits).take(fits);
        update(&self.scenes, in_sight.collect());
        data.set_page(count(staff.page + 1));
        data.set_pages(count(staff.pages()));
    }

    fn facts(&self, staff: &StaffSession, time: &HallTime) {
        let facts = staff.facts.iter().map(|fact| StaffFact {
            key: fact.key.into(),
            text: fact.text.as_str().into(),
            moment: fact.at.map(|at| time.moment(at)).unwrap_or_default(),
            count: i32::try_from(fact.count).unwrap_or(i32::MAX),
            bad: fact.bad,
        });
        update(&self.facts, facts.collect());
    }

    fn picture(&mut self, data: &StaffData<'_>, picture: Option<&Picture>) {
        let is_there = match (&self.picture, picture) {
            (Some(old), Some(new)) => old.is(new),
            (None, None) => true,
            _ => false,
        };
        if !is_there {
            self.picture = picture.cloned();
            data.set_picture(picture.map(Picture::image).unwrap_or_default());
            data.set_has_picture(picture.is_some());
        }
    }
}

fn door(data: &StaffData<'_>, staff: &StaffSession, time: &HallTime) {
    data.set_dots("●".repeat(staff.pin.len()).into());
    data.set_pin_ready(staff.pin_is_ready());
    let door = match staff.door {
        None | Some(Door::Open) => "",
        Some(Door::Unset) => "unset",
        Some(Door::Wrong) => "wrong",
        Some(Door::Waits(_)) => "waits",
    };
    data.set_door(door.into());
    let left = staff
        .waits_until
        .map(|until| until.duration_since(time.now));
    let seconds = left.map_or(0, |left| (left.as_millis() + 999) / 1000);
    data.set_wait_seconds(i32::try_from(seconds).unwrap_or(i32::MAX));
}

fn text(text: &super::NoticeText) -> StaffText {
    StaffText {
        title: text.title.as_str().into(),
        body: text.body.as_str().into(),
    }
}
