//! What staff do from the command line, while the server runs or not.

use super::shared::{
    Clock, actor, checked, must_know, note, open, open_or_make, print, staff_member,
};
use super::worker;
use super::{
    CheckIn, ClaimCommand, CliError, Decide, Device, EnterSlip, HallCommand, Import, JobCommand,
};
use gighall_core::claim::{ClaimReason, ClaimState};
use gighall_core::hall::Hall;
use gighall_core::id::{ClaimId, HallId};
use gighall_core::identity::mask_name;
use gighall_core::job::JobState;
use gighall_core::rules;
use gighall_core::wages;
use gighall_core::wire::ClaimWithJob;
use gighall_hub::import::read_file;
use gighall_hub::store::{
    Act, DeviceStatus, InDoubt, ListedJob, PaperSlip, Store, StoreError, WriteOff,
};
use jiff::Timestamp;
use std::collections::{BTreeMap, HashSet};

/// Stands in the place of the worker's name where `worker delete` came before the claim.
const ERASED: &str = "erased: see who comes with the slip";

/// Longest name of a device or a hall, in characters.
const NAME_MAX: usize = 60;

/// The first hall is made where it is named, so that one command is enough to begin with. Another
/// one that is not there is a mistake.
fn ensure_hall(store: &dyn Store, id: &HallId) -> Result<(), CliError> {
    if !store.halls()?.is_empty() {
        return must_know(store, id);
    }
    tracing::warn!(hall = %id, "this hall is new: name it with `gighall-hub hall set`");
    Ok(store.put_hall(&new_hall(id))?)
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
    let (state, store) = open_or_make(&args.data)?;
    ensure_hall(store.as_ref(), &args.hall)?;
    let now = Timestamp::now();
    let read = read_file(
        &args.file,
        &args.hall,
        args.map.as_deref(),
        &state.zone,
        now,
    )?;
    for note in &read.notes {
        tracing::warn!("{note}");
    }
    let counts = store.import(&args.hall, &read.listings, now)?;
    let summary = format!(
        "imported {}, updated {}, unchanged {}, rejected {}",
        counts.imported,
        counts.updated,
        counts.unchanged,
        read.rejected.len()
    );
    let rejected = read.rejected.iter().map(|row| {
        let said = format!("line {}, column {}: {}", row.line, row.column, row.reason);
        ((row.table, row.line), said)
    });
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
        .map(|held| {
            let said = format!("line {}: held for review: {}", held.line, held.reason);
            ((held.table, held.line), said)
        });
    let mut rows: Vec<_> = rejected.chain(held).collect();
    rows.sort_by_key(|(place, _)| *place);
    print(rows.into_iter().map(|(_, said)| said).chain([summary]))
}

/// `device`
pub fn device(command: &Device) -> Result<(), CliError> {
    match command {
        Device::Add { data, hall, name } => {
            let name = checked(name, NAME_MAX, "a device's name has 1 to 60 characters")?;
            let (_, store) = open_or_make(data)?;
            ensure_hall(store.as_ref(), hall)?;
            print([store.add_device(hall, name, Timestamp::now())?])
        }
        Device::Revoke { data, hall, name } => {
            let (_, store) = open(data)?;
            must_know(store.as_ref(), hall)?;
            store.revoke_device(hall, name, Timestamp::now())?;
            tracing::warn!(hall = %hall, name, "revoked: nothing of it is taken any more");
            Ok(())
        }
        Device::WriteOff { data, hall, name } => {
            let (state, store) = open(data)?;
            must_know(store.as_ref(), hall)?;
            let clock = Clock::of(&state);
            let said = store.write_off(hall, name, &staff_member(), Timestamp::now())?;
            let (places, then) = match said {
                WriteOff::Asked(places) => {
                    tracing::warn!(
                        name,
                        "kept: it is written off once a second member of staff says so"
                    );
                    (places, "in doubt until a second member of staff says so")
                }
                WriteOff::Done(places) => {
                    tracing::warn!(name, "written off: two members of staff have said so");
                    (places, "free")
                }
            };
            print(places.iter().map(|it| doubt_line(it, then, &clock)))
        }
        Device::List { data } => {
            let (state, store) = open(data)?;
            let clock = Clock::of(&state);
            let devices = store.devices()?;
            print(devices.iter().map(|device| device_line(device, &clock)))
        }
    }
}

fn doubt_line(it: &InDoubt, then: &str, clock: &Clock) -> String {
    let until = clock.text(it.valid_until);
    format!(
        "{}\t{}\t{} places\tuntil {until}\t{then}",
        it.number, it.title, it.places
    )
}

fn device_line(device: &DeviceStatus, clock: &Clock) -> String {
    let seen = device
        .seen_at
        .map_or_else(|| "never".to_owned(), |at| clock.text(at));
    let state = match device.epoch.0 {
        0 if device.revoked => "revoked",
        0 => "waits for enrolment",
        _ if device.written_off => "written off",
        _ if device.unreported => "waited for: it has not reported since the hub was restored",
        _ if device.revoked => "revoked",
        _ if device.quarantined => "quarantined",
        _ => "in use",
    };
    let before = device.quarantined_before.map_or_else(String::new, |epoch| {
        format!(", enrolment {} quarantined", epoch.0)
    });
    let notices = device.health.notices.iter();
    let notices: String = notices.map(|it| format!("\ttells staff: {it}")).collect();
    let health = &device.health;
    let oldest = health
        .outbox_oldest
        .map_or_else(String::new, |at| format!(" since {}", clock.text(at)));
    let version = match health.version.as_str() {
        "" => "-",
        version => version,
    };
    format!(
        "{}\t{}\tenrolled {}\tseen {seen}\toutbox {}{oldest}\trights {}\tclock {:+} ms\t\
         version {version}\tflagged {}\t{state}{before}{notices}",
        device.hall,
        device.name,
        device.epoch.0,
        health.outbox_length,
        health.rights,
        health.clock_offset_ms,
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
            let (_, store) = open_or_make(data)?;
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
            let line = |hall: &Hall| {
                let hotline = hall.hotline.as_deref().unwrap_or("-");
                format!("{}\t{}\t{hotline}", hall.id, hall.name)
            };
            print(store.halls()?.iter().map(line))
        }
    }
}

/// `job`
pub fn job(command: &JobCommand) -> Result<(), CliError> {
    let numbered = |store: &dyn Store, hall: &HallId, number: u32| {
        must_know(store, hall)?;
        let job = store.job_numbered(hall, number)?;
        job.ok_or(CliError::from(StoreError::NotFound("job")))
    };
    match command {
        JobCommand::List { data, hall, held } => {
            let (state, store) = open(data)?;
            must_know(store.as_ref(), hall)?;
            let clock = Clock::of(&state);
            let jobs = store.jobs(hall)?;
            let wanted = |listed: &&ListedJob| !held || listed.job.state == JobState::PendingReview;
            let line = |listed| job_line(listed, &clock);
            print(jobs.iter().filter(wanted).map(line))
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

fn job_line(listed: &ListedJob, clock: &Clock) -> String {
    let job = &listed.job;
    format!(
        "{}\t{}\t{}\t{}\t{} of {} left\tstarts {}\t{}",
        job.number,
        job.state.code(),
        job.title,
        job.employer.name,
        job.places_left,
        job.places,
        clock.text(job.starts_at),
        listed.review.as_deref().unwrap_or_default()
    )
}

/// `claim`
pub fn claim(command: &ClaimCommand) -> Result<(), CliError> {
    match command {
        ClaimCommand::List { data, hall } => {
            let (_, store) = open(data)?;
            must_know(store.as_ref(), hall)?;
            let erased = store.claims_of_erased(hall, Timestamp::now())?;
            let mut lines = Vec::new();
            for held in store.waiting_claims(hall)? {
                if erased.iter().any(|other| other.claim.id == held.claim.id) {
                    continue;
                }
                lines.push(claim_line(&held, &masked(store.as_ref(), &held)?));
            }
            lines.extend(erased.iter().map(|held| claim_line(held, ERASED)));
            note(store.as_ref(), Act::ClaimsListed, None, hall)?;
            print(lines)
        }
        ClaimCommand::Overdue { data, hall } => {
            let (state, store) = open(data)?;
            must_know(store.as_ref(), hall)?;
            let clock = Clock::of(&state);
            let mut lines = Vec::new();
            for held in store.overdue_claims(hall, Timestamp::now())? {
                lines.push(format!(
                    "{}\t{}\tlate since {}",
                    claim_line(&held, &masked(store.as_ref(), &held)?),
                    held.job.employer.name,
                    clock.text(wages::late_from(&held.job, &state.zone))
                ));
            }
            note(store.as_ref(), Act::ClaimsListed, None, hall)?;
            print(lines)
        }
        ClaimCommand::Confirm(decide) => decision(decide, true),
        ClaimCommand::Reject(decide) => decision(decide, false),
        ClaimCommand::Withdraw(decide) => withdraw(decide),
        ClaimCommand::CheckIn(CheckIn { claim, undo: true }) => undo_check_in(claim),
        ClaimCommand::CheckIn(CheckIn { claim, .. }) => attendance(claim, true),
        ClaimCommand::NoShow(decide) => attendance(decide, false),
        ClaimCommand::EnterSlip(args) => enter_slip(args),
    }
}

fn enter_slip(args: &EnterSlip) -> Result<(), CliError> {
    let (_, store) = open(&args.data)?;
    let claim = args.code.as_deref().map(claim_of_code).transpose()?;
    let slip = PaperSlip {
        number: args.number.clone(),
        job: args.job,
        person: worker::number()?,
        claim,
    };
    let entered = store.enter_slip(&slip, &actor(), Timestamp::now())?;
    let mut line = claim_line(&entered.claim, &masked(store.as_ref(), &entered.claim)?);
    line.push('\t');
    line.push_str(entered.claim.claim.state.code());
    let reason = entered.claim.claim.reason.map(ClaimReason::code);
    let known = (!entered.is_new).then_some("was here before");
    for remark in reason.into_iter().chain(known).chain(entered.remarks) {
        line.push('\t');
        line.push_str(remark);
    }
    print([line])
}

/// The claim that a slip's code names.
fn claim_of_code(text: &str) -> Result<ClaimId, CliError> {
    let end = text.trim().rsplit('/').next().unwrap_or_default();
    end.parse().map_err(|_| {
        CliError::Value("this is not what the code of a slip reads: it ends in /s/ and an id")
    })
}

/// The name of whoever claimed, as others may read it.
fn masked(store: &dyn Store, held: &ClaimWithJob) -> Result<String, CliError> {
    let worker = store.worker(held.claim.worker)?;
    Ok(worker.map_or_else(|| "-".to_owned(), |worker| mask_name(&worker.name)))
}

fn claim_line(held: &ClaimWithJob, worker: &str) -> String {
    format!(
        "{}\tjob {}\t{}\t{worker}",
        held.claim.number, held.job.number, held.job.title
    )
}

fn decision(decide: &Decide, chosen: bool) -> Result<(), CliError> {
    let (_, store) = open(&decide.data)?;
    let number = &decide.number;
    let not_waiting = |state: ClaimState| CliError::NotWaiting {
        number: number.clone(),
        state: state.code(),
    };
    let held = numbered(store.as_ref(), number, &[ClaimState::Claimed], not_waiting)?;
    store.decide_claim(held.claim.id, chosen, Timestamp::now())?;
    let worker = Some(held.claim.worker);
    note(store.as_ref(), Act::ClaimDecided, worker, &held.job.hall)?;
    tracing::info!(number, chosen, "decided");
    Ok(())
}

/// For the worker, who has told the hall: as the worker's own telephone would do it.
fn withdraw(decide: &Decide) -> Result<(), CliError> {
    let (state, store) = open(&decide.data)?;
    let (number, now) = (&decide.number, Timestamp::now());
    let mut wanted = vec![ClaimState::Withdrawn];
    wanted.extend(ClaimState::ALL.iter().filter(|state| state.is_coming()));
    let held = numbered(store.as_ref(), number, &wanted, not_expected)?;
    // A place that nobody holds is missed by nobody; of claims that are in doubt some have ended long ago.
    let surplus = store.restored()?.surplus;
    let mut doubtful = surplus.iter().flat_map(|job| &job.claims);
    let is_doubtful = doubtful.any(|other| other.claim.id == held.claim.id);
    if held.claim.state.holds_place() && !is_doubtful && !rules::may_withdraw(&held.job, now) {
        let until = rules::withdrawn_until(&held.job);
        return Err(CliError::TooLate {
            number: number.clone(),
            until: Clock::of(&state).text(until),
        });
    }
    store.withdraw(held.claim.id, now)?;
    let worker = Some(held.claim.worker);
    note(store.as_ref(), Act::ClaimWithdrawn, worker, &held.job.hall)?;
    tracing::info!(number, "withdrawn");
    Ok(())
}

/// Nobody came with that claim after all.
fn undo_check_in(decide: &Decide) -> Result<(), CliError> {
    let (_, store) = open(&decide.data)?;
    let number = &decide.number;
    let wanted = [ClaimState::CheckedIn, ClaimState::Confirmed];
    let held = numbered(store.as_ref(), number, &wanted, not_expected)?;
    store.undo_check_in(held.claim.id, Timestamp::now())?;
    let worker = Some(held.claim.worker);
    note(store.as_ref(), Act::CheckInUndone, worker, &held.job.hall)?;
    tracing::info!(number, "the check-in is undone");
    Ok(())
}

fn not_expected(state: ClaimState) -> CliError {
    StoreError::NotExpected(state).into()
}

/// Whether the worker came.
fn attendance(decide: &Decide, came: bool) -> Result<(), CliError> {
    let (state, store) = open(&decide.data)?;
    let (number, now) = (&decide.number, Timestamp::now());
    let (after, act) = match came {
        true => (ClaimState::CheckedIn, Act::CheckedIn),
        false => (ClaimState::NoShow, Act::MarkedAbsent),
    };
    let wanted = [ClaimState::Confirmed, after];
    let held = numbered(store.as_ref(), number, &wanted, not_expected)?;
    if came && !rules::may_check_in(&held.job, now) {
        return Err(CliError::TooEarly {
            number: number.clone(),
            from: Clock::of(&state).text(rules::checked_in_from(&held.job)),
        });
    }
    match came {
        true => store.check_in(held.claim.id, now)?,
        false if held.claim.state == after => {}
        false => store.mark_absent(held.claim.id, now)?,
    }
    note(store.as_ref(), act, Some(held.claim.worker), &held.job.hall)?;
    tracing::info!(number, came, "noted");
    Ok(())
}

/// The one claim with that number that is in one of the `wanted` states. `otherwise` says what is
/// wrong with another state.
fn numbered(
    store: &dyn Store,
    number: &str,
    wanted: &[ClaimState],
    otherwise: impl FnOnce(ClaimState) -> CliError,
) -> Result<ClaimWithJob, CliError> {
    let mut claims = store.claims_numbered(number)?;
    let last = claims.last().map(|held| held.claim.state);
    claims.retain(|held| wanted.contains(&held.claim.state));
    match (claims.len(), claims.pop(), last) {
        (1, Some(held), _) => Ok(held),
        (0, _, None) => Err(CliError::NoClaim(number.to_owned())),
        (0, _, Some(state)) => Err(otherwise(state)),
        (claims, ..) => Err(CliError::Ambiguous {
            number: number.to_owned(),
            claims,
        }),
    }
}
