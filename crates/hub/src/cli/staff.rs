//! What staff do from the command line, while the server runs or not.

use super::{
    ClaimCommand, CliError, Data, Decide, Device, HallCommand, Import, JobCommand, config, print,
};
use gighall_core::hall::Hall;
use gighall_core::id::HallId;
use gighall_core::identity::mask_name;
use gighall_core::job::JobState;
use gighall_core::wire::ClaimWithJob;
use gighall_hub::HubState;
use gighall_hub::import::read_file;
use gighall_hub::store::{DeviceStatus, ListedJob, Store, StoreError};
use jiff::Timestamp;
use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

/// Stands in the place of the worker's name where `worker delete` came before the claim.
const ERASED: &str = "erased: see who comes with the slip";

/// Longest name of a device or a hall, in characters.
const NAME_MAX: usize = 60;

pub(super) fn open(data: &Data) -> Result<(HubState, Arc<dyn Store>), CliError> {
    let state = gighall_hub::open(&config(data))?;
    let store = Arc::clone(&state.store);
    Ok((state, store))
}

/// A hall that is not there yet is made, so that one command is enough to begin with.
fn ensure_hall(store: &dyn Store, id: &HallId) -> Result<(), StoreError> {
    if store.hall(id)?.is_some() {
        return Ok(());
    }
    tracing::warn!(hall = %id, "this hall is new: name it with `gighall-hub hall set`");
    store.put_hall(&new_hall(id))
}

fn new_hall(id: &HallId) -> Hall {
    Hall {
        id: id.clone(),
        name: id.to_string(),
        county_code: None,
        hotline: None,
        address: None,
    }
}

/// `import`: the good rows come in, the bad ones are listed.
pub fn import(args: &Import) -> Result<(), CliError> {
    let (state, store) = open(&args.data)?;
    let now = Timestamp::now();
    let read = read_file(
        &args.file,
        &args.hall,
        args.map.as_deref(),
        &state.zone,
        now,
    )?;
    ensure_hall(store.as_ref(), &args.hall)?;
    let counts = store.import(&args.hall, &read.listings, now)?;
    let rejected = read.rejected.len();
    let summary = format!(
        "imported {}, updated {}, unchanged {}, rejected {rejected}",
        counts.imported, counts.updated, counts.unchanged
    );
    let rows = read
        .rejected
        .iter()
        .map(|row| format!("line {}, column {}: {}", row.line, row.column, row.reason));
    // Those that staff have approved before are not held again.
    let waiting: HashSet<String> = store
        .jobs(&args.hall)?
        .into_iter()
        .filter(|listed| listed.job.state == JobState::PendingReview)
        .map(|listed| listed.source_key)
        .collect();
    let held = read
        .held
        .iter()
        .filter(|held| waiting.contains(&held.source_key))
        .map(|held| format!("line {}: held for review: {}", held.line, held.reason));
    print(rows.chain(held).chain([summary]))
}

/// `device`
pub fn device(command: &Device) -> Result<(), CliError> {
    match command {
        Device::Add { data, hall, name } => {
            let name = checked(name, NAME_MAX, "a device's name has 1 to 60 characters")?;
            let (_, store) = open(data)?;
            ensure_hall(store.as_ref(), hall)?;
            print([store.add_device(hall, name, Timestamp::now())?])
        }
        Device::List { data } => {
            let (_, store) = open(data)?;
            print(store.devices()?.iter().map(device_line))
        }
    }
}

fn device_line(device: &DeviceStatus) -> String {
    let seen = device
        .seen_at
        .map_or_else(|| "never".to_owned(), |at| at.to_string());
    let state = match (device.epoch.0, device.quarantined) {
        (0, _) => "waits for enrolment",
        (_, true) => "quarantined",
        (_, false) => "in use",
    };
    let before = device.quarantined_before.map_or_else(String::new, |epoch| {
        format!(", enrolment {} quarantined", epoch.0)
    });
    format!(
        "{}\t{}\tenrolled {}\tseen {seen}\toutbox {}\tflagged {}\t{state}{before}",
        device.hall,
        device.name,
        device.epoch.0,
        device.health.outbox_length,
        flagged(&device.flagged)
    )
}

/// How many records have remarks, and which: `3 (name-differs 2, worker-erased 1)`.
fn flagged(remarks: &BTreeMap<String, u64>) -> String {
    if remarks.is_empty() {
        return "0".to_owned();
    }
    let each: Vec<String> = remarks
        .iter()
        .map(|(remark, records)| format!("{remark} {records}"))
        .collect();
    format!("{} ({})", remarks.values().sum::<u64>(), each.join(", "))
}

/// `hall`
pub fn hall(command: &HallCommand) -> Result<(), CliError> {
    match command {
        HallCommand::Set {
            data,
            hall: id,
            name,
            hotline,
            address,
            county_code,
        } => {
            let (_, store) = open(data)?;
            let mut hall = store.hall(id)?.unwrap_or_else(|| new_hall(id));
            if let Some(name) = name {
                let name = checked(name, NAME_MAX, "a hall's name has 1 to 60 characters")?;
                name.clone_into(&mut hall.name);
            }
            let given = |new: &Option<String>, old: Option<String>| new.clone().or(old);
            hall.hotline = given(hotline, hall.hotline);
            hall.address = given(address, hall.address);
            hall.county_code = given(county_code, hall.county_code);
            Ok(store.put_hall(&hall)?)
        }
        HallCommand::List { data } => {
            let (_, store) = open(data)?;
            let line = |hall: &Hall| format!("{}\t{}", hall.id, hall.name);
            print(store.halls()?.iter().map(line))
        }
    }
}

/// `job`
pub fn job(command: &JobCommand) -> Result<(), CliError> {
    let numbered = |store: &dyn Store, hall: &HallId, number: u32| {
        let job = store.job_numbered(hall, number)?;
        job.ok_or(StoreError::NotFound("job"))
    };
    match command {
        JobCommand::List { data, hall, held } => {
            let (_, store) = open(data)?;
            let jobs = store.jobs(hall)?;
            let wanted = |listed: &&ListedJob| !held || listed.job.state == JobState::PendingReview;
            print(jobs.iter().filter(wanted).map(job_line))
        }
        JobCommand::Approve { data, hall, number } => {
            let (_, store) = open(data)?;
            let job = numbered(store.as_ref(), hall, *number)?;
            store.approve_job(job.id, Timestamp::now())?;
            tracing::info!(hall = %hall, number, title = job.title, "published");
            Ok(())
        }
        JobCommand::Cancel { data, hall, number } => {
            let (_, store) = open(data)?;
            let job = numbered(store.as_ref(), hall, *number)?;
            store.cancel_job(job.id, Timestamp::now())?;
            tracing::info!(hall = %hall, number, title = job.title, "withdrawn");
            Ok(())
        }
    }
}

fn job_line(listed: &ListedJob) -> String {
    let job = &listed.job;
    format!(
        "{}\t{}\t{}\t{}\t{} of {} left\tstarts {}\t{}",
        job.number,
        job.state.code(),
        job.title,
        job.employer.name,
        job.places_left,
        job.places,
        job.starts_at,
        listed.review.as_deref().unwrap_or_default()
    )
}

/// `claim`
pub fn claim(command: &ClaimCommand) -> Result<(), CliError> {
    match command {
        ClaimCommand::List { data, hall } => {
            let (_, store) = open(data)?;
            let erased = store.claims_of_erased(hall, Timestamp::now())?;
            let mut lines = Vec::new();
            for held in store.waiting_claims(Some(hall), None)? {
                if erased.iter().any(|other| other.claim.id == held.claim.id) {
                    continue;
                }
                let worker = store.worker(held.claim.worker)?;
                let name = worker.map(|worker| mask_name(&worker.name));
                lines.push(claim_line(&held, name.as_deref().unwrap_or("-")));
            }
            lines.extend(erased.iter().map(|held| claim_line(held, ERASED)));
            print(lines)
        }
        ClaimCommand::Confirm(decide) => decision(decide, true),
        ClaimCommand::Reject(decide) => decision(decide, false),
    }
}

fn claim_line(held: &ClaimWithJob, worker: &str) -> String {
    format!(
        "{}\tjob {}\t{}\t{worker}",
        held.claim.number, held.job.number, held.job.title
    )
}

fn decision(decide: &Decide, chosen: bool) -> Result<(), CliError> {
    let (_, store) = open(&decide.data)?;
    let waiting = store.waiting_claims(None, Some(&decide.number))?;
    let [held] = waiting.as_slice() else {
        return Err(StoreError::NotWaiting.into());
    };
    store.decide_claim(held.claim.id, chosen, Timestamp::now())?;
    tracing::info!(number = decide.number, chosen, "decided");
    Ok(())
}

pub(super) fn checked<'a>(
    text: &'a str,
    most: usize,
    otherwise: &'static str,
) -> Result<&'a str, CliError> {
    let text = text.trim();
    if (1..=most).contains(&text.chars().count()) && !text.chars().any(char::is_control) {
        Ok(text)
    } else {
        Err(CliError::Value(otherwise))
    }
}
