//! Connections that take up a place and send nothing, or not enough: cut off, and others are served.
use gighall_core::hall::Hall;
use gighall_core::testing::a_hall;
use gighall_hub::HubConfig;
use gighall_hub::connections::Allowed;
use gighall_hub::limit::Limits;
use gighall_testkit::Phone;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::{sleep, timeout};

/// Longest that a test waits for what should come within seconds.
const LONG: Duration = Duration::from_secs(30);

/// A hub that is served as the program serves it.
struct Hub {
    address: SocketAddr,
    phone: Phone,
    _dir: tempfile::TempDir,
}

impl Hub {
    async fn with(connections: Allowed) -> Self {
        let dir = tempfile::tempdir().expect("a directory");
        let mut state = gighall_hub::open(&HubConfig::new(dir.path())).expect("a hub");
        let hall = Hall {
            id: a_hall(),
            name: "威宁县零工市场".to_owned(),
            county_code: None,
            hotline: None,
            address: None,
        };
        state.store.put_hall(&hall).expect("a hall");
        state.limits = Arc::new(Limits {
            connections,
            ..Limits::default()
        });
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("bound");
        tokio::spawn(gighall_hub::serve(listener, state, std::future::pending()));
        Self {
            address,
            phone: Phone::new(&format!("http://{address}")),
            _dir: dir,
        }
    }

    async fn connect(&self) -> TcpStream {
        TcpStream::connect(self.address).await.expect("connected")
    }
}

/// Reads to the end, whatever ends it; gives what came.
async fn rest(stream: &mut TcpStream) -> String {
    let mut came = vec![];
    let mut buffer = [0; 4096];
    while let Ok(n) = timeout(LONG, stream.read(&mut buffer))
        .await
        .expect("it ends")
    {
        if n == 0 {
            break;
        }
        came.extend_from_slice(&buffer[..n]);
    }
    String::from_utf8_lossy(&came).into_owned()
}

/// Sends `begin`, and then the same few bytes again and again, until it is cut off. Says how long that took.
async fn drips(hub: &Hub, begin: &str, piece: &str) -> Duration {
    let mut stream = hub.connect().await;
    let begun = Instant::now();
    stream.write_all(begin.as_bytes()).await.expect("sent");
    let (mut reading, mut writing) = stream.into_split();
    let piece = piece.to_owned();
    let dripping = tokio::spawn(async move {
        while writing.write_all(piece.as_bytes()).await.is_ok() {
            sleep(Duration::from_millis(50)).await;
        }
    });
    let mut buffer = [0; 4096];
    loop {
        let read = timeout(LONG, reading.read(&mut buffer)).await;
        match read.expect("it is cut off") {
            Ok(0) | Err(_) => break,
            Ok(_) => {}
        }
    }
    let took = begun.elapsed();
    dripping.abort();
    took
}

#[tokio::test]
async fn whoever_sends_nothing_or_byte_by_byte_is_cut_off() {
    let patience = Duration::from_secs(1);
    let mut hub = Hub::with(Allowed {
        patience,
        ..Allowed::default()
    })
    .await;
    let begun = Instant::now();
    let mut silent = hub.connect().await;
    rest(&mut silent).await;
    assert!(begun.elapsed() >= patience, "not before its time");

    let head = "GET / HTTP/1.1\r\nHost: hub\r\n";
    let took = drips(&hub, head, "X-More: 1\r\n").await;
    assert!(took >= patience, "{took:?}");
    let form = "POST /register HTTP/1.1\r\nHost: hub\r\n\
                Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 60000\r\n\r\n";
    let took = drips(&hub, form, "a").await;
    assert!(took >= patience, "{took:?}");

    // One that has been answered may ask again, and is not kept for ever either.
    let mut again = hub.connect().await;
    let ask = b"GET /healthz HTTP/1.1\r\nHost: hub\r\n\r\n";
    for _ in 0..4 {
        again.write_all(ask).await.expect("sent");
        let mut buffer = [0; 4096];
        let n = timeout(LONG, again.read(&mut buffer))
            .await
            .expect("answered");
        let n = n.expect("open");
        assert!(buffer[..n].starts_with(b"HTTP/1.1 200"), "{n} bytes");
        sleep(patience / 2).await;
    }
    assert_eq!(rest(&mut again).await, "", "closed after a while");
    assert_eq!(hub.phone.get("/").await.status, 200);
}

#[tokio::test]
async fn connections_that_are_too_many_are_hung_up_on_and_the_next_one_is_served() {
    let hub = Hub::with(Allowed {
        all: 3,
        of_one: 1,
        patience: LONG,
    })
    .await;
    // Those of this machine are not counted by address.
    let mut open = vec![];
    for _ in 0..3 {
        let mut stream = hub.connect().await;
        stream.write_all(b"GET / HTTP/1.1\r\n").await.expect("sent");
        open.push(stream);
    }
    let begun = Instant::now();
    let mut fourth = hub.connect().await;
    assert_eq!(rest(&mut fourth).await, "");
    assert!(begun.elapsed() < LONG / 2, "at once");
    open.pop();
    // The hub hears of it in a moment.
    let ended = Instant::now() + LONG;
    loop {
        let mut next = hub.connect().await;
        let ask = b"GET /healthz HTTP/1.1\r\nHost: hub\r\nConnection: close\r\n\r\n";
        let answer = match next.write_all(ask).await {
            Ok(()) => rest(&mut next).await,
            Err(_) => String::new(),
        };
        if answer.starts_with("HTTP/1.1 200") {
            break;
        }
        assert!(Instant::now() < ended, "nobody is served");
        sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test]
async fn heads_beyond_measure_are_refused_before_they_fill_the_memory() {
    let hub = Hub::with(Allowed::default()).await;
    let many = "X-More: 1\r\n".repeat(5000);
    let long = format!("X-Long: {}\r\n", "a".repeat(4 << 20));
    let path = format!("GET /{} HTTP/1.1\r\nHost: hub\r\n\r\n", "a".repeat(1 << 20));
    for (what, text) in [
        ("many", format!("GET / HTTP/1.1\r\nHost: hub\r\n{many}\r\n")),
        ("long", format!("GET / HTTP/1.1\r\nHost: hub\r\n{long}\r\n")),
        ("path", path),
    ] {
        let mut stream = hub.connect().await;
        // It may hang up before all of it is sent, so that its answer is lost.
        let sent = stream.write_all(text.as_bytes()).await;
        let answer = rest(&mut stream).await;
        let refused = answer.starts_with("HTTP/1.1 431") || answer.starts_with("HTTP/1.1 414");
        assert!(
            refused || (what != "many" && sent.is_err()),
            "{what}: {answer}"
        );
    }
}
