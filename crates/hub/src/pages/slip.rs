//! The slip: what a worker shows at the gathering place, on the phone or on paper. Whoever knows
//! the claim's random id may read it, so it carries a masked name and no number of the person.

use super::frame::{Frame, frame, tel};
use super::job::be_there;
use super::problem::Problem;
use super::text::{Message, Text};
use super::visit::Visit;
use super::{Pages, format, id, qr};
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use gighall_core::claim::{ClaimReason, ClaimState};
use gighall_core::hall::Hall;
use gighall_core::id::ClaimId;
use gighall_core::identity::mask_name;
use gighall_core::rules;
use gighall_core::wages;
use gighall_core::wire::{ClaimWithJob, KnownWorker};
use jiff::Timestamp;
use maud::{Markup, html};

/// Everything on a slip.
struct Slip {
    claim: ClaimWithJob,
    hall: Hall,
    worker: Option<KnownWorker>,
}

async fn load(pages: &Pages, claim: &str) -> Result<Slip, Problem> {
    let claim: ClaimId = id(claim)?;
    pages
        .ask(move |store| {
            let Some(claim) = store.claim(claim)? else {
                return Ok(None);
            };
            let worker = store.worker(claim.claim.worker)?;
            let hall = store.hall(&claim.job.hall)?;
            Ok(hall.map(|hall| Slip {
                claim,
                hall,
                worker,
            }))
        })
        .await?
        .ok_or(Problem::NotFound)
}

impl Slip {
    /// Whether that person is the one who claimed.
    fn is_of(&self, visitor: Option<&KnownWorker>) -> bool {
        match (visitor, &self.worker) {
            (Some(visitor), Some(owner)) => visitor.worker == owner.worker,
            _ => false,
        }
    }

    fn can_end(&self) -> bool {
        self.claim.claim.state.is_coming()
    }

    fn may_settle(&self, now: Timestamp) -> bool {
        wages::may_settle(self.claim.claim.state, &self.claim.job, now)
    }
}

/// `GET /s/{claim}`.
pub async fn show(
    State(pages): State<Pages>,
    visit: Visit,
    Path(claim): Path<String>,
) -> Result<Markup, Problem> {
    let slip = load(&pages, &claim).await?;
    let visitor = pages.visitor(&visit).await?;
    let own = slip.is_of(visitor.as_ref());
    Ok(page(&pages, &visit, &slip, own, pages.hub.now()))
}

/// `GET` where only `POST` means something: the slip.
pub async fn back_to(Path(claim): Path<String>) -> Result<Redirect, Problem> {
    let claim: ClaimId = id(&claim)?;
    Ok(Redirect::to(&format!("/s/{claim}")))
}

/// `POST /s/{claim}/withdraw`: the worker's own, before the cut-off.
pub async fn withdraw(
    State(pages): State<Pages>,
    visit: Visit,
    Path(claim): Path<String>,
) -> Result<Response, Problem> {
    let slip = match own(&pages, &visit, &claim).await? {
        Ok(slip) => slip,
        Err(refused) => return Ok(refused),
    };
    let (text, now) = (visit.text(), pages.hub.now());
    // A claim that has ended already stays as it is: the button was pressed twice.
    if slip.can_end() {
        if !rules::may_withdraw(&slip.claim.job, now) {
            let page = refusal(&visit, &slip, text.too_late_to_withdraw);
            return Ok((StatusCode::CONFLICT, page).into_response());
        }
        let id = slip.claim.claim.id;
        pages.ask(move |store| store.withdraw(id, now)).await?;
    }
    Ok(Redirect::to(&format!("/s/{}", slip.claim.claim.id)).into_response())
}

/// `POST /s/{claim}/paid`: the worker's own word that the pay has come. While the work goes on, and
/// where it was said before, it changes nothing.
pub async fn paid(
    State(pages): State<Pages>,
    visit: Visit,
    Path(claim): Path<String>,
) -> Result<Response, Problem> {
    let slip = match own(&pages, &visit, &claim).await? {
        Ok(slip) => slip,
        Err(refused) => return Ok(refused),
    };
    let (id, now) = (slip.claim.claim.id, pages.hub.now());
    if slip.may_settle(now) {
        pages.ask(move |store| store.settle(id, now)).await?;
    }
    Ok(Redirect::to(&format!("/s/{id}")).into_response())
}

/// The slip of a claim, for the worker who claimed; the page that says so to others.
async fn own(pages: &Pages, visit: &Visit, claim: &str) -> Result<Result<Slip, Response>, Problem> {
    let slip = load(pages, claim).await?;
    let visitor = pages.visitor(visit).await?;
    if !slip.is_of(visitor.as_ref()) {
        let page = refusal(visit, &slip, visit.text().not_your_claim);
        return Ok(Err((StatusCode::FORBIDDEN, page).into_response()));
    }
    if let Some(visitor) = &visitor {
        pages.pace(visitor.worker)?;
    }
    Ok(Ok(slip))
}

fn page(pages: &Pages, visit: &Visit, slip: &Slip, own: bool, now: Timestamp) -> Markup {
    let (text, zone) = (visit.text(), &pages.hub.zone);
    let (claim, job) = (&slip.claim.claim, &slip.claim.job);
    let name = slip.worker.as_ref().map(|worker| mask_name(&worker.name));
    let shown = claim.state.is_live();
    let body = html! {
        (state(text, stands(&slip.claim, now), claim.reason))
        @if own && slip.may_settle(now) { (pay_question(pages, text, slip, now)) }
        @if shown {
            section.slip {
                div { (text.claim_number) }
                div.big { (claim.number) }
                @if let Some(code) = qr::svg(&format!("{}/s/{}", visit.base, claim.id), text.slip) {
                    (code)
                }
                div.small { (text.slip_code_hint) }
            }
        }
        dl {
            @if shown { (be_there(text, job, &slip.hall, now, zone)) }
            @if !shown { div { dt { (text.claim_number) } dd { (claim.number) } } }
            @if let Some(name) = &name { div { dt { (text.label_name) } dd { (name) } } }
            div {
                dt { (text.label_job) }
                dd {
                    a href={ "/j/" (job.id) } { ((text.job_number)(job.number)) " " (job.title) }
                    br;
                    (format::pay(text, job.pay)) " " ((text.settlement)(job.settlement))
                }
            }
            div { dt { (text.label_employer) } dd { (job.employer.name) } }
            @if let Some(phone) = &job.contact_phone {
                div { dt { (text.label_contact) } dd { a href=(tel(phone)) { (phone) } } }
            }
        }
        @if own && slip.can_end() && !slip.may_settle(now) { (withdrawal(pages, text, slip, now)) }
        @if !shown {
            a.button href={ "/h/" (job.hall) } { (text.back_to_list) }
        }
        @if own { a.button.second href="/me" { (text.my_jobs) } }
    };
    frame(visit, &Frame::of_hall(text.slip, &slip.hall), body)
}

/// Where a claim stands: work that is over is done, whether anybody wrote it down or not.
pub(super) fn stands(held: &ClaimWithJob, now: Timestamp) -> ClaimState {
    match wages::may_settle(held.claim.state, &held.job, now) {
        true => ClaimState::Completed,
        false => held.claim.state,
    }
}

/// Two answers: the one is kept, the other says what to do.
fn pay_question(pages: &Pages, text: &Text, slip: &Slip, now: Timestamp) -> Markup {
    let (claim, job) = (&slip.claim.claim, &slip.claim.job);
    let late = wages::is_overdue(claim.state, job, now, &pages.hub.zone);
    html! {
        section.notice.bad[late] {
            @if late { p { b { (text.pay_is_late) } } }
            p { (text.paid_question) }
            form method="post" action={ "/s/" (claim.id) "/paid" } {
                button type="submit" { (text.paid_yes) }
            }
            details {
                summary { (text.paid_no) }
                p { (text.unpaid_help) }
                p { a.button.second href="tel:12333" { "12333" } }
                @if let Some(hotline) = &slip.hall.hotline {
                    p { a.button.second href=(tel(hotline)) { (slip.hall.name) " " (hotline) } }
                }
            }
        }
    }
}

/// Where the claim stands, in words.
fn state(text: &Text, state: ClaimState, reason: Option<ClaimReason>) -> Markup {
    let message = (text.claim_state)(state);
    let good = matches!(
        state,
        ClaimState::Confirmed | ClaimState::CheckedIn | ClaimState::Completed | ClaimState::Settled
    );
    let bad = matches!(
        state,
        ClaimState::Rejected | ClaimState::EmployerCancelled | ClaimState::NoShow
    );
    html! {
        section.notice.good[good].bad[bad] {
            h1 { (message.title) }
            @if let Some(reason) = reason { p { ((text.claim_ended)(reason)) } }
            p { (message.body) }
        }
    }
}

/// The way out, behind a question, so that a thumb does not end a claim by accident.
fn withdrawal(pages: &Pages, text: &Text, slip: &Slip, now: Timestamp) -> Markup {
    let job = &slip.claim.job;
    if !rules::may_withdraw(job, now) {
        return html! { p.small { (text.too_late_to_withdraw.body) } };
    }
    let cut_off = format::moment(text, rules::withdrawn_until(job), now, &pages.hub.zone);
    html! {
        details {
            summary { (text.withdraw) }
            p { (text.withdraw_question) }
            p.small { ((text.withdraw_until)(&cut_off)) }
            form method="post" action={ "/s/" (slip.claim.claim.id) "/withdraw" } {
                button.danger type="submit" { (text.withdraw_yes) }
            }
        }
    }
}

fn refusal(visit: &Visit, slip: &Slip, message: Message) -> Markup {
    let text = visit.text();
    let job = &slip.claim.job;
    let body = html! {
        section.notice.bad {
            h1 { (message.title) }
            p { (message.body) }
        }
        @if let Some(phone) = &job.contact_phone {
            p { (text.label_contact) " " a href=(tel(phone)) { (phone) } }
        }
        a.button href={ "/s/" (slip.claim.claim.id) } { (text.open_slip) }
        a.button.second href="/me" { (text.my_jobs) }
    };
    frame(visit, &Frame::of_hall(message.title, &slip.hall), body)
}
