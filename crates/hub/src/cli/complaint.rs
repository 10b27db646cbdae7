//! `complaint`: what people complained of at terminals. Whatever staff see or do is written down.

use super::shared::{Clock, Numbered, actor, checked, must_know, note, open, person, print};
use super::{CliError, Data};
use clap::Subcommand;
use gighall_core::complaint::{ComplaintState, WORD_MAX};
use gighall_core::id::HallId;
use gighall_core::identity::mask_name;
use gighall_hub::store::{Act, KeptComplaint, Store};
use jiff::Timestamp;

#[derive(Debug, Subcommand)]
pub enum ComplaintCommand {
    /// Lists the complaints that are not closed, oldest first: number, when it was handed in, what
    /// about, masked name, state.
    List {
        #[command(flatten)]
        data: Data,
        /// The hall.
        #[arg(long, value_name = "ID")]
        hall: HallId,
        /// Those that are closed too.
        #[arg(long)]
        all: bool,
    },
    /// Shows one: who complained, if they gave a name, and what they said.
    Show(Numbered),
    /// Staff are at it. The terminal shows that, and what is said to it.
    TakeUp {
        #[command(flatten)]
        which: Numbered,
        /// A word to the person, in one line of at most 80 characters. Others may read it on the
        /// terminal: no names, no telephone numbers.
        #[arg(long)]
        word: Option<String>,
    },
    /// Staff are done with it. The terminal shows that, and how it ended.
    Close {
        #[command(flatten)]
        which: Numbered,
        /// How it ended, in one line of at most 80 characters. Others may read it on the terminal: no
        /// names, no telephone numbers.
        #[arg(long)]
        word: String,
    },
}

/// `complaint`
pub fn run(command: &ComplaintCommand) -> Result<(), CliError> {
    match command {
        ComplaintCommand::List { data, hall, all } => {
            let (state, store) = open(data)?;
            must_know(store.as_ref(), hall)?;
            let listed = store.complaints(hall, *all)?;
            note(store.as_ref(), Act::ComplaintsListed, None, hall)?;
            let clock = Clock::of(&state);
            print(listed.iter().map(|it| line(it, &clock)))
        }
        ComplaintCommand::Show(which) => show(which),
        ComplaintCommand::TakeUp { which, word } => {
            advance(which, ComplaintState::TakenUp, word.as_deref())
        }
        ComplaintCommand::Close { which, word } => {
            advance(which, ComplaintState::Closed, Some(word))
        }
    }
}

fn show(which: &Numbered) -> Result<(), CliError> {
    let (state, store) = open(&which.data)?;
    let found = store.complaints_numbered(&which.number)?;
    if found.is_empty() {
        return Err(CliError::NoComplaint(which.number.clone()));
    }
    let clock = Clock::of(&state);
    let mut lines = vec![];
    for it in &found {
        noted(store.as_ref(), Act::ComplaintShown, it)?;
        lines.extend(shown(store.as_ref(), it, &clock)?);
    }
    print(lines)
}

fn advance(which: &Numbered, to: ComplaintState, word: Option<&str>) -> Result<(), CliError> {
    let (_, store) = open(&which.data)?;
    let otherwise = "a word has 1 to 80 characters in one line";
    let word = word
        .map(|word| checked(word, WORD_MAX, otherwise))
        .transpose()?;
    let mut found = store.complaints_numbered(&which.number)?;
    found.retain(|it| it.state.may_become(to));
    match found.as_slice() {
        [it] => {
            store.move_complaint(it.id, to, &actor(), word, Timestamp::now())?;
            noted(store.as_ref(), Act::ComplaintMoved, it)?;
            tracing::info!(number = it.number, state = to.code(), "kept");
            Ok(())
        }
        [] => Err(CliError::NoComplaint(which.number.clone())),
        _ => Err(CliError::Value(
            "several complaints have this number: nothing was changed",
        )),
    }
}

fn noted(store: &dyn Store, act: Act, it: &KeptComplaint) -> Result<(), CliError> {
    let worker = it.worker.as_ref().map(|worker| worker.worker);
    note(store, act, worker, &it.hall)
}

fn line(it: &KeptComplaint, clock: &Clock) -> String {
    let name = it.worker.as_ref().map(|worker| mask_name(&worker.name));
    format!(
        "{}\t{}\t{}\t{}\t{}",
        it.number,
        clock.text(it.made_at),
        it.kind.zh(),
        name.as_deref()
            .unwrap_or(if it.named { "-" } else { "匿名" }),
        it.state.zh()
    )
}

fn shown(store: &dyn Store, it: &KeptComplaint, clock: &Clock) -> Result<Vec<String>, CliError> {
    let mut lines = vec![
        format!("complaint\t{}", it.number),
        format!("handed in\t{}", clock.text(it.made_at)),
        format!("about\t{}", it.kind.zh()),
        format!("state\t{}", it.state.zh()),
    ];
    match &it.worker {
        Some(worker) => lines.extend(person(worker)),
        None if it.named => lines.push("name\tcannot be read".to_owned()),
        None => lines.push("name\t匿名".to_owned()),
    }
    if let Some(id) = it.job {
        lines.push(match store.job(id)? {
            Some(job) => format!("job\t{} {} ({})", job.number, job.title, job.employer.name),
            None => format!("job\t{id}"),
        });
    }
    if let Some(claim) = it.claim {
        lines.push(format!("claim\t{claim}"));
    }
    match &it.told {
        Some(told) => {
            lines.push(format!("since\t{}", told.since.zh()));
            if let Some(fen) = told.sum_fen {
                lines.push(format!("yuan\t{}", fen / 100));
            }
            lines.push(format!("words\t{}", told.words));
        }
        None => lines.push("words\tcannot be read: ask the person".to_owned()),
    }
    lines.push(format!(
        "agreed to\tversion {}, {}",
        it.consent_version,
        clock.text(it.consent_at)
    ));
    if let (Some(by), Some(at)) = (&it.changed_by, it.changed_at) {
        lines.push(format!("moved by\t{by}, {}", clock.text(at)));
    }
    if let Some(word) = &it.word {
        lines.push(format!("word\t{word}"));
    }
    Ok(lines)
}
