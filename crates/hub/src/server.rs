//! The HTTP service: the devices' interface, the phones' pages, and the hub's own clockwork.

use crate::connections::Doorman;
use crate::limit::locate;
use crate::routes::{Asked, Door, Route, Row, build, described};
use crate::state::{HubError, HubState};
use crate::{api, pages};
use axum::Router;
use axum::middleware::from_fn_with_state;
use axum::routing::on;
use axum::serve::Listener;
use jiff::SignedDuration;
use std::future::Future;
use std::net::SocketAddr;
use std::time::Duration;
use tokio::time::{Instant, MissedTickBehavior};
use tower_http::compression::CompressionLayer;
use tower_http::compression::predicate::{
    DefaultPredicate, NotForContentType, Predicate, SizeAbove,
};

/// How often the hub looks for what other processes wrote, and for jobs whose time is over.
const TICK: Duration = Duration::from_millis(500);

/// How often it forgets what has had its time.
const TIDY_EVERY: Duration = Duration::from_secs(3600);

/// How long it is kept who saw what: three years, as long as a hall may have to answer for it.
const AUDIT_HOURS: i64 = 24 * 3 * 366;

/// How long requests under way may take once the server is to stop.
const GRACE: Duration = Duration::from_secs(5);

/// An answer of up to so many bytes goes in one packet, compressed or not.
const ONE_PACKET: u64 = 1200;

/// What is neither a page nor the devices' interface.
const OWN: &[Row<()>] = &[Row {
    asked: Asked::Get,
    path: "/healthz",
    door: Door::Anybody,
    handler: |it| on(it, || async { "ok\n" }),
}];

/// Every route that there is, with who may pass it.
pub fn routes() -> Vec<Route> {
    let mut all = described("", OWN);
    all.extend(pages::routes());
    all.extend(api::routes());
    all
}

/// Everything the hub answers over HTTP.
pub fn router(state: HubState) -> Router {
    let pages = pages::router(state.clone(), state.secret());
    // Videos are small already, and a part of one that was compressed is none.
    let worth_it = DefaultPredicate::new()
        .and(NotForContentType::const_new("video/"))
        .and(SizeAbove::new(ONE_PACKET));
    let trusted = state.trusted_proxies.clone();
    Router::new()
        .merge(build(OWN))
        .merge(pages)
        .nest(api::PREFIX, api::router(state))
        .layer(from_fn_with_state(trusted, locate))
        .layer(CompressionLayer::new().compress_when(worth_it))
}

/// Serves until `shutdown` is done: then takes no more requests, finishes those under way, and
/// returns.
///
/// # Errors
/// [`HubError::Serve`] if the listener fails.
pub async fn serve(
    listener: impl Listener<Addr = SocketAddr>,
    state: HubState,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> Result<(), HubError> {
    let clockwork = tokio::spawn(run_clockwork(state.clone()));
    let told = state.clone();
    let service = router(state.clone()).into_make_service_with_connect_info::<SocketAddr>();
    let (allowed, trusted) = (state.limits.connections, state.trusted_proxies.clone());
    let listener = Doorman::at(listener, allowed, trusted);
    let server = axum::serve(listener, service).with_graceful_shutdown(async move {
        shutdown.await;
        told.stop();
    });
    let in_vain = async {
        state.stopped().await;
        tokio::time::sleep(GRACE).await;
    };
    let ended = tokio::select! {
        ended = server => ended.map_err(HubError::from),
        () = in_vain => {
            tracing::warn!("requests that did not end in time were cut off");
            Ok(())
        }
    };
    clockwork.abort();
    ended
}

async fn run_clockwork(state: HubState) {
    let mut tick = tokio::time::interval(TICK);
    tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut tidied: Option<Instant> = None;
    loop {
        tick.tick().await;
        if tidied.is_none_or(|at| at.elapsed() > TIDY_EVERY) {
            tidied = Some(Instant::now());
            tidy(&state).await;
            if let Err(error) = state.ask(|store| store.renew_mark()).await {
                tracing::error!(%error, "the mark of this store could not be renewed");
            }
        }
        let now = state.now();
        let done = state
            .ask(move |store| {
                store.look_elsewhere()?;
                store.expire_posted(now)?;
                store.expire_jobs(now)
            })
            .await;
        match done {
            Ok(0) => {}
            Ok(count) => tracing::info!(count, "jobs ended: their time is over"),
            Err(error) => tracing::error!(%error, "the store does not answer"),
        }
    }
}

async fn tidy(state: &HubState) {
    let before = |hours| state.now().checked_sub(SignedDuration::from_hours(hours));
    let (Ok(proof), Ok(pictures)) = (before(24 * i64::from(state.proof_days)), before(24)) else {
        return;
    };
    let (Ok(codes), Ok(audit)) = (before(24), before(AUDIT_HOURS)) else {
        return;
    };
    let done = state
        .ask(move |store| {
            store.forget_codes(codes)?;
            store.forget_audit(audit)?;
            Ok((store.forget_proof(proof)?, store.forget_pictures(pictures)?))
        })
        .await;
    match done {
        Ok((0, 0)) => {}
        Ok((showings, pictures)) => {
            tracing::info!(showings, pictures, "forgotten, as they have had their time");
        }
        Err(error) => tracing::error!(%error, "what has had its time could not be forgotten"),
    }
}
