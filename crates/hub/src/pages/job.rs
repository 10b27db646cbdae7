//! One job: where the code on the wall leads.

use super::format::{map_href, moment, pay, work_time};
use super::frame::{Frame, frame, tel};
use super::jobs::{like, like_section};
use super::problem::Problem;
use super::text::Text;
use super::visit::Visit;
use super::{Pages, cookies, id};
use crate::store::{Store, StoreError};
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use gighall_core::hall::Hall;
use gighall_core::id::{ClaimId, JobId, WorkerId};
use gighall_core::job::{ClaimMode, Job, JobState};
use gighall_core::rules;
use gighall_core::wire::KnownWorker;
use jiff::Timestamp;
use maud::{Markup, html};
use uuid::Uuid;

/// How long the job is remembered while its reader walks to the terminal, in seconds.
const REMEMBERED_SECONDS: i64 = 60 * 60;

/// `GET /j/{job}`.
pub async fn show(
    State(pages): State<Pages>,
    visit: Visit,
    Path(job): Path<String>,
) -> Result<Response, Problem> {
    let job: JobId = id(&job)?;
    let now = pages.hub.now();
    let visitor = pages.visitor(&visit).await?;
    let worker = visitor.as_ref().map(|known| known.worker);
    let seen = pages
        .ask(move |store| {
            let Some((job, hall)) = job_and_hall(store, job)? else {
                return Ok(None);
            };
            let mine = match worker {
                Some(worker) => live_claim(store, worker, job.id)?,
                None => None,
            };
            let like = if mine.is_none() && !job.is_open(now) {
                like(&job, store.open_jobs(&job.hall, now)?)
            } else {
                Vec::new()
            };
            Ok(Some(Seen {
                job,
                hall,
                mine,
                like,
            }))
        })
        .await?
        .ok_or(Problem::NotFound)?;
    let permit = pages.permit(&visit);
    let code_used = match (permit.as_ref().map(|permit| permit.code), worker) {
        (Some(code), Some(worker)) => {
            pages
                .ask(move |store| store.code_used(&code, worker))
                .await?
        }
        _ => false,
    };
    let may_claim = match &permit {
        Some(permit) => pages.is_for(permit, &seen.job).await?,
        None => false,
    };
    let of_other_job = !may_claim && permit.as_ref().is_some_and(|it| it.hall == seen.job.hall);
    let hall = permit.map(|permit| permit.hall);
    let elsewhere = match hall.filter(|hall| *hall != seen.job.hall) {
        Some(hall) => pages.ask(move |store| store.hall(&hall)).await?,
        None => None,
    };
    let offer = Offer {
        visitor: visitor.as_ref(),
        may_claim,
        of_other_job,
        code_used,
        elsewhere,
    };
    let mut response = page(&pages, &visit, &seen, &offer, now).into_response();
    cookies::add(
        &mut response,
        &visit,
        cookies::JOB,
        &seen.job.id.to_string(),
        REMEMBERED_SECONDS,
    );
    Ok(response)
}

/// `GET` where only `POST` means something, as after switching the language: the job.
pub async fn back_to(Path(job): Path<String>) -> Result<Redirect, Problem> {
    let job: JobId = id(&job)?;
    Ok(Redirect::to(&format!("/j/{job}")))
}

/// A job and the hall that lists it. Not before staff have vetted it.
pub fn job_and_hall(store: &dyn Store, job: JobId) -> Result<Option<(Job, Hall)>, StoreError> {
    let Some(job) = store.job(job)?.filter(is_public) else {
        return Ok(None);
    };
    Ok(store.hall(&job.hall)?.map(|hall| (job, hall)))
}

/// The claim by which a worker holds, or waits for, a place in a job.
pub fn live_claim(
    store: &dyn Store,
    worker: WorkerId,
    job: JobId,
) -> Result<Option<ClaimId>, StoreError> {
    let claims = store.claims_of(worker)?;
    Ok(claims
        .iter()
        .map(|held| &held.claim)
        .find(|claim| claim.job == job && claim.state.is_live())
        .map(|claim| claim.id))
}

/// Whether anybody may read it.
fn is_public(job: &Job) -> bool {
    !matches!(job.state, JobState::Draft | JobState::PendingReview)
}

struct Seen {
    job: Job,
    hall: Hall,
    mine: Option<ClaimId>,
    like: Vec<Job>,
}

/// What decides on which button there is.
struct Offer<'a> {
    visitor: Option<&'a KnownWorker>,
    /// The phone showed a fresh code for this job.
    may_claim: bool,
    /// The code that it showed is another job's of this hall.
    of_other_job: bool,
    /// The visitor has claimed with that code.
    code_used: bool,
    /// The other hall whose code was scanned.
    elsewhere: Option<Hall>,
}

fn page(pages: &Pages, visit: &Visit, seen: &Seen, offer: &Offer<'_>, now: Timestamp) -> Markup {
    let (text, job, zone) = (visit.text(), &seen.job, &pages.hub.zone);
    let open = job.is_open(now);
    let starts_on = zone.to_datetime(job.starts_at).date();
    let near_retirement = offer
        .visitor
        .is_none_or(|known| rules::wants_retirement_notice(known.birth_date, starts_on));
    let body = html! {
        p {
            span.number { ((text.job_number)(job.number)) } " "
            ((text.work_kind)(job.work_kind)) " "
            @if job.urgent { span.urgent { (text.urgent) } }
        }
        h1 { (job.title) }
        p.pay { (pay(text, job.pay)) " " small { ((text.settlement)(job.settlement)) } }
        @if open {
            p.ok { ((text.places_left_of)(job.places_left, job.places)) }
        }
        dl { (be_there(text, job, &seen.hall, now, zone)) }
        (action(text, seen, offer, now))
        dl {
            (employer(text, job))
            (terms(text, job, now, zone))
        }
        @if open && near_retirement { p.small { (text.retirement_note) } }
        @if !open && seen.mine.is_none() {
            (like_section(text, &job.hall, &seen.like, now, zone))
        } @else {
            a.button.second href={ "/h/" (job.hall) } { (text.back_to_list) }
        }
    };
    frame(visit, &Frame::of_hall(&job.title, &seen.hall), body)
}

/// When and where to be, for the job and for the slip.
pub fn be_there(
    text: &Text,
    job: &Job,
    hall: &Hall,
    now: Timestamp,
    zone: &jiff::tz::TimeZone,
) -> Markup {
    html! {
        div {
            dt { (text.label_gather) }
            dd { b { (moment(text, job.be_there_at(), now, zone)) } }
        }
        div {
            dt { (text.label_where) }
            dd {
                b { (job.be_there_place()) } br;
                a href=(map_href(job, hall)) rel="noreferrer" { (text.map) }
            }
        }
    }
}

/// The one button, or why there is none.
fn action(text: &Text, seen: &Seen, offer: &Offer<'_>, now: Timestamp) -> Markup {
    let job = &seen.job;
    if let Some(claim) = seen.mine {
        return html! {
            p.notice.good { (text.already_claimed) }
            a.button href={ "/s/" (claim) } { (text.open_slip) }
        };
    }
    if !job.is_open(now) {
        return not_open(text, job);
    }
    if offer.code_used && offer.elsewhere.is_none() {
        return html! {
            section.notice {
                h2 { (text.code_used.title) }
                p { (text.code_used.body) }
            }
        };
    }
    if !offer.may_claim {
        return html! {
            section.notice {
                h2 { (text.scan_first.title) }
                @if let Some(other) = &offer.elsewhere {
                    p.warn { ((text.scanned_elsewhere)(&other.name)) }
                }
                @if offer.of_other_job {
                    p.warn { (text.scanned_other_job) }
                }
                p { (text.scan_first.body) }
                @if let Some(address) = &seen.hall.address {
                    p { b { (seen.hall.name) } "：" (address) }
                }
            }
        };
    }
    html! {
        @if job.claim_mode == ClaimMode::EmployerConfirms {
            p.small { (text.employer_chooses) }
        }
        @if offer.visitor.is_some() {
            (claim_form(text.claim, job.id))
        } @else {
            a.button href={ "/register?next=" (job.id) } { (text.claim_after_registering) }
        }
    }
}

/// The button that claims. The claim's id is chosen here, so that pressing twice, or sending the
/// form again on a bad line, still makes one claim.
pub fn claim_form(label: &str, job: JobId) -> Markup {
    html! {
        form method="post" action={ "/j/" (job) "/claim" } {
            input type="hidden" name="claim" value=(Uuid::new_v4());
            button type="submit" { (label) }
        }
    }
}

fn not_open(text: &Text, job: &Job) -> Markup {
    let full =
        job.state == JobState::Full || (job.state == JobState::Published && job.places_left == 0);
    html! {
        @if full {
            section.notice {
                h2 { (text.job_is_full.title) }
                p { (text.job_is_full.body) }
            }
        } @else {
            // A published job that is not open has run out of time.
            @let state = if job.state == JobState::Published { JobState::Expired } else { job.state };
            p.notice { ((text.job_not_open)((text.job_state)(state))) }
        }
    }
}

fn employer(text: &Text, job: &Job) -> Markup {
    html! {
        div {
            dt { (text.label_employer) }
            dd {
                (job.employer.name) " · " ((text.employer_kind)(job.employer.kind)) br;
                @if job.employer.verified {
                    span.ok { (text.verified) }
                } @else {
                    span.warn { (text.not_verified) }
                }
            }
        }
        @if let Some(phone) = &job.contact_phone {
            div {
                dt { (text.label_contact) }
                dd { a href=(tel(phone)) { (phone) } }
            }
        }
    }
}

fn terms(text: &Text, job: &Job, now: Timestamp, zone: &jiff::tz::TimeZone) -> Markup {
    let extras: Vec<&str> = [
        (job.meals, text.meals),
        (job.lodging, text.lodging),
        (job.transport, text.transport),
    ]
    .into_iter()
    .filter_map(|(given, word)| given.then_some(word))
    .collect();
    let youngest = if job.hazardous {
        Some(job.min_age.unwrap_or(0).max(rules::HAZARDOUS_WORK_AGE))
    } else {
        job.min_age
    };
    let row = |label: &str, value: &str| html! { div { dt { (label) } dd { (value) } } };
    html! {
        (row(text.label_work_time, &work_time(text, job, now, zone)))
        @if let Some(shift) = &job.shift { (row(text.label_shift, shift)) }
        @if job.gather_place.is_some() { (row(text.label_work_place, &job.address)) }
        @if extras.is_empty() {
            (row(text.label_terms, text.no_extras))
        } @else {
            (row(text.label_terms, &extras.join(" · ")))
        }
        (row(text.label_insurance, (text.insurance)(job.insurance)))
        div {
            dt { (text.label_ages) }
            dd {
                ((text.ages)(youngest, job.max_age))
                @if job.hazardous { br; span.warn { (text.hazardous) } }
            }
        }
        @if let Some(requirements) = &job.requirements {
            (row(text.label_requirements, requirements))
        }
        (row(text.label_claims_until, &moment(text, job.valid_until, now, zone)))
    }
}
