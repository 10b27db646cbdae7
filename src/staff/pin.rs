//! The staff's PIN: a file of the data directory with its argon2 hash. How long one has to wait
//! after wrong ones is a rule of core ([`gighall_core::tries::STAFF_PIN`]).

use argon2::Argon2;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{self, PasswordHasher, PasswordVerifier};
use gighall_core::pin::is_plain;
use std::io::ErrorKind;
use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};

/// Name of the file in the data directory; a PHC string, readable by its owner only (0600).
pub const PIN_FILE: &str = "staff.pin";

/// How many digits a PIN has.
pub const DIGITS: RangeInclusive<usize> = 6..=12;

/// Why there is no PIN.
#[derive(Debug, thiserror::Error)]
pub enum PinError {
    /// It is not one that may be set.
    #[error("a PIN has {} to {} digits", DIGITS.start(), DIGITS.end())]
    NotAPin,
    /// Anybody would try it first.
    #[error("this PIN is tried first by anybody: take one that is no row of digits")]
    TooPlain,
    /// The file cannot be read or written.
    #[error("{path}: {cause}")]
    File {
        /// Which file.
        path: PathBuf,
        /// Why.
        cause: std::io::Error,
    },
    /// The hash cannot be made or understood.
    #[error("the PIN's hash: {0}; set the PIN again with `gighall-kiosk staff-pin`")]
    Hash(#[from] password_hash::phc::Error),
    /// The same of its hashing.
    #[error("the PIN's hash: {0}; set the PIN again with `gighall-kiosk staff-pin`")]
    Hashing(#[from] password_hash::Error),
}

/// Whether there is a PIN.
pub fn is_set(data: &Path) -> bool {
    data.join(PIN_FILE).exists()
}

/// Sets the PIN. A kiosk that is running goes by it at once.
///
/// # Errors
/// [`PinError`]
pub fn set(data: &Path, pin: &str) -> Result<(), PinError> {
    let is_pin = DIGITS.contains(&pin.len()) && pin.bytes().all(|digit| digit.is_ascii_digit());
    if !is_pin {
        return Err(PinError::NotAPin);
    }
    if is_plain(pin) {
        return Err(PinError::TooPlain);
    }
    let hash = hashed(pin)?;
    let path = data.join(PIN_FILE);
    std::fs::create_dir_all(data)
        .and_then(|()| gighall_host::write_private(&path, hash.as_bytes()))
        .map_err(|cause| PinError::File { path, cause })
}

/// Takes the PIN away: nobody gets into the menu then. Says whether there was one.
///
/// # Errors
/// [`PinError::File`]
pub fn remove(data: &Path) -> Result<bool, PinError> {
    let path = data.join(PIN_FILE);
    match std::fs::remove_file(&path) {
        Ok(()) => Ok(true),
        Err(cause) if cause.kind() == ErrorKind::NotFound => Ok(false),
        Err(cause) => Err(PinError::File { path, cause }),
    }
}

/// Whether `tried` is the PIN. Takes some tenths of a second, on purpose.
///
/// # Errors
/// [`PinError`], where the file cannot be read or understood.
pub fn check(data: &Path, tried: &str) -> Result<bool, PinError> {
    let path = data.join(PIN_FILE);
    let kept = std::fs::read_to_string(&path).map_err(|cause| PinError::File { path, cause })?;
    is_of(kept.trim(), tried)
}

/// The argon2 hash of a PIN, of staff or of a worker. Takes some tenths of a second, on purpose.
///
/// # Errors
/// [`PinError::Hashing`]
pub fn hashed(pin: &str) -> Result<String, PinError> {
    Ok(Argon2::default().hash_password(pin.as_bytes())?.to_string())
}

/// Whether that is the hash of `tried`. Takes as long.
///
/// # Errors
/// [`PinError`], where the hash cannot be understood.
pub fn is_of(hash: &str, tried: &str) -> Result<bool, PinError> {
    let hash = PasswordHash::new(hash)?;
    match Argon2::default().verify_password(tried.as_bytes(), &hash) {
        Ok(()) => Ok(true),
        Err(password_hash::Error::PasswordInvalid) => Ok(false),
        Err(error) => Err(error.into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    #[test]
    fn a_pin_is_kept_as_a_hash_that_only_its_owner_reads() {
        let dir = tempfile::tempdir().expect("a directory");
        let data = dir.path().join("data");
        assert!(!is_set(&data));
        for bad in ["", "12345", "1234567890123", "12a456", "１２３４５６"] {
            assert!(matches!(set(&data, bad), Err(PinError::NotAPin)), "{bad}");
        }
        for plain in ["000000", "123456", "87654321"] {
            assert!(
                matches!(set(&data, plain), Err(PinError::TooPlain)),
                "{plain}"
            );
        }
        set(&data, "260811").expect("set");
        let file = data.join(PIN_FILE);
        let kept = std::fs::read_to_string(&file).expect("there");
        assert!(kept.starts_with("$argon2id$") && !kept.contains("260811"));
        let mode = std::fs::metadata(&file)
            .expect("there")
            .permissions()
            .mode();
        assert_eq!(mode & 0o777, 0o600);
        assert!(check(&data, "260811").expect("checked"));
        assert!(!check(&data, "260812").expect("checked"));
        assert!(remove(&data).expect("removed") && !remove(&data).expect("gone"));
        std::fs::write(&file, "no hash").expect("written");
        assert!(check(&data, "260811").is_err());
    }
}
