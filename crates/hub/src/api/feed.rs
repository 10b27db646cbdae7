//! The feed by cursor, with a long poll, and snapshots.

use super::caller::{Host, Present, is_own_hall, is_self};
use super::picture;
use super::problem::{ApiError, Body};
use crate::state::HubState;
use crate::store::{Caller, StoreError};
use axum::Json;
use axum::extract::State;
use gighall_core::hall::HallFigures;
use gighall_core::id::HallId;
use gighall_core::rights::Holder;
use gighall_core::wire::{
    BATCH_MAX, Cursor, FeedReply, FeedRequest, ProblemType, Scope, ScopeChanges, SnapshotReply,
    SnapshotRequest, WAIT_MAX_SECONDS,
};
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

/// `POST /snapshot`
pub async fn snapshot(
    State(state): State<HubState>,
    Present(caller): Present,
    Body(request): Body<SnapshotRequest>,
) -> Result<Json<SnapshotReply>, ApiError> {
    may_read(&caller, &request.scope)?;
    let scope = request.scope.clone();
    let (head, changes) = state.ask(move |store| store.snapshot(&scope)).await?;
    Ok(Json(SnapshotReply {
        scope: request.scope,
        head,
        changes,
        now: state.now(),
        hub_epoch: state.ask(|store| store.hub_epoch()).await?,
    }))
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
