//! The code on the terminal's screen: who opens it fresh is in the hall and may claim.

use super::course::course_and_hall;
use super::permit::{PERMIT_LIFETIME, hash_of};
use super::problem::Problem;
use super::visit::Visit;
use super::{Pages, cookies};
use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Redirect, Response};
use gighall_core::id::{EventId, HallId, JobId};
use gighall_core::token::{self, Presence, TokenError};
use std::collections::HashMap;

/// `GET /c/{token}`: a permit, then the course in `?course=`, the job that the code names, else the job that
/// was looked at before, else the hall's jobs.
pub async fn scan(
    State(pages): State<Pages>,
    visit: Visit,
    Path(token): Path<String>,
    Query(query): Query<HashMap<String, String>>,
) -> Result<Response, Problem> {
    let presence = read(&pages, token.clone()).await?;
    pages.pace_of_code(hash_of(&token))?;
    let course = match query.get("course").and_then(|id| id.parse().ok()) {
        Some(course) => course_of(&pages, course, &presence.hall).await?,
        None => None,
    };
    let looked_at: Option<JobId> = visit.cookie(cookies::JOB).and_then(|job| job.parse().ok());
    let goal = match presence.job {
        Some(job) => Some(
            job_of(&pages, job, &presence.hall)
                .await?
                .ok_or(Problem::CodeNotOurs)?,
        ),
        None => match looked_at {
            Some(job) => job_of(&pages, job, &presence.hall).await?,
            None => None,
        },
    };
    let goal = match (course, goal) {
        (Some(course), _) => format!("/t/{course}"),
        (None, Some(job)) => format!("/j/{job}"),
        (None, None) => format!("/h/{}", presence.hall),
    };
    let now = pages.hub.now();
    let permit = pages
        .permits
        .issue(&presence.hall, presence.job, &token, now);
    let mut response = Redirect::to(&goal).into_response();
    cookies::add(
        &mut response,
        &visit,
        cookies::PERMIT,
        &permit,
        PERMIT_LIFETIME.as_secs(),
    );
    Ok(response)
}

/// Verifies a token with the key of the device that it names. A device speaks for its own hall
/// only.
async fn read(pages: &Pages, token: String) -> Result<Presence, Problem> {
    let device = token::issuer(&token)?;
    let now = pages.hub.now();
    let (hall, keys) = pages
        .ask(move |store| store.signer(device, now))
        .await?
        .ok_or(Problem::CodeNotOurs)?;
    let mut read = Err(TokenError::Forged);
    for key in &keys {
        read = token::verify(&token, key, now);
        if read != Err(TokenError::Forged) {
            break;
        }
    }
    let presence = read?;
    if presence.hall == hall {
        Ok(presence)
    } else {
        Err(Problem::CodeNotOurs)
    }
}

/// The job, if it is one of that hall.
async fn job_of(pages: &Pages, job: JobId, hall: &HallId) -> Result<Option<JobId>, Problem> {
    let found = pages.ask(move |store| store.job(job)).await?;
    Ok(found.filter(|job| job.hall == *hall).map(|job| job.id))
}

/// The course, if that hall holds it and it is not over.
async fn course_of(
    pages: &Pages,
    course: EventId,
    hall: &HallId,
) -> Result<Option<EventId>, Problem> {
    let now = pages.hub.now();
    let found = pages
        .ask(move |store| course_and_hall(store, course, now))
        .await?;
    let found = found.filter(|(_, held_by)| held_by.id == *hall);
    Ok(found.map(|(event, _)| event.id))
}
