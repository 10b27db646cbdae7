//! A registered worker and the consent that registration rests on.

use crate::id::WorkerId;
use crate::identity::{self, Sex};
use crate::job::{WorkKind, coded_enum};
use crate::seal::SealedText;
use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// The version of the notice on personal data that screens and pages show now. Raised whenever
/// its wording changes, so that the record says what was agreed to.
pub const CONSENT_VERSION: u32 = 2;

/// Longest name, in characters. The longest names on identity cards have 25 or so.
pub const NAME_MAX: usize = 40;

/// How many of the last digits of a mobile number prove that an identity number is one's own.
pub const PROOF_LENGTH: usize = 4;

/// Whether those are the last digits of that mobile number.
pub fn proves(phone: &str, digits: &str) -> bool {
    digits.len() == PROOF_LENGTH && phone.ends_with(digits)
}

coded_enum!(
    /// Through which door a worker or a claim came.
    Channel {
        /// 终端
        Terminal = "terminal", "终端";
        /// 手机
        Phone = "phone", "手机";
        /// 工作人员
        Staff = "staff", "工作人员";
    }
);

/// What a worker agreed to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Consent {
    /// Version of the notice.
    pub version: u32,
    /// When.
    pub at: Timestamp,
}

/// A registration as it travels from a device to the hub. The identity number travels sealed to
/// the hub's key and is never in the clear outside the memory of the two programs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Registration {
    /// The id that the device gave the worker. The hub keeps it as an alias where it already
    /// knows the person.
    pub worker: WorkerId,
    /// Full name.
    pub name: String,
    /// The identity number, sealed to the hub.
    pub id_sealed: SealedText,
    /// The identity number as others may read it.
    pub id_mask: String,
    /// From the identity number.
    pub birth_date: Date,
    /// From the identity number.
    pub sex: Sex,
    /// Mobile number, if there is one.
    pub phone: Option<String>,
    /// Kinds of work looked for.
    pub work_kinds: Vec<WorkKind>,
    /// The consent that was given.
    pub consent: Consent,
    /// Through which door.
    pub channel: Channel,
}

/// Why a registration cannot be taken, field by field.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RegistrationError {
    /// Empty, longer than [`NAME_MAX`], or with characters that no name has.
    #[error("the name is missing, too long, or has characters that a name does not have")]
    Name,
    /// Not a mainland mobile number.
    #[error("a mobile number has 11 digits and begins with 13 to 19")]
    Phone,
    /// Under 16 years old.
    #[error("people under 16 cannot register for work")]
    TooYoung,
}

/// Checks a name as typed and gives it trimmed. Letters of any script, spaces inside, the middle
/// dot of minority and foreign names, hyphen and apostrophe are taken.
///
/// # Errors
/// [`RegistrationError::Name`].
pub fn check_name(name: &str) -> Result<String, RegistrationError> {
    let name = name.trim();
    let taken = |c: char| c.is_alphabetic() || matches!(c, ' ' | '·' | '•' | '-' | '\'' | '．');
    let length = name.chars().count();
    if (1..=NAME_MAX).contains(&length)
        && name.chars().all(taken)
        && name.chars().any(char::is_alphabetic)
    {
        Ok(name.to_owned())
    } else {
        Err(RegistrationError::Name)
    }
}

/// Compares names by their letters: people write the dot in minority names in many ways.
pub fn same_name(one: &str, other: &str) -> bool {
    let letters = |name: &str| -> String {
        name.chars()
            .filter(|c| c.is_alphabetic())
            .flat_map(char::to_lowercase)
            .collect()
    };
    letters(one) == letters(other)
}

/// Checks an optional mobile number as typed: empty means none.
///
/// # Errors
/// [`RegistrationError::Phone`].
pub fn check_phone(phone: &str) -> Result<Option<String>, RegistrationError> {
    let phone: String = phone
        .chars()
        .filter(|c| !c.is_whitespace() && *c != '-')
        .collect();
    if phone.is_empty() {
        Ok(None)
    } else if identity::is_mobile(&phone) {
        Ok(Some(phone))
    } else {
        Err(RegistrationError::Phone)
    }
}

/// Checks that a person born on `birth` may register on `today`.
///
/// # Errors
/// [`RegistrationError::TooYoung`] under 16.
pub fn check_age(birth: Date, today: Date) -> Result<(), RegistrationError> {
    if identity::age_on(birth, today) < crate::rules::WORKING_AGE {
        Err(RegistrationError::TooYoung)
    } else {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_many_kinds_are_taken() {
        for name in [
            "李峰",
            "䶮",
            "㛃",
            "𬭎",
            "阿卜杜拉·买买提",
            "Mary-Jane O'Neil",
        ] {
            assert_eq!(check_name(&format!(" {name} ")), Ok(name.to_owned()));
        }
    }

    #[test]
    fn nonsense_is_not_a_name() {
        for name in ["", "   ", "李1", "<b>", "· ·", &"李".repeat(10_000)] {
            assert_eq!(check_name(name), Err(RegistrationError::Name), "{name:.20}");
        }
    }

    #[test]
    fn names_are_the_same_however_their_dot_is_written() {
        assert!(same_name("阿卜杜拉·买买提", "阿卜杜拉•买买提"));
        assert!(same_name("Li Feng", "LI FENG"));
        assert!(!same_name("李峰", "李锋"));
    }

    #[test]
    fn a_phone_is_optional() {
        assert_eq!(check_phone(""), Ok(None));
        assert_eq!(
            check_phone("138 1234 5678"),
            Ok(Some("13812345678".to_owned()))
        );
        assert_eq!(check_phone("12812345678"), Err(RegistrationError::Phone));
    }
}
