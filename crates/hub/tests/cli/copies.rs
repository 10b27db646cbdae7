//! `gighall-hub backup`, `restore`, `status`, `device write-off` and `claim enter-slip` as staff call them:
//! real processes.

use gighall_core::claim::Claim;
use gighall_core::id::{ClaimId, HubEpoch, WorkerId};
use gighall_core::report::{ReportRequest, RightsReport};
use gighall_core::rights::Holder;
use gighall_core::testing::{a_hall, an_id_number};
use gighall_core::wire::{EnrolReply, EnrolRequest, RightsAsk};
use gighall_core::worker::{Channel, Consent};
use gighall_hub::HubConfig;
use gighall_hub::store::{NewClaim, NewWorker};
use jiff::Timestamp;
use std::io::{BufRead, BufReader, Write};
use std::os::unix::fs::{PermissionsExt, chown};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use uuid::Uuid;

const LISTINGS: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/../../assets/demo/listings.csv"
);

fn hub(data: &Path, words: &[&str], rest: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_gighall-hub"));
    command.args(words).arg("--data").arg(data).args(rest);
    command
}

fn run(data: &Path, words: &[&str], rest: &[&str]) -> Output {
    hub(data, words, rest).output().expect("ran")
}

fn said(data: &Path, words: &[&str], rest: &[&str]) -> String {
    let output = run(data, words, rest);
    assert!(output.status.success(), "{words:?}: {output:?}");
    String::from_utf8(output.stdout).expect("text")
}

/// What a command that fails says.
fn refused(data: &Path, words: &[&str], rest: &[&str]) -> String {
    let output = run(data, words, rest);
    assert_eq!(output.status.code(), Some(1), "{words:?}: {output:?}");
    String::from_utf8(output.stderr).expect("text")
}

struct Server(Child);

impl Server {
    fn start(data: &Path) -> Self {
        Self::listening(data, &["--listen", "127.0.0.1:0"]).0
    }

    /// With the first line that it says.
    fn listening(data: &Path, wanted: &[&str]) -> (Self, String) {
        let mut child = hub(data, &["serve"], wanted)
            .stdout(Stdio::piped())
            .spawn()
            .expect("started");
        let mut first = String::new();
        BufReader::new(child.stdout.take().expect("piped"))
            .read_line(&mut first)
            .expect("a line");
        (Self(child), first)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// A hub with listings and a device that is enrolled.
fn a_hub(data: &Path) -> EnrolReply {
    said(data, &["import"], &["--hall", "weining", LISTINGS]);
    let state = gighall_hub::open(&HubConfig::new(data)).expect("a hub");
    let now = Timestamp::now();
    let code = state
        .store
        .add_device(&a_hall(), "一号", now)
        .expect("code");
    let request = EnrolRequest {
        code,
        hall: a_hall(),
        public_key: "ab".repeat(32),
        version: String::new(),
        before: None,
    };
    state.store.enrol(&request, now).expect("enrolled")
}

#[test]
fn a_hub_does_not_listen_in_the_clear_by_accident() {
    let dir = tempfile::tempdir().expect("a directory");
    let told = refused(dir.path(), &["serve"], &["--listen", "0.0.0.0:0"]);
    assert!(told.contains("--allow-unencrypted"), "{told}");
    let wanted = ["--listen", "0.0.0.0:0", "--allow-unencrypted"];
    let (_server, first) = Server::listening(dir.path(), &wanted);
    assert!(first.starts_with("listening on http://0.0.0.0:"), "{first}");
}

#[test]
fn a_copy_is_made_while_the_hub_serves_and_put_back_while_it_does_not() {
    let dir = tempfile::tempdir().expect("a directory");
    let (data, copy) = (dir.path().join("hub"), dir.path().join("copy.db"));
    a_hub(&data);
    let copy = copy.to_str().expect("UTF-8");
    let server = Server::start(&data);
    assert_eq!(said(&data, &["status"], &[]), "epoch\t1\nrestored\tnever\n");
    said(&data, &["backup"], &[copy]);
    assert!(refused(&data, &["backup"], &[copy]).contains("left alone"));
    let nowhere = dir.path().join("no/such/folder/copy.db");
    refused(&data, &["backup"], &[nowhere.to_str().expect("UTF-8")]);
    assert!(refused(&data, &["restore"], &[copy]).contains("in use"));
    let late = ["device", "add"];
    said(&data, &late, &["--hall", "weining", "--name", "二号"]);
    drop(server);

    let done = said(&data, &["restore"], &[copy]);
    assert!(done.starts_with("copy of\t20"), "{done}");
    let status = said(&data, &["status"], &[]);
    let lines: Vec<&str> = status.lines().collect();
    assert_eq!(lines[0], "epoch\t2");
    assert!(lines[1].ends_with("\ta copy was put back"), "{status}");
    assert!(lines[2].starts_with("held back\tweining\t"), "{status}");
    assert_eq!(
        lines[3],
        "waits for\tweining\t一号\tenrolment 1\tseen never"
    );
    let devices = said(&data, &["device", "list"], &[]);
    assert!(
        !devices.contains("二号") && devices.contains("\twaited for"),
        "{devices}"
    );
    let audit = said(&data, &["audit", "list"], &[]);
    assert!(
        audit.contains("\trestored\t") && audit.contains("a copy of 20"),
        "{audit}"
    );
    drop(Server::start(&data));

    let damaged = dir.path().join("damaged.db");
    let mut bytes = std::fs::read(copy).expect("read");
    bytes[8192..16384].fill(0xA5);
    std::fs::write(&damaged, bytes).expect("written");
    let damaged = damaged.to_str().expect("UTF-8");
    assert!(refused(&data, &["restore"], &[damaged]).contains("damaged"));
    assert_eq!(said(&data, &["status"], &[]), status, "nothing was changed");
    // On another machine: the key has to come along.
    let other = dir.path().join("other");
    std::fs::create_dir(&other).expect("made");
    assert!(refused(&other, &["restore"], &[copy]).contains("key"));
    std::fs::copy(data.join("secret.key"), other.join("secret.key")).expect("copied");
    assert!(said(&other, &["restore"], &[copy]).contains("before\t-"));
    assert!(
        said(&other, &["job", "list"], &["--hall", "weining"])
            .lines()
            .count()
            > 5
    );
}

#[test]
fn one_account_cannot_write_a_device_off() {
    let dir = tempfile::tempdir().expect("a directory");
    let data = dir.path().join("hub");
    a_hub(&data);
    let words = ["device", "write-off"];
    let which = ["--hall", "weining", "--name", "一号"];
    said(&data, &words, &which);
    // Whatever name is given.
    let again = hub(&data, &words, &which)
        .env("USER", "another")
        .env("SUDO_USER", "another")
        .output()
        .expect("ran");
    assert_eq!(again.status.code(), Some(1));
    let log = String::from_utf8_lossy(&again.stderr).into_owned();
    assert!(log.contains("a second member of staff"), "{log}");
    assert!(!said(&data, &["device", "list"], &[]).contains("written off"));
    let unknown = ["--hall", "weining", "--name", "九号"];
    refused(&data, &words, &unknown);
    let audit = said(&data, &["audit", "list"], &[]);
    assert!(
        audit.contains("\twrite-off-asked\t-\tweining\t一号"),
        "{audit}"
    );

    // Another account: only root can take one on.
    if std::os::unix::fs::MetadataExt::uid(&std::fs::metadata("/proc/self").expect("there")) != 0 {
        println!("the second account is left out: this is not root");
        return;
    }
    const OTHER: u32 = 65_534;
    std::fs::set_permissions(dir.path(), std::fs::Permissions::from_mode(0o755)).expect("chmod");
    chown(&data, Some(OTHER), None).expect("chown");
    for file in std::fs::read_dir(&data).expect("read") {
        chown(file.expect("a file").path(), Some(OTHER), None).expect("chown");
    }
    // The program may lie where that account cannot go.
    let program = dir.path().join("gighall-hub");
    std::fs::copy(env!("CARGO_BIN_EXE_gighall-hub"), &program).expect("copied");
    let second = Command::new(&program)
        .args(words)
        .arg("--data")
        .arg(&data)
        .args(which)
        .uid(OTHER)
        .output()
        .expect("ran");
    assert!(second.status.success(), "{second:?}");
    assert!(said(&data, &["device", "list"], &[]).contains("written off"));
    let audit = said(&data, &["audit", "list"], &[]);
    let done = audit.lines().find(|line| line.contains("\twritten-off\t"));
    let done = done.expect("written down");
    assert!(
        done.contains("uid=65534") && done.contains("first said by staff"),
        "{done}"
    );
}

/// The same with a first line on stdin.
fn run_with(data: &Path, words: &[&str], rest: &[&str], line: &str) -> Output {
    let mut child = hub(data, words, rest)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("started");
    let mut stdin = child.stdin.take().expect("piped");
    // Whoever refuses what was typed before reads none of it.
    let _ = writeln!(stdin, "{line}");
    drop(stdin);
    child.wait_with_output().expect("ran")
}

/// A kiosk was lent places and broke; somebody stands there with its slip.
#[test]
fn a_slip_of_a_lost_device_is_entered_by_its_number_or_its_code() {
    let dir = tempfile::tempdir().expect("a directory");
    let data = dir.path().join("hub");
    let enrolled = a_hub(&data);
    let holder = Holder {
        device: enrolled.device,
        epoch: enrolled.epoch,
    };
    let state = gighall_hub::open(&HubConfig::new(&data)).expect("a hub");
    let now = Timestamp::now();
    let jobs = state.store.open_jobs(&a_hall(), now).expect("read");
    let job = jobs.iter().find(|job| job.places > 5).expect("a large one");
    let ask = RightsAsk {
        job: job.id,
        known: 0,
        returned: 0,
        want: 2,
    };
    state.store.rights(holder, &[ask], now).expect("lent");
    let number = an_id_number("19750501", 1);
    let person = NewWorker {
        id: WorkerId(Uuid::now_v7()),
        name: "李晓峰".to_owned(),
        number: number.parse().expect("valid"),
        phone: None,
        work_kinds: vec![],
        consent: Consent {
            version: 1,
            at: now,
        },
        channel: Channel::Phone,
    };
    state.store.register(&person).expect("registered");

    let words = ["claim", "enter-slip"];
    let slip = format!("{}-0003", enrolled.claim_prefix);
    let (id, of) = (ClaimId(Uuid::new_v4()), job.number.to_string());
    let code = format!("https://hall.example.cn/s/{id}");
    let which = ["--number", &slip, "--job", &of, "--code", &code];
    let fails = |rest: &[&str], line: &str| {
        let output = run_with(&data, &words, rest, line);
        assert_eq!(output.status.code(), Some(1), "{rest:?}: {output:?}");
        String::from_utf8(output.stderr).expect("text")
    };
    assert!(fails(&which, &number).contains("一号 is in service"));
    said(
        &data,
        &["device", "revoke"],
        &["--hall", "weining", "--name", "一号"],
    );
    let bad = [
        "--number",
        &slip,
        "--job",
        &of,
        "--code",
        "https://hall.example.cn/j/12",
    ];
    assert!(fails(&bad, &number).contains("the code of a slip"));
    assert!(fails(&["--number", "seven", "--job", &of], &number).contains("07-0042"));
    assert!(fails(&which, "530000").contains("stdin, first line"));
    assert!(fails(&which, &an_id_number("19750501", 2)).contains("does not know that person"));
    let other = fails(&["--number", &slip, "--job", "99999"], &number);
    assert!(other.contains(&format!("in doubt are job {of}")), "{other}");

    for remark in ["", "\twas here before"] {
        let output = run_with(&data, &words, &which, &number);
        assert!(output.status.success(), "{output:?}");
        let line = String::from_utf8(output.stdout).expect("text");
        let expected = format!(
            "{slip}\tjob {of}\t{}\t李*峰\tconfirmed{remark}\n",
            job.title
        );
        assert_eq!(line, expected);
    }
    let kept = state
        .store
        .claim(id)
        .expect("read")
        .expect("under its own id");
    assert_eq!(kept.claim.device, Some(enrolled.device));
    let audit = said(&data, &["audit", "list"], &[]);
    let lines: Vec<&str> = audit
        .lines()
        .filter(|it| it.contains("slip-entered"))
        .collect();
    assert_eq!(lines.len(), 1, "{audit}");
    let about = format!("{slip} of 一号, job {of}");
    assert!(
        lines[0].contains("\tstaff login=") && lines[0].contains(&about),
        "{audit}"
    );
}

/// Phones give up after the copy, one of their places is lent, and no device has heard of it: there is one more
/// than places then, which staff see, and end.
#[test]
fn claims_that_are_in_doubt_are_named_and_staff_end_those_that_had_ended() {
    let dir = tempfile::tempdir().expect("a directory");
    let (data, copy) = (dir.path().join("hub"), dir.path().join("copy.db"));
    let enrolled = a_hub(&data);
    let holder = Holder {
        device: enrolled.device,
        epoch: enrolled.epoch,
    };
    let state = gighall_hub::open(&HubConfig::new(&data)).expect("a hub");
    let now = Timestamp::now();
    let jobs = state.store.open_jobs(&a_hall(), now).expect("read");
    let job = jobs.iter().find(|job| (3..=12).contains(&job.places));
    let job = job.expect("a small one");
    let claims: Vec<Claim> = (0..job.places)
        .map(|n| {
            let worker = NewWorker {
                id: WorkerId(Uuid::now_v7()),
                name: "李晓峰".to_owned(),
                number: an_id_number("19850501", n).parse().expect("valid"),
                phone: None,
                work_kinds: vec![],
                consent: Consent {
                    version: 1,
                    at: now,
                },
                channel: Channel::Phone,
            };
            let claim = NewClaim {
                id: ClaimId(Uuid::new_v4()),
                job: job.id,
                worker: state.store.register(&worker).expect("registered"),
                channel: Channel::Phone,
                device: None,
            };
            state.store.claim_direct(&claim, now).expect("free").claim
        })
        .collect();
    state.store.back_up(&copy, now).expect("copied");
    // As many stay at the hub, for phones.
    let gone = &claims[..gighall_core::rights::reserve(job.places) as usize + 1];
    for claim in gone {
        state.store.withdraw(claim.id, now).expect("withdrawn");
    }
    let ask = RightsAsk {
        job: job.id,
        known: 0,
        returned: 0,
        want: 1,
    };
    let lent = state.store.rights(holder, &[ask], now).expect("lent");
    assert_eq!(lent[0].grant.granted, 1);
    drop(state);
    said(&data, &["restore"], &[copy.to_str().expect("UTF-8")]);

    let state = gighall_hub::open(&HubConfig::new(&data)).expect("a hub");
    let report = ReportRequest {
        epoch: holder.epoch,
        hub_epoch: HubEpoch(2),
        public_key: "ab".repeat(32),
        rights: vec![RightsReport {
            job: job.id,
            granted: 1,
            returned: 0,
        }],
        logs: vec![],
        claims: Some(vec![]),
        witnessed: vec![],
        last: true,
    };
    assert!(
        state
            .store
            .report(holder, &report, now)
            .expect("taken")
            .complete
    );
    let status = said(&data, &["status"], &[]);
    let expected = format!(
        "too many\tweining\tjob {}\t{}\t{} held or lent of {} places: ",
        job.number,
        job.title,
        job.places + 1,
        job.places
    );
    assert!(status.contains(&expected), "{status}");
    for claim in &claims {
        let line = format!("\n\t{}\t", claim.number);
        assert!(status.contains(&line), "{status}");
    }
    said(
        &data,
        &["claim", "withdraw"],
        &["--number", &gone[0].number],
    );
    let status = said(&data, &["status"], &[]);
    assert!(!status.contains("too many"), "{status}");
}
