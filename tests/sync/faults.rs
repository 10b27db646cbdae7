//! A hub that answers nonsense, slowly, half, too much or not at all: told as offline, nothing
//! lost, and everything arrives as soon as the line is good again.

use crate::sync_support::*;
use gighall_kiosk::sync::{
    Ask, Call, CallError, Carried, Client, Http, LinkProblem, Opened, Reply, Transport,
};
use gighall_kiosk::terminal::desk::{ClaimOutcome, Desk};
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::time::Instant;

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

/// A way to the hub on which something refuses everything when it is told to, and asks to be left alone. It
/// notes what was asked and when, but for what a person waits for.
struct Refusing {
    way: Http,
    refuses: Mutex<Option<Duration>>,
    asked: Mutex<Vec<(Instant, String)>>,
}

impl Refusing {
    /// How long it asks to be left alone, if it refuses that.
    fn refusal(&self, url: &str) -> Option<Duration> {
        if !url.ends_with("/claims") && !url.ends_with("/workers/find") {
            let mut asked = self.asked.lock().expect("fine");
            asked.push((Instant::now(), url.to_owned()));
        }
        *self.refuses.lock().expect("fine")
    }

    fn now(&self, refuses: Option<Duration>) {
        *self.refuses.lock().expect("fine") = refuses;
        self.asked.lock().expect("fine").clear();
    }

    fn asked(&self) -> Vec<(Instant, String)> {
        self.asked.lock().expect("fine").clone()
    }
}

impl Transport for Refusing {
    fn carry(&self, call: Call) -> Pin<Box<dyn Future<Output = Carried> + Send + '_>> {
        match self.refusal(&call.url) {
            None => self.way.carry(call),
            after => Box::pin(async move {
                Ok(Reply {
                    status: 503,
                    body: vec![],
                    retry_after: after,
                })
            }),
        }
    }

    fn open(&self, ask: Ask) -> Pin<Box<dyn Future<Output = Opened> + Send + '_>> {
        match self.refusal(&ask.url) {
            None => self.way.open(ask),
            Some(_) => Box::pin(async { Err(CallError::Failed(503)) }),
        }
    }
}

/// Whatever wakes its tasks: retries that are due, what is written here, staff who plug something in.
#[test]
fn no_task_of_a_kiosk_asks_before_its_time_a_hub_that_asked_to_be_left_alone() {
    const ALONE: Duration = Duration::from_secs(4);
    let hub = Hub::start();
    let job = hub.publish(&[40]).remove(0);
    let data = hub.data("一号");
    let network = Arc::new(Refusing {
        way: Http::new(&format!("http://{}", hub.address), &[]).expect("a client"),
        refuses: Mutex::default(),
        asked: Mutex::default(),
    });
    let kiosk = Kiosk::over(&data, hub.address, Some(hub.code("一号")), network.clone());
    until("all is well", || {
        kiosk.sync.hears_push() && kiosk.rights(job.id) > 0 && kiosk.outbox() == 0
    });
    // What was asked before is answered by now.
    std::thread::sleep(Duration::from_millis(500));
    network.now(Some(ALONE));
    let worker = kiosk.register(1);
    until("it is refused", || !network.asked().is_empty());
    let refused = network.asked()[0].0;
    for n in 2.. {
        if refused.elapsed() > ALONE - Duration::from_millis(300) {
            break;
        }
        kiosk.register(n);
        kiosk.sync.wake();
        std::thread::sleep(Duration::from_millis(100));
    }
    confirmed(kiosk.desk.claim(&worker, job.id).expect("works"));
    // Several of its tasks may have been on their way at the same moment.
    let same_moment = refused + Duration::from_millis(200);
    let asked = network.asked();
    let early: Vec<_> = asked.iter().filter(|(at, _)| *at > same_moment).collect();
    assert!(early.is_empty(), "{early:?} after {refused:?}");

    network.now(None);
    until("it goes on", || kiosk.outbox() == 0);
    let again = network.asked()[0].0;
    assert!(again >= refused + ALONE, "{:?}", again - refused);
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
    // What a date means depends on a clock that may be wrong. Nobody in front of the hub silences a device
    // for ever, and what is no number of seconds is as good as nothing.
    let cases = [
        ("90", Some(90)),
        (" 7 ", Some(7)),
        ("315360000", Some(600)),
        ("18446744073709551615", Some(600)),
        ("18446744073709551616", None),
        ("Fri, 27 Nov 2026 08:00:00 GMT", None),
        ("-90", None),
        ("1e3", None),
        ("", None),
        ("0", None),
    ];
    for (after, seconds) in cases {
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
                let asked_for = Duration::from_secs(seconds);
                let most = asked_for.mul_f64(1.5) + Duration::from_secs(10);
                assert!((asked_for..most).contains(&held), "{after}: {held:?}");
            }
        }
    }
}
