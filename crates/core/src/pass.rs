//! The worker's pass: a code on paper or on a phone that says who somebody is at a terminal. Whoever
//! has it is taken for the person, so of its secret only a hash is kept anywhere.

use crate::outbox::NotAHash;
use crypto_box::aead::OsRng;
use crypto_box::aead::rand_core::RngCore;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::fmt;
use std::str::FromStr;

/// What every pass begins with. No address, slip, receipt or job number does.
pub const PREFIX: &str = "GHPASS1-";

/// Bytes of the secret: 160 bits.
const SECRET: usize = 20;

/// Hashed before the secret, so that the hash of a pass is no hash of anything else.
const PURPOSE: &[u8] = b"gighall pass 1";

/// A pass. Its text is a secret: it has no `Display`, and `Debug` does not show it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Pass([u8; SECRET]);

/// A text that is no pass.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("this is not a worker's pass")]
pub struct NotAPass;

impl Pass {
    /// A new one from the system's random numbers.
    pub fn generate() -> Self {
        let mut secret = [0; SECRET];
        OsRng.fill_bytes(&mut secret);
        Self(secret)
    }

    /// What the code says: capital letters, digits and a hyphen, which make a small code, travel in
    /// an address, and are the same on every keyboard that a scanner types on.
    pub fn text(&self) -> String {
        format!("{PREFIX}{}", hex::encode_upper(self.0))
    }

    /// What is kept of it.
    pub fn hash(&self) -> PassHash {
        let mut hasher = Sha256::new();
        hasher.update(PURPOSE);
        hasher.update(self.0);
        PassHash(hasher.finalize().into())
    }

    /// Whether a text says that it is a pass, readable or not.
    pub fn is_meant(text: &str) -> bool {
        let start = text.trim().get(..PREFIX.len());
        start.is_some_and(|start| start.eq_ignore_ascii_case(PREFIX))
    }
}

impl FromStr for Pass {
    type Err = NotAPass;
    fn from_str(text: &str) -> Result<Self, NotAPass> {
        let text = text.trim();
        if !Self::is_meant(text) {
            return Err(NotAPass);
        }
        let mut secret = [0; SECRET];
        let digits = text.get(PREFIX.len()..).ok_or(NotAPass)?;
        hex::decode_to_slice(digits, &mut secret).map_err(|_| NotAPass)?;
        Ok(Self(secret))
    }
}

impl fmt::Debug for Pass {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Pass(..)")
    }
}

/// SHA-256 of a pass. The secret is random and long, so nobody finds it from the hash.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct PassHash(pub [u8; 32]);

impl TryFrom<String> for PassHash {
    type Error = NotAHash;
    fn try_from(text: String) -> Result<Self, NotAHash> {
        let mut bytes = [0; 32];
        hex::decode_to_slice(text, &mut bytes).map_err(|_| NotAHash)?;
        Ok(Self(bytes))
    }
}

impl From<PassHash> for String {
    fn from(hash: PassHash) -> Self {
        hex::encode(hash.0)
    }
}

/// The pass that a person has, or that they have none any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HeldPass {
    /// `None` where it was revoked and no new one was made.
    pub hash: Option<PassHash>,
    /// Since when, in whole milliseconds: of two, the later one is the person's.
    pub since: Timestamp,
}

impl HeldPass {
    /// Whether this one takes the place of `other`. What happened in the same millisecond is ordered by the
    /// hash, so that everybody decides alike.
    pub fn replaces(&self, other: &Self) -> bool {
        let order = |held: &Self| {
            let hash = held.hash.map_or([0; 32], |hash| hash.0);
            (held.since.as_millisecond(), hash)
        };
        order(self) >= order(other)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::at;
    use proptest::prelude::*;

    #[test]
    fn a_pass_is_read_back_as_it_was_made() {
        let pass = Pass::generate();
        let text = pass.text();
        assert_eq!(text.len(), 48, "a small code");
        assert_eq!(text.parse(), Ok(pass));
        assert_eq!(format!(" {}\r\n", text.to_lowercase()).parse(), Ok(pass));
        assert_ne!(Pass::generate(), pass);
        assert_ne!(Pass::generate().hash(), pass.hash());
        let qr = |c: char| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '-';
        assert!(text.chars().all(qr), "url-safe, and in QR's own alphabet");
    }

    #[test]
    fn what_is_no_pass_is_refused() {
        let text = Pass::generate().text();
        let short = &text[..text.len() - 1];
        for wrong in [
            "",
            "GHPASS1-",
            "GHPASS2-00112233445566778899AABBCCDDEEFF00112233",
            "00112233445566778899AABBCCDDEEFF00112233",
            "GHPASS1-GG112233445566778899AABBCCDDEEFF00112233",
            short,
            &format!("{text}0"),
            &format!("http://x/{text}"),
            "ＧＨＰＡＳＳ１-",
        ] {
            assert_eq!(wrong.parse::<Pass>(), Err(NotAPass), "{wrong}");
        }
        assert!(Pass::is_meant("ghpass1-nonsense") && !Pass::is_meant("GHPAS"));
    }

    #[test]
    fn the_secret_never_reaches_a_log() {
        let pass = Pass::generate();
        let shown = format!("{pass:?} {:?} {NotAPass}", pass.hash());
        assert!(!shown.to_uppercase().contains(&pass.text()[8..]));
    }

    #[test]
    fn of_two_passes_everybody_keeps_the_same() {
        let held = |hash: Option<u8>, since: &str| HeldPass {
            hash: hash.map(|n| PassHash([n; 32])),
            since: at(since),
        };
        let early = held(Some(9), "2026-11-23T08:00:00Z");
        let late = held(Some(1), "2026-11-23T08:00:00.001Z");
        let twin = held(Some(2), "2026-11-23T08:00:00.001Z");
        let gone = held(None, "2026-11-23T08:00:01Z");
        for (new, old) in [(late, early), (twin, late), (gone, twin)] {
            assert!(new.replaces(&old) && !old.replaces(&new));
        }
        assert!(late.replaces(&late), "told again");
        let text = serde_json::to_string(&late).expect("written");
        assert_eq!(serde_json::from_str::<HeldPass>(&text).ok(), Some(late));
        let bad = text.replace("0101", "01");
        assert!(serde_json::from_str::<HeldPass>(&bad).is_err());
    }

    proptest! {
        #[test]
        fn every_secret_is_read_back(secret in any::<[u8; SECRET]>(), lower in any::<bool>()) {
            let pass = Pass(secret);
            let text = if lower { pass.text().to_lowercase() } else { pass.text() };
            prop_assert!(Pass::is_meant(&text));
            prop_assert_eq!(text.parse(), Ok(pass));
        }

        #[test]
        fn any_text_is_survived(text in any::<String>(), tail in "\\PC{0,50}") {
            let _ = text.parse::<Pass>();
            let pass = format!("{PREFIX}{tail}").parse::<Pass>();
            prop_assert_eq!(pass.is_ok(), tail.trim_end().len() == 2 * SECRET
                && tail.trim_end().bytes().all(|c| c.is_ascii_hexdigit()));
        }
    }
}
