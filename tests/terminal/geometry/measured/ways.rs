//! How to come to every screen.

use super::visit::Visit;
use crate::support::*;
use gighall_core::claim::ClaimReason;
use gighall_core::testing::an_id_number;
use gighall_kiosk::terminal::desk::{Identified, ProvenBy};
use gighall_kiosk::terminal::screen::Screen;
use gighall_kiosk::terminal::services::ServiceEvent;
use gighall_kiosk::terminal::staff::StaffEvent;
use gighall_kiosk::terminal::state::Event;

// The way from the first screen to each screen. `way_to` has no wildcard: a screen without a line
// here does not compile.
macro_rules! samples {
    ($($screen:ident => $way:expr,)*) => {
        pub const SCREENS: &[Screen] = &[$(Screen::$screen),*];

        pub fn way_to(screen: Screen) -> fn(&Visit) {
            match screen {
                $(Screen::$screen => $way,)*
            }
        }
    };
}

/// Where a walk stops: a screen, and a name for it as it is there.
#[derive(Clone, Copy)]
pub struct Stop {
    pub name: &'static str,
    pub screen: Screen,
    pub way: fn(&Visit),
}

/// Every screen, and then what some of them look like too.
pub fn stops() -> Vec<Stop> {
    let screens = SCREENS.iter().map(|screen| Stop {
        name: screen.code(),
        screen: *screen,
        way: way_to(*screen),
    });
    screens.chain(STATES.iter().copied()).collect()
}

const STATES: &[Stop] = &[
    // All of the number is there: what it says of whoever has it stands there as well.
    Stop {
        name: "number_complete",
        screen: Screen::Number,
        way: |v| {
            v.job();
            v.on(Event::ClaimJob);
            v.keys(&known_number());
        },
    },
    Stop {
        name: "number_wrong",
        screen: Screen::Number,
        way: |v| {
            v.job();
            v.on(Event::ClaimJob);
            v.keys(&an_id_number("18500101", 1));
        },
    },
    Stop {
        name: "words_full",
        screen: Screen::Words,
        way: |v| {
            v.full_job();
            v.narrow("number");
            v.keys("102");
        },
    },
    Stop {
        name: "results_full",
        screen: Screen::Results,
        way: |v| {
            v.full_job();
            v.narrow("number");
            v.keys("102");
            v.on(Event::Search);
        },
    },
    Stop {
        name: "job_unverified",
        screen: Screen::Job,
        way: |v| {
            v.unverified_job();
            v.job();
        },
    },
    Stop {
        name: "confirm_unverified",
        screen: Screen::Confirm,
        way: |v| {
            v.unverified_job();
            v.confirm(Fate::Confirmed);
        },
    },
    Stop {
        name: "enrolled_before",
        screen: Screen::Enrolled,
        way: |v| v.enrolled_before(),
    },
    Stop {
        name: "staff_sure_check_in",
        screen: Screen::StaffSure,
        way: |v| v.finds_slip(),
    },
];

samples! {
    Home => |_| {},
    Kinds => |v| v.on(Event::GoFind),
    Towns => |v| v.narrow("towns"),
    Pays => |v| v.narrow("pays"),
    // Its number fits one job, which stands under the field where there is room.
    Words => |v| { v.narrow("words"); v.keys("100"); },
    Results => Visit::results,
    Job => Visit::job,
    // With the most that stands on it: the job that is taken.
    Number => |v| { v.job(); v.on(Event::ClaimJob); },
    Proof => |v| {
        *v.0.desk.doubts.lock().expect("held") = Some(Identified::AsksProof { by: ProvenBy::Phone, wrong: false });
        v.on(Event::GoRegister);
        v.known();
        v.keys("1234");
        v.on(Event::NextQuestion);
        *v.0.desk.doubts.lock().expect("held") = None;
    },
    Unproved => |v| {
        *v.0.desk.doubts.lock().expect("held") = Some(Identified::Unproved);
        v.on(Event::GoRegister);
        v.known();
        *v.0.desk.doubts.lock().expect("held") = None;
    },
    Known => |v| { v.on(Event::GoRegister); v.known(); },
    Name => |v| { v.name(); v.keys("zhang"); },
    Phone => Visit::phone,
    // The longest that is said there: what was chosen is in the birth date.
    Pin => |v| { v.phone(); v.on(Event::NoPhone); v.keys(&new_number()[6..10]); v.on(Event::NextQuestion); },
    WorkKinds => Visit::work_kinds,
    Hardship => Visit::hardship,
    Consent => Visit::consent,
    Registered => |v| { v.consent(); v.on(Event::SaveRegistration); },
    PassAsk => |v| { v.my_jobs(); v.on(Event::GoPass); },
    Pass => |v| { v.my_jobs(); v.on(Event::GoPass); v.on(Event::MakePass); },
    Confirm => |v| v.confirm(Fate::Confirmed),
    Slip => |v| v.claim(Fate::Confirmed),
    Full => |v| v.claim(Fate::Full { elsewhere: false }),
    // With the job that stands against it.
    Refused => |v| v.claim(Fate::Refused(ClaimReason::Overlap)),
    MyJobs => Visit::my_jobs,
    Withdraw => |v| { v.my_jobs(); v.on(Event::AskWithdraw(0)); },
    Paid => Visit::paid,
    AllPaid => |v| { v.paid(); v.on(Event::AskAllPaid); },
    Unpaid => |v| { v.paid(); v.on(Event::SayUnpaid); },
    Scanned => Visit::scanned,
    Policies => |v| v.go("policies"),
    Policy => |v| { v.go("policies"); v.service(ServiceEvent::Open(0)); },
    Courses => |v| v.go("courses"),
    Course => Visit::course,
    Enrolled => Visit::enrolled,
    MyCourses => Visit::my_courses,
    CourseLeave => |v| { v.my_courses(); v.service(ServiceEvent::AskLeave(0)); },
    Wishes => |v| { v.go("wishes"); v.known(); v.on(Event::ItIsMe); },
    Places => |v| v.go("places"),
    Map => |v| v.go("map"),
    ApplyConsent => |v| v.application(&[]),
    ApplyLast => |v| {
        v.application(&[]);
        v.service(ServiceEvent::Agree);
    },
    ApplyWhy => |v| v.application(&["half_year"]),
    ApplySchool => |v| v.application(&["half_year", "dismissed"]),
    ApplyWants => |v| v.application(&["half_year", "dismissed", "junior"]),
    ApplyReview => Visit::application_review,
    Applied => |v| { v.application_review(); v.service(ServiceEvent::Next); },
    HardshipAnew => Visit::hardship_anew,
    HardshipBack => |v| { v.hardship_anew(); v.on(Event::AskHardshipBack); },
    HardshipTold => |v| {
        v.hardship_anew();
        v.on(Event::ToggleHardship("other".to_owned()));
        v.on(Event::TellHardship);
    },
    Suits => |v| { v.suit_papers(); v.service(ServiceEvent::Next); },
    SuitKinds => Visit::suit_kinds,
    SuitPay => |v| v.suit_wishes(&[]),
    SuitTown => |v| v.suit_wishes(&["150"]),
    SuitHours => |v| v.suit_wishes(&["150", ""]),
    SuitPapers => Visit::suit_papers,
    Rights => |v| v.go("rights"),
    ComplainNotice => |v| v.go("complain"),
    ComplainKind => |v| v.complaint(&[]),
    ComplainSince => |v| v.complaint(&["fee"]),
    ComplainSum => |v| v.complaint(&["fee", "week"]),
    ComplainWords => |v| { v.complaint(&["fee", "week"]); v.service(ServiceEvent::NoSum); v.keys("yajin"); },
    ComplainWho => |v| v.complaint_words(),
    ComplainReview => Visit::complaint_review,
    Complained => |v| { v.complaint_review(); v.service(ServiceEvent::Next); },
    MyComplaints => |v| { v.go("my_complaints"); v.known(); v.on(Event::ItIsMe); },
    Rate => |v| v.rate(),
    StaffDoor => |v| v.staff(StaffEvent::Open),
    StaffWho => Visit::who_of_staff,
    StaffMenu => Visit::menu,
    StaffNotice => |v| v.in_menu("staff_notice"),
    StaffWords => |v| { v.in_menu("staff_notice"); v.staff(StaffEvent::Go("staff_words".to_owned())); v.keys("zhong"); },
    StaffSpan => Visit::span,
    StaffPreview => |v| { v.span(); v.staff(StaffEvent::ChooseSpan("30".to_owned())); },
    StaffWalls => |v| v.in_menu("staff_walls"),
    StaffScenes => |v| { v.in_menu("staff_walls"); v.staff(StaffEvent::Go("staff_scenes".to_owned())); },
    StaffState => |v| v.in_menu("staff_state"),
    StaffEnrol => |v| v.in_menu("staff_enrol"),
    StaffCheckIn => |v| v.in_menu("staff_check_in"),
    StaffVolume => |v| v.in_menu("staff_volume"),
    // The longest that is asked there: the others are in `STATES`.
    StaffSure => |v| { v.in_menu("staff_enrol"); v.keys("7kq2mx0b9d"); v.staff(StaffEvent::Next); },
}
