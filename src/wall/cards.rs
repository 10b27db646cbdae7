//! Jobs and notices as the wall's window takes them. Words stay codes: the window translates.

use crate::brief::{clock_text, cut, line, near, pay_unit, place};
use crate::ui::{CourseRow, EventCard, JobCard, JobRow, NoticeCard};
use gighall_core::event::{Event, EventKind, end_of_day};
use gighall_core::hall::Notice;
use gighall_core::job::Job;
use gighall_core::playlist::What;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use slint::{Image, SharedString};

/// Characters: no scene shows more of one text; laying out a longer one would only cost time.
const TEXT_MOST: usize = 600;

/// What staff are told of a text that is longer than walls show; `None` where it is not.
pub fn too_long(what: &str, title: &str, text: &str) -> Option<String> {
    let length = text.trim().chars().count();
    (length > TEXT_MOST).then(|| {
        let title = line(title);
        format!("{what} \"{title}\" has {length} characters; walls show the first {TEXT_MOST}")
    })
}

/// The same of a text of the playlist's own.
pub fn scene_too_long(what: &What) -> Option<String> {
    match what {
        What::Text { title, body } => too_long("the text", title, body),
        _ => None,
    }
}

/// As much of a text as walls show.
pub fn shown(text: &str) -> &str {
    let end = text.char_indices().nth(TEXT_MOST);
    end.map_or(text, |(end, _)| &text[..end])
}

/// What walls show of a scene's own texts.
pub fn scene_texts(what: &What) -> Vec<&str> {
    match what {
        What::Text { title, body } => vec![title, shown(body)],
        What::Image { caption, .. } | What::Video { caption, .. } => vec![caption],
        What::Services { places } => {
            let texts = places.iter().flat_map(|it| [&it.at, &it.what]);
            texts.map(String::as_str).collect()
        }
        _ => vec![],
    }
}

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
    let start = zone.to_datetime(event.starts_at);
    let (end_day, end) = end_of_day(zone.to_datetime(event.ends_at));
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
        end: match end_day == start.date() {
            true => end.into(),
            false => SharedString::new(),
        },
        end_month: end_day.month().into(),
        end_day: end_day.day().into(),
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

/// The ticker's line of what its sources say, at most `most` characters long: the renderer counts pixels in 16
/// bits, so a line cannot be as long as people can write. Where not everything has room, the sources take turns,
/// a text each, and with each `turn` of the line each begins with its next text: none crowds out another, and
/// each text comes.
pub fn ticker_line(sources: &[Vec<String>], most: usize, turn: usize) -> SharedString {
    let said = |text: &String| text.split_whitespace().collect::<Vec<_>>().join(" ");
    let sources = sources.iter().map(|texts| {
        let texts = texts.iter().map(said).filter(|text| !text.is_empty());
        texts.collect::<Vec<String>>()
    });
    let sources: Vec<Vec<String>> = sources.filter(|texts| !texts.is_empty()).collect();
    let whole = sources.concat().join(TICKER_GAP);
    if whole.chars().count() <= most {
        return whole.into();
    }
    let gap = TICKER_GAP.chars().count();
    let firsts = sources.iter().map(|texts| &texts[turn % texts.len()]);
    let of_firsts: usize = firsts.map(|text| text.chars().count() + gap).sum();
    // Only what leaves the others no room is cut: the end of a text that is cut comes in no lap.
    let share = match of_firsts <= most + gap {
        true => most,
        false => (most / sources.len()).saturating_sub(gap + 1).max(1),
    };
    let mut taken = vec![vec![]; sources.len()];
    let mut room = most + gap;
    for round in 0..sources.iter().map(Vec::len).max().unwrap_or_default() {
        for (texts, taken) in sources.iter().zip(&mut taken) {
            // Who found no room once gets none later either: what is short would come before what is long.
            if round >= texts.len() || taken.len() < round {
                continue;
            }
            let limit = if round == 0 { share } else { most };
            let text = cut(&texts[(turn + round) % texts.len()], limit);
            let length = text.chars().count() + gap;
            if length <= room {
                room -= length;
                taken.push(text);
            }
        }
    }
    taken.concat().join(TICKER_GAP).into()
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

    fn sources(of: &[&[&str]]) -> Vec<Vec<String>> {
        let texts = |texts: &&[&str]| texts.iter().map(|&text| text.to_owned()).collect();
        of.iter().map(texts).collect()
    }

    #[test]
    fn what_finds_no_room_in_the_ticker_comes_with_its_next_turn() {
        let said = sources(&[&["一二三", " ", "四五"], &[], &["六"]]);
        let all = "一二三　　◆　　四五　　◆　　六";
        assert_eq!(ticker_line(&said, 100, 0), all);
        assert_eq!(ticker_line(&said, 100, 7), all);
        assert_eq!(ticker_line(&said, 14, 0), "一二三　　◆　　六");
        assert_eq!(ticker_line(&said, 14, 1), "四五　　◆　　六");
        let long = sources(&[&["一二三四五六七八"], &["六"]]);
        assert_eq!(ticker_line(&long, 13, 0), "一…　　◆　　六");
        assert_eq!(ticker_line(&long, 14, 0), "一二三四五六七八　　◆　　六");
        assert_eq!(ticker_line(&sources(&[&["一二三"]]), 8, 0), "一二三");
        assert_eq!(ticker_line(&sources(&[&["一二三四五六七"]]), 6, 3), "一…");
        assert_eq!(ticker_line(&[], 9, 0), "");
    }

    proptest::proptest! {
        #[test]
        fn nobody_is_crowded_out_of_the_ticker(
            lengths in proptest::collection::vec(proptest::collection::vec(1_usize..80, 0..12), 1..4),
            most in 60_usize..400,
        ) {
            // Each text begins with a name of its own, which is short enough to be left by any cut.
            let named = |source: usize, n: usize, length: usize| {
                format!("{source}-{n}{}", "字".repeat(length))
            };
            let said: Vec<Vec<String>> = lengths
                .iter()
                .enumerate()
                .map(|(source, lengths)| {
                    let texts = lengths.iter().enumerate();
                    texts.map(|(n, length)| named(source, n, *length)).collect()
                })
                .collect();
            let laps = said.iter().map(Vec::len).max().unwrap_or_default();
            let lines: Vec<String> =
                (0..laps).map(|turn| ticker_line(&said, most, turn).to_string()).collect();
            for line in &lines {
                assert!(line.chars().count() <= most);
                for source in (0..said.len()).filter(|&source| !said[source].is_empty()) {
                    let name = format!("{source}-");
                    let there = line.split(TICKER_GAP).any(|text| text.starts_with(&name));
                    assert!(there, "nothing of source {source}: {line}");
                }
            }
            for (source, texts) in said.iter().enumerate() {
                for n in 0..texts.len() {
                    let comes = lines.iter().any(|line| line.contains(&named(source, n, 1)));
                    assert!(comes, "text {n} of source {source} never comes");
                    let others = said.iter().enumerate().filter(|(other, _)| *other != source);
                    let longest = others.filter_map(|(_, texts)| {
                        texts.iter().map(|text| text.chars().count() + 5).max()
                    });
                    if longest.sum::<usize>() + texts[n].chars().count() <= most {
                        let whole = lines.iter().any(|line| line.contains(&texts[n]));
                        assert!(whole, "text {n} of source {source} never comes whole");
                    }
                }
            }
        }
    }
}
