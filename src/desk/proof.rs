//! What proves that an identity number that was typed is one's own.

use crate::staff::pin;
use crate::terminal::desk::{DeskError, ProvenBy};
use gighall_core::pin::{Pin, PinHash};
use gighall_core::worker;

/// What a number that was typed is proven by.
pub enum Proof {
    Phone(String),
    Pin(PinHash),
}

impl Proof {
    pub fn by(&self) -> ProvenBy {
        match self {
            Self::Phone(_) => ProvenBy::Phone,
            Self::Pin(_) => ProvenBy::Pin,
        }
    }

    pub fn is(&self, digits: &str) -> Result<bool, DeskError> {
        match self {
            Self::Phone(phone) => Ok(worker::proves(phone, digits)),
            Self::Pin(hash) => Ok(pin::is_of(&hash.0, digits)?),
        }
    }
}

/// A PIN as it is kept.
pub fn hashed(pin: &Pin) -> Result<PinHash, DeskError> {
    Ok(PinHash(pin::hashed(pin.reveal())?))
}
