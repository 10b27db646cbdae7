//! The terminal and the devices beside it: what they tell becomes events, and what the session wants
//! of them is asked.

use super::TerminalController;
use crate::devices::{Devices, News};
use crate::terminal::print;
use crate::terminal::session::Heard;
use crate::terminal::state::{Event, Overview, State};
use crate::terminal::voice::Reading;
use crate::ui::{ServiceSpoken, Spoken};
use gighall_devices::speech::Utterance;
use slint::ComponentHandle;
use std::sync::mpsc;

/// The clip that calls staff, where the hall has one.
const CALL_CLIP: &str = "call_staff";

/// What stands beside the terminal.
#[derive(Default)]
pub(super) struct Beside {
    devices: Devices,
    news: Option<mpsc::Receiver<News>>,
    /// What is being read aloud.
    reading: Option<Reading>,
    /// Of the ticket that was printed last.
    ticket: u64,
}

impl TerminalController {
    /// Puts devices beside it, and takes what they tell.
    pub fn attach(&self, devices: Devices, news: mpsc::Receiver<News>) {
        {
            let mut beside = self.beside.borrow_mut();
            beside.devices = devices;
            beside.news = Some(news);
        }
        self.paint();
    }

    /// How the devices are, by their names in the configuration.
    pub fn gauges(&self) -> Vec<(&'static str, gighall_devices::state::Gauge)> {
        self.beside.borrow().devices.gauges()
    }

    /// A scanner that types as a keyboard does has read a code.
    pub(super) fn scanned_by_keys(&self, code: String) {
        if self.beside.borrow().devices.keyboard_scans() {
            self.of_device(Event::Scanned(code));
        }
    }

    pub(super) fn take_news(&self) {
        let news: Vec<News> = {
            let beside = self.beside.borrow();
            let heard = beside.news.as_ref().map(mpsc::Receiver::try_iter);
            heard.into_iter().flatten().collect()
        };
        for news in news {
            match news {
                News::Scanned(code) => self.of_device(Event::Scanned(code)),
                News::Card(card) => self.of_device(Event::Card(card)),
                // Of an earlier ticket nobody asks any more.
                News::Printed(number, printed) if number == self.beside.borrow().ticket => {
                    self.on(Event::Printed(printed));
                }
                News::Printed(..) => {}
            }
        }
    }

    /// Somebody laid something on a device: that is a touch as well.
    fn of_device(&self, event: Event) {
        self.hear(Heard::Up);
        self.on(event);
    }

    /// What the screen in sight has to know of the devices.
    pub(super) fn look_at_devices(&self, state: &State, hall: &mut Overview) {
        let devices = &self.beside.borrow().devices;
        hall.prints = devices.prints();
        hall.reads_cards = devices.reads_cards();
        hall.scans = devices.keyboard_scans();
        let language = self.language(hall, state.language_steps);
        let here = state.way.here();
        hall.speaks =
            !hall.attract.on && !here.is_of_staff() && devices.speaks(language, here.code());
    }

    /// Asks of the devices what the session wants. The window shows the session already: its words
    /// are what is printed and said.
    pub(super) fn serve_devices(&self, state: &mut State, hall: &Overview) {
        let mut beside = self.beside.borrow_mut();
        beside.devices.want_card(state.wants_card());
        if state.takes_to_print() {
            beside.ticket += 1;
            let ticket = print::ticket(&self.window, state);
            beside.devices.print(ticket, beside.ticket);
        }
        self.read_aloud(&mut beside, state.reading(hall), hall);
        if state.takes_to_say_call() && self.options.calls_aloud {
            beside.devices.say(Utterance {
                key: CALL_CLIP.to_owned(),
                language: self.language(hall, state.language_steps).to_owned(),
                text: self.window.global::<ServiceSpoken>().invoke_call().into(),
                volume: 100,
            });
        }
    }

    /// Says what has begun to be read, and ends what no longer is.
    fn read_aloud(&self, beside: &mut Beside, reading: Option<Reading>, hall: &Overview) {
        if beside.reading == reading {
            return;
        }
        beside.reading = reading;
        match reading {
            Some(reading) => beside.devices.say(Utterance {
                key: reading.screen.code().to_owned(),
                language: self.language(hall, reading.language_steps).to_owned(),
                text: self.window.global::<Spoken>().invoke_words().into(),
                volume: reading.volume,
            }),
            None => beside.devices.hush(),
        }
    }
}
