//! The table that routers are built from. Every row says who may pass, and a test walks all rows with
//! every role, so that no route can be added without somebody having thought of that.

use axum::Router;
use axum::routing::{MethodFilter, MethodRouter};

/// Who may pass a route.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Door {
    /// Anybody. What is to be seen there is public, or is no more than what the visitor sent.
    Anybody,
    /// Whoever holds a fresh one-time enrolment code.
    Code,
    /// A device, also with the token of an older enrolment, for what that enrolment did.
    AnyEpoch,
    /// A device whose present enrolment is its own, or was never used by anybody.
    ReEnrol,
    /// A device with the token of its present enrolment, for its own hall.
    Present,
    /// The same, of whichever hall: people are the same everywhere, and what names no hall is answered
    /// for the device's own.
    PresentAnywhere,
    /// Whoever knows a random id that only the worker was given.
    Id,
    /// A terminal's fresh code.
    FreshCode,
    /// A worker whom this phone knows, for what is the worker's own.
    Worker,
    /// A worker whom this phone knows and who showed a fresh code of the hall.
    WorkerInHall,
}

/// How a route is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Asked {
    /// `GET`, and with it `HEAD`.
    Get,
    /// `POST`
    Post,
}

impl Asked {
    /// As HTTP writes it.
    pub fn method(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
        }
    }

    fn filter(self) -> MethodFilter {
        match self {
            Self::Get => MethodFilter::GET,
            Self::Post => MethodFilter::POST,
        }
    }
}

/// A row: a route, who may pass it, and what answers.
pub(crate) struct Row<S: 'static> {
    pub asked: Asked,
    pub path: &'static str,
    pub door: Door,
    pub handler: fn(MethodFilter) -> MethodRouter<S>,
}

impl<S> Row<S> {
    pub const fn new(
        asked: Asked,
        path: &'static str,
        door: Door,
        handler: fn(MethodFilter) -> MethodRouter<S>,
    ) -> Self {
        Self {
            asked,
            path,
            door,
            handler,
        }
    }
}

/// A router of nothing but the rows.
pub(crate) fn build<S: Clone + Send + Sync + 'static>(rows: &[Row<S>]) -> Router<S> {
    rows.iter().fold(Router::new(), |router, row| {
        router.route(row.path, (row.handler)(row.asked.filter()))
    })
}

/// A route as others may know it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Route {
    /// How it is asked.
    pub asked: Asked,
    /// Its path from the root, with `{name}` for what varies.
    pub path: String,
    /// Who may pass.
    pub door: Door,
}

/// What the rows say, under a prefix.
pub(crate) fn described<S>(prefix: &str, rows: &[Row<S>]) -> Vec<Route> {
    rows.iter()
        .map(|row| Route {
            asked: row.asked,
            path: format!("{prefix}{}", row.path),
            door: row.door,
        })
        .collect()
}
