//! Taking a place with one button.

use super::format::moment;
use super::frame::{Frame, frame};
use super::job::{claim_form, job_and_hall, live_claim};
use super::jobs::{like, like_section};
use super::problem::Problem;
use super::visit::Visit;
use super::{Pages, id};
use crate::store::{NewClaim, StoreError};
use axum::extract::rejection::FormRejection;
use axum::extract::{Form, Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use gighall_core::claim::ClaimReason;
use gighall_core::hall::Hall;
use gighall_core::id::{ClaimId, JobId};
use gighall_core::job::Job;
use gighall_core::worker::Channel;
use maud::{Markup, html};
use std::time::Duration;

/// While devices hold places of a job, the hub has asked for them back, and terminals that are on
/// line answer in well under a second: the claim is tried again after each of these.
const PATIENCE: [Duration; 5] = [
    Duration::from_millis(150),
    Duration::from_millis(250),
    Duration::from_millis(400),
    Duration::from_millis(500),
    Duration::from_millis(700),
];

/// `POST /j/{job}/claim`. The claim's id, from the form or from `Idempotency-Key`, makes the same
/// request sent twice one claim.
pub async fn take(
    State(pages): State<Pages>,
    visit: Visit,
    Path(job): Path<String>,
    headers: HeaderMap,
    form: Result<Form<Vec<(String, String)>>, FormRejection>,
) -> Result<Response, Problem> {
    let job: JobId = id(&job)?;
    let claim = claim_id(&headers, form)?;
    let (job, hall) = pages
        .ask(move |store| job_and_hall(store, job))
        .await?
        .ok_or(Problem::NotFound)?;
    let Some(visitor) = pages.visitor(&visit).await? else {
        return Ok(Redirect::to(&format!("/register?next={}", job.id)).into_response());
    };
    // The job's page explains how to get a permit. A claim that was made already, with its answer
    // lost on the way, is found there too.
    let explained = || Redirect::to(&format!("/j/{}", job.id)).into_response();
    let Some(permit) = pages.permit(&visit) else {
        return Ok(explained());
    };
    if !pages.is_for(&permit, &job).await? {
        return Ok(explained());
    }
    pages.pace(visitor.worker)?;
    let new = NewClaim {
        id: claim,
        job: job.id,
        worker: visitor.worker,
        channel: Channel::Phone,
        device: None,
    };
    pages.pace_of_code(permit.code)?;
    let answered = answer(&pages, new, permit.code).await?;
    let worker = visitor.worker;
    let job_id = job.id;
    match answered {
        Answer::CodeUsed => {
            let mine = pages
                .ask(move |store| live_claim(store, worker, job_id))
                .await?;
            Ok(mine.map_or_else(explained, |mine| {
                Redirect::to(&format!("/s/{mine}")).into_response()
            }))
        }
        Answer::Taken(claim) => Ok(Redirect::to(&format!("/s/{claim}")).into_response()),
        Answer::Refused(reason) => {
            if reason == ClaimReason::Duplicate
                && let Some(mine) = pages
                    .ask(move |store| live_claim(store, worker, job_id))
                    .await?
            {
                return Ok(Redirect::to(&format!("/s/{mine}")).into_response());
            }
            let now = pages.hub.now();
            let pause = pages.ask(move |store| store.pause(worker, now)).await?;
            let until = pause
                .filter(|_| reason == ClaimReason::Paused)
                .map(|pause| {
                    let when = moment(visit.text(), pause.until, now, &pages.hub.zone);
                    (visit.text().paused_until)(&when)
                });
            let page = refused(&visit, &job, &hall, reason, until.as_deref());
            Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
        }
        Answer::Full { elsewhere } => {
            let page = full(&pages, &visit, &job, &hall, elsewhere).await?;
            Ok((StatusCode::CONFLICT, page).into_response())
        }
    }
}

/// The id that the claim is to have.
fn claim_id(
    headers: &HeaderMap,
    form: Result<Form<Vec<(String, String)>>, FormRejection>,
) -> Result<ClaimId, Problem> {
    let given = match headers.get("idempotency-key") {
        Some(key) => key.to_str().map_err(|_| Problem::BadRequest)?.to_owned(),
        None => {
            let Form(fields) = form.map_err(|rejection| Problem::of_form(&rejection))?;
            fields
                .into_iter()
                .find(|(name, _)| name == "claim")
                .ok_or(Problem::BadRequest)?
                .1
        }
    };
    // Whoever knows a claim's id may open its slip, so it has to be a random one.
    given
        .trim_matches('"')
        .parse()
        .ok()
        .filter(|id: &ClaimId| id.0.get_version_num() == 4)
        .ok_or(Problem::BadRequest)
}

enum Answer {
    Taken(ClaimId),
    Refused(ClaimReason),
    Full {
        elsewhere: bool,
    },
    /// The worker claimed with this code before: it is to be scanned again.
    CodeUsed,
}

/// Asks for the place, and again while one may still come back from a terminal.
async fn answer(pages: &Pages, new: NewClaim, code: [u8; 32]) -> Result<Answer, Problem> {
    let mut patience = PATIENCE.iter();
    loop {
        let now = pages.hub.now();
        let asked = pages
            .hub
            .ask(move |store| store.claim_with_code(&new, &code, now))
            .await;
        let asked = match asked {
            Ok(None) => return Ok(Answer::CodeUsed),
            Ok(Some(reply)) => Ok(reply),
            Err(error) => Err(error),
        };
        match asked {
            // The same id may have been used by somebody else, or for another job.
            Ok(reply) if reply.claim.job != new.job || reply.claim.worker != new.worker => {
                return Err(Problem::BadRequest);
            }
            Ok(reply) if reply.claim.state.is_live() => {
                return Ok(Answer::Taken(reply.claim.id));
            }
            // Sent again after the claim had ended: the old form of a page that was left open.
            Ok(reply) => {
                let reason = reply.claim.reason.unwrap_or(ClaimReason::ByWorker);
                return Ok(Answer::Refused(reason));
            }
            Err(StoreError::NotAllowed(ClaimReason::Full)) => {
                return Ok(Answer::Full { elsewhere: false });
            }
            Err(StoreError::NotAllowed(reason)) => return Ok(Answer::Refused(reason)),
            Err(StoreError::CapacityExhausted { elsewhere }) if elsewhere.is_empty() => {
                return Ok(Answer::Full { elsewhere: false });
            }
            Err(StoreError::CapacityExhausted { .. }) => match patience.next() {
                Some(wait) => tokio::time::sleep(*wait).await,
                None => return Ok(Answer::Full { elsewhere: true }),
            },
            Err(error) => return Err(error.into()),
        }
    }
}

fn refused(
    visit: &Visit,
    job: &Job,
    hall: &Hall,
    reason: ClaimReason,
    until: Option<&str>,
) -> Markup {
    let text = visit.text();
    let body = html! {
        section.notice.bad {
            h1 { (text.refused) }
            p { b { (job.title) } }
            p { ((text.claim_refused)(reason)) }
            @if let Some(until) = until { p { b { (until) } } }
        }
        a.button href={ "/j/" (job.id) } { (text.back_to_job) }
        a.button.second href="/me" { (text.my_jobs) }
    };
    frame(visit, &Frame::of_hall(text.refused, hall), body)
}

async fn full(
    pages: &Pages,
    visit: &Visit,
    job: &Job,
    hall: &Hall,
    elsewhere: bool,
) -> Result<Markup, Problem> {
    let (text, now) = (visit.text(), pages.hub.now());
    let hall_id = hall.id.clone();
    let open = pages
        .ask(move |store| store.open_jobs(&hall_id, now))
        .await?;
    let like = like(job, open);
    let body = html! {
        section.notice {
            h1 { (text.lost_the_race.title) }
            p { b { (job.title) } }
            p { (text.lost_the_race.body) }
            @if elsewhere { p { b { (text.maybe_elsewhere) } } }
        }
        @if elsewhere { (claim_form(text.try_again, job.id)) }
        (like_section(text, &hall.id, &like, now, &pages.hub.zone))
    };
    Ok(frame(
        visit,
        &Frame::of_hall(text.lost_the_race.title, hall),
        body,
    ))
}
