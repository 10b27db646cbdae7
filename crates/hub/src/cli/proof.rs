//! `proof`: what walls showed.

use super::shared::{TURNED, must_know, open, print};
use super::{CliError, ProofCommand};
use gighall_core::id::HallId;
use gighall_core::proof::{BOM, COLUMNS, Exposure, line, plain_cell};
use gighall_hub::HubState;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use std::fs::File;
use std::io::{BufWriter, Write};
use std::ops::Range;

/// `proof`
pub fn run(command: &ProofCommand) -> Result<(), CliError> {
    match command {
        ProofCommand::Export {
            data,
            hall,
            from,
            to,
            out,
        } => {
            let (state, store) = open(data)?;
            must_know(store.as_ref(), hall)?;
            let between = days(*from, *to, &state.zone)?;
            let path = out.as_deref();
            let failed = |cause| match path {
                Some(path) => CliError::Io(format!("cannot write {}", path.display()), cause),
                None => CliError::Io("cannot write to stdout".to_owned(), cause),
            };
            match path {
                Some(path) => {
                    let file = File::create(path).map_err(failed)?;
                    export(&state, hall, &between, BufWriter::new(file))
                }
                None => export(&state, hall, &between, std::io::stdout().lock()),
            }
            .map_err(|error| match error {
                CliError::Sheet(error) if error.is_io_error() => failed(error.into()),
                error => error,
            })
        }
        ProofCommand::Exposure { data, hall, day } => {
            let (state, store) = open(data)?;
            must_know(store.as_ref(), hall)?;
            let between = days(*day, *day, &state.zone)?;
            let jobs = store.exposure(hall, &between, Timestamp::now())?;
            let never = jobs.iter().filter(|job| job.times == 0).count();
            let last = format!("{} jobs, {never} of them never shown", jobs.len());
            print(
                jobs.iter()
                    .map(|job| exposed(job, &state.zone))
                    .chain([last]),
            )
        }
    }
}

/// From the beginning of the first day to the end of the last.
fn days(first: Date, last: Date, zone: &TimeZone) -> Result<Range<Timestamp>, CliError> {
    let begin = |day: Date| zone.to_timestamp(day.to_datetime(Default::default())).ok();
    let end = last.checked_add(1.day()).ok().and_then(begin);
    match begin(first).zip(end) {
        Some((from, to)) if from < to => Ok(from..to),
        _ => Err(CliError::Value(TURNED)),
    }
}

fn export(
    state: &HubState,
    hall: &HallId,
    between: &Range<Timestamp>,
    mut out: impl Write,
) -> Result<(), CliError> {
    out.write_all(BOM.as_bytes()).map_err(csv::Error::from)?;
    let mut sheet = csv::Writer::from_writer(out);
    sheet.write_record(COLUMNS)?;
    let mut written = Ok(());
    state.store.proof(hall, between, &mut |row| {
        written = sheet.write_record(line(&row.device, &row.showing, &state.zone));
        written.is_ok()
    })?;
    written?;
    sheet.flush().map_err(csv::Error::from)?;
    Ok(())
}

fn exposed(job: &Exposure, zone: &TimeZone) -> String {
    let time = |at: Timestamp| {
        at.to_zoned_datetime(zone.clone())
            .strftime("%H:%M:%S")
            .to_string()
    };
    let between = match job.between {
        Some((first, last)) => format!("first {}\tlast {}", time(first), time(last)),
        None => "never shown".to_owned(),
    };
    format!(
        "{}\t{}\topen {} min\t{} times\t{} s\t{between}",
        job.number,
        plain_cell(&job.title),
        job.open_seconds / 60,
        job.times,
        job.seconds,
    )
}
