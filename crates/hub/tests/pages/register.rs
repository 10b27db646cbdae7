//! Registering on a phone, and being known again.

use crate::support::Hub;
use gighall_core::testing::an_id_number;
use gighall_testkit::{Page, Phone};

#[tokio::test]
async fn registration_says_what_is_wrong_and_keeps_what_was_typed() {
    let hub = Hub::start().await;
    let mut phone = Phone::new(&hub.url);
    let page = phone
        .post(
            "/register",
            &[
                ("id_number", "110105194912310021"),
                ("name", "李<b>晓"),
                ("phone", "12345"),
                ("kind", "welding"),
            ],
        )
        .await;
    assert_eq!(page.status, 422);
    page.shows("身份证号的最后一位对不上")
        .shows("请填身份证上的姓名")
        .shows("手机号是 11 位数字")
        .shows("要打勾同意才能登记")
        .shows("value=\"110105194912310021\"")
        .shows("value=\"李&lt;b&gt;晓\"")
        .shows("value=\"12345\"")
        .shows("value=\"welding\" checked");
    let young = an_id_number("20150501", 11);
    let page = phone
        .post(
            "/register",
            &[("id_number", &young), ("name", "李峰"), ("consent", "1")],
        )
        .await;
    page.shows("未满 16 周岁不能找工");
    assert!(phone.cookies.is_empty());
}

#[tokio::test]
async fn ten_thousand_characters_store_nothing() {
    let hub = Hub::start().await;
    let mut phone = Phone::new(&hub.url);
    let number = an_id_number("19750501", 11);
    let long = "x".repeat(10_000);
    let fields = [
        "id_number",
        "name",
        "phone",
        "kind",
        "next",
        "consent",
        "other",
    ];
    for broken in ["id_number", "name", "phone"] {
        let typed: Vec<(&str, &str)> = fields
            .iter()
            .map(|field| match *field {
                field if field == broken => (field, long.as_str()),
                "id_number" => ("id_number", number.as_str()),
                "name" => ("name", "李晓峰"),
                "consent" => ("consent", "1"),
                field => (field, ""),
            })
            .collect();
        let page = phone.post("/register", &typed).await;
        assert_eq!(page.status, 422, "{broken}");
    }
    let huge = "李".repeat(10_000);
    let page = phone.post("/register", &[("name", &huge)]).await;
    assert_eq!(page.status, 413);
    page.shows("填的内容太长了");
    let number = number.parse().expect("valid");
    let known = hub.state.store.worker_by_number(&number).expect("asked");
    assert!(known.is_none(), "nothing was stored");

    for (address, status) in [
        (format!("/h/weining?town={long}"), 413),
        (format!("/h/{long}"), 404),
        (format!("/j/{long}"), 404),
        (format!("/s/{long}"), 404),
        (format!("/{long}"), 404),
        (format!("/me?lang={long}"), 200),
        (format!("/register?next={long}"), 200),
    ] {
        assert_eq!(phone.get(&address).await.status, status, "{address:.30}");
    }
    phone.cookies.insert("session".to_owned(), long.clone());
    phone.cookies.insert("permit".to_owned(), long);
    assert_eq!(phone.get("/me").await.status, 200);
}

#[tokio::test]
async fn only_a_phone_in_the_hall_registers_a_new_person() {
    let hub = Hub::start().await;
    let known = |order| {
        let number = an_id_number("19750501", order).parse().expect("valid");
        let known = hub.state.store.worker_by_number(&number).expect("asked");
        known.is_some()
    };
    let mut far = Phone::new(&hub.url);
    far.get("/register").await.shows("第一次登记，请先在市场");
    let page = far.register(11, "王五", None).await;
    assert_eq!(page.status, 422);
    page.shows("请到市场扫触摸屏上的二维码");
    assert!(!known(11) && !far.cookies.contains_key("session"));

    let mut here = Phone::new(&hub.url);
    here.get(&hub.code(None, hub.state.now())).await;
    here.get("/register").await.hides("第一次登记，请先在市场");
    // A family with one phone, but not a list of numbers.
    for order in 11..=15 {
        here.register(order, "李晓峰", None).await.leads_to("/me");
    }
    let page = here.register(16, "李晓峰", None).await;
    page.shows("试的次数太多了");
    assert!(known(15) && !known(16));

    // Who left no telephone is known again in the hall only; all that is wrong looks like an unknown number.
    for name in ["王五", "李晓峰"] {
        let page = far.register(11, name, None).await;
        page.shows("请到市场扫触摸屏上的二维码");
    }
}

/// Number and name stand on a card that others have seen.
#[tokio::test]
async fn who_left_a_telephone_is_known_by_it_as_well() {
    let hub = Hub::start().await;
    let mut first = Phone::new(&hub.url);
    first.get(&hub.code(None, hub.state.now())).await;
    let own = "13987654321";
    first
        .register_with(11, "李晓峰", own, None)
        .await
        .leads_to("/me");
    let mut neighbour = Phone::new(&hub.url);
    neighbour.get(&hub.code(None, hub.state.now())).await;
    for mobile in ["", "13987654322"] {
        let page = neighbour.register_with(11, "李晓峰", mobile, None).await;
        assert_eq!(page.status, 422);
        page.shows("以前留过手机号的，要填同一个号码").hides(own);
    }
    assert!(!neighbour.cookies.contains_key("session"));
    let mut home = Phone::new(&hub.url);
    home.register_with(11, "李晓峰", own, None)
        .await
        .leads_to("/me");
    // What the neighbour typed took nobody's place.
    let number = an_id_number("19750501", 11).parse().expect("valid");
    let known = hub.state.store.worker_by_number(&number).expect("asked");
    assert_eq!(known.and_then(|known| known.phone).as_deref(), Some(own));
}

#[tokio::test]
async fn a_person_without_a_telephone_is_known_again_by_number_and_name_in_the_hall() {
    let hub = Hub::start().await;
    let mut first = Phone::new(&hub.url);
    first.get(&hub.code(None, hub.state.now())).await;
    first
        .register(11, "阿卜杜拉·买买提", None)
        .await
        .leads_to("/me");
    let mut second = Phone::new(&hub.url);
    // Without a telephone number in the hall only.
    second.get(&hub.code(None, hub.state.now())).await;
    second
        .register(11, "阿卜杜拉•买买提", None)
        .await
        .leads_to("/me");
    assert_ne!(first.cookies["session"], second.cookies["session"]);

    let mut thief = Phone::new(&hub.url);
    thief.get(&hub.code(None, hub.state.now())).await;
    for _ in 0..5 {
        let page = thief.register(11, "王五", None).await;
        assert_eq!(page.status, 422);
        page.shows("用这个身份证号和姓名不能登记")
            .hides("已登记")
            .hides("买买提");
    }
    thief
        .register(11, "王五", None)
        .await
        .shows("试的次数太多了");
    assert!(!thief.cookies.contains_key("session"));

    first.post("/logout", &[]).await.leads_to("/");
    assert!(!first.cookies.contains_key("session"));
    second.get("/me").await.shows("退出");
    let secret = second.cookies["session"].clone();
    second.post("/logout", &[]).await.leads_to("/");
    second.cookies.insert("session".to_owned(), secret);
    second.get("/me").await.shows("这台手机还没有登记");
}

#[tokio::test]
async fn forms_of_other_sites_are_refused() {
    let hub = Hub::start().await;
    let mut phone = Phone::new(&hub.url);
    phone.get(&hub.code(None, hub.state.now())).await;
    phone.register(11, "李晓峰", None).await.leads_to("/me");
    let host = hub.url.trim_start_matches("http://").to_owned();
    let own = hub.url.clone();
    for (header, value, ours) in [
        ("origin", "https://evil.example", false),
        ("origin", "null", false),
        ("origin", &format!("{own}.evil.example"), false),
        ("sec-fetch-site", "cross-site", false),
        ("origin", &own, true),
        // Behind a proxy that speaks TLS.
        ("origin", &format!("https://{host}"), true),
        ("sec-fetch-site", "same-origin", true),
    ] {
        for route in ["/register", "/logout"] {
            let request = phone
                .client()
                .post(phone.absolute(route))
                .header("content-type", "application/x-www-form-urlencoded")
                .header(header, value);
            let mut other = Phone::new(&hub.url);
            let page = other.send(request).await;
            assert_eq!(page.status != 403, ours, "{route} {header}: {value}");
            if !ours {
                page.shows("这张表不是从这里打开的");
            }
        }
    }
    phone.get("/me").await.shows("李*峰");
}

#[tokio::test]
async fn a_phone_is_remembered_from_its_last_visit_on() {
    let hub = Hub::start().await;
    let mut phone = Phone::new(&hub.url);
    phone.get(&hub.code(None, hub.state.now())).await;
    let kept = |page: &Page| {
        let lines = page.headers.get_all("set-cookie").iter();
        lines
            .map(|line| line.to_str().expect("ascii").to_owned())
            .find(|line| line.starts_with("session="))
    };
    let thirty_days = "Max-Age=2592000";
    let page = phone.register(11, "李晓峰", None).await;
    assert!(kept(&page).is_some_and(|line| line.contains(thirty_days)));
    let page = phone.get("/me").await;
    assert!(kept(&page).is_some_and(|line| line.contains(thirty_days)));
    let page = phone.post("/logout", &[]).await;
    assert!(kept(&page).is_some_and(|line| line.contains("Max-Age=0")));
    assert_eq!(kept(&phone.get("/me").await), None);
}
