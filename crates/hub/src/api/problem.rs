//! Errors as RFC 9457 problems, and the reader of request bodies that gives them.

use crate::limit::seconds;
use crate::store::StoreError;
use axum::Json;
use axum::body::Bytes;
use axum::extract::{FromRequest, Request};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use gighall_core::wire::{Problem, ProblemType};
use serde::de::DeserializeOwned;
use std::time::Duration;

/// A problem on its way out.
#[derive(Debug)]
pub struct ApiError {
    problem: Box<Problem>,
    /// Whole seconds after which the same may be asked again.
    retry_after: Option<u32>,
}

impl ApiError {
    /// A problem of that kind.
    pub fn new(kind: ProblemType, detail: impl Into<String>) -> Self {
        Self::from(Problem::new(kind, detail))
    }

    /// Too many of these: the next one may come after that time.
    pub fn too_many(wait: Duration) -> Self {
        let detail = "too many requests: wait as long as Retry-After says";
        let mut error = Self::new(ProblemType::TooManyRequests, detail);
        error.retry_after = Some(seconds(wait));
        error
    }
}

impl From<Problem> for ApiError {
    fn from(problem: Problem) -> Self {
        Self {
            problem: Box::new(problem),
            retry_after: None,
        }
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let status =
            StatusCode::from_u16(self.problem.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut response = (status, Json(self.problem)).into_response();
        response.headers_mut().insert(
            header::CONTENT_TYPE,
            HeaderValue::from_static("application/problem+json"),
        );
        if let Some(seconds) = self.retry_after {
            response
                .headers_mut()
                .insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}

impl From<StoreError> for ApiError {
    fn from(error: StoreError) -> Self {
        let kind = match &error {
            StoreError::UnknownHall(_) => ProblemType::UnknownHall,
            StoreError::NotFound(_) => ProblemType::NotFound,
            StoreError::BadEnrolmentCode => ProblemType::BadEnrolmentCode,
            StoreError::EpochFenced => ProblemType::EpochFenced,
            StoreError::LogFork(_) => ProblemType::LogFork,
            StoreError::LogGap(_) => ProblemType::LogGap,
            StoreError::CursorGone => ProblemType::CursorGone,
            StoreError::CapacityExhausted { .. } => ProblemType::CapacityExhausted,
            StoreError::HeldBack => ProblemType::HubRestored,
            StoreError::NotAllowed(_) => ProblemType::NotAllowed,
            StoreError::DamagedRecord(_)
            | StoreError::IdInUse(_)
            | StoreError::Unreadable
            | StoreError::NotHeld
            | StoreError::MoreEnrolled
            | StoreError::Finished
            | StoreError::InLedger
            | StoreError::NotSaid
            | StoreError::NotWaiting
            | StoreError::NotExpected(_)
            | StoreError::NotLateYet
            | StoreError::SeveralDevices
            | StoreError::SamePerson
            | StoreError::Slip(_)
            | StoreError::Event(_)
            | StoreError::StillClaimed => ProblemType::BadRequest,
            StoreError::TooNew
            | StoreError::InUse
            | StoreError::Database(_)
            | StoreError::Unusable(_)
            | StoreError::Corrupt(_) => ProblemType::Internal,
        };
        if kind == ProblemType::Internal {
            tracing::error!(%error, "a request failed");
            return Self::new(kind, "the hub failed; its log says why");
        }
        let mut problem = Problem::new(kind, error.to_string());
        match error {
            StoreError::LogFork(head) | StoreError::LogGap(head) => problem.head = Some(head),
            StoreError::NotAllowed(reason) => problem.reason = Some(reason),
            StoreError::CapacityExhausted { elsewhere } => problem.held_by = elsewhere,
            _ => {}
        }
        problem.into()
    }
}

/// The JSON body of a request. Fields that this build does not know are passed over.
pub struct Body<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Body<T> {
    type Rejection = ApiError;

    async fn from_request(request: Request, state: &S) -> Result<Self, ApiError> {
        let bytes = Bytes::from_request(request, state)
            .await
            .map_err(|rejection| {
                let kind = match rejection.status() {
                    StatusCode::PAYLOAD_TOO_LARGE => ProblemType::TooLarge,
                    _ => ProblemType::BadRequest,
                };
                ApiError::new(kind, rejection.body_text())
            })?;
        serde_json::from_slice(&bytes)
            .map(Self)
            // The message names fields and positions, but no values of strings that fit no field:
            // personal data stays out of it only if the text is kept to the position.
            .map_err(|error| {
                let place = format!("line {}, column {}", error.line(), error.column());
                ApiError::new(
                    ProblemType::BadRequest,
                    format!("the body cannot be read at {place}"),
                )
            })
    }
}
