//! Scripts are slowed down: by address, by device, by worker, with 429 and Retry-After.

use crate::support::{Hub, claim, coming, ready};
use gighall_core::testing::{a_hall, an_id_number};
use gighall_core::wire::{FindWorkerRequest, Problem, ProblemType};
use gighall_hub::limit::{Limiter, Limits, Pace};
use gighall_testkit::{Page, Phone};
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

/// A registration from behind that address; gives what the answer's status was.
async fn registers(phone: &mut Phone, address: &str, order: u32, name: &str) -> u16 {
    let number = an_id_number("19750501", order);
    let name = gighall_testkit::percent(name);
    let request = phone
        .client()
        .post(phone.absolute("/register"))
        .header("x-forwarded-for", address)
        .header("content-type", "application/x-www-form-urlencoded")
        .body(format!("id_number={number}&name={name}&consent=1"));
    phone.send(request).await.status
}

#[tokio::test]
async fn a_stranger_behind_the_same_address_shuts_nobody_out_who_scanned_the_code() {
    let limits = Limits {
        strangers: few(2),
        codes: few(2),
        ..Limits::default()
    };
    let hub = behind_a_proxy(limits).await;
    let address = "203.0.113.5";
    let mut stranger = Phone::new(&hub.url);
    for order in 11..=12 {
        assert_eq!(registers(&mut stranger, address, order, "王五").await, 422);
    }
    assert_eq!(registers(&mut stranger, address, 13, "王五").await, 429);

    let now = hub.state.now();
    let mut here = Phone::new(&hub.url);
    here.get(&hub.code(None, now)).await;
    assert_eq!(registers(&mut here, address, 14, "李晓峰").await, 303);
    let mut again = Phone::new(&hub.url);
    again.get(&hub.code(None, now)).await;
    assert_eq!(registers(&mut again, address, 14, "李晓峰").await, 303);

    // Names are not tried out with a code either, wherever from; the next code helps.
    for order in [14, 14] {
        assert_eq!(registers(&mut again, address, order, "王五").await, 422);
    }
    let other = "203.0.113.6";
    assert_eq!(registers(&mut again, other, 15, "王五").await, 429);
    let a_moment_ago = now - jiff::SignedDuration::from_secs(1);
    again.get(&hub.code(None, a_moment_ago)).await;
    assert_eq!(registers(&mut again, address, 15, "王五").await, 303);
}

#[tokio::test]
async fn a_photograph_of_a_fresh_code_brings_no_crowd() {
    let limits = Limits {
        scans: few(4),
        ..Limits::default()
    };
    let hub = Hub::start_with(|state| state.limits = Arc::new(limits)).await;
    let job = hub.publish(&[coming(1, 2, "砌砖小工")]).remove(0);
    let now = hub.state.now();
    let mut phones = vec![];
    for order in [11, 13, 15] {
        let mut phone = Phone::new(&hub.url);
        assert_eq!(phone.get(&hub.code(Some(job.id), now)).await.status, 303);
        phone.register(order, "李晓峰", None).await.leads_to("/me");
        phones.push(phone);
    }
    assert_eq!(claim(&mut phones[0], &job).await.status, 303);
    // The fifth that is done with it waits, be it a scan or a claim.
    let page = claim(&mut phones[1], &job).await;
    assert_eq!(page.status, 429);
    assert!(says_when(&page));
    let late = Phone::new(&hub.url).get(&hub.code(None, now)).await;
    assert_eq!(late.status, 303, "another code is another matter");
    let late = Phone::new(&hub.url).get(&hub.code(Some(job.id), now)).await;
    assert_eq!(late.status, 429);
    let anew = now - jiff::SignedDuration::from_secs(1);
    phones[2].get(&hub.code(Some(job.id), anew)).await;
    assert_eq!(claim(&mut phones[2], &job).await.status, 303);
}

#[tokio::test]
async fn nobody_behind_the_address_of_a_terminal_has_it_held_back() {
    let limits = Limits {
        api: few(2),
        ..Limits::default()
    };
    let hub = behind_a_proxy(limits).await;
    let phone = Phone::new(&hub.url);
    let ask = async |token: &str, from: &str| {
        let request = phone
            .client()
            .post(phone.absolute("/api/v1/snapshot"))
            .header("x-forwarded-for", from)
            .bearer_auth(token)
            .body(format!(r#"{{"scope":"hall/{}"}}"#, a_hall()));
        request.send().await.expect("answered").status().as_u16()
    };
    let address = "203.0.113.5";
    for status in [401, 401, 429] {
        assert_eq!(ask("guessed", address).await, status);
    }
    for _ in 0..3 {
        assert_eq!(ask(&hub.device.token, address).await, 200);
    }
    // And a terminal uses up nothing of what is left for others.
    for _ in 0..3 {
        assert_eq!(ask(&hub.device.token, "203.0.113.6").await, 200);
    }
    assert_eq!(ask("guessed", "203.0.113.6").await, 401);
}
