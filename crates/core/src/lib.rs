//! What a gig hall is: jobs, workers, claims and the rules of rights, with the types that
//! travel between a hall's device and the hub.
//!
//! Everything here is pure: no clock, no socket, no file. The time is always a value that the
//! caller hands in, so that the same rules run in the product, in property tests, under a model
//! checker and in a network simulator. The protocol's rules are quoted by their number in the
//! design page on sync ("rule 2: confirm").

pub mod application;
pub mod call;
pub mod claim;
pub mod complaint;
pub mod event;
pub mod fit;
#[cfg(test)]
mod garbage;
pub mod hall;
pub mod hardship;
pub mod id;
pub mod identity;
pub mod job;
pub mod media;
pub mod outbox;
pub mod pass;
pub mod pause;
pub mod pay;
pub mod pay_text;
pub mod picture;
pub mod pin;
pub mod place;
pub mod playlist;
pub mod proof;
pub mod rating;
pub mod report;
pub mod rights;
pub mod rules;
pub mod seal;
pub mod snapshot;
#[cfg(any(test, feature = "testing"))]
pub mod testing;
pub mod token;
pub mod training;
pub mod tries;
pub mod uscc;
pub mod vault;
pub mod wages;
pub mod wire;
pub mod wishes;
pub mod witness;
pub mod work_words;
pub mod worker;
