//! At which times a scene may be on: dates, days of the week, holidays, times of day. All of them
//! are the hall's civil time, so a change of daylight saving moves nothing on the wall's clock.

use jiff::ToSpan;
use jiff::civil::{Date, DateTime, Time};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

/// At which times. Everything that is set has to hold; what is not set always holds.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct When {
    /// From that day on.
    pub from: Option<Date>,
    /// Up to that day, which is included; after it the scene has expired.
    pub until: Option<Date>,
    /// On these days of the week.
    pub weekdays: Vec<Weekday>,
    /// On days of that kind.
    pub days: Option<DayKind>,
    /// In one of these windows. One that goes past midnight belongs to the day on which it began.
    pub times: Vec<Times>,
}

/// A day of the week.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[allow(missing_docs)]
pub enum Weekday {
    Mon,
    Tue,
    Wed,
    Thu,
    Fri,
    Sat,
    Sun,
}

impl Weekday {
    fn of(date: Date) -> Self {
        match date.weekday() {
            jiff::civil::Weekday::Monday => Self::Mon,
            jiff::civil::Weekday::Tuesday => Self::Tue,
            jiff::civil::Weekday::Wednesday => Self::Wed,
            jiff::civil::Weekday::Thursday => Self::Thu,
            jiff::civil::Weekday::Friday => Self::Fri,
            jiff::civil::Weekday::Saturday => Self::Sat,
            jiff::civil::Weekday::Sunday => Self::Sun,
        }
    }
}

/// Whether people work that day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum DayKind {
    /// 工作日, make-up workdays included.
    Workdays,
    /// 休息日: weekends and holidays, make-up workdays left out.
    Holidays,
}

/// Which days differ from an ordinary week, as the State Council announces them each year.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Calendar {
    /// 节假日
    pub holidays: BTreeSet<Date>,
    /// 调休上班
    pub workdays: BTreeSet<Date>,
}

impl Calendar {
    /// Whether people work that day: a make-up workday goes before a holiday, and both before the
    /// week.
    pub fn kind(&self, date: Date) -> DayKind {
        let weekend = matches!(Weekday::of(date), Weekday::Sat | Weekday::Sun);
        if self.workdays.contains(&date) || !(weekend || self.holidays.contains(&date)) {
            DayKind::Workdays
        } else {
            DayKind::Holidays
        }
    }
}

impl When {
    /// Whether it holds at that moment of the hall's civil time.
    pub fn holds(&self, at: DateTime, calendar: &Calendar) -> bool {
        if self.times.is_empty() {
            return self.is_day(at.date(), calendar);
        }
        self.times.iter().any(|window| {
            window
                .began(at)
                .is_some_and(|day| self.is_day(day, calendar))
        })
    }

    fn is_day(&self, day: Date, calendar: &Calendar) -> bool {
        self.has_day(day, Some(calendar))
    }

    /// Whether that day is one of its own; where no calendar is known, any may be one of work or of rest.
    pub(super) fn has_day(&self, day: Date, calendar: Option<&Calendar>) -> bool {
        let is_kind = |kind| calendar.is_none_or(|calendar| kind == calendar.kind(day));
        self.from.is_none_or(|from| from <= day)
            && self.until.is_none_or(|until| day <= until)
            && (self.weekdays.is_empty() || self.weekdays.contains(&Weekday::of(day)))
            && self.days.is_none_or(is_kind)
    }

    /// Whether one of its windows does.
    pub(super) fn goes_past_midnight(&self) -> bool {
        self.times
            .iter()
            .any(|times| times.until < times.from && times.until != Time::midnight())
    }
}

/// A window of the day, `08:00-12:00`. Its end is not part of it. `22:00-02:00` goes past midnight,
/// and `24:00` is the day's end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Times {
    from: Time,
    /// Midnight stands for the day's end.
    until: Time,
}

/// A text that is no window of the day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a window like \"08:00-12:00\" or, past midnight, \"22:00-02:00\"")]
pub struct NotTimes;

impl Times {
    /// The day on which the window began that `at` is in; `None` where it is in none.
    fn began(self, at: DateTime) -> Option<Date> {
        let (day, time) = (at.date(), at.time());
        let ends_at_midnight = self.until == Time::midnight();
        if self.from < self.until || ends_at_midnight {
            return (self.from <= time && (ends_at_midnight || time < self.until)).then_some(day);
        }
        if self.from <= time {
            Some(day)
        } else if time < self.until {
            day.checked_sub(1.day()).ok()
        } else {
            None
        }
    }
}

impl FromStr for Times {
    type Err = NotTimes;

    fn from_str(text: &str) -> Result<Self, NotTimes> {
        let (from, until) = text.split_once('-').ok_or(NotTimes)?;
        let (from, until) = (time_of(from.trim())?, until.trim());
        let until = match until {
            "24:00" => Time::midnight(),
            until => time_of(until)?,
        };
        if from == until && from != Time::midnight() {
            return Err(NotTimes);
        }
        Ok(Self { from, until })
    }
}

fn time_of(text: &str) -> Result<Time, NotTimes> {
    let (hour, minute) = text.split_once(':').ok_or(NotTimes)?;
    let number = |text: &str| match text.len() {
        1 | 2 if text.bytes().all(|byte| byte.is_ascii_digit()) => text.parse().ok(),
        _ => None,
    };
    number(hour)
        .zip(number(minute))
        .and_then(|(hour, minute)| Time::new(hour, minute, 0, 0).ok())
        .ok_or(NotTimes)
}

impl fmt::Display for Times {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let end = match (self.until.hour(), self.until.minute()) {
            (0, 0) => (24, 0),
            end => end,
        };
        let (hour, minute) = (self.from.hour(), self.from.minute());
        write!(f, "{hour:02}:{minute:02}-{:02}:{:02}", end.0, end.1)
    }
}

impl TryFrom<String> for Times {
    type Error = NotTimes;

    fn try_from(text: String) -> Result<Self, NotTimes> {
        text.parse()
    }
}

impl From<Times> for String {
    fn from(times: Times) -> Self {
        times.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::tz::TimeZone;
    use proptest::prelude::*;

    fn holds(when: &str, at: &str) -> bool {
        let when: When = serde_json::from_str(when).expect("a schedule");
        let date = |text: &str| text.parse().expect("a date");
        let calendar = Calendar {
            holidays: [date("2026-10-01"), date("2026-10-02")].into(),
            workdays: [date("2026-10-10")].into(),
        };
        when.holds(at.parse().expect("a civil time"), &calendar)
    }

    #[test]
    fn every_condition_has_to_hold() {
        // 2026-11-24 is a Tuesday.
        assert!(holds("{}", "2026-11-24T03:00"));
        let dates = r#"{"from":"2026-11-24","until":"2026-11-25"}"#;
        for (at, on) in [
            ("2026-11-23T23:59:59", false),
            ("2026-11-24T00:00", true),
            ("2026-11-25T23:59:59", true),
            ("2026-11-26T00:00", false),
        ] {
            assert_eq!(holds(dates, at), on, "{at}");
        }
        assert!(holds(r#"{"weekdays":["mon","tue"]}"#, "2026-11-24T12:00"));
        assert!(!holds(r#"{"weekdays":["mon","sat"]}"#, "2026-11-24T12:00"));
        let several = r#"{"times":["08:00-12:00","14:00-17:30"]}"#;
        for (at, on) in [
            ("07:59", false),
            ("08:00", true),
            ("11:59:59", true),
            ("12:00", false),
            ("17:29", true),
        ] {
            assert_eq!(holds(several, &format!("2026-11-24T{at}")), on, "{at}");
        }
    }

    #[test]
    fn a_window_past_midnight_belongs_to_the_day_on_which_it_began() {
        let friday_night = r#"{"weekdays":["fri"],"times":["22:00-02:00"]}"#;
        for (at, on) in [
            ("2026-11-27T01:00", false),
            ("2026-11-27T21:59", false),
            ("2026-11-27T22:00", true),
            ("2026-11-28T01:59", true),
            ("2026-11-28T02:00", false),
            ("2026-11-28T22:30", false),
        ] {
            assert_eq!(holds(friday_night, at), on, "{at}");
        }
        let last = r#"{"until":"2026-11-27","times":["22:00-02:00"]}"#;
        assert!(holds(last, "2026-11-28T01:00"));
    }

    #[test]
    fn holidays_and_make_up_workdays_go_before_the_week() {
        let (work, rest) = (r#"{"days":"workdays"}"#, r#"{"days":"holidays"}"#);
        for (at, works) in [
            ("2026-09-30T12:00", true),
            // A Thursday, and a Saturday on which people work.
            ("2026-10-01T12:00", false),
            ("2026-10-10T12:00", true),
            ("2026-10-11T12:00", false),
        ] {
            assert_eq!((holds(work, at), holds(rest, at)), (works, !works), "{at}");
        }
    }

    #[test]
    fn windows_are_read_strictly_and_written_back() {
        for text in ["08:00-12:00", "22:00-02:00", "00:00-24:00", "18:30-24:00"] {
            let times: Times = text.parse().expect("a window");
            assert_eq!(times.to_string(), text);
        }
        for text in [
            "",
            "8-12",
            "08:00",
            "25:00-26:00",
            "08:00-08:00",
            "08:000-09:00",
            "a:b-c:d",
        ] {
            assert_eq!(text.parse::<Times>(), Err(NotTimes), "{text}");
        }
    }

    #[test]
    fn daylight_saving_moves_nothing_on_the_clock() {
        // In Berlin the hour from 2 to 3 is missing on 2026-03-29 and twice there on 2026-10-25.
        let zone = TimeZone::get("Europe/Berlin").expect("bundled");
        let when: When = serde_json::from_str(r#"{"times":["02:00-03:00"]}"#).expect("good");
        let minutes = |day: &str| {
            let start: DateTime = format!("{day}T00:00").parse().expect("a time");
            let start = zone.to_timestamp(start).expect("there");
            let at = |n: i64| zone.to_datetime(start + jiff::SignedDuration::from_mins(n));
            (0..23 * 60)
                .filter(|n| when.holds(at(*n), &Calendar::default()))
                .count()
        };
        assert_eq!(minutes("2026-03-28"), 60);
        assert_eq!(minutes("2026-03-29"), 0);
        assert_eq!(minutes("2026-10-25"), 120);
    }

    const DAYS: [Weekday; 7] = [
        Weekday::Mon,
        Weekday::Tue,
        Weekday::Wed,
        Weekday::Thu,
        Weekday::Fri,
        Weekday::Sat,
        Weekday::Sun,
    ];

    /// A Monday; the days of the tests are counted from it.
    fn day(n: i64) -> Date {
        jiff::civil::date(2026, 9, 28) + n.days()
    }

    /// From which minute to which, counted from the first day's midnight, each window of each day is that such a
    /// schedule has.
    fn spans(when: &When, windows: &[(i64, i64)], calendar: &Calendar) -> Vec<(i64, i64)> {
        let mut spans = vec![];
        for n in -2..30_i64 {
            let (date, weekday) = (day(n), DAYS[usize::try_from(n.rem_euclid(7)).expect("few")]);
            let works = calendar.workdays.contains(&date)
                || (n.rem_euclid(7) < 5 && !calendar.holidays.contains(&date));
            let is_kind = match when.days {
                None => true,
                Some(DayKind::Workdays) => works,
                Some(DayKind::Holidays) => !works,
            };
            let is_between = when.from.is_none_or(|from| date >= from)
                && when.until.is_none_or(|until| date <= until);
            let is_named = when.weekdays.is_empty() || when.weekdays.contains(&weekday);
            if is_kind && is_between && is_named {
                let of_day = windows.iter().map(|(from, until)| {
                    let length = (until - from + 1440 - 1) % 1440 + 1;
                    (n * 1440 + from, n * 1440 + from + length)
                });
                spans.extend(of_day);
            }
        }
        spans
    }

    proptest! {
        /// A window and its complement share the day between them.
        #[test]
        fn every_minute_is_in_a_window_or_in_what_it_leaves(
            from in 0u32..1440, until in 0u32..1440, now in 0u32..1440,
        ) {
            prop_assume!(from != until);
            let clock = |minute: u32| format!("{:02}:{:02}", minute / 60, minute % 60);
            let is_in = |from, until| {
                let window = format!("{}-{}", clock(from), clock(until));
                let at = format!("2026-11-24T{}", clock(now)).parse().expect("a time");
                window.parse::<Times>().expect("a window").began(at).is_some()
            };
            prop_assert!(is_in(from, until) != is_in(until, from));
        }

        /// A schedule holds in just the minutes that its days and windows have, one by one; so it never holds
        /// after its last day's windows have ended.
        #[test]
        fn a_schedule_holds_when_its_days_and_windows_say(
            from in proptest::option::of(0i64..20),
            until in proptest::option::of(0i64..20),
            weekdays in proptest::sample::subsequence(DAYS.to_vec(), 0..4),
            days in proptest::option::of(prop_oneof![Just(DayKind::Workdays), Just(DayKind::Holidays)]),
            windows in proptest::collection::vec((0i64..1440, 1i64..1440), 0..3),
            holidays in proptest::collection::btree_set(0i64..20, 0..5),
            workdays in proptest::collection::btree_set(0i64..20, 0..3),
            moments in proptest::collection::vec(0i64..25 * 1440, 40),
        ) {
            let clock = |minute: i64| format!("{:02}:{:02}", minute / 60, minute % 60);
            let windows: Vec<(i64, i64)> = windows
                .into_iter()
                .map(|(from, length)| (from, (from + length) % 1440))
                .collect();
            let times = windows.iter().map(|(from, until)| {
                let window = format!("{}-{}", clock(*from), clock(*until));
                window.parse().expect("a window")
            });
            let when = When {
                from: from.map(day),
                until: until.map(day),
                weekdays,
                days,
                times: times.collect(),
            };
            let calendar = Calendar {
                holidays: holidays.into_iter().map(day).collect(),
                workdays: workdays.into_iter().map(day).collect(),
            };
            let whole_day = [(0, 0)];
            let windows = if windows.is_empty() { &whole_day } else { &windows[..] };
            let spans = spans(&when, windows, &calendar);
            // Where windows begin and end, too.
            let edges = spans.iter().flat_map(|(from, until)| [*from, from - 1, *until, until - 1]);
            for minute in moments.into_iter().chain(edges.filter(|minute| (0..29 * 1440).contains(minute))) {
                let at = day(0).at(0, 0, 0, 0) + jiff::SignedDuration::from_mins(minute);
                let is_on = spans.iter().any(|(from, until)| (*from..*until).contains(&minute));
                prop_assert_eq!(when.holds(at, &calendar), is_on, "{} of {:?}", at, when);
            }
        }
    }
}
