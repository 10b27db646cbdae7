//! Eight hours of the wall in minutes: the shipped player, screen and store with a clock that is
//! stepped, drawn by the shipped renderer into memory. The window system and the connection to the
//! hub have no part in it; the ticker's bench has both.

use crate::Failure;
use crate::context::Context;
use crate::display::SIZE;
use crate::hall::{self, HallDir, ORDINARY, Playlist};
use crate::process::{Running, pss_mib};
use crate::report::Measured;
use clap::Args;
use gighall_core::testing::a_hall;
use gighall_core::wire::{Change, Scope, ScopeChanges, SequencedChange};
use gighall_kiosk::config;
use gighall_kiosk::desk::HallDesk;
use gighall_kiosk::run::{sync_config, wall_settings};
use gighall_kiosk::snapshot::Headless;
use gighall_kiosk::store::Store;
use gighall_kiosk::sync::Sync;
use gighall_kiosk::ui::{self, Surface, WallWindow};
use gighall_kiosk::wall::feed::WallFeed;
use gighall_kiosk::wall::screen::Screen;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

/// How long each scene stands: 5,000 of them are eight hours and a third.
const SCENE_SECONDS: u32 = 6;
/// Scene changes before memory is first looked at.
const WARM_UP: u32 = 500;
/// A place of a job is taken so often.
const CLAIM_EVERY: Duration = Duration::from_secs(30);

/// The process that plays.
#[derive(Args, Debug)]
pub struct Day {
    /// The kiosk's configuration.
    config: PathBuf,
    /// Scene changes, those of the warm-up among them.
    changes: u32,
}

/// What a process holds.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
struct Held {
    pss_mib: f64,
    handles: usize,
}

/// What the process tells at its end.
#[derive(Debug, Serialize, Deserialize)]
struct Played {
    hours: f64,
    before: Held,
    after: Held,
}

/// Runs the bench.
pub fn measure(context: &Context) -> Result<Vec<Measured>, Failure> {
    let dir = context.work.join("hall-hours");
    let hall = HallDir::make(&dir, ORDINARY, Playlist::All(SCENE_SECONDS))?;
    let changes = context.pick(5_000, 600) + WARM_UP;
    let mut command = Command::new(std::env::current_exe()?);
    command
        .arg("hours")
        .arg(&hall.file)
        .arg(changes.to_string())
        .stdout(Stdio::piped());
    let mut playing = Running::start(&mut command, &context.log("hours"))?;
    let stdout = playing.stdout().ok_or("its stdout")?;
    let played: Played = serde_json::from_reader(stdout)?;
    let how = format!(
        "{} scene changes in {:.1} hours of a stepped clock, after {WARM_UP} that do not count: the \
         shipped store, player, screen and renderer in a process of their own, every change drawn whole \
         at 1920x1080 into memory; all jobs read anew every 20 s, a place taken every 30 s. No window \
         system and no connection: those are in the ticker's figures.",
        changes - WARM_UP,
        played.hours,
    );
    let handles = played.after.handles.abs_diff(played.before.handles);
    Ok(vec![
        Measured::told(
            "memory gained in eight hours",
            played.after.pss_mib - played.before.pss_mib,
            "MiB",
            &format!("Proportional set size. {how}"),
        )
        .at_most(2.0),
        Measured::told(
            "file handles that differ after eight hours",
            handles as f64,
            "handles",
            &how,
        )
        .at_most(0.0),
        Measured::told(
            "memory after eight hours",
            played.after.pss_mib,
            "MiB",
            &how,
        ),
    ])
}

/// Plays the day and prints what it held.
///
/// # Errors
/// As store and window give them.
pub fn play(day: &Day) -> Result<(), Failure> {
    let config = config::load(&day.config).map_err(|problems| format!("{problems:?}"))?;
    let base = Timestamp::now();
    let store = Arc::new(Store::open(&config.data, config.time_zone(), base)?);
    let sync = Sync::idle(store.clone(), sync_config(&config, None), Some(base))?;
    let desk = HallDesk::new(store.clone(), Arc::new(sync));
    let headless = Headless::new()?;
    let window = WallWindow::new()?;
    ui::speak(Surface::Wall, "zh-CN")?;
    headless.resize(&window, SIZE.0, SIZE.1);
    let wall = config.walls.first().cloned().unwrap_or_default();
    let mut screen = Screen::new(&window, wall_settings(&config, &wall));

    let (mut moment, mut claimed) = (Duration::ZERO, Duration::ZERO);
    let (mut seq, mut before) = (1, None);
    for change in 0..day.changes {
        if change == WARM_UP {
            before = Some((held()?, moment));
        }
        let now = base + SignedDuration::try_from(moment)?;
        if moment >= claimed + CLAIM_EVERY {
            claimed = moment;
            seq += 1;
            take_a_place(&store, seq, base, now)?;
        }
        // What is on is loaded at each change, as the loader beside a window does it.
        screen.load(&window, &desk, now)?;
        headless.set_clock(moment);
        screen.show(&window, moment, now, WallFeed::link(&desk));
        headless.draw(&window)?;
        // The next scene.
        moment = screen.play(&window, moment, now).until;
    }
    let (before, began) = before.ok_or("the warm-up only")?;
    let played = Played {
        hours: (moment - began).as_secs_f64() / 3600.0,
        before,
        after: held()?,
    };
    println!("{}", serde_json::to_string(&played)?);
    Ok(())
}

/// As the hub tells it when somebody claims elsewhere.
fn take_a_place(store: &Store, seq: u64, base: Timestamp, now: Timestamp) -> Result<(), Failure> {
    let mut job = hall::job(u32::try_from(seq * 7)? % ORDINARY, base);
    // It goes round, so that jobs neither run out nor stay as they are.
    job.places_left = 1 + u32::try_from(seq)? % job.places;
    let told = ScopeChanges {
        scope: Scope::Hall(a_hall()),
        head: seq,
        changes: vec![SequencedChange {
            seq,
            change: Change::Job { job: Box::new(job) },
        }],
    };
    Ok(store.apply_changes(&told, now)?)
}

fn held() -> Result<Held, Failure> {
    Ok(Held {
        pss_mib: pss_mib(std::process::id()).ok_or("no memory in /proc")?,
        handles: std::fs::read_dir("/proc/self/fd")?.count(),
    })
}
