//! What every page wants to know of a request: its language, its cookies, where it came in.

use super::text::{Lang, Text};
use super::{Pages, cookies};
use crate::limit::Client;
use axum::extract::FromRequestParts;
use axum::http::header::{ACCEPT_LANGUAGE, COOKIE, HOST, ORIGIN};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName};
use std::convert::Infallible;
use std::net::IpAddr;

/// A request as the pages see it.
#[derive(Clone, Debug)]
pub struct Visit {
    /// The language to answer in.
    pub lang: Lang,
    /// Whether the address chose it (`?lang=`), so that it is to be remembered.
    pub chose_lang: bool,
    /// Where phones reach the hub, without a slash at the end.
    pub base: String,
    /// Whether phones reach the hub over TLS: by its configured address, or through a trusted
    /// proxy that says so.
    pub secure: bool,
    /// The address that limits count by, where there is one.
    pub address: Option<IpAddr>,
    /// The query without `lang`, for the link that switches the language.
    query: String,
    cookies: Vec<(String, String)>,
}

impl Visit {
    /// The texts of its language.
    pub fn text(&self) -> &'static Text {
        self.lang.text()
    }

    /// A cookie's value.
    pub fn cookie(&self, name: &str) -> Option<&str> {
        self.cookies
            .iter()
            .find(|(known, _)| known == name)
            .map(|(_, value)| value.as_str())
    }

    /// Whether a form comes from one of our own pages, as far as the browser tells: by
    /// `Sec-Fetch-Site`, else by `Origin`, which may name the address behind a proxy or the public one.
    pub fn is_ours(&self, headers: &HeaderMap) -> bool {
        let said = |name: HeaderName| headers.get(&name).map(|value| value.to_str().unwrap_or(""));
        match said(HeaderName::from_static("sec-fetch-site")) {
            Some("same-origin" | "none") => return true,
            Some("cross-site") => return false,
            _ => {}
        }
        let Some(origin) = said(ORIGIN) else {
            return true;
        };
        let Some((_, address)) = origin.split_once("://") else {
            return false;
        };
        let base = self.base.split_once("://").map(|(_, rest)| rest);
        let base = base.and_then(|rest| rest.split('/').next());
        [said(HOST), base].contains(&Some(address))
    }

    /// The same page in the other language.
    pub fn switch_href(&self) -> String {
        let and = if self.query.is_empty() { "" } else { "&" };
        format!("?{}{and}lang={}", self.query, self.lang.other().code())
    }
}

impl FromRequestParts<Pages> for Visit {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, pages: &Pages) -> Result<Self, Infallible> {
        let header = |name: HeaderName| {
            parts
                .headers
                .get(&name)
                .and_then(|value| value.to_str().ok())
        };
        let cookies: Vec<(String, String)> = parts
            .headers
            .get_all(COOKIE)
            .iter()
            .filter_map(|value| value.to_str().ok())
            .flat_map(|line| line.split(';'))
            .filter_map(|pair| pair.trim().split_once('='))
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .collect();
        let pairs = || parts.uri.query().unwrap_or_default().split('&');
        let asked = pairs()
            .find_map(|pair| pair.strip_prefix("lang="))
            .and_then(Lang::from_tag);
        let remembered = cookies
            .iter()
            .find(|(name, _)| name == cookies::LANG)
            .and_then(|(_, value)| Lang::from_tag(value));
        let query: Vec<&str> = pairs()
            .filter(|pair| !pair.is_empty() && !pair.starts_with("lang="))
            .collect();
        let base = pages.hub.phone_url(header(HOST));
        let client = parts
            .extensions
            .get::<Client>()
            .copied()
            .unwrap_or_default();
        Ok(Self {
            lang: asked
                .or(remembered)
                .or_else(|| header(ACCEPT_LANGUAGE).and_then(Lang::from_accept_language))
                .unwrap_or_default(),
            chose_lang: asked.is_some(),
            secure: base.starts_with("https:") || client.https,
            address: client.address,
            base,
            query: query.join("&"),
            cookies,
        })
    }
}
