//! Every month the device signs its codes with a new key, so that one that leaked is worth little. The
//! hub takes both for a day.

use super::{CallError, Shared, StepError, TIMEOUT, lock};
use crate::store::Identity;
use gighall_core::token::SigningKey;
use gighall_core::wire::{ProblemType, SigningKeyReply, SigningKeyRequest};
use jiff::{SignedDuration, Timestamp};
use std::sync::Arc;

/// How long a key signs.
const SIGNS_FOR: SignedDuration = SignedDuration::from_hours(30 * 24);

/// Whether a key is to be followed by another now. A change that was begun is always finished.
fn is_due(identity: &Identity, now: Timestamp) -> bool {
    identity.next_signing_key.is_some()
        || identity
            .signing_key_since
            .is_none_or(|since| now.duration_since(since) >= SIGNS_FOR)
}

/// Makes the next key where one is due, tells the hub, and signs with it once the hub has it.
pub async fn rotate(shared: &Shared) -> Result<(), StepError> {
    let Some(identity) = shared.identity() else {
        return Ok(());
    };
    let now = shared.clock.now();
    if !is_due(&identity, now) {
        return Ok(());
    }
    let next = match &identity.next_signing_key {
        Some(next) => next.clone(),
        None => SigningKey::generate()?.secret_hex(),
    };
    let request = SigningKeyRequest {
        public_key: SigningKey::from_secret_hex(&next)?.public_hex(),
    };
    // Kept before it is sent: should the answer be lost, the same key is sent again.
    let begun = Identity {
        next_signing_key: Some(next.clone()),
        ..(*identity).clone()
    };
    if identity.next_signing_key.is_none() {
        keep(shared, begun.clone()).await?;
    }
    let answer = shared
        .ask::<SigningKeyReply>(&identity, "/signing-key", &request, TIMEOUT)
        .await;
    match answer {
        Ok(_) => {
            let done = Identity {
                signing_key: next,
                signing_key_since: Some(now),
                next_signing_key: None,
                ..begun
            };
            keep(shared, done).await?;
            tracing::info!("codes are signed with a new key");
            Ok(())
        }
        Err(CallError::Refused(problem)) if problem.kind == ProblemType::NotFound => {
            tracing::debug!("this hub is too old to be told of a new key");
            Ok(())
        }
        Err(error) => Err(error.into()),
    }
}

async fn keep(shared: &Shared, identity: Identity) -> Result<(), StepError> {
    let (saved, dir) = (identity.clone(), shared.config.data.clone());
    shared.on_store(move |_| saved.save(&dir)).await?;
    *lock(&shared.identity) = Some(Arc::new(identity));
    Ok(())
}
