//! What can go wrong on a page, and the page that says so in a worker's words.

use super::frame::{Frame, frame};
use super::text::{Message, Text};
use super::visit::Visit;
use crate::store::StoreError;
use axum::extract::rejection::FormRejection;
use axum::http::header::RETRY_AFTER;
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use gighall_core::token::TokenError;
use maud::html;

/// Why there is no page. Each becomes a page of its own, in [`super::dress`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Problem {
    /// No such page, job or claim.
    NotFound,
    /// A form or a value in the address is longer than anybody needs.
    TooLong,
    /// A form without what it must have.
    BadRequest,
    /// A form that another site sent.
    ForeignForm,
    /// A page that was opened in a way that it is not opened in.
    WrongMethod,
    /// The scanned code is too old.
    CodeTooOld,
    /// The scanned code is no code of a hall, or a forged one.
    CodeNotOurs,
    /// The scanned code was made by a clock that is wrong.
    CodeClock,
    /// Too many requests; the next one may come after so many seconds.
    TooMany(u32),
    /// The hub was restored, and gives no place before its devices have reported.
    HeldBack,
    /// The hub failed; the log has the cause.
    Internal,
}

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::NotFound(_) | StoreError::UnknownHall(_) => Self::NotFound,
            StoreError::HeldBack => Self::HeldBack,
            // A claim's id that somebody else has used.
            StoreError::IdInUse(_) => Self::BadRequest,
            error => {
                tracing::error!(%error, "a page could not be made");
                Self::Internal
            }
        }
    }
}

impl From<TokenError> for Problem {
    fn from(error: TokenError) -> Self {
        match error {
            TokenError::Expired => Self::CodeTooOld,
            TokenError::FromTheFuture => Self::CodeClock,
            TokenError::NotAToken | TokenError::Forged | TokenError::NotAKey => Self::CodeNotOurs,
        }
    }
}

impl Problem {
    /// What is wrong with a response that carries no page yet.
    pub fn of(response: &Response) -> Option<Self> {
        if let Some(problem) = response.extensions().get::<Self>() {
            return Some(*problem);
        }
        let is_page = response
            .headers()
            .get(axum::http::header::CONTENT_TYPE)
            .is_some_and(|kind| kind.as_bytes().starts_with(b"text/html"));
        let status = response.status();
        if is_page || !(status.is_client_error() || status.is_server_error()) {
            return None;
        }
        // Axum's own answers, and those of layers, are plain text in English.
        Some(match status {
            StatusCode::NOT_FOUND => Self::NotFound,
            StatusCode::METHOD_NOT_ALLOWED => Self::WrongMethod,
            StatusCode::PAYLOAD_TOO_LARGE | StatusCode::URI_TOO_LONG => Self::TooLong,
            status if status.is_client_error() => Self::BadRequest,
            _ => Self::Internal,
        })
    }

    /// What is wrong with a form that cannot be read.
    pub fn of_form(rejection: &FormRejection) -> Self {
        if rejection.status() == StatusCode::PAYLOAD_TOO_LARGE {
            Self::TooLong
        } else {
            Self::BadRequest
        }
    }

    /// The HTTP status that goes with it.
    pub fn status(self) -> StatusCode {
        match self {
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::TooLong => StatusCode::PAYLOAD_TOO_LARGE,
            Self::BadRequest | Self::CodeNotOurs | Self::CodeClock => StatusCode::BAD_REQUEST,
            Self::ForeignForm => StatusCode::FORBIDDEN,
            Self::WrongMethod => StatusCode::METHOD_NOT_ALLOWED,
            Self::CodeTooOld => StatusCode::GONE,
            Self::TooMany(_) => StatusCode::TOO_MANY_REQUESTS,
            Self::HeldBack => StatusCode::SERVICE_UNAVAILABLE,
            Self::Internal => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    fn message(self, text: &Text) -> Message {
        match self {
            Self::NotFound => text.not_found,
            Self::TooLong => text.too_long,
            Self::BadRequest => text.bad_request,
            Self::ForeignForm => text.foreign_form,
            Self::WrongMethod => text.wrong_method,
            Self::CodeTooOld => text.code_too_old,
            Self::TooMany(_) => text.too_many,
            Self::CodeNotOurs => text.code_not_ours,
            Self::CodeClock => text.code_clock,
            Self::HeldBack => text.held_back,
            Self::Internal => text.internal,
        }
    }

    /// Its page.
    pub fn page(self, visit: &Visit) -> Response {
        let text = visit.text();
        let message = self.message(text);
        let body = html! {
            section.notice {
                h1 { (message.title) }
                p { (message.body) }
            }
            a.button.second href="/" { (text.home) }
        };
        let mut response = (
            self.status(),
            frame(visit, &Frame::new(message.title), body),
        )
            .into_response();
        if let Self::TooMany(seconds) = self {
            let headers = response.headers_mut();
            headers.insert(RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut response = self.status().into_response();
        response.extensions_mut().insert(self);
        response
    }
}
