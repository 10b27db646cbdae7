//! Draws every screen of the terminal in every shape, for people to look at, and reads the codes
//! on them as a phone would.

use crate::support::*;
use gighall_core::claim::ClaimState;
use gighall_core::complaint::ComplaintState;
use gighall_devices::id_card::CardNews;
use gighall_kiosk::snapshot::Headless;
use gighall_kiosk::terminal::LinkView;
use gighall_kiosk::terminal::desk::{Identified, ProvenBy};
use gighall_kiosk::terminal::services::ServiceEvent;
use gighall_kiosk::terminal::state::Event;
use gighall_kiosk::ui::{
    self, AttractData, ClaimData, FindData, MyJobsData, PassData, RegisterData, RightsData,
    ServiceData, Terminal, TerminalWindow,
};
use gighall_kiosk::wall::pictures::Gallery;
use gighall_testkit::codes_in;
use image::RgbImage;
use slint::{ComponentHandle, Model};
use std::path::PathBuf;
use std::time::Duration;

struct Shots {
    headless: Headless,
    terminal: TestTerminal,
    shape: String,
}

impl Shots {
    fn new(width: u32, height: u32, tag: &str) -> Self {
        Self::attracting(width, height, tag, None)
    }

    /// With a terminal that shows jobs after so long without a touch.
    fn attracting(width: u32, height: u32, tag: &str, attract: Option<Duration>) -> Self {
        let headless = Headless::new().expect("a thread of its own");
        let window = TerminalWindow::new().expect("a window");
        headless.resize(&window, width, height);
        let terminal = TestTerminal::attracting(window, attract);
        terminal.desk.had_claimed(0, ClaimState::Confirmed);
        terminal.desk.had_claimed(1, ClaimState::Provisional);
        terminal.desk.had_claimed(2, ClaimState::Settled);
        terminal.desk.had_claimed(15, ClaimState::Withdrawn);
        terminal.desk.had_worked(3, 5);
        Self {
            headless,
            terminal,
            shape: format!("{width}x{height}{tag}"),
        }
    }

    fn on(&self, event: Event) {
        self.terminal.controller.on(event);
    }

    fn keys(&self, text: &str) {
        for key in text.chars() {
            self.on(Event::Key(key.to_string()));
        }
    }

    /// A screen with a list: the first drawing tells the controller how much fits, the second
    /// shows it.
    fn list_shot(&self, name: &str) -> RgbImage {
        self.headless.draw(self.terminal.window()).expect("drawn");
        self.shot(name)
    }

    fn shot(&self, name: &str) -> RgbImage {
        let picture = self.headless.draw(self.terminal.window()).expect("drawn");
        let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("target/pictures");
        std::fs::create_dir_all(&folder).expect("a folder");
        let file = folder.join(format!("terminal_{}_{name}.png", self.shape));
        picture.save(file).expect("saved");
        picture
    }
}

/// What a phone reads on the picture.
fn codes(picture: &RgbImage) -> Vec<String> {
    codes_in(&image::imageops::grayscale(picture))
}

fn walk(width: u32, height: u32, tag: &str, large: bool, english: bool) {
    let shots = Shots::new(width, height, tag);
    if large {
        shots.on(Event::LargeType);
    }
    if english {
        shots.on(Event::Language);
    }
    let window = || shots.terminal.window();
    let home = shots.shot("01_home");
    let address = window().global::<Terminal>().get_hall_code().address;
    assert_eq!(codes(&home), [address.to_string()], "home {}", shots.shape);
    find(&shots);
    who(&shots);
    claim(&shots);
    my_jobs(&shots);
    devices(&shots);
    services(&shots);
    suits(&shots);
}

/// The hall's other services.
fn services(shots: &Shots) {
    let on = |event| shots.on(Event::Service(event));
    let go = |to: &str| on(ServiceEvent::Go(to.to_owned()));
    let choose = |code: &str| on(ServiceEvent::Choose(code.to_owned()));
    shots.on(Event::Home);
    let terminal = shots.terminal.window().global::<Terminal>();
    terminal.set_speaks(false);
    terminal.set_reading(false);
    go("policies");
    shots.list_shot("30_policies");
    on(ServiceEvent::Open(0));
    let policy = shots.shot("31_policy");
    let code = shots.terminal.window().global::<ServiceData>();
    let address = code.get_policy_code().address;
    assert_eq!(codes(&policy), [address.to_string()], "{}", shots.shape);
    shots.on(Event::Home);
    go("courses");
    shots.list_shot("32_courses");
    on(ServiceEvent::Open(0));
    shots.shot("33_course");
    on(ServiceEvent::Enrol);
    shots.keys(&known_number());
    shots.on(Event::NextQuestion);
    shots.on(Event::ItIsMe);
    shots.shot("34_enrolled");
    *shots.terminal.desk.services.fate.lock().expect("held") = ServiceFate::Asked;
    shots.on(Event::Back);
    on(ServiceEvent::Enrol);
    shots.shot("35_asked");
    go("my_courses");
    shots.list_shot("36_my_courses");
    on(ServiceEvent::AskLeave(0));
    shots.shot("37_course_leave");
    shots.on(Event::Back);
    go("wishes");
    on(ServiceEvent::Toggle("welding".to_owned()));
    shots.shot("38_wishes");
    shots.on(Event::Back);
    go("places");
    shots.shot("39_places");
    let map = concat!(env!("CARGO_MANIFEST_DIR"), "/assets/demo/hall-map.png");
    let map = Gallery::default().draw(&[(map.into(), (1920, 1080))]).pop();
    let map = slint::Image::from_rgb8(map.expect("a picture").pixels);
    shots.terminal.window().global::<ServiceData>().set_map(map);
    go("map");
    shots.shot("39_map");
    go("apply");
    shots.shot("40_apply_consent");
    on(ServiceEvent::Agree);
    shots.shot("41_apply_last");
    choose("half_year");
    shots.shot("42_apply_why");
    choose("dismissed");
    choose("junior");
    choose("work");
    shots.shot("43_apply_wants");
    on(ServiceEvent::Next);
    shots.shot("44_apply_review");
    on(ServiceEvent::Next);
    shots.shot("45_applied");
    shots.on(Event::Home);
    go("hardship");
    shots.keys(&known_number());
    shots.on(Event::NextQuestion);
    shots.on(Event::ItIsMe);
    shots.shot("45_hardship_anew");
    shots.on(Event::AskHardshipBack);
    shots.shot("45_hardship_back");
    shots.on(Event::Home);
    shots.on(Event::CallStaff(true));
    shots.shot("46_called");
    shots.on(Event::CallStaff(false));
    rights(shots);
}

/// Jobs that suit somebody who has not said what they wish.
fn suits(shots: &Shots) {
    let on = |event| shots.on(Event::Service(event));
    let choose = |code: &str| on(ServiceEvent::Choose(code.to_owned()));
    shots.on(Event::Home);
    // Whoever holds as much as one may is shown nothing more.
    shots.terminal.desk.claims.lock().expect("held").clear();
    shots.terminal.controller.set_link(LinkView {
        online: true,
        data_from: "2026-11-23T00:15:00Z".parse().ok(),
    });
    {
        let mut jobs = shots.terminal.desk.jobs.lock().expect("held");
        jobs[16].reserved = true;
        jobs[1].requirements = Some("需驾驶证".to_owned());
    }
    on(ServiceEvent::Go("suits".to_owned()));
    shots.keys(&known_number());
    shots.on(Event::NextQuestion);
    shots.on(Event::ItIsMe);
    for kind in ["construction", "welding", "farming", "cleaning", "security"] {
        on(ServiceEvent::Toggle(kind.to_owned()));
    }
    shots.shot("70_suit_kinds");
    on(ServiceEvent::Next);
    shots.shot("71_suit_pay");
    choose("150");
    shots.list_shot("72_suit_town");
    choose("草海镇");
    shots.shot("73_suit_hours");
    choose("day");
    choose("welder");
    shots.shot("74_suit_papers");
    on(ServiceEvent::Next);
    shots.list_shot("75_suits");
    on(ServiceEvent::Turn(20));
    shots.shot("76_suits_last");
}

/// Complaints, and how the work was.
fn rights(shots: &Shots) {
    let on = |event| shots.on(Event::Service(event));
    let go = |to: &str| on(ServiceEvent::Go(to.to_owned()));
    let choose = |code: &str| on(ServiceEvent::Choose(code.to_owned()));
    let data = || shots.terminal.window().global::<RightsData>();
    shots.on(Event::Home);
    go("rights");
    let rights = shots.shot("50_rights");
    let address = data().get_platform().address;
    assert_eq!(codes(&rights), [address.to_string()], "{}", shots.shape);
    go("complain");
    shots.shot("51_notice");
    on(ServiceEvent::Agree);
    shots.shot("52_kind");
    choose("fee");
    shots.shot("53_since");
    choose("week");
    shots.keys("200");
    shots.shot("54_sum");
    on(ServiceEvent::Next);
    for _ in 0..30 {
        shots.keys("yajin");
        shots.on(Event::ChooseCandidate(0));
    }
    shots.list_shot("55_words");
    on(ServiceEvent::Next);
    shots.shot("56_who");
    choose("named");
    shots.keys(&known_number());
    shots.on(Event::NextQuestion);
    shots.on(Event::ItIsMe);
    shots.shot("57_review");
    on(ServiceEvent::Next);
    let receipt = shots.shot("58_complained");
    let code = data().get_receipt().address;
    assert_eq!(codes(&receipt), [code.to_string()], "{}", shots.shape);
    data().set_printing("paper_out".into());
    shots.shot("59_complained_without_paper");
    {
        let mut kept = shots
            .terminal
            .desk
            .services
            .complaints
            .lock()
            .expect("held");
        kept[0].0.state = ComplaintState::Closed;
        kept[0].0.word = Some("押金已经退回，请到服务台领取".to_owned());
    }
    go("my_complaints");
    shots.list_shot("60_my_complaints");
    shots.on(Event::GoMyJobs);
    let mine = shots.terminal.window().global::<MyJobsData>();
    for _ in 1..mine.get_pages() {
        shots.on(Event::TurnMyJobs(1));
    }
    let unpaid = mine.get_rows().iter().position(|row| row.may_settle);
    let unpaid = unpaid.expect("the oldest claims are on the last page");
    shots.on(Event::AskPaid(i32::try_from(unpaid).expect("few")));
    shots.on(Event::AskAllPaid);
    shots.on(Event::SayPaid);
    assert_eq!(shots.terminal.screen(), "rate");
    shots.shot("61_rate");
}

/// With a printer without paper, a card reader and speech: what they add to the screens.
fn devices(shots: &Shots) {
    shots.terminal.controller.touched(false);
    shots.on(Event::Home);
    let window = shots.terminal.window();
    let claim = || window.global::<ClaimData>();
    find_and_claim(shots);
    claim().set_printing("paper_out".into());
    shots.shot("25_slip_without_paper");
    claim().set_outcome("provisional".into());
    shots.shot("26_provisional_without_paper");
    shots.on(Event::ClaimDone);
    shots.on(Event::Scanned("https://example.com".to_owned()));
    shots.shot("27_foreign_code");
    shots.on(Event::FailureSeen);
    let slip = shots.terminal.desk.claims.lock().expect("held")[0].claim.id;
    shots.on(Event::Scanned(format!("http://hub/s/{slip}")));
    shots.shot("28_scanned");
    shots.on(Event::GoRegister);
    shots.on(Event::Card(CardNews::Unreadable));
    let form = window.global::<RegisterData>();
    form.set_card_reader(true);
    let terminal = window.global::<Terminal>();
    terminal.set_speaks(true);
    terminal.set_reading(true);
    shots.shot("29_card_and_reading");
}

fn find_and_claim(shots: &Shots) {
    *shots.terminal.desk.fate.lock().expect("held") = Fate::Confirmed;
    shots.on(Event::GoFind);
    shots.on(Event::ChooseKind(String::new()));
    shots.on(Event::OpenJob(0));
    shots.on(Event::ClaimJob);
    shots.keys(&known_number());
    shots.on(Event::NextQuestion);
    shots.on(Event::ItIsMe);
    shots.on(Event::ConfirmClaim);
}

fn find(shots: &Shots) {
    shots.on(Event::GoFind);
    shots.shot("02_kinds");
    shots.on(Event::ChooseKind(String::new()));
    shots.list_shot("03_results");
    shots.on(Event::Narrow("towns".to_owned()));
    shots.list_shot("04_towns");
    shots.on(Event::Back);
    shots.on(Event::Narrow("pays".to_owned()));
    shots.shot("05_pays");
    shots.on(Event::Back);
    shots.on(Event::Narrow("words".to_owned()));
    shots.keys("banyun");
    shots.list_shot("06_words");
    shots.on(Event::EraseAll);
    shots.keys("100");
    shots.list_shot("06_words_found");
    shots.on(Event::Back);
    shots.on(Event::Narrow("number".to_owned()));
    shots.shot("06_number");
    shots.on(Event::Back);
    shots.on(Event::OpenJob(0));
    let job = shots.shot("07_job");
    let code = shots.terminal.window().global::<FindData>().get_job_code();
    assert_eq!(
        codes(&job),
        [code.address.to_string()],
        "job {}",
        shots.shape
    );
}

fn who(shots: &Shots) {
    shots.on(Event::ClaimJob);
    shots.keys("522427197501011111");
    shots.shot("08_number_wrong");
    shots.on(Event::EraseAll);
    doubts(shots);
    shots.keys(&new_number());
    shots.shot("09_number");
    shots.on(Event::NextQuestion);
    shots.keys("zhang");
    shots.list_shot("10_name");
    shots.on(Event::ChooseCandidate(0));
    shots.keys("yan");
    shots.on(Event::ChooseCandidate(1));
    shots.on(Event::NextQuestion);
    shots.keys("13912345678");
    shots.shot("11_phone");
    shots.on(Event::NextQuestion);
    shots.on(Event::ToggleKind("welding".to_owned()));
    shots.on(Event::ToggleKind("farming".to_owned()));
    shots.shot("12_work_kinds");
    shots.on(Event::NextQuestion);
    shots.on(Event::ToggleHardship("low_income".to_owned()));
    shots.on(Event::ToggleHardship("resettled".to_owned()));
    shots.shot("12_hardship");
    shots.on(Event::TellHardship);
    shots.shot("13_consent");
    shots.on(Event::SaveRegistration);
}

/// The worker's pass, from the end of a registration.
fn pass(shots: &Shots) {
    shots.on(Event::GoPass);
    shots.shot("19_pass_ask");
    shots.on(Event::MakePass);
    let data = shots.terminal.window().global::<PassData>();
    data.set_printing("paper_out".into());
    let picture = shots.shot("19_pass");
    let made = shots.terminal.desk.passes.lock().expect("held")[0].0;
    assert_eq!(codes(&picture), [made.text()], "pass {}", shots.shape);
    shots.on(Event::Home);
    shots.on(Event::GoMyJobs);
    shots.on(Event::Scanned("GHPASS1-".to_owned()));
    shots.shot("19_pass_unknown");
    shots.on(Event::FailureSeen);
    shots.on(Event::Home);
}

/// What whoever types a number that is known is asked and told.
fn doubts(shots: &Shots) {
    let doubts = |doubts| *shots.terminal.desk.doubts.lock().expect("held") = doubts;
    doubts(Some(Identified::AsksProof {
        by: ProvenBy::Phone,
        wrong: false,
    }));
    shots.keys(&known_number());
    shots.on(Event::NextQuestion);
    shots.keys("1234");
    shots.on(Event::NextQuestion);
    shots.shot("08_proof_wrong");
    shots.on(Event::Back);
    doubts(Some(Identified::Waits(jiff::SignedDuration::from_secs(
        240,
    ))));
    shots.on(Event::NextQuestion);
    shots.shot("08_number_waits");
    doubts(None);
    shots.on(Event::Home);
    shots.on(Event::GoFind);
    shots.on(Event::ChooseKind(String::new()));
    shots.on(Event::OpenJob(0));
    shots.on(Event::ClaimJob);
}

fn claim(shots: &Shots) {
    *shots.terminal.desk.fate.lock().expect("held") = Fate::Full { elsewhere: false };
    shots.shot("15_confirm");
    shots.on(Event::ConfirmClaim);
    shots.shot("16_full");
    shots.on(Event::OpenLike(0));
    shots.on(Event::ClaimJob);
    *shots.terminal.desk.fate.lock().expect("held") = Fate::Confirmed;
    shots.on(Event::ConfirmClaim);
    let slip = shots.shot("17_slip");
    let code = shots.terminal.window().global::<ClaimData>().get_slip();
    assert_eq!(
        codes(&slip),
        [code.address.to_string()],
        "slip {}",
        shots.shape
    );
    shots.on(Event::ClaimDone);
    shots.on(Event::GoRegister);
    shots.keys(&known_number());
    shots.on(Event::NextQuestion);
    shots.shot("18_known");
    shots.on(Event::ItIsMe);
    shots.shot("19_registered");
    pass(shots);
    shots.on(Event::GoRegister);
    shots.keys(&known_number());
    shots.on(Event::NextQuestion);
    shots.on(Event::ItIsMe);
    shots.on(Event::RegistrationDone);
    shots.on(Event::ChooseKind(String::new()));
    shots.on(Event::OpenJob(3));
    shots.on(Event::ClaimJob);
    *shots.terminal.desk.fate.lock().expect("held") = Fate::Provisional;
    shots.terminal.controller.set_link(LinkView {
        online: false,
        data_from: "2026-11-23T00:15:00Z".parse().ok(),
    });
    shots.on(Event::ConfirmClaim);
    shots.shot("20_provisional");
    shots.on(Event::ClaimDone);
    shots.on(Event::GoFind);
    shots.on(Event::ChooseKind(String::new()));
    shots.on(Event::OpenJob(3));
    shots.on(Event::ClaimJob);
    shots.keys(&known_number());
    shots.on(Event::NextQuestion);
    shots.on(Event::ItIsMe);
    let until = "2026-11-26T01:30:00Z".parse().expect("a time");
    *shots.terminal.desk.fate.lock().expect("held") = Fate::Paused(until);
    shots.on(Event::ConfirmClaim);
    shots.shot("20_paused");
    shots.on(Event::ClaimDone);
    shots.on(Event::Home);
    shots.terminal.desk.jobs.lock().expect("held")[0].max_age = Some(50);
    shots.on(Event::GoFind);
    shots.on(Event::ChooseKind(String::new()));
    shots.on(Event::OpenJob(0));
    shots.on(Event::ClaimJob);
    shots.keys(&known_number());
    shots.on(Event::NextQuestion);
    shots.shot("20_too_old");
    shots.on(Event::Home);
    shots.terminal.desk.jobs.lock().expect("held")[0].max_age = None;
}

fn my_jobs(shots: &Shots) {
    shots.on(Event::GoMyJobs);
    shots.keys(&known_number());
    shots.on(Event::NextQuestion);
    shots.on(Event::ItIsMe);
    shots.list_shot("21_my_jobs");
    shots.on(Event::AskWithdraw(0));
    shots.shot("22_withdraw");
    shots.on(Event::Back);
    let mine = shots.terminal.window().global::<MyJobsData>();
    for _ in 1..mine.get_pages() {
        shots.on(Event::TurnMyJobs(1));
    }
    let unpaid = mine.get_rows().iter().position(|row| row.may_settle);
    let unpaid = unpaid.expect("the oldest claims are on the last page");
    shots.on(Event::AskPaid(i32::try_from(unpaid).expect("few")));
    shots.shot("30_paid");
    shots.on(Event::SayUnpaid);
    shots.shot("31_unpaid");
    shots.on(Event::CallStaff(true));
    shots.shot("23_staff");
    shots.on(Event::CallStaff(false));
    shots.terminal.controller.touched(false);
    shots.terminal.pass(60);
    shots.terminal.pass(4);
    shots.shot("24_idle");
}

/// What passers-by see while nobody is there.
fn attract(width: u32, height: u32, tag: &str, english: bool) {
    let shots = Shots::attracting(width, height, tag, Some(Duration::from_secs(30)));
    shots.terminal.pass(30);
    if english {
        ui::speak(ui::Surface::Terminal, "en").expect("spoken");
        let window = shots.terminal.window();
        window.global::<Terminal>().set_chinese(false);
    }
    let data = shots.terminal.window().global::<AttractData>();
    let all = shots.terminal.desk.jobs.lock().expect("held").clone();
    let shown = |name: &str, only: Option<usize>| {
        let only = only.map(|n| all[n].clone()).into_iter().collect();
        *shots.terminal.desk.jobs.lock().expect("held") = only;
        shots.terminal.pass(8);
        shots.terminal.controller.store_changed();
        shots.terminal.pass(8);
        assert!(data.get_on());
        shots.shot(name);
    };
    for (name, n) in [
        ("60_attract_urgent", Some(0)),
        ("61_attract_agreed", Some(5)),
        ("62_attract_long", Some(15)),
        ("63_attract_hourly", Some(4)),
        ("64_attract_none", None),
    ] {
        shown(name, n);
    }
}

#[test]
fn attract_in_landscape() {
    attract(1920, 1080, "", false);
}

#[test]
fn attract_in_landscape_in_english() {
    attract(1920, 1080, "_en", true);
}

#[test]
fn attract_in_portrait() {
    attract(1080, 1920, "", false);
}

#[test]
fn attract_in_portrait_in_english() {
    attract(1080, 1920, "_en", true);
}

#[test]
fn attract_in_small_landscape() {
    attract(1366, 768, "", false);
}

#[test]
fn attract_in_small_landscape_in_english() {
    attract(1366, 768, "_en", true);
}

in_every_shape!(walk);
