//! One of every kind of thing that travels, with every field filled, as today's program writes it.

mod messages;

use gighall_core::application::Application;
use gighall_core::claim::{Claim, ClaimReason, ClaimState};
use gighall_core::complaint::{Complaint, ComplaintKind, ComplaintNews, ComplaintState};
use gighall_core::hall::{Hall, Notice, NoticeKind};
use gighall_core::hardship::HardshipStatement;
use gighall_core::id::{
    ApplicationId, ClaimId, ComplaintId, DeviceId, EnrolmentId, JobId, NoticeId, WorkerId,
};
use gighall_core::identity::Sex;
use gighall_core::job::{Job, WorkKind};
use gighall_core::media::MediaFile;
use gighall_core::outbox::{Body, Event, Head, RECORD_VERSION, Record};
use gighall_core::pass::{HeldPass, PassHash};
use gighall_core::pause::Pause;
use gighall_core::pin::{PinBy, PinHash};
use gighall_core::playlist::HubPlaylist;
use gighall_core::rating::Rating;
use gighall_core::seal::{OpeningKey, SealedText};
use gighall_core::testing::{a_hall, a_job, an_event, an_id_number, at};
use gighall_core::training::{Enrolment, EnrolmentReason, EnrolmentState};
use gighall_core::wire::{Change, DeviceHealth, KnownWorker, ProblemType};
use gighall_core::wishes::{Hours, Paper, Wishes};
use gighall_core::witness::Witnessed;
use gighall_core::worker::{Channel, Consent, Registration};
use jiff::Timestamp;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use uuid::Uuid;

/// A kind of thing that travels.
pub struct Sample {
    /// The name of its fixture.
    pub name: String,
    /// What today's program writes.
    pub written: Value,
    /// Reads a text as today's program does, and writes again what it has understood.
    pub read: fn(&Value) -> Result<Value, String>,
}

fn sample<T: Serialize + DeserializeOwned>(name: &str, value: &T) -> Sample {
    Sample {
        name: name.to_owned(),
        written: serde_json::to_value(value).expect("plain data"),
        read: |text| {
            let read: T = serde_json::from_value(text.clone()).map_err(|it| it.to_string())?;
            serde_json::to_value(read).map_err(|it| it.to_string())
        },
    }
}

/// The names of all kinds, and the name of one. A new kind does not compile before it is named here,
/// and then has to have a sample.
macro_rules! kinds {
    ($all:ident, $name:ident, $type:ident: $($kind:ident),+ $(,)?) => {
        pub const $all: &[&str] = &[$(stringify!($kind)),+];
        fn $name(of: &$type) -> &'static str {
            match of { $($type::$kind { .. } => stringify!($kind)),+ }
        }
    };
}

kinds!(CHANGES, change_name, Change:
    Job, JobRemoved, Notice, NoticeRemoved, Hall, Claim, Recall, Event, Playlist, PlaylistRemoved,
    Media, MediaRemoved, Enrolment, Pause, Complaint, WorkerErased, Pass, Witnessed, Unknown);

kinds!(EVENTS, event_name, Event:
    WorkerRegistered, ClaimConfirmed, ClaimProvisional, ClaimWithdrawn, ClaimCheckedIn,
    ClaimSettled, TrainingAsked, TrainingLeft, TrainingWished, WorkWished, PauseLifted, Applied,
    HardshipSaid, Complained, ClaimRated, PassMade, PassRevoked, PinMade);

fn id(n: u128) -> Uuid {
    Uuid::from_u128(n)
}

fn now() -> Timestamp {
    at("2026-11-25T08:00:00Z")
}

fn device() -> DeviceId {
    DeviceId(id(7))
}

fn worker() -> WorkerId {
    WorkerId(id(8))
}

fn job() -> Job {
    Job {
        occupation_code: Some("6-29-01-01".to_owned()),
        gather_at: Some(at("2026-11-23T23:30:00Z")),
        gather_place: Some("市场门口".to_owned()),
        position: Some(("26.857000".to_owned(), "104.282000".to_owned())),
        min_age: Some(18),
        max_age: Some(60),
        requirements: Some("会砌砖".to_owned()),
        reserved: true,
        ..a_job(1)
    }
}

fn claim() -> Claim {
    Claim {
        id: ClaimId(id(9)),
        number: "01-0001".to_owned(),
        job: job().id,
        worker: worker(),
        device: Some(device()),
        channel: Channel::Terminal,
        state: ClaimState::Rejected,
        reason: Some(ClaimReason::Full),
        made_at: now(),
    }
}

fn enrolment() -> Enrolment {
    let course = an_event(1);
    Enrolment {
        id: EnrolmentId(id(10)),
        course: course.id,
        worker: worker(),
        title: course.title,
        place: course.place,
        starts_at: course.starts_at,
        channel: Channel::Terminal,
        state: EnrolmentState::Rejected,
        reason: Some(EnrolmentReason::Full),
        made_at: now(),
    }
}

fn consent() -> Consent {
    Consent {
        version: 1,
        at: now(),
    }
}

fn wishes() -> Wishes {
    Wishes {
        fen_a_day: Some(18_000),
        town: Some("草海镇".to_owned()),
        hours: Some(Hours::Day),
        papers: Some(vec![Paper::Welder]),
    }
}

fn pause() -> Pause {
    Pause {
        since: now(),
        until: at("2026-12-02T08:00:00Z"),
    }
}

fn news() -> ComplaintNews {
    ComplaintNews {
        id: ComplaintId(id(11)),
        number: "01-R0001".to_owned(),
        worker: Some(worker()),
        kind: ComplaintKind::Unpaid,
        job: None,
        claim: None,
        state: ComplaintState::Closed,
        word: Some("工资已付".to_owned()),
        made_at: now(),
    }
}

/// Sealed to the key of the tests; random, so that it differs each time.
fn sealed(text: &str) -> SealedText {
    let key = OpeningKey::from_bytes([7; 32]).sealing_key();
    key.seal_text(text).expect("a key")
}

fn hall() -> Hall {
    Hall {
        id: a_hall(),
        name: "威宁县零工市场".to_owned(),
        county_code: Some("520526".to_owned()),
        hotline: Some("0857-12333".to_owned()),
        address: Some("草海镇建设东路".to_owned()),
    }
}

fn known() -> KnownWorker {
    KnownWorker {
        worker: worker(),
        name: "李晓峰".to_owned(),
        id_mask: "5224**********0018".to_owned(),
        birth_date: jiff::civil::date(2005, 5, 1),
        sex: Sex::Male,
        phone: Some("13812345678".to_owned()),
        work_kinds: vec![WorkKind::Construction],
        wishes: Some(wishes()),
    }
}

fn media() -> MediaFile {
    MediaFile {
        name: "warning.png".to_owned(),
        sha256: "ab".repeat(32),
        bytes: 12_345,
        kind: "image/png".to_owned(),
    }
}

fn playlist() -> HubPlaylist {
    HubPlaylist {
        name: "冬季".to_owned(),
        halls: vec![a_hall()],
        walls: vec!["wall".to_owned()],
        from: Some(now()),
        until: Some(at("2027-03-01T00:00:00Z")),
        given_at: now(),
        text: "[[scene]]\nkind = \"table\"\nseconds = 20\n".to_owned(),
    }
}

fn notice() -> Notice {
    Notice {
        id: NoticeId(id(12)),
        kind: NoticeKind::WageGuide,
        title: "小工日工资参考".to_owned(),
        body: "180至260元".to_owned(),
        issuer: Some("县人社局".to_owned()),
        effective_from: now(),
        effective_to: Some(at("2027-01-01T00:00:00Z")),
        ticker: true,
    }
}

fn changes() -> Vec<Change> {
    vec![
        Change::Job {
            job: Box::new(job()),
        },
        Change::JobRemoved { id: job().id },
        Change::Notice { notice: notice() },
        Change::NoticeRemoved { id: notice().id },
        Change::Hall { hall: hall() },
        Change::Claim { claim: claim() },
        Change::Recall { job: job().id },
        Change::Event {
            event: Box::new(an_event(1)),
        },
        Change::Playlist {
            playlist: Box::new(playlist()),
        },
        Change::PlaylistRemoved {
            name: "冬季".to_owned(),
        },
        Change::Media { file: media() },
        Change::MediaRemoved {
            name: "warning.png".to_owned(),
        },
        Change::Enrolment {
            enrolment: enrolment(),
        },
        Change::Pause {
            worker: worker(),
            pause: Some(pause()),
        },
        Change::Complaint { news: news() },
        Change::WorkerErased { worker: worker() },
        Change::Pass {
            worker: worker(),
            pass: pass(),
        },
        Change::Witnessed {
            witnessed: witnessed(),
        },
        Change::Unknown,
    ]
}

fn witnessed() -> Witnessed {
    Witnessed {
        until: at("2026-12-25T08:00:00Z"),
        closed: "00ff".to_owned(),
    }
}

fn events() -> Vec<Event> {
    let registration = Registration {
        worker: worker(),
        name: "李晓峰".to_owned(),
        id_sealed: sealed(&an_id_number("20050501", 1)),
        id_mask: known().id_mask,
        birth_date: known().birth_date,
        sex: Sex::Male,
        phone: known().phone,
        work_kinds: known().work_kinds,
        consent: consent(),
        channel: Channel::Staff,
    };
    let complaint = Complaint {
        id: news().id,
        number: news().number,
        worker: Some(worker()),
        kind: ComplaintKind::Unpaid,
        job: Some(job().id),
        claim: Some(claim().id),
        told: sealed(r#"{"since":"week","sum_fen":20000,"words":"工头没给钱"}"#),
        consent: consent(),
        made_at: now(),
        channel: Channel::Terminal,
    };
    let application = Application {
        id: ApplicationId(id(13)),
        number: "01-S0001".to_owned(),
        worker: worker(),
        answers: sealed(r#"{"last_work":"never","education":"primary","wants":["work"]}"#),
        consent: consent(),
        made_at: now(),
        channel: Channel::Terminal,
    };
    let (claim, job) = (claim(), job());
    vec![
        Event::WorkerRegistered {
            registration: Box::new(registration),
        },
        Event::ClaimConfirmed {
            claim: Box::new(claim.clone()),
        },
        Event::ClaimProvisional {
            claim: Box::new(claim.clone()),
        },
        Event::ClaimWithdrawn {
            claim: claim.id,
            job: job.id,
        },
        Event::ClaimCheckedIn { claim: claim.id },
        Event::ClaimSettled {
            claim: claim.id,
            job: job.id,
        },
        Event::TrainingAsked {
            enrolment: Box::new(enrolment()),
        },
        Event::TrainingLeft {
            enrolment: enrolment().id,
            worker: worker(),
        },
        Event::TrainingWished {
            worker: worker(),
            kinds: vec![WorkKind::Construction],
        },
        Event::WorkWished {
            worker: worker(),
            kinds: vec![WorkKind::Construction],
            wishes: Box::new(wishes()),
            consent: Some(consent()),
        },
        Event::PauseLifted { worker: worker() },
        Event::Applied {
            application: Box::new(application),
        },
        Event::HardshipSaid {
            statement: Box::new(HardshipStatement {
                worker: worker(),
                said: sealed(r#"["disabled"]"#),
                consent: Some(consent()),
                made_at: now(),
                channel: Channel::Staff,
                helped_by: Some("12".to_owned()),
            }),
        },
        Event::Complained {
            complaint: Box::new(complaint),
        },
        Event::ClaimRated {
            claim: claim.id,
            rating: Rating::Good,
        },
        Event::PassMade {
            worker: worker(),
            pass: PassHash([9; 32]),
        },
        Event::PassRevoked { worker: worker() },
        Event::PinMade {
            worker: worker(),
            pin: PinHash("$argon2id$v=19$m=19456,t=2,p=1$c2FsdA$aGFzaA".to_owned()),
            by: PinBy::Registering,
        },
    ]
}

fn pass() -> HeldPass {
    HeldPass {
        hash: Some(PassHash([9; 32])),
        since: now(),
    }
}

fn health() -> DeviceHealth {
    DeviceHealth {
        outbox_length: 3,
        outbox_oldest: Some(now()),
        rights: 4,
        clock_offset_ms: -250,
        version: "0.1.0".to_owned(),
        notices: vec!["paper is out".to_owned()],
        walls: vec![],
    }
}

fn record() -> Record {
    let body = Body {
        v: RECORD_VERSION,
        at: now(),
        event: Event::ClaimCheckedIn { claim: claim().id },
    };
    Head::default().append(body.to_text())
}

/// All of them.
pub fn all() -> Vec<Sample> {
    let mut all = messages::requests();
    all.extend(messages::replies());
    all.push(sample("record", &record()));
    for change in changes() {
        all.push(sample(&format!("change.{}", change_name(&change)), &change));
    }
    for event in events() {
        let name = format!("record.{}", event_name(&event));
        let body = Body {
            v: RECORD_VERSION,
            at: now(),
            event,
        };
        all.push(sample(&name, &body));
    }
    all
}

/// The codes of every list of words that travel, as today's program knows them.
pub fn codes() -> Vec<(&'static str, Vec<&'static str>)> {
    macro_rules! all {
        ($($type:ty),+ $(,)?) => {
            vec![$((stringify!($type), <$type>::ALL.iter().map(|it| it.code()).collect())),+]
        };
    }
    use gighall_core::application::{Education, LastWork, Want, WhyLeft};
    use gighall_core::complaint::Since;
    use gighall_core::event::EventKind;
    use gighall_core::hardship::Hardship;
    use gighall_core::job::{ClaimMode, EmployerKind, Insurance, JobState, Settlement};
    use gighall_core::pay::PayUnit;
    all![
        Hardship,
        Rating,
        Sex,
        Hours,
        Paper,
        ProblemType,
        EventKind,
        WorkKind,
        Settlement,
        Insurance,
        ClaimMode,
        JobState,
        EmployerKind,
        Channel,
        LastWork,
        WhyLeft,
        Education,
        Want,
        ComplaintKind,
        Since,
        ComplaintState,
        EnrolmentState,
        EnrolmentReason,
        ClaimState,
        ClaimReason,
        PayUnit,
    ]
}

/// The ids of jobs that are in no store: for questions of which the hub knows nothing.
pub fn no_job() -> JobId {
    JobId(id(0xdead))
}
