//! ESC/POS, as ticket printers speak it: a ticket as bytes, and a status byte as what it means.
//! No I/O.

mod paper;

pub use paper::{columns, wrap};

use crate::state::Fault;
use encoding_rs::GB18030;
use qrcode::{Color, EcLevel, QrCode};

/// Longest text that a code on a ticket holds, in bytes.
pub const CODE_MAX: usize = 600;

/// A ticket, from top to bottom.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ticket(pub Vec<Part>);

/// A part of a ticket.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Part {
    /// Twice as wide and high, in the middle.
    Title(String),
    /// Ordinary text from the left; long lines are broken between words or Hanzi.
    Text(String),
    /// A name, and after it what it is, bold and twice as high.
    Field(String, String),
    /// A line across the paper.
    Rule,
    /// A QR code in the middle; nothing where the text is longer than [`CODE_MAX`].
    Code(String),
}

/// The paper and how codes get onto it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Paper {
    /// Characters in a line; a Hanzi takes two.
    pub columns: usize,
    /// Dots in a line.
    pub dots: usize,
    /// Codes are sent as pictures, for printers that do not draw codes themselves.
    pub raster: bool,
}

impl Paper {
    /// Paper 58 mm wide: 384 dots, 32 characters.
    pub const NARROW: Self = Self {
        columns: 32,
        dots: 384,
        raster: false,
    };
    /// Paper 80 mm wide: 576 dots, 48 characters.
    pub const WIDE: Self = Self {
        columns: 48,
        dots: 576,
        raster: false,
    };
}

const ESC: u8 = 0x1b;
const GS: u8 = 0x1d;
const FS: u8 = 0x1c;
const DLE: u8 = 0x10;
const EOT: u8 = 0x04;

/// Asks for the causes of being offline, at once (DLE EOT 2).
pub const ASK_OFFLINE: [u8; 3] = [DLE, EOT, 2];
/// Asks for the paper, at once (DLE EOT 4).
pub const ASK_PAPER: [u8; 3] = [DLE, EOT, 4];
/// Asks for the paper once everything before it is printed (GS r 1): the answer says that it is.
pub const ASK_DONE: [u8; 3] = [GS, b'r', 1];

/// What an answer to [`ASK_OFFLINE`] means.
///
/// # Errors
/// The fault that the printer tells.
pub fn offline_cause(answer: u8) -> Result<(), Fault> {
    match answer {
        byte if byte & 0x04 != 0 => Err(Fault::CoverOpen),
        byte if byte & 0x20 != 0 => Err(Fault::PaperOut),
        byte if byte & 0x40 != 0 => Err(Fault::Device),
        _ => Ok(()),
    }
}

/// What an answer to [`ASK_PAPER`] means. Paper that is nearly used up is still paper.
///
/// # Errors
/// [`Fault::PaperOut`]
pub fn paper_left(answer: u8) -> Result<(), Fault> {
    match answer & 0x60 {
        0 => Ok(()),
        _ => Err(Fault::PaperOut),
    }
}

/// Whether a byte can be an answer to DLE EOT: its fixed bits say so.
pub fn is_status(byte: u8) -> bool {
    byte & 0x93 == 0x12
}

/// Whether a byte can be an answer to [`ASK_DONE`].
pub fn is_done(byte: u8) -> bool {
    byte & 0x90 == 0
}

/// The bytes that print a ticket and cut it off.
pub fn encode(ticket: &Ticket, paper: Paper) -> Vec<u8> {
    let mut out = vec![ESC, b'@', FS, b'&'];
    for part in &ticket.0 {
        match part {
            Part::Title(text) => {
                out.extend([ESC, b'a', 1, ESC, b'E', 1, GS, b'!', 0x11]);
                lines(&mut out, text, paper.columns / 2);
                out.extend([GS, b'!', 0, ESC, b'E', 0, ESC, b'a', 0]);
            }
            Part::Text(text) => lines(&mut out, text, paper.columns),
            Part::Field(name, value) => {
                lines(&mut out, name, paper.columns);
                out.extend([ESC, b'E', 1, GS, b'!', 0x01]);
                lines(&mut out, value, paper.columns);
                out.extend([GS, b'!', 0, ESC, b'E', 0]);
            }
            Part::Rule => lines(&mut out, &"-".repeat(paper.columns), paper.columns),
            Part::Code(text) => code(&mut out, text, paper),
        }
    }
    // Feeds past the knife and cuts, all but a point.
    out.extend([ESC, b'd', 4, GS, b'V', 66, 0]);
    out
}

/// Text in lines. Whatever would be a command to the printer is left out: titles and names come from
/// other people's spreadsheets.
fn lines(out: &mut Vec<u8>, text: &str, columns: usize) {
    for line in wrap(text, columns) {
        let (bytes, _, _) = GB18030.encode(&line);
        out.extend_from_slice(&bytes);
        out.push(b'\n');
    }
}

fn code(out: &mut Vec<u8>, text: &str, paper: Paper) {
    // Medium correction, as on screens: a crumpled slip is still read.
    let Ok(code) = QrCode::with_error_correction_level(text, EcLevel::M) else {
        return;
    };
    if text.len() > CODE_MAX {
        return;
    }
    // Four modules of light on each side; at 8 dots a millimetre, no larger than a phone needs.
    let modules = code.width() + 8;
    let scale = (paper.dots / modules).clamp(1, 8);
    out.extend([ESC, b'a', 1]);
    if paper.raster {
        raster(out, &code, modules, scale);
    } else {
        native(out, text, scale as u8);
    }
    out.extend([b'\n', ESC, b'a', 0]);
}

/// GS ( k: the printer draws the code.
fn native(out: &mut Vec<u8>, text: &str, scale: u8) {
    let mut function = |number: u8, data: &[u8]| {
        // At most `CODE_MAX` and three bytes more.
        let length = (data.len() + 2) as u16;
        out.extend([GS, b'(', b'k']);
        out.extend(length.to_le_bytes());
        out.extend([49, number]);
        out.extend_from_slice(data);
    };
    function(65, &[50, 0]);
    function(67, &[scale]);
    function(69, &[49]);
    let mut store = vec![48];
    store.extend_from_slice(text.as_bytes());
    function(80, &store);
    function(81, &[48]);
}

/// GS v 0: the code as a picture, quiet zone included.
fn raster(out: &mut Vec<u8>, code: &QrCode, modules: usize, scale: usize) {
    let side = modules * scale;
    let bytes = side.div_ceil(8);
    out.extend([GS, b'v', b'0', 0]);
    // No code has more than 185 modules with its quiet zone, and each 8 dots at most.
    out.extend((bytes as u16).to_le_bytes());
    out.extend((side as u16).to_le_bytes());
    let inside = |n: usize| (4..modules - 4).contains(&n);
    let is_dark =
        |x: usize, y: usize| inside(x) && inside(y) && code[(x - 4, y - 4)] == Color::Dark;
    for y in 0..side {
        for byte in 0..bytes {
            let bit = |n: usize| {
                let x = byte * 8 + n;
                u8::from(x < side && is_dark(x / scale, y / scale)) << (7 - n)
            };
            out.push((0..8).map(bit).sum());
        }
    }
}
