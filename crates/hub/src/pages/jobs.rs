//! The halls, and the open jobs of one.

use super::format::{moment, pay, percent};
use super::frame::{Frame, frame};
use super::problem::Problem;
use super::text::Text;
use super::visit::Visit;
use super::{Pages, id};
use axum::extract::{Path, Query, State};
use gighall_core::hall::Hall;
use gighall_core::id::HallId;
use gighall_core::job::{Job, WorkKind};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use maud::{Markup, html};
use std::collections::{BTreeMap, HashMap};
use std::hash::Hash;

/// Jobs on a page of the list.
const PAGE: usize = 20;

/// Longest value of a filter, in bytes: far longer than any town's name.
const FILTER_MAX: usize = 120;

/// `GET /`: the halls, or the jobs of the only one.
pub async fn home(
    State(pages): State<Pages>,
    visit: Visit,
    Query(query): Query<HashMap<String, String>>,
) -> Result<Markup, Problem> {
    let halls = pages.ask(|store| store.halls()).await?;
    if let [only] = halls.as_slice() {
        return open_jobs(&pages, &visit, only, &query).await;
    }
    let text = visit.text();
    let body = html! {
        h1 { (text.halls) }
        @if halls.is_empty() {
            p { (text.no_halls) }
        }
        ul.jobs {
            @for hall in &halls {
                li { a href={ "/h/" (hall.id) } {
                    b { (hall.name) }
                    @if let Some(address) = &hall.address { (address) }
                } }
            }
        }
    };
    Ok(frame(&visit, &Frame::new(text.service), body))
}

/// `GET /h/{hall}`: its open jobs.
pub async fn list(
    State(pages): State<Pages>,
    visit: Visit,
    Path(hall): Path<String>,
    Query(query): Query<HashMap<String, String>>,
) -> Result<Markup, Problem> {
    let hall: HallId = id(&hall)?;
    let hall = pages
        .ask(move |store| store.hall(&hall))
        .await?
        .ok_or(Problem::NotFound)?;
    open_jobs(&pages, &visit, &hall, &query).await
}

/// What the visitor looks for.
struct Filter<'a> {
    kind: Option<&'a str>,
    town: Option<&'a str>,
}

impl<'a> Filter<'a> {
    fn of(query: &'a HashMap<String, String>) -> Result<Self, Problem> {
        if query.values().any(|value| value.len() > FILTER_MAX) {
            return Err(Problem::TooLong);
        }
        let given = |name| {
            query
                .get(name)
                .map(String::as_str)
                .filter(|v| !v.is_empty())
        };
        Ok(Self {
            kind: given("kind"),
            town: given("town"),
        })
    }

    fn fits(&self, job: &Job) -> bool {
        self.kind.is_none_or(|kind| kind == job.work_kind.code())
            && self.town.is_none_or(|town| town == job.town)
    }

    fn href(&self, hall: &Hall, page: usize) -> String {
        let mut pairs = Vec::new();
        if let Some(kind) = self.kind {
            pairs.push(format!("kind={}", percent(kind)));
        }
        if let Some(town) = self.town {
            pairs.push(format!("town={}", percent(town)));
        }
        if page > 1 {
            pairs.push(format!("page={page}"));
        }
        let question = if pairs.is_empty() { "" } else { "?" };
        format!("/h/{}{question}{}", hall.id, pairs.join("&"))
    }
}

async fn open_jobs(
    pages: &Pages,
    visit: &Visit,
    hall: &Hall,
    query: &HashMap<String, String>,
) -> Result<Markup, Problem> {
    let filter = Filter::of(query)?;
    let (text, now, zone) = (visit.text(), pages.hub.now(), &pages.hub.zone);
    let hall_id = hall.id.clone();
    let jobs = pages
        .ask(move |store| store.open_jobs(&hall_id, now))
        .await?;
    let fitting: Vec<&Job> = jobs.iter().filter(|job| filter.fits(job)).collect();
    let last_page = fitting.len().div_ceil(PAGE).max(1);
    let page = query
        .get("page")
        .and_then(|page| page.parse().ok())
        .unwrap_or(1)
        .clamp(1, last_page);
    let shown = fitting.iter().skip((page - 1) * PAGE).take(PAGE).copied();
    let body = html! {
        h1 { ((text.open_jobs)(fitting.len())) }
        @if jobs.is_empty() {
            p.notice { (text.no_jobs) }
        } @else {
            (kind_links(text, hall, &filter, &jobs))
            (town_links(text, hall, &filter, &jobs))
        }
        @if fitting.is_empty() && !jobs.is_empty() {
            p.notice { (text.no_fitting_jobs) }
            a.button.second href={ "/h/" (hall.id) } { (text.show_all) }
        }
        (rows(text, shown, now, zone))
        @if last_page > 1 {
            nav.pager {
                span { @if page > 1 {
                    a rel="prev" href=(filter.href(hall, page - 1)) { (text.earlier_page) }
                } }
                span { ((text.page_of)(page, last_page)) }
                span { @if page < last_page {
                    a rel="next" href=(filter.href(hall, page + 1)) { (text.later_page) }
                } }
            }
        }
    };
    Ok(frame(visit, &Frame::of_hall(&hall.name, hall), body))
}

/// How many jobs there are of each, most first.
fn counted<K: Ord + Hash + Copy>(keys: impl Iterator<Item = K>) -> Vec<(K, usize)> {
    let mut counts = BTreeMap::new();
    for key in keys {
        *counts.entry(key).or_insert(0) += 1;
    }
    let mut counts: Vec<(K, usize)> = counts.into_iter().collect();
    counts.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    counts
}

fn kind_links(text: &Text, hall: &Hall, filter: &Filter<'_>, jobs: &[Job]) -> Markup {
    let chosen = filter.kind.and_then(WorkKind::from_code);
    html! {
        details {
            summary {
                (text.by_kind)
                @if let Some(kind) = chosen { ": " ((text.work_kind)(kind)) }
            }
            div.chips {
                a.on[filter.kind.is_none()] href=(Filter { kind: None, ..*filter }.href(hall, 1)) {
                    (text.every_kind)
                }
                @for (kind, count) in counted(jobs.iter().map(|job| job.work_kind)) {
                    a.on[chosen == Some(kind)]
                        href=(Filter { kind: Some(kind.code()), ..*filter }.href(hall, 1)) {
                        ((text.work_kind)(kind)) " " (count)
                    }
                }
            }
        }
    }
}

fn town_links(text: &Text, hall: &Hall, filter: &Filter<'_>, jobs: &[Job]) -> Markup {
    html! {
        details {
            summary {
                (text.by_town)
                @if let Some(town) = filter.town { ": " (town) }
            }
            div.chips {
                a.on[filter.town.is_none()] href=(Filter { town: None, ..*filter }.href(hall, 1)) {
                    (text.every_town)
                }
                @for (town, count) in counted(jobs.iter().map(|job| job.town.as_str())) {
                    a.on[filter.town == Some(town)]
                        href=(Filter { town: Some(town), ..*filter }.href(hall, 1)) {
                        (town) " " (count)
                    }
                }
            }
        }
    }
}

/// Jobs as rows that lead to them.
pub fn rows<'a>(
    text: &Text,
    jobs: impl Iterator<Item = &'a Job>,
    now: Timestamp,
    zone: &TimeZone,
) -> Markup {
    html! {
        ul.jobs {
            @for job in jobs {
                li { a href={ "/j/" (job.id) } {
                    span.row {
                        span {
                            span.number { ((text.job_number)(job.number)) } " "
                            ((text.work_kind)(job.work_kind))
                        }
                        @if job.urgent { span.urgent { (text.urgent) } }
                    }
                    b { (job.title) }
                    span.row {
                        span {
                            span.sum { (pay(text, job.pay)) } " "
                            ((text.settlement)(job.settlement))
                        }
                        span.ok { ((text.places_left)(job.places_left)) }
                    }
                    span.row {
                        span { (job.town) }
                        span { (moment(text, job.starts_at, now, zone)) }
                    }
                } }
            }
        }
    }
}

/// A few open jobs that are like one whose places are gone, the likest first.
pub fn like(job: &Job, open: Vec<Job>) -> Vec<Job> {
    let mut like: Vec<_> = open
        .into_iter()
        .filter_map(|other| Some((gighall_core::rules::likeness(job, &other)?, other)))
        .collect();
    like.sort_by_key(|(likeness, _)| *likeness);
    like.into_iter().take(4).map(|(_, job)| job).collect()
}

/// The section with like jobs and the way to all others.
pub fn like_section(
    text: &Text,
    hall: &HallId,
    like: &[Job],
    now: Timestamp,
    zone: &TimeZone,
) -> Markup {
    html! {
        @if !like.is_empty() {
            h2 { (text.like_jobs) }
            (rows(text, like.iter(), now, zone))
        }
        a.button.second href={ "/h/" (hall) } { (text.back_to_list) }
    }
}
