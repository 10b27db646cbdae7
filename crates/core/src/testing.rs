//! Ready-made things for tests, here and in the other crates.

use crate::event::{Event, EventKind};
use crate::id::{EmployerId, EventId, HallId, JobId};
use crate::job::{
    ClaimMode, Employer, EmployerKind, Insurance, Job, JobState, Settlement, WorkKind,
};
use crate::pay::{Pay, PayUnit};
use crate::proof::{JOB, Showing, Subject};
use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

/// An RFC 3339 time.
///
/// # Panics
/// If it is none.
#[allow(clippy::expect_used)]
pub fn at(text: &str) -> Timestamp {
    text.parse().expect("an RFC 3339 time")
}

/// The hall that test jobs belong to.
///
/// # Panics
/// Never.
#[allow(clippy::expect_used)]
pub fn a_hall() -> HallId {
    "weining".parse().expect("a hall's id")
}

/// An open job with four places; number and id follow from `n`. It starts at 8:00 in China on
/// 2026-11-24, ten hours long, and takes claims until it starts.
pub fn a_job(n: u32) -> Job {
    let starts_at = at("2026-11-24T00:00:00Z");
    Job {
        id: JobId(Uuid::from_u128(0x1000 + u128::from(n))),
        number: 100 + n,
        hall: a_hall(),
        employer: Employer {
            id: EmployerId(Uuid::from_u128(0x2000)),
            name: "威宁草海建筑劳务有限公司".to_owned(),
            kind: EmployerKind::Company,
            verified: true,
        },
        title: "砌砖小工".to_owned(),
        work_kind: WorkKind::Construction,
        occupation_code: None,
        places: 4,
        places_left: 4,
        pay: Pay::Range {
            min_fen: 20_000,
            max_fen: 26_000,
            unit: PayUnit::Day,
        },
        settlement: Settlement::Daily,
        starts_at,
        ends_at: Some(starts_at + SignedDuration::from_hours(10)),
        shift: Some("8:00-18:00".to_owned()),
        gather_at: None,
        gather_place: None,
        town: "草海镇".to_owned(),
        address: "草海镇建设东路工地".to_owned(),
        position: None,
        meals: true,
        lodging: false,
        transport: false,
        insurance: Insurance::Accident,
        min_age: None,
        max_age: None,
        requirements: None,
        hazardous: false,
        contact_phone: Some("13812345678".to_owned()),
        claim_mode: ClaimMode::FirstCome,
        urgent: false,
        reserved: false,
        state: JobState::Published,
        valid_until: starts_at,
        published_at: at("2026-11-23T00:00:00Z"),
        version: 1,
    }
}

/// A valid identity number made of a region, a birth date (`YYYYMMDD`) and an order number.
///
/// # Panics
/// If the parts do not make one.
#[allow(clippy::expect_used)]
pub fn an_id_number(birth: &str, order: u32) -> String {
    let first = format!("522427{birth}{order:03}");
    let check = crate::identity::check_character(first.as_bytes()).expect("17 digits");
    format!("{first}{}", char::from(check))
}

/// A course of three hours with 30 places in the morning of 2026-12-01 in China; the id follows from
/// `n`.
pub fn an_event(n: u32) -> Event {
    Event {
        id: EventId(Uuid::from_u128(0x3000 + u128::from(n))),
        kind: EventKind::Training,
        title: "家政服务员培训班".to_owned(),
        text: Some("免费培训，发合格证。".to_owned()),
        place: "市场二楼教室".to_owned(),
        host: "威宁县就业局".to_owned(),
        starts_at: at("2026-12-01T01:00:00Z"),
        ends_at: at("2026-12-01T04:00:00Z"),
        link: Some("https://hall.example/e/7".to_owned()),
        places: Some(30),
        places_taken: 0,
        version: 1,
        withdrawn: false,
    }
}

/// The `n`th job's ten seconds in the spotlight; `n` times ten seconds after 8:00 in China on
/// 2026-11-24.
pub fn a_showing(n: u32) -> Showing {
    let job = a_job(n);
    Showing {
        wall: "wall".to_owned(),
        scene: "spotlight".to_owned(),
        subject: Some(Subject {
            kind: JOB.to_owned(),
            id: Some(job.id.0),
            number: Some(job.number),
            title: job.title,
        }),
        page: None,
        at: at("2026-11-24T00:00:00Z") + SignedDuration::from_secs(10 * i64::from(n)),
        ms: 10_000,
        again: false,
        lost: 0,
    }
}

/// Something right with some of it replaced, cut out, doubled or put in: each change says where, which of
/// these (0 to 3), with what byte, and how long. For tests that feed garbage.
pub fn spoilt(sample: &[u8], changes: &[(usize, u8, u8, usize)]) -> Vec<u8> {
    let mut bytes = sample.to_vec();
    for (at, how, byte, length) in changes {
        let at = at % bytes.len().max(1);
        let end = (at + length).min(bytes.len());
        match how {
            0 if at < bytes.len() => bytes[at] = *byte,
            1 => drop(bytes.drain(at..end)),
            2 => {
                let part = bytes[at..end].to_vec();
                bytes.splice(at..at, part);
            }
            _ => bytes.insert(at, *byte),
        }
    }
    bytes
}

/// Values that nobody expects, as JSON.
const ODD: [&str; 18] = [
    "null",
    "true",
    "-1",
    "0",
    "4294967295",
    "18446744073709551615",
    "-9223372036854775808",
    "1e308",
    "0.1",
    "\"\"",
    "\"\\u0000=1+1\\n\\ud83d\\ude00\"",
    "\"9999-12-30T22:00:00.999999999Z\"",
    "\"-009999-01-02T01:59:59Z\"",
    "\"0001-01-01\"",
    "\"00000000-0000-0000-0000-000000000000\"",
    "\"../../etc/passwd\"",
    "[]",
    "{}",
];

/// JSON with a value that nobody expects in the place of one of its own, for each change: which of its
/// values, and which one instead. What is no JSON stays as it is.
pub fn with_odd_values(json: &str, changes: &[(usize, usize)]) -> String {
    use serde_json::Value;
    fn leaves(value: &Value) -> usize {
        match value {
            Value::Array(all) => all.iter().map(leaves).sum::<usize>().max(1),
            Value::Object(all) => all.values().map(leaves).sum::<usize>().max(1),
            _ => 1,
        }
    }
    fn replace(value: &mut Value, mut at: usize, with: &Value) {
        let inside: Vec<&mut Value> = match value {
            Value::Array(all) => all.iter_mut().collect(),
            Value::Object(all) => all.values_mut().collect(),
            _ => vec![],
        };
        if inside.is_empty() {
            *value = with.clone();
            return;
        }
        for each in inside {
            let here = leaves(each);
            if at < here {
                return replace(each, at, with);
            }
            at -= here;
        }
    }
    let Ok(mut value) = serde_json::from_str::<Value>(json) else {
        return json.to_owned();
    };
    for (at, which) in changes {
        let odd = serde_json::from_str(ODD[which % ODD.len()]).unwrap_or(Value::Null);
        let all = leaves(&value);
        replace(&mut value, at % all, &odd);
    }
    value.to_string()
}
