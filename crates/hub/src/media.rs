//! Files for walls on the hub's disk, each under the SHA-256 of what is in it.

use gighall_core::media::{HEAD_BYTES, MEDIA_BYTES_MAX, MediaFile, kind_of};
use sha2::{Digest, Sha256};
use std::fs::File;
use std::io::{Read, Write};
use std::path::Path;
use uuid::Uuid;

/// Why a file is not taken.
#[derive(Debug, thiserror::Error)]
pub enum MediaError {
    /// The disk failed, or the file cannot be read.
    #[error("{0}: {1}")]
    Io(String, std::io::Error),
    /// It is too large.
    #[error("{0}: is larger than {MEDIA_BYTES_MAX} bytes, which is the most")]
    TooLarge(String),
    /// Walls cannot show it.
    #[error("{0}: is no PNG or JPEG picture and no MP4 or WebM video")]
    OtherKind(String),
}

/// Copies a file into `folder` under its hash. The copy is whole on the disk, or is not there.
///
/// # Errors
/// [`MediaError`]
pub fn take(folder: &Path, source: &Path, name: &str) -> Result<MediaFile, MediaError> {
    let of = source.display().to_string();
    let here = folder.display().to_string();
    let unread = |cause| MediaError::Io(of.clone(), cause);
    let unwritten = |cause| MediaError::Io(here.clone(), cause);
    let mut from = File::open(source).map_err(unread)?;
    std::fs::create_dir_all(folder).map_err(unwritten)?;
    let copy = folder.join(format!("{}.new", Uuid::new_v4()));
    let copied = (|| {
        let mut into = File::create_new(&copy).map_err(unwritten)?;
        let (mut hash, mut head, mut bytes) = (Sha256::new(), vec![], 0);
        let mut buffer = vec![0; 1 << 16];
        loop {
            let n = from.read(&mut buffer).map_err(unread)?;
            if n == 0 {
                break;
            }
            let read = &buffer[..n];
            head.extend(read.iter().take(HEAD_BYTES.saturating_sub(head.len())));
            bytes += n as u64;
            if bytes > MEDIA_BYTES_MAX {
                return Err(MediaError::TooLarge(of.clone()));
            }
            hash.update(read);
            into.write_all(read).map_err(unwritten)?;
        }
        let kind = kind_of(&head).ok_or_else(|| MediaError::OtherKind(of.clone()))?;
        into.sync_all().map_err(unwritten)?;
        let sha256 = hex::encode(hash.finalize());
        std::fs::rename(&copy, folder.join(&sha256)).map_err(unwritten)?;
        Ok(MediaFile {
            name: name.to_owned(),
            sha256,
            bytes,
            kind: kind.to_owned(),
        })
    })();
    if copied.is_err() {
        // It may not have been made.
        let _ = std::fs::remove_file(&copy);
    }
    copied
}

/// Removes what is in a file that no name means any more.
///
/// # Errors
/// [`MediaError::Io`]
pub fn drop_file(folder: &Path, sha256: &str) -> Result<(), MediaError> {
    let path = folder.join(sha256);
    match std::fs::remove_file(&path) {
        Err(cause) if cause.kind() != std::io::ErrorKind::NotFound => {
            Err(MediaError::Io(path.display().to_string(), cause))
        }
        _ => Ok(()),
    }
}
