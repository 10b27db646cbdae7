//! Holds back whoever tries names against an identity number, or registers one number after the
//! other.

use jiff::{SignedDuration, Timestamp};
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// So many tries are taken for one number or one scanned code ...
const TRIES: u32 = 5;
/// ... within so long.
const WINDOW: SignedDuration = SignedDuration::from_mins(15);
/// Numbers that are remembered at a time; beyond it, the oldest go.
const REMEMBERED: usize = 10_000;

/// Tries by a hash of what was tried. In memory only: a restart forgives.
#[derive(Default)]
pub struct Throttle {
    tries: Mutex<HashMap<[u8; 32], (u32, Timestamp)>>,
}

impl Throttle {
    /// How long to wait before another try is taken.
    pub fn held(&self, key: &[u8; 32], now: Timestamp) -> Option<Duration> {
        let failed = self.tries.lock().unwrap_or_else(PoisonError::into_inner);
        let (tries, since) = failed.get(key)?;
        let wait = now.duration_until(*since + WINDOW);
        (*tries >= TRIES && wait.is_positive()).then(|| wait.unsigned_abs())
    }

    /// Counts a try.
    pub fn note(&self, key: [u8; 32], now: Timestamp) {
        let mut failed = self.tries.lock().unwrap_or_else(PoisonError::into_inner);
        if failed.len() >= REMEMBERED {
            failed.retain(|_, (_, since)| now < *since + WINDOW);
        }
        if failed.len() >= REMEMBERED
            && let Some(oldest) = failed.iter().min_by_key(|(_, (_, since))| *since)
        {
            let oldest = *oldest.0;
            failed.remove(&oldest);
        }
        let entry = failed.entry(key).or_insert((0, now));
        if now >= entry.1 + WINDOW {
            *entry = (0, now);
        }
        entry.0 += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use gighall_core::testing::at;

    #[test]
    fn five_tries_in_a_quarter_of_an_hour() {
        let throttle = Throttle::default();
        let now = at("2026-11-23T08:00:00Z");
        for _ in 0..TRIES {
            assert!(throttle.held(&[1; 32], now).is_none());
            throttle.note([1; 32], now);
        }
        assert_eq!(throttle.held(&[1; 32], now), Some(WINDOW.unsigned_abs()));
        assert!(
            throttle.held(&[2; 32], now).is_none(),
            "others are not held"
        );
        assert!(throttle.held(&[1; 32], now + WINDOW).is_none());
        throttle.note([1; 32], now + WINDOW);
        assert!(
            throttle.held(&[1; 32], now + WINDOW).is_none(),
            "counts anew"
        );
    }

    #[test]
    fn memory_is_bounded() {
        let throttle = Throttle::default();
        let now = at("2026-11-23T08:00:00Z");
        for n in 0..REMEMBERED + 5 {
            let mut key = [0; 32];
            key[..8].copy_from_slice(&n.to_le_bytes());
            throttle.note(key, now);
        }
        assert_eq!(
            throttle.tries.lock().expect("not poisoned").len(),
            REMEMBERED
        );
    }
}
