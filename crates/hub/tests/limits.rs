//! Scripts are slowed down: by address, by device, by worker, with 429 and Retry-After.
#![allow(clippy::expect_used, missing_docs)]

mod pages_support;

use gighall_core::testing::{a_hall, an_id_number};
use gighall_core::wire::{FindWorkerRequest, Problem, ProblemType};
use gighall_hub::limit::{Limiter, Limits, Pace};
use gighall_testkit::{Page, Phone};
use pages_support::{Hub, claim, coming, ready};
use std::hash::Hash;
use std::sync::Arc;
use std::time::Duration;

/// So few that a test gets there, and nothing comes back while it runs.
fn few<K: Eq + Hash>(burst: u32) -> Limiter<K> {
    let every = Duration::from_secs(3600);
    Limiter::new(Pace { burst, every })
}

/// A hub with those limits behind a proxy on this machine that it trusts.
async fn behind_a_proxy(limits: Limits) -> Hub {
    Hub::start_with(|state| {
        state.limits = Arc::new(limits);
        state.trusted_proxies = [std::net::Ipv4Addr::LOCALHOST.into()].into();
    })
    .await
}

async fn page_from(phone: &mut Phone, address: &str, path: &str) -> Page {
    let request = phone.client().get(phone.absolute(path));
    let request = request.header("x-forwarded-for", address);
    phone.send(request).await
}

fn says_when(page: &Page) -> bool {
    let after = page.headers.get("retry-after");
    after.is_some_and(|it| {
        it.to_str()
            .is_ok_and(|it| it.parse::<u32>().is_ok_and(|s| s > 0))
    })
}

#[tokio::test]
async fn an_address_that_asks_for_too_many_pages_is_told_to_wait() {
    let limits = Limits {
        pages: few(3),
        ..Limits::default()
    };
    let hub = behind_a_proxy(limits).await;
    let mut phone = Phone::new(&hub.url);
    for _ in 0..3 {
        assert_eq!(page_from(&mut phone, "203.0.113.5", "/").await.status, 200);
    }
    let page = page_from(&mut phone, "203.0.113.5", "/").await;
    assert_eq!(page.status, 429);
    page.shows("点得太快了");
    assert!(says_when(&page));
    // What a script writes in front of the list does not help it.
    let list = "198.51.100.1, 203.0.113.5";
    assert_eq!(page_from(&mut phone, list, "/").await.status, 429);
    // Others, and the machine itself, go on.
    assert_eq!(page_from(&mut phone, "203.0.113.6", "/").await.status, 200);
    assert_eq!(phone.get("/").await.status, 200);
}

#[tokio::test]
async fn a_header_of_a_proxy_that_nobody_named_is_not_believed() {
    let limits = Limits {
        pages: few(1),
        ..Limits::default()
    };
    let hub = Hub::start_with(|state| state.limits = Arc::new(limits)).await;
    let mut phone = Phone::new(&hub.url);
    for _ in 0..5 {
        // Else a script could have anybody's address held back.
        assert_eq!(page_from(&mut phone, "203.0.113.5", "/").await.status, 200);
    }
    let request = phone.client().get(phone.absolute("/me?lang=en"));
    let page = phone
        .send(request.header("x-forwarded-proto", "https"))
        .await;
    let cookie = page.headers["set-cookie"].to_str().expect("ascii");
    assert!(!cookie.contains("Secure"), "{cookie}");
}

#[tokio::test]
async fn enrolment_codes_are_not_guessed_by_the_thousand() {
    let limits = Limits {
        enrolments: few(2),
        ..Limits::default()
    };
    let hub = behind_a_proxy(limits).await;
    let phone = Phone::new(&hub.url);
    let mut statuses = vec![];
    for _ in 0..3 {
        let request = phone
            .client()
            .post(phone.absolute("/api/v1/enrol"))
            .header("x-forwarded-for", "203.0.113.5")
            .body(r#"{"code":"A","hall":"weining","public_key":"","version":""}"#);
        statuses.push(request.send().await.expect("answered").status().as_u16());
    }
    assert_eq!(statuses, [400, 400, 429]);
}

#[tokio::test]
async fn a_stolen_terminal_does_not_list_everybody() {
    let limits = Limits {
        finds: few(2),
        ..Limits::default()
    };
    let hub = Hub::start_with(|state| state.limits = Arc::new(limits)).await;
    let phone = Phone::new(&hub.url);
    let mut last = None;
    for order in 11..=13 {
        let number = an_id_number("19750501", order).parse().expect("valid");
        let id_sealed = hub.device.sealing_key.seal(&number).expect("sealed");
        let body = serde_json::to_string(&FindWorkerRequest { id_sealed }).expect("JSON");
        let request = phone
            .client()
            .post(phone.absolute("/api/v1/workers/find"))
            .bearer_auth(&hub.device.token)
            .body(body);
        last = Some(request.send().await.expect("answered"));
    }
    let last = last.expect("asked");
    assert_eq!(last.status(), 429);
    assert!(last.headers().contains_key("retry-after"));
    let problem: Problem = serde_json::from_str(&last.text().await.expect("a body")).expect("one");
    assert_eq!(problem.kind, ProblemType::TooManyRequests);
}

#[tokio::test]
async fn a_device_that_asks_without_end_is_told_to_wait() {
    let limits = Limits {
        devices: few(2),
        ..Limits::default()
    };
    let hub = Hub::start_with(|state| state.limits = Arc::new(limits)).await;
    let phone = Phone::new(&hub.url);
    let mut statuses = vec![];
    for _ in 0..3 {
        let request = phone
            .client()
            .post(phone.absolute("/api/v1/snapshot"))
            .bearer_auth(&hub.device.token)
            .body(format!(r#"{{"scope":"hall/{}"}}"#, a_hall()));
        statuses.push(request.send().await.expect("answered").status().as_u16());
    }
    assert_eq!(statuses, [200, 200, 429]);
}

#[tokio::test]
async fn a_worker_who_claims_and_withdraws_without_end_is_told_to_wait() {
    let limits = Limits {
        workers: few(2),
        ..Limits::default()
    };
    let hub = Hub::start_with(|state| state.limits = Arc::new(limits)).await;
    let job = hub.publish(&[coming(1, 2, "砌砖小工")]).remove(0);
    let mut phone = ready(&hub, &job, 11).await;
    let slip = claim(&mut phone, &job).await.location.expect("a slip");
    let withdraw = format!("{slip}/withdraw");
    assert_eq!(phone.post(&withdraw, &[]).await.status, 303);
    let page = phone.post(&withdraw, &[]).await;
    assert_eq!(page.status, 429);
    assert!(says_when(&page));
    // Somebody else in the same hall is not held.
    let mut other = ready(&hub, &job, 13).await;
    assert_eq!(claim(&mut other, &job).await.status, 303);
}

#[tokio::test]
async fn numbers_and_names_are_not_tried_out_from_one_address() {
    let limits = Limits {
        strangers: few(3),
        ..Limits::default()
    };
    let hub = behind_a_proxy(limits).await;
    let phone = Phone::new(&hub.url);
    let mut statuses = vec![];
    for order in 11..=14 {
        // Another number each time, so that no single one is held back.
        let number = an_id_number("19750501", order);
        let name = gighall_testkit::percent("王五");
        let request = phone
            .client()
            .post(phone.absolute("/register"))
            .header("x-forwarded-for", "203.0.113.5")
            .header("content-type", "application/x-www-form-urlencoded")
            .body(format!("id_number={number}&name={name}&consent=1"));
        statuses.push(request.send().await.expect("answered").status().as_u16());
    }
    assert_eq!(statuses, [422, 422, 422, 429]);
}
