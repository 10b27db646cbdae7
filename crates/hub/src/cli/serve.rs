//! `serve`

use super::shared::print;
use super::{CliError, Serve};
use gighall_hub::{HubConfig, HubState};
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};

/// Serves until SIGINT or SIGTERM.
pub fn run(serve: &Serve) -> Result<(), CliError> {
    let mut config = HubConfig::new(&serve.data.dir);
    config.phone_url.clone_from(&serve.public_url);
    config.proof_days = serve.proof_days;
    config.trusted_proxies.clone_from(&serve.trust_proxy);
    let state = gighall_hub::open(&config)?;
    tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|cause| CliError::Io("cannot start".to_owned(), cause))?
        .block_on(listen(serve, state))
}

async fn listen(serve: &Serve, state: HubState) -> Result<(), CliError> {
    let address = &serve.listen;
    let io_error = |cause| CliError::Io(format!("cannot listen on {address}"), cause);
    let listener = TcpListener::bind(address).await.map_err(io_error)?;
    let bound = listener.local_addr().map_err(io_error)?;
    if !bound.ip().is_loopback() && !serve.allow_unencrypted {
        return Err(CliError::InTheClear(bound));
    }
    let mut interrupt = signal(SignalKind::interrupt()).map_err(io_error)?;
    let mut terminate = signal(SignalKind::terminate()).map_err(io_error)?;
    print([format!("listening on http://{bound}")])?;
    tracing::info!(%bound, version = env!("CARGO_PKG_VERSION"), "serving");
    let shutdown = async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
        tracing::info!("stopping");
    };
    gighall_hub::serve(listener, state, shutdown).await?;
    Ok(())
}
