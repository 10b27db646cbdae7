//! A wall that has not drawn for long is started anew. A UI thread that stands still cannot be mended
//! from inside, so a thread beside it looks at the walls' [`Pulse`]s and puts a new process in the
//! place of this one. Claims are on the disk before they are shown, so nothing is lost by that but
//! what a person at the terminal was typing; a terminal that still answers is left alone until it has
//! been quiet.

use crate::anew;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// How often the pulses are looked at.
const LOOK: Duration = Duration::from_secs(1);
/// A look that comes so late was itself held up: the whole process stood still (a machine that was
/// paused), and what it shows of the walls means nothing.
const HELD_UP: Duration = Duration::from_secs(5);
/// A UI thread from which nothing is heard for so long, while nothing is drawn either, stands still.
const STANDS_STILL: Duration = Duration::from_secs(5);
/// After so long without trouble, restarts are counted anew.
const WELL_AFTER: Duration = Duration::from_secs(600);
/// Patience doubles with each restart in a row, so often at most.
const DOUBLED_MOST: u32 = 6;
/// Tells a process how often it was started anew: in a row, and in all.
const VARIABLE: &str = "GIGHALL_WATCHDOG_RESTARTS";
/// A wall that has nothing to change is drawn all the same after that long, as a sign of life.
pub const DRAWN_AT_LEAST_EVERY: Duration = Duration::from_secs(5);

/// Signs of life of one wall, set on the UI thread and read from any.
#[derive(Debug)]
pub struct Pulse {
    /// Name of the wall.
    pub wall: String,
    /// How long it may go without a frame.
    pub patience: Duration,
    began: Instant,
    /// Milliseconds after `began`.
    ticked: AtomicU64,
    drawn: AtomicU64,
    touched: AtomicU64,
    /// A frame was begun; the next sign from the UI thread says that it is done.
    drawing: AtomicBool,
    frames: AtomicU64,
    /// Seconds since 1970, by the machine's clock; 0 before the first.
    drawn_at: AtomicI64,
}

impl Pulse {
    /// Of a wall that is about to come on.
    pub fn new(wall: &str, patience: Duration) -> Self {
        Self {
            wall: wall.to_owned(),
            patience,
            began: Instant::now(),
            ticked: AtomicU64::new(0),
            drawn: AtomicU64::new(0),
            touched: AtomicU64::new(0),
            drawing: AtomicBool::new(false),
            frames: AtomicU64::new(0),
            drawn_at: AtomicI64::new(0),
        }
    }

    fn now(&self) -> u64 {
        u64::try_from(self.began.elapsed().as_millis()).unwrap_or(u64::MAX)
    }

    /// The UI thread is at it; a frame that was begun before is done.
    pub fn tick(&self) {
        self.ticked.store(self.now(), Ordering::Relaxed);
        if self.drawing.swap(false, Ordering::Relaxed) {
            self.drawn.store(self.now(), Ordering::Relaxed);
            self.frames.fetch_add(1, Ordering::Relaxed);
            let now = jiff::Timestamp::now().as_second();
            self.drawn_at.store(now, Ordering::Relaxed);
        }
    }

    /// The UI thread begins to draw a frame.
    pub fn draws(&self) {
        self.tick();
        self.drawing.store(true, Ordering::Relaxed);
    }

    /// Somebody touched a terminal beside the wall.
    pub fn touched(&self) {
        self.touched.store(self.now().max(1), Ordering::Relaxed);
    }

    /// Frames that were drawn.
    pub fn frames(&self) -> u64 {
        self.frames.load(Ordering::Relaxed)
    }

    /// When a frame was last drawn, in seconds since 1970 by the machine's clock.
    pub fn drawn_at(&self) -> Option<i64> {
        Some(self.drawn_at.load(Ordering::Relaxed)).filter(|at| *at > 0)
    }

    /// How old the signs are.
    pub fn ages(&self) -> Ages {
        let now = self.now();
        let age = |sign: &AtomicU64| {
            Duration::from_millis(now.saturating_sub(sign.load(Ordering::Relaxed)))
        };
        Ages {
            tick: age(&self.ticked),
            draw: age(&self.drawn),
            touch: (self.touched.load(Ordering::Relaxed) > 0).then(|| age(&self.touched)),
        }
    }
}

/// How old the signs of a wall are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ages {
    /// Since the UI thread was last at it.
    pub tick: Duration,
    /// Since the last frame was done.
    pub draw: Duration,
    /// Since somebody last touched the terminal; `None` for never.
    pub touch: Option<Duration>,
}

/// How a wall is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It draws, or has not failed to for long enough.
    Fine,
    /// The UI thread stands still.
    Stuck,
    /// The UI thread goes on, but nothing is drawn.
    Blank,
}

/// Judges a wall by its signs, as far as they reach back: `known` is how long they have been watched.
/// While the UI thread goes on, a terminal is not taken from whoever touched it less than `quiet` ago.
pub fn judge(ages: Ages, known: Duration, patience: Duration, quiet: Duration) -> Verdict {
    if known <= patience || ages.draw <= patience {
        Verdict::Fine
    } else if ages.tick > STANDS_STILL {
        Verdict::Stuck
    } else if ages.touch.is_none_or(|touch| touch > quiet) {
        Verdict::Blank
    } else {
        Verdict::Fine
    }
}

/// How often this process was started anew.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Restarts {
    /// Without a good while between.
    pub in_a_row: u32,
    /// In all.
    pub total: u32,
}

impl Restarts {
    /// As the process before said.
    pub fn of_this_process() -> Self {
        std::env::var(VARIABLE)
            .ok()
            .and_then(|text| Self::parse(&text))
            .unwrap_or_default()
    }

    fn parse(text: &str) -> Option<Self> {
        let (in_a_row, total) = text.split_once('/')?;
        Some(Self {
            in_a_row: in_a_row.parse().ok()?,
            total: total.parse().ok()?,
        })
    }

    fn one_more(self) -> Self {
        Self {
            in_a_row: self.in_a_row.saturating_add(1),
            total: self.total.saturating_add(1),
        }
    }

    /// How long a wall may go without a frame: what was configured, twice as long after each restart
    /// that did not help.
    pub fn patience(self, configured: Duration) -> Duration {
        configured * 2_u32.pow(self.in_a_row.min(DOUBLED_MOST))
    }
}

/// Watches until it is dropped.
pub struct Watchdog {
    stop: Option<Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Watchdog {
    /// Begins to watch these walls. A terminal has to be untouched for as long as `quiet` before it is
    /// taken away though it answers.
    ///
    /// # Errors
    /// If the system gives no thread.
    pub fn start(walls: Vec<Arc<Pulse>>, quiet: Duration) -> std::io::Result<Self> {
        let (stop, stopped) = channel();
        let thread = std::thread::Builder::new()
            .name("watchdog".to_owned())
            .spawn(move || watch(&walls, quiet, &stopped, start_anew))?;
        Ok(Self {
            stop: Some(stop),
            thread: Some(thread),
        })
    }
}

impl Drop for Watchdog {
    fn drop(&mut self) {
        self.stop = None;
        if let Some(thread) = self.thread.take()
            && thread.join().is_err()
        {
            tracing::error!("the watchdog had panicked");
        }
    }
}

fn watch(
    walls: &[Arc<Pulse>],
    quiet: Duration,
    stopped: &Receiver<()>,
    start_anew: impl Fn(Restarts),
) {
    let mut restarts = Restarts::of_this_process();
    let mut known = Instant::now();
    let mut looked = Instant::now();
    while stopped.recv_timeout(LOOK) == Err(RecvTimeoutError::Timeout) {
        if looked.elapsed() > HELD_UP {
            known = Instant::now();
        }
        looked = Instant::now();
        let longest = walls.iter().map(|wall| restarts.patience(wall.patience));
        let well_after = longest
            .max()
            .map_or(WELL_AFTER, |it| WELL_AFTER.max(it * 2));
        if known.elapsed() > well_after && restarts.in_a_row > 0 {
            restarts.in_a_row = 0;
        }
        for wall in walls {
            let (ages, patience) = (wall.ages(), restarts.patience(wall.patience));
            let cause = match judge(ages, known.elapsed(), patience, quiet) {
                Verdict::Fine => continue,
                Verdict::Stuck => "the UI thread stands still",
                Verdict::Blank => "the UI thread goes on, but no frame is drawn",
            };
            tracing::error!(
                wall = wall.wall,
                seconds = ages.draw.as_secs(),
                restarts = restarts.total,
                cause,
                "the wall has not drawn for long: starting anew"
            );
            start_anew(restarts.one_more());
        }
    }
}

/// Does not come back.
fn start_anew(restarts: Restarts) {
    let value = format!("{}/{}", restarts.in_a_row, restarts.total);
    let error = anew::start_anew(&[(VARIABLE, &value)]);
    // Whoever started the kiosk starts it again. Nothing else can be done with a thread that is
    // stuck: an orderly end would wait for it.
    tracing::error!(%error, "cannot start anew: ending");
    std::process::abort();
}

#[cfg(test)]
mod tests {
    use super::*;

    const PATIENCE: Duration = Duration::from_secs(30);
    const QUIET: Duration = Duration::from_secs(120);

    fn judged(tick: u64, draw: u64, touch: Option<u64>, known: u64) -> Verdict {
        let seconds = Duration::from_secs;
        let ages = Ages {
            tick: seconds(tick),
            draw: seconds(draw),
            touch: touch.map(seconds),
        };
        judge(ages, seconds(known), PATIENCE, QUIET)
    }

    #[test]
    fn a_wall_is_judged_by_what_it_draws() {
        assert_eq!(judged(0, 0, None, 1000), Verdict::Fine);
        assert_eq!(judged(1, 30, None, 1000), Verdict::Fine);
        assert_eq!(judged(29, 30, None, 1000), Verdict::Fine);
        assert_eq!(judged(31, 31, None, 1000), Verdict::Stuck);
        assert_eq!(judged(27, 31, None, 1000), Verdict::Stuck);
        assert_eq!(judged(1, 31, None, 1000), Verdict::Blank);
        // Signs from before the process was held up, or started, mean nothing.
        assert_eq!(judged(99, 99, None, 30), Verdict::Fine);
    }

    #[test]
    fn a_terminal_that_answers_is_not_taken_away_but_one_that_is_stuck_is() {
        assert_eq!(judged(1, 31, Some(10), 1000), Verdict::Fine);
        assert_eq!(judged(1, 200, Some(119), 1000), Verdict::Fine);
        assert_eq!(judged(1, 200, Some(121), 1000), Verdict::Blank);
        assert_eq!(judged(31, 31, Some(31), 1000), Verdict::Stuck);
    }

    #[test]
    fn patience_grows_with_each_restart_that_did_not_help() {
        let mut restarts = Restarts::default();
        let mut waits = vec![];
        for _ in 0..9 {
            waits.push(restarts.patience(PATIENCE).as_secs());
            restarts = restarts.one_more();
        }
        assert_eq!(waits, [30, 60, 120, 240, 480, 960, 1920, 1920, 1920]);
        let text = format!("{}/{}", restarts.in_a_row, restarts.total);
        assert_eq!(Restarts::parse(&text), Some(restarts));
        for bad in ["", "1", "a/b", "-1/2"] {
            assert_eq!(Restarts::parse(bad), None, "{bad}");
        }
    }

    #[test]
    fn a_frame_counts_once_it_is_done() {
        let pulse = Pulse::new("wall", PATIENCE);
        pulse.draws();
        assert_eq!((pulse.frames(), pulse.drawn_at()), (0, None));
        pulse.draws();
        assert_eq!(pulse.frames(), 1);
        pulse.tick();
        pulse.tick();
        assert_eq!(pulse.frames(), 2);
        assert!(pulse.drawn_at().is_some());
        assert_eq!(pulse.ages().touch, None);
        pulse.touched();
        assert!(pulse.ages().touch.is_some());
    }

    #[test]
    fn a_stuck_wall_is_started_anew_and_a_living_one_is_not() {
        let patience = Duration::from_secs(3);
        let living = Arc::new(Pulse::new("living", patience));
        let started = |walls: Vec<Arc<Pulse>>| {
            let (stop, stopped) = channel();
            let (tell, told) = channel();
            let watching = std::thread::spawn(move || {
                watch(&walls, QUIET, &stopped, |restarts| {
                    let _ = tell.send(restarts);
                });
            });
            let end = Instant::now() + Duration::from_secs(8);
            while Instant::now() < end {
                living.draws();
                std::thread::sleep(Duration::from_millis(100));
            }
            drop(stop);
            watching.join().expect("ended");
            told.try_iter().next()
        };
        assert_eq!(started(vec![living.clone()]), None);
        let stuck = Arc::new(Pulse::new("stuck", patience));
        let first = Restarts {
            in_a_row: 1,
            total: 1,
        };
        assert_eq!(started(vec![living.clone(), stuck]), Some(first));
    }
}
