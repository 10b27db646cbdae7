//! A job listing and the words it is described with.

use crate::id::{EmployerId, HallId, JobId};
use crate::pay::Pay;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

macro_rules! coded_enum {
    ($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident = $code:literal, $zh:literal;)+ }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum $name {
            $($(#[$vdoc])* #[serde(rename = $code)] $variant,)+
        }

        impl $name {
            /// Every value, in the order in which lists show them.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)+];

            /// The stable code that stores, the wire and translation look-ups use.
            pub fn code(self) -> &'static str {
                match self { $(Self::$variant => $code,)+ }
            }

            /// The value with that code.
            pub fn from_code(code: &str) -> Option<Self> {
                match code { $($code => Some(Self::$variant),)+ _ => None }
            }

            /// The Chinese word, as spreadsheets and search use it. Screens translate the code.
            pub fn zh(self) -> &'static str {
                match self { $(Self::$variant => $zh,)+ }
            }
        }
    };
}
pub(crate) use coded_enum;

coded_enum!(
    /// Kind of work (工种), coarse enough for a pictogram.
    WorkKind {
        /// 建筑
        Construction = "construction", "建筑";
        /// 装修
        Decoration = "decoration", "装修";
        /// 搬运装卸
        Loading = "loading", "搬运";
        /// 电工
        Electrical = "electrical", "电工";
        /// 焊工
        Welding = "welding", "焊工";
        /// 农活采摘
        Farming = "farming", "农活";
        /// 工厂普工
        Factory = "factory", "普工";
        /// 保洁
        Cleaning = "cleaning", "保洁";
        /// 家政
        Housekeeping = "housekeeping", "家政";
        /// 护工
        Care = "care", "护工";
        /// 餐饮
        Catering = "catering", "餐饮";
        /// 司机
        Driving = "driving", "司机";
        /// 配送快递
        Delivery = "delivery", "配送";
        /// 保安
        Security = "security", "保安";
        /// 促销销售
        Sales = "sales", "销售";
        /// 其他
        Other = "other", "其他";
    }
);

coded_enum!(
    /// When the pay is handed over.
    Settlement {
        /// 日结
        Daily = "daily", "日结";
        /// 周结
        Weekly = "weekly", "周结";
        /// 半月结
        HalfMonthly = "half_monthly", "半月结";
        /// 月结
        Monthly = "monthly", "月结";
        /// 趟结
        PerTrip = "per_trip", "趟结";
        /// 完工结
        OnCompletion = "on_completion", "完工结";
    }
);

coded_enum!(
    /// Insurance that the employer takes out.
    Insurance {
        /// 无
        None = "none", "无";
        /// 意外险
        Accident = "accident", "意外险";
        /// 工伤保险
        WorkInjury = "work_injury", "工伤";
        /// 日结险
        DayCover = "day_cover", "日结险";
    }
);

coded_enum!(
    /// Who decides on a claim.
    ClaimMode {
        /// 先到先得: a claim is confirmed at once.
        FirstCome = "first_come", "先到先得";
        /// 雇主确认: the employer chooses among those who claimed.
        EmployerConfirms = "employer_confirms", "雇主确认";
    }
);

coded_enum!(
    /// The state of a listing.
    JobState {
        /// 草稿
        Draft = "draft", "草稿";
        /// 待审核
        PendingReview = "pending_review", "待审核";
        /// 招工中
        Published = "published", "招工中";
        /// 已招满
        Full = "full", "已招满";
        /// 已结束
        Closed = "closed", "已结束";
        /// 已暂停
        Suspended = "suspended", "已暂停";
        /// 已过期
        Expired = "expired", "已过期";
        /// 已取消
        Cancelled = "cancelled", "已取消";
    }
);

coded_enum!(
    /// What kind of employer (用工主体).
    EmployerKind {
        /// 企业
        Company = "company", "企业";
        /// 个体
        SelfEmployed = "self_employed", "个体";
        /// 个人
        Person = "person", "个人";
        /// 中介
        Agency = "agency", "中介";
        /// 劳务派遣
        Dispatch = "dispatch", "劳务派遣";
    }
);

/// How long work lasts where a listing names its day but no end.
pub const A_DAYS_WORK: jiff::SignedDuration = jiff::SignedDuration::from_hours(10);

/// The employer as a listing shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Employer {
    /// Its id at the hub.
    pub id: EmployerId,
    /// Its name.
    pub name: String,
    /// What kind of employer it is.
    pub kind: EmployerKind,
    /// Hall staff have seen its papers.
    pub verified: bool,
}

/// A job listing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Job {
    /// Its id.
    pub id: JobId,
    /// Short number, unique in its hall, shown big and spoken aloud.
    pub number: u32,
    /// The hall that lists it.
    pub hall: HallId,
    /// Who hires.
    pub employer: Employer,
    /// What it is called.
    pub title: String,
    /// Kind of work.
    pub work_kind: WorkKind,
    /// 职业分类大典 2022, for example `6-29-01-03`.
    pub occupation_code: Option<String>,
    /// How many workers are wanted in all (N).
    pub places: u32,
    /// How many places no live claim holds, as the hub knows it: `places` less live claims.
    pub places_left: u32,
    /// What it pays.
    pub pay: Pay,
    /// When the pay is handed over.
    pub settlement: Settlement,
    /// When work begins.
    pub starts_at: Timestamp,
    /// When work ends, where it is known.
    pub ends_at: Option<Timestamp>,
    /// Working hours in words.
    pub shift: Option<String>,
    /// When to be at the gathering place, where it differs from the start.
    pub gather_at: Option<Timestamp>,
    /// Where to gather, where it differs from the address.
    pub gather_place: Option<String>,
    /// Town or street (乡镇街道), as people say it.
    pub town: String,
    /// Where the work is.
    pub address: String,
    /// Latitude and longitude in degrees (GCJ-02, as Chinese maps have it), as text to keep it
    /// exact.
    pub position: Option<(String, String)>,
    /// 包吃
    pub meals: bool,
    /// 包住
    pub lodging: bool,
    /// 接送
    pub transport: bool,
    /// Insurance.
    pub insurance: Insurance,
    /// Youngest age in whole years at the start.
    pub min_age: Option<u8>,
    /// Oldest age in whole years at the start.
    pub max_age: Option<u8>,
    /// Skills, certificates and anything else that is asked, in words.
    pub requirements: Option<String>,
    /// 危险作业: barred to those under 18.
    pub hazardous: bool,
    /// Telephone for questions about the work.
    pub contact_phone: Option<String>,
    /// Who decides on a claim.
    pub claim_mode: ClaimMode,
    /// 急招
    pub urgent: bool,
    /// 就业困难人员优先: those who find it hard to get work come first; nobody is shut out.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub reserved: bool,
    /// Its state.
    pub state: JobState,
    /// No claims are taken from then on, and no screen shows it.
    pub valid_until: Timestamp,
    /// When it was first published.
    pub published_at: Timestamp,
    /// Raised by the hub with every change.
    pub version: u64,
}

impl Job {
    /// Whether it can be shown and claimed at `now`. A job whose places are all taken is not open.
    pub fn is_open(&self, now: Timestamp) -> bool {
        self.state == JobState::Published && self.takes_claims(now) && self.places_left > 0
    }

    /// Whether its time for claims is not over at `now`: neither by its own deadline nor because
    /// the work is done.
    pub fn takes_claims(&self, now: Timestamp) -> bool {
        now < self.takes_claims_until()
    }

    /// From then on it takes no claims.
    pub fn takes_claims_until(&self) -> Timestamp {
        self.ends_at
            .map_or(self.valid_until, |end| end.min(self.valid_until))
    }

    /// When the worker has to be there.
    pub fn be_there_at(&self) -> Timestamp {
        self.gather_at.unwrap_or(self.starts_at)
    }

    /// Where the worker has to be.
    pub fn be_there_place(&self) -> &str {
        self.gather_place.as_deref().unwrap_or(&self.address)
    }

    /// When the work ends, for the rule on overlap. A listing without an end is taken to fill
    /// [`A_DAYS_WORK`].
    pub fn busy_until(&self) -> Timestamp {
        self.ends_at.unwrap_or_else(|| {
            self.starts_at
                .saturating_add(A_DAYS_WORK)
                .unwrap_or(self.starts_at)
        })
    }
}
