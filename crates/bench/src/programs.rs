//! The two programs that are compared.

use crate::context::Context;
use crate::hall::HallDir;
use crate::process::Running;
use std::io::{self, BufRead, BufReader, Read};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// A program that shows the board.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Program {
    /// `gighall-kiosk run`.
    Kiosk,
    /// Debian's Chromium as it comes: it looks for a GPU and draws with a software one.
    Chromium,
    /// The same with `--disable-gpu`.
    ChromiumWithoutGpu,
}

impl Program {
    /// All of them, in the order in which they take their turns.
    pub const ALL: [Self; 3] = [Self::Kiosk, Self::Chromium, Self::ChromiumWithoutGpu];

    /// As the figures have it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Kiosk => "kiosk",
            Self::Chromium => "chromium",
            Self::ChromiumWithoutGpu => "chromium --disable-gpu",
        }
    }
}

/// What people set who run Chromium as a kiosk, and what keeps it from calling home meanwhile.
const KIOSK_FLAGS: [&str; 13] = [
    "--kiosk",
    "--no-first-run",
    "--noerrdialogs",
    "--disable-infobars",
    "--disable-session-crashed-bubble",
    "--disable-features=Translate",
    "--lang=zh-CN",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--password-store=basic",
    "--window-position=0,0",
    "--window-size=1920,1080",
];

/// Starts the kiosk on a hall.
///
/// # Errors
/// If it cannot be started.
pub fn start_kiosk(context: &Context, display: &str, hall: &HallDir) -> io::Result<Running> {
    let mut command = Command::new(context.programs.join("gighall-kiosk"));
    command.args(["run", "--config"]).arg(&hall.file);
    at(&mut command, display);
    Running::start(&mut command, &context.log("kiosk"))
}

/// Starts the hub on a data directory, on loopback, and waits until it listens. Gives its address as well.
///
/// # Errors
/// If it cannot be started, or does not say where it listens.
pub fn start_hub(context: &Context, data: &Path) -> io::Result<(Running, String)> {
    start_hub_at(context, data, "127.0.0.1:0")
}

/// The same at an address that may be known already.
///
/// # Errors
/// As [`start_hub`].
pub fn start_hub_at(context: &Context, data: &Path, at: &str) -> io::Result<(Running, String)> {
    let mut command = Command::new(context.programs.join("gighall-hub"));
    command
        .args(["serve", "--listen", at, "--data"])
        .arg(data)
        .stdout(Stdio::piped())
        .env_remove("GIGHALL_SECRET_KEY");
    let mut running = Running::start(&mut command, &context.log("hub"))?;
    let said = running.stdout().map(BufReader::new).and_then(|mut said| {
        let mut line = String::new();
        said.read_line(&mut line).ok().map(|_| line)
    });
    let address = said
        .as_deref()
        .and_then(|line| line.trim().strip_prefix("listening on "));
    match address {
        Some(address) => Ok((running, address.to_owned())),
        None => Err(io::Error::other("the hub does not listen")),
    }
}

/// Starts Chromium on a page. Its profile is kept from one run to the next, as in a hall.
///
/// # Errors
/// If it cannot be started.
pub fn start_chromium(
    context: &Context,
    display: &str,
    page: &Path,
    gpu: bool,
) -> io::Result<Running> {
    let profile = context
        .work
        .join(if gpu { "profile" } else { "profile-no-gpu" });
    let mut command = Command::new("chromium");
    command
        .args(KIOSK_FLAGS)
        .arg(format!("--user-data-dir={}", profile.display()));
    if !gpu {
        command.arg("--disable-gpu");
    }
    if is_root() {
        // Chromium refuses to run otherwise. It saves it some processes.
        command.arg("--no-sandbox");
    }
    command.arg(format!("file://{}", page.display()));
    at(&mut command, display);
    Running::start(&mut command, &context.log("chromium"))
}

fn at(command: &mut Command, display: &str) {
    command
        .stdout(Stdio::null())
        .env("DISPLAY", display)
        .env_remove("WAYLAND_DISPLAY")
        .env_remove("SLINT_SCALE_FACTOR")
        .env_remove("GIGHALL_SECRET_KEY");
}

fn is_root() -> bool {
    use std::os::unix::fs::MetadataExt;
    std::fs::metadata("/proc/self").is_ok_and(|me| me.uid() == 0)
}

/// Where the page tells of its first contentful paint.
pub struct Told {
    listener: TcpListener,
    began: Duration,
}

impl Told {
    /// Listens on loopback, for a browser that is about to be started.
    ///
    /// # Errors
    /// If there is no free port.
    pub fn listen() -> io::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0")?;
        listener.set_nonblocking(true)?;
        Ok(Self {
            listener,
            began: unix_time(),
        })
    }

    /// What the page is given.
    ///
    /// # Errors
    /// If the system does not say where it listens.
    pub fn address(&self) -> io::Result<String> {
        Ok(format!("http://{}/", self.listener.local_addr()?))
    }

    /// The browser is being started now.
    pub fn starts(&mut self) {
        self.began = unix_time();
    }

    /// How long it took from the start to the paint, as the page told; `None` if it did not.
    pub fn paint(&self) -> Option<Duration> {
        // Browsers also connect in advance, and then say nothing.
        let requests = std::iter::from_fn(|| self.listener.accept().ok());
        let mut times = requests.filter_map(|(stream, _)| told_by(stream).ok().flatten());
        times.next()?.checked_sub(self.began)
    }
}

fn told_by(mut stream: TcpStream) -> io::Result<Option<Duration>> {
    stream.set_nonblocking(false)?;
    stream.set_read_timeout(Some(Duration::from_secs(1)))?;
    let mut request = [0; 512];
    let length = stream.read(&mut request)?;
    Ok(told_time(&String::from_utf8_lossy(&request[..length])))
}

fn unix_time() -> Duration {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default()
}

/// The time in `GET /MILLISECONDS HTTP/1.1`.
fn told_time(request: &str) -> Option<Duration> {
    let path = request.split_whitespace().nth(1)?.strip_prefix('/')?;
    let millis: f64 = path.parse().ok()?;
    Duration::try_from_secs_f64(millis / 1000.0).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_tells_unix_time_in_milliseconds() {
        let told = told_time("GET /1764000000123.5 HTTP/1.1\r\nHost: x\r\n");
        let expected = Duration::from_secs_f64(1_764_000_000.123_5);
        assert!(told.is_some_and(|told| told.abs_diff(expected) < Duration::from_micros(1)));
        assert_eq!(told_time("GET /favicon.ico HTTP/1.1"), None);
    }
}
