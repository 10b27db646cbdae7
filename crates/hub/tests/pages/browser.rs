//! The phone pages in a real browser with scripts switched off: from the terminal's code to the
//! slip, whose QR code is read off the screen and followed. Every page is photographed into
//! `pages/` in the target directory's `tmp`. Wants Debian's `chromium` and `chromium-driver`;
//! without them the test fails.

use crate::support::{Hub, coming};
use gighall_core::testing::an_id_number;
use gighall_testkit::{Browser, Driver, codes_in};
use std::path::{Path, PathBuf};

/// Where photographs of pages are kept.
fn pictures() -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join("pages")
}

#[tokio::test]
async fn a_phone_without_scripts_claims_and_shows_its_slip() {
    let hub = Hub::start().await;
    let mut first = coming(1, 2, "砌砖小工");
    first.urgent = true;
    first.requirements = Some("会砌墙抹灰，自带手套。有登高证的优先。".to_owned());
    first.gather_place = Some("威宁县零工市场门口（五里岗街道人民路 18 号）".to_owned());
    first.gather_at = Some(first.starts_at - jiff::SignedDuration::from_mins(45));
    first.hazardous = true;
    let mut jobs = vec![first];
    for n in 2..30 {
        let kind = gighall_core::job::WorkKind::ALL[n as usize % 16];
        let mut job = coming(n, i64::from(n), &format!("{}零工（第 {n} 批）", kind.zh()));
        job.work_kind = kind;
        job.town = ["草海镇", "黑石头镇", "牛棚镇", "龙街镇"][n as usize % 4].to_owned();
        jobs.push(job);
    }
    let job = hub.publish(&jobs).remove(0);
    let here = format!("/j/{}", job.id);
    let driver = Driver::start(&pictures());
    let phone = driver.phone("first").await;

    phone.open(&hub.url).await;
    phone.shows("正在招工：29 个岗位").await;
    phone.is_easy_to_use("list").await;
    phone.photograph("01-list").await;
    phone.press("summary").await;
    phone.photograph("02-list-kinds").await;

    // The wall's code.
    phone.open(&format!("{}{here}", hub.url)).await;
    phone.shows("要报名，请到市场里来").await;
    phone.is_easy_to_use("job").await;
    phone.photograph("03-job-from-the-wall").await;

    // The terminal's general code leads back to the job.
    phone.open(&hub.code(None, hub.state.now())).await;
    assert_eq!(phone.path().await, here);
    phone.photograph("04-job-with-permit").await;
    phone.follow_link("我要报名（先登记）").await;
    assert_eq!(phone.path().await, "/register");
    phone.photograph("05-register").await;
    phone.is_easy_to_use("register").await;

    // A wrong check digit: told beside the field, all that was typed stays.
    let number = an_id_number("19750501", 11);
    let last = if number.ends_with('1') { "2" } else { "1" };
    phone
        .write("#id_number", &format!("{}{last}", &number[..17]))
        .await;
    phone.write("#name", "㛃䶮峰").await;
    phone.press("input[value=construction]").await;
    phone.press("input[name=consent]").await;
    phone.submit("button[type=submit]").await;
    phone.shows("身份证号的最后一位对不上").await;
    phone.photograph("06-register-wrong").await;
    phone.write("#id_number", &number).await;
    phone.submit("button[type=submit]").await;
    assert_eq!(phone.path().await, here);
    phone.photograph("07-job-ready").await;

    phone.submit("form button").await;
    assert!(phone.path().await.starts_with("/s/"));
    phone.shows("报上了").await;
    phone.shows("㛃*峰").await;
    phone.is_easy_to_use("slip").await;
    let slip = phone.photograph("08-slip").await;

    // The code on the slip opens the slip, on another phone too, which cannot withdraw.
    let slip = image::load_from_memory(&slip).expect("a PNG").to_luma8();
    let codes = codes_in(&slip);
    assert_eq!(codes, [phone.address().await]);
    let address = &codes[0];
    let foreman = driver.phone("second").await;
    foreman.open(address).await;
    foreman.shows("报上了").await;
    assert!(!foreman.text().await.contains("取消报名"));
    foreman.photograph("09-slip-of-another").await;

    phone.follow_link("我的活").await;
    phone.shows("砌砖小工").await;
    phone.is_easy_to_use("me").await;
    phone.photograph("10-me").await;
    phone.open(address).await;
    phone.press("summary").await;
    phone.photograph("11-slip-withdraw").await;
    phone.submit("button.danger").await;
    phone.shows("已取消").await;
    phone.photograph("12-slip-withdrawn").await;

    the_other_pages(&hub, &phone).await;
    phone.close().await;
    foreman.close().await;
}

/// Pages of things that went wrong, and English.
async fn the_other_pages(hub: &Hub, phone: &Browser) {
    let old = hub.state.now() - jiff::SignedDuration::from_mins(5);
    phone.open(&hub.code(None, old)).await;
    phone.shows("这个码过期了").await;
    phone.is_easy_to_use("old code").await;
    phone.photograph("13-old-code").await;
    phone.open(&format!("{}/nowhere", hub.url)).await;
    phone.photograph("14-not-found").await;
    let job = hub
        .state
        .store
        .open_jobs(&gighall_core::testing::a_hall(), hub.state.now());
    let job = job.expect("jobs").remove(0);
    phone
        .open(&format!("{}/j/{}?lang=en", hub.url, job.id))
        .await;
    phone.shows("a day").await;
    phone.photograph("15-job-in-english").await;
    phone.open(&format!("{}/register", hub.url)).await;
    phone.photograph("16-register-in-english").await;
}

#[tokio::test]
async fn two_browsers_race_for_the_last_place() {
    let hub = Hub::start().await;
    let mut last = coming(1, 2, "砌砖小工");
    last.places = 1;
    last.places_left = 1;
    let jobs = hub.publish(&[last, coming(2, 3, "搬砖小工"), coming(3, 4, "工地杂工")]);
    let job = &jobs[0];
    let driver = Driver::start(&pictures());
    let mut phones = Vec::new();
    for (order, name) in [(11, "李晓峰"), (13, "王小红")] {
        let phone = driver.phone(name).await;
        phone.open(&hub.code(Some(job.id), hub.state.now())).await;
        phone.follow_link("我要报名（先登记）").await;
        phone
            .write("#id_number", &an_id_number("19750501", order))
            .await;
        phone.write("#name", name).await;
        phone.press("input[name=consent]").await;
        phone.submit("button[type=submit]").await;
        phone.shows("还要 1 人").await;
        phones.push(phone);
    }
    tokio::join!(
        phones[0].submit("form button"),
        phones[1].submit("form button")
    );
    let mut won = 0;
    for phone in &phones {
        if phone.path().await.starts_with("/s/") {
            phone.shows("报上了").await;
            won += 1;
        } else {
            phone.shows("名额刚刚被别人报走了").await;
            phone.shows("搬砖小工").await;
            phone.is_easy_to_use("lost").await;
            phone.photograph("17-lost-the-race").await;
        }
    }
    assert_eq!(won, 1, "exactly one got the place");
    for phone in phones {
        phone.close().await;
    }
}
