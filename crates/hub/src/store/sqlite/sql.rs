//! Small bridges between SQLite's types and the core's.

use crate::store::StoreError;
use jiff::Timestamp;
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::fmt::Display;
use std::str::FromStr;

/// A time as it is stored.
pub fn micros(time: Timestamp) -> i64 {
    // The parts of the calendar's last second cannot be read again, and devices may say any time.
    let last = Timestamp::MAX.as_second() * 1_000_000;
    time.as_microsecond().min(last)
}

/// A stored time.
pub fn time(micros: i64) -> Result<Timestamp, StoreError> {
    Timestamp::from_microsecond(micros).map_err(|_| corrupt("time", micros))
}

/// A stored id.
pub fn id<T: FromStr>(text: &str) -> Result<T, StoreError> {
    text.parse().map_err(|_| corrupt("id", text))
}

/// A stored code of one of the core's enums.
pub fn code<T>(text: &str, from_code: impl Fn(&str) -> Option<T>) -> Result<T, StoreError> {
    from_code(text).ok_or_else(|| corrupt("code", text))
}

/// Plain data as JSON.
pub fn json<T: Serialize>(value: &T) -> Result<String, StoreError> {
    serde_json::to_string(value).map_err(|error| corrupt("value", error))
}

/// Plain data from JSON.
pub fn from_json<T: DeserializeOwned>(text: &str) -> Result<T, StoreError> {
    serde_json::from_str(text).map_err(|error| corrupt("JSON", error))
}

/// Stored data that cannot be read back.
pub fn corrupt(what: &str, value: impl Display) -> StoreError {
    StoreError::Corrupt(format!("{what}: {value}"))
}

/// A count as SQLite takes it: its integers have a sign.
pub fn int(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

/// A stored count; CHECKs keep it from being negative.
pub fn uint(stored: i64) -> u64 {
    u64::try_from(stored).unwrap_or(0)
}
