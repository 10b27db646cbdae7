//! What staff do with courses and applications from the command line, in a process of its own; and
//! that it is written down.
#![allow(clippy::expect_used, missing_docs)]

mod api_support;

use api_support::TestHub;
use gighall_core::application::{Answers, Application, Education, LastWork, Want, WhyLeft};
use gighall_core::event::EventKind;
use gighall_core::id::{ApplicationId, EnrolmentId};
use gighall_core::job::WorkKind;
use gighall_core::outbox::Event;
use gighall_core::testing::{a_hall, an_event};
use gighall_core::training::{Enrolment, EnrolmentState};
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
