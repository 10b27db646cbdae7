//! The ticket printer: a thread that prints one ticket after the other and looks how the printer is
//! in between.

use crate::escpos::{self, Paper, Ticket};
use crate::line::{self, Address, Line};
use crate::state::{Fault, Gauge, State};
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

const NAME: &str = "printer";

/// How long a printer may take to answer for its state.
const ANSWER: Duration = Duration::from_millis(700);

/// How long a ticket may take until the printer says that it is done.
const DONE: Duration = Duration::from_secs(12);

/// How long another program may use the printer, as a test print does, before that is a fault.
const IN_USE: Duration = Duration::from_secs(3);

/// Where printers at a USB port are.
const USB_PRINTERS: &str = "/dev/usb";

/// Where and how to print.
#[derive(Clone, Debug)]
pub struct PrinterSettings {
    /// Where it is; the first printer at a USB port where none is named.
    pub address: Option<Address>,
    /// Speed of a serial printer.
    pub baud: u32,
    /// Its paper.
    pub paper: Paper,
    /// How often it is asked how it is while there is nothing to print.
    pub look_every: Duration,
}

/// What becomes of a ticket.
pub type Printed = Result<(), PrintError>;

/// Why a ticket was not printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PrintError {
    /// No printer is there.
    #[error("no printer is connected")]
    Absent,
    /// It is there and does not print. A part of the ticket may be on paper.
    #[error(transparent)]
    Fault(Fault),
}

impl PrintError {
    /// The name that screens know it by.
    pub fn code(self) -> &'static str {
        match self {
            Self::Absent => State::Absent.code(),
            Self::Fault(fault) => fault.code(),
        }
    }

    fn state(self) -> State {
        match self {
            Self::Absent => State::Absent,
            Self::Fault(fault) => State::Fault(fault),
        }
    }
}

/// A ticket, and who is told what became of it.
type Job = (Ticket, Box<dyn FnOnce(Printed) + Send>);

/// The printer. Its thread ends when this is dropped; that waits for a ticket that is being printed.
#[derive(Debug)]
pub struct Printer {
    jobs: Option<Sender<Job>>,
    thread: Option<JoinHandle<()>>,
    gauge: Gauge,
}

impl Printer {
    /// Starts the thread.
    ///
    /// # Errors
    /// If the system gives no thread.
    pub fn start(settings: PrinterSettings) -> io::Result<Self> {
        let (jobs, todo) = channel();
        let gauge = Gauge::default();
        let told = gauge.clone();
        let thread = std::thread::Builder::new()
            .name(NAME.to_owned())
            .spawn(move || serve(&settings, &todo, &told))?;
        Ok(Self {
            jobs: Some(jobs),
            thread: Some(thread),
            gauge,
        })
    }

    /// How it is.
    pub fn gauge(&self) -> Gauge {
        self.gauge.clone()
    }

    /// Prints a ticket after those before it; `done` is called on the printer's thread.
    pub fn print(&self, ticket: Ticket, done: impl FnOnce(Printed) + Send + 'static) {
        let job: Job = (ticket, Box::new(done));
        if let Some(jobs) = &self.jobs
            && let Err(unheard) = jobs.send(job)
        {
            tracing::error!("the printer's thread has ended");
            let (_, done) = unheard.0;
            done(Err(PrintError::Absent));
        }
    }
}

impl Drop for Printer {
    fn drop(&mut self) {
        self.jobs.take();
        if let Some(thread) = self.thread.take()
            && thread.join().is_err()
        {
            tracing::error!("the printer's thread had panicked");
        }
    }
}

fn serve(settings: &PrinterSettings, todo: &Receiver<Job>, gauge: &Gauge) {
    gauge.set(NAME, look(settings));
    loop {
        match todo.recv_timeout(settings.look_every) {
            Ok((ticket, done)) => {
                let printed = print(settings, &ticket);
                match printed {
                    Ok(state) => gauge.set(NAME, state),
                    Err(error) => {
                        tracing::warn!(%error, "a ticket was not printed");
                        gauge.set(NAME, error.state());
                    }
                }
                done(printed.map(|_| ()));
            }
            Err(RecvTimeoutError::Timeout) => gauge.set(NAME, look(settings)),
            Err(RecvTimeoutError::Disconnected) => return,
        }
    }
}

/// Where the printer is now.
fn address(settings: &PrinterSettings) -> Option<Address> {
    settings
        .address
        .clone()
        .or_else(|| found().map(Address::File))
}

/// The first printer at a USB port.
fn found() -> Option<PathBuf> {
    line::files_in(Path::new(USB_PRINTERS), |name| name.starts_with("lp"))
        .into_iter()
        .next()
}

fn open(settings: &PrinterSettings) -> Result<Box<dyn Line>, PrintError> {
    let address = address(settings).ok_or(PrintError::Absent)?;
    let until = Instant::now() + IN_USE;
    loop {
        match line::open(&address, settings.baud) {
            Err(error) if error.kind() == ErrorKind::ResourceBusy && Instant::now() < until => {
                std::thread::sleep(IN_USE / 30);
            }
            opened => {
                return opened.map_err(|error| match State::of_open(&error) {
                    State::Fault(fault) => PrintError::Fault(fault),
                    _ => PrintError::Absent,
                });
            }
        }
    }
}

/// How the printer is. One that says nothing is there all the same: many serial ones never do.
fn look(settings: &PrinterSettings) -> State {
    match open(settings).and_then(|line| Talk::over(line).ready()) {
        Ok(true) => State::Working,
        Ok(false) => State::Found,
        Err(error) => error.state(),
    }
}

/// Prints a ticket. A printer that answers has to say that it is done; one that never answers is
/// believed.
fn print(settings: &PrinterSettings, ticket: &Ticket) -> Result<State, PrintError> {
    let mut talk = Talk::over(open(settings)?);
    let answers = talk.ready()?;
    talk.send(&escpos::encode(ticket, settings.paper))?;
    if !answers {
        return Ok(State::Found);
    }
    talk.done = false;
    talk.send(&escpos::ASK_DONE)?;
    let until = Instant::now() + DONE;
    while Instant::now() < until {
        talk.wait(ANSWER, |talk| talk.done)?;
        if talk.done {
            return Ok(State::Working);
        }
        // Not done: does something hold it up?
        talk.ready()?;
    }
    Err(PrintError::Fault(Fault::NoAnswer))
}

/// A line with what the printer said on it.
struct Talk {
    line: Box<dyn Line>,
    /// The last answer about its state.
    status: Option<u8>,
    /// It said that everything is printed.
    done: bool,
}

impl Talk {
    fn over(line: Box<dyn Line>) -> Self {
        Self {
            line,
            status: None,
            done: false,
        }
    }

    fn send(&mut self, bytes: &[u8]) -> Result<(), PrintError> {
        self.line.send(bytes).map_err(cut)
    }

    /// Whether it answers, and is ready to print.
    fn ready(&mut self) -> Result<bool, PrintError> {
        let Some(offline) = self.ask(&escpos::ASK_OFFLINE)? else {
            return Ok(false);
        };
        escpos::offline_cause(offline).map_err(PrintError::Fault)?;
        if let Some(paper) = self.ask(&escpos::ASK_PAPER)? {
            escpos::paper_left(paper).map_err(PrintError::Fault)?;
        }
        Ok(true)
    }

    /// Puts a question about the state, and gives the answer.
    fn ask(&mut self, question: &[u8]) -> Result<Option<u8>, PrintError> {
        self.status = None;
        self.send(question)?;
        self.wait(ANSWER, |talk| talk.status.is_some())?;
        Ok(self.status)
    }

    /// Listens until it has heard enough, at most so long.
    fn wait(&mut self, most: Duration, enough: fn(&Self) -> bool) -> Result<(), PrintError> {
        let until = Instant::now() + most;
        let mut buffer = [0; 64];
        while !enough(self) {
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                break;
            }
            let count = self.line.receive(&mut buffer, left).map_err(cut)?;
            for byte in &buffer[..count] {
                if escpos::is_status(*byte) {
                    self.status = Some(*byte);
                } else if escpos::is_done(*byte) {
                    self.done = true;
                }
            }
        }
        Ok(())
    }
}

fn cut(_: io::Error) -> PrintError {
    PrintError::Fault(Fault::Cut)
}
