//! Sealed boxes: a device encrypts an identity number, or what somebody applied for, to the hub's
//! public key, so that neither its outbox nor the network ever holds it in the clear, and no secret
//! of the hub lives in a hall.

use crate::identity::IdNumber;
use crypto_box::aead::OsRng;
use serde::{Deserialize, Serialize};

/// Text sealed to a public key (libsodium's sealed box: X25519, XSalsa20-Poly1305), in
/// hexadecimal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct SealedText(String);

/// The public key of the hub, 32 bytes in hexadecimal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct SealingKey(String);

/// The secret key of the hub.
pub struct OpeningKey(crypto_box::SecretKey);

/// What can go wrong with sealed text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SealError {
    /// The public key is not 32 bytes in hexadecimal.
    #[error("the hub's sealing key is not a key")]
    Key,
    /// Sealed to another key, or damaged.
    #[error("the sealed text cannot be opened with this key")]
    Unreadable,
}

impl OpeningKey {
    /// The key that those 32 secret bytes make.
    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(crypto_box::SecretKey::from_bytes(bytes))
    }

    /// The key to hand out.
    pub fn sealing_key(&self) -> SealingKey {
        SealingKey(hex::encode(self.0.public_key().as_bytes()))
    }

    /// Opens a sealed identity number.
    ///
    /// # Errors
    /// [`SealError::Unreadable`] also where what was sealed is not an identity number.
    pub fn open(&self, sealed: &SealedText) -> Result<IdNumber, SealError> {
        let text = self.open_text(sealed)?;
        text.parse().map_err(|_| SealError::Unreadable)
    }

    /// Opens any sealed text.
    ///
    /// # Errors
    /// [`SealError::Unreadable`]
    pub fn open_text(&self, sealed: &SealedText) -> Result<String, SealError> {
        let bytes = hex::decode(&sealed.0).map_err(|_| SealError::Unreadable)?;
        let plain = self.0.unseal(&bytes).map_err(|_| SealError::Unreadable)?;
        String::from_utf8(plain).map_err(|_| SealError::Unreadable)
    }
}

impl SealingKey {
    /// Seals an identity number.
    ///
    /// # Errors
    /// [`SealError::Key`] if this is no key.
    pub fn seal(&self, number: &IdNumber) -> Result<SealedText, SealError> {
        self.seal_text(number.reveal())
    }

    /// Seals any text.
    ///
    /// # Errors
    /// [`SealError::Key`] if this is no key.
    pub fn seal_text(&self, text: &str) -> Result<SealedText, SealError> {
        let mut bytes = [0; 32];
        hex::decode_to_slice(&self.0, &mut bytes).map_err(|_| SealError::Key)?;
        crypto_box::PublicKey::from(bytes)
            .seal(&mut OsRng, text.as_bytes())
            .map(|sealed| SealedText(hex::encode(sealed)))
            .map_err(|_| SealError::Key)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_hub_opens_what_was_sealed_to_it() {
        let number: IdNumber = crate::testing::an_id_number("19700101", 11)
            .parse()
            .expect("valid");
        let key = OpeningKey::from_bytes([7; 32]);
        let sealed = key.sealing_key().seal(&number).expect("a key");
        assert_eq!(key.open(&sealed), Ok(number));
        assert_eq!(
            OpeningKey::from_bytes([8; 32]).open(&sealed),
            Err(SealError::Unreadable)
        );
        assert_eq!(
            key.open(&SealedText("zz".to_owned())),
            Err(SealError::Unreadable)
        );
        assert!(
            SealingKey("12".to_owned())
                .seal(&"11010519491231002X".parse().expect("valid"))
                .is_err()
        );
    }
}
