//! `hardship`: the ledger of those who find it hard to get work, and what people say of it themselves.

use super::shared::{Clock, actor, checked, open, print};
use super::worker::number;
use super::{CliError, Data};
use clap::{Args, Subcommand};
use gighall_core::hardship::Hardship;
use gighall_core::id::WorkerId;
use gighall_core::identity::{mask_name, mask_phone};
use gighall_core::wire::KnownWorker;
use gighall_hub::store::{Act, Audited, KeptHardship, SaidHardship, Store, StoreError};
use jiff::Timestamp;
use std::sync::Arc;

/// Longest reason, in characters.
const WHY_MAX: usize = 200;

#[derive(Debug, Subcommand)]
pub enum HardshipCommand {
    /// Writes a person down. The ID number is read from the first line of stdin.
    Set {
        #[command(flatten)]
        data: Data,
        /// older (大龄), disabled (残疾), low-income (低保家庭), no-earner (零就业家庭), long-without
        /// (长期失业), land-lost (失地), resettled (易地搬迁), other (其他).
        #[arg(long, value_parser = kind)]
        kind: Hardship,
        #[command(flatten)]
        reason: Reason,
    },
    /// Ends what a person is written down for. The ID number is read from the first line of stdin.
    End {
        #[command(flatten)]
        data: Data,
        /// Only of that kind; all where it is not given.
        #[arg(long, value_parser = kind)]
        kind: Option<Hardship>,
        #[command(flatten)]
        reason: Reason,
    },
    /// Lists what people said at terminals and nobody has looked at, oldest first: when, kind, name,
    /// telephone, the person's id, the hall, who helped, which notice they agreed to, and what staff found.
    /// It counts for nothing before it is verified.
    Said {
        #[command(flatten)]
        data: Data,
        /// What staff have looked at too, and what was taken back.
        #[arg(long)]
        all: bool,
        /// Names and telephones in full, to call people.
        #[arg(long)]
        names: bool,
    },
    /// What a person said holds: it goes into the ledger. The ID number is read from the first line of
    /// stdin.
    Verify {
        #[command(flatten)]
        data: Data,
        /// Which of what they said.
        #[arg(long, value_parser = kind)]
        kind: Hardship,
        #[command(flatten)]
        reason: Reason,
    },
    /// What a person said does not hold. The ID number is read from the first line of stdin.
    Dismiss {
        #[command(flatten)]
        data: Data,
        /// Only that kind; all that waits where it is not given.
        #[arg(long, value_parser = kind)]
        kind: Option<Hardship>,
        #[command(flatten)]
        reason: Reason,
    },
    /// Lists the ledger, oldest first: since when, kind, masked name, the person's id, who wrote it down,
    /// why, and how it ended.
    List {
        #[command(flatten)]
        data: Data,
        /// What has ended too.
        #[arg(long)]
        all: bool,
    },
}

#[derive(Debug, Args)]
pub struct Reason {
    /// Why, in one line of up to 200 characters: what staff saw or were shown.
    #[arg(long, value_name = "TEXT")]
    why: String,
}

impl Reason {
    fn text(&self) -> Result<&str, CliError> {
        checked(
            &self.why,
            WHY_MAX,
            "--why has 1 to 200 characters in one line",
        )
    }
}

/// The kind that a word names: its code, also with `-`.
fn kind(word: &str) -> Result<Hardship, String> {
    Hardship::from_code(&word.replace('-', "_")).ok_or_else(|| {
        let codes = Hardship::ALL.iter();
        let codes: Vec<String> = codes.map(|it| it.code().replace('_', "-")).collect();
        format!("the kinds are {}", codes.join(", "))
    })
}

/// What is noted of a person: where, why, and of whom.
fn about_somebody<'a>(
    data: &Data,
    reason: &'a Reason,
) -> Result<(Arc<dyn Store>, &'a str, WorkerId), CliError> {
    let (_, store) = open(data)?;
    let why = reason.text()?;
    let worker = person(store.as_ref())?;
    Ok((store, why, worker))
}

/// `hardship`
pub fn run(command: &HardshipCommand) -> Result<(), CliError> {
    let now = Timestamp::now();
    match command {
        HardshipCommand::Set { data, kind, reason } => {
            let (store, why, worker) = about_somebody(data, reason)?;
            store.set_hardship(worker, *kind, why, &actor(), now)?;
            noted(store.as_ref(), Act::HardshipSet, Some(worker))?;
            tracing::info!(%worker, "written down");
            Ok(())
        }
        HardshipCommand::End { data, kind, reason } => {
            let (store, why, worker) = about_somebody(data, reason)?;
            if store.end_hardship(worker, *kind, why, &actor(), now)? == 0 {
                return Err(CliError::Value(
                    "the person is not in the ledger for that: nothing was changed",
                ));
            }
            noted(store.as_ref(), Act::HardshipEnded, Some(worker))?;
            tracing::info!(%worker, "ended");
            Ok(())
        }
        HardshipCommand::Said { data, all, names } => {
            let (state, store) = open(data)?;
            let listed = store.hardships_said(*all)?;
            noted(store.as_ref(), Act::HardshipSaidListed, None)?;
            let clock = Clock::of(&state);
            let mut lines = vec![];
            for it in &listed {
                let known = store.worker(it.worker)?;
                lines.push(said(it, known.as_ref(), *names, &clock));
            }
            print(lines)
        }
        HardshipCommand::Verify { data, kind, reason } => {
            let (store, why, worker) = about_somebody(data, reason)?;
            store.verify_hardship(worker, *kind, why, &actor(), now)?;
            noted(store.as_ref(), Act::HardshipVerified, Some(worker))?;
            tracing::info!(%worker, "verified");
            Ok(())
        }
        HardshipCommand::Dismiss { data, kind, reason } => {
            let (store, why, worker) = about_somebody(data, reason)?;
            if store.dismiss_hardship(worker, *kind, why, &actor(), now)? == 0 {
                return Err(StoreError::NotSaid.into());
            }
            noted(store.as_ref(), Act::HardshipDismissed, Some(worker))?;
            tracing::info!(%worker, "dismissed");
            Ok(())
        }
        HardshipCommand::List { data, all } => {
            let (state, store) = open(data)?;
            let listed = store.hardships(*all)?;
            noted(store.as_ref(), Act::HardshipListed, None)?;
            let clock = Clock::of(&state);
            let mut lines = vec![];
            for it in &listed {
                let known = store.worker(it.worker)?;
                let name = known.map(|known| mask_name(&known.name));
                lines.push(line(it, name.as_deref().unwrap_or("-"), &clock));
            }
            print(lines)
        }
    }
}

fn person(store: &dyn Store) -> Result<WorkerId, CliError> {
    let known = store.worker_by_number(&number()?)?;
    Ok(known.ok_or(StoreError::NotFound("worker"))?.worker)
}

fn noted(store: &dyn Store, act: Act, worker: Option<WorkerId>) -> Result<(), CliError> {
    Ok(store.audit(&Audited {
        at: Timestamp::now(),
        actor: actor(),
        act,
        worker,
        about: None,
        hall: None,
    })?)
}

fn line(it: &KeptHardship, name: &str, clock: &Clock) -> String {
    let end = match &it.end {
        Some(end) => format!("ended {} by {}: {}", clock.text(end.at), end.by, end.why),
        None => "goes on".to_owned(),
    };
    format!(
        "{}\t{}\t{name}\t{}\t{}\t{}\t{end}",
        clock.text(it.set_at),
        it.kind.zh(),
        it.worker,
        it.set_by,
        it.why
    )
}

fn said(it: &SaidHardship, known: Option<&KnownWorker>, in_full: bool, clock: &Clock) -> String {
    let phone = known.and_then(|known| known.phone.clone());
    let name = known.map(|known| known.name.clone());
    let (name, phone) = match in_full {
        true => (name, phone),
        false => (
            name.map(|name| mask_name(&name)),
            phone.map(|phone| mask_phone(&phone)),
        ),
    };
    let or_none = |text: Option<String>| text.unwrap_or_else(|| "-".to_owned());
    let helped = it.helped_by.as_ref();
    let helped = helped.map_or_else(
        || "by themselves".to_owned(),
        |by| format!("helped by {by}"),
    );
    let agreed = it.consent.map(|it| format!("notice {}", it.version));
    let state = match (&it.decision, it.kind) {
        (Some(found), _) => {
            let what = if found.verified {
                "verified"
            } else {
                "dismissed"
            };
            let at = clock.text(found.at);
            format!("{what} {at} by {}: {}", found.by, found.why)
        }
        (None, Some(_)) => "waits".to_owned(),
        (None, None) => "taken back".to_owned(),
    };
    format!(
        "{}\t{}\t{}\t{}\t{}\t{}\t{helped}\t{}\t{state}",
        clock.text(it.said_at),
        it.kind.map_or("-", Hardship::zh),
        or_none(name),
        or_none(phone),
        it.worker,
        it.hall,
        or_none(agreed),
    )
}
