//! Shows the other services on the window.

use super::list::Paged;
use super::paint_rights::RightsPainter;
use super::{Barred, Services};
use crate::brief::{cut, line};
use crate::terminal::paint::{Drawn, count, update};
use crate::terminal::screen::Screen;
use crate::terminal::show::HallTime;
use crate::terminal::state::{Overview, State};
use crate::ui::{
    AnswerItem, Choice, CourseItem, EnrolmentItem, PlaceItem, PolicyItem, ServiceData, SuitItem,
    TerminalWindow,
};
use gighall_core::application::APPLICATION_NOTICE_VERSION;
use gighall_core::call::Called;
use gighall_core::claim::ClaimReason;
use gighall_core::event::Event;
use gighall_core::fit::{Caution, Reason, Suited};
use gighall_core::hall::Notice;
use gighall_core::identity::mask_name;
use gighall_core::job::WorkKind;
use gighall_core::training::{Enrolment, EnrolmentReason, EnrolmentState, may_enrol};
use slint::{ComponentHandle, ModelRc, VecModel};
use std::rc::Rc;

/// What a course is for is read standing up: a screen shows no more of it.
const COURSE_TEXT_MOST: usize = 160;

/// The models that the window keeps, and the codes that are drawn already.
pub struct ServicePainter {
    policies: Rc<VecModel<PolicyItem>>,
    courses: Rc<VecModel<CourseItem>>,
    enrolments: Rc<VecModel<EnrolmentItem>>,
    kinds: Rc<VecModel<Choice>>,
    places: Rc<VecModel<PlaceItem>>,
    suited: Rc<VecModel<SuitItem>>,
    options: Rc<VecModel<Choice>>,
    answers: Rc<VecModel<AnswerItem>>,
    code: Drawn,
    course_code: Drawn,
    rights: RightsPainter,
}

impl ServicePainter {
    /// Gives the window its models.
    pub fn new(window: &TerminalWindow) -> Self {
        let this = Self {
            policies: Rc::default(),
            courses: Rc::default(),
            enrolments: Rc::default(),
            kinds: Rc::default(),
            places: Rc::default(),
            suited: Rc::default(),
            options: Rc::default(),
            answers: Rc::default(),
            code: Drawn::default(),
            course_code: Drawn::default(),
            rights: RightsPainter::new(window),
        };
        let data = window.global::<ServiceData>();
        data.set_policies(ModelRc::from(Rc::clone(&this.policies)));
        data.set_courses(ModelRc::from(Rc::clone(&this.courses)));
        data.set_enrolments(ModelRc::from(Rc::clone(&this.enrolments)));
        data.set_kinds(ModelRc::from(Rc::clone(&this.kinds)));
        data.set_places(ModelRc::from(Rc::clone(&this.places)));
        data.set_suited(ModelRc::from(Rc::clone(&this.suited)));
        data.set_options(ModelRc::from(Rc::clone(&this.options)));
        data.set_answers(ModelRc::from(Rc::clone(&this.answers)));
        this
    }

    /// Shows them.
    pub fn paint(&mut self, window: &TerminalWindow, state: &State, hall: &Overview, room: u32) {
        let data = window.global::<ServiceData>();
        let services = &state.services;
        list(&data, state);
        self.policies(&data, state, &hall.time, room);
        self.training(&data, state, &hall.time, room);
        let rows = services.suits.jobs.in_sight().iter();
        update(
            &self.suited,
            rows.map(|it| suited(it, &hall.time)).collect(),
        );
        let (reason, until) = match services.suits.barred {
            None => ("", None),
            Some(Barred::HoldsMost) => (ClaimReason::TooMany.code(), None),
            Some(Barred::Paused(until)) => {
                (ClaimReason::Paused.code(), Some(hall.time.moment(until)))
            }
        };
        data.set_barred(reason.into());
        data.set_paused_until(until.unwrap_or_default());
        self.questions(&data, services, state.way.here());
        self.rights.paint(window, state, hall, room);
        let places = hall.places.iter().map(|place| PlaceItem {
            at: line(&place.at),
            what: line(&place.what),
        });
        update(&self.places, places.collect());
        let call = match services.call {
            Some(Called::Stands) => "called",
            Some(Called::TooMany) => "too_many",
            None => "",
        };
        data.set_call(call.into());
        data.set_call_on_wall(hall.calls_on_wall);
        let who = state.who.as_ref().map(|who| mask_name(&who.name));
        data.set_masked_name(who.unwrap_or_default().into());
    }

    fn policies(&mut self, data: &ServiceData<'_>, state: &State, time: &HallTime, room: u32) {
        let services = &state.services;
        let item = |notice: &Notice| PolicyItem {
            kind: notice.kind.code().into(),
            title: line(&notice.title),
            issuer: line(notice.issuer.as_deref().unwrap_or_default()),
            since: time.moment(notice.effective_from),
        };
        let rows = services.policies.in_sight().iter().map(item);
        update(&self.policies, rows.collect());
        let reading = services.policy.as_ref();
        data.set_policy(reading.map(item).unwrap_or_default());
        let text = reading.map_or("", |policy| match policy.body.trim() {
            "" => policy.title.as_str(),
            body => body,
        });
        data.set_policy_text(text.into());
        let address = services.policy_code.as_ref().map(|(_, it)| it.as_str());
        let address = address.filter(|_| state.way.here() == Screen::Policy);
        data.set_policy_code(self.code.code(address, room));
    }

    fn training(&mut self, data: &ServiceData<'_>, state: &State, time: &HallTime, room: u32) {
        let training = &state.services.training;
        let courses = training.courses.in_sight().iter();
        update(&self.courses, courses.map(|it| course(it, time)).collect());
        let looked_at = training.course.as_ref();
        data.set_course(looked_at.map(|it| course(it, time)).unwrap_or_default());
        let address = training.address();
        let address = address.filter(|_| state.way.here() == Screen::Course);
        data.set_course_code(self.course_code.code(address, room));
        let mine = training.mine.in_sight().iter();
        update(
            &self.enrolments,
            mine.map(|it| enrolment(it, time)).collect(),
        );
        let shown = match (state.way.here(), &training.outcome) {
            (Screen::CourseLeave, _) => training.leaving.as_ref().map(|it| enrolment(it, time)),
            (_, Some(Ok(it))) => Some(enrolment(it, time)),
            (_, Some(Err(reason))) => looked_at.map(|it| refused(it, *reason, time)),
            (_, None) => None,
        };
        data.set_enrolment(shown.unwrap_or_default());
        data.set_message(training.message.into());
        let kinds_chosen = match state.way.here() {
            Screen::SuitKinds => &state.services.suits.kinds,
            _ => &training.wishes,
        };
        let kinds = WorkKind::ALL.iter().map(|kind| Choice {
            key: kind.code().into(),
            count: 0,
            chosen: kinds_chosen.contains(kind),
        });
        update(&self.kinds, kinds.collect());
        data.set_kinds_chosen(count(kinds_chosen.len()));
    }

    /// The questions that are answered by choosing: of an application, of a complaint, or of what somebody
    /// wishes.
    fn questions(&self, data: &ServiceData<'_>, services: &Services, here: Screen) {
        let applying = &services.applying;
        let complaining = &services.rights.complaining;
        let owned = |options: Vec<(&'static str, bool)>| {
            let options = options.into_iter();
            options
                .map(|(key, chosen)| (key.to_owned(), chosen))
                .collect()
        };
        let (options, said): (Vec<(String, bool)>, _) = match here {
            Screen::SuitPay | Screen::SuitHours | Screen::SuitPapers => {
                (services.suits.options(here), vec![])
            }
            here if here.is_of_complaint() => {
                (owned(complaining.options(here)), complaining.said())
            }
            here => (owned(applying.options(here)), applying.said()),
        };
        data.set_options_chosen(count(options.iter().filter(|(_, on)| *on).count()));
        data.set_question(here.code().into());
        let options = options.into_iter().map(|(key, chosen)| Choice {
            key: key.into(),
            count: 0,
            chosen,
        });
        update(&self.options, options.collect());
        let said = said.into_iter().map(|(question, answer)| AnswerItem {
            question: question.code().into(),
            answer: answer.into(),
        });
        update(&self.answers, said.collect());
        data.set_notice_version(i32::try_from(APPLICATION_NOTICE_VERSION).unwrap_or(i32::MAX));
        data.set_number(applying.number.as_str().into());
    }
}

/// Where the list in sight stands.
fn list(data: &ServiceData<'_>, state: &State) {
    fn at<T>(list: &Paged<T>) -> (usize, usize, usize) {
        (list.all.len(), list.page, list.pages())
    }
    let services = &state.services;
    let (total, page, pages) = match state.way.here() {
        Screen::Policies => at(&services.policies),
        Screen::Courses => at(&services.training.courses),
        Screen::MyCourses => at(&services.training.mine),
        Screen::Suits => at(&services.suits.jobs),
        Screen::MyComplaints => at(&services.rights.mine),
        _ => (0, 1, 1),
    };
    data.set_total(count(total));
    data.set_page(count(page));
    data.set_pages(count(pages));
}

fn suited(it: &Suited, time: &HallTime) -> SuitItem {
    let has = |reason: Reason| it.fit.reasons.contains(&reason);
    let hours = it.fit.reasons.iter().find_map(|reason| match reason {
        Reason::Hours(hours) => Some(hours.code()),
        _ => None,
    });
    let asks = it.fit.cautions.iter().find_map(|caution| match caution {
        Caution::Asks(paper) => Some(paper.code()),
        Caution::OthersFirst => None,
    });
    SuitItem {
        job: time.job_item(&it.job),
        reserved: has(Reason::Reserved),
        kind: has(Reason::Kind),
        papers: has(Reason::Papers),
        town: has(Reason::Town),
        near: has(Reason::Near),
        pay: has(Reason::Pay),
        hours: hours.unwrap_or_default().into(),
        others_first: it.fit.cautions.contains(&Caution::OthersFirst),
        asks: asks.unwrap_or_default().into(),
    }
}

fn course(event: &Event, time: &HallTime) -> CourseItem {
    let text = event.text.as_deref().unwrap_or_default();
    let words: Vec<&str> = text.split_whitespace().collect();
    CourseItem {
        title: line(&event.title),
        text: cut(&words.join(" "), COURSE_TEXT_MOST),
        place: line(&event.place),
        host: line(&event.host),
        starts: time.moment(event.starts_at),
        ends: time.end(event.ends_at),
        bounded: event.places.is_some(),
        left: i32::try_from(event.places_left().unwrap_or(0)).unwrap_or(i32::MAX),
        open: may_enrol(Some(event), false, time.now).is_ok(),
    }
}

fn enrolment(it: &Enrolment, time: &HallTime) -> EnrolmentItem {
    EnrolmentItem {
        title: line(&it.title),
        place: line(&it.place),
        starts: time.moment(it.starts_at),
        state: it.state.code().into(),
        reason: it.reason.map_or("", EnrolmentReason::code).into(),
        may_leave: it.state.is_coming() && time.now < it.starts_at,
    }
}

/// A course that somebody could not be enrolled for, in the form of an enrolment.
fn refused(event: &Event, reason: EnrolmentReason, time: &HallTime) -> EnrolmentItem {
    EnrolmentItem {
        title: line(&event.title),
        place: line(&event.place),
        starts: time.moment(event.starts_at),
        state: EnrolmentState::Rejected.code().into(),
        reason: reason.code().into(),
        may_leave: false,
    }
}
