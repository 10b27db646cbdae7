//! A desk that does what a test wants, and remembers what it was asked.

use super::services::FakeServices;
use gighall_core::claim::{Claim, ClaimReason, ClaimState};
use gighall_core::hall::Notice;
use gighall_core::hardship::Hardship;
use gighall_core::id::{ClaimId, JobId, WorkerId};
use gighall_core::identity::IdNumber;
use gighall_core::job::{Job, WorkKind};
use gighall_core::pass::Pass;
use gighall_core::pay::{Pay, PayUnit};
use gighall_core::pin::Pin;
use gighall_core::playlist::{Parade, Paraded};
use gighall_core::testing::{a_job, an_id_number, at};
use gighall_core::wire::{ClaimWithJob, KnownWorker};
use gighall_core::worker::Channel;
use gighall_kiosk::staff::HallStaff;
use gighall_kiosk::store::Store;
use gighall_kiosk::terminal::desk::{
    ClaimOutcome, Closed, Desk, DeskError, Identified, JobPage, JobQuery, NewRegistration, Order,
    ProvenBy, WhyProvisional,
};
use gighall_kiosk::terminal::staff::{StaffAnswer, StaffAsk, StaffWant};
use jiff::{SignedDuration, Timestamp};
use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use uuid::Uuid;

/// What the next claim comes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    Confirmed,
    Claimed,
    Provisional,
    Full { elsewhere: bool },
    Refused(ClaimReason),
    Paused(Timestamp),
}

/// A desk that remembers what it was asked.
pub struct FakeDesk {
    pub jobs: Mutex<Vec<Job>>,
    pub people: Mutex<HashMap<String, KnownWorker>>,
    pub claims: Mutex<Vec<ClaimWithJob>>,
    pub claims_asked: Mutex<usize>,
    /// How often the hub was asked for somebody's jobs.
    pub jobs_asked_at_hub: Mutex<usize>,
    pub registered: Mutex<Vec<NewRegistration>>,
    pub fate: Mutex<Fate>,
    pub hub_reached: Mutex<bool>,
    pub withdraw_fails: Mutex<Option<DeskError>>,
    pub store_fails: Mutex<bool>,
    pub codes_made: Mutex<usize>,
    pub parade: Mutex<Parade>,
    /// How often the next job of the parade was asked for.
    pub paraded: Mutex<usize>,
    /// Before the device is enrolled there is no code.
    pub enrolled: Mutex<bool>,
    pub staff: Mutex<Option<HallStaff>>,
    /// What whoever types a known number is told before they prove that it is theirs.
    pub doubts: Mutex<Option<Identified>>,
    /// The pass of each person who has one.
    pub passes: Mutex<Vec<(Pass, KnownWorker)>>,
    /// PINs that people chose who are known already.
    pub pins: Mutex<Vec<(WorkerId, String)>>,
    /// How often a pass was shown that nobody has.
    pub wrong_passes: Mutex<usize>,
    /// How long one waits after a number that was somebody else's.
    pub not_me_waits: Mutex<SignedDuration>,
    /// Everything that somebody at the staff's door or behind it wanted.
    pub staff_wants: Mutex<Vec<StaffWant>>,
    /// The slip that staff look for is this one, whatever the store behind them has.
    pub slip_found: Mutex<Option<StaffAnswer>>,
    pub services: FakeServices,
    /// Where emergency notices are.
    pub store: Mutex<Option<Arc<Store>>>,
}

pub const NOW: &str = "2026-11-23T01:30:00Z";

const TITLES: [(&str, WorkKind, &str, &str); 16] = [
    (
        "砌砖小工",
        WorkKind::Construction,
        "草海镇",
        "威宁草海建筑劳务有限公司",
    ),
    (
        "采摘荞麦",
        WorkKind::Farming,
        "小海镇",
        "小海镇荞麦种植农民专业合作社",
    ),
    (
        "装卸土豆",
        WorkKind::Loading,
        "六桥街道",
        "威宁洋芋冷链物流园",
    ),
    (
        "房屋保洁",
        WorkKind::Cleaning,
        "海边街道",
        "好帮手家政服务部",
    ),
    ("送餐骑手", WorkKind::Delivery, "海边街道", "威宁同城配送"),
    (
        "水电安装",
        WorkKind::Electrical,
        "五里岗街道",
        "五里岗装饰工程部",
    ),
    ("饭店帮厨", WorkKind::Catering, "陕桥街道", "老彝家羊肉馆"),
    ("医院护工", WorkKind::Care, "海边街道", "安心陪护服务中心"),
    (
        "焊工（持证）",
        WorkKind::Welding,
        "五里岗街道",
        "黔西北钢结构厂",
    ),
    (
        "夜班保安",
        WorkKind::Security,
        "六桥街道",
        "平安保安服务公司",
    ),
    ("大货车司机", WorkKind::Driving, "金钟镇", "金钟运输车队"),
    ("刮腻子刷墙", WorkKind::Decoration, "陕桥街道", "陕桥装修队"),
    (
        "包装普工",
        WorkKind::Factory,
        "五里岗街道",
        "五里岗食品包装厂",
    ),
    ("超市促销员", WorkKind::Sales, "海边街道", "惠民超市"),
    ("住家保姆", WorkKind::Housekeeping, "草海镇", "刘女士"),
    (
        "苹果套袋、疏果、分拣装箱及装车（中水基地长期用工）",
        WorkKind::Farming,
        "中水镇",
        "威宁中水果业发展有限责任公司",
    ),
];

/// Forty jobs of a county, of every kind.
pub fn some_jobs() -> Vec<Job> {
    (0..40u32).map(some_job).collect()
}

fn some_job(n: u32) -> Job {
    let (title, kind, town, employer) = TITLES[n as usize % TITLES.len()];
    let mut job = a_job(n);
    job.title = title.to_owned();
    job.work_kind = kind;
    job.town = town.to_owned();
    job.employer.name = employer.to_owned();
    job.address = format!("{town}建设东路{}号", n + 1);
    job.starts_at = at("2026-11-24T00:00:00Z") + SignedDuration::from_hours(24 * i64::from(n % 5));
    job.ends_at = Some(job.starts_at + SignedDuration::from_hours(9));
    job.valid_until = job.starts_at;
    job.places_left = 1 + n % 4;
    job.position = n
        .is_multiple_of(3)
        .then(|| (format!("26.{}", 857 + n), "104.282".to_owned()));
    job.urgent = n.is_multiple_of(7);
    job.requirements = n
        .is_multiple_of(2)
        .then(|| "能吃苦，自带劳保鞋；有经验者优先".to_owned());
    job.gather_at = Some(job.starts_at - SignedDuration::from_mins(30));
    job.gather_place = Some(format!("{town}零工驿站门口"));
    let yuan = u64::from(150 + 10 * (n % 18));
    job.pay = match n % 6 {
        4 => Pay::Range {
            min_fen: 1_850,
            max_fen: 2_200,
            unit: PayUnit::Hour,
        },
        5 => Pay::Negotiable,
        _ => Pay::Range {
            min_fen: yuan * 100,
            max_fen: (yuan + 40) * 100,
            unit: PayUnit::Day,
        },
    };
    job
}

/// The number of somebody who is registered already.
pub fn known_number() -> String {
    an_id_number("19680412", 217)
}

/// The number of somebody who is not.
pub fn new_number() -> String {
    an_id_number("19750101", 123)
}

fn a_person() -> KnownWorker {
    let number: IdNumber = known_number().parse().expect("valid");
    KnownWorker {
        worker: WorkerId(Uuid::from_u128(0x3000)),
        name: "李小峰".to_owned(),
        id_mask: number.mask(),
        birth_date: number.birth_date(),
        sex: number.sex(),
        phone: Some("13812345678".to_owned()),
        work_kinds: Vec::new(),
        wishes: None,
    }
}

impl FakeDesk {
    pub fn new() -> Arc<Self> {
        Arc::new(Self {
            jobs: Mutex::new(some_jobs()),
            people: Mutex::new(HashMap::from([(known_number(), a_person())])),
            claims: Mutex::default(),
            claims_asked: Mutex::default(),
            jobs_asked_at_hub: Mutex::default(),
            registered: Mutex::default(),
            fate: Mutex::new(Fate::Confirmed),
            hub_reached: Mutex::new(true),
            withdraw_fails: Mutex::default(),
            store_fails: Mutex::default(),
            codes_made: Mutex::default(),
            parade: Mutex::default(),
            paraded: Mutex::default(),
            enrolled: Mutex::new(true),
            doubts: Mutex::default(),
            passes: Mutex::default(),
            pins: Mutex::default(),
            wrong_passes: Mutex::default(),
            not_me_waits: Mutex::new(SignedDuration::ZERO),
            staff: Mutex::default(),
            staff_wants: Mutex::default(),
            slip_found: Mutex::default(),
            services: FakeServices::new(),
            store: Mutex::default(),
        })
    }

    fn checked(&self) -> Result<(), DeskError> {
        if *self.store_fails.lock().expect("held") {
            Err(DeskError::Store("disk full".to_owned()))
        } else {
            Ok(())
        }
    }

    /// Registering without a word says nothing.
    fn said_of_hardship(&self, said: &[Hardship], helped_by: Option<&str>) {
        if !said.is_empty() {
            let mut all = self.services.hardship.lock().expect("held");
            all.push((said.to_vec(), helped_by.map(str::to_owned)));
        }
    }

    fn fitting(&self, query: &JobQuery) -> Vec<Job> {
        let fits = |job: &&Job| {
            query.work_kind.is_none_or(|kind| kind == job.work_kind)
                && query.town.as_ref().is_none_or(|town| *town == job.town)
                && query
                    .min_fen_a_day
                    .is_none_or(|min| job.pay.least_fen_a_day() >= Some(min))
                && (!query.starts_today || job.starts_at < at("2026-11-23T16:00:00Z"))
                && (!query.near || job.position.is_some())
                && (query.words.is_empty()
                    || job.title.contains(&query.words)
                    || job.number.to_string() == query.words)
        };
        let jobs = self.jobs.lock().expect("held");
        jobs.iter().filter(fits).cloned().collect()
    }

    /// A claim of that worker whose work ended so many days ago.
    pub fn had_worked(&self, n: usize, days_ago: i64) {
        self.had_claimed(n, ClaimState::Confirmed);
        let mut claims = self.claims.lock().expect("held");
        if let Some(ClaimWithJob { job, .. }) = claims.last_mut() {
            let end = at(NOW) - SignedDuration::from_hours(24 * days_ago);
            job.starts_at = end - SignedDuration::from_hours(9);
            job.gather_at = None;
            (job.ends_at, job.valid_until) = (Some(end), job.starts_at);
        }
    }

    /// A claim of somebody else, as if made earlier, with a number of its own.
    pub fn had_claimed_as(&self, worker: WorkerId, n: usize) {
        let jobs = self.jobs.lock().expect("held");
        let job = jobs[n % jobs.len()].clone();
        let claim = a_claim(1000 + n, &job, worker, ClaimState::Confirmed);
        let mut claims = self.claims.lock().expect("held");
        claims.insert(0, ClaimWithJob { claim, job });
    }

    /// A claim of that worker, as if made earlier.
    pub fn had_claimed(&self, n: usize, state: ClaimState) {
        let job = self.jobs.lock().expect("held")[n].clone();
        let claim = a_claim(n, &job, a_person().worker, state);
        self.claims
            .lock()
            .expect("held")
            .push(ClaimWithJob { claim, job });
    }
}

fn a_claim(n: usize, job: &Job, worker: WorkerId, state: ClaimState) -> Claim {
    Claim {
        id: ClaimId(Uuid::from_u128(0x4000 + n as u128)),
        number: format!("07-{:04}", 42 + n),
        job: job.id,
        worker,
        device: None,
        channel: Channel::Terminal,
        state,
        reason: None,
        made_at: at(NOW),
    }
}

impl Desk for FakeDesk {
    fn kinds(&self, query: &JobQuery) -> Result<Vec<(WorkKind, usize)>, DeskError> {
        let any = JobQuery {
            work_kind: None,
            ..query.clone()
        };
        let jobs = self.fitting(&any);
        let count = |kind| jobs.iter().filter(|job| job.work_kind == kind).count();
        let kinds = WorkKind::ALL.iter().map(|kind| (*kind, count(*kind)));
        Ok(kinds.filter(|(_, n)| *n > 0).collect())
    }

    fn emergencies(&self) -> Result<Vec<Notice>, DeskError> {
        let store = self.store.lock().expect("held");
        let up = store.as_ref().map(|store| store.emergencies(at(NOW)));
        Ok(up.transpose()?.unwrap_or_default())
    }

    fn towns(&self, query: &JobQuery) -> Result<Vec<(String, usize)>, DeskError> {
        let any = JobQuery {
            town: None,
            ..query.clone()
        };
        let mut towns: HashMap<String, usize> = HashMap::new();
        for job in self.fitting(&any) {
            *towns.entry(job.town).or_default() += 1;
        }
        let mut towns: Vec<_> = towns.into_iter().collect();
        towns.sort_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(&b.0)));
        Ok(towns)
    }

    fn words(&self) -> Result<Vec<String>, DeskError> {
        let jobs = self.jobs.lock().expect("held");
        let of = |job: &Job| {
            [
                job.town.clone(),
                job.employer.name.clone(),
                job.title.clone(),
            ]
        };
        Ok(jobs.iter().flat_map(of).collect())
    }

    fn find(&self, query: &JobQuery) -> Result<JobPage, DeskError> {
        self.checked()?;
        let mut found = self.fitting(query);
        if query.order == Order::Pay {
            found.sort_by_key(|job| std::cmp::Reverse(job.pay.fen_a_day()));
        }
        // Whoever asks for a job by its number may ask for one that is full.
        let typed = query.number();
        let full = found
            .iter()
            .position(|job| Some(job.number) == typed && job.places_left == 0);
        let closed = full.map(|at| found.remove(at)).map(|job| Closed {
            number: job.number,
            full: true,
            like: self.jobs.lock().expect("held")[3..6].to_vec(),
        });
        let page = found.iter().skip(query.offset).take(query.limit);
        Ok(JobPage {
            total: found.len(),
            jobs: page.cloned().collect(),
            closed,
        })
    }

    fn next_of_parade(&self) -> Result<Option<Job>, DeskError> {
        self.checked()?;
        *self.paraded.lock().expect("held") += 1;
        let jobs = self.jobs.lock().expect("held");
        let open: Vec<&Job> = jobs.iter().filter(|job| job.is_open(at(NOW))).collect();
        let paraded = open.iter().map(|job| Paraded {
            id: job.id,
            urgent: job.urgent,
            starts_today: job.starts_at < at("2026-11-23T16:00:00Z"),
            starts_at: job.starts_at,
            number: job.number,
        });
        let next = self.parade.lock().expect("held").next(paraded);
        let next = open.into_iter().find(|job| Some(job.id) == next);
        Ok(next.cloned())
    }

    fn job(&self, id: JobId) -> Result<Option<Job>, DeskError> {
        let jobs = self.jobs.lock().expect("held");
        Ok(jobs.iter().find(|job| job.id == id).cloned())
    }

    fn identify_typed(
        &self,
        number: &IdNumber,
        proof: Option<&str>,
    ) -> Result<Identified, DeskError> {
        match &*self.doubts.lock().expect("held") {
            Some(doubts) if proof.is_none() => Ok(doubts.clone()),
            Some(Identified::AsksProof { by, .. }) if proof != Some("5678") => {
                Ok(Identified::AsksProof {
                    by: *by,
                    wrong: true,
                })
            }
            _ => self.identify(number),
        }
    }

    fn identify_pass(&self, pass: Option<&Pass>) -> Result<Identified, DeskError> {
        let passes = self.passes.lock().expect("held");
        let mut held = passes.iter().filter(|(held, _)| Some(held) == pass);
        if let Some((_, person)) = held.next() {
            return Ok(Identified::Known(person.clone()));
        }
        let mut wrong = self.wrong_passes.lock().expect("held");
        *wrong += 1;
        Ok(match *wrong {
            4.. => Identified::Waits(SignedDuration::from_secs(30)),
            _ if *self.hub_reached.lock().expect("held") => Identified::Unknown,
            _ => Identified::UnknownOffline,
        })
    }

    fn set_pin(&self, worker: &KnownWorker, pin: &Pin) -> Result<(), DeskError> {
        self.checked()?;
        let mut pins = self.pins.lock().expect("held");
        pins.push((worker.worker, pin.reveal().to_owned()));
        Ok(())
    }

    fn make_pass(&self, worker: &KnownWorker) -> Result<Pass, DeskError> {
        self.checked()?;
        let pass = Pass::generate();
        let mut passes = self.passes.lock().expect("held");
        passes.retain(|(_, person)| person.worker != worker.worker);
        passes.push((pass, worker.clone()));
        Ok(pass)
    }

    fn not_me(&self, _: &IdNumber) -> Result<SignedDuration, DeskError> {
        Ok(*self.not_me_waits.lock().expect("held"))
    }

    fn identify(&self, number: &IdNumber) -> Result<Identified, DeskError> {
        let known = self
            .people
            .lock()
            .expect("held")
            .get(number.reveal())
            .cloned();
        Ok(match known {
            Some(known) => Identified::Known(known),
            None if *self.hub_reached.lock().expect("held") => Identified::Unknown,
            None => Identified::UnknownOffline,
        })
    }

    fn register(
        &self,
        worker: &NewRegistration,
        hardship: &[Hardship],
    ) -> Result<KnownWorker, DeskError> {
        self.checked()?;
        self.said_of_hardship(hardship, None);
        let known = KnownWorker {
            worker: WorkerId(Uuid::from_u128(0x3001)),
            name: worker.name.clone(),
            id_mask: worker.number.mask(),
            birth_date: worker.number.birth_date(),
            sex: worker.number.sex(),
            phone: worker.phone.clone(),
            work_kinds: worker.work_kinds.clone(),
            wishes: None,
        };
        let number = worker.number.reveal().to_owned();
        self.people
            .lock()
            .expect("held")
            .insert(number, known.clone());
        self.registered.lock().expect("held").push(worker.clone());
        Ok(known)
    }

    fn register_helped(
        &self,
        worker: &NewRegistration,
        hardship: &[Hardship],
        staff: &str,
    ) -> Result<KnownWorker, DeskError> {
        let known = self.register(worker, &[])?;
        self.said_of_hardship(hardship, Some(staff));
        let hall = self.staff.lock().expect("held");
        let hall = hall.as_ref().ok_or(DeskError::NotFound)?;
        hall.helped(staff, known.worker)?;
        Ok(known)
    }

    fn staff(&self, ask: StaffAsk) -> Result<StaffAnswer, DeskError> {
        self.staff_wants
            .lock()
            .expect("held")
            .push(ask.want.clone());
        if let (StaffWant::FindSlip(_), Some(found)) =
            (&ask.want, &*self.slip_found.lock().expect("held"))
        {
            return Ok(found.clone());
        }
        let hall = self.staff.lock().expect("held");
        hall.as_ref().ok_or(DeskError::NotFound)?.answer(ask)
    }

    fn claim(&self, worker: &KnownWorker, job: JobId) -> Result<ClaimOutcome, DeskError> {
        self.checked()?;
        let mut asked = self.claims_asked.lock().expect("held");
        *asked += 1;
        let job = self.job(job)?.ok_or(DeskError::NotFound)?;
        let state = match *self.fate.lock().expect("held") {
            Fate::Confirmed => ClaimState::Confirmed,
            Fate::Claimed => ClaimState::Claimed,
            Fate::Provisional => ClaimState::Provisional,
            Fate::Paused(until) => return Ok(ClaimOutcome::Paused(until)),
            Fate::Refused(reason) => return Ok(ClaimOutcome::NotAllowed(reason)),
            Fate::Full { elsewhere } => {
                let jobs = self.jobs.lock().expect("held");
                let like = jobs.iter().skip(3).take(3).cloned();
                return Ok(ClaimOutcome::Full {
                    held_by: elsewhere.then(|| "二号".to_owned()).into_iter().collect(),
                    like: like.collect(),
                });
            }
        };
        let claim = a_claim(*asked + 100, &job, worker.worker, state);
        self.claims.lock().expect("held").insert(
            0,
            ClaimWithJob {
                claim: claim.clone(),
                job,
            },
        );
        Ok(if state == ClaimState::Provisional {
            ClaimOutcome::Provisional(claim, WhyProvisional::Offline)
        } else {
            ClaimOutcome::Confirmed(claim)
        })
    }

    fn my_jobs(&self, worker: &KnownWorker) -> Result<Vec<ClaimWithJob>, DeskError> {
        *self.jobs_asked_at_hub.lock().expect("held") += 1;
        self.my_jobs_here(worker)
    }

    fn my_jobs_here(&self, worker: &KnownWorker) -> Result<Vec<ClaimWithJob>, DeskError> {
        let claims = self.claims.lock().expect("held");
        let mine = claims
            .iter()
            .filter(|held| held.claim.worker == worker.worker);
        Ok(mine.cloned().collect())
    }

    fn withdraw(&self, _: &KnownWorker, claim: ClaimId) -> Result<Claim, DeskError> {
        if let Some(error) = self.withdraw_fails.lock().expect("held").clone() {
            return Err(error);
        }
        let mut claims = self.claims.lock().expect("held");
        let held = claims.iter_mut().find(|held| held.claim.id == claim);
        let held = held.ok_or(DeskError::NotFound)?;
        held.claim.state = ClaimState::Withdrawn;
        held.claim.reason = Some(ClaimReason::ByWorker);
        Ok(held.claim.clone())
    }

    fn settle(&self, _: &KnownWorker, claim: ClaimId) -> Result<Claim, DeskError> {
        self.checked()?;
        let mut claims = self.claims.lock().expect("held");
        let held = claims.iter_mut().find(|held| held.claim.id == claim);
        let held = held.ok_or(DeskError::NotFound)?;
        held.claim.state = ClaimState::Settled;
        Ok(held.claim.clone())
    }

    fn slip(&self, claim: ClaimId) -> Result<Option<ClaimWithJob>, DeskError> {
        let claims = self.claims.lock().expect("held");
        Ok(claims.iter().find(|held| held.claim.id == claim).cloned())
    }

    fn phone_code(&self, job: Option<JobId>) -> Option<String> {
        if !*self.enrolled.lock().expect("held") {
            return None;
        }
        let mut made = self.codes_made.lock().expect("held");
        *made += 1;
        // As long as a real one: a signed token has some 300 characters.
        let token = format!("v4.public.{:0300}", *made);
        let place = job.map_or_else(|| "h/weining".to_owned(), |job| format!("j/{job}"));
        Some(format!("http://192.168.8.20:8080/{place}?t={token}"))
    }

    fn slip_code(&self, claim: ClaimId) -> Option<String> {
        Some(format!("http://192.168.8.20:8080/s/{claim}"))
    }

    fn now(&self) -> Timestamp {
        at(NOW)
    }
}
