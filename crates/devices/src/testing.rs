//! For tests: a ticket printer's paper, and what ESC/POS bytes look like on it. Everything in here
//! panics where a test would fail.
#![allow(clippy::expect_used, clippy::missing_panics_doc)]

mod printer;

pub use printer::{Manner, PlayedPrinter};

use encoding_rs::GB18030;

/// What is on the paper.
#[derive(Debug, Default)]
pub struct Paper {
    /// Lines of text.
    pub lines: Vec<String>,
    /// What the codes say that the printer draws.
    pub codes: Vec<String>,
    /// Pictures.
    pub pictures: Vec<Picture>,
    /// It was cut off at the end.
    pub is_cut: bool,
}

impl Paper {
    /// Prints bytes. Panics at a command that the program has no reason to send.
    pub fn read(bytes: &[u8]) -> Self {
        let (mut paper, mut text, mut stored) = (Self::default(), vec![], String::new());
        let mut rest = bytes;
        while let Some((first, after)) = rest.split_first() {
            let taken = match (first, after) {
                (b'\n', _) => {
                    let line = std::mem::take(&mut text);
                    let (line, _, wrong) = GB18030.decode(&line);
                    assert!(!wrong, "not GB18030: {line:?}");
                    paper.lines.push(line.into_owned());
                    1
                }
                (0x1b, [b'@', ..]) | (0x1c, [b'&', ..]) => 2,
                (0x1b, [b'a' | b'E' | b'd', _, ..]) | (0x1d, [b'!', _, ..]) => 3,
                (0x1d, [b'V', 66, _, ..]) => {
                    paper.is_cut = true;
                    4
                }
                (0x1d, [b'(', b'k', low, high, function @ ..]) => {
                    let length = usize::from(u16::from_le_bytes([*low, *high]));
                    match &function[..length] {
                        [49, 80, 48, data @ ..] => {
                            stored = String::from_utf8(data.to_vec()).expect("text");
                        }
                        [49, 81, 48] => paper.codes.push(std::mem::take(&mut stored)),
                        [49, 65, 50, 0] | [49, 67, 1..=16] | [49, 69, 48..=51] => {}
                        other => panic!("no function of a code: {other:?}"),
                    }
                    5 + length
                }
                (0x1d, [b'v', b'0', 0, xl, xh, yl, yh, dots @ ..]) => {
                    let across = usize::from(u16::from_le_bytes([*xl, *xh]));
                    let down = usize::from(u16::from_le_bytes([*yl, *yh]));
                    let dots = &dots[..across * down];
                    paper.pictures.push(Picture {
                        across,
                        dots: dots.to_vec(),
                    });
                    8 + dots.len()
                }
                (byte, _) => {
                    assert!(
                        *byte >= 0x20,
                        "no command of ours: {:?}",
                        &rest[..rest.len().min(8)]
                    );
                    text.push(*byte);
                    1
                }
            };
            rest = &rest[taken..];
        }
        paper
    }
}

/// A picture of dots.
#[derive(Debug)]
pub struct Picture {
    /// Bytes in a line.
    across: usize,
    dots: Vec<u8>,
}

impl Picture {
    /// Width and height in dots.
    pub fn size(&self) -> (usize, usize) {
        (self.across * 8, self.dots.len() / self.across)
    }

    /// Whether there is a dot.
    pub fn is_dark(&self, x: usize, y: usize) -> bool {
        self.dots[y * self.across + x / 8] >> (7 - x % 8) & 1 == 1
    }
}
