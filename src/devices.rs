//! The devices beside the terminal: started as the configuration says, read by screens, `status` and
//! whoever tells staff.

mod board;
mod test_print;

pub use board::{Board, states_told};
pub use test_print::test_print;

use crate::config::{Config, PrinterConfig};
use gighall_devices::escpos::Ticket;
use gighall_devices::id_card::{CardNews, IdCard, IdCardSettings};
use gighall_devices::line::Ports;
use gighall_devices::printer::{Printed, Printer, PrinterSettings};
use gighall_devices::scanner::{Scanner, ScannerSettings};
use gighall_devices::speech::{Speech, SpeechSettings, Utterance};
use gighall_devices::state::{Gauge, State};
use std::collections::BTreeSet;
use std::io;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::Duration;

/// How often an idle printer is asked how it is.
const LOOK_AT_PRINTER: Duration = Duration::from_secs(10);

/// What devices tell the terminal.
pub enum News {
    /// A code was scanned.
    Scanned(String),
    /// Of the card reader.
    Card(CardNews),
    /// What became of the ticket with that number.
    Printed(u64, Printed),
}

/// The devices, each where the configuration wants it.
#[derive(Default)]
pub struct Devices {
    printer: Option<Printer>,
    /// It was named in the configuration, so its absence is told.
    printer_is_named: bool,
    scanner: Option<Scanner>,
    /// Whether a scanner may type as a keyboard does.
    keyboard_scans: bool,
    id_card: Option<IdCard>,
    speech: Option<Speech>,
    /// Language and name of each clip.
    clips: BTreeSet<(String, String)>,
    told: Option<Sender<News>>,
}

impl Devices {
    /// Starts those that the configuration wants. Each finds its device by itself, now or later.
    ///
    /// # Errors
    /// If the system gives no threads.
    pub fn start(config: &Config) -> io::Result<(Self, Receiver<News>)> {
        let (told, news) = channel();
        let terminal = &config.terminal;
        let mut devices = Self {
            printer_is_named: terminal.printer.address.is_some(),
            keyboard_scans: terminal.scanner.enabled,
            told: Some(told.clone()),
            ..Self::default()
        };
        if terminal.printer.enabled {
            devices.printer = Some(Printer::start(printer_settings(&terminal.printer))?);
        }
        if terminal.scanner.enabled {
            let settings = ScannerSettings {
                address: terminal.scanner.address.clone(),
                baud: terminal.scanner.baud,
                ports: Ports::default(),
            };
            let told = told.clone();
            // Nobody listens any more once the program ends.
            let read = move |code| drop(told.send(News::Scanned(code)));
            devices.scanner = Some(Scanner::start(settings, read)?);
        }
        if terminal.id_card.enabled {
            let others = [&terminal.printer.address, &terminal.scanner.address];
            let settings = IdCardSettings {
                address: terminal.id_card.address.clone(),
                baud: terminal.id_card.baud,
                ports: Ports::default(),
                taken: others.into_iter().flatten().cloned().collect(),
            };
            let read = move |card| drop(told.send(News::Card(card)));
            devices.id_card = Some(IdCard::start(settings, read)?);
        }
        if terminal.speech.enabled {
            devices.start_speech(config)?;
        }
        Ok((devices, news))
    }

    fn start_speech(&mut self, config: &Config) -> io::Result<()> {
        let settings = &config.terminal.speech;
        let speech = Speech::start(SpeechSettings {
            socket: settings.socket.clone(),
            start_server: settings.start_server && settings.socket.is_none(),
            server: None,
            clips: config.folder.join(&settings.clips),
            player: None,
        })?;
        for language in crate::ui::LANGUAGES {
            let named = |key| ((*language).to_owned(), key);
            self.clips
                .extend(speech.clips(language).into_iter().map(named));
        }
        self.speech = Some(speech);
        Ok(())
    }

    /// Whether slips are to be printed: a printer is there, or should be.
    pub fn prints(&self) -> bool {
        let there = |printer: &Printer| printer.gauge().get() != State::Absent;
        self.printer_is_named && self.printer.is_some() || self.printer.as_ref().is_some_and(there)
    }

    /// Prints a ticket; [`News::Printed`] tells what became of it under that number.
    pub fn print(&self, ticket: Ticket, number: u64) {
        if let (Some(printer), Some(told)) = (&self.printer, self.told.clone()) {
            printer.print(ticket, move |printed| {
                drop(told.send(News::Printed(number, printed)));
            });
        }
    }

    /// Whether a scanner may type as a keyboard does.
    pub fn keyboard_scans(&self) -> bool {
        self.keyboard_scans
    }

    /// Whether cards can be read now.
    pub fn reads_cards(&self) -> bool {
        let works = |reader: &IdCard| reader.gauge().get() == State::Working;
        self.id_card.as_ref().is_some_and(works)
    }

    /// Whether somebody is asked for their card now.
    pub fn want_card(&self, wanted: bool) {
        if let Some(reader) = &self.id_card {
            reader.want(wanted);
        }
    }

    /// Whether that screen can be read aloud in that language.
    pub fn speaks(&self, language: &str, screen: &str) -> bool {
        let has_clip = || {
            let clip = (language.to_owned(), screen.to_owned());
            self.clips.contains(&clip)
        };
        let works = |speech: &Speech| speech.gauge().get() == State::Working || has_clip();
        self.speech.as_ref().is_some_and(works)
    }

    /// Reads aloud; what was being read ends.
    pub fn say(&self, what: Utterance) {
        if let Some(speech) = &self.speech {
            speech.say(what);
        }
    }

    /// Ends reading aloud.
    pub fn hush(&self) {
        if let Some(speech) = &self.speech {
            speech.stop();
        }
    }

    /// Where the state of each device that is configured can be read, by its name in `kiosk.toml`.
    pub fn gauges(&self) -> Vec<(&'static str, Gauge)> {
        let all = [
            ("printer", self.printer.as_ref().map(Printer::gauge)),
            ("scanner", self.scanner.as_ref().map(Scanner::gauge)),
            ("id_card", self.id_card.as_ref().map(IdCard::gauge)),
            ("speech", self.speech.as_ref().map(Speech::gauge)),
        ];
        let there = all.into_iter();
        there
            .filter_map(|(name, gauge)| Some((name, gauge?)))
            .collect()
    }
}

fn printer_settings(config: &PrinterConfig) -> PrinterSettings {
    PrinterSettings {
        address: config.address.clone(),
        baud: config.baud,
        paper: config.paper(),
        look_every: LOOK_AT_PRINTER,
    }
}
