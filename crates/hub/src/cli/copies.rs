//! `backup`, `restore` and `status`: copies of the hub's data, and how it stands after one was put back.

use super::shared::{Clock, actor, open, print};
use super::{Backup, CliError, Data, Restore};
use gighall_hub::HubConfig;
use gighall_hub::store::Restored;
use jiff::Timestamp;

/// What a copy of the database does not have.
const NOT_IN_IT: &str = "secret.key is not in the copy, and it cannot be read without: keep that \
    apart from it. The folder media is not in it either.";

/// `backup`
pub fn backup(args: &Backup) -> Result<(), CliError> {
    let (_, store) = open(&args.data)?;
    store.back_up(&args.file, Timestamp::now())?;
    tracing::info!(file = %args.file.display(), "copied; {NOT_IN_IT}");
    Ok(())
}

/// `restore`
pub fn restore(args: &Restore) -> Result<(), CliError> {
    let config = HubConfig::new(&args.data.dir);
    let done = gighall_hub::put_back(&config, &args.file, &actor())?;
    let (state, store) = open(&args.data)?;
    let clock = Clock::of(&state);
    let of = done
        .copied_at
        .map_or_else(|| "an unknown time".to_owned(), |at| clock.text(at));
    let before = done
        .before
        .map_or_else(|| "-".to_owned(), |path| path.display().to_string());
    let lines = [format!("copy of\t{of}"), format!("before\t{before}")];
    print(
        lines
            .into_iter()
            .chain(lines_of(&store.restored()?, &clock)),
    )?;
    tracing::warn!(
        "what was done at the hub after the copy is gone: imports, erasures of persons, revoked \
         devices. Do it again, the imports first. Claims come back from the devices that heard of \
         them. Devices enrolled after the copy need a new code."
    );
    Ok(())
}

/// `status`
pub fn status(data: &Data) -> Result<(), CliError> {
    let (state, store) = open(data)?;
    let clock = Clock::of(&state);
    print(lines_of(&store.restored()?, &clock))
}

fn lines_of(restored: &Restored, clock: &Clock) -> Vec<String> {
    let raised = restored.raised_at.map_or_else(
        || "never".to_owned(),
        |at| {
            let why = restored.raised_why.as_deref().unwrap_or_default();
            format!("{}\t{why}", clock.text(at))
        },
    );
    let mut lines = vec![
        format!("epoch\t{}", restored.hub_epoch.0),
        format!("restored\t{raised}"),
    ];
    for (hall, jobs) in &restored.held {
        lines.push(format!("held back\t{hall}\t{jobs} open jobs give no place"));
    }
    for device in &restored.waiting {
        let seen = device
            .seen_at
            .map_or_else(|| "never".to_owned(), |at| clock.text(at));
        lines.push(format!(
            "waits for\t{}\t{}\tenrolment {}\tseen {seen}",
            device.hall, device.device, device.epoch.0
        ));
    }
    for job in &restored.surplus {
        lines.push(format!(
            "too many\t{}\tjob {}\t{}\t{} held or lent of {} places: some of these have ended",
            job.hall, job.number, job.title, job.used, job.places
        ));
        lines.extend(job.claims.iter().map(|held| {
            let claim = &held.claim;
            let made = clock.text(claim.made_at);
            let (channel, state) = (claim.channel.code(), claim.state.code());
            format!("\t{}\t{made}\t{channel}\t{state}", claim.number)
        }));
    }
    lines
}
