//! `worker`: what a person may ask for at the hall's desk.

use super::staff::open;
use super::{CliError, Data, WorkerCommand, print};
use gighall_core::identity::IdNumber;
use gighall_core::worker::check_name;
use gighall_hub::store::{Store, StoreError, WorkerFile};
use jiff::Timestamp;
use serde_json::json;
use std::sync::Arc;

/// `worker`
pub fn run(command: &WorkerCommand) -> Result<(), CliError> {
    match command {
        WorkerCommand::Show { data } => {
            let (_, _, file) = find(data)?;
            print(lines(&file))
        }
        WorkerCommand::Rename { data } => {
            let (store, _, file) = find(data)?;
            let name = check_name(&line()?)
                .map_err(|_| CliError::Value("stdin, second line: this is not a name"))?;
            store.rename_worker(file.worker.worker, &name)?;
            tracing::info!(worker = %file.worker.worker, "renamed");
            Ok(())
        }
        WorkerCommand::Export { data } => {
            let (_, number, file) = find(data)?;
            let all = json!({
                "id_number": number.reveal(),
                "worker": file.worker,
                "consent": file.consent,
                "registered_through": file.channel,
                "claims": file.claims,
            });
            print([format!("{all:#}")])
        }
        WorkerCommand::Delete { data } => {
            let (store, _, file) = find(data)?;
            store.delete_worker(file.worker.worker, Timestamp::now())?;
            tracing::info!(worker = %file.worker.worker, "deleted");
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

fn find(data: &Data) -> Result<(Arc<dyn Store>, IdNumber, WorkerFile), CliError> {
    let number: IdNumber = line()?.parse()?;
    let (_, store) = open(data)?;
    let file = store
        .worker_file(&number)?
        .ok_or(StoreError::NotFound("worker"))?;
    Ok((store, number, file))
}

fn lines(file: &WorkerFile) -> Vec<String> {
    let worker = &file.worker;
    let kinds: Vec<&str> = worker.work_kinds.iter().map(|kind| kind.zh()).collect();
    let mut lines = vec![
        format!("name\t{}", worker.name),
        format!("ID number\t{}", worker.id_mask),
        format!("telephone\t{}", worker.phone.as_deref().unwrap_or("-")),
        format!("looks for\t{}", kinds.join(" ")),
    ];
    if let Some(consent) = file.consent {
        lines.push(format!(
            "agreed to\tversion {}, {}",
            consent.version, consent.at
        ));
    }
    if let Some(channel) = file.channel {
        lines.push(format!("registered through\t{}", channel.code()));
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
    lines
}
