//! Where a finger can touch: every screen of the terminal in every shape, both languages and both
//! sizes of type, measured on the window's elements and never drawn. [`reached`] does the same for keys.
//!
//! Text that is cut off cannot be seen this way: an element has the size of its place, not of its
//! words. The pictures of `terminal_pictures` are there for that.

#[path = "terminal_support/reached.rs"]
mod reached;
mod terminal_support;

use gighall_core::claim::{ClaimReason, ClaimState};
use gighall_kiosk::snapshot::Headless;
use gighall_kiosk::staff::pin;
use gighall_kiosk::terminal::desk::Identified;
use gighall_kiosk::terminal::screen::Screen;
use gighall_kiosk::terminal::services::ServiceEvent;
use gighall_kiosk::terminal::staff::StaffEvent;
use gighall_kiosk::terminal::state::Event;
use gighall_kiosk::ui::{MyJobsData, TerminalWindow, Theme};
use i_slint_backend_testing::{AccessibleRole, ElementHandle, ElementQuery};
use slint::{ComponentHandle, Model};
use std::collections::BTreeSet;
use terminal_support::*;

/// The smallest target for a finger.
const TARGET_MM: f32 = 20.0;

/// Positions are rounded to whole pixels here and there.
const ROUNDING_PX: f32 = 1.0;

/// A panel as halls buy them.
struct Panel {
    width: u32,
    height: u32,
    diagonal_mm: f32,
}

impl Panel {
    fn px_per_mm(&self) -> f32 {
        (self.width as f32).hypot(self.height as f32) / self.diagonal_mm
    }
}

/// A terminal with staff behind it, on its way through the screens.
struct Visit(TestTerminal);

impl Visit {
    fn on(&self, event: Event) {
        self.0.controller.on(event);
    }

    fn staff(&self, event: StaffEvent) {
        self.on(Event::Staff(event));
    }

    fn keys(&self, text: &str) {
        for key in text.chars() {
            self.on(Event::Key(key.to_string()));
        }
    }

    fn results(&self) {
        self.on(Event::GoFind);
        self.on(Event::ChooseKind(String::new()));
    }

    fn narrow(&self, by: &str) {
        self.results();
        self.on(Event::Narrow(by.to_owned()));
    }

    fn job(&self) {
        self.results();
        self.on(Event::OpenJob(0));
    }

    fn known(&self) {
        self.keys(&known_number());
        self.on(Event::NextQuestion);
    }

    fn name(&self) {
        self.on(Event::GoRegister);
        // Nobody has that number yet, however often this is walked.
        self.0
            .desk
            .people
            .lock()
            .expect("held")
            .remove(&new_number());
        self.keys(&new_number());
        self.on(Event::NextQuestion);
    }

    fn phone(&self) {
        self.name();
        self.keys("zhang");
        self.on(Event::ChooseCandidate(0));
        self.keys("yan");
        self.on(Event::ChooseCandidate(1));
        self.on(Event::NextQuestion);
    }

    fn work_kinds(&self) {
        self.phone();
        self.keys("13912345678");
        self.on(Event::NextQuestion);
    }

    fn consent(&self) {
        self.work_kinds();
        self.on(Event::ToggleKind("welding".to_owned()));
        self.on(Event::NextQuestion);
    }

    fn review(&self) {
        self.consent();
        self.on(Event::Agree);
    }

    fn confirm(&self, fate: Fate) {
        *self.0.desk.fate.lock().expect("held") = fate;
        self.job();
        self.on(Event::ClaimJob);
        self.known();
        self.on(Event::ItIsMe);
    }

    fn claim(&self, fate: Fate) {
        self.confirm(fate);
        self.on(Event::ConfirmClaim);
    }

    fn my_jobs(&self) {
        self.on(Event::GoMyJobs);
        self.known();
        self.on(Event::ItIsMe);
    }

    fn paid(&self) {
        self.my_jobs();
        let mine = self.0.window().global::<MyJobsData>();
        for _ in 1..mine.get_pages() {
            self.on(Event::TurnMyJobs(1));
        }
        let past = mine.get_rows().iter().position(|row| row.may_settle);
        let past = past.expect("the oldest claims are on the last page");
        self.on(Event::AskPaid(i32::try_from(past).expect("few")));
    }

    fn service(&self, event: ServiceEvent) {
        self.on(Event::Service(event));
    }

    fn go(&self, to: &str) {
        self.service(ServiceEvent::Go(to.to_owned()));
    }

    fn course(&self) {
        self.go("courses");
        self.service(ServiceEvent::Open(0));
    }

    fn enrolled(&self) {
        // One course more than once is another screen.
        self.0
            .desk
            .services
            .enrolments
            .lock()
            .expect("held")
            .clear();
        self.course();
        self.service(ServiceEvent::Enrol);
        self.known();
        self.on(Event::ItIsMe);
    }

    fn my_courses(&self) {
        self.enrolled();
        self.go("my_courses");
    }

    /// To an application's consent, and on by these answers.
    fn application(&self, answers: &[&str]) {
        self.go("apply");
        self.known();
        self.on(Event::ItIsMe);
        if let [first, more @ ..] = answers {
            self.service(ServiceEvent::Agree);
            self.service(ServiceEvent::Choose((*first).to_owned()));
            for answer in more {
                self.service(ServiceEvent::Choose((*answer).to_owned()));
            }
        }
    }

    /// To the first question of what somebody wishes, who never said it.
    fn suit_kinds(&self) {
        let mut people = self.0.desk.people.lock().expect("held");
        for known in people.values_mut() {
            (known.wishes, known.work_kinds) = (None, Vec::new());
        }
        drop(people);
        self.go("suits");
        self.known();
        self.on(Event::ItIsMe);
    }

    /// Past the kinds of work, and on by these answers.
    fn suit_wishes(&self, answers: &[&str]) {
        self.suit_kinds();
        self.service(ServiceEvent::Next);
        for answer in answers {
            self.service(ServiceEvent::Choose((*answer).to_owned()));
        }
    }

    fn suit_papers(&self) {
        self.suit_wishes(&["150", "", "day"]);
    }

    fn application_review(&self) {
        self.application(&["half_year", "dismissed", "junior", "work"]);
        self.service(ServiceEvent::Next);
    }

    /// To a complaint's first question, and on by these answers.
    fn complaint(&self, answers: &[&str]) {
        self.go("complain");
        self.service(ServiceEvent::Agree);
        for answer in answers {
            self.service(ServiceEvent::Choose((*answer).to_owned()));
        }
    }

    fn complaint_words(&self) {
        self.complaint(&["fee", "week"]);
        self.keys("200");
        self.service(ServiceEvent::Next);
        self.keys("yajin");
        self.on(Event::ChooseCandidate(0));
        self.service(ServiceEvent::Next);
    }

    fn complaint_review(&self) {
        self.complaint_words();
        self.service(ServiceEvent::Choose("nameless".to_owned()));
    }

    fn rate(&self) {
        self.0.desk.services.ratings.lock().expect("held").clear();
        self.paid();
        self.on(Event::SayPaid);
    }

    fn scanned(&self) {
        let slip = self.0.desk.claims.lock().expect("held")[0].claim.id;
        self.on(Event::Scanned(format!("http://hub/s/{slip}")));
    }

    fn who_of_staff(&self) {
        self.staff(StaffEvent::Open);
        self.keys("260811");
        self.staff(StaffEvent::Next);
    }

    fn menu(&self) {
        self.who_of_staff();
        self.keys("12");
        self.staff(StaffEvent::Next);
    }

    fn in_menu(&self, screen: &str) {
        self.menu();
        self.staff(StaffEvent::Go(screen.to_owned()));
    }

    fn span(&self) {
        self.in_menu("staff_notice");
        self.staff(StaffEvent::ChooseText(0));
    }
}

/// The way from the first screen to each screen. `way_to` has no wildcard: a screen without a line
/// here does not compile.
macro_rules! samples {
    ($($screen:ident => $way:expr,)*) => {
        const SCREENS: &[Screen] = &[$(Screen::$screen),*];

        fn way_to(screen: Screen) -> fn(&Visit) {
            match screen {
                $(Screen::$screen => $way,)*
            }
        }
    };
}

samples! {
    Home => |_| {},
    Kinds => |v| v.on(Event::GoFind),
    Towns => |v| v.narrow("towns"),
    Pays => |v| v.narrow("pays"),
    // Its number fits one job, which stands under the field where there is room.
    Words => |v| { v.narrow("words"); v.keys("100"); },
    Results => Visit::results,
    Job => Visit::job,
    Number => |v| v.on(Event::GoRegister),
    Proof => |v| {
        *v.0.desk.doubts.lock().expect("held") = Some(Identified::AsksProof { wrong: false });
        v.on(Event::GoRegister);
        v.known();
        v.keys("1234");
        v.on(Event::NextQuestion);
        *v.0.desk.doubts.lock().expect("held") = None;
    },
    Known => |v| { v.on(Event::GoRegister); v.known(); },
    Name => |v| { v.name(); v.keys("zhang"); },
    Phone => Visit::phone,
    WorkKinds => Visit::work_kinds,
    Consent => Visit::consent,
    Review => Visit::review,
    Registered => |v| { v.review(); v.on(Event::SaveRegistration); },
    PassAsk => |v| { v.my_jobs(); v.on(Event::GoPass); },
    Pass => |v| { v.my_jobs(); v.on(Event::GoPass); v.on(Event::MakePass); },
    Confirm => |v| v.confirm(Fate::Confirmed),
    Slip => |v| v.claim(Fate::Confirmed),
    Full => |v| v.claim(Fate::Full { elsewhere: false }),
    Refused => |v| v.claim(Fate::Refused(ClaimReason::Age)),
    MyJobs => Visit::my_jobs,
    Withdraw => |v| { v.my_jobs(); v.on(Event::AskWithdraw(0)); },
    Paid => Visit::paid,
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
    StaffSure => |v| { v.in_menu("staff_enrol"); v.keys("7kq2mx0b9d"); v.staff(StaffEvent::Next); },
}

/// What a finger can touch, where it is, in pixels.
#[derive(PartialEq)]
struct Target {
    label: String,
    left: f32,
    top: f32,
    right: f32,
    bottom: f32,
}

fn targets(window: &TerminalWindow) -> Vec<Target> {
    let interactive = |element: &ElementHandle| {
        matches!(
            element.accessible_role(),
            Some(AccessibleRole::Button | AccessibleRole::Checkbox | AccessibleRole::Switch)
        )
    };
    // Slint finds an element once for each component that its own is made from; all have one place.
    let mut found: Vec<Target> = Vec::new();
    let all = ElementQuery::from_root(window)
        .match_descendants()
        .match_predicate(interactive)
        .find_all();
    for element in all {
        let (place, size) = (element.absolute_position(), element.size());
        let target = Target {
            label: element.accessible_label().unwrap_or_default().to_string(),
            left: place.x,
            top: place.y,
            right: place.x + size.width,
            bottom: place.y + size.height,
        };
        if !found.contains(&target) {
            found.push(target);
        }
    }
    found
}

/// What is wrong with a screen: the kind of fault, and what has it.
fn faults(targets: &[Target], panel: &Panel) -> Vec<(&'static str, String)> {
    let mut found = Vec::new();
    let least = TARGET_MM * panel.px_per_mm() - ROUNDING_PX;
    for (place, it) in targets.iter().enumerate() {
        let (width, height) = (it.right - it.left, it.bottom - it.top);
        let says = |what: String| format!("{:?} {what}", it.label);
        if it.label.trim().is_empty() {
            found.push(("unnamed", format!("at {}, {}", it.left, it.top)));
        }
        if it.left < -ROUNDING_PX
            || it.top < -ROUNDING_PX
            || it.right > panel.width as f32 + ROUNDING_PX
            || it.bottom > panel.height as f32 + ROUNDING_PX
        {
            found.push((
                "outside",
                says(format!(
                    "{}..{} x {}..{}",
                    it.left, it.right, it.top, it.bottom
                )),
            ));
        }
        if width < least || height < least {
            let mm = panel.px_per_mm();
            found.push((
                "small",
                says(format!("{:.1} x {:.1} mm", width / mm, height / mm)),
            ));
        }
        for other in &targets[place + 1..] {
            let wide = it.right.min(other.right) - it.left.max(other.left);
            let high = it.bottom.min(other.bottom) - it.top.max(other.top);
            if wide > ROUNDING_PX && high > ROUNDING_PX {
                found.push((
                    "overlap",
                    says(format!("and {:?}: {wide} x {high}", other.label)),
                ));
            }
        }
    }
    found
}

/// Goes to every screen, and has each looked at there.
fn visit_all(
    panel: &Panel,
    english: bool,
    large: bool,
    mut look: impl FnMut(&Visit, Screen, &Headless),
) {
    let headless = Headless::new().expect("a thread of its own");
    let dir = tempfile::tempdir().expect("a directory");
    let config = staff_config(dir.path(), "");
    pin::set(&config.data, "260811").expect("set");
    let window = TerminalWindow::new().expect("a window");
    headless.resize(&window, panel.width, panel.height);
    window.show().expect("shown");
    let visit = Visit(TestTerminal::new(window));
    let (staff, _store) = staff_of(&config, 0, Vec::new());
    *visit.0.desk.staff.lock().expect("held") = Some(staff);
    visit.0.desk.had_claimed(0, ClaimState::Confirmed);
    visit.0.desk.had_claimed(1, ClaimState::Provisional);
    visit.0.desk.had_worked(3, 5);
    visit.0.window().global::<Theme>().set_mm(panel.px_per_mm());
    for screen in SCREENS {
        // As after somebody left: a fresh session in the terminal's language and usual type.
        visit.0.controller.wipe();
        if english {
            visit.on(Event::Language);
        }
        if large {
            visit.on(Event::LargeType);
        }
        way_to(*screen)(&visit);
        // The first look tells the controller how much fits, the second has it.
        for _ in 0..2 {
            slint::platform::update_timers_and_animations();
            targets(visit.0.window());
        }
        assert_eq!(visit.0.screen(), screen.code(), "the way to it");
        look(&visit, *screen, &headless);
    }
}

/// Walks every screen, and returns each fault as "SCREEN FAULT" with what has it.
fn walk(panel: &Panel, english: bool, large: bool) -> Vec<(String, String)> {
    let mut found = Vec::new();
    visit_all(panel, english, large, |visit, screen, _| {
        let targets = targets(visit.0.window());
        assert!(
            !targets.is_empty(),
            "{} has nothing to touch",
            screen.code()
        );
        for (fault, what) in faults(&targets, panel) {
            found.push((format!("{} {fault}", screen.code()), what));
        }
    });
    found
}

/// Walks a panel in both languages and both sizes of type. What is wrong has to be what is `known`
/// to be, no more and no less.
fn hold(panel: &'static Panel, known: &[&str]) {
    let mut found = BTreeSet::new();
    let mut told = String::new();
    for (english, large) in [(false, false), (false, true), (true, false), (true, true)] {
        let walked = std::thread::spawn(move || walk(panel, english, large));
        for (fault, what) in walked.join().expect("walked") {
            told += &format!("{fault} (english {english}, large {large}): {what}\n");
            found.insert(fault);
        }
    }
    let known: BTreeSet<String> = known.iter().map(|fault| (*fault).to_owned()).collect();
    let new: Vec<_> = found.difference(&known).collect();
    let mended: Vec<_> = known.difference(&found).collect();
    assert!(
        new.is_empty() && mended.is_empty(),
        "new: {new:#?}\nmended, strike them out: {mended:#?}\n{told}"
    );
}

// What is not right yet. A line that no longer holds fails its test, and is struck out.

/// All of them in large type only: the last row reaches some millimetres under the bottom bar, the
/// consent deepest, and sixteen tiles of kinds of work are 15 mm high.
const SMALL: &[&str] = &[
    "consent overlap",
    "staff_enrol overlap",
    "applied overlap",
    "name overlap",
    "paid overlap",
    "review overlap",
    "scanned overlap",
    "suit_kinds small",
    "wishes small",
    "work_kinds small",
];

/// 130 mm of height hold a bar above, a bar below and 80 mm between them: five rows of keys or tiles
/// of 20 mm do not fit, and are pressed flat or reach under the bottom bar. Such a panel needs a
/// layout of its own; until then it is no panel to buy.
const SMALLEST: &[&str] = &[
    "home overlap",
    "kinds small",
    "kinds overlap",
    "towns small",
    "pays small",
    "words small",
    "results small",
    "number small",
    "proof small",
    "name small",
    "name overlap",
    "phone overlap",
    "phone small",
    "work_kinds small",
    "full small",
    "refused outside",
    "refused overlap",
    "staff_door small",
    "staff_who small",
    "staff_notice small",
    "staff_words small",
    "staff_walls overlap",
    "staff_enrol small",
    "words overlap",
    "staff_menu small",
    "staff_words overlap",
    "apply_last small",
    "apply_school small",
    "apply_wants overlap",
    "apply_wants small",
    "complain_sum overlap",
    "complain_sum small",
    "complain_words overlap",
    "complain_words small",
    "course_leave overlap",
    "courses overlap",
    "courses small",
    "full overlap",
    "places overlap",
    "rate overlap",
    "policies small",
    "results overlap",
    "staff_check_in small",
    "staff_volume overlap",
    "staff_span small",
    "suit_kinds small",
    "suit_pay small",
    "suit_papers overlap",
    "suit_papers small",
    "suit_town small",
    "suits outside",
    "wishes small",
];

#[test]
fn portrait() {
    // 21.5 inches.
    hold(
        &Panel {
            width: 1080,
            height: 1920,
            diagonal_mm: 546.0,
        },
        &[],
    );
}

#[test]
fn landscape() {
    hold(
        &Panel {
            width: 1920,
            height: 1080,
            diagonal_mm: 546.0,
        },
        &[],
    );
}

#[test]
fn small_landscape() {
    // 18.5 inches.
    hold(
        &Panel {
            width: 1366,
            height: 768,
            diagonal_mm: 470.0,
        },
        SMALL,
    );
}

#[test]
fn smallest_landscape() {
    // 10.1 inches.
    hold(
        &Panel {
            width: 1024,
            height: 600,
            diagonal_mm: 257.0,
        },
        SMALLEST,
    );
}
