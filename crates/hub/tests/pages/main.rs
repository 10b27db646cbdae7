//! What people see of the hub on their phones.

#![allow(missing_docs, clippy::expect_used)]

mod browser;
mod claim;
mod course;
mod doors;
mod limits;
mod read;
mod register;
mod support;
