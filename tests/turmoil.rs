//! The town of the simulation (tests/simulation.rs) on turmoil: sockets, time and the death of processes are
//! simulated, and over them speak the hub's real server, phones, and kiosks' engines with their tasks, timers
//! and connections as they are, HTTP and pushed events included.
//!
//! Each seed is played in a process of its own, for which the machine's randomness comes from the seed, and its
//! clock says the simulated time.
//! `GIGHALL_SEEDS=1000` plays so many; `GIGHALL_SEED=17` plays that one and tells its history.

mod preload;
mod simulation_support;
mod sync_support;
mod turmoil_support;

use std::path::PathBuf;
use std::process::Command;
use std::sync::LazyLock;
use turmoil_support::Storm;

const STEPS: usize = 100;

/// What a process is to play: a seed, devices, steps, and whether restored disks are whole ones.
const STORM: &str = "GIGHALL_STORM";

fn number(name: &str) -> Option<u64> {
    std::env::var(name).ok()?.parse().ok()
}

/// Every seventh seed has a few more devices, in two halls.
fn devices(seed: u64) -> usize {
    if seed % 7 == 6 { 8 } else { 3 }
}

/// What a process came to.
struct Played {
    held: bool,
    requests: u64,
    receipts: u64,
    /// Its history, if it told that, and why it failed, if it did.
    said: String,
}

fn play(seed: u64, devices: usize, steps: usize, whole_disks: bool, tells: bool) -> Played {
    static MACHINE: LazyLock<PathBuf> =
        LazyLock::new(|| preload::library("tests/turmoil_support/same_again.c"));
    let clock = tempfile::NamedTempFile::new().expect("a file");
    let mut command = Command::new(std::env::current_exe().expect("this program"));
    command
        .args(["--exact", "a_storm", "--ignored", "--nocapture"])
        .arg("--test-threads=1")
        .env("LD_PRELOAD", &*MACHINE)
        .env("DICE", seed.to_string())
        .env("CLOCK", clock.path())
        .env(STORM, format!("{seed} {devices} {steps} {whole_disks}"))
        .env_remove("GIGHALL_SEED");
    if tells {
        command.env("GIGHALL_SEED", seed.to_string());
    }
    let done = command.output().expect("started");
    let told = String::from_utf8_lossy(&done.stdout).into_owned();
    let figures = told.lines().find_map(|line| line.split_once("storm: "));
    let mut figures = figures
        .into_iter()
        .flat_map(|(_, figures)| figures.split(' '))
        .map(|figure| figure.parse().expect("a number"));
    Played {
        held: done.status.success(),
        requests: figures.next().unwrap_or(0),
        receipts: figures.next().unwrap_or(0),
        said: String::from_utf8_lossy(&done.stderr).into_owned(),
    }
}

/// The same, of a seed that has to hold.
#[track_caller]
fn held(seed: u64, devices: usize, steps: usize) -> Played {
    let tells = number("GIGHALL_SEED").is_some();
    let played = play(seed, devices, steps, false, tells);
    if tells || !played.held {
        eprintln!("{}", played.said);
    }
    assert!(
        played.held,
        "seed {seed} failed. Again: GIGHALL_SEED={seed} cargo test -p gighall-kiosk --test turmoil \
         no_seed -- --nocapture"
    );
    played
}

#[test]
#[ignore = "what the other tests play in a process of its own"]
fn a_storm() {
    let Ok(storm) = std::env::var(STORM) else {
        return;
    };
    let words: Vec<&str> = storm.split(' ').collect();
    let number = |at: usize| words[at].parse::<usize>().expect("a number");
    let clock = std::env::var_os("CLOCK").expect("a clock");
    let storm = Storm::new(
        number(0) as u64,
        number(1),
        words[3] == "true",
        clock.as_ref(),
    );
    let ran = storm.play(number(2));
    println!("\nstorm: {} {}", ran.requests, ran.receipts);
}

#[test]
fn no_seed_breaks_the_promise() {
    let only = number("GIGHALL_SEED");
    let seeds = only.map_or(0..number("GIGHALL_SEEDS").unwrap_or(8), |it| it..it + 1);
    let (mut receipts, mut requests) = (0, 0);
    for seed in seeds.clone() {
        let ran = held(seed, devices(seed), STEPS);
        receipts += ran.receipts;
        requests += ran.requests;
    }
    println!("turmoil: seeds {seeds:?}, {requests} requests, {receipts} receipts");
    assert!(receipts > 0, "nobody ever got a place");
}

#[test]
fn forty_devices() {
    let ran = held(4711, 40, 150);
    println!(
        "turmoil: 40 devices, {} requests, {} receipts",
        ran.requests, ran.receipts
    );
    assert!(ran.receipts > 40);
}

/// A failure can be looked at only if its seed brings it back.
#[test]
fn a_seed_repeats_itself() {
    let [first, again] = [(); 2].map(|()| play(5, 3, STEPS, false, true));
    for (at, (one, other)) in first.said.lines().zip(again.said.lines()).enumerate() {
        assert_eq!(one, other, "line {at}");
    }
    assert_eq!(first.said, again.said);
    assert!(first.said.lines().count() > STEPS);
}

/// The other half of that: a job that is oversold is found. What rule 10 does not help against
/// (docs/promises.md) does it here.
#[test]
fn an_image_of_a_whole_disk_is_found_to_oversell() {
    let found = (0..200).find(|seed| {
        let played = play(*seed, 2, 150, true, false);
        !played.held && played.said.contains("\nI1: ")
    });
    println!("turmoil: an image of a whole disk oversells by seed {found:?}");
    assert!(found.is_some());
}
