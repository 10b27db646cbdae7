//! HTTP over turmoil's sockets: what reqwest does over the machine's, with hyper in its place.

use crate::simulation_support::network::Net;
use axum::serve::Listener;
use gighall_kiosk::sync::{Ask, Call, CallError, Carried, Opened, Reply, Transport};
use gighall_testkit::Carrier;
use http::Uri;
use hyper_util::client::legacy::connect::{Connected, Connection};
use hyper_util::client::legacy::{Client, Error};
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use reqwest::Body;
use std::io::{self, IoSlice};
use std::net::{Ipv4Addr, SocketAddr};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{sleep, timeout};
use tower::util::{ServiceFn, service_fn};
use turmoil::net::{TcpListener, TcpStream};

/// The hub's name in the simulated network, and where it listens.
pub const HUB: &str = "hub";
const PORT: u16 = 80;

/// As long as a kiosk waits for a connection.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(3);
/// As long as somebody looks at a phone that shows nothing.
const LOOKED_AT: Duration = Duration::from_secs(10);
/// After so long they try again.
const AGAIN: Duration = Duration::from_secs(2);

/// The hub's door.
pub struct HubDoor(TcpListener);

impl HubDoor {
    pub async fn open() -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::UNSPECIFIED, PORT)).await?;
        Ok(Self(listener))
    }
}

impl Listener for HubDoor {
    type Io = TcpStream;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (TcpStream, SocketAddr) {
        loop {
            // One that is gone before it was accepted is nobody's.
            if let Ok(accepted) = self.0.accept().await {
                return accepted;
            }
        }
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        self.0.local_addr()
    }
}

/// A client's end of a connection.
pub struct Wire(TcpStream);

impl Connection for Wire {
    fn connected(&self) -> Connected {
        Connected::new()
    }
}

impl AsyncRead for Wire {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_read(cx, buffer)
    }
}

impl AsyncWrite for Wire {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.0).poll_write(cx, bytes)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.0).poll_write_vectored(cx, slices)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_shutdown(cx)
    }
}

type Connecting = Pin<Box<dyn Future<Output = io::Result<TokioIo<Wire>>> + Send>>;

/// What connects to the hub.
type Connector = ServiceFn<fn(Uri) -> Connecting>;

/// Keeps connections and uses them again, as reqwest does, which is built on it.
#[derive(Clone)]
pub struct Browser(Client<Connector, Body>);

impl Browser {
    pub fn new() -> Self {
        let connect: fn(Uri) -> Connecting = |_| {
            Box::pin(async {
                let connected = timeout(CONNECT_TIMEOUT, TcpStream::connect((HUB, PORT))).await;
                Ok(TokioIo::new(Wire(connected??)))
            })
        };
        let mut client = Client::builder(TokioExecutor::new());
        client
            .pool_timer(TokioTimer::new())
            .pool_idle_timeout(Duration::from_secs(30));
        Self(client.build(service_fn(connect)))
    }

    async fn send(&self, request: http::Request<Body>) -> Result<reqwest::Response, Error> {
        let response = self.0.request(request).await?;
        Ok(response.map(Body::wrap).into())
    }

    /// A phone's requests, each sent again until there is a whole answer: whoever holds it presses again.
    pub fn of_a_phone(self) -> Carrier {
        Arc::new(move |request| {
            let browser = self.clone();
            Box::pin(async move {
                loop {
                    let again = request.try_clone().expect("a body at once");
                    let again = again.try_into().expect("a request");
                    let answer = timeout(LOOKED_AT, browser.whole(again)).await;
                    if let Ok(Ok(answer)) = answer {
                        return answer;
                    }
                    sleep(AGAIN).await;
                }
            })
        })
    }

    async fn whole(
        &self,
        request: http::Request<Body>,
    ) -> Result<reqwest::Response, Box<dyn std::error::Error + Send + Sync>> {
        let begun = self.send(request).await?;
        let mut whole = http::Response::builder().status(begun.status());
        whole
            .headers_mut()
            .expect("nothing is wrong yet")
            .extend(begun.headers().clone());
        Ok(whole.body(begun.bytes().await?)?.into())
    }
}

/// A device's line.
pub struct Line {
    pub net: Arc<Net>,
    pub device: usize,
    pub browser: Browser,
    /// So many milliseconds the device's disk keeps an answer waiting.
    pub slow: Arc<AtomicU64>,
}

impl Line {
    async fn exchange(&self, call: Call) -> Carried {
        let mut request = http::Request::post(call.url).header("Content-Type", call.content_type);
        if let Some(token) = call.token {
            request = request.header("Authorization", format!("Bearer {token}"));
        }
        if let Some(key) = call.key {
            request = request.header("Idempotency-Key", key);
        }
        let request = request.body(call.body.into()).expect("a request");
        let begins = async { self.browser.send(request).await.map_err(lost) };
        Reply::of(begins, call.most).await
    }

    fn tell(&self, url: &str, said: &str) {
        let at = turmoil::sim_elapsed().unwrap_or_default().as_millis();
        let route = url.rsplit('/').next().unwrap_or_default();
        let told = format!("{at}: {} asks {route}: {said}", self.device);
        let mut state = self.net.state();
        state.requests += 1;
        state.tell(told);
    }
}

fn lost(error: Error) -> CallError {
    if error.is_connect() {
        CallError::Unreachable(error.to_string())
    } else {
        CallError::Unanswered(error.to_string())
    }
}

fn late() -> CallError {
    CallError::Unanswered("no answer in time".to_owned())
}

impl Transport for Line {
    fn carry(&self, call: Call) -> Pin<Box<dyn Future<Output = Carried> + Send + '_>> {
        Box::pin(async move {
            let (url, most) = (call.url.clone(), call.timeout);
            // Somebody stands there, who waits for no disk.
            let somebody = call.key.is_some();
            let answer = timeout(most, self.exchange(call)).await;
            let answer = answer.unwrap_or_else(|_| Err(late()));
            match &answer {
                Ok(reply) => self.tell(&url, &reply.status.to_string()),
                Err(CallError::Unreachable(_)) => self.tell(&url, "unreachable"),
                Err(_) => self.tell(&url, "no answer"),
            }
            let slow = self.slow.load(Ordering::SeqCst);
            if answer.is_ok() && slow > 0 && !somebody {
                sleep(Duration::from_millis(slow)).await;
            }
            answer
        })
    }

    fn open(&self, ask: Ask) -> Pin<Box<dyn Future<Output = Opened> + Send + '_>> {
        Box::pin(async move {
            let mut request = http::Request::get(&ask.url)
                .header("Authorization", format!("Bearer {}", ask.token));
            for (name, value) in ask.headers {
                request = request.header(name, value);
            }
            let request = request.body(Body::default()).expect("a request");
            let answer = timeout(ask.timeout, self.browser.send(request)).await;
            let answer = answer.map_err(|_| late())?.map_err(lost);
            let said = answer.as_ref().map_or("no answer", |_| "opened");
            self.tell(&ask.url, said);
            answer
        })
    }
}
