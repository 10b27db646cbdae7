//! A reader of identity cards and a scanner, played at the other end of a real pseudo-terminal, and
//! pulled out of it.
#![allow(clippy::unwrap_used)]

use gighall_devices::id_card::{CardNews, IdCard, IdCardSettings};
use gighall_devices::line::{Address, Ports};
use gighall_devices::scanner::{Scanner, ScannerSettings};
use gighall_devices::sdt::{TEXT, frame};
use gighall_devices::state::{Fault, Gauge, State};
use serial2::SerialPort;
use std::os::fd::AsRawFd;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, channel};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::Duration;

const PATIENCE: Duration = Duration::from_secs(20);

/// A plug: where devices are put in, and its name in the file system.
struct Plug {
    _folder: Option<tempfile::TempDir>,
    path: PathBuf,
}

impl Plug {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("ttyUSB0");
        Self {
            _folder: Some(folder),
            path,
        }
    }

    /// One in a folder that somebody else keeps.
    fn at(path: PathBuf) -> Self {
        Self {
            _folder: None,
            path,
        }
    }

    fn address(&self) -> Address {
        Address::File(self.path.clone())
    }

    /// Puts a device in, and gives its end of the line.
    fn put_in(&self) -> SerialPort {
        let (mut ours, theirs) = SerialPort::pair().unwrap();
        ours.set_read_timeout(Duration::from_millis(50)).unwrap();
        let name = format!("/proc/self/fd/{}", theirs.as_raw_fd());
        let name = std::fs::read_link(Path::new(&name)).unwrap();
        let _ = std::fs::remove_file(&self.path);
        std::os::unix::fs::symlink(name, &self.path).unwrap();
        ours
    }

    fn pull_out(&self) {
        std::fs::remove_file(&self.path).unwrap();
    }
}

fn becomes(gauge: &Gauge, state: State) {
    for _ in 0..2000 {
        if gauge.get() == state {
            return;
        }
        std::thread::sleep(Duration::from_millis(10));
    }
    panic!("it is {:?} and not {state:?}", gauge.get());
}

/// How the played reader behaves.
#[derive(Clone, Default)]
struct Manner {
    card: Option<Box<[u8; TEXT]>>,
    /// Sends this before each answer.
    noise: Vec<u8>,
    /// Sends so many bytes of a card only.
    half: Option<usize>,
    bad_checksum: bool,
}

struct Played {
    manner: Arc<Mutex<Manner>>,
    asked: Arc<Mutex<Vec<[u8; 2]>>>,
    stop: Arc<Mutex<bool>>,
    thread: Option<JoinHandle<()>>,
}

impl Played {
    fn at(port: SerialPort) -> Self {
        let played = Self {
            manner: Arc::default(),
            asked: Arc::default(),
            stop: Arc::default(),
            thread: None,
        };
        let (manner, asked, stop) = (
            played.manner.clone(),
            played.asked.clone(),
            played.stop.clone(),
        );
        let thread = std::thread::spawn(move || {
            let (mut heard, mut buffer) = (vec![], [0; 256]);
            while !*stop.lock().unwrap() {
                let count = port.read(&mut buffer).unwrap_or(0);
                heard.extend_from_slice(&buffer[..count]);
                // Each question has ten bytes.
                while heard.len() >= 10 {
                    let question: Vec<u8> = heard.drain(..10).collect();
                    let question = [question[7], question[8]];
                    asked.lock().unwrap().push(question);
                    let answer = answer(question, &manner.lock().unwrap());
                    for piece in answer.chunks(100) {
                        let _ = port.write_all(piece);
                    }
                }
            }
        });
        Self {
            thread: Some(thread),
            ..played
        }
    }

    fn is(&self, manner: Manner) {
        *self.manner.lock().unwrap() = manner;
    }

    /// Ends it, and its end of the line with it.
    fn end(mut self) {
        *self.stop.lock().unwrap() = true;
        self.thread.take().unwrap().join().unwrap();
    }
}

fn answer(question: [u8; 2], manner: &Manner) -> Vec<u8> {
    let content = match (question, &manner.card) {
        ([0x11, 0xff], _) => vec![0, 0, 0x90],
        ([0x20, 0x01], Some(_)) => vec![0, 0, 0x9f, 0, 0, 0, 0],
        ([0x20, 0x02], Some(_)) => vec![0, 0, 0x90, 0, 0, 0, 0, 0, 0, 0, 0],
        ([0x30, 0x01], Some(card)) => {
            let mut content = vec![0, 0, 0x90, 1, 0, 4, 0];
            content.extend(card.as_slice());
            content.extend([0x77; 1024]);
            content
        }
        _ => vec![0, 0, 0x80],
    };
    let mut bytes = frame(&content);
    if manner.bad_checksum {
        *bytes.last_mut().unwrap() ^= 0x5a;
    }
    if let Some(half) = manner.half.filter(|_| question == [0x30, 0x01]) {
        bytes.truncate(half);
    }
    [manner.noise.clone(), bytes].concat()
}

fn a_card() -> Box<[u8; TEXT]> {
    let mut card = [0; TEXT];
    let fields = [
        (0, "李小峰"),
        (30, "1"),
        (32, "01"),
        (36, "19750101"),
        (52, "贵州省威宁县草海镇"),
        (122, "522427197501011232"),
    ];
    for (at, text) in fields {
        for (n, unit) in text.encode_utf16().enumerate() {
            card[at + 2 * n..at + 2 * n + 2].copy_from_slice(&unit.to_le_bytes());
        }
    }
    Box::new(card)
}

fn reader(plug: &Plug) -> (IdCard, Receiver<CardNews>) {
    let (told, news) = channel();
    let settings = IdCardSettings {
        address: Some(plug.address()),
        baud: 115_200,
        ports: Ports::default(),
        taken: vec![],
    };
    let reader = IdCard::start(settings, move |it| told.send(it).unwrap()).unwrap();
    (reader, news)
}

fn name(news: &Receiver<CardNews>) -> String {
    match news.recv_timeout(PATIENCE).unwrap() {
        CardNews::Read(card) => card.name.clone(),
        CardNews::Unreadable => panic!("it was not read"),
    }
}

#[test]
fn a_card_is_read_only_while_one_is_wanted() {
    let plug = Plug::new();
    let played = Played::at(plug.put_in());
    played.is(Manner {
        card: Some(a_card()),
        noise: vec![0xaa, 0xaa, 0x00, 0xff],
        ..Manner::default()
    });
    let (reader, news) = reader(&plug);
    becomes(&reader.gauge(), State::Working);
    let asked = played.asked.lock().unwrap().clone();
    assert!(asked.iter().all(|it| *it == [0x11, 0xff]), "{asked:?}");
    reader.want(true);
    assert_eq!(name(&news), "李小峰");
    reader.want(false);
    drop(reader);
    played.end();
}

#[test]
fn bad_answers_are_survived_and_told() {
    let plug = Plug::new();
    let played = Played::at(plug.put_in());
    let (reader, news) = reader(&plug);
    reader.want(true);
    becomes(&reader.gauge(), State::Working);
    played.is(Manner {
        card: Some(a_card()),
        bad_checksum: true,
        ..Manner::default()
    });
    becomes(&reader.gauge(), State::Fault(Fault::Garbled));
    played.is(Manner {
        card: Some(a_card()),
        half: Some(300),
        ..Manner::default()
    });
    becomes(&reader.gauge(), State::Fault(Fault::NoAnswer));
    // A card that cannot be understood is told as such.
    played.is(Manner {
        card: Some(Box::new([0x20; TEXT])),
        ..Manner::default()
    });
    assert!(matches!(
        news.recv_timeout(PATIENCE).unwrap(),
        CardNews::Unreadable
    ));
    played.is(Manner {
        card: Some(a_card()),
        ..Manner::default()
    });
    loop {
        if let CardNews::Read(card) = news.recv_timeout(PATIENCE).unwrap() {
            assert_eq!(card.number, "522427197501011232");
            break;
        }
    }
    becomes(&reader.gauge(), State::Working);
    drop(reader);
    played.end();
}

#[test]
fn a_reader_that_is_pulled_out_comes_back() {
    let plug = Plug::new();
    let (reader, news) = reader(&plug);
    reader.want(true);
    assert_eq!(reader.gauge().get(), State::Absent);
    for _ in 0..2 {
        let played = Played::at(plug.put_in());
        played.is(Manner {
            card: Some(a_card()),
            ..Manner::default()
        });
        assert_eq!(name(&news), "李小峰");
        played.end();
        plug.pull_out();
        becomes(&reader.gauge(), State::Absent);
        while news.try_recv().is_ok() {}
    }
}

#[test]
fn a_serial_scanner_is_heard_and_comes_back() {
    let plug = Plug::new();
    let (told, heard) = channel();
    let settings = ScannerSettings {
        address: Some(plug.address()),
        baud: 9600,
        ports: Ports::default(),
    };
    let scanner = Scanner::start(settings, move |code| told.send(code).unwrap()).unwrap();
    for _ in 0..2 {
        let port = plug.put_in();
        becomes(&scanner.gauge(), State::Found);
        port.write_all(b"http://192.168.8.20:8080/s/").unwrap();
        port.write_all(b"77\r\n1042\n").unwrap();
        let next = || heard.recv_timeout(PATIENCE).unwrap();
        assert!(next().ends_with("77"));
        assert_eq!(next(), "1042");
        assert_eq!(scanner.gauge().get(), State::Working);
        drop(port);
        plug.pull_out();
        becomes(&scanner.gauge(), State::Absent);
    }
}

/// A machine's serial ports: by their numbers, and two of them by their names.
struct Machine {
    folder: tempfile::TempDir,
}

impl Machine {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("by-id")).unwrap();
        Self { folder }
    }

    fn ports(&self) -> Ports {
        Ports {
            numbered: self.folder.path().to_owned(),
            named: self.folder.path().join("by-id"),
        }
    }

    /// Puts a device in; gives its end of the line, and its port's other name.
    fn put_in(&self, number: &str, name: &str) -> (SerialPort, PathBuf) {
        let plug = Plug::at(self.folder.path().join(number));
        let port = plug.put_in();
        let named = self.ports().named.join(name);
        std::os::unix::fs::symlink(&plug.path, &named).unwrap();
        (port, named)
    }

    /// Starts a search for a reader.
    fn search(&self, taken: Vec<Address>) -> IdCard {
        let settings = IdCardSettings {
            address: None,
            baud: 115_200,
            ports: self.ports(),
            taken,
        };
        IdCard::start(settings, |_| {}).unwrap()
    }
}

/// What came in at the other end of that line so far.
fn heard(port: &SerialPort) -> usize {
    port.read(&mut [0; 64]).unwrap_or(0)
}

#[test]
fn the_search_for_a_card_reader_leaves_a_scanner_alone_that_was_found_by_itself() {
    let machine = Machine::new();
    let (scanned, _) = machine.put_in("ttyACM0", "usb-Honeywell_1900-if00");
    let (reader, _) = machine.put_in("ttyUSB0", "usb-1a86_USB_Serial-if00-port0");
    let (told, codes) = channel();
    let settings = ScannerSettings {
        address: None,
        baud: 9600,
        ports: machine.ports(),
    };
    let scanner = Scanner::start(settings, move |code| told.send(code).unwrap()).unwrap();
    becomes(&scanner.gauge(), State::Found);
    let played = Played::at(reader);
    let search = machine.search(vec![]);
    // The scanner's port comes first: it was passed over.
    becomes(&search.gauge(), State::Working);
    assert_eq!(heard(&scanned), 0, "a scanner is asked nothing");
    scanned.write_all(b"1042\n").unwrap();
    assert_eq!(codes.recv_timeout(PATIENCE).unwrap(), "1042");
    drop((search, scanner));
    played.end();
}

#[test]
fn the_search_for_a_card_reader_knows_a_port_by_each_of_its_names() {
    let machine = Machine::new();
    // A serial printer that is opened only now and then.
    let (printer, named) = machine.put_in("ttyUSB0", "usb-Prolific_USB-Serial-if00-port0");
    let (reader, _) = machine.put_in("ttyUSB1", "usb-1a86_USB_Serial-if00-port0");
    let played = Played::at(reader);
    let search = machine.search(vec![Address::File(named)]);
    becomes(&search.gauge(), State::Working);
    assert_eq!(heard(&printer), 0, "a printer is asked nothing");
    drop(search);
    played.end();
}

#[test]
fn a_line_in_use_is_not_opened_again() {
    let machine = Machine::new();
    let (port, named) = machine.put_in("ttyUSB0", "usb-1a86_USB_Serial-if00-port0");
    let numbered = Address::File(machine.folder.path().join("ttyUSB0"));
    let named = Address::File(named);
    let busy = |address| {
        let opened = gighall_devices::line::open(address, 9600);
        opened.err().map(|error| error.kind())
    };
    let line = gighall_devices::line::open(&named, 9600).unwrap();
    assert_eq!(busy(&numbered), Some(std::io::ErrorKind::ResourceBusy));
    drop(line);
    assert_eq!(busy(&numbered), None);
    drop(port);
}
