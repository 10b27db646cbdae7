//! Keys, codes and tokens. Of what somebody else presents, only a hash is kept.

use crate::store::StoreError;
use gighall_core::seal::OpeningKey;
use gighall_core::vault::Vault;
use hmac::{Hmac, KeyInit, Mac};
use jiff::tz::TimeZone;
use rusqlite::Connection;
use sha2::{Digest, Sha256};

/// What the store needs besides its data.
pub struct Keys {
    /// Encrypts personal data.
    pub vault: Vault,
    /// Opens what devices sealed to the hub.
    pub opening: OpeningKey,
    /// Tokens of enrolments are derived from it.
    tokens: [u8; 32],
    /// The time zone of the halls, for the day on which work starts.
    pub zone: TimeZone,
}

impl Keys {
    /// Everything follows from the one secret of the data directory.
    pub fn new(secret: &[u8; 32], zone: TimeZone) -> Self {
        Self {
            vault: Vault::new(secret),
            opening: OpeningKey::from_bytes(derived(secret, b"gighall sealing v1")),
            tokens: derived(secret, b"gighall device tokens v1"),
            zone,
        }
    }

    /// The token of an enrolment. The same for the same code, key and epoch, so that a lost answer
    /// can be given again though only a hash of the token is kept.
    pub fn token_for(&self, code_hash: &[u8; 32], public_key: &str, epoch: u32) -> String {
        let said = format!("{} {public_key} {epoch}", hex::encode(code_hash));
        hex::encode(derived(&self.tokens, said.as_bytes()))
    }

    /// Finds out early that the key is not the one the data was encrypted with.
    pub fn check_against(&self, connection: &Connection) -> Result<(), StoreError> {
        let mine = self.vault.encrypt(KEY_CHECK, "gighall");
        connection.execute(
            "UPDATE meta SET key_check = ?1 WHERE key_check IS NULL",
            [mine],
        )?;
        let kept: Vec<u8> =
            connection.query_row("SELECT key_check FROM meta", [], |row| row.get(0))?;
        self.vault.decrypt(KEY_CHECK, &kept).map(drop).map_err(|_| {
            StoreError::Unusable(
                "the secret key is not the one that the store was written with".to_owned(),
            )
        })
    }
}

/// The column that [`Keys::check_against`] keeps its text in.
const KEY_CHECK: &str = "meta.key_check";

fn derived(secret: &[u8; 32], purpose: &[u8]) -> [u8; 32] {
    let mut mac = match Hmac::<Sha256>::new_from_slice(secret) {
        Ok(mac) => mac,
        Err(_) => unreachable!("HMAC takes keys of any length"),
    };
    mac.update(purpose);
    mac.finalize().into_bytes().into()
}

/// What is kept of a secret. Secrets are random and long, so a plain hash is enough.
pub fn hashed(secret: &str) -> [u8; 32] {
    Sha256::digest(secret.as_bytes()).into()
}

/// A new secret of 256 bits, in hexadecimal.
pub fn new_secret() -> Result<String, StoreError> {
    let mut bytes = [0; 32];
    fill(&mut bytes)?;
    Ok(hex::encode(bytes))
}

/// Crockford's base 32: no letter that looks like a digit.
const CODE_ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// A new enrolment code of 50 bits, as a person types it: `7KQ2M-X0B9D`.
pub fn new_code() -> Result<String, StoreError> {
    let mut bytes = [0; 10];
    fill(&mut bytes)?;
    let mut code: String = bytes
        .iter()
        .map(|byte| char::from(CODE_ALPHABET[usize::from(byte % 32)]))
        .collect();
    code.insert(5, '-');
    Ok(code)
}

/// An enrolment code as typed, in the form that is hashed: case, dashes and look-alikes do not
/// matter.
pub fn plain_code(typed: &str) -> String {
    typed
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .take(64)
        .map(|c| match c.to_ascii_uppercase() {
            'O' => '0',
            'I' | 'L' => '1',
            other => other,
        })
        .collect()
}

fn fill(bytes: &mut [u8]) -> Result<(), StoreError> {
    getrandom::fill(bytes)
        .map_err(|error| StoreError::Unusable(format!("no random numbers: {error}")))
}
