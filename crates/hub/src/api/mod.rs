//! What devices ask of the hub: [`gighall_core::wire`] over HTTP, under `/api/v1`.

mod caller;
mod claims;
mod enrol;
mod feed;
mod media;
mod picture;
mod problem;
mod proof;
mod upload;

use crate::state::HubState;
use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::map_response;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use gighall_core::wire::{ProblemType, WAIT_MAX_SECONDS};
use problem::ApiError;
use std::any::Any;
use std::time::Duration;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::timeout::TimeoutLayer;

/// Longest request that is read.
const BODY_MAX: usize = 4 << 20;

/// Longest time that a request may take: longer than the longest wait for the feed.
const PATIENCE: Duration = Duration::from_secs(WAIT_MAX_SECONDS as u64 + 15);

/// The devices' interface.
pub fn router(state: HubState) -> Router {
    Router::new()
        .route("/enrol", post(enrol::enrol))
        .route("/re-enrol", post(enrol::re_enrol))
        .route("/feed", post(feed::feed))
        .route("/snapshot", post(feed::snapshot))
        .route("/outbox", post(upload::outbox))
        .route("/rights", post(upload::rights))
        .route("/proof", post(proof::proof))
        .route("/picture", post(picture::picture))
        .route("/media/{hash}", get(media::media))
        .route("/claims", post(claims::claim))
        .route("/workers/find", post(claims::find_worker))
        .fallback(unknown_route)
        .method_not_allowed_fallback(wrong_method)
        .layer(DefaultBodyLimit::max(BODY_MAX))
        .layer(TimeoutLayer::with_status_code(
            StatusCode::REQUEST_TIMEOUT,
            PATIENCE,
        ))
        .layer(CatchPanicLayer::custom(after_panic))
        .layer(map_response(unstored))
        .with_state(state)
}

async fn unknown_route() -> ApiError {
    ApiError::new(ProblemType::NotFound, "there is no such route")
}

async fn wrong_method() -> ApiError {
    ApiError::new(
        ProblemType::BadRequest,
        "every route here takes POST, and /media takes GET",
    )
}

fn after_panic(_: Box<dyn Any + Send>) -> Response {
    // The panic's hook has logged what happened and where.
    ApiError::new(ProblemType::Internal, "the hub failed").into_response()
}

/// Nothing of this may be kept by anybody on the way, but for what says so itself.
async fn unstored(mut response: Response) -> Response {
    response
        .headers_mut()
        .entry(header::CACHE_CONTROL)
        .or_insert(HeaderValue::from_static("no-store"));
    response
}
