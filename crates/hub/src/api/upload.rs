//! What a device did, and the rights it gives back and asks for.

use super::caller::{AnyEpoch, Present};
use super::enrol::check_key;
use super::problem::{ApiError, Body};
use crate::state::HubState;
use crate::store::{Caller, StoreError};
use axum::Json;
use axum::extract::State;
use gighall_core::id::Epoch;
use gighall_core::report::{ReportReply, ReportRequest};
use gighall_core::rights::Holder;
use gighall_core::wire::{
    BATCH_MAX, OutboxReply, OutboxRequest, ProblemType, RightsReply, RightsRequest,
};

/// `POST /outbox`
pub async fn outbox(
    State(state): State<HubState>,
    AnyEpoch(caller): AnyEpoch,
    Body(request): Body<OutboxRequest>,
) -> Result<Json<OutboxReply>, ApiError> {
    may_upload(&caller, request.epoch)?;
    if request.records.len() > BATCH_MAX {
        return Err(too_many("records"));
    }
    let now = state.now();
    let holder = Holder {
        device: caller.device,
        epoch: request.epoch,
    };
    let reply = state
        .ask(move |store| store.accept_outbox(holder, &request.records, now))
        .await?;
    Ok(Json(reply))
}

/// `POST /report`
pub async fn report(
    State(state): State<HubState>,
    Present(caller): Present,
    Body(request): Body<ReportRequest>,
) -> Result<Json<ReportReply>, ApiError> {
    if request.epoch != caller.epoch {
        return Err(StoreError::EpochFenced.into());
    }
    let claims = request.claims.as_ref().map_or(0, Vec::len);
    let lists = [
        request.rights.len(),
        request.logs.len(),
        claims,
        request.witnessed.len(),
    ];
    if lists.into_iter().any(|length| length > BATCH_MAX) {
        return Err(too_many("jobs, logs, claims or letters"));
    }
    check_key(&request.public_key)?;
    let now = state.now();
    let holder = Holder {
        device: caller.device,
        epoch: caller.epoch,
    };
    let reply = state
        .ask(move |store| store.report(holder, &request, now))
        .await?;
    Ok(Json(reply))
}

/// `POST /rights`
pub async fn rights(
    State(state): State<HubState>,
    Present(caller): Present,
    Body(request): Body<RightsRequest>,
) -> Result<Json<RightsReply>, ApiError> {
    if request.epoch != caller.epoch {
        return Err(StoreError::EpochFenced.into());
    }
    if request.jobs.len() > BATCH_MAX {
        return Err(too_many("jobs"));
    }
    let now = state.now();
    let holder = Holder {
        device: caller.device,
        epoch: caller.epoch,
    };
    let grants = state
        .ask(move |store| store.rights(holder, &request.jobs, now))
        .await?;
    Ok(Json(RightsReply { grants }))
}

/// The present token may also bring what an older enrolment left behind.
pub fn may_upload(caller: &Caller, epoch: Epoch) -> Result<(), ApiError> {
    let is_older = caller.current && epoch < caller.epoch && epoch > Epoch(0);
    if epoch == caller.epoch || is_older {
        Ok(())
    } else {
        Err(StoreError::EpochFenced.into())
    }
}

pub fn too_many(what: &str) -> ApiError {
    ApiError::new(
        ProblemType::TooLarge,
        format!("at most {BATCH_MAX} {what} in one request"),
    )
}
