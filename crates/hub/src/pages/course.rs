//! One course: where its code at the terminal leads, with a place in it for whoever stands there.

use super::format::{moment, span};
use super::frame::{Frame, frame};
use super::problem::Problem;
use super::text::Text;
use super::visit::Visit;
use super::{Pages, id};
use crate::store::{Store, StoreError};
use axum::extract::rejection::FormRejection;
use axum::extract::{Form, Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use gighall_core::event::{Event, EventKind};
use gighall_core::hall::Hall;
use gighall_core::id::{EnrolmentId, EventId, WorkerId};
use gighall_core::training::{Enrolment, EnrolmentState, may_enrol};
use gighall_core::worker::Channel;
use jiff::Timestamp;
use maud::{Markup, html};
use uuid::Uuid;

/// Most enrolments that are listed.
const LISTED: usize = 20;

/// `GET /t/{course}`. One that is over is no page any more.
pub async fn show(
    State(pages): State<Pages>,
    visit: Visit,
    Path(course): Path<String>,
) -> Result<Markup, Problem> {
    let seen = seen(&pages, &visit, &course).await?;
    Ok(page(&pages, &visit, &seen))
}

/// `GET` where only `POST` means something: the course.
pub async fn back_to(Path(course): Path<String>) -> Result<Redirect, Problem> {
    let course: EventId = id(&course)?;
    Ok(Redirect::to(&format!("/t/{course}")))
}

/// `POST /t/{course}/enrol`. The enrolment's id, from the form, makes the same request sent twice one
/// enrolment.
pub async fn enrol(
    State(pages): State<Pages>,
    visit: Visit,
    Path(course): Path<String>,
    form: Result<Form<Vec<(String, String)>>, FormRejection>,
) -> Result<Response, Problem> {
    let seen = seen(&pages, &visit, &course).await?;
    let (event, now) = (&seen.event, pages.hub.now());
    let here = Redirect::to(&format!("/t/{}", event.id)).into_response();
    // The course's page says what is missing.
    let Some(worker) = seen.worker.filter(|_| seen.permit) else {
        return Ok(here);
    };
    pages.pace(worker)?;
    let asked = Enrolment {
        id: enrolment_id(form)?,
        course: event.id,
        worker,
        title: event.title.clone(),
        place: event.place.clone(),
        starts_at: event.starts_at,
        channel: Channel::Phone,
        state: EnrolmentState::Asked,
        reason: None,
        made_at: now,
    };
    let wanted = asked.id;
    let mine = pages
        .ask(move |store| {
            store.enrol_on_phone(&asked, now)?;
            store.enrolments_of(worker)
        })
        .await?;
    // The same id may have been used by somebody else, or for another course.
    let kept = mine.iter().find(|known| known.id == wanted);
    let kept = kept.filter(|known| known.course == event.id);
    match kept.ok_or(Problem::BadRequest)?.state {
        EnrolmentState::Rejected => {
            let seen = self::seen(&pages, &visit, &course).await?;
            Ok((StatusCode::CONFLICT, page(&pages, &visit, &seen)).into_response())
        }
        _ => Ok(Redirect::to("/me").into_response()),
    }
}

/// `POST /t/{course}/leave`: the worker's own, before it begins.
pub async fn leave(
    State(pages): State<Pages>,
    visit: Visit,
    Path(course): Path<String>,
) -> Result<Response, Problem> {
    let seen = seen(&pages, &visit, &course).await?;
    let (Some(worker), Some(mine)) = (seen.worker, &seen.mine) else {
        return Ok((StatusCode::FORBIDDEN, page(&pages, &visit, &seen)).into_response());
    };
    pages.pace(worker)?;
    let held = mine.id;
    if mine.starts_at > pages.hub.now() {
        pages.ask(move |store| store.leave_course(held)).await?;
    }
    Ok(Redirect::to(&format!("/t/{}", seen.event.id)).into_response())
}

/// The id that the enrolment is to have.
fn enrolment_id(
    form: Result<Form<Vec<(String, String)>>, FormRejection>,
) -> Result<EnrolmentId, Problem> {
    let Form(fields) = form.map_err(|rejection| Problem::of_form(&rejection))?;
    let given = fields.into_iter().find(|(name, _)| name == "enrolment");
    given
        .and_then(|(_, id)| id.parse().ok())
        .filter(|id: &EnrolmentId| id.0.get_version_num() == 4)
        .ok_or(Problem::BadRequest)
}

/// A course that is not over, and the hall that holds it.
pub fn course_and_hall(
    store: &dyn Store,
    course: EventId,
    now: Timestamp,
) -> Result<Option<(Event, Hall)>, StoreError> {
    let Some((hall, event)) = store.event(course)? else {
        return Ok(None);
    };
    if event.kind != EventKind::Training || event.is_over(now) {
        return Ok(None);
    }
    Ok(store.hall(&hall)?.map(|hall| (event, hall)))
}

/// A course as whoever looks at it finds it.
struct Seen {
    event: Event,
    hall: Hall,
    worker: Option<WorkerId>,
    /// The place that they hold.
    mine: Option<Enrolment>,
    /// They showed a fresh code of the hall.
    permit: bool,
}

async fn seen(pages: &Pages, visit: &Visit, course: &str) -> Result<Seen, Problem> {
    let course: EventId = id(course)?;
    let now = pages.hub.now();
    let worker = pages.visitor(visit).await?.map(|known| known.worker);
    let (event, hall, mine) = pages
        .ask(move |store| {
            let Some((event, hall)) = course_and_hall(store, course, now)? else {
                return Ok(None);
            };
            let all = match worker {
                Some(worker) => store.enrolments_of(worker)?,
                None => Vec::new(),
            };
            let held = |it: &Enrolment| it.course == course && it.state.is_coming();
            Ok(Some((event, hall, all.into_iter().find(held))))
        })
        .await?
        .ok_or(Problem::NotFound)?;
    let permit = pages.permit(visit).is_some_and(|it| it.hall == hall.id);
    Ok(Seen {
        event,
        hall,
        worker,
        mine,
        permit,
    })
}

fn page(pages: &Pages, visit: &Visit, seen: &Seen) -> Markup {
    let (text, now, event) = (visit.text(), pages.hub.now(), &seen.event);
    let row = |label: &str, value: &str| html! { div { dt { (label) } dd { (value) } } };
    let when = span(text, event.starts_at, event.ends_at, now, &pages.hub.zone);
    let body = html! {
        p.small { (text.course) }
        h1 { (event.title) }
        dl {
            div { dt { (text.label_course_time) } dd { b { (when) } } }
            div { dt { (text.label_where) } dd { b { (event.place) } } }
            (row(text.label_course_host, &event.host))
            @if let Some(left) = event.places_left() {
                (row(text.label_places, &(text.course_places)(left)))
            }
        }
        (action(text, seen, now))
        @for paragraph in event.text.iter().flat_map(|text| text.lines()) {
            @if !paragraph.trim().is_empty() { p { (paragraph) } }
        }
        a.button.second href={ "/h/" (seen.hall.id) } { (text.all_jobs) }
    };
    frame(visit, &Frame::of_hall(&event.title, &seen.hall), body)
}

/// The one button, or why there is none.
fn action(text: &Text, seen: &Seen, now: Timestamp) -> Markup {
    let event = &seen.event;
    if seen.mine.is_some() {
        return html! {
            p.notice.good { (text.enrolled) }
            @if event.starts_at > now {
                details {
                    summary { (text.leave_course) }
                    p { (text.withdraw_question) }
                    form method="post" action={ "/t/" (event.id) "/leave" } {
                        button.danger type="submit" { (text.withdraw_yes) }
                    }
                }
            }
        };
    }
    if let Err(reason) = may_enrol(Some(event), false, now) {
        return html! { p.notice.bad { ((text.course_refused)(reason)) } };
    }
    if !seen.permit {
        return html! {
            section.notice {
                h2 { (text.scan_course_first.title) }
                p { (text.scan_course_first.body) }
                @if let Some(address) = &seen.hall.address {
                    p { b { (seen.hall.name) } "：" (address) }
                }
            }
        };
    }
    html! {
        @if seen.worker.is_some() {
            form method="post" action={ "/t/" (event.id) "/enrol" } {
                input type="hidden" name="enrolment" value=(Uuid::new_v4());
                button type="submit" { (text.enrol) }
            }
        } @else {
            a.button href={ "/register?course=" (event.id) } { (text.enrol_after_registering) }
        }
    }
}

/// The worker's own courses, for the page of what is theirs.
pub fn own(pages: &Pages, text: &Text, mine: &[Enrolment]) -> Markup {
    let now = pages.hub.now();
    let to_come: Vec<&Enrolment> = mine
        .iter()
        .filter(|it| it.state.is_coming() && it.starts_at > now)
        .take(LISTED)
        .collect();
    html! {
        @if !to_come.is_empty() {
            h2 { (text.my_courses) }
            ul.jobs {
                @for it in to_come {
                    li { a href={ "/t/" (it.course) } {
                        b { (it.title) }
                        span.row {
                            span { (moment(text, it.starts_at, now, &pages.hub.zone)) }
                            span { (it.place) }
                        }
                    } }
                }
            }
        }
    }
}
