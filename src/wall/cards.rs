//! Jobs and notices as the wall's window takes them. Words stay codes: the window translates.

use crate::ui::{JobCard, JobRow, NoticeCard};
use gighall_core::hall::{Notice, NoticeKind};
use gighall_core::job::Job;
use gighall_core::pay::Pay;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use slint::{Image, SharedString};

/// No scene shows more of one text; laying out a longer one would only cost time.
const TEXT_MOST: usize = 600;
const LINE_MOST: usize = 80;

/// At most `most` characters of `text`, with a mark where something is left out.
fn cut(text: &str, most: usize) -> SharedString {
    match text.char_indices().nth(most) {
        None => text.into(),
        Some((end, _)) => format!("{}…", &text[..end]).into(),
    }
}

/// One line of at most [`LINE_MOST`] characters: no newline of a listing breaks the layout.
fn line(text: &str) -> SharedString {
    let words: Vec<&str> = text.split_whitespace().collect();
    cut(&words.join(" "), LINE_MOST)
}

/// How far a day is from today, in a word that the window translates; empty for other days.
fn near(day: Date, today: Date) -> &'static str {
    let is_in = |days: i32| today.checked_add(days.days()).is_ok_and(|date| date == day);
    match () {
        () if is_in(0) => "today",
        () if is_in(1) => "tomorrow",
        () if is_in(2) => "after",
        () => "",
    }
}

/// `08:00`
pub fn clock_text(time: Timestamp, zone: &TimeZone) -> String {
    time.to_zoned_datetime(zone.clone())
        .strftime("%H:%M")
        .to_string()
}

/// A line of the table.
pub fn job_row(job: &Job, now: Timestamp, zone: &TimeZone) -> JobRow {
    let start = job.starts_at.to_zoned_datetime(zone.clone());
    let unit = match job.pay {
        Pay::Negotiable => "",
        Pay::Range { unit, .. } => unit.code(),
    };
    JobRow {
        number: job.number.to_string().into(),
        work_kind: job.work_kind.code().into(),
        title: line(&job.title),
        urgent: job.urgent,
        pay: job.pay.yuan_text().unwrap_or_default().into(),
        pay_unit: unit.into(),
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

/// The address, with its town before it unless it says the town already.
fn place(job: &Job) -> String {
    if job.address.contains(&job.town) {
        job.address.clone()
    } else {
        format!("{} {}", job.town, job.address)
    }
}

/// A notice, large.
pub fn notice_card(notice: &Notice) -> NoticeCard {
    let kind = match notice.kind {
        NoticeKind::Policy => "policy",
        NoticeKind::Announcement => "announcement",
        NoticeKind::AntiFraud => "anti_fraud",
        NoticeKind::WageGuide => "wage_guide",
        NoticeKind::JobFair => "job_fair",
    };
    NoticeCard {
        kind: kind.into(),
        title: line(&notice.title),
        body: cut(notice.body.trim(), TEXT_MOST),
        issuer: line(notice.issuer.as_deref().unwrap_or_default()),
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
    fn long_and_broken_texts_become_one_short_line() {
        let mut job = a_job(1);
        job.title = "砌砖\n小工 ".repeat(2000);
        let row = job_row(&job, job.published_at, &zone());
        assert!(row.title.starts_with("砌砖 小工 砌砖"));
        assert_eq!(row.title.chars().count(), LINE_MOST + 1);
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
