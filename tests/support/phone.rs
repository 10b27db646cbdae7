//! A worker's phone, played by HTTP: it follows links, keeps cookies and fills in forms, and has
//! no JavaScript.

use std::collections::BTreeMap;

/// A phone with its cookies.
pub struct Phone {
    http: reqwest::Client,
    cookies: BTreeMap<String, String>,
}

/// What the phone shows.
#[derive(Debug)]
pub struct Page {
    /// Where it ended after redirects.
    pub address: String,
    /// HTTP status of the last answer.
    pub status: u16,
    /// The page's source.
    pub html: String,
}

impl Phone {
    pub fn new() -> Self {
        // The client asks for a crypto provider even where only plain HTTP is spoken.
        rustls::crypto::ring::default_provider()
            .install_default()
            .ok();
        let http = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .build()
            .expect("an HTTP client");
        Self {
            http,
            cookies: BTreeMap::new(),
        }
    }

    /// Opens an address and follows where it leads.
    pub async fn open(&mut self, address: &str) -> Page {
        self.send(self.http.get(address), address).await
    }

    /// Sends the form of a page whose action ends with `action`, with its hidden fields and those
    /// given.
    pub async fn submit(&mut self, page: &Page, action: &str, fields: &[(&str, &str)]) -> Page {
        let form = form(&page.html, action)
            .unwrap_or_else(|| panic!("no form for {action} on\n{}", page.html));
        let target = absolute(
            &page.address,
            &attribute(form, "action").expect("an action"),
        );
        let mut all: Vec<(String, String)> = form
            .split("<input")
            .skip(1)
            .filter(|input| attribute(input, "type").as_deref() == Some("hidden"))
            .filter_map(|input| Some((attribute(input, "name")?, attribute(input, "value")?)))
            .collect();
        all.extend(
            fields
                .iter()
                .map(|(name, value)| ((*name).to_owned(), (*value).to_owned())),
        );
        self.send(
            self.http
                .post(&target)
                .body(encode(&all))
                .header("content-type", "application/x-www-form-urlencoded"),
            &target,
        )
        .await
    }

    async fn send(&mut self, request: reqwest::RequestBuilder, address: &str) -> Page {
        let mut address = address.to_owned();
        let mut request = request;
        for _ in 0..8 {
            let cookies: Vec<String> = self
                .cookies
                .iter()
                .map(|(k, v)| format!("{k}={v}"))
                .collect();
            if !cookies.is_empty() {
                request = request.header("cookie", cookies.join("; "));
            }
            let answer = request.send().await.expect("the hub answers");
            for cookie in answer.headers().get_all("set-cookie") {
                let text = cookie.to_str().expect("text");
                let (pair, _) = text.split_once(';').unwrap_or((text, ""));
                if let Some((name, value)) = pair.split_once('=') {
                    if value.is_empty() {
                        self.cookies.remove(name);
                    } else {
                        self.cookies.insert(name.to_owned(), value.to_owned());
                    }
                }
            }
            let status = answer.status();
            let next = answer
                .headers()
                .get("location")
                .and_then(|to| to.to_str().ok())
                .map(|to| absolute(&address, to));
            match next {
                Some(next) if status.is_redirection() => {
                    request = self.http.get(&next);
                    address = next;
                }
                _ => {
                    return Page {
                        address,
                        status: status.as_u16(),
                        html: answer.text().await.expect("a page"),
                    };
                }
            }
        }
        panic!("redirected for ever: {address}");
    }
}

impl Page {
    /// Whether the page has a form whose action ends so.
    pub fn has_form(&self, action: &str) -> bool {
        form(&self.html, action).is_some()
    }

    /// The addresses of the page's links that contain `part`.
    pub fn links(&self, part: &str) -> Vec<String> {
        self.html
            .split("<a ")
            .skip(1)
            .filter_map(|link| attribute(link, "href"))
            .filter(|to| to.contains(part))
            .map(|to| absolute(&self.address, &to))
            .collect()
    }
}

fn form<'a>(html: &'a str, action: &str) -> Option<&'a str> {
    html.split("<form")
        .skip(1)
        .map(|form| form.split("</form>").next().unwrap_or(form))
        .find(|form| attribute(form, "action").is_some_and(|to| to.ends_with(action)))
}

fn attribute(tag: &str, name: &str) -> Option<String> {
    let tag = tag.split('>').next()?;
    let (_, rest) = tag.split_once(&format!("{name}=\""))?;
    Some(rest.split('"').next()?.replace("&amp;", "&"))
}

fn absolute(base: &str, to: &str) -> String {
    if to.starts_with("http") {
        return to.to_owned();
    }
    let end = base
        .match_indices('/')
        .nth(2)
        .map_or(base.len(), |(at, _)| at);
    format!("{}{to}", &base[..end])
}

fn encode(fields: &[(String, String)]) -> String {
    let quote = |text: &str| {
        text.bytes()
            .map(|b| match b {
                b if b.is_ascii_alphanumeric() => char::from(b).to_string(),
                b => format!("%{b:02X}"),
            })
            .collect::<String>()
    };
    fields
        .iter()
        .map(|(name, value)| format!("{}={}", quote(name), quote(value)))
        .collect::<Vec<_>>()
        .join("&")
}
