//! A reader that speaks SDT over an open line.

use super::{CardReader, ReadError};
use crate::line::Line;
use crate::sdt::{Answer, Ask, Card, Decoder};
use std::time::{Duration, Instant};

/// How long a reader may take to answer; reading a card takes it a second or so.
const ANSWER: Duration = Duration::from_millis(1_500);

/// A reader that speaks SDT.
pub struct SdtReader {
    line: Box<dyn Line>,
}

impl SdtReader {
    /// The reader at the other end of a line.
    pub fn over(line: Box<dyn Line>) -> Self {
        Self { line }
    }

    fn ask(&mut self, ask: Ask) -> Result<Answer, ReadError> {
        self.drain()?;
        self.line.send(&ask.frame())?;
        let until = Instant::now() + ANSWER;
        // A fresh one for each question: half a frame of the last answer is no part of this one.
        let mut decoder = Decoder::default();
        let mut buffer = [0; 512];
        loop {
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Err(ReadError::NoAnswer);
            }
            let count = self.line.receive(&mut buffer, left)?;
            let answer = buffer[..count].iter().find_map(|byte| decoder.take(*byte));
            // No byte of a card, or of a photograph, stays behind.
            buffer[..count].fill(0);
            if let Some(answer) = answer {
                return answer.map_err(|_| ReadError::Garbled);
            }
        }
    }

    /// Throws away what came unasked.
    fn drain(&mut self) -> Result<(), ReadError> {
        let mut buffer = [0; 512];
        for _ in 0..16 {
            if self.line.receive(&mut buffer, Duration::ZERO)? == 0 {
                break;
            }
        }
        buffer.fill(0);
        Ok(())
    }
}

impl CardReader for SdtReader {
    fn check(&mut self) -> Result<(), ReadError> {
        match self.ask(Ask::Status)? {
            Answer::Done => Ok(()),
            _ => Err(ReadError::Garbled),
        }
    }

    fn read(&mut self) -> Result<Option<Card>, ReadError> {
        match self.ask(Ask::Find)? {
            Answer::Found => {}
            Answer::No(_) => return Ok(None),
            Answer::Done | Answer::Text(_) => return Err(ReadError::Garbled),
        }
        if self.ask(Ask::Select)? != Answer::Done {
            return Err(ReadError::Unreadable);
        }
        match self.ask(Ask::Read)? {
            Answer::Text(mut text) => {
                let card = Card::read(&text);
                text.fill(0);
                card.map(Some).map_err(|_| ReadError::Unreadable)
            }
            Answer::No(_) => Err(ReadError::Unreadable),
            Answer::Done | Answer::Found => Err(ReadError::Garbled),
        }
    }
}
