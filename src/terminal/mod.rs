//! The touch terminal.

pub mod desk;
