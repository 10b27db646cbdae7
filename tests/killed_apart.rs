//! The hub's program and a kiosk, each in a process of its own over real HTTP, and each killed (SIGKILL) at
//! any moment, without regard to the other, while claims are confirmed; now and then on a slow disk. What was
//! shown to a worker is at the hub in the end, and no job has more claims than places.
//!
//! `GIGHALL_KILLS` says how many, `GIGHALL_SEED` which; see tools/prove.sh.

#[path = "chance/mod.rs"]
mod chance;
#[path = "simulation_support/count.rs"]
mod count;
#[path = "faults_support/disk.rs"]
mod disk;
mod killed_support;
#[path = "faults_support/paper.rs"]
mod paper;
mod support;
mod sync_support;

use chance::Chance;
use killed_support::{House, live};
use std::panic::{AssertUnwindSafe, catch_unwind};

fn number(name: &str, else_: usize) -> usize {
    let told = std::env::var(name).ok().and_then(|text| text.parse().ok());
    told.unwrap_or(else_)
}

/// How often a house is hit before a new one is taken.
const HITS_A_HOUSE: usize = 40;

#[test]
#[ignore = "the kiosk that the other tests start and kill"]
fn a_kiosk_in_a_process() {
    live();
}

#[test]
fn hub_and_kiosk_are_killed_apart() {
    let kills = number("GIGHALL_KILLS", 60);
    let mut chance = Chance::new(number("GIGHALL_SEED", 4) as u64);
    let (mut killed, mut shown, mut anew) = (0, 0, 0);
    while killed < kills {
        let mut house = House::new(false);
        for hit in 0..HITS_A_HOUSE {
            killed += house.kill_some(&mut chance);
            if killed >= kills {
                break;
            }
            if hit % 10 == 9 {
                house.check();
            }
        }
        shown += house.check();
        anew += house.enrolled_anew;
    }
    println!(
        "killed apart: {killed} kills, {shown} receipts shown, none lost, no epoch in use given up; \
         {anew} enrolments begun anew"
    );
    assert!(shown > 0);
}

/// This test can fail: a kiosk that shows a receipt before it is kept is found out.
#[test]
fn a_receipt_that_is_shown_too_early_is_found_out() {
    let mut chance = Chance::new(5);
    let found = (0..10).find(|_| {
        let mut house = House::new(true);
        for _ in 0..10 {
            house.kill_some(&mut chance);
        }
        let checked = catch_unwind(AssertUnwindSafe(|| house.check()));
        checked.is_err_and(|panic| {
            let said = panic.downcast_ref::<String>();
            said.is_some_and(|said| said.starts_with("I2: "))
        })
    });
    println!("killed apart: receipts that are shown too early are found out in house {found:?}");
    assert!(found.is_some());
}
