//! `[staff]`: the menu of the hall's staff at the terminal.

use super::Config;
use crate::terminal::staff::NoticeText;
use jiff::civil::Time;
use serde::de::Error;
use serde::{Deserialize, Deserializer};
use std::path::PathBuf;

/// `[staff]`
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct StaffConfig {
    /// After so many seconds without a touch the menu asks, and is then closed.
    pub idle_seconds: u32,
    /// When a wall comes on that was switched off until the next opening, each day.
    pub opens: Time,
    /// When the program begins anew each night, where nobody is at the terminal; `None` for never.
    #[serde(deserialize_with = "time_or_never")]
    pub begins_anew: Option<Time>,
    /// The folder that logs are exported to, relative to the file.
    pub export: Option<PathBuf>,
    /// Texts for an emergency; built-in ones where none are given.
    pub notice: Vec<NoticeConfig>,
}

/// `[[staff.notice]]`
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NoticeConfig {
    /// One line.
    pub title: String,
    /// Plain text.
    #[serde(default)]
    pub body: String,
}

/// Written for no time at all.
pub(super) const NEVER: &str = "never";

fn time_or_never<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Time>, D::Error> {
    match String::deserialize(from)?.as_str() {
        NEVER => Ok(None),
        text => text.parse().map(Some).map_err(D::Error::custom),
    }
}

impl Default for StaffConfig {
    fn default() -> Self {
        Self {
            idle_seconds: 60,
            opens: Time::constant(8, 0, 0, 0),
            begins_anew: Some(Time::constant(4, 0, 0, 0)),
            export: None,
            notice: vec![],
        }
    }
}

/// What a hall may have to say at once, in Chinese.
const CHINESE: [(&str, &str); 6] = [
    (
        "消防演练",
        "请不要惊慌，听从工作人员指挥，从最近的安全出口有序离开。",
    ),
    (
        "发生火情，请马上离开",
        "不要乘电梯，不要拿行李，从最近的安全出口离开，到门前空地集合。",
    ),
    (
        "今天提前闭馆",
        "请尽快办完手边的事。没有办完的，请到服务台找工作人员。",
    ),
    (
        "恶劣天气提醒",
        "请暂时不要外出，等候工作人员通知；户外工作请先打电话问清楚再出发。",
    ),
    (
        "寻找走失儿童",
        "请家长马上到服务台。看见没有大人陪的孩子，请带到服务台。",
    ),
    (
        "系统故障",
        "终端暂时不能办理，请到服务台由工作人员办理。已经报上名的不受影响。",
    ),
];

/// The same in English, for halls whose walls speak it.
const ENGLISH: [(&str, &str); 6] = [
    (
        "Fire drill",
        "Keep calm, follow the staff, and leave by the nearest exit.",
    ),
    (
        "Fire: leave at once",
        "No lifts, no luggage. Leave by the nearest exit and meet in front of the hall.",
    ),
    (
        "The hall closes early today",
        "Please finish what you are doing. The service desk helps with the rest.",
    ),
    (
        "Bad weather",
        "Please stay inside for now. Call before you set out for outdoor work.",
    ),
    (
        "A child is lost",
        "Parents, please come to the service desk. Bring a child without adults there.",
    ),
    (
        "The system is down",
        "Please go to the service desk. Places that were taken are kept.",
    ),
];

impl Config {
    /// The texts that staff choose from in an emergency, in the language of the walls.
    pub fn notice_texts(&self) -> Vec<NoticeText> {
        let given = self
            .staff
            .notice
            .iter()
            .map(|text| (&*text.title, &*text.body));
        let built_in = match self.walls_language().is_chinese() {
            true => CHINESE,
            false => ENGLISH,
        };
        let texts: Vec<(&str, &str)> = match self.staff.notice.is_empty() {
            true => built_in.to_vec(),
            false => given.collect(),
        };
        let text = |(title, body): (&str, &str)| NoticeText {
            title: title.to_owned(),
            body: body.to_owned(),
        };
        texts.into_iter().map(text).collect()
    }
}
