//! What the hub pushes to devices: where their feeds stand, and no more.

use crate::api_support::TestHub;
use gighall_core::hall::{Notice, NoticeKind};
use gighall_core::id::NoticeId;
use gighall_core::testing::a_hall;
use gighall_core::wire::Heads;
use jiff::Timestamp;
use std::time::Duration;
use uuid::Uuid;

const PATIENCE: Duration = Duration::from_secs(30);

/// A stream of events, as it comes.
struct Stream(reqwest::Response, String);

impl Stream {
    async fn open(hub: &TestHub, token: &str) -> Self {
        let address = format!("{}/api/v1/events", hub.url);
        let request = hub.client.get(address).bearer_auth(token);
        let response = request.send().await.expect("answered");
        assert_eq!(response.status(), 200);
        assert_eq!(response.headers()["content-type"], "text/event-stream");
        Self(response, String::new())
    }

    /// The next event's heads; `None` at the end.
    async fn next(&mut self) -> Option<Heads> {
        loop {
            if let Some((event, rest)) = self.1.split_once("\n\n") {
                let data = event.lines().find_map(|line| line.strip_prefix("data: "));
                let heads = data.map(|data| serde_json::from_str(data).expect("heads"));
                self.1 = rest.to_owned();
                if heads.is_some() {
                    return heads;
                }
                continue;
            }
            let chunk = tokio::time::timeout(PATIENCE, self.0.chunk()).await;
            let chunk = chunk.expect("in time").expect("unbroken")?;
            self.1.push_str(std::str::from_utf8(&chunk).expect("text"));
        }
    }
}

fn notice(title: &str) -> Notice {
    Notice {
        id: NoticeId(Uuid::now_v7()),
        kind: NoticeKind::Emergency,
        title: title.to_owned(),
        body: String::new(),
        issuer: None,
        effective_from: Timestamp::now(),
        effective_to: None,
        ticker: false,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_device_is_told_at_once_that_there_is_news_and_nothing_of_them() {
    let hub = TestHub::start().await;
    let device = hub.device("一号").await;
    let mut stream = Stream::open(&hub, &device.reply.token).await;
    let first = stream.next().await.expect("where it stands");
    hub.store()
        .put_notice(&a_hall(), &notice("停电通知"))
        .expect("put");
    let next = stream.next().await.expect("told");
    assert_eq!(next.hall, first.hall + 1);
    assert_eq!(next.device, first.device);
    // Another process writes, as staff do.
    let beside = gighall_hub::open(&gighall_hub::HubConfig::new(hub.dir.path())).expect("opens");
    beside
        .store
        .put_notice(&a_hall(), &notice("大风通知"))
        .expect("put");
    assert_eq!(stream.next().await.expect("told").hall, next.hall + 1);
    // A server that is to stop does not wait for its listeners.
    hub.stop().await;
    assert_eq!(stream.next().await, None);
}
