//! What may stand beside a terminal, each of it optional: a ticket printer, a code scanner, a reader
//! of identity cards, a voice. No windows, and no rules of the hall.
//!
//! Each device is two modules: what is said on its line, without any I/O ([`escpos`], [`wedge`],
//! [`sdt`], [`ssip`]), and a thread that opens the line, and opens it again when the device comes
//! back ([`printer`], [`scanner`], [`id_card`], [`speech`]). Others read a device's [`state::State`]
//! from its [`state::Gauge`].

pub mod escpos;
mod held;
pub mod id_card;
pub mod line;
pub mod printer;
pub mod scanner;
pub mod sdt;
pub mod speech;
pub mod ssip;
pub mod state;
#[cfg(feature = "testing")]
pub mod testing;
pub mod wedge;
