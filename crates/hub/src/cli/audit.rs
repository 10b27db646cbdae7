//! `audit`: who saw or changed what of a person.

use super::shared::{Clock, TURNED, actor, end_of, open, print};
use super::worker::number;
use super::{AuditArgs, AuditCommand, CliError};
use gighall_core::id::{HallId, WorkerId};
use gighall_core::proof::BOM;
use gighall_hub::HubState;
use gighall_hub::store::{Act, AuditQuery, Audited, Store, StoreError};
use jiff::Timestamp;
use jiff::civil::Time;
use std::io::Write;
use std::path::Path;

/// `audit`
pub fn run(command: &AuditCommand) -> Result<(), CliError> {
    match command {
        AuditCommand::List(which) => {
            let (state, lines) = read(which)?;
            let clock = Clock::of(&state);
            print(lines.iter().map(|line| {
                let [actor, act, worker, hall, about] = cells(line);
                let at = clock.text(line.at);
                format!("{at}\t{actor}\t{act}\t{worker}\t{hall}\t{about}")
            }))
        }
        AuditCommand::Export { which, out } => {
            let (state, lines) = read(which)?;
            let sheet = sheet(&state, &lines)?;
            match out {
                Some(path) => write(path, &sheet),
                None => print([sheet.trim_end().to_owned()]),
            }
        }
    }
}

/// The lines that are asked for. Reading them is written down as well.
fn read(which: &AuditArgs) -> Result<(HubState, Vec<Audited>), CliError> {
    if which.from.zip(which.to).is_some_and(|(from, to)| to < from) {
        return Err(CliError::Value(TURNED));
    }
    let (state, store) = open(&which.data)?;
    let now = Timestamp::now();
    let worker = match which.person {
        true => Some(person(store.as_ref())?),
        false => None,
    };
    let first = which.from.and_then(|day| {
        let begin = day.to_datetime(Time::midnight());
        state.zone.to_timestamp(begin).ok()
    });
    let end = which
        .to
        .and_then(|day| end_of(&day.to_string(), &state.zone));
    let lines = store.audited(&AuditQuery {
        between: first.unwrap_or(Timestamp::MIN)..end.unwrap_or(Timestamp::MAX),
        worker,
    })?;
    store.audit(&Audited {
        at: now,
        actor: actor(),
        act: Act::AuditRead,
        worker,
        hall: None,
        about: None,
    })?;
    Ok((state, lines))
}

fn person(store: &dyn Store) -> Result<WorkerId, CliError> {
    let known = store.worker_by_number(&number()?)?;
    Ok(known.ok_or(StoreError::NotFound("worker"))?.worker)
}

fn cells(line: &Audited) -> [String; 5] {
    [
        line.actor.clone(),
        line.act.code().to_owned(),
        line.worker
            .map_or_else(|| "-".to_owned(), |id| id.to_string()),
        line.hall
            .as_ref()
            .map_or_else(|| "-".to_owned(), HallId::to_string),
        line.about.clone().unwrap_or_else(|| "-".to_owned()),
    ]
}

fn sheet(state: &HubState, lines: &[Audited]) -> Result<String, CliError> {
    let mut sheet = csv::Writer::from_writer(BOM.as_bytes().to_vec());
    sheet.write_record(["time", "who", "what", "person", "hall", "about"])?;
    for line in lines {
        let at = state.zone.to_datetime(line.at);
        let [actor, act, worker, hall, about] = cells(line);
        let at = at.strftime("%Y-%m-%d %H:%M:%S").to_string();
        sheet.write_record([at, actor, act, worker, hall, about])?;
    }
    let bytes = sheet
        .into_inner()
        .map_err(|error| csv::Error::from(error.into_error()))?;
    String::from_utf8(bytes).map_err(|_| CliError::Value("the log is not text"))
}

fn write(path: &Path, sheet: &str) -> Result<(), CliError> {
    let failed = |cause| CliError::Io(format!("cannot write {}", path.display()), cause);
    let mut file = std::fs::File::create(path).map_err(failed)?;
    file.write_all(sheet.as_bytes()).map_err(failed)
}
