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

/// Name that the kiosk has at its own hub: other terminals send people there by it.
fn device_name(config: &Config) -> &'static str {
    match config.terminal.language.code() {
        "zh-CN" => "一号终端",
        _ => "Terminal 1",
    }
}

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
    let phone_url = configured
        .or_else(|| phone_url(bound))
        .unwrap_or_else(|| format!("http://{}", SocketAddr::new(own(bound.ip()), bound.port())));
    tracing::info!("phones open {phone_url}");

    let state = gighall_hub::open(&gighall_hub::HubConfig {
        data: directory(config),
        phone_url: Some(phone_url),
        zone: config.time_zone(),
        proof_days: gighall_hub::PROOF_DAYS,
        trusted_proxies: vec![],
    })?;
    know_hall(&state, config)?;
    let code = match wants_code || !may_return(&state, config)? {
        true => Some(state.store.add_device(
            &config.hall.id,
            device_name(config),
            Timestamp::now(),
        )?),
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
    Ok(Embedded {
        url: format!("http://{}", SocketAddr::new(own(bound.ip()), bound.port())),
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

/// Where this machine itself reaches a hub that listens on `ip`.
fn own(ip: IpAddr) -> IpAddr {
    if ip.is_unspecified() {
        IpAddr::V4(Ipv4Addr::LOCALHOST)
    } else {
        ip
    }
}

/// Goes on for ever: the network may come up after the kiosk, and may give it another address. While
/// there is no network at all, the address stays the one that was known.
async fn follow_address(hub: &HubState, bound: SocketAddr) {
    let mut told = phone_url(bound);
    loop {
        tokio::time::sleep(ADDRESS_EVERY).await;
        let url = phone_url(bound);
        if let Some(url) = url.as_deref()
            && told.as_deref() != Some(url)
        {
            tracing::info!("phones open {url} now");
            hub.set_phone_url(Some(url));
            told = Some(url.to_owned());
        }
    }
}

/// Where phones in the same network reach a hub that listens there; `None` without a network.
fn phone_url(bound: SocketAddr) -> Option<String> {
    let ip = match bound.ip() {
        ip if ip.is_unspecified() => reachable(default_route(), &interfaces())?,
        ip => ip,
    };
    Some(format!("http://{}", SocketAddr::new(ip, bound.port())))
}

/// The address of this machine that phones in the same network reach: that of the default route,
/// else the first one of an interface. A hall's own access point may have no way to the world.
fn reachable(route: Option<IpAddr>, interfaces: &[IpAddr]) -> Option<IpAddr> {
    let is_known = |ip: &IpAddr| match ip {
        IpAddr::V4(ip) => !ip.is_loopback() && !ip.is_unspecified() && !ip.is_link_local(),
        IpAddr::V6(ip) => !ip.is_loopback() && !ip.is_unspecified() && !ip.is_unicast_link_local(),
    };
    let known = || interfaces.iter().copied().filter(is_known);
    route
        .filter(is_known)
        .or_else(|| known().find(IpAddr::is_ipv4))
        .or_else(|| known().next())
}

/// This machine's address on the default route. Choosing a route sends nothing.
fn default_route() -> Option<IpAddr> {
    let socket = UdpSocket::bind((Ipv4Addr::UNSPECIFIED, 0)).ok()?;
    // TEST-NET-1 (RFC 5737): never assigned, so the route is the default one.
    socket.connect((Ipv4Addr::new(192, 0, 2, 1), 9)).ok()?;
    socket.local_addr().ok().map(|address| address.ip())
}

fn interfaces() -> Vec<IpAddr> {
    match if_addrs::get_if_addrs() {
        Ok(all) => all.iter().map(if_addrs::Interface::ip).collect(),
        Err(error) => {
            tracing::warn!(%error, "the network's interfaces cannot be listed");
            vec![]
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn phones_are_never_sent_to_loopback() {
        let ip = |text: &str| text.parse::<IpAddr>().expect("an address");
        let (here, hall, far) = (ip("127.0.0.1"), ip("192.168.8.1"), ip("10.0.0.5"));
        let local = ip("fe80::1");
        assert_eq!(reachable(Some(far), &[here, hall]), Some(far));
        assert_eq!(reachable(None, &[here, local, hall]), Some(hall));
        assert_eq!(reachable(Some(here), &[here, hall]), Some(hall));
        let global = ip("2001:db8::5");
        assert_eq!(reachable(None, &[global, hall]), Some(hall));
        assert_eq!(reachable(None, &[here, global]), Some(global));
        assert_eq!(reachable(None, &[here, local]), None);
    }

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
        let state = gighall_hub::open(&gighall_hub::HubConfig::new(directory(&config)));
        let request = gighall_core::wire::EnrolRequest {
            code: first,
            hall: config.hall.id.clone(),
            public_key: "00".repeat(32),
            version: String::new(),
            before: None,
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
