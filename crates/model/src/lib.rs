//! The protocol of rights under a model checker: one job, one hub, two devices, phones, and a
//! network that loses, doubles, delays and reorders. Every reachable state within the [`Bounds`] is
//! visited.
//!
//! What moves the state is the shipped code: [`JobLedger`], [`DeviceAccount`] and the outbox of
//! `gighall-core` (`exchange`, `receive_claim`, `cancel_*`, `claim_direct`, `set_places`, `apply`,
//! `confirm`, `give_back`, `append`, `arrival`). Written here, as the stores do it in SQL, is what
//! carries them: which claims the hub knows, which epoch is a device's newest, what a disk keeps and
//! what a restored disk forgets (rule 10). Left out: claims without a right (rule 13; at the hub
//! they are direct claims), rules of age and time, and a hub that finds out by itself that it was restored.
//!
//! [`Rules`] has the known-wrong variants. They live here and nowhere else.
//!
//! [`JobLedger`]: gighall_core::rights::JobLedger
//! [`DeviceAccount`]: gighall_core::rights::DeviceAccount

mod check;
mod hub;
mod rules;
mod trace;
mod world;

pub use check::{Found, Protocol, explore};
pub use rules::Rules;
pub use trace::{Trace, TraceError};
pub use world::{Action, Bounds, World};
