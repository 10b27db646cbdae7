//! The cookies of the pages: all `HttpOnly` and `SameSite=Lax`, which also keeps other sites from
//! posting forms in a worker's name.

use super::visit::Visit;
use axum::http::{HeaderValue, header};
use axum::response::Response;

/// Whose phone it is: a random secret that the store knows.
pub const SESSION: &str = "session";
/// Signed proof that the phone was in a hall a moment ago.
pub const PERMIT: &str = "permit";
/// The job that was looked at before the terminal's code was scanned.
pub const JOB: &str = "job";
/// The language that was chosen.
pub const LANG: &str = "lang";

/// Seconds in half a year: how long a phone is remembered.
pub const HALF_A_YEAR: i64 = 180 * 24 * 60 * 60;
/// Seconds in a year.
pub const A_YEAR: i64 = 365 * 24 * 60 * 60;

/// Sets a cookie; `seconds` of 0 takes it away. The values are our own: ids, hexadecimal digits
/// and language codes; anything else is left out.
pub fn add(response: &mut Response, visit: &Visit, name: &str, value: &str, seconds: i64) {
    let secure = if visit.secure { "; Secure" } else { "" };
    let line = format!("{name}={value}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Lax{secure}");
    if let Ok(line) = HeaderValue::from_str(&line) {
        response.headers_mut().append(header::SET_COOKIE, line);
    }
}
