//! Questions that a person at the terminal waits for: short time-outs, and a clear word on whether
//! the hub may have done what was asked.

use super::{CallError, Shared, Sync, push};
use gighall_core::seal::SealedText;
use gighall_core::wire::{ClaimReply, ClaimRequest, FindWorkerReply, FindWorkerRequest, Problem};
use gighall_host::wait_for;
use std::sync::Arc;
use std::time::Duration;

/// Longest that a person waits for one request.
const PATIENCE: Duration = Duration::from_secs(3);

/// What came of a question.
#[derive(Debug)]
pub enum Asked<T> {
    /// The answer.
    Answer(T),
    /// The hub says no.
    Refused(Box<Problem>),
    /// The question was sent and not answered: the hub may have done what was asked.
    Uncertain,
    /// The hub was not asked.
    Offline,
}

impl Sync {
    /// Rule 6: claims a place at the hub, after the records that it needs for that. Asked again
    /// with the same claim id where the answer is lost.
    pub fn claim_at_hub(&self, request: ClaimRequest) -> Asked<ClaimReply> {
        self.block(move |shared| claim(shared, request))
    }

    /// Asks the hub about a person.
    pub fn find_worker(&self, id_sealed: SealedText) -> Asked<FindWorkerReply> {
        self.block(move |shared| async move {
            let Some(identity) = shared.identity() else {
                return Asked::Offline;
            };
            let request = FindWorkerRequest { id_sealed };
            let token = Some(identity.token.as_str());
            let answer = shared
                .client
                .post("/workers/find", token, &request, PATIENCE)
                .await;
            match answer {
                Ok(answer) => Asked::Answer(answer.said),
                Err(CallError::Refused(problem)) => Asked::Refused(problem),
                Err(error) => {
                    tracing::warn!(%error, "the hub cannot be asked about a person");
                    Asked::Offline
                }
            }
        })
    }

    /// Runs a question on the engine's runtime and waits for its end. Nothing is asked while the
    /// hub is known to be out of reach, so that nobody waits for a time-out in vain.
    fn block<T, F>(&self, question: impl FnOnce(Arc<Shared>) -> F) -> Asked<T>
    where
        T: Send + 'static,
        F: Future<Output = Asked<T>> + Send + 'static,
    {
        let Some(runtime) = &self.runtime else {
            return Asked::Offline;
        };
        if !self.shared.link.borrow().online {
            return Asked::Offline;
        }
        let (done, answer) = std::sync::mpsc::sync_channel(1);
        let question = question(self.shared.clone());
        runtime.spawn(async move {
            // Nobody listens any more only when the program ends.
            let _ = done.send(question.await);
        });
        wait_for(&answer).unwrap_or(Asked::Uncertain)
    }
}

async fn claim(shared: Arc<Shared>, request: ClaimRequest) -> Asked<ClaimReply> {
    let Some(identity) = shared.identity() else {
        return Asked::Offline;
    };
    // The hub has to know the worker first.
    match tokio::time::timeout(PATIENCE, push::push(&shared)).await {
        Ok(Ok(())) => {}
        Ok(Err(error)) => {
            tracing::warn!(%error, "the outbox waits, so the hub is not asked for a place");
            return Asked::Offline;
        }
        Err(_) => return Asked::Offline,
    }
    let key = request.claim.to_string();
    let token = Some(identity.token.as_str());
    let mut uncertain = false;
    for _ in 0..2 {
        let answer = shared
            .client
            .post_keyed("/claims", token, Some(&key), &request, PATIENCE)
            .await;
        match answer {
            Ok(answer) => return Asked::Answer(answer.said),
            Err(CallError::Refused(problem)) => return Asked::Refused(problem),
            Err(error) => {
                tracing::warn!(%error, "no answer to a claim at the hub");
                uncertain |= error.is_uncertain();
            }
        }
    }
    if uncertain {
        Asked::Uncertain
    } else {
        Asked::Offline
    }
}
