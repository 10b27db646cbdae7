//! Dates and times as people write them: `2026-11-24`, `11月24日 8:00`, `明天上午7点半`, `每天`, `长期`.

mod part;

use super::cell::{Cell, half_width};
use jiff::civil::{Date, DateTime, Time, Weekday};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use part::Part;

/// A date without a year that lies this many days back is meant for the next year.
const LAST_YEARS: i64 = 90;

/// Which day a text names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Day {
    /// None: 长期, 随时, or nothing.
    Open,
    /// One by its date.
    Fixed(Date),
    /// One by its distance from the day of the import: 明天, 下周一. Imported on another day it
    /// is another day.
    Relative(Date),
    /// 每天: the day after the import, and again with each day's import.
    Daily(Date),
}

/// A day and a time of day, each where it was named.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct When {
    /// The day.
    pub(crate) day: Day,
    /// The time of day.
    pub(crate) time: Option<Time>,
}

/// From when to when.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Span {
    /// The beginning.
    pub(crate) from: When,
    /// The end, where a range was written: `8:00-18:00`, `11月24日至26日`.
    pub(crate) to: Option<When>,
}

/// A text that names no time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct NotATime;

const OPEN: &[&str] = &[
    "长期",
    "随时",
    "不限",
    "面议",
    "立即",
    "即时",
    "尽快",
    "招满为止",
    "招满即止",
    "待定",
    "另行通知",
    "电话通知",
    "无",
    "-",
    "/",
    "即日起",
    "长期有效",
    "随到随走",
    "常年",
    "全年",
    "不定时",
];

impl When {
    const OPEN: Self = Self {
        day: Day::Open,
        time: None,
    };
}

/// Reads a cell. `today` is the day of the import in the hall's zone.
pub(crate) fn read(cell: &Cell, today: Date, zone: &TimeZone) -> Result<Span, NotATime> {
    let alone = |from| Ok(Span { from, to: None });
    match cell {
        Cell::Empty => alone(When::OPEN),
        Cell::Date(at) => alone(of_datetime(*at)),
        Cell::Time(time) => alone(When {
            day: Day::Open,
            time: Some(*time),
        }),
        Cell::Number(number) => of_number(*number).ok_or(NotATime).and_then(alone),
        Cell::Text(text) => of_text(text, today, zone),
        Cell::Error(_) | Cell::Unreckoned => Err(NotATime),
    }
}

/// Midnight means that no time of day was given.
fn of_datetime(at: DateTime) -> When {
    When {
        day: Day::Fixed(at.date()),
        time: Some(at.time()).filter(|time| *time != Time::midnight()),
    }
}

/// A sheet's day number, 20261124, or a fraction of a day.
fn of_number(number: f64) -> Option<When> {
    const FIRST: f64 = 36_526.0; // 2000-01-01
    const LAST: f64 = 73_050.0; // 2099-12-31
    if (0.0..1.0).contains(&number) {
        let time = time_of_fraction(number)?;
        return Some(When {
            day: Day::Open,
            time: Some(time),
        });
    }
    if (FIRST..=LAST).contains(&number) {
        let days = (number.floor() - FIRST) as i64;
        let date = Date::new(2000, 1, 1).ok()?.checked_add(days.days()).ok()?;
        let time = time_of_fraction(number.fract())?;
        return Some(of_datetime(date.to_datetime(time)));
    }
    let whole = number as i64;
    let date = (number.fract() == 0.0)
        .then(|| compact_date(whole))
        .flatten()?;
    Some(When {
        day: Day::Fixed(date),
        time: None,
    })
}

fn time_of_fraction(fraction: f64) -> Option<Time> {
    let minutes = (fraction * 1_440.0).round() as i64 % 1_440;
    let part = |n: i64| i8::try_from(n).ok();
    Time::new(part(minutes / 60)?, part(minutes % 60)?, 0, 0).ok()
}

fn compact_date(number: i64) -> Option<Date> {
    let year = i16::try_from(number / 10_000)
        .ok()
        .filter(|y| (2000..2100).contains(y))?;
    let part = |n: i64| i8::try_from(n).ok();
    Date::new(year, part(number / 100 % 100)?, part(number % 100)?).ok()
}

fn of_text(text: &str, today: Date, zone: &TimeZone) -> Result<Span, NotATime> {
    let text = text.trim();
    if text.is_empty() {
        return Ok(Span {
            from: When::OPEN,
            to: None,
        });
    }
    if let Ok(at) = text.parse::<Timestamp>() {
        let local = zone.to_datetime(at);
        return Ok(Span {
            from: When {
                day: Day::Fixed(local.date()),
                time: Some(local.time()),
            },
            to: None,
        });
    }
    let plain = normal(text);
    let mut reader = Reader {
        rest: &plain,
        today,
    };
    let from = reader.when().ok_or(NotATime)?;
    let to = if reader.take(&["-", "至", "到"]) {
        if reader.take(OPEN) || reader.rest.is_empty() {
            None
        } else {
            Some(reader.end_after(from).ok_or(NotATime)?)
        }
    } else {
        None
    };
    reader.take(&[
        "开始", "开工", "起", "上岗", "集合", "出发", "前", "止", "上班", "截止",
    ]);
    if reader.rest.is_empty() {
        Ok(Span { from, to })
    } else {
        Err(NotATime)
    }
}

/// Half-width, one kind of dash, no white space, no weekday in brackets.
fn normal(text: &str) -> String {
    let mut plain = String::new();
    let mut depth = 0;
    let mut after_digit = false;
    for c in half_width(text).chars() {
        match c {
            '(' => depth += 1,
            ')' => depth = 0.max(depth - 1),
            _ if depth > 0 => {}
            // A space parts the day from the time: 11-24 8:00.
            c if c.is_whitespace() => {
                if after_digit {
                    plain.push(' ');
                }
            }
            '—' | '–' | '−' | '~' | '〜' => plain.push('-'),
            'T' | 't' if after_digit => plain.push(' '),
            ',' | '，' | '、' | '。' => plain.push(' '),
            c => plain.push(c),
        }
        after_digit = plain.ends_with(|c: char| c.is_ascii_digit() || c == '日' || c == '号');
    }
    plain.trim().to_owned()
}

struct Reader<'a> {
    rest: &'a str,
    today: Date,
}

impl Reader<'_> {
    fn spaces(&mut self) {
        self.rest = self.rest.trim_start();
    }

    fn take(&mut self, words: &[&str]) -> bool {
        self.spaces();
        let longest = words
            .iter()
            .filter(|word| self.rest.starts_with(**word))
            .max_by_key(|word| word.len());
        match longest {
            Some(word) => {
                self.rest = &self.rest[word.len()..];
                true
            }
            None => false,
        }
    }

    fn number(&mut self) -> Option<i64> {
        let end = self
            .rest
            .find(|c: char| !c.is_ascii_digit())
            .unwrap_or(self.rest.len());
        let (digits, rest) = self.rest.split_at(end);
        let number = digits.parse().ok().filter(|_| digits.len() <= 8)?;
        self.rest = rest;
        Some(number)
    }

    /// Tries a way to read; where it fails nothing is taken.
    fn attempt<T>(&mut self, read: impl FnOnce(&mut Self) -> Option<T>) -> Option<T> {
        let before = self.rest;
        let found = read(self);
        if found.is_none() {
            self.rest = before;
        }
        found
    }

    fn when(&mut self) -> Option<When> {
        let day = self
            .attempt(Self::named_day)
            .or_else(|| self.attempt(Self::weekday))
            .or_else(|| self.attempt(Self::full_date).map(Day::Fixed))
            .or_else(|| self.attempt(Self::month_and_day).map(Day::Fixed))
            .or_else(|| self.attempt(Self::day_alone).map(Day::Fixed));
        let time = self.attempt(Self::time);
        if day.is_none() && time.is_none() {
            return None;
        }
        Some(When {
            day: day.unwrap_or(Day::Open),
            time,
        })
    }

    /// An end: like a beginning, but `24-26日` and `8:00-18:00` leave out what stays the same.
    fn end_after(&mut self, from: When) -> Option<When> {
        let begin = match from.day {
            Day::Fixed(date) => Some(date),
            _ => None,
        };
        let day = self
            .attempt(|reader| {
                let day = reader.number()?;
                reader.take(&["日", "号"]).then_some(())?;
                date_in(begin?, day)
            })
            .or_else(|| {
                // 2026-11-24至26
                let at_end = self.rest.chars().all(|c| c.is_ascii_digit()) && self.rest.len() <= 2;
                begin.filter(|_| at_end && from.time.is_none())?;
                self.attempt(|reader| date_in(begin?, reader.number()?))
            });
        match day {
            Some(date) => Some(When {
                day: Day::Fixed(date),
                time: self.attempt(Self::time),
            }),
            None => self.attempt(|reader| {
                reader.take(&["次日", "第二天"]);
                reader.when()
            }),
        }
    }

    fn after_today(&self, days: i64) -> Option<Date> {
        self.today.checked_add(days.days()).ok()
    }

    fn named_day(&mut self) -> Option<Day> {
        if self.take(&["每天", "每日", "天天"]) {
            return self.after_today(1).map(Day::Daily);
        }
        for (words, days) in [
            (&["大后天"][..], 3),
            (&["后天"][..], 2),
            (&["明天", "明日", "次日", "第二天", "明早上", "明早"][..], 1),
            (&["今天", "今日", "当天", "当日"][..], 0),
        ] {
            if self.take(words) {
                return self.after_today(days).map(Day::Relative);
            }
        }
        // 今晚 is today, and its 晚 belongs to the time.
        for (word, days) in [("今", 0), ("明", 1), ("后", 2)] {
            let mut night = ["晚", "夜"].iter().map(|part| format!("{word}{part}"));
            if night.any(|night| self.rest.starts_with(&night)) && self.take(&[word]) {
                return self.after_today(days).map(Day::Relative);
            }
        }
        if let Some(days) = self.attempt(|reader| {
            let days = reader.number()?;
            reader.take(&["天后", "日后"]).then_some(days)
        }) {
            return self.after_today(days).map(Day::Relative);
        }
        self.take(OPEN).then_some(Day::Open)
    }

    /// 周三 is the next one that comes, 本周三 that of this week, 下周三 that of the next.
    fn weekday(&mut self) -> Option<Day> {
        let this_week = self.take(&["本", "这个", "这"]);
        let next_week = !this_week && self.take(&["下个", "下"]);
        if !self.take(&["周", "星期", "礼拜"]) {
            return None;
        }
        let weekdays = [
            (&["一"][..], Weekday::Monday),
            (&["二"][..], Weekday::Tuesday),
            (&["三"][..], Weekday::Wednesday),
            (&["四"][..], Weekday::Thursday),
            (&["五"][..], Weekday::Friday),
            (&["六"][..], Weekday::Saturday),
            (&["日", "天"][..], Weekday::Sunday),
        ];
        let wanted = weekdays
            .iter()
            .find(|(words, _)| self.take(words))
            .map(|(_, day)| *day)?;
        let wanted = i64::from(wanted.to_monday_zero_offset());
        let present = i64::from(self.today.weekday().to_monday_zero_offset());
        let days = if next_week {
            7 - present + wanted
        } else if this_week {
            wanted - present
        } else {
            (wanted - present).rem_euclid(7)
        };
        self.after_today(days).map(Day::Relative)
    }

    fn full_date(&mut self) -> Option<Date> {
        let year = self.number()?;
        if let Some(date) = compact_date(year) {
            return Some(date);
        }
        let year = i16::try_from(year)
            .ok()
            .filter(|year| (2000..2100).contains(year))?;
        self.take(&["年", "-", "/", "."]).then_some(())?;
        let month = self.number()?;
        self.take(&["月", "-", "/", "."]).then_some(())?;
        let day = self.number()?;
        self.take(&["日", "号"]);
        Date::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()
    }

    /// `11月24日`, `11.24`, `11/24`, `11-24`; not `8-18`, which might be hours: a dash needs two
    /// digits on each side and a month that exists.
    fn month_and_day(&mut self) -> Option<Date> {
        let before = self.rest;
        let month = self.number()?;
        let by_word = self.take(&["月"]);
        let dash = !by_word && self.take(&["-"]);
        if !(by_word || dash || self.take(&["/", "."])) {
            return None;
        }
        let day = self.number()?;
        if by_word {
            self.take(&["日", "号"]);
        }
        let taken = before.len() - self.rest.len();
        let is_clock = self.rest.starts_with(':')
            || self.rest.starts_with('点')
            || self.rest.starts_with('时');
        if is_clock || (dash && taken != 5) {
            return None;
        }
        let (month, day) = (i8::try_from(month).ok()?, i8::try_from(day).ok()?);
        let this_year = Date::new(self.today.year(), month, day).ok()?;
        let back = self.today.since(this_year).ok()?.get_days();
        if i64::from(back) > LAST_YEARS {
            Date::new(self.today.year() + 1, month, day).ok()
        } else {
            Some(this_year)
        }
    }

    /// `24号`: of this month, or of the next if that day is over.
    fn day_alone(&mut self) -> Option<Date> {
        let day = self.number()?;
        self.take(&["日", "号"]).then_some(())?;
        let this_month = date_in(self.today, day);
        match this_month {
            Some(date) if date >= self.today => Some(date),
            _ => date_in(self.today.checked_add(1.month()).ok()?, day),
        }
    }

    fn part_of_day(&mut self) -> Option<Part> {
        [
            (&["凌晨", "零晨"][..], Part::BeforeDawn),
            (&["早上", "上午", "清晨", "早晨", "早"][..], Part::Morning),
            (&["中午"][..], Part::Noon),
            (&["下午"][..], Part::Afternoon),
            (
                &["晚上", "傍晚", "夜间", "夜里", "半夜", "深夜", "晚", "夜"][..],
                Part::Night,
            ),
        ]
        .iter()
        .find(|(words, _)| self.take(words))
        .map(|(_, part)| *part)
    }

    fn time(&mut self) -> Option<Time> {
        let part = self.part_of_day();
        self.spaces();
        let Some(hour) = self.number() else {
            return Time::new(part?.usual_hour(), 0, 0, 0).ok();
        };
        let clock = self.take(&[":"]);
        let word = !clock && self.take(&["点", "时"]);
        // A bare number is an hour only behind a word: 上午8.
        if !(clock || word || part.is_some()) {
            return None;
        }
        let minute = if word && self.take(&["半"]) {
            30
        } else {
            match self.number() {
                Some(minute) => minute,
                None if clock => return None,
                None => 0,
            }
        };
        self.take(&["分", "钟", "整"]);
        if clock && self.take(&[":"]) {
            self.number()?;
        }
        let hour = match part {
            Some(part) => part.hour(hour)?,
            None => hour,
        };
        // The end of the day is its last minute, so that it stays that day's.
        if hour == 24 && minute == 0 {
            return Time::new(23, 59, 0, 0).ok();
        }
        Time::new(i8::try_from(hour).ok()?, i8::try_from(minute).ok()?, 0, 0).ok()
    }
}

/// That day of the date's month.
fn date_in(date: Date, day: i64) -> Option<Date> {
    Date::new(date.year(), date.month(), i8::try_from(day).ok()?).ok()
}

#[cfg(test)]
mod tests;
