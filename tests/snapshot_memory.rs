//! What a snapshot costs in memory, each side in a process of its own: the kiosk holds its text and one change,
//! the hub one change. `GIGHALL_JOBS` says how many jobs there are.

mod sync_support;

use gighall_core::snapshot::{SnapshotRest, SnapshotWriter};
use gighall_core::testing::a_hall;
use gighall_core::wire::Scope;
use gighall_hub::HubConfig;
use gighall_hub::store::StoreError;
use gighall_kiosk::store::Store;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use std::path::Path;
use std::process::Command;
use sync_support::{Hub, listing};

/// The variable that says where the other processes find what they measure.
const DIR: &str = "GIGHALL_MEMORY_DIR";

fn jobs() -> u32 {
    let told = std::env::var("GIGHALL_JOBS");
    told.ok().and_then(|it| it.parse().ok()).unwrap_or(20_000)
}

/// The most memory that this process had since [`forget_most`], in KiB.
fn most() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").expect("read");
    let line = status.lines().find_map(|it| it.strip_prefix("VmHWM:"));
    let number = line.expect("told").split_whitespace().next();
    number.expect("a number").parse().expect("a number")
}

fn forget_most() {
    std::fs::write("/proc/self/clear_refs", "5").expect("forgotten");
}

/// Says by how much memory grew meanwhile.
fn measured(work: impl FnOnce()) {
    forget_most();
    let before = most();
    work();
    println!("grew by {} KiB", most().saturating_sub(before));
}

#[test]
#[ignore = "the hub that the other test starts"]
fn the_hub_in_a_process() {
    let Ok(dir) = std::env::var(DIR) else { return };
    let hub = gighall_hub::open(&HubConfig::new(Path::new(&dir).join("hub"))).expect("a hub");
    let scope = Scope::Hall(a_hall());
    measured(|| {
        let mut writer = SnapshotWriter::begin(std::io::sink()).expect("written");
        let each = &mut |change| {
            let written = writer.change(&change);
            written.map_err(|error| StoreError::Unusable(error.to_string()))
        };
        hub.store.snapshot_each(&scope, each).expect("read");
    });
}

#[test]
#[ignore = "the kiosk that the other test starts"]
fn the_kiosk_in_a_process() {
    let Ok(dir) = std::env::var(DIR) else { return };
    let dir = Path::new(&dir);
    let text = std::fs::read(dir.join("snapshot")).expect("read");
    let store = Store::open(&dir.join("kiosk"), TimeZone::UTC, Timestamp::now()).expect("a store");
    let scope = Scope::Hall(a_hall());
    measured(|| {
        let now = Timestamp::now();
        store
            .apply_snapshot_text(&scope, &text, now)
            .expect("applied");
    });
    let kept = store.open_jobs(Timestamp::now()).expect("read").len();
    assert_eq!(kept, jobs() as usize);
}

/// By how much the memory of that process grew, in bytes.
fn growth_of(test: &str, dir: &Path) -> usize {
    let program = std::env::current_exe().expect("this program");
    let output = Command::new(program)
        .args(["--exact", test, "--ignored", "--nocapture"])
        .env(DIR, dir)
        .output()
        .expect("it runs");
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{said}");
    let number = said.split("grew by ").nth(1).expect("told");
    let number = number.split_whitespace().next().expect("told");
    number.parse::<usize>().expect("a number") * 1024
}

#[test]
fn a_snapshot_takes_no_more_memory_for_more_jobs() {
    let hub = Hub::start();
    let listings: Vec<_> = (0..jobs())
        .map(|n| {
            let mut it = listing(n, 4);
            // Within the years that a calendar has.
            it.job.starts_at = Timestamp::now() + jiff::SignedDuration::from_hours(24);
            it.job.ends_at = None;
            it.job.valid_until = it.job.starts_at;
            it
        })
        .collect();
    let now = Timestamp::now();
    let store = &hub.state.store;
    store.import(&a_hall(), &listings, now).expect("imported");
    let scope = Scope::Hall(a_hall());
    let mut writer = SnapshotWriter::begin(vec![]).expect("written");
    let (head, changes) = store.snapshot(&scope).expect("read");
    for change in &changes {
        writer.change(change).expect("written");
    }
    let hub_epoch = store.hub_epoch().expect("read");
    let rest = SnapshotRest {
        scope,
        head,
        now,
        hub_epoch,
    };
    let text = writer.end(&rest).expect("written");
    let dir = hub.data("");
    std::fs::write(dir.join("snapshot"), &text).expect("written");
    for test in ["the_hub_in_a_process", "the_kiosk_in_a_process"] {
        let grew = growth_of(test, &dir);
        println!("{test}: {} of text, {grew} more of memory", text.len());
        // What SQLite keeps, and the ids of all jobs.
        let most = (8 << 20) + 100 * jobs() as usize;
        assert!(grew < most, "{test}: {grew} of {most}");
    }
}
