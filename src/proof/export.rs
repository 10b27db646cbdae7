//! `gighall-kiosk proof`: what this device still has of what its walls showed, as CSV.

use crate::config::Config;
use crate::store::{Identity, Store, StoreError};
use gighall_core::proof::{BOM, COLUMNS, line};
use jiff::ToSpan;
use jiff::civil::Date;
use std::io::Write;

/// Why there is no sheet.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// The store cannot be read.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The sheet cannot be written.
    #[error("the sheet cannot be written: {0}")]
    Write(#[from] std::io::Error),
    /// The same, within a line.
    #[error("the sheet cannot be written: {0}")]
    Sheet(#[from] csv::Error),
    /// No such day in the hall's time zone.
    #[error("there is no such day: {0}")]
    Day(#[from] jiff::Error),
}

/// Writes what was shown from the first day to the last, both included, in the hall's time zone.
///
/// # Errors
/// [`ExportError`]
pub fn export(
    config: &Config,
    (first, last): (Date, Date),
    mut out: impl Write,
) -> Result<(), ExportError> {
    let zone = config.time_zone();
    let begin = |day: Date| zone.to_timestamp(day.to_datetime(Default::default()));
    let (from, to) = (begin(first)?, begin(last.checked_add(1.day())?)?);
    let identity = Identity::load(&config.data)?;
    let device = identity.map_or_else(String::new, |identity| identity.name);
    out.write_all(BOM.as_bytes())?;
    let mut sheet = csv::Writer::from_writer(out);
    sheet.write_record(COLUMNS)?;
    if let Some(store) = Store::open_beside(&config.data, zone.clone())? {
        store.proof_between(from, to, |showing| {
            sheet
                .write_record(line(&device, showing, &zone))
                .map_err(ExportError::from)
        })?;
    }
    Ok(sheet.flush()?)
}
