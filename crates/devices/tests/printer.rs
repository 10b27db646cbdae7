//! A printer played over TCP: it answers for its state as told, and what it is sent is read as paper
//! would show it.
#![allow(clippy::unwrap_used)]

use gighall_devices::escpos::{Paper, Part, Ticket};
use gighall_devices::line::Address;
use gighall_devices::printer::{PrintError, Printed, Printer, PrinterSettings};
use gighall_devices::state::{Fault, Gauge, State};
use gighall_devices::testing::{Manner, Picture, PlayedPrinter};
use std::net::TcpListener;
use std::sync::mpsc::channel;
use std::time::Duration;

const PATIENCE: Duration = Duration::from_secs(20);

fn printer(address: &str, raster: bool) -> Printer {
    let address = Address::Tcp(address.to_owned());
    Printer::start(PrinterSettings {
        address: Some(address),
        baud: 9600,
        paper: Paper {
            raster,
            ..Paper::WIDE
        },
        look_every: Duration::from_millis(100),
    })
    .unwrap()
}

fn a_ticket() -> Ticket {
    Ticket(vec![
        Part::Title("已录用".to_owned()),
        Part::Field("时间".to_owned(), "明天 07:30".to_owned()),
        Part::Field("地点".to_owned(), "草海镇零工驿站门口\u{1b}@䶮".to_owned()),
        Part::Rule,
        Part::Code("http://192.168.8.20:8080/s/0193a1f2-6c5b-4c3e-9b1e-2f3a4b5c6d7e".to_owned()),
        Part::Text("找活不收费 12333".to_owned()),
    ])
}

fn print(printer: &Printer) -> Printed {
    let (told, heard) = channel();
    printer.print(a_ticket(), move |printed| told.send(printed).unwrap());
    heard.recv_timeout(PATIENCE).unwrap()
}

fn becomes(gauge: &Gauge, state: State) {
    for _ in 0..1000 {
        if gauge.get() == state {
            return;
        }
        std::thread::sleep(Duration::from_millis(10));
    }
    panic!("it is {:?} and not {state:?}", gauge.get());
}

/// What a phone reads on a picture.
fn read(picture: &Picture) -> String {
    let (width, height) = picture.size();
    let grey = |x, y| if picture.is_dark(x, y) { 0 } else { 255 };
    let mut prepared = rqrr::PreparedImage::prepare_from_greyscale(width, height, grey);
    prepared.detect_grids()[0].decode().unwrap().1
}

const CODE: &str = "http://192.168.8.20:8080/s/0193a1f2-6c5b-4c3e-9b1e-2f3a4b5c6d7e";

#[test]
fn a_ticket_is_on_paper_as_it_was_meant() {
    let played = PlayedPrinter::start();
    for raster in [false, true] {
        let printer = printer(&played.address, raster);
        assert_eq!(print(&printer), Ok(()));
        becomes(&printer.gauge(), State::Working);
        let sheet = played.sheet();
        for line in [
            "已录用",
            "明天 07:30",
            "草海镇零工驿站门口@䶮",
            "找活不收费 12333",
        ] {
            assert!(sheet.lines.iter().any(|it| it == line), "{:?}", sheet.lines);
        }
        let read: Vec<String> = sheet.pictures.iter().map(read).collect();
        let (drawn, none) = if raster {
            (&read, &sheet.codes)
        } else {
            (&sheet.codes, &read)
        };
        assert_eq!(*drawn, [CODE]);
        assert!(none.is_empty());
        assert!(sheet.is_cut);
    }
}

#[test]
fn paper_out_and_an_open_cover_are_told_and_pass() {
    let played = PlayedPrinter::start();
    let printer = printer(&played.address, false);
    let set = |offline, paper, runs_out| {
        played.is(Manner {
            offline,
            paper,
            runs_out,
            ..Manner::default()
        });
    };
    for (offline, paper, runs_out, fault) in [
        (0x04, 0, false, Fault::CoverOpen),
        (0x20, 0, false, Fault::PaperOut),
        (0, 0x60, false, Fault::PaperOut),
        (0x40, 0, false, Fault::Device),
        (0, 0, true, Fault::PaperOut),
    ] {
        set(offline, paper, runs_out);
        assert_eq!(print(&printer), Err(PrintError::Fault(fault)));
        if !runs_out {
            becomes(&printer.gauge(), State::Fault(fault));
        }
    }
    set(0, 0, false);
    assert_eq!(print(&printer), Ok(()));
    becomes(&printer.gauge(), State::Working);
}

#[test]
fn a_printer_that_says_nothing_is_believed_and_one_that_hangs_up_is_not() {
    let played = PlayedPrinter::start();
    let printer = printer(&played.address, false);
    played.is(Manner {
        mute: true,
        ..Manner::default()
    });
    assert_eq!(print(&printer), Ok(()));
    becomes(&printer.gauge(), State::Found);
    played.is(Manner {
        hangs_up: true,
        ..Manner::default()
    });
    assert_eq!(print(&printer), Err(PrintError::Fault(Fault::Cut)));
}

#[test]
fn where_no_printer_is_that_is_said() {
    // A port that nobody listens at.
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    drop(listener);
    let printer = printer(&address, false);
    assert_eq!(print(&printer), Err(PrintError::Absent));
    assert_eq!(printer.gauge().get(), State::Absent);
}
