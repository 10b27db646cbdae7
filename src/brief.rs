//! Texts, days and sums in the short form in which both windows show them. Words stay codes: the
//! windows translate.

use gighall_core::job::Job;
use gighall_core::pay::Pay;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use slint::SharedString;

/// No screen shows more of one line.
const LINE_MOST: usize = 80;

/// At most `most` characters of `text`, with a mark where something is left out.
pub fn cut(text: &str, most: usize) -> SharedString {
    match text.char_indices().nth(most) {
        None => text.into(),
        Some((end, _)) => format!("{}…", &text[..end]).into(),
    }
}

/// One line of at most [`LINE_MOST`] characters: no newline of a listing breaks the layout.
pub fn line(text: &str) -> SharedString {
    let words: Vec<&str> = text.split_whitespace().collect();
    cut(&words.join(" "), LINE_MOST)
}

/// How far a day is from today, in a word that the window translates; empty for other days.
pub fn near(day: Date, today: Date) -> &'static str {
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

/// The address, with its town before it unless it says the town already.
pub fn place(job: &Job) -> String {
    if job.address.contains(&job.town) {
        job.address.clone()
    } else {
        format!("{} {}", job.town, job.address)
    }
}

/// The unit that pay is counted in; empty where it is agreed on the spot.
pub fn pay_unit(job: &Job) -> &'static str {
    match job.pay {
        Pay::Negotiable => "",
        Pay::Range { unit, .. } => unit.code(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn days_near_today_have_a_word() {
        let today = date(2026, 12, 31);
        let words = [0, 1, 2, 3, -1].map(|days: i32| near(today + days.days(), today));
        assert_eq!(words, ["today", "tomorrow", "after", "", ""]);
    }

    #[test]
    fn long_and_broken_texts_become_one_short_line() {
        let long = line(&"砌砖\n小工 ".repeat(2000));
        assert!(long.starts_with("砌砖 小工 砌砖"));
        assert_eq!(long.chars().count(), LINE_MOST + 1);
        assert_eq!(line(" 砌砖 "), "砌砖");
    }
}
