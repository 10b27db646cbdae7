//! Connections, before anything of a request is understood: how many there may be, in all and of one address,
//! and how long one may be open with nothing coming of it. A script that opens them by the hundred, or sends a
//! request byte by byte, would else use up the files that this process may have open, and shut every hall out.

use crate::limit::counted;
use axum::serve::{Listener, ListenerExt, TapIo};
use std::collections::HashMap;
use std::future::Future;
use std::io::{self, IoSlice};
use std::net::{IpAddr, SocketAddr};
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, ready};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Instant, Sleep, sleep};

/// What connections may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Allowed {
    /// So many at once.
    pub all: usize,
    /// So many of one address at once. Proxies that are trusted and this machine itself are not counted.
    pub of_one: usize,
    /// How long the hub waits for a request, and then for the rest of it; and for whoever does not read its
    /// answer. Longer than the hub itself is ever silent in an answer or before it.
    pub patience: Duration,
}

/// So many files are for the store, for media and for what else the process does.
const OTHER_FILES: usize = 128;

/// Most of all connections that are one address's: a quarter. Many phones may share one.
const ONE_IN: usize = 4;

impl Allowed {
    /// As many as a process may have files open.
    fn with_files(files: usize) -> Self {
        let all = files.saturating_sub(OTHER_FILES).max(files / 2).max(ONE_IN);
        Self {
            all,
            of_one: all / ONE_IN,
            patience: Duration::from_secs(60),
        }
    }
}

impl Default for Allowed {
    fn default() -> Self {
        // What Linux gives where nobody has said anything else.
        let files = std::fs::read_to_string("/proc/self/limits")
            .ok()
            .and_then(|limits| files_in(&limits))
            .unwrap_or(1024);
        Self::with_files(files)
    }
}

/// How many files may be open, of `/proc/self/limits`.
fn files_in(limits: &str) -> Option<usize> {
    let mut lines = limits.lines();
    let said = lines.find_map(|line| line.strip_prefix("Max open files"))?;
    let soft = said.split_whitespace().next()?;
    Some(match soft {
        "unlimited" => usize::MAX,
        soft => soft.parse().ok()?,
    })
}

/// Who is in, for all connections of a listener.
#[derive(Debug)]
struct Places {
    allowed: Allowed,
    taken: Mutex<Taken>,
}

#[derive(Debug, Default)]
struct Taken {
    all: usize,
    /// Only addresses that have some.
    by_address: HashMap<IpAddr, usize>,
    /// When it was last told that some are turned away, which is not told for each.
    told: Option<Instant>,
}

/// One connection's place, until it is dropped.
#[derive(Debug)]
struct Place {
    of: Arc<Places>,
    address: Option<IpAddr>,
}

impl Places {
    fn new(allowed: Allowed) -> Arc<Self> {
        Arc::new(Self {
            allowed,
            taken: Mutex::default(),
        })
    }

    /// A place for a connection from there, if there is one. Without an address it is counted among all only.
    fn enter(self: &Arc<Self>, address: Option<IpAddr>) -> Option<Place> {
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        let of_one = address.map_or(0, |it| taken.by_address.get(&it).copied().unwrap_or(0));
        if taken.all >= self.allowed.all || of_one >= self.allowed.of_one {
            let now = Instant::now();
            let often = Duration::from_secs(60);
            if taken.told.is_none_or(|at| now.duration_since(at) > often) {
                taken.told = Some(now);
                tracing::warn!(
                    all = taken.all,
                    of_one,
                    "connections are turned away: there are too many, or too many of one address"
                );
            }
            return None;
        }
        taken.all += 1;
        if let Some(address) = address {
            taken.by_address.insert(address, of_one + 1);
        }
        Some(Place {
            of: Arc::clone(self),
            address,
        })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut taken = self.of.taken.lock().unwrap_or_else(PoisonError::into_inner);
        taken.all -= 1;
        let Some(address) = self.address else { return };
        if let Some(of_one) = taken.by_address.get_mut(&address) {
            *of_one -= 1;
            if *of_one == 0 {
                taken.by_address.remove(&address);
            }
        }
    }
}

/// A listener that keeps to what is allowed. Whoever is too many is hung up on, and may come again.
pub struct Doorman<L> {
    listener: L,
    places: Arc<Places>,
    trusted: Arc<[IpAddr]>,
}

/// `TapIo` is what axum learns the address of a connection from.
type AtTheDoor<L> = TapIo<Doorman<L>, fn(&mut Connection<<L as Listener>::Io>)>;

impl<L: Listener<Addr = SocketAddr>> Doorman<L> {
    /// At the door of that listener.
    pub fn at(listener: L, allowed: Allowed, trusted: Arc<[IpAddr]>) -> AtTheDoor<L> {
        let places = Places::new(allowed);
        let doorman = Self {
            listener,
            places,
            trusted,
        };
        doorman.tap_io((|_| {}) as fn(&mut Connection<L::Io>))
    }
}

impl<L: Listener<Addr = SocketAddr>> Listener for Doorman<L> {
    type Io = Connection<L::Io>;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Connection<L::Io>, SocketAddr) {
        loop {
            let (stream, peer) = self.listener.accept().await;
            let ip = peer.ip().to_canonical();
            let address = counted(ip).filter(|_| !self.trusted.contains(&ip));
            if let Some(place) = self.places.enter(address) {
                return (Connection::new(stream, place), peer);
            }
        }
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        self.listener.local_addr()
    }
}

/// A connection that ends where nothing comes of it.
pub struct Connection<S> {
    stream: S,
    place: Place,
    /// Whether something came since something was last sent: the beginning of a request.
    begun: bool,
    /// Since when nothing comes of it: it is open, something was sent, or a request has begun. What follows of
    /// that request counts for nothing, or it could be sent byte by byte for ever.
    since: Instant,
    late: Pin<Box<Sleep>>,
}

impl<S> Connection<S> {
    fn new(stream: S, place: Place) -> Self {
        let patience = place.of.allowed.patience;
        Self {
            stream,
            place,
            begun: false,
            since: Instant::now(),
            late: Box::pin(sleep(patience)),
        }
    }

    /// Nothing can be read or sent now. It fails where that has lasted too long.
    fn wait<T>(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<T>> {
        let due = self.since + self.place.of.allowed.patience;
        loop {
            if self.late.deadline() < due {
                self.late.as_mut().reset(due);
            }
            ready!(self.late.as_mut().poll(cx));
            if Instant::now() >= due {
                return Poll::Ready(Err(io::ErrorKind::TimedOut.into()));
            }
        }
    }

    fn sent(
        &mut self,
        cx: &mut Context<'_>,
        sent: Poll<io::Result<usize>>,
    ) -> Poll<io::Result<usize>> {
        match sent {
            Poll::Pending => self.wait(cx),
            Poll::Ready(Ok(bytes)) if bytes > 0 => {
                self.begun = false;
                self.since = Instant::now();
                sent
            }
            Poll::Ready(_) => sent,
        }
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Connection<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        let read = Pin::new(&mut self.stream).poll_read(cx, buffer);
        if read.is_pending() {
            return self.wait(cx);
        }
        if buffer.filled().len() > before && !self.begun {
            self.begun = true;
            self.since = Instant::now();
        }
        read
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Connection<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let sent = Pin::new(&mut self.stream).poll_write(cx, bytes);
        self.sent(cx, sent)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let sent = Pin::new(&mut self.stream).poll_write_vectored(cx, slices);
        self.sent(cx, sent)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use gighall_core::wire::{KEEP_ALIVE_SECONDS, WAIT_MAX_SECONDS};

    fn ip(last: u8) -> Option<IpAddr> {
        Some(IpAddr::from([203, 0, 113, last]))
    }

    #[test]
    fn one_address_takes_its_share_and_leaves_the_rest_to_others() {
        let allowed = Allowed {
            all: 5,
            of_one: 2,
            patience: Duration::from_secs(1),
        };
        let places = Places::new(allowed);
        let first: Vec<Place> = (0..2).filter_map(|_| places.enter(ip(1))).collect();
        assert_eq!(first.len(), 2);
        assert!(places.enter(ip(1)).is_none(), "it has its share");
        let second = places.enter(ip(2)).expect("another address");
        let uncounted: Vec<Place> = (0..3).filter_map(|_| places.enter(None)).collect();
        assert_eq!(uncounted.len(), 2, "all are taken then");
        assert!(places.enter(ip(3)).is_none());
        drop(second);
        drop(places.enter(ip(3)).expect("one went"));
        drop(first);
        drop(places.enter(ip(1)).expect("both went"));
        drop(uncounted);
        let taken = places.taken.lock().expect("whole");
        assert_eq!((taken.all, taken.by_address.len()), (0, 0));
    }

    #[test]
    fn some_of_the_files_are_left_to_the_store() {
        let said = "Limit                     Soft Limit           Hard Limit           Units     \n\
                    Max processes             31337                31337                processes \n\
                    Max open files            1024                 524288               files     \n";
        assert_eq!(files_in(said), Some(1024));
        assert_eq!(
            files_in("Max open files  unlimited unlimited files"),
            Some(usize::MAX)
        );
        assert_eq!(files_in("Max processes 1 1 processes"), None);
        let usual = Allowed::with_files(1024);
        assert_eq!((usual.all, usual.of_one), (896, 224));
        let few = Allowed::with_files(100);
        assert_eq!((few.all, few.of_one), (50, 12));
        assert!(Allowed::with_files(0).of_one > 0);
        assert!(Allowed::default().all > 0);
    }

    #[test]
    fn nobody_is_cut_off_who_waits_for_the_hub() {
        let patience = Allowed::default().patience.as_secs();
        assert!(patience > u64::from(KEEP_ALIVE_SECONDS) * 2);
        // As long as a request may take at all.
        assert!(patience > u64::from(WAIT_MAX_SECONDS) + 15);
    }
}
