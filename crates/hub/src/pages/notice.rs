//! A notice to take along: what the code beside it at the terminal leads to.

use super::frame::{Frame, frame};
use super::problem::Problem;
use super::visit::Visit;
use super::{Pages, id};
use axum::extract::{Path, State};
use gighall_core::id::NoticeId;
use maud::{Markup, html};

/// `GET /n/{notice}`. One whose time is over is no page any more.
pub async fn show(
    State(pages): State<Pages>,
    visit: Visit,
    Path(notice): Path<String>,
) -> Result<Markup, Problem> {
    let notice: NoticeId = id(&notice)?;
    let now = pages.hub.now();
    let found = pages
        .ask(move |store| {
            let Some((hall, notice)) = store.notice(notice)? else {
                return Ok(None);
            };
            Ok(store.hall(&hall)?.map(|hall| (hall, notice)))
        })
        .await?;
    let (hall, notice) = found
        .filter(|(_, notice)| notice.is_current(now))
        .ok_or(Problem::NotFound)?;
    let text = visit.text();
    let since = pages.hub.zone.to_datetime(notice.effective_from).date();
    let paragraphs = notice.body.lines().map(str::trim);
    let body = html! {
        p.small { ((text.notice_kind)(notice.kind)) }
        h1 { (notice.title) }
        p.small {
            @if let Some(issuer) = &notice.issuer { (issuer) " · " }
            (since)
        }
        @for paragraph in paragraphs.filter(|line| !line.is_empty()) { p { (paragraph) } }
        a.button href={ "/h/" (hall.id) } { (text.all_jobs) }
    };
    Ok(frame(&visit, &Frame::of_hall(&notice.title, &hall), body))
}
