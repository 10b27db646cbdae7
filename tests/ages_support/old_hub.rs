//! A hub as it answered once.

use super::device::exchange_of;
use super::{Age, Exchange};
use gighall_kiosk::sync::{Ask, Call, CallError, Carried, Opened, Reply, Transport};
use std::collections::{HashMap, VecDeque};
use std::pin::Pin;
use std::sync::{Arc, Mutex};

/// A hub of an older version: it answers what it answered then.
pub struct OldHub {
    replies: Mutex<HashMap<String, VecDeque<Exchange>>>,
    /// What nobody asked it then.
    pub unasked: Mutex<Vec<Exchange>>,
}

impl OldHub {
    pub fn of(age: &Age) -> Arc<Self> {
        let mut replies: HashMap<_, VecDeque<Exchange>> = HashMap::new();
        for exchange in age.exchanges() {
            let route = exchange.route().to_owned();
            replies.entry(route).or_default().push_back(exchange);
        }
        Arc::new(Self {
            replies: Mutex::new(replies),
            unasked: Mutex::default(),
        })
    }
}

impl Transport for OldHub {
    fn carry(&self, call: Call) -> Pin<Box<dyn Future<Output = Carried> + Send + '_>> {
        let asked = exchange_of(&call);
        let mut replies = self.replies.lock().expect("fine");
        let next = replies.get_mut(asked.route()).and_then(VecDeque::pop_front);
        let carried = match next.filter(|it| it.token == asked.token) {
            Some(then) => Ok(Reply {
                status: then.status,
                body: then.reply.to_string().into_bytes(),
                retry_after: None,
            }),
            None => {
                self.unasked.lock().expect("fine").push(asked);
                Err(CallError::Unreachable("nobody asked that then".to_owned()))
            }
        };
        Box::pin(std::future::ready(carried))
    }

    fn open(&self, _: Ask) -> Pin<Box<dyn Future<Output = Opened> + Send + '_>> {
        let none = CallError::Unreachable("this line carries no streams".to_owned());
        Box::pin(std::future::ready(Err(none)))
    }
}
