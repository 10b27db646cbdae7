//! A damaged store. What can be read of it goes into a new one beside it, which takes its place only
//! when it is complete: wherever the power goes, the next start finds either the damaged store, and
//! begins again, or the complete new one.

use super::{Identity, StaffCode, StoreError, meta, open, salvage};
use gighall_core::vault::Vault;
use jiff::Timestamp;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// Puts a new store in the place of a damaged one, which is kept beside it.
pub fn replace(dir: &Path, path: &Path, vault: &Vault, now: Timestamp) -> Result<(), StoreError> {
    let fresh = beside(path, ".new");
    let aside = free_name(path, now);
    let failed = |cause| file_error(path, cause);
    discard(&fresh).map_err(failed)?;
    let saved = salvage::read(path, vault);
    let identity = Identity::load(dir)?;
    let mut connection = open::writer(&fresh)?;
    let tx = connection.transaction()?;
    if let Some(identity) = identity {
        // Unless the damaged store says otherwise.
        meta::set(&tx, meta::DEVICE, &identity.device.to_string())?;
    }
    let kept = salvage::insert(&tx, vault, &saved, now)?;
    let detail = format!(
        "{} was damaged and set aside; {kept} records of the outbox were saved, {} could not be \
         used",
        aside.display(),
        saved.unusable
    );
    tracing::error!("{detail}");
    meta::tell_staff(&tx, StaffCode::StoreDamaged, &detail, now)?;
    tx.commit()?;
    // All of it in the one file that is renamed.
    connection.pragma_update(None, "journal_mode", "DELETE")?;
    drop(connection);
    swap(path, &fresh, &aside).map_err(failed)
}

/// Ends what a start that was cut short had begun.
pub fn resume(path: &Path, now: Timestamp) -> Result<(), StoreError> {
    let fresh = beside(path, ".new");
    let failed = |cause| file_error(path, cause);
    if !fresh.exists() {
        return Ok(());
    }
    if path.exists() || beside(&fresh, "-wal").exists() {
        // Perhaps not complete. The damaged store is still there and is found again.
        return discard(&fresh).map_err(failed);
    }
    swap(path, &fresh, &free_name(path, now)).map_err(failed)
}

/// The damaged file goes first: once it is gone, the new store counts. Its write-ahead log has to be
/// gone before the new file comes, or SQLite would apply it to that one.
fn swap(path: &Path, fresh: &Path, aside: &Path) -> io::Result<()> {
    for suffix in ["", "-wal", "-shm"] {
        let file = beside(path, suffix);
        if file.exists() {
            fs::rename(file, beside(aside, suffix))?;
            sync_directory(path)?;
        }
    }
    fs::rename(fresh, path)?;
    sync_directory(path)
}

fn discard(fresh: &Path) -> io::Result<()> {
    for suffix in ["", "-wal", "-shm", "-journal"] {
        match fs::remove_file(beside(fresh, suffix)) {
            Err(cause) if cause.kind() != io::ErrorKind::NotFound => return Err(cause),
            _ => {}
        }
    }
    Ok(())
}

fn free_name(path: &Path, now: Timestamp) -> PathBuf {
    let stamp = now.strftime("%Y%m%dT%H%M%SZ");
    let mut aside = beside(path, &format!(".corrupt-{stamp}"));
    let mut again = 1;
    while aside.exists() {
        again += 1;
        aside = beside(path, &format!(".corrupt-{stamp}-{again}"));
    }
    aside
}

fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    PathBuf::from(name)
}

fn sync_directory(path: &Path) -> io::Result<()> {
    match path.parent().filter(|dir| !dir.as_os_str().is_empty()) {
        Some(dir) => fs::File::open(dir)?.sync_all(),
        None => Ok(()),
    }
}

fn file_error(path: &Path, cause: io::Error) -> StoreError {
    let path = path.to_owned();
    StoreError::File { path, cause }
}
