//! `notice`: what the walls of a hall show besides jobs.

use super::shared::{Clock, NOTHING, checked, end_of, must_be_of, must_know, open, print};
use super::{CliError, Data};
use clap::{Args, Subcommand, ValueEnum};
use gighall_core::hall::{Notice, NoticeKind};
use gighall_core::id::{HallId, NoticeId};
use gighall_hub::HubState;
use gighall_hub::store::StoreError;
use jiff::Timestamp;
use uuid::Uuid;

/// Longest text of a notice, in characters.
const BODY_MAX: usize = 10_000;

/// Written for no end, as `list` prints it.
const OPEN: &str = "open";

#[derive(Clone, Copy, Debug, ValueEnum)]
/// What a notice is about.
pub enum Kind {
    Policy,
    Announcement,
    AntiFraud,
    WageGuide,
    JobFair,
    /// Over everything on the wall, at once, until it ends or is removed.
    Emergency,
}

impl From<Kind> for NoticeKind {
    fn from(kind: Kind) -> Self {
        match kind {
            Kind::Policy => Self::Policy,
            Kind::Announcement => Self::Announcement,
            Kind::AntiFraud => Self::AntiFraud,
            Kind::WageGuide => Self::WageGuide,
            Kind::JobFair => Self::JobFair,
            Kind::Emergency => Self::Emergency,
        }
    }
}

#[derive(Debug, Subcommand)]
/// `notice`
pub enum NoticeCommand {
    /// Puts a notice out and prints its id.
    Add {
        #[command(flatten)]
        data: Data,
        /// The hall.
        #[arg(long, value_name = "ID")]
        hall: HallId,
        /// What it is about.
        #[arg(long)]
        kind: Kind,
        /// One line.
        #[arg(long)]
        title: String,
        /// Plain text.
        #[arg(long, default_value = "")]
        body: String,
        /// Who puts it out.
        #[arg(long)]
        issuer: Option<String>,
        /// Also runs in the ticker.
        #[arg(long)]
        ticker: bool,
        /// Shown up to then: 2026-12-01 (that day is the last), 2026-12-01T18:00, or with an offset.
        #[arg(long, value_name = "TIME")]
        until: Option<String>,
    },
    /// Lists a hall's notices: id, end, title.
    List {
        #[command(flatten)]
        data: Data,
        /// The hall.
        #[arg(long, value_name = "ID")]
        hall: HallId,
    },
    /// Changes a notice; what is not given stays as it is.
    Change(NoticeChange),
    /// Takes a notice away.
    Remove {
        #[command(flatten)]
        data: Data,
        /// Its id, as `add` and `list` print it.
        #[arg(long, value_name = "ID")]
        id: NoticeId,
        /// Its hall, to be sure of the id.
        #[arg(long, value_name = "ID")]
        hall: Option<HallId>,
    },
}

#[derive(Debug, Args)]
/// A notice, as it is changed.
pub struct NoticeChange {
    #[command(flatten)]
    data: Data,
    /// Its id, as `add` and `list` print it.
    #[arg(long, value_name = "ID")]
    id: NoticeId,
    /// Its hall, to be sure of the id.
    #[arg(long, value_name = "ID")]
    hall: Option<HallId>,
    /// What it is about.
    #[arg(long)]
    kind: Option<Kind>,
    /// One line.
    #[arg(long)]
    title: Option<String>,
    /// Plain text.
    #[arg(long)]
    body: Option<String>,
    /// Who puts it out; "" for nobody.
    #[arg(long)]
    issuer: Option<String>,
    /// Also runs in the ticker.
    #[arg(long, conflicts_with = "no_ticker")]
    ticker: bool,
    /// Does not run in the ticker.
    #[arg(long)]
    no_ticker: bool,
    /// Shown up to then: 2026-12-01 (that day is the last), 2026-12-01T18:00, or with an offset; "open" for
    /// no end.
    #[arg(long, value_name = "TIME")]
    until: Option<String>,
}

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
                let end = end.unwrap_or_else(|| OPEN.to_owned());
                format!("{}\tuntil {end}\t{}", notice.id, notice.title)
            };
            print(store.notices(hall)?.iter().map(line))
        }
        NoticeCommand::Change(changed) => change(changed),
        NoticeCommand::Remove { data, id, hall } => {
            let (_, store) = open(data)?;
            let (of, _) = store.notice(*id)?.ok_or(StoreError::NotFound("notice"))?;
            must_be_of(&of, hall.as_ref())?;
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
    let (state, store) = open(data)?;
    must_know(store.as_ref(), hall)?;
    let now = Timestamp::now();
    let id = NoticeId(Uuid::now_v7());
    let notice = Notice {
        id,
        kind: (*kind).into(),
        title: title_of(title)?,
        body: body_of(body)?,
        issuer: issuer.clone(),
        effective_from: now,
        effective_to: until
            .as_deref()
            .map(|text| end_to_come(text, &state, now))
            .transpose()?,
        ticker: *ticker,
    };
    store.put_notice(hall, &notice)?;
    print([id.to_string()])
}

fn change(changed: &NoticeChange) -> Result<(), CliError> {
    let (state, store) = open(&changed.data)?;
    let found = store.notice(changed.id)?;
    let (hall, before) = found.ok_or(StoreError::NotFound("notice"))?;
    must_be_of(&hall, changed.hall.as_ref())?;
    let mut notice = before.clone();
    if let Some(kind) = changed.kind {
        notice.kind = kind.into();
    }
    if let Some(title) = &changed.title {
        notice.title = title_of(title)?;
    }
    if let Some(body) = &changed.body {
        notice.body = body_of(body)?;
    }
    if let Some(issuer) = &changed.issuer {
        notice.issuer = Some(issuer.clone()).filter(|issuer| !issuer.trim().is_empty());
    }
    if changed.ticker || changed.no_ticker {
        notice.ticker = changed.ticker;
    }
    match changed.until.as_deref() {
        None => {}
        Some(OPEN) => notice.effective_to = None,
        Some(text) => {
            notice.effective_to = Some(end_to_come(text, &state, Timestamp::now())?);
        }
    }
    if notice == before {
        return Err(CliError::Value(NOTHING));
    }
    store.put_notice(&hall, &notice)?;
    tracing::info!(notice = %notice.id, "changed");
    Ok(())
}

fn title_of(text: &str) -> Result<String, CliError> {
    let said = "a notice's title has 1 to 200 characters";
    checked(text, 200, said).map(str::to_owned)
}

fn body_of(text: &str) -> Result<String, CliError> {
    match text.chars().count() <= BODY_MAX {
        true => Ok(text.to_owned()),
        false => Err(CliError::Value("a notice has at most 10000 characters")),
    }
}

fn end_to_come(text: &str, state: &HubState, now: Timestamp) -> Result<Timestamp, CliError> {
    let end = end_of(text, &state.zone).filter(|end| *end > now);
    end.ok_or(CliError::Value(
        "--until is a time that is still to come, as in 2026-12-01 or 2026-12-01T18:00",
    ))
}
