//! An invented hall for tests of the wall.

#![allow(dead_code, clippy::unwrap_used)]

pub mod window;

use gighall_core::event::{Event, EventKind};
use gighall_core::hall::{Hall, HallFigures, Notice, NoticeKind};
use gighall_core::id::{EventId, JobId, NoticeId};
use gighall_core::job::{Insurance, Job, Settlement, WorkKind};
use gighall_core::pay::{Pay, PayUnit};
use gighall_core::playlist::{Orders, Scene};
use gighall_core::testing::{a_hall, a_job, an_event, at};
use gighall_kiosk::wall::WallSettings;
use gighall_kiosk::wall::feed::{FeedError, Link, WallFeed};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use std::collections::BTreeMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use uuid::Uuid;

/// 2026-11-24, 09:30 in China.
pub fn morning() -> Timestamp {
    at("2026-11-24T01:30:00Z")
}

pub struct Demo {
    pub jobs: Mutex<Vec<Job>>,
    pub notices: Vec<Notice>,
    pub events: Vec<Event>,
    pub figures: Option<HallFigures>,
    pub orders: Orders,
    pub link: Mutex<Link>,
    /// What staff were told of each part of the wall.
    pub told: Mutex<BTreeMap<String, String>>,
    pub revision: AtomicU64,
}

impl Demo {
    /// `count` open jobs and three notices.
    pub fn new(count: u32) -> Self {
        Self {
            jobs: Mutex::new((0..count).map(job).collect()),
            notices: notices(),
            events: events(),
            figures: Some(HallFigures {
                day: jiff::civil::date(2026, 11, 24),
                claimed: 37,
                paid_on_time: Some(112),
            }),
            orders: Orders::default(),
            told: Mutex::default(),
            link: Mutex::new(Link {
                online: true,
                data_as_of: Some(morning()),
                clock_untrusted: false,
            }),
            revision: AtomicU64::new(1),
        }
    }

    pub fn offline(count: u32) -> Self {
        let demo = Self::new(count);
        *demo.link.lock().unwrap() = Link {
            online: false,
            data_as_of: Some(at("2026-11-24T00:42:00Z")),
            clock_untrusted: false,
        };
        demo
    }

    pub fn change(&self, change: impl FnOnce(&mut Vec<Job>)) {
        change(&mut self.jobs.lock().unwrap());
        self.revision.fetch_add(1, Ordering::SeqCst);
    }
}

impl WallFeed for Demo {
    fn each_open_job(&self, at: Timestamp, each: &mut dyn FnMut(&Job)) -> Result<(), FeedError> {
        let jobs = self.jobs.lock().unwrap();
        jobs.iter().filter(|job| job.is_open(at)).for_each(each);
        Ok(())
    }

    fn open_jobs(&self, ids: &[JobId], at: Timestamp) -> Result<Vec<Job>, FeedError> {
        let jobs = self.jobs.lock().unwrap();
        let open = jobs
            .iter()
            .filter(|job| ids.contains(&job.id) && job.is_open(at));
        Ok(open.cloned().collect())
    }

    fn tell_staff(&self, part: &str, trouble: &str) -> bool {
        let mut told = self.told.lock().unwrap();
        told.insert(part.to_owned(), trouble.to_owned());
        true
    }

    fn notices(&self, at: Timestamp) -> Result<Vec<Notice>, FeedError> {
        let current = self.notices.iter().filter(|notice| notice.is_current(at));
        Ok(current.cloned().collect())
    }

    fn events(&self, at: Timestamp) -> Result<Vec<Event>, FeedError> {
        let there = self.events.iter().filter(|event| !event.is_over(at));
        Ok(there.cloned().collect())
    }

    fn orders(&self, _: &str) -> Result<Orders, FeedError> {
        Ok(self.orders.clone())
    }

    fn hall(&self) -> Result<Option<Hall>, FeedError> {
        Ok(Some(Hall {
            id: a_hall(),
            name: "威宁县零工市场".to_owned(),
            county_code: Some("520526".to_owned()),
            hotline: Some("0857-6220123".to_owned()),
            address: None,
        }))
    }

    fn hall_figures(&self) -> Result<Option<HallFigures>, FeedError> {
        Ok(self.figures)
    }

    fn link(&self) -> Link {
        *self.link.lock().unwrap()
    }

    fn now(&self) -> Timestamp {
        morning()
    }

    fn job_address(&self, job: JobId) -> Option<String> {
        Some(format!("http://10.12.0.7:8080/h/weining/j/{job}"))
    }

    fn course_address(&self, course: EventId) -> Option<String> {
        Some(format!("http://10.12.0.7:8080/t/{course}"))
    }

    fn revision(&self) -> u64 {
        self.revision.load(Ordering::SeqCst)
    }
}

/// Sizes that a hall may have: Full HD, a small panel, portrait, strips, a coarse module.
pub const SIZES: [(u32, u32); 9] = [
    (1920, 1080),
    (1366, 768),
    (1080, 1920),
    (3840, 1080),
    (1920, 384),
    (1536, 192),
    (768, 256),
    (320, 160),
    (288, 144),
];

/// That scene and no other.
pub fn only(scene: Scene) -> WallSettings {
    WallSettings {
        scenes: vec![scene],
        ..settings()
    }
}

pub fn settings() -> WallSettings {
    WallSettings {
        scenes: gighall_core::playlist::default_scenes(),
        zone: TimeZone::get("Asia/Shanghai").unwrap(),
        calendar: gighall_core::playlist::Calendar::default(),
        hall_name: "零工市场".to_owned(),
        ticker_texts: vec!["本厅全部服务免费，凡收押金、报名费、体检费的都是骗局".to_owned()],
        ticker_jobs: 3,
        text_px: 0,
        characters_per_second: 2.75,
        name: "wall".to_owned(),
        period: None,
        folder: std::path::PathBuf::new(),
        media: gighall_kiosk::media::Ready::new(),
        look: gighall_kiosk::wall::Look::default(),
    }
}

fn range(min: u64, max: u64, unit: PayUnit) -> Pay {
    Pay::Range {
        min_fen: min * 100,
        max_fen: max * 100,
        unit,
    }
}

/// An invented job; the longest texts that real lists have are among them.
pub fn job(n: u32) -> Job {
    use PayUnit::{Day, Hour, Month, Piece, Trip};
    use WorkKind as K;
    let mut job = a_job(n);
    let (kind, title, pay, settlement, town, address) = match n % 11 {
        0 => (
            K::Loading,
            "水泥装卸工",
            range(220, 280, Day),
            Settlement::Daily,
            "五里岗街道",
            "五里岗物流园2号库",
        ),
        1 => (
            K::Construction,
            "砌砖小工",
            range(200, 260, Day),
            Settlement::Daily,
            "草海镇",
            "草海镇建设东路安置房工地",
        ),
        2 => (
            K::Farming,
            "苹果采摘套袋工（可带家属）",
            range(110, 130, Day),
            Settlement::Daily,
            "雪山镇",
            "雪山镇灼圃村果园",
        ),
        3 => (
            K::Cleaning,
            "酒店客房保洁",
            range(18, 18, Hour),
            Settlement::Weekly,
            "六桥街道",
            "六桥街道草海大道88号",
        ),
        4 => (
            K::Factory,
            "包装普工",
            range(4500, 6000, Month),
            Settlement::Monthly,
            "五里岗街道",
            "五里岗工业园区标准厂房",
        ),
        5 => (
            K::Driving,
            "砂石料短驳司机（B2证）",
            range(80, 120, Trip),
            Settlement::PerTrip,
            "小海镇",
            "小海镇砂石厂",
        ),
        6 => (
            K::Welding,
            "钢构焊工",
            range(350, 400, Day),
            Settlement::OnCompletion,
            "新发布依族乡",
            "新发布依族乡集镇",
        ),
        7 => (
            K::Catering,
            "婚宴帮厨传菜",
            range(160, 160, Day),
            Settlement::Daily,
            "海边街道",
            "海边街道酒楼",
        ),
        8 => (
            K::Care,
            "医院陪护",
            Pay::Negotiable,
            Settlement::Weekly,
            "海边街道",
            "县人民医院住院部",
        ),
        9 => (
            K::Delivery,
            "快递分拣",
            range(1, 1, Piece),
            Settlement::HalfMonthly,
            "六桥街道",
            "六桥街道分拨中心",
        ),
        _ => (
            K::Housekeeping,
            "月嫂护理",
            range(8000, 12000, Month),
            Settlement::Monthly,
            "草海镇",
            "草海镇",
        ),
    };
    let hours = 20 + i64::from(n % 7) * 8;
    job.number = 1001 + n;
    job.work_kind = kind;
    job.title = title.to_owned();
    job.pay = pay;
    job.settlement = settlement;
    job.town = town.to_owned();
    job.address = address.to_owned();
    job.urgent = n % 6 == 1;
    job.places = 2 + n % 14;
    job.places_left = 1 + n % 13;
    job.starts_at = at("2026-11-24T00:00:00Z")
        + SignedDuration::from_hours(hours / 24 * 24 + 24 * i64::from(n.is_multiple_of(5)));
    job.starts_at = job.starts_at.max(morning() + SignedDuration::from_hours(3));
    job.ends_at = Some(job.starts_at + SignedDuration::from_hours(10));
    job.valid_until = job.starts_at;
    job.lodging = n.is_multiple_of(4);
    job.transport = n.is_multiple_of(3);
    job.insurance = Insurance::ALL[n as usize % 4];
    job.requirements = (n % 2 == 1).then(|| "身体健康，能吃苦，自带安全帽".to_owned());
    if n % 3 == 1 {
        job.gather_at = Some(job.starts_at - SignedDuration::from_mins(30));
        job.gather_place = Some("零工市场门口".to_owned());
    }
    job
}

fn events() -> Vec<Event> {
    let event = |n: u32, kind, title: &str, place: &str, starts: &str, ends: &str| Event {
        kind,
        title: title.to_owned(),
        place: place.to_owned(),
        starts_at: at(starts),
        ends_at: at(ends),
        places: (n != 6).then_some(30),
        places_taken: if n == 5 { 30 } else { 5 * n },
        ..an_event(n)
    };
    use EventKind::{JobFair, LiveHiring, OnTheSpot, Training};
    vec![
        event(
            1,
            OnTheSpot,
            "草海建筑公司现场招聘",
            "本厅洽谈区",
            "2026-11-24T01:00:00Z",
            "2026-11-24T04:00:00Z",
        ),
        event(
            2,
            LiveHiring,
            "黑石果园直播带岗",
            "抖音号 wnlgsc",
            "2026-11-24T07:00:00Z",
            "2026-11-24T09:00:00Z",
        ),
        event(
            3,
            JobFair,
            "周六赶场天专场招聘会",
            "草海镇文化广场",
            "2026-11-28T01:00:00Z",
            "2026-11-29T07:00:00Z",
        ),
        event(
            4,
            Training,
            "家政服务员（初级）培训班",
            "市场二楼教室",
            "2026-12-01T01:00:00Z",
            "2026-12-10T09:00:00Z",
        ),
        event(
            5,
            Training,
            "电焊工培训班",
            "县职业技术学校实训楼",
            "2026-12-03T01:00:00Z",
            "2026-12-20T09:00:00Z",
        ),
        event(
            6,
            Training,
            "防诈骗讲座",
            "市场二楼教室",
            "2026-12-05T01:00:00Z",
            "2026-12-05T03:00:00Z",
        ),
    ]
}

fn notices() -> Vec<Notice> {
    let notice = |n: u128, kind, title: &str, body: &str, issuer: &str| Notice {
        id: NoticeId(Uuid::from_u128(n)),
        kind,
        title: title.to_owned(),
        body: body.to_owned(),
        issuer: Some(issuer.to_owned()),
        effective_from: at("2026-11-01T00:00:00Z"),
        effective_to: None,
        ticker: true,
    };
    vec![
        notice(
            1,
            NoticeKind::AntiFraud,
            "先交钱的活，不要干",
            "凡要求先交押金、报名费、体检费、服装费、培训费，或者扣押身份证的，都是骗局。\n遇到请当场告诉工作人员，或拨打 12333。",
            "威宁县人力资源和社会保障局",
        ),
        notice(
            2,
            NoticeKind::Policy,
            "灵活就业人员社会保险补贴开始申报",
            "就业困难人员和毕业两年内未就业的高校毕业生灵活就业，并以个人身份缴纳职工基本养老保险、基本医疗保险的，可以申请社会保险补贴。\n补贴标准：不超过实际缴费的三分之二。\n申报时间：11月1日至12月15日。\n带上：身份证、社保卡、缴费凭证，到本厅综合服务区2号窗口，或者请工作人员帮您在终端机上填写。",
            "威宁县就业服务中心",
        ),
        notice(
            3,
            NoticeKind::JobFair,
            "周六赶场天专场招聘会",
            "11月28日 9:00—15:00，草海镇文化广场，46家用工单位，1200多个岗位，现场谈、当天上岗。",
            "威宁县就业服务中心",
        ),
    ]
}
