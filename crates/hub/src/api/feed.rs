//! The feed by cursor, with a long poll, and snapshots.

use super::caller::{Host, Present, is_own_hall, is_self};
use super::picture;
use super::problem::{ApiError, Body};
use crate::state::HubState;
use crate::store::{Caller, Store, StoreError};
use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{IntoResponse, Response};
use flate2::Compression;
use flate2::write::GzEncoder;
use gighall_core::hall::HallFigures;
use gighall_core::id::HallId;
use gighall_core::rights::Holder;
use gighall_core::snapshot::{SnapshotRest, SnapshotWriter};
use gighall_core::wire::{
    BATCH_MAX, Cursor, FeedReply, FeedRequest, ProblemType, Scope, ScopeChanges, SnapshotRequest,
    WAIT_MAX_SECONDS,
};
use std::io::Write;
use std::time::Duration;
use tokio::time::{Instant, timeout_at};

/// Most scopes in one request: a hall and a device, with room for a county and a province.
const CURSORS_MAX: usize = 8;

/// `POST /feed`
pub async fn feed(
    State(state): State<HubState>,
    Present(caller): Present,
    Host(host): Host,
    Body(request): Body<FeedRequest>,
) -> Result<Json<FeedReply>, ApiError> {
    if request.cursors.len() > CURSORS_MAX {
        return Err(ApiError::new(ProblemType::TooLarge, "too many cursors"));
    }
    for cursor in &request.cursors {
        may_read(&caller, &cursor.scope)?;
    }
    let now = state.now();
    let health = request.health;
    state
        .ask(move |store| store.note_health(caller.device, &health, now))
        .await?;
    let seconds = request.wait_seconds.min(WAIT_MAX_SECONDS);
    let patience = Instant::now() + Duration::from_secs(seconds.into());
    let asked = request.cursors.clone();
    let scopes = match wait_for_changes(&state, request.cursors, patience).await {
        Err(StoreError::CursorGone) => {
            let holder = Holder {
                device: caller.device,
                epoch: caller.epoch,
            };
            state
                .ask(move |store| store.read_further(holder, &asked, now))
                .await?;
            return Err(StoreError::CursorGone.into());
        }
        scopes => scopes?,
    };
    Ok(Json(FeedReply {
        now: state.now(),
        hub_epoch: state.ask(|store| store.hub_epoch()).await?,
        phone_url: state.phone_url(host.as_deref()),
        scopes,
        picture: picture::due(&state, caller.device).await?,
        figures: Some(figures(&state, caller.hall).await?),
    }))
}

async fn figures(state: &HubState, hall: HallId) -> Result<HallFigures, StoreError> {
    let now = state.now();
    state.ask(move |store| store.figures(&hall, now)).await
}

async fn wait_for_changes(
    state: &HubState,
    cursors: Vec<Cursor>,
    patience: Instant,
) -> Result<Vec<ScopeChanges>, StoreError> {
    let mut events = state.store.feed_events();
    loop {
        // Seen before the store is asked, so that nothing can slip in between.
        events.borrow_and_update();
        let asked = cursors.clone();
        let scopes: Vec<ScopeChanges> = state
            .ask(move |store| {
                let changes = |cursor| store.changes(cursor, BATCH_MAX);
                asked.iter().map(changes).collect()
            })
            .await?;
        if scopes.iter().any(|scope| !scope.changes.is_empty()) {
            return Ok(scopes);
        }
        let waited = tokio::select! {
            waited = timeout_at(patience, events.changed()) => waited.is_ok(),
            () = state.stopped() => false,
        };
        if !waited {
            return Ok(scopes);
        }
    }
}

/// `POST /snapshot`. The text is packed as it is written: a hall's listings may be a hundred megabytes, and
/// several devices may ask for them at once.
pub async fn snapshot(
    State(state): State<HubState>,
    Present(caller): Present,
    headers: HeaderMap,
    Body(request): Body<SnapshotRequest>,
) -> Result<Response, ApiError> {
    may_read(&caller, &request.scope)?;
    let scope = request.scope;
    let packs = takes_gzip(&headers);
    let hub = state.clone();
    let text = state
        .ask(move |store| {
            let packed = if packs {
                let into = GzEncoder::new(vec![], Compression::fast());
                written(store, &hub, scope, into).map(|done| done.finish())
            } else {
                written(store, &hub, scope, vec![]).map(Ok)
            };
            packed?.map_err(unwritten)
        })
        .await?;
    let mut response = text.into_response();
    let headers = response.headers_mut();
    let json = HeaderValue::from_static("application/json");
    headers.insert(header::CONTENT_TYPE, json);
    if packs {
        let gzip = HeaderValue::from_static("gzip");
        headers.insert(header::CONTENT_ENCODING, gzip);
    }
    Ok(response)
}

fn written<W: Write>(
    store: &dyn Store,
    hub: &HubState,
    scope: Scope,
    into: W,
) -> Result<W, StoreError> {
    let mut writer = SnapshotWriter::begin(into).map_err(unwritten)?;
    let head = store.snapshot_each(&scope, &mut |change| {
        writer.change(&change).map_err(unwritten)
    })?;
    let rest = SnapshotRest {
        scope,
        head,
        now: hub.now(),
        hub_epoch: store.hub_epoch()?,
    };
    writer.end(&rest).map_err(unwritten)
}

fn unwritten(error: std::io::Error) -> StoreError {
    StoreError::Unusable(format!("a snapshot cannot be written: {error}"))
}

fn takes_gzip(headers: &HeaderMap) -> bool {
    let all = headers.get_all(header::ACCEPT_ENCODING).iter();
    let mut all = all.filter_map(|value| value.to_str().ok());
    all.any(|value| value.split(',').any(|one| one.trim() == "gzip"))
}

/// A device reads its hall's feed and its own.
fn may_read(caller: &Caller, scope: &Scope) -> Result<(), ApiError> {
    match scope {
        Scope::Hall(hall) if is_own_hall(caller, hall) => Ok(()),
        Scope::Hall(hall) => Err(StoreError::UnknownHall(hall.clone()).into()),
        Scope::Device(device) if is_self(caller, *device) => Ok(()),
        Scope::Device(_) => Err(StoreError::NotFound("device").into()),
    }
}
