//! The central server of gig halls: it owns jobs, capacity and the ledger of all claims, and
//! serves the pages that phones open.

pub mod store;
