//! Presence tokens: what the terminal's QR code holds. A phone that shows a fresh one was in the
//! hall a moment ago, so it may claim; a photograph sent elsewhere is soon worth nothing.
//!
//! The device signs with a key of its own, whose public half the hub learned at enrolment, so no
//! signing secret of the hub lives in a hall and a token is made without asking anybody. Format:
//! PASETO v4.public; the footer names the device whose key verifies it.

use crate::id::{DeviceId, HallId, JobId};
use jiff::{SignedDuration, Timestamp};
use pasetors::keys::{AsymmetricKeyPair, AsymmetricPublicKey, AsymmetricSecretKey, Generate};
use pasetors::token::UntrustedToken;
use pasetors::{Public, version4::PublicToken, version4::V4};
use serde::{Deserialize, Serialize};

/// How long a token can be used after it was made.
pub const TOKEN_LIFETIME: SignedDuration = SignedDuration::from_mins(3);

/// How far the clock of a device may be ahead of the hub's before its tokens are refused.
pub const CLOCK_LEEWAY: SignedDuration = SignedDuration::from_mins(2);

/// Bound into every signature, so that a signature made for another purpose is no token.
const PURPOSE: &[u8] = b"gighall presence 1";

/// What a token says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Presence {
    /// The hall that the phone is in.
    #[serde(rename = "h")]
    pub hall: HallId,
    /// The job whose code was scanned; `None` for the code on the terminal's first screen.
    #[serde(rename = "j", skip_serializing_if = "Option::is_none")]
    pub job: Option<JobId>,
    /// When it was made, in whole seconds since 1970.
    #[serde(rename = "i")]
    pub issued: i64,
}

/// Why a token is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TokenError {
    /// Not a key that a token can be signed with.
    #[error("this is not a signing key")]
    NotAKey,
    /// Not a token of this kind, or its footer names no device.
    #[error("this is not a code of a hall's terminal")]
    NotAToken,
    /// The signature does not fit.
    #[error("the code's signature does not fit")]
    Forged,
    /// Older than [`TOKEN_LIFETIME`].
    #[error("the code is too old")]
    Expired,
    /// Made by a clock that is ahead by more than [`CLOCK_LEEWAY`].
    #[error("the code comes from the future: the terminal's clock is wrong")]
    FromTheFuture,
}

/// A device's signing key (Ed25519).
pub struct SigningKey {
    secret: AsymmetricSecretKey<V4>,
    public: AsymmetricPublicKey<V4>,
}

impl SigningKey {
    /// A new key from the system's random numbers.
    ///
    /// # Errors
    /// [`TokenError::NotAKey`] if the system has none to give.
    pub fn generate() -> Result<Self, TokenError> {
        let pair = AsymmetricKeyPair::<V4>::generate().map_err(|_| TokenError::NotAKey)?;
        Ok(Self {
            secret: pair.secret,
            public: pair.public,
        })
    }

    /// The key that [`SigningKey::secret_hex`] gave.
    ///
    /// # Errors
    /// [`TokenError::NotAKey`].
    pub fn from_secret_hex(secret: &str) -> Result<Self, TokenError> {
        let bytes = hex::decode(secret).map_err(|_| TokenError::NotAKey)?;
        let secret = AsymmetricSecretKey::<V4>::from(&bytes).map_err(|_| TokenError::NotAKey)?;
        let public = AsymmetricPublicKey::try_from(&secret).map_err(|_| TokenError::NotAKey)?;
        Ok(Self { secret, public })
    }

    /// The secret half in hexadecimal, for a file that only the program may read.
    pub fn secret_hex(&self) -> String {
        hex::encode(self.secret.as_bytes())
    }

    /// The public half, in hexadecimal, for the hub.
    pub fn public_hex(&self) -> String {
        hex::encode(self.public.as_bytes())
    }

    /// Makes a token.
    ///
    /// # Errors
    /// [`TokenError::NotAToken`] if the library cannot sign.
    pub fn issue(&self, device: DeviceId, presence: &Presence) -> Result<String, TokenError> {
        let message = serde_json::to_vec(presence).map_err(|_| TokenError::NotAToken)?;
        PublicToken::sign(
            &self.secret,
            &message,
            Some(device.0.simple().to_string().as_bytes()),
            Some(PURPOSE),
        )
        .map_err(|_| TokenError::NotAToken)
    }
}

/// Which device claims to have made the token: whose public key to verify it with.
///
/// # Errors
/// [`TokenError::NotAToken`].
pub fn issuer(token: &str) -> Result<DeviceId, TokenError> {
    let token = UntrustedToken::<Public, V4>::try_from(token).map_err(|_| TokenError::NotAToken)?;
    std::str::from_utf8(token.untrusted_footer())
        .ok()
        .and_then(|text| text.parse().ok())
        .ok_or(TokenError::NotAToken)
}

/// Verifies a token with the public key (hexadecimal) of the device that [`issuer`] named.
///
/// # Errors
/// [`TokenError`] says what is wrong with it.
pub fn verify(token: &str, public_hex: &str, now: Timestamp) -> Result<Presence, TokenError> {
    let key = hex::decode(public_hex).map_err(|_| TokenError::Forged)?;
    let key = AsymmetricPublicKey::<V4>::from(&key).map_err(|_| TokenError::Forged)?;
    let untrusted =
        UntrustedToken::<Public, V4>::try_from(token).map_err(|_| TokenError::NotAToken)?;
    let trusted = PublicToken::verify(&key, &untrusted, None, Some(PURPOSE))
        .map_err(|_| TokenError::Forged)?;
    let presence: Presence =
        serde_json::from_str(trusted.payload()).map_err(|_| TokenError::NotAToken)?;
    let age = now.as_second().saturating_sub(presence.issued);
    if age >= TOKEN_LIFETIME.as_secs() {
        Err(TokenError::Expired)
    } else if age < -CLOCK_LEEWAY.as_secs() {
        Err(TokenError::FromTheFuture)
    } else {
        Ok(presence)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{a_hall, a_job, at};

    fn signed() -> (SigningKey, DeviceId, String, Timestamp) {
        let key = SigningKey::generate().expect("a key");
        let device = DeviceId(uuid::Uuid::from_u128(9));
        let now = at("2026-11-23T08:00:00Z");
        let presence = Presence {
            hall: a_hall(),
            job: Some(a_job(1).id),
            issued: now.as_second(),
        };
        let token = key.issue(device, &presence).expect("signed");
        (key, device, token, now)
    }

    #[test]
    fn a_fresh_token_is_taken() {
        let (key, device, token, now) = signed();
        assert_eq!(issuer(&token), Ok(device));
        let presence = verify(&token, &key.public_hex(), now).expect("fresh");
        assert_eq!(presence.job, Some(a_job(1).id));
        assert!(
            token.len() < 330,
            "{} characters make a dense code",
            token.len()
        );
    }

    #[test]
    fn old_forged_and_foreign_tokens_are_refused() {
        let (key, _, token, now) = signed();
        let late = now + TOKEN_LIFETIME;
        assert_eq!(
            verify(&token, &key.public_hex(), late),
            Err(TokenError::Expired)
        );
        let early = now - SignedDuration::from_mins(5);
        assert_eq!(
            verify(&token, &key.public_hex(), early),
            Err(TokenError::FromTheFuture)
        );
        let other = SigningKey::generate().expect("a key");
        assert_eq!(
            verify(&token, &other.public_hex(), now),
            Err(TokenError::Forged)
        );
        let mut bent = token.clone().into_bytes();
        bent[20] ^= 1;
        let bent = String::from_utf8(bent).expect("ascii");
        assert!(verify(&bent, &key.public_hex(), now).is_err());
        for text in ["", "v4.public.", "v4.local.AAAA", &"x".repeat(10_000)] {
            assert_eq!(issuer(text), Err(TokenError::NotAToken));
        }
    }

    #[test]
    fn a_key_survives_being_written_down() {
        let key = SigningKey::generate().expect("a key");
        let again = SigningKey::from_secret_hex(&key.secret_hex()).expect("the same key");
        assert_eq!(again.public_hex(), key.public_hex());
        for bad in ["", "zz", "00"] {
            assert!(SigningKey::from_secret_hex(bad).is_err());
        }
    }
}
