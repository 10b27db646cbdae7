//! Wages that were not paid: said at a terminal that is cut off, known at the hub once, gone from the kiosk.

use crate::sync_support::*;
use gighall_core::complaint::{ComplaintKind, ComplaintState, Since, Told};
use gighall_core::playlist::Theme;
use gighall_core::testing::{a_hall, an_id_number};
use gighall_kiosk::desk::HallDesk;
use gighall_kiosk::store::STORE_FILE;
use gighall_kiosk::terminal::runner::Inline;
use gighall_kiosk::terminal::services::ServiceEvent;
use gighall_kiosk::terminal::state::Event;
use gighall_kiosk::terminal::{TerminalController, TerminalOptions};
use gighall_kiosk::ui::{RightsData, Terminal, TerminalWindow};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use slint::ComponentHandle;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

/// The terminal of a kiosk, on a window that nobody sees.
fn terminal(kiosk: &Kiosk) -> Rc<TerminalController> {
    let desk = HallDesk::new(kiosk.store.clone(), kiosk.sync.clone());
    let options = TerminalOptions {
        zone: TimeZone::get("Asia/Shanghai").expect("bundled"),
        hall: "威宁县零工市场".to_owned(),
        idle: Duration::from_secs(600),
        staff_idle: Duration::from_secs(30),
        attract: None,
        attract_change: Duration::from_secs(8),
        opens: "08:00".to_owned(),
        px_per_mm: 3.64,
        language: "zh-CN".to_owned(),
        here: None,
        theme: Theme::default(),
        still: true,
        places: vec![],
        calls_on_wall: false,
        platform: None,
        map: None,
        calls_aloud: false,
        hub_here: false,
        volume: 70,
    };
    let window = TerminalWindow::new().expect("a window");
    TerminalController::with_clock(
        Arc::new(desk),
        window,
        options,
        Box::new(Inline),
        Box::new(|| Duration::ZERO),
    )
}

/// A worker who was never here says that the boss of a building site has not paid; gives the number on the
/// receipt.
fn complains(terminal: &TerminalController) -> String {
    let on = |event| terminal.on(event);
    let service = |event| on(Event::Service(event));
    let choose = |code: &str| service(ServiceEvent::Choose(code.to_owned()));
    let keys = |text: &str| {
        for key in text.chars() {
            on(Event::Key(key.to_string()));
        }
    };
    let shows = |screen: &str| {
        let shown = terminal.window().global::<Terminal>().get_screen();
        assert_eq!(shown, screen);
    };
    service(ServiceEvent::Go("complain".to_owned()));
    service(ServiceEvent::Agree);
    choose("unpaid");
    choose("month");
    keys("1800");
    service(ServiceEvent::Next);
    keys("gongdi");
    on(Event::ChooseCandidate(0));
    service(ServiceEvent::Next);
    shows("number");
    keys(&an_id_number("19720304", 1));
    on(Event::NextQuestion);
    shows("name");
    keys("zhang");
    on(Event::ChooseCandidate(0));
    on(Event::NextQuestion);
    shows("phone");
    on(Event::NoPhone);
    on(Event::NoPin);
    on(Event::NextQuestion);
    on(Event::NextQuestion);
    on(Event::SaveRegistration);
    shows("complain_review");
    service(ServiceEvent::Next);
    shows("complained");
    let receipt = terminal.window().global::<RightsData>().get_complaint();
    receipt.number.to_string()
}

/// The bodies of the kiosk's log that say something yet.
fn readable(kiosk: &Kiosk, of: &str) -> usize {
    let waiting = kiosk.store.waiting(100, &[]).expect("read");
    let records = waiting.into_iter().flat_map(|it| it.records);
    records.filter(|it| it.body.contains(of)).count()
}

#[test]
fn unpaid_wages_told_offline_reach_the_hub_once_and_leave_the_kiosk() {
    i_slint_backend_testing::init_no_event_loop();
    let hub = Hub::start();
    let cable = Cable::to(hub.address);
    let kiosk = hub.kiosk("一号", cable.address);
    until("online", || kiosk.online());
    cable.now(Line::Pulled);
    until("cut off", || !kiosk.online());
    let number = complains(&terminal(&kiosk));
    assert!(number.contains("-R"), "{number}");
    assert_eq!(readable(&kiosk, "complained"), 1);
    let at_hub = || hub.state.store.complaints(&a_hall(), true).expect("read");
    assert!(at_hub().is_empty());
    // The power goes before the hub is back.
    drop(kiosk);
    let kiosk = Kiosk::start(&hub.data("一号"), cable.address, None);
    assert_eq!(readable(&kiosk, "complained"), 1);
    // The hub takes it, and the kiosk never hears that: it sends it again.
    cable.now(Line::LosesAnswersOf("/outbox"));
    until("the hub has it", || !at_hub().is_empty());
    assert!(kiosk.outbox() > 0);
    cable.now(Line::Good);
    until("the kiosk knows", || kiosk.outbox() == 0);
    let all = at_hub();
    let [kept] = all.as_slice() else {
        panic!("once, not {} times", all.len());
    };
    assert_eq!(
        (kept.number.as_str(), kept.kind, kept.state),
        (
            number.as_str(),
            ComplaintKind::Unpaid,
            ComplaintState::Received
        )
    );
    let person = an_id_number("19720304", 1).parse().expect("valid");
    let person = hub.state.store.worker_by_number(&person).expect("read");
    assert_eq!(kept.worker, person);
    let told = kept.told.as_ref().expect("readable at the hub");
    let expected = Told {
        since: Since::Month,
        sum_fen: Some(180_000),
        words: told.words.clone(),
    };
    assert_eq!(told, &expected);
    assert!(!told.words.is_empty() && !told.words.is_ascii(), "Chinese");
    // Even if the whole log were sent again, nothing of what was said is left here to send.
    let words = told.words.as_bytes();
    for file in [STORE_FILE.to_owned(), format!("{STORE_FILE}-wal")] {
        let bytes = std::fs::read(hub.data("一号").join(file)).unwrap_or_default();
        assert!(!bytes.windows(words.len()).any(|part| part == words));
    }
    let (_, epoch, _) = kiosk.store.enrolment().expect("read").expect("enrolled");
    kiosk.store.send_again(epoch, 0).expect("marked");
    assert_eq!(readable(&kiosk, "complained"), 0);
    assert_eq!(readable(&kiosk, "worker_registered"), 1);
    // How it stands can be seen there all the same.
    let known = kiosk
        .store
        .worker_by_number(&an_id_number("19720304", 1).parse().expect("valid"));
    let known = known.expect("read").expect("known");
    let mine = kiosk.store.complaints_of(&known).expect("read");
    assert_eq!(mine.len(), 1);
    assert_eq!(mine[0].number, number);
    assert!(mine[0].made_at <= Timestamp::now());
}
