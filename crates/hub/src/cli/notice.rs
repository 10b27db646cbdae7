//! `notice`: what the walls of a hall show besides jobs.

use super::staff::{checked, open};
use super::{CliError, NoticeCommand, print};
use gighall_core::hall::Notice;
use gighall_core::id::NoticeId;
use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use uuid::Uuid;

/// Longest text of a notice, in characters.
const BODY_MAX: usize = 10_000;

/// `notice`
pub fn run(command: &NoticeCommand) -> Result<(), CliError> {
    match command {
        NoticeCommand::Add { .. } => add(command),
        NoticeCommand::List { data, hall } => {
            let (_, store) = open(data)?;
            let line = |notice: &Notice| {
                let end = notice.effective_to.map(|end| end.to_string());
                let end = end.unwrap_or_else(|| "open".to_owned());
                format!("{}\tuntil {end}\t{}", notice.id, notice.title)
            };
            print(store.notices(hall)?.iter().map(line))
        }
        NoticeCommand::Remove { data, id } => {
            let (_, store) = open(data)?;
            Ok(store.remove_notice(*id)?)
        }
    }
}

fn add(command: &NoticeCommand) -> Result<(), CliError> {
    let NoticeCommand::Add {
        data,
        hall,
        kind,
        title,
        body,
        issuer,
        ticker,
        until,
    } = command
    else {
        return Ok(());
    };
    let title = checked(title, 200, "a notice's title has 1 to 200 characters")?;
    if body.chars().count() > BODY_MAX {
        return Err(CliError::Value("a notice has at most 10000 characters"));
    }
    let (state, store) = open(data)?;
    let now = Timestamp::now();
    let effective_to = match until {
        None => None,
        Some(text) => Some(end_of(text, &state.zone).filter(|end| *end > now).ok_or(
            CliError::Value(
                "--until is a time that is still to come, as in 2026-12-01 or 2026-12-01T18:00",
            ),
        )?),
    };
    let id = NoticeId(Uuid::now_v7());
    let notice = Notice {
        id,
        kind: (*kind).into(),
        title: title.to_owned(),
        body: body.clone(),
        issuer: issuer.clone(),
        effective_from: now,
        effective_to,
        ticker: *ticker,
    };
    store.put_notice(hall, &notice)?;
    print([id.to_string()])
}

/// The end that a text names: a day counts whole.
fn end_of(text: &str, zone: &TimeZone) -> Option<Timestamp> {
    let text = text.trim();
    if let Ok(at) = text.parse::<Timestamp>() {
        return Some(at);
    }
    let end = match text.parse::<Date>() {
        // A time of day would be cut off here without a word.
        Ok(day) if text.len() <= 10 => day
            .checked_add(1.day())
            .ok()?
            .to_datetime(Default::default()),
        _ => text.parse::<DateTime>().ok()?,
    };
    zone.to_timestamp(end).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use gighall_core::testing::at;

    #[test]
    fn ends_are_read_in_the_halls_zone() {
        let zone = TimeZone::fixed(jiff::tz::offset(8));
        for (text, end) in [
            ("2026-12-01", Some("2026-12-01T16:00:00Z")),
            ("2026-12-01T18:00", Some("2026-12-01T10:00:00Z")),
            ("2026-12-01 18:00", Some("2026-12-01T10:00:00Z")),
            ("2026-12-01T18:00:00+08:00", Some("2026-12-01T10:00:00Z")),
            ("tomorrow", None),
            ("2026-13-01", None),
        ] {
            assert_eq!(end_of(text, &zone), end.map(at), "{text}");
        }
    }
}
