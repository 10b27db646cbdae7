//! The frame of every page: head, foot and the stylesheet.

use super::visit::Visit;
use gighall_core::hall::Hall;
use maud::{DOCTYPE, Markup, PreEscaped, html};

const STYLE: &str = include_str!("style.css");

/// What the frame says of the page in it.
pub struct Frame<'a> {
    title: &'a str,
    hall: Option<&'a Hall>,
}

impl<'a> Frame<'a> {
    /// A page of no hall.
    pub fn new(title: &'a str) -> Self {
        Self { title, hall: None }
    }

    /// A page of a hall.
    pub fn of_hall(title: &'a str, hall: &'a Hall) -> Self {
        Self {
            title,
            hall: Some(hall),
        }
    }
}

/// The whole page.
pub fn frame(visit: &Visit, frame: &Frame<'_>, body: Markup) -> Markup {
    let text = visit.text();
    let (home, name) = match frame.hall {
        Some(hall) => (format!("/h/{}", hall.id), hall.name.as_str()),
        None => ("/".to_owned(), text.service),
    };
    let hotline = frame.hall.and_then(|hall| hall.hotline.as_deref());
    html! {
        (DOCTYPE)
        html lang=(text.html_lang) {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                // WeChat and iOS make telephone numbers of anything with digits otherwise.
                meta name="format-detection" content="telephone=no";
                link rel="icon" href="data:,";
                title { (frame.title) }
                style { (PreEscaped(STYLE)) }
            }
            body {
                header {
                    a.hall href=(home) { (name) }
                    nav {
                        a href="/me" { (text.my_jobs) }
                        a href=(visit.switch_href()) lang=(visit.lang.other().text().html_lang) {
                            (visit.lang.other().text().own_name)
                        }
                    }
                }
                main { (body) }
                footer {
                    p.free { (text.free) }
                    p { (text.complaints) " " a href="tel:12333" { "12333" } }
                    @if let Some(hotline) = hotline {
                        p { (text.hotline) " " a href=(tel(hotline)) { (hotline) } }
                    }
                }
            }
        }
    }
}

/// A link that dials.
pub fn tel(number: &str) -> String {
    let digits: String = number
        .chars()
        .filter(|c| c.is_ascii_digit() || *c == '+')
        .collect();
    format!("tel:{digits}")
}
