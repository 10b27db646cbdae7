//! Once a night, where nobody is at the terminal, the program begins anew. What the libraries below it keep for
//! each frame that they draw under X11 (eight bytes in softbuffer 0.4, 40 MB a day where a ticker runs) and what
//! memory weeks have torn into pieces is given back; claims and rights lie in the store, and a wall is dark for
//! a fifth of a second.

use jiff::civil::Time;
use jiff::{SignedDuration, ZonedDateTime};
use slint::{Timer, TimerMode};
use std::time::{Duration, Instant};

/// How often it is looked whether it is time.
const LOOK: Duration = Duration::from_secs(60);
/// Somebody at the terminal is waited for, so long at most. Then the next night does.
const WITHIN: SignedDuration = SignedDuration::from_hours(2);
/// A program that has run for less has nothing to give back. Longer than [`WITHIN`], so that it begins anew once a
/// night only.
const RUN_AT_LEAST: Duration = Duration::from_secs(3 * 60 * 60);

/// Calls `begin_anew` in the night, after the time of day `at` by `now`, as soon as `is_free` says that nobody is
/// here, for as long as the timer that this gives lives.
pub fn watch(
    at: Time,
    now: impl Fn() -> ZonedDateTime + 'static,
    is_free: impl Fn() -> bool + 'static,
    begin_anew: impl Fn() + 'static,
) -> Timer {
    let began = Instant::now();
    let timer = Timer::default();
    timer.start(TimerMode::Repeated, LOOK, move || {
        if is_due(at, &now(), began.elapsed()) && is_free() {
            begin_anew();
        }
    });
    timer
}

fn is_due(at: Time, now: &ZonedDateTime, ran: Duration) -> bool {
    let since = now.time().duration_since(at);
    let day = SignedDuration::from_hours(24);
    let since = if since.is_negative() {
        since + day
    } else {
        since
    };
    since < WITHIN && ran >= RUN_AT_LEAST
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_due_once_a_night_and_not_just_after_a_start() {
        let at = |text: &str| -> ZonedDateTime {
            let text = format!("2026-11-26T{text}[Asia/Shanghai]");
            text.parse().expect("a time")
        };
        let day = Duration::from_secs(86_400);
        let four = Time::constant(4, 0, 0, 0);
        assert!(is_due(four, &at("04:00:00"), day) && is_due(four, &at("05:59:59"), day));
        assert!(!is_due(four, &at("03:59:59"), day) && !is_due(four, &at("06:00:00"), day));
        // Past midnight too.
        let late = Time::constant(23, 30, 0, 0);
        assert!(is_due(late, &at("00:15:00"), day) && !is_due(late, &at("01:30:00"), day));
        // Begun anew at four, it is not due again before six, when it is too late.
        for minutes in 0_u32..=120 {
            let ran = Duration::from_secs(60 * u64::from(minutes));
            let later = &at("04:00:00") + SignedDuration::from_mins(i64::from(minutes));
            assert!(!is_due(four, &later, ran), "after {minutes} minutes");
        }
    }
}
