//! What a device's walls showed.

use super::caller::AnyEpoch;
use super::problem::{ApiError, Body};
use super::upload::{may_upload, too_many};
use crate::state::HubState;
use axum::Json;
use axum::extract::State;
use gighall_core::proof::{PROOF_BATCH_MAX, ProofReply, ProofRequest};
use gighall_core::rights::Holder;

/// `POST /proof`
pub async fn proof(
    State(state): State<HubState>,
    AnyEpoch(caller): AnyEpoch,
    Body(request): Body<ProofRequest>,
) -> Result<Json<ProofReply>, ApiError> {
    may_upload(&caller, request.epoch)?;
    if request.showings.len() > PROOF_BATCH_MAX {
        return Err(too_many("showings"));
    }
    let holder = Holder {
        device: caller.device,
        epoch: request.epoch,
    };
    let through = state
        .ask(move |store| store.accept_proof(holder, &request.showings))
        .await?;
    Ok(Json(ProofReply { through }))
}
