//! Claims at the hub under 64 clients at once, and devices that are lent places, spend them and give them back
//! meanwhile: whatever they saw, there is an order of one after the other, true to the clock, in which a plain
//! counter of places would have answered the same.
//!
//! `GIGHALL_ROUNDS` says how often each client claims; see tools/prove.sh.

// Shared with the tests of the interface.
#[path = "../crates/hub/tests/api_support/mod.rs"]
mod api_support;

use api_support::{TestDevice, TestHub, claim_request};
use gighall_core::claim::ClaimState;
use gighall_core::id::{JobId, WorkerId};
use gighall_core::rights::reserve;
use gighall_core::wire::{ProblemType, RightsAsk};
use std::collections::HashSet;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

const CLIENTS: u32 = 64;
const DEVICES: u32 = 4;
const PLACES: u32 = 10;

/// How long a client keeps its place.
const HELD_FOR: Duration = Duration::from_millis(20);

/// What a client asked and was answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Saw {
    /// It got a place.
    Taken,
    /// No place was free.
    Full,
    /// Its place was given back.
    Withdrawn,
    /// So many places were left.
    Left(u32),
    /// A device wanted so many places, and was lent so many.
    Lent { want: u32, got: u32 },
    /// A device gave so many back.
    GivenBack(u32),
    /// A device had spent one on a claim.
    Spent,
}

/// The plain counter.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
struct Counter {
    /// Places that are held or lent.
    used: u32,
    /// Places that claims hold.
    live: u32,
}

impl Saw {
    /// What is held after it, if a counter would have answered so.
    fn after(self, held: Counter, places: u32) -> Option<Counter> {
        let Counter { used, live } = held;
        let counter = |used, live| Some(Counter { used, live });
        let lendable = places.saturating_sub(used);
        let lendable = lendable.saturating_sub(reserve(places));
        match self {
            Self::Taken if used < places => counter(used + 1, live + 1),
            Self::Full if used == places => Some(held),
            Self::Withdrawn => counter(used.checked_sub(1)?, live.checked_sub(1)?),
            Self::Left(left) if live + left == places => Some(held),
            Self::Lent { want, got } if got == want.min(lendable) => counter(used + got, live),
            Self::GivenBack(back) if live + back <= used => counter(used - back, live),
            Self::Spent if live < used => counter(used, live + 1),
            _ => None,
        }
    }
}

/// One question, from before it was asked to after it was answered.
#[derive(Clone, Copy, Debug)]
struct Asked {
    began: u64,
    ended: u64,
    saw: Saw,
}

/// Searches such an order (Wing & Gong 1993, with Lowe's memory of what was tried). Of questions that
/// saw the same, the one that ended first may always go first: whatever order has another there still
/// holds with the two exchanged.
fn is_linearizable(history: &[Asked], places: u32) -> bool {
    let mut tried = HashSet::new();
    let mut stack = vec![(vec![false; history.len()], Counter::default())];
    while let Some((done, held)) = stack.pop() {
        let open = || history.iter().enumerate().filter(|(at, _)| !done[*at]);
        let Some(first_end) = open().map(|(_, it)| it.ended).min() else {
            return true;
        };
        let mut next: Vec<usize> = open()
            .filter(|(_, it)| it.began < first_end)
            .map(|(at, _)| at)
            .collect();
        next.sort_by_key(|at| history[*at].ended);
        let mut kinds = HashSet::new();
        next.retain(|at| kinds.insert(history[*at].saw));
        // The one that has to go soonest is tried first.
        for at in next.into_iter().rev() {
            if let Some(held) = history[at].saw.after(held, places) {
                let mut done = done.clone();
                done[at] = true;
                if tried.insert((done.clone(), held)) {
                    stack.push((done, held));
                }
            }
        }
        assert!(tried.len() < 2_000_000, "undecided");
    }
    false
}

/// A clock that only tells before from after, and what was seen by it.
#[derive(Default)]
struct Recorder {
    clock: AtomicU64,
    history: Mutex<Vec<Asked>>,
}

impl Recorder {
    fn begin(&self) -> u64 {
        self.clock.fetch_add(1, Ordering::SeqCst)
    }

    fn end(&self, began: u64, saw: Saw) {
        let ended = self.clock.fetch_add(1, Ordering::SeqCst);
        let asked = Asked { began, ended, saw };
        self.history.lock().expect("fine").push(asked);
    }

    fn history(&self) -> Vec<Asked> {
        self.history.lock().expect("fine").clone()
    }
}

fn rounds() -> u32 {
    let told = std::env::var("GIGHALL_ROUNDS").ok();
    told.and_then(|text| text.parse().ok()).unwrap_or(3)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn claims_at_the_hub_are_as_one_after_the_other() {
    let hub = Arc::new(TestHub::start().await);
    let device = Arc::new(hub.device("一号").await);
    let job = hub.job(1, PLACES);
    let recorder = Arc::new(Recorder::default());
    let mut devices = vec![];
    for n in 0..DEVICES {
        let device = hub.device(&format!("{}号", n + 2)).await;
        let worker = hub.worker(CLIENTS + n);
        let (hub, recorder) = (hub.clone(), recorder.clone());
        devices.push(tokio::spawn(lends(hub, device, worker, job, recorder)));
    }
    let clients: Vec<_> = (0..CLIENTS)
        .map(|n| {
            let (hub, device, recorder) = (hub.clone(), device.clone(), recorder.clone());
            let worker = hub.worker(n);
            tokio::spawn(async move {
                for round in 0..rounds() {
                    let request = claim_request(job, worker);
                    let began = recorder.begin();
                    match device.claim(&hub, &request).await {
                        Ok(_) => recorder.end(began, Saw::Taken),
                        Err(problem) => {
                            assert_eq!(problem.kind, ProblemType::CapacityExhausted);
                            recorder.end(began, Saw::Full);
                            continue;
                        }
                    }
                    // Long enough for others to find the job full.
                    tokio::time::sleep(HELD_FOR).await;
                    let store = hub.state.store.clone();
                    let noted = recorder.clone();
                    tokio::task::spawn_blocking(move || {
                        if (n + round) % 3 == 0 {
                            let began = noted.begin();
                            let left = store.job(job).expect("read").expect("there").places_left;
                            noted.end(began, Saw::Left(left));
                        }
                        let began = noted.begin();
                        store
                            .withdraw(request.claim, jiff::Timestamp::now())
                            .expect("withdrawn");
                        noted.end(began, Saw::Withdrawn);
                    })
                    .await
                    .expect("ended");
                }
            })
        })
        .collect();
    for one in clients.into_iter().chain(devices) {
        one.await.expect("ended well");
    }
    let history = recorder.history();
    let of = |saw| history.iter().filter(|it| it.saw == saw).count();
    println!(
        "linearizable: {} requests of {CLIENTS} clients and {DEVICES} devices, {} got a place, {} found \
         none, {} claims with rights",
        history.len(),
        of(Saw::Taken),
        of(Saw::Full),
        of(Saw::Spent)
    );
    assert!(of(Saw::Taken) > 0 && of(Saw::Full) > 0, "no contest");
    assert!(of(Saw::Spent) > 0 && of(Saw::GivenBack(1)) > 0, "no rights");
    assert!(is_linearizable(&history, PLACES));
}

/// A device asks for two rights again and again, spends one that it gets, and gives the rest back.
async fn lends(
    hub: Arc<TestHub>,
    mut device: TestDevice,
    worker: WorkerId,
    job: JobId,
    recorder: Arc<Recorder>,
) {
    let (mut granted, mut spent, mut returned) = (0, 0, 0);
    for _ in 0..4 * rounds() {
        let ask = |known, returned, want| RightsAsk {
            job,
            known,
            returned,
            want,
        };
        let began = recorder.begin();
        let reply = device.ask(&hub, ask(granted, returned, 2)).await;
        let got = reply.expect("answered") - granted;
        recorder.end(began, Saw::Lent { want: 2, got });
        granted += got;
        if got == 0 {
            tokio::time::sleep(HELD_FOR).await;
            continue;
        }
        let claim = device.takes(job, worker, ClaimState::Confirmed);
        let began = recorder.begin();
        device.upload(&hub, spent).await.expect("taken");
        recorder.end(began, Saw::Spent);
        spent += 1;
        let back = got - 1;
        returned += back;
        let began = recorder.begin();
        let reply = device.ask(&hub, ask(granted, returned, 0)).await;
        assert_eq!(reply.expect("answered"), granted);
        recorder.end(began, Saw::GivenBack(back));
        tokio::time::sleep(HELD_FOR).await;
        let (store, noted) = (hub.state.store.clone(), recorder.clone());
        let done = tokio::task::spawn_blocking(move || {
            let began = noted.begin();
            let now = jiff::Timestamp::now();
            store.withdraw(claim.id, now).expect("withdrawn");
            noted.end(began, Saw::Withdrawn);
        });
        done.await.expect("ended");
    }
}

/// The checker can tell: a counter that looks first and takes later is found out.
#[test]
fn a_counter_that_looks_before_it_takes_is_found_out() {
    let found = (0..200).any(|_| {
        let recorder = Recorder::default();
        let held = AtomicU32::new(0);
        std::thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| {
                    let began = recorder.begin();
                    if held.load(Ordering::SeqCst) < 2 {
                        std::thread::yield_now();
                        held.fetch_add(1, Ordering::SeqCst);
                        recorder.end(began, Saw::Taken);
                    } else {
                        recorder.end(began, Saw::Full);
                    }
                });
            }
        });
        !is_linearizable(&recorder.history(), 2)
    });
    assert!(found);
}

#[test]
fn histories_are_judged() {
    let asked = |began, ended, saw| Asked { began, ended, saw };
    let (taken, full) = (Saw::Taken, Saw::Full);
    let cases = [
        (vec![asked(0, 1, taken), asked(2, 3, full)], true),
        (vec![asked(0, 1, taken), asked(2, 3, taken)], false),
        (vec![asked(0, 1, full), asked(2, 3, taken)], false),
        // Beside each other, they may be told in the other order.
        (vec![asked(0, 3, full), asked(1, 2, taken)], true),
        (vec![asked(0, 1, taken), asked(2, 3, Saw::Left(1))], false),
        (vec![asked(0, 3, taken), asked(1, 2, Saw::Left(1))], true),
        (
            vec![
                asked(0, 1, taken),
                asked(2, 5, Saw::Withdrawn),
                asked(3, 4, taken),
            ],
            true,
        ),
    ];
    for (history, expected) in cases {
        assert_eq!(is_linearizable(&history, 1), expected, "{history:?}");
    }
    // Of three places one stays at the hub.
    let lent = |got| Saw::Lent { want: 5, got };
    let cases = [
        (vec![lent(2), taken, full, Saw::Spent, Saw::Left(1)], true),
        (vec![lent(3)], false),
        (vec![lent(2), taken, taken], false),
        (vec![lent(2), Saw::GivenBack(2), taken, lent(1)], true),
        (vec![lent(2), Saw::GivenBack(2), taken, lent(2)], false),
        (vec![taken, Saw::Spent], false),
        (vec![lent(1)], false),
    ];
    for (saw, expected) in cases {
        let history: Vec<_> = (0..)
            .step_by(2)
            .zip(saw)
            .map(|(at, saw)| asked(at, at + 1, saw))
            .collect();
        assert_eq!(is_linearizable(&history, 3), expected, "{history:?}");
    }
}
