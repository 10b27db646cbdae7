//! The central server of gig halls: it owns jobs, capacity and the ledger of all claims, and
//! serves the pages that phones open.
//!
//! [`open`] opens the store of a data directory, [`router`] makes the HTTP service of it, and
//! [`serve`] runs that on a listener until it is told to stop. The program `gighall-hub` does so,
//! and so does a kiosk whose hall has no server of its own.

pub mod api;
pub mod connections;
pub mod import;
mod lane;
pub mod limit;
pub mod media;
pub mod pages;
pub mod routes;
pub mod server;
pub mod state;
pub mod store;

pub use server::{router, routes, serve};
pub use state::{HubConfig, HubError, HubState, PROOF_DAYS, china, open, open_existing, put_back};
