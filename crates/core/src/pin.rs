//! The PIN of somebody without a telephone: four digits that prove, with the identity number, who they
//! are at a terminal. It is kept as an argon2 hash only; how long one waits after wrong ones is
//! [`crate::tries::IDENTITY`].

use crate::job::coded_enum;
use crate::worker::PROOF_LENGTH;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use std::fmt;

/// A PIN that somebody chose. It has no `Display`, and `Debug` does not show it.
#[derive(Clone, PartialEq, Eq)]
pub struct Pin(String);

/// Why digits are no PIN.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotAPin {
    /// Not as many digits as a PIN has.
    #[error("a PIN has {PROOF_LENGTH} digits")]
    Form,
    /// Anybody would try it first.
    #[error("all digits are alike, or one follows the other")]
    TooPlain,
    /// Whoever knows the person knows it: a year of birth, a birthday, the number's first or last digits.
    #[error("these digits are of the birth date or the identity number")]
    OfPerson,
}

impl NotAPin {
    /// The name that the window knows it by.
    pub fn code(self) -> &'static str {
        match self {
            Self::Form => "",
            Self::TooPlain => "too_plain",
            Self::OfPerson => "of_person",
        }
    }
}

impl Pin {
    /// The digits that somebody chose who was born then and whose identity number has that mask.
    ///
    /// # Errors
    /// [`NotAPin`]
    pub fn chosen(digits: &str, birth: Date, id_mask: &str) -> Result<Self, NotAPin> {
        if digits.len() != PROOF_LENGTH || !digits.bytes().all(|it| it.is_ascii_digit()) {
            return Err(NotAPin::Form);
        }
        if is_plain(digits) {
            return Err(NotAPin::TooPlain);
        }
        let born = format!("{:04}{:02}{:02}", birth.year(), birth.month(), birth.day());
        if born.contains(digits) || id_mask.contains(digits) {
            return Err(NotAPin::OfPerson);
        }
        Ok(Self(digits.to_owned()))
    }

    /// The digits themselves. Only to hash them.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Pin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Pin(..)")
    }
}

/// Whether digits are all alike, or one after the other, up or down.
pub fn is_plain(digits: &str) -> bool {
    let steps = digits.as_bytes().windows(2);
    let steps: Vec<i16> = steps
        .map(|two| i16::from(two[1]) - i16::from(two[0]))
        .collect();
    [0, 1, -1]
        .iter()
        .any(|step| steps.iter().all(|it| it == step))
}

/// The argon2 hash of a PIN, as a PHC string. Four digits are found from it by trying, so it is a secret
/// too: it has no `Display`, and `Debug` does not show it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PinHash(pub String);

impl fmt::Debug for PinHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PinHash(..)")
    }
}

coded_enum!(
    /// How it was known whose PIN is set.
    PinBy {
        /// 本人登记时
        Registering = "registering", "登记时";
        /// 本人
        Proven = "proven", "本人";
        /// 工作人员
        Staff = "staff", "工作人员";
    }
);

#[cfg(test)]
mod tests {
    use super::*;

    const BORN: Date = jiff::civil::date(1975, 2, 13);
    const MASK: &str = "5224**********3068";

    #[test]
    fn a_pin_is_four_digits_that_nobody_guesses_first() {
        let chosen = |digits: &str| Pin::chosen(digits, BORN, MASK).map(|pin| pin.0);
        for good in ["2608", "9071", "1312"] {
            assert_eq!(chosen(good).as_deref(), Ok(good));
        }
        for bad in ["", "260", "26081", "26a8", "２６０８"] {
            assert_eq!(chosen(bad), Err(NotAPin::Form), "{bad}");
        }
        for plain in ["0000", "7777", "1234", "0123", "9876"] {
            assert_eq!(chosen(plain), Err(NotAPin::TooPlain), "{plain}");
        }
        for known in ["1975", "0213", "7502", "5224", "3068"] {
            assert_eq!(chosen(known), Err(NotAPin::OfPerson), "{known}");
        }
    }

    #[test]
    fn a_pin_and_its_hash_never_reach_a_log() {
        let pin = Pin::chosen("2608", BORN, MASK).expect("good");
        let hash = PinHash("$argon2id$v=19$abc".to_owned());
        let shown = format!("{pin:?} {hash:?} {:?}", Some((&pin, &hash)));
        assert!(
            !shown.contains("2608") && !shown.contains("argon2"),
            "{shown}"
        );
    }
}
