//! How much of the time the scenes with a share of their own have had.

use std::collections::BTreeMap;
use std::time::Duration;

/// What each such scene is owed, in hundredths of milliseconds. While anything is on, each earns its
/// percentage of that time; the one that is on pays the whole of it.
#[derive(Clone, Debug, Default)]
pub struct Shares {
    owed: BTreeMap<usize, i64>,
}

impl Shares {
    /// `scene` was on for that long, while `may` could have been on with their percentages. What
    /// could not be on earned nothing, and does not catch up afterwards.
    pub fn was_on(&mut self, scene: usize, time: Duration, may: &[(usize, u8)]) {
        let time = i64::try_from(time.as_millis()).unwrap_or(i64::MAX / 1000);
        self.owed
            .retain(|scene, _| may.iter().any(|(with_share, _)| with_share == scene));
        for (with_share, percent) in may {
            let owed = self.owed.entry(*with_share).or_default();
            *owed = owed.saturating_add(time.saturating_mul(i64::from(*percent)));
            if *with_share == scene {
                *owed = owed.saturating_sub(time.saturating_mul(100));
            }
        }
    }

    /// Whether `scene` has earned what being on for `time` will cost it.
    pub fn is_due(&self, scene: usize, percent: u8, time: Duration) -> bool {
        let cost = i64::from(100 - percent.min(100));
        let time = i64::try_from(time.as_millis()).unwrap_or(i64::MAX / 1000);
        self.owed(scene) >= time.saturating_mul(cost)
    }

    /// What `scene` is owed; negative where it was on for longer than its share.
    pub fn owed(&self, scene: usize) -> i64 {
        self.owed.get(&scene).copied().unwrap_or(0)
    }
}
