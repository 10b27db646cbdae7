//! Sees from outside what a program shows: reads rows of the screen again and again.

use crate::process::Running;
use crate::stats;
use crate::xwd::{Screen, is_blank};
use std::io;
use std::time::{Duration, Instant};

/// A frame of a display with 60 Hz.
pub const INTERVAL: Duration = Duration::from_nanos(16_666_667);

/// From one look to the next while frames are counted: far below a frame, so that a frame's time is
/// known to a millisecond, and yet a small part of a core.
pub const LOOK: Duration = Duration::from_millis(1);

/// One picture of the watched row, as long as it stood.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Stood {
    /// When it was first seen, since watching began.
    pub first: Duration,
    /// When it was last seen.
    pub last: Duration,
    /// Nothing was in the row: all pixels alike.
    pub blank: bool,
}

/// What was seen of a moving row.
pub struct Frames {
    /// One after the other; the first and the last one stood longer than was seen.
    pub pictures: Vec<Stood>,
    /// How long it was watched.
    pub watched: Duration,
    /// The longest time between two looks.
    pub longest_blink: Duration,
}

impl Frames {
    /// Frames that came within a second.
    pub fn per_second(&self) -> f64 {
        self.pictures.len().saturating_sub(1) as f64 / self.watched.as_secs_f64()
    }

    /// From each frame to the next, in milliseconds, where both have something in them.
    pub fn intervals(&self) -> Vec<f64> {
        let pairs = self.pictures.windows(2);
        pairs
            .filter(|pair| !pair[0].blank && !pair[1].blank)
            .map(|pair| millis(pair[1].first - pair[0].first))
            .collect()
    }

    /// How long each frame stood for certain, in milliseconds: from the first to the last look that
    /// saw it. Frames with nothing in them do not count, nor do the first and the last.
    pub fn certain(&self) -> Vec<f64> {
        let inner = self.pictures.iter().skip(1).rev().skip(1);
        inner
            .filter(|picture| !picture.blank)
            .map(|picture| millis(picture.last - picture.first))
            .collect()
    }

    /// The intervals in words: how many, their percentiles, and how long looking itself took.
    pub fn told(&self) -> String {
        let intervals = self.intervals();
        if intervals.is_empty() {
            return "no frames".to_owned();
        }
        let part = |share| stats::percentile(&intervals, share);
        let over = |limit: f64| intervals.iter().filter(|ms| **ms > limit).count();
        format!(
            "{} intervals; p50 {:.1}, p90 {:.1}, p99 {:.1}, p99.9 {:.1}, longest {:.1} ms; over 1.5 \
             intervals of 60 Hz: {}, over 2: {}, over 3: {}; longest time between two looks {:.1} ms",
            intervals.len(),
            part(0.5),
            part(0.9),
            part(0.99),
            part(0.999),
            part(1.0),
            over(millis(INTERVAL) * 1.5),
            over(millis(INTERVAL) * 2.0),
            over(millis(INTERVAL) * 3.0),
            millis(self.longest_blink),
        )
    }
}

/// Watches one row for `watched`, looking at it every [`LOOK`].
///
/// # Errors
/// If the screen cannot be read.
pub fn frames(screen: &Screen, row: u32, watched: Duration) -> io::Result<Frames> {
    let began = Instant::now();
    let mut pictures: Vec<Stood> = Vec::with_capacity(watched.as_secs() as usize * 70);
    let (mut before, mut pixels) = (vec![], vec![]);
    let (mut looked, mut longest_blink) = (Duration::ZERO, Duration::ZERO);
    let mut next = Duration::ZERO;
    loop {
        screen.read(&[row], &mut pixels)?;
        let now = began.elapsed();
        longest_blink = longest_blink.max(now - looked);
        looked = now;
        match pictures.last_mut() {
            Some(picture) if before == pixels => picture.last = now,
            _ => {
                pictures.push(Stood {
                    first: now,
                    last: now,
                    blank: is_blank(&pixels),
                });
                before.clone_from(&pixels);
            }
        }
        if now >= watched {
            break;
        }
        // A late look does not make the next ones hurry.
        next = (next + LOOK).max(now);
        std::thread::sleep(next - now);
    }
    Ok(Frames {
        pictures,
        watched: looked,
        longest_blink,
    })
}

/// From one look to the next while a program starts.
const START_LOOK: Duration = Duration::from_millis(4);
/// Longest that a program has for its first full frame.
const STARTS_WITHIN: Duration = Duration::from_secs(90);

/// Watches rows from a program's start on until each has something in it and none has changed for `settled`.
/// Gives the time of the last change: from then on the picture was there, and whole.
///
/// # Errors
/// If that does not come in a minute and a half, the program ends, or the screen cannot be read.
pub fn full_frame(
    screen: &Screen,
    rows: &[u32],
    program: &mut Running,
    settled: Duration,
) -> io::Result<Duration> {
    let (mut before, mut pixels) = (vec![], vec![]);
    let mut changed = Duration::ZERO;
    loop {
        let now = program.began.elapsed();
        screen.read(rows, &mut pixels)?;
        if before != pixels {
            changed = now;
            before.clone_from(&pixels);
        }
        let is_full = || !pixels.chunks(screen.row_bytes()).any(is_blank);
        if now - changed >= settled && is_full() {
            return Ok(changed);
        }
        if now > STARTS_WITHIN || program.has_ended() {
            return Err(io::Error::other(
                "the program ended, or the screen did not fill and settle",
            ));
        }
        std::thread::sleep(START_LOOK);
    }
}

/// In milliseconds.
pub fn millis(time: Duration) -> f64 {
    time.as_secs_f64() * 1000.0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stood(first: u64, last: u64, blank: bool) -> Stood {
        Stood {
            first: Duration::from_millis(first),
            last: Duration::from_millis(last),
            blank,
        }
    }

    fn seen() -> Frames {
        Frames {
            pictures: vec![
                stood(0, 9, false),
                stood(10, 25, false),
                stood(26, 75, false),
                stood(76, 199, true),
                stood(200, 215, false),
                stood(216, 250, false),
            ],
            watched: Duration::from_millis(250),
            longest_blink: Duration::from_millis(1),
        }
    }

    #[test]
    fn frames_are_what_came_while_it_was_watched() {
        assert_eq!(seen().per_second(), 20.0);
    }

    #[test]
    fn an_empty_row_is_no_late_frame() {
        assert_eq!(seen().intervals(), [10.0, 16.0, 16.0]);
        assert_eq!(seen().certain(), [15.0, 49.0, 15.0]);
    }

    #[test]
    fn the_distribution_is_told() {
        let told = seen().told();
        assert!(
            told.starts_with("3 intervals; p50 16.0, p90 16.0"),
            "{told}"
        );
        assert!(told.contains("over 2: 0"), "{told}");
    }
}
