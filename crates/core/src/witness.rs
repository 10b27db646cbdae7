//! Rule 12: what the hub did with the places of a hall's jobs, so that it can be told again.
//!
//! A hub that is put back from an older copy has forgotten the claims that it made after the copy and the
//! ends that it took. Somebody was in the hall and could know better: its devices. So the hall's feed
//! carries a letter for each, which every device keeps and hands back to a hub that asks for it. The hub
//! writes it for itself alone: it is closed with a key that follows from the hub's secret, which the copy
//! goes with. A device can neither read one nor make one up, of its own hall or of another; it can only
//! hold one back.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// So many letters a device keeps, the newest: some 8 MB.
pub const KEPT_MAX: u64 = 20_000;

/// Longer ones are none of the hub's.
const LETTER_MAX: usize = 8192;

/// How one claim stood, as the hub said it, in words that only the hub can read and write. Of a claim there are
/// several in time, and all are kept: a hub that was put back tells again how it stands in its copy, which takes
/// nothing away from who knows better. The same said again is the same letter.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Witnessed {
    /// Afterwards nobody asks for it.
    pub until: Timestamp,
    /// What is said, in hexadecimal.
    pub closed: String,
}

impl Witnessed {
    /// What is said, as bytes; `None` for what cannot be a letter of any hub.
    pub fn bytes(&self) -> Option<Vec<u8>> {
        let is_short = self.closed.len() <= LETTER_MAX;
        is_short.then(|| hex::decode(&self.closed).ok()).flatten()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::at;

    #[test]
    fn what_is_no_letter_has_no_bytes() {
        let letter = |closed: &str| Witnessed {
            until: at("2026-11-23T08:00:00Z"),
            closed: closed.to_owned(),
        };
        assert_eq!(letter("00ff").bytes(), Some(vec![0, 255]));
        assert_eq!(letter("0").bytes(), None);
        assert_eq!(letter("漢字").bytes(), None);
        assert_eq!(letter(&"00".repeat(LETTER_MAX)).bytes(), None);
    }
}
