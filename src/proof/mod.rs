//! Proof of play on the kiosk: written down off the UI thread, and exported by `gighall-kiosk
//! proof` where no hub has it.

mod export;
mod writer;

pub use export::{ExportError, export};
pub use writer::ProofWriter;
