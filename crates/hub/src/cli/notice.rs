//! `notice`: what the walls of a hall show besides jobs.

use super::shared::{Clock, checked, end_of, must_know, open, print};
use super::{CliError, NoticeCommand};
use gighall_core::hall::Notice;
use gighall_core::id::NoticeId;
use jiff::Timestamp;
use uuid::Uuid;

/// Longest text of a notice, in characters.
const BODY_MAX: usize = 10_000;

/// `notice`
pub fn run(command: &NoticeCommand) -> Result<(), CliError> {
    match command {
        NoticeCommand::Add { .. } => add(command),
        NoticeCommand::List { data, hall } => {
            let (state, store) = open(data)?;
            must_know(store.as_ref(), hall)?;
            let clock = Clock::of(&state);
            let line = |notice: &Notice| {
                let end = notice.effective_to.map(|end| clock.end_text(end));
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
    must_know(store.as_ref(), hall)?;
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
