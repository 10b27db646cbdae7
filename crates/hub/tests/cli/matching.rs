//! What staff do from the command line to match people with work, in a process of its own: one to one,
//! one to many, the ledger of hardship; and that it is written down.

use crate::api_support::{TestHub, consent, listing};
use gighall_core::hardship::{Hardship, HardshipStatement};
use gighall_core::id::ClaimId;
use gighall_core::id::WorkerId;
use gighall_core::job::{Job, WorkKind};
use gighall_core::outbox::Event;
use gighall_core::testing::{a_hall, an_id_number};
use gighall_core::wishes::{Paper, Wishes};
use gighall_core::worker::Channel;
use gighall_hub::store::NewClaim;
use jiff::Timestamp;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Output, Stdio};
use uuid::Uuid;

/// Runs a command with a line on its stdin.
fn ran(data: &Path, args: &[&str], line: &str) -> Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_gighall-hub"))
        .args(&args[..2])
        .arg("--data")
        .arg(data)
        .args(&args[2..])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("started");
    let mut stdin = child.stdin.take().expect("piped");
    // A command that refuses its arguments reads no line.
    let _ = writeln!(stdin, "{line}");
    drop(stdin);
    child.wait_with_output().expect("ended")
}

fn said(data: &Path, args: &[&str], line: &str) -> String {
    let output = ran(data, args, line);
    assert!(output.status.success(), "{args:?}: {output:?}");
    String::from_utf8(output.stdout).expect("text")
}

/// The command fails, and says this.
fn refused(data: &Path, args: &[&str], line: &str, why: &str) {
    let output = ran(data, args, line);
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(
        !output.status.success() && told.contains(why),
        "{args:?}: {told}"
    );
}

fn number(n: u32) -> String {
    an_id_number("19750501", n)
}

/// Publishes the `n`th job, changed.
fn job(hub: &TestHub, n: u32, change: impl FnOnce(&mut Job)) -> Job {
    let mut listing = listing(n, 3);
    change(&mut listing.job);
    hub.store()
        .import(&a_hall(), &[listing], Timestamp::now())
        .expect("imported");
    let open = hub.store().open_jobs(&a_hall(), Timestamp::now());
    let open = open.expect("read").into_iter();
    open.max_by_key(|job| job.number).expect("there")
}

/// Registered people who can do that and wish that, said at a terminal.
async fn people(hub: &TestHub, all: &[(u32, &[WorkKind], Wishes)]) -> Vec<WorkerId> {
    let mut device = hub.device("一号").await;
    let mut ids = vec![];
    for (n, kinds, wishes) in all {
        let worker = hub.worker(*n);
        device.append(Event::WorkWished {
            worker,
            kinds: kinds.to_vec(),
            wishes: Box::new(wishes.clone()),
            consent: Some(consent()),
        });
        ids.push(worker);
    }
    device.upload(hub, 0).await.expect("taken");
    ids
}

fn rows(table: &str) -> Vec<Vec<&str>> {
    let rows = table.lines().map(|line| line.split('\t').collect());
    rows.collect()
}

#[tokio::test]
async fn one_person_is_shown_the_jobs_that_fit_with_the_reasons() {
    let hub = TestHub::start().await;
    let data = hub.dir.path();
    let wishes = Wishes {
        fen_a_day: Some(20_000),
        town: Some("小海镇".to_owned()),
        papers: Some(vec![Paper::Health]),
        ..Wishes::default()
    };
    let ids = people(&hub, &[(1, &[WorkKind::Catering], wishes)]).await;
    let plain = job(&hub, 1, |job| job.work_kind = WorkKind::Catering);
    let best = job(&hub, 2, |job| {
        job.work_kind = WorkKind::Catering;
        job.town = "小海镇".to_owned();
        job.requirements = Some("需健康证".to_owned());
        job.title = "=帮厨".to_owned();
    });
    job(&hub, 3, |job| job.work_kind = WorkKind::Welding);
    let young = job(&hub, 4, |job| {
        job.work_kind = WorkKind::Catering;
        job.max_age = Some(30);
    });

    let id = ids[0].to_string();
    let by_id = said(data, &["match", "worker", &id], "");
    assert_eq!(
        by_id,
        said(data, &["match", "worker"], &number(1)),
        "by number or by id"
    );
    let table = rows(&by_id);
    let numbers: Vec<&str> = table.iter().filter_map(|row| row.get(1).copied()).collect();
    assert_eq!(numbers, [best.number.to_string(), plain.number.to_string()]);
    assert_eq!(table[0][8], "会做、有证、想去的乡镇、工钱够");
    assert_eq!(table[1][8], "会做、工钱够");
    assert!(!by_id.contains(&format!("\t{}\t", young.number)));
    let last = by_id.lines().last().expect("counted");
    assert!(last.starts_with("2 of 4 open jobs fit"), "{last}");
    assert!(
        last.contains("餐饮; from 200 yuan a day, 小海镇, 健康证"),
        "{last}"
    );

    let csv = data.join("for_one.csv");
    let csv_arg = csv.to_str().expect("plain");
    said(
        data,
        &[
            "match", "worker", &id, "--csv", csv_arg, "--hall", "weining",
        ],
        "",
    );
    let sheet = std::fs::read_to_string(&csv).expect("written");
    assert!(sheet.starts_with("\u{feff}hall,number,title"), "{sheet}");
    assert!(
        sheet.contains(",'=帮厨,餐饮,小海镇,"),
        "no formula: {sheet}"
    );

    refused(
        data,
        &["match", "worker", &id, "--hall", "nowhere"],
        "",
        "there is no hall",
    );
    let nobody = Uuid::from_u128(7).to_string();
    refused(data, &["match", "worker", &nobody], "", "worker");
    refused(data, &["match", "worker"], "123", "stdin, first line");
    refused(data, &["match", "worker", "x"], "", "invalid value");

    let audit = said(data, &["audit", "list", "--person"], &number(1));
    assert_eq!(audit.matches("\tmatched\t").count(), 3, "{audit}");
    hub.stop().await;
}

#[tokio::test]
async fn what_a_person_holds_stands_in_the_way_of_what_overlaps() {
    let hub = TestHub::start().await;
    let data = hub.dir.path();
    let ids = people(&hub, &[(1, &[], Wishes::default())]).await;
    let first = job(&hub, 1, |_| {});
    let same_day = job(&hub, 5, |job| {
        let other = listing(1, 1).job;
        (job.starts_at, job.ends_at) = (other.starts_at, other.ends_at);
        job.valid_until = other.valid_until;
    });
    let id = ids[0].to_string();
    let before = said(data, &["match", "worker", &id], "");
    assert!(before.contains("2 of 2 open jobs fit"), "{before}");
    let claim = NewClaim {
        id: ClaimId(Uuid::new_v4()),
        job: first.id,
        worker: ids[0],
        device: None,
        channel: Channel::Phone,
    };
    hub.store()
        .claim_direct(&claim, Timestamp::now())
        .expect("taken");
    let after = said(data, &["match", "worker", &id], "");
    assert!(after.contains("0 of 2 open jobs fit"), "{after}");
    let for_job = said(data, &["match", "job", &same_day.id.to_string()], "");
    assert!(for_job.contains("fits 0 of 1 people"), "{for_job}");
    hub.stop().await;
}

#[tokio::test]
async fn a_reserved_job_is_shown_to_those_first_whom_it_is_for() {
    let hub = TestHub::start().await;
    let data = hub.dir.path();
    let builder: &[WorkKind] = &[WorkKind::Construction];
    let paid = Wishes {
        fen_a_day: Some(20_000),
        ..Wishes::default()
    };
    let ids = people(
        &hub,
        &[
            (1, builder, paid),
            (2, builder, Wishes::default()),
            (3, &[WorkKind::Care], Wishes::default()),
        ],
    )
    .await;
    let reserved = job(&hub, 1, |job| job.reserved = true);
    let at = ["match", "job", "--hall", "weining", "--number"];
    let number_text = reserved.number.to_string();
    let at = [&at[..], &[&number_text]].concat();
    let first_of = |table: &str| rows(table)[0][0].to_owned();

    let before = said(data, &at, "");
    assert_eq!(first_of(&before), ids[0].to_string(), "{before}");
    assert!(
        before.contains("先让困难人员") && before.contains("fits 2 of 3 people"),
        "{before}"
    );

    let set = [
        "hardship",
        "set",
        "--kind",
        "long-without",
        "--why",
        "失业登记满一年",
    ];
    said(data, &set, &number(2));
    refused(data, &set, &number(2), "in the ledger for that already");
    let after = said(data, &at, "");
    assert_eq!(first_of(&after), ids[1].to_string(), "{after}");
    assert_eq!(rows(&after)[0][4], "困难人员优先、会做");
    // The same rule, one to one.
    let one = said(data, &["match", "worker", &ids[1].to_string()], "");
    assert!(one.contains("困难人员优先、会做"), "{one}");

    // Masked, unless names are asked for.
    assert!(
        after.contains("李*峰\t139****4321") && !after.contains("李晓峰"),
        "{after}"
    );
    let named = said(data, &[&at[..], &["--names"]].concat(), "");
    assert!(named.contains("李晓峰\t13987654321"), "{named}");

    let end = ["hardship", "end", "--why", "找到工作了"];
    said(data, &end, &number(2));
    refused(data, &end, &number(2), "not in the ledger");
    assert_eq!(said(data, &at, ""), before, "it ended");

    let audit = said(data, &["audit", "list", "--person"], &number(2));
    for (act, times) in [("matched", 5), ("hardship-set", 1), ("hardship-ended", 1)] {
        assert_eq!(
            audit.matches(&format!("\t{act}\t")).count(),
            times,
            "{act}: {audit}"
        );
    }
    hub.stop().await;
}

#[tokio::test]
async fn the_ledger_says_who_and_why_and_goes_with_the_person() {
    let hub = TestHub::start().await;
    let data = hub.dir.path();
    people(&hub, &[(1, &[], Wishes::default())]).await;
    let set = |kind: &'static str, why: &'static str| {
        said(
            data,
            &["hardship", "set", "--kind", kind, "--why", why],
            &number(1),
        )
    };
    set("disabled", "看过残疾证");
    set("low-income", "看过低保证");
    let end = [
        "hardship",
        "end",
        "--kind",
        "low-income",
        "--why",
        "不再享受",
    ];
    said(data, &end, &number(1));

    let open = said(data, &["hardship", "list"], "");
    assert_eq!(open.lines().count(), 1);
    for part in ["残疾\t李*峰\t", "staff login=", "看过残疾证\tgoes on"] {
        assert!(open.contains(part), "{open}");
    }
    let all = said(data, &["hardship", "list", "--all"], "");
    assert!(
        all.contains("低保家庭") && all.contains("ended") && all.contains("不再享受"),
        "{all}"
    );
    let shown = said(data, &["worker", "show"], &number(1));
    assert!(
        shown.contains("hardship\t残疾\tgoes on") && shown.contains("wishes\t"),
        "{shown}"
    );
    let export = said(data, &["worker", "export"], &number(1));
    assert!(
        export.contains("\"disabled\"") && export.contains("看过残疾证"),
        "{export}"
    );
    // On the disk it is encrypted.
    hub.store().hardships(true).expect("read");
    for file in std::fs::read_dir(data).expect("listed") {
        let path = file.expect("read").path();
        if path.is_file() {
            let bytes = std::fs::read(&path).expect("read");
            let plain = ["看过残疾证", "不再享受", "low_income", "disabled"];
            for text in plain {
                let found = bytes
                    .windows(text.len())
                    .any(|part| part == text.as_bytes());
                assert!(!found, "{text} in {path:?}");
            }
        }
    }

    refused(
        data,
        &["hardship", "set", "--kind", "poor", "--why", "x"],
        "",
        "the kinds are older, disabled",
    );
    refused(
        data,
        &["hardship", "set", "--kind", "other", "--why", " "],
        &number(1),
        "--why has 1 to 200",
    );
    refused(
        data,
        &["hardship", "set", "--kind", "other", "--why", "x"],
        &number(9),
        "worker",
    );

    said(data, &["worker", "delete"], &number(1));
    assert_eq!(
        said(data, &["hardship", "list", "--all"], ""),
        "",
        "forgotten with the person"
    );
    hub.stop().await;
}

#[tokio::test]
async fn staff_see_what_people_said_and_verify_or_dismiss_it() {
    let hub = TestHub::start().await;
    let data = hub.dir.path();
    let ids = people(&hub, &[(1, &[], Wishes::default())]).await;
    let mut device = hub.device("二号").await;
    let said_of = [Hardship::LowIncome, Hardship::Disabled];
    device.append(Event::HardshipSaid {
        statement: Box::new(HardshipStatement {
            worker: ids[0],
            said: Hardship::seal(&said_of, &device.reply.sealing_key).expect("a key"),
            consent: Some(consent()),
            made_at: Timestamp::now(),
            channel: Channel::Staff,
            helped_by: Some("12".to_owned()),
        }),
    });
    device.upload(&hub, 0).await.expect("taken");

    let list = |more: &[&str]| said(data, &[&["hardship", "said"][..], more].concat(), "");
    let open = list(&[]);
    assert_eq!(open.lines().count(), 2);
    for part in [
        "低保家庭\t李*峰\t139****4321\t",
        "helped by 12\tnotice 1\twaits",
    ] {
        assert!(open.contains(part), "{open}");
    }
    assert!(list(&["--names"]).contains("李晓峰\t13987654321"));
    assert_eq!(said(data, &["hardship", "list"], ""), "", "it is only said");
    let shown = said(data, &["worker", "show"], &number(1));
    assert!(
        shown.contains("said of hardship\t残疾\tnot verified")
            && shown.contains("agreed to for wishes\tversion 1"),
        "{shown}"
    );

    let found = |what, kind, why| ["hardship", what, "--kind", kind, "--why", why];
    said(data, &found("verify", "disabled", "看过残疾证"), &number(1));
    said(
        data,
        &found("dismiss", "low-income", "不在名册"),
        &number(1),
    );
    for what in ["verify", "dismiss"] {
        let again = found(what, "disabled", "x");
        refused(data, &again, &number(1), "nothing of that kind");
    }
    assert_eq!(list(&[]), "");
    let all = list(&["--all"]);
    assert!(
        all.contains("verified") && all.contains("dismissed") && all.contains("不在名册"),
        "{all}"
    );
    let ledger = said(data, &["hardship", "list"], "");
    assert!(ledger.contains("看过残疾证\tgoes on"), "{ledger}");
    let export = said(data, &["worker", "export"], &number(1));
    assert!(
        export.contains("hardships_said") && export.contains("wishes_consent"),
        "{export}"
    );

    let audit = said(data, &["audit", "list", "--person"], &number(1));
    for act in ["hardship-verified", "hardship-dismissed"] {
        assert_eq!(audit.matches(&format!("\t{act}\t")).count(), 1, "{audit}");
    }
    let audit = said(data, &["audit", "list"], "");
    let listed = audit.matches("\thardship-said-listed\t").count();
    assert_eq!(listed, 4, "{audit}");
    hub.stop().await;
}

#[tokio::test]
async fn wishes_come_with_the_person_and_go_with_them() {
    let hub = TestHub::start().await;
    let wishes = Wishes {
        fen_a_day: Some(u64::MAX),
        town: Some(" 草海镇 ".to_owned()),
        ..Wishes::default()
    };
    let ids = people(&hub, &[(1, &[WorkKind::Care], wishes)]).await;
    let known = hub.store().worker(ids[0]).expect("read").expect("known");
    assert_eq!(known.work_kinds, [WorkKind::Care]);
    // A device may send what no screen of ours does.
    let sound = Wishes {
        town: Some("草海镇".to_owned()),
        ..Wishes::default()
    };
    assert_eq!(known.wishes, Some(sound));

    // Said of an id that the hub cannot read yet, it goes over to the person.
    let mut device = hub.device("二号").await;
    let stranger = WorkerId(Uuid::now_v7());
    device.append(Event::WorkWished {
        worker: stranger,
        kinds: vec![],
        wishes: Box::new(Wishes {
            fen_a_day: Some(30_000),
            ..Wishes::default()
        }),
        consent: Some(consent()),
    });
    device.upload(&hub, 0).await.expect("taken");
    assert_eq!(hub.store().worker(stranger).expect("read"), None);
    let again = device.registers(1);
    device.append(Event::WorkWished {
        worker: again,
        kinds: vec![],
        wishes: Box::new(Wishes::default()),
        consent: None,
    });
    device.upload(&hub, 1).await.expect("taken");
    let known = hub.store().worker(again).expect("read").expect("known");
    assert_eq!(
        (known.worker, known.wishes),
        (ids[0], Some(Wishes::default()))
    );
    assert_eq!(
        known.work_kinds,
        [WorkKind::Care],
        "what was not said stays"
    );

    hub.store()
        .delete_worker(ids[0], Timestamp::now())
        .expect("deleted");
    assert!(
        hub.store()
            .people(Timestamp::now())
            .expect("read")
            .is_empty()
    );
    hub.stop().await;
}
