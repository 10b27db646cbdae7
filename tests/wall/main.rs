//! The wall: its player and its window in this process.

#![allow(clippy::unwrap_used)]

mod frames;
mod legibility;
mod looks;
mod pictures;
mod promises;
mod sizes;
mod staff_orders;
#[path = "../store_support/mod.rs"]
mod store_support;
mod ticker;
mod wall_support;
