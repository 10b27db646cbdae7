//! The worker's pass at a terminal: drawn, read off the screen as a phone would, and scanned.

use crate::support::*;
use gighall_core::pass::Pass;
use gighall_devices::testing::PlayedPrinter;
use gighall_kiosk::config::parse;
use gighall_kiosk::devices::{Devices, News};
use gighall_kiosk::snapshot::Headless;
use gighall_kiosk::terminal::state::Event;
use gighall_kiosk::ui::{RegisterData, Terminal, TerminalWindow};
use gighall_testkit::codes_in;
use slint::ComponentHandle;
use std::sync::mpsc::{Sender, channel};
use std::time::Duration;

/// A terminal whose scanner the test plays.
fn with_scanner() -> (TestTerminal, Sender<News>) {
    let (told, news) = channel();
    let terminal = terminal();
    terminal.controller.attach(Devices::default(), news);
    (terminal, told)
}

fn scan(terminal: &TestTerminal, told: &Sender<News>, code: &str) {
    told.send(News::Scanned(code.to_owned())).expect("told");
    terminal.pass(1);
    settle();
}

fn failure(terminal: &TestTerminal) -> String {
    let window = terminal.window();
    window.global::<Terminal>().get_failure().to_string()
}

#[test]
fn the_pass_that_a_phone_photographs_opens_the_session_and_the_one_before_does_not() {
    let headless = Headless::new().expect("a thread of its own");
    let window = TerminalWindow::new().expect("a window");
    headless.resize(&window, 1080, 1920);
    let terminal = TestTerminal::new(window);
    let (told, news) = channel();
    terminal.controller.attach(Devices::default(), news);
    let on = |event| terminal.controller.on(event);
    let get = || {
        on(Event::GoMyJobs);
        for key in known_number().chars() {
            on(Event::Key(key.to_string()));
        }
        on(Event::NextQuestion);
        on(Event::ItIsMe);
        on(Event::GoPass);
        on(Event::MakePass);
        let picture = headless.draw(terminal.window()).expect("drawn");
        let mut codes = codes_in(&image::imageops::grayscale(&picture));
        on(Event::Home);
        assert_eq!(codes.len(), 1);
        codes.remove(0)
    };
    let shown = [get(), get()];
    let passes: Vec<Pass> = shown.iter().map(|it| it.parse().expect("a pass")).collect();
    assert_ne!(passes[0], passes[1]);
    let scan = |code: &str| {
        told.send(News::Scanned(code.to_owned())).expect("told");
        terminal.pass(1);
    };
    // From the first screen it leads to one's own jobs; nothing was typed.
    scan(&shown[1]);
    assert_eq!(terminal.screen(), "known");
    on(Event::ItIsMe);
    assert_eq!(terminal.screen(), "my_jobs");
    on(Event::Home);
    scan(&shown[0]);
    assert_eq!(terminal.screen(), "number");
    assert_eq!(failure(&terminal), "pass_unknown");
    assert_eq!(*terminal.desk.wrong_passes.lock().expect("held"), 1);
}

#[test]
fn whoever_is_asked_who_they_are_scans_and_goes_on() {
    let (terminal, told) = with_scanner();
    let pass = gets_a_pass(&terminal).text();
    terminal.touch("完成");
    find_a_job(&terminal);
    terminal.touch("我要接这个活");
    terminal.keys("5224");
    scan(&terminal, &told, &pass);
    assert_eq!(terminal.screen(), "confirm");
    let form = terminal.window().global::<RegisterData>();
    assert_eq!(
        form.get_number(),
        "",
        "what was typed does not count any more"
    );
    // Whoever is known already needs none, and nothing happens to what they do.
    scan(&terminal, &told, &pass);
    assert_eq!(
        (terminal.screen().as_str(), failure(&terminal).as_str()),
        ("confirm", "scan_later")
    );
    terminal.touch("知道了");
    terminal.touch("首页");
    // With a job in sight it is for that job; somebody else's is put away.
    find_a_job(&terminal);
    scan(&terminal, &told, &pass.to_lowercase());
    assert_eq!(terminal.screen(), "confirm");
    terminal.touch("不是我");
    assert_eq!(terminal.screen(), "number");
    scan(&terminal, &told, &pass);
    assert_eq!(terminal.screen(), "confirm");
}

#[test]
fn a_pass_that_is_none_is_answered_in_words_and_tries_are_slowed() {
    let (terminal, told) = with_scanner();
    let pass = gets_a_pass(&terminal).text();
    terminal.touch("完成");
    terminal.touch("我的活");
    let unknown = Pass::generate().text();
    scan(&terminal, &told, &unknown);
    assert!(
        terminal
            .labels()
            .iter()
            .any(|it| it.contains("这个零工码无效"))
    );
    terminal.touch("知道了");
    scan(&terminal, &told, "GHPASS1-what is this");
    assert_eq!(failure(&terminal), "pass_unknown");
    terminal.touch("知道了");
    *terminal.desk.hub_reached.lock().expect("held") = false;
    scan(&terminal, &told, &unknown);
    assert_eq!(failure(&terminal), "pass_offline");
    terminal.touch("知道了");
    assert_eq!(*terminal.desk.wrong_passes.lock().expect("held"), 3);
    scan(&terminal, &told, &unknown);
    assert_eq!(failure(&terminal), "");
    let seconds = terminal
        .window()
        .global::<RegisterData>()
        .get_wait_seconds();
    assert_eq!(seconds, 30);
    // Until that is over nothing is asked any more, not even of a good one.
    scan(&terminal, &told, &pass);
    assert_eq!(terminal.screen(), "number");
    assert_eq!(*terminal.desk.wrong_passes.lock().expect("held"), 4);
    // Other codes still do not throw away what is typed here.
    scan(
        &terminal,
        &told,
        "http://192.168.8.20:8080/s/0193a1f2-6c5b-7c3e-9b1e-2f3a4b5c6d7e",
    );
    assert_eq!(failure(&terminal), "scan_later");
}

#[test]
fn a_pass_comes_out_of_the_printer() {
    let played = PlayedPrinter::start();
    let text = format!(
        "[hall]\nid = \"weining\"\nname = \"x\"\n[hub]\nurl = \"embedded\"\n[terminal]\n\
         enabled = true\n[terminal.printer]\naddress = \"tcp:{}\"\n[terminal.scanner]\n\
         enabled = false\n[terminal.id_card]\nenabled = false\n[terminal.speech]\nenabled = false\n",
        played.address
    );
    let config = parse("kiosk.toml", &text).expect("good");
    let (devices, news) = Devices::start(&config).expect("started");
    let terminal = terminal();
    terminal.controller.attach(devices, news);
    settle();
    let pass = gets_a_pass(&terminal);
    let paper = played.sheet();
    assert_eq!(paper.codes, [pass.text()]);
    for words in ["威宁县零工市场", "零工码", "李*峰", "像身份证一样保管好"] {
        let there = paper.lines.iter().any(|line| line.contains(words));
        assert!(there, "no {words} on {:#?}", paper.lines);
    }
    assert!(!paper.lines.iter().any(|line| line.contains("GHPASS")));
    for _ in 0..2000 {
        terminal.pass(0);
        settle();
        if terminal.sees("再打一张") {
            break;
        }
        std::thread::sleep(Duration::from_millis(10));
    }
    terminal.touch("再打一张");
    assert_eq!(played.sheet().codes, paper.codes);
}
