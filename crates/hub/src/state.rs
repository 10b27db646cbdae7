//! What every handler of the hub shares.

use crate::lane::Lane;
use crate::limit::Limits;
use crate::store::sqlite::{self, PutBack, SqliteStore};
use crate::store::{Caller, DeviceClaim, Store, StoreError};
use gighall_core::wire::ClaimReply;
use gighall_host::off_thread;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};
use tokio::sync::watch;

/// How a hub is opened.
#[derive(Clone, Debug)]
pub struct HubConfig {
    /// Where the database and the secret key lie.
    pub data: PathBuf,
    /// Where phones reach the hub, for example `http://192.168.1.5:8080`. `None` takes the
    /// address under which a request came in.
    pub phone_url: Option<String>,
    /// The time zone of the halls.
    pub zone: TimeZone,
    /// For how many days it is kept what walls showed.
    pub proof_days: u32,
    /// Proxies in front of the hub, whose word it takes for where requests come from.
    pub trusted_proxies: Vec<IpAddr>,
}

/// For how many days it is kept what walls showed, where nothing else is configured: a year, and
/// time to look at it.
pub const PROOF_DAYS: u32 = 400;

impl HubConfig {
    /// The hub of that data directory, in China's time zone, at whatever address it is reached.
    pub fn new(data: impl Into<PathBuf>) -> Self {
        Self {
            data: data.into(),
            phone_url: None,
            zone: china(),
            proof_days: PROOF_DAYS,
            trusted_proxies: vec![],
        }
    }
}

/// China's one time zone.
pub fn china() -> TimeZone {
    // The database is bundled; should the name ever go from it, the offset is the same.
    TimeZone::get("Asia/Shanghai").unwrap_or_else(|_| TimeZone::fixed(jiff::tz::offset(8)))
}

/// Why a hub cannot be opened or served.
#[derive(Debug, thiserror::Error)]
pub enum HubError {
    /// The data directory cannot be made.
    #[error("cannot use the data directory {path}: {cause}")]
    Data {
        /// Which directory.
        path: PathBuf,
        /// Why.
        cause: std::io::Error,
    },
    /// There is no hub in the data directory.
    #[error(
        "there is no hub in {0}: is that the data directory? `serve`, `hall set`, `import` and \
         `device add` begin one"
    )]
    NoHub(PathBuf),
    /// There is no secret key to open the store with.
    #[error(transparent)]
    Key(#[from] gighall_host::KeyError),
    /// The store cannot be opened.
    #[error("cannot open the store: {0}")]
    Store(#[from] StoreError),
    /// The network failed.
    #[error("cannot serve: {0}")]
    Serve(#[from] std::io::Error),
}

/// Opens the hub of a data directory, or makes it.
///
/// # Errors
/// [`HubError`]. A store that is damaged or newer than this program is left as it is.
pub fn open(config: &HubConfig) -> Result<HubState, HubError> {
    std::fs::create_dir_all(&config.data).map_err(|cause| HubError::Data {
        path: config.data.clone(),
        cause,
    })?;
    with_key(config, gighall_host::secret_key(&config.data)?)
}

/// Opens the hub of a data directory that has one; nothing is made where there is none.
///
/// # Errors
/// [`HubError::NoHub`], and as [`open`].
pub fn open_existing(config: &HubConfig) -> Result<HubState, HubError> {
    if !sqlite::is_there(&config.data) {
        return Err(HubError::NoHub(config.data.clone()));
    }
    with_key(config, gighall_host::existing_secret_key(&config.data)?)
}

/// Puts a copy of its database back into a data directory, whose secret key has to be there. `actor` is
/// who does so, for the audit.
///
/// # Errors
/// [`HubError::Key`] and [`HubError::Store`]; nothing is changed then.
pub fn put_back(config: &HubConfig, copy: &Path, actor: &str) -> Result<PutBack, HubError> {
    let secret = gighall_host::existing_secret_key(&config.data)?;
    let done = sqlite::put_back(&config.data, copy, &secret, actor, Timestamp::now())?;
    Ok(done)
}

fn with_key(config: &HubConfig, secret: [u8; 32]) -> Result<HubState, HubError> {
    let store = SqliteStore::open(&config.data, &secret, config.zone.clone())?;
    let url = config.phone_url.as_deref();
    let mut state = HubState::new(Arc::new(store), secret, url, config.zone.clone());
    state.proof_days = config.proof_days;
    state.trusted_proxies = config.trusted_proxies.as_slice().into();
    Ok(state)
}

/// What every handler of the hub shares. Cheap to clone.
#[derive(Clone)]
pub struct HubState {
    /// The store. Its methods block: call them through [`HubState::ask`].
    pub store: Arc<dyn Store>,
    /// Where phones reach the hub, without a slash at the end, where that is known.
    phone_url: Arc<RwLock<Option<String>>>,
    /// The time zone of the halls.
    pub zone: TimeZone,
    /// For how many days it is kept what walls showed.
    pub proof_days: u32,
    /// How often anybody may ask for anything.
    pub limits: Arc<Limits>,
    /// As in [`HubConfig`].
    pub trusted_proxies: Arc<[IpAddr]>,
    /// The hub's secret, from which the pages derive the key of their permits.
    secret: Arc<[u8; 32]>,
    tokens: Lane<String, Result<Option<Caller>, StoreError>>,
    claims: Lane<DeviceClaim, Result<ClaimReply, StoreError>>,
    /// Set when the server is to stop, so that nobody goes on waiting.
    stopping: Arc<watch::Sender<bool>>,
}

impl HubState {
    /// The state of a hub over that store.
    pub fn new(
        store: Arc<dyn Store>,
        secret: [u8; 32],
        phone_url: Option<&str>,
        zone: TimeZone,
    ) -> Self {
        let (known, taken) = (Arc::clone(&store), Arc::clone(&store));
        let state = Self {
            store,
            tokens: Lane::new(move |asked: Vec<String>| known.authenticate_each(&asked)),
            claims: Lane::new(move |asked: Vec<DeviceClaim>| taken.claim_each(&asked)),
            secret: Arc::new(secret),
            stopping: Arc::new(watch::Sender::new(false)),
            phone_url: Arc::default(),
            zone,
            proof_days: PROOF_DAYS,
            limits: Arc::default(),
            trusted_proxies: Arc::default(),
        };
        state.set_phone_url(phone_url);
        state
    }

    /// Phones reach the hub at another address from now on; devices hear of it with their next
    /// feed. White space and slashes at the end are cut off.
    pub fn set_phone_url(&self, url: Option<&str>) {
        let url = url
            .map(|url| url.trim().trim_end_matches('/'))
            .filter(|url| !url.is_empty())
            .map(str::to_owned);
        *self
            .phone_url
            .write()
            .unwrap_or_else(PoisonError::into_inner) = url;
    }

    /// The hub's secret.
    pub(crate) fn secret(&self) -> &[u8; 32] {
        &self.secret
    }

    /// Lets everybody who waits for something go.
    pub(crate) fn stop(&self) {
        self.stopping.send_replace(true);
    }

    /// Returns once the server is to stop.
    pub(crate) async fn stopped(&self) {
        // The sender lives as long as this state, so waiting cannot fail.
        let _ = self.stopping.subscribe().wait_for(|stop| *stop).await;
    }

    /// The hub's clock.
    pub fn now(&self) -> Timestamp {
        Timestamp::now()
    }

    /// Where phones reach the hub, without a slash at the end: as configured, else at the address
    /// that the request was sent to (its `Host`).
    pub fn phone_url(&self, host: Option<&str>) -> String {
        let known = self
            .phone_url
            .read()
            .unwrap_or_else(PoisonError::into_inner);
        match (&*known, host) {
            (Some(url), _) => url.clone(),
            (None, Some(host)) => format!("http://{host}"),
            (None, None) => String::new(),
        }
    }

    /// Asks the store off the async threads.
    ///
    /// # Errors
    /// As the store answers.
    pub async fn ask<T, F>(&self, question: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: FnOnce(&dyn Store) -> Result<T, StoreError> + Send + 'static,
    {
        let store = Arc::clone(&self.store);
        off_thread(move || question(store.as_ref()))
            .await
            .unwrap_or_else(|failed| Err(ended(&failed)))
    }

    /// Whose token that is.
    ///
    /// # Errors
    /// As the store answers.
    pub(crate) async fn caller(&self, token: String) -> Result<Option<Caller>, StoreError> {
        let answer = self.tokens.ask(token).await;
        answer.unwrap_or_else(|| Err(ended(&"a panic")))
    }

    /// Claims at the hub for a device ([`Store::claim_each`]).
    ///
    /// # Errors
    /// As the store answers.
    pub(crate) async fn claim(&self, claim: DeviceClaim) -> Result<ClaimReply, StoreError> {
        let answer = self.claims.ask(claim).await;
        answer.unwrap_or_else(|| Err(ended(&"a panic")))
    }
}

fn ended(by: &dyn std::fmt::Display) -> StoreError {
    StoreError::Unusable(format!("a store call ended by itself: {by}"))
}
