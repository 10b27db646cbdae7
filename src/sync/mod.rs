//! Talks to the hub: enrols, follows the feed, sends the outbox, asks for rights. Five tasks run
//! beside each other, so that a long wait of one never holds up another:
//!
//! - [`steps`]: enrolment, snapshots and the feed, one step after the other;
//! - [`listen`]: hears that the feed has something new;
//! - [`push`]: the outbox, whenever something is in it;
//! - [`lend`]: rights, whenever jobs or rights change, after a [`report`] of what is held;
//! - [`proof`]: what the walls showed, a batch at a time.
//!
//! What is decided is in [`plan`], without I/O. Whatever the hub answers, or does not, is an error
//! that is logged, shown as offline and tried again; nothing is lost, because nothing leaves the
//! store before the hub has acknowledged it.

mod ask;
mod client;
mod clock;
mod lend;
mod link;
mod listen;
mod media;
mod picture;
mod plan;
mod proof;
mod push;
mod report;
mod rotate;
mod steps;

pub use ask::Asked;
pub use client::{
    Ask, Call, CallError, Carried, Client, ClientError, Http, Opened, Reply, Transport,
};
pub use clock::{HubClock, OwnClock, SinceBoot, SteadyClock};
pub use link::LinkState;
pub use plan::{Backoff, LinkProblem, Situation, Step, next};

use crate::address::Fingerprint;
use crate::store::{Contact, Identity, Store, StoreError};
use client::Answer;
use gighall_core::id::{Epoch, HallId, HubEpoch};
use gighall_core::token::SigningKey;
use gighall_core::wire::{BATCH_MAX, ProblemType};
use gighall_host::{ended, off_thread};
use jiff::{SignedDuration, Timestamp};
use listen::Pushed;
use plan::{BatchSize, SetAside};
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::runtime::Handle;
use tokio::sync::{Notify, watch};
use tokio::task::{AbortHandle, JoinSet};
use uuid::Uuid;

/// Longest wait between two attempts: everybody is back within a minute, and thousands of devices are
/// spread over most of it.
pub const BACKOFF_MOST: Duration = Duration::from_secs(54);
/// Waits up to this are for a blink of the network, and each task's own.
const BLINK: Duration = Duration::from_secs(3);
/// The same while only staff can change anything.
const STAFF_BACKOFF_MOST: Duration = Duration::from_secs(30);
/// For requests that the hub answers at once.
const TIMEOUT: Duration = Duration::from_secs(10);
/// Longest that the feed waits for records that are under way.
const PUSH_WAITED_FOR: Duration = Duration::from_secs(2);
/// The store keeps the last contact at least that often.
const CONTACT_KEPT_EVERY: SignedDuration = SignedDuration::from_secs(30);

/// What the engine is told.
#[derive(Clone, Debug)]
pub struct SyncConfig {
    /// Where the hub is.
    pub url: String,
    /// The hall of this device.
    pub hall: HallId,
    /// The one-time enrolment code, if there is one.
    pub code: Option<String>,
    /// The data directory.
    pub data: PathBuf,
    /// Whether this device confirms claims, so that it asks for rights. If not, it gives back those
    /// that it still holds.
    pub lends: bool,
    /// The hub's certificates; where there are none, those that the system trusts.
    pub certificates: Vec<Fingerprint>,
    /// What the hub's playlists may call the walls of this device by.
    pub walls: Vec<String>,
}

/// Why the engine cannot be started.
#[derive(Debug, thiserror::Error)]
pub enum SyncError {
    /// The system has no certificates, or TLS cannot be set up.
    #[error("no connection can be made from this machine: {0}")]
    Client(#[from] ClientError),
    /// The identity cannot be read.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Why a step did not succeed.
#[derive(Debug, thiserror::Error)]
enum StepError {
    #[error(transparent)]
    Call(#[from] CallError),
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("no signing key: {0}")]
    Key(#[from] gighall_core::token::TokenError),
}

impl StepError {
    fn link_problem(&self) -> LinkProblem {
        match self {
            Self::Call(error) => error.link_problem(),
            Self::Store(_) | Self::Key(_) => LinkProblem::Device,
        }
    }
}

/// What an engine may do next, where it is driven turn by turn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Turn {
    /// The next step of enrolment, snapshots and the feed.
    Step,
    /// Sends what is in the outbox.
    Push,
    /// Reports returns, and asks for rights.
    Lend,
}

/// The engine. Dropping it ends its tasks.
pub struct Sync {
    shared: Arc<Shared>,
    runtime: Option<Handle>,
    tasks: Option<AbortHandle>,
}

/// What the tasks share.
struct Shared {
    config: SyncConfig,
    client: Client,
    store: Arc<Store>,
    identity: Mutex<Option<Arc<Identity>>>,
    clock: HubClock,
    link: watch::Sender<LinkState>,
    contact_kept: Mutex<Option<(Timestamp, Contact)>>,
    /// A token that the hub no longer knows.
    refused_token: Mutex<Option<String>>,
    /// An epoch that gets no rights any more: the log forked, or another
    /// enrolment followed. Named, so that late news of an old epoch cannot end the next one.
    left_epoch: Mutex<Option<Epoch>>,
    /// The epochs, of this device and of the hub, under which the hub was told what is held here since it
    /// was reached last.
    reported: Mutex<Option<(Epoch, HubEpoch)>>,
    /// Counts the reasons to tell it again.
    reports_wanted: AtomicU64,
    /// The one-time enrolment code, if there is one.
    code: Mutex<Option<String>>,
    /// Somebody reached the hub: whoever waits to try again may try now.
    reached: Notify,
    /// One push at a time, so that records stay in order.
    pushing: tokio::sync::Mutex<()>,
    /// How many records go in one request.
    batch: Mutex<BatchSize>,
    /// Enrolments whose records the hub does not take.
    aside: Mutex<SetAside>,
    /// The last request for a picture of the walls.
    picture: watch::Sender<Option<Uuid>>,
    /// What the hub pushed.
    pushed: watch::Sender<Pushed>,
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Sync {
    /// Starts the tasks on that runtime.
    ///
    /// # Errors
    /// [`SyncError`]
    pub fn start(
        runtime: &Handle,
        store: Arc<Store>,
        config: SyncConfig,
    ) -> Result<Self, SyncError> {
        Self::start_after(Duration::ZERO, runtime, store, config)
    }

    /// The same with tasks that begin after a while; what a person waits for is asked at once.
    ///
    /// # Errors
    /// [`SyncError`]
    pub fn start_after(
        wait: Duration,
        runtime: &Handle,
        store: Arc<Store>,
        config: SyncConfig,
    ) -> Result<Self, SyncError> {
        Ok(Self::idle(store, config, None)?.run_after(wait, runtime))
    }

    /// The same over whatever carries its requests.
    ///
    /// # Errors
    /// [`SyncError::Store`]
    pub fn start_over(
        runtime: &Handle,
        store: Arc<Store>,
        config: SyncConfig,
        network: Arc<dyn Transport>,
    ) -> Result<Self, SyncError> {
        let client = Client::over(network, &config.url);
        let clock = HubClock::of_machine(&store.contact()?);
        Ok(Self::with(store, config, None, client, clock)?.run_on(runtime))
    }

    /// Starts the tasks of an engine that is driven turn by turn, for it to take its turns by itself.
    pub fn run_on(self, runtime: &Handle) -> Self {
        self.run_after(Duration::ZERO, runtime)
    }

    fn run_after(mut self, wait: Duration, runtime: &Handle) -> Self {
        let shared = self.shared.clone();
        let tasks = runtime.spawn(async move {
            tokio::time::sleep(wait).await;
            run(shared).await;
        });
        self.tasks = Some(tasks.abort_handle());
        self.runtime = Some(runtime.clone());
        self
    }

    /// An engine that knows what the store knows and talks to nobody: for snapshots and tests. With
    /// a time `at`, the clock stands still there, and the hub is in reach if it was then, as far as
    /// the store knows.
    ///
    /// # Errors
    /// [`SyncError`]
    pub fn idle(
        store: Arc<Store>,
        config: SyncConfig,
        at: Option<Timestamp>,
    ) -> Result<Self, SyncError> {
        let client = Client::new(&config.url, &config.certificates)?;
        let clock = match at {
            Some(at) => HubClock::stopped(at),
            None => HubClock::of_machine(&store.contact()?),
        };
        Self::with(store, config, at, client, clock)
    }

    /// An engine that is driven turn by turn ([`Sync::turn`]), over a network and by clocks that
    /// the caller makes: for simulations. What a person waits for runs on that runtime.
    ///
    /// # Errors
    /// [`SyncError::Store`]
    pub fn driven(
        runtime: &Handle,
        store: Arc<Store>,
        config: SyncConfig,
        network: Arc<dyn Transport>,
        own: OwnClock,
        steady: SteadyClock,
    ) -> Result<Self, SyncError> {
        let client = Client::over(network, &config.url);
        let clock = HubClock::new(own, steady, &store.contact()?);
        let mut sync = Self::with(store, config, None, client, clock)?;
        sync.runtime = Some(runtime.clone());
        Ok(sync)
    }

    /// Takes one turn of an engine whose tasks do not run.
    pub async fn turn(&self, turn: Turn) {
        let shared = &self.shared;
        let done = match turn {
            Turn::Step => {
                steps::turn(shared, 0).await;
                Ok(())
            }
            Turn::Push => push::push(shared).await,
            Turn::Lend => lend::lend(shared, &mut lend::Asked::new()).await,
        };
        if let Err(error) = done {
            tracing::debug!(%error, "the turn {turn:?} came to nothing");
        }
    }

    fn with(
        store: Arc<Store>,
        config: SyncConfig,
        at: Option<Timestamp>,
        client: Client,
        clock: HubClock,
    ) -> Result<Self, SyncError> {
        let identity = Identity::load(&config.data)?.filter(|known| known.hall == config.hall);
        let stored = store.enrolment()?;
        let identity = identity.map(|known| known.caught_up(stored));
        let contact = store.contact()?;
        let link = LinkState {
            online: at.is_some_and(|at| contact.is_live(at)),
            last_contact: contact.last,
            data_from: contact.last,
            problem: None,
            clock_untrusted: clock.is_untrusted(contact.last),
        };
        let shared = Shared {
            client,
            code: Mutex::new(config.code.clone()),
            config,
            store,
            identity: Mutex::new(identity.map(Arc::new)),
            clock,
            link: watch::channel(link).0,
            contact_kept: Mutex::default(),
            refused_token: Mutex::default(),
            left_epoch: Mutex::default(),
            reported: Mutex::default(),
            reports_wanted: AtomicU64::new(0),
            reached: Notify::new(),
            pushing: tokio::sync::Mutex::default(),
            batch: Mutex::new(BatchSize::new(BATCH_MAX)),
            aside: Mutex::default(),
            picture: watch::channel(None).0,
            pushed: watch::channel(Pushed::default()).0,
        };
        Ok(Self {
            shared: Arc::new(shared),
            runtime: None,
            tasks: None,
        })
    }

    /// How the device stands with the hub, and whenever that changes.
    pub fn link(&self) -> watch::Receiver<LinkState> {
        self.shared.link.subscribe()
    }

    /// The hub's time as well as this device knows it.
    pub fn now(&self) -> Timestamp {
        self.shared.clock.now()
    }

    /// Whether rights may not be spent now, as deadlines cannot be told (rule 9). The hub is asked then.
    pub fn clock_untrusted(&self) -> bool {
        let last_contact = self.shared.link.borrow().last_contact;
        self.shared.clock.is_untrusted(last_contact)
    }

    /// Clock of the device less clock of the hub, in milliseconds.
    pub fn clock_offset_ms(&self) -> i64 {
        self.shared.clock.offset_ms()
    }

    /// Who this device is; `None` before it is enrolled for the configured hall.
    pub fn identity(&self) -> Option<Arc<Identity>> {
        self.shared.identity()
    }

    /// Where the tasks run; `None` for an engine that talks to nobody.
    pub fn runtime(&self) -> Option<&Handle> {
        self.runtime.as_ref()
    }

    /// Whoever waits to try again tries now: staff have plugged something in.
    pub fn wake(&self) {
        self.shared.reached.notify_waiters();
    }

    /// Enrols the device with that code, in the place of what it is. A code that the hub does not take
    /// leaves it as it is.
    pub fn enrol_with(&self, code: String) {
        *lock(&self.shared.code) = Some(code);
        let token = self.identity().map(|identity| identity.token.clone());
        *lock(&self.shared.refused_token) = token;
        self.wake();
    }

    /// Whether the hub pushes its news, so that nothing waits for the next question.
    pub fn hears_push(&self) -> bool {
        self.shared.pushed.borrow().live
    }

    /// Where the hub is.
    pub fn url(&self) -> &str {
        &self.shared.config.url
    }
}

/// Runs the tasks; they end with this one.
async fn run(shared: Arc<Shared>) {
    // What a damaged store says is not told to the hub. Whoever opened the store hears of it.
    if let Err(error) = shared.on_store(Store::inspect).await {
        tracing::error!(%error, "the store is not in order: nothing is sent or asked for");
        return;
    }
    let mut tasks = JoinSet::new();
    tasks.spawn(steps::run(shared.clone()));
    tasks.spawn(listen::run(shared.clone()));
    tasks.spawn(push::run(shared.clone()));
    tasks.spawn(lend::run(shared.clone()));
    tasks.spawn(proof::run(shared));
    while tasks.join_next().await.is_some() {}
}

impl Drop for Sync {
    fn drop(&mut self) {
        if let Some(task) = &self.tasks {
            task.abort();
        }
    }
}

impl Shared {
    fn identity(&self) -> Option<Arc<Identity>> {
        lock(&self.identity).clone()
    }

    /// Runs `work` on the store, off the async threads.
    async fn on_store<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Store) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let store = self.store.clone();
        ended(off_thread(move || work(&store)))
            .await
            .unwrap_or_else(|error| Err(StoreError::Damaged(error.to_string())))
    }

    /// The hub answered. `fresh` says that the listings are now as the hub has them.
    async fn reached(&self, fresh: bool) {
        let now = self.clock.now();
        let came_back = !self.link.borrow().online;
        if came_back {
            tracing::info!("the hub is in reach");
            // Before whoever waits for the link sees it.
            self.forget_report();
        }
        self.link.send_modify(|link| {
            link.online = true;
            link.problem = None;
            link.last_contact = Some(now);
            link.clock_untrusted = self.clock.is_untrusted(Some(now));
            if fresh {
                link.data_from = Some(now);
            }
        });
        if came_back {
            self.reached.notify_waiters();
        }
        self.keep_contact().await;
    }

    /// The hub did not answer, or not as it should.
    async fn failed(&self, problem: LinkProblem) {
        self.link.send_if_modified(|link| {
            let before = *link;
            link.online = false;
            link.problem = Some(problem);
            link.clock_untrusted = self.clock.is_untrusted(link.last_contact);
            *link != before
        });
        self.keep_contact().await;
    }

    /// Writes the last contact into the store, when there is news and not at every answer.
    async fn keep_contact(&self) {
        let link = *self.link.borrow();
        let contact = Contact {
            last: link.data_from,
            clock_offset_ms: self.clock.measured_offset_ms(),
            met: self.clock.met(),
            problem: link.problem.map(|problem| problem.code().to_owned()),
        };
        let now = self.clock.own();
        let news = match &*lock(&self.contact_kept) {
            None => true,
            Some((at, kept)) => {
                now.duration_since(*at).abs() > CONTACT_KEPT_EVERY
                    || kept.problem != contact.problem
                    || kept.last.is_none() != contact.last.is_none()
                    || kept.clock_offset_ms.abs_diff(contact.clock_offset_ms) > 1000
            }
        };
        if news {
            *lock(&self.contact_kept) = Some((now, contact.clone()));
            if let Err(error) = self
                .on_store(move |store| store.note_contact(&contact))
                .await
            {
                tracing::error!(%error, "the last contact could not be kept");
            }
        }
    }

    /// Asks the hub as that device, and takes the consequences of a refusal.
    async fn ask<T: serde::de::DeserializeOwned>(
        &self,
        identity: &Identity,
        route: &str,
        request: &impl serde::Serialize,
        timeout: Duration,
    ) -> Result<Answer<T>, CallError> {
        let token = Some(identity.token.as_str());
        let answer = self.client.post(route, token, request, timeout).await;
        self.heed(identity, &answer);
        answer
    }

    /// Takes the consequences of a refusal.
    fn heed<T>(&self, identity: &Identity, answer: &Result<Answer<T>, CallError>) {
        if let Err(CallError::Refused(problem)) = answer {
            match problem.kind {
                ProblemType::Unauthorized => {
                    *lock(&self.refused_token) = Some(identity.token.clone());
                }
                ProblemType::EpochFenced => self.leave(identity.epoch),
                _ => {}
            }
        }
    }

    /// The hub may not be the one that was told last, or may have been restored: it is told again what is
    /// held here. Whoever waits to try again tries now.
    fn report_again(&self) {
        self.forget_report();
        self.reached.notify_waiters();
    }

    fn forget_report(&self) {
        let mut reported = lock(&self.reported);
        self.reports_wanted.fetch_add(1, Ordering::SeqCst);
        *reported = None;
    }

    /// That epoch gets no rights any more: the device asks for the next one.
    fn leave(&self, epoch: Epoch) {
        *lock(&self.left_epoch) = Some(epoch);
    }

    /// Waits until no records are under way, and keeps others from being sent meanwhile: whoever
    /// applies the feed must know first which claims it counts already, or a claim of this device
    /// would be taken off the places twice for a moment. A push that hangs is not waited for.
    async fn between_pushes(&self) -> Option<tokio::sync::MutexGuard<'_, ()>> {
        tokio::time::timeout(PUSH_WAITED_FOR, self.pushing.lock())
            .await
            .ok()
    }

    /// Sleeps before the next attempt, less long if the hub is reached meanwhile.
    async fn rest(&self, wait: Duration) {
        tokio::select! {
            () = tokio::time::sleep(wait) => {}
            () = self.reached.notified() => {}
        }
    }

    /// Leaves the hub alone for as long as it asked for that. Every task does so before each turn, whatever
    /// woke it; only what a person waits for is asked at once.
    async fn while_held(&self) {
        // Another task may be told the same meanwhile.
        while let Some(until) = self.client.held_until() {
            tokio::time::sleep_until(until).await;
        }
    }

    /// The same for all but the steps. While no connection can be made, only those go on to knock: a hub
    /// that comes back to thousands of devices would hear from every task of each.
    async fn rest_behind(&self, wait: Duration) {
        self.rest(wait).await;
        if wait > BLINK {
            let unreachable = Some(LinkProblem::Unreachable);
            let mut link = self.link.subscribe();
            // The sender lives as long as this, so waiting cannot fail.
            let _ = link.wait_for(|link| link.problem != unreachable).await;
        }
    }

    /// The signing key to enrol with: the one this device had, or a new one, the same at each attempt.
    fn signing_key(&self) -> Result<String, StepError> {
        let dir = &self.config.data;
        if let Some(identity) = Identity::load(dir)? {
            return Ok(identity.signing_key);
        }
        let begun = Identity::key_begun_with(dir)?;
        if let Some(key) = begun.filter(|key| SigningKey::from_secret_hex(key).is_ok()) {
            return Ok(key);
        }
        let key = SigningKey::generate()?.secret_hex();
        Identity::begin_with(dir, &key)?;
        Ok(key)
    }
}

/// A random number from 0 to 1, for jitter. Without randomness it is the middle.
fn chance() -> f64 {
    let mut bytes = [0; 4];
    match getrandom::fill(&mut bytes) {
        Ok(()) => f64::from(u32::from_le_bytes(bytes)) / f64::from(u32::MAX),
        Err(_) => 0.5,
    }
}
