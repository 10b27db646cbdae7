//! Files for walls, to devices that are enrolled.

use super::caller::Present;
use super::problem::ApiError;
use crate::state::HubState;
use axum::body::Body;
use axum::extract::{Path, Request, State};
use axum::http::{HeaderValue, header};
use axum::response::Response;
use gighall_core::media::is_hash;
use gighall_core::wire::ProblemType;
use std::io::ErrorKind;
use tower_http::services::ServeFile;

/// `GET /media/HASH`, whole or a part of it (`Range`). What lies under a hash never changes.
pub async fn media(
    State(state): State<HubState>,
    Present(caller): Present,
    Path(hash): Path<String>,
    request: Request,
) -> Result<Response, ApiError> {
    let unknown = || ApiError::new(ProblemType::NotFound, "the hub has no such file");
    if !is_hash(&hash) {
        return Err(unknown());
    }
    let asked = hash.clone();
    let file = state
        .ask(move |store| store.media_with_hash(&asked))
        .await?
        .ok_or_else(unknown)?;
    let path = state.store.media_folder().join(&hash);
    let kind = file.kind.parse().map_err(|_| unknown())?;
    let answer = ServeFile::new_with_mime(&path, &kind)
        .try_call(request)
        .await;
    let mut answer = answer.map_err(|error| {
        tracing::error!(%error, name = file.name, hash, "a file for walls cannot be read: `media add` it again");
        match error.kind() {
            ErrorKind::NotFound => unknown(),
            _ => ApiError::new(ProblemType::Internal, "the hub failed; its log says why"),
        }
    })?;
    if answer.status().is_success() {
        tracing::debug!(device = %caller.device, name = file.name, "a file for walls is fetched");
    }
    answer.headers_mut().insert(
        header::CACHE_CONTROL,
        HeaderValue::from_static("private, immutable, max-age=31536000"),
    );
    Ok(answer.map(Body::new))
}
