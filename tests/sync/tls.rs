//! A hub that is known by its certificate: that one is taken, and no other.

use gighall_core::wire::{Problem, ProblemType};
use gighall_kiosk::address::Fingerprint;
use gighall_kiosk::sync::{CallError, Client};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ServerConfig, ServerConnection, StreamOwned};
use sha2::{Digest, Sha256};
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, mpsc};
use std::time::Duration;

/// Made for this test: `openssl req -x509 -newkey ec … -subj /CN=hub.test`. Nobody signed it.
const CERTIFICATE: &str = "tests/data/hub.test.pem";
const KEY: &str = "tests/data/hub.test.key";

fn certificate() -> CertificateDer<'static> {
    CertificateDer::from_pem_file(CERTIFICATE).expect("a certificate")
}

/// A server that answers one request with 401, and tells what it was asked; nothing where TLS failed.
fn serve_once() -> (SocketAddr, mpsc::Receiver<Option<String>>) {
    let key = PrivateKeyDer::from_pem_file(KEY).expect("a key");
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("versions")
        .with_no_client_auth()
        .with_single_cert(vec![certificate()], key)
        .expect("a pair");
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("bound");
    let (tell, told) = mpsc::channel();
    std::thread::spawn(move || {
        let (socket, _) = listener.accept().expect("somebody");
        tell.send(answer(socket, config)).ok();
    });
    (address, told)
}

fn answer(socket: TcpStream, config: ServerConfig) -> Option<String> {
    socket
        .set_read_timeout(Some(Duration::from_secs(20)))
        .ok()?;
    let connection = ServerConnection::new(Arc::new(config)).ok()?;
    let mut stream = StreamOwned::new(connection, socket);
    let mut asked = [0; 4096];
    let n = stream.read(&mut asked).ok()?;
    let problem = Problem::new(ProblemType::Unauthorized, "a test");
    let body = serde_json::to_string(&problem).expect("JSON");
    let answer = format!(
        "HTTP/1.1 401 Unauthorized\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}",
        body.len()
    );
    stream.write_all(answer.as_bytes()).ok()?;
    stream.conn.send_close_notify();
    stream.flush().ok()?;
    Some(String::from_utf8_lossy(&asked[..n]).into_owned())
}

async fn ask(address: SocketAddr, pins: &[Fingerprint]) -> CallError {
    let client = Client::new(&format!("https://{address}"), pins).expect("a client");
    let patience = Duration::from_secs(20);
    client
        .post::<serde_json::Value>("/feed", Some("the-token"), &"hello", patience)
        .await
        .expect_err("a refusal, or no connection")
}

#[tokio::test]
async fn the_named_certificate_is_taken_and_no_other() {
    let right: Fingerprint = hex::encode(Sha256::digest(certificate()))
        .parse()
        .expect("a fingerprint");
    let other: Fingerprint = "ab".repeat(32).parse().expect("a fingerprint");

    let (address, told) = serve_once();
    let refused = ask(address, &[other, right]).await;
    assert!(matches!(refused, CallError::Refused(_)), "{refused}");
    let asked = told.recv().expect("served").expect("over TLS");
    assert!(asked.contains("the-token"), "{asked}");

    // Another one, and one that nobody vouches for: the token never leaves.
    for pins in [&[other][..], &[]] {
        let (address, told) = serve_once();
        let failed = ask(address, pins).await;
        assert!(matches!(failed, CallError::Unreachable(_)), "{failed}");
        assert_eq!(told.recv().expect("served"), None);
    }
}
