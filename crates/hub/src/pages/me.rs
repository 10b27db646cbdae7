//! The worker's own jobs, and the way to make the phone forget.

use super::format::moment;
use super::frame::{Frame, frame};
use super::problem::Problem;
use super::visit::Visit;
use super::{Pages, cookies, course, slip};
use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use gighall_core::identity::mask_name;
use gighall_core::wages;
use gighall_core::wire::ClaimWithJob;
use maud::{Markup, html};

/// Most claims that are listed.
const LISTED: usize = 50;

/// `GET /me`.
pub async fn show(State(pages): State<Pages>, visit: Visit) -> Result<Markup, Problem> {
    let text = visit.text();
    let Some(visitor) = pages.visitor(&visit).await? else {
        let body = html! {
            section.notice {
                h1 { (text.who_are_you.title) }
                p { (text.who_are_you.body) }
            }
            a.button href="/register" { (text.register) }
        };
        return Ok(frame(&visit, &Frame::new(text.my_jobs), body));
    };
    let worker = visitor.worker;
    let (claims, courses) = pages
        .ask(move |store| Ok((store.claims_of(worker)?, store.enrolments_of(worker)?)))
        .await?;
    let body = html! {
        h1 { ((text.my_jobs_of)(&mask_name(&visitor.name))) }
        @if claims.is_empty() { p.notice { (text.no_claims) } }
        ul.jobs {
            @for claim in claims.iter().take(LISTED) { (row(&pages, &visit, claim)) }
        }
        (course::own(&pages, text, &courses))
        a.button href="/" { (text.back_to_list) }
        form method="post" action="/logout" {
            button.second type="submit" { (text.logout) }
        }
        p.small { (text.logout_hint) }
    };
    Ok(frame(&visit, &Frame::new(text.my_jobs), body))
}

fn row(pages: &Pages, visit: &Visit, held: &ClaimWithJob) -> Markup {
    let text = visit.text();
    let (claim, job) = (&held.claim, &held.job);
    let live = claim.state.is_live();
    let now = pages.hub.now();
    let stands = slip::stands(held, now);
    let late = wages::is_overdue(claim.state, job, now, &pages.hub.zone);
    html! {
        li { a href={ "/s/" (claim.id) } {
            span.row {
                span.number { (claim.number) }
                @if late { span { b { (text.pay_is_late) } } }
                @else { span.ok[live].small[!live] { ((text.claim_state)(stands).title) } }
            }
            b { (job.title) }
            span.row {
                span { (moment(text, job.be_there_at(), pages.hub.now(), &pages.hub.zone)) }
                span { (job.be_there_place()) }
            }
        } }
    }
}

/// `POST /logout`.
pub async fn logout(State(pages): State<Pages>, visit: Visit) -> Result<Response, Problem> {
    if let Some(secret) = visit.cookie(cookies::SESSION).map(str::to_owned) {
        pages.ask(move |store| store.close_session(&secret)).await?;
    }
    let mut response = Redirect::to("/").into_response();
    for name in [cookies::SESSION, cookies::PERMIT, cookies::JOB] {
        cookies::add(&mut response, &visit, name, "", 0);
    }
    Ok(response)
}
