//! What a hub answers instead of what was asked for.

use super::{Deserialize, Deserializer, Serialize};
use crate::claim::ClaimReason;
use crate::job::coded_enum;
use crate::outbox::Head;

coded_enum!(
    /// The stable `type` of a [`Problem`].
    ProblemType {
        /// 401: no token, or one the hub does not know.
        Unauthorized = "unauthorized", "未授权";
        /// 403: the enrolment code is unknown, used or too old.
        BadEnrolmentCode = "bad-enrolment-code", "注册码无效";
        /// 404: the hub has no such hall, or the device belongs to another.
        UnknownHall = "unknown-hall", "没有这个市场";
        /// 404: no such job, worker or claim.
        NotFound = "not-found", "没有找到";
        /// 409: an older epoch asks for what only the newest may have.
        EpochFenced = "epoch-fenced", "设备已重新登记";
        /// 409: the outbox has another record at a sequence number the hub knows.
        LogFork = "log-fork", "记录冲突";
        /// 409: records before the first one sent are missing; `head` says where to begin.
        LogGap = "log-gap", "记录缺失";
        /// 409: no place is free; `held_by` names the devices that could still confirm one.
        CapacityExhausted = "capacity-exhausted", "名额已满";
        /// 410: the cursor is not of this hub's feed: start over from a snapshot.
        CursorGone = "cursor-gone", "需要重新同步";
        /// 503: the hub was restored from a copy, and gives no place before its devices have reported.
        HubRestored = "hub-restored", "数据恢复中";
        /// 422: a rule stands against the claim; `reason` has the code.
        NotAllowed = "not-allowed", "不符合规定";
        /// 400: the request cannot be read.
        BadRequest = "bad-request", "请求有误";
        /// 413: the request is longer than the hub takes.
        TooLarge = "too-large", "内容过长";
        /// 429: come back after `Retry-After` seconds.
        TooManyRequests = "too-many-requests", "请求过多";
        /// 500: the hub failed.
        Internal = "internal", "服务器出错";
        /// A type of a newer hub; `status` tells the class. No hub sends it.
        Unknown = "unknown", "未知问题";
    }
);

fn problem_type<'de, D: Deserializer<'de>>(deserializer: D) -> Result<ProblemType, D::Error> {
    let code = String::deserialize(deserializer)?;
    Ok(ProblemType::from_code(&code).unwrap_or(ProblemType::Unknown))
}

fn reason<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<ClaimReason>, D::Error> {
    let code = Option::<String>::deserialize(deserializer)?;
    Ok(code.and_then(|code| ClaimReason::from_code(&code)))
}

/// An error (RFC 9457).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    /// Which kind.
    #[serde(rename = "type", deserialize_with = "problem_type")]
    pub kind: ProblemType,
    /// Short and the same for every problem of the kind, in English.
    pub title: String,
    /// The HTTP status.
    pub status: u16,
    /// What happened this time, in English.
    pub detail: String,
    /// For `not-allowed`: what stands against it.
    #[serde(
        default,
        deserialize_with = "reason",
        skip_serializing_if = "Option::is_none"
    )]
    pub reason: Option<ClaimReason>,
    /// For `log-gap` and `log-fork`: where the hub's copy of the log stands.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub head: Option<Head>,
    /// For `capacity-exhausted`: names of the devices that hold unspent rights, which the hub has
    /// asked back. Empty where the job is simply full.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub held_by: Vec<String>,
}

impl ProblemType {
    /// The HTTP status that goes with it.
    pub fn status(self) -> u16 {
        match self {
            Self::BadRequest | Self::Unknown => 400,
            Self::Unauthorized => 401,
            Self::BadEnrolmentCode => 403,
            Self::UnknownHall | Self::NotFound => 404,
            Self::EpochFenced | Self::LogFork | Self::LogGap | Self::CapacityExhausted => 409,
            Self::CursorGone => 410,
            Self::TooLarge => 413,
            Self::NotAllowed => 422,
            Self::TooManyRequests => 429,
            Self::Internal => 500,
            Self::HubRestored => 503,
        }
    }
}

impl Problem {
    /// A problem of that kind.
    pub fn new(kind: ProblemType, detail: impl Into<String>) -> Self {
        Self {
            kind,
            title: kind.code().replace('-', " "),
            status: kind.status(),
            detail: detail.into(),
            reason: None,
            head: None,
            held_by: vec![],
        }
    }
}
