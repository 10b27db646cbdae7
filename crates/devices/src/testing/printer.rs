//! A printer played over TCP.

use super::Paper;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// How a played printer is.
#[derive(Clone, Copy, Default)]
pub struct Manner {
    /// It never answers.
    pub mute: bool,
    /// Bits of its answer to [`crate::escpos::ASK_OFFLINE`].
    pub offline: u8,
    /// Bits of its answer to [`crate::escpos::ASK_PAPER`].
    pub paper: u8,
    /// It runs out of paper while it prints.
    pub runs_out: bool,
    /// It hangs up while it prints.
    pub hangs_up: bool,
}

/// A printer played over TCP: it answers for its state as told, and keeps what it is sent.
#[derive(Default)]
pub struct PlayedPrinter {
    /// Host and port.
    pub address: String,
    manner: Arc<Mutex<Manner>>,
    sheets: Arc<Mutex<Vec<Vec<u8>>>>,
}

impl PlayedPrinter {
    /// Puts one at a port of this machine. It serves one call after the other, until the test ends.
    pub fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let played = Self {
            address: listener.local_addr().expect("bound").to_string(),
            ..Self::default()
        };
        let (manner, sheets) = (played.manner.clone(), played.sheets.clone());
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                serve(stream.expect("a call"), &manner, &sheets);
            }
        });
        played
    }

    /// From the next call on it is like that.
    pub fn is(&self, manner: Manner) {
        *self.manner.lock().expect("held") = manner;
    }

    /// The next sheet that comes out.
    pub fn sheet(&self) -> Paper {
        for _ in 0..2000 {
            let mut sheets = self.sheets.lock().expect("held");
            if !sheets.is_empty() {
                return Paper::read(&sheets.remove(0));
            }
            drop(sheets);
            std::thread::sleep(Duration::from_millis(10));
        }
        panic!("nothing was printed");
    }
}

/// One call, until the other side hangs up.
fn serve(mut stream: TcpStream, manner: &Mutex<Manner>, sheets: &Mutex<Vec<Vec<u8>>>) {
    let (mut printed, mut byte) = (vec![], [0]);
    let mut manner_now = *manner.lock().expect("played");
    while let Ok(1) = stream.read(&mut byte) {
        printed.push(byte[0]);
        let answer = if printed.ends_with(&[0x10, 4, 2]) {
            Some((3, 0x12 | manner_now.offline))
        } else if printed.ends_with(&[0x10, 4, 4]) {
            Some((3, 0x12 | manner_now.paper))
        } else if printed.ends_with(&[0x1d, b'r', 1]) {
            if manner_now.runs_out {
                manner_now.paper = 0x60;
                printed.truncate(printed.len() - 3);
                continue;
            }
            Some((3, 0))
        } else {
            None
        };
        if manner_now.hangs_up && printed.len() > 200 {
            return;
        }
        if let Some((length, answer)) = answer {
            printed.truncate(printed.len() - length);
            if !manner_now.mute {
                stream.write_all(&[answer]).expect("played");
            }
        }
    }
    if !printed.is_empty() {
        sheets.lock().expect("played").push(printed);
    }
}
