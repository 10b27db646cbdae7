//! Who asks: the device whose token a request carries.

use super::problem::ApiError;
use crate::state::HubState;
use crate::store::{Caller, StoreError};
use axum::extract::FromRequestParts;
use axum::http::header;
use axum::http::request::Parts;
use gighall_core::id::{DeviceId, HallId};
use gighall_core::wire::ProblemType;
use std::time::Instant;

/// Any enrolment of a device, also one that a newer one has replaced.
pub struct AnyEpoch(pub Caller);

/// The present enrolment of a device.
pub struct Present(pub Caller);

impl FromRequestParts<HubState> for AnyEpoch {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &HubState) -> Result<Self, ApiError> {
        let unauthorized = |detail| ApiError::new(ProblemType::Unauthorized, detail);
        let token = parts
            .headers
            .get(header::AUTHORIZATION)
            .and_then(|value| value.to_str().ok())
            .and_then(|value| value.split_once(' '))
            .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"))
            .map(|(_, token)| token.trim().to_owned())
            .ok_or_else(|| unauthorized("there is no bearer token"))?;
        let caller = state
            .ask(move |store| store.authenticate(&token))
            .await?
            .ok_or_else(|| unauthorized("the hub does not know this token"))?;
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
