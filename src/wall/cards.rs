//! Jobs and notices as the wall's window takes them. Words stay codes: the window translates.

use crate::brief::{clock_text, cut, line, near, pay_unit, place};
use crate::ui::{CourseRow, EventCard, JobCard, JobRow, NoticeCard};
use gighall_core::event::{Event, EventKind};
use gighall_core::hall::Notice;
use gighall_core::job::Job;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use slint::{Image, SharedString};

/// No scene shows more of one text; laying out a longer one would only cost time.
const TEXT_MOST: usize = 600;

/// A line of the table.
pub fn job_row(job: &Job, now: Timestamp, zone: &TimeZone) -> JobRow {
    let start = job.starts_at.to_zoned_datetime(zone.clone());
    JobRow {
        number: job.number.to_string().into(),
        work_kind: job.work_kind.code().into(),
        title: line(&job.title),
        urgent: job.urgent,
        pay: job.pay.yuan_text().unwrap_or_default().into(),
        pay_unit: pay_unit(job).into(),
        settlement: job.settlement.code().into(),
        places_left: i32::try_from(job.places_left).unwrap_or(i32::MAX),
        town: line(&job.town),
        near: near(start.date(), now.to_zoned_datetime(zone.clone()).date()).into(),
        month: start.month().into(),
        day: start.day().into(),
        time: clock_text(job.starts_at, zone).into(),
    }
}

/// A job, large. `code` is its QR picture, `address` what the picture says.
pub fn job_card(
    job: &Job,
    now: Timestamp,
    zone: &TimeZone,
    code: Option<Image>,
    address: &str,
) -> JobCard {
    let gather = match (&job.gather_at, &job.gather_place) {
        (None, None) => SharedString::new(),
        _ => {
            let time = clock_text(job.be_there_at(), zone);
            line(&format!("{time} {}", job.be_there_place()))
        }
    };
    JobCard {
        row: job_row(job, now, zone),
        place: line(&place(job)),
        employer: line(&job.employer.name),
        verified: job.employer.verified,
        meals: job.meals,
        lodging: job.lodging,
        transport: job.transport,
        insurance: job.insurance.code().into(),
        requirements: line(job.requirements.as_deref().unwrap_or_default()),
        hours: line(job.shift.as_deref().unwrap_or_default()),
        gather,
        has_code: code.is_some(),
        code: code.unwrap_or_default(),
        address: address.into(),
    }
}

/// A notice, large.
pub fn notice_card(notice: &Notice) -> NoticeCard {
    NoticeCard {
        kind: notice.kind.code().into(),
        title: line(&notice.title),
        body: cut(notice.body.trim(), TEXT_MOST),
        issuer: line(notice.issuer.as_deref().unwrap_or_default()),
    }
}

/// A fair, a broadcast or recruiting on the spot, large. `code` is the picture of its link.
pub fn event_card(
    event: &Event,
    now: Timestamp,
    zone: &TimeZone,
    code: Option<Image>,
) -> EventCard {
    let (start, end) = (
        zone.to_datetime(event.starts_at),
        zone.to_datetime(event.ends_at),
    );
    let today = zone.to_datetime(now).date();
    let minutes = event.starts_at.duration_since(now).as_mins().max(0);
    let days = start.date().duration_since(today).as_hours() / 24;
    EventCard {
        kind: event.kind.code().into(),
        title: line(&event.title),
        text: cut(event.text.as_deref().unwrap_or_default().trim(), TEXT_MOST),
        place: line(&event.place),
        host: line(&event.host),
        near: near(start.date(), today).into(),
        month: start.month().into(),
        day: start.day().into(),
        time: clock_text(event.starts_at, zone).into(),
        end: match end.date() == start.date() {
            true => clock_text(event.ends_at, zone).into(),
            false => SharedString::new(),
        },
        end_month: end.month().into(),
        end_day: end.day().into(),
        running: event.is_running(now),
        days: i32::try_from(days).unwrap_or(i32::MAX),
        minutes: i32::try_from(minutes).unwrap_or(i32::MAX),
        has_code: code.is_some(),
        code: code.unwrap_or_default(),
        link: event.link.clone().unwrap_or_default().into(),
        course: match event.kind {
            EventKind::Training => course_row(event, zone),
            _ => CourseRow::default(),
        },
    }
}

/// A line of the table of courses.
pub fn course_row(event: &Event, zone: &TimeZone) -> CourseRow {
    let start = zone.to_datetime(event.starts_at);
    let left = event
        .places_left()
        .map(|left| i32::try_from(left).unwrap_or(i32::MAX));
    CourseRow {
        title: line(&event.title),
        place: line(&event.place),
        month: start.month().into(),
        day: start.day().into(),
        time: clock_text(event.starts_at, zone).into(),
        bounded: left.is_some(),
        left: left.unwrap_or(0),
    }
}

/// A text of the playlist's own.
pub fn text_card(title: &str, body: &str) -> NoticeCard {
    NoticeCard {
        title: line(title),
        body: cut(body.trim(), TEXT_MOST),
        ..NoticeCard::default()
    }
}

/// Stands between two texts of the ticker.
const TICKER_GAP: &str = "　　◆　　";

/// The ticker's line of `texts`, at most `most` characters long. The renderer counts pixels in
/// 16 bits, so a line cannot be as long as people can write; whole texts are left out at its end.
pub fn ticker_line<'a>(texts: impl Iterator<Item = &'a str>, most: usize) -> SharedString {
    let mut whole = String::new();
    let mut length = 0;
    for text in texts {
        let words: Vec<&str> = text.split_whitespace().collect();
        let text = words.join(" ");
        if text.is_empty() {
            continue;
        }
        let gap = if whole.is_empty() { "" } else { TICKER_GAP };
        let longer = length + gap.chars().count() + text.chars().count();
        if longer > most && !whole.is_empty() {
            break;
        }
        whole.push_str(gap);
        whole.push_str(&text);
        length = longer;
    }
    cut(&whole, most)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use gighall_core::testing::{a_job, at};

    fn zone() -> TimeZone {
        TimeZone::get("Asia/Shanghai").unwrap()
    }

    #[test]
    fn a_day_is_near_by_the_halls_calendar() {
        // 00:30 on the 24th in China is still the 23rd in UTC.
        let row = |now: &str| job_row(&a_job(1), at(now), &zone());
        assert_eq!(row("2026-11-23T16:30:00Z").near, "today");
        assert_eq!(row("2026-11-23T15:30:00Z").near, "tomorrow");
        assert_eq!(row("2026-11-22T15:30:00Z").near, "after");
        let far = row("2026-11-20T15:30:00Z");
        assert_eq!((far.near.as_str(), far.month, far.day), ("", 11, 24));
        assert_eq!(far.time, "08:00");
    }

    #[test]
    fn the_ticker_leaves_out_whole_texts() {
        let line = |most| ticker_line(["一二三", " ", "四五", "六"].into_iter(), most);
        assert_eq!(line(100), "一二三　　◆　　四五　　◆　　六");
        assert_eq!(line(12), "一二三　　◆　　四五");
        assert_eq!(line(2), "一二…");
        assert_eq!(ticker_line([].into_iter(), 9), "");
    }
}
