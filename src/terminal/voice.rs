//! Reading aloud: what is on, and how loud.

use super::screen::Screen;
use super::state::State;

/// Percent of full loudness, at first and after everybody who left.
const USUAL: u8 = 70;
/// Never silent: nobody would know why.
const LEAST: u8 = 25;
const STEP: u8 = 15;

/// Reading aloud, as a session knows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Voice {
    /// The screen in sight is read.
    pub on: bool,
    /// In percent.
    pub volume: u8,
}

impl Default for Voice {
    fn default() -> Self {
        Self {
            on: false,
            volume: USUAL,
        }
    }
}

impl Voice {
    /// A step louder, or quieter.
    pub fn turn(&mut self, up: bool) {
        self.volume = match up {
            true => self.volume.saturating_add(STEP).min(100),
            false => self.volume.saturating_sub(STEP).max(LEAST),
        };
    }
}

/// What is being read: a change of it is said anew, or ends what was said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reading {
    /// The screen.
    pub screen: Screen,
    /// In the other language than the configured one.
    pub other_language: bool,
    /// In percent.
    pub volume: u8,
}

impl State {
    /// What is to be read now.
    pub fn reading(&self) -> Option<Reading> {
        self.voice.on.then(|| Reading {
            screen: self.way.here(),
            other_language: self.other_language,
            volume: self.voice.volume,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_never_silent_and_never_louder_than_full() {
        let mut voice = Voice::default();
        for _ in 0..20 {
            voice.turn(false);
        }
        assert_eq!(voice.volume, LEAST);
        for _ in 0..20 {
            voice.turn(true);
        }
        assert_eq!(voice.volume, 100);
    }
}
