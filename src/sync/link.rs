//! What the windows may know of the connection.

use super::plan::LinkProblem;
use jiff::Timestamp;

/// How the device stands with the hub.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LinkState {
    /// The hub answered lately and nothing failed since.
    pub online: bool,
    /// When the hub last answered, by its clock.
    pub last_contact: Option<Timestamp>,
    /// From when the listings are, by the hub's clock.
    pub data_from: Option<Timestamp>,
    /// What is wrong.
    pub problem: Option<LinkProblem>,
    /// The machine was switched on anew, or its clock went back, and the hub was not reached since: times on
    /// the screen may be wrong, and rights are not spent (rule 9).
    pub clock_untrusted: bool,
}
