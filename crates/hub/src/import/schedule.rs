//! When a listed job begins, ends, gathers and stops taking claims.

use super::columns::Field;
use super::dates::{self, Day, When};
use super::row::{Context, Fault, Reader};
use gighall_core::job::A_DAYS_WORK;
use jiff::civil::{Date, DateTime, Time, time};
use jiff::{Timestamp, ToSpan};

/// When a day's work ends where only the day of its end is given.
const END_OF_WORK: Time = time(18, 0, 0, 0);
/// Until when a job of today takes claims where no time of day is given.
const END_OF_TODAY: Time = time(20, 0, 0, 0);
/// A start further ahead is a mistyped year.
const DAYS_AHEAD: i64 = 400;

/// The times of a listing.
pub(crate) struct Schedule {
    pub(crate) starts_at: Timestamp,
    pub(crate) ends_at: Option<Timestamp>,
    pub(crate) gather_at: Option<Timestamp>,
    pub(crate) valid_until: Timestamp,
    pub(crate) shift: Option<String>,
    /// The start as it tells one listing from another: nothing where no day was named, so that
    /// the listing stays the same when it is imported again tomorrow.
    pub(crate) start_key: String,
    /// The day that was named in words which mean another day tomorrow. Such a listing is a new
    /// one each day: nobody's claim moves to another day because a sheet was imported again.
    pub(crate) day_of_import: Option<Date>,
    /// The start is the day after the import though the listing stays the same.
    pub(crate) start_moves: bool,
}

/// What the cells say.
struct Said {
    start: When,
    end: Option<When>,
    gather: Option<When>,
    valid: Valid,
    shift: Option<String>,
}

enum Valid {
    Unsaid,
    Days(i64),
    Until(When),
}

/// Reads the times of a row.
pub(crate) fn read(reader: &Reader<'_>) -> Result<Schedule, Fault> {
    let said = said(reader)?;
    let context = reader.context;
    let (start, underway) = start_of(&said, context);
    check_start(reader, start)?;
    let end = end_of(reader, &said, start)?;
    let gather = gather_of(reader, &said, start)?;
    let valid = match valid_of(&said, start, context) {
        // Work that goes on already takes people until its last day.
        _ if underway => end.unwrap_or(start),
        valid => latest_of(&said, start, end).map_or(valid, |latest| latest.min(valid)),
    };
    let midnight = context.today.to_datetime(Time::midnight());
    if valid <= midnight {
        let field = match said.valid {
            Valid::Unsaid => Field::Start,
            _ => Field::ValidUntil,
        };
        let until = valid.strftime("%Y-%m-%d %H:%M");
        return Err(reader.fault(
            field,
            format!("the job is over: it took claims until {until}; write a day from today on"),
        ));
    }
    let at = |when: DateTime| timestamp(reader, when);
    let starts_at = at(start)?;
    let (start_key, day_of_import) = match said.start.day {
        Day::Open => (String::new(), None),
        Day::Fixed(day) => (format!("{day} {}", start.time()), None),
        Day::Relative(day) | Day::Daily(day) => (format!("{day} {}", start.time()), Some(day)),
    };
    Ok(Schedule {
        starts_at,
        ends_at: end.map(at).transpose()?,
        gather_at: gather
            .map(at)
            .transpose()?
            .filter(|gather| *gather != starts_at),
        valid_until: at(valid)?,
        shift: said.shift,
        start_key,
        day_of_import,
        start_moves: underway || said.start.day == Day::Open,
    })
}

fn timestamp(reader: &Reader<'_>, when: DateTime) -> Result<Timestamp, Fault> {
    reader.context.zone.to_timestamp(when).map_err(|_| {
        reader.fault(
            Field::Start,
            format!("{when} is not a time of the hall's zone"),
        )
    })
}

fn said(reader: &Reader<'_>) -> Result<Said, Fault> {
    let span = span(reader, Field::Start)?;
    let start_time = span_if_any(reader, Field::StartTime)?.and_then(|span| span.from.time);
    let own_end = span_if_any(reader, Field::End)?.map(|span| span.from);
    let gather = span_if_any(reader, Field::GatherAt)?
        .map(|span| span.from)
        .filter(|when| when.day != Day::Open || when.time.is_some());
    let shift = reader.text(Field::Shift, 100)?;
    let hours = shift
        .as_deref()
        .and_then(|shift| hours_in(reader.context, shift));
    let mut start = span.from;
    start.time = start
        .time
        .or(start_time)
        .or(hours.map(|(from, _)| from))
        .or(gather.and_then(|gather| gather.time));
    let mut end = own_end
        .filter(|end| end.day != Day::Open || end.time.is_some())
        .or(span.to);
    if let Some((_, to)) = hours {
        let end = end.get_or_insert(When {
            day: Day::Open,
            time: None,
        });
        end.time = end.time.or(Some(to));
    }
    Ok(Said {
        start,
        end,
        gather,
        valid: valid_said(reader)?,
        shift,
    })
}

fn span(reader: &Reader<'_>, field: Field) -> Result<dates::Span, Fault> {
    let cell = reader.cell(field);
    dates::read(cell, reader.context.today, reader.context.zone).map_err(|_| {
        let text: String = cell.text().chars().take(40).collect();
        reader.fault(
            field,
            format!("{text:?} is not a time: write it as in 2026-11-24 8:00, 11月24日, 明天 8:00, 每天 8:00 or 长期"),
        )
    })
}

fn span_if_any(reader: &Reader<'_>, field: Field) -> Result<Option<dates::Span>, Fault> {
    if reader.cell(field).is_empty() {
        Ok(None)
    } else {
        span(reader, field).map(Some)
    }
}

/// The first and the last hour of a shift such as `8:00-12:00，14:00-18:00`. Shifts are words;
/// those without hours say nothing.
fn hours_in(context: &Context<'_>, shift: &str) -> Option<(Time, Time)> {
    let read = |part: &str| {
        let cell = super::cell::Cell::Text(part.to_owned());
        dates::read(&cell, context.today, context.zone).ok()
    };
    let mut parts = shift
        .split([',', '，', '、', ';', '；', ' '])
        .filter(|part| part.chars().any(|c| c.is_ascii_digit()));
    let first = read(parts.next()?)?;
    let last = match parts.next_back() {
        Some(part) => read(part)?,
        None => first,
    };
    Some((first.from.time?, last.to?.time?))
}

/// `有效期`: a number of days, a day, or open.
fn valid_said(reader: &Reader<'_>) -> Result<Valid, Fault> {
    let cell = reader.cell(Field::ValidUntil);
    let text = super::cell::half_width(&cell.text()).replace(' ', "");
    let days = text
        .strip_suffix('天')
        .or_else(|| text.strip_suffix("日内"))
        .and_then(|days| days.trim_end_matches('个').parse::<i64>().ok());
    if let Some(days) = days {
        let fits = (1..=366).contains(&days);
        return fits.then_some(Valid::Days(days)).ok_or_else(|| {
            reader.fault(
                Field::ValidUntil,
                format!("{days} days is not within 1 to 366"),
            )
        });
    }
    Ok(match span_if_any(reader, Field::ValidUntil)? {
        // A range such as 11月20日-30日 ends with its end.
        Some(span) => match span.to.unwrap_or(span.from) {
            When {
                day: Day::Open,
                time: None,
            } => Valid::Unsaid,
            when => Valid::Until(when),
        },
        None => Valid::Unsaid,
    })
}

fn day_of(day: Day) -> Option<Date> {
    match day {
        Day::Open => None,
        Day::Fixed(date) | Day::Relative(date) | Day::Daily(date) => Some(date),
    }
}

/// The start, and whether it is that of work which goes on already.
fn start_of(said: &Said, context: &Context<'_>) -> (DateTime, bool) {
    let tomorrow = context.today.saturating_add(1.day());
    let time = said.start.time.unwrap_or(context.map.start_time);
    let last_day = said.end.and_then(|end| day_of(end.day));
    let day = day_of(said.start.day);
    let underway = day.is_some_and(|day| day < context.today)
        && last_day.is_some_and(|last| last > context.today);
    match day {
        Some(day) if !underway => (day.to_datetime(time), false),
        _ => (tomorrow.to_datetime(time), underway),
    }
}

fn check_start(reader: &Reader<'_>, start: DateTime) -> Result<(), Fault> {
    if start.date() > reader.context.today.saturating_add(DAYS_AHEAD.days()) {
        Err(reader.fault(
            Field::Start,
            format!("{} is more than a year ahead: check the year", start.date()),
        ))
    } else {
        Ok(())
    }
}

fn end_of(reader: &Reader<'_>, said: &Said, start: DateTime) -> Result<Option<DateTime>, Fault> {
    let Some(end) = said.end else {
        return Ok(None);
    };
    match day_of(end.day) {
        Some(day) => {
            let end = day.to_datetime(end.time.unwrap_or(END_OF_WORK));
            if end <= start {
                Err(reader.fault(
                    Field::End,
                    "the end is before the start: write a later one".to_owned(),
                ))
            } else {
                Ok(Some(end))
            }
        }
        // Hours of the day without a day: for work without a day they say when each day ends,
        // not when the work does.
        None if said.start.day == Day::Open => Ok(None),
        None => Ok(end.time.map(|time| {
            let end = start.date().to_datetime(time);
            if end > start {
                end
            } else {
                end.saturating_add(1.day())
            }
        })),
    }
}

fn gather_of(reader: &Reader<'_>, said: &Said, start: DateTime) -> Result<Option<DateTime>, Fault> {
    let Some(gather) = said.gather else {
        return Ok(None);
    };
    let time = gather.time.unwrap_or(start.time());
    let mut at = day_of(gather.day).unwrap_or(start.date()).to_datetime(time);
    // A night's work gathers on the evening before.
    if at > start && gather.day == Day::Open && start.hour() < 8 && at.hour() >= 16 {
        at = at.saturating_sub(1.day());
    }
    if at > start {
        Err(reader.fault(
            Field::GatherAt,
            "people gather after the start: write an earlier time".to_owned(),
        ))
    } else {
        Ok(Some(at))
    }
}

/// The work's end, beyond which nobody may claim whatever the list says. Where a day is named
/// without an end, a day's work.
fn latest_of(said: &Said, start: DateTime, end: Option<DateTime>) -> Option<DateTime> {
    let a_days_work = || match (said.start.day, &said.valid) {
        (Day::Open, _) | (_, Valid::Unsaid) => None,
        _ => Some(start.saturating_add(A_DAYS_WORK)),
    };
    end.or_else(a_days_work)
}

fn valid_of(said: &Said, start: DateTime, context: &Context<'_>) -> DateTime {
    let end_of_day = |day: Date| day.saturating_add(1.day()).to_datetime(Time::midnight());
    let days_on = |days: i64| end_of_day(context.today.saturating_add(days.days()));
    match said.valid {
        Valid::Days(days) => days_on(days),
        Valid::Until(When { day, time }) => match (day_of(day), time) {
            (Some(day), Some(time)) => day.to_datetime(time),
            (Some(day), None) => end_of_day(day),
            (None, time) => start.date().to_datetime(time.unwrap_or(start.time())),
        },
        Valid::Unsaid => match said.start {
            When { day: Day::Open, .. } => days_on(i64::from(context.map.valid_days)),
            When {
                day: Day::Relative(day),
                time: None,
            } if day == context.today => start.max(day.to_datetime(END_OF_TODAY)),
            _ => start,
        },
    }
}
