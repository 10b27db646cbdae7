//! Rule 12: tells the hub what this device holds and did, at each start and whenever the hub is reached
//! again. A hub that was restored from an older copy gets back so what it has forgotten; a device that is
//! an older copy itself is found out.

use super::push::{compare, forked, push};
use super::{CallError, Shared, StepError, TIMEOUT, lock};
use crate::store::{HubHead, Identity};
use gighall_core::report::{ReportReply, ReportRequest, RightsReport};
use gighall_core::token::SigningKey;
use gighall_core::wire::{BATCH_MAX, ProblemType};
use gighall_core::witness::Witnessed;
use std::sync::atomic::Ordering;

/// So often the hub is told in a row: once, once more after what it lost was sent again, and once for
/// what was written meanwhile.
const ROUNDS: usize = 4;

/// Makes sure that the hub knows all that this device holds. Says whether it does; it does not where
/// either of the two has to begin a new epoch first.
pub async fn report(shared: &Shared, identity: &Identity) -> Result<bool, StepError> {
    let wanted = shared.reports_wanted.load(Ordering::SeqCst);
    let mut claims_too = false;
    for _ in 0..ROUNDS {
        let Some(reply) = say(shared, identity, claims_too).await? else {
            // A hub of before rule 12.
            compare(shared, identity).await?;
            note(shared, identity, wanted);
            return Ok(true);
        };
        if reply.hub_epoch != identity.hub_epoch {
            tracing::warn!(epoch = reply.hub_epoch.0, "the hub has another epoch");
            return Ok(false);
        }
        for log in &reply.logs {
            let (epoch, head) = (log.epoch, log.head);
            let judged = shared
                .on_store(move |store| store.compare_log(epoch, head))
                .await?;
            match judged {
                HubHead::Known => {}
                // The store was an older copy, and has begun another epoch since (rule 10). What it still
                // has of that log is the hub's as well, and goes there once more.
                HubHead::Beyond if epoch != identity.epoch => {}
                HubHead::Beyond | HubHead::Foreign => {
                    forked(shared, identity, epoch, head).await?;
                    return Ok(false);
                }
            }
        }
        if reply.complete {
            note(shared, identity, wanted);
            return Ok(true);
        }
        claims_too |= reply.asks_claims;
        push(shared).await?;
    }
    Err(CallError::Nonsense("the hub goes on to miss records that it took".to_owned()).into())
}

/// Nobody has asked for another report meanwhile.
fn note(shared: &Shared, identity: &Identity, wanted: u64) {
    let mut reported = lock(&shared.reported);
    if shared.reports_wanted.load(Ordering::SeqCst) == wanted {
        *reported = Some((identity.epoch, identity.hub_epoch));
    }
}

/// Says all of it once, where the hub asked for it also the claims that were made there, and what it said of
/// others of the hall. `None` from a hub
/// that knows no reports.
pub async fn say(
    shared: &Shared,
    identity: &Identity,
    claims_too: bool,
) -> Result<Option<ReportReply>, StepError> {
    let (rights, logs, claims, witnessed) = shared
        .on_store(move |store| {
            let claims = claims_too.then(|| store.direct_claims(BATCH_MAX));
            let witnessed = claims_too.then(|| store.witnessed());
            Ok((
                store.rights_to_report()?,
                store.logs()?,
                claims.transpose()?,
                witnessed.transpose()?.unwrap_or_default(),
            ))
        })
        .await?;
    let public_key = SigningKey::from_secret_hex(&identity.signing_key)?.public_hex();
    let rights = rights.chunks(BATCH_MAX).map(|some| (some, &[][..]));
    let witnessed = witnessed.chunks(BATCH_MAX).map(|some| (&[][..], some));
    let mut parts: Vec<(&[RightsReport], &[Witnessed])> = rights.chain(witnessed).collect();
    let rest = parts.pop().unwrap_or_default();
    let part = |(rights, witnessed): (&[RightsReport], &[Witnessed]), last: bool| ReportRequest {
        epoch: identity.epoch,
        hub_epoch: identity.hub_epoch,
        public_key: public_key.clone(),
        rights: rights.to_vec(),
        logs: if last { logs.clone() } else { vec![] },
        claims: if last { claims.clone() } else { None },
        witnessed: witnessed.to_vec(),
        last,
    };
    for some in parts {
        let request = part(some, false);
        let answer = shared
            .ask::<ReportReply>(identity, "/report", &request, TIMEOUT)
            .await;
        match answer {
            Ok(answer) if answer.said.hub_epoch != identity.hub_epoch => {
                return Ok(Some(answer.said));
            }
            Err(error) if is_unknown(&error) => return Ok(None),
            answer => answer.map(drop)?,
        }
    }
    match shared
        .ask(identity, "/report", &part(rest, true), TIMEOUT)
        .await
    {
        Ok(answer) => Ok(Some(answer.said)),
        Err(error) if is_unknown(&error) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// Whether the hub has no such route.
fn is_unknown(error: &CallError) -> bool {
    matches!(error, CallError::Refused(problem) if problem.kind == ProblemType::NotFound)
}
