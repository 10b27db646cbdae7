//! Real processes for the whole-program tests: the hub, the kiosk, a display, and a network cable
//! that can be pulled. Everything listens on loopback and ends with the test.

// Each test uses what it needs of it.
#![allow(dead_code)]

pub mod finger;
pub mod output;

use gighall_core::id::JobId;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

/// The hall that every test plays in.
pub const HALL: &str = "weining";

/// Longest that a test waits for something that should come at once. Generous, because CI has two
/// cores; no test asserts how long anything took.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// The directory with the programs that `cargo build --workspace` made.
pub fn program(name: &str) -> PathBuf {
    let kiosk = PathBuf::from(env!("CARGO_BIN_EXE_gighall-kiosk"));
    let path = kiosk.with_file_name(name);
    assert!(
        path.exists(),
        "{} is missing: run `cargo build -p gighall-hub` first",
        path.display()
    );
    path
}

/// A process that ends with the test.
pub struct Process {
    child: Child,
}

impl Process {
    /// Starts it.
    pub fn spawn(command: &mut Command) -> Self {
        let child = command
            .spawn()
            .unwrap_or_else(|e| panic!("cannot start {command:?}: {e}"));
        Self { child }
    }

    /// kill -9.
    pub fn kill(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }

    /// Asks the process to end (SIGTERM) and waits for it.
    pub fn stop(&mut self) -> Option<i32> {
        run("kill", &["-TERM", &self.child.id().to_string()]);
        self.end()
    }

    /// Waits until the process has ended by itself; gives the exit code.
    pub fn end(&mut self) -> Option<i32> {
        let ended = Instant::now() + PATIENCE;
        while Instant::now() < ended {
            if let Some(status) = self.child.try_wait().expect("a child of ours") {
                return status.code();
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        panic!("the process does not end");
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.kill();
    }
}

/// Runs a program to its end; panics unless it succeeds. Gives what it printed.
pub fn run(program: &str, arguments: &[&str]) -> String {
    let output = Command::new(program)
        .args(arguments)
        .output()
        .unwrap_or_else(|e| panic!("cannot run {program}: {e}"));
    assert!(
        output.status.success(),
        "{program} {arguments:?}: {}\n{}",
        output.status,
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8(output.stdout).expect("UTF-8")
}

/// A hub over a directory.
pub struct Hub {
    pub data: PathBuf,
    pub address: SocketAddr,
    process: Process,
}

impl Hub {
    /// Serves `data` on a free port of loopback, or on the one it had before.
    pub fn serve(data: &Path, address: Option<SocketAddr>, public_url: &str) -> Self {
        let listen = address.map_or_else(|| "127.0.0.1:0".to_owned(), |a| a.to_string());
        let mut command = Command::new(program("gighall-hub"));
        command.args(["serve", "--data"]).arg(data);
        command.args(["--listen", &listen, "--public-url", public_url]);
        Self::first_line(&mut command, data)
    }

    fn first_line(command: &mut Command, data: &Path) -> Self {
        let mut process = Process::spawn(command.stdout(Stdio::piped()));
        let stdout = process.child.stdout.take().expect("piped");
        let mut line = String::new();
        BufReader::new(stdout)
            .read_line(&mut line)
            .expect("the hub says where it listens");
        let address = line
            .trim()
            .strip_prefix("listening on http://")
            .and_then(|text| text.parse().ok())
            .unwrap_or_else(|| panic!("unexpected first line: {line:?}"));
        Self {
            data: data.to_owned(),
            address,
            process,
        }
    }

    /// Serves `data` on that address and writes everything that can be logged into a file.
    pub fn serve_traced(data: &Path, address: SocketAddr, log: &Path) -> Self {
        let log = std::fs::File::create(log).expect("a file");
        let mut command = Command::new(program("gighall-hub"));
        command.args(["serve", "--data"]).arg(data);
        command.args(["--listen", &address.to_string()]);
        command.env("RUST_LOG", "trace").stderr(log);
        Self::first_line(&mut command, data)
    }

    /// kill -9.
    pub fn kill(&mut self) {
        self.process.kill();
    }

    /// Runs a `gighall-hub` command over the same directory.
    pub fn command(&self, arguments: &[&str]) -> String {
        hub_command(&self.data, arguments)
    }
}

/// Runs a `gighall-hub` command over a directory and gives what it printed.
pub fn hub_command(data: &Path, arguments: &[&str]) -> String {
    let data = data.display().to_string();
    let (verb, rest) = arguments.split_at(
        arguments
            .iter()
            .position(|a| a.starts_with("--"))
            .unwrap_or(arguments.len()),
    );
    let all: Vec<&str> = verb
        .iter()
        .copied()
        .chain(["--data", &data])
        .chain(rest.iter().copied())
        .collect();
    run(&program("gighall-hub").display().to_string(), &all)
}

/// A network cable between the kiosk and the hub.
pub struct Cable {
    pub address: SocketAddr,
    pulled: Arc<AtomicBool>,
    open: Arc<Mutex<Vec<TcpStream>>>,
}

impl Cable {
    /// Forwards a free port of loopback to `to`.
    pub fn to(to: SocketAddr) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let address = listener.local_addr().expect("bound");
        let pulled = Arc::new(AtomicBool::new(false));
        let open: Arc<Mutex<Vec<TcpStream>>> = Arc::default();
        let (is_pulled, opened) = (pulled.clone(), open.clone());
        std::thread::spawn(move || {
            for near in listener.incoming().flatten() {
                if is_pulled.load(Ordering::SeqCst) {
                    continue;
                }
                let Ok(far) = TcpStream::connect(to) else {
                    continue;
                };
                let mut kept = opened.lock().expect("not poisoned");
                for (from, into) in [(&near, &far), (&far, &near)] {
                    let (from, into) = (from.try_clone(), into.try_clone());
                    if let (Ok(from), Ok(into)) = (from, into) {
                        kept.extend(from.try_clone().ok());
                        std::thread::spawn(move || forward(from, into));
                    }
                }
            }
        });
        Self {
            address,
            pulled,
            open,
        }
    }

    /// Pulls the cable: what is under way is lost, nothing new gets through.
    pub fn pull(&self) {
        self.pulled.store(true, Ordering::SeqCst);
        for stream in self.open.lock().expect("not poisoned").drain(..) {
            stream.shutdown(std::net::Shutdown::Both).ok();
        }
    }

    /// Plugs it in again.
    pub fn plug_in(&self) {
        self.pulled.store(false, Ordering::SeqCst);
    }
}

fn forward(mut from: TcpStream, mut into: TcpStream) {
    let mut buffer = [0; 16 * 1024];
    while let Ok(n) = from.read(&mut buffer) {
        if n == 0 || into.write_all(&buffer[..n]).is_err() {
            break;
        }
    }
    into.shutdown(std::net::Shutdown::Write).ok();
}

/// An X server with a window manager and no screen.
pub struct Display {
    name: String,
    server: Process,
    _manager: Option<Process>,
    /// What a program is told of how much larger its pixels should be.
    scale: Option<&'static str>,
}

impl Display {
    /// Starts Xvfb with openbox, `size` being `WIDTHxHEIGHT` in pixels.
    pub fn start(size: &str) -> Self {
        Self::unmanaged(size).managed()
    }

    fn managed(mut self) -> Self {
        self._manager = Some(Process::spawn(
            Command::new("openbox")
                .env("DISPLAY", &self.name)
                .stdout(Stdio::null())
                .stderr(Stdio::null()),
        ));
        self
    }

    /// Starts Xvfb alone.
    pub fn unmanaged(size: &str) -> Self {
        let mut server = Command::new("Xvfb");
        server
            .args(["-screen", "0"])
            .arg(format!("{size}x24"))
            .stderr(Stdio::null());
        Self {
            // A monitor that lies about its size, as those of sending cards do.
            scale: Some("1.5"),
            ..Self::served(&mut server)
        }
    }

    /// By a server that says its display on standard output.
    fn served(server: &mut Command) -> Self {
        server.args(["-displayfd", "1", "-nolisten", "tcp"]);
        let mut process = Process::spawn(server.stdout(Stdio::piped()));
        let stdout = process.child.stdout.take().expect("piped");
        let mut number = String::new();
        let read = BufReader::new(stdout).read_line(&mut number);
        assert!(
            read.is_ok_and(|bytes| bytes > 0),
            "{server:?} does not say its display"
        );
        Self {
            name: format!(":{}", number.trim()),
            server: process,
            _manager: None,
            scale: None,
        }
    }

    /// Touches the screen at a pixel.
    pub fn tap(&self, x: i32, y: i32) {
        let status = Command::new("xdotool")
            .env("DISPLAY", &self.name)
            .args(["mousemove", &x.to_string(), &y.to_string(), "click", "1"])
            .status()
            .expect("xdotool");
        assert!(status.success());
    }

    /// What the screen shows, as a grey picture; also kept as a PNG under `target/pictures`.
    pub fn picture(&self, name: &str) -> image::GrayImage {
        let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/pictures");
        std::fs::create_dir_all(&dir).expect("a directory");
        let path = dir.join(format!("{name}.png"));
        let status = Command::new("import")
            .env("DISPLAY", &self.name)
            .args(["-window", "root"])
            .arg(&path)
            .status()
            .expect("ImageMagick");
        assert!(status.success());
        image::open(&path).expect("a picture").to_luma8()
    }
}

/// A kiosk over a directory.
pub struct Kiosk {
    pub config: PathBuf,
    process: Process,
}

impl Kiosk {
    /// Starts `gighall-kiosk run` on a display.
    pub fn run(config: &Path, display: &Display) -> Self {
        Self::start(config, display, Stdio::inherit(), &[])
    }

    /// The same with its log in a file.
    pub fn run_logged(config: &Path, display: &Display, log: &Path) -> Self {
        let log = std::fs::File::create(log).expect("a file");
        Self::start(config, display, log.into(), &[])
    }

    /// The same with everything that can be logged.
    pub fn run_traced(config: &Path, display: &Display, log: &Path) -> Self {
        let log = std::fs::File::create(log).expect("a file");
        Self::start(config, display, log.into(), &[("RUST_LOG", "trace")])
    }

    /// The same with these variables, and its log in a file.
    pub fn run_with(
        config: &Path,
        display: &Display,
        log: &Path,
        variables: &[(&str, &str)],
    ) -> Self {
        let log = std::fs::File::create(log).expect("a file");
        Self::start(config, display, log.into(), variables)
    }

    fn start(config: &Path, display: &Display, log: Stdio, variables: &[(&str, &str)]) -> Self {
        let process = Process::spawn(
            Command::new(program("gighall-kiosk"))
                .envs(variables.iter().copied())
                .stderr(log)
                .args(["run", "--config"])
                .arg(config)
                .env("DISPLAY", &display.name)
                .env_remove("WAYLAND_DISPLAY")
                .envs(display.scale.map(|scale| ("WINIT_X11_SCALE_FACTOR", scale))),
        );
        Self {
            config: config.to_owned(),
            process,
        }
    }

    /// kill -9.
    pub fn kill(&mut self) {
        self.process.kill();
    }

    /// SIGTERM; gives the exit code.
    pub fn stop(&mut self) -> Option<i32> {
        self.process.stop()
    }

    /// Waits until it has ended by itself; gives the exit code.
    pub fn end(&mut self) -> Option<i32> {
        self.process.end()
    }

    /// `gighall-kiosk status`.
    pub fn status(&self) -> serde_json::Value {
        status(&self.config)
    }
}

/// `gighall-kiosk status` with that configuration.
pub fn status(config: &Path) -> serde_json::Value {
    let text = run(
        &program("gighall-kiosk").display().to_string(),
        &["status", "--config", &config.display().to_string()],
    );
    serde_json::from_str(&text).expect("one JSON object")
}

/// Writes the configuration of a kiosk of [`HALL`] whose hub has that address, with `more` to it. Gives its path.
pub fn kiosk_config(
    dir: &Path,
    hub: SocketAddr,
    enrolment_code: Option<&str>,
    more: &str,
) -> PathBuf {
    let code = enrolment_code.map(|code| format!("enrolment_code = \"{}\"\n", code.trim()));
    let text = format!(
        r#"
data = "kiosk"
[hall]
id = "{HALL}"
name = "威宁县零工市场"
[hub]
url = "http://{hub}"
{}{more}"#,
        code.unwrap_or_default()
    );
    let path = dir.join("kiosk.toml");
    std::fs::write(&path, text).expect("written");
    path
}

/// An address on loopback that nobody listened at a moment ago.
pub fn free_address() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    listener.local_addr().expect("bound")
}

/// Waits until `probe` gives something; panics with `what` when patience is at its end.
pub fn eventually<T>(what: &str, mut probe: impl FnMut() -> Option<T>) -> T {
    let end = Instant::now() + PATIENCE;
    loop {
        if let Some(found) = probe() {
            return found;
        }
        assert!(Instant::now() < end, "waited in vain for: {what}");
        std::thread::sleep(Duration::from_millis(100));
    }
}

/// The job that an address like `http://…/j/ID` leads to.
pub fn job_in(address: &str) -> Option<JobId> {
    address.rsplit_once("/j/")?.1.parse().ok()
}

/// A number of the kiosk's, as Prometheus reads it.
pub fn metric(address: &str, name: &str) -> Option<f64> {
    let text = get(address, "/metrics")?;
    let line = text.lines().find(|line| line.starts_with(name))?;
    line.rsplit(' ').next()?.parse().ok()
}

/// The body of what `address` answers at `path`; `None` if it does not.
pub fn get(address: &str, path: &str) -> Option<String> {
    let mut stream = TcpStream::connect(address).ok()?;
    write!(
        stream,
        "GET {path} HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n\r\n"
    )
    .ok()?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).ok()?;
    Some(answer.split_once("\r\n\r\n")?.1.to_owned())
}
