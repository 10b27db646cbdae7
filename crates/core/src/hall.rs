//! The hall itself and the notices it shows.

use crate::id::{HallId, NoticeId};
use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// A hall as the hub describes it to devices and phones.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hall {
    /// Its id.
    pub id: HallId,
    /// Its name as people read it, for example `威宁县零工市场`.
    pub name: String,
    /// GB/T 2260 code of its county, 6 digits.
    pub county_code: Option<String>,
    /// The hall's own complaints line.
    pub hotline: Option<String>,
    /// Where workers find the hall.
    pub address: Option<String>,
}

/// What only the hub can count, of one hall on one day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HallFigures {
    /// The day, by the hall's clock.
    pub day: Date,
    /// Places that were claimed that day, at terminals, on phones and by staff, and not given up since.
    pub claimed: u32,
    /// Claims of which the worker said, in the [`PAID_DAYS`] days up to then, that the pay had come,
    /// and said so before it was [late](crate::wages::late_from). `None` from a hub that does not count.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub paid_on_time: Option<u32>,
}

/// Days of which [`HallFigures::paid_on_time`] tells.
pub const PAID_DAYS: i64 = 30;

/// What a notice is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NoticeKind {
    /// 政策
    Policy,
    /// 公告
    Announcement,
    /// 防骗
    AntiFraud,
    /// 工资指导价
    WageGuide,
    /// 招聘会
    JobFair,
    /// 紧急通知: over everything on the wall until it ends or is taken down.
    Emergency,
}

impl NoticeKind {
    /// The stable code that screens translate.
    pub fn code(self) -> &'static str {
        match self {
            Self::Policy => "policy",
            Self::Announcement => "announcement",
            Self::AntiFraud => "anti_fraud",
            Self::WageGuide => "wage_guide",
            Self::JobFair => "job_fair",
            Self::Emergency => "emergency",
        }
    }
}

/// A notice that the wall and the ticker show.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notice {
    /// Its id.
    pub id: NoticeId,
    /// What it is about.
    pub kind: NoticeKind,
    /// One line.
    pub title: String,
    /// Plain text; paragraphs are parted by newlines.
    pub body: String,
    /// Who put it out.
    pub issuer: Option<String>,
    /// Shown from then on.
    pub effective_from: Timestamp,
    /// No longer shown from then on.
    pub effective_to: Option<Timestamp>,
    /// Runs in the ticker too.
    pub ticker: bool,
}

impl Notice {
    /// Whether it may be shown at `now`.
    pub fn is_current(&self, now: Timestamp) -> bool {
        self.effective_from <= now && self.effective_to.is_none_or(|end| now < end)
    }
}
