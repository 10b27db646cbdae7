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
        "weining\t威宁县零工市场"
    );
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
    assert!(notices.starts_with(&id) && notices.ends_with("稳就业"));
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
    let rows =
        "岗位,公司,人数,工资,备注\n小工,甲公司,2,200/天,\n大工,乙公司,2,300/天,需交押金200元\n";
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
    assert!(lines[0].starts_with("line 3: held for review: "), "{first}");
    assert_eq!(lines[1], "imported 2, updated 0, unchanged 0, rejected 0");
    let all = said(&["job", "list", "--hall", "weining"]);
    assert_eq!(all.lines().count(), 2, "{all}");
    let held = said(&["job", "list", "--hall", "weining", "--held"]);
    assert!(
        held.starts_with("102\tpending_review\t大工\t乙公司\t"),
        "{held}"
    );
    let approve = ["job", "approve", "--hall", "weining", "--number", "102"];
    said(&approve);
    assert_eq!(run(dir.path(), &approve).status.code(), Some(1));
    assert_eq!(said(&["job", "list", "--hall", "weining", "--held"]), "");
    assert_eq!(
        said(&import),
        "imported 0, updated 0, unchanged 2, rejected 0\n"
    );
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
