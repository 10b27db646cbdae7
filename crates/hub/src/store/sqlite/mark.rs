//! Finds out, without anybody saying so, that the store was put back from a copy: a copy knows that it
//! is one, and a mark that is renewed here and in a file beside the store differs for an older one.

use super::restored;
use super::secrets::new_secret;
use super::write::Write;
use crate::store::StoreError;
use gighall_core::id::HubEpoch;
use jiff::Timestamp;
use rusqlite::Connection;
use std::path::Path;

/// Name of the mark's file in the data directory.
pub const MARK_FILE: &str = "hub.mark";

/// The mark beside the store; `None` where there is none. To be read before the store's own, which is
/// renewed first.
pub fn beside(dir: &Path) -> Result<Option<String>, StoreError> {
    let path = dir.join(MARK_FILE);
    match std::fs::read_to_string(&path) {
        Ok(text) => Ok(Some(text.trim().to_owned())),
        Err(cause) if cause.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(cause) => Err(StoreError::Unusable(format!("{}: {cause}", path.display()))),
    }
}

/// Why the store is not the one that was in use last; `None` where it is.
pub fn why_copied(
    connection: &Connection,
    beside: Option<&str>,
) -> Result<Option<&'static str>, StoreError> {
    let (copied, mark, before): (Option<i64>, Option<String>, Option<String>) = connection
        .query_row("SELECT copied_at, mark, mark_before FROM meta", [], |row| {
            Ok((row.get(0)?, row.get(1)?, row.get(2)?))
        })?;
    if copied.is_some() {
        return Ok(Some("its file is one that `backup` made"));
    }
    let Some(mark) = mark else {
        return Ok(None);
    };
    let known = [Some(mark.as_str()), before.as_deref()];
    Ok((!known.contains(&beside)).then_some("its file is not the one that was in use last"))
}

/// Raises the epoch of a store that is an older copy.
pub fn check(
    write: &mut Write<'_>,
    beside: Option<&str>,
    now: Timestamp,
) -> Result<(), StoreError> {
    if let Some(why) = why_copied(&write.sql, beside)? {
        restored::raise(write, HubEpoch(0), why, now)?;
        write
            .sql
            .execute("UPDATE meta SET mark = NULL, mark_before = NULL", [])?;
    }
    Ok(())
}

/// Gives the store a new mark, to be written beside it once that is on the disk. A power cut between
/// the two leaves the one that lies `beside` it now, which is taken as well.
pub fn renew(write: &mut Write<'_>, beside: Option<&str>) -> Result<String, StoreError> {
    let mark = new_secret()?;
    write.sql.execute(
        "UPDATE meta SET mark_before = ?1, mark = ?2",
        (beside, &mark),
    )?;
    Ok(mark)
}

/// Writes the mark beside the store.
pub fn write_beside(dir: &Path, mark: &str) -> Result<(), StoreError> {
    let path = dir.join(MARK_FILE);
    gighall_host::write_private(&path, mark.as_bytes())
        .map_err(|cause| StoreError::Unusable(format!("{}: {cause}", path.display())))
}
