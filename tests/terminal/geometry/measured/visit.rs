//! A person and a member of staff on their way through the terminal, as far as a screen.

use crate::support::*;
use gighall_core::id::ClaimId;
use gighall_core::job::EmployerKind;
use gighall_core::testing::at;
use gighall_core::training::EnrolmentReason;
use gighall_kiosk::terminal::services::ServiceEvent;
use gighall_kiosk::terminal::staff::{FoundSlip, StaffAnswer, StaffEvent};
use gighall_kiosk::terminal::state::Event;
use gighall_kiosk::ui::MyJobsData;
use slint::{ComponentHandle, Model};
use uuid::Uuid;

/// A terminal with staff behind it, on its way through the screens.
pub struct Visit(pub TestTerminal);

impl Visit {
    pub fn on(&self, event: Event) {
        self.0.controller.on(event);
    }

    pub fn staff(&self, event: StaffEvent) {
        self.on(Event::Staff(event));
    }

    pub fn keys(&self, text: &str) {
        for key in text.chars() {
            self.on(Event::Key(key.to_string()));
        }
    }

    pub fn results(&self) {
        self.on(Event::GoFind);
        self.on(Event::ChooseKind(String::new()));
    }

    pub fn narrow(&self, by: &str) {
        self.results();
        self.on(Event::Narrow(by.to_owned()));
    }

    pub fn job(&self) {
        self.results();
        self.on(Event::OpenJob(0));
    }

    /// The third job is full, and can be looked for by its number only.
    pub fn full_job(&self) {
        self.0.desk.jobs.lock().expect("held")[2].places_left = 0;
        self.0.controller.store_changed();
    }

    /// Nobody has seen the papers of who hires for the first job, and there is much to say of its hours.
    pub fn unverified_job(&self) {
        let mut jobs = self.0.desk.jobs.lock().expect("held");
        jobs[0].employer.verified = false;
        jobs[0].employer.kind = EmployerKind::SelfEmployed;
        jobs[0].shift = Some("08:00-12:00 14:00-18:00".to_owned());
    }

    pub fn known(&self) {
        self.keys(&known_number());
        self.on(Event::NextQuestion);
    }

    pub fn name(&self) {
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

    pub fn phone(&self) {
        self.name();
        self.keys("zhang");
        self.on(Event::ChooseCandidate(0));
        self.keys("yan");
        self.on(Event::ChooseCandidate(1));
        self.on(Event::NextQuestion);
    }

    pub fn work_kinds(&self) {
        self.phone();
        self.keys("13912345678");
        self.on(Event::NextQuestion);
    }

    pub fn hardship(&self) {
        self.work_kinds();
        self.on(Event::ToggleKind("welding".to_owned()));
        self.on(Event::NextQuestion);
        self.on(Event::ToggleHardship("no_earner".to_owned()));
    }

    pub fn consent(&self) {
        self.hardship();
        self.on(Event::TellHardship);
    }

    pub fn hardship_anew(&self) {
        self.go("hardship");
        self.known();
        self.on(Event::ItIsMe);
    }

    pub fn confirm(&self, fate: Fate) {
        *self.0.desk.fate.lock().expect("held") = fate;
        self.job();
        self.on(Event::ClaimJob);
        self.known();
    }

    pub fn claim(&self, fate: Fate) {
        self.confirm(fate);
        self.on(Event::ConfirmClaim);
    }

    pub fn my_jobs(&self) {
        self.on(Event::GoMyJobs);
        self.known();
        self.on(Event::ItIsMe);
    }

    pub fn paid(&self) {
        self.my_jobs();
        let mine = self.0.window().global::<MyJobsData>();
        for _ in 1..mine.get_pages() {
            self.on(Event::TurnMyJobs(1));
        }
        let past = mine.get_rows().iter().position(|row| row.may_settle);
        let past = past.expect("the oldest claims are on the last page");
        self.on(Event::AskPaid(i32::try_from(past).expect("few")));
    }

    pub fn service(&self, event: ServiceEvent) {
        self.on(Event::Service(event));
    }

    pub fn go(&self, to: &str) {
        self.service(ServiceEvent::Go(to.to_owned()));
    }

    pub fn course(&self) {
        self.go("courses");
        self.service(ServiceEvent::Open(0));
    }

    pub fn enrolled(&self) {
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

    /// Once more for the same one.
    pub fn enrolled_before(&self) {
        let refused = ServiceFate::Refused(EnrolmentReason::Duplicate);
        let fate = || self.0.desk.services.fate.lock().expect("held");
        let before = std::mem::replace(&mut *fate(), refused);
        self.enrolled();
        *fate() = before;
    }

    pub fn my_courses(&self) {
        self.enrolled();
        self.go("my_courses");
    }

    /// To an application's consent, and on by these answers.
    pub fn application(&self, answers: &[&str]) {
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
    pub fn suit_kinds(&self) {
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
    pub fn suit_wishes(&self, answers: &[&str]) {
        self.suit_kinds();
        self.service(ServiceEvent::Next);
        for answer in answers {
            self.service(ServiceEvent::Choose((*answer).to_owned()));
        }
    }

    pub fn suit_papers(&self) {
        self.suit_wishes(&["150", "", "day"]);
    }

    pub fn application_review(&self) {
        self.application(&["half_year", "dismissed", "junior", "work"]);
        self.service(ServiceEvent::Next);
    }

    /// To a complaint's first question, and on by these answers.
    pub fn complaint(&self, answers: &[&str]) {
        self.go("complain");
        self.service(ServiceEvent::Agree);
        for answer in answers {
            self.service(ServiceEvent::Choose((*answer).to_owned()));
        }
    }

    pub fn complaint_words(&self) {
        self.complaint(&["fee", "week"]);
        self.keys("200");
        self.service(ServiceEvent::Next);
        self.keys("yajin");
        self.on(Event::ChooseCandidate(0));
        self.service(ServiceEvent::Next);
    }

    pub fn complaint_review(&self) {
        self.complaint_words();
        self.service(ServiceEvent::Choose("nameless".to_owned()));
    }

    pub fn rate(&self) {
        self.0.desk.services.ratings.lock().expect("held").clear();
        self.paid();
        self.on(Event::AskAllPaid);
        self.on(Event::SayPaid);
    }

    pub fn scanned(&self) {
        let slip = self.0.desk.claims.lock().expect("held")[0].claim.id;
        self.on(Event::Scanned(format!("http://hub/s/{slip}")));
    }

    pub fn who_of_staff(&self) {
        self.staff(StaffEvent::Open);
        self.keys("260811");
        self.staff(StaffEvent::Next);
    }

    pub fn menu(&self) {
        self.who_of_staff();
        self.keys("12");
        self.staff(StaffEvent::Next);
    }

    pub fn in_menu(&self, screen: &str) {
        self.menu();
        self.staff(StaffEvent::Go(screen.to_owned()));
    }

    /// The slip of somebody, whose number staff typed.
    pub fn finds_slip(&self) {
        self.in_menu("staff_check_in");
        let found = StaffAnswer::SlipFound(FoundSlip {
            id: ClaimId(Uuid::from_u128(0x4000)),
            number: "07-0042".to_owned(),
            name: "李*峰".to_owned(),
            title: "苹果套袋、疏果、分拣装箱及装车（中水基地长期用工）".to_owned(),
            meet: at(NOW),
        });
        *self.0.desk.slip_found.lock().expect("held") = Some(found);
        self.keys("070042");
        self.staff(StaffEvent::Next);
        *self.0.desk.slip_found.lock().expect("held") = None;
    }

    pub fn span(&self) {
        self.in_menu("staff_notice");
        self.staff(StaffEvent::ChooseText(0));
    }
}
