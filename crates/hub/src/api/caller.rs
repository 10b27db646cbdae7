//! Who asks: the device whose token a request carries.

use super::problem::ApiError;
use crate::state::HubState;
use crate::store::{Caller, StoreError};
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, header};
use gighall_core::id::{DeviceId, HallId};
use gighall_core::wire::ProblemType;
use tokio::time::Instant;

/// Any enrolment of a device, also one that a newer one has replaced.
pub struct AnyEpoch(pub Caller);

/// The present enrolment of a device.
pub struct Present(pub Caller);

/// The device whose token those headers carry.
pub async fn known(headers: &HeaderMap, state: &HubState) -> Result<Option<Caller>, StoreError> {
    let Some(token) = bearer(headers).map(str::to_owned) else {
        return Ok(None);
    };
    state.caller(token).await
}

fn bearer(headers: &HeaderMap) -> Option<&str> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = value.split_once(' ')?;
    let is_bearer = scheme.eq_ignore_ascii_case("bearer");
    is_bearer.then(|| token.trim())
}

impl FromRequestParts<HubState> for AnyEpoch {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &HubState) -> Result<Self, ApiError> {
        let unauthorized = |detail| ApiError::new(ProblemType::Unauthorized, detail);
        let caller = match parts.extensions.remove::<Caller>() {
            // It was asked for on the way here.
            Some(caller) => caller,
            None => {
                bearer(&parts.headers).ok_or_else(|| unauthorized("there is no bearer token"))?;
                known(&parts.headers, state)
                    .await?
                    .ok_or_else(|| unauthorized("the hub does not know this token"))?
            }
        };
        let asked = state.limits.devices.ask(caller.device, Instant::now());
        asked.map_err(ApiError::too_many)?;
        Ok(Self(caller))
    }
}

impl FromRequestParts<HubState> for Present {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &HubState) -> Result<Self, ApiError> {
        let AnyEpoch(caller) = AnyEpoch::from_request_parts(parts, state).await?;
        if caller.current {
            Ok(Self(caller))
        } else {
            Err(StoreError::EpochFenced.into())
        }
    }
}

/// Where the request was sent to, for phones to be sent there too. Nothing but a plain host and
/// port is taken.
pub struct Host(pub Option<String>);

impl FromRequestParts<HubState> for Host {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &HubState) -> Result<Self, ApiError> {
        let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | ':' | '[' | ']');
        let host = parts
            .headers
            .get(header::HOST)
            .and_then(|value| value.to_str().ok())
            .filter(|host| !host.is_empty() && host.len() < 256 && host.chars().all(plain));
        Ok(Self(host.map(str::to_owned)))
    }
}

/// Whether that hall is the caller's.
pub fn is_own_hall(caller: &Caller, hall: &HallId) -> bool {
    caller.hall == *hall
}

/// Whether that device is the caller.
pub fn is_self(caller: &Caller, device: DeviceId) -> bool {
    caller.device == device
}
