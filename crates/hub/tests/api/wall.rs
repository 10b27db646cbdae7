//! What the hub gives to walls over HTTP: files, whole and in parts, and the figures of the hall.

use crate::api_support::{TestHub, claim_request, kind, want};
use gighall_core::media::MediaFile;
use gighall_core::testing::a_hall;
use gighall_core::wire::{Change, ProblemType, Scope};
use gighall_hub::media;
use reqwest::Response;

/// A file with that much after what a video begins with.
fn a_video(hub: &TestHub, name: &str, bytes: usize) -> (MediaFile, Vec<u8>) {
    let mut body = b"\0\0\0\x20ftypisom".to_vec();
    body.extend((0..bytes).map(|n| u8::try_from(n % 251).expect("small")));
    let path = hub.dir.path().join("video");
    std::fs::write(&path, &body).expect("written");
    let file = media::take(hub.store().media_folder(), &path, name).expect("taken");
    hub.store().put_media(&file).expect("put");
    (file, body)
}

async fn get(hub: &TestHub, token: &str, hash: &str, headers: &[(&str, &str)]) -> Response {
    let mut request = hub
        .client
        .get(format!("{}/api/v1/media/{hash}", hub.url))
        .bearer_auth(token);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    request.send().await.expect("answered")
}

#[tokio::test]
async fn files_are_served_whole_and_in_parts_to_devices_that_are_enrolled() {
    let hub = TestHub::start().await;
    let (file, body) = a_video(&hub, "课.mp4", 100_000);
    let token = hub.device("一号").await.reply.token;
    let whole = get(&hub, &token, &file.sha256, &[]).await;
    assert_eq!(whole.status(), 200);
    assert_eq!(whole.headers()["content-type"], "video/mp4");
    assert_eq!(whole.headers()["accept-ranges"], "bytes");
    let tag = whole.headers()["etag"].to_str().expect("text").to_owned();
    assert_eq!(whole.bytes().await.expect("read"), body);

    let from = [("range", "bytes=60000-"), ("accept-encoding", "gzip")];
    let part = get(&hub, &token, &file.sha256, &from).await;
    assert_eq!(part.status(), 206);
    let range = format!("bytes 60000-{}/{}", body.len() - 1, body.len());
    assert_eq!(part.headers()["content-range"], range.as_str());
    assert!(part.headers().get("content-encoding").is_none());
    assert_eq!(part.bytes().await.expect("read"), body[60_000..]);

    let same = get(&hub, &token, &file.sha256, &[("if-none-match", &tag)]).await;
    assert_eq!(same.status(), 304);
    let beyond = [("range", "bytes=900000-")];
    let beyond = get(&hub, &token, &file.sha256, &beyond).await;
    assert_eq!(beyond.status(), 416);
    for (token, hash, status) in [
        ("nobody", file.sha256.as_str(), 401),
        (&token, &"0".repeat(64), 404),
        (&token, "..%2fhub.db", 404),
    ] {
        let refused = get(&hub, token, hash, &[]).await;
        assert_eq!(refused.status(), status, "{hash}");
        assert_eq!(
            refused.headers()["content-type"],
            "application/problem+json"
        );
    }
    // The disk has lost it.
    let path = hub.store().media_folder().join(&file.sha256);
    std::fs::remove_file(path).expect("there");
    assert_eq!(get(&hub, &token, &file.sha256, &[]).await.status(), 404);
    hub.stop().await;
}

#[tokio::test]
async fn halls_are_told_of_files_and_of_those_that_are_gone() {
    let hub = TestHub::start().await;
    let (file, _) = a_video(&hub, "a", 10);
    let scope = Scope::Hall(a_hall());
    let (_, snapshot) = hub.store().snapshot(&scope).expect("read");
    let told = Change::Media { file };
    assert!(snapshot.contains(&told));
    hub.store().remove_media("a").expect("there");
    let device = hub.device("一号").await;
    let reply = device.feed(&hub, scope, 1, 0).await.expect("read");
    let changes = reply.scopes[0].changes.iter().map(|it| it.change.clone());
    let gone = Change::MediaRemoved {
        name: "a".to_owned(),
    };
    assert_eq!(changes.collect::<Vec<_>>(), [told, gone]);
    hub.stop().await;
}

#[tokio::test]
async fn the_places_that_were_claimed_today_are_counted_and_those_given_up_are_not() {
    let hub = TestHub::start().await;
    let device = hub.device("一号").await;
    let jobs = [hub.job(1, 4), hub.job(2, 4)];
    let figures = async || {
        let reply = device.feed(&hub, device.scope(), 0, 0).await.expect("read");
        reply.figures.expect("counted")
    };
    assert_eq!(figures().await.claimed, 0);
    let worker = hub.worker(1);
    let mut claims = vec![];
    for job in jobs {
        let request = claim_request(job, worker);
        claims.push(device.claim(&hub, &request).await.expect("taken").claim.id);
    }
    let counted = figures().await;
    assert_eq!(counted.claimed, 2);
    let zone = jiff::tz::TimeZone::get("Asia/Shanghai").expect("a zone");
    let now = jiff::Timestamp::now();
    assert_eq!(counted.day, zone.to_datetime(now).date());
    hub.store().withdraw(claims[0], now).expect("withdrawn");
    assert_eq!(figures().await.claimed, 1);
    // Tomorrow they are yesterday's; other halls have their own.
    let tomorrow = now + jiff::SignedDuration::from_hours(24);
    let later = hub.store().figures(&a_hall(), tomorrow).expect("read");
    assert_eq!(later.claimed, 0);
    let elsewhere = "elsewhere".parse().expect("a hall");
    let elsewhere = hub.store().figures(&elsewhere, now).expect("read");
    assert_eq!(elsewhere.claimed, 0);
    // A right that is held is no claim.
    device
        .ask(&hub, want(jobs[1], 0, 1))
        .await
        .expect("granted");
    assert_eq!(figures().await.claimed, 1);
    let unknown = device.claim(&hub, &claim_request(jobs[1], worker)).await;
    assert_eq!(kind(unknown), ProblemType::NotAllowed);
    hub.stop().await;
}
