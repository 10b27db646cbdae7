//! The line to a device: a serial port, a device file, or TCP, read and written the same way.

use crate::held::Held;
use serial2::{SerialPort, Settings};
use std::fs::{File, OpenOptions};
use std::io::{self, ErrorKind, IsTerminal, Read, Write};
use std::net::{TcpStream, ToSocketAddrs};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// How long a network printer may take to take a call.
const CONNECT: Duration = Duration::from_secs(2);

/// How long a device may take no byte before its line counts as cut.
const WRITE: Duration = Duration::from_secs(5);

/// How often a device file that gives nothing is looked at again.
const LOOK: Duration = Duration::from_millis(20);

/// Where a device is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Address {
    /// `tcp:HOST:PORT`
    Tcp(String),
    /// A serial port or another device file.
    File(PathBuf),
}

impl std::str::FromStr for Address {
    type Err = NotAnAddress;

    fn from_str(text: &str) -> Result<Self, NotAnAddress> {
        if let Some(rest) = text.strip_prefix("tcp:") {
            let (host, port) = rest.rsplit_once(':').ok_or(NotAnAddress)?;
            let port: u16 = port.parse().map_err(|_| NotAnAddress)?;
            let bad = host.is_empty() || host.contains(char::is_whitespace) || port == 0;
            return match bad {
                true => Err(NotAnAddress),
                false => Ok(Self::Tcp(rest.to_owned())),
            };
        }
        match text.starts_with('/') {
            true => Ok(Self::File(PathBuf::from(text))),
            false => Err(NotAnAddress),
        }
    }
}

/// Where serial ports are in the file system.
#[derive(Clone, Debug)]
pub struct Ports {
    /// By their numbers, as `ttyUSB0`.
    pub numbered: PathBuf,
    /// By what they are, as `usb-Honeywell_Imaging___Mobility_1900-if00`.
    pub named: PathBuf,
}

impl Default for Ports {
    fn default() -> Self {
        Self {
            numbered: PathBuf::from("/dev"),
            named: PathBuf::from("/dev/serial/by-id"),
        }
    }
}

/// A text that names no device.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not an address like \"tcp:192.168.1.50:9100\" or \"/dev/ttyUSB0\"")]
pub struct NotAnAddress;

/// A line that is open.
pub trait Line: Send {
    /// Waits for bytes, at most so long; 0 where none came.
    ///
    /// # Errors
    /// If the line is cut.
    fn receive(&mut self, buffer: &mut [u8], within: Duration) -> io::Result<usize>;

    /// Writes all of it.
    ///
    /// # Errors
    /// If the line is cut, or takes nothing for some seconds.
    fn send(&mut self, bytes: &[u8]) -> io::Result<()>;
}

/// Opens the line to a device. `baud` is for serial ports only: 8 data bits, no parity, one stop
/// bit.
///
/// # Errors
/// If there is no such device, or this program may not open it; [`ErrorKind::ResourceBusy`] where it
/// is in use already, under whatever name.
pub fn open(address: &Address, baud: u32) -> io::Result<Box<dyn Line>> {
    match address {
        Address::Tcp(host) => Ok(Box::new(call(host)?)),
        Address::File(path) => open_file(path, baud),
    }
}

fn call(host: &str) -> io::Result<TcpStream> {
    let mut last = io::Error::from(ErrorKind::NotFound);
    for address in host.to_socket_addrs()? {
        match TcpStream::connect_timeout(&address, CONNECT) {
            Ok(stream) => {
                stream.set_write_timeout(Some(WRITE))?;
                stream.set_nodelay(true)?;
                return Ok(stream);
            }
            Err(error) => last = error,
        }
    }
    Err(last)
}

fn open_file(path: &Path, baud: u32) -> io::Result<Box<dyn Line>> {
    let mut held = Held::take(path)?;
    // A device file that hangs up must not hold this thread for ever.
    let file = OpenOptions::new()
        .read(true)
        .write(true)
        .custom_flags(libc::O_NONBLOCK | libc::O_NOCTTY)
        .open(path)?;
    if !file.is_terminal() {
        held.lock(file.try_clone()?)?;
        return Ok(Box::new(HeldLine {
            line: DeviceFile(file),
            _held: held,
        }));
    }
    held.lock(file)?;
    let mut port = SerialPort::open(path, |mut settings: Settings| {
        settings.set_raw();
        settings.set_baud_rate(baud)?;
        Ok(settings)
    })?;
    port.set_write_timeout(WRITE)?;
    Ok(Box::new(HeldLine {
        line: port,
        _held: held,
    }))
}

/// A line that nobody else opens meanwhile.
struct HeldLine<L> {
    // Closed before it is given back.
    line: L,
    _held: Held,
}

impl<L: Line> Line for HeldLine<L> {
    fn receive(&mut self, buffer: &mut [u8], within: Duration) -> io::Result<usize> {
        self.line.receive(buffer, within)
    }

    fn send(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.line.send(bytes)
    }
}

/// What reading nothing, or an end, means.
fn heard(read: io::Result<usize>) -> io::Result<usize> {
    match read {
        Ok(0) => Err(ErrorKind::UnexpectedEof.into()),
        Ok(count) => Ok(count),
        Err(error) => match error.kind() {
            ErrorKind::TimedOut | ErrorKind::WouldBlock | ErrorKind::Interrupted => Ok(0),
            _ => Err(error),
        },
    }
}

impl Line for TcpStream {
    fn receive(&mut self, buffer: &mut [u8], within: Duration) -> io::Result<usize> {
        self.set_read_timeout(Some(within.max(Duration::from_millis(1))))?;
        heard(self.read(buffer))
    }

    fn send(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.write_all(bytes)
    }
}

impl Line for SerialPort {
    fn receive(&mut self, buffer: &mut [u8], within: Duration) -> io::Result<usize> {
        self.set_read_timeout(within)?;
        heard(SerialPort::read(self, buffer))
    }

    fn send(&mut self, bytes: &[u8]) -> io::Result<()> {
        SerialPort::write_all(self, bytes)
    }
}

/// A device file that is no terminal, as `/dev/usb/lp0`, opened without blocking.
struct DeviceFile(File);

impl Line for DeviceFile {
    fn receive(&mut self, buffer: &mut [u8], within: Duration) -> io::Result<usize> {
        let until = Instant::now() + within;
        loop {
            match self.0.read(buffer) {
                // usblp gives an end where the printer has nothing to say.
                Ok(0) => {}
                Err(error) if error.kind() == ErrorKind::WouldBlock => {}
                other => return other,
            }
            if Instant::now() >= until {
                return Ok(0);
            }
            std::thread::sleep(LOOK);
        }
    }

    fn send(&mut self, mut bytes: &[u8]) -> io::Result<()> {
        let mut until = Instant::now() + WRITE;
        while !bytes.is_empty() {
            match self.0.write(bytes) {
                Ok(0) => return Err(ErrorKind::WriteZero.into()),
                Ok(count) => {
                    bytes = &bytes[count..];
                    until = Instant::now() + WRITE;
                }
                Err(error) if error.kind() == ErrorKind::WouldBlock => {
                    if Instant::now() >= until {
                        return Err(ErrorKind::TimedOut.into());
                    }
                    std::thread::sleep(LOOK);
                }
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }
}

/// The entries of a folder whose names `fits`, in the order of their names; none where there is no
/// such folder.
pub fn files_in(folder: &Path, fits: impl Fn(&str) -> bool) -> Vec<PathBuf> {
    let Ok(entries) = std::fs::read_dir(folder) else {
        return vec![];
    };
    let mut found: Vec<PathBuf> = entries
        .flatten()
        .filter(|entry| entry.file_name().to_str().is_some_and(&fits))
        .map(|entry| entry.path())
        .collect();
    found.sort();
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_read() {
        let good = "tcp:192.168.1.50:9100".parse::<Address>();
        assert_eq!(good, Ok(Address::Tcp("192.168.1.50:9100".to_owned())));
        let file = "/dev/usb/lp0".parse::<Address>();
        assert_eq!(file, Ok(Address::File(PathBuf::from("/dev/usb/lp0"))));
        for bad in [
            "",
            "ttyUSB0",
            "tcp:",
            "tcp:9100",
            "tcp::9100",
            "tcp:host:0",
            "tcp:a b:1",
        ] {
            assert_eq!(bad.parse::<Address>(), Err(NotAnAddress), "{bad}");
        }
    }
}
