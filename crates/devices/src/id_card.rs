//! The reader of second-generation identity cards: a thread that looks for a card while somebody is
//! asked for theirs, and at no other time.

mod sdt_reader;

pub use sdt_reader::SdtReader;

use crate::line::{self, Address, Ports};
use crate::scanner;
use crate::sdt::Card;
use crate::state::{Fault, Gauge, State};
use std::collections::BTreeSet;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::sync::{Arc, OnceLock};
use std::thread::{JoinHandle, Thread};
use std::time::{Duration, Instant};

const NAME: &str = "ID-card reader";

/// How often a card is looked for while one is wanted.
const POLL: Duration = Duration::from_millis(300);

/// How often the reader is asked how it is while no card is wanted.
const LOOK: Duration = Duration::from_secs(3);

/// So many bad answers in a row are a fault of the reader.
const BAD_ANSWERS: u32 = 3;

/// A reader of cards.
pub trait CardReader: Send {
    /// Whether the reader is well.
    ///
    /// # Errors
    /// [`ReadError`]
    fn check(&mut self) -> Result<(), ReadError>;

    /// Reads the card that lies on it; `None` where there is none, or where it was read before and
    /// has not been taken away.
    ///
    /// # Errors
    /// [`ReadError`]
    fn read(&mut self) -> Result<Option<Card>, ReadError>;
}

/// Why a reader gave nothing.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// The line is cut.
    #[error("the line was cut: {0}")]
    Line(#[from] io::Error),
    /// No answer came in time.
    #[error("no answer")]
    NoAnswer,
    /// The answer was no answer.
    #[error("an answer that makes no sense")]
    Garbled,
    /// A card is there and cannot be read: it was moved, is damaged, or is of another kind.
    #[error("the card cannot be read")]
    Unreadable,
}

/// What the reader tells.
#[derive(Clone)]
pub enum CardNews {
    /// A card was read.
    Read(Box<Card>),
    /// A card lies on the reader and cannot be read.
    Unreadable,
}

/// Where the reader is.
#[derive(Clone, Debug)]
pub struct IdCardSettings {
    /// Where it is; the first serial port where one answers, where none is named.
    pub address: Option<Address>,
    /// Speed of the serial port.
    pub baud: u32,
    /// Where it is looked for. What is named as a scanner there is not asked.
    pub ports: Ports,
    /// Ports of other devices, by any of their names, which are not asked.
    pub taken: Vec<Address>,
}

/// The reader. Its thread ends when this is dropped.
#[derive(Debug)]
pub struct IdCard {
    stop: Option<Sender<()>>,
    thread: Option<JoinHandle<()>>,
    gauge: Gauge,
    wanted: Wanted,
}

/// Whether a card is wanted now.
#[derive(Clone, Debug, Default)]
struct Wanted(Arc<AtomicBool>, Arc<OnceLock<Thread>>);

impl IdCard {
    /// Starts the thread; `told` is called on it.
    ///
    /// # Errors
    /// If the system gives no thread.
    pub fn start(
        settings: IdCardSettings,
        told: impl Fn(CardNews) + Send + 'static,
    ) -> io::Result<Self> {
        let (stop, stopped) = channel();
        let (gauge, wanted) = (Gauge::default(), Wanted::default());
        let serving = Serving {
            settings,
            stopped,
            gauge: gauge.clone(),
            wanted: wanted.clone(),
            told,
        };
        let thread = std::thread::Builder::new()
            .name("id-card".to_owned())
            .spawn(move || serving.serve())?;
        Ok(Self {
            stop: Some(stop),
            thread: Some(thread),
            gauge,
            wanted,
        })
    }

    /// How it is.
    pub fn gauge(&self) -> Gauge {
        self.gauge.clone()
    }

    /// Whether somebody is asked for their card now. No card is read while nobody is.
    pub fn want(&self, wanted: bool) {
        if self.wanted.0.swap(wanted, Ordering::Relaxed) != wanted
            && let Some(thread) = self.wanted.1.get()
        {
            thread.unpark();
        }
    }
}

impl Drop for IdCard {
    fn drop(&mut self) {
        self.stop.take();
        if let Some(serving) = self.wanted.1.get() {
            serving.unpark();
        }
        if let Some(thread) = self.thread.take()
            && thread.join().is_err()
        {
            tracing::error!("the ID-card reader's thread had panicked");
        }
    }
}

/// What a name in the file system leads to, if anything.
fn real(path: &Path) -> Option<PathBuf> {
    path.canonicalize().ok()
}

struct Serving<F> {
    settings: IdCardSettings,
    stopped: Receiver<()>,
    gauge: Gauge,
    wanted: Wanted,
    told: F,
}

impl<F: Fn(CardNews)> Serving<F> {
    fn serve(&self) {
        // Set once, here.
        let _ = self.wanted.1.set(std::thread::current());
        while !self.is_stopped() {
            let state = match self.find() {
                Ok(mut reader) => self.use_reader(&mut reader),
                Err(state) => state,
            };
            self.gauge.set(NAME, state);
            self.pause(LOOK);
        }
    }

    fn is_stopped(&self) -> bool {
        self.stopped.recv_timeout(Duration::ZERO) != Err(RecvTimeoutError::Timeout)
    }

    /// Waits, but no longer than until something is wanted or everything ends.
    fn pause(&self, most: Duration) {
        let (until, wanted) = (Instant::now() + most, self.wanted.0.load(Ordering::Relaxed));
        while !self.is_stopped() && self.wanted.0.load(Ordering::Relaxed) == wanted {
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return;
            }
            std::thread::park_timeout(left);
        }
    }

    /// Opens the reader where it is said to be, or looks for it.
    fn find(&self) -> Result<SdtReader, State> {
        if let Some(address) = &self.settings.address {
            return line::open(address, self.settings.baud)
                .map(SdtReader::over)
                .map_err(|error| State::of_open(&error));
        }
        let ports = line::files_in(&self.settings.ports.numbered, |name| {
            name.starts_with("ttyUSB") || name.starts_with("ttyACM")
        });
        let (taken, mut state) = (self.taken(), State::Absent);
        for port in ports {
            if real(&port).is_some_and(|port| taken.contains(&port)) {
                continue;
            }
            let port = Address::File(port);
            match line::open(&port, self.settings.baud).map(SdtReader::over) {
                // Else something else is there.
                Ok(mut reader) => {
                    if reader.check().is_ok() {
                        return Ok(reader);
                    }
                }
                // Another device's, or another program's.
                Err(error) if error.kind() == ErrorKind::ResourceBusy => {}
                Err(error) => state = State::of_open(&error),
            }
        }
        Err(state)
    }

    /// The real names of the ports of other devices, whether these are in use now or not.
    fn taken(&self) -> BTreeSet<PathBuf> {
        let named = self.settings.taken.iter().filter_map(|it| match it {
            Address::File(path) => real(path),
            Address::Tcp(_) => None,
        });
        let scanners = scanner::found(&self.settings.ports);
        let scanners = scanners.iter().filter_map(|path| real(path));
        named.chain(scanners).collect()
    }

    /// Uses the reader until it is gone, and says how it left.
    fn use_reader(&self, reader: &mut dyn CardReader) -> State {
        self.gauge.set(NAME, State::Found);
        let mut bad = 0;
        loop {
            if self.is_stopped() {
                return State::Absent;
            }
            let wanted = self.wanted.0.load(Ordering::Relaxed);
            let heard = match wanted {
                true => reader.read(),
                false => reader.check().map(|()| None),
            };
            match heard {
                Ok(card) => {
                    bad = 0;
                    self.gauge.set(NAME, State::Working);
                    if let Some(card) = card {
                        (self.told)(CardNews::Read(Box::new(card)));
                    }
                }
                Err(ReadError::Unreadable) => {
                    bad = 0;
                    self.gauge.set(NAME, State::Working);
                    (self.told)(CardNews::Unreadable);
                }
                Err(ReadError::Line(_)) => return State::Fault(Fault::Cut),
                Err(error) => {
                    bad += 1;
                    if bad >= BAD_ANSWERS {
                        return State::Fault(match error {
                            ReadError::Garbled => Fault::Garbled,
                            _ => Fault::NoAnswer,
                        });
                    }
                }
            }
            self.pause(if wanted || bad > 0 { POLL } else { LOOK });
        }
    }
}
