//! A hub that answers nonsense, slowly, half, too much or not at all: told as offline, nothing
//! lost, and everything arrives as soon as the line is good again.

mod sync_support;

use gighall_kiosk::sync::{CallError, Client, LinkProblem};
use gighall_kiosk::terminal::desk::{ClaimOutcome, Desk};
use std::time::{Duration, Instant};
use sync_support::*;

fn answer(status: &str, body: &[u8]) -> Line {
    let mut bytes = format!(
        "HTTP/1.1 {status}\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n",
        body.len()
    )
    .into_bytes();
    bytes.extend(body);
    Line::Answers(bytes)
}

fn faults() -> Vec<(&'static str, Line, &'static [LinkProblem])> {
    use LinkProblem::{HubFailed, Nonsense, Slow, Unauthorized, Unreachable};
    let half = b"HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n{\"now\":\"2026-".to_vec();
    let redirect =
        b"HTTP/1.1 302 Found\r\nLocation: http://portal.example/\r\nContent-Length: 0\r\n\r\n";
    let wrong = br#"{"now":17,"hub_epoch":"one","scopes":{}}"#;
    let strange = br#"{"now":"2026-11-23T08:00:00Z","hub_epoch":1,"scopes":[{"scope":"hall/x","head":9,"changes":[{"seq":9,"change":{"kind":"weather"}}]}]}"#;
    let fork = br#"{"type":"unauthorized","title":"unauthorized","status":401,"detail":"who?"}"#;
    vec![
        (
            "HTML",
            answer("200 OK", b"<html>Log in</html>"),
            &[Nonsense],
        ),
        ("half JSON", answer("200 OK", b"{\"now\":\"20"), &[Nonsense]),
        ("half an answer", Line::Answers(half), &[Slow, Nonsense]),
        ("wrong types", answer("200 OK", wrong), &[Nonsense]),
        ("a foreign scope", answer("200 OK", strange), &[]),
        ("nothing", Line::Answers(vec![]), &[Slow]),
        (
            "no HTTP",
            Line::Answers(b"SSH-2.0-x\r\n".to_vec()),
            &[Slow, Nonsense],
        ),
        ("a redirect", Line::Answers(redirect.to_vec()), &[Nonsense]),
        (
            "a failure",
            answer("502 Bad Gateway", b"<h1>502</h1>"),
            &[HubFailed],
        ),
        (
            "too much",
            answer("200 OK", &vec![b' '; 17 << 20]),
            &[Nonsense],
        ),
        (
            "a stranger",
            answer("401 Unauthorized", fork),
            &[Unauthorized],
        ),
        ("a pulled cable", Line::Pulled, &[Slow, Unreachable]),
    ]
}

#[test]
fn whatever_the_hub_answers_nothing_is_lost() {
    let hub = Hub::start();
    let jobs = hub.publish(&[40, 40]);
    let cable = Cable::to(hub.address);
    let kiosk = hub.kiosk("一号", cable.address);
    until("rights are held", || {
        kiosk.rights(jobs[0].id) > 0 && kiosk.rights(jobs[1].id) > 0
    });
    let mut claims = vec![];
    for (n, (name, line, problems)) in (1u32..).zip(faults()) {
        cable.now(line);
        if !problems.is_empty() {
            until(name, || {
                let link = *kiosk.sync.link().borrow();
                !link.online && link.problem.is_some_and(|p| problems.contains(&p))
            });
        }
        let worker = kiosk.register(n);
        match kiosk.desk.claim(&worker, jobs[0].id).expect("works") {
            ClaimOutcome::Confirmed(claim) | ClaimOutcome::Provisional(claim, _) => {
                claims.push(claim.id);
            }
            other => panic!("{name}: {other:?}"),
        }
        cable.now(Line::Good);
        until(name, || kiosk.online() && kiosk.outbox() == 0);
        until(name, || kiosk.rights(jobs[0].id) > 0);
    }
    assert_eq!(kiosk.open_jobs(), 2, "the listings are as they were");
    until("each claim is at the hub", || {
        claims.iter().all(|id| {
            let claim = hub.state.store.claim(*id).expect("read");
            claim.is_some_and(|it| it.claim.state.holds_place())
        })
    });
    let at_hub = hub.job(jobs[0].id);
    assert_eq!(at_hub.places_left as usize, 40 - claims.len(), "each once");
    let epoch = kiosk.sync.identity().expect("enrolled").epoch;
    assert_eq!(epoch.0, 1, "nothing of that cost it its enrolment");
}

#[test]
fn a_hub_that_stalls_is_told_as_slow() {
    let hub = Hub::start();
    let job = hub.publish(&[8]).remove(0);
    let cable = Cable::to(hub.address);
    let kiosk = hub.kiosk("一号", cable.address);
    until("rights are held", || kiosk.rights(job.id) > 0);
    cable.now(Line::Stalls);
    let worker = kiosk.register(1);
    assert!(matches!(
        kiosk.desk.claim(&worker, job.id).expect("works"),
        ClaimOutcome::Confirmed(_)
    ));
    until("slow", || {
        kiosk.sync.link().borrow().problem == Some(LinkProblem::Slow)
    });
    cable.now(Line::Good);
    until("healed", || kiosk.online() && kiosk.outbox() == 0);
}

/// What stands before the hub may ask for it as well, in words of its own.
#[test]
fn whoever_asks_to_be_left_alone_is() {
    let hub = Hub::start();
    let cable = Cable::to(hub.address);
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let busy = |after: &str| {
        let head =
            format!("HTTP/1.1 503 Busy\r\nRetry-After: {after}\r\nContent-Length: 0\r\n\r\n");
        Line::Answers(head.into_bytes())
    };
    // What a date means depends on a clock that may be wrong.
    for (after, seconds) in [("90", Some(90)), ("Fri, 27 Nov 2026 08:00:00 GMT", None)] {
        cable.now(busy(after));
        let url = format!("http://{}", cable.address);
        for streams in [false, true] {
            let client = Client::new(&url, &[]).expect("a client");
            let asked = Instant::now();
            let failed = runtime.block_on(async {
                match streams {
                    true => client.listen("/events", "token").await.err(),
                    false => {
                        let answer = client.post::<()>("/feed", None, &(), Duration::from_secs(30));
                        answer.await.err()
                    }
                }
            });
            assert!(matches!(failed, Some(CallError::Failed(503))), "{failed:?}");
            let held = client.held_until().map(|until| until - asked);
            assert_eq!(held.is_some(), seconds.is_some(), "{after}");
            if let (Some(held), Some(seconds)) = (held, seconds) {
                assert!(held >= Duration::from_secs(seconds), "{held:?}");
            }
        }
    }
}
