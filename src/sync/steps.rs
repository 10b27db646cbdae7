//! Enrolment, snapshots and the feed, one step after the other.

use super::plan::{self, LinkProblem, Outcome, Pace, Situation, Step};
use super::{
    BACKOFF_MOST, BLINK, CallError, STAFF_BACKOFF_MOST, Shared, StepError, TIMEOUT, chance, lock,
    rotate,
};
use crate::address::is_loopback;
use crate::store::{Identity, StaffCode, Store, StoreError};
use gighall_core::id::HubEpoch;
use gighall_core::token::SigningKey;
use gighall_core::wire::{
    Cursor, DeviceHealth, EnrolReply, EnrolRequest, EnrolledBefore, FeedReply, FeedRequest,
    ProblemType, ReEnrolRequest, Scope, SnapshotRequest,
};
use std::sync::Arc;
use std::time::Duration;
use tokio::time::Instant;

/// How long the hub waits for something new. A pulled cable that nobody tells of is found when
/// that is over.
const WAIT_SECONDS: u32 = 10;
/// How often the hub is asked for news while it pushes them: for how the device is, for the clock, and
/// for events that were lost.
const ASK_EVERY: Duration = Duration::from_secs(10);
/// How long news are waited for that come together with the first.
const SETTLE: Duration = Duration::from_millis(100);
/// News that come soon after others are asked for together: so often at most.
const ASK_AT_MOST_EVERY: Duration = Duration::from_secs(1);
/// Whoever was out of reach for longer sends what waited, gets rights and hears the stream begin: one question
/// for all that comes of it. Thousands come back at once.
const ASK_AFTER_AWAY: Duration = Duration::from_secs(3);
const FEED_TIMEOUT: Duration = Duration::from_secs(WAIT_SECONDS as u64 + 5);
/// Listings by the thousand over a slow line; one on which nothing comes is given up long before.
const SNAPSHOT_TIMEOUT: Duration = Duration::from_secs(600);

/// What has had its time is removed that often.
const TIDY_EVERY: Duration = Duration::from_secs(24 * 3600);

/// So many characters of each thing that staff are told here are told to the hub.
const NOTICE_MAX: usize = 500;

const VERSION: &str = env!("CARGO_PKG_VERSION");

/// Goes on for ever.
pub async fn run(shared: Arc<Shared>) {
    let mut pace = Pace::new(BACKOFF_MOST, STAFF_BACKOFF_MOST);
    // The first poll does not wait, so that the clock is measured and data is fresh at once.
    let mut wait_seconds = 0;
    // An earlier start may have told staff something.
    let mut told = true;
    let mut tidied = None;
    let mut keys_are_due = false;
    let mut pushed = shared.pushed.subscribe();
    let mut was_away = false;
    loop {
        shared.while_held().await;
        // Seen before the hub is asked, so that nothing can slip in between.
        let live = pushed.borrow_and_update().live;
        if live {
            wait_seconds = 0;
        }
        let asked = Instant::now();
        let outcome = turn(&shared, wait_seconds).await;
        let followed = outcome == Outcome::Followed;
        let came_back = was_away;
        told |= matches!(outcome, Outcome::Failed(problem) if problem.needs_enrolment());
        if followed && std::mem::take(&mut told) {
            settle(&shared).await;
        }
        if followed && tidied.is_none_or(|at: Instant| at.elapsed() > TIDY_EVERY) {
            tidied = Some(Instant::now());
            tidy(&shared).await;
            keys_are_due = true;
        }
        if followed && keys_are_due {
            // The hub forgets the key before within a day of hearing of the next, so an answer that
            // was lost is asked for again at once.
            keys_are_due = rotate::rotate(&shared)
                .await
                .inspect_err(|error| {
                    tracing::warn!(%error, "the key that signs codes could not be changed");
                })
                .is_err();
        }
        wait_seconds = if followed { WAIT_SECONDS } else { 0 };
        let wait = pace.after(outcome, chance());
        was_away = matches!(outcome, Outcome::Failed(_)) && wait > BLINK;
        if !wait.is_zero() {
            shared.rest(wait).await;
        } else if followed && came_back {
            tokio::time::sleep(ASK_AFTER_AWAY.saturating_sub(asked.elapsed())).await;
        } else if followed && live {
            // The hub says when there is news; should it fail to, it is asked all the same.
            tokio::select! {
                // Changes come in bursts: one question for all of them.
                _ = pushed.changed() => {
                    let rest = ASK_AT_MOST_EVERY.saturating_sub(asked.elapsed());
                    tokio::time::sleep(SETTLE.max(rest)).await;
                }
                () = tokio::time::sleep(ASK_EVERY) => {}
            }
        }
    }
}

/// One step, and what it means for the link.
pub async fn turn(shared: &Arc<Shared>, wait_seconds: u32) -> Outcome {
    let outcome = step(shared, wait_seconds).await.unwrap_or_else(|error| {
        tracing::warn!(%error, "no step forward with the hub");
        Outcome::Failed(error.link_problem())
    });
    match outcome {
        Outcome::Failed(problem) => {
            shared.failed(problem).await;
            if problem.needs_enrolment() {
                tell(shared, problem).await;
            }
        }
        _ => shared.reached(outcome == Outcome::Followed).await,
    }
    outcome
}

async fn step(shared: &Arc<Shared>, wait_seconds: u32) -> Result<Outcome, StepError> {
    let identity = shared.identity();
    let situation = situation(shared, identity.as_deref()).await?;
    match (plan::next(&situation), identity) {
        (Step::Stuck(problem), _) => {
            // The hub may know the token again after its data was put right.
            *lock(&shared.refused_token) = None;
            return Ok(Outcome::Failed(problem));
        }
        (Step::Enrol, _) => enrol(shared).await?,
        (Step::ReEnrol, Some(identity)) => re_enrol(shared, &identity).await?,
        (Step::SnapshotHall, Some(identity)) => {
            snapshot(shared, &identity, Scope::Hall(identity.hall.clone())).await?;
        }
        (Step::SnapshotDevice, Some(identity)) => {
            snapshot(shared, &identity, Scope::Device(identity.device)).await?;
        }
        (Step::Follow, Some(identity)) => return follow(shared, &identity, wait_seconds).await,
        // `next` gives these only with an identity.
        (_, None) => return Ok(Outcome::Failed(LinkProblem::NeedsCode)),
    }
    Ok(Outcome::Forward)
}

async fn situation(shared: &Shared, identity: Option<&Identity>) -> Result<Situation, StepError> {
    let known = identity.map(|it| (it.device, it.epoch, it.hub_epoch));
    let scopes = identity.map(|it| (Scope::Hall(it.hall.clone()), Scope::Device(it.device)));
    let (stored, hall_known, device_known) = shared
        .on_store(move |store| {
            let (hall, device) = match scopes {
                Some((hall, device)) => (store.cursor(&hall)?, store.cursor(&device)?),
                None => (None, None),
            };
            Ok((store.enrolment()?, hall.is_some(), device.is_some()))
        })
        .await?;
    let refused = lock(&shared.refused_token).clone();
    let left = *lock(&shared.left_epoch);
    Ok(Situation {
        has_code: lock(&shared.code).is_some(),
        identity: known,
        stored,
        token_refused: identity.is_some_and(|it| refused.as_deref() == Some(it.token.as_str())),
        wants_new_epoch: identity.is_some_and(|it| left == Some(it.epoch)),
        hall_known,
        device_known,
    })
}

async fn tell(shared: &Shared, problem: LinkProblem) {
    let detail = format!(
        "{}: run `gighall-hub device add` and give its code",
        problem.code()
    );
    let now = shared.clock.now();
    let told = shared
        .on_store(move |store| store.tell_staff(StaffCode::EnrolAgain, &detail, now))
        .await;
    if let Err(error) = told {
        tracing::error!(%error, "staff cannot be told");
    }
}

/// Removes what has had its time, by the hub's clock, which was just measured.
async fn tidy(shared: &Shared) {
    let now = shared.clock.now();
    if let Err(error) = shared.on_store(move |store| store.tidy(now)).await {
        tracing::error!(%error, "the store could not be tidied");
    }
}

/// The hub takes this device as it is.
async fn settle(shared: &Shared) {
    let settled = shared
        .on_store(|store| store.settle(StaffCode::EnrolAgain))
        .await;
    if let Err(error) = settled {
        tracing::error!(%error, "a notice stays");
    }
}

async fn enrol(shared: &Shared) -> Result<(), StepError> {
    let key = shared.signing_key()?;
    let request = EnrolRequest {
        code: lock(&shared.code).clone().unwrap_or_default(),
        hall: shared.config.hall.clone(),
        public_key: SigningKey::from_secret_hex(&key)?.public_hex(),
        version: VERSION.to_owned(),
        before: Identity::load(&shared.config.data)?.map(|it| EnrolledBefore {
            device: it.device,
            epoch: it.epoch,
        }),
    };
    let answer = shared.client.post("/enrol", None, &request, TIMEOUT).await;
    if let Err(CallError::Refused(_)) = &answer {
        // A token, if there is one, is tried again before the code.
        *lock(&shared.refused_token) = None;
    }
    let answer = answer?;
    let reply: EnrolReply = answer.said;
    shared.clock.measure(reply.now, answer.took);
    take_enrolment(shared, reply, key).await
}

async fn re_enrol(shared: &Shared, identity: &Identity) -> Result<(), StepError> {
    let request = ReEnrolRequest {
        public_key: SigningKey::from_secret_hex(&identity.signing_key)?.public_hex(),
        version: VERSION.to_owned(),
    };
    let mut answer = shared.ask(identity, "/re-enrol", &request, TIMEOUT).await;
    if let Err(CallError::Refused(problem)) = &mut answer
        && problem.kind == ProblemType::EpochFenced
    {
        // Another enrolment took this one's place and is in use: only a code helps now.
        problem.kind = ProblemType::Unauthorized;
        *lock(&shared.refused_token) = Some(identity.token.clone());
    }
    let answer = answer?;
    let reply: EnrolReply = answer.said;
    shared.clock.measure(reply.now, answer.took);
    take_enrolment(shared, reply, identity.signing_key.clone()).await
}

async fn take_enrolment(shared: &Shared, reply: EnrolReply, key: String) -> Result<(), StepError> {
    let identity = Identity::new(&reply, key);
    if identity.hall != shared.config.hall {
        let message = format!("enrolled for the hall {}", identity.hall);
        return Err(CallError::Nonsense(message).into());
    }
    let (saved, dir) = (identity.clone(), shared.config.data.clone());
    shared
        .on_store(move |store| {
            saved.save(&dir)?;
            store.enrolled(&saved, &reply)
        })
        .await?;
    tracing::info!(?identity, "enrolled");
    *lock(&shared.identity) = Some(Arc::new(identity));
    Ok(())
}

async fn snapshot(shared: &Shared, identity: &Identity, scope: Scope) -> Result<(), StepError> {
    let request = SnapshotRequest {
        scope: scope.clone(),
    };
    let client = &shared.client;
    let answer = client.snapshot(&identity.token, &request, SNAPSHOT_TIMEOUT);
    let answer = answer.await;
    shared.heed(identity, &answer);
    let answer = answer?;
    let now = shared.clock.now();
    let _still = shared.between_pushes().await;
    let applied = shared
        .on_store(move |store| store.apply_snapshot_text(&scope, &answer.said, now))
        .await;
    applied.map_err(|error| match error {
        StoreError::Nonsense(why) => CallError::Nonsense(why).into(),
        error => StepError::from(error),
    })
}

async fn follow(
    shared: &Shared,
    identity: &Identity,
    wait_seconds: u32,
) -> Result<Outcome, StepError> {
    let clock_offset_ms = shared.clock.offset_ms();
    let scopes = [
        Scope::Hall(identity.hall.clone()),
        Scope::Device(identity.device),
    ];
    let (asked, walls) = (scopes.clone(), shared.config.walls.clone());
    let request = shared
        .on_store(move |store| {
            let mut cursors = vec![];
            for scope in asked {
                let seq = store.cursor(&scope)?.unwrap_or(0);
                cursors.push(Cursor { scope, seq });
            }
            let outbox = store.outbox_state()?;
            let health = DeviceHealth {
                outbox_length: outbox.length,
                outbox_oldest: outbox.oldest,
                rights: store.rights_held()?,
                clock_offset_ms,
                version: VERSION.to_owned(),
                notices: notices(store)?,
                walls,
            };
            Ok(FeedRequest {
                cursors,
                wait_seconds,
                health,
            })
        })
        .await?;
    let answer = shared.ask(identity, "/feed", &request, FEED_TIMEOUT).await;
    if let Err(CallError::Refused(problem)) = &answer
        && problem.kind == ProblemType::CursorGone
    {
        tracing::info!("the hub's feed began anew: starting over from a snapshot");
        // It may have lost more than that.
        shared.report_again();
        return forget_cursors(shared, scopes).await;
    }
    let answer = answer?;
    let reply: FeedReply = answer.said;
    shared.clock.measure(reply.now, answer.took);
    if reply.picture.is_some() {
        shared.picture.send_replace(reply.picture);
    }
    if reply.hub_epoch != identity.hub_epoch {
        return adopt(shared, identity, reply.hub_epoch).await;
    }
    move_phones(shared, identity, &reply.phone_url).await?;
    let now = shared.clock.now();
    let expected = scopes.clone();
    // Caught up, or is more to be asked for at once?
    let behind = reply.scopes.iter().any(|told| {
        let last = told.changes.last();
        last.is_some_and(|last| last.seq < told.head)
    });
    let outcome = match behind {
        true => Outcome::Forward,
        false => Outcome::Followed,
    };
    let _still = shared.between_pushes().await;
    let applied = shared
        .on_store(move |store| {
            for told in reply.scopes {
                if expected.contains(&told.scope) {
                    store.apply_changes(&told, now)?;
                }
            }
            if let Some(figures) = reply.figures {
                store.note_figures(&figures)?;
            }
            Ok(())
        })
        .await;
    match applied {
        Err(StoreError::FeedGap) => {
            tracing::warn!("the feed has a gap: starting over from a snapshot");
            forget_cursors(shared, scopes).await
        }
        applied => applied.map(|()| outcome).map_err(StepError::from),
    }
}

/// Rule 12: the hub was restored. Its epoch is taken on, so that no grant from before is taken any more,
/// and then it is told what is held here. One with a lower epoch is an even older copy: it is told, and
/// raises its own.
async fn adopt(
    shared: &Shared,
    identity: &Identity,
    hub_epoch: HubEpoch,
) -> Result<Outcome, StepError> {
    tracing::warn!(epoch = hub_epoch.0, "the hub was restored");
    if hub_epoch > identity.hub_epoch {
        let adopted = Identity {
            hub_epoch,
            ..identity.clone()
        };
        let (saved, dir) = (adopted.clone(), shared.config.data.clone());
        // Were the power to go between the two, the next start takes the epoch from the store.
        shared
            .on_store(move |store| {
                store.adopt_hub(saved.epoch, saved.hub_epoch)?;
                saved.save(&dir)
            })
            .await?;
        *lock(&shared.identity) = Some(Arc::new(adopted));
    }
    shared.report_again();
    Ok(Outcome::StartOver)
}

/// What staff are told here, for those at the hub.
fn notices(store: &Store) -> Result<Vec<String>, StoreError> {
    let told = store.staff_notices()?.into_iter();
    Ok(told
        .map(|it| {
            let text = format!("{}: {}", it.code, it.detail.replace('\n', "; "));
            text.chars().take(NOTICE_MAX).collect()
        })
        .collect())
}

/// The hub may be reached at another address than at enrolment: codes lead there from now on.
async fn move_phones(shared: &Shared, identity: &Identity, url: &str) -> Result<(), StepError> {
    let url = url.trim_end_matches('/');
    // A hub without a network knows only loopback, where no phone gets to.
    let lost = is_loopback(url) && !is_loopback(&identity.phone_url);
    if url.is_empty() || url == identity.phone_url || lost {
        return Ok(());
    }
    tracing::info!(url, "phones open the hub at another address now");
    let moved = Identity {
        phone_url: url.to_owned(),
        ..identity.clone()
    };
    let (saved, dir) = (moved.clone(), shared.config.data.clone());
    shared.on_store(move |_| saved.save(&dir)).await?;
    *lock(&shared.identity) = Some(Arc::new(moved));
    Ok(())
}

async fn forget_cursors(shared: &Shared, scopes: [Scope; 2]) -> Result<Outcome, StepError> {
    shared
        .on_store(move |store| scopes.iter().try_for_each(|it| store.forget_cursor(it)))
        .await?;
    Ok(Outcome::StartOver)
}
