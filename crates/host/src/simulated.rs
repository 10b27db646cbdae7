//! A thread on which programs run under a simulator of time: nothing is done by other threads, whose pace is
//! another one each time, and whoever waits lets that time pass.

use std::cell::RefCell;
use std::rc::Rc;
use std::sync::mpsc::{Receiver, TryRecvError};

thread_local! {
    static PASS: RefCell<Option<Rc<dyn Fn()>>> = const { RefCell::new(None) };
}

/// Lasts as long as this is kept.
#[must_use]
pub struct Simulated(());

/// Begins it on this thread. `pass` lets some time pass.
pub fn begin(pass: Rc<dyn Fn()>) -> Simulated {
    PASS.set(Some(pass));
    Simulated(())
}

impl Drop for Simulated {
    fn drop(&mut self) {
        PASS.take();
    }
}

pub(crate) fn is_on() -> bool {
    PASS.with_borrow(Option::is_some)
}

pub(crate) fn wait_for<T>(answer: &Receiver<T>) -> Option<T> {
    loop {
        match answer.try_recv() {
            Ok(said) => return Some(said),
            Err(TryRecvError::Disconnected) => return None,
            Err(TryRecvError::Empty) => {
                let pass = PASS.with_borrow(Clone::clone);
                pass?();
            }
        }
    }
}
