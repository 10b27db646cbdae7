//! Registration on the phone: one page, one button, and every error beside its field with all
//! that was typed kept.

use super::course::course_and_hall;
use super::frame::{Frame, frame};
use super::job::job_and_hall;
use super::problem::Problem;
use super::text::Text;
use super::visit::Visit;
use super::{Pages, cookies};
use crate::limit::{Limits, seconds};
use crate::store::{Act, Audited, NewWorker, SESSION_LIFETIME, Store, StoreError};
use axum::extract::rejection::FormRejection;
use axum::extract::{Form, Query, State};
use axum::http::header::RETRY_AFTER;
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use gighall_core::id::{EventId, JobId, WorkerId};
use gighall_core::identity::{IdNumber, IdNumberError};
use gighall_core::job::WorkKind;
use gighall_core::worker::{
    CONSENT_VERSION, Channel, Consent, NAME_MAX, check_age, check_name, check_phone, same_name,
};
use jiff::Timestamp;
use jiff::civil::Date;
use maud::{Markup, html};
use sha2::{Digest, Sha256};
use std::collections::HashMap;
use std::net::IpAddr;
use std::time::Duration;
use tokio::time::Instant;
use uuid::Uuid;

/// What was typed beyond that is not shown again: it is wrong anyway, and a page stays small.
const KEPT: usize = 60;

/// What somebody registers for.
#[derive(Clone, Copy)]
enum Goal {
    Job(JobId),
    Course(EventId),
}

impl Goal {
    /// By the field's name and its value.
    fn of(name: &str, value: &str) -> Option<Self> {
        match name {
            "next" => value.parse().ok().map(Self::Job),
            "course" => value.parse().ok().map(Self::Course),
            _ => None,
        }
    }

    fn address(self) -> String {
        match self {
            Self::Job(job) => format!("/j/{job}"),
            Self::Course(course) => format!("/t/{course}"),
        }
    }

    fn field(self) -> Markup {
        match self {
            Self::Job(job) => html! { input type="hidden" name="next" value=(job); },
            Self::Course(course) => html! { input type="hidden" name="course" value=(course); },
        }
    }
}

/// The form as typed.
#[derive(Default)]
struct Typed {
    next: Option<Goal>,
    id_number: String,
    name: String,
    phone: String,
    kinds: Vec<WorkKind>,
    consent: bool,
}

impl Typed {
    fn of(fields: Vec<(String, String)>) -> Self {
        let mut typed = Self::default();
        for (name, value) in fields {
            match name.as_str() {
                "next" | "course" => typed.next = Goal::of(&name, &value).or(typed.next),
                "id_number" => typed.id_number = value,
                "name" => typed.name = value,
                "phone" => typed.phone = value,
                "kind" => typed.kinds.extend(WorkKind::from_code(&value)),
                "consent" => typed.consent = true,
                _ => {}
            }
        }
        typed.kinds.sort_unstable();
        typed.kinds.dedup();
        typed
    }
}

/// What is wrong with it: a sentence a field.
#[derive(Default)]
struct Errors {
    id_number: Option<&'static str>,
    name: Option<&'static str>,
    phone: Option<&'static str>,
    consent: Option<&'static str>,
    /// About the whole form.
    form: Option<&'static str>,
}

impl Errors {
    fn any(&self) -> bool {
        [
            self.id_number,
            self.name,
            self.phone,
            self.consent,
            self.form,
        ]
        .iter()
        .any(Option::is_some)
    }
}

/// `GET /register`.
pub async fn ask(
    State(pages): State<Pages>,
    visit: Visit,
    Query(query): Query<HashMap<String, String>>,
) -> Result<Markup, Problem> {
    let typed = Typed {
        next: query.iter().find_map(|(name, value)| Goal::of(name, value)),
        ..Typed::default()
    };
    page(&pages, &visit, &typed, &Errors::default()).await
}

/// `POST /register`.
pub async fn take(
    State(pages): State<Pages>,
    visit: Visit,
    form: Result<Form<Vec<(String, String)>>, FormRejection>,
) -> Result<Response, Problem> {
    let Form(fields) = form.map_err(|rejection| Problem::of_form(&rejection))?;
    let typed = Typed::of(fields);
    let now = pages.hub.now();
    let today = pages.hub.zone.to_datetime(now).date();
    let worker = match check(visit.text(), &typed, now, today) {
        Ok(worker) => worker,
        Err(errors) => return again(&pages, &visit, &typed, &errors).await,
    };
    let refused = |sentence| Errors {
        form: Some(sentence),
        ..Errors::default()
    };
    let code = pages.permit(&visit).map(|permit| permit.code);
    let permit = code.and(visit.cookie(cookies::PERMIT));
    let tried = hashed(worker.number.reveal());
    let held = |key: [u8; 32]| pages.throttle.held(&key, now);
    let strangers = Strangers::of(&pages, visit.address, code);
    let wait = held(tried)
        .or_else(|| permit.and_then(|permit| held(hashed(permit))))
        .or_else(|| strangers.held());
    if let Some(wait) = wait {
        let errors = refused(visit.text().error_too_many_tries);
        let mut response = again(&pages, &visit, &typed, &errors).await?;
        *response.status_mut() = StatusCode::TOO_MANY_REQUESTS;
        let wait = HeaderValue::from(seconds(wait));
        response.headers_mut().insert(RETRY_AFTER, wait);
        return Ok(response);
    }
    let may_create = permit.is_some();
    let entered = pages
        .ask(move |store| enter(store, &worker, may_create, now))
        .await?;
    let secret = match entered {
        Entered::Known(secret) => secret,
        Entered::Created(secret) => {
            // One scanned code registers a family, not a list of numbers.
            if let Some(permit) = permit {
                pages.throttle.note(hashed(permit), now);
            }
            secret
        }
        Entered::Refused => {
            pages.throttle.note(tried, now);
            strangers.note();
            // Without a permit nobody is told whether the number is known.
            let errors = refused(if may_create {
                visit.text().error_does_not_match
            } else {
                visit.text().error_scan_to_register
            });
            return again(&pages, &visit, &typed, &errors).await;
        }
    };
    let goal = typed.next.map_or_else(|| "/me".to_owned(), Goal::address);
    let mut response = Redirect::to(&goal).into_response();
    cookies::add(
        &mut response,
        &visit,
        cookies::SESSION,
        &secret,
        SESSION_LIFETIME.as_secs(),
    );
    Ok(response)
}

/// Those whose refusals are counted together. Behind one address may be a whole hall, so a phone that
/// has shown a fresh code is counted by that code only: whoever is held with it scans the next one.
struct Strangers<'a> {
    limits: &'a Limits,
    address: Option<IpAddr>,
    code: Option<[u8; 32]>,
}

impl<'a> Strangers<'a> {
    fn of(pages: &'a Pages, address: Option<IpAddr>, code: Option<[u8; 32]>) -> Self {
        Self {
            limits: &pages.hub.limits,
            address,
            code,
        }
    }

    /// How long they have to wait.
    fn held(&self) -> Option<Duration> {
        let now = Instant::now();
        match self.code {
            Some(code) => self.limits.codes.held(&code, now),
            None => self.limits.strangers.held(&self.address?, now),
        }
    }

    /// Counts one that was refused. Whether that was one too many is asked before the next one.
    fn note(&self) {
        let now = Instant::now();
        let _ = match (self.code, self.address) {
            (Some(code), _) => self.limits.codes.ask(code, now),
            (None, Some(address)) => self.limits.strangers.ask(address, now),
            (None, None) => Ok(()),
        };
    }
}

/// Checks what was typed, every field of it.
fn check(text: &Text, typed: &Typed, now: Timestamp, today: Date) -> Result<NewWorker, Errors> {
    let mut errors = Errors::default();
    let number = typed
        .id_number
        .parse::<IdNumber>()
        .map_err(|error| match error {
            IdNumberError::Form => text.error_id_form,
            IdNumberError::BirthDate => text.error_id_birth,
            IdNumberError::CheckCharacter => text.error_id_check,
        });
    let number = number.and_then(|number| {
        check_age(number.birth_date(), today)
            .map(|()| number)
            .map_err(|_| text.error_too_young)
    });
    let name = check_name(&typed.name).map_err(|_| text.error_name);
    let phone = check_phone(&typed.phone).map_err(|_| text.error_phone);
    if !typed.consent {
        errors.consent = Some(text.error_consent);
    }
    match (number, name, phone) {
        (Ok(number), Ok(name), Ok(phone)) if !errors.any() => Ok(NewWorker {
            id: WorkerId(Uuid::new_v4()),
            name,
            number,
            phone,
            work_kinds: typed.kinds.clone(),
            consent: Consent {
                version: CONSENT_VERSION,
                at: now,
            },
            channel: Channel::Phone,
        }),
        (number, name, phone) => {
            errors.id_number = number.err();
            errors.name = name.err();
            errors.phone = phone.err();
            Err(errors)
        }
    }
}

fn hashed(text: &str) -> [u8; 32] {
    Sha256::digest(text.as_bytes()).into()
}

/// How a registration ended; with the secret of the session that was opened.
enum Entered {
    Known(String),
    Created(String),
    /// The number is somebody's with another name or telephone, or nobody's and the phone shows no permit.
    Refused,
}

/// Recognises a person by number, name and telephone, or registers a new one, and opens a session. Number
/// and name stand on a card that others see; the telephone that the person left is what they know. A
/// number that is new, or whose person left no telephone, is only taken from a phone in the hall: whoever
/// registers it first gives it its name.
fn enter(
    store: &dyn Store,
    worker: &NewWorker,
    in_the_hall: bool,
    now: Timestamp,
) -> Result<Entered, StoreError> {
    let known = store.worker_by_number(&worker.number)?;
    match &known {
        Some(known) if !same_name(&known.name, &worker.name) => return Ok(Entered::Refused),
        Some(known) if known.phone.is_some() && known.phone != worker.phone => {
            return Ok(Entered::Refused);
        }
        Some(known) if known.phone.is_none() && !in_the_hall => return Ok(Entered::Refused),
        None if !in_the_hall => return Ok(Entered::Refused),
        _ => {}
    }
    let id = store.register(worker)?;
    // Somebody may have registered with that number in between.
    match store.worker(id)? {
        Some(stored) if same_name(&stored.name, &worker.name) => {
            store.audit(&Audited {
                at: now,
                actor: "phone".to_owned(),
                act: Act::SignedIn,
                worker: Some(id),
                hall: None,
                about: None,
            })?;
            let secret = store.open_session(id, now)?;
            Ok(match known {
                Some(_) => Entered::Known(secret),
                None => Entered::Created(secret),
            })
        }
        _ => Ok(Entered::Refused),
    }
}

async fn again(
    pages: &Pages,
    visit: &Visit,
    typed: &Typed,
    errors: &Errors,
) -> Result<Response, Problem> {
    let page = page(pages, visit, typed, errors).await?;
    Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
}

async fn page(
    pages: &Pages,
    visit: &Visit,
    typed: &Typed,
    errors: &Errors,
) -> Result<Markup, Problem> {
    let text = visit.text();
    let now = pages.hub.now();
    // What for, in a sentence.
    let next = match typed.next {
        Some(goal @ Goal::Job(job)) => {
            let found = pages.ask(move |store| job_and_hall(store, job)).await?;
            found.map(|(job, hall)| (goal, (text.register_for)(&job.title), hall))
        }
        Some(goal @ Goal::Course(course)) => {
            let found = pages
                .ask(move |store| course_and_hall(store, course, now))
                .await?;
            found.map(|(course, hall)| (goal, (text.register_for_course)(&course.title), hall))
        }
        None => None,
    };
    let body = html! {
        h1 { (text.register) }
        @if let Some((_, what_for, _)) = &next { p { (what_for) } }
        @if errors.any() {
            section.notice.bad role="alert" {
                @if let Some(sentence) = errors.form {
                    p.error { (sentence) }
                } @else {
                    p.error { (text.form_has_errors) }
                }
            }
        } @else {
            p { (text.register_intro) }
            @if pages.permit(visit).is_none() { p.notice { (text.register_in_the_hall) } }
        }
        form method="post" action="/register" {
            @if let Some((goal, ..)) = &next { (goal.field()) }
            (person_fields(text, typed, errors))
            (kind_boxes(text, typed))
            (consent_box(text, typed, errors))
            button type="submit" { (text.submit_registration) }
        }
    };
    let around = match &next {
        Some((.., hall)) => Frame::of_hall(text.register, hall),
        None => Frame::new(text.register),
    };
    Ok(frame(visit, &around, body))
}

/// A line of text with its hint and its error.
struct Field<'a> {
    name: &'a str,
    label: &'a str,
    hint: Option<&'a str>,
    value: &'a str,
    error: Option<&'a str>,
    kind: &'a str,
    autocomplete: &'a str,
    /// Characters that the browser lets in: a few more than are right, so that what is pasted
    /// with spaces is not cut off unseen.
    max: usize,
}

fn field(field: &Field<'_>) -> Markup {
    let kept: String = field.value.chars().take(KEPT).collect();
    let described = format!("{}-about", field.name);
    html! {
        div.wrong[field.error.is_some()] {
            label for=(field.name) { (field.label) }
            div id=(described) {
                @if let Some(hint) = field.hint { p.hint { (hint) } }
                @if let Some(error) = field.error { p.error { (error) } }
            }
            input id=(field.name) name=(field.name) type=(field.kind) value=(kept)
                maxlength=(field.max) autocomplete=(field.autocomplete)
                aria-describedby=(described) aria-invalid=[field.error.map(|_| "true")]
                autocapitalize="characters" spellcheck="false";
        }
    }
}

fn person_fields(text: &Text, typed: &Typed, errors: &Errors) -> Markup {
    html! {
        (field(&Field {
            name: "id_number",
            label: text.id_number,
            hint: Some(text.id_number_hint),
            value: &typed.id_number,
            error: errors.id_number,
            kind: "text",
            // Never offered to the next person who borrows the phone.
            autocomplete: "off",
            max: 24,
        }))
        (field(&Field {
            name: "name",
            label: text.name,
            hint: None,
            value: &typed.name,
            error: errors.name,
            kind: "text",
            autocomplete: "off",
            max: NAME_MAX + 4,
        }))
        (field(&Field {
            name: "phone",
            label: text.phone,
            hint: Some(text.phone_hint),
            value: &typed.phone,
            error: errors.phone,
            kind: "tel",
            autocomplete: "off",
            max: 20,
        }))
    }
}

fn kind_boxes(text: &Text, typed: &Typed) -> Markup {
    html! {
        fieldset {
            legend { (text.kinds) }
            div.ticks {
                @for kind in WorkKind::ALL {
                    label.tick {
                        input type="checkbox" name="kind" value=(kind.code())
                            checked[typed.kinds.contains(kind)];
                        ((text.work_kind)(*kind))
                    }
                }
            }
        }
    }
}

fn consent_box(text: &Text, typed: &Typed, errors: &Errors) -> Markup {
    html! {
        section.wrong[errors.consent.is_some()] {
            h2 { (text.privacy_title) }
            @for sentence in text.privacy { p { (sentence) } }
            @if let Some(error) = errors.consent { p.error { (error) } }
            label.tick {
                input type="checkbox" name="consent" value=(CONSENT_VERSION)
                    checked[typed.consent];
                span { (text.consent) }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pages::text::Lang;
    use gighall_core::testing::{an_id_number, at};

    fn checked(change: impl FnOnce(&mut Typed)) -> Result<NewWorker, Errors> {
        let mut typed = Typed {
            id_number: an_id_number("19750501", 11),
            name: "李晓峰".to_owned(),
            consent: true,
            ..Typed::default()
        };
        change(&mut typed);
        let now = at("2026-11-23T08:00:00Z");
        check(
            Lang::Zh.text(),
            &typed,
            now,
            jiff::civil::date(2026, 11, 23),
        )
    }

    #[test]
    fn a_complete_form_is_taken() {
        let worker = checked(|_| {}).unwrap_or_else(|_| panic!("taken"));
        assert_eq!(worker.name, "李晓峰");
        assert_eq!(worker.phone, None);
        assert_eq!(worker.consent.version, CONSENT_VERSION);
    }

    #[test]
    fn each_field_has_its_own_error() {
        let text = Lang::Zh.text();
        let wrong = |change: fn(&mut Typed)| checked(change).expect_err("refused");
        let errors = wrong(|t| t.id_number = "110105194912310021".to_owned());
        assert_eq!(errors.id_number, Some(text.error_id_check));
        assert_eq!(errors.name, None);
        let errors = wrong(|t| t.id_number = an_id_number("20150501", 11));
        assert_eq!(errors.id_number, Some(text.error_too_young));
        let errors = wrong(|t| t.id_number = "9".repeat(10_000));
        assert_eq!(errors.id_number, Some(text.error_id_form));
        let errors = wrong(|t| {
            t.name = "李".repeat(10_000);
            t.phone = "12345".to_owned();
            t.consent = false;
        });
        assert_eq!(errors.id_number, None);
        assert_eq!(errors.name, Some(text.error_name));
        assert_eq!(errors.phone, Some(text.error_phone));
        assert_eq!(errors.consent, Some(text.error_consent));
    }
}
