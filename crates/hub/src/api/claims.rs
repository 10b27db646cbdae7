//! Claims made at the hub by a device, and looking up who stands in front of it.

use super::caller::Present;
use super::problem::{ApiError, Body};
use crate::state::HubState;
use crate::store::{Act, Audited, DeviceClaim, NewClaim};
use axum::Json;
use axum::extract::State;
use axum::http::HeaderMap;
use gighall_core::wire::{
    ClaimReply, ClaimRequest, FindWorkerReply, FindWorkerRequest, ProblemType,
};
use tokio::time::Instant;

/// `POST /claims`
pub async fn claim(
    State(state): State<HubState>,
    Present(caller): Present,
    headers: HeaderMap,
    Body(request): Body<ClaimRequest>,
) -> Result<Json<ClaimReply>, ApiError> {
    if let Some(key) = headers.get("idempotency-key")
        && key.as_bytes() != request.claim.to_string().as_bytes()
    {
        return Err(ApiError::new(
            ProblemType::BadRequest,
            "Idempotency-Key is not the claim's id",
        ));
    }
    let claim = DeviceClaim {
        claim: NewClaim {
            id: request.claim,
            job: request.job,
            worker: request.worker,
            channel: request.channel,
            device: Some(caller.device),
        },
        hall: caller.hall,
        at: state.now(),
    };
    let reply = state.claim(claim).await?;
    Ok(Json(reply))
}

/// `POST /workers/find`
pub async fn find_worker(
    State(state): State<HubState>,
    Present(caller): Present,
    Body(request): Body<FindWorkerRequest>,
) -> Result<Json<FindWorkerReply>, ApiError> {
    let asked = state.limits.finds.ask(caller.device, Instant::now());
    asked.map_err(ApiError::too_many)?;
    let now = state.now();
    let reply = state
        .ask(move |store| {
            let found = store.worker_by_sealed(&request.id_sealed)?;
            let (worker, by_pass, pin) = match found {
                Some(found) => (Some(found.worker), found.by_pass, found.pin),
                None => (None, None, None),
            };
            let (claims, enrolments, pause, complaints) = match &worker {
                Some(worker) => {
                    store.audit(&Audited {
                        at: now,
                        actor: format!("device {}", caller.device),
                        act: Act::Found,
                        worker: Some(worker.worker),
                        hall: Some(caller.hall),
                        about: None,
                    })?;
                    let claims = store.claims_of(worker.worker)?;
                    let enrolments = store.enrolments_of(worker.worker)?;
                    let pause = store.pause(worker.worker, now)?;
                    let complaints = store.complaints_of(worker.worker)?;
                    (claims, enrolments, pause, complaints)
                }
                None => Default::default(),
            };
            Ok(FindWorkerReply {
                worker,
                claims,
                enrolments,
                pause,
                complaints,
                by_pass,
                pin,
            })
        })
        .await?;
    Ok(Json(reply))
}
