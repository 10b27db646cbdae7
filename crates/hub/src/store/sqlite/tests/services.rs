//! Courses, wishes and applications.

use super::*;
use crate::store::Store;
use gighall_core::application::{Answers, Application, Education, LastWork, Want};
use gighall_core::event::{Event as Course, EventKind};
use gighall_core::id::{ApplicationId, EnrolmentId};
use gighall_core::job::WorkKind;
use gighall_core::seal::{OpeningKey, SealedText};
use gighall_core::testing::an_event;
use gighall_core::training::{Enrolment, EnrolmentReason, EnrolmentState};

fn course(house: &House, places: u32) -> Course {
    let mut course = an_event(1);
    course.kind = EventKind::Training;
    course.starts_at = now() + SignedDuration::from_hours(48);
    course.ends_at = now() + SignedDuration::from_hours(72);
    (course.places, course.places_taken) = (Some(places), 0);
    house.store.put_event(&a_hall(), &course).expect("put");
    course
}

fn taken(house: &House) -> u32 {
    house.store.events(&a_hall()).expect("read")[0].places_taken
}

impl Device {
    fn asks(&mut self, course: &Course, worker: WorkerId) -> EnrolmentId {
        let enrolment = Enrolment {
            id: EnrolmentId(Uuid::new_v4()),
            course: course.id,
            worker,
            title: "as the device knew it".to_owned(),
            place: course.place.clone(),
            starts_at: course.starts_at,
            channel: Channel::Terminal,
            state: EnrolmentState::Asked,
            reason: None,
            made_at: now(),
        };
        let id = enrolment.id;
        self.append(Event::TrainingAsked {
            enrolment: Box::new(enrolment),
        });
        id
    }

    fn applies(&mut self, worker: WorkerId, answers: SealedText) -> Application {
        let application = Application {
            id: ApplicationId(Uuid::new_v4()),
            number: format!("{}-S{:04}", self.prefix, self.log.len() + 1),
            worker,
            answers,
            consent: Consent {
                version: 1,
                at: now(),
            },
            made_at: now(),
            channel: Channel::Terminal,
        };
        self.append(Event::Applied {
            application: Box::new(application.clone()),
        });
        application
    }

    /// How the enrolments stand that this device was told of, the last word on each.
    fn told(&self, house: &House, id: EnrolmentId) -> (EnrolmentState, Option<EnrolmentReason>) {
        let changes = house.changes(Scope::Device(self.holder.device));
        let mut told = changes.into_iter().filter_map(|change| match change {
            Change::Enrolment { enrolment } if enrolment.id == id => Some(enrolment),
            _ => None,
        });
        let last = told.next_back().expect("told");
        (last.state, last.reason)
    }
}

#[test]
fn a_course_never_has_more_people_than_places_however_many_terminals_were_cut_off() {
    let house = house();
    let course = course(&house, 3);
    let mut devices = [house.device("一号"), house.device("二号")];
    let mut asked = vec![];
    for (n, device) in devices.iter_mut().enumerate() {
        for worker in 0..3 {
            let worker = house.worker(1 + 2 * (3 * n as u32 + worker));
            asked.push((n, device.asks(&course, worker)));
        }
        device.upload(&house).expect("taken");
        device.upload(&house).expect("again");
    }
    let stands = |(n, id): (usize, EnrolmentId)| devices[n].told(&house, id);
    let confirmed = (EnrolmentState::Confirmed, None);
    let full = (EnrolmentState::Rejected, Some(EnrolmentReason::Full));
    let all: Vec<_> = asked.iter().copied().map(stands).collect();
    assert_eq!(all, [confirmed, confirmed, confirmed, full, full, full]);
    assert_eq!(taken(&house), 3);
    let listed = house.store.enrolled(course.id).expect("read");
    assert_eq!(listed.len(), 3);
    assert_eq!(
        listed[0].enrolment.title, course.title,
        "as the hub knows it"
    );
    let lowered = house.store.set_event_places(course.id, None, 2);
    assert!(matches!(lowered, Err(StoreError::MoreEnrolled)));
}

#[test]
fn whoever_withdraws_frees_a_place_once_and_nobody_is_enrolled_twice() {
    let house = house();
    let course = course(&house, 1);
    let (first, second) = (house.worker(1), house.worker(3));
    let mut device = house.device("一号");
    let id = device.asks(&course, first);
    let twice = device.asks(&course, first);
    for _ in 0..2 {
        device.append(Event::TrainingLeft {
            enrolment: id,
            worker: first,
        });
    }
    let other = device.asks(&course, second);
    device.upload(&house).expect("taken");
    let duplicate = (EnrolmentState::Rejected, Some(EnrolmentReason::Duplicate));
    assert_eq!(device.told(&house, twice), duplicate);
    assert_eq!(device.told(&house, other).0, EnrolmentState::Confirmed);
    assert_eq!(taken(&house), 1);
    let mine = house.store.enrolments_of(first).expect("read");
    let stands = mine.iter().find(|it| it.id == id).expect("kept");
    assert_eq!(stands.state, EnrolmentState::Withdrawn);

    house.store.withdraw_event(course.id).expect("withdrawn");
    let gone = (EnrolmentState::Cancelled, Some(EnrolmentReason::Gone));
    assert_eq!(device.told(&house, other), gone);
    let late = device.asks(&course, first);
    device.upload(&house).expect("taken");
    let gone = (EnrolmentState::Rejected, Some(EnrolmentReason::Gone));
    assert_eq!(device.told(&house, late), gone);
}

#[test]
fn each_person_is_counted_once_for_what_they_would_like_to_learn() {
    let house = house();
    let mut device = house.device("一号");
    let (one, other) = (house.worker(1), house.worker(3));
    for (worker, kinds) in [
        (one, vec![WorkKind::Welding, WorkKind::Catering]),
        (one, vec![WorkKind::Welding]),
        (
            other,
            vec![WorkKind::Welding, WorkKind::Care, WorkKind::Care],
        ),
    ] {
        device.append(Event::TrainingWished { worker, kinds });
    }
    device.upload(&house).expect("taken");
    let demand = || {
        let demand = house.store.training_demand(&a_hall()).expect("read");
        demand
            .into_iter()
            .map(|it| (it.kind, it.people))
            .collect::<Vec<_>>()
    };
    assert_eq!(demand(), [(WorkKind::Welding, 2), (WorkKind::Care, 1)]);
    house.store.delete_worker(other, now()).expect("deleted");
    assert_eq!(demand(), [(WorkKind::Welding, 1)]);
}

#[test]
fn an_application_is_encrypted_finished_once_and_forgotten_with_its_person() {
    let house = house();
    let course = course(&house, 2);
    let worker = house.worker(1);
    let answers = Answers {
        last_work: LastWork::Never,
        why_left: None,
        education: Education::Junior,
        wants: vec![Want::Benefit],
    };
    let mut device = house.device("一号");
    let key = house.store.keys.opening.sealing_key();
    let sent = device.applies(worker, answers.seal(&key).expect("sealed"));
    let foreign = OpeningKey::from_bytes([9; 32]).sealing_key();
    let unread = device.applies(worker, answers.seal(&foreign).expect("sealed"));
    device.asks(&course, worker);
    device.upload(&house).expect("taken");

    let waits = |all| house.store.applications(&a_hall(), all).expect("read");
    let listed = waits(false);
    assert_eq!(listed.len(), 2);
    let kept = |id| listed.iter().find(|it| it.id == id).expect("kept");
    assert_eq!(kept(sent.id).answers.as_ref(), Some(&answers));
    assert_eq!(kept(sent.id).number, sent.number);
    assert_eq!(kept(unread.id).answers, None);
    let flagged = house.store.devices().expect("read").remove(0).flagged;
    assert_eq!(flagged.get("unreadable-answers"), Some(&1));
    let stored: Vec<u8> = house
        .store
        .read(|view| {
            let sql = "SELECT answers FROM application WHERE answers IS NOT NULL";
            Ok(view.query_row(sql, [], |row| row.get(0))?)
        })
        .expect("read");
    assert!(!String::from_utf8_lossy(&stored).contains("benefit"));

    let finish = |id| {
        house
            .store
            .finish_application(id, "staff 王芳", Some("已登记"), now())
    };
    finish(sent.id).expect("finished");
    assert!(matches!(finish(sent.id), Err(StoreError::Finished)));
    let nobody = ApplicationId(Uuid::new_v4());
    assert!(matches!(finish(nobody), Err(StoreError::NotFound(_))));
    assert_eq!((waits(false).len(), waits(true).len()), (1, 2));
    let number = an_id_number("19750501", 1).parse().expect("valid");
    let file = || house.store.worker_file(&number).expect("read");
    let whole = file().expect("known");
    assert_eq!((whole.applications.len(), whole.enrolments.len()), (2, 1));
    let note = whole.applications.iter().find(|it| it.id == sent.id);
    assert_eq!(note.and_then(|it| it.note.as_deref()), Some("已登记"));

    house.store.delete_worker(worker, now()).expect("deleted");
    assert_eq!((file(), waits(true)), (None, vec![]));
    assert_eq!(taken(&house), 0, "the place is free again");
    let left: i64 = house
        .store
        .read(|view| {
            let sql =
                "SELECT (SELECT count(*) FROM enrolment_for) + (SELECT count(*) FROM application)";
            Ok(view.query_row(sql, [], |row| row.get(0))?)
        })
        .expect("read");
    assert_eq!(left, 0);
    let bodies: Vec<Vec<u8>> = house
        .store
        .read(|view| {
            Ok(view
                .prepare("SELECT body FROM outbox_record")?
                .query_map([], |row| row.get(0))?
                .collect::<Result<_, _>>()?)
        })
        .expect("read");
    let vault = &house.store.keys.vault;
    for body in bodies {
        assert_eq!(vault.decrypt("outbox.body", &body).as_deref(), Ok(""));
    }
}
