//! What the devices beside a terminal do there: slips on paper, scanned codes, identity cards, and
//! reading aloud.

use crate::support::*;
use gighall_core::claim::ClaimState;
use gighall_core::testing::an_id_number;
use gighall_devices::id_card::CardNews;
use gighall_devices::sdt::Card;
use gighall_devices::testing::{Manner, Paper, PlayedPrinter};
use gighall_kiosk::config::parse;
use gighall_kiosk::devices::{Devices, News};
use gighall_kiosk::terminal::desk::{Identified, ProvenBy};
use gighall_kiosk::ui::{FindData, RegisterData};
use slint::platform::WindowEvent;
use slint::{ComponentHandle, Model, SharedString};
use std::io::{BufRead, BufReader, Write};
use std::os::unix::net::UnixListener;
use std::path::Path;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::Duration;

/// A terminal with the devices that `wanted` names in its configuration, and no others.
fn terminal_with(wanted: &str) -> TestTerminal {
    let mut text = "[hall]\nid = \"weining\"\nname = \"x\"\n[hub]\nurl = \"embedded\"\n\
                    [terminal]\nenabled = true\n"
        .to_owned();
    for device in ["printer", "scanner", "id_card", "speech"] {
        if !wanted.contains(&format!("[terminal.{device}]")) {
            text += &format!("[terminal.{device}]\nenabled = false\n");
        }
    }
    let config = parse("kiosk.toml", &format!("{text}{wanted}")).expect("good");
    let (devices, news) = Devices::start(&config).expect("started");
    let terminal = terminal();
    terminal.controller.attach(devices, news);
    settle();
    terminal
}

/// A terminal whose devices the test plays.
fn terminal_told() -> (TestTerminal, Sender<News>) {
    let (told, news) = channel();
    let terminal = terminal();
    terminal.controller.attach(Devices::default(), news);
    (terminal, told)
}

/// Lets the devices go on until a button or a text is there.
fn wait_for(terminal: &TestTerminal, label: &str) {
    for _ in 0..2000 {
        terminal.pass(0);
        settle();
        if terminal.sees(label) {
            return;
        }
        std::thread::sleep(Duration::from_millis(10));
    }
    panic!("no {label:?} among {:#?}", terminal.labels());
}

fn with_printer(played: &PlayedPrinter) -> TestTerminal {
    let address = format!("address = \"tcp:{}\"", played.address);
    terminal_with(&format!("[terminal.printer]\n{address}\n"))
}

fn has(paper: &Paper, line: &str) -> bool {
    paper.lines.iter().any(|it| it.contains(line))
}

#[test]
fn a_claim_comes_out_of_the_printer() {
    let played = PlayedPrinter::start();
    let terminal = with_printer(&played);
    claims(&terminal, Fate::Confirmed);
    let paper = played.sheet();
    for line in [
        "威宁县零工市场",
        "已录用",
        "07-0143",
        "砌砖小工",
        "07:30",
        "草海镇零工驿站门口",
        "150-190 元/天",
        "威宁草海建筑劳务有限公司",
        "李*峰",
        "找活不收费",
    ] {
        assert!(has(&paper, line), "no {line} on {:#?}", paper.lines);
    }
    assert!(!has(&paper, "待确认") && !has(&paper, "李小峰"));
    assert_eq!(paper.codes.len(), 1);
    assert!(paper.codes[0].starts_with("http://192.168.8.20:8080/s/"));
    assert!(paper.is_cut);
    wait_for(&terminal, "再打一张");
    terminal.touch("再打一张");
    assert_eq!(played.sheet().codes, paper.codes);
}

#[test]
fn what_is_not_confirmed_is_said_so_on_paper() {
    let played = PlayedPrinter::start();
    let terminal = with_printer(&played);
    claims(&terminal, Fate::Provisional);
    let paper = played.sheet();
    assert!(has(&paper, "待确认：还没有录用"), "{:#?}", paper.lines);
    assert!(has(&paper, "您还没有占到名额"));
    assert!(!paper.lines.iter().any(|line| line == "已录用"));
}

#[test]
fn without_paper_the_slip_stays_and_is_printed_later() {
    let played = PlayedPrinter::start();
    played.is(Manner {
        paper: 0x60,
        ..Manner::default()
    });
    let terminal = with_printer(&played);
    claims(&terminal, Fate::Confirmed);
    wait_for(&terminal, "打印机没有纸了。 凭条就在屏幕上，一样有效。");
    assert_eq!(terminal.screen(), "slip");
    assert!(terminal.sees("✓ 已录用") && terminal.sees("07-0143"));
    played.is(Manner {
        offline: 0x04,
        ..Manner::default()
    });
    terminal.touch("再打一张");
    wait_for(
        &terminal,
        "打印机的盖子没有关好。 凭条就在屏幕上，一样有效。",
    );
    played.is(Manner::default());
    terminal.touch("再打一张");
    assert!(has(&played.sheet(), "07-0143"));
    terminal.touch("办好了");
    assert_nothing_personal(&terminal);
}

#[test]
fn the_receipt_of_a_complaint_comes_out_of_the_printer() {
    let played = PlayedPrinter::start();
    let terminal = with_printer(&played);
    terminal.touch("维权");
    terminal.touch("我要投诉");
    terminal.touch("我看过了，同意");
    terminal.touch("其他");
    terminal.touch("今天");
    terminal.keys("wang");
    terminal.touch("下一步");
    terminal.touch("不留：谁也不知道是我");
    terminal.touch("没错，交上去");
    let paper = played.sheet();
    for line in ["威宁县零工市场", "投诉已经收到", "07-R0001", "12333"] {
        assert!(has(&paper, line), "no {line} on {:#?}", paper.lines);
    }
    assert!(!has(&paper, "wang"), "what was said stays off the paper");
    assert!(paper.codes[0].starts_with("07-R0001 "), "{:?}", paper.codes);
    wait_for(&terminal, "再打一张");
    terminal.touch("再打一张");
    assert_eq!(played.sheet().codes, paper.codes);
}

#[test]
fn without_a_printer_nothing_is_said_of_one() {
    let terminal = terminal_with("[terminal.scanner]\nenabled = true\n");
    claims(&terminal, Fate::Confirmed);
    assert!(!terminal.sees("再打一张") && !terminal.sees("正在打印……"));
}

/// Presses keys of a real keyboard, with so many milliseconds before each.
fn press(terminal: &TestTerminal, keys: &str, gap: u64) {
    for key in keys.chars() {
        let now = terminal.clock.get() + Duration::from_millis(gap);
        terminal.clock.set(now);
        let text = SharedString::from(key);
        let window = terminal.window().window();
        window.dispatch_event(WindowEvent::KeyPressed { text: text.clone() });
        window.dispatch_event(WindowEvent::KeyReleased { text });
    }
    settle();
}

fn first_job(terminal: &TestTerminal) -> gighall_core::job::Job {
    terminal.desk.jobs.lock().expect("held")[0].clone()
}

#[test]
fn a_scanner_that_types_opens_the_job_and_typing_does_not() {
    let terminal = terminal_with("[terminal.scanner]\nenabled = true\n");
    let code = format!("http://192.168.8.20:8080/j/{}\n", first_job(&terminal).id);
    press(&terminal, &code, 120);
    assert_eq!(terminal.screen(), "home");
    terminal.pass(5);
    press(&terminal, &code, 8);
    assert_eq!(terminal.screen(), "job");
    assert!(terminal.sees("我要接这个活"));
    // Wherever the last touch was.
    terminal.touch("首页");
    terminal.touch("找活");
    press(&terminal, &code, 8);
    assert_eq!(terminal.screen(), "job");
    press(&terminal, "103\n", 8);
    assert_eq!(terminal.screen(), "results");
    assert_eq!(terminal.window().global::<FindData>().get_total(), 1);
}

#[test]
fn foreign_codes_are_answered_in_words() {
    let (terminal, told) = terminal_told();
    let job = "http://192.168.8.20:8080/j/0193a1f2-6c5b-7c3e-9b1e-2f3a4b5c6d7e";
    for (code, words) in [
        ("6901234567892", "这不是本市场的码"),
        ("\u{0}\u{ffff}http://", "这不是本市场的码"),
        (job, "本市场没有这个岗位"),
        (&job.replace("/j/", "/s/"), "这台终端查不到这张凭条"),
        (
            "http://192.168.8.20:8080/c/v4.public.x",
            "这个码是给手机用的",
        ),
    ] {
        told.send(News::Scanned(code.to_owned())).expect("told");
        terminal.pass(1);
        settle();
        let labels = terminal.labels();
        assert!(labels.iter().any(|it| it.starts_with(words)), "{labels:#?}");
        terminal.touch("知道了");
        assert_eq!(terminal.screen(), "home");
    }
}

#[test]
fn a_scanned_slip_says_how_it_stands_and_forgets_it() {
    let (terminal, told) = terminal_told();
    terminal.desk.had_claimed(0, ClaimState::Confirmed);
    let id = terminal.desk.claims.lock().expect("held")[0].claim.id;
    let code = format!("http://192.168.8.20:8080/s/{id}");
    told.send(News::Scanned(code.clone())).expect("told");
    terminal.pass(1);
    settle();
    assert_eq!(terminal.screen(), "scanned");
    let labels = terminal.labels();
    let says = |words: &str| labels.iter().any(|it| it.contains(words));
    assert!(says("07-0042") && says("草海镇零工驿站门口"), "{labels:#?}");
    assert!(!says("李"));
    // Whoever types is not interrupted.
    terminal.touch("我的活");
    terminal.keys("52242");
    told.send(News::Scanned(code)).expect("told");
    terminal.pass(1);
    settle();
    terminal.touch("知道了");
    assert_eq!(terminal.screen(), "number");
    let typed = terminal.window().global::<RegisterData>().get_number();
    assert_eq!(typed, "52242");
    // A scan alone is somebody's visit: it is forgotten like any other.
    terminal.pass(61);
    terminal.pass(16);
    assert_eq!(terminal.screen(), "home");
    assert_nothing_personal(&terminal);
}

fn a_card(number: &str) -> News {
    News::Card(CardNews::Read(Box::new(Card {
        name: "张伟".to_owned(),
        number: number.to_owned(),
        birth: number[6..14].to_owned(),
        address: "贵州省威宁县草海镇".to_owned(),
    })))
}

#[test]
fn a_card_fills_in_who_one_is_and_the_person_confirms() {
    let (terminal, told) = terminal_told();
    let tell = |news| {
        told.send(news).expect("told");
        terminal.pass(1);
        settle();
    };
    tell(a_card(&new_number()));
    assert_eq!(terminal.screen(), "home", "nobody was asked");
    terminal.touch("登记");
    tell(News::Card(CardNews::Unreadable));
    assert!(terminal.sees("这张证没有读出来。请拿开重新放，或者按出号码。"));
    tell(a_card(&an_id_number("20150101", 1)));
    assert_eq!(terminal.screen(), "number", "too young");
    tell(a_card("522427197513011234"));
    assert_eq!(terminal.screen(), "number", "no such day");
    tell(a_card(&new_number()));
    assert_eq!(terminal.screen(), "phone");
    // A second card changes nothing now.
    tell(a_card(&known_number()));
    terminal.keys("13912345678");
    terminal.touch("下一步");
    terminal.touch("不选，下一步");
    terminal.touch("不说，下一步");
    assert!(terminal.sees("身份证号 5224**********1232") && terminal.sees("姓名 张伟"));
    terminal.touch("没错，同意登记");
    let registered = terminal.desk.registered.lock().expect("held");
    assert_eq!(registered[0].name, "张伟");
    drop(registered);
    terminal.touch("首页");
    assert_nothing_personal(&terminal);
}

#[test]
fn a_card_of_somebody_who_is_known_asks_whether_it_is_them() {
    let (terminal, told) = terminal_told();
    terminal.touch("我的活");
    told.send(a_card(&known_number())).expect("told");
    terminal.pass(1);
    settle();
    assert_eq!(terminal.screen(), "known");
    assert!(terminal.sees("李*峰"));
}

/// A code on a registration card, or a pen that reads letters: both type what is on the paper.
#[test]
fn a_scanned_paper_fills_in_the_number_and_proves_nothing() {
    let (terminal, told) = terminal_told();
    let scan = |text: &str| {
        told.send(News::Scanned(text.to_owned())).expect("told");
        terminal.pass(1);
        settle();
    };
    scan(&new_number());
    let foreign = |it: &String| it.starts_with("这不是本市场的码");
    assert!(terminal.labels().iter().any(foreign), "nobody was asked");
    terminal.touch("知道了");
    terminal.touch("登记");
    terminal.keys("5");
    scan(&format!("{},张伟", new_number()));
    assert_eq!(terminal.screen(), "name", "a pen misreads: it is looked at");
    assert!(terminal.sees("张伟"));
    terminal.touch("下一步");
    assert_eq!(terminal.screen(), "phone");
    terminal.keys("13912345678");
    terminal.touch("下一步");
    terminal.touch("不选，下一步");
    terminal.touch("不说，下一步");
    terminal.touch("没错，同意登记");
    assert_eq!(
        terminal.desk.registered.lock().expect("held")[0].name,
        "张伟"
    );
    terminal.touch("首页");
    assert_nothing_personal(&terminal);
    // Somebody else's paper opens nothing.
    *terminal.desk.doubts.lock().expect("held") = Some(Identified::AsksProof {
        by: ProvenBy::Phone,
        wrong: false,
    });
    terminal.touch("我的活");
    scan(&known_number());
    assert_eq!(terminal.screen(), "proof");
    terminal.touch("首页");
    assert_nothing_personal(&terminal);
}

/// A speech server that tells each line that it hears.
fn speech_server(socket: &Path) -> Receiver<String> {
    let listener = UnixListener::bind(socket).expect("a socket");
    let (told, heard) = channel();
    std::thread::spawn(move || {
        let Ok((stream, _)) = listener.accept() else {
            return;
        };
        let mut answers = stream.try_clone().expect("both ways");
        let mut in_text = false;
        for line in BufReader::new(stream).lines().map_while(Result::ok) {
            let answer = match (line.as_str(), in_text) {
                (".", true) => "225 OK\r\n",
                (_, true) => "",
                ("SPEAK", false) => "230 OK\r\n",
                _ => "210 OK\r\n",
            };
            in_text = (in_text || line == "SPEAK") && line != ".";
            // The test, or the other end, may have ended.
            let _ = told.send(line);
            let _ = answers.write_all(answer.as_bytes());
        }
    });
    heard
}

fn hear(heard: &Receiver<String>, wanted: &str) {
    let mut all = vec![];
    while let Ok(line) = heard.recv_timeout(Duration::from_secs(20)) {
        if line.contains(wanted) {
            return;
        }
        all.push(line);
    }
    panic!("no {wanted:?} among {all:#?}");
}

#[test]
fn a_screen_is_read_aloud_and_the_next_person_finds_the_usual_loudness() {
    let folder = tempfile::tempdir().expect("a folder");
    let socket = folder.path().join("speechd.sock");
    let heard = speech_server(&socket);
    let socket = format!("socket = {socket:?}");
    let terminal = terminal_with(&format!("[terminal.speech]\n{socket}\n"));
    wait_for(&terminal, "朗读");
    terminal.touch("朗读");
    hear(&heard, "SET SELF LANGUAGE cmn");
    hear(&heard, "SET SELF VOLUME 40");
    hear(&heard, "找活");
    terminal.touch("大声点");
    hear(&heard, "STOP SELF");
    hear(&heard, "SET SELF VOLUME 70");
    hear(&heard, "找活");
    terminal.touch("找活");
    hear(&heard, "STOP SELF");
    assert!(terminal.sees("朗读") && !terminal.sees("大声点"));
    terminal.touch("English");
    terminal.touch("Read aloud");
    hear(&heard, "SET SELF LANGUAGE en");
    hear(&heard, "What kind of work do you look for?");
    terminal.touch("All kinds");
    terminal.touch("Read aloud");
    hear(&heard, "No. 100, ");
    terminal.touch("▼ Down");
    hear(&heard, "STOP SELF");
    let rows = terminal.window().global::<FindData>().get_rows();
    let first = rows.row_data(0).expect("a second page").number;
    hear(&heard, &format!("No. {first}, "));
    terminal.controller.wipe();
    settle();
    hear(&heard, "STOP SELF");
    terminal.touch("朗读");
    hear(&heard, "SET SELF VOLUME 40");
}

#[test]
fn without_speech_there_is_no_button() {
    let terminal = terminal_with("[terminal.scanner]\nenabled = true\n");
    assert!(!terminal.sees("朗读"));
}
