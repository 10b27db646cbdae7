//! What happens in a hall or for it: job fairs, broadcasts, recruiting on the spot, courses.

use crate::id::EventId;
use crate::job::coded_enum;
use jiff::civil::{Date, DateTime, Time};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

/// Longest title, place or host, in characters.
pub const LINE_MAX: usize = 200;
/// Longest text, in characters.
pub const TEXT_MAX: usize = 2_000;
/// Longest link, in bytes: a code of more is too fine to be scanned off a wall.
pub const LINK_MAX: usize = 300;
/// Longest time from start to end.
pub const LONGEST: SignedDuration = SignedDuration::from_hours(366 * 24);

coded_enum!(
    /// What kind of event it is.
    EventKind {
        /// 招聘会
        JobFair = "job_fair", "招聘会";
        /// 直播带岗
        LiveHiring = "live_hiring", "直播带岗";
        /// 送岗上门, 现场招聘
        OnTheSpot = "on_the_spot", "现场招聘";
        /// 培训班
        Training = "training", "培训班";
    }
);

/// One event of a hall.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Event {
    /// Its id.
    pub id: EventId,
    /// What kind it is.
    pub kind: EventKind,
    /// One line, 1 to [`LINE_MAX`] characters.
    pub title: String,
    /// Plain text of at most [`TEXT_MAX`] characters; paragraphs are parted by newlines.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// Where, or on which channel, 1 to [`LINE_MAX`] characters.
    pub place: String,
    /// Who holds it, 1 to [`LINE_MAX`] characters.
    pub host: String,
    /// When it begins.
    pub starts_at: Timestamp,
    /// When it is over; after the start, by at most [`LONGEST`].
    pub ends_at: Timestamp,
    /// What a code leads to: `http` or `https`, at most [`LINK_MAX`] bytes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub link: Option<String>,
    /// How many may take part, where that is bounded.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub places: Option<u32>,
    /// How many have signed up; 0 where nobody counts.
    #[serde(default)]
    pub places_taken: u32,
    /// Raised with each change.
    #[serde(default)]
    pub version: u64,
    /// Taken back: shown nowhere any more.
    #[serde(default)]
    pub withdrawn: bool,
}

/// Why an event cannot be put up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EventError {
    /// A line is empty, too long or not one line.
    #[error("the {0} has 1 to {LINE_MAX} characters in one line")]
    Line(&'static str),
    /// The text is too long.
    #[error("the text has at most {TEXT_MAX} characters")]
    Text,
    /// It ends before it has begun.
    #[error("the end is not after the start")]
    EndsFirst,
    /// It goes on for longer than [`LONGEST`].
    #[error("more than 366 days lie between start and end")]
    TooLong,
    /// No code can lead there.
    #[error("a link begins with http:// or https:// and has at most {LINK_MAX} bytes")]
    Link,
    /// More people than places.
    #[error("more places are taken than there are")]
    Places,
}

impl Event {
    /// Whether it can be put up.
    ///
    /// # Errors
    /// The first thing that is not right.
    pub fn check(&self) -> Result<(), EventError> {
        for (name, line) in [
            ("title", &self.title),
            ("place", &self.place),
            ("host", &self.host),
        ] {
            let length = line.trim().chars().count();
            if !(1..=LINE_MAX).contains(&length) || line.chars().any(char::is_control) {
                return Err(EventError::Line(name));
            }
        }
        if self
            .text
            .as_ref()
            .is_some_and(|text| text.chars().count() > TEXT_MAX)
        {
            return Err(EventError::Text);
        }
        if self.ends_at <= self.starts_at {
            return Err(EventError::EndsFirst);
        }
        if self.ends_at.duration_since(self.starts_at) > LONGEST {
            return Err(EventError::TooLong);
        }
        if !self.link.as_deref().is_none_or(is_link) {
            return Err(EventError::Link);
        }
        if self.places.is_some_and(|places| self.places_taken > places) {
            return Err(EventError::Places);
        }
        Ok(())
    }

    /// Whether it is over at `now`, or was taken back.
    pub fn is_over(&self, now: Timestamp) -> bool {
        self.withdrawn || self.ends_at <= now
    }

    /// Whether it has begun and is not over at `now`.
    pub fn is_running(&self, now: Timestamp) -> bool {
        self.starts_at <= now && !self.is_over(now)
    }

    /// How many more may take part, where that is bounded.
    pub fn places_left(&self) -> Option<u32> {
        self.places
            .map(|places| places.saturating_sub(self.places_taken))
    }
}

/// The day and the time of day at which something ends, as people say it: midnight is 24:00 of the day before.
pub fn end_of_day(end: DateTime) -> (Date, String) {
    match end.date().yesterday() {
        Ok(day) if end.time() == Time::midnight() => (day, "24:00".to_owned()),
        _ => (end.date(), end.strftime("%H:%M").to_string()),
    }
}

/// Whether a code on the wall can lead there.
pub fn is_link(text: &str) -> bool {
    let rest = ["http://", "https://"]
        .iter()
        .find_map(|scheme| text.strip_prefix(scheme));
    let host = rest.and_then(|rest| rest.split(['/', '?', '#']).next());
    let plain = |c: char| !c.is_whitespace() && !c.is_control();
    text.len() <= LINK_MAX && host.is_some_and(|host| !host.is_empty()) && text.chars().all(plain)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{an_event, at};

    #[test]
    fn what_cannot_be_put_up_is_named() {
        type Change = &'static dyn Fn(&mut Event);
        let wrong = |change: &dyn Fn(&mut Event)| {
            let mut event = an_event(1);
            change(&mut event);
            event.check()
        };
        assert_eq!(wrong(&|_| {}), Ok(()));
        const fn days(n: i64) -> SignedDuration {
            SignedDuration::from_hours(24 * n)
        }
        let cases: [(Change, EventError); 14] = [
            (&|e| e.title = " ".to_owned(), EventError::Line("title")),
            (&|e| e.title = "招".repeat(201), EventError::Line("title")),
            (&|e| e.title = "a\nb".to_owned(), EventError::Line("title")),
            (&|e| e.place.clear(), EventError::Line("place")),
            (&|e| e.host = "h".repeat(201), EventError::Line("host")),
            (&|e| e.text = Some("t".repeat(2001)), EventError::Text),
            (&|e| e.ends_at = e.starts_at, EventError::EndsFirst),
            (&|e| e.ends_at -= days(2), EventError::EndsFirst),
            (
                &|e| e.ends_at = e.starts_at + days(367),
                EventError::TooLong,
            ),
            (&|e| e.link = Some("ftp://a".to_owned()), EventError::Link),
            (&|e| e.link = Some("https://".to_owned()), EventError::Link),
            (
                &|e| e.link = Some("https:///a".to_owned()),
                EventError::Link,
            ),
            (
                &|e| e.link = Some("https://a b".to_owned()),
                EventError::Link,
            ),
            (
                &|e| (e.places, e.places_taken) = (Some(3), 4),
                EventError::Places,
            ),
        ];
        for (change, error) in cases {
            assert_eq!(wrong(change), Err(error));
        }
        for right in ["https://live.example/r?id=7#now", "http://a"] {
            assert_eq!(wrong(&|e| e.link = Some(right.to_owned())), Ok(()));
        }
        assert_eq!(wrong(&|e| e.title = "招".repeat(200)), Ok(()));
        assert_eq!(wrong(&|e| e.ends_at = e.starts_at + days(366)), Ok(()));
    }

    #[test]
    fn it_runs_from_its_start_to_its_end_unless_it_is_taken_back() {
        let mut event = an_event(1);
        (event.starts_at, event.ends_at) = (at("2026-12-01T01:00:00Z"), at("2026-12-01T04:00:00Z"));
        let at_hour = |event: &Event, hour: u8| {
            let now = at(&format!("2026-12-01T0{hour}:00:00Z"));
            (event.is_running(now), event.is_over(now))
        };
        assert_eq!(at_hour(&event, 0), (false, false));
        assert_eq!(at_hour(&event, 1), (true, false));
        assert_eq!(at_hour(&event, 4), (false, true));
        event.withdrawn = true;
        assert_eq!(at_hour(&event, 1), (false, true));
    }

    #[test]
    fn places_left_never_fall_below_none() {
        let mut event = an_event(1);
        for (places, taken, left) in [
            (None, 9, None),
            (Some(9), 2, Some(7)),
            (Some(2), 9, Some(0)),
        ] {
            (event.places, event.places_taken) = (places, taken);
            assert_eq!(event.places_left(), left);
        }
    }

    #[test]
    fn what_ends_at_midnight_ends_with_its_last_day() {
        let end = |text: &str| {
            let (day, time) = end_of_day(text.parse().expect("a time"));
            format!("{day} {time}")
        };
        assert_eq!(end("2026-12-04T00:00"), "2026-12-03 24:00");
        assert_eq!(end("2026-12-04T00:01"), "2026-12-04 00:01");
        assert_eq!(end("2026-12-04T17:30"), "2026-12-04 17:30");
        assert_eq!(end_of_day(DateTime::MIN).0, Date::MIN, "no day is before");
    }
}
