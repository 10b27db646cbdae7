//! Personal data at rest: encryption of single columns, and keyed hashes to look persons up by
//! without storing what they are looked up by.

use crate::identity::IdNumber;
use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{Key, XChaCha20Poly1305, XNonce};
use crypto_box::aead::OsRng;
use crypto_box::aead::rand_core::RngCore;
use hmac::{Hmac, Mac};
use sha2::Sha256;

/// Encrypts and decrypts with a program's secret key.
pub struct Vault {
    cipher: XChaCha20Poly1305,
    lookup_key: [u8; 32],
    nonce_key: [u8; 32],
}

/// The ciphertext belongs to another key or another column, or is damaged.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "the stored value cannot be decrypted: another key was in use when it was written, or it is damaged"
)]
pub struct Undecryptable;

const NONCE_LENGTH: usize = 24;

impl Vault {
    /// The vault of that secret. Separate keys for encryption and look-up are derived from it.
    pub fn new(secret: &[u8; 32]) -> Self {
        let cipher_key = mac(secret, b"gighall column encryption v1");
        Self {
            cipher: XChaCha20Poly1305::new(&Key::from(cipher_key)),
            lookup_key: mac(secret, b"gighall identity look-up v1"),
            nonce_key: mac(secret, b"gighall nonces from texts v1"),
        }
    }

    /// Encrypts with XChaCha20-Poly1305 under a random nonce, which goes in front. `column` is
    /// bound in, so that a value copied to another column does not decrypt.
    pub fn encrypt(&self, column: &str, plain: &str) -> Vec<u8> {
        let mut nonce = [0; NONCE_LENGTH];
        OsRng.fill_bytes(&mut nonce);
        self.encrypt_under(nonce, column, plain)
    }

    /// The same, and the same text always gives the same. Nobody without the key learns more of it than
    /// that; so it is for texts of which there are never two that must not be known as the same.
    pub fn encrypt_alike(&self, column: &str, plain: &str) -> Vec<u8> {
        // Another text, or the same for another column, gives another nonce.
        let said = format!("{column}\n{plain}");
        let of = mac(&self.nonce_key, said.as_bytes());
        let mut nonce = [0; NONCE_LENGTH];
        nonce.copy_from_slice(&of[..NONCE_LENGTH]);
        self.encrypt_under(nonce, column, plain)
    }

    fn encrypt_under(&self, nonce: [u8; NONCE_LENGTH], column: &str, plain: &str) -> Vec<u8> {
        let payload = Payload {
            msg: plain.as_bytes(),
            aad: column.as_bytes(),
        };
        let mut stored = nonce.to_vec();
        // Fails only for messages of 256 GiB and more.
        stored.extend(
            self.cipher
                .encrypt(&XNonce::from(nonce), payload)
                .unwrap_or_default(),
        );
        stored
    }

    /// Decrypts what [`Vault::encrypt`] gave for the same column.
    ///
    /// # Errors
    /// [`Undecryptable`].
    pub fn decrypt(&self, column: &str, stored: &[u8]) -> Result<String, Undecryptable> {
        let (nonce, ciphertext) = stored
            .split_first_chunk::<NONCE_LENGTH>()
            .ok_or(Undecryptable)?;
        let payload = Payload {
            msg: ciphertext,
            aad: column.as_bytes(),
        };
        let plain = self
            .cipher
            .decrypt(&XNonce::from(*nonce), payload)
            .map_err(|_| Undecryptable)?;
        String::from_utf8(plain).map_err(|_| Undecryptable)
    }

    /// HMAC-SHA-256 of an identity number under this program's key: the same person always gets
    /// the same hash here, and nobody without the key can try numbers against it.
    pub fn lookup_hash(&self, number: &IdNumber) -> [u8; 32] {
        mac(&self.lookup_key, number.reveal().as_bytes())
    }
}

fn mac(key: &[u8; 32], message: &[u8]) -> [u8; 32] {
    use hmac::KeyInit as _;
    let mut mac = match Hmac::<Sha256>::new_from_slice(key) {
        Ok(mac) => mac,
        Err(_) => unreachable!("HMAC takes keys of any length"),
    };
    mac.update(message);
    mac.finalize().into_bytes().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_come_back_only_with_the_right_key_and_column() {
        let vault = Vault::new(&[1; 32]);
        let stored = vault.encrypt("worker.name", "李晓峰");
        assert_eq!(
            vault.decrypt("worker.name", &stored).as_deref(),
            Ok("李晓峰")
        );
        assert_eq!(vault.decrypt("worker.phone", &stored), Err(Undecryptable));
        assert_eq!(
            Vault::new(&[2; 32]).decrypt("worker.name", &stored),
            Err(Undecryptable)
        );
        assert_eq!(
            vault.decrypt("worker.name", &stored[..10]),
            Err(Undecryptable)
        );
        assert_ne!(
            stored,
            vault.encrypt("worker.name", "李晓峰"),
            "nonces differ"
        );
    }

    #[test]
    fn the_same_text_is_known_as_such_where_that_is_wanted_and_by_nothing_else() {
        let vault = Vault::new(&[1; 32]);
        let stored = vault.encrypt_alike("feed", "a");
        assert_eq!(stored, vault.encrypt_alike("feed", "a"));
        assert_eq!(vault.decrypt("feed", &stored).as_deref(), Ok("a"));
        assert_eq!(vault.decrypt("column", &stored), Err(Undecryptable));
        let others = [
            vault.encrypt_alike("feed", "b"),
            vault.encrypt_alike("column", "a"),
            Vault::new(&[2; 32]).encrypt_alike("feed", "a"),
        ];
        for other in others {
            assert_ne!(stored[..NONCE_LENGTH], other[..NONCE_LENGTH]);
        }
    }

    #[test]
    fn the_hash_depends_on_the_key() {
        let number: IdNumber = "11010519491231002X".parse().expect("valid");
        let vault = Vault::new(&[1; 32]);
        assert_eq!(vault.lookup_hash(&number), vault.lookup_hash(&number));
        assert_ne!(
            vault.lookup_hash(&number),
            Vault::new(&[2; 32]).lookup_hash(&number)
        );
    }
}
