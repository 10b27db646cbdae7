//! The hub pushes that there is news; a kiosk that hears nothing asks.

use crate::sync_support::*;
use gighall_core::hall::{Notice, NoticeKind};
use gighall_core::id::NoticeId;
use gighall_core::testing::a_hall;
use gighall_kiosk::sync::{BACKOFF_MOST, Backoff};
use std::time::Duration;
use uuid::Uuid;

fn put(hub: &Hub, title: &str) -> NoticeId {
    put_with(hub, title, "")
}

fn put_with(hub: &Hub, title: &str, body: &str) -> NoticeId {
    let notice = Notice {
        id: NoticeId(Uuid::now_v7()),
        kind: NoticeKind::Emergency,
        title: title.to_owned(),
        body: body.to_owned(),
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
        // Its news is in the store a moment before the link says that the hub answered.
        until("online", || kiosk.online());
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

/// A kiosk reads no answer of more than 16 MiB: it would ask for the same one for ever.
#[test]
fn long_news_come_in_several_answers() {
    let hub = Hub::start();
    let cable = Cable::to(hub.address);
    let kiosk = hub.kiosk("一号", cable.address);
    until("the hub is heard", || kiosk.sync.hears_push());
    cable.now(Line::Pulled);
    until("offline", || !kiosk.online());
    let body = "停".repeat(1 << 18);
    let all: Vec<NoticeId> = (0..24)
        .map(|n| put_with(&hub, &format!("通知{n}"), &body))
        .collect();
    // One alone may be longer than all that go together.
    let longest = put_with(&hub, "最长", &"停".repeat(2 << 20));
    cable.now(Line::Good);
    until("the last one is here", || has(&kiosk, longest));
    assert!(all.iter().all(|id| has(&kiosk, *id)));
    assert!(kiosk.online());
}

/// Records of a day without the hub, more than the line carries before a request is given up.
#[test]
fn a_slow_line_carries_bit_by_bit_what_it_does_not_carry_at_once() {
    let hub = Hub::start();
    let cable = Cable::to(hub.address);
    let kiosk = hub.kiosk("一号", cable.address);
    until("enrolled", || kiosk.online());
    cable.now(Line::Pulled);
    until("offline", || !kiosk.online());
    let workers: Vec<_> = (0..160).map(|n| kiosk.register(n).worker).collect();
    cable.now(Line::Narrow(60_000));
    until("everything has arrived", || kiosk.outbox() == 0);
    let known = |id| hub.state.store.worker(id).expect("read").is_some();
    assert!(workers.into_iter().all(known));
}

/// Every device knocks, waits and knocks as the engine's steps do; what it asks once it is back is six
/// requests at once, one three seconds later, and one every ten seconds then.
#[test]
fn two_thousand_devices_come_back_within_a_minute_and_not_at_once() {
    const DEVICES: u32 = 2000;
    const STEADY: u32 = DEVICES / 10;
    let mut state = 7_u64;
    let mut chance = || {
        state = state.wrapping_mul(0x5851_F42D_4C95_7F2D).wrapping_add(1);
        (state >> 40) as f64 / (1_u64 << 24) as f64
    };
    for minutes in [2, 3, 5, 20] {
        let outage = Duration::from_secs(60 * minutes);
        let mut asked = [0; 120];
        for _ in 0..DEVICES {
            let mut backoff = Backoff::new(BACKOFF_MOST);
            // They all lose it in the same moment.
            let mut now = Duration::ZERO;
            while now < outage {
                now += backoff.wait(chance());
            }
            let back = usize::try_from((now - outage).as_secs()).expect("short");
            assert!(back < 55, "{back} s leave no time to sync in");
            asked[back] += 6;
            let later = asked[back + 3..].iter_mut().step_by(10);
            later.for_each(|it| *it += 1);
        }
        let peak = asked.iter().max().copied().unwrap_or(0);
        assert!(
            peak <= 3 * STEADY,
            "{peak} a second after {minutes} minutes"
        );
    }
}
