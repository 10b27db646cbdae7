//! The connection to speech-dispatcher.

use super::Utterance;
use crate::ssip::{self, Answers, Tell};
use socket2::{Domain, SockAddr, Socket, Type};
use std::io::{self, ErrorKind, Read, Write};
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// How long the server may take to answer.
const ANSWER: Duration = Duration::from_secs(2);

/// Where the server listens unless it is told otherwise.
pub fn usual_socket() -> Option<PathBuf> {
    let runtime = std::env::var_os("XDG_RUNTIME_DIR").map(PathBuf::from);
    // A service has no such folder; the server then uses the cache.
    let cache = || Some(PathBuf::from(std::env::var_os("HOME")?).join(".cache"));
    let folder = runtime.or_else(cache)?;
    Some(folder.join("speech-dispatcher/speechd.sock"))
}

/// An open connection.
pub struct Server {
    stream: UnixStream,
    answers: Answers,
}

impl Server {
    /// Calls the server.
    pub fn call(socket: &Path) -> io::Result<Self> {
        // A server that hangs takes no more calls, and whoever waited for it would never end.
        let line = Socket::new(Domain::UNIX, Type::STREAM, None)?;
        line.connect_timeout(&SockAddr::unix(socket)?, ANSWER)?;
        let stream = UnixStream::from(OwnedFd::from(line));
        stream.set_read_timeout(Some(ANSWER))?;
        stream.set_write_timeout(Some(ANSWER))?;
        let mut server = Self {
            stream,
            answers: Answers::default(),
        };
        server.tell(&Tell::Name)?;
        Ok(server)
    }

    /// Whether it has hung up meanwhile.
    pub fn is_there(&mut self) -> bool {
        self.tell(&Tell::Ask).is_ok()
    }

    /// Says a text.
    pub fn say(&mut self, what: &Utterance) -> io::Result<()> {
        self.tell(&Tell::Language(ssip::language(&what.language)))?;
        self.tell(&Tell::Volume(what.volume))?;
        self.tell(&Tell::Speak)?;
        self.tell(&Tell::Text(what.text.clone()))
    }

    /// Ends what is being said.
    pub fn stop(&mut self) -> io::Result<()> {
        self.tell(&Tell::Stop)
    }

    fn tell(&mut self, tell: &Tell) -> io::Result<()> {
        self.stream.write_all(&tell.bytes())?;
        let mut buffer = [0; 1024];
        loop {
            let count = self.stream.read(&mut buffer)?;
            if count == 0 {
                return Err(ErrorKind::UnexpectedEof.into());
            }
            let codes = self.answers.take(&buffer[..count]);
            let codes = codes.map_err(|error| io::Error::new(ErrorKind::InvalidData, error))?;
            match codes.first() {
                Some(code) if ssip::is_good(*code) => return Ok(()),
                Some(code) => return Err(io::Error::other(format!("the server says {code}"))),
                None => {}
            }
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Whether it is heard or not, the connection ends.
        let _ = self.stream.write_all(&Tell::Quit.bytes());
    }
}
