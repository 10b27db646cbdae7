//! `application`: what people applied for at terminals. Whatever staff see or do is written down.

use super::shared::{Clock, Numbered, actor, checked, must_know, note, open, person, print};
use super::{CliError, Data};
use clap::Subcommand;
use gighall_core::application::{Answers, WhyLeft};
use gighall_core::id::HallId;
use gighall_core::identity::mask_name;
use gighall_hub::store::{Act, KeptApplication, Store};
use jiff::Timestamp;

/// Longest note to an application, in characters.
const NOTE_MAX: usize = 200;

#[derive(Debug, Subcommand)]
pub enum ApplicationCommand {
    /// Lists the applications that wait for staff, oldest first: number, when it was handed in, masked
    /// name, state.
    List {
        #[command(flatten)]
        data: Data,
        /// The hall.
        #[arg(long, value_name = "ID")]
        hall: HallId,
        /// Those that are finished too.
        #[arg(long)]
        all: bool,
    },
    /// Shows one: who applied, and what was answered.
    Show(Numbered),
    /// Staff registered the person as unemployed, or found why not: the application is done.
    Finish {
        #[command(flatten)]
        which: Numbered,
        /// What became of it, in one line.
        #[arg(long)]
        note: Option<String>,
    },
}

/// `application`
pub fn run(command: &ApplicationCommand) -> Result<(), CliError> {
    match command {
        ApplicationCommand::List { data, hall, all } => {
            let (state, store) = open(data)?;
            must_know(store.as_ref(), hall)?;
            let listed = store.applications(hall, *all)?;
            note(store.as_ref(), Act::ApplicationsListed, None, hall)?;
            let clock = Clock::of(&state);
            print(listed.iter().map(|it| line(it, &clock)))
        }
        ApplicationCommand::Show(which) => {
            let (state, store) = open(&which.data)?;
            let found = numbered(store.as_ref(), &which.number)?;
            let clock = Clock::of(&state);
            let mut lines = vec![];
            for it in &found {
                noted(store.as_ref(), Act::ApplicationShown, it)?;
                lines.extend(shown(it, &clock));
            }
            print(lines)
        }
        ApplicationCommand::Finish { which, note } => {
            let (_, store) = open(&which.data)?;
            let said = note
                .as_deref()
                .map(|note| checked(note, NOTE_MAX, "a note has 1 to 200 characters in one line"))
                .transpose()?;
            let waiting = numbered(store.as_ref(), &which.number)?;
            let waiting = waiting.into_iter().filter(|it| it.finished_at.is_none());
            let waiting: Vec<KeptApplication> = waiting.collect();
            match waiting.as_slice() {
                [it] => {
                    store.finish_application(it.id, &actor(), said, Timestamp::now())?;
                    noted(store.as_ref(), Act::ApplicationFinished, it)?;
                    tracing::info!(number = it.number, "finished");
                    Ok(())
                }
                [] => Err(CliError::NoApplication(which.number.clone())),
                _ => Err(CliError::Value(
                    "several applications have this number: nothing was changed",
                )),
            }
        }
    }
}

fn numbered(store: &dyn Store, number: &str) -> Result<Vec<KeptApplication>, CliError> {
    let found = store.applications_numbered(number)?;
    match found.is_empty() {
        true => Err(CliError::NoApplication(number.to_owned())),
        false => Ok(found),
    }
}

fn noted(store: &dyn Store, act: Act, it: &KeptApplication) -> Result<(), CliError> {
    let worker = it.worker.as_ref().map(|worker| worker.worker);
    note(store, act, worker, &it.hall)
}

fn line(it: &KeptApplication, clock: &Clock) -> String {
    let name = it.worker.as_ref().map(|worker| mask_name(&worker.name));
    format!(
        "{}\t{}\t{}\t{}",
        it.number,
        clock.text(it.made_at),
        name.as_deref().unwrap_or("-"),
        state(it, clock)
    )
}

fn state(it: &KeptApplication, clock: &Clock) -> String {
    match it.finished_at {
        Some(at) => format!("finished {}", clock.text(at)),
        None => "waits".to_owned(),
    }
}

fn shown(it: &KeptApplication, clock: &Clock) -> Vec<String> {
    let mut lines = vec![
        format!("application\t{}", it.number),
        format!("handed in\t{}", clock.text(it.made_at)),
        format!("state\t{}", state(it, clock)),
    ];
    if let Some(worker) = &it.worker {
        lines.extend(person(worker));
    }
    match &it.answers {
        Some(answers) => lines.extend(answered(answers)),
        None => lines.push("answers\tcannot be read: ask the person".to_owned()),
    }
    lines.push(format!(
        "agreed to\tversion {}, {}",
        it.consent_version,
        clock.text(it.consent_at)
    ));
    if let Some(by) = &it.finished_by {
        lines.push(format!("finished by\t{by}"));
    }
    if let Some(note) = &it.note {
        lines.push(format!("note\t{note}"));
    }
    lines
}

/// What was answered, in words.
fn answered(answers: &Answers) -> [String; 4] {
    let wants: Vec<&str> = answers.wants.iter().map(|want| want.zh()).collect();
    [
        format!("last work ended\t{}", answers.last_work.zh()),
        format!("why\t{}", answers.why_left.map_or("-", WhyLeft::zh)),
        format!("school\t{}", answers.education.zh()),
        format!("wants\t{}", wants.join(" ")),
    ]
}
