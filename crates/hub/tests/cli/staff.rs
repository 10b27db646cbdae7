//! `gighall-hub` as staff and scripts call it: real processes.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};

fn hub(data: &Path, args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_gighall-hub"));
    let (words, rest) = args.split_at(if args[0] == "serve" || args[0] == "import" {
        1
    } else {
        2
    });
    command.args(words).arg("--data").arg(data).args(rest);
    command
}

fn run(data: &Path, args: &[&str]) -> Output {
    hub(data, args).output().expect("ran")
}

fn last_line(output: &Output) -> String {
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    text.lines().next_back().unwrap_or_default().to_owned()
}

/// A server that ends with the test.
struct Server(Child, String);

impl Server {
    fn start(data: &Path) -> Self {
        let mut child = hub(data, &["serve", "--listen", "127.0.0.1:0"])
            .stdout(Stdio::piped())
            .spawn()
            .expect("started");
        let mut first = String::new();
        BufReader::new(child.stdout.take().expect("piped"))
            .read_line(&mut first)
            .expect("a line");
        Self(child, first)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

const LISTINGS: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/../../assets/demo/listings.csv"
);

#[test]
fn staff_work_while_the_server_runs() {
    let dir = tempfile::tempdir().expect("a directory");
    let data = dir.path().join("made/at/first/start");
    let mut server = Server::start(&data);
    let address = server
        .1
        .trim()
        .strip_prefix("listening on http://127.0.0.1:");
    let port: u16 = address.expect("the first line").parse().expect("a port");
    assert_ne!(port, 0);

    let first = run(&data, &["import", "--hall", "weining", LISTINGS]);
    assert!(first.status.success());
    assert!(last_line(&first).starts_with("imported "), "{first:?}");
    let again = run(&data, &["import", "--hall", "weining", LISTINGS]);
    assert!(last_line(&again).starts_with("imported 0, updated 0, unchanged "));
    let missing = run(&data, &["import", "--hall", "weining", "/nowhere.csv"]);
    assert_eq!(missing.status.code(), Some(1));

    let device = ["device", "add", "--hall", "weining", "--name", "一号"];
    let code = String::from_utf8(run(&data, &device).stdout).expect("text");
    assert_eq!(code.trim().len(), 11, "only the code: {code:?}");
    let hall = [
        "hall",
        "set",
        "--hall",
        "weining",
        "--name",
        "威宁县零工市场",
    ];
    assert!(run(&data, &hall).status.success());
    assert_eq!(
        last_line(&run(&data, &["hall", "list"])),
        "weining\t威宁县零工市场\t-"
    );
    assert!(
        run(
            &data,
            &[
                "hall",
                "set",
                "--hall",
                "weining",
                "--hotline",
                "0857-6220000"
            ]
        )
        .status
        .success()
    );
    assert!(last_line(&run(&data, &["hall", "list"])).ends_with("\t0857-6220000"));
    let notice = [
        "notice",
        "add",
        "--hall",
        "weining",
        "--kind",
        "policy",
        "--title",
        "稳就业",
    ];
    let added = run(&data, &[&notice[..], &["--until", "2099-12-31"]].concat());
    assert!(added.status.success());
    let id = last_line(&added);
    let notices = last_line(&run(&data, &["notice", "list", "--hall", "weining"]));
    assert_eq!(notices, format!("{id}\tuntil 2099-12-31\t稳就业"));
    let past = run(&data, &[&notice[..], &["--until", "2020-01-01"]].concat());
    assert_eq!(past.status.code(), Some(1));
    let remove = ["notice", "remove", "--id", id.as_str()];
    assert!(run(&data, &remove).status.success());
    assert_eq!(run(&data, &remove).status.code(), Some(1));
    let listed = last_line(&run(&data, &["device", "list"]));
    assert!(listed.starts_with("weining\t一号\t"), "{listed}");
    let cancel = ["job", "cancel", "--hall", "weining", "--number"];
    assert!(
        run(&data, &[&cancel[..], &["101"]].concat())
            .status
            .success()
    );
    let unknown = run(&data, &[&cancel[..], &["99999"]].concat());
    assert_eq!(unknown.status.code(), Some(1));
    assert!(server.0.try_wait().expect("asked").is_none(), "it runs on");
}

#[test]
fn sigterm_ends_it_in_good_order() {
    let dir = tempfile::tempdir().expect("a directory");
    let mut server = Server::start(dir.path());
    let pid = server.0.id().to_string();
    let sent = Command::new("kill").args(["-TERM", &pid]).status();
    assert!(sent.expect("ran").success());
    assert_eq!(server.0.wait().expect("ended").code(), Some(0));
}

#[test]
fn what_cannot_be_used_is_said_and_left_alone() {
    let dir = tempfile::tempdir().expect("a directory");
    let database = dir.path().join("hub.db");
    let nonsense = "not a database ".repeat(600);
    std::fs::write(&database, &nonsense).expect("written");
    let refused = run(dir.path(), &["serve", "--listen", "127.0.0.1:0"]);
    assert_eq!(refused.status.code(), Some(1));
    assert!(refused.stdout.is_empty());
    let log = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(log.contains("damaged"), "{log}");
    assert_eq!(std::fs::read_to_string(&database).expect("read"), nonsense);

    let usage = run(dir.path(), &["device", "add", "--hall", "Nicht so"]);
    assert_eq!(usage.status.code(), Some(2));
    let taken = std::net::TcpListener::bind("127.0.0.1:0").expect("bound");
    let address = taken.local_addr().expect("bound").to_string();
    let other = tempfile::tempdir().expect("a directory");
    let busy = run(other.path(), &["serve", "--listen", &address]);
    assert_eq!(busy.status.code(), Some(1));
}

/// Runs a command with lines on its stdin.
fn tell(data: &Path, args: &[&str], lines: &str) -> Output {
    use std::io::Write;
    let mut child = hub(data, args)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("started");
    let mut stdin = child.stdin.take().expect("piped");
    stdin.write_all(lines.as_bytes()).expect("told");
    drop(stdin);
    child.wait_with_output().expect("ran")
}

#[test]
fn a_person_sees_corrects_and_deletes_what_is_kept() {
    let dir = tempfile::tempdir().expect("a directory");
    let text = gighall_core::testing::an_id_number("19750501", 1);
    let now = jiff::Timestamp::now();
    let state = gighall_hub::open(&gighall_hub::HubConfig::new(dir.path())).expect("a hub");
    let new = gighall_hub::store::NewWorker {
        id: gighall_core::id::WorkerId(uuid::Uuid::new_v4()),
        name: "李晓锋".to_owned(),
        number: text.parse().expect("valid"),
        phone: None,
        work_kinds: vec![],
        consent: gighall_core::worker::Consent {
            version: 1,
            at: now,
        },
        channel: gighall_core::worker::Channel::Phone,
    };
    state.store.register(&new).expect("registered");
    drop(state);

    let said = |args: &[&str], lines: &str| {
        let output = tell(dir.path(), args, lines);
        let log = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(!log.contains(&text) && !log.contains("李晓"), "{log}");
        (
            output.status.code(),
            String::from_utf8_lossy(&output.stdout).into_owned(),
        )
    };
    let spaced = format!("{text}\n");
    let (_, shown) = said(&["worker", "show"], &spaced);
    assert!(
        shown.contains("李晓锋") && !shown.contains(&text),
        "{shown}"
    );
    let (code, _) = said(&["worker", "rename"], &format!("{text}\n李晓峰\n"));
    assert_eq!(code, Some(0));
    let (_, exported) = said(&["worker", "export"], &spaced);
    let exported: serde_json::Value = serde_json::from_str(&exported).expect("JSON");
    assert_eq!(exported["id_number"], text.as_str());
    assert_eq!(exported["worker"]["name"], "李晓峰");
    assert_eq!(said(&["worker", "delete"], &spaced).0, Some(0));
    assert_eq!(said(&["worker", "show"], &spaced).0, Some(1));
    assert_eq!(said(&["worker", "show"], "5\n").0, Some(1));
}

#[test]
fn what_is_held_for_review_is_shown_and_let_through() {
    let dir = tempfile::tempdir().expect("a directory");
    let list = dir.path().join("list.csv");
    let rows = "岗位,公司,人数,工资,备注\n小工,甲公司,2,200/天,\n大工,乙公司,2,300/天,需交押金200元\n\
        木工,丙公司,若干,300/天,\n电工,丁公司,2,9000/天,\n";
    std::fs::write(&list, rows).expect("written");
    let import = [
        "import",
        "--hall",
        "weining",
        list.to_str().expect("a path"),
    ];
    let said = |args: &[&str]| {
        let output = run(dir.path(), args);
        assert!(output.status.success(), "{output:?}");
        String::from_utf8_lossy(&output.stdout).into_owned()
    };
    let first = said(&import);
    let lines: Vec<&str> = first.lines().collect();
    assert_eq!(
        lines[0],
        "line 3: held for review: asks for money or papers: 押金"
    );
    assert!(
        lines[1].starts_with("line 4, column 人数: "),
        "in order: {first}"
    );
    let pay = "line 5: held for review: pay of 9000 yuan is out of the usual (50-2000)";
    assert_eq!(lines[2], pay);
    assert_eq!(lines[3], "imported 3, updated 0, unchanged 0, rejected 1");
    let all = said(&["job", "list", "--hall", "weining"]);
    assert_eq!(all.lines().count(), 3, "{all}");
    let held = said(&["job", "list", "--hall", "weining", "--held"]);
    assert!(
        held.starts_with("102\tpending_review\t大工\t乙公司\t"),
        "{held}"
    );
    for number in ["102", "103"] {
        let approve = ["job", "approve", "--hall", "weining", "--number", number];
        said(&approve);
        assert_eq!(run(dir.path(), &approve).status.code(), Some(1));
    }
    assert_eq!(said(&["job", "list", "--hall", "weining", "--held"]), "");
    let again = said(&import);
    assert_eq!(again.lines().count(), 2, "only what is rejected: {again}");
    assert!(again.ends_with("imported 0, updated 0, unchanged 3, rejected 1\n"));
}

/// Runs a command that fails, and gives what it says about that.
fn failed(data: &Path, args: &[&str]) -> String {
    let output = run(data, args);
    assert_eq!(output.status.code(), Some(1), "{args:?}: {output:?}");
    assert!(output.stdout.is_empty(), "{args:?}");
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[test]
fn a_mistyped_directory_is_not_made() {
    let dir = tempfile::tempdir().expect("a directory");
    let typo = dir.path().join("gighal");
    let hall = ["--hall", "weining"];
    for command in [
        &["hall", "list"][..],
        &["device", "list"],
        &[&["job", "list"], &hall[..]].concat(),
        &[&["notice", "list"], &hall[..]].concat(),
        &[&["claim", "list"], &hall[..]].concat(),
        &[&["claim", "overdue"], &hall[..]].concat(),
        &["claim", "confirm", "--number", "00-0001"],
        &["worker", "show"],
    ] {
        let said = failed(&typo, command);
        assert!(said.contains("gighal"), "{said}");
        assert!(!typo.exists(), "{command:?}");
    }
    // Data whose key is gone gets no other one.
    let data = dir.path().join("data");
    assert!(
        run(&data, &["hall", "set", "--hall", "weining"])
            .status
            .success()
    );
    std::fs::remove_file(data.join("secret.key")).expect("removed");
    assert!(failed(&data, &["hall", "list"]).contains("secret.key"));
    assert!(!data.join("secret.key").exists());
}

#[test]
fn an_unknown_hall_is_told_with_those_there_are() {
    let dir = tempfile::tempdir().expect("a directory");
    for (hall, name) in [("weining", "威宁县零工市场"), ("bijie", "毕节市零工市场")] {
        let set = ["hall", "set", "--hall", hall, "--name", name];
        assert!(run(dir.path(), &set).status.success());
    }
    let typo = ["--hall", "weinin"];
    for command in [
        &["job", "list"][..],
        &["job", "cancel", "--number", "101"],
        &["notice", "list"],
        &["notice", "add", "--kind", "policy", "--title", "稳就业"],
        &["claim", "list"],
        &["claim", "overdue"],
        &["device", "add", "--name", "一号"],
        &["import", LISTINGS],
    ] {
        let said = failed(dir.path(), &[command, &typo[..]].concat());
        assert!(said.contains("no hall weinin"), "{said}");
        assert!(
            said.contains("bijie (毕节市零工市场), weining (威宁县零工市场)"),
            "{said}"
        );
    }
    let halls = run(dir.path(), &["hall", "list"]);
    assert_eq!(String::from_utf8_lossy(&halls.stdout).lines().count(), 2);
}

#[test]
fn times_are_those_of_the_halls_clock_which_is_named_once() {
    let dir = tempfile::tempdir().expect("a directory");
    let list = dir.path().join("list.csv");
    let tomorrow = day(1);
    let rows = format!("岗位,公司,人数,工资,开始时间\n小工,甲公司,2,200/天,{tomorrow} 6:30\n");
    std::fs::write(&list, rows).expect("written");
    let import = [
        "import",
        "--hall",
        "weining",
        list.to_str().expect("a path"),
    ];
    assert!(run(dir.path(), &import).status.success());
    let listed = run(dir.path(), &["job", "list", "--hall", "weining"]);
    let line = last_line(&listed);
    assert!(
        line.contains(&format!("\tstarts {tomorrow} 06:30\t")),
        "{line}"
    );
    let said = String::from_utf8_lossy(&listed.stderr).into_owned();
    assert_eq!(said.matches("Asia/Shanghai (UTC+08)").count(), 1, "{said}");
}

#[test]
fn a_reader_that_has_seen_enough_is_no_failure() {
    let dir = tempfile::tempdir().expect("a directory");
    assert!(
        run(dir.path(), &["import", "--hall", "weining", LISTINGS])
            .status
            .success()
    );
    let mut child = hub(dir.path(), &["job", "list", "--hall", "weining"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("started");
    // As `head` does, before anything is written.
    drop(child.stdout.take());
    let output = child.wait_with_output().expect("ran");
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{said}");
    assert!(
        !said.contains("ERROR") && !said.contains("panicked"),
        "{said}"
    );
}

#[test]
fn a_claim_that_cannot_be_decided_on_is_named() {
    let dir = tempfile::tempdir().expect("a directory");
    assert!(
        run(dir.path(), &["hall", "set", "--hall", "weining"])
            .status
            .success()
    );
    let said = failed(dir.path(), &["claim", "confirm", "--number", "xx"]);
    assert!(
        said.contains("there is no claim xx") && said.contains("claim list"),
        "{said}"
    );
}

/// A course in the hall `weining`.
fn add_event(data: &Path, title: &str, starts: &str, ends: &str, more: &[&str]) -> Output {
    let about = ["event", "add", "--hall", "weining", "--kind", "training"];
    let where_by = ["--place", "市场二楼", "--host", "县就业局"];
    let when = ["--title", title, "--starts", starts, "--ends", ends];
    run(data, &[&about[..], &where_by, &when, more].concat())
}

/// A day so many days from today, in the halls' zone.
fn day(n: i32) -> String {
    let zone = jiff::tz::TimeZone::get("Asia/Shanghai").expect("a zone");
    let today = zone.to_datetime(jiff::Timestamp::now()).date();
    (today + jiff::Span::new().days(n)).to_string()
}

fn nine(n: i32) -> String {
    format!("{}T09:00", day(n))
}

#[test]
fn an_event_is_put_up_listed_filled_and_taken_back() {
    let dir = tempfile::tempdir().expect("a directory");
    assert!(
        run(dir.path(), &["hall", "set", "--hall", "weining"])
            .status
            .success()
    );
    let link = ["--link", "https://hall.example/e/7", "--places", "30"];
    let added = add_event(dir.path(), "家政培训", &nine(7), &day(8), &link);
    assert!(added.status.success(), "{added:?}");
    let (id, list) = (last_line(&added), ["event", "list", "--hall", "weining"]);
    let set = |taken: &str| {
        let command = ["event", "set-places", "--id", id.as_str(), "--taken", taken];
        run(dir.path(), &command)
    };
    assert!(set("12").status.success());
    let times = format!("{} 09:00 - {}", day(7), day(8));
    assert_eq!(
        last_line(&run(dir.path(), &list)),
        format!(
            "{id}\ttraining\t{times}\t家政培训\t市场二楼\t县就业局\t12 of 30 taken\t{}",
            link[1]
        )
    );
    assert_eq!(set("31").status.code(), Some(1));

    let withdraw = ["event", "withdraw", "--id", id.as_str()];
    assert!(run(dir.path(), &withdraw).status.success());
    assert!(failed(dir.path(), &withdraw).contains("no such event"));
    assert!(run(dir.path(), &list).stdout.is_empty());
}

#[test]
fn an_event_that_cannot_be_is_refused_with_a_sentence() {
    let dir = tempfile::tempdir().expect("a directory");
    let set = run(dir.path(), &["hall", "set", "--hall", "weining"]);
    assert!(set.status.success());
    let long = "长".repeat(201);
    for (title, starts, ends, more, said) in [
        (
            "培训",
            nine(7),
            nine(6),
            &[][..],
            "the end is not after the start",
        ),
        ("培训", nine(7), nine(400), &[], "366 days lie between"),
        ("培训", nine(400), nine(401), &[], "366 days from now"),
        ("培训", nine(-2), nine(-1), &[], "over already"),
        (" ", nine(7), nine(8), &[], "title has 1 to 200"),
        (&long, nine(7), nine(8), &[], "title has 1 to 200"),
        ("培训", "soon".to_owned(), nine(8), &[], "--starts"),
        ("培训", nine(7), nine(8), &["--link", "ftp://a"], "http://"),
    ] {
        let refused = add_event(dir.path(), title, &starts, &ends, more);
        assert_eq!(refused.status.code(), Some(1), "{said}");
        let log = String::from_utf8_lossy(&refused.stderr).into_owned();
        assert!(log.contains(said), "{said}: {log}");
    }
}

#[test]
fn what_walls_showed_is_exported_and_jobs_that_were_never_shown_are_named() {
    use gighall_core::proof::{NumberedShowing, ProofRequest, Showing};
    let dir = tempfile::tempdir().expect("a directory");
    run(dir.path(), &["import", "--hall", "weining", LISTINGS]);
    let state = gighall_hub::open(&gighall_hub::HubConfig::new(dir.path())).expect("a hub");
    let hall: gighall_core::id::HallId = "weining".parse().expect("an id");
    let now = jiff::Timestamp::now();
    let code = state.store.add_device(&hall, "一号", now).expect("a code");
    let request = gighall_core::wire::EnrolRequest {
        code,
        hall: hall.clone(),
        public_key: "ab".repeat(32),
        version: "0.1.0".to_owned(),
        before: None,
    };
    let device = state.store.enrol(&request, now).expect("enrolled");
    let jobs = state.store.open_jobs(&hall, now).expect("read");
    let mut showing = gighall_core::testing::a_showing(1);
    let subject = showing.subject.as_mut().expect("a job");
    (subject.id, subject.number) = (Some(jobs[0].id.0), Some(jobs[0].number));
    subject.title = "=cmd|砌砖".to_owned();
    let request = ProofRequest {
        epoch: device.epoch,
        showings: vec![NumberedShowing {
            seq: 1,
            showing: Showing { at: now, ..showing },
        }],
    };
    let holder = gighall_core::rights::Holder {
        device: device.device,
        epoch: device.epoch,
    };
    let kept = state.store.accept_proof(holder, &request.showings);
    assert_eq!(kept.expect("kept"), 1);
    let today = now.to_zoned_datetime(state.zone.clone()).date().to_string();
    let out = dir.path().join("proof.csv");
    let days = ["--hall", "weining", "--from", &today, "--to", &today];
    let file = out.to_str().expect("a path");
    let written = run(
        dir.path(),
        &[&["proof", "export"][..], &days, &["--out", file]].concat(),
    );
    assert!(written.status.success(), "{written:?}");
    let sheet = std::fs::read_to_string(&out).expect("written");
    assert!(sheet.starts_with("\u{feff}device,wall,begins,seconds,"));
    let line = sheet.lines().nth(1).expect("a line");
    assert!(line.starts_with(&format!("一号,wall,{today} ")), "{line}");
    assert!(line.contains(",'=cmd|砌砖,"), "{line}");
    let backwards = ["--hall", "weining", "--from", &today, "--to", "2020-01-01"];
    let refused = run(dir.path(), &[&["proof", "export"][..], &backwards].concat());
    assert_eq!(refused.status.code(), Some(1));

    let day = ["proof", "exposure", "--hall", "weining", "--day", &today];
    let report = run(dir.path(), &day);
    let report = String::from_utf8(report.stdout).expect("text");
    let lines: Vec<&str> = report.lines().collect();
    let never = jobs.len() - 1;
    assert_eq!(
        lines.last().copied(),
        Some(format!("{} jobs, {never} of them never shown", jobs.len()).as_str())
    );
    assert!(
        lines[0].ends_with("\t0 times\t0 s\tnever shown"),
        "{report}"
    );
    let shown = lines[never];
    assert!(
        shown.starts_with(&format!("{}\t", jobs[0].number)),
        "{shown}"
    );
    assert!(shown.contains("\t1 times\t10 s\tfirst "), "{shown}");
}
