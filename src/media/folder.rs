//! The folder itself: what is in it, and whether that is right. Its methods wait for the disk.

use gighall_core::media::{MediaFile, is_hash};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::fs::File;
use std::io::{Read, Result};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

/// Says how many bytes are free on the file system that a path is on.
pub type Free = fn(&Path) -> Result<u64>;

/// Its name in the data directory.
pub const MEDIA_FOLDER: &str = "media";

/// What the name of a part ends with, after the hash.
const PART: &str = ".part";

/// By what a file is known again that was found right.
type Stamp = (i64, i64, u64);

/// A folder with files under their hashes, and parts of files that are still to come.
#[derive(Clone, Debug)]
pub struct MediaFolder {
    path: PathBuf,
    free: Free,
    /// Those that were read through since the start, and found right.
    right: BTreeMap<String, Stamp>,
}

impl MediaFolder {
    /// The folder of a data directory; it is made with the first file.
    pub fn of(data: &Path) -> Self {
        Self::on(data, free_bytes)
    }

    /// The same, on a disk that has as much room as `free` says.
    pub fn on(data: &Path, free: Free) -> Self {
        Self {
            path: data.join(MEDIA_FOLDER),
            free,
            right: BTreeMap::new(),
        }
    }

    /// Where a file lies, or would.
    pub fn path(&self, sha256: &str) -> PathBuf {
        self.path.join(sha256)
    }

    /// Where the beginning of a file lies that is still to come.
    pub fn part(&self, sha256: &str) -> PathBuf {
        self.path.join(format!("{sha256}{PART}"))
    }

    /// Whether a file is here with the length that it should have.
    pub fn has(&self, file: &MediaFile) -> bool {
        bytes_of(&self.path(&file.sha256)) == file.bytes
    }

    /// How much of a file that is still to come is here.
    pub fn part_bytes(&self, file: &MediaFile) -> u64 {
        bytes_of(&self.part(&file.sha256))
    }

    /// How many bytes are free where its files go.
    pub fn free(&self) -> Result<u64> {
        let made = self.path.ancestors().find(|it| it.exists());
        (self.free)(made.unwrap_or(&self.path))
    }

    /// How many bytes the parts of files have together.
    pub fn all_parts_bytes(&self) -> Result<u64> {
        let mut all = 0;
        self.each(|name, bytes| {
            if name.ends_with(PART) {
                all += bytes;
            }
        })?;
        Ok(all)
    }

    /// Every file, by its hash, with its length.
    pub fn files(&self) -> Result<BTreeMap<String, u64>> {
        let mut files = BTreeMap::new();
        self.each(|name, bytes| {
            if is_hash(name) {
                files.insert(name.to_owned(), bytes);
            }
        })?;
        Ok(files)
    }

    /// Removes the parts of files that nobody waits for any more.
    pub fn keep_parts_of(&self, waited_for: &[String]) -> Result<()> {
        let mut gone = vec![];
        self.each(|name, _| {
            if let Some(hash) = name.strip_suffix(PART)
                && !waited_for.iter().any(|it| it == hash)
            {
                gone.push(self.path.join(name));
            }
        })?;
        gone.iter().try_for_each(std::fs::remove_file)
    }

    fn each(&self, mut take: impl FnMut(&str, u64)) -> Result<()> {
        if !self.path.exists() {
            return Ok(());
        }
        for entry in std::fs::read_dir(&self.path)? {
            let entry = entry?;
            if let Some(name) = entry.file_name().to_str() {
                take(name, entry.metadata()?.len());
            }
        }
        Ok(())
    }

    /// Whether what is in a file is what its name says. It is read through once after each start, and
    /// again where it changed.
    pub fn is_right(&mut self, sha256: &str) -> Result<bool> {
        let path = self.path(sha256);
        let stamp = stamp(&path)?;
        if self.right.get(sha256) == Some(&stamp) {
            return Ok(true);
        }
        let is_right = hash_of(&path)? == sha256;
        if is_right {
            self.right.insert(sha256.to_owned(), stamp);
        }
        Ok(is_right)
    }

    /// Takes a part that is complete for the file, if what is in it is right; else it is removed.
    pub fn complete(&mut self, sha256: &str) -> Result<bool> {
        let (part, path) = (self.part(sha256), self.path(sha256));
        if hash_of(&part)? != sha256 {
            std::fs::remove_file(&part)?;
            return Ok(false);
        }
        File::open(&part)?.sync_all()?;
        std::fs::rename(&part, &path)?;
        self.right.insert(sha256.to_owned(), stamp(&path)?);
        Ok(true)
    }

    /// Removes a file.
    pub fn remove(&mut self, sha256: &str) -> Result<()> {
        self.right.remove(sha256);
        std::fs::remove_file(self.path(sha256))
    }
}

/// How much room a disk has for this program.
///
/// # Errors
/// If the system does not say.
pub fn free_bytes(path: &Path) -> Result<u64> {
    let disk = rustix::fs::statvfs(path)?;
    Ok(disk.f_bavail.saturating_mul(disk.f_frsize))
}

fn bytes_of(path: &Path) -> u64 {
    std::fs::metadata(path).map_or(0, |meta| meta.len())
}

fn stamp(path: &Path) -> Result<Stamp> {
    let meta = std::fs::metadata(path)?;
    Ok((meta.ctime(), meta.ctime_nsec(), meta.len()))
}

fn hash_of(path: &Path) -> Result<String> {
    let mut file = File::open(path)?;
    let (mut hash, mut buffer) = (Sha256::new(), vec![0; 1 << 16]);
    loop {
        match file.read(&mut buffer)? {
            0 => return Ok(hex::encode(hash.finalize())),
            n => hash.update(&buffer[..n]),
        }
    }
}
