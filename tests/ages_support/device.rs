//! A kiosk without windows that is driven by hand, and a line that keeps what goes over it.

use super::Exchange;
use gighall_core::testing::a_hall;
use gighall_kiosk::desk::HallDesk;
use gighall_kiosk::store::Store;
use gighall_kiosk::sync::{
    Ask, Call, CallError, Carried, Opened, Reply, Sync, SyncConfig, Transport, Turn,
};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use std::net::SocketAddr;
use std::path::Path;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use tokio::runtime::Runtime;

/// A kiosk whose engine is driven turn by turn, and whose requests are taped.
pub struct Device {
    pub store: Arc<Store>,
    pub sync: Arc<Sync>,
    pub desk: HallDesk,
    runtime: Runtime,
}

impl Device {
    pub fn open(data: &Path, line: Arc<dyn Transport>, code: Option<String>) -> Self {
        let zone = TimeZone::get("Asia/Shanghai").expect("a zone");
        let store = Store::open(data, zone, Timestamp::now()).expect("opens");
        let store = Arc::new(store);
        let config = SyncConfig {
            url: "http://hub".to_owned(),
            hall: a_hall(),
            code,
            data: data.to_owned(),
            lends: true,
            certificates: vec![],
            walls: vec![],
        };
        let runtime = Runtime::new().expect("a runtime");
        let own = Arc::new(Timestamp::now);
        let sync = Sync::driven(
            runtime.handle(),
            store.clone(),
            config,
            line,
            own,
            Arc::new(|| None),
        );
        let sync = Arc::new(sync.expect("starts"));
        Self {
            desk: HallDesk::new(store.clone(), sync.clone()),
            store,
            sync,
            runtime,
        }
    }

    pub fn turns(&self, turns: &[Turn]) {
        for turn in turns {
            self.runtime.block_on(self.sync.turn(*turn));
        }
    }
}

/// A line to a hub over HTTP that keeps what went over it.
pub struct Tape {
    hub: SocketAddr,
    on: AtomicBool,
    taped: Mutex<Vec<Exchange>>,
}

impl Tape {
    pub fn to(hub: SocketAddr) -> Arc<Self> {
        Arc::new(Self {
            hub,
            on: AtomicBool::new(true),
            taped: Mutex::default(),
        })
    }

    pub fn switch(&self, on: bool) {
        self.on.store(on, Ordering::SeqCst);
    }

    pub fn taken(&self) -> Vec<Exchange> {
        std::mem::take(&mut self.taped.lock().expect("fine"))
    }
}

/// A call of the engine as it goes over the line.
pub fn exchange_of(call: &Call) -> Exchange {
    let path = call.url.strip_prefix("http://hub").expect("that address");
    let mut exchange = Exchange::of("POST", path, call.token.as_deref(), &call.body);
    exchange.key = call.key.clone();
    exchange
}

impl Transport for Tape {
    fn carry(&self, call: Call) -> Pin<Box<dyn Future<Output = Carried> + Send + '_>> {
        Box::pin(async move {
            if !self.on.load(Ordering::SeqCst) {
                return Err(CallError::Unreachable("cut off".to_owned()));
            }
            let mut exchange = exchange_of(&call);
            let (status, body) = exchange.send(self.hub).await;
            exchange.status = status;
            exchange.reply = serde_json::from_slice(&body).expect("JSON");
            self.taped.lock().expect("fine").push(exchange);
            Ok(Reply {
                status,
                body,
                retry_after: None,
            })
        })
    }

    fn open(&self, _: Ask) -> Pin<Box<dyn Future<Output = Opened> + Send + '_>> {
        let none = CallError::Unreachable("this line carries no streams".to_owned());
        Box::pin(std::future::ready(Err(none)))
    }
}
