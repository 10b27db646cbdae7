//! The serial protocol of second-generation identity cards' readers (SDT, GA 450): frames, and the
//! text block of a card. No I/O.
//!
//! A frame is `AA AA AA 96 69`, two bytes of length, the content, and the exclusive or of length and
//! content. A card's answer also carries its photograph: it is counted, and no byte of it is kept.

mod card;

pub use card::{Card, CardError};

use std::collections::VecDeque;

const PREAMBLE: [u8; 5] = [0xaa, 0xaa, 0xaa, 0x96, 0x69];

/// A status of three bytes, then the lengths of the text and of the photograph.
const LENGTHS: usize = 3 + 4;

/// Bytes of a card's text block.
pub const TEXT: usize = 256;

/// So much of a frame is kept: the text block ends here, and the photograph begins.
const KEPT: usize = LENGTHS + TEXT;

/// Longest content of a frame: text, photograph and finger prints of a card.
const LONGEST: usize = 2 + 3 + 6 + TEXT + 1024 + 1024;

/// What a reader is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ask {
    /// Is the reader itself well?
    Status,
    /// Is there a card?
    Find,
    /// Take that card.
    Select,
    /// Read its text and photograph: the protocol knows no way to have the text alone.
    Read,
}

impl Ask {
    /// The frame that asks.
    pub fn frame(self) -> Vec<u8> {
        let content = match self {
            Self::Status => [0x11, 0xff],
            Self::Find => [0x20, 0x01],
            Self::Select => [0x20, 0x02],
            Self::Read => [0x30, 0x01],
        };
        frame(&content)
    }
}

/// A frame around content, as readers and tests write it.
pub fn frame(content: &[u8]) -> Vec<u8> {
    // Nobody frames more than a card holds.
    let length = (content.len() + 1) as u16;
    let mut frame = PREAMBLE.to_vec();
    frame.extend(length.to_be_bytes());
    frame.extend_from_slice(content);
    frame.push(checksum(&frame[PREAMBLE.len()..]));
    frame
}

fn checksum(bytes: &[u8]) -> u8 {
    bytes.iter().fold(0, |sum, byte| sum ^ byte)
}

/// What a reader says.
#[derive(Clone, PartialEq, Eq)]
pub enum Answer {
    /// Done (`90`), for [`Ask::Status`] and [`Ask::Select`].
    Done,
    /// There is a card (`9f`).
    Found,
    /// There is none, or it cannot be taken or read, with the reader's own code (`80`, `81`, `41` ...).
    No(u8),
    /// A card's text block.
    Text(Box<[u8; TEXT]>),
}

/// A frame that cannot be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FrameError {
    /// The checksum does not fit.
    #[error("the checksum of a frame does not fit")]
    Checksum,
    /// A length that no frame has.
    #[error("a frame has an impossible length")]
    Length,
}

/// Takes bytes as they come and gives answers. What is no frame is passed over.
#[derive(Default)]
pub struct Decoder {
    head: VecDeque<u8>,
    inside: Option<Inside>,
}

/// A frame that is not complete yet.
struct Inside {
    /// The beginning of its content, without the photograph.
    kept: Vec<u8>,
    /// How many bytes of content and checksum are still to come.
    left: usize,
    /// The exclusive or of everything so far.
    sum: u8,
}

impl Decoder {
    /// A byte came.
    pub fn take(&mut self, byte: u8) -> Option<Result<Answer, FrameError>> {
        let Some(inside) = &mut self.inside else {
            return self.begin(byte).map(Err);
        };
        inside.sum ^= byte;
        inside.left -= 1;
        if inside.left > 0 {
            if inside.kept.len() < KEPT {
                inside.kept.push(byte);
            }
            return None;
        }
        let whole = self.inside.take()?;
        // The checksum itself cancels the sum.
        Some(match whole.sum {
            0 => answer(&whole.kept),
            _ => Err(FrameError::Checksum),
        })
    }

    /// Looks for a frame's beginning.
    fn begin(&mut self, byte: u8) -> Option<FrameError> {
        self.head.push_back(byte);
        let whole = PREAMBLE.len() + 2;
        if self.head.len() < whole {
            return None;
        }
        let is_frame = self
            .head
            .iter()
            .zip(PREAMBLE)
            .all(|(it, wanted)| *it == wanted);
        if !is_frame {
            self.head.pop_front();
            return None;
        }
        let length = [self.head[whole - 2], self.head[whole - 1]];
        self.head.clear();
        let left = usize::from(u16::from_be_bytes(length));
        // A status and the checksum at least.
        if !(4..=LONGEST).contains(&left) {
            return Some(FrameError::Length);
        }
        self.inside = Some(Inside {
            kept: Vec::with_capacity(left.min(KEPT)),
            left,
            sum: checksum(&length),
        });
        None
    }
}

/// Nothing of a card stays behind in memory that is used again.
impl Drop for Inside {
    fn drop(&mut self) {
        self.kept.fill(0);
    }
}

fn answer(content: &[u8]) -> Result<Answer, FrameError> {
    let (Some(code), rest) = (content.get(2), content.get(3..).unwrap_or_default()) else {
        return Err(FrameError::Length);
    };
    match code {
        0x9f => Ok(Answer::Found),
        0x90 => match rest.get(..2) {
            Some([0x01, 0x00]) => {
                let text = rest.get(4..4 + TEXT).and_then(|text| text.try_into().ok());
                text.map(|text| Answer::Text(Box::new(text)))
                    .ok_or(FrameError::Length)
            }
            _ => Ok(Answer::Done),
        },
        other => Ok(Answer::No(*other)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn decoded(bytes: &[u8]) -> Vec<Result<Answer, FrameError>> {
        let mut decoder = Decoder::default();
        bytes
            .iter()
            .filter_map(|byte| decoder.take(*byte))
            .collect()
    }

    /// What a reader sends for a card: its text, and a photograph of `0x55`.
    fn a_card(text: &[u8; TEXT]) -> Vec<u8> {
        let mut content = vec![0, 0, 0x90, 0x01, 0x00, 0x04, 0x00];
        content.extend(text);
        content.extend([0x55; 1024]);
        frame(&content)
    }

    #[test]
    fn questions_are_framed_as_the_standard_has_them() {
        let hex = |ask: Ask| -> String {
            ask.frame()
                .iter()
                .map(|byte| format!("{byte:02x}"))
                .collect()
        };
        assert_eq!(hex(Ask::Status), "aaaaaa9669000311ffed");
        assert_eq!(hex(Ask::Find), "aaaaaa96690003200122");
        assert_eq!(hex(Ask::Select), "aaaaaa96690003200221");
        assert_eq!(hex(Ask::Read), "aaaaaa96690003300132");
    }

    #[test]
    fn answers_are_told_apart() {
        let found = frame(&[0, 0, 0x9f, 0, 0, 0, 0]);
        assert!(matches!(decoded(&found)[..], [Ok(Answer::Found)]));
        let selected = frame(&[0, 0, 0x90, 0, 0, 0, 0, 0, 0, 0, 0]);
        assert!(matches!(decoded(&selected)[..], [Ok(Answer::Done)]));
        let none = frame(&[0, 0, 0x80]);
        assert!(matches!(decoded(&none)[..], [Ok(Answer::No(0x80))]));
        let read = a_card(&[7; TEXT]);
        assert_eq!(read.len(), 5 + 2 + 1288);
        let [Ok(Answer::Text(text))] = &decoded(&read)[..] else {
            panic!("no text");
        };
        assert_eq!(text[..], [7; TEXT]);
    }

    #[test]
    fn the_photograph_is_never_held() {
        let mut decoder = Decoder::default();
        let frame = a_card(&[7; TEXT]);
        for byte in &frame[..frame.len() - 1] {
            assert!(decoder.take(*byte).is_none());
            let kept = decoder.inside.as_ref().map_or(&[][..], |it| &it.kept);
            assert!(kept.len() <= KEPT && !kept.contains(&0x55));
        }
    }

    #[test]
    fn bad_frames_are_told_and_the_next_one_is_read() {
        let mut broken = a_card(&[7; TEXT]);
        let at = broken.len() - 20;
        broken[at] ^= 1;
        let good = frame(&[0, 0, 0x9f]);
        let both = [broken, good.clone()].concat();
        assert!(matches!(
            decoded(&both)[..],
            [Err(FrameError::Checksum), Ok(Answer::Found)]
        ));
        let impossible = [&PREAMBLE[..], &[0xff, 0xff], &good].concat();
        assert!(matches!(
            decoded(&impossible)[..],
            [Err(FrameError::Length), Ok(Answer::Found)]
        ));
        // Garbage before a frame, more of the preamble than there should be.
        let noisy = [&[0x00, 0xaa, 0x96][..], &[0xaa; 4], &good].concat();
        assert!(matches!(decoded(&noisy)[..], [Ok(Answer::Found)]));
    }

    /// What readers sent that is no card: tried each time.
    #[test]
    fn what_is_kept_in_the_corpus_is_survived() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/corpus/frames");
        let mut tried = 0;
        for file in std::fs::read_dir(folder).expect("a corpus") {
            let text = std::fs::read_to_string(file.expect("a file").path()).expect("text");
            let hex: String = text.split_whitespace().collect();
            let bytes: Vec<u8> = (0..hex.len() / 2)
                .map(|at| u8::from_str_radix(&hex[2 * at..2 * at + 2], 16).expect("hexadecimal"))
                .collect();
            let good = frame(&[0, 0, 0x9f]);
            let all = [bytes, vec![0; 2 * TEXT], good].concat();
            let answers = decoded(&all);
            let cards = answers
                .iter()
                .filter(|it| matches!(it, Ok(Answer::Text(_))));
            assert_eq!(cards.count(), 0, "{text}");
            tried += 1;
        }
        assert!(tried > 4, "the corpus is here: {tried}");
    }

    proptest! {
        #[test]
        fn any_bytes_are_survived(bytes in prop::collection::vec(any::<u8>(), 0..4000)) {
            decoded(&bytes);
        }

        /// Of a card's frame, which a wrong byte may make longer, shorter or another one.
        #[test]
        fn a_frame_that_was_spoilt_is_a_card_only_where_it_says_so(
            changes in prop::collection::vec((any::<prop::sample::Index>(), 0..4u8, any::<u8>(), 1..300usize), 1..5),
        ) {
            let mut bytes = a_card(&[7; TEXT]);
            for (at, how, byte, length) in changes {
                let at = at.index(bytes.len().max(1)).min(bytes.len());
                let end = (at + length).min(bytes.len());
                match how {
                    0 if at < bytes.len() => bytes[at] = byte,
                    1 => drop(bytes.drain(at..end)),
                    2 => {
                        let part = bytes[at..end].to_vec();
                        bytes.splice(at..at, part);
                    }
                    _ => bytes.insert(at, byte),
                }
            }
            for answer in decoded(&bytes) {
                if let Ok(Answer::Text(text)) = answer {
                    let _ = Card::read(&text);
                }
            }
        }

        #[test]
        fn a_frame_is_read_after_any_noise(noise in prop::collection::vec(0u8..0xaa, 0..200), text in any::<[u8; 32]>()) {
            let mut whole = [0; TEXT];
            whole[..32].copy_from_slice(&text);
            let bytes = [noise, a_card(&whole)].concat();
            let decoded = decoded(&bytes);
            let [Ok(Answer::Text(read))] = &decoded[..] else {
                return Err(TestCaseError::fail("not read"));
            };
            prop_assert_eq!(&read[..], &whole[..]);
        }

        #[test]
        fn a_changed_byte_is_found(at in 7usize..1294, change in 1u8..=255) {
            let mut bytes = a_card(&[7; TEXT]);
            bytes[at] ^= change;
            prop_assert!(!matches!(decoded(&bytes)[..], [Ok(_)]));
        }
    }
}
