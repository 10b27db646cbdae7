//! Which device files are in use: a line is never opened a second time, neither by another device of
//! this program nor by another program that locks what it uses.

use std::collections::BTreeSet;
use std::fs::{File, TryLockError};
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Those that this program has open, by their real names.
static IN_USE: Mutex<BTreeSet<PathBuf>> = Mutex::new(BTreeSet::new());

fn in_use() -> MutexGuard<'static, BTreeSet<PathBuf>> {
    IN_USE.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A device file that nobody else here opens until this is dropped.
#[derive(Debug)]
pub struct Held {
    path: PathBuf,
    /// The lock ends with it.
    lock: Option<File>,
}

impl Held {
    /// Takes it, by whatever name. It is not touched for that.
    ///
    /// # Errors
    /// [`ErrorKind::ResourceBusy`] where it is in use here; else if there is no such file.
    pub fn take(path: &Path) -> io::Result<Self> {
        let path = path.canonicalize()?;
        match in_use().insert(path.clone()) {
            true => Ok(Self { path, lock: None }),
            false => Err(ErrorKind::ResourceBusy.into()),
        }
    }

    /// Locks it against other programs, too.
    ///
    /// # Errors
    /// [`ErrorKind::ResourceBusy`] where another one has locked it; else if it cannot be locked.
    pub fn lock(&mut self, file: File) -> io::Result<()> {
        file.try_lock().map_err(|error| match error {
            TryLockError::WouldBlock => ErrorKind::ResourceBusy.into(),
            TryLockError::Error(error) => error,
        })?;
        self.lock = Some(file);
        Ok(())
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        // Before its name is free.
        self.lock.take();
        in_use().remove(&self.path);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_held_once_by_whatever_name() -> io::Result<()> {
        let folder = tempfile::tempdir()?;
        let (path, link) = (folder.path().join("ttyACM0"), folder.path().join("by-id"));
        File::create(&path)?;
        std::os::unix::fs::symlink(&path, &link)?;
        let busy = |held: io::Result<Held>| held.map_err(|error| error.kind()).err();
        let held = Held::take(&link)?;
        assert_eq!(busy(Held::take(&path)), Some(ErrorKind::ResourceBusy));
        drop(held);
        let held = Held::take(&path)?;
        drop(held);
        assert_eq!(
            busy(Held::take(&folder.path().join("none"))),
            Some(ErrorKind::NotFound)
        );
        Ok(())
    }

    #[test]
    fn what_another_program_has_locked_is_left_alone() -> io::Result<()> {
        let folder = tempfile::tempdir()?;
        let path = folder.path().join("ttyACM0");
        let other = File::create(&path)?;
        other.lock()?;
        let mut held = Held::take(&path)?;
        let refused = held.lock(File::open(&path)?).map_err(|error| error.kind());
        assert_eq!(refused, Err(ErrorKind::ResourceBusy));
        drop(other);
        held.lock(File::open(&path)?)
    }
}
