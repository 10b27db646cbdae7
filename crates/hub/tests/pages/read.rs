//! What a phone reads without registering: lists, jobs, other languages, wrong turns.

use crate::support::{Hub, coming};
use gighall_core::hall::{Notice, NoticeKind};
use gighall_core::id::NoticeId;
use gighall_core::job::{Job, WorkKind};
use gighall_core::testing::a_hall;
use gighall_testkit::{Phone, percent};

#[tokio::test]
async fn the_list_is_paged_and_filtered_by_links() {
    let hub = Hub::start().await;
    let jobs: Vec<Job> = (0..240)
        .map(|n| {
            let mut job = coming(n, 2, &format!("零工岗位{n:03}"));
            job.town = format!("乡镇{}", n % 40);
            job.work_kind = WorkKind::ALL[n as usize % WorkKind::ALL.len()];
            job
        })
        .collect();
    hub.publish(&jobs);
    let mut phone = Phone::new(&hub.url);
    let page = phone.get("/").await;
    page.shows("正在招工：240 个岗位")
        .shows("第 1 页，共 12 页")
        .shows("乡镇39");
    println!("a list of 240 jobs: {} bytes", page.body.len());
    let page = phone.get("/h/weining?page=12").await;
    page.shows("第 12 页，共 12 页")
        .shows("上一页")
        .hides("下一页");
    phone
        .get("/h/weining?page=99999999999999999999")
        .await
        .shows("第 1 页");
    let page = phone.get("/h/weining?kind=welding").await;
    page.shows("正在招工：15 个岗位").hides("页，共");
    let page = phone
        .get(&format!("/h/weining?town={}", percent("乡镇7")))
        .await;
    page.shows("正在招工：6 个岗位");
    phone
        .get("/h/weining?kind=nonsense")
        .await
        .shows("没有符合的岗位")
        .shows("看全部岗位");
    assert_eq!(phone.get("/h/nowhere").await.status, 404);
}

#[tokio::test]
async fn english_is_chosen_and_remembered() {
    let hub = Hub::start().await;
    let job = hub.publish(&[coming(1, 2, "砌砖小工")]).remove(0);
    let mut phone = Phone::new(&hub.url);
    let page = phone.get(&format!("/j/{}", job.id)).await;
    page.shows("<html lang=\"zh-CN\">").shows("?lang=en");
    let page = phone.get(&format!("/j/{}?lang=en", job.id)).await;
    page.shows("<html lang=\"en\">")
        .shows("¥200-260 a day")
        .shows("Verified by the hall")
        .shows("Free of charge");
    phone
        .get("/register?next=x")
        .await
        .shows("ID number")
        .shows("?next=x&amp;lang=zh");
    assert_eq!(
        phone
            .get("/nowhere")
            .await
            .shows("There is no such page")
            .status,
        404
    );
    phone.get("/me?lang=zh").await.shows("我的活");

    let mut tourist = Phone::new(&hub.url);
    let request = tourist
        .client()
        .get(tourist.absolute("/me"))
        .header("accept-language", "de,en-GB;q=0.8");
    tourist.send(request).await.shows("My jobs");
}

#[tokio::test]
async fn wrong_turns_get_a_page_too() {
    let hub = Hub::start().await;
    let job = hub.publish(&[coming(1, 2, "砌砖小工")]).remove(0);
    let mut phone = Phone::new(&hub.url);
    assert_eq!(phone.get("/nowhere").await.shows("没有这一页").status, 404);
    assert_eq!(phone.post("/me", &[]).await.shows("回首页").status, 405);
    phone
        .get(&format!("/j/{}/claim?lang=en", job.id))
        .await
        .leads_to(&format!("/j/{}", job.id));
    let request = phone
        .client()
        .post(phone.absolute("/register"))
        .header("content-type", "application/json")
        .body("{}");
    let page = phone.send(request).await;
    assert_eq!(page.status, 400);
    page.shows("We did not understand that");
    let id = uuid::Uuid::new_v4();
    assert_eq!(phone.get(&format!("/j/{id}")).await.status, 404);
    assert_eq!(phone.get(&format!("/s/{id}")).await.status, 404);
}

#[tokio::test]
async fn a_policy_is_one_small_page_until_its_time_is_over() {
    let hub = Hub::start().await;
    let mut notice = Notice {
        id: NoticeId(uuid::Uuid::new_v4()),
        kind: NoticeKind::Policy,
        title: "外出务工一次性交通补贴".to_owned(),
        body: format!("第一条\n\n<b>第二条</b>\n{}", "补".repeat(9_900)),
        issuer: Some("威宁县人社局".to_owned()),
        effective_from: hub.state.now(),
        effective_to: None,
        ticker: false,
    };
    let put = |notice: &Notice| hub.state.store.put_notice(&a_hall(), notice);
    put(&notice).expect("put");
    let mut phone = Phone::new(&hub.url);
    let address = format!("/n/{}", notice.id);
    let page = phone.get(&address).await;
    page.shows("外出务工一次性交通补贴")
        .shows("威宁县人社局")
        .shows("<p>第一条</p>")
        .shows("&lt;b&gt;第二条")
        .hides("<script");
    assert!(page.body.len() < 50_000, "{} bytes", page.body.len());
    phone
        .get(&format!("{address}?lang=en"))
        .await
        .shows("Policy");
    notice.effective_to = Some(hub.state.now());
    put(&notice).expect("put");
    assert_eq!(phone.get(&address).await.status, 404);
    let unknown = format!("/n/{}", uuid::Uuid::new_v4());
    assert_eq!(phone.get(&unknown).await.status, 404);
    assert_eq!(phone.get("/n/1").await.status, 404);
}
