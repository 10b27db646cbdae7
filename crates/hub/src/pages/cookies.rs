//! The cookies of the pages: all `HttpOnly` and `SameSite=Lax`, which also keeps other sites from
//! posting forms in a worker's name.

use super::visit::Visit;
use crate::store::SESSION_LIFETIME;
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

/// Keeps the session's cookie as long as the store keeps the session: renewed with each visit,
/// unless the answer says something else of it.
pub fn renew_session(response: &mut Response, visit: &Visit) {
    let decided = response
        .headers()
        .get_all(header::SET_COOKIE)
        .iter()
        .any(|line| line.as_bytes().starts_with(b"session="));
    let ours = |secret: &&str| secret.len() == 64 && secret.bytes().all(|b| b.is_ascii_hexdigit());
    if !decided && let Some(secret) = visit.cookie(SESSION).filter(ours) {
        add(response, visit, SESSION, secret, SESSION_LIFETIME.as_secs());
    }
}
