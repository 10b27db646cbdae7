//! The hub pushes that there is news; a kiosk that hears nothing asks.

mod sync_support;

use gighall_core::hall::{Notice, NoticeKind};
use gighall_core::id::NoticeId;
use gighall_core::testing::a_hall;
use sync_support::*;
use uuid::Uuid;

fn put(hub: &Hub, title: &str) -> NoticeId {
    let notice = Notice {
        id: NoticeId(Uuid::now_v7()),
        kind: NoticeKind::Emergency,
        title: title.to_owned(),
        body: String::new(),
        issuer: None,
        effective_from: jiff::Timestamp::now(),
        effective_to: None,
        ticker: false,
    };
    hub.state.store.put_notice(&a_hall(), &notice).expect("put");
    notice.id
}

fn has(kiosk: &Kiosk, id: NoticeId) -> bool {
    let all = kiosk.store.notices(kiosk.sync.now()).expect("read");
    all.iter().any(|notice| notice.id == id)
}

#[test]
fn news_arrive_by_push_and_without_it() {
    let hub = Hub::start();
    hub.publish(&[4]);
    let cable = Cable::to(hub.address);
    let kiosk = hub.kiosk("一号", cable.address);
    until("the hub is heard", || kiosk.sync.hears_push());
    let first = put(&hub, "停电");
    until("it is here", || has(&kiosk, first));

    // The cable is cut, and something happens meanwhile.
    cable.now(Line::Pulled);
    until("offline", || !kiosk.online() && !kiosk.sync.hears_push());
    let lost = put(&hub, "大风");
    cable.now(Line::Good);
    until("what was missed is here", || has(&kiosk, lost));
    until("the hub is heard again", || kiosk.sync.hears_push());

    // Something on the way spoils the stream, and nothing else: the kiosk asks.
    let page = b"HTTP/1.1 200 OK\r\ncontent-length: 13\r\n\r\n<html></html>".to_vec();
    let busy = b"HTTP/1.1 503 Busy\r\ncontent-length: 0\r\n\r\n".to_vec();
    for answer in [page, busy] {
        cable.now(Line::AnswersTo("/api/v1/events", answer));
        until("nothing is heard", || !kiosk.sync.hears_push());
        let asked = put(&hub, "大雪");
        until("it is here all the same", || has(&kiosk, asked));
        assert!(!kiosk.sync.hears_push());
        assert!(kiosk.online());
    }
    cable.now(Line::Good);
    until("the hub is heard in the end", || kiosk.sync.hears_push());
}

#[test]
fn more_news_than_one_answer_holds_are_asked_for_at_once() {
    let hub = Hub::start();
    let cable = Cable::to(hub.address);
    let kiosk = hub.kiosk("一号", cable.address);
    until("the hub is heard", || kiosk.sync.hears_push());
    cable.now(Line::Pulled);
    until("offline", || !kiosk.online());
    let count = gighall_core::wire::BATCH_MAX + 10;
    let all: Vec<NoticeId> = (0..count).map(|n| put(&hub, &format!("通知{n}"))).collect();
    cable.now(Line::Good);
    let last = *all.last().expect("some");
    until("the last one is here", || has(&kiosk, last));
    assert!(all.iter().all(|id| has(&kiosk, *id)));
}
