//! One request to the hub: JSON in, JSON out, and every way in which that can fail.

use super::plan::LinkProblem;
use crate::address::{Fingerprint, is_loopback, pinned};
use gighall_core::wire::Problem;
use reqwest::redirect::Policy;
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::time::{Duration, Instant};

/// Longest answer that is read, after decompression.
const ANSWER_MAX: usize = 16 << 20;

/// Longest snapshot of a hall: some 60,000 listings.
const SNAPSHOT_MAX: usize = 64 << 20;

/// How long a stream may take to begin.
const STREAM_TIMEOUT: Duration = Duration::from_secs(10);

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
    http: reqwest::Client,
    base: String,
}

impl Client {
    /// A client of the hub at `url`. Where certificates are named, the hub's is one of those.
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
                .redirect(Policy::none());
            if is_loopback(url) {
                builder.no_proxy()
            } else {
                builder
            }
        };
        if !certificates.is_empty() {
            let builder = builder().tls_backend_preconfigured(pinned(certificates)?);
            return Ok(Self::of(builder.build()?, url));
        }
        let http = builder().build().or_else(|error| {
            // A machine without certificates still reaches a hub in its own network.
            if url.starts_with("http://") {
                builder().tls_certs_only([]).build()
            } else {
                Err(error)
            }
        })?;
        Ok(Self::of(http, url))
    }

    fn of(http: reqwest::Client, url: &str) -> Self {
        Self {
            http,
            base: format!("{}/api/v1", url.trim_end_matches('/')),
        }
    }

    /// Opens a stream of events, which may go on for ever.
    pub async fn listen(&self, route: &str, token: &str) -> Result<Stream, CallError> {
        let request = self
            .http
            .get(format!("{}{route}", self.base))
            .header("Accept", "text/event-stream")
            .bearer_auth(token);
        let answer = tokio::time::timeout(STREAM_TIMEOUT, request.send()).await;
        let mut response = answer
            .map_err(|_| CallError::Unanswered("no stream in time".to_owned()))?
            .map_err(transport)?;
        if response.status().is_success() {
            return Ok(Stream(response));
        }
        let status = response.status().as_u16();
        let body = tokio::time::timeout(STREAM_TIMEOUT, read(&mut response, ANSWER_MAX)).await;
        let body = body.map_err(|_| CallError::Failed(status))??;
        match serde_json::from_slice::<Problem>(&body) {
            Ok(problem) => Err(CallError::Refused(Box::new(problem))),
            Err(_) => Err(CallError::Failed(status)),
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
        let mut request = self
            .http
            .post(format!("{}{route}", self.base))
            .timeout(timeout)
            .json(body);
        if let Some(token) = token {
            request = request.bearer_auth(token);
        }
        if let Some(key) = key {
            request = request.header("Idempotency-Key", key);
        }
        let most = if route == "/snapshot" {
            SNAPSHOT_MAX
        } else {
            ANSWER_MAX
        };
        send(request, most).await
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
        let request = self
            .http
            .post(address)
            .timeout(timeout)
            .header("Content-Type", "image/png")
            .bearer_auth(token)
            .body(png);
        Ok(send(request, ANSWER_MAX).await?.said)
    }
}

async fn send<T: DeserializeOwned>(
    request: reqwest::RequestBuilder,
    most: usize,
) -> Result<Answer<T>, CallError> {
    let sent = Instant::now();
    let mut response = request.send().await.map_err(transport)?;
    let status = response.status();
    let body = read(&mut response, most).await?;
    let took = sent.elapsed();
    if status.is_success() {
        let said = serde_json::from_slice(&body)
            .map_err(|error| CallError::Nonsense(error.to_string()))?;
        return Ok(Answer { said, took });
    }
    match serde_json::from_slice::<Problem>(&body) {
        Ok(problem) => Err(CallError::Refused(Box::new(problem))),
        Err(_) if status.is_server_error() => Err(CallError::Failed(status.as_u16())),
        Err(_) => Err(CallError::Nonsense(format!("status {}", status.as_u16()))),
    }
}

async fn read(response: &mut reqwest::Response, most: usize) -> Result<Vec<u8>, CallError> {
    let mut body = vec![];
    while let Some(chunk) = response.chunk().await.map_err(transport)? {
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
