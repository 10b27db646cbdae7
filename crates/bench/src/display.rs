//! A screen without a monitor, for both programs the same one.

use crate::xwd::Screen;
use std::fs::File;
use std::io::{self, BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

/// Pixels of the screen.
pub const SIZE: (u32, u32) = (1920, 1080);

/// Long enough for the window manager to be there.
const MANAGER_STARTS: Duration = Duration::from_secs(1);

/// An X server with a window manager, and a look at its screen.
pub struct Display {
    /// As `DISPLAY` has it.
    pub name: String,
    /// What it shows.
    pub screen: Screen,
    server: Child,
    manager: Child,
    // The screen's file goes with it.
    _dir: tempfile::TempDir,
}

impl Display {
    /// Starts Xvfb and openbox; what they say goes into `logs`.
    ///
    /// # Errors
    /// If they cannot be started.
    pub fn start(logs: &Path) -> io::Result<Self> {
        let dir = tempfile::tempdir_in(memory())?;
        let mut server = Command::new("Xvfb")
            .args([
                "-displayfd",
                "1",
                "-nolisten",
                "tcp",
                "-nocursor",
                "-screen",
                "0",
            ])
            .arg(format!("{}x{}x24", SIZE.0, SIZE.1))
            .arg("-fbdir")
            .arg(dir.path())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(File::create(logs.join("xvfb.log"))?)
            .spawn()?;
        let mut number = String::new();
        if let Some(stdout) = server.stdout.take() {
            BufReader::new(stdout).read_line(&mut number)?;
        }
        let name = format!(":{}", number.trim());
        let manager = Command::new("openbox")
            .env("DISPLAY", &name)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(File::create(logs.join("openbox.log"))?)
            .spawn()?;
        std::thread::sleep(MANAGER_STARTS);
        let screen = Screen::open(&dir.path().join("Xvfb_screen0"))?;
        Ok(Self {
            name,
            screen,
            server,
            manager,
            _dir: dir,
        })
    }

    /// The X server's process.
    pub fn server(&self) -> u32 {
        self.server.id()
    }
}

impl Drop for Display {
    fn drop(&mut self) {
        for child in [&mut self.manager, &mut self.server] {
            child.kill().ok();
            child.wait().ok();
        }
    }
}

/// Where a file costs no disk.
fn memory() -> PathBuf {
    let shm = PathBuf::from("/dev/shm");
    if shm.is_dir() {
        shm
    } else {
        std::env::temp_dir()
    }
}
