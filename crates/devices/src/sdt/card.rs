//! The text block of a card: 256 bytes of UTF-16LE in fixed fields.

use super::TEXT;

/// What is printed on a card. Personal, so it has no `Debug`.
#[derive(Clone, PartialEq, Eq)]
pub struct Card {
    /// Full name.
    pub name: String,
    /// The identity number, 18 characters; not checked.
    pub number: String,
    /// Birth date, `YYYYMMDD`; not checked.
    pub birth: String,
    /// The registered address.
    pub address: String,
}

/// Why a card's text cannot be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CardError {
    /// A permanent residence card of a foreigner, or another kind with fields of its own.
    #[error("this kind of card is not read")]
    OtherKind,
    /// Empty fields, or characters that no card has.
    #[error("the card's text makes no sense")]
    Garbled,
}

/// Where a field is, and how long, in bytes.
type Field = (usize, usize);

const NAME: Field = (0, 30);
const BIRTH: Field = (36, 16);
const ADDRESS: Field = (52, 70);
const NUMBER: Field = (122, 36);
/// What kind of card: blank on a citizen's, `J` on a residence permit of people from Hong Kong, Macao
/// and Taiwan, which has the same fields.
const KIND: Field = (248, 2);

impl Card {
    /// Reads the block.
    ///
    /// # Errors
    /// [`CardError`]
    pub fn read(text: &[u8; TEXT]) -> Result<Self, CardError> {
        match field(text, KIND)?.as_str() {
            "" | "J" => {}
            _ => return Err(CardError::OtherKind),
        }
        let card = Self {
            name: field(text, NAME)?,
            number: field(text, NUMBER)?.to_uppercase(),
            birth: field(text, BIRTH)?,
            address: field(text, ADDRESS)?,
        };
        let sound = !card.name.is_empty()
            && card.number.len() == 18
            && card.number.is_ascii()
            && card.number.get(6..14) == Some(&card.birth);
        match sound {
            true => Ok(card),
            false => Err(CardError::Garbled),
        }
    }
}

fn field(text: &[u8; TEXT], (start, length): Field) -> Result<String, CardError> {
    let units = text[start..start + length].chunks_exact(2);
    let units = units.map(|unit| u16::from_le_bytes([unit[0], unit[1]]));
    let decoded: Result<String, _> = char::decode_utf16(units).collect();
    let decoded = decoded.map_err(|_| CardError::Garbled)?;
    let trimmed = decoded.trim_matches(['\0', ' ', '\u{3000}']);
    match trimmed.contains(char::is_control) {
        true => Err(CardError::Garbled),
        false => Ok(trimmed.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn block(name: &str, number: &str, birth: &str, kind: &str) -> [u8; TEXT] {
        let mut block = [0; TEXT];
        for pair in block.chunks_exact_mut(2) {
            pair.copy_from_slice(&u16::from(b' ').to_le_bytes());
        }
        let fields = [
            (NAME, name),
            (NUMBER, number),
            (BIRTH, birth),
            (ADDRESS, "贵州省威宁彝族回族苗族自治县草海镇"),
            (KIND, kind),
        ];
        for ((start, length), text) in fields {
            let room = block[start..start + length].chunks_exact_mut(2);
            for (pair, unit) in room.zip(text.encode_utf16()) {
                pair.copy_from_slice(&unit.to_le_bytes());
            }
        }
        block
    }

    #[test]
    fn a_card_is_read() {
        for kind in ["", "J"] {
            let text = block("阿依古丽·买买提", "52242719750101123x", "19750101", kind);
            let Ok(card) = Card::read(&text) else {
                panic!("not read");
            };
            assert_eq!(card.name, "阿依古丽·买买提");
            assert_eq!(card.number, "52242719750101123X");
            assert_eq!(card.birth, "19750101");
            assert_eq!(card.address, "贵州省威宁彝族回族苗族自治县草海镇");
        }
    }

    #[test]
    fn other_cards_and_nonsense_are_refused() {
        let read = |text: [u8; TEXT]| Card::read(&text).err();
        let foreign = block("SMITH", "52242719750101123X", "19750101", "I");
        assert_eq!(read(foreign), Some(CardError::OtherKind));
        let other_date = block("李峰", "52242719750101123X", "19750102", "");
        assert_eq!(read(other_date), Some(CardError::Garbled));
        assert_eq!(read([0; TEXT]), Some(CardError::Garbled));
        assert_eq!(read([0xff; TEXT]), Some(CardError::OtherKind));
        // Half a surrogate pair.
        let mut torn = block("李峰", "52242719750101123X", "19750101", "");
        torn[2..4].copy_from_slice(&0xd840u16.to_le_bytes());
        assert_eq!(read(torn), Some(CardError::Garbled));
    }

    proptest! {
        #[test]
        fn any_block_is_survived(bytes in prop::collection::vec(any::<u8>(), TEXT)) {
            let block: [u8; TEXT] = bytes.try_into().expect("as long");
            if let Ok(card) = Card::read(&block) {
                prop_assert!(!card.name.is_empty() && card.number.len() == 18);
            }
        }
    }
}
