//! The fake desk's other services.

use super::FakeDesk;
use super::desk::NOW;
use gighall_core::application::Answers;
use gighall_core::call::{Called, Calls};
use gighall_core::complaint::{ComplaintNews, ComplaintState};
use gighall_core::event::{Event, EventKind};
use gighall_core::fit::{Seeker, Setting, jobs_for};
use gighall_core::hall::{Notice, NoticeKind};
use gighall_core::hardship::Hardship;
use gighall_core::id::{ClaimId, ComplaintId, EnrolmentId, EventId, NoticeId};
use gighall_core::job::WorkKind;
use gighall_core::playlist::ServicePlace;
use gighall_core::rating::Rating;
use gighall_core::rules::HeldClaim;
use gighall_core::testing::{an_event, at};
use gighall_core::training::{Enrolment, EnrolmentReason, EnrolmentState};
use gighall_core::wire::KnownWorker;
use gighall_core::wishes::Wishes;
use gighall_core::worker::Channel;
use gighall_kiosk::terminal::desk::{Desk, DeskError};
use gighall_kiosk::terminal::services::{Barred, Saying, ServiceDesk, Suggestions};
use jiff::SignedDuration;
use std::sync::Mutex;
use uuid::Uuid;

/// What enrolling comes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ServiceFate {
    Enrolled,
    Asked,
    Refused(EnrolmentReason),
}

/// What the fake desk keeps of the other services.
pub struct FakeServices {
    pub policies: Mutex<Vec<Notice>>,
    pub courses: Mutex<Vec<Event>>,
    pub fate: Mutex<ServiceFate>,
    pub enrolments: Mutex<Vec<Enrolment>>,
    pub wishes: Mutex<Vec<Vec<WorkKind>>>,
    pub applied: Mutex<Vec<Answers>>,
    /// Each time what was said makes it hard to find work, and who of staff helped.
    pub hardship: Mutex<Vec<(Vec<Hardship>, Option<String>)>>,
    /// What the hub knows that people wish, said at another terminal.
    pub wishes_at_hub: Mutex<Option<Wishes>>,
    pub complaints: Mutex<Vec<(ComplaintNews, Saying)>>,
    /// As many without a name as one terminal takes have been handed in.
    pub nameless_enough: Mutex<bool>,
    /// Claims with what was said of their work.
    pub ratings: Mutex<Vec<(ClaimId, Rating)>>,
    pub calls: Mutex<Calls>,
    /// Phones reach the hub.
    pub has_address: Mutex<bool>,
}

impl FakeServices {
    pub fn new() -> Self {
        Self {
            policies: Mutex::new(some_policies()),
            courses: Mutex::new((0..6).map(a_course).collect()),
            fate: Mutex::new(ServiceFate::Enrolled),
            enrolments: Mutex::default(),
            wishes: Mutex::default(),
            applied: Mutex::default(),
            hardship: Mutex::default(),
            wishes_at_hub: Mutex::default(),
            complaints: Mutex::default(),
            nameless_enough: Mutex::default(),
            ratings: Mutex::default(),
            calls: Mutex::default(),
            has_address: Mutex::new(true),
        }
    }
}

pub fn some_places() -> Vec<ServicePlace> {
    [
        ("1号窗口", "求职登记、失业登记"),
        ("2号窗口", "社保补贴、技能培训报名"),
        ("3号窗口", "欠薪投诉、劳动维权"),
        ("洽谈区", "和用工单位当面谈"),
        ("待工区", "休息、饮水、充电"),
    ]
    .map(|(at, what)| ServicePlace {
        at: at.to_owned(),
        what: what.to_owned(),
    })
    .to_vec()
}

fn some_policies() -> Vec<Notice> {
    let sentence = "在企业稳定就业、参加职工社会保险的脱贫劳动力，可以申请一次性交通补贴；\
                    带身份证和劳动合同到 2 号窗口办理，不收任何费用。";
    let of = |n: u128, kind, title: &str, body: String| Notice {
        id: NoticeId(Uuid::from_u128(0x7000 + n)),
        kind,
        title: title.to_owned(),
        body,
        issuer: Some("威宁县人力资源和社会保障局".to_owned()),
        effective_from: at(NOW) - SignedDuration::from_hours(24),
        effective_to: None,
        ticker: false,
    };
    vec![
        of(
            1,
            NoticeKind::Policy,
            "外出务工一次性交通补贴怎么领",
            (1..=14)
                .map(|n| format!("第{n}条　{sentence}"))
                .collect::<Vec<_>>()
                .join("\n"),
        ),
        of(
            2,
            NoticeKind::WageGuide,
            "2026 年零工工资指导价",
            "砌砖小工 200 到 260 元一天；保洁 130 到 160 元一天。".to_owned(),
        ),
        of(
            3,
            NoticeKind::AntiFraud,
            "先交押金的都是骗子",
            "不要交报名费、体检费、服装费，身份证不要交给别人。".to_owned(),
        ),
    ]
}

pub fn a_course(n: u32) -> Event {
    let titles = ["电工上岗证培训", "中式烹饪初级班", "家政月嫂培训"];
    let mut course = an_event(n);
    course.kind = EventKind::Training;
    course.title = titles[n as usize % 3].to_owned();
    course.text = Some("学会家庭电路安装和检修，考试合格发上岗证。".to_owned());
    course.place = "市场二楼培训教室".to_owned();
    course.host = "威宁县技工学校".to_owned();
    course.starts_at = at("2026-12-01T01:00:00Z") + SignedDuration::from_hours(24 * i64::from(n));
    course.ends_at = course.starts_at + SignedDuration::from_hours(56);
    (course.places, course.places_taken) = (Some(30), if n == 1 { 30 } else { 12 });
    course.withdrawn = false;
    course
}

impl ServiceDesk for FakeDesk {
    fn policies(&self) -> Result<Vec<Notice>, DeskError> {
        Ok(self.services.policies.lock().expect("held").clone())
    }

    fn policy_code(&self, notice: NoticeId) -> Option<String> {
        let has_address = *self.services.has_address.lock().expect("held");
        has_address.then(|| format!("http://192.168.8.20:8080/n/{notice}"))
    }

    fn course_code(&self, course: EventId) -> Option<String> {
        let code = self.phone_code(None)?;
        Some(format!("{code}?course={course}"))
    }

    fn courses(&self) -> Result<Vec<Event>, DeskError> {
        Ok(self.services.courses.lock().expect("held").clone())
    }

    fn enrol(
        &self,
        worker: &KnownWorker,
        course: EventId,
    ) -> Result<Result<Enrolment, EnrolmentReason>, DeskError> {
        let state = match *self.services.fate.lock().expect("held") {
            ServiceFate::Enrolled => EnrolmentState::Confirmed,
            ServiceFate::Asked => EnrolmentState::Asked,
            ServiceFate::Refused(reason) => return Ok(Err(reason)),
        };
        let courses = self.courses()?;
        let course = courses.iter().find(|it| it.id == course);
        let course = course.ok_or(DeskError::NotFound)?;
        let enrolment = Enrolment {
            id: EnrolmentId(Uuid::new_v4()),
            course: course.id,
            worker: worker.worker,
            title: course.title.clone(),
            place: course.place.clone(),
            starts_at: course.starts_at,
            channel: Channel::Terminal,
            state,
            reason: None,
            made_at: at(NOW),
        };
        let mut kept = self.services.enrolments.lock().expect("held");
        kept.insert(0, enrolment.clone());
        Ok(Ok(enrolment))
    }

    fn my_courses(&self, worker: &KnownWorker) -> Result<Vec<Enrolment>, DeskError> {
        self.my_courses_here(worker)
    }

    fn my_courses_here(&self, worker: &KnownWorker) -> Result<Vec<Enrolment>, DeskError> {
        let kept = self.services.enrolments.lock().expect("held");
        let mine = kept.iter().filter(|it| it.worker == worker.worker);
        Ok(mine.cloned().collect())
    }

    fn leave_course(&self, _: &KnownWorker, id: EnrolmentId) -> Result<Enrolment, DeskError> {
        let mut kept = self.services.enrolments.lock().expect("held");
        let found = kept.iter_mut().find(|it| it.id == id);
        let found = found.ok_or(DeskError::NotFound)?;
        found.state = EnrolmentState::Withdrawn;
        Ok(found.clone())
    }

    fn wish(&self, _: &KnownWorker, kinds: &[WorkKind]) -> Result<(), DeskError> {
        let mut wishes = self.services.wishes.lock().expect("held");
        wishes.push(kinds.to_vec());
        Ok(())
    }

    fn suited(&self, worker: &KnownWorker) -> Result<Suggestions, DeskError> {
        self.suited_here(worker)
    }

    fn suited_here(&self, worker: &KnownWorker) -> Result<Suggestions, DeskError> {
        let claims = self.claims.lock().expect("held");
        let live = claims
            .iter()
            .filter(|it| it.claim.worker == worker.worker && it.claim.state.is_coming());
        let seeker = Seeker {
            birth: worker.birth_date,
            kinds: worker.work_kinds.clone(),
            wishes: worker.wishes.clone().unwrap_or_default(),
            held: live.map(|it| HeldClaim::of(&it.job)).collect(),
            pause: None,
            hardship: false,
        };
        let setting = Setting {
            now: at(NOW),
            zone: jiff::tz::TimeZone::get("Asia/Shanghai").expect("bundled"),
            hall: "26.857,104.282".parse().ok(),
        };
        let jobs = self.jobs.lock().expect("held").clone();
        Ok(Suggestions {
            jobs: jobs_for(jobs, &seeker, &setting),
            barred: Barred::of(&seeker),
        })
    }

    fn with_wishes(&self, worker: &KnownWorker) -> Result<KnownWorker, DeskError> {
        let told = self.services.wishes_at_hub.lock().expect("held").clone();
        Ok(KnownWorker {
            wishes: worker.wishes.clone().or(told),
            ..worker.clone()
        })
    }

    fn say_wishes(
        &self,
        worker: &KnownWorker,
        kinds: &[WorkKind],
        wishes: &Wishes,
    ) -> Result<KnownWorker, DeskError> {
        let mut people = self.people.lock().expect("held");
        let mut known = people.values_mut();
        let known = known.find(|known| known.worker == worker.worker);
        let known = known.ok_or(DeskError::PersonGone)?;
        known.work_kinds = kinds.to_vec();
        known.wishes = Some(wishes.clone());
        Ok(known.clone())
    }

    fn say_hardship(&self, _: &KnownWorker, said: &[Hardship]) -> Result<(), DeskError> {
        let mut all = self.services.hardship.lock().expect("held");
        all.push((said.to_vec(), None));
        Ok(())
    }

    fn apply(&self, _: &KnownWorker, answers: &Answers) -> Result<String, DeskError> {
        let mut applied = self.services.applied.lock().expect("held");
        applied.push(answers.clone());
        Ok(format!("07-S{:04}", applied.len()))
    }

    fn complain(
        &self,
        worker: Option<&KnownWorker>,
        saying: &Saying,
    ) -> Result<ComplaintNews, DeskError> {
        if worker.is_none() && *self.services.nameless_enough.lock().expect("held") {
            return Err(DeskError::TooManyNameless);
        }
        let mut kept = self.services.complaints.lock().expect("held");
        let news = ComplaintNews {
            id: ComplaintId(Uuid::new_v4()),
            number: format!("07-R{:04}", kept.len() + 1),
            worker: worker.map(|known| known.worker),
            kind: saying.kind,
            job: saying.job,
            claim: saying.claim,
            state: ComplaintState::Received,
            word: None,
            made_at: at(NOW),
        };
        kept.insert(0, (news.clone(), saying.clone()));
        Ok(news)
    }

    fn my_complaints(&self, worker: &KnownWorker) -> Result<Vec<ComplaintNews>, DeskError> {
        self.my_complaints_here(worker)
    }

    fn my_complaints_here(&self, worker: &KnownWorker) -> Result<Vec<ComplaintNews>, DeskError> {
        let kept = self.services.complaints.lock().expect("held");
        let all = kept.iter().map(|(news, _)| news);
        let mine = all.filter(|news| news.worker == Some(worker.worker));
        Ok(mine.cloned().collect())
    }

    fn complaint(&self, id: ComplaintId) -> Result<Option<ComplaintNews>, DeskError> {
        let kept = self.services.complaints.lock().expect("held");
        let found = kept.iter().find(|(news, _)| news.id == id);
        Ok(found.map(|(news, _)| news.clone()))
    }

    fn may_rate(&self, _: &KnownWorker, claim: ClaimId) -> Result<bool, DeskError> {
        let ratings = self.services.ratings.lock().expect("held");
        Ok(ratings.iter().all(|(rated, _)| *rated != claim))
    }

    fn rate(&self, _: &KnownWorker, claim: ClaimId, rating: Rating) -> Result<(), DeskError> {
        let mut ratings = self.services.ratings.lock().expect("held");
        ratings.push((claim, rating));
        Ok(())
    }

    fn call_staff(&self) -> Result<Called, DeskError> {
        Ok(self.services.calls.lock().expect("held").call(at(NOW)))
    }

    fn call_over(&self) -> Result<(), DeskError> {
        self.services.calls.lock().expect("held").end(at(NOW));
        Ok(())
    }

    fn call_stands(&self) -> Result<bool, DeskError> {
        let calls = self.services.calls.lock().expect("held");
        Ok(calls.standing(at(NOW)).is_some())
    }
}
