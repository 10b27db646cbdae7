//! Power cuts, disks that fail or are full, processes that are killed: a hall's hub and kiosk with
//! their real stores, in a process of their own, over and over on the same disk. What was shown to a
//! worker is there afterwards, and no job has more claims than places.
//!
//! `GIGHALL_CUTS`, `GIGHALL_KILLS` and `GIGHALL_WRITES` say how many of each; see tools/prove.sh.

#[path = "simulation_support/count.rs"]
mod count;
mod faults_support;
#[path = "simulation_support/network.rs"]
mod network;
mod sync_support;

use faults_support::{End, House, live};
use network::Chance;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Duration;

fn number(name: &str, else_: usize) -> usize {
    let told = std::env::var(name).ok().and_then(|text| text.parse().ok());
    told.unwrap_or(else_)
}

/// How often one disk is hit before a new one is taken.
const HITS_A_DISK: usize = 15;

#[test]
#[ignore = "the process that the other tests start and kill"]
fn a_hall_in_a_process() {
    live();
}

#[test]
fn the_power_fails_at_any_write() {
    let cuts = number("GIGHALL_CUTS", 200);
    let mut chance = Chance::new(number("GIGHALL_SEED", 1) as u64);
    let (mut cut, mut receipts) = (0, 0);
    while cut < cuts {
        let mut house = House::new();
        for hit in 0..HITS_A_DISK {
            let (at, seed) = (1 + chance.below(500), chance.below(1_000_000));
            let how = format!("power:{at}:{seed}");
            let ended = house.live(60, &End::Disk(&how));
            // It was faster than the cut, or it was cut; it never failed by itself.
            assert!(ended.success() || ended.code().is_none(), "{how}: {ended}");
            cut += usize::from(ended.code().is_none());
            if hit % 3 == 2 {
                house.check();
            }
        }
        receipts += house.check();
    }
    println!("power: {cut} cuts, {receipts} receipts shown, none lost");
    assert!(receipts > 0);
}

/// These tests can fail: a disk that lies about what it has synced loses receipts, or the store.
#[test]
fn a_disk_that_lies_is_found_out() {
    let mut chance = Chance::new(3);
    let found = (0..40).find(|_| {
        let mut house = House::new();
        house.lies = true;
        let how = format!(
            "power:{}:{}",
            150 + chance.below(300),
            chance.below(1_000_000)
        );
        house.live(60, &End::Disk(&how));
        catch_unwind(AssertUnwindSafe(|| house.check())).is_err()
    });
    println!("power: a disk that lies is found out by cut {found:?}");
    assert!(found.is_some());
}

#[test]
fn a_process_is_killed_at_any_moment() {
    let kills = number("GIGHALL_KILLS", 240);
    let mut chance = Chance::new(number("GIGHALL_SEED", 2) as u64);
    let mut receipts = 0;
    for _ in 0..kills.div_ceil(HITS_A_DISK) {
        let mut house = House::new();
        for hit in 0..HITS_A_DISK {
            let after = Duration::from_millis(20 + chance.below(180) as u64);
            house.live(500, &End::Killed(after));
            if hit % 3 == 2 {
                house.check();
            }
        }
        receipts += house.check();
    }
    println!("kill -9: {kills} kills, {receipts} receipts shown, none lost");
    assert!(receipts > 0);
}

/// An error once, for ever, a full disk, a disk that becomes read-only: at the n-th write. With a hundred
/// or more of them (tools/prove.sh) at each one in turn.
#[test]
fn a_write_fails() {
    const EIO: i32 = 5;
    const ENOSPC: i32 = 28;
    const EROFS: i32 = 30;
    let writes = number("GIGHALL_WRITES", 12);
    let faults = [(EIO, 1), (EIO, 0), (ENOSPC, 3), (ENOSPC, 0), (EROFS, 0)];
    let mut runs = 0;
    let mut receipts = 0;
    for (errno, count) in faults {
        let mut house = House::new();
        for n in 0..writes {
            // The first writes one by one, then further and further apart.
            let at = if n < 6 || writes >= 100 {
                n + 1
            } else {
                7 + (n - 6) * 11
            };
            let how = format!("fail:{errno}:{at}:{count}");
            let ended = house.live(12, &End::Disk(&how));
            assert!(ended.success(), "{how}: {ended}");
            runs += 1;
            if n % 4 == 3 {
                house.check();
            }
        }
        receipts += house.check();
        if count == 0 {
            assert!(house.refusals() > 0, "nobody was told of errno {errno}");
        }
    }
    println!("failing writes: {runs} runs, {receipts} receipts shown, none lost");
}

#[test]
fn a_locked_store_is_told_and_shows_nothing() {
    let house = House::new();
    let [locked, free] = house.claims_while_locked();
    assert!(locked.is_err(), "{locked:?}");
    assert_eq!(free, Ok(true));
    house.check();
}
