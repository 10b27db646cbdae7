//! Courses: looking, enrolling, withdrawing, asking for one.

use super::ServiceAsk;
use super::flow::awaited;
use super::list::Paged;
use crate::terminal::ask::Request;
use crate::terminal::register::Purpose;
use crate::terminal::screen::Screen;
use crate::terminal::state::State;
use gighall_core::event::Event;
use gighall_core::id::EventId;
use gighall_core::job::WorkKind;
use gighall_core::training::{Enrolment, EnrolmentReason};

/// Training in a session. Personal, so it has no `Debug`.
#[derive(Clone, Default)]
pub struct Training {
    /// The courses.
    pub courses: Paged<Event>,
    /// The one that is looked at.
    pub course: Option<Event>,
    /// The address that its code holds, and which course that is.
    pub code: Option<(EventId, String)>,
    /// How enrolling for it ended: as the enrolment stands, or what stands against it.
    pub outcome: Option<Result<Enrolment, EnrolmentReason>>,
    /// The person's own.
    pub mine: Paged<Enrolment>,
    /// The one that may be withdrawn from.
    pub leaving: Option<Enrolment>,
    /// What the person would like to learn.
    pub wishes: Vec<WorkKind>,
    /// What has just been done: `wished`, or empty.
    pub message: &'static str,
}

impl Training {
    /// Takes the courses as they are now.
    pub(super) fn take_courses(&mut self, all: Vec<Event>) {
        if let Some(shown) = &mut self.course {
            match all.iter().find(|course| course.id == shown.id) {
                Some(now) => shown.clone_from(now),
                // Over, or taken back: it takes nobody.
                None => shown.withdrawn = true,
            }
        }
        self.courses.take(all);
    }

    /// The address for phones of the course that is looked at.
    pub fn address(&self) -> Option<&str> {
        let looked_at = self.course.as_ref()?.id;
        let (of, address) = self.code.as_ref()?;
        (*of == looked_at).then_some(address)
    }

    /// Takes the person's enrolments as they are now.
    pub(super) fn take_mine(&mut self, all: Vec<Enrolment>) {
        if let Some(Ok(shown)) = &mut self.outcome
            && let Some(now) = all.iter().find(|known| known.id == shown.id)
        {
            shown.clone_from(now);
        }
        self.mine.take(all);
    }
}

impl State {
    /// Asks for a place in the course that is looked at.
    pub(super) fn enrol(&mut self) -> Vec<Request> {
        let Some(course) = &self.services.training.course else {
            return Vec::new();
        };
        let id = course.id;
        match self.who.clone() {
            Some(who) => vec![awaited(ServiceAsk::Enrol(who, id))],
            None => self.with_somebody(Purpose::Enrol),
        }
    }

    pub(super) fn enrolled(&mut self, outcome: Result<Enrolment, EnrolmentReason>) {
        self.services.training.outcome = Some(outcome);
        self.go(Screen::Enrolled);
    }

    pub(super) fn ask_leave(&mut self, row: i32) {
        let enrolment = self.services.training.mine.row(row);
        if let Some(enrolment) = enrolment.filter(|it| it.state.is_coming()) {
            self.services.training.leaving = Some(enrolment.clone());
            self.go(Screen::CourseLeave);
        }
    }

    pub(super) fn leave_course(&mut self) -> Vec<Request> {
        match (&self.who, &self.services.training.leaving) {
            (Some(who), Some(leaving)) if self.way.here() == Screen::CourseLeave => {
                vec![awaited(ServiceAsk::Leave(who.clone(), leaving.id))]
            }
            _ => Vec::new(),
        }
    }

    pub(super) fn left_course(&mut self, now: Enrolment) {
        self.services.training.leaving = None;
        let mine = &mut self.services.training.mine.all;
        for known in mine.iter_mut().filter(|known| known.id == now.id) {
            known.clone_from(&now);
        }
        self.go(Screen::MyCourses);
    }

    pub(super) fn send_wishes(&mut self) -> Vec<Request> {
        let wishes = self.services.training.wishes.clone();
        match self.who.clone() {
            Some(who) if !wishes.is_empty() => vec![awaited(ServiceAsk::Wish(who, wishes))],
            _ => Vec::new(),
        }
    }

    pub(super) fn wished(&mut self) -> Vec<Request> {
        self.services.training.wishes.clear();
        self.go(Screen::Courses);
        self.services.training.message = "wished";
        vec![awaited(ServiceAsk::Courses)]
    }
}
