//! A scanner at a serial port: a thread that gives each code that it reads. (A scanner that types as
//! a keyboard does needs none: see [`crate::wedge`].)

mod codes;

pub use codes::Codes;

use crate::line::{self, Address, Ports};
use crate::state::{Fault, Gauge, State};
use std::io;
use std::path::PathBuf;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread::JoinHandle;
use std::time::Duration;

const NAME: &str = "scanner";

/// How long the line is listened to at a time; a code that has no end is over then.
const LISTEN: Duration = Duration::from_millis(200);

/// How often a scanner that is not there is looked for.
const LOOK: Duration = Duration::from_secs(2);

/// Words in the names of scanners.
const SCANNERS: [&str; 7] = [
    "scan",
    "barcode",
    "honeywell",
    "zebra",
    "symbol",
    "datalogic",
    "newland",
];

/// Where to listen.
#[derive(Clone, Debug)]
pub struct ScannerSettings {
    /// Where it is; the first serial device that is named as scanners are where none is.
    pub address: Option<Address>,
    /// Speed of the serial port.
    pub baud: u32,
    /// Where it is looked for.
    pub ports: Ports,
}

/// The scanner. Its thread ends when this is dropped.
#[derive(Debug)]
pub struct Scanner {
    stop: Option<Sender<()>>,
    thread: Option<JoinHandle<()>>,
    gauge: Gauge,
}

impl Scanner {
    /// Starts the thread; `read` is called on it with each code.
    ///
    /// # Errors
    /// If the system gives no thread.
    pub fn start(
        settings: ScannerSettings,
        read: impl Fn(String) + Send + 'static,
    ) -> io::Result<Self> {
        let (stop, stopped) = channel();
        let gauge = Gauge::default();
        let told = gauge.clone();
        let thread = std::thread::Builder::new()
            .name(NAME.to_owned())
            .spawn(move || serve(&settings, &stopped, &told, &read))?;
        Ok(Self {
            stop: Some(stop),
            thread: Some(thread),
            gauge,
        })
    }

    /// How it is.
    pub fn gauge(&self) -> Gauge {
        self.gauge.clone()
    }
}

impl Drop for Scanner {
    fn drop(&mut self) {
        self.stop.take();
        if let Some(thread) = self.thread.take()
            && thread.join().is_err()
        {
            tracing::error!("the scanner's thread had panicked");
        }
    }
}

fn serve(
    settings: &ScannerSettings,
    stopped: &Receiver<()>,
    gauge: &Gauge,
    read: &impl Fn(String),
) {
    loop {
        let there = settings
            .address
            .clone()
            .or_else(|| found(&settings.ports).into_iter().next().map(Address::File));
        let opened = there.map(|address| line::open(&address, settings.baud));
        let state = match opened {
            None => State::Absent,
            Some(Err(error)) => State::of_open(&error),
            Some(Ok(mut line)) => {
                gauge.set(NAME, State::Found);
                if listen(line.as_mut(), stopped, gauge, read) {
                    return;
                }
                State::Fault(Fault::Cut)
            }
        };
        gauge.set(NAME, state);
        if stopped.recv_timeout(LOOK) != Err(RecvTimeoutError::Timeout) {
            return;
        }
    }
}

/// Listens until it is told to stop (`true`) or the line is cut.
fn listen(
    line: &mut dyn line::Line,
    stopped: &Receiver<()>,
    gauge: &Gauge,
    read: &impl Fn(String),
) -> bool {
    let (mut codes, mut buffer) = (Codes::default(), [0; 256]);
    loop {
        if stopped.try_recv() != Err(std::sync::mpsc::TryRecvError::Empty) {
            return true;
        }
        let heard = match line.receive(&mut buffer, LISTEN) {
            Ok(0) => codes.silence().into_iter().collect(),
            Ok(count) => codes.take(&buffer[..count]),
            Err(_) => return false,
        };
        for code in heard {
            gauge.set(NAME, State::Working);
            read(code);
        }
    }
}

/// The serial devices that are named as scanners.
pub(crate) fn found(ports: &Ports) -> Vec<PathBuf> {
    line::files_in(&ports.named, is_scanner)
}

fn is_scanner(name: &str) -> bool {
    let name = name.to_lowercase();
    SCANNERS.iter().any(|word| name.contains(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scanners_are_known_by_their_names() {
        assert!(is_scanner("usb-Honeywell_Imaging___Mobility_1900-if00"));
        assert!(is_scanner("usb-USBCore_Barcode_Reader-if00"));
        assert!(!is_scanner("usb-1a86_USB_Serial-if00-port0"));
    }
}
