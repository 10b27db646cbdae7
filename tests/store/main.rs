//! The kiosk's store.

#[path = "../chance/mod.rs"]
mod chance;
mod check_in;
mod damage;
mod erased;
mod finder;
mod guard;
mod model;
mod pass;
mod promises;
mod proof;
mod search;
mod services;
mod snapshot;
#[path = "../store_support/mod.rs"]
mod store_support;
mod suits;
mod tidy;
