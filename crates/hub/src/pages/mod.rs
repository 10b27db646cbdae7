//! The pages that phones open: rendered here, in one piece, with no script to wait for. A page
//! stays far under 50 kB, its one small stylesheet is inside, and every text is a field of
//! [`text::Text`].
//!
//! | route | page |
//! | --- | --- |
//! | `GET /` | the halls, or the jobs of the only one |
//! | `GET /h/{hall}` | open jobs, `?kind=&town=&page=` |
//! | `GET /j/{job}` | one job: where the wall's code leads |
//! | `POST /j/{job}/claim` | takes a place, then the slip |
//! | `GET /c/{token}` | the terminal's code: a permit to claim, then the job |
//! | `GET`, `POST /register` | registration |
//! | `GET /s/{claim}` | the slip |
//! | `POST /s/{claim}/withdraw` | withdraws |
//! | `GET /t/{course}` | a course: where its code at the terminal leads |
//! | `POST /t/{course}/enrol` | asks for a place in it |
//! | `POST /t/{course}/leave` | withdraws from it |
//! | `GET /n/{notice}` | a policy or announcement: where its code at the terminal leads |
//! | `GET /me`, `POST /logout` | the worker's jobs; forgets the phone |

mod claim;
mod code;
mod cookies;
mod course;
mod format;
mod frame;
mod job;
mod jobs;
mod me;
mod notice;
mod permit;
mod problem;
mod qr;
mod register;
mod slip;
pub mod text;
mod throttle;
mod visit;

use crate::HubState;
use crate::limit::seconds;
use crate::routes::Asked::{Get, Post};
use crate::routes::{Door, Route, Row, build, described};
use crate::store::StoreError;
use axum::Router;
use axum::extract::{DefaultBodyLimit, Request, State};
use axum::http::{HeaderValue, Method, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::on;
use gighall_core::id::WorkerId;
use gighall_core::job::Job;
use gighall_core::wire::KnownWorker;
use permit::{Permit, PermitKey};
use problem::Problem;
use std::sync::Arc;
use throttle::Throttle;
use tokio::time::Instant;
use tower_http::catch_panic::CatchPanicLayer;
use visit::Visit;

/// Longest form, in bytes.
const FORM_MAX: usize = 64 * 1024;

/// What the handlers of the pages share.
#[derive(Clone)]
struct Pages {
    hub: HubState,
    permits: Arc<PermitKey>,
    throttle: Arc<Throttle>,
}

impl Pages {
    /// Asks the store; a failure of it becomes a page that says so.
    async fn ask<T, F>(&self, question: F) -> Result<T, Problem>
    where
        T: Send + 'static,
        F: FnOnce(&dyn crate::store::Store) -> Result<T, StoreError> + Send + 'static,
    {
        Ok(self.hub.ask(question).await?)
    }

    /// Who is looking: the worker of the session cookie, if there is one.
    async fn visitor(&self, visit: &Visit) -> Result<Option<KnownWorker>, Problem> {
        let Some(secret) = visit.cookie(cookies::SESSION).map(str::to_owned) else {
            return Ok(None);
        };
        let now = self.hub.now();
        self.ask(move |store| match store.session(&secret, now)? {
            Some(worker) => store.worker(worker),
            None => Ok(None),
        })
        .await
    }

    /// Counts what a worker does about claims.
    fn pace(&self, worker: WorkerId) -> Result<(), Problem> {
        let asked = self.hub.limits.workers.ask(worker, Instant::now());
        asked.map_err(|wait| Problem::TooMany(seconds(wait)))
    }

    /// Counts what is done with a code that was scanned.
    fn pace_of_code(&self, code: [u8; 32]) -> Result<(), Problem> {
        let asked = self.hub.limits.scans.ask(code, Instant::now());
        asked.map_err(|wait| Problem::TooMany(seconds(wait)))
    }

    /// The fresh code that this phone showed, if it did.
    fn permit(&self, visit: &Visit) -> Option<Permit> {
        self.permits
            .check(visit.cookie(cookies::PERMIT)?, self.hub.now())
    }

    /// Whether that permit is for that job: its code was that job's, or of the hall's first screen. Where the
    /// code's own job takes nobody any more, it is for the others of the hall, which the phone is shown then.
    async fn is_for(&self, permit: &Permit, job: &Job) -> Result<bool, Problem> {
        if permit.hall != job.hall {
            return Ok(false);
        }
        let Some(own) = permit.job.filter(|own| *own != job.id) else {
            return Ok(true);
        };
        let now = self.hub.now();
        let own = self.ask(move |store| store.job(own)).await?;
        Ok(own.is_none_or(|own| !own.is_open(now)))
    }
}

/// Every page. A new one is a new row here, and a request in the tests of doors.
const ROUTES: &[Row<Pages>] = &[
    Row::new(Get, "/", Door::Anybody, |it| on(it, jobs::home)),
    Row::new(Get, "/h/{hall}", Door::Anybody, |it| on(it, jobs::list)),
    Row::new(Get, "/j/{job}", Door::Anybody, |it| on(it, job::show)),
    Row::new(Post, "/j/{job}/claim", Door::WorkerInHall, |it| {
        on(it, claim::take)
    }),
    Row::new(Get, "/j/{job}/claim", Door::Anybody, |it| {
        on(it, job::back_to)
    }),
    Row::new(Get, "/c/{token}", Door::FreshCode, |it| on(it, code::scan)),
    Row::new(Get, "/register", Door::Anybody, |it| on(it, register::ask)),
    Row::new(Post, "/register", Door::Anybody, |it| {
        on(it, register::take)
    }),
    Row::new(Get, "/s/{claim}", Door::Id, |it| on(it, slip::show)),
    Row::new(Post, "/s/{claim}/withdraw", Door::Worker, |it| {
        on(it, slip::withdraw)
    }),
    Row::new(Get, "/s/{claim}/withdraw", Door::Anybody, |it| {
        on(it, slip::back_to)
    }),
    Row::new(Post, "/s/{claim}/paid", Door::Worker, |it| {
        on(it, slip::paid)
    }),
    Row::new(Get, "/s/{claim}/paid", Door::Anybody, |it| {
        on(it, slip::back_to)
    }),
    Row::new(Get, "/t/{course}", Door::Anybody, |it| on(it, course::show)),
    Row::new(Post, "/t/{course}/enrol", Door::WorkerInHall, |it| {
        on(it, course::enrol)
    }),
    Row::new(Get, "/t/{course}/enrol", Door::Anybody, |it| {
        on(it, course::back_to)
    }),
    Row::new(Post, "/t/{course}/leave", Door::Worker, |it| {
        on(it, course::leave)
    }),
    Row::new(Get, "/t/{course}/leave", Door::Anybody, |it| {
        on(it, course::back_to)
    }),
    Row::new(Get, "/n/{notice}", Door::Anybody, |it| on(it, notice::show)),
    Row::new(Get, "/me", Door::Worker, |it| on(it, me::show)),
    Row::new(Post, "/logout", Door::Anybody, |it| on(it, me::logout)),
];

/// What the table says.
pub(crate) fn routes() -> Vec<Route> {
    described("", ROUTES)
}

/// The pages of a hub. `secret` is the hub's secret key; the key of the permits is derived from
/// it. To be merged with the other routes of the hub: what neither knows gets a page that says so.
pub fn router(hub: HubState, secret: &[u8; 32]) -> Router {
    let pages = Pages {
        hub,
        permits: Arc::new(PermitKey::derive(secret)),
        throttle: Arc::new(Throttle::default()),
    };
    build(ROUTES)
        .fallback(|| async { Problem::NotFound })
        .layer(DefaultBodyLimit::max(FORM_MAX))
        .layer(CatchPanicLayer::new())
        .layer(middleware::from_fn_with_state(pages.clone(), own_forms))
        .layer(middleware::from_fn_with_state(pages.clone(), by_address))
        .layer(middleware::from_fn_with_state(pages.clone(), dress))
        .with_state(pages)
}

/// Takes forms from our own pages only: another site could otherwise sign a phone in as somebody
/// else. Programs that are no browsers say nothing of where a form was, and have no cookies to lose.
async fn own_forms(visit: Visit, request: Request, next: Next) -> Response {
    if request.method() == Method::POST && !visit.is_ours(request.headers()) {
        return Problem::ForeignForm.into_response();
    }
    next.run(request).await
}

/// Holds back an address that asks for too many pages.
async fn by_address(
    State(pages): State<Pages>,
    visit: Visit,
    request: Request,
    next: Next,
) -> Response {
    let asked = visit
        .address
        .map(|address| pages.hub.limits.pages.ask(address, Instant::now()));
    match asked {
        Some(Err(wait)) => Problem::TooMany(seconds(wait)).into_response(),
        _ => next.run(request).await,
    }
}

/// Turns every failure into a page in the visitor's language, remembers a language that was
/// chosen, and adds the headers that all pages carry.
async fn dress(visit: Visit, request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    if let Some(problem) = Problem::of(&response) {
        response = problem.page(&visit);
    }
    cookies::renew_session(&mut response, &visit);
    if visit.chose_lang {
        cookies::add(
            &mut response,
            &visit,
            cookies::LANG,
            visit.lang.code(),
            cookies::A_YEAR,
        );
    }
    let headers = response.headers_mut();
    for (name, value) in [
        (
            header::CONTENT_SECURITY_POLICY,
            "default-src 'none'; style-src 'unsafe-inline'; img-src data: 'self'; \
             form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
        ),
        (header::REFERRER_POLICY, "same-origin"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        // Every page says who is looking at it or what is left right now.
        (header::CACHE_CONTROL, "no-store"),
        (header::VARY, "Cookie, Accept-Language"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    response
}

/// Reads an id in an address. What is none is no page.
fn id<T: std::str::FromStr>(text: &str) -> Result<T, Problem> {
    text.parse().map_err(|_| Problem::NotFound)
}
