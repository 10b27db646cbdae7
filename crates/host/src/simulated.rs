//! A thread on which programs run repeatably, under a simulator of time and network: nothing is done by other
//! threads, whose pace is another one each time, and jitter comes from a seed.

use std::cell::Cell;

thread_local! {
    static SEED: Cell<Option<u64>> = const { Cell::new(None) };
}

/// From now on, for everything on this thread.
pub fn begin(seed: u64) {
    SEED.set(Some(seed));
}

pub(crate) fn is_on() -> bool {
    SEED.get().is_some()
}

/// The next number, from 0 to 1 (a linear congruential generator: it only has to be different each time).
pub(crate) fn chance() -> Option<f64> {
    let next = SEED
        .get()?
        .wrapping_mul(6_364_136_223_846_793_005)
        .wrapping_add(1_442_695_040_888_963_407);
    SEED.set(Some(next));
    Some(f64::from((next >> 32) as u32) / f64::from(u32::MAX))
}
