//! What the other services know in a session, and what each touch does to it. No window, no thread.

use super::apply::Applying;
use super::complain::Rights;
use super::list::Paged;
use super::suits::{ASKING, Suits};
use super::training::Training;
use super::{ServiceAnswer, ServiceAsk};
use crate::terminal::ask::{Ask, Request};
use crate::terminal::register::{Form, Purpose};
use crate::terminal::screen::{Screen, WHO};
use crate::terminal::state::State;
use gighall_core::call::Called;
use gighall_core::hall::Notice;
use gighall_core::id::NoticeId;
use gighall_core::job::WorkKind;
use gighall_core::wire::KnownWorker;

/// What people do there, as the window tells it.
#[derive(Clone, Debug)]
#[allow(missing_docs)]
pub enum ServiceEvent {
    /// To one of the services, by its name.
    Go(String),
    /// A row of the list in sight.
    Open(i32),
    Turn(i32),
    RowsThatFit(i32),
    Enrol,
    AskLeave(i32),
    Leave,
    /// A kind of work, to learn or to do.
    Toggle(String),
    /// An answer to the question in sight.
    Choose(String),
    /// The notice was read and is agreed to: goes on.
    Agree,
    Next,
    /// Leave the sum out.
    NoSum,
    /// The job that is looked at is not what it should be.
    ReportJob,
    /// The work that was not paid.
    ComplainOfPay,
    /// How the work was.
    Rate(String),
    PrintAgain,
    /// Somebody came, or nobody is needed any more.
    CallOver,
}

/// The other services in a session. Personal, so it has no `Debug`.
#[derive(Clone, Default)]
pub struct Services {
    /// What there is to read.
    pub policies: Paged<Notice>,
    /// What is being read.
    pub policy: Option<Notice>,
    /// The address that its code holds, and which notice that is.
    pub policy_code: Option<(NoticeId, String)>,
    /// Courses.
    pub training: Training,
    /// Jobs that suit.
    pub suits: Suits,
    /// Registering as unemployed.
    pub applying: Applying,
    /// Complaints, and how the work was.
    pub rights: Rights,
    /// What came of calling staff.
    pub call: Option<Called>,
    /// The call is still to be said aloud.
    pub call_unsaid: bool,
}

/// Chooses a thing, or takes the choice back.
pub(in crate::terminal) fn toggle<T: PartialEq>(chosen: &mut Vec<T>, it: T) {
    match chosen.iter().position(|known| *known == it) {
        Some(place) => drop(chosen.remove(place)),
        None => chosen.push(it),
    }
}

pub(super) fn quiet(ask: ServiceAsk) -> Request {
    Request::quiet(Ask::Service(ask))
}

pub(super) fn awaited(ask: ServiceAsk) -> Request {
    Request::awaited(Ask::Service(ask))
}

impl State {
    /// Does what the person wants.
    pub(in crate::terminal) fn on_service(&mut self, event: ServiceEvent) -> Vec<Request> {
        match event {
            ServiceEvent::Go(to) => self.go_to_service(&to),
            ServiceEvent::Open(row) => self.open_row(row),
            ServiceEvent::Turn(by) => {
                self.turn_list(by);
                Vec::new()
            }
            ServiceEvent::RowsThatFit(rows) => {
                self.list_rows(usize::try_from(rows).unwrap_or(1));
                Vec::new()
            }
            ServiceEvent::Enrol => self.enrol(),
            ServiceEvent::AskLeave(row) => {
                self.ask_leave(row);
                Vec::new()
            }
            ServiceEvent::Leave => self.leave_course(),
            ServiceEvent::Toggle(code) | ServiceEvent::Choose(code)
                if ASKING.contains(&self.way.here()) =>
            {
                self.choose_wish(&code);
                Vec::new()
            }
            ServiceEvent::Toggle(code) => {
                if let Some(kind) = WorkKind::from_code(&code) {
                    toggle(&mut self.services.training.wishes, kind);
                }
                Vec::new()
            }
            ServiceEvent::Choose(code) if self.way.here().is_of_complaint() => {
                self.choose_of_complaint(&code)
            }
            ServiceEvent::Choose(code) => {
                self.choose_answer(&code);
                Vec::new()
            }
            ServiceEvent::Agree if self.way.here() == Screen::ComplainNotice => {
                self.services.rights.complaining.agreed = true;
                self.next_of_complaint()
            }
            ServiceEvent::Agree => {
                self.agree_to_apply();
                Vec::new()
            }
            ServiceEvent::Next if self.way.here() == Screen::Wishes => self.send_wishes(),
            ServiceEvent::Next if ASKING.contains(&self.way.here()) => self.next_of_wishes(),
            ServiceEvent::Next if self.way.here().is_of_complaint() => self.next_of_complaint(),
            ServiceEvent::NoSum => {
                self.services.rights.complaining.sum.clear();
                self.next_of_complaint()
            }
            ServiceEvent::ReportJob => self.report_job(),
            ServiceEvent::ComplainOfPay => self.complain_of_pay(),
            ServiceEvent::Rate(code) => self.rate(&code),
            ServiceEvent::PrintAgain => {
                self.print_receipt_again();
                Vec::new()
            }
            ServiceEvent::Next => self.next_of_application(),
            ServiceEvent::CallOver => {
                self.calling_staff = false;
                vec![quiet(ServiceAsk::CallOver)]
            }
        }
    }

    /// Calls staff, or closes the panel that says so. The call goes on then.
    pub(in crate::terminal) fn call_staff(&mut self, on: bool) -> Vec<Request> {
        self.calling_staff = on;
        match on {
            true => vec![quiet(ServiceAsk::Call)],
            false => Vec::new(),
        }
    }

    fn go_to_service(&mut self, to: &str) -> Vec<Request> {
        self.services.training.message = "";
        match to {
            "policies" => {
                self.go(Screen::Policies);
                vec![awaited(ServiceAsk::Policies)]
            }
            "courses" => {
                self.go(Screen::Courses);
                vec![awaited(ServiceAsk::Courses)]
            }
            "my_courses" => self.with_somebody(Purpose::MyCourses),
            "wishes" => self.with_somebody(Purpose::Wishes),
            "apply" => self.with_somebody(Purpose::Apply),
            "hardship" => self.with_somebody(Purpose::Hardship),
            "suits" => self.with_somebody(Purpose::Suits),
            "change_wishes" => {
                self.change_wishes();
                Vec::new()
            }
            "complain" => self.complain(None),
            "my_complaints" => self.with_somebody(Purpose::MyComplaints),
            "rights" => {
                self.go(Screen::Rights);
                Vec::new()
            }
            "places" => {
                self.go(Screen::Places);
                Vec::new()
            }
            "map" => {
                self.go(Screen::Map);
                Vec::new()
            }
            _ => Vec::new(),
        }
    }

    /// Goes on with what only a known person can do; asks who it is before, once.
    pub(super) fn with_somebody(&mut self, purpose: Purpose) -> Vec<Request> {
        match self.who.clone() {
            Some(who) => self.serve(purpose, who),
            None => {
                self.ask_who(purpose);
                Vec::new()
            }
        }
    }

    /// The person is known: goes on with what they came for.
    pub(in crate::terminal) fn serve(
        &mut self,
        purpose: Purpose,
        who: KnownWorker,
    ) -> Vec<Request> {
        self.way.leave(WHO);
        match purpose {
            Purpose::Enrol => self.enrol(),
            Purpose::MyCourses => {
                self.go(Screen::MyCourses);
                vec![awaited(ServiceAsk::MyCourses(who))]
            }
            Purpose::Wishes => {
                self.go(Screen::Wishes);
                Vec::new()
            }
            Purpose::Suits => self.begin_suits(who),
            Purpose::Hardship => {
                self.form = Form::for_purpose(purpose);
                self.go(Screen::HardshipAnew);
                Vec::new()
            }
            Purpose::Apply => {
                self.services.applying = Applying::default();
                self.go(Screen::ApplyConsent);
                Vec::new()
            }
            Purpose::Complain => {
                self.go(Screen::ComplainReview);
                Vec::new()
            }
            Purpose::MyComplaints => {
                self.services.rights.scanned = false;
                self.services.rights.mine = Paged::default();
                self.go(Screen::MyComplaints);
                vec![awaited(ServiceAsk::MyComplaints(who))]
            }
            Purpose::Register
            | Purpose::Claim
            | Purpose::MyJobs
            | Purpose::LiftPause
            | Purpose::RevokePass
            | Purpose::SetPin => Vec::new(),
        }
    }

    fn open_row(&mut self, row: i32) -> Vec<Request> {
        match self.way.here() {
            Screen::Policies => {
                let Some(policy) = self.services.policies.row(row).cloned() else {
                    return Vec::new();
                };
                let id = policy.id;
                self.services.policy = Some(policy);
                self.services.policy_code = None;
                self.go(Screen::Policy);
                vec![quiet(ServiceAsk::PolicyCode(id))]
            }
            Screen::Courses => {
                let course = self.services.training.courses.row(row).cloned();
                if let Some(course) = course {
                    self.services.training.course = Some(course);
                    self.go(Screen::Course);
                }
                Vec::new()
            }
            Screen::Suits => self.open_suited(row),
            _ => Vec::new(),
        }
    }

    fn turn_list(&mut self, by: i32) {
        match self.way.here() {
            Screen::Policies => self.services.policies.turn(by),
            Screen::Courses => self.services.training.courses.turn(by),
            Screen::MyCourses => self.services.training.mine.turn(by),
            Screen::Suits => self.services.suits.jobs.turn(by),
            Screen::MyComplaints => self.services.rights.mine.turn(by),
            _ => {}
        }
    }

    fn list_rows(&mut self, rows: usize) {
        match self.way.here() {
            Screen::Policies => self.services.policies.rows_that_fit(rows),
            Screen::Courses => self.services.training.courses.rows_that_fit(rows),
            Screen::MyCourses => self.services.training.mine.rows_that_fit(rows),
            Screen::Suits => self.services.suits.jobs.rows_that_fit(rows),
            Screen::MyComplaints => self.services.rights.mine.rows_that_fit(rows),
            _ => {}
        }
    }

    /// Takes what came back.
    pub(in crate::terminal) fn take_service(
        &mut self,
        answer: ServiceAnswer,
        prints: bool,
    ) -> Vec<Request> {
        match answer {
            ServiceAnswer::Policies(all) => {
                // What is being read stays on the screen until the reader goes on.
                self.services.policies.take(all);
            }
            ServiceAnswer::PolicyCode(id, address) => {
                let reading = self.services.policy.as_ref().map(|policy| policy.id);
                if reading == Some(id) {
                    self.services.policy_code = address.map(|address| (id, address));
                }
            }
            ServiceAnswer::Courses(all) => self.services.training.take_courses(all),
            ServiceAnswer::CourseCode(id, address) => {
                self.services.training.code = address.map(|address| (id, address));
            }
            ServiceAnswer::Enrolled(outcome) => self.enrolled(outcome),
            ServiceAnswer::MyCourses(all) => self.services.training.take_mine(all),
            ServiceAnswer::Left(enrolment) => self.left_course(enrolment),
            ServiceAnswer::Wished => return self.wished(),
            ServiceAnswer::Applied(number) => {
                self.services.applying = Applying {
                    number,
                    ..Applying::default()
                };
                self.go(Screen::Applied);
            }
            ServiceAnswer::HardshipSaid(told) => self.hardship_told(told),
            ServiceAnswer::Suited(found) => self.services.suits.take(found),
            ServiceAnswer::Wishes(who) => return self.wishes_known(who),
            ServiceAnswer::WishesSaid(who) => return self.wishes_said(who),
            ServiceAnswer::Complained(news) => self.complained(news, prints),
            // Not over the receipt in sight, which is of another person, or of nobody.
            ServiceAnswer::MyComplaints(all) if !self.services.rights.scanned => {
                self.services.rights.mine.take(all);
            }
            ServiceAnswer::MyComplaints(_) => {}
            ServiceAnswer::Receipt(found) => self.receipt_found(found),
            ServiceAnswer::MayRate(claim, may) => self.may_rate(claim, may),
            ServiceAnswer::Rated => self.rated(),
            ServiceAnswer::Called(called) => {
                self.services.call_unsaid =
                    called == Called::Stands && self.services.call != Some(called);
                self.services.call = Some(called);
            }
            ServiceAnswer::CallStands(true) => self.services.call = Some(Called::Stands),
            ServiceAnswer::CallStands(false) => self.services.call = None,
        }
        Vec::new()
    }

    /// What to ask when something in the store has changed: whatever is in sight.
    pub(in crate::terminal) fn refresh_services(&self) -> Vec<Request> {
        let here = match self.way.here() {
            Screen::Policies => Some(ServiceAsk::Policies),
            Screen::Courses | Screen::Course => Some(ServiceAsk::Courses),
            Screen::Suits => self.who.clone().map(ServiceAsk::SuitedHere),
            Screen::MyCourses | Screen::Enrolled => self.who.clone().map(ServiceAsk::MyCoursesHere),
            Screen::MyComplaints if !self.services.rights.scanned => {
                self.who.clone().map(ServiceAsk::MyComplaintsHere)
            }
            _ => None,
        };
        let call = self.calling_staff.then_some(ServiceAsk::CallStands);
        here.into_iter().chain(call).map(quiet).collect()
    }

    /// Whether the call is to be said aloud now. From then on it was.
    pub(in crate::terminal) fn takes_to_say_call(&mut self) -> bool {
        std::mem::take(&mut self.services.call_unsaid)
    }
}
