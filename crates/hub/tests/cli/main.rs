//! `gighall-hub` as staff call it: real processes.

#![allow(missing_docs, clippy::expect_used)]

#[path = "../api_support/mod.rs"]
mod api_support;
mod audit;
mod claims;
mod copies;
mod matching;
mod playlist;
mod posted;
mod services;
mod staff;
