//! Fetches one file, from where the last attempt ended.

use super::MediaFolder;
use crate::sync::{CallError, Sync};
use gighall_core::media::MediaFile;
use gighall_core::wire::ProblemType;
use std::io::{ErrorKind, SeekFrom};
use std::path::Path;
use std::time::Duration;
use tokio::fs::{File, OpenOptions};
use tokio::io::{AsyncSeekExt, AsyncWriteExt};

/// Longest wait for the next bytes.
const STALLED: Duration = Duration::from_secs(30);

/// After so many bytes it is looked again whether the disk has room for the rest.
const LOOK_EVERY: u64 = 1 << 20;

/// Why a file did not come.
#[derive(Debug, thiserror::Error)]
pub enum FetchError {
    /// The hub is out of reach, or the line broke: the rest is asked for later.
    #[error(transparent)]
    Call(#[from] CallError),
    /// The hub does not have it any more.
    #[error("the hub does not have it any more")]
    Gone,
    /// More or less comes than was told.
    #[error("it has another length than the hub told")]
    OtherLength,
    /// What came is not what was told.
    #[error("what came is damaged: it has another SHA-256 than the hub told")]
    Damaged,
    /// The rest of it would fill the disk.
    #[error("has no room: the disk is full, but for what the hall's data need")]
    NoRoom,
    /// The disk failed.
    #[error("the disk failed: {0}")]
    Disk(std::io::Error),
}

impl From<std::io::Error> for FetchError {
    fn from(error: std::io::Error) -> Self {
        match error.kind() {
            ErrorKind::StorageFull | ErrorKind::QuotaExceeded => Self::NoRoom,
            _ => Self::Disk(error),
        }
    }
}

impl FetchError {
    /// Whether staff can do something about it, beside waiting for the network.
    pub fn is_for_staff(&self) -> bool {
        !matches!(self, Self::Call(_))
    }
}

/// Brings the part of a file in `folder` to the whole of it, while `reserve` bytes of the disk stay free.
///
/// # Errors
/// [`FetchError`]; what came stays for the next attempt, where it may be right and the disk has room.
pub async fn fetch(
    sync: &Sync,
    file: &MediaFile,
    folder: &MediaFolder,
    reserve: u64,
) -> Result<(), FetchError> {
    let part = folder.part(&file.sha256);
    let room = Room { folder, reserve };
    let fetched = bring(sync, file, &part, &room).await;
    if matches!(fetched, Err(FetchError::NoRoom)) && std::fs::symlink_metadata(&part).is_ok() {
        tokio::fs::remove_file(&part).await?;
    }
    fetched
}

/// What the disk has for files.
struct Room<'a> {
    folder: &'a MediaFolder,
    reserve: u64,
}

impl Room<'_> {
    /// Whether so many more bytes leave the reserve.
    fn check(&self, more: u64) -> Result<(), FetchError> {
        match self.folder.free()? >= more.saturating_add(self.reserve) {
            true => Ok(()),
            false => Err(FetchError::NoRoom),
        }
    }
}

async fn bring(
    sync: &Sync,
    file: &MediaFile,
    part: &Path,
    room: &Room<'_>,
) -> Result<(), FetchError> {
    if let Some(folder) = part.parent() {
        tokio::fs::create_dir_all(folder).await?;
    }
    let mut here = tokio::fs::metadata(part).await.map_or(0, |meta| meta.len());
    if here > file.bytes {
        tokio::fs::remove_file(part).await?;
        here = 0;
    }
    if here == file.bytes && here > 0 {
        return Ok(());
    }
    room.check(file.bytes - here)?;
    let answer = sync.media(&file.sha256, here).await;
    let (mut answer, begins_at) = answer.map_err(|error| match error {
        CallError::Refused(problem) if problem.kind == ProblemType::NotFound => FetchError::Gone,
        error => error.into(),
    })?;
    let coming = answer.content_length().map(|rest| begins_at + rest);
    if coming.is_some_and(|bytes| bytes != file.bytes) {
        return Err(FetchError::OtherLength);
    }
    let mut into = OpenOptions::new()
        .create(true)
        .truncate(false)
        .write(true)
        .open(part)
        .await?;
    // A hub that does not do parts begins anew.
    if begins_at != here {
        into.set_len(begins_at).await?;
    }
    into.seek(SeekFrom::End(0)).await?;
    let bytes = receive(&mut answer, &mut into, file, begins_at, room).await?;
    into.flush().await?;
    if bytes > file.bytes {
        drop(into);
        tokio::fs::remove_file(part).await?;
        return Err(FetchError::OtherLength);
    }
    match bytes == file.bytes {
        true => Ok(()),
        false => Err(CallError::Unanswered("only a part of it came".to_owned()).into()),
    }
}

/// Writes what comes, up to its end or beyond the file's, and gives how long the part would be then.
async fn receive(
    answer: &mut reqwest::Response,
    into: &mut File,
    file: &MediaFile,
    begins_at: u64,
    room: &Room<'_>,
) -> Result<u64, FetchError> {
    let (mut bytes, mut looked_at) = (begins_at, begins_at);
    loop {
        let next = tokio::time::timeout(STALLED, answer.chunk()).await;
        let stalled = |_| CallError::Unanswered("nothing more came".to_owned());
        let next = next.map_err(stalled)?;
        let Some(chunk) = next.map_err(|error| CallError::Unanswered(error.to_string()))? else {
            return Ok(bytes);
        };
        // Others fill the disk too.
        if bytes - looked_at >= LOOK_EVERY {
            looked_at = bytes;
            room.check(file.bytes - bytes)?;
        }
        bytes += chunk.len() as u64;
        if bytes > file.bytes {
            return Ok(bytes);
        }
        into.write_all(&chunk).await?;
    }
}
