//! What staff do with courses and applications from the command line, in a process of its own; and
//! that it is written down.

use crate::api_support::{TestDevice, TestHub};
use gighall_core::application::{Answers, Application, Education, LastWork, Want, WhyLeft};
use gighall_core::claim::ClaimState;
use gighall_core::complaint::{
    Complaint, ComplaintKind, ComplaintNews, ComplaintState, Since, Told,
};
use gighall_core::event::EventKind;
use gighall_core::id::{ApplicationId, ComplaintId, EnrolmentId, JobId, WorkerId};
use gighall_core::job::WorkKind;
use gighall_core::outbox::Event;
use gighall_core::rating::Rating;
use gighall_core::testing::{a_hall, an_event};
use gighall_core::training::{Enrolment, EnrolmentState};
use gighall_core::wire::Change;
use gighall_core::worker::{Channel, Consent};
use jiff::{SignedDuration, Timestamp};
use std::path::Path;
use std::process::{Command, Output};
use uuid::Uuid;

fn ran(data: &Path, args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_gighall-hub"))
        .args(&args[..2])
        .arg("--data")
        .arg(data)
        .args(&args[2..])
        .output()
        .expect("started")
}

fn said(data: &Path, args: &[&str]) -> String {
    let output = ran(data, args);
    assert!(output.status.success(), "{args:?}: {output:?}");
    String::from_utf8(output.stdout).expect("text")
}

#[tokio::test]
async fn staff_see_who_enrolled_what_is_wanted_and_finish_applications() {
    let hub = TestHub::start().await;
    let (data, now) = (hub.dir.path(), Timestamp::now());
    let mut course = an_event(1);
    course.kind = EventKind::Training;
    course.starts_at = now + SignedDuration::from_hours(48);
    course.ends_at = now + SignedDuration::from_hours(72);
    (course.places, course.places_taken) = (Some(2), 0);
    hub.store().put_event(&a_hall(), &course).expect("put");
    let worker = hub.worker(1);
    let mut device = hub.device("一号").await;
    let answers = Answers {
        last_work: LastWork::Year,
        why_left: Some(WhyLeft::EmployerClosed),
        education: Education::Primary,
        wants: vec![Want::Work, Want::Training],
    };
    let key = &device.reply.sealing_key;
    let application = Application {
        id: ApplicationId(Uuid::new_v4()),
        number: "01-S0001".to_owned(),
        worker,
        answers: answers.seal(key).expect("sealed"),
        consent: Consent {
            version: 1,
            at: now,
        },
        made_at: now,
        channel: Channel::Terminal,
    };
    let enrolment = Enrolment {
        id: EnrolmentId(Uuid::new_v4()),
        course: course.id,
        worker,
        title: course.title.clone(),
        place: course.place.clone(),
        starts_at: course.starts_at,
        channel: Channel::Terminal,
        state: EnrolmentState::Asked,
        reason: None,
        made_at: now,
    };
    device.append(Event::TrainingAsked {
        enrolment: Box::new(enrolment),
    });
    device.append(Event::TrainingWished {
        worker,
        kinds: vec![WorkKind::Welding],
    });
    device.append(Event::Applied {
        application: Box::new(application),
    });
    device.upload(&hub, 0).await.expect("taken");

    let id = course.id.to_string();
    let masked = said(data, &["event", "enrolments", "--id", &id]);
    assert!(
        masked.contains("李*峰\t139****4321") && !masked.contains("李晓峰"),
        "{masked}"
    );
    let named = said(data, &["event", "enrolments", "--id", &id, "--names"]);
    assert!(named.contains("李晓峰\t13987654321"), "{named}");
    let demand = said(data, &["training", "demand", "--hall", "weining"]);
    assert!(demand.starts_with("1\twelding\t焊工\t"), "{demand}");

    let listed = said(data, &["application", "list", "--hall", "weining"]);
    assert!(
        listed.starts_with("01-S0001\t") && listed.contains("李*峰\twaits"),
        "{listed}"
    );
    let show = ["application", "show", "--number", "01-S0001"];
    let shown = said(data, &show);
    for line in ["name\t李晓峰", "why\t单位关停", "wants\t找工作 学技能"] {
        assert!(shown.contains(line), "{shown}");
    }
    let finish = ["application", "finish", "--number", "01-S0001", "--note"];
    let finish = [&finish[..], &["已登记"]].concat();
    said(data, &finish);
    let again = ran(data, &finish);
    let why = String::from_utf8_lossy(&again.stderr).into_owned();
    assert!(!again.status.success() && why.contains("01-S0001"), "{why}");
    assert!(said(data, &show).contains("note\t已登记"));
    assert_eq!(
        said(data, &["application", "list", "--hall", "weining"]).trim(),
        ""
    );
    let audit = said(data, &["audit", "list"]);
    for act in [
        "enrolments-listed",
        "applications-listed",
        "application-shown",
        "application-finished",
    ] {
        assert!(audit.contains(act), "{act}: {audit}");
    }
    hub.stop().await;
}

/// A complaint as a terminal hands it in.
fn complaint(device: &TestDevice, number: &str, worker: Option<WorkerId>, job: JobId) -> Complaint {
    let now = Timestamp::now();
    let told = Told {
        since: Since::Month,
        sum_fen: worker.map(|_| 180_000),
        words: "王老板说下个月再给".to_owned(),
    };
    Complaint {
        id: ComplaintId(Uuid::new_v4()),
        number: number.to_owned(),
        worker,
        kind: match worker {
            Some(_) => ComplaintKind::Unpaid,
            None => ComplaintKind::Fee,
        },
        job: Some(job),
        claim: None,
        told: told.seal(&device.reply.sealing_key).expect("sealed"),
        consent: Consent {
            version: 1,
            at: now,
        },
        made_at: now,
        channel: Channel::Terminal,
    }
}

/// How a complaint stands, as the device was told last.
async fn told(hub: &TestHub, device: &TestDevice, id: ComplaintId) -> Option<ComplaintNews> {
    let feed = device.feed(hub, device.scope(), 0, 0).await.expect("told");
    let changes = feed.scopes.into_iter().flat_map(|scope| scope.changes);
    let mut news = changes.filter_map(|next| match next.change {
        Change::Complaint { news } if news.id == id => Some(news),
        _ => None,
    });
    news.next_back()
}

#[tokio::test]
async fn staff_take_complaints_up_and_close_them_and_the_terminal_is_told() {
    let hub = TestHub::start().await;
    let data = hub.dir.path();
    let (job, worker) = (hub.job(1, 3), hub.worker(1));
    let mut device = hub.device("一号").await;
    let unpaid = complaint(&device, "01-R0001", Some(worker), job);
    let fee = complaint(&device, "01-R0002", None, job);
    let mut nameless = complaint(&device, "01-R0003", None, job);
    nameless.kind = ComplaintKind::Unpaid;
    for sent in [&unpaid, &fee, &nameless] {
        let complaint = Box::new(sent.clone());
        device.append(Event::Complained { complaint });
    }
    device.upload(&hub, 0).await.expect("taken");

    let list = ["complaint", "list", "--hall", "weining"];
    let listed = said(data, &list);
    for line in [
        "拖欠工资\t李*峰\t已收到",
        "收费、押金、扣证件\t匿名\t已收到",
    ] {
        assert!(listed.contains(line), "{listed}");
    }
    assert!(!listed.contains("王老板"), "{listed}");
    let show = ["complaint", "show", "--number", "01-R0001"];
    let shown = said(data, &show);
    for line in [
        "name\t李晓峰",
        "yuan\t1800",
        "words\t王老板说下个月再给",
        "job\t101 小工1",
    ] {
        assert!(shown.contains(line), "{line}: {shown}");
    }
    assert_eq!(told(&hub, &device, unpaid.id).await, None);

    let take_up = ["complaint", "take-up", "--number", "01-R0001"];
    said(data, &take_up);
    let news = told(&hub, &device, unpaid.id).await.expect("told");
    assert_eq!(
        (news.state, news.worker),
        (ComplaintState::TakenUp, Some(worker))
    );
    assert_eq!((news.job, news.claim), (unpaid.job, unpaid.claim));
    assert!(news.job.is_some(), "at which job of theirs it stands");
    assert!(
        !ran(data, &take_up).status.success(),
        "it is taken up already"
    );
    let close = ["complaint", "close", "--number", "01-R0001", "--word"];
    let too_long = "长".repeat(81);
    assert!(
        !ran(data, &[&close[..], &[too_long.as_str()]].concat())
            .status
            .success()
    );
    said(data, &[&close[..], &["工钱已经结清"]].concat());
    let news = told(&hub, &device, unpaid.id).await.expect("told");
    assert_eq!(news.state, ComplaintState::Closed);
    assert_eq!(news.word.as_deref(), Some("工钱已经结清"));
    assert!(!said(data, &list).contains("01-R0001"));
    assert!(said(data, &[&list[..], &["--all"]].concat()).contains("已办结"));

    // What was said and what staff answered lie encrypted, the log of changes included.
    for entry in std::fs::read_dir(data).expect("a folder") {
        let path = entry.expect("an entry").path();
        let bytes = std::fs::read(&path).unwrap_or_default();
        for words in ["王老板", "工钱已经结清"] {
            let found = bytes.windows(words.len()).any(|it| it == words.as_bytes());
            assert!(!found, "{words} in {}", path.display());
        }
    }
    hub.store()
        .delete_worker(worker, Timestamp::now())
        .expect("erased");
    assert!(!ran(data, &show).status.success(), "gone with the person");
    let shown = said(data, &["complaint", "show", "--number", "01-R0002"]);
    assert!(shown.contains("name\t匿名"), "{shown}");
    let audit = said(data, &["audit", "list"]);
    for act in ["complaints-listed", "complaint-shown", "complaint-moved"] {
        assert!(audit.contains(act), "{act}: {audit}");
    }
    hub.stop().await;
}

/// A worker of that number takes the job and says how it was, so often.
fn rate(device: &mut TestDevice, job: JobId, n: u32, words: &[Rating]) -> WorkerId {
    let worker = device.registers(n);
    let claim = device.takes(job, worker, ClaimState::Provisional).id;
    for &rating in words {
        device.append(Event::ClaimRated { claim, rating });
    }
    worker
}

#[tokio::test]
async fn an_employers_average_needs_three_ratings_and_the_first_word_counts() {
    let hub = TestHub::start().await;
    let data = hub.dir.path();
    let job = hub.job(1, 5);
    let mut device = hub.device("一号").await;
    let list = ["rating", "list", "--hall", "weining"];
    rate(&mut device, job, 1, &[Rating::Good, Rating::Bad]);
    let second = rate(&mut device, job, 3, &[Rating::Fair]);
    device.upload(&hub, 0).await.expect("taken");
    assert!(said(data, &list).starts_with("<3\t-\t"), "too few");
    rate(&mut device, job, 5, &[Rating::Bad]);
    device.upload(&hub, 0).await.expect("taken");
    let listed = said(data, &list);
    assert!(listed.starts_with("3\t2.0\t"), "{listed}");
    let claim = hub.store().claims_of(second).expect("read").remove(0).claim;
    hub.store()
        .withdraw(claim.id, Timestamp::now())
        .expect("withdrawn");
    hub.store()
        .delete_worker(second, Timestamp::now())
        .expect("erased");
    assert!(
        said(data, &list).starts_with("<3\t-\t"),
        "gone with the person"
    );
    hub.stop().await;
}
