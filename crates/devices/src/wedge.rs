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

/// What Enter ended.
#[derive(Clone, PartialEq, Eq)]
pub enum End {
    /// A scanner's code.
    Code(String),
    /// Keys as fast as a scanner's that are no code, or one more line break after a code: nobody
    /// pressed that Enter.
    Noise,
    /// A person pressed Enter.
    Enter,
}

/// Collects keys, and holds what may be of a scanner until it is known. Never shows what it holds:
/// that may be an identity number.
#[derive(Clone, Default)]
pub struct Wedge {
    typed: String,
    /// So many bytes of it were given out as a person's.
    given: usize,
    count: usize,
    first: Duration,
    last: Duration,
    /// When the last scan ended.
    ended: Option<Duration>,
}

impl Wedge {
    /// A key came: what it types, or a line break for Enter. Tells what Enter ended. Whoever types
    /// into fields takes [`Self::ripe`] first.
    pub fn key(&mut self, key: char, now: Duration) -> Option<End> {
        if self.begins(now) {
            self.forget();
        }
        self.last = now;
        if matches!(key, '\r' | '\n') {
            return Some(self.end(now));
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

    /// Whether a key that comes now has nothing to do with those before it.
    pub fn begins(&self, now: Duration) -> bool {
        self.count == 0 || now.saturating_sub(self.last) > PAUSE
    }

    /// Whether keys are held that may be a scanner's.
    pub fn holds(&self) -> bool {
        self.typed.len() > self.given
    }

    /// What a person typed: keys that came too slowly for a scanner. Gives each once. A scanner that
    /// paused may still make a code of them.
    pub fn ripe(&mut self, now: Duration) -> String {
        if self.ripe_at().is_none_or(|at| now < at) {
            return String::new();
        }
        let ripe = self.typed.split_off(self.given);
        self.typed.push_str(&ripe);
        self.given = self.typed.len();
        ripe
    }

    /// From when on [`Self::ripe`] has something, unless more keys come.
    pub fn ripe_at(&self) -> Option<Duration> {
        let slow = self.first.saturating_add(allowed(self.count));
        let over = self.last.saturating_add(PAUSE);
        let at = slow.min(over).saturating_add(Duration::from_millis(1));
        self.holds().then_some(at)
    }

    fn end(&mut self, now: Duration) -> End {
        let count = self.count;
        let fast = count > 0 && now.saturating_sub(self.first) <= allowed(count);
        let typed = self.forget();
        let after = |ended| now.saturating_sub(ended) <= PAUSE;
        if !fast && (count > 0 || !self.ended.is_some_and(after)) {
            return End::Enter;
        }
        self.ended = Some(now);
        match (SHORTEST..=LONGEST).contains(&count) {
            true => End::Code(typed),
            false => End::Noise,
        }
    }

    fn forget(&mut self) -> String {
        self.given = 0;
        self.count = 0;
        std::mem::take(&mut self.typed)
    }
}

/// How long a scanner takes for so many characters at most.
fn allowed(count: usize) -> Duration {
    PER_KEY.saturating_mul(u32::try_from(count).unwrap_or(u32::MAX))
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
            if let Some(End::Code(code)) = wedge.key(key, Duration::from_millis(now)) {
                heard = heard.or(Some(code));
            }
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
        assert!(wedge.key('\r', Duration::from_millis(100_001)) == Some(End::Noise));
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
                let now = Duration::from_millis(now);
                wedge.ripe(now);
                prop_assert!(wedge.ripe_at().is_none_or(|at| at > now));
                if let Some(End::Code(code)) = wedge.key(key, now) {
                    prop_assert!(code.chars().count() <= LONGEST && !code.contains(char::is_control));
                }
            }
        }

        /// However it spreads its keys within its pace, whoever asks in between gets none of them.
        #[test]
        fn nothing_of_a_scan_is_given_out(code in "[ -~]{3,60}", gaps in prop::collection::vec(0u64..=40, 61)) {
            let mut wedge = Wedge::default();
            let mut now = 10_000;
            for (key, gap) in code.chars().zip(&gaps) {
                for asked in 0..=*gap {
                    prop_assert_eq!(wedge.ripe(Duration::from_millis(now + asked)), "");
                }
                now += gap;
                wedge.key(key, Duration::from_millis(now));
            }
            prop_assert!(wedge.key('\n', Duration::from_millis(now + gaps[60])) == Some(End::Code(code)));
            prop_assert!(wedge.key('\n', Duration::from_millis(now + gaps[60] + 3)) == Some(End::Noise));
        }

        /// Whoever types as people do gets each key once, in order, and Enter is theirs.
        #[test]
        fn all_that_a_person_types_is_given_out(text in "[ -~]{1,20}", gaps in prop::collection::vec(90u64..900, 21)) {
            let mut wedge = Wedge::default();
            let mut now = 10_000;
            let mut given = String::new();
            for (key, gap) in text.chars().zip(&gaps) {
                now += gap;
                given += &wedge.ripe(Duration::from_millis(now));
                wedge.key(key, Duration::from_millis(now));
            }
            now += gaps[20];
            given += &wedge.ripe(Duration::from_millis(now));
            prop_assert!(!wedge.holds());
            prop_assert!(wedge.key('\n', Duration::from_millis(now)) == Some(End::Enter));
            prop_assert_eq!(given, text);
        }
    }
}
