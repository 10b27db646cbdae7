//! A hub inside the kiosk, for a hall with no server of its own: the same code as `gighall-hub
//! serve`, spoken to over the same HTTP.

use crate::config::Config;
use crate::store::Identity;
use gighall_core::hall::Hall;
use gighall_hub::{HubError, HubState};
use jiff::Timestamp;
use std::net::{IpAddr, Ipv4Addr, SocketAddr, UdpSocket};
use std::path::PathBuf;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::runtime::Runtime;
use tokio::sync::oneshot;

/// Name that the kiosk has at its own hub.
const DEVICE_NAME: &str = "kiosk";

/// How often an embedded hub looks whether this machine has another address.
const ADDRESS_EVERY: Duration = Duration::from_secs(10);

/// Why the embedded hub cannot be started.
#[derive(Debug, thiserror::Error)]
pub enum EmbeddedError {
    /// The hub cannot be opened.
    #[error("the embedded hub cannot be opened: {0}")]
    Hub(#[from] HubError),
    /// Its store failed.
    #[error("the embedded hub's store failed: {0}")]
    Store(#[from] gighall_hub::store::StoreError),
    /// The address cannot be listened on.
    #[error("the embedded hub cannot listen on {address} (hub.listen): {cause}")]
    Listen {
        /// As configured.
        address: SocketAddr,
        /// Why.
        cause: std::io::Error,
    },
}

/// A running hub. It finishes what it is doing and stops when this is dropped.
pub struct Embedded {
    /// Where the kiosk itself reaches it.
    pub url: String,
    /// A code to enrol with, where one was asked for.
    pub code: Option<String>,
    stop: Option<oneshot::Sender<()>>,
    server: Option<tokio::task::JoinHandle<()>>,
    runtime: tokio::runtime::Handle,
}

/// The directory of the embedded hub's data.
pub fn directory(config: &Config) -> PathBuf {
    config.data.join("hub")
}

/// Starts the hub. `wants_code` asks for an enrolment code for this kiosk; one whose enrolment the
/// hub's data does not know gets one in any case.
///
/// # Errors
/// [`EmbeddedError`]
pub fn start(
    runtime: &Runtime,
    config: &Config,
    wants_code: bool,
) -> Result<Embedded, EmbeddedError> {
    let address = config.hub.listen;
    let listener = runtime
        .block_on(TcpListener::bind(address))
        .map_err(|cause| EmbeddedError::Listen { address, cause })?;
    let bound = listener.local_addr().unwrap_or(address);
    let configured = config.hub.public_url.clone();
    let follows = configured.is_none() && bound.ip().is_unspecified();
    let phone_url = configured.unwrap_or_else(|| phone_url(bound));
    tracing::info!("phones open {phone_url}");

    let state = gighall_hub::open(&gighall_hub::HubConfig {
        data: directory(config),
        phone_url: Some(phone_url),
        zone: config.time_zone(),
    })?;
    know_hall(&state, config)?;
    let code = match wants_code || !may_return(&state, config)? {
        true => Some(
            state
                .store
                .add_device(&config.hall.id, DEVICE_NAME, Timestamp::now())?,
        ),
        false => None,
    };
    let (stop, stopped) = oneshot::channel();
    let server = runtime.spawn(async move {
        let shutdown = async {
            // Either told to stop, or whoever could tell is gone.
            let _ = stopped.await;
        };
        let moved = state.clone();
        tokio::select! {
            ended = gighall_hub::serve(listener, state, shutdown) => {
                if let Err(error) = ended {
                    tracing::error!(%error, "the embedded hub ended");
                }
            }
            () = follow_address(&moved, bound), if follows => {}
        }
    });
    let own = match bound.ip() {
        ip if ip.is_unspecified() => IpAddr::V4(Ipv4Addr::LOCALHOST),
        ip => ip,
    };
    Ok(Embedded {
        url: format!("http://{}", SocketAddr::new(own, bound.port())),
        code,
        stop: Some(stop),
        server: Some(server),
        runtime: runtime.handle().clone(),
    })
}

impl Drop for Embedded {
    fn drop(&mut self) {
        if let Some(stop) = self.stop.take() {
            // Fails only where the server has ended already.
            let _ = stop.send(());
        }
        if let Some(server) = self.server.take() {
            let _ = self.runtime.block_on(server);
        }
    }
}

/// The hub of a hall that has no other knows at least its name.
fn know_hall(state: &HubState, config: &Config) -> Result<(), EmbeddedError> {
    if state.store.hall(&config.hall.id)?.is_none() {
        state.store.put_hall(&Hall {
            id: config.hall.id.clone(),
            name: config.hall.name.clone(),
            county_code: None,
            hotline: None,
            address: None,
        })?;
    }
    Ok(())
}

/// Whether this kiosk's enrolment is good at this hub. It is not where the hub's data is new, or an
/// older copy.
fn may_return(state: &HubState, config: &Config) -> Result<bool, EmbeddedError> {
    // A file that cannot be read is told where the engine starts.
    let Ok(Some(identity)) = Identity::load(&config.data) else {
        return Ok(false);
    };
    let caller = state.store.authenticate(&identity.token)?;
    Ok(caller.is_some_and(|caller| caller.may_re_enrol))
}

/// Goes on for ever: the network may come up after the kiosk, and may give it another address.
async fn follow_address(hub: &HubState, bound: SocketAddr) {
    let mut told = phone_url(bound);
    loop {
        tokio::time::sleep(ADDRESS_EVERY).await;
        let url = phone_url(bound);
        if url != told {
            tracing::info!("phones open {url} now");
            hub.set_phone_url(Some(&url));
            told = url;
        }
    }
}

/// Where phones in the same network reach a hub that listens there.
fn phone_url(bound: SocketAddr) -> String {
    let address = SocketAddr::new(reachable(bound.ip()), bound.port());
    format!("http://{address}")
}

/// The address of this machine that phones in the same network reach, for a hub that listens on
/// `ip`. Choosing a route sends nothing.
fn reachable(ip: IpAddr) -> IpAddr {
    if !ip.is_unspecified() {
        return ip;
    }
    UdpSocket::bind((Ipv4Addr::UNSPECIFIED, 0))
        .and_then(|socket| {
            // TEST-NET-1 (RFC 5737): never assigned, so the route is the default one.
            socket.connect((Ipv4Addr::new(192, 0, 2, 1), 9))?;
            socket.local_addr()
        })
        .map_or(IpAddr::V4(Ipv4Addr::LOCALHOST), |address| address.ip())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hub_whose_data_is_new_gives_its_kiosk_a_code() {
        let dir = tempfile::tempdir().expect("a directory");
        let text = format!(
            "data = {:?}\n[hall]\nid = \"weining\"\nname = \"威宁县零工市场\"\n\
             [hub]\nurl = \"embedded\"\nlisten = \"127.0.0.1:0\"\n[wall]\nenabled = true\n",
            dir.path()
        );
        let config = crate::config::parse("kiosk.toml", &text).expect("good");
        let runtime = Runtime::new().expect("a runtime");
        let code = |wants| {
            let hub = start(&runtime, &config, wants).expect("starts");
            hub.code.clone()
        };
        let first = code(true).expect("asked for");
        let state = gighall_hub::open(&gighall_hub::HubConfig::new(&directory(&config)));
        let request = gighall_core::wire::EnrolRequest {
            code: first,
            hall: config.hall.id.clone(),
            public_key: "00".repeat(32),
            version: String::new(),
        };
        let state = state.expect("opens");
        let reply = state.store.enrol(&request, Timestamp::now());
        let identity = Identity::new(&reply.expect("enrolled"), "00".to_owned());
        drop(state);
        identity.save(&config.data).expect("saved");
        assert_eq!(code(false), None, "it is known");
        std::fs::remove_dir_all(directory(&config)).expect("lost");
        assert!(code(false).is_some(), "it is not known any more");
    }
}
