//! One request to the hub: JSON in, JSON out, and every way in which that can fail.

use super::plan::{LinkProblem, held_for};
use super::{chance, lock};
use crate::address::{Fingerprint, is_loopback, pinned};
use gighall_core::wire::{Problem, SnapshotRequest};
use reqwest::redirect::Policy;
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::time::Instant;

/// Longest answer that is read, after decompression.
const ANSWER_MAX: usize = 16 << 20;

/// Longest snapshot of a hall, after decompression: some 240,000 listings.
const SNAPSHOT_MAX: usize = 256 << 20;

/// How long a stream may take to begin, and how long nothing may come of a long answer.
const STREAM_TIMEOUT: Duration = Duration::from_secs(10);

/// How long a whole answer may take to begin, at most: the hub has a hall's listings to put together.
const HEAD_TIMEOUT: Duration = Duration::from_secs(30);

const CONNECT_TIMEOUT: Duration = Duration::from_secs(3);

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub enum CallError {
    /// No connection. Nothing was sent.
    #[error("the hub cannot be reached: {0}")]
    Unreachable(String),
    /// The connection broke or the time was over after the request may have arrived.
    #[error("the hub did not answer: {0}")]
    Unanswered(String),
    /// The answer is not the hub's.
    #[error("the answer makes no sense: {0}")]
    Nonsense(String),
    /// The hub says no.
    #[error("the hub refused: {} ({})", .0.kind.code(), .0.detail)]
    Refused(Box<Problem>),
    /// The hub, or what stands before it, failed.
    #[error("the hub failed with status {0}")]
    Failed(u16),
}

impl CallError {
    /// What it means for the link.
    pub fn link_problem(&self) -> LinkProblem {
        match self {
            Self::Unreachable(_) => LinkProblem::Unreachable,
            Self::Unanswered(_) => LinkProblem::Slow,
            Self::Nonsense(_) => LinkProblem::Nonsense,
            Self::Refused(problem) => LinkProblem::of(problem),
            Self::Failed(_) => LinkProblem::HubFailed,
        }
    }

    /// Whether the hub may have done what was asked all the same.
    pub fn is_uncertain(&self) -> bool {
        matches!(
            self,
            Self::Unanswered(_) | Self::Nonsense(_) | Self::Failed(_)
        )
    }
}

/// An answer, and when it came.
#[derive(Debug)]
pub struct Answer<T> {
    /// What the hub said.
    pub said: T,
    /// From sending to the end of the answer.
    pub took: Duration,
}

/// A request as it leaves.
#[derive(Clone, Debug)]
pub struct Call {
    /// The whole address.
    pub url: String,
    /// The device's token.
    pub token: Option<String>,
    /// The `Idempotency-Key`.
    pub key: Option<String>,
    /// What kind of body it is.
    pub content_type: &'static str,
    /// The body.
    pub body: Vec<u8>,
    /// Longest that it may take, up to the end of the answer.
    pub timeout: Duration,
    /// Longest answer that is read, in bytes.
    pub most: usize,
}

/// An answer as it came.
#[derive(Clone, Debug, Default)]
pub struct Reply {
    /// The status.
    pub status: u16,
    /// The body.
    pub body: Vec<u8>,
    /// How long not to ask again (`Retry-After`), where that was said.
    pub retry_after: Option<Duration>,
}

impl Reply {
    /// Waits for the beginning of an answer, and reads it to its end, but no more than `most` bytes. Neither may
    /// take for ever.
    ///
    /// # Errors
    /// [`CallError`]
    pub async fn of(begins: impl Future<Output = Opened>, most: usize) -> Carried {
        let begun = tokio::time::timeout(HEAD_TIMEOUT, begins).await;
        let mut response = begun.map_err(late)??;
        Ok(Self {
            status: response.status().as_u16(),
            body: read(&mut response, most).await?,
            retry_after: retry_after(response.headers()),
        })
    }
}

/// An answer, or why there is none.
pub type Carried = Result<Reply, CallError>;

/// A request whose answer is read bit by bit.
#[derive(Clone, Debug)]
pub struct Ask {
    /// The whole address.
    pub url: String,
    /// The device's token.
    pub token: String,
    /// Further headers.
    pub headers: Vec<(&'static str, String)>,
    /// Longest that its beginning may take.
    pub timeout: Duration,
}

/// An answer that has begun.
pub type Opened = Result<reqwest::Response, CallError>;

/// What carries requests to the hub: HTTP, or a network that tests simulate.
pub trait Transport: Send + Sync {
    /// Sends one request and waits for its answer.
    fn carry(&self, call: Call) -> Pin<Box<dyn Future<Output = Carried> + Send + '_>>;

    /// Sends one request and waits for the beginning of its answer.
    fn open(&self, ask: Ask) -> Pin<Box<dyn Future<Output = Opened> + Send + '_>>;
}

/// Why there can be no client.
#[derive(Debug, thiserror::Error)]
pub enum ClientError {
    /// The system has no certificates, or the address is none.
    #[error(transparent)]
    Http(#[from] reqwest::Error),
    /// TLS cannot be set up.
    #[error(transparent)]
    Tls(#[from] rustls::Error),
}

/// What a hub goes on sending.
pub struct Stream(reqwest::Response);

impl Stream {
    /// The next bytes; `None` at the end.
    pub async fn next(&mut self) -> Result<Option<Vec<u8>>, CallError> {
        let chunk = self.0.chunk().await.map_err(transport)?;
        Ok(chunk.map(|bytes| bytes.to_vec()))
    }
}

/// Where the hub is.
#[derive(Clone)]
pub struct Client {
    transport: Arc<dyn Transport>,
    base: String,
    /// Until when the hub, or what stands before it, asked not to be asked again.
    held_until: Arc<Mutex<Option<Instant>>>,
}

impl Client {
    /// A client of the hub at `url`, over HTTP. Where certificates are named, the hub's is one of
    /// those.
    ///
    /// # Errors
    /// If the system has no certificates and the address needs them.
    pub fn new(url: &str, certificates: &[Fingerprint]) -> Result<Self, ClientError> {
        Ok(Self::over(Arc::new(Http::new(url, certificates)?), url))
    }

    /// A client of the hub at `url`, over whatever carries its requests.
    pub fn over(transport: Arc<dyn Transport>, url: &str) -> Self {
        let base = format!("{}/api/v1", url.trim_end_matches('/'));
        Self {
            transport,
            base,
            held_until: Arc::default(),
        }
    }

    /// Until when the hub asked not to be asked again, where that is still to come.
    pub fn held_until(&self) -> Option<Instant> {
        lock(&self.held_until).filter(|until| *until > Instant::now())
    }

    /// Not before that, and not all devices at the same moment then.
    fn hold(&self, retry_after: Option<Duration>) {
        if let Some(asked) = retry_after {
            let until = Instant::now() + held_for(asked, chance());
            let mut held = lock(&self.held_until);
            *held = Some(held.map_or(until, |held| held.max(until)));
        }
    }

    /// Sends a request and reads the answer, all within `timeout`.
    pub async fn post<T: DeserializeOwned>(
        &self,
        route: &str,
        token: Option<&str>,
        body: &impl Serialize,
        timeout: Duration,
    ) -> Result<Answer<T>, CallError> {
        self.post_keyed(route, token, None, body, timeout).await
    }

    /// The same with an `Idempotency-Key`.
    pub async fn post_keyed<T: DeserializeOwned>(
        &self,
        route: &str,
        token: Option<&str>,
        key: Option<&str>,
        body: &impl Serialize,
        timeout: Duration,
    ) -> Result<Answer<T>, CallError> {
        let call = self.call(route, token, key, body, timeout, ANSWER_MAX)?;
        understood(self.send(call).await?)
    }

    /// Asks for a snapshot; gives its text.
    pub async fn snapshot(
        &self,
        token: &str,
        request: &SnapshotRequest,
        timeout: Duration,
    ) -> Result<Answer<Vec<u8>>, CallError> {
        let (route, token) = ("/snapshot", Some(token));
        let call = self.call(route, token, None, request, timeout, SNAPSHOT_MAX)?;
        self.send(call).await
    }

    fn call(
        &self,
        route: &str,
        token: Option<&str>,
        key: Option<&str>,
        body: &impl Serialize,
        timeout: Duration,
        most: usize,
    ) -> Result<Call, CallError> {
        Ok(Call {
            url: format!("{}{route}", self.base),
            token: token.map(str::to_owned),
            key: key.map(str::to_owned),
            content_type: "application/json",
            // Nothing is sent of what cannot be written.
            body: serde_json::to_vec(body)
                .map_err(|error| CallError::Unreachable(error.to_string()))?,
            timeout,
            most,
        })
    }

    /// Sends a PNG with what `query` says in the address.
    pub async fn post_png<T: DeserializeOwned>(
        &self,
        route: &str,
        token: &str,
        query: &[(&str, &str)],
        png: Vec<u8>,
        timeout: Duration,
    ) -> Result<T, CallError> {
        let address = reqwest::Url::parse_with_params(&format!("{}{route}", self.base), query)
            .map_err(|error| CallError::Unreachable(error.to_string()))?;
        let call = Call {
            url: address.into(),
            token: Some(token.to_owned()),
            key: None,
            content_type: "image/png",
            body: png,
            timeout,
            most: ANSWER_MAX,
        };
        Ok(understood(self.send(call).await?)?.said)
    }

    async fn send(&self, call: Call) -> Result<Answer<Vec<u8>>, CallError> {
        let sent = Instant::now();
        let reply = self.transport.carry(call).await?;
        let took = sent.elapsed();
        if (200..300).contains(&reply.status) {
            let said = reply.body;
            return Ok(Answer { said, took });
        }
        self.hold(reply.retry_after);
        Err(refused(reply.status, &reply.body))
    }

    /// Waits for the beginning of an answer that is no refusal.
    async fn open(&self, ask: Ask) -> Opened {
        let timeout = ask.timeout;
        let mut answer = self.transport.open(ask).await?;
        if answer.status().is_success() {
            return Ok(answer);
        }
        self.hold(retry_after(answer.headers()));
        let body = tokio::time::timeout(timeout, read(&mut answer, ANSWER_MAX)).await;
        Err(refused(answer.status().as_u16(), &body.map_err(late)??))
    }

    /// Opens a stream of events, which may go on for ever.
    pub async fn listen(&self, route: &str, token: &str) -> Result<Stream, CallError> {
        let ask = Ask {
            url: format!("{}{route}", self.base),
            token: token.to_owned(),
            headers: vec![("Accept", "text/event-stream".to_owned())],
            timeout: STREAM_TIMEOUT,
        };
        Ok(Stream(self.open(ask).await?))
    }

    /// Asks for what lies at `route`, from that byte on. `timeout` is for the beginning of the answer;
    /// its body is for the caller to read. Gives the byte that it begins with as well.
    pub async fn get_from(
        &self,
        route: &str,
        token: &str,
        from: u64,
        timeout: Duration,
    ) -> Result<(reqwest::Response, u64), CallError> {
        let mut headers = vec![("Accept-Encoding", "identity".to_owned())];
        if from > 0 {
            headers.push(("Range", format!("bytes={from}-")));
        }
        let ask = Ask {
            url: format!("{}{route}", self.base),
            token: token.to_owned(),
            headers,
            timeout,
        };
        let answer = self.open(ask).await?;
        if answer.status().as_u16() != 206 {
            return Ok((answer, 0));
        }
        let range = answer.headers().get("Content-Range");
        let begins = range.and_then(|range| range.to_str().ok());
        let begins = begins.and_then(|range| range.strip_prefix("bytes "));
        let begins: Option<u64> = begins.and_then(|range| range.split('-').next()?.parse().ok());
        match begins {
            Some(begins) if begins == from => Ok((answer, from)),
            _ => Err(CallError::Nonsense(
                "another part than asked for".to_owned(),
            )),
        }
    }
}

/// Requests over HTTP.
pub struct Http(reqwest::Client);

impl Http {
    /// What carries requests to `url`, as [`Client::new`] has it.
    ///
    /// # Errors
    /// If the system has no certificates and the address needs them.
    pub fn new(url: &str, certificates: &[Fingerprint]) -> Result<Self, ClientError> {
        // Another part of the process may have installed it already; it is the same one.
        let _ = rustls::crypto::ring::default_provider().install_default();
        // A redirect is a captive portal's: a token is not for it.
        let builder = || {
            let builder = reqwest::Client::builder()
                .user_agent(concat!("gighall-kiosk/", env!("CARGO_PKG_VERSION")))
                .connect_timeout(CONNECT_TIMEOUT)
                .tcp_keepalive(Duration::from_secs(10))
                // Before the hub closes it: a request could cross that.
                .pool_idle_timeout(Duration::from_secs(30))
                .redirect(Policy::none());
            if is_loopback(url) {
                builder.no_proxy()
            } else {
                builder
            }
        };
        if !certificates.is_empty() {
            let builder = builder().tls_backend_preconfigured(pinned(certificates)?);
            return Ok(Self(builder.build()?));
        }
        if url.starts_with("http://") {
            // No redirect is followed, so no certificate is ever looked at: also a machine without any
            // reaches a hub in its own network.
            return Ok(Self(builder().tls_certs_only([]).build()?));
        }
        Ok(Self(builder().build()?))
    }

    async fn exchange(&self, call: Call) -> Carried {
        let mut request = self
            .0
            .post(call.url)
            .timeout(call.timeout)
            .header("Content-Type", call.content_type)
            .body(call.body);
        if let Some(token) = call.token {
            request = request.bearer_auth(token);
        }
        if let Some(key) = call.key {
            request = request.header("Idempotency-Key", key);
        }
        let begins = async { request.send().await.map_err(transport) };
        Reply::of(begins, call.most).await
    }

    async fn begin(&self, ask: Ask) -> Opened {
        let mut request = self.0.get(ask.url).bearer_auth(ask.token);
        for (name, value) in ask.headers {
            request = request.header(name, value);
        }
        let answer = tokio::time::timeout(ask.timeout, request.send()).await;
        answer.map_err(late)?.map_err(transport)
    }
}

fn understood<T: DeserializeOwned>(answer: Answer<Vec<u8>>) -> Result<Answer<T>, CallError> {
    let said = serde_json::from_slice(&answer.said);
    Ok(Answer {
        said: said.map_err(|error| CallError::Nonsense(error.to_string()))?,
        took: answer.took,
    })
}

fn late(_: tokio::time::error::Elapsed) -> CallError {
    CallError::Unanswered("no answer in time".to_owned())
}

/// What `Retry-After` says in seconds. A date is passed over: this device's clock may be wrong.
fn retry_after(headers: &reqwest::header::HeaderMap) -> Option<Duration> {
    let said = headers.get(reqwest::header::RETRY_AFTER)?.to_str().ok()?;
    Some(Duration::from_secs(said.trim().parse().ok()?))
}

fn refused(status: u16, body: &[u8]) -> CallError {
    match serde_json::from_slice::<Problem>(body) {
        Ok(problem) => CallError::Refused(Box::new(problem)),
        Err(_) if status >= 500 => CallError::Failed(status),
        Err(_) => CallError::Nonsense(format!("status {status}")),
    }
}

impl Transport for Http {
    fn carry(&self, call: Call) -> Pin<Box<dyn Future<Output = Carried> + Send + '_>> {
        Box::pin(self.exchange(call))
    }

    fn open(&self, ask: Ask) -> Pin<Box<dyn Future<Output = Opened> + Send + '_>> {
        Box::pin(self.begin(ask))
    }
}

async fn read(response: &mut reqwest::Response, most: usize) -> Result<Vec<u8>, CallError> {
    let mut body = vec![];
    loop {
        let chunk = tokio::time::timeout(STREAM_TIMEOUT, response.chunk()).await;
        let Some(chunk) = chunk.map_err(late)?.map_err(transport)? else {
            break;
        };
        if body.len() + chunk.len() > most {
            return Err(CallError::Nonsense(format!("longer than {most} bytes")));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

fn transport(error: reqwest::Error) -> CallError {
    // The address is in the configuration; the cause is what the log needs.
    let mut cause: &dyn std::error::Error = &error;
    while let Some(deeper) = cause.source() {
        cause = deeper;
    }
    let text = cause.to_string();
    if error.is_connect() {
        CallError::Unreachable(text)
    } else if error.is_decode() {
        CallError::Nonsense(text)
    } else {
        CallError::Unanswered(text)
    }
}
