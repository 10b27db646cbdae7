//! What devices and scripts say to the hub, over real HTTP.

#![allow(missing_docs, clippy::expect_used)]

#[path = "../api_support/mod.rs"]
mod api_support;
mod connections;
// Of what all simulations count.
#[allow(dead_code)]
#[path = "../../../../tests/simulation_support/count.rs"]
mod count;
mod devices;
mod events;
mod garbage;
mod wall;
