//! `worker`: what a person may ask for at the hall's desk.

use super::matching::wished;
use super::shared::{Clock, actor, open, person, print};
use super::{CliError, Data, WorkerCommand};
use gighall_core::hardship::Hardship;
use gighall_core::identity::IdNumber;
use gighall_core::worker::{check_name, check_phone};
use gighall_hub::HubState;
use gighall_hub::store::{Act, Audited, StoreError, WorkerFile};
use jiff::Timestamp;
use serde_json::json;

/// `worker`
pub fn run(command: &WorkerCommand) -> Result<(), CliError> {
    match command {
        WorkerCommand::Show { data } => {
            let found = find(data)?;
            found.note(Act::Shown)?;
            print(lines(&found.file, &Clock::of(&found.state)))
        }
        WorkerCommand::Rename { data } => {
            let worker = find(data)?;
            let name = check_name(&line()?)
                .map_err(|_| CliError::Value("stdin, second line: this is not a name"))?;
            let id = worker.file.worker.worker;
            worker.note(Act::Renamed)?;
            worker.state.store.rename_worker(id, &name)?;
            tracing::info!(worker = %id, "renamed");
            Ok(())
        }
        WorkerCommand::Phone { data } => {
            let worker = find(data)?;
            let phone = check_phone(&line()?)
                .map_err(|_| CliError::Value("stdin, second line: this is no mobile number"))?;
            let id = worker.file.worker.worker;
            worker.note(Act::PhoneChanged)?;
            worker.state.store.set_phone(id, phone.as_deref())?;
            tracing::info!(worker = %id, "another mobile number");
            Ok(())
        }
        WorkerCommand::LiftPause { data } => {
            let worker = find(data)?;
            let (id, now) = (worker.file.worker.worker, Timestamp::now());
            if worker.state.store.pause(id, now)?.is_none() {
                return print(["nobody has paused this person: nothing was changed".to_owned()]);
            }
            worker.note(Act::PauseLifted)?;
            worker.state.store.lift_pause(id, now)?;
            tracing::info!(worker = %id, "the pause is lifted");
            Ok(())
        }
        WorkerCommand::RevokePass { data } => {
            let worker = find(data)?;
            let id = worker.file.worker.worker;
            worker.state.store.revoke_pass(id, Timestamp::now())?;
            worker.note(Act::PassRevoked)?;
            tracing::info!(worker = %id, "the pass is revoked");
            Ok(())
        }
        WorkerCommand::Export { data } => {
            let found = find(data)?;
            found.note(Act::Exported)?;
            let Found { number, file, .. } = found;
            let all = json!({
                "id_number": number.reveal(),
                "worker": file.worker,
                "consent": file.consent,
                "registered_through": file.channel,
                "pause": file.pause,
                "pass_since": file.pass_since,
                "pin_since": file.pin_since,
                "claims": file.claims,
                "enrolments": file.enrolments,
                "would_like_to_learn": file.wishes,
                "applications": file.applications,
                "wishes_consent": file.wishes_consent,
                "hardships_said": file.hardships_said,
                "hardships": file.hardships,
                "complaints": file.complaints,
            });
            print([format!("{all:#}")])
        }
        WorkerCommand::Delete { data } => {
            let worker = find(data)?;
            let id = worker.file.worker.worker;
            worker.state.store.delete_worker(id, Timestamp::now())?;
            worker.note(Act::Erased)?;
            tracing::info!(worker = %id, "deleted");
            Ok(())
        }
    }
}

fn line() -> Result<String, CliError> {
    let mut line = String::new();
    std::io::stdin()
        .read_line(&mut line)
        .map_err(|cause| CliError::Io("cannot read stdin".to_owned(), cause))?;
    Ok(line)
}

/// Who was asked for.
struct Found {
    state: HubState,
    number: IdNumber,
    file: WorkerFile,
}

impl Found {
    /// Writes down what staff do with the person's data, before anybody sees it.
    fn note(&self, act: Act) -> Result<(), CliError> {
        Ok(self.state.store.audit(&Audited {
            at: Timestamp::now(),
            actor: actor(),
            act,
            worker: Some(self.file.worker.worker),
            hall: None,
            about: None,
        })?)
    }
}

/// The ID number in the first line of stdin.
pub(super) fn number() -> Result<IdNumber, CliError> {
    Ok(line()?.parse()?)
}

fn find(data: &Data) -> Result<Found, CliError> {
    let (state, store) = open(data)?;
    let number = number()?;
    let file = store
        .worker_file(&number)?
        .ok_or(StoreError::NotFound("worker"))?;
    Ok(Found {
        state,
        number,
        file,
    })
}

fn lines(file: &WorkerFile, clock: &Clock) -> Vec<String> {
    let worker = &file.worker;
    let kinds: Vec<&str> = worker.work_kinds.iter().map(|kind| kind.zh()).collect();
    let mut lines = Vec::from(person(worker));
    lines.push(format!("looks for\t{}", kinds.join(" ")));
    lines.extend(
        worker
            .wishes
            .as_ref()
            .map(|it| format!("wishes\t{}", wished(it))),
    );
    lines.extend(file.wishes_consent.map(|it| {
        let at = clock.text(it.at);
        format!("agreed to for wishes\tversion {}, {at}", it.version)
    }));
    if let Some(consent) = file.consent {
        lines.push(format!(
            "agreed to\tversion {}, {}",
            consent.version,
            clock.text(consent.at)
        ));
    }
    if let Some(channel) = file.channel {
        lines.push(format!("registered through\t{}", channel.code()));
    }
    if let Some(pause) = file.pause {
        lines.push(format!(
            "pause after no-shows\tuntil {}",
            clock.text(pause.until)
        ));
    }
    if let Some(since) = file.pass_since {
        lines.push(format!("pass\tsince {}", clock.text(since)));
    }
    if let Some(since) = file.pin_since {
        lines.push(format!("PIN\tsince {}", clock.text(since)));
    }
    lines.extend(file.claims.iter().map(|held| {
        format!(
            "claim {}\t{}\tjob {} {}",
            held.claim.number,
            held.claim.state.code(),
            held.job.number,
            held.job.title
        )
    }));
    lines.extend(file.enrolments.iter().map(|it| {
        let begins = clock.text(it.starts_at);
        format!("course\t{}\t{}\tbegins {begins}", it.state.code(), it.title)
    }));
    let wishes: Vec<&str> = file.wishes.iter().map(|kind| kind.zh()).collect();
    if !wishes.is_empty() {
        lines.push(format!("would like to learn\t{}", wishes.join(" ")));
    }
    lines.extend(file.applications.iter().map(|it| {
        let made = clock.text(it.made_at);
        let state = if it.finished_at.is_some() {
            "finished"
        } else {
            "waits"
        };
        format!("application {}\t{state}\thanded in {made}", it.number)
    }));
    lines.extend(file.hardships_said.iter().map(|it| {
        let kind = it.kind.map_or("-", Hardship::zh);
        let state = match &it.decision {
            Some(found) if found.verified => "verified",
            Some(_) => "dismissed",
            None if it.kind.is_none() => "taken back",
            None => "not verified",
        };
        let agreed = it.consent.map_or_else(String::new, |consent| {
            format!("\tagreed to version {}", consent.version)
        });
        format!(
            "said of hardship\t{kind}\t{state}\t{}{agreed}",
            clock.text(it.said_at)
        )
    }));
    lines.extend(file.hardships.iter().map(|it| {
        let state = if it.end.is_some() { "ended" } else { "goes on" };
        let since = clock.text(it.set_at);
        format!("hardship\t{}\t{state}\tsince {since}", it.kind.zh())
    }));
    lines.extend(file.complaints.iter().map(|it| {
        let (kind, state) = (it.kind.zh(), it.state.zh());
        let made = clock.text(it.made_at);
        format!("complaint {}\t{kind}\t{state}\thanded in {made}", it.number)
    }));
    lines
}
