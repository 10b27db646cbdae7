//! Slows down whoever asks too often: a script, a stolen device, a worker's phone gone wild. Nobody is
//! shut out: what is held back may come again when it has waited.

use crate::connections::Allowed;
use axum::extract::{ConnectInfo, Request, State};
use axum::http::HeaderMap;
use axum::middleware::Next;
use axum::response::Response;
use gighall_core::id::{DeviceId, WorkerId};
use std::collections::HashMap;
use std::hash::Hash;
use std::net::{IpAddr, Ipv6Addr, SocketAddr};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;
use tokio::time::Instant;

/// How often something may be asked for.
#[derive(Clone, Copy, Debug)]
pub struct Pace {
    /// So many times at once ...
    pub burst: u32,
    /// ... and once more after each of these.
    pub every: Duration,
}

/// Most keys that are remembered. Beyond it, all are forgiven at once, which costs less than finding
/// the oldest for every address that a script makes up.
const REMEMBERED: usize = 100_000;

/// Counts by a key. In memory only: a restart forgives.
pub struct Limiter<K> {
    pace: Pace,
    /// When each key will have earned back what it used (the generic cell rate algorithm).
    full_at: Mutex<HashMap<K, Instant>>,
}

impl<K: Eq + Hash> Limiter<K> {
    /// A limiter that has seen nobody.
    pub fn new(pace: Pace) -> Self {
        Self {
            pace,
            full_at: Mutex::default(),
        }
    }

    /// Counts one more for that key.
    ///
    /// # Errors
    /// How long to wait, where it was too many; then it does not count.
    pub fn ask(&self, key: K, now: Instant) -> Result<(), Duration> {
        let mut all = self.full_at.lock().unwrap_or_else(PoisonError::into_inner);
        let full_at = all.get(&key).copied().unwrap_or(now).max(now);
        let wait = self.wait(full_at, now);
        if !wait.is_zero() {
            return Err(wait);
        }
        if all.len() >= REMEMBERED {
            all.retain(|_, full_at| *full_at > now);
        }
        if all.len() >= REMEMBERED {
            all.clear();
        }
        all.insert(key, full_at + self.pace.every);
        Ok(())
    }

    /// How long that key has to wait; counts nothing.
    pub fn held(&self, key: &K, now: Instant) -> Option<Duration> {
        let all = self.full_at.lock().unwrap_or_else(PoisonError::into_inner);
        let wait = self.wait(*all.get(key)?, now);
        (!wait.is_zero()).then_some(wait)
    }

    fn wait(&self, full_at: Instant, now: Instant) -> Duration {
        let room = self.pace.every * self.pace.burst.saturating_sub(1);
        full_at.saturating_duration_since(now).saturating_sub(room)
    }
}

/// Every limit of a hub.
pub struct Limits {
    /// Connections, whatever comes over them.
    pub connections: Allowed,
    /// Pages, by address. A hall's phones may share one address.
    pub pages: Limiter<IpAddr>,
    /// The devices' interface, by address, whoever asks without the token of a device.
    pub api: Limiter<IpAddr>,
    /// Enrolments, by address: codes are not to be guessed.
    pub enrolments: Limiter<IpAddr>,
    /// Registrations that were refused, by address: neither are numbers and names. Phones that have
    /// scanned a code in the hall are not among them.
    pub strangers: Limiter<IpAddr>,
    /// The same of phones that have, by the hash of the code that they scanned.
    pub codes: Limiter<[u8; 32]>,
    /// Phones that scan one code, and claims with it, by the code's hash: a photograph of it that is fresh
    /// is not to bring a crowd.
    pub scans: Limiter<[u8; 32]>,
    /// What a device asks, by device.
    pub devices: Limiter<DeviceId>,
    /// Persons that a device asks for: a stolen one is not to list everybody.
    pub finds: Limiter<DeviceId>,
    /// Claims and withdrawals of a worker.
    pub workers: Limiter<WorkerId>,
}

impl Default for Limits {
    fn default() -> Self {
        fn of<K: Eq + Hash>(burst: u32, every: Duration) -> Limiter<K> {
            Limiter::new(Pace { burst, every })
        }
        Self {
            connections: Allowed::default(),
            pages: of(300, Duration::from_millis(33)),
            api: of(2000, Duration::from_millis(5)),
            enrolments: of(30, Duration::from_secs(10)),
            strangers: of(30, Duration::from_secs(60)),
            codes: of(30, Duration::from_secs(60)),
            scans: of(120, Duration::from_secs(1)),
            devices: of(3000, Duration::from_millis(10)),
            finds: of(60, Duration::from_secs(5)),
            workers: of(20, Duration::from_secs(20)),
        }
    }
}

/// Where a request comes from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Client {
    /// The address that limits count by: an IPv6 network counts as one. `None` where it is not known,
    /// and for this machine itself: that is a proxy which was not named, or the kiosk around an
    /// embedded hub.
    pub address: Option<IpAddr>,
    /// A proxy that is trusted says that it was reached over TLS.
    pub https: bool,
}

impl Client {
    /// What the connection and, where the proxy is trusted, its headers say.
    fn of(peer: Option<IpAddr>, headers: &HeaderMap, trusted: &[IpAddr]) -> Self {
        let known = |ip: &IpAddr| trusted.contains(ip);
        let Some(peer) = peer.map(|ip| ip.to_canonical()) else {
            return Self::default();
        };
        if !known(&peer) {
            return Self {
                address: counted(peer),
                https: false,
            };
        }
        // Everybody may begin the list; only what trusted proxies appended is true.
        let list = headers.get_all("x-forwarded-for").iter();
        let list: Vec<&str> = list
            .filter_map(|value| value.to_str().ok())
            .flat_map(|value| value.split(','))
            .collect();
        let hops = list.iter().rev().map_while(|hop| hop.trim().parse().ok());
        let mut hops = hops.map(|hop: IpAddr| hop.to_canonical());
        let said = |name| headers.get(name).and_then(|value| value.to_str().ok());
        Self {
            address: hops.find(|hop| !known(hop)).and_then(counted),
            https: said("x-forwarded-proto") == Some("https"),
        }
    }
}

/// The address that limits count by, if it is counted.
pub(crate) fn counted(ip: IpAddr) -> Option<IpAddr> {
    match ip {
        ip if ip.is_loopback() => None,
        IpAddr::V4(ip) => Some(IpAddr::V4(ip)),
        IpAddr::V6(ip) => {
            let network = ip.to_bits() & (u128::MAX << 64);
            Some(IpAddr::V6(Ipv6Addr::from_bits(network)))
        }
    }
}

/// Finds out where a request comes from, for everything behind it.
pub(crate) async fn locate(
    State(trusted): State<std::sync::Arc<[IpAddr]>>,
    mut request: Request,
    next: Next,
) -> Response {
    let connection = request.extensions().get::<ConnectInfo<SocketAddr>>();
    let peer = connection.map(|info| info.0.ip());
    let client = Client::of(peer, request.headers(), &trusted);
    request.extensions_mut().insert(client);
    next.run(request).await
}

/// Whole seconds for `Retry-After`.
pub(crate) fn seconds(wait: Duration) -> u32 {
    u32::try_from(wait.as_millis().div_ceil(1000))
        .unwrap_or(u32::MAX)
        .max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_burst_and_then_one_at_a_time() {
        let limiter = Limiter::new(Pace {
            burst: 3,
            every: Duration::from_secs(10),
        });
        let start = Instant::now();
        for _ in 0..3 {
            assert_eq!(limiter.held(&"a", start), None);
            assert_eq!(limiter.ask("a", start), Ok(()));
        }
        let wait = Duration::from_secs(10);
        assert_eq!(limiter.ask("a", start), Err(wait));
        assert_eq!(limiter.held(&"a", start), Some(wait));
        assert_eq!(limiter.ask("b", start), Ok(()), "others are not held");
        // What was refused did not count.
        assert_eq!(limiter.ask("a", start + wait), Ok(()));
        assert_eq!(limiter.ask("a", start + wait), Err(wait));
        let later = start + Duration::from_secs(1000);
        for _ in 0..3 {
            assert_eq!(
                limiter.ask("a", later),
                Ok(()),
                "no more than a burst is saved"
            );
        }
        assert!(limiter.ask("a", later).is_err());
    }

    #[test]
    fn memory_is_bounded() {
        let limiter = Limiter::new(Pace {
            burst: 1,
            every: Duration::from_secs(1),
        });
        let now = Instant::now();
        for n in 0..=REMEMBERED {
            limiter.ask(n, now).expect("each once");
        }
        let kept = limiter.full_at.lock().expect("not poisoned").len();
        assert!(kept <= REMEMBERED, "{kept}");
    }

    #[test]
    fn a_header_is_believed_of_a_trusted_proxy_only() {
        let ip = |text: &str| text.parse::<IpAddr>().expect("an address");
        let proxy = ip("10.0.0.1");
        let mut headers = HeaderMap::new();
        let said = "203.0.113.9, 198.51.100.7, 10.0.0.2"
            .parse()
            .expect("a value");
        headers.insert("x-forwarded-for", said);
        headers.insert("x-forwarded-proto", "https".parse().expect("a value"));
        let of = |peer: &str, trusted: &[IpAddr]| Client::of(Some(ip(peer)), &headers, trusted);
        let stranger = of("192.0.2.1", &[proxy]);
        assert_eq!(stranger.address, Some(ip("192.0.2.1")));
        assert!(!stranger.https);
        let through = of("10.0.0.1", &[proxy]);
        assert_eq!(through.address, Some(ip("10.0.0.2")));
        assert!(through.https);
        // What the client wrote itself stands before what the proxies saw.
        let both = of("10.0.0.1", &[proxy, ip("10.0.0.2")]);
        assert_eq!(both.address, Some(ip("198.51.100.7")));
        // This machine is not counted, and an IPv6 network is one.
        assert_eq!(of("127.0.0.1", &[]).address, None);
        assert_eq!(of("::ffff:127.0.0.1", &[]).address, None);
        assert_eq!(
            of("2001:db8:1:2:3:4:5:6", &[]).address,
            Some(ip("2001:db8:1:2::"))
        );
        assert_eq!(Client::of(None, &headers, &[proxy]), Client::default());
        headers.insert("x-forwarded-for", "nonsense".parse().expect("a value"));
        let nonsense = Client::of(Some(proxy), &headers, &[proxy]);
        assert_eq!(nonsense.address, None);
    }
}
