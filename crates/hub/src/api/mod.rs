//! What devices ask of the hub: [`gighall_core::wire`] over HTTP, under `/api/v1`.

mod caller;
mod claims;
mod enrol;
mod events;
mod feed;
mod media;
mod picture;
mod problem;
mod proof;
mod upload;

use crate::limit::Client;
use crate::routes::Asked::{Get, Post};
use crate::routes::{Door, Route, Row, build, described};
use crate::state::HubState;
use axum::Router;
use axum::extract::{DefaultBodyLimit, Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::{Next, from_fn_with_state, map_response};
use axum::response::{IntoResponse, Response};
use axum::routing::on;
use gighall_core::wire::{ProblemType, WAIT_MAX_SECONDS};
use problem::ApiError;
use std::any::Any;
use std::time::Duration;
use tokio::time::Instant;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::timeout::TimeoutLayer;

/// Longest request that is read.
const BODY_MAX: usize = 4 << 20;

/// Longest time that a request may take: longer than the longest wait for the feed.
const PATIENCE: Duration = Duration::from_secs(WAIT_MAX_SECONDS as u64 + 15);

/// Every route under `/api/v1`. A new one is a new row here, and a request in the tests of doors.
const ROUTES: &[Row<HubState>] = &[
    Row::new(Post, "/enrol", Door::Code, |it| on(it, enrol::enrol)),
    Row::new(Post, "/re-enrol", Door::ReEnrol, |it| {
        on(it, enrol::re_enrol)
    }),
    Row::new(Post, "/signing-key", Door::PresentAnywhere, |it| {
        on(it, enrol::signing_key)
    }),
    Row::new(Post, "/feed", Door::Present, |it| on(it, feed::feed)),
    Row::new(Get, "/events", Door::PresentAnywhere, |it| {
        on(it, events::events)
    }),
    Row::new(Post, "/snapshot", Door::Present, |it| {
        on(it, feed::snapshot)
    }),
    Row::new(Post, "/outbox", Door::AnyEpoch, |it| on(it, upload::outbox)),
    Row::new(Post, "/report", Door::PresentAnywhere, |it| {
        on(it, upload::report)
    }),
    Row::new(Post, "/rights", Door::Present, |it| on(it, upload::rights)),
    Row::new(Post, "/proof", Door::AnyEpoch, |it| on(it, proof::proof)),
    Row::new(Post, "/picture", Door::Present, |it| {
        on(it, picture::picture)
    }),
    Row::new(Get, "/media/{hash}", Door::PresentAnywhere, |it| {
        on(it, media::media)
    }),
    Row::new(Post, "/claims", Door::Present, |it| on(it, claims::claim)),
    Row::new(Post, "/workers/find", Door::PresentAnywhere, |it| {
        on(it, claims::find_worker)
    }),
];

/// Where the devices' interface lies.
pub const PREFIX: &str = "/api/v1";

/// What the table says.
pub(crate) fn routes() -> Vec<Route> {
    described(PREFIX, ROUTES)
}

/// The devices' interface.
pub fn router(state: HubState) -> Router {
    build(ROUTES)
        .fallback(unknown_route)
        .method_not_allowed_fallback(wrong_method)
        .layer(DefaultBodyLimit::max(BODY_MAX))
        .layer(from_fn_with_state(state.clone(), by_address))
        .layer(TimeoutLayer::with_status_code(
            StatusCode::REQUEST_TIMEOUT,
            PATIENCE,
        ))
        .layer(CatchPanicLayer::custom(after_panic))
        .layer(map_response(unstored))
        .with_state(state)
}

/// Before anything but the head of the request is read. A device is counted by itself, so that nobody
/// behind the same address as a hall's terminals can have them held back.
async fn by_address(
    State(state): State<HubState>,
    mut request: Request,
    next: Next,
) -> Result<Response, ApiError> {
    let client = request.extensions().get::<Client>().copied();
    let Some(address) = client.and_then(|client| client.address) else {
        return Ok(next.run(request).await);
    };
    let limits = &state.limits;
    if request.uri().path() == "/enrol" {
        let asked = limits.enrolments.ask(address, Instant::now());
        asked.map_err(ApiError::too_many)?;
    } else if let Some(caller) = caller::known(request.headers(), &state).await? {
        request.extensions_mut().insert(caller);
    } else {
        let asked = limits.api.ask(address, Instant::now());
        asked.map_err(ApiError::too_many)?;
    }
    Ok(next.run(request).await)
}

async fn unknown_route() -> ApiError {
    ApiError::new(ProblemType::NotFound, "there is no such route")
}

async fn wrong_method() -> ApiError {
    ApiError::new(ProblemType::BadRequest, "this route takes another method")
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
