//! From a course's code at the terminal to a place in it, on a phone.

use crate::support::{Hub, a_hall_of};
use gighall_core::event::Event;
use gighall_core::id::HallId;
use gighall_core::testing::{a_hall, an_event, an_id_number};
use gighall_core::training::{EnrolmentReason, EnrolmentState};
use gighall_testkit::Phone;
use jiff::SignedDuration;

/// A course with so many places, in two days.
fn course(hub: &Hub, n: u32, places: u32) -> Event {
    let starts_at = hub.state.now() + SignedDuration::from_hours(48);
    let course = Event {
        starts_at,
        ends_at: starts_at + SignedDuration::from_hours(4),
        places: Some(places),
        ..an_event(n)
    };
    let put = hub.state.store.put_event(&a_hall(), &course);
    put.expect("put");
    course
}

/// The address in the code beside a course at the terminal.
fn code(hub: &Hub, course: &Event) -> String {
    let code = hub.code(None, hub.state.now());
    format!("{code}?course={}", course.id)
}

fn page_of(course: &Event) -> String {
    format!("/t/{}", course.id)
}

/// A phone that has scanned the course's code and registered.
async fn ready(hub: &Hub, course: &Event, order: u32) -> Phone {
    let mut phone = Phone::new(&hub.url);
    let here = page_of(course);
    phone.get(&code(hub, course)).await.leads_to(&here);
    phone.register(order, "李晓峰", None).await;
    phone
}

async fn enrols(phone: &mut Phone, course: &Event) -> gighall_testkit::Page {
    let here = page_of(course);
    let id = phone.get(&here).await.hidden("enrolment");
    let address = format!("{here}/enrol");
    phone.post(&address, &[("enrolment", &id)]).await
}

fn taken(hub: &Hub, course: &Event) -> u32 {
    let found = hub.state.store.event(course.id).expect("read");
    found.expect("there").1.places_taken
}

#[tokio::test]
async fn from_the_code_to_a_place_and_out_again() {
    let hub = Hub::start().await;
    let course = course(&hub, 1, 30);
    let here = page_of(&course);
    let mut phone = Phone::new(&hub.url);
    // By its address alone there is something to read, and the way to the hall.
    let page = phone.get(&here).await;
    page.shows("家政服务员培训班")
        .shows("市场二楼教室")
        .shows("威宁县就业局")
        .shows("请先到市场的触摸屏前扫码")
        .hides("我要报名参加")
        .hides("<script");
    assert!(page.body.len() < 50_000, "{} bytes", page.body.len());
    phone
        .get(&format!("{here}?lang=en"))
        .await
        .shows("First scan a code in the hall");
    phone.get(&format!("{here}?lang=zh")).await;

    phone.get(&code(&hub, &course)).await.leads_to(&here);
    phone.get(&here).await.shows("我要报名参加（先登记）");
    let register = format!("/register?course={}", course.id);
    let form = phone.get(&register).await;
    form.shows("登记好就回到培训班：家政服务员培训班");
    assert_eq!(form.hidden("course"), course.id.to_string());
    let id = course.id.to_string();
    let said = [
        ("course", id.as_str()),
        ("id_number", &an_id_number("19750501", 11)),
        ("name", "李晓峰"),
        ("consent", "1"),
    ];
    phone.post("/register", &said).await.leads_to(&here);
    enrols(&mut phone, &course).await.leads_to("/me");
    phone.get("/me").await.shows("我的培训").shows(&here);
    phone.get(&here).await.shows("您已经报上这个培训班了");
    assert_eq!(taken(&hub, &course), 1);

    phone
        .post(&format!("{here}/leave"), &[])
        .await
        .leads_to(&here);
    assert_eq!(taken(&hub, &course), 0);
    phone.get("/me").await.hides("我的培训");
    // Twice is no place less.
    let twice = phone.post(&format!("{here}/leave"), &[]).await;
    assert_eq!((twice.status, taken(&hub, &course)), (403, 0));
}

#[tokio::test]
async fn the_same_button_pressed_twice_is_one_place() {
    let hub = Hub::start().await;
    let course = course(&hub, 1, 30);
    let mut phone = ready(&hub, &course, 11).await;
    let here = page_of(&course);
    let id = phone.get(&here).await.hidden("enrolment");
    let address = format!("{here}/enrol");
    for _ in 0..2 {
        let page = phone.post(&address, &[("enrolment", &id)]).await;
        page.leads_to("/me");
    }
    // A form that was left open elsewhere.
    let other = uuid::Uuid::new_v4().to_string();
    let page = phone.post(&address, &[("enrolment", &other)]).await;
    assert_eq!(page.status, 409);
    page.shows("您已经报上这个培训班了");
    assert_eq!(taken(&hub, &course), 1);
    // Nobody takes the id of somebody else's.
    let mut stranger = ready(&hub, &course, 13).await;
    let page = stranger.post(&address, &[("enrolment", &id)]).await;
    assert_eq!((page.status, taken(&hub, &course)), (400, 1));
    for bad in ["", "1", "00000000-0000-0000-0000-000000000001"] {
        let page = stranger.post(&address, &[("enrolment", bad)]).await;
        assert_eq!(page.status, 400, "{bad:?}");
    }
}

#[tokio::test]
async fn the_last_place_is_given_once() {
    let hub = Hub::start().await;
    let course = course(&hub, 1, 1);
    let mut first = ready(&hub, &course, 11).await;
    let mut second = ready(&hub, &course, 13).await;
    let here = page_of(&course);
    let open = second.get(&here).await.hidden("enrolment");
    enrols(&mut first, &course).await.leads_to("/me");
    let address = format!("{here}/enrol");
    let page = second.post(&address, &[("enrolment", &open)]).await;
    assert_eq!(page.status, 409);
    page.shows("这个培训班名额已满").hides("我要报名参加");
    assert_eq!(taken(&hub, &course), 1);
    let enrolled = hub.state.store.enrolled(course.id).expect("read");
    assert_eq!(enrolled.len(), 1);
    assert_eq!(enrolled[0].enrolment.state, EnrolmentState::Confirmed);
    assert_eq!(enrolled[0].enrolment.reason, None::<EnrolmentReason>);
}

#[tokio::test]
async fn an_old_code_and_one_of_another_hall_let_nobody_in() {
    let hub = Hub::start().await;
    let bijie: HallId = "bijie".parse().expect("an id");
    let hall = a_hall_of(&bijie, "毕节");
    hub.state.store.put_hall(&hall).expect("a hall");
    let course = course(&hub, 1, 30);
    let here = page_of(&course);
    let elsewhere = Event {
        id: an_event(2).id,
        ..course.clone()
    };
    let put = hub.state.store.put_event(&bijie, &elsewhere);
    put.expect("put");
    // A photograph of this morning's code.
    let mut phone = Phone::new(&hub.url);
    let old = hub.code(None, hub.state.now() - SignedDuration::from_mins(10));
    let page = phone.get(&format!("{old}?course={}", course.id)).await;
    page.shows("这个码过期了");
    assert_eq!(page.status, 410);
    phone.get(&here).await.hides("我要报名参加");
    // This hall's code, with another hall's course.
    let page = phone.get(&code(&hub, &elsewhere)).await;
    page.leads_to(&format!("/h/{}", a_hall()));
    phone.register(11, "李晓峰", None).await;
    let there = page_of(&elsewhere);
    phone.get(&there).await.hides("我要报名参加");
    let id = uuid::Uuid::new_v4().to_string();
    let page = phone
        .post(&format!("{there}/enrol"), &[("enrolment", &id)])
        .await;
    page.leads_to(&there);
    assert_eq!(taken(&hub, &elsewhere), 0);
}

#[tokio::test]
async fn what_is_over_or_was_never_is_no_page() {
    let hub = Hub::start().await;
    let course = course(&hub, 1, 30);
    let here = page_of(&course);
    let mut phone = Phone::new(&hub.url);
    assert_eq!(phone.get(&here).await.status, 200);
    hub.state.store.withdraw_event(course.id).expect("gone");
    assert_eq!(phone.get(&here).await.status, 404);
    let unknown = format!("/t/{}", uuid::Uuid::new_v4());
    assert_eq!(phone.get(&unknown).await.status, 404);
    assert_eq!(phone.get("/t/1").await.status, 404);
}
