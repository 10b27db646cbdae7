//! Fetches one file, from where the last attempt ended.

use crate::sync::{CallError, Sync};
use gighall_core::media::MediaFile;
use gighall_core::wire::ProblemType;
use std::path::Path;
use std::time::Duration;
use tokio::fs::OpenOptions;
use tokio::io::AsyncWriteExt;

/// Longest wait for the next bytes.
const STALLED: Duration = Duration::from_secs(30);

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
    /// The disk failed.
    #[error("the disk failed: {0}")]
    Disk(#[from] std::io::Error),
}

impl FetchError {
    /// Whether staff can do something about it, beside waiting for the network.
    pub fn is_for_staff(&self) -> bool {
        !matches!(self, Self::Call(_))
    }
}

/// Brings what is in `part` to the whole of a file.
///
/// # Errors
/// [`FetchError`]; what came stays for the next attempt, where it may be right.
pub async fn fetch(sync: &Sync, file: &MediaFile, part: &Path) -> Result<(), FetchError> {
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
    into.set_len(begins_at).await?;
    tokio::io::AsyncSeekExt::seek(&mut into, std::io::SeekFrom::End(0)).await?;
    let mut bytes = begins_at;
    loop {
        let next = tokio::time::timeout(STALLED, answer.chunk()).await;
        let stalled = |_| CallError::Unanswered("nothing more came".to_owned());
        let next = next.map_err(stalled)?;
        let Some(chunk) = next.map_err(|error| CallError::Unanswered(error.to_string()))? else {
            break;
        };
        bytes += chunk.len() as u64;
        if bytes > file.bytes {
            drop(into);
            tokio::fs::remove_file(part).await?;
            return Err(FetchError::OtherLength);
        }
        into.write_all(&chunk).await?;
    }
    into.flush().await?;
    match bytes == file.bytes {
        true => Ok(()),
        false => Err(CallError::Unanswered("only a part of it came".to_owned()).into()),
    }
}
