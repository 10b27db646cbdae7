//! Pictures of walls that staff asked for.

use super::caller::Present;
use super::problem::ApiError;
use crate::state::HubState;
use crate::store::{Picture, StoreError};
use axum::Json;
use axum::body::Bytes;
use axum::extract::rejection::{BytesRejection, QueryRejection};
use axum::extract::{Query, State};
use gighall_core::id::DeviceId;
use gighall_core::picture::{PICTURE_BYTES_MAX, PictureQuery, PictureReply};
use gighall_core::wire::ProblemType;
use uuid::Uuid;

/// What every PNG begins with.
const PNG: &[u8] = b"\x89PNG\r\n\x1a\n";

/// Longest name of a wall, in bytes.
const NAME_MAX: usize = 200;

/// What a device is to be asked for with the answer that it waits for.
pub async fn due(state: &HubState, device: DeviceId) -> Result<Option<Uuid>, StoreError> {
    let now = state.now();
    state.ask(move |store| store.picture_due(device, now)).await
}

/// `POST /picture`
pub async fn picture(
    State(state): State<HubState>,
    Present(caller): Present,
    query: Result<Query<PictureQuery>, QueryRejection>,
    body: Result<Bytes, BytesRejection>,
) -> Result<Json<PictureReply>, ApiError> {
    let bad = |detail: &str| ApiError::new(ProblemType::BadRequest, detail);
    let Query(PictureQuery { id, wall }) = query.map_err(|wrong| bad(&wrong.body_text()))?;
    let png = body.map_err(|wrong| bad(&wrong.body_text()))?;
    if png.len() > PICTURE_BYTES_MAX {
        let detail = format!("a picture has at most {PICTURE_BYTES_MAX} bytes");
        return Err(ApiError::new(ProblemType::TooLarge, detail));
    }
    if !png.starts_with(PNG) || wall.len() > NAME_MAX {
        return Err(bad("the body is a PNG, and a wall's name is short"));
    }
    let (device, bytes) = (caller.device, png.len());
    let picture = Picture {
        wall: wall.clone(),
        taken_at: state.now(),
        png: png.to_vec(),
    };
    state
        .ask(move |store| store.put_picture(device, id, &picture))
        .await?;
    tracing::info!(%device, wall, request = %id, bytes, "a picture of the wall came");
    Ok(Json(PictureReply {}))
}
