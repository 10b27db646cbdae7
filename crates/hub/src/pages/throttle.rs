//! Holds back whoever tries names against an identity number, or registers one number after the
//! other.

use jiff::{SignedDuration, Timestamp};
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

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
    /// Whether another try is to be refused.
    pub fn is_held(&self, key: &[u8; 32], now: Timestamp) -> bool {
        let failed = self.tries.lock().unwrap_or_else(PoisonError::into_inner);
        failed
            .get(key)
            .is_some_and(|(tries, since)| *tries >= TRIES && now < *since + WINDOW)
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
            assert!(!throttle.is_held(&[1; 32], now));
            throttle.note([1; 32], now);
        }
        assert!(throttle.is_held(&[1; 32], now));
        assert!(!throttle.is_held(&[2; 32], now), "others are not held");
        assert!(!throttle.is_held(&[1; 32], now + WINDOW));
        throttle.note([1; 32], now + WINDOW);
        assert!(!throttle.is_held(&[1; 32], now + WINDOW), "counts anew");
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
