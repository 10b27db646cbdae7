//! What a person at the terminal waits for, with 100,000 jobs in the store: what fits after each
//! keystroke, the first list, the slip; and the next job while nobody is there.

use crate::Failure;
use crate::context::Context;
use crate::hall::{HallDir, sealing_key};
use crate::report::Measured;
use crate::stats::{median, percentile};
use crate::watch::millis;
use gighall_core::identity::IdNumber;
use gighall_core::testing::{a_job, an_id_number};
use gighall_kiosk::desk::HallDesk;
use gighall_kiosk::run::{sync_config, terminal_options};
use gighall_kiosk::snapshot::Headless;
use gighall_kiosk::store::Store;
use gighall_kiosk::sync::Sync;
use gighall_kiosk::terminal::TerminalController;
use gighall_kiosk::terminal::desk::{Desk, JobQuery, NewRegistration};
use gighall_kiosk::terminal::runner::Inline;
use gighall_kiosk::terminal::state::Event;
use gighall_kiosk::ui::{Terminal, TerminalWindow};
use jiff::Timestamp;
use slint::ComponentHandle;
use std::fs::File;
use std::io::Write;
use std::path::Path;
use std::rc::Rc;
use std::sync::Arc;
use std::time::{Duration, Instant};

const MANY: u32 = 100_000;

/// Pixels of the terminal.
const SIZE: (u32, u32) = (1920, 1080);

/// As people type: the first letters of pinyin, whole syllables, characters, numbers, two words. What
/// fits is asked for after each key.
const TYPED: [&str; 14] = [
    "zg",
    "hg",
    "dhg",
    "jdkfbj",
    "z",
    "shuini",
    "pingguo",
    "caohai",
    "焊工",
    "酒店客房",
    "号",
    "50432",
    "100",
    "chao hg",
];

/// Rows of a page.
const ROWS: usize = 6;

/// Bytes that a commit of a claim adds to the log, about.
const COMMIT: usize = 32 * 1024;

const HOW: &str = "100,000 open jobs of 20,000 titles, 3,000 employers and 100,000 addresses in the \
    store, filled through its own code; the terminal's own controller and desk on one thread, no hub in reach.";

/// Of everybody who takes a job here, and its last four digits.
const PHONE: (&str, &str) = ("13985712345", "2345");

/// Runs the bench.
pub fn measure(context: &Context) -> Result<Vec<Measured>, Failure> {
    let dir = context.work.join("hall-terminal");
    let seen = see(&dir, MANY, context.pick(30, 3), context.pick(300, 20))?;
    Ok(figures(&seen))
}

fn see(dir: &Path, jobs: u32, rounds: u32, claims: u32) -> Result<Seen, Failure> {
    let hall = HallDir::make_varied(dir, jobs, claims)?;
    // A window system lives as long as its thread.
    let seen = std::thread::spawn(move || {
        let seen = Bench::new(&hall).and_then(|bench| bench.run(&hall, rounds, claims));
        seen.map_err(|failure| failure.to_string())
    });
    let seen = seen
        .join()
        .map_err(|_| "the terminal's thread panicked")??;
    Ok(seen)
}

/// Everything in milliseconds.
struct Seen {
    keystrokes: Vec<f64>,
    first_lists: Vec<f64>,
    /// The next job of the attract loop.
    parades: Vec<f64>,
    slips: Vec<f64>,
    syncs: Vec<f64>,
    /// The first question after the start.
    first: f64,
}

struct Bench {
    headless: Headless,
    desk: Arc<HallDesk>,
    store: Arc<Store>,
    controller: Rc<TerminalController>,
    first: f64,
}

impl Bench {
    fn new(hall: &HallDir) -> Result<Self, Failure> {
        let config = &hall.config;
        let store = Arc::new(Store::open(
            &config.data,
            config.time_zone(),
            Timestamp::now(),
        )?);
        let sync = Sync::idle(store.clone(), sync_config(config, None), None)?;
        let desk = Arc::new(HallDesk::new(store.clone(), Arc::new(sync)));
        let began = Instant::now();
        desk.kinds(&JobQuery::default())?;
        let first = millis(began.elapsed());
        let headless = Headless::new()?;
        let window = TerminalWindow::new()?;
        headless.resize(&window, SIZE.0, SIZE.1);
        let start = Instant::now();
        let controller = TerminalController::with_clock(
            desk.clone(),
            window,
            terminal_options(config, SIZE),
            Box::new(Inline),
            Box::new(move || start.elapsed()),
        );
        headless.draw(controller.window())?;
        Ok(Self {
            headless,
            desk,
            store,
            controller,
            first,
        })
    }

    fn run(&self, hall: &HallDir, rounds: u32, claims: u32) -> Result<Seen, Failure> {
        let keystrokes = self.keystrokes(rounds)?;
        let first_lists = self.first_lists(rounds * 3)?;
        let parades = self.parades(rounds * 10)?;
        let (slips, syncs) = self.slips(&hall.config.data, claims)?;
        Ok(Seen {
            keystrokes,
            first_lists,
            parades,
            slips,
            syncs,
            first: self.first,
        })
    }

    fn keystrokes(&self, rounds: u32) -> Result<Vec<f64>, Failure> {
        let mut times = vec![];
        for round in 0..rounds {
            for text in TYPED {
                let mut worst: f64 = 0.0;
                for (at, key) in text.char_indices() {
                    let query = JobQuery {
                        words: text[..at + key.len_utf8()].to_owned(),
                        limit: ROWS,
                        ..JobQuery::default()
                    };
                    let began = Instant::now();
                    self.desk.find(&query)?;
                    let took = millis(began.elapsed());
                    worst = worst.max(took);
                    times.push(took);
                }
                if round == 0 {
                    eprintln!("  {text}: {worst:.1} ms at most after a key");
                }
            }
        }
        Ok(times)
    }

    /// From an event to the picture that shows what came of it.
    fn shown(&self, event: Event) -> Result<f64, Failure> {
        let began = Instant::now();
        self.controller.on(event);
        self.headless.draw(self.controller.window())?;
        Ok(millis(began.elapsed()))
    }

    fn first_lists(&self, times: u32) -> Result<Vec<f64>, Failure> {
        let list = |_| {
            self.controller.wipe();
            self.shown(Event::GoFind)?;
            let took = self.shown(Event::ChooseKind(String::new()))?;
            self.is_on("results")?;
            Ok(took)
        };
        (0..times).map(list).collect()
    }

    /// What is shown next while nobody is there: every open job has its turn.
    fn parades(&self, times: u32) -> Result<Vec<f64>, Failure> {
        let next = |_| {
            let began = Instant::now();
            let shown = self.desk.next_of_parade()?;
            let took = millis(began.elapsed());
            match shown {
                Some(_) => Ok(took),
                None => Err("no job passes by".into()),
            }
        };
        (0..times).map(next).collect()
    }

    fn is_on(&self, screen: &str) -> Result<(), Failure> {
        let window = self.controller.window().global::<Terminal>();
        let is = window.get_screen();
        match is == screen && window.get_failure().is_empty() {
            true => Ok(()),
            false => Err(format!("{is:?} is on the screen, not {screen:?}").into()),
        }
    }

    /// Each claim is somebody else's, of another job that a right is held for.
    fn slips(&self, data: &Path, claims: u32) -> Result<(Vec<f64>, Vec<f64>), Failure> {
        let mut log = File::create(data.join("sync-time"))?;
        let (mut slips, mut syncs) = (vec![], vec![]);
        for n in 0..claims {
            let born = format!("{}{:02}{:02}", 1970 + n / 336, 1 + n / 28 % 12, 1 + n % 28);
            let number = an_id_number(&born, 101);
            self.register(&number)?;
            self.controller.wipe();
            let code = format!("http://127.0.0.1:9/j/{}", a_job(n).id);
            self.controller.on(Event::Scanned(code));
            self.controller.on(Event::ClaimJob);
            for typed in [number.as_str(), PHONE.1] {
                for key in typed.chars() {
                    self.controller.on(Event::Key(key.to_string()));
                }
                self.controller.on(Event::NextQuestion);
            }
            self.controller.on(Event::ItIsMe);
            self.headless.draw(self.controller.window())?;
            self.is_on("confirm")?;
            syncs.push(millis(sync_time(&mut log)?));
            slips.push(self.shown(Event::ConfirmClaim)?);
            self.is_on("slip")?;
        }
        Ok((slips, syncs))
    }

    fn register(&self, number: &str) -> Result<(), Failure> {
        let number: IdNumber = number
            .parse()
            .map_err(|_| "an invented number that is none")?;
        let sealed = sealing_key().seal(&number)?;
        let new = NewRegistration {
            pin: None,
            name: "李小峰".to_owned(),
            number,
            phone: Some(PHONE.0.to_owned()),
            work_kinds: vec![],
        };
        self.store.register(&new, sealed, Timestamp::now())?;
        Ok(())
    }
}

/// How long the disk takes to have so much for certain as a commit of a claim writes.
fn sync_time(log: &mut File) -> std::io::Result<Duration> {
    log.write_all(&vec![1; COMMIT])?;
    let began = Instant::now();
    log.sync_data()?;
    Ok(began.elapsed())
}

fn figures(seen: &Seen) -> Vec<Measured> {
    let spread = |times: &[f64]| {
        format!(
            "{} times: p50 {:.1}, p99 {:.1}, longest {:.1} ms.",
            times.len(),
            median(times),
            percentile(times, 0.99),
            percentile(times, 1.0)
        )
    };
    let keys = format!(
        "The desk's query after each key of {} texts (initials, pinyin, characters, numbers, two words). \
         {} {HOW}",
        TYPED.len(),
        spread(&seen.keystrokes)
    );
    let lists = format!(
        "From the touch of \"all kinds\" to the list drawn whole in 1920x1080 by the software renderer. {} \
         {HOW}",
        spread(&seen.first_lists)
    );
    let parades = format!(
        "The job that the attract loop shows next, asked for beside the event loop every 8 s. {} {HOW}",
        spread(&seen.parades)
    );
    let sync = median(&seen.syncs);
    let slips = format!(
        "From the touch of \"Yes, I take it\" with a right to the slip drawn whole in 1920x1080; the 99th \
         percentile less the median time in which the disk syncs {} KiB appended to a file beside the \
         store ({sync:.1} ms). {} {HOW}",
        COMMIT / 1024,
        spread(&seen.slips)
    );
    vec![
        Measured::told(
            "search among 100,000 jobs after a keystroke, p99",
            percentile(&seen.keystrokes, 0.99),
            "ms",
            &keys,
        )
        .at_most(16.0),
        Measured::told(
            "first list of 100,000 jobs from the touch, p99",
            percentile(&seen.first_lists, 0.99),
            "ms",
            &lists,
        )
        .at_most(100.0),
        Measured::told(
            "from the touch to the slip without the disk's sync, p99",
            percentile(&seen.slips, 0.99) - sync,
            "ms",
            &slips,
        )
        .at_most(50.0),
        Measured::told(
            "next of 100,000 jobs in the attract loop, p99",
            percentile(&seen.parades, 0.99),
            "ms",
            &parades,
        ),
        Measured::told(
            "first question to 100,000 jobs after the start",
            seen.first,
            "ms",
            &format!(
                "The kinds of work with their numbers, which the first screen asks for. {HOW}"
            ),
        ),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The way to the slip is as today's terminal has it: the bench would find out a night later.
    #[test]
    fn it_walks_the_terminal_as_it_is() {
        let dir = tempfile::tempdir().expect("a directory");
        let seen = see(dir.path(), 200, 1, 2).expect("walked");
        assert_eq!((seen.slips.len(), seen.syncs.len()), (2, 2));
        assert_eq!((seen.first_lists.len(), seen.parades.len()), (3, 10));
        assert!(!seen.keystrokes.is_empty());
    }
}
