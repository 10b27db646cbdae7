//! From a code to a slip: claims made on a phone, and why there is none.

use crate::support::{Hub, a_hall_of, claim, coming, enrol, ready};
use gighall_core::job::Job;
use gighall_core::report::ReportRequest;
use gighall_core::rights::Holder;
use gighall_core::testing::a_hall;
use gighall_core::token::SigningKey;
use gighall_core::wire::{Cursor, RightsAsk, Scope};
use gighall_testkit::Phone;
use jiff::SignedDuration;

#[tokio::test]
async fn from_the_wall_to_the_slip() {
    let hub = Hub::start().await;
    let job = hub.publish(&[coming(1, 2, "砌砖小工")]).remove(0);
    let here = format!("/j/{}", job.id);
    let mut phone = Phone::new(&hub.url);

    // The wall's code: details, and where to go for a claim.
    let page = phone.get(&here).await;
    assert_eq!(page.status, 200);
    page.shows("砌砖小工")
        .shows("200-260 元/天")
        .shows("日结")
        .shows("还要 4 人（共招 4 人）")
        .shows("威宁草海建筑劳务有限公司")
        .shows("市场已核实")
        .shows("任何人不得收费")
        .shows("用手机扫屏幕上的二维码")
        .shows("uri.amap.com")
        .hides("我要报名");
    let policy = page.headers["content-security-policy"]
        .to_str()
        .expect("ascii");
    assert!(policy.starts_with("default-src 'none'"));
    assert_eq!(page.headers["x-content-type-options"], "nosniff");
    assert_eq!(page.headers["cache-control"], "no-store");

    // The terminal's general code leads back to that job.
    phone
        .get(&hub.code(None, hub.state.now()))
        .await
        .leads_to(&here);
    phone.get(&here).await.shows("我要报名（先登记）");
    phone
        .get(&format!("/register?next={}", job.id))
        .await
        .shows("砌砖小工");
    phone
        .register(11, "李晓峰", Some(job.id))
        .await
        .leads_to(&here);

    let taken = claim(&mut phone, &job).await;
    assert_eq!(taken.status, 303);
    let slip_at = taken.location.expect("a slip");
    let slip = phone.get(&slip_at).await;
    slip.shows("报上了")
        .shows("李*峰")
        .hides("李晓峰")
        .shows("<svg");
    slip.hides("522427").shows("确定取消");
    phone
        .get(&here)
        .await
        .shows("这个岗位您已经报名了")
        .shows(&slip_at);
    phone.get("/me").await.shows("砌砖小工").shows(&slip_at);

    // Another phone may look, not withdraw.
    let mut other = Phone::new(&hub.url);
    other.get(&slip_at).await.hides("确定取消").hides("李晓峰");
    let page = other.post(&format!("{slip_at}/withdraw"), &[]).await;
    assert_eq!(page.status, 403);
    phone.get(&slip_at).await.shows("报上了");

    phone
        .post(&format!("{slip_at}/withdraw"), &[])
        .await
        .leads_to(&slip_at);
    phone.get(&slip_at).await.shows("已取消").hides("确定取消");
    // Twice is no error.
    phone
        .post(&format!("{slip_at}/withdraw"), &[])
        .await
        .leads_to(&slip_at);
    // Each code claims once, so that the next claim begins at the terminal again.
    phone.get(&here).await.shows("还要 4 人").hides("我要报名");
    let fresh = hub.state.now() - SignedDuration::from_secs(30);
    phone.get(&hub.code(None, fresh)).await.leads_to(&here);
    phone.get(&here).await.shows("我要报名");
}

#[tokio::test]
async fn the_same_button_pressed_twice_makes_one_claim() {
    let hub = Hub::start().await;
    let job = hub.publish(&[coming(1, 2, "砌砖小工")]).remove(0);
    let mut phone = ready(&hub, &job, 11).await;
    let form = phone.get(&format!("/j/{}", job.id)).await;
    let id = form.hidden("claim");
    let address = format!("/j/{}/claim", job.id);
    let first = phone.post(&address, &[("claim", &id)]).await;
    let second = phone.post(&address, &[("claim", &id)]).await;
    first.leads_to(&format!("/s/{id}"));
    second.leads_to(&format!("/s/{id}"));
    // Another form that was open at the time leads to the same slip.
    let other = uuid::Uuid::new_v4().to_string();
    phone
        .post(&address, &[("claim", &other)])
        .await
        .leads_to(&format!("/s/{id}"));
    let request = phone
        .client()
        .post(phone.absolute(&address))
        .header("idempotency-key", id.clone());
    phone.send(request).await.leads_to(&format!("/s/{id}"));
    let left = hub
        .state
        .store
        .job(job.id)
        .expect("asked")
        .expect("there")
        .places_left;
    assert_eq!(left, 3);
    // Somebody else with the same claim id gets nothing.
    let mut thief = ready(&hub, &job, 13).await;
    assert_eq!(thief.post(&address, &[("claim", &id)]).await.status, 400);
    for bad in ["", "1", "00000000-0000-0000-0000-000000000000"] {
        assert_eq!(phone.post(&address, &[("claim", bad)]).await.status, 400);
    }
}

#[tokio::test]
async fn two_phones_race_for_the_last_place() {
    let hub = Hub::start().await;
    let mut last = coming(1, 2, "砌砖小工");
    last.places = 1;
    last.places_left = 1;
    let jobs = hub.publish(&[last, coming(2, 3, "搬砖小工"), coming(3, 4, "工地杂工")]);
    let job = &jobs[0];
    let mut one = ready(&hub, job, 11).await;
    let mut two = ready(&hub, job, 13).await;
    let (first, second) = tokio::join!(claim(&mut one, job), claim(&mut two, job));
    let (won, lost) = if first.status == 303 {
        (first, second)
    } else {
        (second, first)
    };
    assert!(won.location.expect("a slip").starts_with("/s/"));
    assert_eq!(lost.status, 409);
    lost.shows("名额刚刚被别人报走了")
        .shows("搬砖小工")
        .shows("工地杂工")
        .hides("终端上可能还有名额");
    // The job itself says so too.
    let mut passer_by = Phone::new(&hub.url);
    let page = passer_by.get(&format!("/j/{}", job.id)).await;
    page.shows("已经招满了").shows("搬砖小工");
    passer_by.get("/h/weining").await.hides("砌砖小工");
}

#[tokio::test]
async fn a_place_that_a_terminal_holds_comes_back_in_time() {
    let hub = Hub::start().await;
    let mut job = coming(1, 2, "砌砖小工");
    job.places = 2;
    job.places_left = 2;
    let job = hub.publish(&[job]).remove(0);
    let holder = Holder {
        device: hub.device.device,
        epoch: hub.device.epoch,
    };
    let ask = move |returned, known, want| RightsAsk {
        job: job.id,
        known,
        returned,
        want,
    };
    let store = hub.state.store.clone();
    store
        .rights(holder, &[ask(0, 0, 1)], hub.state.now())
        .expect("granted");
    let mut first = ready(&hub, &job, 13).await;
    assert_eq!(claim(&mut first, &job).await.status, 303);
    let mut phone = ready(&hub, &job, 11).await;
    // Nobody answers the recall: told that a terminal may have it, and to try again.
    let page = claim(&mut phone, &job).await;
    assert_eq!(page.status, 409);
    page.shows("终端上可能还有名额").shows("再试一次");
    // The terminal answers while the phone waits.
    let now = hub.state.now();
    let give_back = tokio::spawn(async move {
        tokio::time::sleep(std::time::Duration::from_millis(500)).await;
        store.rights(holder, &[ask(1, 1, 0)], now).expect("taken");
    });
    assert_eq!(claim(&mut phone, &job).await.status, 303);
    give_back.await.expect("given back");
}

#[tokio::test]
async fn old_forged_and_foreign_codes_are_explained() {
    let hub = Hub::start().await;
    let elsewhere = "bijie".parse().expect("an id");
    hub.state
        .store
        .put_hall(&a_hall_of(&elsewhere, "毕节市零工市场"))
        .expect("a hall");
    let job = hub.publish(&[coming(1, 2, "砌砖小工")]).remove(0);
    let now = hub.state.now();
    let mut phone = Phone::new(&hub.url);

    let page = phone
        .get(&hub.code(None, now - SignedDuration::from_mins(4)))
        .await;
    assert_eq!(page.status, 410);
    page.shows("这个码过期了").shows("重新扫");
    let page = phone
        .get(&hub.code(None, now + SignedDuration::from_mins(9)))
        .await;
    assert_eq!(page.status, 400);
    page.shows("触摸屏的时间不对");

    let thief = SigningKey::generate().expect("a key");
    let forged = hub.token(&a_hall(), None, now, hub.device.device, &thief);
    let stranger = hub.token(&a_hall(), None, now, support_device(), hub.key());
    // A terminal speaks for its own hall only.
    let other_hall = hub.token(&elsewhere, None, now, hub.device.device, hub.key());
    let (other_device, other_key) = enrol(&hub.state, &elsewhere);
    let other_job = hub.token(
        &elsewhere,
        Some(job.id),
        now,
        other_device.device,
        &other_key,
    );
    for bad in [
        forged,
        stranger,
        other_hall,
        other_job,
        "x".to_owned(),
        "x".repeat(10_000),
    ] {
        let page = phone.get(&format!("/c/{bad}")).await;
        assert_eq!(page.status, 400, "{bad:.40}");
        page.shows("这个码不能用");
    }
    assert!(!phone.cookies.contains_key("permit"));

    // A good code of another hall: the job says whose it was.
    let good = hub.token(&elsewhere, None, now, other_device.device, &other_key);
    phone.get(&format!("/j/{}", job.id)).await;
    phone.get(&format!("/c/{good}")).await.leads_to("/h/bijie");
    phone
        .get(&format!("/j/{}", job.id))
        .await
        .shows("毕节市零工市场")
        .hides("我要报名（先登记）");
    phone.get(&format!("/c/{good}")).await;
    phone.register(11, "李晓峰", None).await.leads_to("/me");
    let id = uuid::Uuid::new_v4().to_string();
    phone
        .post(&format!("/j/{}/claim", job.id), &[("claim", &id)])
        .await
        .leads_to(&format!("/j/{}", job.id));
    phone
        .cookies
        .insert("permit".to_owned(), "weining.99999999999.00ff".to_owned());
    phone
        .post(&format!("/j/{}/claim", job.id), &[("claim", &id)])
        .await
        .leads_to(&format!("/j/{}", job.id));
}

#[tokio::test]
async fn a_code_is_for_its_own_job_while_that_takes_anybody() {
    let hub = Hub::start().await;
    let mut single = coming(1, 2, "砌砖小工");
    (single.places, single.places_left) = (1, 1);
    let jobs = hub.publish(&[single, coming(2, 4, "搬砖小工")]);
    let mut phone = ready(&hub, &jobs[0], 11).await;
    let page = phone.get(&format!("/j/{}", jobs[1].id)).await;
    page.shows("您刚才扫的是另一个岗位的码").hides("我要报名");
    // Whoever sends the form all the same is shown the same page.
    let id = uuid::Uuid::new_v4().to_string();
    phone
        .post(&format!("/j/{}/claim", jobs[1].id), &[("claim", &id)])
        .await
        .leads_to(&format!("/j/{}", jobs[1].id));
    let left = |job: &Job| {
        let job = hub.state.store.job(job.id).expect("read");
        job.expect("there").places_left
    };
    let all = jobs[1].places_left;
    assert_eq!(left(&jobs[1]), all);
    // The code's own job is full: it is for those like it.
    let mut other = ready(&hub, &jobs[0], 12).await;
    assert_eq!(claim(&mut other, &jobs[0]).await.status, 303);
    assert_eq!(claim(&mut phone, &jobs[1]).await.status, 303);
    assert_eq!(left(&jobs[1]), all - 1);
    // The code of a first screen is for any job, once.
    let mut third = ready(&hub, &jobs[1], 13).await;
    third.get(&hub.code(None, hub.state.now())).await;
    assert_eq!(claim(&mut third, &jobs[1]).await.status, 303);
    assert_eq!(left(&jobs[1]), all - 2);
}

fn support_device() -> gighall_core::id::DeviceId {
    gighall_core::id::DeviceId(uuid::Uuid::new_v4())
}

#[tokio::test]
async fn rules_are_told_in_words() {
    let hub = Hub::start().await;
    let mut old = coming(1, 2, "砌砖小工");
    old.max_age = Some(40);
    let jobs = hub.publish(&[old, coming(2, 2, "搬砖小工"), coming(3, 2, "工地杂工")]);
    let mut phone = ready(&hub, &jobs[0], 11).await;
    let page = claim(&mut phone, &jobs[0]).await;
    assert_eq!(page.status, 422);
    page.shows("您的年龄不符合这个岗位的要求");
    let mut fresh = (1..).map(|n| hub.state.now() - SignedDuration::from_secs(n));
    let mut scans = |job: &Job| hub.code(Some(job.id), fresh.next().expect("a time"));
    phone.get(&scans(&jobs[1])).await;
    assert_eq!(claim(&mut phone, &jobs[1]).await.status, 303);
    phone.get(&scans(&jobs[2])).await;
    let page = claim(&mut phone, &jobs[2]).await;
    assert_eq!(page.status, 422);
    page.shows("时间冲突");
}

#[tokio::test]
async fn too_late_to_withdraw_is_said() {
    let hub = Hub::start().await;
    let mut soon = coming(1, 0, "砌砖小工");
    soon.starts_at = hub.state.now() + SignedDuration::from_mins(30);
    soon.ends_at = None;
    soon.valid_until = soon.starts_at;
    let job = hub.publish(&[soon]).remove(0);
    let mut phone = ready(&hub, &job, 11).await;
    let slip = claim(&mut phone, &job).await.location.expect("a slip");
    phone
        .get(&slip)
        .await
        .hides("确定取消")
        .shows("离上工不到 1 小时");
    let page = phone.post(&format!("{slip}/withdraw"), &[]).await;
    assert_eq!(page.status, 409);
    page.shows("现在不能在手机上取消了")
        .shows("tel:13812345678");
}

#[tokio::test]
async fn a_worker_says_on_the_phone_that_the_pay_has_come() {
    let hub = Hub::start().await;
    let work = coming(1, 2, "砌砖小工");
    let job = hub.publish(std::slice::from_ref(&work)).remove(0);
    let mut phone = ready(&hub, &job, 11).await;
    let slip = claim(&mut phone, &job).await.location.expect("a slip");
    let paid = format!("{slip}/paid");
    phone.get(&slip).await.shows("报上了").hides("工钱拿到了");
    phone.post(&paid, &[]).await.leads_to(&slip);
    phone.get(&slip).await.shows("报上了");
    let mut over = work;
    over.starts_at = hub.state.now() - SignedDuration::from_hours(80);
    over.ends_at = Some(over.starts_at + SignedDuration::from_hours(10));
    hub.import(&[over]);
    phone
        .get(&slip)
        .await
        .shows("已完工")
        .shows("工钱该结了")
        .shows("工钱拿到了")
        .shows("tel:12333")
        .hides("确定取消");
    phone.get("/me").await.shows("工钱该结了");
    let mut other = Phone::new(&hub.url);
    other.get(&slip).await.hides("工钱拿到了");
    assert_eq!(other.post(&paid, &[]).await.status, 403);
    phone.get(&paid).await.leads_to(&slip);
    for _ in 0..2 {
        phone.post(&paid, &[]).await.leads_to(&slip);
        phone.get(&slip).await.shows("已结算").hides("工钱拿到了");
    }
    phone.get("/me").await.shows("已结算").hides("工钱该结了");
}

#[tokio::test]
async fn a_scanned_code_claims_once_for_each_worker() {
    let hub = Hub::start().await;
    let jobs = hub.publish(&[coming(1, 2, "砌砖小工"), coming(2, 4, "搬砖小工")]);
    let (first, second) = (&jobs[0], &jobs[1]);
    let mut phone = ready(&hub, first, 11).await;
    // That of a first screen, which is for any job.
    let now = hub.state.now() - SignedDuration::from_secs(5);
    phone.get(&hub.code(None, now)).await;
    let form = phone.get(&format!("/j/{}", second.id)).await;
    let open_before = form.hidden("claim");
    let taken = claim(&mut phone, first).await;
    assert_eq!(taken.status, 303);
    // Neither a form that was open already, nor a new page: the code is to be scanned again.
    let again = format!("/j/{}/claim", second.id);
    phone
        .post(&again, &[("claim", &open_before)])
        .await
        .leads_to(&format!("/j/{}", second.id));
    let page = phone.get(&format!("/j/{}", second.id)).await;
    page.shows("等屏幕换上新码").hides("我要报名");
    // Withdrawing does not give the code back.
    let slip = taken.location.expect("a slip");
    phone.post(&format!("{slip}/withdraw"), &[]).await;
    phone
        .get(&format!("/j/{}", first.id))
        .await
        .hides("我要报名");
    // A photograph of that code, and its cookie, serve another worker once, as long as they are fresh.
    let mut friend = ready(&hub, first, 13).await;
    friend
        .cookies
        .insert("permit".to_owned(), phone.cookies["permit"].clone());
    assert_eq!(claim(&mut friend, first).await.status, 303);
    // A code that is scanned anew claims.
    let later = hub.state.now() - SignedDuration::from_secs(30);
    phone.get(&hub.code(Some(second.id), later)).await;
    assert_eq!(claim(&mut phone, second).await.status, 303);
}

/// Rule 12, as a phone sees it.
#[tokio::test]
async fn a_hub_that_was_put_back_from_a_copy_asks_phones_to_wait() {
    let hub = Hub::start().await;
    let jobs = hub.publish(&[coming(1, 2, "砌砖小工")]);
    let mut phone = ready(&hub, &jobs[0], 11).await;
    let (store, now) = (hub.state.store.clone(), hub.state.now());
    let holder = Holder {
        device: hub.device.device,
        epoch: hub.device.epoch,
    };
    // Its terminal has read further than the feed goes.
    let cursor = Cursor {
        scope: Scope::Hall(a_hall()),
        seq: 1_000_000,
    };
    store.read_further(holder, &[cursor], now).expect("noted");
    let answer = claim(&mut phone, &jobs[0]).await;
    assert_eq!(answer.status, 503);
    answer.shows("现在还不能报名");
    let report = ReportRequest {
        epoch: holder.epoch,
        hub_epoch: store.hub_epoch().expect("read"),
        public_key: hub.key().public_hex(),
        rights: vec![],
        logs: vec![],
        claims: Some(vec![]),
        witnessed: vec![],
        last: true,
    };
    assert!(store.report(holder, &report, now).expect("taken").complete);
    assert_eq!(
        claim(&mut phone, &jobs[0]).await.status,
        303,
        "with the same code"
    );
}

#[tokio::test]
async fn a_claim_that_was_refused_does_not_use_the_code_up() {
    let hub = Hub::start().await;
    let mut last = coming(1, 2, "砌砖小工");
    (last.places, last.places_left) = (1, 1);
    let jobs = hub.publish(&[last, coming(2, 4, "搬砖小工")]);
    let mut quick = ready(&hub, &jobs[0], 13).await;
    let mut slow = ready(&hub, &jobs[0], 11).await;
    let form = slow
        .get(&format!("/j/{}", jobs[0].id))
        .await
        .hidden("claim");
    assert_eq!(claim(&mut quick, &jobs[0]).await.status, 303);
    let address = format!("/j/{}/claim", jobs[0].id);
    assert_eq!(slow.post(&address, &[("claim", &form)]).await.status, 409);
    assert_eq!(claim(&mut slow, &jobs[1]).await.status, 303);
}

#[tokio::test]
async fn keys_of_terminals_follow_each_other_with_an_overlap() {
    let hub = Hub::start().await;
    let now = hub.state.now();
    let next = SigningKey::generate().expect("a key");
    let mut phone = Phone::new(&hub.url);
    let device = hub.device.device;
    let with = |key: &SigningKey| {
        let token = hub.token(&a_hall(), None, now, device, key);
        format!("{}/c/{token}", hub.url)
    };
    let status = async |phone: &mut Phone, key| phone.get(&with(key)).await.status;
    assert_eq!(status(&mut phone, &next).await, 400, "not known yet");
    let rotate = || {
        let request = phone
            .client()
            .post(phone.absolute("/api/v1/signing-key"))
            .bearer_auth(&hub.device.token)
            .body(format!(r#"{{"public_key":"{}"}}"#, next.public_hex()));
        request.send()
    };
    // Told twice, because the answer was lost.
    for _ in 0..2 {
        assert_eq!(rotate().await.expect("answered").status(), 200);
    }
    // A code that was on the screen a moment ago, and a device that never heard the answer.
    for key in [&next, hub.key()] {
        assert_eq!(status(&mut phone, key).await, 303);
    }
    let store = &hub.state.store;
    let known = |now| {
        let signer = store.signer(device, now).expect("read");
        signer.expect("in use").1
    };
    assert_eq!(known(now), [next.public_hex(), hub.key().public_hex()]);
    let later = now + SignedDuration::from_hours(25);
    assert_eq!(known(later), [next.public_hex()], "and not for ever");
    store
        .revoke_device(&a_hall(), "一号终端", now)
        .expect("revoked");
    for key in [&next, hub.key()] {
        assert_eq!(
            status(&mut phone, key).await,
            400,
            "a stolen one signs nothing"
        );
    }
}
