//! The resident identity number (GB 11643-1999) and the masks that stand for it on screens.

use crate::job::coded_enum;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

coded_enum!(
    /// Sex as the identity number states it.
    Sex {
        /// 男
        Male = "male", "男";
        /// 女
        Female = "female", "女";
    }
);

/// A valid 18-character resident identity number. `Debug` and `Display` show the mask only, so
/// that it cannot reach a log by accident; [`IdNumber::reveal`] gives the number itself.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct IdNumber([u8; 18]);

/// Why a text is not a resident identity number. No variant repeats the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum IdNumberError {
    /// Not 18 characters, or not 17 digits followed by a digit or X.
    #[error("an ID number has 17 digits and then a digit or X")]
    Form,
    /// The digits 7 to 14 are no day of the calendar.
    #[error("the birth date in the ID number does not exist")]
    BirthDate,
    /// The last character does not fit the others.
    #[error("the ID number's check character does not fit: a digit was mistyped")]
    CheckCharacter,
}

const WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
const CHECK_CHARACTERS: &[u8; 11] = b"10X98765432";

/// The check character (MOD 11-2, GB 11643) of the first 17 digits; `None` if they are not 17
/// ASCII digits.
pub fn check_character(digits: &[u8]) -> Option<u8> {
    if digits.len() != 17 || !digits.iter().all(u8::is_ascii_digit) {
        return None;
    }
    let sum: u32 = digits
        .iter()
        .zip(WEIGHTS)
        .map(|(d, w)| u32::from(d - b'0') * w)
        .sum();
    Some(CHECK_CHARACTERS[(sum % 11) as usize])
}

impl FromStr for IdNumber {
    type Err = IdNumberError;

    /// Takes the number as it is typed or pasted: white space anywhere, full-width characters, a
    /// small `x` for `X`. Region codes are not looked up: retired ones stay valid for life.
    fn from_str(s: &str) -> Result<Self, Self::Err> {
        let mut bytes: [u8; 18] = s
            .chars()
            .filter(|c| !c.is_whitespace() && !is_invisible(*c))
            .map(half_width)
            // One more than there may be, so that a long text is refused without being copied.
            .take(19)
            .collect::<String>()
            .as_bytes()
            .try_into()
            .map_err(|_| IdNumberError::Form)?;
        bytes[17] = bytes[17].to_ascii_uppercase();
        let check = check_character(&bytes[..17]).ok_or(IdNumberError::Form)?;
        if !bytes[17].is_ascii_digit() && bytes[17] != b'X' {
            return Err(IdNumberError::Form);
        }
        if birth_date(&bytes).is_none() {
            return Err(IdNumberError::BirthDate);
        }
        if bytes[17] != check {
            return Err(IdNumberError::CheckCharacter);
        }
        Ok(Self(bytes))
    }
}

/// What copying from a web page or a chat leaves between digits.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}' | '\u{feff}')
}

fn half_width(c: char) -> char {
    match c {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(c) - 0xfee0).unwrap_or(c),
        c => c,
    }
}

fn birth_date(bytes: &[u8; 18]) -> Option<Date> {
    let number = |range: std::ops::Range<usize>| {
        bytes[range]
            .iter()
            .fold(0i16, |n, d| n * 10 + i16::from(d - b'0'))
    };
    let year = number(6..10);
    if year < 1850 {
        return None;
    }
    let month = i8::try_from(number(10..12)).ok()?;
    let day = i8::try_from(number(12..14)).ok()?;
    Date::new(year, month, day).ok()
}

impl IdNumber {
    /// The number itself. Only for encryption, hashing and comparison.
    pub fn reveal(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or_default()
    }

    /// The birth date that the number states.
    pub fn birth_date(&self) -> Date {
        birth_date(&self.0).unwrap_or(Date::MIN)
    }

    /// The sex that the number states: the 17th digit is odd for men.
    pub fn sex(&self) -> Sex {
        if self.0[16] % 2 == 1 {
            Sex::Male
        } else {
            Sex::Female
        }
    }

    /// `5201**********1234`
    pub fn mask(&self) -> String {
        let text = self.reveal();
        format!("{}**********{}", &text[..4], &text[14..])
    }
}

impl fmt::Debug for IdNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "IdNumber({})", self.mask())
    }
}

impl fmt::Display for IdNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.mask())
    }
}

/// Whole years between the birth date and `on`; 0 before birth.
pub fn age_on(birth: Date, on: Date) -> u8 {
    let mut years = i32::from(on.year()) - i32::from(birth.year());
    if (on.month(), on.day()) < (birth.month(), birth.day()) {
        years -= 1;
    }
    u8::try_from(years.max(0)).unwrap_or(u8::MAX)
}

/// A name as others may read it: the first and last character stay, those between become `*`;
/// of two characters the last is hidden: `李*峰`, `李*`.
pub fn mask_name(name: &str) -> String {
    let chars: Vec<char> = name.chars().collect();
    match chars.as_slice() {
        [] => String::new(),
        [_] => "*".to_owned(),
        [first, _] => format!("{first}*"),
        [first, middle @ .., last] => {
            format!("{first}{}{last}", "*".repeat(middle.len()))
        }
    }
}

/// A mobile number as others may read it: `138****5678`. Anything else becomes `****`.
pub fn mask_phone(phone: &str) -> String {
    if is_mobile(phone) {
        format!("{}****{}", &phone[..3], &phone[7..])
    } else {
        "****".to_owned()
    }
}

/// Whether the text is a mainland mobile number: 11 digits, `1` and then `3` to `9`.
pub fn is_mobile(phone: &str) -> bool {
    let b = phone.as_bytes();
    b.len() == 11
        && b.iter().all(u8::is_ascii_digit)
        && b[0] == b'1'
        && (b'3'..=b'9').contains(&b[1])
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The example printed in GB 11643-1999.
    const STANDARD_EXAMPLE: &str = "11010519491231002X";

    #[test]
    fn the_example_of_the_standard_is_read() {
        let id: IdNumber = STANDARD_EXAMPLE.parse().expect("valid");
        assert_eq!(id.birth_date(), jiff::civil::date(1949, 12, 31));
        assert_eq!(id.sex(), Sex::Female);
        assert_eq!(id.mask(), "1101**********002X");
        assert_eq!("11010519491231002x".parse(), Ok(id));
    }

    #[test]
    fn errors_say_what_is_wrong() {
        let parse = |s: &str| s.parse::<IdNumber>();
        assert_eq!(parse(""), Err(IdNumberError::Form));
        assert_eq!(parse("1101051949123100"), Err(IdNumberError::Form));
        assert_eq!(parse("1101051949123100AX"), Err(IdNumberError::Form));
        assert_eq!(parse("١١010519491231002X"), Err(IdNumberError::Form));
        assert_eq!(parse("110105194902300021"), Err(IdNumberError::BirthDate));
        assert_eq!(
            parse("110105194912310021"),
            Err(IdNumberError::CheckCharacter)
        );
        assert_eq!(parse(&"9".repeat(10_000)), Err(IdNumberError::Form));
    }

    #[test]
    fn the_number_never_reaches_a_log() {
        let id: IdNumber = STANDARD_EXAMPLE.parse().expect("valid");
        let shown = format!("{id} {id:?}");
        assert!(!shown.contains("19491231"), "{shown}");
    }

    #[test]
    fn names_and_phones_are_masked() {
        assert_eq!(mask_name("李晓峰"), "李*峰");
        assert_eq!(mask_name("李峰"), "李*");
        assert_eq!(mask_name("欧阳晓峰"), "欧**峰");
        assert_eq!(mask_name("李"), "*");
        assert_eq!(mask_phone("13812345678"), "138****5678");
        assert_eq!(mask_phone("12345"), "****");
    }

    #[test]
    fn age_turns_on_the_birthday() {
        let birth = jiff::civil::date(2010, 6, 15);
        assert_eq!(age_on(birth, jiff::civil::date(2026, 6, 14)), 15);
        assert_eq!(age_on(birth, jiff::civil::date(2026, 6, 15)), 16);
        assert_eq!(age_on(birth, jiff::civil::date(2000, 1, 1)), 0);
    }

    proptest! {
        #[test]
        fn one_wrong_digit_is_always_found(
            region in 100_000u32..999_999, days in 0i32..40_000, order in 0u32..1000,
            at in 0usize..17, by in 1u8..10,
        ) {
            let birth = jiff::civil::date(1900, 1, 1).saturating_add(jiff::Span::new().days(days));
            let first = format!("{region}{:04}{:02}{:02}{order:03}", birth.year(), birth.month(), birth.day());
            let check = check_character(first.as_bytes()).expect("17 digits");
            let whole = format!("{first}{}", check as char);
            prop_assert!(whole.parse::<IdNumber>().is_ok());
            let mut wrong = whole.into_bytes();
            wrong[at] = b'0' + (wrong[at] - b'0' + by) % 10;
            let wrong = String::from_utf8(wrong).expect("ascii");
            prop_assert!(wrong.parse::<IdNumber>().is_err());
        }
    }

    #[test]
    fn a_number_is_read_as_it_is_pasted() {
        let number: IdNumber = "11010519491231002X".parse().expect("valid");
        for pasted in [
            " 110105 19491231 002x\n",
            "１１０１０５１９４９１２３１００２Ｘ",
            "110105\u{3000}19491231\u{a0}002ｘ",
            "\u{202d}11010519491231002X\u{202c}",
        ] {
            assert_eq!(pasted.parse::<IdNumber>(), Ok(number.clone()), "{pasted:?}");
        }
        for wrong in ["110105-19491231-002X", "11010519491231002X1", "１"] {
            assert_eq!(wrong.parse::<IdNumber>(), Err(IdNumberError::Form));
        }
    }
}
