//! Questions to the store that come by the hundred, answered all that wait at a time: one thread and one
//! commit for all of them, where a thread for each would spend its time waiting for the others.

use gighall_host::off_thread;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, PoisonError};
use tokio::runtime::Handle;
use tokio::sync::oneshot;

/// Most that are answered together, so that the first of them does not wait for ever.
const TOGETHER: usize = 256;

/// So many are answered together where they wait. Of more, half: while those are answered, whoever was
/// answered before gets to ask again, and neither the store nor the network waits for the other.
const HALVED: usize = 32;

/// Where they wait, and what answers them. Cheap to clone.
pub struct Lane<Q, A>(Arc<Inner<Q, A>>);

type Answering<Q, A> = dyn Fn(Vec<Q>) -> Vec<A> + Send + Sync;

struct Inner<Q, A> {
    answer: Box<Answering<Q, A>>,
    waiting: Mutex<Waiting<Q, A>>,
}

struct Waiting<Q, A> {
    asked: Vec<(Q, oneshot::Sender<A>)>,
    /// Somebody answers, and will look here again when done.
    answering: bool,
}

impl<Q, A> Clone for Lane<Q, A> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<Q: Send + 'static, A: Send + 'static> Lane<Q, A> {
    /// A lane that nobody is in. `answer` may block; it gives one answer for each question, in their order.
    pub fn new(answer: impl Fn(Vec<Q>) -> Vec<A> + Send + Sync + 'static) -> Self {
        Self(Arc::new(Inner {
            answer: Box::new(answer),
            waiting: Mutex::new(Waiting {
                asked: vec![],
                answering: false,
            }),
        }))
    }

    /// Asks, and waits for the answer. Whoever stops waiting is answered in vain, but what was asked for
    /// happens. `None` if answering panicked; those who ask later are answered.
    pub async fn ask(&self, question: Q) -> Option<A> {
        let (tell, told) = oneshot::channel();
        if self.0.enters(question, tell) {
            let inner = Arc::clone(&self.0);
            off_thread(move || inner.answer_all());
        }
        told.await.ok()
    }
}

impl<Q, A: Send + 'static> Inner<Q, A> {
    /// Joins those who wait. Says whether there is nobody yet who answers.
    fn enters(&self, question: Q, tell: oneshot::Sender<A>) -> bool {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        waiting.asked.push((question, tell));
        !std::mem::replace(&mut waiting.answering, true)
    }

    /// Those who are next; nobody answers any more if there are none.
    fn next(&self) -> Vec<(Q, oneshot::Sender<A>)> {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        let waits = waiting.asked.len();
        let count = waits.min(HALVED.max(waits / 2)).min(TOGETHER);
        waiting.answering = count > 0;
        waiting.asked.drain(..count).collect()
    }

    fn answer_all(&self) {
        loop {
            let (questions, tell): (Vec<_>, Vec<_>) = self.next().into_iter().unzip();
            if questions.is_empty() {
                return;
            }
            // After a panic, whose hook has logged it, the channels close.
            let answered = catch_unwind(AssertUnwindSafe(|| (self.answer)(questions)));
            let answers = answered.unwrap_or_default();
            // By a task: it wakes all of them without a call of the system for each.
            Handle::current().spawn(async move {
                for (tell, answer) in tell.into_iter().zip(answers) {
                    // Whoever asked may be gone.
                    let _ = tell.send(answer);
                }
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::mpsc;

    /// Answering it panics.
    const UNLUCKY: u32 = 9999;

    /// A lane that answers with the double, once it is let, and says how many it answers together.
    fn doubling() -> (Lane<u32, u32>, mpsc::Sender<()>, mpsc::Receiver<usize>) {
        let (allow, allowed) = mpsc::channel::<()>();
        let (tell, told) = mpsc::channel();
        let allowed = Mutex::new(allowed);
        let lane = Lane::new(move |asked: Vec<u32>| {
            tell.send(asked.len()).expect("somebody looks");
            allowed.lock().expect("whole").recv().expect("allowed");
            assert!(!asked.contains(&UNLUCKY), "unlucky");
            asked.into_iter().map(|n| n * 2).collect()
        });
        (lane, allow, told)
    }

    fn asks(lane: &Lane<u32, u32>, n: u32) -> tokio::task::JoinHandle<Option<u32>> {
        let lane = lane.clone();
        tokio::spawn(async move { lane.ask(n).await })
    }

    async fn wait_for(lane: &Lane<u32, u32>, count: usize) {
        while lane.0.waiting.lock().expect("whole").asked.len() < count {
            tokio::task::yield_now().await;
        }
    }

    #[tokio::test]
    async fn whoever_comes_meanwhile_is_answered_together() {
        let (lane, allow, told) = doubling();
        let first = asks(&lane, 1);
        let together = |told: &mpsc::Receiver<usize>| told.recv().expect("answered");
        tokio::task::yield_now().await;
        assert_eq!(together(&told), 1);
        let later: Vec<_> = (2..=601).map(|n| asks(&lane, n)).collect();
        wait_for(&lane, later.len()).await;
        for _ in 0..7 {
            allow.send(()).expect("answers");
        }
        assert_eq!(first.await.expect("ended"), Some(2));
        for (n, asked) in (2..).zip(later) {
            assert_eq!(asked.await.expect("ended"), Some(n * 2));
        }
        for count in [TOGETHER, 172, 86, 43, HALVED, 11] {
            assert_eq!(together(&told), count);
        }
        // Nobody answers now, and somebody will again.
        allow.send(()).expect("answers");
        assert_eq!(lane.ask(21).await, Some(42));
    }

    #[tokio::test]
    async fn a_panic_is_told_and_the_lane_goes_on() {
        let (lane, allow, _told) = doubling();
        allow.send(()).expect("answers");
        assert_eq!(lane.ask(UNLUCKY).await, None);
        allow.send(()).expect("answers");
        assert_eq!(lane.ask(4).await, Some(8));
    }

    #[tokio::test]
    async fn whoever_leaves_holds_nobody_up() {
        let (lane, allow, told) = doubling();
        let gone = asks(&lane, 1);
        tokio::task::yield_now().await;
        assert_eq!(told.recv().expect("answered"), 1);
        gone.abort();
        allow.send(()).expect("answers");
        allow.send(()).expect("answers");
        assert_eq!(lane.ask(5).await, Some(10));
    }
}
