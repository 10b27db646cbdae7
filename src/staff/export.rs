//! The logs as sheets: what staff did, and with it what the walls showed.

use crate::config::Config;
use crate::proof;
use crate::store::{Store, StoreError};
use gighall_core::proof::BOM;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use std::fs::File;
use std::io::Write;
use std::path::PathBuf;

/// The columns of the staff log.
const COLUMNS: [&str; 5] = ["time", "staff", "what", "outcome", "detail"];
/// At most so many lines of it.
const LINES: usize = 1_000_000;
/// So many days of what the walls showed.
const PROOF_DAYS: i32 = 92;

/// Why the logs were not written.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// The configuration does not say where to.
    #[error("kiosk.toml does not say where to: staff.export")]
    Nowhere,
    /// The folder is not there, or a file cannot be written.
    #[error("{path}: {cause}")]
    File {
        /// Which.
        path: PathBuf,
        /// Why.
        cause: std::io::Error,
    },
    /// The store cannot be read.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A sheet cannot be written.
    #[error("the sheet cannot be written: {0}")]
    Sheet(#[from] csv::Error),
    /// The same.
    #[error("the sheet cannot be written: {0}")]
    Write(#[from] std::io::Error),
    /// What the walls showed cannot be written.
    #[error(transparent)]
    Proof(#[from] proof::ExportError),
}

/// Writes the newest `most` lines of the staff log as CSV, in the hall's time zone.
///
/// # Errors
/// [`ExportError`]
pub fn staff_log(
    store: &Store,
    zone: &TimeZone,
    most: usize,
    mut out: impl Write,
) -> Result<(), ExportError> {
    out.write_all(BOM.as_bytes())?;
    let mut sheet = csv::Writer::from_writer(out);
    sheet.write_record(COLUMNS)?;
    for line in store.staff_log(most)? {
        let time = zone.to_datetime(line.at).strftime("%F %T").to_string();
        let detail = plain(&line.detail);
        sheet.write_record([&time, &line.staff, &line.what, &line.outcome, &detail])?;
    }
    Ok(sheet.flush()?)
}

/// A spreadsheet must not take what somebody typed for a formula.
fn plain(text: &str) -> String {
    match text.starts_with(['=', '+', '-', '@', '\t', '\r']) {
        true => format!("'{text}"),
        false => text.to_owned(),
    }
}

/// Whether something can be written into the configured folder now, where there is one.
///
/// # Errors
/// [`ExportError::File`]
pub fn can_write(config: &Config) -> Result<(), ExportError> {
    let Some(folder) = &config.staff.export else {
        return Ok(());
    };
    let path = config.folder.join(folder);
    let tried = path.join(format!(".gighall-{}", std::process::id()));
    let written = File::create_new(&tried).and_then(|_| std::fs::remove_file(&tried));
    written.map_err(|cause| ExportError::File { path, cause })
}

/// Writes both logs into the configured folder, which has to be there: a stick that is not in must not
/// become a folder of the machine's disk. Gives the names of the files.
///
/// # Errors
/// [`ExportError`]
pub fn to_folder(config: &Config, store: &Store, now: Timestamp) -> Result<String, ExportError> {
    let folder = config.staff.export.as_deref().ok_or(ExportError::Nowhere)?;
    let folder = config.folder.join(folder);
    let zone = config.time_zone();
    let local = zone.to_datetime(now);
    let name = |what: &str| format!("gighall-{what}-{}.csv", local.strftime("%Y%m%d-%H%M%S"));
    let create = |name: &str| {
        let path = folder.join(name);
        File::create(&path).map_err(|cause| ExportError::File { path, cause })
    };
    let sync = |file: File, name: &str| {
        let path = folder.join(name);
        file.sync_all()
            .map_err(|cause| ExportError::File { path, cause })
    };
    let (log, shown) = (name("staff"), name("proof"));
    let file = create(&log)?;
    staff_log(store, &zone, LINES, &file)?;
    sync(file, &log)?;
    let file = create(&shown)?;
    let today = local.date();
    let from = today.saturating_sub(PROOF_DAYS.days());
    proof::export(config, (from, today), &file)?;
    sync(file, &shown)?;
    Ok(format!("{log}, {shown}"))
}
