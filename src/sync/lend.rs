//! Rights: reports what was given back, asks where too few are held. A device without a terminal
//! gives everything back and asks for nothing.

use super::plan::Backoff;
use super::{BACKOFF_MOST, Shared, StepError, TIMEOUT, chance, lock, report};
use crate::store::Due;
use gighall_core::id::JobId;
use gighall_core::wire::{BATCH_MAX, RightsAsk, RightsReply, RightsRequest};
use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;
use tokio::time::Instant;

/// Changes come in bursts: one request for all of them.
const SETTLE: Duration = Duration::from_millis(300);
/// Jobs also end by the clock, without any change.
const LOOK_EVERY: Duration = Duration::from_secs(60);
/// A job of which the hub had nothing to give is not asked for again before that.
const ASK_EVERY: Duration = Duration::from_secs(30);

/// When a job was last asked for, and the g known then.
pub type Asked = HashMap<JobId, (Instant, u32)>;

/// Goes on for ever.
pub async fn run(shared: Arc<Shared>) {
    let mut changed = shared.store.subscribe();
    let mut backoff = Backoff::new(BACKOFF_MOST);
    let mut asked = Asked::new();
    loop {
        shared.while_held().await;
        changed.mark_unchanged();
        let wanted = shared.reports_wanted.load(Ordering::SeqCst);
        match lend(&shared, &mut asked).await {
            Ok(()) => {
                backoff.reset();
                if shared.reports_wanted.load(Ordering::SeqCst) == wanted {
                    tokio::select! {
                        woken = changed.changed() => if woken.is_err() { return },
                        () = tokio::time::sleep(LOOK_EVERY) => {}
                        // The hub may have been restored while it was away.
                        () = shared.reached.notified() => {}
                    }
                }
                tokio::time::sleep(SETTLE).await;
            }
            Err(error) => {
                tracing::debug!(%error, "rights wait");
                shared.rest_behind(backoff.wait(chance())).await;
            }
        }
    }
}

/// Reports what was given back, and asks for rights where too few are held and the hub was not
/// asked in vain a moment ago.
pub async fn lend(shared: &Shared, asked: &mut Asked) -> Result<(), StepError> {
    let Some(identity) = shared.identity() else {
        return Ok(());
    };
    let now = shared.clock.now();
    let lends = shared.config.lends;
    let stored = shared
        .on_store(move |store| {
            if lends {
                store.give_back_stale(now)?;
            } else {
                store.give_back_all()?;
            }
            store.enrolment()
        })
        .await?;
    let present = (identity.device, identity.epoch, identity.hub_epoch);
    if stored != Some(present) {
        return Ok(());
    }
    // Rules 10 and 12: rights are for a log that is the hub's, not for an older copy of it, and of a hub
    // that knows what was granted.
    let reported = *lock(&shared.reported) == Some((identity.epoch, identity.hub_epoch));
    if !reported {
        if !report::report(shared, &identity).await? {
            return Ok(());
        }
        // What was asked for in vain was asked of another enrolment, or of a hub that waited.
        asked.clear();
    }
    if *lock(&shared.left_epoch) == Some(identity.epoch) {
        return Ok(());
    }
    // Looking through all jobs is for a hub that answers.
    let asks = shared
        .on_store(move |store| store.rights_to_ask(now))
        .await?;
    let asks = due(asks, asked, lends, Instant::now());
    for jobs in asks.chunks(BATCH_MAX) {
        let request = RightsRequest {
            epoch: identity.epoch,
            jobs: jobs.to_vec(),
        };
        let answer = shared.ask(&identity, "/rights", &request, TIMEOUT).await?;
        let reply: RightsReply = answer.said;
        let (epoch, hub_epoch) = (identity.epoch, identity.hub_epoch);
        shared
            .on_store(move |store| store.apply_grants(&request.jobs, &reply, epoch, hub_epoch))
            .await?;
        for ask in jobs.iter().filter(|ask| ask.want > 0) {
            asked.insert(ask.job, (Instant::now(), ask.known));
        }
    }
    Ok(())
}

/// What of the asks is sent now. Returns are always reported; a job that was asked for in vain
/// waits. A job that got something since may be asked for at once. Nothing is asked for by whoever
/// does not lend.
fn due(all: Vec<Due>, asked: &mut Asked, lends: bool, now: Instant) -> Vec<RightsAsk> {
    asked.retain(|_, (at, _)| now.duration_since(*at) < ASK_EVERY);
    all.into_iter()
        .filter_map(
            |Due {
                 mut ask,
                 unreported,
             }| {
                let known = asked.get(&ask.job).map(|(_, known)| *known);
                if !lends || known == Some(ask.known) {
                    ask.want = 0;
                }
                (unreported || ask.want > 0).then_some(ask)
            },
        )
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_job_asked_for_in_vain_waits() {
        let job = JobId(uuid::Uuid::from_u128(1));
        let ask = RightsAsk {
            job,
            known: 2,
            returned: 0,
            want: 3,
        };
        let wants = |ask| Due {
            ask,
            unreported: false,
        };
        let start = Instant::now();
        let mut asked = Asked::new();
        assert_eq!(due(vec![wants(ask)], &mut asked, true, start), vec![ask]);
        asked.insert(job, (start, 2));
        assert_eq!(due(vec![wants(ask)], &mut asked, true, start), vec![]);
        let granted = RightsAsk { known: 4, ..ask };
        assert_eq!(
            due(vec![wants(granted)], &mut asked, true, start),
            vec![granted]
        );
        let report = Due {
            ask,
            unreported: true,
        };
        let sent = RightsAsk { want: 0, ..ask };
        assert_eq!(due(vec![report], &mut asked, true, start), vec![sent]);
        let of_a_wall = due(vec![wants(ask), report], &mut Asked::new(), false, start);
        assert_eq!(of_a_wall, vec![sent]);
        let later = start + ASK_EVERY;
        assert_eq!(due(vec![wants(ask)], &mut asked, true, later), vec![ask]);
    }
}
