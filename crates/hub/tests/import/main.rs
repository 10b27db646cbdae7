//! Files that halls keep, and what comes in of them.

#![allow(missing_docs, clippy::expect_used)]

mod files;
mod garbage;
mod rows;
mod support;
