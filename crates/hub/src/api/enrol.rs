//! Enrolment: a code for a token, and a new epoch for a device whose store was lost.

use super::caller::{AnyEpoch, Host, Present};
use super::problem::{ApiError, Body};
use crate::state::HubState;
use crate::store::StoreError;
use axum::Json;
use axum::extract::State;
use gighall_core::wire::{
    EnrolReply, EnrolRequest, ProblemType, ReEnrolRequest, SigningKeyReply, SigningKeyRequest,
};

/// `POST /enrol`
pub async fn enrol(
    State(state): State<HubState>,
    Host(host): Host,
    Body(request): Body<EnrolRequest>,
) -> Result<Json<EnrolReply>, ApiError> {
    check_key(&request.public_key)?;
    let now = state.now();
    let mut reply = state.ask(move |store| store.enrol(&request, now)).await?;
    tracing::info!(device = %reply.device, hall = %reply.hall.id, epoch = reply.epoch.0, "enrolled");
    reply.phone_url = state.phone_url(host.as_deref());
    Ok(Json(reply))
}

/// `POST /re-enrol`
pub async fn re_enrol(
    State(state): State<HubState>,
    AnyEpoch(caller): AnyEpoch,
    Host(host): Host,
    Body(request): Body<ReEnrolRequest>,
) -> Result<Json<EnrolReply>, ApiError> {
    if !caller.may_re_enrol {
        return Err(StoreError::EpochFenced.into());
    }
    check_key(&request.public_key)?;
    let now = state.now();
    let mut reply = state
        .ask(move |store| store.re_enrol(caller.device, &request, now))
        .await?;
    tracing::warn!(device = %reply.device, epoch = reply.epoch.0, "enrolled anew: its store was lost");
    reply.phone_url = state.phone_url(host.as_deref());
    Ok(Json(reply))
}

/// `POST /signing-key`
pub async fn signing_key(
    State(state): State<HubState>,
    Present(caller): Present,
    Body(request): Body<SigningKeyRequest>,
) -> Result<Json<SigningKeyReply>, ApiError> {
    check_key(&request.public_key)?;
    let now = state.now();
    state
        .ask(move |store| store.rotate_key(caller.device, &request.public_key, now))
        .await?;
    tracing::info!(device = %caller.device, "signs with a new key");
    Ok(Json(SigningKeyReply {}))
}

/// Refuses what is no public key.
pub fn check_key(public_key: &str) -> Result<(), ApiError> {
    let mut bytes = [0; 32];
    hex::decode_to_slice(public_key, &mut bytes).map_err(|_| {
        ApiError::new(
            ProblemType::BadRequest,
            "public_key has 64 hexadecimal digits",
        )
    })
}
