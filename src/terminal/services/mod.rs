//! The hall's other services at the terminal: policies to read and take away, courses, where to find
//! what, registering as unemployed, complaints, calling staff. Like the other flows it is a state without window
//! or disk ([`Services`]); what it wants done is asked of the desk as values.

mod apply;
mod complain;
mod desk;
mod flow;
mod list;
mod paint;
mod paint_rights;
mod suits;
mod training;

pub use complain::Saying;
pub use desk::{Barred, ServiceDesk, Suggestions};
pub(super) use flow::toggle;
pub use flow::{ServiceEvent, Services};
pub use paint::ServicePainter;

use super::desk::{Desk, DeskError};
use gighall_core::application::Answers;
use gighall_core::call::Called;
use gighall_core::complaint::ComplaintNews;
use gighall_core::event::Event;
use gighall_core::hall::Notice;
use gighall_core::hardship::Hardship;
use gighall_core::id::{ClaimId, ComplaintId, EnrolmentId, EventId, NoticeId};
use gighall_core::job::WorkKind;
use gighall_core::rating::Rating;
use gighall_core::training::{Enrolment, EnrolmentReason};
use gighall_core::wire::KnownWorker;
use gighall_core::wishes::Wishes;

/// What is asked of the desk. It may hold personal data, so it has no `Debug`.
#[derive(Clone)]
pub enum ServiceAsk {
    /// What there is to read.
    Policies,
    /// The address of a notice for phones.
    PolicyCode(NoticeId),
    /// The courses.
    Courses,
    /// A fresh address of a course for phones.
    CourseCode(EventId),
    /// To be enrolled.
    Enrol(KnownWorker, EventId),
    /// The person's enrolments, also those that only the hub knows.
    MyCourses(KnownWorker),
    /// Those that are known here.
    MyCoursesHere(KnownWorker),
    /// To withdraw from one.
    Leave(KnownWorker, EnrolmentId),
    /// What the person would like to learn.
    Wish(KnownWorker, Vec<WorkKind>),
    /// To be registered as unemployed.
    Apply(KnownWorker, Answers),
    /// What makes it hard for the person to find work; nothing takes back what they said before.
    SayHardship(KnownWorker, Vec<Hardship>),
    /// Jobs that suit the person, by all that the hub knows of them.
    Suited(KnownWorker),
    /// The same by what is known here.
    SuitedHere(KnownWorker),
    /// What the person said before that they wish, here or elsewhere.
    Wishes(KnownWorker),
    /// What the person wishes of work.
    SayWishes(KnownWorker, Vec<WorkKind>, Wishes),
    /// To hand a complaint in, under a name or without one.
    Complain(Option<KnownWorker>, Box<Saying>),
    /// How the person's complaints stand, also those that only the hub knows.
    MyComplaints(KnownWorker),
    /// Those that are known here.
    MyComplaintsHere(KnownWorker),
    /// How the complaint stands whose receipt was scanned.
    Receipt(ComplaintId),
    /// Whether the work of a claim may still be rated.
    MayRate(KnownWorker, ClaimId),
    /// How it was.
    Rate(KnownWorker, ClaimId, Rating),
    /// To call staff.
    Call,
    /// Nobody is needed any more.
    CallOver,
    /// Whether a call stands.
    CallStands,
}

/// What came back.
pub enum ServiceAnswer {
    /// What there is to read.
    Policies(Vec<Notice>),
    /// The address of that notice; `None` where phones cannot reach the hub.
    PolicyCode(NoticeId, Option<String>),
    /// The courses.
    Courses(Vec<Event>),
    /// The address of that course; `None` where phones cannot reach the hub.
    CourseCode(EventId, Option<String>),
    /// How enrolling ended: as the enrolment stands, or what stands against it.
    Enrolled(Result<Enrolment, EnrolmentReason>),
    /// The person's enrolments.
    MyCourses(Vec<Enrolment>),
    /// The enrolment after withdrawing.
    Left(Enrolment),
    /// The wish is kept.
    Wished,
    /// The application is kept, under that number.
    Applied(String),
    /// What makes it hard to find work is kept for the hub: whether that was anything.
    HardshipSaid(bool),
    /// Jobs that suit the person, best first.
    Suited(Suggestions),
    /// The person, with what they wish, if they ever said it.
    Wishes(KnownWorker),
    /// The person, with what they wish now.
    WishesSaid(KnownWorker),
    /// The complaint is kept.
    Complained(ComplaintNews),
    /// How the person's complaints stand.
    MyComplaints(Vec<ComplaintNews>),
    /// How that complaint stands, if it is known here.
    Receipt(Option<ComplaintNews>),
    /// Whether the work of that claim may still be rated.
    MayRate(ClaimId, bool),
    /// The rating is kept.
    Rated,
    /// Staff were called, or not.
    Called(Called),
    /// Whether a call stands.
    CallStands(bool),
}

impl ServiceAsk {
    /// Asks. Waits for disk or the hub: never on the UI thread.
    pub fn put(self, desk: &dyn Desk) -> Result<ServiceAnswer, DeskError> {
        Ok(match self {
            Self::Policies => ServiceAnswer::Policies(desk.policies()?),
            Self::PolicyCode(id) => ServiceAnswer::PolicyCode(id, desk.policy_code(id)),
            Self::Courses => ServiceAnswer::Courses(desk.courses()?),
            Self::CourseCode(id) => ServiceAnswer::CourseCode(id, desk.course_code(id)),
            Self::Enrol(worker, course) => ServiceAnswer::Enrolled(desk.enrol(&worker, course)?),
            Self::MyCourses(worker) => ServiceAnswer::MyCourses(desk.my_courses(&worker)?),
            Self::MyCoursesHere(worker) => ServiceAnswer::MyCourses(desk.my_courses_here(&worker)?),
            Self::Leave(worker, id) => ServiceAnswer::Left(desk.leave_course(&worker, id)?),
            Self::Wish(worker, kinds) => {
                desk.wish(&worker, &kinds)?;
                ServiceAnswer::Wished
            }
            Self::Apply(worker, answers) => ServiceAnswer::Applied(desk.apply(&worker, &answers)?),
            Self::SayHardship(worker, said) => {
                desk.say_hardship(&worker, &said)?;
                ServiceAnswer::HardshipSaid(!said.is_empty())
            }
            Self::Suited(worker) => ServiceAnswer::Suited(desk.suited(&worker)?),
            Self::SuitedHere(worker) => ServiceAnswer::Suited(desk.suited_here(&worker)?),
            Self::Wishes(worker) => ServiceAnswer::Wishes(desk.with_wishes(&worker)?),
            Self::SayWishes(worker, kinds, wishes) => {
                ServiceAnswer::WishesSaid(desk.say_wishes(&worker, &kinds, &wishes)?)
            }
            Self::Complain(who, saying) => {
                ServiceAnswer::Complained(desk.complain(who.as_ref(), &saying)?)
            }
            Self::MyComplaints(who) => ServiceAnswer::MyComplaints(desk.my_complaints(&who)?),
            Self::MyComplaintsHere(who) => {
                ServiceAnswer::MyComplaints(desk.my_complaints_here(&who)?)
            }
            Self::Receipt(id) => ServiceAnswer::Receipt(desk.complaint(id)?),
            Self::MayRate(who, claim) => ServiceAnswer::MayRate(claim, desk.may_rate(&who, claim)?),
            Self::Rate(who, claim, rating) => {
                desk.rate(&who, claim, rating)?;
                ServiceAnswer::Rated
            }
            Self::Call => ServiceAnswer::Called(desk.call_staff()?),
            Self::CallOver => {
                desk.call_over()?;
                ServiceAnswer::CallStands(false)
            }
            Self::CallStands => ServiceAnswer::CallStands(desk.call_stands()?),
        })
    }
}
