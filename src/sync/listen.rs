//! Listens to what the hub pushes: that there is something new. Whatever goes wrong here costs time
//! only, as the feed is also asked for at intervals.

use super::plan::{Backoff, EventLines};
use super::{BACKOFF_MOST, CallError, Shared, chance};
use gighall_core::wire::{KEEP_ALIVE_SECONDS, ProblemType};
use std::sync::Arc;
use std::time::Duration;
use tokio::time::timeout;

/// A stream that has been silent for so long is dead: two signs of life were lost.
const SILENCE_MAX: Duration = Duration::from_secs(KEEP_ALIVE_SECONDS as u64 * 2 + 10);
/// A hub that knows no push is asked again after that.
const OLD_HUB: Duration = Duration::from_secs(600);

/// What came over the stream.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Pushed {
    /// Whether events come, so that nobody has to wait at the hub for news.
    pub live: bool,
    /// How many events came.
    pub events: u64,
}

/// Goes on for ever.
pub async fn run(shared: Arc<Shared>) {
    let mut backoff = Backoff::new(BACKOFF_MOST);
    loop {
        shared.while_held().await;
        let ended = listen(&shared).await;
        let was_live = shared.pushed.borrow().live;
        shared.pushed.send_if_modified(|pushed| {
            let was = pushed.live;
            pushed.live = false;
            was
        });
        if was_live {
            backoff.reset();
            // Who answers next may have another disk, put in so fast that nothing else failed.
            shared.report_again();
        }
        let wait = match ended {
            Err(CallError::Refused(problem)) if problem.kind == ProblemType::NotFound => {
                tracing::debug!("this hub pushes nothing: it is asked for news");
                OLD_HUB
            }
            Err(error) => {
                tracing::debug!(%error, "the hub's push is not heard");
                backoff.wait(chance())
            }
            // The hub ends every stream after a while, or nobody is enrolled yet.
            Ok(()) => backoff.wait(chance()),
        };
        shared.rest_behind(wait).await;
    }
}

async fn listen(shared: &Shared) -> Result<(), CallError> {
    let Some(identity) = shared.identity() else {
        return Ok(());
    };
    let mut stream = shared.client.listen("/events", &identity.token).await?;
    let mut lines = EventLines::default();
    loop {
        let chunk = timeout(SILENCE_MAX, stream.next())
            .await
            .map_err(|_| CallError::Unanswered("the stream fell silent".to_owned()))??;
        let Some(chunk) = chunk else {
            return Ok(());
        };
        let came = lines.events_in(&chunk);
        if came > 0 {
            shared.pushed.send_modify(|pushed| {
                pushed.live = true;
                pushed.events += came;
            });
        }
        let changed = shared
            .identity()
            .is_none_or(|now| now.token != identity.token);
        if changed {
            return Ok(());
        }
    }
}
