//! The small HTTP server that Prometheus asks.

use super::{Counters, Reading, WallReading, text};
use crate::store::{Store, StoreError};
use crate::sync::Sync;
use crate::watchdog::{Pulse, Restarts};
use axum::Router;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use jiff::Timestamp;
use std::net::SocketAddr;
use std::sync::{Arc, Weak};
use tokio::net::TcpListener;
use tokio::runtime::Handle;
use tokio::task::AbortHandle;

const OPENMETRICS: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// What is read at each scrape.
#[derive(Clone)]
pub struct Sources {
    /// What the parts count.
    pub counters: Counters,
    /// The walls.
    pub walls: Vec<Arc<Pulse>>,
    /// The connection; a scrape does not keep it from ending.
    pub sync: Weak<Sync>,
    /// The store, likewise.
    pub store: Weak<Store>,
}

/// Serves until it is dropped.
pub struct MetricsServer {
    /// Where it listens.
    pub address: SocketAddr,
    task: AbortHandle,
}

impl Drop for MetricsServer {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// Serves `GET /metrics` at `listen`, which the configuration has made sure is loopback.
///
/// # Errors
/// If the address cannot be listened on.
pub fn serve(
    runtime: &Handle,
    listen: SocketAddr,
    sources: Sources,
) -> std::io::Result<MetricsServer> {
    let listener = runtime.block_on(TcpListener::bind(listen))?;
    let address = listener.local_addr()?;
    let router = Router::new()
        .route("/metrics", get(scrape))
        .with_state(sources);
    let task = runtime.spawn(async move {
        if let Err(error) = axum::serve(listener, router).await {
            tracing::error!(%error, "metrics are no longer served");
        }
    });
    Ok(MetricsServer {
        address,
        task: task.abort_handle(),
    })
}

async fn scrape(State(sources): State<Sources>) -> Response {
    let read = move || text(&sources.counters, &sources.read());
    match tokio::task::spawn_blocking(read).await {
        Ok(Ok(text)) => ([(header::CONTENT_TYPE, OPENMETRICS)], text).into_response(),
        _ => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

impl Sources {
    fn read(&self) -> Reading {
        let mut reading = Reading {
            walls: self.walls.iter().map(|wall| of_wall(wall)).collect(),
            restarts: Restarts::of_this_process().total,
            ..Reading::default()
        };
        let mut now = Timestamp::now();
        if let Some(sync) = self.sync.upgrade() {
            let link = *sync.link().borrow();
            reading.online = Some(link.online);
            reading.last_contact = link.last_contact.map(|at| at.as_second());
            reading.clock_offset_ms = Some(sync.clock_offset_ms());
            now = sync.now();
        }
        if let Some(store) = self.store.upgrade()
            && let Err(error) = of_store(&store, now, &mut reading)
        {
            tracing::warn!(%error, "a scrape could not read the store");
        }
        reading
    }
}

fn of_wall(wall: &Pulse) -> WallReading {
    WallReading {
        wall: wall.wall.clone(),
        frames: wall.frames(),
        drawn_at: wall.drawn_at(),
    }
}

fn of_store(store: &Store, now: Timestamp, reading: &mut Reading) -> Result<(), StoreError> {
    reading.outbox = Some(store.outbox_state()?.length);
    let calls = store.calls()?;
    reading.calls = Some((calls.standing(now).is_some(), calls.total));
    let proof = store.proof_state()?;
    reading.proof = Some((proof.rows, proof.waiting));
    Ok(())
}
