//! A scanner that types as a keyboard does: tells a scanned code from a person's typing by its
//! speed. No I/O; the time is a value, counted from any fixed moment.

use std::time::Duration;

/// A code has so many characters at least.
const SHORTEST: usize = 3;

/// And so many at most; longer ones are none of ours.
pub const LONGEST: usize = 1024;

/// A scanner types a character in this time or less, on the average: nobody's fingers do.
const PER_KEY: Duration = Duration::from_millis(40);

/// After so long a pause another code begins. A busy machine may swallow some of it.
const PAUSE: Duration = Duration::from_millis(400);

/// Collects keys. Never shows what it holds: that may be an identity number.
#[derive(Clone, Default)]
pub struct Wedge {
    typed: String,
    count: usize,
    first: Duration,
    last: Duration,
}

impl Wedge {
    /// A key came: what it types, or a line break for Enter. Gives the code that is complete with
    /// it.
    pub fn key(&mut self, key: char, now: Duration) -> Option<String> {
        if now.saturating_sub(self.last) > PAUSE {
            self.typed.clear();
            self.count = 0;
        }
        self.last = now;
        if matches!(key, '\r' | '\n') {
            let took = now.saturating_sub(self.first);
            let typed = std::mem::take(&mut self.typed);
            let count = u32::try_from(std::mem::take(&mut self.count)).unwrap_or(u32::MAX);
            let is_code = (SHORTEST..=LONGEST).contains(&(count as usize))
                && took <= PER_KEY.saturating_mul(count);
            return is_code.then_some(typed);
        }
        if key.is_control() {
            return None;
        }
        if self.count == 0 {
            self.first = now;
        }
        self.count += 1;
        if self.count <= LONGEST {
            self.typed.push(key);
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Types with a pause of so many milliseconds before each key.
    fn typed(wedge: &mut Wedge, text: &str, start: u64, gap: u64) -> Option<String> {
        let mut heard = None;
        for (n, key) in text.chars().enumerate() {
            let now = start + gap * (n as u64 + 1);
            heard = heard.or(wedge.key(key, Duration::from_millis(now)));
        }
        heard
    }

    #[test]
    fn a_scanner_is_heard_and_a_person_is_not() {
        let mut wedge = Wedge::default();
        let code = "http://192.168.8.20:8080/s/0193a1f2\r";
        assert_eq!(
            typed(&mut wedge, code, 0, 5).as_deref(),
            Some(code.trim_end())
        );
        assert_eq!(typed(&mut wedge, "5224271975\r", 5_000, 110), None);
        // A person typed something and left; the scanner comes later.
        assert_eq!(typed(&mut wedge, "52", 10_000, 150), None);
        let heard = typed(&mut wedge, "1042\n", 12_000, 10);
        assert_eq!(heard.as_deref(), Some("1042"));
        assert_eq!(typed(&mut wedge, "\r\r\r", 20_000, 10), None);
    }

    #[test]
    fn what_never_ends_takes_no_room() {
        let mut wedge = Wedge::default();
        let endless = "9".repeat(100_000);
        assert_eq!(typed(&mut wedge, &endless, 0, 1), None);
        assert!(wedge.typed.len() <= LONGEST);
        assert_eq!(wedge.key('\r', Duration::from_millis(100_001)), None);
        let heard = typed(&mut wedge, "1042\n", 200_000, 10);
        assert_eq!(heard.as_deref(), Some("1042"));
    }

    proptest! {
        #[test]
        fn any_keys_at_any_time_are_survived(keys in prop::collection::vec((any::<char>(), 0u64..900), 0..300)) {
            let mut wedge = Wedge::default();
            let mut now = 0;
            for (key, gap) in keys {
                now += gap;
                if let Some(code) = wedge.key(key, Duration::from_millis(now)) {
                    prop_assert!(code.chars().count() <= LONGEST && !code.contains(char::is_control));
                }
            }
        }
    }
}
