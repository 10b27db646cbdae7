//! Sends the outbox: in order, in batches, oldest enrolment first.

use super::plan::Backoff;
use super::{BACKOFF_MOST, CallError, Shared, StepError, TIMEOUT, chance, lock, report};
use crate::store::{HubHead, Identity, StaffCode, StoreError, Waiting};
use gighall_core::id::Epoch;
use gighall_core::outbox::{Head, Record};
use gighall_core::wire::{OutboxReply, OutboxRequest, Problem, ProblemType};
use std::sync::Arc;
use std::time::Duration;
use tokio::time::Instant;

/// Without a wake-up and with nothing set aside, the outbox is looked at that often.
const LOOK_EVERY: Duration = Duration::from_secs(600);

/// Goes on for ever: woken by local writes, and by itself while something waits.
pub async fn run(shared: Arc<Shared>) {
    let mut changed = shared.store.subscribe();
    let mut backoff = Backoff::new(BACKOFF_MOST);
    // What an earlier start told is settled as well.
    let mut told = true;
    loop {
        shared.while_held().await;
        changed.mark_unchanged();
        match push(&shared).await {
            Ok(()) => {
                backoff.reset();
                if std::mem::take(&mut told) {
                    settle(&shared).await;
                }
                let due = lock(&shared.aside).due();
                let due = due.unwrap_or_else(|| Instant::now() + LOOK_EVERY);
                tokio::select! {
                    woken = changed.changed() => if woken.is_err() { return },
                    () = tokio::time::sleep_until(due) => {}
                    () = shared.reached.notified() => {}
                }
            }
            Err(error) => {
                tracing::warn!(%error, "the outbox waits");
                if let StepError::Call(
                    CallError::Unreachable(_) | CallError::Unanswered(_) | CallError::Nonsense(_),
                ) = &error
                {
                    shared.failed(error.link_problem()).await;
                }
                if let StepError::Store(error) = &error {
                    told = true;
                    tell(&shared, error).await;
                }
                shared.rest_behind(backoff.wait(chance())).await;
            }
        }
    }
}

/// Claims that cannot be sent would wait in silence for ever.
async fn tell(shared: &Shared, error: &StoreError) {
    let detail = format!("the outbox cannot be sent: {error}");
    let now = shared.clock.now();
    let told = shared
        .on_store(move |store| store.tell_staff(StaffCode::Device, &detail, now))
        .await;
    if let Err(error) = told {
        tracing::error!(%error, "staff cannot be told");
    }
}

async fn settle(shared: &Shared) {
    let settled = shared
        .on_store(|store| store.settle(StaffCode::Device))
        .await;
    if let Err(error) = settled {
        tracing::error!(%error, "a notice stays");
    }
}

/// Sends until nothing waits.
pub async fn push(shared: &Shared) -> Result<(), StepError> {
    let _one_at_a_time = shared.pushing.lock().await;
    loop {
        let Some(identity) = shared.identity() else {
            return Ok(());
        };
        let out = lock(&shared.aside).left_out(Instant::now());
        let device = identity.device;
        let most = lock(&shared.batch).get();
        let waiting = shared
            .on_store(move |store| {
                // The store may still be another device's: its enrolment comes first.
                if store.device()? != Some(device) {
                    return Ok(None);
                }
                store.waiting(most, &out)
            })
            .await?;
        let Some(waiting) = waiting else {
            return Ok(());
        };
        batch(shared, &identity, waiting).await?;
        shared.reached(false).await;
    }
}

/// Compares the log of the present epoch with the hub's, by sending nothing: for a hub that knows no
/// reports.
pub async fn compare(shared: &Shared, identity: &Identity) -> Result<(), StepError> {
    let _one_at_a_time = shared.pushing.lock().await;
    let nothing = Waiting {
        epoch: identity.epoch,
        records: vec![],
    };
    batch(shared, identity, nothing).await
}

async fn batch(shared: &Shared, identity: &Identity, waiting: Waiting) -> Result<(), StepError> {
    let Waiting { epoch, records } = waiting;
    let sent = records.last().map(Record::head);
    let request = OutboxRequest { epoch, records };
    let answer = shared.ask(identity, "/outbox", &request, TIMEOUT).await;
    let count = request.records.len();
    match &answer {
        Ok(_) => lock(&shared.batch).went(count),
        Err(CallError::Unanswered(_)) => lock(&shared.batch).too_many(count),
        Err(CallError::Refused(problem)) if problem.kind == ProblemType::TooLarge => {
            lock(&shared.batch).too_many(count);
        }
        Err(_) => {}
    }
    match answer {
        Ok(answer) => {
            let OutboxReply { head, feed_head } = answer.said;
            if sent.is_some_and(|sent| head.seq < sent.seq) {
                let message = format!("the hub's log ends at {} after it took {sent:?}", head.seq);
                return Err(CallError::Nonsense(message).into());
            }
            let judged = shared
                .on_store(move |store| {
                    let judged = store.acknowledge(epoch, head, feed_head)?;
                    if let (HubHead::Beyond, Some(sent)) = (judged, sent) {
                        // What was sent was taken, whatever follows it at the hub.
                        store.acknowledge(epoch, sent, feed_head)?;
                    }
                    Ok(judged)
                })
                .await?;
            match judged {
                HubHead::Known => Ok(()),
                // Of an older copy, which has begun another epoch since.
                HubHead::Beyond if epoch != identity.epoch => Ok(()),
                HubHead::Beyond | HubHead::Foreign => forked(shared, identity, epoch, head).await,
            }
        }
        Err(CallError::Refused(problem)) => refused(shared, identity, epoch, problem).await,
        Err(error) => Err(error.into()),
    }
}

async fn refused(
    shared: &Shared,
    identity: &Identity,
    epoch: Epoch,
    problem: Box<Problem>,
) -> Result<(), StepError> {
    let head = problem.head.unwrap_or_default();
    match problem.kind {
        ProblemType::LogGap => gap(shared, identity, epoch, head).await,
        ProblemType::LogFork => forked(shared, identity, epoch, head).await,
        _ => Err(CallError::Refused(problem).into()),
    }
}

/// The hub's log of that epoch is not the one that is here.
pub async fn forked(
    shared: &Shared,
    identity: &Identity,
    epoch: Epoch,
    head: Head,
) -> Result<(), StepError> {
    let detail = format!(
        "epoch {}: the hub has another record {}; this store was restored or cloned",
        epoch.0, head.seq
    );
    set_aside(shared, epoch, StaffCode::LogFork, detail).await?;
    // Rule 10: a restored or cloned device has no rights and begins a new log.
    leave(shared, identity, epoch).await
}

/// The hub lost records that it had acknowledged, or never got some that are lost here.
async fn gap(
    shared: &Shared,
    identity: &Identity,
    epoch: Epoch,
    head: Head,
) -> Result<(), StepError> {
    // While it is still known here what the hub has ever acknowledged: a hub that lost that learns so that
    // its data are an older copy.
    if let Err(error) = report::say(shared, identity, false).await {
        tracing::debug!(%error, "the hub could not be told");
    }
    let again = shared
        .on_store(move |store| store.send_again(epoch, head.seq))
        .await?;
    if again {
        return Ok(());
    }
    let detail = format!(
        "epoch {}: the hub misses records after {} that are no longer here",
        epoch.0, head.seq
    );
    set_aside(shared, epoch, StaffCode::LogGap, detail).await?;
    // What is confirmed from here on would never arrive: it belongs into a new log.
    leave(shared, identity, epoch).await
}

async fn leave(shared: &Shared, identity: &Identity, epoch: Epoch) -> Result<(), StepError> {
    if epoch == identity.epoch {
        shared
            .on_store(move |store| store.leave_epoch(epoch))
            .await?;
        shared.leave(epoch);
    }
    Ok(())
}

async fn set_aside(
    shared: &Shared,
    epoch: Epoch,
    code: StaffCode,
    detail: String,
) -> Result<(), StepError> {
    tracing::error!("{detail}");
    lock(&shared.aside).put(epoch, Instant::now());
    let now = shared.clock.now();
    shared
        .on_store(move |store| store.tell_staff(code, &detail, now))
        .await?;
    Ok(())
}
