//! Sends what the walls showed: in order, in batches, beside everything else. Nobody waits for it,
//! so it is never what makes the hub count as out of reach.

use super::plan::{Backoff, BatchSize};
use super::{BACKOFF_MOST, CallError, Shared, StepError, TIMEOUT, chance};
use gighall_core::proof::{PROOF_BATCH_MAX, ProofReply, ProofRequest};
use gighall_core::wire::ProblemType;
use std::sync::Arc;
use std::time::Duration;

/// Without a wake-up it is looked at that often.
const LOOK_EVERY: Duration = Duration::from_secs(600);

/// A hub that is too old for it is asked again after that: somebody may have brought it up to date.
const OLD_HUB_EVERY: Duration = Duration::from_secs(3600);

/// Goes on for ever: woken by the writer, and by itself while something waits.
pub async fn run(shared: Arc<Shared>) {
    let mut kept = shared.store.subscribe_proof();
    let mut backoff = Backoff::new(BACKOFF_MOST);
    let mut batch = BatchSize::new(PROOF_BATCH_MAX);
    loop {
        shared.while_held().await;
        kept.mark_unchanged();
        match send(&shared, &mut batch).await {
            Ok(()) => {
                backoff.reset();
                tokio::select! {
                    woken = kept.changed() => if woken.is_err() { return },
                    () = tokio::time::sleep(LOOK_EVERY) => {}
                    // A first enrolment, or a hub that is back.
                    () = shared.reached.notified() => {}
                }
            }
            Err(StepError::Call(CallError::Refused(problem)))
                if problem.kind == ProblemType::NotFound =>
            {
                tracing::info!("the hub is too old to take what the walls showed: it is kept here");
                tokio::time::sleep(OLD_HUB_EVERY).await;
            }
            Err(error) => {
                tracing::debug!(%error, "what the walls showed waits");
                shared.rest_behind(backoff.wait(chance())).await;
            }
        }
    }
}

/// Sends until nothing waits.
async fn send(shared: &Shared, batch: &mut BatchSize) -> Result<(), StepError> {
    loop {
        let Some(identity) = shared.identity() else {
            return Ok(());
        };
        let (device, most) = (identity.device, batch.get());
        let waiting = shared
            .on_store(move |store| store.proof_waiting(device, most))
            .await?;
        let Some(waiting) = waiting else {
            return Ok(());
        };
        let epoch = waiting.epoch;
        let request = ProofRequest {
            epoch,
            showings: waiting.showings,
        };
        let answer = shared.ask(&identity, "/proof", &request, TIMEOUT).await;
        let count = request.showings.len();
        match &answer {
            Ok(_) => batch.went(count),
            Err(CallError::Unanswered(_)) => batch.too_many(count),
            Err(_) => {}
        }
        let ProofReply { through } = answer?.said;
        let last = request.showings.last().map_or(0, |showing| showing.seq);
        if through < last {
            let message = format!("{last} was sent and only {through} is kept");
            return Err(CallError::Nonsense(message).into());
        }
        shared
            .on_store(move |store| store.proof_sent(device, epoch, last))
            .await?;
    }
}
